"""Statistical totals and what no enterprise explains: the total counts, the rest is a row, the share is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from examples import CASE_FILES, FUEL_TCE, POWER_TCE_PER_MWH, posted, rows, write_case
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.case import open_case
from carbonledger.errors import LedgerError, PostError
from carbonledger.ledger import coverage, post, read_entities, totals, unallocated
from carbonledger.reasons import Reason
from carbonledger.tables import join_rows, read_activity

TCE = FUEL_TCE["diesel"]
COLUMNS = ["entity", "level", "parent", "region", "sector", "valid_from", "valid_to"]
CITY = [("city", "city", "", "CN-37-07"), ("east", "district", "city"), ("west", "district", "city")]


def table(*lines) -> pd.DataFrame:
    made = [(*line, *[""] * (len(COLUMNS) - len(line))) for line in (*CITY, *lines)]
    return read_entities(pd.DataFrame(made, columns=COLUMNS))


# GB/T 4754: C26 chemicals, C30 non-metallic products, G54 road transport
PLACES = table(
    ("mill", "enterprise", "east", "", "C26"),
    ("works", "enterprise", "east", "", "C30"),
    ("carrier", "enterprise", "east", "", "G54"),
    ("plant", "enterprise", "west", "", "C26"),
)


def diesel(who, amount, **more):
    return "diesel", "combusted", amount, "t", {"entity": who, **more}


def power(who, flow, amount, **more):
    return "electricity", flow, amount, "MWh", {"entity": who, **more}


def rest_of(lines, stated, where=PLACES) -> pd.DataFrame:
    return unallocated(read_activity(rows(*lines)), read_activity(rows(*stated)), where)


def ledger_of(lines, stated, *quantities, where=PLACES, **options):
    given_rows = read_activity(rows(*lines))
    rest = unallocated(given_rows, read_activity(rows(*stated)), where)
    return posted(join_rows([given_rows, rest]), *(quantities or ("energy",)), entities=where, **options)


def at(ledger, quantity="energy", year=2022, **place):
    return float(totals(ledger, by=list(place))[quantity].sel(**place, year=year).item())


def amounts(rest) -> list[float]:
    return rest["canonical"].tolist()


def faults_of(lines, stated, where=PLACES):
    with pytest.raises(PostError) as caught:
        rest_of(lines, stated, where)
    return caught.value.faults


THREE = [diesel("mill", 20), diesel("works", 15), diesel("carrier", 10), diesel("plant", 7)]


# --- the rest --------------------------------------------------------------------------------------------------------


def test_the_rest_is_the_total_less_its_parts():
    """East states 100 t; mill, works and carrier have 20 + 15 + 10 of them."""
    rest = rest_of(THREE, [diesel("east", 100, source="yearbook")])
    assert amounts(rest) == [pytest.approx(55)]
    assert rest["entity"].tolist() == ["east"]
    assert rest["entry"].tolist() == ["unallocated"]
    assert rest["amount"].tolist() == [100]
    assert rest["source"].tolist() == ["yearbook"]
    assert "100 t in all, 45 of them in 3 rows of 3 entities" in str(rest["derived"].iat[0])


def test_units_of_total_and_parts_may_differ_in_spelling():
    lines = [
        ("diesel", "combusted", 20_000, "kg", {"entity": "mill"}),
        ("diesel", "combusted", 1.5, "千吨", {"entity": "works"}),
    ]
    assert amounts(rest_of(lines, [("diesel", "combusted", 0.2, "万吨", {"entity": "east"})])) == [pytest.approx(480)]


def test_nothing_left_is_a_row_of_zero():
    rest = rest_of(THREE, [diesel("east", 45), diesel("west", 7)])
    assert amounts(rest) == [0, 0]
    assert len(ledger_of(THREE, [diesel("east", 45)]).entries) == 5


def test_parts_that_are_rounded_up_leave_zero_and_not_less():
    assert amounts(rest_of([diesel("mill", 100.005)], [diesel("east", 100)])) == [0]


def test_a_total_that_no_enterprise_is_part_of_is_all_rest():
    rest = rest_of(THREE, [("gasoline", "combusted", 30, "t", {"entity": "east"})])
    assert amounts(rest) == [30]
    assert "0 of them in 0 rows of 0 entities" in str(rest["derived"].iat[0])


def test_the_district_is_its_statistical_total():
    ledger = ledger_of(THREE, [diesel("east", 100), diesel("west", 7)])
    assert at(ledger, district="east") == pytest.approx(100 * TCE)
    assert at(ledger, entity="east") == pytest.approx(55 * TCE)
    assert at(ledger, district="west") == pytest.approx(7 * TCE)
    assert at(ledger, city="city") == pytest.approx(107 * TCE)


def test_other_activities_flows_years_and_places_are_no_parts():
    lines = [
        diesel("mill", 20),
        diesel("mill", 1, period="2021"),
        diesel("plant", 2),
        ("diesel", "feedstock", 4, "t", {"entity": "mill"}),
        ("gasoline", "combusted", 8, "t", {"entity": "mill"}),
    ]
    assert amounts(rest_of(lines, [diesel("east", 100)])) == [80]


def test_a_total_of_the_city_holds_the_entities_of_all_districts():
    lines = [*THREE, diesel("east", 8, sector="households")]
    assert amounts(rest_of(lines, [diesel("city", 100)])) == [pytest.approx(100 - 20 - 15 - 10 - 7 - 8)]


def test_the_districts_own_rows_are_not_part_of_its_own_total():
    """Where households are in the total, the row of households is a memo of it; here it stands beside."""
    ledger = ledger_of([*THREE, diesel("east", 8, sector="households")], [diesel("east", 100, sector="industry")])
    assert at(ledger, entity="east", sector="households") == pytest.approx(8 * TCE)
    assert at(ledger, entity="east", sector="industry") == pytest.approx(65 * TCE)


def test_months_of_enterprises_are_parts_of_the_year():
    lines = [diesel("mill", 2, period=f"2022-{m:02d}") for m in range(1, 13)]
    assert amounts(rest_of(lines, [diesel("east", 100)])) == [pytest.approx(76)]
    running = [diesel("mill", 5 * m, period=f"2022-01/{m:02d}") for m in (3, 6, 9, 12)]
    assert amounts(rest_of(running, [diesel("east", 100)])) == [pytest.approx(40)]


@pytest.mark.parametrize("shuffle", [1, -1])
def test_the_order_of_rows_and_their_labels_do_not_matter(shuffle):
    """A table that was sorted or cut by hand keeps its labels; its rows are the same rows."""
    activity = read_activity(rows(*THREE)).iloc[::shuffle]
    stated = read_activity(rows(diesel("east", 100), diesel("west", 50)))
    assert amounts(unallocated(activity, stated, PLACES)) == [pytest.approx(55), pytest.approx(43)]


def test_a_table_that_was_cut_keeps_its_places():
    activity = read_activity(rows(*THREE)).iloc[2:]
    stated = read_activity(rows(diesel("east", 100), diesel("west", 50)))
    assert amounts(unallocated(activity, stated, PLACES)) == [pytest.approx(90), pytest.approx(43)]


# --- sectors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "own", "inside"),
    [
        ("", "C26", True),
        ("", "G54", True),
        ("", "", True),
        ("industry", "C26", True),
        ("industry", "B06", True),
        ("industry", "D46", True),
        ("industry", "44", True),
        ("industry", "C", True),
        ("industry", "A01", False),
        ("industry", "E47", False),
        ("industry", "G54", False),
        ("industry", "G", False),
        ("industry", "households", False),
        ("industry", "居民生活", False),
        ("C26", "C26", True),
        ("C26", "C261", True),
        ("C26", "26", True),
        ("26", "C26", True),
        ("C26", "C25", False),
        ("C26", "C30", False),
        ("26", "62", False),
        ("C", "C26", True),
        ("C", "G54", False),
        ("G", "C26", False),
    ],
)
def test_sectors_that_belong_to_a_total(stated, own, inside):
    """GB/T 4754: sections are letters, divisions two digits; industry is divisions 06 to 46 (sections B, C, D)."""
    where = table(("mill", "enterprise", "east"))
    try:
        rest = rest_of([diesel("mill", 20, sector=own)], [diesel("east", 100, sector=stated)], where)
    except LedgerError:
        assert not inside or stated in {"C", "G"}  # refusing a sector that is no code is an answer
        return
    assert amounts(rest) == [pytest.approx(80 if inside else 100)]


def test_the_sector_of_the_entity_counts_unless_the_row_says_otherwise():
    stated = [diesel("east", 100, sector="C26")]
    assert amounts(rest_of([diesel("mill", 20), diesel("works", 15)], stated)) == [80]
    assert amounts(rest_of([diesel("mill", 20, sector="G54"), diesel("works", 15, sector="C2611")], stated)) == [85]


def test_industry_and_the_rest_of_the_district_by_sector():
    """Industry states 60 t and transport 30 t: 25 and 20 t are nobody's, and the sectors add up to 90 t."""
    stated = [diesel("east", 60, sector="industry"), diesel("east", 30, sector="G54")]
    ledger = ledger_of(THREE[:3], stated)
    assert sorted(ledger.entries.query("entry == 'unallocated'")["canonical"]) == [20, 25]
    by_sector = totals(ledger, ["sector"])["energy"].sel(year=2022).to_series().dropna()
    assert by_sector.to_dict() == pytest.approx(
        {"C26": 20 * TCE, "C30": 15 * TCE, "G54": 30 * TCE, "industry": 25 * TCE}
    )
    assert at(ledger, district="east") == pytest.approx(90 * TCE)


