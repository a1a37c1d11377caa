"""Concentrations of gases from one state of the gas to another, exactly."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ...errors import Faults, TableError
from ...messages import say
from ...standards import edition_on
from .pollutants import POLLUTANTS
from .stations import StationHours

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_STATE = re.compile(r"(\d+(?:\.\d+)?) K, (\d+(?:\.\d+)?) (kPa|hPa)")
OLD, REFERENCE = "273 K, 101.325 kPa", "298.15 K, 1013.25 hPa"
"""Before 2018-09-01 and from then on (GB 3095-2012, amendment of 2018). The old text writes 273 K, not 273.15 K: by 273.15 K
the ratio would be 0.9162 in place of 0.9156."""


def state_ratio(before: str, after: str) -> Fraction:
    """What a concentration at one state of the gas is multiplied by to be at another.

    Parameters
    ----------
    before, after : str
        ``273 K, 101.325 kPa``; ``air.OLD`` and ``air.REFERENCE`` are those of GB 3095-2012 before and after its amendment.

    Raises
    ------
    TableError
        If a state is written otherwise; ``as sampled`` has none.

    Notes
    -----
    Ideal gas: the mass per volume goes with pressure over temperature.
    """
    one, other = _read(before), _read(after)
    return (other[1] / other[0]) / (one[1] / one[0])


def _read(state: str) -> tuple[Fraction, Fraction]:
    """Temperature [K] and pressure [hPa]."""
    match = _STATE.fullmatch(state)
    if match is None or Fraction(match[1]) == 0:
        mend = say("Write it as '273 K, 101.325 kPa'")
        raise TableError(say("{state!r} is no state of a gas. {mend}", state=state, mend=mend))
    return Fraction(match[1]), Fraction(match[2]) * (10 if match[3] == "kPa" else 1)


def rebased(
    hours: StationHours, before: str, after: str, *, pollutants: str | Iterable[str] | None = None
) -> StationHours:
    """The hours with their gases at another state; particles stay, since they would need the weather of each hour.

    Parameters
    ----------
    hours : StationHours
    before, after : str
        As of :func:`state_ratio`.
    pollutants : str or list of str, optional
        By default every gas that was read.

    Returns
    -------
    StationHours
        The whole steps are the same; one step is another, exact, number: nothing is rounded.

    Raises
    ------
    TableError
        Pollutants that are no gas or were not read; states that are none; hours that were moved elsewhere before.
    """
    ratio, faults = state_ratio(before, after), Faults()
    gases = [name for name in hours.steps if POLLUTANTS[name].gas]
    wanted = gases if pollutants is None else [pollutants] if isinstance(pollutants, str) else list(pollutants)
    if hours.state and hours.state != before:
        what = say("the hours are at {found} already, not at {before}", found=hours.state, before=before)
        faults.add(what, mend=say("Move them once, from the state that they were measured at"))
    for name in (n for n in wanted if n not in gases):
        mend = say("Gases that were read: {names}", names=", ".join(gases))
        faults.add(say("{name} is no gas that was read", name=name), mend=mend)
    faults.raise_as(TableError, say("states of gas"))
    step = {name: size * ratio if name in wanted else size for name, size in hours.step.items()}
    return replace(hours, step=step, state=after)


def state_on(pollutant: str, date: datetime.date, region: str = "CN") -> str:
    """The state at which GB 3095 states a pollutant on a date, e.g. ``273 K, 101.325 kPa`` or ``as sampled``.

    Raises
    ------
    EditionError
        If no edition of GB 3095 is in force then.
    TableError
        If it states none for the pollutant.
    """
    found = edition_on("GB 3095", date, region).state_of_gas(pollutant, date)
    if found is None:
        raise TableError(say("GB 3095 states no state of the gas for {name!r}", name=pollutant))
    return found.state


def as_sampled(
    values: npt.ArrayLike, temperature: npt.ArrayLike, pressure: npt.ArrayLike, *, before: str = OLD
) -> npt.NDArray[np.float64] | Any:
    """Particles from a standard state to the state of sampling, hour by hour.

    Parameters
    ----------
    values : array_like, any shape
        Concentrations at ``before`` [any].
    temperature : array_like
        Of the air [°C].
    pressure : array_like
        Of the air [hPa].
    before : str
        The state that they are stated at.

    Notes
    -----
    C = C0 (T0 / T) (P / P0); floating point, since weather is not measured in whole steps. Round the result before it is
    read as hours (``finer="round"``).
    """
    import numpy as np

    kelvin, hpa = _read(before)
    t, p = np.asarray(temperature, dtype=np.float64) + 273.15, np.asarray(pressure, dtype=np.float64)
    return np.asarray(values, dtype=np.float64) * (float(kelvin) / t) * (p / float(hpa))
