"""Dated rule sets: the limits of GB 3095 and the assessment rules of HJ 663, one file per edition in ``standards/``.

The date of evaluation selects the edition, never the version of this library.
"""

from __future__ import annotations

import datetime
import itertools
import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import Faults, LedgerError, nearest
from .messages import say
from .shipped import shipped

AVERAGING = ("annual", "quarterly", "24h", "MDA8", "1h")


class EditionError(LedgerError):
    """An edition of a standard that is unknown, not in force, or wrongly written."""


@dataclass(frozen=True)
class Limit:
    """One cell of a table of limits."""

    pollutant: str
    averaging: str
    zone: int
    value: float
    unit: str
    source: str
    confidence: str


@dataclass(frozen=True)
class GasState:
    """The temperature and pressure at which concentrations are stated, with its dates."""

    pollutants: tuple[str, ...]
    state: str
    source: str
    confidence: str
    first: datetime.date | None = None
    last: datetime.date | None = None


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
    limits: tuple[Limit, ...] = ()
    states_of_gas: tuple[GasState, ...] = ()
    parameters: dict[str, Parameter] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Number and phase, e.g. ``GB 3095-2026 transition``."""
        return f"{self.number} {self.phase}".strip()

    @property
    def unverified(self) -> list[str]:
        """Names of the parameters that were not read in the text."""
        return [p.name for p in self.parameters.values() if not p.verified]

    def limit(self, pollutant: str, averaging: str, zone: int = 2) -> Limit | None:
        """The limit of a pollutant for an averaging time in a zone of class 1 or 2; ``None`` where there is none."""
        wanted = (pollutant, averaging, zone)
        return next((c for c in self.limits if (c.pollutant, c.averaging, c.zone) == wanted), None)

    def state_of_gas(self, pollutant: str, date: datetime.date) -> GasState | None:
        """The state at which the pollutant's concentration is stated on a date."""
        for found in self.states_of_gas:
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

    def under(self, name: str, alternative: str) -> Edition:
        """The same edition with one parameter at a named alternative."""
        self.rule(name)
        changed = replace(self.parameters[name], value=self.parameters[name].alternatives[alternative])
        return replace(self, parameters=self.parameters | {name: changed})

    def in_force(self, date: datetime.date, region: str = "CN") -> bool:
        """Whether the edition is in force on a date in a region (``CN`` covers ``CN-37-07``)."""
        here = any(region == r or region.startswith(f"{r}-") for r in self.regions)
        return here and self.in_force_from <= date and (self.in_force_to is None or date <= self.in_force_to)


@lru_cache(maxsize=4)
def read_editions(folder: Path | None = None) -> tuple[Edition, ...]:
    """All editions, of the shipped folder or of another, in order of standard and date.

    Raises
    ------
    EditionError
        Files that are not TOML, lack a field, or overlap another edition of the standard in a region: all at once.
    """
    made, faults = [], Faults()
    for path in sorted((folder or shipped("standards")).glob("*.toml")):
        try:
            made.append(_edition(tomllib.loads(path.read_text(encoding="utf-8"))))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.add(say("not TOML: {error}", error=str(error)), file=path.name)
        except KeyError as error:
            faults.add(say("no {name}", name=str(error.args[0])), file=path.name, mend=say("Add it"))
        except (AttributeError, TypeError) as error:
            faults.add(say("not an edition: {error}", error=error.args[0]), file=path.name)
    made.sort(key=lambda e: (e.standard, e.in_force_from))
    for one, other in itertools.combinations(made, 2):
        rivals = one.standard == other.standard and set(one.regions) & set(other.regions)
        if rivals and (one.in_force_to is None or other.in_force_from <= one.in_force_to):
            faults.add(say("{one} and {other} are in force on the same day", one=one.name, other=other.name))
    faults.raise_as(EditionError, say("editions of standards"))
    return tuple(made)


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


def _edition(raw: dict[str, Any]) -> Edition:
    plain = {k: raw[k] for k in ("name", "standard", "number", "zh", "en", "publisher", "source", "confidence")}
    return Edition(
        **plain,
        phase=raw.get("phase", ""),
        in_force_from=raw["in_force_from"],
        in_force_to=raw.get("in_force_to"),
        published=raw.get("published"),
        regions=tuple(raw["regions"]),
        note=raw.get("note", ""),
        limits=tuple(cell for line in raw.get("limits", []) for cell in _limits(line, raw)),
        states_of_gas=tuple(_state(line) for line in raw.get("state_of_gas", [])),
        parameters={name: Parameter(name=name, **line) for name, line in raw.get("parameter", {}).items()},
    )


def _limits(line: dict[str, Any], raw: dict[str, Any]) -> list[Limit]:
    if line["averaging"] not in AVERAGING:
        raise TypeError(
            say("averaging {found!r}; accepted: {known}", found=line["averaging"], known=", ".join(AVERAGING))
        )
    source = f"{raw['number']} {line['table']}"
    rest = (line["unit"], source, line.get("confidence", raw["confidence"]))
    return [Limit(line["pollutant"], line["averaging"], z, float(line[f"class_{z}"]), *rest) for z in (1, 2)]


def _state(line: dict[str, Any]) -> GasState:
    return GasState(
        tuple(line["pollutants"]), line["state"], line["source"], line["confidence"], line.get("from"), line.get("to")
    )
