"""From hours to days in whole steps: plain NumPy, the oracle and the road for few hours; ``day_loops`` compiles the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .shapes import WIDEST, WINDOW

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DAYS_COMPILED_FROM = 1_000_000  # hours; below, NumPy is done before the compiled kernel is loaded


def day_sums(
    steps: npt.NDArray[np.int32], codes: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Sum of the valid hours of each day, and how many they are.

    Parameters
    ----------
    steps : int32 [station, hour]
        Concentrations in whole steps; a whole number of days from the first hour of a day on.
    codes : int8 [station, hour]
        0 where the hour is valid; other values are not read.

    Returns
    -------
    sums : int64 [station, day]
        [step].
    counts : int64 [station, day]
        Valid hours [1].
    """
    made: tuple[Any, Any]
    if steps.size >= DAYS_COMPILED_FROM:
        made = _compiled("sums_of")(*_contiguous(steps, codes))
        return made
    return day_sums_plain(steps, codes)


def day_sums_plain(
    steps: npt.NDArray[np.int32], codes: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same, in NumPy."""
    import numpy as np

    days = (steps.shape[0], steps.shape[1] // 24, 24)
    valid = (codes == 0).reshape(days)
    sums = np.where(valid, steps.reshape(days), 0).sum(axis=2, dtype=np.int64)
    return sums, valid.sum(axis=2, dtype=np.int64)


def day_peaks(
    steps: npt.NDArray[np.int32], codes: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The highest valid hour of each day [step], and how many hours are valid; arguments as of :func:`day_sums`."""
    import numpy as np

    days = (steps.shape[0], steps.shape[1] // 24, 24)
    valid = (codes == 0).reshape(days)
    peaks = np.where(valid, steps.reshape(days), 0).max(axis=2, initial=0)
    return peaks.astype(np.int64), valid.sum(axis=2, dtype=np.int64)


def eight_hour_peaks(
    steps: npt.NDArray[np.int32], codes: npt.NDArray[np.int8], first: int, last: int, weights: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The highest 8-hour mean of each day, how many of them are valid, and how many hours are.

    Parameters
    ----------
    steps, codes
        As of :func:`day_sums`.
    first, last : int
        Hours of the day, 8 to 24, at which its first and its last 8-hour mean end.
    weights : int64 [9]
        What a sum of so many valid hours is multiplied by, so that sums of 6, 7 and 8 hours compare as means (168 over
        the number); 0 where so few make no mean.

    Returns
    -------
    peaks : int64 [station, day]
        The highest weighted sum, 0 where no mean is valid.
    windows : int64 [station, day]
        Valid 8-hour means [1].
    counts : int64 [station, day]
        Valid hours [1].
    """
    made: tuple[Any, Any, Any]
    if steps.size >= DAYS_COMPILED_FROM:
        made = _compiled("eight_hour_peaks_of")(*_contiguous(steps, codes), first, last, weights)
        return made
    return eight_hour_peaks_plain(steps, codes, first, last, weights)


def eight_hour_peaks_plain(
    steps: npt.NDArray[np.int32], codes: npt.NDArray[np.int8], first: int, last: int, weights: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same, in NumPy."""
    import numpy as np

    days = (steps.shape[0], steps.shape[1] // 24, 24)
    valid = (codes == 0).reshape(days)
    x = np.where(valid, steps.reshape(days), 0).astype(np.int64)
    peaks, windows = np.zeros(days[:2], np.int64), np.zeros(days[:2], np.int64)
    for end in range(first, last + 1):
        hours = np.s_[:, :, end - WINDOW : end]
        weight = weights[valid[hours].sum(axis=2)]
        peaks = np.maximum(peaks, x[hours].sum(axis=2) * weight)
        windows += weight > 0
    return peaks, windows, valid.sum(axis=2, dtype=np.int64)


def scaled_hours(
    values: npt.NDArray[np.float64], place: int, scale: float, blank: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8], npt.NDArray[np.float64]]:
    """Measured values of one pollutant as whole steps, which hours are blank, and what each station ranges over.

    Parameters
    ----------
    values : float64 [station, pollutant, hour]
        NaN where there is none.
    place : int
        Which pollutant.
    scale : float
        From the unit of the values to steps.
    blank : int
        The code of an hour without a value.

    Returns
    -------
    steps : int32 [station, hour]
        To the nearest whole, ties to even; 0 where blank.
    codes : int8 [station, hour]
        0, or ``blank``.
    range : float64 [station, 3]
        Lowest and highest step (0 at most and at least; values beyond int32 as its ends), and the largest distance of a value
        from its step.
    """
    import numpy as np

    made: tuple[Any, Any, Any]
    if values.size >= DAYS_COMPILED_FROM:
        x = np.ascontiguousarray(values, dtype=np.float64)
        made = _compiled("scale_of")(x, int(place), float(scale), np.int8(blank))
        return made
    return scaled_hours_plain(values, place, scale, blank)


def scaled_hours_plain(
    values: npt.NDArray[np.float64], place: int, scale: float, blank: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8], npt.NDArray[np.float64]]:
    """The same, in NumPy."""
    import numpy as np

    x = values[:, place]
    none = np.isnan(x)
    within = np.clip(np.where(none, 0.0, x * scale), -WIDEST, WIDEST)
    whole = np.rint(within)
    low, high = whole.min(axis=1, initial=0.0), whole.max(axis=1, initial=0.0)
    off = np.abs(within - whole).max(axis=1, initial=0.0)
    codes = np.where(none, blank, 0).astype(np.int8)
    return whole.astype(np.int32), codes, np.stack([low, high, off], axis=1)


def _contiguous(*arrays: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    import numpy as np

    return [np.ascontiguousarray(a) for a in arrays]


def _compiled(name: str) -> Any:
    from . import day_loops

    return getattr(day_loops, name)
