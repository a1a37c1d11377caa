"""Multipliers of a sweep: the narrow columns that all cells of a lever share, and the wide ones, one level a label."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..scenario import Axis, Form, Lever, Scenario, series, unit_factor, way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class Column:
    """One multiplier of many cells.

    Attributes
    ----------
    kind : {"one", "times", "out", "share", "rest"}
        ``times``: the lever's own; ``out``: what its moves together leave, 1 - sum of shares; ``share``: what a move or an
        addition brings; ``rest``: the part of a rate that is still the old one.
    levers : tuple of int
        One lever, of ``out`` every move that leaves the cell.
    """

    kind: str
    levers: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Pathways:
    """The levers of a scenario along given years, as functions of their levels."""

    levers: tuple[Lever, ...]
    axes: Mapping[str, Axis]
    forms: tuple[Form, ...]
    left: tuple[npt.NDArray[np.float64], ...]  # of each lever, the part of the way that is still to go, by year
    factors: tuple[float, ...]  # from the unit of the axis to the one in which the level acts

    def level(self, lever: int, drawn: Mapping[str, npt.NDArray[np.float64]]) -> Any:
        """The level of a narrow lever: an array by scenario, or one number."""
        found = self.levers[lever]
        if not found.axis:
            return 0.0  # its form is constant
        return drawn[found.axis][:, 0] * self.factors[lever]

    def series(self, column: Column, drawn: Mapping[str, npt.NDArray[np.float64]]) -> Any:
        """A narrow column: float64 [year], or [scenario, year] where an axis moves it."""
        import numpy as np

        if column.kind == "one":
            return np.ones(len(self.left[0]) if self.left else 1)
        if column.kind == "rest":
            return self.left[column.levers[0]]
        made = [self.forms[i].at(np.asarray(self.level(i, drawn))) for i in column.levers]
        if column.kind != "out":
            return made[0]
        return 1 - sum(made)


def pathways(scenario: Scenario, levers: Sequence[Lever], years: Sequence[int]) -> Pathways:
    """The levers of a scenario along the years."""
    import numpy as np

    at = np.asarray(years, dtype=np.int64)
    axes = {axis.name: axis for axis in scenario.axes}
    factors = tuple(unit_factor(lever, scenario) for lever in levers)
    base, last = scenario.base_year, scenario.years[-1]
    forms = tuple(
        series(lever, None if lever.axis else lever.level, base, at, unit_factor=factor, last=last)
        for lever, factor in zip(levers, factors, strict=True)
    )
    left = tuple(1 - way(lever, base, at, last=last) for lever in levers)
    return Pathways(tuple(levers), axes, forms, left, factors)


@dataclass
class Signatures:
    """Which columns touch a cell, as nodes of a tree: a node is its parent and one column more; node 0 is none."""

    columns: list[Column] = field(default_factory=lambda: [Column("one")])
    parent: list[int] = field(default_factory=lambda: [-1])
    column: list[int] = field(default_factory=lambda: [0])
    _numbers: dict[Column, int] = field(default_factory=dict)
    _nodes: dict[tuple[int, int], int] = field(default_factory=dict)

    def touch(self, nodes: npt.NDArray[np.int64], column: Column) -> npt.NDArray[np.int64]:
        """The nodes of cells that a column touches too."""
        import numpy as np

        if column not in self._numbers:
            self._numbers[column] = len(self.columns)
            self.columns.append(column)
        number = self._numbers[column]
        before, at = np.unique(nodes, return_inverse=True)
        after = np.array([self._child(int(node), number) for node in before], dtype=np.int64)
        return after[at] if len(before) else nodes

    def _child(self, node: int, number: int) -> int:
        key = (node, number)
        if key not in self._nodes:
            self._nodes[key] = len(self.parent)
            self.parent.append(node)
            self.column.append(number)
        return self._nodes[key]


@dataclass
class WideColumns:
    """Columns of axes that have one level for each label: where each starts, and the path that it takes."""

    starts: list[int] = field(default_factory=list)
    parts: list[tuple[int, str]] = field(default_factory=list)  # lever, and "times", "out" or "share"
    size: int = 0

    def start(self, lever: int, kind: str, width: int) -> int:
        """The first column of a lever, added where it is new."""
        if (lever, kind) in self.parts:
            return self.starts[self.parts.index((lever, kind))]
        self.parts.append((lever, kind))
        self.starts.append(self.size)
        self.size += width
        return self.starts[-1]
