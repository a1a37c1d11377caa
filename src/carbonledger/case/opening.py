"""A case: one folder of inputs with its decisions, read whole, every fault at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..balance import Closure
from ..catalog import Catalog, read_catalog, with_units
from ..errors import CaseError, Faults, nearest
from ..factors import Factors, Rules, read_factors
from ..ledger import constant_prices, read_entities
from ..messages import Named, Said, say
from ..shipped import shipped
from ..standards import chosen
from ..tables import join_rows
from ..targets import Target, read_targets
from .air import Air, read_air
from .decisions import check_decisions, check_entities, check_forms, check_keys, rules_of
from .inputs import check_states, read_published, read_states
from .reader import Reader, inside
from .rulebook import read_rulebook
from .thresholds import limits_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Case:
    """A case as read: nothing in it is computed yet."""

    name: str
    folder: Path
    about: dict[str, Any]
    activity: pd.DataFrame
    states: pd.DataFrame | None
    entities: pd.DataFrame | None
    targets: tuple[Target, ...]
    published: pd.DataFrame | None
    closures: tuple[Closure, ...]
    factors: Factors
    rules: Rules
    catalog: Catalog
    hashes: dict[str, str]
    air: Air | None = None

    @property
    def title(self) -> str:
        return str(self.about.get("title", self.name))

    @property
    def level(self) -> str:
        """What the case is reported by: ``entity``, or a level of the entity table such as ``district``."""
        return str(self.about.get("by", ["entity"])[0])

    @cached_property
    def entity_names(self) -> dict[str, Said]:
        """What the entity table calls each entity in both languages, else as the files call it; the last name holds."""
        if self.entities is None:
            return {}
        columns = (self.entities[c] for c in ("entity", "name_en", "name_zh"))
        return {str(e): Named(str(en) or str(e), str(zh)) for e, en, zh in zip(*columns, strict=True)}

    @property
    def quantities(self) -> list[str]:
        wanted = self.catalog.quantities_for(self.about["indicators"])
        wanted += [str(part["quantity"]) for part in self.about.get("breakdowns", [])]
        return list(dict.fromkeys([*wanted, *self.about.get("quantities", [])]))


def case_names() -> list[str]:
    """The shipped cases."""
    return sorted(path.parent.name for path in shipped("scenarios").glob("*/case.toml"))


def find_case(case: str | Path) -> Path:
    """The folder of a case: a path that holds ``case.toml``, or the name of a shipped one."""
    for folder in (Path(case), shipped("scenarios") / str(case)):
        if (folder / "case.toml").is_file():
            return folder.resolve()
    raise CaseError(
        say(
            "no case {name!r}: neither a folder with case.toml nor a shipped case{near}. Shipped: {names}",
            name=str(case),
            near=nearest(str(case), case_names()),
            names=", ".join(case_names()),
        )
    )


def open_case(case: str | Path, *, edition: str | Iterable[str] | None = None) -> Case:
    """Read everything of a case: inputs, factor sets, decisions.

    Parameters
    ----------
    case : str or Path
        A folder with ``case.toml``, or the name of a shipped case.
    edition : str or list of str, optional
        Editions of standards by name in place of those that the case names; each replaces that of its own standard.

    Raises
    ------
    CaseError
        The faults of all its files at once.
    """
    folder, faults = find_case(case), Faults()
    about = _about(folder, faults)
    if edition:
        about["air"] = about.get("air", {}) | {"edition": _named(about, edition)}
    reader = Reader(folder, about.get("inputs", {}), faults)
    own = reader.paths("catalog")
    catalog = reader.get(lambda: read_catalog(own[0] if own else None)) or read_catalog()
    for name in about.get("indicators", []):
        reader.get(lambda name=name: catalog.indicator(name))
    catalog = reader.get(lambda: with_units(catalog, about.get("units", {}))) or catalog
    check_decisions(about, catalog, faults)
    rules = reader.get(lambda: rules_of(about)) or Rules()
    factors = reader.get(lambda: read_factors(*_sets(folder, about))) or Factors(())
    entities = reader.joined("entities", read_entities)
    air = read_air(reader, about, catalog, entities)
    given, states = _states(reader, catalog, air.states if air else None, read_rulebook(reader, about))
    activity, closures = reader.activity(entities, about.get("gas_reference", ""))
    targets = tuple(
        target
        for path in reader.paths("targets")
        for target in reader.get(lambda p=path: read_targets(p, catalog=catalog)) or ()
    )
    published = reader.joined("published", lambda path: read_published(path, catalog))
    if activity is not None and states is not None and "price_base" in about:
        activity = reader.get(lambda: _with_constant_prices(activity, states, about["price_base"], catalog))
    check_entities(entities, given, targets, faults)
    faults.raise_as(CaseError, say("case {name}", name=folder.name))
    targets += air.limits if air else ()
    return Case(
        folder.name,
        folder,
        about,
        activity,
        states,
        entities,
        targets,
        published,
        tuple(closures),
        factors,
        rules,
        catalog,
        reader.hashes,
        air,
    )


def _about(folder: Path, faults: Faults) -> dict[str, Any]:
    """What case.toml says; its own form first, since nothing else can be read before that."""
    try:
        about = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(
            say("{name}/case.toml is not TOML in UTF-8: {error}", name=folder.name, error=str(error))
        ) from None
    if not check_forms(about, faults):
        faults.raise_as(CaseError, say("case {name}", name=folder.name))
    check_keys(about, faults)
    try:
        limits_of(about)
    except CaseError as error:
        faults.take(error)
    return about


def _named(about: dict[str, Any], edition: str | Iterable[str]) -> list[str]:
    """The editions asked for, and those of the case for other standards."""
    asked = chosen(edition).named
    own = chosen(about.get("air", {}).get("edition")).named
    standards = {e.standard for e in asked}
    return [e.name for e in (*asked, *(e for e in own if e.standard not in standards))]


def _states(
    reader: Reader, catalog: Catalog, *computed: pd.DataFrame | None
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """States as given, and with those that air, water and projects make."""
    given = reader.joined("states", lambda path: read_states(path, catalog))
    found = [frame for frame in (given, *computed) if frame is not None]
    if not found:
        return None, None
    states = join_rows(found)
    check_states(states, reader.faults)
    return given, states


def _sets(folder: Path, about: dict[str, Any]) -> list[str | Path]:
    """Shipped sets by name, the case's own as a path inside its folder, e.g. ``./factors/mine``."""
    return [inside(folder, n) if {"/", "\\"} & set(n) or n.startswith(".") else n for n in about.get("factor_sets", [])]


def _with_constant_prices(
    activity: pd.DataFrame, states: pd.DataFrame, base_year: int, catalog: Catalog
) -> pd.DataFrame:
    bases = sorted({q.unit for q in catalog.quantities.values() if q.unit.startswith("CNY_")})
    if f"CNY_{base_year}" not in bases:
        raise CaseError(
            say(
                "case.toml: price_base = {year}, but the catalogue holds output at {bases}. Add quantities in CNY_{year} "
                "to the case's catalogue, or change price_base",
                year=base_year,
                bases=", ".join(bases),
            )
        )
    return join_rows([activity, constant_prices(activity, states, base_year)])
