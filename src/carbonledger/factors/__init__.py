"""Factor sets: dated, sourced, resolved out loud."""

from __future__ import annotations

from .rates import C_TO_CO2, Key, Rate
from .resolve import resolve
from .rules import GRADE_TEXT, Gap, Grade, Rules, StandIn
from .sets import CONFIDENCE, FactorRow, Factors, FactorSet, gwp_values, read_factors, read_set, set_names

__all__ = [
    "CONFIDENCE",
    "C_TO_CO2",
    "GRADE_TEXT",
    "FactorRow",
    "FactorSet",
    "Factors",
    "Gap",
    "Grade",
    "Key",
    "Rate",
    "Rules",
    "StandIn",
    "gwp_values",
    "read_factors",
    "read_set",
    "resolve",
    "set_names",
]
