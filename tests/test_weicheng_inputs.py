"""The inputs of the Weicheng case, checked by sums of their own: they are made up, but they must fit together."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import os
import sys
import tomllib
from collections import defaultdict
from fractions import Fraction
from functools import cache
from pathlib import Path

import air_reference
import pandas as pd
import pytest
import weicheng_air

from carbonledger import units
from carbonledger.catalog import read_catalog
from carbonledger.shipped import shipped
from carbonledger.tables import activities
from carbonledger.targets import read_targets

CASE = shipped("scenarios") / "weicheng-2025"
YEARS = range(2020, 2026)
PARTS = {"02", "04"}
STOCKED = {"01", "02", "04", "06", "09", "16", "20", "22", "23", "26", "28", "29", "30", "36"}
PROCESSES = "火力发电 供热 原煤入洗 炼焦 炼油及煤制油 制气 天然气液化 加工煤制品".split()

# Typed from the plan (潍城发〔2023〕13号), item by item: number as printed; - where it gives only a direction or a task.
# Read, not printed: 100 for 全面, 全部, 全覆盖 (T028 T033 T051 T055 T076 T090 T102 T105 T106), 2 for the two works named
# in T031 and T032, 3 for class Ⅲ in T050.
PLAN = """
T001 12   T002 1.1 T003 15   T004 6  T005 6    T006 110 T007 150 T008 100  T009 30 T010 60 T011 3000 T012 20
T013 40   T014 50  T015 20   T016 1  T017 15   T018 45  T019 1000 T020 1   T021 20 T022 -  T023 -    T024 1
T025 50   T026 30  T027 11   T028 100 T029 9   T030 74.3 T031 2  T032 2    T033 100 T034 30 T035 200 T036 100
T037 300  T038 500 T039 40   T040 17.5 T041 5500 T042 9 T043 5   T044 200  T045 44 T046 -  T047 -    T048 -
T049 -    T050 3   T051 100  T052 92 T053 92   T054 90  T055 100 T056 100  T057 83 T058 16 T059 6453 T060 4.6
T061 60   T062 98  T063 12   T064 8  T065 96   T066 3   T067 3   T068 80   T069 -  T070 -  T071 95   T072 30
T073 15   T074 5   T075 20   T076 100 T077 1   T078 58  T079 7   T080 2000 T081 1000 T082 2 T083 3   T084 1
T085 1.8  T086 3.5 T087 2    T088 100 T089 80  T090 100 T091 10  T092 85   T093 2600 T094 13 T095 3  T096 5
T097 5.69 T098 7.2 T099 25   T100 4.6 T101 100 T102 100 T103 45  T104 55   T105 100 T106 100 T107 24
""".split()
READ = {"T028", "T031", "T032", "T033", "T050", "T051", "T055", "T076", "T090", "T102", "T105", "T106"}


@cache
def generator():
    spec = importlib.util.spec_from_file_location("make_inputs", CASE / "make_inputs.py")
    module = importlib.util.module_from_spec(spec)
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder of a case holds no compiled files
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = kept
    return module


@cache
def table(name):
    return pd.read_csv(CASE / name, dtype=str, keep_default_na=False)


def numbers(frame, columns):
    return frame.assign(**{c: pd.to_numeric(frame[c].replace("", "0")) for c in columns})


@cache
def form_1(year):
    columns = table(f"returns/205-1-{year}.csv").columns
    frame = numbers(table(f"returns/205-1-{year}.csv"), columns[6:15])
    return frame.rename(columns={"统一社会信用代码": "firm", "代码": "code", "报告期": "period", "采用折标系数": "tce"})


@cache
def whole_year(year):
    frame = form_1(year)
    return frame[frame["period"] == f"{year}年1-12月"]


@cache
def form_2(year):
    columns = table(f"returns/205-2-{year}.csv").columns
    frame = numbers(table(f"returns/205-2-{year}.csv"), [*columns[6:17], "采用折标系数"])
    return frame.rename(columns={"统一社会信用代码": "firm", "代码": "code", "采用折标系数": "tce"})


@cache
def trades():
    return numbers(table("trades.csv"), ["amount"])


def mover():
    entities = table("entities.csv")
    return str(entities.loc[entities["entity"].duplicated(), "entity"].iloc[0])


def inside(year):
    """Whole-year lines of the enterprises that are in the district in that year."""
    frame = whole_year(year)
    return frame[(frame["firm"] != mover()) | (year < 2023)]


# ---- the generator


def test_the_same_bytes_come_out_again(tmp_path):
    written = generator().make(tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    for name in names:
        assert (tmp_path / name).read_bytes() == (CASE / name).read_bytes(), name
    assert {p.relative_to(CASE).as_posix() for p in CASE.rglob("*.csv")} == names | {"targets.csv", "targets-2035.csv"}


def test_the_case_stays_small():
    assert sum(path.stat().st_size for path in CASE.rglob("*") if "__pycache__" not in path.parts) < 3_100_000
    assert (CASE / "air/hours-2025.csv").stat().st_size < 1_700_000  # six pollutants of four stations


@pytest.mark.parametrize(("enterprises", "years"), [(10, YEARS), (1000, (2024, 2025))])
def test_other_sizes_and_years(tmp_path, enterprises, years):
    generator().make(tmp_path, enterprises=enterprises, years=years)
    entities = pd.read_csv(tmp_path / "entities.csv", dtype=str)
    assert entities.loc[entities["level"] == "enterprise", "entity"].nunique() == enterprises
    assert {p.stem for p in (tmp_path / "returns").iterdir()} == {f"{f}-{y}" for f in ("205-1", "205-2") for y in years}


def test_another_seed_gives_other_inputs(tmp_path):
    generator().make(tmp_path, years=(2020,), seed=1)
    assert (tmp_path / "returns/205-1-2020.csv").read_bytes() != (CASE / "returns/205-1-2020.csv").read_bytes()


@pytest.mark.parametrize("wrong", [{"enterprises": 3}, {"years": (2019,)}, {"years": ()}])
def test_what_the_generator_refuses(tmp_path, wrong):
    with pytest.raises(ValueError, match="at least 9"):
        generator().make(tmp_path, **wrong)


def test_activity_table_for_benchmarks():
    import pyarrow as pa

    made = generator().activity_table(30, 20, 12, (2021, 2022), 7, districts=4)
    assert made.num_rows == 30 * 20 * 12 * 2
    text = pa.dictionary(pa.int32(), pa.string())
    assert {n: made.schema.field(n).type for n in made.column_names} == {
        **dict.fromkeys(("entity", "period", "activity", "flow", "unit"), text),
        "amount": pa.float64(),
    }
    frame = made.to_pandas()
    assert not frame.duplicated(["entity", "activity", "period"]).any()
    assert frame["period"].iloc[2] == "2021-03"
    assert (frame.groupby("activity", observed=True)["flow"].nunique() == 1).all()
    bought = set(frame.loc[frame["flow"] == "purchased", "activity"])
    assert bought == {"electricity", "heat"}
    assert set(frame["activity"]) <= set(activities())
    for unit in set(frame["unit"]):
        assert units.dimension(unit)
    assert made.equals(generator().activity_table(30, 20, 12, (2021, 2022), 7, districts=4))
    entities = generator().entity_table(30, 4)
    assert set(frame["entity"]) <= set(entities["entity"])
    assert (entities["level"] == "district").sum() == 4
    assert set(entities.loc[entities["level"] == "enterprise", "parent"]) == {f"district-{d:02d}" for d in range(1, 5)}


@pytest.mark.parametrize("wrong", [(10, 21, 12), (10, 5, 13)])
def test_activity_table_refuses(wrong):
    with pytest.raises(ValueError, match="accepted"):
        generator().activity_table(*wrong)


# ---- every row says that it is made up


@pytest.mark.parametrize(
    "path", sorted(p.relative_to(CASE).as_posix() for p in CASE.rglob("*.csv") if p.name != "targets-2035.csv")
)
def test_every_row_is_marked(path):
    if path == "targets.csv":  # the one real file
        return
    frame = table(path)
    column = "station" if path.startswith("air/hours") else "备注" if "备注" in frame else "note"
    assert frame[column].str.contains("synthetic").all()


# ---- enterprises


def check_digit(code):
    """GB 32100-2015, written out: 31 characters, weights 3^i mod 31."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    return signs[(31 - sum(signs.index(c) * w for c, w in zip(code[:17], weights, strict=True)) % 31) % 31]


