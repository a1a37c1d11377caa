"""Compiled arithmetic: only these modules import numba, and only once a table is large enough to pay for it."""

from __future__ import annotations

from .days import (
    DAYS_COMPILED_FROM,
    day_peaks,
    day_sums,
    day_sums_plain,
    eight_hour_peaks,
    eight_hour_peaks_plain,
    scaled_hours,
    scaled_hours_plain,
)
from .monomials import wide_plan
from .products import dense_totals, multipliers, narrow_totals, signature_products
from .rows import any_twice, append_codes, fill_cells, fill_cells_plain, pairs_of, pick, spread
from .shapes import WINDOW
from .sums import COMPILED_FROM, grouped_sums, grouped_sums_plain
from .threads import side_by_side
from .wide import WIDE_COMPILED_FROM, wide_totals, wide_totals_plain

__all__ = [
    "COMPILED_FROM",
    "DAYS_COMPILED_FROM",
    "WIDE_COMPILED_FROM",
    "WINDOW",
    "any_twice",
    "append_codes",
    "day_peaks",
    "day_sums",
    "day_sums_plain",
    "dense_totals",
    "eight_hour_peaks",
    "eight_hour_peaks_plain",
    "fill_cells",
    "fill_cells_plain",
    "grouped_sums",
    "grouped_sums_plain",
    "multipliers",
    "narrow_totals",
    "pairs_of",
    "pick",
    "scaled_hours",
    "scaled_hours_plain",
    "side_by_side",
    "signature_products",
    "spread",
    "wide_plan",
    "wide_totals",
    "wide_totals_plain",
]