# --- faults ----------------------------------------------------------------------------------------------------------


def test_parts_above_the_total_are_a_fault():
    (fault,) = faults_of(THREE, [diesel("west", 7), diesel("east", 44)])
    text = str(fault.text)
    assert "diesel combusted of east in 2022: the total is 44 t, but its parts sum to 45" in text
    assert (fault.row, fault.column) == (2, "amount")


def test_a_total_by_month_is_a_fault():
    faults = faults_of(THREE, [diesel("east", 100, period="2022-05")])
    assert "a statistical total for 2022-05" in str(faults[0].text)
    assert faults[0].column == "period"


def test_another_dimension_is_a_fault():
    (fault,) = faults_of(THREE, [("diesel", "combusted", 100, "tce", {"entity": "east"})])
    assert "the total is in tce, but its parts are in t" in str(fault.text)
    assert fault.column == "unit"


def test_faults_of_all_totals_come_at_once():
    stated = [diesel("east", 1), diesel("west", 1), diesel("city", 100, period="2022-05")]
    assert len(faults_of(THREE, stated)) >= 3


def test_a_total_of_somebody_unknown_is_a_fault_with_near_names():
    (fault,) = faults_of(THREE, [diesel("eest", 100)])
    assert "'eest'" in str(fault.text)
    assert "'east'" in str(fault.text)
    assert fault.row == 1


