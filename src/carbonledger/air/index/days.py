"""The daily index of districts or points from station hours, each day by the edition in force on it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ... import reasons
from ...reasons import Reason
from ...rounding import Ratio, denominator
from ...standards import Chosen, Edition, chosen, read_editions
from ..inputs.events import PARTICLES
from ..inputs.stations import StationDays, StationHours
from ..statistics.daily import Daily
from .scale import HALF, NONE, Item, counted_items, indices_of, largest, levels_of, names_of_ties, places_of_ties

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

STANDARDS = ("HJ 633", "HJ 663", "GB 3095")
KIND = {"24h": "24h", "8h": "MDA8", "1h": "1h"}  # what a day is for each averaging time of the index


@dataclass(frozen=True, eq=False)
class IndexDays:
    """The daily index as arrays [name, day], and of each item [name, day]; ``NONE`` where there is none."""

    names: tuple[str, ...]
    first_day: np.datetime64
    index: npt.NDArray[np.int16]
    level: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int16]
    of: dict[tuple[str, str], npt.NDArray[np.int16]]
    editions: tuple[tuple[int, Edition | None], ...]  # first day of each, as a place in the days


@dataclass(frozen=True)
class Asking:
    """What the index is asked for: editions, class of the zone, pollutants that the plan of monitoring leaves out."""

    editions: Chosen
    zone: int = 2
    omitted: tuple[str, ...] = ()
    wanted: tuple[str, ...] | None = None


def index_days(daily: Daily, asking: Asking, label: str = "") -> IndexDays:
    """The daily index, under an alternative if one is named.

    Parameters
    ----------
    daily : Daily
    asking : Asking
    label : str
        ``parameter: alternative`` of HJ 633 or HJ 663.
    """
    import numpy as np

    names, first_day, shape = _grid(daily)
    index, reason = np.full(shape, NONE, np.int16), np.full(shape, int(Reason.NO_EDITION), np.int16)
    level = np.zeros(shape, np.int8)
    of: dict[tuple[str, str], npt.NDArray[np.int16]] = {}
    runs = []
    for cut, (rules, of_days, limits) in runs_of(first_day, shape[1], asking.editions):
        runs.append((int(cut.start), rules))
        if rules is None or of_days is None:
            continue
        here = _under_one(daily, asking, rules.labelled(label), of_days.labelled(label), limits)
        for key, array in here.of.items():
            of.setdefault(key, np.full(shape, NONE, np.int16))[:, cut] = array[:, cut]
        index[:, cut], reason[:, cut], level[:, cut] = here.index[:, cut], here.reason[:, cut], here.level[:, cut]
    return IndexDays(names, first_day, index, level, reason, of, tuple(runs))


def _grid(daily: Daily) -> tuple[tuple[str, ...], Any, tuple[int, int]]:
    """Names, first day and shape of the daily values, which are those of every pollutant under any rules."""
    rules = next(e for e in read_editions() if e.standard == "HJ 663")
    days = daily.of(daily.pollutants(None)[0], rules)
    return days.names, days.first_day, (days.num.shape[0], days.num.shape[1])


def runs_of(first_day: Any, n_days: int, editions: Chosen) -> Iterator[tuple[slice, tuple[Any, ...]]]:
    """Runs of days with the same editions of HJ 633, HJ 663 and GB 3095."""
    first: datetime.date = first_day.astype("datetime64[D]").item()
    one = datetime.timedelta(days=1)
    changes = {first}
    for e in read_editions():
        changes |= {e.in_force_from, *([e.in_force_to + one] if e.in_force_to else [])}
    places = sorted(k for k in ((date - first).days for date in changes) if 0 <= k < n_days)
    for begin, end in pairwise([*places, n_days]):
        date = first + begin * one
        yield slice(begin, end), tuple(editions.on_or_none(s, date) for s in STANDARDS)


def _under_one(daily: Daily, asking: Asking, rules: Edition, of_days: Edition, limits: Edition | None) -> IndexDays:
    import numpy as np

    read = daily.pollutants(asking.wanted)
    counted = [key for key in counted_items(rules) if key[0] in read]
    wanted = [*counted, *(key for key in taking_over(rules) if key[0] in read and key not in counted)]
    limit = limits.limit("O3", "MDA8", asking.zone) if limits else None
    need = int(rules.rule("hours_of_peak")) if "hours_of_peak" in rules.parameters else 1

    def item(key: Any) -> Item:
        days = daily.of(key[0], of_days, kind=KIND[key[1]], limit=limit if key[1] == "8h" else None, need=need)
        return Item(Ratio(days.num, denominator(days.den)), days.valid)

    made = daily.each(wanted, item)
    items: dict[tuple[str, str], Item] = dict(zip(wanted, made, strict=True))
    of = indices_of(items, counted, rules)
    names, first_day, shape = _grid(daily)
    due = [key for key in counted_items(rules) if key[0] not in asking.omitted]
    if not of:
        nothing = np.full(shape, NONE, np.int16)
        why = np.full(shape, int(Reason.POLLUTANTS_MISSING), np.int16)
        return IndexDays(names, first_day, nothing, nothing.astype(np.int8) * 0, why, of, ())
    events = daily.event_days() if of_days.rule("event_days") == "index of the rest" else None
    excused = None if events is None else dict.fromkeys(PARTICLES, events)
    index, _ = largest(of, rules, due, excused)
    empty = np.stack(list(of.values())).max(axis=0) == NONE
    reason = np.where(index != NONE, Reason.OK, np.where(empty, Reason.HOURS_MISSING, Reason.POLLUTANTS_MISSING))
    return IndexDays(names, first_day, index, levels_of(index, rules), reason.astype(np.int16), of, ())


def taking_over(rules: Edition) -> list[tuple[str, str]]:
    """Items whose index is taken where another's table ends."""
    return [(row.pollutant, row.above) for row in rules.table("breakpoints") if row.above]


