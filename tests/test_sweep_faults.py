"""What a modeller gets wrong in scenarios beside a case: each fault found, named, and told with all others at once."""

from __future__ import annotations

import copy
import json
import pickle
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from carbonledger.case import Case, open_case
from carbonledger.catalog import read_catalog
from carbonledger.errors import LedgerError, ScenarioError
from carbonledger.reasons import Reason
from carbonledger.scenario import SELECTS, VERBS, Axis, Lever, Scenario
from carbonledger.scenario.forms import KEYS
from carbonledger.sweeping import REDUCTIONS, prepare, replay, sweep
from carbonledger.tables import activities, flows

HEAD = (
    "activity,printed_name,flow,quantity,region,kind,valid_from,valid_to,data_year,basis,rate,unit,ncv,ncv_unit,carbon,"
    "carbon_unit,oxidation,low,high,distribution,published,source,locator,confidence,note"
)
RATES = f"""{HEAD}
raw_coal,原煤,,energy,CN,,,,,mass,0.7,tce/t,,,,,,,,,,made up,p. 1,V,
raw_coal,原煤,combusted,co2,CN,,,,,mass,,tCO2/t,20,GJ/t,27,tC/TJ,1,,,,,made up,p. 1,V,
natural_gas,天然气,,energy,CN,,,,,volume,12,tce/(10^4 Nm3),,,,,,,,,,made up,p. 1,V,
natural_gas,天然气,combusted,co2,CN,,,,,volume,21.6,tCO2/(10^4 Nm3),,,,,,,,,,made up,p. 1,V,
electricity,电力,,energy,CN,,,,,energy,0.1229,kgce/kWh,,,,,,,,,,made up,p. 1,V,
electricity,电力,,co2,CN,average,2022,2024,,energy,0.6,kgCO2/kWh,,,,,,,,,,made up,p. 1,V,
electricity,电力,,co2,CN,average,2025,,,energy,0.5,kgCO2/kWh,,,,,,,,,,made up,p. 1,V,
industrial_water,工业用水,,water,CN,,,,,volume,1,m3/m3,,,,,,,,,,made up,p. 1,V,
"""
FILES = {
    "case.toml": """
title = "A valley"
title_zh = "山谷"
by = ["district"]
boundary = "territorial"
factor_sets = ["./factors/mine"]
indicators = ["energy_total", "co2_direct", "co2_total", "water_total", "pm25_mean", "co2_intensity"]
quantities = ["so2", "nox", "gdp"]

[inputs]
activity = ["activity.csv"]
entities = ["entities.csv"]
states = ["states.csv"]
targets = ["targets.csv"]
""",
    "factors/mine/set.toml": (
        'name = "mine"\nzh = "自编"\nen = "made up"\npublisher = "nobody"\ndocument = ""\npublished = ""\n'
    ),
    "factors/mine/rates.csv": RATES,
    "entities.csv": """entity,level,parent,sector,region,name_zh,valid_from,valid_to
valley,city,,,CN,山谷市,,
north,district,valley,,,北区,,
south,district,valley,,,南区,,
mill,enterprise,north,3130,,钢厂,,
dyer,enterprise,north,1713,,染厂,,
works,enterprise,south,3011,,水泥厂,,
""",
    "activity.csv": """entity,period,activity,flow,amount,unit
mill,2022,raw_coal,combusted,900,t
mill,2022,electricity,purchased,90,MWh
mill,2023,raw_coal,combusted,1000,t
mill,2023,electricity,purchased,100,MWh
mill,2023,industrial_water,used,50000,m3
mill,2023,so2,discharged,40,t
dyer,2023,raw_coal,combusted,200,t
dyer,2023,natural_gas,combusted,5,万Nm3
north,2023,raw_coal,combusted,10,t
north,2023,electricity,purchased,20,MWh
north,2023,industrial_water,used,1000,m3
north,2023,so2,discharged,1,t
north,2023,gdp,produced,1,亿元
works,2023,raw_coal,combusted,500,t
works,2023,electricity,purchased,60,MWh
works,2023,industrial_water,used,20000,m3
""",
    "states.csv": """entity,period,state,value,unit,print,source
north,2023,pm25,50,ug/m3,final,bulletin
""",
    "targets.csv": """id,indicator,entity,name_zh,sense,value,unit,kind,from_year,year,baseline,source
T1,co2_total,north,二氧化碳,at_most,0.2,万t CO2,level,2020,2025,,plan
""",
}
COAL = 20 * 27 / 1000 * 44 / 12  # t CO2/t: GJ/t x tC/TJ x oxidation 1 x 44/12
NORTH = (1210 * COAL + 5 * 21.6 + 120 * 0.6) / 1e4  # 万t: coal and gas of mill, dyer and north, power of mill and north

TOP = 'base_year = 2023\nyears = [2024, 2026]\nrates = "hold"\n'
RESOLVED = TOP.replace("hold", "resolve")
INTO = 'into = {activity = "electricity", flow = "purchased"}\nefficiency = [0.8, 0.95]\n'
UNIFORM = "distribution = {kind = 'uniform', low = 0.1, high = 0.5}\n[sampling]\nn = 3\nseed = 1\n"


def lever(verb: str, select: str, level: str = "level = 0.9", name: str = "a", more: str = "") -> str:
    return f'[[levers]]\nname = "{name}"\nverb = "{verb}"\n{level}\nselect = {{{select}}}\n{more}\n'


def move(select: str, level: str = "level = 0.2", name: str = "a", into: str = INTO) -> str:
    return lever("move", select, level, name, into)


def rate(select: str, level: str = '"0.4 t CO2/MWh"', name: str = "r") -> str:
    return lever("rate", select + ', quantity = "co2_scope2_location"', f"level = {level}", name)


def recipe(activity: str, flow: str, amount: str, unit: str = "MW") -> str:
    return (
        f'[recipes.pv]\nunit = "{unit}"\nrows = [{{activity = "{activity}", flow = "{flow}", amount = "{amount}"}}]\n'
    )


def add(select: str, level: str = "level = '1 MW'", more: str = "") -> str:
    return lever("add", select, level, "panels", 'recipe = "pv"\n' + more)


def axis(name: str, levels: str = "") -> str:
    return f'[[axes]]\nname = "{name}"\n{levels}\n'


def event(entity: str, year: int = 2025, factor: str = "factor = 0") -> str:
    return f'[[events]]\nentity = "{entity}"\nyear = {year}\n{factor}\n'


