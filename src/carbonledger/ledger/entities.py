"""The entity table: who there is, at which level, under whom, where and when."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, PostError, nearest
from ..messages import say
from ..tables import credit_code_fault, looked_up, read_table, region_fault, sector_fault, text_column

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

LEVELS = ("enterprise", "district", "city", "province", "nation")
_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-\d{1,2})?$")
EARLIEST, LATEST = 0, 12 * 9999


def read_entities(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """The entity table: ``entity, level, parent, sector, region, valid_from, valid_to`` and names.

    An entity that moves to another parent, sector or region has one row for each time, told apart by ``valid_from``
    and ``valid_to`` (``2022``, ``2022-06``; both inclusive). Regions are ``CN-37-07-02`` or ``370702``.

    Returns
    -------
    DataFrame with the months of validity as ``first`` and ``last`` (12 x year + month - 1).

    Raises
    ------
    PostError
        Unknown levels, entities in two places at once, parents that do not exist then or run in a circle: all at once.
    """
    frame, faults = read_table(source, "entities", file=file), Faults()
    for column in frame.columns.difference(["file", "row"]):
        frame[column] = text_column(frame[column])
    frame["region"] = [_region(text) for text in frame["region"]]
    for column, blank, month in (("valid_from", EARLIEST, 1), ("valid_to", LATEST, 12)):
        frame["first" if month == 1 else "last"] = [
            _month(row, column, blank, month, faults) for row in frame.itertuples()
        ]
    for i, row in enumerate(frame.itertuples()):
        if row.level not in LEVELS:
            faults.add(
                say("level {level!r}", level=row.level),
                **_at(frame, i, "level"),
                mend=say("Accepted: {names}", names=", ".join(LEVELS)),
            )
        for column, fault_of in (
            ("sector", sector_fault),
            ("region", region_fault),
            ("credit_code", credit_code_fault),
        ):
            if (written := getattr(row, column)) and (what := fault_of(written)):
                faults.add(what, **_at(frame, i, column))
    _check_twice(frame, faults)
    _check_parents(frame, faults)
    faults.raise_as(PostError, str(frame["file"].iat[0]))
    return frame


def _at(frame: pd.DataFrame, i: int, column: str = "") -> dict[str, Any]:
    return {"file": str(frame["file"].iat[i]), "row": int(frame["row"].iat[i]), "column": column}


def _month(row: Any, column: str, blank: int, month: int, faults: Faults) -> int:
    written = getattr(row, column)
    if not written:
        return blank
    found = _MONTH.match(written)
    if not found or not 1 <= int(found[2] or month) <= 12:
        what = say("{column} {written!r} is no date", column=column, written=written)
        faults.add(what, file=row.file, row=int(row.row), column=column, mend=say("Write 2022 or 2022-06"))
        return blank
    return int(found[1]) * 12 + int(found[2] or month) - 1


def _check_twice(frame: pd.DataFrame, faults: Faults) -> None:
    """One entity is in one place at a time."""
    import numpy as np

    for i in np.flatnonzero(frame["first"] > frame["last"]):
        faults.add(say("valid_from is after valid_to"), **_at(frame, i, "valid_to"), mend=say("Exchange them"))
    for name, rows in frame[frame["entity"].duplicated(keep=False)].groupby("entity", sort=False):
        rows = rows.sort_values(["first", "last"], kind="stable")
        for (before, after), i in zip(_pairs(rows), rows.index[1:], strict=True):
            if after.first > before.last:
                continue
            if before.parent != after.parent:
                what = say("{name!r} is in {one} and {other} at once", name=name, one=before.parent, other=after.parent)
            else:
                what = say("entity {name!r} is given twice", name=name)
            faults.add(
                say("{what} (row {row})", what=what, row=int(before.row)),
                **_at(frame, frame.index.get_loc(i)),
                mend=say("Keep one row, or give each the months in which it holds (valid_from, valid_to)"),
            )


def _pairs(rows: pd.DataFrame) -> Any:
    listed = list(rows.itertuples())
    return itertools.pairwise(listed)


def _check_parents(frame: pd.DataFrame, faults: Faults) -> None:
    known = {name: rows for name, rows in frame.groupby("entity", sort=False).indices.items()}
    first, last, parent = frame["first"].to_numpy(), frame["last"].to_numpy(), frame["parent"].to_numpy()
    for i, name in enumerate(parent):
        if not name:
            continue
        if name not in known:
            mend = say("Add it or leave it blank")
            faults.add(say("parent {name!r} is no entity", name=name), **_at(frame, i, "parent"), mend=mend)
            continue
        above = [k for k in known[name] if first[k] <= last[i] and last[k] >= first[i]]
        if len(above) != 1:
            faults.add(
                say(
                    "parent {name!r} is in {n} places while {entity!r} is under it",
                    name=name,
                    n=len(above),
                    entity=frame["entity"].iat[i],
                ),
                **_at(frame, i, "parent"),
                mend=say("Split the row at the month in which the parent changes"),
            )
    parents = dict(zip(frame["entity"], parent, strict=True))
    for i, name in enumerate(frame["entity"]):
        seen, up = {name}, parents.get(name, "")
        while up in parents and up not in seen:
            seen.add(up)
            up = parents[up]
        if up == name:
            mend = say("Break the circle")
            faults.add(say("{name!r} is its own ancestor", name=name), **_at(frame, i, "parent"), mend=mend)


def _region(written: str) -> str:
    digits = written.removeprefix("CN-").replace("-", "") if written != "CN" else ""
    if not digits.isdigit():
        return written
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    while pairs and pairs[-1] == "00":
        pairs.pop()
    return "-".join(["CN", *pairs])


@dataclass(frozen=True, eq=False)
class Places:
    """The rows of the entity table as places: an entity under one parent for some months.

    Without an entity table every name is a place of its own, under nobody.
    """

    names: npt.NDArray[np.object_]
    table: pd.DataFrame | None = None

    @cached_property
    def up(self) -> npt.NDArray[np.int64]:
        """The place above each, -1 where there is none."""
        import numpy as np

        if self.table is None:
            return np.full(len(self.names), -1)
        parent = self.table["parent"].to_numpy()
        above = self.index_of(parent)
        first, last = (self.table[c].to_numpy() for c in ("first", "last"))
        for i in np.flatnonzero(np.isin(parent, list(self.several))):
            same = np.flatnonzero(self.names == parent[i])
            above[i] = next(k for k in same if first[k] <= last[i] and last[k] >= first[i])
        return above

    @cached_property
    def several(self) -> frozenset[str]:
        """Entities that have more than one place."""
        import pandas as pd

        index = pd.Index(self.names)
        return frozenset(index[index.duplicated()])

    @cached_property
    def _firsts(self) -> tuple[pd.Index, npt.NDArray[np.int64]]:
        """Every name once, and its first place."""
        import pandas as pd

        index = pd.Index(self.names)
        first = ~index.duplicated()
        return index[first], first.nonzero()[0]

    def index_of(self, names: Any) -> npt.NDArray[np.int64]:
        """The (first) place of each name, -1 where there is none."""
        import numpy as np
        import pandas as pd

        index, place = self._firsts
        found = index.get_indexer(pd.Index(names, dtype=object))
        return np.where(found >= 0, place[found] if len(place) else -1, -1)

    def when(self, names: Any, month: Any) -> npt.NDArray[np.int64]:
        """The place of each name in a month (12 x year + month - 1), -1 where it is nowhere then."""
        import numpy as np

        found = self.index_of(names)
        if self.table is None:
            return found
        first, last = (self.table[c].to_numpy() for c in ("first", "last"))
        for i in np.flatnonzero((found >= 0) & np.isin(names, list(self.several))):
            here = np.flatnonzero((self.names == names[i]) & (first <= month[i]) & (last >= month[i]))
            found[i] = here[0] if len(here) else -1
        return found

    def column(self, name: str) -> npt.NDArray[np.object_]:
        """A text column of the entity table, blank without one."""
        import numpy as np

        if self.table is None:
            return np.full(len(self.names), "", dtype=object)
        return self.table[name].to_numpy(dtype=object)

    def at_level(self, level: str) -> npt.NDArray[np.object_]:
        """The entity of that level that each place belongs to (or is), blank where there is none."""
        import numpy as np

        levels, at = self.column("level"), np.arange(len(self.names))
        found = np.full(len(self.names), "", dtype=object)
        while (at >= 0).any():
            here = (at >= 0) & (found == "")
            here[here] = levels[at[here]] == level
            found[here] = self.names[at[here]]
            at = np.where(at >= 0, self.up[at], -1)
        return found

    @cached_property
    def regions(self) -> npt.NDArray[np.object_]:
        """Each place's region: its own, else that of the nearest place above."""
        import numpy as np

        own, at = self.column("region"), np.arange(len(self.names))
        found = own.copy()
        while (at >= 0).any():
            at = np.where(at >= 0, self.up[at], -1)
            empty = (found == "") & (at >= 0)
            found[empty] = own[at[empty]]
        return found

    def common(self, one: int, other: int) -> int:
        """The lowest place above (or at) both, -1 where there is none."""
        above = set()
        while one >= 0:
            above.add(one)
            one = int(self.up[one])
        while other >= 0 and other not in above:
            other = int(self.up[other])
        return other


