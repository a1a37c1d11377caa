"""The judge on bare arrays: one target, any number of groups or scenarios, one verdict per year judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from .. import units
from ..reasons import Reason
from ..rounding import round_half_even
from .plan import Target

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.int16]
    Mask = npt.NDArray[np.bool_]


class Verdict(IntEnum):
    """What the judge says; the codes are stored as int8."""

    UNKNOWN = 0
    MET = 1
    MISSED = 2


@dataclass(frozen=True, eq=False)
class Outcome:
    """Verdicts on one target, the years judged last.

    Attributes
    ----------
    years : tuple
        The years judged; None for a target that states no year.
    verdict : int8 [..., year]
    reason : int16 [..., year]
    value, margin : float64 [..., year]
        In the unit of the target (of the indicator, where the target has no value); NaN where the verdict is UNKNOWN.
    limit : float or None
        In the same unit; None for trends and for targets without a number.
    """

    years: tuple[int | None, ...]
    verdict: npt.NDArray[np.int8]
    reason: Flags
    value: Floats
    limit: float | None
    margin: Floats


@dataclass(frozen=True)
class _Chosen:
    """What is judged, in the unit of the indicator, with what is unknown and why; the years judged last."""

    value: Floats
    unknown: Mask
    why: Flags


def judge_arrays(
    target: Target,
    value: npt.ArrayLike,
    reason: npt.ArrayLike,
    years: Sequence[int],
    *,
    unit: str,
    better: str,
    at: Sequence[int] | None = None,
) -> Outcome:
    """Judge one target on an indicator's arrays, years last.

    Parameters
    ----------
    value : float64 [..., year]
        Values of the indicator, NaN where unknown.
    reason : int16, broadcastable to ``value``
        Why a value is unknown.
    years : list of int
        Labels of the last axis.
    unit, better : str
        Unit of the values, and which way is better (``higher`` or ``lower``).
    at : list of int, optional
        Judge as if the target were due in each of these years: a sum runs from ``from_year`` and a trend from there or
        from the first year up to it, a fall is counted from the baseline. By default the years that the target names.
        A sum or trend that has not begun by then is UNKNOWN.

    Notes
    -----
    A value in hand counts even if it has a reason; senses, tolerance and rounding are those of :func:`judge`.
    """
    import numpy as np

    value, why = np.asarray(value, dtype=np.float64), np.asarray(reason, dtype=np.int16)
    why = np.broadcast_to(why, value.shape)
    if is_trend(target):
        first = target.from_year or min(years)
        last = tuple(at) if at is not None else (target.year or max(years),)
        return _judge_trend(target, value, why, years, first, last)
    due = tuple(at) if at is not None else due_years(target, years)
    if not has_limit(target):
        nothing = _nothing((*value.shape[:-1], len(due)), Reason.NO_LIMIT)
        verdict = np.zeros(nothing.value.shape, dtype=np.int8)
        return Outcome(due, verdict, nothing.why, nothing.value, None, nothing.value)
    limit, scale = limit_in(target, unit)
    with np.errstate(invalid="ignore"):
        chosen = choose(target, value, why, years, due)
        compared = rounded(target, chosen.value, scale)
        margin, met = margin_of(target.sense, compared, limit, target.slack * scale, better)
    verdict = np.where(met, np.int8(Verdict.MET), np.int8(Verdict.MISSED))
    np.copyto(verdict, Verdict.UNKNOWN, where=chosen.unknown)
    if scale != 1:
        np.divide(chosen.value, scale, out=chosen.value)
        np.divide(margin, scale, out=margin)
    stated = limit if target.value is None else target.value
    return Outcome(due, verdict, chosen.why, chosen.value, stated, margin)


def is_trend(target: Target) -> bool:
    return target.kind == "trend" or target.sense in {"falling", "rising"}


def has_limit(target: Target) -> bool:
    return target.kind != "stated_quantity" and (target.value is not None or target.sense == "complete")


def due_years(target: Target, years: Sequence[int]) -> tuple[int | None, ...]:
    """The years that the target itself names; all there are for an annual one that names none."""
    if target.kind != "annual" or not has_limit(target):
        return (target.year,)
    first, last = target.from_year or target.year, target.year or target.from_year
    return tuple(range(first, last + 1) if first and last else years)


def limit_in(target: Target, unit: str) -> tuple[float, float]:
    """The limit in the unit of the indicator, and the factor from the target's unit to it."""
    if target.value is None:  # complete: all of it
        return units.factor("100 %", unit), 1.0
    scale = units.factor(target.unit, unit)
    return target.value * scale, scale


def rounded(target: Target, value: Any, scale: float) -> Any:
    """What is compared: the value, rounded in the target's unit if the target says so."""
    return value if target.decimals is None else round_half_even(value / scale, target.decimals) * scale


def margin_of(sense: str, value: Any, limit: float, slack: float, better: str) -> tuple[Any, Any]:
    """Distance to the limit, positive on the good side, and whether the target is met; of numbers or arrays."""
    if sense in {"at_least", "fall_by", "complete"}:
        return value - limit, value >= limit
    if sense == "above":
        return value - limit, value > limit
    if sense == "at_most":
        return limit - value, value <= limit
    if sense == "below":
        return limit - value, value < limit
    if sense == "equal":
        return -abs(value - limit), value == limit
    side = value - limit if better == "higher" else limit - value
    return side, side >= -slack * (1 + 1e-12)