# --- what would count twice ----------------------------------------------------------------------------------------


def check_whole(lines, stated, expected, quantity="energy", **place):
    """The total of a place is what its statistics say, or the inputs are refused: never more in silence."""
    try:
        ledger = ledger_of(lines, stated, quantity)
    except LedgerError:
        return
    assert at(ledger, quantity, **(place or {"city": "city"})) == pytest.approx(expected)


def test_a_district_in_a_city_that_both_state_their_total():
    """City 100 t, of which east 60 t: west and nobody have the other 40."""
    check_whole(THREE, [diesel("city", 100), diesel("east", 60)], 100 * TCE)


def test_industry_in_a_total_of_all_sectors():
    """East 100 t, of which industry 60 t."""
    check_whole(THREE[:3], [diesel("east", 100), diesel("east", 60, sector="industry")], 100 * TCE, district="east")


def test_a_division_in_a_total_of_industry():
    stated = [diesel("east", 60, sector="industry"), diesel("east", 30, sector="C26")]
    check_whole(THREE[:2], stated, 60 * TCE, district="east")


def test_kinds_of_a_total_are_parts_of_it():
    """Wind power is of non-fossil power (activities.csv): 100 MWh in all, 40 of them of the mill's wind."""
    lines = [
        ("wind_electricity", "generated", 40, "MWh", {"entity": "mill"}),
        ("nonfossil_electricity", "generated", 5, "MWh", {"entity": "works"}),
    ]
    stated = [("nonfossil_electricity", "generated", 100, "MWh", {"entity": "east"})]
    check_whole(lines, stated, 100 * POWER_TCE_PER_MWH, district="east")


