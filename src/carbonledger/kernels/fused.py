"""The compiled kernel of wide totals; imported only once a sweep is large enough to pay for it.

Everything that four scenarios need of a tile of signatures stays in the cache: levels are read once, factors and monomials
are made, and four rows of them at a time are multiplied with five outputs.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from .lanes import add_rows, mend_powers, multiply, odd_ones, raise_to, straighten, take, take_logarithms
from .monomials import LEVEL, POWER, ROWS, STEP

_TOGETHER = 8  # blocks of a class that follow each other, so that its coefficients stay in the cache
_AHEAD = 16_384  # levels that are read as they lie, so many at a time that memory is read in one go


@numba.njit(error_model="numpy", parallel=True, cache=True, nogil=True)
def fused_totals(levels: Any, narrow: Any, plan: Any, totals: Any) -> None:
    """Put totals into ``totals``; each is made by one thread alone, in an order that depends on nothing else.

    ``narrow`` is [scenario, narrow product, year] here, ``plan`` what ``Plan.arrays`` gives.
    """
    classes, kind, q = plan[2], plan[3], plan[8].shape[1]
    blocks = (levels.shape[0] + ROWS - 1) // ROWS
    factors, height, tile = kind[-1, 2], kind[-1, 3] * ROWS, kind[-1, 4]
    turn = _TOGETHER * (classes.shape[0] - 1)
    for i in numba.prange((blocks + _TOGETHER - 1) // _TOGETHER * turn):
        block, d = i // turn * _TOGETHER + i % _TOGETHER, i % turn // _TOGETHER
        if block >= blocks:
            continue
        rows = np.empty((height, tile)), np.empty((factors, tile)), np.empty((2, tile))
        sums, found = np.empty((height, plan[9].shape[0])), np.empty((ROWS * q, totals.shape[1]))
        which, ahead = np.empty(ROWS, np.int64), np.arange(height)
        _one_block(levels, narrow, plan, ROWS * block, d, rows, sums, found, which, ahead, totals)


@numba.njit(error_model="numpy", cache=True, nogil=True)
def _one_block(
    levels: Any,
    narrow: Any,
    plan: Any,
    s: int,
    d: int,
    rows: Any,
    sums: Any,
    found: Any,
    which: Any,
    ahead: Any,
    totals: Any,
) -> None:
    """Totals of one class in four scenarios from ``s`` on; the last one stands in for those beyond the end."""
    segment, classes, kind, constant = plan[1], plan[2], plan[3], plan[8]
    last, q = levels.shape[0] - 1, constant.shape[1]
    for j in range(ROWS):
        which[j] = min(s + j, last)
    found[:] = 0.0
    for i in range(classes[d], classes[d + 1]):
        rest, of = segment[i, 2], segment[i, 3]
        height = kind[of + 1, 1] - kind[of, 1]
        if height:
            _add_segment(levels, plan, i, rows, sums, which, ahead)
        for j in range(ROWS):
            _spread(
                narrow, which[j], rest, plan[7], kind[of, 1] + of, height, sums, j * height, constant, i, found, q * j
            )
    for j in range(min(ROWS, last + 1 - s)):
        for y in range(totals.shape[1]):
            for k in range(q):
                totals[s + j, y, d * q + k] = found[q * j + k, y]


@numba.njit(error_model="numpy", cache=True, nogil=True)
def _add_segment(levels: Any, plan: Any, i: int, rows: Any, sums: Any, which: Any, ahead: Any) -> None:
    """The sums of the monomials of a segment in four scenarios; row j x monomials + monomial is scenario j."""
    wide, segment, kind, how, number, monomial, c = plan[0], plan[1], plan[3], plan[4], plan[5], plan[6], plan[9]
    start, end, of, beside = segment[i, 0], segment[i, 1], segment[i, 3], segment[i, 4]
    first, stop, begin, until = kind[of, 0], kind[of + 1, 0], kind[of, 1], kind[of + 1, 1]
    tile, simple, height = _AHEAD if beside else kind[of, 2], kind[of, 3], until - begin
    made, factors, logs = rows
    sums[: ROWS * height] = 0.0
    for g in range(start, end, tile):
        n = min(tile, end - g)
        if beside:
            add_rows(levels, which, ROWS, wide[how[first, 0], g], c, g, n, sums)
            continue
        for j in range(ROWS):
            if simple:
                _make_factors(levels, which[j], wide, g, n, how, number, first, stop, made, j * height, logs)
            else:
                _make_factors(levels, which[j], wide, g, n, how, number, first, stop, factors, 0, logs)
                _make_monomials(factors, n, monomial, begin, until, made, j * height)
        add_rows(made, ahead, ROWS * height, 0, c, g, n, sums)


# Arrays are passed one by one: what is taken out of a tuple counts its users, and threads would wait for each other.
@numba.njit(error_model="numpy", cache=True, nogil=True)
def _make_factors(
    levels: Any,
    s: int,
    wide: Any,
    g: int,
    n: int,
    how: Any,
    number: Any,
    begin: int,
    end: int,
    made: Any,
    top: int,
    logs: Any,
) -> None:
    """Put factors ``begin`` to ``end`` of ``n`` signatures from ``g`` on into rows of ``made``, from row ``top`` on."""
    logged, odd, largest = -1, 0, 0.0
    for i in range(begin, end):
        f, w, way, first = top + i - begin, how[i, 0], how[i, 1], top + how[i, 2]
        if way == STEP:
            multiply(made, f, made, f - 1, made, first, n)
        elif way == POWER:
            if logged != first:
                logged, largest = first, _greatest(how, number, i, end)
                take(logs, 0, levels, s, wide, w, g, n)
                straighten(logs, 0, number[i, 0], 1.0, n)
                take_logarithms(logs, n)
                odd = odd_ones(logs, n, largest)
            raise_to(made, f, logs, number[i, 1], n)
        else:
            take(made, f, levels, s, wide, w, g, n)
            if way != LEVEL:
                straighten(made, f, number[i, 0], number[i, 1], n)
        if odd and logged == first and way >= POWER:
            mend_powers(made, f, logs, n, number[i, 1], largest)


@numba.njit(error_model="numpy", cache=True, nogil=True)
def _greatest(how: Any, number: Any, begin: int, end: int) -> float:
    """The largest exponent, by size, of the powers that share the first factor of ``begin``."""
    found = 0.0
    for i in range(begin, end):
        if how[i, 2] == how[begin, 2] and how[i, 1] >= POWER:
            found = max(found, abs(number[i, 1]))
    return found


@numba.njit(error_model="numpy", cache=True, nogil=True)
def _make_monomials(made: Any, n: int, monomial: Any, begin: int, until: int, rows: Any, top: int) -> None:
    """Multiply factors into rows of ``rows``, from row ``top`` on."""
    for j in range(begin, until):
        f = top + j - begin
        rows[f, :n] = 1.0
        for w in range(monomial.shape[1]):
            if monomial[j, w] >= 0:
                multiply(rows, f, rows, f, made, monomial[j, w], n)


@numba.njit(error_model="numpy", fastmath={"contract"}, cache=True, nogil=True)
def _spread(
    narrow: Any,
    s: int,
    rest: int,
    weight: Any,
    at: int,
    height: int,
    sums: Any,
    top: int,
    constant: Any,
    i: int,
    found: Any,
    to: int,
) -> None:
    """Give the constant and the sums of monomials to the years, each with its weight."""
    product = narrow[s, rest]
    for j in range(height + 1):
        share = weight[at + j]
        for k in range(constant.shape[1]):
            total, row = (constant[i, k] if j == 0 else sums[top + j - 1, k]), found[to + k]
            for y in range(narrow.shape[2]):
                row[y] += product[y] * share[y] * total
