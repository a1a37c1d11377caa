"""The intake of drinking-water sources by period, and the shares of sources and of water that are attained."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import Faults, TableError, nearest
from ..messages import say
from ..reasons import Reason
from ..tables import where
from .points import check_intake
from .samples import Periods, WaterSamples

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

Under = list[tuple[str, Any]]


def with_rates(
    found: xr.Dataset,
    samples: WaterSamples,
    periods: Periods,
    intake: pd.DataFrame | None,
    verdict: npt.NDArray[np.int8],
    under: Under,
) -> xr.Dataset:
    """The shares of each district, and the intake where it is given."""
    import numpy as np

    entities = sorted(set(samples.points["entity"]))
    of_entity = [(samples.points["entity"] == e).to_numpy().nonzero()[0] for e in entities]
    dims, shape = ("entity", "period"), (len(entities), periods.n)
    found = found.assign_coords({dims[0]: entities})
    ones = np.full(verdict.shape, Fraction(1), dtype=object)
    known = np.zeros(verdict.shape, np.int16)
    found = _with_rate(found, "source_attainment_rate", of_entity, verdict, ones, known)
    if intake is not None:
        amount, why = intake_of(intake, samples, periods)
        unit = next((u for u in intake["unit"] if u), "m3")
        floats = np.array(
            [[np.nan if r else float(a) for a, r in zip(*row, strict=True)] for row in zip(amount, why, strict=True)]
        )
        found["intake"] = (("point", "period"), floats.reshape(verdict.shape), {"units": unit})
        found["intake_reason"] = (("point", "period"), why, reasons.attrs())
        found = _with_rate(found, "water_attainment_rate", of_entity, verdict, amount, why)
    if under:
        text = np.full(shape, "", dtype=object)
        for e, t in np.ndindex(shape):
            at = of_entity[e]
            text[e, t] = "; ".join(label for label, other in under if (other[at, t] != verdict[at, t]).any())
        found["entity_depends"] = (dims, text, {"long_name": "alternatives under which a source's verdict differs"})
    return found


def _with_rate(
    found: xr.Dataset,
    name: str,
    of_entity: list[npt.NDArray[np.int64]],
    verdict: npt.NDArray[np.int8],
    weight: npt.NDArray[Any],
    why: npt.NDArray[np.int16],
) -> xr.Dataset:
    import numpy as np

    shape = (len(of_entity), verdict.shape[1])
    value, reason = np.full(shape, np.nan), np.zeros(shape, np.int16)
    for e, t in np.ndindex(shape):
        at = of_entity[e]
        share, code = _share(verdict[at, t].tolist(), weight[at, t].tolist(), why[at, t].tolist())
        value[e, t], reason[e, t] = np.nan if share is None else float(share * 100), code
    dims = ("entity", "period")
    found[name] = (dims, value, {"units": "%"})
    found[f"{name}_reason"] = (dims, reason, reasons.attrs())
    return found


def _share(verdicts: list[int], weights: list[Any], whys: list[int]) -> tuple[Fraction | None, int]:
    """The attained share, exact; a source from which nothing is taken does not bear on it, known or not."""
    if lacking := [w for w in whys if w]:
        return None, lacking[0]
    if any(v == 0 and w > 0 for v, w in zip(verdicts, weights, strict=True)):
        return None, Reason.PARTS_UNKNOWN
    total = sum(weights, Fraction(0))
    if total == 0:
        return None, Reason.UNDEFINED
    return sum((w for v, w in zip(verdicts, weights, strict=True) if v == 1), Fraction(0)) / total, Reason.OK


def intake_of(
    intake: pd.DataFrame, samples: WaterSamples, periods: Periods
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int16]]:
    """The intake of each source and period, exact, and the reason where it is not known: a month missing, no rows.

    Raises
    ------
    TableError
        Rows of points that are no drinking-water source, what joined files say twice: all at once.
    """
    import numpy as np

    names = [str(p) for p in samples.points["point"]]
    faults = Faults()
    for i, point in enumerate(intake["point"]):
        if point not in names:
            what = say(
                "{name!r} is no drinking-water source of the points table{near}", name=point, near=nearest(point, names)
            )
            faults.add(what, **where(intake, i, "point"), mend=say("Add it there"))
    check_intake(intake, faults)
    faults.raise_as(TableError, say("intake"))
    told = {
        (p, int(y), int(m)): a for p, y, m, a in intake[["point", "year", "month", "amount"]].itertuples(index=False)
    }
    shape = (len(names), periods.n)
    amount, why = np.full(shape, Fraction(0), dtype=object), np.zeros(shape, np.int16)
    for s, t in np.ndindex(shape):
        months = periods.months(t)
        found = [told.get((names[s], *month)) for month in months]
        if len(months) == 12 and (names[s], months[0][0], 0) in told:
            found = [told[names[s], months[0][0], 0]]
        given = [Fraction(a) for a in found if a is not None]
        amount[s, t] = sum(given, Fraction(0))
        if len(given) < len(found):
            why[s, t] = Reason.MONTHS_MISSING if given else Reason.NO_ROWS
    return amount, why
