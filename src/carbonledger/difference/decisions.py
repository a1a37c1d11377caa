"""Which decisions differ: everything that case.toml and the case's catalogue say, key by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..case import Case
from ..ledger import Ledger

LISTS = ("stand_in", "gap", "breakdowns", "indicators", "factor_sets", "complete", "quantities")
TABLES = ("kinds", "choices", "units", "variants", "air", "surface_water", "reduction", "audit", "inputs")
TITLES = ("title", "title_zh", "summary", "summary_zh")


@dataclass(frozen=True)
class RuleChange:
    """One decision that is in one case only (``None`` on the other side), or differs."""

    what: str
    name: str
    before: Any
    after: Any


def rule_changes(a: Case, b: Case) -> list[RuleChange]:
    """Decisions of case.toml, definitions of the catalogue, the content of factor sets: what differs."""
    made = []
    for key in dict.fromkeys([*a.about, *b.about]):
        if key in TITLES:
            continue
        one, other = a.about.get(key), b.about.get(key)
        if one == other:
            continue
        if key in LISTS:
            made += _lists(key, one or [], other or [])
        elif key in TABLES:
            made += _tables(key, one or {}, other or {})
        else:
            made.append(RuleChange(key, "", one, other))
    one, other = a.factors.hashes, b.factors.hashes
    made += [
        RuleChange("factor set content", name, one[name], other[name])
        for name in one
        if name in other and one[name] != other[name]
    ]
    return [*made, *_catalogue(a, b)]


def _lists(key: str, one: list[Any], other: list[Any]) -> list[RuleChange]:
    made = [RuleChange(key, "", item, None) for item in one if item not in other]
    made += [RuleChange(key, "", None, item) for item in other if item not in one]
    if not made:  # the same items in another order: the order of factor sets is their precedence
        made = [RuleChange(key, "order", one, other)]
    return made


def _tables(key: str, one: dict[str, Any], other: dict[str, Any]) -> list[RuleChange]:
    return [
        RuleChange(key, name, one.get(name), other.get(name))
        for name in dict.fromkeys([*one, *other])
        if one.get(name) != other.get(name)
    ]


def _catalogue(a: Case, b: Case) -> list[RuleChange]:
    made = []
    for table in ("quantities", "states", "indicators"):
        one, other = getattr(a.catalog, table), getattr(b.catalog, table)
        for name in dict.fromkeys([*one, *other]):
            if one.get(name) != other.get(name):
                values = (None if t.get(name) is None else dict(vars(t[name])) for t in (one, other))
                made.append(RuleChange(f"catalogue {table}", name, *values))
    return made


def quantity_changes(a: Ledger, b: Ledger) -> list[RuleChange]:
    """Quantities that only one of the two posts: their totals cannot be compared."""
    made = [RuleChange("quantity posted", q, True, None) for q in a.quantities if q not in b.quantities]
    return [*made, *(RuleChange("quantity posted", q, None, True) for q in b.quantities if q not in a.quantities)]
