"""Amounts of series by year, and how a warning is placed at a row; what all plausibility checks share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..messages import Said, say
from .findings import WARNING, Finding, Word

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

LISTED = 200  # findings of one check that are spelt out; the rest are counted
AMOUNT_SLIPS = {"10^3": 1e3, "10^4": 1e4, "10^8": 1e8}
SLIP_WITHIN = 1.5  # a year's own change and a slip of a power of ten together


def shown(found: list[Finding]) -> list[Finding]:
    """The first findings of a check, and how many more there are."""
    if len(found) <= LISTED:
        return found
    what = say("{kind}: {n} more", kind=Word(found[0].kind), n=len(found) - LISTED)
    return [*found[:LISTED], Finding("many", WARNING, what, value=float(len(found) - LISTED))]


def warning_at(row: pd.Series, kind: str, what: Said, value: float, quantity: str = "") -> Finding:
    """A warning at a row of the ledger."""
    return Finding(
        kind,
        WARNING,
        what,
        str(row["file"]),
        int(row["row"]),
        quantity,
        entity=str(row["entity"]),
        year=int(row["year"]),
        value=value,
    )


def isin(column: Any, labels: set[str]) -> npt.NDArray[np.bool_]:
    """Where a coded column has one of the labels; looked at once a label."""
    import numpy as np

    table = np.array([label in labels for label in column.categories] or [False])
    found: npt.NDArray[np.bool_] = table[column.codes]
    return found


class Yearly:
    """Amounts of series by year, and where the year before stands."""

    def __init__(self, group: Any, series: Any, year: Any, amount: Any, months: Any, cell: Any) -> None:
        import numpy as np

        self.group, self.series, self.year, self.amount, self.months, self.cell = (
            group,
            series,
            year,
            amount,
            months,
            cell,
        )
        order = np.lexsort((year, series))
        follows = (np.diff(series[order]) == 0) & (np.diff(year[order]) == 1)
        self.before = np.full(len(year), -1, dtype=np.int64)
        self.before[order[1:][follows]] = order[:-1][follows]

    def jumping(self, limit: float) -> list[tuple[int, float]]:
        """Positions and ratios of the monthly amounts that jump beyond the limit; both years must be positive."""
        import numpy as np

        per_month = self.amount / np.maximum(self.months, 1)
        has = (self.before >= 0) & (per_month > 0) & (per_month[self.before] > 0)
        ratio = np.ones(len(per_month))
        ratio[has] = per_month[has] / per_month[self.before[has]]
        at = np.flatnonzero(np.abs(np.log(ratio)) > np.log(limit) * (1 + 1e-12))
        return [(int(i), float(ratio[i])) for i in at[np.argsort(self.cell[at], kind="stable")]]


def yearly(series: Any, year: Any, amount: Any, months: Any, cell: Any) -> Yearly:
    """Sum cells [cell] by series and year: amounts, months covered, the first cell of each."""
    import numpy as np
    import pandas as pd

    start = int(year.min())
    span = int(year.max()) - start + 1
    group, pairs = pd.factorize(series.astype(np.int64) * span + (year - start))
    union = np.zeros(len(pairs), dtype=np.int64)
    np.bitwise_or.at(union, group, months.astype(np.int64))
    bits = np.array([n.bit_count() for n in range(1 << 12)])
    first = np.full(len(pairs), np.iinfo(np.int64).max)
    np.minimum.at(first, group, cell)
    total = np.bincount(group, weights=amount, minlength=len(pairs))
    return Yearly(group, pairs // span, pairs % span + start, total, bits[union & 4095], first)


def slip_of(ratio: float) -> str:
    """The power of ten that a ratio is near, if it is near one that units are mistaken by."""
    size = abs(math.log(ratio))
    for name, factor in AMOUNT_SLIPS.items():
        if abs(size - math.log(factor)) <= math.log(SLIP_WITHIN):
            return name
    return ""


def jump_said(name: str, unit: str, table: Yearly, i: int, ratio: float) -> Said:
    """What jumped, from which amount to which, and the slip that it may be."""
    b = int(table.before[i])
    what: Said = say(
        "{name}: {amount:.6g} {unit} in {months} months, {before:.6g} in {earlier} the year before, {ratio:.4g} times as much",
        name=name,
        amount=float(table.amount[i]),
        unit=unit,
        months=int(table.months[i]),
        before=float(table.amount[b]),
        earlier=int(table.months[b]),
        ratio=ratio,
    )
    if slip := slip_of(ratio):
        what = say("{what}; near {slip}: two units exchanged?", what=what, slip=slip)
    return what
