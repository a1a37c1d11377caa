"""The sweep against plain loops: what levers do to rows, and what must hold whatever they are."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from examples import assessed
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_reference import (
    CASE,
    ENTITIES,
    QUANTITIES,
    Row,
    World,
    activity_lines,
    counts,
    district_rows,
    inventory,
    label,
    number,
    write_district,
)

from carbonledger import open_case
from carbonledger.case import assess
from carbonledger.errors import LedgerError, ScenarioError
from carbonledger.kernels import wide
from carbonledger.levers import checking
from carbonledger.reasons import Reason
from carbonledger.sweeping import machine, prepare, replay, sweep
from carbonledger.tables import read_activity

BASE: dict[str, Any] = {"base_year": 2025, "years": [2026, 2028], "rates": "hold", "hold": ["pm25"]}
COAL = {"activity": "raw_coal", "flow": "combusted"}
POWER = {"activity": "electricity", "flow": "purchased"}
KEEP = [*QUANTITIES]
CHINA, SHANDONG, WEICHENG = "china-2020-2023", "shandong-2014", "weicheng-2025"


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    """The case, and its entries by the reference."""
    rows, totals = district_rows()
    folder = write_district(tmp_path_factory.mktemp("sweep") / "district", rows, totals)
    return open_case(folder), inventory(rows, totals)


def scenario(*levers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A scenario of levers, which are named by their number."""
    named = [{"name": f"lever {i}"} | lever for i, lever in enumerate(levers)]
    recipes = {"recipes": PV} if any(lever.get("recipe") == "pv" for lever in levers) else {}
    return BASE | {"levers": named} | recipes | more


def move(share: Any = "30 %", **more: Any) -> dict[str, Any]:
    made = {"verb": "move", "select": COAL, "into": POWER, "efficiency": [0.8, 0.95], "level": share}
    return {k: v for k, v in (made | more).items() if v is not None}


def scale(level: Any, **select: Any) -> dict[str, Any]:
    return {"verb": "scale", "level": level, "select": select}


def grow(level: Any, **select: Any) -> dict[str, Any]:
    return {"verb": "grow", "level": level, "select": select}


def varied(axis: str, lever: dict[str, Any]) -> dict[str, Any]:
    """A lever whose level an axis gives."""
    return {k: v for k, v in lever.items() if k != "level"} | {"axis": axis}


def levels_of(found: Any, prepared: Any, scenario: dict[str, Any], rows: list[Row]) -> list[dict[str, Any]]:
    """The level of every axis by scenario, from the coordinates; one by label from the draws, in order of the labels."""
    made: list[dict[str, Any]] = [{} for _ in found["scenario"].values]
    start = int(found["scenario"].values[0])
    for axis in scenario.get("axes", []):
        if axis.get("each"):
            labels = World(rows, scenario, {}).labels(axis)
            drawn = prepared.draws.block(start, start + len(made))[axis["name"]]
            assert drawn.shape == (len(made), len(labels))
            for levels, line in zip(made, drawn, strict=True):
                levels[axis["name"]] = dict(zip(sorted(labels), line.tolist(), strict=True))
        else:
            for levels, level in zip(made, found[f"axis_{axis['name']}"].values.tolist(), strict=True):
                levels[axis["name"]] = level
    return made


def is_known(world: World, quantity: str, year: int, group: str, by: str) -> bool:
    """Whether a total is told: rows that count in the inventory, and for a district a row of its own."""
    rows = [row for row in world.rows if row.year == min(year, world.base)]
    mine = [r for r in rows if (r.entity if by == "entity" else r.district) == group and counts(r, quantity)]
    return bool(mine) and (by == "entity" or any(r.entity == group and r.entry != "elimination" for r in mine))


def check(district, scenario, *, by="district", years=(2025, 2026, 2027, 2028), prepared=None):
    """The cube against the loops: every scenario, year, group and quantity, and costs where there are any."""
    case, rows = district
    prepared = prepared or prepare(case, scenario, by=by)
    costs = ["cost"] if any("cost" in lever for lever in scenario["levers"]) else []
    found = sweep(prepared, keep=[*KEEP, *costs], years=list(years))
    places, cube = found["entity"].values.tolist(), {name: found[name].values for name in [*KEEP, *costs]}
    for i, levels in enumerate(levels_of(found, prepared, scenario, rows)):
        world = World(rows, scenario, levels)
        for (y, year), quantity in itertools.product(enumerate(years), KEEP):
            totals = world.total(quantity, year, by)
            for e, place in enumerate(places):
                value, (total, size) = float(cube[quantity][i, e, y]), totals.get(place, (math.nan, 0.0))
                if not is_known(world, quantity, year, place, by):
                    assert math.isnan(value), (quantity, year, place, i)
                else:
                    assert value == pytest.approx(total, rel=0, abs=1e-12 * size), (quantity, year, place, i)
        for y, year in enumerate(years) if costs else ():
            told = world.cost(year, by) if year > world.base else {}
            for e, place in enumerate(places):
                value = float(cube["cost"][i, e, y])
                assert value == pytest.approx(told.get(place, 0.0), rel=1e-12, abs=1e-6), (year, place, i)
    return found


# --- the inventory is the sweep without levers ---------------------------------------------------------------------


def same_as_inventory(case, base_year, found, assessed):
    """Quantities, indicators, reasons and verdicts of a sweep without levers, in history and after it."""
    base = assessed.totals.sel(year=base_year)
    for name in assessed.indicators.data_vars:
        if name.endswith("_reason"):
            continue
        indicator = case.catalog.indicators[name]
        for year in found["year"].values:
            of = assessed.indicators[name].sel(year=min(year, base_year))
            why = assessed.indicators[f"{name}_reason"].sel(year=min(year, base_year))
            sources = {indicator.source_of(a)[0] for a in indicator.arguments}
            value = found[name].isel(scenario=0).sel(year=year)
            told = found[f"{name}_reason"].sel(year=year)
            for entity in of["entity"].values.tolist():
                if year <= base_year or not (sources & set(case.catalog.states) or indicator.baseline == "previous"):
                    assert int(told.sel(entity=entity)) == int(why.sel(entity=entity)), (name, year)
                    np.testing.assert_allclose(value.sel(entity=entity), of.sel(entity=entity), rtol=1e-12)
    for quantity in [q for q in case.quantities if q in found]:
        for year in found["year"].values[found["year"].values >= base_year]:
            value = found[quantity].isel(scenario=0).sel(year=year, entity=base["entity"])
            np.testing.assert_allclose(value, base[quantity], rtol=1e-12, err_msg=f"{quantity} {year}")


def test_without_levers_the_sweep_is_the_inventory(district):
    case, _ = district
    keep = [*case.about["indicators"], *case.quantities]
    found = sweep(case, BASE, keep=keep, years=[2024, 2025, 2026, 2028])
    same_as_inventory(case, 2025, found, assess(case))


def test_levers_at_no_effect_leave_the_inventory(district):
    case, _ = district
    levers = [
        scale(1, sector="C"),
        grow("0 %"),
        move("0 %"),
        {"verb": "add", "level": "0 MW", "recipe": "pv", "select": {"district": "west"}},
        {
            "verb": "rate",
            "level": "0.60 t CO2/MWh",
            "select": {"activity": "electricity", "quantity": "co2_scope2_location"},
        },
        {"verb": "scale", "level": 1, "component": "carbon", "acts": "uncertainty"},
    ]
    keep = [*case.about["indicators"], *case.quantities]
    found = sweep(case, scenario(*levers), keep=keep, years=[2024, 2025, 2026, 2028])
    same_as_inventory(case, 2025, found, assess(case))


