"""A sweep by hand: one small district, its rates, and its scenarios in plain loops over rows, levers and years.

Nothing of the sweep is used here, nor of the ledger: the rows that posting derives (parts moved to their own flow, what
two neighbours trade, what statistics hold beyond the returns) are made again from the rules that the docs state.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

MWH = 3.6  # GJ
C_TO_CO2 = 44 / 12  # molar masses

KIND = {
    **dict.fromkeys(("raw_coal", "coke", "diesel", "peat", "lignite"), "fuel"),
    "electricity": "electricity",
    "green_electricity": "green_electricity",
    "solar_electricity": "nonfossil_electricity",
    "heat": "heat",
    "calcium_carbonate": "carbonate",
}
CARRIERS = {"fuel", "electricity", "green_electricity", "nonfossil_electricity", "heat"}

# GJ/t, tC/TJ, oxidation: made up, of the size of real ones
CARBON = {"raw_coal": (20.0, 26.0, 0.9), "coke": (28.0, 30.0, 0.95), "diesel": (42.5, 20.0, 0.98)}
CARBON |= {"peat": (10.0, 28.0, 0.9), "lignite": (12.0, 28.0, 0.96)}
# tce/t as printed; diesel is printed in tce/GJ, so that its energy is made of its heating value
ENERGY = {"raw_coal": 0.7, "coke": 0.97, "diesel": 0.034 * 42.5, "peat": 0.35, "lignite": 0.45}
ENERGY |= dict.fromkeys(("electricity", "green_electricity", "solar_electricity"), 0.123 / MWH)  # tce/GJ
ENERGY |= {"heat": 0.034}
AVERAGE = {2024: 0.62, 2025: 0.60, 2026: 0.57, 2027: 0.53, 2028: 0.50}  # t CO2/MWh
RESIDUAL = {2024: 0.70, 2025: 0.68, 2026: 0.66, 2027: 0.63, 2028: 0.61}
HEAT_CO2, CARBONATE_CO2 = 0.11, 0.44  # t CO2/GJ, t CO2/t

QUANTITIES = (
    *("energy", "feedstock_energy", "co2_scope1", "co2_scope2_location", "co2_scope2_market"),
    *("so2", "nox", "gdp"),
)
BURNT = ("combusted", "fired")
PARENT = {"mill": "east", "works": "east", "chp": "east", "plant": "west", "east": "city", "west": "city"}
SECTOR = {"mill": "3130", "works": "2614", "chp": "4411", "plant": "3011"}


@dataclass(frozen=True)
class Row:
    """One entry: an activity row, or one that posting derives. Amounts are in t or GJ."""

    entity: str
    activity: str
    flow: str
    amount: float
    year: int = 2025
    sector: str = ""
    partner: str = ""
    part_of: str = ""
    own_carbon: float | None = None
    unit: str = ""
    entry: str = "row"

    @property
    def industry(self) -> str:
        return self.sector or SECTOR.get(self.entity, "")

    @property
    def district(self) -> str:
        return district_of(self.entity)


def district_of(entity: str) -> str:
    return entity if entity in {"east", "west"} else PARENT[entity] if PARENT.get(entity) in {"east", "west"} else ""


# --- rates ---------------------------------------------------------------------------------------------------------


def sign(row: Row, quantity: str) -> int:
    """Whether and how a row counts."""
    kind, flow, memo = KIND.get(row.activity, row.activity), row.flow, bool(row.part_of)
    if quantity == "co2_scope2_market" and kind == "green_electricity":
        return -1 if memo and flow == "purchased" else 0
    if memo:
        return 0
    trade = {"purchased": 1, "sold": -1}.get(flow, 0)
    if quantity == "energy":
        if kind == "fuel":
            return int(flow in (*BURNT, "feedstock"))
        if kind == "nonfossil_electricity":
            return int(flow == "generated")
        return trade if kind in {"electricity", "heat"} else int(kind == "green_electricity" and trade == 1)
    if quantity == "feedstock_energy":
        return int(kind == "fuel" and flow == "feedstock")
    if quantity == "co2_scope1":
        return int((kind == "fuel" and flow in BURNT) or (kind == "carbonate" and flow == "converted"))
    if quantity in {"co2_scope2_location", "co2_scope2_market"}:
        return trade if kind in {"electricity", "heat"} else int(kind == "green_electricity" and trade == 1)
    if quantity == "gdp":
        return int(row.activity == "gdp" and flow == "produced")
    return int(row.activity == quantity and flow == "discharged")


def plain_rate(row: Row, quantity: str, year: int) -> tuple[float, set[str]]:
    """The rate of a row that counts, and the components that it is made of."""
    kind = KIND.get(row.activity, "")
    if quantity in {"energy", "feedstock_energy"}:
        return ENERGY[row.activity], {"ncv"} if row.activity == "diesel" else set()
    if kind == "fuel":
        ncv, carbon, oxidation = CARBON[row.activity]
        carbon = carbon if row.own_carbon is None else row.own_carbon
        return ncv * carbon / 1000 * oxidation * C_TO_CO2, {"ncv", "carbon", "oxidation"}
    if kind == "carbonate":
        return CARBONATE_CO2, set()
    if kind == "heat":
        return HEAT_CO2, set()
    if kind in {"electricity", "green_electricity"}:
        return (AVERAGE if quantity == "co2_scope2_location" else RESIDUAL)[year] / MWH, set()
    return 1.0, set()


# --- the inventory -------------------------------------------------------------------------------------------------


def inventory(rows: Iterable[Row], statistics: Iterable[Row] = ()) -> list[Row]:
    """The entries of the rows: with transfers of parts, eliminations of inner trade, and unallocated rests."""
    made: list[Row] = []
    rows = list(rows)
    for row in rows:
        whole = [r for r in rows if row.part_of and _holds(r, row)]
        if row.activity == "green_electricity" and row.part_of:
            made.append(replace(row, amount=_counted(row, rows)))
        elif whole and whole[0].activity == row.activity and whole[0].flow != row.flow:
            made.append(replace(row, part_of="", own_carbon=whole[0].own_carbon))
            made.append(replace(whole[0], amount=-row.amount, entry="transfer"))
        else:
            made.append(row)
    for total in statistics:
        parts = [r for r in made if _inside(r, total)]
        made.append(replace(total, amount=total.amount - math.fsum(r.amount for r in parts), entry="unallocated"))
    return made + list(_eliminations(rows))


def _counted(contract: Row, rows: list[Row]) -> float:
    """Contracts count up to what is used: bought, and not passed on beyond what is generated."""
    here = [r for r in rows if (r.entity, r.year) == (contract.entity, contract.year)]
    power = [r for r in here if "electricity" in r.activity and not r.part_of]
    sold, made = (math.fsum(r.amount for r in power if r.flow == flow) for flow in ("sold", "generated"))
    use = math.fsum(r.amount for r in power if _holds(r, contract) and r.flow == contract.flow) - max(sold - made, 0.0)
    contracts = math.fsum(r.amount for r in here if r.activity == "green_electricity" and r.part_of)
    return contract.amount * min(max(use, 0.0) / contracts, 1.0)


def _holds(whole: Row, part: Row) -> bool:
    return (whole.entity, whole.year, whole.activity) == (part.entity, part.year, part.part_of) and not whole.part_of


def _inside(row: Row, total: Row) -> bool:
    same = (row.activity, row.flow, row.year) == (total.activity, total.flow, total.year)
    return same and row.entity != total.entity and row.district == total.entity and not row.part_of


def _eliminations(rows: list[Row]) -> Iterator[Row]:
    """Both sides of what neighbours trade; of a side that names nobody, the share that the other names it for."""
    for row in rows:
        if not row.partner or row.district != district_of(row.partner):
            continue
        yield _reversed(row, 1.0)
        back = [r for r in rows if (r.entity, r.year, r.activity) == (row.partner, row.year, row.activity)]
        back = [r for r in back if {r.flow, row.flow} == {"sold", "purchased"} and not r.part_of]
        if not any(r.partner == row.entity for r in back):
            whole = math.fsum(r.amount for r in back if not r.partner)
            yield from (_reversed(r, row.amount / whole) for r in back if not r.partner)


def _reversed(row: Row, share: float) -> Row:
    made = replace(row, entity=row.district, sector="eliminations", amount=-share * row.amount, part_of="", partner="")
    return replace(made, entry="elimination")


def rows_by_group(rows: Iterable[Row], by: str) -> Iterator[tuple[str, Row]]:
    for row in rows:
        yield (row.entity if by == "entity" else row.district), row


# --- levers --------------------------------------------------------------------------------------------------------


def number(given: Any, unit: str = "1") -> float:
    """A level as a plain ratio, in MW, or in t CO2 per MWh or t."""
    if isinstance(given, str):
        value, _, unit = given.partition(" ")
        given = float(value)
    return float(given) * {"%": 0.01, "1": 1.0, "": 1.0, "MW": 1.0, "GW": 1000.0, "g CO2/kWh": 0.001}.get(unit, 1.0)


@dataclass
class World:
    """Entries of the base year, and a scenario as its file gives it."""

    rows: list[Row]
    scenario: dict[str, Any]
    levels: dict[str, Any]  # of each axis; for one with ``each``, a dict by label

    @property
    def levers(self) -> list[dict[str, Any]]:
        events = [
            {
                "verb": "scale",
                "select": {"entity": event["entity"]},
                "path": "step",
                "to": event["year"],
                **{k: v for k, v in {"level": event.get("factor"), "axis": event.get("axis")}.items() if v is not None},
            }
            for event in self.scenario.get("events", [])
        ]
        return [*self.scenario.get("levers", []), *events]

    @property
    def base(self) -> int:
        return int(self.scenario["base_year"])

    def axis(self, lever: dict[str, Any]) -> dict[str, Any]:
        return next(axis for axis in self.scenario["axes"] if axis["name"] == lever["axis"])

    def level(self, lever: dict[str, Any], row: Row) -> float:
        """The level of a lever for a row, whose labels may have levels of their own."""
        if "axis" not in lever:
            return number(lever["level"])
        axis, found = self.axis(lever), self.levels[lever["axis"]]
        if axis.get("each"):
            found = found[tuple(label(row, key) for key in axis["each"])]
        return float(found) * number(1.0, axis.get("unit", "1"))

    def way(self, lever: dict[str, Any], year: int) -> float:
        """0 up to the base year, 1 where the lever arrives."""
        if lever.get("acts") == "uncertainty":
            return 1.0
        if year <= self.base:
            return 0.0
        path, last = lever.get("path", "linear"), self.scenario["years"][1]
        if isinstance(path, dict):
            return straight({self.base: 0.0} | {int(y): number(v) for y, v in path.items()}, year)
        to = lever.get("to", last)
        if path == "step":
            return float(year >= to)
        return min((year - self.base) / (to - self.base), 1.0)

    def by_year(self, lever: dict[str, Any], start: float, year: int) -> float:
        return straight({self.base: start} | {int(y): number(v) for y, v in lever["by_year"].items()}, year)

    def multiplier(self, lever: dict[str, Any], row: Row, year: int) -> float:
        """What ``scale`` and ``grow`` make of a row."""
        if year <= self.base and lever.get("acts") != "uncertainty":
            return 1.0
        if lever["verb"] == "grow":
            if "by_year" in lever:
                given = {int(y): number(v) for y, v in lever["by_year"].items()}
                return math.prod(1 + straight(given, y) for y in range(self.base + 1, year + 1))
            n = min(year, lever.get("to", self.scenario["years"][1])) - self.base
            return float((1 + self.level(lever, row)) ** n)
        if "by_year" in lever:
            return self.by_year(lever, 1.0, year)
        w = self.way(lever, year)
        if lever.get("path") == "geometric":
            return float(self.level(lever, row) ** w)
        return 1 + (self.level(lever, row) - 1) * w

    def share(self, lever: dict[str, Any], row: Row, year: int) -> float:
        """What part of a row a move takes, or how much an addition brings."""
        if "by_year" in lever:
            return 0.0 if year <= self.base else self.by_year(lever, 0.0, year)
        return self.way(lever, year) * self.level(lever, row)

    # --- who is touched ---

    def amount_levers(self, row: Row) -> list[dict[str, Any]]:
        return [v for v in self.levers if changes_amounts(v) and selects(v, row)]

    def moves(self, row: Row) -> list[dict[str, Any]]:
        leaves = bool(sign(row, "energy"))  # what does not count as energy stays where it is
        return [v for v in self.levers if v["verb"] == "move" and leaves and selects(v, row)]

    def rate_levers(self, row: Row, quantity: str) -> list[dict[str, Any]]:
        """What replaces or multiplies the rate of a quantity of a row; own values stay unless a lever says so."""
        if not sign(row, quantity):
            return []
        _, parts = plain_rate(row, quantity, self.base)
        found = []
        for lever in self.levers:
            named = quantity in listed(lever.get("select", {}).get("quantity", ()))
            replaces = lever["verb"] == "rate" and named and (row.own_carbon is None or lever.get("own"))
            relative = lever["verb"] in {"scale", "grow"} and (named or lever.get("component") in parts)
            if (replaces or relative) and selects(lever, row):
                found.append(lever)
        return found

    def labels(self, axis: dict[str, Any]) -> set[tuple[str, ...]]:
        """The combinations of labels, each with a level of its own, of what the levers of an axis act on."""
        here = replace_rows(self, [row for row in self.rows if row.year == self.base])
        brought = [row for row, *_ in (*here.brought_by_moves(), *here.brought_by_recipes())]
        found = set()
        for row, posted in (*((r, True) for r in self.rows), *((r, False) for r in brought)):
            levers = [lever for q in QUANTITIES for lever in self.rate_levers(row, q)]
            if posted:
                levers += self.moves(row) + (self.amount_levers(row) if any(counts(row, q) for q in QUANTITIES) else [])
            if any(lever.get("axis") == axis["name"] for lever in levers):
                found.add(tuple(label(row, key) for key in axis["each"]))
        return found

    # --- totals ---

    def amount(self, row: Row, year: int, *, without: dict[str, Any] | None = None) -> float:
        grown = math.prod(self.multiplier(v, row, year) for v in self.amount_levers(row) if v is not without)
        return row.amount * grown * (1 - math.fsum(self.share(v, row, year) for v in self.moves(row)))

    def brought_by_moves(self) -> Iterator[tuple[Row, Row, dict[str, Any]]]:
        """A row for every source and move, with both of them."""
        for source in self.rows:
            for lever in self.moves(source):
                into = lever["into"]
                made = Row(source.entity, into["activity"], into["flow"], 0.0, source.year, source.industry)
                yield replace(made, entry="shadow"), source, lever

    def shadows(self, year: int) -> Iterator[tuple[Row, float, dict[str, Any], float]]:
        """Rows that moves bring, each with its amount, its move, and the source amount that moved."""
        rated = self.rated_year(year)
        for row, source, lever in self.brought_by_moves():
            before = sign(source, "energy") * plain_rate(source, "energy", rated)[0]
            after = sign(row, "energy") * plain_rate(row, "energy", rated)[0]
            grown = math.prod(self.multiplier(v, source, year) for v in self.amount_levers(source))
            moved = source.amount * grown * self.share(lever, source, year)
            first, then = (number(e) for e in lever["efficiency"])
            yield row, moved * before * first / then / after, lever, moved

    def brought_by_recipes(self) -> Iterator[tuple[Row, float, dict[str, Any], bool]]:
        """A row for every row of a recipe, with its amount per unit, its lever, and whether it is the recipe's first."""
        for lever in self.levers:
            if lever["verb"] != "add":
                continue
            (entity,) = lever["select"].values()
            for i, row in enumerate(self.scenario["recipes"][lever["recipe"]]["rows"]):
                value, _, unit = row["amount"].partition(" ")
                made = Row(entity, row["activity"], row["flow"], 0.0, self.base, entry="shadow")
                yield made, float(value) * {"GWh": 1000 * MWH, "MWh": MWH, "GJ": 1.0, "t": 1.0}[unit], lever, i == 0

    def additions(self, year: int) -> Iterator[tuple[Row, float, dict[str, Any], float]]:
        """Rows that recipes bring; the last number is the level, with the first row of each recipe only."""
        for row, amount, lever, first in self.brought_by_recipes():
            level = self.share(lever, row, year)
            yield row, amount * level, lever, level if first else 0.0

    def rated_year(self, year: int) -> int:
        """Whose rates a year has."""
        return year if self.scenario["rates"] == "resolve" or year <= self.base else self.base

    def value(self, row: Row, amount: float, quantity: str, year: int) -> float:
        """What an amount contributes: what is left of the old rate with its components, the new one, and multiples."""
        if not sign(row, quantity):
            return 0.0
        rate, new, factor = plain_rate(row, quantity, self.rated_year(year))[0], 0.0, 1.0
        for lever in self.rate_levers(row, quantity):
            if lever["verb"] == "rate":
                w, level = self.way(lever, year), 0.0
                if "by_year" in lever:
                    given = {int(y): number(v) for y, v in lever["by_year"].items()}
                    w = straight({self.base: 0.0, min(given): 1.0}, year)
                    level = straight(given, year)
                elif w:
                    level = self.level(lever, row)
                rate, new = (1 - w) * rate, new + w * level / (MWH if "Wh" in self.unit(lever) else 1.0)
            elif "component" in lever:
                rate *= self.multiplier(lever, row, year)
            else:
                factor *= self.multiplier(lever, row, year)
        return sign(row, quantity) * amount * (rate + new) * factor

    def unit(self, lever: dict[str, Any]) -> str:
        if "axis" in lever:
            return str(self.axis(lever)["unit"])
        given = lever["level"] if "level" in lever else next(iter(lever["by_year"].values()))
        return str(given).partition(" ")[2]

    def terms(self, quantity: str, year: int, by: str) -> dict[str, list[float]]:
        """Every contribution to a quantity in a year, by group. Years up to the base year have their own rows."""
        found: dict[str, list[float]] = {}
        rows = [row for row in self.rows if row.year == min(year, self.base)]
        here = replace_rows(self, rows)
        for group, row in rows_by_group(rows, by):
            found.setdefault(group, []).append(here.value(row, here.amount(row, year), quantity, year))
        for row, amount, *_ in (*here.shadows(year), *here.additions(year)) if year > self.base else ():
            group = row.entity if by == "entity" else row.district
            found.setdefault(group, []).append(here.value(row, amount, quantity, year))
        return found

    def total(self, quantity: str, year: int, by: str) -> dict[str, tuple[float, float]]:
        """Sum, and sum of magnitudes, by group."""
        found = self.terms(quantity, year, by)
        return {g: (math.fsum(t), math.fsum(map(abs, t))) for g, t in found.items()}

    def cost(self, year: int, by: str) -> dict[str, float]:
        """CNY by group: of what is moved, what is added, and what is saved."""
        found: dict[str, float] = {}

        def put(row: Row, value: float) -> None:
            group = row.entity if by == "entity" else row.district
            found[group] = found.get(group, 0.0) + value

        here = replace_rows(self, [row for row in self.rows if row.year == self.base])
        for row, _, lever, moved in (*here.shadows(year), *here.additions(year)):
            if "cost" in lever:
                put(row, moved * price(lever))
        for row in here.rows:
            for lever in here.amount_levers(row):
                if "cost" in lever and not row.part_of:
                    put(row, (here.amount(row, year, without=lever) - here.amount(row, year)) * price(lever))
        return found


