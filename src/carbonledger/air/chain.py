"""From hours to the annual mean and percentile of districts or points, with the verdict of the national standard."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import TableError
from ..messages import say
from ..reasons import Reason
from ..standards import Edition, EditionError, edition, edition_on
from .days import Days, entity_days, point_days
from .hours import StationHours
from .points import check_points
from .year import Year, year_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SHORT = {"PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2"}  # judged by the mean and a percentile of days
_OF_POINT_DAYS = ("hours_per_day", "decimals_hour", "decimals_day")
_PRINT_ONLY = "decimals_statistic"


def _daily(hours: StationHours, points: pd.DataFrame | None, pollutant: str) -> Callable[[Edition], Days]:
    """Daily values under an edition, made once for each set of the rules that bear on them."""
    made: dict[str, Days] = {}

    def days_under(rules: Edition) -> Days:
        of_points = repr([rules.rule(name) for name in _OF_POINT_DAYS])
        of_entities = of_points + repr(rules.rule("points"))
        if of_points not in made:
            made[of_points] = point_days(hours, pollutant, rules)
        if points is None:
            return made[of_points]
        if of_entities not in made:
            made[of_entities] = entity_days(made[of_points], points, pollutant, rules)
        return made[of_entities]

    return days_under


def annual(
    hours: StationHours,
    points: pd.DataFrame | None = None,
    *,
    pollutant: str = "PM2.5",
    edition: str | None = None,
    limit_edition: str | None = None,
    zone: int = 2,
    region: str = "CN",
    years: Iterable[int] | None = None,
    alternatives: bool = True,
) -> xr.Dataset:
    """Annual statistics of districts, or of each station.

    Parameters
    ----------
    hours : StationHours
        From :func:`read_stations` or :func:`station_hours`.
    points : DataFrame, optional
        From :func:`read_points`: the result is by ``entity``. Without it, by ``station``.
    pollutant : str
        ``PM2.5``, ``PM10``, ``SO2`` or ``NO2``.
    edition, limit_edition : str, optional
        Editions of HJ 663 and of GB 3095 by name; by default those in force on 31 December of each year. Before
        2016 GB 3095-2012 was not in force nationwide: there the verdict is unknown unless the edition is named.
    zone : int
        Class of the zone, 1 or 2.
    years : list of int, optional
        By default every year that has a row.
    alternatives : bool
        Whether to judge again under each alternative of the unverified parameters.

    Returns
    -------
    Dataset [entity or station, year], for PM2.5: ``pm25`` and ``pm25_p95`` [ug/m3] in full, each with ``_rounded``
    (as compared), ``_printed`` and ``_reason``; ``pm25_days``, ``pm25_exceedance_days``, ``pm25_capture`` (valid hours
    over all hours [1]), ``pm25_attained`` (0 unknown, 1 attained, 2 exceeded); with alternatives ``pm25_under``,
    ``pm25_p95_under`` and ``pm25_attained_under`` [alternative, ...] and ``pm25_depends``, the alternatives under
    which the verdict differs. Coordinates ``edition`` and ``limit_edition`` [year].

    Raises
    ------
    TableError
        Stations that belong to no district; a pollutant that was not read.
    EditionError
        If no edition of HJ 663 is in force in a year.

    Notes
    -----
    HJ 663 clause 6 and Annex A; validity by GB 3095 Table 4. Hours are summed as whole tenths, days and points are
    averaged as exact ratios, and the result is rounded once (GB/T 8170-2008, 3.2). No gap is filled.
    """
    if pollutant not in SHORT or pollutant not in hours.tenths:
        raise TableError(
            say(
                "no annual statistics of {name!r}; those read are {read}, those known {known}",
                name=pollutant,
                read=", ".join(hours.tenths),
                known=", ".join(SHORT),
            )
        )
    if points is not None:
        check_points(hours, points)
    daily = _daily(hours, points, pollutant)
    chosen = sorted(set(years)) if years is not None else _years(hours)
    rules = {y: rules_of(y, edition, region) for y in chosen}
    limits = {y: limits_of(y, limit_edition, region) for y in chosen}
    base = [_year(daily, y, pollutant, rules[y], limits[y], zone) for y in chosen]
    found = _dataset(base, daily(rules[chosen[0]]).names, chosen, rules, limits, pollutant, zone, points is not None)
    if not alternatives:
        return found
    labels = list(dict.fromkeys(label for y in chosen for label in alternatives_of(rules[y], points is not None)))
    under = [
        [_year(daily, y, pollutant, _changed(rules[y], label), limits[y], zone) for y in chosen] for label in labels
    ]
    return _with_alternatives(found, labels, under, pollutant)


def _years(hours: StationHours) -> list[int]:
    last = hours.first_day + hours.n_days - 1
    return list(range(int(str(hours.first_day)[:4]), int(str(last)[:4]) + 1))


def rules_of(year: int, name: str | None, region: str) -> Edition:
    """The edition of HJ 663 for a year: the named one, or the one in force on 31 December."""
    return edition(name) if name else edition_on("HJ 663", datetime.date(year, 12, 31), region)


def limits_of(year: int, name: str | None, region: str) -> Edition | None:
    """The edition of GB 3095 for a year, ``None`` where none is in force and none is named."""
    if name:
        return edition(name)
    try:
        return edition_on("GB 3095", datetime.date(year, 12, 31), region)
    except EditionError:
        return None


def alternatives_of(rules: Edition, with_points: bool) -> list[str]:
    """``parameter: alternative`` for everything unverified that bears on a verdict."""
    names = [n for n in rules.unverified if n != _PRINT_ONLY and (with_points or n != "points")]
    return [f"{n}: {alternative}" for n in names for alternative in rules.parameters[n].alternatives]


def _changed(rules: Edition, label: str) -> Edition:
    name, alternative = label.split(": ", 1)
    known = name in rules.parameters and alternative in rules.parameters[name].alternatives
    return rules.under(name, alternative) if known else rules


def _year(
    daily: Callable[[Edition], Days], year: int, pollutant: str, rules: Edition, limits: Edition | None, zone: int
) -> Year:
    annual_limit = limits.limit(pollutant, "annual", zone) if limits else None
    daily_limit = limits.limit(pollutant, "24h", zone) if limits else None
    return year_of(daily(rules), year, pollutant, rules, annual_limit, daily_limit)


def _dataset(
    base: Sequence[Year],
    names: tuple[str, ...],
    years: list[int],
    rules: dict[int, Edition],
    limits: dict[int, Edition | None],
    pollutant: str,
    zone: int,
    with_points: bool,
) -> xr.Dataset:
    import numpy as np
    import xarray as xr

    short, percent = SHORT[pollutant], int(rules[years[0]].rule("percentile", pollutant))
    dims = ("entity" if with_points else "station", "year")
    called = {"mean": short, "percentile": f"{short}_p{percent}"}
    made: dict[str, Any] = {}
    for part in fields(Year):
        head, _, tail = part.name.partition("_")
        name = "_".join(filter(None, [called[head], tail])) if head in called else f"{short}_{part.name}"
        made[name] = (
            dims,
            np.stack([getattr(y, part.name) for y in base], axis=1),
            _attrs(part.name, pollutant, percent),
        )
    coords = {
        dims[0]: list(names),
        "year": years,
        "edition": ("year", [rules[y].name for y in years]),
        "limit_edition": ("year", [e.name if (e := limits[y]) else "" for y in years]),
    }
    unverified = list(dict.fromkeys(n for y in years for n in rules[y].unverified if with_points or n != "points"))
    attrs = {"pollutant": pollutant, "zone": zone, "unverified": unverified}
    found = xr.Dataset(made, coords, attrs)
    return _with_index_unknown(found, short) if pollutant == "PM2.5" else found


def _with_index_unknown(found: xr.Dataset, short: str) -> xr.Dataset:
    """The days by the air quality index need all six pollutants: said, not left out."""
    import numpy as np
    import xarray as xr

    for name in ("good_day_ratio", "heavy_day_ratio"):
        found[name] = xr.full_like(found[short], np.nan).assign_attrs(units="%", long_name=name.replace("_", " "))
        why = xr.full_like(found[f"{short}_reason"], Reason.POLLUTANTS_MISSING, dtype=np.int16)
        found[f"{name}_reason"] = why.assign_attrs(reasons.attrs())
    return found


def _attrs(part: str, pollutant: str, percent: int) -> dict[str, Any]:
    if part.endswith("reason"):
        return reasons.attrs()
    if part == "attained":
        return {"flag_values": [0, 1, 2], "flag_meanings": "unknown attained exceeded"}
    head = part.partition("_")[0]
    if head in {"mean", "percentile"}:
        long = (
            f"{pollutant}, annual mean" if head == "mean" else f"{pollutant}, P{percent} of the daily means of a year"
        )
        return {"units": "ug/m3", "long_name": long}
    return {"units": "1" if part == "capture" else "d", "long_name": f"{pollutant}, {part.replace('_', ' ')}"}


def _with_alternatives(found: xr.Dataset, labels: list[str], under: list[list[Year]], pollutant: str) -> xr.Dataset:
    import numpy as np
    import xarray as xr

    short = SHORT[pollutant]
    percentile = next(str(n) for n in found.data_vars if str(n).startswith(f"{short}_p") and str(n)[-1].isdigit())
    dims = ("alternative", *found[short].dims)
    shape = (len(labels), *found[short].shape)

    def stacked(part: str) -> xr.DataArray:
        values = [[getattr(y, part) for y in of_label] for of_label in under]
        array = np.moveaxis(np.array(values), 1, -1) if labels else np.zeros(shape)
        return xr.DataArray(array, dims=dims)

    found = found.assign_coords(alternative=labels)
    found[f"{short}_under"] = stacked("mean_rounded").assign_attrs(found[short].attrs)
    found[f"{percentile}_under"] = stacked("percentile_rounded").assign_attrs(found[percentile].attrs)
    found[f"{short}_attained_under"] = stacked("attained").assign_attrs(found[f"{short}_attained"].attrs)
    differs = (found[f"{short}_attained_under"] != found[f"{short}_attained"]).transpose(*dims).values
    joined = np.array([f"{label}; " for label in labels], dtype=object)
    words = (differs * joined[:, None, None]).sum(axis=0) if labels else np.full(shape[1:], "", dtype=object)
    text = np.vectorize(lambda w: w.removesuffix("; "), otypes=[object])(words)
    found[f"{short}_depends"] = (dims[1:], text, {"long_name": "alternatives under which the verdict differs"})
    return found
