"""Targets as data, and the judge."""

from __future__ import annotations

from .judging import Judged, Verdict, judge
from .plan import KINDS, SENSES, Target, read_targets

__all__ = ["KINDS", "SENSES", "Judged", "Target", "Verdict", "judge", "read_targets"]
