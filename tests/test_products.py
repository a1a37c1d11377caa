"""Products of multipliers and their totals: every road against sums term by term."""

from __future__ import annotations

import math
from types import FunctionType

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger import kernels
from carbonledger.kernels import monomials, products, wide

# ------------------------------------------------------------------------------------------------ slow references


def multiplier(power, offset, a, b, level):
    """The multiplier of one path in one year, and its size: the sum of its terms' magnitudes."""
    if power:
        found = math.nan if math.isnan(level) and b else float(np.power(np.float64(offset + level), b))
        return found, abs(found)
    return (a, abs(a)) if b == 0 else (a + b * level, abs(a) + abs(b * level))


def by_loops(levels, narrow, rest, wide, path_of, power, offset, a, b, class_start, coefficients):
    """Totals, and the sums of the magnitudes of their terms, cell by cell in Python."""
    n, years, q, classes = len(levels), narrow.shape[1], len(coefficients), len(class_start) - 1
    totals, sizes = np.zeros((n, years, classes * q)), np.zeros((n, years, classes * q))
    for s in range(n):
        for y in range(years):
            for d in range(classes):
                terms, magnitudes = [[] for _ in range(q)], [[] for _ in range(q)]
                for g in range(class_start[d], class_start[d + 1]):
                    made = size = float(narrow[s, y, rest[g]])
                    for c in (int(row[g]) for row in wide if row[g] >= 0):
                        p = path_of[c]
                        if not power[p] and a[p, y] == 0 and b[p, y] == 0:
                            made = size = 0.0
                            break
                        one, big = multiplier(power[p], offset[p], a[p, y], b[p, y], float(levels[s, c]))
                        made, size = made * one, size * big
                    for k in range(q):
                        if coefficients[k, g] != 0:
                            terms[k].append(float(coefficients[k, g]) * made)
                            magnitudes[k].append(abs(float(coefficients[k, g]) * size))
                for k in range(q):
                    known = all(map(math.isfinite, terms[k]))  # what leaves the range of numbers is unknown
                    totals[s, y, d * q + k] = math.fsum(terms[k]) if known else math.nan
                    sizes[s, y, d * q + k] = math.fsum(magnitudes[k]) if known else math.nan
    return totals, sizes


def case(seed, scenarios=5, years=4, signatures=60, columns=40, slots=1, classes=3, q=5, rests=2, paths=3):
    """Random signatures, with exponents that follow each other, that do not, and constant years."""
    draw = np.random.default_rng(seed)
    power = draw.integers(0, 2, paths)
    b = np.where(
        draw.random((paths, 1)) < 0.6, np.arange(years), draw.choice([0, 0.3, 0.7, 1, 2.5, -1], (paths, years))
    )
    return {
        "levels": draw.uniform(0.2, 2, (scenarios, columns)),
        "narrow": draw.uniform(0.5, 1.5, (scenarios, years, rests)),
        "rest": draw.integers(0, rests, signatures),
        "wide": draw.integers(-1, columns, (slots, signatures)) if columns else np.full((slots, signatures), -1),
        "path_of": draw.integers(0, paths, columns) if paths else np.zeros(0, dtype=np.int64),
        "power": power,
        "offset": draw.integers(0, 2, paths) * 1.0,
        "a": draw.choice([0, 0.5, 1, -1], (paths, years)),
        "b": b * draw.choice([0.1, 1.0], (paths, 1)),
        "class_start": np.array([0, *np.sort(draw.integers(0, signatures + 1, classes - 1)), signatures]),
        "coefficients": draw.normal(0, 1, (q, signatures)) * draw.integers(0, 2, (q, signatures)),
    }


def one_column(levels, power, offset, a, b):
    """A case of one signature a class, so that the totals are the multipliers themselves."""
    levels = np.asarray(levels, dtype=np.float64)
    n = levels.shape[1]
    return {
        "levels": levels,
        "narrow": np.ones((len(levels), len(a), 1)),
        "rest": np.zeros(n, dtype=np.int64),
        "wide": np.arange(n)[None],
        "path_of": np.zeros(n, dtype=np.int64),
        "power": np.array([power]),
        "offset": np.array([float(offset)]),
        "a": np.array([a], dtype=np.float64),
        "b": np.array([b], dtype=np.float64),
        "class_start": np.arange(n + 1),
        "coefficients": np.ones((1, n)),
    }