COALS = 'activity = "raw_coal"'
COAL_BY_AXIS = lever("scale", COALS, 'axis = "p"')
PV = recipe("solar_electricity", "generated", "1.1 GWh")
NORTHERN = 'district = "north"'


def write_valley(folder: Path, **files: str) -> Path:
    """The case in ``folder``; keyword arguments replace files by the stems of their names."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files.pop(path.stem, text), encoding="utf-8")
    assert not files, files
    return folder


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return open_case(write_valley(tmp_path_factory.mktemp("valley") / "valley"))


@pytest.fixture
def other(tmp_path: Path) -> Any:
    """The case with some files replaced."""
    return lambda **files: open_case(write_valley(tmp_path / "other", **files))


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes a scenario file."""

    def write(text: str, top: str = TOP) -> Path:
        path = tmp_path / "plan.toml"
        path.write_text(top + text, encoding="utf-8")
        return path

    return write


CATALOG = read_catalog()
WORD = re.compile(r"[A-Za-z][A-Za-z_0-9]*")
# what is no English sentence in a Chinese message: keys of files, words of lists, names and units
NAMES = {
    *(word for table, keys in KEYS.items() for word in (table, *keys)),
    *("toml", "csv", "xlsx", "CN", "CNY", "CNY_2020", "TOML", "currency", "currency_2020", "row", "MWh", "mine", "gap"),
    *("plan", "case", "activity", "truncate", "monte_carlo", "sobol", "latin_hypercube", "linear", "step", "geometric"),
    *(
        "below",
        "supply",
        "electricity",
        "heat",
        "energy",
        "co2",
        "gdp",
        "so2",
        "GiB",
        "other",
        "hold",
        "resolve",
        "NAME",
    ),
    *("average", "nonfossil_electricity", "mean", "quantiles", "verdicts", "reduce", "by", "period", "keep", "years"),
    *("True", "true", "inf", "nan", "scenario", "replay", "index", "nation", "fuel"),
    *("gbt", "ipcc", "ndrc", "statistics"),  # of sets of factors
    *WORD.findall(" ".join([*FILES.values(), *activities(), *flows(), *SELECTS, *VERBS, *REDUCTIONS])),
    *(name for part in (CATALOG.quantities, CATALOG.states, CATALOG.indicators) for name in part),
}


def said(error: LedgerError, *given: str) -> str:
    """The English of an error that can also be said in Chinese, pickled and written as JSON."""
    chinese = error.to("zh")
    assert re.search("[\u4e00-\u9fff]", chinese)
    left = set(WORD.findall(chinese)) - NAMES - set(WORD.findall(" ".join(given)))
    assert not {word for word in left if len(word) > 2}, chinese
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (type(again), str(again), again.to("zh")) == (type(error), str(error), chinese)
        assert again.faults == error.faults
    assert [fault["what"] for fault in json.loads(json.dumps([fault.as_dict() for fault in error.faults]))] == [
        str(fault.what) for fault in error.faults
    ]
    return str(error)


def refused(case: Case, scenario: Any, **options: Any) -> str:
    """The one error of all faults that a sweep raises."""
    with pytest.raises(ScenarioError) as caught:
        sweep(case, scenario, **options)
    given = scenario.read_text(encoding="utf-8") if isinstance(scenario, Path) else repr(scenario)
    return said(caught.value, given, repr(options))


def in_north(case: Case, scenario: Any, name: str = "co2_total", **options: Any) -> list[float]:
    """Values of the first scenario, by year."""
    values = sweep(case, scenario, keep=[name], **options)[name].sel(entity="north").isel(scenario=0)
    return [float(value) for value in values]


def why(found: Any, name: str, entity: str) -> list[Reason]:
    return [Reason(int(code)) for code in np.atleast_1d(found[f"{name}_reason"].sel(entity=entity).values)]


# --- a good one, by hand ----------------------------------------------------------------------------------------------


def test_the_small_case_by_hand(valley, file):
    assert in_north(valley, file(""), years=[2022, 2023])[1] == pytest.approx(NORTH, rel=1e-12)
    by_year = [NORTH - 1210 * COAL * share / 1e4 for share in (0, 0.1 / 3, 0.2 / 3, 0.1)]
    assert in_north(valley, file(lever("scale", COALS))) == pytest.approx(by_year, rel=1e-12)


def test_one_year_only(valley, file):
    scenario = file(lever("scale", COALS), TOP.replace("2026", "2024"))
    assert in_north(valley, scenario) == pytest.approx([NORTH, NORTH - 121 * COAL / 1e4], rel=1e-12)


@pytest.mark.parametrize(("top", "last"), [(TOP, 2099), (RESOLVED, 2033)])
def test_many_projected_years(valley, file, top, last):
    found = in_north(valley, file(lever("scale", COALS), top.replace("2026", str(last))))
    power = 120 * (0.5 if top == RESOLVED else 0.6)
    assert len(found) == last - 2022
    assert found[-1] == pytest.approx((1210 * COAL * 0.9 + 108 + power) / 1e4, rel=1e-12)


@pytest.mark.parametrize("path", ["", 'path = "step"', 'path = "geometric"'])
def test_a_level_reached_in_the_first_year(valley, file, path):
    low = NORTH - 121 * COAL / 1e4
    found = in_north(valley, file(lever("scale", COALS, more=f"to = 2024\n{path}")))
    assert found == pytest.approx([NORTH, low, low, low], rel=1e-12)


def test_growth_of_nearly_minus_100_percent(valley, file):
    found = in_north(valley, file(lever("grow", COALS, "level = '-99.9 %'")))
    rest = NORTH - 1210 * COAL / 1e4
    assert found == pytest.approx([rest + 1210 * COAL / 1e4 * 0.001**n for n in range(4)], rel=1e-12)


def test_scaled_to_nothing_divides_by_nothing(valley, file):
    found = sweep(
        valley, file('[[levers]]\nname = "a"\nverb = "scale"\nlevel = 0\n'), keep=["co2_total", "co2_intensity"]
    )
    assert found["co2_total"].sel(entity="north", year=2026).item() == 0
    assert np.isnan(found["co2_intensity"].sel(entity="north", year=2026).item())
    assert why(found, "co2_intensity", "north") == [Reason.OK] * 3 + [Reason.UNDEFINED]


def test_huge_levels(valley, file):
    found = in_north(valley, file(lever("scale", COALS, "level = 1e300")))
    assert found[-1] == pytest.approx(1210 * COAL / 1e4 * 1e300, rel=1e-12)


