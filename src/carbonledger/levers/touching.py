"""Which levers touch which value cell, quantity by quantity: signatures of narrow columns, and slots of wide ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import units
from ..ledger import Ledger
from ..scenario import Axis, Lever, Recipe, unit_of
from .acting import changes_amounts, changes_rates, each_label, rate_factor, rates_for
from .columns import Column, Signatures, WideColumns
from .values import Values

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Terms:
    """Contributions of one year: of value cells to quantities, each with what multiplies it.

    Attributes
    ----------
    value : int64 [term]
        The value cell (its group is the cell's).
    quantity : int64 [term]
        The output it goes to; costs come after the posted quantities.
    amount : float64 [term]
        Contribution where all multipliers are 1.
    node : int64 [term]
        Signature of narrow columns.
    wide : tuple of int64 [term]
        Wide columns, -1 where there is none.
    """

    value: npt.NDArray[np.int64]
    quantity: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]
    node: npt.NDArray[np.int64]
    wide: tuple[npt.NDArray[np.int64], ...]


@dataclass(frozen=True, eq=False)
class _Touched:
    """The narrow signature and the wide columns of some cells."""

    node: npt.NDArray[np.int64]
    wide: dict[tuple[int, str], npt.NDArray[np.int64]]

    def at(self, index: Any) -> _Touched:
        return _Touched(self.node[index], {part: slots[index] for part, slots in self.wide.items()})


@dataclass(frozen=True, eq=False)
class Toucher:
    """Levers at work on the values of one year of a ledger."""

    ledger: Ledger
    values: Values
    levers: Sequence[Lever]
    axes: Mapping[str, Axis]
    recipes: Mapping[str, Recipe]
    labels: Mapping[str, Mapping[tuple[str, ...], int]]  # of each wide axis, the column of each label
    signatures: Signatures
    wide: WideColumns
    masks: Sequence[npt.NDArray[np.bool_]]  # of each lever, the cells of the ledger that its selector finds
    active: Sequence[bool]

    def amounts(self, without: int = -1) -> _Touched:
        """Signatures by value of everything that multiplies amounts; ``without`` leaves one lever out."""
        import numpy as np

        values, found = self.values, _Touched(np.zeros(len(self.values), dtype=np.int64), {})
        for i, lever in enumerate(self.levers):
            if i != without and self.active[i] and changes_amounts(lever):
                found = self._with(found, i, "times", self.touches(i))
        shadow = np.flatnonzero(~values.posted)
        source = values.source[shadow]
        inherited = found.at(np.maximum(source, 0))
        found.node[shadow] = np.where(source >= 0, inherited.node, 0)
        for part, slots in inherited.wide.items():
            found.wide[part][shadow] = np.where(source >= 0, slots, -1)
        for i in np.unique(values.lever[shadow]):
            found = self._with(found, int(i), "share", values.lever == i)
        return self._moved_out(found, without)

    def _moved_out(self, found: _Touched, without: int) -> _Touched:
        """All moves that leave a cell form one multiplier, 1 - sum of shares."""
        import numpy as np

        moves = [
            i
            for i, lever in enumerate(self.levers)
            if lever.verb == "move" and self.active[i] and i != without and not self._is_wide(lever)
        ]
        if moves:
            touched = np.stack([self.touches(i) for i in moves], axis=1)
            for pattern in np.unique(touched, axis=0):
                if pattern.any():
                    column = Column("out", tuple(i for i, on in zip(moves, pattern, strict=True) if on))
                    at = np.flatnonzero((touched == pattern).all(axis=1))
                    found.node[at] = self.signatures.touch(found.node[at], column)
        for i, lever in enumerate(self.levers):
            if lever.verb == "move" and self.active[i] and i != without and self._is_wide(lever):
                found = self._with(found, i, "out", self.touches(i))
        return found

    def touches(self, i: int) -> npt.NDArray[np.bool_]:
        """The values of the inventory that a lever's selector finds."""
        found: npt.NDArray[np.bool_] = self.masks[i][self.values.cell] & self.values.posted
        return found

    def _is_wide(self, lever: Lever) -> bool:
        return bool(lever.axis and self.axes[lever.axis].each)

    def _with(self, found: _Touched, i: int, kind: str, mask: npt.NDArray[np.bool_], value: Any = None) -> _Touched:
        """With one lever more where ``mask`` holds; ``value`` says which value each line is, where lines are not values."""
        import numpy as np

        at = np.flatnonzero(mask)
        lever = self.levers[i]
        if not self._is_wide(lever):
            found.node[at] = self.signatures.touch(found.node[at], Column(kind, (i,)))
            return found
        columns = self.labels[lever.axis]
        start = self.wide.start(i, kind, len(columns))
        slots = found.wide.setdefault((i, kind), np.full(len(found.node), -1, dtype=np.int64))
        own = at if value is None else value[at]
        source = self.values.source[own]
        # of amounts a shadow has the level of its source, of rates that of its own labels
        whose = np.where((source >= 0) & (value is None), source, own)
        slots[at] = start + self._column_of(lever.axis, self.values.cell[whose])
        return found

    def _column_of(self, axis: str, cell: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The column of cells along a wide axis."""
        import numpy as np

        keys = each_label(self.ledger, self.axes[axis], cell)
        columns = self.labels[axis]
        return np.array([columns[key] for key in keys], dtype=np.int64)

    def terms(self, shares: npt.NDArray[np.float64]) -> Terms:
        """Every contribution of the year; ``shares`` [quantity, cell] is what the boundary counts of each cell."""
        import numpy as np

        ledger, values = self.ledger, self.values
        touched, parts = self.amounts(), []
        key = ledger.cells.key[values.cell]
        rates = np.nan_to_num(ledger.rates)[key]
        for q, name in enumerate(ledger.quantities):
            counted = np.flatnonzero((rates[:, q] != 0) & (shares[q, values.cell] != 0))
            amount = (values.amount * rates[:, q] * shares[q, values.cell])[counted]
            parts += self._of_quantity(q, name, counted, amount, touched.at(counted), shares[q])
        for i, lever in enumerate(self.levers):
            if lever.cost is not None and self.active[i]:
                parts += self._costs(i, lever, touched)
        return _joined(parts)

    def _of_quantity(
        self, q: int, name: str, value: Any, amount: Any, touched: _Touched, shares: npt.NDArray[np.float64]
    ) -> list[Any]:
        """Terms of one quantity: those that a rate lever replaces are two, the old rate's rest and the new one's share."""
        import numpy as np

        found, extra = _Touched(touched.node.copy(), {p: s.copy() for p, s in touched.wide.items()}), []
        relative = [i for i, lever in enumerate(self.levers) if self.active[i] and changes_rates(lever)]
        for i in relative:
            if not self.levers[i].component:
                found = self._with(found, i, "times", self.on_rates(i, q, name)[value], value)
        for i, lever in enumerate(self.levers):
            if not (self.active[i] and lever.verb == "rate" and name in lever.select["quantity"]):
                continue
            replaced = self.on_rates(i, q, name)[value]
            new = self._with(found.at(replaced), i, "share", np.ones(int(replaced.sum()), bool), value[replaced])
            new_amount = self._at_unit_rate(lever, q, value[replaced]) * shares[self.values.cell[value[replaced]]]
            extra.append((value[replaced], q, new_amount, new))
            found.node[replaced] = self.signatures.touch(found.node[replaced], Column("rest", (i,)))
        for i in relative:  # a rate that replaces another is not made of the other's components
            if self.levers[i].component:
                found = self._with(found, i, "times", self.on_rates(i, q, name)[value], value)
        return [(value, q, amount, found), *extra]

    def on_rates(self, i: int, q: int, name: str) -> npt.NDArray[np.bool_]:
        """The values, shadows too, whose rate of a quantity a lever changes."""
        values = self.values
        key = self.ledger.cells.key[values.cell]
        found: npt.NDArray[np.bool_] = self.masks[i][values.cell] & rates_for(self.ledger, self.levers[i], q, name)[key]
        return found

    def _at_unit_rate(self, lever: Lever, q: int, value: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """What values contribute at a rate of one in the unit of the lever."""
        import numpy as np

        cells, cell = self.ledger.cells, self.values.cell[value]
        quantity = self.ledger.catalog.quantities[self.ledger.quantities[q]]
        unit = unit_of(lever, dict(self.axes))
        used = cells.unit[cell]
        factors = {name: rate_factor(unit, quantity.unit, name) for name in set(used)}
        sign = np.sign(self.ledger.rates[cells.key[cell], q])
        each = np.array([factors[name] for name in used], dtype=np.float64)
        found: npt.NDArray[np.float64] = self.values.amount[value] * sign * each
        return found

    def _costs(self, i: int, lever: Lever, touched: _Touched) -> list[Any]:
        """What a lever costs: per unit moved, added, or saved; the output after the posted quantities."""
        import numpy as np

        q, values, cells = len(self.ledger.quantities), self.values, self.ledger.cells
        assert lever.cost is not None
        if lever.verb == "scale":  # what is saved: the amount without the lever less the amount with it
            at = np.flatnonzero(self.touches(i) & ~cells.of_which[values.cell])
            amount = values.amount[at] * self._price(lever, cells.unit[values.cell[at]])
            return [(at, q, amount, self.amounts(without=i).at(at)), (at, q, -amount, touched.at(at))]
        at = np.flatnonzero(values.lever == i)
        if lever.verb == "add":
            at = at[:1]  # once a recipe, not once a row of it
            unit = self.recipes[lever.recipe].unit
            price = lever.cost.amount * units.factor(lever.cost.unit, f"CNY/({unit})")
            return [(at, q, np.full(len(at), price), touched.at(at))]
        source = values.source[at]
        moved = values.amount[source] * self._price(lever, cells.unit[values.cell[source]])
        return [(at, q, moved, touched.at(at))]

    def _price(self, lever: Lever, unit: Any) -> npt.NDArray[np.float64]:
        """CNY per canonical unit of each cell."""
        import numpy as np

        assert lever.cost is not None
        prices = {name: lever.cost.amount * units.factor(lever.cost.unit, f"CNY/({name})") for name in set(unit)}
        return np.array([prices[name] for name in unit], dtype=np.float64)


def _joined(parts: list[Any]) -> Terms:
    import numpy as np

    slots = list(dict.fromkeys(part for *_, touched in parts for part in touched.wide))
    lengths = [len(value) for value, *_ in parts]

    def column(part: tuple[int, str]) -> npt.NDArray[np.int64]:
        rows = [touched.wide.get(part, np.full(len(touched.node), -1, dtype=np.int64)) for *_, touched in parts]
        return np.concatenate(rows)

    return Terms(
        np.concatenate([value for value, *_ in parts]),
        np.repeat([q for _, q, *_ in parts], lengths),
        np.concatenate([amount for *_, amount, _ in parts]),
        np.concatenate([touched.node for *_, touched in parts]),
        tuple(column(part) for part in slots),
    )


def joined_terms(parts: Sequence[Terms]) -> Terms:
    """The terms of several years one after the other."""
    import numpy as np

    width = max(len(terms.wide) for terms in parts)
    blank = [np.full(len(terms.node), -1, dtype=np.int64) for terms in parts]
    slots = [[*terms.wide, *[none] * (width - len(terms.wide))] for terms, none in zip(parts, blank, strict=True)]
    return Terms(
        np.concatenate([terms.value for terms in parts]),
        np.concatenate([terms.quantity for terms in parts]),
        np.concatenate([terms.amount for terms in parts]),
        np.concatenate([terms.node for terms in parts]),
        tuple(np.concatenate(columns) for columns in zip(*slots, strict=True)),
    )