def assert_near(found, expected, sizes, share=1e-12):
    assert found.shape == expected.shape
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    far = np.abs(found - expected)
    near = far <= share * sizes + 1e-300  # below, numbers have fewer digits
    assert (np.isnan(far) | near).all(), f"off by {np.nanmax(far / np.maximum(sizes, 1e-300)):.3g}"


# ---------------------------------------------------------------------------------------------------- the roads


UNCOMPILED = bool(numba.config.DISABLE_JIT)  # NUMBA_DISABLE_JIT=1, to measure coverage


def quietly(run):
    """Without NumPy's warnings about what leaves the range of numbers: compiled code does not warn either."""
    return np.errstate(all="ignore")(run)


COMPILED = quietly(kernels.wide_totals) if UNCOMPILED else kernels.wide_totals


def interpret(monkeypatch):
    """Run the bodies of the compiled functions as plain Python."""
    from carbonledger.kernels import fused, lanes

    if UNCOMPILED:
        return
    bodies = {}
    for module in (lanes, fused):
        for name, made in list(vars(module).items()):
            if isinstance(getattr(made, "py_func", None), FunctionType):
                monkeypatch.setattr(module, name, made.py_func)
                bodies[name] = made.py_func
    assert {"fused_totals", "add_block5", "add_block3", "logarithm", "mend_powers"} <= set(bodies)


@pytest.fixture(params=["plain", "compiled", "interpreted"])
def totals_by(request, monkeypatch):
    if request.param == "plain":
        return kernels.wide_totals_plain
    monkeypatch.setattr(wide, "WIDE_COMPILED_FROM", 0)
    if request.param == "interpreted":
        interpret(monkeypatch)
    return quietly(kernels.wide_totals) if request.param == "interpreted" else COMPILED


@pytest.fixture
def compiled(monkeypatch):
    monkeypatch.setattr(wide, "WIDE_COMPILED_FROM", 0)
    return COMPILED


SHAPES = [
    {},
    {"slots": 0},
    {"slots": 0, "columns": 0, "paths": 0},
    {"slots": 2},
    {"slots": 3, "years": 2},
    {"slots": 2, "years": 1},
    {"scenarios": 1},
    {"scenarios": 4, "classes": 1},
    {"scenarios": 0},
    {"signatures": 0},
    {"signatures": 1, "classes": 4},
    {"q": 1},
    {"q": 3, "signatures": 200, "rests": 1},
    {"q": 9, "rests": 7},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_wide_totals_equal_the_loop(totals_by, shape):
    given_case = case(len(str(shape)), **shape)
    assert_near(totals_by(**given_case), *by_loops(**given_case))


SIZES = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10**6),
        "scenarios": st.integers(1, 6),
        "years": st.integers(1, 5),
        "signatures": st.integers(0, 40),
        "columns": st.integers(1, 9),
        "slots": st.integers(0, 2),
        "classes": st.integers(1, 5),
        "q": st.integers(1, 7),
        "rests": st.integers(1, 4),
        "paths": st.integers(1, 4),
    }
)


@given(SIZES, st.lists(st.sampled_from([math.nan, 0.0, -0.5, -1.0, -3.0, 1e-320]), max_size=3))
def test_wide_totals_equal_the_loop_whatever_the_shape(sizes, odd):
    given_case = case(**sizes)
    given_case["levels"].flat[: len(odd)] = odd[: given_case["levels"].size]
    with np.errstate(all="ignore"):
        expected, magnitudes = by_loops(**given_case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wide, "WIDE_COMPILED_FROM", 0)
        assert_near(COMPILED(**given_case), expected, magnitudes)
    assert_near(kernels.wide_totals_plain(**given_case), expected, magnitudes)


# ------------------------------------------------------------------------------------------------- golden numbers


