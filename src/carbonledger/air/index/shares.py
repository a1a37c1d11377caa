"""Good days and heavy-pollution days of a year, from a daily index as published or as computed from station hours."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ... import reasons
from ...reasons import Reason
from ...rounding import Ratio
from ...standards import Chosen, Edition, chosen
from ...standards import edition as edition_named
from ..inputs.stations import StationDays, StationHours
from ..statistics.annual import depends
from ..statistics.asking import STANDARDS, asked_years
from ..statistics.daily import Daily
from .days import asking_of, index_days
from .scale import GOOD, HEAVY, NONE
from .series import Asking

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

BEARING = {
    "HJ 633": ("daily_items", "hours_of_peak", "decimals_concentration", "incomplete", "days_per_year"),
    "HJ 663": ("points", "windows", "decimals_hour", "decimals_day", "decimals_evaluation", "event_days"),
}
"""The parameters of each standard that shares of days may hang on."""
OF_PUBLISHED = ("days_per_year", "decimals_rate")
"""Those that shares of indices as published hang on."""
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


def good_days(
    daily: pd.DataFrame,
    *,
    edition: str | Iterable[str] | None = None,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
) -> xr.Dataset:
    """Good-day ratio and heavy-pollution-day share of each district and year, from indices as published.

    Parameters
    ----------
    daily : DataFrame
        From :func:`read_daily_aqi`.
    edition : str or list of str, optional
        Editions by name; by default those in force on 31 December of each year, of HJ 633 the first before there was one.
    options : dict of parameter to alternative, optional
        ``days_per_year``, ``decimals_rate``; others have no effect here and are refused.

    Returns
    -------
    Dataset [entity, year]: ``good_day_ratio`` (index of at most 100, over days with an index) and ``heavy_day_ratio``
    (above 200) [%] in full, each with ``_rounded`` (one decimal) and ``_reason``; ``good_days``, ``heavy_days``,
    ``valid_days``, ``days_of_year`` [d]. A year with fewer than 324 valid days is NaN with ``DAYS_MISSING``.

    Raises
    ------
    EditionError
        Editions and options that are unknown, or without effect here.

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
    editions = chosen(edition, region, options).only(*STANDARDS, parameters=OF_PUBLISHED)
    return shares(counts_of(index, bounds), ("entity", entities), years, editions)


def index_shares(
    hours: StationHours | StationDays | Daily,
    points: pd.DataFrame | None = None,
    *,
    edition: str | Iterable[str] | None = None,
    zone: int = 2,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    omitted: str | Iterable[str] = (),
    years: int | Iterable[int] | None = None,
    alternatives: bool = True,
) -> xr.Dataset:
    """Good-day ratio and heavy-pollution-day share of each district or station and year, from station hours.

    Parameters
    ----------
    hours, points, edition, zone, region, options, omitted
        As of :func:`carbonledger.air.daily_index`.
    years : int or list of int, optional
        By default every year that has a row; a year that was not read is refused.
    alternatives : bool
        Whether to count again under each alternative of the unverified parameters.

    Returns
    -------
    Dataset [entity or station, year] as of :func:`good_days`, with ``level_days`` [..., level], ``primary_days``
    [..., pollutant] (a day with several counts for each) and, with alternatives, ``good_days_under``, ``heavy_days_under``,
    ``valid_days_under``, ``good_day_ratio_under``, ``heavy_day_ratio_under`` [alternative, ...] and ``depends``, the alternatives under which a number differs. Coordinate ``edition``
    [year], all that its days go by.
    """
    import numpy as np
    import xarray as xr

    daily = Daily.of_hours(hours, points)
    wanted = asked_years(years, daily.hours)
    asking = asking_of(daily, wanted, edition, zone, region, options, omitted)
    base = index_days(daily, asking)
    bounds, where = _bounds(base.first_day, wanted), (daily.dim, list(base.names))
    counts, why = counts_of(base.index, bounds), _why(base.reason, bounds)
    found = shares(counts, where, wanted, asking.editions, reason=why)
    levels = [np.stack([(base.level[:, a:b] == k).sum(axis=1) for a, b in bounds], 1) for k in range(1, _LEVELS + 1)]
    dims = tuple(found["good_days"].dims)
    found["level_days"] = ((*dims, "level"), np.stack(levels, axis=2), {"units": "d"})
    primary = base.primary
    of = np.array([[held[:, a:b].sum(axis=1) for a, b in bounds] for held in primary.values()])
    days = of.reshape(len(primary), len(bounds), len(base.names)).transpose(2, 1, 0)
    found["primary_days"] = ((*dims, "pollutant"), days, {"units": "d"})
    found = found.assign_coords(
        level=list(range(1, _LEVELS + 1)), pollutant=list(primary), edition=("year", _names(base.edition, bounds))
    )
    labels = labels_of(asking, wanted, daily)
    unverified = list(dict.fromkeys(label.partition(":")[0] for label in labels))
    found = found.assign_attrs(found.attrs | asking.attrs | {"unverified": unverified})
    if not alternatives:
        return found
    under = [_under(daily, asking, label, bounds, where, wanted) for label in labels]
    found = found.assign_coords(alternative=labels)
    for name in ("good_days", "heavy_days", "valid_days", "good_day_ratio", "heavy_day_ratio"):
        array = np.array([one[name].values for one in under]).reshape(len(labels), *found[name].shape)
        found[f"{name}_under"] = xr.DataArray(array, dims=("alternative", *dims), attrs=found[name].attrs)
    differs = [found[f"{name}_days_under"] != found[f"{name}_days"] for name in ("good", "heavy", "valid")]
    found["depends"] = depends(differs[0] | differs[1] | differs[2])
    return found


