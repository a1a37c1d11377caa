"""Checks of what acts beside levers: events, and the response of the air to precursor emissions."""

from __future__ import annotations

import math
from collections.abc import Iterable

from .. import units
from ..messages import say
from .bounds import AT_MOST_WHOLE, NEVER_NEGATIVE, SHARE, Bounds, check_bounds, highest
from .forms import Place
from .known import Known, check_axis_name, wrong_dimension
from .nouns import Event, Response

ROUNDING = 1e-12  # 0.7 + 0.2 + 0.1 is more than 1 in binary


def check_event(event: Event, known: Known, faults: Place) -> None:
    if not event.entity and faults.has("entity"):
        faults.add(say("no {key}", key="entity"), say("Name the entity that changes"))
    if known.years and faults.has("year") and event.year not in known.years:
        first, last = known.years[0], known.years[-1]
        what = say("{key}: {year} is outside {first} to {last}", key="year", year=event.year, first=first, last=last)
        faults.add(what, say("Give projected years only"))
    if not faults.has("factor", "axis"):
        return
    if (event.factor is None) == (event.axis == ""):
        what = say("neither factor nor axis") if event.factor is None else say("factor and axis at once")
        faults.add(what, say("Give exactly one of them"))
    elif event.factor is not None:
        if not (math.isfinite(event.factor) and event.factor >= 0):
            what = say("{key} = {value!r}", key="factor", value=event.factor)
            faults.add(what, say("Accepted: a number from 0 on"))
    else:
        _ratio_axis(event.axis, "factor", NEVER_NEGATIVE, known, faults, "axis")


def _ratio_axis(name: str, what: str, bounds: Bounds, known: Known, faults: Place, key: str) -> None:
    """An axis that gives a ratio within bounds."""
    axis = check_axis_name(name, known, faults, key)
    if axis is None or axis.name in known.doubtful:
        return
    if not units.same_dimension(axis.unit, "1"):
        wrong_dimension(what, "1", axis.unit, "95 %", faults)
        return
    check_bounds(axis, [], units.factor(axis.unit, "1"), bounds, what, known.scenario, faults)


def _response_axis(name: str, what: str, bounds: Bounds, known: Known, faults: Place, key: str) -> None:
    """An axis that gives a ratio to a response, one in each scenario."""
    axis = known.axes.get(name)
    if axis is not None and axis.each:
        found = say("{key}: axis {name!r} has one draw for each label", key=what, name=name)
        faults.add(found, say("A response takes one level in each scenario; name an axis without 'each'"))
    else:
        _ratio_axis(name, what, bounds, known, faults, key)


def check_response(response: Response, known: Known, faults: Place) -> None:
    if response.state in known.scenario.hold and known.places.of().has("hold"):
        what = say("{name!r} is in hold and has a response", name=response.state)
        faults.add(what, say("Keep one of the two"))
    if not response.source.strip() and faults.has("source"):
        faults.add(say("no source"), say("A value without its source is not accepted"))
    _parts(response, known, faults)
    _share(response.improvement, "improvement", AT_MOST_WHOLE, known, faults)
    _betas(response, known, faults)


def _share(value: float | str, key: str, bounds: Bounds, known: Known, faults: Place) -> None:
    if isinstance(value, str):
        _response_axis(value, key, bounds, known, faults, key)
    elif faults.has(key) and not (math.isfinite(value) and bounds.hold(value)):
        what = say("{key} = {value!r}", key=key, value=value)
        faults.add(what, say("Accepted as a ratio: {bounds}", bounds=str(bounds)))


def _parts(response: Response, known: Known, faults: Place) -> None:
    """The local and the regional part."""
    before = len(faults.faults.found)
    for key, value in (("local", response.local), ("regional", response.regional)):
        _share(value, key, SHARE, known, faults)
    if len(faults.faults.found) > before or not faults.has("local", "regional"):
        return
    mend = say("They are parts of one annual mean: at most 1")
    parts = (response.local, response.regional)
    if (fixed := _fixed(parts)) > 1 + ROUNDING:
        faults.add(say("local and regional shares add to {sum:.6g}", sum=fixed), mend)
    elif (most := _largest(parts, known)) > 1 + ROUNDING:
        faults.add(
            say("local and regional shares add to as much as {sum:.6g}, with what their axes give", sum=most), mend
        )


def _betas(response: Response, known: Known, faults: Place) -> None:
    if not faults.has("betas"):
        return
    before = len(faults.faults.found)
    if not response.betas:
        mend = say("Give the response to each precursor, e.g. betas = {example}", example="{nox = 0.1, so2 = 0.1}")
        faults.add(say("no {key}", key="betas"), mend)
    for name, value in response.betas.items():
        if isinstance(value, str):
            _response_axis(value, "betas " + name, Bounds(), known, faults, "betas")
        elif not math.isfinite(value):
            what = say("{key} = {value!r}", key="betas " + name, value=value)
            faults.add(what, say("It must be {form}", form=say("a finite number")))
    if len(faults.faults.found) > before:
        return
    mend = say("The whole local part is 1: they add to at most 1")
    if (fixed := _fixed(response.betas.values())) > 1 + ROUNDING:
        faults.add(say("betas add to {sum:.6g}", sum=fixed), mend)
    elif (most := _largest(response.betas.values(), known)) > 1 + ROUNDING:
        faults.add(say("betas add to as much as {sum:.6g}, with what their axes give", sum=most), mend)


def _fixed(parts: Iterable[float | str]) -> float:
    return sum(part for part in parts if not isinstance(part, str))


def _largest(parts: Iterable[float | str], known: Known) -> float:
    """The largest sum over all scenarios: named ones as they stand, any other axis at its most; NaN where it is unclear."""
    given, named = list(parts), known.scenario.named or (("", "", {}),)
    return max(sum(_most(part, levels, known) for part in given) for *_, levels in named)


def _most(part: float | str, levels: dict[str, float], known: Known) -> float:
    if not isinstance(part, str):
        return part
    axis = known.axes.get(part)
    if axis is None or part in known.doubtful:
        return math.nan
    if part in levels:
        level = levels[part]
    elif axis.distribution is not None:
        level = highest(axis.distribution)
    else:
        level = max(axis.levels, default=math.nan)
    return level * units.factor(axis.unit, "1")
