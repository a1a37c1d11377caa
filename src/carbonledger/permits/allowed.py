"""What the permits of one outlet and pollutant allow in a year, and under which readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..reasons import Reason
from .spans import Days, days_in, days_of_year, months_in, whole_months_in

PRO_RATA, FULL = "pro rata by days", "full amount"
PART_YEAR = (PRO_RATA, FULL)
"""How the annual amount of a permit may count in a year that it covers in part. No text that was read says."""


@dataclass(frozen=True)
class Permitted:
    """One row of the table of permits, exactly."""

    span: Days
    allowed: Fraction | None
    limit: Fraction | None
    limit_unit: str


@dataclass(frozen=True)
class Year:
    """The permits of one key in one year.

    Attributes
    ----------
    rows : tuple of Permitted
        Those that cover a day of the year.
    months : set of int
        The months of which they cover a day.
    whole_months : set of int
        Those of which they cover every day.
    """

    year: int
    rows: tuple[Permitted, ...]
    months: frozenset[int]
    whole_months: frozenset[int]

    @property
    def whole(self) -> bool:
        """Whether they cover every day."""
        return len(self.whole_months) == 12

    @property
    def highest(self) -> Fraction | None:
        """The largest annual amount: no reading of the permits allows more. ``None`` if a row states none."""
        amounts = [r.allowed for r in self.rows]
        return max((a for a in amounts if a is not None), default=None) if None not in amounts else None

    def allowed(self, part_year: str | None) -> tuple[Fraction | None, Reason]:
        """The annual amount [t] under a reading, or why it is unknown."""
        amounts = [r.allowed for r in self.rows]
        if not amounts:
            return None, Reason.NO_PERMIT
        known = [a for a in amounts if a is not None]
        if not known:
            return None, Reason.NO_ALLOWED_AMOUNT
        if len(known) < len(amounts):
            return None, Reason.PERMITS_DIFFER
        same = len(set(known)) == 1
        if same and (self.whole or part_year == FULL):
            return known[0], Reason.OK
        if part_year == PRO_RATA:
            days = [days_in(r.span, self.year) for r in self.rows]
            shares = (a * d for a, d in zip(known, days, strict=True))
            return sum(shares, Fraction(0)) / days_of_year(self.year), Reason.OK
        return None, Reason.PERMITS_DIFFER if not same else Reason.PART_OF_YEAR

    def limit(self, months: Iterable[int]) -> tuple[Fraction, str] | None:
        """The concentration limit in months, with its unit; ``None`` where there is not one and the same in all."""
        wanted = set(months)
        if not wanted <= self.months:
            return None
        found = {(r.limit, r.limit_unit) for r in self.rows if months_in([r.span], self.year) & wanted}
        if len(found) != 1:
            return None
        limit, unit = found.pop()
        return None if limit is None else (limit, unit)


def year_of(rows: Sequence[Permitted], year: int) -> Year:
    """The rows that bear on a year."""
    here = tuple(sorted((r for r in rows if days_in(r.span, year)), key=lambda r: r.span))
    spans = [r.span for r in here]
    return Year(year, here, frozenset(months_in(spans, year)), whole_months_in(tuple(spans), year))
