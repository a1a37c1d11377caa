"""Who is where and when: opening, closing, merging, moving, and the places above."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from examples import FUEL_TCE, SHANDONG_GRID, posted, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.errors import PostError
from carbonledger.ledger import LEVELS, read_entities, totals
from carbonledger.ledger.places import places_of
from carbonledger.reasons import Reason

LOCATION = "co2_scope2_location"
TCE = FUEL_TCE["diesel"]
COLUMNS = ["entity", "level", "parent", "region", "valid_from", "valid_to"]
CITY = [("city", "city", "", "CN-37-07"), ("east", "district", "city"), ("west", "district", "city")]


def table(*lines) -> pd.DataFrame:
    return pd.DataFrame([(*line, *[""] * (len(COLUMNS) - len(line))) for line in lines], columns=COLUMNS)


def entities(*lines) -> pd.DataFrame:
    return read_entities(table(*CITY, *lines))


def moving(month: str = "2022-12", begins: str = "2023-01") -> pd.DataFrame:
    """The mill moves from east to west; the works stay in east, the plant in west."""
    return entities(
        ("mill", "enterprise", "east", "", "", month),
        ("mill", "enterprise", "west", "", begins, ""),
        ("works", "enterprise", "east"),
        ("plant", "enterprise", "west"),
    )


def diesel(who, amount, period="2022", **more):
    return "diesel", "combusted", amount, "t", {"entity": who, "period": period, **more}


def by_month(who, amount, first=1, last=12, year=2022):
    return [diesel(who, amount, f"{year}-{m:02d}") for m in range(first, last + 1)]


def power(who, flow, amount, partner="", period="2022"):
    return "electricity", flow, amount, "MWh", {"entity": who, "partner": partner, "period": period}


def ledger_of(lines, where, *quantities, **options):
    return posted(rows(*lines), *(quantities or ("energy",)), entities=where, **options)


def at(ledger, year=2022, quantity="energy", **place):
    return float(totals(ledger, by=list(place))[quantity].sel(**place, year=year).item())


def why(ledger, year=2022, quantity="energy", **place):
    return Reason(int(totals(ledger, by=list(place))[f"{quantity}_reason"].sel(**place, year=year).item()))


# --- opening, closing, merging -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "period"),
    [
        ("", "2022", "2023"),
        ("", "2022-06", "2022-07"),
        ("", "2022-06-30", "2022-07"),
        ("2022", "", "2021"),
        ("2022-07", "", "2022-06"),
        ("2021", "2022", "2023-01/05"),
    ],
)
def test_a_row_out_of_its_time_is_a_fault(valid_from, valid_to, period):
    where = entities(("mill", "enterprise", "east", "", valid_from, valid_to))
    with pytest.raises(PostError, match="'mill' has a row in") as caught:
        ledger_of([diesel("mill", 1, period)], where)
    (fault,) = caught.value.faults
    assert (fault.row, fault.column) == (1, "period")
    assert (valid_to or valid_from) in str(fault.text)
    assert "valid_to" in str(fault.mend)


@pytest.mark.parametrize(("valid_to", "period"), [("2022", "2022"), ("2022-06", "2022-06"), ("2022-06", "2022-01")])
def test_the_last_month_is_inside(valid_to, period):
    where = entities(("mill", "enterprise", "east", "", "", valid_to))
    assert len(ledger_of([diesel("mill", 1, period)], where).entries) == 1


def test_an_entity_that_closed_or_is_not_yet_there_is_not_missed():
    where = entities(
        ("mill", "enterprise", "east", "", "", "2021"),
        ("works", "enterprise", "east"),
        ("shop", "enterprise", "east", "", "2022", ""),
    )
    lines = [diesel("mill", 1, "2021"), diesel("shop", 2, "2022")]
    lines += [diesel("works", 4, year) for year in ("2021", "2022")]
    ledger = ledger_of(lines, where)
    assert at(ledger, 2021, district="east") == pytest.approx(5 * TCE)
    assert at(ledger, 2022, district="east") == pytest.approx(6 * TCE)


def test_an_entity_that_is_still_there_is_missed():
    where = entities(("mill", "enterprise", "east", "", "", "2023"), ("works", "enterprise", "east"))
    lines = [diesel("mill", 1, "2021"), *(diesel("works", 4, year) for year in ("2021", "2022"))]
    assert why(ledger_of(lines, where), 2022, district="east") is Reason.ENTITIES_MISSING


def test_months_before_the_closing_are_all_there_are():
    """Closed after June, with a row for each month until then: nothing is missing from the district."""
    where = entities(("mill", "enterprise", "east", "", "", "2022-06"), ("works", "enterprise", "east"))
    ledger = ledger_of([*by_month("mill", 1, 1, 6), diesel("works", 5)], where)
    assert why(ledger, district="east") is Reason.OK
    assert at(ledger, district="east") == pytest.approx(11 * TCE)


def test_a_month_missing_before_the_closing_is_missing():
    where = entities(("mill", "enterprise", "east", "", "", "2022-06"), ("works", "enterprise", "east"))
    ledger = ledger_of([*by_month("mill", 1, 1, 5), diesel("works", 5)], where)
    assert why(ledger, district="east") is Reason.MONTHS_MISSING


def test_two_enterprises_merge_into_a_third():
    where = entities(
        ("mill", "enterprise", "east", "", "", "2021"),
        ("works", "enterprise", "east", "", "", "2021"),
        ("group", "enterprise", "east", "", "2022", ""),
    )
    lines = [diesel("mill", 1, "2021"), diesel("works", 2, "2021"), diesel("group", 4, "2022")]
    ledger = ledger_of(lines, where)
    assert at(ledger, 2021, district="east") == pytest.approx(3 * TCE)
    assert at(ledger, 2022, district="east") == pytest.approx(4 * TCE)
    with pytest.raises(PostError) as caught:
        ledger_of([*lines, diesel("mill", 1, "2022"), diesel("group", 1, "2021")], where)
    assert [fault.row for fault in caught.value.faults] == [4, 5]


# --- moving --------------------------------------------------------------------------------------------------------


def test_a_move_at_the_end_of_a_year():
    lines = [diesel("mill", 1, "2022"), diesel("mill", 2, "2023")]
    lines += [diesel(who, amount, year) for who, amount in (("works", 10), ("plant", 20)) for year in ("2022", "2023")]
    ledger = ledger_of(lines, moving())
    assert at(ledger, 2022, district="east") == pytest.approx(11 * TCE)
    assert at(ledger, 2022, district="west") == pytest.approx(20 * TCE)
    assert at(ledger, 2023, district="east") == pytest.approx(10 * TCE)
    assert at(ledger, 2023, district="west") == pytest.approx(22 * TCE)
    assert at(ledger, 2023, city="city") == pytest.approx(32 * TCE)
    assert at(ledger, 2022, entity="mill") == pytest.approx(1 * TCE)


def test_a_move_within_a_year_by_months():
    """Half of the mill's year in each district, and all months of both are there."""
    where = moving("2022-06", "2022-07")
    lines = [*by_month("mill", 1, 1, 6), *by_month("mill", 2, 7, 12), diesel("works", 10), diesel("plant", 20)]
    ledger = ledger_of(lines, where)
    part = totals(ledger, ["district"], partial=True)["energy"].sel(year=2022)
    assert part.sel(district="east").item() == pytest.approx(16 * TCE)
    assert part.sel(district="west").item() == pytest.approx(32 * TCE)
    assert at(ledger, entity="mill") == pytest.approx(18 * TCE)
    assert at(ledger, city="city") == pytest.approx(48 * TCE)
    assert at(ledger, district="east") == pytest.approx(16 * TCE)
    assert at(ledger, district="west") == pytest.approx(32 * TCE)


