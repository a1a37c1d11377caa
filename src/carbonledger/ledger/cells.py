"""Cells: entries that share everything but their month, document and file, with what they hold together.

Whatever is asked of a ledger - sums, months covered, coverage, boundaries - is asked of its cells; only an explanation
goes back to the single entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..kernels import fill_cells
from ..tables import OWN, coded, combine, looked_up, relabelled, tight
from .places import Places

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

TEXT = (
    *("file", "entity", "sector", "activity", "flow", "unit", "partner", "part_of", "evidence", "document"),
    *("status", "known_on", "source", "note", "period", "canonical_unit", "derived", "fault", "entry"),
)
MADE = {"transfer", "elimination", "unallocated"}  # entries that cover the months of what they are derived from


@dataclass(frozen=True, eq=False)
class Cells:
    """One array each, by cell; text is coded."""

    entity: pd.Categorical
    place: npt.NDArray[np.int64]
    sector: pd.Categorical
    activity: pd.Categorical
    flow: pd.Categorical
    partner: pd.Categorical
    unit: pd.Categorical
    of_which: npt.NDArray[np.bool_]
    entry: pd.Categorical
    region: pd.Categorical
    year: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]
    months: npt.NDArray[np.int16]
    rows: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]  # the first row of each
    series: npt.NDArray[np.int64]  # cells of one series differ in their year only
    key: npt.NDArray[np.int64]  # what a rate hangs on: cells of one key have one rate
    _code: Any = field(repr=False)
    _full: Any = field(repr=False)
    _space: int = field(repr=False)

    def __len__(self) -> int:
        return len(self.year)

    @property
    def of_rows(self) -> npt.NDArray[np.int64]:
        """The cell of each row."""
        import numpy as np

        at = np.full(self._space, -1, dtype=np.int64)
        at[self._full] = np.arange(len(self._full))
        found: npt.NDArray[np.int64] = at[self._code]
        return found

    def by_entity_and_year(self) -> tuple[npt.NDArray[np.int64], int]:
        """One integer for each entity and year."""
        return combine([self.entity, years_of(self.year)])


def years_of(year: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Years as codes from the first on, and how many there are."""
    if not len(year):
        return year, 1
    start = int(year.min())
    return year - start, int(year.max()) - start + 1


def cells_of(rows: pd.DataFrame, places: Places, region: str = "") -> Cells:
    """Gather the rows of a ledger in cells.

    Parameters
    ----------
    rows : DataFrame
        Coded rows; with ``place`` where an entity has several, with ``region`` where it is not that of the place.
    places : Places
        Who there is.
    region : str
        Region of places that have none.
    """
    import numpy as np

    who = (rows["place"].to_numpy(), len(places.names)) if "place" in rows else rows["entity"].array
    part = rows["part_of"].array
    memo = looked_up(part, (label != "" for label in part.categories), np.int8)
    text = [rows[c].array for c in ("sector", "activity", "flow", "partner", "canonical_unit", "entry")]
    elsewhere = [rows["region"].array] if "region" in rows else []
    of_which = (memo, min(len(part.categories), 2))
    what = tight(*combine([*text, of_which, own_codes(rows), *elsewhere]))
    code, space = combine([who, what, years_of(rows["year"].to_numpy())])
    begin, end = (rows[c].to_numpy() for c in ("first_month", "last_month"))
    amount, union, count, first = fill_cells(code, rows["canonical"].to_numpy(np.float64), begin, end, space)
    full = np.flatnonzero(count > 0)
    first = first[full]
    named = {c: rows[c].array.take(first) for c in ("entity", "sector", "activity", "flow", "partner", "entry")}
    place = places.index_of(named["entity"].categories)[named["entity"].codes]
    if "place" in rows:
        place = rows["place"].to_numpy()[first]
    named["sector"] = _filled(named["sector"], places.column("sector"), place)
    where = _filled(rows["region"].array.take(first) if elsewhere else None, places.regions, place)
    where = relabelled(where, lambda label: label or region)
    unit, year = rows["canonical_unit"].array.take(first), rows["year"].to_numpy()[first].astype(np.int64)
    is_memo = memo[first].astype(bool)
    where_and_what = [named[c] for c in ("entity", "sector", "activity", "flow", "partner")]
    series, _ = combine([*where_and_what, (np.maximum(place, 0), max(len(places.names), 1))])
    own = own_codes(rows.iloc[first][[c for c in OWN if c in rows]]) if any(c in rows for c in OWN) else (is_memo, 1)
    hangs_on = [named["activity"], named["flow"], unit, where, (is_memo.astype(np.int8), 2), own, years_of(year)]
    made = looked_up(named["entry"], (label in MADE for label in named["entry"].categories), bool)
    return Cells(
        place=place,
        unit=unit,
        of_which=is_memo,
        region=where,
        year=year,
        amount=amount[full],
        months=np.where(made, 4095, union[full] | _not_there(places, place, year)).astype(np.int16),
        rows=count[full],
        first=first,
        series=series.astype(np.int64),
        key=_dense(*combine(hangs_on)),
        _code=code,
        _full=full,
        _space=space,
        **named,
    )


def _not_there(places: Places, place: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    """The months of the year in which a place does not hold: nothing can be missing then; one bit each."""
    import numpy as np

    bits = np.zeros(len(place), dtype=np.int16)
    if places.table is None or not places.dated:
        return bits
    first, last = (places.table[c].to_numpy()[place] for c in ("first", "last"))
    for i in np.flatnonzero((first > year * 12) | (last < year * 12 + 11)):
        begin, end = max(int(first[i] - year[i] * 12), 0), min(int(last[i] - year[i] * 12), 11)
        bits[i] = 4095 & ~((1 << (end + 1)) - (1 << begin)) if begin <= end else 0
    return bits


def _filled(column: pd.Categorical | None, of_place: npt.NDArray[Any], place: npt.NDArray[Any]) -> pd.Categorical:
    """What the row says, else what the entity table says of its place."""
    import numpy as np
    import pandas as pd

    codes, labels = pd.factorize(np.append(of_place, ""))
    known = coded(codes[place], labels)
    if column is None or list(column.categories) == [""]:
        return known
    both = np.where(np.asarray(column) == "", np.asarray(known), np.asarray(column))
    codes, labels = pd.factorize(both)
    return coded(codes, labels)


def own_codes(rows: pd.DataFrame) -> tuple[Any, int]:
    """Rows with own measured values are told apart by these."""
    import numpy as np

    columns = [c for c in OWN if c in rows]
    if not columns:
        return np.broadcast_to(np.int8(0), len(rows)), 1
    given = rows[columns].notna().any(axis=1).to_numpy()
    codes = np.zeros(len(rows), dtype=np.int32)
    codes[given] = 1 + rows.loc[given, columns].groupby(columns, dropna=False, sort=False).ngroup().to_numpy()
    return codes, int(codes.max(initial=0)) + 1


def _dense(code: npt.NDArray[Any], space: int) -> npt.NDArray[np.int64]:
    """Codes without holes, in their order."""
    import numpy as np

    present = np.zeros(space, dtype=bool)
    present[code] = True
    found: npt.NDArray[np.int64] = (np.cumsum(present) - 1)[code]
    return found
