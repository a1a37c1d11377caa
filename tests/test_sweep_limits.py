"""Where sweeps were once wrong or ended badly: baselines that lack something, sizes, levels, standards out of force."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from carbonledger.errors import ScenarioError
from carbonledger.reasons import Reason
from carbonledger.sweeping import machine, prepare, sweep

CHINA = Path(__file__).parents[1] / "scenarios" / "china-2020-2023"
WATER = {"select": {"activity": "agricultural_water"}}


def scenario(**more: Any) -> dict[str, Any]:
    made = {
        "base_year": 2023,
        "years": [2024, 2026],
        "rates": "hold",
        "indicators": ["water_total", "water_per_gdp_drop"],
    }
    return {
        **made,
        "axes": [{"name": "x", "levels": [1.0, 0.5]}],
        "levers": [{"name": "farms", "verb": "scale", "axis": "x", **WATER}],
        **more,
    }


@pytest.fixture(scope="module")
def half_a_base_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The national case, with farm water of 2020 given for six months only."""
    folder = tmp_path_factory.mktemp("half") / "china"
    shutil.copytree(CHINA, folder)
    rows = pd.read_csv(folder / "activity.csv", dtype=str)
    farms = (rows["activity"] == "agricultural_water") & (rows["period"] == "2020")
    months = [rows[farms].assign(period=f"2020-{month:02d}", amount="301") for month in range(1, 7)]
    pd.concat([rows[~farms], *months]).to_csv(folder / "activity.csv", index=False)
    return folder


@pytest.mark.parametrize("acts", ["policy", "uncertainty"])
def test_a_baseline_that_lacks_months_is_none(half_a_base_year, acts):
    """A half year is no baseline, whether or not uncertainty makes sums of that year anew."""
    levers = [{"name": "farms", "verb": "scale", "axis": "x", "acts": acts, **WATER}]
    found = sweep(
        half_a_base_year, scenario(levers=levers), years=[2020, 2023, 2026], keep=["water_per_gdp_drop", "water"]
    )
    assert np.isnan(found["water_per_gdp_drop"]).all()
    assert set(np.unique(found["water_per_gdp_drop_reason"].sel(year=[2023, 2026]))) == {int(Reason.NO_BASELINE)}
    assert np.isnan(found["water"].sel(year=2020)).all()
    assert (found["water"].sel(year=2023).isel(scenario=0) > 0).all()
    assert (found["verdict"].sel(target="CN-W2") == 0).all()


def test_an_addition_has_one_level():
    axes = [{"name": "x", "unit": "m3", "each": ["entity"], "distribution": {"kind": "uniform", "low": 1, "high": 2}}]
    recipe = {"unit": "m3", "rows": [{"activity": "agricultural_water", "flow": "used", "amount": "1 m3"}]}
    lever = {"name": "more", "verb": "add", "axis": "x", "recipe": "more", "select": {"entity": "china"}}
    given = scenario(axes=axes, sampling={"n": 2, "seed": 1}, levers=[lever], recipes={"more": recipe})
    with pytest.raises(ScenarioError, match="has one draw for each label"):
        prepare("china-2020-2023", given)


def test_more_draws_than_a_sobol_sequence_has():
    axes = [{"name": "x", "distribution": {"kind": "uniform", "low": 0.5, "high": 1}}]
    given = scenario(axes=axes, sampling={"n": 2**32 + 1, "seed": 1, "method": "sobol"})
    with pytest.raises(ScenarioError, match="4294967296 points"):
        prepare("china-2020-2023", given)


def test_counts_of_quantiles_that_do_not_fit(monkeypatch):
    """2 names x 1 entity x 4 years x 4096 counts of 8 bytes are 256 KiB; the scenarios themselves need less."""
    prepared = prepare("china-2020-2023", scenario())
    monkeypatch.setattr(machine, "_free", lambda: 300_000)
    sweep(prepared, reduce=["mean"])
    with pytest.raises(ScenarioError, match="leave out the quantiles"):
        sweep(prepared, reduce=["quantiles"])


