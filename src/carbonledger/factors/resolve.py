"""From a key to its rate, out loud: strict, in order of precedence, every step kept for the inspector."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .. import units
from ..errors import FactorError, UnitError, nearest
from ..tables import CANONICAL, activities, flows
from .rules import Grade, Rules, StandIn
from .sets import FactorRow, Factors

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


def resolve(
    factors: Factors, key: Key, quantity: str, unit: str, rules: Rules, *, kind: str = "", equal_value: bool = False
) -> Rate:
    """The rate of ``quantity`` [``unit``] per canonical unit of an amount.

    Parameters
    ----------
    factors : Factors
        Sets in order of precedence.
    key : Key
        What to look up.
    quantity : str
        The ``quantity`` column of the factor sets.
    unit : str
        Unit of the catalogue's quantity.
    kind : str
        Kind wanted; the case's ``kinds`` decide where it is blank.
    equal_value : bool
        Whether calorific and coal-rate tce are one number here.

    Raises
    ------
    FactorError
        If no set and no named stand-in gives a rate; names what was searched and the nearest activities.
    """
    if (
        key.unit == "tce"
        and _fits("1", key.unit, unit, equal_value)
        and not quantity.endswith(("_physical", "_rate", "_substitution"))
    ):
        return Rate(
            _scale("1", key.unit, unit), unit, Grade.DEFINITION, steps=("the amount is stated in coal equivalent",)
        )
    for activity, region, year, steps in _tries(key, quantity, rules, factors):
        found = _first(factors, key, activity, region, year, quantity, unit, rules, kind, equal_value)
        if found is not None:
            return found if not steps else _as_stand_in(found, steps)
    if _fits("1", key.unit, unit, equal_value) and not quantity.startswith(("energy_", "water")):
        return Rate(
            _scale("1", key.unit, unit), unit, Grade.DEFINITION, steps=("same dimension: unit conversion only",)
        )
    if equal_value and key.unit == "tce_coal_rate":
        return Rate(1.0, unit, Grade.DEFINITION, steps=("a published total by the coal-rate method",))
    raise FactorError(_missing(factors, key, quantity, rules, kind))


def _tries(key: Key, quantity: str, rules: Rules, factors: Factors) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    """The key itself, then each stand-in that the case names for it, then what stand-ins lead to."""
    seen: set[tuple[str, str, int]] = set()
    queue: list[tuple[str, str, int, tuple[str, ...]]] = [(key.activity, key.region, key.year, ())]
    while queue:
        activity, region, year, steps = queue.pop(0)
        if (activity, region, year) in seen:
            continue
        seen.add((activity, region, year))
        yield activity, region, year, steps
        for stand_in in rules.stand_ins:
            if stand_in.matches(activity, quantity, region, year):
                use = stand_in.use
                to_year = _latest(factors, activity, quantity, year) if use.get("year") == "latest" else use.get("year")
                step = f"stand-in {_in_words(stand_in)}: {stand_in.reason}"
                queue.append(
                    (use.get("activity", activity), use.get("region", region), int(to_year or year), (*steps, step))
                )


def _in_words(stand_in: StandIn) -> str:
    kept = [str(x) for x in (stand_in.activity, stand_in.quantity, stand_in.region, stand_in.year) if x]
    return f"{' '.join(kept) or 'any'} -> {', '.join(str(v) for v in stand_in.use.values())}"


def _latest(factors: Factors, activity: str, quantity: str, year: int) -> int | None:
    years = [
        row.valid_to
        for found in factors.sets
        for row in found.rows
        if row.activity == activity and row.quantity == quantity and row.valid_to is not None and row.valid_to <= year
    ]
    return max(years, default=None)


def _as_stand_in(rate: Rate, steps: tuple[str, ...]) -> Rate:
    return Rate(rate.value, rate.unit, Grade.STAND_IN, rate.row, rate.components, (*steps, *rate.steps))


@lru_cache(maxsize=256)
def _index(factors: Factors) -> dict[tuple[str, str], list[FactorRow]]:
    index: dict[tuple[str, str], list[FactorRow]] = {}
    for found in factors.sets:
        for row in found.rows:
            index.setdefault((row.activity, row.quantity), []).append(row)
    return index


def _first(
    factors: Factors,
    key: Key,
    activity: str,
    region: str,
    year: int,
    quantity: str,
    unit: str,
    rules: Rules,
    kind: str,
    equal_value: bool,
) -> Rate | None:
    fits = {"", key.flow, flows()[key.flow].rated_as}
    rows = [row for row in _index(factors).get((activity, quantity), []) if row.flow in fits]
    kind = kind if kind else rules.kinds.get(quantity, kind)
    for name in factors.names:
        own = [row for row in rows if row.set == name]
        kinds = {row.kind for row in own} - {""}
        if kinds and not kind:
            raise FactorError(
                f"{activity} x {quantity} has the kinds {', '.join(sorted(kinds))} in {name}; they are different "
                f"families. Name one in the case: kinds = {{{quantity} = '...'}}"
            )
        dated = [row for row in own if row.valid_in(year) and row.kind in {"", kind}]
        placed = [row for row in dated if not row.region or (region + "-").startswith(row.region + "-")]
        for row in sorted(placed, key=lambda r: -len(r.region)):
            if _finer_exists(row, dated, region):
                continue
            rate = _rate_of(row, key, unit, rules, equal_value)
            if rate is not None:
                return rate
    return None


def _finer_exists(row: FactorRow, dated: list[FactorRow], region: str) -> bool:
    """Whether the set goes into finer regions that should have held this one: then a wider value is a fallback."""
    grid = "GRID"
    return any(len(row.region) < len(other.region) <= len(region) and grid not in other.region for other in dated)


def _rate_of(row: FactorRow, key: Key, unit: str, rules: Rules, equal_value: bool) -> Rate | None:
    """The row's rate for this key, or ``None`` where its basis does not fit the amount."""
    volume, amount_unit = 1.0, key.unit
    steps: tuple[str, ...] = ()
    if key.unit == "m3" and activities()[key.activity].dimension == "normal_volume":
        volume, amount_unit = rules.normal_volume(), CANONICAL["normal_volume"]
        steps = (f"m3 at {rules.gas_reference} = {volume:.4f} Nm3",)
    own_ncv, own_carbon, own_oxidation = key.own_ncv, key.own_carbon, key.own_oxidation
    own = any(not math.isnan(x) for x in (own_ncv, own_carbon, own_oxidation))
    ncv_unit = "GJ/t" if amount_unit == "t" else "GJ/(10^4 Nm3)"
    if not math.isnan(own_ncv) and units.same_dimension(unit, "GJ") and amount_unit in {"t", "Nm3"}:
        value = own_ncv * _scale(ncv_unit, amount_unit, unit)
        part = (("ncv", own_ncv, ncv_unit, "own"),)
        return Rate(value * volume, unit, Grade.OWN, row, part, steps)
    plain, grade, choice = _plain(row, rules)
    if plain is not None and not own and _fits(row.unit, amount_unit, unit, equal_value):
        return Rate(plain * _scale(row.unit, amount_unit, unit) * volume, unit, grade, row, (), (*steps, *choice))
    if row.carbon is None:
        return None
    parts = [
        ("carbon", row.carbon, row.carbon_unit, "set")
        if math.isnan(own_carbon)
        else ("carbon", own_carbon, "tC/TJ", "own"),
        ("oxidation", row.oxidation if row.oxidation is not None else 1.0, "1", "set")
        if math.isnan(own_oxidation)
        else ("oxidation", own_oxidation, "1", "own"),
    ]
    per_energy = parts[0][1] * units.factor(parts[0][2], "t C/GJ") * parts[1][1] * C_TO_CO2
    grade = Grade.OWN if own else Grade.EXACT
    if units.same_dimension(amount_unit, "GJ"):
        value = per_energy * units.factor(amount_unit, "GJ") * units.factor("t CO2", unit)
        return Rate(value, unit, grade, row, tuple(parts), steps)
    ncv = (own_ncv, ncv_unit, "own") if not math.isnan(own_ncv) else (row.ncv, row.ncv_unit, "set")
    value_of_ncv = ncv[0]
    if value_of_ncv is None or not units.same_dimension(units.product(ncv[1], amount_unit), "GJ"):
        return None
    parts.insert(0, ("ncv", value_of_ncv, ncv[1], ncv[2]))
    value = value_of_ncv * _scale(ncv[1], amount_unit, "GJ") * per_energy * units.factor("t CO2", unit)
    return Rate(value * volume, unit, grade, row, tuple(parts), steps)


