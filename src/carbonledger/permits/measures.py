"""Units of permits and reports: what a product of two of them is in tonnes, exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from .. import units
from ..errors import UnitError
from ..messages import say

_PER_YEAR = re.compile(r"/\s*(?:a|yr|year|年)$")


def exact(number: float) -> Fraction:
    """A number as it was written: 0.1 is a tenth."""
    return Fraction(repr(float(number)))


@lru_cache(maxsize=1024)
def tonnes(*parts: str) -> Fraction:
    """How many t one of the product of units is, e.g. of mg/m3 and m3.

    Raises
    ------
    UnitError
        If a unit is unknown or the product is no mass.
    """
    if not all(part.strip() for part in parts):
        units.quantity_of("")  # says that a unit is missing
    return exact(units.factor(units.product(*parts), "t"))


def tonnes_a_year(unit: str) -> Fraction:
    """How many t one ``unit`` of an annual amount is: a mass, or a mass per year. Other times are refused."""
    if units.same_dimension(unit, "t/a"):
        if not _PER_YEAR.search(unit.strip()):
            raise UnitError(say("unit {unit!r} is not per year; write the amount of a year (t, t/a)", unit=unit))
        return exact(units.factor(unit, "t/a"))
    return exact(units.factor(unit, "t"))


def check_concentration(unit: str) -> None:
    """A concentration is a mass per volume, or per normal volume (Nm3).

    Raises
    ------
    UnitError
        If it is not.
    """
    if not units.same_dimension(unit, "mg/Nm3"):
        units.factor(unit, "mg/m3")
