"""One block of scenarios, from levels to totals, indicators and verdicts - by the functions that judge the inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..catalog import indicator_arrays
from ..levers import Prepared
from ..reasons import Reason
from ..targets import Outcome, Target, judge_arrays
from .response import answered

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Block:
    """What came out of the scenarios ``start`` to ``start + n - 1``.

    Attributes
    ----------
    values : dict of name -> float64 [scenario, entity, year]
        Quantities and indicators in their units, NaN where unknown.
    reasons : dict of name -> int16, broadcastable to the values
    outcomes : list of (target, Outcome [scenario, entity, year])
    extrapolated : dict of state -> bool [scenario, entity, year]
        Where a response is asked for more than it was made for.
    """

    start: int
    n: int
    drawn: Mapping[str, npt.NDArray[np.float64]]
    values: dict[str, npt.NDArray[np.float64]]
    reasons: dict[str, npt.NDArray[np.int16]]
    outcomes: list[tuple[Target, Outcome]]
    extrapolated: dict[str, npt.NDArray[np.bool_]]


def evaluate(
    prepared: Prepared, start: int, stop: int, *, names: Sequence[str], years: Sequence[int], judged: bool = True
) -> Block:
    """Quantities and indicators ``names`` in ``years``, and the verdicts on the targets, of a block of scenarios."""
    import numpy as np

    n, drawn = stop - start, prepared.draws.block(start, stop)
    totals = Totals(prepared, drawn, n)
    extrapolated: dict[str, Any] = {}
    always = np.zeros(len(prepared.years), dtype=np.int16)  # costs are known

    def source(name: str) -> tuple[Any, Any]:
        if name in totals:
            return totals[name], prepared.known.reasons.get(name, always)
        value, why, beyond = answered(prepared, name, totals, drawn)
        if beyond is not None:
            extrapolated[name] = beyond
        return value, why

    wanted = list(dict.fromkeys([*names, *((t.indicator for t in judged_targets(prepared)) if judged else ())]))
    found = indicator_arrays(
        [name for name in wanted if name in prepared.case.catalog.indicators],
        prepared.years,
        source,
        prepared.case.catalog,
    )
    at = [prepared.years.index(year) for year in years]
    shape = (n, len(prepared.entities), len(prepared.years))
    values, reasons = {}, {}
    for name in names:
        value, why = found[name] if name in found else source(name)
        value = np.broadcast_to(value, shape)[..., at]
        why = np.broadcast_to(why, np.broadcast_shapes(np.shape(why), shape[1:]))[..., at]
        if name not in found:  # a quantity or state as it stands; indicators look after themselves
            if not np.isfinite(value[np.broadcast_to(why == Reason.OK, value.shape)]).all():
                why = np.where((why == Reason.OK) & ~np.isfinite(value), int(Reason.UNDEFINED), why).astype(np.int16)
            value = np.where(why == Reason.OK, value, np.nan)
        values[name], reasons[name] = value, why
    outcomes = [
        (target, _judged(prepared, target, found[target.indicator], shape, years))
        for target in (judged_targets(prepared) if judged else ())
    ]
    beyond = {name: np.broadcast_to(flag, shape)[..., at] for name, flag in extrapolated.items()}
    return Block(start, n, drawn, values, reasons, outcomes, beyond)


def judged_targets(prepared: Prepared) -> list[Target]:
    """The targets that an indicator of the sweep computes and that can be judged in any year."""
    return [
        target
        for target in prepared.targets
        if target.indicator in prepared.indicators
        and (target.value is not None or target.sense in {"falling", "rising", "complete"})
        and target.kind != "stated_quantity"
    ]


def _judged(prepared: Prepared, target: Target, found: Any, shape: tuple[int, ...], years: Sequence[int]) -> Outcome:
    import numpy as np

    value, why = found
    if target.id in prepared.editions:
        others = np.array([not (target.from_year or 0) <= year <= (target.year or 9999) for year in prepared.years])
        why = np.where(others, int(Reason.OTHER_EDITION), why).astype(np.int16)
        value = np.where(others, np.nan, value)
    indicator = prepared.case.catalog.indicators[target.indicator]
    if target.entity:
        elsewhere = np.array([name != target.entity for name in prepared.entities])[:, None]
        why = np.where(elsewhere, int(Reason.OTHER_ENTITY), why).astype(np.int16)
        value = np.where(elsewhere, np.nan, value)
    return judge_arrays(
        target,
        np.broadcast_to(value, shape),
        why,
        prepared.years,
        unit=indicator.unit,
        better=indicator.better,
        at=list(years),
    )


class Totals:
    """Totals of quantities, float64 [scenario, entity, year], laid out one by one as they are asked for.

    The first axis has length 1 where no scenario changes anything.
    """

    def __init__(self, prepared: Prepared, drawn: Mapping[str, Any], n: int) -> None:
        self._prepared, self._found = prepared, dict[str, Any]()
        self._future = prepared.future.totals(drawn, n if prepared.future.varies else 1, prepared.draws.n)
        self._past: Any = None
        if prepared.past is not None:
            past = prepared.past.totals(drawn, n if prepared.past.varies else 1, prepared.draws.n)
            shape = (len(past), len(prepared.history), len(prepared.entities), past.shape[-1])
            self._past = past.reshape(shape)

    def __contains__(self, name: str) -> bool:
        return name in self._prepared.quantities

    def __getitem__(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = self._laid_out(name)
        return self._found[name]

    def _laid_out(self, name: str) -> npt.NDArray[np.float64]:
        import numpy as np

        prepared, q = self._prepared, self._prepared.quantities.index(name)
        n_past = len(prepared.history)
        before: Any = prepared.known.values.get(name, 0.0)  # costs arise after the base year
        if self._past is not None and name in prepared.known.values:
            before = self._past[..., q].transpose(0, 2, 1)
        size = max(len(self._future), 1 if self._past is None else len(self._past))
        whole = np.empty((size, len(prepared.entities), len(prepared.years)))
        whole[..., :n_past] = before
        whole[..., n_past:] = self._future[..., q].transpose(0, 2, 1)
        if name in prepared.known.reasons:  # a sum that lacks something is no number, as a baseline neither
            whole[:, prepared.known.reasons[name] != Reason.OK] = np.nan
        return whole
