"""Enterprises beside others of their division: energy and water per output, and power that all but one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..case import Limits
from ..ledger import Ledger
from ..messages import say
from ..tables import CARRIERS, activities, combine
from .findings import Finding
from .series import isin, jump_warning, shown, slip_of, warning_at, yearly

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

ENERGY = ("energy", "energy_coal_rate")  # the first that was posted
MAD_TO_SIGMA = 1.4826  # of a normal distribution
LEAST_WIDTH = 0.4  # of ln(ratio): firms that are all alike do not make a factor of 1.5 an outlier
REPORTING = 0.9  # of the enterprises that report energy in a year; from there on, power is to be expected


def compare_peers(ledger: Ledger, limits: Limits) -> list[Finding]:
    """Everything that compares enterprises with each other."""
    return [*shown(electricity(ledger, limits)), *shown(per_output(ledger, limits))]


def _enterprises(ledger: Ledger) -> npt.NDArray[np.bool_]:
    """Cells of enterprises; of every entity where there is no entity table."""
    import numpy as np

    cells, places = ledger.cells, ledger.places
    own = isin(cells.entry, {"row", "remainder"})
    if places.table is None:
        return own
    found: npt.NDArray[np.bool_] = own & np.asarray(places.column("level") == "enterprise")[cells.place]
    return found


# --- electricity ---------------------------------------------------------------------------------------------------


def electricity(ledger: Ledger, limits: Limits) -> list[Finding]:
    """Power of an entity against its year before, and enterprises without power where the others report it.

    Purchases and use, each summed over sectors and suppliers, are looked at apart; one warning a year.
    """
    import numpy as np

    cells, made = ledger.cells, list[Finding]()
    power = isin(cells.activity, {n for n, a in activities().items() if a.kind == "electricity"}) & ~cells.of_which
    power &= isin(cells.entry, {"row", "remainder"})
    for flow in ("purchased", "used"):
        chosen = power & isin(cells.flow, {flow})
        if not chosen.any():
            continue
        series, _ = combine([cells.entity, cells.unit])
        at = np.flatnonzero(chosen)
        table = yearly(series[chosen], cells.year[chosen], cells.amount[chosen], cells.months[chosen], at)
        found = [jump_warning(ledger, "electricity", table, i, ratio) for i, ratio in table.jumping(limits.jump)]
        told = {(f.entity, f.year) for f in made}
        made += [f for f in found if (f.entity, f.year) not in told]
    return [*made, *_without_power(ledger, power, limits)]


def _without_power(ledger: Ledger, power: npt.NDArray[np.bool_], limits: Limits) -> list[Finding]:
    """Enterprises that report energy but no power, or zero, in a year in which nearly all others report it."""
    import numpy as np

    cells = ledger.cells
    firms = _enterprises(ledger) & isin(cells.activity, {n for n, a in activities().items() if a.kind in CARRIERS})
    if not firms.any():
        return []
    group, size = cells.by_entity_and_year()
    taken = power & isin(cells.flow, {"purchased", "used", "generated"})
    has = np.bincount(group[taken], weights=np.abs(cells.amount[taken]), minlength=size) > 0
    there, first = np.unique(group[firms], return_index=True)
    at = np.flatnonzero(firms)[first]
    year, made = cells.year[at], []
    for y in np.unique(year):
        here = year == y
        n, reporting = int(here.sum()), int(has[there[here]].sum())
        if n < limits.peers or reporting < REPORTING * n:
            continue
        for cell in at[here][~has[there[here]]]:
            row = ledger.rows.iloc[int(cells.first[cell])]
            what = say(
                "{entity} reports energy, but no electricity; {n} of {all} enterprises do",
                entity=row["entity"],
                n=reporting,
                all=n,
            )
            made.append(warning_at(row, "electricity", what, 0.0))
    return made


# --- per output ----------------------------------------------------------------------------------------------------


def per_output(ledger: Ledger, limits: Limits) -> list[Finding]:
    """Energy or water per output far from the other enterprises of the same division of GB/T 4754 in the same year.

    The range is that of the case itself, robustly: median and median absolute deviation of the logarithms over at
    least ``peers`` enterprises. It is a statistic, from no standard.
    """
    import numpy as np

    firms = _enterprises(ledger)
    names = [next((n for n in ENERGY if n in ledger.quantities), ""), "water" if "water" in ledger.quantities else ""]
    made = []
    for output in (n for n, a in activities().items() if a.kind == "output"):
        cells = ledger.cells
        produced = firms & isin(cells.activity, {output}) & isin(cells.flow, {"produced"}) & isin(cells.unit, {"CNY"})
        if not produced.any():
            continue
        for quantity in filter(None, names):
            rate = np.nan_to_num(ledger.rates[:, ledger.quantities.index(quantity)])
            value = np.where(firms, cells.amount * rate[cells.key], 0.0)
            table = _ratios(ledger, value, np.where(produced, cells.amount, 0.0), firms)
            made += [_outlier(ledger, row, quantity, output) for row in _far(table, limits)]
    return made


def _ratios(ledger: Ledger, value: Any, output: Any, firms: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Value per output by entity and year, where both are positive: ``cell, division, year, log``."""
    import numpy as np
    import pandas as pd

    cells = ledger.cells
    group, size = cells.by_entity_and_year()
    top, bottom = (np.bincount(group, weights=v, minlength=size) for v in (value, output))
    counts = np.flatnonzero(firms & (value != 0))
    there, first = np.unique(group[counts], return_index=True)
    cell = counts[first]
    good = (top[there] > 0) & (bottom[there] > 0)
    division = np.array(
        ["".join(c for c in str(label) if c.isdigit())[:2] for label in cells.sector.categories] or [""]
    )
    table = pd.DataFrame(
        {
            "cell": cell[good],
            "year": cells.year[cell[good]],
            "ratio": (top / np.where(bottom > 0, bottom, 1))[there[good]],
        }
    )
    table["division"] = division[cells.sector.codes[table["cell"]]]
    return table[table["division"] != ""].assign(log=lambda t: np.log(t["ratio"]))


def _far(table: pd.DataFrame, limits: Limits) -> list[Any]:
    if table.empty:
        return []
    groups = table.groupby(["division", "year"])["log"]
    table = table.assign(n=groups.transform("size"), median=groups.transform("median"))
    off = (table["log"] - table["median"]).abs()
    mad = off.groupby([table["division"], table["year"]]).transform("median") * MAD_TO_SIGMA
    far = (table["n"] >= limits.peers) & (off > (limits.spread * mad).clip(lower=LEAST_WIDTH))
    return list(table[far].itertuples())


def _outlier(ledger: Ledger, found: Any, quantity: str, output: str) -> Finding:
    import math

    row = ledger.rows.iloc[int(ledger.cells.first[found.cell])]
    times = math.exp(found.log - found.median)
    unit = ledger.catalog.quantities[quantity].unit
    what = say(
        "{entity}: {ratio:.4g} {unit} of {quantity} per CNY of {output}, {times:.4g} times the median of {n} enterprises of division {division}",
        entity=row["entity"],
        ratio=found.ratio,
        unit=unit,
        quantity=quantity,
        output=output,
        times=times,
        n=int(found.n),
        division=found.division,
    )
    if slip := slip_of(times):
        what = say("{what}; near {slip}: two units exchanged?", what=what, slip=slip)
    return warning_at(row, "peers", what, times, quantity)
