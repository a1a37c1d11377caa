"""An explanation as a tree in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..factors import CONFIDENCE
from ..messages import Named, listed, say, to_lang
from .words import console, number

if TYPE_CHECKING:
    from rich.tree import Tree


STATUSES = ("flash", "annual", "revised")  # 快报, 年报, 修订


def print_tree(node: dict[str, Any], lang: str = "en") -> None:
    """An explanation as a tree; names, reasons and grades in the language, sources and units as they were written."""
    from rich.tree import Tree

    out = console()
    tree = Tree(_line(node, lang), guide_style="dim", highlight=False)
    _grow(tree, node, lang)
    out.print(tree)


def _grow(tree: Tree, node: dict[str, Any], lang: str) -> None:
    for child in node.get("from", []):
        _grow(tree.add(_line(child, lang)), child, lang)


def _line(node: dict[str, Any], lang: str) -> Any:
    from rich.text import Text

    kind = "group" if node["kind"] == "total" and "entity" not in node else node["kind"]
    lines = {"verdict": _verdict, "indicator": _indicator, "total": _total, "entry": _entry, "rate": _rate}
    return Text("\n  ".join(to_lang(line, lang) for line in {**lines, "state": _state}.get(kind, _plain)(node)))


def _value(node: dict[str, Any]) -> str:
    unit, value = node.get("unit", ""), number(node.get("value"), 7)
    return say("{value} {unit}", value=value, unit=unit) if unit else value


def _reason(node: dict[str, Any]) -> str:
    return say("  ({reason})", reason=node["reason"]) if node.get("reason") else ""


def _argument(node: dict[str, Any]) -> str:
    return f"{node['argument']}: " if "argument" in node else ""


def _shown(node: dict[str, Any]) -> dict[str, Any]:
    """What the first lines of indicators, totals and states are made of."""
    about = {key: node.get(key, "") for key in ("name", "entity", "year")}
    return {**about, "argument": _argument(node), "value": _value(node), "reason": _reason(node)}


def _verdict(node: dict[str, Any]) -> list[str]:
    said = {key: node[key] for key in ("name", "verdict", "sense", "unit", "year", "source")}
    return [
        say(
            "{name} {title}: {verdict}{reason}, {value} in {year}, limit {sense} {limit} {unit}  [{source}]",
            **said,
            title=Named(node["title"], node["title_zh"]),
            limit=number(node["limit"]),
            value=_value(node),
            reason=_reason(node),
        )
    ]


def _indicator(node: dict[str, Any]) -> list[str]:
    return [say("{argument}{name} {entity} {year} = {value}{reason}", **_shown(node)), node["formula"]]


def _total(node: dict[str, Any]) -> list[str]:
    behind = say(
        "{rows} rows, {months} months, {boundary}",
        **{key: node[key] for key in ("rows", "months", "boundary")},
    )
    return [say("{argument}{name} {entity} {year} = {value}{reason}  ({behind})", **_shown(node), behind=behind)]


def _state(node: dict[str, Any]) -> list[str]:
    if "file" not in node:
        return [say("{argument}{name} {entity} {year}: not given", **_shown(node))]
    place = say("{file} row {row}", file=node["file"], row=node["row"])
    what = [place, *([node["source"]] if node["source"] else [])]
    return [say("{argument}{name} {entity} {year} = {value}  [{source}]", **_shown(node), source=listed(what))]


def _plain(node: dict[str, Any]) -> list[str]:
    value = _value(node) if "value" in node else ""
    name = node.get("name", "")
    return [
        say("{argument}{name} {value}{reason}", argument=_argument(node), name=name, value=value, reason=_reason(node))
    ]


def _entry(node: dict[str, Any]) -> list[str]:
    place: str = say("{file} row {row}", file=node["file"], row=node["row"])
    if node.get("sector"):
        place = say("{place}, {sector}", place=place, sector=node["sector"])
    standing = [
        *([say(node["status"])] if node.get("status") in STATUSES else []),
        *filter(None, [node.get("known_on")]),
    ]
    amount = f" = {number(node['amount'], 7)} {node['amount_unit']}" if node["conversion"] != 1 else ""
    amount += f" × {node['share']:.4g}" if "share" in node else ""
    towards = say(" ({quantity})", quantity=node["quantity"]) if node.get("show_quantity") else ""
    line = say(
        "{name}: {written}{amount} → {value}{towards}  [{source}]{reason}",
        **{"name": node["name"], "written": node["written"], "amount": amount, "towards": towards},
        **{"value": _value(node), "reason": _reason(node)},
        source=listed([place, *([node["input_source"]] if node["input_source"] else []), *standing]),
    )
    return [line, *([node["derived"]] if node.get("derived") else [])]


def _rate(node: dict[str, Any]) -> list[str]:
    lines: list[str] = [say("rate {value}, {grade}", value=_value(node), grade=node["grade_text"])]
    if parts := node["components"]:
        with_carbon = " × 44/12" if any(p["name"] == "carbon" for p in parts) else ""
        lines.append(_multiplied([_component(part) for part in parts], with_carbon))
    if "set" in node:
        lines.append(f"{node['printed']}; {node['source']}, {node['locator']}")
        confidence = {"code": node["confidence"], "text": say(CONFIDENCE[node["confidence"]])}
        extra: list[str] = [node["factor_kind"], node["region"]]
        extra += [say("data of {year}", year=node["data_year"])] if node["data_year"] else []
        extra += [say("confidence {code}: {text}", **confidence)]
        place = say("{file} row {row}", file=node["file"], row=node["row"])
        lines.append(listed([*(x for x in extra if x), place]))
    return [*lines, *node["steps"]]


def _component(part: dict[str, Any]) -> str:
    return say(
        "{name} {value:g} {unit} ({origin})", **{k: part[k] for k in ("name", "value", "unit")}, origin=part["from"]
    )


def _multiplied(parts: list[str], last: str) -> str:
    made = parts[0]
    for part in parts[1:]:
        made = say("{one} × {other}", one=made, other=part)
    return say("{made}{last}", made=made, last=last) if last else made
