"""Monthly, quarterly and half-yearly statistics from daily values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ...errors import Faults, TableError
from ...messages import say
from ..inputs.hours import check_choice
from ..inputs.stations import StationDays, StationHours
from .annual import assembled, judging
from .asking import asked_editions, asked_years
from .composite import with_composite
from .daily import Daily
from .spans import Months

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

BY = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def periods(
    hours: StationHours | StationDays | Daily,
    points: pd.DataFrame | None = None,
    *,
    by: str,
    pollutants: Iterable[str] | None = None,
    edition: str | Iterable[str] | None = None,
    zone: int = 2,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    years: int | Iterable[int] | None = None,
) -> xr.Dataset:
    """Statistics of every month, quarter, half year or year.

    Parameters
    ----------
    by : str
        ``month``, ``quarter``, ``half`` or ``year``.
    hours, points, pollutants, edition, zone, region, options, years
        As of :func:`carbonledger.air.annual`.

    Returns
    -------
    Dataset [entity or station, period, pollutant] as of :func:`carbonledger.air.annual`; ``period`` is ``2025-01``,
    ``2025Q1``, ``2025H1`` or ``2025``. ``attained`` is unknown but for years, and for lead by quarters: the standard has no
    limits for others.

    Raises
    ------
    TableError
        Stations that belong to no district; a pollutant that was not read; an unknown ``by``.

    Notes
    -----
    GB 3095-2026, 3.7 to 3.13: means of a month, a quarter, a year are those of its daily values. A month needs 27 valid days
    (25 in February; Table 4, as part of the annual mean), a longer span those of each of its months. Editions go by the
    last day of each span.
    """
    faults = Faults()
    check_choice("by", by, BY, faults)
    faults.raise_as(TableError, say("periods"))
    daily = Daily.of_hours(hours, points)
    names, wanted = daily.pollutants(pollutants), asked_years(years, daily.hours)
    editions = asked_editions(edition, region, options, wanted)
    spans = [Months(year, first, BY[by]) for year in wanted for first in range(1, 13, BY[by])]
    judged = [judging(editions, span, zone) for span in spans]
    labels = [_label(span) for span in spans]
    return with_composite(assembled(daily, names, spans, judged, "period", labels, editions), judged)


def _label(span: Months) -> str:
    if span.count == 12:
        return f"{span.year}"
    if span.count == 1:
        return f"{span.year}-{span.first:02d}"
    return f"{span.year}{'Q' if span.count == 3 else 'H'}{(span.first - 1) // span.count + 1}"
