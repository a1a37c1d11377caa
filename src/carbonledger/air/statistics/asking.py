"""What a caller asks for, checked before anything is computed: editions, options, years, zone."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from ...errors import Faults, TableError
from ...messages import say
from ...standards import Chosen, chosen
from ..inputs.stations import StationDays, StationHours

STANDARDS = ("GB 3095", "HJ 633", "HJ 663")


def asked_editions(
    edition: str | Iterable[str] | None,
    region: str,
    options: Mapping[str, str] | None,
    years: Iterable[int],
) -> Chosen:
    """The editions and options of the air; each option must be one of an edition that is in use in the years.

    Raises
    ------
    EditionError
        Editions of other standards, unknown options, and options without effect: what a caller names is not passed over.
    """
    found = chosen(edition, region, options).only(*STANDARDS)
    dates = [date for year in years for date in (datetime.date(year, 1, 1), datetime.date(year, 12, 31))]
    found.check_used(found.raw(s, date) for s in STANDARDS for date in dates)
    return found


def years_of(hours: StationHours | StationDays) -> list[int]:
    """The years that have a day."""
    last = hours.first_day + hours.n_days - 1
    return list(range(int(str(hours.first_day)[:4]), int(str(last)[:4]) + 1))


def asked_years(years: int | Iterable[int] | None, hours: StationHours | StationDays) -> list[int]:
    """The years asked for, by default all that the data touch.

    Raises
    ------
    TableError
        No years, and years of which there is nothing: all at once.
    """
    there = years_of(hours)
    if years is None:
        return there
    asked, faults = sorted(set([years] if isinstance(years, int) else years)), Faults()
    if not asked:
        faults.add(say("no years"), mend=say("Leave years out for all that there are"))
    for year in (y for y in asked if y not in there):
        mend = say("The hours are of {first} to {last}", first=there[0], last=there[-1])
        faults.add(say("nothing was read of the year {year}", year=year), mend=mend)
    faults.raise_as(TableError, say("years"))
    return asked


def check_zone(zone: int) -> int:
    """The class of a zone.

    Raises
    ------
    TableError
        Unless it is 1 or 2.
    """
    if zone not in (1, 2) or isinstance(zone, bool):
        mend = say("Accepted: {names}", names="1, 2")
        raise TableError(say("{what}. {mend}", what=say("zone {found!r}", found=zone), mend=mend))
    return zone


def check_hours(given: object) -> None:
    """What must be hours is.

    Raises
    ------
    TableError
        Daily values, tables that were not read, and anything else.
    """
    if not isinstance(given, StationHours):
        mend = say("Read them with read_stations, or make them with station_hours")
        what = say("{name} are no hours of stations", name=type(given).__name__)
        raise TableError(say("{what}. {mend}", what=what, mend=mend))


def check_stations(given: object, points: object) -> None:
    """Hours or days of stations, and a points table, as they were read.

    Raises
    ------
    TableError
        Anything else: all at once.
    """
    faults = Faults()
    if not isinstance(given, StationHours | StationDays):
        mend = say("Read them with read_stations or read_station_days, or make them with station_hours")
        faults.add(say("{name} are no hours or days of stations", name=type(given).__name__), mend=mend)
    if points is not None and "first" not in getattr(points, "columns", ()):
        faults.add(say("points that were not read"), mend=say("Read them with read_points"))
    faults.raise_as(TableError, say("what is to be computed"))
