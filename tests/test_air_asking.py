"""What a caller asks for that cannot be answered, is not meant, or would have no effect: refused, never passed over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonledger import air
from carbonledger.air.inputs.stations import Hour
from carbonledger.errors import TableError
from carbonledger.reasons import Reason
from carbonledger.standards import EditionError

SIX = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
UNIT = {n: "mg/m3" if n == "CO" else "ug/m3" for n in SIX}
USUAL = {"SO2": 10.0, "NO2": 30.0, "CO": 0.8, "O3": 90.0, "PM10": 60.0, "PM2.5": 30.0}


def hours_of(first=2025, years=1, **of):
    """Hours of whole years at one station ``a``; a number, or an array of all hours, for each pollutant."""
    n = int((np.datetime64(f"{first + years}-01-01") - np.datetime64(f"{first}-01-01")).astype(int)) * 24
    rows = [np.broadcast_to(of.get(name.replace(".", ""), level), (n,)) for name, level in USUAL.items()]
    return air.station_hours(np.array(rows)[None], ["a"], f"{first}-01-01T00", unit=UNIT, pollutants=SIX)


HOURS = hours_of()
POINTS = air.read_points(pd.DataFrame({"station": ["a"], "entity": ["W"]}))


@pytest.mark.parametrize("ask", [air.annual, air.index_shares, lambda h, **o: air.periods(h, by="month", **o)])
@pytest.mark.parametrize("years", [2023, [2022, 2025], [2026], [], range(2020, 2031)])
def test_years_that_were_not_read_are_refused(ask, years):
    with pytest.raises(TableError, match="no years" if years == [] else "nothing was read of the year"):
        ask(HOURS, years=years)
    assert 2025 in np.atleast_1d(ask(HOURS, years=2025).to_array().coords.get("year", 2025))


@pytest.mark.parametrize("ask", [air.annual, air.index_shares, air.daily_index])
@pytest.mark.parametrize("zone", [3, 0, "1", None, True])
def test_a_class_of_zone_that_is_none(ask, zone):
    with pytest.raises(TableError, match="zone"):
        ask(HOURS, zone=zone)


def test_zone_1_has_its_own_limits():
    """By hand, GB 3095-2012 class 1: PM2.5 15, PM10 40, SO2 20, NO2 40; O3 100 by the day, and CO 4."""
    hours = hours_of(PM25=15.0, PM10=40.0, SO2=20.0, O3=100.0)
    found = air.annual(hours, zone=1, alternatives=False)
    assert (found["attained"] == 1).all() and found["attained_all"].item() == 1
    worse = air.annual(hours_of(PM25=16.0, PM10=41.0, SO2=21.0, O3=101.0), zone=1, alternatives=False)
    assert worse["attained"].squeeze().values.tolist() == [2, 1, 1, 2, 2, 2]
    assert air.annual(hours_of(PM25=16.0), alternatives=False)["attained"].sel(pollutant="PM2.5").item() == 1


def test_zone_decides_which_short_ozone_days_count():
    """Seven valid hours make two 8-hour means: the day counts where their highest is above 100 (class 1), not above 160."""
    day = np.full(24, np.nan)
    day[8:15] = 130.0
    hours = hours_of(O3=np.tile(day, 365))
    counted = [int(air.annual(hours, zone=z, alternatives=False)["days"].sel(pollutant="O3").item()) for z in (1, 2)]
    assert counted == [365, 0]
    index = [air.daily_index(hours, zone=z, edition="hj-633-2026")["aqi"].notnull().sum().item() for z in (1, 2)]
    assert index == [365, 0]


def test_editions_and_options_without_effect_are_refused():
    for ask in (air.annual, air.index_shares, air.daily_index, air.hourly_index):
        with pytest.raises(EditionError, match="gb-3838-2002 is an edition of GB 3838"):
            ask(HOURS, edition="gb-3838-2002")
        with pytest.raises(EditionError, match="of no edition in use"):
            ask(HOURS, options={"decimals_evaluation": "one more"})  # of 2026 only
    named = air.annual(HOURS, options={"decimals_evaluation": "full value", "daily_items": "bulletin"})
    assert named.attrs["options"] == ["decimals_evaluation: full value"]  # the other has no bearing on a year's verdict
    shares = air.index_shares(HOURS, options={"decimals_rate": "two"})
    assert shares.attrs["options"] == ["decimals_rate: two"]


def test_shares_round_as_the_rule_says():
    """243 of 324 days are 75 %; 300 of 365 are 82.19 %."""
    pm = np.full(8760, 30.0)
    pm[: 24 * 65] = 80.0  # an index above 100
    hours = hours_of(PM25=pm)
    found = [
        air.index_shares(hours, options=o)["good_day_ratio_rounded"].item() for o in (None, {"decimals_rate": "two"})
    ]
    assert found == [82.2, 82.19]


def test_a_year_of_two_editions_names_both_and_their_open_rules():
    """January and February of 2026 go by HJ 633-2012: one high hour of ozone there is text, not bulletin."""
    ozone = np.full((365, 24), 60.0)
    ozone[:59, 14] = 230.0
    found = air.index_shares(hours_of(2026, O3=ozone.ravel())).isel(station=0, year=0)
    assert str(found["edition"].values) == "hj-633-2012, hj-633-2026"
    assert int(found["good_days"]) == 306
    assert int(found["good_days_under"].sel(alternative="daily_items: bulletin")) == 365
    assert "daily_items: bulletin" in str(found["depends"].values)


def test_composite_indices_by_other_limits_are_not_compared():
    found = air.composite_change(air.annual(hours_of(2025, 2), alternatives=False)).sel(station="a", year=2026)
    assert np.isnan(found["change"]) and int(found["change_reason"]) == Reason.OTHER_EDITION
    assert int(found["deteriorated"]) == 0
    alike = air.annual(hours_of(2025, 2), alternatives=False, edition="gb-3095-2026-transition")
    for one in (alike, alike.transpose("year", "station", "pollutant", ...)):
        made = air.composite_change(one).sel(station="a")
        assert made["change"].sel(year=2026).item() == 0
        assert np.isnan(made["change"].sel(year=2025).item())


def test_what_deteriorates():
    """PM2.5 from 30 to 40 (limit 35): worse and not attained. From 20 to 30: worse, but every item is attained."""
    for levels, flag in (((30.0, 40.0), 2), ((20.0, 30.0), 1)):
        pm = np.concatenate([np.full(24 * 366, levels[0]), np.full(24 * 365, levels[1])])
        found = air.composite_change(air.annual(hours_of(2024, 2, PM25=pm), alternatives=False))
        assert found["deteriorated"].sel(year=2025).item() == flag


def test_weights_of_2026_are_named_and_shown_both_ways():
    """By hand, transition limits: 10/60 + 30/40 + 0.8/4 + 90/160 + 60/60 + 30/30; PM2.5 x 3, NO2 and O3 x 2."""
    found = air.annual(hours_of(2027), alternatives=False).isel(station=0, year=0)
    parts = [10 / 60, 30 / 40, 0.8 / 4, 90 / 160, 1.0, 1.0]
    assert float(found["composite_index"]) == pytest.approx(sum(parts), rel=1e-14)
    under = found["composite_index_under"].sel(weights="three for PM2.5, two for NO2 and O3")
    assert float(under) == pytest.approx(sum(parts) + parts[1] + parts[3] + 2 * parts[5], rel=1e-14)
    assert {"composite_weights", "decimals_statistic", "decimals_multiple"} <= set(found.attrs["unverified"])


def test_every_unknown_verdict_has_its_reason():
    before = air.annual(hours_of(2015), alternatives=False)
    assert (before["attained"] == 0).all() and (before["attained_reason"] == Reason.NO_EDITION).all()
    flagged = air.station_hours(
        np.full((1, 8760), 30.0), ["a"], "2025-01-01T00", unit="ug/m3", codes=np.full((1, 8760), Hour.FLAGGED, np.int8)
    )
    found = air.annual(flagged, alternatives=False).squeeze()
    assert int(found["mean_reason"]) == int(found["attained_reason"]) == Reason.HOURS_MISSING
    known = air.annual(HOURS, alternatives=False)
    assert ((known["attained"] == 0) == (known["attained_reason"] != 0)).all()


def test_numbers_that_stand_for_missing_are_no_hours():
    values = np.full((1, 8760), 30.0)
    values[0, :24] = 9999.0
    with pytest.raises(TableError, match=r"9999 ug/m3 of PM2\.5 stands for a missing value") as caught:
        air.station_hours(values, ["a"], "2025-01-01T00", unit="ug/m3")
    assert caught.value.faults[0].file == "a"
    kept = air.station_hours(values, ["a"], "2025-01-01T00", unit="ug/m3", sentinels=())
    assert kept.steps["PM2.5"][0, 0] == 99990


def test_negative_values_are_refused_before_they_are_rounded():
    with pytest.raises(TableError, match="negative"):
        air.station_hours(np.full((1, 24), -0.04), ["a"], "2025-01-01T00", unit="ug/m3", finer="round")


@pytest.mark.parametrize(
    "first", ["2025-01-01T00:30", pd.Timestamp("2025-01-01", tz="Asia/Shanghai"), "soon", "2025-02-30"]
)
def test_a_first_hour_has_no_zone_and_no_minutes(first):
    with pytest.raises(TableError, match="is no first hour"):
        air.station_hours(np.full((1, 24), 30.0), ["a"], first, unit="ug/m3")
    for right in ("2025-01-01", "2025-01-01 00:00", np.datetime64("2025-01-01T00"), pd.Timestamp("2025-01-01")):
        made = air.station_hours(np.full((1, 24), 30.0), ["a"], right, unit="ug/m3")
        assert str(made.first_day) == "2025-01-01"


def test_one_name_stands_for_a_list():
    """A text is one name, not its letters."""
    rows = pd.DataFrame({"place": ["a"], "begin": ["2025-04-01"], "end": ["2025-04-02"], "document": ["letter"]})
    listed = air.read_events(rows)
    masked = air.without_events(HOURS, listed, pollutants="PM10")
    assert masked.reasons_of("PM10")[Hour.EVENT] == 48 and Hour.EVENT not in masked.reasons_of("PM2.5")
    assert masked.removed == ("PM10",)
    assert len(air.limits([2025], pollutants="PM2.5")) == 2
    assert air.rebased(HOURS, air.OLD, air.REFERENCE, pollutants="CO").step["SO2"] == HOURS.step["SO2"]
    frame = pd.DataFrame({"station": "a", "time": ["2025-01-01 01:00"], "PM2.5": [30], "SO2": [3], "flag": ["ok"]})
    read = air.read_stations(frame, hour_label="ending", unit="ug/m3", pollutants="PM2.5", valid_flags="ok")
    assert list(read.steps) == ["PM2.5"] and read.reasons_of("PM2.5")[Hour.VALID] == 1
    assert air.daily_index(HOURS, omitted="SO2").attrs["omitted"] == ["SO2"]
    for wrong in (
        lambda: air.without_events(HOURS, listed, pollutants=["PM25"]),
        lambda: air.limits([2025], pollutants=["PM25"]),
        lambda: air.daily_index(HOURS, omitted=["ozone"]),
    ):
        with pytest.raises(TableError, match="unknown pollutant"):
            wrong()


def test_what_is_not_hours_is_refused():
    days = air.read_station_days(pd.DataFrame({"station": ["a"], "date": ["2025-01-01"], "PM2.5": [30]}), unit="ug/m3")
    with pytest.raises(TableError, match="StationDays are no hours"):
        air.hourly_index(days)
    for wrong in (None, pd.DataFrame(), "hours.csv"):
        with pytest.raises(TableError, match="no hours or days"):
            air.annual(wrong)
    for points in ("points.csv", pd.DataFrame({"station": ["a"]})):
        with pytest.raises(TableError, match="points that were not read"):
            air.annual(HOURS, points)
    with pytest.raises(TableError, match="have their points already"):
        air.annual(air.Daily(HOURS), POINTS)
    with pytest.raises(TableError, match="no pollutants"):
        air.annual(HOURS, pollutants=[])


def test_one_item_once():
    with pytest.raises(TableError, match=r"PM2\.5 24h is given twice"):
        air.index_of({"PM2.5": 44, "PM2.5 24h": 260, "PM10": 50}, "hj-633-2026")


def test_gases_are_moved_once():
    moved = air.rebased(HOURS, air.OLD, air.REFERENCE)
    with pytest.raises(TableError, match=r"already, not at 273 K"):
        air.rebased(moved, air.OLD, air.REFERENCE)
    back = air.rebased(moved, air.REFERENCE, air.OLD)
    assert back.step == HOURS.step


def test_hours_are_rounded_in_the_hourly_index_too():
    """35 and 36 are 35.5, to the even 36, an index of 52 (2012: 35 to 75 is 50 to 100); unrounded 34.6 and 35.6 are 35.1: 50."""
    values = np.array([np.full((6, 24), 5.0), np.full((6, 24), 5.0)])
    values[:, 2] = 0.5
    values[0, 5], values[1, 5] = 34.6, 35.6
    hours = air.station_hours(values, ["a", "b"], "2025-01-01T00", unit=UNIT, pollutants=SIX)
    points = air.read_points(pd.DataFrame({"station": ["a", "b"], "entity": "W"}))
    found = [
        air.hourly_index(hours, points, options=o)["aqi"].values[0, 5] for o in (None, {"decimals_hour": "rounded"})
    ]
    assert found == [50, 52]


@pytest.mark.parametrize(("hours", "index"), [(20, True), (19, False)])
def test_a_moving_day_needs_twenty_hours(hours, index):
    """HJ 633-2012, text: particles by the mean of the last 24 hours; 4 or 5 of them missing."""
    pm = np.full(48, 30.0)
    pm[24 : 48 - hours] = np.nan
    values = np.full((1, 6, 48), 5.0)
    values[0, 2], values[0, 5] = 0.5, pm
    made = air.station_hours(values, ["a"], "2025-01-01T00", unit=UNIT, pollutants=SIX)
    found = air.hourly_index(made, options={"hourly_items": "text"}).isel(station=0, hour=47)
    assert (not np.isnan(found["iaqi"].sel(item="PM2.5 24h"))) == index


def test_a_day_with_one_eight_hour_mean_counts_above_the_limit():
    """Hours 0 to 5 alone: one mean, that which ends at 8."""
    day = np.full(24, np.nan)
    day[2:8] = 170.0
    values = np.full((1, 24), np.nan)
    values[0] = day
    hours = air.station_hours(values, ["a"], "2025-01-01T00", unit="ug/m3", pollutants="O3")
    counted = air.annual(hours, alternatives=False)["days"].item()
    assert counted == 1


def test_an_index_that_is_taken_over_must_be_valid_itself():
    """2012: O3 8 h above 800 takes the highest hour, which needs 20 hours of its own; 18 hours are 14 means, but no hour."""
    day = np.full(24, np.nan)
    day[:19] = 900.0
    values = np.full((1, 6, 24), 5.0)
    values[0, 2], values[0, 3] = 0.5, day
    hours = air.station_hours(values, ["a"], "2025-01-01T00", unit=UNIT, pollutants=SIX)
    old = air.daily_index(hours, options={"daily_items": "bulletin"}).squeeze()
    assert np.isnan(old["iaqi"].sel(item="O3 8h"))
    some = air.daily_index(hours, options={"daily_items": "bulletin", "hours_of_peak": "any hour"}).squeeze()
    assert float(some["iaqi"].sel(item="O3 8h")) == 350  # 900 between 800 (300) and 1000 (400)
    assert float(air.daily_index(hours, edition="hj-633-2026").squeeze()["iaqi"].sel(item="O3 8h")) == 300


def test_short_ozone_days_hang_on_how_the_limit_is_compared():
    """160.4 is 160 rounded, not above; in full it is. 7 valid hours a day make too few 8-hour means."""
    day = np.full(24, np.nan)
    day[8:15] = 160.4
    found = air.index_shares(hours_of(O3=np.tile(day, 365)), options={"daily_items": "bulletin"}).isel(
        station=0, year=0
    )
    assert int(found["valid_days"]) == 0
    assert int(found["valid_days_under"].sel(alternative="decimals_evaluation: full value")) == 365


def test_one_file_for_each_pollutant(write_csv):
    def rows(value):
        return [["a", f"2025-01-01 {h:02d}:00", value] for h in range(1, 25)]

    one = write_csv(["station", "time", "PM2.5"], rows(30), name="pm.csv")
    other = write_csv(["station", "time", "O3"], rows(60), name="o3.csv")
    found = air.read_stations([one, other], hour_label="ending", unit="ug/m3")
    assert found.reasons_of("PM2.5") == found.reasons_of("O3") == {Hour.VALID: 24}
    assert (found.steps["PM2.5"] == 300).all() and (found.steps["O3"] == 600).all()
    again = write_csv(["station", "time", "O3"], rows(61)[:1], name="again.csv")
    with pytest.raises(TableError, match=r"twice, first in o3\.csv row 2") as caught:
        air.read_stations([one, other, again], hour_label="ending", unit="ug/m3")
    assert len(caught.value.faults) == 1


def test_removing_all_of_a_year_leaves_nothing_to_judge():
    rows = pd.DataFrame({"place": ["W"], "begin": ["2024-12-01"], "end": ["2026-02-01"], "document": ["letter"]})
    found = air.annual(air.without_events(HOURS, air.read_events(rows), POINTS), POINTS, alternatives=False)
    particles = found.sel(pollutant=["PM10", "PM2.5"])
    assert (particles["mean_reason"] != Reason.OK).all() and (particles["attained"] == 0).all()


def test_means_of_three_years_by_both_readings():
    """30 in 366 days and 60 in 365 and 365: mean of years 50, of days (30 x 366 + 60 x 730) / 1096."""
    pm = np.concatenate([np.full(24 * 366, 30.0), np.full(24 * 730, 60.0)])
    found = air.moving_mean(air.annual(hours_of(2024, 3, PM25=pm), alternatives=False)).sel(
        pollutant="PM2.5", year=2026
    )
    assert found["mean"].item() == 50
    assert found["mean_of_days"].item() == pytest.approx((30 * 366 + 60 * 730) / 1096, rel=1e-14)
    for years in (0, 1, 2.5, "3"):
        with pytest.raises(TableError, match="years ="):
            air.moving_mean(air.annual(HOURS, alternatives=False), years)


def test_trends_take_the_numbers_of_arrays():
    values = np.array([58.0, 53.0, 49.0, 46.0, 44.0])
    years = np.arange(2020, 2025)
    found = air.trend(dict(zip(years, values, strict=True)))
    assert (found.r, found.direction) == (-1, "falling")
    for wrong in ({2020: "9", 2021: "10", 2022: "11", 2023: "12"}, {2020: None, 2021: 1}, [1, 2, 3, 4], {"2020": 1}):
        with pytest.raises(TableError, match=r"years$|is no number|no values by year"):
            air.trend(wrong)
