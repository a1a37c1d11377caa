"""Totals: what was posted, summed by group and year, with the rows and months behind every number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import BoundaryError
from ..factors import gwp_values
from ..kernels import grouped_sums
from ..reasons import Reason
from .coverage import ancestors, entities_missing, lacking, months_covered, touched_by_refusal
from .entities import LEVELS
from .posting import Ledger

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

BOUNDARIES = ("territorial", "operational", "consumption")
_COLUMNS = ("entity", "activity", "flow", "sector", "region")


def totals(
    ledger: Ledger,
    by: Sequence[str] = ("entity",),
    *,
    boundary: str = "territorial",
    gwp: str | None = None,
    complete: Iterable[str] = (),
    partial: bool = False,
) -> xr.Dataset:
    """Totals of every posted quantity by group and year.

    Parameters
    ----------
    ledger : Ledger
        From :func:`carbonledger.post`.
    by : list of str
        Any of ``entity, activity, flow, sector, region`` or a level (``district``, ``city`` ...); ``year`` is added.
    boundary : {"territorial", "operational"}
        Territorial: direct emissions of every entity plus purchased minus sold power and heat. Operational: one
        enterprise's own account, so ``by`` must hold ``entity``.
    gwp : str, optional
        E.g. ``"AR6GWP100"``: adds ``co2e`` [t CO2e] of the posted gases; there is no default set.
    complete : list of str
        Quantities for which the case states that no rows, in a year or in a month, mean zero.
    partial : bool
        Keep incomplete sums as values (their reason stays); by default they are NaN.

    Returns
    -------
    Dataset with, for each quantity, the value, ``_rows`` and ``_months`` behind it, and ``_reason`` (int16, CF flags).

    Raises
    ------
    BoundaryError
        If the boundary is unknown, or the rows cannot answer it (power sold between entities of one district).
    """
    import numpy as np
    import pandas as pd
    import xarray as xr

    _check_boundary(ledger, by, boundary)
    entries = ledger.entries
    dims, codes, labels = [*by, "year"], [], {}
    for dim in dims:
        code, label = pd.factorize(pd.Series(labels_of(ledger, dim)), sort=True)
        codes.append(code)
        labels[dim] = np.asarray(label)
    shape = tuple(len(labels[dim]) for dim in dims)
    group = np.ravel_multi_index(codes, shape) if len(entries) else np.zeros(0, dtype=np.int64)
    size = int(np.prod(shape))
    sums = grouped_sums(
        entries["canonical"].to_numpy(np.float64),
        entries["key"].to_numpy(np.int32),
        np.asarray(group, dtype=np.int64),
        np.nan_to_num(ledger.rates),
        size,
    )
    refused = touched_by_refusal(ledger, dims, labels, shape)
    made: dict[str, Any] = {}
    for j, name in enumerate(ledger.quantities):
        rows, months, reason = _behind(ledger, j, group, size, summed="activity" not in by, zero=name in set(complete))
        rows, months, reason = rows.reshape(shape), months.reshape(shape), reason.reshape(shape)
        # an entity may well lack one activity, flow or sector in a year; not its whole account
        if set(by) <= {"region", *LEVELS} and name not in set(complete):
            absent = entities_missing(ledger, j, group, shape, labels["year"])
            reason[absent & (rows > 0) & (reason == Reason.OK)] = Reason.ENTITIES_MISSING
        reason[refused] = Reason.ROWS_REFUSED
        unknown = (reason != Reason.OK) & ~(partial & (rows > 0))
        quantity = ledger.catalog.quantities[name]
        attrs = {"units": quantity.unit, "long_name": quantity.en, "long_name_zh": quantity.zh, "boundary": boundary}
        made[name] = (dims, np.where(unknown, np.nan, sums[:, j].reshape(shape)), attrs)
        made[f"{name}_rows"] = (dims, rows.astype(np.int64), {"long_name": "rows behind the value"})
        made[f"{name}_months"] = (dims, months.astype(np.int16), {"long_name": "months behind the value"})
        made[f"{name}_reason"] = (dims, reason, reasons.attrs())
    dataset = xr.Dataset(made, coords=labels, attrs={"boundary": boundary, "factor_sets": str(ledger.factors.hashes)})
    return _with_co2e(dataset, ledger, gwp) if gwp else dataset


def _behind(
    ledger: Ledger, column: int, group: npt.NDArray[np.int64], size: int, *, summed: bool, zero: bool
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[np.int16]]:
    """Rows and months behind one quantity in each group, and why it may be unknown.

    ``summed``: whether a group holds all activities, so that one the quantity deducts can be missed;
    ``zero``: whether the case states that no rows, in the year or in a month, mean zero.
    """
    import numpy as np

    entries, key = ledger.entries, ledger.entries["key"].to_numpy()
    counted = ledger.counted[key, column]
    rows = np.bincount(group[counted], minlength=size)
    gap = np.bincount(group[counted & np.isnan(ledger.rates[key, column])], minlength=size) > 0
    months = months_covered(entries, group, counted, size)
    reason = np.zeros(size, dtype=np.int16)
    if summed:
        required = ledger.catalog.quantities[ledger.quantities[column]].requires
        reason[lacking(entries, group, required, size)] = Reason.NO_ROWS
    reason[(rows == 0) & (not zero)] = Reason.NO_ROWS
    reason[(rows > 0) & (months < 12) & (not zero)] = Reason.MONTHS_MISSING
    reason[gap] = Reason.NO_RATE
    return rows, months, reason


def _check_boundary(ledger: Ledger, by: Sequence[str], boundary: str) -> None:
    if boundary not in BOUNDARIES:
        raise BoundaryError(f"unknown boundary {boundary!r}; accepted: territorial, operational")
    if boundary == "consumption":
        raise BoundaryError(
            "the consumption boundary needs the fuel burnt for sold power and heat and the eliminations between "
            "entities, which this version does not make; accepted: territorial, operational"
        )
    if boundary == "operational" and "entity" not in by:
        raise BoundaryError(
            f"boundary 'operational' is one enterprise's account, but by={list(by)} adds enterprises up; "
            "add 'entity' to by, or ask for the territorial boundary"
        )
    unknown = [dim for dim in by if dim not in (*_COLUMNS, *LEVELS)]
    if unknown:
        raise BoundaryError(f"by={unknown}; accepted: {', '.join((*_COLUMNS, *LEVELS))} (year is always added)")
    partner = ledger.entries[ledger.entries["partner"] != ""]
    known = set(ledger.entries["entity"])
    inside = partner[partner["partner"].isin(known)]
    if boundary == "territorial" and len(inside):
        first = inside.iloc[0]
        raise BoundaryError(
            f"{len(inside)} rows name a partner inside the ledger (first: {first['file']} row {first['row']}, partner "
            f"{first['partner']!r}): what one sells the other buys, and this version makes no eliminations. Ask for "
            "boundary='operational', or leave out one side"
        )


def labels_of(ledger: Ledger, dim: str) -> Any:
    """The group of each entry along one dimension: a column of the entries, or the ancestor at a level."""
    if dim in (*_COLUMNS, "year"):
        return ledger.entries[dim].to_numpy()
    found = ancestors(ledger.entities, dim)
    names = ledger.entries["entity"]
    if lacking := sorted(set(names) - set(found)):
        raise BoundaryError(
            f"by={dim!r}, but {', '.join(lacking[:5])} {'has' if len(lacking) == 1 else 'have'} no {dim} above "
            "in the entity table; fill parent and level"
        )
    return names.map(found).to_numpy()


def _with_co2e(dataset: xr.Dataset, ledger: Ledger, gwp: str) -> xr.Dataset:
    """Scope 1 gases as CO2e at the named set; NaN with the first reason where a gas is missing."""
    import xarray as xr

    values = gwp_values(gwp)
    gases = [name for name in ledger.quantities if ledger.catalog.quantities[name].gas and "scope2" not in name]
    if not gases:
        raise BoundaryError(f"gwp={gwp!r}, but no gas was posted; post co2_scope1, ch4, n2o ...")
    total: Any = 0.0
    reason: Any = 0
    for name in gases:
        gas = ledger.catalog.quantities[name].gas
        total = total + dataset[name] * values.get(gas, values[gas.partition("_")[0]])
        reason = (
            xr.where(reason == Reason.OK, dataset[f"{name}_reason"], reason)
            if name != gases[0]
            else dataset[f"{name}_reason"]
        )
    total.attrs = {"units": "t CO2e", "long_name": f"{', '.join(gases)} at {gwp}", "gases": ", ".join(gases)}
    return dataset.assign(co2e=total, co2e_reason=reason.astype("int16"))