@pytest.mark.parametrize("verb", ["scale", "grow"])
def test_levels_that_overflow_are_undefined(valley, file, verb):
    many = "".join(lever(verb, COALS, "level = 1e300", name) for name in "ab")
    found = sweep(valley, file(many), keep=["co2_total", "co2_scope1"])
    for name in ("co2_total", "co2_scope1"):
        assert np.isnan(found[name].sel(entity="north", year=2026).item())
        assert why(found, name, "north")[-1] is Reason.UNDEFINED


# --- one fault each: found, and no other with it -------------------------------------------------------------------------

NOTHING = "touches nothing in 2023"
ONE = {
    "nothing: flow": (lever("scale", COALS + ', flow = "feedstock"'), ["'a' " + NOTHING]),
    "nothing: quantity": (lever("scale", COALS + ', quantity = "so2"'), [NOTHING]),
    "nothing: component": (lever("scale", 'activity = "electricity"', more='component = "carbon"'), [NOTHING]),
    "nothing: places apart": (lever("scale", NORTHERN + ', enterprise = "works"'), [NOTHING]),
    "nothing: place without rows": (lever("scale", 'entity = "valley"'), [NOTHING]),
    "sector": (lever("scale", 'sector = "C32"'), ["no sector 'C32'"]),
    "move of more than all": (move(COALS, "level = '120 %'"), ["move of 1.2", ">= 0, <= 1"]),
    "share below 0": (move(COALS, "level = -0.1"), ["move of -0.1"]),
    "grow -100 %": (lever("grow", COALS, "level = '-100 %'"), ["grow of -1", "> -1"]),
    "entity": (lever("scale", 'entity = "mil"'), ["entity", "'mil'; nearest: 'mill'"]),
    "enterprise": (lever("scale", 'enterprise = "dyr"'), ["enterprise", "'dyr'; nearest: 'dyer'"]),
    "district": (lever("scale", 'district = "nroth"'), ["district", "'nroth'; nearest: 'north'"]),
    "city": (lever("scale", 'city = "vally"'), ["city", "'vally'; nearest: 'valley'"]),
    "activity": (lever("scale", 'activity = "raw_cool"'), ["activity", "'raw_cool'; nearest: 'raw_coal'"]),
    "flow": (lever("scale", 'flow = "combused"'), ["flow", "'combused'; nearest: 'combusted'"]),
    "quantity": (lever("scale", 'quantity = "co2"'), ["quantity", "'co2'; nearest: 'so2'"]),
    "key of select": (lever("scale", 'regon = "CN"'), ["'regon'", "district"]),
    "level of another level": (lever("scale", 'district = "mill"'), ["district", "'mill'"]),
    "named beyond 100 %": (
        axis("p")
        + axis("q")
        + "".join(f'[[scenarios]]\nname = "{n}"\np = {p}\nq = 0.5\n' for n, p in (("x", 0.5), ("y", 0.6)))
        + move(COALS, 'axis = "p"')
        + move(COALS, 'axis = "q"', "b"),
        ["'a', 'b'", "110.0%", "100 %"],
    ),
    "corner beyond 100 %": (
        axis("p", "levels = [0, 0.6]")
        + axis("q", "levels = ['0 %', '50 %']")
        + move(COALS, 'axis = "p"')
        + move(COALS + ', sector = "C31"', 'axis = "q"', "b"),
        ["'a', 'b'", "110.0%"],
    ),
    "drawn beyond 100 %": (
        axis("p", UNIFORM) + move(COALS, 'axis = "p"') + move(COALS, "level = 0.6", "b"),
        ["'a', 'b'", "110.0%"],
    ),
    "moves of one cell, one by label": (
        axis("p", 'each = ["entity"]\n' + UNIFORM) + move(COALS, 'axis = "p"') + move(COALS, "level = 0.1", "b"),
        ["'a', 'b'", "level for each label"],
    ),
    "move into water": (
        move(COALS, into='into = {activity = "industrial_water", flow = "used"}\nefficiency = [1, 1]'),
        ["'industrial_water' is no energy carrier", "fuel, electricity or heat"],
    ),
    "move into an unknown activity": (move(COALS, into=INTO.replace("electricity", "electrcity")), ["'electrcity'"]),
    "move into an unknown flow": (
        move(COALS, into=INTO.replace("purchased", "purchasd")),
        ["'purchasd'", "'purchased'"],
    ),
    "two rates": (
        rate('activity = "electricity"') + rate(NORTHERN + ', activity = "electricity"', name="s"),
        ["'r' and 's' both replace"],
    ),
    "rate per tonne of power": (rate('activity = "electricity"', '"0.4 t CO2/t"'), ["'r'", "'t CO2/t'", "GJ"]),
    "rate without a unit": (rate('activity = "electricity"', "0.4"), ["'r'", "unit '1'", "GJ"]),
    "rate of bare tons": (rate('activity = "electricity"', '"1 t CO2/ton"'), ["'ton' may be 1000 kg, 907 kg"]),
    "level in tonnes": (lever("scale", COALS, "level = '3 t'"), ["takes a ratio, not a level in 't' ([mass])"]),
    "panels in tonnes": (PV + add(NORTHERN, "level = '1 t'"), ["'panels'", "in 'MW', not in 't'"]),
    "event in tonnes": (axis("p", 'levels = ["1 t"]') + event("mill", factor='axis = "p"'), ["'mill'", "a ratio"]),
    "cost per tonne of power": (
        lever("scale", 'activity = "electricity"', more='cost = {amount = 3, unit = "CNY/t", source = "x"}'),
        ["'a'", "'CNY/t'", "'CNY/(GJ)'"],
    ),
    "cost in another year's prices": (
        lever("scale", 'activity = "electricity"', more='cost = {amount = 3, unit = "CNY_2020/MWh", source = "x"}'),
        ["'a'", "[currency_2020]"],
    ),
    "cost without money": (
        lever("scale", COALS, more='cost = {amount = 3, unit = "t", source = "x"}'),
        ["'a'", "counts no money"],
    ),
    "recipe: activity": (PV.replace("solar", "solr") + add(NORTHERN), ["recipes.pv", "nearest: 'solar_electricity'"]),
    "recipe: flow": (PV.replace("generated", "genrated") + add(NORTHERN), ["recipes.pv", "nearest: 'generated'"]),
    "recipe: unit": (PV.replace("GWh", "t") + add(NORTHERN), ["recipes.pv", "'t' is [mass]"]),
    "panels at an unknown place": (PV + add('district = "nrth"'), ["'panels' district", "nearest: 'north'"]),
    "event outside the years": (event("mill", 2034), ["'mill'", "2034 is outside 2024 to 2026"]),
    "event in the base year": (event("mill", 2023), ["'mill'", "2023 is outside 2024 to 2026"]),
    "event of an unknown entity": (
        event("mil"),
        ["[[events]]", "nearest: 'mill'"],
    ),
    "path that ends early": (
        lever("scale", COALS, more="path = {2024 = 0.5, 2025 = 1}"),
        ["path ends in 2025", "2026"],
    ),
    "numbers beyond the years": (lever("scale", COALS, "by_year = {2024 = 0.5, 2027 = 1}"), ["2027 is outside"]),
    "to the base year": (lever("scale", COALS, more="to = 2023"), ["to = 2023, outside 2024 to 2026"]),
    "share of the way beyond 1": (lever("scale", COALS, more="path = {2025 = 1.5, 2026 = 1}"), ["2025: 1.5"]),
    "NaN": (lever("scale", COALS, "level = nan"), ["level = nan", "finite"]),
    "infinity": (lever("scale", COALS, "level = inf"), ["level = inf", "finite"]),
    "true": (lever("scale", COALS, "level = true"), ["level = True", "a number"]),
    "sd 0": (
        axis("p", UNIFORM.replace("'uniform', low = 0.1, high = 0.5", "'normal', mean = 1, sd = 0")) + COAL_BY_AXIS,
        ["sd = 0", "above 0"],
    ),
    "gsd 1": (
        axis("p", UNIFORM.replace("'uniform', low = 0.1, high = 0.5", "'lognormal', median = 1, gsd = 1"))
        + COAL_BY_AXIS,
        ["gsd = 1", "above 1"],
    ),
    "draws below 0": (axis("p", UNIFORM.replace("low = 0.1", "low = -0.5")) + COAL_BY_AXIS, ["50 % of its draws"]),
    "no draws": (axis("p", UNIFORM.replace("n = 3", "n = 0")) + COAL_BY_AXIS, ["n = 0"]),
    "each of no label": (axis("p", 'each = ["entty"]\n' + UNIFORM) + COAL_BY_AXIS, ["'entty'; nearest: 'entity'"]),
    "hold": ('hold = ["pm2"]\n', ["hold: unknown name 'pm2'; nearest: 'pm25'"]),
    "indicator": ('indicators = ["co2_totl"]\n', ["indicators: unknown name 'co2_totl'; nearest: 'co2_total'"]),
    "reference": ('reference = "frozn"\n', ["'frozn'"]),
    "reference beyond": ("reference = 1\n", ["reference = 1", "there are 1 scenarios"]),
    "TOML key twice": ("reference = 0\nreference = 0\n", ["TOML"]),
}


