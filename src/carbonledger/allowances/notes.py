"""What a reader of allocated amounts must know of the plans behind them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from ..messages import Named, say
from ..standards import Edition
from .plans import basis_of, draft_of, left_out


def notes_of(
    chosen: Mapping[int, Edition | None],
    plan_of_year: Mapping[int, Edition],
    options: Mapping[str, str],
    folder: Path | None,
) -> tuple[str, ...]:
    """Years without a plan, bases that change, corrections left out, and options taken that are not verified."""
    notes: list[str] = []
    for year in (y for y, plan in chosen.items() if plan is None):
        draft = draft_of(year, folder)
        if draft:
            notes.append(
                say(
                    "{year}: the plan is a draft ({draft}), not shipped: UNKNOWN",
                    year=year,
                    draft=Named(draft.en, draft.zh),
                )
            )
        else:
            notes.append(say("{year}: no allocation plan: UNKNOWN", year=year))
    for one, other in itertools.pairwise(sorted(plan_of_year)):
        bases = {year: basis_of(plan_of_year[year], year) for year in (one, other)}
        if bases[one] != bases[other]:
            words = {"one": one, "basis": _named(bases[one]), "other": other, "new": _named(bases[other])}
            notes.append(
                say("{one} is per MWh {basis}, {other} per MWh {new}: their benchmarks do not compare", **words)
            )
    for year, taken in {plan.name: (year, plan) for year, plan in plan_of_year.items()}.values():
        as_written = chosen[year] or taken
        for name in left_out(taken):
            known = ", ".join(repr(a) for a in as_written.parameters[name].alternatives)
            what = {"edition": taken.name, "name": name, "known": known}
            notes.append(say("{edition}: {name} is left out, as it is not verified; options: {known}", **what))
        for name, choice in options.items():
            if name in as_written.unverified and choice in as_written.parameters[name].alternatives:
                what = {"edition": taken.name, "name": name, "choice": choice}
                notes.append(say("{edition}: {name} is taken as {choice!r}, which is not verified", **what))
    return tuple(notes)


def _named(basis: str) -> Named:
    return Named(basis, {"supplied": "供电量", "generated": "发电量"}[basis])
