"""Dated rule sets: limits, indices and assessment rules, one file per edition in ``standards/``.

The date of evaluation selects the edition, never the version of this library.
"""

from __future__ import annotations

from .air_limits import AVERAGING, GasState, Limit
from .finding import edition, edition_on
from .nouns import Edition, EditionError, Parameter
from .reading import read_editions

__all__ = [
    "AVERAGING",
    "Edition",
    "EditionError",
    "GasState",
    "Limit",
    "Parameter",
    "edition",
    "edition_on",
    "read_editions",
]
