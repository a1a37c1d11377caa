"""Good days and heavy-pollution days of a year, from a daily index as published or as computed from station hours."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ... import reasons
from ...reasons import Reason
from ...rounding import Ratio
from ...standards import Chosen, Edition, chosen
from ..inputs.pollutants import names_in
from ..inputs.stations import StationDays, StationHours
from ..statistics.daily import Daily
from .days import index_days
from .scale import GOOD, HEAVY, NONE
from .series import Asking

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

BEARING = {
    "HJ 633": ("daily_items", "hours_of_peak", "decimals_concentration", "incomplete", "days_per_year"),
    "HJ 663": ("points", "windows", "decimals_hour", "decimals_day", "event_days"),
}
"""The parameters of each standard that shares of days may hang on."""
_LEVELS = 6


@dataclass(frozen=True, eq=False)
class Counts:
    """Days by year, an array [name, year] each, and by level and primary pollutant one more axis."""

    good: npt.NDArray[np.int64]
    heavy: npt.NDArray[np.int64]
    valid: npt.NDArray[np.int64]


def counts_of(index: npt.NDArray[Any], bounds: list[tuple[int, int]]) -> Counts:
    """Days of each year; ``index`` [name, day] is ``NONE`` where there is none, ``bounds`` are places of each year."""
    import numpy as np

    def counted(which: Any) -> Any:
        return np.stack([which[:, first:end].sum(axis=1) for first, end in bounds], axis=1)

    valid = index != NONE
    return Counts(counted(valid & (index <= GOOD)), counted(index > HEAVY), counted(valid))


def good_days(daily: pd.DataFrame, *, edition: str | None = None, region: str = "CN") -> xr.Dataset:
    """Good-day ratio and heavy-pollution-day share of each district and year, from indices as published.

    Parameters
    ----------
    daily : DataFrame
        From :func:`read_daily_aqi`.
    edition : str, optional
        An edition of HJ 633; by default the one in force on 31 December of each year, and the first before there was one.

    Returns
    -------
    Dataset [entity, year]: ``good_day_ratio`` (index of at most 100, over days with an index) and ``heavy_day_ratio``
    (above 200) [%] in full, each with ``_rounded`` (one decimal) and ``_reason``; ``good_days``, ``heavy_days``,
    ``valid_days``, ``days_of_year`` [d]. A year with fewer than 324 valid days is NaN with ``DAYS_MISSING``.

    Notes
    -----
    HJ 633-2012 Table 2 and HJ 633-2026: classes. The denominator is the days with an index, as bulletins count it.
    """
    import numpy as np
    import pandas as pd

    entities = sorted(daily["entity"].unique())
    year = daily["day"].dt.year.to_numpy(np.int64)
    years = list(range(int(year.min()), int(year.max()) + 1))
    first = np.datetime64(f"{years[0]}-01-01")
    bounds = _bounds(first, years)
    index = np.full((len(entities), bounds[-1][1]), NONE, np.int64)
    place = (daily["day"].to_numpy().astype("datetime64[D]") - first).astype(np.int64)
    value = daily["aqi"].to_numpy()
    index[pd.Index(entities).get_indexer(daily["entity"]), place] = np.where(
        np.isnan(value), NONE, np.nan_to_num(value)
    )
    rules = _rules(chosen(edition, region), years)
    return shares(counts_of(index, bounds), ("entity", entities), years, rules)


def index_shares(
    hours: StationHours | StationDays | Daily,
    points: pd.DataFrame | None = None,
    *,
    edition: str | Iterable[str] | None = None,
    zone: int = 2,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    omitted: str | Iterable[str] = (),
    years: Iterable[int] | None = None,
    alternatives: bool = True,
) -> xr.Dataset:
    """Good-day ratio and heavy-pollution-day share of each district or station and year, from station hours.

    Parameters
    ----------
    hours, points, edition, zone, region, options, omitted
        As of :func:`carbonledger.air.daily_index`.
    years : list of int, optional
        By default every year that has a row.
    alternatives : bool
        Whether to count again under each alternative of the unverified parameters.

    Returns
    -------
    Dataset [entity or station, year] as of :func:`good_days`, with ``level_days`` [..., level], ``primary_days``
    [..., pollutant] (a day with several counts for each) and, with alternatives, ``good_days_under``, ``heavy_days_under``,
    ``valid_days_under`` [alternative, ...]. Coordinate ``edition`` [year], on 31 December.
    """
    import numpy as np
    import xarray as xr

    from ..statistics.annual import years_of

    daily = Daily.of_hours(hours, points)
    wanted = sorted(set(years)) if years is not None else years_of(daily.hours)
    asking = Asking(chosen(edition, region, options), zone, names_in(omitted))
    base = index_days(daily, asking)
    bounds = _bounds(base.first_day, wanted)
    rules = _rules(asking.editions, wanted)
    where = (daily.dim, list(base.names))
    found = shares(counts_of(base.index, bounds), where, wanted, rules, reason=_why(base.reason, bounds))
    levels = [np.stack([(base.level[:, a:b] == k).sum(axis=1) for a, b in bounds], 1) for k in range(1, _LEVELS + 1)]
    dims = tuple(found["good_days"].dims)
    found["level_days"] = ((*dims, "level"), np.stack(levels, axis=2), {"units": "d"})
    primary = base.primary
    of = np.array([[held[:, a:b].sum(axis=1) for a, b in bounds] for held in primary.values()])
    days = of.reshape(len(primary), len(bounds), len(base.names)).transpose(2, 1, 0)
    found["primary_days"] = ((*dims, "pollutant"), days, {"units": "d"})
    found = found.assign_coords(
        level=list(range(1, _LEVELS + 1)), pollutant=list(primary), edition=("year", [r.name for r in rules])
    )
    labels = labels_of(asking, wanted, daily)
    unverified = list(dict.fromkeys(label.partition(":")[0] for label in labels))
    found = found.assign_attrs(found.attrs | {"options": asking.editions.said, "unverified": unverified})
    if not alternatives:
        return found
    under = [counts_of(index_days(daily, asking, label).index, bounds) for label in labels]
    found = found.assign_coords(alternative=labels)
    for name in ("good", "heavy", "valid"):
        array = np.array([getattr(c, name) for c in under]).reshape(len(labels), *found["good_days"].shape)
        found[f"{name}_days_under"] = xr.DataArray(array, dims=("alternative", *dims), attrs={"units": "d"})
    return found


def labels_of(asking: Asking, years: list[int], daily: Daily) -> list[str]:
    """``parameter: alternative`` of both standards, for everything unverified that shares of days may hang on."""
    labels: dict[str, None] = {}
    left_out = {*(["points"] if daily.points is None else []), *(["event_days"] if daily.event_days() is None else [])}
    for year in years:
        for standard, bearing in BEARING.items():
            rules = asking.editions.on_or_none(standard, datetime.date(year, 12, 31))
            for name in (n for n in bearing if rules and n in rules.unverified and n not in left_out):
                labels |= dict.fromkeys(f"{name}: {a}" for a in rules.parameters[name].alternatives)  # type: ignore[union-attr]
    return list(labels)


def shares(
    counts: Counts,
    where: tuple[str, list[str]],
    years: list[int],
    rules: list[Edition],
    reason: npt.NDArray[np.int16] | None = None,
) -> xr.Dataset:
    """The counts as shares of valid days, with the minimum of days that a year needs."""
    import numpy as np
    import xarray as xr

    shape, dims = counts.valid.shape, (where[0], "year")
    need = np.broadcast_to([int(r.rule("days_per_year")) for r in rules], shape)
    lacking = np.where(counts.valid > 0, int(Reason.DAYS_MISSING), int(Reason.NO_ROWS) if reason is None else reason)
    why = np.where(counts.valid >= need, int(Reason.OK), lacking).astype(np.int16)
    of_year = np.broadcast_to([365 + calendar.isleap(y) for y in years], shape)
    made: dict[str, Any] = {
        name: (dims, array, {"units": "d"})
        for name, array in (
            ("good_days", counts.good),
            ("heavy_days", counts.heavy),
            ("valid_days", counts.valid),
            ("days_of_year", of_year),
        )
    }
    for name, count in (("good_day_ratio", counts.good), ("heavy_day_ratio", counts.heavy)):
        ratio, known = Ratio(count * 100, np.maximum(counts.valid, 1)), why == Reason.OK
        made[name] = (dims, np.where(known, ratio.value(), np.nan), {"units": "%"})
        made[f"{name}_rounded"] = (dims, np.where(known, ratio.rounded(_DECIMALS).value(), np.nan), {"units": "%"})
        made[f"{name}_reason"] = (dims, why, reasons.attrs())
    return xr.Dataset(made, {where[0]: where[1], "year": years}, {"days_per_year": sorted({int(n) for n in need.flat})})


_DECIMALS = 1  # of a share of days as bulletins print it


def _why(reason: npt.NDArray[np.int16], bounds: list[tuple[int, int]]) -> npt.NDArray[np.int16]:
    """Why a year without any index has none: the reason that most of its days have."""
    import numpy as np

    def most(days: npt.NDArray[np.int16]) -> list[int]:
        return [int(np.bincount(row[row > 0], minlength=1).argmax()) for row in days]

    return np.array([most(reason[:, first:end]) for first, end in bounds], dtype=np.int16).T


def _bounds(first_day: Any, years: list[int]) -> list[tuple[int, int]]:
    """Places of the first day of each year and of the day after its last."""
    first: datetime.date = first_day.astype("datetime64[D]").item()
    return [((datetime.date(y, 1, 1) - first).days, (datetime.date(y + 1, 1, 1) - first).days) for y in years]


def _rules(editions: Chosen, years: list[int]) -> list[Edition]:
    """The edition of HJ 633 of each year; before there was one, the first."""
    from ...standards import edition

    found = [editions.on_or_none("HJ 633", datetime.date(year, 12, 31)) for year in years]
    return [rules or edition("hj-633-2012") for rules in found]