def test_credit_codes_are_valid_and_of_no_real_firm():
    entities = table("entities.csv")
    codes = entities.loc[entities["level"] == "enterprise", "entity"]
    assert codes.nunique() == 200
    for code in codes:
        assert len(code) == 18
        assert code.startswith("99370702QQ")
        assert code[17] == check_digit(code)


def test_sectors_hold_the_six_high_energy_divisions():
    # 25, 26, 30, 31, 32 and 44: the six high-energy divisions of GB/T 4754-2017
    assert {"25", "26", "30", "31", "32", "44"} <= set(table("entities.csv")["sector"].str[:2])


def test_closures_merger_and_move():
    entities = table("entities.csv")
    ended = entities[(entities["valid_to"] != "") & ~entities["entity"].duplicated(keep=False)]
    assert sorted(ended["valid_to"]) == ["2022-12", "2023-12", "2023-12"]
    absorbed = ended[ended["note"].str.contains("absorbed by")]
    assert len(absorbed) == 1
    assert absorbed["note"].str.split().str[3].iloc[0] in set(whole_year(2024)["firm"])
    moved = entities[entities["entity"] == mover()]
    assert list(moved["parent"]) == ["weicheng", "hanting"]
    assert list(moved["valid_to"]) == ["2022-12", ""]
    assert list(moved["valid_from"]) == ["", "2023-01"]
    spans = entities.groupby("entity").agg(first=("valid_from", "min"), last=("valid_to", "min"))
    for year in YEARS:
        there = set(form_1(year)["firm"])
        for name, span in spans.iterrows():
            if str(name).startswith("99"):
                alive = (span["first"] or "0") <= f"{year}-01" and (span["last"] or "9") >= f"{year}-12"
                assert (name in there) == alive, (name, year)


