"""The catalogue: quantities that add, states that do not, indicators that divide - and the proof of their units.

The tables are in ``data/catalog.toml``; a case may bring a catalogue of its own on top.
"""

from __future__ import annotations

import inspect
import random
import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import formulas, reasons, units
from .errors import CatalogError, Faults, UnitError, nearest, wrong_keys
from .messages import say
from .reasons import Reason
from .shipped import package_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class Quantity:
    """What adds over entities: what counts towards it, with which sign and which rate."""

    name: str
    zh: str
    en: str
    unit: str
    rate: dict[str, str]
    counts: dict[str, dict[str, int]]
    counts_of_which: dict[str, dict[str, int]] = field(default_factory=dict)
    counts_zero: dict[str, list[str]] = field(default_factory=dict)
    kind: dict[str, str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)
    requires: list[str] = field(default_factory=list)
    equal_value: bool = False
    gas: str = ""

    def sign(self, activity: str, kind: str, flow: str, of_which: bool) -> int:
        """+1 or -1 where a row counts, 0 where it does not; an activity's own line overrides its class's."""
        counts = self.counts_of_which if of_which else self.counts
        return counts.get(activity, counts.get(kind, {})).get(flow, 0)


@dataclass(frozen=True)
class State:
    """What does not add: a share, a growth rate, a concentration."""

    name: str
    zh: str
    en: str
    unit: str


@dataclass(frozen=True)
class Indicator:
    """An intensive figure: a formula, what its arguments are bound to, and the effect each must have."""

    name: str
    zh: str
    en: str
    formula: str
    bound: dict[str, str]
    unit: str
    better: str
    sign: dict[str, str]
    baseline: int | str | None = None

    @property
    def function(self) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(formulas, self.formula)
        return found

    @property
    def arguments(self) -> list[str]:
        return list(inspect.signature(self.function).parameters)

    def source_of(self, argument: str) -> tuple[str, bool]:
        """The quantity or state that an argument is bound to, and whether it is the baseline year's."""
        if argument in self.bound:
            return self.bound[argument], False
        plain = argument.removeprefix("base_")
        return self.bound.get(plain, plain), plain != argument


@dataclass(frozen=True)
class Catalog:
    """Quantities, states and indicators by name."""

    quantities: dict[str, Quantity]
    states: dict[str, State]
    indicators: dict[str, Indicator]

    def unit_of(self, name: str) -> str:
        return (self.quantities.get(name) or self.states[name]).unit

    def indicator(self, name: str) -> Indicator:
        if name not in self.indicators:
            near = nearest(name, list(self.indicators))
            raise CatalogError(say("unknown indicator {name!r}{near}", name=name, near=near))
        return self.indicators[name]

    def quantities_for(self, names: Iterable[str]) -> list[str]:
        """The quantities that the named indicators are made of."""
        found: dict[str, None] = {}
        for name in names:
            indicator = self.indicator(name)
            for argument in indicator.arguments:
                source, _ = indicator.source_of(argument)
                if source in self.quantities:
                    found[source] = None
        return list(found)


