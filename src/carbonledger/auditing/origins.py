"""Where the rates come from: grades, stand-ins, choices, coercions, confidence - and decisions that nothing used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..case import Case
from ..errors import nearest
from ..factors import FactorRow, Gap, Grade, Rate, StandIn
from ..messages import Named, Said, say
from .findings import BELOW_V1, NO_ROW, NOTE, UNVERIFIED, WARNING, Finding, Share, activity_said
from .weights import Weights, as_shares

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Parts = dict[Any, npt.NDArray[np.float64]]

# how a rate says what was done to the amount or to the range; steps of factors.rates and factors.resolve
CHOSEN, COERCED = (
    "chosen ",
    ("m3 at ", "the amount is stated in coal equivalent", "a published total by the coal-rate method"),
)


def said_of(step: str) -> Said:
    """A step as a message; one that is no message stays as it is."""
    return step if isinstance(step, Said) else Named(step, "")


@dataclass
class Origins:
    """Contributions [year, quantity] by what the rates behind them rest on."""

    weights: Weights
    grades: Parts = field(default_factory=dict)
    confidence: Parts = field(default_factory=dict)
    rows: Parts = field(default_factory=dict)  # by factor row
    steps: Parts = field(default_factory=dict)  # by (activity, step)
    gaps: dict[tuple[str, str], list[int]] = field(default_factory=dict)  # (activity, quantity) -> cells
    kinds: set[tuple[str, str]] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)  # activities whose printed range was needed
    sets: dict[str, set[int]] = field(default_factory=dict)  # set -> years

    def add(self, to: Parts, label: Any, key: int, j: int) -> None:
        import numpy as np

        if label not in to:
            to[label] = np.zeros(self.weights.whole.shape)
        to[label][self.weights.year[key], j] += self.weights.value[key, j]


def origins_of(weights: Weights) -> Origins:
    """Look at every rate of a ledger once."""
    ledger, found = weights.ledger, Origins(weights)
    column = {name: j for j, name in enumerate(ledger.quantities)}
    for (key, name), rate in ledger.how.items():
        cell = int(weights.first[key])
        activity, year = str(ledger.cells.activity[cell]), int(ledger.cells.year[cell])
        if rate is None:
            found.gaps.setdefault((activity, name), []).append(key)
            continue
        _sort(found, rate, activity, year, key, column[name])
    return found


def _sort(found: Origins, rate: Rate, activity: str, year: int, key: int, j: int) -> None:
    row = rate.row
    found.add(found.grades, rate.grade, key, j)
    found.add(found.confidence, row.confidence if row else NO_ROW, key, j)
    if row:
        found.sets.setdefault(row.set, set()).add(year)
        found.kinds.add((row.quantity, row.kind))
        if row.confidence in BELOW_V1:
            found.add(found.rows, row, key, j)
    for step in rate.steps:
        found.add(found.steps, (activity, step), key, j)
        if row and step.startswith(CHOSEN):
            found.chosen.add(row.activity)


def shares_by_origin(found: Origins) -> list[Share]:
    """Shares by grade and by confidence."""
    named = {grade.name.lower(): found.grades[grade] for grade in sorted(found.grades)}
    return [
        *as_shares(found.weights, "grade", named),
        *as_shares(found.weights, "confidence", found.confidence),
    ]


def origin_findings(found: Origins, case: Case) -> list[Finding]:
    """Stand-ins, choices, coercions, unverified factor rows and gaps, each with its share of each quantity and year."""
    rules, made = case.rules, list[Finding]()
    by_step: dict[str, Any] = {}
    stated: dict[str, Any] = {}
    stand_ins: dict[str, StandIn] = {s.step: s for s in rules.stand_ins}
    for (activity, step), part in found.steps.items():
        if step.startswith("stand-in "):
            by_step[step] = by_step.get(step, 0) + part
        elif step.startswith(CHOSEN):
            what = say("{activity}: {step}", activity=activity_said(activity), step=step)
            made += spread(found.weights, part, "choice", what, grade=Grade.CHOICE.name.lower(), file="case.toml")
        elif step.startswith(COERCED[0]):
            made += spread(
                found.weights, part, "coercion", say("{activity}: {step}", activity=activity_said(activity), step=step)
            )
        elif step.startswith(COERCED[1:]):
            stated[step] = stated.get(step, 0) + part
    for step, part in by_step.items():
        what = _stand_in(stand_ins[step]) if step in stand_ins else said_of(step)
        made += spread(found.weights, part, "stand_in", what, grade=Grade.STAND_IN.name.lower(), file="case.toml")
    for step, part in stated.items():
        made += spread(found.weights, part, "coercion", said_of(step))
    for row, part in found.rows.items():
        severity = WARNING if row.confidence in UNVERIFIED else NOTE
        made += spread(found.weights, part, "confidence", _row(row), severity, row.confidence, row.file, row.row)
    return [*made, *_gaps(found, case)]


def spread(
    weights: Weights,
    part: npt.NDArray[np.float64],
    kind: str,
    what: Said,
    severity: str = NOTE,
    grade: str = "",
    file: str = "",
    row: int | None = None,
) -> list[Finding]:
    """One finding for each quantity and year in which the part [year, quantity] is something."""
    return [
        Finding(
            kind,
            severity,
            what,
            file,
            row,
            name,
            year=year,
            grade=grade,
            share=float(part[i, j] / weights.whole[i, j]),
            value=float(part[i, j]),
        )
        for j, name in enumerate(weights.ledger.quantities)
        for i, year in enumerate(weights.years)
        if part[i, j] > 0
    ]


def _key_of(stand_in: StandIn) -> str:
    return " ".join(str(x) for x in (stand_in.activity, stand_in.quantity, stand_in.region, stand_in.year) if x)


def _stand_in(stand_in: StandIn) -> Said:
    use = ", ".join(f"{k} {v}" for k, v in stand_in.use.items())
    return say("{key} -> {use}: {reason}", key=_key_of(stand_in), use=use, reason=stand_in.reason)


def _row(row: FactorRow) -> Said:
    return say(
        "{activity} x {quantity} of {set}, confidence {confidence}: {source}, {locator}",
        activity=activity_said(row.activity),
        quantity=row.quantity,
        set=row.set,
        confidence=row.confidence,
        source=row.source,
        locator=row.locator,
    )


def _gaps(found: Origins, case: Case) -> list[Finding]:
    import numpy as np

    ledger, made = found.weights.ledger, []
    for (activity, quantity), keys in found.gaps.items():
        gap: Gap | None = case.rules.gap(activity, quantity)
        cells = np.flatnonzero(np.isin(ledger.cells.key, keys))
        years = sorted(set(ledger.cells.year[cells].tolist()))
        first = ledger.rows.iloc[int(ledger.cells.first[cells[0]])]
        what = say(
            "{activity} has no {quantity} in {years}: {reason}",
            activity=activity_said(activity),
            quantity=quantity,
            years=", ".join(map(str, years)),
            reason=gap.reason if gap else "",
        )
        n_rows = float(ledger.cells.rows[cells].sum())
        made.append(Finding("gap", WARNING, what, str(first["file"]), int(first["row"]), quantity, value=n_rows))
    return made


def unused(found: Origins, case: Case) -> list[Finding]:
    """Decisions of case.toml that no row needed: a misplaced decision looks like one that was taken."""
    rules, about = case.rules, case.about
    steps = {step for _, step in found.steps}
    words = [say("stand_in {key}", key=_key_of(s)) for s in rules.stand_ins if s.step not in steps]
    words += [
        say("gap {activity} {quantity}", activity=g.activity, quantity=g.quantity)
        for g in rules.gaps
        if (g.activity, g.quantity) not in found.gaps
    ]
    words += [say("choices: {name}", name=name) for name in rules.choices if name not in found.chosen]
    words += [
        say("kinds: {name} = {kind!r}{near}", name=name, kind=kind, near=nearest(kind, _kinds(case, name)))
        for name, kind in rules.kinds.items()
        if (name, kind) not in found.kinds
    ]
    if rules.gas_reference and not about.get("inputs", {}).get("returns_205_1"):
        words += [say("gas_reference")] if not any(s.startswith(COERCED[0]) for s in steps) else []
    words += [say("factor set {name}", name=s) for s in case.factors.names if s not in found.sets]
    words += [say("complete: {name}", name=n) for n in about.get("complete", []) if n not in case.quantities]
    wanted = {a for n in about["indicators"] for a in _bound(case, n)}
    words += [say("variants: {name}", name=name) for name in about.get("variants", {}) if name not in wanted]
    return [Finding("unused", WARNING, what, "case.toml") for what in words]


def _kinds(case: Case, quantity: str) -> list[str]:
    return sorted({r.kind for s in case.factors.sets for r in s.rows if r.quantity == quantity and r.kind})


def _bound(case: Case, indicator: str) -> list[str]:
    known = case.catalog.indicators[indicator]
    return [known.source_of(argument)[0] for argument in known.arguments]
