"""Dates of a text column, in the ways that files write them."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..messages import say
from .columns import where

if TYPE_CHECKING:
    import pandas as pd

# one sign between the parts: 2025-01/03 is January to March
_DATE = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)(?:[ T]00:00(?::00)?)?")


def dates_of(frame: pd.DataFrame, column: str, faults: Faults, blank: str = "") -> Any:
    """Dates of a text column, datetime64[s]; NaT where one is none, which is a fault, and so is a missing one."""
    import numpy as np
    import pandas as pd

    codes, distinct = pd.factorize(frame[column])
    days = [date_of(str(text or blank)) for text in distinct]
    for wrong in (k for k, day in enumerate(days) if day is None):
        for i in np.flatnonzero(codes == wrong):
            what = say("{text!r} is no date", text=distinct[wrong])
            faults.add(what, **where(frame, i, column), mend=say("Write it as 2025-01-31"))
    return np.array([day or "NaT" for day in days], dtype="datetime64[s]")[codes]


def date_of(text: str) -> datetime.date | None:
    """``2025-01-31``, ``2025/1/31``, ``2025年1月31日``, also with the hour 00:00:00; ``None`` for another text."""
    match = _DATE.fullmatch(text)
    try:
        return datetime.date(*(int(part) for part in match.groups() if part and part.isdigit())) if match else None
    except ValueError:
        return None