def test_a_year_across_a_move_is_a_fault():
    with pytest.raises(PostError, match="'mill' is in 2 places during 2022") as caught:
        ledger_of([diesel("mill", 1)], moving("2022-06", "2022-07"))
    (fault,) = caught.value.faults
    assert fault.row == 1
    assert "months before and after its move" in str(fault.mend)


def test_months_across_a_move_are_a_fault():
    lines = [diesel("mill", 1, "2022-01/05"), diesel("mill", 3, "2022-01/08")]
    with pytest.raises(PostError, match="'mill' is in 2 places during") as caught:
        ledger_of(lines, moving("2022-06", "2022-07"))
    assert [fault.row for fault in caught.value.faults] == [2]


def test_a_move_to_another_region_takes_the_factor_of_the_time():
    """Grid of Shandong until June, of Jiangsu (0.5978 in 2022: notice 33 of 2024, Table 3) from July."""
    where = read_entities(
        table(
            ("cn", "nation", "", "CN"),
            ("mill", "enterprise", "cn", "CN-37", "", "2022-06"),
            ("mill", "enterprise", "cn", "CN-32", "2022-07", ""),
        )
    )
    lines = [power("mill", "purchased", 10, period=f"2022-{m:02d}") for m in range(1, 13)]
    ledger = ledger_of(lines, where, LOCATION, region="")
    assert at(ledger, quantity=LOCATION, entity="mill") == pytest.approx(60 * SHANDONG_GRID[2022] + 60 * 0.5978)