def test_two_mills_by_hand(totals_by):
    """Two mills in one district, one in another, on a linear path that is 0, half and all the way.

    Levels 1.2, 0.5 and 2: multipliers 1, 1.1, 1.2; 1, 0.75, 0.5; 1, 1.5, 2. Emissions 10 and 4, then 3; water 1 and 0,
    then 2. All cells grow by a narrow lever 1, 2, 3. First district, last year: 3 x (10 x 1.2 + 4 x 0.5) = 42.
    """
    found = totals_by(
        np.array([[1.2, 0.5, 2.0]]),
        np.array([[[1.0], [2.0], [3.0]]]),
        np.zeros(3, dtype=np.int64),
        np.array([[0, 1, 2]]),
        np.zeros(3, dtype=np.int64),
        np.array([0]),
        np.array([0.0]),
        np.array([[1.0, 0.5, 0.0]]),
        np.array([[0.0, 0.5, 1.0]]),
        np.array([0, 2, 3]),
        np.array([[10.0, 4.0, 3.0], [1.0, 0.0, 2.0]]),
    )
    expected = [[14, 1, 3, 2], [2 * (11 + 3), 2 * 1.1, 2 * 4.5, 2 * 3], [42, 3.6, 18, 12]]
    np.testing.assert_allclose(found, [expected], rtol=1e-14)


def test_growth_by_hand(totals_by):
    """3 % and -10 % a year over 0, 0, 1, 2, 3 years: 1.03^3 = 1.092727, 0.9^2 = 0.81, 0.9^3 = 0.729."""
    found = totals_by(**one_column([[0.03, -0.1]], 1, 1, [0] * 5, [0, 0, 1, 2, 3]))
    expected = [[1, 1], [1, 1], [1.03, 0.9], [1.0609, 0.81], [1.092727, 0.729]]
    np.testing.assert_allclose(found, [expected], rtol=1e-14)


def test_quarters_of_the_way_to_sixteen(totals_by):
    """A geometric path to 16 in four steps doubles each time; to 1/16 it halves."""
    found = totals_by(**one_column([[16.0, 1 / 16]], 1, 0, [0] * 5, [0, 0.25, 0.5, 0.75, 1]))
    np.testing.assert_allclose(found[0, :, 0], [1, 2, 4, 8, 16], rtol=1e-14)
    np.testing.assert_allclose(found[0, :, 1], [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16], rtol=1e-14)


# --------------------------------------------------------------------------------------------------------- powers


@pytest.mark.parametrize(
    "exponents",
    [
        [0, *range(1, 31)],
        list(np.linspace(0, 1, 31)),
        [0.5, 0.5, 2, -1.5, 7],
        [-2, -1, 0, 1, 2],
        [1e-9, 30.0],
        [1, 2, 5, 5.5],
    ],
    ids=["years", "shares", "any", "negative", "far apart", "gaps"],
)
def test_powers_are_those_of_numpy(totals_by, exponents):
    levels = np.concatenate([10.0 ** np.linspace(-9, 9, 37), np.linspace(0.5, 2, 32)])[None]
    found = totals_by(**one_column(levels, 1, 0, [0] * len(exponents), exponents))
    np.testing.assert_allclose(found[0], levels ** np.array(exponents)[:, None], rtol=1e-13)


@pytest.mark.parametrize("exponents", [[0, 1, 2, 3], [0, 0.5, 1], [2, 2.5], [3, 6]])
def test_odd_bases_behave_like_those_of_numpy(totals_by, exponents):
    levels = np.array([[0.0, -0.0, -1.0, -2.5, math.nan, 5e-324, 1e-310, 1.0, 3.0]])
    with np.errstate(all="ignore"):
        expected = levels ** np.array(exponents)[:, None]
    found = totals_by(**one_column(levels, 1, 0, [0] * len(exponents), exponents))
    np.testing.assert_allclose(found[0], expected, rtol=1e-13, atol=0)
    assert np.isnan(found[0, 1, 4])


def test_what_leaves_the_range_of_numbers_is_unknown(totals_by):
    found = totals_by(**one_column([[1e200, 1e-200, 2.0]], 1, 0, [0, 0, 0], [1, 1.5, 2]))
    np.testing.assert_allclose(found[0, :2, 0], [1e200, 1e300], rtol=1e-13)
    assert np.isnan(found[0, 2, 0])
    np.testing.assert_allclose(found[0, :2, 1], [1e-200, 1e-300], rtol=1e-13)
    assert found[0, 2, 1] == 0
    np.testing.assert_allclose(found[0, :, 2], [2, 2**1.5, 4], rtol=1e-14)


