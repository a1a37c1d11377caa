"""Hours that are in memory already, and the checks of measured values: range, resolution, unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ... import kernels, units
from ...errors import Faults, TableError
from ...messages import say
from ...rounding import round_half_even
from .pollutants import POLLUTANTS
from .stations import Hour, StationHours

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

HOUR_LABELS = ("ending", "starting")
SENTINELS = (-9999.0, -999.0, -99.0, 9999.0, 99999.0)  # numbers that files write for "missing", in the file's unit
WEEK = 168  # valid hours from which on a series is long enough to be held against its unit
LOW = {"ug/m3": (10.0, 0.25), "mg/m3": (0.05, 0.02)}
"""Where the highest hour and the median of a series lie below these, its unit must be another: bounds of this library,
from no standard, between what air holds in ug/m3 and the same numbers in mg/m3."""


def station_hours(
    values: npt.ArrayLike,
    stations: Sequence[str],
    first_hour: np.datetime64 | str,
    *,
    unit: str | Mapping[str, str],
    pollutants: str | Sequence[str] = "PM2.5",
    sentinels: Collection[float] = SENTINELS,
    finer: str = "refuse",
    codes: npt.NDArray[np.int8] | None = None,
) -> StationHours:
    """Hours that are in memory already, on a regular grid.

    Parameters
    ----------
    values : float64 [station, hour], or [station, pollutant, hour] for several pollutants
        Concentrations [``unit``]; NaN where there is none.
    stations : list of str [station]
    first_hour : datetime64 or str
        The *beginning* of the first hour, e.g. ``2025-01-01T00``.
    unit : str, or dict of pollutant to str
        Unit of ``values``.
    pollutants : str or list of str [pollutant]
    sentinels : list of float
        Numbers that files write for "missing" [``unit``]: a fault here, where NaN says so.
    finer : str
        ``refuse``: a value finer than the resolution (0.1 ug/m3, CO 0.01 mg/m3) is a fault; ``round``: it is rounded half to
        even.
    codes : int8, of the shape of ``values``, optional
        :class:`Hour` codes; by default ``BLANK`` where a value is NaN.

    Raises
    ------
    TableError
        Values that are negative, too high, infinite, too fine or so low that the unit must be another, numbers that stand for
        missing, doubled stations, a first hour that is none or has a time zone: all at once, by station and pollutant.
    """
    import numpy as np

    names = (pollutants,) if isinstance(pollutants, str) else tuple(pollutants)
    given = np.atleast_2d(np.asarray(values))
    given = given[:, None] if given.ndim == 2 else given
    faults = Faults()
    _check_shape(given, stations, names, faults)
    check_choice("finer", finer, ("refuse", "round"), faults)
    unit_of, begin = units_of(unit, names, faults), _first(first_hour, faults)
    if codes is not None and np.size(codes) != given.size:
        what = say("codes of the shape {found}, values of {wanted}", found=np.shape(codes), wanted=given.shape)
        faults.add(what, mend=say("Give a code for each value"))
    faults.raise_as(TableError, say("hours of stations"))
    x, noise = given.astype(np.float64, copy=False), fineness(given.dtype)
    own = None if codes is None else np.asarray(codes).reshape(x.shape)
    if own is not None:
        x = np.where(own == Hour.VALID, x, np.nan)

    def read(name: str) -> tuple[Any, Any, Faults]:
        place, told = names.index(name), Faults()
        _check_sentinels(x[:, place], list(stations), unit_of[name], name, sentinels, told)
        made, code = _steps(x, place, noise, list(stations), unit_of[name], name, finer, told)
        if own is not None:
            code = np.where((own[:, place] == Hour.VALID) & (code != Hour.VALID), code, own[:, place]).astype(np.int8)
        return made, code, told

    before = int((begin - begin.astype("datetime64[D]")).astype(int))
    around = ((0, 0), (before, -(before + x.shape[2]) % 24))
    steps, found = {}, {}
    for name, (made, code, told) in zip(names, kernels.side_by_side(names, read, x[:, 0].size), strict=True):
        whole = around[1] == (0, 0)
        steps[name] = made if whole else np.pad(made, around)
        found[name] = code if whole else np.pad(code, around, constant_values=np.int8(Hour.ABSENT))
        faults.found.extend(told)
    faults.raise_as(TableError, say("hours of stations"))
    places, text = tuple(str(s) for s in stations), ", ".join(dict.fromkeys(unit_of.values()))
    origins = tuple(("", i) for i in range(1, len(places) + 1))
    step = {name: POLLUTANTS[name].step for name in names}
    return StationHours(places, begin.astype("datetime64[D]"), steps, found, "starting", text, origins, step)


def _first(given: Any, faults: Faults) -> Any:
    """The first hour as datetime64[h]; a time zone, minutes and what is no time are faults."""
    import numpy as np

    text = str(given).strip().replace(" ", "T")
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::00){0,2}(?:\.0+)?)?", text)
    hour: Any = f"{match[1]}T{match[2] or '00'}" if match else ""
    try:
        return np.datetime64(hour, "h") if hour else _none(given, faults)
    except ValueError:
        return _none(given, faults)


def _none(given: Any, faults: Faults) -> Any:
    import numpy as np

    mend = say("Write it as 2025-01-01T00, in the time of the place, without a zone")
    faults.add(say("{written!r} is no first hour", written=str(given)), mend=mend)
    return np.array("NaT", dtype="datetime64[h]")[()]


def _check_sentinels(
    x: npt.NDArray[np.float64],
    stations: list[str],
    unit: str,
    pollutant: str,
    sentinels: Collection[float],
    faults: Faults,
) -> None:
    """Numbers that stand for missing are not averaged in; those below zero are faults already."""
    import numpy as np

    about = POLLUTANTS[pollutant]
    top = about.highest / units.factor(unit, about.unit)
    for sentinel in (float(v) for v in sentinels if 0 < v <= top):
        with np.errstate(invalid="ignore"):
            found = np.flatnonzero((x == sentinel).any(axis=1)) if np.nanmax(x, initial=0.0) >= sentinel else ()
        for s in found:
            what = say(
                "{value:g} {unit} of {name} stands for a missing value", value=sentinel, unit=unit, name=pollutant
            )
            mend = say("Write {none}, or name your own {option} if it was measured", none="NaN", option="sentinels")
            faults.add(what, file=stations[int(s)], mend=mend)


def _check_shape(given: npt.NDArray[Any], stations: Sequence[str], names: tuple[str, ...], faults: Faults) -> None:
    """The array has a row for each station and, inside, one for each pollutant."""
    if given.ndim != 3:
        faults.add(say("values of {n} dimensions", n=given.ndim), mend=say("Give [station, pollutant, hour]"))
    elif given.shape[:2] != (len(stations), len(names)):
        if given.shape[0] != len(stations):
            faults.add(say("{n} rows of values for {m} stations", n=given.shape[0], m=len(stations)))
        if given.shape[1] != len(names):
            faults.add(say("values of {n} pollutants, but {m} are named", n=given.shape[1], m=len(names)))
    for what, listed in ((say("a station is named twice"), stations), (say("a pollutant is named twice"), names)):
        if len(set(listed)) != len(listed):
            faults.add(what, mend=say("Give each its own name"))


def units_of(unit: str | Mapping[str, str], names: Sequence[str], faults: Faults) -> dict[str, str]:
    """The unit of each pollutant; one without, and an unknown pollutant, is a fault."""
    for name in names:
        check_choice("pollutant", name, POLLUTANTS, faults)
    found = {name: unit if isinstance(unit, str) else unit.get(name, "") for name in names}
    for name in (n for n in names if not found[n]):
        faults.add(say("no unit for {name}", name=name), mend=say("Give it, e.g. unit='ug/m3'"))
    return found


def _steps(
    x: npt.NDArray[np.float64],
    place: int,
    noise: float,
    stations: list[str],
    unit: str,
    pollutant: str,
    finer: str,
    faults: Faults,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    import numpy as np

    about = POLLUTANTS[pollutant]
    scale = units.factor(unit, about.unit) * about.per_unit  # to steps
    negative = None
    if finer == "round":
        with np.errstate(invalid="ignore"):
            negative = (x[:, place] < 0).any(axis=1)  # before it is rounded to nothing
        x, place, scale, noise = round_half_even(x[:, place : place + 1] * scale), 0, 1.0, 1.0
    steps, codes, reach = kernels.scaled_hours(x, place, scale, Hour.BLANK)
    low, high, off = reach.T
    low = low if negative is None else np.where(negative & (low == 0), -1e-9, low)
    wrong = (low < 0) | (high > about.highest * about.per_unit)
    for s in np.flatnonzero(wrong):
        worst = low[s] if low[s] < 0 else high[s]
        value = float(worst) / about.per_unit / units.factor(unit, about.unit)
        add_out_of_range(faults, pollutant, value, unit, {"file": stations[int(s)]})
    for s in np.flatnonzero(~wrong & (off > noise)):
        add_too_fine(faults, pollutant, unit, {"file": stations[int(s)]})
    for s in np.flatnonzero(~wrong & (high < _low(pollutant)[0])):
        if is_too_low(steps[s][codes[s] == Hour.VALID], pollutant):
            add_too_low(faults, pollutant, unit, {"file": stations[int(s)]})
    return steps, codes


def _low(pollutant: str) -> tuple[float, float]:
    """Highest hour and median below which a unit must be another [step]; lead and benzo(a)pyrene are that low."""
    about = POLLUTANTS[pollutant]
    highest, median = LOW[about.unit] if about.name not in {"Pb", "BaP"} else (0.0, 0.0)
    return highest * about.per_unit, median * about.per_unit


def is_too_low(valid: npt.NDArray[np.int32], pollutant: str) -> bool:
    """Whether a series of valid steps is long enough, and so low throughout, that its unit must be another."""
    import numpy as np

    highest, median = _low(pollutant)
    return bool(len(valid) >= WEEK and valid.max() < highest and np.median(valid) < median)


def fineness(dtype: Any) -> float:
    """How far from a whole step a value may lie by the noise of its type [step]."""
    return 2e-3 if str(dtype) == "float32" else 1e-6


def add_out_of_range(faults: Faults, pollutant: str, value: float, unit: str, place: Mapping[str, Any]) -> None:
    """The fault of a negative or absurd value."""
    if value < 0:
        mend = say("Correct it, write NA, or read with doubtful='mask'")
        faults.add(
            say("{value:g} {unit} of {name} is negative", value=value, unit=unit, name=pollutant), **place, mend=mend
        )
        return
    about = POLLUTANTS[pollutant]
    what = {"value": value, "unit": unit, "name": pollutant, "highest": about.highest, "wanted": about.unit}
    mend = say("State the file's own unit, correct the value, or read with doubtful='mask'")
    faults.add(say("{value:g} {unit} of {name} is above {highest:g} {wanted}", **what), **place, mend=mend)


def add_too_fine(
    faults: Faults, pollutant: str, unit: str, place: Mapping[str, Any], value: float | None = None
) -> None:
    """The fault of a value finer than the resolution."""
    about = POLLUTANTS[pollutant]
    shown = pollutant if value is None else say("{name} {value:.10g}", name=pollutant, value=value)
    mend = say("State the file's own unit, or read with finer='round' to round half to even")
    what = {"shown": shown, "unit": unit, "resolution": float(about.step), "wanted": about.unit}
    faults.add(say("{shown} {unit} is finer than {resolution:g} {wanted}", **what), **place, mend=mend)


def add_too_low(faults: Faults, pollutant: str, unit: str, place: Mapping[str, Any]) -> None:
    """The fault of a series that cannot be in its unit."""
    what = say("{name} is so low throughout that {unit} cannot be its unit", name=pollutant, unit=unit)
    faults.add(what, **place, mend=say("State the file's own unit, or read with doubtful='mask'"))


def check_choice(name: str, found: str, accepted: Collection[str], faults: Faults) -> None:
    """A fault unless the argument is one of the accepted words."""
    if found not in accepted:
        faults.add(
            say("{name} = {found!r}", name=name, found=found), mend=say("Accepted: {names}", names=", ".join(accepted))
        )