def test_a_trade_after_a_move_to_another_region_is_reversed_at_that_region():
    """The mill, in Jiangsu by then, buys 100 MWh of the works there: nothing crosses the border of the nation."""
    where = read_entities(
        table(
            ("cn", "nation", "", "CN"),
            ("mill", "enterprise", "cn", "CN-37", "", "2021"),
            ("mill", "enterprise", "cn", "CN-32", "2022", ""),
            ("works", "enterprise", "cn", "CN-32"),
        )
    )
    lines = [
        power("works", "generated", 100),
        power("works", "sold", 100, "mill"),
        power("mill", "purchased", 100, "works"),
    ]
    ledger = ledger_of(lines, where, LOCATION, region="")
    assert at(ledger, quantity=LOCATION, nation="cn") == pytest.approx(0, abs=1e-9)
    assert at(ledger, quantity=LOCATION, nation="cn", flow="purchased") == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("seller", "year", "place"),
    [("works", "2022", "east"), ("works", "2023", "city"), ("plant", "2022", "city"), ("plant", "2023", "west")],
)
@pytest.mark.parametrize("named", ["both", "seller", "buyer"])
def test_a_trade_is_eliminated_where_both_are_at_that_time(seller, year, place, named):
    lines = [
        power(seller, "generated", 100, period=year),
        power(seller, "sold", 100, "mill" if named != "buyer" else "", period=year),
        power("mill", "purchased", 100, seller if named != "seller" else "", period=year),
    ]
    ledger = ledger_of(lines, moving(), LOCATION)
    made = ledger.entries[ledger.entries["entry"] == "elimination"]
    assert set(made["entity"]) == {place}
    assert len(made) == 2


def _trade_by_months(named):
    lines = [power("works", "generated", 120)]
    for m in range(1, 13):
        lines.append(power("works", "sold", 10, "mill" if named != "buyer" else "", f"2022-{m:02d}"))
        lines.append(power("mill", "purchased", 10, "works" if named != "seller" else "", f"2022-{m:02d}"))
    return lines


@pytest.mark.parametrize("named", ["seller", "buyer"])
def test_a_trade_that_one_side_names_through_a_move_is_a_fault(named):
    with pytest.raises(PostError, match=r"a partner moved during 2022.*on both sides"):
        ledger_of(_trade_by_months(named), moving("2022-06", "2022-07"), LOCATION)