# ---- the returns


def test_each_enterprise_uses_three_to_nine_of_twenty_carriers():
    frame = pd.concat(form_1(year) for year in YEARS)
    frame = frame[~frame["code"].isin({*PARTS, "40"})]
    counts = frame.groupby("firm")["code"].nunique()
    assert counts.min() >= 3
    assert counts.max() <= 9
    made = set(pd.concat(form_2(year) for year in YEARS)["code"]) - PARTS
    assert len(set(frame["code"]) | made) == 20
    assert frame.groupby("firm")["单位详细名称"].nunique().max() == 1


@pytest.mark.parametrize("year", YEARS)
def test_lines_of_a_return_fit(year):
    frame = form_1(year)
    lines = frame[frame["code"] != "40"]
    gap = lines["消费量合计"] - lines["工业生产消费"] - lines["非工业生产消费"]
    assert gap.abs().max() < 0.006
    assert (lines["用于原材料"] <= lines["工业生产消费"] + 0.006).all()
    assert (lines["运输工具消费"] <= lines["消费量合计"] + 0.006).all()
    assert (lines[list(lines.columns[6:15])] >= 0).all(axis=None)
    held = lines[lines["code"].isin(STOCKED)]
    change = held["年初库存量"] + held["购进量"] - held["消费量合计"] - held["期末库存量"]
    assert change.abs().max() < 0.02
    assert not lines.duplicated(["firm", "period", "code"]).any()


@pytest.mark.parametrize("year", YEARS)
def test_parts_of_raw_coal_stay_within_the_whole(year):
    columns = list(form_1(year).columns[6:15])
    by_code = form_1(year).set_index(["firm", "period", "code"])
    parts = by_code[by_code.index.get_level_values("code").isin(PARTS)].groupby(["firm", "period"])[columns].sum()
    assert len(parts) > 3
    whole = by_code.xs("01", level="code").loc[parts.index, columns]
    assert (whole - parts > -0.02).all(axis=None)
    assert (whole["消费量合计"] - parts["消费量合计"] > 1).any()  # somewhere a rank is not given


@pytest.mark.parametrize("year", YEARS)
def test_control_row_is_the_sum_of_the_lines(year):
    frame = form_1(year)
    lines = frame[~frame["code"].isin({*PARTS, "40"})]
    worth = lines["消费量合计"] * pd.to_numeric(lines["tce"])
    sums = worth.groupby([lines["firm"], lines["period"]]).sum()
    control = frame[frame["code"] == "40"].set_index(["firm", "period"])["消费量合计"]
    assert ((control - sums).abs() <= 0.01 * sums + 0.01).all()


@pytest.mark.parametrize("year", list(YEARS)[1:])
def test_stocks_carry_over(year):
    held = whole_year(year)[whole_year(year)["code"].isin(STOCKED)].set_index(["firm", "code"])["年初库存量"]
    before = whole_year(year - 1).set_index(["firm", "code"])["期末库存量"]
    if year == 2024:  # the enterprise that was absorbed brings its stock along
        entities = table("entities.csv")
        gone = entities[entities["note"].str.contains("absorbed by")].iloc[0]
        taker = gone["note"].split()[3]
        before[taker, "09"] += before[gone["entity"], "09"]  # coke: the one thing that both keep in stock
    both = held.index.intersection(before.index)
    assert len(both) > 50
    assert (held[both] - before[both]).abs().max() < 0.006


def test_one_enterprise_reports_month_by_month():
    frame = form_1(2025)
    monthly = frame[frame["period"].isin(["2025年1月", *(f"2025年1-{m}月" for m in range(2, 12))])]
    assert monthly["firm"].nunique() == 1
    own = frame[frame["firm"] == monthly["firm"].iloc[0]]
    assert own["period"].nunique() == 12
    for _, lines in own.groupby("code"):
        assert lines["消费量合计"].is_monotonic_increasing
    assert not set(own["code"]) & STOCKED  # a change of stock may fall in the course of a year


