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


def made(tmp_path, inputs=INPUTS, more="", projects=PROJECTS):
    names = "drinking_water_class good_water_section_ratio nox_reduction so2_reduction".split()
    text = CASE_FILES["case.toml"].replace("[inputs]\n", inputs, 1)
    head, _, rest = text.partition("indicators = [")
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
