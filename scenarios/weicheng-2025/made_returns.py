"""Synthetic statistical returns: forms 205-1 and 205-2 of every enterprise, and what they trade with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from made_enterprises import (
    ABSORBED,
    ACQUIRER,
    CARRIERS,
    COKING,
    GLASS,
    MERGED_FROM,
    PARTS,
    PLANTS,
    Firm,
)

HEAD_1 = (
    "统一社会信用代码,单位详细名称,报告期,代码,能源名称,计量单位,年初库存量,购进量,购进金额,消费量合计,工业生产消费,"
    "用于原材料,非工业生产消费,运输工具消费,期末库存量,采用折标系数,参考折标系数,备注"
).split(",")
HEAD_2 = (
    "统一社会信用代码,单位详细名称,报告期,代码,能源名称,计量单位,加工转换投入合计,火力发电,供热,原煤入洗,炼焦,炼油及煤制油,"
    "制气,天然气液化,加工煤制品,能源加工转换产出,回收利用,采用折标系数,备注"
).split(",")
TRADE_HEAD = "entity period activity flow amount unit partner part_of evidence document source note".split()
COLUMNS = HEAD_1[6:15]
BEGIN, BOUGHT, MONEY, TOTAL, PRODUCTION, MATERIAL, OTHER, TRANSPORT, END = COLUMNS

NOT_PRODUCTION = {"33": 0.03, "19": 0.6, "21": 0.1, "15": 0.02, "32": 0.04}
IN_VEHICLES = {"19": 0.85, "21": 0.6}
ALL_FEEDSTOCK, CHEMICAL = {"26", "28", "30"}, "2614"

# Power sent out [10^4 kWh] in 2020 and 2025, share of the district heating of households and services, share of the
# heat that industry buys; which enterprises a plant supplies directly with power.
POWER = ((30_000, 33_000), (14_000, 15_000), (12_000, 14_000), (8_000, 9_000))
DISTRICT_HEAT, DISTRICT_SHARE = (2_900_000, 3_500_000), (0.57, 0.24, 0.12, 0.07)
DIRECT = {PLANTS[0]: (GLASS, ACQUIRER), PLANTS[1]: (12, 15)}
GREEN_BUYERS, GREEN_FROM = (GLASS, 12, 18), 2023
OWN_USE, FROM_PLANTS, BOILER, TURBINE, GJ_PER_TCE = 0.07, 0.92, 0.87, 0.37, 29.3076
COAL_COKED = (290_000, 300_000)
FUEL_OF = {PLANTS[0]: "04", PLANTS[1]: "01", PLANTS[2]: "15", PLANTS[3]: "36"}

Line = dict[str, float]
Returns = dict[str, dict[str, Line]]


def along(ends: tuple[float, float], year: int) -> float:
    """From the value of 2020 to that of 2025 in equal steps."""
    return ends[0] + (ends[1] - ends[0]) * (year - 2020) / 5


def make_returns(
    firms: Sequence[Firm], years: Sequence[int], rng: Any
) -> tuple[dict[int, Returns], dict[int, Returns], list[dict[str, str]]]:
    """Lines of 205-1 and 205-2 by year, enterprise and code, and the trades."""
    stock: dict[tuple[int, str], float] = {}
    forms, conversions, trades = {}, {}, []
    for year in years:
        lines = _ordinary_lines(firms, year, stock, rng)
        made: Returns = {}
        sales = _sales(firms, year, lines)
        gas = _coke(firms[COKING], year, lines, made, stock)
        used = sum(line["11"][TOTAL] for line in lines.values() if "11" in line)
        for place in PLANTS:
            if firms[place].reports(year):
                surplus = round(gas - used, 2) if place == PLANTS[1] else 0.0
                trades += _plant(firms[place], year, sales[place], surplus, lines, made, stock, rng)
        trades += _green(firms, year, lines, rng)
        for line in lines.values():
            _add_whole_coal(line)
        forms[year], conversions[year] = lines, made
    return forms, conversions, trades


def _ordinary_lines(firms: Sequence[Firm], year: int, stock: dict[tuple[int, str], float], rng: Any) -> Returns:
    """What every enterprise uses as it comes; the absorbed one reports under the name of the other from then on."""
    sums: dict[str, float] = {}
    for firm in firms:
        for code, weight in firm.weights.items():
            sums[code] = sums.get(code, 0.0) + weight
    made: Returns = {}
    for firm in firms:
        owner = firm
        if firm.place == ABSORBED and year >= MERGED_FROM:
            owner = firms[ACQUIRER]
        draws = rng.random((len(firm.weights), 3))
        if not owner.reports(year):
            continue
        lines = made.setdefault(owner.id, {})
        for (code, weight), draw in zip(firm.weights.items(), draws, strict=True):
            carrier = CARRIERS[code]
            amount = along((carrier.start, carrier.end), year) * weight / sums[code] * (0.94 + 0.12 * draw[0])
            shares = dict(firm.ranks) if code == "01" and firm.ranks else {code: 1.0}
            if (rest := 1 - sum(shares.values())) > 1e-9:
                shares[code] = rest
            for name, share in shares.items():
                _add(lines, name, make_line(firm, name, round(amount * share, 2), draw[1:], stock))
    return made


def make_line(firm: Firm, code: str, amount: float, draw: Any, stock: dict[tuple[int, str], float]) -> Line:
    """One line of 205-1: stock carries over, total = production + other, purchase = total + change of stock."""
    carrier, line = CARRIERS[code], dict.fromkeys(COLUMNS, 0.0)
    line[TOTAL] = amount
    line[OTHER] = round(amount * NOT_PRODUCTION.get(code, 0.0), 2)
    line[PRODUCTION] = round(amount - line[OTHER], 2)
    if code in ALL_FEEDSTOCK or (code == "15" and firm.sector == CHEMICAL):
        line[MATERIAL] = line[PRODUCTION] if code in ALL_FEEDSTOCK else round(0.5 * line[PRODUCTION], 2)
    line[TRANSPORT] = round(amount * IN_VEHICLES.get(code, 0.0), 2)
    if carrier.stocked:
        line[BEGIN] = stock.get((firm.place, code), round(amount * (0.03 + 0.06 * float(draw[0])), 2))
        line[END] = stock[firm.place, code] = round(amount * (0.03 + 0.06 * float(draw[1])), 2)
    line[BOUGHT] = round(amount + line[END] - line[BEGIN], 2)
    line[MONEY] = round(line[BOUGHT] * carrier.price)
    return line


def _add(lines: dict[str, Line], code: str, line: Line) -> None:
    known = lines.setdefault(code, dict.fromkeys(COLUMNS, 0.0))
    for column in COLUMNS:
        known[column] = round(known[column] + line[column], 2)


def _add_whole_coal(lines: dict[str, Line]) -> None:
    """Raw coal is the sum of its ranks and of what no rank is given for."""
    if parts := [line for code, line in lines.items() if code in PARTS]:
        for line in parts:
            _add(lines, "01", line)


def _sales(firms: Sequence[Firm], year: int, lines: Returns) -> dict[int, list[tuple[str, str, float]]]:
    """Heat and power that each plant sells: (carrier, buyer, amount); a blank buyer is the grid."""
    running = [p for p in PLANTS if firms[p].reports(year)]
    sold: dict[int, list[tuple[str, str, float]]] = {p: [] for p in running}
    for firm in firms:
        heat = lines.get(firm.id, {}).get("32", {}).get(BOUGHT, 0.0)
        if heat and firm.place not in PLANTS:
            sold[PLANTS[firm.place % 2]].append(("32", firm.id, round(FROM_PLANTS * heat)))
    for place in running:
        share = DISTRICT_SHARE[place]
        if place == PLANTS[0]:  # in place of a plant that is not built yet
            share += sum(DISTRICT_SHARE[p] for p in PLANTS if p not in running)
        sold[place].append(("32", "weicheng", round(along(DISTRICT_HEAT, year) * share)))
        power = round(along(POWER[place], year), 2)
        for buyer in DIRECT.get(place, ()):
            if buyer < len(firms) and firms[buyer].reports(year):
                direct = round(0.25 * lines[firms[buyer].id]["33"][BOUGHT], 2)
                sold[place].append(("33", firms[buyer].id, direct))
        rest = power - sum(amount for code, _, amount in sold[place] if code == "33")
        sold[place].append(("33", "", round(max(rest, 0.2 * power), 2)))
    return sold


def _coke(firm: Firm, year: int, lines: Returns, made: Returns, stock: dict[tuple[int, str], float]) -> float:
    """The coking plant: coal in; coke, gas, tar and recovered heat out. Returns the gas made [10^4 m3]."""
    coal = along(COAL_COKED, year)
    gas, heat = round(0.0222 * coal, 2), round(0.9 * coal)
    _add(lines[firm.id], "06", make_line(firm, "06", round(coal, 2), (0.4, 0.4), stock))
    for code, amount in (("11", round(0.45 * gas, 2)), ("37", float(heat))):
        own = make_line(firm, code, amount, (0, 0), stock)
        _add(lines[firm.id], code, own | {BOUGHT: 0.0, MONEY: 0.0})
    made[firm.id] = {
        "06": {"炼焦": round(coal, 2)},
        "09": {HEAD_2[15]: round(0.72 * coal, 2)},
        "10": {HEAD_2[15]: round(0.035 * coal, 2)},
        "11": {HEAD_2[15]: gas},
        "37": {HEAD_2[16]: float(heat)},
    }
    return gas


def _plant(
    firm: Firm,
    year: int,
    sold: list[tuple[str, str, float]],
    gas: float,
    lines: Returns,
    made: Returns,
    stock: dict[tuple[int, str], float],
    rng: Any,
) -> list[dict[str, str]]:
    """A power and heat plant: fuel for what it sends out and for its own use, and the trade on both sides."""
    power, heat = (round(sum(amount for c, _, amount in sold if c == code), 2) for code in ("33", "32"))
    own = lines[firm.id]["33"]
    generated = round(power / (1 - OWN_USE), 2)
    _add(lines[firm.id], "33", {**dict.fromkeys(COLUMNS, 0.0), TOTAL: round(generated - power, 2)})
    own[PRODUCTION] = round(own[TOTAL] - own[OTHER], 2)
    for_power, for_heat = generated * 36 / TURBINE, heat / BOILER  # GJ
    share, fuels = for_power / (for_power + for_heat), {}
    need = for_power + for_heat
    if gas > 0:
        fuels["11"] = gas
        need -= gas * coefficient(firm, "11") * GJ_PER_TCE
    fuels[FUEL_OF[firm.place]] = round(need / (coefficient(firm, FUEL_OF[firm.place]) * GJ_PER_TCE), 2)
    made[firm.id] = {"33": {HEAD_2[15]: generated}, "32": {HEAD_2[15]: heat}}
    rows = _both_sides(firm, year, sold)
    for code, amount in fuels.items():
        line = make_line(firm, code, amount, rng.random(2), stock)
        _add(lines[firm.id], code, line | {PRODUCTION: amount, OTHER: 0.0})
        to_power = round(amount * share, 2)
        made[firm.id][code] = {"火力发电": to_power, "供热": round(amount - to_power, 2)}
        for_sale = round(to_power * power / generated + (amount - to_power), 2)
        carrier = CARRIERS[code]
        rows.append(
            _trade(firm.id, year, carrier.activity, "fired_sold", for_sale, carrier.unit, part_of=carrier.activity)
        )
        if code in PARTS:
            made[firm.id][PARTS[code]] = dict(made[firm.id][code])
    return rows


def coefficient(firm: Firm, code: str) -> float:
    """tce per unit: the enterprise's own, else the reference."""
    own = firm.measured.get(code, CARRIERS[code].tce)
    if own is None:
        raise ValueError(f"no coefficient of {CARRIERS[code].name} for {firm.name}")
    return own