@pytest.mark.parametrize("interpreted", [False, True])
def test_logarithm_and_exponential(interpreted, monkeypatch):
    if interpreted:
        interpret(monkeypatch)
    from carbonledger.kernels import lanes

    draw = np.random.default_rng(4)
    wide_range = [*10.0 ** draw.uniform(-300, 300, 500), *draw.uniform(0.7, 1.4, 500), 1.0, 2.0, 0.5]
    for x in np.array(wide_range):
        assert abs(lanes.logarithm(x) - math.log(x)) <= 3e-16 * abs(math.log(x))
    for x in np.array([*draw.uniform(-700, 700, 500), *draw.uniform(-1, 1, 500), 0.0]):
        assert abs(lanes.exponential(x) - math.exp(x)) <= 3e-16 * math.exp(x)


# ------------------------------------------------------------------------------------------------------- unknowns


def test_unknown_levels_touch_their_outputs_alone(totals_by):
    given_case = case(3, slots=2)
    levels = given_case["levels"]
    levels[1, 7] = levels[4, 0] = math.nan
    expected, sizes = by_loops(**given_case)
    assert 0 < np.isnan(expected).sum() < expected.size / 2
    assert_near(totals_by(**given_case), expected, sizes)


def test_unknown_coefficients_touch_their_outputs_alone(totals_by):
    given_case = case(5, classes=3, q=4)
    given_case["coefficients"][2, 0] = given_case["coefficients"][0, -1] = math.nan
    expected, sizes = by_loops(**given_case)
    assert np.isnan(expected).any(axis=(0, 1)).sum() == 2
    assert_near(totals_by(**given_case), expected, sizes)


def test_unknown_narrow_products_touch_their_outputs_alone(totals_by):
    given_case = case(6, rests=3)
    given_case["narrow"][2, 1, 1] = math.nan
    expected, sizes = by_loops(**given_case)
    assert np.isnan(expected).any()
    assert not np.isnan(np.delete(expected, 2, axis=0)).any()
    assert_near(totals_by(**given_case), expected, sizes)


def test_a_level_is_not_used_where_its_slope_is_zero(totals_by):
    """Up to the base year a lever does nothing, and what it would do later need not be known."""
    for power, a in ((0, [1, 0.5]), (1, [0, 0])):
        found = totals_by(**one_column([[math.nan]], power, 0, a, [0, 0.5]))
        np.testing.assert_array_equal(found[0, :, 0], [1, math.nan])


# --------------------------------------------------------------------------------------- threads, blocks, the door


def test_same_bits_on_every_run_thread_and_block(compiled):
    given_case = case(11, scenarios=23, signatures=700, columns=300, slots=1, rests=3)
    most = numba.get_num_threads()
    whole = compiled(**given_case)
    try:
        for threads in {1, most}:
            numba.set_num_threads(threads)
            np.testing.assert_array_equal(compiled(**given_case), whole)
    finally:
        numba.set_num_threads(most)
    parts = [slice(0, 5), slice(5, 6), slice(6, 20), slice(20, 23)]
    levels, narrow = given_case.pop("levels"), given_case.pop("narrow")
    blocks = [compiled(levels[part], narrow[part], **given_case) for part in parts]
    np.testing.assert_array_equal(np.concatenate(blocks), whole)


def test_any_order_and_type_passes_the_door(compiled):
    given_case = case(12)
    expected = compiled(**given_case)
    odd = {key: np.asfortranarray(value) for key, value in given_case.items()}
    odd["levels"] = np.ascontiguousarray(given_case["levels"].T).T[::1]
    odd["levels"].flags.writeable = False
    odd["power"], odd["rest"] = given_case["power"].astype(np.int8), given_case["rest"].astype(np.int32)
    np.testing.assert_array_equal(compiled(**odd), expected)
    from carbonledger.kernels.fused import fused_totals

    assert UNCOMPILED or len(fused_totals.signatures) == 1


