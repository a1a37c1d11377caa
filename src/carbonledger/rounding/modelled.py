"""Arrays of modelled values rounded half to even (GB/T 8170-2008), after float noise is taken off them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def round_half_even(value: npt.ArrayLike, decimals: int = 0) -> npt.NDArray[np.float64] | Any:
    """Round to ``decimals`` places, ties to the even digit.

    Parameters
    ----------
    value : array_like, any shape
        Values in one unit [any].
    decimals : int
        Places after the point; negative for tens, hundreds ...

    Returns
    -------
    float64 array of the same shape, or a scalar for a scalar. NaN stays NaN.

    Notes
    -----
    GB/T 8170-2008 clause 3.2: rounding happens once, on the value as measured; ``numpy.round`` is half to even too
    but works on the binary value, so that 2.675 (stored as 2.67499...) would go down.
    """
    import numpy as np

    x = np.asarray(value, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = x * 10.0**decimals
        magnitude = np.floor(np.log10(np.abs(scaled)))
        # beyond 12 digits before the point nothing is snapped: such a number is whole already
        grain = 10.0 ** np.clip(11 - np.where(np.isfinite(magnitude), magnitude, 0.0), 0, 200)
        snapped = np.round(scaled * grain) / grain
        rounded = np.rint(snapped) / 10.0**decimals
    return rounded if rounded.ndim else rounded[()]
