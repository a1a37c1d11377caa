"""Whether what was reported keeps within what permits allow in a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..reasons import Reason
from .allowed import Year
from .nouns import MET, MISSED, UNKNOWN, Report


@dataclass(frozen=True)
class Counted:
    """Reports by whether the permits of a year cover them.

    Attributes
    ----------
    inside : tuple of Report
        Those of which a permit covers a day in every month.
    reported, outside : Fraction
        The amounts of those, and of all others [t].
    certain : Fraction
        The part of ``reported`` in months that permits cover from the first day to the last [t].
    """

    inside: tuple[Report, ...]
    reported: Fraction
    outside: Fraction
    certain: Fraction


def counted(reports: Sequence[Report], valid: Year) -> Counted:
    """Sort the reports of a year; one with a month that no permit covers is not split."""
    inside = tuple(r for r in reports if set(r.months.every) <= valid.months)
    reported = total(inside)
    certain = total(r for r in inside if set(r.months.every) <= valid.whole_months)
    return Counted(inside, reported, total(reports) - reported, certain)


def total(reports: Iterable[Report]) -> Fraction:
    """The sum of the amounts [t]."""
    return sum((r.amount for r in reports), Fraction(0))


def judged(valid: Year, found: Counted, missing: bool, part_year: str | None) -> tuple[str, Reason]:
    """Above what any reading allows is missed, whatever is missing; below, every month must be there."""
    if not valid.rows:
        return UNKNOWN, Reason.NO_PERMIT
    if not found.inside:
        return UNKNOWN, Reason.NO_ROWS
    allowed, reason = valid.allowed(part_year)
    most = allowed if allowed is not None else valid.highest
    if most is not None and found.certain > most:
        return MISSED, Reason.OK
    if allowed is None:
        return UNKNOWN, reason
    if found.reported > allowed:  # what is too much may be of the days that no permit covers
        return UNKNOWN, Reason.PART_OF_MONTH
    return (UNKNOWN, Reason.MONTHS_MISSING) if missing else (MET, Reason.OK)
