"""The proof of an indicator: its formula, called with units, yields the unit that the catalogue declares."""

from __future__ import annotations

import inspect
import random
from dataclasses import replace

from .. import formulas, units
from ..errors import CatalogError, Faults, UnitError, nearest
from ..messages import say
from .nouns import Catalog, Indicator


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
