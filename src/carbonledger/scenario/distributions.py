"""Distributions by their quantiles: a number between 0 and 1 becomes a level."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .nouns import Distribution

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# The parameters of each kind, as scenario files name them.
KINDS = {
    "normal": ("mean", "sd"),
    "split_normal": ("mode", "sd_low", "sd_high"),
    "lognormal": ("median", "gsd"),
    "triangular": ("low", "mode", "high"),
    "uniform": ("low", "high"),
}
BELOW_ONE = 1.0 - 2.0**-53  # the largest float64 below 1


def ppf(distribution: Distribution, u: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The levels below which the shares ``u`` (between 0 and 1, both excluded) of the distribution lie.

    A truncated distribution is the same one on the stretch of ``u`` between its cuts.
    """
    import numpy as np

    at = np.asarray(u, dtype=np.float64)
    if distribution.truncate is None:
        return _whole(distribution, at)
    low, high = distribution.truncate
    below, above = (float(p) for p in cdf(distribution, [low, high]))
    levels = _whole(distribution, np.minimum(below + at * (above - below), BELOW_ONE))
    return np.clip(levels, low, high)  # rounding may step over a cut


def cdf(distribution: Distribution, level: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The share of the distribution, before its truncation, that lies below each level."""
    import numpy as np

    x, given = np.asarray(level, dtype=np.float64), distribution.parameters
    if distribution.kind == "uniform":
        return np.clip((x - given["low"]) / (given["high"] - given["low"]), 0.0, 1.0)
    if distribution.kind == "triangular":
        low, mode, high = given["low"], given["mode"], given["high"]
        inside = np.clip(x, low, high)
        rising = (inside - low) ** 2 / ((high - low) * ((mode - low) or 1.0))
        falling = 1.0 - (high - inside) ** 2 / ((high - low) * ((high - mode) or 1.0))
        return np.where(inside < mode, rising, falling)
    return _normal_cdf(distribution, x)


def _normal_cdf(distribution: Distribution, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    import numpy as np
    from scipy.special import ndtr

    given = distribution.parameters
    made: npt.NDArray[np.float64]
    if distribution.kind == "normal":
        made = ndtr((x - given["mean"]) / given["sd"])
    elif distribution.kind == "lognormal":
        with np.errstate(divide="ignore"):  # nothing lies below 0
            made = ndtr(np.log(np.maximum(x, 0.0) / given["median"]) / math.log(given["gsd"]))
    else:
        away, low, high = x - given["mode"], given["sd_low"], given["sd_high"]
        below = 2.0 * low / (low + high) * ndtr(np.minimum(away, 0.0) / low)
        above = 2.0 * high / (low + high) * ndtr(-np.maximum(away, 0.0) / high)
        made = np.where(away < 0, below, 1.0 - above)
    return made


def _whole(distribution: Distribution, u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    import numpy as np

    given = distribution.parameters
    if distribution.kind == "uniform":
        return given["low"] + u * (given["high"] - given["low"])
    if distribution.kind == "triangular":
        low, mode, high = given["low"], given["mode"], given["high"]
        rising = low + np.sqrt(u * ((high - low) * (mode - low)))
        falling = high - np.sqrt((1.0 - u) * ((high - low) * (high - mode)))
        return np.where(u * (high - low) < mode - low, rising, falling)
    return _normal_ppf(distribution, u)


def _normal_ppf(distribution: Distribution, u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    import numpy as np
    from scipy.special import ndtri

    given = distribution.parameters
    made: npt.NDArray[np.float64]
    if distribution.kind == "normal":
        made = given["mean"] + given["sd"] * ndtri(u)
    elif distribution.kind == "lognormal":
        made = given["median"] * np.exp(math.log(given["gsd"]) * ndtri(u))
    else:  # two half normal curves of one height meet at the mode, sd_low / (sd_low + sd_high) of the whole below it
        low, high = given["sd_low"], given["sd_high"]
        below = low * ndtri(np.minimum(u * ((low + high) / (2.0 * low)), 0.5))
        above = high * ndtri(np.minimum((1.0 - u) * ((low + high) / (2.0 * high)), 0.5))
        made = given["mode"] + below - above  # one of the two is 0
    return made
