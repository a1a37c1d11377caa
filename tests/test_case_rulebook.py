"""A case with samples of water and reduction projects: they become its states, its indicators and its verdicts."""

from __future__ import annotations

import pandas as pd
import pytest
from examples import CASE_FILES, write_case
from test_surface_water import CLEAN, unit_of

from carbonledger import assess
from carbonledger.case import validate
from carbonledger.errors import CaseError
from carbonledger.reasons import Reason

INPUTS = (
    '[inputs]\nwater_samples = ["samples.csv"]\nwater_points = ["points.csv"]\nreduction_projects = ["projects.csv"]\n'
)
TARGETS = """id,indicator,entity,name_zh,sense,value,unit,kind,from_year,year,baseline,source
W1,drinking_water_class,town,水源地水质,at_most,3,1,level,,2021,,plan
W2,good_water_section_ratio,town,优良断面,at_least,60,%,level,,2021,,plan
R1,nox_reduction,town,氮氧化物减排,at_least,120,t,level,,2022,,task
R2,so2_reduction,town,二氧化硫减排,at_least,5,t,level,,2022,,task
"""
# closure of 120 t in March 2021: by hand 9/12 of it in 2021, all of it by 2022
PROJECTS = """id,entity,district,pollutant,measure,start,base_emission,base_emission_unit,evidence,accepted
1,mill,town,NOx,closure,2021-03-31,120,t,notice,yes
"""


def water(tmp_path, **items):
    """Twelve months of a source (class III ammonia) and of two sections, one of them of class V."""
    rows = []
    for point, ammonia in {"well": "0.9", "bridge": "0.4", "weir": "1.9"}.items():
        made = CLEAN | {"ammonia_nitrogen": ammonia} | items.get(point, {})
        for month in range(1, 13):
            rows += [(point, f"2021-{month:02d}-05", item, value, unit_of(item)) for item, value in made.items()]
    pd.DataFrame(rows, columns=["point", "date", "item", "value", "unit"]).to_csv(tmp_path / "samples.csv", index=False)
    points = [
        ("well", "town", "river", "source"),
        ("bridge", "town", "river", "section"),
        ("weir", "town", "river", "section"),
    ]
    pd.DataFrame(points, columns=["point", "entity", "water", "kind"]).to_csv(tmp_path / "points.csv", index=False)


def made(tmp_path, inputs=INPUTS, more="", projects=PROJECTS, others=True):
    names = "drinking_water_class good_water_section_ratio nox_reduction so2_reduction".split()
    text = CASE_FILES["case.toml"].replace("[inputs]\n", inputs, 1)
    head, _, rest = text.partition("indicators = [")
    rest = rest if others else rest[rest.index("]") :]
    text = f"{head}indicators = [{', '.join(repr(n) for n in names)}, {rest}"
    case = write_case(tmp_path / "town", case=text + more, targets=TARGETS)
    (case / "projects.csv").write_text(projects, encoding="utf-8")
    water(case)
    return case


def test_water_and_projects_are_judged(tmp_path):
    found = assess(made(tmp_path, more='\n[reduction]\nedition = "reduction-14th-fyp"\n'))
    verdicts = {j.target.id: (j.verdict.name, j.value) for j in found.verdicts}
    assert verdicts["W1"] == ("MET", 3)
    assert verdicts["W2"] == ("MISSED", 50)
    assert verdicts["R1"][0] == "UNKNOWN"  # the case's rows end in 2021, before the task is due
    assert verdicts["R2"][0] == "UNKNOWN"
    states = found.case.states.set_index(["entity", "year", "state"])
    assert states.loc[("town", 2021, "nox_reduction"), "value"] == 90
    assert states.loc[("town", 2022, "nox_reduction"), "value"] == 120
    assert states.loc[("town", 2022, "so2_reduction"), "reason"] == Reason.NO_ROWS
    shown = found.indicators.sel(entity="town", year=2021)
    assert float(shown["nox_reduction"]) == 90
    assert int(shown["so2_reduction_reason"]) == Reason.NO_ROWS


def test_a_case_may_list_states_alone(tmp_path):
    found = assess(made(tmp_path, more='\n[reduction]\nedition = "reduction-14th-fyp"\n', others=False))
    assert not found.totals.data_vars
    shown = found.indicators.sel(entity="town")
    assert shown["drinking_water_class"].sel(year=2021).item() == 3
    assert shown["nox_reduction"].sel(year=2021).item() == 90
    assert shown["drinking_water_class_reason"].sel(year=2020).item() == Reason.NO_STATE


