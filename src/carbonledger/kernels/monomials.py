"""What the compiled kernel of wide totals has to know of signatures before it sees a level.

A multiplier is a + b x level, or a power of a level. Over all years together a product of them is therefore a sum of few
*monomials* in the levels, with weights by year: the sum over signatures is taken once for each monomial instead of once
for each year. A linear path needs one, a growth rate one for each distinct exponent.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LEVEL, LINE, BASE, POWER, STEP = range(5)  # how a factor is made: see Plan.how
ROWS, COLUMNS = 4, 5  # of the innermost block: scenarios of a block, and outputs that are summed together
_SHORT = 64  # signatures; where segments are shorter on the whole, sorting pays
_TILE_VALUES = 8192  # values of all factors of a tile, for one block of scenarios: they stay in the second cache
_NEAR = 4e-16  # an exponent so near to the next multiple of the first counts as it: finer than a power is exact


@dataclass(frozen=True, eq=False)
class Plan:
    """Signatures in segments of one class, one narrow product and the same paths (one *kind*).

    Attributes
    ----------
    segment : int64 [segment, 5]
        First signature, end, narrow product, kind, and whether its levels are single and lie side by side (1) or not.
    class_segment : int64 [class + 1]
        First segment of each class.
    kind : int64 [kind + 1, 5]
        First factor, first monomial, signatures of a tile, whether monomials are just the factors (1), 0; in the last
        line how many factors and monomials there are, and the largest numbers of factors, monomials and signatures.
    how : int64 [factor, 3]
        Slot of ``wide``; LEVEL, LINE (a + b x level), BASE (offset + level), POWER (of the base), or STEP (the factor
        before times the first); first factor of the same slot.
    number : float64 [factor, 2]
        a and b, or offset and exponent.
    monomial : int64 [monomial, W]
        Factors, counted within the kind; -1: none.
    weight : float64 [monomial + kind, year]
        Of the constant and the monomials of each kind.
    constant : float64 [segment, q]
        Sums of the coefficients.
    coefficients : float64 [q and padding, signature]
        Without NaN.
    unknown : bool [class x q]
        Outputs that have a coefficient that is NaN.
    """

    wide: npt.NDArray[np.int64]
    segment: npt.NDArray[np.int64]
    class_segment: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    how: npt.NDArray[np.int64]
    number: npt.NDArray[np.float64]
    monomial: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]
    constant: npt.NDArray[np.float64]
    coefficients: npt.NDArray[np.float64]
    unknown: npt.NDArray[np.bool_]

    def arrays(self) -> tuple[Any, ...]:
        """What the compiled kernel takes."""
        return (
            *(self.wide, self.segment, self.class_segment, self.kind, self.how, self.number, self.monomial),
            *(self.weight, self.constant, self.coefficients),
        )


def wide_plan(
    rest: Any, wide: Any, path_of: Any, power: Any, offset: Any, a: Any, b: Any, start: Any, value: Any
) -> Plan:
    """Plan the sums of ``wide_totals``, whose parameters these are."""
    import numpy as np

    n_paths, n_classes = len(power), len(start) - 1
    paths = np.where(wide >= 0, path_of[wide] if len(path_of) else -1, -1)  # [slot, signature]
    kind_of, n_kinds = np.zeros(len(rest), dtype=np.int64), 1
    for row in paths:
        first, kind_of = _distinct(kind_of * (n_paths + 1) + row + 1, n_kinds * (n_paths + 1))
        n_kinds = len(first)
    first, kind_of = _distinct(kind_of, n_kinds)
    kinds = [_kind(tuple(int(p) for p in paths[:, g]), power, offset, a, b) for g in first]
    class_of = np.repeat(np.arange(n_classes), np.diff(start))
    keys: tuple[Any, ...] = (class_of, rest, kind_of)
    if np.count_nonzero(_changes(*keys)) * _SHORT > len(rest):
        order = np.lexsort(keys[::-1])
        wide, value, keys = wide[:, order], value[:, order], tuple(key[order] for key in keys)
    begin = np.flatnonzero(_changes(*keys))
    end = np.append(begin, len(rest))[1:]
    of_class, of_rest, of_kind = (key[begin] for key in keys)
    coefficients, unknown, constant = _coefficients(value, start, begin)
    alone = np.array([len(k.rows) == 1 and k.rows[0][1] == LEVEL for k in kinds], dtype=bool)
    slot = np.array([k.rows[0][0] if k.rows else 0 for k in kinds], dtype=np.int64)
    side = _side_by_side(wide, begin, end, alone[of_kind], slot[of_kind])
    return Plan(
        np.ascontiguousarray(wide),
        np.stack([begin, end, of_rest, of_kind, side], axis=1).astype(np.int64),
        np.searchsorted(of_class, np.arange(n_classes + 1)).astype(np.int64),
        *_tables(kinds, len(wide), a.shape[1]),
        *(constant, coefficients, unknown),
    )


def _distinct(code: Any, space: int) -> tuple[Any, Any]:
    """Where each distinct code stands first, and which one each is."""
    import numpy as np

    if space > len(code):
        _, first, which = np.unique(code, return_index=True, return_inverse=True)
        return first, which
    first = np.full(space, len(code), dtype=np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    there = first < len(code)
    return first[there], (np.cumsum(there) - 1)[code]


def _changes(*keys: Any) -> Any:
    import numpy as np

    made = np.zeros(len(keys[0]), dtype=bool)
    made[:1] = True
    for key in keys:
        made[1:] |= key[1:] != key[:-1]
    return made


def _coefficients(value: Any, start: Any, begin: Any) -> tuple[Any, Any, Any]:
    """Coefficients without NaN and padded, which outputs are unknown for good, and sums by segment."""
    import numpy as np

    q = len(value)
    padded = np.zeros((padded_outputs(q), value.shape[1]))
    padded[:q] = value
    unknown = np.zeros((len(start) - 1, q), dtype=bool)
    if np.isnan(padded.sum()):
        nan = np.isnan(value)
        padded[:q][nan] = 0.0
        unknown[:] = [nan[:, start[d] : start[d + 1]].any(axis=1) for d in range(len(unknown))]
    sums = np.add.reduceat(padded[:q], begin, axis=1).T if len(begin) else np.zeros((0, q))
    return padded, unknown.reshape(-1), np.ascontiguousarray(sums)


def padded_outputs(q: int) -> int:
    """Outputs are summed five at a time, or three; zeros fill the rest."""
    left = q % COLUMNS
    return q - left + (0 if left == 0 else 3 if left <= 3 else COLUMNS)


def _side_by_side(wide: Any, begin: Any, end: Any, alone: Any, slot: Any) -> Any:
    """Whether the only column of the signatures of a segment is the next one of the block of levels each time."""
    import numpy as np

    if not len(wide) or not len(begin):
        return np.zeros(len(begin), dtype=np.int64)
    breaks = np.zeros(wide.shape, dtype=np.int64)
    breaks[:, 1:] = np.diff(wide, axis=1) != 1
    up_to = np.cumsum(breaks, axis=1)
    return (alone & (up_to[slot, end - 1] == up_to[slot, begin])).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Kind:
    rows: list[tuple[int, int, int]]
    numbers: list[tuple[float, float]]
    monomials: list[list[int]]
    entries: list[tuple[int, int, float]]


def _kind(paths: tuple[int, ...], power: Any, offset: Any, a: Any, b: Any) -> _Kind:
    """Factors, monomials and weights of signatures that take these paths, split into constant and slope if that is less."""
    roads = (True, False) if 2 ** len(paths) <= 4 * a.shape[1] else (False,)
    found, entries = min((_monomials(paths, power, a, b, split) for split in roads), key=lambda made: len(made[0]))
    rows, numbers, number_of = _factors(paths, found, offset)
    monomials = [[number_of[w, f] if f else -1 for w, f in enumerate(key)] for key in found]
    return _Kind(rows, numbers, monomials, entries)


def _monomials(paths: tuple[int, ...], power: Any, a: Any, b: Any, split: bool) -> tuple[dict[Any, int], list[Any]]:
    """Monomials - for every slot a factor or None -, and (year, monomial, weight)."""
    found: dict[tuple[Any, ...], int] = {}
    entries = []
    for y in range(a.shape[1]):
        options = [_options(bool(power[p]), float(a[p, y]), float(b[p, y]), split) if p >= 0 else _ONE for p in paths]
        for parts in product(*options):
            weight = 1.0
            for share, _ in parts:
                weight *= share
            key = tuple(factor for _, factor in parts)
            entries.append((y, found.setdefault(key, len(found)) if any(key) else -1, weight))
    return found, entries


_ONE: list[tuple[float, Any]] = [(1.0, None)]


def _options(power: bool, a: float, b: float, split: bool) -> list[tuple[float, Any]]:
    """A multiplier of one year as a weighted sum of factors; none where it is 0 whatever the level."""
    if power:
        return [(1.0, (POWER, 0.0, b) if b else None)]
    if not split and a and b:
        return [(1.0, (LINE, a, b))]
    return [(share, factor) for share, factor in ((a, None), (b, (LEVEL, 0.0, 1.0))) if share]


def _factors(paths: tuple[int, ...], monomials: Any, offset: Any) -> tuple[list[Any], list[Any], dict[Any, int]]:
    """Factors in the order in which they are made: powers by rising exponent."""
    rows: list[tuple[int, int, int]] = []
    numbers: list[tuple[float, float]] = []
    number_of: dict[tuple[int, Any], int] = {}
    for w, p in enumerate(paths):
        first = len(rows)
        for factor in sorted({key[w] for key in monomials if key[w]}):
            how, low, high = factor
            if how == POWER:
                low, before = float(offset[p]), numbers[-1][1] if len(rows) > first else 0.0
                root = numbers[first][1] if len(rows) > first else high
                if len(rows) == first:
                    how = BASE if high == 1.0 else POWER
                elif abs(high - before - root) <= _NEAR * max(abs(high), abs(root)):
                    how = STEP
            number_of[w, factor] = len(rows)
            rows.append((w, how, first))
            numbers.append((low, high))
    return rows, numbers, number_of


def _tables(kinds: list[_Kind], slots: int, n_years: int) -> tuple[Any, Any, Any, Any, Any]:
    """The kinds one after the other."""
    import numpy as np

    sizes = np.zeros((len(kinds) + 1, 5), dtype=np.int64)
    for i, k in enumerate(kinds):
        height = len(k.monomials)
        sizes[i + 1, :2] = sizes[i, :2] + (len(k.rows), height)
        sizes[i, 2] = max(64, min(1024, _TILE_VALUES // (max(1, height) * ROWS) // 64 * 64))
        sizes[i, 3] = len(k.rows) == height and all(set(key) - {-1} == {j} for j, key in enumerate(k.monomials))
    sizes[-1, 2:] = [max([1, *found]) for found in (*np.diff(sizes[:, :2], axis=0).T, sizes[:-1, 2])]
    rows = np.array([row for k in kinds for row in k.rows], dtype=np.int64).reshape(-1, 3)
    numbers = np.array([number for k in kinds for number in k.numbers], dtype=np.float64).reshape(-1, 2)
    monomials = np.array([key for k in kinds for key in k.monomials], dtype=np.int64).reshape(sizes[-1, 1], slots)
    weights = np.zeros((sizes[-1, 1] + len(kinds), n_years))
    for i, k in enumerate(kinds):
        for y, j, weight in k.entries:
            weights[sizes[i, 1] + i + 1 + j, y] += weight
    return sizes, rows, numbers, monomials, weights
