"""The Chinese rules of ambient air by hand: slow, plain and exact, with fractions only.

Nothing of the library is used. Everything is typed from the fact sheet of the air rules, whose section stands in a comment
at each table and each function; what the sheet leaves open is an argument, or stands under "Read here as" in a docstring.

Concentrations are in the unit of their limit: ug/m3, of CO mg/m3. A missing value is None. Numbers are int, str, Decimal or
Fraction; a float is refused. ``hours[pollutant]`` is a list over stations of lists over days of 24 values, of which the
first is the mean from 00:00 to 01:00 (its label is 01, section 2.1). ``days`` is a mapping of date to daily value.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from air_breakpoints import ABOVE, BREAKPOINTS, INDEX

Exact = Fraction | Decimal | int | str
Day = Sequence[Exact | None]  # 24 hours
Hours = Mapping[str, Sequence[Sequence[Day]]]  # of a pollutant: station, day, hour
Days = Mapping[datetime.date, Exact | None]
Item = tuple[str, str]  # pollutant and averaging, as in HJ 633: ("O3", "8h")

BASE = ("SO2", "NO2", "PM10", "PM2.5", "CO", "O3")
OTHERS = ("NOx", "TSP", "Pb", "BaP")  # GB 3095 Table 2; whether they apply is decided elsewhere (section 1, cl. 4.5)
SPARSE = ("TSP", "Pb", "BaP")  # sampled day by day, on few days (section 1.1)
ATTAINED, MISSED, UNKNOWN = "attained", "missed", "unknown"


def exact(value: Exact | None) -> Fraction | None:
    """The number itself; a float is refused, as it no longer is what was written."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float")
    return None if value is None else Fraction(value)


def half_even(value: Fraction, decimals: int = 0) -> Fraction:
    """GB/T 8170 (section 4): one rounding, of a tie to the even digit, of a negative number by its size."""
    scaled = abs(value) * 10**decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest > scaled.denominator or (2 * rest == scaled.denominator and whole % 2 == 1):
        whole += 1
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


# ---- GB 3095: limits (section 1) ----

# Class I, class II [ug/m3; CO mg/m3]. "MDA8" is the day's highest mean of 8 h.
_2012 = {
    "SO2": {"annual": ("20", "60"), "24h": ("50", "150"), "1h": ("150", "500")},
    "NO2": {"annual": ("40", "40"), "24h": ("80", "80"), "1h": ("200", "200")},
    "CO": {"24h": ("4", "4"), "1h": ("10", "10")},
    "O3": {"MDA8": ("100", "160"), "1h": ("160", "200")},
    "PM10": {"annual": ("40", "70"), "24h": ("50", "150")},
    "PM2.5": {"annual": ("15", "35"), "24h": ("35", "75")},
    "TSP": {"annual": ("80", "200"), "24h": ("120", "300")},
    "NOx": {"annual": ("50", "50"), "24h": ("100", "100"), "1h": ("250", "250")},
    "Pb": {"annual": ("0.5", "0.5"), "quarter": ("1.0", "1.0")},
    "BaP": {"annual": ("0.001", "0.001"), "24h": ("0.0025", "0.0025")},
}
_TRANSITION = _2012 | {
    "PM10": {"annual": ("40", "60"), "24h": ("50", "120")},
    "PM2.5": {"annual": ("15", "30"), "24h": ("35", "60")},
}
_FINAL = _2012 | {
    "SO2": {"annual": ("20", "20"), "24h": ("50", "50"), "1h": ("150", "150")},
    "NO2": {"annual": ("30", "30"), "24h": ("50", "50"), "1h": ("200", "200")},
    "PM10": {"annual": ("20", "50"), "24h": ("50", "100")},
    "PM2.5": {"annual": ("10", "25"), "24h": ("25", "50")},
    "NOx": {"annual": ("40", "40"), "24h": ("70", "70"), "1h": ("250", "250")},
}
LIMITS = {"2012": _2012, "2026 transition": _TRANSITION, "2026 final": _FINAL}


def limit(phase: str, pollutant: str, averaging: str, zone: int = 2) -> Fraction | None:
    """The limit of a class, I or II; None where the standard has none."""
    row = LIMITS[phase][pollutant].get(averaging)
    return None if row is None else Fraction(row[zone - 1])


