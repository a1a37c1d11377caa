"""The air chain - hours, days, points, districts, years - against plain fractions, boundaries and every bad input."""

from __future__ import annotations

import calendar
import datetime
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_air_reference import PERCENTILES

from carbonledger import air
from carbonledger.air import Hour
from carbonledger.air.statistics.days import entity_days, point_days
from carbonledger.air.statistics.spans import ATTAINED, EXCEEDED, UNKNOWN, mean_of, percentile_of
from carbonledger.catalog import indicators, read_catalog
from carbonledger.errors import TableError, UnitError
from carbonledger.reasons import Reason
from carbonledger.standards import EditionError, edition
from carbonledger.targets import Verdict, judge, read_targets

RULES = edition("hj-663-2013")


def annual(*given, pollutant="PM2.5", **options):
    """The annual statistics of one pollutant."""
    return air.annual(*given, **options).sel(pollutant=pollutant)


# ---- a plain reference: HJ 663 written out with fractions, hour by hour ----


def half_even(x: Fraction, decimals: int = 0) -> Fraction:
    return Fraction(round(x * 10**decimals), 10**decimals)  # Python rounds a Fraction half to even, exactly


def day_mean(hours):
    known = [Fraction(h).limit_denominator(10) for h in hours if h == h]
    return sum(known) / len(known) if len(known) >= 20 else None


def district_day(values):
    known = [v for v in values if v is not None]
    share = Fraction(3, 4) if len(values) >= 4 else Fraction(1, 2)
    return sum(known) / len(known) if known and Fraction(len(known), len(values)) >= share else None


def year_is_valid(dates):
    by_month = [sum(d.month == m for d in dates) for m in range(1, 13)]
    return len(dates) >= 324 and all(n >= (25 if m == 2 else 27) for m, n in enumerate(by_month, start=1))


def type_7(values, percent):
    x, place = sorted(values), 1 + Fraction((len(values) - 1) * percent, 100)
    s = int(place)
    return x[s - 1] if place == s else x[s - 1] + (x[s] - x[s - 1]) * (place - s)


def reference(series):
    """Mean and P95 of a list of (date, value or None), or None where the year is not valid."""
    known = {date: v for date, v in series if v is not None}
    if not year_is_valid(known):
        return None, None
    return sum(known.values()) / len(known), type_7(list(known.values()), 95)


# ---- made hours ----


def dates_of(year):
    first = datetime.date(year, 1, 1)
    return [first + datetime.timedelta(days=k) for k in range(365 + calendar.isleap(year))]


def constant_year(value, year=2025, missing=(), hours=24, stations=1):
    """Hours of one value; days in ``missing`` have none, the others ``hours``."""
    x = np.full((stations, len(dates_of(year)), 24), float(value))
    x[:, :, hours:] = np.nan
    for k, date in enumerate(dates_of(year)):
        if date in missing:
            x[:, k] = np.nan
    names = [f"s{k}" for k in range(stations)]
    return air.station_hours(x.reshape(stations, -1), names, f"{year}-01-01T00", unit="ug/m3")


def days_of_month(year, month, n):
    return [datetime.date(year, month, d) for d in range(1, n + 1)]


def spread(year, n):
    """``n`` days without breaking any month: at most 4 of 31, 3 of 30, 3 of 28 and 4 of 29."""
    room = {m: calendar.monthrange(year, m)[1] - (25 if m == 2 else 27) for m in range(1, 13)}
    every = [d for m in room for d in days_of_month(year, m, room[m])]
    assert len(every) >= n
    return every[:n]


def points_of(**entities):
    rows = [(s, e) for e, stations in entities.items() for s in stations]
    return air.read_points(pd.DataFrame(rows, columns=["station", "entity"]))


# GB 3095-2012/-2026 Table 4 (324 days, 27 a month, 25 in February, 20 hours) and GB/T 8170-2008 3.2.
# year, missing days, hours a day, value -> reason, rounded
BOUNDARIES = {
    "324 days": (2025, spread(2025, 41), 24, 30, Reason.OK, 30),
    "323 days": (2025, spread(2025, 42), 24, 30, Reason.DAYS_MISSING, None),
    "leap, 324 days": (2024, spread(2024, 42), 24, 30, Reason.OK, 30),
    "leap, 323 days": (2024, spread(2024, 43), 24, 30, Reason.DAYS_MISSING, None),
    "27 days in July": (2025, days_of_month(2025, 7, 4), 24, 30, Reason.OK, 30),
    "26 days in July": (2025, days_of_month(2025, 7, 5), 24, 30, Reason.DAYS_MISSING, None),
    "27 days in April": (2025, days_of_month(2025, 4, 3), 24, 30, Reason.OK, 30),
    "26 days in April": (2025, days_of_month(2025, 4, 4), 24, 30, Reason.DAYS_MISSING, None),
    "25 days in February": (2025, days_of_month(2025, 2, 3), 24, 30, Reason.OK, 30),
    "24 days in February": (2025, days_of_month(2025, 2, 4), 24, 30, Reason.DAYS_MISSING, None),
    "25 days in a leap February": (2024, days_of_month(2024, 2, 4), 24, 30, Reason.OK, 30),
    "24 days in a leap February": (2024, days_of_month(2024, 2, 5), 24, 30, Reason.DAYS_MISSING, None),
    "20 hours": (2025, [], 20, 30, Reason.OK, 30),
    "19 hours": (2025, [], 19, 30, Reason.HOURS_MISSING, None),
    "44.4": (2025, [], 24, 44.4, Reason.OK, 44),
    "44.5 to the even 44": (2025, [], 24, 44.5, Reason.OK, 44),
    "44.6": (2025, [], 24, 44.6, Reason.OK, 45),
    "45": (2025, [], 24, 45, Reason.OK, 45),
    "35.5 to the even 36": (2025, [], 24, 35.5, Reason.OK, 36),
}


