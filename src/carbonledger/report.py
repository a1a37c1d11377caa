"""What an assessment, a case's faults, a factor set or an explanation looks like: tables, trees and plain data."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from . import __version__, reasons
from .case import Assessed
from .errors import Fault
from .factors import CONFIDENCE, GRADE_TEXT, FactorSet, Grade, read_set, set_names
from .targets import SENSES, VERDICT_ZH, Judged, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    import xarray as xr
    from rich.console import Console
    from rich.tree import Tree

SCHEMA = "carbonledger.assess/1"

# English | Chinese; one line for every word that reports print
WORDS = {
    "indicator": ("indicator", "指标"),
    "unit": ("unit", "单位"),
    "published": ("published", "公布值"),
    "computed": ("computed", "计算值"),
    "difference": ("difference", "差值"),
    "agrees": ("agrees", "一致"),
    "source": ("source", "来源"),
    "year": ("year", "年份"),
    "entity": ("entity", "主体"),
    "yes": ("yes", "是"),
    "no": ("NO", "否"),
    "within": ("within", "允许差"),
    "target": ("target", "目标"),
    "due": ("due", "考核年"),
    "limit": ("limit", "限值"),
    "value": ("value", "数值"),
    "margin": ("margin", "裕度"),
    "verdict": ("verdict", "判定"),
    "remark": ("remark", "说明"),
    "against_published": ("Against published figures", "与公布值对比"),
    "indicators": ("Indicators", "指标"),
    "targets": ("Targets", "目标判定"),
    "variants": ("Under other assumptions", "其他假设下"),
    "balance": ("Energy balance", "能源平衡"),
    "breakdown": ("by", "按"),
    "total": ("sum of those known", "已知合计"),
    "rates": ("Rates by grade", "因子等级"),
    "grade": ("grade", "等级"),
    "entries": ("entries", "条目"),
    "share": ("share", "占比"),
    "on_path": ("on path", "符合序时进度"),
    "off_path": ("behind the path", "落后序时进度"),
    "needed": ("needed per year", "每年需"),
    "synthetic": ("SYNTHETIC INPUT", "合成数据"),
    "latest": ("latest", "最新"),
    "products": ("products", "种产品"),
    "largest_gap": ("largest gap", "最大差额"),
    "assumption": ("assumption", "假设"),
}


def word(key: str, lang: str) -> str:
    """A word of the reports in English or Chinese."""
    return WORDS[key][1 if lang == "zh" else 0]


def console(*, stderr: bool = False) -> Console:
    """Rich on a terminal; in a pipe plain lines, as wide as they need."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(stderr=stderr)
    return Console(file=stream, width=400, no_color=True, highlight=False, emoji=False)


def _table(out: Console, title: str, columns: list[str], rows: Iterable[Iterable[str]], right: Iterable[int] = ()) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    plain = not out.is_terminal
    table = Table(
        title=escape(title),
        title_justify="left",
        title_style="bold",
        box=None if plain else box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 2, 0, 0) if plain else (0, 1),
    )
    for i, column in enumerate(columns):
        table.add_column(escape(column), justify="right" if i in set(right) else "left", no_wrap=plain)
    for row in rows:
        table.add_row(*(cell if cell.startswith("[") and not plain else escape(cell) for cell in row))
    out.print(table)
    out.print()


def number(value: float | None, digits: int = 5) -> str:
    """A value for people: up to ``digits`` significant digits, no exponent for common sizes."""
    if value is None or value != value:
        return "–"
    if value == 0:
        return "0"
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}" if abs(value) >= 1e-4 else f"{value:.2e}"


def scorecard(assessed: Assessed, *, lang: str = "en", out: Console | None = None) -> None:
    """Print what a bureau needs: comparisons, indicators, verdicts, variants, closure, grades."""
    out = out or console()
    about = assessed.case.about
    title = about.get("title_zh" if lang == "zh" else "title", assessed.case.name)
    mark = f"  *** {word('synthetic', lang)} ***" if about.get("synthetic") else ""
    out.print(f"{title}  [{assessed.case.name}]{mark}", markup=False, style="bold")
    out.print()
    if assessed.comparisons:
        _print_comparisons(assessed, lang, out)
    _print_closure(assessed, lang, out)
    _print_indicators(assessed, lang, out)
    _print_variants(assessed, lang, out)
    _print_breakdowns(assessed, lang, out)
    if assessed.verdicts:
        _print_verdicts(assessed.verdicts, lang, out)
    _print_grades(assessed, lang, out)


def _name(assessed: Assessed, indicator: str, lang: str) -> str:
    found = assessed.case.catalog.indicators[indicator]
    return found.zh if lang == "zh" else found.en


