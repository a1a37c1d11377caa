"""Explanations: from any number down to the row, the rate and its page."""

from __future__ import annotations

import json
import math

import pytest
from examples import CASES, assessed, rows, walk, write_case

from carbonledger.case import assess
from carbonledger.errors import CatalogError
from carbonledger.explanation import explain
from carbonledger.factors import CONFIDENCE

CHINA, SHANDONG = CASES


def everything(case: str):
    """What a case can be asked for: its targets, indicators and quantities."""
    found = assessed(case)
    targets = [judged.target.id for judged in found.verdicts]
    return [*targets, *found.case.about["indicators"], *found.ledger.quantities]


QUESTIONS = [(case, what) for case in CASES for what in everything(case)]


@pytest.mark.parametrize(("case", "what"), QUESTIONS)
def test_every_rate_names_its_page_or_is_by_definition(case, what):
    rates = [node for node in walk(explain(assessed(case), what, top=10_000)) if node["kind"] == "rate"]
    for rate in rates:
        if rate["grade"] == "definition":
            assert rate["steps"], what
            continue
        for key in ("source", "locator", "confidence", "set", "file", "row", "printed"):
            assert rate[key], (what, key)
        assert rate["confidence"] in CONFIDENCE


@pytest.mark.parametrize(("case", "what"), QUESTIONS)
def test_every_explanation_is_strict_json(case, what):
    node = explain(assessed(case), what)
    assert json.loads(json.dumps(node, allow_nan=False, ensure_ascii=False)) == node


@pytest.mark.parametrize(("case", "what"), QUESTIONS)
def test_no_value_is_missing_without_a_reason(case, what):
    for node in walk(explain(assessed(case), what)):
        if node["kind"] in {"verdict", "indicator", "total", "entry"} and node.get("value") is None:
            assert node["reason"], node["name"]


@pytest.mark.parametrize("top", [0, 1, 3, 10_000])
@pytest.mark.parametrize("case", CASES)
def test_entries_sum_to_their_total(case, top):
    checked = 0
    for what in assessed(case).ledger.quantities:
        node = explain(assessed(case), what, top=top)
        if node["value"] is None or any(part["value"] is None for part in node["from"]):
            continue
        parts = [part["value"] for part in node["from"]]
        size = sum(abs(part) for part in parts) or 1.0
        assert abs(math.fsum(parts) - node["value"]) <= 1e-9 * max(size, abs(node["value"])), what
        assert len(parts) <= top + 1
        checked += 1
    assert checked > 3


def test_largest_entries_come_first():
    node = explain(assessed(SHANDONG), "co2_scope1", top=5)
    shown = [abs(part["value"]) for part in node["from"] if part["kind"] == "entry" and part["value"] is not None]
    assert shown == sorted(shown, reverse=True)
    (rest,) = [part for part in node["from"] if part["kind"] == "rest"]
    assert rest["name"].startswith(f"{node['rows'] - 5} more")


def test_from_a_target_down_to_the_bulletin():
    node = explain(assessed(CHINA), "CN-W1")
    assert (node["kind"], node["verdict"], node["year"]) == ("verdict", "UNKNOWN", 2025)
    assert "14th-FYP" in node["source"]
    (indicator,) = node["from"]
    assert (indicator["name"], indicator["year"]) == ("water_total", 2023)
    entries = [n for n in walk(node) if n["kind"] == "entry"]
    assert {e["name"] for e in entries} == {
        f"{sector}_water used" for sector in ("agricultural", "industrial", "domestic", "ecological")
    }
    assert {e["input_source"] for e in entries} == {"2023年中国水资源公报 (MWR)"}
    assert sum(float(e["written"].split()[0]) for e in entries) == pytest.approx(5906.5)  # facts A3


def test_target_without_an_indicator_has_no_tree():
    node = explain(assessed(CHINA), "CN-W5")
    assert node["from"] == []
    assert node["reason"]


def test_from_an_indicator_with_its_formula_and_base():
    node = explain(assessed(CHINA), "water_per_gdp_drop", year=2022)
    assert node["formula"].startswith("intensity_drop(")
    assert {n["argument"]: n["year"] for n in node["from"]} == {
        "amount": 2022,
        "output": 2022,
        "base_amount": 2020,
        "base_output": 2020,
    }


def test_previous_year_is_the_base_of_an_annual_drop():
    node = explain(assessed(CHINA), "water_per_gdp_annual_drop", year=2022)
    assert {n["year"] for n in node["from"] if n["argument"].startswith("base_")} == {2021}


def test_base_before_the_first_year_is_told():
    node = explain(assessed(CHINA), "water_per_gdp_annual_drop", year=2020)
    assert node["value"] is None
    assert node["reason"]


def test_last_year_with_a_value_is_the_default():
    assert explain(assessed(CHINA), "nonfossil_share_coal_rate")["year"] == 2022
    assert explain(assessed(CHINA), "water_total")["year"] == 2023


