"""Posting and totals: what counts, what is refused, and why a total is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from examples import (
    ENTITIES,
    FUEL_TCE,
    HEAT_CO2,
    POWER_TCE_PER_MWH,
    RESIDUAL_GRID,
    SHANDONG_GRID,
    factors,
    fuel_co2,
    months,
    posted,
    rows,
    seeded_rows,
    total,
)

from carbonledger.errors import BoundaryError, FactorError, LedgerError, PostError
from carbonledger.factors import Gap, Rules, StandIn
from carbonledger.ledger import post, read_entities, totals
from carbonledger.reasons import Reason
from carbonledger.tables import read_activity

DIESEL = ("diesel", "combusted", 100.0, "t")
LOCATION, MARKET = "co2_scope2_location", "co2_scope2_market"


def why(dataset, quantity, **place):
    return Reason(int(dataset[f"{quantity}_reason"].sel(**place).item()))


# --- accounting of rows --------------------------------------------------------------------------------------------


def test_every_row_is_posted():
    frame = seeded_rows(1, 60)
    ledger = posted(frame, "energy")
    assert len(ledger.entries) == len(frame)
    assert len(ledger.refused) == 0


def test_units_rows_and_months_stand_beside_the_value():
    found = totals(posted(rows(DIESEL, ("gasoline", "combusted", 5, "t")), "energy", "co2_scope1"))
    assert found["energy"].attrs["units"] == "tce"
    assert found["co2_scope1"].attrs["units"] == "t CO2"
    assert found["co2_scope1_rows"].sel(entity="plant", year=2022).item() == 2
    assert found["co2_scope1_months"].sel(entity="plant", year=2022).item() == 12
    assert found.attrs["boundary"] == "territorial"
    flags = found["co2_scope1_reason"].attrs
    assert found["co2_scope1_reason"].dtype == np.int16
    assert len(flags["flag_values"]) == len(flags["flag_meanings"].split())


def test_hashes_of_the_factor_sets_travel_with_the_totals():
    found = totals(posted(rows(DIESEL), "energy"))
    for name in factors().names:
        assert name in found.attrs["factor_sets"]


def test_fuel_by_hand():
    frame = rows(DIESEL, ("gasoline", "combusted", 0.02, "万吨"), ("coke", "feedstock", 10, "t"))
    assert total(frame, "co2_scope1") == pytest.approx(100 * fuel_co2("diesel") + 200 * fuel_co2("gasoline"))
    assert total(frame, "energy") == pytest.approx(
        100 * FUEL_TCE["diesel"] + 200 * FUEL_TCE["gasoline"] + 10 * FUEL_TCE["coke"]
    )
    assert total(frame, "feedstock_energy") == pytest.approx(10 * FUEL_TCE["coke"])


def test_unknown_quantity_is_refused():
    with pytest.raises(PostError, match=r"unknown quantities.*energi"):
        posted(rows(DIESEL), "energi")


# --- scope 2: facts/energy-carbon.md section 3, Shandong 2022 0.6410, national residual 2022 0.5856 ----------------

POWER = ("electricity", "purchased", 5.0, "GWh")
GREEN = ("green_electricity", "purchased", 2.0, "GWh", {"part_of": "electricity", "evidence": "GEC-1"})
SOLD = ("electricity", "sold", 1.0, "GWh")


@pytest.mark.parametrize(
    ("lines", "location_mwh", "market_mwh"),
    [
        ([POWER], 5000, 5000),
        ([POWER, GREEN], 5000, 3000),
        ([POWER, SOLD], 4000, 4000),
        ([POWER, GREEN, SOLD], 4000, 2000),
    ],
    ids=["bought", "green inside", "sold", "green inside and sold"],
)
def test_scope_2_by_location_and_by_market(lines, location_mwh, market_mwh):
    frame = rows(*lines)
    assert total(frame, LOCATION) == pytest.approx(location_mwh * 0.6410, rel=1e-12)
    assert total(frame, MARKET) == pytest.approx(market_mwh * 0.5856, rel=1e-12)
    assert total(frame, "energy") == pytest.approx(location_mwh * POWER_TCE_PER_MWH, rel=1e-12)


def test_green_power_bought_beside_the_rest_counts_by_location_alone():
    frame = rows(POWER, ("green_electricity", "purchased", 2.0, "GWh", {"evidence": "GEC-1"}))
    assert total(frame, LOCATION) == pytest.approx(7000 * 0.6410)
    assert total(frame, MARKET) == pytest.approx(5000 * 0.5856)


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_each_year_has_its_own_grid_factor(year):
    frame = rows(POWER, period=str(year))
    assert total(frame, LOCATION, year=year) == pytest.approx(5000 * SHANDONG_GRID[year])
    assert total(frame, MARKET, year=year) == pytest.approx(5000 * RESIDUAL_GRID[year])


def test_heat_counts_when_purchased_and_sold():
    frame = rows(("heat", "purchased", 1000, "GJ"), ("heat", "sold", 100, "GJ"))
    assert total(frame, LOCATION) == pytest.approx(900 * HEAT_CO2)
    assert total(frame, MARKET) == pytest.approx(900 * HEAT_CO2)


def test_scope_1_and_scope_2_stay_apart():
    found = totals(posted(rows(DIESEL, POWER), "co2_scope1", LOCATION)).sel(entity="plant", year=2022)
    assert found["co2_scope1"].item() == pytest.approx(100 * fuel_co2("diesel"))
    assert found[LOCATION].item() == pytest.approx(5000 * 0.6410)
    assert found["co2_scope1_rows"].item() == found[f"{LOCATION}_rows"].item() == 1


# --- missing rates and gaps ----------------------------------------------------------------------------------------

RAW = ("raw_coal", "combusted", 10, "t", {"document": "a"})
RAW_2 = ("raw_coal", "combusted", 20, "t", {"document": "b"})


def test_missing_rate_names_every_row(tmp_path):
    path = tmp_path / "coal.csv"
    rows(RAW, DIESEL, RAW_2).to_csv(path, index=False)
    with pytest.raises(FactorError) as caught:
        post(path, factors(), ["co2_scope1"], region="CN-37")
    text = str(caught.value)
    for part in ("no rate for 'raw_coal' combusted x co2", "coal.csv rows 2, 4", "2022", "gbt-32151-2024", "stand-in"):
        assert part in text


def test_missing_rates_come_together():
    frame = rows(RAW, ("electricity", "purchased", 1, "MWh", {"period": "1999"}))
    with pytest.raises(FactorError) as caught:
        posted(frame, "co2_scope1", LOCATION)
    assert "raw_coal" in str(caught.value)
    assert "1999" in str(caught.value)


def test_named_stand_in_mends_it():
    rules = Rules(stand_ins=(StandIn({"activity": "bituminous_coal"}, "rank not known", "raw_coal", "co2"),))
    # GB/T 32151.34-2024 bituminous: 1.74175 t CO2/t, facts/energy-carbon.md section 2
    assert total(rows(RAW), "co2_scope1", rules=rules) == pytest.approx(10 * 1.74175, abs=1e-3)


def test_gap_is_nan_with_its_reason():
    rules = Rules(gaps=(Gap("raw_coal", "co2_scope1", "not known"),))
    found = totals(posted(rows(RAW, DIESEL), "co2_scope1", "energy", rules=rules)).sel(entity="plant", year=2022)
    assert np.isnan(found["co2_scope1"].item())
    assert why(found, "co2_scope1") is Reason.NO_RATE
    assert found["co2_scope1_rows"].item() == 2
    assert found["energy"].item() == pytest.approx(10 * 0.7143 + 100 * FUEL_TCE["diesel"])


def test_refuse_posts_the_rest_where_a_rate_is_missing():
    frame = rows(RAW, DIESEL, RAW_2)
    ledger = posted(frame, "co2_scope1", on_fault="refuse")
    assert list(ledger.refused["row"]) == [1, 3]
    assert len(ledger.entries) + len(ledger.refused) == len(frame)
    assert why(totals(ledger), "co2_scope1", entity="plant", year=2022) is Reason.ROWS_REFUSED


# --- no rows, months -----------------------------------------------------------------------------------------------


def test_no_rows_is_not_zero():
    frame = rows(DIESEL, ("gasoline", "combusted", 1, "t", {"entity": "mill", "period": "2023"}))
    ledger = posted(frame, "energy", LOCATION)
    found = totals(ledger)
    assert np.isnan(found["energy"].sel(entity="mill", year=2022).item())
    assert why(found, "energy", entity="mill", year=2022) is Reason.NO_ROWS
    assert np.isnan(found[LOCATION].sel(entity="plant", year=2022).item())
    complete = totals(ledger, complete=[LOCATION])
    assert complete[LOCATION].sel(entity="plant", year=2022).item() == 0
    assert why(complete, LOCATION, entity="plant", year=2022) is Reason.OK
    assert np.isnan(complete["energy"].sel(entity="mill", year=2022).item())


def test_twelve_months_are_a_year():
    assert total(months([10.0] * 12), "co2_scope1") == pytest.approx(120 * fuel_co2("diesel"))


def test_eleven_months_are_unknown_unless_a_part_is_wanted():
    ledger = posted(months([10.0] * 11), "co2_scope1")
    found = totals(ledger).sel(entity="plant", year=2022)
    assert np.isnan(found["co2_scope1"].item())
    assert why(found, "co2_scope1") is Reason.MONTHS_MISSING
    assert found["co2_scope1_months"].item() == 11
    part = totals(ledger, partial=True).sel(entity="plant", year=2022)
    assert part["co2_scope1"].item() == pytest.approx(110 * fuel_co2("diesel"))
    assert why(part, "co2_scope1") is Reason.MONTHS_MISSING


def test_a_fuel_that_lacks_a_month_is_not_covered_by_another():
    """Coal of the whole year does not stand for the diesel of a month that nobody reported; a zero row does."""
    coal = rows(("anthracite", "combusted", 5, "t"))
    frame = pd.concat([coal, months([1.0] * 11)], ignore_index=True).fillna("")
    assert why(totals(posted(frame, "co2_scope1")), "co2_scope1", entity="plant", year=2022) is Reason.MONTHS_MISSING
    frame = pd.concat([coal, months([1.0] * 11 + [0.0])], ignore_index=True).fillna("")
    assert why(totals(posted(frame, "co2_scope1")), "co2_scope1", entity="plant", year=2022) is Reason.OK
    stated = totals(posted(months([1.0] * 11), "co2_scope1"), complete=["co2_scope1"])
    assert stated["co2_scope1"].item() == pytest.approx(11 * fuel_co2("diesel"))


def test_months_are_covered_not_counted():
    """Two rows of one month are one month."""
    frame = pd.concat([months([1.0] * 11, document="a"), months([1.0] * 11, document="b")], ignore_index=True)
    found = totals(posted(frame, "energy"))
    assert found["energy_months"].item() == 11


def test_a_sum_over_entities_is_as_complete_as_the_least_complete():
    frame = pd.concat([rows(DIESEL, entity="mill"), months([1.0] * 11, entity="works")], ignore_index=True)
    found = totals(posted(frame, "energy", entities=read_entities(ENTITIES)), by=["district"])
    assert found["energy_months"].sel(district="east", year=2022).item() == 11
    assert why(found, "energy", district="east", year=2022) is Reason.MONTHS_MISSING


def test_year_to_date_counts_the_months_it_covers():
    lines = [("diesel", "combusted", a, "t", {"period": f"2022-01/{m:02d}"}) for m, a in ((3, 30), (6, 60), (12, 120))]
    found = totals(posted(rows(*lines), "co2_scope1")).sel(entity="plant", year=2022)
    assert found["co2_scope1"].item() == pytest.approx(120 * fuel_co2("diesel"))
    assert found["co2_scope1_months"].item() == 12


# --- refused rows --------------------------------------------------------------------------------------------------


def test_refused_rows_mark_the_totals_they_touch():
    bad = ("diesel", "combusted", -1, "t", {"entity": "mill", "document": "x"})
    frame = rows(DIESEL, bad, ("diesel", "combusted", 7, "t", {"entity": "mill", "document": "y"}))
    ledger = posted(frame, "energy", on_fault="refuse")
    assert len(ledger.entries) == 2
    assert list(ledger.refused["row"]) == [2]
    assert "negative" in ledger.refused["reason"].iat[0]
    found = totals(ledger)
    assert why(found, "energy", entity="mill", year=2022) is Reason.ROWS_REFUSED
    assert why(found, "energy", entity="plant", year=2022) is Reason.OK
    part = totals(ledger, partial=True)["energy"].sel(entity="mill", year=2022).item()
    assert part == pytest.approx(7 * FUEL_TCE["diesel"])


def test_refused_rows_mark_the_district_above():
    bad = ("diesel", "combusted", -1, "t", {"entity": "mill"})
    frame = rows(DIESEL, bad, ("diesel", "combusted", 7, "t", {"entity": "works"}))
    ledger = posted(frame, "energy", on_fault="refuse", entities=read_entities(ENTITIES))
    found = totals(ledger, by=["district"])
    assert why(found, "energy", district="east", year=2022) is Reason.ROWS_REFUSED
    assert why(found, "energy", district="west", year=2022) is Reason.OK


def test_refused_row_of_an_entity_with_no_other_row_leaves_the_others_alone():
    frame = rows(DIESEL, ("diesel", "combusted", -1, "t", {"entity": "mill"}))
    found = totals(posted(frame, "energy", on_fault="refuse"))
    assert why(found, "energy", entity="plant", year=2022) is Reason.OK


def test_refused_row_of_another_year_leaves_this_year_alone():
    frame = rows(DIESEL, ("diesel", "combusted", -1, "t", {"period": "2021"}))
    found = totals(posted(frame, "energy", on_fault="refuse"))
    assert why(found, "energy", entity="plant", year=2022) is Reason.OK


def test_refused_row_without_a_readable_period_marks_every_year():
    frame = rows(DIESEL, ("diesel", "combusted", 1, "t", {"period": "last year"}))
    found = totals(posted(frame, "energy", on_fault="refuse"))
    assert why(found, "energy", entity="plant", year=2022) is Reason.ROWS_REFUSED


def test_nothing_refused_leaves_an_empty_table_with_its_columns():
    assert list(posted(rows(DIESEL), "energy").refused.columns) == ["file", "row", "entity", "year", "reason"]


def test_faults_of_rows_come_all_at_once():
    frame = rows(
        ("diesel", "discharged", 1, "t"),
        ("electricity", "used", 1, "MWh"),
        ("diesel", "combusted", 1, "t", {"entity": "mil"}),
    )
    with pytest.raises(PostError) as caught:
        posted(frame, "energy", entities=read_entities(ENTITIES))
    assert len(caught.value.faults) == 3


# --- boundaries and groups -----------------------------------------------------------------------------------------


def test_unknown_boundary():
    with pytest.raises(BoundaryError, match=r"'national'.*territorial"):
        totals(posted(rows(DIESEL), "energy"), boundary="national")


def test_operational_is_one_enterprise():
    ledger = posted(rows(DIESEL), "energy")
    with pytest.raises(BoundaryError, match="add 'entity' to by"):
        totals(ledger, by=["sector"], boundary="operational")
    found = totals(ledger, boundary="operational")
    assert found.attrs["boundary"] == "operational"
    assert found["energy"].item() == pytest.approx(100 * FUEL_TCE["diesel"])


def test_partner_inside_the_ledger_needs_an_entity_table():
    frame = rows(
        ("electricity", "purchased", 5, "MWh", {"entity": "mill"}),
        ("electricity", "sold", 1, "MWh", {"entity": "mill", "partner": "works"}),
        ("electricity", "purchased", 1, "MWh", {"entity": "works"}),
    )
    ledger = posted(frame, LOCATION)
    with pytest.raises(BoundaryError, match=r"row 2, partner 'works'.*Give entities="):
        totals(ledger, ["sector"])
    found = totals(ledger, boundary="operational")
    assert found[LOCATION].sel(entity="mill", year=2022).item() == pytest.approx(4 * 0.6410)


def test_partner_outside_is_fine():
    frame = rows(("electricity", "purchased", 1, "MWh", {"partner": "State Grid"}))
    assert total(frame, LOCATION) == pytest.approx(0.6410)


def test_by_district_and_city_through_the_entity_table():
    frame = rows(
        ("diesel", "combusted", 1, "t", {"entity": "mill"}),
        ("diesel", "combusted", 2, "t", {"entity": "works"}),
        ("diesel", "combusted", 4, "t", {"entity": "plant"}),
        ("diesel", "combusted", 8, "t", {"entity": "west"}),  # households: the district's own row
    )
    ledger = posted(frame, "energy", entities=read_entities(ENTITIES))
    found = totals(ledger, by=["district"])["energy"].sel(year=2022)
    assert found.sel(district="east").item() == pytest.approx(3 * FUEL_TCE["diesel"])
    assert found.sel(district="west").item() == pytest.approx(12 * FUEL_TCE["diesel"])
    assert totals(ledger, by=["city"])["energy"].item() == pytest.approx(15 * FUEL_TCE["diesel"])


def test_entity_without_a_district_above_is_refused():
    frame = rows(DIESEL, ("diesel", "combusted", 1, "t", {"entity": "city"}))
    ledger = posted(frame, "energy", entities=read_entities(ENTITIES))
    with pytest.raises(BoundaryError, match=r"by='district', but city: no district above"):
        totals(ledger, by=["district"])


def test_by_needs_a_known_dimension():
    with pytest.raises(BoundaryError, match="accepted: entity, activity"):
        totals(posted(rows(DIESEL), "energy"), by=["colour"])


def test_region_comes_from_the_entity_or_from_above():
    """A plant of a district of Weifang (CN-37-07) uses Shandong's grid factor, without a region of its own."""
    ledger = posted(rows(POWER), LOCATION, entities=read_entities(ENTITIES), region="")
    assert set(ledger.entries["region"]) == {"CN-37-07"}
    assert totals(ledger)[LOCATION].item() == pytest.approx(5000 * 0.6410)