def test_a_trade_through_a_move_by_months():
    """Until June both are in east; from July the power crosses the border between the districts."""
    lines = _trade_by_months("both")
    ledger = ledger_of(lines, moving("2022-06", "2022-07"), LOCATION)
    found = totals(ledger, ["district", "flow"], partial=True)[LOCATION].sel(year=2022)
    rate = SHANDONG_GRID[2022]
    assert found.sel(district="east", flow="sold").item() == pytest.approx(-60 * rate)
    assert found.sel(district="west", flow="purchased").item() == pytest.approx(60 * rate)
    assert found.sel(district="east", flow="purchased").item() == pytest.approx(0, abs=1e-9)
    whole = totals(ledger, ["city", "flow"], partial=True)[LOCATION].sel(year=2022, city="city")
    assert float(abs(whole.fillna(0)).max()) == pytest.approx(0, abs=1e-9)


def test_a_refused_row_marks_the_district_of_its_time():
    lines = [diesel("mill", 7, "2023", document="a"), diesel("mill", -1, "2023", document="b")]
    lines += [diesel(who, 1, "2023") for who in ("works", "plant")]
    ledger = ledger_of(lines, moving(), on_fault="refuse")
    assert why(ledger, 2023, district="west") is Reason.ROWS_REFUSED
    assert why(ledger, 2023, city="city") is Reason.ROWS_REFUSED
    assert why(ledger, 2023, district="east") is Reason.OK


def test_a_district_that_moves_takes_its_enterprises_along():
    where = read_entities(
        table(
            ("one", "city", ""),
            ("two", "city", ""),
            ("east", "district", "one", "", "", "2022"),
            ("east", "district", "two", "", "2023", ""),
            ("mill", "enterprise", "east", "", "", "2022"),
            ("mill", "enterprise", "east", "", "2023", ""),
        )
    )
    lines = [diesel("mill", 1, "2022"), diesel("mill", 2, "2023"), diesel("east", 4, "2022"), diesel("east", 8, "2023")]
    ledger = ledger_of(lines, where)
    assert at(ledger, 2022, city="one") == pytest.approx(5 * TCE)
    assert at(ledger, 2023, city="two") == pytest.approx(10 * TCE)
    assert why(ledger, 2023, city="one") is Reason.NO_ROWS
    assert at(ledger, 2023, district="east") == pytest.approx(10 * TCE)


# --- the table -----------------------------------------------------------------------------------------------------


def faults_of(*lines):
    with pytest.raises(PostError) as caught:
        read_entities(table(*lines))
    return caught.value.faults


def test_an_enterprise_in_two_districts_at_once():
    faults = faults_of(
        *CITY, ("mill", "enterprise", "east", "", "", "2022"), ("mill", "enterprise", "west", "", "2022")
    )
    (fault,) = faults
    assert "'mill' is in east and west at once" in str(fault.text)
    assert fault.row == 5


def test_a_month_apart_is_not_at_once():
    assert len(moving("2022-06", "2022-07")) == 7
    faults = faults_of(
        *CITY, ("mill", "enterprise", "east", "", "", "2022-07"), ("mill", "enterprise", "west", "", "2022-07")
    )
    assert len(faults) == 1


def test_given_twice_and_backwards():
    faults = faults_of(
        ("mill", "enterprise"),
        ("mill", "enterprise"),
        ("works", "enterprise", "", "", "2023", "2022"),
    )
    texts = " ".join(str(fault.text) for fault in faults)
    assert "'mill' is given twice" in texts
    assert "valid_from is after valid_to" in texts


def test_parent_missing():
    (fault,) = faults_of(("mill", "enterprise", "eest"))
    assert "parent 'eest' is no entity" in str(fault.text)
    assert (fault.row, fault.column) == (1, "parent")


def test_circle():
    faults = faults_of(("a", "district", "b"), ("b", "district", "c"), ("c", "district", "a"))
    assert len([f for f in faults if "own ancestor" in str(f.text)]) == 3
    (own,) = faults_of(("a", "district", "a"))
    assert "'a' is its own ancestor" in str(own.text)


PAST = [
    ("a", "district", "b", "", "2021", "2021"),
    ("a", "district", "", "", "2022", ""),
    ("b", "district", "a", "", "2021", "2021"),
    ("b", "district", "", "", "2022", ""),
]


