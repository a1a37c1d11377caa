"""What a scenario must be before its case is looked at: whole, of one mind, and within what can be drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable

from .. import units
from ..errors import LedgerError, nearest
from ..messages import say
from .bounds import check_distribution
from .effects import check_event, check_response
from .forms import HEADS, Place, Places
from .known import Known, check_word
from .levers import check_lever
from .nouns import SELECTS, Axis, Recipe, Scenario
from .samples import check_sampling

RATES = ("hold", "resolve")
KEYS_OF_NAMED = {*HEADS, *HEADS.values()}  # what a table of scenarios says beside levels
EACH = tuple(key for key in SELECTS if key != "quantity")


def check_scenario(scenario: Scenario, places: Places) -> None:
    """Everything that needs no case; faults go to ``places``."""
    top = places.of()
    years = _years(scenario, top)
    check_word("rates", scenario.rates, RATES, top)
    for table, names in {
        "axes": [axis.name for axis in scenario.axes],
        "levers": [lever.name for lever in scenario.levers],
        "scenarios": [name for name, *_ in scenario.named],
        "recipes": [recipe.name for recipe in scenario.recipes],
    }.items():
        _once(table, names, places)
    doubtful = {axis.name for i, axis in enumerate(scenario.axes) if not _axis(axis, scenario, places, i)}
    axes = {axis.name: axis for axis in scenario.axes}
    recipes = {recipe.name: recipe for recipe in scenario.recipes}
    _named(scenario, axes, places)
    unclear = {r.name for i, r in enumerate(scenario.recipes) if not _recipe(r, places.of("recipes", i, r.name))}
    known = Known(scenario, places, axes, recipes, years, frozenset(doubtful), frozenset(unclear))
    for i, lever in enumerate(scenario.levers):
        check_lever(lever, known, places.of("levers", i, lever.name))
    for i, event in enumerate(scenario.events):
        check_event(event, known, places.of("events", i, event.entity))
    for i, response in enumerate(scenario.responses):
        check_response(response, known, places.of("response", i, response.state))
    _used(known)
    check_sampling(scenario, places.of("sampling"), top)
    _reference(scenario, top)


def _years(scenario: Scenario, faults: Place) -> tuple[int, ...]:
    """The projected years; blank if they are at fault."""
    if not faults.has("base_year", "years"):
        return ()
    first = scenario.base_year + 1
    if scenario.years and scenario.years == tuple(range(first, first + len(scenario.years))):
        return scenario.years
    if scenario.years:
        ends = {"base": scenario.base_year, "first": scenario.years[0], "last": scenario.years[-1]}
        what = say("base year {base}, but the projected years go from {first} to {last}", **ends)
    else:
        what = say("no projected years")
    mend = say("They follow the base year one by one, e.g. years = [{first}, {last}]", first=first, last=first + 9)
    faults.add(what, mend)
    return ()


def _once(table: str, names: Iterable[str], places: Places) -> None:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name and name in seen:
            places.of(table, i, name).add(say("{name!r} is given twice", name=name), say("Give each its own name"))
        seen.add(name)


def _axis(axis: Axis, scenario: Scenario, places: Places, i: int) -> bool:
    """Whether the levels of an axis can be looked at by whatever uses them."""
    faults = places.of("axes", i, axis.name)
    sound = faults.has("unit", "levels", "distribution", "kind", "parameters", "truncate")
    if not axis.name and faults.has("name"):
        faults.add(say("no {key}", key="name"), say("Give each axis a name of its own"))
    if axis.name in KEYS_OF_NAMED:
        what = say("an axis cannot be called {name!r}, as a table of scenarios has this key", name=axis.name)
        faults.add(what, say("Give it another name"))
    if faults.has("unit"):
        try:
            units.quantity_of(axis.unit)
        except LedgerError as error:
            faults.add(error.message, key="unit")
            sound = False
    for level in axis.levels:
        if faults.has("levels") and not math.isfinite(level):
            what = say("{key} = {value!r}", key="levels", value=level)
            faults.add(what, say("It must be {form}", form=say("a finite number")))
            sound = False
    _ways(axis, scenario, faults, places.of())
    for label in axis.each:
        check_word("each", label, EACH, faults)
    if axis.each and axis.distribution is None and faults.has("distribution"):
        what = say("each without a distribution")
        faults.add(what, say("Only draws differ from label to label; delete each, or give a distribution"))
    drawn = axis.distribution
    if drawn is not None and faults.has("distribution"):
        sound = check_distribution(drawn, faults) and sound
    return sound


def _ways(axis: Axis, scenario: Scenario, faults: Place, top: Place) -> None:
    """An axis varies in exactly one way."""
    if not faults.has("levels", "distribution", "name"):
        return
    named = any(axis.name in levels for *_, levels in scenario.named)
    ways = {"levels": bool(axis.levels), "distribution": axis.distribution is not None, "[[scenarios]]": named}
    given = ", ".join(way for way, is_given in ways.items() if is_given)
    if sum(ways.values()) > 1:
        faults.add(say("{names} at once", names=given), say("An axis varies in one way; keep one"))
    elif not given and top.has("scenarios"):
        what = say("neither levels nor a distribution, and no named scenario gives it")
        faults.add(what, say("Give one of them, or delete the axis"))


def _named(scenario: Scenario, axes: dict[str, Axis], places: Places) -> None:
    if not scenario.named:
        return
    varied = dict.fromkeys(name for *_, levels in scenario.named for name in levels)
    for i, (name, _, levels) in enumerate(scenario.named):
        faults = places.of("scenarios", i, name)
        if not name and faults.has("name"):
            faults.add(say("no {key}", key="name"), say("Give each scenario a name of its own"))
        for axis, level in levels.items():
            if axis not in axes and places.of().has("axes"):
                what = say("unknown axis {name!r}{near}", name=axis, near=nearest(axis, list(axes)))
                faults.add(what, say("Add [[axes]] with this name, or correct it"))
            elif faults.has(axis) and not math.isfinite(level):
                what = say("{key} = {value!r}", key=axis, value=level)
                faults.add(what, say("It must be {form}", form=say("a finite number")))
        for axis in varied:
            if axis not in levels and axis in axes and faults.has(axis):
                what = say("no level of axis {name!r}, which other scenarios give", name=axis)
                faults.add(what, say("Every scenario states every axis of its table"))


def _recipe(recipe: Recipe, faults: Place) -> bool:
    """Whether the unit of a recipe is one."""
    if faults.has("unit"):
        _unit(recipe.unit, faults)
    if not recipe.rows and faults.has("rows"):
        faults.add(say("no rows"), say("List what one unit adds, each with activity, flow and amount"))
    for position, (activity, flow, number, unit) in enumerate(recipe.rows):
        inner = faults.inner(say("row {row}", row=position + 1))
        if faults.has("rows") and not (math.isfinite(number) and activity and flow):
            what = say("{activity!r} {flow!r} {amount!r}", activity=activity, flow=flow, amount=number)
            inner.add(what, say("Each row has an activity, a flow and a finite amount"))
        _unit(unit, inner)
    return faults.has("unit")


def _unit(unit: str, faults: Place) -> None:
    try:
        units.quantity_of(unit)
    except LedgerError as error:
        faults.add(error.message, key="unit")


def _used(known: Known) -> None:
    """An axis that nothing uses would multiply scenarios and change none of them; a recipe that none does is forgotten."""
    scenario, places = known.scenario, known.places
    _recipes_used(known)
    parts = [place for (table, _), place in places.made.items() if table in {"levers", "events", "response"}]
    keys = ("axis", "local", "regional", "improvement", "betas")
    if not (places.of().has("levers", "events", "response") and all(place.has(*keys) for place in parts)):
        return
    used = {lever.axis for lever in scenario.levers} | {event.axis for event in scenario.events}
    for response in scenario.responses:
        used |= {str(v) for v in (response.local, response.regional, response.improvement, *response.betas.values())}
    for i, axis in enumerate(scenario.axes):
        if axis.name and axis.name not in used:
            what = say("no lever, event or response uses it")
            places.of("axes", i, axis.name).add(what, say("Name it as the axis of a lever, or delete it"))


def _recipes_used(known: Known) -> None:
    """Silent where a lever names no recipe, or an unknown one: that is told already, and may be the one meant."""
    levers, places = known.scenario.levers, known.places
    if not (places.of().has("levers") and all(places.of("levers", i).has("recipe") for i in range(len(levers)))):
        return
    used = {lever.recipe for lever in levers if lever.verb == "add" or lever.recipe}
    for i, recipe in enumerate(known.scenario.recipes):
        if recipe.name not in used and used <= known.recipes.keys():
            what = say("no lever uses it")
            places.of("recipes", i, recipe.name).add(what, say("Name it as the recipe of a lever, or delete it"))


def _reference(scenario: Scenario, faults: Place) -> None:
    """The reference is a named scenario, or the number of one from 0 on."""
    if not scenario.reference or not faults.has("reference", "scenarios"):
        return
    names = [name for name, *_ in scenario.named]
    if scenario.reference in names:
        return
    number, n = scenario.reference, scenario_count(scenario)
    if number.isdecimal():
        if 0 < n <= int(number):
            what = say("reference = {number}, but there are {n} scenarios", number=number, n=n)
            faults.add(what, say("They are numbered from 0"))
        return
    what = say("unknown reference {name!r}{near}", name=number, near=nearest(number, names))
    faults.add(what, say("Name a scenario of [[scenarios]], or the number of one"))


def scenario_count(scenario: Scenario) -> int:
    """How many scenarios there are: named ones x levels of the grid x draws."""
    drawn = any(axis.distribution for axis in scenario.axes) and scenario.sampling
    n_draws = scenario.sampling.n if drawn and scenario.sampling else 1
    return max(len(scenario.named), 1) * math.prod(len(axis.levels) or 1 for axis in scenario.axes) * n_draws
