"""Reports: scorecards, trees, lists and JSON."""

from __future__ import annotations

from .data import SCHEMA, as_data, grades, print_json
from .differences import DIFF_SCHEMA, difference_as_data, print_difference
from .fan_picture import fan_chart
from .findings import AUDIT_SCHEMA, audit_as_data, print_audit
from .listing import print_faults, print_sets
from .met_picture import met_chart
from .pictures import check_pictures, draw_sweep
from .scorecard import scorecard
from .sweep_data import SWEEP_SCHEMA, sweep_as_data
from .sweep_files import check_out, manifest, write_sweep
from .sweep_words import print_files, progress_bar
from .sweeps import print_sweep
from .tree import print_tree
from .words import console, number

__all__ = [
    "AUDIT_SCHEMA",
    "DIFF_SCHEMA",
    "SCHEMA",
    "SWEEP_SCHEMA",
    "as_data",
    "audit_as_data",
    "check_out",
    "check_pictures",
    "console",
    "difference_as_data",
    "draw_sweep",
    "fan_chart",
    "grades",
    "manifest",
    "met_chart",
    "number",
    "print_audit",
    "print_difference",
    "print_faults",
    "print_files",
    "print_json",
    "print_sets",
    "print_sweep",
    "print_tree",
    "progress_bar",
    "scorecard",
    "sweep_as_data",
    "write_sweep",
]
