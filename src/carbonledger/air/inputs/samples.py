"""Daily values of stations that are given as such: 24-hour samples (TSP, Pb, BaP), or daily means as published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import Faults
from ...tables import dates_of, text_column
from .hours import SENTINELS
from .rows import Way, read_grid
from .stations import StationDays

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


def read_station_days(
    sources: str | Path | pd.DataFrame | Iterable[str | Path | pd.DataFrame],
    *,
    unit: str | Mapping[str, str],
    pollutants: Iterable[str] | None = None,
    sentinels: Collection[float] = SENTINELS,
    valid_flags: Collection[str] = (),
    finer: str = "refuse",
    doubtful: str = "refuse",
    points: pd.DataFrame | None = None,
) -> StationDays:
    """Read daily values of stations.

    Parameters
    ----------
    sources : path, DataFrame, or several
        Columns ``station``, ``date`` (``2025-01-31``), and one per pollutant: the mean of the day, of ozone its highest
        8-hour mean. A sample of 24 hours is one value.
    unit, pollutants, sentinels, valid_flags, finer, doubtful, points
        As of :func:`carbonledger.air.read_stations`.

    Returns
    -------
    StationDays
        For :func:`carbonledger.air.annual`, :func:`periods`, :func:`daily_index` and :func:`index_shares`.

    Raises
    ------
    TableError
        Days given twice, dates that are none, and whatever :func:`read_stations` refuses: all at once.

    Notes
    -----
    GB 3095 Table 4: TSP, Pb and BaP are sampled for 24 hours; a year needs 60 samples evenly spread, 5 in each month. That
    they are evenly spread beyond that is not checked.
    """
    way = Way("station_days", 1, unit, pollutants, sentinels, valid_flags, finer, doubtful)
    grid = read_grid(sources, way, _day, points, Faults())
    return StationDays(grid.stations, grid.first_day, grid.steps, grid.codes, grid.unit, grid.origins, grid.step)


def _day(frame: pd.DataFrame, faults: Faults) -> npt.NDArray[Any]:
    """The day of each row; NaT where it is a fault."""
    frame["date"] = text_column(frame["date"])
    found: npt.NDArray[Any] = dates_of(frame, "date", faults).astype("datetime64[D]")
    return found
