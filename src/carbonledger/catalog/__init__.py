"""The catalogue: quantities that add, states that do not, indicators that divide - and the proof of their units.

The tables are in ``data/catalog.toml``; a case may bring a catalogue of its own on top.
"""

from __future__ import annotations

from .computing import indicator_arrays, indicators
from .nouns import Catalog, Indicator, Quantity, State
from .proof import scale_of, with_units
from .reading import read_catalog

__all__ = [
    "Catalog",
    "Indicator",
    "Quantity",
    "State",
    "indicator_arrays",
    "indicators",
    "read_catalog",
    "scale_of",
    "with_units",
]
