"""Verdicts on targets, and published figures beside computed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import reasons
from ..case import Assessed
from ..messages import say, to_lang, word
from ..reasons import Reason
from ..targets import SENSES, Judged, Verdict
from .words import entity_name, indicator_name, number, table, unit_text

if TYPE_CHECKING:
    from rich.console import Console

COLOUR = {Verdict.MET: "green", Verdict.MISSED: "red", Verdict.UNKNOWN: "yellow"}


def print_verdicts(assessed: Assessed, lang: str, out: Console) -> None:
    """One line a target; on synthetic input every verdict says so."""
    for scope, head in (("", word("Targets", lang)), ("standard", word("National limits", lang))):
        those = [j for j in assessed.verdicts if (j.target.scope == "standard") == (scope == "standard")]
        if those:
            _print_group(assessed, those, head, lang, out)


def _print_group(assessed: Assessed, verdicts: list[Judged], head: str, lang: str, out: Console) -> None:
    synthetic = bool(assessed.case.about.get("synthetic"))
    counts = {v: sum(j.verdict is v for j in verdicts) for v in Verdict}
    head += ": " + ", ".join(f"{n} {word(v.name, lang)}" for v, n in counts.items() if n)
    names = ("target", "indicator", "entity", "due", "limit", "value", "margin", "unit", "verdict", "remark")
    several = len({j.group.get("entity", j.target.entity) for j in verdicts}) > 1
    keep = [i for i, name in enumerate(names) if several or name != "entity"]
    rows = [[row[i] for i in keep] for row in (_row(assessed, j, synthetic, lang, out) for j in verdicts)]
    right = [keep.index(names.index(name)) for name in ("value", "margin")]
    table(out, head, [word(names[i], lang) for i in keep], rows, right=right)


def _row(assessed: Assessed, judged: Judged, synthetic: bool, lang: str, out: Console) -> list[str]:
    target = judged.target
    limit = f"{word(SENSES[target.sense], lang)} {number(target.value) if target.value is not None else ''}".rstrip()
    said = word(judged.verdict.name, lang) + (f" ({word('synthetic', lang)})" if synthetic else "")
    names = (target.name_zh, target.name_en) if lang == "zh" else (target.name_en, target.name_zh)
    entity = str(judged.group.get("entity", target.entity))
    return [
        target.id,
        names[0] or names[1] or target.indicator,
        entity_name(assessed, entity, lang),
        str(judged.year or "–"),
        limit,
        number(judged.value),
        number(judged.margin),
        unit_text(judged.unit or target.unit),
        f"[{COLOUR[judged.verdict]}]{said}[/{COLOUR[judged.verdict]}]" if out.is_terminal else said,
        _remark(judged, lang),
    ]


def _remark(judged: Judged, lang: str) -> str:
    target = judged.target
    parts = [reasons.text(judged.reason, lang)] if judged.reason else []
    needs = (target.needs_zh or target.needs_en) if lang == "zh" else (target.needs_en or target.needs_zh)
    if judged.verdict is Verdict.UNKNOWN and needs and judged.reason != Reason.NOT_DUE:
        parts.append(say("needs {what}", what=needs).to(lang))
    if judged.latest_value is not None:
        latest = {"year": judged.latest_year, "value": number(judged.latest_value), "unit": judged.unit}
        parts.append(say("latest {year}: {value} {unit}", **latest).to(lang))
    if judged.on_path is not None:
        parts.append(word("on path" if judged.on_path else "behind the path", lang))
    if judged.needed_per_year is not None and judged.on_path is False:
        step = f"{judged.needed_per_year:+.3g} {judged.unit}"
        parts.append(say("needed per year {step}", step=step).to(lang))
    if judged.depends:
        parts.append(say("differs under {names}", names=judged.depends).to(lang))
    return "; ".join([*parts, *([to_lang(judged.note, lang)] if judged.note else [])])


def print_comparisons(assessed: Assessed, lang: str, out: Console) -> None:
    """Published figures beside computed ones, with the difference and the source."""
    rows = []
    for c in assessed.comparisons:
        agrees = word("yes" if c.agrees else "NO", lang)
        within = "" if c.within is None else f" ({say('within {x:g}', x=c.within).to(lang)})"
        rows.append(
            [
                indicator_name(assessed, c.name, lang),
                str(c.year),
                f"{c.published:.{c.decimals}f}",
                "–" if c.computed is None else f"{c.computed:.{c.decimals + 2}f}",
                reasons.text(c.reason, lang) if c.difference is None else f"{c.difference:+.{c.decimals + 2}f}",
                c.unit,
                agrees + within,
                c.source,
            ]
        )
    if not rows:
        return
    agreed = sum(c.agrees for c in assessed.comparisons)
    head = f"{word('Against published figures', lang)}: {agreed} / {len(rows)}"
    columns = ["indicator", "year", "published", "computed", "difference", "unit", "agrees", "source"]
    table(out, head, [word(c, lang) for c in columns], rows, right=(2, 3, 4))
