"""The compiled loops of ``days``, which release the interpreter's lock: pollutants run side by side."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from .shapes import WIDEST, WINDOW

_SHIFT = 1.5 * 2.0**52  # adding and taking it away rounds to the nearest whole, ties to even, many lanes at a time


@numba.njit(cache=True, error_model="numpy", nogil=True)
def sums_of(steps: Any, codes: Any) -> Any:
    stations, days = steps.shape[0], steps.shape[1] // 24
    sums = np.zeros((stations, days), np.int64)
    counts = np.zeros((stations, days), np.int64)
    for s in range(stations):
        for d in range(days):
            total, count = np.int64(0), np.int32(0)
            for h in range(24 * d, 24 * d + 24):
                valid = codes[s, h] == 0
                total += steps[s, h] if valid else 0  # no branch: lanes take it
                count += np.int32(valid)
            sums[s, d], counts[s, d] = total, count
    return sums, counts


@numba.njit(cache=True, error_model="numpy", nogil=True)
def eight_hour_peaks_of(steps: Any, codes: Any, first: Any, last: Any, weights: Any) -> Any:
    stations, days = steps.shape[0], steps.shape[1] // 24
    peaks = np.zeros((stations, days), np.int64)
    windows = np.zeros((stations, days), np.int64)
    counts = np.zeros((stations, days), np.int64)
    for s in range(stations):
        for d in range(days):
            total, count, best, many, valid = 0, 0, 0, 0, 0
            for h in range(24):
                here = 24 * d + h
                if codes[s, here] == 0:
                    total += steps[s, here]
                    count += 1
                    valid += 1
                if h >= WINDOW and codes[s, here - WINDOW] == 0:
                    total -= steps[s, here - WINDOW]
                    count -= 1
                if first <= h + 1 <= last and weights[count] > 0:
                    many += 1
                    best = max(best, total * weights[count])
            peaks[s, d], windows[s, d], counts[s, d] = best, many, valid
    return peaks, windows, counts


@numba.njit(cache=True, error_model="numpy", nogil=True)  # never fastmath: it deletes the NaN check and the rounding
def scale_of(values: Any, place: Any, scale: Any, blank: Any) -> Any:
    stations, hours = values.shape[0], values.shape[2]
    steps = np.empty((stations, hours), np.int32)
    codes = np.empty((stations, hours), np.int8)
    reach = np.zeros((stations, 3))
    for s in range(stations):
        row = values[s, place]
        # whole numbers all three, the last as the bits of a float that is not negative: their order can be taken in lanes
        low, high, off = np.int32(0), np.int32(0), np.int64(0)
        for h in range(hours):
            scaled = row[h] * scale
            none = scaled != scaled
            x = 0.0 if none else scaled
            x = WIDEST if x > WIDEST else x
            x = -WIDEST if x < -WIDEST else x
            whole = (x + _SHIFT) - _SHIFT
            step = np.int32(whole)
            low, high = min(low, step), max(high, step)
            off = max(off, np.float64(abs(x - whole)).view(np.int64))
            steps[s, h] = step
            codes[s, h] = blank if none else 0
        reach[s, 0], reach[s, 1], reach[s, 2] = low, high, np.int64(off).view(np.float64)
    return steps, codes, reach
