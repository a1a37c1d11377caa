"""Two cases beside each other: what differs in inputs, factors and rules, and what moved in consequence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..case import Assessed, Case, assess
from ..messages import Named, Said
from ..reasons import Reason
from .decisions import RuleChange, quantity_changes, rule_changes
from .movements import Movement, movements
from .rates import RateChange, rate_changes
from .rows import (
    ADDED,
    CHANGED,
    REMOVED,
    FieldChange,
    RowChange,
    entity_changes,
    row_changes,
    state_changes,
    target_changes,
)

STILL = 1e-12  # relative; a value that moved less is the same but for the order of a sum


@dataclass(frozen=True)
class IndicatorMove:
    """An indicator value that differs.

    ``before`` and ``after`` are values [unit], ``None`` where unknown for the reason beside; ``because`` names the
    quantities and states among its arguments that moved, and ``definition`` if the catalogue's entry differs.
    """

    indicator: str
    entity: str
    year: int
    unit: str
    before: float | None
    after: float | None
    reason_before: Reason
    reason_after: Reason
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerdictMove:
    """A verdict that differs; ``None`` where only one case judges the target."""

    target: str
    entity: str
    year: int | None
    before: str | None
    after: str | None
    margin_before: float | None
    margin_after: float | None
    unit: str = ""


@dataclass(frozen=True)
class Difference:
    """What differs between two cases, and what it moved."""

    a: str
    b: str
    files: tuple[tuple[str, str], ...]  # change and name of every input file that differs
    rows: tuple[RowChange, ...]
    states: tuple[FieldChange, ...]
    targets: tuple[FieldChange, ...]
    entities: tuple[FieldChange, ...]
    rates: tuple[RateChange, ...]
    rules: tuple[RuleChange, ...]
    totals: tuple[Movement, ...]
    indicators: tuple[IndicatorMove, ...]
    verdicts: tuple[VerdictMove, ...]
    names: dict[str, Said]  # of quantities, indicators and states
    entity_names: dict[str, Said]

    @property
    def same(self) -> bool:
        """Whether nothing that bears on a number differs, and nothing moved."""
        told = (
            self.rows,
            self.states,
            self.targets,
            self.entities,
            self.rates,
            self.rules,
            self.totals,
            self.indicators,
        )
        return not any((*told, self.verdicts))


def diff(case_a: Assessed | Case | str | Path, case_b: Assessed | Case | str | Path, *, top: int = 5) -> Difference:
    """Which input, factor or rule moved which number.

    Parameters
    ----------
    case_a, case_b : Assessed, Case, str or Path
        Two versions of one case, or two cases; what :func:`carbonledger.assess` gives or takes.
    top : int
        Drivers that are spelt out for every total that moved.

    Returns
    -------
    Difference
        Every total that moved is split exactly: amounts at the first case's rates, rates at the second case's
        amounts, rows that only one has, and the boundary.

    Raises
    ------
    LedgerError
        If either case cannot be assessed.
    """
    a, b = (x if isinstance(x, Assessed) else assess(x) for x in (case_a, case_b))
    rules = [*rule_changes(a.case, b.case), *quantity_changes(a.ledger, b.ledger)]
    states, totals = state_changes(a.case, b.case), movements(a, b, top=top)
    return Difference(
        a.case.name,
        b.case.name,
        tuple(_files(a.case.hashes, b.case.hashes)),
        tuple(row_changes(a.ledger, b.ledger)),
        tuple(states),
        tuple(target_changes(a.case, b.case)),
        tuple(entity_changes(a.case, b.case)),
        tuple(rate_changes(a.ledger, b.ledger)),
        tuple(rules),
        tuple(totals),
        tuple(_indicators(a, b, totals, states, rules)),
        tuple(_verdicts(a, b)),
        _names(a, b),
        a.case.entity_names | b.case.entity_names,
    )


def _files(one: dict[str, str], other: dict[str, str]) -> list[tuple[str, str]]:
    made = []
    for name in dict.fromkeys([*other, *one]):
        if one.get(name) != other.get(name):
            made.append((ADDED if name not in one else REMOVED if name not in other else CHANGED, name))
    return made


def _indicators(
    a: Assessed, b: Assessed, totals: list[Movement], states: list[FieldChange], rules: list[RuleChange]
) -> list[IndicatorMove]:
    moved = {(m.quantity, m.entity, m.year) for m in totals} | {(s.name, s.entity, s.year) for s in states}
    defined = {r.name for r in rules if r.what == "catalogue indicators"}
    one, other = _values(a), _values(b)
    made = []
    for key in [*other, *(k for k in one if k not in other)]:
        before, after = one.get(key, _NOTHING), other.get(key, _NOTHING)
        if _same(before, after):
            continue
        name, entity, year = key
        because = _because(b if key in other else a, name, entity, year, moved)
        because += ("definition",) if name in defined else ()
        unit = (after if key in other else before)[2]
        made.append(IndicatorMove(name, entity, year, unit, before[0], after[0], before[1], after[1], because))
    return made


_Value = tuple[float | None, Reason, str]
_NOTHING: _Value = (None, Reason.NO_DATA_FOR_YEAR, "")


def _values(assessed: Assessed) -> dict[tuple[str, str, int], _Value]:
    """Every indicator value with its reason and unit, by indicator, entity and year."""
    found, made = assessed.indicators, dict[tuple[str, str, int], _Value]()
    entities, years = [str(e) for e in found["entity"].values], [int(y) for y in found["year"].values]
    for name in dict.fromkeys(assessed.case.about["indicators"]):
        values = found[name].transpose("entity", "year").values
        reasons = found[f"{name}_reason"].transpose("entity", "year").values
        unit = str(found[name].attrs["units"])
        for i, entity in enumerate(entities):
            for j, year in enumerate(years):
                value = float(values[i, j])
                made[name, entity, year] = (None if value != value else value, Reason(int(reasons[i, j])), unit)
    return made


def _same(before: _Value, after: _Value) -> bool:
    if before[0] is None or after[0] is None:
        return before[0] is after[0] and (before[1] == after[1] or _NOTHING in (before, after))
    return before[2] == after[2] and abs(after[0] - before[0]) <= STILL * max(abs(before[0]), abs(after[0]))


def _because(assessed: Assessed, name: str, entity: str, year: int, moved: set[tuple[Any, ...]]) -> tuple[str, ...]:
    """The arguments that moved, in the year itself or in the baseline year."""
    indicator = assessed.case.catalog.indicators[name]
    found = dict[str, None]()
    for argument in indicator.arguments:
        source, of_base = indicator.source_of(argument)
        when = year if not of_base else year - 1 if indicator.baseline == "previous" else indicator.baseline
        if (source, entity, when) in moved:
            found[f"{source} {when}" if when != year else source] = None
    return tuple(found)


def _verdicts(a: Assessed, b: Assessed) -> list[VerdictMove]:
    one, other = ({_judged_key(j): j for j in x.verdicts} for x in (a, b))
    made = []
    for key in [*other, *(k for k in one if k not in other)]:
        before, after = one.get(key), other.get(key)
        if before and after and before.verdict == after.verdict and before.reason == after.reason:
            continue
        shown = after or before
        made.append(
            VerdictMove(
                *key,
                before.verdict.name if before else None,
                after.verdict.name if after else None,
                before.margin if before else None,
                after.margin if after else None,
                shown.unit if shown else "",
            )
        )
    return made


def _judged_key(judged: Any) -> tuple[str, str, int | None]:
    return judged.target.id, str(judged.group.get("entity", "")), judged.year


def _names(a: Assessed, b: Assessed) -> dict[str, Said]:
    found = dict[str, Said]()
    for case in (a.case, b.case):
        for table in (case.catalog.states, case.catalog.quantities, case.catalog.indicators):
            found |= {name: Named(entry.en, entry.zh) for name, entry in table.items()}
    return found
