"""Cases: a folder read whole, every fault of every file at once."""

from __future__ import annotations

import json
import shutil

import pytest
from examples import CASE_FILES, CASE_TOML, CASES, assessed, write_case

from carbonledger.case import assess, case_names, open_case, validate
from carbonledger.errors import CaseError, LedgerError
from carbonledger.reasons import Reason
from carbonledger.shipped import shipped
from carbonledger.targets import Verdict


@pytest.fixture
def case(tmp_path):
    return lambda **files: write_case(tmp_path / "small", **files)


def faults(folder) -> str:
    with pytest.raises(CaseError) as caught:
        open_case(folder)
    return str(caught.value)


# --- a good case ---------------------------------------------------------------------------------------------------


def test_small_case_by_hand(case):
    found = assess(case())
    values = found.indicators.sel(entity="town")
    assert values["water_total"].sel(year=2020).item() == pytest.approx(0.01)  # 100 万 m3 in 亿 m3
    assert values["water_per_gdp"].sel(year=2021).item() == pytest.approx(90e4 / 12e4)  # m3 per 1e4 yuan
    drop = 100 * (1 - (90 / (10 * 1.08)) / (100 / 10))
    assert values["water_per_gdp_drop"].sel(year=2021).item() == pytest.approx(drop)
    first, second = found.verdicts
    assert (first.verdict, second.verdict) == (Verdict.MET, Verdict.MISSED)
    assert (first.limit, first.unit) == (pytest.approx(1.1), "百万立方米")
    assert second.value == pytest.approx(drop)


def test_hashes_of_every_input(case):
    folder = case()
    opened = open_case(folder)
    assert set(opened.hashes) == {"case.toml", "activity.csv", "states.csv", "entities.csv", "targets.csv"}
    before = dict(opened.hashes)
    (folder / "states.csv").write_text(CASE_FILES["states.csv"].replace("first", "final"), encoding="utf-8")
    after = open_case(folder).hashes
    assert {k for k in before if before[k] != after[k]} == {"states.csv"}


def test_a_copied_case_gives_the_same(tmp_path, case):
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(case(), copy)
    one, other = assess(case()), assess(copy)
    assert one.indicators.equals(other.indicators)


def test_case_without_states_leaves_drops_unknown(case):
    found = assess(case(case=CASE_TOML.replace('states = ["states.csv"]\n', "")))
    assert Reason(int(found.indicators["water_per_gdp_drop_reason"].sel(year=2021).item())) is not Reason.OK


def test_inputs_may_be_one_name(case):
    assert open_case(case(case=CASE_TOML.replace('["states.csv"]', '"states.csv"'))).states is not None


def test_own_factor_set_inside_the_case(case):
    folder = case(case=CASE_TOML.replace('"water-rules"', '"./factors/mine"'))
    shutil.copytree(shipped("factors") / "water-rules", folder / "factors" / "mine")
    assert open_case(folder).factors.names == ["mine"]


# --- case.toml -----------------------------------------------------------------------------------------------------


def test_unknown_keys(case):
    text = faults(case(case="indicatrs = []\n" + CASE_TOML + 'publised = ["x.csv"]\n'))
    assert "unknown key 'indicatrs'; nearest: 'indicators'" in text
    assert "unknown input 'publised'; nearest: 'published'" in text


@pytest.mark.parametrize("key", ["title", "factor_sets", "indicators"])
def test_keys_that_every_case_states(case, key):
    kept = "\n".join(line for line in CASE_TOML.splitlines() if not line.startswith(f"{key} ="))
    assert f"no {key}" in faults(case(case=kept))


def test_no_inputs_at_all(case):
    text = faults(case(case=CASE_TOML.partition("[inputs]")[0]))
    assert "no inputs" in text
    assert "no activity rows" in faults(case(case=CASE_TOML.replace('activity = ["activity.csv"]\n', "")))


def test_missing_input_file(case):
    assert "no file 'activty.csv'" in faults(case(case=CASE_TOML.replace("activity.csv", "activty.csv")))


@pytest.mark.parametrize("name", ["../states.csv", "/etc/hostname", "data/../../states.csv"])
def test_input_outside_the_folder(case, name):
    folder = case(case=CASE_TOML.replace("states.csv", name))
    (folder.parent / "states.csv").write_text(CASE_FILES["states.csv"], encoding="utf-8")
    assert "leads outside the case folder" in faults(folder)


def test_link_that_leads_outside(case):
    folder = case()
    outside = folder.parent / "states.csv"
    (folder / "states.csv").rename(outside)
    (folder / "states.csv").symlink_to(outside)
    assert "leads outside the case folder" in faults(folder)


