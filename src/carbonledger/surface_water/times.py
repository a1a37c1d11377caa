"""When a sample was taken: a day, with or without the hour, or a month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..messages import say
from ..tables import date_of, parse_period, where

if TYPE_CHECKING:
    import pandas as pd

_HOUR = re.compile(r"(\S+)[ T]([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.0+)?)?")
_YEARS = range(1900, 2201)  # as of months


@dataclass(frozen=True)
class Taken:
    """Month from year 0 on; minutes of a day from year 1 on, ``None`` where only the month is stated."""

    month: int
    minute: int | None = None


def taken_of(written: str) -> Taken | None:
    """``2025-01-31``, ``2025/1/31 10:30``, ``2025年1月31日``, ``2025-01``, ``2025年1月``; ``None`` for another text."""
    timed = _HOUR.fullmatch(written)
    if day := date_of(timed[1] if timed else written):
        minute = int(timed[2]) * 60 + int(timed[3]) if timed else 0
        month = day.year * 12 + day.month - 1
        return Taken(month, day.toordinal() * 1440 + minute) if day.year in _YEARS else None
    period = parse_period(written)
    if period is None or period.cumulative or not period.monthly:
        return None
    return Taken(period.year * 12 + period.last_month - 1)


def times_of(frame: pd.DataFrame, column: str, faults: Faults) -> tuple[Any, Any]:
    """Months and minutes of a text column, int64; -1 where the text is none, which is a fault, and minutes -1 for months."""
    import numpy as np
    import pandas as pd

    codes, distinct = pd.factorize(frame[column])
    found = [taken_of(str(text)) for text in distinct]
    for wrong in (k for k, taken in enumerate(found) if taken is None):
        for i in np.flatnonzero(codes == wrong):
            what = say("{text!r} is no date", text=str(distinct[wrong]))
            faults.add(what, **where(frame, i, column), mend=say("Write it as 2025-01-31, or the month as 2025-01"))
    month = np.array([t.month if t else -1 for t in found], dtype=np.int64)[codes]
    minute = np.array([t.minute if t and t.minute is not None else -1 for t in found], dtype=np.int64)[codes]
    return month, minute
