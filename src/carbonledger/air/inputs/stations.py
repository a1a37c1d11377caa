"""Hours and days of stations on a regular grid: whole steps of each pollutant's resolution, and why a value is not valid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Hour(IntEnum):
    """Whether an hour is valid, and if not, why; stored as int8."""

    VALID = 0
    ABSENT = 1
    BLANK = 2
    SENTINEL = 3
    NEGATIVE = 4
    TOO_HIGH = 5
    FLAGGED = 6
    TOO_LOW = 7
    EVENT = 8


HOUR_TEXT: dict[Hour, tuple[str, str]] = {
    Hour.VALID: ("valid", "有效"),
    Hour.ABSENT: ("no row", "没有数据行"),
    Hour.BLANK: ("blank, or a word for missing", "空白或缺测符号"),
    Hour.SENTINEL: ("a number that stands for missing", "缺测代码"),
    Hour.NEGATIVE: ("negative", "负值"),
    Hour.TOO_HIGH: ("above the stated bound", "超出规定上限"),
    Hour.FLAGGED: ("flagged in the file", "文件中已标记无效"),
    Hour.TOO_LOW: ("so low throughout that the unit must be another", "整个序列过低,单位应有误"),
    Hour.EVENT: ("in an exceptional event", "特殊事件时段内"),
}


@dataclass(frozen=True, eq=False)
class StationHours:
    """Hourly values of stations, from the first hour of one day to the last hour of another.

    Attributes
    ----------
    stations : tuple of str
    first_day : datetime64[D]
        Hour 0 of a day is the one from 00:00 to 01:00, however the file labels it.
    steps, codes : dict of pollutant to int32 and int8 [station, hour]
        Whole steps of the pollutant's resolution, and :class:`Hour`.
    step : dict of pollutant to Fraction
        One step [unit of the pollutant's limit].
    hour_label, unit : str
        As read.
    origins : tuple of (file, row)
        Where each station first stands.
    removed : tuple of str
        Pollutants whose hours in exceptional events were removed.
    state : str
        The state of the gas that they were moved to; blank as measured.
    """

    stations: tuple[str, ...]
    first_day: np.datetime64
    steps: dict[str, npt.NDArray[np.int32]]
    codes: dict[str, npt.NDArray[np.int8]]
    hour_label: str
    unit: str
    origins: tuple[tuple[str, int], ...]
    step: dict[str, Fraction]
    removed: tuple[str, ...] = ()
    state: str = ""

    @property
    def n_days(self) -> int:
        return int(next(iter(self.steps.values())).shape[1] // 24)

    def before_events(self) -> StationHours:
        """The same with the hours of exceptional events still valid."""
        import numpy as np

        codes = {name: np.where(c == Hour.EVENT, np.int8(Hour.VALID), c) for name, c in self.codes.items()}
        return replace(self, codes=codes, removed=())

    def reasons_of(self, pollutant: str) -> dict[Hour, int]:
        """How many hours are valid, and how many are not for which reason."""
        import numpy as np

        found = np.bincount(self.codes[pollutant].ravel(), minlength=len(Hour))
        return {reason: int(found[reason]) for reason in Hour if found[reason]}


@dataclass(frozen=True, eq=False)
class StationDays:
    """Daily values of stations: what :class:`carbonledger.air.StationHours` holds, by days.

    ``steps`` and ``codes`` are arrays [station, day] per pollutant: int32 steps of the resolution, and :class:`Hour`.
    """

    stations: tuple[str, ...]
    first_day: np.datetime64
    steps: dict[str, npt.NDArray[np.int32]]
    codes: dict[str, npt.NDArray[np.int8]]
    unit: str
    origins: tuple[tuple[str, int], ...]
    step: dict[str, Fraction]

    @property
    def n_days(self) -> int:
        return int(next(iter(self.steps.values())).shape[1])

    def reasons_of(self, pollutant: str) -> dict[Hour, int]:
        """How many days are valid, and how many are not for which reason."""
        import numpy as np

        found = np.bincount(self.codes[pollutant].ravel(), minlength=len(Hour))
        return {reason: int(found[reason]) for reason in Hour if found[reason]}