def phase_on(date: datetime.date) -> str:
    """Which limits are in force (section 0)."""
    if date < datetime.date(2016, 1, 1):
        raise ValueError(f"{date}: GB 3095-2012 is in force in the whole country from 2016-01-01")
    if date < datetime.date(2026, 3, 1):
        return "2012"
    return "2026 transition" if date <= datetime.date(2030, 12, 31) else "2026 final"


def aqi_edition_on(date: datetime.date) -> str:
    """Which edition of HJ 633 is in force (section 0)."""
    return "HJ 633-2012" if phase_on(date) == "2012" else "HJ 633-2026"


# ---- GB 3095 Table 4 and HJ 663: days, points, district (sections 1.1 and 2.1) ----


def day_mean(hours: Day, minimum: int = 20) -> Fraction | None:
    """Mean of a natural day, of at least 20 hours (GB 3095 Table 4)."""
    known = [exact(h) for h in hours if h is not None]
    return Fraction(sum(known), len(known)) if len(known) >= max(minimum, 1) else None


def eight_hour_means(hours: Day, minimum: int = 6) -> list[Fraction | None]:
    """The 17 means of 8 hours that end at 08:00 to 24:00, each of at least 6 hours (GB 3095 Table 4; HJ 663 6.1.2)."""
    return [day_mean(hours[end - 8 : end], minimum) for end in range(8, 25)]


def mda8(
    hours: Day, ceiling: Exact | None = 160, decimals: int = 0, windows: int = 14, minimum: int = 6
) -> Fraction | None:
    """The highest mean of 8 hours of a natural day, of at least 14 valid ones (HJ 663-2013 and -2026, 6.1.2).

    With fewer it counts if it exceeds the limit ``ceiling``, compared as rounded for evaluation. Read here as: the limit is
    class II, and the exception holds for each point by itself. None for the ceiling: no exception.
    """
    known = [mean for mean in eight_hour_means(hours, minimum) if mean is not None]
    if not known:
        return None
    exceeds = ceiling is not None and half_even(max(known), decimals) > exact(ceiling)
    return max(known) if len(known) >= windows or exceeds else None


def day_max(hours: Day, minimum: int = 20) -> Fraction | None:
    """The highest hour of a day (ozone, HJ 633-2012). The sheet states no minimum of its own for it."""
    known = [exact(h) for h in hours if h is not None]
    return max(known) if len(known) >= max(minimum, 1) else None


def district_value(points: Sequence[Exact | None]) -> Fraction | None:
    """Mean over the valid points: 75 % of all points at least, of fewer than 4 points 50 % (section 2.1, HJ 663-2013 6.1)."""
    known = [exact(value) for value in points if value is not None]
    share = Fraction(1, 2) if len(points) < 4 else Fraction(3, 4)
    return Fraction(sum(known), len(known)) if known and Fraction(len(known), len(points)) >= share else None


def point_day(
    pollutant: str, averaging: str, hours: Day, *, ceiling: Exact | None = 160, max_minimum: int = 20
) -> Fraction | None:
    """The daily value of a point: "24h" the mean, "8h" MDA8, "1h" the highest hour."""
    if averaging == "8h":
        return mda8(hours, ceiling)
    if averaging == "1h":
        return day_max(hours, max_minimum)
    # Section 1.1: TSP, BaP and Pb are sampled over 24 h
    return day_mean(hours, 24 if pollutant in SPARSE else 20)


def district_days(
    hours: Hours,
    dates: Sequence[datetime.date],
    *,
    ceiling: Exact | None = 160,
    max_minimum: int = 20,
    hour_decimals: Mapping[str, int] | None = None,
) -> dict[Item, dict[datetime.date, Fraction | None]]:
    """Of each item the daily value of the district: of each point first, then over points (section 2.1).

    Gives ("O3", "8h") and ("O3", "1h") for ozone, and (pollutant, "24h") for all others. Read here as: every list of a
    station is a point that belongs to the district on every day. ``hour_decimals`` rounds hours before use, where wished
    (section 2.2 has it from memory); without it nothing is rounded before the end.
    """
    made: dict[Item, dict[datetime.date, Fraction | None]] = {}
    for pollutant, stations in hours.items():
        assert all(len(station) == len(dates) and all(len(day) == 24 for day in station) for station in stations)
        if hour_decimals is not None:
            stations = [[_rounded(day, hour_decimals[pollutant]) for day in station] for station in stations]
        for averaging in ("8h", "1h") if pollutant == "O3" else ("24h",):
            made[pollutant, averaging] = {
                date: district_value(
                    [
                        point_day(pollutant, averaging, station[k], ceiling=ceiling, max_minimum=max_minimum)
                        for station in stations
                    ]
                )
                for k, date in enumerate(dates)
            }
    return made