@pytest.mark.parametrize("year", YEARS)
def test_conversion_fits_the_returns(year):
    made, used = form_2(year), whole_year(year).set_index(["firm", "code"])
    assert (made["加工转换投入合计"] - made[PROCESSES].sum(axis=1)).abs().max() < 0.006
    inputs = made[made["加工转换投入合计"] > 0].set_index(["firm", "code"])["加工转换投入合计"]
    assert len(inputs) >= 5
    assert (inputs <= used.loc[inputs.index, "工业生产消费"] + 0.006).all()
    sold = trades()[(trades()["period"] == str(year)) & (trades()["flow"] == "sold")]
    for firm, amount in made[made["code"] == "33"].set_index("firm")["能源加工转换产出"].items():
        out = sold.loc[(sold["entity"] == firm) & (sold["activity"] == "electricity"), "amount"].sum()
        own = used.loc[(firm, "33")]
        assert amount + own["购进量"] == pytest.approx(out + own["消费量合计"], abs=0.05)
    for firm, amount in made[made["code"] == "32"].set_index("firm")["能源加工转换产出"].items():
        assert amount == sold.loc[(sold["entity"] == firm) & (sold["activity"] == "heat"), "amount"].sum()


@pytest.mark.parametrize("year", YEARS)
def test_plants_do_not_make_more_than_they_burn(year):
    made = form_2(year)
    for _, lines in made.groupby("firm"):
        lines = lines[~lines["code"].isin(PARTS)]
        given = (lines["加工转换投入合计"] * lines["tce"]).sum()
        # 29.3076 GJ per tce, 36 GJ per 10^4 kWh
        out = (lines["能源加工转换产出"] * lines["tce"]).sum()
        assert 0.4 < out / given < 1


@pytest.mark.parametrize("year", YEARS)
def test_coke_oven_gas_made_is_used(year):
    made = form_2(year)
    gas = made.loc[made["code"] == "11", "能源加工转换产出"].sum()
    used = whole_year(year).loc[whole_year(year)["code"] == "11", "消费量合计"].sum()
    assert gas == pytest.approx(used, abs=0.1)
    assert gas > 0


# ---- trade, statistics, district


def test_both_sides_of_a_trade_agree():
    rows = trades()[trades()["activity"].isin(["heat", "electricity"])]
    sold, bought = rows[(rows["flow"] == "sold") & (rows["partner"] != "")], rows[rows["flow"] == "purchased"]
    key = ["period", "activity", "document", "amount"]
    one = {(r.entity, r.partner, *(getattr(r, k) for k in key)) for r in sold.itertuples()}
    other = {(r.partner, r.entity, *(getattr(r, k) for k in key)) for r in bought.itertuples()}
    assert one == other
    assert len(one) == len(sold) > 100
    known = set(table("entities.csv")["entity"])
    assert set(rows["partner"]) - {""} <= known
    assert (bought["part_of"] == bought["activity"]).all()
    assert (rows["partner"] == "").sum() == 6 * 3 + 4  # to the grid: three plants for six years, one for four


@pytest.mark.parametrize("year", YEARS)
def test_what_is_bought_from_plants_and_as_green_power_is_in_the_buyers_return(year):
    rows = trades()[(trades()["period"] == str(year)) & (trades()["flow"] == "purchased")]
    have = whole_year(year).set_index(["firm", "code"])["购进量"]
    code = {"heat": "32", "electricity": "33", "green_electricity": "33"}
    for (entity, activity), amount in rows.groupby(["entity", "activity"])["amount"].sum().items():
        if entity == "weicheng":
            home = numbers(table("households.csv"), ["amount"])
            home = home[(home["period"] == str(year)) & (home["activity"] == "heat")]
            assert amount == pytest.approx(home["amount"].sum(), abs=1)
        else:
            assert amount <= have[entity, code[activity]] + 0.006
    green = rows[rows["activity"] == "green_electricity"]
    assert len(green) == (3 if year >= 2023 else 0)
    assert (green["evidence"] != "").all()


@pytest.mark.parametrize("year", YEARS)
def test_fuel_for_sale_is_part_of_what_is_fired(year):
    rows = trades()[(trades()["period"] == str(year)) & (trades()["flow"] == "fired_sold")]
    names = {"raw_coal": "01", "bituminous_coal": "04", "coke_oven_gas": "11", "natural_gas": "15"}
    names["other_solid_biomass"] = "36"
    fired = form_2(year).assign(fired=lambda f: f["火力发电"] + f["供热"]).set_index(["firm", "code"])["fired"]
    assert len(rows) == (5 if year >= 2022 else 4)
    for row in rows.itertuples():
        assert row.part_of == row.activity
        assert 0.5 < row.amount / fired[row.entity, names[row.activity]] <= 1


def flows_of(year):
    """What the returns say was burnt, used as feedstock and bought, by activity and flow: done again here."""
    names = {"01": "raw_coal", "09": "coke", "15": "natural_gas", "16": "lng", "19": "gasoline", "20": "kerosene"}
    names |= {"21": "diesel", "22": "fuel_oil", "23": "lpg", "26": "lubricants", "28": "solvents", "30": "bitumen"}
    names |= {"29": "petroleum_coke", "32": "heat", "33": "electricity"}
    inputs = form_2(year).set_index(["firm", "code"])["加工转换投入合计"].to_dict()
    sums = defaultdict(float)
    for row in inside(year).to_dict("records"):
        code, firm = row["code"], row["firm"]
        burnt = row["消费量合计"] - row["用于原材料"] - inputs.get((firm, code), 0)
        if code in {"32", "33"}:
            sums[names[code], "purchased"] += row["购进量"]
        elif code in names:  # code 01 holds its ranks
            sums[names[code], "combusted"] += burnt
            sums[names[code], "feedstock"] += row["用于原材料"]
    return sums


