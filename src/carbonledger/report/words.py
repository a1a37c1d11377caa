"""The names, numbers and tables that all reports share."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..messages import to_lang
from ..tables import activities, flows

if TYPE_CHECKING:
    from rich.console import Console

    from ..case import Assessed, Case


def console(*, stderr: bool = False) -> Console:
    """Rich on a terminal; in a pipe plain lines, as wide as they need."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(stderr=stderr)
    return Console(file=stream, width=20_000, no_color=True, highlight=False, emoji=False)


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
        made.add_column(
            escape(column), justify="right" if i in set(right) else "left", no_wrap=plain or i in set(right)
        )
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


def title(case: Case, lang: str) -> str:
    """The title of a case, in the language where it has one."""
    about = case.about
    return str(about.get("title_zh" if lang == "zh" else "title") or about.get("title") or case.name)


def indicator_name(assessed: Assessed, indicator: str, lang: str) -> str:
    found = assessed.case.catalog.indicators[indicator]
    return found.zh if lang == "zh" else found.en


def activity_name(activity: str, lang: str) -> str:
    found = activities()[activity]
    return found.zh if lang == "zh" else found.en


def flow_name(flow: str, lang: str) -> str:
    found = flows()[flow]
    return found.zh if lang == "zh" else found.en


def entity_name(assessed: Assessed, entity: str, lang: str) -> str:
    """The name of an entity in the language, where the entity table gives one; else as it is called in the files."""
    return to_lang(assessed.case.entity_names.get(entity, entity), lang)
