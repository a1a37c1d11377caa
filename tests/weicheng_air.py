"""The air of the Weicheng case in 2025 by the reference of the air rules: days, index and statistics of the district.

Nothing of the package's air is used here, nor of the generator's. ``how`` names another reading of a rule that is open:

* ``bulletin``: the highest hour of ozone is no part of the index;
* ``unrounded``: the index is that of concentrations as they are;
* ``rounded days``: the day of each station is rounded before the district's mean;
* ``any hour``: a highest hour needs one hour of the day, not 20;
* ``14 windows``: fewer never count, even above 160;
* ``every station``: all four must be valid, not three; ``any station``: one is enough.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from fractions import Fraction
from functools import cache

import air_reference as air

from carbonledger.shipped import shipped

HOURS = shipped("scenarios") / "weicheng-2025" / "air" / "hours-2025.csv"
POLLUTANTS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")
EDITION = "HJ 633-2012"
# Those that leave good and heavy days as they are; with every station there are fewer days.
READINGS = ("", "bulletin", "unrounded", "rounded days", "any hour", "14 windows", "any station")
DATES = tuple(dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(365))


@cache
def lines():
    """The rows of the file as they are written."""
    with HOURS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def hours(pollutant):
    """[station][day][0..23]: what was measured or None, hour 0 being the one that ends at 01:00."""
    stations = {}
    for line in lines():
        if line["station"] not in stations:
            stations[line["station"]] = [[None] * 24 for _ in DATES]
        if line[pollutant] not in {"", "-999"}:
            begins = dt.datetime.fromisoformat(line["time"]) - dt.timedelta(hours=1)
            stations[line["station"]][(begins.date() - DATES[0]).days][begins.hour] = Fraction(line[pollutant])
    return list(stations.values())


@cache
def points(item, ceiling=160, minimum=20):
    """[day][station]: the value of each station or None; ``item`` as ``("O3", "8h")``."""
    days = zip(*hours(item[0]), strict=True)
    return [[air.point_day(*item, day, ceiling=ceiling, max_minimum=minimum) for day in stations] for stations in days]


def districts(item, how=""):
    """[day]: exact value of the district, None where too few stations have one."""
    choices = {"14 windows": {"ceiling": None}, "any hour": {"minimum": 1}}.get(how, {})
    found = []
    for day in points(item, **choices):
        if how == "rounded days":
            day = [None if value is None else air.half_even(value, int(item[0] == "CO")) for value in day]
        elif how == "any station":
            day = [value for value in day if value is not None]
        found.append(None if how == "every station" and None in day else air.district_value(day))
    return found


def daily(pollutant):
    """Date and exact value of the district's day: the mean, of ozone the highest 8 hours."""
    return dict(zip(DATES, districts(air.daily(pollutant)), strict=True))


@cache
def indices(how=""):
    """[day]: AQI, level, primary pollutants and the index of each item."""
    items = air.DAILY[EDITION, "bulletin" if how == "bulletin" else "text"]
    days = zip(*(districts(item, how) for item in items), strict=True)
    return [air.aqi_of(EDITION, items, dict(zip(items, day, strict=True)), rounded=how != "unrounded") for day in days]


def primary(how=""):
    """Days by primary pollutant; a day with several counts for each."""
    return Counter(pollutant for day in indices(how) for pollutant in day.primary)


def statistic(name, pollutant):
    """``mean`` of the year or its ``percentile`` by HJ 663, exact."""
    days = daily(pollutant)
    if name == "mean":
        return air.period_mean(pollutant, days, "2025")
    return air.period_percentile(pollutant, days, "2025")
