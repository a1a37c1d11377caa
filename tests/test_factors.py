"""Factor sets and their resolution, against the numbers that the standards print."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from carbonledger.errors import FactorError
from carbonledger.factors import (
    Gap,
    Grade,
    Key,
    Rate,
    Rules,
    StandIn,
    gwp_values,
    read_factors,
    read_set,
    resolve,
    set_names,
)
from carbonledger.factors.sets import COLUMNS
from carbonledger.tables import activities

AVERAGE = Rules(kinds={"co2": "average"})
SUPPLY = Rules(kinds={"energy_coal_rate": "supply"})


def _rate(
    sets: str | list[str],
    activity: str,
    quantity: str,
    amount: str,
    unit: str,
    *,
    flow: str = "combusted",
    region: str = "CN",
    year: int = 2023,
    rules: Rules | None = None,
    equal_value: bool = False,
    **own: float,
) -> Rate:
    factors = read_factors(*([sets] if isinstance(sets, str) else sets))
    key = Key(activity, flow, region, year, amount, **own)
    return resolve(factors, key, quantity, unit, rules or Rules(), equal_value=equal_value)


# --- emission factors of fuels

# energy-carbon.md section 2, table: GB/T 32151.34-2024 Table C.1 and NDRC 2015 (工业其他行业), EF as printed there,
# tCO2/t; gases (converter gas, blast-furnace gas, coke-oven gas, natural gas) tCO2 per 10^4 Nm3.
GBT, NDRC = "gbt-32151-2024", "ndrc-2015"
EMISSION = [
    ("bituminous_coal", 1.74175, 2.0715),
    ("anthracite", 2.5215, 2.3228),
    ("lignite", 1.1729, 1.4241),
    ("coke", 2.8604, 2.8518),
    ("gasoline", 2.9251, 3.0425),
    ("diesel", 3.0959, 3.1451),
    ("lpg", 3.1013, 2.9538),
    ("natural_gas", 21.6219, 21.6219),
    ("blast_furnace_gas", 8.4811, 9.6865),
    ("converter_gas", 15.1240, 14.3210),
    ("coke_oven_gas", 8.8638, 8.5828),
]


@pytest.mark.parametrize(("name", "column"), [(GBT, 0), (NDRC, 1)], ids=[GBT, NDRC])
@pytest.mark.parametrize(("activity", "gbt", "ndrc"), EMISSION, ids=[row[0] for row in EMISSION])
def test_emission_factor_per_unit(name: str, column: int, activity: str, gbt: float, ndrc: float) -> None:
    gas = activities()[activity].dimension == "normal_volume"
    rate = _rate(name, activity, "co2", "Nm3" if gas else "t", "t CO2")
    per_unit = rate.value * (1e4 if gas else 1)
    printed = (gbt, ndrc)[column]
    # Half a unit of the last printed place; 1.74175 is printed with five, from 1.7417496.
    assert per_unit == pytest.approx(printed, abs=5.01e-5)
    assert rate.grade is Grade.EXACT
    assert [part[0] for part in rate.components] == ["ncv", "carbon", "oxidation"]
    assert {part[3] for part in rate.components} == {"set"}
    assert rate.row is not None and rate.row.set == name


# GB/T 32151.34-2024 Table C.1: bituminous 19.570 GJ/t, 26.1 tC/TJ, 0.93; natural gas 389.31, 15.3, 0.99
@pytest.mark.parametrize(
    ("activity", "expected"), [("bituminous_coal", 26.1e-3 * 0.93 * 44 / 12), ("natural_gas", 15.3e-3 * 0.99 * 44 / 12)]
)
def test_emission_factor_per_energy_needs_no_ncv(activity: str, expected: float) -> None:
    rate = _rate(GBT, activity, "co2", "GJ", "t CO2")
    assert rate.value == pytest.approx(expected, rel=1e-12)
    assert _rate(GBT, activity, "co2", "tce", "t CO2").value == pytest.approx(expected * 29.3076, rel=1e-12)


def test_precedence_is_the_order_of_the_sets() -> None:
    first = _rate([GBT, NDRC], "anthracite", "co2", "t", "t CO2")
    second = _rate([NDRC, GBT], "anthracite", "co2", "t", "t CO2")
    assert (round(first.value, 4), round(second.value, 4)) == (2.5215, 2.3228)


def test_a_later_set_fills_what_the_first_lacks() -> None:
    rate = _rate([GBT, NDRC], "jet_kerosene", "co2", "t", "t CO2")
    assert rate.row is not None and rate.row.set == NDRC


# GB/T 32151.34-2024 Table C.2
@pytest.mark.parametrize(
    ("activity", "expected"), [("calcium_carbonate", 0.44), ("magnesium_carbonate", 0.522), ("sodium_carbonate", 0.415)]
)
def test_carbonates(activity: str, expected: float) -> None:
    assert _rate(GBT, activity, "co2", "t", "t CO2", flow="converted").value == pytest.approx(expected)


# IPCC 2006 Vol.2 Table 2.2: crude oil 73 300 kg CO2/TJ; natural gas CH4 1, N2O 0.1 kg/TJ in energy industries
def test_ipcc_per_energy() -> None:
    assert _rate("ipcc-2006", "crude_oil", "co2", "GJ", "t CO2").value == pytest.approx(0.0733)
    rules = Rules(kinds={"ch4": "energy_industries", "n2o": "energy_industries"})
    assert _rate("ipcc-2006", "natural_gas", "ch4", "GJ", "t CH4", rules=rules).value == pytest.approx(1e-6)
    assert _rate("ipcc-2006", "natural_gas", "n2o", "GJ", "t N2O", rules=rules).value == pytest.approx(1e-7)


# --- coal equivalents

# GB/T 2589-2020 Table A.1 (energy-carbon.md section 1; fuels_gbt2589.csv): kgce/kg, kgce/Nm3
COAL_EQUIVALENT = [
    ("raw_coal", "t", 0.7143),
    ("cleaned_coal", "t", 0.9),
    ("coke", "t", 0.9714),
    ("crude_oil", "t", 1.4286),
    ("fuel_oil", "t", 1.4286),
    ("gasoline", "t", 1.4714),
    ("kerosene", "t", 1.4714),
    ("diesel", "t", 1.4571),
    ("lng", "t", 1.7572),
    ("lpg", "t", 1.7143),
    ("refinery_gas", "t", 1.5714),
    ("methanol", "t", 0.6794),
    ("blast_furnace_gas", "Nm3", 0.1286e-3),
]


@pytest.mark.parametrize(("activity", "amount", "expected"), COAL_EQUIVALENT)
def test_coal_equivalent(activity: str, amount: str, expected: float) -> None:
    rate = _rate("gbt-2589-2020", activity, "energy", amount, "tce")
    assert rate.value == pytest.approx(expected, rel=1e-12)
    assert rate.grade is Grade.EXACT


def test_coal_equivalent_of_a_coal_equivalent_is_itself() -> None:
    rate = _rate("gbt-2589-2020", "raw_coal", "energy", "tce", "tce")
    assert (rate.value, rate.grade, rate.row) == (1.0, Grade.DEFINITION, None)


def test_fuel_stated_in_joules_is_converted() -> None:
    rate = _rate("gbt-2589-2020", "raw_coal", "energy", "GJ", "tce")
    assert rate.value == pytest.approx(1 / 29.3076, rel=1e-12)
    assert rate.grade is Grade.DEFINITION


# energy-carbon.md section 1: electricity 0.1229 kgce/kWh, heat 0.03412 kgce/MJ; converter gas 2.714 tce/10^4 m3
# (yearbook)
@pytest.mark.parametrize(
    ("name", "activity", "amount", "per", "expected"),
    [
        ("gbt-2589-2020", "electricity", "GJ", 3.6e-3, 0.1229e-3),
        ("gbt-2589-2020", "wind_electricity", "GJ", 3.6e-3, 0.1229e-3),
        ("gbt-2589-2020", "heat", "GJ", 1.0, 0.03412),
        ("gbt-2589-2008", "electricity", "GJ", 3.6e-3, 0.1229e-3),
        ("statistics-tce", "converter_gas", "Nm3", 1e4, 2.714),
        ("statistics-tce", "heat", "GJ", 1.0, 0.03412),
        ("statistics-tce", "electricity", "GJ", 36.0, 1.229),
    ],
)
def test_coal_equivalent_of_power_heat_and_gas(
    name: str, activity: str, amount: str, per: float, expected: float
) -> None:
    rate = _rate(name, activity, "energy", amount, "tce", flow="purchased")
    assert rate.value * per == pytest.approx(expected, rel=1e-12)


# electricity_equal_value.csv: supply coal rate, gce/kWh (2005, 2010 and 2015 derived there)
@pytest.mark.parametrize(
    ("year", "expected"), [(2005, 370), (2010, 333), (2015, 315.4), (2020, 305.5), (2023, 301.9), (2024, 302.4)]
)
def test_coal_rate_of_the_year(year: int, expected: float) -> None:
    rate = _rate(
        "coal-rate", "electricity", "energy_coal_rate", "GJ", "tce_coal_rate", flow="purchased", year=year, rules=SUPPLY
    )
    assert rate.value * 3.6e-3 * 1e6 == pytest.approx(expected, rel=1e-12)


def test_fuel_counts_alike_by_both_methods_where_values_are_equal() -> None:
    one = _rate("gbt-2589-2020", "raw_coal", "energy", "t", "tce_coal_rate", equal_value=True)
    assert one.value == pytest.approx(0.7143)
    with pytest.raises(FactorError):
        _rate("gbt-2589-2020", "raw_coal", "energy", "t", "tce_coal_rate")


# water-nonfossil.md B4: physical energy content, hydro and wind 1:1, nuclear 33 %; substitution (Energy Institute),
# efficiency 0.405 in 2020 and 0.407 in 2022
@pytest.mark.parametrize(
    ("activity", "quantity", "year", "efficiency"),
    [
        ("hydro_electricity", "energy_physical", 2022, 1.0),
        ("wind_electricity", "energy_physical", 2022, 1.0),
        ("nuclear_electricity", "energy_physical", 2022, 0.33),
        ("nuclear_electricity", "energy_substitution", 2020, 0.405),
        ("nonfossil_electricity", "energy_substitution", 2022, 0.407),
    ],
)
@pytest.mark.parametrize(("amount", "per"), [("GJ", 29.3076), ("tce", 1.0)])
def test_nonfossil_conventions(
    activity: str, quantity: str, year: int, efficiency: float, amount: str, per: float
) -> None:
    rate = _rate("nonfossil-conventions", activity, quantity, amount, "tce", flow="generated", year=year)
    assert rate.value * per == pytest.approx(1 / efficiency, rel=1e-9)


# --- electricity and heat

# energy-carbon.md section 3, kgCO2/kWh
GRID = [
    ("CN", "average", {2021: 0.5568, 2022: 0.5366, 2023: 0.5306}),
    ("CN", "residual", {2021: 0.5942, 2022: 0.5856, 2023: 0.6096}),
    ("CN", "fossil_only", {2021: 0.8426, 2022: 0.8325, 2023: 0.8273}),
    ("CN-37", "average", {2021: 0.6838, 2022: 0.6410, 2023: 0.6191}),
    ("CN-GRID-N", "average", {2021: 0.7120, 2022: 0.6776, 2023: 0.6361}),
    ("CN", "ets", {2021: 0.5810, 2022: 0.5703}),
]


def _power(region: str, year: int, rules: Rules = AVERAGE) -> Rate:
    return _rate(
        "grid-cn", "electricity", "co2", "GJ", "t CO2", flow="purchased", region=region, year=year, rules=rules
    )


@pytest.mark.parametrize(
    ("region", "kind", "year", "expected"), [(r, k, y, v) for r, k, years in GRID for y, v in years.items()]
)
def test_grid_factor(region: str, kind: str, year: int, expected: float) -> None:
    rate = _power(region, year, Rules(kinds={"co2": kind}))
    assert rate.value * 3.6 == pytest.approx(expected, rel=1e-12)  # t CO2 per MWh
    assert rate.grade is Grade.EXACT
    assert rate.row is not None
    assert (rate.row.region, rate.row.kind, rate.row.data_year) == (region, kind, year)


# GB/T 32150-2025 cl. 7.5.6-7.5.7, GB/T 32151.34-2024 Table C.3
def test_heat() -> None:
    assert _rate("heat", "heat", "co2", "GJ", "t CO2", flow="purchased").value == pytest.approx(0.11)


@pytest.mark.parametrize("region", ["CN-37", "CN-37-07", "CN-37-07-02"])
def test_a_county_uses_its_province(region: str) -> None:
    rate = _power(region, 2023)
    assert rate.value * 3.6 == pytest.approx(0.6191)
    assert rate.row is not None and rate.row.region == "CN-37"


def test_a_province_without_an_own_residual_mix_uses_the_national_one() -> None:
    assert _power("CN-37-07-02", 2023, Rules(kinds={"co2": "residual"})).value * 3.6 == pytest.approx(0.6096)


# energy-carbon.md section 3: no Tibet row; the national average must not slip in for it
@pytest.mark.parametrize("region", ["CN-54", "CN-54-01", "CN-71", "CN-3", "CN-370", "", "US"])
def test_a_region_without_a_row_is_refused(region: str) -> None:
    with pytest.raises(FactorError, match=r"no rate for 'electricity'"):
        _power(region, 2023)


def test_tibet_with_a_named_stand_in() -> None:
    stand_in = StandIn(use={"region": "CN"}, activity="electricity", region="CN-54", reason="no factor is published")
    rate = _power("CN-54", 2023, Rules(kinds={"co2": "average"}, stand_ins=(stand_in,)))
    assert rate.value * 3.6 == pytest.approx(0.5306)
    assert rate.grade is Grade.STAND_IN


def test_missing_year_is_refused_with_what_there_is() -> None:
    with pytest.raises(FactorError) as caught:
        _power("CN-37", 2024)
    for needle in ("'electricity' purchased x co2", "CN-37, 2024", "kind average", "grid-cn", "2023-2023", "stand-in"):
        assert needle in str(caught.value)


def test_hints_are_of_the_place_and_kind_asked_for() -> None:
    """Who asks for Shandong 2024 is helped by 2021 to 2023, not by the grids of 2012."""
    with pytest.raises(FactorError) as caught:
        _power("CN-37", 2024)
    assert "2012" not in str(caught.value)


@pytest.mark.parametrize("sets", [[], ["heat"], ["grid-cn"]])
def test_unknown_key_names_the_sets_searched(sets: list[str]) -> None:
    with pytest.raises(FactorError) as caught:
        _rate(sets, "anthracite", "co2", "t", "t CO2")
    assert f"sets searched: {', '.join(sets) or 'none'}" in str(caught.value)


def test_missing_activity_offers_the_nearest() -> None:
    with pytest.raises(FactorError, match=r"no rate for 'raw_coal'.*nearest"):
        _rate(GBT, "raw_coal", "co2", "t", "t CO2")


# --- kinds


def test_kinds_must_be_named() -> None:
    with pytest.raises(FactorError) as caught:
        _power("CN-37", 2023, Rules())
    for needle in ("average", "residual", "fossil_only", "ets", "grid-cn", "kinds = {co2 = '...'}"):
        assert needle in str(caught.value)
    with pytest.raises(FactorError, match=r"supply"):
        _rate("coal-rate", "electricity", "energy_coal_rate", "GJ", "tce_coal_rate", flow="purchased")


def test_kind_of_the_quantity_goes_before_the_case() -> None:
    factors = read_factors("grid-cn")
    key = Key("electricity", "purchased", "CN", 2023, "GJ")
    rate = resolve(factors, key, "co2", "t CO2", AVERAGE, kind="residual")
    assert rate.value * 3.6 == pytest.approx(0.6096)


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(FactorError, match="kind avrage"):
        _power("CN-37", 2023, Rules(kinds={"co2": "avrage"}))


# --- own values


def test_own_ncv_gives_the_coal_equivalent() -> None:
    rate = _rate("gbt-2589-2020", "raw_coal", "energy", "t", "tce", own_ncv=23.446)
    assert rate.value == pytest.approx(23.446 / 29.3076, rel=1e-12)
    assert rate.grade is Grade.OWN
    assert rate.components == (("ncv", 23.446, "GJ/t", "own"),)


def test_own_ncv_settles_a_range() -> None:
    rate = _rate("gbt-2589-2020", "natural_gas", "energy", "Nm3", "tce", own_ncv=389.31)
    assert rate.value == pytest.approx(389.31 / 1e4 / 29.3076, rel=1e-12)
    assert rate.grade is Grade.OWN


def test_own_ncv_replaces_only_the_ncv() -> None:
    # E = FC x NCV x CC x OF x 44/12 (energy-carbon.md section 2)
    rate = _rate(GBT, "bituminous_coal", "co2", "t", "t CO2", own_ncv=22.0)
    assert rate.value == pytest.approx(22.0 * 26.1e-3 * 0.93 * 44 / 12, rel=1e-12)
    assert rate.grade is Grade.OWN
    assert {part[0]: part[3] for part in rate.components} == {"ncv": "own", "carbon": "set", "oxidation": "set"}


def test_own_ncv_of_a_gas_is_per_ten_thousand() -> None:
    rate = _rate(GBT, "natural_gas", "co2", "Nm3", "t CO2", own_ncv=350.0)
    assert rate.value == pytest.approx(350.0e-4 * 15.3e-3 * 0.99 * 44 / 12, rel=1e-12)


def test_own_carbon_and_oxidation() -> None:
    rate = _rate(GBT, "bituminous_coal", "co2", "t", "t CO2", own_carbon=25.0, own_oxidation=0.98)
    assert rate.value == pytest.approx(19.57 * 25.0e-3 * 0.98 * 44 / 12, rel=1e-12)
    assert rate.grade is Grade.OWN
    rate = _rate(GBT, "bituminous_coal", "co2", "GJ", "t CO2", own_carbon=25.0)
    assert rate.value == pytest.approx(25.0e-3 * 0.93 * 44 / 12, rel=1e-12)


@pytest.mark.parametrize("own", [{"own_carbon": 25.0}, {"own_oxidation": 0.98}])
def test_own_carbon_does_not_touch_the_coal_equivalent(own: dict[str, float]) -> None:
    rate = _rate("gbt-2589-2020", "raw_coal", "energy", "t", "tce", **own)
    assert rate.value == pytest.approx(0.7143)
    assert rate.grade is Grade.EXACT


def test_own_ncv_gives_the_coal_rate_energy_too() -> None:
    """For a fuel both methods are one number, measured or printed."""
    rate = _rate("gbt-2589-2020", "raw_coal", "energy", "t", "tce_coal_rate", equal_value=True, own_ncv=23.446)
    assert rate.value == pytest.approx(23.446 / 29.3076, rel=1e-12)
    assert rate.grade is Grade.OWN


def test_own_ncv_without_a_part_changes_nothing() -> None:
    """An amount stated in GJ needs no NCV: the printed 73 300 kg/TJ stays, and it is not the entity's own."""
    rate = _rate("ipcc-2006", "crude_oil", "co2", "GJ", "t CO2", own_ncv=42.0)
    assert rate.value == pytest.approx(0.0733)
    assert rate.grade is Grade.EXACT


