"""Six pollutants from hours to verdicts and index, against the plain reference, which shares nothing with the library."""

from __future__ import annotations

import calendar
import datetime
from fractions import Fraction

import air_reference as reference
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger import air
from carbonledger.reasons import Reason

NAMES = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
UNIT = {n: "mg/m3" if n == "CO" else "ug/m3" for n in NAMES}
PER_UNIT = {n: 100 if n == "CO" else 10 for n in NAMES}
LEVEL = {"SO2": 25, "NO2": 38, "CO": 1.1, "O3": 95, "PM10": 105, "PM2.5": 60}
STATUS = {reference.UNKNOWN: 0, reference.ATTAINED: 1, reference.MISSED: 2}
PHASE = {2024: "2012", 2025: "2012", 2027: "2026 transition", 2031: "2026 final"}
INDEX = {2024: "HJ 633-2012", 2025: "HJ 633-2012", 2027: "HJ 633-2026", 2031: "HJ 633-2026"}


def dates_of(year):
    first = datetime.date(year, 1, 1)
    return [first + datetime.timedelta(days=k) for k in range(365 + calendar.isleap(year))]


def made(seed, n_stations, year, hole=0.04, lost=0.02):
    """Whole steps [station, pollutant, day, hour], -1 where missing: single hours, days and weeks that fail."""
    draw = np.random.default_rng(seed)
    n = len(dates_of(year))
    x = np.empty((n_stations, len(NAMES), n, 24), np.int64)
    clock = 1 + 0.5 * np.sin((np.arange(24) - 9) / 24 * 2 * np.pi)
    for p, name in enumerate(NAMES):
        day = draw.gamma(3.0, 1 / 3, (n, 1)) * (clock if name == "O3" else 1.0)
        x[:, p] = np.rint(LEVEL[name] * PER_UNIT[name] * day * draw.uniform(0.6, 1.4, (n_stations, n, 24)))
    x[draw.random(x.shape) < hole] = -1
    x[draw.random(x.shape[:3]) < lost] = -1
    x[0, draw.integers(len(NAMES)), 40:46] = -1
    return x


def hours_of(x, year):
    names = [f"s{k}" for k in range(len(x))]
    scale = np.array([PER_UNIT[n] for n in NAMES])[:, None]
    flat = x.reshape(*x.shape[:2], -1)
    values = np.where(flat < 0, np.nan, flat / scale)
    return air.station_hours(values, names, f"{year}-01-01T00", unit=UNIT, pollutants=NAMES)


def plain_hours(x):
    """As the reference takes them: exact fractions, None where missing."""
    return {
        name: [
            [[None if v < 0 else Fraction(int(v), PER_UNIT[name]) for v in day] for day in station]
            for station in x[:, p]
        ]
        for p, name in enumerate(NAMES)
    }


def points_of(names, entity="W"):
    return air.read_points(pd.DataFrame({"station": list(names), "entity": entity}))


def near(found, wanted):
    if wanted is None:
        assert np.isnan(found)
    else:
        assert float(found) == pytest.approx(float(wanted), rel=2e-15)


def check_annual(found, days, year):
    """Every statistic and verdict of a district's year."""
    phase, edition = PHASE[year], "HJ 663-2013" if year < 2026 else "HJ 663-2026"
    for name in NAMES:
        here, of_days = found.sel(pollutant=name), days[reference.daily(name)]
        near(here["mean"], reference.period_mean(name, of_days, str(year)))
        near(here["percentile"], reference.period_percentile(name, of_days, str(year)))
        for part, value in (
            ("mean", reference.period_mean(name, of_days, str(year))),
            ("percentile", reference.period_percentile(name, of_days, str(year))),
        ):
            if value is not None:
                assert float(here[f"{part}_rounded"]) == float(reference.compared(name, value))
                assert float(here[f"{part}_printed"]) == float(reference.stated(name, value, edition))
        rate = reference.attainment_rate(name, of_days, str(year), phase)
        assert int(here["days"]) == rate.valid
        assert int(here["exceedance_days"]) == rate.valid - rate.days
        near(here["attainment_rate_rounded"], rate.percent)
        for s in reference.year_statistics(name, of_days, year, phase):
            part = "mean" if s.name == "annual" else "percentile"
            near(here[f"{part}_multiple"], None if s.compared is None else s.multiple or 0)
    whole = reference.compliance({n: days[reference.daily(n)] for n in NAMES}, year, phase, pollutants=NAMES)
    for name in NAMES:
        assert int(found["attained"].sel(pollutant=name)) == STATUS[whole.verdicts[name]]
    assert int(found["attained_all"]) == STATUS[whole.overall]
    told = [part.split()[0] for part in str(found["exceeding"].values).split(", ") if part]
    assert told == [name for name, _ in whole.exceeding]
    index = reference.composite_index(
        reference.composite_values({n: days[reference.daily(n)] for n in NAMES}, str(year)), phase
    )
    near(found["composite_index"], index)


