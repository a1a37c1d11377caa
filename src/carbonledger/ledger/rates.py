"""One rate per key and quantity of a ledger; what is missing names every row that needs it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..catalog import Catalog, Quantity
from ..errors import FactorError, MissingRate
from ..factors import Factors, Grade, Key, Rate, Rules, resolve
from ..messages import Said, listed, say
from ..tables import OWN, activities
from .cells import Cells

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


@dataclass(frozen=True)
class _First:
    """What the cells of one key have in common."""

    activity: str
    flow: str
    region: str
    year: int
    unit: str
    of_which: bool
    own: tuple[float | None, ...]


@dataclass
class Absent:
    """One thing without a rate: the years, quantities and rows that need it."""

    place: str
    rest: str
    years: set[int] = field(default_factory=set)
    quantities: dict[str, None] = field(default_factory=dict)
    rows: dict[tuple[str, int | None], None] = field(default_factory=dict)

    @property
    def text(self) -> Said:
        years = say(", {years}", years=", ".join(map(str, sorted(self.years)))) if self.years else ""
        by_file: dict[str, list[int | None]] = {}
        for file, row in self.rows:
            by_file.setdefault(file, []).append(row)
        return say(
            "{place}{years} (for {quantities}; {rows}){rest}",
            place=self.place,
            years=years,
            quantities=", ".join(self.quantities),
            rows=listed(_rows_of(file, rows) for file, rows in by_file.items()),
            rest=self.rest,
        )


_Found = tuple[Any, Any, "dict[str, Rate | None]"]  # rates and counted [quantity], and how by quantity
_MEMORY: WeakKeyDictionary[Factors, list[tuple[Catalog, Rules, dict[Any, _Found]]]] = WeakKeyDictionary()
REMEMBERED = 4  # catalogues and rules per set of factors; a ledger posted again asks for the same rates


def _memory(factors: Factors, catalog: Catalog, rules: Rules) -> dict[Any, _Found]:
    """The rates found before with these factors, this catalogue and these rules."""
    known = _MEMORY.setdefault(factors, [])
    for one, other, found in known:
        if one is catalog and other == rules:
            return found
    known.append((catalog, rules, {}))
    del known[:-REMEMBERED]
    return known[-1][2]


def _rows_of(file: str, rows: list[int | None]) -> Said:
    some = ", ".join(map(str, rows[:12]))
    if len(rows) > 12:
        return say("{file} rows {rows} and {n} more", file=file, rows=some, n=len(rows) - 12)
    if len(rows) > 1:
        return say("{file} rows {rows}", file=file, rows=some)
    return say("{file} row {row}", file=file, row=some)


def resolve_all(
    cells: Cells, rows: pd.DataFrame, factors: Factors, catalog: Catalog, names: tuple[str, ...], rules: Rules
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], dict[tuple[int, str], Rate | None], list[Absent]]:
    """Sign x rate by key and quantity, whether it counts, how each rate was come by, and what has none."""
    import numpy as np

    keys, at = _first_cells(cells.key)
    rates, counted = np.zeros((len(keys), len(names))), np.zeros((len(keys), len(names)), dtype=bool)
    how: dict[tuple[int, str], Rate | None] = {}
    absent: dict[tuple[str, str], Absent] = {}
    memory = _memory(factors, catalog, rules)
    own = np.full((len(at), len(OWN)), np.nan)
    for k, column in enumerate(OWN):
        if column in rows:
            own[:, k] = rows[column].to_numpy()[cells.first[at]]
    text = [np.asarray(c[at], dtype=object) for c in (cells.activity, cells.flow, cells.region, cells.unit)]
    for key, (activity, flow, region, unit), year, memo, values in zip(
        keys, zip(*text, strict=True), cells.year[at].tolist(), cells.of_which[at].tolist(), own.tolist(), strict=True
    ):
        first = _First(activity, flow, region, year, unit, memo, tuple(None if v != v else v for v in values))
        found = memory.get((first, names))
        if found is None:
            missing: list[tuple[str, FactorError]] = []
            found = _rated(first, factors, catalog, names, rules, missing)
            for name, error in missing:
                _note(absent, error, name, rows, cells, key)
            if not missing:
                memory[first, names] = found
        rates[key], counted[key] = found[0], found[1]
        for name, rate in found[2].items():
            how[key, name] = rate
    return rates, counted, how, list(absent.values())


def _first_cells(key: npt.NDArray[np.int64]) -> tuple[list[int], npt.NDArray[np.int64]]:
    """Every key, and the first cell that has it."""
    import numpy as np

    n = int(key.max()) + 1 if len(key) else 0
    at = np.zeros(n, dtype=np.int64)
    at[key[::-1]] = np.arange(len(key))[::-1]
    return list(range(n)), at


def _rated(
    first: _First,
    factors: Factors,
    catalog: Catalog,
    names: tuple[str, ...],
    rules: Rules,
    missing: list[tuple[str, FactorError]],
) -> _Found:
    """One key: rates and whether it counts, by quantity, and how each rate was come by."""
    import numpy as np

    rates, counted = np.zeros(len(names)), np.zeros(len(names), dtype=bool)
    how: dict[str, Rate | None] = {}
    for j, name in enumerate(names):
        quantity = catalog.quantities[name]
        sign = _sign(quantity, first)
        if not sign:
            if first.flow in quantity.counts_zero.get(first.activity, []) and not first.of_which:
                counted[j] = True
                how[name] = Rate(0.0, quantity.unit, Grade.DEFINITION, steps=(say("counts at 0"),))
            continue
        counted[j] = True
        try:
            how[name] = _rate(quantity, first, factors, rules)
        except FactorError as error:
            if rules.gap(first.activity, name) is None:
                missing.append((name, error))
                continue
            how[name] = None
        rate = how[name]
        rates[j] = np.nan if rate is None else sign * rate.value
    return rates, counted, how


def _sign(quantity: Quantity, first: _First) -> int:
    known = activities()[first.activity]
    if known.kind == "output" and first.unit != quantity.unit:
        return 0  # money of another price base is another thing
    return quantity.sign(first.activity, known.kind, first.flow, first.of_which)


def _rate(quantity: Quantity, first: _First, factors: Factors, rules: Rules) -> Rate:
    kind = activities()[first.activity].kind
    looked_up = quantity.same_as.get(first.activity, first.activity)
    key = Key(
        looked_up, first.flow, first.region, first.year, first.unit, *(math.nan if v is None else v for v in first.own)
    )
    wanted = quantity.rate.get(kind, quantity.rate["other"])
    return resolve(
        factors,
        key,
        wanted,
        quantity.unit,
        rules,
        kind=quantity.kind.get(first.activity, ""),
        equal_value=quantity.equal_value,
    )


def _note(
    absent: dict[tuple[str, str], Absent],
    error: FactorError,
    quantity: str,
    rows: pd.DataFrame,
    cells: Cells,
    key: int,
) -> None:
    import numpy as np

    place, rest = (error.place, error.rest) if isinstance(error, MissingRate) else (error.message, "")
    found = absent.setdefault((place, rest), Absent(place, rest))
    if isinstance(error, MissingRate):
        found.years.add(error.year)
    found.quantities[quantity] = None
    needing = np.flatnonzero(cells.key[cells.of_rows] == key)
    for file, row in zip(rows["file"].iloc[needing], rows["row"].iloc[needing], strict=True):
        found.rows[(str(file), int(row))] = None
