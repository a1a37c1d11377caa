"""The tables of GB 3095: limits by pollutant, averaging time and class of zone, and the state of the gas."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from ..messages import say

AVERAGING = ("annual", "quarterly", "24h", "MDA8", "1h")


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


def limits_of(line: dict[str, Any], raw: dict[str, Any]) -> list[Limit]:
    """The limits of one line of the table, for both classes of zone."""
    if line["averaging"] not in AVERAGING:
        raise TypeError(
            say("averaging {found!r}; accepted: {known}", found=line["averaging"], known=", ".join(AVERAGING))
        )
    source = f"{raw['number']} {line['table']}"
    rest = (line["unit"], source, line.get("confidence", raw["confidence"]))
    return [Limit(line["pollutant"], line["averaging"], z, float(line[f"class_{z}"]), *rest) for z in (1, 2)]


def states_of_gas(line: dict[str, Any], raw: dict[str, Any]) -> list[GasState]:
    """The state of the gas that one line states."""
    dates = (line.get("from"), line.get("to"))
    return [GasState(tuple(line["pollutants"]), line["state"], line["source"], line["confidence"], *dates)]
