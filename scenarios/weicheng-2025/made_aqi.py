"""The daily AQI of the district from the hours of its stations, to steer and to check the made-up air of 2025.

HJ 633-2012 on exact numbers, in plain code that shares nothing with the library. Hours are whole numbers: ug/m3, and
tenths of mg/m3 for CO; a negative one was not measured. A day has 24 hours, the first of which ends at 01:00.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
# Concentrations of these indices, HJ 633-2012 Table 1: days, but O3 as highest 8 hours and O3 1h as highest hour.
LEVELS = {
    "PM2.5": (0, 35, 75, 115, 150, 250, 350, 500),
    "PM10": (0, 50, 150, 250, 350, 420, 500, 600),
    "SO2": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "NO2": (0, 40, 80, 180, 280, 565, 750, 940),
    "CO": (0, 2, 4, 14, 24, 36, 48, 60),
    "O3": (0, 100, 160, 215, 265, 800),
    "O3 1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
}
HOURS_OF_DAY, HOURS_OF_EIGHT, WINDOWS = 20, 6, 14  # the fewest that make a value
POINTS = Fraction(3, 4)  # of the stations, for a value of the district

Hours = Mapping[str, Sequence[Sequence[int]]]


def index_of(item: str, value: Fraction) -> Fraction:
    """The index of a concentration, not rounded."""
    for (c0, i0), (c1, i1) in pairwise(zip(LEVELS[item], INDEX, strict=False)):
        if value <= c1:
            return i0 + (i1 - i0) * (value - c0) / (c1 - c0)
    return Fraction(0 if item == "O3" else INDEX[-1])  # above 800 the 8 hours have no index: that of 1 hour counts


def _mean(hours: Sequence[int], fewest: int) -> Fraction | None:
    there = [hour for hour in hours if hour >= 0]
    return Fraction(sum(there), len(there)) if len(there) >= fewest else None


def _highest_eight(hours: Sequence[int]) -> Fraction | None:
    """Of the 8 hours that end at 08:00 to 24:00."""
    eights = [_mean(hours[end - 8 : end], HOURS_OF_EIGHT) for end in range(8, 25)]
    there = [eight for eight in eights if eight is not None]
    return max(there) if len(there) >= WINDOWS else None


def _highest_hour(hours: Sequence[int]) -> Fraction | None:
    there = [hour for hour in hours if hour >= 0]
    return Fraction(max(there)) if len(there) >= HOURS_OF_DAY else None  # no minimum is stated: that of a mean


def concentrations(hours: Hours) -> dict[str, list[Fraction | None]]:
    """Daily values of the district, exact and in the units of ``LEVELS``; None where too few stations have one.

    Parameters
    ----------
    hours : mapping of pollutant to [station][hour]
    """
    found: dict[str, list[Fraction | None]] = {}
    for pollutant, stations in hours.items():
        for item in ("O3", "O3 1h") if pollutant == "O3" else (pollutant,):
            days: list[Fraction | None] = []
            for first in range(0, len(stations[0]), 24):
                points = [_of_day(item, station[first : first + 24]) for station in stations]
                there = [point for point in points if point is not None]
                enough = len(there) >= POINTS * len(stations)
                days.append(sum(there) / (len(there) * (10 if item == "CO" else 1)) if enough else None)
            found[item] = days
    return found


def _of_day(item: str, hours: Sequence[int]) -> Fraction | None:
    if item == "O3":
        return _highest_eight(hours)
    return _highest_hour(hours) if item == "O3 1h" else _mean(hours, HOURS_OF_DAY)


def aqi_of_days(days: Mapping[str, Sequence[Fraction | None]]) -> list[int | None]:
    """The highest index of the day, of concentrations rounded half to even; every index is rounded up.

    None on a day that lacks a pollutant.
    """
    made: list[int | None] = []
    for values in zip(*days.values(), strict=True):
        indices = [
            math.ceil(index_of(item, Fraction(round(value, 1 if item == "CO" else 0))))
            for item, value in zip(days, values, strict=True)
            if value is not None
        ]
        made.append(max(indices) if len(indices) == len(values) else None)
    return made