def _print_comparisons(assessed: Assessed, lang: str, out: Console) -> None:
    rows = []
    for c in assessed.comparisons:
        extra = f" ({word('within', lang)} {c.within:g})" if c.within is not None else ""
        rows.append(
            [
                _name(assessed, c.name, lang),
                str(c.year),
                f"{c.published:.{c.decimals}f}",
                "–" if c.computed is None else f"{c.computed:.{c.decimals + 2}f}",
                reasons.text(c.reason, lang) if c.difference is None else f"{c.difference:+.{c.decimals + 2}f}",
                c.unit,
                word("yes" if c.agrees else "no", lang) + extra,
                c.source,
            ]
        )
    agreed = sum(c.agrees for c in assessed.comparisons)
    head = f"{word('against_published', lang)}: {agreed} / {len(rows)}"
    columns = ["indicator", "year", "published", "computed", "difference", "unit", "agrees", "source"]
    _table(out, head, [word(c, lang) for c in columns], rows, right=(2, 3, 4))


def _print_closure(assessed: Assessed, lang: str, out: Console) -> None:
    closures = assessed.case.closures
    if not closures:
        return
    worst = max(closures, key=lambda c: c.largest)
    closed = sum(c.largest <= 0.001 for c in closures)
    out.print(
        f"{word('balance', lang)}: {closed} / {len(closures)} {word('products', lang)} ≤ 0.001; "
        f"{word('largest_gap', lang)} {worst.largest:.4f} ({worst.product})",
        markup=False,
    )
    out.print()


def _print_indicators(assessed: Assessed, lang: str, out: Console) -> None:
    found = assessed.indicators
    years = [int(y) for y in found["year"].values]
    rows, remarks = [], dict[str, list[str]]()
    for name in assessed.case.about["indicators"]:
        for entity in found["entity"].values:
            cells = []
            for year in years:
                here = {"entity": entity, "year": year}
                value, why = float(found[name].sel(here)), int(found[f"{name}_reason"].sel(here))
                cells.append(number(value))
                if why:
                    remarks.setdefault(reasons.text(why, lang), []).append(str(year))
            note = "; ".join(f"{', '.join(ys)}: {text}" for text, ys in remarks.items())
            remarks.clear()
            rows.append([_name(assessed, name, lang), str(entity), *cells, str(found[name].attrs["units"]), note])
    columns = [word("indicator", lang), word("entity", lang), *map(str, years), word("unit", lang), word("remark", lang)]
    _table(out, word("indicators", lang), columns, rows, right=range(2, 2 + len(years)))


def _print_variants(assessed: Assessed, lang: str, out: Console) -> None:
    rows = []
    for label, found in assessed.variants:
        for name in (str(n) for n in found.data_vars if not str(n).endswith("_reason")):
            for entity in found["entity"].values:
                for year in found["year"].values:
                    value = float(found[name].sel(entity=entity, year=year))
                    rows.append([label, _name(assessed, name, lang), str(year), number(value), found[name].attrs["units"]])
    if rows:
        columns = [word(c, lang) for c in ("assumption", "indicator", "year", "value", "unit")]
        _table(out, word("variants", lang), columns, rows, right=(3,))


def _print_breakdowns(assessed: Assessed, lang: str, out: Console) -> None:
    from .tables import activities

    for quantity, dim, found in assessed.breakdowns:
        known = assessed.case.catalog.quantities[quantity]
        rows = []
        for year in found["year"].values:
            part = found.sel(year=year).isel(entity=0)
            total = float(part[quantity].sum())
            for label in _by_size(part, quantity, dim):
                value, rows_behind = float(part[quantity].sel({dim: label})), int(part[f"{quantity}_rows"].sel({dim: label}))
                if not rows_behind:
                    continue
                name = label
                if dim == "activity":
                    name = activities()[label].zh if lang == "zh" else activities()[label].en
                why = reasons.text(int(part[f"{quantity}_reason"].sel({dim: label})), lang)
                rows.append([name, str(year), number(value, 6), f"{value / total:.1%}" if value == value else "–", why])
            rows.append([word("total", lang), str(year), number(total, 6), "100.0%", ""])
        title = f"{known.zh if lang == 'zh' else known.en} [{known.unit}], {word('breakdown', lang)} {dim}"
        columns = [dim, word("year", lang), word("value", lang), word("share", lang), word("remark", lang)]
        _table(out, title, columns, rows, right=(2, 3))


def _by_size(part: xr.Dataset, quantity: str, dim: str) -> list[str]:
    sized = [(float(part[quantity].sel({dim: label})), str(label)) for label in part[dim].values]
    return [label for _, label in sorted(sized, key=lambda pair: (pair[0] != pair[0], -pair[0] if pair[0] == pair[0] else 0, pair[1]))]


