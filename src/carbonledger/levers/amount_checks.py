"""What levers on amounts do to the cells of a case that they cannot: touch none, take too much, outlive a plant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import units
from ..case import Case
from ..errors import Faults, UnitError, nearest
from ..ledger import Ledger
from ..messages import say
from ..scenario import Lever, Scenario, unit_of
from .acting import changes_amounts, rate_factor, touched_cells
from .saying import told_by
from .shadows import brings_energy
from .shares import largest_shares
from .values import matches

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def check_levers(case: Case, scenario: Scenario, levers: Sequence[Lever], ledger: Ledger, faults: Faults) -> None:
    """Every lever on amounts touches something, in units that fit, and no cell loses more than it has."""
    base = ledger.cells.year == scenario.base_year
    for lever in levers:
        before = len(faults.found)
        _check_sectors(lever, ledger, scenario, faults)
        touched = touched_cells(ledger, lever) & base
        if lever.verb == "add":
            _check_cost_of_recipe(scenario, lever, faults)
        elif changes_amounts(lever) or lever.verb == "move":
            if not touched.any() and len(faults.found) == before:
                touches_nothing(scenario, lever, faults)
            check_units(scenario, lever, ledger, touched, faults)
    _check_moves(scenario, levers, ledger, base, faults)
    _check_ends(case, scenario, levers, ledger, faults)


def touches_nothing(scenario: Scenario, lever: Lever, faults: Faults, mend: str = "") -> None:
    what = say("{where} touches nothing in {year}", where=told_by(scenario, lever), year=scenario.base_year)
    loosen = say("No row that counts carries these labels together; loosen select, or drop the lever")
    if lever not in scenario.levers:
        loosen = say("The entity has no row that counts in the base year; drop the event")
    faults.add(what, file=scenario.file, mend=mend or loosen)


def _check_ends(case: Case, scenario: Scenario, levers: Sequence[Lever], ledger: Ledger, faults: Faults) -> None:
    """An entity that ends by the entity table needs its event: the base year's rows would go on without it."""
    table = case.entities
    if table is None:
        return
    active = {str(name) for name in ledger.cells.entity[ledger.cells.year == scenario.base_year]}
    closed = {
        (label, lever.to)
        for lever in levers
        if lever.path == "step" and (lever.axis or lever.level == 0)
        for label in lever.select.get("entity", ())
    }
    first, last = scenario.base_year * 12, scenario.years[-1] * 12 + 11
    for row in table[(table["last"] >= first) & (table["last"] < last)].itertuples():
        if row.entity not in active:
            continue
        year = max(int(row.last) // 12 + 1, scenario.base_year + 1)
        place: dict[str, Any] = {"file": scenario.file}
        if ((table["entity"] == row.entity) & (table["first"] > row.last)).any():
            if int(row.last) >= first + 11:
                what = say("{entity} moves in {year} by the entity table", entity=row.entity, year=year)
                mend = say(
                    "A sweep keeps the places of the base year; end the projection before, or leave the move out"
                )
                faults.add(what, **place, mend=mend)
        elif (row.entity, year) not in closed:
            values = {"entity": row.entity, "year": year}
            what = say("{entity} ends before {year} by the entity table, and no event says so", **values)
            mend = say("Add [[events]] entity = {entity!r}, year = {year}, factor = 0", **values)
            faults.add(what, **place, mend=mend)


def _check_sectors(lever: Lever, ledger: Ledger, scenario: Scenario, faults: Faults) -> None:
    have = sorted(str(label) for label in ledger.cells.sector.categories if label)
    for wanted in lever.select.get("sector", ()):
        if not has_sector(ledger, wanted):
            near, where = nearest(wanted, have), told_by(scenario, lever)
            what = say("{where}: no sector {name!r} in the case{near}", where=where, name=wanted, near=near)
            faults.add(what, file=scenario.file, mend=say("Accepted: {names}, or a level above", names=", ".join(have)))


def has_sector(ledger: Ledger, wanted: str) -> bool:
    return any(matches("sector", str(label), wanted) for label in ledger.cells.sector.categories)


def check_units(scenario: Scenario, lever: Lever, ledger: Ledger, touched: Any, faults: Faults) -> None:
    """An absolute rate fits the quantity and the amounts that it touches; a cost fits them too."""
    cells = ledger.cells
    names = sorted({str(unit) for unit in set(cells.unit[touched])})
    unit = unit_of(lever, {axis.name: axis for axis in scenario.axes})
    for name in names:
        try:
            if lever.verb == "rate":
                for quantity in lever.select["quantity"]:
                    rate_factor(unit, ledger.catalog.quantities[quantity].unit, name)
            if lever.cost is not None and lever.verb != "add":
                units.factor(lever.cost.unit, f"CNY/({name})")
        except UnitError as error:
            faults.add(say("{where}: {error}", where=told_by(scenario, lever), error=error.message), file=scenario.file)
    if lever.into and not brings_energy(lever):
        what = say("{where}: {activity!r} is no energy carrier", where=told_by(scenario, lever), activity=lever.into[0])
        faults.add(what, file=scenario.file, mend=say("A move keeps useful energy: name a fuel, electricity or heat"))


def _check_cost_of_recipe(scenario: Scenario, lever: Lever, faults: Faults) -> None:
    unit = next(recipe.unit for recipe in scenario.recipes if recipe.name == lever.recipe)
    try:
        if lever.cost is not None:
            units.factor(lever.cost.unit, f"CNY/({unit})")
    except UnitError as error:
        what = say("{where}: {error}", where=told_by(scenario, lever), error=error.message)
        faults.add(what, file=scenario.file)


def _check_moves(
    scenario: Scenario, levers: Sequence[Lever], ledger: Ledger, base: npt.NDArray[np.bool_], faults: Faults
) -> None:
    """The shares of all moves that leave one cell are at most 1 in every scenario and year."""
    import numpy as np

    moves = [lever for lever in levers if lever.verb == "move"]
    if not moves:
        return
    wide = {axis.name for axis in scenario.axes if axis.each}
    for pattern in np.unique(np.stack([touched_cells(ledger, lever) & base for lever in moves], axis=1), axis=0):
        together = [lever for lever, on in zip(moves, pattern, strict=True) if on]
        names = ", ".join(repr(lever.name) for lever in together)
        if len(together) > 1 and any(lever.axis in wide for lever in together):
            faults.add(
                say("moves {names} leave the same cells, and one has a level for each label", names=names),
                file=scenario.file,
                mend=say("Let an axis with each move cells that no other move leaves"),
            )
            continue
        whole = largest_shares(scenario, together)
        if whole > 1 + 1e-12:
            faults.add(
                say("moves {names} together take up to {share:.1%} of the same cells", names=names, share=whole),
                file=scenario.file,
                mend=say("Shares that leave a cell sum to at most 100 %: lower them, or narrow select"),
            )
