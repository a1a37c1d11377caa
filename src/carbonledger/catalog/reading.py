"""The catalogue as it is read: ``data/catalog.toml``, and a case's own tables on top."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import CatalogError, Faults, UnitError, wrong_keys
from ..messages import say
from ..shipped import package_file
from .nouns import Catalog, Indicator, Quantity, State
from .proof import scale_of


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