def daily_index(
    hours: StationHours | StationDays | Daily,
    points: pd.DataFrame | None = None,
    *,
    edition: str | Iterable[str] | None = None,
    zone: int = 2,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    omitted: Iterable[str] = (),
) -> xr.Dataset:
    """The air quality index of each day.

    Parameters
    ----------
    hours, points
        As of :func:`carbonledger.air.annual`; of a district concentrations are averaged over its points first.
    edition : str or list of str, optional
        Editions by name, each in place of that of its standard; by default those in force on each day. Before 2016 HJ
        633-2012 was not in force nationwide: there is no index unless it is named.
    zone : int
        For the rule that a day with too few 8-hour means counts if it is above the limit.
    options : dict of parameter to alternative, optional
        What is taken in place of the default of an unverified parameter, e.g. ``{"daily_items": "bulletin"}``.
    omitted : list of str
        Pollutants that the plan of monitoring leaves out, and of which three years of data show that they never were the
        primary pollutant of a polluted day: their absence is no gap (HJ 633-2026, 5.3.2).

    Returns
    -------
    Dataset [entity or station, day]: ``aqi`` (NaN where there is none) with ``aqi_reason``; ``level`` (1 to 6, 0 for none);
    ``primary``, the pollutants with the largest index if it is above 50; [..., item] ``iaqi``. Coordinate ``edition`` [day].

    Raises
    ------
    TableError
        Stations that belong to no district.
    EditionError
        Unknown editions.

    Notes
    -----
    HJ 633 clause 4 (2026) and clause 5 (2012). Concentrations are rounded first, then the index of each is rounded up, then
    the largest is taken. A day with a pollutant missing has an index only if that of the rest is above 100 (HJ 633-2026,
    5.3.1; for days before, an assumption).
    """
    asking = Asking(chosen(edition, region, options), zone, tuple(omitted))
    daily = Daily.of_hours(hours, points)
    return as_dataset(index_days(daily, asking), daily.dim, daily.hours)


def as_dataset(found: IndexDays, dim: str, hours: StationHours | StationDays) -> xr.Dataset:
    """The daily index with labels, of the days that the hours cover."""
    import numpy as np
    import xarray as xr

    skip = int((hours.first_day - found.first_day).astype(int))
    cut = np.s_[:, skip : skip + hours.n_days]
    dims = (dim, "day")
    labels = [" ".join(key) for key in found.of]
    whole = (
        np.stack([a[cut] for a in found.of.values()], axis=2) if found.of else np.zeros((*found.index[cut].shape, 0))
    )
    names = np.empty(found.index.shape[1], dtype=object)
    for begin, rules in found.editions:
        names[begin:] = rules.name if rules else ""
    return xr.Dataset(
        {
            "aqi": (dims, with_nan(found.index[cut]), {"units": "1", "long_name": "air quality index"}),
            "aqi_reason": (dims, found.reason[cut], reasons.attrs()),
            "level": (dims, found.level[cut], {"units": "1", "long_name": "level of the index, 0: none"}),
            "primary": (dims, primary_of(found, cut), {"long_name": "primary pollutants"}),
            "iaqi": ((*dims, "item"), with_nan(whole), {"units": "1", "long_name": "index of each item"}),
        },
        {
            dim: list(found.names),
            "day": (hours.first_day + np.arange(hours.n_days)).astype("datetime64[ns]"),
            "item": labels,
            "edition": ("day", names[cut[1]]),
        },
    )


def with_nan(index: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The index as float64, NaN where there is none."""
    import numpy as np

    return np.where(index == NONE, np.nan, index).astype(np.float64)


def primary_of(found: IndexDays, cut: Any = ...) -> npt.NDArray[np.object_]:
    """The primary pollutants of each day as text."""
    return names_of_ties({key: array[cut] for key, array in found.of.items()}, found.index[cut], HALF)


def primary_places(found: IndexDays) -> dict[str, npt.NDArray[np.bool_]]:
    """Of each pollutant the days [name, day] on which it is primary."""
    return places_of_ties(found.of, found.index, HALF)
