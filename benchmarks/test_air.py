"""A year of hours of 1 500 stations to annual statistics, beside pandas on the same array (equal results are asserted)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carbonledger import air, kernels
from carbonledger.kernels import days as kernel_days

STATIONS = [f"s{k:04d}" for k in range(1500)]
FIRST = "2025-01-01T00"


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """float64 [station, hour], tenths of a microgram, 2 % of the hours missing."""
    draw = np.random.default_rng(20260701)
    x = np.round(draw.gamma(2.0, 22.0, (len(STATIONS), 8760)), 1)
    x[draw.random(x.shape) < 0.02] = np.nan
    return x


def _annual(values: np.ndarray, alternatives: bool = False) -> pd.DataFrame:
    hours = air.station_hours(values, STATIONS, FIRST, unit="ug/m3")
    made = air.annual(hours, alternatives=alternatives).isel(year=0)
    return made[["pm25", "pm25_p95", "pm25_days"]].to_dataframe()[["pm25", "pm25_p95", "pm25_days"]]


def _pandas(values: np.ndarray) -> pd.DataFrame:
    """The same rules by resampling: 20 hours a day, 324 days, 27 a month and 25 in February."""
    frame = pd.DataFrame(values.T, index=pd.date_range(FIRST, periods=8760, freq="h"), columns=STATIONS)
    by_day = frame.resample("D")
    days = by_day.mean().where(by_day.count() >= 20)
    by_month = days.groupby(days.index.month).count()
    need = pd.Series(27, index=by_month.index).mask(by_month.index == 2, 25)
    enough = (days.count() >= 324) & by_month.ge(need, axis=0).all()
    return pd.DataFrame(
        {"pm25": days.mean().where(enough), "pm25_p95": days.quantile(0.95).where(enough), "pm25_days": days.count()}
    )


@pytest.mark.benchmark(group="1 500 stations, a year of hours: annual mean and percentile")
def test_annual(benchmark, values):
    _annual(values)  # compile outside the clock
    made = benchmark(_annual, values)
    wanted = _pandas(values)
    np.testing.assert_array_equal(made["pm25_days"], wanted["pm25_days"])
    for name in ("pm25", "pm25_p95"):
        np.testing.assert_allclose(made[name], wanted[name], rtol=1e-12)
    assert made["pm25"].notna().all()


@pytest.mark.benchmark(group="1 500 stations, a year of hours: annual mean and percentile")
def test_annual_with_alternatives(benchmark, values):
    _annual(values, alternatives=True)
    made = benchmark(_annual, values, alternatives=True)
    np.testing.assert_allclose(made["pm25"], _pandas(values)["pm25"], rtol=1e-12)


@pytest.mark.benchmark(group="1 500 stations, a year of hours: annual mean and percentile")
def test_annual_pandas(benchmark, values):
    assert benchmark(_pandas, values).notna().all(axis=None)


@pytest.mark.benchmark(group="1 500 stations, a year of hours: sums of days")
@pytest.mark.parametrize("way", ["compiled", "plain"])
def test_day_sums(benchmark, values, way):
    tenths = np.rint(np.nan_to_num(values) * 10).astype(np.int32)
    codes = np.isnan(values).astype(np.int8)
    ways = {"compiled": kernel_days._compiled_sums(), "plain": kernels.day_sums_plain}
    ways[way](tenths[:1], codes[:1])  # compile outside the clock
    made = benchmark(ways[way], tenths, codes)
    for found, wanted in zip(made, kernels.day_sums_plain(tenths, codes), strict=True):
        np.testing.assert_array_equal(found, wanted)
