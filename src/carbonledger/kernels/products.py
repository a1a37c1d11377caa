"""Products of lever multipliers, and totals as a matrix product of them: every swept total is a polynomial.

A *column* is the multiplier of one lever over scenarios and years, a *signature* the set of columns that touches a cell;
cells with the same signature and the same output are one coefficient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_AT_ONCE = 1 << 20  # products kept at a time: near the caches, and enough for a matrix product on several threads


def multipliers(
    levels: npt.NDArray[np.float64],
    path_of: npt.NDArray[np.int64],
    power: npt.NDArray[np.integer[Any]],
    offset: npt.NDArray[np.float64],
    a: npt.NDArray[np.float64],
    b: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Multipliers over the years from the levels of a scenario.

    Parameters
    ----------
    levels : float64 [scenario, column]
    path_of : int64 [column]
        Path of each column.
    power : integer [path]
        0: the multiplier is a + b x level; 1: it is (offset + level) to the power b.
    offset : float64 [path]
    a, b : float64 [path, year]

    Returns
    -------
    float64 [scenario, year, column]
        A level that is NaN makes NaN of the years in which its slope or exponent is not 0.
    """
    import numpy as np

    if len(path_of) and (path_of == path_of[0]).all():
        path_of = path_of[:1]  # one path for all: nothing to look up
    intercept, slope = a.T[None, :, path_of], b.T[None, :, path_of]
    powers, level = power[path_of] != 0, levels[:, None, :]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # what leaves the range of numbers is unknown
        if powers.all():
            return np.asarray((offset[path_of] + level) ** slope)
        made = np.where(slope == 0, intercept, intercept + slope * level)
        if powers.any():
            made[:, :, powers] = (offset[path_of] + level)[:, :, powers] ** slope[:, :, powers]
    return np.asarray(made)


def signature_products(
    columns: npt.NDArray[np.float64], parent: npt.NDArray[np.int64], column: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """The product of the columns of every signature, each made from that of its parent.

    Parameters
    ----------
    columns : float64 [scenario, year, column]
        Quickest where each column lies together in memory, as in the transpose of [column, scenario, year].
    parent : int64 [signature]
        An earlier signature; -1: none.
    column : int64 [signature]
        The column that the signature adds to those of its parent; -1: none.

    Returns
    -------
    float64 [scenario, year, signature]
        Each signature lies together in memory, and a matrix product takes it as it is.
    """
    import numpy as np

    made = np.empty((len(parent), *columns.shape[:2]))
    _multiply(columns, parent, column, made)
    return made.transpose(1, 2, 0)


def dense_totals(narrow: npt.NDArray[np.float64], coefficients: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Totals of a few signatures: one matrix product.

    Parameters
    ----------
    narrow : float64 [scenario, year, signature]
        A product that is not finite makes NaN of the outputs that it touches and of no others.
    coefficients : float64 [signature, output]
        0 where the signature does not touch the output.

    Returns
    -------
    float64 [scenario, year, output]
    """
    import numpy as np

    made = np.empty((*narrow.shape[:2], coefficients.shape[1]))
    n_rows = narrow.shape[0] * narrow.shape[1]
    _matrix_product(narrow.reshape(n_rows, len(coefficients)), coefficients, made.reshape(n_rows, made.shape[2]))
    return made


def narrow_totals(
    columns: npt.NDArray[np.float64],
    parent: npt.NDArray[np.int64],
    column: npt.NDArray[np.int64],
    coefficients: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """``dense_totals`` of ``signature_products``, so many scenarios at a time that their products stay in the cache."""
    import numpy as np

    n_scenarios, n_years = columns.shape[:2]
    made = np.empty((n_scenarios, n_years, coefficients.shape[1]))
    step = max(1, _AT_ONCE // max(1, len(parent) * n_years))
    products = np.empty((len(parent), min(step, n_scenarios), n_years))
    for first in range(0, n_scenarios, step):
        n = min(step, n_scenarios - first)
        some = products if n == products.shape[1] else np.empty((len(parent), n, n_years))
        _multiply(columns[first : first + n], parent, column, some)
        rows = made[first : first + n].reshape(n * n_years, made.shape[2])
        _matrix_product(some.reshape(len(parent), n * n_years).T, coefficients, rows)
    return made


def _multiply(columns: Any, parent: Any, column: Any, made: npt.NDArray[np.float64]) -> None:
    """Products into ``made`` [signature, scenario, year]."""
    import numpy as np

    for r, (above, adds) in enumerate(zip(parent.tolist(), column.tolist(), strict=True)):
        if above < 0 or adds < 0:
            made[r] = columns[:, :, adds] if adds >= 0 else made[above] if above >= 0 else 1.0
        else:
            np.multiply(made[above], columns[:, :, adds], out=made[r])


def _matrix_product(rows: Any, coefficients: Any, made: npt.NDArray[np.float64]) -> None:
    """Rows x coefficients into ``made``; what is not finite stays where it belongs."""
    import numpy as np

    with np.errstate(invalid="ignore", over="ignore"):
        np.matmul(rows, coefficients, out=made)
    _mend(made, rows, coefficients)


def _mend(made: npt.NDArray[np.float64], rows: npt.NDArray[np.float64], coefficients: npt.NDArray[np.float64]) -> None:
    """Take back, in place, what 0 x NaN did: BLAS lets an unknown product spoil outputs that it does not touch."""
    import numpy as np

    known = np.flatnonzero(np.isfinite(coefficients).all(axis=0))
    if not len(known) or not len(rows):
        return  # every output has an unknown coefficient, and is unknown everywhere
    spoilt = np.flatnonzero(~np.isfinite(made[:, known[0]]))  # an unknown product shows in any one column
    if not len(spoilt):
        return
    unknown = ~np.isfinite(rows[spoilt])
    touched = unknown.astype(np.float64) @ (coefficients != 0).astype(np.float64) > 0
    made[spoilt] = np.where(touched, np.nan, np.where(unknown, 0.0, rows[spoilt]) @ coefficients)
