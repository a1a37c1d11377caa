"""The class of each item at each point and period, by the limits of an edition and the rules of a method."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..reasons import Reason
from ..rounding import Ratio
from ..standards import Chosen, Edition, WaterLimit
from .items import STANDARD
from .means import Averages
from .samples import Periods

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

METHOD = "surface water assessment"
WORSE = 6  # worse than class V
SATURATION, OXYGEN = "dissolved_oxygen_saturation", "dissolved_oxygen"


@dataclass(frozen=True)
class Rules:
    """The edition of the limits and that of the method."""

    limits: Edition
    method: Edition

    def under(self, label: str) -> Rules:
        """With one parameter at an alternative, ``parameter: alternative``; unchanged where neither edition has it."""
        return Rules(self.limits.labelled(label), self.method.labelled(label))

    def limit(self, item: str, water: str, specific: tuple[WaterLimit, ...] = ()) -> WaterLimit | None:
        """The limits of an item in a river or a lake; ``None`` where there are none."""
        lines = [*self.limits.table("water_limits"), *specific]
        found: list[WaterLimit] = [c for c in lines if c.item == item and water in c.waters and c.relation != "none"]
        return found[0] if found else None

    @property
    def counted(self) -> tuple[str, ...]:
        """The items that make the class."""
        apart = self.method.rule("reference_items")
        base = [c.item for c in self.limits.table("water_limits") if c.group == "base"]
        return tuple(dict.fromkeys(item for item in base if item not in apart))


@dataclass(frozen=True, eq=False)
class Judged:
    """Arrays [point, period, item]; ``step`` is 1 to 6, 0 where ``reason`` says why not; ``known``: there is a mean."""

    step: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int16]
    known: npt.NDArray[np.bool_]
    mean: tuple[Ratio, ...]
    n: npt.NDArray[np.int64]
    below: npt.NDArray[np.int64]


def rules_of(periods: Periods, chosen: Chosen) -> list[Rules]:
    """The editions of each period: those named, or those in force on its last day.

    Raises
    ------
    EditionError
        If none is named and none is in force.
    """
    found = []
    for k in range(periods.n):
        year, month = periods.months(k)[-1]
        last = datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)
        found.append(Rules(chosen.on(STANDARD, last), chosen.on(METHOD, last)))
    return found


def judged(averages: Averages, rules: Rules, minimum: dict[str, int] | int | None = None) -> Judged:
    """The class of every item under one pair of editions, for all periods.

    Parameters
    ----------
    averages : Averages
        The means of the samples.
    rules : Rules
        Limits and method.
    minimum : int or dict of item to int, optional
        Samples that a period needs of an item; by default those of the method, and one of a specific item.
    """
    import numpy as np

    samples, names = averages.samples, averages.samples.items.names
    shape = (len(samples.points), averages.periods.n, len(names))
    step, reason = np.zeros(shape, np.int8), np.zeros(shape, np.int16)
    n, below, means = np.zeros(shape, np.int64), np.zeros(shape, np.int64), []
    for k, item in enumerate(names):
        found = averages.of(item, rules.method)
        n[..., k], below[..., k] = found.n, found.below
        decimals = _decimals(rules.method, item)
        means.append(found.mean if decimals is None else found.mean.rounded(decimals).spread())
        enough = found.n >= _needed(rules.method, averages, item, minimum)
        missing = np.where(found.rows > 0, Reason.SAMPLES_MISSING, Reason.NO_ROWS)
        reason[..., k] = np.where(enough, Reason.OK, missing)
    known = reason == Reason.OK
    water = samples.points["water"].to_numpy(dtype=str)
    for kind in sorted(set(water)):
        here = water == kind
        for k, item in enumerate(names):
            limit = rules.limit(item, kind, samples.items.specific)
            if limit is None:
                reason[here, :, k] = np.where(known[here, :, k], Reason.NOT_LIMITED, reason[here, :, k])
            elif averages.sampled(item):
                step[here, :, k] = np.where(known[here, :, k], _steps(means[k], limit)[here], 0)
    _by_saturation(step, known, means, names, rules)
    return Judged(step, reason, known, tuple(means), n, below)


def _decimals(method: Edition, item: str) -> int | None:
    decimals = method.rule("decimals")
    return decimals.get(item) if isinstance(decimals, dict) else None


def _needed(method: Edition, averages: Averages, item: str, minimum: dict[str, int] | int | None) -> int:
    specific = {c.item for c in averages.samples.items.specific}
    by_rule = 1 if item in specific else int(method.rule("minimum_samples")[averages.periods.by])
    if minimum is None:
        return by_rule
    return minimum.get(item, by_rule) if isinstance(minimum, dict) else minimum


def _steps(mean: Ratio, limit: WaterLimit) -> npt.NDArray[np.int8]:
    """The best class whose limit each mean keeps; equality keeps it."""
    import numpy as np

    step = np.full(mean.num.shape, WORSE, np.int8)
    for k in reversed(range(len(limit.limits))):
        kept = mean.at_least(limit.limits[k]) if limit.relation == ">=" else mean.at_most(limit.limits[k])
        if limit.relation == "range":
            kept &= mean.at_least(limit.lows[k])
        step[kept] = k + 1
    return step


def _by_saturation(
    step: npt.NDArray[np.int8],
    known: npt.NDArray[np.bool_],
    means: list[Ratio],
    names: tuple[str, ...],
    rules: Rules,
) -> None:
    """Class I of dissolved oxygen where its saturation is sampled too: 90 % or 7.5 mg/L (GB 3838 Table 1)."""
    if SATURATION not in names or OXYGEN not in names:
        return
    s, o = names.index(SATURATION), names.index(OXYGEN)
    both = known[..., s] & known[..., o]
    about = rules.limits.rule("oxygen_saturation")
    full, rule = means[s].at_least(Fraction(str(about["percent"]))), about["rule"]
    if rule == "either":
        step[..., o][both & full] = 1
    elif rule == "both":
        step[..., o][both & ~full & (step[..., o] == 1)] = 2


def alternatives_of(
    averages: Averages, rules: list[Rules], minimum: object = None, *, with_sources: bool = False
) -> list[str]:
    """``parameter: alternative`` for everything unverified that may bear on these samples."""
    idle = {
        "below_detection": not averages.has_below,
        "mean_of": not averages.has_several,
        "ph_mean": not averages.sampled("ph"),
        "minimum_samples": isinstance(minimum, int),  # the caller's own
        "oxygen_saturation": not averages.sampled(SATURATION),
        "reference_items_of_sources": not with_sources,
        "source_class": not with_sources,
    }
    parameters = [p for r in rules for e in (r.limits, r.method) for p in e.parameters.values()]
    open_ones = [p for p in parameters if not p.verified and not idle.get(p.name, False)]
    return list(dict.fromkeys(f"{p.name}: {alternative}" for p in open_ones for alternative in p.alternatives))


def pairs(rules: list[Rules]) -> list[tuple[Rules, list[int]]]:
    """Each pair of editions with the places of its periods."""
    made: dict[tuple[str, str], tuple[Rules, list[int]]] = {}
    for k, r in enumerate(rules):
        made.setdefault((r.limits.name, r.method.name), (r, []))[1].append(k)
    return list(made.values())


def joined(parts: list[tuple[Judged, list[int]]]) -> Judged:
    """The periods of several pairs of editions as one."""
    first = parts[0][0]
    if len(parts) == 1:
        return first
    import numpy as np

    def chosen(arrays: list[Any]) -> Any:
        made = arrays[0].copy()
        for array, (_, places) in zip(arrays, parts, strict=True):
            made = made.astype(np.result_type(made, array))
            made[:, places] = array[:, places]
        return made

    fields = {f: chosen([getattr(p, f) for p, _ in parts]) for f in ("step", "reason", "known", "n", "below")}
    means = tuple(
        Ratio(chosen([p.mean[k].num for p, _ in parts]), chosen([p.mean[k].den for p, _ in parts]))
        for k in range(len(first.mean))
    )
    return Judged(mean=means, **fields)
