"""Scenarios made of Python objects: lists and arrays become tuples, and what has another form is a fault, not a crash."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from ..messages import Said, say
from .forms import FLAG, LABELS, NAME_OR_NUMBER, TABLE, TEXT, TEXTS, WAY, WHOLE, WHOLES, Place, Places, is_number
from .nouns import Axis, Cost, Distribution, Event, Lever, Recipe, Response, Sampling, Scenario

Noun = TypeVar("Noun")
Take = Callable[[Any], Any]
NAN = float("nan")


class _UnfitError(Exception):
    """A value of another form."""


@dataclass(frozen=True)
class _Form:
    """What a field may be, in words and as a function that gives it (or raises), and what stands for one that is not."""

    said: Said
    take: Take
    blank: Any = None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _UnfitError
    return value


def _number(value: Any) -> int | float:
    if not is_number(value):
        raise _UnfitError
    return value if type(value) in (int, float) else float(value)


def _whole(value: Any) -> int:
    if not WHOLE.fits(value):
        raise _UnfitError
    return value if type(value) is int else int(value)


def _flag(value: Any) -> bool:
    if type(value).__name__ not in {"bool", "bool_"}:  # NumPy has its own
        raise _UnfitError
    return value if type(value) is bool else bool(value)


def _table(value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise _UnfitError
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str | os.PathLike):
        raise _UnfitError
    return value if isinstance(value, Path) else Path(value)


def _sequence(value: Any) -> Any:
    """A list, tuple, range, or what NumPy and pandas have of one dimension; a text is none of them."""
    if isinstance(value, list | tuple | range):
        return value
    if getattr(value, "ndim", 0) == 1 and hasattr(value, "tolist"):
        return value.tolist()
    raise _UnfitError


def _kept(made: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    """The tuple that was given, if it is the one that was made."""
    is_same = isinstance(value, tuple) and all(a is b for a, b in zip(made, value, strict=True))
    return value if is_same else made


def _as_it_is(value: Any) -> Any:
    return value


def _all(take: Take) -> Take:
    def taken(value: Any) -> tuple[Any, ...]:
        return _kept(tuple(take(item) for item in _sequence(value)), value)

    return taken


def _row(*takes: Take) -> Take:
    """One value for each function."""

    def taken(value: Any) -> tuple[Any, ...]:
        items = _sequence(value)
        if len(items) != len(takes):
            raise _UnfitError
        return _kept(tuple(take(item) for take, item in zip(takes, items, strict=True)), value)

    return taken


def _table_of(key: Take, take: Take) -> Take:
    def taken(value: Any) -> dict[Any, Any]:
        made = {key(name): take(item) for name, item in _table(value).items()}
        pairs = zip(made.items(), value.items(), strict=False)
        is_same = len(made) == len(value) and all(a is c and b is d for (a, b), (c, d) in pairs)
        return value if is_same else made

    return taken


def _or_none(take: Take) -> Take:
    return lambda value: None if value is None else take(value)


def _either(*takes: Take) -> Take:
    """What the first function that can take it makes of it."""

    def taken(value: Any) -> Any:
        for take in takes:
            try:
                return take(value)
            except _UnfitError:
                pass
        raise _UnfitError

    return taken


def _made_of(kind: type) -> Take:
    def taken(value: Any) -> Any:
        if not isinstance(value, kind):
            raise _UnfitError
        return value

    return taken


def _nouns(kind: type) -> _Form:
    return _Form(say("a list of {kind!r}", kind=kind.__name__), _all(_made_of(kind)), ())


def _noun(kind: type) -> _Form:
    return _Form(say("a {kind!r}, or nothing", kind=kind.__name__), _or_none(_made_of(kind)))


_IS_TEXT, _IS_WHOLE = _Form(TEXT.said, _text, ""), _Form(WHOLE.said, _whole, 0)
_IS_TEXTS = _Form(TEXTS.said, _all(_text), ())
_IS_NUMBER = _Form(say("a number"), _number, NAN)
_AXIS_OR_NUMBER = _Form(say("a number, or the name of an axis"), _either(_number, _text), NAN)
_FORMS: dict[type, dict[str, _Form]] = {
    Scenario: {
        **dict.fromkeys(("name", "rates", "title", "title_zh", "summary", "summary_zh"), _IS_TEXT),
        "file": _Form(TEXT.said, _either(_text, lambda value: str(_path(value))), ""),
        "base_year": _IS_WHOLE,
        "years": _Form(WHOLES.said, _all(_whole), ()),
        **{"hold": _IS_TEXTS, "indicators": _IS_TEXTS},
        "reference": _Form(NAME_OR_NUMBER.said, _either(_text, lambda value: str(_whole(value))), ""),
        "targets": _Form(say("the path of a file, or nothing"), _or_none(_path)),
        "hashes": _Form(TABLE.said, _table, {}),
        **{"levers": _nouns(Lever), "axes": _nouns(Axis), "events": _nouns(Event), "recipes": _nouns(Recipe)},
        **{"responses": _nouns(Response), "sampling": _noun(Sampling)},
        "named": _Form(
            say("a list of rows: name, Chinese name, table of levels by axis"),
            _all(_row(_text, _text, _table_of(_text, _as_it_is))),
            (),
        ),
    },
    Axis: {
        **dict.fromkeys(("name", "unit", "title", "title_zh", "source"), _IS_TEXT),
        "levels": _Form(say("a list of numbers (their unit stands in 'unit')"), _all(_number), ()),
        "distribution": _noun(Distribution),
        "each": _IS_TEXTS,
    },
    Distribution: {
        "kind": _IS_TEXT,
        "parameters": _Form(say("a table of numbers"), _table_of(_text, _number), {}),
        "truncate": _Form(say("two numbers, or nothing"), _or_none(_row(_number, _number))),
    },
    Lever: {
        **dict.fromkeys(("name", "verb", "axis", "unit", "acts", "component", "recipe", "source"), _IS_TEXT),
        "select": _Form(LABELS.said, _table_of(_as_it_is, _either(_all(_as_it_is), _as_it_is)), {}),
        "level": _Form(say("a number (its unit stands in 'unit')"), _or_none(_number)),
        "by_year": _Form(
            say("a table of numbers by year (their unit stands in 'unit')"), _table_of(_whole, _number), {}
        ),
        "path": _Form(WAY.said, _either(_text, _table_of(_whole, _number)), "linear"),
        "to": _Form(WHOLE.said, _or_none(_whole)),
        "own": _Form(FLAG.said, _flag, False),
        "into": _Form(say("two texts: activity and flow"), _or_none(_row(_text, _text))),
        "efficiency": _Form(say("two numbers: before and after"), _or_none(_all(_number))),
        "cost": _noun(Cost),
    },
    Cost: {"amount": _IS_NUMBER, "unit": _IS_TEXT, "source": _IS_TEXT},
    Recipe: {
        **dict.fromkeys(("name", "unit", "source"), _IS_TEXT),
        "rows": _Form(
            say("a list of rows: activity, flow, amount, unit"), _all(_row(_text, _text, _number, _text)), ()
        ),
    },
    Event: {
        **dict.fromkeys(("entity", "axis", "source"), _IS_TEXT),
        **{"year": _IS_WHOLE, "factor": _Form(_IS_NUMBER.said, _or_none(_number))},
    },
    Response: {
        **{"state": _IS_TEXT, "source": _IS_TEXT},
        **dict.fromkeys(("local", "regional", "improvement"), _AXIS_OR_NUMBER),
        "betas": _Form(say("a table of numbers, or of names of axes"), _table_of(_text, _either(_number, _text)), {}),
    },
    Sampling: {
        **{"n": _IS_WHOLE, "seed": _IS_WHOLE, "method": _IS_TEXT},
        "correlation": _Form(say("a list of rows: axis, axis, rank"), _all(_row(_text, _text, _number)), ()),
    },
}
# fields whose parts stand in tables of their own: the table, and the field that names each part
_TABLES = {
    "levers": ("levers", "name"),
    "axes": ("axes", "name"),
    "events": ("events", "entity"),
    "recipes": ("recipes", "name"),
    "responses": ("response", "state"),
}
_CALLED = {"named": "scenarios", "responses": "response"}  # as the checks know them


def settled(scenario: Scenario, places: Places) -> Scenario:
    """The scenario with tuples and Python's own numbers throughout; itself where it has nothing else.

    What has another form is a fault at its place, and stands blank in what is given back.
    """
    made = _settled(scenario, places.of())
    changed: dict[str, Any] = {}
    for field, (table, name) in _TABLES.items():
        parts = getattr(made, field)
        heads = [head if isinstance(head := getattr(part, name), str) else "" for part in parts]
        new = tuple(_settled(part, places.of(table, i, heads[i])) for i, part in enumerate(parts))
        changed[field] = _kept(new, parts)
    if made.sampling is not None:
        changed["sampling"] = _settled(made.sampling, places.of("sampling"))
    rows = tuple(_kept((*row[:2], _levels(row, places, i)), row) for i, row in enumerate(made.named))
    return _changed(made, changed | {"named": _kept(rows, made.named)})


def _settled(noun: Noun, faults: Place) -> Noun:
    """One noun, with a fault for each field of another form."""
    made = {}
    for field, form in _FORMS[type(noun)].items():
        value = getattr(noun, field)
        try:
            made[field] = form.take(value)
        except _UnfitError:
            made[field] = form.blank
            what = say("{key} = {value!r}", key=field, value=value)
            faults.add(what, say("It must be {form}", form=form.said), key=_CALLED.get(field, field))
        if isinstance(made[field], Distribution | Cost):
            inner = faults.inner(field)
            made[field] = _settled(made[field], inner)
            faults.unread |= {field} if inner.unread else set()
    return _changed(noun, made)


def _levels(row: tuple[str, str, dict[str, Any]], places: Places, i: int) -> dict[str, Any]:
    """The levels of a named scenario."""
    name, _, levels = row
    made, faults = {}, places.of("scenarios", i, name)
    for axis, level in levels.items():
        try:
            made[axis] = _number(level)
        except _UnfitError:
            made[axis] = NAN
            what = say("{key} = {value!r}", key=axis, value=level)
            faults.add(what, say("It must be {form}", form=say("a number in the unit of the axis")), key=axis)
    return levels if all(made[axis] is levels[axis] for axis in levels) else made


def _changed(noun: Noun, made: dict[str, Any]) -> Noun:
    """The noun itself where nothing in it is another."""
    other = {field: value for field, value in made.items() if value is not getattr(noun, field)}
    return replace(noun, **other) if other else noun  # type: ignore[type-var]