@pytest.mark.parametrize("case", BOUNDARIES.values(), ids=BOUNDARIES)
def test_boundary(case):
    year, missing, hours, value, reason, rounded = case
    found = annual(constant_year(value, year, missing, hours), points_of(W=["s0"])).sel(entity="W", year=year)
    assert int(found["mean_reason"]) == int(found["percentile_reason"]) == reason
    assert int(found["days"]) == (0 if hours < 20 else len(dates_of(year)) - len(missing))
    for name in ("mean", "percentile"):
        if rounded is None:
            assert math.isnan(found[name]) and math.isnan(found[f"{name}_rounded"])
        else:
            assert float(found[name]) == value
            assert float(found[f"{name}_rounded"]) == rounded
    assert int(found["attained"]) == (UNKNOWN if rounded is None else ATTAINED if rounded <= 35 else EXCEEDED)


# The evaluation date of a year is its 31 December (GB 3095-2026 clause 4.4, HJ 663-2026).
@pytest.mark.parametrize(
    ("year", "rules", "limits", "attained"),
    [
        (2025, "hj-663-2013", "gb-3095-2012", ATTAINED),  # 32 against 35
        (2026, "hj-663-2026", "gb-3095-2026-transition", EXCEEDED),  # against 30
        (2030, "hj-663-2026", "gb-3095-2026-transition", EXCEEDED),
        (2031, "hj-663-2026", "gb-3095-2026-final", EXCEEDED),  # against 25
    ],
)
def test_year_selects_its_editions(year, rules, limits, attained):
    found = annual(constant_year(32, year)).isel(station=0, year=0)
    assert (str(found["edition"].values), str(found["limit_edition"].values)) == (rules, limits)
    assert int(found["attained"]) == attained


def test_before_2016_the_national_limit_applies_only_when_named():
    hours = constant_year(30, 2015)
    assert annual(hours)["attained"].item() == UNKNOWN
    named = annual(hours, edition="gb-3095-2012")
    assert named["attained"].item() == ATTAINED
    assert named["mean"].item() == 30
    with pytest.raises(EditionError, match="hj-663-2013"):
        annual(constant_year(30, 2012))


def test_an_edition_may_be_named():
    x = np.tile([30.2, 30.3], 4380)
    hours = air.station_hours(x, ["s0"], "2025-01-01T00", unit="ug/m3")
    found = annual(hours, edition=["hj-663-2026", "gb-3095-2026-final"]).isel(station=0, year=0)
    assert float(found["mean_printed"]) == 30.2  # one decimal, to the even digit
    assert float(found["mean_rounded"]) == 30
    assert int(found["attained"]) == EXCEEDED


# hand-computed: 182 days of 10 and 183 of 80: mean (1820 + 14640) / 365, P95: k = 346.8, all 80 from rank 183 on
def test_mean_of_days_and_exceedance_days():
    x = np.repeat(np.where(np.arange(365) < 182, 10.0, 80.0), 24)
    found = annual(air.station_hours(x, ["a"], "2025-01-01T00", unit="ug/m3")).isel(station=0, year=0)
    assert float(found["mean"]) == 16460 / 365
    assert float(found["percentile"]) == 80
    assert int(found["exceedance_days"]) == 183  # above 75
    assert float(found["capture"]) == 1


@pytest.mark.parametrize(("values", "percent", "expected"), PERCENTILES)
def test_percentile_vector(values, percent, expected):
    draw = np.random.default_rng(7)
    x = np.zeros((1, 366), np.int64)
    place = draw.permutation(366)[: len(values)]
    x[0, place] = list(values)
    valid = np.zeros((1, 366), bool)
    valid[0, place] = True
    found = percentile_of(x, valid, 1, np.array([len(values)]), percent)
    assert Fraction(int(found.num[0]), int(found.den[0])) == Fraction(expected)
    assert type_7(list(values), percent) == Fraction(expected)


# ---- the chain against the reference ----


def random_hours(seed, n_stations, year=2025, hole=0.04):
    """Whole and tenth values, single hours missing, and days and stations that fail now and then."""
    draw = np.random.default_rng(seed)
    n = len(dates_of(year))
    x = np.round(draw.gamma(2.0, 22.0, (n_stations, n, 24)), 1)
    x[draw.random(x.shape) < hole] = np.nan
    x[draw.random((n_stations, n)) < 0.03] = np.nan
    return x


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.integers(1, 5), st.sampled_from([2024, 2025, 2026]))
def test_chain_equals_the_reference(seed, n_stations, year):
    x = random_hours(seed, n_stations, year)
    names = [f"s{k}" for k in range(n_stations)]
    hours = air.station_hours(x.reshape(n_stations, -1), names, f"{year}-01-01T00", unit="ug/m3")
    by_station = [[day_mean(x[s, d].tolist()) for d in range(x.shape[1])] for s in range(n_stations)]
    found = annual(hours, alternatives=False).isel(year=0)
    for s, name in enumerate(names):
        check_year(found.sel(station=name), list(zip(dates_of(year), by_station[s], strict=True)), year)
    series = [district_day([by_station[s][d] for s in range(n_stations)]) for d in range(x.shape[1])]
    found = annual(hours, points_of(W=names), alternatives=False).isel(year=0, entity=0)
    check_year(found, list(zip(dates_of(year), series, strict=True)), year)


