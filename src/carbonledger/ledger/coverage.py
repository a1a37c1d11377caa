"""What stands behind a total: the months covered, and what is missing from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .entities import LEVELS
from .posting import Ledger

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


def months_covered(
    entries: pd.DataFrame, group: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_], size: int
) -> npt.NDArray[np.int64]:
    """Months covered in each group: the fewest of any series in it (one activity in one flow of one entity).

    A fuel without a row for July is not a fuel that was not used in July; a zero row says that.
    """
    import numpy as np
    import pandas as pd

    months = np.zeros(size, dtype=np.int64)
    first, last = (entries[c].to_numpy(np.int64)[counted] for c in ("first_month", "last_month"))
    here = group[counted]
    if not len(here):
        return months
    if bool(np.all((first == 1) & (last == 12))):
        months[here] = 12
        return months
    n_series = int(entries["series"].max()) + 1
    pair, pairs = pd.factorize(here * n_series + entries["series"].to_numpy()[counted])
    union = np.zeros(len(pairs), dtype=np.int64)
    np.bitwise_or.at(union, pair, (1 << last) - (1 << (first - 1)))
    covered = np.array([bits.bit_count() for bits in range(1 << 12)])[union]
    months[here] = 12
    np.minimum.at(months, pairs // n_series, covered)
    return months


def lacking(entries: pd.DataFrame, group: Any, required: list[str], size: int) -> npt.NDArray[np.bool_]:
    """Groups without a row of an activity that the quantity deducts: without it the deduction would be silent."""
    import numpy as np

    lacking = np.zeros(size, dtype=bool)
    for activity in required:
        present = np.zeros(size, dtype=bool)
        present[group[(entries["activity"] == activity).to_numpy()]] = True
        lacking |= ~present
    return lacking


def entities_missing(
    ledger: Ledger, column: int, group: npt.NDArray[np.int64], shape: tuple[int, ...], years: Any
) -> npt.NDArray[np.bool_]:
    """Groups in which an entity that has rows for this quantity in another year has none, though it is valid then."""
    import numpy as np
    import pandas as pd

    entries, n_years = ledger.entries, len(years)
    counted = ledger.counted[entries["key"].to_numpy(), column]
    code, names = pd.factorize(entries["entity"].to_numpy()[counted], sort=True)
    place, year = np.divmod(group[counted], n_years)
    pairs, pair = np.unique(place * len(names) + code, return_inverse=True)
    present = np.zeros((len(pairs), n_years), dtype=bool)
    present[pair, year] = True
    valid = _valid_years(ledger.entities, names, years)
    absent = np.zeros((int(np.prod(shape)) // n_years, n_years), dtype=bool)
    np.logical_or.at(absent, pairs // max(len(names), 1), ~present & valid[pairs % max(len(names), 1)])
    return absent.reshape(shape)


def _valid_years(entities: pd.DataFrame | None, names: Any, years: Any) -> npt.NDArray[np.bool_]:
    """Whether each entity exists in each year, by ``valid_from`` and ``valid_to`` of the entity table."""
    import numpy as np

    valid = np.ones((len(names), len(years)), dtype=bool)
    if entities is None:
        return valid
    for row in entities.itertuples():
        for i in np.flatnonzero(names == row.entity):
            first, last = (int(text[:4]) if text[:4].isdigit() else None for text in (row.valid_from, row.valid_to))
            valid[i] = [(first or y) <= y <= (last or y) for y in years]
    return valid


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
                value = ancestors(ledger.entities, dim).get(row.entity)
            place.append(np.arange(len(labels[dim])) if value is None else np.flatnonzero(labels[dim] == value))
        touched[np.ix_(*place)] = True
    return touched


def ancestors(entities: pd.DataFrame | None, level: str) -> dict[str, str]:
    """Entity -> its ancestor (or itself) of the level."""
    if entities is None:
        return {}
    parents = dict(zip(entities["entity"], entities["parent"], strict=True))
    levels = dict(zip(entities["entity"], entities["level"], strict=True))
    found = {}
    for name in parents:
        up = name
        while up and levels.get(up) != level:
            up = parents.get(up, "")
        if up:
            found[name] = up
    return found