@pytest.mark.parametrize("by", [["activity"], ["flow"], ["entity", "activity"], ["entity", "flow", "activity"]])
def test_partitions_add_up(by):
    ledger = posted(seeded_rows(3, 80), "energy")
    whole = totals(ledger)["energy"].sum(["entity"])
    parts = totals(ledger, by=by)["energy"].sum(by)
    np.testing.assert_allclose(parts.values, whole.values, rtol=1e-12)


# --- of which ------------------------------------------------------------------------------------------------------


def test_of_which_in_another_flow_moves():
    frame = rows(DIESEL, ("diesel", "feedstock", 40, "t", {"part_of": "diesel"}))
    assert total(frame, "co2_scope1") == pytest.approx(60 * fuel_co2("diesel"))
    assert total(frame, "energy") == pytest.approx(100 * FUEL_TCE["diesel"])
    assert total(frame, "feedstock_energy") == pytest.approx(40 * FUEL_TCE["diesel"])
    entries = posted(frame, "energy").entries
    assert sorted(entries["canonical"]) == [-40, 40, 100]
    moved = entries[entries["canonical"] < 0].iloc[0]
    assert moved["flow"] == "combusted"
    assert "of-which" in moved["derived"]
    assert int(moved["row"]) == 2


def test_of_which_in_the_same_flow_is_memo():
    frame = rows(DIESEL, ("diesel", "combusted", 40, "t", {"part_of": "diesel"}))
    assert total(frame, "co2_scope1") == pytest.approx(100 * fuel_co2("diesel"))
    assert total(frame, "energy") == pytest.approx(100 * FUEL_TCE["diesel"])