def _under(
    daily: Daily,
    asking: Asking,
    label: str,
    bounds: list[tuple[int, int]],
    where: tuple[str, list[str]],
    years: list[int],
) -> xr.Dataset:
    """Days and shares under one alternative."""
    name, _, alternative = label.partition(": ")
    options = (*((n, a) for n, a in asking.editions.options if n != name), (name, alternative))
    counts = counts_of(index_days(daily, asking, label).index, bounds)
    return shares(counts, where, years, replace(asking.editions, options=options))


def labels_of(asking: Asking, years: list[int], daily: Daily) -> list[str]:
    """``parameter: alternative`` of both standards, for everything unverified that shares of days may hang on."""
    left_out = {*(["points"] if daily.points is None else []), *(["event_days"] if daily.event_days() is None else [])}
    labels: dict[str, None] = {}
    for standard, bearing in BEARING.items():
        for rules in in_use(asking.editions, standard, years):
            for name in (n for n in bearing if n in rules.unverified and n not in left_out):
                labels |= dict.fromkeys(f"{name}: {a}" for a in rules.parameters[name].alternatives)
    return list(labels)


def in_use(editions: Chosen, standard: str, years: list[int]) -> list[Edition]:
    """The editions of a standard that any day of the years goes by."""
    found: dict[str, Edition] = {}
    for year in years:
        for month in range(1, 13):  # an edition comes into force on the first of a month
            rules = editions.on_or_none(standard, datetime.date(year, month, 1))
            if rules is not None:
                found[rules.name] = rules
    return list(found.values())


def _names(edition: npt.NDArray[np.object_], bounds: list[tuple[int, int]]) -> list[str]:
    """The editions of each year, in order."""
    return [", ".join(dict.fromkeys(name for name in edition[a:b].tolist() if name)) for a, b in bounds]


def shares(
    counts: Counts,
    where: tuple[str, list[str]],
    years: list[int],
    editions: Chosen,
    reason: npt.NDArray[np.int16] | None = None,
) -> xr.Dataset:
    """The counts as shares of valid days, with the minimum of days that a year needs."""
    import numpy as np
    import xarray as xr

    shape, dims = counts.valid.shape, (where[0], "year")
    need = np.broadcast_to([int(r.rule("days_per_year")) for r in _rules(editions, years)], shape)
    nothing = (
        np.full(shape, int(Reason.NO_ROWS)) if reason is None else np.where(reason > 0, reason, int(Reason.NO_ROWS))
    )
    lacking = np.where(counts.valid > 0, int(Reason.DAYS_MISSING), nothing)
    why = np.where((counts.valid >= need) & (counts.valid > 0), int(Reason.OK), lacking).astype(np.int16)
    decimals = int(editions.on("HJ 663", datetime.date(max(years[-1], _FIRST), 12, 31)).rule("decimals_rate"))
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
        made[f"{name}_rounded"] = (dims, np.where(known, ratio.rounded(decimals).value(), np.nan), {"units": "%"})
        made[f"{name}_reason"] = (dims, why, reasons.attrs())
    return xr.Dataset(made, {where[0]: where[1], "year": years}, {"days_per_year": sorted({int(n) for n in need.flat})})


_FIRST = 2013  # HJ 663-2013 is the first edition


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
    first = replace(editions, named=(*editions.named, edition_named("hj-633-2012")))  # its options hold there too
    found = [editions.on_or_none("HJ 633", datetime.date(year, 12, 31)) for year in years]
    return [rules or first.on("HJ 633", datetime.date(year, 12, 31)) for rules, year in zip(found, years, strict=True)]
