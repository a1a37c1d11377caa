"""Daily samples, exceptional events, states of the gas, trends, moving means, ranks, and units that cannot be meant."""

from __future__ import annotations

import datetime
import itertools
from fractions import Fraction

import air_reference as reference
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger import air
from carbonledger.air import Hour
from carbonledger.errors import TableError
from carbonledger.reasons import Reason
from carbonledger.standards import edition

SIX = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
UNIT = {n: "mg/m3" if n == "CO" else "ug/m3" for n in SIX}


def dates_of(year):
    first = datetime.date(year, 1, 1)
    return [first + datetime.timedelta(days=k) for k in range(365 + (year % 4 == 0))]


def level_hours(years=1, first=2025, **of):
    """Constant hours of six pollutants; a list gives one level for each year."""
    level = {"SO2": 5.0, "NO2": 20.0, "CO": 0.5, "O3": 60.0, "PM10": 40.0, "PM2.5": 20.0}
    days = [len(dates_of(first + k)) for k in range(years)]
    rows = []
    for name, usual in level.items():
        given_ = of.get(name.replace(".", ""), usual)
        per_year = given_ if isinstance(given_, list) else [given_] * years
        rows.append(np.concatenate([np.full(24 * n, v) for n, v in zip(days, per_year, strict=True)]))
    return air.station_hours(np.array(rows)[None], ["a"], f"{first}-01-01T00", unit=UNIT, pollutants=SIX)


# ---- samples of 24 hours: TSP, Pb, BaP (GB 3095 Table 4: 60 a year, 5 a month; lead 15 a quarter, 5 a month) ----


def samples(dates, **columns):
    frame = pd.DataFrame({"station": "a", "date": [d.isoformat() for d in dates], **columns})
    return air.read_station_days(frame, unit="ug/m3")


def spread(per_month, year=2025):
    """So many days of each month."""
    return [d for d in dates_of(year) if d.day <= (per_month if isinstance(per_month, int) else per_month[d.month - 1])]


@pytest.mark.parametrize(
    ("per_month", "reason"),
    [
        (5, Reason.OK),
        ([5] * 11 + [4], Reason.DAYS_MISSING),  # 59 days, and a month of 4
        ([4] + [6] * 11, Reason.DAYS_MISSING),  # 70 days, but a month of 4
        ([6] * 12, Reason.OK),
    ],
)
@pytest.mark.parametrize(
    ("name", "value", "attained"), [("Pb", 0.5, 1), ("Pb", 0.506, 2), ("BaP", 0.001, 1), ("BaP", 0.0011, 2)]
)
def test_sampled_items_have_minima_of_their_own(per_month, reason, name, value, attained):
    found = air.annual(samples(spread(per_month), **{name: value})).sel(pollutant=name).isel(station=0, year=0)
    assert int(found["mean_reason"]) == reason
    assert int(found["attained"]) == (attained if reason == Reason.OK else 0)
    assert int(found["percentile_reason"]) == Reason.NOT_EVALUATED


def test_lead_has_a_limit_by_quarters():
    """1.0 ug/m3; 15 samples a quarter, 5 in each of its months; compared with 2 decimals."""
    dates = spread([5, 5, 5, 5, 5, 4, 5, 5, 5, 5, 5, 5])
    value = [1.0 if d.month <= 6 else 1.006 for d in dates]
    found = air.periods(samples(dates, Pb=value), by="quarter").sel(pollutant="Pb", station="a")
    assert found["attained"].values.tolist() == [1, 0, 2, 2]
    assert found["mean_reason"].values.tolist() == [Reason.OK, Reason.DAYS_MISSING, Reason.OK, Reason.OK]
    assert found["mean_multiple"].values.tolist()[2:] == [0.01, 0.01]
    of_year = air.periods(samples(dates, Pb=value), by="half").sel(pollutant="Pb", station="a")
    assert (of_year["attained"] == 0).all()


