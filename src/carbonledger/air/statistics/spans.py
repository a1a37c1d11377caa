"""The statistics of a span of days - a month, a quarter, half a year, a year - and whether the limits are kept."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ...reasons import Reason
from ...rounding import Ratio, denominator, times, widened
from .days import Days

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...standards import Edition, Limit

UNKNOWN, ATTAINED, EXCEEDED = 0, 1, 2


@dataclass(frozen=True)
class Months:
    """A calendar span: months of one year, from ``first`` on."""

    year: int
    first: int = 1
    count: int = 12

    @property
    def begin(self) -> datetime.date:
        return datetime.date(self.year, self.first, 1)

    @property
    def end(self) -> datetime.date:
        """The first day after it."""
        over = self.first + self.count
        return datetime.date(self.year + (over > 12), 1 if over > 12 else over, 1)

    @property
    def last(self) -> datetime.date:
        """Its last day: the date whose editions it is judged by."""
        return self.end - datetime.timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Span:
    """One span of one pollutant, an array [name] each; NaN where the reason is not OK, or where there is no limit."""

    mean: npt.NDArray[np.float64]
    mean_rounded: npt.NDArray[np.float64]
    mean_printed: npt.NDArray[np.float64]
    mean_reason: npt.NDArray[np.int16]
    percentile: npt.NDArray[np.float64]
    percentile_rounded: npt.NDArray[np.float64]
    percentile_printed: npt.NDArray[np.float64]
    percentile_reason: npt.NDArray[np.int16]
    mean_multiple: npt.NDArray[np.float64]
    percentile_multiple: npt.NDArray[np.float64]
    days: npt.NDArray[np.int16]
    exceedance_days: npt.NDArray[np.float64]
    attainment_rate: npt.NDArray[np.float64]
    attainment_rate_rounded: npt.NDArray[np.float64]
    capture: npt.NDArray[np.float64]
    attained: npt.NDArray[np.int8]
    attained_reason: npt.NDArray[np.int16]


def span_of(
    days: Days,
    span: Months,
    pollutant: str,
    rules: Edition,
    mean_limit: Limit | None,
    daily_limit: Limit | None,
    *,
    judged: bool = True,
    limited: bool = True,
    counted: npt.NDArray[np.bool_] | None = None,
) -> Span:
    """Statistics of a calendar span.

    Parameters
    ----------
    days : Days [name, day]
        Whole years.
    span : Months
    rules : Edition
        Of HJ 663, for the minima, the percentile and the decimals.
    mean_limit, daily_limit : Limit or None
        Of GB 3095, for the mean and for the percentile of daily values; without both nothing is judged.
    judged : bool
        Whether there is a verdict on such a span.
    limited : bool
        Whether there is an edition of limits at all.
    counted : bool [name, day], optional
        The days that the minima are held against, where they are not the valid ones (exceptional events).
    """
    import numpy as np

    start = int((np.datetime64(span.begin) - days.first_day).astype(int))
    cut = np.s_[:, start : start + (span.end - span.begin).days]
    valid, num, den = days.valid[cut], days.num[cut], denominator(days.den)
    count = valid.sum(axis=1)
    percent = percent_of(rules, pollutant)
    mean, percentile = mean_of(num, days.den, count), percentile_of(num, valid, days.den, count, percent or 0)
    whole = enough(valid if counted is None else counted[cut], span, pollutant, rules) & (count > 0)
    mean_reason = np.where(whole, Reason.OK, _why(days, cut, span, pollutant, rules))
    unlimited = rules.rule("percentile_minima") == "none"
    percentile_reason = np.where(unlimited & (count > 0), Reason.OK, mean_reason)
    percentile_reason = percentile_reason if percent else np.full_like(percentile_reason, Reason.NOT_EVALUATED)
    decimals = rules.decimals("decimals_evaluation", pollutant)
    printed, of_multiple = int(rules.rule("decimals_statistic", pollutant)), int(rules.rule("decimals_multiple"))
    due = days.hours_due[cut].sum(axis=1)
    with np.errstate(invalid="ignore"):
        capture = days.hours_valid[cut].sum(axis=1) / np.where(due > 0, due, np.nan)
    above = (Ratio(num, den).exceeds(daily_limit.value, decimals) & valid).sum(axis=1) if daily_limit else None
    parts = [
        (value, limit, reason)
        for value, limit, reason in ((mean, mean_limit, mean_reason), (percentile, daily_limit, percentile_reason))
        if judged and limit is not None and not (reason == Reason.NOT_EVALUATED).all()
    ]
    return Span(
        *_shown(mean, decimals, printed, mean_reason),
        *_shown(percentile, decimals, printed, percentile_reason),
        _multiple(mean, mean_limit, decimals, of_multiple, mean_reason),
        _multiple(percentile, daily_limit, decimals, of_multiple, percentile_reason),
        count.astype(np.int16),
        *_rate(above, count, int(rules.rule("decimals_rate"))),
        capture,
        *_verdict(parts, decimals, len(count), Reason.NO_EDITION if not limited else Reason.NOT_EVALUATED),
    )


def percent_of(rules: Edition, pollutant: str) -> int | None:
    """Which percentile of its daily values evaluates a pollutant; ``None`` where none does."""
    found = {**rules.rule("percentile_other"), **rules.rule("percentile")}.get(pollutant)
    return None if found is None else int(found)


def enough(valid: npt.NDArray[np.bool_], span: Months, pollutant: str, rules: Edition) -> npt.NDArray[np.bool_]:
    """Whether the span and each of its months have the days they need (GB 3095 Table 4)."""
    import numpy as np

    months = range(span.first, span.first + span.count)
    first = [(datetime.date(span.year, month, 1) - span.begin).days for month in months]
    by_month = np.add.reduceat(valid.astype(np.int64), first, axis=1)
    need = np.full(span.count, int(rules.rule("days_per_month", pollutant)))
    need[np.array(months) == 2] = int(rules.rule("days_in_february", pollutant))
    whole = {12: rules.rule("days_per_year"), 3: rules.rule("days_per_quarter")}.get(span.count, {})
    found: npt.NDArray[np.bool_] = np.logical_and(
        (by_month >= need).all(axis=1), valid.sum(axis=1) >= int(whole.get(pollutant, 0))
    )
    return found


def mean_of(num: npt.NDArray[Any], den: int, count: npt.NDArray[Any]) -> Ratio:
    """The mean of the daily values, not of the months (GB 3095-2026, 3.7 to 3.13)."""
    import numpy as np

    return Ratio(widened(num, 366).sum(axis=1), denominator(den) * np.maximum(count, 1))


def percentile_of(
    num: npt.NDArray[Any], valid: npt.NDArray[np.bool_], den: int, count: npt.NDArray[Any], percent: int
) -> Ratio:
    """HJ 663 Annex A.6: k = 1 + (n - 1) p / 100, linear between the ranks around k."""
    import numpy as np

    last = num.max(initial=0) + 1
    ordered = np.sort(np.where(valid, num, last), axis=1)
    place = np.maximum(count - 1, 0) * percent
    rank, rest = place // 100, place % 100
    lower = np.take_along_axis(ordered, rank[:, None], axis=1)[:, 0]
    upper = np.take_along_axis(ordered, np.minimum(rank + 1, num.shape[1] - 1)[:, None], axis=1)[:, 0]
    upper = np.where(rest > 0, upper, lower)
    between = widened(upper - lower, 100) * rest
    return Ratio(times(lower, 100) + between, denominator(den) * 100)


def compared(value: Ratio, decimals: int | None) -> Ratio:
    """The value as it is compared with a limit: rounded to so many decimals, or in full."""
    return value if decimals is None else value.rounded(decimals)


def _shown(value: Ratio, decimals: int | None, printed: int, reason: npt.NDArray[Any]) -> tuple[Any, Any, Any, Any]:
    """The full value, the one that is compared, the one that is printed, and why there is none."""
    import numpy as np

    full, against, print_ = (
        np.where(reason == Reason.OK, part, np.nan)
        for part in (value.value(), compared(value, decimals).value(), value.rounded(printed).value())
    )
    return full, against, print_, reason.astype(np.int16)


def _multiple(
    value: Ratio, limit: Limit | None, decimals: int | None, printed: int, reason: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """(C - S) / S of the compared value, 0 where the limit is kept; NaN where there is no limit or no value."""
    import numpy as np

    if limit is None:
        return np.full(len(reason), np.nan)
    of_limit, found = Fraction(str(limit.value)), compared(value, decimals)
    over = times(found.num, of_limit.denominator) - times(found.den, of_limit.numerator)
    ratio = Ratio(np.where(over > 0, over, 0), times(found.den, of_limit.numerator))
    return np.where(reason == Reason.OK, ratio.rounded(printed).value(), np.nan)


def _rate(
    above: npt.NDArray[np.int64] | None, count: npt.NDArray[np.int64], decimals: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Days above the daily limit, and the share of valid days that are not, in full and rounded [%]."""
    import numpy as np

    if above is None:
        nothing = np.full(len(count), np.nan)
        return nothing, nothing, nothing
    share = Ratio((count - above) * 100, np.maximum(count, 1))
    known = count > 0
    rates = [np.where(known, part, np.nan) for part in (share.value(), share.rounded(decimals).value())]
    return above.astype(np.float64), rates[0], rates[1]