@lru_cache(maxsize=8)
def read_catalog(extra: Path | None = None) -> Catalog:
    """The shipped catalogue, with the tables of a case's own ``catalog.toml`` on top.

    Raises
    ------
    CatalogError
        Unknown formulas, arguments bound to nothing, units that the formula does not yield: all at once.
    """
    raw = tomllib.loads(package_file("catalog.toml").read_text(encoding="utf-8"))
    if extra is not None:
        try:
            added = tomllib.loads(extra.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise CatalogError(say("{file} is not TOML: {error}", file=extra.name, error=str(error))) from None
        for table, entries in added.items():
            if not isinstance(entries, dict):
                raise CatalogError(
                    say(
                        "{file}: {table} = {entries!r}; it must be a table, e.g. [quantity.name]",
                        file=extra.name,
                        table=table,
                        entries=entries,
                    )
                )
            raw.setdefault(table, {}).update(entries)
    faults = Faults()
    for table, entries in raw.items():
        if table not in {"quantity", "state", "indicator"}:
            mend = say("Accepted: {names}", names="quantity, state, indicator")
            faults.add(say("unknown table [{table}]", table=table), file="catalog.toml", mend=mend)
        for name, entry in entries.items():
            if not isinstance(entry, dict):
                what = say("[{table}] {name} = {entry!r}", table=table, name=name, entry=entry)
                mend = say("Write a table [{table}.{name}]", table=table, name=name)
                faults.add(what, file="catalog.toml", mend=mend)
    faults.raise_as(CatalogError, "catalog.toml")
    made: dict[str, dict[str, Any]] = {}
    for table, kind in {"quantity": Quantity, "state": State, "indicator": Indicator}.items():
        made[table] = {}
        for name, entry in raw.get(table, {}).items():
            if wrong := wrong_keys(kind, {"name": name, **entry}, bound="with"):
                what = say("[{table}.{name}]: {error}", table=table, name=name, error=wrong)
                faults.add(what, file="catalog.toml")
            else:
                made[table][name] = kind(name=name, **{"bound" if k == "with" else k: v for k, v in entry.items()})
    catalog = Catalog(made["quantity"], made["state"], made["indicator"])
    for indicator in catalog.indicators.values():
        try:
            scale_of(catalog, indicator)
        except (CatalogError, UnitError) as error:
            what = say("[indicator.{name}]: {error}", name=indicator.name, error=error.message)
            faults.add(what, file="catalog.toml")
    faults.raise_as(CatalogError, "catalog.toml")
    return catalog


def with_units(catalog: Catalog, wanted: dict[str, str]) -> Catalog:
    """The catalogue with some indicators in other units of their dimension, proved anew.

    Raises
    ------
    CatalogError
        If an indicator is unknown, or the unit is of another dimension.
    """
    if not wanted:
        return catalog
    faults, changed = Faults(), dict(catalog.indicators)
    for name, unit in wanted.items():
        try:
            changed[name] = replace(catalog.indicator(name), unit=unit)
            scale_of(catalog, changed[name])
        except (CatalogError, UnitError) as error:
            faults.add(
                say("[units] {name} = {unit!r}: {error}", name=name, unit=unit, error=error.message), file="case.toml"
            )
    faults.raise_as(CatalogError, "case.toml")
    return replace(catalog, indicators=changed)


def scale_of(catalog: Catalog, indicator: Indicator) -> float:
    """Factor from the formula's bare result, in canonical units, to the indicator's unit; proves the dimension.

    The formula is called with unit-carrying quantities twice, and bare: the ratio must be one number, or the units
    of the arguments would not fit each other.
    """
    known = [name for name, _ in inspect.getmembers(formulas, inspect.isfunction)]
    if indicator.formula not in known:
        near = nearest(indicator.formula, known)
        raise CatalogError(say("unknown formula {name!r}{near}", name=indicator.formula, near=near))
    used: dict[str, str] = {}
    for argument in indicator.arguments:
        source, _ = indicator.source_of(argument)
        if source not in catalog.quantities and source not in catalog.states:
            raise CatalogError(
                say(
                    "argument {argument!r} is bound to {source!r}, which is no quantity or state",
                    argument=argument,
                    source=source,
                )
            )
        used[argument] = catalog.unit_of(source)
    if undone := set(indicator.bound) - set(used):
        names = ", ".join(sorted(undone))
        raise CatalogError(say("{formula}() has no argument {names}", formula=indicator.formula, names=names))
    draw, ratios = random.Random(20260701), []
    for _ in range(2):
        bare = {name: draw.uniform(1.0, 2.0) for name in used}
        with_units = {name: bare[name] * units.quantity_of(unit) for name, unit in used.items()}
        try:
            proved = indicator.function(**with_units)
        except Exception as error:  # a dimensionality error of the units library, which only units may import
            values = {"formula": indicator.formula, "units": used, "error": str(error)}
            raise CatalogError(say("{formula}() does not fit the units {units}: {error}", **values)) from None
        wanted = units.quantity_of(indicator.unit)
        if proved.dimensionality != wanted.dimensionality:
            values = {"formula": indicator.formula, "found": str(proved.dimensionality), "unit": indicator.unit}
            raise CatalogError(say("{formula}() yields {found}, not {unit!r}", **values))
        ratio = (proved / wanted).to_base_units().magnitude
        ratios.append(float(ratio) / float(indicator.function(**bare)))
    if abs(ratios[0] / ratios[1] - 1) > 1e-9:
        raise CatalogError(say("the units {units} do not fit each other without conversion", units=used))
    return float(f"{ratios[0]:.12g}")


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
