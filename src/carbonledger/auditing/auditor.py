"""The audit of a case: everything a reader should know before believing its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..case import Assessed, Case, Limits, assess, limits_of
from ..messages import Named, Said
from ..standards import edition
from .demands import below_thresholds
from .findings import SEVERITIES, Audit, EditionUsed, Finding
from .inputs import input_findings, shares_by_input
from .origins import Origins, origin_findings, origins_of, shares_by_origin, unused
from .outcomes import air_findings, outcome_findings
from .peers import compare_peers
from .plausibility import plausibility
from .weights import Weights, weights_of


def audit(case: Assessed | Case | str | Path) -> Audit:
    """Every fallback with its share, every unverified parameter, every refused row - and what is not plausible.

    Parameters
    ----------
    case : Assessed, Case, str or Path
        What :func:`carbonledger.assess` gives or takes.

    Returns
    -------
    Audit
        Findings by severity: what falls below the case's own thresholds (``[audit]`` of case.toml), warnings, notes.
        Shares are of the sum of absolute contributions of all entries of a quantity in a year, over all entities.

    Raises
    ------
    CaseError
        If the case cannot be read, or ``[audit]`` has unknown keys or values.
    """
    assessed = case if isinstance(case, Assessed) else assess(case)
    opened, ledger = assessed.case, assessed.ledger
    limits = limits_of(opened.about)
    weights = weights_of(ledger)
    origins = origins_of(weights)
    shares = [*shares_by_origin(origins), *shares_by_input(weights)]
    of_air, masked, editions, unverified = air_findings(assessed)
    findings = [*_findings(assessed, weights, origins, limits), *of_air]
    findings = [*below_thresholds(limits, shares, findings), *findings]
    return Audit(
        case=opened.name,
        title=opened.title,
        title_zh=str(opened.about.get("title_zh", opened.title)),
        synthetic=bool(opened.about.get("synthetic", False)),
        findings=tuple(sorted(findings, key=_severity)),
        shares=tuple(shares),
        editions=(*_sets(origins, opened), *map(_dated, editions)),
        unverified=tuple(unverified),
        limits=limits,
        rows=len(ledger.rows),
        refused=len(ledger.refused),
        memo=int(ledger.cells.rows[ledger.cells.of_which].sum()),
        masked=masked,
        units={name: ledger.catalog.quantities[name].unit for name in ledger.quantities},
        names=_names(assessed),
        entities=opened.entity_names,
    )


def _findings(assessed: Assessed, weights: Weights, origins: Origins, limits: Limits) -> list[Finding]:
    return [
        *plausibility(assessed.ledger, weights, limits),
        *compare_peers(assessed.ledger, limits),
        *unused(origins, assessed.case),
        *origin_findings(origins, assessed.case),
        *input_findings(assessed, weights),
        *outcome_findings(assessed),
    ]


def _severity(found: Finding) -> int:
    return -SEVERITIES.index(found.severity)


def _names(assessed: Assessed) -> dict[str, Said]:
    catalog = assessed.case.catalog
    known: dict[str, Any] = {**catalog.states, **catalog.indicators, **catalog.quantities}
    return {name: Named(entry.en, entry.zh) for name, entry in known.items()}


def _sets(origins: Origins, case: Case) -> list[EditionUsed]:
    """The factor sets that gave a rate, with the years they gave it for."""
    return [
        EditionUsed(
            "factor set",
            one.name,
            str(one.about.get("document", "")),
            str(one.about.get("published", "")),
            str(one.about.get("in_force_from", "")),
            str(one.about.get("in_force_to", "")),
            tuple(sorted(origins.sets[one.name])),
            one.content_hash,
        )
        for one in case.factors.sets
        if one.name in origins.sets
    ]


def _dated(used: EditionUsed) -> EditionUsed:
    """An edition of a standard with its document and dates."""
    found = edition(used.name)
    published, first, last = (_text(found, n) for n in ("published", "in_force_from", "in_force_to"))
    return EditionUsed("standard", used.name, found.title, published, first, last, used.years)


def _text(found: Any, name: str) -> str:
    value = getattr(found, name, None)
    return "" if value is None else str(value)
