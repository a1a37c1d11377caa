"""Passes over millions of rows: is a code there twice, and what does each cell hold - plain and compiled."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .sums import COMPILED_FROM

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def any_twice(code: npt.NDArray[np.integer[Any]], space: int) -> bool:
    """Whether a code stands in two rows.

    Parameters
    ----------
    code : integer [row]
        0 to ``space`` - 1.
    """
    import numpy as np

    if len(code) > space:
        return True
    if len(code) >= COMPILED_FROM:
        return bool(_compiled()[0](code, np.zeros(space, dtype=np.bool_)))
    return len(code) > 0 and int(np.bincount(code, minlength=space).max()) > 1


def pick(table: npt.NDArray[Any], codes: npt.NDArray[np.integer[Any]]) -> npt.NDArray[Any]:
    """table[codes]; NumPy would widen the codes of every row first."""
    import numpy as np

    if len(codes) < COMPILED_FROM:
        return np.asarray(table[codes])
    made = np.empty(len(codes), dtype=table.dtype)
    _compiled()[5](table, codes, made)
    return made


def append_codes(made: npt.NDArray[np.int32], codes: npt.NDArray[np.integer[Any]], size: int) -> None:
    """made = made x size + codes, in place; the caller sees to it that the result fits.

    Parameters
    ----------
    made : int32 [row]
    codes : integer [row]
        0 to ``size`` - 1.
    """
    if len(made) < COMPILED_FROM:
        made *= size
        made += codes
    else:
        _compiled()[4](made, codes, size)


def spread(
    amount: npt.NDArray[np.float64],
    one: npt.NDArray[np.integer[Any]],
    other: npt.NDArray[np.integer[Any]],
    factor: npt.NDArray[np.float64],
    label: npt.NDArray[np.int8],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """Amount x factor[one, other], and label[one, other], row by row.

    Parameters
    ----------
    amount : float64 [row]
    one, other : integer [row]
        Codes of the two columns on which the factor hangs.
    factor, label : float64, int8 [one, other]
    """
    import numpy as np

    if len(amount) < COMPILED_FROM:
        return amount * factor[one, other], label[one, other]
    made, labels = np.empty(len(amount)), np.empty(len(amount), np.int8)
    _compiled()[2](np.ascontiguousarray(amount), one, other, factor, label, made, labels)
    return made, labels


def pairs_of(
    one: npt.NDArray[np.integer[Any]], other: npt.NDArray[np.integer[Any]], shape: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Which pairs of codes occur; bool [one, other]."""
    import numpy as np

    present = np.zeros(shape, dtype=np.bool_)
    if len(one) < COMPILED_FROM:
        present[one, other] = True
    else:
        _compiled()[3](one, other, present)
    return present


def fill_cells(
    code: npt.NDArray[np.integer[Any]],
    amount: npt.NDArray[np.float64],
    first_month: npt.NDArray[np.int8],
    last_month: npt.NDArray[np.int8],
    space: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int16], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """What the rows of each cell hold together.

    Parameters
    ----------
    code : integer [row]
        Cell of each row, 0 to ``space`` - 1.
    amount : float64 [row]
        Canonical amounts.
    first_month, last_month : int8 [row]
        Months covered, 1 to 12.

    Returns
    -------
    sum of amounts, union of months (one bit each), number of rows, first row (-1 where there is none); each [cell]
    """
    import numpy as np

    if len(code) < COMPILED_FROM:
        return fill_cells_plain(code, amount, first_month, last_month, space)
    sums, union = np.zeros(space), np.zeros(space, np.int16)
    rows, first = np.zeros(space, np.int64), np.full(space, -1, np.int64)
    _compiled()[1](code, np.ascontiguousarray(amount), first_month, last_month, sums, union, rows, first)
    return sums, union, rows, first


def fill_cells_plain(
    code: npt.NDArray[np.integer[Any]],
    amount: npt.NDArray[np.float64],
    first_month: npt.NDArray[np.int8],
    last_month: npt.NDArray[np.int8],
    space: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int16], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same, in NumPy."""
    import numpy as np

    union, first = np.zeros(space, np.int16), np.full(space, -1, np.int64)
    bits = (1 << last_month.astype(np.int32)) - (1 << (first_month.astype(np.int32) - 1))
    np.bitwise_or.at(union, code, bits.astype(np.int16))
    first[code[::-1]] = np.arange(len(code))[::-1]
    rows = np.bincount(code, minlength=space).astype(np.int64)
    return np.bincount(code, weights=amount, minlength=space).astype(np.float64), union, rows, first


@lru_cache(maxsize=1)
def _compiled() -> tuple[Any, ...]:
    import numba

    @numba.njit(cache=True)
    def twice(code: Any, seen: Any) -> bool:
        for i in range(code.shape[0]):
            if seen[code[i]]:
                return True
            seen[code[i]] = True
        return False

    @numba.njit(cache=True, error_model="numpy")  # never fastmath: it deletes NaN checks
    def fill(
        code: Any, amount: Any, first_month: Any, last_month: Any, sums: Any, union: Any, rows: Any, first: Any
    ) -> None:
        for i in range(code.shape[0]):
            c = code[i]
            sums[c] += amount[i]
            union[c] |= (1 << last_month[i]) - (1 << (first_month[i] - 1))
            if rows[c] == 0:
                first[c] = i
            rows[c] += 1

    @numba.njit(cache=True, error_model="numpy")
    def times(amount: Any, one: Any, other: Any, factor: Any, label: Any, made: Any, labels: Any) -> None:
        for i in range(amount.shape[0]):
            made[i] = amount[i] * factor[one[i], other[i]]
            labels[i] = label[one[i], other[i]]

    @numba.njit(cache=True)
    def mark(one: Any, other: Any, present: Any) -> None:
        for i in range(one.shape[0]):
            present[one[i], other[i]] = True

    @numba.njit(cache=True)
    def append(made: Any, codes: Any, size: Any) -> None:
        for i in range(made.shape[0]):
            made[i] = made[i] * size + codes[i]

    @numba.njit(cache=True)
    def take(table: Any, codes: Any, made: Any) -> None:
        for i in range(codes.shape[0]):
            made[i] = table[codes[i]]

    return twice, fill, times, mark, append, take
