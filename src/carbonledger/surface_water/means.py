"""Means of samples over a period, exact, under the rules of an edition."""

from __future__ import annotations

import decimal
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..rounding import Ratio, times
from ..standards import Edition
from .samples import Periods, WaterSamples
from .values import Sample

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_DIGITS = 50  # of hydrogen ion concentrations: pH is stated to two or three


@dataclass(frozen=True, eq=False)
class Means:
    """Of one item, all [point, period]: the mean in the item's unit (0/1 where there is none) and counts of samples."""

    mean: Ratio
    n: npt.NDArray[np.int64]
    below: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]


class Averages:
    """Means by item and rule, each made once."""

    def __init__(self, samples: WaterSamples, periods: Periods) -> None:
        self.samples, self.periods = samples, periods
        self._made: dict[tuple[str, ...], Means] = {}
        order = samples.rows.sort_values("item", kind="stable")
        self._of = {samples.items.names[int(k)]: rows for k, rows in order.groupby("item") if int(k) >= 0}

    @property
    def has_below(self) -> bool:
        """Whether any sample is below its detection limit."""
        return bool((self.samples.rows["code"] == Sample.BELOW).any())

    @property
    def has_several(self) -> bool:
        """Whether any point has an item several times in a month, in a period of several."""
        counts = self.samples.rows[self.samples.rows["code"] <= Sample.BELOW]
        return self.periods.by != "month" and bool(counts.duplicated(["point", "item", "month"]).any())

    def sampled(self, item: str) -> bool:
        """Whether there is any row of an item."""
        return item in self._of

    def of(self, item: str, rules: Edition) -> Means:
        """The means of an item under the rules."""
        key = (
            item,
            rules.rule("below_detection"),
            rules.rule("mean_of"),
            rules.rule("ph_mean") if item == "ph" else "",
        )
        if key not in self._made:
            self._made[key] = self._means(item, *key[1:])
        return self._made[key]

    def _means(self, item: str, below: str, mean_of: str, ph_mean: str) -> Means:
        import numpy as np

        shape = (len(self.samples.points), self.periods.n)
        rows = self._of.get(item)
        if rows is None:
            none = np.zeros(shape, np.int64)
            return Means(Ratio(none, np.ones_like(none)), none, none, none)
        group = rows["point"].to_numpy() * shape[1] + self.periods.place(rows["month"].to_numpy())
        code, whole = rows["code"].to_numpy(), rows["whole"].to_numpy()
        valid = code <= Sample.BELOW
        n, all_rows, n_below = (
            np.bincount(group[w], minlength=shape[0] * shape[1]).astype(np.int64)
            for w in (valid, slice(None), code == Sample.BELOW)
        )
        doubled = _doubled(whole[valid], (code == Sample.BELOW)[valid], below)  # so that half a step is whole
        unit = 2 * self.samples.scale[item]
        month = rows["month"].to_numpy()[valid]
        if ph_mean == "hydrogen ions":
            mean = _of_ions(group[valid], month, doubled, unit, n, mean_of == "monthly means")
        elif mean_of == "monthly means":
            mean = _of_months(group[valid], month, doubled, unit, len(n))
        else:
            mean = Ratio(_summed(group[valid], doubled, len(n)), times(np.maximum(n, 1), unit))
        return Means(
            Ratio(mean.num.reshape(shape), mean.den.reshape(shape)),
            *(a.reshape(shape) for a in (n, n_below, all_rows)),
        )


def _doubled(whole: npt.NDArray[Any], below: npt.NDArray[np.bool_], rule: str) -> npt.NDArray[Any]:
    """Twice each value; of one below detection the limit, twice the limit or 0."""
    factor = {"half the limit": 1, "the limit": 2, "zero": 0}[rule]
    doubled: npt.NDArray[Any] = times(whole, 2)
    doubled = doubled.copy()
    doubled[below] = whole[below] * factor
    return doubled


def _summed(group: npt.NDArray[np.int64], whole: npt.NDArray[Any], n_groups: int) -> npt.NDArray[Any]:
    import numpy as np

    if whole.dtype != object and len(whole) and int(abs(whole).max()) * len(whole) >= 2**62:
        whole = whole.astype(object)
    total = np.zeros(n_groups, dtype=whole.dtype)
    np.add.at(total, group, whole)
    return total


def _of_months(
    group: npt.NDArray[np.int64], month: npt.NDArray[np.int64], whole: npt.NDArray[Any], unit: int, n_groups: int
) -> Ratio:
    """The mean of the means of the months that have samples."""
    import numpy as np

    keys, of_month = np.unique(np.stack([group, month], axis=1), axis=0, return_inverse=True)
    of_month = of_month.reshape(-1)
    n = np.bincount(of_month, minlength=len(keys)).astype(np.int64)
    common = math.lcm(*set(n.tolist())) if len(n) else 1
    sums = times(_summed(of_month, whole, len(keys)), common) // n
    months = np.bincount(keys[:, 0], minlength=n_groups).astype(np.int64)
    return Ratio(_summed(keys[:, 0], sums, n_groups), times(np.maximum(months, 1), unit * common))


def _of_ions(
    group: npt.NDArray[np.int64],
    month: npt.NDArray[np.int64],
    whole: npt.NDArray[Any],
    unit: int,
    n: npt.NDArray[np.int64],
    by_month: bool,
) -> Ratio:
    """Minus the logarithm of the mean hydrogen ion concentration, to 50 digits; whole powers of ten come out exact."""
    import numpy as np

    num, den = np.zeros(len(n), dtype=object), np.ones(len(n), dtype=object)
    with decimal.localcontext(decimal.Context(prec=_DIGITS)):
        ions: dict[int, dict[int, list[decimal.Decimal]]] = {}
        for g, m, w in zip(group.tolist(), month.tolist(), whole.tolist(), strict=True):
            ions.setdefault(g, {}).setdefault(m if by_month else 0, []).append(10 ** -(decimal.Decimal(w) / unit))
        for g, months in ions.items():
            means = [sum(found, decimal.Decimal(0)) / len(found) for found in months.values()]
            ph = Fraction(-(sum(means, decimal.Decimal(0)) / len(means)).log10())
            num[g], den[g] = ph.numerator, ph.denominator
    return Ratio(num, den)
