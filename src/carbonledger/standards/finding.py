"""The edition for a date or a name."""

from __future__ import annotations

import datetime
from pathlib import Path

from ..errors import nearest
from ..messages import say
from .nouns import Edition, EditionError
from .reading import read_editions


def edition_on(standard: str, date: datetime.date, region: str = "CN", *, folder: Path | None = None) -> Edition:
    """The edition of a standard that is in force on the date of evaluation; a province's own goes before the nation's.

    Parameters
    ----------
    standard : str
        ``GB 3095`` or ``HJ 663``.
    date : date
        The day judged; for an annual statistic 31 December of its year.
    region : str
        ``CN`` or a code below it, e.g. ``CN-37-07-02``.

    Raises
    ------
    EditionError
        If none is in force; the message lists those there are.
    """
    editions = read_editions(folder)
    found = [e for e in editions if e.standard == standard and e.in_force(date, region)]
    if not found:
        there = _listing(tuple(e for e in editions if e.standard == standard) or editions)
        raise EditionError(
            say(
                "no edition of {standard!r} is in force in {region} on {date}; there are: {editions}. Name one to apply it",
                standard=standard,
                region=region,
                date=date.isoformat(),
                editions=there,
            )
        )
    return max(found, key=lambda e: max(len(r) for r in e.regions if region == r or region.startswith(f"{r}-")))


def edition(name: str, *, folder: Path | None = None) -> Edition:
    """An edition by its name, e.g. ``gb-3095-2012``, whatever the date.

    Raises
    ------
    EditionError
        If there is none; the message lists those there are.
    """
    editions = read_editions(folder)
    for found in editions:
        if found.name == name:
            return found
    near = nearest(name, [e.name for e in editions])
    raise EditionError(
        say("unknown edition {name!r}{near}; there are: {editions}", name=name, near=near, editions=_listing(editions))
    )


def _listing(editions: tuple[Edition, ...]) -> str:
    return ", ".join(f"{e.name} ({e.in_force_from}/{e.in_force_to or '..'}, {'+'.join(e.regions)})" for e in editions)
