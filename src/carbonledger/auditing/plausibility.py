"""Slips that a reader cannot see and a ledger cannot refuse: warnings with their row, before any result is believed.

Every check is small, stands alone and finds at once over the whole table; the bounds are conventions of this library.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .. import units
from ..case import Limits
from ..factors import FactorRow, Factors, read_set, set_names
from ..ledger import Ledger
from ..messages import Said, say
from ..tables import activities, combine
from .findings import Finding, activity_said
from .series import isin, jump_warning, shown, slip_of, warning_at, yearly
from .weights import Weights

if TYPE_CHECKING:
    import pandas as pd

GJ_PER_TCE = 29.3076  # GB/T 2589-2020, 3.8: 1 kgce = 29 307.6 kJ
CAL = 4.1868  # kJ per kcal, international table; the one of Chinese energy statistics

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


def plausibility(ledger: Ledger, weights: Weights, limits: Limits) -> list[Finding]:
    """Heating values and jumps; see :mod:`peers` for what compares enterprises."""
    return [*shown(heating_values(ledger, limits)), *shown(jumps(ledger, weights, limits))]


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
        activity=activity_said(str(first["activity"])),
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
    return warning_at(first, "heating_value", what, own / nearest)


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
        jump_warning(ledger, "jump", table, i, ratio)
        for i, ratio in table.jumping(limits.jump)
        if slip_of(ratio) or max(share[i], share[table.before[i]]) >= limits.jump_share
    ]
