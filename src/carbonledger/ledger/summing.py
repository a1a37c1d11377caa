"""Totals: what was posted, summed by group and year, with the rows and months behind every number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..catalog import Quantity
from ..errors import BoundaryError
from ..factors import gwp_values
from ..kernels import grouped_sums
from ..messages import say
from ..reasons import Reason
from .behind import entities_missing, lacking, months_covered, touched_by_refusal
from .boundaries import check_boundary, labels_of, weights
from .checks import is_any
from .entities import LEVELS
from .posting import Ledger

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr


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
    boundary : {"territorial", "operational", "consumption"}
        Territorial: direct of every entity plus power and heat purchased minus sold, less what they trade with each
        other. Operational: one enterprise's own account, so ``by`` must hold ``entity``. Consumption: without the fuel
        burnt for power and heat that is sold (flow ``fired_sold``), with all power and heat bought; an entity that
        sells power or heat from fuel without giving that split makes its groups unknown.
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
        If the boundary is unknown, or the rows cannot answer it.
    """
    import numpy as np
    import xarray as xr

    check_boundary(ledger, by, boundary)
    dims, cells, zero = [*by, "year"], ledger.cells, set(complete)
    group, inside, labels = _groups(ledger, dims)
    shape = tuple(len(labels[dim]) for dim in dims)
    size = int(np.prod(shape))
    shares, unsplit = weights(ledger, boundary)
    rates = np.nan_to_num(ledger.rates)
    quantities = [ledger.catalog.quantities[name] for name in ledger.quantities]
    gas = np.array([bool(q.gas) for q in quantities], dtype=bool)
    amount = np.where(inside, cells.amount, 0.0)
    sums = grouped_sums(amount * shares[0], cells.key, group, rates, size)
    split = boundary == "consumption"  # there gases and the rest count different shares
    if split and gas.any():
        sums[:, gas] = grouped_sums(amount * shares[1], cells.key, group, rates[:, gas], size)
    refused = touched_by_refusal(ledger, dims, labels, shape)
    made: dict[str, Any] = {}
    seen: dict[Any, Any] = {}  # quantities that count the same rows share what stands behind them
    for j, quantity in enumerate(quantities):
        name = quantity.name
        alike = (ledger.counted[:, j].tobytes(), split and gas[j], name in zero, *quantity.requires)
        if alike not in seen:
            reported = ledger.counted[cells.key, j] & inside
            counted = reported & (shares[int(gas[j])] != 0)
            seen[alike] = _behind(
                ledger, quantity.requires, reported, counted, unsplit, group, by, labels, name in zero
            )
        rows, months, reason = (part.copy() for part in seen[alike])
        lacks_rate = np.isnan(ledger.rates[:, j])
        if lacks_rate.any():
            touched = np.bincount(group[lacks_rate[cells.key] & inside], minlength=size).reshape(shape) > 0
            reason[touched] = Reason.NO_RATE
        reason[refused] = Reason.ROWS_REFUSED
        unknown = (reason != Reason.OK) & ~(partial & (rows > 0))
        value = np.where(unknown, np.nan, sums[:, j].reshape(shape))
        made |= _variables(quantity, dims, boundary, value, rows, months, reason)
    dataset = xr.Dataset(made, coords=labels, attrs={"boundary": boundary, "factor_sets": str(ledger.factors.hashes)})
    return _with_co2e(dataset, ledger, gwp) if gwp else dataset


def _variables(
    quantity: Quantity, dims: list[str], boundary: str, value: Any, rows: Any, months: Any, reason: Any
) -> dict[str, Any]:
    """One quantity as variables of the dataset: the value, and beside it what stands behind it."""
    import numpy as np

    name = quantity.name
    attrs = {"units": quantity.unit, "long_name": quantity.en, "long_name_zh": quantity.zh, "boundary": boundary}
    return {
        name: (dims, value, attrs),
        f"{name}_rows": (dims, rows.astype(np.int64), {"long_name": "rows behind the value"}),
        f"{name}_months": (dims, months.astype(np.int16), {"long_name": "months behind the value"}),
        f"{name}_reason": (dims, reason, reasons.attrs()),
    }


