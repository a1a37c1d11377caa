"""Sweeps: scenarios beside a case, as the same quantities, indicators and verdicts with one axis more."""

from __future__ import annotations

from ..levers import Prepared, prepare
from .asking import REDUCTIONS
from .sweeps import replay, sweep

__all__ = ["REDUCTIONS", "Prepared", "prepare", "replay", "sweep"]
