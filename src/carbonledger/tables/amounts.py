"""What an amount of each activity is measured in, once it is inside."""

from __future__ import annotations

from functools import lru_cache, reduce

from .. import units
from ..errors import UnitError
from ..messages import Said, say
from .names import CANONICAL, activities

CARRIERS = {"fuel", "biofuel", "other_energy", "electricity", "green_electricity", "nonfossil_electricity", "heat"}


# the gas references of a case: Nm3 (0 °C) in one m3, by the ideal-gas law (273.15 K / T)
NORMAL_VOLUME = {"0 °C": 1.0, "20 °C": 273.15 / 293.15}


@lru_cache(maxsize=64)
def gj_per(unit: str) -> float | None:
    """GJ in one canonical unit of energy, also in coal equivalent; ``None`` where the unit is no energy."""
    return units.factor(unit, "GJ") if units.same_dimension(unit, "GJ") else None


def factor_to_canonical(activity: str, unit: str) -> tuple[float, str]:
    """Factor from ``unit`` to the canonical unit of an amount of ``activity``, and that unit.

    An energy carrier may also be stated in energy: in coal equivalent (then it counts as it stands, in tce) or in
    joules and watt-hours (GJ). Gas may be stated in plain m3, which needs the case's reference temperature.
    """
    known = activities()[activity]
    if known.kind in CARRIERS and units.same_dimension(unit, "tce"):
        canonical = "tce" if units.is_coal_equivalent(unit) else "GJ"
        return units.factor(unit, canonical), canonical
    if known.kind == "pollutant":
        substance = f"t {activity_substance(activity)}"
        return (
            units.factor(unit, "t") if units.same_dimension(unit, "t") else units.factor(unit, substance)
        ), substance
    accepted = [CANONICAL[known.dimension]]
    accepted += {"normal_volume": ["m3"], "currency": ["CNY_2020"]}.get(known.dimension, [])
    for canonical in accepted:
        if units.same_dimension(unit, canonical):
            return units.factor(unit, canonical), canonical
    accepted += ["GJ", "tce"] if known.kind in CARRIERS else []
    raise UnitError(
        say(
            "{unit!r} is {found}, but an amount of {activity!r} is {accepted}",
            unit=unit,
            found=units.dimension_named(unit),
            activity=activity,
            accepted=reduce(_or, (_with_dimension(u) for u in dict.fromkeys(accepted))),
        )
    )


def _with_dimension(unit: str) -> Said:
    return say("{dimension} ({unit})", dimension=units.dimension_named(unit), unit=unit)


def _or(one: Said, other: Said) -> Said:
    return say("{one} or {other}", one=one, other=other)


def activity_substance(activity: str) -> str:
    """The substance whose dimension an amount of a pollutant activity may carry."""
    return {"so2": "SO2", "nox": "NOx", "cod": "COD", "nh3n": "NH3N", "vocs": "VOCs", "pm25_primary": "PM25"}[activity]
