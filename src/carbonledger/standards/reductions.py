"""The tables of a plan period's reduction tasks: its binding pollutants, and the formulas by measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class BindingPollutant:
    """A pollutant whose total a plan period binds, with the national fall against the base year [%]."""

    pollutant: str
    fall: float
    or_more: bool
    source: str
    confidence: str


@dataclass(frozen=True)
class Measure:
    """How the reduction of one kind of project is computed, and how far the formula was checked."""

    measure: str
    formula: str
    verified: bool
    source: str
    confidence: str
    note: str = ""


def binding_of(line: dict[str, Any], raw: dict[str, Any]) -> list[BindingPollutant]:
    """One binding pollutant."""
    rest = (line.get("source", raw["source"]), line.get("confidence", raw["confidence"]))
    return [BindingPollutant(line["pollutant"], float(line["fall"]), line["or_more"], *rest)]


def measures_of(line: dict[str, Any], raw: dict[str, Any]) -> list[Measure]:
    """One measure."""
    return [Measure(**line)]