def check_year(found, series, year):
    mean, p95 = reference(series)
    assert int(found["days"]) == sum(v is not None for _, v in series)
    if mean is None:
        assert int(found["mean_reason"]) != Reason.OK
        assert math.isnan(found["mean"])
        return
    printed = 1 if year >= 2026 else 0
    for name, exact in (("mean", mean), ("percentile", p95)):
        assert float(found[name]) == pytest.approx(float(exact), rel=1e-15)
        assert float(found[f"{name}_rounded"]) == half_even(exact)
        assert float(found[f"{name}_printed"]) == float(half_even(exact, printed))
    over = sum(half_even(v) > (60 if year >= 2026 else 75) for _, v in series if v is not None)
    assert int(found["exceedance_days"]) == over


def test_many_points_leave_int64_and_stay_exact():
    """41 points, a different number valid each day: the common denominator is far beyond int64."""
    n, year = 41, 2025
    x = random_hours(20261123, n, year)
    x[np.random.default_rng(1).random(x.shape[:2]) < 0.1] = np.nan
    names = [f"s{k:02d}" for k in range(n)]
    hours = air.station_hours(x.reshape(n, -1), names, f"{year}-01-01T00", unit="ug/m3")
    days = entity_days(point_days(hours, "PM2.5", RULES), points_of(W=names), "PM2.5", RULES)
    assert days.den > 2**63
    series = [district_day([day_mean(x[s, d].tolist()) for s in range(n)]) for d in range(365)]
    for d, wanted in enumerate(series):
        assert (Fraction(int(days.num[0, d]), days.den) if days.valid[0, d] else None) == wanted
    known = [v for v in series if v is not None]
    count = days.valid.sum(axis=1)
    mean, p95 = mean_of(days.num, days.den, count), percentile_of(days.num, days.valid, days.den, count, 95)
    assert Fraction(int(mean.num[0]), int(mean.den[0])) == sum(known) / len(known)
    assert Fraction(int(p95.num[0]), int(p95.den[0])) == type_7(known, 95)
    found = annual(hours, points_of(W=names)).isel(entity=0, year=0)
    assert float(found["mean"]) == pytest.approx(float(sum(known) / len(known)), rel=1e-15)


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(0, 2), st.integers(0, 364), st.integers(0, 23))
def test_a_masked_hour_never_raises_capture(seed, station, day, hour):
    x = random_hours(seed, 3)
    names, points = ["a", "b", "c"], points_of(V=["a"], W=["b", "c"])
    y = x.copy()
    y[station, day, hour] = np.nan
    made = [
        annual(air.station_hours(v.reshape(3, -1), names, "2025-01-01T00", unit="ug/m3"), points, alternatives=False)
        for v in (x, y)
    ]
    for name in ("capture", "days"):
        assert (made[1][name] <= made[0][name]).all()
    lost = not np.isnan(x[station, day, hour])
    assert bool((made[1]["capture"] < made[0]["capture"]).any()) == lost


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_and_stations_does_not_matter(shuffler):
    times = [t.strftime("%Y-%m-%d %H:%M") for t in pd.date_range("2025-01-01 01:00", "2025-01-04 00:00", freq="h")]
    draw = np.random.default_rng(3)
    rows = [(s, t, float(draw.integers(1, 300))) for s in ("甲", "乙", "丙") for t in times]
    frame = pd.DataFrame(rows, columns=["station", "time", "PM2.5"])
    order = list(range(len(rows)))
    shuffler.shuffle(order)
    one, other = (
        air.read_stations(f, hour_label="ending", unit="ug/m3")
        for f in (frame, frame.iloc[order].reset_index(drop=True))
    )
    assert one.stations == other.stations
    np.testing.assert_array_equal(one.steps["PM2.5"], other.steps["PM2.5"])
    np.testing.assert_array_equal(one.codes["PM2.5"], other.codes["PM2.5"])
    x = random_hours(5, 4).reshape(4, -1)
    names = ["d", "a", "c", "b"]
    places = list(range(4))
    shuffler.shuffle(places)
    points = points_of(V=["a", "b"], W=["c", "d"])
    made = [
        annual(air.station_hours(x[p], [names[k] for k in p], "2025-01-01T00", unit="ug/m3"), points)
        for p in (list(range(4)), places)
    ]
    assert made[0].identical(made[1])


