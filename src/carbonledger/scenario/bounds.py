"""Distributions that can be drawn from, and levels within what a lever can take."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import nearest
from ..messages import say
from .distributions import KINDS, cdf, ppf
from .forms import Place
from .nouns import Axis, Distribution, Scenario

NEVER = 1e-9  # a share of draws that counts as none


@dataclass(frozen=True)
class Bounds:
    """Levels that a lever can take, ratios or not; the lowest one itself only if it is not ``open``."""

    low: float = -math.inf
    high: float = math.inf
    open: bool = False
    ratio: bool = True

    def hold(self, level: float) -> bool:
        return (level > self.low if self.open else level >= self.low) and level <= self.high

    def __str__(self) -> str:
        low = f"{'>' if self.open else '>='} {self.low:g}" if math.isfinite(self.low) else ""
        return ", ".join(filter(None, [low, f"<= {self.high:g}" if math.isfinite(self.high) else ""]))


NEVER_NEGATIVE = Bounds(0.0)
POSITIVE = Bounds(0.0, open=True)
SHARE = Bounds(0.0, 1.0)
RATE = Bounds(0.0, ratio=False)
ABOVE_LOSS = Bounds(-1.0, open=True)  # growth of -100 % leaves nothing that could grow again
AT_MOST_WHOLE = Bounds(-math.inf, 1.0)


def check_bounds(
    axis: Axis | None, own: list[float], scale: float, bounds: Bounds, what: str, scenario: Scenario, faults: Place
) -> None:
    """Every level of a lever within its bounds: its own, those of its axis, those that a distribution draws.

    Parameters
    ----------
    scale : float
        Canonical units in one unit of the level.
    what : str
        What takes the level, e.g. a verb.
    """
    given = [(say("{level:.6g}", level=level * scale), level) for level in own]
    if axis is not None:
        given += [(say("{level:.6g} (axis {name!r})", level=x * scale, name=axis.name), x) for x in axis.levels]
        given += [
            (say("{level:.6g} (scenario {name!r})", level=levels[axis.name] * scale, name=name), levels[axis.name])
            for name, _, levels in scenario.named
            if axis.name in levels
        ]
    mend = say("Accepted as a ratio: {bounds}", bounds=str(bounds))
    if not bounds.ratio:
        mend = say("Accepted: {names}", names=str(bounds))
    for shown, level in given:
        if math.isfinite(level) and not bounds.hold(level * scale):
            faults.add(say("{what} of {level}", what=what, level=shown), mend)
    if axis is None or axis.distribution is None:
        return
    if (share := outside(axis.distribution, bounds.low / scale, bounds.high / scale)) > NEVER:
        values = {"what": what, "name": axis.name, "share": 100 * share, "bounds": str(bounds)}
        found = say("{what} by axis {name!r}: {share:.3g} % of its draws are outside {bounds}", **values)
        faults.add(found, say("Cut it with truncate = [lowest, highest]"))


def outside(distribution: Distribution, low: float, high: float) -> float:
    """The share of draws below ``low`` or above ``high``."""
    least, most = distribution.truncate or (-math.inf, math.inf)
    cuts = [least, min(max(low, least), most), max(min(high, most), least), most]
    first, below, above, last = _shares(distribution, cuts)
    return (below - first + last - above) / (last - first)


def highest(distribution: Distribution) -> float:
    """The level above which no share of draws lies that would count."""
    import numpy as np

    with np.errstate(all="ignore"):
        return float(ppf(distribution, 1 - NEVER))


def _shares(distribution: Distribution, levels: list[float]) -> list[float]:
    """The shares of draws below each level, cuts left aside; NaN where the parameters are too large for floats."""
    import numpy as np

    with np.errstate(all="ignore"):
        return [float(share) for share in cdf(distribution, levels)]


def check_distribution(distribution: Distribution, faults: Place) -> bool:
    """Whether there is such a distribution; all that speaks against it is a fault."""
    before = len(faults.faults.found)
    kind, given = distribution.kind, distribution.parameters
    if kind not in KINDS:
        if faults.has("kind"):
            what = say("unknown distribution {name!r}{near}", name=kind, near=nearest(kind, list(KINDS)))
            faults.add(what, say("Accepted: {names}", names=", ".join(KINDS)))
        return False
    wanted, names = KINDS[kind], say("{kind} takes {names}", kind=kind, names=", ".join(KINDS[kind]))
    for key in given:
        if key not in wanted:
            near = nearest(key, [*wanted, "truncate"])
            faults.add(say("distribution: unknown key {name!r}{near}", name=key, near=near), names)
    for key in wanted:
        if key not in given:
            faults.add(say("distribution: no {key}", key=key), names)
    if faults.has("parameters"):
        for key, value in given.items():
            if not math.isfinite(value):
                what = say("{key} = {value!r}", key=key, value=value)
                faults.add(what, say("It must be {form}", form=say("a finite number")))
        if len(faults.faults.found) == before:
            _check_parameters(kind, given, faults)
    if distribution.truncate is not None and faults.has("truncate"):
        low, high = distribution.truncate
        if not low < high:
            what = say("truncate = [{low:g}, {high:g}]", low=low, high=high)
            faults.add(what, say("Write the lowest and the highest level, e.g. [0.9, 1.1]"))
        elif len(faults.faults.found) == before and faults.has("parameters"):
            first, last = _shares(distribution, [low, high])
            if not last - first >= NEVER:  # neither is what overflows
                what = say("truncate = [{low:g}, {high:g}] leaves nothing of the distribution", low=low, high=high)
                faults.add(what, say("Cut where it lies"))
    return len(faults.faults.found) == before and faults.has("kind", "parameters", "truncate")


def _check_parameters(kind: str, given: dict[str, float], faults: Place) -> None:
    for key, least in {"sd": 0, "sd_low": 0, "sd_high": 0, "median": 0, "gsd": 1}.items():
        if key in given and not given[key] > least:
            what = say("{key} = {value:g}", key=key, value=given[key])
            faults.add(what, say("{key} must be above {least}", key=key, least=least))
    if kind == "uniform" and not given["low"] < given["high"]:
        what = say("low = {low:g}, high = {high:g}", low=given["low"], high=given["high"])
        faults.add(what, say("low must be below high"))
    if kind == "triangular" and not (given["low"] <= given["mode"] <= given["high"] and given["low"] < given["high"]):
        what = say("low = {low:g}, mode = {mode:g}, high = {high:g}", **given)
        faults.add(what, say("They must rise: low, mode, high"))
