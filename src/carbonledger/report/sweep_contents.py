"""What a swept Dataset has: names with their units and titles, entities, targets, years to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..sweeping.reducing import DIFFERENCE
from ..targets import Target

if TYPE_CHECKING:
    import xarray as xr


def is_cube(dataset: xr.Dataset) -> bool:
    return "scenario" in dataset.dims


def judged_of(dataset: xr.Dataset, targets: Sequence[Target], entity: str) -> list[str]:
    """The targets that a Dataset judges for an entity; none where it has no verdicts."""
    if "target" not in dataset.dims or not {"verdict", "n_met"} & set(dataset.data_vars):
        return []
    elsewhere = {target.id for target in targets if target.entity not in ("", entity)}
    return [str(name) for name in dataset["target"].values if str(name) not in elsewhere]


def names_in(dataset: xr.Dataset) -> list[str]:
    """The indicators and quantities that a Dataset shows, in its order."""
    if is_cube(dataset):
        ends = ("_reason", "_extrapolated")
        skipped = {"verdict", "margin"}
        return [str(n) for n in dataset.data_vars if not str(n).endswith(ends) and n not in skipped]
    found: dict[str, None] = {}
    for variable in map(str, dataset.data_vars):
        for ending in ("_quantile_error", "_quantile", "_mean", "_max", "_min"):
            if variable.endswith(ending):
                found[variable.removesuffix(ending)] = None
                break
    return list(found)


def attributes_of(dataset: xr.Dataset, name: str) -> dict[str, str]:
    """Unit and titles of a name, whether whole or reduced."""
    for ending in ("",) if is_cube(dataset) else ("_mean", "_quantile", "_min"):
        if f"{name}{ending}" in dataset:
            given = dataset[f"{name}{ending}"].attrs
            title = str(given.get("long_name", name))
            if ending:  # a reduction says what it is after a comma
                title = title.rpartition(", ")[0] or title
            zh = str(given.get("long_name_zh", "")) or title
            return {"units": str(given.get("units", "1")), "long_name": title, "long_name_zh": zh}
    return {"units": "1", "long_name": name, "long_name_zh": name}


def is_known(dataset: xr.Dataset, name: str, entity: str, *, after: int | None = None) -> bool:
    """Whether any scenario knows a value of an entity, in the years after one if that is given."""
    import numpy as np

    later = dataset["year"].values > after if after is not None else np.ones(dataset.sizes["year"], dtype=bool)
    for ending in ("",) if is_cube(dataset) else ("_mean", "_quantile", "_min"):
        if f"{name}{ending}" in dataset:
            return bool(dataset[f"{name}{ending}"].sel(entity=entity).isel(year=later).notnull().any())
    return False


def known_entities(dataset: xr.Dataset, *, after: int | None = None) -> list[str]:
    """Entities of which anything is known besides costs, which are known everywhere."""
    names = [name for name in names_in(dataset) if name.removesuffix(DIFFERENCE) != "cost"] or names_in(dataset)
    found = [str(entity) for entity in dataset["entity"].values]
    return [e for e in found if any(is_known(dataset, name, e, after=after) for name in names)]


def selected_years(years: list[int], base: int, most: int = 5) -> list[int]:
    """The base year, full five-year steps and the last year; all years where they are few."""
    years = [year for year in years if year >= base]
    if len(years) <= most:
        return years
    return [year for year in years if year in (base, years[-1]) or (year % 5 == 0 and year > base)]
