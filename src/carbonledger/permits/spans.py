"""The months of a report, and which days and months of a year a permit covers."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..tables import as_text, parse_period

_QUARTER = re.compile(r"(\d{4})(?:年|-)?(?:第)?(?:Q([1-4])|([1-4一二三四])季度?)", re.IGNORECASE)
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}

Days = tuple[datetime.date, datetime.date]


@dataclass(frozen=True)
class Months:
    """The months of one year that a report is for, both ends included."""

    year: int
    first: int
    last: int

    @property
    def every(self) -> range:
        return range(self.first, self.last + 1)


@lru_cache(maxsize=4096)
def months_of(text: str) -> Months | None:
    """The months of ``2024-05``, ``2024Q2``, ``2024年第二季度``, ``2024-01/05`` or ``2024``; ``None`` where it is none."""
    plain = as_text(text)
    if match := _QUARTER.fullmatch(plain):
        number = match[2] or match[3]
        quarter = _CHINESE.get(number) or int(number)
        return Months(int(match[1]), 3 * quarter - 2, 3 * quarter)
    period = parse_period(plain)
    return Months(period.year, period.first_month, period.last_month) if period else None


def days_in(span: Days, year: int) -> int:
    """How many days of the year a span of dates covers, both ends included."""
    first = max(span[0], datetime.date(year, 1, 1))
    last = min(span[1], datetime.date(year, 12, 31))
    return max((last - first).days + 1, 0)


def days_of_year(year: int) -> int:
    return 365 + calendar.isleap(year)


def months_in(spans: Iterable[Days], year: int) -> set[int]:
    """The months of a year of which the spans cover at least a day."""
    return {month for span in spans for month in _months_in(span, year)}


@lru_cache(maxsize=4096)
def whole_months_in(spans: tuple[Days, ...], year: int) -> frozenset[int]:
    """The months of a year of which spans, which do not overlap, cover every day."""
    made = set()
    for month in range(1, 13):
        length = calendar.monthrange(year, month)[1]
        begin, end = datetime.date(year, month, 1), datetime.date(year, month, length)
        if sum(max((min(last, end) - max(first, begin)).days + 1, 0) for first, last in spans) == length:
            made.add(month)
    return frozenset(made)


@lru_cache(maxsize=4096)
def _months_in(span: Days, year: int) -> range:
    first, last = max(span[0], datetime.date(year, 1, 1)), min(span[1], datetime.date(year, 12, 31))
    return range(first.month, last.month + 1) if first <= last else range(0)