def _rounded(day: Day, decimals: int) -> list[Fraction | None]:
    return [None if h is None else half_even(exact(h), decimals) for h in day]


def daily(pollutant: str) -> Item:
    """The item whose days make the means and percentiles of a pollutant."""
    return (pollutant, "8h" if pollutant == "O3" else "24h")


# ---- months, quarters, halves, years (sections 1, 1.1 and 2.1) ----

PERCENT = {"SO2": 98, "NO2": 98, "PM10": 95, "PM2.5": 95, "CO": 95, "O3": 90}  # section 2.1
PERCENT |= {"NOx": 98, "TSP": 95}  # from the table of percentiles, unverified there


def months_of(period: str) -> tuple[int, range]:
    """Year and months of "2025", "2025-H2", "2025-Q3" or "2025-07"."""
    year, _, part = period.partition("-")
    if not part:
        return int(year), range(1, 13)
    if part[0] in "HQ":
        length = 6 if part[0] == "H" else 3
        first = (int(part[1:]) - 1) * length + 1
        return int(year), range(first, first + length)
    return int(year), range(int(part), int(part) + 1)


def valid_days(days: Days, period: str) -> dict[datetime.date, Fraction]:
    """The days of the period that have a value."""
    year, months = months_of(period)
    return {d: exact(v) for d, v in days.items() if v is not None and d.year == year and d.month in months}


def enough(pollutant: str, dates: Iterable[datetime.date], period: str) -> bool:
    """Whether these valid days make the period valid (GB 3095 Table 4, section 1.1).

    27 days in each month, 25 in February, and 324 in a year; of TSP, BaP and Pb 5 a month, 15 a quarter (Pb) and 60 a
    year. Read here as: the same for percentiles, for CO and for MDA8 (section 2.1, from memory); a quarter or half year
    needs all of its months; "evenly spread" is not tested.
    """
    _, months = months_of(period)
    chosen = list(dates)
    sparse = pollutant in SPARSE
    need = {month: 5 if sparse else 25 if month == 2 else 27 for month in months}
    whole = {12: 60 if sparse else 324, 3: 15 if sparse else 0}.get(len(months), 0)
    return len(chosen) >= whole and all(sum(d.month == month for d in chosen) >= need[month] for month in months)


def period_mean(pollutant: str, days: Days, period: str) -> Fraction | None:
    """Mean of the daily values, not of months (GB 3095-2026 3.10 to 3.13)."""
    known = valid_days(days, period)
    return Fraction(sum(known.values()), len(known)) if enough(pollutant, known, period) else None


def percentile(values: Iterable[Exact], percent: Exact) -> Fraction:
    """HJ 663 A.6: between the neighbours of place k = 1 + (n - 1) p / 100 of the sorted values."""
    x = sorted(exact(v) for v in values)
    k = 1 + (len(x) - 1) * exact(percent) / 100
    s = k.numerator // k.denominator
    return x[s - 1] if k == s else x[s - 1] + (x[s] - x[s - 1]) * (k - s)


def period_percentile(pollutant: str, days: Days, period: str, percent: Exact | None = None) -> Fraction | None:
    """The percentile of the daily values that HJ 663 evaluates, or another one."""
    known = valid_days(days, period)
    if not enough(pollutant, known, period):
        return None
    return percentile(known.values(), PERCENT[pollutant] if percent is None else percent)


# ---- rounding and comparison (sections 2.2, 2.3 and 4) ----

DECIMALS = {"SO2": 0, "NO2": 0, "O3": 0, "PM10": 0, "PM2.5": 0, "TSP": 0, "NOx": 0, "CO": 1, "Pb": 2, "BaP": 4}


