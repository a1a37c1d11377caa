"""Reduction tasks: formulas by hand, projects and every fault of them, exact sums, double counting, verdicts."""

from __future__ import annotations

import datetime
import itertools
import math
import pathlib
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger import reduction as rd
from carbonledger.catalog import indicators, read_catalog
from carbonledger.errors import TableError
from carbonledger.reasons import Reason
from carbonledger.standards import EditionError, edition, edition_on

# --- formulas ---------------------------------------------------------------------------------------------------------

# facts/air.md 5.1, worked by hand: arguments in units that fit, tonnes of a full year
BY_HAND = [
    (rd.closure, ("120.5",), "120.5"),
    # 200 t at 60 % are 500 t generated; at 90 % 50 t are left
    (rd.end_of_pipe, ("200", "0.6", "0.9"), "150"),
    (rd.end_of_pipe, ("75", "0", "0.8"), "60"),
    (rd.end_of_pipe, ("75", "0.5", "0.5"), "0"),
    # 8.5e8 m3 × 130 mg/m3 = 1.105e11 mg = 110.5 t
    (rd.flow, ("850000000", "180e-9", "50e-9"), "110.5"),
    # 9e6 m3 × 250 mg/L = 2250 t, less the 1000 t of the base year
    (rd.sewage, ("9000000", "280e-6", "30e-6", "1000"), "1250"),
    (rd.coal_replacement, ("12000", "0.0085"), "102"),
]


@pytest.mark.parametrize(("formula", "arguments", "tonnes"), BY_HAND)
def test_formulas_by_hand(formula, arguments, tonnes):
    assert formula(*map(Fraction, arguments)) == Fraction(tonnes)
    assert formula(*map(float, arguments)) == pytest.approx(float(tonnes), rel=1e-14)
    arrays = [np.array([float(a)] * 2) for a in arguments]
    np.testing.assert_allclose(formula(*arrays), [float(tonnes)] * 2, rtol=1e-14)


def test_the_edition_tells_of_every_measure_how_far_it_was_checked():
    rules = edition("reduction-14th-fyp")
    told = {m.measure: m for m in rules.table("measure")}
    assert set(told) == set(rd.FORMS)
    assert not any(m.verified for m in told.values())
    assert all(m.confidence in {"M", "MA"} and m.source and m.formula for m in told.values())


# 国发〔2021〕33号: against 2020 by 2025, COD and NH3-N by 8 %, NOx and VOCs by 10 % or more; SO2 is not among them
def test_binding_pollutants_of_the_14th_plan_period():
    rules = edition_on("reduction tasks", datetime.date(2025, 12, 31), "CN-37")
    assert rules.name == "reduction-14th-fyp"
    found = {b.pollutant: (b.fall, b.or_more) for b in rules.table("binding")}
    assert found == {"COD": (8, False), "NH3-N": (8, False), "NOx": (10, True), "VOCs": (10, True)}
    assert rules.rule("base_year") == 2020
    assert rules.unverified == ["first_year"]
    for day in (datetime.date(2020, 12, 31), datetime.date(2026, 1, 1)):
        with pytest.raises(EditionError):
            edition_on("reduction tasks", day)


# --- projects ---------------------------------------------------------------------------------------------------------

COMMON = {"entity": "甲厂", "district": "潍城", "evidence": "", "accepted": "yes"}
CLOSURE = {
    "pollutant": "NOx",
    "measure": "closure",
    "start": "2022-03-31",
    "base_emission": "120",
    "base_emission_unit": "t",
}
RETROFIT = {
    "pollutant": "NOx",
    "measure": "end_of_pipe",
    "start": "2023-05",
    "base_emission": "200",
    "base_emission_unit": "t",
    "eta0": "60",
    "eta1": "90",
    "eta_unit": "%",
}
FLOW = {
    "pollutant": "SO2",
    "measure": "flow",
    "start": "2021-12-01",
    "flow": "8.5",
    "flow_unit": "亿立方米",
    "c0": "180",
    "c1": "50",
    "concentration_unit": "mg/m3",
}
SEWAGE = {
    "pollutant": "COD",
    "measure": "sewage",
    "start": "2022-06-30",
    "flow": "900",
    "flow_unit": "万立方米",
    "c_in": "280",
    "c_out": "30",
    "concentration_unit": "mg/L",
    "base_removal": "1000",
    "base_removal_unit": "t",
}
COAL = {
    "pollutant": "SO2",
    "measure": "coal_replacement",
    "start": "2024-11-01",
    "coal_cut": "1.2",
    "coal_cut_unit": "万吨",
    "emission_factor": "8.5",
    "emission_factor_unit": "kg/t",
    "factor_source": "handbook, table 3",
}


def table(*rows):
    made = []
    for n, row in enumerate(rows, start=1):
        made.append({"id": f"P{n}", **COMMON, "evidence": f"document {n}"} | row)
    return pd.DataFrame(made).fillna("")


