"""Checks of what acts beside levers: events, and the response of the air to precursor emissions."""

from __future__ import annotations

import math

from .. import units
from ..messages import say
from .bounds import AT_MOST_WHOLE, NEVER_NEGATIVE, SHARE, Bounds, check_bounds
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


def check_response(response: Response, known: Known, faults: Place) -> None:
    shares: dict[str, tuple[float | str, Bounds]] = {
        "local": (response.local, SHARE),
        "regional": (response.regional, SHARE),
        "improvement": (response.improvement, AT_MOST_WHOLE),
    }
    for key, (value, bounds) in shares.items():
        if isinstance(value, str):
            _ratio_axis(value, key, bounds, known, faults, key)
        elif faults.has(key) and not (math.isfinite(value) and bounds.hold(value)):
            what = say("{key} = {value!r}", key=key, value=value)
            faults.add(what, say("Accepted as a ratio: {bounds}", bounds=str(bounds)))
    parts = [value for value in (response.local, response.regional) if not isinstance(value, str)]
    if sum(parts) > 1 + ROUNDING and all(SHARE.hold(part) for part in parts):
        what = say("local and regional shares add to {sum:.6g}", sum=sum(parts))
        faults.add(what, say("They are parts of one annual mean: at most 1"))
    if not response.source.strip() and faults.has("source"):
        faults.add(say("no source"), say("A value without its source is not accepted"))
    if not faults.has("betas"):
        return
    if not response.betas:
        mend = say("Give the response to each precursor, e.g. betas = {example}", example="{nox = 0.1, so2 = 0.1}")
        faults.add(say("no {key}", key="betas"), mend)
    for name, value in response.betas.items():
        if isinstance(value, str):
            _ratio_axis(value, "betas " + name, Bounds(), known, faults, "betas")
        elif not math.isfinite(value):
            what = say("{key} = {value!r}", key="betas " + name, value=value)
            faults.add(what, say("It must be {form}", form=say("a finite number")))
    whole = sum(value for value in response.betas.values() if not isinstance(value, str))
    if math.isfinite(whole) and whole > 1 + ROUNDING:
        faults.add(say("betas add to {sum:.6g}", sum=whole), say("The whole local part is 1: they add to at most 1"))