@pytest.mark.parametrize(("name", "base_year"), [(CHINA, 2023), (SHANDONG, 2014)])
def test_shipped_inventories(name, base_year):
    done = assessed(name)
    keep = [*done.case.about["indicators"], *done.case.quantities]
    about = {"base_year": base_year, "years": [base_year + 1, base_year + 2], "rates": "hold"}
    history = [year for year in done.totals["year"].values.tolist() if year <= base_year]
    found = sweep(done.case, about, keep=keep, years=[*history, base_year + 2])
    same_as_inventory(done.case, base_year, found, done)


def test_weicheng_inventory():
    case = open_case(WEICHENG)
    done = assess(case)
    keep = [*case.about["indicators"], *case.quantities]
    prepared = prepare(case, BASE | {"hold": []})
    found = sweep(prepared, keep=keep, years=[2020, 2024, 2025, 2028])
    same_as_inventory(case, 2025, found, done)
    verdicts = {judged.target.id: judged for judged in done.verdicts}
    both = [target for target in found["target"].values.tolist() if target in verdicts]
    assert len(both) > 10
    for target in both:
        judged = verdicts[target]
        if judged.year in {2024, 2025}:
            entity = judged.group.get("entity", "weicheng")
            told = found["verdict"].isel(scenario=0).sel(target=target, entity=entity, year=judged.year)
            assert int(told) == int(judged.verdict), target


def test_verdicts_are_those_of_the_judge(district):
    """Judged in every year as if due then: T1 1.25 Mt x 0.01, T2 falling, T3, T4 cumulative, T5 a fall, T6 all places."""
    case, _ = district
    found = sweep(case, scenario(grow("-10 %")), years=[2024, 2025, 2026, 2027, 2028])
    assert found["target"].values.tolist() == ["T1", "T2", "T3", "T4", "T5", "T6"]
    assert json.loads(found.attrs["targets_not_judged"]) == ["T7"]
    total, direct = (found[name].isel(scenario=0).sel(entity="east") for name in ("co2_total", "co2_direct"))
    energy = found["energy_total"].isel(scenario=0).sel(entity="west") * 1e4  # tce
    verdict = found["verdict"].isel(scenario=0)
    years = found["year"].values.tolist()
    for y, year in enumerate(years):
        told = {t: int(verdict.sel(target=t, entity=e, year=year)) for t, e in WHERE.items()}
        assert told["T1"] == (1 if float(total[y]) <= 1.25 else 2)
        falls = all(float(b) < float(a) for a, b in itertools.pairwise(total.values[: y + 1].tolist()))
        assert told["T2"] == (0 if year == 2024 else 1 if falls else 2)
        assert told["T3"] == (1 if float(energy[y]) <= 1200 else 2)
        summed = float(direct.values[1 : y + 1].sum())
        assert told["T4"] == (0 if year < 2025 else 1 if summed <= 4 else 2)
        assert told["T5"] == (1 if float(total[1] - total[y]) >= 0.1 else 2)
        for place in ("east", "west"):
            base = float(found["co2_direct"].isel(scenario=0).sel(entity=place, year=2024))
            drop = 100 * (1 - float(found["co2_direct"].isel(scenario=0).sel(entity=place, year=year)) / base)
            assert int(verdict.sel(target="T6", entity=place, year=year)) == (1 if drop >= 5 else 2)
    assert int(verdict.sel(target="T1", entity="west", year=2026)) == 0
    why = found["verdict_reason"].isel(scenario=0).sel(target="T1", entity="west", year=2026)
    assert Reason(int(why)) is Reason.OTHER_ENTITY
    margin = found["margin"].isel(scenario=0).sel(target="T1", entity="east", year=2028)
    assert float(margin) == pytest.approx(1.25 - float(total.sel(year=2028)))


WHERE = {"T1": "east", "T2": "east", "T3": "west", "T4": "east", "T5": "east"}

# --- every verb, path and selector against the loops ---------------------------------------------------------------

PV = {
    "pv": {
        "unit": "MW",
        "source": "made up",
        "rows": [
            {"activity": "solar_electricity", "flow": "generated", "amount": "1.1 GWh"},
            {"activity": "electricity", "flow": "purchased", "amount": "-1.1 GWh"},
        ],
    }
}
UNIFORM = {"kind": "uniform", "low": 0.8, "high": 1.3}
GRID = {"activity": "electricity", "quantity": "co2_scope2_location"}
ADD = {"verb": "add", "level": "2 MW", "recipe": "pv", "select": {"district": "west"}}
SURE = {"acts": "uncertainty"}

ONE_LEVER = {
    "scale": scale("80 %", sector="C"),
    "scale to 2027": scale(1.5, entity="mill") | {"to": 2027},
    "scale geometric": scale(0.5, activity="raw_coal") | {"path": "geometric"},
    "scale step": scale(0.5, flow="combusted") | {"path": "step", "to": 2027},
    "scale table": scale(0.5, district="east") | {"path": {"2026": 0.1, "2028": "80 %"}},
    "scale by year": {
        "verb": "scale",
        "by_year": {"2027": 0.9, "2028": 2},
        "select": {"enterprise": ["mill", "plant"]},
    },
    "scale to nothing": scale(0, sector="C31"),
    "scale a quantity": scale(0.7, quantity="so2"),
    "scale a quantity of industry": scale(0.7, quantity=["energy", "co2_scope1"], sector="industry"),
    "scale inner trade": scale(0.5, activity="electricity", entity="mill"),
    "scale inner trade, both": scale(0.5, activity="electricity", entity=["mill", "chp"]),
    "scale inner heat": scale(0.5, activity="heat", entity="chp"),
    "scale contracts": scale(0.5, activity="green_electricity"),
    "scale households": scale(0.5, sector="households"),
    "grow": grow("5 %"),
    "grow a sector": grow("-3 %", sector="industry"),
    "grow to": grow("5 %", activity="gdp") | {"to": 2026},
    "grow by year": {"verb": "grow", "by_year": {"2027": "5 %", "2028": "-2 %"}, "select": {"sector": "C"}},
    "grow a quantity": grow("5 %", quantity="nox"),
    "component": {"verb": "scale", "level": 0.9, "component": "carbon", "select": {"activity": "raw_coal"}},
    "heating value": {"verb": "scale", "level": 0.9, "component": "ncv"},
    "oxidation": {"verb": "scale", "level": 0.9, "component": "oxidation", **SURE},
    "uncertain activity": scale(1.1, activity="raw_coal") | SURE,
    "move": move(),
    "move to fuel": move(into={"activity": "peat", "flow": "combusted"}, efficiency=["60 %", "90 %"], to=2027),
    "move step": move(path="step", to=2027),
    "move by year": move(None, by_year={"2026": "10 %", "2028": "35 %"}),
    "move everything": move("100 %", select={"activity": "raw_coal", "flow": ["combusted", "fired", "feedstock"]}),
    "move inner heat": move(select={"activity": "heat", "flow": "purchased"}, into=COAL, efficiency=[1, 0.8]),
    "move inner power": move(select=POWER, into={"activity": "diesel", "flow": "combusted"}, efficiency=[3, 1]),
    "move industry": move(select={"sector": "industry", "activity": "diesel"}),
    "move where nothing was": move(select={"activity": "coke", "entity": "plant"}, into=COAL),
    "add": ADD,
    "add to a plant": ADD | {"select": {"entity": "mill"}, "level": "0.001 GW", "path": "step", "to": 2027},
    "add to a sector's plant": ADD | {"select": {"enterprise": "works"}},
    "rate": {"verb": "rate", "level": "0.3 t CO2/MWh", "select": GRID},
    "rate in other units": {
        "verb": "rate",
        "level": "300 g CO2/kWh",
        "select": GRID | {"district": "east"},
        "to": 2027,
    },
    "rate by year": {"verb": "rate", "by_year": {"2027": "0.3 t CO2/MWh", "2028": "0.2 t CO2/MWh"}, "select": GRID},
    "rate of a fuel": {"verb": "rate", "level": "2 t CO2/t", "select": COAL | {"quantity": "co2_scope1"}},
    "rate of own too": {"verb": "rate", "level": "2 t CO2/t", "select": COAL | {"quantity": "co2_scope1"}, "own": True},
}