def read(*rows):
    return rd.read_projects(table(*rows), file="projects.csv")


@pytest.mark.parametrize(
    ("row", "tonnes"),
    [
        (CLOSURE, "120"),
        (CLOSURE | {"base_emission": "0.12", "base_emission_unit": "万吨/年"}, "1200"),
        (CLOSURE | {"base_emission": "120 000", "base_emission_unit": "kg NOx"}, None),
        (CLOSURE | {"base_emission": "120,000", "base_emission_unit": "kg NOx"}, "120"),
        (CLOSURE | {"pollutant": "挥发性有机物", "base_emission_unit": "t VOCs/a"}, "120"),
        (CLOSURE | {"offset": "20.5", "offset_unit": "t"}, "99.5"),
        (CLOSURE | {"offset": "120", "offset_unit": "t"}, "0"),
        (RETROFIT, "150"),
        (RETROFIT | {"eta0": "0.6", "eta1": "0.9", "eta_unit": "1"}, "150"),
        (RETROFIT | {"eta0": "0", "eta1": "33.3"}, "66.6"),
        (FLOW, "110.5"),
        (FLOW | {"flow_unit": "亿标立方米", "concentration_unit": "mg/Nm3"}, "110.5"),
        (FLOW | {"flow": "850000000", "flow_unit": "m3/a", "concentration_unit": "ug/m3"}, "0.1105"),
        (FLOW | {"concentration_unit": "mg SO2/m3"}, "110.5"),
        (FLOW | {"pollutant": "氨氮", "flow": "100", "flow_unit": "万立方米", "c0": "25", "c1": "5", "concentration_unit": "毫克/升"}, "20"),
        (SEWAGE, "1250"),
        (SEWAGE | {"base_removal": "2250"}, "0"),
        (COAL, "102"),
        (COAL | {"coal_cut": "1000", "coal_cut_unit": "tce", "emission_factor_unit": "kg SO2/tce"}, "8.5"),
    ],
)  # fmt: skip
def test_projects_by_hand(row, tonnes):
    if tonnes is None:
        with pytest.raises(TableError, match="'120 000' is not a number"):
            read(row)
        return
    found = read(row)
    assert found["exact"].iat[0] == Fraction(tonnes)
    assert found["reduction"].iat[0] == float(tonnes)


def test_a_file_in_chinese(tmp_path):
    path = tmp_path / "项目.csv"
    path.write_text(
        "编号,企业,区县,排放口,污染物,减排措施,投运时间,改造前效率,改造后效率,效率单位,基准排放量,基准排放量单位,佐证材料,是否认定,原因\n"
        "1,乙厂,潍城,DA001,氮氧化物,末端治理,2023年5月,60,90,%,200,吨/年,验收意见,是,\n"
        "2,丙厂,潍城,,COD,关停,2023年6月30日,,,,12.5,吨,,否,缺少断电证明\n",
        encoding="utf-8",
    )
    found = rd.read_projects(path)
    assert found["reduction"].tolist() == [150.0, 12.5]
    assert found["start"].dt.strftime("%Y-%m-%d").tolist() == ["2023-05-01", "2023-06-30"]
    assert found["accepted"].tolist() == [True, False]
    assert rd.left_out(found) == ["'2' (项目.csv row 3): COD, 12.5 t a year, not accepted: 缺少断电证明"]


def test_numbers_of_a_frame_as_well_as_text():
    found = read(RETROFIT | {"base_emission": 200.1, "eta0": 0.6, "eta1": 0.9, "eta_unit": "1"})
    assert found["exact"].iat[0] == Fraction("2001/10") * 3 / 4  # 0.3/0.4, no float in between


