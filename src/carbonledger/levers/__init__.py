"""Levers laid on the cells of a case: what each touches and brings, gathered to a polynomial in their levels."""

from __future__ import annotations

from .checking import MOST
from .polynomial import Polynomial
from .preparing import Prepared, prepare

__all__ = ["MOST", "Polynomial", "Prepared", "prepare"]
