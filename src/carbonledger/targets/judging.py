"""The judge: MET, MISSED or UNKNOWN, with value, limit, margin, path and reason."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from .. import reasons, units
from ..messages import Said, say
from ..reasons import Reason
from ..rounding import round_half_even
from .plan import Target

if TYPE_CHECKING:
    import xarray as xr


class Verdict(IntEnum):
    """What the judge says; the codes are stored as int8."""

    UNKNOWN = 0
    MET = 1
    MISSED = 2


@dataclass(frozen=True)
class Judged:
    """One target judged for one group in the year it is due, or in each of its years."""

    target: Target
    group: dict[str, Any]
    year: int | None
    verdict: Verdict
    reason: Reason
    value: float | None = None
    limit: float | None = None
    margin: float | None = None
    unit: str = ""
    latest_year: int | None = None
    latest_value: float | None = None
    needed_per_year: float | None = None
    on_path: bool | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values only, as in ``assess --json``."""
        made = {k: v for k, v in asdict(self).items() if k != "target"}
        made["target"] = self.target.id
        made["verdict"], made["reason"] = self.verdict.name, reasons.text(self.reason)
        made["group"] = {k: v.item() if hasattr(v, "item") else v for k, v in self.group.items()}
        return made


@dataclass(frozen=True)
class _Series:
    """One indicator of one group over the years: values (NaN where unknown), why, unit, and which way is better."""

    group: dict[str, Any]
    values: dict[int, float]
    causes: dict[int, Reason]
    unit: str
    better: str = field(default="higher")

    def known(self, year: int) -> bool:
        return year in self.values and self.values[year] == self.values[year]


def judge(indicators: xr.Dataset, targets: tuple[Target, ...]) -> list[Judged]:
    """Judge targets on indicators.

    Parameters
    ----------
    indicators : Dataset
        From :func:`carbonledger.indicators`; dimensions ``year`` and any groups.
    targets : tuple of Target
        From :func:`read_targets`; one with an ``entity`` is judged there only.

    Returns
    -------
    list of Judged, one per target, group and year judged; values are compared unrounded.

    Notes
    -----
    Senses: ``about`` is met within its tolerance on the worse side; ``falling`` and ``rising`` are judged on all
    years from ``from_year`` (equal is not falling, zero to zero is). ``on_path`` compares the latest value before
    the due year with the time-proportional path (序时进度) from the value in ``from_year`` or the baseline year.
    """
    judged: list[Judged] = []
    for target in targets:
        if not target.indicator or target.indicator not in indicators:
            judged.append(Judged(target, {}, target.year, Verdict.UNKNOWN, Reason.NO_INDICATOR, limit=target.value))
            continue
        found = [s for s in _series_of(indicators, target.indicator) if _concerns(target, s)]
        if not found:
            place = {"entity": target.entity}
            judged.append(Judged(target, place, target.year, Verdict.UNKNOWN, Reason.NO_ROWS, limit=target.value))
        for series in found:
            judged += _judge_series(target, series)
    return judged


def _concerns(target: Target, series: _Series) -> bool:
    return not target.entity or series.group.get("entity", target.entity) == target.entity


def _series_of(indicators: xr.Dataset, name: str) -> list[_Series]:
    value, why = indicators[name], indicators[f"{name}_reason"]
    years = [int(y) for y in value["year"].values]
    dims = [str(d) for d in value.dims if d != "year"]
    values, causes = (a.transpose("year", *dims).values.reshape(len(years), -1) for a in (value, why))
    labels = list(itertools.product(*(value[d].values for d in dims)))
    return [
        _Series(
            dict(zip(dims, label, strict=True)),
            dict(zip(years, map(float, values[:, g]), strict=True)),
            {y: Reason(int(c)) for y, c in zip(years, causes[:, g], strict=True)},
            str(value.attrs["units"]),
            str(value.attrs.get("better", "higher")),
        )
        for g, label in enumerate(labels)
    ]


def _judge_series(target: Target, series: _Series) -> list[Judged]:
    if target.kind == "trend" or target.sense in {"falling", "rising"}:
        return [_judge_trend(target, series)]
    if target.kind == "stated_quantity" or (target.value is None and target.sense != "complete"):
        return [Judged(target, series.group, target.year, Verdict.UNKNOWN, Reason.NO_LIMIT, unit=series.unit)]
    scale = units.factor(target.unit, series.unit) if target.value is not None else 1.0
    limit = (target.value if target.value is not None else units.factor("100 %", series.unit)) * scale
    years: list[int | None] = [target.year]
    if target.kind == "annual":
        first, last = target.from_year or target.year, target.year or target.from_year
        years = list(range(first, last + 1) if first and last else series.values)
    return [_in_its_unit(_judge_at(target, series, year, limit, scale), scale) for year in years]