def choose(target: Target, value: Floats, why: Flags, years: Sequence[int], due: Sequence[int | None]) -> _Chosen:
    """The value judged: of the year, the fall since the baseline, or the sum over the years of a cumulative target."""
    import numpy as np

    shape = (*value.shape[:-1], len(due))
    wanted = [year for year in due if year is not None]
    if len(wanted) < len(due):
        return _nothing(shape, Reason.NO_YEAR)
    if target.sense == "fall_by":
        if target.baseline is None:
            return _nothing(shape, Reason.NO_BASELINE)
        now, base = _in(target, value, why, years, wanted), _in(target, value, why, years, [target.baseline])
        causes = np.where(base.unknown, base.why, now.why)
        return _Chosen(base.value - now.value, base.unknown | now.unknown, causes)
    if target.kind == "cumulative" and target.from_year is not None:
        return _summed(target, value, why, years, wanted, target.from_year)
    now = _in(target, value, why, years, wanted)
    return _Chosen(now.value + 0.0, now.unknown, now.why)  # + 0.0: a negative zero is no value of its own


def _nothing(shape: tuple[int, ...], reason: Reason) -> _Chosen:
    import numpy as np

    return _Chosen(np.full(shape, np.nan), np.ones(shape, dtype=bool), np.full(shape, reason, dtype=np.int16))


def _in(target: Target, value: Floats, why: Flags, years: Sequence[int], wanted: Sequence[int]) -> _Chosen:
    """The values of some years; a year that is not there is unknown, for a reason of its own."""
    import numpy as np

    place = {year: i for i, year in enumerate(years)}
    at = [place.get(year, -1) for year in wanted]
    if at and at[0] >= 0 and at == list(range(at[0], at[0] + len(at))):  # a view, where the years follow each other
        values, causes = value[..., at[0] : at[-1] + 1], why[..., at[0] : at[-1] + 1]
    else:
        values, causes = value[..., at], why[..., at]
        for j, year in enumerate(wanted):
            if at[j] < 0:
                values[..., j], causes[..., j] = np.nan, _absent(target, year, years)
    unknown = np.isnan(values)
    if not unknown.any():
        return _Chosen(values, unknown, np.zeros(values.shape, dtype=np.int16))
    return _Chosen(values, unknown, np.where(unknown, causes, np.int16(Reason.OK)))


def _absent(target: Target, year: int, years: Sequence[int]) -> Reason:
    if is_trend(target):
        return Reason.NO_DATA_FOR_YEAR
    if year == target.baseline:
        return Reason.NO_BASELINE
    return Reason.NOT_DUE if year > max(years) else Reason.NO_DATA_FOR_YEAR


def _summed(target: Target, value: Floats, why: Flags, years: Sequence[int], due: Sequence[int], first: int) -> _Chosen:
    """Sums from the first year to each year due; the first year that is unknown says why a sum is."""
    import numpy as np

    made = _nothing((*value.shape[:-1], len(due)), Reason.NO_DATA_FOR_YEAR)  # a sum that has not begun yet
    span = range(first, max(due, default=first) + 1)
    steps = _in(target, value, why, years, span)
    total, unknown = np.zeros(value.shape[:-1]), np.zeros(value.shape[:-1], dtype=bool)
    causes = np.zeros(value.shape[:-1], dtype=np.int16)
    for i, year in enumerate(span):
        causes = np.where(unknown, causes, steps.why[..., i])
        unknown = unknown | steps.unknown[..., i]
        total = total + steps.value[..., i]
        for j in (j for j, wanted in enumerate(due) if wanted == year):
            made.value[..., j], made.unknown[..., j], made.why[..., j] = total, unknown, causes
    return made


def _judge_trend(
    target: Target, value: Floats, why: Flags, years: Sequence[int], first: int, due: Sequence[int]
) -> Outcome:
    """Every step of the years from the first to each year due goes the right way; the margin is the worst step's."""
    import numpy as np

    shape = (*value.shape[:-1], len(due))
    verdict, reason = np.zeros(shape, dtype=np.int8), np.full(shape, Reason.TOO_FEW_YEARS, dtype=np.int16)
    judged, margin = np.full(shape, np.nan), np.full(shape, np.nan)
    span = range(first, max(due, default=first) + 1)
    found = _in(target, value, why, years, span)
    unknown, causes = np.zeros(shape[:-1], dtype=bool), np.zeros(shape[:-1], dtype=np.int16)
    met, worst = np.ones(shape[:-1], dtype=bool), np.zeros(shape[:-1])
    sign = -1 if target.sense == "falling" else 1
    for i, year in enumerate(span):
        now = found.value[..., i]
        causes = np.where(unknown, causes, found.why[..., i])
        unknown = unknown | found.unknown[..., i]
        if i == 0:
            continue
        before = found.value[..., i - 1]
        with np.errstate(invalid="ignore"):
            step = sign * (now - before)
        worst = np.where(step < worst, step, worst) if i > 1 else step
        met = met & ((step > 0) | ((sign < 0) & (now == 0) & (before == 0)))
        for j in (j for j, wanted in enumerate(due) if wanted == year):
            verdict[..., j] = np.where(unknown, Verdict.UNKNOWN, np.where(met, Verdict.MET, Verdict.MISSED))
            reason[..., j], judged[..., j] = causes, np.where(unknown, np.nan, now)
            margin[..., j] = np.where(unknown, np.nan, worst)
    return Outcome(tuple(due), verdict, reason, judged, None, margin)
