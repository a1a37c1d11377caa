"""Lists: the faults of a case, the factor sets, the rows of one set."""

from __future__ import annotations

from typing import Any

from ..errors import Fault
from ..factors import FactorSet, read_set, set_names
from .words import console, table


def print_faults(faults: list[Fault], case: str) -> None:
    """Every fault of a case, or one line that there is none."""
    out = console()
    if not faults:
        out.print(f"{case}: no faults", markup=False)
        return
    out.print(f"{case}: {len(faults)} fault{'s' if len(faults) > 1 else ''}", markup=False)
    for fault in faults:
        out.print(f"  {fault}", markup=False, soft_wrap=True)


def print_sets(name: str | None, lang: str = "en") -> None:
    """All factor sets, or the rows of one: what applies, where, when, from where."""
    out = console()
    if name is None:
        rows = [_set_row(read_set(found), lang) for found in set_names()]
        table(out, "Factor sets", ["set", "title", "document", "in force", "rows", "licence"], rows, right=(4,))
        return
    found = read_set(name)
    rows = [
        [
            r.activity,
            r.quantity,
            r.kind,
            r.region,
            _years(r.valid_from, r.valid_to),
            _printed(r),
            r.source,
            r.locator,
            r.confidence,
        ]
        for r in found.rows
    ]
    columns = ["activity", "quantity", "kind", "region", "years", "rate", "source", "locator", "confidence"]
    table(out, f"{name}: {found.about.get('zh' if lang == 'zh' else 'en', '')}", columns, rows)


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


def _years(first: int | None, last: int | None) -> str:
    if first == last:
        return str(first or "any")
    return f"{first or ''}–{last or ''}"


def _printed(row: Any) -> str:
    if row.rate is not None:
        return f"{row.rate:g} {row.unit}"
    if row.carbon is not None:
        ncv = f"{row.ncv:g} {row.ncv_unit} × " if row.ncv is not None else ""
        return f"{ncv}{row.carbon:g} {row.carbon_unit} × {row.oxidation:g} × 44/12"
    return f"{row.low:g} to {row.high:g} {row.unit}"