# ---- coverage of points; HJ 663 clause 6.1: 75 %, and 50 % of fewer than 4 points ----
@pytest.mark.parametrize(
    ("n_points", "n_valid", "reason"),
    [
        (1, 1, Reason.OK),
        (2, 1, Reason.OK),
        (3, 1, Reason.POINTS_MISSING),
        (3, 2, Reason.OK),
        (4, 2, Reason.POINTS_MISSING),
        (4, 3, Reason.OK),
        (5, 3, Reason.POINTS_MISSING),
        (5, 4, Reason.OK),
        (8, 6, Reason.OK),
        (8, 5, Reason.POINTS_MISSING),
        (2, 0, Reason.HOURS_MISSING),
    ],
)
def test_coverage_of_points(n_points, n_valid, reason):
    x = np.full((n_points + 1, 8760), np.nan)
    x[:n_valid] = 30.0
    x[-1] = 1.0  # elsewhere
    names = [f"s{k}" for k in range(n_points + 1)]
    hours = air.station_hours(x, names, "2025-01-01T00", unit="ug/m3")
    found = annual(hours, points_of(W=names[:-1], X=names[-1:])).sel(entity="W", year=2025)
    assert int(found["mean_reason"]) == reason
    assert float(found["capture"]) == n_valid / n_points
    assert (float(found["mean"]) == 30.0) == (reason == Reason.OK)
    every = "points: every point" in str(found["depends"].values)
    assert every == (reason == Reason.OK and n_valid < n_points)
    assert ("points: any point" in str(found["depends"].values)) == (reason == Reason.POINTS_MISSING)


def test_a_point_without_any_hours_counts_as_not_valid():
    hours = constant_year(30, stations=2)
    assert annual(hours, points_of(W=["s0", "s1", "gone"]))["mean_reason"].item() == Reason.OK
    found = annual(hours, points_of(W=["s0", "s1", "gone", "lost"]))
    assert found["mean_reason"].item() == Reason.POINTS_MISSING
    assert found["capture"].item() == 0.5


def test_a_point_counts_from_its_first_to_its_last_day():
    x = np.full((2, 8760), 10.0)
    x[1] = 50.0
    points = air.read_points(
        pd.DataFrame(
            [("a", "W", "", ""), ("b", "V", "", "2025-06-30"), ("b", "W", "2025-07-01", "")],
            columns=["station", "entity", "valid_from", "valid_to"],
        )
    )
    found = annual(air.station_hours(x, ["a", "b"], "2025-01-01T00", unit="ug/m3"), points).isel(year=0)
    # by hand: W is 10 for the 181 days to 30 June and (10 + 50) / 2 for the other 184; V has 181 days
    assert float(found["mean"].sel(entity="W")) == pytest.approx((181 * 10 + 184 * 30) / 365, rel=1e-15)
    assert int(found["days"].sel(entity="V")) == 181
    assert int(found["mean_reason"].sel(entity="V")) == Reason.DAYS_MISSING


def test_a_year_that_the_file_does_not_fill_is_unknown_and_its_capture_is_of_the_year():
    hours = air.station_hours(np.full((1, 24 * 400), 30.0), ["a"], "2024-12-01T00", unit="ug/m3")
    found = annual(hours, points_of(W=["a"])).isel(entity=0)
    assert found["year"].values.tolist() == [2024, 2025, 2026]
    assert found["mean_reason"].values.tolist() == [Reason.DAYS_MISSING, Reason.OK, Reason.DAYS_MISSING]
    assert found["days"].values.tolist() == [31, 365, 4]
    np.testing.assert_allclose(found["capture"], [31 / 366, 1, 4 / 365])
    assert annual(hours, years=[2025])["year"].values.tolist() == [2025]


# ---- unverified parameters: said, and judged again under their alternatives ----


def test_a_verdict_that_hangs_on_the_rounding_says_so():
    found = annual(constant_year(35.4), points_of(W=["s0"])).isel(entity=0, year=0)
    assert int(found["attained"]) == ATTAINED  # 35 against 35
    assert str(found["depends"].values) == "decimals_evaluation: full value"
    under = found["attained_under"].sel(alternative="decimals_evaluation: full value")
    assert int(under) == EXCEEDED
    assert float(found["mean_under"].sel(alternative="decimals_evaluation: full value")) == 35.4
    assert {"points", "decimals_evaluation"} <= set(found.attrs["unverified"])
    calm = annual(constant_year(30), points_of(W=["s0"]))
    assert calm["depends"].values.tolist() == [[""]]


def test_rounding_of_days_and_hours_under_the_alternatives():
    # by hand: 30.5 every day is 30 when days are rounded to the even whole, and so are hours
    found = annual(constant_year(30.5)).isel(station=0, year=0)
    for alternative in ("decimals_day: rounded", "decimals_hour: rounded"):
        assert float(found["mean_under"].sel(alternative=alternative)) == 30
    # hours 30 and 31 in turn: the day is 30.5, so days round and hours do not
    x = np.tile([30.0, 31.0], 4380)
    found = annual(air.station_hours(x, ["a"], "2025-01-01T00", unit="ug/m3")).isel(station=0, year=0)
    full = annual(
        air.station_hours(x, ["a"], "2025-01-01T00", unit="ug/m3"), alternatives=False, edition="hj-663-2026"
    ).isel(station=0, year=0)
    assert float(full["mean"]) == float(full["mean_printed"]) == 30.5
    assert float(found["mean_under"].sel(alternative="decimals_day: rounded")) == 30


# ---- reading ----
ROWS = [["甲", "2025-01-01 01:00", 10], ["甲", "2025-01-01 02:00", 12.5]]
HEAD = ["station", "time", "PM2.5"]


def read(source, hour_label="ending", unit="ug/m3", **options):
    return air.read_stations(source, hour_label=hour_label, unit=unit, **options)


def first_hours(hours, n=3, pollutant="PM2.5"):
    return str(hours.first_day), hours.steps[pollutant][0, :n].tolist(), hours.codes[pollutant][0, :n].tolist()


