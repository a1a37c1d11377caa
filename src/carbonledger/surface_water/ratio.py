"""Shares of sections by class, and of those at class III or better."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import TableError
from ..messages import say
from ..reasons import Reason
from .judging import WORSE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

GOOD = 3
ALL = "all"
NAME = "good_water_section_ratio"


def section_ratio(found: xr.Dataset, *, kind: str = "section") -> xr.Dataset:
    """Shares of sections by class of each district.

    Parameters
    ----------
    found : Dataset
        From :func:`classes`.
    kind : str
        ``section`` or ``source``: which points are counted.

    Returns
    -------
    Dataset [entity, period]: ``sections`` and ``known`` [1]; ``good_water_section_ratio`` (class III or better) [%] in
    full, ``_rounded`` to one decimal (half to even, exact), ``_reason``, and ``_low`` and ``_high``, between which it
    lies while classes are unknown; ``depends``. [entity, period, step]: ``share`` of classes 1 to 6 [%], with
    ``share_reason`` [entity, period]. Points without a district are one group, ``all``.

    Raises
    ------
    TableError
        If no point is of that kind.

    Notes
    -----
    The denominator is every point of the points table, sampled or not. A section whose class is unknown, but which is
    certainly worse than III (``at_least``), does not leave the ratio of good ones unknown.
    """
    import numpy as np
    import xarray as xr

    found = found.isel(point=(found["kind"] == kind).values)
    if not found.sizes["point"]:
        raise TableError(say("no point of the kind {name!r} among the classes", name=kind))
    entity = np.array([e or ALL for e in found["point_entity"].values.tolist()], dtype=object)
    entities = sorted(set(entity))
    step = np.nan_to_num(found["class"].transpose("point", "period").values).astype(int)
    least = np.nan_to_num(found["at_least"].transpose("point", "period").values).astype(int)
    good, open_ = _good_and_open(step, least)
    n = np.stack([np.broadcast_to((entity == e).sum(), step.shape[1]) for e in entities])

    def counted(which: Any) -> npt.NDArray[np.int64]:
        return np.stack([np.asarray(which)[entity == e].sum(axis=0) for e in entities])

    dims, percent = ("entity", "period"), {"units": "%"}
    n_good, n_open, n_known = counted(good), counted(open_), counted(step > 0)
    why = np.where(n_open == 0, Reason.OK, Reason.PARTS_UNKNOWN).astype(np.int16)
    ratio, rounded = _percent(n_good, n), _rounded(n_good, n)
    shares = np.stack([_percent(counted(step == s), n) for s in range(1, WORSE + 1)], axis=2)
    whole = n_known == n
    made: dict[str, Any] = {
        "sections": (dims, n, {"units": "1"}),
        "known": (dims, n_known, {"units": "1"}),
        NAME: (dims, np.where(why == 0, ratio, np.nan), percent),
        f"{NAME}_rounded": (dims, np.where(why == 0, rounded, np.nan), percent),
        f"{NAME}_reason": (dims, why, reasons.attrs()),
        f"{NAME}_low": (dims, ratio, percent),
        f"{NAME}_high": (dims, _percent(n_good + n_open, n), percent),
        "share": ((*dims, "step"), np.where(whole[..., None], shares, np.nan), percent),
        "share_reason": (dims, np.where(whole, Reason.OK, Reason.PARTS_UNKNOWN).astype(np.int16), reasons.attrs()),
        "depends": (dims, _depends(found, (good, open_), entity, entities)),
    }
    coords = {"entity": entities, "period": found["period"].values, "step": list(range(1, WORSE + 1))}
    coords |= {c: ("period", found[c].values) for c in ("year", "limit_edition", "edition")}
    attrs = {"by": found.attrs["by"], "about": "ratio", "unverified": found.attrs["unverified"]}
    return xr.Dataset(made, coords, attrs)


def _good_and_open(step: npt.NDArray[Any], least: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Sections that are at class III or better, and those that may be."""
    return (step > 0) & (step <= GOOD), (step == 0) & (least <= GOOD)


def _percent(count: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    import numpy as np

    return np.asarray(100 * count / n, dtype=np.float64)


def _rounded(count: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    import numpy as np

    exact = [
        float(round(Fraction(100 * c, m), 1)) for c, m in zip(count.ravel().tolist(), n.ravel().tolist(), strict=True)
    ]
    return np.array(exact).reshape(count.shape)


def _depends(
    found: xr.Dataset,
    base: tuple[npt.NDArray[Any], npt.NDArray[Any]],
    entity: npt.NDArray[np.object_],
    entities: list[str],
) -> npt.NDArray[np.object_]:
    """Alternatives under which the count of good sections, or what is known of them, differs."""
    import numpy as np

    text = np.full((len(entities), base[0].shape[1]), "", dtype=object)
    if "class_under" not in found:
        return text
    under = [
        found[name].transpose("alternative", "point", "period").values for name in ("class_under", "at_least_under")
    ]
    for label, step, least in zip(found["alternative"].values.tolist(), *map(np.nan_to_num, under), strict=True):
        differs = np.any([a != b for a, b in zip(_good_and_open(step, least), base, strict=True)], axis=0)
        for e, t in np.ndindex(text.shape):
            if differs[entity == entities[e], t].any():
                text[e, t] += ("; " if text[e, t] else "") + label
    return text
