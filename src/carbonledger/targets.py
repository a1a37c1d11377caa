"""Targets as data, and the judge: MET, MISSED or UNKNOWN with value, limit, margin and reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import reasons, units
from .catalog import Catalog, read_catalog
from .errors import CatalogError, Faults, UnitError, nearest
from .reasons import Reason
from .tables import number_column, read_table, text_column

if TYPE_CHECKING:
    import xarray as xr

SENSES = {
    "at_least": ("≥", "不低于"),
    "above": (">", "高于"),
    "at_most": ("≤", "不高于"),
    "below": ("<", "低于"),
    "equal": ("=", "等于"),
    "about": ("≈", "左右"),
    "fall_by": ("falls by ≥", "下降不少于"),
    "falling": ("falling", "逐年下降"),
    "rising": ("rising", "逐年上升"),
    "complete": ("complete", "全部完成"),
}
KINDS = ("level", "annual", "cumulative", "change", "trend", "stated_quantity")


class Verdict(IntEnum):
    """What the judge says; the codes are stored as int8."""

    UNKNOWN = 0
    MET = 1
    MISSED = 2


VERDICT_ZH = {Verdict.UNKNOWN: "未知", Verdict.MET: "达标", Verdict.MISSED: "未达标"}


@dataclass(frozen=True)
class Target:
    """A limit with sense, unit, years and source."""

    id: str
    indicator: str
    sense: str
    kind: str
    value: float | None = None
    unit: str = ""
    tolerance: float | None = None
    from_year: int | None = None
    year: int | None = None
    baseline: int | None = None
    entity: str = ""
    name_zh: str = ""
    name_en: str = ""
    scope: str = ""
    source: str = ""
    note: str = ""
    file: str = ""
    row: int = 0

    @property
    def slack(self) -> float:
        """Tolerance of ``about``: as stated, else half a unit of the last printed digit."""
        if self.sense != "about":
            return 0.0
        if self.tolerance is not None:
            return self.tolerance
        digits = f"{self.value:.10g}".partition(".")[2]
        return float(0.5 * 10.0 ** -len(digits))


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
    note: str = field(default="")

    def as_dict(self) -> dict[str, Any]:
        """Plain values only, as in ``assess --json``."""
        made = {k: v for k, v in asdict(self).items() if k != "target"}
        made["target"] = self.target.id
        made["verdict"], made["reason"] = self.verdict.name, reasons.text(self.reason)
        made["group"] = {k: v.item() if hasattr(v, "item") else v for k, v in self.group.items()}
        return made


def read_targets(source: Any, *, file: str = "", catalog: Catalog | None = None) -> tuple[Target, ...]:
    """Read a plan's targets.

    Parameters
    ----------
    source : path or DataFrame
        Columns ``id, indicator, sense, value, unit, kind, from_year, year, baseline, source`` and others; a target
        whose indicator is blank is kept and judged UNKNOWN.

    Raises
    ------
    CatalogError
        Unknown senses, kinds and indicators, units that do not fit, doubled ids, missing sources: all at once.
    """
    catalog = catalog or read_catalog()
    frame, faults = read_table(source, "targets", file=file), Faults()
    numbers = {
        name: number_column(frame[name], faults, frame, name)
        for name in ("value", "tolerance", "from_year", "year", "baseline")
    }
    for column in frame.columns.difference(["file", "row", *numbers]):
        frame[column] = text_column(frame[column])
    made, seen = [], set()
    names = [c for c in Target.__dataclass_fields__ if c in frame.columns]
    for i, line in enumerate(frame.to_dict("records")):
        for name, column in numbers.items():
            found = float(column[i])
            line[name] = None if found != found else found if name in {"value", "tolerance"} else int(found)
        target = Target(**{str(k): line[k] for k in names})
        _check(target, catalog, seen, faults)
        seen.add(target.id)
        made.append(target)
    faults.raise_as(CatalogError, str(frame["file"].iat[0]))
    return tuple(made)


def _check(target: Target, catalog: Catalog, seen: set[str], faults: Faults) -> None:
    place: dict[str, Any] = {"file": target.file, "row": target.row}
    if not target.id or target.id in seen:
        faults.add(f"id {target.id!r} is {'given twice' if target.id else 'blank'}", **place, column="id")
    if target.sense not in SENSES:
        faults.add(f"sense {target.sense!r}{nearest(target.sense, list(SENSES))}", **place, mend=f"Accepted: {', '.join(SENSES)}")
    if target.kind not in KINDS:
        faults.add(f"kind {target.kind!r}{nearest(target.kind, list(KINDS))}", **place, mend=f"Accepted: {', '.join(KINDS)}")
    if not target.source:
        faults.add("no source", **place, column="source", mend="A target without its source is not accepted")
    if not target.indicator:
        return
    if target.indicator not in catalog.indicators:
        faults.add(
            f"unknown indicator {target.indicator!r}{nearest(target.indicator, list(catalog.indicators))}",
            **place,
            mend="Leave it blank if nothing computes it; the target is then UNKNOWN",
        )
        return
    unit = catalog.indicators[target.indicator].unit
    try:
        if target.value is not None and not units.same_dimension(target.unit, unit):
            faults.add(f"unit {target.unit!r}, but {target.indicator} is in {unit!r}", **place, column="unit")
    except UnitError as error:
        faults.add(str(error), **place, column="unit")


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
        value, why = indicators[target.indicator], indicators[f"{target.indicator}_reason"]
        dims = [str(d) for d in value.dims if d != "year"]
        stacked, stacked_why = (a.stack(group=dims) if dims else a.expand_dims("group") for a in (value, why))
        for g in range(stacked.sizes["group"]):
            group = {d: stacked[d].values[g] for d in dims}
            if target.entity and group.get("entity", target.entity) != target.entity:
                continue
            series = {int(y): float(v) for y, v in zip(value["year"].values, stacked.isel(group=g).values, strict=True)}
            causes = {int(y): Reason(int(r)) for y, r in zip(value["year"].values, stacked_why.isel(group=g).values, strict=True)}
            judged += _judge_series(target, group, series, causes, str(value.attrs["units"]))
    return judged


def _judge_series(
    target: Target, group: dict[str, Any], series: dict[int, float], causes: dict[int, Reason], unit: str
) -> list[Judged]:
    if target.kind == "trend" or target.sense in {"falling", "rising"}:
        return [_judge_trend(target, group, series, causes, unit)]
    if target.value is None and target.sense != "complete":
        return [Judged(target, group, target.year, Verdict.UNKNOWN, Reason.NO_LIMIT, unit=unit)]
    scale = units.factor(target.unit, unit) if target.value is not None else 1.0
    limit = (target.value if target.value is not None else units.factor("100 %", unit)) * scale
    if target.kind == "annual":
        first = target.from_year or target.year
        years = [y for y in series if (first or y) <= y <= (target.year or y)] or [target.year]
        return [_judge_at(target, group, y, series, causes, unit, limit, scale) for y in years]
    return [_judge_at(target, group, target.year, series, causes, unit, limit, scale)]


def _judge_at(
    target: Target,
    group: dict[str, Any],
    year: int | None,
    series: dict[int, float],
    causes: dict[int, Reason],
    unit: str,
    limit: float,
    scale: float,
) -> Judged:
    value, reason = _value_in(target, year, series, causes)
    if value is None:
        return Judged(
            target, group, year, Verdict.UNKNOWN, reason, limit=limit, unit=unit, **_progress(target, year, series, limit)
        )
    slack = target.slack * scale
    margin, met = _margin(target.sense, value, limit, slack, target)
    note = f"within tolerance {slack:g}" if target.sense == "about" and met and value != limit else ""
    return Judged(
        target, group, year, Verdict.MET if met else Verdict.MISSED, Reason.OK, value, limit, margin, unit, note=note
    )


def _value_in(
    target: Target, year: int | None, series: dict[int, float], causes: dict[int, Reason]
) -> tuple[float | None, Reason]:
    """The value judged: of the year, or summed over the years of a cumulative target."""
    if year is None:
        return None, Reason.NO_LIMIT
    wanted = [year]
    if target.kind == "cumulative" and target.from_year is not None:
        wanted = list(range(target.from_year, year + 1))
    elif target.sense == "fall_by":
        if target.baseline is None:
            return None, Reason.NO_BASELINE
        wanted = [target.baseline, year]
    for y in wanted:
        if y not in series:
            return None, Reason.NO_BASELINE if y == target.baseline else Reason.NO_DATA_FOR_YEAR
        if series[y] != series[y]:
            return None, causes[y]
    if target.sense == "fall_by":
        return series[wanted[0]] - series[wanted[1]], Reason.OK
    return sum(series[y] for y in wanted), Reason.OK


def _margin(sense: str, value: float, limit: float, slack: float, target: Target) -> tuple[float, bool]:
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
    better = read_catalog().indicators[target.indicator].better if target.indicator in read_catalog().indicators else "higher"
    side = value - limit if better == "higher" else limit - value
    return side, side >= -slack * (1 + 1e-12)


def _progress(target: Target, due: int | None, series: dict[int, float], limit: float) -> dict[str, Any]:
    """Where the latest value before the due year stands against the time-proportional path."""
    known = [y for y, v in series.items() if v == v and (due is None or y < due)]
    start = target.baseline if target.baseline is not None else target.from_year
    if due is None or not known or target.kind not in {"level", "change"}:
        return {}
    latest = max(known)
    found: dict[str, Any] = {"latest_year": latest, "latest_value": series[latest]}
    found["needed_per_year"] = (limit - series[latest]) / (due - latest)
    origin = 0.0 if target.kind == "change" else series.get(start, float("nan")) if start is not None else float("nan")
    if start is None or start >= due or origin != origin or latest <= start:
        return found
    path = origin + (limit - origin) * (latest - start) / (due - start)
    _, found["on_path"] = _margin(target.sense, series[latest], path, target.slack, target)
    return found


def _judge_trend(
    target: Target, group: dict[str, Any], series: dict[int, float], causes: dict[int, Reason], unit: str
) -> Judged:
    first, last = target.from_year or min(series, default=0), target.year or max(series, default=0)
    years = sorted(y for y in series if first <= y <= last)
    absent = next((causes[y] for y in years if series[y] != series[y]), None)
    blank = Judged(target, group, target.year or last, Verdict.UNKNOWN, Reason.TOO_FEW_YEARS, unit=unit)
    if absent is not None:
        return Judged(target, group, target.year or last, Verdict.UNKNOWN, absent, unit=unit)
    if len(years) < 2:
        return blank
    if target.year is not None and years[-1] < target.year:
        return Judged(target, group, target.year, Verdict.UNKNOWN, Reason.NO_DATA_FOR_YEAR, unit=unit)
    steps = [series[b] - series[a] for a, b in zip(years, years[1:], strict=False)]
    zero = [series[a] == series[b] == 0 for a, b in zip(years, years[1:], strict=False)]
    sign = -1 if target.sense == "falling" else 1
    met = all(sign * step > 0 or nothing for step, nothing in zip(steps, zero, strict=True))
    worst = min(sign * step for step in steps)
    return Judged(
        target, group, years[-1], Verdict.MET if met else Verdict.MISSED, Reason.OK, series[years[-1]], None, worst, unit
    )