def test_of_which_of_a_sector_moves_out_of_that_sector():
    frame = rows(
        ("diesel", "combusted", 100, "t", {"sector": "Industry"}),
        ("diesel", "combusted", 50, "t", {"sector": "Farms"}),
        ("diesel", "feedstock", 40, "t", {"sector": "Industry - raw material", "part_of": "Industry"}),
    )
    found = totals(posted(frame, "co2_scope1"), by=["entity", "sector"])["co2_scope1"].sel(entity="plant", year=2022)
    assert found.sel(sector="Industry").item() == pytest.approx(60 * fuel_co2("diesel"))
    assert found.sel(sector="Farms").item() == pytest.approx(50 * fuel_co2("diesel"))


def test_of_which_of_another_activity_is_memo():
    """Anthracite of raw coal: the whole is posted, its part is not."""
    frame = rows(("raw_coal", "combusted", 100, "t"), ("anthracite", "combusted", 30, "t", {"part_of": "raw_coal"}))
    assert total(frame, "energy") == pytest.approx(100 * 0.7143)


def test_parts_above_the_whole_are_refused():
    frame = rows(
        DIESEL,
        ("diesel", "feedstock", 70, "t", {"part_of": "diesel", "document": "a"}),
        ("diesel", "feedstock", 40, "t", {"part_of": "diesel", "document": "b"}),
    )
    with pytest.raises(PostError, match="sum to 110 t, more than the whole, 100 t"):
        posted(frame, "energy")


