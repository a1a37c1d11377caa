"""The innermost loops of the compiled kernel of wide totals: rows of numbers, many lanes at a time.

``fused`` caches these with itself: whoever changes this file touches that one too.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from .monomials import COLUMNS

# Never fastmath=True: it deletes NaN checks. These let sums be reordered over lanes, and NaN still spreads.
_LANES = {"contract", "reassoc", "nsz"}
_SMALLEST, _LARGEST = 2.3e-308, 1.7e308  # bases between these have a logarithm that the quick road takes
_FAR = 700.0  # exponents of e beyond which the slow road is taken
_SHIFT = 1.5 * 2.0**52  # adding and taking it away rounds to the nearest whole
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


@numba.njit(error_model="numpy", fastmath={"contract"})
def logarithm(x: float) -> float:
    """Natural logarithm of a normal positive number, without branches so that lanes can share it; after fdlibm."""
    bits = np.float64(x).view(np.int64)
    shifted = bits - 0x3FE6A09E667F3BCD  # sqrt(1/2): what is left lies between it and its double
    exponent = shifted >> 52
    f = np.int64(bits - (exponent << 52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
    odd = z * (
        0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591))
    )
    half = 0.5 * f * f
    k = float(exponent)
    return k * _LN2_HIGH - ((half - (s * (half + even + odd) + k * _LN2_LOW)) - f)


@numba.njit(error_model="numpy", fastmath={"contract"})
def exponential(x: float) -> float:
    """e to the power x; 0 or infinite beyond what a number holds; after fdlibm."""
    inside = min(max(x, -708.0), 709.0)
    shifted = inside * 1.44269504088896338700 + _SHIFT
    k = shifted - _SHIFT
    whole = np.float64(shifted).view(np.int64) - np.float64(_SHIFT).view(np.int64)
    high = inside - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    made = np.int64(np.float64(y).view(np.int64) + (whole << 52)).view(np.float64)
    return made


# Rows are passed as a table and a number: a slice that is passed on counts its users, which costs more than the row.
@numba.njit(error_model="numpy", cache=True, nogil=True)
def take(made: Any, f: int, levels: Any, s: int, wide: Any, w: int, g: int, n: int) -> None:
    row, level, index = made[f], levels[s], wide[w, g : g + n]
    for t in range(n):
        row[t] = level[np.uint64(index[t])]  # unsigned: no look for negative ones


@numba.njit(error_model="numpy", cache=True, nogil=True)
def multiply(made: Any, f: int, first: Any, i: int, second: Any, j: int, n: int) -> None:
    row, one, other = made[f], first[i], second[j]
    for t in range(n):
        row[t] = one[t] * other[t]


@numba.njit(error_model="numpy", fastmath={"contract"}, cache=True, nogil=True)
def straighten(made: Any, f: int, low: float, high: float, n: int) -> None:
    row = made[f]
    for t in range(n):
        row[t] = low + high * row[t]


@numba.njit(error_model="numpy", cache=True, nogil=True)
def take_logarithms(logs: Any, n: int) -> None:
    base, made = logs[0], logs[1]
    for t in range(n):
        made[t] = logarithm(base[t])


@numba.njit(error_model="numpy", cache=True, nogil=True)
def raise_to(made: Any, f: int, logs: Any, exponent: float, n: int) -> None:
    row, of = made[f], logs[1]
    for t in range(n):
        row[t] = exponential(exponent * of[t])


@numba.njit(error_model="numpy", cache=True, nogil=True)
def odd_ones(logs: Any, n: int, largest: float) -> int:
    """How many bases have no logarithm, or a power that leaves the range of numbers."""
    bases, of = logs[0], logs[1]
    odd = 0
    for t in range(n):
        odd += not ((bases[t] > _SMALLEST) & (bases[t] < _LARGEST) & (abs(largest * of[t]) < _FAR))
    return odd


@numba.njit(error_model="numpy", cache=True, nogil=True)
def mend_powers(made: Any, f: int, logs: Any, n: int, exponent: float, largest: float) -> None:
    """Odd ones go the slow road."""
    row, bases, of = made[f], logs[0], logs[1]
    for t in range(n):
        if not (bases[t] > _SMALLEST and bases[t] < _LARGEST and abs(largest * of[t]) < _FAR):
            row[t] = bases[t] ** exponent


@numba.njit(error_model="numpy", fastmath=_LANES, cache=True, nogil=True)
def add_block5(x: Any, r: Any, height: int, at: int, c: Any, k: int, g: int, n: int, sums: Any) -> None:
    """sums[i, k + j] += sum over t of x[r[i], at + t] c[k + j, g + t] for five outputs j, four rows i at a time."""
    c0, c1, c2, c3, c4 = (
        c[k, g : g + n],
        c[k + 1, g : g + n],
        c[k + 2, g : g + n],
        c[k + 3, g : g + n],
        c[k + 4, g : g + n],
    )
    for i in range(0, height, 4):
        x0, x1, x2, x3 = (
            x[r[i], at : at + n],
            x[r[i + 1], at : at + n],
            x[r[i + 2], at : at + n],
            x[r[i + 3], at : at + n],
        )
        a00 = a01 = a02 = a03 = a04 = a10 = a11 = a12 = a13 = a14 = 0.0
        a20 = a21 = a22 = a23 = a24 = a30 = a31 = a32 = a33 = a34 = 0.0
        for t in range(n):
            v0, v1, v2, v3 = x0[t], x1[t], x2[t], x3[t]
            a00, a10, a20, a30 = a00 + v0 * c0[t], a10 + v1 * c0[t], a20 + v2 * c0[t], a30 + v3 * c0[t]
            a01, a11, a21, a31 = a01 + v0 * c1[t], a11 + v1 * c1[t], a21 + v2 * c1[t], a31 + v3 * c1[t]
            a02, a12, a22, a32 = a02 + v0 * c2[t], a12 + v1 * c2[t], a22 + v2 * c2[t], a32 + v3 * c2[t]
            a03, a13, a23, a33 = a03 + v0 * c3[t], a13 + v1 * c3[t], a23 + v2 * c3[t], a33 + v3 * c3[t]
            a04, a14, a24, a34 = a04 + v0 * c4[t], a14 + v1 * c4[t], a24 + v2 * c4[t], a34 + v3 * c4[t]
        add_five(sums, i, k, a00, a01, a02, a03, a04)
        add_five(sums, i + 1, k, a10, a11, a12, a13, a14)
        add_five(sums, i + 2, k, a20, a21, a22, a23, a24)
        add_five(sums, i + 3, k, a30, a31, a32, a33, a34)


@numba.njit(error_model="numpy", cache=True, nogil=True)
def add_five(sums: Any, i: int, k: int, a: float, b: float, c: float, d: float, e: float) -> None:
    sums[i, k] += a
    sums[i, k + 1] += b
    sums[i, k + 2] += c
    sums[i, k + 3] += d
    sums[i, k + 4] += e


@numba.njit(error_model="numpy", fastmath=_LANES, cache=True, nogil=True)
def add_block3(x: Any, r: Any, height: int, at: int, c: Any, k: int, g: int, n: int, sums: Any) -> None:
    """The same for three outputs."""
    c0, c1, c2 = c[k, g : g + n], c[k + 1, g : g + n], c[k + 2, g : g + n]
    for i in range(0, height, 4):
        x0, x1, x2, x3 = (
            x[r[i], at : at + n],
            x[r[i + 1], at : at + n],
            x[r[i + 2], at : at + n],
            x[r[i + 3], at : at + n],
        )
        a00 = a01 = a02 = a10 = a11 = a12 = a20 = a21 = a22 = a30 = a31 = a32 = 0.0
        for t in range(n):
            v0, v1, v2, v3 = x0[t], x1[t], x2[t], x3[t]
            a00, a10, a20, a30 = a00 + v0 * c0[t], a10 + v1 * c0[t], a20 + v2 * c0[t], a30 + v3 * c0[t]
            a01, a11, a21, a31 = a01 + v0 * c1[t], a11 + v1 * c1[t], a21 + v2 * c1[t], a31 + v3 * c1[t]
            a02, a12, a22, a32 = a02 + v0 * c2[t], a12 + v1 * c2[t], a22 + v2 * c2[t], a32 + v3 * c2[t]
        add_three(sums, i, k, a00, a01, a02)
        add_three(sums, i + 1, k, a10, a11, a12)
        add_three(sums, i + 2, k, a20, a21, a22)
        add_three(sums, i + 3, k, a30, a31, a32)


@numba.njit(error_model="numpy", cache=True, nogil=True)
def add_three(sums: Any, i: int, k: int, a: float, b: float, c: float) -> None:
    sums[i, k] += a
    sums[i, k + 1] += b
    sums[i, k + 2] += c


@numba.njit(error_model="numpy", cache=True, nogil=True)
def add_rows(x: Any, r: Any, height: int, at: int, c: Any, g: int, n: int, sums: Any) -> None:
    """Add the products of rows with every output."""
    for k in range(0, c.shape[0] - 4, COLUMNS):
        add_block5(x, r, height, at, c, k, g, n, sums)
    if c.shape[0] % COLUMNS:
        add_block3(x, r, height, at, c, c.shape[0] - 3, g, n, sums)
