"""Daily values of stations that are given as such: 24-hour samples (TSP, Pb, BaP), or daily means as published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import Faults, TableError
from ...messages import say
from ...tables import dates_of, text_column, where
from .hours import SENTINELS, check_choice, units_of
from .points import name_unknown
from .pollutants import POLLUTANTS
from .reading import Way, columns_of, tables_of, values_of
from .stations import Hour, StationDays

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
    import numpy as np
    import pandas as pd

    faults = Faults()
    check_choice("finer", finer, ("refuse", "round"), faults)
    check_choice("doubtful", doubtful, ("refuse", "mask"), faults)
    wanted = tuple(pollutants) if pollutants is not None else None if isinstance(unit, str) else tuple(unit)
    unit_of = units_of(unit, wanted or (), faults)
    faults.raise_as(TableError, say("how to read stations"))
    frames = tables_of(sources, "station_days", faults)
    if wanted is None:
        unit_of = units_of(unit, columns_of(frames, faults), faults)
    way = Way("", unit_of, tuple(sentinels), frozenset(valid_flags), finer, doubtful)
    days, steps, codes = [], {n: [] for n in unit_of}, {n: [] for n in unit_of}  # type: ignore[var-annotated]
    for frame in frames:
        frame["station"], frame["date"] = text_column(frame["station"]), text_column(frame["date"])
        for i in np.flatnonzero(frame["station"] == ""):
            faults.add(say("no station"), **where(frame, i, "station"), mend=say("Name the station of each row"))
        days.append(dates_of(frame, "date", faults).astype("datetime64[D]"))
        flags = text_column(frame["flag"])
        flagged = (flags != "") & ~np.isin(flags, list(way.valid_flags))
        for name in unit_of:
            made, code = values_of(frame, name, flagged, way, faults)
            steps[name].append(made)
            codes[name].append(code)
    rows = pd.concat([frame[["file", "row", "station"]] for frame in frames], ignore_index=True)
    day = np.concatenate(days)
    _check_twice(rows, day, faults)
    if points is not None:
        first = rows[~rows["station"].duplicated()]
        places = ((str(file), int(row)) for file, row in zip(first["file"], first["row"], strict=True))
        name_unknown(zip(first["station"], places, strict=True), points, faults)
    faults.raise_as(TableError, say("stations"))
    joined = {n: (np.concatenate(steps[n]), np.concatenate(codes[n])) for n in unit_of}
    return _gridded(rows, day, joined, ", ".join(dict.fromkeys(unit_of.values())))


def _check_twice(rows: pd.DataFrame, day: npt.NDArray[Any], faults: Faults) -> None:
    import numpy as np

    again = rows.assign(day=day).duplicated(["station", "day"]).to_numpy() & ~np.isnat(day)
    for i in np.flatnonzero(again):
        what = say("{name!r} has {day} twice", name=rows["station"].iat[i], day=str(day[i]))
        faults.add(what, **where(rows, i), mend=say("Keep one row"))


def _gridded(rows: pd.DataFrame, day: npt.NDArray[Any], joined: dict[str, Any], unit: str) -> StationDays:
    import numpy as np
    import pandas as pd

    station, names = pd.factorize(rows["station"], sort=True)
    _, first_row = np.unique(station, return_index=True)
    first = day.min()
    place = (day - first).astype(np.int64)
    shape = (len(names), int(place.max()) + 1)
    steps, codes = {}, {}
    for name, (made, code) in joined.items():
        steps[name] = np.zeros(shape, np.int32)
        codes[name] = np.full(shape, Hour.ABSENT, np.int8)
        steps[name][station, place], codes[name][station, place] = made, code
    origins = tuple((str(rows["file"].iat[i]), int(rows["row"].iat[i])) for i in first_row)
    step = {name: POLLUTANTS[name].step for name in joined}
    return StationDays(tuple(map(str, names)), first, steps, codes, unit, origins, step)
