"""Rounding of printed values by GB/T 8170-2008, 3.2."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.rounding import round_half_even

# air/gbt8170_test_vectors.csv: published examples of GB/T 8170-2008 (daowen.com, foodmate), the last five computed
# by its rule. Value, decimals, expected; rows whose interval is no power of ten would not fit, there are none.
VECTORS = [
    (12.1498, 0, 12.0),
    (12.1498, 1, 12.1),
    (1268.0, -2, 1300.0),
    (10.5002, 0, 11.0),
    (1.050, 1, 1.0),
    (0.35, 1, 0.4),
    (2500.0, -3, 2000.0),
    (3500.0, -3, 4000.0),
    (-0.0365, 3, -0.036),
    (15.4546, 0, 15.0),
    (8.53459, 2, 8.53),
    (44.5, 0, 44.0),
    (35.5, 0, 36.0),
    (34.5, 0, 34.0),
    (74.25, 1, 74.2),
    (74.35, 1, 74.4),
]


@pytest.mark.parametrize(("value", "decimals", "expected"), VECTORS)
def test_vectors_of_the_standard(value: float, decimals: int, expected: float) -> None:
    assert round_half_even(value, decimals) == expected


@pytest.mark.parametrize(("value", "decimals", "expected"), VECTORS)
def test_negative_mirrors_positive(value: float, decimals: int, expected: float) -> None:
    assert round_half_even(-value, decimals) == -expected


def test_binary_noise_does_not_decide_a_tie() -> None:
    assert round_half_even(2.675, 2) == 2.68  # stored as 2.67499999...
    assert round_half_even(1.005, 2) == 1.0  # 1.005 lies between 1.00 and 1.01; the even one is 1.00
    assert round_half_even(0.1 + 0.2 + 0.05, 1) == 0.4  # 0.35 with noise


def test_array_keeps_shape_and_nan() -> None:
    given_ = np.array([[0.5, 1.5], [np.nan, -2.5]])
    rounded = round_half_even(given_)
    assert rounded.shape == (2, 2)
    np.testing.assert_array_equal(rounded, [[0.0, 2.0], [np.nan, -2.0]])
    assert round_half_even(np.array([])).shape == (0,)
    np.testing.assert_array_equal(given_, [[0.5, 1.5], [np.nan, -2.5]])


def test_scalars() -> None:
    assert np.ndim(round_half_even(1.5)) == 0
    assert np.isnan(round_half_even(float("nan"), 2))
    assert round_half_even(float("inf"), 2) == float("inf")
    assert round_half_even(0.0, 3) == 0.0


@pytest.mark.parametrize("value", [1e-300, 5e-324, -1e-310])
def test_tiny_values_round_to_zero(value: float) -> None:
    assert round_half_even(value, 2) == 0.0


# 126 058.2 hundred million yuan is 1.26e13 yuan: whole numbers of more than 12 digits are common here.
@pytest.mark.parametrize("value", [1234567890123.0, 12605821234567.0, 999999999999999.0])
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_large_whole_numbers_stay(value: float, decimals: int) -> None:
    assert round_half_even(value, decimals) == value


@given(st.integers(-(10**9), 10**9), st.integers(0, 6), st.integers(-3, 6))
def test_as_decimal_on_numbers_with_few_digits(digits: int, places: int, decimals: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    expected = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    assert round_half_even(float(exact), decimals) == pytest.approx(float(expected), rel=1e-14, abs=0)


@given(st.integers(-(10**8), 10**8), st.integers(0, 5))
def test_a_printed_number_is_the_nearest_float(digits: int, decimals: int) -> None:
    """What was rounded prints as rounded: 0.3, not 0.30000000000000004."""
    value = float(Decimal(digits).scaleb(-decimals))
    assert round_half_even(value, decimals) == value


@given(st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=20), st.integers(0, 4))
def test_array_is_element_by_element(digits: list[int], decimals: int) -> None:
    values = np.array(digits) / 10**5
    np.testing.assert_array_equal(round_half_even(values, decimals), [round_half_even(v, decimals) for v in values])