@pytest.mark.parametrize(("text", "expected"), ONE.values(), ids=list(ONE))
def test_a_fault_is_found_and_no_other_with_it(valley, file, text, expected):
    found = refused(valley, file(text))
    assert found.startswith("plan.toml")  # one fault is told alone, with its file
    assert [part for part in expected if part not in found] == [], found


def test_a_rate_and_a_path_on_one_cell(valley, file):
    for one in (
        rate('activity = "electricity"'),
        lever("scale", 'activity = "electricity", quantity = "co2_scope2_location"', name="r"),
    ):
        assert "'r': the factor sets change this rate of co2_scope2_location" in refused(valley, file(one, RESOLVED))
    uncertain = lever("scale", 'quantity = "co2_scope2_location"', more='acts = "uncertainty"')
    grid = [0.6, 0.6, 0.5, 0.5]
    by_hand = [NORTH - 120 * (0.6 - 0.9 * now) / 1e4 for now in grid]
    assert in_north(valley, file(uncertain, RESOLVED)) == pytest.approx(by_hand, rel=1e-12)


def test_a_rate_that_changes_in_the_first_projected_year_and_a_path(other, file):
    case = other(rates=RATES.replace("2022,2024", "2022,2023").replace("average,2025", "average,2024"))
    assert "the factor sets change this rate" in refused(case, file(rate('activity = "electricity"'), RESOLVED))


def test_no_rate_in_a_projected_year(other, file):
    case = other(rates=RATES.replace("average,2025,,", "average,2025,2025,"))
    with pytest.raises(LedgerError) as caught:
        sweep(case, file("", RESOLVED))
    assert "'electricity' purchased x co2 per GJ in CN, 2026" in str(caught.value)
    assert in_north(case, file("")) == pytest.approx([NORTH] * 4, rel=1e-12)


# --- what goes through, and gives wrong numbers ----------------------------------------------------------------------


@pytest.mark.parametrize("select", ['activity = "industrial_water"', 'activity = "so2"', 'activity = "gdp"'])
def test_what_is_no_energy_cannot_be_moved(valley, file, select):
    assert "'a'" in refused(valley, file(move(select)))


def test_a_move_of_everything_leaves_what_is_no_energy(valley, file):
    found = sweep(valley, file(move(NORTHERN)), keep=["water_total", "gdp", "so2"])
    for name, base in (("water_total", 51_000 / 1e8), ("gdp", 1e8), ("so2", 41)):
        assert found[name].sel(entity="north").values[0] == pytest.approx([base] * 4)


def test_two_rates_that_meet_on_what_a_move_brings(valley, file):
    moved = move('entity = "dyer", activity = "raw_coal"')
    rates = [
        rate('activity = "electricity", district = "north"', '"1 t CO2/MWh"'),
        rate('entity = ["dyer", "works"]', '"0.1 t CO2/MWh"', "s"),
    ]
    assert "'r' and 's' both replace" in refused(valley, file(moved + "".join(rates)))


def test_a_rate_of_what_only_a_move_brings(valley, file):
    scenario = file(move('entity = "dyer", activity = "raw_coal"') + rate('entity = "dyer"', '"0 t CO2/MWh"'))
    assert in_north(valley, scenario)[-1] == pytest.approx(NORTH - 40 * COAL / 1e4, rel=1e-12)


def test_rates_of_different_quantities_of_one_place(valley, file):
    rates = rate('entity = ["dyer", "north"]', '"0 t CO2/MWh"') + rate(
        'entity = ["dyer", "mill"]', '"0 t CO2/MWh"', "s"
    )
    assert in_north(valley, file(rates))[-1] == pytest.approx(NORTH - 72 / 1e4, rel=1e-12)


