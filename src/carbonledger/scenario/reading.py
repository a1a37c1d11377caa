"""One scenario file, or the same in Python objects, read whole: every fault that needs no case to be seen, at once."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from .. import units
from ..errors import Faults, LedgerError, ScenarioError, UnitError
from ..messages import Named, say
from ..tables import as_text, is_missing, read_cells
from .checks import check_scenario
from .forms import HEADS, Measure, Place, Places, amount, keyed
from .nouns import Axis, Scenario
from .objects import settled
from .parts import read_axis, read_event, read_lever, read_recipe, read_response, read_sampling

MOST_YEARS = 200
_TEXTS = ("title", "title_zh", "summary", "summary_zh", "rates")
_NAMES = ("name", "name_zh")  # keys of [[scenarios]] beside levels
_WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".xlsb"}


def read_scenario(source: str | Path | dict[str, Any] | Scenario, *, file: str = "") -> Scenario:
    """Read a scenario and check everything about it that needs no case.

    Parameters
    ----------
    source : path, dict or Scenario
        A TOML file, a dict of the same form (paths in it are relative to the folder of ``file``), or a
        :class:`Scenario`, which is only checked; lists and arrays in it become tuples.
    file : str, optional
        The name that faults show; by default the file's own.

    Raises
    ------
    ScenarioError
        All faults at once.
    """
    faults = Faults()
    if isinstance(source, Scenario):
        places = Places(faults, str(file or source.file))
        scenario = settled(source, places)
        check_scenario(scenario, places)
        faults.raise_as(ScenarioError, places.file or scenario.name)
        return scenario
    if not isinstance(source, str | os.PathLike | dict):
        what = say("{value!r} is no scenario", value=source)
        faults.add(what, file=file, mend=say("Give the path of a TOML file, a table of the same form, or a 'Scenario'"))
        faults.raise_as(ScenarioError, say("no scenario"))
    path = Path(file) if isinstance(source, dict) else Path(source)
    places, hashes = Places(faults, file or path.name), {}
    if isinstance(source, dict):
        raw = source
    else:
        raw = _toml(path, places.of())
        faults.raise_as(ScenarioError, places.file)
        hashes[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    scenario = _Reader(path.parent.resolve(), places, hashes).scenario(raw, path.stem or "scenario")
    check_scenario(scenario, places)
    faults.raise_as(ScenarioError, places.file or scenario.name)
    return scenario


def _toml(path: Path, faults: Place) -> dict[str, Any]:
    if not path.is_file():
        faults.add(
            say("no such file"), say("Give the path of a scenario file, e.g. scenarios/weicheng-2025/to-2035.toml")
        )
        return {}
    raw = path.read_bytes()
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        faults.add(say("not in UTF-8 (first in row {row})", row=row), say("Save the file as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        faults.add(say("not TOML: {error}", error=_where(str(error))))
    return {}


def _where(error: str) -> Named:
    """What the parser says, which it says in English only; in Chinese the place alone."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", error)
    place = say("at the end of the file")
    if found:
        place = say("line {line}, column {column}", line=found[1], column=found[2])
    return Named(error, place.to("zh"))


