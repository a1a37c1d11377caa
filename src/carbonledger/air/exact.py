"""Exact ratios of whole numbers in arrays: int64 where they fit, Python integers where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_ROOM = 2**62


@dataclass(frozen=True, eq=False)
class Ratio:
    """Numerators over positive denominators, element by element; both are whole numbers."""

    num: npt.NDArray[Any]
    den: npt.NDArray[Any]

    def rounded(self, decimals: int) -> npt.NDArray[np.float64]:
        """Rounded once to ``decimals`` >= 0 places, half to even (GB/T 8170-2008, 3.2), as the nearest float64."""
        return _divided(self.rounded_whole(decimals), 10**decimals)

    def rounded_whole(self, decimals: int) -> npt.NDArray[Any]:
        """The rounded value in units of its last decimal: 44.25 to one decimal is 442."""
        import numpy as np

        num, den = times(self.num, 10**decimals), widened(self.den, 2)
        whole = num // den
        rest = num - whole * den
        up = np.asarray((rest * 2 > den) | ((rest * 2 == den) & (whole % 2 == 1)), dtype=np.int64)
        found: npt.NDArray[Any] = whole + up
        return found

    def exceeds(self, limit: float, decimals: int | None) -> npt.NDArray[np.bool_]:
        """Whether the value, rounded to so many decimals (``None``: the full value), is above a limit; equal is not."""
        import numpy as np

        exact = Fraction(str(limit))
        if decimals is None:
            above = times(self.num, exact.denominator) > times(self.den, exact.numerator)
        else:
            above = self.rounded_whole(decimals) * exact.denominator > exact.numerator * 10**decimals
        return np.asarray(above, dtype=bool)

    def value(self) -> npt.NDArray[np.float64]:
        """The nearest float64."""
        return _divided(self.num, self.den)


def widened(whole: npt.NDArray[Any], factor: int) -> npt.NDArray[Any]:
    """The whole numbers, as Python integers where ``factor`` times one might overflow int64."""
    if whole.dtype != object and whole.size and int(abs(whole).max()) * factor >= _ROOM:
        return whole.astype(object)
    return whole


def times(whole: npt.NDArray[Any], factor: int) -> npt.NDArray[Any]:
    """Whole numbers times a factor, without overflow."""
    return widened(whole, factor) * factor


def _divided(num: npt.NDArray[Any], den: npt.NDArray[Any] | int) -> npt.NDArray[np.float64]:
    import numpy as np

    whole = num // den
    # the whole part apart, so that a result such as 44.5 comes out as 44.5 however long the numbers are
    return np.asarray(whole, dtype=np.float64) + np.asarray((num - whole * den) / den, dtype=np.float64)