def _trade(entity: str, year: int, activity: str, flow: str, amount: float, unit: str, **more: str) -> dict[str, str]:
    plain = dict.fromkeys(TRADE_HEAD, "") | {"source": "synthetic settlement", "note": "synthetic"}
    told = {"entity": entity, "period": str(year), "activity": activity, "flow": flow, "amount": f"{amount:.2f}"}
    return plain | told | {"unit": unit} | more


def _both_sides(firm: Firm, year: int, sold: list[tuple[str, str, float]]) -> list[dict[str, str]]:
    """Sold by the one, purchased by the other: the buyer's row is contained in its own return."""
    rows = []
    for n, (code, buyer, amount) in enumerate(sold, 1):
        carrier, document = CARRIERS[code], f"SYN-{year}-{firm.place + 1:02d}-{n:04d}"
        what = (year, carrier.activity)
        rows.append(_trade(firm.id, *what, "sold", amount, carrier.unit, partner=buyer, document=document))
        if buyer:
            told = {"partner": firm.id, "part_of": carrier.activity, "document": document}
            rows.append(_trade(buyer, *what, "purchased", amount, carrier.unit, **told))
    return rows


def _green(firms: Sequence[Firm], year: int, lines: Returns, rng: Any) -> list[dict[str, str]]:
    """Contracts for green power: a part of the power that the return shows as purchased."""
    rows, draws = [], rng.random(len(GREEN_BUYERS))
    for place, draw in zip(GREEN_BUYERS, draws, strict=True):
        if year < GREEN_FROM or place >= len(firms) or not firms[place].reports(year):
            continue
        amount = round(lines[firms[place].id]["33"][BOUGHT] * (0.1 + 0.3 * draw), 2)
        told = {"part_of": "electricity", "evidence": f"SYN-GEC-{year}-{place + 1:03d}"}
        told["document"] = told["evidence"]
        rows.append(_trade(firms[place].id, year, "green_electricity", "purchased", amount, "万千瓦时", **told))
    return rows
