"""The difference of two cases: what differs, what moved, and parts that add up."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil

import pandas as pd
import pytest
from examples import (
    CASE_FILES,
    CASE_TOML,
    FUEL_TCE,
    SHANDONG_GRID,
    assessed,
    factors,
    fuel_co2,
    posted,
    rows,
    write_case,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.case import Assessed, assess
from carbonledger.difference import diff
from carbonledger.difference.movements import PARTS, movements
from carbonledger.difference.rates import rate_changes
from carbonledger.difference.rows import row_changes
from carbonledger.factors import Rules, StandIn
from carbonledger.ledger import totals
from carbonledger.report.differences import difference_as_data, print_difference
from carbonledger.shipped import shipped


def town(tmp_path, name, **files):
    return write_case(tmp_path / name / "town", **files)


def changed(tmp_path, **files):
    """The small case beside itself with some files replaced."""
    return diff(town(tmp_path, "old"), town(tmp_path, "new", **files))


def beside(a, b, quantity, *, one=None, other=None):
    """Two ledgers as two assessed cases, posted with the options given: only what movements looks at."""
    base = assessed("china-2020-2023")
    made = []
    for frame, options in ((a, one), (b, other)):
        ledger = posted(frame, quantity, **(options or {}))
        made.append(dataclasses.replace(base, ledger=ledger, totals=totals(ledger, ["entity"], partial=True)))
    return movements(*made)


# --- nothing ---------------------------------------------------------------------------------------------------------


def test_a_case_and_itself(tmp_path):
    found = changed(tmp_path)
    assert found.same and not found.files


@pytest.mark.parametrize("case", ["china-2020-2023", "shandong-2014", "weicheng-2025"])
def test_shipped_cases_and_themselves(case):
    assert diff(assessed(case), assessed(case)).same


def test_row_order_and_unit_spelling_move_nothing(tmp_path):
    head, *lines = CASE_FILES["activity.csv"].splitlines()
    lines = [line.replace("100,万立方米", "1000000,m3") for line in reversed(lines)]
    found = changed(tmp_path, activity="\n".join([head, *lines]) + "\n")
    assert found.files == (("changed", "activity.csv"),)
    assert found.same


# --- inputs -----------------------------------------------------------------------------------------------------------


def test_an_amount_that_changed(tmp_path):
    found = changed(tmp_path, activity=CASE_FILES["activity.csv"].replace("used,90,", "used,95,"))
    (row,) = found.rows
    assert (row.change, row.entity, row.period, row.activity, row.before, row.after) == (
        "changed",
        "town",
        "2021",
        "industrial_water",
        90e4,
        95e4,
    )
    assert (row.file, row.row) == ("activity.csv", 4)
    assert {(m.quantity, m.year) for m in found.totals} == {("water", 2021)}
    (moved,) = found.totals
    assert moved.parts == {"amounts": 5e4, "rates": 0, "added": 0, "removed": 0, "boundary": 0}
    drop = next(m for m in found.indicators if m.indicator == "water_per_gdp_drop")
    assert drop.because == ("water",)
    assert drop.after == pytest.approx(100 * (1 - (95 / 10.8) / 10))


def test_a_row_that_is_new_and_one_that_is_gone(tmp_path):
    text = CASE_FILES["activity.csv"]
    text += "town,2021,domestic_water,used,7,万立方米,bulletin\n"
    text = text.replace(
        "town,2020,industrial_water,used,100,万立方米,bulletin\n",
        "town,2020,ecological_water,used,100,万立方米,bulletin\n",
    )
    found = changed(tmp_path, activity=text)
    assert {(r.change, r.activity, r.before, r.after) for r in found.rows} == {
        ("added", "domestic_water", None, 7e4),
        ("added", "ecological_water", None, 100e4),
        ("removed", "industrial_water", 100e4, None),
    }
    by_year = {m.year: m.parts for m in found.totals if m.quantity == "water"}
    assert by_year[2021] == {"amounts": 0, "rates": 0, "added": 7e4, "removed": 0, "boundary": 0}
    assert 2020 not in by_year or (by_year[2020]["added"], by_year[2020]["removed"]) == (100e4, -100e4)


def test_a_state_that_changed(tmp_path):
    found = changed(tmp_path, states=CASE_FILES["states.csv"].replace(",8,", ",9,"))
    (state,) = found.states
    assert (state.name, state.before, state.after, state.file, state.row) == ("gdp_growth", 0.08, 0.09, "states.csv", 2)
    assert {m.quantity for m in found.totals} == {"gdp_constant"}
    (moved,) = found.indicators
    assert (moved.indicator, moved.year, moved.because) == ("water_per_gdp_drop", 2021, ("gdp_constant",))
    (row,) = found.rows
    assert row.derived and row.year == 2021


def test_a_baseline_that_moved_is_named_with_its_year(tmp_path):
    found = changed(tmp_path, activity=CASE_FILES["activity.csv"].replace("used,100,", "used,110,"))
    drop = next(m for m in found.indicators if m.indicator == "water_per_gdp_drop" and m.year == 2021)
    assert drop.because == ("water 2020",)


def test_targets_and_verdicts(tmp_path):
    found = changed(tmp_path, targets=CASE_FILES["targets.csv"].replace(",20,%", ",15,%"))
    assert [(c.name, c.field, c.before, c.after) for c in found.targets] == [("T2", "value", 20.0, 15.0)]
    assert [(v.target, v.before, v.after) for v in found.verdicts] == [("T2", "MISSED", "MET")]
    assert not found.totals and not found.indicators


def test_a_target_that_is_gone(tmp_path):
    text = "".join(line for line in CASE_FILES["targets.csv"].splitlines(keepends=True) if not line.startswith("T1"))
    found = changed(tmp_path, targets=text)
    assert [(c.change, c.name) for c in found.targets] == [("removed", "T1")]
    assert [(v.target, v.before, v.after) for v in found.verdicts] == [("T1", "MET", None)]


def test_entities(tmp_path):
    found = changed(tmp_path, entities=CASE_FILES["entities.csv"].replace("CN-37-07-02", "CN-37-07-03"))
    assert [(c.name, c.field, c.after) for c in found.entities] == [("town", "region", "CN-37-07-03")]


def test_own_values_and_their_owner():
    plain, own = (rows(("coke", "combusted", 10, "t", {"own_ncv": ncv} if ncv else {})) for ncv in ("", 29.0))
    moved = beside(plain, own, "energy")
    assert [r.own_changed for r in row_changes(posted(plain, "energy"), posted(own, "energy"))] == [True]
    assert moved[0].rates == pytest.approx(10 * (29.0 / 29.3076 - FUEL_TCE["coke"]))
    assert moved[0].amounts == 0


# --- factors and rules --------------------------------------------------------------------------------------------------


# coke: NCV 28.446 GJ/t, 29.4 tC/TJ, 0.93 (NDRC 2015 No. 1722, Table; the row of factors/ndrc-2015)
NDRC_COKE = 28.446 * 29.4 / 1000 * 0.93 * 44 / 12


@pytest.fixture(scope="module")
def weicheng(tmp_path_factory):
    """The shipped district with a choice, the boundary and one row of households changed."""
    folder = tmp_path_factory.mktemp("changed") / "weicheng-2025"
    shutil.copytree(shipped("scenarios") / "weicheng-2025", folder)
    for file, old, new in (
        ("case.toml", 'natural_gas = "middle"', 'natural_gas = "high"'),
        ("case.toml", 'boundary = "territorial"', 'boundary = "consumption"'),
        ("households.csv", "2020,natural_gas,combusted,3900,", "2020,natural_gas,combusted,4100,"),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return assess(folder)


def test_a_choice_moves_rates_of_its_fuel(weicheng):
    found = diff(assessed("weicheng-2025"), weicheng)
    assert {(r.what, r.name, r.before, r.after) for r in found.rules} == {
        ("choices", "natural_gas", "middle", "high"),
        ("boundary", "", "territorial", "consumption"),
    }
    assert {r.activity for r in found.rates} == {"natural_gas"}
    for rate in found.rates:  # statistics-tce prints 11.0 to 13.3 tce/10^4 Nm3, the middle is 12.15
        assert rate.after / rate.before == pytest.approx(13.3 / 12.15)
        assert (rate.grade_before, rate.grade_after) == ("choice", "choice")
    assert {m.quantity for m in found.totals if m.rates} == {r.quantity for r in found.rates}
    assert [(r.file, r.row) for r in found.rows] == [("households.csv", 2)]
    assert found.indicators and all(m.because for m in found.indicators)


def test_totals_before_and_after_are_the_cases_own(weicheng):
    old = assessed("weicheng-2025")
    found = diff(old, weicheng, top=10**6)
    checked = 0
    for m in found.totals:
        for side, value in ((old, m.before), (weicheng, m.after)):
            whole = float(side.totals[m.quantity].sel(entity=m.entity, year=m.year))
            if whole == whole:
                checked += 1
                assert value == pytest.approx(whole, rel=1e-12)
        terms = [m.before, *m.parts.values(), -m.after]
        assert abs(math.fsum(terms)) <= 1e-12 * (sum(map(abs, terms)) + sum(abs(d.total) for d in m.drivers))
    assert checked > 50
    # direct CO2 of 2020: 200 万m3 more at 0 °C, 389.31 GJ/10^4 Nm3 x 15.3 tC/TJ x 0.99 (GB/T 32151.34-2024, C.1)
    gas = next(m for m in found.totals if (m.quantity, m.year, m.entity) == ("co2_scope1", 2020, "weicheng"))
    assert gas.amounts == pytest.approx(200 * 389.31 * 15.3 / 1000 * 0.99 * 44 / 12)
    assert (gas.rates, gas.added, gas.removed) == (0, 0, 0)
    assert gas.boundary < 0  # the fuel of sold power and heat is left out
    moved = {m.quantity for m in found.totals}
    unmoved = set(old.ledger.quantities) - moved
    assert {"water", "gdp"} <= unmoved


def test_a_boundary_is_a_part_of_its_own():
    """100 t of coke fired, 40 t of it for sold power: the consumption boundary counts 60 t."""
    frame = rows(
        ("coke", "fired", 100, "t"),
        ("coke", "fired_sold", 40, "t", {"part_of": "coke"}),
        ("electricity", "generated", 200, "MWh"),
        ("electricity", "sold", 80, "MWh"),
    )
    base, made = assessed("china-2020-2023"), []
    for boundary in ("territorial", "consumption"):
        ledger = posted(frame, "co2_scope1")
        summed = totals(ledger, ["entity"], boundary=boundary, partial=True)
        made.append(dataclasses.replace(base, ledger=ledger, totals=summed))
    (moved,) = movements(*made)
    assert moved.before == pytest.approx(100 * fuel_co2("coke"))
    assert moved.boundary == pytest.approx(-40 * fuel_co2("coke"))
    assert (moved.amounts, moved.rates, moved.added, moved.removed) == (0, 0, 0, 0)


def test_a_stand_in_shows_in_grade_and_steps():
    frame = rows(("bituminous_coal", "combusted", 10, "t"))
    stand_in = Rules(stand_ins=(StandIn({"activity": "bituminous_coal"}, "why not", "raw_coal", "co2"),))
    old = posted(frame, "co2_scope1")
    new = posted(rows(("raw_coal", "combusted", 10, "t")), "co2_scope1", rules=stand_in)
    assert not rate_changes(old, new)  # another activity is another key
    same = posted(rows(("raw_coal", "combusted", 10, "t")), "co2_scope1", rules=stand_in)
    other = Rules(stand_ins=(StandIn({"activity": "lignite"}, "it is", "raw_coal", "co2"),))
    (change,) = rate_changes(same, posted(rows(("raw_coal", "combusted", 10, "t")), "co2_scope1", rules=other))
    assert (change.grade_before, change.years, change.unit) == ("stand_in", (2022,), "t CO2/t")
    assert "why not" in change.steps_before[0] and "it is" in change.steps_after[0]
    assert change.from_before != change.from_after


def test_precedence_moves_rates():
    """Coke: 28.435 GJ/t x 29.5 tC/TJ x 0.93 in GB/T 32151.34-2024, as above in the 2015 guidelines."""
    frame = rows(("coke", "combusted", 10, "t"))
    sets = ("gbt-32151-2024", "ndrc-2015")
    one, other = ({"factors": factors(*order)} for order in (sets, sets[::-1]))
    (moved,) = beside(frame, frame, "co2_scope1", one=one, other=other)
    assert moved.rates == pytest.approx(10 * (NDRC_COKE - fuel_co2("coke")))
    (change,) = rate_changes(posted(frame, "co2_scope1", **one), posted(frame, "co2_scope1", **other))
    assert (change.from_before.split("/")[0], change.from_after.split("/")[0]) == sets


def test_precedence_is_a_rule(tmp_path):
    one, other = (
        CASE_TOML.replace('["water-rules"]', f'["water-rules", "{a}", "{b}"]')
        for a, b in (("gbt-32151-2024", "ndrc-2015"), ("ndrc-2015", "gbt-32151-2024"))
    )
    found = diff(town(tmp_path, "old", case=one), town(tmp_path, "new", case=other))
    assert [(r.what, r.name) for r in found.rules] == [("factor_sets", "order")]
    assert not found.totals


def test_rules_in_and_out(tmp_path):
    gap = '\n[[gap]]\nactivity = "peat"\nquantity = "co2_scope1"\nreason = "unknown"\n'.replace("peat", "gangue")
    new = CASE_TOML.replace('title = "A', 'complete = ["water"]\ntitle = "Not a') + gap
    found = changed(tmp_path, case=new)
    assert {(r.what, str(r.before)) for r in found.rules} == {("complete", "None"), ("gap", "None")}
    found = diff(town(tmp_path, "one", case=new), town(tmp_path, "two"))
    assert {(r.what, str(r.after)) for r in found.rules} == {("complete", "None"), ("gap", "None")}


def test_a_catalogue_of_its_own(tmp_path):
    own = '[indicator.water_total]\nzh = "水"\nen = "water"\nformula = "total"\nwith = {amount = "industrial_water"}\nunit = "亿立方米"\nbetter = "lower"\nsign = {amount = "+"}\n'
    new = CASE_TOML.replace("[inputs]", '[inputs]\ncatalog = ["catalog.toml"]')
    old, folder = town(tmp_path, "old"), town(tmp_path, "new", case=new)
    (folder / "catalog.toml").write_text(own, encoding="utf-8")
    found = diff(old, folder)
    assert ("catalogue indicators", "water_total") in {(r.what, r.name) for r in found.rules}
    assert {(r.what, r.before) for r in found.rules if r.what == "quantity posted"} == {("quantity posted", None)}


def test_two_different_cases(capsys):
    found = diff(assessed("china-2020-2023"), assessed("shandong-2014"))
    assert not found.same
    assert {v.before for v in found.verdicts} == {"UNKNOWN"} and {v.after for v in found.verdicts} == {None}
    assert all(m.added == pytest.approx(m.after - m.before) or m.removed for m in found.totals)
    print_difference(found)
    assert "china-2020-2023 → shandong-2014" in capsys.readouterr().out


# --- parts add up --------------------------------------------------------------------------------------------------------

FUELS = ("diesel", "coke", "lpg", "electricity")
LINE = st.tuples(
    st.sampled_from(FUELS), st.sampled_from(["plant", "mill"]), st.sampled_from(["2021", "2022"]), st.integers(0, 4000)
)


def ledger_rows(lines):
    made = []
    for i, (fuel, entity, year, amount) in enumerate(lines):
        flow, unit = ("purchased", "MWh") if fuel == "electricity" else ("combusted", "t")
        made.append((fuel, flow, amount / 8, unit, {"entity": entity, "period": year, "document": f"d{i}"}))
    return rows(*made)


def by_hand(lines, quantity, region):
    """A plain reference: a dict of sums, and rates typed from their tables."""
    grid = SHANDONG_GRID if region == "CN-37" else {2021: 0.5810, 2022: 0.5703}
    sums = {}
    for fuel, entity, year, amount in lines:
        key = (fuel, entity, int(year))
        sums[key] = sums.get(key, 0.0) + amount / 8
    rate = {}
    for fuel, _, year in sums:
        if quantity == "co2_scope1":
            rate[fuel, year] = 0.0 if fuel == "electricity" else fuel_co2(fuel)
        elif quantity == "co2_scope2_location":
            rate[fuel, year] = grid[year] if fuel == "electricity" else 0.0
    return sums, rate


@settings(max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=10), st.lists(LINE, min_size=1, max_size=10))
def test_parts_by_hand(one, other):
    quantity = "co2_scope1"
    old, rate = by_hand(one, quantity, "CN-37")
    new, new_rate = by_hand(other, quantity, "CN-37")
    rate |= new_rate
    expected = {}
    for key in old.keys() | new.keys():
        fuel, entity, year = key
        parts = expected.setdefault((entity, year), dict.fromkeys(PARTS, 0.0))
        if key in old and key in new:
            parts["amounts"] += (new[key] - old[key]) * rate[fuel, year]
        elif key in new:
            parts["added"] += new[key] * rate[fuel, year]
        else:
            parts["removed"] -= old[key] * rate[fuel, year]
    moved = {(m.entity, m.year): m for m in beside(ledger_rows(one), ledger_rows(other), quantity)}
    for place, parts in expected.items():
        if any(abs(part) > 1e-9 for part in parts.values()):
            assert moved[place].parts == pytest.approx(parts, abs=1e-9)
        else:
            assert place not in moved


@settings(max_examples=40)
@given(
    st.lists(LINE, min_size=1, max_size=12),
    st.lists(LINE, min_size=1, max_size=12),
    st.sampled_from(["CN-37", "CN-32"]),
)
def test_parts_close(one, other, region):
    """before + parts = after, for a quantity whose rates differ too; relative to the sum of the absolute terms."""
    for quantity in ("co2_scope2_location", "energy"):
        for m in beside(ledger_rows(one), ledger_rows(other), quantity, other={"region": region}):
            terms = [m.before, *m.parts.values(), -m.after]
            assert abs(math.fsum(terms)) <= 1e-12 * sum(map(abs, terms))
            for name in PARTS:
                if len(m.drivers) < 5:  # all of them are spelt out
                    whole = math.fsum(getattr(d, name) for d in m.drivers)
                    assert whole == pytest.approx(m.parts[name], rel=1e-9, abs=1e-9)


@settings(max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=10))
def test_a_rate_alone(lines):
    """The same rows in another province: all is the rate's, amounts x (Jiangsu - Shandong)."""
    frame = ledger_rows(lines)
    old = posted(frame, "co2_scope2_location")
    new = posted(frame, "co2_scope2_location", region="CN-32")
    for m in beside(frame, frame, "co2_scope2_location", other={"region": "CN-32"}):
        assert m.amounts == m.added == m.removed == m.boundary == 0
        assert m.rates == pytest.approx(m.after - m.before, rel=1e-12)
    assert (old.cells.amount == new.cells.amount).all()