def replace_rows(world: World, rows: list[Row]) -> World:
    return World(rows, world.scenario, world.levels)


def price(lever: dict[str, Any]) -> float:
    return float(lever["cost"]["amount"]) / (MWH if lever["cost"]["unit"].endswith("MWh") else 1.0)


def straight(given: dict[int, float], year: int) -> float:
    """Linear between the given years, flat outside."""
    years = sorted(given)
    if year <= years[0]:
        return given[years[0]]
    for before, after in itertools.pairwise(years):
        if year <= after:
            return given[before] + (given[after] - given[before]) * (year - before) / (after - before)
    return given[years[-1]]


def changes_amounts(lever: dict[str, Any]) -> bool:
    plain = "component" not in lever and "quantity" not in lever.get("select", {})
    return lever["verb"] in {"scale", "grow"} and plain


def counts(row: Row, quantity: str) -> bool:
    """Whether a row counts, if with a rate of zero."""
    zero = quantity == "co2_scope2_market" and row.activity == "green_electricity" and not row.part_of
    return bool(sign(row, quantity)) or zero


def listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def label(row: Row, key: str) -> str:
    if key == "sector":
        return row.industry
    if key == "district":
        return row.district
    if key == "enterprise":
        return row.entity if row.entity in SECTOR else ""
    return str(getattr(row, key))