def test_moves_that_are_never_large_together(valley, file):
    text = move(COALS, "level = 0.6\nto = 2025") + move(
        COALS + ', sector = "C31"', "by_year = {2024 = 0.6, 2025 = 0, 2026 = 0.4}", "b"
    )
    assert len(in_north(valley, file(text))) == 4


def test_moves_of_one_axis_add_up_to_all(valley, file):
    text = (
        axis("p", "levels = [0, 0.5]") + move(COALS, 'axis = "p"') + move(COALS + ', sector = "C31"', 'axis = "p"', "b")
    )
    found = sweep(valley, file(text), keep=["co2_scope1"])["co2_scope1"].sel(entity="north", year=2026)
    assert found.values == pytest.approx([1210 * COAL + 108, 105 * COAL + 108], rel=1e-12)  # half of 210 t is left


def test_what_an_addition_takes_may_be_more_than_there_is(valley, file):
    # a sign is the modeller's: 5000 t taken from 1210 t leave -3790 t, which the total shows
    text = recipe("raw_coal", "combusted", "-1 t", "t") + add(NORTHERN, "level = '5000 t'")
    assert in_north(valley, file(text))[-1] == pytest.approx(NORTH - 5000 * COAL / 1e4, rel=1e-12)


def test_no_negative_rate(valley, file):
    assert "'r'" in refused(valley, file(rate('activity = "electricity"', '"-0.4 t CO2/MWh"')))


def test_a_cost_of_a_rate_lever_is_no_cost_of_an_amount(valley, file):
    price = 'cost = {amount = 3, unit = "CNY/MWh", source = "x"}'
    one = lever("scale", 'activity = "electricity", quantity = "co2_scope2_location"', more=price)
    assert "cost" in refused(valley, file(one))


def test_a_recipe_that_no_lever_uses(valley, file):
    assert "recipes.pv" in refused(valley, file(PV))


def test_an_own_rate_is_named_as_the_cause(other, file):
    lines = FILES["activity.csv"].splitlines()
    lines = [lines[0] + ",own_carbon", *(line + (",28" if "raw_coal" in line else ",") for line in lines[1:])]
    case = other(activity="\n".join(lines) + "\n")
    one = lever("rate", COALS + ', quantity = "co2_scope1"', 'level = "1 t CO2/t"')
    owned = sweep(case, file(one.replace("select", "own = true\nselect")), keep=["co2_scope1"])["co2_scope1"]
    assert owned.sel(entity="north", year=2026).item() == pytest.approx(1210 + 108)
    assert "own = true" in refused(case, file(one))


# --- faults of what levers bring: told as faults of the scenario ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (move(COALS, into=INTO.replace("electricity", "natural_gas").replace("purchased", "used")), "'a'"),
        (move(COALS, into=INTO.replace("electricity", "diesel").replace("purchased", "combusted")), "'a'"),
        (move(COALS, into=INTO.replace("purchased", "sold")), "'a'"),
        (PV.replace("generated", "used") + add(NORTHERN), "'panels', [recipes.pv]"),
        (recipe("diesel", "combusted", "1 t") + add(NORTHERN), "'panels', [recipes.pv]"),
        (PV + add('entity = "valley"'), "'panels'"),
        (PV + add(NORTHERN, more='cost = {amount = 3, unit = "CNY/t", source = "x"}'), "'panels'"),
    ],
    ids=["flow counts nothing", "no rate", "sold", "recipe counts nothing", "recipe no rate", "city", "cost"],
)
def test_what_a_lever_brings_is_its_fault(valley, file, text, expected):
    found = refused(valley, file(text))
    assert expected in found
    assert "plan.toml row" not in found  # fails: "no rate" names rows 1, 2, 3, 4 of the scenario file


# --- entities that end -----------------------------------------------------------------------------------------------


def ending(name: str, month: str = "2024-12") -> str:
    return re.sub(rf"^({name},.*,),$", rf"\1,{month}", FILES["entities.csv"], flags=re.MULTILINE)


def test_an_entity_that_ends_needs_an_event(other, file):
    case, text = other(entities=ending("dyer")), lever("scale", 'activity = "electricity"')
    found = refused(case, file(text))
    assert "dyer ends before 2025" in found
    assert "[[events]] entity = 'dyer', year = 2025, factor = 0" in found
    closed = NORTH - (200 * COAL + 108) / 1e4
    assert in_north(case, file(event("dyer"))) == pytest.approx([NORTH, NORTH, closed, closed], rel=1e-12)


def test_an_entity_that_ends_with_rates_of_each_year(other, file):
    case = other(entities=ending("dyer"))
    closed = NORTH - (200 * COAL + 108 + 12) / 1e4  # 120 MWh at 0.5 from 2025 on
    assert in_north(case, file(event("dyer"), RESOLVED))[2:] == pytest.approx([closed, closed], rel=1e-12)


def test_a_district_that_ends_with_its_enterprise(other, file):
    table = ending("works").replace("南区,,", "南区,,2024-12")
    case = other(entities=table)
    assert len(in_north(case, file(event("works")))) == 4


@pytest.mark.parametrize("wrong", [event("dyer", 2026), event("dyer", 2025, "factor = 1.2")])
def test_an_event_that_does_not_end_what_ends(other, file, wrong):
    assert "dyer ends before 2025" in refused(other(entities=ending("dyer")), file(wrong))


def test_an_entity_that_changes_its_district(other, file):
    table = ending("dyer") + "dyer,enterprise,south,1713,,染厂,2025-01,\n"
    stays, goes = NORTH * 1e4 - 72, NORTH * 1e4 - 72 - (200 * COAL + 108)
    for top in (RESOLVED, TOP):
        try:
            found = in_north(other(entities=table), file("", top), "co2_scope1")
        except ScenarioError as error:  # to say so is an answer too
            assert "dyer" in said(error)
        else:
            assert found == pytest.approx([stays, stays, goes, goes], rel=1e-12)