def test_a_plan_serves_other_levels(compiled):
    given_case = case(13, slots=2)
    about = {key: value for key, value in given_case.items() if key not in ("levels", "narrow")}
    plan = kernels.wide_plan(*about.values())
    given_case["levels"] = given_case["levels"] * 1.1
    np.testing.assert_array_equal(compiled(**given_case, plan=plan), compiled(**given_case))


def test_few_terms_take_the_plain_road(monkeypatch):
    def refuse(*_):
        raise AssertionError("compiled")

    monkeypatch.setattr(wide, "_compiled_totals", refuse)
    given_case = case(14)  # 5 scenarios x 4 years x 60 signatures
    monkeypatch.setattr(wide, "WIDE_COMPILED_FROM", 1201)
    np.testing.assert_array_equal(kernels.wide_totals(**given_case), kernels.wide_totals_plain(**given_case))
    monkeypatch.setattr(wide, "WIDE_COMPILED_FROM", 1200)
    with pytest.raises(AssertionError, match="compiled"):
        kernels.wide_totals(**given_case)


def test_long_segments_go_tile_by_tile(compiled):
    """More signatures than a tile holds, side by side and not, split into constant and slope and not."""
    for seed, slots in ((1, 1), (2, 2)):
        given_case = case(
            seed, scenarios=2, years=3, signatures=2500, columns=2500, slots=slots, classes=2, rests=1, paths=1
        )
        if slots == 1:
            given_case["wide"] = np.arange(2500)[None]
            assert kernels.wide_plan(*list(given_case.values())[2:]).segment[:, 4].all() == (
                given_case["power"][0] == 0
            )
        assert_near(compiled(**given_case), *by_loops(**given_case))


