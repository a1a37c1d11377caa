"""What scenarios say against their case, found before any work starts: names, dimensions, shares, rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .. import units
from ..case import Case
from ..catalog import Catalog
from ..errors import Faults, LedgerError, ScenarioError, UnitError, nearest
from ..ledger import LEVELS
from ..messages import say
from ..scenario import Lever, Scenario, scenario_count
from ..tables import activities, factor_to_canonical, flows
from ..targets import Target, read_targets
from .saying import told_by

MOST = 10**10  # scenarios that days of one machine would not finish


def check_names(case: Case, scenario: Scenario, levers: Sequence[Lever], by: str, faults: Faults) -> tuple[Target, ...]:
    """Every name that a scenario uses is one that the case, its catalogue and its lists have; its own targets, read.

    Raises
    ------
    ScenarioError
        If there is no base year to start from, or no end to the scenarios: nothing else can be looked at then.
    """
    catalog, place = case.catalog, scenario.file
    _known("indicators", scenario.indicators, catalog.indicators, place, faults)
    _known("hold", scenario.hold, catalog.states, place, faults)
    _check_responses(scenario, catalog, faults)
    for recipe in scenario.recipes:
        _check_recipe(recipe, place, faults)
    for lever in levers:
        where = told_by(scenario, lever)
        for key, labels in lever.select.items():
            if key != "sector":
                _known(say("{where} {key}", where=where, key=key), labels, _names(case, key), place, faults)
        if lever.into:
            _known(where, lever.into[:1], activities(), place, faults)
            _known(where, lever.into[1:], flows(), place, faults)
    own = _own_targets(case, scenario, faults)
    if by not in ("entity", *LEVELS):
        faults.add(say("by = {by!r}", by=by), mend=say("Accepted: {names}", names=", ".join(("entity", *LEVELS))))
    have = sorted(set(case.activity["year"].tolist()))
    started = scenario.base_year in have
    if not started:
        listed = ", ".join(map(str, have))
        what = say("base_year {year}, but the case has rows of {years}", year=scenario.base_year, years=listed)
        faults.add(what, file=scenario.file, mend=say("Start from a year that the case has"))
    if (n := scenario_count(scenario)) > MOST:
        what = say("{n:,} scenarios are more than one machine finishes (at most {most:,})", n=n, most=MOST)
        mend = say("Take fewer levels a grid axis, or draw axes from distributions under [sampling]")
        faults.add(what, file=scenario.file, mend=mend)
    if not started or n > MOST or by not in ("entity", *LEVELS):
        faults.raise_as(ScenarioError, say("scenario {name}", name=scenario.name))
    return own


def sound_levers(case: Case, scenario: Scenario, levers: Sequence[Lever], faults: Faults) -> list[Lever]:
    """The levers whose names are all known, so that what else is wrong with them can be told in the same error."""
    sound = []
    known_recipes = {r.name for r in scenario.recipes if not _faulty(r)}
    for lever in levers:
        named = all(set(labels) <= set(_names(case, key)) for key, labels in lever.select.items() if key != "sector")
        into = lever.into is None or (lever.into[0] in activities() and lever.into[1] in flows())
        if named and into and (lever.verb != "add" or lever.recipe in known_recipes):
            sound.append(lever)
    return sound


def _faulty(recipe: Any) -> bool:
    found = Faults()
    _check_recipe(recipe, "", found)
    return bool(found)


def _own_targets(case: Case, scenario: Scenario, faults: Faults) -> tuple[Target, ...]:
    """The targets of the scenario: none that the case has already, and of entities that it knows."""
    if not scenario.targets:
        return ()
    try:
        own = read_targets(scenario.targets, catalog=case.catalog)
    except LedgerError as error:
        faults.take(error)
        return ()
    taken = {target.id for target in case.targets}
    for target in own:
        if target.id in taken:
            mend = say("Give it another id: both are judged side by side")
            what = say("target {name!r} is one of the case too", name=target.id)
            faults.add(what, file=target.file, row=target.row, column="id", mend=mend)
        if target.entity:
            place = f"{target.file} {target.row}"
            _known(say("target {name!r}", name=target.id), (target.entity,), _names(case, "entity"), place, faults)
    return own


def _check_responses(scenario: Scenario, catalog: Catalog, faults: Faults) -> None:
    """A response is that of a concentration to what is emitted."""
    for response in scenario.responses:
        _known("response", (response.state,), catalog.states, scenario.file, faults)
        _known("betas", response.betas, catalog.quantities, scenario.file, faults)
        state = catalog.states.get(response.state)
        if state is not None and not units.same_dimension(state.unit, "ug/m3"):
            what = say("[response.{name}]: {name} is no concentration", name=response.state)
            mend = say("Shares of days and other states do not follow emissions by a formula; leave it out")
            faults.add(what, file=scenario.file, mend=mend)
        for name in response.betas:
            found = catalog.quantities.get(name)
            if found is not None and not _is_emitted(found.unit):
                what = say("[response.{name}]: {quantity} is nothing emitted", name=response.state, quantity=name)
                faults.add(what, file=scenario.file, mend=say("Name precursors such as so2, nox"))


def _is_emitted(unit: str) -> bool:
    """Tonnes of a substance: of plain mass, or of mass of something, but no energy and no money."""
    named = units.dimension(unit)
    return "[mass]" in named and "energy" not in named and "currency" not in named


def _known(where: Any, names: Iterable[str], known: Iterable[str], file: str, faults: Faults) -> None:
    have = sorted(known)
    for name in names:
        if name not in have:
            near = nearest(str(name), have)
            faults.add(say("{where}: unknown name {name!r}{near}", where=where, name=name, near=near), file=file)


def _names(case: Case, key: str) -> Iterable[str]:
    """What a selector may name under a key."""
    if key == "activity":
        return activities()
    if key == "flow":
        return flows()
    if key == "quantity":
        return case.catalog.quantities
    if case.entities is None:
        return {str(name) for name in case.activity["entity"]} if key == "entity" else ()
    table = case.entities
    return set(table["entity"] if key == "entity" else table.loc[table["level"] == key, "entity"])


def _check_recipe(recipe: Any, file: str, faults: Faults) -> None:
    where = say("[recipes.{name}]", name=recipe.name)
    for activity, flow, _, unit in recipe.rows:
        before = len(faults.found)
        _known(where, (activity,), activities(), file, faults)
        _known(where, (flow,), flows(), file, faults)
        if len(faults.found) == before:
            try:
                factor_to_canonical(activity, unit)
            except UnitError as error:
                faults.add(say("{where}: {error}", where=where, error=error.message), file=file)
