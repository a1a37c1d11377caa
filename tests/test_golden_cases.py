"""The shipped cases against published figures and against arithmetic done again here, from the input files alone."""

from __future__ import annotations

import csv
import os
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pandas as pd
import pytest
from examples import GJ_PER_TCE, assessed, balance, reason, rows, value

from carbonledger.catalog import indicators
from carbonledger.factors import Rules, read_factors
from carbonledger.ledger import post, totals
from carbonledger.reasons import Reason
from carbonledger.shipped import shipped

CHINA, SHANDONG = "china-2020-2023", "shandong-2014"

# Water Resources Bulletins of China 2020-2023 (MWR): facts/water-nonfossil.md A2 and A3, data/README.md.
# 8 levels [m3 per 1e4 yuan, current prices] and 6 changes at comparable prices, printed as falls.
PUBLISHED = [
    ("water_per_gdp", 2020, "57.2"),
    ("water_per_gdp", 2021, "51.8"),
    ("water_per_gdp", 2022, "49.6"),
    ("water_per_gdp", 2023, "46.9"),
    ("water_per_industrial_value_added", 2020, "32.9"),
    ("water_per_industrial_value_added", 2021, "28.2"),
    ("water_per_industrial_value_added", 2022, "24.1"),
    ("water_per_industrial_value_added", 2023, "24.3"),
    ("water_per_gdp_annual_drop", 2021, "5.8"),
    ("water_per_gdp_annual_drop", 2022, "1.6"),
    ("water_per_gdp_annual_drop", 2023, "6.4"),
    ("water_per_industrial_value_added_annual_drop", 2021, "7.1"),
    ("water_per_industrial_value_added_annual_drop", 2022, "10.8"),
    ("water_per_industrial_value_added_annual_drop", 2023, "3.9"),
]


@pytest.mark.parametrize(("name", "year", "printed"), PUBLISHED)
def test_published_water_figure(name, year, printed):
    computed = Decimal(repr(value(CHINA, name, year))).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    assert computed == Decimal(printed)


# facts/water-nonfossil.md A2, the check of formula 2: changes to three decimals [%].
@pytest.mark.parametrize(
    ("name", "year", "fall"),
    [
        ("water_per_gdp_annual_drop", 2021, 5.785),
        ("water_per_gdp_annual_drop", 2022, 1.633),
        ("water_per_gdp_annual_drop", 2023, 6.396),
        ("water_per_industrial_value_added_annual_drop", 2021, 7.059),
        ("water_per_industrial_value_added_annual_drop", 2022, 10.770),
        ("water_per_industrial_value_added_annual_drop", 2023, 3.852),
    ],
)
def test_change_to_three_decimals(name, year, fall):
    assert value(CHINA, name, year) == pytest.approx(fall, abs=0.0006)


# facts/water-nonfossil.md A3: total use [1e8 m3].
@pytest.mark.parametrize(("year", "total"), [(2020, 5812.9), (2021, 5920.2), (2022, 5998.2), (2023, 5906.5)])
def test_four_sectors_close_on_the_printed_total(year, total):
    assert value(CHINA, "water_total", year) == pytest.approx(total, abs=1e-6)


# facts/water-nonfossil.md A2, last line: without once-through cooling 13.4 % (2022) and 5.1 % (2023);
# A1 gives cooling water from 2021 on, so the fall of 2021 has no base.
def test_falls_without_once_through_cooling():
    name = "industrial_water_without_cooling_drop"
    assert value(CHINA, name, 2022) == pytest.approx(13.4, abs=0.05)
    assert value(CHINA, name, 2023) == pytest.approx(5.1, abs=0.05)
    for year, why in ((2020, Reason.NO_ROWS), (2021, Reason.NO_BASELINE)):
        assert value(CHINA, name, year) != value(CHINA, name, year)
        assert reason(CHINA, name, year) is why


# data/README.md: 15.84 / 17.48 by the coal-rate convention with the supply rate, official 15.9 / 17.5 within 0.15.
@pytest.mark.parametrize(("year", "computed", "official"), [(2020, 15.84, 15.9), (2022, 17.48, 17.5)])
def test_nonfossil_share_by_coal_rate(year, computed, official):
    found = value(CHINA, "nonfossil_share_coal_rate", year)
    assert found == pytest.approx(computed, abs=0.005)
    assert found == pytest.approx(official, abs=0.15)