BAD = {
    "no measure": (CLOSURE | {"measure": "shutdown"}, "measure", "measure 'shutdown'"),
    "blank measure": (CLOSURE | {"measure": ""}, "measure", "Accepted: closure, end_of_pipe, flow, sewage, coal_replacement"),
    "pollutant": (CLOSURE | {"pollutant": "CO2"}, "pollutant", "Accepted: SO2, NOx, COD, NH3-N, VOCs"),
    "accepted": (CLOSURE | {"accepted": "maybe"}, "accepted", "Accepted: yes, no"),
    "not said whether accepted": (CLOSURE | {"accepted": ""}, "accepted", "Accepted: yes, no"),
    "no entity": (CLOSURE | {"entity": ""}, "entity", "no entity"),
    "no district": (CLOSURE | {"district": "—"}, "district", "no district"),
    "no id": (CLOSURE | {"id": ""}, "id", "no id"),
    "no evidence": (CLOSURE | {"evidence": ""}, "evidence", "accepted without evidence. Name the document"),
    "no reason": (CLOSURE | {"accepted": "no"}, "reason", "not accepted, without a reason. Say why"),
    "no start": (CLOSURE | {"start": ""}, "start", "'' is no date"),
    "a year only": (CLOSURE | {"start": "2022"}, "start", "Write the day or the month of completion"),
    "a month 13": (CLOSURE | {"start": "2022-13"}, "start", "'2022-13' is no date"),
    "year 20222": (CLOSURE | {"start": "0222-01-01"}, "start", "is no date"),
    "a base after the project": (CLOSURE | {"base_year": "2023"}, "base_year", "the base year 2023 lies after the completion on 2022-03-31"),
    "months up to one": (CLOSURE | {"start": "2022-01/03"}, "start", "'2022-01/03' is no date"),
    "base year": (CLOSURE | {"base_year": "20.5"}, "base_year", "20.5 is no year"),
    "lacks its base": (CLOSURE | {"base_emission": ""}, "base_emission", "'closure' without base_emission. It needs base_emission"),
    "lacks the unit": (CLOSURE | {"base_emission_unit": ""}, "base_emission_unit", "'closure' without base_emission_unit"),
    "no number": (CLOSURE | {"base_emission": "abc"}, "base_emission", "'abc' is not a number"),
    "infinite": (CLOSURE | {"base_emission": float("inf")}, "base_emission", "is not a number"),
    "negative": (CLOSURE | {"base_emission": "-1"}, "base_emission", "-1 is negative"),
    "another dimension": (CLOSURE | {"base_emission_unit": "m3"}, "base_emission_unit", "unit 'm3' is [length]**3, but 't' is [mass]"),
    "another substance": (CLOSURE | {"base_emission_unit": "t SO2"}, "base_emission_unit", "unit 't SO2'"),
    "per day": (CLOSURE | {"base_emission_unit": "t/d"}, "base_emission_unit", "unit 't/d'"),
    "an unknown unit": (CLOSURE | {"base_emission_unit": "tons"}, "base_emission_unit", "unit 'tons' is refused"),
    "what a closure does not use": (CLOSURE | {"eta1": "90"}, "eta1", "'closure' does not use eta1. It needs base_emission"),
    "a unit it does not use": (CLOSURE | {"flow_unit": "m3"}, "flow_unit", "'closure' does not use flow_unit"),
    "eta falls": (RETROFIT | {"eta1": "50"}, "eta1", "eta0 60 is above eta1 50"),
    "eta of 100 %": (RETROFIT | {"eta1": "100"}, "eta1", "100 % is no efficiency"),
    "eta in % with unit 1": (RETROFIT | {"eta_unit": "1"}, "eta0", "60 1 is no efficiency"),
    "eta as a fraction in %": (RETROFIT | {"eta0": "0.6", "eta1": "0.9"}, "eta1", "an efficiency of 0.9 % cannot be meant"),
    "eta negative": (RETROFIT | {"eta0": "-5"}, "eta0", "-5 is negative"),
    "eta without unit": (RETROFIT | {"eta_unit": ""}, "eta_unit", "'end_of_pipe' without eta_unit"),
    "c rises": (FLOW | {"c1": "200"}, "c1", "c0 180 is below c1 200"),
    "Nm3 with mg/m3": (FLOW | {"flow_unit": "万标立方米"}, "concentration_unit", "unit 'mg/m3'"),
    "m3 with mg/Nm3": (FLOW | {"concentration_unit": "mg/Nm3"}, "concentration_unit", "unit 'mg/Nm3'"),
    "a flow in tonnes": (FLOW | {"flow_unit": "万吨"}, "flow_unit", "unit '万吨' is [mass]"),
    "sewage of NOx": (SEWAGE | {"pollutant": "NOx"}, "measure", "'sewage' reduces no NOx. It is one for COD, NH3-N"),
    "coal of COD": (COAL | {"pollutant": "COD"}, "measure", "'coal_replacement' reduces no COD"),
    "less than in the base year": (SEWAGE | {"base_removal": "2250.1"}, "sewage", "a reduction of -0.1 t"),
    "no base removal": (SEWAGE | {"base_removal": ""}, "base_removal", "'sewage' without base_removal"),
    "factor without source": (COAL | {"factor_source": ""}, "factor_source", "without factor_source"),
    "factor per tce on tonnes": (COAL | {"emission_factor_unit": "kg/tce"}, "emission_factor_unit", "unit 'kg/tce'"),
    "more SO2 than coal": (COAL | {"emission_factor_unit": "t/t"}, "emission_factor", "an emission factor of 8.5 t/t"),
    "offset without unit": (CLOSURE | {"offset": "5"}, "offset", "offset and offset_unit belong together"),
    "offset too large": (CLOSURE | {"offset": "121", "offset_unit": "t"}, "closure", "a reduction of -1 t"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "column", "told"), BAD.values(), ids=list(BAD))
def test_what_is_wrong_is_named_with_its_place(row, column, told):
    with pytest.raises(TableError) as caught:
        read(row)
    assert len(caught.value.faults) >= 1
    assert told in str(caught.value)
    fault = next(f for f in caught.value.faults if told in str(f))
    assert (fault.file, fault.row) == ("projects.csv", 1)
    assert fault.column == column or column in rd.FORMS
    assert fault.mend