def test_every_layout_gives_the_same(tmp_path, write_csv):
    wanted = ("2025-01-01", [100, 125, 0], [Hour.VALID, Hour.VALID, Hour.ABSENT])
    frame = pd.DataFrame(ROWS, columns=HEAD)
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    parts = pd.DataFrame(
        {"No": [1, 2], "year": 2025, "month": 1, "day": 1, "hour": [1, 2], "PM2.5": ["10", "12.5"], "station": "甲"}
    )
    chinese = pd.DataFrame({"监测点": "甲", "时间": ["2025/1/1 1:00", "2025年1月1日2时"], "细颗粒物": ["１０", "12.5"]})
    compact = frame.assign(time=["2025010101", "2025010102"])
    stamps = frame.assign(time=pd.to_datetime(frame["time"]))
    single = frame.assign(**{"PM2.5": frame["PM2.5"].astype(np.float32)})
    for source in (
        write_csv(HEAD, ROWS),
        write_csv(HEAD, ROWS, name="b.csv", encoding="gb18030"),
        tmp_path / "a.xlsx",
        tmp_path / "a.parquet",
        frame,
        parts,
        chinese,
        compact,
        stamps,
        single,
    ):
        hours = read(source)
        assert hours.stations == ("甲",)
        assert first_hours(hours) == wanted


def test_hour_labels():
    """GB 3095 and the feeds: label 08 is 07:00 to 08:00, so a day is the labels 01 to 24."""
    frame = pd.DataFrame({"station": "a", "time": ["2025-01-01 08:00", "2025-01-02 00:00"], "PM2.5": [8, 24]})
    ending, starting = read(frame), read(frame, "starting")
    assert np.flatnonzero(ending.codes["PM2.5"][0] == 0).tolist() == [7, 23]
    assert np.flatnonzero(starting.codes["PM2.5"][0] == 0).tolist() == [8, 24]
    assert (ending.n_days, starting.n_days) == (1, 2)
    last = frame.assign(time=["2025-01-01 08:00", "2025-01-01 24:00"])
    assert np.flatnonzero(read(last).codes["PM2.5"][0] == 0).tolist() == [7, 23]
    new_year = read(pd.DataFrame({"station": "a", "time": ["2025-01-01 00:00"], "PM2.5": [5]}))
    assert str(new_year.first_day) == "2024-12-31"
    with pytest.raises(TypeError, match="hour_label"):
        air.read_stations(frame, unit="ug/m3")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unit"):
        air.read_stations(frame, hour_label="ending")  # type: ignore[call-arg]


def test_what_is_missing_is_masked_with_its_reason():
    words = [-999, "—", "NA", "", 9999, "5", -9999.0, "n/a"]
    frame = pd.DataFrame({"station": "a", "time": [f"2025-01-01 {h:02d}:00" for h in range(1, 9)], "PM2.5": words})
    hours = read(frame)
    S, B = Hour.SENTINEL, Hour.BLANK
    assert hours.codes["PM2.5"][0, :9].tolist() == [S, B, B, B, S, Hour.VALID, S, B, Hour.ABSENT]
    assert hours.steps["PM2.5"][0].sum() == 50
    assert hours.reasons_of("PM2.5") == {Hour.VALID: 1, Hour.ABSENT: 16, Hour.BLANK: 4, Hour.SENTINEL: 3}
    flagged = read(frame.assign(flag=["", "", "", "", "", "H", "", ""]).assign(**{"PM2.5": 7}))
    assert flagged.codes["PM2.5"][0, :8].tolist() == [0, 0, 0, 0, 0, Hour.FLAGGED, 0, 0]
    kept = read(frame.assign(flag="N", **{"PM2.5": 7}), valid_flags=["N"])
    assert not kept.codes["PM2.5"][0, :8].any()


def test_doubtful_values_are_refused_or_masked():
    frame = pd.DataFrame({"station": "a", "time": [f"2025-01-01 {h:02d}:00" for h in (1, 2, 3)], "PM2.5": [-3, 1e5, 7]})
    with pytest.raises(TableError) as caught:
        read(frame)
    assert [(f.row, f.column) for f in caught.value.faults] == [(1, "PM2.5"), (2, "PM2.5")]
    hours = read(frame, doubtful="mask")
    assert hours.codes["PM2.5"][0, :3].tolist() == [Hour.NEGATIVE, Hour.TOO_HIGH, Hour.VALID]


def test_finer_than_a_tenth_is_refused_or_rounded():
    frame = pd.DataFrame(
        {"station": "a", "time": [f"2025-01-01 {h:02d}:00" for h in (1, 2, 3)], "PM2.5": ["35.25", "35.35", "35.3"]}
    )
    with pytest.raises(TableError, match=r"finer than 0\.1 ug/m3") as caught:
        read(frame)
    assert [f.row for f in caught.value.faults] == [1, 2]
    assert first_hours(read(frame, finer="round"))[1] == [352, 354, 353]


