"""Rounding and comparing by GB/T 8170-2008: arrays of modelled values, and decimals exactly."""

from __future__ import annotations

import datetime
import re
from dataclasses import FrozenInstanceError
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.rounding import SENSES, RoundingError, compare, round_decimal, round_half_even
from carbonledger.standards import EditionError, edition, edition_on

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


# --- exact decimals ---------------------------------------------------------------------------------------------------

# air/gbt8170_test_vectors.csv: published examples of GB/T 8170-2008, 3.2 and 3.3 (daowen.com, foodmate.net), as text
# so that 1.050 keeps its zero; the last five by hand. Value, interval, what is printed.
PUBLISHED = [
    ("12.1498", "1", "12"),
    ("12.1498", "0.1", "12.1"),
    ("1268", "100", "1300"),
    ("10.5002", "1", "11"),
    ("1.050", "0.1", "1.0"),
    ("0.35", "0.1", "0.4"),
    ("2500", "1000", "2000"),
    ("3500", "1000", "4000"),
    ("-0.0365", "0.001", "-0.036"),
    ("15.4546", "1", "15"),
    ("8.53459", "0.01", "8.53"),
    ("44.5", "1", "44"),
    ("35.5", "1", "36"),
    ("34.5", "1", "34"),
    ("74.25", "0.1", "74.2"),
    ("74.35", "0.1", "74.4"),
    # GB 8170-1987, 1.3 (copies: renrendoc.com, no-prato.com): to 0.5 of a unit; 1.4 (copy: taodocs.com): 0.2 of a hundred
    ("60.28", "0.5", "60.5"),
    ("832", "20", "840"),
    # zhidaotian.com, on 0.5 units of one and of ten
    ("63.37", "0.5", "63.5"),
    ("63.37", "5", "65"),
    # the table of GB/T 8170-2008, 3.4, from memory; by hand: twice the value, rounded, halved ...
    ("60.25", "0.5", "60.0"),  # 120.50 -> 120 -> 60.0
    ("60.38", "0.5", "60.5"),  # 120.76 -> 121 -> 60.5
    ("-60.75", "0.5", "-61.0"),  # -121.50 -> -122 -> -61.0
    # ... and five times, to the hundred: 4150 -> 4200 -> 840, 4210 -> 4200 -> 840, -4650 -> -4600 -> -920
    ("830", "20", "840"),
    ("842", "20", "840"),
    ("-930", "20", "-920"),
    # by hand: a unit of 0.02
    ("0.03", "0.02", "0.04"),  # 0.15 -> 0.2 -> 0.04
    ("0.01", "0.02", "0.00"),  # 0.05 -> 0.0
]


@pytest.mark.parametrize(("value", "interval", "printed"), PUBLISHED)
def test_published_examples(value: str, interval: str, printed: str) -> None:
    found = round_decimal(value, interval)
    assert f"{found:f}" == printed
    assert Fraction(found) == Fraction(printed)


@pytest.mark.parametrize(("value", "interval", "printed"), PUBLISHED)
def test_the_amount_is_rounded_whatever_its_sign(value: str, interval: str, printed: str) -> None:
    other = value.removeprefix("-") if value.startswith("-") else f"-{value}"
    assert Fraction(round_decimal(other, interval)) == -Fraction(printed)


@pytest.mark.parametrize(
    ("value", "interval", "digits"),
    [("1268", "100", "1.3E+3"), ("2500", "1e3", "2E+3"), ("25", 10, "2E+1"), ("0", "0.01", "0.00"), ("7", "1", "7")],
)
def test_zeros_that_only_hold_the_place_are_no_digits(value: str, interval: object, digits: str) -> None:
    assert str(round_decimal(value, interval)) == digits  # 13×10², as the standard writes it


# stored as 0.34999999999999997…, 1.0500000000000000444, 2.67499999999999982, 0.28499999999999998: what is printed counts
@pytest.mark.parametrize(
    ("value", "interval", "printed"),
    [(0.35, 0.1, "0.4"), (1.05, 0.1, "1.0"), (2.675, 0.01, "2.68"), (44.5, 1, "44"), (0.285, 0.01, "0.28")],
)
def test_a_float_is_the_decimal_that_it_prints(value: float, interval: float, printed: str) -> None:
    assert str(round_decimal(value, interval)) == printed


@pytest.mark.parametrize(
    "value",
    [
        Decimal("44.50"),
        Fraction(89, 2),
        44.5,
        "44.5",
        " 44.5 ",
        "４４．５",
        "+44.5",
        "445e-1",
        np.float64(44.5),
        np.float32(44.5),
    ],
)
def test_every_kind_of_number(value: object) -> None:
    assert round_decimal(value, 1) == 44


