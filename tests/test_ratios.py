"""Exact ratios in arrays: rounded, compared and shown as fractions would be, however large."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from air_reference import half_even
from hypothesis import given
from hypothesis import strategies as st
from test_rounding import PUBLISHED

from carbonledger.rounding import Ratio, denominator, times

pairs_of = st.lists(st.tuples(st.integers(0, 2**61), st.integers(1, 2**61)), min_size=1, max_size=5)


def ratio(pairs, kind=np.int64):
    return Ratio(*(np.array(part, dtype=kind) for part in zip(*pairs, strict=True)))


@pytest.mark.parametrize(("value", "interval", "expected"), PUBLISHED)
@pytest.mark.parametrize("kind", [np.int64, object])
def test_published_examples(value, interval, expected, kind):
    exact = abs(Fraction(value)) / Fraction(interval)  # a negative number is rounded by its amount
    found = int(ratio([(exact.numerator, exact.denominator)], kind).rounded_whole(0)[0])
    assert found * Fraction(interval) == abs(Fraction(expected))


@given(pairs_of, st.integers(0, 3))
def test_ratios_are_exact_at_any_size(pairs, decimals):
    made = ratio(pairs)
    wanted = [half_even(Fraction(n, d), decimals) for n, d in pairs]
    assert [Fraction(int(w), 10**decimals) for w in made.rounded_whole(decimals)] == wanted
    assert made.value().tolist() == [n / d for n, d in pairs]  # the nearest float64, as int / int gives it
    rounded = made.rounded(decimals).spread()
    assert [Fraction(int(n), int(d)) for n, d in zip(rounded.num, rounded.den, strict=True)] == wanted
    for limit in (35.0, 0.5, 0.0025):
        exact = Fraction(str(limit))
        full = [Fraction(n, d) > exact for n, d in pairs]
        assert made.exceeds(limit).tolist() == full
        assert made.at_most(exact).tolist() == [not above for above in full]
        assert made.at_least(exact).tolist() == [Fraction(n, d) >= exact for n, d in pairs]
        assert made.exceeds(limit, decimals).tolist() == [w > exact for w in wanted]
        over = made.over(exact)
        assert [Fraction(int(n), int(d)) for n, d in zip(over.num, over.den, strict=True)] == [
            Fraction(n, d) / exact - 1 for n, d in pairs
        ]


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=4), st.integers(-(2**80), 2**80))
def test_products_never_overflow(whole, factor):
    assert [int(v) for v in times(np.array(whole), factor)] == [v * factor for v in whole]
    assert [int(v) for v in times(np.zeros(3, np.int64), factor)] == [0, 0, 0]


def test_a_common_denominator_keeps_its_size():
    assert denominator(10).dtype == np.int64
    assert int(denominator(2**70)[0]) == 2**70
    assert Ratio(np.array([1, 2]), denominator(2**70)).value().tolist() == [2.0**-70, 2.0**-69]
