"""The air quality index of HJ 633 in whole numbers: IAQI of concentrations, their largest, classes, primary pollutants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...messages import say
from ...rounding import Ratio, denominator, times
from ...standards import Breakpoints, Edition, EditionError, IndexClass

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NONE = -1  # an index that there is not
HALF, GOOD, HEAVY = 50, 100, 200  # HJ 633: no primary pollutant up to 50, good up to 100, heavy pollution above 200


def row_of(rules: Edition, pollutant: str, averaging: str) -> Breakpoints:
    """The row of Table 1 for a pollutant and an averaging time; an hour of particles takes that of 24 hours.

    Raises
    ------
    EditionError
        If there is none; the message lists those there are.
    """
    rows: dict[tuple[str, str], Breakpoints] = {(r.pollutant, r.averaging): r for r in rules.table("breakpoints")}
    row = rows.get((pollutant, averaging)) or (rows.get((pollutant, "24h")) if averaging == "1h" else None)
    if row is None:
        known = ", ".join(" ".join(key) for key in rows)
        what = {"edition": rules.name, "name": pollutant, "averaging": averaging, "known": known}
        raise EditionError(say("{edition} has no index of {name} {averaging}; it has {known}", **what))
    return row


def sub_index(value: Ratio, row: Breakpoints, rules: Edition) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_]]:
    """IAQI of concentrations, rounded up, and where the concentration is above the row.

    Parameters
    ----------
    value : Ratio, any shape
        Exact concentrations [unit of the row].
    row : Breakpoints
    rules : Edition
        Of HJ 633: ``decimals_concentration``, to which concentrations are rounded first.

    Notes
    -----
    HJ 633 formula (1); always rounded up (2012 clause 6.2, 2026 clause 4.2.6). In floating point CO of 2.2 mg/m3 would give
    56 in place of 55; whole numbers do not.
    """
    import numpy as np

    decimals = rules.decimals("decimals_concentration", row.pollutant)
    if decimals is None:
        return _interpolated(value.num, value.den, row)
    whole = value.rounded_whole(decimals)
    top = row.at[-1] * 10**decimals + 1  # the first whole number above the row: all beyond it are alike
    table, _ = _interpolated(np.arange(top + 1), denominator(10**decimals), row)
    return table[np.minimum(whole, top).astype(np.int64)], np.asarray(whole >= top, dtype=bool)


def _interpolated(
    num: npt.NDArray[Any], den: npt.NDArray[Any], row: Breakpoints
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_]]:
    """Formula (1) for ``num / den``, rounded up, and where it is above the row."""
    import numpy as np

    edges = [times(den, c) for c in row.at]
    found = np.zeros(np.shape(num), np.int16)
    for place in range(len(row.at) - 1):
        low, high = row.index[place], row.index[place + 1]
        above = np.asarray(num > edges[place], dtype=bool)
        part = times(np.asarray(num[above] - _at(edges[place], above)), high - low)
        width = _at(edges[place + 1] - edges[place], above)
        found[above] = np.minimum(low - (-part // width), high).astype(np.int16)  # minus the floor of minus: up
    return found, np.asarray(num > edges[-1], dtype=bool)


def _at(edge: npt.NDArray[Any], where: npt.NDArray[np.bool_]) -> Any:
    return edge if edge.size == 1 else edge[where]


@dataclass(frozen=True, eq=False)
class Item:
    """Concentrations of one item of the index [unit of its row], and which of them are valid."""

    value: Ratio
    valid: npt.NDArray[np.bool_]


def indices_of(
    items: Mapping[tuple[str, str], Item], counted: Iterable[tuple[str, str]], rules: Edition
) -> dict[tuple[str, str], npt.NDArray[np.int16]]:
    """IAQI of each counted item, ``NONE`` where it is not valid.

    Parameters
    ----------
    items : dict of (pollutant, averaging) to Item
        Also those that take over above the table (2012: SO2 24 h, O3 1 h).
    counted : list of (pollutant, averaging)
        Items of the index.
    """
    import numpy as np

    found = {}
    for key in counted:
        if key not in items:
            continue
        row = row_of(rules, *key)
        index, over = sub_index(items[key].value, row, rules)
        valid = items[key].valid
        if row.above and (over & valid).any():
            other = items.get((key[0], row.above))
            if other is None:
                valid = valid & ~over
            else:
                taken, _ = sub_index(other.value, row_of(rules, key[0], row.above), rules)
                index, valid = np.where(over, taken, index), valid & (~over | other.valid)
        found[key] = np.where(valid, index, NONE).astype(np.int16)
    return found


def largest(
    indices: Mapping[tuple[str, str], npt.NDArray[np.int16]],
    rules: Edition,
    due: Sequence[tuple[str, str]],
    excused: Mapping[str, npt.NDArray[np.bool_]] | None = None,
) -> npt.NDArray[np.int16]:
    """The index, ``NONE`` where there is none.

    Parameters
    ----------
    indices : dict of (pollutant, averaging) to int16
        From :func:`indices_of`.
    due : list of (pollutant, averaging)
        Items without which the index is incomplete.
    excused : dict of pollutant to bool, optional
        Where a pollutant is not due after all.

    Notes
    -----
    HJ 633-2026 clause 5.3.1: with one missing the index of the rest is published if it is above 100, else there is
    none.
    """
    import numpy as np

    whole = np.stack(list(indices.values()))
    index = whole.max(axis=0)
    lacking = np.zeros(index.shape, bool)
    for key in due:
        gone = indices[key] == NONE if key in indices else np.ones(index.shape, bool)
        lacking |= gone & ~excused[key[0]] if excused and key[0] in excused else gone
    if rules.rule("incomplete") != "index of the rest":
        index = np.where(lacking & (index <= GOOD), NONE, index)
    index = np.where((index != NONE) & (index < int(rules.rule("lowest"))), int(rules.rule("lowest")), index)
    return index.astype(np.int16)


def class_of(index: int, rules: Edition) -> IndexClass:
    """The class of an index."""
    classes: tuple[IndexClass, ...] = rules.table("classes")
    return next(c for c in classes if index <= c.up_to)


def levels_of(index: npt.NDArray[np.int16], rules: Edition) -> npt.NDArray[np.int8]:
    """The level of each index, 0 where there is none."""
    import numpy as np

    tops = [c.up_to for c in rules.table("classes")]
    return np.where(index == NONE, 0, np.searchsorted(tops, index) + 1).astype(np.int8)


def places_of_ties(
    indices: Mapping[tuple[str, str], npt.NDArray[np.int16]], index: npt.NDArray[np.int16], above: int
) -> dict[str, npt.NDArray[np.bool_]]:
    """Of each pollutant, where its index is the largest and above a value, ties all (HJ 633: primary pollutants)."""
    found: dict[str, npt.NDArray[np.bool_]] = {}
    high = index > above
    for (pollutant, _), array in indices.items():
        here = high & (array == index)
        found[pollutant] = found[pollutant] | here if pollutant in found else here
    return found


def names_of_ties(
    indices: Mapping[tuple[str, str], npt.NDArray[np.int16]], index: npt.NDArray[np.int16], above: int
) -> npt.NDArray[np.object_]:
    """The same as text."""
    import numpy as np

    places = places_of_ties(indices, index, above)
    ties = np.zeros(index.shape, np.int64)
    for k, here in enumerate(places.values()):
        ties |= here.astype(np.int64) << k
    words = [", ".join(n for k, n in enumerate(places) if mask >> k & 1) for mask in range(1 << len(places))]
    text: npt.NDArray[np.object_] = np.array([*words, ""], dtype=object)[ties]
    return text


def counted_items(rules: Edition, *, hourly: bool = False) -> list[tuple[str, str]]:
    """The items of the daily or the hourly index as (pollutant, averaging time of its value)."""
    found: dict[str, list[str]] = rules.rule("hourly_items" if hourly else "daily_items")
    return [(pollutant, averaging) for pollutant, several in found.items() for averaging in several]
