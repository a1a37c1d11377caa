"""Days by the air quality index, where the daily index is given: good days and heavy-pollution days of a year."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import Faults, TableError
from ..messages import say
from ..reasons import Reason
from ..tables import number_column, read_table, text_column, where
from .exact import Ratio
from .points import dates_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

GOOD, HEAVY, TOP = 100, 200, 500  # HJ 633: good up to 100, heavy pollution above 200, the index ends at 500
DAYS_OF_A_YEAR = 324  # HJ 633 states no minimum: that of the annual means is taken (GB 3095 Table 4), an assumption
RATIO_DECIMALS = 1


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


def good_days(daily: pd.DataFrame) -> xr.Dataset:
    """Good-day ratio and heavy-pollution-day share of each district and year.

    Parameters
    ----------
    daily : DataFrame
        From :func:`read_daily_aqi`.

    Returns
    -------
    Dataset [entity, year]: ``good_day_ratio`` (index of at most 100, over days with an index) and ``heavy_day_ratio``
    (above 200) [%] in full, each with ``_rounded`` (one decimal) and ``_reason``; ``good_days``, ``heavy_days``,
    ``valid_days``, ``days_of_year`` [d]. A year with fewer than 324 valid days is NaN with ``DAYS_MISSING``.

    Notes
    -----
    HJ 633-2012 Table 2 and HJ 633-2026: classes. The denominator is the days with an index, as bulletins count it.
    """
    import numpy as np
    import pandas as pd
    import xarray as xr

    entities = sorted(daily["entity"].unique())
    year = daily["day"].dt.year.to_numpy(np.int64)
    years = list(range(int(year.min()), int(year.max()) + 1))
    place = pd.Index(entities).get_indexer(daily["entity"]) * len(years) + (year - years[0])
    shape = (len(entities), len(years))

    def counted(which: Any) -> Any:
        return np.bincount(place[np.asarray(which)], minlength=shape[0] * shape[1]).reshape(shape)

    aqi = daily["aqi"].to_numpy()
    valid, good, heavy = counted(~np.isnan(aqi)), counted(aqi <= GOOD), counted(aqi > HEAVY)
    reason = np.where(valid >= DAYS_OF_A_YEAR, Reason.OK, np.where(valid > 0, Reason.DAYS_MISSING, Reason.NO_ROWS))
    dims = ("entity", "year")
    of_year = np.broadcast_to([365 + calendar.isleap(y) for y in years], shape)
    made: dict[str, Any] = {
        "good_days": (dims, good, {"units": "d"}),
        "heavy_days": (dims, heavy, {"units": "d"}),
        "valid_days": (dims, valid, {"units": "d"}),
        "days_of_year": (dims, of_year, {"units": "d"}),
    }
    for name, count in (("good_day_ratio", good), ("heavy_day_ratio", heavy)):
        ratio, known = Ratio(count * 100, np.maximum(valid, 1)), reason == Reason.OK
        made[name] = (dims, np.where(known, ratio.value(), np.nan), {"units": "%"})
        made[f"{name}_rounded"] = (dims, np.where(known, ratio.rounded(RATIO_DECIMALS), np.nan), {"units": "%"})
        made[f"{name}_reason"] = (dims, reason.astype(np.int16), reasons.attrs())
    assumption = say("a year needs {n} days with an index", n=DAYS_OF_A_YEAR)
    return xr.Dataset(made, {"entity": entities, "year": years}, {"assumption": assumption})
