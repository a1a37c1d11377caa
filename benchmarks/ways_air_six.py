"""A year of hours of six pollutants to annual statistics and AQI days: carbonledger, and as a good user of pandas would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prepared_six import FIRST_HOUR, POLLUTANTS, Six

from carbonledger import air

if TYPE_CHECKING:
    import pandas as pd

PERCENT = {"SO2": 0.98, "NO2": 0.98, "PM10": 0.95, "PM2.5": 0.95, "CO": 0.95, "O3": 0.90}
INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
# HJ 633-2026 Table 1: means of 24 h, of ozone the highest of 8 h; np.interp stays at the last value above it
BREAKPOINTS = {
    "SO2": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "NO2": (0, 40, 80, 180, 280, 565, 750, 940),
    "PM10": (0, 50, 120, 250, 350, 420, 500, 600),
    "PM2.5": (0, 35, 60, 115, 150, 250, 350, 500),
    "CO": (0, 2, 4, 14, 24, 36, 48, 60),
    "O3": (0, 100, 160, 215, 265, 800),
}


def carbonledger_six(six: Six) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Annual statistics and verdicts by the editions in force, and days by the index, of every station."""
    unit = {p: "mg/m3" if p == "CO" else "ug/m3" for p in POLLUTANTS}
    hours = air.station_hours(six.values, six.stations, FIRST_HOUR, unit=unit, pollutants=POLLUTANTS)
    daily = air.Daily(hours)
    annual = air.annual(daily, alternatives=False).isel(year=0)[["mean", "percentile", "days"]]
    shares = air.index_shares(daily, alternatives=False).isel(year=0)[["valid_days", "good_days", "heavy_days"]]
    days = shares.to_dataframe().rename(columns=lambda name: name.removesuffix("_days"))
    columns = ["mean", "percentile", "days"]
    return annual.to_dataframe()[columns], days[["valid", "good", "heavy"]]


def pandas_six(six: Six) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Annual statistics by station and pollutant, and AQI days by station.

    ``six.frame`` has ``station, pollutant, time, value``, one row for every hour of whole days of one year, in order of time
    in each station and pollutant. Gives ``mean, percentile, days`` by station and pollutant, and ``valid, good, heavy``
    by station.

    Everything is binary floating point, as pandas has it: a daily mean that lies on a tie or on a limit may be rounded to
    the other side, and np.ceil of an interpolated index may be one too high (CO of 2.2 mg/m3: 56, exactly 55). Counts of
    days may therefore differ from exact ones.
    """
    days = _daily_values(six.frame)
    return _annual(days), _aqi_days(days.unstack("pollutant"))


def _daily_values(frame: pd.DataFrame) -> pd.Series:
    """By station, pollutant and day: means of at least 20 hours, and MDA8 of ozone."""
    import pandas as pd

    other = frame[frame["pollutant"] != "O3"]
    by_day = other.groupby(["station", "pollutant", other["time"].dt.floor("D")], observed=True)["value"]
    found = by_day.agg(["mean", "count"])
    means = found["mean"].where(found["count"] >= 20)

    ozone = frame[frame["pollutant"] == "O3"]
    eight = ozone.groupby("station", observed=True)["value"].rolling(8, min_periods=6).mean().droplevel(0)
    ozone = ozone.assign(value=eight)[ozone["time"].dt.hour >= 7]  # windows that end at 08:00 to 24:00
    by_day = ozone.groupby(["station", "pollutant", ozone["time"].dt.floor("D")], observed=True)["value"]
    found = by_day.agg(["max", "count"])
    highest = found["max"].where((found["count"] >= 14) | (found["max"].round() > 160))
    return pd.concat([means, highest])


def _annual(days: pd.Series) -> pd.DataFrame:
    """Mean, percentile and number of days; 324 days, 27 a month and 25 in February."""
    import pandas as pd

    keys = ["station", "pollutant"]
    by = days.groupby(keys, observed=True)
    months = days.index.get_level_values("time").month.rename("month")
    by_month = days.groupby([*(days.index.get_level_values(k) for k in keys), months], observed=True).count().unstack()
    need = pd.Series(27, index=by_month.columns).mask(by_month.columns == 2, 25)
    enough = (by.count() >= 324) & by_month.ge(need).all(axis=1)
    percentile = pd.concat(
        [
            days.xs(p, level="pollutant", drop_level=False).groupby(keys, observed=True).quantile(q)
            for p, q in PERCENT.items()
        ]
    )
    made = pd.DataFrame({"mean": by.mean(), "percentile": percentile, "days": by.count()})
    made[["mean", "percentile"]] = made[["mean", "percentile"]].where(enough, axis=0)
    return made


def _aqi_days(days: pd.DataFrame) -> pd.DataFrame:
    """Valid, good and heavy days by station, from daily values by station and day with a column for each pollutant."""
    import numpy as np
    import pandas as pd

    rounded = days.round({p: 1 if p == "CO" else 0 for p in PERCENT})
    index = pd.DataFrame(
        {p: np.ceil(np.interp(rounded[p], row, INDEX[: len(row)])) for p, row in BREAKPOINTS.items()}, index=days.index
    )
    aqi = index.max(axis=1).clip(lower=1)
    aqi = aqi.where(index.notna().all(axis=1) | (aqi > 100))
    held = pd.DataFrame({"valid": aqi.notna(), "good": aqi <= 100, "heavy": aqi > 200})
    return held.groupby("station", observed=True).sum()