@pytest.mark.parametrize("year", YEARS)
def test_statistics_leave_three_to_eight_per_cent_to_small_firms(year):
    sums = flows_of(year)
    if year == 2025:  # the enterprise that reports by months has its year in the last one
        assert len(inside(2025)["firm"].unique()) == len(set(form_1(2025)["firm"]) - {mover()})
    rows = numbers(table("statistics.csv"), ["amount"])
    rows = rows[rows["period"] == str(year)]
    assert set(rows["entity"]) == {"weicheng"}
    assert set(rows["sector"]) == {"industry"}
    assert {"electricity", "heat", "natural_gas", "raw_coal", "diesel", "bitumen"} <= set(rows["activity"])
    for row in rows.itertuples():
        left = 1 - sums[row.activity, row.flow] / row.amount
        assert 0.03 < left < 0.08, (row.activity, row.flow, left)


# Supply coal rate (供电煤耗) [kgce/kWh], facts/water-nonfossil.md B2 and facts/energy-carbon.md section 5; the case takes
# 2020 for 2021 and 2024 for 2025. Coal equivalents: GB/T 2589-2020, natural gas at the middle of 11.0 to 13.3.
COAL_RATE = {2020: 0.3055, 2021: 0.3055, 2022: 0.3007, 2023: 0.3019, 2024: 0.3024, 2025: 0.3024}
TCE = {"natural_gas": 12.15, "lpg": 1.7143, "gasoline": 1.4714, "diesel": 1.4571, "raw_coal": 0.7143, "lng": 1.7572}
TCE |= {"coke": 0.9714, "kerosene": 1.4714, "fuel_oil": 1.4286, "petroleum_coke": 1.0918, "bitumen": 1.3307}
TCE |= {"solvents": 1.4672, "lubricants": 1.4143, "heat": 0.03412, "other_solid_biomass": 14.6 / 29.3076}


def energy(year):
    """Total energy and non-fossil energy [10^4 tce, coal-rate method], from the files alone."""
    lines, made = inside(year), form_2(year)
    fuels = lines[~lines["code"].isin({*PARTS, "32", "33", "40"})]
    worth = fuels["消费量合计"] * pd.to_numeric(fuels["tce"])
    out = made[~made["code"].isin(["32", "33"])]
    total = worth.sum() - ((out["能源加工转换产出"] + out["回收利用"]) * out["tce"]).sum()
    clean = worth[fuels["code"] == "36"].sum()
    sums, rate = flows_of(year), {**TCE, "electricity": COAL_RATE[year] * 10, "solar_electricity": COAL_RATE[year] * 10}
    for row in numbers(table("statistics.csv"), ["amount"]).itertuples():
        if row.period == str(year):
            total += (row.amount - sums[row.activity, row.flow]) * rate[row.activity]
    total += sum(sums[name, "purchased"] * rate[name] for name in ("heat", "electricity"))
    sold = trades()[(trades()["flow"] == "sold") & (trades()["period"] == str(year))]
    total -= sum(row.amount * rate[row.activity] for row in sold.itertuples())
    for row in numbers(table("households.csv"), ["amount"]).itertuples():
        if row.period == str(year):
            worth = row.amount * rate[row.activity]
            total += -worth if row.flow == "sold" else worth
            clean += worth if row.activity in {"solar_electricity", "other_solid_biomass"} else 0
    return total / 1e4, clean / 1e4


def test_nonfossil_share_comes_near_nine_per_cent():
    shares = {year: 100 * clean / total for year in YEARS for total, clean in [energy(year)]}
    assert shares[2025] == pytest.approx(8.84, abs=0.05)  # about 9, within the half unit that 左右 leaves
    assert shares[2020] == pytest.approx(2.9, abs=0.1)
    assert list(shares.values()) == sorted(shares.values())
    assert energy(2025)[0] == pytest.approx(202, abs=1)