# data/china-energy-2020-2022.csv: generation [1e8 kWh], supply coal rate [gce/kWh], total [1e8 tce].
@pytest.mark.parametrize(
    ("year", "generation", "rate", "total"),
    [(2020, 13552.1 + 3662.5 + 4665 + 2611 + 1326, 305.5, 49.8), (2022, 31443, 300.7, 54.1)],
)
def test_nonfossil_share_by_hand(year, generation, rate, total):
    by_hand = generation * rate * 1e-6 / total * 100  # 1e8 kWh x g = 100 t; over 1e8 t
    assert value(CHINA, "nonfossil_share_coal_rate", year) == pytest.approx(by_hand, rel=1e-9)


def test_calorific_share_of_2020():
    # facts/water-nonfossil.md B3 prints 7.054 % for "direct/calorific" and 2020. That is the BP system: BP's fossil
    # part (4,186 Mtce) and generation, against the official total (4,980 Mtce) less the coal-rate value here; the two
    # systems agree to a few hundredths of a point, hence the tolerance.
    assert value(CHINA, "nonfossil_share_calorific", 2020) == pytest.approx(7.054, abs=0.05)
    kwh, coal_rate, calorific, total = 25816.6, 305.5, 122.9, 49.8
    nonfossil = kwh * calorific * 1e-6
    fossil = total - kwh * coal_rate * 1e-6
    # a kWh is 0.1229 kgce as printed or 3600/29307.6 = 0.12284 kgce exactly (GB/T 2589)
    assert value(CHINA, "nonfossil_share_calorific", 2020) == pytest.approx(
        100 * nonfossil / (fossil + nonfossil), rel=1e-3
    )


def test_conventions_that_need_the_sources_are_unknown_in_2022():
    # data/README.md: 2022 is not split by source, so conventions that treat sources differently are UNKNOWN there.
    assert reason(CHINA, "nonfossil_share_physical", 2022) is Reason.NO_RATE
    assert reason(CHINA, "nonfossil_share_physical", 2020) is Reason.OK
    for name in ("coal_rate", "calorific", "physical", "substitution"):
        for year in (2021, 2023):  # no energy rows at all
            assert reason(CHINA, f"nonfossil_share_{name}", year) is Reason.NO_ROWS


def test_all_sixteen_comparisons_agree():
    found = assessed(CHINA).comparisons
    assert len(found) == 16
    assert [c.name for c in found if not c.agrees] == []


# --- Shandong 2014 -------------------------------------------------------------------------------------------------

# data/README.md: the sides of the balance; of-which rows (NonEnergy Use, Rural, Urban) are in none of them.
SUPPLY = (
    "Indigenous Production",
    "Import",
    "Interprovincial Imports",
    "Export",
    "Interprovincial Exports",
    "Stock Change",
)
TRANSFORMATION = (
    "Thermal Power",
    "Heating Supply",
    "Coking",
    "Coal Washing",
    "Petroleum Refineries",
    "Petroleum Refineries - Petroleum Products Input",
    "Natural Gas Liquefaction",
    "Recovery of Energy",
)
USES = (
    "Agriculture",
    "Industry",
    "Construction",
    "Transportation, Telecommunications, Postal",
    "Wholesale, Retail Trade, and Catering Service",
    "Other",
    "Residential consumption",
)
OF_WHICH = ("Industry - NonEnergy Use", "Residential consumption - Rural", "Residential consumption - Urban")
PRINTED_SUMS = ("Total Coal", "Total Petroleum", "Total Energy")


def gaps(cells: dict[str, float]) -> tuple[float, float, float, float]:
    def added(names):
        return sum(cells.get(name, 0.0) for name in names)

    tpes, turned, used = (
        cells.get(name, 0.0) for name in ("Total Primary Energy Supply", "Total Transformation", "Total Consumption")
    )
    return added(SUPPLY) - tpes, added(TRANSFORMATION) - turned, added(USES) - used, tpes + turned - used


def test_balance_closes_for_all_33_products():
    table = balance()
    assert len(table) == 33
    known = {*SUPPLY, *TRANSFORMATION, *USES, *OF_WHICH}
    known |= {"Total Primary Energy Supply", "Total Transformation", "Total Consumption"}
    assert {process for cells in table.values() for process in cells} == known
    for product, cells in table.items():
        assert max(map(abs, gaps(cells))) <= 0.001, product


