"""Rows of station files - hours or days - to a grid of whole steps: one road, every fault of every file at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import units
from ...errors import Faults, TableError
from ...messages import say
from ...rounding import round_half_even
from ...tables import number_column, read_table, text_column, where
from .hours import add_out_of_range, add_too_fine, add_too_low, check_choice, fineness, is_too_low, units_of
from .points import name_unknown
from .pollutants import POLLUTANTS
from .stations import Hour

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    TimeOf = Callable[[pd.DataFrame, Faults], npt.NDArray[Any]]


@dataclass(frozen=True)
class Way:
    """How files are to be read: which table, how many values a day has, and what the caller says of the values."""

    table: str
    per_day: int
    unit: str | Mapping[str, str]
    pollutants: Iterable[str] | None
    sentinels: Collection[float]
    valid_flags: Collection[str]
    finer: str
    doubtful: str


@dataclass(frozen=True, eq=False)
class Grid:
    """Values of stations on a regular grid [station, hour or day]."""

    stations: tuple[str, ...]
    first_day: np.datetime64
    steps: dict[str, npt.NDArray[np.int32]]
    codes: dict[str, npt.NDArray[np.int8]]
    unit: str
    origins: tuple[tuple[str, int], ...]
    step: dict[str, Fraction]


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of all files: station, time, and steps and codes per pollutant."""

    frame: pd.DataFrame
    time: npt.NDArray[Any]
    steps: dict[str, npt.NDArray[np.int32]]
    codes: dict[str, npt.NDArray[np.int8]]
    has: dict[str, npt.NDArray[np.bool_]]  # whether the row's file has the pollutant at all


def read_grid(sources: Any, way: Way, time_of: TimeOf, points: pd.DataFrame | None, faults: Faults) -> Grid:
    """Read station files.

    Parameters
    ----------
    sources : path, DataFrame, or several
    way : Way
    time_of : callable
        From a table and the faults to the time of each row, datetime64[h] or [D]; NaT where it is a fault.
    points : DataFrame, optional
        Stations that are none of its are faults.
    faults : Faults
        What was found wrong before.

    Raises
    ------
    TableError
        All faults at once: those of how it is to be read first.
    """
    check_choice("finer", way.finer, ("refuse", "round"), faults)
    check_choice("doubtful", way.doubtful, ("refuse", "mask"), faults)
    asked = way.pollutants if way.pollutants is not None else None if isinstance(way.unit, str) else way.unit
    names = None if asked is None else (asked,) if isinstance(asked, str) else tuple(asked)
    unit_of = units_of(way.unit, names or (), faults)
    faults.raise_as(TableError, say("how to read stations"))
    frames = _tables(sources, way.table, faults)
    if names is None:
        unit_of = units_of(way.unit, _columns(frames, faults), faults)
    _check_columns(frames, unit_of, faults)
    rows = _joined([_rows_of(frame, unit_of, way, time_of, faults) for frame in frames], list(unit_of))
    for has in {tuple(h.tolist()): h for h in rows.has.values()}.values():
        _check_twice(rows, has, faults)
    if points is not None:
        first = rows.frame[~rows.frame["station"].duplicated()]
        places = ((str(file), int(row)) for file, row in zip(first["file"], first["row"], strict=True))
        name_unknown(zip(first["station"], places, strict=True), points, faults)
    faults.raise_as(TableError, say("stations"))
    found = _gridded(rows, unit_of, way.per_day)
    _check_low(found, unit_of, way, faults)
    faults.raise_as(TableError, say("stations"))
    return found


def _tables(sources: Any, table: str, faults: Faults) -> list[pd.DataFrame]:
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


def _columns(frames: list[pd.DataFrame], faults: Faults) -> list[str]:
    """The pollutants of which any file has a value."""
    found = [name for name in POLLUTANTS if any(_has_values(frame, name) for frame in frames)]
    if not found:
        known = ", ".join(POLLUTANTS)
        faults.add(say("no file has a pollutant"), mend=say("Columns that are read: {known}", known=known))
        faults.raise_as(TableError, say("stations"))
    return found


def _check_columns(frames: list[pd.DataFrame], unit_of: dict[str, str], faults: Faults) -> None:
    """A station may lack an instrument, but a file that has none of them is the wrong one."""
    has = [[_has_values(frame, name) for name in unit_of] for frame in frames]
    for frame, here in zip(frames, has, strict=True):
        if not any(here):
            names = ", ".join(unit_of)
            what = say("{name} is blank in every row", name=names)
            mend = say("Name its column {name}, or leave the file out", name=names)
            faults.add(what, file=str(frame["file"].iat[0]), mend=mend)
    for name, *there in zip(unit_of, *has, strict=True):
        if not any(there) and len(unit_of) > 1:
            what = say("{name} is blank in every file", name=name)
            faults.add(what, mend=say("Name its column {name}, or do not ask for it", name=name))