def selects(lever: dict[str, Any], row: Row) -> bool:
    """Whether a row carries one of the labels under every key; inner trade is what it was, whatever levers do."""
    if row.entry == "elimination":
        return False
    for key, wanted in lever.get("select", {}).items():
        if key != "quantity" and not any(_matches(key, label(row, key), want) for want in listed(wanted)):
            return False
    return True


def _matches(key: str, found: str, wanted: str) -> bool:
    if key != "sector":
        return found == wanted
    section = {"C": range(13, 44), "D": range(44, 47), "industry": range(6, 47)}
    if found == wanted:
        return True
    if wanted in section:
        return found.isdigit() and int(found[:2]) in section[wanted]
    return found.isdigit() and found.startswith(wanted.lstrip("CD"))


# --- the same district as a case -----------------------------------------------------------------------------------

HEAD = (
    "activity,printed_name,flow,quantity,region,kind,valid_from,valid_to,data_year,basis,rate,unit,ncv,ncv_unit,carbon,"
    "carbon_unit,oxidation,low,high,distribution,published,source,locator,confidence,note"
)


def factor_lines() -> list[str]:
    """The rates above as rows of a factor set."""
    made = []

    def put(activity: str, quantity: str, rate: Any, unit: str, **more: Any) -> None:
        cells = dict.fromkeys(HEAD.split(","), "") | {"activity": activity, "quantity": quantity, "rate": rate}
        cells |= {"unit": unit, "source": "made up", "locator": "here", "confidence": "D"} | more
        made.append(",".join(str(cell) for cell in cells.values()))

    for fuel, (ncv, carbon, oxidation) in CARBON.items():
        by_carbon = {"ncv": ncv, "ncv_unit": "GJ/t", "carbon": carbon, "carbon_unit": "tC/TJ", "oxidation": oxidation}
        put(fuel, "co2", "", "tCO2/t", **by_carbon)
        if fuel == "diesel":
            put(fuel, "energy", 0.034, "tce/GJ", ncv=ncv, ncv_unit="GJ/t")
        else:
            put(fuel, "energy", ENERGY[fuel], "tce/t")
    for power in ("electricity", "green_electricity", "solar_electricity"):
        put(power, "energy", 0.123, "tce/MWh")
    put("heat", "energy", 0.034, "tce/GJ")
    put("heat", "co2", HEAT_CO2, "tCO2/GJ")
    put("calcium_carbonate", "co2", CARBONATE_CO2, "tCO2/t")
    for kind, rates in (("average", AVERAGE), ("residual", RESIDUAL)):
        for year, rate in rates.items():
            put("electricity", "co2", rate, "tCO2/MWh", kind=kind, valid_from=year, valid_to=year)
    return made


