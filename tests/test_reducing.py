"""Reductions on the fly against whole arrays, exact fractions and plain loops, whatever the blocks."""

from __future__ import annotations

import copy
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from carbonledger.errors import LedgerError
from carbonledger.kernels import bins
from carbonledger.messages import Said
from carbonledger.sweeping import counting
from carbonledger.sweeping.histograms import BINS
from carbonledger.sweeping.reducing import (
    Extremes,
    FirstYear,
    Histogram,
    Moments,
    Verdicts,
    differences,
    reduced,
)

UNKNOWN, MET, MISSED = 0, 1, 2
MANY = 10**9  # scenarios that ask for the compiled road
ROADS = pytest.mark.parametrize("scenarios", [0, MANY], ids=["plain", "compiled"])

usual = st.floats(-1e6, 1e6)
ties = st.integers(-2, 2).map(float)
tiny = st.floats(-5e-322, 5e-322)
huge = st.builds(lambda sign, power: sign * 10.0**power, st.sampled_from([-1.0, 1.0]), st.integers(-300, 300))
close = st.integers(0, 40).map(lambda n: 1e9 + n * 2.0**-23)  # steps of one unit in the last place
unknown = st.sampled_from([np.nan, np.inf, -np.inf])
kinds = st.sampled_from([usual, ties, tiny, huge, close, usual | ties | unknown, huge | unknown, close | unknown])
shapes = st.tuples(st.integers(1, 12), st.integers(1, 2), st.integers(1, 3))


@st.composite
def cubes(draw):
    """Values [scenario, entity, year] of one kind, or of several."""
    return draw(arrays(np.float64, draw(shapes), elements=draw(kinds)))


@st.composite
def partitions(draw, n):
    """Blocks (start, end) that cover n scenarios, in any order; some are empty."""
    cuts = sorted(draw(st.lists(st.integers(0, n), max_size=4)))
    return draw(st.permutations(list(zip([0, *cuts], [*cuts, n], strict=True))))


@st.composite
def parted(draw, cubes=cubes):
    cube = draw(cubes())
    return cube, draw(partitions(len(cube)))


@st.composite
def judged(draw):
    """Verdict codes [scenario, target, entity, year]."""
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 2), st.integers(1, 2), st.integers(1, 4)))
    return draw(arrays(np.int8, shape, elements=st.integers(0, 2)))


def gathered(blank, cube, blocks, merged):
    """Blocks added to one accumulator, or each to one of its own and these merged."""
    whole = copy.deepcopy(blank)
    for start, end in blocks:
        part = copy.deepcopy(blank) if merged else whole
        part.add(start, cube[start:end])
        if merged:
            whole.merge(part)
    return whole


def knowns(cube):
    """Known values of each cell, with their scenarios, as plain Python."""
    for cell in np.ndindex(cube.shape[1:]):
        column = [float(x) for x in cube[(slice(None), *cell)]]
        yield cell, [(i, x) for i, x in enumerate(column) if math.isfinite(x)]


# Mean and standard deviation


@ROADS
def test_moments_of_a_known_row(scenarios):
    # The eight values of the textbook: mean 40 / 8 = 5; squared deviations 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, so that
    # the population's standard deviation is sqrt(32 / 8) = 2. (ddof = 1 would give sqrt(32 / 7) = 2.138.)
    values = np.array([2.0, 4, 4, 4, np.nan, 5, 5, 7, 9]).reshape(9, 1, 1)
    moments = Moments.blank((1, 1), scenarios)
    moments.add(0, values)
    assert {name: found.item() for name, found in moments.result().items()} == {"n_known": 8, "mean": 5, "sd": 2}