def test_parts_in_several_flows_together_above_the_whole_are_refused():
    """70 t fed in and 60 t burnt are not both inside 100 t."""
    frame = rows(
        DIESEL,
        ("diesel", "feedstock", 70, "t", {"part_of": "diesel"}),
        ("diesel", "converted", 60, "t", {"part_of": "diesel"}),
    )
    with pytest.raises(PostError, match="more than the whole"):
        posted(frame, "energy")


def test_parts_of_rounded_wholes_are_accepted():
    frame = rows(DIESEL, ("diesel", "feedstock", 100.005, "t", {"part_of": "diesel"}))
    assert total(frame, "feedstock_energy") == pytest.approx(100.005 * FUEL_TCE["diesel"])


# --- rows that would be lost in silence ----------------------------------------------------------------------------


@pytest.mark.parametrize(("activity", "unit"), [("electricity", "MWh"), ("heat", "GJ")])
def test_use_without_purchase_is_refused(activity, unit):
    with pytest.raises(PostError, match=f"{activity} used by plant in 2022, but none purchased or generated"):
        posted(rows((activity, "used", 5, unit)), "energy")
    assert total(rows((activity, "used", 5, unit), (activity, "purchased", 6, unit)), "energy") > 0


def test_flow_that_counts_nowhere_is_refused():
    with pytest.raises(PostError, match="'diesel' with flow 'discharged' counts towards nothing") as caught:
        posted(rows(("diesel", "discharged", 1, "t")), "energy")
    assert "combusted" in str(caught.value)


