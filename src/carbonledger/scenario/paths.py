"""The way of a lever over the years: its multiplier in each year as a function of its level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .nouns import Lever, Scenario

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Form:
    """The multiplier of a lever in each year, as a function of its level L in the canonical unit (3 % is 0.03).

    Two forms are enough for every verb and path, so that a kernel knows only these.

    Attributes
    ----------
    power : bool
        False: a[y] + b[y] L. True: (offset + L) ** b[y].
    a : float64 [year]
        What does not depend on the level; 0 in a power.
    b : float64 [year]
        Slope, or exponent.
    offset : float
        1 where the level is a growth rate, else 0.
    """

    power: bool
    a: npt.NDArray[np.float64]
    b: npt.NDArray[np.float64]
    offset: float = 0.0

    def at(self, level: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The multipliers [..., year] at levels [...]; plain NumPy, the oracle of the kernels."""
        import numpy as np

        levels = np.asarray(level, dtype=np.float64)[..., None]
        made: npt.NDArray[np.float64]
        with np.errstate(over="ignore", invalid="ignore"):  # what is beyond floats stays infinite or NaN
            made = (self.offset + levels) ** self.b if self.power else self.a + self.b * levels
        return made


def way(lever: Lever, base_year: int, years: npt.ArrayLike, *, last: int | None = None) -> npt.NDArray[np.float64]:
    """How far along its path a lever is in each year: 0 up to the base year, 1 where its level is reached.

    Numbers by year have no way of their own, except for ``rate``, which goes from the base year's rate to the first of
    them; it is 1 for the others after the base year. An uncertainty lever is 1 in every year.

    Parameters
    ----------
    years : int [year]
        History and projected years.
    last : int, optional
        The last projected year, in which a lever without ``to`` arrives; the last of ``years`` by default.
    """
    import numpy as np

    at = np.asarray(years, dtype=np.int64)
    if lever.acts == "uncertainty":
        return np.ones(at.shape)
    if lever.by_year:
        shares = {min(lever.by_year): 1.0} if lever.verb == "rate" else {base_year + 1: 1.0}
    elif isinstance(lever.path, dict):
        shares = lever.path
    else:
        to = _arrival(lever, at, last)
        shares = {to - 1: 0.0, to: 1.0} if lever.path == "step" else {to: 1.0}
    return _between({base_year: 0.0} | shares, at)


def series(
    lever: Lever,
    level: float | None,
    base_year: int,
    years: npt.ArrayLike,
    *,
    unit_factor: float = 1.0,
    last: int | None = None,
) -> Form:
    """The multiplier of a lever in each year.

    ``scale`` and ``grow`` give the multiplier itself. ``move`` gives the share that leaves, ``add`` the amount that is
    posted: the caller makes 1 - sum of the shares. ``rate`` gives w x level with w from :func:`way`: the rate is
    (1 - w) x the base year's rate + what this gives.

    Parameters
    ----------
    level : float or None
        A level known beforehand, in the unit of the lever: the form is then constant (b = 0, no power). None leaves it
        a function of the level, as an axis needs it. Ignored where the lever has numbers by year, which make a
        constant form too.
    unit_factor : float
        How many canonical units (ratios, for all but ``add`` and ``rate``) one unit of ``level`` and of the numbers by
        year is. Levels that are put into the form later are canonical already.
    last : int, optional
        As in :func:`way`.
    """
    import numpy as np

    at = np.asarray(years, dtype=np.int64)
    if lever.by_year:
        return _constant(_by_year(lever, base_year, at, unit_factor))
    w = way(lever, base_year, at, last=last)
    if lever.verb == "grow":
        n_years = np.clip(at, base_year, _arrival(lever, at, last)) - base_year
        form = Form(True, np.zeros(at.shape), n_years.astype(np.float64), 1.0)
    elif lever.verb == "scale":
        power = lever.path == "geometric"
        form = Form(power, np.zeros(at.shape) if power else 1.0 - w, w)
    else:
        form = Form(False, np.zeros(at.shape), w)
    return form if level is None else _constant(form.at(level * unit_factor))


def event_levers(scenario: Scenario) -> tuple[Lever, ...]:
    """The events of a scenario as levers, so that a sweep sees levers only; their names are free of the levers'."""
    taken = {lever.name for lever in scenario.levers}
    made = []
    for event in scenario.events:
        name, n = f"{event.entity} {event.year}", 1
        while name in taken:
            n += 1
            name = f"{event.entity} {event.year} ({n})"
        taken.add(name)
        lever = Lever(
            name=name,
            verb="scale",
            select={"entity": (event.entity,)},
            axis=event.axis,
            level=event.factor,
            path="step",
            to=event.year,
            source=event.source,
        )
        made.append(lever)
    return tuple(made)


def _arrival(lever: Lever, at: npt.NDArray[np.int64], last: int | None) -> int:
    if lever.to is not None:
        return lever.to
    return int(at.max()) if last is None else last


def _by_year(lever: Lever, base_year: int, at: npt.NDArray[np.int64], unit_factor: float) -> npt.NDArray[np.float64]:
    import numpy as np

    given = {year: value * unit_factor for year, value in lever.by_year.items()}
    if lever.verb == "grow":  # each year's own rate, also of the years between those asked for
        every = np.arange(base_year + 1, max(int(at.max()), base_year) + 1)
        with np.errstate(over="ignore"):
            compounded = np.concatenate([[1.0], np.cumprod(1.0 + _between(given, every))])
        grown: npt.NDArray[np.float64] = compounded[np.maximum(at - base_year, 0)]
        return grown
    if lever.verb == "rate":
        return way(lever, base_year, at) * _between(given, at)
    return _between({base_year: 1.0 if lever.verb == "scale" else 0.0} | given, at)


def _between(given: dict[int, float], at: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Linear between the given years, flat before the first and after the last."""
    import numpy as np

    known = sorted(given)
    values = np.array([given[year] for year in known], dtype=np.float64)
    made: npt.NDArray[np.float64] = np.interp(at, known, values)
    return made


def _constant(values: npt.NDArray[np.float64]) -> Form:
    import numpy as np

    return Form(False, values, np.zeros(values.shape))
