"""The synthetic district itself: households, services, farms and transport, statistics, water, output, reported states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from made_returns import along

HOUSEHOLD_HEAD = "entity sector period activity flow amount unit own_ncv source note".split()
STATISTICS_HEAD = "entity sector period activity flow amount unit source note".split()
ECONOMY_HEAD = "entity period activity flow amount unit source note".split()
STATE_HEAD = "entity period state value unit print source confidence note".split()

# Sector, activity, flow, unit, amounts of 2020 and 2025. Rooftop and ground-mounted solar power: what is fed into the
# grid is sold, the rest is used where it is made.
USES = (
    ("households", "natural_gas", "combusted", "万立方米", 3_900, 5_600),
    ("households", "lpg", "combusted", "吨", 4_200, 3_300),
    ("households", "gasoline", "combusted", "吨", 42_000, 47_000),
    ("households", "raw_coal", "combusted", "吨", 18_000, 4_000),
    ("households", "other_solid_biomass", "combusted", "吨", 26_000, 18_000),
    ("households", "electricity", "purchased", "万千瓦时", 36_000, 46_000),
    ("households", "solar_electricity", "generated", "万千瓦时", 2_600, 13_000),
    ("households", "electricity", "sold", "万千瓦时", 1_600, 8_200),
    ("services", "natural_gas", "combusted", "万立方米", 1_900, 2_700),
    ("services", "diesel", "combusted", "吨", 3_500, 3_300),
    ("services", "electricity", "purchased", "万千瓦时", 42_000, 56_000),
    ("services", "solar_electricity", "generated", "万千瓦时", 400, 3_400),
    ("farms", "diesel", "combusted", "吨", 4_200, 4_000),
    ("farms", "electricity", "purchased", "万千瓦时", 5_200, 6_100),
    ("transport", "gasoline", "combusted", "吨", 24_000, 22_000),
    ("transport", "diesel", "combusted", "吨", 52_000, 48_000),
    ("transport", "lng", "combusted", "吨", 6_000, 9_000),
    ("transport", "electricity", "purchased", "万千瓦时", 1_500, 6_500),
    ("power", "solar_electricity", "generated", "万千瓦时", 6_000, 19_000),
    ("power", "electricity", "sold", "万千瓦时", 6_000, 19_000),
)
BIOMASS_NCV = 14.6  # GJ/t, made up: air-dry straw and wood
OF_HOUSEHOLDS = 0.7  # of the heat that plants sell to the district

WATER = {  # 10^4 m3: farms, industry, domestic, ecological; and the supply from non-conventional sources
    2020: (2330, 957, 1225, 278, 92),
    2021: (2350, 1005, 1270, 300, 110),
    2022: (2370, 1040, 1310, 330, 128),
    2023: (2385, 1088, 1345, 352, 147),
    2024: (2410, 1132, 1390, 378, 168),
    2025: (2440, 1180, 1435, 405, 186),
}
WATER_USES = ("agricultural_water", "industrial_water", "domestic_water", "ecological_water", "nonconventional_water")
# Real growth of GDP and of industrial value added, and the change of prices [%].
GROWTH = {2021: (7.0, 8.3, 3.6), 2022: (2.9, 3.2, 2.0), 2023: (4.8, 5.0, -0.5), 2024: (4.6, 5.1, -0.7)}
GROWTH[2025] = (4.2, 4.9, -0.3)
OUTPUT_2020 = (240.0, 69.0)  # 10^8 yuan

# What bureaus report as figures, by year; a state that is not here stays unknown.
STATES: tuple[tuple[str, str, Mapping[int, float]], ...] = (
    ("old_diesel_trucks_scrapped", "%", {2023: 35.2, 2024: 40.1, 2025: 23.9}),
    ("substations_built", "项", {2023: 0, 2024: 1, 2025: 1}),
    ("transformer_expansions", "项", {2023: 0, 2024: 1, 2025: 0}),
    ("green_building_area_added", "万平方米", {2023: 72.4, 2024: 68.1, 2025: 71.3}),
    ("green_share_of_new_buildings", "%", {2023: 98.2, 2024: 99.5, 2025: 100}),
    ("green_space_ratio", "%", {2023: 39.4, 2024: 39.9, 2025: 40.3}),
    ("park_area_per_resident", "平方米/人", {2023: 16.6, 2024: 16.9, 2025: 17.2}),
    ("drinking_water_class", "1", {2023: 3, 2024: 3, 2025: 3}),
    ("black_water_bodies_eliminated", "%", {2023: 100, 2024: 100, 2025: 100}),
    ("polluted_farmland_safe_use", "%", {2023: 90.8, 2024: 91.2, 2025: 91.7}),
    ("polluted_plots_safe_use", "%", {2023: 92.0, 2024: 92.6, 2025: 93.1}),
    ("waste_sorting_coverage", "%", {2023: 91.5, 2024: 95.2, 2025: 98.6}),
    ("efficient_irrigation_area", "万亩", {2023: 7.4, 2024: 7.8, 2025: 8.05}),
    ("fertiliser_use", "吨", {2022: 9_480, 2023: 9_310, 2024: 9_150, 2025: 9_020}),
    ("farm_waste_use_rate", "%", {2023: 93.9, 2024: 94.6, 2025: 95.4}),
)


def household_rows(years: Sequence[int], trades: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The district's own uses; its heat is what the plants sell to it."""
    made = []
    for year in years:
        plain = {"entity": "weicheng", "period": year, "source": "synthetic", "note": "synthetic"}
        for sector, activity, flow, unit, start, end in USES:
            row = {"sector": sector, "activity": activity, "flow": flow, "unit": unit}
            ncv = BIOMASS_NCV if activity == "other_solid_biomass" else ""
            made.append(plain | row | {"amount": round(along((start, end), year)), "own_ncv": ncv})
        heat = sum(
            float(trade["amount"])
            for trade in trades
            if (trade["entity"], trade["period"], trade["flow"]) == ("weicheng", str(year), "purchased")
        )
        at_home = round(OF_HOUSEHOLDS * heat)
        for sector, amount in (("households", at_home), ("services", round(heat) - at_home)):
            row = {"sector": sector, "activity": "heat", "flow": "purchased", "unit": "百万千焦", "own_ncv": ""}
            made.append(plain | row | {"amount": amount})
    return made


