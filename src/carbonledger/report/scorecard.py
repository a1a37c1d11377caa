"""The scorecard: comparisons, indicators, verdicts, variants, closure and grades of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import reasons
from ..case import Assessed
from ..factors import GRADE_TEXT, Grade
from ..tables import activities
from ..targets import SENSES, VERDICT_ZH, Judged, Verdict
from .data import grades
from .words import console, number, table, unit_text, word

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console


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
    _print_decisions(assessed, lang, out)
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
    table(out, head, [word(c, lang) for c in columns], rows, right=(2, 3, 4))


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
    columns = [
        word("indicator", lang),
        word("entity", lang),
        *map(str, years),
        word("unit", lang),
        word("remark", lang),
    ]
    table(out, word("indicators", lang), columns, rows, right=range(2, 2 + len(years)))


def _print_variants(assessed: Assessed, lang: str, out: Console) -> None:
    rows = []
    for label, found in assessed.variants:
        for name in (str(n) for n in found.data_vars if not str(n).endswith("_reason")):
            for entity in found["entity"].values:
                for year in found["year"].values:
                    value = float(found[name].sel(entity=entity, year=year))
                    rows.append(
                        [label, _name(assessed, name, lang), str(year), number(value), found[name].attrs["units"]]
                    )
    if rows:
        columns = [word(c, lang) for c in ("assumption", "indicator", "year", "value", "unit")]
        table(out, word("variants", lang), columns, rows, right=(3,))


def _print_breakdowns(assessed: Assessed, lang: str, out: Console) -> None:
    for quantity, dim, found in assessed.breakdowns:
        known = assessed.case.catalog.quantities[quantity]
        rows = [
            row
            for entity in found["entity"].values
            for year in found["year"].values
            for row in _breakdown_rows(found.sel(entity=entity, year=year), quantity, dim, lang)
        ]
        title = f"{known.zh if lang == 'zh' else known.en} [{known.unit}], {word('breakdown', lang)} {dim}"
        columns = [word("entity", lang), dim, *(word(c, lang) for c in ("year", "value", "share", "remark"))]
        table(out, title, columns, rows, right=(3, 4))


def _breakdown_rows(part: xr.Dataset, quantity: str, dim: str, lang: str) -> list[list[str]]:
    """One entity and year: its parts by size, and the sum of those known."""
    entity, year = str(part["entity"].values), str(part["year"].values)
    total, rows = float(part[quantity].sum()), []
    for label in _by_size(part, quantity, dim):
        here = part.sel({dim: label})
        if not int(here[f"{quantity}_rows"]):
            continue
        name = label
        if dim == "activity":
            name = activities()[label].zh if lang == "zh" else activities()[label].en
        value, why = float(here[quantity]), reasons.text(int(here[f"{quantity}_reason"]), lang)
        rows.append([entity, name, year, number(value, 6), f"{value / total:.1%}" if value == value else "–", why])
    return [*rows, [entity, word("total", lang), year, number(total, 6), "", ""]] if rows else []


def _by_size(part: xr.Dataset, quantity: str, dim: str) -> list[str]:
    sized = [(float(part[quantity].sel({dim: label})), str(label)) for label in part[dim].values]
    return [
        label
        for _, label in sorted(
            sized, key=lambda pair: (pair[0] != pair[0], -pair[0] if pair[0] == pair[0] else 0, pair[1])
        )
    ]


def _print_verdicts(verdicts: list[Judged], lang: str, out: Console) -> None:
    rows = []
    for j in verdicts:
        t = j.target
        limit = (
            "–"
            if j.limit is None
            else f"{SENSES[t.sense][1 if lang == 'zh' else 0]} {number(t.value)} {unit_text(t.unit)}".rstrip()
        )
        colour = {Verdict.MET: "green", Verdict.MISSED: "red", Verdict.UNKNOWN: "yellow"}[j.verdict]
        said = VERDICT_ZH[j.verdict] if lang == "zh" else j.verdict.name
        rows.append(
            [
                t.id,
                ((t.name_zh or t.name_en) if lang == "zh" else (t.name_en or t.name_zh)) or t.indicator,
                str(j.year or "–"),
                limit,
                number(j.value),
                number(j.margin),
                f"[{colour}]{said}[/{colour}]" if out.is_terminal else said,
                _remark(j, lang),
            ]
        )
    counts = {v: sum(j.verdict is v for j in verdicts) for v in Verdict}
    head = (
        word("targets", lang)
        + ": "
        + ", ".join(f"{n} {VERDICT_ZH[v] if lang == 'zh' else v.name}" for v, n in counts.items() if n)
    )
    columns = [word(c, lang) for c in ("target", "indicator", "due", "limit", "value", "margin", "verdict", "remark")]
    table(out, head, columns, rows, right=(4, 5))


def _remark(j: Judged, lang: str) -> str:
    parts = [reasons.text(j.reason, lang)] if j.reason else []
    if j.latest_value is not None:
        parts.append(f"{word('latest', lang)} {j.latest_year}: {number(j.latest_value)} {j.unit}")
    if j.on_path is not None:
        parts.append(word("on_path" if j.on_path else "off_path", lang))
    if j.needed_per_year is not None and j.on_path is False:
        parts.append(f"{word('needed', lang)} {j.needed_per_year:+.3g} {j.unit}")
    return "; ".join([*parts, *([j.note] if j.note else [])])


def _print_decisions(assessed: Assessed, lang: str, out: Console) -> None:
    """What the case chose where sources leave a choice: a reader must not have to open case.toml to see it."""
    rules = assessed.case.rules
    rows = [[word("kind", lang), quantity, kind, ""] for quantity, kind in rules.kinds.items()]
    rows += [[word("choice", lang), activity, str(choice), ""] for activity, choice in rules.choices.items()]
    for s in rules.stand_ins:
        key = " ".join(str(x) for x in (s.activity, s.quantity, s.region, s.year) if x)
        rows.append([word("stand_in", lang), key, ", ".join(map(str, s.use.values())), s.reason])
    rows += [[word("gap", lang), f"{g.activity} {g.quantity}", "–", g.reason] for g in rules.gaps]
    if rows:
        columns = [word("decision", lang), "", word("value", lang), word("reason", lang)]
        table(out, word("decisions", lang), columns, rows)


def _print_grades(assessed: Assessed, lang: str, out: Console) -> None:
    """Per quantity, how much of its value rests on which grade of rate: a fallback is a share of the result."""
    zh, rows = lang == "zh", []
    for name, shares in grades(assessed).items():
        quantity = assessed.case.catalog.quantities[name]
        cells = [f"{shares[grade]:.1%}" if grade in shares else "" for grade in Grade]
        rows.append([quantity.zh if zh else quantity.en, *cells])
    columns = [word("quantity", lang), *(GRADE_TEXT[grade][2 if zh else 1] for grade in Grade)]
    table(out, word("rates", lang), columns, rows, right=range(1, 1 + len(Grade)))
