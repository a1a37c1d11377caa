"""The scenarios beside the shipped cases: what they must show, by hand from the printed figures that they start from."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import carbonledger as cl
from carbonledger.reasons import Reason
from carbonledger.scenario import Draws, Scenario, read_scenario
from carbonledger.shipped import shipped
from carbonledger.sweeping import Prepared, prepare, sweep

WEICHENG = shipped("scenarios") / "weicheng-2025"
CHINA = shipped("scenarios") / "china-2020-2023"
NEUTRAL = {"activity_level": 100.0, "grid_factor": 0.6191, "farm_weather": 100.0}
BRICKWORKS, ALUMINIUM = "99370702QQ00009870", "99370702QQ0000813N"
KWH_TO_TCE = 302.4e-6  # supply coal rate of 2024, which the case uses for 2025 [tce/kWh]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare("weicheng-2025", WEICHENG / "to-2035.toml")


@pytest.fixture(scope="module")
def swept(prepared: Prepared) -> xr.Dataset:
    """Every scenario, indicators and quantities."""
    return sweep(prepared, keep=[*prepared.indicators, *prepared.quantities]).sel(entity="weicheng")


@pytest.fixture(scope="module")
def singly(prepared: Prepared) -> xr.Dataset:
    """Frozen but for one axis at a time, which has its level of accelerated; by the name of the axis."""
    scenario = prepared.scenario
    levels = {name: given for name, _, given in scenario.named}
    frozen, fast = levels["frozen"], levels["accelerated"]
    named = [("frozen", "", frozen), *((axis, "", frozen | {axis: fast[axis]}) for axis in frozen)]
    axes = tuple(replace(a, levels=(NEUTRAL[a.name],)) if a.levels else a for a in scenario.axes)
    one = replace(scenario, named=tuple(named), axes=axes)
    part = replace(prepared, scenario=one, draws=Draws(one, prepared.draws.widths))
    made = sweep(part, keep=list(part.quantities)).sel(entity="weicheng")
    return made.swap_dims(scenario="name").drop_vars("scenario")


def one(swept: xr.Dataset, name: str, **grid: float) -> xr.Dataset:
    """One scenario by its name and its levels on the grid."""
    here = swept["name"] == name
    for axis, level in (NEUTRAL | grid).items():
        here = here & np.isclose(swept[f"axis_{axis}"], level)
    (at,) = np.flatnonzero(here)
    return swept.isel(scenario=int(at))


def by_name(swept: xr.Dataset) -> dict[str, xr.Dataset]:
    """The scenarios of each name, in the same order of the grid."""
    return {
        name: swept.isel(scenario=np.flatnonzero(swept["name"] == name))
        for name in ("frozen", "current", "accelerated")
    }


def change(singly: xr.Dataset, axis: str, quantity: str) -> Any:
    """What one axis alone changes, by year."""
    return (singly[quantity].sel(name=axis) - singly[quantity].sel(name="frozen")).to_series()


# ---- Weicheng to 2035: the file


def test_three_scenarios_and_a_grid_of_eighteen(prepared: Prepared) -> None:
    assert [name for name, *_ in prepared.scenario.named] == ["frozen", "current", "accelerated"]
    assert prepared.draws.n == 3 * 3 * 3 * 2
    assert prepared.scenario.reference == "frozen"


def test_every_lever_axis_event_and_recipe_says_where_it_comes_from(prepared: Prepared) -> None:
    scenario = prepared.scenario
    parts = [*scenario.axes, *scenario.levers, *scenario.events, *scenario.recipes]
    assert [part for part in parts if not part.source.strip()] == []
    assert [axis.name for axis in scenario.axes if not (axis.title and axis.title_zh)] == []
    assert all(lever.cost.source for lever in scenario.levers if lever.cost)


def test_gdp_grows_as_its_parts_do(prepared: Prepared) -> None:
    # value added of industry 92.94 of GDP 314.19 (10^8 yuan) in 2025, economy.csv
    share = 92.94 / 314.19
    for _, _, levels in prepared.scenario.named:
        parts = share * levels["industry_growth"] + (1 - share) * levels["services_growth"]
        assert levels["gdp_growth"] == pytest.approx(parts, abs=0.005)


def test_targets_after_2025_are_national_yardsticks_with_a_source(prepared: Prepared) -> None:
    own = [target for target in prepared.targets if target.file == "targets-2035.csv"]
    assert [target.id for target in own] == ["Y2030-N1", "Y2035-N1", "Y2030-C1"]
    assert all(target.scope == "nation" and target.source and "yardstick" in target.note for target in own)


# ---- what must hold in every scenario


def test_frozen_is_the_inventory_of_the_base_year(swept: xr.Dataset, prepared: Prepared) -> None:
    frozen = one(swept, "frozen")
    for name in (*prepared.indicators, *prepared.quantities):
        if name != "pm25_mean":
            base = frozen[name].sel(year=2025)
            assert np.isfinite(base), name
            assert_allclose(frozen[name], np.full(11, base), rtol=1e-12, err_msg=name)
    # README.md: 5460 (10^4 m3); 8.8 %; about 203 (10^4 tce)
    assert frozen["water_total"].sel(year=2035) == pytest.approx(5460)
    assert frozen["nonfossil_share_coal_rate"].sel(year=2035) == pytest.approx(8.8, abs=0.05)
    assert frozen["energy_total_coal_rate"].sel(year=2035) == pytest.approx(203, abs=0.5)


def test_every_axis_of_the_named_scenarios_changes_something_and_only_after_the_base_year(singly: xr.Dataset) -> None:
    for axis in singly["name"].values[1:]:
        changed = abs(singly.sel(name=axis) - singly.sel(name="frozen"))[[*singly.data_vars]]
        numbers = changed[[n for n in changed.data_vars if not n.startswith(("verdict", "margin"))]]
        assert float(numbers.sel(year=2025).to_array().max()) == 0, axis
        assert float(numbers.sel(year=2035).to_array().max()) > 1, axis


def test_faster_means_less_energy_carbon_and_water_in_every_cell_of_the_grid(swept: xr.Dataset) -> None:
    named = by_name(swept.sel(year=slice(2026, 2035)))
    current, accelerated, frozen = named["current"], named["accelerated"], named["frozen"]
    for name in ("energy_total_coal_rate", "co2_direct", "co2_total", "water_total"):
        assert (accelerated[name].values < current[name].values).all(), name
    for name in ("nonfossil_share_coal_rate", "nonconventional_water_use", "co2_total_intensity_drop"):
        assert (accelerated[name].values > current[name].values).all(), name
        assert (current[name].values > frozen[name].values).all(), name


@pytest.mark.parametrize(
    ("axis", "indicator", "rises"),
    [
        ("grid_factor", "co2_total", True),
        ("activity_level", "energy_total_coal_rate", True),
        ("activity_level", "co2_direct", True),
        ("activity_level", "nonfossil_share_coal_rate", False),  # as much solar power in more energy
        ("farm_weather", "water_total", True),
        ("farm_weather", "water_per_gdp_drop", False),
    ],
)
def test_what_the_district_does_not_decide_works_in_the_right_direction(
    swept: xr.Dataset, axis: str, indicator: str, rises: bool
) -> None:
    column = f"axis_{axis}"
    levels = sorted(set(swept[column].values))
    for low, high in itertools.pairwise(levels):
        # the other axes stand in the same order in both
        below, above = (
            swept[indicator].isel(scenario=np.flatnonzero(swept[column] == at)).sel(year=2035) for at in (low, high)
        )
        assert ((above.values > below.values) if rises else (above.values < below.values)).all()


def test_no_scenario_leaves_what_is_possible(swept: xr.Dataset) -> None:
    # more power bought than sold, fuels left, shares of a whole
    assert (swept["imported_electricity_coal_rate"] > 0).all()
    assert (swept["co2_scope1"] > 0).all()
    assert (swept["fossil_energy_coal_rate"] > 0).all()
    assert ((swept["nonfossil_share_coal_rate"] > 0) & (swept["nonfossil_share_coal_rate"] < 50)).all()
    # intensities fall faster than the economy grows slower: below those of 2025 in both policy scenarios
    for name in ("current", "accelerated"):
        part = by_name(swept)[name]
        assert (part["energy_intensity"].sel(year=2035) < part["energy_intensity"].sel(year=2025)).all()


def test_pm25_is_unknown_after_the_base_year_for_want_of_coefficients(swept: xr.Dataset) -> None:
    assert float(swept["pm25_mean"].isel(scenario=0).sel(year=2025)) == pytest.approx(44.3, abs=0.05)  # README.md
    assert np.isnan(swept["pm25_mean"].sel(year=slice(2026, 2035))).all()
    assert (swept["pm25_mean_reason"].sel(year=slice(2026, 2035)) == Reason.NO_RESPONSE).all()
    limit = "GB 3095-2026 transition PM2.5 annual weicheng 2026-2030"
    assert (swept["verdict"].sel(target=limit) == 0).all()


# ---- Weicheng to 2035: by hand


def test_gdp_in_2030(swept: xr.Dataset) -> None:
    # 240.0 x 1.07 x 1.029 x 1.048 x 1.046 x 1.042 (states.csv) in 2025, then 3.85 % a year; 10^8 yuan of 2020
    of_2025 = 240.0 * 1.07 * 1.029 * 1.048 * 1.046 * 1.042
    gdp = one(swept, "current")["gdp_constant"] / 1e8
    assert gdp.sel(year=2025) == pytest.approx(of_2025, rel=1e-12)
    assert gdp.sel(year=2030) == pytest.approx(of_2025 * 1.0385**5, rel=1e-12)
    # busier by 10 % in 2035, so by 5 % half way
    busy = one(swept, "current", activity_level=110)["gdp_constant"] / 1e8
    assert busy.sel(year=2030) == pytest.approx(of_2025 * 1.0385**5 * 1.05, rel=1e-12)


def test_water_in_2035(swept: xr.Dataset) -> None:
    # water.csv: 2440 farms, 1180 industry, 1435 domestic, 405 ecological (10^4 m3)
    current = 2440 * 0.95 + 1180 * 1.035**10 * 0.70 + 1435 * 1.005**10 * 0.98 + 405
    fast = 2440 * 0.88 + 1180 * 1.035**10 * 0.60 + 1435 * 1.005**10 * 0.92 + 405
    assert one(swept, "current")["water_total"].sel(year=2035) == pytest.approx(current, rel=1e-12)
    assert one(swept, "accelerated")["water_total"].sel(year=2035) == pytest.approx(fast, rel=1e-12)
    dry = one(swept, "frozen", farm_weather=103)["water_total"]
    assert_allclose(dry, [5460] + [5460 + 0.03 * 2440] * 10, rtol=1e-12)
    reclaimed = one(swept, "accelerated")["nonconventional_water_use"]
    assert_allclose(reclaimed.sel(year=[2025, 2030, 2035]), [186, 186 + 75, 186 + 150], rtol=1e-12)


def test_solar_power(singly: xr.Dataset) -> None:
    # 800 MW x 1100 h = 880 GWh in 2035, half of it in 2030
    kwh = 880e6
    gained = change(singly, "solar", "nonfossil_energy_coal_rate")
    assert gained[2035] == pytest.approx(kwh * KWH_TO_TCE, rel=1e-9)
    assert gained[2030] == pytest.approx(kwh * KWH_TO_TCE / 2, rel=1e-9)
    # it takes the place of power that was bought: as much energy, less CO2
    whole = float(singly["energy_coal_rate"].sel(name="frozen", year=2035))
    assert abs(change(singly, "solar", "energy_coal_rate")[2035]) < 1e-9 * whole
    assert change(singly, "solar", "co2_scope2_location")[2035] == pytest.approx(-kwh * 0.6191e-3, rel=1e-9)
    assert change(singly, "solar", "cost")[2035] == pytest.approx(800 * 300_000, rel=1e-12)


def test_coal_leaves_at_equal_useful_energy(singly: xr.Dataset) -> None:
    # 40 % each: what is saved of the coal's energy is 1 - 0.75/0.95 with electricity and 1 - 0.75/0.92 with gas
    to_power, to_gas = (change(singly, axis, "energy")[2035] for axis in ("coal_to_power", "coal_to_gas"))
    assert to_power / to_gas == pytest.approx((1 - 0.75 / 0.95) / (1 - 0.75 / 0.92), rel=1e-9)
    assert to_power < 0
    # coal burnt by final users in 2025: 149 710.26 t in industry (statistics.csv), 4 000 t in households (households.csv)
    tonnes = 149_710.26 + 4_000
    assert change(singly, "coal_to_power", "cost")[2035] == pytest.approx(0.4 * tonnes * 1800, rel=1e-9)
    gas = change(singly, "coal_to_gas", "cost")
    assert gas[2035] == pytest.approx(0.4 * tonnes * 700, rel=1e-9)
    assert gas[2032] == pytest.approx(gas[2035], rel=1e-12)
    assert gas[2030] == pytest.approx(gas[2035] * 5 / 7, rel=1e-12)


def test_motor_fuels_give_way_to_power(singly: xr.Dataset) -> None:
    # households.csv, households and transport: 47 000 + 22 000 t gasoline, 48 000 t diesel; GB/T 32151 series:
    # 2.9251 and 3.0959 t CO2/t (facts/energy-carbon.md, section 2)
    burnt = (47_000 + 22_000) * 2.9251 + 48_000 * 3.0959
    assert change(singly, "oil_to_power", "co2_scope1")[2035] == pytest.approx(-0.45 * burnt, rel=1e-4)
    # statistics-tce: 1.4714 and 1.4571 kgce/kg; of it the vehicle needs a third as electricity, 0.1229 kgce/kWh
    tce = (47_000 + 22_000) * 1.4714 + 48_000 * 1.4571
    bought = 0.45 * tce / 3 / 0.1229e-3  # kWh
    added = change(singly, "oil_to_power", "imported_electricity_coal_rate")[2035]
    assert added == pytest.approx(bought * KWH_TO_TCE, rel=1e-3)


def test_two_plants_change_in_their_year(singly: xr.Dataset) -> None:
    # what each burnt and bought in 2025, posted alone
    case = cl.open_case("weicheng-2025")
    rows = case.activity
    mine = rows[(rows["year"] == 2025) & rows["entity"].isin([BRICKWORKS, ALUMINIUM])].reset_index(drop=True)
    posted = cl.post(
        mine, case.factors, ["co2_scope1", "co2_scope2_location"], entities=case.entities, rules=case.rules
    )
    alone = cl.totals(posted, by=["entity"]).sel(year=2025)
    for entity, axis, year, factor in (
        (BRICKWORKS, "brickworks", 2028, -1.0),
        (ALUMINIUM, "aluminium_line", 2030, 0.5),
    ):
        for quantity in ("co2_scope1", "co2_scope2_location"):
            before = float(alone[quantity].sel(entity=entity))
            assert before > 1000
            changed = change(singly, axis, quantity)
            assert_allclose(changed[changed.index < year], 0, atol=1e-6)
            assert_allclose(changed[changed.index >= year], factor * before, rtol=1e-9)


def test_verdicts_on_the_yardsticks(swept: xr.Dataset) -> None:
    # 25 % "about" has a slack of 0.5; the floor of 30 % has none
    share, verdict = swept["nonfossil_share_coal_rate"], swept["verdict"]
    assert (verdict.sel(target="Y2030-N1") == xr.where(share >= 24.5, 1, 2)).all()
    assert (verdict.sel(target="Y2035-N1") == xr.where(share > 30, 1, 2)).all()
    # nothing falls in frozen with the grid as it is; with a cleaner one it does
    falling = verdict.sel(target="Y2030-C1", year=2035)
    assert int(one(swept, "frozen")["verdict"].sel(target="Y2030-C1", year=2035)) == 2
    assert int(one(swept, "frozen", grid_factor=0.34)["verdict"].sel(target="Y2030-C1", year=2035)) == 1
    assert (falling.values[(swept["name"] == "accelerated").values] == 1).all()


# ---- China 2020-2023: the back-cast

BACKCAST = CHINA / "backcast.toml"


@pytest.fixture(scope="module")
def backcast() -> xr.Dataset:
    return sweep("china-2020-2023", BACKCAST).sel(entity="china").isel(scenario=0)


@pytest.mark.parametrize(
    "line", [line for line in table(CHINA / "published.csv") if line["period"] > "2020" and "water" in line["name"]]
)
def test_the_backcast_gives_what_the_bulletins_print(backcast: xr.Dataset, line: dict[str, str]) -> None:
    found = backcast[line["name"]].sel(year=int(line["period"]))
    assert found.attrs["units"] == line["unit"]
    assert round(float(found), int(line["decimals"])) == float(line["published"])


def test_all_twelve_printed_figures_after_the_base_year_are_tried() -> None:
    names = [line["name"] for line in table(CHINA / "published.csv") if line["period"] > "2020"]
    assert len([name for name in names if "water" in name]) == 12


def test_the_backcast_gives_the_printed_totals(backcast: xr.Dataset) -> None:
    # China Water Resources Bulletins 2021-2023: total use, and non-conventional sources [10^8 m3]
    assert_allclose(backcast["water_total"].sel(year=[2021, 2022, 2023]), [5920.2, 5998.2, 5906.5], atol=0.05)
    assert_allclose(
        backcast["nonconventional_water_use"].sel(year=[2021, 2022, 2023]), [138.3, 175.8, 212.3], atol=0.05
    )


def test_the_levels_of_the_backcast_follow_from_printed_figures() -> None:
    printed = {
        (r["activity"], int(r["period"])): float(r["amount"]) for r in table(CHINA / "activity.csv") if r["amount"]
    }
    growth = {(r["state"], int(r["period"])): float(r["value"]) for r in table(CHINA / "states.csv")}
    scenario = read_scenario(BACKCAST)
    grown, scaled = set(), set()
    for lever in scenario.levers:
        (activity,) = lever.select["activity"]
        for year, level in lever.by_year.items():
            ratio = printed[activity, year] / printed[activity, 2020]
            if lever.verb == "grow":
                assert lever.unit == "%"
                assert level == growth[f"{activity}_growth", year]
                grown.add((activity, year))
                continue
            if activity in {"gdp", "industrial_value_added"}:
                ratio /= np.prod([1 + growth[f"{activity}_growth", y] / 100 for y in range(2021, year + 1)])
            assert level == pytest.approx(ratio, abs=6e-7)
            scaled.add((activity, year))
    assert len(grown) == 2 * 3
    assert len(scaled) == 7 * 3


def test_prices_leave_constant_output_alone(backcast: xr.Dataset) -> None:
    swept = sweep("china-2020-2023", BACKCAST, keep=["gdp", "gdp_constant"]).sel(entity="china").isel(scenario=0)
    # communiqués: 1015986 in 2020, 1260582 in 2023 at current prices [10^8 yuan]; 8.1, 3.0 and 5.2 %
    assert swept["gdp"].sel(year=2023) == pytest.approx(1_260_582e8, rel=1e-6)
    assert swept["gdp_constant"].sel(year=2023) == pytest.approx(1_015_986e8 * 1.081 * 1.03 * 1.052, rel=1e-12)


# ---- docs/scenarios.md


@pytest.fixture
def blocks(root: Path) -> dict[str, list[str]]:
    """The fenced blocks of the page, by language."""
    page = (root / "docs" / "scenarios.md").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        found.setdefault(language, []).append(block)
    return found


def test_the_first_sweep_of_the_page(
    blocks: dict[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "first.toml"
    file.write_text(blocks["toml"][0], encoding="utf-8")
    swept = sweep("china-2020-2023", file).sel(entity="china", year=2030)
    # 5906.5 (10^8 m3) in 2023, 3672.4 of it on farms, of which a tenth
    assert_allclose(swept["water_total"], [5906.5, 5906.5 - 367.24] * 2, rtol=1e-12)
    exec(compile(blocks["python"][0], "docs/scenarios.md", "exec"), {})
    printed = capsys.readouterr().out
    assert [line.rstrip() for line in printed.splitlines()] == blocks["text"][1].splitlines()


def test_scenarios_on_the_page_are_sound(blocks: dict[str, list[str]], tmp_path: Path) -> None:
    whole = [block for block in blocks["toml"] if "base_year" in block]
    assert len(whole) >= 2
    for i, block in enumerate(whole):
        file = tmp_path / f"{i}.toml"
        file.write_text(block, encoding="utf-8")
        made = read_scenario(file)
        assert isinstance(made, Scenario)
        prepare("china-2020-2023", made)
