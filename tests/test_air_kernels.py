"""From hours to days in whole steps: compiled, plain, and the loop written out."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest

from carbonledger import air, kernels
from carbonledger.kernels import day_loops
from carbonledger.kernels import days as kernel_days

WEIGHTS = np.array([0, 0, 0, 0, 0, 0, 28, 24, 21])  # 168 over 6, 7 and 8 hours


def sums_by_loops(steps, codes):
    n, days = steps.shape[0], steps.shape[1] // 24
    sums, counts = np.zeros((n, days), np.int64), np.zeros((n, days), np.int64)
    for s, h in itertools.product(range(n), range(24 * days)):
        if codes[s, h] == 0:
            sums[s, h // 24] += steps[s, h]
            counts[s, h // 24] += 1
    return sums, counts


def peaks_by_loops(steps, codes, first, last):
    n, days = steps.shape[0], steps.shape[1] // 24
    peaks, windows, counts = (np.zeros((n, days), np.int64) for _ in range(3))
    for s, d in itertools.product(range(n), range(days)):
        counts[s, d] = sum(codes[s, 24 * d + h] == 0 for h in range(24))
        for end in range(first, last + 1):
            hours = [h for h in range(24 * d + end - 8, 24 * d + end) if codes[s, h] == 0]
            if len(hours) >= 6:
                windows[s, d] += 1
                peaks[s, d] = max(peaks[s, d], sum(int(steps[s, h]) for h in hours) * 168 // len(hours))
    return peaks, windows, counts


def drawn(shape):
    draw = np.random.default_rng(11)
    return draw.integers(0, 2_000_000, shape).astype(np.int32), draw.integers(0, 3, shape).astype(np.int8)


@pytest.mark.parametrize("road", [kernels.day_sums_plain, day_loops.sums_of], ids=["plain", "compiled"])
@pytest.mark.parametrize("shape", [(0, 24), (1, 24), (3, 240)])
def test_day_sums_equal_the_loop(road, shape):
    for found, wanted in zip(road(*drawn(shape)), sums_by_loops(*drawn(shape)), strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    "road", [kernels.eight_hour_peaks_plain, day_loops.eight_hour_peaks_of], ids=["plain", "compiled"]
)
@pytest.mark.parametrize(
    ("shape", "first", "last"), [((0, 24), 8, 24), ((1, 24), 8, 24), ((4, 480), 8, 24), ((2, 240), 8, 23)]
)
@pytest.mark.parametrize("missing", [0.0, 0.15, 0.4])
def test_eight_hour_peaks_equal_the_loop(road, shape, first, last, missing):
    draw = np.random.default_rng(3)
    steps = draw.integers(0, 5_000, shape).astype(np.int32)
    codes = (draw.random(shape) < missing).astype(np.int8)
    wanted = peaks_by_loops(steps, codes, first, last)
    for found, plain in zip(road(steps, codes, first, last, WEIGHTS), wanted, strict=True):
        np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("road", [kernels.scaled_hours_plain, day_loops.scale_of], ids=["plain", "compiled"])
def test_scaled_hours(road):
    values = np.array([[0.3, np.nan, 44.5, 2.25], [-1.0, 2.0, np.nan, np.inf], [0.05, 0.15, 0.25, 0.35]])
    both = np.stack([values * 7, values], axis=1)
    steps, codes, reach = road(both, 1, 10.0, np.int8(2))
    np.testing.assert_array_equal(steps[0], [3, 0, 445, 22])
    np.testing.assert_array_equal(steps[1, :3], [-10, 20, 0])
    np.testing.assert_array_equal(steps[2], [0, 2, 2, 4])  # ties to even
    np.testing.assert_array_equal(codes, np.where(np.isnan(values), 2, 0))
    np.testing.assert_allclose(reach, [[0, 445, 0.5], [-10, 2**31 - 1, 0], [0, 4, 0.5]])


def test_compiled_scale_equals_plain_on_many_hours():
    draw = np.random.default_rng(4)
    values = np.where(draw.random((50, 2, 4000)) < 0.1, np.nan, draw.gamma(2.0, 500.0, (50, 2, 4000)))
    both = (day_loops.scale_of(values, 1, 10.0, np.int8(2)), kernels.scaled_hours_plain(values, 1, 10.0, 2))
    for found, wanted in zip(*both, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_day_peaks():
    steps, codes = drawn((3, 240))
    peaks, counts = kernels.day_peaks(steps, codes)
    for s, d in itertools.product(range(3), range(10)):
        valid = [int(steps[s, h]) for h in range(24 * d, 24 * d + 24) if codes[s, h] == 0]
        assert (peaks[s, d], counts[s, d]) == (max(valid, default=0), len(valid))


def test_long_years_take_the_compiled_road_side_by_side(monkeypatch):
    """The same bits by either road, with one thread or several."""
    draw = np.random.default_rng(8)
    names = ("SO2", "O3", "PM2.5")
    values = np.round(draw.gamma(2.0, 30.0, (2, 3, 8760)), 1)
    values[draw.random(values.shape) < 0.05] = np.nan

    def made():
        hours = air.station_hours(values, ["a", "b"], "2025-01-01T00", unit="ug/m3", pollutants=names)
        return air.annual(hours, alternatives=False)

    plain, called = made(), []
    for name in ("sums_of", "eight_hour_peaks_of", "scale_of"):
        loop = getattr(day_loops, name)
        monkeypatch.setattr(day_loops, name, lambda *a, loop=loop, name=name: called.append(name) or loop(*a))
    monkeypatch.setattr(kernel_days, "DAYS_COMPILED_FROM", 8760)
    monkeypatch.setattr("carbonledger.kernels.threads.DAYS_COMPILED_FROM", 8760)
    for threads in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        assert made().identical(plain)
    assert set(called) == {"sums_of", "eight_hour_peaks_of", "scale_of"}
