"""Reductions of a sweep while its blocks stream past: once, and twice where quantiles are wanted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ScenarioError
from ..levers import Prepared
from ..messages import say
from ..reasons import Reason
from .counting import MISSED
from .evaluating import Block, evaluate, judged_targets
from .naming import attributes
from .reducing import DIFFERENCE, Extremes, FirstYear, Histogram, Moments, Verdicts, differences, reduced

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

Blocks = Callable[[int, bool], Iterator[Block]]  # of the first pass or the second, judged or not


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
            codes, elsewhere = _codes(block, shape)
            self.verdicts.add(block.start, codes)
            # a standard that is not in force cannot have been met in that year: nothing is uncertain about it
            codes[:, elsewhere] = MISSED
            self.first.add(block.start, codes)
        for name, beyond in block.extrapolated.items():
            self.extrapolated[name] = self.extrapolated.get(name, 0) + beyond.sum(axis=0)


def streamed(
    prepared: Prepared,
    names: Sequence[str],
    years: Sequence[int],
    reduce: Sequence[str],
    quantiles: Sequence[float],
    blocks: Blocks,
) -> xr.Dataset:
    """The reductions asked for; the first pass finds the range of each name, the second counts within it."""
    shape, targets = (len(prepared.entities), len(years)), judged_targets(prepared)
    less_reference = _reference(prepared, names, years) if "difference" in reduce else None
    if less_reference is not None and not {"mean", "quantiles", "extremes"} & set(reduce):
        reduce = [*reduce, "mean"]

    def values_of(block: Block) -> dict[str, Any]:
        return block.values | (less_reference(block) if less_reference is not None else {})

    every = [*names, *(f"{name}{DIFFERENCE}" for name in names if less_reference is not None)]
    found = _blank(prepared, every, reduce, (len(targets), *shape))
    for block in blocks(0, found.verdicts is not None):
        found.add(block, values_of(block), shape)
    histograms = {}
    if "quantiles" in reduce:
        ranges, n = {name: r.result() for name, r in found.ranges.items()}, prepared.draws.n
        histograms = {name: Histogram.between(r["min"], r["max"], scenarios=n) for name, r in ranges.items()}
        for block in blocks(1, False):
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
    told = {"units": "1", "long_name": "scenarios whose response is asked for more than it was made for"}
    return made.assign(
        {f"{name}_n_extrapolated": (("entity", "year"), count, told) for name, count in found.extrapolated.items()}
    )


def _blank(prepared: Prepared, names: Sequence[str], reduce: Sequence[str], judged: tuple[int, int, int]) -> _Found:
    """Accumulators of what is asked for [target, entity, year]."""
    n, wanted = prepared.draws.n, bool({"verdicts", "first_year"} & set(reduce)) and judged[0] > 0
    ranged = {"extremes", "quantiles"} & set(reduce)
    return _Found(
        {name: Moments.blank(judged[1:], n) for name in names if "mean" in reduce},
        {name: Extremes.blank(judged[1:], n) for name in names if ranged},
        Verdicts.blank(judged) if wanted else None,
        FirstYear.blank(judged) if wanted else None,
    )


def _codes(block: Block, shape: tuple[int, int]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Verdicts [scenario, target, entity, year] of a block, and where [target, entity, year] another edition is in force."""
    import numpy as np

    codes = np.empty((block.n, len(block.outcomes), *shape), dtype=np.int8)
    elsewhere = np.zeros((len(block.outcomes), *shape), dtype=bool)
    for t, (_, outcome) in enumerate(block.outcomes):
        codes[:, t] = outcome.verdict
        elsewhere[t] = outcome.reason[0] == Reason.OTHER_EDITION
    return codes, elsewhere


def _reference(
    prepared: Prepared, names: Sequence[str], years: Sequence[int]
) -> Callable[[Block], dict[str, npt.NDArray[np.float64]]]:
    """What each scenario of a block has more than its reference: the named one with the same grid levels and draw, or one."""
    import numpy as np

    def values(start: int, stop: int) -> dict[str, npt.NDArray[np.float64]]:
        return evaluate(prepared, start, stop, names=names, years=years, judged=False).values

    wanted, named = prepared.scenario.reference, [name for name, *_ in prepared.scenario.named]
    if not wanted:
        raise ScenarioError(say("difference needs a reference: name a scenario in the file, reference = ..."))
    if wanted not in named:
        one = values(int(wanted), int(wanted) + 1)
        return lambda block: differences(block.values, one)
    period = prepared.draws.n // len(named)
    first = named.index(wanted) * period

    def less(block: Block) -> dict[str, npt.NDArray[np.float64]]:
        start, stop = block.start, block.start + block.n
        cuts = [start, *range((start // period + 1) * period, stop, period), stop]
        spans = [(first + a % period, first + a % period + b - a) for a, b in itertools.pairwise(cuts)]
        once = {span: values(*span) for span in dict.fromkeys(spans)}
        beside = {name: np.concatenate([once[span][name] for span in spans]) for name in names}
        return differences(block.values, beside)

    return less
