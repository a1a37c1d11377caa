"""Annual statistics of districts or points, with the verdict of the national standard, for every pollutant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ... import reasons
from ...standards import Chosen, Edition, Limit
from ..inputs.pollutants import POLLUTANTS
from ..inputs.stations import StationDays, StationHours
from .asking import asked_editions, asked_years, check_zone
from .composite import with_composite
from .daily import Daily
from .overall import with_overall
from .spans import Months, Span, percent_of, span_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

BEARING = (
    *("points", "windows", "percentile_minima", "percentile_other", "decimals_hour", "decimals_day"),
    *("decimals_evaluation", "event_minima"),
)
"""The parameters of HJ 663 that a verdict may hang on."""
PRINTED = ("decimals_statistic", "decimals_multiple", "decimals_rate", "composite_weights")
"""Parameters of HJ 663 that change what is printed, or the composite index, and no verdict."""
UNITS = {
    "mean": "as the pollutant",
    "percentile": "as the pollutant",
    "multiple": "1",
    "days": "d",
    "exceedance_days": "d",
    "attainment_rate": "%",
    "capture": "1",
}


@dataclass(frozen=True)
class Judging:
    """What a span is judged by: the editions for its date, and the class of the zone."""

    rules: Edition
    limits: Edition | None
    zone: int

    def limits_of(self, pollutant: str, span: Months) -> tuple[Limit | None, Limit | None]:
        """The limits of the mean and of the percentile of daily values; ``None`` where there is none."""
        if self.limits is None:
            return None, None
        averaging = {12: "annual", 3: "quarterly"}.get(span.count, "")
        kinds = (averaging, POLLUTANTS[pollutant].daily)
        of_mean, of_days = (self.limits.limit(pollutant, kind, self.zone) for kind in kinds)
        return of_mean, of_days

    def of(self, daily: Daily, pollutant: str, span: Months, label: str = "") -> Span:
        """The statistics of one pollutant, under an alternative if one is named."""
        rules, (of_mean, of_days) = self.rules.labelled(label), self.limits_of(pollutant, span)
        days = daily.of(pollutant, rules, limit=of_days)
        whole = span.count == 12 or of_mean is not None  # the standards judge years, and lead by quarters
        measured = daily.before if rules.rule("event_minima") == "days before removal" else None
        counted = measured.of(pollutant, rules, limit=of_days).valid if measured is not None else None
        limited = self.limits is not None
        return span_of(days, span, pollutant, rules, of_mean, of_days, judged=whole, limited=limited, counted=counted)


def judging(editions: Chosen, span: Months, zone: int) -> Judging:
    """The editions by the last day of a span, unless others are named."""
    zone = check_zone(zone)
    return Judging(editions.on("HJ 663", span.last), editions.on_or_none("GB 3095", span.last), zone)


def annual(
    hours: StationHours | StationDays | Daily,
    points: pd.DataFrame | None = None,
    *,
    pollutants: Iterable[str] | None = None,
    edition: str | Iterable[str] | None = None,
    zone: int = 2,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    years: int | Iterable[int] | None = None,
    alternatives: bool = True,
) -> xr.Dataset:
    """Annual statistics of districts, or of each station.

    Parameters
    ----------
    hours : StationHours or StationDays
        From :func:`read_stations`, :func:`station_hours` or :func:`read_station_days`.
    points : DataFrame, optional
        From :func:`read_points`: the result is by ``entity``. Without it, by ``station``.
    pollutants : list of str, optional
        By default all that were read.
    edition : str or list of str, optional
        Editions by name, e.g. ``gb-3095-2026-final``, each in place of that of its standard; by default those in force on 31
        December of each year. Before 2016 GB 3095-2012 was not in force nationwide: there the verdict is unknown unless an
        edition is named.
    zone : int
        Class of the zone, 1 or 2.
    region : str
        Whose editions apply, ``CN`` or a code below it.
    options : dict of parameter to alternative, optional
        What is taken in place of the default of an unverified parameter, e.g. ``{"decimals_evaluation": "full value"}``.
    years : int or list of int, optional
        By default every year that has a row; a year that was not read is refused.
    alternatives : bool
        Whether to judge again under each alternative of the unverified parameters.

    Returns
    -------
    Dataset [entity or station, year, pollutant]: ``mean`` and ``percentile`` in full, each with ``_rounded`` (as compared),
    ``_printed`` and ``_reason`` [``unit``]; ``mean_multiple``, ``percentile_multiple`` (exceedance multiples, 0 where the
    limit is kept); ``days``, ``exceedance_days``, ``attainment_rate`` (days within the daily limit over valid days [%], also
    ``_rounded``), ``capture`` (valid hours over all hours [1]); ``attained`` (0 unknown, 1 attained, 2 exceeded) with ``attained_reason``; with
    alternatives ``mean_under``, ``percentile_under``, ``attained_under`` [alternative, ...] and ``depends``, the
    alternatives under which the verdict differs. [entity or station, year]: ``attained_all`` (every basic item),
    ``exceeding`` (those above, largest multiple first), ``composite_index`` with its reason. Coordinates ``unit``,
    ``daily``, ``percent`` [pollutant], ``edition``, ``limit_edition`` [year]. ``mean_limit`` and ``percentile_limit`` [year,
    pollutant]; where GB 3095 has no edition in force and none is named they are NaN, nothing is judged, and no ozone day
    with too few 8-hour means counts for being above the limit.

    Raises
    ------
    TableError
        Stations that belong to no district; pollutants and years that were not read; a class of zone that is none.
    EditionError
        If no edition of HJ 663 is in force in a year; editions that are unknown or of another standard; options without
        effect.

    Notes
    -----
    HJ 663 clause 6 and Annex A; validity by GB 3095 Table 4. Hours are summed as whole steps, days and points are averaged
    as exact ratios, and the result is rounded once (GB/T 8170-2008, 3.2). No gap is filled.
    """
    daily = Daily.of_hours(hours, points)
    names, wanted = daily.pollutants(pollutants), asked_years(years, daily.hours)
    editions = asked_editions(edition, region, options, wanted)
    spans = [Months(year) for year in wanted]
    judged = [judging(editions, span, zone) for span in spans]
    found = with_composite(with_overall(assembled(daily, names, spans, judged, "year", wanted, editions)), judged)
    if not alternatives:
        return found
    labels = list(dict.fromkeys(label for j in judged for label in alternatives_of(j.rules, left_out_of(daily, names))))
    return _with_alternatives(found, daily, names, spans, judged, labels)


def left_out_of(daily: Daily, pollutants: Iterable[str]) -> set[str]:
    """Parameters that cannot matter: of points without districts, of ozone without ozone, of events without any."""
    names = set(pollutants)
    return {
        *(["points"] if daily.points is None else []),
        *([] if "O3" in names else ["windows"]),
        *([] if names & {"NOx", "TSP"} else ["percentile_other"]),
        *([] if daily.before else ["event_minima"]),
    }


def alternatives_of(rules: Edition, left_out: set[str]) -> list[str]:
    """``parameter: alternative`` for everything unverified that bears on a verdict."""
    bearing = [n for n in BEARING if n in rules.unverified and n not in left_out]
    return [f"{n}: {alternative}" for n in bearing for alternative in rules.parameters[n].alternatives]


def assembled(
    daily: Daily,
    names: tuple[str, ...],
    spans: list[Months],
    judged: list[Judging],
    dim: str,
    labels: list[Any],
    editions: Chosen,
) -> xr.Dataset:
    """The statistics of every pollutant and span as one dataset."""
    import numpy as np
    import xarray as xr

    made = daily.each(names, lambda p: [j.of(daily, p, span) for j, span in zip(judged, spans, strict=True)])
    dims = (daily.dim, dim, "pollutant")
    found: dict[str, Any] = {
        part.name: (
            dims,
            np.stack([np.stack([getattr(one, part.name) for one in of], axis=1) for of in made], axis=2),
            _attrs(part.name),
        )
        for part in fields(Span)
    }
    for k, part in enumerate(("mean", "percentile")):
        limits = [[j.limits_of(p, span)[k] for p in names] for j, span in zip(judged, spans, strict=True)]
        values = [[limit.value if limit else np.nan for limit in row] for row in limits]
        found[f"{part}_limit"] = (dims[1:], np.array(values), {"long_name": f"limit of the {part}, NaN: there is none"})
    rules = judged[-1].rules
    coords = {
        daily.dim: list(daily.of(names[0], rules).names),
        dim: labels,
        "pollutant": list(names),
        "unit": ("pollutant", [POLLUTANTS[p].unit for p in names]),
        "daily": ("pollutant", [POLLUTANTS[p].daily for p in names]),
        "percent": ("pollutant", [percent_of(rules, p) or 0 for p in names], {"note": "0: no percentile evaluates it"}),
        "edition": (dim, [j.rules.name for j in judged]),
        "limit_edition": (dim, [j.limits.name if j.limits else "" for j in judged]),
    }
    left_out = left_out_of(daily, names)
    open_ones = [n for j in judged for n in j.rules.unverified if n in (*BEARING, *PRINTED) and n not in left_out]
    attrs = {
        "zone": judged[0].zone,
        "region": editions.region,
        "options": [o for o in editions.said if o.partition(":")[0] in (*BEARING, *PRINTED)],
        "unverified": list(dict.fromkeys(open_ones)),
    }
    return xr.Dataset(found, coords, attrs)


def _attrs(part: str) -> dict[str, Any]:
    if part.endswith("reason"):
        return reasons.attrs()
    if part == "attained":
        return {"flag_values": [0, 1, 2], "flag_meanings": "unknown attained exceeded"}
    unit = "1" if part.endswith("multiple") else UNITS[part.removesuffix("_rounded").removesuffix("_printed")]
    return {"units": unit, "long_name": part.replace("_", " ")}


def _with_alternatives(
    found: xr.Dataset,
    daily: Daily,
    names: tuple[str, ...],
    spans: list[Months],
    judged: list[Judging],
    labels: list[str],
) -> xr.Dataset:
    import numpy as np
    import xarray as xr

    def under(pollutant: str) -> list[list[Span]]:
        return [[j.of(daily, pollutant, s, label) for j, s in zip(judged, spans, strict=True)] for label in labels]

    made = daily.each(names, under)
    dims = ("alternative", *found["mean"].dims)
    found = found.assign_coords(alternative=labels)
    for name, part in (("mean", "mean"), ("percentile", "percentile"), ("attained", "attained")):
        values = [
            [[getattr(s, part) for s in of_label] for of_label in of] for of in made
        ]  # pollutant, label, span, name
        array = (
            np.moveaxis(np.array(values), (0, 1, 2, 3), (3, 0, 2, 1)) if labels else np.zeros((0, *found["mean"].shape))
        )
        found[f"{name}_under"] = xr.DataArray(array, dims=dims, attrs=found[name].attrs)
    found["depends"] = depends(found["attained_under"] != found["attained"])
    both = with_overall(found.drop_vars(["attained", "attained_all"]).rename(attained_under="attained"))
    found["attained_all_under"] = both["attained_all"]
    found["depends_all"] = depends(found["attained_all_under"] != found["attained_all"])
    return found


def depends(differs: xr.DataArray) -> xr.DataArray:
    """The alternatives under which something differs, as text."""
    import numpy as np
    import xarray as xr

    dims = tuple(d for d in differs.dims if d != "alternative")
    words: Any = np.full([differs.sizes[d] for d in dims], "", dtype=object)
    for label, where in zip(differs["alternative"].values, differs.transpose("alternative", *dims).values, strict=True):
        words = words + np.where(where, f"{label}; ", "").astype(object)
    text = np.vectorize(lambda w: w.removesuffix("; "), otypes=[object])(words) if words.size else words
    return xr.DataArray(text, dims=dims, attrs={"long_name": "alternatives under which it differs"})
