"""Surface water: samples of sections and drinking-water sources to classes, verdicts and shares (GB 3838)."""

from __future__ import annotations

from .classes import classes
from .items import Items, items_of, read_specific_limits
from .points import read_intake, read_water_points
from .ratio import section_ratio
from .reading import read_water_samples
from .samples import WaterSamples
from .sources import ATTAINED, EXCEEDED, UNKNOWN, sources
from .states import states_of
from .values import SENTINELS, Sample

__all__ = [
    "ATTAINED",
    "EXCEEDED",
    "SENTINELS",
    "UNKNOWN",
    "Items",
    "Sample",
    "WaterSamples",
    "classes",
    "items_of",
    "read_intake",
    "read_specific_limits",
    "read_water_points",
    "read_water_samples",
    "section_ratio",
    "sources",
    "states_of",
]
