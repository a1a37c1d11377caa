"""Errors that say what was found, where, what is accepted and how to mend it.

One ``LedgerError`` carries every fault of an input at once, so that a person mends a file in one go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from .messages import Said, listed, say, to_lang

SHOWN = 50  # faults that one error spells out; the rest are counted


class LedgerError(ValueError):
    """Base of every error that carbonledger raises on purpose; ``faults`` lists all of them."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults

    @property
    def message(self) -> str:
        """What is wrong, without the faults: a message that can be said in Chinese too."""
        text: str = self.args[0]
        return text

    def to(self, lang: str) -> str:
        """The whole message in English or Chinese."""
        message = to_lang(self.message, lang)
        if len(self.faults) == 1:
            return self.faults[0].to(lang)
        lines = [message, *(f"  {fault.to(lang)}" for fault in self.faults[:SHOWN])]
        if len(self.faults) > SHOWN:
            lines.append("  " + _more(len(self.faults) - SHOWN).to(lang))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to("en")


class TableError(LedgerError):
    """A file that cannot be read as the table it should be."""


class UnitError(LedgerError):
    """A unit that is unknown, ambiguous, or of the wrong dimension."""


class FactorError(LedgerError):
    """A rate that is missing, duplicated or contradictory."""


class MissingRate(FactorError):
    """No rate for one key; ``place`` is the key without its year, so that a caller can speak of several years at once."""

    def __init__(self, place: str, year: int, rest: str) -> None:
        super().__init__(say("{place}, {year}{rest}", place=place, year=year, rest=rest))
        self.place, self.year, self.rest = place, year, rest

    def __reduce__(self) -> tuple[Any, ...]:
        return (MissingRate, (self.place, self.year, self.rest))


class PostError(LedgerError):
    """Activity rows that cannot be posted."""


class BoundaryError(LedgerError):
    """Totals asked for under a boundary that the rows cannot answer."""


class CatalogError(LedgerError):
    """A quantity, indicator or target that is unknown or wrongly declared."""


class CaseError(LedgerError):
    """A case folder that is not one."""


class ScenarioError(LedgerError):
    """A scenario that contradicts itself or its case."""


@dataclass(frozen=True)
class Fault:
    """One thing found wrong: where it stands, what is accepted, how to mend it."""

    what: str
    file: str = ""
    row: int | None = None
    column: str = ""
    mend: str = ""

    def __str__(self) -> str:
        return self.to("en")

    def to(self, lang: str) -> str:
        """Place, what was found and how to mend it, in English or Chinese."""
        place = to_lang(self.file, lang)
        if self.row is not None:
            place += (" " if place else "") + say("row {row}", row=self.row).to(lang)
        if self.column:
            place += (", " if place else "") + say("column {column}", column=self.column).to(lang)
        text = to_lang(self.text, lang)
        return f"{place}: {text}" if place else text

    @property
    def text(self) -> str:
        """What was found and how to mend it, without the place."""
        return say("{what}. {mend}", what=self.what, mend=self.mend) if self.mend else self.what

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class Faults:
    """Collects faults and raises them together."""

    found: list[Fault] = field(default_factory=list)

    def add(self, what: str, *, file: str = "", row: int | None = None, column: str = "", mend: str = "") -> None:
        self.found.append(Fault(what, file, row, column, mend))

    def take(self, error: LedgerError) -> None:
        """Take over the faults of an error that was raised elsewhere."""
        self.found.extend(error.faults or (Fault(error.message),))

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.found)

    def raise_as(self, kind: type[LedgerError], title: str) -> None:
        """Raise ``kind`` if there is any fault; do nothing otherwise."""
        if found := tuple(dict.fromkeys(self.found)):
            raise kind(say("{title}: {n} faults", title=title, n=len(found)), found)


def _more(n: int) -> Said:
    return say("... and {n} more (all of them in .faults)", n=n)


def nearest(word: str, known: list[str], n: int = 3) -> str:
    """``; nearest: 'a', 'b'`` for a message, or an empty string."""
    import difflib

    close = difflib.get_close_matches(word, known, n=n, cutoff=0.5)
    return say("; nearest: {names}", names=", ".join(f"'{c}'" for c in close)) if close else ""


def wrong_keys(kind: type[Any], given: Mapping[str, Any], **called: str) -> str:
    """What a table of a TOML file has too much or too little to be one of ``kind``; blank where it fits.

    A field that files call otherwise is given in ``called``.
    """
    known = {called.get(f.name, f.name): f.default is MISSING and f.default_factory is MISSING for f in fields(kind)}
    too_much = [
        say("unknown key {name!r}{near}", name=k, near=nearest(k, list(known))) for k in given if k not in known
    ]
    return listed([*too_much, *(say("no {key}", key=k) for k, needed in known.items() if needed and k not in given)])