def close_to_exact(cube, found):
    for cell, values in knowns(cube):
        assert found["n_known"][cell] == len(values)
        if not values:
            assert math.isnan(found["mean"][cell]) and math.isnan(found["sd"][cell])
            continue
        exact = [Fraction(x) for _, x in values]
        mean = sum(exact) / len(exact)
        variance = sum((x - mean) ** 2 for x in exact) / len(exact)
        size = sum(abs(x) for x in exact) / len(exact)
        assert abs(Fraction(float(found["mean"][cell])) - mean) <= Fraction(1e-12) * size + Fraction(5e-324)
        if variance < 1e300:  # beyond, its square root overflows on the way
            slack = Fraction(2e-12) * variance + Fraction(1e-300)  # deviations below 1e-150 have no square
            assert abs(Fraction(float(found["sd"][cell])) ** 2 - variance) <= slack


@ROADS
@pytest.mark.parametrize("merged", [False, True], ids=["added", "merged"])
@settings(max_examples=60)
@given(case=parted())
@example(case=(np.array([1e100, 1.0, 2.0, 3.0]).reshape(4, 1, 1), [(0, 1), (1, 4)]))  # an outlier comes first
@example(case=(np.full((11, 1, 1), 0.1), [(0, 3), (3, 10), (10, 11)]))
def test_moments_are_exact_to_rounding(scenarios, merged, case):
    cube, blocks = case
    found = gathered(Moments.blank(cube.shape[1:], scenarios), cube, blocks, merged)
    close_to_exact(cube, found.result())


@ROADS
def test_moments_of_values_far_from_zero(scenarios):
    # A variance from the sum of squares alone would lose every digit here: mean / sd = 1e9. Two rows of 0 and 1 by turns
    # have mean 1/2 and sd 1/2 exactly.
    values = (1e9 + np.arange(20_000) % 2).reshape(-1, 1, 1)
    moments = gathered(Moments.blank((1, 1), scenarios), values, [(0, 7_000), (7_000, 20_000)], True)
    found = moments.result()
    assert found["mean"].item() == 1e9 + 0.5
    assert found["sd"].item() == pytest.approx(0.5, rel=1e-12)


@ROADS
@pytest.mark.parametrize("first", ["outlier", "others"])
def test_an_outlier_of_its_own_block_does_not_blur_the_mean(scenarios, first):
    # A mean counted from the outlier would be off by a rounding of 1e100, and that is 1e-11 of 1e100 / n.
    n = 200_001
    values = np.ones((n, 1, 1))
    values[0] = 1e100
    blocks = [(0, 1), (1, n)] if first == "outlier" else [(1, n), (0, 1)]
    found = gathered(Moments.blank((1, 1), scenarios), values, blocks, False).result()
    assert found["mean"].item() == pytest.approx(1e100 / n, rel=1e-13)
    assert found["sd"].item() == pytest.approx(1e100 * math.sqrt(n - 1) / n, rel=1e-13)


@ROADS
@pytest.mark.parametrize("value", [0.1, 1e9 / 3, -7.7e-5])
def test_values_that_do_not_vary_have_no_spread(scenarios, value):
    moments = gathered(Moments.blank((1, 1), scenarios), np.full((999, 1, 1), value), [(0, 300), (300, 999)], False)
    assert moments.result()["sd"].item() == 0
    assert moments.result()["mean"].item() == value


@ROADS
def test_values_too_large_to_square_have_no_standard_deviation(scenarios):
    moments = Moments.blank((1, 1), scenarios)
    moments.add(0, np.array([1e300, -1e300, 1e300]).reshape(3, 1, 1))
    assert moments.result()["mean"].item() == pytest.approx(1e300 / 3, rel=1e-12)
    assert math.isnan(moments.result()["sd"].item())


# Extremes