@pytest.mark.parametrize("absolute", [False, True])
def test_factor_set_outside_the_folder(case, absolute):
    folder = case()
    outside = folder.parent / "mine"
    shutil.copytree(shipped("factors") / "water-rules", outside)
    name = str(outside) if absolute else "../mine"
    (folder / "case.toml").write_text(CASE_TOML.replace("water-rules", name), encoding="utf-8")
    with pytest.raises(CaseError):
        open_case(folder)


def test_not_toml(case):
    assert "small/case.toml is not TOML" in faults(case(case='title = "open'))


def test_toml_in_a_wrong_encoding(case):
    folder = case()
    (folder / "case.toml").write_bytes(CASE_TOML.encode("gb18030"))
    with pytest.raises(LedgerError):
        open_case(folder)


def test_unknown_boundary(case):
    assert "boundary 'national'" in faults(case(case='boundary = "national"\n' + CASE_TOML))


def test_unknown_indicator_and_set(case):
    text = faults(case(case=CASE_TOML.replace('"water_total"', '"water_totl"').replace("water-rules", "water-rule")))
    assert "unknown indicator 'water_totl'" in text
    assert "no factor set 'water-rule'; nearest: 'water-rules'" in text


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ('[[stand_in]]\nactivity = "a"\nuse = {colour = "b"}\nreason = "r"\n', "accepted keys: activity, year"),
        ('[[stand_in]]\nactivity = "a"\nuse = {activity = "b"}\nreason = ""\n', "needs a reason"),
        ('[[stand_in]]\nactvity = "a"\nuse = {activity = "b"}\nreason = "r"\n', "actvity"),
        ('[[gap]]\nactivity = "a"\n', "[[gap]]"),
    ],
)
def test_decisions_are_checked(case, table, text):
    assert text in faults(case(case=CASE_TOML + table))


@pytest.mark.parametrize(
    "lines",
    [
        'factor_sets = "water-rules"',
        'kinds = "supply"',
        "by = 3",
        'price_base = "twenty"',
        "indicators = 3",
        "inputs = 3",
    ],
)
def test_values_of_the_wrong_type_are_told_not_thrown(case, lines):
    key = lines.partition(" ")[0]
    kept = [line for line in CASE_TOML.splitlines() if not line.startswith(f"{key} =")]
    text = "\n".join([lines, *kept])
    if key == "inputs":
        text = text.partition("[inputs]")[0]
    with pytest.raises(LedgerError):
        assess(case(case=text))


# --- several files at once -----------------------------------------------------------------------------------------


def test_faults_of_all_files_come_in_one_error(case):
    folder = case(
        case='colour = "red"\n' + CASE_TOML,
        activity=CASE_FILES["activity.csv"].replace("90,万立方米", "90,万吨"),
        states=CASE_FILES["states.csv"].replace("gdp_growth", "gdp_grwth"),
        entities=CASE_FILES["entities.csv"].replace("district", "distrct"),
        targets=CASE_FILES["targets.csv"].replace("at_most", "at_mots"),
    )
    text = faults(folder)
    for part in (
        "case.toml: unknown key 'colour'",
        "activity.csv row 4",
        "states.csv row 2, column state: unknown state 'gdp_grwth'; nearest: 'gdp_growth'",
        "entities.csv row 2, column level: level 'distrct'",
        "targets.csv row 2: sense 'at_mots'; nearest: 'at_most'",
    ):
        assert part in text
    assert len(validate(folder)) == 5


def test_unknown_name_offers_the_shipped_ones():
    with pytest.raises(CaseError) as caught:
        open_case("china-2020-2032")
    text = str(caught.value)
    assert "nearest: 'china-2020-2023'" in text
    for name in CASES:
        assert name in text


def test_folder_without_a_case(tmp_path):
    with pytest.raises(CaseError, match=r"neither a folder with case.toml nor a shipped case"):
        open_case(tmp_path)


# --- states and published figures ----------------------------------------------------------------------------------

HEAD = "entity,period,state,value,unit,print,source\n"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("town,2021,gdp_grwth,8,%,first,s", "unknown state 'gdp_grwth'; nearest: 'gdp_growth'"),
        ("town,2021,gdp_growth,8,tce,first,s", "column unit"),
        ("town,2021,gdp_growth,8,percnt,first,s", "column unit: unknown unit 'percnt'"),
        ("town,2021,gdp_growth,8,%,first,", "column source: no source"),
        ("town,2021,gdp_growth,,%,first,s", "no value"),
        ("town,2021,gdp_growth,eight,%,first,s", "'eight' is not a number"),
        ("town,2021-05,gdp_growth,8,%,first,s", "A state is given by year"),
        (
            "town,2021,gdp_growth,8,%,first,s\ntown,2021,gdp_growth,9,%,final,s",
            "gdp_growth of town in 2021 is given twice",
        ),
    ],
)
def test_faults_of_states(case, lines, text):
    assert text in faults(case(states=HEAD + lines + "\n"))


