"""The parts of a scenario as its file gives them: axes, levers, recipes, events, responses, draws."""

from __future__ import annotations

from typing import Any

from ..messages import say
from ..tables import plain_name, spellings
from .forms import Measure, Place, amount, is_number, keyed, measure
from .nouns import Axis, Cost, Distribution, Event, Lever, Recipe, Response, Sampling
from .verbs import no_path

NAN = float("nan")
RATIO = Measure("1")
_SPELT = {"activity": "activities", "flow": "flows"}


def read_axis(given: dict[str, Any], named: list[Any], faults: Place) -> tuple[Axis, Measure]:
    """An axis, and the unit of its levels: the one stated, else that of its first level, parameter or named level."""
    kept = keyed(given, "axes", faults)
    drawn = kept.get("distribution", {})
    parameters = {key: value for key, value in drawn.items() if key not in {"kind", "truncate"}}
    cuts = drawn["truncate"] if isinstance(drawn.get("truncate"), list | tuple) else ()
    unit, held = measure(kept.get("unit", ""), [*kept.get("levels", ()), *parameters.values(), *cuts, *named], faults)
    levels = tuple(held.read(level, faults, "levels") for level in kept.get("levels", ()))
    distribution = _distribution(drawn, parameters, held, faults) if "distribution" in kept else None
    texts = {key: kept[key] for key in ("title", "title_zh", "source") if key in kept}
    return Axis(kept.get("name", ""), unit, levels, distribution, tuple(kept.get("each", ())), **texts), held


def _distribution(given: dict[str, Any], parameters: dict[str, Any], held: Measure, faults: Place) -> Distribution:
    kind, truncate = given.get("kind", ""), None
    if not isinstance(kind, str) or not kind:
        what = say("{key} = {value!r}", key="distribution kind", value=given.get("kind", ""))
        faults.add(what, say("It must be {form}", form=say("a text that is not blank")), key="kind")
        kind = ""
    made = {
        key: (RATIO if key == "gsd" else held).read(value, faults, "parameters", "distribution " + key)
        for key, value in parameters.items()
    }
    if "truncate" in given:
        cuts = given["truncate"]
        if isinstance(cuts, list | tuple) and len(cuts) == 2:
            low, high = (held.read(cut, faults, "truncate", "distribution truncate") for cut in cuts)
            truncate = (low, high)
        else:
            what = say("{key} = {value!r}", key="distribution truncate", value=cuts)
            faults.add(what, say("Write the lowest and the highest level, e.g. [0.9, 1.1]"), key="truncate")
    return Distribution(kind, made, truncate)


def read_recipe(name: str, given: dict[str, Any], faults: Place) -> Recipe:
    """One ``[recipes.NAME]``; each row keeps the unit that it is written in."""
    kept, rows = keyed(given, "recipes", faults), []
    unit, _ = measure(kept.get("unit", ""), (), faults)
    for position, row in enumerate(kept.get("rows", ())):
        inner = faults.inner(say("row {row}", row=position + 1))
        entry = keyed(row, "rows", inner)
        held = measure("", [entry.get("amount", 0)], inner)[0]
        number = Measure(held).read(entry["amount"], inner, "amount") if "amount" in entry else NAN
        activity, flow = (_spelt(key, entry.get(key, "")) for key in ("activity", "flow"))
        rows.append((activity, flow, number, held))
        faults.unread |= {"rows"} if inner.unread else set()
    return Recipe(name, unit, tuple(rows), kept.get("source", ""))


