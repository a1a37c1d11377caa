"""The command line: assess, validate, explain, audit, diff, sweep, new, factors."""

from __future__ import annotations

import enum
import io
import sys
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

CaseArgument = Annotated[str, typer.Argument(help="A folder with case.toml, or the name of a shipped case.")]
QUANTILES = "0.05,0.25,0.5,0.75,0.95"
REDUCE_HELP = (
    "mean, quantiles, extremes, verdicts, first_year, difference, parted by commas; or cube. "
    "By default the cube up to 200 scenarios, else the first five."
)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON (docs/json.md) instead of tables.")]


class Lang(enum.StrEnum):
    """Languages of the reports."""

    en = "en"
    zh = "zh"


def _remember(context: typer.Context, lang: Lang) -> Lang:
    """Keep the language for the error that may end the command."""
    if isinstance(context.obj, dict):
        context.obj["lang"] = str(lang)
    return lang


LangOption = Annotated[Lang, typer.Option(callback=_remember, help="Language of the report, and of what is wrong.")]


@app.callback()
def about() -> None:
    """From activity rows to the indicators on which Chinese districts are judged - every number with its source."""


EditionOption = Annotated[
    list[str] | None,
    typer.Option("--edition", help="An edition of a standard by name, in place of that in force; may be repeated."),
]


@app.command()
def assess(
    case: CaseArgument, edition: EditionOption = None, json: JsonOption = False, lang: LangOption = Lang.en
) -> None:
    """Compute a case's indicators, judge its targets and print the scorecard."""
    from . import report
    from .case import assess as run

    assessed = run(case, edition=edition)
    if json:
        report.print_json(report.as_data(assessed))
    else:
        report.scorecard(assessed, lang=lang)


@app.command()
def validate(case: CaseArgument, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Read everything, compute nothing, list every fault; exit code 1 if there is any."""
    from . import report
    from .case import validate as run

    faults = run(case)
    if json:
        report.print_json([fault.as_dict() for fault in faults])
    else:
        report.print_faults(faults, case, lang)
    raise typer.Exit(1 if faults else 0)


@app.command()
def explain(
    case: CaseArgument,
    what: Annotated[str, typer.Argument(help="A target's id, an indicator, a quantity, or FILE:ROW.")],
    entity: Annotated[str | None, typer.Option(help="Which entity; needed where there are several.")] = None,
    year: Annotated[int | None, typer.Option(help="Which year; by default the last with a value.")] = None,
    top: Annotated[int, typer.Option(help="Entries of a total that are spelt out.")] = 8,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Follow a number down to the input row, the factor and its page."""
    from . import report
    from .case import assess as run
    from .explanation import explain as trace

    node = trace(run(case), what, entity=entity, year=year, top=top)
    if json:
        report.print_json(node)
    else:
        report.print_tree(node, lang)


@app.command()
def audit(case: CaseArgument, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """What a case's numbers rest on and what in its inputs is not plausible; exit code 1 below its own thresholds."""
    from . import report
    from .auditing import audit as run

    found = run(case)
    if json:
        report.print_json(report.audit_as_data(found))
    else:
        report.print_audit(found, lang=lang)
    raise typer.Exit(1 if found.below else 0)


@app.command()
def diff(
    case_a: CaseArgument,
    case_b: CaseArgument,
    top: Annotated[int, typer.Option(help="Drivers of each total that are spelt out.")] = 5,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Which input, factor or rule moved which number, between two cases or two versions of one."""
    from . import report
    from .difference import diff as run

    found = run(case_a, case_b, top=top)
    if json:
        report.print_json(report.difference_as_data(found))
    else:
        report.print_difference(found, lang=lang)


@app.command()
def sweep(
    case: CaseArgument,
    scenario: Annotated[str, typer.Argument(help="A scenario file, or the name of one beside the case.")],
    by: Annotated[str, typer.Option(help="entity, district, enterprise ...; that of the case by default.")] = "",
    reduce: Annotated[str | None, typer.Option(help=REDUCE_HELP)] = None,
    quantiles: Annotated[str, typer.Option(help="Probabilities, parted by commas.")] = QUANTILES,
    keep: Annotated[str | None, typer.Option(help="Indicators and quantities shown, parted by commas.")] = None,
    index: Annotated[int | None, typer.Option(help="Only the scenario of this number, from 0.")] = None,
    blocks: Annotated[int | None, typer.Option(help="Scenarios computed at a time.", min=1)] = None,
    out: Annotated[str | None, typer.Option(help="Write the sweep as NetCDF, with a manifest beside it.")] = None,
    plot: Annotated[str | None, typer.Option(help="Draw fan charts into this folder (extra: pictures).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the files of --out and --plot.")] = False,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Compute every scenario of a scenario file: indicators, and whether targets are met, by scenario and year."""
    from . import report
    from .sweeping import prepare, replay
    from .sweeping.finding import find_scenario
    from .sweeping.running import run, shown_names

    if out is not None:
        report.check_out(out, force=force)
    if plot is not None:
        report.check_pictures(plot, force=force)
    how: dict[str, Any] = {"reduce": _listed(reduce), "quantiles": _shares(quantiles), "blocks": blocks}
    prepared = prepare(case, find_scenario(case, scenario), by=by)
    shown = shown_names(prepared, _listed(keep))
    with report.progress_bar(lang) as progress:
        if index is None:
            found = run(prepared, keep=shown, **how, progress=progress)
        else:
            found = replay(prepared, index=index, keep=shown)
    if out is not None:
        given = {"by": by, "reduce": reduce, "quantiles": quantiles, "keep": keep, "index": index, "blocks": blocks}
        report.write_sweep(found, out, command=_command("sweep", case, scenario, **given), force=force)
    drawn = [] if plot is None else report.draw_sweep(prepared, found, plot, lang=lang)
    if json:
        report.print_json(report.sweep_as_data(prepared, found))
    else:
        report.print_sweep(prepared, found, lang=lang)
        report.print_files(out, drawn, lang)


def _listed(text: str | None) -> list[str] | None:
    """Names parted by commas."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def _shares(text: str) -> list[float]:
    from .errors import LedgerError
    from .messages import say

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise LedgerError(say("--quantiles {text!r}: numbers from 0 to 1, parted by commas", text=text)) from None


def _command(*words: str, **options: object) -> str:
    """A command as it can be given again."""
    import shlex

    given = [
        part
        for name, value in options.items()
        if value not in (None, "", QUANTILES)
        for part in (f"--{name}", str(value))
    ]
    return shlex.join(["carbonledger", *words, *given])


@app.command()
def new(
    folder: Annotated[str, typer.Argument(help="A folder that does not exist yet, or is empty.")],
    lang: LangOption = Lang.en,
) -> None:
    """Write a small commented example case that runs at once."""
    from .case import new_case

    typer.echo(str(new_case(folder, lang=lang)))


@app.command()
def factors(
    name: Annotated[str | None, typer.Argument(help="A factor set; without it all are listed.")] = None,
    lang: LangOption = Lang.en,
) -> None:
    """List the factor sets, or one set's rows: what applies, where, when, from where."""
    from . import report

    report.print_sets(name, lang)


def main() -> None:
    """Run the command line; what is wrong with the input is told in one message, without a traceback."""
    from .errors import LedgerError
    from .messages import word

    asked = {"lang": "en"}
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a sign shows '?', not a traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(obj=asked)
    except LedgerError as error:
        lang = asked["lang"]
        head = type(error).__name__ if lang == "en" else word("error", lang)
        typer.echo(f"{head}: {error.to(lang)}", err=True)
        raise SystemExit(2) from None
