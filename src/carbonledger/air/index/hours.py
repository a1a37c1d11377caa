"""The hourly ("real-time") index of districts or points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ... import reasons
from ...reasons import Reason
from ...rounding import Ratio, denominator, times
from ...standards import Edition, chosen
from ..inputs.points import check_points
from ..inputs.stations import Hour, StationHours
from ..statistics.days import Days, entity_days
from .days import runs_of, taking_over, with_nan
from .scale import HALF, NONE, Item, counted_items, indices_of, largest, levels_of, names_of_ties

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
    omitted: Iterable[str] = (),
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
    import xarray as xr

    editions = chosen(edition, region, options)
    if points is not None:
        check_points(hours, points)
    dim = "station" if points is None else "entity"
    names, shape = hours.stations, (len(hours.stations), 24 * hours.n_days)
    if points is not None:
        names = tuple(sorted({str(e) for e in points["entity"]}))
        shape = (len(names), shape[1])
    index, reason = np.full(shape, NONE, np.int16), np.full(shape, int(Reason.NO_EDITION), np.int16)
    level, primary = np.zeros(shape, np.int8), np.full(shape, "", dtype=object)
    of: dict[tuple[str, str], Any] = {}
    said = np.full(shape[1], "", dtype=object)
    for cut, (rules, of_days, _) in runs_of(hours.first_day, hours.n_days, editions):
        if rules is None or of_days is None:
            continue
        here = slice(24 * cut.start, 24 * cut.stop)
        found = _indices(hours, points, rules, of_days, here)
        due = [key for key in counted_items(rules, hourly=True) if key[0] not in set(omitted)]
        said[here] = rules.name
        if not found:
            reason[:, here] = Reason.POLLUTANTS_MISSING
            continue
        index[:, here], _ = largest(found, rules, due)
        empty = np.stack(list(found.values())).max(axis=0) == NONE
        lacking = np.where(empty, Reason.HOURS_MISSING, Reason.POLLUTANTS_MISSING)
        reason[:, here] = np.where(index[:, here] != NONE, Reason.OK, lacking)
        level[:, here] = levels_of(index[:, here], rules)
        primary[:, here] = names_of_ties(found, index[:, here], HALF)
        for key, array in found.items():
            of.setdefault(key, np.full(shape, NONE, np.int16))[:, here] = array
    dims = (dim, "hour")
    whole = np.stack(list(of.values()), axis=2) if of else np.zeros((*shape, 0))
    return xr.Dataset(
        {
            "aqi": (dims, with_nan(index), {"units": "1", "long_name": "air quality index"}),
            "aqi_reason": (dims, reason, reasons.attrs()),
            "level": (dims, level, {"units": "1", "long_name": "level of the index, 0: none"}),
            "primary": (dims, primary, {"long_name": "primary pollutants"}),
            "iaqi": ((*dims, "item"), with_nan(whole), {"units": "1", "long_name": "index of each item"}),
        },
        {
            dim: list(names),
            "hour": (hours.first_day.astype("datetime64[h]") + np.arange(shape[1])).astype("datetime64[ns]"),
            "item": [" ".join(key) for key in of],
            "edition": ("hour", said),
        },
        {"options": editions.said},
    )


def _indices(
    hours: StationHours, points: pd.DataFrame | None, rules: Edition, of_days: Edition, here: slice
) -> dict[tuple[str, str], Any]:
    """The index of each item of a run of hours."""
    counted = [key for key in counted_items(rules, hourly=True) if key[0] in hours.steps]
    wanted = [*counted, *(key for key in taking_over(rules) if key[0] in hours.steps and key not in counted)]
    items = {}
    for pollutant, averaging in wanted:
        moving = _moving(hours, pollutant, LENGTH[averaging], of_days)
        found = moving if points is None else entity_days(moving, points, pollutant, of_days, per_day=24)
        items[pollutant, averaging] = Item(Ratio(found.num[:, here], denominator(found.den)), found.valid[:, here])
    return indices_of(items, counted, rules)


def _moving(hours: StationHours, pollutant: str, length: int, rules: Edition) -> Days:
    """Moving means that end with each hour, as values [station, hour]."""
    import numpy as np

    step = hours.step[pollutant]
    valid = hours.codes[pollutant] == Hour.VALID
    least = {1: 1, 8: int(rules.rule("hours_of_8")), 24: int(rules.rule("hours_per_day", pollutant))}[length]
    sums = _last(np.where(valid, hours.steps[pollutant], 0).astype(np.int64), length)
    counts = _last(valid.astype(np.int64), length)
    enough, common = counts >= least, math.lcm(*range(least, length + 1))
    num = times(np.where(enough, sums, 0) * (common // np.maximum(counts, 1)), step.numerator)
    due = np.ones_like(counts)
    return Days(hours.stations, hours.first_day, num, step.denominator * common, enough, enough, counts, due)


def _last(values: Any, length: int) -> Any:
    """Sums of the last ``length`` values, fewer at the beginning."""
    import numpy as np

    if length == 1:
        return values
    whole = np.cumsum(values, axis=1)
    whole[:, length:] = whole[:, length:] - whole[:, :-length].copy()
    return whole