@ROADS
@pytest.mark.parametrize("merged", [False, True], ids=["added", "merged"])
@settings(max_examples=60)
@given(case=parted())
def test_extremes_are_those_of_the_whole(scenarios, merged, case):
    cube, blocks = case
    found = gathered(Extremes.blank(cube.shape[1:], scenarios), cube, blocks, merged).result()
    for cell, values in knowns(cube):
        for name, better in (("min", lambda x: x), ("max", lambda x: -x)):
            best = min(values, key=lambda pair: better(pair[1]), default=(-1, math.nan))  # the first of equal ones
            assert found[f"{name}_scenario"][cell] == best[0]
            np.testing.assert_equal(found[name][cell], best[1])


@ROADS
def test_of_equal_extremes_the_lowest_scenario_counts_even_if_it_comes_last(scenarios):
    values = np.array([3.0, 1, 5, 1, 5, np.nan]).reshape(6, 1, 1)
    extremes = Extremes.blank((1, 1), scenarios)
    extremes.add(3, values[3:])
    assert (extremes.result()["min_scenario"].item(), extremes.result()["max_scenario"].item()) == (3, 4)
    extremes.add(0, values[:3])
    assert (extremes.result()["min_scenario"].item(), extremes.result()["max_scenario"].item()) == (1, 2)


@ROADS
def test_nothing_known_has_no_extremes(scenarios):
    extremes = Extremes.blank((1, 2), scenarios)
    extremes.add(0, np.array([[[np.nan, 1.0]], [[np.inf, np.nan]]]))
    found = extremes.result()
    np.testing.assert_array_equal(found["min"], [[np.nan, 1]])
    np.testing.assert_array_equal(found["max_scenario"], [[-1, 0]])


# Quantiles

PROBABILITIES = [0.0, 0.05, 1 / 3, 0.5, 0.9, 1.0]


def histogram_of(cube, blocks, scenarios, n_bins=BINS, merged=False):
    extremes = Extremes.blank(cube.shape[1:])
    extremes.add(0, cube)
    low, high = extremes.result()["min"], extremes.result()["max"]
    return gathered(Histogram.between(low, high, n_bins, scenarios), cube, blocks, merged)


def exact_quantile(values, p):
    """The method ``linear`` on sorted fractions."""
    ordered = sorted(Fraction(x) for x in values)
    rank = Fraction(p) * (len(ordered) - 1)
    below = rank.numerator // rank.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])


@ROADS
@pytest.mark.parametrize("n_bins", [1, 7, BINS])
@settings(max_examples=60)
@given(case=parted())
@example(case=(np.array([0.0, 5e-324, 1e-323]).reshape(3, 1, 1), [(0, 3)]))  # bins per unit overflow
@example(case=(np.array([1.0, np.nextafter(1.0, 2)]).reshape(2, 1, 1), [(0, 2)]))  # finer bins than numbers
@example(case=(np.array([1e-300, 1e300]).reshape(2, 1, 1), [(0, 2)]))
def test_quantiles_are_within_their_error(scenarios, n_bins, case):
    cube, blocks = case
    histogram = histogram_of(cube, blocks, scenarios, n_bins)
    quantiles, error = histogram.quantiles(PROBABILITIES)
    for cell, values in knowns(cube):
        known = [x for _, x in values]
        assert histogram.unknown[cell] == len(cube) - len(known)
        assert histogram.known()[cell] == histogram.counts[cell].sum() == len(known)
        if not known:
            assert np.isnan(quantiles[(slice(None), *cell)]).all() and math.isnan(error[cell])
            continue
        width = (max(known) - min(known)) / n_bins
        assert width <= error[cell] <= max(width, 5e-304) + 1e-13 * max(map(abs, known))
        for i, p in enumerate(PROBABILITIES):
            estimate = float(quantiles[(i, *cell)])
            assert abs(Fraction(estimate) - exact_quantile(known, p)) <= Fraction(float(error[cell]))
            assert abs(estimate - np.quantile(known, p, method="linear")) <= error[cell]
        assert list(quantiles[(slice(None), *cell)]) == sorted(quantiles[(slice(None), *cell)])
        assert (quantiles[(0, *cell)], quantiles[(-1, *cell)]) == (min(known), max(known))