def test_units_are_stated():
    """The Beijing files give CO in ug/m3, the national feed in mg/m3."""
    frame = pd.DataFrame({"station": "a", "time": ["2025-01-01 01:00"], "CO": [1.2], "PM2.5": [0.035]})
    with pytest.raises(TableError, match="finer than"):  # 0.035 can only be mg/m3
        read(frame)
    assert first_hours(read(frame, unit="mg/m3"), 1)[1] == [350]
    both = read(frame, unit={"CO": "mg/m3", "PM2.5": "毫克/立方米"}, pollutants=("CO", "PM2.5"))
    assert first_hours(both, 1, "CO")[1] == [120]  # steps of 0.01 mg/m3
    with pytest.raises(TableError, match="above 10000 ug/m3"):
        read(frame.assign(**{"PM2.5": 35}), unit="mg/m3")
    with pytest.raises(TableError, match="no unit for CO"):
        read(frame, unit={"PM2.5": "ug/m3"}, pollutants=("CO", "PM2.5"))
    for wrong in ("kg", "ppb"):
        with pytest.raises(UnitError):
            read(frame, unit=wrong)


BAD = {
    "equal twice": ([*ROWS, ["甲", "2025-01-01 01:00", 10]], "twice, first in rows.csv row 2", 4),
    "different twice": ([*ROWS, ["甲", "2025-01-01 01:00", 11]], "twice, first in rows.csv row 2", 4),
    "24 and 00 of the next day": (
        [["甲", "2025-01-01 24:00", 1], ["甲", "2025-01-02 00:00", 1]],
        "hour from 2025-01-01 23:00 twice",
        3,
    ),
    "25th hour": ([["甲", "2025-01-01 25:00", 1]], "'2025-01-01 25:00' is no time on the hour", 2),
    "off the hour": ([*ROWS, ["甲", "2025-01-01 03:30", 1]], "'2025-01-01 03:30' is no time on the hour", 4),
    "no such day": ([["甲", "2025-02-29 01:00", 1]], "is no time on the hour", 2),
    "a day, no hour": ([["甲", "2025-02-28", 1]], "is no time on the hour", 2),
    "no time": ([["甲", "", 1], *ROWS], "is no time on the hour", 2),
    "no station": ([["", "2025-01-01 03:00", 1], *ROWS], "no station", 2),
    "no number": ([["甲", "2025-01-01 03:00", "high"], *ROWS], "'high' is not a number", 2),
    "negative": ([["甲", "2025-01-01 03:00", "-1"], *ROWS], "-1 ug/m3 of PM2.5 is negative", 2),
}


@pytest.mark.parametrize(("rows", "told", "row"), BAD.values(), ids=BAD)
def test_a_bad_row_is_a_fault_with_its_place(write_csv, rows, told, row):
    with pytest.raises(TableError) as caught:
        read(write_csv(HEAD, rows))
    (fault,) = caught.value.faults
    assert told in str(fault)
    assert (fault.file, fault.row) == ("rows.csv", row)


def test_all_faults_of_all_files_at_once(write_csv):
    one = write_csv(HEAD, [["甲", "2025-01-01 01:00", -5], ["甲", "nix", 4]], name="a.csv")
    other = write_csv(HEAD, [["", "2025-01-01 01:00", 5], ["甲", "2025-01-01 01:00", 5]], name="b.csv")
    third = write_csv(["time", "PM2.5"], [["2025-01-01 01:00", 5]], name="c.csv")
    fourth = write_csv(["station", "PM2.5"], [["a", 5]], name="d.csv")
    fifth = write_csv([*HEAD[:2], "SO2"], [["a", "2025-01-01 01:00", 5]], name="e.csv")
    with pytest.raises(TableError) as caught:
        read([one, other, third, fourth, fifth, "gone.csv"], pollutants=["PM2.5"])
    places = {(f.file, f.row) for f in caught.value.faults}
    assert {("a.csv", 2), ("a.csv", 3), ("b.csv", 2), ("b.csv", 3), ("c.csv", None), ("d.csv", None)} <= places
    told = str(caught.value)
    for part in ("no column 'station'", "no time, and no year, month, day, hour", "PM2.5 is blank", "gone.csv"):
        assert part in told


@pytest.mark.parametrize(
    ("column", "values"),
    [("hour", [0, 24]), ("hour", [1, 1.5]), ("month", [13, 1]), ("day", [31, 0]), ("year", [20, 2025])],
)
def test_impossible_parts_of_a_time(column, values):
    frame = pd.DataFrame(
        {"station": "a", "year": 2025, "month": 1, "day": [1, 2], "hour": [1, 2], "PM2.5": 5} | {column: values}
    )
    with pytest.raises(TableError, match="is no time on the hour") as caught:
        read(frame, "starting")
    assert len(caught.value.faults) == sum(
        v not in {"hour": range(24), "month": range(1, 13), "day": range(1, 32), "year": range(1900, 2201)}[column]
        for v in values
    )


def test_hours_run_to_24_where_labels_end(write_csv):
    frame = pd.DataFrame({"station": "a", "year": 2025, "month": 1, "day": 1, "hour": [0, 24], "PM2.5": [1, 2]})
    hours = read(frame)
    assert str(hours.first_day) == "2024-12-31"
    assert np.flatnonzero(hours.codes["PM2.5"][0] == 0).tolist() == [23, 47]


@pytest.mark.parametrize("option", ["hour_label", "finer", "doubtful"])
def test_unknown_choices_are_refused(option):
    with pytest.raises(TableError, match=option):
        read(pd.DataFrame(ROWS, columns=HEAD), **{option: "nix"})
    with pytest.raises(TableError, match="pollutant"):
        read(pd.DataFrame(ROWS, columns=HEAD), pollutants=["PM1"])
    with pytest.raises(TableError, match="no files"):
        read([])


