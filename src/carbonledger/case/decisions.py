"""What case.toml decides: the form of every key, the names it uses, and the rules that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..catalog import Catalog
from ..errors import CaseError, Faults, LedgerError, nearest, wrong_keys
from ..factors import Gap, Rules, StandIn
from ..ledger import BOUNDARIES, LEVELS
from ..messages import say
from ..tables import activities, plain_name, spellings
from ..targets import Target

if TYPE_CHECKING:
    import pandas as pd

# What case.toml may say, and in which form.
KEYS = {
    **dict.fromkeys(("title", "title_zh", "summary", "summary_zh", "boundary", "gas_reference"), "a text"),
    **dict.fromkeys(("by", "factor_sets", "indicators", "quantities", "complete"), "a list of texts"),
    **dict.fromkeys(("kinds", "units"), "a table of texts"),
    **dict.fromkeys(("choices", "air", "audit", "surface_water", "reduction"), "a table"),
    "inputs": "a table of names, each a file or a list of files",
    "variants": "a table of lists of numbers",
    **dict.fromkeys(("stand_in", "gap", "breakdowns"), "a list of tables"),
    "price_base": "a whole number",
    "synthetic": "true or false",
}

INPUTS = (
    *("activity", "returns_205_1", "returns_205_2", "statistics", "balance", "entities", "states", "targets"),
    *("published", "catalog", "stations", "points", "daily_aqi"),
    *("water_samples", "water_points", "water_intake", "specific_limits", "reduction_projects"),
)


def check_forms(about: dict[str, Any], faults: Faults) -> bool:
    """Whether every key that is known has the form it needs; nothing else can be read before that."""
    sound = True
    for key, value in about.items():
        wanted = KEYS.get(key, "")
        has = {
            "a text": isinstance(value, str),
            "a list of texts": isinstance(value, list) and all(isinstance(item, str) for item in value),
            "a table": isinstance(value, dict),
            "a table of texts": isinstance(value, dict) and all(isinstance(v, str) for v in value.values()),
            "a table of names, each a file or a list of files": isinstance(value, dict)
            and all(
                isinstance(v, str) or (isinstance(v, list) and all(isinstance(e, str) for e in v))
                for v in value.values()
            ),
            "a table of lists of numbers": isinstance(value, dict)
            and all(isinstance(v, list) and all(type(e) in (int, float) for e in v) for v in value.values()),
            "a list of tables": isinstance(value, list) and all(isinstance(item, dict) for item in value),
            "a whole number": isinstance(value, int) and not isinstance(value, bool),
            "true or false": isinstance(value, bool),
        }
        if wanted and not has[wanted]:
            sound = False
            what = say("{key} = {value!r}", key=key, value=value)
            faults.add(what, file="case.toml", mend=say("It must be {form}", form=say(wanted)))
    return sound


def check_keys(about: dict[str, Any], faults: Faults) -> None:
    """Unknown and missing keys, inputs, boundaries and levels."""
    place: dict[str, Any] = {"file": "case.toml"}
    for key in about:
        if key not in KEYS:
            what = say("unknown key {name!r}{near}", name=key, near=nearest(key, list(KEYS)))
            faults.add(what, **place, mend=say("Accepted: {names}", names=", ".join(KEYS)))
    for key in ("title", "factor_sets", "indicators", "inputs"):
        if key not in about:
            faults.add(say("no {key}", key=key), **place, mend=say("Every case states it"))
    for key in about.get("inputs", {}):
        if key not in INPUTS:
            what = say("unknown input {name!r}{near}", name=key, near=nearest(key, list(INPUTS)))
            faults.add(what, **place, mend=say("Accepted: {names}", names=", ".join(INPUTS)))
    if not about.get("indicators", [""]):
        mend = say("List at least one; src/carbonledger/data/catalog.toml has them")
        faults.add(say("no indicators"), **place, mend=mend)
    by = about.get("by", ["entity"])
    if not isinstance(by, list) or len(by) != 1 or by[0] not in ("entity", *LEVELS):
        mend = say("Accepted: a list of one of {names}", names=", ".join(["entity", *LEVELS]))
        faults.add(say("by = {by!r}", by=by), **place, mend=mend)
    if about.get("boundary", "territorial") not in BOUNDARIES:
        what = say("boundary {name!r}", name=about["boundary"])
        faults.add(what, **place, mend=say("Accepted: {names}", names=", ".join(BOUNDARIES)))


def check_entities(
    entities: pd.DataFrame | None, states: pd.DataFrame | None, targets: tuple[Target, ...], faults: Faults
) -> None:
    """States and targets speak of entities that the case has."""
    if entities is None:
        return
    known = sorted(entities["entity"])
    named = [(r.entity, r.file, int(r.row)) for r in states.itertuples()] if states is not None else []
    named += [(t.entity, t.file, t.row) for t in targets if t.entity]
    for name, file, row in named:
        if name not in known:
            what = say("unknown entity {name!r}{near}", name=name, near=nearest(name, known))
            faults.add(what, file=file, row=row, column="entity")


def check_decisions(about: dict[str, Any], catalog: Catalog, faults: Faults) -> None:
    """Every name that a decision uses is one that exists: a misspelt decision would decide nothing."""
    known = {
        "quantity": list(catalog.quantities),
        "state": list(catalog.states),
        "activity": list(activities()),
        "dimension": ["activity", "flow", "sector", "region"],
    }
    used = [("complete", "quantity", name) for name in about.get("complete", [])]
    used += [("variants", "state", name) for name in about.get("variants", {})]
    used += [("choices", "activity", name) for name in about.get("choices", {})]
    used += [("stand_in", "activity", s["activity"]) for s in about.get("stand_in", []) if s.get("activity")]
    used += [("gap", kind, g[kind]) for g in about.get("gap", []) for kind in ("activity", "quantity") if kind in g]
    for part in about.get("breakdowns", []):
        used += [("breakdowns", "quantity", part.get("quantity", "")), ("breakdowns", "dimension", part.get("by", ""))]
    for key, kind, name in used:
        if name not in known[kind]:
            near = nearest(str(name), known[kind])
            if kind == "activity" and plain_name(name) in spellings("activities"):
                near = say("; write {name!r}", name=spellings("activities")[plain_name(name)])
            values = {"key": key, "kind": say(kind), "name": name, "near": near}
            faults.add(say("{key}: unknown {kind} {name!r}{near}", **values), file="case.toml")


def rules_of(about: dict[str, Any]) -> Rules:
    """Kinds, stand-ins, gaps, choices and the gas reference, as the ledger takes them."""
    faults = Faults()
    stand_ins: list[Any] = []
    gaps: list[Any] = []
    for table, kind, made in (("stand_in", StandIn, stand_ins), ("gap", Gap, gaps)):
        for entry in about.get(table, []):
            wrong = wrong_keys(kind, entry)
            try:
                made.extend([] if wrong else [kind(**entry)])
            except (TypeError, LedgerError) as error:
                wrong = error.message if isinstance(error, LedgerError) else str(error)
            if wrong:
                what = say("[[{table}]] {entry}: {error}", table=table, entry=entry, error=wrong)
                faults.add(what, file="case.toml")
    faults.raise_as(CaseError, "case.toml")
    return Rules(
        about.get("kinds", {}), tuple(stand_ins), tuple(gaps), about.get("choices", {}), about.get("gas_reference", "")
    )