def test_unknown_entity_is_refused_with_near_names():
    with pytest.raises(PostError, match=r"unknown entity 'plnt'.*'plant'.*Add it to entities.csv"):
        posted(rows(DIESEL, entity="plnt"), "energy", entities=read_entities(ENTITIES))


def test_entity_table_faults_come_all_at_once():
    frame = pd.DataFrame(
        [
            ("a", "village", "", ""),
            ("b", "district", "nowhere", ""),
            ("c", "district", "d", ""),
            ("d", "district", "c", ""),
            ("e", "city", "", ""),
            ("e", "city", "", ""),
        ],
        columns=["entity", "level", "parent", "region"],
    )
    with pytest.raises(PostError) as caught:
        read_entities(frame)
    text = str(caught.value)
    for part in ("level 'village'", "parent 'nowhere' is no entity", "own ancestor", "'e' is given twice"):
        assert part in text
    assert len(caught.value.faults) >= 4


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("370702", "CN-37-07-02"),
        ("370700", "CN-37-07"),
        ("370000", "CN-37"),
        ("37", "CN-37"),
        ("CN", "CN"),
        ("CN-37-07-02", "CN-37-07-02"),
        ("CN-370702", "CN-37-07-02"),
        ("", ""),
    ],
)
def test_regions_by_gbt_2260(written, region):
    frame = pd.DataFrame([("x", "district", "", written)], columns=["entity", "level", "parent", "region"])
    assert read_entities(frame)["region"].iat[0] == region


