"""Reported concentrations against the permit's limit."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from .. import units
from ..errors import Faults
from ..messages import say
from . import measures
from .allowed import Year
from .nouns import Concentrations, Report


def concentrations_of(
    valid: Year, reports: Iterable[Report], key: tuple[str, str, str], faults: Faults
) -> Concentrations:
    """Count the concentrations of one outlet and pollutant in a year; equal to the limit is no exceedance."""
    monitored = compared = above = 0
    highest: Fraction | None = None
    for report in reports:
        if report.concentration is None:
            continue
        monitored += 1
        limit = valid.limit(report.months.every)
        if limit is None:
            continue
        if not units.same_dimension(report.unit, limit[1]):
            words = {"outlet": key[1], "pollutant": key[2], "unit": report.unit, "other": limit[1]}
            what = say("{outlet!r}, {pollutant!r}: the concentration is in {unit}, its limit in {other}", **words)
            faults.add(what, mend=say("Give both in one kind of cubic metre"))
            continue
        found = report.concentration * measures.exact(units.factor(report.unit, limit[1]))
        compared, above = compared + 1, above + (found > limit[0])
        if limit[0]:
            highest = max(highest or Fraction(0), found / limit[0])
    return Concentrations(monitored, compared, above, highest)