def _rows_of(frame: pd.DataFrame, unit_of: dict[str, str], way: Way, time_of: TimeOf, faults: Faults) -> _Rows:
    import numpy as np

    frame["station"] = text_column(frame["station"])
    for i in np.flatnonzero(frame["station"] == ""):
        faults.add(say("no station"), **where(frame, i, "station"), mend=say("Name the station of each row"))
    flags = text_column(frame["flag"])
    valid_flags = [way.valid_flags] if isinstance(way.valid_flags, str) else list(way.valid_flags)
    flagged = (flags != "") & ~np.isin(flags, valid_flags)
    steps, codes, has = {}, {}, {}
    time = time_of(frame, faults)
    for name, unit in unit_of.items():
        steps[name], codes[name] = _values(frame, name, unit, flagged, way, faults)
        has[name] = np.full(len(frame), _has_values(frame, name))
    return _Rows(frame[["file", "row", "station"]], time, steps, codes, has)


def _values(
    frame: pd.DataFrame, name: str, unit: str, flagged: npt.NDArray[np.bool_], way: Way, faults: Faults
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """Steps and codes of one pollutant's column."""
    import numpy as np

    about, noise = POLLUTANTS[name], fineness(frame[name].dtype)
    number = number_column(frame[name], faults, frame, name)
    scale = units.factor(unit, about.unit)
    code = np.zeros(len(number), np.int8)
    code[flagged] = Hour.FLAGGED
    code[~np.isfinite(number)] = Hour.BLANK
    code[(code == 0) & np.isin(number, list(way.sentinels))] = Hour.SENTINEL
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


def _joined(read: list[_Rows], names: list[str]) -> _Rows:
    import numpy as np
    import pandas as pd

    return _Rows(
        pd.concat([r.frame for r in read], ignore_index=True),
        np.concatenate([r.time for r in read]),
        {name: np.concatenate([r.steps[name] for r in read]) for name in names},
        {name: np.concatenate([r.codes[name] for r in read]) for name in names},
        {name: np.concatenate([r.has[name] for r in read]) for name in names},
    )


def _check_twice(rows: _Rows, has: npt.NDArray[np.bool_], faults: Faults) -> None:
    """A station has each hour or day of a pollutant once; the same again is a fault, equal or not."""
    import numpy as np
    import pandas as pd

    key = pd.DataFrame({"station": rows.frame["station"].to_numpy(), "time": rows.time})
    told = ~np.isnat(rows.time) & (key["station"] != "").to_numpy() & has
    again = np.zeros(len(key), bool)
    again[told] = key[told].duplicated().to_numpy()
    if not again.any():
        return
    first = key[told].drop_duplicates().reset_index().set_index(["station", "time"])["index"]
    for i in np.flatnonzero(again):
        j = int(first.loc[(key["station"].iat[i], rows.time[i])])
        place = {"file": str(rows.frame["file"].iat[j]), "row": int(rows.frame["row"].iat[j])}
        name, when = key["station"].iat[i], str(rows.time[i]).replace("T", " ")
        if rows.time.dtype == "datetime64[h]":
            told = {"name": name, "begin": f"{when}:00", **place}
            what = say("station {name!r} has the hour from {begin} twice, first in {file} row {row}", **told)
        else:
            what = say("station {name!r} has {day} twice, first in {file} row {row}", name=name, day=when, **place)
        faults.add(what, **where(rows.frame, i), mend=say("Keep one row"))


def _gridded(rows: _Rows, unit_of: dict[str, str], per_day: int) -> Grid:
    import numpy as np
    import pandas as pd

    station, names = pd.factorize(rows.frame["station"], sort=True)
    _, first_row = np.unique(station, return_index=True)
    first_day = rows.time.min().astype("datetime64[D]")
    n_days = int((rows.time.max().astype("datetime64[D]") - first_day).astype(int)) + 1
    place = (rows.time - first_day.astype(rows.time.dtype)).astype(np.int64)
    steps, codes = {}, {}
    for name in unit_of:
        steps[name] = np.zeros((len(names), per_day * n_days), np.int32)
        codes[name] = np.full((len(names), per_day * n_days), Hour.ABSENT, np.int8)
        here = (station[rows.has[name]], place[rows.has[name]])
        steps[name][here], codes[name][here] = rows.steps[name][rows.has[name]], rows.codes[name][rows.has[name]]
    origins = tuple((str(rows.frame["file"].iat[i]), int(rows.frame["row"].iat[i])) for i in first_row)
    unit = ", ".join(dict.fromkeys(unit_of.values()))
    step = {name: POLLUTANTS[name].step for name in unit_of}
    return Grid(tuple(map(str, names)), first_day, steps, codes, unit, origins, step)


def _check_low(found: Grid, unit_of: dict[str, str], way: Way, faults: Faults) -> None:
    """Series that are too low for their unit are faults, or invalid with that reason."""
    for name, unit in unit_of.items():
        for s, (file, row) in enumerate(found.origins):
            valid = found.codes[name][s] == Hour.VALID
            if is_too_low(found.steps[name][s][valid], name):
                if way.doubtful == "refuse":
                    add_too_low(faults, name, unit, {"file": file, "row": row, "column": name})
                found.codes[name][s][valid] = Hour.TOO_LOW