def test_faults_of_a_row_do_not_multiply():
    for name, (row, _, _) in BAD.items():
        with pytest.raises(TableError) as caught:
            read(row)
        expected = 2 if name == "eta in % with unit 1" else 1  # both efficiencies are wrong
        assert len(caught.value.faults) == expected, name


def test_all_faults_at_once():
    with pytest.raises(TableError) as caught:
        read(*(row for row, _, _ in BAD.values()))
    rows = {f.row for f in caught.value.faults}
    assert rows == set(range(1, len(BAD) + 1))


def test_an_id_stands_once():
    with pytest.raises(TableError, match=r"row 2, column id: 'P1' stands twice"):
        read(CLOSURE, COAL | {"id": "P1"})


def test_a_misspelt_column_is_not_passed_over():
    with pytest.raises(TableError, match=r"unknown column 'base_emision'; nearest: 'base_emission'"):
        rd.read_projects(table(CLOSURE).rename(columns={"base_emission": "base_emision"}))


# --- counted twice ----------------------------------------------------------------------------------------------------

LATER = {"start": "2023-05", "outlet": "DA001"}
TWICE = {
    "closed before": ([CLOSURE, RETROFIT], "NOx of what 'P1' (projects.csv row 1) closed on 2022-03-31"),
    "closed before, base of later": ([CLOSURE, RETROFIT | {"base_year": "2023"}], "closed on 2022-03-31"),
    "closed on the same day": ([RETROFIT | {"start": "2022-03-31"}, CLOSURE], "(projects.csv row 2) closed on"),
    "closed twice": ([CLOSURE, CLOSURE | {"start": "2023-01-01", "base_year": "2022"}], "closed on 2022-03-31"),
    "same base": ([RETROFIT, RETROFIT | {"start": "2024-01-01"}], "NOx on the same base as 'P1' (projects.csv row 1)"),
    "base of the year of completion": ([RETROFIT, CLOSURE | {"start": "2024-01-01", "base_year": "2023"}], "on the same base"),
    "a blank outlet is the whole enterprise": ([RETROFIT | {"outlet": "DA001"}, RETROFIT | {"start": "2024-01"}], "on the same base"),
    "an outlet in small letters": ([RETROFIT | {"outlet": "DA001"}, RETROFIT | {"start": "2024-01", "outlet": "da001"}], "on the same base"),
    "the same document": ([CLOSURE, COAL | {"pollutant": "NOx", "entity": "乙厂", "evidence": "document 1"}], "'document 1' is the evidence of 'P1' already"),
}  # fmt: skip
ONCE = {
    "other outlets": [RETROFIT | {"outlet": "DA001"}, RETROFIT | {"outlet": "DA002"}],
    "other enterprises": [CLOSURE, CLOSURE | {"entity": "乙厂"}],
    "other pollutants": [CLOSURE, CLOSURE | {"pollutant": "SO2"}],
    "one document for two pollutants": [CLOSURE, CLOSURE | {"pollutant": "SO2", "evidence": "document 1"}],
    "a later base": [RETROFIT, RETROFIT | {"start": "2025-02-01", "base_year": "2024", "base_emission": "50", "eta0": "90", "eta1": "95"}],
    "closed later, from what was left": [RETROFIT, CLOSURE | {"start": "2025-01-01", "base_year": "2024", "base_emission": "50"}],
    "the other is not accepted": [CLOSURE, RETROFIT | {"accepted": "no", "reason": "closed"}],
}  # fmt: skip


@pytest.mark.parametrize(("rows", "told"), TWICE.values(), ids=list(TWICE))
def test_what_is_counted_twice_is_a_fault_that_names_both_rows(rows, told):
    for order in itertools.permutations(range(len(rows))):
        given_rows = [rows[k] | {"id": f"P{k + 1}"} for k in order]
        if order == tuple(range(len(rows))):
            with pytest.raises(TableError) as caught:
                read(*given_rows)
            assert len(caught.value.faults) == 1
            assert told in str(caught.value) and caught.value.faults[0].mend
        elif "document 1" not in told:
            with pytest.raises(TableError, match=r"closed on|on the same base"):
                read(*given_rows)


@pytest.mark.parametrize("rows", ONCE.values(), ids=list(ONCE))
def test_what_is_counted_once_is_none(rows):
    assert len(read(*rows)) == 2


# --- months -----------------------------------------------------------------------------------------------------------

# By hand: months that count up to the end of 2022, 2023, 2024 for a project completed in 2023
MONTHS = [
    ("2023-01", "month_after", (0, 11, 12)),
    ("2023-06", "month_after", (0, 6, 12)),
    ("2023-12", "month_after", (0, 0, 12)),
    ("2023-01", "month_of", (0, 12, 12)),
    ("2023-06", "month_of", (0, 7, 12)),
    ("2023-12", "month_of", (0, 1, 12)),
    ("2023-12", "whole_year", (0, 12, 12)),
]