def test_green_power_is_part_of_the_power_purchased():
    """A statistic of electricity knows no certificates: 100 MWh in all, 40 plain and 20 green ones at enterprises."""
    green = ("green_electricity", "purchased", 20, "MWh", {"entity": "works", "evidence": "GEC"})
    lines = [power("mill", "purchased", 40), green]
    check_whole(lines, [power("east", "purchased", 100)], 100 * POWER_TCE_PER_MWH, district="east")


def test_a_part_that_moves_to_the_flow_of_a_total_is_part_of_it():
    """Feedstock 50 t in all; 40 of them are of-which of the mill's 100 t, which burns 60."""
    lines = [
        diesel("mill", 100),
        ("diesel", "feedstock", 40, "t", {"entity": "mill", "part_of": "diesel"}),
        ("diesel", "feedstock", 1, "t", {"entity": "works"}),
    ]
    stated = [("diesel", "feedstock", 50, "t", {"entity": "east"})]
    check_whole(lines, stated, 50 * TCE, "feedstock_energy", district="east")


def test_a_part_that_leaves_the_flow_of_a_total_is_no_part_of_it():
    """Burnt 200 t in all; of the mill's 100 t 40 are feedstock, so that 140 burnt ones are nobody's."""
    lines = [diesel("mill", 100), ("diesel", "feedstock", 40, "t", {"entity": "mill", "part_of": "diesel"})]
    try:
        ledger = ledger_of(lines, [diesel("east", 200)])
    except LedgerError:
        return
    assert at(ledger, flow="combusted", district="east") == pytest.approx(200 * TCE)


# --- moves -----------------------------------------------------------------------------------------------------------


def test_an_enterprise_counts_in_the_district_of_its_time():
    where = table(
        ("mill", "enterprise", "east", "", "C26", "", "2022"),
        ("mill", "enterprise", "west", "", "C26", "2023", ""),
    )
    lines = [diesel("mill", 20), diesel("mill", 30, period="2023")]
    stated = [diesel(place, 100, period=year) for year in ("2022", "2023") for place in ("east", "west")]
    assert amounts(rest_of(lines, stated, where)) == [80, 100, 100, 70]


def test_an_enterprise_that_moves_by_months_counts_in_both():
    where = table(
        ("mill", "enterprise", "east", "", "C26", "", "2022-03"),
        ("mill", "enterprise", "west", "", "C26", "2022-04", ""),
    )
    lines = [diesel("mill", 2, period=f"2022-{m:02d}") for m in range(1, 13)]
    assert amounts(rest_of(lines, [diesel("east", 100), diesel("west", 100)], where)) == [94, 82]


def test_the_sector_of_its_time():
    """Chemicals until 2022, transport from 2023."""
    where = table(
        ("mill", "enterprise", "east", "", "C26", "", "2022"),
        ("mill", "enterprise", "east", "", "G54", "2023", ""),
    )
    lines = [diesel("mill", 20), diesel("mill", 30, period="2023")]
    stated = [diesel("east", 100, sector="C26"), diesel("east", 100, sector="C26", period="2023")]
    assert amounts(rest_of(lines, stated, where)) == [80, 100]