def compared(pollutant: str, value: Fraction) -> Fraction:
    """As it is compared with a limit: HJ 663-2013 Table 3, and by default in 2026 too (section 2.2)."""
    return half_even(value, DECIMALS[pollutant])


def stated(pollutant: str, value: Fraction, edition: str = "HJ 663-2013") -> Fraction:
    """As a mean or percentile of a period is stated: in 2026 one decimal more (section 2.2, unverified there)."""
    return half_even(value, DECIMALS[pollutant] + (edition == "HJ 663-2026"))


def multiple(value: Fraction, bound: Fraction) -> Fraction | None:
    """B = (C - S) / S of a compared concentration, 2 decimals; None where the limit is kept (section 2.3)."""
    return half_even((value - bound) / bound, 2) if value > bound else None


class Rate(NamedTuple):
    """A share of days: how many of how many, and per cent with 1 decimal, None of no days."""

    days: int
    valid: int
    percent: Fraction | None


def rate(days: int, valid: int) -> Rate:
    return Rate(days, valid, half_even(Fraction(100 * days, valid), 1) if valid else None)


def attainment_rate(pollutant: str, days: Days, period: str, phase: str, zone: int = 2) -> Rate:
    """D = attained days / valid days x 100 % (section 2.3); no least number of days."""
    known = valid_days(days, period).values()
    bound = limit(phase, pollutant, "MDA8" if pollutant == "O3" else "24h", zone)
    return rate(sum(compared(pollutant, value) <= bound for value in known), len(known))


class Statistic(NamedTuple):
    """One comparison: what it was, exactly and as compared, with which limit; None where it is not valid."""

    name: str  # "annual", "quarter" or the percentile, "P98"
    value: Fraction | None
    compared: Fraction | None
    limit: Fraction
    multiple: Fraction | None

    @property
    def verdict(self) -> str:
        if self.compared is None:
            return UNKNOWN
        return MISSED if self.compared > self.limit else ATTAINED


def statistic(name: str, pollutant: str, value: Fraction | None, bound: Fraction) -> Statistic:
    shown = None if value is None else compared(pollutant, value)
    return Statistic(name, value, shown, bound, None if shown is None else multiple(shown, bound))


def together(verdicts: Iterable[str]) -> str:
    """Missed if one is; unknown if one is and none is missed."""
    found = set(verdicts)
    return MISSED if MISSED in found else UNKNOWN if UNKNOWN in found else ATTAINED


def year_statistics(pollutant: str, days: Days, year: int, phase: str, zone: int = 2) -> list[Statistic]:
    """Mean and percentile, each where it has a limit; CO and O3 have the percentile alone (section 2.1)."""
    made = []
    annual = limit(phase, pollutant, "annual", zone)
    if annual is not None:
        made.append(statistic("annual", pollutant, period_mean(pollutant, days, str(year)), annual))
    if pollutant == "Pb":  # the one limit of a quarter
        for quarter in range(1, 5):
            value = period_mean(pollutant, days, f"{year}-Q{quarter}")
            made.append(statistic("quarter", pollutant, value, limit(phase, pollutant, "quarter", zone)))
    bound = limit(phase, pollutant, "MDA8" if pollutant == "O3" else "24h", zone)
    if pollutant in PERCENT and bound is not None:
        value = period_percentile(pollutant, days, str(year))
        made.append(statistic(f"P{PERCENT[pollutant]}", pollutant, value, bound))
    return made


class Compliance(NamedTuple):
    """A year against GB 3095: of each pollutant its comparisons and verdict, then all together."""

    statistics: dict[str, list[Statistic]]
    verdicts: dict[str, str]
    overall: str
    exceeding: list[tuple[str, Fraction]]  # with the larger multiple of its two, largest first


def compliance(
    days: Mapping[str, Days], year: int, phase: str, zone: int = 2, pollutants: Sequence[str] = BASE
) -> Compliance:
    """Attained if every pollutant attains with mean and percentile (section 2.3). ``days`` by pollutant, MDA8 for O3.

    Read here as: the multiple of a pollutant is the larger one of its comparisons; order by the multiple as printed, and
    equal ones in the order of ``pollutants``. A pollutant that ``days`` lacks is unknown.
    """
    made = {p: year_statistics(p, days.get(p, {}), year, phase, zone) for p in pollutants}
    verdicts = {p: together(s.verdict for s in them) for p, them in made.items()}
    most = {p: max((s.multiple for s in them if s.multiple is not None), default=None) for p, them in made.items()}
    exceeding = sorted(((p, b) for p, b in most.items() if b is not None), key=lambda pair: -pair[1])
    return Compliance(made, verdicts, together(verdicts.values()), exceeding)


