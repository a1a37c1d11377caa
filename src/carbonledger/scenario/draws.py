"""The scenarios of a sweep by their number: named ones x grid x draws, each block the same whatever the blocks."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import Faults, ScenarioError
from ..messages import say
from .distributions import BELOW_ONE, ppf
from .nouns import Sampling, Scenario

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LHS_LIMIT = 2_000_000  # values of a Latin hypercube, which is drawn whole and kept
SOBOL_LIMIT = 21_201  # dimensions for which direction numbers are known (Joe and Kuo 2008)
_SOBOL_BITS = 32  # the most of which SciPy can skip draws
SOBOL_DRAWS = 2**_SOBOL_BITS


@dataclass(frozen=True, eq=False)
class Labels:
    """What some scenarios are called.

    Attributes
    ----------
    named : str [scenario]
        The named scenario; blank where the scenario file names none.
    levels : dict of axis -> float64 [scenario]
        Levels of the grid axes.
    draw : int64 [scenario]
        Number of the draw, from 0; 0 where nothing is drawn.
    """

    named: npt.NDArray[np.str_]
    levels: dict[str, npt.NDArray[np.float64]]
    draw: npt.NDArray[np.int64]


class Draws:
    """The levels of every axis in every scenario, by the number of the scenario.

    Named scenarios are outermost, then the grid axes in the order of the file (the last one fastest), then the draws.
    All named scenarios and grid cells share the same draws, so that their differences are not noise.

    Parameters
    ----------
    scenario : Scenario
        Checked already.
    widths : dict of axis -> int
        Columns of an axis: as many as the case has labels for one with ``each``; 1 where not given.

    Attributes
    ----------
    n : int
        Number of scenarios.
    axes : tuple of str
        In the order of the file.

    Raises
    ------
    ScenarioError
        If a Sobol sequence or a Latin hypercube would be too large with these widths.
    """

    def __init__(self, scenario: Scenario, widths: Mapping[str, int]) -> None:
        self.axes = tuple(axis.name for axis in scenario.axes)
        self.widths = {name: widths.get(name, 1) for name in self.axes}
        self.sampling = scenario.sampling
        self._named = scenario.named or (("", "", {}),)
        self._grid = tuple(axis for axis in scenario.axes if axis.levels)
        self._drawn = tuple(axis for axis in scenario.axes if axis.distribution)
        self.n_draws = self.sampling.n if self.sampling and self._drawn else 1
        self.n_grid = math.prod(len(axis.levels) for axis in self._grid)
        self.n = len(self._named) * self.n_grid * self.n_draws
        self._check_size()

    def block(self, start: int, stop: int) -> dict[str, npt.NDArray[np.float64]]:
        """The levels [stop - start, width] of every axis, in its unit, of the scenarios ``start`` to ``stop`` - 1."""
        import numpy as np

        named, cell, draw = self._places(start, stop)
        columns = {name: _column([levels[name] for *_, levels in self._named], named) for name in self._named[0][2]}
        columns |= self._grid_levels(cell)
        made = {name: np.repeat(levels[:, None], self.widths[name], axis=1) for name, levels in columns.items()}
        if self._drawn:
            made |= self._drawn_levels(draw)
        return {name: np.ascontiguousarray(made[name]) for name in self.axes}

    def labels(self, start: int, stop: int) -> Labels:
        """What the scenarios ``start`` to ``stop`` - 1 are called."""
        import numpy as np

        named, cell, draw = self._places(start, stop)
        return Labels(np.array([name for name, *_ in self._named])[named], self._grid_levels(cell), draw)

    def _check_size(self) -> None:
        if not (self._drawn and self.sampling):
            return
        n_columns = sum(self.widths[axis.name] for axis in self._drawn)
        faults = Faults()
        if self.sampling.method == "sobol" and n_columns > SOBOL_LIMIT:
            faults.add(
                say("[sampling]: {n} columns are drawn; Sobol has {limit} dimensions", n=n_columns, limit=SOBOL_LIMIT),
                mend=say("Write method = 'monte_carlo', or draw fewer labels under 'each'"),
            )
        if self.sampling.method == "latin_hypercube" and (size := self.n_draws * n_columns) > LHS_LIMIT:
            faults.add(
                say(
                    "[sampling]: a Latin hypercube is drawn whole; {n} draws x {columns} columns are {size} values of at most {limit}",
                    n=self.n_draws,
                    columns=n_columns,
                    size=size,
                    limit=LHS_LIMIT,
                ),
                mend=say("Write method = 'sobol' or 'monte_carlo', or a smaller n"),
            )
        faults.raise_as(ScenarioError, say("draws"))

    def _places(self, start: int, stop: int) -> tuple[npt.NDArray[np.int64], ...]:
        """Named scenario, cell of the grid and draw of each scenario."""
        import numpy as np

        if not 0 <= start <= stop <= self.n:
            raise ScenarioError(
                say(
                    "scenarios {start} to {last} asked for; there are {n}, numbered from 0",
                    start=start,
                    last=stop - 1,
                    n=self.n,
                )
            )
        outer, draw = np.divmod(np.arange(start, stop, dtype=np.int64), self.n_draws)
        return *np.divmod(outer, self.n_grid), draw

    def _grid_levels(self, cell: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.float64]]:
        made, stride = {}, self.n_grid
        for axis in self._grid:
            stride //= len(axis.levels)
            made[axis.name] = _column(axis.levels, cell // stride % len(axis.levels))
        return made

    def _drawn_levels(self, draw: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.float64]]:
        """Levels of the drawn axes; no draw is made twice, even if the block goes through all of them several times."""
        import numpy as np

        if len(draw) > self.n_draws:
            return {name: levels[draw] for name, levels in self._made(0, self.n_draws).items()}
        first = int(draw[0]) if len(draw) else 0
        last = min(first + len(draw), self.n_draws)
        made = self._made(first, last)
        if again := len(draw) - (last - first):  # the next named scenario or cell begins within the block
            more = self._made(0, again)
            return {name: np.concatenate([levels, more[name]]) for name, levels in made.items()}
        return made

    def _made(self, first: int, last: int) -> dict[str, npt.NDArray[np.float64]]:
        shares = self._shares(first, last)
        if self.sampling and self.sampling.correlation:
            names, matrix = pearson([axis.name for axis in self._drawn], self.sampling)
            _correlate(shares, names, matrix)
        return {axis.name: ppf(axis.distribution, shares[axis.name]) for axis in self._drawn if axis.distribution}

    def _shares(self, first: int, last: int) -> dict[str, npt.NDArray[np.float64]]:
        """Numbers between 0 and 1, both excluded, for the draws ``first`` to ``last`` - 1 [draw, width] of each axis."""
        method = self.sampling.method if self.sampling else ""
        if method == "sobol":
            return self._sobol_shares(first, last)
        if method == "latin_hypercube":
            return {name: shares[first:last] for name, shares in self._hypercube.items()}
        seed = self.sampling.seed if self.sampling else 0
        return {axis.name: _philox(seed, axis.name, first, last, self.widths[axis.name]) for axis in self._drawn}

    def _sobol_shares(self, first: int, last: int) -> dict[str, npt.NDArray[np.float64]]:
        """A stretch of the Sobol sequence; going forward to it costs about 0.3 ns per skipped draw and column."""
        import copy

        import numpy as np

        engine = copy.deepcopy(self._sobol)  # blocks may be made in any order, and by several threads
        head = engine.random(1 if first == 0 < last else 0)  # apart, as SciPy warns of a first stretch that is no 2^k
        if first:
            engine.fast_forward(first)
        points = np.concatenate([head, engine.random(last - first - len(head))])
        points += 2.0 ** -(_SOBOL_BITS + 1)  # the middle of each step: never 0, never 1
        ends = np.cumsum([self.widths[axis.name] for axis in self._drawn])[:-1]
        parts = np.split(points, ends, axis=1)
        return {axis.name: np.ascontiguousarray(part) for axis, part in zip(self._drawn, parts, strict=True)}

    @cached_property
    def _sobol(self) -> Any:
        import numpy as np
        from scipy.stats import qmc

        rng = np.random.default_rng(self.sampling.seed if self.sampling else 0)
        return qmc.Sobol(sum(self.widths[axis.name] for axis in self._drawn), scramble=True, rng=rng, bits=_SOBOL_BITS)

    @cached_property
    def _hypercube(self) -> dict[str, npt.NDArray[np.float64]]:
        """One draw in each of ``n_draws`` equal strata, in an order of its own for every column."""
        import numpy as np

        made: dict[str, npt.NDArray[np.float64]] = {}
        seed = self.sampling.seed if self.sampling else 0
        for axis in self._drawn:
            rng = np.random.Generator(np.random.Philox(key=_key(seed, axis.name)))
            strata = np.repeat(np.arange(self.n_draws)[:, None], self.widths[axis.name], axis=1)
            rng.permuted(strata, axis=0, out=strata)
            made[axis.name] = np.clip((strata + rng.random(strata.shape)) / self.n_draws, 1 - BELOW_ONE, BELOW_ONE)
        return made


def pearson(axes: Iterable[str], sampling: Sampling) -> tuple[list[str], npt.NDArray[np.float64]]:
    """The axes of the rank correlations, in the order of ``axes``, and the correlations of the normal copula.

    A rank correlation r of two normal numbers is one of 2 sin(pi r / 6) of their values (Pearson 1907).
    """
    import numpy as np

    named = {name for first, second, _ in sampling.correlation for name in (first, second)}
    names = [name for name in axes if name in named]
    matrix = np.eye(len(names))
    for first, second, rank in sampling.correlation:
        i, j = names.index(first), names.index(second)
        matrix[i, j] = matrix[j, i] = 2.0 * math.sin(math.pi * rank / 6.0)
    return names, matrix


def _correlate(shares: dict[str, npt.NDArray[np.float64]], names: list[str], matrix: npt.NDArray[np.float64]) -> None:
    """Put a Gaussian copula on independent shares, in place.

    Term by term: a matrix product may round otherwise for another number of rows, and blocks must not differ.
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    lower = np.linalg.cholesky(matrix)
    normal = [ndtri(shares[name]) for name in names]
    for i, name in enumerate(names):
        mixed = lower[i, 0] * normal[0]
        for j in range(1, i + 1):
            mixed = mixed + lower[i, j] * normal[j]
        shares[name] = np.clip(ndtr(mixed), 1 - BELOW_ONE, BELOW_ONE)


def _philox(seed: int, name: str, first: int, last: int, width: int) -> npt.NDArray[np.float64]:
    """Shares [last - first, width] from a generator that counts: the k-th number is known without those before it."""
    import numpy as np

    counts, skipped = divmod(first * width, 4)  # one count gives four numbers
    generator = np.random.Philox(key=_key(seed, name)).advance(counts)
    words = generator.random_raw(skipped + (last - first) * width)[skipped:].reshape(last - first, width)
    words >>= np.uint64(12)
    shares: npt.NDArray[np.float64] = np.add(words, 0.5)  # in the middle of 2^52 steps
    shares *= 2.0**-52
    return shares


def _key(seed: int, name: str) -> int:
    """Of the seed and the name alone: another axis in the scenario leaves the draws of this one as they are."""
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:16], "little")


def _column(levels: Iterable[float], at: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    import numpy as np

    chosen: npt.NDArray[np.float64] = np.array(list(levels), dtype=np.float64)[at]
    return chosen
