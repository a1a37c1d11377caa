"""The arithmetic of one factor row: from printed rate, components or range to a rate per canonical amount."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .. import units
from ..errors import FactorError, UnitError
from ..messages import say
from ..tables import CANONICAL, activities
from .rules import Grade, Rules
from .sets import FactorRow

C_TO_CO2 = 44 / 12  # molar masses, GB/T 32150-2025: 44/12


@dataclass(frozen=True)
class Key:
    """What a rate is looked up by: the row's activity, flow, place and year, and the canonical unit of its amount."""

    activity: str
    flow: str
    region: str
    year: int
    unit: str
    own_ncv: float = math.nan
    own_carbon: float = math.nan
    own_oxidation: float = math.nan


@dataclass(frozen=True)
class Rate:
    """A resolved rate in the quantity's unit per canonical unit of the amount, and how it was come by."""

    value: float
    unit: str
    grade: Grade
    row: FactorRow | None = None
    components: tuple[tuple[str, float, str, str], ...] = ()  # name, value, unit, "own" or "set"
    steps: tuple[str, ...] = ()


def rate_of(row: FactorRow, key: Key, unit: str, rules: Rules, equal_value: bool) -> Rate | None:
    """The row's rate for this key, or ``None`` where its basis does not fit the amount.

    Own values take the place of components only where the row has them: a measured heating value changes what
    depends on heat, not a carbonate's rate; a measured carbon content does not change the coal equivalent.
    """
    volume, amount_unit = 1.0, key.unit
    steps: tuple[str, ...] = ()
    if key.unit == "m3" and activities()[key.activity].dimension == "normal_volume":
        volume, amount_unit = rules.normal_volume(), CANONICAL["normal_volume"]
        steps = (say("m3 at {reference} = {volume:.4f} Nm3", reference=rules.gas_reference, volume=volume),)
    ncv_unit = _own_ncv_unit(amount_unit)
    in_energy = units.same_dimension(amount_unit, "GJ")
    own_ncv = None if in_energy or math.isnan(key.own_ncv) else key.own_ncv
    measured = own_energy(key, unit, equal_value, amount_unit)
    if measured is not None:
        return Rate(measured.value * volume, unit, Grade.OWN, row, measured.components, steps)
    plain, grade, choice = _plain(row, rules)
    own_parts = row.carbon is not None and not (math.isnan(key.own_carbon) and math.isnan(key.own_oxidation))
    by_heat = row.carbon is not None or (plain is not None and fits(row.unit, "GJ", unit, equal_value))
    use_plain = plain is not None and not own_parts and not (own_ncv is not None and by_heat)
    if plain is not None and use_plain and fits(row.unit, amount_unit, unit, equal_value):
        return Rate(plain * scale(row.unit, amount_unit, unit) * volume, unit, grade, row, (), (*steps, *choice))
    if not by_heat:
        return None
    per_energy, parts = _per_energy(row, key, unit, None if own_parts else plain)
    grade = Grade.OWN if own_parts or own_ncv is not None else Grade.EXACT
    if in_energy:
        return Rate(per_energy * units.factor(amount_unit, "GJ"), unit, grade, row, parts, steps)
    ncv, printed_unit, whose = (own_ncv, ncv_unit, "own") if own_ncv is not None else (row.ncv, row.ncv_unit, "set")
    if ncv is None or not units.same_dimension(units.product(printed_unit, amount_unit), "GJ"):
        return None
    value = ncv * scale(printed_unit, amount_unit, "GJ") * per_energy
    return Rate(value * volume, unit, grade, row, (("ncv", ncv, printed_unit, whose), *parts), steps)


def _own_ncv_unit(amount_unit: str) -> str:
    return "GJ/t" if amount_unit == "t" else "GJ/(10^4 Nm3)"


def own_energy(key: Key, unit: str, equal_value: bool, amount_unit: str = "") -> Rate | None:
    """The coal equivalent by the measured heating value (GB/T 2589-2020 and form 205-1 prefer it to any table)."""
    amount_unit = amount_unit or key.unit
    if math.isnan(key.own_ncv) or amount_unit not in {"t", "Nm3"} or not fits("1", "GJ", unit, equal_value):
        return None
    ncv_unit = _own_ncv_unit(amount_unit)
    value = key.own_ncv * scale(ncv_unit, amount_unit, "GJ") * scale("1", "GJ", unit)
    return Rate(value, unit, Grade.OWN, None, (("ncv", key.own_ncv, ncv_unit, "own"),))


def _per_energy(
    row: FactorRow, key: Key, unit: str, printed: float | None
) -> tuple[float, tuple[tuple[str, float, str, str], ...]]:
    """Rate per GJ: as printed, or carbon x oxidation x 44/12 with own values in place of the set's."""
    if printed is not None or row.carbon is None:
        rate = printed if printed is not None else 0.0
        return rate * scale(row.unit, "GJ", unit), (("rate", rate, row.unit, "set"),)
    own_carbon, own_oxidation = not math.isnan(key.own_carbon), not math.isnan(key.own_oxidation)
    set_oxidation = 1.0 if row.oxidation is None else row.oxidation
    carbon, carbon_unit = (key.own_carbon, "tC/TJ") if own_carbon else (row.carbon, row.carbon_unit)
    oxidation = key.own_oxidation if own_oxidation else set_oxidation
    value = carbon * units.factor(carbon_unit, "t C/GJ") * oxidation * C_TO_CO2 * units.factor("t CO2", unit)
    return value, (
        ("carbon", carbon, carbon_unit, "own" if own_carbon else "set"),
        ("oxidation", oxidation, "1", "own" if own_oxidation else "set"),
    )


def _plain(row: FactorRow, rules: Rules) -> tuple[float | None, Grade, tuple[str, ...]]:
    """The printed rate, or the case's choice within the printed range."""
    if row.rate is not None or row.low is None or row.high is None:
        return row.rate, Grade.EXACT, ()
    choice = rules.choices.get(row.activity)
    if choice is None:
        return None, Grade.CHOICE, ()
    named = {"low": row.low, "high": row.high, "middle": (row.low + row.high) / 2}
    value = named.get(str(choice), choice)
    within = {"choice": choice, "low": row.low, "high": row.high, "unit": row.unit}
    if not isinstance(value, int | float) or not row.low <= value <= row.high:
        raise FactorError(
            say(
                "choice {choice!r} for {activity!r} is outside {low:g} to {high:g} {unit} ({file} row {row}); accepted: "
                "'low', 'high', 'middle' or a number in the range",
                activity=row.activity,
                file=row.file,
                row=row.row,
                **within,
            )
        )
    return float(value), Grade.CHOICE, (say("chosen {choice!r} of {low:g} to {high:g} {unit}", **within),)


def fits(rate_unit: str, amount_unit: str, unit: str, equal_value: bool) -> bool:
    """Whether rate x amount has the dimension of the quantity; with ``equal_value`` both kinds of tce are one."""
    try:
        made = units.dimension(units.product(rate_unit, amount_unit))
    except UnitError:
        return False
    wanted = units.dimension(unit)
    energies = {"[energy]", "[coal_rate_energy]"}
    return made == wanted or (equal_value and {made, wanted} <= energies)


def scale(rate_unit: str, amount_unit: str, unit: str) -> float:
    """One ``rate_unit`` x one ``amount_unit``, in ``unit``."""
    made = units.quantity_of(units.product(rate_unit, amount_unit)).to_base_units().magnitude
    return float(f"{made / units.quantity_of(unit).to_base_units().magnitude:.15g}")