@pytest.mark.parametrize(("start", "rule", "months"), MONTHS)
def test_share_of_the_first_year(start, rule, months):
    day = datetime.date.fromisoformat(f"{start}-15")
    assert [rd.share(day, y, rule) * 12 for y in (2022, 2023, 2024)] == list(months)
    assert rd.share(day, 2000, rule) == 0
    assert rd.share(day, 2100, rule) == 1


def test_reductions_by_hand():
    projects = read(
        CLOSURE,  # 120 t from April 2022: 90 t in 2022, 30 t in 2023
        RETROFIT | {"entity": "乙厂"},  # 150 t from June 2023: 87.5 t, then 62.5 t
        SEWAGE | {"district": "寒亭"},  # 1250 t from July 2022: 625 t, 625 t
        COAL | {"accepted": "no", "reason": "boiler not scrapped"},
        CLOSURE | {"entity": "丙厂", "start": "2020-12-31", "base_emission": "12"},  # all of it after 2020
    )
    found = rd.reductions(projects, [2022, 2023, 2025])
    assert found["cumulative"].dims == ("district", "pollutant", "year")
    nox = found.sel(district="潍城", pollutant="NOx")
    assert nox["reduction"].values.tolist() == [90.0, 117.5, 0.0]
    assert nox["cumulative"].values.tolist() == [102.0, 219.5, 282.0]  # 12 t in 2021, 62.5 t in 2024
    assert nox["projects"].values.tolist() == [2, 3, 3]
    assert found["cumulative"].sel(district="寒亭", pollutant="COD").values.tolist() == [625.0, 1250.0, 1250.0]
    assert found["cumulative"].attrs["units"] == "t"
    under = nox["cumulative_under"].sel(year=2023)
    assert found["alternative"].values.tolist() == [
        "first_year: from the month of completion",
        "first_year: the whole first year",
    ]
    # 120 + 8/12 × 150 + 11/12 × 12; 120 + 150 + 0
    assert under.values.tolist() == [231.0, 270.0]


def test_no_project_is_not_zero_and_one_that_is_not_accepted_is_seen():
    projects = read(CLOSURE, COAL | {"accepted": "no", "reason": "boiler not scrapped"})
    found = rd.reductions(projects, [2025])
    assert math.isnan(found["cumulative"].sel(district="潍城", pollutant="COD", year=2025))
    assert int(found["cumulative_reason"].sel(district="潍城", pollutant="COD", year=2025)) == Reason.NO_ROWS
    so2 = found.sel(district="潍城", pollutant="SO2", year=2025)
    assert float(so2["cumulative"]) == 0 and int(so2["left_out"]) == 1 and int(so2["projects"]) == 0
    text = "'P2' (projects.csv row 2): SO2, 102 t a year, not accepted: boiler not scrapped"
    assert found.attrs["left_out"] == [text]
    assert found.attrs["new_sources"] == "growth by new sources is not netted"
    assert found.attrs["unverified"] == ["first_year"]
    assert (found.attrs["edition"], found.attrs["base_year"]) == ("reduction-14th-fyp", 2020)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"years": []}, rd.ReductionError, "no years"),
        ({"years": [2020, 2021]}, rd.ReductionError, "2020: reductions count from the year after the base year 2020"),
        ({"years": [2025], "by": "sector"}, rd.ReductionError, "accepted: district, entity"),
        ({"years": [2027]}, EditionError, "reduction-14th-fyp"),
        ({"years": [2025], "edition": "reduction-13th-fyp"}, EditionError, "nearest: 'reduction-14th-fyp'"),
    ],
)
def test_a_question_without_an_answer_is_an_error(options, error, told):
    with pytest.raises(error, match=told):
        rd.reductions(read(CLOSURE), **options)


def test_another_period_by_name():
    found = rd.reductions(read(CLOSURE), [2027], edition="reduction-14th-fyp", base_year=2025)
    assert float(found["cumulative"].sel(district="潍城", pollutant="NOx", year=2027)) == 0  # all of it lies before


# --- exact sums, against a plain reference ----------------------------------------------------------------------------

TONNES = st.integers(0, 10**7).map(lambda k: f"{k / 1000:.3f}")
DRAWN = st.fixed_dictionaries(
    {
        "entity": st.sampled_from(["甲厂", "乙厂", "丙厂"]),
        "district": st.sampled_from(["潍城", "寒亭"]),
        "pollutant": st.sampled_from(["NOx", "COD"]),
        "start": st.tuples(st.integers(2020, 2025), st.integers(1, 12)).map(lambda p: f"{p[0]}-{p[1]:02d}"),
        "base_emission": TONNES,
        "base_emission_unit": st.sampled_from(["t", "kg", "吨/年"]),
        "accepted": st.sampled_from(["yes", "yes", "no"]),
        "reason": st.just("because"),
        "measure": st.just("closure"),
    }
)


