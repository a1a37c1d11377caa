"""The tables of surface water: limits of GB 3838 by item and class, and the words for a class."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..messages import say

RELATIONS = ("<=", ">=", "range", "none")
WATERS = ("river", "lake")
STEPS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class WaterLimit:
    """The limits of one item in the five classes, as exact decimals; a range has the lower ones in ``lows``."""

    item: str
    number: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    unit: str
    relation: str
    waters: tuple[str, ...]
    limits: tuple[Fraction, ...]
    lows: tuple[Fraction, ...]
    group: str
    source: str
    confidence: str


@dataclass(frozen=True)
class WaterQuality:
    """What the water of a class is called."""

    step: int
    zh: str
    en: str
    source: str
    confidence: str


def limits_of(line: dict[str, Any], raw: dict[str, Any]) -> list[WaterLimit]:
    """The limits of one line of the table, for the five classes or one for all."""
    relation, waters = line["relation"], line.get("waters", list(WATERS))
    for name, found, known in (
        ("relation", [relation], RELATIONS),
        ("waters", waters, WATERS),
        ("group", [line["group"]], ("base", "supplement")),
    ):
        if wrong := [f for f in found if f not in known]:
            raise TypeError(
                say("{name} {found!r}; accepted: {known}", name=name, found=wrong[0], known=", ".join(known))
            )
    limits: list[Any] = [] if relation == "none" else _five(line["limits"])
    lows: list[Any] = _five(line["lows"]) if relation == "range" else []
    return [
        WaterLimit(
            line["item"],
            str(line["number"]),
            line["zh"],
            line["en"],
            tuple(line.get("aliases", ())),
            line["unit"],
            relation,
            tuple(waters),
            # the decimals as they are written, not their binary neighbours
            tuple(Fraction(str(v)) for v in limits),
            tuple(Fraction(str(v)) for v in lows),
            line["group"],
            f"{raw['number']} {line['table']}",
            line.get("confidence", raw["confidence"]),
        )
    ]


def _five(written: list[Any]) -> list[Any]:
    """Five limits, or one that holds for all classes."""
    if len(written) not in {1, len(STEPS)}:
        raise TypeError(say("{n} limits; there are five classes", n=len(written)))
    return written * len(STEPS) if len(written) == 1 else written


def qualities_of(line: dict[str, Any], raw: dict[str, Any]) -> list[WaterQuality]:
    """The words for one class, 1 to 5, and 6 for worse than V."""
    source = f"{raw['number']} {line['table']}"
    return [WaterQuality(line["step"], line["zh"], line["en"], source, line.get("confidence", raw["confidence"]))]