def test_tsp_and_nox_are_judged_by_an_unverified_percentile_too():
    """95 % of the days of 2025 at 100, 18 days at 400: the mean keeps 200, P95 (k = 346.8 of 365) is between 100 and 100."""
    dates = dates_of(2025)
    value = [400.0 if k < 20 else 100.0 for k in range(365)]  # 20 days: rank 346 and 347 are 400
    found = air.annual(samples(dates, TSP=value)).sel(pollutant="TSP").isel(station=0, year=0)
    assert float(found["percentile"]) == 400
    assert int(found["attained"]) == 2
    assert str(found["depends"].values) == "percentile_other: none"
    assert "percentile_other" in found.attrs["unverified"]


def test_published_daily_values_make_the_same_year_as_their_hours():
    hours = level_hours(PM25=30.4)
    frame = pd.DataFrame({"station": "a", "date": [d.isoformat() for d in dates_of(2025)]} | dict.fromkeys(SIX, 0.0))
    for name, value in {"SO2": 5, "NO2": 20, "CO": 0.5, "O3": 60, "PM10": 40, "PM2.5": 30.4}.items():
        frame[name] = value
    days = air.read_station_days(frame, unit=UNIT)
    one, other = (air.annual(x, alternatives=False) for x in (hours, days))
    for name in ("mean", "percentile", "attained", "attainment_rate", "composite_index", "attained_all"):
        np.testing.assert_array_equal(one[name], other[name])
    new = [air.daily_index(x, edition="hj-633-2026")["aqi"] for x in (hours, days)]
    np.testing.assert_array_equal(*new)
    # the text of 2012 asks for the highest hour of ozone, which no daily value holds: its index is that of bulletins, and says so
    old = air.daily_index(days)
    assert old["aqi"].notnull().all() and old.attrs["options"] == ["daily_items: bulletin"]
    assert air.index_shares(days).attrs["options"] == ["daily_items: bulletin"]
    assert air.daily_index(hours).attrs["options"] == []


def test_bad_daily_values_are_faults_all_at_once(write_csv):
    rows = [
        ["a", "2025-01-01", 0.2],
        ["a", "2025-01-01", 0.2],
        ["a", "2025-02-30", 0.2],
        ["", "2025-01-02", 0.2],
        ["a", "2025-01-03", -0.2],
        ["a", "2025-01-04", 5000],
        ["a", "2025-01-05", 0.2005],
        ["a", "2025-01-06", "lead"],
        ["a", "2025-01-07", "—"],
        ["a", "2025-01-08", -999],
    ]
    with pytest.raises(TableError) as caught:
        air.read_station_days(write_csv(["station", "date", "Pb"], rows), unit="ug/m3")
    assert sorted({f.row for f in caught.value.faults}) == [3, 4, 5, 6, 7, 8, 9]
    masked = air.read_station_days(write_csv(["station", "date", "Pb"], rows[-2:] + rows[:1]), unit="ug/m3")
    assert masked.reasons_of("Pb") == {Hour.VALID: 1, Hour.ABSENT: 5, Hour.BLANK: 1, Hour.SENTINEL: 1}
    with pytest.raises(TableError, match="no unit for BaP"):
        air.read_station_days(pd.DataFrame({"station": ["a"]}), unit={"Pb": "ug/m3"}, pollutants=["Pb", "BaP"])


# ---- exceptional events ----


def events(*rows):
    return air.read_events(pd.DataFrame(rows, columns=["place", "begin", "end", "document"]))