def test_whole_numbers_of_any_kind() -> None:
    assert round_decimal(45, 10) == round_decimal(np.int64(45), 10) == round_decimal(Fraction(45), 10) == 40
    assert str(round_decimal(np.float32(0.35), "0.1")) == "0.4"  # as a float64 it would be 0.3499999940395355


def test_no_minus_zero() -> None:
    assert str(round_decimal("-0.04", "0.1")) == "0.0"


def test_the_decimal_context_does_not_decide() -> None:
    with localcontext() as context:
        context.prec = 3
        assert str(round_decimal("123456789.25", "0.1")) == "123456789.2"


# GB/T 8170-2008, 3.3.2 (copy: foodmate.net; the table from memory): measured, reported, rounded to a whole number
@pytest.mark.parametrize(
    ("measured", "reported", "rounded"),
    [
        ("15.4546", "15.5(-)", 15),
        ("16.5203", "16.5(+)", 17),
        ("17.5000", "17.5", 18),
        ("-15.4546", "-15.5(-)", -15),
        ("16.4902", "16.50(-)", 16),
    ],
)
def test_marks_of_a_value_rounded_before(measured: str, reported: str, rounded: int) -> None:
    assert round_decimal(reported, 1) == round_decimal(measured, 1) == rounded


def test_rounding_twice_is_what_the_standard_forbids() -> None:
    assert round_decimal("15.4546", 1) == 15  # 3.3.1
    twice = round_decimal(round_decimal("15.4546", "0.1"), 1)
    assert twice == 16


