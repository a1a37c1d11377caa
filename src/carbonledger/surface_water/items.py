"""The items of surface water by every name that files write, those of the standard and those that a caller adds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import units
from ..errors import Faults, TableError, UnitError, nearest
from ..messages import say
from ..standards import WaterLimit, read_editions
from ..tables import as_text, read_table, text_column, where
from .values import number_of

if TYPE_CHECKING:
    import pandas as pd

STANDARD = "GB 3838"
_RELATIONS = {"": "<=", "<=": "<=", "≤": "<=", ">=": ">=", "≥": ">="}
_PLAIN = re.compile(r"[\s_·、,]")
_LITRE = re.compile(r"/\s*\(?\s*(\d*)\s*(m?)(?:l|L|升)\)?$")
_SAME = {  # units that are not converted: what files write for them
    "1": ("", "1", "无量纲", "-", "ph", "ph单位"),
    "degC": ("degc", "°c", "摄氏度"),
}


@dataclass(frozen=True)
class Items:
    """Items in the order of the standard; a specific item comes after them, with the limit that the caller gave."""

    about: dict[str, WaterLimit]
    written: dict[str, str]
    specific: tuple[WaterLimit, ...] = ()
    largest: dict[str, Fraction] = field(default_factory=dict)
    """The largest limit of each item that has one, in any class and water."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all items."""
        return tuple(self.about)

    def find(self, written: str) -> str | None:
        """The item that a text names, ``None`` where it names none."""
        return self.written.get(_plain(written))

    def near(self, written: str) -> str:
        """``; nearest: …`` for a message."""
        return nearest(_plain(written), list(self.written))


def items_of(specific: tuple[WaterLimit, ...] = ()) -> Items:
    """The items of all editions of GB 3838, and the specific ones of a drinking-water source."""
    lines = [c for e in read_editions() if e.standard == STANDARD for c in e.table("water_limits")]
    about = {line.item: line for line in [*lines, *specific]}
    written = {
        _plain(text): line.item for line in [*lines, *specific] for text in (line.item, line.zh, line.en, *line.aliases)
    }
    largest: dict[str, Fraction] = {}
    for line in (line for line in [*lines, *specific] if line.limits):
        largest[line.item] = max(largest.get(line.item, Fraction(0)), *line.limits)
    return Items(about, written, specific, largest)


def _plain(written: str) -> str:
    text = as_text(written).replace("(", "").replace(")", "").lower()
    return _PLAIN.sub("", text)


def scale_to(item: WaterLimit, unit: str) -> Fraction:
    """How many of the item's unit one ``unit`` is, exactly.

    Raises
    ------
    UnitError
        If it is no unit of the item.
    """
    if item.unit in _SAME:
        if unit.lower() in _SAME[item.unit]:
            return Fraction(1)
        if item.unit == "1":
            raise UnitError(say("{item} has no unit, but {unit!r} is given", item=item.item, unit=unit))
        raise UnitError(
            say("{item} is stated in {wanted}, not in {unit!r}", item=item.item, wanted=item.unit, unit=unit)
        )
    return Fraction(str(units.factor(_spelled(unit), _spelled(item.unit))))


def _spelled(unit: str) -> str:
    """The unit as :mod:`carbonledger.units` reads it: ``mg/l``, ``MPN/100mL`` and ``个/100ml`` too."""
    plain = re.sub(r"^(MPN|CFU|cfu|mpn)(?=/)", "个", unit.strip())
    return _LITRE.sub(lambda m: f"/({m[1] or 1} {m[2]}L)", plain)


def read_specific_limits(source: str | Path | pd.DataFrame, *, file: str = "") -> tuple[WaterLimit, ...]:
    """Limits of the specific items that are monitored at drinking-water sources: none are shipped.

    Parameters
    ----------
    source : path or DataFrame
        Columns ``item``, ``value``, ``unit``, ``source`` (the standard and table of the limit); ``relation`` is
        ``<=`` (the default) or ``>=``.

    Returns
    -------
    tuple of WaterLimit, with one limit for all classes [unit of the row].

    Raises
    ------
    TableError
        Items without a name, unit or source, limits that are no positive numbers, doubled items, and items that the
        standard limits already: all at once.
    """
    frame, faults = read_table(source, "water_specific_limits", file=file), Faults()
    for column in ("item", "value", "unit", "relation", "source"):
        frame[column] = text_column(frame[column])
    known = items_of()
    made: list[WaterLimit] = []
    for i in range(len(frame)):
        line = {c: str(frame[c].iat[i]) for c in ("item", "value", "unit", "relation", "source")}
        limit, relation = number_of(line["value"]), _RELATIONS.get(line["relation"])
        before = len(faults.found)
        for column in (c for c in ("item", "unit", "source") if not line[c]):
            faults.add(say("no {name}", name=column), **where(frame, i, column), mend=say("A limit has all three"))
        if limit is None or limit <= 0:
            what = say("{written!r} is no limit", written=line["value"])
            faults.add(what, **where(frame, i, "value"), mend=say("Write a positive number"))
        if relation is None:
            what = say("unknown relation {name!r}", name=line["relation"])
            faults.add(what, **where(frame, i, "relation"), mend=say("Accepted: {names}", names="<=, >="))
        _check_name(line["item"], known, made, faults, where(frame, i, "item"))
        _check_unit(line["unit"], faults, where(frame, i, "unit"))
        if len(faults.found) == before and limit is not None and relation is not None:
            made.append(_specific(line, limit, relation))
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    return tuple(made)


def _specific(line: dict[str, str], limit: Fraction, relation: str) -> WaterLimit:
    name = line["item"]
    shared = (name, "", name, name, (), line["unit"], relation, ("river", "lake"))
    return WaterLimit(*shared, (limit,) * 5, (), "specific", line["source"], "M")


def _check_name(item: str, known: Items, made: Iterable[WaterLimit], faults: Faults, place: dict[str, Any]) -> None:
    if item and known.find(item):
        what = say("{name!r} is an item of the standard", name=item)
        faults.add(what, **place, mend=say("Delete the row: the standard's own limit applies"))
    if any(_plain(m.item) == _plain(item) for m in made):
        faults.add(say("{name!r} stands twice", name=item), **place, mend=say("Keep one row"))


def _check_unit(unit: str, faults: Faults, place: dict[str, Any]) -> None:
    try:
        if unit:
            units.quantity_of(_spelled(unit))
    except UnitError as error:
        faults.add(error.message, **place, mend=say("Write the unit, e.g. 'mg/L'"))
