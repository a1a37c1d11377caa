"""The arithmetic of posting, written twice: plain NumPy (the oracle, and the road for small ledgers) and compiled.

The compiled road is taken only once a ledger is large enough to pay for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

COMPILED_FROM = 200_000  # entries; below, one pass of NumPy is faster than loading the compiled kernel


def grouped_sums(
    amount: npt.NDArray[np.float64],
    key: npt.NDArray[np.int64],
    group: npt.NDArray[np.int64],
    rates: npt.NDArray[np.float64],
    n_groups: int,
) -> npt.NDArray[np.float64]:
    """Sum amount x rate by group, for every quantity.

    Parameters
    ----------
    amount : float64 [entry]
        Canonical amounts.
    key : int64 [entry]
        Row of ``rates`` of each entry.
    group : int64 [entry]
        Group of each entry, 0 to ``n_groups`` - 1.
    rates : float64 [key, quantity]
        Signed rates, without NaN.

    Returns
    -------
    float64 [group, quantity]
    """
    import numpy as np

    if len(amount) >= COMPILED_FROM:
        compiled: npt.NDArray[np.float64] = _compiled()(amount, key, group, np.ascontiguousarray(rates), n_groups)
        return compiled
    return grouped_sums_plain(amount, key, group, rates, n_groups)


def grouped_sums_plain(
    amount: npt.NDArray[np.float64],
    key: npt.NDArray[np.int64],
    group: npt.NDArray[np.int64],
    rates: npt.NDArray[np.float64],
    n_groups: int,
) -> npt.NDArray[np.float64]:
    """The same, in NumPy: one bincount per quantity."""
    import numpy as np

    sums = np.empty((n_groups, rates.shape[1]))
    for j in range(rates.shape[1]):
        sums[:, j] = np.bincount(group, weights=amount * rates[key, j], minlength=n_groups)
    return sums


@lru_cache(maxsize=1)
def _compiled() -> Any:
    import numba
    import numpy as np

    @numba.njit(cache=True, error_model="numpy")  # never fastmath: it deletes NaN checks
    def sums_of(amount: Any, key: Any, group: Any, rates: Any, n_groups: int) -> Any:
        sums = np.zeros((n_groups, rates.shape[1]))
        for i in range(amount.shape[0]):
            for j in range(rates.shape[1]):
                sums[group[i], j] += amount[i] * rates[key[i], j]
        return sums

    return sums_of
