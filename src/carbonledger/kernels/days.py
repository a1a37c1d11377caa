"""From hours to days in scaled integers, written twice: plain NumPy (the oracle, and the road for few hours) and compiled."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DAYS_COMPILED_FROM = 1_000_000  # hours; below, NumPy is done before the compiled kernel is loaded
_WIDEST = 2.0**31 - 1  # int32
_SHIFT = 1.5 * 2.0**52  # adding and taking it away rounds to the nearest whole, ties to even, many lanes at a time


def day_sums(
    tenths: npt.NDArray[np.int32], codes: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Sum of the valid hours of each day, and how many they are.

    Parameters
    ----------
    tenths : int32 [station, hour]
        Concentrations [0.1 ug/m3]; a whole number of days from the first hour of a day on.
    codes : int8 [station, hour]
        0 where the hour is valid; other values are not read.

    Returns
    -------
    sums : int64 [station, day]
        [0.1 ug/m3].
    counts : int64 [station, day]
        Valid hours [1].
    """
    import numpy as np

    if tenths.size >= DAYS_COMPILED_FROM:
        made: tuple[Any, Any] = _compiled_sums()(np.ascontiguousarray(tenths), np.ascontiguousarray(codes))
        return made
    return day_sums_plain(tenths, codes)


def day_sums_plain(
    tenths: npt.NDArray[np.int32], codes: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same, in NumPy."""
    import numpy as np

    days = (tenths.shape[0], tenths.shape[1] // 24, 24)
    valid = (codes == 0).reshape(days)
    sums = np.where(valid, tenths.reshape(days), 0).sum(axis=2, dtype=np.int64)
    return sums, valid.sum(axis=2, dtype=np.int64)


def scaled_hours(
    values: npt.NDArray[np.float64], scale: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Measured values as whole tenths, which hours are blank, and what each station's values range over.

    Parameters
    ----------
    values : float64 [station, hour]
        NaN where there is none.
    scale : float
        From the unit of the values to [0.1 ug/m3].

    Returns
    -------
    tenths : int32 [station, hour]
        To the nearest whole, ties to even; 0 where blank. Without meaning where ``range`` leaves int32.
    blank : bool [station, hour]
    range : float64 [station, 3]
        Lowest and highest scaled value (0 at most and at least), and the largest distance from a whole one [0.1 ug/m3].
    """
    import numpy as np

    if values.size >= DAYS_COMPILED_FROM:
        made: tuple[Any, Any, Any] = _compiled_scale()(np.ascontiguousarray(values, dtype=np.float64), float(scale))
        return made
    return scaled_hours_plain(values, scale)


def scaled_hours_plain(
    values: npt.NDArray[np.float64], scale: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """The same, in NumPy."""
    import numpy as np

    blank = np.isnan(values)
    scaled = np.where(blank, 0.0, values * scale)
    low, high = scaled.min(axis=1, initial=0.0), scaled.max(axis=1, initial=0.0)
    within = np.clip(scaled, -_WIDEST, _WIDEST)
    whole = np.rint(within)
    off = np.abs(within - whole).max(axis=1, initial=0.0)
    return whole.astype(np.int32), blank, np.stack([low, high, off], axis=1)


@lru_cache(maxsize=1)
def _compiled_sums() -> Any:
    import numba
    import numpy as np

    @numba.njit(cache=True, error_model="numpy")
    def sums_of(tenths: Any, codes: Any) -> Any:
        stations, days = tenths.shape[0], tenths.shape[1] // 24
        sums = np.zeros((stations, days), np.int64)
        counts = np.zeros((stations, days), np.int64)
        for s in range(stations):
            for d in range(days):
                total, count = 0, 0
                for h in range(24 * d, 24 * d + 24):
                    if codes[s, h] == 0:
                        total += tenths[s, h]
                        count += 1
                sums[s, d], counts[s, d] = total, count
        return sums, counts

    return sums_of


@lru_cache(maxsize=1)
def _compiled_scale() -> Any:
    import numba
    import numpy as np

    @numba.njit(cache=True, error_model="numpy")  # never fastmath: it deletes the NaN check and the rounding below
    def scale_of(values: Any, scale: float) -> Any:
        stations, hours = values.shape
        tenths = np.empty((stations, hours), np.int32)
        blank = np.empty((stations, hours), np.bool_)
        reach = np.zeros((stations, 3))
        for s in range(stations):
            low, high, off = 0.0, 0.0, 0.0
            for h in range(hours):
                scaled = values[s, h] * scale
                none = scaled != scaled
                x = 0.0 if none else scaled
                low = x if x < low else low
                high = x if x > high else high
                x = _WIDEST if x > _WIDEST else x
                x = -_WIDEST if x < -_WIDEST else x
                whole = (x + _SHIFT) - _SHIFT
                far = abs(x - whole)
                off = far if far > off else off
                tenths[s, h], blank[s, h] = np.int32(whole), none
            reach[s, 0], reach[s, 1], reach[s, 2] = low, high, off
        return tenths, blank, reach

    return scale_of