CASE = """
title = "A small district"
boundary = "territorial"
by = ["district"]
factor_sets = ["./factors/mine"]
indicators = [
    "energy_total", "co2_direct", "co2_total", "co2_total_market", "co2_total_intensity", "co2_fall", "pm25_mean"
]
quantities = ["feedstock_energy", "so2", "nox"]

[inputs]
activity = ["activity.csv"]
statistics = ["statistics.csv"]
entities = ["entities.csv"]
states = ["states.csv"]
targets = ["targets.csv"]
catalog = ["catalog.toml"]
"""
CATALOG = """
[indicator.co2_fall]
zh = "直接二氧化碳排放比2024年下降率"
en = "drop of direct CO2 against 2024"
formula = "drop"
with = {amount = "co2_scope1"}
unit = "%"
baseline = 2024
better = "higher"
sign = {amount = "-", base_amount = "+"}
"""
ENTITIES = [
    "entity,level,parent,sector,region",
    "city,city,,,CN-37-07",
    *(f"{d},district,city,,CN-37-07" for d in ("east", "west")),
    *(f"{e},enterprise,{PARENT[e]},{s}," for e, s in SECTOR.items()),
]
TARGETS = [
    "id,indicator,entity,name_zh,sense,value,unit,kind,from_year,year,baseline,source",
    "T1,co2_total,east,碳排放,at_most,1.25,万t CO2,level,2025,2025,,plan",
    "T2,co2_total,east,碳排放,falling,,万t CO2,trend,2024,2028,,plan",
    "T3,energy_total,west,能耗,at_most,1200,吨标准煤,level,2025,2028,,plan",
    "T4,co2_direct,east,累计,at_most,4,万t CO2,cumulative,2025,2028,,plan",
    "T5,co2_total,east,下降,fall_by,0.1,万t CO2,change,2025,2028,2025,plan",
    "T6,co2_fall,,下降率,at_least,5,%,change,2024,2028,2024,plan",
    "T7,water_total,east,用水,at_most,1,亿立方米,level,2025,2025,,plan",
]
STATES = [
    "entity,period,state,value,unit,print,source",
    "east,2025,pm25,40,ug/m3,final,made up",
    "west,2025,pm25,45,ug/m3,final,made up",
]


