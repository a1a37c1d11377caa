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
    for activity, region, year, steps in _tries(key, quantity, rules, factors, kind or rules.kinds.get(quantity, "")):
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


def _tries(
    key: Key, quantity: str, rules: Rules, factors: Factors, kind: str
) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
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
                to_year = use.get("year")
                if to_year == "latest":
                    to_year = _latest(factors, activity, quantity, str(use.get("region", region)), year, kind)
                step = f"stand-in {_in_words(stand_in)}: {stand_in.reason}"
                queue.append(
                    (use.get("activity", activity), use.get("region", region), int(to_year or year), (*steps, step))
                )


def _in_words(stand_in: StandIn) -> str:
    kept = [str(x) for x in (stand_in.activity, stand_in.quantity, stand_in.region, stand_in.year) if x]
    return f"{' '.join(kept) or 'any'} -> {', '.join(str(v) for v in stand_in.use.values())}"


def _latest(factors: Factors, activity: str, quantity: str, region: str, year: int, kind: str) -> int | None:
    """The last year up to ``year`` for which one kind has a rate here; never a year ahead, never another kind."""
    years = [
        row.valid_to
        for row in _index(factors).get((activity, quantity), [])
        if row.valid_to is not None
        and row.valid_to <= year
        and row.kind in {"", kind}
        and _contains(row, region)
        and not _finer_exists(
            row, [other for other in _index(factors)[activity, quantity] if other.kind == row.kind], region
        )
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
        placed = [row for row in dated if _contains(row, region)]
        for row in sorted(placed, key=lambda r: -_depth(r.region)):
            if _finer_exists(row, dated, region):
                continue
            rate = _rate_of(row, key, unit, rules, equal_value)
            if rate is not None:
                return rate
    return None


def _finer_exists(row: FactorRow, dated: list[FactorRow], region: str) -> bool:
    """Whether the set goes into finer regions that should have held this one: then a wider value is a fallback."""
    depth = _depth(row.region)
    return any(depth < _depth(other.region) <= _depth(region) for other in dated if "GRID" not in other.region)


def _depth(region: str) -> int:
    return region.count("-") + bool(region)


def _contains(row: FactorRow, region: str) -> bool:
    return not row.region or (region + "-").startswith(row.region + "-")


def _rate_of(row: FactorRow, key: Key, unit: str, rules: Rules, equal_value: bool) -> Rate | None:
    """The row's rate for this key, or ``None`` where its basis does not fit the amount.

    Own values take the place of components only where the row has them: a measured heating value changes what
    depends on heat, not a carbonate's rate; a measured carbon content does not change the coal equivalent.
    """
    volume, amount_unit = 1.0, key.unit
    steps: tuple[str, ...] = ()
    if key.unit == "m3" and activities()[key.activity].dimension == "normal_volume":
        volume, amount_unit = rules.normal_volume(), CANONICAL["normal_volume"]
        steps = (f"m3 at {rules.gas_reference} = {volume:.4f} Nm3",)
    ncv_unit = "GJ/t" if amount_unit == "t" else "GJ/(10^4 Nm3)"
    in_energy = units.same_dimension(amount_unit, "GJ")
    own_ncv = None if in_energy or math.isnan(key.own_ncv) else key.own_ncv
    if own_ncv is not None and _fits("1", "GJ", unit, equal_value):
        part = (("ncv", own_ncv, ncv_unit, "own"),)
        value = own_ncv * _scale(ncv_unit, amount_unit, "GJ") * _scale("1", "GJ", unit)
        return Rate(value * volume, unit, Grade.OWN, row, part, steps)
    plain, grade, choice = _plain(row, rules)
    own_parts = row.carbon is not None and not (math.isnan(key.own_carbon) and math.isnan(key.own_oxidation))
    by_heat = row.carbon is not None or (plain is not None and _fits(row.unit, "GJ", unit, equal_value))
    use_plain = plain is not None and not own_parts and not (own_ncv is not None and by_heat)
    if plain is not None and use_plain and _fits(row.unit, amount_unit, unit, equal_value):
        return Rate(plain * _scale(row.unit, amount_unit, unit) * volume, unit, grade, row, (), (*steps, *choice))
    if not by_heat:
        return None
    per_energy, parts = _per_energy(row, key, unit, None if own_parts else plain)
    grade = Grade.OWN if own_parts or own_ncv is not None else Grade.EXACT
    if in_energy:
        return Rate(per_energy * units.factor(amount_unit, "GJ"), unit, grade, row, parts, steps)
    ncv, printed_unit, whose = (own_ncv, ncv_unit, "own") if own_ncv is not None else (row.ncv, row.ncv_unit, "set")
    if ncv is None or not units.same_dimension(units.product(printed_unit, amount_unit), "GJ"):
        return None
    value = ncv * _scale(printed_unit, amount_unit, "GJ") * per_energy
    return Rate(value * volume, unit, grade, row, (("ncv", ncv, printed_unit, whose), *parts), steps)


def _per_energy(
    row: FactorRow, key: Key, unit: str, printed: float | None
) -> tuple[float, tuple[tuple[str, float, str, str], ...]]:
    """Rate per GJ: as printed, or carbon x oxidation x 44/12 with own values in place of the set's."""
    if printed is not None or row.carbon is None:
        rate = printed if printed is not None else 0.0
        return rate * _scale(row.unit, "GJ", unit), (("rate", rate, row.unit, "set"),)
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
    known, wanted = _index(factors), kind or rules.kinds.get(quantity, "")
    text = f"no rate for {key.activity!r} {key.flow} x {quantity} per {key.unit} in {key.region or 'no region'}, {key.year}"
    text += f", kind {wanted}" if wanted else ""
    hints, regions = [], set()
    for row in known.get((key.activity, quantity), []):
        if wanted and row.kind not in {"", wanted}:
            continue
        if not _contains(row, key.region):
            regions.add(row.region)
        elif row.rate is None and row.low is not None and row.carbon is None:
            hints.append(
                f"{row.set} prints a range, {row.low:g} to {row.high:g} {row.unit}: give own_ncv, or name a choice"
            )
        elif not row.valid_in(key.year):
            hints.append(f"{row.set} has {row.region or 'any region'} {row.valid_from}-{row.valid_to}")
    if not hints and regions:
        hints.append(f"there are rates for {', '.join(sorted(regions)[:6])}{' ...' if len(regions) > 6 else ''}")
    similar = [activity for activity, q in known if q == quantity and activity != key.activity]
    text += f"; sets searched: {', '.join(factors.names) or 'none'}"
    text += "".join(f"; {hint}" for hint in hints[-4:])
    return text + nearest(key.activity, similar) + ". Name a stand-in or a gap in case.toml, or add a factor row"