# ---- HJ 633: index and AQI (section 3) ----

INDEX_DECIMALS = {"CO": 1}  # HJ 633-2026 4.2.2; all others 0
OTHER = {("SO2", "1h"): ("SO2", "24h"), ("O3", "8h"): ("O3", "1h")}  # where 2012 sends above the top of a row
DAILY: dict[tuple[str, str], tuple[Item, ...]] = {}
_SIX = tuple((p, "8h" if p == "O3" else "24h") for p in BASE)
DAILY["HJ 633-2012", "text"] = (*_SIX, ("O3", "1h"))
DAILY["HJ 633-2012", "bulletin"] = _SIX
DAILY["HJ 633-2026", "text"] = _SIX
# The 1 h values of PM, two more of the nine of the text of 2012, have no index there.
_HOURLY = (("SO2", "1h"), ("NO2", "1h"), ("PM10", "1h"), ("PM2.5", "1h"), ("CO", "1h"), ("O3", "1h"))
REAL_TIME: dict[tuple[str, str], tuple[Item, ...]] = {}
REAL_TIME["HJ 633-2012", "text"] = (
    *(("SO2", "1h"), ("NO2", "1h"), ("PM10", "24h"), ("PM2.5", "24h")),
    *(("CO", "1h"), ("O3", "1h"), ("O3", "8h")),
)
REAL_TIME["HJ 633-2012", "practice"] = _HOURLY
REAL_TIME["HJ 633-2026", "text"] = _HOURLY
HIGHEST = (50, 100, 150, 200, 300)  # the last AQI of levels 1 to 5: excellent, good, light, moderate, heavy; 6 severe


