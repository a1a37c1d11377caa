"""Cases: a folder of inputs opened, checked and assessed."""

from __future__ import annotations

from .air import national_limits
from .assessing import Assessed, Comparison, assess, post_case, summed, validate
from .opening import Case, case_names, find_case, open_case
from .skeleton import new_case
from .thresholds import Limits, limits_of

__all__ = [
    "Assessed",
    "Case",
    "Comparison",
    "Limits",
    "assess",
    "case_names",
    "find_case",
    "limits_of",
    "national_limits",
    "new_case",
    "open_case",
    "post_case",
    "summed",
    "validate",
]
