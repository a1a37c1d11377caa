"""Daily values, exact: hours to days of a point, points to days of a district."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ... import kernels
from ...rounding import Ratio, times
from ..inputs.points import spans_of
from ..inputs.pollutants import POLLUTANTS
from ..inputs.stations import Hour, StationDays, StationHours

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from ...standards import Edition, Limit


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
    rows: npt.NDArray[np.bool_]  # [name, day], whether anything stands there, valid or not

    def due_of(self, place: npt.NDArray[np.int64]) -> Any:
        """Hours due of points by their place; a point without hours (-1) is due as much as any other."""
        import numpy as np

        most = self.hours_due.max(initial=0)
        return np.where((place >= 0)[:, None], self.hours_due[place], most)


def point_days(
    hours: StationHours | StationDays,
    pollutant: str,
    rules: Edition,
    *,
    kind: str = "",
    limit: Limit | None = None,
    need: int = 0,
) -> Days:
    """Daily values of points.

    Parameters
    ----------
    hours : StationHours or StationDays
        Days that are given as such are taken as they are, for what a day of the pollutant is; no other kind is known then.
    pollutant : str
    rules : Edition
        Of HJ 663. ``24h`` needs ``hours_per_day`` valid hours (20 of 24, GB 3095 Table 4); ``MDA8`` needs
        ``windows_per_day`` 8-hour means of ``hours_of_8`` valid hours each.
    kind : str
        ``24h``: the mean of the day; ``MDA8``: the highest 8-hour mean; ``1h``: the highest hour. By default what a day of
        the pollutant is.
    limit : Limit, optional
        Of GB 3095 for ``MDA8``: a day with too few 8-hour means counts if their highest, as it is compared, is above it
        (HJ 663 clause 6.1.2).
    need : int
        Valid hours for ``1h``.
    """
    import numpy as np

    kind = kind or POLLUTANTS[pollutant].daily
    if isinstance(hours, StationDays):
        return _given(hours, pollutant, rules, known=kind == POLLUTANTS[pollutant].daily)
    steps, codes, step = hours.steps[pollutant], hours.codes[pollutant], hours.step[pollutant]
    decimals = rules.decimals("decimals_hour", pollutant)
    if decimals is not None:
        steps, step = rounded_hours(steps, step, decimals)
    if kind == "24h":
        least = int(rules.rule("hours_per_day", pollutant))
        sums, counts = kernels.day_sums(steps, codes)
        valid, common = counts >= least, math.lcm(*range(least, 25))
        num = sums * np.array([common // n if n >= least else 0 for n in range(25)])[counts]
    elif kind == "1h":
        num, counts = kernels.day_peaks(steps, codes)
        valid, common = counts >= max(need, 1), 1
    else:
        num, valid, counts, common = _eight_hours(steps, codes, step, pollutant, rules, limit)
    num, den = times(np.where(valid, num, 0), step.numerator), step.denominator * common
    decimals = rules.decimals("decimals_day", pollutant)
    if decimals is not None:
        num, den = Ratio(num, np.array([den])).rounded_whole(decimals), 10**decimals
    first_day, num, valid, counts, rows = whole_years(hours.first_day, num, valid, counts, _rows(codes, counts))
    return Days(hours.stations, first_day, num, den, valid, valid, counts, np.full_like(counts, 24), rows)


def _rows(codes: npt.NDArray[np.int8], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Days on which anything stands; where no hour of a station is valid, what is not."""
    import numpy as np

    rows = counts > 0
    empty = np.flatnonzero(~rows.any(axis=1))
    if len(empty):
        rows[empty] = (codes[empty].reshape(len(empty), counts.shape[1], -1) != Hour.ABSENT).any(axis=2)
    return rows


def _given(days: StationDays, pollutant: str, rules: Edition, *, known: bool) -> Days:
    """Daily values that were measured or published as such."""
    import numpy as np

    step = days.step[pollutant]
    valid = (days.codes[pollutant] == Hour.VALID) & known
    num, den = times(np.where(valid, days.steps[pollutant].astype(np.int64), 0), step.numerator), step.denominator
    decimals = rules.decimals("decimals_day", pollutant)
    if decimals is not None:
        num, den = Ratio(num, np.array([den])).rounded_whole(decimals), 10**decimals
    rows = days.codes[pollutant] != Hour.ABSENT
    first_day, num, valid, rows = whole_years(days.first_day, num, valid, rows)
    count = valid.astype(np.int64)
    return Days(days.stations, first_day, num, den, valid, valid, count, np.ones_like(count), rows)


