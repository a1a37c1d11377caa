"""Sample values as exact whole numbers in a step of their item, and what became of each."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..errors import Faults, UnitError
from ..messages import say
from ..standards import WaterLimit
from ..tables import where
from .items import Items, scale_to
from .values import FLAGS, Sample, cell_of, number_of, range_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

_ROOM = 2**53
_Wrong = tuple[str, str, str]  # the column, what was found, how to mend it


@dataclass(frozen=True, eq=False)
class Numbers:
    """Whole numbers (int64, or Python integers where they do not fit), their codes, and steps per unit by item."""

    whole: npt.NDArray[Any]
    code: npt.NDArray[np.int8]
    scale: dict[str, int]

    @property
    def counts(self) -> npt.NDArray[np.bool_]:
        """Which samples count."""
        counts: npt.NDArray[np.bool_] = self.code <= Sample.BELOW
        return counts


@dataclass(frozen=True)
class _Read:
    """One distinct cell with its item, unit and limit: value in the item's unit, code, and what is wrong with it."""

    value: Fraction
    code: Sample
    faults: tuple[_Wrong, ...] = ()


def numbers_of(
    frame: pd.DataFrame, items: Items, sentinels: Collection[float], doubtful: str, faults: Faults
) -> Numbers:
    """The numbers of the columns ``item, value, unit, detection_limit, flag``; each distinct cell is read once."""
    import numpy as np

    columns = ["item", "value", "unit", "detection_limit", "flag"]
    group = frame.groupby(columns, sort=False, dropna=False).ngroup().to_numpy()
    _, first = np.unique(group, return_index=True)
    reader = _Reader(items, frozenset(Fraction(str(s)) for s in sentinels), doubtful)
    cells = frame.iloc[first][columns].itertuples(index=False, name=None)
    read = [reader.read(int(item), *map(str, texts)) for item, *texts in cells]
    for k, cell in enumerate(read):
        for i in np.flatnonzero(group == k) if cell.faults else ():
            for column, what, mend in cell.faults:
                place = where(frame, i, str(frame["column"].iat[i]) or column)  # a wide table's own column
                faults.add(what, **place, mend=mend)
    names = [items.names[k] if (k := int(frame["item"].iat[i])) >= 0 else "" for i in first]
    scale = {
        n: math.lcm(*(c.value.denominator for c, m in zip(read, names, strict=True) if m == n)) for n in set(names)
    }
    whole = [int(c.value * scale[n]) for c, n in zip(read, names, strict=True)]
    fits = all(abs(w) < _ROOM for w in whole)
    array = np.array(whole, dtype=np.int64 if fits else object)
    code = np.array([c.code for c in read], dtype=np.int8)
    return Numbers(array[group], code[group], {n: s for n, s in scale.items() if n})


class _Reader:
    """Reads cells one by one; factors to the unit of each item are looked up once."""

    def __init__(self, items: Items, sentinels: frozenset[Fraction], doubtful: str) -> None:
        self.items, self.sentinels, self.doubtful = items, sentinels, doubtful
        self.scales: dict[tuple[str, str], Fraction | UnitError] = {}

    def scale(self, item: WaterLimit, unit: str) -> Fraction | UnitError:
        """How many of the item's unit one unit is, or why it is none of the item."""
        key = (item.item, unit)
        if key not in self.scales:
            try:
                self.scales[key] = scale_to(item, unit)
            except UnitError as error:
                self.scales[key] = error
        return self.scales[key]

    def read(self, item: int, value: str, unit: str, limit: str, flag: str) -> _Read:
        """One cell with the unit, the detection limit and the flag beside it."""
        cell = cell_of(value)
        below = cell.kind == "below" or FLAGS.get(flag.lower(), False)
        if item < 0 or (cell.kind == "blank" and not below):
            return _Read(Fraction(0), Sample.BLANK)
        if cell.kind == "number" and cell.number in self.sentinels:
            return _Read(Fraction(0), Sample.SENTINEL)
        about = self.items.about[self.items.names[item]]
        wrong: list[_Wrong] = []
        if flag.lower() not in FLAGS:
            what = say("unknown flag {name!r}", name=flag)
            wrong.append(("flag", what, say("Write L where the value is the detection limit, else leave it blank")))
        if cell.kind == "wrong":
            what = say("{written!r} is not a number", written=value)
            mend = say("Write digits with a point, or <0.001, 0.001L where it is below detection")
            wrong.append(("value", what, mend))
        number = _limit_of(cell.number, limit, below, wrong)
        found = number * self._factor(about, unit, wrong)
        between = range_of(about, self.items.largest.get(about.item, Fraction(0)))
        if not wrong and (code := _doubt(found, between)) is not None:
            if self.doubtful == "mask":
                return _Read(Fraction(0), code)
            wrong.append(("value", *_told(found, about, between)))
        return _Read(Fraction(0) if wrong else found, Sample.BELOW if below else Sample.VALID, tuple(wrong))

    def _factor(self, about: WaterLimit, unit: str, wrong: list[_Wrong]) -> Fraction:
        scale = self.scale(about, unit)
        if not isinstance(scale, UnitError):
            return scale
        what = say("no unit") if not unit else scale.message
        wrong.append(("unit", what, say("Write the unit of {item}, e.g. {unit!r}", item=about.item, unit=about.unit)))
        return Fraction(1)


def _limit_of(number: Fraction | None, limit: str, below: bool, wrong: list[_Wrong]) -> Fraction:
    """The number of a cell; of one below detection its limit, from the cell or the column beside it."""
    column, mend = number_of(limit) if limit else None, say("Write a positive number in the unit of the value")
    if limit and (column is None or column <= 0):
        wrong.append(("detection_limit", say("{written!r} is no detection limit", written=limit), mend))
        return Fraction(0)
    if below and number is not None and number <= 0:
        wrong.append(("value", say("{written!r} is no detection limit", written=f"{float(number):g}"), mend))
        return Fraction(0)
    if below and number is None and column is None and not wrong:
        what = say("below detection, but the detection limit is not stated")
        wrong.append(("value", what, say("Write it as <0.001 or 0.001L, or fill the column detection_limit")))
    if number is not None and column is not None and (number != column if below else number < column):
        what = say("the value and the detection limit contradict each other")
        mend = say("Write a value below detection as <0.001 or 0.001L with the same limit")
        wrong.append(("detection_limit", what, mend))
    return number if number is not None else column if column is not None else Fraction(0)


def _doubt(value: Fraction, between: tuple[Fraction, Fraction]) -> Sample | None:
    low, high = between
    return Sample.NEGATIVE if value < low else Sample.TOO_HIGH if value > high else None


def _told(value: Fraction, about: WaterLimit, between: tuple[Fraction, Fraction]) -> tuple[str, str]:
    low, high = between
    unit = "" if about.unit == "1" else about.unit
    what = say("{item} of {value:g} {unit} cannot be meant", item=about.item, value=float(value), unit=unit)
    mend = say("It lies between {low:g} and {high:g}: correct it or its unit", low=float(low), high=float(high))
    return what, mend
