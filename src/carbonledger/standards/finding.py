"""The edition for a date or a name."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import Faults, nearest
from ..messages import say
from .nouns import Edition, EditionError
from .reading import read_editions


def edition_on(standard: str, date: datetime.date, region: str = "CN", *, folder: Path | None = None) -> Edition:
    """The edition of a standard that is in force on the date of evaluation; a province's own goes before the nation's.

    Parameters
    ----------
    standard : str
        ``GB 3095``, ``HJ 633``, ``HJ 663``, ``GB 3838`` …
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


@dataclass(frozen=True)
class Chosen:
    """Editions that a caller names, one a standard at most; every other standard goes by date and region.

    ``options`` are alternatives of unverified parameters that are taken in place of their default, by parameter.
    """

    named: tuple[Edition, ...] = ()
    region: str = "CN"
    options: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> list[str]:
        """The options as ``parameter: alternative``."""
        return [f"{name}: {alternative}" for name, alternative in self.options]

    def unless_said(self, name: str, alternative: str) -> Chosen:
        """The same with one more option, unless the caller took one of that parameter."""
        return self if name in dict(self.options) else replace(self, options=(*self.options, (name, alternative)))

    def only(self, *standards: str, parameters: Collection[str] | None = None) -> Chosen:
        """The same, for a question that these standards alone answer: nothing that a caller names is passed over.

        ``parameters`` are those that the question hangs on; by default all of the standards.

        Raises
        ------
        EditionError
            Editions and options of other standards: all at once.
        """
        faults, known, names = Faults(), dict[str, dict[str, None]](), list[str]()
        for e in (e for e in (*read_editions(), *self.named) if e.standard in standards):
            names.append(e.name)
            for p in (p for p in e.parameters.values() if parameters is None or p.name in parameters):
                known.setdefault(p.name, {}).update(dict.fromkeys(p.alternatives))
        for e in (e for e in self.named if e.standard not in standards):
            what = say("{edition} is an edition of {standard}", edition=e.name, standard=e.standard)
            faults.add(what, mend=say("Accepted: {names}", names=", ".join(dict.fromkeys(names))))
        _check_known(dict(self.options), known, faults)
        faults.raise_as(EditionError, say("editions"))
        return self

    def on(self, standard: str, date: datetime.date) -> Edition:
        """The named edition of a standard, or else the one in force on a date.

        Raises
        ------
        EditionError
            If none is named and none is in force.
        """
        found = self._raw(standard, date)
        for label in self.said:
            found = found.labelled(label)
        return found

    def _raw(self, standard: str, date: datetime.date) -> Edition:
        named = next((e for e in self.named if e.standard == standard), None)
        return named or edition_on(standard, date, self.region)

    def raw(self, standard: str, date: datetime.date) -> Edition | None:
        """The edition as it is written, before any option; ``None`` where none is in force."""
        try:
            return self._raw(standard, date)
        except EditionError:
            return None

    def check_used(self, used: Iterable[Edition | None]) -> None:
        """Every option is one of an edition that is in use.

        Raises
        ------
        EditionError
            All that no edition in use knows: they would have no effect.
        """
        editions, faults = list({e.name: e for e in used if e is not None}.values()), Faults()
        for name, alternative in self.options:
            if not any(name in e.parameters and alternative in e.parameters[name].alternatives for e in editions):
                names = ", ".join(e.name for e in editions) or "–"
                what = say("option {name} = {found!r} is of no edition in use", name=name, found=alternative)
                faults.add(what, mend=say("In use: {names}", names=names))
        faults.raise_as(EditionError, say("editions"))

    def on_or_none(self, standard: str, date: datetime.date) -> Edition | None:
        """The same, ``None`` where none is in force."""
        try:
            return self.on(standard, date)
        except EditionError:
            return None


def chosen(names: str | Iterable[str] | None, region: str = "CN", options: Mapping[str, str] | None = None) -> Chosen:
    """The editions that are to be applied whatever the date, and the options.

    Parameters
    ----------
    names : str, list of str, or None
        Names of editions, e.g. ``gb-3095-2026-final``; each belongs to its own standard.
    region : str
        For the standards of which none is named.
    options : dict of parameter to alternative, optional
        E.g. ``{"daily_items": "bulletin"}``: what is taken in place of the default of an unverified parameter, in every
        edition that knows the alternative.

    Raises
    ------
    EditionError
        Unknown names, parameters and alternatives, and two editions of one standard: all at once.
    """
    faults, found = Faults(), []
    for name in [names] if isinstance(names, str) else list(names or ()):
        try:
            found.append(edition(name))
        except EditionError as error:
            faults.take(error)
    for one in found:
        others = [e.name for e in found if e.standard == one.standard]
        if len(others) > 1:
            faults.add(say("two editions of {standard}: {names}", standard=one.standard, names=", ".join(others)))
    _check_options(options or {}, faults)
    faults.raise_as(EditionError, say("editions"))
    return Chosen(tuple(found), region, tuple(sorted((options or {}).items())))


def _check_options(options: Mapping[str, str], faults: Faults) -> None:
    known: dict[str, dict[str, None]] = {}
    for e in read_editions():
        for p in e.parameters.values():
            known.setdefault(p.name, {}).update(dict.fromkeys(p.alternatives))
    _check_known(options, known, faults)


def _check_known(options: Mapping[str, str], known: Mapping[str, Iterable[str]], faults: Faults) -> None:
    for name, alternative in options.items():
        if not known.get(name):
            open_ones = [n for n, alternatives in known.items() if alternatives]
            what = say("no option {name!r}{near}", name=name, near=nearest(name, open_ones))
            faults.add(what, mend=say("Accepted: {names}", names=", ".join(open_ones)))
        elif alternative not in known[name]:
            what = say("option {name} = {found!r}", name=name, found=alternative)
            faults.add(what, mend=say("Accepted: {names}", names=", ".join(known[name])))


def _listing(editions: tuple[Edition, ...]) -> str:
    return ", ".join(f"{e.name} ({e.in_force_from}/{e.in_force_to or '..'}, {'+'.join(e.regions)})" for e in editions)
