"""The value cells of a sweep: what a year's entries contribute, and what selectors of levers find in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..ledger import LEVELS, Ledger, labels_of, within_sector
from ..tables import as_coded, coded

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SHADOW = "shadow"
ENERGY = "energy"  # the quantity, calorific, by which useful energy is kept equal


@dataclass(frozen=True, eq=False)
class Values:
    """One array each, by value cell of one year.

    Attributes
    ----------
    cell : int64
        The ledger's cell whose rates and whose group it has.
    amount : float64
        Canonical amount; of a shadow the amount at a share of one, with its sign.
    source : int64
        The value cell whose amount levers a shadow inherits, -1 for others.
    lever : int64
        The lever whose share or amount multiplies a shadow, -1 for others.
    """

    cell: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]
    source: npt.NDArray[np.int64]
    lever: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.cell)

    @property
    def posted(self) -> npt.NDArray[np.bool_]:
        """Those that the inventory holds: no shadows."""
        return self.lever < 0


@dataclass(frozen=True)
class Shadow:
    """What a lever puts beside the inventory: the posted row that gives rates and group, and what multiplies them."""

    row: int
    amount: float
    source: int
    lever: int


def values_of(ledger: Ledger, year: int, shadows: tuple[Shadow, ...] = ()) -> Values:
    """The value cells of a year of a ledger, and the shadows beside them."""
    import numpy as np

    plain = np.flatnonzero((ledger.cells.year == year) & ~has_entry(ledger, SHADOW))
    rows = np.array([shadow.row for shadow in shadows], dtype=np.int64)
    none = np.full(len(plain), -1)
    return Values(
        np.concatenate([plain, ledger.cells.of_rows[rows] if len(rows) else rows]),
        np.concatenate([ledger.cells.amount[plain], [shadow.amount for shadow in shadows]]),
        np.concatenate([none, np.array([shadow.source for shadow in shadows], dtype=np.int64)]),
        np.concatenate([none, np.array([shadow.lever for shadow in shadows], dtype=np.int64)]),
    )


def has_entry(ledger: Ledger, entry: str) -> npt.NDArray[np.bool_]:
    """Cells of one kind of entry."""
    import numpy as np

    column = ledger.cells.entry
    found: npt.NDArray[np.bool_] = np.array([*(label == entry for label in column.categories), False])[column.codes]
    return found


def labels_at(ledger: Ledger, key: str) -> Any:
    """What the cells of a ledger carry under one key of a selector, as a coded column."""
    if key in LEVELS:
        above = as_coded(ledger.places.at_level(key))
        return coded(above.codes[ledger.cells.place], above.categories)
    return labels_of(ledger, key)


def selected(ledger: Ledger, select: Mapping[str, tuple[str, ...]]) -> npt.NDArray[np.bool_]:
    """Cells that carry one of the labels under every key of a selector (its ``quantity`` is looked at elsewhere).

    No lever touches eliminations: what is bought and sold inside cancels, and a total stays direct + (purchased - sold)
    whatever happens to either side.
    """
    import numpy as np

    found = ~has_entry(ledger, "elimination")
    for key, wanted in select.items():
        if key == "quantity":
            continue
        column = labels_at(ledger, key)
        chosen = [any(matches(key, str(label), want) for want in wanted) for label in column.categories]
        found &= np.array([*chosen, False])[column.codes]
    return found


def matches(key: str, label: str, wanted: str) -> bool:
    """Whether a cell's label is the one wanted; a sector holds those below it (``C31`` holds ``3130``)."""
    if key == "sector":
        return bool(label) and within_sector(label, wanted)
    return label == wanted