def index(
    edition: str, item: Item, value: Exact | None, other: Exact | None = None, *, rounded: bool = True
) -> int | None:
    """The index of a concentration, rounded up (2012 cl. 6.2; 2026 cl. 4.2.2 and 4.2.6).

    Above 800 ug/m3 of SO2 (1 h) and O3 (8 h), 2012 takes the index of ``other``, the mean of 24 h or the highest hour,
    and has none without it; 2026 gives 200 and 300. All other rows stay at 500. Hours of PM take the row of 24 h.

    Read here as: ``rounded`` (to integers, CO to 1 decimal) is for 2026 the rule; for 2012, which states none, a choice.
    """
    if value is None:
        return None
    c = exact(value)
    if c < 0:
        raise ValueError(f"concentration {c} is negative")
    if rounded:
        c = half_even(c, INDEX_DECIMALS.get(item[0], 0))
    row = (item[0], "24h") if item[0] in ("PM10", "PM2.5") else item
    points = BREAKPOINTS[edition][row]
    if c > points[-1]:
        highest = ABOVE[edition].get(row, 500)
        return index(edition, OTHER[row], other, rounded=rounded) if highest is None else highest
    i = next(i for i in range(1, len(points)) if c <= points[i])
    low, high = points[i - 1], points[i]
    # lo + ceil((hi - lo)(C - low) / (high - low)), as -floor(-x)
    above = (INDEX[i] - INDEX[i - 1]) * (c - low)
    return INDEX[i - 1] - (-above.numerator // (above.denominator * (high - low)))


class Aqi(NamedTuple):
    """The AQI of a day or hour, with what made it; AQI, level None and no primary pollutant where it is not published."""

    aqi: int | None
    level: int | None
    primary: tuple[str, ...]
    indices: dict[Item, int | None]
    missing: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.aqi is not None and self.aqi <= 100

    @property
    def heavy(self) -> bool:
        return self.aqi is not None and self.aqi > 200


def level(aqi: int) -> int:
    """1 excellent to 6 severe (Annex A of 2012)."""
    return 1 + sum(aqi > last for last in HIGHEST)


def aqi_of(
    edition: str,
    items: Sequence[Item],
    values: Mapping[Item, Exact | None],
    *,
    omitted: Iterable[str] = (),
    complete: bool = True,
    rounded: bool = True,
) -> Aqi:
    """The highest index, the pollutants that have it where it is above 50, and the rule of missing pollutants.

    HJ 633-2026 5.3.1: without a pollutant the AQI of the rest is published only above 100; 5.3.2: one that the plan of
    monitoring omits is not missing. 4.1.1: the lowest AQI is 1; in 2012 it is 0. The rule of 5.3.1 is the default for
    2012 too (section 3); ``complete=False`` publishes the rest always.

    Read here as: a pollutant is missing if one of its items is (of ozone in the text of 2012: MDA8 or the highest hour),
    and its other item still counts among the rest; without any index there is no AQI; a pollutant in ``omitted`` that has
    a value counts all the same.
    """
    indices = {i: index(edition, i, values.get(i), values.get(OTHER.get(i)), rounded=rounded) for i in items}
    pollutants = list(dict.fromkeys(p for p, _ in items))
    of = {p: [v for (q, _), v in indices.items() if q == p] for p in pollutants}
    missing = tuple(p for p in pollutants if None in of[p] and p not in set(omitted))
    known = [v for v in indices.values() if v is not None]
    if not known or (complete and missing and max(known) <= 100):
        return Aqi(None, None, (), indices, missing)
    most = max(known)
    primary = tuple(p for p in pollutants if most in of[p]) if most > 50 else ()
    aqi = max(most, 1) if edition == "HJ 633-2026" else most
    return Aqi(aqi, level(aqi), primary, indices, missing)


def day_aqi(edition: str, values: Mapping[Item, Exact | None], basis: str = "text", **choices) -> Aqi:
    """The AQI of a day: 2012 "text" with 7 items, "bulletin" without the highest hour of ozone; 2026 "text" with 6."""
    return aqi_of(edition, DAILY[edition, basis], values, **choices)


def moving_mean(hours: Sequence[Exact | None], at: int, length: int, minimum: int) -> Fraction | None:
    """Mean of the ``length`` hours that end with hour ``at``, of at least ``minimum``; before the first hour is nothing."""
    return day_mean(hours[max(0, at - length + 1) : at + 1], minimum)


def hour_values(hours: Hours, day: int, hour: int) -> dict[Item, Fraction | None]:
    """Of each pollutant the mean of the hour and the moving means of 8 and 24 hours that end with it, over points.

    Read here as: of each point first, with 6 of 8 and 20 of 24 hours (those of GB 3095 Table 4 for the means of 8 h and of
    a day), then over points as daily values are.
    """
    at, made = day * 24 + hour, {}
    for pollutant, stations in hours.items():
        flat = [[h for one in station[: day + 1] for h in one] for station in stations]
        for averaging, length, minimum in (("1h", 1, 1), ("8h", 8, 6), ("24h", 24, 20)):
            made[pollutant, averaging] = district_value([moving_mean(f, at, length, minimum) for f in flat])
    return made


def hour_aqi(edition: str, values: Mapping[Item, Exact | None], basis: str = "text", **choices) -> Aqi:
    """The AQI of an hour: 2012 "text" with moving means of PM (24 h) and O3 (8 h), "practice" as 2026 with six hours."""
    return aqi_of(edition, REAL_TIME[edition, basis], values, **choices)


class AqiDays(NamedTuple):
    """Days of a period by AQI: valid, good (<= 100), heavy and above (> 200), and of each level."""

    valid: int
    good: Rate
    heavy: Rate
    levels: tuple[int, ...]


def aqi_days(days: Iterable[Aqi]) -> AqiDays:
    """Counts, and their shares of the valid days (section 3: the days without AQI are in no denominator)."""
    known = [day for day in days if day.aqi is not None]
    levels = tuple(sum(day.level == n for day in known) for n in range(1, 7))
    n = len(known)
    return AqiDays(n, rate(sum(d.good for d in known), n), rate(sum(d.heavy for d in known), n), levels)


def good_days_needed(valid: int, target: Exact) -> int:
    """The fewest good days whose share of the valid days, with 1 decimal, reaches the target [%] (section 3)."""
    return next(days for days in range(valid + 1) if rate(days, valid).percent >= exact(target))


# ---- composite index (section 3.1) ----


def composite_bounds(phase: str) -> dict[str, Fraction]:
    """S of class II: the annual limit; 4 mg/m3 of CO and 160 ug/m3 of O3 (their daily limits)."""
    return {p: limit(phase, p, {"CO": "24h", "O3": "MDA8"}.get(p, "annual")) for p in BASE}


def composite_index(
    values: Mapping[str, Exact | None], phase: str = "2012", weights: Mapping[str, Exact] | None = None
) -> Fraction | None:
    """I = sum of C / S, exactly; None if one of the six is missing. C of CO is P95, of O3 P90 of MDA8, else the mean."""
    if any(values.get(p) is None for p in BASE):
        return None
    bounds, weight = composite_bounds(phase), weights or {}
    return sum(exact(weight.get(p, 1)) * exact(values[p]) / bounds[p] for p in BASE)


def composite_values(days: Mapping[str, Days], period: str) -> dict[str, Fraction | None]:
    """The six concentrations of a month, quarter, half or whole year."""
    of = {p: period_percentile if p in ("CO", "O3") else period_mean for p in BASE}
    return {p: of[p](p, days[p], period) for p in BASE}


def change_rate(now: Fraction, before: Fraction) -> Fraction:
    """How much the index changed from the year before, as a share of it; negative is better."""
    return (now - before) / before


# ---- trend (section 2.4) ----

# One-sided 0.05 and 0.01; only the rows that may be used
CRITICAL = {
    "0.05": {4: "1.0", 5: "0.9", 6: "0.829", 7: "0.714", 8: "0.643", 9: "0.6", 10: "0.564"},
    "0.01": {5: "1.0", 6: "0.943", 7: "0.893", 8: "0.833", 9: "0.783", 10: "0.746"},
}


def average_ranks(values: Sequence[Exact]) -> list[Fraction]:
    """Ranks from 1; equal values share the mean of theirs."""
    x = [exact(v) for v in values]
    return [Fraction(sum(b < a for b in x) + 1 + sum(b <= a for b in x), 2) for a in x]


class Trend(NamedTuple):
    """Rank correlation with the years: exact without ties, with ties to 50 digits; None of constant values.

    ``direction`` is "rising", "falling" or "none" (not significant), and None where no critical value is known.
    """

    r: Fraction | None
    tied: bool
    critical: Fraction | None
    direction: str | None


def trend(values: Sequence[Exact], alpha: str = "0.05", *, reaching: bool = False) -> Trend:
    """Spearman and Daniel: r = 1 - 6 sum d^2 / (N^3 - N) of values in the order of their years.

    Read here as: significant if |r|, not rounded, is above the critical value, or is 1 (so that four years in one
    direction pass); ``reaching`` takes a value equal to the critical one, both with 3 decimals, too. With ties Pearson's
    correlation of average ranks.
    """
    n, ranks = len(values), average_ranks(values)
    tied = len(set(ranks)) < n
    critical = None if n not in CRITICAL[alpha] else Fraction(CRITICAL[alpha][n])
    if len(set(ranks)) == 1:
        return Trend(None, tied, critical, None if critical is None else "none")
    years = [Fraction(k) for k in range(1, n + 1)]
    if tied:
        middle = Fraction(n + 1, 2)
        both = sum((a - middle) * (b - middle) for a, b in zip(ranks, years, strict=True))
        square = both**2 / (sum((a - middle) ** 2 for a in ranks) * sum((b - middle) ** 2 for b in years))
        size = square_root(square)
        r = size if both > 0 else -size
    else:
        r = 1 - Fraction(6 * sum((a - b) ** 2 for a, b in zip(ranks, years, strict=True)), n**3 - n)
    if critical is None:
        return Trend(r, tied, critical, None)
    passes = abs(r) > critical or abs(r) == 1 or (reaching and half_even(abs(r), 3) >= critical)
    return Trend(r, tied, critical, "none" if not passes else "rising" if r > 0 else "falling")


def square_root(value: Fraction) -> Fraction:
    """The root if it is rational, else to 50 digits."""
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    if top**2 == value.numerator and bottom**2 == value.denominator:
        return Fraction(top, bottom)
    scale = 10**50
    return Fraction(isqrt(value.numerator * scale**2 // value.denominator), scale)
