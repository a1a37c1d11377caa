"""Checks of levers that need no case: what each verb takes, in which unit, within which bounds, along which path."""

from __future__ import annotations

import math

from .. import units
from ..errors import LedgerError, nearest
from ..messages import say
from .bounds import check_bounds
from .forms import Place
from .known import Known, check_axis_name, check_word, wrong_dimension
from .nouns import COMPONENTS, PATHS, SELECTS, VERBS, Lever
from .verbs import ACTS, EXAMPLES, ONE_OF, ONLY_WITH, bounds_of, canonical_unit, no_path, unit_of

MOST_EFFICIENT = 5.0  # heat pumps give more heat than they take power


def check_lever(lever: Lever, known: Known, faults: Place) -> None:
    """Everything about one lever that needs no case."""
    for check in (_words, _select, _only_with, _level, _path, _to, _by_year, _uncertainty, _move, _add, _cost):
        check(lever, known, faults)


def _words(lever: Lever, known: Known, faults: Place) -> None:
    if not lever.name and faults.has("name"):
        faults.add(say("no {key}", key="name"), say("Give each lever a name of its own"))
    check_word("verb", lever.verb, VERBS, faults)
    check_word("acts", lever.acts, ACTS, faults)
    if lever.component:
        check_word("component", lever.component, COMPONENTS, faults)


def _select(lever: Lever, known: Known, faults: Place) -> None:
    if not faults.has("select", "verb"):
        return
    wrong = False
    for key, labels in lever.select.items():
        check_word(say("key of select"), key, SELECTS, faults)
        if not isinstance(labels, tuple) or not labels or not all(isinstance(x, str) and x for x in labels):
            wrong = True
            what = say("select {key} = {value!r}", key=key, value=labels)
            faults.add(what, say("Name at least one label, or delete the key"))
    if wrong:
        return
    n_quantities = len(lever.select.get("quantity", ()))
    if lever.verb == "rate" and n_quantities != 1:
        what = say("rate selects {n} quantities", n=n_quantities)
        faults.add(
            what, say("Name the one whose rate it replaces, e.g. select = {example}", example='{quantity = "co2"}')
        )
    if lever.verb == "move" and n_quantities:
        what = say("{verb} with a quantity in select", verb=lever.verb)
        faults.add(what, say("An amount carries all its quantities; delete the key"))
    if lever.component and n_quantities:
        what = say("component {name!r} with a quantity in select", name=lever.component)
        faults.add(what, say("A component acts on every quantity that uses it; keep one of the two"))
    if lever.verb == "add":
        places = [key for key in lever.select if key in ONE_OF]
        if len(places) != 1 or len(lever.select) != 1 or len(lever.select[places[0]]) != 1:
            what = say("add with select = {value}", value={k: list(v) for k, v in lever.select.items()})
            faults.add(what, say("Name one place and nothing else: one {names}", names=" / ".join(ONE_OF)))


def _only_with(lever: Lever, known: Known, faults: Place) -> None:
    for key, verbs in ONLY_WITH.items():
        if getattr(lever, key) and lever.verb in set(VERBS) - set(verbs):
            what = say("{key} beside {verb}", key=key, verb=lever.verb)
            faults.add(what, say("{key} goes with {verbs} only", key=key, verbs=", ".join(verbs)))


def _level(lever: Lever, known: Known, faults: Place) -> None:
    """Exactly one source of levels, in a unit that the verb takes, within its bounds."""
    if not faults.has("axis", "level", "by_year"):
        return
    given = {"axis": bool(lever.axis), "level": lever.level is not None, "by_year": bool(lever.by_year)}
    if sum(given.values()) != 1:
        names = ", ".join(key for key, is_given in given.items() if is_given)
        what = say("{names} at once", names=names) if names else say("neither axis nor level nor by_year")
        faults.add(what, say("Give exactly one of them"))
        return
    axis = check_axis_name(lever.axis, known, faults) if lever.axis else None
    if lever.axis and (axis is None or axis.name in known.doubtful):
        return
    if axis and lever.unit not in ("1", axis.unit):
        values = {"unit": lever.unit, "name": axis.name, "other": axis.unit}
        what = say("unit {unit!r} beside axis {name!r}, whose levels are in {other!r}", **values)
        faults.add(what, say("Delete unit"))
    own = list(lever.by_year.values()) if lever.level is None else [lever.level]
    for value in own:
        if not math.isfinite(value):
            what = say("{key} = {value!r}", key="by_year" if lever.by_year else "level", value=value)
            faults.add(what, say("It must be {form}", form=say("a finite number")))
    if not faults.has("unit", "verb") or lever.verb not in VERBS:
        return
    if (scale := _factor(lever, known, faults)) is not None:
        check_bounds(axis, own, scale, bounds_of(lever), lever.verb, known.scenario, faults)


def _factor(lever: Lever, known: Known, faults: Place) -> float | None:
    """Canonical units in one unit of the level; None, and a fault, if the verb counts in another dimension."""
    if lever.verb == "add" and lever.recipe in known.unclear:
        return None
    unit = unit_of(lever, known.axes)
    try:
        wanted = canonical_unit(lever, unit, known.recipes)
        if units.same_dimension(unit, wanted):
            return units.factor(unit, wanted)
    except LedgerError as error:
        faults.add(error.message)
        return None
    wrong_dimension(lever.verb, wanted, unit, EXAMPLES.get(lever.verb, f"10 {wanted}"), faults)
    return None


