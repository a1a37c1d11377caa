"""Lists: the faults of a case, the factor sets, the rows of one set."""

from __future__ import annotations

from typing import Any

from ..errors import Fault
from ..factors import CONFIDENCE, FactorSet, read_set, set_names
from ..messages import say, word
from .words import activity_name, console, table


def print_faults(faults: list[Fault], case: str, lang: str = "en") -> None:
    """Every fault of a case, or one line that there is none."""
    out = console()
    head = say("{case}: {n} faults", case=case, n=len(faults))
    if not faults:
        head = say("{case}: no faults", case=case)
    elif len(faults) == 1:
        head = say("{case}: 1 fault", case=case)
    out.print(head.to(lang), markup=False)
    for fault in faults:
        out.print(f"  {fault.to(lang)}", markup=False, soft_wrap=True)


def print_sets(name: str | None, lang: str = "en") -> None:
    """All factor sets, or the rows of one: what applies, where, when, from where."""
    out = console()
    if name is None:
        rows = [_set_row(read_set(found), lang) for found in set_names()]
        columns = ["set", "title", "document", "in force", "rows", "licence"]
        table(out, word("Factor sets", lang), [word(c, lang) for c in columns], rows, right=(4,))
        return
    found = read_set(name)
    rows = [
        [
            activity_name(r.activity, lang) if lang == "zh" else r.activity,
            r.quantity,
            r.kind,
            r.region,
            _years(r.valid_from, r.valid_to, lang),
            _printed(r, lang),
            r.source,
            r.locator,
            r.confidence if lang == "en" else f"{r.confidence} {word(CONFIDENCE[r.confidence], lang)}",
        ]
        for r in found.rows
    ]
    columns = ["activity", "quantity", "kind", "region", "years", "rate", "source", "locator", "confidence"]
    title = f"{name}: {found.about.get('zh' if lang == 'zh' else 'en', '')}"
    table(out, title, [word(c, lang) for c in columns], rows)


def _set_row(found: FactorSet, lang: str) -> list[str]:
    about = found.about
    title = str(about.get("zh" if lang == "zh" else "en", ""))
    return [
        found.name,
        title,
        str(about.get("document", "")),
        f"{about.get('in_force_from', '')} – {about.get('in_force_to', '')}".strip(" –"),
        str(len(found.rows)),
        str(about.get("licence", "")),
    ]


def _years(first: int | None, last: int | None, lang: str) -> str:
    if first == last:
        return str(first or word("any", lang))
    return f"{first or ''}–{last or ''}"


def _printed(row: Any, lang: str) -> str:
    if row.rate is not None:
        return f"{row.rate:g} {row.unit}"
    if row.carbon is not None:
        ncv = f"{row.ncv:g} {row.ncv_unit} × " if row.ncv is not None else ""
        return f"{ncv}{row.carbon:g} {row.carbon_unit} × {row.oxidation:g} × 44/12"
    return say("{low:g} to {high:g} {unit}", low=row.low, high=row.high, unit=row.unit).to(lang)
