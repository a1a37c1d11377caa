"""Which input rows, states and targets differ: added, removed, changed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ..case import Case
from ..ledger import Ledger
from ..tables import OWN, combine, join_rows
from ..targets import Target

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

KEY = ("entity", "period", "activity", "flow", "sector", "part_of", "partner", "entry", "canonical_unit")
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
SAME = 1e-12  # relative; one amount written in two units differs by so little


@dataclass(frozen=True)
class RowChange:
    """Rows of one key that are in one case only, or whose amount or own values differ.

    Attributes
    ----------
    change : {"added", "removed", "changed"}
    before, after : float or None
        Sum of the amounts [unit]; ``None`` where there are no rows.
    own_changed : bool
        Whether a measured value (heating value, carbon, oxidation) differs.
    file, row
        The first row of the key, in the second case where it is there.
    derived : str
        How the row was derived, where no input states it: an elimination, a chain of real growth.
    """

    change: str
    entity: str
    period: str
    activity: str
    flow: str
    sector: str
    part_of: str
    partner: str
    entry: str
    unit: str
    before: float | None
    after: float | None
    own_changed: bool
    year: int
    file: str
    row: int
    derived: str = ""


@dataclass(frozen=True)
class FieldChange:
    """A state, a target or an entity that only one case has, or a field of it that differs (``field``; states: blank)."""

    change: str
    name: str
    field: str
    entity: str
    year: int | None
    before: Any
    after: Any
    file: str = ""
    row: int | None = None


def row_changes(a: Ledger, b: Ledger) -> list[RowChange]:
    """Keys whose rows differ, in the order of the second case's rows, then what only the first one has."""
    import numpy as np

    wanted = [*KEY, "year", "file", "row", "canonical", "derived", *OWN]
    both = join_rows([ledger.rows[[c for c in wanted if c in ledger.rows]] for ledger in (a, b)])
    if both.empty:
        return []
    of_b, year = np.arange(len(both)) >= len(a.rows), both["year"].to_numpy(np.int64)
    span = int(year.max()) - int(year.min()) + 1
    code, size = combine([*(both[c].array for c in KEY), (year - year.min(), span)])
    counts, sums, own = [], [], []
    for side in (~of_b, of_b):
        counts.append(np.bincount(code[side], minlength=size))
        sums.append(np.bincount(code[side], weights=both["canonical"].to_numpy()[side], minlength=size))
        own.append(_own_sums(both, code, side, size))
    differs = (counts[0] > 0) != (counts[1] > 0)
    differs |= np.abs(sums[1] - sums[0]) > SAME * np.maximum(np.abs(sums[0]), np.abs(sums[1]))
    own_differs = (np.abs(own[1] - own[0]) > SAME * np.abs(own[0])).any(axis=0) & (counts[0] > 0) & (counts[1] > 0)
    first = np.full(size, len(both), dtype=np.int64)
    for side in (~of_b, of_b):  # the second case's row is the one shown, where there is one
        at = np.flatnonzero(side)[::-1]
        first[code[at]] = at
    changed = np.flatnonzero(differs | own_differs)
    changed = changed[np.lexsort((first[changed], ~of_b[first[changed]]))]
    shown = both.iloc[first[changed]].astype({c: object for c in (*KEY, "file", "derived")})
    return [
        _row_change(row, int(k), counts, sums, bool(own_differs[k]))
        for row, k in zip(shown.to_dict("records"), changed, strict=True)
    ]


def _own_sums(both: pd.DataFrame, code: Any, side: Any, size: int) -> npt.NDArray[np.float64]:
    """The mean own value of each key, weighted by amount [own column, key]."""
    import numpy as np

    found = np.zeros((len(OWN), size))
    for k, column in enumerate(OWN):
        if column in both:
            value = np.nan_to_num(both[column].to_numpy(np.float64))
            weight = 1.0 + np.abs(both["canonical"].to_numpy())
            whole = np.bincount(code[side], weights=weight[side], minlength=size)
            found[k] = np.bincount(code[side], weights=(value * weight)[side], minlength=size)
            found[k] /= np.where(whole > 0, whole, 1.0)
    return found


def _row_change(row: dict[Any, Any], key: int, counts: Any, sums: Any, own_changed: bool) -> RowChange:
    before, after = (float(sums[s][key]) if counts[s][key] else None for s in (0, 1))
    text = {("unit" if c == "canonical_unit" else c): str(row[c]) for c in KEY}
    return RowChange(
        change=_change(before, after),
        before=before,
        after=after,
        own_changed=own_changed,
        year=int(row["year"]),
        derived=str(row["derived"]),
        file=str(row["file"]),
        row=int(row["row"]),
        **text,
    )


def _change(before: Any, after: Any) -> str:
    return ADDED if before is None else REMOVED if after is None else CHANGED


def state_changes(a: Case, b: Case) -> list[FieldChange]:
    """States by entity and year that are in one case only, or whose value differs."""
    one, other = _states(a), _states(b)
    made = []
    for key in sorted(one.keys() | other.keys()):
        entity, year, name = key
        before, after = one.get(key), other.get(key)
        old, new = _value(before), _value(after)
        if (before is None) == (after is None) and old == new:
            continue
        row: Any = before if after is None else after
        place = str(row.file), int(row.row)
        made.append(FieldChange(_change(before, after), name, "", entity, year, old, new, *place))
    return made


def _states(case: Case) -> dict[tuple[str, int, str], Any]:
    if case.states is None:
        return {}
    return {(str(r.entity), int(r.year), str(r.state)): r for r in case.states.itertuples()}


def _value(row: Any) -> float | None:
    found = float("nan") if row is None else float(row.value)
    return None if found != found else found


def target_changes(a: Case, b: Case) -> list[FieldChange]:
    """Targets by id that are in one case only, and every field that differs in both."""
    one, other = ({(t.id, t.entity): vars(t) for t in case.targets} for case in (a, b))
    return _fields(one, other, [f.name for f in fields(Target) if f.name not in {"file", "row"}], "id")


def entity_changes(a: Case, b: Case) -> list[FieldChange]:
    """Entities, by name and the month from which they hold, that are in one case only, and fields that differ."""
    one, other = (_entities(case) for case in (a, b))
    names = dict.fromkeys(c for case in (a, b) if case.entities is not None for c in case.entities.columns)
    return _fields(one, other, [c for c in names if c not in {"file", "row", "first", "last"}], "entity")


def _entities(case: Case) -> dict[tuple[str, str], dict[str, Any]]:
    if case.entities is None:
        return {}
    return {(str(r["entity"]), str(r["valid_from"])): r for r in case.entities.to_dict("records")}


def _fields(one: dict[Any, Any], other: dict[Any, Any], names: list[str], called: str) -> list[FieldChange]:
    made = []
    for key in [*other, *(k for k in one if k not in other)]:
        before, after = one.get(key), other.get(key)
        shown: Any = before if after is None else after
        about = str(shown[called]), str(shown["entity"]), shown.get("year")
        place = str(shown["file"]), int(shown["row"])
        if before is None or after is None:
            made.append(FieldChange(_change(before, after), about[0], "", *about[1:], None, None, *place))
            continue
        for name in names:
            old, new = before.get(name), after.get(name)
            if old != new:
                made.append(FieldChange(CHANGED, about[0], name, *about[1:], old, new, *place))
    return made