def test_levels_that_lie_side_by_side_are_read_in_long_runs(compiled):
    n = 40_000 if not UNCOMPILED else 400
    found = one_column(np.random.default_rng(2).uniform(0.5, 1.5, (5, n)), 0, 0, [1.0, 0.5], [0.0, 0.5])
    found |= {
        "class_start": np.array([0, n - n // 8, n]),
        "coefficients": np.random.default_rng(3).uniform(0, 1, (5, n)),
    }
    expected = kernels.wide_totals_plain(**found)
    assert_near(compiled(**found), expected, expected)


def test_a_linear_path_is_one_monomial_and_growth_one_a_year():
    linear, growth = ([1.0] * 4, [0.0, 0.3, 0.6, 1.0]), ([0.0] * 5, [0.0, 0.0, 1.0, 2.0, 3.0])
    assert len(kernels.wide_plan(*list(one_column([[1.0]], 0, 0, *linear).values())[2:]).monomial) == 1
    plan = kernels.wide_plan(*list(one_column([[1.0]], 1, 1, *growth).values())[2:])
    assert plan.how[:, 1].tolist() == [monomials.BASE, monomials.STEP, monomials.STEP]


# --------------------------------------------------------------------------------------------------- narrow totals


def tree(seed, nodes, columns):
    draw = np.random.default_rng(seed)
    parent = np.array([draw.integers(-1, r) if r else -1 for r in range(nodes)], dtype=np.int64)
    return parent, draw.integers(-1, columns, nodes)


def products_by_loops(columns, parent, column):
    made = np.empty((*columns.shape[:2], len(parent)))
    for at in np.ndindex(*columns.shape[:2]):
        for r in range(len(parent)):
            above = made[(*at, parent[r])] if parent[r] >= 0 else 1.0
            made[(*at, r)] = above * (columns[(*at, column[r])] if column[r] >= 0 else 1.0)
    return made


@given(
    st.integers(0, 10**6), st.integers(0, 5), st.integers(1, 4), st.integers(1, 5), st.integers(0, 9), st.integers(1, 6)
)
def test_narrow_totals_equal_the_loop(seed, scenarios, years, columns, nodes, outputs):
    draw = np.random.default_rng(seed)
    series = draw.uniform(-2, 2, (scenarios, years, columns))
    parent, column = tree(seed, nodes, columns)
    coefficients = draw.normal(0, 1, (nodes, outputs)) * draw.integers(0, 2, (nodes, outputs))
    expected = products_by_loops(series, parent, column)
    np.testing.assert_array_equal(kernels.signature_products(series, parent, column), expected)
    totals, sizes = np.zeros((scenarios, years, outputs)), np.zeros((scenarios, years, outputs))
    for s, y, k in np.ndindex(*totals.shape):
        terms = [float(expected[s, y, r]) * float(coefficients[r, k]) for r in range(nodes)]
        totals[s, y, k], sizes[s, y, k] = math.fsum(terms), math.fsum(abs(term) for term in terms)
    assert_near(kernels.dense_totals(expected, coefficients), totals, sizes)
    assert_near(kernels.narrow_totals(series, parent, column, coefficients), totals, sizes)


def test_two_levers_by_hand():
    """Growth 2 and intensity 0.5: cells touched by none, by growth, by both hold 1, 2 and 2 x 0.5."""
    series = np.array([[[2.0, 0.5]]])
    parent, column = np.array([-1, -1, 1]), np.array([-1, 0, 1])
    np.testing.assert_array_equal(kernels.signature_products(series, parent, column), [[[1, 2, 1]]])
    found = kernels.narrow_totals(series, parent, column, np.array([[1.0, 0.0], [10.0, 3.0], [100.0, 0.0]]))
    np.testing.assert_array_equal(found, [[[121, 6]]])


@pytest.mark.parametrize("at_once", [1, 40, 10**9])
def test_narrow_totals_in_blocks_equal_the_whole(at_once, monkeypatch):
    draw = np.random.default_rng(8)
    series, coefficients = draw.uniform(0, 2, (50, 3, 4)), draw.normal(0, 1, (12, 7))
    parent, column = tree(8, 12, 4)
    monkeypatch.setattr(products, "_AT_ONCE", at_once)
    found = kernels.narrow_totals(series, parent, column, coefficients)
    made = kernels.signature_products(series, parent, column)
    assert_near(
        found, kernels.dense_totals(made, coefficients), kernels.dense_totals(np.abs(made), np.abs(coefficients))
    )
    transposed = np.ascontiguousarray(series.transpose(2, 0, 1)).transpose(1, 2, 0)
    np.testing.assert_array_equal(kernels.narrow_totals(transposed, parent, column, coefficients), found)


def test_unknown_products_touch_their_outputs_alone():
    """Signature 0 touches output 0, signature 1 both, signature 2 output 1."""
    coefficients = np.array([[1.0, 0.0], [2.0, 3.0], [0.0, 5.0]])
    nan, inf = math.nan, math.inf
    found = kernels.dense_totals(
        np.array([[[nan, 1, 1], [1, nan, 1], [1, 1, nan], [1, 1, 1], [inf, 1, 1]]]), coefficients
    )
    np.testing.assert_array_equal(found, [[[nan, 8], [nan, nan], [3, nan], [3, 8], [nan, 8]]])


@pytest.mark.parametrize("known", [True, False])
def test_unknown_dense_coefficients_touch_their_outputs_alone(known):
    coefficients = np.array([[math.nan, 0.0 if known else math.nan], [2.0, 3.0]])
    found = kernels.dense_totals(np.array([[[1.0, 1.0], [math.nan, 1.0]]]), coefficients)
    assert np.isnan(found[:, :, 0]).all()
    np.testing.assert_array_equal(found[:, :, 1], [[3, 3]] if known else [[math.nan, math.nan]])


def test_multipliers_by_hand():
    """Level 3: on a line 0.5 + 0.5 x 3 = 2; as growth (1 + 3)^2 = 16; a slope of 0 leaves 0.5, an exponent of 0 leaves 1."""
    args = (
        np.array([0, 1]),
        np.array([0, 1]),
        np.array([0.0, 1.0]),
        np.array([[0.5, 0.5], [0, 0]]),
        np.array([[0.5, 0], [2, 0]]),
    )
    np.testing.assert_array_equal(kernels.multipliers(np.array([[3.0, 3.0]]), *args), [[[2, 16], [0.5, 1]]])
    np.testing.assert_array_equal(
        kernels.multipliers(np.full((1, 2), math.nan), *args), [[[math.nan, math.nan], [0.5, 1]]]
    )