# --- ranges


@pytest.mark.parametrize(
    ("choice", "expected"), [("low", 1.1), ("high", 1.33), ("middle", 1.215), (1.2143, 1.2143), (1.1, 1.1)]
)
def test_choice_within_the_range(choice: Any, expected: float) -> None:
    rules = Rules(choices={"natural_gas": choice})
    rate = _rate("gbt-2589-2020", "natural_gas", "energy", "Nm3", "tce", rules=rules)
    assert rate.value == pytest.approx(expected / 1e3, rel=1e-12)
    assert rate.grade is Grade.CHOICE
    assert "1.1 to 1.33 kgce/Nm3" in rate.steps[0] and repr(choice) in rate.steps[0]


def test_range_without_a_choice_is_refused() -> None:
    with pytest.raises(FactorError, match=r"prints a range, 1\.1 to 1\.33 kgce/Nm3: give own_ncv, or name a choice"):
        _rate("gbt-2589-2020", "natural_gas", "energy", "Nm3", "tce")


@pytest.mark.parametrize("choice", [1.34, 1.0, "mean", True, math.nan])
def test_choice_outside_the_range_is_refused(choice: Any) -> None:
    with pytest.raises(FactorError, match=r"outside 1\.1 to 1\.33.*'low', 'high', 'middle'"):
        _rate("gbt-2589-2020", "natural_gas", "energy", "Nm3", "tce", rules=Rules(choices={"natural_gas": choice}))