# --- what the base year lacks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("top", [TOP, RESOLVED])
def test_eleven_months_stay_unknown(other, file, top):
    months = "".join(f"north,2023-{m:02d},raw_coal,combusted,1,t\n" for m in range(1, 12))
    case = other(activity=FILES["activity.csv"].replace("north,2023,raw_coal,combusted,10,t\n", months))
    brought = recipe("raw_coal", "combusted", "1 t", "t") + add(NORTHERN, "level = '5 t'") + lever("scale", COALS)
    found = sweep(case, file(brought, top))
    assert why(found, "co2_total", "north") == [Reason.MONTHS_MISSING] * 4
    assert np.isnan(found["co2_total"].sel(entity="north")).all()
    assert why(found, "water_total", "north") == [Reason.OK] * 4
    verdicts = (
        found["verdict"].sel(entity="north", target="T1"),
        found["verdict_reason"].sel(entity="north", target="T1"),
    )
    assert [set(part.values.ravel()) for part in verdicts] == [{0}, {int(Reason.MONTHS_MISSING)}]


@pytest.mark.parametrize("top", [TOP, RESOLVED])
@pytest.mark.parametrize("place", ['district = "south"', 'enterprise = "works"'])
def test_a_district_without_a_statement_stays_unknown(valley, file, top, place):
    brought = recipe("raw_coal", "combusted", "1 t", "t") + add(place, "level = '5 t'")
    found = sweep(valley, file(brought + move(COALS), top))
    assert why(found, "co2_total", "south") == [Reason.ENTERPRISES_ONLY] * 4
    assert np.isnan(found["co2_total"].sel(entity="south")).all()


def test_what_a_lever_brings_makes_no_total_of_unknown_rows(valley, file):
    """No rows are not zero: 6 t beside an amount that nobody states are no total of 6 t."""
    brought = recipe("so2", "discharged", "1 t", "t") + add('district = "south"', "level = '6 t'")
    found = sweep(valley, file(brought), keep=["so2"])
    assert why(found, "so2", "south") == [Reason.NO_ROWS] * 4
    assert np.isnan(found["so2"].sel(entity="south")).all()


def test_base_year_without_rows(valley, file):
    found = refused(valley, file("", TOP.replace("2023", "2024").replace("[2024", "[2025")))
    assert "base_year 2024, but the case has rows of 2022, 2023" in found


def test_a_held_state_without_a_base_value(valley, file):
    found = sweep(valley, file('hold = ["good_day_ratio", "pm25"]\n'), keep=["good_day_ratio", "pm25_mean"])
    assert why(found, "good_day_ratio", "north") == [Reason.NO_STATE] * 4
    assert why(found, "pm25_mean", "south")[0] is Reason.NO_STATE
    assert np.isnan(found["pm25_mean"].sel(entity="south")).all()
    assert found["pm25_mean"].sel(entity="north").values[0].tolist() == [50] * 4


