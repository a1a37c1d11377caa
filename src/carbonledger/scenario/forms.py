"""The form of a scenario file: which keys each table has, what each may hold, and amounts with their units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from .. import units
from ..errors import Faults, LedgerError, UnitError, nearest
from ..messages import Said, say

_AMOUNT = re.compile(
    r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d*)?(?:[eE][+-]?\d+)?)(?![\d,])\s*(.*)", re.DOTALL
)
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x2212: 0x2D}  # not NFKC: it reads 10⁴ as 104
# what columns and keys of a table of scenarios say beside levels
HEADS = {"scenario": "name", "scenario_zh": "name_zh", "情景": "name", "情景名称": "name", "情景中文名": "name_zh"}
_HEADS = {"sampling": "[sampling]", "recipes": "[recipes.{name}]", "response": "[response.{name}]"}


@dataclass
class Place:
    """A place in a scenario file, which its faults name.

    Attributes
    ----------
    unread : set of str
        Keys whose value is missing or no use; a fault names them already, so that no other check looks at them.
    """

    faults: Faults
    where: str = ""
    row: int | None = None
    unread: set[str] = field(default_factory=set)

    def add(self, what: str, mend: str = "", *, key: str = "", column: str = "") -> None:
        """Add a fault; what stands under ``key`` counts as unread."""
        self.faults.add(what, file=self.where, row=self.row, column=column, mend=mend)
        self.unread |= {key} - {""}

    def inner(self, key: str) -> Place:
        """The place of a table within this one."""
        return Place(self.faults, say("{file}, {place}", file=self.where, place=key) if self.where else key)

    def has(self, *keys: str) -> bool:
        """Whether all of these keys could be read."""
        return self.unread.isdisjoint(keys)


@dataclass
class Places:
    """Where each part of a scenario stands: made while it is read, looked up while it is checked."""

    faults: Faults
    file: str = ""
    made: dict[tuple[str, int], Place] = field(default_factory=dict)

    def of(self, table: str = "", position: int = 0, name: Any = "") -> Place:
        if (table, position) not in self.made:
            head = f"[[{table}]] {name!r}" if name else f"[[{table}]] {position + 1}"
            head = _HEADS[table].format(name=name) if table in _HEADS else head if table else ""
            parts = [part for part in (self.file, head) if part]
            where = say("{file}, {place}", file=parts[0], place=parts[1]) if len(parts) == 2 else "".join(parts)
            self.made[table, position] = Place(self.faults, where)
        return self.made[table, position]


@dataclass(frozen=True)
class Shape:
    """What a value may be, in words and as a test."""

    said: Said
    fits: Callable[[Any], bool]


def is_number(value: Any) -> bool:
    """Whether a value is a number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_amount(value: Any) -> bool:
    return is_number(value) or _is_text(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple) and all(fits(item) for item in value)


def _table_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(fits(item) for item in value.values())


TEXT = Shape(say("a text"), lambda value: isinstance(value, str))
NAME = Shape(say("a text that is not blank"), _is_text)
TEXTS = Shape(say("a list of texts"), _list_of(_is_text))
LABELS = Shape(say("a table of texts or lists of texts"), _table_of(lambda v: _is_text(v) or _list_of(_is_text)(v)))
WHOLE = Shape(say("a whole number"), _is_whole)
WHOLES = Shape(say("a list of whole numbers"), _list_of(_is_whole))
FLAG = Shape(say("true or false"), lambda value: isinstance(value, bool))
AMOUNT = Shape(say("a number, or a text such as '2 %'"), _is_amount)
AMOUNTS = Shape(say("a list of numbers, or of texts such as '2 %'"), _list_of(_is_amount))
AMOUNT_TABLE = Shape(say("a table of numbers, or of texts such as '2 %'"), _table_of(_is_amount))
WAY = Shape(say("a text, or a table of shares by year"), lambda value: _is_text(value) or _table_of(_is_amount)(value))
WITH_UNIT = Shape(say("an amount with its unit, such as '1.1 GWh'"), _is_text)
TABLE = Shape(say("a table"), lambda value: isinstance(value, dict))
TABLE_OF_TABLES = Shape(say("a table of tables"), _table_of(lambda value: isinstance(value, dict)))
TABLES = Shape(say("a list of tables"), _list_of(lambda value: isinstance(value, dict)))
ROWS = Shape(say("a list of tables, or the name of a file"), lambda value: _is_text(value) or TABLES.fits(value))
NAME_OR_NUMBER = Shape(say("a text or a whole number"), lambda value: _is_text(value) or _is_whole(value))

