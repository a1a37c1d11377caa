"""Reductions on the fly: blocks of scenarios in, in any order; a few numbers per entity and year out.

Nothing here grows with the number of scenarios, and nothing but rounding depends on the blocks. Every accumulator has
``add(start, block)`` and ``merge(other)``, and can be pickled. Values that are NaN or infinite are unknown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..kernels.bins import BINS_COMPILED_FROM, column_extremes, column_sums
from .counting import FirstYear, Verdicts
from .histograms import Histogram, columns_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

    Floats = npt.NDArray[np.float64]
    Wholes = npt.NDArray[np.int64]

__all__ = [
    "DIFFERENCE",
    "PROBABILITIES",
    "Extremes",
    "FirstYear",
    "Histogram",
    "Moments",
    "Verdicts",
    "differences",
    "reduced",
]

DIFFERENCE = "_difference"
PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)
LONG = {
    "n_known": "scenarios in which it is known",
    "mean": "mean",
    "sd": "standard deviation (ddof = 0)",
    "min": "minimum",
    "min_scenario": "first scenario with the minimum (-1: none)",
    "max": "maximum",
    "max_scenario": "first scenario with the maximum (-1: none)",
    "quantile": "quantiles of the known values",
    "quantile_error": "largest error of the quantiles",
    "n_met": "scenarios that meet the target",
    "n_missed": "scenarios that miss the target",
    "n_unknown": "scenarios in which the verdict is unknown",
    "p_met_low": "share of scenarios that meet the target if every unknown one misses it",
    "p_met_high": "share of scenarios that meet the target if every unknown one meets it",
    "n_first_met": "scenarios that meet the target for the first time",
    "n_first_met_uncertain": "scenarios among n_first_met with an unknown year before",
    "n_never_met": "scenarios that meet the target in no year",
    "n_never_met_uncertain": "scenarios among n_never_met with an unknown year",
}


@dataclass(eq=False)
class Moments:
    """Mean and standard deviation of the known values of one name, by entity and year.

    Attributes
    ----------
    count : int64 [entity, year]
        Known values.
    pivot, offset : float64 [entity, year]
        The mean is their sum; kept apart, it is exact to the size of the deviations rather than of the values.
    squares : float64 [entity, year]
        Sum of the squared deviations from the mean.
    compiled : bool
        Which road; the results agree to rounding.
    """

    count: Wholes
    pivot: Floats
    offset: Floats
    squares: Floats
    compiled: bool = False

    @classmethod
    def blank(cls, shape: tuple[int, ...], scenarios: int = 0) -> Moments:
        """An empty one for [entity, year]; ``scenarios``, how many are expected, chooses the road."""
        import numpy as np

        compiled = scenarios * math.prod(shape) >= BINS_COMPILED_FROM
        return cls(np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape), np.zeros(shape), compiled)

    def add(self, start: int, block: Floats) -> None:
        """Take values [scenario, entity, year]."""
        shape = self.count.shape
        count, pivot, offset, squares = column_sums(columns_of(block), self.compiled)
        self.merge(Moments(count.reshape(shape), pivot.reshape(shape), offset.reshape(shape), squares.reshape(shape)))

    def merge(self, other: Moments) -> None:
        """Take the sums of other scenarios (Chan, Golub and LeVeque 1979); the larger part keeps its pivot."""
        import numpy as np

        n = np.maximum(self.count + other.count, 1)
        with np.errstate(over="ignore", invalid="ignore"):
            both = (self.count > 0) & (other.count > 0)
            apart = (other.pivot - self.pivot) + (other.offset - self.offset)
            apart = np.where(both, apart, 0.0)
            ours = self.count >= other.count
            self.squares = self.squares + other.squares + apart * apart * (self.count / n) * other.count
            self.offset = np.where(
                ours, self.offset + apart * (other.count / n), other.offset - apart * (self.count / n)
            )
        self.pivot = np.where(ours, self.pivot, other.pivot)
        self.count = self.count + other.count

    def result(self) -> dict[str, npt.NDArray[Any]]:
        """``n_known``, ``mean`` and ``sd`` (of the population: ddof = 0); NaN where nothing is known."""
        import numpy as np

        with np.errstate(over="ignore", invalid="ignore"):
            mean, sd = self.pivot + self.offset, np.sqrt(self.squares / np.maximum(self.count, 1))
        known = (self.count > 0) & np.isfinite(mean)
        return {
            "n_known": self.count.copy(),
            "mean": np.where(known, mean, np.nan),
            "sd": np.where(known & np.isfinite(sd), sd, np.nan),
        }


@dataclass(eq=False)
class Extremes:
    """Lowest and highest known value of one name, and the first scenario that attains each, by entity and year.

    Attributes
    ----------
    low, high : float64 [entity, year]
        Positive and negative infinity where nothing is known.
    low_at, high_at : int64 [entity, year]
        Index of the scenario; -1 where nothing is known.
    compiled : bool
        Which road; the results are the same.
    """

    low: Floats
    low_at: Wholes
    high: Floats
    high_at: Wholes
    compiled: bool = False

    @classmethod
    def blank(cls, shape: tuple[int, ...], scenarios: int = 0) -> Extremes:
        """An empty one for [entity, year]; ``scenarios``, how many are expected, chooses the road."""
        import numpy as np

        compiled = scenarios * math.prod(shape) >= BINS_COMPILED_FROM
        none = np.full(shape, -1, np.int64)
        return cls(np.full(shape, np.inf), none, np.full(shape, -np.inf), none.copy(), compiled)

    def add(self, start: int, block: Floats) -> None:
        """Take values [scenario, entity, year]; the first one is of scenario ``start``."""
        import numpy as np

        if len(block):
            shape = self.low.shape
            low, low_at, high, high_at = column_extremes(columns_of(block), self.compiled)
            low_at, high_at = np.where(low_at < 0, -1, low_at + start), np.where(high_at < 0, -1, high_at + start)
            found = (low.reshape(shape), low_at.reshape(shape), high.reshape(shape), high_at.reshape(shape))
            self.merge(Extremes(*found))

    def merge(self, other: Extremes) -> None:
        """Take the extremes of other scenarios; of equal ones that of the lowest index."""
        import numpy as np

        def first(value: Floats, ours: Floats, at: Wholes, our_at: Wholes) -> npt.NDArray[np.bool_]:
            taken: npt.NDArray[np.bool_] = (at >= 0) & (
                (value < ours) | (our_at < 0) | ((value == ours) & (at < our_at))
            )
            return taken

        lower = first(other.low, self.low, other.low_at, self.low_at)
        higher = first(-other.high, -self.high, other.high_at, self.high_at)
        self.low, self.low_at = np.where(lower, other.low, self.low), np.where(lower, other.low_at, self.low_at)
        self.high, self.high_at = np.where(higher, other.high, self.high), np.where(higher, other.high_at, self.high_at)

    def result(self) -> dict[str, npt.NDArray[Any]]:
        """``min``, ``min_scenario``, ``max`` and ``max_scenario``; NaN and -1 where nothing is known."""
        import numpy as np

        return {
            "min": np.where(self.low_at < 0, np.nan, self.low),
            "min_scenario": self.low_at.copy(),
            "max": np.where(self.high_at < 0, np.nan, self.high),
            "max_scenario": self.high_at.copy(),
        }


def differences(values: Mapping[str, Floats], reference: Mapping[str, Floats]) -> dict[str, Floats]:
    """Values [scenario, entity, year] less those of a reference scenario [entity, year], as ``<name>_difference``.

    The reference may also be one for each scenario, [scenario, entity, year]. Unknown where either is; names
    that the reference lacks are left out.
    """
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return {f"{name}{DIFFERENCE}": block - reference[name] for name, block in values.items() if name in reference}


def reduced(
    entities: Sequence[str],
    years: Sequence[int],
    *,
    names: Mapping[str, Mapping[str, str]],
    moments: Mapping[str, Moments] | None = None,
    extremes: Mapping[str, Extremes] | None = None,
    histograms: Mapping[str, Histogram] | None = None,
    probabilities: Sequence[float] = PROBABILITIES,
    targets: Sequence[str] = (),
    verdicts: Verdicts | None = None,
    first: FirstYear | None = None,
) -> xr.Dataset:
    """What the accumulators hold, labelled.

    Parameters
    ----------
    names : dict
        Attributes of each name, ``units`` and ``long_name`` among them; ``<name>_difference`` takes those of ``name``.
    moments, extremes, histograms : dict of name -> accumulator
    probabilities : sequence of float
        Of the quantiles, 0 to 1.
    targets : sequence of str
        Labels of the first axis of ``verdicts`` and ``first``.

    Returns
    -------
    Dataset with dimensions entity, year, quantile and target, as far as they are asked for.
    """
    import numpy as np
    import xarray as xr

    made: dict[str, Any] = {}
    cells, judged = ("entity", "year"), ("target", "entity", "year")
    for accumulators in (moments or {}, extremes or {}):
        for name, accumulator in accumulators.items():
            for ending, found in accumulator.result().items():
                made[f"{name}_{ending}"] = (cells, found, _attrs(names, name, ending))
    for name, histogram in (histograms or {}).items():
        quantiles, error = histogram.quantiles(probabilities)
        made[f"{name}_quantile"] = (("quantile", *cells), quantiles, _attrs(names, name, "quantile"))
        made[f"{name}_quantile_error"] = (cells, error, _attrs(names, name, "quantile_error"))
        made[f"{name}_n_known"] = (cells, histogram.known(), _attrs(names, name, "n_known"))
    for counted in (verdicts, first):
        for ending, found in (counted.result() if counted else {}).items():
            made[ending] = (judged[: found.ndim], found, {"units": "1", "long_name": LONG[ending]})
    coords: dict[str, Any] = {"entity": list(entities), "year": np.asarray(years, np.int64)}
    if histograms:
        coords["quantile"] = ("quantile", np.asarray(probabilities, np.float64), {"long_name": "probability"})
    if verdicts or first:
        coords["target"] = list(targets)
    return xr.Dataset(made, coords)


def _attrs(names: Mapping[str, Mapping[str, str]], name: str, ending: str) -> dict[str, str]:
    given = names[name] if name in names else names.get(name.removesuffix(DIFFERENCE), {})
    title = given.get("long_name", name)
    if name not in names and name.endswith(DIFFERENCE):
        title += ", difference from the reference scenario"
    counts = ending == "n_known" or ending.endswith("_scenario")
    return {**given, "units": "1" if counts else given.get("units", "1"), "long_name": f"{title}, {LONG[ending]}"}