def test_amounts_whose_product_is_exact_close_to_the_digit():
    """Water counts at 1 m3 a m3: sums of whole numbers are exact, and so must the parts be."""
    one = rows(("industrial_water", "used", 5, "m3"), ("domestic_water", "used", 3, "m3", {"entity": "mill"}))
    other = rows(("industrial_water", "used", 9, "m3"), ("domestic_water", "used", 4, "m3"))
    sets = {"factors": factors("water-rules")}
    for m in beside(one, other, "water", one=sets, other=sets):
        assert m.before + sum(m.parts.values()) == m.after
        assert (
            m.parts
            == {
                "plant": {"amounts": 4, "rates": 0, "added": 4, "removed": 0, "boundary": 0},
                "mill": {"amounts": 0, "rates": 0, "added": 0, "removed": -3, "boundary": 0},
            }[m.entity]
        )


def test_an_amount_that_was_zero_moves_by_amount():
    one, other = (rows(("diesel", "combusted", amount, "t")) for amount in (0, 10))
    (moved,) = beside(one, other, "co2_scope1")
    assert moved.amounts == pytest.approx(10 * fuel_co2("diesel"))
    assert moved.rates == pytest.approx(0, abs=1e-12)


# --- reports ---------------------------------------------------------------------------------------------------------------