# --- kinds and gases -----------------------------------------------------------------------------------------------

GASES = {"factors": factors("gbt-32151-2024", "ipcc-2006"), "region": "CN-37"}
ENERGY_KINDS = Rules(kinds={"ch4": "energy_industries", "n2o": "energy_industries"})
# Diesel per TJ: CO2 20.2 tC/TJ x 0.98 x 44/12 (GB/T 32151.34-2024); CH4 3 kg and N2O 0.6 kg in energy industries,
# CH4 10 kg residential (IPCC 2006 Vol. 2 Tables 2.2 and 2.5; facts/energy-carbon/ipcc_defaults.csv).
TJ = ("diesel", "combusted", 1000, "GJ")
CO2, CH4, N2O = 20.2 * 0.98 * 44 / 12, 0.003, 0.0006


# facts/energy-carbon.md section 4: AR6 non-fossil CH4 27.0, N2O 273; AR5 CH4 28, N2O 265. Non-fossil, since the CO2
# rate already counts the carbon that leaves as CH4.
@pytest.mark.parametrize(("gwp", "ch4", "n2o"), [("AR6GWP100", 27.0, 273), ("AR5GWP100", 28, 265)])
def test_co2e_at_a_named_set(gwp, ch4, n2o):
    ledger = posted(rows(TJ), "co2_scope1", "ch4", "n2o", rules=ENERGY_KINDS, **GASES)
    found = totals(ledger, gwp=gwp).sel(entity="plant", year=2022)
    assert found["co2_scope1"].item() == pytest.approx(CO2)
    assert found["ch4"].item() == pytest.approx(CH4)
    assert found["co2e"].item() == pytest.approx(CO2 + CH4 * ch4 + N2O * n2o)
    assert found["co2e"].attrs["units"] == "t CO2e"
    assert gwp in found["co2e"].attrs["long_name"]


