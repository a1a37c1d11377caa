"""An entry as a node: the row as written, what it was converted to, and the rate with its source and page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..case import Assessed
from ..errors import CatalogError
from ..factors import GRADE_TEXT, Rate
from ..messages import Named, say
from ..tables import activities, factor_to_canonical, flows

if TYPE_CHECKING:
    import pandas as pd

Node = dict[str, Any]


def entries_of(assessed: Assessed, file: str, row: int) -> Node:
    entries = assessed.ledger.entries
    found = entries[(entries["file"] == file) & (entries["row"] == row)]
    refused = assessed.ledger.refused
    if found.empty:
        said = refused[(refused["file"] == file) & (refused["row"] == row)]
        if len(said):
            return {"kind": "refused", "name": f"{file}:{row}", "reason": said["reason"].iat[0], "from": []}
        values = {"file": file, "row": row, "files": ", ".join(sorted(set(entries["file"])))}
        raise CatalogError(say("no entry comes from {file} row {row}; files: {files}; row 1 is the head", **values))
    parts = [
        {**entry_node(assessed, entry, quantity), "show_quantity": True}
        for entry in (found.loc[i] for i in found.index)
        for j, quantity in enumerate(assessed.ledger.quantities)
        if assessed.ledger.counted[int(entry["key"]), j]
    ]
    return {"kind": "row", "name": f"{file}:{row}", "from": parts}


def entry_node(assessed: Assessed, entry: pd.Series, quantity: str, share: float = 1.0) -> Node:
    ledger = assessed.ledger
    key, column = int(entry["key"]), ledger.quantities.index(quantity)
    rate, signed = ledger.how[(key, quantity)], float(ledger.rates[key, column])
    node: Node = {
        "kind": "entry",
        "name": _name(str(entry["activity"]), str(entry["flow"])),
        "quantity": Named(quantity, assessed.case.catalog.quantities[quantity].zh),
        "file": str(entry["file"]),
        "row": int(entry["row"]),
        "value": None if rate is None else float(entry["canonical"]) * signed * share,
        "unit": assessed.case.catalog.quantities[quantity].unit,
        "written": f"{float(entry['written']):.10g} {entry['unit']}",
        "amount": float(entry["canonical"]),
        "amount_unit": str(entry["canonical_unit"]),
        "conversion": factor_to_canonical(entry["activity"], entry["unit"])[0],
        "sign": -1 if signed < 0 else 1,
        "period": str(entry["period"]),
        "input_source": str(entry["source"]),
    }
    if entry["derived"]:
        node["derived"] = entry["derived"]
    elif entry["cumulative"]:
        added = {"amount": float(entry["amount"]), "unit": str(entry["unit"])}
        node["derived"] = say("year to date; adds {amount:.10g} {unit} to the row before it", **added)
    if share != 1:
        node["share"] = share
    for column_of in ("sector", "status", "known_on"):
        if entry[column_of]:
            node[column_of] = entry[column_of]
    if rate is None:
        gap = ledger.rules.gap(str(entry["activity"]), quantity)
        node["reason"] = say("no rate: {why}", why=gap.reason if gap else say("missing"))
    node["from"] = [] if rate is None else [_rate(rate, str(entry["canonical_unit"]))]
    return node


def _rate(rate: Rate, amount_unit: str) -> Node:
    node: Node = {
        "kind": "rate",
        "value": rate.value,
        "unit": say("{unit} per {other}", unit=rate.unit, other=amount_unit),
        "grade": rate.grade.name.lower(),
        "grade_text": say(GRADE_TEXT[rate.grade][0]),
        "steps": list(rate.steps),
        "components": [{"name": say(n), "value": v, "unit": u, "from": say(f)} for n, v, u, f in rate.components],
    }
    if row := rate.row:
        node |= {
            "set": row.set,
            "file": row.file,
            "row": row.row,
            "printed": f"{row.printed_name}: {row.rate:g} {row.unit}" if row.rate is not None else row.printed_name,
            "region": row.region,
            "factor_kind": row.kind,
            "data_year": row.data_year,
            "published": row.published,
            "source": row.source,
            "locator": row.locator,
            "confidence": row.confidence,
        }
    return node


def _name(activity: str, flow: str) -> str:
    names = {"activity": Named(activity, activities()[activity].zh), "flow": Named(flow, flows()[flow].zh)}
    return say("{activity} {flow}", **names)
