"""What stands in a cell of water samples: a number, a value below the detection limit, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from ..standards import WaterLimit
from ..tables import is_missing

SENTINELS = (-9999.0, -999.0, -99.0)  # numbers that files write for "missing"; 9999 may be a count of coliforms
ABSURD = {"base": 100, "supplement": 1000, "specific": 100}
"""A value above so many times its largest limit cannot be meant: bounds of this library against slipped units, wider for
the salts of brine."""
RANGES = {  # and what cannot be, for items that they do not fit; pH by its scale, the others this library's bounds
    "ph": (0, 14),
    "dissolved_oxygen": (0, 50),
    "dissolved_oxygen_saturation": (0, 500),
    "water_temperature": (-5, 60),
    "water_temperature_rise": (0, 60),
    "water_temperature_fall": (0, 60),
    "faecal_coliforms": (0, 10**9),  # of raw sewage
}

_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?:\s*[×xX*]\s*10\^([+-]?\d+))?$")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")  # 0,300 is no number: is it 0.3 or 300?
_BELOW = re.compile(
    r"(?:<\s*(?P<less>[^<]+)|(?P<mark>[^L]+)L|(?:ND|N\.D\.|未检出|低于检出限)\s*\(?(?P<nd>[^()]*)\)?)$", re.I
)
FLAGS = {"": False, "l": True, "<": True, "nd": True, "未检出": True, "低于检出限": True}


class Sample(IntEnum):
    """What became of a sample; ``VALID`` and ``BELOW`` count."""

    VALID = 0
    BELOW = 1
    BLANK = 2
    SENTINEL = 3
    NEGATIVE = 4
    TOO_HIGH = 5


@dataclass(frozen=True)
class Cell:
    """A cell as read: its number, or the detection limit; ``kind`` is number, below, blank or wrong."""

    kind: str
    number: Fraction | None = None


def number_of(written: str) -> Fraction | None:
    """The exact decimal of a text, also ``2.4×10^3`` and ``1,234.5``; ``None`` where it is none."""
    if _THOUSANDS.match(written):
        return Fraction(written.replace(",", ""))
    match = _NUMBER.match(written)
    if not match or abs(int(match[2] or 0)) > 30 or _exponent(match[1]) > 30:
        return None
    return Fraction(match[1]) * Fraction(10) ** int(match[2] or 0)


def _exponent(written: str) -> int:
    return abs(int(written.lower().partition("e")[2] or 0))


def cell_of(written: str) -> Cell:
    """What a cell says: ``0.02``, ``<0.001``, ``0.001L``, ``未检出``, ``ND(0.001)``, a dash …"""
    if is_missing(written):
        return Cell("blank")
    if (number := number_of(written)) is not None:
        return Cell("number", number)
    if match := _BELOW.match(written):
        limit = (match["less"] or match["mark"] or match["nd"] or "").strip().lstrip("<")
        found = number_of(limit) if limit else None
        return Cell("below", found) if found is not None or not limit else Cell("wrong")
    return Cell("wrong")


def range_of(item: WaterLimit, largest: Fraction) -> tuple[Fraction, Fraction]:
    """Between which values a sample of the item can be meant, by its largest limit [unit of the item]."""
    if item.item in RANGES:
        low, high = RANGES[item.item]
        return Fraction(low), Fraction(high)
    return Fraction(0), largest * ABSURD[item.group]
