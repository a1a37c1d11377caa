"""Units and names of what a sweep shows."""

from __future__ import annotations

from collections.abc import Sequence

from ..levers import Prepared

COST = {"units": "CNY", "long_name": "cost of levers", "long_name_zh": "措施成本"}


def attributes(prepared: Prepared, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Attributes of indicators, quantities and states, as xarray carries them."""
    catalog, made = prepared.case.catalog, {}
    for name in names:
        found = catalog.indicators.get(name) or catalog.quantities.get(name) or catalog.states.get(name)
        made[name] = {"units": found.unit, "long_name": found.en, "long_name_zh": found.zh} if found else dict(COST)
    return made