def test_from_a_quantity():
    node = explain(assessed(CHINA), "water", year=2020)
    assert (node["kind"], node["unit"], node["rows"], node["months"]) == ("total", "m3", 4, 12)
    assert node["value"] == pytest.approx(5812.9e8)
    assert node["boundary"] == "territorial"


def test_from_a_row():
    node = explain(assessed(CHINA), "activity.csv:3")
    assert node["kind"] == "row"
    assert {part["quantity"] for part in node["from"]} >= {"water", "industrial_water"}
    for part in node["from"]:
        assert (part["file"], part["row"], part["written"]) == ("activity.csv", 3, "1030.4 亿立方米")
        assert part["conversion"] == 1e8


def test_row_of_the_balance_with_stand_in_and_components():
    line = next(n for n in walk(explain(assessed(SHANDONG), "co2_scope1")) if n.get("name") == "raw_coal fired")
    node = explain(assessed(SHANDONG), f"{line['file']}:{line['row']}")
    rate = next(p["from"][0] for p in node["from"] if p["quantity"] == "co2_scope1")
    assert rate["grade"] == "stand_in"
    # GB/T 32151.34-2024 Table C.1, bituminous: facts/energy-carbon.md section 2
    assert {p["name"]: p["value"] for p in rate["components"]} == {"carbon": 26.1, "oxidation": 0.93}
    assert "raw coal is taken as bituminous" in rate["steps"][0]


def test_negative_entries_carry_their_sign():
    node = explain(assessed(SHANDONG), "energy_transformed", top=10_000)
    fired = [n for n in node["from"] if n["name"].endswith(" fired")]
    assert fired
    assert all(n["sign"] == -1 and n["value"] < 0 for n in fired)


def test_gap_tells_the_cases_reason():
    node = explain(assessed(CHINA), "nonfossil_share_physical", year=2022)
    gaps = [n for n in walk(node) if n["kind"] == "entry" and n["value"] is None]
    assert gaps
    assert all("not split by source" in n["reason"] for n in gaps)


def test_state_tells_its_file_and_source():
    node = explain(assessed(SHANDONG), "nonfossil_share_coal_rate_with_imports")
    (state,) = [n for n in walk(node) if n["kind"] == "state"]
    assert (state["name"], state["value"], state["file"], state["row"]) == ("import_credit", 0.25, "states.csv", 2)
    assert state["source"]


def test_of_which_entries_say_what_moved():
    entries = [n for n in walk(explain(assessed(SHANDONG), "co2_scope1", top=10_000)) if n["kind"] == "entry"]
    moved = [n for n in entries if "of-which" in n.get("derived", "")]
    assert moved
    assert all(n["amount"] < 0 for n in moved)


def test_unknown_name_lists_what_there_is():
    with pytest.raises(CatalogError) as caught:
        explain(assessed(CHINA), "water_totl")
    text = str(caught.value)
    assert "nearest: 'water_total'" in text
    for name in ("CN-W1", "water_per_gdp", "industrial_water", "FILE:ROW"):
        assert name in text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ({"what": "water", "entity": "chin"}, "no entity 'chin'; nearest: 'china'"),
        ({"what": "water", "year": 1999}, "no rows in 1999"),
        ({"what": "activity.csv:1"}, "row 1 is the head"),
        ({"what": "activity.csv:9999"}, "no entry comes from activity.csv row 9999"),
        ({"what": "nofile.csv:2"}, "no entry comes from nofile.csv row 2"),
    ],
)
def test_questions_without_an_answer(question, text):
    with pytest.raises(CatalogError) as caught:
        explain(assessed(CHINA), **question)
    assert text in str(caught.value)


def test_target_asked_for_another_year_is_explained_in_that_year():
    node = explain(assessed(CHINA), "CN-W1", year=2021)
    assert node["from"][0]["year"] == 2021


def test_several_entities_need_a_choice(tmp_path):
    more = "town,2020,industrial_water,used,100,万立方米,b\ntown,2020,gdp,produced,10,亿元,b\n"
    head = "entity,period,activity,flow,amount,unit,source\n"
    folder = write_case(
        tmp_path / "two",
        activity=head + more + more.replace("town", "city"),
        states="entity,period,state,value,unit,source\ntown,2021,gdp_growth,8,%,s\n",
        entities="entity,level,parent,region\ntown,district,city,\ncity,city,,CN-37-07\n",
    )
    found = assess(folder)
    with pytest.raises(CatalogError, match=r"which entity\? .*city, town"):
        explain(found, "water_total")
    assert explain(found, "water_total", entity="town")["entity"] == "town"


def test_helper_rows_are_what_they_say():
    """The shared examples give each row its own columns; a slip there would hide in every test."""
    frame = rows(("diesel", "combusted", 1, "t"), ("diesel", "combusted", 2, "t", {"part_of": "diesel"}))
    assert list(frame["part_of"]) == ["", "diesel"]
    assert list(frame["amount"]) == [1, 2]
