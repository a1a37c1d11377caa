"""The air quality index of HJ 633: every breakpoint and its neighbours, completeness, classes, ties, both editions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import air_reference as reference
import numpy as np
import pandas as pd
import pytest
from air_breakpoints import neighbours
from hypothesis import given
from hypothesis import strategies as st

from carbonledger import air
from carbonledger.air.index.scale import class_of, levels_of, row_of, sub_index
from carbonledger.errors import TableError
from carbonledger.reasons import Reason
from carbonledger.rounding import Ratio
from carbonledger.standards import EditionError, edition

EDITIONS = {"HJ 633-2012": "hj-633-2012", "HJ 633-2026": "hj-633-2026"}
CLEAN = {"SO2": 10, "NO2": 20, "PM10": 40, "PM2.5": 20, "CO": "0.8", "O3 8h": 80, "O3 1h": 90}
NEW = {"SO2": 10, "NO2": 20, "PM10": 40, "PM2.5": 20, "CO": "0.8", "O3": 80}


def ratio(*values):
    exact = [Fraction(v) for v in values]
    return Ratio(np.array([v.numerator for v in exact]), np.array([v.denominator for v in exact]))


@pytest.mark.parametrize(("standard", "pollutant", "averaging", "value", "index"), list(neighbours()))
def test_every_breakpoint_and_its_neighbours(standard, pollutant, averaging, value, index):
    rules = edition(EDITIONS[standard])
    found, over = sub_index(ratio(value), row_of(rules, pollutant, averaging), rules)
    if index is None:  # 2012 sends to the other averaging time
        assert over[0] and row_of(rules, pollutant, averaging).above
    else:
        assert int(found[0]) == index


@given(st.sampled_from(list(EDITIONS)), st.integers(0, 10**7), st.integers(1, 10**6), st.booleans())
def test_any_concentration_equals_the_reference(standard, num, den, rounded):
    """Also unrounded ones, of any denominator."""
    rules = edition(EDITIONS[standard])
    if not rounded:
        bare = replace(rules.parameters["decimals_concentration"], value="unrounded")
        rules = replace(rules, parameters=rules.parameters | {"decimals_concentration": bare})
    value = Fraction(num, den)
    for row in rules.table("breakpoints"):
        found, over = sub_index(Ratio(np.array([num]), np.array([den])), row, rules)
        if over[0] and row.above:
            continue  # which index is taken then: test_above_the_table
        assert int(found[0]) == reference.index(standard, (row.pollutant, row.averaging), value, rounded=rounded)


# aqi-hub's and the national centre's published values, collected in the fact sheet (air.md section 6): HJ 633-2026
@pytest.mark.parametrize(
    ("item", "value", "index"),
    [
        *(("PM2.5", 60, 100), ("PM2.5", 75, 114), ("PM2.5", 115, 150), ("PM2.5", 500, 500), ("PM2.5", 600, 500)),
        *(("PM10", 120, 100), ("PM10", 150, 112), ("PM10", 250, 150), ("NO2", 80, 100), ("NO2", 565, 300)),
        *(
            ("CO", "0.9", 23),
            ("CO", "2.9", 73),
            ("CO", "3.5", 88),
            ("CO", "2.2", 55),
            ("PM2.5", 36, 51 if False else 52),
        ),
    ],
)
def test_published_values(item, value, index):
    assert air.index_of({**NEW, item: value}, "hj-633-2026").of[f"{item} 24h"] == index


def test_the_index_of_one_day():
    found = air.index_of({**CLEAN, "PM2.5": 75, "PM10": 150}, "hj-633-2012")
    assert (found.aqi, found.primary, found.level, found.class_en) == (100, ("PM10", "PM2.5"), 2, "good")
    assert found.missing == () and found.edition == "hj-633-2012"
    clean = air.index_of({**CLEAN, "PM10": 50}, "hj-633-2012")
    assert clean.aqi == 50 and clean.primary == ()
    nothing = dict.fromkeys(("SO2", "NO2", "PM10", "PM2.5", "CO", "O3"), 0)
    assert air.index_of(nothing, "hj-633-2026").aqi == 1  # HJ 633-2026, 4.1.1
    old = {**{k: v for k, v in nothing.items() if k != "O3"}, "O3 1h": 0, "O3 8h": 0}
    assert air.index_of(old, "hj-633-2012").aqi == 0


@pytest.mark.parametrize(("rest", "aqi"), [(100, None), (101, 101)])
def test_a_day_without_a_pollutant_has_an_index_only_above_100(rest, aqi):
    """HJ 633-2026, 5.3.1; PM10 of 120 and 122 are indices of 100 and 101."""
    given_ = {"SO2": 5, "NO2": 5, "CO": 1, "O3": 50, "PM10": 120 if rest == 100 else 122}
    found = air.index_of(given_, "hj-633-2026")
    assert (found.aqi, found.missing) == (aqi, ("PM2.5 24h",))
    assert air.index_of(given_, "hj-633-2026", omitted=["PM2.5"]).aqi == rest  # 5.3.2
    assert air.index_of({**given_, "PM2.5": None}, "hj-633-2026").aqi == aqi


def test_above_the_table():
    """SO2 1 h above 800: 2012 takes the 24-hour index, 2026 stays at 200; O3 8 h: the 1-hour index, and 300."""
    hour = {"NO2": 20, "PM10": 40, "PM2.5": 20, "CO": 1, "O3": 90, "SO2": 801}
    assert air.index_of(hour, "hj-633-2026", hourly=True).of["SO2 1h"] == 200
    told = air.index_of({**hour, "SO2 24h": 475}, "hj-633-2012", hourly=True)
    assert told.of["SO2 1h"] == 150
    assert air.index_of(hour, "hj-633-2012", hourly=True).missing == ("SO2 1h",)
    day = {**CLEAN, "O3 8h": 801}
    assert air.index_of({**day, "O3 1h": 900}, "hj-633-2012").of["O3 8h"] == 350
    assert air.index_of({k: v for k, v in day.items() if k != "O3 1h"}, "hj-633-2026").of["O3 8h"] == 300


@pytest.mark.parametrize(
    ("index", "level", "word"),
    [
        *((50, 1, "excellent"), (51, 2, "good"), (100, 2, "good"), (101, 3, "light pollution")),
        *((150, 3, "light pollution"), (151, 4, "moderate pollution"), (200, 4, "moderate pollution")),
        *(
            (201, 5, "heavy pollution"),
            (300, 5, "heavy pollution"),
            (301, 6, "severe pollution"),
            (500, 6, "severe pollution"),
        ),
    ],
)
def test_classes(index, level, word):
    for name in EDITIONS.values():
        rules = edition(name)
        found = class_of(index, rules)
        assert (found.level, found.en) == (level, word)
        assert levels_of(np.array([index, -1]), rules).tolist() == [level, 0]


def test_bad_concentrations_are_faults_all_at_once():
    with pytest.raises(TableError) as caught:
        air.index_of({"PM2.5": -1, "NO": 3, "CO": "high", "O3 2h": 3, "SO2": float("inf")}, "hj-633-2026")
    assert len(caught.value.faults) == 5
    with pytest.raises(EditionError, match="no parameter"):
        air.index_of(CLEAN, "hj-663-2013")
    with pytest.raises(TableError, match="O3"):  # 2012 counts two of ozone: which one is meant must be said
        air.index_of({"O3": 80}, "hj-633-2012")


UNIT = {"SO2": "ug/m3", "NO2": "ug/m3", "CO": "mg/m3", "O3": "ug/m3", "PM10": "ug/m3", "PM2.5": "ug/m3"}


def hours_with(year=2025, n_days=None, **of):
    """Constant hours of six pollutants, or an array of hours for some."""
    level = {"SO2": 5.0, "NO2": 20.0, "CO": 0.5, "O3": 60.0, "PM10": 40.0, "PM2.5": 20.0}
    n = 24 * (n_days or 365 + (year % 4 == 0))
    values = np.stack([np.broadcast_to(of.get(k.replace(".", ""), v), (n,)) for k, v in level.items()])[None]
    return air.station_hours(values, ["a"], f"{year}-01-01T00", unit=UNIT, pollutants=list(level))


@pytest.mark.parametrize(
    ("hours", "windows", "peak", "valid"),
    [
        # hours 0 to 5 of 8 make the first mean that ends at 8 valid with 6; by hand: valid ends from the hour where 6 of 8 are
        (range(0, 24), 17, 60.0, True),
        (range(0, 19), 14, 60.0, True),  # ends 8 to 21: 6 of 8 hours are there up to end 21
        (range(0, 18), 13, 60.0, False),
        (range(0, 18), 13, 161.0, True),  # HJ 663 clause 6.1.2: above the limit it counts all the same
        (range(0, 18), 13, 160.4, False),  # compared as 160
    ],
)
def test_fourteen_eight_hour_means_make_a_day(hours, windows, peak, valid):
    x = np.full(24, np.nan)
    x[list(hours)] = peak
    found = air.annual(hours_with(n_days=1, O3=x), alternatives=False).sel(pollutant="O3").isel(station=0, year=0)
    assert int(found["days"]) == int(valid)


@pytest.mark.parametrize(("n", "valid"), [(20, True), (19, False)])
def test_twenty_hours_make_a_day_of_the_index(n, valid):
    x = np.full(24, np.nan)
    x[:n] = 20.0
    found = air.daily_index(hours_with(n_days=1, PM25=x)).isel(station=0, day=0)
    assert np.isnan(found["aqi"]) != valid
    assert int(found["aqi_reason"]) == (Reason.OK if valid else Reason.POLLUTANTS_MISSING)


@pytest.mark.parametrize(("missing", "reason"), [(41, Reason.OK), (42, Reason.DAYS_MISSING)])
def test_a_year_needs_324_days_with_an_index(missing, reason):
    x = np.full(8760, 20.0)
    x[: 24 * missing] = np.nan
    hours = hours_with(PM25=x)
    found = air.index_shares(hours).isel(station=0, year=0)
    assert int(found["valid_days"]) == 365 - missing
    assert int(found["good_day_ratio_reason"]) == reason
    other = air.index_shares(hours, options={"days_per_year": "no minimum"}).isel(station=0, year=0)
    assert float(other["good_day_ratio"]) == 100
    assert other.attrs["options"] == ["days_per_year: no minimum"]


def test_before_the_standard_there_is_no_index_unless_it_is_named():
    hours = hours_with(2015)
    found = air.daily_index(hours)
    assert np.isnan(found["aqi"]).all() and (found["aqi_reason"] == Reason.NO_EDITION).all()
    shares = air.index_shares(hours)
    assert int(shares["good_day_ratio_reason"].squeeze()) == Reason.NO_EDITION
    assert air.index_shares(hours, edition="hj-633-2012")["good_days"].item() == 365


def test_readings_of_the_text_are_options_and_alternatives():
    """By hand: O3 with one hour of 210 is 105 by the hour (160 to 200 is 50 to 100, 200 to 300 is 100 to 150)."""
    day = np.full(24, 60.0)
    day[14] = 210.0
    hours = hours_with(O3=np.tile(day, 365))
    text = air.index_shares(hours).isel(station=0, year=0)
    assert int(text["good_days"]) == 0
    assert int(text["good_days_under"].sel(alternative="daily_items: bulletin")) == 365
    assert {"daily_items", "incomplete"} <= set(text.attrs["unverified"])
    bulletin = air.index_shares(hours, options={"daily_items": "bulletin"}).isel(station=0, year=0)
    assert int(bulletin["good_days"]) == 365
    assert int(bulletin["good_days_under"].sel(alternative="daily_items: default")) == 0
    new = air.index_shares(hours, edition="hj-633-2026").isel(station=0, year=0)
    assert int(new["good_days"]) == 365  # six items
    with pytest.raises(EditionError) as caught:
        air.index_shares(hours, options={"daily_item": "bulletin", "daily_items": "mine"})
    assert len(caught.value.faults) == 2 and "nearest: 'daily_items'" in str(caught.value)


def test_districts_average_concentrations_not_indices():
    """Two points of 30 and 40 ug/m3 are 35, an index of 50, though their own are 43 and 57 (mean 50, largest 57)."""
    values = np.full((2, 6, 24), 10.0)
    values[:, 5] = [[30.0], [40.0]]
    values[:, 2] = 0.5
    hours = air.station_hours(values, ["a", "b"], "2025-01-01T00", unit=UNIT, pollutants=list(UNIT))
    points = air.read_points(pd.DataFrame({"station": ["a", "b"], "entity": "W"}))
    assert air.daily_index(hours, points)["aqi"].item() == 50
    assert air.daily_index(hours)["aqi"].values.ravel().tolist() == [43, 57]
