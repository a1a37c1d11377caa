"""Synthetic enterprises: who they are, and which carriers each of them uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z


@dataclass(frozen=True)
class Carrier:
    """A line of form 205-1: reference coefficient [tce per unit], price [1000 yuan per unit], and what all use.

    ``start`` and ``end`` are what the ordinary enterprises use together in 2020 and 2025; the power plants and the
    coking plant come on top.
    """

    code: str
    name: str
    unit: str
    activity: str
    tce: float | None
    price: float
    stocked: bool = False
    start: float = 0.0
    end: float = 0.0


# Codes, names and units: form 205-1 of the energy statistics reporting system (能源统计报表制度); codes other than 01, 06,
# 09, 11, 19, 21, 32, 33 and 37 follow the order of the form and are unverified. Coefficients: its reference column and
# the appendix of the energy statistical yearbook (natural gas and coke oven gas: the middle of the printed range; waste
# biomass: no reference value, enterprises measure it). Amounts and prices are made up.
CARRIERS = {
    c.code: c
    for c in (
        Carrier("01", "原煤", "吨", "raw_coal", 0.7143, 0.8, True, 230_000, 150_000),
        Carrier("02", "无烟煤", "吨", "anthracite", 0.9428, 1.2, True),
        Carrier("04", "一般烟煤", "吨", "bituminous_coal", 0.7143, 0.8, True),
        Carrier("06", "洗精煤", "吨", "cleaned_coal", 0.9, 1.5, True),
        Carrier("09", "焦炭", "吨", "coke", 0.9714, 2.2, True, 36_000, 40_000),
        Carrier("10", "其他焦化产品", "吨", "other_coking_products", 1.3, 3.5),
        Carrier("11", "焦炉煤气", "万立方米", "coke_oven_gas", 5.928, 6.0, False, 900, 1_000),
        Carrier("15", "天然气(气态)", "万立方米", "natural_gas", 12.15, 33.0, False, 7_200, 9_500),
        Carrier("16", "液化天然气(液态)", "吨", "lng", 1.7572, 4.8, True, 5_000, 6_500),
        Carrier("19", "汽油", "吨", "gasoline", 1.4714, 8.5, False, 2_600, 2_400),
        Carrier("20", "煤油", "吨", "kerosene", 1.4714, 7.0, True, 150, 180),
        Carrier("21", "柴油", "吨", "diesel", 1.4571, 7.4, False, 9_500, 8_800),
        Carrier("22", "燃料油", "吨", "fuel_oil", 1.4286, 4.6, True, 4_200, 3_000),
        Carrier("23", "液化石油气", "吨", "lpg", 1.7143, 5.2, True, 900, 1_000),
        Carrier("26", "润滑油", "吨", "lubricants", 1.4143, 12.0, True, 1_000, 1_100),
        Carrier("28", "溶剂油", "吨", "solvents", 1.4672, 7.5, True, 1_800, 2_000),
        Carrier("29", "石油焦", "吨", "petroleum_coke", 1.0918, 2.0, True, 21_000, 19_000),
        Carrier("30", "石油沥青", "吨", "bitumen", 1.3307, 3.8, True, 11_000, 12_500),
        Carrier("32", "热力", "百万千焦", "heat", 0.0341, 0.06, False, 3_600_000, 4_100_000),
        Carrier("33", "电力", "万千瓦时", "electricity", 1.229, 7.0, False, 158_000, 190_000),
        Carrier("36", "生物质废料(用于燃料)", "吨", "other_solid_biomass", None, 0.5, True, 22_000, 42_000),
        Carrier("37", "余热余压", "百万千焦", "waste_heat", 0.0341, 0.0),
    )
}
PARTS = {"02": "01", "04": "01"}

# Sector (GB/T 4754-2017), what the firm makes, carriers it has for sure, carriers it may have, how common it is.
SECTORS = (
    ("1312", "面粉", "33 19 21", "15 32 23", 6),
    ("1353", "食品", "33 32 19", "15 21 23", 8),
    ("1713", "印染", "33 32 15", "21 19 36", 5),
    ("1810", "服装", "33 19", "32 21 15", 6),
    ("2221", "造纸", "33 32 01", "21 36 15", 3),
    ("2614", "化工", "33 32 15", "21 28 01 20", 6),
    ("2651", "树脂", "33 32 28", "15 21 19", 3),
    ("2927", "塑料", "33 19 21", "32 23", 7),
    ("3021", "构件", "33 21 01", "19 22", 6),
    ("3031", "砖瓦", "33 21 01", "19 36", 4),
    ("3041", "玻璃", "33 15 29 11", "21 22 16", 2),
    ("3099", "沥青", "33 30 21 15", "19 16", 3),
    ("3130", "轧钢", "33 15 21", "09 19 23 16", 3),
    ("3252", "铝材", "33 15 21", "23 19 22 16", 4),
    ("3391", "铸造", "33 09 21", "19 15 01", 8),
    ("3484", "零件", "33 19 21", "15 26 23", 10),
    ("3571", "农机", "33 19 21", "15 23 26", 8),
    ("3670", "汽配", "33 19 15", "21 26 32", 6),
    ("3821", "电气", "33 19", "21 15 32", 6),
    ("3976", "光电", "33 32", "19 20 15", 4),
)

# The first enterprises have parts to play: sector, what they make, their carriers, first and last year.
ROLES: tuple[tuple[str, str, str, int, int], ...] = (
    ("4412", "热电甲", "33 21 19", 0, 9999),
    ("4412", "热电乙", "33 21 19", 0, 9999),
    ("4412", "燃气热电", "33 21 19", 0, 9999),
    ("4417", "生物质电厂", "33 21 19", 2022, 9999),
    ("2521", "焦化", "33 32 21", 0, 9999),
    ("3041", "玻璃", "33 15 29 11 21", 0, 9999),
    ("3391", "铸造", "33 09 21 19", 0, 9999),  # takes over the next one
    ("3391", "铸造", "33 09 21", 0, 2023),  # absorbed at the end of 2023
    ("3571", "农机", "33 19 21 15", 0, 9999),  # moves to the other district at the beginning of 2023
    ("1713", "印染", "33 32 15", 0, 2022),  # closes
    ("3031", "砖瓦", "33 21 01", 0, 2023),  # closes
    ("3484", "零件", "33 15 19 21", 0, 9999),  # reports 2025 month by month
    ("3252", "铝材", "33 15 21 23", 2021, 9999),
    ("3821", "电气", "33 19 21", 2023, 9999),
    ("3976", "光电", "33 32 19", 2024, 9999),
)
PLANTS, COKING, GLASS, ACQUIRER, ABSORBED, MOVER, MONTHLY = (0, 1, 2, 3), 4, 5, 6, 7, 8, 11
MERGED_FROM, MOVED_FROM = 2024, 2023


@dataclass(frozen=True)
class Firm:
    """One synthetic enterprise; ``weights`` is its size per carrier, ``measured`` its own coefficients."""

    place: int
    id: str
    name: str
    sector: str
    first: int
    last: int
    weights: dict[str, float]
    measured: dict[str, float] = field(default_factory=dict)
    ranks: dict[str, float] = field(default_factory=dict)  # share of its raw coal by rank; the rest stays unspecified

    def reports(self, year: int) -> bool:
        return self.first <= year <= self.last


def credit_code(number: int, region: str = "370702") -> str:
    """A unified social credit code with valid check characters, of kind 99 (other) so that no real firm is meant."""
    body = f"QQ{number:06d}"
    values = [int(sign, 36) for sign in body]
    check = 11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11  # GB 11714-1997
    text = f"99{region}{body}{'0123456789X0'[check]}"
    total = sum(ALPHABET.index(sign) * pow(3, i, 31) for i, sign in enumerate(text))
    return text + ALPHABET[-total % 31]


@lru_cache(maxsize=8)
def _sector_lot() -> tuple[tuple[str, str, str, str, int], ...]:
    return tuple(line for line in SECTORS for _ in range(line[4]))


def make_firms(count: int, rng: Any) -> list[Firm]:
    """``count`` enterprises; every draw is a plain uniform number, so that the bytes are the same everywhere."""
    lot, made = _sector_lot(), []
    for place in range(count):
        u = rng.random(40)
        if place < len(ROLES):
            sector, makes, codes, first, last = ROLES[place]
            chosen = codes.split()
        else:
            sector, makes, sure, may, _ = lot[int(u[0] * len(lot))]
            optional = may.split()
            keep = [code for code, draw in zip(optional, u[1:], strict=False) if draw < 0.5]
            chosen = [*sure.split(), *(keep or optional[:1])]
            first, last = 0, 9999
        size = 0.1 + u[10] ** 3
        weights = {code: size * (0.5 + draw) for code, draw in zip(chosen, u[11:], strict=False)}
        if place in PLANTS:
            weights = {code: 0.1 * weight for code, weight in weights.items()}
        made.append(
            Firm(
                place,
                credit_code(place + 1),
                f"虚构{makes}{place + 1:03d}",
                sector,
                first,
                last,
                weights,
                _measured(place, chosen, u[22:]),
                _ranks(place, chosen, u[32:]),
            )
        )
    return made


def _measured(place: int, codes: list[str], u: Any) -> dict[str, float]:
    """Own coefficients: a quarter of the solid fuels and gas are measured, and always what has no single reference."""
    found = {}
    for code, draw, spread in zip([c for c in codes if c in "01 09 15 29".split()], u[:4], u[4:8], strict=False):
        if draw < 0.25 and CARRIERS[code].tce is not None:
            found[code] = round(float(CARRIERS[code].tce or 0) * (0.95 + 0.08 * spread), 4)
    if "36" in codes or place == PLANTS[3]:
        found["36"] = round(0.47 + 0.05 * float(u[8]), 4)
    found["02"], found["04"] = round(0.9 + 0.05 * float(u[9]), 4), round(0.69 + 0.06 * float(u[8]), 4)
    return found | {"10": 1.2857, "11": 5.86}


def _ranks(place: int, codes: list[str], u: Any) -> dict[str, float]:
    """A third of the coal users break it down by rank; one in five of these leaves a tenth unspecified."""
    if place == PLANTS[0]:
        return {"04": 1.0}
    if "01" not in codes or u[0] > 0.33:
        return {}
    known = 0.9 if u[1] < 0.2 else 1.0
    hard = round(0.2 + 0.6 * float(u[2]), 2)
    return {"02": known * hard, "04": known * (1 - hard)}


def entity_rows(firms: list[Firm]) -> list[dict[str, str]]:
    """The entity table: province, city, two districts, and the enterprises with the years in which they exist."""
    blank = dict.fromkeys("sector region grid valid_from valid_to".split(), "")
    place = "synthetic case; the place is real"
    made = [
        {"entity": "shandong", "level": "province", "parent": "", "region": "370000", "grid": "CN-GRID-N"},
        {"entity": "weifang", "level": "city", "parent": "shandong", "region": "370700"},
        {"entity": "weicheng", "level": "district", "parent": "weifang", "region": "370702"},
        {"entity": "hanting", "level": "district", "parent": "weifang", "region": "370703"},
    ]
    names = {"shandong": "山东省", "weifang": "潍坊市", "weicheng": "潍城区", "hanting": "寒亭区"}
    rows = [
        blank | row | {"name_zh": names[row["entity"]], "name_en": row["entity"].title(), "note": place} for row in made
    ]
    for firm in firms:
        row = blank | {
            "entity": firm.id,
            "level": "enterprise",
            "parent": "weicheng",
            "sector": firm.sector,
            "name_zh": firm.name,
            "name_en": f"Fictitious enterprise {firm.place + 1:03d}",
            "valid_from": f"{firm.first}-01" if firm.first else "",
            "valid_to": f"{firm.last}-12" if firm.last < 9999 else "",
            "note": "synthetic",
        }
        if firm.place == ABSORBED:
            row["note"] = f"synthetic; absorbed by {firms[ACQUIRER].id} at the end of {MERGED_FROM - 1}"
        if firm.place == MOVER:
            row["note"] = f"synthetic; moved from weicheng to hanting on 1 January {MOVED_FROM}"
            rows.append(row | {"valid_to": f"{MOVED_FROM - 1}-12"})
            row |= {"parent": "hanting", "valid_from": f"{MOVED_FROM}-01"}
        rows.append(row)
    return rows
