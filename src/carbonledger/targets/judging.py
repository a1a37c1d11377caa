"""The judge: MET, MISSED or UNKNOWN, with value, limit, margin, path and reason."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..messages import Said, say
from ..reasons import Reason
from .arrays import Outcome, Verdict, choose, has_limit, is_trend, judge_arrays, limit_in, margin_of, rounded
from .plan import Target

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr


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
    depends: str = ""  # alternatives of unverified parameters under which the verdict would be another

    def as_dict(self) -> dict[str, Any]:
        """Plain values only, as in ``assess --json``."""
        made = {k: v for k, v in asdict(self).items() if k != "target"}
        made["target"] = self.target.id
        made["verdict"], made["reason"] = self.verdict.name, reasons.text(self.reason)
        made["group"] = {k: v.item() if hasattr(v, "item") else v for k, v in self.group.items()}
        return made


@dataclass(frozen=True)
class _Series:
    """One indicator over the years, group by group: values (NaN where unknown), why, unit, and which way is better."""

    groups: list[dict[str, Any]]
    years: list[int]
    values: npt.NDArray[np.float64]  # [group, year]
    causes: npt.NDArray[np.int16]
    unit: str
    better: str


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
        series = _series_of(indicators, target.indicator)
        here = [g for g, group in enumerate(series.groups) if _concerns(target, group)]
        if not here:
            place = {"entity": target.entity}
            judged.append(Judged(target, place, target.year, Verdict.UNKNOWN, Reason.NO_ROWS, limit=target.value))
            continue
        outcome = judge_arrays(
            target, series.values, series.causes, series.years, unit=series.unit, better=series.better
        )
        judged += [_judged(target, series, outcome, g, i) for g in here for i in range(len(outcome.years))]
    return judged


def _concerns(target: Target, group: dict[str, Any]) -> bool:
    return not target.entity or group.get("entity", target.entity) == target.entity


def _series_of(indicators: xr.Dataset, name: str) -> _Series:
    value, why = indicators[name], indicators[f"{name}_reason"]
    years = [int(y) for y in value["year"].values]
    dims = [str(d) for d in value.dims if d != "year"]
    values, causes = (a.transpose(*dims, "year").values.reshape(-1, len(years)) for a in (value, why))
    labels = itertools.product(*(value[d].values for d in dims))
    groups = [dict(zip(dims, label, strict=True)) for label in labels]
    return _Series(groups, years, values, causes, str(value.attrs["units"]), str(value.attrs.get("better", "higher")))


def _judged(target: Target, series: _Series, outcome: Outcome, g: int, i: int) -> Judged:
    """One cell of the outcome in words, with a note where it is met or missed, and its progress where unknown."""
    year, verdict = outcome.years[i], Verdict(int(outcome.verdict[g, i]))
    unit = series.unit if target.value is None or outcome.limit is None else target.unit
    made = Judged(target, series.groups[g], year, verdict, Reason.OK, limit=outcome.limit, unit=unit)
    if verdict is Verdict.UNKNOWN:
        return replace(made, reason=Reason(int(outcome.reason[g, i])), **_progress(target, year, series, g))
    value, margin = float(outcome.value[g, i]), float(outcome.margin[g, i])
    note = ""
    if target.sense == "about" and verdict is Verdict.MET and margin < 0:
        note = say("within tolerance {slack:g}", slack=target.slack)
    note = _note_on_rounding(target, series, g, year, verdict) or note
    return replace(made, value=value, margin=margin, note=note)


def _note_on_rounding(target: Target, series: _Series, g: int, year: int | None, verdict: Verdict) -> str:
    """What was compared, where rounding changed it, and the verdict without rounding where that is another."""
    if target.decimals is None or is_trend(target):
        return ""
    limit, scale = limit_in(target, series.unit)
    value = float(choose(target, series.values[g], series.causes[g], series.years, [year]).value[0])
    compared = float(rounded(target, value, scale))
    if compared == value:
        return ""
    other = margin_of(target.sense, value, limit, target.slack * scale, series.better)[1]
    note = say("compared as {value:.10g}, rounded by GB/T 8170", value=compared / scale)
    if other is (verdict is Verdict.MET):
        return note
    return say("{note}; unrounded it would be {said}", note=note, said=_said(other))


def _said(met: bool) -> Said:
    return say("MET") if met else say("MISSED")


def _progress(target: Target, due: int | None, series: _Series, g: int) -> dict[str, Any]:
    """Where the latest value before the due year stands against the time-proportional path, in the target's unit."""
    if due is None or target.kind not in {"level", "change"} or is_trend(target) or not has_limit(target):
        return {}
    values = {y: float(v) for y, v in zip(series.years, series.values[g], strict=True) if v == v}
    known = [y for y in values if y < due]
    if not known:
        return {}
    limit, scale = limit_in(target, series.unit)
    latest, start = max(known), target.baseline if target.baseline is not None else target.from_year
    value, from_zero = values[latest], target.kind == "change"
    if target.sense == "fall_by":  # what is judged is the fall since the baseline, which starts at zero
        if start not in values:
            return {}
        value, from_zero = values[start] - value, True
    found: dict[str, Any] = {"latest_year": latest, "latest_value": value / scale}
    found["needed_per_year"] = (limit - value) / (due - latest) / scale
    if start is None or not start < latest < due or (not from_zero and start not in values):
        return found
    origin = 0.0 if from_zero else values[start]
    path = origin + (limit - origin) * (latest - start) / (due - start)
    found["on_path"] = margin_of(target.sense, value, path, target.slack * scale, series.better)[1]
    return found