def read_lever(given: dict[str, Any], axes: dict[str, Axis], faults: Place) -> Lever:
    """One ``[[levers]]``; a level or levels by year are held in one unit, those of an axis in that of the axis."""
    kept = keyed(given, "levers", faults)
    plain = ("name", "verb", "axis", "acts", "component", "own", "recipe", "source", "to")
    made: dict[str, Any] = {"name": "", "verb": ""} | {key: kept[key] for key in plain if key in kept}
    amounts = [kept[key] for key in ("level",) if key in kept] + list(kept.get("by_year", {}).values())
    made["unit"], held = measure(kept.get("unit", ""), amounts, faults)
    if "axis" in kept and not amounts:
        made["unit"] = axes[kept["axis"]].unit if kept["axis"] in axes else "1"
        if "unit" in kept:
            faults.add(say("unit beside axis, whose levels have one"), say("Delete unit"))
    if "level" in kept:
        made["level"] = held.read(kept["level"], faults, "level")
    made["by_year"] = _by_year(kept.get("by_year", {}), held, faults, "by_year")
    if "path" in kept:
        made["path"] = kept["path"]
        if isinstance(made["path"], dict):
            made["path"] = _by_year(made["path"], RATIO, faults, "path")
    if "efficiency" in kept:
        made["efficiency"] = tuple(RATIO.read(value, faults, "efficiency") for value in kept["efficiency"])
    labels = {
        key: (value,) if isinstance(value, str) else tuple(value) for key, value in kept.get("select", {}).items()
    }
    made["select"] = {key: tuple(_spelt(key, label) for label in values) for key, values in labels.items()}
    if "into" in kept:
        into = keyed(kept["into"], "into", faults.inner("into"))
        made["into"] = tuple(_spelt(key, into.get(key, "")) for key in ("activity", "flow"))
        faults.unread |= {"into"} if len(into) < 2 else set()
    if "cost" in kept:
        made["cost"] = _cost(kept["cost"], faults)
    lever = Lever(**made)
    if "path" in kept and (why := no_path(lever)):  # 'linear' as well, which a lever in hand has by default
        faults.add(*why, key="path")
    return lever


def _cost(given: dict[str, Any], faults: Place) -> Cost:
    inner = faults.inner("cost")
    kept = keyed(given, "cost", inner)
    unit, held = measure(kept.get("unit", ""), (), inner)
    value = held.read(kept["amount"], inner, "amount") if "amount" in kept else NAN
    faults.unread |= {"cost"} if inner.unread else set()
    return Cost(value, unit, kept.get("source", ""))


def _by_year(given: dict[Any, Any], held: Measure, faults: Place, key: str) -> dict[int, float]:
    """Amounts by year; the keys of a TOML table are texts."""
    made = {}
    for year, value in given.items():
        shown = say("{key}, {year}", key=key, year=year)
        if not str(year).isdecimal():
            faults.add(say("{key}: {year!r} is no year", key=key, year=year), say("Write it as 2030"), key=key)
        else:
            made[int(year)] = held.read(value, faults, key, shown)
    return made


def _spelt(key: str, label: str) -> str:
    """The name of an activity or a flow that is written in Chinese or otherwise; unknown ones meet the case later."""
    return spellings(_SPELT[key]).get(plain_name(label), label) if key in _SPELT else label


def read_event(given: dict[str, Any], faults: Place) -> Event:
    """One ``[[events]]``."""
    kept = keyed(given, "events", faults)
    factor = RATIO.read(kept["factor"], faults, "factor") if "factor" in kept else None
    return Event(kept.get("entity", ""), kept.get("year", 0), factor, kept.get("axis", ""), kept.get("source", ""))


def read_response(state: str, given: dict[str, Any], faults: Place) -> Response:
    """One ``[response.STATE]``; a text is the name of an axis unless it is an amount."""
    kept = keyed(given, "response", faults)

    def share(value: Any, key: str, shown: str = "") -> float | str:
        if not is_number(value):
            try:
                amount(value)
            except ValueError:
                return str(value)
        return RATIO.read(value, faults, key, shown)

    shares = {key: share(kept[key], key) for key in ("regional", "improvement") if key in kept}
    betas = {name: share(value, "betas", "betas " + name) for name, value in kept.get("betas", {}).items()}
    return Response(state, share(kept.get("local", NAN), "local"), betas, kept.get("source", ""), **shares)


def read_sampling(given: dict[str, Any], faults: Place) -> Sampling:
    """The table ``[sampling]``."""
    kept, pairs = keyed(given, "sampling", faults), []
    for position, pair in enumerate(kept.get("correlation", ())):
        inner = faults.inner(say("correlation {n}", n=position + 1))
        entry = keyed(pair, "correlation", inner)
        axes = entry.get("axes", ("", ""))
        if len(axes) != 2:
            inner.add(say("{key} = {value!r}", key="axes", value=list(axes)), say("Name two axes"), key="axes")
        elif len(entry) == 2:
            pairs.append((axes[0], axes[1], RATIO.read(entry["rank"], inner, "rank")))
        faults.unread |= {"correlation"} if inner.unread else set()
    method = {"method": kept["method"]} if "method" in kept else {}
    return Sampling(kept.get("n", 0), kept.get("seed", -1), correlation=tuple(pairs), **method)
