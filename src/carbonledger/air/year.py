"""The statistics of one year from daily values: mean, percentile, days, and whether the limits are kept."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..reasons import Reason
from .days import UNROUNDED, Days
from .exact import Ratio, times, widened

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..standards import Edition, Limit

UNKNOWN, ATTAINED, EXCEEDED = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Year:
    """One year of one pollutant, an array [name] each; NaN where the reason is not OK."""

    mean: npt.NDArray[np.float64]
    mean_rounded: npt.NDArray[np.float64]
    mean_printed: npt.NDArray[np.float64]
    mean_reason: npt.NDArray[np.int16]
    percentile: npt.NDArray[np.float64]
    percentile_rounded: npt.NDArray[np.float64]
    percentile_printed: npt.NDArray[np.float64]
    percentile_reason: npt.NDArray[np.int16]
    days: npt.NDArray[np.int16]
    exceedance_days: npt.NDArray[np.int16]
    capture: npt.NDArray[np.float64]
    attained: npt.NDArray[np.int8]


def year_of(days: Days, year: int, pollutant: str, rules: Edition, annual: Limit | None, daily: Limit | None) -> Year:
    """Statistics of a calendar year.

    Parameters
    ----------
    days : Days [name, day]
        Whole years.
    rules : Edition
        Of HJ 663, for the minima, the percentile and the decimals.
    annual, daily : Limit or None
        Of GB 3095, for the mean and for the percentile of daily values; without both nothing is judged.
    """
    import numpy as np

    start = int((np.datetime64(year - 1970, "Y").astype("datetime64[D]") - days.first_day).astype(int))
    days_of_year = (datetime.date(year + 1, 1, 1) - datetime.date(year, 1, 1)).days
    cut = np.s_[:, start : start + days_of_year]
    valid, num = days.valid[cut], days.num[cut]
    count = valid.sum(axis=1)
    enough = _enough(valid, year, rules)
    mean = _mean(num, days.den, count)
    percentile = _percentile(num, valid, days.den, count, int(rules.rule("percentile", pollutant)))
    mean_reason = np.where(enough, Reason.OK, _why(days, cut, year, rules)).astype(np.int16)
    unlimited = rules.rule("percentile_minima") == "none"
    percentile_reason = np.where(unlimited & (count > 0), Reason.OK, mean_reason).astype(np.int16)
    evaluated = rules.rule("decimals_evaluation", pollutant)
    decimals = None if evaluated == UNROUNDED else int(evaluated)
    above = Ratio(num, _denominator(days.den)).exceeds(daily.value, decimals) if daily else np.zeros_like(valid)
    printed = int(rules.rule("decimals_statistic", pollutant))
    due = days.hours_due[cut].sum(axis=1)
    with np.errstate(invalid="ignore"):
        capture = days.hours_valid[cut].sum(axis=1) / np.where(due > 0, due, np.nan)
    known = (mean_reason == Reason.OK) & (percentile_reason == Reason.OK)
    return Year(
        *_shown(mean, decimals, printed, mean_reason),
        mean_reason,
        *_shown(percentile, decimals, printed, percentile_reason),
        percentile_reason,
        count.astype(np.int16),
        (above & valid).sum(axis=1).astype(np.int16),
        capture,
        _verdict(mean, percentile, annual, daily, decimals, known),
    )


def _enough(valid: npt.NDArray[np.bool_], year: int, rules: Edition) -> npt.NDArray[np.bool_]:
    """Whether the year and each of its months have the days they need (GB 3095 Table 4)."""
    import numpy as np

    first = [(datetime.date(year, month, 1) - datetime.date(year, 1, 1)).days for month in range(1, 13)]
    by_month = np.add.reduceat(valid.astype(np.int64), first, axis=1)
    need = np.full(12, int(rules.rule("days_per_month")))
    need[1] = int(rules.rule("days_in_february"))
    whole = valid.sum(axis=1) >= int(rules.rule("days_per_year"))
    found: npt.NDArray[np.bool_] = whole & (by_month >= need).all(axis=1)
    return found


def _mean(num: npt.NDArray[Any], den: int, count: npt.NDArray[Any]) -> Ratio:
    """The mean of the daily values, not of the months (GB 3095-2026, 3.7 to 3.13)."""
    import numpy as np

    return Ratio(widened(num, 366).sum(axis=1), _denominator(den) * np.maximum(count, 1))


def _percentile(
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
    return Ratio(times(lower, 100) + between, _denominator(den) * 100)


def _denominator(den: int) -> npt.NDArray[Any]:
    import numpy as np

    return np.array([den], dtype=np.int64 if den < 2**50 else object)  # one element: a bare one would decay to int


def _shown(
    value: Ratio, decimals: int | None, printed: int, reason: npt.NDArray[np.int16]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The full value, the one that is compared, and the one that is printed."""
    import numpy as np

    full = value.value()
    compared = full if decimals is None else value.rounded(decimals)
    known = reason == Reason.OK
    return (
        np.where(known, full, np.nan),
        np.where(known, compared, np.nan),
        np.where(known, value.rounded(printed), np.nan),
    )


def _verdict(
    mean: Ratio,
    percentile: Ratio,
    annual: Limit | None,
    daily: Limit | None,
    decimals: int | None,
    known: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int8]:
    """Attained where both the mean and the percentile keep their limits; equal to the limit attains."""
    import numpy as np

    if annual is None or daily is None:
        return np.full(known.shape, UNKNOWN, np.int8)
    above = mean.exceeds(annual.value, decimals) | percentile.exceeds(daily.value, decimals)
    return np.where(known, np.where(above, EXCEEDED, ATTAINED), UNKNOWN).astype(np.int8)


def _why(days: Days, cut: Any, year: int, rules: Edition) -> npt.NDArray[np.int16]:
    """Why a year has no mean: no hours, too few of them in every day, too few points, or too few days."""
    import numpy as np

    without_points = _enough(days.points_valid[cut], year, rules)
    why = np.where(without_points, Reason.POINTS_MISSING, Reason.DAYS_MISSING)
    why = np.where(days.points_valid[cut].any(axis=1), why, Reason.HOURS_MISSING)
    return np.where((days.hours_valid[cut] > 0).any(axis=1), why, Reason.NO_ROWS).astype(np.int16)
