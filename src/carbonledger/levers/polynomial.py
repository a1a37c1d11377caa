"""Swept totals as a polynomial: terms with one signature are one, exactly; totals are products times coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..kernels import narrow_totals, signature_products, wide_plan, wide_totals
from .columns import Pathways, Signatures, WideColumns
from .expanded import Expanded, expanded
from .touching import Terms

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DENSE_WORTH = (
    4.0  # a matrix product over all outputs may do so many times the work of one by group, and still be faster
)


@dataclass(frozen=True, eq=False)
class Wide:
    """Signatures sorted by group, each a narrow one times columns of its own."""

    rest: npt.NDArray[np.int64]  # [signature]
    slots: npt.NDArray[np.int64]  # [slot, signature]
    class_start: npt.NDArray[np.int64]  # [group + 1]
    coefficients: npt.NDArray[np.float64]  # [year or 1, quantity, signature]
    path_of: npt.NDArray[np.int64]  # [column]
    power: npt.NDArray[np.int64]  # [path]
    offset: npt.NDArray[np.float64]
    a: npt.NDArray[np.float64]  # [path, year]
    b: npt.NDArray[np.float64]

    def totals(self, levels: Any, narrow: Any, y: int, of: int) -> npt.NDArray[np.float64]:
        """Totals of all years, or of the ``y``-th where each has coefficients of its own."""
        a, b = (self.a, self.b) if len(self.coefficients) == 1 else (self.a[:, [y]].copy(), self.b[:, [y]].copy())
        about = (self.rest, self.slots, self.path_of, self.power, self.offset, a, b, self.class_start)
        plan = self._plan if len(self.coefficients) == 1 else None
        made: npt.NDArray[np.float64] = wide_totals(levels, narrow, *about, self.coefficients[y], plan=plan, in_all=of)
        return made

    @cached_property
    def _plan(self) -> Any:
        about = (self.rest, self.slots, self.path_of, self.power, self.offset, self.a, self.b, self.class_start)
        return wide_plan(*about, self.coefficients[0])


@dataclass(frozen=True, eq=False)
class Polynomial:
    """Totals [scenario, year, group, quantity] of levels.

    Attributes
    ----------
    dense : float64 [year or 1, signature, group x quantity], or None where signatures are few per group
    expanded : the same in levels, where every multiplier is affine in them
    """

    pathways: Pathways
    columns: tuple[Any, ...]
    parent: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    n_years: int
    shape: tuple[int, int]  # groups, quantities
    wide_parts: tuple[tuple[int, str], ...]
    dense: npt.NDArray[np.float64] | None
    wide: Wide | None
    expanded: Expanded | None = None

    @property
    def n_signatures(self) -> int:
        return len(self.parent) if self.wide is None else len(self.wide.rest)

    @property
    def varies(self) -> bool:
        """Whether any total depends on the scenario."""
        axes = [self.pathways.levers[i].axis for column in self.columns for i in column.levers]
        return any(axes) or bool(self.wide_parts)

    def bytes_per_scenario(self) -> int:
        """What one scenario of a block takes while it is computed."""
        narrow = 8 * self.n_years * (len(self.columns) + len(self.parent) + self.shape[0] * self.shape[1])
        return narrow + (8 * len(self.wide.path_of) if self.wide is not None else 0)

    def totals(self, drawn: Mapping[str, npt.NDArray[np.float64]], n: int, of: int = 0) -> npt.NDArray[np.float64]:
        """Totals float64 [scenario, year, group, quantity] of a block of ``n`` scenarios ``of`` so many in all."""
        import numpy as np

        if self.expanded is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                return self.expanded.totals(self.pathways, drawn, n).reshape(n, self.n_years, *self.shape)
        series = np.empty((len(self.columns), n, self.n_years)).transpose(1, 2, 0)  # as matrix products like it
        for c, column in enumerate(self.columns):
            series[:, :, c] = self.pathways.series(column, drawn)
        dense, wide = self.dense, self.wide
        with np.errstate(over="ignore", invalid="ignore"):  # what leaves the range of numbers is undefined, and said so
            if dense is not None:
                made = self._by_year(series, lambda y, part: narrow_totals(part, self.parent, self.column, dense[y]))
            elif wide is not None:
                narrow, levels = signature_products(series, self.parent, self.column), self._levels(drawn, n)
                made = self._by_year(narrow, lambda y, part: wide.totals(levels, part, y, of))
        return made.reshape(n, self.n_years, *self.shape)

    def _by_year(self, series: npt.NDArray[np.float64], totals_of: Any) -> npt.NDArray[np.float64]:
        """All years at once where their coefficients are the same, else year by year."""
        import numpy as np

        found = self.dense if self.dense is not None else self.wide.coefficients if self.wide is not None else None
        if found is None or len(found) == 1:
            whole: npt.NDArray[np.float64] = totals_of(0, series)
            return whole
        years = [totals_of(y, np.ascontiguousarray(series[:, y : y + 1])) for y in range(self.n_years)]
        return np.concatenate(years, axis=1)

    def _levels(self, drawn: Mapping[str, npt.NDArray[np.float64]], n: int) -> npt.NDArray[np.float64]:
        import numpy as np

        if not self.wide_parts:
            return np.zeros((n, 0))
        levers, factors = self.pathways.levers, self.pathways.factors
        return np.concatenate([drawn[levers[i].axis] * factors[i] for i, _ in self.wide_parts], axis=1)


def polynomial(
    by_year: Sequence[tuple[Terms, npt.NDArray[np.int64]]],
    pathways: Pathways,
    signatures: Signatures,
    wide: WideColumns,
    shape: tuple[int, int],
    n_years: int,
    *,
    collapse: bool = True,
) -> Polynomial:
    """Gather the terms of every year (or of one that stands for all), each with the group of its terms (-1: none).

    ``collapse=False`` keeps every term a signature of its own: the same totals, the long way.
    """
    import numpy as np

    parent, column = (np.array(c, dtype=np.int64) for c in (signatures.parent, signatures.column))
    about = (pathways, tuple(signatures.columns), parent, column, n_years, shape, tuple(wide.parts))
    if collapse and not wide.parts:
        size = len(parent) * shape[0]
        there = [
            np.bincount((terms.node * shape[0] + group)[group >= 0], minlength=size) > 0 for terms, group in by_year
        ]
        if size * len(there) <= DENSE_WORTH * max(sum(int(pairs.sum()) for pairs in there), 1):
            dense = _dense(by_year, len(parent), shape)
            in_levels = expanded(pathways, signatures.columns, parent, column, dense, n_years)
            return Polynomial(*about, dense, None, in_levels)
    return Polynomial(*about, None, _wide(by_year, pathways, wide, shape, n_years, collapse))


def _dense(by_year: Sequence[tuple[Terms, Any]], n_nodes: int, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    import numpy as np

    made = np.empty((len(by_year), n_nodes, shape[0] * shape[1]))
    for y, (terms, group) in enumerate(by_year):
        inside = group >= 0
        at = (terms.node * shape[0] + group) * shape[1] + terms.quantity
        size = n_nodes * shape[0] * shape[1]
        sums = np.bincount(at[inside], weights=terms.amount[inside], minlength=size)
        made[y] = sums.reshape(n_nodes, -1)
    return made


def _wide(
    by_year: Sequence[tuple[Terms, Any]],
    pathways: Pathways,
    wide: WideColumns,
    shape: tuple[int, int],
    n_years: int,
    collapse: bool,
) -> Wide:
    """Signatures by group: distinct (group, narrow signature, wide columns) over all years."""
    import numpy as np

    keys = [_keys(terms, group, collapse) for terms, group in by_year]
    width = max(key.shape[1] for key in keys)
    padded = [np.pad(key, ((0, 0), (0, width - key.shape[1])), constant_values=-1) for key in keys]
    found, at = np.unique(np.concatenate(padded), axis=0, return_inverse=True)
    coefficients = np.zeros((len(by_year), shape[1], len(found)))
    start = 0
    for y, (terms, group) in enumerate(by_year):
        inside = group >= 0
        here = at[start : start + int(inside.sum())]
        np.add.at(coefficients[y], (terms.quantity[inside], here), terms.amount[inside])
        start += len(here)
    return Wide(
        found[:, 1].copy(),
        np.ascontiguousarray(found[:, 3:].T),
        np.searchsorted(found[:, 0], np.arange(shape[0] + 1)).astype(np.int64),
        coefficients,
        *_paths(pathways, wide, n_years),
    )


def _keys(terms: Terms, group: npt.NDArray[np.int64], collapse: bool) -> npt.NDArray[np.int64]:
    """Group, narrow signature, a number of its own for terms that shall not collapse, and wide columns of each term."""
    import numpy as np

    inside = np.flatnonzero(group >= 0)
    slots = np.stack(terms.wide, axis=1)[inside] if terms.wide else np.full((len(inside), 0), -1)
    slots = -np.sort(-slots, axis=1)  # those there are come first
    used = int((slots >= 0).sum(axis=1).max(initial=0))
    own = np.zeros(len(inside), dtype=np.int64) if collapse else np.arange(len(inside))
    return np.column_stack([group[inside], terms.node[inside], own, slots[:, :used]]).astype(np.int64)


def _paths(pathways: Pathways, wide: WideColumns, n_years: int) -> tuple[Any, ...]:
    """The path of each wide column, and the form of each path."""
    import numpy as np

    path_of = np.repeat(np.arange(len(wide.parts)), np.diff([*wide.starts, wide.size]))
    forms = [(pathways.forms[i], kind) for i, kind in wide.parts]
    a = np.array([1 - form.a if kind == "out" else form.a for form, kind in forms]).reshape(len(forms), n_years)
    b = np.array([-form.b if kind == "out" else form.b for form, kind in forms]).reshape(len(forms), n_years)
    power = np.array([form.power for form, _ in forms], dtype=np.int64)
    offset = np.array([form.offset for form, _ in forms], dtype=np.float64)
    return path_of.astype(np.int64), power, offset, a, b
