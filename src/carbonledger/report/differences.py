"""What differs between two cases, for people and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .. import __version__, reasons
from ..auditing import years_text
from ..difference import Difference, Driver, Movement, RateChange, RowChange
from ..factors import GRADE_TEXT, Grade
from ..messages import say, to_lang, word
from .findings import headed
from .words import activity_name, console, flow_name, number

if TYPE_CHECKING:
    from rich.console import Console

DIFF_SCHEMA = "carbonledger.diff/1"
LISTED = 40  # lines of one table that are printed; the rest are counted (all of them in the JSON form)


def print_difference(difference: Difference, *, lang: str = "en", out: Console | None = None) -> None:
    """Print what differs and what it moved: inputs, rates, rules; then totals with their parts, indicators, verdicts."""
    out = out or console()
    out.print(f"{difference.a} → {difference.b}", markup=False, style="bold")
    out.print()
    if difference.same and not difference.files:
        out.print(word("Nothing differs.", lang), markup=False)
        return
    _print_inputs(difference, lang, out)
    _print_rates(difference, lang, out)
    _print_rules(difference, lang, out)
    _print_totals(difference, lang, out)
    _print_moved(difference, lang, out)


def _listed(out: Console, lang: str, head: str, columns: list[str], rows: list[list[str]], right: Any = ()) -> None:
    if not rows:
        return
    headed(out, f"{word(head, lang)}: {len(rows)}", [word(c, lang) if c else "" for c in columns], rows[:LISTED], right)
    if len(rows) > LISTED:
        out.print(say("... and {n} more", n=len(rows) - LISTED).to(lang), markup=False)
        out.print()


def _entity(difference: Difference, name: str, lang: str) -> str:
    return to_lang(difference.entity_names.get(name, name), lang)


def _name(difference: Difference, name: str, lang: str) -> str:
    return to_lang(difference.names.get(name, name), lang)


def _print_inputs(difference: Difference, lang: str, out: Console) -> None:
    rows = [[word(change, lang), name] for change, name in difference.files]
    _listed(out, lang, "Input files that differ", ["change", "file"], rows)
    rows = [_row_line(difference, r, lang) for r in difference.rows]
    columns = ["change", "entity", "period", "activity", "flow", "sector", "before", "after", "unit", "place", "remark"]
    _listed(out, lang, "Rows that differ", columns, rows, right=(6, 7))
    changes = [*difference.states, *difference.targets, *difference.entities]
    rows = [
        [
            word(c.change, lang),
            _name(difference, c.name, lang),
            c.field,
            _entity(difference, c.entity, lang),
            str(c.year or ""),
            _value(c.before),
            _value(c.after),
            f"{c.file} {say('row {row}', row=c.row).to(lang)}",
        ]
        for c in changes
    ]
    columns = ["change", "name", "field", "entity", "year", "before", "after", "place"]
    _listed(out, lang, "States, targets and entities that differ", columns, rows, right=(5, 6))


def _row_line(difference: Difference, row: RowChange, lang: str) -> list[str]:
    remarks = [word(row.entry, lang)] if row.entry != "row" else []
    remarks += [word("own values differ", lang)] if row.own_changed else []
    remarks += [say("part of {whole}", whole=row.part_of).to(lang)] if row.part_of else []
    remarks += [say("partner {name}", name=_entity(difference, row.partner, lang)).to(lang)] if row.partner else []
    return [
        word(row.change, lang),
        _entity(difference, row.entity, lang),
        row.period if str(row.year) in row.period else str(row.year),
        activity_name(row.activity, lang),
        flow_name(row.flow, lang),
        row.sector,
        number(row.before, 8),
        number(row.after, 8),
        row.unit,
        f"{row.file} {say('row {row}', row=row.row).to(lang)}",
        "; ".join([*remarks, *([to_lang(row.derived, lang)] if row.derived else [])]),
    ]


def _print_rates(difference: Difference, lang: str, out: Console) -> None:
    rows = [_rate_line(difference, r, lang) for r in difference.rates]
    columns = ["quantity", "activity", "flow", "region", "year", "before", "after", "unit", "from", ""]
    _listed(out, lang, "Rates that differ", columns, rows, right=(5, 6))


def _rate_line(difference: Difference, rate: RateChange, lang: str) -> list[str]:
    before, after = (
        "; ".join(
            filter(
                None,
                [word(GRADE_TEXT[Grade[g.upper()]][1], lang) if g else "", place, *(to_lang(s, lang) for s in steps)],
            )
        )
        for g, place, steps in (
            (rate.grade_before, rate.from_before, rate.steps_before),
            (rate.grade_after, rate.from_after, rate.steps_after),
        )
    )
    return [
        _name(difference, rate.quantity, lang),
        activity_name(rate.activity, lang),
        flow_name(rate.flow, lang) + (f" ({word('part', lang)})" if rate.of_which else ""),
        rate.region,
        years_text(rate.years),
        number(rate.before, 7),
        number(rate.after, 7),
        rate.unit,
        before,
        "" if after == before else f"→ {after}",
    ]


def _print_rules(difference: Difference, lang: str, out: Console) -> None:
    rows = [[r.what, r.name, _value(r.before), _value(r.after)] for r in difference.rules]
    _listed(out, lang, "Decisions that differ", ["decision", "name", "before", "after"], rows)


def _value(value: Any) -> str:
    return "–" if value is None else number(value, 8) if isinstance(value, float) else str(value)


def _print_totals(difference: Difference, lang: str, out: Console) -> None:
    rows = []
    for moved in difference.totals:
        parts = [number(part) if part else "" for part in moved.parts.values()]
        rows.append(
            [
                _name(difference, moved.quantity, lang),
                _entity(difference, moved.entity, lang),
                str(moved.year),
                number(moved.before, 7),
                number(moved.after, 7),
                *parts,
                moved.unit,
                _drivers(difference, moved, lang),
            ]
        )
    columns = ["quantity", "entity", "year", "before", "after", "amounts", "rates", "rows added", "rows removed"]
    columns += ["boundary", "unit", "most of it"]
    _listed(out, lang, "Totals that moved, and by what", columns, rows, right=range(3, 10))


def _drivers(difference: Difference, moved: Movement, lang: str) -> str:
    return "; ".join(_driver(difference, d, lang) for d in moved.drivers[:2])


def _driver(difference: Difference, d: Driver, lang: str) -> str:
    who = "" if d.entity == "" else f"{_entity(difference, d.entity, lang)} "
    return f"{who}{activity_name(d.activity, lang)} {flow_name(d.flow, lang)} {d.total:+.4g}"


def _print_moved(difference: Difference, lang: str, out: Console) -> None:
    rows = []
    for m in difference.indicators:
        before, after = (
            number(value, 7) if value is not None else reasons.text(why, lang)
            for value, why in ((m.before, m.reason_before), (m.after, m.reason_after))
        )
        because = ", ".join(
            _name(difference, b.split(" ")[0], lang) + (f" {b.split(' ')[1]}" if " " in b else "")
            if b != "definition"
            else word(b, lang)
            for b in m.because
        )
        entity = _entity(difference, m.entity, lang)
        rows.append([_name(difference, m.indicator, lang), entity, str(m.year), before, after, m.unit, because])
    columns = ["indicator", "entity", "year", "before", "after", "unit", "because of"]
    _listed(out, lang, "Indicators that moved", columns, rows, right=(3, 4))
    rows = [
        [
            v.target,
            _entity(difference, v.entity, lang),
            str(v.year or "–"),
            *(word(said, lang) if said else "–" for said in (v.before, v.after)),
            number(v.margin_before),
            number(v.margin_after),
            v.unit,
        ]
        for v in difference.verdicts
    ]
    columns = ["target", "entity", "due", "before", "after", "margin before", "margin after", "unit"]
    _listed(out, lang, "Verdicts that changed", columns, rows, right=(5, 6))


def difference_as_data(difference: Difference) -> dict[str, Any]:
    """A difference as plain data, whole."""
    made: dict[str, Any] = {"schema": DIFF_SCHEMA, "version": __version__, "a": difference.a, "b": difference.b}
    made["same"] = difference.same
    made["files"] = [{"change": change, "file": name} for change, name in difference.files]
    for name in ("rows", "states", "targets", "entities", "rates", "verdicts"):
        made[name] = [asdict(item) for item in getattr(difference, name)]
    made["rules"] = [
        {"what": r.what, "name": r.name, "before": _plain(r.before), "after": _plain(r.after)} for r in difference.rules
    ]
    made["totals"] = [asdict(m) for m in difference.totals]
    made["indicators"] = [
        {
            **asdict(m),
            "reason_before": reasons.text(m.reason_before),
            "reason_after": reasons.text(m.reason_after),
        }
        for m in difference.indicators
    ]
    return made


def _plain(value: Any) -> Any:
    """A decision as JSON holds it: dates and paths as text."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