def _plain(row: FactorRow, rules: Rules) -> tuple[float | None, Grade, tuple[str, ...]]:
    """The printed rate, or the case's choice within the printed range."""
    if row.rate is not None or row.low is None or row.high is None:
        return row.rate, Grade.EXACT, ()
    choice = rules.choices.get(row.activity)
    if choice is None:
        return None, Grade.CHOICE, ()
    named = {"low": row.low, "high": row.high, "middle": (row.low + row.high) / 2}
    value = named.get(str(choice), choice)
    if not isinstance(value, int | float) or not row.low <= value <= row.high:
        raise FactorError(
            f"choice {choice!r} for {row.activity!r} is outside {row.low:g} to {row.high:g} {row.unit} ({row.file} row "
            f"{row.row}); accepted: 'low', 'high', 'middle' or a number in the range"
        )
    return float(value), Grade.CHOICE, (f"chosen {choice!r} of {row.low:g} to {row.high:g} {row.unit}",)


def _fits(rate_unit: str, amount_unit: str, unit: str, equal_value: bool) -> bool:
    try:
        made = units.dimension(units.product(rate_unit, amount_unit))
    except UnitError:
        return False
    wanted = units.dimension(unit)
    energies = {"[energy]", "[coal_rate_energy]"}
    return made == wanted or (equal_value and {made, wanted} <= energies)


def _scale(rate_unit: str, amount_unit: str, unit: str) -> float:
    made = units.quantity_of(units.product(rate_unit, amount_unit)).to_base_units().magnitude
    return float(f"{made / units.quantity_of(unit).to_base_units().magnitude:.15g}")


def _missing(factors: Factors, key: Key, quantity: str, rules: Rules, kind: str) -> str:
    known = _index(factors)
    place = f"{key.activity!r} {key.flow} x {quantity} per {key.unit} in {key.region or 'no region'}, {key.year}"
    hints = []
    for row in known.get((key.activity, quantity), []):
        if row.rate is None and row.low is not None and row.carbon is None:
            hints.append(
                f"{row.set} prints a range, {row.low:g} to {row.high:g} {row.unit}: give own_ncv, or name a choice"
            )
        elif not row.valid_in(key.year):
            hints.append(f"{row.set} has {row.valid_from}-{row.valid_to}")
        elif row.region and not (key.region + "-").startswith(row.region + "-"):
            hints.append(f"{row.set} has region {row.region}")
    similar = [activity for activity, q in known if q == quantity and activity != key.activity]
    text = f"no rate for {place}"
    wanted = kind or rules.kinds.get(quantity, "")
    text += f", kind {wanted}" if wanted else ""
    text += f"; sets searched: {', '.join(factors.names) or 'none'}"
    text += "".join(f"; {hint}" for hint in sorted(set(hints))[:4])
    return text + nearest(key.activity, similar) + ". Name a stand-in or a gap in case.toml, or add a factor row"
