"""Scenario sweeps as a good user of NumPy, xarray, pandas or pint would write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prepared_sweep import QUANTITIES, SECTORS, Swept
from ways_sweep import sector_coefficients

if TYPE_CHECKING:
    import numpy as np

BLOCK = 200_000_000  # bytes of multipliers that a way without a kernel of its own holds at a time


def columns_of(levels: np.ndarray, way: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Multipliers [scenario, year, sector] in ``room`` [sector, scenario, year]."""
    import numpy as np

    made = np.multiply(np.ascontiguousarray(levels.T)[:, :, None], way, out=room[:, : len(levels)])
    made += 1 - way
    return made.transpose(1, 2, 0)


def _multipliers(levels: np.ndarray, inputs: Swept) -> np.ndarray:
    """float64 [scenario, year, cell]."""
    of_cell = levels[:, None, inputs.group]
    if inputs.kind == "growth":
        return (1 + of_cell) ** inputs.way[:, None]
    return 1 + (of_cell - 1) * inputs.way[:, None]


def _by_blocks(inputs: Swept, totals_of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Totals of so many scenarios at a time that their multipliers fit."""
    import numpy as np

    step = max(1, BLOCK // (8 * len(inputs.way) * inputs.value.shape[1]))
    return np.concatenate([totals_of(inputs.levels[i : i + step]) for i in range(0, len(inputs.levels), step)])


def numpy_einsum(inputs: Swept) -> np.ndarray:
    """One einsum a district."""
    import numpy as np

    def totals_of(levels: np.ndarray) -> np.ndarray:
        m = _multipliers(levels, inputs)
        cuts = [slice(*inputs.start[d : d + 2]) for d in range(len(inputs.start) - 1)]
        made = [np.einsum("syg,qg->syq", m[:, :, of], inputs.value[:, of], optimize=True) for of in cuts]
        return np.concatenate(made, axis=2)

    return _by_blocks(inputs, totals_of)


def loop_of_blas(inputs: Swept) -> np.ndarray:
    """One matrix product a district."""
    import numpy as np

    def totals_of(levels: np.ndarray) -> np.ndarray:
        m = _multipliers(levels, inputs)
        cuts = [slice(*inputs.start[d : d + 2]) for d in range(len(inputs.start) - 1)]
        return np.concatenate([m[:, :, of] @ inputs.value[:, of].T for of in cuts], axis=2)

    return _by_blocks(inputs, totals_of)


def bare_blas(inputs: Swept) -> Callable[[], np.ndarray]:
    """The matrix product of ready multipliers with collapsed coefficients, and nothing else."""
    import numpy as np

    room = np.empty((SECTORS, len(inputs.levels), len(inputs.way)))
    rows = np.ascontiguousarray(columns_of(inputs.levels, inputs.way, room)).reshape(-1, SECTORS)
    coefficients = sector_coefficients(inputs)
    return lambda: (rows @ coefficients).reshape(len(inputs.levels), len(inputs.way), -1)


def xarray_dot(inputs: Swept) -> np.ndarray:
    """Labelled arrays, multiplied and summed district by district."""
    import numpy as np
    import xarray as xr

    district = np.repeat(np.arange(len(inputs.start) - 1), np.diff(inputs.start))
    value = xr.DataArray(inputs.value, dims=("quantity", "cell"), coords={"district": ("cell", district)})
    way = xr.DataArray(inputs.way, dims="year")

    def totals_of(levels: np.ndarray) -> np.ndarray:
        level = xr.DataArray(levels, dims=("scenario", "level")).isel(level=("cell", inputs.group))
        m = (1 + level) ** way if inputs.kind == "growth" else 1 + (level - 1) * way
        parts = [
            xr.dot(
                m.isel(cell=slice(*inputs.start[d : d + 2])),
                value.isel(cell=slice(*inputs.start[d : d + 2])),
                dim="cell",
            )
            for d in range(len(inputs.start) - 1)
        ]
        made = xr.concat(parts, dim="district").transpose("scenario", "year", "district", "quantity")
        return made.to_numpy().reshape(len(levels), len(inputs.way), -1)

    return _by_blocks(inputs, totals_of)


def pandas_groupby(inputs: Swept) -> np.ndarray:
    """A long frame of scenario x year x cell, multiplied and grouped."""
    import numpy as np
    import pandas as pd

    n, n_years, n_cells = len(inputs.levels), len(inputs.way), inputs.value.shape[1]
    district = np.repeat(np.arange(len(inputs.start) - 1), np.diff(inputs.start))
    index = pd.MultiIndex.from_product([range(n), range(n_years), range(n_cells)], names=["scenario", "year", "cell"])
    frame = pd.DataFrame({"m": _multipliers(inputs.levels, inputs).reshape(-1)}, index=index).reset_index()
    cells = pd.DataFrame(inputs.value.T).assign(cell=range(n_cells), district=district)
    joined = frame.merge(cells, on="cell")
    sums = joined[list(range(QUANTITIES))].mul(joined["m"], axis=0)
    made = sums.groupby([joined["scenario"], joined["year"], joined["district"]]).sum()
    return made.to_numpy().reshape(n, n_years, -1)


def pint_loop(inputs: Swept) -> np.ndarray:
    """Quantities with units in a plain loop."""
    import numpy as np
    import pint

    unit = pint.UnitRegistry().tonne
    totals = np.zeros((len(inputs.levels), len(inputs.way), len(inputs.start) - 1, QUANTITIES))
    values, group = [[float(x) * unit for x in row] for row in inputs.value], inputs.group
    for s, y, d, k in np.ndindex(*totals.shape):
        total = 0.0 * unit
        for g in range(inputs.start[d], inputs.start[d + 1]):
            level, w = float(inputs.levels[s, group[g]]), float(inputs.way[y])
            total += values[k][g] * ((1 + level) ** w if inputs.kind == "growth" else 1 + (level - 1) * w)
        totals[s, y, d, k] = total.m_as(unit)
    return totals.reshape(*totals.shape[:2], -1)