def test_water_and_output():
    water = numbers(table("water.csv"), ["amount"])
    total = water[water["flow"] == "used"].groupby("period")["amount"].sum()
    industry = water[water["activity"] == "industrial_water"].set_index("period")["amount"]
    other = water[water["flow"] == "supplied"].set_index("period")["amount"]
    assert (total["2020"], total["2025"], other["2025"]) == (4790, 5460, 186)
    states = numbers(table("states.csv"), ["value"])
    grown = {}
    for name in ("gdp_growth", "industrial_value_added_growth"):
        grown[name] = (1 + states.loc[states["state"] == name, "value"] / 100).prod()
    assert 1 - 5460 / 4790 / grown["gdp_growth"] == pytest.approx(0.0936, abs=1e-4)  # of 9 %: met
    drop = 1 - industry["2025"] / industry["2020"] / grown["industrial_value_added_growth"]
    assert drop == pytest.approx(0.0470, abs=1e-4)  # of 5 %: missed
    gdp = numbers(table("economy.csv"), ["amount"]).set_index(["activity", "period"])["amount"]
    assert gdp["gdp", "2020"] == 240
    assert 300 < gdp["gdp", "2025"] < 330


# ---- air


@cache
def air_hours():
    """Hours as numbers, gaps as NaN, with the date and the hour (0 is the one that ends at 01:00)."""
    frame = table("air/hours-2025.csv")
    begins = pd.to_datetime(frame["time"]) - pd.Timedelta(hours=1)
    values = {p: pd.to_numeric(frame[p].where(~frame[p].isin(["", "-999"]))) for p in weicheng_air.POLLUTANTS}
    return frame[["station"]].assign(day=begins.dt.date, hour=begins.dt.hour, month=begins.dt.month, **values)


def by_season(pollutant):
    """Mean of June to August and of December to February."""
    means = air_hours().groupby("month")[pollutant].mean()
    return means[[6, 7, 8]].mean(), means[[12, 1, 2]].mean()


def test_hours_of_four_stations():
    frame = table("air/hours-2025.csv")
    assert list(frame.columns) == ["station", "time", *weicheng_air.POLLUTANTS]
    assert len(frame) == 4 * 8760
    assert not frame.duplicated(["station", "time"]).any()
    assert frame["station"].value_counts().to_dict() == dict.fromkeys(table("air/points.csv")["station"], 8760)
    assert (frame["time"].iloc[0], frame["time"].iloc[8759]) == ("2025-01-01 01:00", "2026-01-01 00:00")


@pytest.mark.parametrize(
    ("pollutant", "written", "failed", "lowest", "highest"),
    [
        ("PM2.5", r"\d+", 31 + 55 + 26 + 480, 1, 300),
        ("PM10", r"\d+", 26 + 62 + 38, 1, 600),
        ("SO2", r"\d+", 26 + 130, 1, 40),
        ("NO2", r"\d+", 26 + 47, 1, 120),
        ("CO", r"\d\.\d", 26 + 29 + 73, 0.1, 5),
        ("O3", r"\d+", 26 + 52 + 96, 1, 300),
    ],
)
def test_hours_gaps_and_failures_of_a_pollutant(pollutant, written, failed, lowest, highest):
    cells = table("air/hours-2025.csv")[pollutant]
    assert 0.015 < (cells == "").mean() < 0.025
    assert (cells == "-999").sum() == failed
    assert cells[~cells.isin(["", "-999"])].str.fullmatch(written).all()
    values = air_hours()[pollutant]
    assert lowest <= values.min()
    assert values.max() <= highest
    assert values.nunique() > 25
    days = air_hours().groupby(["day", "station"])[pollutant].count()
    assert ((days >= 20).groupby(level="day").sum() >= 3).all()  # three of four stations on every day


def test_fine_particles_are_those_of_old():
    """The other pollutants came later and left these as they were: mean, P95 and gaps that the docs print."""
    assert float(weicheng_air.statistic("mean", "PM2.5")) == pytest.approx(44.2924, abs=5e-5)
    assert float(weicheng_air.statistic("percentile", "PM2.5")) == pytest.approx(105.4105, abs=5e-5)
    assert air_hours()["PM2.5"].notna().sum() == 33821
    summer, winter = by_season("PM2.5")
    assert winter > 1.8 * summer


def test_pm10_holds_pm25():
    both = air_hours().dropna(subset=["PM2.5", "PM10"])
    assert (both["PM10"] >= both["PM2.5"]).mean() > 0.995
    for day, fine in weicheng_air.daily("PM2.5").items():
        assert weicheng_air.daily("PM10")[day] > fine
    months = (both["PM10"] - both["PM2.5"]).groupby(both["month"]).mean()
    assert months[[3, 4]].min() > 1.5 * months[[7, 8]].max()  # dust in spring


def test_gases_have_their_seasons_and_hours():
    clock = {p: air_hours().groupby("hour")[p].mean() for p in weicheng_air.POLLUTANTS}
    for pollutant, least in (("SO2", 1.4), ("NO2", 1.6), ("CO", 1.5)):  # heating, and still air
        summer, winter = by_season(pollutant)
        assert winter > least * summer, pollutant
    no2 = clock["NO2"]
    assert no2[7:9].min() > 1.25 * no2[14]  # hours of the morning and of the evening above the afternoon
    assert no2[19:21].min() > 1.8 * no2[14]
    assert clock["CO"][20] > clock["CO"][14]
    ozone = clock["O3"]
    assert 13 <= ozone.idxmax() <= 16
    assert ozone.max() > 2.5 * ozone[:6].mean()
    summer, winter = by_season("O3")
    assert summer > 2 * winter
    stations = air_hours().groupby("station")[["NO2", "O3"]].mean()
    assert stations["NO2"].idxmax() == stations["O3"].idxmin() == "synthetic-1"


