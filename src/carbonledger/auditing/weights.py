"""How much of each quantity rests on what: absolute contributions of keys, by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..ledger import Ledger
from .findings import Share

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Weights:
    """Absolute contributions of a ledger, all entities together.

    Attributes
    ----------
    years : list of int
    year : int array [key]
        Position of each key's year in ``years``; a key has one year.
    first : int array [key]
        The first cell of each key.
    rates : float64 array [key, quantity]
        Absolute rates, 0 in a gap.
    value : float64 array [key, quantity]
        Sum of absolute amounts of cells x absolute rate [unit of the quantity].
    whole : float64 array [year, quantity]
    """

    ledger: Ledger
    years: list[int]
    year: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    rates: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    whole: npt.NDArray[np.float64]

    def of_amounts(self, amount: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Contributions [year, quantity] of an absolute amount [canonical unit] by key."""
        return self.by_year(amount[:, None] * self.rates)

    def of_cells(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """Contributions [year, quantity] of some cells."""
        import numpy as np

        cells = self.ledger.cells
        amount = np.bincount(cells.key[chosen], weights=np.abs(cells.amount[chosen]), minlength=len(self.rates))
        return self.of_amounts(amount)

    def by_year(self, value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sum what keys hold over each year."""
        import numpy as np

        found = np.zeros((len(self.years), value.shape[1]))
        np.add.at(found, self.year, value)
        return found


def weights_of(ledger: Ledger) -> Weights:
    """Absolute contributions of every key of a ledger."""
    import numpy as np

    cells, n_keys = ledger.cells, len(ledger.rates)
    years = np.unique(cells.year).tolist()
    first = np.zeros(n_keys, dtype=np.int64)
    keys, at = np.unique(cells.key, return_index=True)
    first[keys] = at
    year = np.searchsorted(years, cells.year[first]) if len(cells) else np.zeros(0, dtype=np.int64)
    amount = np.bincount(cells.key, weights=np.abs(cells.amount), minlength=n_keys)
    rates = np.abs(np.nan_to_num(ledger.rates)) * ledger.counted
    value = amount[:, None] * rates
    made = Weights(ledger, years, year.astype(np.int64), first, rates, value, np.zeros((0, 0)))
    return Weights(ledger, years, made.year, first, rates, value, made.by_year(value))


def as_shares(weights: Weights, by: str, parts: dict[str, npt.NDArray[np.float64]]) -> list[Share]:
    """Parts [year, quantity] by label as shares of what the parts sum to; nothing where that is nothing."""
    whole: Any = sum(parts.values())
    made = []
    for j, quantity in enumerate(weights.ledger.quantities):
        for i, year in enumerate(weights.years):
            for label, part in parts.items():
                if part[i, j] > 0:
                    value = float(part[i, j])
                    made.append(Share(by, label, quantity, year, value / float(whole[i, j]), value))
    return made
