"""Inventories and levels of their scenarios, as every way of the sweep comparisons is given them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ENTERPRISES, DISTRICTS, SECTORS, CARRIERS, QUANTITIES, YEARS = 4_141, 12, 31, 20, 5, 16


@dataclass(frozen=True, eq=False)
class Swept:
    """An inventory and the levels of its scenarios; cells are sorted by district, then by enterprise.

    Attributes
    ----------
    kind : {"own", "growth", "enterprise", "sector"}
        Whose the levels are: of every cell, as a multiplier or as a yearly growth; of every enterprise; of every sector.
    value : float64 [quantity, cell]
    start : int64 [district + 1]
    enterprise, sector : int64 [cell]
    way : float64 [year]
        How far a linear path is; for ``growth`` the years since the base year.
    levels : float64 [scenario, level]
    """

    kind: str
    value: np.ndarray
    start: np.ndarray
    enterprise: np.ndarray
    sector: np.ndarray
    way: np.ndarray
    levels: np.ndarray

    @property
    def group(self) -> np.ndarray:
        """The level of each cell."""
        import numpy as np

        own = np.arange(self.value.shape[1])
        return {"enterprise": self.enterprise, "sector": self.sector}.get(self.kind, own)

    @property
    def terms(self) -> int:
        """How many products there are to add: scenarios x years x cells x quantities."""
        return len(self.levels) * len(self.way) * self.value.size

    @cached_property
    def cells(self) -> Swept:
        """The same, with one cell for all cells of a district that share a level."""
        return collapsed(self)

    def part(self, scenarios: int) -> Swept:
        """The first scenarios alone, for ways that would take minutes."""
        return replace(self, levels=self.levels[:scenarios])


def swept(kind: str, scenarios: int, enterprises: int = ENTERPRISES, seed: int = 20261123) -> Swept:
    """An inventory of so many enterprises, and levels around 1 (around 2 % for growth)."""
    import numpy as np

    draw = np.random.default_rng(seed)
    district = np.sort(np.append(np.arange(DISTRICTS), draw.integers(0, DISTRICTS, enterprises - DISTRICTS)))
    enterprise = np.repeat(np.arange(enterprises), CARRIERS)
    sector = draw.integers(0, SECTORS, enterprises)[enterprise]
    value = draw.lognormal(5, 2, (QUANTITIES, len(enterprise)))
    start = CARRIERS * np.searchsorted(district, np.arange(DISTRICTS + 1))
    levels = {"own": len(enterprise), "growth": len(enterprise), "enterprise": enterprises, "sector": SECTORS}[kind]
    years = np.clip(np.arange(YEARS) - 5, 0, None)  # six years of history, ten ahead
    if kind == "growth":
        return Swept(kind, value, start, enterprise, sector, years * 1.0, draw.normal(0.02, 0.02, (scenarios, levels)))
    way = years / years.max()
    return Swept(kind, value, start, enterprise, sector, way, draw.uniform(0.5, 1.5, (scenarios, levels)))


def collapsed(inputs: Swept) -> Swept:
    """Cells of one district with one level are one cell."""
    import numpy as np

    district = np.repeat(np.arange(len(inputs.start) - 1), np.diff(inputs.start))
    n_levels = inputs.levels.shape[1]
    found, at = np.unique(district * n_levels + inputs.group, return_inverse=True)
    value = np.stack([np.bincount(at, weights=row, minlength=len(found)) for row in inputs.value])
    start = np.searchsorted(found, np.arange(len(inputs.start)) * n_levels)
    group = found % n_levels
    return replace(inputs, value=value, start=start, enterprise=group, sector=group)


def same_swept(found: np.ndarray, wanted: np.ndarray) -> None:
    """Equal within 1e-12 of the sum of the terms' absolute values; all terms are positive, so that is the total."""
    import numpy as np

    assert found.shape == wanted.shape and (wanted > 0).all()
    far = np.abs(found - wanted) / wanted
    assert (far <= 1e-12).all(), f"totals differ by {np.nanmax(far):.3g} of the sum of terms"  # NaN is not near either