# --- coverage --------------------------------------------------------------------------------------------------------


def test_shares_by_hand():
    """Diesel 45 of 100 t, power 30 of 200 MWh; by energy 45 x 1.4571 + 30 x 0.1229 of 100 x 1.4571 + 200 x 0.1229 tce."""
    lines = [*THREE, power("mill", "purchased", 30)]
    found = coverage(ledger_of(lines, [diesel("east", 100), power("east", "purchased", 200)]))
    by_thing = found[found["quantity"] == ""].set_index("activity")
    assert by_thing["share"].to_dict() == pytest.approx({"diesel": 0.45, "electricity": 0.15})
    assert by_thing["total"].to_dict() == pytest.approx({"diesel": 100, "electricity": 720})
    assert by_thing["explained"].to_dict() == pytest.approx({"diesel": 45, "electricity": 108})
    assert by_thing["unit"].to_dict() == {"diesel": "t", "electricity": "GJ"}
    (whole,) = found[found["quantity"] == "energy"].itertuples()
    assert (whole.entity, whole.year, whole.unit, whole.activity) == ("east", 2022, "tce", "")
    assert whole.total == pytest.approx(100 * TCE + 200 * POWER_TCE_PER_MWH)
    assert whole.explained == pytest.approx(45 * TCE + 30 * POWER_TCE_PER_MWH)
    assert whole.share == pytest.approx((45 * 1.4571 + 30 * 0.1229) / (145.71 + 24.58))


def test_shares_of_two_places_and_years_stay_apart():
    lines = [*THREE, diesel("plant", 9, period="2023")]
    stated = [diesel("east", 90), diesel("west", 14), diesel("west", 12, period="2023")]
    found = coverage(ledger_of(lines, stated, "energy"))
    shares = found[found["quantity"] == "energy"].set_index(["entity", "year"])["share"].to_dict()
    assert shares == pytest.approx({("east", 2022): 0.5, ("west", 2022): 0.5, ("west", 2023): 0.75})


def test_nothing_stated_is_an_empty_table():
    found = coverage(posted(rows(*THREE), "energy", entities=PLACES))
    assert len(found) == 0
    assert list(found.columns) == [
        "entity",
        "year",
        "activity",
        "flow",
        "quantity",
        "unit",
        "total",
        "explained",
        "share",
    ]


def test_a_total_of_zero_is_explained_in_full():
    """0 of 0 t: all that there is has its row; a share without a number needs a reason."""
    found = coverage(ledger_of([diesel("mill", 0)], [diesel("east", 0)]))
    assert not np.isnan(found["share"].astype(float)).any()


def test_shares_lie_between_nothing_and_all():
    """Purchased 200 MWh, 100 of them the mill's; sold 90, all of them the mill's: no share of a difference."""
    lines = [power("mill", "purchased", 100), power("mill", "sold", 90), power("works", "purchased", 1)]
    stated = [power("east", "purchased", 200), power("east", "sold", 90)]
    found = coverage(ledger_of(lines, stated))
    assert found["share"].between(0, 1).all()
    # of the purchases that count, 101 of 200 MWh are explained; all of the sales are
    by_flow = found[found["quantity"] == ""].set_index("flow")["share"]
    assert by_flow.to_dict() == pytest.approx({"purchased": 0.505, "sold": 1.0})
    (energy,) = found.loc[found["quantity"] == "energy", "share"]
    assert 0.5 < energy < 1


# --- partitions ------------------------------------------------------------------------------------------------------

parts = st.dictionaries(
    st.tuples(st.sampled_from(["mill", "works", "carrier", "plant"]), st.sampled_from(["2021", "2022"])),
    st.integers(0, 1000),
    min_size=1,
)