def test_results_stand_with_and_without_an_event():
    """Ten days of dust at 1000 in a year of 40: by hand (355 x 40 + 10 x 1000) / 365, and 40."""
    pm10 = np.full(8760, 40.0)
    pm10[24 * 100 : 24 * 110] = 1000.0  # 11 to 20 April
    values = np.stack([np.full(8760, v) for v in (5.0, 20.0, 0.5, 60.0, 40.0, 20.0)])[None]
    values[0, SIX.index("PM10")] = pm10
    hours = air.station_hours(values, ["a"], "2025-01-01T00", unit=UNIT, pollutants=SIX)
    points = air.read_points(pd.DataFrame({"station": ["a"], "entity": ["W"]}))
    listed = events(("W", "2025-04-11", "2025-04-20", "list of the centre"))
    without = air.without_events(hours, listed, points)
    assert without.reasons_of("PM10") == {Hour.VALID: 8760 - 240, Hour.EVENT: 240}
    assert without.reasons_of("O3") == {Hour.VALID: 8760}
    assert hours.reasons_of("PM10") == {Hour.VALID: 8760}
    means = [air.annual(h, points, alternatives=False)["mean"].sel(pollutant="PM10").item() for h in (hours, without)]
    assert means == [pytest.approx((355 * 40 + 10 * 1000) / 365, rel=1e-15), 40.0]
    # 20 of the 30 days of April are left: whether the minima are held against the days before removal is an option
    found = air.annual(without, points).sel(pollutant="PM10").isel(entity=0, year=0)
    assert (int(found["days"]), int(found["mean_reason"])) == (355, Reason.OK)
    assert str(found["depends"].values) == "event_minima: days left"
    strict = air.annual(without, points, options={"event_minima": "days left"}).sel(pollutant="PM10")
    assert int(strict["mean_reason"].squeeze()) == Reason.DAYS_MISSING
    assert "event_minima" not in air.annual(hours, points).attrs["unverified"]
    shares = [air.index_shares(h, points).isel(entity=0, year=0) for h in (hours, without)]
    assert [(int(s["valid_days"]), int(s["good_days"]), int(s["heavy_days"])) for s in shares] == [
        (365, 355, 10),
        (355, 355, 0),
    ]
    assert "event_days" not in shares[0].attrs["unverified"]
    assert "event_days" in shares[1].attrs["unverified"]
    rest = shares[1].sel(alternative="event_days: index of the rest")
    assert (int(rest["valid_days_under"]), int(rest["good_days_under"])) == (365, 365)


def test_an_event_lasts_from_its_first_hour_to_its_last():
    hours = level_hours()
    masked = air.without_events(hours, events(("a", "2025-04-11 05:00", "2025-04-12 02:00", "letter")))
    gone = np.flatnonzero(masked.codes["PM2.5"][0] == Hour.EVENT)
    first = 24 * (datetime.date(2025, 4, 11) - datetime.date(2025, 1, 1)).days + 5
    assert (gone[0], gone[-1], len(gone)) == (first, first + 20, 21)


def test_an_event_of_a_district_touches_its_stations_on_their_days():
    values = np.full((2, 24 * 10), 50.0)
    hours = air.station_hours(values, ["a", "b"], "2025-01-01T00", unit="ug/m3")
    points = air.read_points(
        pd.DataFrame(
            {
                "station": ["a", "b", "b"],
                "entity": ["W", "W", "V"],
                "valid_from": ["", "", "2025-01-06"],
                "valid_to": ["", "2025-01-05", ""],
            }
        )
    )
    masked = air.without_events(hours, events(("W", "2025-01-04", "2025-01-07", "letter")), points)
    assert [int((c == Hour.EVENT).sum()) for c in masked.codes["PM2.5"]] == [96, 48]


def test_bad_events_are_faults_all_at_once(write_csv):
    rows = [
        ["W", "2025-04-11", "2025-04-10", "x"],
        ["", "2025-04-11", "2025-04-12", "x"],
        ["W", "2025-04-31", "2025-05-12", "x"],
        ["W", "2025-04-11", "soon", "x"],
        ["W", "2025-04-11", "2025-04-12", ""],
    ]
    with pytest.raises(TableError) as caught:
        air.read_events(write_csv(["place", "begin", "end", "document"], rows))
    assert sorted({f.row for f in caught.value.faults}) == [2, 3, 4, 5, 6]
    with pytest.raises(TableError, match="'X' is neither a station nor a district"):
        air.without_events(level_hours(), events(("X", "2025-04-11", "2025-04-12", "letter")))


# ---- states of the gas ----


def test_states_of_gas_are_exact_ratios():
    """By hand: 273.15/298.15 = 0.91615, with the 273 K of the old text 0.91565; 101.325 kPa is 1013.25 hPa."""
    assert air.state_ratio(air.OLD, air.REFERENCE) == Fraction(273) / Fraction("298.15")
    assert round(float(air.state_ratio(air.OLD, air.REFERENCE)), 5) == 0.91565
    assert round(float(air.state_ratio("273.15 K, 101.325 kPa", air.REFERENCE)), 5) == 0.91615
    assert air.state_ratio(air.OLD, air.REFERENCE) * air.state_ratio(air.REFERENCE, air.OLD) == 1
    for wrong in ("as sampled", "273 K", "0 K, 101.325 kPa"):
        with pytest.raises(TableError, match="no state of a gas"):
            air.state_ratio(wrong, air.OLD)


