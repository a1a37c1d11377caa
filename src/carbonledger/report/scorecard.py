"""The scorecard of a case: what was computed, judged, assumed, and on what it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import reasons
from ..case import Assessed
from ..messages import say, word
from ..tables import activities
from .air import print_air
from .evidence import print_coverage, print_decisions, print_grades, print_made
from .verdicts import print_comparisons, print_verdicts
from .words import activity_name, console, entity_name, indicator_name, number, table, title

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console


def scorecard(assessed: Assessed, *, lang: str = "en", out: Console | None = None) -> None:
    """Print what a bureau needs: comparisons, indicators, verdicts, and all that these rest on."""
    out = out or console()
    mark = f"  *** {word('SYNTHETIC INPUT', lang)} ***" if assessed.case.about.get("synthetic") else ""
    out.print(f"{title(assessed.case, lang)}  [{assessed.case.name}]{mark}", markup=False, style="bold")
    out.print()
    print_comparisons(assessed, lang, out)
    _print_closure(assessed, lang, out)
    _print_indicators(assessed, lang, out)
    print_air(assessed, lang, out)
    _print_variants(assessed, lang, out)
    _print_breakdowns(assessed, lang, out)
    print_verdicts(assessed, lang, out)
    print_coverage(assessed, lang, out)
    print_made(assessed, lang, out)
    print_decisions(assessed, lang, out)
    print_grades(assessed, lang, out)


def _print_closure(assessed: Assessed, lang: str, out: Console) -> None:
    closures = assessed.case.closures
    if not closures:
        return
    worst = max(closures, key=lambda c: c.largest)
    line = say(
        "Energy balance: {closed} / {all} products close within 0.001; largest gap {gap:.4f} ({product})",
        closed=sum(c.largest <= 0.001 for c in closures),
        all=len(closures),
        gap=worst.largest,
        product=worst.product,
    )
    out.print(line.to(lang), markup=False)
    out.print()


def _known(found: xr.Dataset) -> tuple[list[str], list[str]]:
    """Entities of which anything is known, and the others."""
    names = [str(n) for n in found["entity"].values]
    values = [n for n in found.data_vars if not str(n).endswith("_reason")]
    known = [n for n in names if any(bool(found[v].sel(entity=n).notnull().any()) for v in values)]
    return known or names, [n for n in names if known and n not in known]


def _print_indicators(assessed: Assessed, lang: str, out: Console) -> None:
    found = assessed.indicators
    years = [int(y) for y in found["year"].values]
    rows, (entities, unknown) = [], _known(found)
    for name in assessed.case.about["indicators"]:
        for entity in entities:
            values = found[name].sel(entity=entity).values
            codes = found[f"{name}_reason"].sel(entity=entity).values
            remarks: dict[str, list[int]] = {}
            for year, code in zip(years, codes, strict=True):
                if code:
                    remarks.setdefault(reasons.text(int(code), lang), []).append(year)
            note = "; ".join(f"{_years(ys)}: {text}" for text, ys in remarks.items())
            about = [indicator_name(assessed, name, lang), entity_name(assessed, entity, lang)]
            rows.append([*about, *(number(float(v)) for v in values), str(found[name].attrs["units"]), note])
    columns = [*(word(c, lang) for c in ("indicator", "entity")), *map(str, years)]
    columns += [word(c, lang) for c in ("unit", "remark")]
    table(out, word("Indicators", lang), columns, rows, right=range(2, 2 + len(years)))
    for entity in unknown:
        reasons_of = {
            int(c) for n in found.data_vars if str(n).endswith("_reason") for c in found[n].sel(entity=entity).values
        }
        why = "; ".join(reasons.text(c, lang) for c in sorted(reasons_of) if c)
        line = say("{entity}: nothing is known ({why})", entity=entity_name(assessed, entity, lang), why=why)
        out.print(line.to(lang), markup=False)
        out.print()


def _years(years: list[int]) -> str:
    """2020, 2022-2025."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)


def _print_variants(assessed: Assessed, lang: str, out: Console) -> None:
    years = [int(y) for y in assessed.indicators["year"].values]
    rows = []
    for label, found in assessed.variants:
        for name in (str(n) for n in found.data_vars if not str(n).endswith("_reason")):
            for entity in _known(assessed.indicators)[0]:
                values = found[name].sel(entity=entity).values
                about = [label, indicator_name(assessed, name, lang), entity_name(assessed, entity, lang)]
                rows.append([*about, *(number(float(v)) for v in values), str(found[name].attrs["units"])])
    if rows:
        columns = [
            *(word(c, lang) for c in ("assumption", "indicator", "entity")),
            *map(str, years),
            word("unit", lang),
        ]
        table(out, word("Under other assumptions", lang), columns, rows, right=range(3, 3 + len(years)))


def _print_breakdowns(assessed: Assessed, lang: str, out: Console) -> None:
    """By part and year; an entity of which nothing else is known is left to the JSON."""
    for quantity, dim, found in assessed.breakdowns:
        known = assessed.case.catalog.quantities[quantity]
        years = [int(y) for y in found["year"].values]
        rows: list[list[str]] = []
        for entity in _known(assessed.indicators)[0]:
            rows += _breakdown_rows(assessed, found.sel(entity=entity), quantity, dim, entity, lang)
        name = word(dim, lang)
        head = say("{name} [{unit}], by {dim}", name=known.zh if lang == "zh" else known.en, unit=known.unit, dim=name)
        columns = [word("entity", lang), name, *map(str, years), word("share", lang), word("remark", lang)]
        table(out, head.to(lang), columns, rows, right=range(2, 3 + len(years)))


def _breakdown_rows(
    assessed: Assessed, part: xr.Dataset, quantity: str, dim: str, entity: str, lang: str
) -> list[list[str]]:
    """One entity: its parts by size in the last year, and the sum of those known."""
    shown = entity_name(assessed, entity, lang)
    last, rows = part.isel(year=-1), []
    total = float(last[quantity].sum())
    whole = total > 0 and float(last[quantity].min()) >= 0  # of a difference no part is a share
    labels = sorted(
        (str(label) for label in part[dim].values if int(part[f"{quantity}_rows"].sel({dim: label}).sum())),
        key=lambda label: (-abs(float(last[quantity].sel({dim: label}).fillna(0))), label),
    )
    for label in labels:
        here = part.sel({dim: label})
        values = here[quantity].values
        codes = {
            int(c) for c, n in zip(here[f"{quantity}_reason"].values, here[f"{quantity}_rows"].values, strict=True) if n
        }
        why = "; ".join(reasons.text(c, lang) for c in sorted(codes) if c)
        name = activity_name(label, lang) if dim == "activity" and label in activities() else label
        share = f"{values[-1] / total:.1%}" if whole and values[-1] == values[-1] else "–"
        rows.append([shown, name, *(number(float(v), 6) for v in values), share, why])
    sums = part[quantity].sum(dim).values
    return (
        [*rows, [shown, word("sum of those known", lang), *(number(float(v), 6) for v in sums), "", ""]] if rows else []
    )
