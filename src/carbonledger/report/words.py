"""The words, numbers and tables that all reports share."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

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
    "rates": ("Share of each quantity by grade of its rates", "各量按因子等级的占比"),
    "quantity": ("quantity", "量"),
    "share": ("share", "占比"),
    "on_path": ("on path", "符合序时进度"),
    "off_path": ("behind the path", "落后序时进度"),
    "needed": ("needed per year", "每年需"),
    "synthetic": ("SYNTHETIC INPUT", "合成数据"),
    "latest": ("latest", "最新"),
    "products": ("products", "种产品"),
    "largest_gap": ("largest gap", "最大差额"),
    "decisions": ("Decisions of the case", "案例的选择"),
    "kind": ("kind", "口径"),
    "choice": ("choice", "取值"),
    "stand_in": ("stand-in", "替代"),
    "gap": ("gap", "缺口"),
    "decision": ("decision", "选择"),
    "reason": ("reason", "理由"),
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


def number(value: float | None, digits: int = 5) -> str:
    """A value for people: up to ``digits`` significant digits, no exponent for common sizes."""
    if value is None or value != value:
        return "–"
    if value == 0:
        return "0"
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}" if abs(value) >= 1e-4 else f"{value:.2e}"


def table(
    out: Console, title: str, columns: list[str], rows: Iterable[Iterable[str]], right: Iterable[int] = ()
) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    plain = not out.is_terminal
    made = Table(
        title=escape(title),
        title_justify="left",
        title_style="bold",
        box=None if plain else box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 2, 0, 0) if plain else (0, 1),
    )
    for i, column in enumerate(columns):
        made.add_column(escape(column), justify="right" if i in set(right) else "left", no_wrap=plain)
    for row in rows:
        made.add_row(*(cell if cell.startswith("[") and not plain else escape(cell) for cell in row))
    if not plain:
        out.print(made)
    else:  # no blanks at the line ends of a pipe
        with out.capture() as caught:
            out.print(made)
        out.file.write("\n".join(line.rstrip() for line in caught.get().splitlines()) + "\n")
    out.print()


def unit_text(unit: str) -> str:
    """A unit as printed beside a value; a plain ratio has none."""
    return "" if unit == "1" else unit