class _Reader:
    """Reads the tables of one scenario file, in the order in which they need each other."""

    def __init__(self, folder: Path, places: Places, hashes: dict[str, str]) -> None:
        self.folder, self.places, self.hashes = folder, places, hashes
        self.is_workbook = False  # whether the named scenarios stand in one

    def scenario(self, raw: dict[str, Any], name: str) -> Scenario:
        of, top = self.places.of, self.places.of()
        kept = keyed(raw, "", top)
        rows = self._named_rows(kept.get("scenarios", ()))
        axes, named = self._axes(kept.get("axes", ()), rows)
        by_name = {axis.name: axis for axis in axes}
        tables = {key: list(enumerate(kept.get(key, ()))) for key in ("levers", "events")}
        recipes, responses = (list(enumerate(kept.get(key, {}).items())) for key in ("recipes", "response"))
        return Scenario(
            name,
            kept.get("base_year", 0),
            self._years(kept.get("years", ())),
            tuple(read_lever(g, by_name, of("levers", i, g.get("name"))) for i, g in tables["levers"]),
            tuple(axes),
            tuple(named),
            tuple(read_event(g, of("events", i, g.get("entity"))) for i, g in tables["events"]),
            tuple(read_recipe(n, g, of("recipes", i, n)) for i, (n, g) in recipes),
            read_sampling(kept["sampling"], of("sampling")) if "sampling" in kept else None,
            hold=tuple(kept.get("hold", ())),
            indicators=tuple(kept.get("indicators", ())),
            responses=tuple(read_response(n, g, of("response", i, n)) for i, (n, g) in responses),
            reference=str(kept.get("reference", "")),
            targets=self._beside(kept["targets"], "targets") if "targets" in kept else None,
            file=self.places.file,
            hashes=self.hashes,
            **{key: kept[key] for key in _TEXTS if key in kept},
        )

    def _years(self, ends: Any) -> tuple[int, ...]:
        """Every year from the first to the last."""
        if len(ends) == 2 and 0 <= ends[1] - ends[0] < MOST_YEARS:
            return tuple(range(ends[0], ends[1] + 1))
        faults = self.places.of()
        if faults.has("years"):
            what = say("{key} = {value!r}", key="years", value=list(ends))
            faults.add(what, say("Write the first and the last projected year, e.g. [2026, 2035]"), key="years")
        return ()

    def _beside(self, name: str, key: str) -> Path | None:
        """A file in the folder of the scenario: a scenario must be whole when it is copied or sent."""
        path, faults = (self.folder / name).resolve(), self.places.of()
        if not path.is_relative_to(self.folder):
            what = say("{key}: the path {name!r} leads outside the folder of the scenario", key=key, name=name)
            faults.add(what, say("Copy the file beside the scenario"), key=key)
        elif not path.is_file():
            faults.add(say("{key}: no file {name!r}", key=key, name=name), say("Correct the name"), key=key)
        else:
            self.hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            return path
        return None

    def _named_rows(self, given: Any) -> list[dict[str, Any]]:
        """The named scenarios as tables with ``name``, ``name_zh`` and a level for each axis."""
        if not isinstance(given, str):
            rows = [dict(row) for row in given]
        elif (path := self._beside(given, "scenarios")) is None:
            rows = []
        else:
            self.is_workbook = path.suffix.lower() in _WORKBOOKS
            rows = self._table(path, given)
        for position, row in enumerate(rows):
            faults = self.places.of("scenarios", position, row.get("name"))
            for key in ("name", "name_zh"):
                if not isinstance(row.get(key, ""), str):
                    what = say("{key} = {value!r}", key=key, value=row.pop(key))
                    faults.add(what, say("It must be {form}", form=say("a text")), key=key)
        return rows

    def _table(self, path: Path, name: str) -> list[dict[str, Any]]:
        try:
            cells = read_cells(path, file=name)
        except LedgerError as error:
            self.places.faults.take(error)
            self.places.of().unread.add("scenarios")
            return []
        names = [HEADS[column] for column in cells.columns if column in HEADS]
        if "name" not in names:
            mend = say("Add it; accepted names: {names}", names=", ".join(h for h in HEADS if HEADS[h] == "name"))
            self.places.faults.add(say("no column {column!r}", column="scenario"), file=name, mend=mend)
        for key in sorted({key for key in names if names.count(key) > 1}):
            given = ", ".join(column for column in cells.columns if HEADS.get(column) == key)
            what = say("columns {names} say the same", names=given)
            self.places.faults.add(what, file=name, mend=say("Keep one of them"))
        rows = []
        for position, number in enumerate(cells.rows):
            faults = Place(self.places.faults, name, int(number))
            self.places.made["scenarios", position] = faults
            row: dict[str, Any] = {HEADS.get(c, c): as_text(cells.data[c][position]) for c in cells.columns}
            faults.unread |= {"name"} - row.keys()
            for axis in [key for key, value in row.items() if key not in _NAMES and is_missing(value)]:
                faults.add(say("no level"), say("Every scenario states every axis of its table"), key=axis, column=axis)
                del row[axis]
            rows.append(row)
        return rows

    def _axes(
        self, given: Any, rows: list[dict[str, Any]]
    ) -> tuple[list[Axis], list[tuple[str, str, dict[str, float]]]]:
        """The axes, and the named scenarios in their units."""
        axes: list[Axis] = []
        held: dict[str, Measure] = {}
        for i, table in enumerate(given):
            name = str(table.get("name", ""))
            named = [row[name] for row in rows if name in row and name not in _NAMES]
            axis, measured = read_axis(table, named, self.places.of("axes", i, name))
            axes.append(axis)
            held.setdefault(axis.name, measured)
        made = []
        for i, row in enumerate(rows):
            faults, levels = self.places.of("scenarios", i), {}
            for name in [key for key in row if key not in _NAMES]:
                column, measured = name if faults.row is not None else "", held.get(name, Measure(""))
                if self.is_workbook and _bare_percentage(row[name], measured.unit):
                    what = say(
                        "{given!r} on an axis in {unit!r}: a cell that shows 50 % holds 0.5",
                        given=row[name],
                        unit=measured.unit,
                    )
                    faults.add(
                        what,
                        say("Write it as a text, e.g. {example!r}", example="50 " + measured.unit),
                        key=name,
                        column=column,
                    )
                    levels[name] = float("nan")
                else:
                    levels[name] = measured.read(row[name], faults, name, column=column)
            made.append((row.get("name", ""), row.get("name_zh", ""), levels))
        return axes, made


def _bare_percentage(given: str, unit: str) -> bool:
    """Whether a cell of a workbook may mean what it shows or what it holds: a number without a unit on an axis in %."""
    try:
        number, own = amount(given)
        ones = [one for one in ("1", "1/a") if unit and units.same_dimension(unit, one)]
        return bool(number) and not own and any(units.factor(unit, one) != 1 for one in ones)
    except UnitError:
        return False  # told when the amount is read
