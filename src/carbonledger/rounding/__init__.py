"""Rounding and comparing by GB/T 8170-2008: half to even, once.

:func:`round_decimal` and :func:`compare` work on decimal digits and decide verdicts; :class:`Ratio` does so for arrays of exact
ratios. :func:`round_half_even` is for arrays of modelled values; they carry float noise, so they are snapped to 12 significant
digits before the tie is looked for.
"""

from __future__ import annotations

from .decimals import DEFAULT_METHOD, METHODS, SENSES, Compared, RoundingError, compare, round_decimal
from .modelled import round_half_even
from .ratios import Ratio, denominator, times, widened

__all__ = [
    "DEFAULT_METHOD",
    "METHODS",
    "SENSES",
    "Compared",
    "Ratio",
    "RoundingError",
    "compare",
    "denominator",
    "round_decimal",
    "round_half_even",
    "times",
    "widened",
]