# --- gas in plain m3


def test_plain_m3_of_gas_is_refused_without_a_reference() -> None:
    with pytest.raises(FactorError, match=r"gas_reference.*Nm3"):
        _rate(GBT, "natural_gas", "co2", "m3", "t CO2")


# energy-carbon.md, trap 6: Nm3 (0 °C) against 20 °C trade meters: x 0.9318 = 273.15/293.15
@pytest.mark.parametrize(("reference", "expected"), [("0 °C", 1.0), ("20 °C", 0.9318)])
def test_plain_m3_of_gas(reference: str, expected: float) -> None:
    rules = Rules(gas_reference=reference, choices={"natural_gas": 1.33})
    normal = _rate(GBT, "natural_gas", "co2", "Nm3", "t CO2").value
    rate = _rate(GBT, "natural_gas", "co2", "m3", "t CO2", rules=rules)
    assert rate.value / normal == pytest.approx(expected, abs=5e-5)
    assert f"{expected:.4f} Nm3" in rate.steps[0]
    energy = _rate("gbt-2589-2020", "natural_gas", "energy", "m3", "tce", rules=rules)
    assert energy.value == pytest.approx(1.33e-3 * expected, rel=1e-4)


def test_unknown_gas_reference_is_refused() -> None:
    with pytest.raises(FactorError, match="25 °C"):
        _rate(GBT, "natural_gas", "co2", "m3", "t CO2", rules=Rules(gas_reference="25 °C"))


