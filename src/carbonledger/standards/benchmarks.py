"""The tables of an allocation plan of the national carbon market: classes of units, benchmarks, and drafts to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..messages import say

BASES = ("supplied", "generated")
FUELS = ("coal", "gas")
POWER_UNIT, HEAT_UNIT = "t CO2/MWh", "t CO2/GJ"


@dataclass(frozen=True)
class UnitClass:
    """One class of generating units, with the names by which tables call it."""

    name: str
    zh: str
    fuel: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Benchmark:
    """The benchmarks of one class of units in one year.

    Attributes
    ----------
    power : float
        Per MWh on the basis [t CO2/MWh].
    heat : float
        Per GJ of heat supplied [t CO2/GJ].
    basis : str
        ``supplied`` or ``generated``: of which MWh. Benchmarks of different bases do not compare.
    power_balance, heat_balance : float or None
        The balance values that a plan prints beside them (allowances of all units equal their emissions).
    """

    year: int
    unit_class: str
    power: float
    heat: float
    basis: str
    source: str
    confidence: str
    power_balance: float | None = None
    heat_balance: float | None = None


@dataclass(frozen=True)
class Draft:
    """Years for which there is only a draft: it is named, and its numbers are not shipped."""

    first: int
    last: int
    zh: str
    en: str
    source: str


def classes_of(line: dict[str, Any], raw: dict[str, Any]) -> list[UnitClass]:
    """One class of units."""
    _check(line, fuel=FUELS)
    return [UnitClass(line["name"], line["zh"], line["fuel"], tuple(line.get("names", ())))]


def benchmarks_of(line: dict[str, Any], raw: dict[str, Any]) -> list[Benchmark]:
    """One row of the plan's table, once for each of its years."""
    known = tuple(c["name"] for c in raw["unit_classes"])
    _check(line, unit_class=known, basis=BASES, power_unit=(POWER_UNIT,), heat_unit=(HEAT_UNIT,))
    source = f"{raw['number']} {line['table']}"
    confidence = line.get("confidence", raw["confidence"])
    balance = (line.get("power_balance"), line.get("heat_balance"))
    numbers = (float(line["power"]), float(line["heat"]), line["basis"], source, confidence)
    return [Benchmark(year, line["unit_class"], *numbers, *balance) for year in line["years"]]


def drafts_of(line: dict[str, Any], raw: dict[str, Any]) -> list[Draft]:
    """Years that a draft is for."""
    return [Draft(line["first"], line["last"], line["zh"], line["en"], line["source"])]


def _check(line: dict[str, Any], **accepted: tuple[str, ...]) -> None:
    for key, known in accepted.items():
        if line[key] not in known:
            what = say("{name} {found!r}; accepted: {known}", name=key, found=line[key], known=", ".join(known))
            raise TypeError(what)