def _path(lever: Lever, known: Known, faults: Place) -> None:
    if not faults.has("path", "verb"):
        return
    if why := no_path(lever):
        if lever.path != "linear":
            faults.add(*why)
    elif isinstance(lever.path, dict):
        _path_table(lever, known, faults)
    elif check_word("path", lever.path, PATHS, faults) and lever.path == "geometric" and lever.verb != "scale":
        what = say("{verb} along a geometric path", verb=lever.verb)
        faults.add(what, say("Accepted: {names}", names="linear, step, {2030 = 0.5, 2035 = 1}"))


def _to(lever: Lever, known: Known, faults: Place) -> None:
    if lever.to is not None and known.years and lever.to not in known.years:
        what = say("to = {year}, outside {first} to {last}", year=lever.to, first=known.years[0], last=known.years[-1])
        faults.add(what, say("Give one of the projected years"))


def _path_table(lever: Lever, known: Known, faults: Place) -> None:
    _covered(lever.path, "path", known, faults)
    for year, share in sorted(lever.path.items()):
        if not 0 <= share <= 1:  # NaN is no share either
            what = say("path, {year}: {share:g} is no share of the way", year=year, share=share)
            faults.add(what, say("Accepted: a share from 0 to 1"))
    if lever.to is not None and lever.path and lever.to != max(lever.path):
        what = say("to = {year} beside a path by year", year=lever.to)
        faults.add(what, say("Keep one of the two"))


def _covered(given: dict[int, float], key: str, known: Known, faults: Place) -> None:
    """A table by year stays within the projected years and covers the last."""
    if not known.years:
        return
    first, last = known.years[0], known.years[-1]
    for year in sorted(set(given) - set(known.years)):
        what = say("{key}: {year} is outside {first} to {last}", key=key, year=year, first=first, last=last)
        faults.add(what, say("Give projected years only"))
    if not any(year >= last for year in given):
        what = say("{key} ends in {year}, but the years in {last}", key=key, year=max(given, default="-"), last=last)
        faults.add(what, say("Add a value for {year}", year=last))


def _by_year(lever: Lever, known: Known, faults: Place) -> None:
    if not lever.by_year or not faults.has("by_year"):
        return
    _covered(lever.by_year, "by_year", known, faults)
    if lever.to is not None and lever.acts == "policy":
        faults.add(say("by_year is its own path: no path and no to"), say("Keep one of the two"))


def _uncertainty(lever: Lever, known: Known, faults: Place) -> None:
    if lever.acts != "uncertainty":
        return
    if lever.verb != "scale" and lever.verb in VERBS:
        what = say("{verb} as uncertainty", verb=lever.verb)
        faults.add(what, say("Uncertainty only scales; write verb = 'scale' or acts = 'policy'"))
    if lever.to is not None:
        faults.add(say("uncertainty acts in every year alike: no path and no to"), say("Delete them, or acts"))
    if lever.by_year:
        what = say("by_year beside uncertainty, which acts in every year alike")
        faults.add(what, say("Give an axis or a level"))


def _move(lever: Lever, known: Known, faults: Place) -> None:
    if lever.verb != "move":
        return
    if faults.has("into") and not (lever.into and all(lever.into)):
        example = 'into = {activity = "electricity", flow = "purchased"}'
        faults.add(say("no {key}", key="into"), say("Say what it becomes, e.g. {example}", example=example))
    if not faults.has("efficiency"):
        return
    if lever.efficiency is None:
        mend = say("Give the efficiency before and after, e.g. efficiency = [0.8, 0.95]")
        faults.add(say("no {key}", key="efficiency"), mend)
    elif len(lever.efficiency) != 2 or not all(0 < value <= MOST_EFFICIENT for value in lever.efficiency):
        what = say("efficiency = {value}", value=list(lever.efficiency))
        faults.add(what, say("Two numbers above 0, at most {most:g}: before and after", most=MOST_EFFICIENT))


def _add(lever: Lever, known: Known, faults: Place) -> None:
    if lever.verb != "add" or not faults.has("recipe"):
        return
    if not lever.recipe:
        faults.add(say("no {key}", key="recipe"), say("Name a table [recipes.NAME] that says what is added"))
    elif lever.recipe not in known.recipes and known.places.of().has("recipes"):
        what = say("unknown recipe {name!r}{near}", name=lever.recipe, near=nearest(lever.recipe, list(known.recipes)))
        faults.add(what, say("Add [recipes.{name}], or correct the name", name=lever.recipe))
    if lever.axis in known.axes and known.axes[lever.axis].each:
        what = say("{key}: axis {name!r} has one draw for each label", key="axis", name=lever.axis)
        faults.add(what, say("An addition stands at one place and has one level; name an axis without each"))


def _cost(lever: Lever, known: Known, faults: Place) -> None:
    if lever.cost is None or not faults.has("cost"):
        return
    if lever.acts == "uncertainty" or (lever.verb == "scale" and (lever.component or lever.select.get("quantity"))):
        what = say("cost on a lever that selects a quantity or a component, or is an uncertainty")
        faults.add(what, say("A cost counts amounts that policy changes; delete it, or put it on another lever"))
    inner = faults.inner("cost")
    if not math.isfinite(lever.cost.amount):
        what = say("{key} = {value!r}", key="amount", value=lever.cost.amount)
        inner.add(what, say("It must be {form}", form=say("a finite number")))
    if not lever.cost.source.strip():
        inner.add(say("no source"), say("A value without its source is not accepted"))
    try:
        if not any("currency" in name for name in units.quantity_of(lever.cost.unit).dimensionality):
            what = say("unit {unit!r} counts no money", unit=lever.cost.unit)
            inner.add(what, say("Write it as {example!r}", example="CNY/t"))
    except LedgerError as error:
        inner.add(error.message)
