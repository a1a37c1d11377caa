"""An enterprise as a whole: the permit's total against the sum of its outlets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..reasons import Reason
from .allowed import Permitted, Year, year_of
from .judging import counted, judged, total
from .nouns import MISSED, UNKNOWN, Outcome
from .reading import TOTAL

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = """enterprise pollutant year outlets reported outside allowed allowed_by_outlets difference share margin verdict reason
    already_exceeded""".split()


def enterprises_of(
    outcomes: Sequence[Outcome],
    rows: Mapping[tuple[str, str, str], Sequence[Permitted]],
    years: Sequence[int],
    part_year: str | None,
) -> pd.DataFrame:
    """One row per enterprise, pollutant and year.

    Returns
    -------
    DataFrame ``outlets`` (how many), ``reported`` [t] of all of them, also of those without a permit, in the
    months that the permit's total covers (all months if it has none), ``outside`` [t] of the other months, ``allowed``
    [t]: the permit's total, ``allowed_by_outlets`` [t]: the sum of what the outlets may discharge (NaN if one is unknown),
    ``difference`` = allowed - allowed_by_outlets [t], ``share``, ``margin``, ``verdict``, ``reason``.
    """
    import pandas as pd

    parts: dict[tuple[str, str, int], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        parts[outcome.enterprise, outcome.pollutant, outcome.year].append(outcome)
    keys = {*parts, *((e, p, year) for e, outlet, p in rows for year in years if outlet == TOTAL)}
    made = []
    for key in sorted(keys):
        valid = year_of(rows.get((key[0], TOTAL, key[1]), ()), key[2])
        if key in parts or valid.rows:
            made.append(_row(key[0], key[1], parts.get(key, []), valid, part_year))
    return pd.DataFrame(made, columns=COLUMNS)


def _row(
    enterprise: str, pollutant: str, parts: Sequence[Outcome], valid: Year, part_year: str | None
) -> dict[str, Any]:
    nan, every = float("nan"), [r for o in parts for r in o.reports]
    found = counted(every, valid)
    months = {m for r in found.inside for m in r.months.every}
    missing = any(_missing(o, valid) for o in parts) or not valid.months <= months
    if valid.rows:
        verdict, why = judged(valid, found, missing, part_year)
        reported, outside = found.reported, found.outside
    else:
        verdict, why = UNKNOWN, Reason.NO_ALLOWED_AMOUNT
        reported, outside = total(every), Fraction(0)
    allowed = valid.allowed(part_year)[0]
    summed = _by_outlets(parts)
    return {
        "enterprise": enterprise,
        "pollutant": pollutant,
        "year": valid.year,
        "outlets": len(parts),
        "reported": float(reported),
        "outside": float(outside),
        "allowed": nan if allowed is None else float(allowed),
        "allowed_by_outlets": nan if summed is None else float(summed),
        "difference": nan if allowed is None or summed is None else float(allowed - summed),
        "share": float(reported / allowed) if allowed else nan,
        "margin": nan if allowed is None else float(allowed - reported),
        "verdict": verdict,
        "reason": int(why),
        "already_exceeded": verdict == MISSED and missing,
    }


def _by_outlets(parts: Sequence[Outcome]) -> Fraction | None:
    """What the outlets with a permit may discharge together; ``None`` if one is unknown, or there is none."""
    allowed = [o.allowed for o in parts if o.valid.rows]
    known = [a for a in allowed if a is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(allowed) else None


def _missing(outcome: Outcome, valid: Year) -> bool:
    """Whether a month is missing in which both the outlet's permit and the total are valid."""
    return bool((outcome.valid.months & valid.months) - set(outcome.months))
