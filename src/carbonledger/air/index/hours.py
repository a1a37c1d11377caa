"""The hourly ("real-time") index of districts or points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...rounding import Ratio, denominator, times
from ...standards import Edition
from ..inputs.points import check_points
from ..inputs.pollutants import names_in
from ..inputs.stations import Hour, StationHours
from ..statistics.asking import asked_editions, check_hours, years_of
from ..statistics.days import Days, entity_days, rounded_hours
from .scale import Item
from .series import Asking, Key, Run, series_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

LENGTH = {"1h": 1, "8h": 8, "24h": 24}


def hourly_index(
    hours: StationHours,
    points: pd.DataFrame | None = None,
    *,
    edition: str | Iterable[str] | None = None,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    omitted: str | Iterable[str] = (),
) -> xr.Dataset:
    """The air quality index of each hour.

    Parameters
    ----------
    hours, points, edition, region, options, omitted
        As of :func:`carbonledger.air.daily_index`. ``options={"hourly_items": "text"}`` takes the items that the text of
        HJ 633-2012 names, with moving means, in place of those that were published in practice.

    Returns
    -------
    Dataset [entity or station, hour]: ``aqi`` with ``aqi_reason``, ``level``, ``primary``; [..., item] ``iaqi``. ``hour`` is
    the beginning of the hour.

    Raises
    ------
    TableError
        Stations that belong to no district.
    EditionError
        Unknown editions and options.

    Notes
    -----
    HJ 633-2026 clauses 4.2.3 and 4.2.4: the hourly values of six pollutants, particles by the 24-hour concentrations. A moving
    mean needs as many hours as a mean of its length does (6 of 8, 20 of 24).
    """
    import numpy as np

    check_hours(hours)
    if points is not None:
        check_points(hours, points)
    editions = asked_editions(edition, region, options, years_of(hours))
    asking = Asking(editions, omitted=names_in(omitted), hourly=True)
    names = hours.stations if points is None else tuple(sorted({str(e) for e in points["entity"]}))

    def items_of(wanted: list[Key], run: Run) -> dict[Key, Item]:
        return {key: _item(hours, points, key, run) for key in wanted if key[0] in hours.steps}

    found = series_of(names, hours.first_day, hours.n_days, asking, items_of)
    labels = hours.first_day.astype("datetime64[h]") + np.arange(24 * hours.n_days)
    made = found.dataset("station" if points is None else "entity", "hour", labels)
    return made.assign_attrs(region=region, options=editions.said, omitted=list(asking.omitted))


def _item(hours: StationHours, points: pd.DataFrame | None, key: Key, run: Run) -> Item:
    """The values of a run of hours: of each point first, then over points."""
    moving = _moving(hours, key[0], LENGTH[key[1]], run.of_days)
    found = moving if points is None else entity_days(moving, points, key[0], run.of_days, per_day=24)
    return Item(Ratio(found.num[:, run.place], denominator(found.den)), found.valid[:, run.place])


def _moving(hours: StationHours, pollutant: str, length: int, rules: Edition) -> Days:
    """Moving means that end with each hour, as values [station, hour]."""
    import numpy as np

    steps, step = hours.steps[pollutant], hours.step[pollutant]
    decimals = rules.decimals("decimals_hour", pollutant)
    if decimals is not None:
        steps, step = rounded_hours(steps, step, decimals)
    valid = hours.codes[pollutant] == Hour.VALID
    least = {1: 1, 8: int(rules.rule("hours_of_8")), 24: int(rules.rule("hours_per_day", pollutant))}[length]
    sums, counts = _last(np.where(valid, steps, 0).astype(np.int64), length), _last(valid.astype(np.int64), length)
    enough, common = counts >= least, math.lcm(*range(least, length + 1))
    num = times(np.where(enough, sums, 0) * (common // np.maximum(counts, 1)), step.numerator)
    due, rows = np.ones_like(counts), hours.codes[pollutant] != Hour.ABSENT
    return Days(hours.stations, hours.first_day, num, step.denominator * common, enough, enough, counts, due, rows)


def _last(values: Any, length: int) -> Any:
    """Sums of the last ``length`` values, fewer at the beginning."""
    import numpy as np

    if length == 1:
        return values
    whole = np.cumsum(values, axis=1)
    whole[:, length:] = whole[:, length:] - whole[:, :-length].copy()
    return whole
