"""What differs between two cases, or two versions of one, and which number each difference moved."""

from __future__ import annotations

from .comparing import Difference, IndicatorMove, VerdictMove, diff
from .decisions import RuleChange
from .movements import Driver, Movement
from .rates import RateChange
from .rows import FieldChange, RowChange

__all__ = [
    "Difference",
    "Driver",
    "FieldChange",
    "IndicatorMove",
    "Movement",
    "RateChange",
    "RowChange",
    "RuleChange",
    "VerdictMove",
    "diff",
]
