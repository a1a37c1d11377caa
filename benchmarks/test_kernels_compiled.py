"""The compiled kernels beside their plain twins in NumPy; equal results are asserted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from prepared import HOURS, STATIONS

from carbonledger import kernels
from carbonledger.kernels import day_loops, sums

WAYS = ["compiled", "plain NumPy"]


def _told(benchmark: Any, way: str, note: str) -> None:
    benchmark.extra_info.update({"way": way, "ours": way == "compiled", "note": note})


@pytest.mark.benchmark(group="Kernel: 2 000 000 entries x 8 quantities, grouped sums")
@pytest.mark.parametrize("way", WAYS)
def test_grouped_sums(benchmark: Any, way: str) -> None:
    draw = np.random.default_rng(1)
    n = 2_000_000
    amount, rates = draw.random(n), draw.random((500, 8))
    key, group = draw.integers(0, 500, n), draw.integers(0, 60, n)
    chosen = sums._compiled() if way == "compiled" else kernels.grouped_sums_plain
    made = benchmark.pedantic(chosen, (amount, key, group, rates, 60), rounds=7, warmup_rounds=1)
    np.testing.assert_allclose(made, kernels.grouped_sums_plain(amount, key, group, rates, 60), rtol=1e-12)
    _told(benchmark, way, "Sums of amount x rate by group, every quantity at once.")


@pytest.mark.benchmark(group="Kernel: a year of hours of 1 500 stations, sums of days")
@pytest.mark.parametrize("way", WAYS)
def test_day_sums(benchmark: Any, way: str) -> None:
    draw = np.random.default_rng(2)
    steps = draw.integers(0, 3_000, (STATIONS, HOURS), dtype=np.int32)
    codes = (draw.random((STATIONS, HOURS)) < 0.02).astype(np.int8)
    chosen = day_loops.sums_of if way == "compiled" else kernels.day_sums_plain
    made = benchmark.pedantic(chosen, (steps, codes), rounds=7, warmup_rounds=1)
    for found, wanted in zip(made, kernels.day_sums_plain(steps, codes), strict=True):
        np.testing.assert_array_equal(found, wanted)
    _told(benchmark, way, "Sums and counts of the valid hours of each day.")
