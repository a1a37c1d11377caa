"""Hours measured at 12 stations in Beijing, from the files to verdicts and index, against the plain reference.

Chen, S. (2019): Beijing Multi-Site Air Quality, UCI Machine Learning Repository, dataset 501, CC BY 4.0; not in the
repository. 2013-03-01 to 2017-02-28, labels 0 to 23, which are taken as the beginning of the hour: the data set does not say.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import itertools
import math
import os
import re
from contextlib import redirect_stdout
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import air_reference as reference
import numpy as np
import pandas as pd
import pytest

from carbonledger import air
from carbonledger.errors import TableError
from carbonledger.reasons import Reason

pytestmark = pytest.mark.real

NAMES = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
GASES = NAMES[:4]
PER_UNIT = {n: 100 if n == "CO" else 10 for n in NAMES}  # steps of 0.1 ug/m3, of CO 0.01 mg/m3
FIRST, N_DAYS = datetime.date(2013, 3, 1), 1461
DATES = [FIRST + datetime.timedelta(days=k) for k in range(N_DAYS)]
YEARS, ALL_YEARS = (2014, 2015, 2016), (2013, 2014, 2015, 2016, 2017)
UNKNOWN, ATTAINED, EXCEEDED = 0, 1, 2
WORDS = {UNKNOWN: "unknown", ATTAINED: "attained", EXCEEDED: "exceeded"}
STATUS = {reference.UNKNOWN: UNKNOWN, reference.ATTAINED: ATTAINED, reference.MISSED: EXCEEDED}

# What the hours are judged by: editions here, and limits, index and decimals of the reference. HJ 663-2013 is in force from
# 2013-10-01 on; it is named for the summer before.
OF_THE_TIME = ("gb-3095-2012", "hj-633-2012")
UNDER = {
    "2012": ((*OF_THE_TIME, "hj-663-2013"), "2012", "HJ 633-2012", "HJ 663-2013"),
    "2026": (
        ("gb-3095-2026-transition", "hj-633-2026", "hj-663-2026"),
        *("2026 transition", "HJ 633-2026", "HJ 663-2026"),
    ),
    "2031": (("gb-3095-2026-final", "hj-633-2026", "hj-663-2026"), "2026 final", "HJ 633-2026", "HJ 663-2026"),
}


# ---- the files, read by the library and by plain Python ----


@pytest.fixture(scope="module")
def packed():
    folder = os.environ.get("CARBONLEDGER_REAL_DATA")
    if not folder:
        pytest.skip(
            "CARBONLEDGER_REAL_DATA is not set: it names the folder with beijing-air-2013-2017/*.csv.gz "
            "(UCI Machine Learning Repository, dataset 501, Beijing Multi-Site Air Quality, CC BY 4.0)"
        )
    found = sorted((Path(folder) / "beijing-air-2013-2017").glob("*.csv.gz"))
    assert len(found) == 12
    return found


@pytest.fixture(scope="module")
def folder(packed, tmp_path_factory):
    """A folder with ``beijing/*.csv``, as a reader of docs/beijing.md has it."""
    out = tmp_path_factory.mktemp("measured")
    (out / "beijing").mkdir()
    for path in packed:
        (out / "beijing" / path.name.removesuffix(".gz")).write_bytes(gzip.decompress(path.read_bytes()))
    return out


@pytest.fixture(scope="module")
def hours(folder):
    files = sorted((folder / "beijing").glob("*.csv"))
    return air.read_stations(files, hour_label="starting", unit="ug/m3", pollutants=NAMES, finer="round")


def points_of(stations):
    return air.read_points(pd.DataFrame({"station": list(stations), "entity": "beijing"}))


@pytest.fixture(scope="module")
def city(hours):
    return air.Daily(hours, points_of(hours.stations))


@pytest.fixture(scope="module")
def plain(packed):
    """Whole steps [station, day, hour] of each pollutant, -1 where the file says NA, and the values written finer."""
    stations, found = [], {name: [] for name in NAMES}
    finer = {name: [] for name in NAMES}  # (value, year) of each hour that rounding changes
    steps = {name: {"NA": -1} for name in NAMES}
    for path in packed:
        of = {name: np.full((N_DAYS, 24), -2) for name in NAMES}
        with gzip.open(path, "rt", newline="") as lines:
            for row in csv.DictReader(lines):
                day = (datetime.date(int(row["year"]), int(row["month"]), int(row["day"])) - FIRST).days
                for name in NAMES:
                    text = row[name]
                    if text not in steps[name]:
                        value = Decimal(text) / 10 if name == "CO" else Decimal(text) * 10  # CO: 10 ug/m3
                        steps[name][text] = int(value.quantize(Decimal(1), ROUND_HALF_EVEN))
                    of[name][day, int(row["hour"])] = steps[name][text]
                    if "." in text or name == "CO":
                        finer[name].append((text, day))
        stations.append(row["station"])
        for name in NAMES:
            assert (of[name] > -2).all()  # every hour has a row
            found[name].append(of[name])
    for name in NAMES:
        step = Decimal(10) if name == "CO" else Decimal("0.1")
        odd = {text for text in steps[name] if text != "NA" and Decimal(text) % step}
        finer[name] = [(Decimal(text), DATES[day].year) for text, day in finer[name] if text in odd]
    return SimpleNamespace(stations=stations, steps={n: np.stack(v) for n, v in found.items()}, finer=finer)


def days_of(steps, dates=DATES, per_unit=PER_UNIT, **options):
    """Daily values of each station by the reference: item, date; ``steps`` are arrays [station, day, hour]."""
    exact = {
        name: {-1: None} | {int(v): Fraction(int(v), 1) / per_unit[name] for v in np.unique(array) if v >= 0}
        for name, array in steps.items()
    }
    return [
        reference.district_days(
            {n: [[[exact[n][h] for h in day] for day in array[s].tolist()]] for n, array in steps.items()},
            dates,
            **options,
        )
        for s in range(len(next(iter(steps.values()))))
    ]


def district_of(stations, value=reference.district_value):
    return {
        item: {date: value([of[item][date] for of in stations]) for date in days} for item, days in stations[0].items()
    }


@pytest.fixture(scope="module")
def station_days(plain):
    return days_of(plain.steps)


@pytest.fixture(scope="module")
def district_days(station_days):
    return district_of(station_days)


# ---- comparisons ----


def near(found, wanted):
    if wanted is None:
        assert math.isnan(found)
    else:
        assert float(found) == pytest.approx(float(wanted), rel=2e-15)


def check_year(found, days, year, under):
    """Means, percentiles, multiples, rates and verdicts of one year of a district or station."""
    _, phase, _, assessment = UNDER[under]
    by_name = {name: days[reference.daily(name)] for name in NAMES}
    for name in NAMES:
        here = {key: value.item() for key, value in found.sel(pollutant=name).data_vars.items()}
        for part, value in (
            ("mean", reference.period_mean(name, by_name[name], str(year))),
            ("percentile", reference.period_percentile(name, by_name[name], str(year))),
        ):
            near(here[part], value)
            near(here[f"{part}_rounded"], None if value is None else reference.compared(name, value))
            near(here[f"{part}_printed"], None if value is None else reference.stated(name, value, assessment))
            assert (here[f"{part}_reason"] == Reason.OK) == (value is not None)
        rate = reference.attainment_rate(name, by_name[name], str(year), phase)
        assert here["days"] == rate.valid
        assert here["exceedance_days"] == rate.valid - rate.days
        near(here["attainment_rate_rounded"], rate.percent)
        for s in reference.year_statistics(name, by_name[name], year, phase):
            part = "mean" if s.name == "annual" else "percentile"
            near(here[f"{part}_multiple"], None if s.compared is None else s.multiple or 0)
    whole = reference.compliance(by_name, year, phase, pollutants=NAMES)
    assert [int(v) for v in found["attained"].sel(pollutant=list(NAMES))] == [STATUS[whole.verdicts[n]] for n in NAMES]
    assert int(found["attained_all"]) == STATUS[whole.overall]
    told = [part.split() for part in str(found["exceeding"].values).split(", ") if part]
    assert [(name, float(multiple)) for name, multiple in told] == [(n, float(m)) for n, m in whole.exceeding]
    near(found["composite_index"], reference.composite_index(reference.composite_values(by_name, str(year)), phase))


def check_index(index, shares, days, dates, under):
    """The index of every day with level and primary pollutants, and the days of each year by it."""
    wanted = [reference.day_aqi(UNDER[under][2], {item: of[date] for item, of in days.items()}) for date in dates]
    assert index["day"].values.astype("datetime64[D]").tolist() == dates
    assert [None if np.isnan(v) else v for v in index["aqi"].values.tolist()] == [w.aqi for w in wanted]
    assert (index["aqi_reason"].values == Reason.OK).tolist() == [w.aqi is not None for w in wanted]
    assert index["level"].values.tolist() == [w.level or 0 for w in wanted]
    primary = [{p for p in text.split(", ") if p} for text in index["primary"].values.tolist()]
    assert primary == [set(w.primary) for w in wanted]
    for item in index["item"].values.tolist():
        of_item = index["iaqi"].sel(item=item).values.tolist()
        assert [None if np.isnan(v) else v for v in of_item] == [w.indices[tuple(item.split())] for w in wanted]
    for year in shares["year"].values.tolist():
        here, of_year = shares.sel(year=year), [w for w, date in zip(wanted, dates, strict=True) if date.year == year]
        counted = reference.aqi_days(of_year)
        assert int(here["valid_days"]) == counted.valid
        assert (int(here["good_days"]), int(here["heavy_days"])) == (counted.good.days, counted.heavy.days)
        assert here["level_days"].values.tolist() == list(counted.levels)
        known = counted.valid >= 324
        near(here["good_day_ratio_rounded"], counted.good.percent if known else None)
        near(here["heavy_day_ratio_rounded"], counted.heavy.percent if known else None)
        by_primary = {name: sum(name in w.primary for w in of_year) for name in NAMES}
        assert {n: int(here["primary_days"].sel(pollutant=n)) for n in NAMES} == by_primary


# ---- reading ----


def test_every_hour_is_the_one_that_plain_python_reads(hours, plain):
    assert list(hours.stations) == plain.stations
    assert (str(hours.first_day), hours.n_days) == (str(FIRST), N_DAYS)
    for name in NAMES:
        missing = plain.steps[name].reshape(12, -1) < 0
        assert np.array_equal(hours.codes[name], np.where(missing, air.Hour.BLANK, air.Hour.VALID))
        assert np.array_equal(hours.steps[name], np.where(missing, 0, plain.steps[name].reshape(12, -1)))
        assert hours.reasons_of(name) == {air.Hour.VALID: int((~missing).sum()), air.Hour.BLANK: int(missing.sum())}
    assert sum(int((array < 0).sum()) for array in plain.steps.values()) == 70_303
    ceilings = {"O3": (10_710, 14), "CO": (1_000, 56), "PM10": (9_990, 3), "PM2.5": (9_990, 1)}  # steps, hours
    assert {
        n: (int(hours.steps[n].max()), int((hours.steps[n] == v).sum())) for n, (v, _) in ceilings.items()
    } == ceilings


def test_rounding_touches_hours_of_2013_only(plain, folder):
    """35 167 of 2.46 million hours are finer than 0.1 ug/m3 (CO 0.01 mg/m3): ``finer="round"`` is a choice to be made."""
    counts = {name: len(found) for name, found in plain.finer.items()}
    assert counts == {"SO2": 7314, "NO2": 9989, "CO": 3657, "O3": 14207, "PM10": 0, "PM2.5": 0}
    assert {year for found in plain.finer.values() for _, year in found} == {2013}
    # They are tenths of ppb times molar mass over 22.4 l: the state of the gas is 273 K, 101.325 kPa, as GB 3095 had it.
    for name, molar_mass in (("SO2", 64), ("NO2", 46), ("O3", 48)):
        tenth_of_ppb = min(value for value, _ in plain.finer[name])
        factor = {"SO2": Decimal("0.2856"), "NO2": Decimal("0.2053"), "O3": Decimal("0.2142")}[name]
        assert float(factor) == pytest.approx(molar_mass / 224, rel=1e-3)
        assert tenth_of_ppb % factor == 0
        assert all(value % factor == 0 for value, _ in plain.finer[name])
    assert {value % 100 for value, _ in plain.finer["CO"]} == {99}  # 1399: 1.4 mg/m3 cut off on its way to ug/m3
    huairou = next((folder / "beijing").glob("*Huairou*"))
    with pytest.raises(TableError, match="finer") as caught:
        air.read_stations(huairou, hour_label="starting", unit="ug/m3", pollutants=NAMES)
    assert len(caught.value.faults) == 107 + 114 + 220 + 1287


def test_co_in_another_unit_is_a_fault(folder):
    huairou = pd.read_csv(next((folder / "beijing").glob("*Huairou*")), nrows=200)
    with pytest.raises(TableError, match="above 200 mg/m3"):
        air.read_stations(huairou, hour_label="starting", unit={"CO": "mg/m3"}, finer="round")


# ---- the chain against the reference ----


@pytest.mark.parametrize("under", UNDER)
def test_the_district_equals_the_reference(city, district_days, under):
    """Every year, whole or not, and every day."""
    names = UNDER[under][0]
    found = air.annual(city, edition=names, alternatives=False).sel(entity="beijing")
    assert found["year"].values.tolist() == list(ALL_YEARS)
    for year in ALL_YEARS:
        check_year(found.sel(year=year), district_days, year, under)
    index = air.daily_index(city, edition=names).sel(entity="beijing")
    shares = air.index_shares(city, edition=names, alternatives=False).sel(entity="beijing")
    check_index(index, shares, district_days, DATES, under)


@pytest.mark.parametrize("under", UNDER)
def test_the_stations_equal_the_reference(hours, station_days, under):
    names, daily = UNDER[under][0], air.Daily(hours)
    found = air.annual(daily, edition=names, alternatives=False)
    index = air.daily_index(daily, edition=names)
    shares = air.index_shares(daily, edition=names, alternatives=False)
    unknown = [(found[name].sel(year=list(YEARS)) == UNKNOWN).values for name in ("attained_all", "attained")]
    assert [(int(u.sum()), u.size) for u in unknown] == [(10, 36), (93, 216)]  # for want of days
    for station, days in zip(hours.stations, station_days, strict=True):
        for year in YEARS:
            check_year(found.sel(station=station, year=year), days, year, under)
        if under != "2031":  # the index of 2026 is that of 2031
            check_index(index.sel(station=station), shares.sel(station=station), days, DATES, under)


def test_dates_choose_the_editions(city, plain):
    """GB 3095-2012 and HJ 633-2012 were in force nationwide from 2016 on; HJ 663-2013 from 2013-10-01 on."""
    three, two = (
        air.annual(city, edition=names, alternatives=False) for names in ((*OF_THE_TIME, "hj-663-2013"), OF_THE_TIME)
    )
    assert three.drop_attrs().equals(two.drop_attrs())
    by_date = air.annual(city, alternatives=False)
    assert by_date["edition"].values.tolist() == ["hj-663-2013"] * 5
    assert by_date["limit_edition"].values.tolist() == ["", "", "", "gb-3095-2012", "gb-3095-2012"]
    means = [found["mean"].drop_sel(pollutant="O3") for found in (by_date, two)]  # O3: see below, days above the limit
    assert np.array_equal(*means, equal_nan=True)
    for name in ("attained", "attained_all", "composite_index", "mean_multiple", "attainment_rate"):
        assert np.array_equal(by_date[name].sel(year=2016), two[name].sel(year=2016), equal_nan=True)
    dates = [date for date in DATES if date.year == 2015]
    first = DATES.index(dates[0])
    # No limit, so that no day of ozone with few 8-hour means counts for being above it
    without = days_of({"O3": plain.steps["O3"][:, first : first + len(dates)]}, dates, ceiling=None)
    o3, with_limit = (x.sel(entity="beijing", year=2015, pollutant="O3") for x in (by_date, two))
    near(o3["mean"], reference.period_mean("O3", district_of(without)["O3", "8h"], "2015"))
    assert (int(o3["days"]), int(with_limit["days"])) == (359, 363)
    assert (by_date["attained_all"].sel(year=[2014, 2015]) == UNKNOWN).all()
    assert by_date["composite_index_reason"].sel(year=2015).item() == Reason.NO_EDITION
    named, index = (air.daily_index(city, edition=e).sel(entity="beijing") for e in (OF_THE_TIME, None))
    assert (named["aqi_reason"].sel(day=slice(None, "2013-09-30")) == Reason.NO_EDITION).all()
    assert (index["aqi_reason"].sel(day=slice(None, "2015-12-31")) == Reason.NO_EDITION).all()
    assert np.array_equal(*(i["aqi"].sel(day=slice("2016-01-01", None)) for i in (index, named)), equal_nan=True)


def test_months_equal_the_reference(city, district_days):
    """Of 2016, and of 2013, where hours were rounded."""
    found = air.periods(city, by="month", edition=UNDER["2012"][0], years=[2013, 2016]).sel(entity="beijing")
    labels = [f"{year}-{month:02d}" for year in (2013, 2016) for month in range(1, 13)]
    assert found["period"].values.tolist() == labels
    by_name = {name: district_days[reference.daily(name)] for name in NAMES}
    known = 0
    for label in labels:
        here = found.sel(period=label)
        for name in NAMES:
            mean = reference.period_mean(name, by_name[name], label)
            near(here["mean"].sel(pollutant=name), mean)
            near(here["percentile"].sel(pollutant=name), reference.period_percentile(name, by_name[name], label))
            known += mean is not None
        near(here["composite_index"], reference.composite_index(reference.composite_values(by_name, label), "2012"))
    assert known > 120
    assert (found["attained"] == UNKNOWN).all()  # the standard judges years


def test_the_composite_index_fell(city, district_days):
    found = air.annual(city, edition=UNDER["2012"][0], alternatives=False)
    change = air.composite_change(found).sel(entity="beijing")["change"]
    by_name = {name: district_days[reference.daily(name)] for name in NAMES}
    now, before = (
        reference.composite_index(reference.composite_values(by_name, str(year)), "2012") for year in (2016, 2015)
    )
    near(change.sel(year=2016), 100 * reference.change_rate(now, before))
    assert np.isnan(change.sel(year=2015))  # NO2 of 2014 is not valid: one day too few in February


def test_three_years_are_no_trend(city):
    """Spearman's test of HJ 663 needs four years at least, and two of the five here are incomplete."""
    found = air.annual(city, edition=UNDER["2012"][0], alternatives=False, pollutants=["PM2.5"]).sel(entity="beijing")
    values = {year: float(found["mean"].sel(year=year, pollutant="PM2.5")) for year in YEARS}
    with pytest.raises(TableError, match="3 years"):
        air.trend(values)


# ---- the parameters that are not verified ----


def district_under(share):
    """The district's value where ``share`` [%] of all points must be valid."""

    def value(points):
        known = [v for v in points if v is not None]
        return sum(known) / len(known) if known and 100 * len(known) >= share * len(points) else None

    return value


@pytest.mark.parametrize(("label", "share"), [("points: every point", 100), ("points: any point", 0)])
def test_alternatives_of_points_equal_the_reference(city, station_days, label, share):
    days = district_of(station_days, district_under(share))
    found = air.annual(city, edition=UNDER["2012"][0], years=YEARS).sel(entity="beijing", alternative=label)
    shares = air.index_shares(city, edition=UNDER["2012"][0], years=YEARS).sel(entity="beijing", alternative=label)
    for year in YEARS:
        whole = reference.compliance({n: days[reference.daily(n)] for n in NAMES}, year, "2012", pollutants=NAMES)
        wanted = [STATUS[whole.verdicts[n]] for n in NAMES]
        assert found["attained_under"].sel(year=year).values.tolist() == wanted
        assert int(found["attained_all_under"].sel(year=year)) == STATUS[whole.overall]
        dates = [date for date in DATES if date.year == year]
        of_year = [reference.day_aqi("HJ 633-2012", {i: of[date] for i, of in days.items()}) for date in dates]
        counted = reference.aqi_days(of_year)
        here = shares.sel(year=year)
        counts = [int(here[f"{name}_days_under"]) for name in ("good", "heavy", "valid")]
        assert counts == [counted.good.days, counted.heavy.days, counted.valid]


def test_verdicts_hang_on_the_points_alone(city):
    """With every point valid there are too few days, under any limits; NO2 of 2014 is unknown, and above otherwise."""
    for under in UNDER:
        found = air.annual(city, edition=UNDER[under][0], years=YEARS).sel(entity="beijing")
        assert (found["attained_all"] == EXCEEDED).all()
        assert found["depends_all"].values.tolist() == ["points: every point"] * 3
        depends = found["depends"].values.tolist()
        assert depends[0].pop(1) == "points: any point; percentile_minima: no minimum"
        assert set(itertools.chain(*depends)) == {"points: every point"}
        no2 = found.sel(year=2014, pollutant="NO2")
        assert (no2["attained"].item(), no2["mean_reason"].item()) == (UNKNOWN, Reason.POINTS_MISSING)
        assert no2["attained_under"].sel(alternative="points: any point").item() == EXCEEDED
        assert no2["attained_under"].sel(alternative="percentile_minima: no minimum").item() == EXCEEDED


def test_beijing_fell_and_stayed_above_the_limit(city):
    found = air.annual(city, edition=UNDER["2012"][0]).sel(entity="beijing", pollutant="PM2.5")
    known = found.sel(year=list(YEARS))
    assert (known["mean_reason"] == Reason.OK).all()
    assert (np.diff(known["mean"]) < 0).all()
    assert (known["attained"] == EXCEEDED).all()
    likely = known.sel(alternative=[a for a in found["alternative"].values if a != "points: every point"])
    assert (likely["attained_under"] == EXCEEDED).all()
    fall = 1 - float(found["mean"].sel(year=2016)) / float(found["mean"].sel(year=2015))
    assert fall == pytest.approx(0.099, abs=0.02)  # the city's bulletin of 2016: 9.9 % below 2015
    partial = found.sel(year=[2013, 2017])
    assert (partial["mean_reason"] == Reason.DAYS_MISSING).all()


# ---- what the city printed ----

# Means of SO2, NO2, PM10, PM2.5, P95 of CO, P90 of MDA8 of O3, good days, heavy-pollution days. "~": from a printed change.
# 2016: Beijing Environmental Bulletin 2016, as printed by China News Service on 2017-06-02.
# 2015: report of the city's environment bureau of 2016-01-04, as printed by China Radio International. CO 3.2 / 0.889 and
# O3 199 / 0.985 by the changes that the bulletin of 2016 prints.
# 2014: PM2.5 by the report of 2015-01-04 (China News Service). By the changes that the report for 2015 prints: SO2
# 13.5 / 0.619, NO2 50.0 / 0.882, PM10 101.5 / 0.877, good days 186 - 14; heavy days 46 + 1 (Ministry, 2016-02-04).
PRINTED = {
    2014: ("~21.8", "~56.7", "~115.7", "85.9", "", "", "~172", "~47"),
    2015: ("13.5", "50.0", "101.5", "80.6", "~3.6", "~202", "186", "46"),
    2016: ("10", "48", "92", "73", "3.2", "199", "198", "39"),
}
# 12 of the 35 stations of the city, one of them its clean control point; 8 days of 2014 have no index here.
OFF_BY, OFF_BY_GOOD, OFF_BY_HEAVY = 0.07, 6, 1


def as_printed(city, year):
    """The same eight figures as the city's, in full."""
    found = air.annual(city, edition=OF_THE_TIME, alternatives=False).sel(entity="beijing", year=year)
    shares = air.index_shares(city, edition=OF_THE_TIME, alternatives=False).sel(entity="beijing", year=year)
    means = [float(found["mean"].sel(pollutant=name)) for name in ("SO2", "NO2", "PM10", "PM2.5")]
    percentiles = [float(found["percentile"].sel(pollutant=name)) for name in ("CO", "O3")]
    return (*means, *percentiles, int(shares["good_days"]), int(shares["heavy_days"]))


@pytest.mark.parametrize("year", YEARS)
def test_the_city_printed_nearly_the_same(city, year):
    found = as_printed(city, year)
    wanted = [float(text.strip("~")) if text else None for text in PRINTED[year]]
    assert math.isnan(found[1]) == (year == 2014)  # NO2 of 2014 lacks a day in February
    for ours, printed in zip(found[:6], wanted[:6], strict=True):
        if printed is not None and not math.isnan(ours):
            assert ours == pytest.approx(printed, rel=OFF_BY)
    assert abs(found[6] - wanted[6]) <= OFF_BY_GOOD
    assert abs(found[7] - wanted[7]) <= OFF_BY_HEAVY
    if year == 2016:  # the first comparison of these tests: 73 ug/m3
        assert found[3] == pytest.approx(73, abs=3)


# ---- the state of the gas ----

RATIO = Fraction(273 * 100, 29815)


@pytest.fixture(scope="module")
def rebased(hours):
    return air.Daily(air.rebased(hours, air.OLD, air.REFERENCE), points_of(hours.stations))


@pytest.mark.parametrize("under", UNDER)
def test_gases_at_the_reference_state(city, rebased, plain, station_days, under):
    """Every statistic of a gas by 273 / 298.15 before rounding, that of particles by 1, and all of it by the reference."""
    per_unit = {n: PER_UNIT[n] / RATIO if n in GASES else Fraction(PER_UNIT[n]) for n in NAMES}
    dates = [date for date in DATES if date.year == 2016]
    of_2016 = {n: array[:, DATES.index(dates[0]) :][:, : len(dates)] for n, array in plain.steps.items()}
    days = district_of(days_of(of_2016, dates, per_unit))
    names = UNDER[under][0]
    found = air.annual(rebased, edition=names, alternatives=False).sel(entity="beijing")
    before = air.annual(city, edition=names, alternatives=False).sel(entity="beijing")
    check_year(found.sel(year=2016), days, 2016, under)
    index = air.daily_index(rebased, edition=names).sel(entity="beijing", day=slice("2016-01-01", "2016-12-31"))
    shares = air.index_shares(rebased, edition=names, alternatives=False, years=[2016]).sel(entity="beijing")
    check_index(index, shares, days, dates, under)
    for name in NAMES:
        for part in ("mean", "percentile"):
            at_273, at_298 = (x[part].sel(pollutant=name, year=list(YEARS)).values for x in (before, found))
            known = ~np.isnan(at_273)
            if name != "O3":  # a day of ozone with few 8-hour means counts only above the limit: see below
                np.testing.assert_allclose(
                    at_298[known] / at_273[known], float(RATIO if name in GASES else 1), rtol=4e-16
                )
    assert np.array_equal(
        before["attained"], found["attained"]
    )  # of the district no verdict changes, though multiples do


def test_days_of_ozone_that_count_only_above_the_limit(hours, rebased, station_days):
    """With fewer than 14 valid 8-hour means a day counts if their highest is above 160: at 298.15 K some no longer are."""
    names = UNDER["2012"][0]
    before = air.annual(hours, edition=names, alternatives=False, pollutants=["O3"]).sel(pollutant="O3")
    after = air.annual(rebased.hours, edition=names, alternatives=False, pollutants=["O3"]).sel(pollutant="O3")
    lost = (before["days"] - after["days"]).sel(year=list(YEARS))
    assert (lost >= 0).all()
    assert int(lost.sum()) > 0
    here = {"station": "Nongzhanguan", "year": 2016}
    verdicts = [int(x["attained"].sel(here)) for x in (before, after)]
    assert verdicts == [EXCEEDED, UNKNOWN]
    assert int(after["mean_reason"].sel(here)) == Reason.DAYS_MISSING


def changed_verdicts(one, other):
    """Station, year, pollutant and both verdicts wherever they differ."""
    places = np.argwhere(one["attained"].values != other["attained"].values)
    return {
        (str(one["station"].values[s]), int(one["year"].values[y]), str(one["pollutant"].values[p])): (
            WORDS[int(one["attained"].values[s, y, p])],
            WORDS[int(other["attained"].values[s, y, p])],
        )
        for s, y, p in places
    }


NO2_ATTAINED = {("Dingling", 2015, "NO2"): ("exceeded", "attained")}
O3_LOST = {("Nongzhanguan", 2016, "O3"): ("exceeded", "unknown")}
SO2_ATTAINED = {(s, 2016, "SO2"): ("exceeded", "attained") for s in ("Aotizhongxin", "Nongzhanguan")}


@pytest.mark.parametrize(
    ("under", "wanted"),
    [("2012", NO2_ATTAINED | O3_LOST), ("2026", NO2_ATTAINED | O3_LOST), ("2031", SO2_ATTAINED | O3_LOST)],
)
def test_verdicts_of_stations_that_hang_on_the_state_of_the_gas(hours, rebased, under, wanted):
    one, other = (
        air.annual(h, edition=UNDER[under][0], years=YEARS, alternatives=False) for h in (hours, rebased.hours)
    )
    assert changed_verdicts(one, other) == wanted


# ---- the label of the hour ----


@pytest.fixture(scope="module")
def ending(packed):
    """From frames, which is ten times as quick as from text."""
    columns = ["station", "year", "month", "day", "hour", *NAMES]
    frames = [pd.read_csv(path, usecols=columns) for path in packed]
    return air.read_stations(frames, hour_label="ending", unit="ug/m3", pollutants=NAMES, finer="round")


def test_frames_are_read_as_files_are(hours, ending):
    for name in NAMES:
        assert np.array_equal(hours.steps[name], ending.steps[name][:, 23:-1])
        assert np.array_equal(hours.codes[name], ending.codes[name][:, 23:-1])


def test_labels_as_ends_of_hours_equal_the_reference(ending, plain):
    """2016: every hour one earlier, so that 00:00 of a day is the last hour of the day before."""
    dates = [date for date in DATES if date.year == 2016]
    first = 24 * DATES.index(dates[0])
    steps = {
        n: a.reshape(12, -1)[:, first + 1 : first + 1 + 24 * len(dates)].reshape(12, -1, 24)
        for n, a in plain.steps.items()
    }
    stations = days_of(steps, dates)
    days, daily = district_of(stations), air.Daily(ending, points_of(ending.stations))
    for under in UNDER:
        names = UNDER[under][0]
        found = air.annual(daily, edition=names, alternatives=False, years=[2016]).sel(entity="beijing", year=2016)
        check_year(found, days, 2016, under)
        index = air.daily_index(daily, edition=names).sel(entity="beijing", day=slice("2016-01-01", "2016-12-31"))
        shares = air.index_shares(daily, edition=names, alternatives=False, years=[2016]).sel(entity="beijing")
        check_index(index, shares, days, dates, under)


def test_what_the_label_of_the_hour_changes(hours, ending, city):
    """Means by 0.2 %, percentiles by 5 %; no verdict of the district, and one of a station from unknown to known."""
    daily = air.Daily(ending, points_of(ending.stations))
    for under in UNDER:
        one, other = (
            air.annual(d, edition=UNDER[under][0], years=YEARS, alternatives=False).sel(entity="beijing")
            for d in (city, daily)
        )
        assert np.array_equal(one["attained"], other["attained"])
        for name, rtol in (("mean", 0.002), ("percentile", 0.05)):
            assert not np.array_equal(one[name], other[name], equal_nan=True)
            np.testing.assert_allclose(one[name], other[name], rtol=rtol)
        of_stations = [air.annual(h, edition=UNDER[under][0], years=YEARS, alternatives=False) for h in (hours, ending)]
        assert changed_verdicts(*of_stations) == {("Shunyi", 2014, "O3"): ("unknown", "exceeded")}


# ---- docs/beijing.md ----

PAGE = Path(__file__).resolve().parents[1] / "docs" / "beijing.md"


def tables_of(page):
    """Cells of each table of a page, by the heading above it."""
    found, heading = {}, ""
    for line in page.read_text(encoding="utf-8").splitlines():
        heading = line.lstrip("# ") if line.startswith("#") else heading
        if line.startswith("|") and not re.fullmatch(r"[|: -]+", line):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def whole(value, decimals=0):
    return "–" if np.isnan(value) else f"{float(value):.{decimals}f}"


def statistics_table(city):
    """Year, pollutant, days, mean and percentile as compared, and under each limits the verdict with both multiples."""
    rows = [["year", "pollutant", "days", "mean", "percentile", "2012", "2026", "2031"]]
    found = {
        u: air.annual(city, edition=UNDER[u][0], years=YEARS, alternatives=False).sel(entity="beijing") for u in UNDER
    }
    for year, name in itertools.product(YEARS, NAMES):
        here = {u: of.sel(year=year, pollutant=name) for u, of in found.items()}
        first, decimals = here["2012"], int(name == "CO")
        mean = "" if name in ("CO", "O3") else whole(first["mean_rounded"], decimals)
        percentile = whole(first["percentile_rounded"], decimals)
        cells = [str(year), name, str(int(first["days"])), mean, f"P{int(first['percent'])} {percentile}"]
        for of in here.values():
            multiples = [float(of[f"{part}_multiple"]) for part in ("mean", "percentile")]
            shown = " / ".join(f"{m:.2f}" for m in multiples if not np.isnan(m))
            verdict = int(of["attained"])
            cells.append(f"{WORDS[verdict]} {shown}" if verdict == EXCEEDED else WORDS[verdict])
        rows.append(cells)
    return rows


def years_table(daily):
    """Year, limits, verdict, what is above, composite index, good, heavy and valid days."""
    rows = [["year", "limits", "verdict", "above, with the larger multiple", "composite index", "good", "heavy", "of"]]
    for under in UNDER:
        names = UNDER[under][0]
        found = air.annual(daily, edition=names, years=YEARS, alternatives=False).sel(entity="beijing")
        shares = air.index_shares(daily, edition=names, years=YEARS, alternatives=False).sel(entity="beijing")
        for year in YEARS:
            of, days = found.sel(year=year), shares.sel(year=year)
            counts = [str(int(days[f"{n}_days"])) for n in ("good", "heavy", "valid")]
            above, index = str(of["exceeding"].values), whole(of["composite_index"], 2)
            rows.append([str(year), under, WORDS[int(of["attained_all"])], above, index, *counts])
    return sorted(rows[:1]) + sorted(rows[1:], key=lambda row: row[0])


def alternatives_table(city, under="2012"):
    """Good, heavy and valid days of each year under each alternative that changes them."""
    shares = air.index_shares(city, edition=UNDER[under][0], years=YEARS).sel(entity="beijing")
    rows = [["parameter: alternative", *map(str, YEARS)]]

    def cells(suffix, of):
        return [
            " / ".join(str(int(of[f"{n}_days{suffix}"].sel(year=y))) for n in ("good", "heavy", "valid")) for y in YEARS
        ]

    rows.append(["as taken", *cells("", shares)])
    for label in shares["alternative"].values.tolist():
        row = cells("_under", shares.sel(alternative=label))
        if row != rows[1][1:]:
            rows.append([f"`{label}`", *row])
    return rows


def labels_table(city, ending):
    """2016 by both readings of the hour."""
    rows = [["2016", *NAMES, "good", "heavy", "of"]]
    for word, daily in (("starting", city), ("ending", air.Daily(ending, points_of(ending.stations)))):
        names = UNDER["2012"][0]
        found = air.annual(daily, edition=names, years=[2016], alternatives=False).sel(entity="beijing", year=2016)
        shares = air.index_shares(daily, edition=names, years=[2016], alternatives=False).sel(
            entity="beijing", year=2016
        )
        cells = []
        for name in NAMES:
            of, decimals = found.sel(pollutant=name), 2 if name == "CO" else 1
            mean = "" if name in ("CO", "O3") else whole(of["mean"], decimals)
            cells.append(" / ".join(filter(None, (mean, whole(of["percentile"], decimals)))))
        rows.append([word, *cells, *(str(int(shares[f"{n}_days"])) for n in ("good", "heavy", "valid"))])
    return rows


def printed_table(city):
    """What the city printed, behind what is found here."""
    rows = [["year", "SO2", "NO2", "PM10", "PM2.5", "CO", "O3", "good days", "heavy days"]]
    for year in YEARS:
        ours = [whole(v, d) for v, d in zip(as_printed(city, year), (1, 1, 1, 1, 1, 0, 0, 0), strict=True)]
        rows.append([str(year), *(f"{a} ({b or '–'})" for a, b in zip(ours, PRINTED[year], strict=True))])
    return rows


NO_WEATHER = {"PM10": 398, "PM2.5": 400}  # valid hours without temperature or pressure


def as_sampled(hours, packed):
    """Particles at the temperature and pressure of each hour, as docs/beijing.md does it."""
    weather = {name: np.full((12, 24 * N_DAYS), np.nan) for name in ("TEMP", "PRES")}
    for s, path in enumerate(packed):
        frame = pd.read_csv(path)
        assert (frame["station"] == hours.stations[s]).all()
        assert (frame["hour"].to_numpy().reshape(N_DAYS, 24) == np.arange(24)).all()
        assert pd.to_datetime(frame[["year", "month", "day"]]).dt.date.tolist() == np.repeat(DATES, 24).tolist()
        for name, array in weather.items():
            array[s] = frame[name]  # every hour has a row, in order
    values = {n: np.where(hours.codes[n] == air.Hour.VALID, hours.steps[n] / 10, np.nan) for n in ("PM10", "PM2.5")}
    made = np.stack([air.as_sampled(v, weather["TEMP"], weather["PRES"]) for v in values.values()], axis=1)
    found = air.station_hours(made, hours.stations, f"{FIRST}T00", unit="ug/m3", pollutants=list(values), finer="round")
    return found, weather


def test_particles_as_sampled_equal_the_reference(hours, packed, plain, city):
    """2016, each hour exactly: C = C0 (273 / T) (P / 1013.25), rounded once to 0.1 ug/m3."""
    found, weather = as_sampled(hours, packed)
    for name in ("PM10", "PM2.5"):
        no_weather = (hours.codes[name] == air.Hour.VALID) & (found.codes[name] == air.Hour.BLANK)
        assert int(no_weather.sum()) == NO_WEATHER[name]
    dates = [date for date in DATES if date.year == 2016]
    first, steps = DATES.index(dates[0]), {}
    kelvin, hpa = ({v: Fraction(str(v)) for v in np.unique(w[~np.isnan(w)]).tolist()} for w in weather.values())
    for name in ("PM10", "PM2.5"):
        steps[name] = np.full((12, len(dates), 24), -1)
        for s, k, h in np.argwhere(plain.steps[name][:, first : first + len(dates)] >= 0):
            t, p = (w[s, 24 * (first + k) + h].item() for w in weather.values())
            if t == t and p == p:
                ratio = 273 / (kelvin[t] + Fraction("273.15")) * hpa[p] / Fraction("1013.25")
                steps[name][s, k, h] = reference.half_even(int(plain.steps[name][s, first + k, h]) * ratio)
    days = district_of(days_of(steps, dates))
    points = points_of(hours.stations)
    for under in UNDER:
        made = air.annual(found, points, edition=UNDER[under][0], years=[2016], alternatives=False)
        before = air.annual(city, edition=UNDER[under][0], years=[2016], alternatives=False)
        for name in ("PM10", "PM2.5"):
            here = made.sel(entity="beijing", year=2016, pollutant=name)
            near(here["mean"], reference.period_mean(name, days[name, "24h"], "2016"))
            near(here["percentile"], reference.period_percentile(name, days[name, "24h"], "2016"))
            assert int(here["attained"]) == EXCEEDED
            ratio = float(here["mean"]) / float(before["mean"].sel(entity="beijing", year=2016, pollutant=name))
            assert 0.95 < ratio < 0.96


def test_the_code_of_the_page_prints_what_it_says(folder, monkeypatch):
    monkeypatch.chdir(folder)
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", text, flags=re.S)
    assert len(blocks) >= 4
    names: dict[str, object] = {}
    for code, wanted in blocks:
        out = io.StringIO()
        with redirect_stdout(out):
            exec(compile(code, PAGE.name, "exec"), names)
        assert out.getvalue() == wanted


def test_the_tables_of_the_page_are_what_is_computed(city, rebased, ending):
    found = tables_of(PAGE)
    assert found["Each pollutant"] == statistics_table(city)
    assert found["Each year"] == years_table(city)
    assert found["The state of the gas"] == years_table(rebased)
    assert found["The label of the hour"] == labels_table(city, ending)
    assert found["What is not verified"] == alternatives_table(city)
    assert found["What the city printed"] == printed_table(city)
    for under in ("2026", "2031"):
        other = {label.partition(":")[0].strip("`") for label, *_ in alternatives_table(city, under)[2:]}
        assert other == {"points", "windows", "decimals_day"}