def places_of(entities: pd.DataFrame | None, names: Any = ()) -> Places:
    """Places of an entity table, or of bare names."""
    import numpy as np

    if entities is None:
        return Places(np.array(list(names), dtype=object))
    return Places(entities["entity"].to_numpy(dtype=object), entities)


def place_rows(rows: pd.DataFrame, places: Places, faults: Faults) -> pd.DataFrame:
    """Find the place of every row at its time; a column ``place`` is needed only where an entity has several.

    An entity that is not in the table, or not valid in the months of a row, is a fault.
    """
    import numpy as np

    if places.table is None:
        return rows
    entity = rows["entity"].array
    at = places.index_of(entity.categories)
    for code in np.flatnonzero(at < 0):
        _name_unknown(rows, np.flatnonzero(entity.codes == code), entity.categories[code], places, faults)
    first, last = (places.table[c].to_numpy() for c in ("first", "last"))
    dated = {places.names[i] for i in np.flatnonzero((first > EARLIEST) | (last < LATEST))} | places.several
    if not dated & set(entity.categories):
        return rows
    place = np.maximum(at, 0)[entity.codes]  # rows of unknown entities are faults already
    chosen = np.flatnonzero(looked_up(entity, (label in dated for label in entity.categories), bool))
    spans = rows.iloc[chosen].groupby(["entity", "year", "first_month", "last_month"], observed=True, sort=False)
    for (name, year, begins, ends), found in spans.indices.items():
        begin, end = int(year) * 12 + int(begins) - 1, int(year) * 12 + int(ends) - 1
        here = np.flatnonzero((places.names == name) & (first <= end) & (last >= begin))
        if len(here) == 1:
            place[chosen[found]] = here[0]
            continue
        _name_out_of_time(rows, chosen[found], places, here, faults)
    return rows.assign(place=place)


def _name_unknown(rows: pd.DataFrame, found: Any, name: str, places: Places, faults: Faults) -> None:
    near = nearest(str(name), sorted(set(places.names)))
    for i in found:
        faults.add(
            say("unknown entity {name!r}{near}", name=name, near=near),
            **_at(rows, i, "entity"),
            mend=say("Add it to entities.csv"),
        )


def _name_out_of_time(rows: pd.DataFrame, found: Any, places: Places, here: Any, faults: Faults) -> None:
    assert places.table is not None
    for i in found:
        name, period = rows["entity"].iat[i], rows["period"].iat[i]
        if len(here):
            what = say("{name!r} is in {n} places during {period}", name=name, n=len(here), period=period)
            mend = say("Give the months before and after its move as rows of their own")
        else:
            held = places.table[places.table["entity"] == name]
            spans = "; ".join(
                f"{a or '…'} – {b or '…'}" for a, b in zip(held["valid_from"], held["valid_to"], strict=True)
            )
            what = say("{name!r} has a row in {period}, but is valid {spans}", name=name, period=period, spans=spans)
            mend = say("Correct the period, or valid_from and valid_to in the entity table")
        faults.add(what, **_at(rows, i, "period"), mend=mend)