def test_no_gwp_is_the_default():
    ledger = posted(rows(TJ), "co2_scope1", "ch4", rules=ENERGY_KINDS, **GASES)
    assert "co2e" not in totals(ledger)
    with pytest.raises(LedgerError, match=r"'AR7GWP100'; there is no default\. Accepted: .*AR6GWP100"):
        totals(ledger, gwp="AR7GWP100")


def test_co2e_needs_a_gas():
    with pytest.raises(BoundaryError, match="no gas was posted"):
        totals(posted(rows(DIESEL), "energy"), gwp="AR6GWP100")


def test_co2e_is_unknown_where_a_gas_is():
    rules = Rules(kinds=ENERGY_KINDS.kinds, gaps=(Gap("other_gas", "n2o", "no set has it"),))
    frame = rows(TJ, ("other_gas", "combusted", 10, "GJ"))
    found = totals(posted(frame, "co2_scope1", "n2o", rules=rules, **GASES), gwp="AR6GWP100")
    assert np.isnan(found["co2e"].item())
    assert Reason(int(found["co2e_reason"].item())) is Reason.NO_RATE


def test_kinds_must_be_named():
    with pytest.raises(FactorError, match=r"energy_industries.*residential.*kinds = \{ch4"):
        posted(rows(TJ), "ch4", **GASES)
    residential = Rules(kinds={"ch4": "residential"})
    assert total(rows(TJ), "ch4", rules=residential, **GASES) == pytest.approx(0.010)


def test_kind_of_the_catalogue_stands_above_the_cases():
    """Location-based scope 2 is the average whatever the case names for other uses of the factor."""
    rules = Rules(kinds={"co2": "fossil_only"})
    assert total(rows(POWER), LOCATION, rules=rules) == pytest.approx(5000 * 0.6410)


def test_rows_read_before_posting_give_the_same():
    frame = seeded_rows(5, 40)
    before, after = (totals(posted(f, "energy")) for f in (read_activity(frame), frame))
    assert before.equals(after)


# --- wholes and parts: what would count twice, or leave the wrong use --------------------------------------------------


def test_a_part_with_a_sector_of_its_own_leaves_the_whole():
    frame = rows(DIESEL, ("diesel", "feedstock", 30, "t", {"part_of": "diesel", "sector": "chemicals"}))
    assert total(frame, "co2_scope1") == pytest.approx(70 * fuel_co2("diesel"))


def test_a_part_leaves_the_use_and_not_the_purchase():
    frame = rows(
        ("diesel", "purchased", 100, "t"),
        DIESEL,
        ("diesel", "sold", 1, "t"),
        ("diesel", "feedstock", 30, "t", {"part_of": "diesel"}),
    )
    assert total(frame, "co2_scope1") == pytest.approx(70 * fuel_co2("diesel"))
    assert total(frame, "energy") == pytest.approx(100 * FUEL_TCE["diesel"])


def test_a_part_of_two_uses_is_refused():
    frame = rows(DIESEL, ("diesel", "fired", 50, "t"), ("diesel", "feedstock", 30, "t", {"part_of": "diesel"}))
    with pytest.raises(PostError, match="combusted / fired: it is not clear what it leaves"):
        posted(frame, "energy")


def test_a_part_in_another_dimension_is_refused():
    frame = rows(("diesel", "combusted", 100, "tce"), ("diesel", "feedstock", 300, "t", {"part_of": "diesel"}))
    with pytest.raises(PostError, match="Give both in one dimension"):
        posted(frame, "energy")


