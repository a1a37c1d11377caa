"""What levers on rates do that they cannot: replace a rate twice, or one that changes by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..factors import Grade
from ..ledger import Ledger
from ..messages import Said, say
from ..scenario import Lever, Scenario
from ..tables import OWN
from .acting import changes_rates, rates_for, rates_with, touched_cells
from .amount_checks import check_units, has_sector, touches_nothing
from .saying import told_by
from .values import selected

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def check_rates(
    scenario: Scenario,
    levers: Sequence[Lever],
    ledger: Ledger,
    templates: Sequence[tuple[Ledger, int]],
    faults: Faults,
) -> None:
    """Levers on rates touch something, shadows included, in units that fit, once, and none that changes by itself."""
    import numpy as np

    posted, years = templates[0][0], [year for _, year in templates]
    here = np.isin(posted.cells.year, years)
    on_rates = [lever for lever in levers if lever.verb == "rate" or changes_rates(lever)]
    for lever in on_rates:
        touched = touched_cells(posted, lever) & here
        if touched.any():
            check_units(scenario, lever, posted, touched, faults)
        elif _only_own(lever, posted, here):
            mend = say("Every cell that it finds has a measured value of its own; write own = true to replace these")
            touches_nothing(scenario, lever, faults, mend)
        elif all(has_sector(ledger, wanted) for wanted in lever.select.get("sector", ())):
            touches_nothing(scenario, lever, faults, _why_nothing(lever))
        if scenario.rates == "resolve" and lever.acts == "policy":
            _check_resolved(scenario, lever, ledger, posted, faults)
    replaced = [lever for lever in on_rates if lever.verb == "rate"]
    for i, one in enumerate(replaced):
        for other in replaced[i + 1 :]:
            both = set(one.select["quantity"]) & set(other.select["quantity"])
            if both and (touched_cells(posted, one) & touched_cells(posted, other) & here).any():
                names = {"one": one.name, "other": other.name, "quantity": ", ".join(sorted(both))}
                what = say(
                    "[[levers]] {one!r} and {other!r} both replace the rate of {quantity} of the same cells", **names
                )
                faults.add(what, file=scenario.file, mend=say("Narrow the select of one, or join them"))


def _why_nothing(lever: Lever) -> Said:
    """What a lever on rates may have missed."""
    if lever.component:
        part = lever.component
        return say("Of what it selects, no rate is made of {part}: loosen select, or delete component", part=part)
    names = ", ".join(lever.select.get("quantity", ()))
    return say("Nothing that it selects counts towards {names}: loosen select, or name another quantity", names=names)


def _only_own(lever: Lever, ledger: Ledger, here: npt.NDArray[np.bool_]) -> bool:
    """Whether a rate lever finds nothing but cells with measured values."""
    if lever.verb != "rate" or lever.own:
        return False
    found = selected(ledger, lever.select) & here
    own = [rates_with(ledger, name, lambda rate: rate.grade == Grade.OWN) for name in lever.select["quantity"]]
    return any(bool(mask[ledger.cells.key][found].any()) for mask in own)


def _check_resolved(scenario: Scenario, lever: Lever, ledger: Ledger, posted: Ledger, faults: Faults) -> None:
    """A rate that the factor sets change after the base year is not given a path as well."""
    changing = []
    for q, name in enumerate(posted.quantities):
        seen: dict[Any, float] = {}
        for one in (ledger, posted):
            found = touched_cells(one, lever) & rates_for(one, lever, q, name)[one.cells.key]
            found &= one.cells.year >= scenario.base_year
            for what, rate in _rates_by_cell(one, found, q):
                changed = not math.isclose(seen.setdefault(what, rate), rate, rel_tol=1e-12)
                changing += [name] if changed and name not in changing else []
    for name in changing:
        faults.add(
            say(
                "{where}: the factor sets change this rate of {quantity} by year already",
                where=told_by(scenario, lever),
                quantity=name,
            ),
            file=scenario.file,
            mend=say('Write rates = "hold", or drop the lever'),
        )


def _rates_by_cell(ledger: Ledger, found: npt.NDArray[np.bool_], q: int) -> Iterable[tuple[Any, float]]:
    """What a rate hangs on, its year left out, and the rate."""
    import numpy as np

    cells, at = ledger.cells, np.flatnonzero(found)
    own = [column for column in OWN if column in ledger.rows]
    values = ledger.rows[own].iloc[cells.first[at]].fillna(-1.0).to_numpy().tolist() if own else [()] * len(at)
    columns = (cells.activity, cells.flow, cells.unit, cells.region)
    text = zip(*(column[at] for column in columns), strict=True)
    rates = ledger.rates[cells.key[at], q].tolist()
    return [((*map(str, t), *v), rate) for t, v, rate in zip(text, values, rates, strict=True)]
