"""The compiled kernel against the plain one."""

from __future__ import annotations

import numpy as np
import pytest

from carbonledger import kernels
from carbonledger.kernels import sums


def example(seed: int, n: int, n_keys: int = 7, n_groups: int = 5, n_quantities: int = 3):
    draw = np.random.default_rng(seed)
    amount = draw.normal(0, 1e6, n) * 10.0 ** draw.integers(-6, 6, n)
    key = draw.integers(0, n_keys, n, dtype=np.int32)
    group = draw.integers(0, n_groups, n, dtype=np.int64)
    rates = draw.normal(0, 1, (n_keys, n_quantities)) * draw.integers(0, 2, (n_keys, n_quantities))
    return amount, key, group, rates, n_groups


def by_loops(amount, key, group, rates, n_groups):
    """Sums and sums of magnitudes, entry by entry."""
    sums = np.zeros((n_groups, rates.shape[1]))
    sizes = np.zeros_like(sums)
    for i in range(len(amount)):
        for j in range(rates.shape[1]):
            term = float(amount[i]) * float(rates[key[i], j])
            sums[group[i], j] += term
            sizes[group[i], j] += abs(term)
    return sums, sizes


@pytest.mark.parametrize("n", [0, 1, 2, 1000])
@pytest.mark.parametrize("road", ["plain", "compiled"])
def test_equals_the_loop(road, n):
    arguments = example(n, n)
    run = kernels.grouped_sums_plain if road == "plain" else sums._compiled()
    expected, sizes = by_loops(*arguments)
    found = run(*arguments)
    assert found.shape == expected.shape
    assert np.all(np.abs(found - expected) <= 1e-12 * sizes)


def test_compiled_equals_plain_on_many_entries():
    arguments = example(20261123, 200_000)
    plain, compiled = kernels.grouped_sums_plain(*arguments), sums._compiled()(*arguments)
    amount, key, group, rates, n_groups = arguments
    sizes = kernels.grouped_sums_plain(np.abs(amount), key, group, np.abs(rates), n_groups)
    assert np.all(np.abs(compiled - plain) <= 1e-12 * sizes)


def test_large_ledgers_take_the_compiled_road(monkeypatch):
    called = []

    def compiled():
        def run(*arguments):
            called.append(len(arguments[0]))
            assert arguments[3].flags.c_contiguous
            return kernels.grouped_sums_plain(*arguments)

        return run

    monkeypatch.setattr(sums, "_compiled", compiled)
    monkeypatch.setattr(sums, "COMPILED_FROM", 100)
    amount, key, group, rates, n_groups = example(1, 100)
    kernels.grouped_sums(amount, key, group, np.asfortranarray(rates), n_groups)
    kernels.grouped_sums(amount[:99], key[:99], group[:99], rates, n_groups)
    assert called == [100]


def test_fortran_order_gives_the_same_through_the_door(monkeypatch):
    monkeypatch.setattr(sums, "COMPILED_FROM", 1)
    amount, key, group, rates, n_groups = example(2, 500)
    c_order = kernels.grouped_sums(amount, key, group, rates, n_groups)
    np.testing.assert_array_equal(kernels.grouped_sums(amount, key, group, np.asfortranarray(rates), n_groups), c_order)


@pytest.mark.parametrize("road", ["plain", "compiled"])
def test_nan_amounts_survive_in_their_group_alone(road):
    run = kernels.grouped_sums_plain if road == "plain" else sums._compiled()
    amount, key, group = np.array([1.0, np.nan, 2.0]), np.zeros(3, np.int32), np.array([0, 1, 2])
    found = run(amount, key, group, np.array([[3.0]]), 3)
    assert np.isnan(found[1, 0])
    np.testing.assert_array_equal(found[[0, 2], 0], [3.0, 6.0])


@pytest.mark.parametrize("road", ["plain", "compiled"])
def test_groups_without_entries_are_zero(road):
    run = kernels.grouped_sums_plain if road == "plain" else sums._compiled()
    found = run(np.array([5.0]), np.zeros(1, np.int32), np.array([2]), np.array([[1.0, -1.0]]), 4)
    np.testing.assert_array_equal(found, [[0, 0], [0, 0], [5, -5], [0, 0]])
