"""Heavy-pollution alerts: the level that a forecast of the daily air quality index reaches, by the rules in force."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

from ...errors import Faults, TableError
from ...messages import say
from ...standards import LEVELS, AlertRule, Edition, chosen
from ...tables import as_text, date_of

if TYPE_CHECKING:
    import pandas as pd

STANDARD = "heavy-pollution alerts"
TOP = 500  # HJ 633: the index ends there
NONE, UNKNOWN = "none", "unknown"
ORDER = (NONE, *LEVELS)
COLUMNS = "first_day last_day days level at_least at_most rule edition missing continues reason depends".split()
KINDS = {"first_day": "datetime64[s]", "last_day": "datetime64[s]", "days": "int64", "missing": "int64"}


@dataclass(frozen=True)
class _Day:
    """What one day came to; days alike are one row."""

    edition: str
    low: int  # the level for certain, as a place in ORDER
    high: int  # the level if every missing index were the highest
    rule: str
    reason: str
    continues: str
    depends: str


def alert_levels(
    aqi: Iterable[float | None],
    first_day: datetime.date | str,
    *,
    region: str,
    edition: str | None = None,
    options: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Alert levels of consecutive days.

    Parameters
    ----------
    aqi : sequence of int, one per day
        Daily air quality index of the city [1], whole numbers from 0 to 500; None or NaN for a day without one. A Series
        with dates must have every day, in order.
    first_day : date or str
        The day of the first value, e.g. ``2025-01-03``.
    region : str
        The city's code, e.g. ``CN-37-07``: an edition of its own or of its province goes before the nation's.
    edition : str, optional
        An edition by name, e.g. ``alert-2024``; by default the one in force on each day.
    options : dict of parameter to alternative, optional
        What is taken in place of the default of an unverified parameter:
        ``{"gap_days": "episodes less than 36 hours apart are one"}``.

    Returns
    -------
    DataFrame, one row per run of days that are alike, in order; every day is in one row:
    ``first_day``, ``last_day`` (datetime64), ``days``; ``level`` (``none``, ``yellow``, ``orange``, ``red``, or ``unknown``
    where a missing day decides), ``at_least`` and ``at_most`` (the level for certain, and the highest that the missing days
    allow), ``rule`` (the one that ``at_least`` meets), ``edition``, ``missing`` (days without an index), ``continues``
    (``before``, ``after``, ``both``: the episode reaches an end of the series, so that days beyond may raise the level),
    ``reason`` (why the level is unknown), ``depends`` (alternatives of unverified parameters under which the level differs).
    ``attrs`` has ``unverified`` (all such parameters) and ``options``.

    Raises
    ------
    TableError
        Values that are no index, a day that is none, dates of a Series that are not those days, no values: all at once.
    EditionError
        An unknown edition, one of another standard, unknown options, or no edition in force on a day.

    Notes
    -----
    环大气〔2024〕6号, and before it 环办大气函〔2018〕875号: ``standards/alert-*.toml``. Hours are counted in whole days of the
    series, 24 each. A missing day neither breaks nor carries an episode: levels are found with it at 0 and at 500, and as no
    rule is lost by a higher index, the true level lies between.
    """
    import pandas as pd

    values, first = _checked(aqi, first_day)
    dates = [first + datetime.timedelta(days=i) for i in range(len(values))]
    editions = chosen(edition, region, options).only(STANDARD)
    rules = [editions.on(STANDARD, date) for date in dates]
    judged = {name: _judged(values, dates, rule) for name, rule in {r.name: r for r in rules}.items()}
    days = [judged[rule.name][i] for i, rule in enumerate(rules)]
    rows: list[dict[str, Any]] = []
    for day, run in itertools.groupby(range(len(days)), key=days.__getitem__):
        places = list(run)
        known = day.low == day.high
        rows.append(
            {
                "first_day": pd.Timestamp(dates[places[0]]),
                "last_day": pd.Timestamp(dates[places[-1]]),
                "days": len(places),
                "level": ORDER[day.low] if known else UNKNOWN,
                "at_least": ORDER[day.low],
                "at_most": ORDER[day.high],
                "missing": sum(values[i] is None for i in places),
                **{name: getattr(day, name) for name in ("rule", "edition", "continues", "reason", "depends")},
            }
        )
    # object: a column of pandas' own text type would forget the Chinese of what is said
    made = pd.DataFrame({c: pd.Series([row[c] for row in rows], dtype=KINDS.get(c, object)) for c in COLUMNS})
    unverified = dict.fromkeys(name for rule in rules for name in rule.unverified)
    made.attrs = {"unverified": list(unverified), "options": editions.said}
    return made