# --- stand-ins


def _standing(*stand_ins: StandIn) -> Rules:
    return Rules(kinds={"co2": "average", "energy_coal_rate": "supply"}, stand_ins=stand_ins)


def test_stand_in_activity() -> None:
    rules = _standing(StandIn(use={"activity": "bituminous_coal"}, activity="raw_coal", reason="burnt as steam coal"))
    rate = _rate(GBT, "raw_coal", "co2", "t", "t CO2", rules=rules)
    assert rate.value == pytest.approx(1.74175, abs=5e-6)
    assert rate.grade is Grade.STAND_IN
    assert rate.steps[0] == "stand-in raw_coal -> bituminous_coal: burnt as steam coal"


def test_stand_in_year() -> None:
    rules = _standing(StandIn(use={"year": 2023}, activity="electricity", year=2024, reason="latest published"))
    rate = _power("CN-37", 2024, rules)
    assert rate.value * 3.6 == pytest.approx(0.6191)
    assert rate.grade is Grade.STAND_IN
    assert "2024 -> 2023: latest published" in rate.steps[0]
    with pytest.raises(FactorError):
        _power("CN-37", 2025, rules)


@pytest.mark.parametrize("year", [2024, 2025])
def test_stand_in_latest_year(year: int) -> None:
    rules = _standing(StandIn(use={"year": "latest"}, activity="electricity", reason="latest published"))
    rate = _power("CN-37-07-02", year, rules)
    assert rate.value * 3.6 == pytest.approx(0.6191)
    assert rate.row is not None and rate.row.data_year == 2023