def test_a_circle_in_the_past_is_a_circle():
    """Each under the other in 2021; what the places above are would never end."""
    faults = faults_of(*PAST)
    assert any("own ancestor" in str(fault.text) for fault in faults)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_two_that_change_places_are_no_circle(order):
    """a under b in 2021, b under a from 2022, in any order of the rows."""
    lines = [
        ("a", "district", "b", "", "2021", "2021"),
        ("a", "district", "", "", "2022", ""),
        ("b", "district", "", "", "2021", "2021"),
        ("b", "district", "a", "", "2022", ""),
    ]
    assert len(read_entities(table(*(lines[i] for i in order)))) == 4


def test_a_parent_that_moves_splits_its_children():
    faults = faults_of(
        *CITY[:1],
        ("town", "city"),
        ("east", "district", "city", "", "", "2022"),
        ("east", "district", "town", "", "2023"),
        ("mill", "enterprise", "east"),
    )
    (fault,) = faults
    assert "parent 'east' is in 2 places while 'mill' is under it" in str(fault.text)
    assert "Split the row" in str(fault.mend)


@pytest.mark.parametrize(("first", "last"), [("2023", ""), ("", "2020")], ids=["not yet", "no more"])
def test_a_parent_that_is_not_there_at_all_then(first, last):
    faults = faults_of(("east", "district", "", "", first, last), ("mill", "enterprise", "east", "", "2021", "2022"))
    assert "parent 'east' is not there all the time that this row holds" in str(faults[0].text)


@pytest.mark.parametrize(("first", "last"), [("2022", ""), ("", "2021")], ids=["not yet", "no more"])
def test_a_parent_that_is_there_for_a_part_of_the_time(first, last):
    """Otherwise the mill's rows of the other year would count in a district that is not there."""
    faults_of(("east", "district", "", "", first, last), ("mill", "enterprise", "east", "", "2021", "2022"))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2022", 2022 * 12, 2022 * 12 + 11),
        ("2022-06", 2022 * 12 + 5, 2022 * 12 + 5),
        ("2022-6", 2022 * 12 + 5, 2022 * 12 + 5),
        ("2022-01", 2022 * 12, 2022 * 12),
        ("2022-12-31", 2022 * 12 + 11, 2022 * 12 + 11),
    ],
)
def test_dates(written, first, last):
    found = read_entities(table(("a", "district", "", "", written, ""), ("b", "district", "", "", "", written)))
    assert found["first"].tolist()[0] == first
    assert found["last"].tolist()[1] == last


@pytest.mark.parametrize("written", ["2022-13", "2022-00", "06-2022", "last year", "22", "2022-06-99", "2022-02-30"])
def test_nonsense_is_no_date(written):
    faults = faults_of(("a", "district", "", "", written, ""))
    assert f"valid_from {written!r} is no date" in str(faults[0].text)
    assert faults[0].column == "valid_from"


# --- places against a slow, plain reference --------------------------------------------------------------------------


def chain(found, k):
    """Place k and those above it, each found by scanning all rows."""
    made = [k]
    while found.at[made[-1], "parent"]:
        child = found.loc[made[-1]]
        (up,) = [
            j
            for j in found.index
            if found.at[j, "entity"] == child["parent"]
            and found.at[j, "first"] <= child["last"]
            and child["first"] <= found.at[j, "last"]
        ]
        made.append(up)
    return made