def test_what_lacks_is_said_before_anything_is_read(tmp_path):
    inputs = INPUTS.replace('water_points = ["points.csv"]\n', "").replace(
        '["projects.csv"]', '["projects.csv", "case.toml"]'
    )
    faults = validate(made(tmp_path, inputs, more='\n[surface_water]\nunits = "mg/L"\n'))
    told = "\n".join(map(str, faults))
    for part in (
        "[surface_water] unknown key 'units'; nearest: 'unit'",
        "water_samples without water_points",
        "several reduction_projects",
        "[reduction] no edition",
    ):
        assert part in told


def test_faults_of_the_files_are_the_case_s(tmp_path):
    case = made(
        tmp_path, more='\n[reduction]\nedition = "reduction-14th-fyp"\n', projects=PROJECTS.replace("120,t", "-120,t")
    )
    samples = pd.read_csv(case / "samples.csv", dtype=str)
    samples.loc[3, "value"] = "much"
    samples.to_csv(case / "samples.csv", index=False)
    with pytest.raises(CaseError) as caught:
        assess(case)
    assert {(f.file, f.row) for f in caught.value.faults} >= {("samples.csv", 5), ("projects.csv", 2)}


def test_verdicts_say_under_which_reading_they_would_be_others(tmp_path):
    """PM2.5 of 35.4 every hour of 2021: 35 by HJ 663 as taken, above 35 in full; the plan compares in full anyway."""
    targets = """id,indicator,entity,name_zh,sense,value,unit,kind,from_year,year,baseline,source
P1,pm25_mean,town,颗粒物,at_most,35,ug/m3,level,,2021,,plan
P2,pm25_mean,town,颗粒物,at_most,40,ug/m3,level,,2021,,plan
"""
    inputs = '[inputs]\nstations = ["hours.csv"]\npoints = ["points.csv"]\n'
    text = CASE_FILES["case.toml"].replace("[inputs]\n", inputs, 1)
    head, _, rest = text.partition("indicators = [")
    text = f"{head}indicators = ['pm25_mean', {rest}\n[air]\nhour_label = 'starting'\nunit = 'ug/m3'\n"
    case = write_case(tmp_path / "town", case=text, targets=targets)
    times = pd.date_range("2021-01-01", periods=8760, freq="h").strftime("%Y-%m-%d %H:%M")
    pd.DataFrame({"station": "a", "time": times, "PM2.5": 35.4}).to_csv(case / "hours.csv", index=False)
    (case / "points.csv").write_text("station,entity\na,town\n", encoding="utf-8")
    verdicts = {j.target.id: (j.verdict.name, j.depends) for j in assess(case).verdicts}
    assert verdicts["P1"] == ("MISSED", "decimals_hour: rounded; decimals_day: rounded")
    assert verdicts["P2"] == ("MET", "")
    assert verdicts["GB 3095-2012 PM2.5 annual town 2021"] == ("MET", "decimals_evaluation: full value")
    assert verdicts["GB 3095-2012 PM2.5 P95 of daily means town 2021"] == ("MET", "")
    chosen = text.replace("unit = 'ug/m3'", "unit = 'ug/m3'\noptions = {decimals_evaluation = 'full value'}")
    (case / "case.toml").write_text(chosen, encoding="utf-8")
    found = assess(case)
    other = {j.target.id: (j.verdict.name, j.depends) for j in found.verdicts}
    told = "decimals_hour: rounded; decimals_day: rounded; decimals_evaluation: default"
    assert other["GB 3095-2012 PM2.5 annual town 2021"] == ("MISSED", told)
    assert found.case.air.annual.attrs["options"] == ["decimals_evaluation: full value"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("edition", "3"),
        ("zone", "'1'"),
        ("options", "'bulletin'"),
        ("sentinels", "-999"),
        ("omitted", "3"),
        ("unit", "3"),
    ],
)
def test_keys_of_the_air_have_forms(tmp_path, key, value):
    case = write_case(tmp_path / "town", case=CASE_FILES["case.toml"] + f"\n[air]\n{key} = {value}\n")
    told = "\n".join(map(str, validate(case)))
    assert f"[air] {key} = " in told and "It must be" in told