def test_latest_never_looks_ahead() -> None:
    rules = _standing(StandIn(use={"year": "latest"}, reason="latest published"))
    rate = _rate(
        "coal-rate", "electricity", "energy_coal_rate", "GJ", "tce_coal_rate", flow="purchased", year=2021, rules=rules
    )
    assert rate.value * 3600 == pytest.approx(305.5)  # of 2020, not of 2022
    with pytest.raises(FactorError):
        _power("CN-37", 2020, rules)


def test_latest_is_the_latest_of_the_kind() -> None:
    """The ETS factor ends with 2022 (环办气候函〔2023〕43号: 0.5703); the averages go on to 2023."""
    stand_in = StandIn(use={"year": "latest"}, activity="electricity", reason="latest published")
    rate = _power("CN", 2024, Rules(kinds={"co2": "ets"}, stand_ins=(stand_in,)))
    assert rate.value * 3.6 == pytest.approx(0.5703)


def test_stand_ins_follow_one_another() -> None:
    rules = _standing(
        StandIn(use={"region": "CN"}, region="CN-54", reason="no factor for Tibet"),
        StandIn(use={"year": "latest"}, activity="electricity", reason="latest published"),
    )
    rate = _power("CN-54", 2024, rules)
    assert rate.value * 3.6 == pytest.approx(0.5306)
    assert [step.rsplit(": ", 1)[1] for step in rate.steps] == ["no factor for Tibet", "latest published"]


