"""Scenarios beside a case: what is varied, where, along which path; read with every fault at once, drawn by number."""

from __future__ import annotations

from .bounds import highest
from .checks import scenario_count
from .draws import LHS_LIMIT, Draws
from .nouns import (
    SELECTS,
    VERBS,
    Axis,
    Cost,
    Distribution,
    Event,
    Lever,
    Recipe,
    Response,
    Sampling,
    Scenario,
)
from .paths import Form, event_levers, series, way
from .reading import read_scenario
from .verbs import unit_factor, unit_of

__all__ = [
    "LHS_LIMIT",
    "SELECTS",
    "VERBS",
    "Axis",
    "Cost",
    "Distribution",
    "Draws",
    "Event",
    "Form",
    "Lever",
    "Recipe",
    "Response",
    "Sampling",
    "Scenario",
    "event_levers",
    "highest",
    "read_scenario",
    "scenario_count",
    "series",
    "unit_factor",
    "unit_of",
    "way",
]
