"""The daily air quality index of districts as published, read with every fault at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import Faults, TableError
from ...messages import say
from ...tables import dates_of, number_column, read_table, text_column, where

if TYPE_CHECKING:
    import pandas as pd

TOP = 500  # HJ 633: the index ends there


def read_daily_aqi(sources: str | Path | pd.DataFrame | Iterable[str | Path | pd.DataFrame]) -> pd.DataFrame:
    """Read the daily air quality index of districts.

    Parameters
    ----------
    sources : path, DataFrame, or several
        Columns ``entity``, ``date`` (``2025-01-31``), ``aqi``; a blank or a dash is a day without an index.

    Returns
    -------
    DataFrame ``file, row, entity, day`` (datetime64[D]), ``aqi`` (float64, NaN where there is none [1]).

    Raises
    ------
    TableError
        Days given twice, indices that are no whole number from 0 to 500, dates that are none: all at once.
    """
    import pandas as pd

    given: Any = sources
    several = [given] if isinstance(given, str | Path | pd.DataFrame) else list(given)
    faults, read = Faults(), []
    for source in several:
        try:
            read.append(_read(read_table(source, "daily_aqi"), faults))
        except TableError as error:
            faults.take(error)
    if not several:
        faults.add(say("no files of the daily air quality index"), mend=say("Name at least one"))
    frame = (
        pd.concat(read, ignore_index=True) if read else pd.DataFrame(columns=["file", "row", "entity", "day", "aqi"])
    )
    twice = frame.duplicated(["entity", "day"]) & frame["day"].notna()
    for i in twice.to_numpy().nonzero()[0]:
        what = say("{name!r} has {day} twice", name=frame["entity"].iat[i], day=f"{frame['day'].iat[i]:%Y-%m-%d}")
        faults.add(what, **where(frame, i), mend=say("Keep one row"))
    faults.raise_as(TableError, say("daily air quality index"))
    return frame


def _read(frame: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    import numpy as np

    frame["entity"], frame["date"] = text_column(frame["entity"]), text_column(frame["date"])
    frame["aqi"] = number_column(frame["aqi"], faults, frame, "aqi")
    frame["day"] = dates_of(frame, "date", faults)
    for i in np.flatnonzero(frame["entity"] == ""):
        faults.add(
            say("no {name}", name="entity"), **where(frame, i, "entity"), mend=say("Name the district of each row")
        )
    known = frame["aqi"].notna() & np.isfinite(frame["aqi"])
    wrong = known & ((frame["aqi"] % 1 != 0) | (frame["aqi"] < 0) | (frame["aqi"] > TOP))
    for i in np.flatnonzero(wrong):
        what = say("{value:g} is no air quality index", value=float(frame["aqi"].iat[i]))
        faults.add(what, **where(frame, i, "aqi"), mend=say("It is a whole number from 0 to {top}", top=TOP))
    return frame[["file", "row", "entity", "day", "aqi"]]
