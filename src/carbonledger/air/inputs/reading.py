"""Hourly station files: a row per station and hour, a column per pollutant, every fault of every file at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import units
from ...errors import Faults, TableError
from ...messages import say
from ...rounding import round_half_even
from ...tables import number_column, read_table, text_column, where
from .hours import (
    HOUR_LABELS,
    SENTINELS,
    add_out_of_range,
    add_too_fine,
    add_too_low,
    check_choice,
    fineness,
    is_too_low,
    units_of,
)
from .points import name_unknown
from .pollutants import POLLUTANTS
from .stations import Hour, StationHours
from .times import begin_of_hour

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


@dataclass(frozen=True)
class Way:
    """How the files are to be read."""

    hour_label: str
    unit: dict[str, str]
    sentinels: tuple[float, ...]
    valid_flags: frozenset[str]
    finer: str
    doubtful: str


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of all files: station, hour, and steps and codes per pollutant."""

    frame: pd.DataFrame
    begin: npt.NDArray[Any]
    steps: dict[str, npt.NDArray[np.int32]]
    codes: dict[str, npt.NDArray[np.int8]]


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
    check_choice("finer", finer, ("refuse", "round"), faults)
    check_choice("doubtful", doubtful, ("refuse", "mask"), faults)
    wanted = tuple(pollutants) if pollutants is not None else None if isinstance(unit, str) else tuple(unit)
    unit_of = units_of(unit, wanted or (), faults)
    faults.raise_as(TableError, say("how to read stations"))
    frames = tables_of(sources, "stations", faults)
    if wanted is None:
        unit_of = units_of(unit, columns_of(frames, faults), faults)
    way = Way(hour_label, unit_of, tuple(sentinels), frozenset(valid_flags), finer, doubtful)
    rows = _all_rows(frames, way, faults)
    _check_twice(rows, faults)
    if points is not None:
        first = rows.frame[~rows.frame["station"].duplicated()]
        places = ((str(file), int(row)) for file, row in zip(first["file"], first["row"], strict=True))
        name_unknown(zip(first["station"], places, strict=True), points, faults)
    faults.raise_as(TableError, say("stations"))
    found = _gridded(rows, way)
    _check_low(found, way, faults)
    faults.raise_as(TableError, say("stations"))
    return found


def tables_of(sources: Any, table: str, faults: Faults) -> list[pd.DataFrame]:
    """The tables as they stand, those that are none as faults."""
    single = isinstance(sources, str | Path) or hasattr(sources, "columns")
    several = [sources] if single else list(sources)
    found = []
    for k, source in enumerate(several, start=1):
        file = "" if isinstance(source, str | Path) else f"<DataFrame {k}>" if len(several) > 1 else "<DataFrame>"
        try:
            found.append(read_table(source, table, file=file))
        except TableError as error:
            faults.take(error)
    if not several:
        faults.add(say("no files of stations"), mend=say("Name at least one"))
    if not found:
        faults.raise_as(TableError, say("stations"))
    return found


def _has_values(frame: pd.DataFrame, name: str) -> bool:
    import pandas as pd

    numeric = pd.api.types.is_numeric_dtype(frame[name].dtype)
    return bool(frame[name].notna().any() if numeric else (text_column(frame[name]) != "").any())


def columns_of(frames: list[pd.DataFrame], faults: Faults) -> list[str]:
    """The pollutants of which any file has a value."""
    found = [name for name in POLLUTANTS if any(_has_values(frame, name) for frame in frames)]
    if not found:
        known = ", ".join(POLLUTANTS)
        faults.add(say("no file has a pollutant"), mend=say("Columns that are read: {known}", known=known))
        faults.raise_as(TableError, say("stations"))
    return found


def _all_rows(frames: list[pd.DataFrame], way: Way, faults: Faults) -> _Rows:
    import numpy as np
    import pandas as pd

    has = [[_has_values(frame, name) for name in way.unit] for frame in frames]
    for frame, here in zip(frames, has, strict=True):
        if not any(here):  # a station may lack an instrument, but a file that has none of them is the wrong one
            names = ", ".join(way.unit)
            what = say("{name} is blank in every row", name=names)
            mend = say("Name its column {name}, or leave the file out", name=names)
            faults.add(what, file=str(frame["file"].iat[0]), mend=mend)
    for name, *there in zip(way.unit, *has, strict=True):
        if not any(there) and len(way.unit) > 1:
            what = say("{name} is blank in every file", name=name)
            faults.add(what, mend=say("Name its column {name}, or do not ask for it", name=name))
    read = [_rows_of(frame, way, faults) for frame in frames]
    return _Rows(
        pd.concat([r.frame for r in read], ignore_index=True),
        np.concatenate([r.begin for r in read]),
        {name: np.concatenate([r.steps[name] for r in read]) for name in way.unit},
        {name: np.concatenate([r.codes[name] for r in read]) for name in way.unit},
    )


