"""The tables of HJ 633: concentrations at the values of the index, and its classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Breakpoints:
    """Concentrations of one pollutant and averaging time at values of the index, from 0 on.

    Attributes
    ----------
    pollutant, averaging : str
        ``1h``, ``8h`` (the highest 8-hour mean of a day, or a moving one) or ``24h``.
    unit : str
    at : tuple of int
        Concentrations [``unit``].
    index : tuple of int
        The values of the index there; above the last one the index stays at it.
    above : str
        Averaging time whose index is taken above the last concentration; blank where there is none.
    """

    pollutant: str
    averaging: str
    unit: str
    at: tuple[int, ...]
    index: tuple[int, ...]
    above: str = ""


@dataclass(frozen=True)
class IndexClass:
    """One class of the index, up to and including its highest value."""

    level: int
    up_to: int
    zh: str
    en: str
    colour_zh: str
    rgb: tuple[int, int, int]


def breakpoints_of(line: dict[str, Any], raw: dict[str, Any]) -> list[Breakpoints]:
    """One row of Table 1; a row that stops early has the first values of the index."""
    at = tuple(int(c) for c in line["at"])
    index = tuple(int(i) for i in raw["index"][: len(at)])
    return [Breakpoints(line["pollutant"], line["averaging"], line["unit"], at, index, line.get("above", ""))]


def classes_of(line: dict[str, Any], raw: dict[str, Any]) -> list[IndexClass]:
    """One class of Table 2."""
    return [IndexClass(line["level"], line["up_to"], line["zh"], line["en"], line["colour_zh"], tuple(line["rgb"]))]
