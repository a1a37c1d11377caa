"""Synthetic air: hourly PM2.5 of four stations in 2025, and the daily AQI of the district in 2021-2024."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from made_aqi import index_of

YEAR = 2025
STATIONS = ("synthetic-1", "synthetic-2", "synthetic-3", "synthetic-4")
FACTORS = (1.06, 0.97, 1.02, 0.95)
MEAN = 44.3  # of the district's daily means [ug/m3]
FAILED = -999
# Station, first hour and hours of each instrument failure; the 20 days of the last one leave its month invalid there.
FAILURES = ((0, 1_500, 31), (1, 3_980, 55), (2, 6_700, 26), (3, 4_900, 480))
# Days up to AQI 100 and days above 200, by year; 2021 lacks two days. Those of 2025 follow from the hours.
GOOD = {2021: 247, 2022: 255, 2023: 262, 2024: 267, 2025: 271}
HEAVY = {2021: 12, 2022: 10, 2023: 9, 2024: 10, 2025: 7}
ABSENT = {"2021-08-14", "2021-08-15"}


def bell(rng: Any, shape: tuple[int, ...]) -> Any:
    """About normal, from uniform numbers alone: no library may change how it is drawn."""
    return rng.random((*shape, 12)).sum(axis=-1) - 6


def _days(rng: Any, year: int) -> Any:
    """Relative daily level: high in winter, low in summer, one day much like the next."""
    import numpy as np

    n = 366 if year % 4 == 0 else 365
    season = np.array([1 + 0.5 * math.cos(2 * math.pi * (day - 12) / n) for day in range(n)])
    weather, level = bell(rng, (n,)), 0.0
    drift = np.empty(n)
    for day in range(n):
        level = 0.65 * level + 0.76 * weather[day]
        drift[day] = level
    return season * np.maximum(0.4, 1 + 0.31 * drift) ** 2


def hourly_pm25(rng: Any) -> tuple[list[str], Any, Any]:
    """Hour-ending labels of 2025, whole ug/m3 [station, hour], -1 where nothing was measured, and the same unspoilt."""
    import numpy as np

    level = np.repeat(_days(rng, YEAR), 24)
    clock = np.tile([1 + 0.16 * math.cos(2 * math.pi * (hour - 22) / 24) for hour in range(24)], len(level) // 24)
    noise = 1 + 0.09 * bell(rng, (len(STATIONS), len(level)))
    raw = level * clock * np.maximum(noise, 0.3) * np.array(FACTORS)[:, None]
    absent = rng.random(raw.shape) < 0.02
    for station, first, hours in FAILURES:
        absent[station, first : first + hours] = True
    scale = MEAN / _by_day(np.where(absent, -1.0, raw)).mean()
    whole = np.where(absent, -1, np.maximum(1, np.rint(raw * scale))).astype(int)
    for station, first, hours in FAILURES:
        whole[station, first : first + hours] = FAILED
    labels = np.datetime64(f"{YEAR}-01-01T01") + np.arange(raw.shape[1])
    return [str(label).replace("T", " ") + ":00" for label in labels], whole, raw * scale


def _by_day(hours: Any) -> Any:
    """Mean of the stations' daily means, out of the hours that are not negative."""
    import numpy as np

    folded = hours.reshape(len(STATIONS), -1, 24)
    valid = (folded >= 0).sum(axis=2)
    means = np.where(folded >= 0, folded, 0).sum(axis=2) / np.maximum(valid, 1)
    return means.sum(axis=0) / (valid > 0).sum(axis=0)


def daily_aqi(rng: Any, years: Sequence[int]) -> list[tuple[str, int]]:
    """Date and AQI: of particles in winter and ozone in summer, with as many good and heavy days as ``GOOD`` says."""
    import numpy as np

    made: list[tuple[str, int]] = []
    for year in sorted(set(years) & set(GOOD) - {YEAR}):
        level = _days(rng, year)
        level *= (MEAN + 1.5 * (YEAR - year)) / level.mean()
        n = len(level)
        warm = np.array([max(0.0, -math.cos(2 * math.pi * (day - 12) / n)) for day in range(n)])
        ozone = 38 + 52 * warm + 11 * bell(rng, (n,))
        fine = [math.ceil(index_of("PM2.5", Fraction(float(value)))) for value in level]
        index = np.maximum(fine, np.rint(ozone)).astype(int)
        first = np.datetime64(f"{year}-01-01")
        dates = [str(first + day) for day in range(n)]
        kept = [day for day in range(n) if dates[day] not in ABSENT]
        natural = sorted(int(index[day]) for day in kept)
        ends = (natural[GOOD[year] - 1], natural[len(kept) - HEAVY[year] - 1], natural[-1])
        order = sorted(kept, key=lambda day: (index[day], day))
        for place, day in enumerate(order):
            part = 0 if place < GOOD[year] else 1 if place < len(kept) - HEAVY[year] else 2
            bottom, top = ((0, ends[0]), (ends[0], ends[1]), (ends[1], ends[2]))[part]
            low, high = ((0, 100), (101, 200), (201, max(ends[2], 230)))[part]
            index[day] = round(low + (high - low) * (int(index[day]) - bottom) / max(top - bottom, 1))
        made += [(dates[day], int(index[day])) for day in kept]
    return made
