"""Exact ratios of whole numbers in arrays: compared and rounded without a float between."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_ROOM, _EXACT = 2**62, 2**53  # no overflow of int64; whole numbers that float64 holds


@dataclass(frozen=True, eq=False)
class Ratio:
    """Numerators over positive denominators: int64 where they fit, Python integers where they do not."""

    num: npt.NDArray[Any]
    den: npt.NDArray[Any]

    def rounded(self, decimals: int) -> Ratio:
        """Rounded once to ``decimals`` >= 0 places, half to even (GB/T 8170-2008, 3.2)."""
        return Ratio(self.rounded_whole(decimals), denominator(10**decimals))

    def rounded_whole(self, decimals: int) -> npt.NDArray[Any]:
        """The rounded value in units of its last decimal: 44.25 to one decimal is 442."""
        import numpy as np

        num, den = times(self.num, 10**decimals), widened(self.den, 2)
        den = den[0] if den.shape == (1,) else den  # by one number NumPy divides several times faster
        whole = num // den
        rest = num - whole * den
        up = np.asarray((rest * 2 > den) | ((rest * 2 == den) & (whole % 2 == 1)), dtype=np.int64)
        found: npt.NDArray[Any] = whole + up
        return found

    def exceeds(self, limit: float | Fraction, decimals: int | None = None) -> npt.NDArray[np.bool_]:
        """Whether the value, rounded to so many decimals (``None``: in full), is above a limit; equal is not."""
        import numpy as np

        exact = limit if isinstance(limit, Fraction) else Fraction(str(limit))
        value = self if decimals is None else self.rounded(decimals)
        return np.asarray(times(value.num, exact.denominator) > times(value.den, exact.numerator), dtype=bool)

    def at_most(self, limit: Fraction) -> npt.NDArray[np.bool_]:
        """Whether each is at most a limit; equal is."""
        return ~self.exceeds(limit)

    def at_least(self, limit: Fraction) -> npt.NDArray[np.bool_]:
        """Whether each is at least a limit; equal is."""
        import numpy as np

        return np.asarray(times(self.num, limit.denominator) >= times(self.den, limit.numerator), dtype=bool)

    def over(self, limit: Fraction) -> Ratio:
        """By how many times each is above a positive limit."""
        den = times(self.den, limit.numerator)
        return Ratio(times(self.num, limit.denominator) - den, den)

    def spread(self) -> Ratio:
        """The same with a denominator for each numerator, for those who pick from both by place."""
        import numpy as np

        return Ratio(self.num, np.broadcast_to(self.den, self.num.shape))

    def value(self) -> npt.NDArray[np.float64]:
        """The nearest float64."""
        import numpy as np

        if all(a.dtype != object and (not a.size or int(abs(a).max()) < _EXACT) for a in (self.num, self.den)):
            return np.asarray(self.num / self.den, dtype=np.float64)
        num, den = np.broadcast_arrays(self.num, self.den)
        exact = [int(n) / int(d) for n, d in zip(num.ravel().tolist(), den.ravel().tolist(), strict=True)]
        return np.array(exact, dtype=np.float64).reshape(num.shape)  # int / int rounds once, correctly


def widened(whole: npt.NDArray[Any], factor: int) -> npt.NDArray[Any]:
    """The whole numbers, as Python integers where ``factor`` times one might overflow int64."""
    if whole.dtype != object and whole.size and int(abs(whole).max()) * abs(factor) >= _ROOM:
        return whole.astype(object)
    return whole


def times(whole: npt.NDArray[Any], factor: int) -> npt.NDArray[Any]:
    """Whole numbers times a factor, without overflow."""
    if abs(factor) >= _ROOM:
        return whole.astype(object) * factor
    found: npt.NDArray[Any] = widened(whole, factor) * factor
    return found


def denominator(den: int) -> npt.NDArray[Any]:
    """A common denominator as an array of one: a bare one would decay to int."""
    import numpy as np

    return np.array([den], dtype=np.int64 if den < 2**50 else object)
