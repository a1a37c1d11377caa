"""An explanation as a tree in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..factors import CONFIDENCE
from .words import console, number

if TYPE_CHECKING:
    from rich.tree import Tree


def print_tree(node: dict[str, Any]) -> None:
    """An explanation as a tree."""
    from rich.tree import Tree

    out = console()
    tree = Tree(_line(node), guide_style="dim", highlight=False)
    _grow(tree, node)
    out.print(tree)


def _grow(tree: Tree, node: dict[str, Any]) -> None:
    for child in node.get("from", []):
        _grow(tree.add(_line(child)), child)


def _line(node: dict[str, Any]) -> Any:
    from rich.text import Text

    kind, name = node["kind"], node.get("name", "")
    value = f"{number(node.get('value'), 7)} {node.get('unit', '')}".strip()
    argument = f"{node['argument']}: " if "argument" in node else ""
    reason = f"  ({node['reason']})" if node.get("reason") else ""
    if kind == "verdict":
        limit = f", limit {node['sense']} {number(node['limit'])} {node['unit']}"
        return Text(
            f"{name} {node['title']}: {node['verdict']}{reason}, {value} in {node['year']}{limit}  [{node['source']}]"
        )
    if kind == "indicator":
        return Text(f"{argument}{name} {node['entity']} {node['year']} = {value}{reason}\n  {node['formula']}")
    if kind == "total" and "entity" in node:
        behind = f"{node['rows']} rows, {node['months']} months, {node['boundary']}"
        return Text(f"{argument}{name} {node['entity']} {node['year']} = {value}{reason}  ({behind})")
    if kind == "entry":
        return Text(_entry_line(node, value) + reason)
    if kind == "rate":
        return Text(_rate_line(node, value))
    if kind == "state":
        return Text(
            f"{argument}{name} {node['year']} = {value}  [{node.get('file', '')} row {node.get('row', '')}; {node.get('source', '')}]"
        )
    return Text(f"{argument}{name} {value if 'value' in node else ''}{reason}")


def _entry_line(node: dict[str, Any], value: str) -> str:
    conversion = f" = {number(node['amount'], 7)} {node['amount_unit']}" if node["conversion"] != 1 else ""
    towards = f" ({node['quantity']})" if node.get("show_quantity") else ""
    text = f"{node['name']}: {node['written']}{conversion} → {value}{towards}  [{node['file']} row {node['row']}"
    text += f", {node['sector']}" if node.get("sector") else ""
    text += f"; {node['input_source']}" if node["input_source"] else ""
    return text + "]" + (f"\n  {node['derived']}" if node.get("derived") else "")


def _rate_line(node: dict[str, Any], value: str) -> str:
    text = f"rate {value}, {node['grade_text']}"
    if parts := node["components"]:
        text += "\n  " + " × ".join(f"{p['name']} {p['value']:g} {p['unit']} ({p['from']})" for p in parts)
        text += " × 44/12" if any(p["name"] == "carbon" for p in parts) else ""
    if "set" in node:
        text += f"\n  {node['printed']}; {node['source']}, {node['locator']}"
        extra = [node["factor_kind"], node["region"], f"data of {node['data_year']}" if node["data_year"] else ""]
        extra.append(f"confidence {node['confidence']}: {CONFIDENCE[node['confidence']]}")
        text += f"\n  {', '.join(x for x in extra if x)}; {node['file']} row {node['row']}"
    return text + "".join(f"\n  {step}" for step in node["steps"])
