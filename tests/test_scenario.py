"""Scenario files: what is read, and every fault that needs no case to be seen."""

from __future__ import annotations

import copy
import hashlib
import math
import tomllib
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.errors import LedgerError, ScenarioError
from carbonledger.scenario import (
    Axis,
    Cost,
    Distribution,
    Event,
    Lever,
    Recipe,
    Response,
    Sampling,
    Scenario,
    read_scenario,
)
from carbonledger.scenario.bounds import outside
from carbonledger.scenario.checks import scenario_count
from carbonledger.scenario.forms import amount
from carbonledger.scenario.verbs import unit_factor

FILE = """
title = "Way to 2030"
title_zh = "到2030年"
base_year = 2025
years = [2026, 2030]
rates = "hold"
indicators = ["co2_total"]
hold = ["import_credit"]
reference = "frozen"

[[axes]]
name = "growth"
unit = "%"
levels = [0, 2, "0.04"]
[[axes]]
name = "share"
levels = ["10 %", "200 ‰"]
[[axes]]
name = "solar"
levels = ["500 MW", "1 GW"]
title = "Solar"
[[axes]]
name = "pace"
[[axes]]
name = "carbon"
distribution = {kind = "normal", mean = "100 %", sd = "2 %", truncate = [0.9, "110 %"]}
unit = "1"
each = ["entity", "activity"]
source = "made up"
[[axes]]
name = "leak"
distribution = {kind = "triangular", low = 0.5, mode = 1, high = 1.5}
[[axes]]
name = "gain"
distribution = {kind = "uniform", low = 0, high = "20 %"}

[sampling]
n = 100
seed = 7
method = "sobol"
correlation = [{axes = ["leak", "gain"], rank = 0.5}]

[[scenarios]]
name = "frozen"
name_zh = "冻结"
pace = "100 %"
[[scenarios]]
name = "fast"
pace = "0.9"

[[levers]]
name = "steel"
verb = "grow"
select = {sector = "C31", activity = ["焦炭", "natural_gas"]}
axis = "growth"
to = 2028
[[levers]]
name = "swap"
verb = "move"
select = {activity = "raw_coal", flow = "combusted"}
axis = "share"
path = {2027 = 0.5, 2030 = "100 %"}
into = {activity = "电力", flow = "purchased"}
efficiency = [0.8, "300 %"]
cost = {amount = 300, unit = "CNY/t", source = "a tender"}
[[levers]]
name = "panels"
verb = "add"
select = {district = "north"}
axis = "solar"
recipe = "pv"
path = "step"
to = 2027
[[levers]]
name = "tech"
verb = "scale"
axis = "pace"
path = "geometric"
source = "plan"
[[levers]]
name = "content"
verb = "scale"
axis = "carbon"
component = "carbon"
acts = "uncertainty"
own = true
[[levers]]
name = "methane"
verb = "scale"
select = {quantity = "ch4"}
axis = "leak"
acts = "uncertainty"
[[levers]]
name = "grid"
verb = "rate"
select = {quantity = "co2", activity = "electricity"}
by_year = {2026 = "0.5 kg CO2/kWh", 2030 = "400 g CO2/kWh"}
[[levers]]
name = "water"
verb = "scale"
level = "80 %"

[recipes.pv]
unit = "MW"
source = "design"
rows = [
  {activity = "solar_electricity", flow = "generated", amount = "1.1 GWh"},
  {activity = "electricity", flow = "purchased", amount = "-1.1 GWh"},
]
[[events]]
entity = "E001"
year = 2028
factor = "50 %"
source = "news"
[response.pm25]
local = 0.4
betas = {nox = -0.1, so2 = "gain"}
regional = "30 %"
source = "apportionment"
"""

READ = Scenario(
    "scenario",
    2025,
    (2026, 2027, 2028, 2029, 2030),
    levers=(
        Lever("steel", "grow", {"sector": ("C31",), "activity": ("coke", "natural_gas")}, "growth", unit="%", to=2028),
        Lever(
            "swap",
            "move",
            {"activity": ("raw_coal",), "flow": ("combusted",)},
            "share",
            unit="%",
            path={2027: 0.5, 2030: 1.0},
            into=("electricity", "purchased"),
            efficiency=(0.8, 3.0),
            cost=Cost(300.0, "CNY/t", "a tender"),
        ),
        Lever("panels", "add", {"district": ("north",)}, "solar", unit="MW", path="step", to=2027, recipe="pv"),
        Lever("tech", "scale", {}, "pace", unit="%", path="geometric", source="plan"),
        Lever("content", "scale", {}, "carbon", acts="uncertainty", component="carbon", own=True),
        Lever("methane", "scale", {"quantity": ("ch4",)}, "leak", acts="uncertainty"),
        Lever(
            "grid",
            "rate",
            {"quantity": ("co2",), "activity": ("electricity",)},
            by_year={2026: 0.5, 2030: 0.4},
            unit="kg CO2/kWh",
        ),
        Lever("water", "scale", {}, level=80.0, unit="%"),
    ),
    axes=(
        Axis("growth", "%", (0.0, 2.0, 0.04)),  # a bare number, even as a text, is in the stated unit
        Axis("share", "%", (10.0, 20.0)),
        Axis("solar", "MW", (500.0, 1000.0), title="Solar"),
        Axis("pace", "%"),
        Axis(
            "carbon",
            "1",
            distribution=Distribution("normal", {"mean": 1.0, "sd": 0.02}, (0.9, 1.1)),
            each=("entity", "activity"),
            source="made up",
        ),
        Axis("leak", "1", distribution=Distribution("triangular", {"low": 0.5, "mode": 1.0, "high": 1.5})),
        Axis("gain", "%", distribution=Distribution("uniform", {"low": 0.0, "high": 20.0})),
    ),
    named=(("frozen", "冻结", {"pace": 100.0}), ("fast", "", {"pace": 90.0})),
    events=(Event("E001", 2028, 0.5, source="news"),),
    recipes=(
        Recipe(
            "pv",
            "MW",
            (("solar_electricity", "generated", 1.1, "GWh"), ("electricity", "purchased", -1.1, "GWh")),
            "design",
        ),
    ),
    sampling=Sampling(100, 7, "sobol", (("leak", "gain", 0.5),)),
    rates="hold",
    hold=("import_credit",),
    indicators=("co2_total",),
    responses=(Response("pm25", 0.4, {"nox": -0.1, "so2": "gain"}, "apportionment", 0.3),),
    reference="frozen",
    title="Way to 2030",
    title_zh="到2030年",
)

GONE = object()


