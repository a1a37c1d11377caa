"""Places: who there is under whom, and when; and the place of every row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import Faults, nearest
from ..messages import say
from ..tables import looked_up, where
from .entities import EARLIEST, LATEST

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


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
    def dated(self) -> frozenset[str]:
        """Entities that are not always there."""
        import numpy as np

        if self.table is None:
            return frozenset()
        first, last = (self.table[c].to_numpy() for c in ("first", "last"))
        return frozenset(self.names[np.flatnonzero((first > EARLIEST) | (last < LATEST))])

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
        found: npt.NDArray[np.object_] = self.table[name].to_numpy(dtype=object)
        return found

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
    dated = places.dated | places.several
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
            **where(rows, i, "entity"),
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
        faults.add(what, **where(rows, i, "period"), mend=mend)