def _print_verdicts(verdicts: list[Judged], lang: str, out: Console) -> None:
    rows = []
    for j in verdicts:
        t = j.target
        limit = "–" if j.limit is None else f"{SENSES[t.sense][1 if lang == 'zh' else 0]} {number(t.value)} {t.unit}"
        colour = {Verdict.MET: "green", Verdict.MISSED: "red", Verdict.UNKNOWN: "yellow"}[j.verdict]
        said = VERDICT_ZH[j.verdict] if lang == "zh" else j.verdict.name
        rows.append(
            [
                t.id,
                (t.name_zh or t.name_en) if lang == "zh" else (t.name_en or t.name_zh),
                str(j.year or "–"),
                limit,
                number(j.value),
                number(j.margin),
                f"[{colour}]{said}[/{colour}]" if out.is_terminal else said,
                _remark(j, lang),
            ]
        )
    counts = {v: sum(j.verdict is v for j in verdicts) for v in Verdict}
    head = word("targets", lang) + ": " + ", ".join(
        f"{n} {VERDICT_ZH[v] if lang == 'zh' else v.name}" for v, n in counts.items() if n
    )
    columns = [word(c, lang) for c in ("target", "indicator", "due", "limit", "value", "margin", "verdict", "remark")]
    _table(out, head, columns, rows, right=(4, 5))


def _remark(j: Judged, lang: str) -> str:
    parts = [reasons.text(j.reason, lang)] if j.reason else []
    if j.latest_value is not None:
        parts.append(f"{word('latest', lang)} {j.latest_year}: {number(j.latest_value)} {j.unit}")
    if j.on_path is not None:
        parts.append(word("on_path" if j.on_path else "off_path", lang))
    if j.needed_per_year is not None and j.on_path is False:
        parts.append(f"{word('needed', lang)} {j.needed_per_year:+.3g} {j.unit}")
    return "; ".join([*parts, *([j.note] if j.note else [])])


def _print_grades(assessed: Assessed, lang: str, out: Console) -> None:
    rows = [
        [GRADE_TEXT[grade][1 if lang == "zh" else 0], str(n), f"{share:.1%}"] for grade, n, share in grades(assessed)
    ]
    columns = [word(c, lang) for c in ("grade", "entries", "share")]
    _table(out, word("rates", lang), columns, rows, right=(1, 2))


def grades(assessed: Assessed) -> list[tuple[Grade, int, float]]:
    """How many posted values rest on rates of each grade, and their share of all posted values."""
    ledger = assessed.ledger
    per_key = ledger.entries.groupby("key").size().to_dict()
    counts: dict[Grade, int] = {}
    for (key, _), rate in ledger.how.items():
        if rate is not None:
            counts[rate.grade] = counts.get(rate.grade, 0) + int(per_key.get(key, 0))
    whole = sum(counts.values()) or 1
    return [(grade, counts[grade], counts[grade] / whole) for grade in sorted(counts)]


def as_data(assessed: Assessed) -> dict[str, Any]:
    """The assessment as plain data; the structure is documented in ``docs/json.md`` and named by ``schema``."""
    found = assessed.indicators
    values = []
    for name in assessed.case.about["indicators"]:
        for entity in found["entity"].values:
            for year in found["year"].values:
                here = {"entity": entity, "year": year}
                value = float(found[name].sel(here))
                values.append(
                    {
                        "indicator": name,
                        "entity": str(entity),
                        "year": int(year),
                        "value": None if value != value else value,
                        "unit": found[name].attrs["units"],
                        "reason": reasons.text(int(found[f"{name}_reason"].sel(here))),
                    }
                )
    return {
        "schema": SCHEMA,
        "version": __version__,
        "case": assessed.case.name,
        "title": assessed.case.title,
        "synthetic": bool(assessed.case.about.get("synthetic", False)),
        "boundary": assessed.totals.attrs["boundary"],
        "inputs": assessed.case.hashes,
        "factor_sets": assessed.case.factors.hashes,
        "indicators": values,
        "verdicts": [j.as_dict() for j in assessed.verdicts],
        "published": [{**vars(c), "reason": reasons.text(c.reason)} for c in assessed.comparisons],
        "balance": [{**vars(c), "largest": c.largest} for c in assessed.case.closures],
        "grades": [{"grade": g.name.lower(), "values": n, "share": s} for g, n, s in grades(assessed)],
        "refused": json.loads(assessed.ledger.refused.to_json(orient="records")),
    }


