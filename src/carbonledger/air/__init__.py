"""Station data to statistics: hours, days, points, districts, years, and what the national standard says of them."""

from __future__ import annotations

from .aqi import good_days, read_daily_aqi
from .chain import annual
from .hours import HIGHEST, HOUR_TEXT, POLLUTANTS, SENTINELS, Hour, StationHours, station_hours
from .national import limits
from .points import check_points, read_points
from .reading import read_stations
from .states import states_of

__all__ = [
    "HIGHEST",
    "HOUR_TEXT",
    "POLLUTANTS",
    "SENTINELS",
    "Hour",
    "StationHours",
    "annual",
    "check_points",
    "good_days",
    "limits",
    "read_daily_aqi",
    "read_points",
    "read_stations",
    "states_of",
    "station_hours",
]
