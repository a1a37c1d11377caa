"""Levels by the number of the scenario: quantiles by hand, the same draws whatever the blocks, order, correlation."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from carbonledger.errors import ScenarioError
from carbonledger.scenario.distributions import BELOW_ONE, KINDS, cdf, ppf
from carbonledger.scenario.draws import Draws, pearson
from carbonledger.scenario.nouns import METHODS, Axis, Distribution, Sampling, Scenario

Z975 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution, as in any table
Z75 = 0.6744897501960817  # its upper quartile


def distribution(kind, *parameters, truncate=None):
    return Distribution(kind, dict(zip(KINDS[kind], parameters, strict=True)), truncate)


NORMAL = distribution("normal", 10.0, 2.0)
SPLIT = distribution("split_normal", 5.0, 1.0, 3.0)
LOGNORMAL = distribution("lognormal", 2.0, 1.5)
TRIANGULAR = distribution("triangular", 0.0, 1.0, 3.0)
UNIFORM = distribution("uniform", 0.0, 10.0)
ALL = [NORMAL, SPLIT, LOGNORMAL, TRIANGULAR, UNIFORM]


def scenario(*axes, n=8, method="monte_carlo", seed=2026, named=(), correlation=()):
    return Scenario("s", 2025, (2026,), axes=axes, named=named, sampling=Sampling(n, seed, method, correlation))


# ---- quantiles

GOLDEN = [
    (NORMAL, 0.5, 10.0),
    (NORMAL, 0.975, 10.0 + 2.0 * Z975),
    (NORMAL, 0.025, 10.0 - 2.0 * Z975),
    # a quarter (1 / (1 + 3)) of it lies below the mode; an eighth is half of that: the lower quartile of N(5, 1)
    (SPLIT, 0.25, 5.0),
    (SPLIT, 0.125, 5.0 - Z75),
    # 3/4 x 2 x 0.025 = 0.0375 lies above mode + 3 x 1.96
    (SPLIT, 1 - 0.0375, 5.0 + 3.0 * Z975),
    (LOGNORMAL, 0.5, 2.0),
    (LOGNORMAL, 0.975, 2.0 * 1.5**Z975),
    # F(x) = 1 - (3 - x)^2 / 6 above the mode, x^2 / 3 below it, where a third lies
    (TRIANGULAR, 0.5, 3.0 - math.sqrt(3.0)),
    (TRIANGULAR, 1 / 3, 1.0),
    (TRIANGULAR, 0.12, 0.6),
    (distribution("triangular", 0.0, 0.0, 2.0), 0.75, 1.0),
    (distribution("triangular", 0.0, 2.0, 2.0), 0.25, 1.0),
    (UNIFORM, 0.3, 3.0),
    (distribution("uniform", 0.0, 10.0, truncate=(2.0, 4.0)), 0.25, 2.5),
    # cut alike on both sides: the median stays; cut at the mean: the upper half alone, its median at the quartile
    (distribution("normal", 1.0, 0.02, truncate=(0.97, 1.03)), 0.5, 1.0),
    (distribution("normal", 0.0, 1.0, truncate=(0.0, 30.0)), 0.5, Z75),
    (distribution("split_normal", 5.0, 1.0, 3.0, truncate=(-50.0, 5.0)), 0.5, 5.0 - Z75),
    (distribution("lognormal", 2.0, 1.5, truncate=(0.0, 2.0)), 0.5, 2.0 / 1.5**Z75),
    # F(2) = 5/6, half of which is 5/12: (3 - x)^2 / 6 = 7/12
    (distribution("triangular", 0.0, 1.0, 3.0, truncate=(0.0, 2.0)), 0.5, 3.0 - math.sqrt(6.0 * 7.0 / 12.0)),
]


@pytest.mark.parametrize(("one", "u", "expected"), GOLDEN)
def test_golden_quantiles(one, u, expected):
    assert float(ppf(one, u)) == pytest.approx(expected, rel=1e-13, abs=1e-13)
    if one.truncate is None:
        assert float(cdf(one, expected)) == pytest.approx(u, rel=1e-13)


@pytest.mark.parametrize(
    ("one", "mean", "variance"),
    [
        (NORMAL, 10.0, 4.0),
        # John (1982), Communications in Statistics 11: mode + sqrt(2/pi) (s2 - s1); (1 - 2/pi) (s2 - s1)^2 + s1 s2
        (SPLIT, 5.0 + math.sqrt(2 / math.pi) * 2.0, (1 - 2 / math.pi) * 4.0 + 3.0),
        (
            LOGNORMAL,
            2.0 * math.exp(math.log(1.5) ** 2 / 2),
            4.0 * math.exp(math.log(1.5) ** 2) * math.expm1(math.log(1.5) ** 2),
        ),
        (TRIANGULAR, 4 / 3, (9 + 1 - 3) / 18),  # (a^2 + b^2 + c^2 - ab - ac - bc) / 18
        (UNIFORM, 5.0, 100 / 12),
        # the upper half of N(0, 1): sqrt(2/pi) and 1 - 2/pi
        (distribution("normal", 0.0, 1.0, truncate=(0.0, 30.0)), math.sqrt(2 / math.pi), 1 - 2 / math.pi),
    ],
)
def test_moments_of_the_quantile_function(one, mean, variance):
    """The mean over equally spaced shares is the integral of the quantiles; the ends of long tails add little."""
    u = (np.arange(1_000_000) + 0.5) / 1_000_000
    levels = ppf(one, u)
    assert levels.mean() == pytest.approx(mean, rel=1e-5)
    assert levels.var() == pytest.approx(variance, rel=1e-3)
    assert (np.diff(levels) >= 0).all()


@pytest.mark.parametrize("one", ALL)
def test_the_very_ends_are_finite(one):
    assert np.isfinite(ppf(one, [2.0**-53, BELOW_ONE])).all()


@given(
    one=st.sampled_from(ALL), cuts=st.tuples(st.floats(0.5, 9.0), st.floats(0.05, 9.0)), u=st.floats(2**-53, BELOW_ONE)
)
@example(one=NORMAL, cuts=(0.5, 1.5), u=BELOW_ONE)
def test_truncation_is_the_distribution_between_the_cuts(one, cuts, u):
    """Among the shares below the cuts and below the level, u of those between the cuts lie below the level."""
    low, high = cuts[0], cuts[0] + cuts[1]
    below, above = cdf(one, [low, high])
    if above - below < 1e-6:
        return
    level = float(ppf(Distribution(one.kind, one.parameters, (low, high)), u))
    assert low <= level <= high
    assert (float(cdf(one, level)) - below) / (above - below) == pytest.approx(u, abs=1e-9)


def test_an_open_cut_and_nothing_below_zero():
    for cut in np.linspace(-3.0, 3.0, 61):  # the sum of the shares rounds to 1 for some of them
        one = distribution("normal", 0.0, 1.0, truncate=(float(cut), math.inf))
        assert np.isfinite(ppf(one, [2.0**-53, BELOW_ONE])).all()
    assert cdf(LOGNORMAL, [-1.0, 0.0]).tolist() == [0, 0]


# ---- blocks

LEVELS = Axis("growth", levels=(0.0, 2.0, 4.0))
AXES = (
    Axis("carbon", distribution=distribution("normal", 1.0, 0.02, truncate=(0.95, 1.05)), each=("entity",)),
    LEVELS,
    Axis("price", distribution=TRIANGULAR),
    Axis("policy"),
    Axis("demand", distribution=LOGNORMAL),
)
NAMED = (("frozen", "冻结", {"policy": 0.0}), ("fast", "加速", {"policy": 1.0}))
PAIR = (("price", "demand", 0.6),)
N_DRAWS, WIDTH = 11, 3
WHOLE = {
    method: Draws(scenario(*AXES, n=N_DRAWS, method=method, named=NAMED, correlation=PAIR), {"carbon": WIDTH})
    for method in METHODS
}
N = 2 * 3 * N_DRAWS


@pytest.mark.parametrize("method", METHODS)
@given(ends=st.tuples(st.integers(0, N), st.integers(0, N)).map(sorted))
@settings(max_examples=60)
@example(ends=[0, 0])
@example(ends=[N, N])
@example(ends=[10, 11])
@example(ends=[10, 12])
@example(ends=[5, 16])
@example(ends=[5, 17])
def test_a_block_is_a_slice_of_the_whole(method, ends):
    draws, (start, stop) = WHOLE[method], ends
    whole, block = draws.block(0, draws.n), draws.block(start, stop)
    assert tuple(block) == tuple(whole) == draws.axes == tuple(axis.name for axis in AXES)
    for name, levels in block.items():
        assert levels.dtype == np.float64 and levels.flags.c_contiguous
        assert levels.shape == (stop - start, WIDTH if name == "carbon" else 1)
        assert levels.tobytes() == whole[name][start:stop].tobytes()
    labels, all_labels = draws.labels(start, stop), draws.labels(0, draws.n)
    assert labels.named.tolist() == all_labels.named[start:stop].tolist()
    assert labels.draw.tolist() == all_labels.draw[start:stop].tolist()


@pytest.mark.parametrize("method", METHODS)
def test_scenarios_far_out_are_found_alone(method):
    """One scenario of a hundred thousand, on axes of one and of several columns."""
    axes = (Axis("wide", distribution=NORMAL, each=("entity",)), Axis("one", distribution=UNIFORM))
    draws = Draws(scenario(*axes, n=100_000, method=method), {"wide": 5})
    whole = draws.block(0, 100_000)
    for index in (0, 1, 2, 3, 4, 77_777, 99_999):
        alone = draws.block(index, index + 1)
        assert all(alone[name].tobytes() == whole[name][index : index + 1].tobytes() for name in whole)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_by_another_process_and_by_threads(method):
    draws = WHOLE[method]
    whole = draws.block(0, N)
    parts = [(i, min(i + 5, N)) for i in range(0, N, 5)]
    with ThreadPoolExecutor(4) as pool:
        blocks = list(pool.map(lambda part: draws.block(*part), reversed(parts)))
    for (start, stop), block in zip(reversed(parts), blocks, strict=True):
        assert all(block[name].tobytes() == whole[name][start:stop].tobytes() for name in whole)
    copied = pickle.loads(pickle.dumps(draws)).block(7, 19)
    assert all(copied[name].tobytes() == whole[name][7:19].tobytes() for name in whole)


def test_draws_do_not_hang_on_the_hash_seed_of_the_process():
    code = (
        "from carbonledger.scenario.draws import Draws; from carbonledger.scenario.nouns import *;"
        "axis = Axis('碳', distribution=Distribution('uniform', {'low': 0.0, 'high': 1.0}));"
        "draws = Draws(Scenario('s', 2025, (2026,), axes=(axis,), sampling=Sampling(9, 7)), {});"
        "print(draws.block(0, 9)['碳'].tobytes().hex())"
    )
    here = Draws(scenario(Axis("碳", distribution=distribution("uniform", 0.0, 1.0)), n=9, seed=7), {})
    environment = {"PYTHONHASHSEED": "12345", "PYTHONUTF8": "1"}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.strip() == here.block(0, 9)["碳"].tobytes().hex()


def test_scenarios_that_are_not_there_are_refused():
    for start, stop in ((-1, 2), (0, N + 1), (5, 4)):
        with pytest.raises(ScenarioError, match="there are 66, numbered from 0"):
            WHOLE["sobol"].block(start, stop)
        with pytest.raises(ScenarioError, match="numbered from 0"):
            WHOLE["sobol"].labels(start, stop)


# ---- order


def test_named_scenarios_are_outermost_then_the_grid_then_the_draws():
    other = Axis("tax", levels=(10.0, 20.0))
    draws = Draws(
        scenario(Axis("policy"), LEVELS, other, Axis("x", distribution=UNIFORM), n=2, named=NAMED),
        {},
    )
    found, labels = draws.block(0, draws.n), draws.labels(0, draws.n)
    expected = list(product((0.0, 1.0), LEVELS.levels, other.levels, range(2)))  # the last one is the fastest
    assert draws.n == len(expected) == 24
    assert found["policy"][:, 0].tolist() == [row[0] for row in expected]
    assert found["growth"][:, 0].tolist() == labels.levels["growth"].tolist() == [row[1] for row in expected]
    assert found["tax"][:, 0].tolist() == labels.levels["tax"].tolist() == [row[2] for row in expected]
    assert labels.draw.tolist() == [row[3] for row in expected]
    assert labels.named.tolist() == ["frozen"] * 12 + ["fast"] * 12


@pytest.mark.parametrize("method", METHODS)
def test_all_named_scenarios_and_cells_share_the_draws(method):
    found = WHOLE[method].block(0, N)
    for name in ("carbon", "price", "demand"):
        by_cell = found[name].reshape(6, N_DRAWS, -1)
        assert all(np.array_equal(by_cell[0], cell) for cell in by_cell)
        assert len(np.unique(by_cell[0])) == by_cell[0].size


def test_without_anything_to_vary_there_is_one_scenario():
    draws = Draws(Scenario("s", 2025, (2026,)), {})
    assert (draws.n, draws.axes, draws.block(0, 1)) == (1, (), {})
    labels = draws.labels(0, 1)
    assert (labels.named.tolist(), labels.levels, labels.draw.tolist()) == ([""], {}, [0])


def test_a_grid_alone_is_not_multiplied_by_the_draws():
    assert Draws(scenario(LEVELS, n=1000), {}).n == 3


def test_a_level_of_a_grid_fills_all_columns():
    found = Draws(scenario(LEVELS), {"growth": 4}).block(0, 3)["growth"]
    assert found.tolist() == [[level] * 4 for level in LEVELS.levels]


# ---- chance


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("one", ALL)
def test_moments_of_the_draws(method, one):
    """Within 4.5 standard errors of a random sample; the other two methods lie nearer."""
    n = 20_000
    levels = Draws(scenario(Axis("x", distribution=one), n=n, method=method), {}).block(0, n)["x"][:, 0]
    exact = ppf(one, (np.arange(1_000_000) + 0.5) / 1_000_000)
    assert abs(levels.mean() - exact.mean()) < 4.5 * exact.std() / math.sqrt(n)
    fourth = ((exact - exact.mean()) ** 4).mean()
    assert abs(levels.var() - exact.var()) < 4.5 * math.sqrt((fourth - exact.var() ** 2) / n)


def shares(method, n, width=1, seed=2026):
    """Draws between 0 and 1."""
    unit = Axis("x", distribution=distribution("uniform", 0.0, 1.0), each=("entity",))
    return Draws(scenario(unit, n=n, method=method, seed=seed), {"x": width}).block(0, n)["x"]


@pytest.mark.parametrize("method", ["sobol", "latin_hypercube"])
def test_stratified_methods_put_one_draw_into_each_stratum(method):
    """A Latin hypercube by its definition; a scrambled Sobol sequence of 2^k points because it is a (t, k, s)-net."""
    found = np.sort((shares(method, 256, width=6) * 256).astype(int), axis=0)
    assert all(found[:, column].tolist() == list(range(256)) for column in range(6))


def test_sobol_points_fill_the_square_evenly():
    """The first two dimensions are a (0, 8, 2)-net: one of 256 points in each cell of 16 x 16; chance would leave a
    third of the cells empty."""
    cells = (shares("sobol", 256, width=2) * 16).astype(int)
    assert len({tuple(cell) for cell in cells.tolist()}) == 256


@pytest.mark.parametrize("method", METHODS)
def test_columns_are_drawn_apart(method):
    n, width = 4096, 8
    found = shares(method, n, width)
    assert len(np.unique(found)) == found.size
    assert np.abs(np.corrcoef(found.T) - np.eye(width)).max() < 4.5 / math.sqrt(n)
    assert found.min() > 0 and found.max() < 1


@pytest.mark.parametrize(("method", "bits"), [("monte_carlo", 52), ("sobol", 32)])
def test_draws_lie_in_the_middle_of_their_steps(method, bits):
    """So that none is ever 0 or 1, where a quantile is infinite."""
    assert (shares(method, 1000, width=3) * 2.0 ** (bits + 1) % 2 == 1).all()


@pytest.mark.parametrize("method", METHODS)
def test_another_seed_gives_other_draws(method):
    assert not np.isin(shares(method, 64, seed=1), shares(method, 64, seed=2)).any()
    np.testing.assert_array_equal(shares(method, 64, seed=1), shares(method, 64, seed=1))


@pytest.mark.parametrize("method", ["monte_carlo", "latin_hypercube"])
def test_an_axis_is_drawn_alike_whatever_the_others(method):
    one, other = Axis("a", distribution=NORMAL), Axis("b", distribution=NORMAL)
    alone = Draws(scenario(one, n=50, method=method), {}).block(0, 50)["a"]
    both = Draws(scenario(other, LEVELS, one, n=50, method=method), {}).block(0, 50)
    np.testing.assert_array_equal(both["a"], alone)
    assert not np.isin(both["b"], alone).any()


def test_more_draws_keep_the_first_ones():
    for method in ("monte_carlo", "sobol"):
        np.testing.assert_array_equal(shares(method, 100)[:64], shares(method, 64))


# ---- rank correlation


def ranks(values):
    return np.argsort(np.argsort(values))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rank", [0.6, -0.9, 0.0])
def test_rank_correlation_is_reproduced(method, rank):
    """Spearman's coefficient of the draws, whatever the distributions; the third axis stays apart."""
    n = 10_000
    axes = (Axis("a", distribution=LOGNORMAL), Axis("c", distribution=UNIFORM), Axis("b", distribution=TRIANGULAR))
    draws = Draws(scenario(*axes, n=n, method=method, correlation=(("a", "b", rank),)), {})
    found = {name: ranks(levels[:, 0]) for name, levels in draws.block(0, n).items()}
    assert np.corrcoef(found["a"], found["b"])[0, 1] == pytest.approx(rank, abs=3 / math.sqrt(n))
    assert np.corrcoef(found["a"], found["c"])[0, 1] == pytest.approx(0, abs=3 / math.sqrt(n))