KEYS: dict[str, dict[str, Shape]] = {
    "": {
        **dict.fromkeys(("title", "title_zh", "summary", "summary_zh"), TEXT),
        **{"base_year": WHOLE, "years": WHOLES, "rates": NAME, "indicators": TEXTS, "hold": TEXTS},
        **{"reference": NAME_OR_NUMBER, "targets": NAME, "axes": TABLES, "sampling": TABLE, "scenarios": ROWS},
        **{"levers": TABLES, "recipes": TABLE_OF_TABLES, "events": TABLES, "response": TABLE_OF_TABLES},
    },
    "axes": {
        **{"name": NAME, "unit": NAME, "levels": AMOUNTS, "distribution": TABLE, "each": TEXTS},
        **dict.fromkeys(("title", "title_zh", "source"), TEXT),
    },
    "sampling": {"n": WHOLE, "seed": WHOLE, "method": NAME, "correlation": TABLES},
    "correlation": {"axes": TEXTS, "rank": AMOUNT},
    "levers": {
        **{"name": NAME, "verb": NAME, "select": LABELS, "axis": NAME, "level": AMOUNT, "by_year": AMOUNT_TABLE},
        **{"unit": NAME, "path": WAY, "to": WHOLE, "acts": NAME, "component": NAME, "own": FLAG, "into": TABLE},
        **{"efficiency": AMOUNTS, "recipe": NAME, "cost": TABLE, "source": TEXT},
    },
    "into": {"activity": NAME, "flow": NAME},
    "cost": {"amount": AMOUNT, "unit": NAME, "source": NAME},
    "recipes": {"unit": NAME, "rows": TABLES, "source": TEXT},
    "rows": {"activity": NAME, "flow": NAME, "amount": WITH_UNIT},
    "events": {"entity": NAME, "year": WHOLE, "factor": AMOUNT, "axis": NAME, "source": TEXT},
    "response": {
        **dict.fromkeys(("local", "regional", "improvement"), AMOUNT),
        **{"betas": AMOUNT_TABLE, "source": NAME},
    },
}
REQUIRED = {
    "": ("base_year", "years", "rates"),
    "axes": ("name",),
    "sampling": ("n", "seed"),
    "levers": ("name", "verb"),
    "recipes": ("unit", "rows"),
    "events": ("entity", "year"),
    "response": ("local", "betas", "source"),
    **{table: tuple(KEYS[table]) for table in ("correlation", "into", "cost", "rows")},
}


def keyed(given: dict[str, Any], table: str, faults: Place) -> dict[str, Any]:
    """What a table holds under keys that are known and in a form that fits; the rest are faults."""
    known, fitting = KEYS[table], {}
    for key, value in given.items():
        if key not in known:
            what = say("unknown key {name!r}{near}", name=key, near=nearest(str(key), list(known)))
            faults.add(what, say("Accepted: {names}", names=", ".join(known)))
        elif not known[key].fits(value):
            what = say("{key} = {value!r}", key=key, value=value)
            faults.add(what, say("It must be {form}", form=known[key].said), key=key)
        else:
            fitting[key] = value
    for key in REQUIRED[table]:
        if key not in given:
            mend = say("It must be {form}", form=known[key].said)
            faults.add(say("no {key}", key=key), mend, key=key)
    return fitting


def amount(given: Any) -> tuple[float, str]:
    """Number and unit of ``"300 万吨"``; a bare number has a blank unit.

    Raises
    ------
    UnitError
        If it starts with no number.
    """
    if is_number(given):
        return float(given), ""
    found = _AMOUNT.fullmatch(str(given).translate(_HALF_WIDTH).strip())
    if found is None:
        raise UnitError(say("{text!r} is no amount; write a number and its unit, e.g. '2 %'", text=given))
    return float(found[1].replace(",", "")), found[2]


@dataclass(frozen=True)
class Measure:
    """The unit in which some amounts are held (blank: one that nobody knows), and whether bare numbers are meant in it."""

    unit: str = "1"
    bare: bool = True

    def of(self, given: Any) -> float:
        """The amount in this unit.

        Raises
        ------
        UnitError
            If it is no amount, of another dimension, or bare among amounts with units.
        """
        number, unit = amount(given)
        if not unit and not self.bare and number:
            raise UnitError(
                say("{given!r} has no unit, but others have {unit!r}; write it too", given=given, unit=self.unit)
            )
        if unit in {"", self.unit} or not self.unit:
            return number
        ratio = units.factor(unit, self.unit)
        return number * ratio if ratio >= 1 else number / units.factor(self.unit, unit)  # 7 % is 7/100, not 7 x 0.01

    def read(self, given: Any, faults: Place, key: str, shown: str = "", column: str = "") -> float:
        """The amount in this unit; NaN, and a fault under ``key``, where it is none."""
        try:
            return self.of(given)
        except LedgerError as error:
            what = say("{key}: {error}", key=shown or key, error=error.message)
            faults.add(error.message if column else what, key=key, column=column)
            return float("nan")


def measure(unit: str, amounts: Iterable[Any], faults: Place) -> tuple[str, Measure]:
    """The unit that is stated, else that of the first amount that has one; one that is no unit is a fault."""
    found = unit or next(filter(None, map(_unit_of, amounts)), "")
    if not found:
        return "1", Measure()
    try:
        units.quantity_of(found)
    except LedgerError as error:
        faults.add(error.message, key="unit")
        return found, Measure("")
    return found, Measure(found, bare=bool(unit))


def _unit_of(given: Any) -> str:
    try:
        return amount(given)[1]
    except UnitError:
        return ""
