"""Station data to statistics: hours, days, points, districts, years, the air quality index, and the national standard."""

from __future__ import annotations

from .index.alerts import alert_levels
from .index.days import daily_index
from .index.hours import hourly_index
from .index.one import Index, index_of
from .index.shares import good_days, index_shares
from .inputs.events import read_events, without_events
from .inputs.gas_state import OLD, REFERENCE, as_sampled, rebased, state_on, state_ratio
from .inputs.given_index import read_daily_aqi
from .inputs.hours import SENTINELS, station_hours
from .inputs.points import check_points, read_points
from .inputs.pollutants import BASIC, POLLUTANTS, Pollutant
from .inputs.reading import read_stations
from .inputs.samples import read_station_days
from .inputs.stations import HOUR_TEXT, Hour, StationDays, StationHours
from .national import limits
from .states import states_of, states_under
from .statistics.annual import annual
from .statistics.composite import composite_change
from .statistics.daily import Daily
from .statistics.periods import periods
from .statistics.trend import Trend, moving_mean, trend

__all__ = [
    "BASIC",
    "HOUR_TEXT",
    "OLD",
    "POLLUTANTS",
    "REFERENCE",
    "SENTINELS",
    "Daily",
    "Hour",
    "Index",
    "Pollutant",
    "StationDays",
    "StationHours",
    "Trend",
    "alert_levels",
    "annual",
    "as_sampled",
    "check_points",
    "composite_change",
    "daily_index",
    "good_days",
    "hourly_index",
    "index_of",
    "index_shares",
    "limits",
    "moving_mean",
    "periods",
    "read_daily_aqi",
    "read_events",
    "read_points",
    "read_station_days",
    "read_stations",
    "rebased",
    "state_on",
    "state_ratio",
    "states_of",
    "states_under",
    "station_hours",
    "trend",
    "without_events",
]
