"""Periods as statistics write them: ``2023``, ``2023-05``, ``2023-01/05`` (year to date), also ``2023年1-5月``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .files import as_text

_FORMS = (
    re.compile(r"(?P<year>\d{4})年?$"),
    re.compile(r"(?P<year>\d{4})[-./](?P<last>\d{1,2})$"),
    re.compile(r"(?P<year>\d{4})(?P<last>\d{2})$"),
    re.compile(r"(?P<year>\d{4})年(?P<last>\d{1,2})月$"),
    re.compile(r"(?P<year>\d{4})-(?P<first>\d{1,2})/(?P<last>\d{1,2})$"),
    re.compile(r"(?P<year>\d{4})年(?P<first>\d{1,2})[-—–~至](?P<last>\d{1,2})月$"),
)


@dataclass(frozen=True)
class Period:
    """A year, a month, or the months of a year up to one; months count from 1."""

    year: int
    first_month: int
    last_month: int
    cumulative: bool

    def __str__(self) -> str:
        if self.cumulative:
            return f"{self.year}-01/{self.last_month:02d}"
        return f"{self.year}-{self.last_month:02d}" if self.monthly else str(self.year)

    @property
    def monthly(self) -> bool:
        return (self.first_month, self.last_month) != (1, 12) or self.cumulative


@lru_cache(maxsize=4096)
def parse_period(written: str) -> Period | None:
    """The period, or ``None`` where the text is none."""
    text = as_text(written)
    for form in _FORMS:
        if match := form.match(text):
            year = int(match["year"])
            if not 1900 <= year <= 2200:
                return None
            parts = match.groupdict()
            if "last" not in parts:
                return Period(year, 1, 12, False)
            last = int(parts["last"])
            first = int(parts["first"]) if "first" in parts else last
            cumulative = "first" in parts
            if not 1 <= first <= last <= 12 or (cumulative and first != 1):
                return None
            return Period(year, first, last, cumulative)
    return None