def test_closures_are_those_recomputed_here():
    table = balance()
    found = {c.product: c for c in assessed(SHANDONG).case.closures}
    assert set(found) == set(table)
    for product, closure in found.items():
        expected = gaps(table[product])
        reported = (closure.supply_gap, closure.transformation_gap, closure.consumption_gap, closure.closing_gap)
        assert reported == pytest.approx(expected, abs=1e-9), product
        assert closure.largest <= 0.001
        assert closure.printed_total is (product in PRINTED_SUMS)


def test_of_which_rows_are_the_double_count_for_the_careless():
    # data/README.md: 39 Mtce in all.
    found = sum(cells.get(p, 0.0) for name, cells in balance().items() if name not in PRINTED_SUMS for p in OF_WHICH)
    assert found == pytest.approx(39, abs=0.5)


def test_energy_is_the_supply_of_the_30_products():
    own = [cells for name, cells in balance().items() if name not in PRINTED_SUMS]
    assert len(own) == 30
    supply = sum(cells.get("Total Primary Energy Supply", 0.0) for cells in own)
    closing = sum(abs(gap) for cells in own for gap in gaps(cells))
    found = value(SHANDONG, "energy_total", 2014) / 100  # 万吨标准煤 -> Mtce
    assert found == pytest.approx(supply, abs=closing)
    # the printed sum of facts/water-nonfossil.md B5, 346.28 Mtce, is not the sum of the products: never posted
    assert balance()["Total Energy"]["Total Primary Energy Supply"] == pytest.approx(346.28, abs=0.005)
    assert abs(found - 346.28) > 2


def test_three_legs_of_the_balance():
    own = [cells for name, cells in balance().items() if name not in PRINTED_SUMS]
    found = assessed(SHANDONG).totals
    for quantity, processes in (
        ("energy_supply", SUPPLY),
        ("energy_transformed", TRANSFORMATION),
        ("energy_final", USES),
    ):
        expected = sum(cells.get(p, 0.0) for cells in own for p in processes)
        assert found[quantity].item() / 1e6 == pytest.approx(expected, rel=1e-9), quantity


# Carbon content [tC/TJ] and oxidation of GB/T 32151.34-2024 Table C.1: facts/energy-carbon.md section 2.
@pytest.mark.parametrize(
    ("product", "activity", "carbon", "oxidation"),
    [
        ("Gasoline", "gasoline", 18.9, 0.98),
        ("Diesel Oil", "diesel", 20.2, 0.98),
        ("Coke", "coke", 29.5, 0.93),
        ("Coke Oven Gas", "coke_oven_gas", 13.58, 0.99),
        ("Natural Gas", "natural_gas", 15.3, 0.99),
    ],
)
def test_co2_of_a_fuel_by_hand(product, activity, carbon, oxidation):
    cells = balance()[product]
    final = sum(cells.get(p, 0.0) for p in USES) - cells.get("Industry - NonEnergy Use", 0.0)
    burnt = final - cells.get("Thermal Power", 0.0) - cells.get("Heating Supply", 0.0)  # inputs are negative
    by_hand = burnt * 1e6 * GJ_PER_TCE * carbon / 1000 * oxidation * 44 / 12
    (quantity, dim, found) = assessed(SHANDONG).breakdowns[0]
    assert (quantity, dim) == ("co2_scope1", "activity")
    assert found[quantity].sel(activity=activity).item() == pytest.approx(by_hand, rel=1e-9)


def test_co2_by_activity_adds_up_to_co2():
    (quantity, _, found) = assessed(SHANDONG).breakdowns[0]
    whole = totals(assessed(SHANDONG).ledger, partial=True)[quantity].item()
    assert float(found[quantity].sum()) == pytest.approx(whole, rel=1e-12)


def test_shares_with_import_credit_by_hand():
    # Supply coal rate of 2015, the case's stand-in: 315.4 gce/kWh (facts/energy-carbon.md section 5);
    # 1 kWh = 3600/29307.6 kgce.
    cells, b, e = balance()["Electricity"], 315.4, 3600 / 29307.6 * 1000
    primary, imported = cells["Indigenous Production"], cells["Interprovincial Imports"]
    own = [cells for name, cells in balance().items() if name not in PRINTED_SUMS]
    supply = sum(cells.get("Total Primary Energy Supply", 0.0) for cells in own)
    whole = supply + (primary + imported) * (b / e - 1)
    shown = dict(assessed(SHANDONG).variants)
    assert list(shown) == ["import_credit = 0", "import_credit = 0.25", "import_credit = 0.5"]
    for credit, found in zip((0, 0.25, 0.5), shown.values(), strict=True):
        by_hand = (primary + credit * imported) * b / e / whole * 100
        # 1e-3: the printed 0.1229 kgce/kWh and 3600/29307.6 differ by 0.05 %
        assert found["nonfossil_share_coal_rate_with_imports"].item() == pytest.approx(by_hand, rel=1e-3)
    assert value(SHANDONG, "nonfossil_share_coal_rate", 2014) == pytest.approx(
        shown["import_credit = 0"]["nonfossil_share_coal_rate_with_imports"].item(), rel=1e-12
    )


