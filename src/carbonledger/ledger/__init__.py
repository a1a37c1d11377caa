"""The ledger: activity rows posted at their rates, and the totals of what was posted."""

from __future__ import annotations

from .post import Ledger, post, read_entities
from .prices import constant_prices
from .totals import BOUNDARIES, totals

__all__ = ["BOUNDARIES", "Ledger", "constant_prices", "post", "read_entities", "totals"]
