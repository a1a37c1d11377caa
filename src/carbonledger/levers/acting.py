"""What a lever acts on: the cells that its selector finds and that count, and the rates that it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import units
from ..factors import Grade
from ..ledger import Ledger
from ..scenario import Axis, Lever
from .values import ENERGY, SHADOW, has_entry, labels_at, selected

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def changes_amounts(lever: Lever) -> bool:
    """Whether a lever multiplies amounts, and so every quantity, rather than the rates of some."""
    return lever.verb in {"scale", "grow"} and not lever.component and "quantity" not in lever.select


def changes_rates(lever: Lever) -> bool:
    """Whether a lever multiplies the rates of some quantities."""
    return lever.verb in {"scale", "grow"} and not changes_amounts(lever)


def rates_for(ledger: Ledger, lever: Lever, q: int, quantity: str) -> npt.NDArray[np.bool_]:
    """By key of a ledger: whether a lever changes the rate of a quantity; own rates stay unless it says ``own``."""
    import numpy as np

    counts: npt.NDArray[np.bool_] = np.nan_to_num(ledger.rates[:, q]) != 0
    if lever.component:
        return counts & rates_with(ledger, quantity, lambda rate: lever.component in _parts(rate))
    if quantity not in lever.select.get("quantity", ()):
        return np.zeros(len(counts), dtype=bool)
    if lever.verb == "rate" and not lever.own:
        counts = counts & ~rates_with(ledger, quantity, lambda rate: rate.grade == Grade.OWN)
    return counts


def rates_with(ledger: Ledger, quantity: str, test: Any) -> npt.NDArray[np.bool_]:
    """By key of a ledger: whether the rate of a quantity passes a test."""
    import numpy as np

    found = np.zeros(len(ledger.rates), dtype=bool)
    for (key, name), rate in ledger.how.items():
        if name == quantity and rate is not None and test(rate):
            found[key] = True
    return found


def _parts(rate: Any) -> set[str]:
    return {name for name, *_ in rate.components}


def rate_factor(unit: str, quantity_unit: str, amount_unit: str) -> float:
    """From the unit of an absolute rate to the quantity's unit per canonical unit of the amount."""
    return units.factor(unit, f"({quantity_unit})/({amount_unit})")


def each_label(ledger: Ledger, axis: Axis, cell: npt.NDArray[np.int64]) -> list[tuple[str, ...]]:
    """The labels of cells along an axis that has one level for each of them."""
    columns = [labels_at(ledger, key)[cell] for key in axis.each]
    return list(zip(*(map(str, column) for column in columns), strict=True))


def touched_cells(ledger: Ledger, lever: Lever) -> npt.NDArray[np.bool_]:
    """The cells that a lever acts on: of those its selector finds, the ones that count where it acts."""
    import numpy as np

    found, key = selected(ledger, lever.select), ledger.cells.key
    posted = found & ~has_entry(ledger, SHADOW)
    if lever.verb == "add":
        return np.zeros(len(found), dtype=bool)
    if lever.verb == "move":
        energy = np.nan_to_num(ledger.rates[:, ledger.quantities.index(ENERGY)])
        return np.asarray(posted & (energy != 0)[key])
    if changes_amounts(lever):
        return np.asarray(posted & (np.nan_to_num(ledger.rates) != 0).any(axis=1)[key])
    changed = np.zeros(len(ledger.rates), dtype=bool)
    for q, name in enumerate(ledger.quantities):
        changed |= rates_for(ledger, lever, q, name)
    return found & changed[key]


def masks_of(ledger: Ledger, levers: Sequence[Lever]) -> list[npt.NDArray[np.bool_]]:
    """Of each lever, the cells that it acts on."""
    return [touched_cells(ledger, lever) for lever in levers]