@ROADS
@settings(max_examples=60)
@given(case=parted())
def test_counts_do_not_depend_on_the_blocks(scenarios, case):
    cube, blocks = case
    whole = histogram_of(cube, [(0, len(cube))], 0)
    for merged in (False, True):
        found = histogram_of(cube, blocks, scenarios, merged=merged)
        np.testing.assert_array_equal(found.counts, whole.counts)
        np.testing.assert_array_equal(found.unknown, whole.unknown)
        np.testing.assert_array_equal(found.quantiles([0.1, 0.5])[0], whole.quantiles([0.1, 0.5])[0])


@ROADS
def test_counts_by_hand(scenarios):
    # 0 to 8 in 4 bins of 2: [0, 2) holds 0 and 1.9; [2, 4) holds 2; [4, 6) nothing; [6, 8] holds 6, 7 and the top edge.
    values = np.array([0.0, 1.9, 2, 6, 7, 8, np.nan, np.inf]).reshape(8, 1, 1)
    histogram = Histogram.between(np.array([[0.0]]), np.array([[8.0]]), 4, scenarios)
    histogram.add(0, values)
    assert histogram.counts.ravel().tolist() == [2, 1, 0, 3]
    assert histogram.unknown.item() == 2
    # Six values: the median has rank 2.5, half way between rank 2, alone in its bin and so placed at 3, and rank 3, the
    # first of three in [6, 8] and so placed at 6 + 2 (0.5 / 3). The true one is (2 + 6) / 2 = 4.
    quantiles, error = histogram.quantiles([0.5])
    assert quantiles.item() == pytest.approx((3 + 6 + 1 / 3) / 2, rel=1e-14)
    assert error.item() == pytest.approx(2, rel=1e-13)


@ROADS
def test_a_spike_is_exact(scenarios):
    cube = np.full((50, 1, 1), 0.1)
    cube[::7] = np.nan
    quantiles, error = histogram_of(cube, [(0, 50)], scenarios).quantiles([0.0, 0.3, 1.0])
    assert quantiles.ravel().tolist() == [0.1, 0.1, 0.1]
    assert error.item() == 0


@ROADS
def test_many_values_are_as_near_as_a_bin(scenarios):
    draw = np.random.default_rng(20261123)
    cube = draw.lognormal(0, 1, (30_000, 2, 3))
    cube[draw.random(cube.shape) < 0.01] = np.nan
    blocks = [(i, i + 6_000) for i in range(0, 30_000, 6_000)]
    quantiles, error = histogram_of(cube, blocks, scenarios).quantiles(PROBABILITIES)
    assert np.all(np.abs(quantiles - np.nanquantile(cube, PROBABILITIES, axis=0)) <= error)
    np.testing.assert_allclose(error, (np.nanmax(cube, axis=0) - np.nanmin(cube, axis=0)) / BINS, rtol=1e-9)


@ROADS
@pytest.mark.parametrize("value", [0.9999999, 2.0000001, np.nextafter(2.0, 3)])
def test_a_value_outside_the_range_is_an_error(scenarios, value):
    histogram = Histogram.between(np.array([[1.0]]), np.array([[2.0]]), 8, scenarios)
    with pytest.raises(
        LedgerError, match="1 values lie outside the range of their histogram, among scenarios 40 to 42"
    ):
        histogram.add(40, np.array([1.5, value, np.nan]).reshape(3, 1, 1))


@ROADS
def test_a_known_value_where_nothing_was_known_is_an_error(scenarios):
    histogram = Histogram.between(np.array([[np.nan]]), np.array([[np.nan]]), 8, scenarios)
    histogram.add(0, np.full((3, 1, 1), np.nan))
    assert histogram.unknown.item() == 3
    with pytest.raises(LedgerError, match="1 values"):
        histogram.add(3, np.full((1, 1, 1), 7.0))