@pytest.mark.parametrize("lever", ONE_LEVER.values(), ids=ONE_LEVER)
def test_one_lever(district, lever):
    check(district, scenario(lever), by="entity")


MANY = {
    "everything": scenario(
        varied("growth", grow(None, sector="industry")),
        varied("shift", move(None, cost={"amount": 200, "unit": "CNY/t", "source": "made up"})),
        move("20 %", into={"activity": "peat", "flow": "combusted"}, select=COAL | {"district": "east"}),
        varied("sun", ADD | {"cost": {"amount": 3e6, "unit": "CNY/MW", "source": "made up"}}),
        {"verb": "rate", "by_year": {"2028": "0.2 t CO2/MWh"}, "select": GRID},
        scale(0.9, quantity="co2_scope2_location", activity="electricity"),
        {"verb": "scale", "axis": "carbon", "component": "carbon", **SURE},
        {
            "verb": "scale",
            "axis": "meter",
            "select": {"activity": ["raw_coal", "diesel"], "sector": "industry"},
            **SURE,
        },
        axes=[
            {"name": "growth", "unit": "%"},
            {"name": "shift", "unit": "%"},
            {"name": "sun", "unit": "MW", "levels": [0, "1 MW"]},
            {"name": "carbon", "distribution": {"kind": "normal", "mean": 1, "sd": 0.05, "truncate": [0.8, 1.2]}},
            {"name": "meter", "each": ["entity", "activity"], "distribution": UNIFORM},
        ],
        scenarios=[
            {"name": "frozen", "growth": "0 %", "shift": "0 %"},
            {"name": "fast", "growth": "4 %", "shift": "50 %"},
        ],
        sampling={"n": 3, "seed": 1},
        events=[{"entity": "plant", "year": 2027, "factor": 0.5}],
        reference="frozen",
    ),
    "levels by label": scenario(
        {"verb": "grow", "axis": "each grows", "select": {"sector": ["C", "D"]}},
        {"verb": "scale", "axis": "each emits", "select": {"quantity": "co2_scope1", "flow": "combusted"}},
        varied("each moves", move(None)),
        axes=[
            {
                "name": "each grows",
                "unit": "%",
                "each": ["sector"],
                "distribution": {"kind": "uniform", "low": -3, "high": 9},
            },
            {"name": "each emits", "each": ["activity"], "distribution": UNIFORM},
            {"name": "each moves", "each": ["entity"], "distribution": {"kind": "uniform", "low": 0, "high": 0.6}},
        ],
        sampling={"n": 4, "seed": 2},
    ),
    "rates by label": scenario(
        {"verb": "rate", "axis": "coal rate", "select": COAL | {"quantity": "co2_scope1"}, "own": True},
        axes=[
            {
                "name": "coal rate",
                "unit": "t CO2/t",
                "each": ["entity"],
                "distribution": {"kind": "uniform", "low": 1, "high": 2},
            }
        ],
        sampling={"n": 3, "seed": 3},
    ),
    "grids": scenario(
        {"verb": "rate", "axis": "grid", "select": GRID},
        varied("growth", grow(None, district="east")),
        axes=[
            {"name": "growth", "unit": "%", "levels": ["0 %", "3 %", 5]},
            {"name": "grid", "unit": "t CO2/MWh", "levels": [0.5, 0.3]},
        ],
        events=[{"entity": "mill", "year": 2026, "factor": 0}, {"entity": "works", "year": 2028, "factor": 2}],
    ),
}


@pytest.fixture(scope="module")
def many(district):
    """Scenarios of many levers, each prepared once."""
    return cache(lambda name, by="district": prepare(district[0], MANY[name], by=by))


@pytest.mark.parametrize("by", ["district", "entity"])
@pytest.mark.parametrize("name", MANY)
def test_many_levers(district, many, name, by):
    check(district, MANY[name], by=by, years=(2024, 2025, 2026, 2028), prepared=many(name, by))


def test_scenarios_are_named_then_grid_then_draws(many):
    found = sweep(many("everything"), keep=["so2"], years=[2026])
    assert found["name"].values.tolist() == ["frozen"] * 6 + ["fast"] * 6
    assert found["axis_growth"].values.tolist() == [0] * 6 + [4] * 6
    assert found["axis_sun"].values.tolist() == ([0] * 3 + [1] * 3) * 2
    drawn = found["axis_carbon"].values
    assert len(set(drawn[:3])) == 3
    np.testing.assert_array_equal(drawn, np.tile(drawn[:3], 4))
    found = sweep(many("grids"), keep=["so2"], years=[2026])
    assert found["axis_growth"].values.tolist() == [0, 0, 3, 3, 5, 5]
    assert found["axis_grid"].values.tolist() == [0.5, 0.3] * 3


# --- what each verb must keep ---------------------------------------------------------------------------------------


def energy(case, levers, *, by="entity", years=(2028,), **more):
    return sweep(case, scenario(*levers, **more), by=by, keep=["energy", "co2_scope1"], years=list(years)).isel(
        scenario=0
    )


@pytest.mark.parametrize(
    ("select", "useful"),
    [
        # tce that leave: 30 % of raw coal combusted, at the mill without the 200 t that are its feedstock
        (COAL, {"mill": 0.3 * 800 * 0.7, "works": 0.3 * 700 * 0.7, "east": 0.3 * 90 * 0.7}),
        ({"activity": "diesel"}, {"works": 0.3 * 50 * 0.034 * 42.5, "east": 0.3 * 30 * 0.034 * 42.5}),
    ],
    ids=["coal, partly an of-which", "diesel, partly unallocated"],
)
@pytest.mark.parametrize("growth", [0.0, 0.07])
def test_move_keeps_useful_energy(district, select, useful, growth):
    """What leaves times its efficiency is what comes times its own; growth of the source grows both."""
    levers = [grow(growth)] if growth else []
    before = energy(district[0], levers)["energy"].sel(year=2028)
    after = energy(district[0], [*levers, move(select=select)])["energy"].sel(year=2028)
    for entity in before["entity"].values.tolist():
        left = useful.get(entity, 0.0) * (1 + growth) ** 3
        came = float(after.sel(entity=entity)) - (float(before.sel(entity=entity)) - left)
        assert came * 0.95 == pytest.approx(left * 0.8, rel=1e-9, abs=1e-9), entity