@pytest.mark.parametrize(
    ("name", "pollutant", "low", "high", "limit"),
    [  # what a district of Shandong may have, beside the limit of class 2 (GB 3095-2012)
        ("mean", "PM2.5", 44.2, 44.4, 35),
        ("mean", "PM10", 75, 85, 70),
        ("mean", "SO2", 9, 11, 60),
        ("mean", "NO2", 28, 32, 40),
        ("percentile", "PM2.5", 105, 106, 75),
        ("percentile", "PM10", 155, 180, 150),
        ("percentile", "SO2", 14, 25, 150),
        ("percentile", "NO2", 45, 75, 80),
        ("percentile", "CO", 1.2, 1.5, 4),
        ("percentile", "O3", 175, 185, 160),
    ],
)
def test_statistics_of_the_year(name, pollutant, low, high, limit):
    value = weicheng_air.statistic(name, pollutant)
    assert low < value < high
    assert (value > limit) == (pollutant in {"PM2.5", "PM10", "O3"})


@pytest.mark.parametrize("how", weicheng_air.READINGS)
def test_good_and_heavy_days_of_2025_follow_from_the_hours(how):
    days = weicheng_air.indices(how)
    counted = air_reference.aqi_days(days)
    assert (counted.valid, counted.good.days, counted.heavy.days) == (365, 271, 7)
    assert counted.good.percent == Fraction("74.2")
    assert 271 / 365 < 0.743  # missed, by a fifth of a day
    assert not [day.aqi for day in days if 97 <= day.aqi <= 103 or 197 <= day.aqi <= 203]


def test_levels_and_primary_pollutants_of_2025():
    assert air_reference.aqi_days(weicheng_air.indices()).levels == (44, 227, 76, 11, 7, 0)
    assert weicheng_air.primary() == {"O3": 145, "PM2.5": 96, "PM10": 83}
    assert sum(len(day.primary) - 1 for day in weicheng_air.indices() if day.primary) == 3  # days with two


def test_with_every_station_there_are_too_few_days():
    counted = air_reference.aqi_days(weicheng_air.indices("every station"))
    assert (counted.valid, counted.heavy.days) == (320, 7)


def test_the_generator_reads_the_index_alike():
    generator()
    made = importlib.import_module("made_aqi")
    hours = {
        pollutant: [
            [-1 if v is None else int(v * (10 if pollutant == "CO" else 1)) for day in station for v in day]
            for station in weicheng_air.hours(pollutant)
        ]
        for pollutant in weicheng_air.POLLUTANTS
    }
    days = made.concentrations(hours)
    for pollutant in weicheng_air.POLLUTANTS:
        assert days[pollutant] == list(weicheng_air.daily(pollutant).values())
    assert days["O3 1h"] == weicheng_air.districts(("O3", "1h"))
    assert made.aqi_of_days(days) == [day.aqi for day in weicheng_air.indices()]
    assert made.aqi_of_days(days | {"CO": [None] * 365}) == [None] * 365
    assert made.index_of("O3", Fraction(900)) == 0  # above 800 the highest hour counts
    assert made.index_of("O3 1h", Fraction(900)) == 350
    assert made.index_of("PM10", Fraction(601)) == 500


@pytest.mark.parametrize("seed", [1, 4])
def test_another_seed_is_steered_too(tmp_path, seed):
    generator().make(tmp_path, years=(2025,), seed=seed)
    made = importlib.import_module("made_aqi")
    frame = pd.read_csv(tmp_path / "air/hours-2025.csv").fillna(-1)
    days = made.concentrations(
        {
            p: [(g[p] * (10 if p == "CO" else 1)).round().astype(int).tolist() for _, g in frame.groupby("station")]
            for p in weicheng_air.POLLUTANTS
        }
    )
    aqi = made.aqi_of_days(days)
    assert sum(value <= 100 for value in aqi) == 271
    assert not [value for value in aqi if 97 <= value <= 103 or 197 <= value <= 203]


def test_daily_index():
    frame = numbers(table("air/daily-aqi.csv"), ["aqi"])
    year = frame["date"].str[:4]
    good, heavy = (mask.groupby(year).sum().to_dict() for mask in (frame["aqi"] <= 100, frame["aqi"] > 200))
    assert good == {"2021": 247, "2022": 255, "2023": 262, "2024": 267}  # 271 in 2025, from the hours
    assert heavy == {"2021": 12, "2022": 10, "2023": 9, "2024": 10}
    assert year.value_counts().to_dict() == {"2021": 363, "2022": 365, "2023": 365, "2024": 366}
    for date in frame["date"]:
        dt.date.fromisoformat(date)


