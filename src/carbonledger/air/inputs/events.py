"""Exceptional events that the user names: particles of the window are removed before statistics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import Faults, TableError
from ...messages import say
from ...tables import read_table, text_column, where
from .pollutants import POLLUTANTS, names_in
from .stations import Hour, StationHours
from .times import hour_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

PARTICLES = ("PM10", "PM2.5")


def read_events(source: str | Path | pd.DataFrame) -> pd.DataFrame:
    """Read windows of exceptional events, e.g. sand and dust.

    Parameters
    ----------
    source : path or DataFrame
        Columns ``place`` (a district or a station), ``begin`` and ``end`` (``2025-04-12 05:00``, from when to when; a date
        alone is its first, or its last, hour), ``kind``, ``document`` (the official list or letter: required).

    Returns
    -------
    DataFrame with these columns, and ``first``, ``last``: the first hour of the window and the one after it, datetime64.

    Raises
    ------
    TableError
        Blank places and documents, times that are none, windows that end before they begin: all at once.
    """
    frame, faults = read_table(source, "events"), Faults()
    for column in ("place", "begin", "end", "kind", "document", "note"):
        frame[column] = text_column(frame[column])
    for column, mend in (
        ("place", say("Name the district or the station")),
        ("document", say("Name the official list or letter: an event is removed only on its authority")),
    ):
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            faults.add(say("no {name}", name=column), **where(frame, i, column), mend=mend)
    frame["first"] = _hours(frame, "begin", 0, faults)
    frame["last"] = _hours(frame, "end", 24, faults)
    for i in (frame["first"] >= frame["last"]).to_numpy().nonzero()[0]:
        faults.add(say("the event ends before it begins"), **where(frame, i), mend=say("Exchange them"))
    faults.raise_as(TableError, say("events"))
    return frame


def _hours(frame: pd.DataFrame, column: str, of_day: int, faults: Faults) -> npt.NDArray[Any]:
    import numpy as np

    found = [hour_of(text, of_day) for text in frame[column]]
    for i in (k for k, hour in enumerate(found) if np.isnat(hour)):
        what = say("{written!r} is no time on the hour", written=frame[column].iat[i])
        faults.add(what, **where(frame, i, column), mend=say("Write it as 2025-01-01 01:00, or as a date"))
    made: npt.NDArray[Any] = np.array(found, dtype="datetime64[s]")
    return made


def without_events(
    hours: StationHours,
    events: pd.DataFrame,
    points: pd.DataFrame | None = None,
    *,
    pollutants: str | Iterable[str] = PARTICLES,
) -> StationHours:
    """The hours with the particles of events removed, so that results stand beside those of all hours.

    Parameters
    ----------
    hours : StationHours
    events : DataFrame
        From :func:`read_events`.
    points : DataFrame, optional
        For events of districts: which stations are theirs on a day.
    pollutants : str or list of str
        What is removed; 环办监测〔2016〕120号 names the particles alone.

    Returns
    -------
    StationHours
        Hours in an event are not valid, with the reason ``EVENT``.

    Raises
    ------
    TableError
        Events of a place that is neither a station nor a district: all at once.

    Notes
    -----
    环办监测〔2016〕120号, in force from 2017-01-01: for assessment and ranking, not for the index that is published by the
    hour. Which window and which places is decided by the national monitoring centre; nothing is detected here.
    """
    faults, names = Faults(), names_in(pollutants, among=POLLUTANTS)
    codes = {name: array.copy() for name, array in hours.codes.items()}
    for row in events.itertuples():
        masks = _stations(hours, str(row.place), points)
        if masks is None:
            what = say("{name!r} is neither a station nor a district of the points", name=row.place)
            faults.add(what, file=str(row.file), row=int(row.row), column="place", mend=say("Correct the name"))
        for place, days in masks or ():
            begin, end = _cut(hours, row.first), _cut(hours, row.last)
            for name in (n for n in names if n in codes):
                part = codes[name][place, begin:end]
                part[(part == Hour.VALID) & days[begin:end]] = Hour.EVENT
    faults.raise_as(TableError, say("events"))
    return replace(hours, codes=codes, removed=tuple(dict.fromkeys((*hours.removed, *names))))


def _cut(hours: StationHours, time: Any) -> int:
    """The place of an hour, within the hours that there are."""
    import numpy as np

    place = int((np.datetime64(time, "h") - hours.first_day.astype("datetime64[h]")).astype(int))
    return min(max(place, 0), 24 * hours.n_days)


def _stations(
    hours: StationHours, place: str, points: pd.DataFrame | None
) -> list[tuple[int, npt.NDArray[np.bool_]]] | None:
    """Places of the stations that an event touches, each with the hours that count; ``None`` for a name that is none."""
    import numpy as np

    found = []
    if place in hours.stations:
        found.append((hours.stations.index(place), np.ones(24 * hours.n_days, bool)))
    days = hours.first_day + np.arange(hours.n_days)
    rows = points[points["entity"] == place] if points is not None else None
    for row in rows.itertuples() if rows is not None else ():
        if row.station in hours.stations:
            first, last = (np.datetime64(t, "D") for t in (row.first, row.last))
            found.append((hours.stations.index(row.station), np.repeat((first <= days) & (days <= last), 24)))
    known = place in hours.stations or (rows is not None and len(rows) > 0)
    return found if known else None
