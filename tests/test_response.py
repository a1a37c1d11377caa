"""PM2.5 as it answers local precursor emissions: C = C0 [1 - local x sum(beta x cut) - regional x improvement].

The form and its limits are those of facts/air.md section 5.4; every expected number is worked out beside its test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.case import Case, open_case
from carbonledger.errors import LedgerError, ScenarioError
from carbonledger.reasons import Reason
from carbonledger.sweeping import Prepared, prepare, replay, sweep
from carbonledger.targets import Verdict

FILES = {
    "case.toml": """
title = "Two districts"
title_zh = "两个区"
by = ["district"]
factor_sets = ["water-rules"]
indicators = ["pm25_mean"]
quantities = ["so2", "nox"]

[inputs]
activity = ["activity.csv"]
entities = ["entities.csv"]
states = ["states.csv"]
targets = ["targets.csv"]
""",
    "entities.csv": """entity,level,parent,sector,region
north,district,,,CN
south,district,,,CN
mill,enterprise,north,3130,
""",
    # 2025: north 80 t SO2 and 100 t NOx with its mill, south 50 and 20
    "activity.csv": """entity,period,activity,flow,amount,unit
north,2024,so2,discharged,45,t
north,2024,nox,discharged,75,t
mill,2024,so2,discharged,45,t
mill,2024,nox,discharged,45,t
north,2025,so2,discharged,40,t
north,2025,nox,discharged,60,t
mill,2025,so2,discharged,40,t
mill,2025,nox,discharged,40,t
south,2025,so2,discharged,50,t
south,2025,nox,discharged,20,t
""",
    "states.csv": """entity,period,state,value,unit,print,source
north,2024,pm25,46,ug/m3,final,bulletin
north,2025,pm25,40,ug/m3,final,bulletin
south,2025,pm25,30,ug/m3,final,bulletin
""",
    "targets.csv": """id,indicator,entity,name_zh,sense,value,unit,kind,from_year,year,baseline,source