def print_json(data: Any) -> None:
    """JSON on standard output; NaN never appears (``None`` and a reason do)."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_faults(faults: list[Fault], case: str) -> None:
    """Every fault of a case, or one line that there is none."""
    out = console()
    if not faults:
        out.print(f"{case}: no faults", markup=False)
        return
    out.print(f"{case}: {len(faults)} fault{'s' if len(faults) > 1 else ''}", markup=False)
    for fault in faults:
        out.print(f"  {fault}", markup=False, soft_wrap=True)


def print_tree(node: dict[str, Any]) -> None:
    """An explanation as a tree."""
    from rich.tree import Tree

    out = console()
    tree = Tree(_line(node), guide_style="dim", highlight=False)
    _grow(tree, node)
    out.print(tree)


def _grow(tree: Tree, node: dict[str, Any]) -> None:
    for child in node.get("from", []):
        _grow(tree.add(_line(child)), child)


def _line(node: dict[str, Any]) -> Any:
    from rich.text import Text

    kind, name = node["kind"], node.get("name", "")
    value = f"{number(node.get('value'), 7)} {node.get('unit', '')}".strip()
    argument = f"{node['argument']}: " if "argument" in node else ""
    reason = f"  ({node['reason']})" if node.get("reason") else ""
    if kind == "verdict":
        limit = f", limit {node['sense']} {number(node['limit'])} {node['unit']}"
        return Text(f"{name} {node['title']}: {node['verdict']}{reason}, {value} in {node['year']}{limit}  [{node['source']}]")
    if kind == "indicator":
        return Text(f"{argument}{name} {node['entity']} {node['year']} = {value}{reason}\n  {node['formula']}")
    if kind == "total" and "entity" in node:
        behind = f"{node['rows']} rows, {node['months']} months, {node['boundary']}"
        return Text(f"{argument}{name} {node['entity']} {node['year']} = {value}{reason}  ({behind})")
    if kind == "entry":
        return Text(_entry_line(node, value) + reason)
    if kind == "rate":
        return Text(_rate_line(node, value))
    if kind == "state":
        return Text(f"{argument}{name} {node['year']} = {value}  [{node.get('file', '')} row {node.get('row', '')}; {node.get('source', '')}]")
    return Text(f"{argument}{name} {value if 'value' in node else ''}{reason}")


def _entry_line(node: dict[str, Any], value: str) -> str:
    conversion = f" = {number(node['amount'], 7)} {node['amount_unit']}" if node["conversion"] != 1 else ""
    text = f"{node['name']}: {node['written']}{conversion} → {value}  [{node['file']} row {node['row']}"
    text += f", {node['sector']}" if node.get("sector") else ""
    text += f"; {node['input_source']}" if node["input_source"] else ""
    return text + "]" + (f"\n  {node['derived']}" if node.get("derived") else "")


def _rate_line(node: dict[str, Any], value: str) -> str:
    text = f"rate {value}, {node['grade_text']}"
    if parts := node["components"]:
        text += "\n  " + " × ".join(f"{p['name']} {p['value']:g} {p['unit']} ({p['from']})" for p in parts)
        text += " × 44/12" if any(p["name"] == "carbon" for p in parts) else ""
    if "set" in node:
        text += f"\n  {node['printed']}; {node['source']}, {node['locator']}"
        extra = [node["factor_kind"], node["region"], f"data of {node['data_year']}" if node["data_year"] else ""]
        extra.append(f"confidence {node['confidence']}: {CONFIDENCE[node['confidence']]}")
        text += f"\n  {', '.join(x for x in extra if x)}; {node['file']} row {node['row']}"
    return text + "".join(f"\n  {step}" for step in node["steps"])


def print_sets(name: str | None, lang: str = "en") -> None:
    """All factor sets, or the rows of one: what applies, where, when, from where."""
    out = console()
    if name is None:
        rows = [_set_row(read_set(found), lang) for found in set_names()]
        _table(out, "Factor sets", ["set", "title", "document", "in force", "rows", "licence"], rows, right=(4,))
        return
    found = read_set(name)
    rows = [
        [
            r.activity,
            r.quantity,
            r.kind,
            r.region,
            "–".join(str(y) if y else "" for y in (r.valid_from, r.valid_to)).strip("–") or "any",
            _printed(r),
            r.source,
            r.locator,
            r.confidence,
        ]
        for r in found.rows
    ]
    columns = ["activity", "quantity", "kind", "region", "years", "rate", "source", "locator", "confidence"]
    _table(out, f"{name}: {found.about.get('zh' if lang == 'zh' else 'en', '')}", columns, rows)


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


def _printed(row: Any) -> str:
    if row.rate is not None:
        return f"{row.rate:g} {row.unit}"
    if row.carbon is not None:
        ncv = f"{row.ncv:g} {row.ncv_unit} × " if row.ncv is not None else ""
        return f"{ncv}{row.carbon:g} {row.carbon_unit} × {row.oxidation:g} × 44/12"
    return f"{row.low:g} to {row.high:g} {row.unit}"