def test_hours_in_memory_are_checked_too():
    good = np.full((2, 24), 5.0)
    for wrong, told in (
        (np.full((1, 24), 5.0), "1 rows of values for 2 stations"),
        (np.full((2, 24), -5.0), "negative"),
        (np.full((2, 24), np.inf), "above 10000"),
        (np.full((2, 24), 5.25), "finer"),
    ):
        with pytest.raises(TableError, match=told):
            air.station_hours(wrong, ["a", "b"], "2025-01-01T00", unit="ug/m3")
    with pytest.raises(TableError, match="named twice"):
        air.station_hours(good, ["a", "a"], "2025-01-01T00", unit="ug/m3")
    begun = air.station_hours(good[:, :5], ["a", "b"], "2025-01-01T22", unit="mg/m3")
    assert np.flatnonzero(begun.codes["PM2.5"][0] == 0).tolist() == [22, 23, 24, 25, 26]
    assert begun.steps["PM2.5"][1, 22] == 50_000
    codes = np.full((2, 24), Hour.VALID, np.int8)
    codes[0, 3] = Hour.FLAGGED
    marked = air.station_hours(good, ["a", "b"], "2025-01-01T00", unit="ug/m3", codes=codes)
    assert marked.reasons_of("PM2.5") == {Hour.VALID: 47, Hour.FLAGGED: 1}
    assert air.station_hours([[2.25]], ["a"], "2025-01-01T00", unit="ug/m3", finer="round").steps["PM2.5"][0, 0] == 22


def test_points_are_checked(write_csv):
    head = ["station", "entity", "valid_from", "valid_to"]
    rows = [
        ["a", "W", "", "2025-06-30"],
        ["a", "V", "2025-06-30", ""],
        ["", "W", "", ""],
        ["b", "", "", ""],
        ["c", "W", "2025-02-30", ""],
        ["d", "W", "2025-05-01", "2025-04-01"],
    ]
    with pytest.raises(TableError) as caught:
        air.read_points(write_csv(head, rows))
    assert sorted(f.row for f in caught.value.faults) == [3, 4, 5, 6, 7]
    assert "already in row 2" in str(caught.value)
    assert len(air.read_points(write_csv(head, [["a", "W", "", "2025-06-30"], ["a", "V", "2025/7/1", ""]]))) == 2


def test_stations_without_a_district_are_faults_with_their_first_row(write_csv):
    rows = [*ROWS, ["乙", "2025-01-01 01:00", 3], ["丙", "2025-01-01 01:00", 3]]
    hours = read(write_csv(HEAD, rows))
    with pytest.raises(TableError, match="belongs to no district") as caught:
        annual(hours, points_of(W=["甲"]))
    assert sorted((f.file, f.row) for f in caught.value.faults) == [("rows.csv", 4), ("rows.csv", 5)]


def test_only_what_was_read_has_statistics():
    hours = constant_year(30)
    for pollutant in ("O3", "PM10"):
        with pytest.raises(TableError, match="no statistics of"):
            air.annual(hours, pollutants=[pollutant])


# ---- states, indicators, limits, judge ----


def test_states_carry_values_and_reasons():
    hours = air.station_hours(
        np.vstack([np.full(8760, 44.5), np.full(8760, np.nan)]), ["a", "b"], "2025-01-01T00", unit="ug/m3"
    )
    points = points_of(W=["a"], V=["b"])
    states = air.states_of(air.annual(hours, points), air.index_shares(hours, points))
    by_key = states.set_index(["entity", "state"])
    assert by_key.loc[("W", "pm25"), "value"] == 44.5
    assert by_key.loc[("W", "pm25"), "reason"] == Reason.OK
    assert math.isnan(by_key.loc[("V", "pm25"), "value"])
    assert by_key.loc[("V", "pm25"), "reason"] == Reason.HOURS_MISSING
    assert by_key.loc[("W", "good_day_ratio"), "reason"] == Reason.POLLUTANTS_MISSING
    assert set(states["state"]) <= set(read_catalog().states)
    for row in states.itertuples():
        assert row.unit == read_catalog().states[row.state].unit
        assert row.source and row.confidence == "M" and row.period == str(row.year)
        assert (row.reason == 0) == (row.value == row.value)
    of_stations = air.states_of(air.annual(hours))
    assert sorted(set(of_stations["entity"])) == ["a", "b"]
    assert "365 valid days" in by_key.loc[("W", "pm25"), "note"]
    published = air.good_days(daily(2025, [50] * 365, "W"))
    given = air.states_of(air.annual(hours, points), air.index_shares(hours, points), published)
    ratio = given.set_index(["entity", "state"]).loc[("W", "good_day_ratio")]
    assert (ratio["value"], ratio["reason"]) == (100, Reason.OK)
    assert not given.duplicated(["entity", "year", "state"]).any()


def judged_year(value, targets):
    found = air.annual(constant_year(value), points_of(W=["s0"]))
    names = ["pm25_mean", "pm25_p95"]
    totals = found[["mean"]].sel(pollutant="PM2.5").rename(mean="energy")
    made = indicators(totals, names, states=air.states_of(found))
    return {j.target.indicator: j.verdict for j in judge(made, targets)}


