"""An audit for people and as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..auditing import CONFIDENCE_ORDER, KINDS, SEVERITIES, Audit, EditionUsed, Finding, years_text
from ..messages import say, to_lang, word
from .words import console, table

if TYPE_CHECKING:
    from rich.console import Console

AUDIT_SCHEMA = "carbonledger.audit/1"
SEVERITY_TEXT = {"note": "note", "warning": "WARNING", "below_threshold": "BELOW THRESHOLD"}
COLOUR = {"note": "", "warning": "yellow", "below_threshold": "red"}


def print_audit(audit: Audit, *, lang: str = "en", out: Console | None = None) -> None:
    """Print what an audit found: thresholds and warnings first, then shares, stand-ins, editions."""
    out = out or console()
    mark = f"  *** {word('SYNTHETIC INPUT', lang)} ***" if audit.synthetic else ""
    title = audit.title_zh if lang == "zh" else audit.title
    out.print(f"{title}  [{audit.case}]{mark}", markup=False, style="bold")
    counts = {s: sum(f.severity == s for f in audit.findings) for s in SEVERITIES}
    line = say(
        "Audit: {below} below the case's own thresholds, {warnings} warnings, {notes} notes; {rows} rows posted, {memo} of them parts of others, {refused} refused",
        below=counts["below_threshold"],
        warnings=counts["warning"],
        notes=counts["note"],
        rows=audit.rows,
        refused=audit.refused,
        memo=audit.memo,
    )
    out.print(line.to(lang), markup=False)
    out.print()
    for kind, head in KINDS.items():
        if found := audit.of(kind):
            _print_kind(audit, head, found, lang, out)
    _print_shares(audit, "confidence", "Share of each quantity by confidence of its factor rows", lang, out)
    _print_shares(audit, "status", "Share of each quantity by status of the data", lang, out)
    _print_editions(audit, lang, out)


def headed(out: Console, head: str, columns: list[str], rows: list[list[str]], right: Iterable[int] = ()) -> None:
    """A table under a line of its own: the title of a narrow table would be broken."""
    out.print(head, markup=False, style="bold")
    table(out, "", columns, rows, right=right)


def _print_kind(audit: Audit, head: str, found: list[Finding], lang: str, out: Console) -> None:
    """One table; findings that differ in year and share only are one line."""
    lines: dict[tuple[Any, ...], list[Finding]] = {}
    for f in found:
        lines.setdefault((f.severity, f.quantity, f.entity, f.file, f.row, str(f.what)), []).append(f)
    rows = []
    for (severity, quantity, entity, file, row, _), same in lines.items():
        said, colour = word(SEVERITY_TEXT[severity], lang), COLOUR[severity]
        place = file if row is None else f"{file} {say('row {row}', row=row).to(lang)}"
        rows.append(
            [
                f"[{colour}]{said}[/{colour}]" if colour and out.is_terminal else said,
                _name(audit, quantity, lang),
                to_lang(audit.entities.get(entity, entity), lang),
                years_text(f.year for f in same),
                _share_range([f.share for f in same if f.share is not None]),
                same[0].what.to(lang),
                place,
            ]
        )
    columns = ["severity", "quantity", "entity", "year", "share", "finding", "place"]
    used = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    titles = [word(columns[i], lang) for i in used]
    right = [n for n, i in enumerate(used) if columns[i] == "share"]
    headed(out, word(head, lang), titles, [[row[i] for i in used] for row in rows], right)


def _name(audit: Audit, quantity: str, lang: str) -> str:
    return to_lang(audit.names.get(quantity, quantity), lang)


def _share_range(shares: list[float]) -> str:
    if not shares:
        return ""
    low, high = min(shares), max(shares)
    texts = [f"{low:.2%}", f"{high:.2%}"]
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} – {texts[1]}"


def _print_shares(audit: Audit, by: str, head: str, lang: str, out: Console) -> None:
    """One line a quantity, one column a label, over all years."""
    labels = list(dict.fromkeys(s.label for s in audit.shares if s.by == by))
    if by == "confidence":
        labels = [c for c in CONFIDENCE_ORDER if c in labels] + [c for c in labels if c not in CONFIDENCE_ORDER]
    if not labels or labels == ["not stated"]:
        return
    rows = []
    for quantity in dict.fromkeys(s.quantity for s in audit.shares if s.by == by):
        found = (audit.share(by, label, quantity) for label in labels)
        rows.append([_name(audit, quantity, lang), *(f"{share:.1%}" if share else "" for share in found)])
    heads = [label if label in CONFIDENCE_ORDER else _status_word(label, lang) for label in labels]
    headed(out, word(head, lang), [word("quantity", lang), *heads], rows, range(1, 1 + len(labels)))


def _status_word(label: str, lang: str) -> str:
    known = ("flash", "annual", "revised", "first", "final", "not stated", "no factor row")
    return word(label, lang) if label in known else label


def _print_editions(audit: Audit, lang: str, out: Console) -> None:
    rows = [
        [word(e.kind, lang), e.name, e.document, e.published, _in_force(e), years_text(e.years), e.content_hash[:12]]
        for e in audit.editions
    ]
    if rows:
        columns = ["type", "name", "document", "published", "in force", "used for", "content hash"]
        headed(out, word("Editions that the result used", lang), [word(c, lang) for c in columns], rows)


def _in_force(used: EditionUsed) -> str:
    return f"{used.in_force_from} – {used.in_force_to}".strip(" –")


def audit_as_data(audit: Audit) -> dict[str, Any]:
    """An audit as plain data; findings carry their text in both languages."""
    return {
        "schema": AUDIT_SCHEMA,
        "version": __version__,
        "case": audit.case,
        "title": audit.title,
        "synthetic": audit.synthetic,
        "below_threshold": len(audit.below),
        "limits": asdict(audit.limits),
        "rows": audit.rows,
        "refused": audit.refused,
        "memo": audit.memo,
        "masked_hours": audit.masked,
        "unverified_parameters": list(audit.unverified),
        "findings": [{**vars(f), "what": str(f.what), "what_zh": f.what.to("zh")} for f in audit.findings],
        "shares": [{**vars(s), "unit": audit.units[s.quantity]} for s in audit.shares],
        "editions": [{**vars(e), "years": list(e.years)} for e in audit.editions],
    }