@settings(max_examples=40, deadline=None)
@given(parts, st.integers(0, 500), st.integers(0, 9))
def test_parts_and_rest_are_the_statistical_total(given_parts, more, order):
    lines = [diesel(who, amount, period=year) for (who, year), amount in given_parts.items()]
    known = {
        (place, year): sum(
            a for (who, y), a in given_parts.items() if y == year and (who == "plant") == (place == "west")
        )
        for place in ("east", "west")
        for year in ("2021", "2022")
    }
    stated = [diesel(place, amount + more, period=year) for (place, year), amount in known.items()]
    activity = read_activity(rows(*lines).sample(frac=1, random_state=order).reset_index(drop=True))
    rest = unallocated(activity, read_activity(rows(*stated)), PLACES)
    assert amounts(rest) == pytest.approx([more] * 4)
    ledger = posted(join_rows([activity, rest]), "energy", entities=PLACES)
    for by in (["district"], ["city"], ["district", "sector"], ["entity"], ["flow"], ["region"]):
        found = totals(ledger, by, partial=True)["energy"]
        for year in ("2021", "2022"):
            whole = sum(amount + more for (_, y), amount in known.items() if y == year)
            assert float(found.sel(year=int(year)).sum()) == pytest.approx(whole * TCE)
    for (place, year), amount in known.items():
        found = totals(ledger, ["district"], partial=True)["energy"].sel(district=place, year=int(year))
        assert float(found) == pytest.approx((amount + more) * TCE)


# --- in a case -------------------------------------------------------------------------------------------------------

CASE = CASE_FILES["case.toml"].replace(
    'activity = ["activity.csv"]', 'activity = ["activity.csv"]\nstatistics = ["statistics.csv"]'
)
ENTITIES = """entity,level,parent,region,name_zh
town,district,,CN-37-07-02,小镇
mill,enterprise,town,,工厂
"""
ACTIVITY = (
    CASE_FILES["activity.csv"]
    + "mill,2020,domestic_water,used,30,万立方米,return\nmill,2021,domestic_water,used,25,万立方米,return\n"
)


def case_with(tmp_path, statistics):
    folder = write_case(tmp_path / "case", case=CASE, entities=ENTITIES, activity=ACTIVITY)
    (folder / "statistics.csv").write_text(statistics, encoding="utf-8")
    return folder


def test_statistics_of_a_case_join_its_rows(tmp_path):
    lines = "entity,period,activity,flow,amount,unit\ntown,2020,domestic_water,used,80,万立方米\ntown,2021,domestic_water,used,70,万立方米\n"
    rest = open_case(case_with(tmp_path, lines)).activity.query("entry == 'unallocated'")
    assert rest["canonical"].tolist() == pytest.approx([500_000, 450_000])
    assert set(rest["file"]) == {"statistics.csv"}


@pytest.mark.parametrize("name", ["toun", "town"])
def test_a_case_names_the_row_of_a_bad_total(tmp_path, name):
    lines = f"entity,period,activity,flow,amount,unit\n{name},2020,domestic_water,used,20,万立方米\n"
    with pytest.raises(LedgerError) as caught:
        open_case(case_with(tmp_path, lines))
    assert any((fault.file, fault.row) == ("statistics.csv", 2) for fault in caught.value.faults)


def test_rows_that_were_refused_leave_the_total_unknown_and_not_short():
    """A row with a fault is no part; its amount is in the rest, and the district says that a row was refused."""
    activity = read_activity(rows(diesel("mill", 20), diesel("works", -15)), on_fault="refuse")
    rest = unallocated(activity, read_activity(rows(diesel("east", 100))), PLACES)
    ledger = post(
        join_rows([activity, rest]),
        posted(rows(*THREE), "energy").factors,
        ["energy"],
        entities=PLACES,
        on_fault="refuse",
    )
    found = totals(ledger, ["district"], partial=True).sel(district="east", year=2022)
    assert Reason(int(found["energy_reason"])) is Reason.ROWS_REFUSED
    assert float(found["energy"]) == pytest.approx(100 * TCE)