def test_the_standard_says_which_state_applies_when():
    day = datetime.date
    assert air.state_on("SO2", day(2018, 8, 31)) == air.OLD
    assert air.state_on("SO2", day(2018, 9, 1)) == air.REFERENCE
    assert air.state_on("PM2.5", day(2018, 9, 1)) == "as sampled"
    with pytest.raises(TableError):
        air.state_on("CO2", day(2020, 1, 1))


def test_rebased_hours_are_not_rounded():
    hours = level_hours(SO2=60.0, NO2=40.0)
    moved = air.rebased(hours, air.OLD, air.REFERENCE)
    ratio = Fraction(273) / Fraction("298.15")
    one, other = (air.annual(h, alternatives=False).isel(station=0, year=0) for h in (hours, moved))
    for name, value in (("SO2", 60), ("NO2", 40), ("CO", Fraction(1, 2)), ("O3", 60)):
        assert float(other["mean"].sel(pollutant=name)) == float(value * ratio)
    assert float(other["mean"].sel(pollutant="PM10")) == float(one["mean"].sel(pollutant="PM10")) == 40
    some = air.rebased(hours, air.OLD, air.REFERENCE, pollutants=["SO2"])
    assert some.step["NO2"] == hours.step["NO2"]
    with pytest.raises(TableError, match="PM10 is no gas that was read"):
        air.rebased(hours, air.OLD, air.REFERENCE, pollutants=["PM10", "SO2"])


def test_particles_as_sampled():
    """C = C0 (T0 / T) (P / P0): at 0 °C (273.15 K) and standard pressure almost the same, at 20 °C and 950 hPa by hand."""
    assert air.as_sampled(100.0, 20.0, 950.0) == pytest.approx(100 * 273 / 293.15 * 950 / 1013.25, rel=1e-14)
    assert air.as_sampled([100.0], [-0.15], [1013.25]).tolist() == [pytest.approx(100.0, rel=1e-14)]


# ---- trends ----


# air.md section 2.4: 58, 53, 49, 46, 44 gives r = -1, a significant fall
@pytest.mark.parametrize(
    ("values", "r", "direction"),
    [
        ([58, 53, 49, 46, 44], -1, "falling"),
        ([44, 46, 49, 53], 1, "rising"),
        ([44, 49, 46, 53], 0.8, "not significant"),
        # d = 0, 0, 0, 1, -1: 1 - 6 x 2 / 120 = 0.9, equal to the critical value
        ([1, 2, 3, 5, 4], 0.9, "not significant"),
    ],
)
def test_spearman(values, r, direction):
    found = air.trend(dict(zip(range(2020, 2030), values, strict=False)))
    assert found.r == pytest.approx(r, rel=1e-15)
    assert found.direction == direction
    assert found.on_the_edge == (
        abs(r) in {0.9, 1} and len(values) in {4, 5} and not (len(values) == 5 and abs(r) == 1)
    )
    assert not found.tied


@given(
    st.lists(st.integers(1, 12), min_size=4, max_size=10).filter(lambda v: len(set(v)) > 1),
    st.sampled_from([0.05, 0.01]),
)
def test_trends_equal_the_reference(values, level):
    wanted = reference.trend(values, str(level))
    series = dict(zip(range(2010, 2020), values, strict=False))
    if wanted.critical is None:
        with pytest.raises(TableError, match="4 years"):
            air.trend(series, level=level)
        return
    found = air.trend(series, level=level)
    assert found.r == pytest.approx(float(wanted.r), rel=1e-14, abs=1e-15)
    assert found.tied == wanted.tied
    assert found.direction == {"none": "not significant"}.get(wanted.direction, wanted.direction)
    edge = reference.trend(values, str(level), reaching=True)
    assert found.on_the_edge or edge.direction == wanted.direction


