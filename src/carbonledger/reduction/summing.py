"""Reductions by place, pollutant and year: exact sums, with what was left out beside them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import LedgerError, nearest
from ..messages import say
from ..reasons import Reason
from ..standards import Edition, chosen
from .measures import POLLUTANTS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

STANDARD = "reduction tasks"
PLACES = ("district", "entity")
FIRST_YEAR = "first_year"


class ReductionError(LedgerError):
    """A question about reductions that the projects or the plan period cannot answer."""


def share(start: datetime.date, year: int, first_year: str) -> Fraction:
    """How much of a full year's reduction counts up to the end of a year [1], from 0 to 1.

    Parameters
    ----------
    start : date
        Completion of the project.
    year : int
    first_year : str
        ``month_after``: the months after that of completion count; ``month_of``: that month too; ``whole_year``: all twelve.

    Notes
    -----
    What the first year lacks counts in the year after it, so that the sum of all years is one full year's reduction.
    """
    months = {"month_after": 12 - start.month, "month_of": 13 - start.month, "whole_year": 12}[first_year]
    return Fraction(min(12, max(0, months + 12 * (year - start.year))), 12)


def counted(start: datetime.date, base_year: int, year: int, first_year: str) -> Fraction:
    """The share that counts after the base year and up to the end of a year [1]."""
    return share(start, year, first_year) - share(start, base_year, first_year)


def reductions(
    projects: pd.DataFrame,
    years: Iterable[int],
    *,
    by: str = "district",
    edition: str | None = None,
    base_year: int | None = None,
    options: Mapping[str, str] | None = None,
) -> xr.Dataset:
    """Reductions of the accepted projects.

    Parameters
    ----------
    projects : DataFrame
        From :func:`read_projects`.
    years : list of int
        Years to show; the sums do not depend on which are left out.
    by : str
        ``district`` or ``entity``.
    edition : str, optional
        The plan period by name, e.g. ``reduction-14th-fyp``; by default the one that the last year lies in.
    base_year : int, optional
        By default that of the edition; reductions count from the year after it.
    options : dict of parameter to alternative, optional
        What is taken in place of the default of an unverified parameter, e.g. ``{"first_year": "the whole first year"}``.

    Returns
    -------
    Dataset [district or entity, pollutant, year]: ``reduction`` (of the year) and ``cumulative`` (since the base year) [t], each
    with ``_reason`` (``NO_ROWS`` where the ledger has no project at all: no rows is not zero); ``projects`` and ``left_out``
    (numbers of accepted projects that count up to the year, and of those not accepted); ``cumulative_under`` [alternative, …]
    (the sum under each alternative of the edition's unverified parameters). Attributes: ``left_out`` (one text per project
    that is not accepted, with its reason), ``formulas`` (one text per measure in the ledger, with its source and how far it was
    checked), ``unverified``, ``options``, ``edition``, ``base_year``, ``new_sources``.

    Raises
    ------
    ReductionError
        An unknown ``by``, no years, a year that is not after the base year.
    EditionError
        If no edition is in force in the last year and none is named; unknown editions and options.
    """
    wanted = sorted(set(years))
    check_by(by)
    if not wanted:
        raise ReductionError(say("no years"))
    rules = rules_of(wanted, edition, options)
    base = int(rules.rule("base_year")) if base_year is None else base_year
    check_years(wanted, base)
    found = _cells(projects, by, wanted, rules, base)
    return found.assign_attrs(_attrs(projects, rules, base) | {"options": said_of(options)})


def _cells(projects: pd.DataFrame, by: str, wanted: list[int], rules: Edition, base: int) -> xr.Dataset:
    """Sums and numbers of projects of each place, pollutant and year."""
    import numpy as np
    import xarray as xr

    places, pollutants, labels = sorted(projects[by].unique()), list(POLLUTANTS), alternatives_of(rules)
    ways = [rules.rule(FIRST_YEAR), *(rules.under(*label).rule(FIRST_YEAR) for label in labels)]
    shape = (len(places), len(pollutants), len(wanted))
    values = {name: np.full(shape, np.nan) for name in ("reduction", "cumulative")}
    numbers = {name: np.zeros(shape, dtype=np.int64) for name in ("projects", "left_out")}
    reason = np.full(shape, int(Reason.NO_ROWS), dtype=np.int16)
    under = np.full((len(labels), *shape), np.nan)
    for i, j, k in np.ndindex(shape):
        rows, year = projects[(projects[by] == places[i]) & (projects["pollutant"] == pollutants[j])], wanted[k]
        if not len(rows):
            continue
        reason[i, j, k] = Reason.OK
        reached, *others = (total(rows, base, year, way) for way in ways)
        values["reduction"][i, j, k] = float(reached - total(rows, base, year - 1, ways[0]))
        values["cumulative"][i, j, k], under[:, i, j, k] = float(reached), [float(other) for other in others]
        numbers["projects"][i, j, k] = _number(rows, base, year, ways[0])
        numbers["left_out"][i, j, k] = int((~rows["accepted"]).sum())
    dims = (by, "pollutant", "year")
    made: dict[str, Any] = {name: (dims, array, {"units": "t"}) for name, array in values.items()}
    made |= {f"{name}_reason": (dims, reason, reasons.attrs()) for name in values}
    made |= {name: (dims, array, {"units": "1"}) for name, array in numbers.items()}
    made["cumulative_under"] = (("alternative", *dims), under, {"units": "t"})
    told = [f"{name}: {alternative}" for name, alternative in labels]
    return xr.Dataset(made, {by: places, "pollutant": pollutants, "year": wanted, "alternative": told})


def total(rows: pd.DataFrame, base_year: int, year: int, first_year: str) -> Fraction:
    """The accepted reductions of some projects since the base year [t], exactly."""
    known = rows[rows["accepted"]]
    found = (x * counted(s, base_year, year, first_year) for x, s in zip(known["exact"], known["start"], strict=True))
    return sum(found, Fraction(0))


def _number(rows: pd.DataFrame, base_year: int, year: int, first_year: str) -> int:
    return sum(counted(s, base_year, year, first_year) > 0 for s in rows.loc[rows["accepted"], "start"])


def rules_of(years: list[int], edition: str | None, options: Mapping[str, str] | None = None) -> Edition:
    """The plan period: the named one, or that of the last year, under the options.

    Raises
    ------
    EditionError
        If no edition is in force and none is named; editions and options that are unknown or of other standards.
    """
    return chosen(edition, options=options).only(STANDARD).on(STANDARD, datetime.date(years[-1], 12, 31))


def said_of(options: Mapping[str, str] | None) -> list[str]:
    """The options as ``parameter: alternative``."""
    return [f"{name}: {alternative}" for name, alternative in sorted((options or {}).items())]


def check_by(by: str) -> None:
    """Reductions are by district or by enterprise.

    Raises
    ------
    ReductionError
        If asked for anything else.
    """
    if by not in PLACES:
        known = ", ".join(PLACES)
        raise ReductionError(
            say("by {found!r}{near}; accepted: {known}", found=by, near=nearest(by, list(PLACES)), known=known)
        )


def check_years(years: Iterable[int], base_year: int) -> None:
    """Every year lies after the base year.

    Raises
    ------
    ReductionError
        Naming those that do not.
    """
    if early := [year for year in years if year <= base_year]:
        raise ReductionError(
            say(
                "{years}: reductions count from the year after the base year {base}",
                years=", ".join(map(str, early)),
                base=base_year,
            )
        )


def alternatives_of(rules: Edition) -> list[tuple[str, str]]:
    """Parameter and alternative of everything unverified."""
    return [(name, alternative) for name in rules.unverified for alternative in rules.parameters[name].alternatives]


def left_out(projects: pd.DataFrame) -> list[str]:
    """The projects that are not accepted, with place and reason."""
    return [
        say(
            "{id!r} ({file} row {row}): {pollutant}, {value:g} t a year, not accepted: {reason}",
            id=row.id,
            file=row.file,
            row=row.row,
            pollutant=row.pollutant,
            value=row.reduction,
            reason=row.reason,
        )
        for row in projects[~projects["accepted"]].itertuples()
    ]


def formulas_of(projects: pd.DataFrame, rules: Edition) -> list[str]:
    """The formula of each measure in the ledger, with its source and how far it was checked."""
    used = set(projects["measure"])
    return [
        say(
            "{measure}: {formula}; {state} ({confidence}): {source}",
            measure=line.measure,
            formula=line.formula,
            state=say("read in the text") if line.verified else say("not read in the text"),
            confidence=line.confidence,
            source=line.source,
        )
        for line in rules.table("measure")
        if line.measure in used
    ]


def _attrs(projects: pd.DataFrame, rules: Edition, base: int) -> dict[str, Any]:
    return {
        "left_out": left_out(projects),
        "formulas": formulas_of(projects, rules),
        "unverified": rules.unverified,
        "edition": rules.name,
        "base_year": base,
        "new_sources": say("growth by new sources is not netted"),
    }