def write_district(folder: Path, rows: Iterable[Row], statistics: Iterable[Row] = (), **files: str) -> Path:
    """The rows as a case in a folder; keyword arguments replace files."""
    (folder / "factors" / "mine").mkdir(parents=True)
    about = 'name = "mine"\nzh = "自编"\nen = "made up"\npublisher = "nobody"\ndocument = ""\npublished = ""\n'
    about += 'in_force_from = ""\nin_force_to = ""\nlicence = ""\nnote = ""\n'
    (folder / "factors" / "mine" / "set.toml").write_text(about, encoding="utf-8")
    (folder / "factors" / "mine" / "rates.csv").write_text("\n".join([HEAD, *factor_lines()]) + "\n", encoding="utf-8")
    made = {
        "case.toml": CASE,
        "catalog.toml": CATALOG,
        "activity.csv": activity_text(rows),
        "statistics.csv": activity_text(statistics),
        "entities.csv": "\n".join(ENTITIES) + "\n",
        "states.csv": "\n".join(STATES) + "\n",
        "targets.csv": "\n".join(TARGETS) + "\n",
    }
    for name, text in made.items():
        (folder / name).write_text(files.get(name.partition(".")[0], text), encoding="utf-8")
    return folder


LINE = ("entity", "sector", "activity", "flow", "partner", "part_of", "period", "amount", "unit", "own_carbon")
LINE += ("evidence", "document", "source")