def test_what_moves_takes_the_own_values_of_the_whole():
    whole = ("diesel", "combusted", 100, "t", {"own_ncv": 30})
    frame = rows(whole, ("diesel", "feedstock", 100, "t", {"part_of": "diesel", "own_ncv": ""}))
    assert total(frame, "co2_scope1") == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        (("energy_total", "used", 1000, "tce_coal_rate"), ("diesel", "combusted", 100, "t")),
        (("energy_total", "used", 1000, "tce_coal_rate"), ("wind_electricity", "generated", 100, "MWh")),
        (("raw_coal", "combusted", 100, "t"), ("anthracite", "combusted", 60, "t")),
        (("industrial_water", "used", 100, "m3"), ("once_through_cooling_water", "used", 60, "m3")),
        (("nonfossil_electricity", "generated", 100, "MWh"), ("wind_electricity", "generated", 60, "MWh")),
    ],
)
def test_a_whole_and_its_part_in_full_are_refused(whole, part):
    with pytest.raises(PostError, match=r"both given in full .* Write part_of = "):
        posted(rows(whole, part), "energy")


def test_green_power_counts_up_to_what_was_purchased():
    frame = rows(
        ("electricity", "purchased", 20, "MWh"),
        ("electricity", "generated", 80, "MWh"),
        ("electricity", "used", 100, "MWh"),
        ("green_electricity", "purchased", 30, "MWh", {"part_of": "electricity", "evidence": "GEC"}),
    )
    ledger = posted(frame, "co2_scope2_market")
    assert totals(ledger)["co2_scope2_market"].item() == pytest.approx(0, abs=1e-12)
    assert "0.6667 of the amount written" in ledger.entries["derived"].iloc[3]


def _district(valid_to: str = ""):
    table = pd.DataFrame(
        {
            "entity": ["east", "one", "two"],
            "level": ["district", "enterprise", "enterprise"],
            "parent": ["", "east", "east"],
            "valid_to": ["", "", valid_to],
        }
    )
    frame = rows(
        ("diesel", "combusted", 5, "t", {"entity": "one", "period": "2022"}),
        ("diesel", "combusted", 5, "t", {"entity": "one", "period": "2023"}),
        ("diesel", "combusted", 7, "t", {"entity": "two", "period": "2022"}),
    )
    return posted(frame, "co2_scope1", entities=read_entities(table))


def test_an_entity_that_vanishes_leaves_its_district_unknown():
    """Half the reporters gone is not half the emissions gone."""
    found = totals(_district(), by=["district"])
    assert why(found, "co2_scope1", district="east", year=2022) is Reason.OK
    assert why(found, "co2_scope1", district="east", year=2023) is Reason.ENTITIES_MISSING
    assert np.isnan(found["co2_scope1"].sel(district="east", year=2023).item())


def test_an_entity_that_closed_is_not_missed():
    found = totals(_district(valid_to="2022-12-31"), by=["district"])
    assert found["co2_scope1"].sel(district="east", year=2023).item() == pytest.approx(5 * fuel_co2("diesel"))


def test_power_that_is_all_contracted_is_zero_and_not_unknown():
    frame = rows(("green_electricity", "purchased", 30, "MWh", {"evidence": "GEC"}))
    found = totals(posted(frame, "co2_scope2_market", LOCATION))
    assert found["co2_scope2_market"].item() == 0
    assert found[LOCATION].item() == pytest.approx(30 * 0.6410)


def test_a_part_of_a_refused_whole_takes_nothing_out():
    """The whole is refused, so its part stays a memo; a negative entry alone would be a negative emission."""
    frame = rows(
        ("coal_products", "combusted", 100, "t"),
        ("briquettes", "combusted", 60, "t"),  # part of the row above and not said so: refused
        ("briquettes", "feedstock", 20, "t", {"part_of": "briquettes"}),
    )
    ledger = posted(frame, "co2_scope1", on_fault="refuse")
    assert (ledger.entries["canonical"] > 0).all()
    assert totals(ledger, partial=True)["co2_scope1"].fillna(0).min().item() >= 0
    assert len(ledger.refused) + len(ledger.entries) == len(frame)
