"""Indicators from totals and states, with the reason for every value that is missing.

The arithmetic is that of bare arrays, so that an inventory and a million scenarios share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import CatalogError
from ..messages import say
from ..reasons import Reason
from .nouns import Catalog, Indicator, State
from .proof import scale_of
from .reading import read_catalog

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.int16]

SLAB = 32_768  # values computed at once: a formula's temporaries then stay in the processor's own cache


def indicators(
    totals: xr.Dataset,
    names: Iterable[str],
    *,
    states: pd.DataFrame | None = None,
    catalog: Catalog | None = None,
) -> xr.Dataset:
    """Indicators from totals and states, each with the reason for every value that is missing.

    Parameters
    ----------
    totals : Dataset
        From :func:`carbonledger.totals`; dimensions may be any, ``year`` among them.
    names : list of str
        Indicators of the catalogue.
    states : DataFrame, optional
        Columns ``entity, year, state, value`` in canonical units.

    Returns
    -------
    Dataset with each indicator in its own unit and ``<name>_reason`` (int16, CF flags) beside it.
    """
    import numpy as np
    import xarray as xr

    catalog = catalog or read_catalog()
    years = [int(y) for y in totals["year"].values]
    made: dict[str, Any] = {}
    for name in names:
        indicator = catalog.indicator(name)
        found = {
            source: _found(totals, states, catalog, indicator, source)
            for source in dict.fromkeys(indicator.source_of(argument)[0] for argument in indicator.arguments)
        }
        every = [array for pair in found.values() for array in pair]
        dims = list(dict.fromkeys(str(d) for array in every for d in (*array.dims, "year")))
        laid = [d for d in dims if d != "year"] + ["year"]
        arrays = {s: tuple(a.variable.set_dims(laid).values for a in pair) for s, pair in found.items()}
        both = indicator_arrays([name], years, arrays.__getitem__, catalog)[name]
        coords = {k: c for array in (*every, totals["year"]) for k, c in array.coords.items()}
        sizes = tuple({d: s for a in (*every, totals["year"]) for d, s in a.sizes.items()}[d] for d in laid)
        value, reason = (
            xr.DataArray(np.array(np.broadcast_to(a, sizes)), coords=coords, dims=laid).transpose(*dims) for a in both
        )
        value.attrs = {
            "units": indicator.unit,
            "long_name": indicator.en,
            "long_name_zh": indicator.zh,
            "formula": indicator.formula,
            "with": str(indicator.bound),
            "baseline": str(indicator.baseline or ""),
            "better": indicator.better,
        }
        reason.attrs = reasons.attrs()
        made[name], made[f"{name}_reason"] = value, reason
    return xr.Dataset(made, attrs=dict(totals.attrs))


def _found(
    totals: xr.Dataset, states: pd.DataFrame | None, catalog: Catalog, indicator: Indicator, source: str
) -> tuple[xr.DataArray, xr.DataArray]:
    """A quantity or a state, with its reasons."""
    if source in catalog.states:
        return _state(totals, states, source)
    if source in totals:
        return totals[source], totals[f"{source}_reason"]
    have = sorted(map(str, totals.data_vars))
    raise CatalogError(
        say("{name} needs the quantity {source!r}; totals has {have}", name=indicator.name, source=source, have=have)
    )


def _state(totals: xr.Dataset, states: pd.DataFrame | None, name: str) -> tuple[xr.DataArray, xr.DataArray]:
    """A state on the grid of the totals, by entity and year."""
    import numpy as np
    import xarray as xr

    # a case of states alone has totals of no quantity: their coordinates are the grid
    grid = xr.DataArray(dims=[*(d for d in totals.sizes if d != "year"), "year"], coords=totals.coords)
    value = xr.full_like(grid, np.nan, dtype="float64")
    why = xr.full_like(grid, int(Reason.NO_STATE), dtype="int16")
    if states is not None and "entity" in value.dims:
        for row in states[states["state"] == name].itertuples():
            if row.entity in value["entity"].values and row.year in value["year"].values:
                here = {"entity": row.entity, "year": row.year}
                value.loc[here] = row.value
                why.loc[here] = int(getattr(row, "reason", 0)) if row.value != row.value else int(Reason.OK)
    return value, why


def indicator_arrays(
    names: Iterable[str],
    years: Sequence[int],
    source: Callable[[str], tuple[npt.ArrayLike, npt.ArrayLike]],
    catalog: Catalog,
) -> dict[str, tuple[Floats, Flags]]:
    """Indicators from bare arrays, years last.

    Parameters
    ----------
    names : list of str
        Indicators of the catalogue.
    years : list of int
        Labels of the last axis; baselines are looked up in them.
    source : function of a name
        Value and reason of a quantity or state, in canonical units. Leading axes may be any that broadcast against
        each other: ``[scenario, entity, year]``, and a reason ``[1, entity, year]`` that all scenarios share.

    Returns
    -------
    dict of name to (value, reason)
        Value in the indicator's unit, NaN where the reason is not OK. The reason has as many axes as the value, each
        of the same length, or of length 1 where it is the same all along.
    """
    import numpy as np

    read: dict[tuple[str, Any], tuple[Floats, Flags | None]] = {}
    made = {}
    for name in names:
        indicator = catalog.indicator(name)
        values: dict[str, Floats] = {}
        reason: Flags = np.zeros(len(years), dtype=np.int16)
        for argument in indicator.arguments:
            wanted, of_base = indicator.source_of(argument)
            if (wanted, None) not in read:
                read[wanted, None] = _as_arrays(*source(wanted))
            baseline = _baseline(indicator, argument) if of_base else None
            if baseline is not None and (wanted, baseline) not in read:
                read[wanted, baseline] = _in_baseline(read[wanted, None][0], years, baseline)
            values[argument], why = read[wanted, baseline]
            if why is not None:  # the first reason found is kept
                reason = np.where(reason == Reason.OK, why, reason)
        made[name] = _evaluated(indicator.function, values, _scale(catalog, indicator), reason)
    return made


def _as_arrays(value: npt.ArrayLike, reason: npt.ArrayLike) -> tuple[Floats, Flags | None]:
    """The arrays as they are computed with; no reasons where there are none to tell."""
    import numpy as np

    why = np.asarray(reason, dtype=np.int16)
    return np.asarray(value, dtype=np.float64), why if why.any() else None


def _baseline(indicator: Indicator, argument: str) -> int | str:
    if indicator.baseline == "previous" or isinstance(indicator.baseline, int):
        return indicator.baseline
    raise CatalogError(
        say("{name}: {argument} needs a baseline (a year, or 'previous')", name=indicator.name, argument=argument)
    )


def _in_baseline(value: Floats, years: Sequence[int], baseline: int | str) -> tuple[Floats, Flags | None]:
    """The value in the baseline year, and why it is missing; one column if that year is fixed."""
    import numpy as np

    at = {year: i for i, year in enumerate(years)}
    value = np.broadcast_to(value, (*value.shape[:-1], len(years)))
    if isinstance(baseline, int):
        i = at.get(baseline)
        base = np.full(1, np.nan) if i is None else value[..., i : i + 1]
    else:
        earlier = [at.get(year - 1, -1) for year in years]
        base = value[..., earlier]
        base[..., [i < 0 for i in earlier]] = np.nan
    missing = np.isnan(base)
    if not missing.any():
        return base, None
    return base, np.where(_shrunk(missing), np.int16(Reason.NO_BASELINE), np.int16(Reason.OK))


def _evaluated(
    function: Callable[..., Any], values: dict[str, Floats], scale: float, reason: Flags
) -> tuple[Floats, Flags]:
    """The formula, slab by slab; what is not finite has no value and says so."""
    import numpy as np

    shape = np.broadcast_shapes(reason.shape, *(v.shape for v in values.values()))
    values, reason = {a: _lifted(v, len(shape)) for a, v in values.items()}, _lifted(reason, len(shape))
    value, due = np.empty(shape), reason == Reason.OK
    undefined = None
    for axis, rows in _slabs(shape):
        part = {a: _cut(v, axis, rows) for a, v in values.items()}
        with np.errstate(all="ignore"):
            made = np.multiply(function(**part), scale, out=_cut(value, axis, rows))
        odd = np.isfinite(made)
        if odd.all():
            continue
        odd = ~odd & _cut(due, axis, rows)
        if odd.any():
            undefined = np.zeros(shape, dtype=bool) if undefined is None else undefined
            _cut(undefined, axis, rows)[...] = odd
    if undefined is not None:
        reason = np.where(_shrunk(undefined), np.int16(Reason.UNDEFINED), reason)
    if reason.any():
        np.copyto(value, np.nan, where=reason != Reason.OK)
    return value, reason


def _slabs(shape: tuple[int, ...]) -> Iterator[tuple[int, slice]]:
    """Cuts of an array along its longest axis but the last, each of about ``SLAB`` values."""
    axis = max(range(len(shape) - 1), key=shape.__getitem__, default=0)
    size = 1
    for length in shape:
        size *= length
    if len(shape) < 2 or size <= SLAB:
        yield axis, slice(None)
        return
    step = max(1, SLAB * shape[axis] // size)
    for first in range(0, shape[axis], step):
        yield axis, slice(first, first + step)


def _cut(array: npt.NDArray[Any], axis: int, rows: slice) -> npt.NDArray[Any]:
    """A slab of an array; the whole of one that does not vary along the axis."""
    return array if array.shape[axis] == 1 else array[(slice(None),) * axis + (rows,)]


def _lifted(array: npt.NDArray[Any], ndim: int) -> npt.NDArray[Any]:
    return array.reshape((1,) * (ndim - array.ndim) + array.shape)


def _shrunk(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The mask with length 1 along each axis, the last apart, along which it does not vary."""
    for axis in range(mask.ndim - 1):
        first = mask[(slice(None),) * axis + (slice(1),)]
        if mask.shape[axis] > 1 and (mask == first).all():
            mask = first
    return mask


def _scale(catalog: Catalog, indicator: Indicator) -> float:
    """The proved scale; each indicator is proved once, since that takes longer than computing it."""
    sources = sorted({indicator.source_of(argument)[0] for argument in indicator.arguments})
    known = tuple((s, catalog.unit_of(s)) for s in sources if s in catalog.quantities or s in catalog.states)
    return _proved(indicator.formula, indicator.unit, tuple(indicator.bound.items()), known)


@lru_cache(maxsize=1024)
def _proved(formula: str, unit: str, bound: tuple[tuple[str, str], ...], known: tuple[tuple[str, str], ...]) -> float:
    catalog = Catalog({}, {name: State(name, "", "", unit_of) for name, unit_of in known}, {})
    return scale_of(catalog, Indicator("", "", "", formula, dict(bound), unit, "", {}))
