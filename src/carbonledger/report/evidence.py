"""What a result rests on: coverage, entries made on the way, decisions of the case, grades of rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import Assessed
from ..factors import GRADE_TEXT, Grade
from ..messages import word
from .data import grades
from .words import activity_name, entity_name, flow_name, number, table

if TYPE_CHECKING:
    from rich.console import Console


def print_coverage(assessed: Assessed, lang: str, out: Console) -> None:
    """The share of a district's statistical totals that its enterprises explain."""
    found = assessed.coverage
    if found is None or found.empty:
        return
    years = sorted(int(y) for y in set(found["year"]))
    rows = []
    for (entity, quantity), part in found[found["quantity"] != ""].groupby(["entity", "quantity"], sort=False):
        known = assessed.case.catalog.quantities[str(quantity)]
        share = dict(zip(part["year"].astype(int), part["share"], strict=True))
        last = part.sort_values("year").iloc[-1]
        cells = [f"{share[y]:.1%}" if y in share and share[y] == share[y] else "–" for y in years]
        name = known.zh if lang == "zh" else known.en
        rest = number(float(last["total"] - last["explained"]), 6)
        rows.append([entity_name(assessed, str(entity), lang), name, *cells, rest, known.unit])
    columns = [word("entity", lang), word("quantity", lang), *map(str, years)]
    columns += [word("unallocated in the last year", lang), word("unit", lang)]
    head = word("Share of the statistical totals that enterprises explain", lang)
    table(out, head, columns, rows, right=range(2, 3 + len(years)))


def print_made(assessed: Assessed, lang: str, out: Console) -> None:
    """Entries that are not rows of a file: moved parts, eliminations, unallocated amounts."""
    rows = assessed.ledger.rows
    made = rows[rows["entry"].isin(["transfer", "elimination", "unallocated"])]
    if made.empty:
        return
    columns = ["entry", "entity", "activity", "flow", "canonical_unit"]
    plain = made.assign(**{c: made[c].astype(object) for c in columns})
    sums = plain.groupby([*columns, "year"])["canonical"].agg(["sum", "size"]).unstack("year")
    years = [int(y) for y in sums["sum"].columns]
    many = plain["entity"].nunique() > 12  # transfers of many enterprises are counted, not listed
    if many:
        transfers = plain["entry"] == "transfer"
        plain.loc[transfers, "entity"] = ""
        sums = plain.groupby([*columns, "year"])["canonical"].agg(["sum", "size"]).unstack("year")
    lines = [
        [
            word(str(entry), lang),
            entity_name(assessed, str(entity), lang) if entity else word("enterprises", lang),
            activity_name(str(activity), lang),
            flow_name(str(flow), lang),
            *(number(float(v), 6) for v in line["sum"].values),
            str(unit),
            str(int(line["size"].sum())),
        ]
        for (entry, entity, activity, flow, unit), line in sums.iterrows()
    ]
    heads = [*(word(c, lang) for c in ("entry", "entity", "activity", "flow")), *map(str, years)]
    heads += [word("unit", lang), word("entries", lang)]
    table(out, word("Entries made on the way", lang), heads, lines, right=[*range(4, 4 + len(years)), 5 + len(years)])


def print_decisions(assessed: Assessed, lang: str, out: Console) -> None:
    """What the case chose where sources leave a choice: a reader must not have to open case.toml to see it."""
    rules = assessed.case.rules
    rows = [[word("kind", lang), quantity, kind, ""] for quantity, kind in rules.kinds.items()]
    rows += [
        [word("choice", lang), activity_name(activity, lang), str(choice), ""]
        for activity, choice in rules.choices.items()
    ]
    for s in rules.stand_ins:
        key = " ".join(str(x) for x in (s.activity, s.quantity, s.region, s.year) if x)
        rows.append([word("stand-in", lang), key, ", ".join(map(str, s.use.values())), s.reason])
    rows += [[word("gap", lang), f"{g.activity} {g.quantity}", "–", g.reason] for g in rules.gaps]
    if rows:
        columns = [word("decision", lang), "", word("value", lang), word("reason", lang)]
        table(out, word("Decisions of the case", lang), columns, rows)


def print_grades(assessed: Assessed, lang: str, out: Console) -> None:
    """Per quantity, how much of its value rests on which grade of rate: a fallback is a share of the result."""
    rows = []
    for name, shares in grades(assessed).items():
        quantity = assessed.case.catalog.quantities[name]
        cells = [f"{shares[grade]:.1%}" if grade in shares else "" for grade in Grade]
        rows.append([quantity.zh if lang == "zh" else quantity.en, *cells])
    columns = [word("quantity", lang), *(word(GRADE_TEXT[grade][1], lang) for grade in Grade)]
    head = word("Share of each quantity by grade of its rates", lang)
    table(out, head, columns, rows, right=range(1, 1 + len(Grade)))