def test_exact_goes_before_the_stand_in() -> None:
    rules = _standing(StandIn(use={"activity": "lignite"}, activity="anthracite", reason="not needed"))
    rate = _rate(GBT, "anthracite", "co2", "t", "t CO2", rules=rules)
    assert (round(rate.value, 4), rate.grade) == (2.5215, Grade.EXACT)


def test_stand_ins_in_a_circle_end() -> None:
    rules = _standing(
        StandIn(use={"activity": "gangue"}, activity="raw_coal", reason="one way"),
        StandIn(use={"activity": "raw_coal"}, activity="gangue", reason="and back"),
    )
    with pytest.raises(FactorError):
        _rate(GBT, "raw_coal", "co2", "t", "t CO2", rules=rules)


@pytest.mark.parametrize(
    ("use", "reason", "needle"),
    [
        ({"activity": "lignite"}, "", "needs a reason"),
        ({}, "why", "accepted keys"),
        ({"kind": "average"}, "why", "accepted keys"),
    ],
)
def test_stand_in_is_checked(use: dict[str, Any], reason: str, needle: str) -> None:
    with pytest.raises(FactorError, match=needle):
        StandIn(use=use, activity="raw_coal", reason=reason)


# --- sets that a case brings

Set = Callable[..., Path]
ROW = {
    "activity": "raw_coal",
    "printed_name": "原煤",
    "quantity": "co2",
    "flow": "combusted",
    "region": "CN",
    "basis": "mass",
    "rate": "1.9",
    "unit": "tCO2/t",
    "source": "laboratory report 7",
    "locator": "p. 3",
    "confidence": "V1",
}


