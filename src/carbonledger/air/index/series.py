"""The index of many days or hours, each by the edition in force on its day, as arrays and as a dataset."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ... import reasons
from ...reasons import Reason
from ...standards import Chosen, Edition, read_editions
from .scale import HALF, NONE, Item, counted_items, indices_of, largest, levels_of, names_of_ties, places_of_ties

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

STANDARDS = ("HJ 633", "HJ 663", "GB 3095")
Key = tuple[str, str]  # pollutant and averaging time


@dataclass(frozen=True)
class Run:
    """Days with the same editions, and their place in the series (days or hours)."""

    days: slice
    place: slice
    rules: Edition  # of HJ 633
    of_days: Edition  # of HJ 663
    limits: Edition | None  # of GB 3095


@dataclass(frozen=True)
class Asking:
    """What the index is asked for.

    Attributes
    ----------
    editions : Chosen
    zone : int
        Class of the zone.
    omitted : tuple of str
        Pollutants that the plan of monitoring leaves out.
    hourly : bool
        The items of the hourly index, 24 values a day.
    """

    editions: Chosen
    zone: int = 2
    omitted: tuple[str, ...] = ()
    hourly: bool = False

    @property
    def attrs(self) -> dict[str, Any]:
        """What was asked for, as attributes of a result."""
        told = {"zone": self.zone, "region": self.editions.region, "options": self.editions.said}
        return told | {"omitted": list(self.omitted)}

    @property
    def per_day(self) -> int:
        return 24 if self.hourly else 1


@dataclass(frozen=True, eq=False)
class IndexSeries:
    """The index as arrays [name, day or hour], and of each item the same; ``NONE`` where there is none."""

    names: tuple[str, ...]
    first_day: np.datetime64
    index: npt.NDArray[np.int16]
    level: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int16]
    of: dict[Key, npt.NDArray[np.int16]]
    edition: npt.NDArray[np.object_]  # [day or hour], blank where none is in force

    @property
    def primary(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Of each pollutant where it is primary."""
        return places_of_ties(self.of, self.index, HALF)

    def dataset(self, dim: str, axis: str, labels: npt.NDArray[Any], cut: slice = slice(None)) -> xr.Dataset:
        """With labels, of a part of the days or hours."""
        import numpy as np
        import xarray as xr

        part, dims = np.s_[:, cut], (dim, axis)
        of = {key: array[part] for key, array in self.of.items()}
        whole = np.stack(list(of.values()), axis=2) if of else np.zeros((*self.index[part].shape, 0))
        primary = names_of_ties(of, self.index[part], HALF)
        return xr.Dataset(
            {
                "aqi": (dims, _with_nan(self.index[part]), {"units": "1", "long_name": "air quality index"}),
                "aqi_reason": (dims, self.reason[part], reasons.attrs()),
                "level": (dims, self.level[part], {"units": "1", "long_name": "level of the index, 0: none"}),
                "primary": (dims, primary, {"long_name": "primary pollutants"}),
                "iaqi": ((*dims, "item"), _with_nan(whole), {"units": "1", "long_name": "index of each item"}),
            },
            {
                dim: list(self.names),
                axis: labels.astype("datetime64[ns]"),
                "item": [" ".join(key) for key in of],
                "edition": (axis, self.edition[cut]),
            },
        )


def _with_nan(index: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    import numpy as np

    return np.where(index == NONE, np.nan, index).astype(np.float64)


def series_of(
    names: tuple[str, ...],
    first_day: Any,
    n_days: int,
    asking: Asking,
    items_of: Callable[[list[Key], Run], Mapping[Key, Item]],
    *,
    label: str = "",
    excused_of: Callable[[Run], Mapping[str, npt.NDArray[np.bool_]] | None] | None = None,
) -> IndexSeries:
    """The index of all runs of days.

    Parameters
    ----------
    names : tuple of str
        Stations or districts.
    first_day, n_days
        What the series covers.
    asking : Asking
    items_of : callable
        From the items wanted and a run to those that there are, arrays [name, day or hour of the run].
    label : str
        ``parameter: alternative`` of HJ 633 or HJ 663.
    excused_of : callable, optional
        From a run to where a pollutant is not due after all.
    """
    import numpy as np

    shape = (len(names), n_days * asking.per_day)
    index, reason = np.full(shape, NONE, np.int16), np.full(shape, int(Reason.NO_EDITION), np.int16)
    level, edition = np.zeros(shape, np.int8), np.full(shape[1], "", dtype=object)
    of: dict[Key, npt.NDArray[np.int16]] = {}
    for run in _runs(first_day, n_days, asking, label):
        here = (slice(None), run.place)
        counted = counted_items(run.rules, hourly=asking.hourly)
        taking_over = [(row.pollutant, row.above) for row in run.rules.table("breakpoints") if row.above]
        found = indices_of(items_of(list(dict.fromkeys([*counted, *taking_over])), run), counted, run.rules)
        edition[run.place] = run.rules.name
        reason[here] = Reason.POLLUTANTS_MISSING
        if not found:
            continue
        due = [key for key in counted if key[0] not in asking.omitted]
        index[here] = largest(found, run.rules, due, excused_of(run) if excused_of else None)
        level[here] = levels_of(index[here], run.rules)
        empty = np.stack(list(found.values())).max(axis=0) == NONE
        reason[here] = np.where(empty, Reason.HOURS_MISSING, reason[here])
        reason[here] = np.where(index[here] != NONE, Reason.OK, reason[here])
        for key, array in found.items():
            of.setdefault(key, np.full(shape, NONE, np.int16))[here] = array
    return IndexSeries(names, first_day, index, level, reason, of, edition)


def _runs(first_day: Any, n_days: int, asking: Asking, label: str) -> Iterator[Run]:
    """Runs of days with the same editions; days without one of HJ 633 or HJ 663 are in none."""
    first: datetime.date = first_day.astype("datetime64[D]").item()
    one = datetime.timedelta(days=1)
    changes = {first}
    for e in read_editions():
        changes |= {e.in_force_from, *([e.in_force_to + one] if e.in_force_to else [])}
    places = sorted(k for k in ((date - first).days for date in changes) if 0 <= k < n_days)
    for begin, end in pairwise([*places, n_days]):
        rules, of_days, limits = (asking.editions.on_or_none(s, first + begin * one) for s in STANDARDS)
        if rules is not None and of_days is not None:
            place = slice(begin * asking.per_day, end * asking.per_day)
            yield Run(slice(begin, end), place, rules.labelled(label), of_days.labelled(label), limits)
