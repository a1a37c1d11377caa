"""The sweep: every scenario x year x district, as a labelled cube or reduced on the fly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..case import Case
from ..levers import Prepared
from .asking import as_list, check_asked, check_index, prepared_of, shown_names, shown_years
from .cube import cube
from .evaluating import Block, evaluate
from .machine import block_size, check_memory
from .manifest import about
from .streaming import streamed

if TYPE_CHECKING:
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
    wanted = as_list(reduce) or []
    counted = len(names) * (1 + ("difference" in wanted)) if "quantiles" in wanted else 0
    check_memory(prepared, names, shown, whole=not wanted, counted=counted)
    size = int(blocks) if blocks else block_size(prepared, names, shown)
    if wanted:
        passes = 2 if "quantiles" in wanted else 1

        def blocks_of(number: int, judged: bool) -> Iterator[Block]:
            n, more = prepared.draws.n, {"judged": judged}
            return _blocks(prepared, names, shown, size, progress, done=number * n, of=passes * n, **more)

        found = streamed(prepared, names, shown, wanted, quantiles, blocks_of)
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
