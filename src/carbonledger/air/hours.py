"""Hours of stations on a regular grid: whole tenths of a microgram per cubic metre, and why an hour is not valid."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from .. import kernels, units
from ..errors import Faults, TableError
from ..messages import say
from ..rounding import round_half_even

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RESOLUTION = 0.1  # [ug/m3] of the stored integers; instruments print whole micrograms or tenths
HOUR_LABELS = ("ending", "starting")
POLLUTANTS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")
SENTINELS = (-9999.0, -999.0, -99.0, 9999.0, 99999.0)  # numbers that files write for "missing", in the file's unit
HIGHEST = {"PM2.5": 10_000.0, "PM10": 10_000.0, "SO2": 10_000.0, "NO2": 10_000.0, "CO": 200_000.0, "O3": 10_000.0}
"""Above this an hour cannot be meant [ug/m3]: a bound of this library against slipped units, from no standard."""


class Hour(IntEnum):
    """Whether an hour is valid, and if not, why; stored as int8."""

    VALID = 0
    ABSENT = 1
    BLANK = 2
    SENTINEL = 3
    NEGATIVE = 4
    TOO_HIGH = 5
    FLAGGED = 6


HOUR_TEXT: dict[Hour, tuple[str, str]] = {
    Hour.VALID: ("valid", "有效"),
    Hour.ABSENT: ("no row", "没有数据行"),
    Hour.BLANK: ("blank, or a word for missing", "空白或缺测符号"),
    Hour.SENTINEL: ("a number that stands for missing", "缺测代码"),
    Hour.NEGATIVE: ("negative", "负值"),
    Hour.TOO_HIGH: ("above the stated bound", "超出规定上限"),
    Hour.FLAGGED: ("flagged in the file", "文件中已标记无效"),
}


@dataclass(frozen=True, eq=False)
class StationHours:
    """Hourly values of stations, from the first hour of one day to the last hour of another.

    ``tenths`` and ``codes`` are arrays [station, hour] per pollutant: int32 [0.1 ug/m3] and int8 (:class:`Hour`).
    Hour 0 of a day is the one from 00:00 to 01:00, however the file labels it. ``origins`` is the first file and row
    of each station.
    """

    stations: tuple[str, ...]
    first_day: np.datetime64
    tenths: dict[str, npt.NDArray[np.int32]]
    codes: dict[str, npt.NDArray[np.int8]]
    hour_label: str
    unit: str
    origins: tuple[tuple[str, int], ...]

    @property
    def n_days(self) -> int:
        return int(next(iter(self.tenths.values())).shape[1] // 24)

    def reasons_of(self, pollutant: str) -> dict[Hour, int]:
        """How many hours are valid, and how many are not for which reason."""
        import numpy as np

        found = np.bincount(self.codes[pollutant].ravel(), minlength=len(Hour))
        return {reason: int(found[reason]) for reason in Hour if found[reason]}


def station_hours(
    values: npt.ArrayLike,
    stations: Sequence[str],
    first_hour: np.datetime64 | str,
    *,
    unit: str,
    pollutant: str = "PM2.5",
    finer: str = "refuse",
    codes: npt.NDArray[np.int8] | None = None,
) -> StationHours:
    """Hours that are in memory already, on a regular grid.

    Parameters
    ----------
    values : float64 [station, hour]
        Concentrations [``unit``]; NaN where there is none.
    stations : list of str [station]
    first_hour : datetime64 or str
        The *beginning* of the first hour, e.g. ``2025-01-01T00``.
    unit : str
        Unit of ``values``.
    finer : str
        ``refuse``: a value finer than 0.1 ug/m3 is a fault; ``round``: it is rounded half to even.
    codes : int8 [station, hour], optional
        :class:`Hour` codes; by default ``BLANK`` where a value is NaN.

    Raises
    ------
    TableError
        Values that are negative, too high, infinite or too fine, doubled stations: all at once, by station.
    """
    import numpy as np

    given = np.atleast_2d(np.asarray(values))
    x, faults = given.astype(np.float64, copy=False), Faults()
    if x.shape[0] != len(stations):
        faults.add(say("{n} rows of values for {m} stations", n=x.shape[0], m=len(stations)))
    if len(set(stations)) != len(stations):
        faults.add(say("a station is named twice"), mend=say("Give each its own name"))
    check_choice("finer", finer, ("refuse", "round"), faults)
    check_choice("pollutant", pollutant, POLLUTANTS, faults)
    faults.raise_as(TableError, say("hours of stations"))
    if codes is not None:
        x = np.where(codes == Hour.VALID, x, np.nan)
    tenths, blank = _tenths(x, fineness(given.dtype), list(stations), unit, pollutant, finer, faults)
    found = blank.view(np.int8) * np.int8(Hour.BLANK)
    if codes is not None:
        found = np.where((codes == Hour.VALID) & blank, found, codes).astype(np.int8)
    faults.raise_as(TableError, say("hours of stations"))
    begin: Any = np.datetime64(str(first_hour), "h")
    day = begin.astype("datetime64[D]")
    before = int((begin - day).astype(int))
    after = -(before + x.shape[1]) % 24
    if before or after:
        tenths = np.pad(tenths, ((0, 0), (before, after)))
        found = np.pad(found, ((0, 0), (before, after)), constant_values=np.int8(Hour.ABSENT))
    names = tuple(str(s) for s in stations)
    origins = tuple(("", i) for i in range(1, len(names) + 1))
    return StationHours(names, day, {pollutant: tenths}, {pollutant: found}, "starting", unit, origins)


def _tenths(
    x: npt.NDArray[np.float64],
    noise: float,
    stations: list[str],
    unit: str,
    pollutant: str,
    finer: str,
    faults: Faults,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    import numpy as np

    scale = units.factor(unit, "ug/m3")
    if finer == "round":
        x, scale, noise = round_half_even(x * scale, 1) / scale, scale, 1.0
    tenths, blank, reach = kernels.scaled_hours(x, scale / RESOLUTION)
    low, high, off = reach.T
    wrong = (low < 0) | (high * RESOLUTION > HIGHEST[pollutant])
    for s in np.flatnonzero(wrong):
        worst = low[s] if low[s] < 0 else high[s]
        place = {"file": stations[int(s)]}
        add_out_of_range(faults, pollutant, float(worst) * RESOLUTION / scale, unit, place)
    for s in np.flatnonzero(~wrong & (off > noise)):
        add_too_fine(faults, pollutant, unit, {"file": stations[int(s)]})
    return tenths, blank


def fineness(dtype: Any) -> float:
    """How far from a whole tenth a value may lie by the noise of its type [0.1 ug/m3]."""
    return 2e-3 if str(dtype) == "float32" else 1e-6


def add_out_of_range(faults: Faults, pollutant: str, value: float, unit: str, place: Mapping[str, Any]) -> None:
    """The fault of a negative or absurd value."""
    if value < 0:
        mend = say("Correct it, write NA, or read with doubtful='mask'")
        faults.add(say("{value:g} {unit} is negative", value=value, unit=unit), **place, mend=mend)
        return
    mend = say("State the file's own unit, correct the value, or read with doubtful='mask'")
    faults.add(
        say(
            "{value:g} {unit} of {name} is above {highest:g} ug/m3",
            value=value,
            unit=unit,
            name=pollutant,
            highest=HIGHEST[pollutant],
        ),
        **place,
        mend=mend,
    )


def add_too_fine(
    faults: Faults, pollutant: str, unit: str, place: Mapping[str, Any], value: float | None = None
) -> None:
    """The fault of a value finer than the resolution."""
    shown = pollutant if value is None else say("{name} {value:.10g}", name=pollutant, value=value)
    mend = say("State the file's own unit, or read with finer='round' to round half to even")
    faults.add(
        say("{shown} {unit} is finer than {resolution:g} ug/m3", shown=shown, unit=unit, resolution=RESOLUTION),
        **place,
        mend=mend,
    )


def check_choice(name: str, found: str, accepted: Collection[str], faults: Faults) -> None:
    """A fault unless the argument is one of the accepted words."""
    if found not in accepted:
        faults.add(
            say("{name} = {found!r}", name=name, found=found), mend=say("Accepted: {names}", names=", ".join(accepted))
        )
