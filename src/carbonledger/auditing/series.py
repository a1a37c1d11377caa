"""Amounts of series by year, and how a warning is placed at a row; what all plausibility checks share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..ledger import Ledger
from ..messages import Said, say
from .findings import KINDS, WARNING, Finding, activity_said, flow_said

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
    what = say("{kind}: {n} more", kind=say(KINDS[found[0].kind]), n=len(found) - LISTED)
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


@dataclass(frozen=True, eq=False)
class Yearly:
    """Amounts of series by year, an array each; ``group`` is the position of every cell that was summed.

    ``months`` are those covered, ``cell`` the first cell, ``before`` the position of the year before or -1.
    """

    group: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]
    months: npt.NDArray[np.int64]
    cell: npt.NDArray[np.int64]
    before: npt.NDArray[np.int64]

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
    """Sum cells by series and year, and find the year before of each.

    Parameters
    ----------
    series, year, cell : int array [chosen cell]
    amount : float64 array [chosen cell], in the canonical unit
    months : int array [chosen cell], one bit a month
    """
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
    total = np.zeros(len(pairs))
    np.add.at(total, group, amount)
    order = np.argsort(pairs, kind="stable")
    follows = (np.diff(pairs[order]) == 1) & (pairs[order][1:] % span > 0)  # the next year of the same series
    before = np.full(len(pairs), -1, dtype=np.int64)
    before[order[1:][follows]] = order[:-1][follows]
    return Yearly(group, pairs % span + start, total, bits[union & 4095], first, before)


def slip_of(ratio: float) -> str:
    """The power of ten that a ratio is near, if it is near one that units are mistaken by."""
    size = abs(math.log(ratio))
    for name, factor in AMOUNT_SLIPS.items():
        if abs(size - math.log(factor)) <= math.log(SLIP_WITHIN):
            return name
    return ""


def jump_warning(ledger: Ledger, kind: str, table: Yearly, i: int, ratio: float) -> Finding:
    """What jumped, from which amount to which, and the slip that it may be."""
    row, before = ledger.rows.iloc[int(ledger.cells.first[table.cell[i]])], int(table.before[i])
    what: Said = say(
        "{activity}, {flow}: {amount:.6g} {unit} in {months} months, {before:.6g} in {earlier} the year before, {ratio:.4g} times as much a month",
        activity=activity_said(str(row["activity"])),
        flow=flow_said(str(row["flow"])),
        amount=float(table.amount[i]),
        unit=row["canonical_unit"],
        months=int(table.months[i]),
        before=float(table.amount[before]),
        earlier=int(table.months[before]),
        ratio=ratio,
    )
    if slip := slip_of(ratio):
        what = say("{what}; near {slip}: two units exchanged?", what=what, slip=slip)
    return warning_at(row, kind, what, ratio)