def check_index(found, shares, days, dates, year):
    """The index of every day with its class and primary pollutants, and the days of the year."""
    plain = []
    for k, date in enumerate(dates):
        values = {item: of[date] for item, of in days.items()}
        wanted = reference.day_aqi(INDEX[year], values)
        plain.append(wanted)
        here = found.isel(day=k)
        near(here["aqi"], wanted.aqi)
        assert (int(here["aqi_reason"]) == Reason.OK) == (wanted.aqi is not None)
        assert int(here["level"]) == (wanted.level or 0)
        assert {p for p in str(here["primary"].values).split(", ") if p} == set(wanted.primary)
        for (name, averaging), value in wanted.indices.items():
            near(here["iaqi"].sel(item=f"{name} {averaging}"), value)
    counted = reference.aqi_days(plain)
    assert int(shares["valid_days"]) == counted.valid
    assert (int(shares["good_days"]), int(shares["heavy_days"])) == (counted.good.days, counted.heavy.days)
    assert shares["level_days"].values.tolist() == list(counted.levels)
    if counted.valid >= 324:
        near(shares["good_day_ratio_rounded"], counted.good.percent)
        near(shares["heavy_day_ratio_rounded"], counted.heavy.percent)
    for name in NAMES:
        assert int(shares["primary_days"].sel(pollutant=name)) == sum(name in one.primary for one in plain)


@settings(max_examples=6)
@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from(list(PHASE)))
def test_districts_equal_the_reference(seed, n_stations, year):
    x, dates = made(seed, n_stations, year), dates_of(year)
    hours, points = hours_of(x, year), points_of([f"s{k}" for k in range(n_stations)])
    days = reference.district_days(plain_hours(x), dates)
    found = air.annual(hours, points, alternatives=False).sel(entity="W", year=year)
    check_annual(found, days, year)
    index = air.daily_index(hours, points).sel(entity="W")
    shares = air.index_shares(hours, points, alternatives=False).sel(entity="W", year=year)
    check_index(index, shares, days, dates, year)


@settings(max_examples=3)
@given(st.integers(0, 10**6), st.sampled_from(list(PHASE)))
def test_stations_equal_the_reference(seed, year):
    x, dates = made(seed, 2, year, hole=0.02, lost=0.01), dates_of(year)
    hours = hours_of(x, year)
    found, index = air.annual(hours, alternatives=False), air.daily_index(hours)
    shares = air.index_shares(hours, alternatives=False)
    for s, name in enumerate(hours.stations):
        days = reference.district_days(plain_hours(x[s : s + 1]), dates)
        check_annual(found.sel(station=name, year=year), days, year)
        check_index(index.sel(station=name), shares.sel(station=name, year=year), days, dates, year)


@settings(max_examples=4)
@given(st.integers(0, 10**6), st.sampled_from(["month", "quarter", "half", "year"]))
def test_periods_equal_the_reference(seed, by):
    year = 2025
    x, dates = made(seed, 2, year, hole=0.01, lost=0.008), dates_of(year)
    days = reference.district_days(plain_hours(x), dates)
    found = air.periods(hours_of(x, year), points_of(["s0", "s1"]), by=by).sel(entity="W")
    labels = {
        "month": [(f"{year}-{m:02d}", f"{year}-{m:02d}") for m in range(1, 13)],
        "quarter": [(f"{year}Q{q}", f"{year}-Q{q}") for q in range(1, 5)],
        "half": [(f"{year}H{h}", f"{year}-H{h}") for h in (1, 2)],
        "year": [(str(year), str(year))],
    }[by]
    assert found["period"].values.tolist() == [ours for ours, _ in labels]
    for ours, theirs in labels:
        here = found.sel(period=ours)
        for name in NAMES:
            of_days = days[reference.daily(name)]
            near(here["mean"].sel(pollutant=name), reference.period_mean(name, of_days, theirs))
            near(here["percentile"].sel(pollutant=name), reference.period_percentile(name, of_days, theirs))
        values = reference.composite_values({n: days[reference.daily(n)] for n in NAMES}, theirs)
        near(here["composite_index"], reference.composite_index(values, "2012"))
        if by != "year":
            assert (here["attained"] == 0).all()  # the standard judges years


