"""Whether a series of years rises or falls: Spearman's rank correlation, moving means, strict falls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from ...errors import Faults, TableError
from ...messages import say

if TYPE_CHECKING:
    import xarray as xr

# Spearman's r that a one-sided test at 0.05 and 0.01 asks for, by years (HJ 663-2013 Annex B; up to 10 years these are
# the exact values over all orders). Longer series need a table that was not seen.
CRITICAL = {
    4: ("1.000", None),
    5: ("0.900", "1.000"),
    6: ("0.829", "0.943"),
    7: ("0.714", "0.893"),
    8: ("0.643", "0.833"),
    9: ("0.600", "0.783"),
    10: ("0.564", "0.746"),
}
LEVELS = (0.05, 0.01)


@dataclass(frozen=True)
class Trend:
    """A trend over years.

    Attributes
    ----------
    r : float
        Spearman's rank correlation of value and year.
    critical : float
    direction : str
        ``rising`` or ``falling`` where significant, else ``not significant``.
    years : int
    tied : bool
        Values are equal, for which the standard has no rule: average ranks were taken.
    on_the_edge : bool
        ``|r|`` and the critical value are equal to three decimals, so that the verdict hangs on whether "reached" is enough.
    source : str
    """

    r: float
    critical: float
    direction: str
    years: int
    tied: bool
    on_the_edge: bool
    source: str


def trend(values: Mapping[int, float], *, level: float = 0.05) -> Trend:
    """Spearman's rank correlation of annual values with time (Daniel's test).

    Parameters
    ----------
    values : dict of year to value
        One unit throughout [any]; compared as they are, so that printed values make the ties of print.
    level : float
        One-sided significance, 0.05 or 0.01.

    Returns
    -------
    Trend

    Raises
    ------
    TableError
        Fewer than 4 or more than 10 years, years that do not follow one another, NaN, all values equal, an unknown level.

    Notes
    -----
    HJ 663-2013 Annex B (not read in the text): r = 1 - 6 sum d^2 / (N^3 - N); significant where ``|r|`` is above the critical
    value as printed, or 1, which nothing is above. With ties r is Pearson's of the average ranks, which is flagged.
    Compared exactly.
    """
    faults = Faults()
    if not isinstance(values, Mapping) or not all(isinstance(y, Integral) for y in values):
        faults.add(say("no values by year"), mend=say("Give {example}", example="{2020: 58, 2021: 53, …}"))
        faults.raise_as(TableError, say("trend"))
    for year in (y for y, v in values.items() if not isinstance(v, Real)):
        what = say("{value!r} of {year} is no number", value=values[year], year=int(year))
        faults.add(what, mend=say("Give the years that have one"))
    faults.raise_as(TableError, say("trend"))
    values = {int(y): float(v) for y, v in values.items()}
    years = sorted(values)
    n = len(years)
    if level not in LEVELS:
        faults.add(
            say("level {level!r}", level=level), mend=say("Accepted: {names}", names=", ".join(map(str, LEVELS)))
        )
    if any(values[y] != values[y] for y in years):
        faults.add(say("a year without a value"), mend=say("Give the years that have one"))
    if n not in CRITICAL or (level == LEVELS[1] and CRITICAL[n][1] is None):
        faults.add(say("{n} years", n=n), mend=say("The critical values are known for 4 (0.01: 5) to 10 years"))
    elif years != list(range(years[0], years[0] + n)):
        faults.add(say("years with a gap"), mend=say("Give every year from the first to the last"))
    elif len(set(values.values())) == 1:
        faults.add(say("all values are equal"), mend=say("There is no trend to test"))
    faults.raise_as(TableError, say("trend"))
    ranks = average_ranks([values[y] for y in years])
    printed = Fraction(str(CRITICAL[n][LEVELS.index(level)]))
    squared, sign = _squared(ranks)
    tied = len(set(values.values())) < n
    size = math.sqrt(squared) if tied else abs(float(1 - Fraction(6 * _distance(ranks), n**3 - n)))
    reached = squared > printed**2 or squared == 1
    direction = ("rising" if sign > 0 else "falling") if reached else "not significant"
    edge = round(size, 3) == float(printed)
    return Trend(sign * size, float(printed), direction, n, tied, edge, "HJ 663-2013 Annex B")


def _distance(ranks: list[Fraction]) -> Fraction:
    """The sum of squared distances of rank and place."""
    return Fraction(sum((rank - place) ** 2 for place, rank in enumerate(ranks, start=1)))


def average_ranks(values: list[float]) -> list[Fraction]:
    """Ranks from 1, equal values sharing the average of theirs."""
    return [Fraction(sum(v < x for v in values)) + Fraction(sum(v == x for v in values) + 1, 2) for x in values]


def _squared(ranks: list[Fraction]) -> tuple[Fraction, int]:
    """Pearson's r of ranks and places, squared, and its sign."""
    n = len(ranks)
    middle = Fraction(n + 1, 2)
    of_places = sum((place - middle) ** 2 for place in range(1, n + 1))
    of_ranks = sum((rank - middle) ** 2 for rank in ranks)
    both = sum((place - middle) * (rank - middle) for place, rank in enumerate(ranks, start=1))
    return Fraction(both**2) / (of_places * of_ranks), (both > 0) - (both < 0)


def moving_mean(found: xr.Dataset, years: int = 3) -> xr.Dataset:
    """Means of several years, each ending in the year it is given for.

    Parameters
    ----------
    found : Dataset [entity or station, year, pollutant]
        From :func:`carbonledger.air.annual`.
    years : int
        HJ 663-2026 names three.

    Returns
    -------
    Dataset: ``mean`` and ``percentile`` as means of the annual values, and ``mean_of_days``, the mean of all their days; NaN
    with a reason where one of the years has none or is not there; ``attrs["unverified"]`` names the rule.

    Raises
    ------
    TableError
        If ``years`` is no number from 2 on.

    Notes
    -----
    HJ 663-2026 is said to evaluate by three-year moving means; how they are made was not found (``years_of_mean`` of the
    edition): both readings are given.
    """
    import numpy as np
    import xarray as xr

    from ... import reasons
    from ...reasons import Reason

    if not isinstance(years, int) or years < 2:
        mend = say("Give a whole number from 2 on")
        raise TableError(say("{what}. {mend}", what=say("years = {found!r}", found=years), mend=mend))
    labels = [int(y) for y in found["year"].values]

    def back(part: xr.DataArray, fill: float) -> xr.DataArray:
        """The same of each of the years, the last first."""
        parts = [
            part.reindex(year=[y - k for y in labels], fill_value=fill).assign_coords(year=labels) for k in range(years)
        ]
        return xr.concat(parts, "back")

    made: dict[str, Any] = {}
    days = back(found["days"].astype(float), np.nan)
    for name in ("mean", "percentile"):
        values = back(found[name], np.nan)
        why = back(found[f"{name}_reason"], int(Reason.NO_DATA_FOR_YEAR))
        reason = why.isel(back=(why != int(Reason.OK)).argmax("back"))  # the first that is not known
        known = reason == Reason.OK
        made[name] = values.mean("back", skipna=False).where(known).assign_attrs(found[name].attrs)
        made[f"{name}_reason"] = reason.astype(np.int16).assign_attrs(reasons.attrs())
        if name == "mean":
            of_days = (values * days).sum("back", skipna=False) / days.sum("back", skipna=False)
            made["mean_of_days"] = of_days.where(known).assign_attrs(found[name].attrs)
    return xr.Dataset(made, attrs={"years": years, "unverified": ["years_of_mean"]})