@pytest.mark.parametrize(
    ("low", "high"), [(2.0, 1.0), (np.nan, 1.0), (1.0, np.nan), (-np.inf, 1.0), (-1.7e308, 1.7e308)]
)
def test_ranges_that_are_none_are_refused(low, high):
    with pytest.raises(LedgerError, match="no range for a histogram") as caught:
        Histogram.between(np.array([[0.0, low]]), np.array([[1.0, high]]))
    assert f"{low:g} to {high:g}" in str(caught.value) and "Give finite numbers" in str(caught.value)


def test_faults_of_histograms_can_be_said_in_both_languages():
    one, other = (Histogram.between(np.zeros((1, 1)), np.full((1, 1), top)) for top in (1.0, 2.0))
    faulty = [
        lambda: one.merge(other),
        lambda: one.merge(Histogram.between(np.zeros((1, 1)), np.ones((1, 1)), 5)),
        lambda: one.quantiles([0.5, 1.5, math.nan]),
        lambda: Histogram.between(np.zeros((1, 1)), np.ones((1, 1)), 0),
    ]
    wanted = ["two histograms", "two histograms", r"\[1\.5, nan\]. Give numbers from 0 to 1", "Give at least one"]
    for call, message in zip(faulty, wanted, strict=True):
        with pytest.raises(LedgerError, match=message) as caught:
            call()
        assert isinstance(caught.value.message, Said)


# Verdicts


@settings(max_examples=60)
@given(case=parted(judged))
@pytest.mark.parametrize("merged", [False, True], ids=["added", "merged"])
def test_verdicts_are_counted(merged, case):
    cube, blocks = case
    found = gathered(Verdicts.blank(cube.shape[1:]), cube, blocks, merged).result()
    for cell in np.ndindex(cube.shape[1:]):
        codes = cube[(slice(None), *cell)].tolist()
        met, missed, open_ones = codes.count(MET), codes.count(MISSED), codes.count(UNKNOWN)
        assert [found[name][cell] for name in ("n_met", "n_missed", "n_unknown")] == [met, missed, open_ones]
        assert found["p_met_low"][cell] == met / len(codes)
        assert found["p_met_high"][cell] == (met + open_ones) / len(codes)


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 3, 4), (40, 3, 11), (0, 2, 2)])
def test_counts_do_not_overflow_their_bytes(shape):
    n = 300_000 // max(1, math.prod(shape))
    verdicts = Verdicts.blank(shape)
    verdicts.add(0, np.full((n, *shape), MET, np.int8))
    np.testing.assert_array_equal(verdicts.result()["n_met"], np.full(shape, n))


@settings(max_examples=60)
@given(case=parted(judged))
@pytest.mark.parametrize("merged", [False, True], ids=["added", "merged"])
def test_first_years_are_those_of_a_loop(merged, case):
    cube, blocks = case
    n, *shape = cube.shape
    found = gathered(FirstYear.blank(tuple(shape)), cube, blocks, merged).result()
    first, uncertain = np.zeros(shape, int), np.zeros(shape, int)
    never, never_uncertain = np.zeros(shape[:-1], int), np.zeros(shape[:-1], int)
    for s, t, e in np.ndindex(n, *shape[:-1]):
        codes = cube[s, t, e].tolist()
        if MET in codes:
            year = codes.index(MET)
            first[t, e, year] += 1
            uncertain[t, e, year] += UNKNOWN in codes[:year]
        else:
            never[t, e] += 1
            never_uncertain[t, e] += UNKNOWN in codes
    np.testing.assert_array_equal(found["n_first_met"], first)
    np.testing.assert_array_equal(found["n_first_met_uncertain"], uncertain)
    np.testing.assert_array_equal(found["n_never_met"], never)
    np.testing.assert_array_equal(found["n_never_met_uncertain"], never_uncertain)


