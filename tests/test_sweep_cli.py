"""Sweeps as people meet them: the command, its tables and JSON, NetCDF files with their manifests, pictures."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from examples import CASE_TOML, write_case
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from carbonledger import report
from carbonledger.cli import app
from carbonledger.errors import LedgerError, ScenarioError
from carbonledger.reasons import Reason
from carbonledger.report import fan_picture, picture_words, sweep_contents, sweep_view, sweep_words
from carbonledger.sweeping import prepare, replay, sweep
from carbonledger.sweeping.finding import find_scenario, scenario_names
from carbonledger.sweeping.running import run as run_sweep
from carbonledger.targets import Verdict

# The small case of examples.py: 2021 has 90 万立方米 (900 000 m3) of water and 12 亿元 (120 000 万元) of GDP, which grew
# by 8 % from 10 亿元. Both scenarios keep GDP; "fast" halves the water by 2025, on a straight line.
NAMED = """
title = "Less water"
title_zh = "节水"
base_year = 2021
years = [2022, 2025]
rates = "hold"
indicators = ["water_total", "water_per_gdp", "water_per_gdp_drop"]
reference = "frozen"

[[axes]]
name = "water"
title = "water in 2025, against 2021"
[[scenarios]]
name = "frozen"
name_zh = "维持"
water = "100 %"
[[scenarios]]
name = "fast"
name_zh = "加速"
water = "50 %"
[[levers]]
name = "less water"
verb = "scale"
axis = "water"
select = {activity = "industrial_water"}
source = "made up"
cost = {amount = 2, unit = "CNY/m3", source = "made up"}
"""
DRAWN = (
    NAMED
    + """