def _in_its_unit(judged: Judged, scale: float) -> Judged:
    """Everything in the unit of the target, as the plan writes it."""
    if judged.target.value is None:
        return judged
    names = ("value", "limit", "margin", "latest_value", "needed_per_year")
    changed = {n: found / scale for n in names if (found := getattr(judged, n)) is not None}
    return replace(judged, unit=judged.target.unit, **changed | {"limit": judged.target.value})


def _judge_at(target: Target, series: _Series, year: int | None, limit: float, scale: float) -> Judged:
    slack = target.slack * scale
    value, reason = _value_in(target, year, series)
    if value is None:
        progress = _progress(target, year, series, limit, slack)
        return Judged(target, series.group, year, Verdict.UNKNOWN, reason, limit=limit, unit=series.unit, **progress)
    judged, note = value, ""
    if target.decimals is not None:
        judged = float(round_half_even(value / scale, target.decimals)) * scale
    margin, met = _margin(target.sense, judged, limit, slack, series.better)
    verdict = Verdict.MET if met else Verdict.MISSED
    if target.sense == "about" and met and margin < 0:
        note = say("within tolerance {slack:g}", slack=target.slack)
    if judged != value:
        other = _margin(target.sense, value, limit, slack, series.better)[1]
        note = say("compared as {value:.10g}, rounded by GB/T 8170", value=judged / scale)
        note = note if other is met else say("{note}; unrounded it would be {said}", note=note, said=_said(other))
    return Judged(target, series.group, year, verdict, Reason.OK, value, limit, margin, series.unit, note=note)


def _said(met: bool) -> Said:
    return say("MET") if met else say("MISSED")


def _value_in(target: Target, year: int | None, series: _Series) -> tuple[float | None, Reason]:
    """The value judged: of the year, summed over the years of a cumulative target, or the fall since the baseline."""
    if year is None:
        return None, Reason.NO_YEAR
    wanted = [year]
    if target.kind == "cumulative" and target.from_year is not None:
        wanted = list(range(target.from_year, year + 1))
    elif target.sense == "fall_by":
        if target.baseline is None:
            return None, Reason.NO_BASELINE
        wanted = [target.baseline, year]
    for y in wanted:
        if y not in series.values:
            later = y > max(series.values)
            absent = Reason.NOT_DUE if later else Reason.NO_DATA_FOR_YEAR
            return None, Reason.NO_BASELINE if y == target.baseline else absent
        if not series.known(y):
            return None, series.causes[y]
    if target.sense == "fall_by":
        return series.values[wanted[0]] - series.values[wanted[1]], Reason.OK
    return sum(series.values[y] for y in wanted), Reason.OK


def _margin(sense: str, value: float, limit: float, slack: float, better: str) -> tuple[float, bool]:
    """Distance to the limit, positive on the good side, and whether the target is met."""
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


def _progress(target: Target, due: int | None, series: _Series, limit: float, slack: float) -> dict[str, Any]:
    """Where the latest value before the due year stands against the time-proportional path."""
    known = [y for y in series.values if series.known(y) and (due is None or y < due)]
    if due is None or not known or target.kind not in {"level", "change"}:
        return {}
    latest, start = max(known), target.baseline if target.baseline is not None else target.from_year
    value, from_zero = series.values[latest], target.kind == "change"
    if target.sense == "fall_by":  # what is judged is the fall since the baseline, which starts at zero
        if start is None or not series.known(start):
            return {}
        value, from_zero = series.values[start] - value, True
    found: dict[str, Any] = {"latest_year": latest, "latest_value": value}
    found["needed_per_year"] = (limit - value) / (due - latest)
    if start is None or not start < latest < due or (not from_zero and not series.known(start)):
        return found
    origin = 0.0 if from_zero else series.values[start]
    path = origin + (limit - origin) * (latest - start) / (due - start)
    found["on_path"] = _margin(target.sense, value, path, slack, series.better)[1]
    return found


def _judge_trend(target: Target, series: _Series) -> Judged:
    """Every step of the years from ``from_year`` to ``year`` (by default all years there are) goes the right way."""
    first, last = target.from_year or min(series.values), target.year or max(series.values)
    years, year = list(range(first, last + 1)), target.year or last

    def unknown(reason: Reason) -> Judged:
        return Judged(target, series.group, year, Verdict.UNKNOWN, reason, unit=series.unit)

    if len(years) < 2:
        return unknown(Reason.TOO_FEW_YEARS)
    for y in years:
        if not series.known(y):
            return unknown(series.causes.get(y, Reason.NO_DATA_FOR_YEAR))
    sign = -1 if target.sense == "falling" else 1
    steps = [(series.values[a], series.values[b]) for a, b in itertools.pairwise(years)]
    met = all(sign * (b - a) > 0 or (sign < 0 and a == b == 0) for a, b in steps)
    worst = min(sign * (b - a) for a, b in steps)
    verdict = Verdict.MET if met else Verdict.MISSED
    return Judged(target, series.group, year, verdict, Reason.OK, series.values[last], None, worst, series.unit)