P1,pm25_mean,north,细颗粒物,at_most,38,µg/m3,level,2025,2027,,plan
P2,pm25_mean,north,细颗粒物,falling,,µg/m3,trend,2025,2027,,plan
""",
}
# shares of the way in 2025 ... 2029 when a level is reached in the last of four years
WAY = np.array([0, 0.25, 0.5, 0.75, 1])


def write(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(files.pop(name.partition(".")[0], text), encoding="utf-8")
    assert not files, files
    return folder


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return open_case(write(tmp_path_factory.mktemp("response") / "two"))


@pytest.fixture
def other(tmp_path: Path) -> Any:
    """The case with some files replaced."""
    return lambda **files: open_case(write(tmp_path / "other", **files))


def scale(activity: str, level: Any, **more: Any) -> dict[str, Any]:
    """A lever on one pollutant, in the last year by default."""
    source = {"axis": level} if isinstance(level, str) else {"level": level}
    select = {"activity": activity} | more.pop("select", {})
    return {"name": f"{activity} {select}", "verb": "scale", "select": select} | source | more


def response(local: Any = 0.5, regional: Any = 0.0, improvement: Any = 0.0, **betas: Any) -> dict[str, Any]:
    shares = {"local": local, "regional": regional, "improvement": improvement}
    return {"pm25": shares | {"betas": betas, "source": "source apportionment, made up"}}


def scenario(levers: Any = (), answer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    made = {"base_year": 2025, "years": [2026, 2029], "rates": "hold", "levers": list(levers)} | more
    return made | ({"response": answer} if answer else {})


def values(found: xr.Dataset, entity: str = "north", name: str = "pm25_mean") -> np.ndarray:
    """Of the first scenario, by year."""
    return np.asarray(found[name].sel(entity=entity).isel(scenario=0), dtype=float)


def reasons(found: xr.Dataset, entity: str = "north") -> list[Reason]:
    """By year; the reasons of the first scenario, where they differ."""
    codes = found["pm25_mean_reason"].sel(entity=entity)
    return [Reason(int(code)) for code in np.asarray(codes).reshape(-1, len(found["year"]))[0]]


def flags(found: xr.Dataset, entity: str = "north") -> list[bool]:
    return [bool(flag) for flag in found["pm25_extrapolated"].sel(entity=entity).isel(scenario=0)]


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_two_precursors_by_hand(case):
    # SO2 to 80 %, NOx to 90 % by 2029: cuts of 20 % and 10 % x way;
    # 2029 north: 40 x (1 - 0.5 x (0.2 x 0.20 + 0.3 x 0.10)) = 40 x 0.965 = 38.6; south: 30 x 0.965 = 28.95
    found = sweep(case, scenario([scale("so2", 0.8), scale("nox", 0.9)], response(so2=0.2, nox=0.3)))
    assert values(found)[-1] == pytest.approx(38.6, rel=1e-12)
    assert values(found, "south")[-1] == pytest.approx(28.95, rel=1e-12)
    assert values(found) == pytest.approx(40 * (1 - 0.035 * WAY), rel=1e-12)
    assert reasons(found) == [Reason.OK] * 5
    assert found["pm25_mean"].attrs["units"] == "µg/m3"


def test_each_district_answers_its_own_cuts(case):
    # the mill's SO2, half of north's 80 t, falls by 30 %: north's cut is 15 %, south's 0
    found = sweep(case, scenario([scale("so2", 0.7, select={"enterprise": "mill"})], response(so2=0.4)))
    assert values(found)[-1] == pytest.approx(40 * (1 - 0.5 * 0.4 * 0.15), rel=1e-12)
    assert values(found, "south").tolist() == [30] * 5


def test_regional_improvement_comes_evenly(case):
    # no lever: 40 x (1 - 0.4 x 0.25 x way); 2027: 40 x (1 - 0.05) = 38
    found = sweep(case, scenario((), response(0.5, 0.4, 0.25, so2=0.2)))
    assert values(found) == pytest.approx(40 * (1 - 0.1 * WAY), rel=1e-12)
    assert values(found)[2] == pytest.approx(38, rel=1e-12)
    worse = sweep(case, scenario((), response(0.5, "50 %", -0.1, so2=0.2)))
    assert values(worse)[-1] == pytest.approx(40 * 1.05, rel=1e-12)


def test_local_and_regional_parts_add(case):
    # 2029: 40 x (1 - 0.3 x 0.5 x 0.1 - 0.6 x 0.2) = 40 x (1 - 0.015 - 0.12) = 34.6
    found = sweep(case, scenario([scale("so2", 0.9)], response(0.3, 0.6, 0.2, so2=0.5)))
    assert values(found)[-1] == pytest.approx(34.6, rel=1e-12)


def test_a_negative_beta_of_nox(case):
    # winter titration: a cut of NOx by 20 % raises PM2.5: 40 x (1 + 0.5 x 0.05 x 0.2) = 40.2
    found = sweep(case, scenario([scale("nox", 0.8)], response(so2=0.2, nox=-0.05)))
    assert values(found)[-1] == pytest.approx(40.2, rel=1e-12)
    assert reasons(found)[-1] is Reason.OK


def test_more_emissions_raise_it(case):
    # SO2 grows by 5 % a year: in 2029 the cut is 1 - 1.05^4 = -0.21550625
    grow = {"name": "more", "verb": "grow", "level": "5 %", "select": {"activity": "so2"}}
    found = sweep(case, scenario([grow], response(so2=0.4)))
    assert values(found)[-1] == pytest.approx(40 * (1 + 0.5 * 0.4 * 0.21550625), rel=1e-12)
    assert not any(flags(found))


def test_axes_give_coefficients_scenario_by_scenario(case):
    axes = [
        {"name": "beta", "levels": ["10 %", "30 %"]},
        {"name": "phi", "levels": [0.25, 0.6]},
        {"name": "gain", "unit": "%", "levels": [0, 10]},
    ]
    answer = response("phi", 0.4, "gain", so2="beta")
    found = sweep(case, scenario([scale("so2", 0.8)], answer, axes=axes))
    assert found.sizes["scenario"] == 8
    for i in range(8):
        one = found.isel(scenario=i)
        beta, phi, gain = one["axis_beta"].item() / 100, one["axis_phi"].item(), one["axis_gain"].item() / 100
        by_hand = 40 * (1 - phi * beta * 0.2 * WAY - 0.4 * gain * WAY)
        assert np.asarray(one["pm25_mean"].sel(entity="north")) == pytest.approx(by_hand, rel=1e-12)
    first, last = (float(found["pm25_mean"].sel(entity="north", year=2029, scenario=i)) for i in (0, 7))
    assert (first, last) == (pytest.approx(40 * (1 - 0.005)), pytest.approx(40 * (1 - 0.036 - 0.04)))


def test_named_scenarios_give_coefficients(case):
    named = [{"name": "low", "beta": 0.1}, {"name": "high", "beta": 0.3}]
    found = sweep(case, scenario([scale("so2", 0.8)], response(so2="beta"), axes=[{"name": "beta"}], scenarios=named))
    last = found["pm25_mean"].sel(entity="north", year=2029)
    assert last.values == pytest.approx([40 * 0.99, 40 * 0.97], rel=1e-12)


def test_uncertain_emissions_are_cut_against_their_own_base_year(case):
    # an uncertain base inventory multiplies both years, so the cut and the concentration stay
    axes = [{"name": "u", "distribution": {"kind": "uniform", "low": 0.5, "high": 1.5}}]
    levers = [scale("so2", "u", acts="uncertainty", name="inventory"), scale("so2", 0.8)]
    found = sweep(
        case, scenario(levers, response(so2=0.5), axes=axes, sampling={"n": 5, "seed": 1}), keep=["pm25_mean", "so2"]
    )
    assert len(set(found["so2"].sel(entity="north", year=2025).values)) == 5
    assert found["pm25_mean"].sel(entity="north", year=2029).values == pytest.approx([40 * 0.95] * 5, rel=1e-12)


def test_a_closed_plant_cuts_what_it_emits(case):
    # from 2027 on half of north's SO2 and 40 of its 100 t NOx are gone: 40 x (1 - 0.5 x (0.2 x 0.5 + 0.1 x 0.4)) = 37.2
    closed = {"events": [{"entity": "mill", "year": 2027, "factor": 0}]}
    found = sweep(case, scenario((), response(so2=0.2, nox=0.1), **closed))
    assert values(found) == pytest.approx([40, 40, 37.2, 37.2, 37.2], rel=1e-12)
    assert flags(found) == [False, False, True, True, True]


def test_years_up_to_the_base_year_are_measured(case):
    levers, answer = [scale("so2", 0.8)], response(0.5, 0.4, 0.5, so2=0.5)
    found = sweep(case, scenario(levers, answer), years=[2024, 2025, 2029])
    assert values(found)[:2].tolist() == [46, 40]
    assert values(found)[2] == pytest.approx(40 * (1 - 0.05 - 0.2), rel=1e-12)
    assert flags(found)[:2] == [False, False]
    assert values(found, "south")[1] == 30
    assert reasons(found, "south")[0] is Reason.NO_STATE  # 2024 was not measured in south


def test_a_replayed_scenario_and_blocks_are_the_same(case):
    axes = [{"name": "beta", "distribution": {"kind": "triangular", "low": 0, "mode": 0.1, "high": 0.3}}]
    told = scenario([scale("so2", 0.7)], response(so2="beta"), axes=axes, sampling={"n": 7, "seed": 3})
    prepared = prepare(case, told)
    whole, parts, one = sweep(prepared), sweep(prepared, blocks=2), replay(prepared, index=4)
    for name in ("pm25_mean", "pm25_extrapolated", "verdict"):
        assert parts[name].equals(whole[name])
        assert one[name].isel(scenario=0, drop=True).equals(whole[name].isel(scenario=4, drop=True))


@pytest.fixture(scope="module")
def prepared(case: Case) -> Prepared:
    """Everything about the response and both cuts from axes."""
    names = ["so2", "nox", "phi", "reg", "gain", "b_so2", "b_nox"]
    ends = {"so2": (0.5, 1.5), "nox": (0.5, 1.5), "b_so2": (-0.1, 0.5), "b_nox": (-0.1, 0.5)}
    axes = []
    for name in names:
        low, high = ends.get(name, (0.0, 0.5))
        axes.append({"name": name, "distribution": {"kind": "uniform", "low": low, "high": high}})
    answer = response("phi", "reg", "gain", so2="b_so2", nox="b_nox")
    told = scenario([scale("so2", "so2"), scale("nox", "nox")], answer, axes=axes, sampling={"n": 400, "seed": 11})
    return prepare(case, told)


@settings(max_examples=40, deadline=None)
@given(index=st.integers(0, 399), entity=st.sampled_from(["north", "south"]))
def test_any_scenario_against_plain_python(prepared, index, entity):
    found = replay(prepared, index=index).isel(scenario=0)
    level = {name: found[f"axis_{name}"].item() for name in ("so2", "nox", "phi", "reg", "gain", "b_so2", "b_nox")}
    start = {"north": 40.0, "south": 30.0}[entity]
    for year, way in zip(range(2025, 2030), WAY, strict=True):
        cuts = {name: (1 - level[name]) * way for name in ("so2", "nox")}
        local = sum(level[f"b_{name}"] * cut for name, cut in cuts.items())
        by_hand = start * (1 - level["phi"] * local - level["reg"] * level["gain"] * way)
        here = found.sel(entity=entity, year=year)
        assert here["pm25_mean"].item() == pytest.approx(by_hand, rel=1e-11)
        if all(abs(abs(cut) - 0.25) > 1e-9 for cut in cuts.values()):
            assert here["pm25_extrapolated"].item() == any(abs(cut) > 0.25 for cut in cuts.values())


# --- how far the response reaches -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "beyond"),
    [(0.75, False), (0.7499999, True), (0.7500001, False), (1.25, False), (1.2500001, True), (1.0, False), (0, True)],
)
@pytest.mark.parametrize("pollutant", ["so2", "nox"])
def test_extrapolation_begins_beyond_a_quarter(case, level, beyond, pollutant):
    found = sweep(case, scenario([scale(pollutant, level, to=2027)], response(so2=0.2, nox=0.1)))
    assert flags(found)[-3:] == [beyond] * 3
    assert not flags(found)[0]


@pytest.mark.parametrize(
    ("factor", "n", "beyond"), [(0.95, 5, False), (0.95, 6, True), (1.05, 4, False), (1.05, 5, True)]
)
def test_a_quarter_reached_in_small_steps(case, factor, n, beyond):
    # 0.95^5 = 0.7738, 0.95^6 = 0.7351; 1.05^4 = 1.2155, 1.05^5 = 1.2763
    found = sweep(case, scenario([scale("so2", factor, name=f"s{i}") for i in range(n)], response(so2=0.2)))
    assert flags(found)[-1] is beyond


def test_only_precursors_count_as_extrapolation(case):
    found = sweep(case, scenario([scale("nox", 0.1)], response(so2=0.2)))
    assert not any(flags(found))
    assert values(found).tolist() == [40] * 5


def test_extrapolation_is_flagged_scenario_by_scenario(case):
    axes = [{"name": "s", "levels": [0.9, 0.7, 0.5]}]
    found = sweep(case, scenario([scale("so2", "s")], response(so2=0.2), axes=axes))
    flag = found["pm25_extrapolated"].sel(entity="north")
    assert flag.sel(year=2029).values.tolist() == [False, True, True]
    assert flag.sel(year=2027).values.tolist() == [False, False, False]  # half of 50 % is 25 %: not beyond
    assert flag.sel(year=2028).values.tolist() == [False, False, True]


def test_reductions_tell_of_extrapolation(case):
    axes = [{"name": "s", "levels": [0.9, 0.7, 0.5]}]
    told = scenario([scale("so2", "s")], response(so2=0.2), axes=axes)
    found = sweep(case, told, reduce=["mean", "verdicts"])
    assert [name for name in found if "extrapolated" in str(name)]


def test_no_concentration_below_nothing(case):
    found = sweep(case, scenario([scale("so2", 0)], response(1, so2=1.5, nox=-0.5)))
    last = values(found)[-1]
    assert np.isnan(last) or last >= 0
    assert int(found["verdict"].sel(target="P1", entity="north", year=2029).isel(scenario=0)) != Verdict.MET


# --- what is not known -------------------------------------------------------------------------------------------------


def test_without_coefficients_it_is_unknown(case):
    found = sweep(case, scenario([scale("so2", 0.8)]))
    assert reasons(found) == [Reason.OK] + [Reason.NO_RESPONSE] * 4
    assert values(found)[0] == 40
    assert np.isnan(values(found)[1:]).all()
    assert "pm25_extrapolated" not in found
    judged = found.sel(target="P1", entity="north").isel(scenario=0)
    assert judged["verdict"].values.tolist() == [int(Verdict.MISSED)] + [int(Verdict.UNKNOWN)] * 4
    assert judged["verdict_reason"].values.tolist() == [0] + [int(Reason.NO_RESPONSE)] * 4


def test_held_it_stays(case):
    found = sweep(case, scenario([scale("so2", 0.8)], hold=["pm25"]))
    assert values(found).tolist() == [40] * 5
    assert values(found, "south").tolist() == [30] * 5


def test_unknown_precursors_give_their_reason(other):
    months = "".join(f"north,2025-{m:02d},so2,discharged,4,t\n" for m in range(1, 12))
    found = sweep(
        other(activity=FILES["activity.csv"].replace("north,2025,so2,discharged,40,t\n", months)),
        scenario([scale("nox", 0.8)], response(so2=0.2, nox=0.1)),
    )
    assert reasons(found) == [Reason.OK] + [Reason.MONTHS_MISSING] * 4
    assert values(found)[0] == 40
    assert np.isnan(values(found)[1:]).all()
    assert not any(flags(found))
    assert values(found, "south")[-1] == pytest.approx(30 * (1 - 0.5 * 0.1 * 0.2), rel=1e-12)  # and stays there
    judged = found["verdict_reason"].sel(target="P1", entity="north").isel(scenario=0)
    assert judged.values[1:].tolist() == [int(Reason.MONTHS_MISSING)] * 4


def test_a_precursor_that_nobody_reports(case):
    found = sweep(case, scenario([scale("so2", 0.8)], response(so2=0.2, cod=0.1)))
    assert reasons(found) == [Reason.OK] + [Reason.NO_ROWS] * 4
    assert np.isnan(values(found)[1:]).all()


def test_a_precursor_that_only_the_enterprise_reports(other):
    rows = FILES["activity.csv"].replace("north,2025,so2,discharged,40,t\n", "")
    found = sweep(other(activity=rows.replace("north,2024,so2,discharged,45,t\n", "")), scenario((), response(so2=0.2)))
    assert reasons(found) == [Reason.OK] + [Reason.ENTERPRISES_ONLY] * 4


def test_a_precursor_of_nothing_has_no_relative_cut(other):
    rows = FILES["activity.csv"].replace("south,2025,so2,discharged,50,t", "south,2025,so2,discharged,0,t")
    found = sweep(other(activity=rows), scenario([scale("so2", 0.8)], response(so2=0.2)))
    assert reasons(found, "south") == [Reason.OK] + [Reason.UNDEFINED] * 4
    assert np.isnan(values(found, "south")[1:]).all()
    assert not any(flags(found, "south"))
    assert values(found)[-1] == pytest.approx(40 * 0.98, rel=1e-12)


def test_without_a_measured_base_year(other):
    states = FILES["states.csv"].replace("south,2025,pm25", "south,2024,pm25")
    found = sweep(other(states=states), scenario([scale("so2", 0.8)], response(so2=0.2)))
    assert reasons(found, "south") == [Reason.NO_STATE] * 5
    assert np.isnan(values(found, "south")).all()
    assert reasons(found) == [Reason.OK] * 5


def test_what_the_case_gives_for_a_projected_year_stands(other):
    states = FILES["states.csv"] + "north,2026,pm25,39.5,ug/m3,final,bulletin\n"
    case = other(states=states)
    assert values(sweep(case, scenario((), hold=["pm25"]))).tolist() == [40, 39.5, 40, 40, 40]
    assert values(sweep(case, scenario([scale("so2", 0.8)], response(so2=0.2))))[1] == 39.5


# --- judged -----------------------------------------------------------------------------------------------------------


def test_targets_are_judged_on_the_result(case):
    # 40, 39.1, 38.2, 37.3, 36.4 against at most 38: 40 x (1 - 0.45 x 0.8 x 0.25 x way)
    found = sweep(case, scenario([scale("so2", 0.75)], response(0.45, so2=0.8)))
    assert values(found) == pytest.approx(40 - 3.6 * WAY, rel=1e-12)
    judged = found.sel(target="P1").isel(scenario=0)
    met, missed = int(Verdict.MET), int(Verdict.MISSED)
    assert judged["verdict"].sel(entity="north").values.tolist() == [missed, missed, missed, met, met]
    assert judged["margin"].sel(entity="north").values == pytest.approx([-2, -1.1, -0.2, 0.7, 1.6])
    assert set(judged["verdict_reason"].sel(entity="south").values) == {int(Reason.OTHER_ENTITY)}
    falling = found["verdict"].sel(target="P2", entity="north").isel(scenario=0)
    assert falling.values[1:].tolist() == [met] * 4


def test_p_met_counts_scenarios_on_both_sides(case):
    # 2029: 40 x (1 - 0.5 x 0.4 x cut) <= 38 from a cut of 25 % on: levels of 0.9, 0.8, 0.7, 0.6
    axes = [{"name": "s", "levels": [0.9, 0.8, 0.7, 0.6]}]
    told = scenario([scale("so2", "s")], response(so2=0.4), axes=axes)
    found = sweep(case, told, reduce=["mean", "verdicts", "extremes"]).sel(entity="north", year=2029)
    judged = found.sel(target="P1")
    assert [judged[f"n_{part}"].item() for part in ("met", "missed", "unknown")] == [2, 2, 0]
    assert judged["p_met_low"].item() == judged["p_met_high"].item() == 0.5
    assert found["pm25_mean_mean"].item() == pytest.approx(40 * (1 - 0.2 * 0.25), rel=1e-12)
    assert (found["pm25_mean_min_scenario"].item(), found["pm25_mean_min"].item()) == (3, pytest.approx(36.8))


# --- wrong --------------------------------------------------------------------------------------------------------------


def without(answer: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {state: {k: v for k, v in table.items() if k not in keys} for state, table in answer.items()}


TWO = [{"name": "b", "levels": [0.1, 0.9]}]
WRONG = {
    "no local": (without(response(so2=0.2), "local"), (), ["response.pm25", "no local"]),
    "no betas": (response(), (), ["no betas", "nox = 0.1"]),
    "no source": (without(response(so2=0.2), "source"), (), ["no source"]),
    "local beyond 1": (response(1.2, so2=0.2), (), ["local = 1.2", "<= 1"]),
    "local below 0": (response("-10 %", so2=0.2), (), ["local = -0.1", ">= 0"]),
    "parts beyond 1": (response(0.6, 0.5, 0.1, so2=0.2), (), ["add to 1.1"]),
    "improvement beyond 1": (response(0.5, 0.5, 2, so2=0.2), (), ["improvement = 2"]),
    "betas beyond 1": (response(so2=0.8, nox=0.3), (), ["betas add to 1.1"]),
    "NaN": (response(float("nan"), so2=0.2), (), ["local = nan"]),
    "infinity": (response(so2=float("inf")), (), ["betas so2", "finite"]),
    "unknown state": ({"pm52": response(so2=0.2)["pm25"]}, (), ["'pm52'; nearest: 'pm25'"]),
    "unknown precursor": (response(so3=0.2), (), ["betas", "'so3'; nearest: 'so2'"]),
    "unknown axis": (response("phi", so2=0.2), (), ["unknown axis 'phi'"]),
    "axis in tonnes": (response(so2="b"), [{"name": "b", "levels": ["1 t"]}], ["betas so2", "'t'"]),
    "axis beyond 1": (response("b", so2=0.2), [{"name": "b", "levels": [0.5, 1.5]}], ["local of 1.5", "axis 'b'"]),
    "draws beyond 1": (
        response("b", so2=0.2),
        [{"name": "b", "distribution": {"kind": "uniform", "low": 0.5, "high": 1.5}}],
        ["50 % of its draws"],
    ),
    "betas of axes beyond 1": (response(so2="b", nox=0.4), TWO, ["1.3"]),
    "parts of axes beyond 1": (response("b", 0.4, 0.1, so2=0.2), TWO, ["1.3"]),
    "a draw for each label": (
        response("b", so2=0.2),
        [{"name": "b", "each": ["entity"], "distribution": {"kind": "uniform", "low": 0, "high": 1}}],
        ["'b'"],
    ),
    "a share of days": ({"good_day_ratio": response(so2=0.2)["pm25"]}, (), ["good_day_ratio"]),
    "a credit": ({"import_credit": response(so2=0.2)["pm25"]}, (), ["import_credit"]),
    "no pollutant": (response(gdp=0.2), (), ["gdp"]),
}


@pytest.mark.parametrize(("answer", "axes", "expected"), WRONG.values(), ids=list(WRONG))
def test_wrong_responses(case, answer, axes, expected):
    drawn = {"sampling": {"n": 3, "seed": 1}} if any("distribution" in axis for axis in axes) else {}
    with pytest.raises(ScenarioError) as caught:
        sweep(case, scenario([scale("so2", 0.8)], answer, axes=list(axes), **drawn))
    found = str(caught.value)
    assert [part for part in expected if part not in found] == [], found
    assert caught.value.to("zh") != found


def test_held_and_answering_at_once(case):
    with pytest.raises(LedgerError) as caught:
        sweep(case, scenario([scale("so2", 0.8)], response(so2=0.2), hold=["pm25"]))
    assert "pm25" in str(caught.value)


def test_faults_of_a_response_come_together(case):
    answer = response(1.2, 0.5, 2, so2=0.2, nox=float("nan")) | {"pm25_p95": {"local": 0.5, "betas": {}, "source": "x"}}
    with pytest.raises(ScenarioError) as caught:
        sweep(case, scenario([scale("so2", -1)], answer))
    for part in ("local = 1.2", "improvement = 2", "betas nox", "no betas", "scale of -1"):
        assert part in str(caught.value)