[[axes]]
name = "error"
distribution = {kind = "uniform", low = 0.8, high = 1.3}
[[levers]]
name = "error of the meter"
verb = "scale"
axis = "error"
select = {activity = "industrial_water"}
acts = "uncertainty"
source = "made up"
[sampling]
n = 150
seed = 3
"""
)
UNITS = '\n[units]\nwater_total = "m3"\n'
CASE_WITH_STATE = CASE_TOML.replace('"water_per_gdp_drop"]', '"water_per_gdp_drop", "pm25_mean"]') + UNITS
# 900 000 m3 times 1, 0.875, 0.75, 0.625, 0.5 in 2021 ... 2025
FAST = [900_000.0, 787_500.0, 675_000.0, 562_500.0, 450_000.0]


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Path:
    folder = write_case(tmp_path_factory.mktemp("cases") / "town", case=CASE_TOML + UNITS)
    (folder / "named.toml").write_text(NAMED, encoding="utf-8")
    (folder / "drawn.toml").write_text(DRAWN, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def named(case):
    return prepare(case, case / "named.toml")


@pytest.fixture(scope="module")
def drawn(case):
    return prepare(case, case / "drawn.toml")


def run(*arguments: object, code: int = 0) -> str:
    found = CliRunner().invoke(app, ["sweep", *map(str, arguments)])
    assert found.exit_code == code, found.output
    assert found.stderr == ""  # no bar where nobody looks
    return found.stdout


def refused(*arguments: object) -> str:
    found = CliRunner().invoke(app, ["sweep", *map(str, arguments)])
    assert isinstance(found.exception, LedgerError), found.output
    assert not found.stdout
    return str(found.exception)


def strict(text: str):
    def refuse(word: str):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def line_of(text: str, *parts: str) -> str:
    (found,) = [line for line in text.splitlines() if all(part in line for part in parts)]
    return found


# --- which scenario --------------------------------------------------------------------------------------------------


def test_a_scenario_is_found_by_name_file_name_or_path(case):
    for name in ("named", "named.toml", case / "named.toml", str(case / "named.toml")):
        assert find_scenario(case, name) == case / "named.toml"
    assert scenario_names(case) == ["drawn", "named"]
    assert "to-2035" in scenario_names("weicheng-2025")
    assert not {"case", "catalog"} & set(scenario_names("weicheng-2025"))


@pytest.mark.parametrize("name", ["nmed", "case", "case.toml"])
def test_an_unknown_scenario_is_refused_with_those_there_are(case, name):
    with pytest.raises(ScenarioError, match=r"drawn, named") as caught:
        find_scenario(case, name)
    assert f"'{name}'" in str(caught.value)


def test_the_nearest_name_is_told(case):
    assert "nearest: 'named'" in refused(case, "nmed")


# --- tables ----------------------------------------------------------------------------------------------------------


def test_values_by_scenario(case):
    text = run(case, "named")
    assert "Less water  [town · named]" in text
    assert "Base year 2021, projected years to 2025" in text
    assert "2 scenarios" in text.splitlines()
    assert line_of(text, "total water use", "frozen").split()[-5:] == ["900,000"] * 5
    assert line_of(text, "total water use", "fast").split()[-5:] == [f"{v:,.0f}" for v in FAST]
    # 450 000 m3 / 120 000 万元
    assert line_of(text, "current prices [m3/万元]", "fast").split()[-1] == "3.75"
    # 1 - (45 / (10 x 1.08)) / (100 / 10)
    assert line_of(text, "drop of water per GDP", "fast").split()[-1] == "58.333"
    # 2 CNY/m3 for 450 000 m3
    assert line_of(text, "cost of levers [CNY]", "fast").split()[-1] == "900,000"


def test_targets_by_scenario(case):
    text = run(case, "named")
    assert line_of(text, "T1 ", "fast").split()[-6:] == ["MET"] * 5 + ["2021"]
    # the drop is 16.7 % in 2021 and 27.1 % in 2022
    assert line_of(text, "T2 ", "fast").split()[-6:] == ["MISSED", *["MET"] * 4, "2022"]
    assert line_of(text, "T2 ", "frozen").split()[-6:] == ["MISSED"] * 5 + ["never"]


def test_draws_are_grouped_by_name(case, drawn):
    text = run(case, "drawn", "--reduce", "cube")
    assert "300 scenarios: 2 named × 150 draws" in text
    assert "Drawn by Monte Carlo, seed 3" in text
    assert "mean of the draws" in text
    cells = line_of(text, "total water use", "fast")
    water = sweep(drawn, keep=["water_total"])["water_total"].isel(scenario=slice(150, 300), year=-1, entity=0).values
    assert f"{water.mean():,.0f} ({np.quantile(water, 0.05):,.0f}–{np.quantile(water, 0.95):,.0f})" in cells


def test_many_scenarios_are_reduced_by_name(case):
    text = run(case, "drawn")
    assert "median of the scenarios" in text
    low, high = (float(v.replace(",", "")) for v in line_of(text, "water use", "fast").split("(")[-1][:-1].split("–"))
    # uniform 0.8 to 1.3 of 450 000 m3: its 5 and 95 % quantiles are 0.825 and 1.275
    assert (low, high) == (pytest.approx(0.825 * 450_000, rel=0.03), pytest.approx(1.275 * 450_000, rel=0.03))


def test_one_scenario_is_replayed(case, named):
    text = run(case, "named", "--index", "1")
    assert "Scenario 1 of 2 (numbered from 0): fast; water in 2025, against 2021 = 50 %" in text
    assert line_of(text, "total water use").split()[-5:] == [f"{v:,.0f}" for v in FAST]
    data = strict(run(case, "named", "--index", "1", "--json"))
    assert [s["name"] for s in data["scenarios"]] == ["fast"]
    np.testing.assert_array_equal(
        next(v["values"] for v in data["values"] if v["indicator"] == "water_total"),
        replay(named, index=1)["water_total"].values[0, 0],
    )


def test_names_and_reductions_are_chosen(case):
    text = run(case, "drawn", "--keep", "water_per_gdp", "--reduce", "mean,extremes")
    assert "mean of the scenarios, lowest and highest in brackets" in text
    assert "current prices" in text
    assert "total water use" not in text
    assert "targets, judged" not in text
    assert "difference from the reference scenario" in run(case, "drawn", "--reduce", "mean,difference")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--reduce", "median"), "accepted: mean, quantiles"),
        (("--reduce", "cube,mean"), "reduce=['cube']"),
        (("--quantiles", "0.5,1.5"), "probabilities from 0 to 1"),
        (("--quantiles", "half"), "'half'"),
        (("--keep", "water_totl"), "nearest: 'water_total'"),
        (("--index", "300"), "there are 300"),
        (("--by", "street"), "by = 'street'"),
        (("--out", "missing/a.nc"), "Make it first"),
        (("--out", "a.csv"), ".nc"),
    ],
)
def test_wrong_options_are_refused(case, arguments, part):
    assert part in refused(case, "drawn", *arguments)


def test_the_report_in_chinese(case):
    text = run(case, "drawn", "--lang", "zh")
    for part in (
        "小案例 · 节水",
        "基年2021年",
        "共300个情景",
        "蒙特卡洛",
        "维持",
        "加速",
        "用水总量",
        "首次达标年",
        "小镇",
    ):
        assert part in text
    for part in ("frozen", "median", "scenario", "Drawn", "never"):
        assert part not in text
    assert "达标" in run(case, "named", "--lang", "zh")


def test_how_often_targets_are_met(case, drawn):
    """The limit is 1 100 000 m3; without savings the draws go from 720 000 to 1 170 000, of which 16 % are above."""
    water = sweep(drawn, keep=["water_total"])["water_total"].values[:150, 0, 0]
    share = 100 * (water <= 1_100_000).mean()
    assert 70 < share < 99
    assert f"{share:.0f} %" in line_of(run(case, "drawn"), "T1 ", "frozen")


def test_a_narrow_terminal_loses_nothing(drawn):
    from rich.console import Console

    out = Console(width=80, force_terminal=True, color_system=None, record=True, file=open_null())
    report.print_sweep(drawn, run_sweep(drawn), out=out)
    text = out.export_text()
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
    for part in ("≥ 20 % (2021)", "fast", "100 %", "first met"):
        assert part in text


def open_null():
    import io

    return io.StringIO()


def test_weicheng_says_that_it_is_made_up():
    text = run("weicheng-2025", "to-2035")
    assert "*** SYNTHETIC INPUT ***" in text
    assert "made up" in text
    for part in ("frozen", "current", "accelerated", "UNKNOWN", "targets are not judged", "Hanting: nothing is known"):
        assert part in text
    assert "no sourced response of the concentration to emissions is given" in text


# --- the bar ---------------------------------------------------------------------------------------------------------


def test_the_bar_stands_on_a_terminal_only(monkeypatch):
    from rich.console import Console

    with report.progress_bar() as progress:
        assert progress is None
    bar = Console(force_terminal=True, width=100, file=open_null(), color_system=None)
    monkeypatch.setattr(sweep_words, "console", lambda stderr: bar)
    with report.progress_bar() as progress:
        assert progress is not None
        progress(40, 80)
    assert "40/80" in bar.file.getvalue()


def test_progress_counts_up_to_all(drawn):
    seen: list[tuple[int, int]] = []
    run_sweep(drawn, blocks=40, progress=lambda done, whole: seen.append((done, whole)))
    done = [a for a, _ in seen]
    assert done == sorted(done)
    assert len(set(done)) == len(done)
    assert {whole for _, whole in seen} == {600}  # 300 scenarios, two passes
    assert done[-1] == 600


# --- reductions by name ----------------------------------------------------------------------------------------------


def test_reductions_by_name_are_those_of_the_cube(drawn):
    cube = sweep(drawn, keep=["water_total", "water_per_gdp_drop"])
    found = run_sweep(drawn, keep=["water_total", "water_per_gdp_drop"])
    assert [str(n) for n in found["name"].values] == ["frozen", "fast"]
    assert found.attrs["n_scenarios"] == 300
    for i, name in enumerate(("frozen", "fast")):
        part, here = cube.isel(scenario=slice(150 * i, 150 * (i + 1))), found.sel(name=name)
        water = part["water_total"]
        np.testing.assert_allclose(here["water_total_mean"], water.mean("scenario"), rtol=1e-12)
        error = here["water_total_quantile_error"].values
        exact = np.quantile(water.values, here["quantile"].values, axis=0)
        spacing = np.abs(np.diff(np.sort(water.values, axis=0), axis=0)).max(axis=0)
        assert (np.abs(here["water_total_quantile"].values - exact) <= error + spacing).all()
        for end, at in (("min", water.values.argmin(axis=0)), ("max", water.values.argmax(axis=0))):
            np.testing.assert_array_equal(here[f"water_total_{end}_scenario"], at + 150 * i)
        met = (part["verdict"] == Verdict.MET).sum("scenario")
        np.testing.assert_array_equal(here["n_met"], met.transpose("target", "entity", "year"))


def test_differences_are_of_all_scenarios_together(drawn):
    found = run_sweep(drawn, keep=["water_total"], reduce=["mean", "difference"])
    assert "name" not in found.dims
    # each draw is compared with the same draw of "frozen": half of all scenarios have half as much water in 2025
    water = sweep(drawn, keep=["water_total"])["water_total"].values[:, 0, -1]
    expected = (water[150:].mean() - water[:150].mean()) / 2
    assert float(found["water_total_difference_mean"].values[0, -1]) == pytest.approx(expected, rel=1e-12)


def test_a_reduced_unknown_has_its_reason(tmp_path):
    """No state after the base year: nothing is known, and the reason is told as in the cube."""
    folder = write_case(
        tmp_path / "town",
        case=CASE_WITH_STATE,
        states="entity,period,state,value,unit,print,source\ntown,2021,gdp_growth,8,%,first,c\ntown,2021,pm25,40,ug/m3,,c\n",
    )
    (folder / "s.toml").write_text(DRAWN.replace('"water_total", ', '"water_total", "pm25_mean", '), encoding="utf-8")
    prepared = prepare(folder, folder / "s.toml")
    found, cube = run_sweep(prepared), sweep(prepared)
    why = found["pm25_mean_reason"].sel(name="fast", entity="town").values
    assert why.tolist() == [Reason.OK] + [Reason.NO_RESPONSE] * 4
    np.testing.assert_array_equal(why, cube["pm25_mean_reason"].values[0])
    text = run(folder, "s")
    assert "not projected: PM2.5, annual mean (no sourced response" in text


# --- what is looked at -----------------------------------------------------------------------------------------------


def test_groups(named, drawn):
    cube = sweep(drawn)
    assert [(g.name, g.n) for g in sweep_view.groups_of(cube)] == [("frozen", 150), ("fast", 150)]
    assert [(g.name, g.n) for g in sweep_view.groups_of(run_sweep(drawn))] == [("frozen", 150), ("fast", 150)]
    assert [(g.name, g.n) for g in sweep_view.groups_of(sweep(drawn, reduce=["mean"]))] == [("", 300)]
    without = sweep(named).drop_vars("name")
    assert [(g.name, g.n) for g in sweep_view.groups_of(without)] == [("#0", 1), ("#1", 1)]
    assert [(g.name, g.n) for g in sweep_view.groups_of(cube.drop_vars("name"))] == [("", 300)]


def test_bands_of_a_cube_and_of_its_reductions_agree(drawn):
    cube, found = sweep(drawn), run_sweep(drawn)
    for i in range(2):
        whole, short = (sweep_view.band(d, sweep_view.groups_of(d)[i], "water_total", "town") for d in (cube, found))
        np.testing.assert_allclose(short.mean, whole.mean, rtol=1e-12)
        for part in ("middle", "low", "high", "inner_low", "inner_high"):
            np.testing.assert_allclose(getattr(short, part), getattr(whole, part), rtol=0.02)


def made_cube(values: list[list[float]], codes: list[list[int]]) -> xr.Dataset:
    """A cube of one entity and target from values and verdicts [scenario][year]."""
    cells, judged = ("scenario", "entity", "year"), ("scenario", "target", "entity", "year")
    numbers, verdicts = np.array(values)[:, None], np.array(codes, dtype=np.int8)[:, None, None]
    reasons = np.where(verdicts == 0, int(Reason.NO_STATE), 0).astype(np.int16)
    why = np.where(np.isnan(numbers), int(Reason.NO_STATE), 0).astype(np.int16)
    n_years = numbers.shape[-1]
    return xr.Dataset(
        {
            "x": (cells, numbers, {"units": "%", "long_name": "a share", "long_name_zh": "占比"}),
            "x_reason": (cells, why),
            "verdict": (judged, verdicts),
            "verdict_reason": (judged, reasons),
            "margin": (judged, np.full(verdicts.shape, np.nan)),
        },
        {
            "scenario": np.arange(len(values)),
            "entity": ["town"],
            "target": ["T1"],
            "year": np.arange(2025, 2025 + n_years),
        },
        {"base_year": 2025, "case": "c", "scenario": "s", "synthetic": 0, "n_scenarios": len(values)},
    )


def test_a_zero_is_not_shown_as_a_millionth(drawn):
    """Differences of "frozen" from itself are 0; the quantiles of reductions know them to a bin only."""
    found = run_sweep(drawn, keep=["water_total"], reduce=["quantiles", "difference"])
    (group,) = sweep_view.groups_of(found)
    shown = sweep_view.band(found, group, "water_total_difference", "town")
    assert shown.high[-1] == 0
    exact = sweep(drawn, keep=["water_total"])["water_total"].values[:, 0, -1]
    assert shown.low[-1] == pytest.approx(np.quantile(exact[150:] - exact[:150], 0.1), rel=0.02)


def test_unknown_values_and_verdicts_are_left_out():
    nan = math.nan
    values = [[1.0, nan, nan], [2.0, 4.0, nan], *[[3.0, 6.0, nan]] * 6]
    cube = made_cube(values, [[2, 0, 0], [2, 1, 0], *[[2, 2, 1]] * 6])
    (group,) = sweep_view.groups_of(cube)
    found = sweep_view.band(cube, group, "x", "town")
    np.testing.assert_allclose(found.mean, [21 / 8, 40 / 7, nan])
    np.testing.assert_allclose(found.middle, [3.0, 6.0, nan])
    assert found.reason.tolist() == [0, 0, Reason.NO_STATE]
    met = sweep_view.met(cube, group, "T1", "town")
    assert (met.met.tolist(), met.missed.tolist()) == ([0, 1, 6], [8, 6, 0])
    assert [met.verdict(i) for i in range(3)] == [Verdict.MISSED, None, None]
    first = sweep_view.first_met(cube, group, "T1", "town")
    assert (first.years.tolist(), first.never, first.uncertain) == ([0, 1, 6], 1, 1)


@given(st.integers(1, 10**7), st.data())
def test_a_share_is_certain_only_if_it_is(whole, data):
    part = data.draw(st.integers(0, whole))
    text = sweep_words.share_text(part, whole)
    assert (text == "0 %") == (part == 0)
    assert (text == "100 %") == (part == whole)


def test_first_years_in_words():
    def said(years, never, uncertain, n):
        return sweep_words.first_text(sweep_view.First(np.array(years), never, uncertain), n, [2025, 2026, 2027], "en")

    assert said([0, 4, 0], 0, 0, 4) == "2026"
    assert said([1, 0, 3], 0, 0, 4) == "2025–2027"
    assert said([0, 1, 0], 3, 0, 4) == "2026 in 25 %"
    assert said([0, 0, 0], 4, 0, 4) == "never"
    assert said([0, 0, 0], 4, 1, 4) == "–"
    assert sweep_words.first_text(None, 4, [2025], "en") == "–"


def test_years_of_a_table():
    assert sweep_contents.selected_years(list(range(2020, 2036)), 2025) == [2025, 2030, 2035]
    assert sweep_contents.selected_years(list(range(2025, 2033)), 2025) == [2025, 2030, 2032]
    assert sweep_contents.selected_years(list(range(2019, 2024)), 2020) == [2020, 2021, 2022, 2023]


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_json_of_a_cube(case, named):
    data = strict(run(case, "named", "--json"))
    assert data["schema"] == report.SWEEP_SCHEMA == "carbonledger.sweep/1"
    assert (data["case"], data["scenario"], data["base_year"], data["synthetic"]) == ("town", "named", 2021, False)
    assert (data["years"], data["n_scenarios"], data["reduced"]) == ([2021, 2022, 2023, 2024, 2025], 2, False)
    assert (data["seed"], data["method"], data["draws"]) == (None, None, 0)
    assert data["names"] == [{"name": "frozen", "name_zh": "维持"}, {"name": "fast", "name_zh": "加速"}]
    assert data["scenarios"][1] == {"scenario": 1, "name": "fast", "levels": {"water": 50.0}}
    assert data["axes"] == [{"axis": "water", "title": "water in 2025, against 2021", "unit": "%"}]
    (water,) = [v for v in data["values"] if v["indicator"] == "water_total" and v["scenario"] == 1]
    assert (water["unit"], water["entity"]) == ("m3", "town")
    assert water["values"] == pytest.approx(FAST, rel=1e-12)
    assert water["reasons"] == [""] * 5
    (verdict,) = [v for v in data["verdicts"] if v["target"] == "T2" and v["scenario"] == 0]
    assert verdict["verdicts"] == ["MISSED"] * 5
    assert verdict["margins"] == pytest.approx([100 / 6 - 20] * 5)  # 1 - (90 / 10.8) / 10 is a sixth
    assert {t["id"]: t["year"] for t in data["targets"]} == {"T1": 2021, "T2": 2021}
    assert set(data["inputs"]) >= {"case.toml", "scenario named.toml"}


def test_json_of_reductions(case):
    data = strict(run(case, "drawn", "--json"))
    assert (data["reduced"], data["scenarios"], data["seed"], data["method"]) == (True, [], 3, "monte_carlo")
    (water,) = [v for v in data["values"] if v["indicator"] == "water_total" and v["name"] == "fast"]
    assert water["n_known"] == [150] * 5
    assert list(water["quantiles"]) == ["0.05", "0.25", "0.5", "0.75", "0.95"]
    assert all(150 <= i < 300 for i in [*water["min_scenario"], *water["max_scenario"]])
    assert water["min"][-1] < water["mean"][-1] < water["max"][-1]
    (verdict,) = [v for v in data["verdicts"] if v["target"] == "T1" and v["name"] == "frozen"]
    counted = zip(verdict["n_met"], verdict["n_missed"], verdict["n_unknown"], strict=True)
    assert {sum(counts) for counts in counted} == {150}
    assert verdict["p_met_low"] == verdict["p_met_high"] == [n / 150 for n in verdict["n_met"]]


def test_json_has_null_and_a_reason_for_what_is_unknown(tmp_path):
    folder = write_case(
        tmp_path / "town",
        case=CASE_WITH_STATE,
        states="entity,period,state,value,unit,print,source\ntown,2021,gdp_growth,8,%,first,c\ntown,2021,pm25,40,ug/m3,,c\n",
    )
    (folder / "s.toml").write_text(NAMED.replace('"water_total", ', '"pm25_mean", '), encoding="utf-8")
    (value,) = [
        v for v in strict(run(folder, "s", "--json"))["values"] if v["indicator"] == "pm25_mean" and v["scenario"] == 0
    ]
    assert value["values"] == [40.0, None, None, None, None]
    assert [bool(r) for r in value["reasons"]] == [False, True, True, True, True]


# --- NetCDF and manifest ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["named", "drawn"])
def test_a_file_holds_what_was_swept(case, scenario, tmp_path):
    path = tmp_path / "a.nc"
    text = run(case, scenario, "--out", path)
    assert f"Written: {path}" in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.manifest.json", "a.nc"]
    found = run_sweep(prepare(case, case / f"{scenario}.toml"))
    with xr.open_dataset(path, engine="h5netcdf") as read:
        read.load()
    assert set(read.variables) == set(found.variables)
    for name in found.variables:
        assert read[name].dims == found[name].dims, name
        np.testing.assert_array_equal(read[name].values, found[name].values)
        for key, value in found[name].attrs.items():
            np.testing.assert_array_equal(read[name].attrs[key], value)
    assert dict(read.attrs) == dict(found.attrs)
    assert all(isinstance(name, str) for name in read["name"].values.tolist())


def test_the_same_sweep_gives_the_same_files(case, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        run(case, "drawn", "--out", tmp_path / name / "x.nc")
    first, second = (tmp_path / name / "x.nc" for name in ("a", "b"))
    with xr.open_dataset(first, engine="h5netcdf") as a, xr.open_dataset(second, engine="h5netcdf") as b:
        xr.testing.assert_identical(a.load(), b.load())
    manifests = [(p.parent / "x.manifest.json").read_bytes() for p in (first, second)]
    assert manifests[0] == manifests[1]


def test_the_manifest(case, tmp_path):
    run(case, "drawn", "--keep", "water_total", "--blocks", "50", "--out", tmp_path / "x.nc")
    found = strict((tmp_path / "x.manifest.json").read_text(encoding="utf-8"))
    assert found["command"] == f"carbonledger sweep {case} drawn --keep water_total --blocks 50"
    assert found["hashes"]["scenario drawn.toml"] == hashlib.sha256((case / "drawn.toml").read_bytes()).hexdigest()
    assert (found["seed"], found["draws"], found["n_scenarios"], found["targets_not_judged"]) == (3, 150, 300, [])
    assert {"python", "platform", "versions", "factor_sets"} <= set(found)
    assert found["sha256"] == hashlib.sha256((tmp_path / "x.nc").read_bytes()).hexdigest()


def test_nothing_is_overwritten_unasked(case, tmp_path):
    path = tmp_path / "x.nc"
    path.write_text("mine", encoding="utf-8")
    assert "--force" in refused(case, "named", "--out", path)
    assert path.read_text(encoding="utf-8") == "mine"
    run(case, "named", "--out", path, "--force")
    with xr.open_dataset(path, engine="h5netcdf") as read:
        assert "water_total" in read


def test_names_that_netcdf_has_no_room_for(tmp_path):
    cube = made_cube([[1.0, 2.0]], [[1, 1]]).assign_coords(
        {"axis_a/b": ("scenario", [1.0]), "name": ("scenario", ["旧/新"])}
    )
    report.write_sweep(cube, tmp_path / "x.nc")
    with xr.open_dataset(tmp_path / "x.nc", engine="h5netcdf") as read:
        assert read["axis_a_b"].values.tolist() == [1.0]
        assert read["name"].values.tolist() == ["旧/新"]


# --- pictures --------------------------------------------------------------------------------------------------------


def texts_of(figure) -> list[str]:
    from matplotlib.text import Text

    return [t.get_text() for t in figure.findobj(Text) if t.get_text()]


def drawn_line(figure, colour: str) -> list[np.ndarray]:
    """Heights of the lines of a colour."""
    return [np.asarray(line.get_ydata()) for line in figure.axes[0].lines if line.get_color() == colour]


def test_pictures_are_files(case, tmp_path):
    text = run(case, "drawn", "--plot", tmp_path / "p")
    names = sorted(p.name for p in (tmp_path / "p").iterdir())
    assert names == [
        "cost-town.png",
        "targets-town.png",
        "water_per_gdp-town.png",
        "water_per_gdp_drop-town.png",
        "water_total-town.png",
    ]
    assert "5 pictures in" in text
    assert all((tmp_path / "p" / n).read_bytes().startswith(b"\x89PNG") for n in names)
    assert "--force" in refused(case, "named", "--plot", tmp_path / "p")
    assert "in a folder that exists" in refused(case, "named", "--plot", tmp_path / "q" / "r")


def test_a_fan_chart_shows_medians_history_and_limits(drawn):
    found = sweep(drawn, years=drawn.years)
    figure = report.fan_chart(found, "water_total", targets=drawn.targets)
    water = found["water_total"].values[:, 0]
    for i in range(2):
        (line,) = drawn_line(figure, fan_picture.COLOURS[i])
        np.testing.assert_allclose(line, np.median(water[150 * i : 150 * (i + 1), 1:], axis=0), rtol=1e-12)
    (history,) = drawn_line(figure, fan_picture.DARK)
    np.testing.assert_allclose(history, np.median(water[:150, :2], axis=0), rtol=1e-12)
    # 1.1 百万立方米 in the unit of the indicator; a mark in the year in which it is due
    limit = drawn_line(figure, fan_picture.LIMIT)
    assert [v for line in limit for v in line] == pytest.approx([1_100_000] * 3)
    said = texts_of(figure)
    assert any(t.startswith("T1 ≤") for t in said)
    assert {"frozen", "fast", "median", "25–75 %", "5–95 %", "m³"} <= set(said)


def test_a_line_for_each_named_scenario(named):
    figure = report.fan_chart(sweep(named), "water_total", labels={"fast": "quick"}, place="Town")
    assert [len(drawn_line(figure, colour)) for colour in fan_picture.COLOURS[:3]] == [1, 1, 0]
    np.testing.assert_allclose(drawn_line(figure, fan_picture.COLOURS[1])[0], FAST, rtol=1e-12)
    assert {"frozen", "quick"} <= set(texts_of(figure))
    assert "median" not in texts_of(figure)


def test_letters_that_no_font_has_are_not_drawn(named, tmp_path, monkeypatch):
    """A glyph that is missing is a warning of matplotlib, and so an error here."""
    monkeypatch.setattr(picture_words, "chinese_font", lambda: "")
    found = sweep(named).assign_coords(name=("scenario", ["维持", "加速"]))
    figure = report.fan_chart(found, "water_per_gdp", targets=named.targets, place="小镇", lang="zh")
    figure.savefig(tmp_path / "x.png")
    report.met_chart(found, targets=named.targets, place="小镇", lang="zh").savefig(tmp_path / "y.png")
    said = texts_of(figure)
    assert {"scenario 1", "scenario 2", "m³/10⁴ CNY"} <= set(said)
    assert all(ord(letter) < 0x2E80 for text in said for letter in text)


def test_targets_are_tiles_or_bands(named, drawn):
    from matplotlib.collections import QuadMesh

    tiles = report.met_chart(sweep(named), targets=named.targets)
    mesh = [m for axes in tiles.axes for m in axes.collections if isinstance(m, QuadMesh)]
    # 0 met, 1 missed: T1 always, T2 never if frozen, from 2022 on if fast
    assert [m.get_array().reshape(2, 5).tolist() for m in mesh] == [[[0] * 5] * 2, [[1] * 5, [1, 0, 0, 0, 0]]]
    bands = report.met_chart(run_sweep(drawn), targets=drawn.targets)
    assert not [m for axes in bands.axes for m in axes.collections if isinstance(m, QuadMesh)]
    share = bands.axes[0].lines[0].get_ydata()
    water = sweep(drawn, keep=["water_total"])["water_total"].values[:150, 0]
    np.testing.assert_allclose(share, 100 * (water <= 1_100_000).mean(axis=0))


def test_a_share_with_unknowns_is_a_band():
    cube = made_cube([[1.0] * 3] * 8, [[1, 0, 0], *[[1, 1, 0]] * 4, *[[2, 2, 0]] * 3])
    axes = report.met_chart(cube).axes[0]
    low, high = (line.get_ydata() for line in axes.lines)
    np.testing.assert_allclose(low, [62.5, 50.0, np.nan])
    np.testing.assert_allclose(high, [62.5, 62.5, np.nan])
    assert "no state value" in [t.get_text().replace("\n", " ") for t in axes.texts]


def test_without_matplotlib_the_extra_is_named(case, monkeypatch):
    for name in [m for m in sys.modules if m.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    assert "pip install 'carbonledger[pictures]'" in refused(case, "named", "--plot", case / "p")


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 0.06)), min_size=1, max_size=12))
def test_labels_do_not_cover_each_other(labels):
    places, heights = zip(*labels, strict=True)
    found = picture_words.apart(places, heights)
    for i, a in enumerate(found):
        assert heights[i] / 2 - 1e-9 <= a <= 1 - heights[i] / 2 + 1e-9
        for j, b in enumerate(found[:i]):
            assert abs(a - b) >= (heights[i] + heights[j]) / 2 - 1e-9
            if abs(places[i] - places[j]) > 1e-9:
                assert (a < b) == (places[i] < places[j])


def test_labels_that_have_room_stay():
    assert picture_words.apart([0.2, 0.8], [0.1, 0.1]) == pytest.approx([0.2, 0.8])
    assert picture_words.apart([0.5, 0.5], [0.1, 0.1]) == pytest.approx([0.45, 0.55])
