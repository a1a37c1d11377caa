"""Errors that say what was found, where, what is accepted and how to mend it.

One ``LedgerError`` carries every fault of an input at once, so that a person mends a file in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field


class LedgerError(ValueError):
    """Base of every error that carbonledger raises on purpose; ``faults`` lists all of them."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class TableError(LedgerError):
    """A file that cannot be read as the table it should be."""


class UnitError(LedgerError):
    """A unit that is unknown, ambiguous, or of the wrong dimension."""


class FactorError(LedgerError):
    """A rate that is missing, duplicated or contradictory."""


class MissingRate(FactorError):
    """No rate for one key; ``place`` is the key without its year, so that a caller can speak of several years at once."""

    def __init__(self, place: str, year: int, rest: str) -> None:
        super().__init__(f"{place}, {year}{rest}")
        self.place, self.year, self.rest = place, year, rest


class PostError(LedgerError):
    """Activity rows that cannot be posted."""


class BoundaryError(LedgerError):
    """Totals asked for under a boundary that the rows cannot answer."""


class CatalogError(LedgerError):
    """A quantity, indicator or target that is unknown or wrongly declared."""


class CaseError(LedgerError):
    """A case folder that is not one."""


@dataclass(frozen=True)
class Fault:
    """One thing found wrong: where it stands, what is accepted, how to mend it."""

    what: str
    file: str = ""
    row: int | None = None
    column: str = ""
    mend: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f" row {self.row}" if place else f"row {self.row}"
        if self.column:
            place += f", column {self.column}" if place else f"column {self.column}"
        return f"{place}: {self.text}" if place else self.text

    @property
    def text(self) -> str:
        """What was found and how to mend it, without the place."""
        return f"{self.what}. {self.mend}" if self.mend else self.what

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class Faults:
    """Collects faults and raises them together; at most ``shown`` are spelt out, the rest are counted."""

    shown: int = 50
    found: list[Fault] = field(default_factory=list)

    def add(self, what: str, *, file: str = "", row: int | None = None, column: str = "", mend: str = "") -> None:
        self.found.append(Fault(what, file, row, column, mend))

    def take(self, error: LedgerError) -> None:
        """Take over the faults of an error that was raised elsewhere."""
        self.found.extend(error.faults or (Fault(str(error)),))

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.found)

    def raise_as(self, kind: type[LedgerError], title: str) -> None:
        """Raise ``kind`` if there is any fault; do nothing otherwise."""
        if not self.found:
            return
        if len(self.found) == 1:
            raise kind(str(self.found[0]), tuple(self.found))
        lines = [f"{title}: {len(self.found)} faults"]
        lines += [f"  {fault}" for fault in self.found[: self.shown]]
        if len(self.found) > self.shown:
            lines.append(f"  ... and {len(self.found) - self.shown} more (all of them in .faults)")
        raise kind("\n".join(lines), tuple(self.found))


def nearest(word: str, known: list[str], n: int = 3) -> str:
    """``; nearest: 'a', 'b'`` for a message, or an empty string."""
    import difflib

    close = difflib.get_close_matches(word, known, n=n, cutoff=0.5)
    return "; nearest: " + ", ".join(f"'{c}'" for c in close) if close else ""
