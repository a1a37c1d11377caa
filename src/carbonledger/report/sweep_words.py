"""Words of a swept report: titles, names of scenarios and targets, shares that do not round to a certainty; a bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..messages import Named, say, word
from ..sweeping import Prepared
from ..targets import Target
from .sweep_view import First
from .words import console

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


WIDE = 110  # columns of a terminal from which a value and its spread stand on one line
METHODS = {
    "monte_carlo": say("Monte Carlo"),
    "sobol": say("Sobol sequence"),
    "latin_hypercube": say("Latin hypercube"),
}


def share_text(part: int, whole: int) -> str:
    """A share in percent that is 0 or 100 only where it is so exactly."""
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "<1 %"
    if 99 < percent < 100:
        return ">99 %"
    return f"{percent:.0f} %"


def first_text(first: First | None, n: int, years: list[int], lang: str) -> str:
    """The year in which a target is met first; of several scenarios the earliest and the latest, and in how many."""
    if first is None:
        return "–"
    met_in = [year for year, count in zip(years, first.years, strict=True) if count]
    if not met_in:
        return word("never", lang) if first.never - first.uncertain == n else "–"
    text = str(met_in[0]) if len(met_in) == 1 else f"{met_in[0]}–{met_in[-1]}"
    if first.never:
        text = say("{years} in {share}", years=text, share=share_text(n - first.never, n)).to(lang)
    return text


def target_id(target: Target) -> str:
    """How a target is called in a table; that of a standard's edition without the entity and years that stand beside."""
    if target.scope != "standard" or not target.entity:
        return target.id
    return target.id.partition(f" {target.entity}")[0]


def scenario_labels(prepared: Prepared) -> dict[str, str]:
    """What the named scenarios are called in both languages."""
    return {name: Named(name, zh or name) for name, zh, _ in prepared.scenario.named}


def scenario_title(prepared: Prepared, lang: str) -> str:
    """The title of the scenarios, in the language where they have one."""
    scenario = prepared.scenario
    return (scenario.title_zh if lang == "zh" else "") or scenario.title or scenario.name


@contextmanager
def progress_bar(lang: str = "en") -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while scenarios are computed; nothing where that is no terminal."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(word("scenarios computed", lang), total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def print_files(out: str | None, drawn: Sequence[Path], lang: str) -> None:
    """What was written beside the report."""
    from .picture_words import language
    from .sweep_files import manifest_path

    to = console()
    if out is not None:
        to.print(say("Written: {names}", names=f"{out}, {manifest_path(out)}").to(lang), markup=False, soft_wrap=True)
    if drawn:
        folder = str(drawn[0].parent)
        to.print(say("{n} pictures in {folder}", n=len(drawn), folder=folder).to(lang), markup=False, soft_wrap=True)
        if language(lang) != lang:
            to.print(
                say("No font with Chinese letters is installed: the pictures are in English").to(lang), markup=False
            )