def district_totals(ledger: Ledger, found: xr.Dataset, level: str, complete: Iterable[str] = ()) -> xr.Dataset:
    """Totals by a level, unknown where only entities below it have rows: the sum of enterprises is no district total.

    A quantity of a place is known when the place itself states something of it: a row of its own (households), or a
    statistical total with its unallocated rest. ``complete`` quantities are taken as they are.
    """
    import numpy as np

    if level not in LEVELS:
        return found
    cells, made = ledger.cells, found.copy()
    here = np.asarray(labels_of(ledger, level), dtype=object)
    stated = (np.asarray(cells.entity, dtype=object) == here) & ~is_any(cells.entry, ("elimination",))
    for j, name in enumerate(ledger.quantities):
        if name in set(complete):
            continue
        whole = set(here[stated & ledger.counted[cells.key, j]])
        lone = np.array([label not in whole for label in found[level].values])
        known = (found[f"{name}_reason"] == Reason.OK) & (found[f"{name}_rows"] > 0)
        only = known & found[level].copy(data=lone)
        made[name] = found[name].where(~only).assign_attrs(found[name].attrs)
        made[f"{name}_reason"] = found[f"{name}_reason"].where(~only, int(Reason.ENTERPRISES_ONLY)).astype("int16")
        made[f"{name}_reason"].attrs = found[f"{name}_reason"].attrs
    return made


def _groups(ledger: Ledger, dims: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], dict[str, Any]]:
    """The group of each cell, whether it belongs to one, and the labels of every dimension."""
    import numpy as np
    import pandas as pd

    inside = np.ones(len(ledger.cells), dtype=bool)
    found = {dim: labels_of(ledger, dim) for dim in dims}
    for dim in set(dims) & set(LEVELS):
        inside &= ~is_any(found[dim], ("",))
    codes, labels = [], {}
    for dim in dims:
        code, label = pd.factorize(found[dim][inside], sort=dim == "year")
        names = np.asarray(label) if dim == "year" else np.asarray(label, dtype=object)
        order = np.argsort(names, kind="stable")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        spread = np.zeros(len(inside), dtype=np.int64)
        spread[inside] = rank[code]
        codes.append(spread)
        labels[dim] = names[order]
    shape = tuple(len(labels[dim]) for dim in dims)
    group = np.ravel_multi_index(codes, shape) if inside.any() else np.zeros(len(inside), dtype=np.int64)
    return np.asarray(group, dtype=np.int64), inside, labels


def _behind(
    ledger: Ledger,
    requires: list[str],
    reported: npt.NDArray[np.bool_],
    counted: npt.NDArray[np.bool_],
    unsplit: npt.NDArray[np.bool_],
    group: npt.NDArray[np.int64],
    by: Sequence[str],
    labels: dict[str, Any],
    zero: bool,
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[np.int16]]:
    """Rows and months behind one quantity in each group, and why it may be unknown.

    ``reported``: rows of the quantity; ``counted``: those of them that the boundary counts;
    ``zero``: whether the case states that no rows, in the year or in a month, mean zero.
    """
    import numpy as np

    shape = tuple(len(names) for names in labels.values())
    size = int(np.prod(shape))
    rows = np.bincount(group[counted], weights=ledger.cells.rows[counted], minlength=size).astype(np.int64)
    months = months_covered(ledger, group, counted, size)
    reason = np.zeros(size, dtype=np.int16)
    if "activity" not in by:  # a group of one activity cannot lack what the quantity deducts
        reason[lacking(ledger, group, requires, size)] = Reason.NO_ROWS
    reason[(rows == 0) & (not zero)] = Reason.NO_ROWS
    reason[(rows > 0) & (months < 12) & (not zero)] = Reason.MONTHS_MISSING
    if unsplit.any():
        reason[np.bincount(group[counted & unsplit], minlength=size) > 0] = Reason.SPLIT_UNKNOWN
    rows, months, reason = rows.reshape(shape), months.reshape(shape), reason.reshape(shape)
    # an entity may well lack one activity, flow or sector in a year; not its whole account
    if set(by) <= {"region", *LEVELS} and not zero:
        absent = entities_missing(ledger, reported, group, shape, labels["year"])
        reason[absent & (rows > 0) & (reason == Reason.OK)] = Reason.ENTITIES_MISSING
    return rows, months, reason


def _with_co2e(dataset: xr.Dataset, ledger: Ledger, gwp: str) -> xr.Dataset:
    """Scope 1 gases as CO2e at the named set; NaN with the first reason where a gas is missing."""
    import xarray as xr

    values = gwp_values(gwp)
    gases = [name for name in ledger.quantities if ledger.catalog.quantities[name].gas and "scope2" not in name]
    if not gases:
        raise BoundaryError(say("gwp={gwp!r}, but no gas was posted; post co2_scope1, ch4, n2o ...", gwp=gwp))
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
