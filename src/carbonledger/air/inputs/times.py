"""When the hour of a row begins, from its label."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from ...errors import Faults
from ...messages import say
from ...tables import number_column, text_column, where

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

_FORMS = (
    re.compile(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日 ?|[ T])(\d{1,2})(?:[:时](\d{1,2})分?(?::(\d{1,2})(?:\.0+)?)?|时)?"
    ),
    re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})"),
)
_PARTS = ("year", "month", "day", "hour")


def begin_of_hour(frame: pd.DataFrame, hour_label: str, faults: Faults) -> npt.NDArray[Any]:
    """The beginning of each row's hour, datetime64[h]; NaT where the time is a fault.

    Parameters
    ----------
    frame : DataFrame [row]
        ``time``, or ``year, month, day, hour``.
    hour_label : str
        ``ending`` (labels 0 to 24) or ``starting`` (0 to 23).
    """
    import numpy as np
    import pandas as pd

    last = 24 if hour_label == "ending" else 23
    if pd.api.types.is_datetime64_dtype(frame["time"].dtype):
        labels = _stamps(frame, faults)
    elif (written := text_column(frame["time"])).any():
        labels = _written(written, frame, last, faults)
    else:
        labels = _parts(frame, last, faults)
    return labels - np.timedelta64(1, "h") if hour_label == "ending" else labels


def _stamps(frame: pd.DataFrame, faults: Faults) -> npt.NDArray[Any]:
    import numpy as np

    stamps = frame["time"].to_numpy()
    hours = stamps.astype("datetime64[h]")
    off = hours != stamps
    for i in np.flatnonzero(off):
        _fault(frame, i, "time", str(stamps[i]), 24, faults)
    found: npt.NDArray[Any] = np.where(off, np.datetime64("NaT"), hours)
    return found


def _written(written: npt.NDArray[Any], frame: pd.DataFrame, last: int, faults: Faults) -> npt.NDArray[Any]:
    import numpy as np
    import pandas as pd

    codes, distinct = pd.factorize(written)
    hours: npt.NDArray[Any] = np.array([_label(text, last) for text in distinct], dtype="datetime64[h]")[codes]
    for i in np.flatnonzero(np.isnat(hours)):
        _fault(frame, i, "time", str(written[i]), last, faults)
    return hours


def _label(text: str, last: int) -> Any:
    import numpy as np

    match = next((m for form in _FORMS if (m := form.fullmatch(text))), None)
    if match is None or any(int(part or 0) for part in match.groups()[4:]):
        return np.datetime64("NaT")
    year, month, day, hour = map(int, match.groups()[:4])
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        return np.datetime64("NaT")
    return np.datetime64(date, "h") + hour if hour <= last else np.datetime64("NaT")


def hour_of(text: str, of_day: int) -> Any:
    """The hour that a text names, or that hour of the day where it is a date alone; NaT where it is neither."""
    import numpy as np

    hour = _label(text, 24)
    return hour if not np.isnat(hour) else _label(f"{text} {of_day:02d}:00", 24)


def _parts(frame: pd.DataFrame, last: int, faults: Faults) -> npt.NDArray[Any]:
    import numpy as np

    part = {name: number_column(frame[name], faults, frame, name) for name in _PARTS}
    given = [name for name in _PARTS if not np.isnan(part[name]).all()]
    if len(given) < len(_PARTS):
        lacking = ", ".join(name for name in _PARTS if name not in given)
        mend = say("Give a column time (2025-01-01 01:00), or year, month, day and hour")
        faults.add(say("no time, and no {names}", names=lacking), file=str(frame["file"].iat[0]), mend=mend)
        return np.full(len(frame), np.datetime64("NaT"), "datetime64[h]")
    whole = np.logical_and.reduce([part[name] == np.rint(part[name]) for name in _PARTS])
    y, m, d, h = (np.where(whole, part[name], 1).astype(np.int64) for name in _PARTS)
    right = whole & (y >= 1900) & (y <= 2200) & (m >= 1) & (m <= 12) & (h >= 0) & (h <= last)
    month = np.where(right, (y - 1970) * 12 + m - 1, 0).astype("datetime64[M]")
    long = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    right &= (d >= 1) & (d <= long)
    hours = (month.astype("datetime64[D]") + np.where(right, d - 1, 0)).astype("datetime64[h]") + np.where(right, h, 0)
    for i in np.flatnonzero(~right):
        _fault(frame, i, "", "-".join(f"{part[name][i]:g}" for name in _PARTS), last, faults)
    return np.where(right, hours, np.datetime64("NaT"))


def _fault(frame: pd.DataFrame, i: Any, column: str, written: str, last: int, faults: Faults) -> None:
    what = say("{written!r} is no time on the hour", written=written)
    faults.add(
        what, **where(frame, i, column), mend=say("Write it as 2025-01-01 01:00; hours run from 0 to {last}", last=last)
    )