def test_states_in_two_files_are_given_twice_as_well(case):
    """One value per entity, year and state, whatever file it stands in."""
    folder = case(case=CASE_TOML.replace('["states.csv"]', '["states.csv", "more.csv"]'))
    (folder / "more.csv").write_text(HEAD + "town,2021,gdp_growth,9,%,final,s\n", encoding="utf-8")
    assert "given twice" in faults(folder)


def test_states_come_in_canonical_units(case):
    states = open_case(case()).states
    assert states["value"].item() == pytest.approx(0.08)
    assert states["written"].item() == 8


def test_published_beside_computed(case):
    folder = case(case=CASE_TOML + 'published = ["published.csv"]\n')
    lines = (
        "entity,period,name,published,unit,decimals,within,source\n"
        "town,2021,water_per_gdp,7.5,m3/万元,1,,bulletin\n"
        "town,2021,water_per_gdp_drop,16.6,%,1,,bulletin\n"
        "town,2020,water_total,1.4,百万立方米,1,0.5,bulletin\n"
        "town,2019,water_total,1.0,百万立方米,1,,bulletin\n"
    )
    (folder / "published.csv").write_text(lines, encoding="utf-8")
    level, drop, near, absent = assess(folder).comparisons
    assert (level.agrees, level.computed) == (True, pytest.approx(7.5))
    assert (drop.agrees, drop.computed) == (False, pytest.approx(100 * (1 - 90 / 10.8 / 10)))  # 16.7 when rounded
    assert (near.agrees, near.difference) == (True, pytest.approx(-0.4))
    assert (absent.agrees, absent.computed) == (False, None)


def test_published_unit_that_does_not_fit(case):
    folder = case(case=CASE_TOML + 'published = ["published.csv"]\n')
    (folder / "published.csv").write_text(
        "entity,period,name,published,unit,source\ntown,2021,water_per_gdp,7.5,tce,bulletin\n", encoding="utf-8"
    )
    assert validate(folder)


# --- validate ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_shipped_cases_have_no_faults(name):
    assert validate(name) == []


def test_shipped_cases_are_listed():
    assert set(CASES) <= set(case_names())


def test_validate_finds_missing_rates(case):
    more = CASE_FILES["activity.csv"] + "town,2021,raw_coal,combusted,1,t,meter\n"
    folder = case(activity=more, case=CASE_TOML.replace('"water_total",', '"water_total", "co2_direct",'))
    (fault,) = validate(folder)
    assert "raw_coal" in str(fault)
    assert "activity.csv row 6" in str(fault)


def test_faults_are_plain_data(case):
    found = validate(case(states=HEAD + "town,2021,gdp_grwth,8,%,first,s\n"))
    assert json.loads(json.dumps([f.as_dict() for f in found]))[0]["file"] == "states.csv"


@pytest.mark.parametrize("name", CASES)
def test_every_number_of_a_shipped_case_has_a_reason_when_missing(name):
    found = assessed(name).indicators
    for variable in (str(v) for v in found.data_vars if not str(v).endswith("_reason")):
        missing = found[variable].isnull().values
        told = (found[f"{variable}_reason"] != int(Reason.OK)).values
        assert (missing == told).all(), variable


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ('complete = ["watr"]', "complete: unknown quantity 'watr'"),
        ("by = []", "by = []"),
        ('by = ["village"]', "by = ['village']"),
        ('kinds = {energy_coal_rate = ["supply"]}', "It must be a table of texts"),
        ('breakdowns = [{quantity = "water"}]', "breakdowns: unknown dimension ''"),
        ('breakdowns = [{quantity = "water", by = "entity"}]', "unknown dimension 'entity'"),
        ('choices = {"天然气" = "high"}', "write 'natural_gas'"),
        ("price_base = 2019", "price_base = 2019"),
    ],
)
def test_decisions_that_would_decide_nothing(case, lines, text):
    key = lines.partition(" ")[0]
    kept = [line for line in CASE_TOML.splitlines() if not line.startswith(f"{key} =")]
    assert text in faults(case(case="\n".join([lines, *kept])))


def test_a_file_listed_twice(case):
    text = CASE_TOML.replace('["activity.csv"]', '["activity.csv", "activity.csv"]')
    assert "'activity.csv' is listed twice under activity" in faults(case(case=text))


def test_the_same_rows_in_two_files(case):
    folder = case(case=CASE_TOML.replace('["activity.csv"]', '["activity.csv", "again.csv"]'))
    shutil.copy(folder / "activity.csv", folder / "again.csv")
    assert "the same row as row" in faults(folder)


def test_a_misspelt_threshold_is_found_when_the_case_is_read(case):
    folder = case()
    about = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(about + "\n[audit]\nmax_standin_share = 0.2\njump = 0.5\n", encoding="utf-8")
    told = faults(folder)
    assert "unknown key 'max_standin_share'; nearest: 'max_stand_in_share'" in told
    assert "jump = 0.5. Accepted: a number above 1" in told