# --- what is asked for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"keep": ["co2_totl"]}, "keep: unknown 'co2_totl'; nearest: 'co2_total'"),
        ({"keep": ["cost"]}, "keep: unknown 'cost'"),
        ({"keep": ["energy_total_coal_rate"]}, "energy_total_coal_rate needs energy_coal_rate"),
        ({"years": [2024, 2030]}, "years=[2030]; accepted: a list of years from 2022 to 2026"),
        ({"years": ["2024"]}, "years=['2024']"),
        ({"by": "distict"}, "by = 'distict'"),
        ({"reduce": ["means"]}, "reduce=['means']; accepted: mean, quantiles"),
        ({"reduce": ["difference"]}, "needs a reference"),
        ({"reduce": ["quantiles"], "quantiles": [0.5, 1.5]}, "1.5"),
        ({"keep": ["co2_totl", "watr_total"]}, "'watr_total'"),
        ({"keep": "co2_totl"}, "keep: unknown 'co2_totl'; nearest: 'co2_total'"),
        ({"years": 2024}, "2024"),
        ({"reduce": ["quantiles"], "quantiles": 0.5}, "0.5"),
        ({"reduce": ["mean"], "blocks": -3}, "blocks"),
        ({"blocks": -3}, "blocks"),
        ({"blocks": 1.5}, "blocks"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_is_asked_for_wrongly(valley, file, options, expected):
    assert expected in refused(valley, file(lever("scale", COALS)), **options)


def test_one_name_needs_no_list(valley, file):
    scenario = file(lever("scale", COALS))
    for one, listed in (({"keep": "co2_total"}, {"keep": ["co2_total"]}), ({"reduce": "mean"}, {"reduce": ["mean"]})):
        assert sweep(valley, scenario, **one).identical(sweep(valley, scenario, **listed))


def test_quantiles_are_looked_at_before_the_work(valley, file, monkeypatch):
    def evaluate(*_: Any, **__: Any) -> None:
        raise AssertionError("scenarios are computed")

    monkeypatch.setattr("carbonledger.sweeping.sweeps.evaluate", evaluate)
    with pytest.raises(LedgerError):
        sweep(valley, file(""), reduce=["quantiles"], quantiles=[2])


@pytest.mark.parametrize("index", [3, -1, 10**12])
def test_a_scenario_that_is_not_there(valley, file, index):
    prepared = prepare(valley, file(axis("p", "levels = [0.1, 0.2, 0.3]") + COAL_BY_AXIS))
    assert replay(prepared, index=2)["axis_p"].values.tolist() == [0.3]
    with pytest.raises(ScenarioError, match=f"index={index}; there are 3 scenarios, numbered from 0") as caught:
        replay(prepared, index=index)
    said(caught.value)


def test_replay_takes_no_reduction(valley, file):
    with pytest.raises(TypeError, match="reduce"):
        replay(valley, file(""), index=0, reduce=["mean"])  # type: ignore[call-arg]


def test_a_prepared_sweep_takes_no_other_scenario_and_level(valley, file):
    prepared = prepare(valley, file(lever("scale", COALS)))
    for given, options in (([file("")], {}), ([], {"by": "city"})):
        with pytest.raises(ScenarioError):
            sweep(prepared, *given, **options)
        with pytest.raises(ScenarioError):
            replay(prepared, *given, index=0, **options)


@pytest.mark.parametrize("scenario", [None, 3])
def test_no_scenario(valley, scenario):
    assert "scenario" in refused(valley, scenario)


def test_a_scenario_for_another_case(valley):
    found = refused(
        valley,
        {
            "base_year": 2025,
            "years": [2026, 2027],
            "rates": "hold",
            "levers": [
                {"name": "x", "verb": "scale", "level": 0.9, "select": {"district": "weicheng"}},
                {"name": "y", "verb": "scale", "level": 0.9, "select": {"enterprise": "weicheng-017"}},
            ],
        },
    )
    for part in ("base_year 2025", "'weicheng'", "'weicheng-017'"):
        assert part in found


def test_no_such_file(valley, tmp_path):
    with pytest.raises(ScenarioError, match="no such file"):
        sweep(valley, tmp_path / "none.toml")


# --- beyond the machine ----------------------------------------------------------------------------------------------

THOUSAND = axis("p", f"levels = {[i / 1000 for i in range(1000)]}") + COAL_BY_AXIS


def test_a_cube_beyond_the_memory(valley, file, monkeypatch):
    monkeypatch.setattr("carbonledger.sweeping.machine._free", lambda: 1 << 20)
    found = refused(valley, file(THOUSAND))
    for part in ("1,000 scenarios x 2 entities x 4 years x 6 names", "GiB", "reduce=["):
        assert part in found
    reduced = sweep(valley, file(THOUSAND), keep=["co2_total"], reduce=["mean"])
    mean = (1210 * COAL * 0.4995 + 180) / 1e4  # of 0, 0.001 ... 0.999
    assert reduced["co2_total_mean"].sel(entity="north", year=2026).item() == pytest.approx(mean)
    assert len(sweep(valley, file(THOUSAND), keep=["co2_total"], years=[2026], blocks=1000).year) == 1


def test_a_scenario_beyond_the_memory(valley, file, monkeypatch):
    monkeypatch.setattr("carbonledger.sweeping.machine._free", lambda: 1 << 10)
    assert "one scenario needs" in refused(valley, file(""), reduce=["mean"])


GRID = "".join(
    axis(f"q{i}", f"levels = {[j / 100 for j in range(100)]}") + lever("scale", COALS, f'axis = "q{i}"', f"l{i}")
    for i in range(6)
)


@pytest.mark.parametrize(
    ("text", "n"),
    [(GRID, "1,000,000,000,000"), (axis("p", UNIFORM.replace("3", "1" + "0" * 30)) + COAL_BY_AXIS, "1" + ",000" * 10)],
    ids=["grid", "draws"],
)
def test_more_scenarios_than_anyone_waits_for(valley, file, text, n):
    for options in ({}, {"reduce": ["mean"]}):
        found = refused(valley, file(text), **options)
        assert n in found
        assert "fewer levels" in found


# --- all at once, before any work -------------------------------------------------------------------------------------

MANY = {
    "'a' touches nothing": lever("scale", COALS + ', flow = "feedstock"'),
    "'b' entity: unknown name 'mil'": lever("scale", 'entity = "mil"', name="b"),
    "'c', 'd' together take up to 180.0%": move(COALS, "level = 0.9", "c") + move(COALS, "level = 0.9", "d"),
    "'e': 'industrial_water' is no energy carrier": move(
        'activity = "natural_gas"',
        "level = 0.1",
        "e",
        'into = {activity = "industrial_water", flow = "used"}\nefficiency = [1, 1]',
    ),
    "'f': unit 't CO2/t'": rate('activity = "electricity"', '"0.4 t CO2/t"', "f"),
    "'mil 2025' entity": event("mil"),
    "recipes.pv": PV.replace("solar", "solr") + add(NORTHERN),
}


def test_all_faults_arrive_together(valley, file):
    found = refused(valley, file("".join(one for key, one in MANY.items() if key != "recipes.pv")))
    assert [part for part in MANY if part not in found and part != "recipes.pv"] == []


def test_wrong_names_do_not_hide_faults_of_levers(valley, file):
    text = 'hold = ["pm2"]\nindicators = ["co2_totl", "co2_total"]\n' + "".join(MANY.values())
    found = refused(valley, file(text))
    assert [part for part in ("'pm2'", "'co2_totl'", *MANY) if part not in found] == []


def test_targets_of_a_scenario_are_read_with_the_rest(valley, file, tmp_path):
    wrong = FILES["targets.csv"].replace("at_most", "at_mst")
    (tmp_path / "more.csv").write_text(wrong, encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        sweep(valley, file('targets = "more.csv"\n' + lever("scale", 'entity = "mil"')))
    assert "'mil'" in str(caught.value)
    assert "'at_mst'" in str(caught.value)


@pytest.mark.parametrize("wrong", [("T1,", "T1,"), (",north,", ",nrth,")], ids=["id given twice", "unknown entity"])
def test_targets_of_a_scenario_are_checked_like_those_of_a_case(valley, file, tmp_path, wrong):
    text = FILES["targets.csv"].replace("T1,", wrong[1] if wrong[0] == "T1," else "X1,").replace(*wrong)
    (tmp_path / "more.csv").write_text(text, encoding="utf-8")
    with pytest.raises(LedgerError):
        sweep(valley, file('targets = "more.csv"\n'))


def test_nothing_is_posted_for_faults_of_the_scenario_itself(valley, file, monkeypatch):
    def post(*_: Any, **__: Any) -> None:
        raise AssertionError("rows are posted")

    monkeypatch.setattr("carbonledger.levers.preparing.post", post)
    text = lever("scale", COALS, "level = nan") + lever("scael", COALS, name="b") + event("mill", 2034)
    for part in ("level = nan", "'scael'; nearest: 'scale'", "2034 is outside"):
        assert part in refused(valley, file(text))
    assert "by = 'distict'" in refused(valley, file(""), by="distict")
    assert "base_year 2021" in refused(valley, file("", TOP.replace("2023", "2021").replace("[2024", "[2022")))
    with pytest.raises(AssertionError, match="posted"):
        sweep(valley, file(""))


def test_a_grid_too_large_is_seen_before_posting(valley, file, monkeypatch):
    def post(*_: Any, **__: Any) -> None:
        raise AssertionError("rows are posted")

    monkeypatch.setattr("carbonledger.levers.preparing.post", post)
    assert "1,000,000,000,000" in refused(valley, file(GRID))


# --- tables of named scenarios ------------------------------------------------------------------------------------------

CHINESE = '[[axes]]\nname = "煤炭"\nunit = "%"\n' + lever("scale", COALS, 'axis = "煤炭"', "减煤")
TABLE = "scenario,scenario_zh,煤炭\n基准,基准情景,100 %\n加速,加速情景,50 %\n"


@pytest.mark.parametrize(
    "raw",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.replace("\n", "\r\n").encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        TABLE.encode("utf-16"),
        TABLE.replace("50 %", "５０％").encode(),
        TABLE.replace("50 %", "0.5").replace("100 %", "1").replace("0.5", "50").replace(",1\n", ",100\n").encode(),
        TABLE.replace("50 %", '" 50 % "').encode(),
    ],
    ids=["utf-8", "bom", "crlf and bom", "gb18030", "utf-16", "full width", "bare numbers", "quoted"],
)
def test_tables_as_offices_save_them(valley, file, tmp_path, raw):
    (tmp_path / "情景.csv").write_bytes(raw)
    found = sweep(valley, file('scenarios = "情景.csv"\n' + CHINESE), keep=["co2_total"])
    assert found["name"].values.tolist() == ["基准", "加速"]
    assert found["axis_煤炭"].values.tolist() == [100, 50]
    by_hand = [NORTH, NORTH - 605 * COAL / 1e4]
    assert found["co2_total"].sel(entity="north", year=2026).values == pytest.approx(by_hand, rel=1e-12)


def workbook(path: Path, rows: list[list[Any]], formats: dict[str, str] | None = None) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, form in (formats or {}).items():
        book.active[cell].number_format = form
    book.save(path)


def test_a_workbook_of_scenarios(valley, file, tmp_path):
    workbook(tmp_path / "plans.xlsx", [["scenario", "煤炭"], ["基准", "100 %"], [2030, "50 %"]])
    found = sweep(valley, file('scenarios = "plans.xlsx"\n' + CHINESE), keep=["co2_total"])
    assert found["name"].values.tolist() == ["基准", "2030"]
    assert found["axis_煤炭"].values.tolist() == [100, 50]


def test_a_percentage_of_a_workbook(valley, file, tmp_path):
    # a cell that shows 50 % holds 0.5, which is no 0.5 %
    workbook(tmp_path / "plans.xlsx", [["scenario", "煤炭"], ["基准", "50 %"], ["加速", 0.5]], {"B3": "0%"})
    scenario = file('scenarios = "plans.xlsx"\n' + CHINESE)
    try:
        levels = sweep(valley, scenario, keep=["co2_total"])["axis_煤炭"].values.tolist()
    except ScenarioError:
        return  # asking for a unit is an answer too
    assert levels == [50, 50]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("scenario,p\nx,0.9\nx,0.5\n", ["row 3", "'x' is given twice"]),
        ("scenario,p,p\nx,0.9,0.8\n", ["two columns are named 'p'"]),
        ("scenario,p\nx,0.9\ny,—\n", ["row 3", "column p", "no level"]),
        ("scenario,p\nx,0.9\ny,inf\n", ["row 3", "'inf' is no amount"]),
        ("scenario,p\nx,0.9\ny,3 t\n", ["'t'", "has no unit"]),
        ('scenario,p\nx,"\'0.9"\n', ["row 2", '"\'0.9" is no amount']),
        ("scenario,p,q\nx,0.9,1\n", ["row 2", "unknown axis 'q'"]),
        ("scenario,p\n,0.9\n", ["row 2", "no name"]),
        ("scenario,p\nx,-0.5\n", ["'x'", "scale of -0.5"]),
        ("", ["empty"]),
        ("scenario,p\n", ["no rows"]),
    ],
    ids=["name", "column", "level", "inf", "unit", "apostrophe", "axis", "blank", "negative", "empty", "head"],
)
def test_faults_of_tables(valley, file, tmp_path, table, expected):
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    found = refused(valley, file('scenarios = "t.csv"\n' + axis("p") + COAL_BY_AXIS))
    assert "t.csv" in found or "'x'" in found
    assert [part for part in expected if part not in found] == [], found