def _eight_hours(
    steps: npt.NDArray[np.int32],
    codes: npt.NDArray[np.int8],
    step: Fraction,
    pollutant: str,
    rules: Edition,
    limit: Limit | None,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.int64], int]:
    """Highest 8-hour means over a common denominator [step], which days are valid, their hours, and that denominator."""
    import numpy as np

    least, ends = int(rules.rule("hours_of_8")), rules.rule("windows")
    common = math.lcm(*range(least, kernels.WINDOW + 1))
    weights = np.array([0 if n < least else common // n for n in range(kernels.WINDOW + 1)], dtype=np.int64)
    peaks, windows, counts = kernels.eight_hour_peaks(steps, codes, int(ends["first"]), int(ends["last"]), weights)
    valid = windows >= int(rules.rule("windows_per_day"))
    if limit is not None:
        value = Ratio(times(peaks, step.numerator), np.array([step.denominator * common]))
        valid |= (windows > 0) & value.exceeds(limit.value, rules.decimals("decimals_evaluation", pollutant))
    return peaks, valid, counts, common


def whole_years(first_day: np.datetime64, *arrays: npt.NDArray[Any]) -> tuple[Any, ...]:
    """From 1 January to 31 December: a year that the files do not fill has days without hours."""
    import numpy as np

    last = first_day + arrays[0].shape[1] - 1
    start = first_day.astype("datetime64[Y]").astype("datetime64[D]")
    end = (last.astype("datetime64[Y]") + 1).astype("datetime64[D]") - 1
    around = ((0, 0), (int((first_day - start).astype(int)), int((end - last).astype(int))))
    if around[1] == (0, 0):
        return start, *arrays
    return start, *(np.pad(array, around) for array in arrays)


def rounded_hours(
    steps: npt.NDArray[np.int32], step: Fraction, decimals: int
) -> tuple[npt.NDArray[np.int32], Fraction]:
    """Hours rounded half to even to the decimals of the pollutant's unit, and their new step."""
    import numpy as np

    value = Ratio(times(steps.astype(np.int64), step.numerator), np.array([step.denominator]))
    return value.rounded_whole(decimals).astype(np.int32), Fraction(1, 10**decimals)


def entity_days(points_days: Days, points: pd.DataFrame, pollutant: str, edition: Edition, *, per_day: int = 1) -> Days:
    """Daily values of districts: the mean over the valid points of the day, where enough of them are valid.

    Parameters
    ----------
    points_days : Days
        From :func:`point_days`.
    points : DataFrame
        From :func:`carbonledger.air.read_points`; a point without hours counts as one that is not valid.
    edition : Edition
        Of HJ 663: ``points`` is the share of the points that must be valid.
    per_day : int
        Values of a day: 24 for hours, which are averaged in the same way and are not rounded.
    """
    import numpy as np

    n_days = points_days.num.shape[1] // per_day
    names, starts, station, member = spans_of(points, points_days.names, points_days.first_day, n_days)
    member = np.repeat(member, per_day, axis=1) if per_day > 1 else member
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
    decimals = edition.decimals("decimals_day", pollutant) if per_day == 1 else None
    num, den = _mean_of_points(total, points_days.den, np.where(enough, found, 1), decimals)
    hours = summed(np.where(here, points_days.hours_valid[station], 0))
    hours_due = summed(np.where(member, points_days.due_of(station), 0))
    rows = summed((here & points_days.rows[station]).astype(np.int64)) > 0
    return Days(tuple(names), points_days.first_day, num, den, enough, found > 0, hours, hours_due, rows)


def _mean_of_points(
    total: npt.NDArray[Any], den: int, count: npt.NDArray[np.int64], decimals: int | None
) -> tuple[npt.NDArray[Any], int]:
    """Totals over points divided by their number, over one common denominator."""
    import numpy as np

    if decimals is not None:
        return Ratio(total, den * count).rounded_whole(decimals), 10**decimals
    common = math.lcm(*map(int, np.unique(count)))
    return times(total, common) // count, den * common
