"""The command line: assess, validate, explain, audit, diff, new, factors."""

from __future__ import annotations

import enum
import io
import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

CaseArgument = Annotated[str, typer.Argument(help="A folder with case.toml, or the name of a shipped case.")]
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


@app.command()
def assess(case: CaseArgument, json: JsonOption = False, lang: LangOption = Lang.en) -> None:
    """Compute a case's indicators, judge its targets and print the scorecard."""
    from . import report
    from .case import assess as run

    assessed = run(case)
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