def test_moves_of_one_cell_sum(district):
    """20 % and 30 % leave half, not 44 %; 20 %, 30 % and 50 % leave nothing."""
    fuel = {"activity": "peat", "flow": "combusted"}
    select = COAL | {"entity": "works"}
    whole = float(energy(district[0], [])["co2_scope1"].sel(entity="works", year=2028))
    coal = 700 * 20 * 25 / 1000 * 0.9 * 44 / 12  # own carbon 25 tC/TJ
    for shares in (["20 %", "30 %"], ["20 %", "30 %", "50 %"]):
        found = energy(district[0], [move(share, select=select) for share in shares])["co2_scope1"]
        part = sum(number(share) for share in shares)
        assert float(found.sel(entity="works", year=2028)) == pytest.approx(whole - part * coal)
    with pytest.raises(ScenarioError, match="together take up to 110"):
        prepare(district[0], scenario(move("60 %"), move("50 %", into=fuel)))
    with pytest.raises(ScenarioError, match="together take up to 110"):  # of some cells only
        prepare(district[0], scenario(move("60 %"), move("50 %", select={"entity": "mill", "activity": "raw_coal"})))
    prepare(district[0], scenario(move("60 %"), move("50 %", select={"activity": "raw_coal", "flow": "fired"})))


def test_move_leaves_what_is_no_energy(district):
    """A share of an energy amount leaves: carbonates and pollutants have none, and get no shadow either."""
    check(district, scenario(move(select={"entity": "mill"})))


def test_inner_trade_stays_what_it_was(district):
    """A total is direct + (purchased - sold), whatever happens to either side: who loses a seller buys from outside."""
    case, _ = district
    location = {
        name: sweep(case, scenario(*levers), keep=["co2_scope2_location"], years=[2028])
        for name, levers in {
            "none": [],
            "buyer": [scale(0.5, entity="mill", activity="electricity")],
            "seller": [scale(0.5, entity="chp", activity="electricity", flow="sold")],
            "seller gone": [scale(0, entity="chp")],
            "heat of both": [scale(0.5, entity=["mill", "chp"], activity="heat")],
            "unsure": [scale(0.5, activity="heat") | SURE],
        }.items()
    }
    east = {
        name: float(found["co2_scope2_location"].sel(entity="east", year=2028)[0]) for name, found in location.items()
    }
    assert east["buyer"] - east["none"] == pytest.approx(-0.5 * 5000 * 0.6)
    assert east["seller"] - east["none"] == pytest.approx(0.5 * 3000 * 0.6)
    assert east["seller gone"] - east["none"] == pytest.approx(3000 * 0.6 + 6000 * 0.11)
    heat = -0.5 * 4000 * 0.11 + 0.5 * 6000 * 0.11  # the mill buys 4 000 GJ, and its neighbour sells 6 000
    assert east["heat of both"] - east["none"] == pytest.approx(heat)
    assert east["unsure"] - east["none"] == pytest.approx(heat)


@pytest.mark.parametrize("name", MANY)
def test_entities_sum_to_districts(many, name):
    one, whole = (sweep(many(name, by), keep=KEEP, years=[2025, 2027, 2028]) for by in ("entity", "district"))
    places = {"east": ["mill", "works", "chp", "east"], "west": ["plant", "west"]}
    for quantity, (place, inside) in itertools.product(KEEP, places.items()):
        known = whole[f"{quantity}_reason"].sel(entity=place) == Reason.OK
        assert bool(known.all()) or quantity in {"feedstock_energy", "nox"}
        summed = one[quantity].sel(entity=inside).sum("entity").where(known)
        size = abs(one[quantity].sel(entity=inside)).sum("entity")
        assert bool((abs(summed - whole[quantity].sel(entity=place)) <= 1e-12 * size)[..., known].all()), quantity


def test_policy_leaves_history_and_uncertainty_does_not(district):
    years = [2024, 2025, 2026]
    plain = sweep(district[0], BASE, keep=KEEP, years=years)
    policy = sweep(district[0], scenario(scale(0.5), move(), grow("9 %")), keep=KEEP, years=years)
    unsure = sweep(district[0], scenario(scale(1.1, activity="raw_coal") | SURE), keep=KEEP, years=years)
    for name in KEEP:
        np.testing.assert_array_equal(policy[name].sel(year=[2024, 2025]), plain[name].sel(year=[2024, 2025]))
    for year in years:
        ratio = (unsure["co2_scope1"] / plain["co2_scope1"]).sel(year=year, entity="east")
        coal = 90 + 700 * 25 / 26 + 800 + 5000  # t, by the carbon of the set
        rest = (80 * 42.5 * 20 * 0.98 / (20 * 26 * 0.9)) + 300 * 0.44 / (20 * 26 / 1000 * 0.9 * 44 / 12)
        assert float(ratio[0]) == pytest.approx((1.1 * coal + rest) / (coal + rest))


RESOLVED = {
    "growth": scenario(grow("3 %"), move(), ADD, rates="resolve"),
    "draws": MANY["levels by label"] | {"rates": "resolve"},
    "events": MANY["grids"]
    | {"rates": "resolve", "levers": MANY["grids"]["levers"][1:], "axes": MANY["grids"]["axes"][:1]},
    "coal rate": MANY["rates by label"] | {"rates": "resolve"},
}


@pytest.mark.parametrize("by", ["district", "entity"])
@pytest.mark.parametrize("name", RESOLVED)
def test_rates_of_each_year(district, name, by):
    check(district, RESOLVED[name], by=by)


def test_rates_by_hand(district):
    """West buys 1 500 MWh; the grid goes from 0.60 to 0.50 t/MWh, or is held."""
    for rates, expected in {"hold": [900.0, 900.0, 900.0], "resolve": [900.0, 855.0, 750.0]}.items():
        found = sweep(district[0], scenario(rates=rates), keep=["co2_scope2_location"], years=[2025, 2026, 2028])
        west = found["co2_scope2_location"].sel(entity="west").isel(scenario=0)
        assert west.values.tolist() == pytest.approx(expected)


def test_a_path_and_the_rates_of_each_year_contradict(district):
    rate = {"verb": "rate", "level": "0.3 t CO2/MWh", "select": GRID}
    with pytest.raises(ScenarioError, match="change this rate of co2_scope2_location by year already"):
        prepare(district[0], scenario(rate, rates="resolve"))


def test_baselines_are_those_of_the_same_scenario(many):
    found = sweep(many("everything"), keep=["co2_scope1", "co2_fall"], years=[2024, 2025, 2026, 2028])
    emitted = found["co2_scope1"]
    assert len(np.unique(emitted.sel(year=2024, entity="east"))) == 3  # one for each draw
    expected = 100 * (1 - emitted / emitted.sel(year=2024))
    np.testing.assert_allclose(found["co2_fall"], expected.transpose(*found["co2_fall"].dims), rtol=1e-9, atol=1e-9)


# --- costs, events, responses --------------------------------------------------------------------------------------


