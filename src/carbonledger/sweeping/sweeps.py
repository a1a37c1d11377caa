"""The sweep: every scenario x year x district, as a labelled cube or reduced on the fly."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..case import Case
from ..errors import ScenarioError
from ..levers import Prepared
from ..messages import say
from .asking import as_list, check_asked, check_index, prepared_of, shown_names, shown_years
from .cube import cube
from .evaluating import Block, evaluate, judged_targets
from .machine import block_size, check_memory
from .manifest import about
from .naming import attributes
from .reducing import DIFFERENCE, Extremes, FirstYear, Histogram, Moments, Verdicts, differences, reduced

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr


def sweep(
    case: Case | Prepared | str | Path,
    scenario: Any = None,
    *,
    by: str = "",
    years: Sequence[int] | None = None,
    keep: Sequence[str] | None = None,
    reduce: Sequence[str] | None = None,
    quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    blocks: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> xr.Dataset:
    """Quantities, indicators and verdicts of every scenario, year and district.

    Parameters
    ----------
    case : Case, path or name; or Prepared
        From :func:`carbonledger.open_case`, or what that accepts; or from :func:`prepare`, then without ``scenario``.
    scenario : Scenario, path or dict
        From :func:`carbonledger.read_scenario`, or what that accepts.
    by : str
        ``entity`` or a level (``district``, ``enterprise`` ...); that of the case by default.
    years : list of int, optional
        Years shown; the base year and all projected ones by default.
    keep : list of str, optional
        Indicators and quantities shown; the scenario's indicators by default.
    reduce : list of str, optional
        Any of ``mean, quantiles, extremes, verdicts, first_year, difference`` over the scenarios; without it the
        whole cube is returned.
    quantiles : list of float
        Probabilities of the quantiles.
    blocks : int, optional
        Scenarios computed at a time; what fits a modest share of the memory by default.
    progress : callable, optional
        Called with (scenarios done, all), reductions that need two passes counting twice.

    Returns
    -------
    Dataset
        Without ``reduce``: each name [scenario, entity, year] with ``<name>_reason``, ``verdict``, ``verdict_reason``
        and ``margin`` [scenario, target, entity, year], and the levels of the axes by scenario. With it: see
        ``docs/scenarios.md``.

    Raises
    ------
    ScenarioError
        Every fault of the scenarios at once, before any work starts; a cube beyond the memory of the machine.

    Notes
    -----
    Without levers a projected year is the base year's inventory. The same blocks give the same bits on every run.
    """
    check_asked(reduce, quantiles, blocks)
    prepared = prepared_of(case, scenario, by)
    shown, names = shown_years(prepared, years), shown_names(prepared, keep)
    check_memory(prepared, names, shown, whole=not reduce)
    size = int(blocks) if blocks else block_size(prepared, names, shown)
    if reduce:
        found = _reduced(prepared, names, shown, as_list(reduce) or [], quantiles, size, progress)
    else:
        found = cube(prepared, names, shown, list(_blocks(prepared, names, shown, size, progress)))
    return found.assign_attrs(about(prepared, size))


def replay(
    case: Case | Prepared | str | Path,
    scenario: Any = None,
    *,
    index: int,
    by: str = "",
    years: Sequence[int] | None = None,
    keep: Sequence[str] | None = None,
) -> xr.Dataset:
    """One scenario of a sweep again, by its number: the cube's slice, without computing the others.

    Parameters
    ----------
    case, scenario, by, years, keep
        As in :func:`sweep`.
    index : int
        Number of the scenario, from 0.
    """
    prepared = prepared_of(case, scenario, by)
    check_index(prepared, index)
    shown, names = shown_years(prepared, years), shown_names(prepared, keep)
    block = evaluate(prepared, index, index + 1, names=names, years=shown)
    return cube(prepared, names, shown, [block]).assign_attrs(about(prepared, 1))


def _blocks(
    prepared: Prepared,
    names: Sequence[str],
    years: Sequence[int],
    size: int,
    progress: Callable[[int, int], None] | None,
    *,
    done: int = 0,
    of: int = 0,
    judged: bool = True,
) -> Iterator[Block]:
    n = prepared.draws.n
    for start in range(0, n, size):
        stop = min(start + size, n)
        yield evaluate(prepared, start, stop, names=names, years=years, judged=judged)
        if progress is not None:
            progress(done + stop, of or n)


@dataclass
class _Found:
    """What the first pass over the scenarios accumulates."""

    moments: dict[str, Moments]
    ranges: dict[str, Extremes]
    verdicts: Verdicts | None
    first: FirstYear | None
    extrapolated: dict[str, Any] = field(default_factory=dict)

    def add(self, block: Block, values: Mapping[str, Any], shape: tuple[int, int]) -> None:
        for accumulators in (self.moments, self.ranges):
            for name, accumulator in accumulators.items():
                accumulator.add(block.start, values[name])
        if self.verdicts is not None and self.first is not None:
            codes = _codes(block, shape)
            self.verdicts.add(block.start, codes)
            self.first.add(block.start, codes)
        for name, beyond in block.extrapolated.items():
            self.extrapolated[name] = self.extrapolated.get(name, 0) + beyond.sum(axis=0)


def _reduced(
    prepared: Prepared,
    names: Sequence[str],
    years: Sequence[int],
    reduce: list[str],
    quantiles: Sequence[float],
    size: int,
    progress: Callable[[int, int], None] | None,
) -> xr.Dataset:
    """Two passes where quantiles are wanted: the first finds the range of each, the second counts within it."""
    n, shape, targets = prepared.draws.n, (len(prepared.entities), len(years)), judged_targets(prepared)
    against = _reference(prepared) if "difference" in reduce else None
    every = [*names, *(f"{name}{DIFFERENCE}" for name in names if against is not None)]
    if against is not None and not {"mean", "quantiles", "extremes"} & set(reduce):
        reduce = [*reduce, "mean"]

    def values_of(block: Block) -> dict[str, Any]:
        more = _less_reference(prepared, block, against, names, years) if against is not None else {}
        return block.values | more

    judged = bool({"verdicts", "first_year"} & set(reduce)) and bool(targets)
    found = _Found(
        {name: Moments.blank(shape, n) for name in every if "mean" in reduce},
        {name: Extremes.blank(shape, n) for name in every if {"extremes", "quantiles"} & set(reduce)},
        Verdicts.blank((len(targets), *shape)) if judged else None,
        FirstYear.blank((len(targets), *shape)) if judged else None,
    )
    passes = 2 if "quantiles" in reduce else 1
    for block in _blocks(prepared, names, years, size, progress, of=passes * n, judged=judged):
        found.add(block, values_of(block), shape)
    histograms = {}
    if "quantiles" in reduce:
        ranges = {name: accumulator.result() for name, accumulator in found.ranges.items()}
        histograms = {name: Histogram.between(r["min"], r["max"], scenarios=n) for name, r in ranges.items()}
        for block in _blocks(prepared, names, years, size, progress, done=n, of=2 * n, judged=False):
            values = values_of(block)
            for name, histogram in histograms.items():
                histogram.add(block.start, values[name])
    made = reduced(
        prepared.entities,
        years,
        names=attributes(prepared, names),
        moments=found.moments,
        extremes=found.ranges if "extremes" in reduce else {},
        histograms=histograms,
        probabilities=quantiles,
        targets=[target.id for target in targets],
        verdicts=found.verdicts if "verdicts" in reduce else None,
        first=found.first if "first_year" in reduce else None,
    )
    beyond = {"units": "1", "long_name": "scenarios whose response is asked for more than it was made for"}
    counts = {f"{name}_n_extrapolated": (("entity", "year"), n, beyond) for name, n in found.extrapolated.items()}
    return made.assign(counts)


def _codes(block: Block, shape: tuple[int, int]) -> npt.NDArray[np.int8]:
    """Verdicts [scenario, target, entity, year] of a block."""
    import numpy as np

    codes = np.empty((block.n, len(block.outcomes), *shape), dtype=np.int8)
    for t, (_, outcome) in enumerate(block.outcomes):
        codes[:, t] = outcome.verdict
    return codes


def _reference(prepared: Prepared) -> Callable[[int, int], list[tuple[int, int]]]:
    """Which scenarios some are compared with: of the named reference those of the same grid levels and draw, or one."""
    wanted, named = prepared.scenario.reference, [name for name, *_ in prepared.scenario.named]
    if not wanted:
        raise ScenarioError(say("difference needs a reference: name a scenario in the file, reference = ..."))
    if wanted not in named:
        return lambda start, stop: [(int(wanted), int(wanted) + 1)] * (stop - start)
    period = prepared.draws.n // len(named)
    first = named.index(wanted) * period

    def pieces(start: int, stop: int) -> list[tuple[int, int]]:
        cuts = [start, *range((start // period + 1) * period, stop, period), stop]
        return [(first + a % period, first + a % period + b - a) for a, b in itertools.pairwise(cuts)]

    return pieces


def _less_reference(prepared: Prepared, block: Block, pieces: Any, names: Sequence[str], years: Sequence[int]) -> Any:
    """What each scenario of a block has more than the one that it is compared with."""
    import numpy as np

    found = pieces(block.start, block.start + block.n)
    once = {piece: None for piece in found}
    parts = {p: evaluate(prepared, *p, names=names, years=years, judged=False).values for p in once}
    return differences(block.values, {name: np.concatenate([parts[piece][name] for piece in found]) for name in names})
