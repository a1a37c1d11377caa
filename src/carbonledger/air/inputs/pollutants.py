"""The pollutants of GB 3095: unit of the limits, resolution of measured values, what a day of each is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from ...errors import Faults, TableError, nearest
from ...messages import say


@dataclass(frozen=True)
class Pollutant:
    """One pollutant.

    Attributes
    ----------
    unit : str
        Of its limits.
    per_unit : int
        Measured values are held as whole steps; so many make one ``unit``.
    highest : float
        Above this a value cannot be meant [``unit``]: a bound of this library against slipped units, from no standard.
    daily : str
        What a day is: ``24h``, the mean of its hours, or ``MDA8``, the highest 8-hour mean.
    basic : bool
        Whether it is one of the six basic items (GB 3095 Table 1); the others apply where a province says so.
    gas : bool
        Whether GB 3095 states it at a reference state of the gas.
    """

    name: str
    unit: str
    per_unit: int
    highest: float
    daily: str = "24h"
    basic: bool = True
    gas: bool = False

    @property
    def short(self) -> str:
        """As in the names of states: ``pm25``."""
        return self.name.lower().replace(".", "")

    @property
    def step(self) -> Fraction:
        """The resolution [``unit``]."""
        return Fraction(1, self.per_unit)


POLLUTANTS = {
    p.name: p
    for p in (
        Pollutant("SO2", "ug/m3", 10, 10_000, gas=True),
        Pollutant("NO2", "ug/m3", 10, 10_000, gas=True),
        Pollutant("CO", "mg/m3", 100, 200, gas=True),
        Pollutant("O3", "ug/m3", 10, 10_000, daily="MDA8", gas=True),
        Pollutant("PM10", "ug/m3", 10, 10_000),
        Pollutant("PM2.5", "ug/m3", 10, 10_000),
        Pollutant("NOx", "ug/m3", 10, 10_000, basic=False, gas=True),
        Pollutant("TSP", "ug/m3", 10, 50_000, basic=False),
        Pollutant("Pb", "ug/m3", 1_000, 1_000, basic=False),
        Pollutant("BaP", "ug/m3", 100_000, 10, basic=False),
    )
}
BASIC = tuple(name for name, p in POLLUTANTS.items() if p.basic)


def names_in(given: str | Iterable[str], *, among: Collection[str] = BASIC) -> tuple[str, ...]:
    """Names of pollutants, of one or of several.

    Raises
    ------
    TableError
        All unknown ones.
    """
    names = (given,) if isinstance(given, str) else tuple(given)
    faults = Faults()
    for name in (n for n in names if n not in among):
        mend = say("Accepted: {names}", names=", ".join(among))
        faults.add(say("unknown pollutant {name!r}{near}", name=name, near=nearest(name, list(among))), mend=mend)
    faults.raise_as(TableError, say("pollutants"))
    return names