def test_costs_by_hand(district):
    """100 CNY/t of 30 % of coal in 2028: the mill's 800 t, works' 700 t, households' 90 t; 2 MW for 3 million each."""
    moved = move(cost={"amount": 100, "unit": "CNY/t", "source": "x"})
    solar = ADD | {"cost": {"amount": 300, "unit": "1e4 CNY/MW", "source": "x"}}
    saved = scale("60 %", activity="coke", entity="plant") | {"cost": {"amount": -50, "unit": "CNY/t", "source": "x"}}
    found = sweep(district[0], scenario(moved, solar, saved), keep=["cost"], years=[2024, 2025, 2027, 2028])
    east, west = (found["cost"].isel(scenario=0).sel(entity=place) for place in ("east", "west"))
    assert found["cost"].attrs["units"] == "CNY"
    assert east.values.tolist() == pytest.approx([0, 0, 100 * 0.2 * 1590, 100 * 0.3 * 1590])
    assert west.values.tolist() == pytest.approx([0, 0, (6e6 - 50 * 0.4 * 300) * 2 / 3, 6e6 - 50 * 0.4 * 300])


@pytest.mark.parametrize(
    "lever",
    [
        scale(0.5, activity="raw_coal", flow="combusted"),
        scale(0.5, activity=["electricity", "green_electricity"], entity="works"),
        scale(0.5, activity=["electricity", "green_electricity"], flow="purchased", entity="mill"),
        scale(0.5, activity="electricity", flow="purchased", entity="mill"),
    ],
    ids=["coal", "power", "contracts are part of it", "inner trade costs as any"],
)
def test_cost_of_what_is_saved(district, lever):
    """Each amount once: parts of it, and eliminations of what was traded inside, are not saved again or taken back."""
    unit = "CNY/t" if lever["select"]["activity"] == "raw_coal" else "CNY/MWh"
    lever = lever | {"cost": {"amount": 7, "unit": unit, "source": "x"}}
    check(district, scenario(lever, grow("5 %")), by="entity")


def test_responses_by_hand(district):
    """SO2 halves by 2028, evenly: C = C0 [1 - 0.4 x 0.5 x cut - 0.3 x 0.1 x way]; 50 % is beyond what 25 % allow."""
    response = {"pm25": {"local": 0.4, "regional": 0.3, "improvement": "10 %", "betas": {"so2": 0.5}, "source": "x"}}
    found = sweep(
        district[0], scenario(scale(0.5, activity="so2"), response=response, hold=[]), keep=["pm25", "pm25_mean"]
    )
    for place, base in {"east": 40.0, "west": 45.0}.items():
        told = found["pm25"].isel(scenario=0).sel(entity=place).values.tolist()
        expected = [base * (1 - 0.4 * 0.5 * 0.5 * w - 0.03 * w) for w in (0, 1 / 3, 2 / 3, 1)]
        assert told == pytest.approx(expected)
        beyond = found["pm25_extrapolated"].isel(scenario=0).sel(entity=place)
        assert beyond.values.tolist() == [False, False, True, True]
    without = sweep(district[0], scenario(scale(0.5, activity="so2"), hold=[]), keep=["pm25_mean"])
    assert without["pm25_mean_reason"].sel(entity="east").values.tolist() == [0, *[int(Reason.NO_RESPONSE)] * 3]


# --- what must not matter ------------------------------------------------------------------------------------------


