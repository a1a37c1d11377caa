"""Compiled arithmetic: only these modules import numba, and only once a table is large enough to pay for it."""

from __future__ import annotations

from .sums import COMPILED_FROM, grouped_sums, grouped_sums_plain

__all__ = ["COMPILED_FROM", "grouped_sums", "grouped_sums_plain"]
