"""States in the years of a sweep: as given, held where the scenario says so, or answering to what is emitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..reasons import Reason
from ..scenario import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from ..levers import Prepared

RANGE = 0.25  # fractional cut within which linear responses were derived (20 to 25 % perturbations)


def answered(
    prepared: Prepared, name: str, totals: Any, drawn: Mapping[str, Any]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int16], npt.NDArray[np.bool_] | None]:
    """A state [scenario, entity, year], why it is missing, and where its response is extrapolated (None: no response)."""
    import numpy as np

    value, why = _given(prepared, name)
    n_past = len(prepared.history)
    at_base = slice(n_past - 1, n_past)
    ahead = (slice(None), slice(n_past, None))
    if name in prepared.scenario.hold:
        empty = why[ahead] == Reason.NO_STATE
        value[ahead] = np.where(empty, value[:, at_base], value[ahead])
        why[ahead] = np.where(empty, why[:, at_base], why[ahead])
    response = next((r for r in prepared.scenario.responses if r.state == name), None)
    if response is None:
        if name.startswith("pm25"):
            why[ahead] = np.where(why[ahead] == Reason.NO_STATE, int(Reason.NO_RESPONSE), why[ahead])
        return value, why, None
    return _respond(prepared, response, value, why, totals, drawn)


def _given(prepared: Prepared, name: str) -> tuple[Any, Any]:
    """The case's values of a state [entity, year]."""
    import numpy as np

    shape = (len(prepared.entities), len(prepared.years))
    value, why = np.full(shape, np.nan), np.full(shape, int(Reason.NO_STATE), dtype=np.int16)
    states = prepared.case.states
    for row in states[states["state"] == name].itertuples() if states is not None else ():
        if row.entity in prepared.entities and row.year in prepared.years:
            here = prepared.entities.index(row.entity), prepared.years.index(row.year)
            value[here] = row.value
            why[here] = int(getattr(row, "reason", 0)) if row.value != row.value else int(Reason.OK)
    return value, why


def _respond(
    prepared: Prepared, response: Response, value: Any, why: Any, totals: Any, drawn: Mapping[str, Any]
) -> tuple[Any, Any, Any]:
    """C0 [1 - local x sum(beta x cut) - regional x improvement], the improvement growing evenly to the last year.

    Notes
    -----
    The monitored base is scaled by a relative response, as in attainment tests; cuts are those of the same scenario
    against its own base year.
    """
    import numpy as np

    n_past = len(prepared.history)
    base, last = prepared.scenario.base_year, prepared.scenario.years[-1]
    way = np.clip((np.array(prepared.years) - base) / (last - base), 0, 1)

    def level(given: float | str) -> Any:
        """A number, or the levels of an axis [scenario, 1, 1], as a ratio."""
        if not isinstance(given, str):
            return given
        axis = next(axis for axis in prepared.scenario.axes if axis.name == given)
        return drawn[given][:, :1, None] * ratio_of(axis.unit)

    cut: Any = 0.0
    beyond: Any = False
    codes = why[None]
    for precursor, beta in response.betas.items():
        total = totals[precursor]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 1 - total / total[..., n_past - 1 : n_past]
        lacking = prepared.known.reasons[precursor]
        codes = np.where((codes == Reason.OK) | (codes == Reason.NO_STATE), lacking[None], codes)
        cut = cut + level(beta) * share
        beyond = beyond | (np.abs(share) > RANGE * (1 + 1e-12))
    answer = 1 - level(response.local) * cut - level(response.regional) * level(response.improvement) * way
    whole = value[:, n_past - 1 : n_past] * answer
    future = (np.arange(len(prepared.years)) >= n_past) & (why == Reason.NO_STATE)  # what the case gives stands
    at_base = why[:, n_past - 1 : n_past]
    codes = np.where(at_base == Reason.OK, codes, at_base)
    codes = np.where(future & (codes == Reason.OK) & ~np.isfinite(whole), int(Reason.UNDEFINED), codes)
    codes = np.where(future & (codes == Reason.OK) & (whole < 0), int(Reason.BELOW_ZERO), codes)
    return np.where(future, whole, value), np.where(future, codes, why).astype(np.int16), beyond & future


def ratio_of(unit: str) -> float:
    """From a unit of ratios to 1."""
    from .. import units

    return units.factor(unit, "1")