def cubes_agree(one, other, *, rtol=1e-12):
    assert set(one.data_vars) == set(other.data_vars)
    for name in one.data_vars:
        np.testing.assert_allclose(one[name], other[name], rtol=rtol, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", MANY)
def test_collapse_blocks_and_replay_do_not_matter(district, many, name):
    case, options = district[0], {"keep": [*KEEP, "co2_total"], "years": [2024, 2025, 2027, 2028]}
    prepared = many(name)
    whole = sweep(prepared, **options)
    apart = prepare(case, MANY[name], collapse=False)
    assert prepared.future.n_signatures < apart.future.n_signatures
    cubes_agree(whole, sweep(apart, **options))
    for size in (1, 5):
        cubes_agree(whole, sweep(prepared, blocks=size, **options))
    n = whole.sizes["scenario"]
    for index in (0, n // 2, n - 1):
        one = replay(prepared, index=index, **options)
        assert one["scenario"].values.tolist() == [index]
        cubes_agree(one, whole.isel(scenario=[index]))
        for coordinate in set(whole.coords) - {"scenario", "entity", "year", "target"}:
            np.testing.assert_array_equal(one[coordinate], whole[coordinate][[index]])


@pytest.mark.parametrize("name", MANY)
def test_order_of_levers_does_not_matter(district, many, name):
    turned = MANY[name] | {"levers": MANY[name]["levers"][::-1], "events": MANY[name].get("events", [])[::-1]}
    options = {"keep": KEEP, "years": [2024, 2026, 2028]}
    cubes_agree(sweep(many(name), **options), sweep(district[0], turned, **options))


def test_another_lever_leaves_the_draws_as_they_are(district):
    """One level for each label of the cells touched; neither shadows of a move nor eliminations are labels of their own."""
    axes = [{"name": "own", "each": ["entity", "activity"], "distribution": UNIFORM}]
    lever = {"verb": "scale", "axis": "own", "select": {"activity": ["heat", "raw_coal", "electricity"]}}
    drawn = []
    for levers in ([lever], [lever, move(select={"activity": "diesel"}, into=COAL)]):
        prepared = prepare(district[0], scenario(*levers, axes=axes, sampling={"n": 2, "seed": 9}))
        drawn.append(prepared.draws.block(0, 2)["own"])
    touched = {
        (row.entity, row.activity)
        for row in district[1]
        if row.activity in {"heat", "raw_coal", "electricity"} and row.entry != "elimination"
    }
    assert drawn[0].shape == (2, len(touched))
    np.testing.assert_array_equal(*drawn)


def test_levels_by_label_find_a_shadow_by_its_own(district):
    """A lever on rates of electricity, one level an activity, meets the electricity that coal becomes."""
    lever = {"verb": "scale", "axis": "own", "select": {"activity": "electricity", "quantity": "co2_scope2_location"}}
    axes = [{"name": "own", "each": ["activity"], "distribution": UNIFORM}]
    check(district, scenario(move(), lever, axes=axes, sampling={"n": 3, "seed": 1}))


def test_levels_by_label_of_two_activities(district):
    """As above, where the source has a level too: the wrong one is silent."""
    lever = {"verb": "scale", "axis": "own", "select": {"quantity": ["co2_scope2_location", "co2_scope1"]}}
    axes = [{"name": "own", "each": ["activity"], "distribution": UNIFORM}]
    check(district, scenario(move(), lever, axes=axes, sampling={"n": 3, "seed": 1}))


def test_two_rates_on_what_only_a_move_brings(district):
    """Coke of the works comes from a move; one lever replaces the rates of the works, another those of coke."""
    levers = [
        move(select={"activity": "diesel", "entity": "works"}, into={"activity": "coke", "flow": "combusted"}),
        {"verb": "rate", "level": "1 t CO2/t", "select": {"entity": "works", "quantity": "co2_scope1"}, "own": True},
        {"verb": "rate", "level": "0.5 t CO2/t", "select": {"activity": "coke", "quantity": "co2_scope1"}},
    ]
    with pytest.raises(ScenarioError, match="both replace the rate"):
        prepare(district[0], scenario(*levers))


def test_two_runs_give_the_same_bits(district, many):
    again = prepare(district[0], MANY["everything"])
    for options in ({"keep": KEEP}, {"reduce": ["mean", "quantiles", "extremes", "verdicts", "first_year"]}):
        one, other = (sweep(prepared, blocks=5, **options) for prepared in (many("everything"), again))
        assert one.identical(other)


def test_roads_and_threads_agree(many, monkeypatch):
    """What large sweeps take, on one thread and on all of them, against what small ones take."""
    import numba

    plain = sweep(many("levels by label"), keep=KEEP)
    monkeypatch.setattr(wide, "WIDE_COMPILED_FROM", 1)
    for threads in {1, numba.config.NUMBA_NUM_THREADS}:
        before = numba.get_num_threads()
        numba.set_num_threads(threads)
        try:
            cubes_agree(plain, sweep(many("levels by label"), keep=KEEP))
        finally:
            numba.set_num_threads(before)


# --- what is unknown -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_gap(tmp_path_factory):
    """The works burn kerosene, whose carbon the case knows to be unknown, and used none before."""
    rows, totals = district_rows()
    rows.append(Row("works", "kerosene", "combusted", 10.0))
    gaps = "".join(
        f'[[gap]]\nactivity = "kerosene"\nquantity = "{q}"\nreason = "x"\n\n' for q in ("co2_scope1", "energy")
    )
    folder = tmp_path_factory.mktemp("gap") / "district"
    return open_case(write_district(folder, rows, totals, case=CASE.replace("[inputs]", gaps + "[inputs]")))


def test_gaps_stay_and_touch_their_group_only(district, with_gap):
    levers = [grow("3 %"), move(), scale(0.9, entity="works")]
    for by, touched in {"district": {"east"}, "entity": {"works"}}.items():
        options = {"by": by, "keep": [*KEEP, "co2_direct", "co2_total"], "years": [2024, 2025, 2027]}
        whole, gap = (sweep(case, scenario(*levers), **options) for case in (district[0], with_gap))
        for name in options["keep"]:
            lost = name in {"energy", "co2_scope1", "co2_direct", "co2_total"}
            for entity in gap["entity"].values.tolist():
                one, other = (found[name].sel(entity=entity).isel(scenario=0) for found in (whole, gap))
                if lost and entity in touched:
                    assert np.isnan(other.sel(year=[2025, 2027])).all()
                    why = gap[f"{name}_reason"].sel(entity=entity, year=[2025, 2027]).values
                    assert why.tolist() == [int(Reason.NO_RATE)] * 2
                    one, other = one.sel(year=[2024]), other.sel(year=[2024])
                np.testing.assert_allclose(other, one, rtol=1e-12, err_msg=f"{name} {entity}")


def test_unknown_totals_stay_unknown(district):
    """NOx is stated by the mill alone: no total of the district; none in the west: what comes adds to what nobody knows."""
    found = sweep(district[0], scenario(scale(2, activity="nox"), move()), keep=["nox", "feedstock_energy"])
    assert np.isnan(found["nox"]).all()
    why = {place: set(found["nox_reason"].sel(entity=place).values.tolist()) for place in ("east", "west")}
    assert why == {"east": {int(Reason.ENTERPRISES_ONLY)}, "west": {int(Reason.NO_ROWS)}}
    recipes = {
        "kiln": {"unit": "1", "source": "x", "rows": [{"activity": "nox", "flow": "discharged", "amount": "5 t"}]}
    }
    kiln = {"verb": "add", "recipe": "kiln", "level": 3, "path": "step", "to": 2027, "select": {"district": "west"}}
    west = sweep(district[0], scenario(kiln, recipes=recipes), keep=["nox"]).sel(entity="west")
    assert np.isnan(west["nox"]).all()
    assert set(west["nox_reason"].values.tolist()) == {int(Reason.NO_ROWS)}


SILENT = [
    Row("mill", "electricity", "purchased", 1000.0),
    Row("works", "electricity", "purchased", 500.0),
    Row("works", "electricity", "sold", 200.0, partner="mill"),
]
CAPPED = [
    Row("mill", "electricity", "purchased", 1000.0),
    Row("mill", "green_electricity", "purchased", 1500.0, part_of="electricity"),
]
OWN = [
    Row("east", "raw_coal", "combusted", 1000.0, sector="households"),
    Row("east", "coke", "combusted", 500.0, sector="households", own_carbon=24.0),
    Row("east", "coke", "feedstock", 100.0, sector="households", part_of="coke"),
]
POWERED = {"verb": "add", "level": "2 MW", "recipe": "pv", "select": {"entity": "mill"}}
COKED = move(into={"activity": "coke", "flow": "combusted"})
LIGNITE = move(into={"activity": "lignite", "flow": "combusted"})


@pytest.mark.parametrize(
    ("rows", "lever"),
    [
        (SILENT, POWERED),
        (CAPPED, POWERED),
        (OWN, COKED),
        (OWN[:1], LIGNITE),
    ],
    ids=["trade that one side names", "capped contracts", "parts with own values", "a part of what moves"],
)
def test_what_levers_bring_leaves_posting_alone(district, rows, lever):
    """Trades, contracts, parts and wholes are those of the inventory: what a lever brings is beside it."""
    case = replace(district[0], activity=read_activity(pd_rows(rows)))
    check((case, inventory(rows)), scenario(lever), by="entity")


SELLING = {
    "sell": {
        "unit": "MW",
        "source": "made up",
        "rows": [
            {"activity": "solar_electricity", "flow": "generated", "amount": "1 GWh"},
            {"activity": "electricity", "flow": "sold", "amount": "1 GWh"},
        ],
    }
}


def test_consumption_boundary_without_effect(tmp_path):
    """Shares of the boundary are those of the inventory; the rows that a lever may bring have no part in them."""
    rows, totals = district_rows()
    kept = [row for row in rows if row.entity != "chp" and row.partner != "chp"]
    for year in (2024, 2025):
        for activity, flow, amount in (
            *(("raw_coal", "fired", 4000.0), ("raw_coal", "fired_sold", 1000.0)),
            *(("electricity", "generated", 1000.0), ("electricity", "purchased", 3000.0)),
            *(("solar_electricity", "generated", 500.0), ("electricity", "sold", 3500.0)),
        ):
            kept.append(Row("chp", activity, flow, amount, year=year))
    coke = [row for row in totals if row.activity == "coke"]
    folder = write_district(tmp_path / "district", kept, coke, case=CASE.replace("territorial", "consumption"))
    case = open_case(folder)
    nothing = {"verb": "add", "level": "0 MW", "recipe": "sell", "select": {"entity": "chp"}}
    found = sweep(case, scenario(nothing, recipes=SELLING), keep=["energy"], years=[2025, 2026])
    before, after = (found["energy"].isel(scenario=0).sel(entity="east", year=year) for year in (2025, 2026))
    assert float(before) == pytest.approx(float(assess(case).totals["energy"].sel(entity="east", year=2025)), rel=1e-12)
    assert float(after) == pytest.approx(float(before), rel=1e-12)


def test_a_plant_that_ends(tmp_path):
    """The entity table says that the plant is there until 2026; an event takes it out of 2027, with either rates."""
    rows, totals = district_rows()
    lines = [
        f"{line}{',valid_to' if i == 0 else ',2026' if line.startswith('plant') else ','}"
        for i, line in enumerate(ENTITIES)
    ]
    case = open_case(write_district(tmp_path / "district", rows, totals, entities="\n".join(lines) + "\n"))
    with pytest.raises(ScenarioError, match="plant ends before 2027"):
        prepare(case, scenario())
    closed = [{"entity": "plant", "year": 2027, "factor": 0}]
    check((case, inventory(rows, totals)), scenario(events=closed))
    check((case, inventory(rows, totals)), scenario(events=closed, rates="resolve"))


# --- reductions ----------------------------------------------------------------------------------------------------

REDUCED = scenario(
    varied("growth", grow(None, sector="industry")),
    {"verb": "scale", "axis": "carbon", "component": "carbon", **SURE},
    {"verb": "scale", "axis": "own", "select": {"activity": ["raw_coal", "coke"]}, **SURE},
    axes=[
        {"name": "growth", "unit": "%"},
        {"name": "carbon", "distribution": {"kind": "normal", "mean": 1, "sd": 0.05, "truncate": [0.8, 1.2]}},
        {"name": "own", "each": ["entity"], "distribution": UNIFORM},
    ],
    scenarios=[
        {"name": "up", "growth": "4 %"},
        {"name": "frozen", "growth": "0 %"},
        {"name": "down", "growth": "-5 %"},
    ],
    sampling={"n": 67, "seed": 11},
    reference="frozen",
)


@pytest.fixture(scope="module")
def both(district):
    """The cube, and everything that can be reduced from it, in blocks that end nowhere in particular."""
    prepared = prepare(district[0], REDUCED)
    options = {"keep": ["co2_total", "co2_fall", "nox"], "years": [2024, 2025, 2026, 2027, 2028]}
    every = ["mean", "quantiles", "extremes", "verdicts", "first_year", "difference"]
    return sweep(prepared, **options), sweep(prepared, reduce=every, blocks=13, quantiles=[0, 0.1, 0.5, 1], **options)


@pytest.mark.parametrize("name", ["co2_total", "co2_fall", "nox"])
def test_moments_extremes_and_quantiles_are_those_of_the_cube(both, name):
    cube, found = both
    if name == "nox":  # unknown in every scenario
        for ending in ("mean", "sd", "min", "max", "quantile"):
            assert np.isnan(found[f"nox_{ending}"]).all()
        assert (found["nox_min_scenario"] == -1).all()
        assert (found["nox_n_known"] == 0).all()
        return
    values = cube[name].values
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(found[f"{name}_mean"], values.mean(axis=0), **close)
    np.testing.assert_allclose(found[f"{name}_sd"], values.std(axis=0), rtol=1e-9, atol=1e-12)
    assert (found[f"{name}_n_known"] == 201).all()
    np.testing.assert_allclose(found[f"{name}_min"], values.min(axis=0), **close)
    np.testing.assert_allclose(found[f"{name}_max"], values.max(axis=0), **close)
    for cell in np.ndindex(values.shape[1:]):
        for ending, extreme in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
            at = int(found[f"{name}_{ending}_scenario"].values[cell])
            assert values[(at, *cell)] == pytest.approx(extreme[cell], rel=1e-12, abs=1e-12)
    expected = np.quantile(values, [0, 0.1, 0.5, 1], axis=0)
    error = found[f"{name}_quantile_error"].values
    assert (np.abs(found[f"{name}_quantile"].values - expected) <= error + 1e-12).all()
    assert (error <= np.ptp(values, axis=0) / 4000 + 1e-9).all()


def test_verdicts_are_counted(both):
    cube, found = both
    codes = cube["verdict"].values
    for name, code in {"n_unknown": 0, "n_met": 1, "n_missed": 2}.items():
        np.testing.assert_array_equal(found[name], (codes == code).sum(axis=0))
    np.testing.assert_allclose(found["p_met_low"], (codes == 1).mean(axis=0))
    np.testing.assert_allclose(found["p_met_high"], (codes != 2).mean(axis=0))
    assert 0 < float(found["p_met_low"].sel(target="T1", entity="east", year=2028)) < 1


def test_first_years_are_counted(both):
    cube, found = both
    met = cube["verdict"].values == 1
    first = met & (met.cumsum(axis=-1) == 1)
    np.testing.assert_array_equal(found["n_first_met"], first.sum(axis=0))
    np.testing.assert_array_equal(found["n_never_met"], (~met.any(axis=-1)).sum(axis=0))
    assert len({int(n) for n in found["n_first_met"].sel(target="T1", entity="east")}) > 2


@pytest.mark.parametrize("name", ["co2_total", "co2_fall"])
def test_differences_are_from_the_same_draw(both, name):
    cube, found = both
    values = cube[name].values.reshape(3, 67, *cube[name].shape[1:])
    apart = (values - values[1:2]).reshape(cube[name].shape)
    np.testing.assert_allclose(found[f"{name}_difference_mean"], apart.mean(axis=0), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found[f"{name}_difference_max"], apart.max(axis=0), rtol=1e-9, atol=1e-12)
    assert float(found[f"{name}_difference_max"].sel(entity="east", year=2028)) > 0


def test_difference_from_a_number(district):
    numbered = MANY["grids"] | {"reference": 3}
    cube = sweep(district[0], numbered, keep=["co2_total"])["co2_total"].values
    found = sweep(district[0], numbered, keep=["co2_total"], reduce=["difference", "extremes"], blocks=4)
    np.testing.assert_allclose(found["co2_total_difference_min"], (cube - cube[3]).min(axis=0), rtol=1e-9, atol=1e-12)


def test_difference_needs_a_reference(district):
    with pytest.raises(ScenarioError, match="difference needs a reference"):
        sweep(district[0], MANY["grids"], reduce=["difference"])


# --- bounds of the machine and of what is asked --------------------------------------------------------------------


def test_memory(district, monkeypatch):
    prepared = prepare(district[0], REDUCED)
    monkeypatch.setattr(machine, "_free", lambda: 100_000)
    with pytest.raises(ScenarioError, match=r"the cube of 201 scenarios x 2 entities x 4 years x 7 names needs .* GiB"):
        sweep(prepared)
    assert int(sweep(prepared, keep=["co2_total"], reduce=["mean"])["co2_total_n_known"].max()) == 201
    monkeypatch.setattr(machine, "_free", lambda: 100)
    with pytest.raises(ScenarioError, match="one scenario needs"):
        sweep(prepared, reduce=["mean"])
    monkeypatch.setattr(checking, "MOST", 200)
    with pytest.raises(ScenarioError, match="201 scenarios are more than one machine finishes"):
        prepare(district[0], REDUCED)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"years": [2023]}, "accepted: a list of years from 2024 to 2028"),
        ({"keep": ["co2_totl"]}, "nearest: 'co2_total'"),
        ({"keep": ["water_total"]}, "needs water"),
        ({"reduce": ["median"]}, "accepted: mean"),
        ({"reduce": ["quantiles"], "quantiles": [1.5]}, "from 0 to 1"),
        ({"blocks": -1}, "blocks"),
    ],
)
def test_what_is_asked(district, options, text):
    with pytest.raises(LedgerError, match=text):
        sweep(district[0], REDUCED, **options)


