"""The ledger: activity rows posted at their rates, and the totals of what was posted."""

from __future__ import annotations

from .allocation import coverage, unallocated, within_sector
from .boundaries import BOUNDARIES, labels_of, shares_of
from .entities import EARLIEST, LATEST, LEVELS, read_entities
from .posting import Ledger, post
from .prices import constant_prices
from .summing import district_totals, totals

__all__ = [
    "BOUNDARIES",
    "EARLIEST",
    "LATEST",
    "LEVELS",
    "Ledger",
    "constant_prices",
    "coverage",
    "district_totals",
    "labels_of",
    "post",
    "read_entities",
    "shares_of",
    "totals",
    "unallocated",
    "within_sector",
]