def test_limits_are_targets_and_the_same_judge_gives_two_verdicts():
    """A plan's 44 ug/m3 met is not the national 35 ug/m3 attained."""
    rows = air.limits([2025], "W", pollutants=["PM2.5"])
    assert rows["decimals"].tolist() == [0, 0]
    targets = read_targets(rows.drop(columns="decimals"))
    assert [t.id for t in targets] == [
        "GB 3095-2012 PM2.5 annual W 2025",
        "GB 3095-2012 PM2.5 P95 of daily means W 2025",
    ]
    assert [(t.value, t.unit, t.sense, t.kind) for t in targets] == [
        (35, "ug/m3", "at_most", "annual"),
        (75, "ug/m3", "at_most", "annual"),
    ]
    assert judged_year(43, targets) == {"pm25_mean": Verdict.MISSED, "pm25_p95": Verdict.MET}
    assert judged_year(35, targets) == {"pm25_mean": Verdict.MET, "pm25_p95": Verdict.MET}


def test_limits_follow_the_years():
    rows = air.limits(range(2024, 2033), "W", pollutants=["PM2.5"])
    assert [tuple(r) for r in rows[["from_year", "year", "value", "indicator"]].to_numpy()] == [
        (2024, 2025, 35, "pm25_mean"),
        (2024, 2025, 75, "pm25_p95"),
        (2026, 2030, 30, "pm25_mean"),
        (2026, 2030, 60, "pm25_p95"),
        (2031, 2032, 25, "pm25_mean"),
        (2031, 2032, 50, "pm25_p95"),
    ]
    assert rows["id"].is_unique
    assert air.limits([2025], zone=1, pollutants=["PM2.5"])["value"].tolist() == [15, 35]
    assert len(air.limits([2020, 2022], "W", pollutants=["PM2.5"])) == 4
    with pytest.raises(EditionError, match="gb-3095-2012"):
        air.limits([2014])
    assert air.limits([2014], edition="gb-3095-2012", pollutants=["PM2.5"])["value"].tolist() == [35, 75]
    with pytest.raises(TableError, match="zone 3"):
        air.limits([2025], zone=3)


# ---- days by the air quality index ----


def daily(year, values, entity="W"):
    dates = [d.isoformat() for d in dates_of(year)][: len(values)]
    return air.read_daily_aqi(pd.DataFrame({"entity": entity, "date": dates, "aqi": values}))


# air.md section 3: for 74.3 % and 365 valid days, 271 good days are 74.2 % and 272 are needed.
@pytest.mark.parametrize(
    ("good", "heavy", "none", "ratio", "share"),
    [(271, 0, 0, 74.2, 0.0), (272, 3, 0, 74.5, 0.8), (243, 3, 41, 75.0, 0.9)],
)
def test_good_day_ratio(good, heavy, none, ratio, share):
    values = [100] * good + [201] * heavy + ["—"] * none
    values += [200] * (365 - len(values))
    found = air.good_days(daily(2025, values)).isel(entity=0, year=0)
    assert float(found["good_day_ratio_rounded"]) == ratio
    assert float(found["heavy_day_ratio_rounded"]) == share
    assert float(found["good_day_ratio"]) == pytest.approx(100 * good / (365 - none), rel=1e-15)
    assert (int(found["good_days"]), int(found["heavy_days"])) == (good, heavy)
    assert (int(found["valid_days"]), int(found["days_of_year"])) == (365 - none, 365)


@pytest.mark.parametrize(
    ("year", "n", "reason"),
    [(2025, 324, Reason.OK), (2025, 323, Reason.DAYS_MISSING), (2024, 366, Reason.OK), (2025, 91, Reason.DAYS_MISSING)],
)
def test_a_year_of_indices_that_is_not_whole(year, n, reason):
    found = air.good_days(daily(year, [60] * n)).isel(entity=0, year=0)
    assert int(found["good_day_ratio_reason"]) == reason
    assert (float(found["good_day_ratio"]) == 100) == (reason == Reason.OK)
    assert int(found["valid_days"]) == n
    assert int(found["days_of_year"]) == 365 + calendar.isleap(year)


@pytest.mark.parametrize("year", [2015, 2025])
def test_the_minimum_of_days_is_an_option_before_the_first_edition_too(year):
    """HJ 633-2012 is in force nationwide from 2016 on; good days of 2015 go by it all the same."""
    few = daily(year, [60] * 99 + [101])
    assert air.good_days(few)["good_day_ratio_reason"].item() == Reason.DAYS_MISSING
    chosen = air.good_days(few, options={"days_per_year": "no minimum"})
    assert chosen["good_day_ratio"].item() == 99


def test_options_without_effect_on_published_indices_are_refused():
    with pytest.raises(EditionError, match="no option 'points'"):
        air.good_days(daily(2025, [60] * 365), options={"points": "every point"})


def test_bad_indices_are_faults_all_at_once(write_csv):
    rows = [
        ["W", "2025-01-01", 50],
        ["W", "2025-01-01", 50],
        ["W", "2025-01-02", 50.5],
        ["W", "2025-01-03", -1],
        ["W", "2025-01-04", 501],
        ["W", "2025-02-29", 50],
        ["", "2025-01-05", 50],
        ["W", "2025-01-06", "good"],
        ["W", "", 50],
        ["V", "2025-01-01", 0],
        ["V", "2025-01-02", 500],
    ]
    with pytest.raises(TableError) as caught:
        air.read_daily_aqi(write_csv(["entity", "date", "aqi"], rows))
    assert sorted(f.row for f in caught.value.faults) == [3, 4, 5, 6, 7, 8, 9, 10]
    with pytest.raises(TableError, match="no files"):
        air.read_daily_aqi([])