def test_replay_beyond_the_last(district):
    for index in (-1, 201):
        with pytest.raises(ScenarioError, match="201"):
            replay(district[0], REDUCED, index=index)


def test_progress_counts_all_scenarios(district):
    told: list[tuple[int, int]] = []
    sweep(district[0], REDUCED, keep=["so2"], blocks=100, progress=lambda done, of: told.append((done, of)))
    assert told == [(100, 201), (200, 201), (201, 201)]
    told.clear()
    sweep(district[0], REDUCED, keep=["so2"], blocks=150, reduce=["quantiles"], progress=lambda *x: told.append(x))
    assert told == [(150, 402), (201, 402), (351, 402), (402, 402)]


# --- random districts, random levers -------------------------------------------------------------------------------

AMOUNT = st.floats(1, 5000).map(lambda x: round(x, 2))
FUELS = ("raw_coal", "coke", "diesel")
WHO = ("mill", "works", "chp", "plant")


@st.composite
def inventories(draw):
    """Fuels, power, contracts, feedstock and inner trade of some enterprises, households, and what they discharge."""
    rows: list[Row] = []
    for entity in draw(st.lists(st.sampled_from(WHO), min_size=1, unique=True)):
        for fuel in draw(st.lists(st.sampled_from(FUELS), min_size=1, unique=True)):
            own = draw(st.sampled_from([None, None, 24.0]))
            whole = Row(entity, fuel, draw(st.sampled_from(["combusted", "fired"])), draw(AMOUNT), own_carbon=own)
            rows.append(whole)
            if draw(st.booleans()):
                part = round(whole.amount * draw(st.sampled_from([0.2, 0.7])), 6)
                rows.append(Row(entity, fuel, "feedstock", part, part_of=fuel))
        rows.append(Row(entity, "electricity", "purchased", 6000.0 + draw(AMOUNT)))
        if draw(st.booleans()):
            rows.append(Row(entity, "green_electricity", "purchased", draw(AMOUNT), part_of="electricity"))
        rows.append(Row(entity, "so2", "discharged", draw(AMOUNT)))
    present = {row.entity for row in rows}
    for seller, buyer in (("chp", "mill"), ("works", "mill")):
        if {seller, buyer} <= present and draw(st.booleans()):
            traded = draw(AMOUNT) / 2
            rows.append(Row(seller, "electricity", "sold", traded, partner=buyer))
            if draw(st.booleans()):
                rows.append(Row(buyer, "electricity", "purchased", traded, partner=seller))
    for place in draw(st.lists(st.sampled_from(["east", "west"]), unique=True)):
        rows.append(Row(place, "raw_coal", "combusted", draw(AMOUNT), sector="households"))
        rows.append(Row(place, "electricity", "purchased", draw(AMOUNT), sector="households"))
    return rows


