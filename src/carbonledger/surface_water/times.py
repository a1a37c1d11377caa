"""When a sample was taken: a day, with or without the hour, or a month."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..messages import say
from ..tables import parse_period, where

if TYPE_CHECKING:
    import pandas as pd

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2})(?::\d{2}(?:\.0+)?)?)?$")


@dataclass(frozen=True)
class Taken:
    """Month from year 0 on; minutes of a day from year 1 on, ``None`` where only the month is stated."""

    month: int
    minute: int | None = None


def taken_of(written: str) -> Taken | None:
    """``2025-01-31``, ``2025/1/31 10:30``, ``2025年1月31日``, ``2025-01``, ``2025年1月``; ``None`` for another text."""
    if match := _DAY.match(written):
        year, month, day, hour, minute = (int(part or 0) for part in match.groups())
        try:
            when = datetime.datetime(year, month, day, hour, minute)
        except ValueError:
            return None
        return Taken(year * 12 + month - 1, when.toordinal() * 1440 + hour * 60 + minute)
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
