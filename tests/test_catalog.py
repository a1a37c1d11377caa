"""The catalogue: complete, proved by its units, and refused with all faults at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from carbonledger import formulas, units
from carbonledger.catalog import indicators, read_catalog, scale_of
from carbonledger.errors import CatalogError
from carbonledger.reasons import Reason
from carbonledger.tables import activities, flows

CATALOG = read_catalog()


def test_loads_all_three_tables() -> None:
    assert {"energy", "energy_coal_rate", "co2_scope1", "water", "gdp"} <= set(CATALOG.quantities)
    assert {"import_credit", "gdp_growth"} <= set(CATALOG.states)
    assert {"energy_intensity", "co2_total", "water_per_gdp_drop"} <= set(CATALOG.indicators)
    assert read_catalog() is CATALOG


@pytest.mark.parametrize("indicator", CATALOG.indicators.values(), ids=lambda i: i.name)
def test_indicator_is_complete(indicator) -> None:
    assert indicator.zh and indicator.en and indicator.unit
    assert any("\u4e00" <= c <= "\u9fff" for c in indicator.zh)
    assert indicator.en.isascii()
    assert indicator.better in {"lower", "higher"}
    assert indicator.formula in vars(formulas)
    units.quantity_of(indicator.unit)
    assert set(indicator.sign) == set(indicator.arguments)
    assert set(indicator.sign.values()) <= {"+", "-"}
    for argument in indicator.arguments:
        _, of_base = indicator.source_of(argument)
        assert not of_base or indicator.baseline is not None


@pytest.mark.parametrize("entry", [*CATALOG.quantities.values(), *CATALOG.states.values()], ids=lambda e: e.name)
def test_quantity_or_state_is_complete(entry) -> None:
    assert entry.zh and entry.en and entry.en.isascii()
    units.quantity_of(entry.unit)


@pytest.mark.parametrize("quantity", CATALOG.quantities.values(), ids=lambda q: q.name)
def test_what_counts_is_known(quantity) -> None:
    classes = {a.kind for a in activities().values()} | set(activities())
    for table in (quantity.counts, quantity.counts_of_which):
        assert set(table) <= classes
        for signs in table.values():
            assert set(signs) <= set(flows())
            assert set(signs.values()) <= {1, -1}
    assert set(quantity.rate) <= classes | {"other"}
    assert set(quantity.kind) | set(quantity.same_as) <= set(activities())


def test_names_are_unique_in_both_languages() -> None:
    for entries in (CATALOG.indicators.values(), CATALOG.quantities.values()):
        for language in ("zh", "en"):
            names = [getattr(e, language) for e in entries]
            assert len(names) == len(set(names)), language


def test_own_line_overrides_the_class() -> None:
    water = CATALOG.quantities["water"]
    assert water.sign("industrial_water", "water", "used", False) == 1
    assert water.sign("industrial_water", "water", "supplied", False) == 0
    assert water.sign("nonconventional_water", "water", "used", False) == 0
    without = CATALOG.quantities["water_without_cooling"]
    assert without.sign("once_through_cooling_water", "water", "used", True) == -1
    assert without.sign("once_through_cooling_water", "water", "used", False) == 0


# From canonical units (t, m3, CNY, tce) to the unit of the indicator, by definition of the prefixes.
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("energy_total", 1e-4),
        ("energy_total_coal_rate", 1e-4),
        ("energy_intensity", 1e4),
        ("energy_intensity_drop", 100.0),
        ("co2_total", 1e-4),
        ("co2_intensity", 1e4),
        ("water_total", 1e-8),
        ("water_per_gdp", 1e4),
        ("nonfossil_share_coal_rate_with_imports", 100.0),
        ("energy_balance_gap", 1e-6),
    ],
)
def test_scale(name: str, expected: float) -> None:
    assert scale_of(CATALOG, CATALOG.indicator(name)) == pytest.approx(expected, rel=1e-12)


def test_quantities_for() -> None:
    assert CATALOG.quantities_for(["energy_intensity_drop", "co2_total"]) == [
        "energy_coal_rate",
        "gdp_constant",
        "co2_scope1",
        "co2_scope2_location",
    ]
    assert CATALOG.quantities_for(["nonfossil_share_calorific_with_imports"]) == [
        "nonfossil_energy",
        "fossil_energy",
        "imported_electricity",
    ]


def test_unknown_indicator_offers_the_nearest() -> None:
    with pytest.raises(CatalogError, match=r"energy_intensty.*nearest.*'energy_intensity'"):
        CATALOG.indicator("energy_intensty")


GOOD = """
[indicator.so2_per_value_added]
zh = "单位工业增加值二氧化硫"
en = "SO2 per industrial value added"
formula = "intensity"
with = {amount = "so2", output = "industrial_value_added"}
unit = "kg SO2/万元"
better = "lower"
sign = {amount = "+", output = "-"}
"""


def _indicator(name: str, **changed: str) -> str:
    entry = {
        "zh": '"某指标"',
        "en": '"some indicator"',
        "formula": '"intensity"',
        "with": '{amount = "water", output = "gdp"}',
        "unit": '"m3/万元"',
        "better": '"lower"',
        "sign": '{amount = "+", output = "-"}',
        **changed,
    }
    return f"[indicator.{name}]\n" + "".join(f"{k} = {v}\n" for k, v in entry.items() if v)


def _catalogue(folder: Path, text: str) -> Path:
    path = folder / "catalog.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_case_catalogue_goes_on_top(tmp_path: Path) -> None:
    catalog = read_catalog(_catalogue(tmp_path, GOOD))
    assert "energy_total" in catalog.indicators
    # kg SO2 per 10^4 CNY from t SO2 per CNY: 1000 x 10^4
    assert scale_of(catalog, catalog.indicator("so2_per_value_added")) == pytest.approx(1e7)
    assert "so2_per_value_added" not in read_catalog().indicators


BAD = {
    "wrong_unit": ({"unit": '"kWh/万元"'}, "yields"),
    "unreadable_unit": ({"unit": '"m3/万圆"'}, "unknown unit"),
    "unknown_formula": ({"formula": '"intensty"'}, "unknown formula 'intensty'; nearest: 'intensity'"),
    "unbound": ({"with": '{amount = "water"}'}, "argument 'output' is bound to 'output'"),
    "bound_to_nothing": ({"with": '{amount = "wotter", output = "gdp"}'}, "bound to 'wotter'"),
    "no_such_argument": ({"with": '{amount = "water", output = "gdp", outcome = "gdp"}'}, "no argument outcome"),
    "price_bases": (
        {
            "formula": '"added"',
            "with": '{first = "gdp", second = "gdp_constant"}',
            "sign": '{first = "+", second = "+"}',
            "unit": '"CNY"',
        },
        "does not fit the units",
    ),
    "no_unit": ({"unit": ""}, "unit"),
    "misspelt_key": ({"bettr": '"lower"'}, "bettr"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_indicator_is_refused(name: str, tmp_path: Path) -> None:
    changed, needle = BAD[name]
    with pytest.raises(CatalogError) as caught:
        read_catalog(_catalogue(tmp_path, _indicator(name, **changed)))
    assert f"[indicator.{name}]" in str(caught.value)
    assert needle in str(caught.value)


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = "\n".join(_indicator(name, **changed) for name, (changed, _) in BAD.items())
    with pytest.raises(CatalogError) as caught:
        read_catalog(_catalogue(tmp_path, text))
    assert len(caught.value.faults) == len(BAD)
    for name, (_, needle) in BAD.items():
        assert any(f"[indicator.{name}]" in str(f) and needle in str(f) for f in caught.value.faults), name


@pytest.mark.parametrize("formula", ["Any", "X", "annotations", "__name__"])
def test_name_in_the_module_that_is_no_formula_is_refused(formula: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="unknown formula"):
        read_catalog(_catalogue(tmp_path, _indicator("odd", formula=f'"{formula}"')))


def test_misspelt_table_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("[indicator.", "[indicators.")
    with pytest.raises(CatalogError, match="indicators"):
        read_catalog(_catalogue(tmp_path, text))


def test_unreadable_toml_is_a_catalog_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"catalog\.toml"):
        read_catalog(_catalogue(tmp_path, "[indicator.x\n"))


def _totals() -> xr.Dataset:
    years = [2020, 2021, 2022]
    coords = {"entity": ["a", "b"], "year": years}

    def array(rows: list[list[float]]) -> xr.DataArray:
        return xr.DataArray(rows, dims=("entity", "year"), coords=coords)

    found = {
        "water": array([[100.0, 101.8, 102.0], [10.0, np.nan, 12.0]]),
        "gdp": array([[1e6, 2e6, 0.0], [1e6, 1e6, 1e6]]),
        "gdp_constant": array([[100.0, 108.4, 110.0], [50.0, 60.0, 70.0]]),
        "nonfossil_energy": array([[10.0] * 3] * 2),
        "fossil_energy": array([[90.0] * 3] * 2),
        "imported_electricity": array([[20.0] * 3] * 2),
    }
    reasons = {f"{k}_reason": xr.where(v.isnull(), Reason.NO_ROWS, Reason.OK) for k, v in found.items()}
    return xr.Dataset({**found, **reasons})


def test_indicators_carry_values_units_and_reasons() -> None:
    made = indicators(_totals(), ["water_per_gdp", "water_per_gdp_drop", "water_per_gdp_annual_drop"])
    level, why = made["water_per_gdp"], made["water_per_gdp_reason"]
    assert level.attrs["units"] == "m3/万元"
    assert float(level.sel(entity="a", year=2020)) == pytest.approx(1.0)  # 100 m3 / 10^6 CNY
    assert int(why.sel(entity="a", year=2022)) == Reason.UNDEFINED
    assert int(why.sel(entity="b", year=2021)) == Reason.NO_ROWS
    assert bool((level.isnull() == (why != Reason.OK)).all())
    drop = made["water_per_gdp_drop"].sel(entity="a")
    assert float(drop.sel(year=2020)) == 0.0
    assert float(drop.sel(year=2021)) == pytest.approx(100 * (1 - 1.018 / 1.084))
    annual, why = made["water_per_gdp_annual_drop"], made["water_per_gdp_annual_drop_reason"]
    assert int(why.sel(entity="a", year=2020)) == Reason.NO_BASELINE
    assert float(annual.sel(entity="a", year=2022)) == pytest.approx(100 * (1 - (102 / 110) / (101.8 / 108.4)))
    assert int(why.sel(entity="b", year=2022)) == Reason.NO_BASELINE


def test_state_by_entity_and_year() -> None:
    states = pd.DataFrame({"entity": ["a"], "year": [2021], "state": ["import_credit"], "value": [0.25]})
    made = indicators(_totals(), ["nonfossil_share_calorific_with_imports"], states=states)
    name = "nonfossil_share_calorific_with_imports"
    assert float(made[name].sel(entity="a", year=2021)) == pytest.approx(15.0)
    assert int(made[f"{name}_reason"].sel(entity="b", year=2021)) == Reason.NO_STATE


def test_totals_without_the_quantity_are_refused() -> None:
    with pytest.raises(CatalogError, match="co2_scope1"):
        indicators(_totals(), ["co2_direct"])