# ---- targets, catalogue, case


def test_all_107_targets_are_there_with_their_numbers():
    rows = table("targets.csv")
    assert list(rows["id"]) == PLAN[0::2]
    assert [value or "-" for value in rows["value"]] == PLAN[1::2]
    assert rows["id"].is_unique
    assert len(rows) == 107


def test_every_target_quotes_its_number_and_says_what_it_needs():
    for row in table("targets.csv").to_dict("records"):
        quoted = row["source"].split(": “", 1)[1]
        assert "潍城发〔2023〕13号" in row["source"]
        if row["value"] and row["id"] not in READ:
            assert row["value"] in quoted, row["id"]
        if row["id"] in READ:
            assert row["note"], row["id"]
        assert row["needs_en"]
        assert row["needs_zh"]
        assert row["entity"] == "weicheng"


def test_targets_read_with_the_catalogue_of_the_case():
    rows = table("targets.csv")
    catalog = read_catalog(CASE / "catalog.toml")
    plain = rows.drop(columns=["needs_en", "needs_zh", "decimals"])
    made = {target.id: target for target in read_targets(plain, file="targets.csv", catalog=catalog)}
    assert len(made) == 107
    assert made["T045"].sense == "at_most"  # the plan says "reach 44": a ceiling
    assert made["T044"].sense == "at_least"
    assert made["T029"].slack == 0.5
    assert (made["T042"].sense, made["T042"].baseline) == ("at_least", 2020)
    assert made["T041"].unit == "万立方米"
    assert {i for i, t in made.items() if t.kind == "trend"} == {"T022", "T023", "T046", "T047", "T069", "T070"}
    assert {i for i, t in made.items() if t.value is None} == {
        i for i, v in zip(PLAN[::2], PLAN[1::2], strict=True) if v == "-"
    }
    assert dict(zip(rows["id"], rows["decimals"], strict=True))["T045"] == "0"
    assert len([t for t in made.values() if t.indicator]) == 27
    about = tomllib.loads((CASE / "case.toml").read_text(encoding="utf-8"))
    assert {t.indicator for t in made.values()} - {""} <= set(about["indicators"])
    assert set(about["indicators"]) <= set(catalog.indicators)
    assert about["synthetic"] is True


def test_reported_states_leave_three_out_on_purpose():
    own = set(tomllib.loads((CASE / "catalog.toml").read_text(encoding="utf-8"))["state"])
    given = set(table("states.csv")["state"])
    assert own - given == {"hazardous_waste_pass_rate", "sorting_facilities_rate", "pesticide_use"}
    shipped = {"gdp_growth", "industrial_value_added_growth", "import_credit", "drinking_water_class"}
    assert given - own == shipped


def test_every_input_that_the_case_names_is_there():
    inputs = tomllib.loads((CASE / "case.toml").read_text(encoding="utf-8"))["inputs"]
    named = {name for names in inputs.values() for name in names}
    assert {p.relative_to(CASE).as_posix() for p in CASE.rglob("*.csv")} == (
        named - {"catalog.toml"} | {"targets-2035.csv"}  # of a scenario
    )


@pytest.mark.parametrize("name", ["trades.csv", "households.csv", "statistics.csv", "water.csv", "economy.csv"])
def test_names_and_units_of_rows_are_known(name):
    rows = table(name)
    assert set(rows["activity"]) <= set(activities())
    for activity, unit in set(zip(rows["activity"], rows["unit"], strict=True)):
        wanted = {"mass": "t", "normal_volume": "m3", "energy": "GJ", "volume": "m3", "currency": "元"}
        assert units.same_dimension(unit, wanted[activities()[activity].dimension]), (activity, unit)


@pytest.mark.real
def test_quotes_stand_in_the_plan():
    folder = os.environ.get("CARBONLEDGER_REAL_DATA")
    if not folder:
        pytest.skip("CARBONLEDGER_REAL_DATA is not set: the text of the plan lies in ../plan beside that folder")
    text = (Path(folder).parent / "plan" / "weicheng-plan-2023-2025.txt").read_text(encoding="utf-8")
    with (Path(folder).parent / "plan" / "targets.csv").open(encoding="utf-8", newline="") as lines:
        listed = {row["id"]: row for row in csv.DictReader(lines)}
    rows = table("targets.csv").to_dict("records")
    assert {row["id"] for row in rows} == set(listed)
    for row in rows:
        quoted = row["source"].split(": “", 1)[1].removesuffix("”")
        assert quoted in text, row["id"]
        assert listed[row["id"]]["quote"] in quoted, row["id"]
        if row["id"] != "T050":  # class III is written as 3
            assert row["value"] == listed[row["id"]]["value"]
        assert (row["name_zh"], row["name_en"]) == (listed[row["id"]]["name_zh"], listed[row["id"]]["name_en"])
