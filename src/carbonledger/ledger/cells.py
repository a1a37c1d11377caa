"""Cells: entries that share everything but their month, document and file, with what they hold together.

Whatever is asked of a ledger - sums, months covered, coverage, boundaries - is asked of its cells; only an explanation
goes back to the single entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..kernels import fill_cells
from ..tables import combine, looked_up
from .entities import Places

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

OWN = ("own_ncv", "own_carbon", "own_oxidation")
TEXT = (
    *("file", "entity", "sector", "activity", "flow", "unit", "partner", "part_of", "evidence", "document"),
    *("status", "known_on", "source", "note", "period", "canonical_unit", "derived", "fault", "entry"),
)
ADDED = ("elimination", "transfer", "unallocated")  # kinds of entry that are not rows of a file


@dataclass(frozen=True, eq=False)
class Cells:
    """One array each, by cell; text as arrays of names, since there are far fewer cells than rows."""

    entity: npt.NDArray[np.object_]
    place: npt.NDArray[np.int64]
    sector: npt.NDArray[np.object_]
    activity: npt.NDArray[np.object_]
    flow: npt.NDArray[np.object_]
    partner: npt.NDArray[np.object_]
    unit: npt.NDArray[np.object_]
    of_which: npt.NDArray[np.bool_]
    entry: npt.NDArray[np.object_]
    region: npt.NDArray[np.object_]
    year: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]
    months: npt.NDArray[np.int16]
    rows: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]  # the first row of each
    series: npt.NDArray[np.int64]  # cells of one series differ in their year only
    key: npt.NDArray[np.int64]  # what a rate hangs on: cells of one key have one rate
    _code: Any = field(repr=False)
    _at: Any = field(repr=False)

    def __len__(self) -> int:
        return len(self.year)

    @property
    def of_rows(self) -> npt.NDArray[np.int64]:
        """The cell of each row."""
        found: npt.NDArray[np.int64] = self._at[self._code]
        return found


def cells_of(rows: pd.DataFrame, places: Places, region: str = "") -> Cells:
    """Gather the rows of a ledger in cells.

    Parameters
    ----------
    rows : DataFrame
        Coded rows with ``place``.
    places : Places
        Who there is.
    region : str
        Region of places that have none.
    """
    import numpy as np

    year = rows["year"].to_numpy()
    start = int(year.min()) if len(year) else 0
    years = (year - start, int(year.max()) - start + 1 if len(year) else 1)
    who = (rows["place"].to_numpy(), len(places.names)) if "place" in rows else rows["entity"].array
    part = rows["part_of"].array
    of_which = looked_up(part, (label != "" for label in part.categories), bool)
    memo = (of_which.view(np.int8), 2 if of_which.any() else 1)
    text = [rows[c].array for c in ("sector", "activity", "flow", "partner", "canonical_unit", "entry")]
    at_place = [rows["region"].array] if "region" in rows else []
    code, space = combine([who, *text, memo, _own_codes(rows), *at_place, years])
    amount, months, count, first = fill_cells(code, rows["canonical"].to_numpy(np.float64), _month_bits(rows), space)
    full = np.flatnonzero(count)
    at = np.full(space, -1, dtype=np.int64)
    at[full] = np.arange(len(full))
    amount, months, count, first = amount[full], months[full], count[full], first[full]
    picked = rows.iloc[first]
    named = {c: picked[c].to_numpy(dtype=object) for c in ("entity", "sector", "activity", "flow", "partner", "entry")}
    place = picked["place"].to_numpy() if "place" in rows else places.index_of(named["entity"])
    named["sector"] = np.where(named["sector"] == "", places.column("sector")[place], named["sector"])
    regions = places.regions[place]
    if at_place:
        regions = np.where(picked["region"].to_numpy(dtype=object) == "", regions, picked["region"].to_numpy(dtype=object))
    regions = np.where(regions == "", region, regions)
    units, years_of = picked["canonical_unit"].to_numpy(dtype=object), picked["year"].to_numpy(np.int64)
    series, _ = combine(_coded(named["entity"], named["sector"], named["activity"], named["flow"], named["partner"]))
    memo_of = of_which[first]
    key = _key_of(named["activity"], named["flow"], units, regions, memo_of, years_of, picked)
    whole = named["entry"] != "row"  # what is derived covers the months of what it is derived from
    return Cells(
        place=place,
        unit=units,
        of_which=memo_of,
        region=regions,
        year=years_of,
        amount=amount,
        months=np.where(whole, 4095, months).astype(np.int16),
        rows=count,
        first=first,
        series=series.astype(np.int64),
        key=key,
        _code=code,
        _at=at,
        **named,
    )


def _month_bits(rows: pd.DataFrame) -> npt.NDArray[np.int16]:
    import numpy as np

    first, last = rows["first_month"].to_numpy(np.int16), rows["last_month"].to_numpy(np.int16)
    table = np.array([[(1 << b) - (1 << (a - 1)) if 1 <= a <= b else 0 for b in range(13)] for a in range(13)])
    found: npt.NDArray[np.int16] = table.astype(np.int16)[first, last]
    return found


def _own_codes(rows: pd.DataFrame) -> tuple[Any, int]:
    """Rows with own measured values are told apart by these."""
    import numpy as np

    given = np.zeros(len(rows), dtype=bool)
    for column in OWN:
        given |= ~np.isnan(rows[column].to_numpy(np.float64))
    if not given.any():
        return np.zeros(len(rows), dtype=np.int8), 1
    codes = np.zeros(len(rows), dtype=np.int32)
    own = rows.loc[given, list(OWN)].groupby(list(OWN), dropna=False, sort=False).ngroup().to_numpy()
    codes[given] = own + 1
    return codes, int(codes.max()) + 1


def _coded(*columns: npt.NDArray[np.object_]) -> list[tuple[Any, int]]:
    import pandas as pd

    return [(codes, max(len(labels), 1)) for codes, labels in (pd.factorize(c) for c in columns)]


def _key_of(
    activity: Any, flow: Any, unit: Any, region: Any, of_which: Any, year: Any, picked: pd.DataFrame
) -> npt.NDArray[np.int64]:
    import pandas as pd

    own, size = _own_codes(picked)
    columns = [*_coded(activity, flow, unit, region, year), (of_which.astype(int), 2), (own, size)]
    code, _ = combine(columns)
    return pd.factorize(code)[0].astype("int64")