def selectors(draw, rows, *, power=True):
    """Labels of one of the rows, so that a lever touches something."""
    row = draw(st.sampled_from([r for r in rows if not r.part_of and (power or r.activity in FUELS)]))
    keys = draw(st.lists(st.sampled_from(["entity", "flow", "district", "sector"]), unique=True, max_size=2))
    select = {key: label(row, key) for key in keys if label(row, key)}
    return select | ({"activity": row.activity} if draw(st.booleans()) or not power else {})


LEVEL = st.floats(0.3, 1.8).map(lambda x: round(x, 3))
INTO = st.sampled_from([POWER, {"activity": "peat", "flow": "combusted"}, {"activity": "heat", "flow": "purchased"}])
PATH = st.sampled_from([{}, {"to": 2027}, {"path": "step", "to": 2027}, {"path": {"2026": 0.9, "2028": 0.4}}])


def with_level(draw, axes, lever: dict[str, Any], level: float, unit: str) -> dict[str, Any]:
    """A lever with a level of its own, or with a new axis: a grid, draws, or draws by label."""
    way = draw(st.sampled_from(["level", "grid", "drawn", "each"]))
    name = f"axis {len(axes)}"
    if way == "level":
        return lever | {"level": level if unit == "1" else f"{level} {unit}"}
    if way == "grid" and math.prod(len(a.get("levels", [1])) for a in axes) < 4:
        axes.append({"name": name, "unit": unit, "levels": [level, level / 2]})
    else:
        each = {"each": ["entity"]} if way == "each" and lever["verb"] in {"scale", "grow"} else {}
        each = each if "sector" in lever["select"] else {}
        spread = {"kind": "uniform", "low": level * 0.8, "high": level}
        axes.append({"name": name, "unit": unit, "distribution": spread} | each)
    return lever | {"axis": name}


@st.composite
def scenarios(draw, rows):
    """One to six levers, most with an axis; moves take at most 90 % of a cell."""
    levers: list[dict[str, Any]] = []
    axes: list[dict[str, Any]] = []
    moves = 0

    def levelled(lever: dict[str, Any], level: float, unit: str = "1") -> dict[str, Any]:
        return with_level(draw, axes, lever, level, unit)

    rated: set[str] = set()
    for _ in range(draw(st.integers(1, 6))):
        verb = draw(st.sampled_from(["scale", "scale", "grow", "move", "add", "rate", "component"]))
        if verb == "scale":
            more = draw(st.sampled_from([{}, {"acts": "uncertainty"}]))
            lever = {"verb": "scale", "select": selectors(draw, rows)} | (more or draw(PATH))
            levers.append(levelled(lever, draw(LEVEL)))
        elif verb == "grow":
            lever = {"verb": "grow", "select": selectors(draw, rows)}
            levers.append(levelled(lever, draw(st.sampled_from([0.05, 0.2]))))
        elif verb == "move" and moves < 3:
            moves += 1
            into, useful = draw(INTO), draw(st.sampled_from([0.9, 2.5]))
            select = selectors(draw, rows, power=False)
            lever = {"verb": "move", "select": select, "into": into, "efficiency": [0.7, useful]}
            lever |= draw(st.sampled_from([{}, {"cost": {"amount": 70, "unit": "CNY/t", "source": "x"}}]))
            levers.append(levelled(lever | draw(PATH), 0.3))
        elif verb == "add":
            where = draw(st.sampled_from([{"district": "west"}, {"entity": "mill"}, {"district": "east"}]))
            levers.append(levelled({"verb": "add", "recipe": "pv", "select": where} | draw(PATH), draw(LEVEL), "MW"))
        elif verb == "rate":
            quantity = draw(st.sampled_from(["co2_scope2_location", "co2_scope2_market"]))
            if quantity not in rated:
                rated.add(quantity)
                lever = {"verb": "rate", "select": {"activity": "electricity", "quantity": quantity}}
                levers.append(levelled(lever | draw(PATH), 0.2, "t CO2/MWh"))
        elif verb == "component":
            component = draw(st.sampled_from(["ncv", "carbon", "oxidation"]))
            lever = {"verb": "scale", "select": {}, "component": component}
            levers.append(levelled(lever | draw(st.sampled_from([{}, {"acts": "uncertainty"}])), draw(LEVEL)))
    sampled = any("distribution" in axis for axis in axes)
    more = {"axes": axes} | ({"sampling": {"n": 2, "seed": draw(st.integers(0, 99))}} if sampled else {})
    return scenario(*levers, **more)


@settings(max_examples=30)
@given(st.data())
def test_random_districts(district, data):
    rows = data.draw(inventories())
    made = data.draw(scenarios(rows))
    by = data.draw(st.sampled_from(["entity", "district"]))
    case = replace(district[0], activity=read_activity(pd_rows(rows)))
    check((case, inventory(rows)), made, by=by, years=[2025, 2026, 2028])


def pd_rows(rows):
    import pandas as pd

    return pd.DataFrame(activity_lines(rows))
