"""Compiled arithmetic: only these modules import numba, and only once a table is large enough to pay for it."""

from __future__ import annotations

from .days import DAYS_COMPILED_FROM, day_sums, day_sums_plain, scaled_hours, scaled_hours_plain
from .monomials import wide_plan
from .products import dense_totals, multipliers, narrow_totals, signature_products
from .rows import any_twice, append_codes, fill_cells, fill_cells_plain, pairs_of, pick, spread
from .sums import COMPILED_FROM, grouped_sums, grouped_sums_plain
from .wide import WIDE_COMPILED_FROM, wide_totals, wide_totals_plain

__all__ = [
    "COMPILED_FROM",
    "DAYS_COMPILED_FROM",
    "WIDE_COMPILED_FROM",
    "any_twice",
    "append_codes",
    "day_sums",
    "day_sums_plain",
    "dense_totals",
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
    "signature_products",
    "spread",
    "wide_plan",
    "wide_totals",
    "wide_totals_plain",
]
