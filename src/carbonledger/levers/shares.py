"""How large the shares of moves can be in any scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..scenario import Lever, Scenario, highest, series, unit_factor

if TYPE_CHECKING:
    from ..scenario import Axis


def largest_shares(scenario: Scenario, moves: Sequence[Lever]) -> float:
    """The largest sum of the shares of moves in any scenario and year: named ones as they stand, other axes at their most."""
    import numpy as np

    axes = {axis.name: axis for axis in scenario.axes}
    named = scenario.named or (("", "", {}),)
    base, last = scenario.base_year, scenario.years[-1]
    years, most = np.array(scenario.years), 0.0
    for *_, levels in named:
        shares = np.zeros(len(years))
        for lever in moves:
            factor = unit_factor(lever, scenario)
            form = series(lever, None if lever.axis else lever.level, base, years, unit_factor=factor, last=last)
            level = levels.get(lever.axis, _most(axes[lever.axis])) * factor if lever.axis else 0.0
            shares += form.at(np.asarray(level))
        most = max(most, float(shares.max()))
    return most


def _most(axis: Axis) -> float:
    """The largest level that an axis takes, or nearly ever takes."""
    if axis.levels:
        return max(axis.levels)
    return highest(axis.distribution) if axis.distribution is not None else 0.0
