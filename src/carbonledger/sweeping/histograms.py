"""Quantiles on the fly: integer counts on equal bins, which merge exactly whatever the blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..kernels.bins import BINS_COMPILED_FROM, count_bins
from ..messages import say

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Wholes = npt.NDArray[np.int64]

BINS = 4096
_ROUNDINGS = 32  # in units of the last place: of the bin of a value, of its place in the bin, and of the interpolation


@dataclass(eq=False)
class Histogram:
    """How the values of one name spread, by entity and year.

    Attributes
    ----------
    low, high : float64 [entity, year]
        Range of the known values, from :class:`Extremes` over the same scenarios; NaN where nothing is known.
    counts : int64 [entity, year, bin]
        Known values in each of the equal bins from ``low`` to ``high``, the top edge included.
    unknown : int64 [entity, year]
        Values that are NaN or infinite.
    compiled : bool
        Which road; the counts are the same.
    """

    low: Floats
    high: Floats
    counts: Wholes
    unknown: Wholes
    compiled: bool = False

    @classmethod
    def between(cls, low: Floats, high: Floats, bins: int = BINS, scenarios: int = 0) -> Histogram:
        """An empty one; ``scenarios``, how many are expected, chooses the road.

        Raises
        ------
        LedgerError
            For a range that is upside down, half unknown, or too wide for floating point.
        """
        import numpy as np

        low, high = np.array(low, np.float64), np.array(high, np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            wrong = ~((np.isfinite(high - low) & (low <= high)) | (np.isnan(low) & np.isnan(high)))
        if wrong.any():
            one, other = float(low[wrong][0]), float(high[wrong][0])
            mend = say("Give finite numbers from low to high, or NaN for both where nothing is known")
            what = say("no range for a histogram: {low:g} to {high:g}. {mend}", low=one, high=other, mend=mend)
            raise LedgerError(what)
        if bins < 1:
            raise LedgerError(say("a histogram of {bins} bins. Give at least one", bins=bins))
        counts, unknown = np.zeros((*low.shape, bins), np.int64), np.zeros(low.shape, np.int64)
        return cls(low, high, counts, unknown, scenarios * low.size >= BINS_COMPILED_FROM)

    def add(self, start: int, block: Floats) -> None:
        """Take values [scenario, entity, year]; the first one is of scenario ``start``.

        Raises
        ------
        LedgerError
            If a known value lies outside the range: then the range is not that of these scenarios.
        """
        values, (scale, _) = columns_of(block), self._steps()
        low, high = self.low.reshape(-1), self.high.reshape(-1)
        counts, unknown = self.counts.reshape(low.size, -1), self.unknown.reshape(-1)
        outside = count_bins(values, low, high, scale.reshape(-1), counts, unknown, self.compiled)
        if outside:
            raise LedgerError(
                say(
                    "{n} values lie outside the range of their histogram, among scenarios {first} to {last}. Find the range over the same scenarios first",
                    n=outside,
                    first=start,
                    last=start + len(values) - 1,
                )
            )

    def merge(self, other: Histogram) -> None:
        """Take the counts of other scenarios, on the same bins."""
        import numpy as np

        same = self.counts.shape == other.counts.shape and all(
            np.array_equal(a, b, equal_nan=True) for a, b in ((self.low, other.low), (self.high, other.high))
        )
        if not same:
            raise LedgerError(say("two histograms on different bins. Give both the same range and number of bins"))
        self.counts += other.counts
        self.unknown += other.unknown

    def quantiles(self, probabilities: Sequence[float]) -> tuple[Floats, Floats]:
        """Quantiles of the known values, and how far off they can be.

        A quantile is the one between the two values next to its rank p (n - 1), counted from 0, as NumPy's method
        ``linear`` has it. Both values are known to their bin. Placing each within its own bin errs by at most one
        width; the interpolation between the two places is a mean of them, and so errs by no more.

        Parameters
        ----------
        probabilities : sequence of float
            0 to 1.

        Returns
        -------
        quantiles : float64 [probability, entity, year]
            NaN where nothing is known.
        error : float64 [entity, year]
            One bin width, and the rounding of numbers this large; 0 where all values are equal.
        """
        import numpy as np

        wrong = [p for p in probabilities if not 0 <= p <= 1]
        if wrong:
            raise LedgerError(say("probabilities {wrong}. Give numbers from 0 to 1", wrong=wrong))
        _, width = self._steps()
        found = np.full((len(probabilities), *self.low.shape), np.nan)
        for cell in np.ndindex(self.low.shape):
            if self.counts[cell].any():
                edges = (float(self.low[cell]), float(self.high[cell]), float(width[cell]))
                found[(slice(None), *cell)] = _quantiles(self.counts[cell], np.asarray(probabilities), *edges)
        largest = np.maximum(np.abs(self.low), np.abs(self.high))
        error = np.where(width > 0, width + _ROUNDINGS * np.spacing(largest), 0.0)
        return found, np.where(np.isnan(largest), np.nan, error)

    def known(self) -> Wholes:
        """How many values are known, by entity and year."""
        known: Wholes = self.counts.sum(axis=-1)
        return known

    def _steps(self) -> tuple[Floats, Floats]:
        """Bins per unit, and width of a bin.

        Where all values are equal, or so close that bins per unit overflow, the whole range is one bin.
        """
        import numpy as np

        bins, span = self.counts.shape[-1], self.high - self.low
        with np.errstate(divide="ignore", over="ignore"):
            scale = bins / span
        split = np.isfinite(scale)
        return np.where(split, scale, 0.0), np.where(split, span / bins, span)


def columns_of(block: Floats) -> Floats:
    """Values [scenario, ...] as [scenario, column], ready for a kernel."""
    import numpy as np

    return np.ascontiguousarray(block, np.float64).reshape(len(block), math.prod(block.shape[1:]))


def _quantiles(counts: Wholes, probabilities: Floats, low: float, high: float, width: float) -> Floats:
    """Quantiles of one histogram that holds at least one value."""
    import numpy as np

    up_to = np.cumsum(counts)
    last = int(up_to[-1]) - 1
    top = len(counts) - 1 if width < high - low else 0  # all in one bin where the range cannot be split
    rank = probabilities * last
    below = np.minimum(np.floor(rank).astype(np.int64), last)

    def placed(rank: Wholes) -> Floats:
        """Values by rank: those of one bin spread evenly over it; the first and the last are the edges themselves."""
        at = np.searchsorted(up_to, rank, side="right")
        within = (rank - (up_to[at] - counts[at]) + 0.5) / counts[at]
        value = np.minimum(low + (at + within) * width, high)
        value = np.where((rank == 0) & (at == 0), low, value)
        value = np.where((rank == last) & (at == top), high, value)
        return value

    one, other = placed(below), placed(np.minimum(below + 1, last))
    between: Floats = one + (rank - below) * (other - one)
    return between