def activity_lines(rows: Iterable[Row]) -> list[dict[str, str]]:
    """Rows as a table of activity states them; rows that differ in nothing stand in documents of their own."""
    made = []
    for i, row in enumerate(rows):
        energy = row.activity in KIND and KIND[row.activity] not in {"fuel", "carbonate"}
        made.append(
            {
                **{c: str(getattr(row, c)) for c in LINE[:6]},
                "period": str(row.year),
                "amount": repr(row.amount),
                "unit": row.unit or ("GJ" if energy else "t"),
                "own_carbon": "" if row.own_carbon is None else repr(row.own_carbon),
                "evidence": "GEC" if row.activity == "green_electricity" else "",
                "document": f"d{i}",
                "source": "made up",
            }
        )
    return made


def activity_text(rows: Iterable[Row]) -> str:
    return "\n".join([",".join(LINE), *(",".join(line.values()) for line in activity_lines(rows))]) + "\n"


def district_rows() -> tuple[list[Row], list[Row]]:
    """Two districts with all that posting derives rows from, and their statistical totals; 2024 is 2025 scaled."""
    base = [
        Row("mill", "raw_coal", "combusted", 1000.0),
        Row("mill", "raw_coal", "feedstock", 200.0, part_of="raw_coal"),
        Row("mill", "electricity", "purchased", 2000.0 * MWH, partner="chp"),
        Row("mill", "electricity", "purchased", 3000.0 * MWH),
        Row("mill", "green_electricity", "purchased", 800.0 * MWH, part_of="electricity"),
        Row("mill", "heat", "purchased", 4000.0, partner="chp"),
        Row("mill", "calcium_carbonate", "converted", 300.0),
        Row("mill", "so2", "discharged", 12.0),
        Row("mill", "nox", "discharged", 9.0),
        Row("works", "raw_coal", "combusted", 700.0, own_carbon=25.0),
        Row("works", "diesel", "combusted", 50.0),
        Row("works", "electricity", "purchased", 2000.0 * MWH),
        Row("works", "so2", "discharged", 5.0),
        Row("chp", "raw_coal", "fired", 5000.0),
        Row("chp", "electricity", "generated", 9000.0 * MWH),
        Row("chp", "electricity", "sold", 2000.0 * MWH, partner="mill"),
        Row("chp", "electricity", "sold", 1000.0 * MWH),
        Row("chp", "heat", "generated", 9000.0),
        Row("chp", "heat", "sold", 6000.0),
        Row("plant", "coke", "combusted", 300.0),
        Row("plant", "electricity", "purchased", 1000.0 * MWH),
        Row("plant", "so2", "discharged", 3.0),
        Row("east", "raw_coal", "combusted", 90.0, sector="households"),
        Row("east", "electricity", "purchased", 800.0 * MWH, sector="households"),
        Row("west", "coke", "combusted", 4.0, sector="households"),
        Row("west", "electricity", "purchased", 500.0 * MWH, sector="households"),
        Row("east", "so2", "discharged", 1.0, sector="households"),
        Row("west", "so2", "discharged", 1.5, sector="households"),
        Row("east", "gdp", "produced", 2.0e9, unit="CNY"),
        Row("west", "gdp", "produced", 1.0e9, unit="CNY"),
    ]
    totals = [
        Row("east", "diesel", "combusted", 80.0, sector="industry"),
        Row("east", "electricity", "purchased", 8000.0 * MWH, sector="industry"),
        Row("west", "coke", "combusted", 330.0, sector="industry"),
    ]

    def both(rows: list[Row]) -> list[Row]:
        return [replace(row, year=2024, amount=0.9 * row.amount) for row in rows] + rows

    return both(base), both(totals)