# facts/water-nonfossil.md B5, worked case Shandong 2014: local primary electricity 10.83 TWh, net import 48.57 TWh,
# calorific supply 346.28 Mtce; 0.91 % without import credit, 1.93 % at 25 %, 2.95 % at 50 % (b = 300 g).
WORKED = {0.0: 0.91, 0.25: 1.93, 0.5: 2.95}
PRIMARY_TWH, IMPORT_TWH, SUPPLY_MTCE, B = 10.83, 48.57, 346.28, 0.300


def test_worked_import_case_by_arithmetic():
    whole = SUPPLY_MTCE + (PRIMARY_TWH + IMPORT_TWH) * (B - 0.1229)
    for credit, printed in WORKED.items():
        assert (PRIMARY_TWH + credit * IMPORT_TWH) * B / whole * 100 == pytest.approx(printed, abs=0.006)


HEAD = (
    "activity,printed_name,flow,quantity,region,kind,valid_from,valid_to,data_year,basis,rate,unit,ncv,ncv_unit,carbon,"
    "carbon_unit,oxidation,low,high,distribution,published,source,locator,confidence,note"
)


@pytest.fixture
def coal_rate_300(tmp_path: Path) -> Path:
    """A factor set of its own: 300 gce/kWh for bought and for primary power."""
    folder = tmp_path / "coal-rate-300"
    folder.mkdir()
    (folder / "set.toml").write_text('name = "coal-rate-300"\nen = "300 g"\nzh = "300 克"\n', encoding="utf-8")
    lines = [
        f"{name},,,energy_coal_rate,CN,,2014,2014,2014,energy,300,gce_coal_rate/kWh,,,,,,,,,,worked case,B5,M,"
        for name in ("electricity", "nonfossil_electricity")
    ]
    (folder / "supply.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return folder


def test_worked_import_case_through_post(coal_rate_300):
    fossil = SUPPLY_MTCE - (PRIMARY_TWH + IMPORT_TWH) * 0.1229
    frame = rows(
        ("raw_coal", "combusted", fossil, "Mtce"),
        ("electricity", "purchased", 500.0, "亿千瓦时"),
        ("electricity", "sold", 500.0 - 10 * IMPORT_TWH, "亿千瓦时"),
        ("nonfossil_electricity", "generated", 10 * PRIMARY_TWH, "亿千瓦时"),
        period="2014",
        entity="shandong",
    )
    name = "nonfossil_share_coal_rate_with_imports"
    needed = ["nonfossil_energy_coal_rate", "fossil_energy_coal_rate", "imported_electricity_coal_rate"]
    ledger = post(frame, read_factors(coal_rate_300), needed, region="CN-37", rules=Rules())
    found = totals(ledger)
    whole = SUPPLY_MTCE + (PRIMARY_TWH + IMPORT_TWH) * (B - 0.1229)
    for credit, printed in WORKED.items():
        states = pd.DataFrame(
            [("shandong", 2014, "import_credit", credit)], columns=["entity", "year", "state", "value"]
        )
        share = indicators(found, [name], states=states)[name].item()
        assert share == pytest.approx(printed, abs=0.006)
        assert share == pytest.approx((PRIMARY_TWH + credit * IMPORT_TWH) * B / whole * 100, rel=1e-9)


@pytest.mark.real
def test_shipped_balance_is_the_measured_one():
    folder = os.environ.get("CARBONLEDGER_REAL_DATA")
    if not folder:
        pytest.skip(
            "CARBONLEDGER_REAL_DATA is not set: it names the folder with shandong-2014-energy-balance-mtce.csv "
            "(China Energy Statistical Yearbook via the LBL China Energy Databook)"
        )

    def cells(path):
        with path.open(encoding="utf-8", newline="") as lines:
            return {(r["product"], r["process"]): float(r["value_Mtce"]) for r in csv.DictReader(lines)}

    measured = cells(Path(folder) / "shandong-2014-energy-balance-mtce.csv")
    assert cells(shipped("scenarios") / "shandong-2014" / "balance.csv") == measured