HOURS = [*(("HJ 633-2012", b) for b in ("practice", "text")), ("HJ 633-2026", "text")]


@settings(max_examples=5)
@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from(HOURS))
def test_the_hourly_index_equals_the_reference(seed, n_stations, way):
    edition, basis = way
    year = 2025 if edition == "HJ 633-2012" else 2027
    x = made(seed, n_stations, year, hole=0.1)[:, :, 38:44]
    names = [f"s{k}" for k in range(n_stations)]
    scale = np.array([PER_UNIT[n] for n in NAMES])[:, None]
    flat = x.reshape(*x.shape[:2], -1)
    hours = air.station_hours(
        np.where(flat < 0, np.nan, flat / scale), names, f"{year}-03-01T00", unit=UNIT, pollutants=NAMES
    )
    options = {"hourly_items": "text"} if basis == "text" and edition == "HJ 633-2012" else None
    found = air.hourly_index(hours, points_of(names), options=options).sel(entity="W")
    plain = plain_hours(x)
    for at in range(0, 6 * 24, 5):
        wanted = reference.hour_aqi(edition, reference.hour_values(plain, at // 24, at % 24), basis)
        here = found.isel(hour=at)
        near(here["aqi"], wanted.aqi)
        assert {p for p in str(here["primary"].values).split(", ") if p} == set(wanted.primary)
        for (name, averaging), value in wanted.indices.items():
            near(here["iaqi"].sel(item=f"{name} {averaging}"), value)


def test_2026_changes_its_editions_on_the_first_of_march():
    """HJ 633-2026 and GB 3095-2026 are in force from 2026-03-01: each day's index goes by the day, the year by its end."""
    values = np.full((1, 6, 365 * 24), 30.0)
    values[:, NAMES.index("CO")] = 0.5
    values[:, NAMES.index("PM2.5")] = 70
    hours = air.station_hours(values, ["a"], "2026-01-01T00", unit=UNIT, pollutants=NAMES)
    found = air.daily_index(hours).sel(station="a")
    # facts: PM2.5 of 70 is an index of 94 under 2012 and of 110 under 2026
    assert found["aqi"].sel(day="2026-02-28").item() == 94
    assert found["aqi"].sel(day="2026-03-01").item() == 110
    assert found["edition"].sel(day=["2026-02-28", "2026-03-01"]).values.tolist() == ["hj-633-2012", "hj-633-2026"]
    shares = air.index_shares(hours, alternatives=False).sel(station="a", year=2026)
    assert int(shares["good_days"]) == 31 + 28
    assert str(air.annual(hours)["limit_edition"].sel(year=2026).values) == "gb-3095-2026-transition"


@pytest.mark.parametrize(("year", "limit"), [(2030, 30.0), (2031, 25.0)])
def test_2031_takes_the_final_limits(year, limit):
    values = np.full((1, 6, len(dates_of(year)) * 24), 20.0)
    values[:, NAMES.index("CO")] = 0.5
    values[:, NAMES.index("PM2.5")] = limit
    hours = air.station_hours(values, ["a"], f"{year}-01-01T00", unit=UNIT, pollutants=NAMES)
    at_it = air.annual(hours, alternatives=False).sel(station="a", year=year)
    assert int(at_it["attained"].sel(pollutant="PM2.5")) == 1
    assert int(at_it["attained_all"]) == 1
    other = air.annual(hours, alternatives=False, edition="gb-3095-2026-final").sel(station="a", year=year)
    assert int(other["attained"].sel(pollutant="PM2.5")) == (1 if limit == 25 else 2)
