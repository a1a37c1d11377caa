"""Dated rule sets: limits, indices and assessment rules, one file per edition in ``standards/``.

The date of evaluation selects the edition, never the version of this library.
"""

from __future__ import annotations

from .air_index import Breakpoints, IndexClass
from .air_limits import AVERAGING, GasState, Limit
from .alerts import LEVELS, AlertRule, Lasting
from .benchmarks import Benchmark, Draft, UnitClass
from .finding import Chosen, chosen, edition, edition_on
from .nouns import Edition, EditionError, Parameter
from .reading import read_editions
from .reductions import BindingPollutant, Measure
from .water_limits import WaterLimit, WaterQuality

__all__ = [
    "AVERAGING",
    "LEVELS",
    "AlertRule",
    "Benchmark",
    "BindingPollutant",
    "Breakpoints",
    "Chosen",
    "Draft",
    "Edition",
    "EditionError",
    "GasState",
    "IndexClass",
    "Lasting",
    "Limit",
    "Measure",
    "Parameter",
    "UnitClass",
    "WaterLimit",
    "WaterQuality",
    "chosen",
    "edition",
    "edition_on",
    "read_editions",
]