@pytest.mark.parametrize(
    ("series", "told"),
    [
        ({2020: 1, 2021: 2, 2022: 3}, "3 years"),
        (dict.fromkeys(range(2010, 2021), 1.0) | {2010: 2}, "11 years"),
        ({2020: 1, 2021: 2, 2022: 3, 2024: 4}, "gap"),
        ({2020: 1, 2021: float("nan"), 2022: 3, 2023: 4}, "without a value"),
        (dict.fromkeys(range(2020, 2025), 5.0), "equal"),
    ],
)
def test_what_is_no_series(series, told):
    with pytest.raises(TableError, match=told):
        air.trend(series)
    with pytest.raises(TableError, match=r"level 0\.1"):
        air.trend({2020: 1, 2021: 2, 2022: 3, 2023: 4}, level=0.1)


def test_critical_values_are_those_of_all_orders():
    """One-sided: the smallest r (three decimals) that at most 5 % (1 %) of all orders reach; 4 to 7 years counted out."""
    from carbonledger.air.statistics.trend import CRITICAL

    for n, level in itertools.product(range(4, 8), (0.05, 0.01)):
        printed = CRITICAL[n][0 if level == 0.05 else 1]
        if printed is None:
            continue
        found = sorted(
            (1 - Fraction(6 * sum((a - b) ** 2 for a, b in enumerate(order)), n**3 - n))
            for order in itertools.permutations(range(n))
        )
        reached = [r for r in set(found) if sum(x >= r for x in found) <= level * len(found)]
        assert round(float(min(reached)), 3) == float(printed)


def test_moving_means_of_three_years():
    found = air.annual(level_hours(4, 2025, PM25=[30.0, 40.0, 50.0, 20.0]), alternatives=False)
    moving = air.moving_mean(found).sel(station="a", pollutant="PM2.5")
    assert np.isnan(moving["mean"].values[:2]).all()
    assert moving["mean"].values[2:].tolist() == [40.0, pytest.approx(110 / 3, rel=1e-15)]
    assert moving["mean_reason"].values.tolist() == [Reason.NO_DATA_FOR_YEAR] * 2 + [Reason.OK] * 2
    assert moving.attrs["unverified"] == ["years_of_mean"]
    assert edition("hj-663-2026").parameters["years_of_mean"].verified is False


# ---- composite index ----


def test_composite_index_and_its_change():
    """By hand for 2025, limits of 2012: 6/60 + 20/40 + 0.4/4 + 80/160 + 35/70 + 35/35 = 2.7."""
    found = air.annual(level_hours(SO2=6.0, CO=0.4, O3=80.0, PM10=35.0, PM25=35.0), alternatives=False)
    assert found["composite_index"].item() == pytest.approx(2.7, rel=1e-14)
    assert found["single_index"].sel(pollutant="PM10").item() == 0.5
    both = air.annual(level_hours(2, 2024, PM25=[35.0, 28.0]), alternatives=False)
    change = air.composite_change(both).sel(station="a")
    base = 5 / 60 + 20 / 40 + 0.5 / 4 + 60 / 160 + 40 / 70
    assert change["change"].sel(year=2025).item() == pytest.approx((28 - 35) / 35 / (base + 1) * 100, rel=1e-12)
    assert np.isnan(change["change"].sel(year=2024).item())
    assert change["change_reason"].values.tolist() == [Reason.NO_BASELINE, Reason.OK]
    assert change["deteriorated"].values.tolist() == [0, 1]


def test_ranks_share_equal_values():
    rows = np.stack([np.full((6, 8760), 20.0) for _ in range(4)])
    rows[:, 2] = 0.5
    rows[1, 5], rows[2, 5] = 30.0, 30.0
    rows[3, 5] = 40.0
    hours = air.station_hours(rows, list("abcd"), "2025-01-01T00", unit=UNIT, pollutants=SIX)
    found = air.composite_change(air.annual(hours, alternatives=False))
    assert found["rank"].values.ravel().tolist() == [1, 2, 2, 4]
    assert np.isnan(found["change_rank"]).all()


def test_without_all_six_there_is_no_composite_index():
    hours = air.station_hours(np.full((1, 8760), 30.0), ["a"], "2025-01-01T00", unit="ug/m3")
    found = air.annual(hours).isel(station=0, year=0)
    assert np.isnan(found["composite_index"]) and int(found["composite_index_reason"]) == Reason.POLLUTANTS_MISSING
    assert int(found["attained_all"]) == 0  # one item attained is not all
    bad = air.station_hours(np.full((1, 8760), 36.0), ["a"], "2025-01-01T00", unit="ug/m3")
    assert int(air.annual(bad)["attained_all"].squeeze()) == 2
    assert str(air.annual(bad)["exceeding"].squeeze().values) == "PM2.5 0.03"