@st.composite
def tables(draw):
    """A nation, its cities and districts, enterprises; some enterprises and whole districts move in 2022."""
    lines = [("n", "nation", "", draw(st.sampled_from(["CN", ""])))]
    cities = [f"c{i}" for i in range(draw(st.integers(1, 2)))]
    lines += [(c, "city", "n", draw(st.sampled_from(["CN-37-07", "CN-32", ""]))) for c in cities]
    moved = set()
    for i in range(draw(st.integers(1, 3))):
        name = f"d{i}"
        if draw(st.booleans()):
            moved.add(name)
            spans = [("", "2021"), ("2022", "")]
        else:
            spans = [("", "")]
        for begins, ends in spans:
            lines.append(
                (
                    name,
                    "district",
                    draw(st.sampled_from(cities)),
                    draw(st.sampled_from(["CN-37-07-02", ""])),
                    begins,
                    ends,
                )
            )
    names = [line[0] for line in lines if line[1] == "district"]
    for i in range(draw(st.integers(1, 4))):
        for begins, ends in [("", "2021"), ("2022", "")]:
            lines.append((f"e{i}", "enterprise", draw(st.sampled_from([*names, *cities])), "", begins, ends))
    return draw(st.permutations(lines))


@settings(max_examples=60, deadline=None)
@given(tables())
def test_places_equal_the_plain_reference(lines):
    found = read_entities(table(*lines))
    places = places_of(found)
    chains = [chain(found, k) for k in found.index]
    for level in LEVELS:
        expected = [next((found.at[k, "entity"] for k in up if found.at[k, "level"] == level), "") for up in chains]
        assert places.at_level(level).tolist() == expected
    expected = [next((found.at[k, "region"] for k in up if found.at[k, "region"]), "") for up in chains]
    assert places.regions.tolist() == expected
    for i, one in enumerate(chains):
        for k, other in enumerate(chains):
            shared = [place for place in one if place in other]
            assert places.common(i, k) == (shared[0] if shared else -1)


@settings(max_examples=40, deadline=None)
@given(tables(), st.lists(st.tuples(st.integers(0, 3), st.sampled_from([2021, 2022]), st.integers(1, 99)), min_size=1))
def test_totals_by_level_equal_the_plain_reference(lines, given_rows):
    found = read_entities(table(*lines))
    there = set(found["entity"])
    kept = [(f"e{i}", year, amount) for i, year, amount in given_rows if f"e{i}" in there]
    if not kept:
        return
    made = [diesel(who, amount, str(year), document=f"{n}") for n, (who, year, amount) in enumerate(kept)]
    ledger = ledger_of(made, found, region="CN")
    for level in ("city", "nation"):
        expected: dict[tuple[str, int], float] = {}
        for who, year, amount in kept:
            begins, ends = year * 12, year * 12 + 11
            (k,) = found.index[(found["entity"] == who) & (found["first"] <= begins) & (found["last"] >= ends)]
            name = next(found.at[j, "entity"] for j in chain(found, k) if found.at[j, "level"] == level)
            expected[name, year] = expected.get((name, year), 0.0) + amount * TCE
        values = totals(ledger, [level], partial=True)["energy"].to_series().dropna()
        assert values.to_dict() == pytest.approx(expected)


def test_index_of_names_gives_the_first_place():
    places = places_of(moving())
    assert places.index_of(["mill", "nobody", "city", "works"]).tolist() == [3, -1, 0, 5]
    assert places.several == {"mill"}
    assert places.column("parent").tolist()[3:5] == ["east", "west"]


def test_without_a_table_everybody_stands_alone():
    places = places_of(None, ["a", "b"])
    assert places.index_of(["b", "c"]).tolist() == [1, -1]
    assert places.at_level("district").tolist() == ["", ""]
    assert places.regions.tolist() == ["", ""]
    assert places.common(0, 1) == -1
    assert places.common(1, 1) == 1
    assert np.array_equal(places.up, [-1, -1])


def test_years_may_have_gaps():
    """2020 and 2025 only: two years side by side are not six; who is missing in one of them is still missed."""
    mills = [("mill", "enterprise", "east"), ("works", "enterprise", "east")]
    where = entities(*mills)
    lines = [diesel("mill", 1, "2020"), diesel("mill", 1, "2025"), diesel("works", 1, "2020")]
    found = totals(ledger_of([*lines, diesel("works", 1, "2025")], where), ["district"])
    assert list(found["year"].values) == [2020, 2025]
    assert found["energy"].notnull().all()
    assert why(ledger_of(lines, where), 2025, district="east") is Reason.ENTITIES_MISSING