def statistics_rows(year: int, sums: Mapping[tuple[str, str], float], units: Mapping[str, str], rng: Any) -> list[Any]:
    """Statistical totals of industry: 3 to 8 % above what the enterprises report, for the firms too small to report.

    The total of raw coal holds its ranks, as code 01 does.
    """
    made, ranks = [], ("anthracite", "bituminous_coal")
    whole = dict(sums)
    for flow in {flow for _, flow in sums}:
        whole["raw_coal", flow] = sum(sums.get((name, flow), 0.0) for name in ("raw_coal", *ranks))
    sums = whole
    small = ("combusted", "feedstock", "purchased")
    without = {*ranks, "coke_oven_gas", "other_solid_biomass", "waste_heat", "cleaned_coal"}
    for (activity, flow), amount in sorted(sums.items()):
        more = 1.035 + 0.04 * float(rng.random())
        if flow not in small or activity in without or amount <= 0:
            continue
        told = {"entity": "weicheng", "sector": "industry", "period": year, "activity": activity, "flow": flow}
        tail = {"unit": units[activity], "source": "synthetic statistical total", "note": "synthetic"}
        made.append(told | {"amount": f"{amount * more:.2f}"} | tail)
    return made


def water_rows(years: Sequence[int]) -> list[dict[str, Any]]:
    """Water use by purpose, and the supply from non-conventional sources."""
    plain = {"entity": "weicheng", "unit": "万立方米", "source": "synthetic", "note": "synthetic"}
    return [
        plain | {"period": year, "activity": name, "flow": "supplied" if "noncon" in name else "used", "amount": amount}
        for year in years
        for name, amount in zip(WATER_USES, WATER[year], strict=True)
    ]


def economy_rows(years: Sequence[int]) -> list[dict[str, Any]]:
    """GDP and industrial value added at current prices: last year's value, real growth and change of prices."""
    made, values = [], list(OUTPUT_2020)
    for year in sorted(set(WATER)):
        if year > 2020:
            values = [
                round(v * (1 + g / 100) * (1 + GROWTH[year][2] / 100), 2)
                for v, g in zip(values, GROWTH[year], strict=False)
            ]
        for name, amount in zip(("gdp", "industrial_value_added"), values, strict=True):
            told = {"entity": "weicheng", "period": year, "activity": name, "flow": "produced", "amount": amount}
            if year in years:
                made.append(told | {"unit": "亿元", "source": "synthetic", "note": "synthetic, current prices"})
    return made


def state_rows(years: Sequence[int]) -> list[dict[str, Any]]:
    """Real growth, the credit for imported power, and what bureaus report as figures."""
    plain = {"entity": "weicheng", "source": "synthetic", "confidence": "", "note": "synthetic"}
    made = []
    for year in years:
        for n, name in enumerate(("gdp_growth", "industrial_value_added_growth")):
            if year in GROWTH:
                told = {"period": year, "state": name, "value": GROWTH[year][n], "unit": "%"}
                made.append(plain | told | {"print": "final" if year < 2025 else "first"})
        note = "synthetic; no rule is published for the credit of a district's imported power, so none is given"
        made.append(plain | {"period": year, "state": "import_credit", "value": 0, "unit": "1", "note": note})
    for name, unit, values in STATES:
        made += [
            plain | {"period": year, "state": name, "value": value, "unit": unit}
            for year, value in values.items()
            if year in years
        ]
    return made
