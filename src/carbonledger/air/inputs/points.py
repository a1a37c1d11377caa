"""Which station is a point of which district, and from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import Faults, TableError
from ...messages import say
from ...tables import dates_of, read_table, text_column, where
from .stations import StationHours

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from .stations import StationDays

ALWAYS = ("0001-01-01", "9999-12-31")


def read_points(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """The points table: ``station, entity, name, valid_from, valid_to, note``.

    Parameters
    ----------
    source : path or DataFrame
        One row per station and span of dates; ``valid_from`` and ``valid_to`` (both days count) may be blank.

    Returns
    -------
    DataFrame with the columns above, and ``first``, ``last`` (datetime64[D], far away where blank).

    Raises
    ------
    TableError
        Blank stations or districts, dates that are none, spans of one station that overlap: all at once.
    """
    frame, faults = read_table(source, "points", file=file), Faults()
    for column in ("station", "entity", "name", "valid_from", "valid_to", "note"):
        frame[column] = text_column(frame[column])
    for column in ("station", "entity"):
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            faults.add(say("no {name}", name=column), **where(frame, i, column), mend=say("A point has both"))
    frame["first"] = dates_of(frame, "valid_from", faults, ALWAYS[0])
    frame["last"] = dates_of(frame, "valid_to", faults, ALWAYS[1])
    for i in (frame["first"] > frame["last"]).to_numpy().nonzero()[0]:
        faults.add(say("valid_from is after valid_to"), **where(frame, i), mend=say("Exchange them"))
    ordered = frame.sort_values(["station", "first"], kind="stable")
    before = ordered.shift(1)
    for i in ordered.index[(ordered["station"] == before["station"]) & (ordered["first"] <= before["last"])]:
        station, row = str(frame["station"].iat[i]), int(before["row"].loc[i])
        what = say("station {name!r} is a point already in row {row}, on the same days", name=station, row=row)
        faults.add(what, **where(frame, i), mend=say("Give the spans dates that do not overlap"))
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    return frame


def check_points(hours: StationHours | StationDays, points: pd.DataFrame) -> None:
    """Every station of the hours is a point of some district.

    Raises
    ------
    TableError
        All stations that are none, with the file and row where each first stands.
    """
    faults = Faults()
    name_unknown(zip(hours.stations, hours.origins, strict=True), points, faults)
    faults.raise_as(TableError, say("stations without a district"))


def name_unknown(stations: Iterable[tuple[str, tuple[str, int]]], points: pd.DataFrame, faults: Faults) -> None:
    """A fault for each station that the points table lacks, where it first stands."""
    known = set(points["station"])
    for station, (file, row) in stations:
        if station and station not in known:
            what = say("station {name!r} belongs to no district", name=station)
            faults.add(what, file=file, row=row, column="station", mend=say("Add it to the points table"))


def spans_of(
    points: pd.DataFrame, stations: tuple[str, ...], first_day: np.datetime64, n_days: int
) -> tuple[list[str], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Districts; and for each span, in order of district: the district's first span, station (-1: no hours), days."""
    import numpy as np
    import pandas as pd

    ordered = points.sort_values(["entity", "station", "first"], kind="stable")
    entities, starts = np.unique(ordered["entity"].to_numpy(str), return_index=True)
    station = pd.Index(stations).get_indexer(ordered["station"])
    days = first_day + np.arange(n_days)
    first, last = (ordered[c].to_numpy("datetime64[D]")[:, None] for c in ("first", "last"))
    return [str(e) for e in entities], starts, station, (first <= days) & (days <= last)
