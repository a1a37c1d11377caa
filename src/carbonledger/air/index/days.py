"""The daily index of districts or points from station hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...rounding import Ratio, denominator
from ...standards import read_editions
from ..inputs.pollutants import names_in
from ..inputs.stations import StationDays, StationHours
from ..statistics.asking import asked_editions, check_zone, years_of
from ..statistics.daily import Daily
from .scale import Item
from .series import Asking, IndexSeries, Key, Run, series_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

KIND = {"24h": "24h", "8h": "MDA8", "1h": "1h"}  # what a day is for each averaging time of the index


def daily_index(
    hours: StationHours | StationDays | Daily,
    points: pd.DataFrame | None = None,
    *,
    edition: str | Iterable[str] | None = None,
    zone: int = 2,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    omitted: str | Iterable[str] = (),
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
    omitted : str or list of str
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
    import numpy as np

    daily = Daily.of_hours(hours, points)
    asking = asking_of(daily, years_of(daily.hours), edition, zone, region, options, omitted)
    found, covered = index_days(daily, asking), daily.hours
    skip = int((covered.first_day - found.first_day).astype(int))
    days = covered.first_day + np.arange(covered.n_days)
    made = found.dataset(daily.dim, "day", days, slice(skip, skip + covered.n_days))
    return made.assign_attrs(asking.attrs)


def asking_of(
    daily: Daily,
    years: list[int],
    edition: str | Iterable[str] | None,
    zone: int,
    region: str,
    options: Mapping[str, str] | None,
    omitted: str | Iterable[str],
) -> Asking:
    """What is asked for, checked; daily values have no highest hour of ozone, so that theirs is the index of bulletins."""
    editions = asked_editions(edition, region, options, years)
    if isinstance(daily.hours, StationDays):
        editions = editions.unless_said("daily_items", "bulletin")
    return Asking(editions, check_zone(zone), names_in(omitted))


def index_days(daily: Daily, asking: Asking, label: str = "") -> IndexSeries:
    """The daily index of whole years, under ``parameter: alternative`` if one is named."""
    read = daily.pollutants(None)
    any_days = daily.of(
        read[0], next(e for e in read_editions() if e.standard == "HJ 663")
    )  # all have its names and days

    def items_of(wanted: list[Key], run: Run) -> dict[Key, Item]:
        limit = run.limits.limit("O3", "MDA8", asking.zone) if run.limits else None
        need = int(run.rules.parameters["hours_of_peak"].value) if "hours_of_peak" in run.rules.parameters else 0

        def item(key: Key) -> Item:
            limit_of_day = limit if key[1] == "8h" else None
            days = daily.of(key[0], run.of_days, kind=KIND[key[1]], limit=limit_of_day, need=need)
            return Item(Ratio(days.num[:, run.place], denominator(days.den)), days.valid[:, run.place])

        there = [key for key in wanted if key[0] in read]
        return dict(zip(there, daily.each(there, item), strict=True))

    def excused_of(run: Run) -> dict[str, Any] | None:
        events = daily.event_days() if run.of_days.rule("event_days") == "index of the rest" else None
        return None if events is None else dict.fromkeys(daily.removed, events[:, run.place])

    n_days = any_days.num.shape[1]
    return series_of(any_days.names, any_days.first_day, n_days, asking, items_of, label=label, excused_of=excused_of)
