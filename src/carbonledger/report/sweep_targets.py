"""Targets of a sweep in a table: met or missed by scenario and year, or how often, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import reasons
from ..auditing import years_text
from ..messages import Said, say, to_lang, word
from ..reasons import Reason
from ..targets import SENSES, Target, Verdict
from .findings import headed
from .sweep_contents import judged_of
from .sweep_view import first_met, met
from .sweep_words import WIDE, first_text, share_text, target_id
from .verdicts import COLOUR
from .words import number, unit_text

if TYPE_CHECKING:
    from .sweeps import Shown

OTHER = int(Reason.OTHER_EDITION)  # said by the years in which a limit is in force


def print_targets(shown: Shown, entity: str) -> None:
    """Verdicts by group and selected year; of several scenarios the share that meets, an interval where unknown."""
    names = judged_of(shown.dataset, shown.prepared.targets, entity)
    known = {target.id: target for target in shown.prepared.targets}
    rows = [row for name in names for row in _target_rows(shown, known[name], entity)]
    if not rows:
        return
    columns = [word(c, shown.lang) for c in ("target", "limit", "due", "scenario")]
    columns += [*map(str, shown.chosen), word("first met", shown.lang)]
    if not {"verdict", "n_first_met"} & set(shown.dataset.data_vars):
        rows, columns = [row[:-1] for row in rows], columns[:-1]
    narrow = shown.out.is_terminal and shown.out.width < WIDE
    if narrow:  # limit and year stand under the name
        rows = [[f"{row[0]}\n{row[1]} ({row[2]})" if row[0] else "", *row[1:]] for row in rows]
    left_out = ({1, 2} if narrow else set()) | ({3} if shown.one else set())
    keep = [i for i in range(len(columns)) if i not in left_out]
    rows, columns = [[row[i] for i in keep] for row in rows], [columns[i] for i in keep]
    head = say("{entity}: targets, judged in each year as if they were due then", entity=shown.entity(entity))
    text = head.to(shown.lang)
    if shown.several:
        text += f" ({say('share of the scenarios that meet them').to(shown.lang)})"
    first = columns.index(str(shown.chosen[0]))
    headed(shown.out, text, columns, rows, right=range(first, len(columns)))
    notes = [note for name in names for note in _unknown_verdicts(shown, known[name], entity)]
    for note in notes:
        shown.line(note)
    if notes:
        shown.out.print()


def _target_rows(shown: Shown, target: Target, entity: str) -> list[list[str]]:
    limit = word(SENSES[target.sense], shown.lang)
    limit += f" {number(target.value)} {unit_text(target.unit)}".rstrip() if target.value is not None else ""
    limit += f", {word('rounded', shown.lang)}" if target.decimals is not None else ""
    due = str(target.year or "–")
    if target.scope == "standard":  # in force over years, and its id only says so again
        due = years_text(y for y in shown.years if (target.from_year or 0) <= y <= (target.year or 9999))
    about, rows = [_target_name(shown, target), limit, due], []
    for group in shown.groups:
        found = met(shown.dataset, group, target.id, entity)
        cells = [_verdict(shown, found, shown.years.index(year)) for year in shown.chosen]
        first = first_text(first_met(shown.dataset, group, target.id, entity), group.n, shown.years, shown.lang)
        rows.append([*about, to_lang(group.label, shown.lang), *cells, first])
        about = about if not shown.out.is_terminal else [""] * len(about)
    return rows


def _target_name(shown: Shown, target: Target) -> str:
    """Id and name; that of a standard is its name."""
    names = (target.name_zh, target.name_en) if shown.lang == "zh" else (target.name_en, target.name_zh)
    name = names[0] or names[1] or target.indicator
    return name if target.scope == "standard" else f"{target.id} {name}"


def _unknown_verdicts(shown: Shown, target: Target, entity: str) -> list[Said]:
    """Footnotes of the targets: where a verdict is unknown, and why."""
    made = []
    causes: dict[int, set[int]] = {}
    for group in shown.groups:
        for year, code in zip(shown.years, met(shown.dataset, group, target.id, entity).reason, strict=True):
            causes.setdefault(int(code), set()).add(year)
    for code in sorted(set(causes) - {OTHER, int(Reason.OK)}):
        what = {"name": target_id(target), "years": years_text(causes[code])}
        made.append(say("– {name}, {years}: {why}", **what, why=reasons.text(code, shown.lang)))
    return made


def _verdict(shown: Shown, found: Any, at: int) -> str:
    if found.reason[at] == OTHER:
        return "–"
    verdict = found.verdict(at)
    if verdict is not None and (found.n == 1 or verdict is Verdict.UNKNOWN):
        said = word(verdict.name, shown.lang)
        return f"[{COLOUR[verdict]}]{said}[/{COLOUR[verdict]}]" if shown.out.is_terminal else said
    low, high = int(found.met[at]), int(found.n - found.missed[at])
    return share_text(low, found.n) if low == high else f"{share_text(low, found.n)} – {share_text(high, found.n)}"
