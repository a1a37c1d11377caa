"""Reduction tasks: the sum of accepted reductions against each task, and all tasks of a place together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError, UnitError
from ..messages import say
from ..reasons import Reason
from ..standards import Edition
from ..tables import as_text, number_column, read_table, text_column, where
from .reading import SPELLINGS, YEARS, in_tonnes, word_of
from .summing import FIRST_YEAR, alternatives_of, check_by, check_years, formulas_of, left_out, rules_of, said_of, total
from .verdicts import MET, MISSED, UNKNOWN, TaskVerdict, TaskVerdicts, Together

if TYPE_CHECKING:
    import pandas as pd


def read_tasks(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """Read reduction tasks: ``id, place`` (district or enterprise)``, pollutant, value, unit, year, source, note``.

    Returns
    -------
    DataFrame with those columns, ``file`` and ``row``; ``exact`` (Fraction [t], None where the task states no number) and
    ``year`` (Int64, missing where it states none).

    Raises
    ------
    TableError
        Unknown pollutants, units that are missing or no mass, tasks that are not positive, tasks given twice: all at once.
    """
    import pandas as pd

    frame, faults = read_table(source, "reduction_tasks", file=file), Faults()
    for column in ("id", "place", "pollutant", "unit", "source", "note"):
        frame[column] = text_column(frame[column])
    for column in ("value", "year"):
        frame[column] = number_column(frame[column], faults, frame, column)
    for column in ("id", "place"):
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            faults.add(say("no {name}", name=column), **where(frame, i, column), mend=say("Every task has one"))
    exact = [_task(frame, i, faults) for i in range(len(frame))]
    for key in (["id"], ["place", "pollutant", "year"]):
        for i in (frame.duplicated(key) & (frame[key[0]] != "")).to_numpy().nonzero()[0]:
            name = " ".join(as_text(frame[c].iat[i]) for c in key)
            faults.add(say("{name!r} stands twice", name=name), **where(frame, i, key[0]), mend=say("Keep one row"))
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    frame["exact"], frame["year"] = pd.Series(exact, dtype=object), frame["year"].astype("Int64")
    return frame


def _task(frame: pd.DataFrame, i: int, faults: Faults) -> Fraction | None:
    """The task in tonnes; names its pollutant as the room does."""
    pollutant = word_of(frame, i, "pollutant", SPELLINGS["pollutant"], faults)
    frame.loc[i, "pollutant"] = pollutant
    value, unit, year = float(frame["value"].iat[i]), str(frame["unit"].iat[i]), float(frame["year"].iat[i])
    if year == year and year not in YEARS:
        what = say("{value:g} is no year", value=year)
        faults.add(what, **where(frame, i, "year"), mend=say("Write it as {example}", example="2025"))
        frame.loc[i, "year"] = float("nan")
    if value != value:
        return None
    if value <= 0:
        mend = say("A task is positive; leave it blank where no number is set")
        faults.add(say("a task of {value:g}", value=value), **where(frame, i, "value"), mend=mend)
    try:
        scale = in_tonnes(unit, pollutant)
    except UnitError as error:
        faults.add(error.message, **where(frame, i, "unit"), mend=say("Write it as {example}", example="t"))
        return None
    return Fraction(repr(value)) * Fraction(repr(scale)) if abs(value) < float("inf") else None


def tasks(
    projects: pd.DataFrame,
    wanted: str | Path | pd.DataFrame,
    *,
    by: str = "district",
    edition: str | None = None,
    base_year: int | None = None,
    options: Mapping[str, str] | None = None,
) -> TaskVerdicts:
    """Judge reduction tasks by the accepted projects.

    Parameters
    ----------
    projects : DataFrame
        From :func:`read_projects`.
    wanted : path or DataFrame
        See :func:`read_tasks`; ``place`` is a district or, with ``by="entity"``, an enterprise.
    by, edition, base_year, options
        See :func:`reductions`; each task goes by the plan period of its own year.

    Returns
    -------
    TaskVerdicts
        A task without a number or a year, or without any project of its pollutant in the ledger, is UNKNOWN with its reason.
        Growth by new sources is not netted.

    Raises
    ------
    TableError
        Faults of the tasks.
    ReductionError
        A year that is not after the base year, an unknown ``by``.
    EditionError
        If no plan period is in force in the year of a task and none is named; unknown editions and options.

    Notes
    -----
    Key-project form of the task (国发〔2021〕33号; e.g. 黔江府发〔2023〕8号): the sum of the reductions since the base year is at
    least the task, compared in full (GB/T 8170-2008, 4.3).
    """
    check_by(by)
    rows = read_tasks(wanted)
    years = sorted({int(y) for y in rows["year"].dropna()})
    rules = {year: rules_of([year], edition, options) for year in years}
    bases = {year: int(r.rule("base_year")) if base_year is None else base_year for year, r in rules.items()}
    for year, base in bases.items():
        check_years([year], base)
    judged = [_judged(projects, row, rules, bases, by) for row in rows.itertuples()]
    groups = dict.fromkeys((v.place, v.year) for v, _ in judged)
    together = [_together(place, year, judged) for place, year in groups]
    editions = list({r.name: r for r in rules.values()}.values())
    return TaskVerdicts(
        tuple(v for v, _ in judged),
        tuple(together),
        tuple(left_out(projects)),
        ", ".join(r.name for r in editions),
        tuple(dict.fromkeys(name for r in editions for name in r.unverified)),
        tuple(said_of(options)),
        tuple(dict.fromkeys(text for r in editions for text in formulas_of(projects, r))),
    )


def _judged(
    projects: pd.DataFrame, row: Any, rules: dict[int, Edition], bases: dict[int, int], by: str
) -> tuple[TaskVerdict, dict[str, str]]:
    """The verdict, and the one under each alternative."""
    import pandas as pd

    year = None if pd.isna(row.year) else int(row.year)
    known = projects[(projects[by] == row.place) & (projects["pollutant"] == row.pollutant)]
    reason = Reason.NO_YEAR if year is None else Reason.NO_ROWS if not len(known) else Reason.OK
    reason = Reason.NO_LIMIT if row.exact is None else reason
    about = (row.id, row.place, row.pollutant, year)
    if year is None:
        return TaskVerdict(*about, UNKNOWN, None, _float(row.exact), None, reason), {}
    rule = rules[year]
    notes = _notes(rule, row.pollutant)
    if not len(known):
        return TaskVerdict(*about, UNKNOWN, None, _float(row.exact), None, reason, "", notes), {}
    reached = total(known, bases[year], year, rule.rule(FIRST_YEAR))
    if row.exact is None:
        return TaskVerdict(*about, UNKNOWN, float(reached), None, None, reason, "", notes), {}
    under = {
        f"{name}: {alternative}": _verdict(
            total(known, bases[year], year, rule.under(name, alternative).rule(FIRST_YEAR)), row.exact
        )
        for name, alternative in alternatives_of(rule)
    }
    verdict = _verdict(reached, row.exact)
    depends = "; ".join(label for label, other in under.items() if other != verdict)
    numbers = (float(reached), float(row.exact), float(reached - row.exact))
    return TaskVerdict(*about, verdict, *numbers, Reason.OK, depends, notes), under


def _verdict(reached: Fraction, task: Fraction) -> str:
    return MET if reached >= task else MISSED


def _float(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)


def _notes(rules: Edition, pollutant: str) -> tuple[str, ...]:
    binding = [b.pollutant for b in rules.table("binding")]
    if pollutant in binding:
        return ()
    told = {"pollutant": pollutant, "edition": rules.number, "known": ", ".join(binding)}
    return (
        say(
            "{pollutant} is not among the binding pollutants of {edition} ({known}): the task is the plan's own", **told
        ),
    )


def _together(place: str, year: int | None, judged: Sequence[tuple[TaskVerdict, dict[str, str]]]) -> Together:
    here = [(v, under) for v, under in judged if (v.place, v.year) == (place, year)]
    verdict = _conjunction([v.verdict for v, _ in here])
    labels = dict.fromkeys(label for _, under in here for label in under)
    depends = [la for la in labels if _conjunction([under.get(la, v.verdict) for v, under in here]) != verdict]
    missed, unknown = (tuple(v.pollutant for v, _ in here if v.verdict == x) for x in (MISSED, UNKNOWN))
    return Together(place, year, verdict, missed, unknown, "; ".join(depends))


def _conjunction(verdicts: Sequence[str]) -> str:
    return MISSED if MISSED in verdicts else UNKNOWN if UNKNOWN in verdicts else MET
