"""What came out: verdicts and values that are unknown and why, figures that do not agree, and the air behind them."""

from __future__ import annotations

from typing import Any

from .. import reasons
from ..air import HOUR_TEXT, Hour
from ..case import Assessed
from ..messages import Named, Said, say
from ..reasons import Reason
from ..targets import Verdict
from .findings import NOTE, WARNING, EditionUsed, Finding, years_text

CLOSES = 0.001  # [unit of the balance]; printed with three decimals or more
NAMED = 12  # ids that one finding spells out; the rest are counted


def reason_said(code: int) -> Said:
    """A reason in both languages."""
    return say(reasons.text(code))


def _listed(names: list[str]) -> str:
    more = f" (+{len(names) - NAMED})" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def outcome_findings(assessed: Assessed) -> list[Finding]:
    """Findings about indicators, verdicts, published figures and closures."""
    return [*_verdicts(assessed), *_values(assessed), *_published(assessed), *_closures(assessed)]


def _verdicts(assessed: Assessed) -> list[Finding]:
    unknown: dict[Reason, list[str]] = {}
    for judged in assessed.verdicts:
        if judged.verdict is Verdict.UNKNOWN:
            unknown.setdefault(judged.reason, []).append(judged.target.id)
    n = len(assessed.verdicts)
    return [
        Finding(
            "unknown_verdict",
            NOTE,
            say("{n} of {all}, {reason}: {ids}", n=len(ids), all=n, reason=reason_said(reason), ids=_listed(ids)),
            share=len(ids) / n,
            value=float(len(ids)),
        )
        for reason, ids in sorted(unknown.items())
    ]


def _values(assessed: Assessed) -> list[Finding]:
    """By indicator, entity and reason, the years without a value; an entity of which nothing is known is told once."""
    import numpy as np

    found, names = assessed.indicators, list(dict.fromkeys(assessed.case.about["indicators"]))
    entities, years = [str(e) for e in found["entity"].values], [int(y) for y in found["year"].values]
    why = np.stack([found[f"{name}_reason"].transpose("entity", "year").values for name in names])
    lost = (why != Reason.OK).all(axis=(0, 2))
    made = [
        Finding("unknown_value", NOTE, say("nothing is known of it"), entity=entities[i], share=1.0)
        for i in np.flatnonzero(lost)
    ]
    for n, name in enumerate(names):
        for i in np.flatnonzero(~lost):
            for code in np.unique(why[n, i][why[n, i] != Reason.OK]):
                at = np.flatnonzero(why[n, i] == code)
                when = years_text(years[k] for k in at)
                what = say("{reason}: {years}", reason=reason_said(int(code)), years=when)
                place = {"quantity": name, "entity": entities[i]}
                share, value = len(at) / len(years), float(len(at))
                made.append(Finding("unknown_value", NOTE, what, **place, share=share, value=value))
    return made


def _published(assessed: Assessed) -> list[Finding]:
    return [
        Finding(
            "published",
            WARNING,
            say(
                "published {published:g} {unit}, computed {computed}",
                published=c.published,
                unit=c.unit,
                computed="–" if c.computed is None else f"{c.computed:g}",
            ),
            quantity=c.name,
            entity=c.entity,
            year=c.year,
            value=c.difference,
        )
        for c in assessed.comparisons
        if not c.agrees
    ]


def _closures(assessed: Assessed) -> list[Finding]:
    return [
        Finding(
            "closure",
            WARNING,
            say("{product}: the largest gap is {gap:.4g}", product=c.product, gap=c.largest),
            value=c.largest,
        )
        for c in assessed.case.closures
        if c.largest > CLOSES
    ]


def air_findings(assessed: Assessed) -> tuple[list[Finding], dict[str, int], list[EditionUsed], list[str]]:
    """Masked hours, editions, unverified parameters and what hangs on them, if the case has station hours."""
    air = assessed.case.air
    if air is None or air.annual is None:
        return [], {}, [], []
    annual = air.annual
    counts: dict[str, int] = {}
    for of_pollutant in (air.masked or {}).values():
        for name, n in of_pollutant.items():
            counts[name] = counts.get(name, 0) + n
    whole, made = sum(counts.values()), []
    for name, n in counts.items():
        if name != Hour.VALID.name.lower():
            text = _hour_said(name)
            made.append(Finding("masked", NOTE, text, grade=name, share=n / whole, value=float(n)))
    both = [found for found in (annual, air.shares) if found is not None]
    unverified = list(dict.fromkeys(str(n) for found in both for n in found.attrs["unverified"]))
    for name in unverified:
        made.append(Finding("unverified_parameter", NOTE, say("parameter {name!r}", name=name), quantity="air"))
    masked = {name: n for name, n in counts.items() if name != Hour.VALID.name.lower()}
    return [*made, *_depends(annual, air.shares)], masked, _editions(annual, air.shares), unverified


def _hour_said(name: str) -> Said:
    found = HOUR_TEXT[Hour[name.upper()]]
    return say(found) if isinstance(found, str) else Named(*found)


def _depends(annual: Any, shares: Any) -> list[Finding]:
    """Verdicts of the national standard that an unverified rule could change, of each pollutant and of all together."""
    made = []
    names = [str(p) for p in annual["pollutant"].values]
    for entity in annual["entity"].values:
        for year in annual["year"].values:
            here = annual.sel(entity=entity, year=year)
            told = [(name, here["depends"].sel(pollutant=name)) for name in names] + [("all", here["depends_all"])]
            for quantity, found in told:
                if text := str(found.item()):
                    what = say("the verdict of the national standard differs under {alternatives}", alternatives=text)
                    made.append(
                        Finding("depends", WARNING, what, quantity=quantity, entity=str(entity), year=int(year))
                    )
    if shares is not None and "depends" in shares:
        for entity in shares["entity"].values:
            for year in shares["year"].values:
                if text := str(shares["depends"].sel(entity=entity, year=year).item()):
                    what = say("days by the index are others under {alternatives}", alternatives=text)
                    made.append(Finding("depends", WARNING, what, quantity="AQI", entity=str(entity), year=int(year)))
    return made


def _editions(annual: Any, shares: Any) -> list[EditionUsed]:
    found: dict[str, list[int]] = {}
    for dataset, coordinate in ((annual, "edition"), (annual, "limit_edition"), (shares, "edition")):
        for year in dataset["year"].values:
            for name in filter(None, str(dataset[coordinate].sel(year=year).item()).split(", ")):
                found.setdefault(name, []).append(int(year))
    return [EditionUsed("standard", name, years=tuple(years)) for name, years in found.items()]