def _rows_of(frame: pd.DataFrame, way: Way, faults: Faults) -> _Rows:
    import numpy as np

    frame["station"] = text_column(frame["station"])
    for i in np.flatnonzero(frame["station"] == ""):
        faults.add(say("no station"), **where(frame, i, "station"), mend=say("Name the station of each row"))
    flags = text_column(frame["flag"])
    flagged = (flags != "") & ~np.isin(flags, list(way.valid_flags))
    begin = begin_of_hour(frame, way.hour_label, faults)
    steps, codes = {}, {}
    for name in way.unit:
        steps[name], codes[name] = values_of(frame, name, flagged, way, faults)
    return _Rows(frame[["file", "row", "station"]], begin, steps, codes)


def values_of(
    frame: pd.DataFrame, name: str, flagged: npt.NDArray[np.bool_], way: Way, faults: Faults
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """Steps and codes of one pollutant's column."""
    import numpy as np

    about, unit, noise = POLLUTANTS[name], way.unit[name], fineness(frame[name].dtype)
    number = number_column(frame[name], faults, frame, name)
    scale = units.factor(unit, about.unit)
    code = np.zeros(len(number), np.int8)
    code[flagged] = Hour.FLAGGED
    code[~np.isfinite(number)] = Hour.BLANK
    code[(code == 0) & np.isin(number, way.sentinels)] = Hour.SENTINEL
    negative = (code == 0) & (number < 0)
    high = (code == 0) & (number * scale > about.highest)
    if way.doubtful == "refuse":
        for i in np.flatnonzero(negative | high):
            add_out_of_range(faults, name, float(number[i]), unit, where(frame, i, name))
    code[negative], code[high] = Hour.NEGATIVE, Hour.TOO_HIGH
    scaled = np.where(code == 0, number * (scale * about.per_unit), 0.0)
    whole = np.rint(round_half_even(scaled) if way.finer == "round" else scaled)
    if way.finer == "refuse":
        for i in np.flatnonzero(np.abs(scaled - whole) > noise):
            add_too_fine(faults, name, unit, where(frame, i, name), float(number[i]))
    return whole.astype(np.int32), code


def _check_twice(rows: _Rows, faults: Faults) -> None:
    """A station has each hour once; the same hour again is a fault, equal or not."""
    import numpy as np
    import pandas as pd

    key = pd.DataFrame({"station": rows.frame["station"].to_numpy(), "begin": rows.begin})
    told = ~np.isnat(rows.begin) & (key["station"] != "").to_numpy()
    again = told & key.duplicated().to_numpy()
    if not again.any():
        return
    first = key[told].drop_duplicates().reset_index().set_index(["station", "begin"])["index"]
    for i in np.flatnonzero(again):
        station, begin = key["station"].iat[i], rows.begin[i]
        j = int(first.loc[(station, begin)])
        what = say(
            "station {name!r} has the hour from {begin} twice, first in {file} row {row}",
            name=station,
            begin=str(begin).replace("T", " ") + ":00",
            file=str(rows.frame["file"].iat[j]),
            row=int(rows.frame["row"].iat[j]),
        )
        faults.add(what, **where(rows.frame, i), mend=say("Keep one row"))


def _gridded(rows: _Rows, way: Way) -> StationHours:
    import numpy as np
    import pandas as pd

    station, names = pd.factorize(rows.frame["station"], sort=True)
    _, first_row = np.unique(station, return_index=True)
    first_day = rows.begin.min().astype("datetime64[D]")
    n_days = int((rows.begin.max().astype("datetime64[D]") - first_day).astype(int)) + 1
    hour = (rows.begin - first_day.astype("datetime64[h]")).astype(np.int64)
    steps, codes = {}, {}
    for name in way.unit:
        steps[name] = np.zeros((len(names), 24 * n_days), np.int32)
        codes[name] = np.full((len(names), 24 * n_days), Hour.ABSENT, np.int8)
        steps[name][station, hour], codes[name][station, hour] = rows.steps[name], rows.codes[name]
    origins = tuple((str(rows.frame["file"].iat[i]), int(rows.frame["row"].iat[i])) for i in first_row)
    unit = ", ".join(dict.fromkeys(way.unit.values()))
    step = {name: POLLUTANTS[name].step for name in way.unit}
    return StationHours(tuple(map(str, names)), first_day, steps, codes, way.hour_label, unit, origins, step)


def _check_low(found: StationHours, way: Way, faults: Faults) -> None:
    """Series that are too low for their unit are faults, or invalid hours with that reason."""
    for name, unit in way.unit.items():
        for s, (file, row) in enumerate(found.origins):
            valid = found.codes[name][s] == Hour.VALID
            if is_too_low(found.steps[name][s][valid], name):
                if way.doubtful == "refuse":
                    add_too_low(faults, name, unit, {"file": file, "row": row, "column": name})
                found.codes[name][s][valid] = Hour.TOO_LOW
