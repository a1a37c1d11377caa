"""From an open case to what a bureau asks: indicators, verdicts, and published figures beside computed ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import units
from ..catalog import indicators
from ..errors import CaseError, Fault, LedgerError
from ..ledger import Ledger, coverage, district_totals, post, totals
from ..messages import say
from ..reasons import Reason
from ..rounding import round_half_even
from ..targets import Judged, judge
from .alternatives import with_depends
from .opening import Case, open_case

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class Comparison:
    """A published figure beside the computed one."""

    name: str
    entity: str
    year: int
    published: float
    computed: float | None
    difference: float | None
    unit: str
    decimals: int
    within: float | None
    agrees: bool
    source: str
    reason: int = 0


@dataclass(frozen=True, eq=False)
class Assessed:
    """What came out of a case."""

    case: Case
    ledger: Ledger
    totals: xr.Dataset
    indicators: xr.Dataset
    verdicts: list[Judged]
    comparisons: list[Comparison]
    variants: list[tuple[str, xr.Dataset]] = field(default_factory=list)
    breakdowns: list[tuple[str, str, xr.Dataset]] = field(default_factory=list)
    coverage: pd.DataFrame | None = None


def assess(case: Case | str | Path, *, edition: str | Iterable[str] | None = None) -> Assessed:
    """Post a case, total it, compute its indicators and judge its targets.

    Parameters
    ----------
    case : Case, str or Path
        From :func:`open_case`, or what that accepts.
    edition : str or list of str, optional
        Editions of standards by name, e.g. ``gb-3095-2026-final``: what the case is judged by in place of those in force
        then, or of those that it names itself. Not with a case that is open already.

    Raises
    ------
    LedgerError
        Any fault of the inputs, and every missing rate with the rows that need it.
    """
    if isinstance(case, Case):
        if edition:
            raise CaseError(say("the case is open already. Name the editions when it is opened"))
    else:
        case = open_case(case, edition=edition)
    ledger = post_case(case)
    about, level = case.about, case.level
    whole = summed(case, ledger)
    # the national limits are judged whether or not the case lists their indicators
    national = [target.indicator for target in case.air.limits] if case.air else []
    names = list(dict.fromkeys([*about["indicators"], *national]))
    found = indicators(whole, names, states=case.states, catalog=case.catalog)
    breakdowns = [
        (part["quantity"], part["by"], _as_entities(totals(ledger, [level, part["by"]], **_options(case)), level))
        for part in about.get("breakdowns", [])
    ]
    return Assessed(
        case,
        ledger,
        whole,
        found,
        with_depends(case, whole, judge(found, case.targets)),
        _compare(case, found),
        _variants(case, whole),
        breakdowns,
        coverage(ledger),
    )


def summed(case: Case, ledger: Ledger, by: str = "") -> xr.Dataset:
    """Totals of a ledger of the case by its level (or another), as entities; shared by :func:`assess` and sweeps."""
    by, options = by or case.level, _options(case)
    return _as_entities(district_totals(ledger, totals(ledger, [by], **options), by, options["complete"]), by)


def _options(case: Case) -> dict[str, Any]:
    return {"boundary": case.about.get("boundary", "territorial"), "complete": case.about.get("complete", [])}


def _as_entities(found: xr.Dataset, level: str) -> xr.Dataset:
    """Groups at a level (districts, say) are entities themselves: one name for the dimension from here on."""
    return found if level == "entity" else found.rename({level: "entity"})


def post_case(case: Case) -> Ledger:
    """The ledger of a case; shared by :func:`assess` and ``validate``."""
    return post(
        case.activity,
        case.factors,
        case.quantities,
        entities=case.entities,
        rules=case.rules,
        catalog=case.catalog,
    )


def validate(case: str | Path) -> list[Fault]:
    """Every fault of a case: reads all inputs and resolves every rate, computes nothing."""
    try:
        post_case(open_case(case))
    except LedgerError as error:
        return list(error.faults) or [Fault(error.message)]
    return []


def _compare(case: Case, found: xr.Dataset) -> list[Comparison]:
    made = []
    for row in case.published.itertuples() if case.published is not None else ():
        here = {"entity": row.entity, "year": row.year}
        computed, reason = None, int(Reason.NO_DATA_FOR_YEAR)
        if row.name in found and row.entity in found["entity"].values and row.year in found["year"].values:
            value = found[row.name].sel(here)
            reason = int(found[f"{row.name}_reason"].sel(here))
            if reason == 0:
                computed = float(value) * units.factor(str(value.attrs["units"]), row.unit)
        decimals = int(row.decimals) if row.decimals == row.decimals else 1
        within = float(row.within) if row.within == row.within else None
        difference = None if computed is None else computed - row.published
        agrees = (
            computed is not None
            and difference is not None
            and (
                abs(difference) <= within
                if within is not None
                else float(round_half_even(computed, decimals)) == float(row.published)
            )
        )
        made.append(
            Comparison(
                row.name,
                row.entity,
                int(row.year),
                float(row.published),
                computed,
                difference,
                row.unit,
                decimals,
                within,
                bool(agrees),
                row.source,
                reason,
            )
        )
    return made


def _variants(case: Case, whole: xr.Dataset) -> list[tuple[str, xr.Dataset]]:
    """The indicators that use a state, under each of the values that the case wants shown."""
    made = []
    for state, values in case.about.get("variants", {}).items():
        names = [n for n in case.about["indicators"] if state in case.catalog.indicators[n].arguments]
        for value in values:
            states = case.states.copy() if case.states is not None else None
            if states is None or not names:
                continue
            states.loc[states["state"] == state, "value"] = float(value)
            label = f"{state} = {float(value):g}"
            made.append((label, indicators(whole, names, states=states, catalog=case.catalog)))
    return made