def test_a_level_that_no_row_stands_under_is_a_fault_like_others():
    with pytest.raises(ScenarioError, match="no enterprise above"):
        prepare("china-2020-2023", scenario(), by="enterprise")


def test_what_is_not_asked_for_need_not_be_given():
    prepared = prepare("china-2020-2023", scenario())
    found = sweep(prepared, reduce=["verdicts"], quantiles=[], keep=[])
    assert set(found.data_vars) == {"n_met", "n_missed", "n_unknown", "p_met_low", "p_met_high"}


def test_a_standard_out_of_force_leaves_nothing_uncertain():
    """GB 3095-2012 judges 2025 and no later year; PM2.5 of 2025 misses it (44 against 35), so that it is never met."""
    given = {"base_year": 2025, "years": [2026, 2027], "rates": "hold", "indicators": ["pm25_mean"]}
    found = sweep("weicheng-2025", given, reduce=["first_year", "verdicts"]).sel(entity="weicheng")
    old = found.sel(target=[name for name in found["target"].values if name.startswith("GB 3095-2012")])
    new = found.sel(target=[name for name in found["target"].values if name.startswith("GB 3095-2026 trans")])
    assert old["n_never_met"].item() == 1
    assert old["n_never_met_uncertain"].item() == 0
    assert new["n_never_met_uncertain"].item() == 1  # PM2.5 of 2026 is not known
    assert old["n_unknown"].values.tolist() == [[0, 1, 1]]


def test_a_numbered_reference():
    """Scenario 1 halves farm water: every scenario less that one, by hand from the inputs (3 672.4 in 2023, 10^8 m3)."""
    found = sweep("china-2020-2023", scenario(reference="1"), reduce=["difference", "extremes"], years=[2026])
    assert found["water_total_difference_max"].item() == pytest.approx(3672.4 / 2, rel=1e-12)
    assert found["water_total_difference_min"].item() == 0


AFFINE = [
    {"name": "farms", "verb": "scale", "axis": "x", **WATER},
    {"name": "all water", "verb": "scale", "axis": "z", "to": 2025, "select": {"flow": "used"}},
    {"name": "rate", "verb": "scale", "axis": "z", "path": "step", "to": 2025, "select": {"quantity": "water"}},
    {"name": "output", "verb": "grow", "level": "5 %", "select": {"activity": "gdp"}},
]
BOTH = [{"name": "x", "levels": [0.0, 0.5, 1.0]}, {"name": "z", "levels": [0.25, 1.0, 1.5]}]


def test_levels_multiplied_out_are_the_same_as_multipliers():
    """Affine levers become monomials of levels: 1, x, z, z^2 ...; the long way multiplies year by year."""
    given = scenario(axes=BOTH, levers=AFFINE)
    prepared, long_way = prepare("china-2020-2023", given), prepare("china-2020-2023", given, collapse=False)
    assert prepared.future.expanded is not None
    assert (0, 1, 2) in prepared.future.expanded.monomials  # farm water: all three levels at once
    assert long_way.future.expanded is None
    keep = ["water_total", "water_per_gdp_drop", "gdp"]
    one, other = sweep(prepared, keep=keep), sweep(long_way, keep=keep)
    for name in keep:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-12)
    # by hand: 2026, x = 0, z = 1.5: water (5906.5 - 3672.4) x 1.5 x 1.5, in 10^8 m3
    last = one["water_total"].sel(entity="china", year=2026).values
    assert last[2] == pytest.approx((5906.5 - 3672.4) * 1.5 * 1.5, rel=1e-12)


def test_powers_of_levels_are_not_multiplied_out():
    axes = [{"name": "x", "levels": ["1 %", "2 %"]}]
    levers = [{"name": "output", "verb": "grow", "axis": "x", "select": {"activity": "gdp"}}]
    assert prepare("china-2020-2023", scenario(axes=axes, levers=levers)).future.expanded is None