def _verdict(
    judged: list[tuple[Ratio, Limit, Any]], decimals: int | None, n: int, without: Reason
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int16]]:
    """Attained where mean and percentile both keep their limits; equal to the limit attains; one above exceeds. And why not."""
    import numpy as np

    above: npt.NDArray[np.bool_] = np.zeros(n, bool)
    why = np.full(n, int(Reason.OK if judged else without))
    for value, limit, reason in judged:
        above = above | (value.exceeds(limit.value, decimals) & (reason == Reason.OK))
        why = np.where(why == Reason.OK, reason, why)
    why = np.where(above, int(Reason.OK), why).astype(np.int16)
    return np.where(above, EXCEEDED, np.where(why == Reason.OK, ATTAINED, UNKNOWN)).astype(np.int8), why


def _why(days: Days, cut: Any, span: Months, pollutant: str, rules: Edition) -> npt.NDArray[np.int16]:
    """Why a span has no mean: no rows, too few of them in every day, too few points, or too few days."""
    import numpy as np

    without_points = enough(days.points_valid[cut], span, pollutant, rules)
    why = np.where(without_points, Reason.POINTS_MISSING, Reason.DAYS_MISSING)
    why = np.where(days.points_valid[cut].any(axis=1), why, Reason.HOURS_MISSING)
    return np.where(days.rows[cut].any(axis=1), why, Reason.NO_ROWS).astype(np.int16)
