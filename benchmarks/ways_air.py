"""A year of station hours to annual statistics: carbonledger, and pandas by resampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prepared import FIRST_HOUR, Hours

from carbonledger import air

if TYPE_CHECKING:
    import pandas as pd


def carbonledger_air(hours: Hours, *, alternatives: bool = False) -> pd.DataFrame:
    """Annual mean and 95th percentile of days by the edition in force, with its rules of enough days.

    With ``alternatives`` also under the readings of the standard that the package could not verify.
    """
    read = air.station_hours(hours.values, hours.stations, FIRST_HOUR, unit="ug/m3")
    made = air.annual(read, alternatives=alternatives).isel(year=0).sel(pollutant="PM2.5")
    columns = ["mean", "percentile", "days"]
    return made[columns].to_dataframe()[columns]


def pandas_air(hours: Hours) -> pd.DataFrame:
    """The same rules by resampling: 20 hours a day, 324 days, 27 a month and 25 in February."""
    import pandas as pd

    index = pd.date_range(FIRST_HOUR, periods=hours.values.shape[1], freq="h")
    by_day = pd.DataFrame(hours.values.T, index=index, columns=hours.stations).resample("D")
    days = by_day.mean().where(by_day.count() >= 20)
    by_month = days.groupby(days.index.month).count()
    need = pd.Series(27, index=by_month.index).mask(by_month.index == 2, 25)
    enough = (days.count() >= 324) & by_month.ge(need, axis=0).all()
    return pd.DataFrame(
        {"mean": days.mean().where(enough), "percentile": days.quantile(0.95).where(enough), "days": days.count()}
    )
