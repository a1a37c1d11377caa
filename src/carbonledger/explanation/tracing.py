"""From a verdict, an indicator, a total or an entry down to the input row, the conversion and the factor's page."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..case import Assessed
from ..errors import CatalogError, nearest
from ..ledger import labels_of, shares_of
from ..messages import Named, say
from ..targets import SENSES
from .entries import Node, entries_of, entry_node

if TYPE_CHECKING:
    pass


def explain(assessed: Assessed, what: str, *, entity: str | None = None, year: int | None = None, top: int = 8) -> Node:
    """Explain one number.

    Parameters
    ----------
    assessed : Assessed
        From :func:`carbonledger.assess`.
    what : str
        A target's id, an indicator, a quantity, or an entry as ``file:row``.
    entity, year : optional
        Which group; by default the only entity, and the last year that has a value.
    top : int
        How many entries of a total are spelt out; the rest are counted and summed.

    Returns
    -------
    dict with ``kind``, ``name``, ``value``, ``unit``, what the kind adds, and ``from``: the nodes it rests on.

    Raises
    ------
    CatalogError
        If nothing has that name, or the entity or year has no row.
    """
    for judged in assessed.verdicts:
        if judged.target.id == what and entity in {None, judged.group.get("entity", entity)}:
            return _verdict(assessed, judged, entity, year, top)
    if what in assessed.indicators:
        return _indicator(assessed, what, *_place(assessed, assessed.indicators[what], entity, year), top)
    if what in assessed.ledger.quantities:
        return _total(assessed, what, *_place(assessed, assessed.totals[what], entity, year), top)
    file, colon, row = what.rpartition(":")
    if colon and row.isdigit():
        return entries_of(assessed, file, int(row))
    known = [*(j.target.id for j in assessed.verdicts), *assessed.case.about["indicators"], *assessed.ledger.quantities]
    raise CatalogError(
        say(
            "nothing is named {name!r} in {case}{near}. Accepted: a target, an indicator, a quantity, or FILE:ROW; this "
            "case has {names}",
            name=what,
            case=assessed.case.name,
            near=nearest(what, known),
            names=", ".join(dict.fromkeys(known)),
        )
    )


def _place(assessed: Assessed, value: Any, entity: str | None, year: int | None) -> tuple[str, int]:
    names = [str(n) for n in value["entity"].values] if "entity" in value.dims else []
    if entity is None:
        if len(names) != 1:
            raise CatalogError(say("which entity? This case has {names}", names=", ".join(names)))
        entity = names[0]
    if entity not in names:
        near, have = nearest(entity, names), ", ".join(names)
        raise CatalogError(say("no entity {name!r}{near}; this case has {names}", name=entity, near=near, names=have))
    years = [int(y) for y in value["year"].values]
    if year is None:
        known = [y for y in years if bool(value.sel(entity=entity, year=y).notnull())]
        year = max(known or years)
    if year not in years:
        have = ", ".join(map(str, years))
        raise CatalogError(say("no rows in {year}; {entity} has {years}", year=year, entity=entity, years=have))
    return entity, year


def _verdict(assessed: Assessed, judged: Any, entity: str | None, year: int | None, top: int) -> Node:
    target = judged.target
    node: Node = {
        "kind": "verdict",
        "name": target.id,
        "title": target.name_en or target.name_zh,
        "title_zh": target.name_zh or target.name_en,
        "verdict": say(judged.verdict.name),
        "reason": _reason(judged.reason),
        "value": judged.value,
        "limit": judged.limit,
        "sense": say(SENSES[target.sense]),
        "margin": judged.margin,
        "unit": judged.unit,
        "year": judged.year,
        "source": target.source,
        "from": [],
    }
    if target.indicator in assessed.indicators:
        value = assessed.indicators[target.indicator]
        where = judged.group.get("entity") if entity is None else entity
        when = year or (judged.year if judged.year in value["year"].values else judged.latest_year)
        node["from"] = [_indicator(assessed, target.indicator, *_place(assessed, value, where, when), top)]
    return node


def _indicator(assessed: Assessed, name: str, entity: str, year: int, top: int) -> Node:
    indicator = assessed.case.catalog.indicators[name]
    here = {"entity": entity, "year": year}
    node: Node = {
        "kind": "indicator",
        "name": Named(name, indicator.zh),
        "title": indicator.en,
        "title_zh": indicator.zh,
        "entity": _entity(assessed, entity),
        "year": year,
        "value": _number(assessed.indicators[name].sel(here)),
        "unit": indicator.unit,
        "reason": _reason(assessed.indicators[f"{name}_reason"].sel(here)),
        "formula": _formula_text(indicator.function),
        "from": [],
    }
    for argument in indicator.arguments:
        source, of_base = indicator.source_of(argument)
        when = year if not of_base else year - 1 if indicator.baseline == "previous" else int(indicator.baseline or 0)
        if source in assessed.case.catalog.states:
            child = _state(assessed, source, entity, when)
        elif when in assessed.totals["year"].values:
            child = _total(assessed, source, entity, when, top)
        else:
            title = Named(source, assessed.case.catalog.quantities[source].zh)
            why = say("no rows in that year")
            child = {"kind": "total", "name": title, "year": when, "value": None, "reason": why}
        node["from"].append({**child, "argument": argument})
    return node


def _formula_text(function: Any) -> str:
    """The one line after ``return``, as it stands in the code."""
    arguments = ", ".join(inspect.signature(function).parameters)
    return f"{function.__name__}({arguments}) = {inspect.getsource(function).rpartition('return ')[2].strip()}"


def _state(assessed: Assessed, name: str, entity: str, year: int) -> Node:
    states = assessed.case.states
    known = assessed.case.catalog.states[name]
    node: Node = {"kind": "state", "name": Named(name, known.zh), "entity": _entity(assessed, entity), "year": year}
    node["value"] = None
    for row in states.itertuples() if states is not None else ():
        if (row.state, row.entity, row.year) == (name, entity, year):
            node |= {
                "value": float(row.value),
                "unit": known.unit,
                "file": row.file,
                "row": int(row.row),
                "print": row.print,
                "source": row.source,
            }
    return node


def _total(assessed: Assessed, name: str, entity: str, year: int, top: int) -> Node:
    import pandas as pd

    ledger, column = assessed.ledger, assessed.ledger.quantities.index(name)
    quantity, here = assessed.case.catalog.quantities[name], {"entity": entity, "year": year}
    cells, entries = ledger.cells, ledger.entries
    concerned = (labels_of(ledger, assessed.case.level) == entity) & (cells.year == year)
    concerned &= ledger.counted[cells.key, column]
    share = shares_of(ledger, name, assessed.totals.attrs["boundary"])
    concerned &= share != 0  # what the boundary leaves out is no part of the total
    chosen = entries[concerned[entries["cell"].to_numpy()]]
    shares = pd.Series(share[chosen["cell"].to_numpy()], index=chosen.index)
    values = chosen["canonical"] * ledger.rates[chosen["key"].to_numpy(), column] * shares
    order = values.abs().sort_values(ascending=False, kind="stable").index
    parts = [entry_node(assessed, chosen.loc[i], name, float(shares.loc[i])) for i in order[:top]]
    if (rest := len(order) - top) and rest > 0:
        parts.append(
            {"kind": "rest", "name": say("{n} more entries", n=rest), "value": float(values.loc[order[top:]].sum())}
        )
    return {
        "kind": "total",
        "name": Named(name, quantity.zh),
        "title": quantity.en,
        "title_zh": quantity.zh,
        "entity": _entity(assessed, entity),
        "year": year,
        "value": _number(assessed.totals[name].sel(here)),
        "unit": quantity.unit,
        "rows": int(assessed.totals[f"{name}_rows"].sel(here)),
        "months": int(assessed.totals[f"{name}_months"].sel(here)),
        "reason": _reason(assessed.totals[f"{name}_reason"].sel(here)),
        "boundary": say(assessed.totals.attrs["boundary"]),
        "from": parts,
    }


def _reason(code: Any) -> str:
    """A reason as a message; blank where nothing is missing."""
    text = reasons.text(int(code))
    return say(text) if text else ""


def _entity(assessed: Assessed, name: str) -> str:
    """The entity as it is called in the files, with the Chinese name of its table."""
    found = assessed.case.entity_names.get(name)
    return Named(name, found.to("zh")) if found else name


def _number(value: Any) -> float | None:
    found = float(value)
    return None if found != found else found
