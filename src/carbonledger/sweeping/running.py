"""A sweep as a person first wants to see it: the whole cube while it is small, else reductions by named scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..levers import Prepared
from ..reasons import Reason
from ..scenario import Draws
from .asking import as_list, check_asked
from .sweeps import replay, sweep

if TYPE_CHECKING:
    import xarray as xr

CUBE_UP_TO = 200  # scenarios that are kept whole where nothing else is asked for
USUAL = ("mean", "quantiles", "extremes", "verdicts", "first_year")
APART_UP_TO = 12  # named scenarios that are reduced each for itself; of more, all together
CUBE = "cube"

Progress = Callable[[int, int], None]


def run(
    prepared: Prepared,
    *,
    reduce: Sequence[str] | None = None,
    keep: Sequence[str] | None = None,
    quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    blocks: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """The cube of a sweep, or reductions of it; named scenarios are reduced each for itself.

    Parameters
    ----------
    reduce : list of str, optional
        Reductions as of :func:`sweep`, or ``["cube"]``; by default the cube of up to 200 scenarios, else the usual ones.
    keep : list of str, optional
        Names shown; by default the scenario's indicators, and ``cost`` where a lever has one.

    Returns
    -------
    Dataset
        As of :func:`sweep`. A reduced one of up to 12 named scenarios has a dimension ``name`` (a mean over *frozen* and
        *accelerated* means nothing), unless differences are asked for; and beside its values ``<name>_reason`` and
        ``verdict_reason``: why nothing is known in any scenario.
    """
    check_asked(None if as_list(reduce) == [CUBE] else reduce, quantiles, blocks)
    keep = shown_names(prepared, keep)
    if as_list(reduce) == [CUBE] or (reduce is None and prepared.draws.n <= CUBE_UP_TO):
        return sweep(prepared, keep=keep, blocks=blocks, progress=progress)
    how: dict[str, Any] = {
        "reduce": as_list(reduce) or list(USUAL),
        "keep": keep,
        "quantiles": quantiles,
        "blocks": blocks,
    }
    if 2 <= len(prepared.scenario.named) <= APART_UP_TO and "difference" not in how["reduce"]:
        found = _by_name(prepared, how, progress)
    else:
        found = sweep(prepared, **how, progress=progress)
    return _with_reasons(prepared, found, keep)


def shown_names(prepared: Prepared, keep: Sequence[str] | None = None) -> list[str]:
    """What is shown where nothing is asked for: the indicators, and costs where a lever has one."""
    if keep is not None:
        return as_list(keep) or []
    return [*prepared.indicators, *(["cost"] if "cost" in prepared.quantities else [])]


def before_base(prepared: Prepared, keep: Sequence[str], progress: Progress | None = None) -> xr.Dataset | None:
    """Names in the years up to the base year, for pictures: of one scenario, or medians where uncertainty acts there."""
    years = list(prepared.history)
    if prepared.past is None:
        return replay(prepared, index=0, years=years, keep=keep)
    return sweep(prepared, years=years, keep=keep, reduce=["quantiles"], quantiles=(0.5,), progress=progress)


def _by_name(prepared: Prepared, how: dict[str, Any], progress: Progress | None) -> xr.Dataset:
    """Each named scenario swept for itself; numbers of scenarios stay those of the whole."""
    import xarray as xr

    parts, each = [], prepared.draws.n // len(prepared.scenario.named)
    for i, named in enumerate(prepared.scenario.named):
        one = replace(prepared.scenario, named=(named,))
        part = replace(prepared, scenario=one, draws=Draws(one, prepared.draws.widths))
        found = sweep(part, **how, progress=_onwards(progress, i, len(prepared.scenario.named)))
        for name in (str(n) for n in found.data_vars if str(n).endswith(("_min_scenario", "_max_scenario"))):
            found[name] = found[name].where(found[name] < 0, found[name] + i * each)
        parts.append(found.expand_dims(name=[named[0]]))
    joined = xr.concat(parts, "name", combine_attrs="override", join="exact")
    return joined.assign_attrs(n_scenarios=prepared.draws.n)


def _onwards(progress: Progress | None, part: int, of: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, whole: progress(part * whole + done, of * whole)


def _with_reasons(prepared: Prepared, found: xr.Dataset, keep: Sequence[str]) -> xr.Dataset:
    """Why a value or a verdict is known in no scenario: the reason that the first one has."""
    import xarray as xr

    first = replay(prepared, index=0, keep=keep).isel(scenario=0, drop=True)
    made = {}
    for name in keep:
        known = found.get(f"{name}_n_known")
        if known is not None:
            why: Any = first[f"{name}_reason"]
            made[f"{name}_reason"] = xr.where(known > 0, int(Reason.OK), why).astype("int16").assign_attrs(why.attrs)
    if "n_unknown" in found and "verdict_reason" in first:
        known, why = found["n_met"] + found["n_missed"], first["verdict_reason"]
        made["verdict_reason"] = xr.where(known > 0, int(Reason.OK), why).astype("int16").assign_attrs(why.attrs)
    return found.assign(made)
