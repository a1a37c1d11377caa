"""Slips that a reader cannot see and a ledger cannot refuse: warnings with their row, before any result is believed.

Every check is small, stands alone and finds at once over the whole table; the bounds are conventions of this library.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .. import units
from ..factors import FactorRow, Factors, read_set, set_names
from ..ledger import Ledger
from ..messages import Said, say
from ..tables import CARRIERS, activities, combine
from .findings import WARNING, Finding, Word
from .thresholds import Limits
from .weights import Weights

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

GJ_PER_TCE = 29.3076  # GB/T 2589-2020, 3.8: 1 kgce = 29 307.6 kJ
CAL = 4.1868  # kJ per kcal, international table; the one of Chinese energy statistics
LISTED = 200  # findings of one check that are spelt out; the rest are counted

# unit of own_ncv -> what may have been written in its place, and the ratio of that number to the right one
NCV_SLIPS = {
    "GJ/t": {
        "kJ/kg": 1e3,
        "kcal/kg": 1e3 / CAL,
        "Mcal/kg": 1 / CAL,
        "tce/t": 1 / GJ_PER_TCE,
        "10^4": 1e4,
        "10^-3": 1e-3,
        "10^-4": 1e-4,
        "4.1868": CAL,
        "29.3": GJ_PER_TCE,
    },
    "GJ/(10^4 Nm3)": {
        "kJ/Nm3": 1e2,
        "MJ/Nm3": 0.1,
        "GJ/Nm3": 1e-4,
        "kcal/Nm3": 1e2 / CAL,
        "tce/(10^4 Nm3)": 1 / GJ_PER_TCE,
        "10^3": 1e3,
        "10^4": 1e4,
        "10^-3": 1e-3,
        "4.1868": CAL,
        "29.3": GJ_PER_TCE,
    },
}
AMOUNT_SLIPS = {"10^3": 1e3, "10^4": 1e4, "10^8": 1e8}
SLIP_WITHIN = 1.5  # a year's own change and a slip of a power of ten together


def plausibility(ledger: Ledger, weights: Weights, limits: Limits) -> list[Finding]:
    """Heating values and jumps; see :mod:`peers` for what compares enterprises."""
    return [*shown(heating_values(ledger, limits)), *shown(jumps(ledger, weights, limits))]


def shown(found: list[Finding]) -> list[Finding]:
    """The first findings of a check, and how many more there are."""
    if len(found) <= LISTED:
        return found
    what = say("{kind}: {n} more", kind=Word(found[0].kind), n=len(found) - LISTED)
    return [*found[:LISTED], Finding("many", WARNING, what, value=float(len(found) - LISTED))]


# --- heating values ------------------------------------------------------------------------------------------------


def heating_values(ledger: Ledger, limits: Limits) -> list[Finding]:
    """Own heating values outside the range of the fuel, by entity, activity and year.

    The range is what factor sets print for the fuel, the case's and the shipped ones: from the lowest to the highest
    value where one prints a range, else within ``heating_value_factor`` of the nearest value.
    """
    import numpy as np

    rows = ledger.rows
    if "own_ncv" not in rows:
        return []
    given = np.flatnonzero(rows["own_ncv"].notna() & (rows["entry"] != "elimination") & (rows["entry"] != "transfer"))
    own = rows["own_ncv"].to_numpy(np.float64)[given]
    column = rows["activity"].array
    activity = np.asarray(column.codes)[given]
    low, high = np.full(len(given), 0.0), np.full(len(given), np.inf)
    known = references(ledger.factors)
    for code in np.unique(activity):
        if found := known.get(str(column.categories[code])):
            low[activity == code], high[activity == code] = _bounds(found, limits)
    off = given[~((own >= low) & (own <= high))]
    table = rows.iloc[off].groupby(["entity", "activity", "year"], observed=True, sort=False)
    return [_heating_value(group, known[str(name[1])], limits) for name, group in table]


def references(factors: Factors) -> dict[str, tuple[str, list[float], list[float]]]:
    """Per activity: the unit of its heating value, the values that sets print, and the ends of printed ranges."""
    sets = [*factors.sets, *(read_set(name) for name in set_names() if name not in factors.names)]
    found: dict[str, tuple[str, list[float], list[float]]] = {}
    for row in (row for one in sets for row in one.rows):
        unit = {"mass": "GJ/t", "normal_volume": "GJ/(10^4 Nm3)"}.get(activities()[row.activity].dimension, "")
        if not unit:
            continue
        values, ends = _printed(row, unit)
        if values or ends:
            one = found.setdefault(row.activity, (unit, [], []))
            one[1].extend(values)
            one[2].extend(ends)
    return found


def _printed(row: FactorRow, unit: str) -> tuple[list[float], list[float]]:
    """Heating values [unit] that one factor row prints, as such or as a coal equivalent."""
    values = []
    if row.ncv is not None and units.same_dimension(row.ncv_unit, unit):
        values.append(row.ncv * units.factor(row.ncv_unit, unit))
    if row.quantity != "energy" or not units.same_dimension(row.unit, unit):
        return values, []
    scale = units.factor(row.unit, unit)
    ends = [end * scale for end in (row.low, row.high) if end is not None]
    if row.rate is not None:
        values.append(row.rate * scale)
    return values, ends


def _bounds(found: tuple[str, list[float], list[float]], limits: Limits) -> tuple[float, float]:
    _, values, ends = found
    if ends:
        return min(values + ends) * (1 - 1e-6), max(values + ends) * (1 + 1e-6)
    return min(values) / limits.heating_value_factor, max(values) * limits.heating_value_factor


def _heating_value(group: pd.DataFrame, known: tuple[str, list[float], list[float]], limits: Limits) -> Finding:
    first = group.iloc[0]
    unit, values, ends = known
    own = float(first["own_ncv"])
    low, high = _bounds(known, limits)
    nearest = min(values + ends, key=lambda v: abs(math.log(own / v)) if own > 0 else v)
    what: Said = say(
        "own heating value {own:g} {unit} of {activity}; published are {low:.4g} to {high:.4g}",
        own=own,
        unit=unit,
        activity=first["activity"],
        low=min(values + ends),
        high=max(values + ends),
    )
    fits = {
        n: abs(math.log(own / r / nearest)) for n, r in NCV_SLIPS[unit].items() if own > 0 and low <= own / r <= high
    }
    if fits:
        slip = min(fits, key=lambda name: fits[name])
        what = say(
            "{what}; {ratio:.4g} times too much or too little: {slip} in its place?",
            what=what,
            ratio=NCV_SLIPS[unit][slip],
            slip=slip,
        )
    if len(group) > 1:
        what = say("{what} ({n} rows)", what=what, n=len(group))
    return _at(first, "heating_value", what, own / nearest)


def _at(row: pd.Series, kind: str, what: Said, value: float) -> Finding:
    """A warning at a row of the ledger."""
    return Finding(
        kind,
        WARNING,
        what,
        str(row["file"]),
        int(row["row"]),
        entity=str(row["entity"]),
        year=int(row["year"]),
        value=value,
    )


# --- jumps ---------------------------------------------------------------------------------------------------------


def jumps(ledger: Ledger, weights: Weights, limits: Limits) -> list[Finding]:
    """Amounts a month that jump against the year before, by entity, sector, activity, flow and partner.

    Stock changes, derived entries and power (see :func:`peers.electricity`) are left out.
    """
    import numpy as np

    cells = ledger.cells
    power = {name for name, a in activities().items() if a.kind in {"electricity", "green_electricity"}}
    kept = isin(cells.entry, {"row", "remainder"}) & ~isin(cells.flow, {"stock"}) & ~isin(cells.activity, power)
    kept &= ~isin(cells.unit, {str(u) for u in cells.unit.categories if str(u).startswith("CNY_")})
    if not kept.any():
        return []
    n_series = int(cells.series.max()) + 1
    series, _ = combine([(cells.series, n_series), (cells.of_which.astype(np.int8), 2), cells.unit])
    table = yearly(series[kept], cells.year[kept], cells.amount[kept], cells.months[kept], np.flatnonzero(kept))
    weight = np.zeros(len(cells))
    for j in range(len(ledger.quantities)):
        whole = weights.whole[:, j][weights.year[cells.key]]
        part = np.abs(cells.amount) * weights.rates[cells.key, j]
        np.maximum(weight, np.divide(part, whole, out=np.zeros_like(part), where=whole > 0), out=weight)
    share = np.bincount(table.group, weights=weight[kept], minlength=len(table.year))
    return [
        _jump(ledger, table, i, ratio)
        for i, ratio in table.jumping(limits.jump)
        if slip_of(ratio) or max(share[i], share[table.before[i]]) >= limits.jump_share
    ]


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


def _jump(ledger: Ledger, table: Yearly, i: int, ratio: float) -> Finding:
    row = ledger.rows.iloc[int(ledger.cells.first[table.cell[i]])]
    return _at(
        row, "jump", jump_said(f"{row['activity']} {row['flow']}", str(row["canonical_unit"]), table, i, ratio), ratio
    )


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


def is_carrier(activity: str) -> bool:
    """Whether an activity is energy."""
    return activities()[activity].kind in CARRIERS
