"""What stands behind a total: the months covered, and what is missing from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .checks import is_any
from .entities import EARLIEST, LATEST, LEVELS
from .posting import Ledger

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def months_covered(
    ledger: Ledger, group: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_], size: int
) -> npt.NDArray[np.int64]:
    """Months covered in each group: the fewest of any series in it (one activity in one flow of one entity).

    A fuel without a row for July is not a fuel that was not used in July; a zero row says that.
    """
    import numpy as np
    import pandas as pd

    months, cells = np.zeros(size, dtype=np.int64), ledger.cells
    here = group[counted]
    months[here] = 12
    union = cells.months[counted]
    if not len(here) or bool((union == 4095).all()):
        return months
    n_series = int(cells.series.max()) + 1
    pair, pairs = pd.factorize(here * n_series + cells.series[counted])
    joined = np.zeros(len(pairs), dtype=np.int64)
    np.bitwise_or.at(joined, pair, union)
    covered = np.array([bits.bit_count() for bits in range(1 << 12)])[joined]
    np.minimum.at(months, pairs // n_series, covered)
    return months


def lacking(ledger: Ledger, group: Any, required: list[str], size: int) -> npt.NDArray[np.bool_]:
    """Groups without a row of an activity that the quantity deducts: without it the deduction would be silent."""
    import numpy as np

    lacking = np.zeros(size, dtype=bool)
    for activity in required:
        present = np.zeros(size, dtype=bool)
        present[group[is_any(ledger.cells.activity, (activity,))]] = True
        lacking |= ~present
    return lacking


def entities_missing(
    ledger: Ledger, counted: npt.NDArray[np.bool_], group: npt.NDArray[np.int64], shape: tuple[int, ...], years: Any
) -> npt.NDArray[np.bool_]:
    """Groups in which an entity that has rows for this quantity in another year has none, though it is there then."""
    import numpy as np

    cells, n_years = ledger.cells, len(years)
    if "elimination" in cells.entry.categories:
        counted = counted & ~is_any(cells.entry, ("elimination",))
    at = cells.place[counted]
    group_of, year = np.divmod(group[counted], n_years)  # years may have gaps
    n_places = max(len(ledger.places.names), 1)
    group_of_place = np.zeros(n_places, dtype=np.int64)  # regions and levels are those of the place
    group_of_place[at] = group_of
    present = np.zeros((n_places, n_years), dtype=bool)
    present[at, year] = True
    some = np.asarray(present.any(axis=1))
    place, year = np.nonzero(_valid_years(ledger, years) & some[:, None] & ~present)
    absent = np.zeros((int(np.prod(shape)) // n_years, n_years), dtype=bool)
    absent[group_of_place[place], year] = True
    return absent.reshape(shape)


def _valid_years(ledger: Ledger, years: Any) -> npt.NDArray[np.bool_]:
    """Whether each place holds in each year, by ``valid_from`` and ``valid_to`` of the entity table."""
    import numpy as np

    table, when = ledger.places.table, np.asarray(years)
    if table is None:
        return np.ones((max(len(ledger.places.names), 1), len(when)), dtype=bool)
    first, last = (table[c].to_numpy()[:, None] for c in ("first", "last"))
    held: npt.NDArray[np.bool_] = ((first <= EARLIEST) | (first // 12 <= when)) & (
        (last >= LATEST) | (last // 12 >= when)
    )
    return held


def _above(ledger: Ledger, entity: str, year: int, level: str) -> set[str]:
    """The entities of the level that an entity was under at some time of the year; of any year where it is not known."""
    import numpy as np

    places = ledger.places
    here = places.names == entity
    if places.table is not None and year:
        first, last = (places.table[c].to_numpy() // 12 for c in ("first", "last"))
        here = here & (first <= year) & (last >= year) if (here & (first <= year) & (last >= year)).any() else here
    return set(places.at_level(level)[np.flatnonzero(here)]) - {""}


def touched_by_refusal(
    ledger: Ledger, dims: list[str], labels: dict[str, Any], shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Groups that a refused row may belong to: its entity (or ancestor) and year; every one where it does not say."""
    import numpy as np

    touched = np.zeros(shape, dtype=bool)
    for row in ledger.refused.itertuples():
        place: list[Any] = []
        for dim in dims:
            value: Any = None
            if dim == "year":
                value = row.year or None
            elif dim == "entity":
                value = row.entity or None
            elif dim in LEVELS:
                value = _above(ledger, str(row.entity), int(row.year or 0), dim) or None
            values = value if isinstance(value, set) else {value}
            here = np.isin(labels[dim], list(values)) if value is not None else np.ones(len(labels[dim]), dtype=bool)
            place.append(np.flatnonzero(here))
        touched[np.ix_(*place)] = True
    return touched