def reference(rows, district, pollutant, year):
    """Month by month: a twelfth of the year's tonnes from the month after completion, for twelve months."""
    found = Fraction(0)
    for row in rows:
        if (row["district"], row["pollutant"], row["accepted"]) != (district, pollutant, "yes"):
            continue
        tonnes = Fraction(row["base_emission"]) / (1000 if row["base_emission_unit"] == "kg" else 1)
        y, m = map(int, row["start"].split("-"))
        for _ in range(12):
            y, m = (y + 1, 1) if m == 12 else (y, m + 1)
            if 2020 < y <= year:
                found += tonnes / 12
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(DRAWN, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_sums_as_the_plain_reference_in_any_order(rows, random):
    rows = [row | {"outlet": f"DA{n}"} for n, row in enumerate(rows)]
    years = [2021, 2023, 2025]
    found = rd.reductions(read(*rows), years)
    for district, pollutant, year in itertools.product(found["district"].values, ["NOx", "COD"], years):
        cell = found["cumulative"].sel(district=district, pollutant=pollutant, year=year)
        here = [r for r in rows if (r["district"], r["pollutant"]) == (district, pollutant)]
        if here:
            assert float(cell) == float(reference(rows, district, pollutant, year))
        else:
            assert math.isnan(cell)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = rd.reductions(read(*shuffled), years)
    np.testing.assert_array_equal(found["cumulative"], again["cumulative"])  # to the last bit
    whole = rd.reductions(read(*rows), range(2021, 2026))
    np.testing.assert_allclose(
        whole["reduction"].sum("year"), whole["cumulative"].isel(year=-1).fillna(0), rtol=1e-12, atol=1e-9
    )
    by_entity = rd.reductions(read(*rows), [2025], by="entity")
    np.testing.assert_allclose(
        by_entity["cumulative"].sum("entity"), found["cumulative"].sel(year=[2025]).sum("district"), rtol=1e-12
    )


# --- tasks ------------------------------------------------------------------------------------------------------------

# 黔江府发〔2023〕8号: key-project reductions of the district to 2025 [t]
QIANJIANG = {"COD": 245, "NH3-N": 18, "NOx": 659.1, "VOCs": 103.9}


def wanted(**values):
    rows = [
        {"id": f"T-{p}", "place": "潍城", "pollutant": p, "value": v, "unit": "吨", "year": 2025, "source": "plan"}
        for p, v in values.items()
    ]
    return pd.DataFrame(rows)


def closures(**tonnes):
    return read(*(CLOSURE | {"pollutant": p, "base_emission": v} for p, v in tonnes.items()))


def test_tasks_of_a_district():
    projects = closures(**{"COD": "245", "NH3-N": "17.9", "NOx": "659.10", "SO2": "50"})
    found = rd.tasks(projects, wanted(**QIANJIANG, SO2=40))
    told = {v.pollutant: (v.verdict, v.margin, v.reason) for v in found.tasks}
    assert told["COD"] == ("MET", 0.0, Reason.OK)
    assert told["NH3-N"] == ("MISSED", pytest.approx(-0.1), Reason.OK)
    assert told["NOx"] == ("MET", 0.0, Reason.OK)
    assert told["VOCs"] == ("UNKNOWN", None, Reason.NO_ROWS)
    assert told["SO2"][0] == "MET"
    (together,) = found.together
    assert (together.verdict, together.missed, together.unknown) == ("MISSED", ("NH3-N",), ("VOCs",))
    notes = {v.pollutant: v.notes for v in found.tasks}
    assert notes["NOx"] == ()
    assert notes["SO2"] == (
        "SO2 is not among the binding pollutants of 国发〔2021〕33号 (COD, NH3-N, NOx, VOCs): the task is the plan's own",
    )
    assert found.edition == "reduction-14th-fyp"
    assert found.to_frame()["verdict"].tolist() == ["MET", "MISSED", "MET", "UNKNOWN", "MET"]


def test_a_verdict_reads_well_in_both_languages():
    found = rd.tasks(closures(NOx="659"), wanted(NOx=659.1, COD=float("nan"), VOCs=1)).tasks
    assert str(found[0]) == "T-NOx 潍城 NOx 2025: MISSED, 659 t of 659.1 t, margin -0.1 t"
    assert str(found[1]) == "T-COD 潍城 COD 2025: UNKNOWN, the target states no number"
    assert str(found[2]) == "T-VOCs 潍城 VOCs 2025: UNKNOWN, no rows"
    assert "余量-0.1吨" in found[0].to("zh")


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        (("MET", "MET"), "MET"),
        (("MET", "MISSED"), "MISSED"),
        (("MET", "UNKNOWN"), "UNKNOWN"),
        (("MISSED", "UNKNOWN"), "MISSED"),
        (("UNKNOWN", "UNKNOWN"), "UNKNOWN"),
    ],
)
def test_tasks_together_are_a_conjunction(verdicts, together):
    value = {"MET": 10, "MISSED": 11, "UNKNOWN": float("nan")}
    names = ("NOx", "COD")
    found = rd.tasks(
        closures(NOx="10", COD="10"), wanted(**{p: value[v] for p, v in zip(names, verdicts, strict=True)})
    )
    assert tuple(v.verdict for v in found.tasks) == verdicts
    assert [t.verdict for t in found.together] == [together]


