"""Targets as data, and the judge."""

from __future__ import annotations

from .arrays import Outcome, Verdict, judge_arrays
from .judging import Judged, judge
from .plan import KINDS, SENSES, Target, read_targets

__all__ = ["KINDS", "SENSES", "Judged", "Outcome", "Target", "Verdict", "judge", "judge_arrays", "read_targets"]
