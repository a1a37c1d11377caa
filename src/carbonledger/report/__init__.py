"""Reports: scorecards, trees, lists and JSON."""

from __future__ import annotations

from .data import SCHEMA, as_data, grades, print_json
from .differences import DIFF_SCHEMA, difference_as_data, print_difference
from .findings import AUDIT_SCHEMA, audit_as_data, print_audit
from .listing import print_faults, print_sets
from .scorecard import scorecard
from .tree import print_tree
from .words import console, number

__all__ = [
    "AUDIT_SCHEMA",
    "DIFF_SCHEMA",
    "SCHEMA",
    "as_data",
    "audit_as_data",
    "console",
    "difference_as_data",
    "grades",
    "number",
    "print_audit",
    "print_difference",
    "print_faults",
    "print_json",
    "print_sets",
    "print_tree",
    "scorecard",
]