# 0.1 + 0.2 is 0.30000000000000004 in floats, and 3 × 0.1 too: the sums are exact
@pytest.mark.parametrize(
    ("task", "verdict"), [("0.3", "MET"), ("0.3000000000001", "MISSED"), ("0.30000000000000004", "MISSED")]
)
def test_a_hair_decides(task, verdict):
    projects = read(*(CLOSURE | {"base_emission": x, "outlet": x} for x in ("0.1", "0.2")))
    assert rd.tasks(projects, wanted(NOx=task)).tasks[0].verdict == verdict


def test_a_sum_of_twelfths_is_exact():
    # 0.7 t from August 2025: 5/12 of it until December
    projects = read(CLOSURE | {"start": "2025-07-31", "base_emission": "0.72"})
    assert rd.tasks(projects, wanted(NOx="0.3")).tasks[0].verdict == "MET"
    assert rd.tasks(projects, wanted(NOx="0.3000001")).tasks[0].verdict == "MISSED"


def test_a_verdict_that_the_first_year_decides_says_so():
    projects = read(CLOSURE | {"start": "2025-07-31", "base_emission": "12"})  # 5, 6 or 12 t
    found = {task: rd.tasks(projects, wanted(NOx=task)) for task in (5, 6, 7, 13)}
    month, whole = "first_year: from the month of completion", "first_year: the whole first year"
    assert [found[t].tasks[0].verdict for t in found] == ["MET", "MISSED", "MISSED", "MISSED"]
    assert [found[t].tasks[0].depends for t in found] == ["", f"{month}; {whole}", whole, ""]
    assert [found[t].together[0].depends for t in found] == ["", f"{month}; {whole}", whole, ""]
    assert "differs under first_year" in str(found[7].tasks[0])


def test_what_a_verdict_rests_on_is_named():
    projects = read(
        CLOSURE | {"start": "2025-07-31", "base_emission": "12"}, COAL | {"accepted": "no", "reason": "late"}
    )
    found = rd.tasks(projects, wanted(NOx=7))
    assert (found.edition, found.unverified, found.options) == ("reduction-14th-fyp", ("first_year",), ())
    assert [text.partition(":")[0] for text in found.formulas] == ["closure", "coal_replacement"]
    assert found.formulas[0].startswith("closure: R = E_base; not read in the text (M): Ministry's accounting guides")
    whole = rd.tasks(projects, wanted(NOx=7), options={"first_year": "the whole first year"})
    assert (whole.tasks[0].verdict, whole.options) == ("MET", ("first_year: the whole first year",))
    assert whole.tasks[0].depends == "first_year: from the month of completion; first_year: default"
    sums = rd.reductions(projects, [2025], options={"first_year": "the whole first year"})
    assert float(sums["cumulative"].sel(district="潍城", pollutant="NOx", year=2025)) == 12
    assert sums.attrs["options"] == ["first_year: the whole first year"]
    assert tuple(sums.attrs["formulas"]) == found.formulas
    for options in ({"first_years": "x"}, {"first_year": "half"}, {"below_detection": "zero"}):
        with pytest.raises(EditionError, match="option"):
            rd.tasks(projects, wanted(NOx=7), options=options)
    with pytest.raises(EditionError, match="gb-3838-2002 is an edition of GB 3838"):
        rd.reductions(projects, [2025], edition="gb-3838-2002")


def test_an_unknown_task_settles_nothing_under_an_alternative():
    projects = read(CLOSURE | {"start": "2025-07-31", "base_emission": "12"})
    found = rd.tasks(projects, wanted(NOx=6, COD=1))
    assert found.together[0].verdict == "MISSED"
    assert found.together[0].depends.startswith("first_year")  # UNKNOWN then, because of COD


def test_units_and_years_of_tasks():
    assert rd.tasks(closures(NOx="120"), wanted(NOx=0.012).assign(unit="万吨")).tasks[0].verdict == "MET"
    assert rd.tasks(closures(NOx="120"), wanted(NOx=120000).assign(unit="kg NOx")).tasks[0].verdict == "MET"
    found = rd.tasks(closures(NOx="120"), wanted(NOx=1).assign(year=float("nan")))
    assert (found.tasks[0].verdict, found.tasks[0].reason, found.together[0].verdict) == (
        "UNKNOWN",
        Reason.NO_YEAR,
        "UNKNOWN",
    )
    assert found.edition == ""


def test_tasks_of_an_enterprise():
    found = rd.tasks(closures(NOx="120"), wanted(NOx=120).assign(place="甲厂"), by="entity")
    assert found.tasks[0].verdict == "MET"
    other = rd.tasks(closures(NOx="120"), wanted(NOx=120).assign(place="无此厂"), by="entity")
    assert (other.tasks[0].verdict, other.tasks[0].reason) == ("UNKNOWN", Reason.NO_ROWS)


