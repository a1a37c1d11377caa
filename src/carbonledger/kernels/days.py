"""From hours to days in scaled integers, written twice: plain NumPy (the oracle, and the road for few hours) and compiled."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DAYS_COMPILED_FROM = 1_000_000  # hours; below, NumPy is done before the compiled kernel is loaded


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
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Measured values as whole tenths, and what each station's values are finer than that by at most.

    Parameters
    ----------
    values : float64 [station, hour]
        Finite or NaN, and below 2e8 once scaled; NaN becomes 0.
    scale : float
        From the unit of the values to [0.1 ug/m3].

    Returns
    -------
    tenths : int32 [station, hour]
        To the nearest whole, ties to even.
    off : float64 [station]
        Largest distance of a value from its whole tenth [0.1 ug/m3].
    """
    import numpy as np

    if values.size >= DAYS_COMPILED_FROM:
        made: tuple[Any, Any] = _compiled_scale()(np.ascontiguousarray(values, dtype=np.float64), float(scale))
        return made
    return scaled_hours_plain(values, scale)


def scaled_hours_plain(
    values: npt.NDArray[np.float64], scale: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """The same, in NumPy."""
    import numpy as np

    scaled = np.where(np.isnan(values), 0.0, values * scale)
    whole = np.rint(scaled)
    off = np.abs(scaled - whole).max(axis=1, initial=0.0)
    return whole.astype(np.int32), off


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

    @numba.njit(cache=True, error_model="numpy")  # never fastmath: it deletes the NaN check
    def scale_of(values: Any, scale: float) -> Any:
        stations, hours = values.shape
        tenths = np.zeros((stations, hours), np.int32)
        off = np.zeros(stations)
        for s in range(stations):
            for h in range(hours):
                scaled = values[s, h] * scale
                if scaled == scaled:
                    whole = np.rint(scaled)
                    off[s] = max(off[s], abs(scaled - whole))
                    tenths[s, h] = np.int32(whole)
        return tenths, off

    return scale_of