def test_first_years_by_hand():
    rows = [
        [MISSED, MET, MISSED, MET],  # first in the second year, though it is lost again
        [UNKNOWN, MET, MET, MET],  # perhaps met in the first
        [MISSED, MISSED, MISSED, MISSED],  # never
        [MISSED, MISSED, UNKNOWN, MISSED],  # never for certain
        [MET, UNKNOWN, MISSED, MET],  # what comes after the first does not matter
    ]
    first = FirstYear.blank((1, 1, 4))
    first.add(0, np.array(rows, np.int8)[:, None, None, :])
    assert {name: found.ravel().tolist() for name, found in first.result().items()} == {
        "n_first_met": [1, 2, 0, 0],
        "n_first_met_uncertain": [0, 1, 0, 0],
        "n_never_met": [2],
        "n_never_met_uncertain": [1],
    }


def test_first_years_of_more_scenarios_than_fit_at_once():
    draw = np.random.default_rng(7)
    cube = draw.integers(0, 3, (2 * counting._ROWS + 5, 2, 1, 3), np.int8)
    whole = FirstYear.blank(cube.shape[1:])
    whole.add(0, cube)
    parts = gathered(FirstYear.blank(cube.shape[1:]), cube, [(i, i + 100) for i in range(0, len(cube), 100)], True)
    for name, found in whole.result().items():
        np.testing.assert_array_equal(found, parts.result()[name])
    firsts = np.where((cube == MET).any(axis=-1), (cube == MET).argmax(axis=-1), -1)
    expected = np.stack([(firsts == y).sum(axis=0) for y in range(3)], axis=-1)
    np.testing.assert_array_equal(whole.result()["n_first_met"], expected)


# Differences, and all of them together


def test_differences_are_against_the_reference():
    values = {"co2": np.array([[[5.0, np.nan]], [[7.0, 1.0]]]), "water": np.ones((2, 1, 2))}
    found = differences(values, {"co2": np.array([[4.0, 2.0]])})
    assert list(found) == ["co2_difference"]
    np.testing.assert_array_equal(found["co2_difference"], [[[1, np.nan]], [[3, -1]]])


def test_differences_of_what_is_infinite_are_unknown():
    found = differences({"x": np.full((1, 1, 1), np.inf)}, {"x": np.array([[np.inf]])})
    assert np.isnan(found["x_difference"].item())


def example_reduced():
    values = np.array([[[1.0, 4.0]], [[3.0, np.nan]], [[5.0, 6.0]]])
    codes = np.array([[[[MET, MET]]], [[[MISSED, UNKNOWN]]], [[[UNKNOWN, MET]]]], np.int8)
    made = {}
    for name, cube in {"co2": values, **differences({"co2": values}, {"co2": values[0]})}.items():
        moments, extremes = Moments.blank((1, 2)), Extremes.blank((1, 2))
        moments.add(0, cube)
        extremes.add(0, cube)
        histogram = Histogram.between(extremes.result()["min"], extremes.result()["max"])
        histogram.add(0, cube)
        made[name] = (moments, extremes, histogram)
    verdicts, first = Verdicts.blank((1, 1, 2)), FirstYear.blank((1, 1, 2))
    verdicts.add(0, codes)
    first.add(0, codes)
    return reduced(
        ["CN-37"],
        [2025, 2026],
        names={"co2": {"units": "t", "long_name": "carbon dioxide", "long_name_zh": "二氧化碳", "formula": "sum"}},
        moments={name: parts[0] for name, parts in made.items()},
        extremes={name: parts[1] for name, parts in made.items()},
        histograms={name: parts[2] for name, parts in made.items()},
        probabilities=[0.0, 0.5, 1.0],
        targets=["cap"],
        verdicts=verdicts,
        first=first,
    )


