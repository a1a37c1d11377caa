"""What a block of scenarios gives each column, written twice: plain NumPy (the oracle) and compiled.

Columns are the cells of entity x year; a value that is NaN or infinite is unknown and counts as nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Wholes = npt.NDArray[np.int64]

# values of one name over a sweep; below, the 50 MiB of a compiler gain a few per cent of the time of a sweep only
BINS_COMPILED_FROM = 50_000_000
_TILE = 256  # rows that stay in the cache while they are read for the mean, what rounding left of it, and the squares


def count_bins(
    values: Floats, low: Floats, high: Floats, scale: Floats, counts: Wholes, unknown: Wholes, compiled: bool
) -> int:
    """Add the values of each column to its bins, in place.

    Parameters
    ----------
    values : float64 [scenario, column]
    low, high, scale : float64 [column]
        Range of the column, and bins per unit of value.
    counts : int64 [column, bin]
    unknown : int64 [column]
        Values that are not known.
    compiled : bool
        Which road; the counts are the same.

    Returns
    -------
    int
        Known values outside their range; they are not counted.
    """
    if compiled:
        return int(_compiled_bins()(values, low, high, scale, counts, unknown))
    return count_bins_plain(values, low, high, scale, counts, unknown)


def count_bins_plain(values: Floats, low: Floats, high: Floats, scale: Floats, counts: Wholes, unknown: Wholes) -> int:
    """The same, in NumPy."""
    import numpy as np

    n_columns, n_bins = counts.shape
    known = np.isfinite(values)
    within = (values >= low) & (values <= high)  # false for NaN
    with np.errstate(invalid="ignore", over="ignore"):
        bins = (np.where(within, values, low) - low) * scale
    bins = np.minimum(np.where(within, bins, 0.0).astype(np.int64), n_bins - 1) + np.arange(n_columns) * n_bins
    found = bins[within]
    flat = counts.reshape(-1)
    if len(found) < len(flat):
        np.add.at(flat, found, 1)
    else:
        flat += np.bincount(found, minlength=len(flat))
    unknown += len(values) - known.sum(axis=0)
    return int(known.sum() - len(found))


def column_sums(values: Floats, compiled: bool) -> tuple[Wholes, Floats, Floats, Floats]:
    """How many values of each column are known, and how they lie about a pivot.

    Parameters
    ----------
    values : float64 [scenario, column]
    compiled : bool
        Which road; the sums agree to rounding.

    Returns
    -------
    count : int64 [column]
    pivot, offset : float64 [column]
        The mean is their sum; kept apart, it is exact to the size of the deviations rather than of the values.
    squares : float64 [column]
        Sum of the squared deviations from the mean.
    """
    import numpy as np

    if compiled:
        with np.errstate(over="ignore", invalid="ignore"):  # only heard where numba is told not to compile
            made: tuple[Any, Any, Any, Any] = _compiled_sums()(values)
        return made
    return column_sums_plain(values)


def column_sums_plain(values: Floats) -> tuple[Wholes, Floats, Floats, Floats]:
    """The same, in NumPy."""
    import numpy as np

    known = np.isfinite(values)
    count = known.sum(axis=0)
    some = np.maximum(count, 1)
    with np.errstate(invalid="ignore", over="ignore"):
        pivot = np.where(known, values, 0.0).sum(axis=0) / some
        apart = np.where(known, values - pivot, 0.0)
        offset = apart.sum(axis=0) / some
        squares = np.square(apart - np.where(known, offset, 0.0)).sum(axis=0)
    return count, pivot, offset, squares


def column_extremes(values: Floats, compiled: bool) -> tuple[Floats, Wholes, Floats, Wholes]:
    """Lowest and highest known value of each column, and the first row that has it.

    Parameters
    ----------
    values : float64 [scenario, column]
    compiled : bool
        Which road; the results are the same.

    Returns
    -------
    low : float64 [column]
        Positive infinity where nothing is known.
    low_at : int64 [column]
        Row; -1 where nothing is known.
    high, high_at
        Likewise, negative infinity.
    """
    if compiled:
        made: tuple[Any, Any, Any, Any] = _compiled_extremes()(values)
        return made
    return column_extremes_plain(values)


def column_extremes_plain(values: Floats) -> tuple[Floats, Wholes, Floats, Wholes]:
    """The same, in NumPy."""
    import numpy as np

    known, columns = np.isfinite(values), np.arange(values.shape[1])
    found: list[Any] = []
    for nothing, first_of in ((np.inf, np.argmin), (-np.inf, np.argmax)):
        filled = np.where(known, values, nothing)
        at = first_of(filled, axis=0)
        value = filled[at, columns]
        found += [value, np.where(np.isfinite(value), at, -1)]
    return found[0], found[1], found[2], found[3]


# Never fastmath in these: it deletes the tests for NaN and infinity.


@lru_cache(maxsize=1)
def _compiled_bins() -> Any:
    import numba
    import numpy as np

    @numba.njit(cache=True, nogil=True, error_model="numpy")
    def bins_of(values: Any, low: Any, high: Any, scale: Any, counts: Any, unknown: Any) -> int:
        outside, top = 0, counts.shape[1] - 1
        for i in range(values.shape[0]):
            for j in range(values.shape[1]):
                x = values[i, j]
                if x >= low[j] and x <= high[j]:
                    counts[j, min(int((x - low[j]) * scale[j]), top)] += 1
                elif np.isfinite(x):
                    outside += 1
                else:
                    unknown[j] += 1
        return outside

    return bins_of


@lru_cache(maxsize=1)
def _compiled_sums() -> Any:
    import numba
    import numpy as np

    @numba.njit(cache=True, nogil=True, error_model="numpy")
    def sums_of(values: Any) -> Any:
        n, m = values.shape
        count, pivot, offset, squares = np.zeros(m, np.int64), np.zeros(m), np.zeros(m), np.zeros(m)
        some, mean, apart, square = np.zeros(m), np.zeros(m), np.zeros(m), np.zeros(m)
        for start in range(0, n, _TILE):
            end = min(start + _TILE, n)
            for j in range(m):
                some[j], mean[j], apart[j], square[j] = 0.0, 0.0, 0.0, 0.0
            for i in range(start, end):
                for j in range(m):
                    x = values[i, j]
                    known = np.isfinite(x)
                    some[j] += 1.0 if known else 0.0
                    mean[j] += x if known else 0.0
            for j in range(m):
                mean[j] /= max(some[j], 1.0)
            for i in range(start, end):
                for j in range(m):
                    x = values[i, j]
                    apart[j] += x - mean[j] if np.isfinite(x) else 0.0
            for j in range(m):
                apart[j] /= max(some[j], 1.0)
            for i in range(start, end):
                for j in range(m):
                    x = values[i, j]
                    d = (x - mean[j]) - apart[j] if np.isfinite(x) else 0.0
                    square[j] += d * d
            for j in range(m):
                if some[j] == 0.0:
                    continue
                if count[j] == 0:
                    count[j], pivot[j], offset[j], squares[j] = int(some[j]), mean[j], apart[j], square[j]
                    continue
                total = count[j] + some[j]
                gap = (mean[j] - pivot[j]) + (apart[j] - offset[j])
                squares[j] += square[j] + gap * gap * (count[j] / total) * some[j]
                offset[j] += gap * (some[j] / total)
                count[j] += int(some[j])
        return count, pivot, offset, squares

    return sums_of


@lru_cache(maxsize=1)
def _compiled_extremes() -> Any:
    import numba
    import numpy as np

    @numba.njit(cache=True, nogil=True, error_model="numpy")
    def extremes_of(values: Any) -> Any:
        n, m = values.shape
        low, high = np.full(m, np.inf), np.full(m, -np.inf)
        low_at, high_at = np.full(m, -1, np.int64), np.full(m, -1, np.int64)
        for i in range(n):
            for j in range(m):
                x = values[i, j]
                if np.isfinite(x):
                    if x < low[j]:
                        low[j], low_at[j] = x, i
                    if x > high[j]:
                        high[j], high_at[j] = x, i
        return low, low_at, high, high_at

    return extremes_of
