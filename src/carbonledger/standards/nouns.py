"""What an edition of a standard is: dates, parameters with their alternatives, and tables."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..errors import LedgerError, nearest
from ..messages import say

if TYPE_CHECKING:
    from .air_limits import GasState, Limit


UNROUNDED = "unrounded"


class EditionError(LedgerError):
    """An edition of a standard that is unknown, not in force, or wrongly written."""


@dataclass(frozen=True)
class Parameter:
    """One number of an assessment rule; an unverified one carries its alternatives by name."""

    name: str
    zh: str
    en: str
    value: Any
    verified: bool
    source: str
    confidence: str
    alternatives: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Edition:
    """One edition of one standard: what it says, where and from when to when it is in force."""

    name: str
    standard: str
    number: str
    phase: str
    zh: str
    en: str
    publisher: str
    in_force_from: datetime.date
    in_force_to: datetime.date | None
    published: datetime.date | None
    regions: tuple[str, ...]
    source: str
    confidence: str
    note: str
    parameters: dict[str, Parameter] = field(default_factory=dict)
    tables: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Number and phase, e.g. ``GB 3095-2026 transition``."""
        return f"{self.number} {self.phase}".strip()

    @property
    def unverified(self) -> list[str]:
        """Names of the parameters that were not read in the text."""
        return [p.name for p in self.parameters.values() if not p.verified]

    def table(self, name: str) -> tuple[Any, ...]:
        """The rows of one of the edition's tables, e.g. ``limits``.

        Raises
        ------
        EditionError
            If the edition has no such table: another standard was meant.
        """
        if name not in self.tables:
            known = ", ".join(self.tables) or "–"
            raise EditionError(
                say("{edition} has no table {name!r}; it has {known}", edition=self.name, name=name, known=known)
            )
        return self.tables[name]

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits of an edition of GB 3095."""
        return self.table("limits")

    def limit(self, pollutant: str, averaging: str, zone: int = 2) -> Limit | None:
        """The limit of a pollutant for an averaging time in a zone of class 1 or 2; ``None`` where there is none."""
        wanted = (pollutant, averaging, zone)
        return next((c for c in self.limits if (c.pollutant, c.averaging, c.zone) == wanted), None)

    def state_of_gas(self, pollutant: str, date: datetime.date) -> GasState | None:
        """The state at which the pollutant's concentration is stated on a date."""
        found: GasState
        for found in self.tables.get("state_of_gas", ()):
            begun = found.first is None or found.first <= date
            if pollutant in found.pollutants and begun and (found.last is None or date <= found.last):
                return found
        return None

    def rule(self, name: str, pollutant: str = "") -> Any:
        """The value of a parameter, or the pollutant's part of it.

        Raises
        ------
        EditionError
            If the edition has no such parameter, or nothing for the pollutant.
        """
        if name not in self.parameters:
            near = nearest(name, list(self.parameters))
            raise EditionError(
                say("{edition} has no parameter {name!r}{near}", edition=self.name, name=name, near=near)
            )
        value = self.parameters[name].value
        if not pollutant or not isinstance(value, dict):
            return value
        if pollutant not in value:
            known = ", ".join(value)
            raise EditionError(
                say(
                    "{edition}: {name} says nothing of {pollutant!r}; it knows {known}",
                    edition=self.name,
                    name=name,
                    pollutant=pollutant,
                    known=known,
                )
            )
        return value[pollutant]

    def decimals(self, name: str, pollutant: str) -> int | None:
        """The decimals that a rule rounds a pollutant to; ``None`` where it says not to round."""
        found = self.rule(name, pollutant)
        return None if found == UNROUNDED else int(found)

    def labelled(self, label: str) -> Edition:
        """The same edition under ``parameter: alternative``; as it is where it does not know that."""
        name, _, alternative = label.partition(": ")
        known = name in self.parameters and alternative in self.parameters[name].alternatives
        return self.under(name, alternative) if known else self

    def under(self, name: str, alternative: str) -> Edition:
        """The same edition with one parameter at a named alternative; what it was becomes the alternative ``default``."""
        self.rule(name)
        was = self.parameters[name]
        others = {label: value for label, value in was.alternatives.items() if label != alternative}
        changed = replace(was, value=was.alternatives[alternative], alternatives=others | {"default": was.value})
        return replace(self, parameters=self.parameters | {name: changed})

    def in_force(self, date: datetime.date, region: str = "CN") -> bool:
        """Whether the edition is in force on a date in a region (``CN`` covers ``CN-37-07``)."""
        here = any(region == r or region.startswith(f"{r}-") for r in self.regions)
        return here and self.in_force_from <= date and (self.in_force_to is None or date <= self.in_force_to)