def _checked(aqi: Iterable[float | None], first_day: datetime.date | str) -> tuple[list[int | None], datetime.date]:
    """Whole numbers, None where there is none; and the first day."""
    import pandas as pd

    faults, first = Faults(), _day_of(first_day)
    values: list[int | None] = []
    if first is None:
        faults.add(say("{text!r} is no date", text=first_day), column="first_day", mend=say("Write it as 2025-01-31"))
    for place, value in enumerate(aqi, start=1):
        if value is None or value is pd.NA or (isinstance(value, Real) and math.isnan(value)):
            values.append(None)
            continue
        whole = isinstance(value, Real) and not isinstance(value, bool) and 0 <= value <= TOP and value % 1 == 0
        if not whole:
            what = say("{value!r} is no air quality index", value=value)
            faults.add(what, row=place, column="aqi", mend=say("It is a whole number from 0 to {top}", top=TOP))
        values.append(int(value) if whole else None)
    if not values:
        faults.add(say("no values"), column="aqi", mend=say("Give one per day, None for a day without one"))
    _check_days(getattr(aqi, "index", None), first, faults)
    faults.raise_as(TableError, say("daily air quality index"))
    return values, first or datetime.date.min  # the latter has been raised


def _day_of(given: Any) -> datetime.date | None:
    """The day of a date, a time stamp or a text; ``None`` for what is none."""
    import numpy as np
    import pandas as pd

    if given is pd.NaT or not isinstance(given, datetime.date | np.datetime64):
        return date_of(as_text(given))
    return None if pd.isna(given) else pd.Timestamp(given).date()


def _check_days(index: Any, first: datetime.date | None, faults: Faults) -> None:
    """The dates that a Series brings are the days that are counted from the first one."""
    import pandas as pd

    if first is None or not isinstance(index, pd.DatetimeIndex):
        return
    for place, stamp in enumerate(index):
        day = first + datetime.timedelta(days=place)
        if pd.isna(stamp) or stamp.date() != day:
            what = say(
                "the value of {found} stands where that of {day} should", found=str(stamp)[:10], day=day.isoformat()
            )
            faults.add(what, row=place + 1, column="aqi", mend=say("Give one per day, None for a day without one"))
            return  # every later one is shifted too


def _judged(values: Sequence[int | None], dates: Sequence[datetime.date], rules: Edition) -> list[_Day]:
    """Each day under one edition."""
    ways: tuple[AlertRule, ...] = rules.table("alert")
    gap = int(rules.rule("gap_days"))
    low, high = _bounds(values, ways, gap)
    depends = [""] * len(values)
    for name in rules.unverified:
        for alternative in rules.parameters[name].alternatives:
            other = _bounds(values, ways, int(rules.under(name, alternative).rule("gap_days")))
            for i in range(len(values)):
                if (other[0][i], other[1][i]) != (low[i], high[i]):
                    depends[i] = "; ".join(filter(None, [depends[i], f"{name}: {alternative}"]))
    met = _met([v or 0 for v in values], ways, gap)
    least = min(part.least for way in ways for part in way.lasting)
    polluted = [TOP if v is None else v for v in values]
    made = [_Day(rules.name, 0, 0, say("no rule is met"), "", "", d) for d in depends]
    for first, last, _ in _episodes(polluted, least, gap):
        blank = [dates[k].isoformat() for k in range(first, last + 1) if values[k] is None]
        why = say("without an index: {days}", days=", ".join(blank)) if blank else ""
        ends = {(True, True): "both", (True, False): "before", (False, True): "after"}
        continues = ends.get((first == 0, last == len(values) - 1), "")
        for i in range(first, last + 1):
            way = met[i]
            rule = say("no rule is met") if way is None else ways[way].text
            made[i] = _Day(rules.name, low[i], high[i], rule, why if low[i] != high[i] else "", continues, depends[i])
    return made


def _bounds(values: Sequence[int | None], ways: Sequence[AlertRule], gap: int) -> tuple[list[int], list[int]]:
    """The level of each day with the missing ones at 0, and at the highest index."""
    found = []
    for fill in (0, TOP):
        met = _met([fill if v is None else v for v in values], ways, gap)
        found.append([0 if way is None else ORDER.index(ways[way].level) for way in met])
    return found[0], found[1]


def _met(values: Sequence[int], ways: Sequence[AlertRule], gap: int) -> list[int | None]:
    """For each day the place of the rule that is met, of the highest level; the first of several."""
    met: list[int | None] = [None] * len(values)
    for place, way in enumerate(ways):
        base, *others = way.lasting
        for first, last, days in _episodes(values, base.least, gap):
            within = values[first : last + 1]
            if days < base.days or not all(
                any(n >= part.days for _, _, n in _episodes(within, part.least, gap)) for part in others
            ):
                continue
            for i in range(first, last + 1):
                before = met[i]
                if before is None or ORDER.index(ways[before].level) < ORDER.index(way.level):
                    met[i] = place
    return met


def _episodes(values: Sequence[int], least: int, gap: int) -> Iterator[tuple[int, int, int]]:
    """First and last day, and number of days of at least ``least``, where at most ``gap`` other days lie between two."""
    days = [i for i, value in enumerate(values) if value >= least]
    breaks = [0, *(k for k in range(1, len(days)) if days[k] - days[k - 1] > gap + 1), len(days)]
    for start, end in itertools.pairwise(breaks):
        if end > start:
            yield days[start], days[end - 1], end - start