def test_english(tmp_path, capsys):
    print_difference(changed(tmp_path, activity=CASE_FILES["activity.csv"].replace("used,90,", "used,95,")))
    text = capsys.readouterr().out
    for part in ("Rows that differ: 1", "activity.csv row 4", "Totals that moved", "50000", "because of", "water use"):
        assert part in text
    print_difference(changed(tmp_path / "again"))
    assert "Nothing differs." in capsys.readouterr().out


def test_chinese(tmp_path, capsys):
    found = changed(
        tmp_path,
        activity=CASE_FILES["activity.csv"].replace("used,90,", "used,95,"),
        targets=CASE_FILES["targets.csv"].replace(",20,%", ",10,%"),
    )
    print_difference(found, lang="zh")
    text = capsys.readouterr().out
    for part in ("有差异的数据行: 1", "第4行", "变动的总量及其原因", "小镇", "工业用水", "变动的判定", "达标"):
        assert part in text
    for word in ("changed", "Totals", "before", "because", "MET"):
        assert word not in text


def test_json(tmp_path):
    found = changed(tmp_path, case=CASE_TOML.replace("price_base = 2020", 'price_base = 2020\ncomplete = ["water"]'))
    data = json.loads(json.dumps(difference_as_data(found), allow_nan=False))
    assert data["schema"] == "carbonledger.diff/1"
    assert data["rules"] == [{"what": "complete", "name": "", "before": None, "after": "water"}]
    whole = json.dumps(
        difference_as_data(diff(assessed("china-2020-2023"), assessed("shandong-2014"))), allow_nan=False
    )
    assert json.loads(whole)["totals"]


def test_assessed_cases_are_taken_as_they_are(tmp_path):
    one = assess(town(tmp_path, "old"))
    assert isinstance(one, Assessed) and diff(one, one.case).same
    assert isinstance(one.ledger.rows, pd.DataFrame)
