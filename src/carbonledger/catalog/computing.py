"""Indicators from totals and states, with the reason for every value that is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import CatalogError
from ..messages import say
from ..reasons import Reason
from .nouns import Catalog, Indicator
from .proof import scale_of
from .reading import read_catalog

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


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
    import xarray as xr

    catalog = catalog or read_catalog()
    made: dict[str, Any] = {}
    for name in names:
        indicator = catalog.indicator(name)
        values, reason = {}, xr.zeros_like(totals["year"], dtype="int16")
        for argument in indicator.arguments:
            value, why = _argument(totals, states, catalog, indicator, argument)
            values[argument] = value
            reason = xr.where(reason == Reason.OK, why, reason)
        value = indicator.function(**values) * scale_of(catalog, indicator)
        value, reason = xr.broadcast(value, reason)
        undefined = (reason == Reason.OK) & ~_finite(value)
        reason = xr.where(undefined, Reason.UNDEFINED, reason).astype("int16")
        value = value.where(reason == Reason.OK)
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


def _finite(value: Any) -> Any:
    import numpy as np

    return np.isfinite(value)


def _argument(
    totals: xr.Dataset, states: pd.DataFrame | None, catalog: Catalog, indicator: Indicator, argument: str
) -> tuple[xr.DataArray, xr.DataArray]:
    import xarray as xr

    source, of_base = indicator.source_of(argument)
    if source in catalog.states:
        value, reason = _state(totals, states, source)
    elif source in totals:
        value, reason = totals[source], totals[f"{source}_reason"]
    else:
        have = sorted(map(str, totals.data_vars))
        raise CatalogError(
            say(
                "{name} needs the quantity {source!r}; totals has {have}", name=indicator.name, source=source, have=have
            )
        )
    if not of_base:
        return value, reason
    if indicator.baseline == "previous":
        earlier = [int(y) - 1 for y in value["year"].values]
    elif isinstance(indicator.baseline, int):
        earlier = [indicator.baseline] * value.sizes["year"]
    else:
        raise CatalogError(
            say("{name}: {argument} needs a baseline (a year, or 'previous')", name=indicator.name, argument=argument)
        )
    own_years = value["year"]
    base = value.reindex(year=earlier).assign_coords(year=own_years)
    absent = ~xr.DataArray([y in own_years.values for y in earlier], dims="year", coords={"year": own_years})
    why = xr.where(absent | base.isnull(), Reason.NO_BASELINE, Reason.OK)
    return base, why


def _state(totals: xr.Dataset, states: pd.DataFrame | None, name: str) -> tuple[xr.DataArray, xr.DataArray]:
    """A state on the grid of the totals, by entity and year."""
    import numpy as np
    import xarray as xr

    value = xr.full_like(totals[next(iter(totals.data_vars))], np.nan, dtype="float64")
    why = xr.full_like(value, int(Reason.NO_STATE), dtype="int16")
    if states is not None and "entity" in value.dims:
        for row in states[states["state"] == name].itertuples():
            if row.entity in value["entity"].values and row.year in value["year"].values:
                here = {"entity": row.entity, "year": row.year}
                value.loc[here] = row.value
                why.loc[here] = int(getattr(row, "reason", 0)) if row.value != row.value else int(Reason.OK)
    return value, why