NO_NUMBERS = ["", "abc", "1,5", "1.2.3", "0x10", "1_0", "½", "nan", "inf", "-", None, True, b"1", [1], 1 + 2j]
NO_NUMBERS += [
    float("nan"),
    float("inf"),
    -np.inf,
    np.float32("nan"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_number_is_named(value: object) -> None:
    for call in (lambda: round_decimal(value), lambda: compare(value, "44"), lambda: compare("44", value)):
        with pytest.raises(RoundingError, match=r"^(value|limit) .*is no decimal number; write digits") as caught:
            call()
        assert repr(value) in str(caught.value)


SLIPS = {
    "1e401": "1e401",
    "digits": "1" * 500,
    "decimals": "0." + "1" * 500,
    "int": 10**6000,
    "Decimal": Decimal("1E+999999"),
    "huge": "1e999999999",
}


@pytest.mark.parametrize("value", SLIPS.values(), ids=list(SLIPS))
def test_a_slip_in_the_power_is_refused_and_does_not_hang(value: object) -> None:
    with pytest.raises(RoundingError, match="out of range"):
        round_decimal(value)


@pytest.mark.parametrize("interval", ["0.25", "3", 0, "-1", "1.5", Fraction(1, 3), "1(+)"])
def test_another_interval_is_refused(interval: object) -> None:
    with pytest.raises(RoundingError, match=r"accepted: 1, 0\.5 or 0\.2 units of a place"):
        round_decimal("1", interval)


def reference(value: Fraction, step: Fraction) -> Fraction:
    """The nearest multiple, the even one of two; every candidate is tried."""
    floor = value // step
    candidates = [(abs(value - k * step), k % 2, k * step) for k in (floor, floor + 1)]
    return min(candidates)[2]


PLACES = st.integers(-6, 6)


@given(st.integers(-(10**12), 10**12), PLACES, st.sampled_from([1, 2, 5]), PLACES)
def test_as_the_plain_reference(digits: int, power: int, unit: int, place: int) -> None:
    value, step = Fraction(digits) * Fraction(10) ** power, unit * Fraction(10) ** place
    found = round_decimal(f"{digits}e{power}", f"{unit}e{place}")
    assert Fraction(found) == reference(value, step)
    assert found.as_tuple().exponent == place
    assert Fraction(round_decimal(found, f"{unit}e{place}")) == Fraction(found)
    assert Fraction(round_decimal(f"{-digits}e{power}", f"{unit}e{place}")) == -Fraction(found)


@given(st.fractions(max_denominator=10**6), PLACES)
def test_fractions_as_the_plain_reference(value: Fraction, place: int) -> None:
    assert Fraction(round_decimal(value, Fraction(10) ** place)) == reference(value, Fraction(10) ** place)


@given(st.floats(-1e9, 1e9), PLACES)
def test_floats_as_their_decimals(value: float, place: int) -> None:
    expected = Decimal(repr(value)).quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_EVEN)
    assert round_decimal(value, f"1e{place}") == expected


# --- comparing --------------------------------------------------------------------------------------------------------

# By hand, GB/T 8170-2008, 4.3: value, limit, sense, full value, rounded value
COMPARED = [
    ("44", "44", "at_most", True, True),
    ("44.4", "44", "at_most", False, True),
    ("44.5", "44", "at_most", False, True),  # 44 is the even one
    ("44.51", "44", "at_most", False, False),
    ("45.5", "45", "at_most", False, False),  # 46
    ("35.4", "35", "at_most", False, True),
    ("43.6", "44", "at_least", False, True),
    ("44.4", "44", "above", True, False),
    ("43.6", "44", "below", True, False),
    ("44", "44", "below", False, False),
    ("74.25", "74.3", "at_least", False, False),  # 74.2
    ("74.35", "74.3", "at_least", True, True),
    ("271.3", "271.25", "at_most", False, False),
    ("-0.04", "0.0", "at_least", False, True),
    ("44(+)", "44", "at_most", False, True),
    ("44(-)", "44", "at_most", True, True),
    ("-44(+)", "-44", "at_least", False, True),
]


@pytest.mark.parametrize(("value", "limit", "sense", "full", "by_rounding"), COMPARED)
def test_both_methods(value: str, limit: str, sense: str, full: bool, by_rounding: bool) -> None:
    found = compare(value, limit, sense=sense)
    assert (found.met_full, found.met_rounded) == (full, by_rounding)
    assert (found.method, found.met, found.disagree) == ("full", full, full != by_rounding)
    other = compare(value, limit, sense=sense, method="rounded")
    assert (other.method, other.met, other.disagree) == ("rounded", by_rounding, full != by_rounding)


def test_the_default_method_is_the_one_of_the_edition() -> None:
    rules = edition("gb-t-8170-2008")
    assert compare("1", "1").method == rules.rule("comparison") == "full"
    assert rules.unverified == ["comparison"]
    assert edition_on("GB/T 8170", datetime.date(2009, 1, 1)).name == rules.name
    with pytest.raises(EditionError):
        edition_on("GB/T 8170", datetime.date(2008, 12, 31))


def test_it_reads_well_in_both_languages() -> None:
    text = "MISSED by the full value: 44.4 ≤ 44 is MISSED, rounded 44 ≤ 44 is MET; the methods disagree"
    assert str(compare(44.4, "44")) == text
    assert str(compare("43", 44, 1)) == "MET by the full value: 43 ≤ 44 is MET, rounded 43 ≤ 44 is MET"
    assert "修约值" in compare("44.4", "44", method="rounded").to("zh")
    assert "1300" in str(compare("1268", "1300", 100, "at_least"))


def test_the_interval_is_the_last_digit_of_the_limit_unless_named() -> None:
    assert compare("44.46", "44").interval == "1"
    assert compare("44.46", "44.0").interval == "0.1"
    assert compare("44.46", Decimal("44.00")).interval == "0.01"
    assert compare("44.46", 44, "0.1").rounded == Decimal("44.5")
    for limit in (44.0, Fraction(1, 3)):
        with pytest.raises(RoundingError, match="shows no last digit; give the interval"):
            compare("44.46", limit)
    assert compare("44.46", 44.0, 1).met_rounded


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"sense": "equal"}, "sense 'equal'; accepted: at_most, at_least, below, above"),
        ({"method": "half"}, "method 'half'; accepted: full, rounded"),
        ({"limit": "44.25", "interval": 1}, "no multiple of the interval 1"),
        ({"limit": "44(+)"}, "carries a mark"),
        ({"limit": "44", "interval": "0.3"}, "accepted: 1, 0.5 or 0.2 units"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_refused(options: dict, told: str) -> None:
    with pytest.raises(RoundingError, match=re.escape(told)):
        compare(**{"value": "44.4", "limit": "44"} | options)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**4), 10**4), st.sampled_from(sorted(SENSES)))
def test_comparing_as_fractions_do(digits: int, limit: int, sense: str) -> None:
    value = Fraction(digits, 1000)
    nearest = reference(value, Fraction(1, 10))
    bound = Fraction(limit, 10)

    def holds(x: Fraction) -> bool:
        return {"at_most": x <= bound, "at_least": x >= bound, "below": x < bound, "above": x > bound}[sense]

    found = compare(value, bound, "0.1", sense)
    assert (found.met_full, found.met_rounded) == (holds(value), holds(nearest))
    assert Fraction(found.rounded) == nearest


def test_a_comparison_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        compare("1", "1").met = False