def test_three_axes_correlated_pair_by_pair():
    n, pairs = 20_000, (("c", "a", 0.5), ("a", "b", -0.4), ("b", "c", 0.2))
    axes = [Axis(name, distribution=NORMAL) for name in "abc"]
    found = Draws(scenario(*axes, n=n, correlation=pairs), {}).block(0, n)
    for one, other, rank in pairs:
        rho = np.corrcoef(ranks(found[one][:, 0]), ranks(found[other][:, 0]))[0, 1]
        assert rho == pytest.approx(rank, abs=3 / math.sqrt(n))
    for name in "abc":  # the distribution of each stays its own
        assert found[name].mean() == pytest.approx(10.0, abs=4.5 * 2.0 / math.sqrt(n))
        assert found[name].std() == pytest.approx(2.0, rel=4.5 / math.sqrt(2 * n))


def test_pearson_of_a_rank_correlation():
    """2 sin(pi/6 x 1/2) = 2 sin 15 degrees = (sqrt 6 - sqrt 2) / 2; names stand in the order of the axes."""
    names, matrix = pearson("zyx", Sampling(1, 0, correlation=(("x", "z", 0.5),)))
    assert names == ["z", "x"]
    assert matrix == pytest.approx(
        np.array([[1, (math.sqrt(6) - math.sqrt(2)) / 2], [(math.sqrt(6) - math.sqrt(2)) / 2, 1]])
    )


# ---- size


def test_too_many_columns_for_sobol():
    axes = (Axis("x", distribution=NORMAL, each=("entity",)), Axis("y", distribution=NORMAL))
    with pytest.raises(ScenarioError, match=r"21202 columns .* 21201 dimensions.*'monte_carlo'"):
        Draws(scenario(*axes, method="sobol"), {"x": 21_201})
    assert Draws(scenario(*axes), {"x": 21_201}).n == 8


def test_too_large_a_latin_hypercube():
    axis = Axis("x", distribution=NORMAL, each=("entity",))
    with pytest.raises(
        ScenarioError, match=r"1000 draws x 2001 columns are 2001000 values of at most 2000000.*'sobol'"
    ):
        Draws(scenario(axis, n=1000, method="latin_hypercube"), {"x": 2001})
    assert Draws(scenario(axis, n=1000, method="latin_hypercube"), {"x": 2000}).n == 1000