def tables() -> dict[str, Any]:
    made = tomllib.loads(FILE)
    made["scenarios"][1]["pace"] = "90 %"  # bare beside one with a unit is a fault, see below
    return made


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The tables with some entries set or taken away: ``levers.steel.to``, ``axes.+`` (one more), ``sampling.n``."""
    made = tables()
    for path, value in changes.items():
        at: Any = made
        *steps, last = path.split("/")
        for step in steps:
            if isinstance(at, list):
                at = (
                    at[int(step)] if step.isdigit() else next(e for e in at if step in (e.get("name"), e.get("entity")))
                )
            else:
                at = at[step]
        if value is GONE:
            del at[last]
        elif last == "+":
            at.append(value)
        else:
            at[last] = copy.deepcopy(value)
    return made


def faults_of(source: Any, **options: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(source, **options)
    return [str(fault) for fault in caught.value.faults]


# --- what is read ----------------------------------------------------------------------------------------------------


def test_tables_are_read_as_they_stand():
    assert read_scenario(tables()) == READ


def test_a_file_is_read_with_its_name_and_hash(tmp_path):
    path = tmp_path / "to-2030.toml"
    path.write_text("\ufeff" + FILE.replace('pace = "0.9"', 'pace = "90 %"'), encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found = read_scenario(path)
    assert found == replace(READ, name="to-2030", file="to-2030.toml", hashes={"to-2030.toml": digest})
    assert read_scenario(str(path)) == found


def test_a_scenario_in_hand_is_checked_and_given_back():
    assert read_scenario(READ) is READ


def test_the_least_that_a_scenario_needs():
    found = read_scenario({"base_year": 2020, "years": [2021, 2021], "rates": "resolve"}, file="least.toml")
    assert found == Scenario("least", 2020, (2021,), rates="resolve", file="least.toml")


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("2 %", 2.0, "%"),
        ("300 万吨", 300.0, "万吨"),
        ("3万吨", 3.0, "万吨"),
        ("-1.1 GWh", -1.1, "GWh"),
        ("1,200.5 t", 1200.5, "t"),
        ("2e-3 kg", 0.002, "kg"),
        ("2EJ", 2.0, "EJ"),
        (".5", 0.5, ""),
        ("５．５ ％", 5.5, "%"),
        ("5 10⁴ kWh", 5.0, "10⁴ kWh"),
        ("−3 %/a", -3.0, "%/a"),
        (" 7 ", 7.0, ""),
        (7, 7.0, ""),
    ],
)
def test_amounts_are_a_number_and_a_unit(text, number, unit):
    assert amount(text) == (number, unit)


@pytest.mark.parametrize("text", ["", "much", "% 2", "1,2 t", "1,2345 t", "nan", "inf %", "- 3"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(LedgerError, match="is no amount"):
        amount(text)


# what one unit is in another, by definition
FACTORS = {("%", "1"): 0.01, ("1", "%"): 100.0, ("‰", "%"): 0.1, ("GW", "MW"): 1e3, ("kW", "MW"): 1e-3}


@given(st.floats(-1e9, 1e9), st.sampled_from(sorted(FACTORS)))
def test_levels_are_held_in_the_unit_of_the_axis(number, pair):
    written, unit = pair
    scenario = {"base_year": 2020, "years": [2021, 2021], "rates": "hold", "recipes": {}}
    scenario["axes"] = [{"name": "x", "unit": unit, "levels": [f"{number!r} {written}"]}]
    scenario["levers"] = [{"name": "l", "verb": "add", "select": {"entity": "E"}, "axis": "x", "recipe": "r"}]
    scenario["recipes"]["r"] = {"unit": unit, "rows": [{"activity": "a", "flow": "f", "amount": "1 t"}]}
    (level,) = read_scenario(scenario).axes[0].levels
    assert level == pytest.approx(number * FACTORS[pair], rel=1e-15, abs=0)


def test_seven_percent_is_the_float_nearest_to_it():
    found = read_scenario(changed({"axes/share/levels": ["7 %", "0 %"], "axes/share/unit": "1"}))
    assert found.axes[1].levels == (0.07, 0.0)  # 7 x 0.01 would be 0.07000000000000001


def test_a_bare_zero_needs_no_unit():
    found = read_scenario(changed({"axes/share/levels": [0, "7 %"]}))
    assert (found.axes[1].unit, found.axes[1].levels) == ("%", (0.0, 7.0))


def test_half_open_cuts_are_cuts():
    found = read_scenario(
        changed({"axes/leak/distribution": {"kind": "normal", "mean": 1, "sd": 1, "truncate": [0, math.inf]}})
    )
    assert found.axes[5].distribution.truncate == (0.0, math.inf)


@pytest.mark.parametrize("unit", ["%", "%/a", "1", "1/a", "%/年"])
def test_growth_is_a_ratio_or_a_ratio_a_year(unit):
    found = read_scenario(changed({"axes/growth/unit": unit, "axes/growth/levels": [0, 1]}))
    assert unit_factor(found.levers[0], found) == (0.01 if "%" in unit else 1.0)


def test_unit_factors_of_the_verbs():
    found = [unit_factor(lever, READ) for lever in READ.levers]
    assert found == [0.01, 0.01, 1.0, 0.01, 1.0, 1.0, 1.0, 0.01]
    panels = replace(READ.levers[2], axis="", level=2.0, unit="GW")
    assert unit_factor(panels, READ) == 1000.0


def test_scenarios_are_counted():
    assert scenario_count(READ) == 2 * 3 * 2 * 2 * 100  # named x growth x share x solar x draws
    assert scenario_count(Scenario("none", 2020, (2021,))) == 1


@pytest.mark.parametrize("reference", ["fast", 0, 2399, "17"])
def test_a_reference_is_a_name_or_a_number(reference):
    assert read_scenario(changed({"reference": reference})).reference == str(reference)


# --- tables of scenarios and further files ----------------------------------------------------------------------------


def test_parts_of_a_response_may_just_make_the_whole():
    # 0.8 + at most 20 %; -0.2 + at most 100 % + at most 20 %
    changes = {"response/pm25/local": 0.8, "response/pm25/regional": "gain"}
    assert read_scenario(changed({**changes, "response/pm25/betas": {"nox": -0.2, "so2": "pace", "vocs": "gain"}}))


def test_named_scenarios_are_looked_at_one_by_one():
    # 100 % + -10 % and 90 % + 10 %: never more than the whole, though the largest of each make 110 %
    changes = {"axes/+": {"name": "other", "unit": "%"}, "scenarios/frozen/other": -10, "scenarios/fast/other": 10}
    betas = {"nox": "pace", "vocs": "other", "so2": 0, "nh3": "gain"}
    changes["axes/gain/distribution/high"] = "0 %"
    changes["axes/gain/distribution/low"] = "-20 %"
    assert read_scenario(changed({**changes, "response/pm25/betas": betas}))
    (found,) = faults_of(changed({**changes, "scenarios/frozen/other": 5, "response/pm25/betas": betas}))
    assert "betas add to as much as 1.05" in found


def test_a_beta_without_an_upper_end_counts_to_where_no_draw_falls():
    # one draw in 10^9 is more than 5.9978 standard deviations above the mean: 0.3 + 0.1 x 5.9978 = 0.89978
    normal = {"kind": "normal", "mean": 0.3, "sd": 0.1}
    changes = {"axes/+": {"name": "x", "distribution": normal}}
    betas = {"so2": "x", "vocs": "gain", "nox": -0.2 + 0.1001}
    assert read_scenario(changed({**changes, "response/pm25/betas": betas}))
    (found,) = faults_of(changed({**changes, "response/pm25/betas": {**betas, "nox": -0.2 + 0.1004}}))
    assert "betas add to as much as 1.0001" in found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_named_scenarios_from_a_table(tmp_path, encoding):
    (tmp_path / "ways.csv").write_text(
        "scenario,scenario_zh,pace\nfrozen,冻结,100 %\n\nfast,,９０％\n", encoding=encoding
    )
    path = tmp_path / "to-2030.toml"
    head, rest = FILE.split("[[scenarios]]", 1)
    path.write_text('scenarios = "ways.csv"\n' + head + rest[rest.index("[[levers]]") :], encoding="utf-8")
    found = read_scenario(path)
    assert found.named == READ.named
    assert found.hashes["ways.csv"] == hashlib.sha256((tmp_path / "ways.csv").read_bytes()).hexdigest()
    assert sorted(found.hashes) == ["to-2030.toml", "ways.csv"]


@pytest.mark.parametrize("head", ["scenario,scenario_zh", "情景,情景中文名", "情景名称,情景中文名", "情景,scenario_zh"])
def test_heads_of_a_table_in_both_languages(tmp_path, head):
    (tmp_path / "ways.csv").write_text(f"{head},pace\nfrozen,冻结,100 %\nfast,,90 %\n", encoding="utf-8")
    found = read_scenario(changed({"scenarios": "ways.csv"}), file=str(tmp_path / "s.toml"))
    assert found.named == READ.named


def workbook(path: Path, rows: list[list[Any]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize("unit", ["%", "‰"])
def test_percentages_of_a_workbook(tmp_path, unit):
    changes = {"scenarios": "ways.xlsx", "axes/pace/unit": unit, "levers/tech/path": "linear"}
    rows: list[list[Any]] = [["情景", "pace"], ["frozen", f"100 {unit}"], ["fast", 0]]
    workbook(tmp_path / "ways.xlsx", rows)
    found = read_scenario(changed(changes), file=str(tmp_path / "s.toml"))
    assert found.named == (("frozen", "", {"pace": 100.0}), ("fast", "", {"pace": 0.0}))
    for cell in (0.5, 50):
        workbook(tmp_path / "ways.xlsx", [*rows[:2], ["fast", cell]])
        (fault,) = faults_of(changed(changes), file=str(tmp_path / "s.toml"))
        assert f"ways.xlsx row 3, column pace: '{cell}' on an axis in '{unit}'" in fault
        assert f"Write it as a text, e.g. '50 {unit}'" in fault


def test_percentages_a_year_of_a_workbook(tmp_path):
    changes = {"scenarios": "ways.xlsx", "axes/growth/unit": "%/a", "axes/growth/levels": GONE}
    rows = [["scenario", "pace", "growth"], ["frozen", "90 %", "2 %/a"], ["fast", "90 %", 0.02]]
    workbook(tmp_path / "ways.xlsx", rows)
    (found,) = faults_of(changed(changes), file=str(tmp_path / "s.toml"))
    assert "row 3, column growth: '0.02' on an axis in '%/a'" in found


def test_numbers_of_a_workbook_in_other_units(tmp_path):
    changes = {"scenarios": "ways.xlsx", "axes/pace/unit": "1", "axes/solar/unit": "MW", "axes/solar/levels": GONE}
    workbook(tmp_path / "ways.xlsx", [["scenario", "pace", "solar"], ["frozen", 0.9, 500], ["fast", "80 %", "1 GW"]])
    found = read_scenario(changed(changes), file=str(tmp_path / "s.toml"))
    assert [levels for *_, levels in found.named] == [{"pace": 0.9, "solar": 500.0}, {"pace": 0.8, "solar": 1000.0}]


def table_faults(tmp_path: Path, text: str, **more: Any) -> list[str]:
    (tmp_path / "ways.csv").write_text(text, encoding="utf-8")
    return faults_of(changed({"scenarios": "ways.csv", **more}), file=str(tmp_path / "s.toml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scenario,pace\nfrozen,100 %\nfast,\n", "ways.csv row 3, column pace: no level. Every scenario states"),
        ("scenario,pace\nfrozen,100 %\nfast,—\n", "ways.csv row 3, column pace: no level"),
        ("scenario,pace\nfrozen,100 %\nfast,quick\n", "ways.csv row 3, column pace: 'quick' is no amount"),
        ("scenario,pace\nfrozen,100 %\nfast,9 t\n", "ways.csv row 3, column pace: unit 't' is [mass]"),
        ("scenario,pace\nfrozen,100 %\nfast,0.9\n", "ways.csv row 3, column pace: '0.9' has no unit, but others have"),
        ("scenario,pace\nfrozen,100 %\nfrozen,90 %\n", "ways.csv row 3: 'frozen' is given twice"),
        ("scenario,pace\nfrozen,100 %\n,90 %\n", "ways.csv row 3: no name. Give each scenario a name"),
        ("scenario,pace\nfrozen,100 %\nfast,-5 %\n", "[[levers]] 'tech': scale of -0.05 (scenario 'fast'). Accepted"),
        (
            "scenario_zh,pace\nfrozen,100 %\n",
            "ways.csv: no column 'scenario'. Add it; accepted names: scenario, 情景, 情景名称",
        ),
        ("scenario,情景,pace\nfrozen,fast,100 %\n", "ways.csv: columns scenario, 情景 say the same. Keep one of them"),
        ("scenario,pace,pase\nfrozen,100 %,5\n", "ways.csv row 2: unknown axis 'pase'; nearest: 'pace'"),
        ("scenario,pace\nfrozen,100 %,3\n", "ways.csv row 2: 3 cells, but the head names 2 columns"),
        ("scenario,pace\n", "ways.csv: the table has a head"),
        ("", "ways.csv: the file is empty"),
    ],
)
def test_faults_of_a_table(tmp_path, text, expected):
    (found,) = table_faults(tmp_path, text, reference="frozen" if text.startswith("scenario,pace") else 0)
    assert expected in found


@pytest.mark.parametrize("key", ["scenarios", "targets"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none.csv", "{key}: no file 'none.csv'. Correct the name"),
        ("../ways.csv", "{key}: the path '../ways.csv' leads outside the folder of the scenario. Copy the file"),
        ("/etc/hosts", "{key}: the path '/etc/hosts' leads outside"),
        (".", "{key}: no file '.'"),
    ],
)
def test_files_beside_the_scenario(tmp_path, key, name, expected):
    (tmp_path / "ways.csv").write_text("scenario,pace\nfrozen,1\n", encoding="utf-8")
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (found,) = faults_of(changed({key: name}), file=str(folder / "s.toml"))
    assert expected.format(key=key) in found


def test_targets_are_kept_as_a_path(tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "targets.csv").write_text("id\n", encoding="utf-8")
    found = read_scenario(changed({"targets": "more/targets.csv"}), file=str(tmp_path / "s.toml"))
    assert found.targets == (tmp_path / "more" / "targets.csv").resolve()
    assert found.hashes == {"more/targets.csv": hashlib.sha256(b"id\n").hexdigest()}


# --- files that are none ---------------------------------------------------------------------------------------------


def test_no_file(tmp_path):
    (found,) = faults_of(tmp_path / "to-2053.toml")
    assert "to-2053.toml: no such file. Give the path of a scenario file" in found


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"years = [2026\n", "s.toml: not TOML: "),
        (b"a = 1\na = 2\n", "s.toml: not TOML: "),
        ("title = 'x'\ntitle_zh = '冻结'\n".encode("gb18030"), "s.toml: not in UTF-8 (first in row 2). Save the file"),
        (b"", "s.toml: no base_year. It must be a whole number"),
    ],
)
def test_files_that_are_no_scenario(tmp_path, raw, expected):
    (tmp_path / "s.toml").write_bytes(raw)
    found = faults_of(tmp_path / "s.toml")
    assert expected in found[0]
    assert len(found) == (1 if raw else 3)  # base_year, years, rates


@pytest.mark.parametrize(
    ("text", "place"), [("a = 1\na = 2\n", "第2行第6列"), ("a = 'x", "文件末尾"), ("a = [1\n= 3", "第2行第1列")]
)
def test_what_is_no_toml_is_placed_in_chinese_too(tmp_path, text, place):
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "s.toml")
    assert caught.value.to("zh") == "s.toml: 不是TOML文件:" + place
    assert "not TOML: " in str(caught.value)


# --- faults: each alone, so that none brings another along -----------------------------------------------------------

NORMAL = {"kind": "normal", "mean": 1, "sd": 0.02}
LEVER = {"name": "more", "verb": "scale", "level": 0.9}
COST = {"amount": 1, "unit": "CNY/t", "source": "s"}
ONE = {
    # keys and forms
    "unknown key": ({"titel": "x"}, "unknown key 'titel'; nearest: 'title'"),
    "unknown key of an axis": ({"axes/growth/levls": [1]}, "[[axes]] 'growth': unknown key 'levls'; nearest: 'levels'"),
    "unknown key of a lever": ({"levers/steel/unti": "%"}, "[[levers]] 'steel': unknown key 'unti'; nearest: 'unit'"),
    "unknown key of sampling": ({"sampling/sead": 1}, "[sampling]: unknown key 'sead'; nearest: 'seed'"),
    "unknown key of into": ({"levers/swap/into/flwo": "x"}, "[[levers]] 'swap', into: unknown key 'flwo'"),
    "unknown key of a cost": ({"levers/swap/cost/units": "x"}, "[[levers]] 'swap', cost: unknown key 'units'"),
    "unknown key of a recipe": ({"recipes/pv/row": []}, "[recipes.pv]: unknown key 'row'; nearest: 'rows'"),
    "unknown key of a row": ({"recipes/pv/rows/0/x": 1}, "[recipes.pv], row 1: unknown key 'x'"),
    "unknown key of an event": ({"events/E001/yaer": 1}, "[[events]] 'E001': unknown key 'yaer'; nearest: 'year'"),
    "unknown key of a response": ({"response/pm25/beta": 1}, "[response.pm25]: unknown key 'beta'; nearest: 'betas'"),
    "unknown key of a correlation": (
        {"sampling/correlation/0/r": 1},
        "[sampling], correlation 1: unknown key 'r'",
    ),
    "unknown verb": (
        {"levers/water/verb": "scael"},
        "[[levers]] 'water': unknown verb 'scael'; nearest: 'scale'. Accepted",
    ),
    "unknown path": ({"levers/tech/path": "linaer"}, "[[levers]] 'tech': unknown path 'linaer'; nearest: 'linear'"),
    "unknown select": ({"levers/steel/select": {"sectr": "C"}}, "unknown key of select 'sectr'; nearest: 'sector'"),
    "unknown acts": ({"levers/tech/acts": "polices"}, "unknown acts 'polices'; nearest: 'policy'"),
    "unknown component": ({"levers/content/component": "carbn"}, "unknown component 'carbn'; nearest: 'carbon'"),
    "unknown kind": (
        {"axes/leak/distribution/kind": "triangle"},
        "unknown distribution 'triangle'; nearest: 'triangular'",
    ),
    "unknown method": ({"sampling/method": "soboll"}, "[sampling]: unknown method 'soboll'; nearest: 'sobol'"),
    "unknown rates": ({"rates": "holds"}, "unknown rates 'holds'; nearest: 'hold'. Accepted: hold, resolve"),
    "unknown each": ({"axes/carbon/each": ["entitys"]}, "[[axes]] 'carbon': unknown each 'entitys'; nearest: 'entity'"),
    "each quantity": ({"axes/carbon/each": ["quantity"]}, "[[axes]] 'carbon': unknown each 'quantity'"),
    "no base year": ({"base_year": GONE}, "no base_year. It must be a whole number"),
    "no years": ({"years": GONE}, "no years. It must be a list of whole numbers"),
    "no rates": ({"rates": GONE}, "no rates. It must be a text that is not blank"),
    "no name of an axis": ({"axes/+": {"levels": [1]}}, "[[axes]] 8: no name. It must be"),
    "no name of a lever": ({"levers/water/name": GONE}, "[[levers]] 8: no name"),
    "no verb": ({"levers/water/verb": GONE}, "[[levers]] 'water': no verb"),
    "no n": ({"sampling/n": GONE}, "[sampling]: no n"),
    "no seed": ({"sampling/seed": GONE}, "[sampling]: no seed"),
    "no year of an event": ({"events/E001/year": GONE}, "[[events]] 'E001': no year"),
    "no entity of an event": ({"events/E001/entity": GONE}, "[[events]] 1: no entity"),
    "no rows": ({"recipes/pv/rows": GONE}, "[recipes.pv]: no rows"),
    "blank rows": ({"recipes/pv/rows": []}, "[recipes.pv]: no rows. List what one unit adds"),
    "no unit of a recipe": ({"recipes/pv/unit": GONE}, "[recipes.pv]: no unit"),
    "no amount of a row": (
        {"recipes/pv/rows/0/amount": GONE},
        "[recipes.pv], row 1: no amount. It must be an amount with",
    ),
    "no rank": ({"sampling/correlation/0/rank": GONE}, "[sampling], correlation 1: no rank"),
    "no local": ({"response/pm25/local": GONE}, "[response.pm25]: no local"),
    "no flow of into": ({"levers/swap/into/flow": GONE}, "[[levers]] 'swap', into: no flow"),
    "no name of a scenario": ({"scenarios/fast/name": GONE}, "[[scenarios]] 2: no name"),
    "axes are no list": ({"axes": {"growth": {}}}, "axes = {'growth': {}}. It must be a list of tables"),
    "levels are no list": ({"axes/growth/levels": 3}, "[[axes]] 'growth': levels = 3. It must be a list of numbers"),
    "n is no whole number": ({"sampling/n": 1e3}, "[sampling]: n = 1000.0. It must be a whole number"),
    "n is no number": ({"sampling/n": True}, "[sampling]: n = True. It must be a whole number"),
    "to is no year": ({"levers/steel/to": "2028"}, "[[levers]] 'steel': to = '2028'. It must be a whole number"),
    "a name that is no text": ({"scenarios/fast/name": 3}, "[[scenarios]] 3: name = 3. It must be a text"),
    "truncate is no pair": (
        {"axes/carbon/distribution/truncate": 0.9},
        "distribution truncate = 0.9. Write the lowest",
    ),
    "kind is no text": ({"axes/leak/distribution/kind": 3}, "distribution kind = 3. It must be a text"),
    # years
    "three years": ({"years": [2026, 2028, 2030]}, "years = [2026, 2028, 2030]. Write the first and the last"),
    "years backwards": ({"years": [2030, 2026]}, "years = [2030, 2026]. Write the first and the last"),
    "endless years": ({"years": [2026, 20300]}, "years = [2026, 20300]. Write the first and the last"),
    "a gap after the base year": (
        {"years": [2027, 2030]},
        "base year 2025, but the projected years go from 2027 to 2030. They follow",
    ),
    "years from the base year on": (
        {"base_year": 2026},
        "base year 2026, but the projected years go from 2026 to 2030",
    ),
    # names
    "axis twice": (
        {"axes/+": {"name": "growth", "unit": "%", "levels": [1]}},
        "[[axes]] 'growth': 'growth' is given twice",
    ),
    "lever twice": ({"levers/+": {**LEVER, "name": "water"}}, "[[levers]] 'water': 'water' is given twice"),
    "scenario twice": ({"scenarios/fast/name": "frozen"}, "[[scenarios]] 'frozen': 'frozen' is given twice"),
    "blank name": ({"levers/water/name": " "}, "[[levers]] ' ': name = ' '. It must be a text that is not blank"),
    "an axis called as a head": (
        {"axes/growth/name": "情景", "levers/steel/axis": "情景"},
        "an axis cannot be called '情景'",
    ),
    "an axis called name_zh": (
        {"axes/growth/name": "name_zh", "levers/steel/axis": "name_zh"},
        "an axis cannot be called 'name_zh'",
    ),
    # axes
    "an axis of nothing": (
        {"axes/growth/levels": GONE},
        "[[axes]] 'growth': neither levels nor a distribution, and no named scenario",
    ),
    "an axis without levels": ({"axes/growth/levels": []}, "[[axes]] 'growth': neither levels nor a distribution"),
    "levels and a distribution": (
        {"axes/gain/levels": ["1 %"]},
        "[[axes]] 'gain': levels, distribution at once. An axis varies in one way",
    ),
    "levels and scenarios": ({"axes/pace/levels": ["95 %"]}, "[[axes]] 'pace': levels, [[scenarios]] at once"),
    "an axis without use": (
        {"axes/+": {"name": "x", "levels": [1]}},
        "[[axes]] 'x': no lever, event or response uses it",
    ),
    "each of levels": ({"axes/growth/each": ["entity"]}, "[[axes]] 'growth': each without a distribution"),
    "infinite level": (
        {"axes/growth/levels": [0, math.inf]},
        "[[axes]] 'growth': levels = inf. It must be a finite number",
    ),
    "no number": ({"axes/growth/levels": [math.nan]}, "[[axes]] 'growth': levels = nan"),
    "unknown unit": ({"axes/growth/unit": "furlong"}, "[[axes]] 'growth': unknown unit 'furlong'"),
    "unknown unit of a level": ({"axes/share/levels": ["5 furlong"]}, "[[axes]] 'share': unknown unit 'furlong'"),
    "levels of two dimensions": (
        {"axes/share/levels": ["5 %", "5 t"]},
        "[[axes]] 'share': levels: unit 't' is [mass], but '%'",
    ),
    "levels with and without a unit": (
        {"axes/share/levels": ["5 %", 0.1]},
        "[[axes]] 'share': levels: 0.1 has no unit, but",
    ),
    "a level that is none": ({"axes/share/levels": ["5 %", "much"]}, "[[axes]] 'share': levels: 'much' is no amount"),
    # distributions
    "sd 0": ({"axes/carbon/distribution/sd": 0}, "[[axes]] 'carbon': sd = 0. sd must be above 0"),
    "sd below 0": ({"axes/carbon/distribution/sd": -1}, "[[axes]] 'carbon': sd = -1. sd must be above 0"),
    "sd infinite": (
        {"axes/carbon/distribution/sd": math.inf},
        "[[axes]] 'carbon': sd = inf. It must be a finite number",
    ),
    "no sd": ({"axes/carbon/distribution/sd": GONE}, "[[axes]] 'carbon': distribution: no sd. normal takes mean, sd"),
    "another's parameter": (
        {"axes/carbon/distribution/mode": 1},
        "[[axes]] 'carbon': distribution: unknown key 'mode'; nearest: 'mean'. normal takes",
    ),
    "parameter of another dimension": (
        {"axes/carbon/distribution/sd": "1 t"},
        "'carbon': distribution sd: unit 't' is [mass]",
    ),
    "sd of the low side": (
        {"axes/leak/distribution": {"kind": "split_normal", "mode": 1, "sd_low": 0, "sd_high": 0.1}},
        "[[axes]] 'leak': sd_low = 0",
    ),
    "gsd 1": (
        {"axes/leak/distribution": {"kind": "lognormal", "median": 1, "gsd": 1}},
        "[[axes]] 'leak': gsd = 1. gsd must be above 1",
    ),
    "gsd 0": ({"axes/leak/distribution": {"kind": "lognormal", "median": 1, "gsd": 0}}, "[[axes]] 'leak': gsd = 0"),
    "median 0": (
        {"axes/leak/distribution": {"kind": "lognormal", "median": 0, "gsd": 2}},
        "[[axes]] 'leak': median = 0",
    ),
    "mode above high": (
        {"axes/leak/distribution/mode": 2},
        "[[axes]] 'leak': low = 0.5, mode = 2, high = 1.5. They must rise",
    ),
    "mode below low": ({"axes/leak/distribution/mode": 0.2}, "[[axes]] 'leak': low = 0.5, mode = 0.2, high = 1.5"),
    "triangle of a point": (
        {"axes/leak/distribution": {"kind": "triangular", "low": 1, "mode": 1, "high": 1}},
        "[[axes]] 'leak': low = 1, mode = 1, high = 1",
    ),
    "low is high": (
        {"axes/gain/distribution/low": "20 %"},
        "[[axes]] 'gain': low = 20, high = 20. low must be below high",
    ),
    "cuts that cross": (
        {"axes/carbon/distribution/truncate": [1.1, 0.9]},
        "'carbon': truncate = [1.1, 0.9]. Write the lowest",
    ),
    "a cut that is no number": ({"axes/carbon/distribution/truncate": [math.nan, 1]}, "'carbon': truncate = [nan, 1]"),
    # 7 standard deviations: 1.3e-12 of a normal distribution lie beyond
    "cuts that leave nothing": (
        {"axes/carbon/distribution/truncate": [1.14, 2]},
        "[[axes]] 'carbon': truncate = [1.14, 2] leaves nothing of the distribution",
    ),
    "cuts beside it": ({"axes/leak/distribution/truncate": [2, 3]}, "'leak': truncate = [2, 3] leaves nothing"),
    # sampling
    "no sampling": ({"sampling": GONE}, "no [sampling], but axis 'carbon' has a distribution. Add [sampling]"),
    "n 0": ({"sampling/n": 0}, "[sampling]: n = 0. Accepted: a whole number from 1 on"),
    "seed below 0": ({"sampling/seed": -1}, "[sampling]: seed = -1. Accepted: a whole number from 0 on"),
    "rank 1": (
        {"sampling/correlation/0/rank": 1},
        "correlation of 'leak' and 'gain': rank = 1. Accepted: a number between",
    ),
    "rank -1": ({"sampling/correlation/0/rank": -1.0}, "correlation of 'leak' and 'gain': rank = -1"),
    "rank nan": ({"sampling/correlation/0/rank": math.nan}, "correlation of 'leak' and 'gain': rank = nan"),
    "correlation of an unknown axis": (
        {"sampling/correlation/0/axes": ["leak", "gian"]},
        "correlation of 'leak' and 'gian': unknown axis 'gian'; nearest: 'gain'",
    ),
    "correlation of a grid": (
        {"sampling/correlation/0/axes": ["leak", "share"]},
        "correlation of 'leak' and 'share': axis 'share' has no distribution",
    ),
    "correlation of each": (
        {"sampling/correlation/0/axes": ["leak", "carbon"]},
        "correlation of 'leak' and 'carbon': axis 'carbon' has one draw for each label",
    ),
    "correlation of one": (
        {"sampling/correlation/0/axes": ["leak"]},
        "[sampling], correlation 1: axes = ['leak']. Name two",
    ),
    "correlation with itself": (
        {"sampling/correlation/0/axes": ["leak", "leak"]},
        "'leak' is given twice. Name each pair",
    ),
    "correlation twice": (
        {"sampling/correlation/+": {"axes": ["gain", "leak"], "rank": 0.1}},
        "correlation of 'gain' and 'leak': 'gain' is given twice",
    ),
    # the limit of 2 000 000 values: 700 000 draws x 3 axes are more
    "a hypercube too large": (
        {"sampling/method": "latin_hypercube", "sampling/n": 700_000},
        "700000 draws x 3 axes are 2100000 values of at most 2000000. Write method = 'sobol' or 'monte_carlo'",
    ),
    # scenarios
    "an unknown axis": ({"scenarios/fast/pase": 1}, "unknown axis 'pase'; nearest: 'pace'"),
    "no level": (
        {"scenarios/fast/pace": GONE},
        "[[scenarios]] 'fast': no level of axis 'pace', which other scenarios give",
    ),
    "a level without unit": (
        {"scenarios/fast/pace": 0.9},
        "[[scenarios]] 'fast': pace: 0.9 has no unit, but others have '%'",
    ),
    "a level of mass": ({"scenarios/fast/pace": "9 t"}, "[[scenarios]] 'fast': pace: unit 't' is [mass]"),
    "a level of truth": ({"scenarios/fast/pace": True}, "[[scenarios]] 'fast': pace: True is no amount"),
    "an infinite level": ({"scenarios/fast/pace": math.inf, "axes/pace/unit": "%"}, "[[scenarios]] 'fast': pace = inf"),
    "an unknown reference": ({"reference": "frozn"}, "unknown reference 'frozn'; nearest: 'frozen'. Name a scenario"),
    "a reference beyond": (
        {"reference": 2400},
        "reference = 2400, but there are 2400 scenarios. They are numbered from 0",
    ),
    "a reference below": ({"reference": -1}, "unknown reference '-1'"),
    # levels of levers
    "no level of a lever": (
        {"levers/water/level": GONE},
        "[[levers]] 'water': neither axis nor level nor by_year. Give exactly",
    ),
    "axis and level": ({"levers/steel/level": "2 %"}, "[[levers]] 'steel': axis, level at once. Give exactly one"),
    "level and by_year": ({"levers/water/by_year": {"2030": "1 %"}}, "[[levers]] 'water': level, by_year at once"),
    "a lever's unknown axis": (
        {"levers/+": {"name": "l", "verb": "scale", "axis": "shares"}},
        "[[levers]] 'l': unknown axis 'shares'; nearest: 'share'",
    ),
    "an infinite level of a lever": (
        {"levers/water/level": math.inf},
        "[[levers]] 'water': level = inf. It must be a finite",
    ),
    "unit beside axis": ({"levers/steel/unit": "%"}, "[[levers]] 'steel': unit beside axis, whose levels have one"),
    "scale in tonnes": (
        {"levers/water/level": "80 t"},
        "[[levers]] 'water': scale takes a ratio, not a level in 't' ([mass]). Write the level with its unit, e.g. '95 %'",
    ),
    "move in tonnes": (
        {"axes/share/levels": ["5 t"]},
        "[[levers]] 'swap': move takes a ratio, not a level in 't' ([mass])",
    ),
    "grow in tonnes": ({"axes/growth/unit": "t/a"}, "[[levers]] 'steel': grow takes a ratio, not a level in 't/a'"),
    "scale a year": ({"levers/water/level": "80 %/a"}, "[[levers]] 'water': scale takes a ratio, not a level in '%/a'"),
    "add without unit": (
        {"axes/solar/levels": [500]},
        "[[levers]] 'panels': add takes a level in 'MW', not in '1' (1). Write the level with its unit, e.g. '10 MW'",
    ),
    "add by mass": ({"recipes/pv/unit": "t"}, "[[levers]] 'panels': add takes a level in 't', not in 'MW'"),
    "by_year of two dimensions": (
        {"levers/grid/by_year/2030": "0.4 kg"},
        "[[levers]] 'grid': by_year, 2030: unit 'kg' is [mass]",
    ),
    "by_year with and without a unit": (
        {"levers/grid/by_year/2030": 0.4},
        "[[levers]] 'grid': by_year, 2030: 0.4 has no unit",
    ),
    "scale below 0": ({"levers/water/level": -0.1}, "[[levers]] 'water': scale of -0.1. Accepted as a ratio: >= 0"),
    "scale below 0 by year": (
        {"levers/water/level": GONE, "levers/water/by_year": {"2028": 1, "2030": "-5 %"}, "levers/water/unit": "1"},
        "[[levers]] 'water': scale of -0.05",
    ),
    "scale below 0 by scenario": (
        {"scenarios/fast/pace": "-5 %"},
        "[[levers]] 'tech': scale of -0.05 (scenario 'fast'). Accepted as a ratio: > 0",
    ),
    "geometric to 0": (
        {"scenarios/fast/pace": "0 %"},
        "[[levers]] 'tech': scale of 0 (scenario 'fast'). Accepted as a ratio: > 0",
    ),
    "share above 1": (
        {"axes/share/levels": ["101 %"]},
        "[[levers]] 'swap': move of 1.01 (axis 'share'). Accepted as a ratio: >= 0, <= 1",
    ),
    "share below 0": ({"axes/share/levels": ["-1 %"]}, "[[levers]] 'swap': move of -0.01 (axis 'share')"),
    "growth of -100 %": (
        {"axes/growth/levels": [-100]},
        "[[levers]] 'steel': grow of -1 (axis 'growth'). Accepted as a ratio: > -1",
    ),
    # half of the uniform draws from -0.5 to 0.5 are negative
    "draws below 0": (
        {"axes/leak/distribution": {"kind": "uniform", "low": -0.5, "high": 0.5}},
        "[[levers]] 'methane': scale by axis 'leak': 50 % of its draws are outside >= 0. Cut it with truncate",
    ),
    # a normal draw is below its mean less one standard deviation in 15.87 % of cases
    "normal draws below 0": (
        {"axes/leak/distribution": {"kind": "normal", "mean": 1, "sd": 1}},
        "[[levers]] 'methane': scale by axis 'leak': 15.9 % of its draws are outside >= 0",
    ),
    "cuts below 0": (
        {"axes/leak/distribution": {"kind": "normal", "mean": 1, "sd": 1, "truncate": [-0.1, 2]}},
        "[[levers]] 'methane': scale by axis 'leak'",
    ),
    # 3/4 of a uniform share from 0 to 4 are above 1
    "drawn shares above 1": (
        {"axes/share/levels": GONE, "axes/share/distribution": {"kind": "uniform", "low": 0, "high": 4}},
        "[[levers]] 'swap': move by axis 'share': 75 % of its draws are outside >= 0, <= 1",
    ),
    # what verbs take
    "rate of no quantity": (
        {"levers/grid/select": {"activity": "electricity"}},
        "[[levers]] 'grid': rate selects 0 quantities",
    ),
    "rate of two quantities": (
        {"levers/grid/select/quantity": ["co2", "ch4"]},
        "[[levers]] 'grid': rate selects 2 quantities",
    ),
    "move of a quantity": ({"levers/swap/select/quantity": "co2"}, "[[levers]] 'swap': move with a quantity in select"),
    "component and quantity": (
        {"levers/content/select": {"quantity": "co2"}},
        "[[levers]] 'content': component 'carbon' with a quantity in select",
    ),
    "no label": (
        {"levers/steel/select/activity": []},
        "[[levers]] 'steel': select activity = (). Name at least one label",
    ),
    "add to nowhere": ({"levers/panels/select": GONE}, "[[levers]] 'panels': add with select = {}. Name one place"),
    "add to two": ({"levers/panels/select": {"district": ["a", "b"]}}, "add with select = {'district': ['a', 'b']}"),
    "add to two places": ({"levers/panels/select/entity": "E1"}, "[[levers]] 'panels': add with select = "),
    "add by quantity": ({"levers/panels/select/quantity": "co2"}, "[[levers]] 'panels': add with select = "),
    "add to a sector": ({"levers/panels/select": {"sector": "C31"}}, "[[levers]] 'panels': add with select = "),
    "into of scale": (
        {"levers/water/into": {"activity": "electricity", "flow": "purchased"}},
        "[[levers]] 'water': into beside scale. into goes with move only",
    ),
    "efficiency of scale": ({"levers/water/efficiency": [1, 1]}, "[[levers]] 'water': efficiency beside scale"),
    "recipe of scale": (
        {"levers/water/recipe": "pv"},
        "[[levers]] 'water': recipe beside scale. recipe goes with add only",
    ),
    "component of grow": ({"levers/steel/component": "ncv"}, "[[levers]] 'steel': component beside grow"),
    "cost of grow": (
        {"levers/steel/cost": {"amount": 1, "unit": "CNY/t", "source": "s"}},
        "[[levers]] 'steel': cost beside grow. cost goes with scale, move, add only",
    ),
    "cost without source": ({"levers/swap/cost/source": GONE}, "[[levers]] 'swap', cost: no source"),
    "cost with a blank source": ({"levers/swap/cost/source": ""}, "[[levers]] 'swap', cost: source = ''"),
    "cost in tonnes": (
        {"levers/swap/cost/unit": "t"},
        "[[levers]] 'swap', cost: unit 't' counts no money. Write it as 'CNY/t'",
    ),
    "cost in dollars": ({"levers/swap/cost/unit": "dollar"}, "[[levers]] 'swap', cost: unknown unit 'dollar'"),
    "endless cost": ({"levers/swap/cost/amount": math.inf}, "[[levers]] 'swap', cost: amount = inf"),
    "move into nothing": ({"levers/swap/into": GONE}, "[[levers]] 'swap': no into. Say what it becomes"),
    "no efficiency": (
        {"levers/swap/efficiency": GONE},
        "[[levers]] 'swap': no efficiency. Give the efficiency before and after",
    ),
    "one efficiency": (
        {"levers/swap/efficiency": [0.8]},
        "[[levers]] 'swap': efficiency = [0.8]. Two numbers above 0, at most 5",
    ),
    "efficiency 0": ({"levers/swap/efficiency": [0, 0.9]}, "[[levers]] 'swap': efficiency = [0.0, 0.9]"),
    "efficiency 6": ({"levers/swap/efficiency": [0.8, 6]}, "[[levers]] 'swap': efficiency = [0.8, 6.0]"),
    "efficiency nan": ({"levers/swap/efficiency": [math.nan, 1]}, "[[levers]] 'swap': efficiency = [nan, 1.0]"),
    "add of nothing": ({"levers/panels/recipe": GONE}, "[[levers]] 'panels': no recipe. Name a table [recipes.NAME]"),
    "an unknown recipe": ({"levers/panels/recipe": "vp"}, "[[levers]] 'panels': unknown recipe 'vp'; nearest: 'pv'"),
    "unknown unit of a recipe": ({"recipes/pv/unit": "furlong"}, "[recipes.pv]: unknown unit 'furlong'"),
    "unknown unit of a row": ({"recipes/pv/rows/1/amount": "5 furlong"}, "[recipes.pv], row 2: unknown unit 'furlong'"),
    "a row without number": ({"recipes/pv/rows/1/amount": "some"}, "[recipes.pv], row 2: amount: 'some' is no amount"),
    "a recipe without use": (
        {"recipes/spare": {"unit": "MW", "rows": [{"activity": "a", "flow": "f", "amount": "1 t"}]}},
        "[recipes.spare]: no lever uses it. Name it as the recipe of a lever, or delete it",
    ),
    "cost of one quantity": (
        {"levers/water/cost": COST, "levers/water/select": {"quantity": "co2"}},
        "[[levers]] 'water': cost on a lever that selects a quantity or a component, or is an uncertainty. A cost counts",
    ),
    "cost of a component": (
        {"levers/content/cost": COST, "levers/content/acts": GONE, "levers/content/own": GONE},
        "[[levers]] 'content': cost on a lever that selects a quantity or a component",
    ),
    "cost of an uncertainty": (
        {"levers/methane/cost": COST, "levers/methane/select": GONE},
        "[[levers]] 'methane': cost on a lever",
    ),
    "rate below 0 by year": (
        {"levers/grid/by_year/2030": "-0.1 kg CO2/kWh"},
        "[[levers]] 'grid': rate of -0.1. Accepted: >= 0",
    ),
    "rate below 0": (
        {"levers/grid/by_year": GONE, "levers/grid/level": "-2 kg CO2/kWh"},
        "[[levers]] 'grid': rate of -2. Accepted: >= 0",
    ),
    "rate below 0 by axis": (
        {
            "axes/+": {"name": "x", "levels": ["0.5 kg CO2/kWh", "-0.5 kg CO2/kWh"]},
            "levers/grid/by_year": GONE,
            "levers/grid/axis": "x",
        },
        "[[levers]] 'grid': rate of -0.5 (axis 'x'). Accepted: >= 0",
    ),
    "rate below 0 by scenario": (
        {
            **{"axes/+": {"name": "x", "unit": "kg CO2/kWh"}, "levers/grid/by_year": GONE, "levers/grid/axis": "x"},
            **{"scenarios/frozen/x": 0.5, "scenarios/fast/x": -0.5},
        },
        "[[levers]] 'grid': rate of -0.5 (scenario 'fast'). Accepted: >= 0",
    ),
    # an eighth of the uniform draws from -0.1 to 0.7 are negative
    "rate below 0 by draws": (
        {
            "axes/+": {
                "name": "x",
                "unit": "kg CO2/kWh",
                "distribution": {"kind": "uniform", "low": -0.1, "high": 0.7},
            },
            **{"levers/grid/by_year": GONE, "levers/grid/axis": "x"},
        },
        "[[levers]] 'grid': rate by axis 'x': 12.5 % of its draws are outside >= 0. Cut it",
    ),
    "a number beyond floats": ({"levers/water/level": 10**400}, "[[levers]] 'water': level = 1000"),
    # paths
    "geometric move": (
        {"levers/swap/path": "geometric"},
        "[[levers]] 'swap': move along a geometric path. Accepted: linear, step",
    ),
    "geometric add": ({"levers/panels/path": "geometric"}, "[[levers]] 'panels': add along a geometric path"),
    "grow along a path": ({"levers/steel/path": "linear"}, "[[levers]] 'steel': grow takes no path. Write by_year"),
    "by_year along a path": (
        {"levers/grid/path": "step"},
        "[[levers]] 'grid': by_year is its own path: no path and no to",
    ),
    "by_year to": ({"levers/grid/to": 2030}, "[[levers]] 'grid': by_year is its own path: no path and no to"),
    "to before": ({"levers/tech/to": 2025}, "[[levers]] 'tech': to = 2025, outside 2026 to 2030"),
    "growth to beyond": ({"levers/steel/to": 2031}, "[[levers]] 'steel': to = 2031, outside 2026 to 2030"),
    "to beside a path by year": (
        {"levers/swap/to": 2028},
        "[[levers]] 'swap': to = 2028 beside a path by year. Keep one",
    ),
    "share of the way above 1": (
        {"levers/swap/path/2030": 1.2},
        "[[levers]] 'swap': path, 2030: 1.2 is no share of the way",
    ),
    "share of the way below 0": ({"levers/swap/path/2027": -0.2}, "path, 2027: -0.2 is no share of the way"),
    "share of the way nan": ({"levers/swap/path/2027": math.nan}, "path, 2027: nan is no share of the way"),
    "path beyond": (
        {"levers/swap/path/2031": 1},
        "[[levers]] 'swap': path: 2031 is outside 2026 to 2030. Give projected",
    ),
    "path from before": ({"levers/swap/path/2025": 0}, "[[levers]] 'swap': path: 2025 is outside 2026 to 2030"),
    "path that ends early": (
        {"levers/swap/path/2030": GONE},
        "[[levers]] 'swap': path ends in 2027, but the years in 2030. Add",
    ),
    "path of nothing": ({"levers/swap/path": {}}, "[[levers]] 'swap': path ends in -, but the years in 2030"),
    "path of a word": ({"levers/swap/path/soon": 1}, "[[levers]] 'swap': path: 'soon' is no year. Write it as 2030"),
    "by_year beyond": (
        {"levers/grid/by_year/2031": "1 kg CO2/kWh"},
        "[[levers]] 'grid': by_year: 2031 is outside 2026 to 2030",
    ),
    "by_year that ends early": (
        {"levers/grid/by_year/2030": GONE},
        "[[levers]] 'grid': by_year ends in 2026, but the years",
    ),
    # uncertainty
    "uncertainty of growth": (
        {"levers/steel/acts": "uncertainty", "levers/steel/to": GONE},
        "[[levers]] 'steel': grow as uncertainty. Uncertainty only scales",
    ),
    "uncertainty along a path": (
        {"levers/methane/path": "linear"},
        "'methane': uncertainty acts in every year alike: no path",
    ),
    "uncertainty to": (
        {"levers/methane/to": 2030},
        "'methane': uncertainty acts in every year alike: no path and no to",
    ),
    "uncertainty by year": (
        {"levers/water/acts": "uncertainty", "levers/water/level": GONE, "levers/water/by_year": {"2030": 1}},
        "[[levers]] 'water': by_year beside uncertainty",
    ),
    # events
    "event before": ({"events/E001/year": 2025}, "[[events]] 'E001': year: 2025 is outside 2026 to 2030"),
    "event beyond": ({"events/E001/year": 2031}, "[[events]] 'E001': year: 2031 is outside 2026 to 2030"),
    "event of nothing": ({"events/E001/factor": GONE}, "[[events]] 'E001': neither factor nor axis. Give exactly one"),
    "event of both": ({"events/E001/axis": "share"}, "[[events]] 'E001': factor and axis at once. Give exactly one"),
    "event below 0": ({"events/E001/factor": -0.5}, "[[events]] 'E001': factor = -0.5. Accepted: a number from 0 on"),
    "event nan": ({"events/E001/factor": math.nan}, "[[events]] 'E001': factor = nan"),
    "event in tonnes": ({"events/E001/factor": "5 t"}, "[[events]] 'E001': factor: unit 't' is [mass]"),
    "event of an unknown axis": (
        {"events/E001/factor": GONE, "events/E001/axis": "shares"},
        "[[events]] 'E001': unknown axis 'shares'; nearest: 'share'",
    ),
    "event by power": (
        {"events/E001/factor": GONE, "events/E001/axis": "solar"},
        "[[events]] 'E001': factor takes a ratio, not a level in 'MW'",
    ),
    # the response of the air
    "no source": ({"response/pm25/source": GONE}, "[response.pm25]: no source"),
    "blank source": ({"response/pm25/source": " "}, "[response.pm25]: source = ' '"),
    "no betas": (
        {"response/pm25/betas": {}, "response/pm25/improvement": "gain"},
        "[response.pm25]: no betas. Give the response to each precursor",
    ),
    "local above 1": ({"response/pm25/local": 1.1, "response/pm25/regional": GONE}, "local = 1.1"),
    "regional below 0": (
        {"response/pm25/regional": -0.1},
        "[response.pm25]: regional = -0.1. Accepted as a ratio: >= 0, <= 1",
    ),
    "parts above the whole": (
        {"response/pm25/local": 0.8},
        "[response.pm25]: local and regional shares add to 1.1. They are parts of one annual mean",
    ),
    "improvement above 1": (
        {"response/pm25/improvement": 1.5},
        "[response.pm25]: improvement = 1.5. Accepted as a ratio: <= 1",
    ),
    "improvement nan": ({"response/pm25/improvement": math.nan}, "[response.pm25]: improvement = nan"),
    "endless beta": ({"response/pm25/betas/nox": math.inf}, "[response.pm25]: betas nox = inf"),
    "betas above the whole": (
        {"response/pm25/betas": {"nox": 0.6, "vocs": 0.5, "so2": "gain"}},
        "[response.pm25]: betas add to 1.1. The whole local part is 1",
    ),
    "beta of an unknown axis": (
        {"response/pm25/betas/nox": "gian"},
        "[response.pm25]: unknown axis 'gian'; nearest: 'gain'",
    ),
    # triangular from 0.5 over 1 to 1.5: half of the draws are above 1
    "local by an axis above 1": (
        {"response/pm25/local": "leak", "response/pm25/regional": GONE},
        "[response.pm25]: local by axis 'leak': 50 % of its draws are outside >= 0, <= 1",
    ),
    "held and answering": (
        {"hold": ["import_credit", "pm25"]},
        "[response.pm25]: 'pm25' is in hold and has a response. Keep one of the two",
    ),
    "a response by labels": (
        {"response/pm25/improvement": "carbon"},
        "[response.pm25]: improvement: axis 'carbon' has one draw for each label. A response takes one level",
    ),
    "a beta by labels": (
        {"response/pm25/betas/nox": "carbon"},
        "[response.pm25]: betas nox: axis 'carbon' has one draw for each label",
    ),
    # gain is at most 20 %, share at most 200 per mille
    "betas and an axis above the whole": (
        {"response/pm25/betas": {"nox": 0.85, "so2": "gain"}},
        "[response.pm25]: betas add to as much as 1.05, with what their axes give. The whole local part is 1",
    ),
    "betas of two axes above the whole": (
        {"response/pm25/betas": {"nox": "share", "vocs": "gain", "so2": 0.7}},
        "[response.pm25]: betas add to as much as 1.1",
    ),
    "betas of one axis twice": (
        {"response/pm25/betas": {"nox": "gain", "vocs": "gain", "so2": 0.7}},
        "[response.pm25]: betas add to as much as 1.1",
    ),
    # pace is 100 % in the first scenario, 90 % in the second
    "betas by scenario above the whole": (
        {"response/pm25/betas": {"nox": "pace", "so2": 0.05}, "response/pm25/improvement": "gain"},
        "[response.pm25]: betas add to as much as 1.05",
    ),
    "parts by an axis above the whole": (
        {"response/pm25/regional": "gain", "response/pm25/local": 0.9},
        "[response.pm25]: local and regional shares add to as much as 1.1, with what their axes give. They are parts",
    ),
    "beta by power": (
        {"response/pm25/betas/nox": "solar"},
        "[response.pm25]: betas nox takes a ratio, not a level in 'MW'",
    ),
}


@pytest.mark.parametrize(("changes", "expected"), ONE.values(), ids=list(ONE))
def test_a_fault_is_found_and_no_other_with_it(changes, expected):
    found = faults_of(changed(changes), file="to-2030.toml")
    assert all(fault.startswith("to-2030.toml") for fault in found)
    assert expected in found[0]
    assert len(set(found)) == 1, found


# --- faults together, in objects, at the edges -----------------------------------------------------------------------


def test_all_faults_come_at_once():
    changes = {
        "rates": "holds",
        "axes/growth/unit": "furlong",
        "levers/swap/efficiency": [0.8, 6],
        "levers/swap/verb": "mvoe",  # its efficiency is looked at once the verb is known
        "levers/panels/recipe": "vp",
        "levers/tech/to": 2040,
        "levers/tech/source": 3,
        "events/E001/year": 2040,
        "scenarios/fast/pace": "9 t",
        "response/pm25/local": 7,
        "sampling/n": 0,
        "reference": "frozn",
    }
    found = "\n".join(faults_of(changed(changes), file="s.toml"))
    places = ["s.toml: unknown rates", "'growth': unknown unit", "'swap': unknown verb", "'panels': unknown recipe"]
    places += ["'tech': to = 2040", "'tech': source = 3", "'E001': year: 2040", "'fast': pace: unit 't'"]
    places += ["[response.pm25]: local = 7", "[sampling]: n = 0", "unknown reference 'frozn'"]
    assert [place for place in places if place not in found] == []
    assert len(found.splitlines()) == len(places)


def test_two_faults_of_one_lever():
    found = faults_of(changed({"levers/swap/efficiency": [0.8, 6], "axes/share/levels": ["120 %"]}))
    assert ["efficiency = [0.8, 6.0]" in fault for fault in found] == [False, True]
    assert "move of 1.2" in found[0]


def lever(which: str, /, **changes: Any) -> Scenario:
    return replace(READ, levers=tuple(replace(one, **changes) if one.name == which else one for one in READ.levers))


def axis(which: str, /, **changes: Any) -> Scenario:
    return replace(READ, axes=tuple(replace(one, **changes) if one.name == which else one for one in READ.axes))


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (replace(READ, years=(2026, 2028)), "the projected years go from 2026 to 2028. They follow"),
        (replace(READ, years=()), "no projected years. They follow the base year one by one, e.g. years = [2026, 2035]"),
        (replace(READ, rates=""), "unknown rates ''. Accepted: hold, resolve"),
        (replace(READ, reference="slow"), "unknown reference 'slow'"),
        (replace(READ, recipes=READ.recipes * 2), "[recipes.pv]: 'pv' is given twice"),
        (replace(READ, recipes=(replace(READ.recipes[0], rows=()),)), "[recipes.pv]: no rows"),
        (lever("steel", verb="gorw"), "[[levers]] 'steel': unknown verb 'gorw'; nearest: 'grow'"),
        (lever("steel", name=""), "[[levers]] 1: no name. Give each lever a name of its own"),
        (lever("steel", path="step"), "[[levers]] 'steel': grow takes no path"),
        (lever("grid", path="step"), "[[levers]] 'grid': by_year is its own path"),
        (lever("methane", path="step"), "[[levers]] 'methane': uncertainty acts in every year alike"),
        (lever("tech", unit="t"), "[[levers]] 'tech': unit 't' beside axis 'pace', whose levels are in '%'. Delete unit"),
        (lever("steel", select={"sector": "C31"}), "[[levers]] 'steel': select sector = 'C31'. Name at least one label"),
        (lever("swap", into=("electricity", "")), "[[levers]] 'swap': no into"),
        (lever("swap", cost=Cost(1.0, "CNY/t", "")), "[[levers]] 'swap', cost: no source"),
        (lever("water", unit="furlong"), "[[levers]] 'water': unknown unit 'furlong'"),
        (axis("growth", name=""), "[[axes]] 1: no name. Give each axis a name of its own"),
        (axis("share", unit="furlong"), "[[axes]] 'share': unknown unit 'furlong'"),
        (axis("gain", distribution=Distribution("unifrom", {})), "[[axes]] 'gain': unknown distribution 'unifrom'"),
        (replace(READ, sampling=None), "no [sampling], but axis 'carbon' has a distribution"),
        (replace(READ, sampling=replace(READ.sampling, n=0)), "[sampling]: n = 0"),
        (replace(READ, events=(Event("", 2028, 0.0),)), "[[events]] 1: no entity. Name the entity that changes"),
        (replace(READ, responses=(replace(READ.responses[0], source=" "),)), "[response.pm25]: no source. A value without"),
        (replace(READ, named=(*READ.named, ("", "", {"pace": 100.0}))), "[[scenarios]] 3: no name"),
        (replace(READ, named=(*READ.named, ("slow", "", {}))), "[[scenarios]] 'slow': no level of axis 'pace'"),
    ],
)  # fmt: skip
def test_faults_of_objects(scenario, expected):
    found = faults_of(scenario, file="in hand")
    assert expected in found[0]
    assert found[0].startswith("in hand")
    if "growth" not in str(expected) and "[[axes]] 1" not in expected:  # nothing uses an axis without its name
        assert len(found) == 1, found


def test_an_axis_of_whole_numbers_is_left_as_it_is():
    given = axis("growth", levels=(0, 2))
    assert read_scenario(given) is given


# --- objects as people build them ---------------------------------------------------------------------------------------


def test_sequences_and_numbers_of_numpy_are_taken_as_they_are_meant():
    given = replace(
        READ,
        base_year=np.int64(2025),
        years=range(2026, 2031),
        levers=list(READ.levers),
        axes=np.array([*READ.axes], dtype=object),
        named=[list(row) for row in READ.named],
        hold=["import_credit"],
        indicators=np.array(["co2_total"]),
    )
    found = read_scenario(given)
    assert found == READ
    assert type(found.base_year) is int
    assert all(isinstance(part, tuple) for part in (found.years, found.levers, found.axes, found.named, *found.named))


@pytest.mark.parametrize(
    "given",
    [
        axis("growth", levels=[0.0, 2.0, 0.04]),
        axis("growth", levels=np.array([0.0, 2.0, 0.04])),
        axis("carbon", each=["entity", "activity"]),
        lever("grid", by_year={np.int64(2026): np.float64(0.5), 2030: np.float64(0.4)}),
        lever("swap", into=["electricity", "purchased"], efficiency=[np.float64(0.8), 3.0]),
        lever("swap", path={2027: np.float64(0.5), np.int16(2030): 1.0}),
        lever("steel", select={"sector": ["C31"], "activity": np.array(["coke", "natural_gas"])}, to=np.int64(2028)),
        lever("water", level=np.float64(80.0)),
        lever("content", own=np.True_),
        replace(READ, sampling=replace(READ.sampling, correlation=[["leak", "gain", np.float64(0.5)]])),
        replace(READ, recipes=(replace(READ.recipes[0], rows=[list(row) for row in READ.recipes[0].rows]),)),
        replace(READ, years=[2026, 2027, 2028, 2029, 2030]),
    ],
)
def test_parts_in_other_sequences(given):
    found = read_scenario(given)
    assert found == READ
    assert "np." not in repr(found)
    assert read_scenario(found) is found


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (lever("water", level="90 %"), "[[levers]] 'water': level = '90 %'. It must be a number (its unit stands in 'unit')"),
        (lever("water", level=10**400), "[[levers]] 'water': level = 1000"),
        (lever("water", level=None, by_year=[0.9]), "'water': by_year = [0.9]. It must be a table of numbers by year"),
        (lever("grid", by_year={"2026": 1.0}), "'grid': by_year = {'2026': 1.0}. It must be a table of numbers by year"),
        (lever("tech", path=3), "[[levers]] 'tech': path = 3. It must be a text, or a table of shares by year"),
        (lever("tech", to="2030"), "[[levers]] 'tech': to = '2030'. It must be a whole number"),
        (lever("content", own="yes"), "[[levers]] 'content': own = 'yes'. It must be true or false"),
        (lever("swap", into="electricity"), "[[levers]] 'swap': into = 'electricity'. It must be two texts: activity and flow"),
        (lever("swap", efficiency=0.9), "[[levers]] 'swap': efficiency = 0.9. It must be two numbers: before and after"),
        (lever("swap", cost=300), "[[levers]] 'swap': cost = 300. It must be a 'Cost', or nothing"),
        (lever("swap", cost=Cost("300", "CNY/t", "s")), "[[levers]] 'swap', cost: amount = '300'. It must be a number"),
        (lever("steel", select=[("sector", "C31")]), "[[levers]] 'steel': select = [('sector', 'C31')]. It must be a table of"),
        (lever("steel", select={"sector": 31}), "[[levers]] 'steel': select sector = 31. Name at least one label"),
        (lever("grid", select={"quantity": 5}), "[[levers]] 'grid': select quantity = 5. Name at least one label"),
        (lever("grid", name=7), "[[levers]] 7: name = 7. It must be a text"),
        (lever("steel", verb=["grow"]), "[[levers]] 'steel': verb = ['grow']. It must be a text"),
        (axis("growth", levels=2.0), "[[axes]] 'growth': levels = 2.0. It must be a list of numbers (their unit stands in"),
        (axis("growth", levels="0 %"), "[[axes]] 'growth': levels = '0 %'. It must be a list of numbers"),
        (axis("growth", levels=["2 %"]), "[[axes]] 'growth': levels = ['2 %']. It must be a list of numbers"),
        (axis("growth", levels=np.array([[0.0, 2.0]])), "[[axes]] 'growth': levels = array([[0., 2.]]). It must be a list"),
        (axis("carbon", each="entity"), "[[axes]] 'carbon': each = 'entity'. It must be a list of texts"),
        (axis("carbon", distribution={"kind": "uniform"}), "[[axes]] 'carbon': distribution = {'kind': 'uniform'}. It must be a"),
        (axis("gain", distribution=Distribution("uniform", {"low": "0", "high": 20.0})), "'gain', distribution: parameters = {"),
        (axis("gain", distribution=Distribution("uniform", {"low": 0.0, "high": 20.0}, 9)), "distribution: truncate = 9. It"),
        (axis("share", unit=None), "[[axes]] 'share': unit = None. It must be a text"),
        (replace(READ, years=2030), "years = 2030. It must be a list of whole numbers"),
        (replace(READ, years="2026"), "years = '2026'. It must be a list of whole numbers"),
        (replace(READ, base_year="2025"), "base_year = '2025'. It must be a whole number"),
        (replace(READ, hold="import_credit"), "hold = 'import_credit'. It must be a list of texts"),
        (replace(READ, indicators="co2_total"), "indicators = 'co2_total'. It must be a list of texts"),
        (replace(READ, levers=READ.levers[0]), "levers = Lever("),
        (replace(READ, levers=({"name": "x"},)), "levers = ({'name': 'x'},). It must be a list of 'Lever'"),
        (replace(READ, axes=None), "axes = None. It must be a list of 'Axis'"),
        (replace(READ, sampling={"n": 3}), "sampling = {'n': 3}. It must be a 'Sampling', or nothing"),
        (replace(READ, sampling=replace(READ.sampling, n=1e3)), "[sampling]: n = 1000.0. It must be a whole number"),
        (replace(READ, named=(("x", {"pace": 0.5}),), reference=""), "named = (('x', {'pace': 0.5}),). It must be a list of"),
        (replace(READ, named=(("x", "", {"pace": "90 %"}),), reference="x"), "[[scenarios]] 'x': pace = '90 %'. It must be a"),
        (replace(READ, named={"x": {"pace": 0.5}}, reference=""), "named = {'x': {'pace': 0.5}}. It must be a list of rows"),
        (replace(READ, events=(Event("E001", "2028", 0.5),)), "[[events]] 'E001': year = '2028'. It must be a whole number"),
        (replace(READ, events=(Event("E001", 2028, "50 %"),)), "[[events]] 'E001': factor = '50 %'. It must be a number"),
        (replace(READ, recipes=(replace(READ.recipes[0], rows=(("a", "f", "1.1 GWh"),)),)), "[recipes.pv]: rows = (('a', 'f', '1"),
        (replace(READ, responses=(replace(READ.responses[0], betas=["nox"]),)), "[response.pm25]: betas = ['nox']. It must be a"),
        (replace(READ, responses=(replace(READ.responses[0], local=None),)), "[response.pm25]: local = None. It must be a number, or"),
        (replace(READ, responses=(replace(READ.responses[0], source=None),)), "[response.pm25]: source = None. It must be a text"),
        (replace(READ, rates=None), "rates = None. It must be a text"),
        (replace(READ, reference=1.5), "reference = 1.5. It must be a text or a whole number"),
        (replace(READ, targets=3), "targets = 3. It must be the path of a file, or nothing"),
    ],
)  # fmt: skip
def test_objects_of_another_form(scenario, expected):
    found = faults_of(scenario)
    assert expected in found[0]
    assert len(found) == 1, found


@pytest.mark.parametrize("source", [None, 3, 2.5, [], ("a", "b"), object])
def test_what_is_no_scenario(source):
    (found,) = faults_of(source)
    assert f"{source!r} is no scenario. Give the path of a TOML file" in found


JUNK = st.one_of(
    st.sampled_from([GONE, "", " ", "x", "5 %", "3 t", "-1 furlong", "frozen", "share", [], {}, [[]], [{}], date(2030, 1, 1)]),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=True, allow_infinity=True),
    st.lists(st.one_of(st.integers(-5, 5000), st.text(max_size=3), st.floats()), max_size=3),
    st.dictionaries(st.text(max_size=4), st.one_of(st.integers(), st.text(max_size=3)), max_size=2),
    st.text(max_size=6),
)  # fmt: skip


def fields_of(scenario: Scenario) -> list[tuple[str, int, str]]:
    """Where something may stand: the field, the position in it, and the field of what stands there."""
    made = [("", 0, field.name) for field in fields(Scenario)]
    for name in ("levers", "axes", "events", "recipes", "responses"):
        parts = getattr(scenario, name)
        made += [(name, i, field.name) for i, part in enumerate(parts) for field in fields(part)]
    return made + [("sampling", 0, field.name) for field in fields(Sampling)]


OBJECTS = st.one_of(
    JUNK.filter(lambda value: value is not GONE),
    st.sampled_from([None, (), (None,), ((),), np.array(0.5), np.array([1, 2]), np.array([[1.0]]), np.float64("nan"), {1: 2}]),
    st.sampled_from([Cost(1, 2, 3), Distribution("normal", {"mean": None}), Distribution(None, None), READ.levers[0], (READ.axes[0],)]),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(fields_of(READ)), OBJECTS), min_size=1, max_size=3))
def test_whatever_stands_in_objects_is_read_or_refused(changes):
    scenario = READ
    for (table, i, field), value in sorted(changes, key=lambda change: change[0][0] == ""):
        if table == "sampling":
            scenario = replace(scenario, sampling=replace(scenario.sampling, **{field: value}))
        elif table:
            parts = list(getattr(scenario, table))
            parts[i] = replace(parts[i], **{field: value})
            scenario = replace(scenario, **{table: tuple(parts)})
        else:
            scenario = replace(scenario, **{field: value})
    try:
        found = read_scenario(scenario)
    except ScenarioError as error:
        assert error.faults
    else:
        assert read_scenario(found) is found


def test_an_unnamed_axis_is_missed_by_its_lever():
    assert ["unknown axis 'growth'" in fault for fault in faults_of(axis("growth", name=""))] == [False, True]


def drawn(n_axes: int, method: str, n: int = 8, **correlation: Any) -> Scenario:
    """A scenario with this many uniform axes, each with a lever."""
    axes = [Axis(f"a{i}", distribution=Distribution("uniform", {"low": 0.0, "high": 1.0})) for i in range(n_axes)]
    levers = [Lever(f"l{i}", "scale", {}, f"a{i}") for i in range(n_axes)]
    sampling = Sampling(n, 1, method, **correlation)
    return Scenario("drawn", 2020, (2021,), tuple(levers), tuple(axes), sampling=sampling)


def test_the_dimensions_of_sobol(monkeypatch):
    monkeypatch.setattr("carbonledger.scenario.samples.SOBOL_LIMIT", 20)
    assert read_scenario(drawn(20, "sobol"))
    (found,) = faults_of(drawn(21, "sobol"))
    assert "[sampling]: 21 axes are drawn, but Sobol has 20 dimensions. Write method = 'monte_carlo'" in found
    assert read_scenario(drawn(21, "monte_carlo"))


def test_the_limits_are_those_of_the_generators():
    from carbonledger.scenario import LHS_LIMIT, samples

    assert samples.SOBOL_LIMIT == 21_201  # dimensions of the direction numbers of Joe and Kuo (2008)
    assert samples.LHS_LIMIT == LHS_LIMIT == 2_000_000


def test_the_size_of_a_hypercube():
    assert read_scenario(drawn(2, "latin_hypercube", 1_000_000))
    (found,) = faults_of(drawn(2, "latin_hypercube", 1_000_001))
    assert "1000001 draws x 2 axes are 2000002 values of at most 2000000" in found
    assert read_scenario(drawn(2, "sobol", 1_000_001))


@pytest.mark.parametrize(
    ("ranks", "possible"),
    [
        # A near B and B near C put C near A: with Pearson p = 2 sin(pi r / 6) the determinant 1 + 2 p^2 q - 2 p^2 - q^2
        # of p, p, q is positive just if q > 2 p^2 - 1; for r = 0.9, p = 0.9080 and 2 p^2 - 1 = 0.6489, rank 0.6309
        ((0.9, 0.9, 0.62), False),
        ((0.9, 0.9, 0.64), True),
        ((0.5, 0.5, 0.0), True),
        ((-0.99, -0.99, -0.99), False),
    ],
)
def test_correlations_that_contradict_each_other(ranks, possible):
    pairs = (("a0", "a1", ranks[0]), ("a1", "a2", ranks[1]), ("a0", "a2", ranks[2]))
    scenario = drawn(4, "sobol", correlation=pairs)
    if possible:
        assert read_scenario(scenario) is scenario
    else:
        (found,) = faults_of(scenario)
        assert "[sampling]: the rank correlations contradict each other" in found


def test_sampling_of_nothing():
    (found,) = faults_of(replace(drawn(0, "sobol"), sampling=Sampling(8, 1)))
    assert "[sampling]: no axis has a distribution. Delete [sampling]" in found


@pytest.mark.parametrize(
    ("distribution", "low", "high", "expected"),
    [
        # 5 % of a normal distribution lie beyond 1.959963984540054 standard deviations, half of them on each side
        (Distribution("normal", {"mean": 1.0, "sd": 2.0}), 1 - 2 * 1.959963984540054, math.inf, 0.025),
        (Distribution("normal", {"mean": 0.0, "sd": 1.0}), -1.959963984540054, 1.959963984540054, 0.05),
        (Distribution("uniform", {"low": -1.0, "high": 3.0}), 0.0, 2.0, 0.5),
        (Distribution("uniform", {"low": -1.0, "high": 3.0}, (0.0, 2.0)), 0.0, 2.0, 0.0),
        (Distribution("uniform", {"low": -1.0, "high": 3.0}, (-0.5, 1.5)), 0.0, 1.0, 0.5),
        (Distribution("uniform", {"low": 1.0, "high": 3.0}, (1.5, 2.0)), -1.0, 0.0, 1.0),
        (Distribution("triangular", {"low": 0.0, "mode": 0.0, "high": 2.0}), 0.0, 1.0, 0.25),  # a quarter of the area
        (Distribution("lognormal", {"median": 2.0, "gsd": 2.0}), 0.0, 2.0, 0.5),
        (Distribution("split_normal", {"mode": 0.0, "sd_low": 1.0, "sd_high": 3.0}), 0.0, math.inf, 0.25),
    ],
)
def test_the_share_of_draws_outside(distribution, low, high, expected):
    assert outside(distribution, low, high) == pytest.approx(expected, abs=1e-12)


def paths_of(value: Any, before: str = "") -> list[str]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, item in entries for p in (f"{before}{key}", *paths_of(item, f"{before}{key}/"))]


@given(st.lists(st.tuples(st.sampled_from(paths_of(tables())), JUNK), min_size=1, max_size=2))
def test_whatever_stands_there_is_read_or_refused(changes):
    made: Any = tables()
    for path, value in changes:
        at: Any = made
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        try:
            for step in steps:
                at = at[step]
            at[last]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
        if isinstance(at, str):
            continue
        if value is GONE:
            del at[last]
        else:
            at[last] = value
    try:
        found = read_scenario(made)
    except ScenarioError as error:
        assert error.faults
    else:
        assert read_scenario(found) is found
