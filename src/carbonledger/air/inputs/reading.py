"""Hourly station files: a row per station and hour, a column per pollutant, every fault of every file at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import Faults
from .hours import HOUR_LABELS, SENTINELS, check_choice
from .rows import Way, read_grid
from .stations import StationHours
from .times import begin_of_hour

if TYPE_CHECKING:
    import pandas as pd


def read_stations(
    sources: str | Path | pd.DataFrame | Iterable[str | Path | pd.DataFrame],
    *,
    hour_label: str,
    unit: str | Mapping[str, str],
    pollutants: Iterable[str] | None = None,
    sentinels: Collection[float] = SENTINELS,
    valid_flags: Collection[str] = (),
    finer: str = "refuse",
    doubtful: str = "refuse",
    points: pd.DataFrame | None = None,
) -> StationHours:
    """Read hourly concentrations of stations.

    Parameters
    ----------
    sources : path, DataFrame, or several
        Columns ``station``, ``time`` (``2025-01-01 01:00``) or ``year, month, day, hour``, and one per pollutant.
        Weather columns are accepted and not read.
    hour_label : str
        ``ending``: 08 is 07:00 to 08:00, as in Chinese feeds, so that the day is the labels 01 to 24 (or 00 of the
        next date); ``starting``: 08 is 08:00 to 09:00.
    unit : str, or dict of pollutant to str
        Unit of the concentrations, e.g. ``ug/m3``; files do not say, and CO is written both ways.
    pollutants : list of str, optional
        Which columns to read: ``SO2, NO2, CO, O3, PM10, PM2.5, NOx, TSP, Pb, BaP``. By default those that have a unit, or,
        where one unit is given for all, those that the files have.
    sentinels : list of float
        Numbers that stand for "missing" [``unit``].
    valid_flags : list of str
        Words of the column ``flag`` that leave the hour valid; any other word makes it invalid, a blank does not.
    finer : str
        ``refuse``: a value finer than the resolution (0.1 ug/m3, CO 0.01 mg/m3, Pb 0.001, BaP 0.00001 ug/m3) is a fault;
        ``round``: it is rounded half to even (GB/T 8170-2008, 3.2).
    doubtful : str
        ``refuse``: negative and absurd values, and series so low that the unit must be another, are faults; ``mask``: they
        are invalid hours with that reason.

    Raises
    ------
    TableError
        Doubled hours (equal or not), times that are none or off the hour, rows without station, values that are no
        numbers, and the doubtful and too fine ones, with file and row, all at once.
    UnitError
        If a unit is no concentration.
    """
    faults = Faults()
    check_choice("hour_label", hour_label, HOUR_LABELS, faults)
    way = Way("stations", 24, unit, pollutants, sentinels, valid_flags, finer, doubtful)
    grid = read_grid(sources, way, lambda frame, found: begin_of_hour(frame, hour_label, found), points, faults)
    return StationHours(
        grid.stations, grid.first_day, grid.steps, grid.codes, hour_label, grid.unit, grid.origins, grid.step
    )