def test_all_faults_of_the_tasks_at_once():
    rows = [
        {"pollutant": "CO2"},
        {"pollutant": "NOx", "value": 0},
        {"pollutant": "COD", "value": "many"},
        {"pollutant": "SO2", "unit": ""},
        {"pollutant": "VOCs", "unit": "t SO2"},
        {"pollutant": "NH3-N", "year": 2025.5},
        {"pollutant": "NOx", "place": ""},
        {"pollutant": "氮氧化物"},
        {"pollutant": "VOCs", "year": 2205},
    ]
    base = {"place": "潍城", "value": 5, "unit": "t", "year": 2025, "source": "plan"}
    frame = pd.DataFrame([{"id": f"T{n}"} | base | row for n, row in enumerate(rows, start=1)])
    with pytest.raises(TableError) as caught:
        rd.read_tasks(frame, file="tasks.csv")
    assert sorted(f.row for f in caught.value.faults) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    for told in (
        "row 1, column pollutant: pollutant 'CO2'",
        "row 2, column value: a task of 0. A task is positive",
        "'many' is not a number",
        "row 4, column unit: no unit given",
        "row 5, column unit: unit 't SO2'",
        "2025.5 is no year",
        "row 9, column year: 2205 is no year",
        "row 7, column place: no place",
        "row 8, column place: '潍城 NOx 2025' stands twice",
    ):
        assert told in str(caught.value), told


@pytest.mark.parametrize(
    ("change", "options", "error"),
    [
        ({"year": 2020}, {}, EditionError),
        ({"year": 2020}, {"edition": "reduction-14th-fyp"}, rd.ReductionError),
        ({"year": 2030}, {}, EditionError),
        ({}, {"by": "sector"}, rd.ReductionError),
    ],
)
def test_tasks_that_no_period_covers(change, options, error):
    with pytest.raises(error):
        rd.tasks(closures(NOx="1"), wanted(NOx=1).assign(**change), **options)


# --- states -----------------------------------------------------------------------------------------------------------


def test_states_are_rows_of_the_states_table():
    projects = read(CLOSURE, SEWAGE, COAL | {"accepted": "no", "reason": "boiler not scrapped"})
    found = rd.states_of(rd.reductions(projects, [2022, 2025]))
    assert len(found) == 2 * 5
    by_key = found.set_index(["entity", "year", "state"])
    assert by_key.loc[("潍城", 2022, "nox_reduction"), "value"] == 90
    assert by_key.loc[("潍城", 2025, "cod_reduction"), "value"] == 1250
    lacking = by_key.loc[("潍城", 2025, "vocs_reduction")]
    assert math.isnan(lacking["value"]) and lacking["reason"] == Reason.NO_ROWS
    assert lacking["note"] == "0 projects since 2020, 0 not accepted"
    assert by_key.loc[("潍城", 2025, "so2_reduction"), "note"] == "0 projects since 2020, 1 not accepted"
    # 90 t from April 2022, 100 from March, 120 of the whole year
    month, whole = "first_year: from the month of completion", "first_year: the whole first year"
    told = by_key.loc[("潍城", 2022, "nox_reduction"), "note"]
    assert told == f"1 projects since 2020, 0 not accepted; differs under {month}; {whole}"
    assert "结果不同" in told.to("zh")
    assert "结果不同" not in by_key.loc[("潍城", 2025, "nox_reduction"), "note"].to("zh")  # all of it counts by then
    assert set(found["source"]) == {"key projects by 国发〔2021〕33号"}
    catalog = read_catalog()
    assert set(found["state"]) <= set(catalog.states) & set(catalog.indicators)
    assert set(found["unit"]) == {"t"} == {catalog.states[s].unit for s in set(found["state"])}


def test_states_become_indicators():
    import xarray as xr

    states = rd.states_of(rd.reductions(read(CLOSURE), [2025]))
    gdp = (("entity", "year"), [[1.0]])
    totals = xr.Dataset({"gdp": gdp}, {"entity": ["潍城"], "year": [2025]})
    found = indicators(totals, ["nox_reduction", "cod_reduction"], states=states, catalog=read_catalog())
    assert float(found["nox_reduction"].squeeze()) == 120
    assert math.isnan(found["cod_reduction"].squeeze())


def test_the_page_runs_and_prints_what_it_says(capsys, tmp_path, monkeypatch):
    text = (pathlib.Path(__file__).parents[1] / "docs" / "reduction.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w+)\n(.*?)```", text, re.S)
    printed, projects = (b for kind, b in blocks if kind == "text")
    (tmp_path / "projects.csv").write_text(projects, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile("".join(b for kind, b in blocks if kind == "python"), "docs/reduction.md", "exec"), {})
    assert capsys.readouterr().out == printed
