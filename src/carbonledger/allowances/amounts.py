"""In which units the columns of the table of units may be stated, and what one of each is inside."""

from __future__ import annotations

from collections.abc import Callable

from .. import units
from ..errors import UnitError
from ..messages import say


def power(unit: str) -> float:
    """How many MWh one ``unit`` is; only watt-hours are accepted, so that a column of heat is not read as power."""
    factor = units.factor(unit, "MWh")
    if not all(str(name).endswith(("watthour", "瓦时")) for name, _ in units.quantity_of(unit).unit_items()):
        raise UnitError(say("unit {unit!r} is no unit of power in watt-hours (MWh, 万千瓦时)", unit=unit))
    return factor


def heat(unit: str) -> float:
    """How many GJ one ``unit`` is; coal equivalent is not accepted, which counts fuel and not heat."""
    factor = units.factor(unit, "GJ")
    if units.is_coal_equivalent(unit):
        raise UnitError(say("unit {unit!r} is coal equivalent, not heat (GJ, 百万千焦)", unit=unit))
    return factor


def carbon(unit: str) -> float:
    """How many t CO2 one ``unit`` is."""
    return units.factor(unit, "t CO2")


def price(unit: str) -> float:
    """How many CNY per t CO2 one ``unit`` is: ``元/t``, ``元/tCO2``, ``元/(t CO2)``."""
    for accepted in ("CNY/(t CO2)", "CNY/t CO2"):  # the latter is how 元/tCO2 is read
        if units.same_dimension(unit, accepted):
            return units.factor(unit, accepted)
    return units.factor(unit, "CNY/t")


OF_COLUMN: dict[str, tuple[str, Callable[[str], float]]] = {
    "generated": ("power_unit", power),
    "supplied": ("power_unit", power),
    "heat": ("heat_unit", heat),
    "emissions": ("emissions_unit", carbon),
    "carry_over": ("emissions_unit", carbon),
    "ccer": ("emissions_unit", carbon),
    "price": ("price_unit", price),
}
"""For each column the column of its unit, and how one of that unit is read."""