def test_one_labelled_dataset():
    found = example_reduced()
    assert dict(found.sizes) == {"entity": 1, "year": 2, "quantile": 3, "target": 1}
    assert found["co2_mean"].sel(entity="CN-37").values.tolist() == [3, 5]
    assert found["co2_n_known"].values.tolist() == [[3, 2]]
    assert found["co2_max_scenario"].sel(entity="CN-37", year=2026).item() == 2
    assert found["co2_quantile"].dims == ("quantile", "entity", "year")
    assert found["co2_quantile"].sel(quantile=1.0, entity="CN-37").values.tolist() == [5, 6]
    assert found["co2_difference_mean"].values.tolist() == [[2, 1]]
    assert found["n_met"].sel(target="cap", entity="CN-37", year=2026).item() == 2
    assert found["p_met_low"].sel(year=2025).item() == 1 / 3 and found["p_met_high"].sel(year=2025).item() == 2 / 3
    assert found["n_first_met"].sel(target="cap", entity="CN-37").values.tolist() == [1, 1]
    assert found["n_first_met_uncertain"].sel(target="cap", entity="CN-37").values.tolist() == [0, 1]
    assert found["n_never_met"].dims == ("target", "entity")
    assert found["n_never_met"].item() == found["n_never_met_uncertain"].item() == 1


def test_every_variable_says_its_unit_and_what_it_is():
    found = example_reduced()
    for name, variable in found.data_vars.items():
        counts = name.startswith("n_") or name.endswith(("_n_known", "_scenario"))
        assert variable.dtype == (np.int64 if counts else np.float64), name
        assert variable.attrs["units"] == ("1" if counts or name.startswith("p_met") else "t"), name
        assert variable.attrs["long_name"], name
    assert found["co2_mean"].attrs["long_name"] == "carbon dioxide, mean"
    title = "carbon dioxide, difference from the reference scenario, minimum"
    assert found["co2_difference_min"].attrs["long_name"] == title


def test_only_what_is_asked_for():
    moments = Moments.blank((1, 1))
    moments.add(0, np.ones((2, 1, 1)))
    found = reduced(["A"], [2030], names={}, moments={"gdp": moments})
    assert set(found.data_vars) == {"gdp_mean", "gdp_sd", "gdp_n_known"}
    assert dict(found.sizes) == {"entity": 1, "year": 1}


# Of every accumulator

BLANKS = {
    "moments": (lambda: Moments.blank((2, 3)), np.float64),
    "extremes": (lambda: Extremes.blank((2, 3)), np.float64),
    "histogram": (lambda: Histogram.between(np.zeros((2, 3)), np.full((2, 3), 2.0), 16), np.float64),
    "verdicts": (lambda: Verdicts.blank((4, 2, 3)), np.int8),
    "first": (lambda: FirstYear.blank((4, 2, 3)), np.int8),
}


def held(accumulator):
    parts = (getattr(accumulator, name) for name in accumulator.__dataclass_fields__)
    return [np.asarray(part) for part in parts]


def block_for(accumulator, dtype, n, seed=0):
    shape = held(accumulator)[1].shape
    return np.random.default_rng(seed).integers(0, 3, (n, *shape)).astype(dtype)