def test_chinese_heads_of_a_table(valley, file, tmp_path):
    (tmp_path / "t.csv").write_text("情景,p\nx,0.9\n", encoding="utf-8")
    found = sweep(valley, file('scenarios = "t.csv"\n' + axis("p") + COAL_BY_AXIS), keep=["co2_total"])
    assert found["name"].values.tolist() == ["x"]


def test_chinese_entities_and_activities(other, file):
    chinese = {
        key: FILES[f"{key}.csv"].replace("mill", "钢厂").replace("north", "北区") for key in ("activity", "entities")
    }
    states, targets = (FILES[f"{key}.csv"].replace("north", "北区") for key in ("states", "targets"))
    case = other(**chinese, states=states, targets=targets)
    text = lever("scale", 'activity = "原煤", flow = "燃烧", enterprise = "钢厂"', name="减煤")
    found = sweep(case, file(text), keep=["co2_total"])["co2_total"].sel(entity="北区").values[0]
    assert found[[0, -1]] == pytest.approx([NORTH, NORTH - 100 * COAL / 1e4], rel=1e-12)
    assert "'钢场'; nearest: '钢厂'" in refused(case, file(text.replace("钢厂", "钢场")))


# --- scenarios in Python ------------------------------------------------------------------------------------------------

HERE = Scenario("here", 2023, (2024, 2025, 2026), (Lever("a", "scale", {"activity": ("raw_coal",)}, level=0.9),))


def test_python_objects_give_the_same(valley, file):
    assert in_north(valley, HERE) == in_north(valley, file(lever("scale", COALS)))


@pytest.mark.parametrize("years", [[2024, 2025, 2026], range(2024, 2027)])
def test_years_in_a_list(valley, years):
    assert in_north(valley, replace(HERE, years=years)) == in_north(valley, HERE)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HERE, levers=(Lever("a", "scale", level="90 %"),)),  # type: ignore[arg-type]
        replace(HERE, levers=(Lever("a", "scale", by_year=[0.9]),)),  # type: ignore[arg-type]
        replace(HERE, axes=(Axis("p"),), levers=(Lever("a", "scale", axis="p"),), named=(("x", {"p": 0.5}),)),  # type: ignore[arg-type]
    ],
    ids=["level", "by_year", "named"],
)
def test_objects_of_another_form(valley, wrong):
    assert "'a'" in refused(valley, wrong) or "'x'" in refused(valley, wrong)


def test_a_drawn_share_without_an_upper_end(valley, file):
    """Normal 10 % with sd 1 %: five sigma are 15 %, far from all of the cell, though a normal has no end."""
    text = axis("x", "distribution = {kind = 'normal', mean = 0.1, sd = 0.01}") + "[sampling]\nn = 8\nseed = 1\n"
    found = sweep(valley, file(text + move(COALS, 'axis = "x"')))
    assert found.sizes["scenario"] == 8
    with pytest.raises(ScenarioError, match="together take up to"):
        prepare(valley, file(text + move(COALS, 'axis = "x"') + move(COALS, "level = 0.9", name="b")))