# ---- units that cannot be meant ----


def week(values, name="PM2.5", **options):
    times = pd.date_range("2025-01-01 01:00", periods=len(values), freq="h").strftime("%Y-%m-%d %H:%M")
    frame = pd.DataFrame({"station": "a", "time": times, name: values})
    return air.read_stations(frame, hour_label="ending", **options)


@pytest.mark.parametrize(("name", "level"), [("PM2.5", 0.1), ("SO2", 0.0), ("CO", 0.0)])
def test_milligrams_read_as_micrograms_are_noticed(name, level):
    unit = {name: "mg/m3" if name == "CO" else "ug/m3"}
    values = np.full(200, level)
    values[5] = level + 0.1 if name != "CO" else 0.04
    with pytest.raises(TableError, match="so low throughout"):
        week(values, name, unit=unit, finer="round")
    masked = week(values, name, unit=unit, finer="round", doubtful="mask")
    assert masked.reasons_of(name)[Hour.TOO_LOW] == 200
    with pytest.raises(TableError, match="so low throughout"):
        air.station_hours(values[None], ["a"], "2025-01-01T00", unit=unit, pollutants=name)
    short = week(values[:100], name, unit=unit, finer="round")  # too short to tell
    assert short.reasons_of(name)[Hour.VALID] == 100


def test_clean_air_is_not_taken_for_a_wrong_unit():
    values = np.tile([0.0, 1.0, 2.0, 1.0], 60)
    assert week(values, "SO2", unit="ug/m3").reasons_of("SO2")[Hour.VALID] == 240
    assert week(np.full(200, 0.00002), "BaP", unit="ug/m3").reasons_of("BaP")[Hour.VALID] == 200


def test_carbon_monoxide_in_the_other_unit_is_refused():
    """0.8 mg/m3 read as ug/m3 is finer than the resolution; 800 ug/m3 read as mg/m3 is far too much."""
    with pytest.raises(TableError, match=r"finer than 0\.01 mg/m3"):
        week(np.full(200, 0.8), "CO", unit="ug/m3")
    with pytest.raises(TableError, match="so low throughout"):
        week(np.full(200, 0.8), "CO", unit="ug/m3", finer="round")
    with pytest.raises(TableError, match="above 200 mg/m3"):
        week(np.full(200, 800), "CO", unit="mg/m3")


def test_an_hour_that_clocks_skip_or_repeat(write_csv):
    """Where clocks change, an hour lacks in spring (a gap, no fault) and comes twice in autumn (a fault)."""
    spring = [["a", f"2025-03-30 {h:02d}:00", 10] for h in range(24) if h != 2]
    found = air.read_stations(write_csv(["station", "time", "PM2.5"], spring), hour_label="starting", unit="ug/m3")
    assert found.reasons_of("PM2.5") == {Hour.VALID: 23, Hour.ABSENT: 1}
    autumn = [["a", f"2025-10-26 {h:02d}:00", 10] for h in (0, 1, 2, 2, 3)]
    with pytest.raises(TableError, match="hour from 2025-10-26 02:00 twice"):
        air.read_stations(write_csv(["station", "time", "PM2.5"], autumn), hour_label="starting", unit="ug/m3")


def test_which_columns_are_read():
    frame = pd.DataFrame({"station": "a", "time": ["2025-01-01 01:00"], "O3": [60], "PM2.5": [30], "CO": [""]})
    assert set(air.read_stations(frame, hour_label="ending", unit="ug/m3").steps) == {"O3", "PM2.5"}
    assert set(air.read_stations(frame, hour_label="ending", unit={"O3": "ug/m3"}).steps) == {"O3"}
    with pytest.raises(TableError, match="no file has a pollutant"):
        air.read_stations(frame[["station", "time", "CO"]], hour_label="ending", unit="ug/m3")
    with pytest.raises(TableError, match="CO is blank in every file"):
        air.read_stations(frame, hour_label="ending", unit="ug/m3", pollutants=["CO", "O3"])
