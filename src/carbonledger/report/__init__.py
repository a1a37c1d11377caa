"""Reports: scorecards, trees, lists and JSON."""

from __future__ import annotations

from .data import SCHEMA, as_data, grades, print_json
from .listing import print_faults, print_sets
from .scorecard import scorecard
from .tree import print_tree
from .words import console, number

__all__ = [
    "SCHEMA",
    "as_data",
    "console",
    "grades",
    "number",
    "print_faults",
    "print_json",
    "print_sets",
    "print_tree",
    "scorecard",
]
