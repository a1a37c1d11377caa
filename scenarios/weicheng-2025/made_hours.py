"""Synthetic air of 2025 besides PM2.5: hours of PM10, SO2, NO2, CO and O3 at the same stations.

Days are steered: where the index of a day would come near 100 or 200, all hours of its PM10 or O3 are multiplied by one
factor. The plan's target of 74.3 % is missed by a fifth of a day: the year must have the good and heavy days that
``made_air`` says, and no day so near a bound that another reading of an unverified rule would move it. PM2.5 is not
steered. With another seed it may lack days that can become heavy; then there are fewer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from made_air import FAILED, GOOD, HEAVY, YEAR, bell
from made_aqi import concentrations, index_of

FACTORS = {  # of the stations: traffic at the first, the edge of the town at the last
    "PM10": (1.05, 0.98, 1.02, 0.95),
    "SO2": (1.04, 1.08, 0.96, 0.92),
    "NO2": (1.14, 1.02, 0.98, 0.86),
    "CO": (1.08, 1.00, 0.98, 0.94),
    "O3": (0.96, 0.99, 1.00, 1.05),
}
NOISE = {"PM10": 0.07, "SO2": 0.14, "NO2": 0.10, "CO": 0.10, "O3": 0.045}
# Station, first hour and hours of each instrument failure; the station that failed as a whole is in every list.
FAILURES = {
    "PM10": ((2, 6_700, 26), (0, 2_905, 62), (1, 7_420, 38)),
    "SO2": ((2, 6_700, 26), (3, 1_010, 130)),
    "NO2": ((2, 6_700, 26), (1, 5_333, 47)),
    "CO": ((2, 6_700, 26), (0, 8_104, 29), (1, 3_650, 73)),
    "O3": ((2, 6_700, 26), (1, 3_600, 52), (0, 5_720, 96)),
}
# Indices of PM2.5 so near 100 or 200 that another pollutant must lift the day above: O3 in its season, else PM10.
NEAR_100, NEAR_200 = (95.5, 104.5), (195.0, 204.5)
CLEAN_PM10, DUST_PM10, STORM_PM10 = 136.0, 162.0, 365.0  # index 93, 106 and above 200
SOME_O3, CLEAN_O3, HIGH_O3 = 138.0, 152.0, 175.0  # index 82, 94 and 114
DUST = range(59, 120)  # March and April
OZONE = range(83, 293)  # end of March to mid-October


def hourly_others(rng: Any, pm25: Any, particles: Any) -> dict[str, Any]:
    """Whole ug/m3, of CO tenths of mg/m3, [station, hour]; -1 and ``FAILED`` where nothing was measured.

    Parameters
    ----------
    rng : Generator
        Of its own, so that the other inputs of the case stay as they are.
    pm25, particles : [station, hour]
        PM2.5 as measured, and without gaps.
    """
    raw = _levels(rng, particles)
    absent = {name: rng.random(particles.shape) < 0.02 for name in raw}
    made = {name: _measured(name, raw[name], absent[name]) for name in raw}
    days = concentrations({"PM2.5": pm25.tolist(), "PM10": made["PM10"].tolist(), "O3": made["O3"].tolist()})
    fine = _indices("PM2.5", days["PM2.5"])
    for name, wanted in (("PM10", _wanted_pm10(fine, days["PM10"])), ("O3", _wanted_o3(fine, days["O3"]))):
        factors = [goal / float(value) if value else 1.0 for goal, value in zip(wanted, days[name], strict=True)]
        raw[name] *= [factor for factor in factors for _ in range(24)]
        made[name] = _measured(name, raw[name], absent[name])
    return made


def _levels(rng: Any, particles: Any) -> dict[str, Any]:
    """Concentrations before steering, gaps and rounding."""
    import numpy as np

    n = particles.shape[1] // 24
    fine = particles.mean(axis=0).reshape(n, 24).mean(axis=1)
    still = np.sqrt(fine / (44 * (1 + 0.5 * _year(12, n))))  # stagnant air: about 1
    hour = np.arange(24)

    def hours(days: Any, clock: Callable[[Any], Any]) -> Any:
        return (np.asarray(days)[:, None] * clock(hour)[None, :]).ravel()

    dusty = np.array([max(0.0, math.cos(2 * math.pi * (day - 95) / n)) for day in range(n)])
    coarse = (27 + 9 * _year(20, n) + 23 * dusty * dusty) * (0.45 + 0.55 * still) * _weather(rng, n, 0.30, 0.45)
    so2 = 9.8 * (1 + 0.28 * _year(12, n)) * (0.6 + 0.4 * still) * _weather(rng, n, 0.12, 0.5)
    no2 = 29.5 * (1 + 0.34 * _year(5, n)) * (0.5 + 0.5 * still) * _weather(rng, n, 0.12, 0.4)
    sunny = (1 - _year(-14, n)) / 2
    ozone = (54 + 86 * sunny) * (0.88 + 0.12 * still) * _weather(rng, n, 0.25, 0.5)
    levels = {
        "PM10": particles * 1.02 + hours(coarse, lambda h: 1 + 0.2 * _day(h, 19)),
        "SO2": hours(so2, lambda h: 1 + 0.12 * _day(h, 10)),
        "NO2": hours(no2, lambda h: 1 + 0.22 * _day(h, 22) + 0.20 * _day(2 * h, 17)),
        "CO": 2.7 + 0.096 * hours(fine, lambda h: 1 + 0.14 * _day(h, 22) + 0.10 * _day(2 * h, 17)),
        "O3": hours(ozone, _sun) * np.ones_like(particles),
    }
    for name in levels:
        noise = 1 + NOISE[name] * bell(rng, particles.shape)
        levels[name] = levels[name] * np.maximum(noise, 0.3) * np.array(FACTORS[name])[:, None]
    return levels


def _year(highest: int, n: int) -> Any:
    """A wave of one year, highest on the day of that number."""
    import numpy as np

    return np.array([math.cos(2 * math.pi * (day - highest) / n) for day in range(n)])


def _day(hours: Any, highest: float) -> Any:
    import numpy as np

    return np.array([math.cos(2 * math.pi * (hour - highest) / 24) for hour in hours])


def _sun(hours: Any) -> Any:
    """The daily course of ozone: its 8 highest hours, around 15:00, have a mean near 1."""
    import numpy as np

    return 0.34 + 0.74 * np.maximum(0.0, _day(hours, 15.0) * 0.75 + 0.25)


def _weather(rng: Any, n: int, spread: float, memory: float) -> Any:
    """Factors of days around 1, one day much like the next."""
    import numpy as np

    drawn, level, made = bell(rng, (n,)), 0.0, np.empty(n)
    for day in range(n):
        level = memory * level + math.sqrt(1 - memory * memory) * drawn[day]
        made[day] = level
    return np.maximum(0.35, 1 + spread * made)


def _measured(name: str, level: Any, absent: Any) -> Any:
    import numpy as np

    whole = np.where(absent, -1, np.maximum(1, np.rint(level))).astype(int)
    for station, first, hours in FAILURES[name]:
        whole[station, first : first + hours] = FAILED
    return whole


def _indices(item: str, values: Sequence[Fraction | None]) -> list[float]:
    return [0.0 if value is None else float(index_of(item, value)) for value in values]


def _wanted_pm10(fine: Sequence[float], days: Sequence[Fraction | None]) -> list[float]:
    """PM10 of the day [ug/m3] for the index of PM2.5: clear of 100 and 200, and the heavy days that PM2.5 lacks."""
    wanted = [float(value or 0) for value in days]
    for day, index in enumerate(fine):
        if index <= NEAR_100[0]:
            wanted[day] = min(wanted[day], CLEAN_PM10)
        elif index <= NEAR_100[1] and day not in OZONE:
            wanted[day] = max(wanted[day], DUST_PM10 + 0.05 * wanted[day])
    lifted = [day for day, index in enumerate(fine) if NEAR_200[0] < index <= NEAR_200[1]]
    # dust behind the haze: the days of March and April that have most particles anyway
    others = sorted((day for day in DUST if NEAR_100[1] < fine[day] <= NEAR_200[0]), key=lambda day: -fine[day])
    lacking = HEAVY[YEAR] - sum(index > NEAR_200[1] for index in fine) - len(lifted)
    for day in lifted + others[: max(0, lacking)]:
        wanted[day] = STORM_PM10 + 0.1 * wanted[day]
    return wanted


def _wanted_o3(fine: Sequence[float], days: Sequence[Fraction | None]) -> list[float]:
    """Highest 8 hours of the day [ug/m3]: above 160 on as many days as the year needs besides those of particles."""
    natural = [float(value or 0) for value in days]
    clean = sorted((day for day, index in enumerate(fine) if index <= NEAR_100[0]), key=lambda day: -natural[day])
    chosen = set(clean[: max(0, len(clean) - GOOD[YEAR])])
    edge = min((natural[day] for day in chosen), default=HIGH_O3)
    near = {day for day, index in enumerate(fine) if NEAR_100[0] < index <= NEAR_100[1] and day in OZONE}
    wanted = []
    for day, value in enumerate(natural):
        if day in chosen:  # the same order as drawn, from the level that is needed upwards
            wanted.append(value + max(0.0, HIGH_O3 - edge))
        elif day in near:
            wanted.append(max(value, HIGH_O3 + 0.05 * value))
        elif fine[day] <= NEAR_100[0] and value > SOME_O3 and edge > CLEAN_O3:
            wanted.append(SOME_O3 + (CLEAN_O3 - SOME_O3) * (value - SOME_O3) / (edge - SOME_O3))
        else:
            wanted.append(value)
    return wanted
