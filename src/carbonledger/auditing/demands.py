"""What the case demands of itself: every threshold of ``[audit]`` that a share or a count does not keep."""

from __future__ import annotations

from collections.abc import Iterable

from ..case import Limits
from ..messages import Said, say
from .findings import BELOW, UNVERIFIED, WARNING, Finding, Share

# key of [audit] -> the shares that it bounds, and what rests on them
BOUNDED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "max_stand_in_share": ("grade", ("stand_in",), "stand-ins"),
    "max_choice_share": ("grade", ("choice",), "choices within a printed range"),
    "max_unverified_share": ("confidence", UNVERIFIED, "factor rows that are not verified"),
    "max_flash_share": ("status", ("flash",), "flash figures"),
    "max_unallocated_share": ("entry", ("unallocated",), "what no enterprise explains"),
}
# key of [audit] -> the findings whose share it bounds
COUNTED = {"max_masked_share": "masked", "max_unknown_share": "unknown_verdict"}
# findings that the check max_warnings counts
PLAUSIBILITY = ("heating_value", "jump", "electricity", "peers", "many")


def below_thresholds(limits: Limits, shares: Iterable[Share], findings: Iterable[Finding]) -> list[Finding]:
    """Every threshold that the case states and does not keep, by quantity and year.

    Parameters
    ----------
    limits : Limits
    shares : list of Share
        By grade, confidence, status and entry.
    findings : list of Finding
        Of all kinds; coverage, masked hours, unknown verdicts and warnings are counted from them.
    """
    found = list(findings)
    made = _of_shares(limits, list(shares))
    if limits.min_coverage is not None:
        for f in (f for f in found if f.kind == "coverage" and (f.share or 0.0) < limits.min_coverage):
            what = say(
                "min_coverage = {limit:g}, but enterprises explain {share:.2%} of the statistical totals",
                limit=limits.min_coverage,
                share=f.share,
            )
            made.append(
                Finding("threshold", BELOW, what, quantity=f.quantity, entity=f.entity, year=f.year, share=f.share)
            )
    for key, kind in COUNTED.items():
        limit, share = getattr(limits, key), sum(f.share or 0.0 for f in found if f.kind == kind)
        if limit is not None and share > limit:
            made.append(Finding("threshold", BELOW, _said(key, limit, share, kind), share=share))
    warnings = [f for f in found if f.kind in PLAUSIBILITY and f.severity == WARNING]
    if limits.max_warnings is not None and len(warnings) > limits.max_warnings:
        what = say(
            "max_warnings = {limit:g}, but the plausibility checks give {n}", limit=limits.max_warnings, n=len(warnings)
        )
        made.append(Finding("threshold", BELOW, what, value=float(len(warnings))))
    return made


def _said(key: str, limit: float, share: float, kind: str) -> Said:
    words = {"masked": "hours are masked", "unknown_verdict": "verdicts are unknown"}
    return say("{key} = {limit:g}, but {share:.2%}: {what}", key=key, limit=limit, share=share, what=say(words[kind]))


def _of_shares(limits: Limits, shares: list[Share]) -> list[Finding]:
    made = []
    for key, (by, labels, words) in BOUNDED.items():
        limit = getattr(limits, key)
        if limit is None:
            continue
        resting: dict[tuple[str, int], float] = {}
        for s in shares:
            if s.by == by and s.label in labels:
                resting[s.quantity, s.year] = resting.get((s.quantity, s.year), 0.0) + s.share
        for (quantity, year), share in resting.items():
            if share > limit:
                what = say(
                    "{key} = {limit:g}, but {share:.2%} rests on {what}",
                    key=key,
                    limit=limit,
                    share=share,
                    what=say(words),
                )
                made.append(
                    Finding("threshold", BELOW, what, "case.toml", quantity=quantity, year=year, grade=key, share=share)
                )
    return made
