"""The reference of the air rules against numbers worked by hand and numbers that were published."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from fractions import Fraction as F

import air_breakpoints as golden
import air_reference as air
import pytest

DAYS_2025 = [datetime.date(2025, 1, 1) + datetime.timedelta(days=k) for k in range(365)]
OLD, NEW = "HJ 633-2012", "HJ 633-2026"


def first_of_months(each: dict[int, int] | int, year: int = 2025) -> list[datetime.date]:
    """So many days from the first of each month on."""
    each = dict.fromkeys(range(1, 13), each) if isinstance(each, int) else each
    return [datetime.date(year, month, day + 1) for month, n in each.items() for day in range(n)]


def six(**values) -> dict:
    """Daily values by item, those of a clean day where none is given; None is missing."""
    clean = {"so2": 10, "no2": 20, "pm10": 40, "pm25": 20, "co": "0.8", "o3": 80, "o3_1h": 90}
    given = clean | values
    names = ("SO2", "24h"), ("NO2", "24h"), ("PM10", "24h"), ("PM2.5", "24h"), ("CO", "24h"), ("O3", "8h"), ("O3", "1h")
    return dict(zip(names, given.values(), strict=True))


# ---- rounding: fact sheet of the air rules, section 4 (published examples of GB/T 8170, and two ties) ----


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("12.1498", 0, "12"),
        ("12.1498", 1, "12.1"),
        ("10.5002", 0, "11"),
        ("1.050", 1, "1.0"),
        ("0.35", 1, "0.4"),
        ("-0.0365", 3, "-0.036"),
        ("15.4546", 0, "15"),
        ("8.53459", 2, "8.53"),
        ("1268", -2, "1300"),
        ("2500", -3, "2000"),
        ("3500", -3, "4000"),
        ("44.5", 0, "44"),
        ("35.5", 0, "36"),
        ("34.5", 0, "34"),
        ("74.25", 1, "74.2"),
        ("74.35", 1, "74.4"),
    ],
)
def test_half_even(value, decimals, rounded):
    scale = F(10) ** decimals
    assert air.half_even(F(value) * scale) / scale == F(rounded)
    if decimals >= 0:
        assert air.half_even(F(value), decimals) == F(rounded)


def test_a_float_is_refused():
    with pytest.raises(TypeError, match=r"0\.1 is a float"):
        air.exact(0.1)
    assert air.exact(Decimal("0.1")) == air.exact("0.1") == F(1, 10)


# ---- limits: section 1, some cells of every phase ----


def test_limits():
    assert [air.limit(phase, "PM2.5", "annual") for phase in air.LIMITS] == [35, 30, 25]
    assert [air.limit(phase, "PM10", "24h") for phase in air.LIMITS] == [150, 120, 100]
    assert [air.limit(phase, "SO2", "annual", zone=1) for phase in air.LIMITS] == [20, 20, 20]
    assert [air.limit(phase, "NOx", "annual") for phase in air.LIMITS] == [50, 50, 40]
    assert [air.limit(phase, "O3", "MDA8", zone=1) for phase in air.LIMITS] == [100, 100, 100]
    assert air.limit("2012", "CO", "annual") is None
    assert air.limit("2012", "BaP", "24h") == F(25, 10_000)


def test_editions_in_force():
    dates = [datetime.date(*d) for d in ((2026, 2, 28), (2026, 3, 1), (2030, 12, 31), (2031, 1, 1))]
    assert [air.phase_on(d) for d in dates] == ["2012", "2026 transition", "2026 transition", "2026 final"]
    assert [air.aqi_edition_on(d) for d in dates] == [OLD, NEW, NEW, NEW]
    with pytest.raises(ValueError, match="2016-01-01"):
        air.phase_on(datetime.date(2015, 12, 31))


# ---- days ----


def test_day_of_twenty_hours():
    # 1 to 20: sum 210, mean 10.5
    hours = [*range(1, 21), None, None, None, None]
    assert air.day_mean(hours) == F(21, 2)
    assert air.day_mean([None, *hours[1:]]) is None  # 19 hours


def test_mda8_of_a_full_day():
    # Hours 1 to 24: the last window, 17 to 24, is the highest: 164 / 8 = 20.5. 17 windows, first 1 to 8: 4.5.
    hours = list(range(1, 25))
    means = air.eight_hour_means(hours)
    assert (len(means), means[0], means[-1]) == (17, F(9, 2), F(41, 2))
    assert air.mda8(hours) == F(41, 2)


def test_no_window_begins_the_day_before():
    # 24 in the first hour only: windows of hours 1 to 8 hold it, mean 3; a window that ended at 01:00 would not count.
    assert air.mda8([24, *[0] * 23]) == 3


def test_a_window_has_six_hours():
    two, three = [None] * 2 + [8] * 22, [None] * 3 + [8] * 21
    assert air.eight_hour_means(two)[0] == 8  # 6 of 8
    assert air.eight_hour_means(three)[0] is None  # 5 of 8
    assert air.eight_hour_means(three)[1] == 8  # hours 2 to 9: 6


@pytest.mark.parametrize(
    ("level", "windows", "value"),
    [
        (100, 14, 100),  # enough windows
        (100, 13, None),
        (160, 13, None),  # at the limit is not above it
        ("160.5", 13, None),  # rounded 160: half to even
        ("160.6", 13, F("160.6")),  # rounded 161: counts though there are 13
        (200, 1, 200),
        (200, 0, None),
    ],
)
def test_mda8_with_few_windows(level, windows, value):
    # Known from some hour on to the end: with h hours known, windows ending in the last h - 5 hours have 6 of them
    known = windows + 5 if windows else 5
    hours = [None] * (24 - known) + [level] * known
    assert sum(m is not None for m in air.eight_hour_means(hours)) == windows
    assert air.mda8(hours) == value


def test_mda8_exception_by_class():
    hours = [None] * 18 + [120] * 6  # one window
    assert air.mda8(hours, ceiling=160) is None
    assert air.mda8(hours, ceiling=100) == 120
    assert air.mda8(hours, ceiling=None) is None


def test_highest_hour():
    hours = [*range(20), None, None, None, None]
    assert air.day_max(hours) == 19
    assert air.day_max(hours, minimum=21) is None


@pytest.mark.parametrize(
    ("points", "value"),
    [
        ([10], 10),
        ([None], None),
        ([10, None], 10),  # 1 of 2: 50 %
        ([10, None, None], None),  # 1 of 3
        ([10, 20, None], 15),  # 2 of 3
        ([10, 20, None, None], None),  # 2 of 4: below 75 %
        ([10, 20, 40, None], F(70, 3)),  # 3 of 4
        ([1, 1, 1, None, None], None),  # 3 of 5
        ([1, 1, 1, 5, None], 2),  # 4 of 5
        ([1] * 5 + [None] * 2, None),  # 5 of 7: 71 %
        ([1] * 6 + [None] * 2, 1),  # 6 of 8
    ],
)
def test_district_value(points, value):
    assert air.district_value(points) == value


def test_district_days_go_by_point_first():
    # Point 1 has 24 hours of 10, point 2 20 hours of 40: (10 + 40) / 2 = 25, not the mean of the 44 hours
    hours = {"PM2.5": [[[10] * 24], [[40] * 20 + [None] * 4]], "O3": [[[80] * 24], [[100] * 23 + [150]]]}
    found = air.district_days(hours, DAYS_2025[:1])
    assert found["PM2.5", "24h"] == {DAYS_2025[0]: 25}
    # MDA8 80 and (7 x 100 + 150) / 8 = 106.25, mean 93.125; highest hours 80 and 150, mean 115
    assert found["O3", "8h"] == {DAYS_2025[0]: F("93.125")}
    assert found["O3", "1h"] == {DAYS_2025[0]: 115}


def test_hours_rounded_before_use():
    hours = {"PM2.5": [[["10.5"] * 24]], "CO": [[["0.85"] * 24]]}
    found = air.district_days(hours, DAYS_2025[:1], hour_decimals=air.DECIMALS)
    assert [next(iter(d.values())) for d in found.values()] == [10, F("0.8")]


def test_tsp_is_sampled_over_the_whole_day():
    assert air.point_day("TSP", "24h", [1] * 24) == 1
    assert air.point_day("TSP", "24h", [None] + [1] * 23) is None


# ---- periods ----


def test_periods():
    assert air.months_of("2025") == (2025, range(1, 13))
    assert air.months_of("2025-H2") == (2025, range(7, 13))
    assert air.months_of("2025-Q4") == (2025, range(10, 13))
    assert air.months_of("2025-02") == (2025, range(2, 3))


@pytest.mark.parametrize(
    ("each", "valid"),
    [
        # 27 x 11 + 25 = 322 < 324
        (dict.fromkeys(range(1, 13), 27) | {2: 25}, False),
        (dict.fromkeys(range(1, 13), 27) | {2: 25, 1: 29}, True),  # 324
        (dict.fromkeys(range(1, 13), 28), True),  # 336
        (dict.fromkeys(range(1, 13), 28) | {2: 24}, False),
        (dict.fromkeys(range(1, 13), 28) | {7: 26}, False),
    ],
)
def test_year_of_324_days(each, valid):
    days = dict.fromkeys(first_of_months(each), 7)
    for pollutant in air.BASE:
        assert air.enough(pollutant, days, "2025") is valid
    assert air.period_mean("SO2", days, "2025") == (7 if valid else None)
    assert air.period_percentile("CO", days, "2025") == (7 if valid else None)


def test_shorter_periods_need_their_months():
    days = dict.fromkeys(first_of_months({1: 27, 2: 25, 3: 27, 4: 26, 5: 31, 6: 30}), 7)
    periods = ["2025-01", "2025-02", "2025-04", "2025-Q1", "2025-Q2", "2025-H1"]
    assert [air.period_mean("NOx", days, p) for p in periods] == [7, 7, None, 7, None, None]


def test_sparse_pollutants():
    days = dict.fromkeys(first_of_months(5), F(1, 2))  # 60 days
    assert air.period_mean("Pb", days, "2025") == F(1, 2)
    assert air.period_mean("Pb", days, "2025-Q3") == F(1, 2)
    del days[datetime.date(2025, 9, 1)]
    assert [air.period_mean("Pb", days, p) for p in ("2025", "2025-Q3", "2025-Q2")] == [None, None, F(1, 2)]


def test_mean_of_days_not_of_months():
    # 30 days of 10 in April and 31 of 20 in May, with June 30 days of 10: (300 + 620 + 300) / 91
    days = {d: 20 if d.month == 5 else 10 for d in DAYS_2025 if 4 <= d.month <= 6}
    assert air.period_mean("PM10", days, "2025-Q2") == F(1220, 91)


# Section 2.1: the example of Annex A.6, and places worked from k = 1 + (n - 1) p / 100 on the numbers 1 to n
PERCENTILES = [
    ([3, 4, 8, 2, 5, 4], 90, "6.5"),  # k = 5.5, between 5 and 8
    ([10, 20, 30, 40], 90, "37"),  # k = 3.7
    (range(1, 325), 90, "291.7"),
    (range(1, 325), 95, "307.85"),
    (range(1, 325), 98, "317.54"),
    (range(1, 366), 90, "328.6"),
    (range(1, 366), 95, "346.8"),
    (range(1, 366), 98, "357.72"),
    (range(1, 367), 90, "329.5"),
    (range(1, 367), 95, "347.75"),
    (range(1, 367), 98, "358.7"),
    (range(1, 102), 95, "96"),  # k = 96, an integer
    ([5], 98, "5"),
]


@pytest.mark.parametrize(("values", "percent", "found"), PERCENTILES)
def test_percentile(values, percent, found):
    assert air.percentile(values, percent) == F(found)


# ---- comparison ----


def test_compared_and_stated():
    assert air.compared("PM2.5", F("35.4")) == 35  # section 4: attains
    assert air.compared("PM2.5", F("44.5")) == 44
    assert air.compared("CO", F("4.05")) == 4
    assert air.stated("PM2.5", F("35.46"), "HJ 663-2026") == F("35.5")
    assert air.stated("CO", F("1.125"), "HJ 663-2026") == F("1.12")


def test_multiple():
    assert air.multiple(F(44), F(35)) == F("0.26")  # 9/35 = 0.257, section 0
    assert air.multiple(F(44), F(30)) == F("0.47")  # 14/30 = 0.467, section 0
    assert air.multiple(F(35), F(35)) is None


def test_attainment_rate():
    # 86 of 91 days, section 3: 94.5 % (94.505)
    days = {d: 75 if k < 86 else 76 for k, d in enumerate(DAYS_2025[:91])} | {DAYS_2025[91]: None}
    assert air.attainment_rate("PM2.5", days, "2025", "2012") == (86, 91, F("94.5"))
    # 75.5 is compared as 76, 74.5 as 74
    assert air.attainment_rate("PM2.5", {DAYS_2025[0]: "75.5", DAYS_2025[1]: "74.5"}, "2025", "2012").days == 1
    assert air.attainment_rate("PM2.5", {}, "2025", "2012") == (0, 0, None)


def year_of(value, **other) -> dict:
    """Every day of 2025 the same value, but the days of the year (from 0) that ``other`` gives as d7=…"""
    return {d: other.get(f"d{k}", value) for k, d in enumerate(DAYS_2025)}


CLEAN = {"SO2": 10, "NO2": 30, "PM10": 60, "PM2.5": 30, "CO": "0.9", "O3": 140}


def compliance_of(**changed):
    days = {p: year_of(v) for p, v in CLEAN.items()} | {p.replace("_", "."): v for p, v in changed.items()}
    return air.compliance(days, 2025, "2012")


def test_a_clean_year_attains():
    found = compliance_of()
    assert (found.overall, found.exceeding) == ("attained", [])
    named = {p: [s.name for s in them] for p, them in found.statistics.items()}
    assert named == {
        "SO2": ["annual", "P98"],
        "NO2": ["annual", "P98"],
        "PM10": ["annual", "P95"],
        "PM2.5": ["annual", "P95"],
        "CO": ["P95"],
        "O3": ["P90"],
    }


def test_percentile_alone_misses():
    # 19 days of 200 ug/m3 PM2.5: the place of P95 is 346.8, between the 346th (20) and the 347th (200) of 365 sorted
    # values, of which 346 are 20: 20 + 0.8 x 180 = 164. Mean (346 x 20 + 19 x 200) / 365 = 10720 / 365 = 29.4 -> 29.
    found = compliance_of(PM2_5=year_of(20, **{f"d{k}": 200 for k in range(19)}))
    mean, p95 = found.statistics["PM2.5"]
    assert (mean.value, mean.compared, mean.verdict, mean.multiple) == (F(10720, 365), 29, "attained", None)
    assert (p95.value, p95.compared, p95.verdict, p95.multiple) == (164, 164, "missed", F("1.19"))  # 89/75 = 1.187
    assert (found.verdicts["PM2.5"], found.overall) == ("missed", "missed")
    assert found.exceeding == [("PM2.5", F("1.19"))]


def test_missed_outweighs_unknown_and_unknown_attained():
    lacking = {d: None if d.month == 7 else 10 for d in DAYS_2025}
    found = compliance_of(SO2=lacking)
    assert (found.verdicts["SO2"], found.verdicts["O3"], found.overall) == ("unknown", "attained", "unknown")
    found = compliance_of(SO2=lacking, O3=year_of(176), PM10=year_of(160))
    # O3: 16/160 = 0.10. PM10: mean 160 on 70 is 90/70 = 1.286 -> 1.29, P95 160 on 150 is 0.07: the larger is 1.29
    assert (found.overall, found.exceeding) == ("missed", [("PM10", F("1.29")), ("O3", F("0.1"))])


def test_lead_by_quarter_and_year():
    days = {d: "0.5" if d.month > 3 else "1.01" for d in DAYS_2025}
    found = air.compliance({"Pb": days}, 2025, "2012", pollutants=("Pb",))
    # Year (90 x 1.01 + 275 x 0.5) / 365 = 228.4 / 365 = 0.6258 -> 0.63 on 0.5: 0.26; first quarter 1.01 on 1.0: 0.01
    assert [(s.name, s.compared, s.verdict) for s in found.statistics["Pb"]] == [
        ("annual", F("0.63"), "missed"),
        ("quarter", F("1.01"), "missed"),
        *[("quarter", F("0.5"), "attained")] * 3,
    ]
    assert found.exceeding == [("Pb", F("0.26"))]


# ---- index ----


# Section 6, HJ 633-2026
@pytest.mark.parametrize(
    ("item", "concentration", "index"),
    [
        (("PM2.5", "24h"), 60, 100),
        (("PM2.5", "24h"), 75, 114),  # 100 + 50 x 15/55 = 113.6
        (("PM2.5", "24h"), 115, 150),
        (("PM2.5", "24h"), 500, 500),
        (("PM2.5", "24h"), 600, 500),
        (("PM10", "24h"), 120, 100),
        (("PM10", "24h"), 150, 112),  # 100 + 50 x 30/130 = 111.5
        (("PM10", "24h"), 250, 150),
        (("NO2", "24h"), 80, 100),
        (("NO2", "24h"), 565, 300),
        (("CO", "24h"), "2.2", 55),  # 50 + 50 x 0.2/2 = 55 exactly; with floats 56
        (("CO", "24h"), "0.9", 23),  # 22.5
        (("CO", "24h"), "2.9", 73),  # 72.5
        (("CO", "24h"), "3.5", 88),  # 87.5
        (("PM2.5", "24h"), 70, 110),  # section 0: 100 + 50 x 10/55 = 109.1
        (("PM2.5", "1h"), 70, 110),  # hours of PM take the row of 24 h
        (("SO2", "1h"), 801, 200),
        (("O3", "8h"), 801, 300),
    ],
)
def test_index_of_2026(item, concentration, index):
    assert air.index(NEW, item, concentration) == index


# Section 6 (values of the old table) and section 0
@pytest.mark.parametrize(
    ("item", "concentration", "index"),
    [
        (("PM2.5", "24h"), 36, 52),  # 50 + 50/40 = 51.25
        (("PM2.5", "24h"), 44, 62),  # 50 + 50 x 9/40 = 61.25
        (("PM2.5", "24h"), 70, 94),  # 93.75
        (("SO2", "24h"), 150, 100),
        (("PM10", "24h"), 681, 500),
        (("SO2", "1h"), 801, None),
        (("O3", "8h"), 801, None),
    ],
)
def test_index_of_2012(item, concentration, index):
    assert air.index(OLD, item, concentration) == index


def test_index_of_2012_above_the_table_is_of_the_other_averaging():
    assert air.index(OLD, ("SO2", "1h"), 801, 150) == 100
    assert air.index(OLD, ("O3", "8h"), 801, 900) == 350  # between 800 (300) and 1000 (400)
    assert air.index(OLD, ("O3", "8h"), 800, 900) == 300
    assert air.index(OLD, ("O3", "8h"), "800.5", 900) == 300  # rounded to 800 first
    assert air.index(OLD, ("O3", "8h"), "800.5", 900, rounded=False) == 350


def test_index_with_and_without_rounding():
    # 75.4: section 6 has 101 for the unrounded value; rounded to 75 it is 100 in 2012
    assert air.index(OLD, ("PM2.5", "24h"), "75.4") == 100
    assert air.index(OLD, ("PM2.5", "24h"), "75.4", rounded=False) == 101
    assert air.index(NEW, ("CO", "24h"), "2.25") == 55  # a tie: 2.2
    assert air.index(NEW, ("PM10", "24h"), "0.5") == 0
    assert air.index(NEW, ("PM10", "24h"), None) is None
    with pytest.raises(ValueError, match="negative"):
        air.index(NEW, ("PM10", "24h"), -1)


def test_index_at_and_next_to_every_breakpoint():
    rows = list(golden.neighbours())
    for edition, pollutant, averaging, concentration, index in rows:
        assert air.index(edition, (pollutant, averaging), concentration) == index
    at = {(e, p, a, c): i for e, p, a, c, i in rows}
    for edition, table in golden.BREAKPOINTS.items():
        for (pollutant, averaging), points in table.items():
            for value, index in zip(points, golden.INDEX, strict=False):
                written = golden.decimal_string(F(value), pollutant)
                assert at[edition, pollutant, averaging, written] == index
    assert at[NEW, "PM2.5", "24h", "61"] == 101  # 100 + 50/55
    assert at[NEW, "CO", "24h", "60.1"] == 500


def test_index_of_every_integer_a_second_way():
    for edition, table in golden.BREAKPOINTS.items():
        for (pollutant, averaging), points in table.items():
            parts = 10 if pollutant == "CO" else 1
            for k in range(points[-1] * parts + 20):
                c = F(k, parts)
                wanted = golden.expected(edition, pollutant, averaging, c)
                assert air.index(edition, (pollutant, averaging), c) == wanted


def test_the_table_in_itself():
    for table in golden.BREAKPOINTS.values():
        assert len(table) == 10
        for item, points in table.items():
            assert list(points) == sorted(set(points)) and points[0] == 0
            assert len(points) == {("SO2", "1h"): 5, ("O3", "8h"): 6}.get(item, 8)


def test_floats_go_wrong_where_the_sheet_says():
    # Section 3, "float-ceil trap": CO of 24 h at 2.2 only, and 22 values of CO of 1 h
    def naive(points, c):
        i = next(i for i in range(1, len(points)) if c <= points[i])
        low, high = points[i - 1], points[i]
        return math.ceil((golden.INDEX[i] - golden.INDEX[i - 1]) / (high - low) * (c - low) + golden.INDEX[i - 1])

    wrong = {}
    for averaging in ("24h", "1h"):
        points = golden.BREAKPOINTS[NEW]["CO", averaging]
        tenths = range(points[-1] * 10 + 1)
        exact = [air.index(NEW, ("CO", averaging), F(k, 10)) for k in tenths]
        wrong[averaging] = [k for k in tenths if naive(points, k / 10) != exact[k]]
    assert wrong["24h"] == [22]
    assert len(wrong["1h"]) == 22 and wrong["1h"][:2] == [654, 669]


# ---- AQI ----


def test_daily_items():
    # Highest hour of O3 300 is 150; MDA8 80 is 40; PM2.5 20 is 29 (28.6)
    values = six(o3_1h=300)
    found = {key: air.day_aqi(*key[:1], values, key[1]) for key in air.DAILY}
    assert found[OLD, "text"].aqi == 150
    assert found[OLD, "text"].primary == ("O3",)
    assert found[OLD, "bulletin"].aqi == found[NEW, "text"].aqi == 40
    assert [len(found[key].indices) for key in found] == [7, 6, 6]


def test_primary_pollutants():
    # 2012: PM2.5 75 is 100, PM10 150 is 100: a tie, both
    assert air.day_aqi(OLD, six(pm25=75, pm10=150)).primary == ("PM10", "PM2.5")
    # 50 is not above 50: none. PM10 50 is 50
    found = air.day_aqi(NEW, six(pm10=50))
    assert (found.aqi, found.level, found.primary) == (50, 1, ())
    # 51
    found = air.day_aqi(NEW, six(pm10=51))
    assert (found.aqi, found.level, found.primary) == (51, 2, ("PM10",))
    # Ozone that leads in both of its items is named once: MDA8 215 and the hour 300 are both 150
    assert air.day_aqi(OLD, six(o3=215, o3_1h=300)).primary == ("O3",)


@pytest.mark.parametrize(
    ("aqi", "level"),
    [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3), (150, 3), (151, 4), (200, 4), (201, 5), (300, 5), (301, 6)],
)
def test_levels(aqi, level):
    assert air.level(aqi) == level


def test_lowest_aqi():
    nothing = dict.fromkeys(six(), 0)
    assert air.day_aqi(OLD, nothing).aqi == 0
    assert air.day_aqi(NEW, nothing).aqi == 1
    assert set(air.day_aqi(NEW, nothing).indices.values()) == {0}


def test_a_missing_pollutant():
    # PM2.5 missing; PM10 120 is 100 in 2026: not above 100, so not published. 121 is 101 (100.4): published
    found = air.day_aqi(NEW, six(pm25=None, pm10=120))
    assert (found.aqi, found.level, found.primary, found.missing) == (None, None, (), ("PM2.5",))
    assert not found.good
    found = air.day_aqi(NEW, six(pm25=None, pm10=121))
    assert (found.aqi, found.level, found.primary) == (101, 3, ("PM10",))
    # 5.3.2, and the other reading of 2012: PM10 40 is 40, MDA8 80 is 40, NO2 20 is 25, the highest hour 90 is 29 (28.1)
    assert air.day_aqi(NEW, six(pm25=None, pm10=120), omitted={"PM2.5"}).aqi == 100
    assert air.day_aqi(OLD, six(pm25=None), complete=False).aqi == 40


def test_ozone_of_2012_with_one_of_two_items():
    # The highest hour is missing: ozone counts as missing, MDA8 still is of the rest. MDA8 161 is 101 (100.9)
    assert air.day_aqi(OLD, six(o3_1h=None)).aqi is None
    assert air.day_aqi(OLD, six(o3=161, o3_1h=None)).aqi == 101
    assert air.day_aqi(OLD, six(o3_1h=None), "bulletin").aqi == 40


def test_nothing_known():
    empty = dict.fromkeys(six())
    for complete in (True, False):
        assert air.day_aqi(OLD, empty, complete=complete).aqi is None
    assert air.day_aqi(NEW, empty, omitted=air.BASE).aqi is None


def test_ozone_of_2012_above_the_table():
    # MDA8 850: the index is that of the highest hour, 900: 350; without it ozone is missing
    assert air.day_aqi(OLD, six(o3=850, o3_1h=900)).aqi == 350
    assert air.day_aqi(OLD, six(o3=850, o3_1h=900), "bulletin").aqi == 350
    assert air.day_aqi(OLD, six(o3=850, o3_1h=None), "bulletin").missing == ("O3",)
    assert air.day_aqi(NEW, six(o3=850, o3_1h=900)).aqi == 300


def test_hour_of_2012_text_and_practice():
    # Two days at one point: PM2.5 35 on the first and 75 on the second. At 12:00 of the second (hour index 11):
    # the last 24 hours are 12 x 35 and 12 x 75, mean 55: 50 + 50 x 20/40 = 75. The hour itself is 75: 100.
    # Ozone 100 at night and 216 in hours 8 to 11 of the second day: mean of 8 h 158: 98.3 -> 99 (50 + 50 x 58/60);
    # the hour of 216 is 100 + 50 x 16/100 = 108.
    pm = [[35] * 24, [75] * 24]
    ozone = [[100] * 24, [100] * 8 + [216] * 4 + [100] * 12]
    low = [[5] * 24] * 2
    hours = {"PM2.5": [pm], "O3": [ozone], "SO2": [low], "NO2": [low], "PM10": [low], "CO": [[[1] * 24] * 2]}
    values = air.hour_values(hours, 1, 11)
    assert (values["PM2.5", "24h"], values["PM2.5", "1h"]) == (55, 75)
    assert (values["O3", "8h"], values["O3", "1h"]) == (158, 216)
    text = air.hour_aqi(OLD, values, "text")
    assert (text.indices["PM2.5", "24h"], text.indices["O3", "8h"], text.indices["O3", "1h"]) == (75, 99, 108)
    assert (text.aqi, text.primary) == (108, ("O3",))
    practice = air.hour_aqi(OLD, values, "practice")
    assert (practice.indices["PM2.5", "1h"], practice.aqi) == (100, 108)
    # 2026: 75 is 113.6 -> 114
    assert air.hour_aqi(NEW, values).aqi == 114
    assert air.hour_aqi(NEW, values).primary == ("PM2.5",)


def test_moving_means_need_their_hours():
    hours = [1] * 30
    assert air.moving_mean(hours, 18, 24, 20) is None  # 19 hours since the first
    assert air.moving_mean(hours, 19, 24, 20) == 1
    assert air.moving_mean([1, None, None, 1, 1, 1, 1, 1], 7, 8, 6) == 1
    assert air.moving_mean([1, None, None, None, 1, 1, 1, 1], 7, 8, 6) is None


def test_so2_hour_of_2012_above_the_table_takes_24_hours():
    values = {("SO2", "1h"): 900, ("SO2", "24h"): 475, ("NO2", "1h"): 0, ("CO", "1h"): 0, ("O3", "1h"): 0}
    values |= {("O3", "8h"): 0, ("PM10", "24h"): 0, ("PM2.5", "24h"): 0, ("PM10", "1h"): 0, ("PM2.5", "1h"): 0}
    assert air.hour_aqi(OLD, values, "text").aqi == 150
    assert air.hour_aqi(OLD, values, "practice").aqi == 150
    assert air.hour_aqi(NEW, values).aqi == 200


def test_days_by_aqi():
    # 86 good of 91 valid days is 94.5 %; days without AQI are in no denominator
    good, light, heavy = (air.day_aqi(OLD, six(pm25=c)) for c in (20, 80, 200))
    unknown = air.day_aqi(OLD, six(pm25=None))
    found = air.aqi_days([good] * 86 + [light] * 3 + [heavy] * 2 + [unknown] * 7)
    assert (found.valid, found.good, found.heavy) == (91, (86, 91, F("94.5")), (2, 91, F("2.2")))
    assert found.levels == (86, 0, 3, 0, 2, 0)
    assert air.aqi_days([unknown]).good == (0, 0, None)


def test_good_days_that_a_target_needs():
    assert air.rate(271, 365).percent == F("74.2")
    assert air.good_days_needed(365, "74.3") == 272


# ---- composite index: section 3.1, three published values that were made of unrounded concentrations ----


@pytest.mark.parametrize(
    ("values", "worked", "published"),
    [
        ((3, 13, 16, 13, "0.9", 87), "1.744", "1.73"),
        ((9, 14, 77, 23, "1.1", 96), "3.132", "3.14"),
        ((12, 31, 74, 37, "1.4", 168), "4.489", "4.48"),
    ],
)
def test_composite_index(values, worked, published):
    found = air.composite_index(dict(zip(air.BASE, values, strict=True)))
    assert air.half_even(found, 3) == F(worked)
    assert abs(found - F(published)) <= F("0.02")


def test_composite_index_by_phase_and_weight():
    ones = {"SO2": 60, "NO2": 40, "PM10": 60, "PM2.5": 30, "CO": 4, "O3": 160}
    assert air.composite_index(ones, "2026 transition") == 6
    assert air.composite_index(ones, "2026 transition", {"PM2.5": 3, "NO2": 2, "O3": 2}) == 10
    assert air.composite_index(ones, "2026 final") == F(60, 20) + F(40, 30) + F(60, 50) + F(30, 25) + 2
    assert air.composite_index(ones | {"CO": None}) is None
    assert air.change_rate(F("3.6"), F(4)) == F("-0.1")


def test_composite_values_of_a_month():
    # July, values 1 to 31: mean 16, P95 at place 29.5, P90 at place 28
    days = {d: d.day for d in DAYS_2025}
    found = air.composite_values(dict.fromkeys(air.BASE, days), "2025-07")
    assert found == {"SO2": 16, "NO2": 16, "PM10": 16, "PM2.5": 16, "CO": F("29.5"), "O3": 28}


# ---- trend ----


def test_trend():
    # Section 2.4: falls every year
    assert air.trend([58, 53, 49, 46, 44]) == (-1, False, F("0.9"), "falling")
    # 58, 53, 49, 44, 46: ranks 5 4 3 1 2, d 4 2 0 -3 -3, sum of squares 38: r = 1 - 228/120 = -0.9, not above 0.9
    assert air.trend([58, 53, 49, 44, 46]) == (F("-0.9"), False, F("0.9"), "none")
    assert air.trend([58, 53, 49, 44, 46], reaching=True).direction == "falling"
    # Four years: only all in one direction
    assert air.trend([1, 2, 3, 4]).direction == "rising"
    assert air.trend([1, 2, 4, 3]) == (F("0.8"), False, 1, "none")
    assert air.trend([1, 2, 3]).direction is None
    assert air.trend([1, 2, 3, 4], alpha="0.01").direction is None


def test_trend_with_ties():
    # 3 1 1: ranks 3, 1.5, 1.5. Deviations 1, -.5, -.5 and -1, 0, 1: products -1.5; squares 1.5 and 2: r2 = 2.25/3
    assert air.average_ranks([3, 1, 1]) == [3, F(3, 2), F(3, 2)]
    found = air.trend([3, 1, 1])
    assert found.tied and abs(found.r + F(math.sqrt(0.75))) < F(1, 10**15)
    assert air.trend([7] * 5) == (None, True, F("0.9"), "none")


def test_critical_values_are_those_of_permutations():
    # Of 5 and 6 years: how many orders reach the critical value, by counting
    from itertools import permutations

    for n in (4, 5, 6):
        sums = [sum((a - b) ** 2 for a, b in enumerate(order)) for order in permutations(range(n))]
        r = [1 - F(6 * s, n**3 - n) for s in sums]
        critical = F(air.CRITICAL["0.05"][n])
        least = min(value for value in set(r) if F(sum(x >= value for x in r), len(r)) <= F(1, 20))
        assert air.half_even(least, 3) == critical
