"""Shadows: what moves and additions put beside the inventory, posted like any row so that its rates are resolved.

They are posted apart, one of each unit: what a lever may bring must not change what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..case import Case
from ..errors import Faults, LedgerError
from ..ledger import LEVELS, Ledger, labels_of, post
from ..messages import Said, say
from ..scenario import Lever, Recipe, Scenario
from ..tables import CANONICAL, CARRIERS, activities, as_coded, factor_to_canonical, read_activity
from .acting import touched_cells
from .joining import beside, opened
from .saying import told_by
from .values import ENERGY, SHADOW, Shadow, values_of

if TYPE_CHECKING:
    import pandas as pd

Template = tuple[Ledger, int]


def with_shadows(
    case: Case, scenario: Scenario, levers: Sequence[Lever], templates: list[Template], by: str, faults: Faults
) -> list[Template]:
    """The ledgers that projected years are made of, with one row beside them for everything that levers may bring."""
    ledger, base = templates[0][0], templates[0][1]
    wanted: list[tuple[str, ...]] = []
    for i, lever in enumerate(levers):
        rows = _unit_rows(ledger, scenario, lever, i, base) if brings_energy(lever) else []
        before = len(faults.found)
        brought = _posted(case, scenario, rows, [base], ledger.quantities, by, lever, faults) if rows else None
        if brought is not None and lever.verb == "move":
            _check_energy(brought, lever, scenario, faults)
        wanted += rows if len(faults.found) == before else []
    if not wanted:
        return templates
    years = [year for _, year in templates]
    brought = _posted(case, scenario, wanted, years, ledger.quantities, by, None, faults)
    if brought is None:
        return templates
    joined = beside(ledger, brought)
    return [(joined, year) for year in years]


def brings_energy(lever: Lever) -> bool:
    """Whether what a lever moves into is an energy carrier; additions may bring anything."""
    return lever.into is None or activities()[lever.into[0]].kind in CARRIERS


def _unit_rows(ledger: Ledger, scenario: Scenario, lever: Lever, i: int, year: int) -> list[tuple[str, ...]]:
    """Who, of which sector, what, in which unit, and which lever and row of it brings it."""
    cells = ledger.cells
    if lever.verb == "move" and lever.into:
        here = touched_cells(ledger, lever) & (cells.year == year)
        activity, flow = lever.into
        unit = str(CANONICAL[activities()[activity].dimension])
        who = sorted(set(zip(cells.entity[here], cells.sector[here], strict=True)))
        return [(str(e), str(s), activity, flow, unit, f"{i}") for e, s in who]
    if lever.verb != "add":
        return []
    rows = next(recipe.rows for recipe in scenario.recipes if recipe.name == lever.recipe)
    entity = next(label for key, (label, *_) in lever.select.items() if key in (*LEVELS, "entity"))
    return [(entity, "", a, f, factor_to_canonical(a, u)[1], f"{i}.{n}") for n, (a, f, _, u) in enumerate(rows)]


def _posted(
    case: Case,
    scenario: Scenario,
    rows: list[tuple[str, ...]],
    years: list[int],
    quantities: Sequence[str],
    by: str,
    lever: Lever | None,
    faults: Faults,
) -> Ledger | None:
    """The rows as a ledger of their own; what is wrong is said of the lever that brings them."""
    import pandas as pd

    columns = ["entity", "sector", "activity", "flow", "unit", "document"]
    table = pd.concat([pd.DataFrame(rows, columns=columns).assign(period=str(year)) for year in years])
    where = _brought_by(scenario, lever) if lever else scenario.file or scenario.name
    try:
        read = read_activity(table.assign(amount="1", source="scenario"), file=str(where))
        entities = opened(case.entities, scenario.base_year)
        read = read.assign(entry=as_coded([SHADOW] * len(read)))
        made = post(
            read,
            case.factors,
            quantities,
            entities=entities,
            rules=case.rules,
            catalog=case.catalog,
            account=False,
        )
        labels_of(made, by)
    except LedgerError as error:
        found = [fault.text for fault in error.faults] or [error.message]
        what = say("{where}: what it brings cannot be posted: {error}", where=where, error=found[0])
        if len(found) > 1:
            what = say("{what} (and {n} more rows)", what=what, n=len(found) - 1)
        faults.add(what, file=scenario.file)
        return None
    if lever and lever.verb == "add" and not made.rates.any():
        what = say("{where}: nothing that it adds counts towards a quantity of the sweep", where=where)
        faults.add(what, file=scenario.file, mend=say("Power and heat count when purchased, generated or sold"))
        return None
    return made


def _brought_by(scenario: Scenario, lever: Lever) -> Said:
    where = told_by(scenario, lever)
    return say("{where}, [recipes.{name}]", where=where, name=lever.recipe) if lever.recipe else where


def _check_energy(brought: Ledger, lever: Lever, scenario: Scenario, faults: Faults) -> None:
    """Equal useful energy needs energy on the other side."""
    q = brought.quantities.index(ENERGY)
    if not (brought.rates[:, q] <= 0).any() or lever.into is None:
        return
    what = say(
        "{where}: {activity} {flow} does not count as energy, so equal useful energy is unknown",
        **{"where": told_by(scenario, lever), "activity": lever.into[0], "flow": lever.into[1]},
    )
    mend = say("Move into a flow that counts as energy, e.g. electricity purchased or natural_gas combusted")
    faults.add(what, file=scenario.file, mend=mend)


def shadows_of(ledger: Ledger, levers: Sequence[Lever], recipes: dict[str, Recipe], year: int) -> tuple[Shadow, ...]:
    """What each lever brings in a year: of a move, one for every value that it leaves; of an addition, its rows."""
    rows = ledger.rows
    here = rows[(rows["entry"] == SHADOW).to_numpy() & (rows["year"] == year).to_numpy()]
    found: list[Shadow] = []
    for i, lever in enumerate(levers):
        if lever.verb == "add":
            recipe = recipes[lever.recipe].rows
            mine = here[here["document"].astype(str).str.startswith(f"{i}.")]
            for at, document in zip(mine.index, mine["document"], strict=True):
                activity, _, amount, unit = recipe[int(str(document).partition(".")[2])]
                found.append(Shadow(int(at), amount * factor_to_canonical(activity, unit)[0], -1, i))
        elif lever.verb == "move":
            found += _moved(ledger, lever, i, here[here["document"] == f"{i}"], year)
    return tuple(found)


def _moved(ledger: Ledger, lever: Lever, i: int, mine: pd.DataFrame, year: int) -> list[Shadow]:
    """At equal useful energy: amount x energy rate x efficiency before / efficiency after / energy rate after."""
    import numpy as np

    assert lever.efficiency is not None
    values, cells = values_of(ledger, year), ledger.cells
    energy = ledger.rates[:, ledger.quantities.index(ENERGY)][cells.key]
    at = {(str(e), str(s)): int(k) for e, s, k in zip(mine["entity"], mine["sector"], mine.index, strict=True)}
    of_rows, ratio, made = cells.of_rows, lever.efficiency[0] / lever.efficiency[1], []
    for value in np.flatnonzero(touched_cells(ledger, lever)[values.cell]):
        cell = values.cell[value]
        row = at[str(cells.entity[cell]), str(cells.sector[cell])]
        amount = float(values.amount[value] * energy[cell]) * ratio / float(energy[of_rows[row]])
        made.append(Shadow(row, amount, int(value), i))
    return made
