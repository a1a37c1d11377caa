"""Blocks laid together as one labelled cube."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..levers import Prepared
from .evaluating import Block, judged_targets
from .naming import attributes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

CELLS = ("scenario", "entity", "year")
JUDGED = ("scenario", "target", "entity", "year")
VERDICTS = {"flag_values": [0, 1, 2], "flag_meanings": "unknown met missed"}


def cube(prepared: Prepared, names: Sequence[str], years: Sequence[int], blocks: Sequence[Block]) -> xr.Dataset:
    """The values, reasons and verdicts of blocks [scenario, entity, year], with the levels of the axes."""
    import numpy as np
    import xarray as xr

    attrs, shape = attributes(prepared, names), (len(prepared.entities), len(years))
    made: dict[str, Any] = {}
    for name in names:
        made[name] = (CELLS, np.concatenate([block.values[name] for block in blocks]), attrs[name])
        made[f"{name}_reason"] = _reasons([(block.n, block.reasons[name]) for block in blocks], shape)
    for name in dict.fromkeys(name for block in blocks for name in block.extrapolated):
        told = {"long_name": "whether the response is asked for cuts beyond what it was made for (25 %)"}
        made[f"{name}_extrapolated"] = (CELLS, np.concatenate([b.extrapolated[name] for b in blocks]), told)
    targets = judged_targets(prepared)
    if targets:
        made |= _verdicts(blocks, shape, len(targets))
    coords: dict[str, Any] = {"entity": list(prepared.entities), "year": np.asarray(years, np.int64)}
    coords |= {"target": [target.id for target in targets]} if targets else {}
    return xr.Dataset(made, coords | _scenarios(prepared, blocks))


def _reasons(parts: list[tuple[int, npt.NDArray[np.int16]]], shape: tuple[int, int]) -> Any:
    """Reasons by entity and year, and by scenario only where they differ between scenarios."""
    import numpy as np

    shared = all(why.ndim == 2 or len(why) == 1 for _, why in parts)
    first = np.broadcast_to(parts[0][1], (1, *shape))[0] if shared else None
    if first is not None and all((np.broadcast_to(why, (1, *shape))[0] == first).all() for _, why in parts):
        return (("entity", "year"), first.astype(np.int16), reasons.attrs())
    whole = np.concatenate([np.broadcast_to(why, (n, *shape)) for n, why in parts])
    return (CELLS, whole.astype(np.int16), reasons.attrs())


def _verdicts(blocks: Sequence[Block], shape: tuple[int, int], n_targets: int) -> dict[str, Any]:
    """Verdict, reason and margin [scenario, target, entity, year]."""
    import numpy as np

    def whole(part: str, dtype: Any) -> npt.NDArray[Any]:
        made = np.empty((sum(block.n for block in blocks), n_targets, *shape), dtype=dtype)
        start = 0
        for block in blocks:
            for t, (_, outcome) in enumerate(block.outcomes):
                made[start : start + block.n, t] = getattr(outcome, part)
            start += block.n
        return made

    margin = {"long_name": "distance to the limit in the unit of the target, positive on the good side"}
    return {
        "verdict": (JUDGED, whole("verdict", np.int8), VERDICTS),
        "verdict_reason": (JUDGED, whole("reason", np.int16), reasons.attrs()),
        "margin": (JUDGED, whole("margin", np.float64), margin),
    }


def _scenarios(prepared: Prepared, blocks: Sequence[Block]) -> dict[str, Any]:
    """Numbers and names of the scenarios, and the level of each axis that has one for all labels."""
    import numpy as np

    start, stop = blocks[0].start, blocks[-1].start + blocks[-1].n
    labels = prepared.draws.labels(start, stop)
    made: dict[str, Any] = {"scenario": np.arange(start, stop)}
    if prepared.scenario.named:
        made["name"] = ("scenario", labels.named.astype(object))
    for axis in prepared.scenario.axes:
        if not axis.each:
            levels = np.concatenate([block.drawn[axis.name][:, 0] for block in blocks])
            made[f"axis_{axis.name}"] = ("scenario", levels, {"units": axis.unit, "long_name": axis.title or axis.name})
    return made