@pytest.mark.parametrize("kind", BLANKS)
def test_accumulators_travel(kind):
    made, dtype = BLANKS[kind]
    here = made()
    here.add(0, block_for(here, dtype, 20))
    there = pickle.loads(pickle.dumps(here))
    for accumulator in (here, there):
        accumulator.add(20, block_for(accumulator, dtype, 30, 1))
    for one, other in zip(held(here), held(there), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", BLANKS)
def test_size_does_not_grow_with_the_scenarios(kind):
    made, dtype = BLANKS[kind]
    accumulator, sizes = made(), []
    for i in range(4):
        accumulator.add(500 * i, block_for(accumulator, dtype, 500, i))
        sizes.append(sum(part.nbytes for part in held(accumulator)))
    assert len(set(sizes)) == 1


@pytest.mark.parametrize("kind", BLANKS)
def test_merging_leaves_the_other_alone(kind):
    made, dtype = BLANKS[kind]
    one, other = made(), made()
    other.add(0, block_for(other, dtype, 20))
    before = copy.deepcopy(held(other))
    one.merge(other)
    one.add(20, block_for(one, dtype, 20, 1))
    for part, earlier in zip(held(other), before, strict=True):
        np.testing.assert_array_equal(part, earlier)


@pytest.mark.parametrize("kind", BLANKS)
def test_results_are_not_changed_by_what_comes_later(kind):
    made, dtype = BLANKS[kind]
    accumulator = made()
    accumulator.add(0, block_for(accumulator, dtype, 20))
    found = {"quantiles": accumulator.quantiles([0.5])[0]} if kind == "histogram" else accumulator.result()
    before = copy.deepcopy(found)
    accumulator.add(20, block_for(accumulator, dtype, 50, 1))
    for name in found:
        np.testing.assert_array_equal(found[name], before[name])


def test_no_scenario_at_all_is_no_number():
    moments, extremes, verdicts, first = (BLANKS[kind][0]() for kind in ("moments", "extremes", "verdicts", "first"))
    assert np.isnan(moments.result()["mean"]).all() and np.isnan(moments.result()["sd"]).all()
    assert (extremes.result()["min_scenario"] == -1).all() and np.isnan(extremes.result()["max"]).all()
    assert np.isnan(verdicts.result()["p_met_low"]).all() and np.isnan(verdicts.result()["p_met_high"]).all()
    assert not first.result()["n_never_met"].any()


# The kernels


def kernel_examples():
    draw = np.random.default_rng(11)
    for n, m in ((1, 1), (3, 2), (600, 5)):
        values = draw.normal(1e3, 10.0, (n, m)).round(1)
        values[draw.random((n, m)) < 0.1] = np.nan
        values[draw.random((n, m)) < 0.02] = -np.inf
        yield values
    yield np.full((4, 2), np.nan)


@pytest.mark.parametrize("interpreted", [True, False], ids=["python", "compiled"])
def test_kernels_equal_the_plain_ones(interpreted):
    count, sums, extremes = (
        (getattr(k, "py_func", k) if interpreted else k)
        for k in (bins._compiled_bins(), bins._compiled_sums(), bins._compiled_extremes())
    )
    for values in kernel_examples():
        columns = values.shape[1]
        for found, expected in zip(extremes(values), bins.column_extremes_plain(values), strict=True):
            np.testing.assert_array_equal(found, expected)
        n, pivot, offset, squares = sums(values)
        n_plain, pivot_plain, offset_plain, squares_plain = bins.column_sums_plain(values)
        np.testing.assert_array_equal(n, n_plain)
        np.testing.assert_allclose(pivot + offset, pivot_plain + offset_plain, rtol=1e-13)
        np.testing.assert_allclose(squares, squares_plain, rtol=1e-12)
        low, high = np.full(columns, 990.0), np.full(columns, 1010.0)
        tallies = [(np.zeros((columns, 9), np.int64), np.zeros(columns, np.int64)) for _ in range(2)]
        scale = 9 / (high - low)
        outside = count(values, low, high, scale, *tallies[0])
        assert outside == bins.count_bins_plain(values, low, high, scale, *tallies[1])
        assert outside == np.sum(np.isfinite(values) & ((values < low) | (values > high)))
        for found, expected in zip(*tallies, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_the_expected_work_chooses_the_road():
    below, from_there = bins.BINS_COMPILED_FROM // 6 - 1, bins.BINS_COMPILED_FROM // 6 + 1
    edges = (np.zeros((2, 3)), np.ones((2, 3)))
    for scenarios, compiled in ((below, False), (from_there, True)):
        assert Moments.blank((2, 3), scenarios).compiled is compiled
        assert Extremes.blank((2, 3), scenarios).compiled is compiled
        assert Histogram.between(*edges, scenarios=scenarios).compiled is compiled
