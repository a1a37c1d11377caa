"""Daily values, exact: hours to days of a point, points to days of a district."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import kernels
from .exact import Ratio, times
from .hours import StationHours
from .points import spans_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from ..standards import Edition

UNROUNDED = "unrounded"
_MILLI = {"CO": 1000}  # its limits are in mg/m3, the stored hours in tenths of ug/m3


@dataclass(frozen=True, eq=False)
class Days:
    """Daily values of points or districts: ``num / den`` in the unit of the pollutant's limit, where ``valid``."""

    names: tuple[str, ...]
    first_day: np.datetime64
    num: npt.NDArray[Any]  # [name, day], 0 where not valid
    den: int
    valid: npt.NDArray[np.bool_]  # [name, day]
    points_valid: npt.NDArray[np.bool_]  # [name, day], whether any point of it is
    hours_valid: npt.NDArray[np.int64]  # [name, day]
    hours_due: npt.NDArray[np.int64]  # [name, day]


def point_days(hours: StationHours, pollutant: str, edition: Edition) -> Days:
    """Daily means of points.

    Parameters
    ----------
    hours : StationHours
    pollutant : str
        ``PM2.5``, or another whose daily indicator is the mean of the day.
    edition : Edition
        Of HJ 663: a day needs ``hours_per_day`` valid hours (20 of 24, GB 3095 Table 4).
    """
    import numpy as np

    tenths, codes = hours.tenths[pollutant], hours.codes[pollutant]
    decimals = edition.rule("decimals_hour", pollutant)
    if decimals != UNROUNDED:
        tenths = rounded_hours(tenths, pollutant, decimals)
    sums, counts = kernels.day_sums(tenths, codes)
    first_day, sums, counts = _whole_years(hours.first_day, sums, counts)
    need = int(edition.rule("hours_per_day"))
    valid = counts >= need
    unit = 10 * _MILLI.get(pollutant, 1)
    decimals = edition.rule("decimals_day", pollutant)
    if decimals == UNROUNDED:
        common = math.lcm(*range(need, 25))
        num, den = np.where(valid, sums, 0) * (common // np.maximum(counts, 1)), unit * common
    else:
        num = np.where(valid, Ratio(sums, unit * np.maximum(counts, 1)).rounded_whole(decimals), 0)
        den = 10**decimals
    return Days(hours.stations, first_day, num, den, valid, valid, counts, np.full_like(counts, 24))


def _whole_years(
    first_day: np.datetime64, sums: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> tuple[Any, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """From 1 January to 31 December: a year that the files do not fill has days without hours."""
    import numpy as np

    last = first_day + sums.shape[1] - 1
    start = first_day.astype("datetime64[Y]").astype("datetime64[D]")
    end = (last.astype("datetime64[Y]") + 1).astype("datetime64[D]") - 1
    around = ((0, 0), (int((first_day - start).astype(int)), int((end - last).astype(int))))
    if around[1] == (0, 0):
        return start, sums, counts
    return start, np.pad(sums, around), np.pad(counts, around)


def rounded_hours(tenths: npt.NDArray[np.int32], pollutant: str, decimals: int) -> npt.NDArray[np.int32]:
    """Hours rounded half to even to the decimals of the pollutant's unit, in tenths of ug/m3 again."""
    import numpy as np

    unit = 10 * _MILLI.get(pollutant, 1)
    if decimals == 0 and not (tenths % unit).any():
        return tenths
    whole = Ratio(tenths.astype(np.int64), np.array(unit)).rounded_whole(decimals)
    found: npt.NDArray[np.int32] = (whole * unit // 10**decimals).astype(np.int32)
    return found


def entity_days(points_days: Days, points: pd.DataFrame, pollutant: str, edition: Edition) -> Days:
    """Daily values of districts: the mean over the valid points of the day, where enough of them are valid.

    Parameters
    ----------
    points_days : Days
        From :func:`point_days`.
    points : DataFrame
        From :func:`carbonledger.air.read_points`; a point without hours counts as one that is not valid.
    edition : Edition
        Of HJ 663: ``points`` is the share of the points that must be valid.
    """
    import numpy as np

    n_days = points_days.num.shape[1]
    names, starts, station, member = spans_of(points, points_days.names, points_days.first_day, n_days)
    here = member & (station >= 0)[:, None]
    valid = here & points_days.valid[station]

    def summed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        total: npt.NDArray[Any] = np.add.reduceat(array, starts, axis=0)
        return total

    due, found = summed(member.astype(np.int64)), summed(valid.astype(np.int64))
    rule = edition.rule("points")
    percent = np.where(due < rule["few_below"], rule["percent_of_few"], rule["percent"])
    enough = (found > 0) & (found * 100 >= due * percent)
    total = np.where(enough, summed(np.where(valid, points_days.num[station], 0)), 0)
    num, den = _mean_of_points(total, points_days.den, np.where(enough, found, 1), pollutant, edition)
    hours = summed(np.where(here, points_days.hours_valid[station], 0))
    return Days(tuple(names), points_days.first_day, num, den, enough, found > 0, hours, due * 24)


def _mean_of_points(
    total: npt.NDArray[Any], den: int, count: npt.NDArray[np.int64], pollutant: str, edition: Edition
) -> tuple[npt.NDArray[Any], int]:
    """Totals over points divided by their number, over one common denominator."""
    import numpy as np

    decimals = edition.rule("decimals_day", pollutant)
    if decimals != UNROUNDED:
        return Ratio(total, den * count).rounded_whole(decimals), 10**decimals
    common = math.lcm(*map(int, np.unique(count)))
    return times(total, common) // count, den * common
