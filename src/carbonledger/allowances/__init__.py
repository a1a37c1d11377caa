"""Allocation of CO2 allowances to power plants in the national carbon market, by the plan of each year."""

from __future__ import annotations

from . import formulas
from .allocating import Allocation, allocation
from .in_advance import carryover_limit, preallocation
from .plans import AllowanceError, benchmarks, plan_of
from .plants import read_plants

__all__ = [
    "Allocation",
    "AllowanceError",
    "allocation",
    "benchmarks",
    "carryover_limit",
    "formulas",
    "plan_of",
    "preallocation",
    "read_plants",
]
