"""From a key to its rate, out loud: strict, in order of precedence, every step kept for the inspector."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ..errors import FactorError, MissingRate, nearest
from ..messages import Said, listed, say
from ..tables import flows
from .rates import Key, Rate, fits, own_energy, rate_of, scale
from .rules import Grade, Rules
from .sets import FactorRow, Factors, read_set, set_names


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
        and fits("1", key.unit, unit, equal_value)
        and not quantity.endswith(("_physical", "_rate", "_substitution"))
    ):
        stated = say("the amount is stated in coal equivalent")
        return Rate(scale("1", key.unit, unit), unit, Grade.DEFINITION, steps=(stated,))
    for activity, region, year, steps in _tries(key, quantity, rules, factors, kind or rules.kinds.get(quantity, "")):
        found = _first(factors, key, activity, region, year, quantity, unit, rules, kind, equal_value)
        if found is not None:
            return found if not steps else _as_stand_in(found, steps)
    if (measured := own_energy(key, unit, equal_value)) is not None:
        return measured
    if fits("1", key.unit, unit, equal_value) and not quantity.startswith(("energy_", "water")):
        converted = say("same dimension: unit conversion only")
        return Rate(scale("1", key.unit, unit), unit, Grade.DEFINITION, steps=(converted,))
    if equal_value and key.unit == "tce_coal_rate":
        return Rate(1.0, unit, Grade.DEFINITION, steps=(say("a published total by the coal-rate method"),))
    raise _missing(factors, key, quantity, rules, kind)


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
                queue.append(
                    (
                        use.get("activity", activity),
                        use.get("region", region),
                        int(to_year or year),
                        (*steps, stand_in.step),
                    )
                )


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
    flows_of = {"", key.flow, flows()[key.flow].rated_as}
    rows = [row for row in _index(factors).get((activity, quantity), []) if row.flow in flows_of]
    kind = kind if kind else rules.kinds.get(quantity, kind)
    for name in factors.names:
        own = [row for row in rows if row.set == name]
        kinds = {row.kind for row in own} - {""}
        if kinds and not kind:
            raise FactorError(
                say(
                    "{activity} x {quantity} has the kinds {kinds} in {name}; they are different families. Name one in "
                    "the case: kinds = {{{quantity} = '...'}}",
                    activity=activity,
                    quantity=quantity,
                    kinds=", ".join(sorted(kinds)),
                    name=name,
                )
            )
        dated = [row for row in own if row.valid_in(year) and row.kind in {"", kind}]
        placed = [row for row in dated if _contains(row, region)]
        for row in sorted(placed, key=lambda r: -_depth(r.region)):
            if _finer_exists(row, dated, region):
                continue
            rate = rate_of(row, key, unit, rules, equal_value)
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


def _missing(factors: Factors, key: Key, quantity: str, rules: Rules, kind: str) -> MissingRate:
    wanted = kind or rules.kinds.get(quantity, "")
    place = say(
        "no rate for {activity!r} {flow} x {quantity} per {unit} in {region}",
        **{"activity": key.activity, "flow": key.flow, "quantity": quantity, "unit": key.unit},
        region=key.region or say("no region"),
    )
    hints = [
        say("sets searched: {names}", names=", ".join(factors.names) or say("none")),
        *_hints(factors, key, quantity, wanted)[-4:],
    ]
    similar = [activity for activity, q in _index(factors) if q == quantity and activity != key.activity]
    rest = say(
        "{kind}; {hints}{near}. Name a stand-in or a gap in case.toml, or add a factor row",
        kind=say(", kind {kind}", kind=wanted) if wanted else "",
        hints=listed(hints),
        near=nearest(key.activity, similar),
    )
    return MissingRate(place, key.year, rest)


def _hints(factors: Factors, key: Key, quantity: str, wanted: str) -> list[Said]:
    """What the sets have that comes near the key: a range, other years, other regions; else a set not named."""
    hints, regions = [], set()
    for row in _index(factors).get((key.activity, quantity), []):
        if wanted and row.kind not in {"", wanted}:
            continue
        if not _contains(row, key.region):
            regions.add(row.region)
        elif row.rate is None and row.low is not None and row.carbon is None:
            hints.append(
                say(
                    "{set} prints a range, {low:g} to {high:g} {unit}: give own_ncv, or name a choice",
                    **{"set": row.set, "low": row.low, "high": row.high, "unit": row.unit},
                )
            )
        elif not row.valid_in(key.year):
            years = f"{row.valid_from}-{row.valid_to}"
            hints.append(
                say("{set} has {region} {years}", set=row.set, region=row.region or say("any region"), years=years)
            )
    if not hints and regions:
        some = ", ".join(sorted(regions)[:6]) + (" ..." if len(regions) > 6 else "")
        hints.append(say("there are rates for {regions}", regions=some))
    unnamed = [
        name
        for name in set_names()
        if name not in factors.names
        and any(r.activity == key.activity and r.quantity == quantity for r in read_set(name).rows)
    ]
    if unnamed and not hints:
        hints.append(say("shipped, but not among the case's sets: {names}", names=", ".join(unnamed)))
    return hints