@pytest.fixture
def make_set(tmp_path: Path) -> Set:
    """A folder with ``set.toml`` and one CSV; every row is ``ROW`` with changes."""

    def make(*changes: dict[str, str], name: str = "own", columns: list[str] = COLUMNS) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "set.toml").write_text(f'name = "{name}"\n', encoding="utf-8")
        with (folder / "rates.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows([{**ROW, **change} for change in changes])
        return folder

    return make


def test_own_set_goes_before_shipped_ones(make_set: Set) -> None:
    factors = read_factors(make_set({}), GBT)
    assert factors.names == ["own", GBT]
    rate = resolve(factors, Key("raw_coal", "combusted", "CN-37", 2023, "t"), "co2", "t CO2", Rules())
    assert rate.value == pytest.approx(1.9)
    assert rate.row is not None
    assert (rate.row.file, rate.row.row, rate.row.source) == ("own/rates.csv", 2, "laboratory report 7")


BAD_FACTORS: dict[str, tuple[list[dict[str, str]], int, str]] = {
    "duplicate": ([{}, {"rate": "2.0"}], 3, "own/rates.csv row 2 for overlapping years"),
    "overlap": ([{"valid_to": "2022"}, {"valid_from": "2022"}], 3, "overlapping years"),
    "overlap of an open end": ([{"valid_from": "2020"}, {"valid_from": "2023", "valid_to": "2024"}], 3, "valid_to"),
    "no source": ([{"source": ""}], 2, "no source"),
    "no locator": ([{"locator": ""}], 2, "no locator"),
    "no confidence": ([{"confidence": ""}], 2, "no confidence"),
    "odd confidence": ([{"confidence": "sure"}], 2, "'sure'. Accepted: V+"),
    "unknown activity": ([{"activity": "raw_cole"}], 2, "nearest: 'raw_coal'"),
    "unknown flow": ([{"flow": "combust"}], 2, "nearest: 'combusted'"),
    "no number": ([{"rate": "1,9"}], 2, "'1,9' is not a number"),
    "NaN": ([{"rate": "nan"}], 2, "number"),
    "infinite": ([{"rate": "inf"}], 2, "number"),
    "odd year": ([{"valid_from": "2020.5"}], 2, "2020.5"),
    "no rate": ([{"rate": ""}], 2, "neither a rate, nor components, nor a range"),
    "half a range": ([{"rate": "", "low": "1"}], 2, "neither a rate"),
    "upside-down range": ([{"rate": "", "low": "2", "high": "1"}], 2, "low"),
    "unknown unit": ([{"unit": "tCO2/ton"}], 2, "'ton'"),
    "components without units": ([{"rate": "", "carbon": "26", "oxidation": "0.9"}], 2, "carbon_unit"),
    "oxidation above one": ([{"rate": "", "carbon": "26", "carbon_unit": "tC/TJ", "oxidation": "93"}], 2, "oxidation"),
}


@pytest.mark.parametrize("case", BAD_FACTORS)
def test_bad_factor_row_is_refused(make_set: Set, case: str) -> None:
    changes, row, needle = BAD_FACTORS[case]
    with pytest.raises(FactorError) as caught:
        read_set(make_set(*changes))
    assert f"own/rates.csv row {row}" in str(caught.value)
    assert needle in str(caught.value)


def test_years_that_follow_one_another_are_fine(make_set: Set) -> None:
    folder = make_set({"valid_to": "2022", "rate": "1"}, {"valid_from": "2023", "rate": "2"}, {"region": "CN-37"})
    factors = read_factors(folder)
    rates = {
        (region, year): resolve(factors, Key("raw_coal", "combusted", region, year, "t"), "co2", "t CO2", Rules()).value
        for region, year in [("CN", 2022), ("CN", 2023), ("CN-37", 2023)]
    }
    assert rates == {("CN", 2022): 1.0, ("CN", 2023): 2.0, ("CN-37", 2023): 1.9}


def test_all_faults_of_a_set_at_once(make_set: Set) -> None:
    with pytest.raises(FactorError) as caught:
        read_set(make_set({"source": ""}, {"activity": "raw_cole"}, {"unit": "tCO2/ton"}))
    text = str(caught.value)
    for needle in ("row 2", "no source", "row 3", "'raw_cole'", "row 4", "'ton'"):
        assert needle in text


def test_missing_columns_are_named(make_set: Set) -> None:
    columns = [c for c in COLUMNS if c not in {"source", "confidence"}]
    with pytest.raises(FactorError, match=r"own/rates\.csv.*no column source, confidence"):
        read_set(make_set({}, columns=columns))


def test_all_missing_and_faulty_sets_at_once(make_set: Set) -> None:
    with pytest.raises(FactorError) as caught:
        read_factors("gbt-32151-2025", "heat", "grid_cn", make_set({"source": ""}))
    for needle in ("'gbt-32151-2025'; nearest: 'gbt-32151-2024'", "'grid_cn'; nearest: 'grid-cn'", "no source"):
        assert needle in str(caught.value)
    assert len(caught.value.faults) == 3


def test_hash_follows_the_content(make_set: Set) -> None:
    one, two = make_set({}, name="one"), make_set({"rate": "1.8"}, name="two")
    assert read_set(one).content_hash != read_set(two).content_hash
    assert read_factors(GBT).hashes == {GBT: read_set(GBT).content_hash}
    assert "gwp" not in set_names()


def test_gap_is_found_by_activity_and_quantity() -> None:
    gap = Gap("nonfossil_electricity", "nonfossil_energy_physical", "not split by source")
    rules = Rules(gaps=(gap,))
    assert rules.gap("nonfossil_electricity", "nonfossil_energy_physical") is gap
    assert rules.gap("nonfossil_electricity", "nonfossil_energy") is None
    assert rules.gap("hydro_electricity", "nonfossil_energy_physical") is None


# --- global warming potentials


def test_gwp_has_no_default() -> None:
    with pytest.raises(TypeError):
        gwp_values()
    for name in ("", "AR6", "latest"):
        with pytest.raises(FactorError, match=r"no default.*AR5GWP100.*AR6GWP100"):
            gwp_values(name)


# energy-carbon.md section 4: SAR / AR4 / AR5 / AR6; AR6 fossil CH4 29.8, non-fossil 27.0 (IPCC AR6 Table 7.15)
@pytest.mark.parametrize(
    ("gas", "sar", "ar4", "ar5", "ar6"),
    [
        ("CO2", 1, 1, 1, 1),
        ("CH4", 21, 25, 28, 27.9),
        ("N2O", 310, 298, 265, 273),
        ("SF6", 23900, 22800, 23500, 25200),
        ("HFC134a", 1300, 1430, 1300, 1530),
        ("HFC23", 11700, 14800, 12400, 14600),
        ("CF4", 6500, 7390, 6630, 7380),
        ("C2F6", 9200, 12200, 11100, 12400),
        ("NF3", None, 17200, 16100, 17400),
        ("CH4_fossil", None, None, 30, 29.8),
        ("CH4_nonfossil", None, None, 28, 27.0),
    ],
)
def test_gwp(gas: str, sar: float | None, ar4: float | None, ar5: float | None, ar6: float | None) -> None:
    for name, expected in {"SARGWP100": sar, "AR4GWP100": ar4, "AR5GWP100": ar5, "AR6GWP100": ar6}.items():
        assert gwp_values(name).get(gas) == expected
