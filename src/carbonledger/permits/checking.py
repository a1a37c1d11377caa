"""Reported discharges against permits: outlet by outlet and for each enterprise, by year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..messages import say
from ..reasons import Reason
from . import measures
from .allowed import PART_YEAR, Permitted, Year, year_of
from .concentrations import concentrations_of
from .judging import counted, judged
from .nouns import MISSED, Concentrations, Outcome, PermitError, Report
from .reading import KEY, TOTAL
from .spans import months_in
from .totals import enterprises_of

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Checked:
    """What :func:`check` found.

    Attributes
    ----------
    outlets, enterprises : DataFrame
        One row per outlet, pollutant and year, and per enterprise, pollutant and year.
    without_permit, without_report : DataFrame
        ``enterprise, outlet, pollutant, year`` of reports (some month of) which no permit covers, and of permits
        without a report.
    """

    outlets: pd.DataFrame
    enterprises: pd.DataFrame
    without_permit: pd.DataFrame
    without_report: pd.DataFrame


def check(
    permits: pd.DataFrame,
    discharges: pd.DataFrame,
    *,
    years: Iterable[int] | None = None,
    part_year: str | None = None,
) -> Checked:
    """Compare reported discharges with permits.

    Parameters
    ----------
    permits, discharges : DataFrame
        From :func:`read_permits` and :func:`read_discharges`.
    years : list of int, optional
        By default those of the reports.
    part_year : str, optional
        How an annual amount counts where permits cover a part of the year or change their amount in it: ``pro rata by
        days`` or ``full amount``. No text that was read says; without it such a verdict is UNKNOWN, unless every
        reading gives MISSED.

    Returns
    -------
    Checked. ``outlets``: ``reported`` [t] in the months that a permit covers, ``outside`` [t] of reports with a month
    that none covers, ``actual`` [t] (reported, if no month is missing), ``allowed`` [t], both with ``_reason``; ``share`` = reported / allowed
    [1], ``margin`` = allowed - reported [t]; ``months_missing``; ``verdict`` (MET, MISSED, UNKNOWN), ``reason``,
    ``already_exceeded`` (MISSED although months are missing), ``readings`` (the verdict under each reading, where none
    was chosen); ``monitored, compared, exceedances`` (reports with a concentration, those with a limit, those above it),
    ``highest`` (largest concentration over limit [1]), ``concentration_verdict``. ``enterprises``: the permit's total
    against the sum of what its outlets may and did discharge.

    Raises
    ------
    PermitError
        An unknown ``part_year``; years with neither a permit nor a report; concentrations in another kind of volume
        than their limit (m3, Nm3): all at once.

    Notes
    -----
    Compared exactly, unrounded; equal to the permit is MET. Twelve months running (HJ 942-2018) are taken as the
    calendar year.
    """
    if part_year is not None and part_year not in PART_YEAR:
        known = ", ".join(repr(p) for p in PART_YEAR)
        raise PermitError(say("{name} {found!r}; accepted: {known}", name="part_year", found=part_year, known=known))
    rows, reports = _permitted(permits), _reports(discharges)
    chosen = sorted(set(years) if years is not None else {m.year for m in discharges["months"]})
    faults, outcomes = Faults(), []
    _check_years(chosen, rows, reports, faults)
    for key in sorted({*rows, *(k[:3] for k in reports)}):
        if key[1] == TOTAL:
            continue
        for year in chosen:
            valid, reported = year_of(rows.get(key, []), year), reports.get((*key, year), [])
            if valid.rows or reported:
                concentrations = concentrations_of(valid, reported, key, faults)
                outcomes.append(_outcome(key, valid, reported, part_year, concentrations))
    faults.raise_as(PermitError, say("permits and discharges"))
    return Checked(
        _outlets(outcomes),
        enterprises_of(outcomes, rows, chosen, part_year),
        _named(o for o in outcomes if o.outside or o.reason == Reason.NO_PERMIT),
        _named(o for o in outcomes if o.reason == Reason.NO_ROWS),
    )


def _check_years(
    chosen: Iterable[int],
    rows: Mapping[Key, Sequence[Permitted]],
    reports: Iterable[tuple[str, str, str, int]],
    faults: Faults,
) -> None:
    spans, reported = {r.span for every in rows.values() for r in every}, {key[3] for key in reports}
    for year in chosen:
        if year not in reported and not months_in(spans, year):
            what = say("{year}: neither a permit nor a report", year=year)
            faults.add(what, mend=say("Ask for years that the tables have"))


def _permitted(permits: pd.DataFrame) -> dict[Key, list[Permitted]]:
    import math

    made: dict[Key, list[Permitted]] = defaultdict(list)
    rows = permits.assign(first=permits["first"].dt.date, last=permits["last"].dt.date)
    columns = [*KEY, "first", "last", "allowed", "limit", "limit_unit"]
    for enterprise, outlet, pollutant, first, last, allowed, limit, unit in rows[columns].itertuples(index=False):
        amount, most = (None if math.isnan(n) else measures.exact(n) for n in (allowed, limit))
        made[enterprise, outlet, pollutant].append(Permitted((first, last), amount, most, unit))
    return dict(made)


def _reports(discharges: pd.DataFrame) -> dict[tuple[str, str, str, int], list[Report]]:
    import math

    made: dict[tuple[str, str, str, int], list[Report]] = defaultdict(list)
    columns = [*KEY, "months", "amount", "concentration", "concentration_unit"]
    for enterprise, outlet, pollutant, months, amount, conc, unit in discharges[columns].itertuples(index=False):
        value = None if math.isnan(conc) else measures.exact(conc)
        made[enterprise, outlet, pollutant, months.year].append(Report(months, amount, value, unit))
    return dict(made)


def _outcome(
    key: Key, valid: Year, reports: list[Report], part_year: str | None, concentrations: Concentrations
) -> Outcome:
    """One outlet and pollutant in one year: what counts, what is missing, and the verdict."""
    found = counted(reports, valid)
    months = {m for r in found.inside for m in r.months.every}
    missing = tuple(sorted(valid.months - months))
    allowed, reason = valid.allowed(part_year)
    verdict, why = judged(valid, found, bool(missing), part_year)
    open_ones = PART_YEAR if reason in {Reason.PART_OF_YEAR, Reason.PERMITS_DIFFER} else ()
    return Outcome(
        *key,
        valid,
        tuple(reports),
        found.reported,
        found.outside,
        allowed,
        reason,
        tuple(sorted(months)),
        missing,
        verdict,
        why,
        verdict == MISSED and bool(missing),
        {reading: judged(valid, found, bool(missing), reading)[0] for reading in open_ones},
        concentrations,
    )


def _outlets(outcomes: list[Outcome]) -> pd.DataFrame:
    import pandas as pd

    columns = """enterprise outlet pollutant year reported outside actual actual_reason allowed allowed_reason share margin months months_missing verdict
        reason already_exceeded readings monitored compared exceedances highest concentration_verdict""".split()
    return pd.DataFrame([_row(o) for o in outcomes], columns=columns)


def _row(o: Outcome) -> dict[str, Any]:
    nan, c = float("nan"), o.concentrations
    complete = _why_no_actual(o) == Reason.OK
    return {
        **{name: getattr(o, name) for name in (*KEY, "year", "verdict")},
        "reported": float(o.reported),
        "outside": float(o.outside),
        "actual": float(o.reported) if complete else nan,
        "actual_reason": int(_why_no_actual(o)),
        "allowed": nan if o.allowed is None else float(o.allowed),
        "allowed_reason": int(o.allowed_reason),
        "share": float(o.reported / o.allowed) if o.allowed else nan,
        "margin": nan if o.allowed is None else float(o.allowed - o.reported),
        "months": len(o.months),
        "months_missing": ", ".join(map(str, o.missing)),
        "reason": int(o.reason),
        "already_exceeded": o.already,
        "readings": "; ".join(f"{name}: {verdict}" for name, verdict in o.readings.items()),
        "monitored": c.monitored,
        "compared": c.compared,
        "exceedances": c.exceedances,
        "highest": nan if c.highest is None else float(c.highest),
        "concentration_verdict": c.verdict,
    }


def _why_no_actual(o: Outcome) -> Reason:
    """Why the amount of the whole year is unknown."""
    if not o.valid.rows:
        return Reason.NO_PERMIT
    if not o.months:
        return Reason.NO_ROWS
    return Reason.MONTHS_MISSING if o.missing else Reason.OK


def _named(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    import pandas as pd

    columns = [*KEY, "year"]
    return pd.DataFrame([[getattr(o, c) for c in columns] for o in outcomes], columns=columns)
