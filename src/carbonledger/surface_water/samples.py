"""Water samples in hand: whole multiples of a small step by item, what became of each, and their points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .items import Items
from .values import Sample

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BY = {"year": 12, "quarter": 3, "month": 1}
"""Periods by name, and how many months each has."""


@dataclass(frozen=True, eq=False)
class WaterSamples:
    """Samples as read.

    ``rows`` has ``file, row, point`` and ``item`` (codes into ``points`` and ``items.names``), ``month`` (from year
    0 on), ``whole`` (the value, or the detection limit of one below it, in 1/``scale[item]`` of the item's unit) and
    ``code`` (:class:`Sample`). ``points`` has every point of the points table, also those without samples.
    """

    rows: pd.DataFrame
    scale: Mapping[str, int]
    points: pd.DataFrame
    items: Items
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def reasons_of(self) -> dict[Sample, int]:
        """How many samples count, and how many do not, by reason; only those that occur."""
        found = self.rows["code"].value_counts()
        return {code: int(found[code]) for code in Sample if code in found}


@dataclass(frozen=True)
class Periods:
    """Consecutive years, quarters or months, from the first with a sample to the last."""

    by: str
    first: int
    n: int

    @property
    def labels(self) -> list[str]:
        """``2025``, ``2025Q1`` or ``2025-01``."""
        return [self._label(k) for k in range(self.first, self.first + self.n)]

    def _label(self, k: int) -> str:
        if self.by == "year":
            return str(k)
        if self.by == "quarter":
            return f"{k // 4}Q{k % 4 + 1}"
        return f"{k // 12}-{k % 12 + 1:02d}"

    @property
    def years(self) -> list[int]:
        """The year of each period."""
        return [k * BY[self.by] // 12 for k in range(self.first, self.first + self.n)]

    def months(self, k: int) -> list[tuple[int, int]]:
        """Year and month of each month of the period at a place."""
        begin = (self.first + k) * BY[self.by]
        return [(m // 12, m % 12 + 1) for m in range(begin, begin + BY[self.by])]

    def place(self, month: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The place of the period that a month (from year 0 on) falls into."""
        return month // BY[self.by] - self.first


def periods_of(samples: WaterSamples, by: str) -> Periods:
    """The periods of the samples."""
    month = samples.rows["month"].to_numpy()
    first, last = int(month.min()) // BY[by], int(month.max()) // BY[by]
    return Periods(by, first, last - first + 1)
