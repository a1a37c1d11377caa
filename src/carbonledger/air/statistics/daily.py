"""Daily values of a set of stations, made once for each set of the rules that bear on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ... import kernels
from ...errors import TableError
from ...messages import say
from ..inputs.points import check_points, spans_of
from ..inputs.pollutants import POLLUTANTS
from ..inputs.stations import Hour, StationDays, StationHours
from .asking import check_stations
from .days import Days, entity_days, point_days, whole_years

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from ...standards import Edition, Limit

_T = TypeVar("_T")
_K = TypeVar("_K")
_OF_HOURS = ("decimals_hour", "decimals_day")
_OF_KIND = {
    "24h": ("hours_per_day",),
    "MDA8": ("hours_of_8", "windows", "windows_per_day", "decimals_evaluation"),
    "1h": (),
}


class Daily:
    """Daily values of points, or of districts where ``points`` are given, for several results of the same stations.

    ``annual``, ``periods``, ``daily_index`` and ``index_shares`` take one in place of hours and points; days are then made
    once for all of them.

    Parameters
    ----------
    hours : StationHours or StationDays
    points : DataFrame, optional
        From :func:`carbonledger.air.read_points`.

    Raises
    ------
    TableError
        Stations that belong to no district.
    """

    def __init__(self, hours: StationHours | StationDays, points: pd.DataFrame | None = None) -> None:
        check_stations(hours, points)
        if points is not None:
            check_points(hours, points)
        self.hours, self.points = hours, points
        self._made: dict[str, Days] = {}

    @cached_property
    def before(self) -> Daily | None:
        """The same with the hours of exceptional events still there; ``None`` where none were removed."""
        if isinstance(self.hours, StationDays) or not self.hours.removed:
            return None
        return Daily(self.hours.before_events(), self.points)

    @classmethod
    def of_hours(cls, given: StationHours | StationDays | Daily, points: pd.DataFrame | None) -> Daily:
        """What a caller gave: a ``Daily`` as it is, else one made of hours and points."""
        if not isinstance(given, Daily):
            return cls(given, points)
        if points is not None:
            mend = say("Give the points when the daily values are made")
            raise TableError(say("{what}. {mend}", what=say("the daily values have their points already"), mend=mend))
        return given

    @property
    def dim(self) -> str:
        """What the values are of: ``entity`` or ``station``."""
        return "station" if self.points is None else "entity"

    def pollutants(self, wanted: Iterable[str] | None) -> tuple[str, ...]:
        """Those asked for, or all that were read, in the order of the standard.

        Raises
        ------
        TableError
            If one was not read.
        """
        read = [name for name in POLLUTANTS if name in self.hours.steps]
        names = read if wanted is None else list(dict.fromkeys([wanted] if isinstance(wanted, str) else wanted))
        if not names:
            raise TableError(say("no pollutants. Those read are {read}", read=", ".join(read)))
        if lacking := [name for name in names if name not in read]:
            raise TableError(
                say(
                    "no statistics of {name!r}; those read are {read}, those known {known}",
                    name=", ".join(lacking),
                    read=", ".join(read),
                    known=", ".join(POLLUTANTS),
                )
            )
        return tuple(names)

    def of(self, pollutant: str, rules: Edition, *, kind: str = "", limit: Limit | None = None, need: int = 0) -> Days:
        """The daily values of one pollutant; parameters as of :func:`point_days`."""
        kind = kind or POLLUTANTS[pollutant].daily
        bearing = [rules.rule(name) for name in (*_OF_HOURS, *_OF_KIND[kind])]
        limit, need = (limit if kind == "MDA8" else None), (need if kind == "1h" else 0)
        of_points = repr((pollutant, kind, bearing, limit and limit.value, need))
        if of_points not in self._made:
            self._made[of_points] = point_days(self.hours, pollutant, rules, kind=kind, limit=limit, need=need)
        if self.points is None:
            return self._made[of_points]
        of_entities = of_points + repr(rules.rule("points"))
        if of_entities not in self._made:
            self._made[of_entities] = entity_days(self._made[of_points], self.points, pollutant, rules)
        return self._made[of_entities]

    @property
    def removed(self) -> tuple[str, ...]:
        """The pollutants that were removed in exceptional events."""
        return () if isinstance(self.hours, StationDays) else self.hours.removed

    def event_days(self) -> npt.NDArray[np.bool_] | None:
        """Days [name, day] with an hour in an event, of whole years; ``None`` where there is no event at all."""
        import numpy as np

        if self.before is None:
            return None
        hours = np.logical_or.reduce([array == Hour.EVENT for array in self.hours.codes.values()])
        days = hours.reshape(hours.shape[0], self.hours.n_days, -1).any(axis=2)
        first_day, days = whole_years(self.hours.first_day, days)
        if self.points is None:
            return np.asarray(days, dtype=bool)
        _, starts, station, member = spans_of(self.points, self.hours.stations, first_day, days.shape[1])
        here = member & (station >= 0)[:, None] & days[station]
        return np.asarray(np.logical_or.reduceat(here, starts, axis=0), dtype=bool)

    def each(self, pollutants: Iterable[_K], run: Callable[[_K], _T]) -> list[_T]:
        """Run something for each pollutant or item, side by side where there are many hours."""
        return kernels.side_by_side(pollutants, run, next(iter(self.hours.steps.values())).size)
