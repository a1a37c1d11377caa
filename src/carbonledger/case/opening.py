"""A case: one folder of inputs with its decisions, read whole, every fault at once."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..balance import Closure, read_balance
from ..catalog import Catalog, read_catalog
from ..errors import CaseError, Faults, LedgerError, nearest
from ..factors import Factors, Gap, Rules, StandIn, read_factors
from ..ledger import BOUNDARIES, LEVELS, constant_prices, read_entities
from ..shipped import shipped
from ..tables import activities, check_together, plain_name, read_activity, spellings
from ..targets import Target, read_targets
from .inputs import check_states, read_published, read_states

if TYPE_CHECKING:
    import pandas as pd

# What case.toml may say, and in which form.
KEYS = {
    **dict.fromkeys(("title", "title_zh", "summary", "summary_zh", "boundary", "gas_reference"), "a text"),
    **dict.fromkeys(("by", "factor_sets", "indicators", "quantities", "complete"), "a list of texts"),
    "kinds": "a table of texts",
    "choices": "a table",
    "inputs": "a table of names, each a file or a list of files",
    "variants": "a table of lists of numbers",
    **dict.fromkeys(("stand_in", "gap", "breakdowns"), "a list of tables"),
    "price_base": "a whole number",
    "synthetic": "true or false",
}

INPUTS = ("activity", "states", "entities", "targets", "published", "balance", "catalog")


@dataclass(frozen=True, eq=False)
class Case:
    """A case as read: nothing in it is computed yet."""

    name: str
    folder: Path
    about: dict[str, Any]
    activity: pd.DataFrame
    states: pd.DataFrame | None
    entities: pd.DataFrame | None
    targets: tuple[Target, ...]
    published: pd.DataFrame | None
    closures: tuple[Closure, ...]
    factors: Factors
    rules: Rules
    catalog: Catalog
    hashes: dict[str, str]

    @property
    def title(self) -> str:
        return str(self.about.get("title", self.name))

    @property
    def level(self) -> str:
        """What the case is reported by: ``entity``, or a level of the entity table such as ``district``."""
        return str(self.about.get("by", ["entity"])[0])

    @property
    def quantities(self) -> list[str]:
        wanted = self.catalog.quantities_for(self.about["indicators"])
        wanted += [str(part["quantity"]) for part in self.about.get("breakdowns", [])]
        return list(dict.fromkeys([*wanted, *self.about.get("quantities", [])]))


def case_names() -> list[str]:
    """The shipped cases."""
    return sorted(path.parent.name for path in shipped("scenarios").glob("*/case.toml"))


def find_case(case: str | Path) -> Path:
    """The folder of a case: a path that holds ``case.toml``, or the name of a shipped one."""
    for folder in (Path(case), shipped("scenarios") / str(case)):
        if (folder / "case.toml").is_file():
            return folder.resolve()
    raise CaseError(
        f"no case {str(case)!r}: neither a folder with case.toml nor a shipped case{nearest(str(case), case_names())}. "
        f"Shipped: {', '.join(case_names())}"
    )


def open_case(case: str | Path) -> Case:
    """Read everything of a case: inputs, factor sets, decisions.

    Parameters
    ----------
    case : str or Path
        A folder with ``case.toml``, or the name of a shipped case.

    Raises
    ------
    CaseError
        The faults of all its files at once.
    """
    folder, faults = find_case(case), Faults()
    try:
        about = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"{folder.name}/case.toml is not TOML in UTF-8: {error}") from None
    if not _check_forms(about, faults):
        faults.raise_as(CaseError, f"case {folder.name}")
    _check_keys(about, faults)
    reader = _Reader(folder, about.get("inputs", {}), faults)
    own = reader.paths("catalog")
    catalog = reader.get(lambda: read_catalog(own[0] if own else None)) or read_catalog()
    for name in about.get("indicators", []):
        reader.get(lambda name=name: catalog.indicator(name))
    _check_decisions(about, catalog, faults)
    rules = reader.get(lambda: _rules(about)) or Rules()
    factors = reader.get(lambda: read_factors(*_sets(folder, about))) or Factors(())
    states = reader.joined("states", lambda path: read_states(path, catalog))
    if states is not None:
        check_states(states, faults)
    entities = reader.joined("entities", read_entities)
    activity, closures = reader.activity(entities)
    opened = (
        entities,
        tuple(
            t
            for path in reader.paths("targets")
            for t in reader.get(lambda p=path: read_targets(p, catalog=catalog)) or ()
        ),
        reader.joined("published", lambda path: read_published(path, catalog)),
    )
    if activity is not None and states is not None and "price_base" in about:
        activity = reader.get(lambda: _with_constant_prices(activity, states, about["price_base"], catalog))
    _check_entities(entities, states, opened[1], faults)
    faults.raise_as(CaseError, f"case {folder.name}")
    return Case(
        folder.name, folder, about, activity, states, *opened, tuple(closures), factors, rules, catalog, reader.hashes
    )


def _check_forms(about: dict[str, Any], faults: Faults) -> bool:
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
            faults.add(f"{key} = {value!r}", file="case.toml", mend=f"It must be {wanted}")
    return sound


def _check_keys(about: dict[str, Any], faults: Faults) -> None:
    place: dict[str, Any] = {"file": "case.toml"}
    for key in about:
        if key not in KEYS:
            faults.add(f"unknown key {key!r}{nearest(key, list(KEYS))}", **place, mend=f"Accepted: {', '.join(KEYS)}")
    for key in ("title", "factor_sets", "indicators", "inputs"):
        if key not in about:
            faults.add(f"no {key}", **place, mend="Every case states it")
    for key in about.get("inputs", {}):
        if key not in INPUTS:
            faults.add(
                f"unknown input {key!r}{nearest(key, list(INPUTS))}", **place, mend=f"Accepted: {', '.join(INPUTS)}"
            )
    if not about.get("indicators", [""]):
        faults.add("no indicators", **place, mend="List at least one; src/carbonledger/data/catalog.toml has them")
    by = about.get("by", ["entity"])
    if not isinstance(by, list) or len(by) != 1 or by[0] not in ("entity", *LEVELS):
        faults.add(f"by = {by!r}", **place, mend=f"Accepted: a list of one of entity, {', '.join(LEVELS)}")
    if about.get("boundary", "territorial") not in BOUNDARIES:
        faults.add(f"boundary {about['boundary']!r}", **place, mend=f"Accepted: {', '.join(BOUNDARIES)}")


def _check_entities(
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
            faults.add(f"unknown entity {name!r}{nearest(name, known)}", file=file, row=row, column="entity")


def _check_decisions(about: dict[str, Any], catalog: Catalog, faults: Faults) -> None:
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
                near = f"; write {spellings('activities')[plain_name(name)]!r}"
            faults.add(f"{key}: unknown {kind} {name!r}{near}", file="case.toml")
    if about.get("boundary") == "consumption":
        faults.add("boundary 'consumption' needs eliminations, which this version does not make", file="case.toml")


def _rules(about: dict[str, Any]) -> Rules:
    faults = Faults()
    stand_ins: list[Any] = []
    gaps: list[Any] = []
    for made, kind, entries in ((stand_ins, StandIn, about.get("stand_in", [])), (gaps, Gap, about.get("gap", []))):
        for entry in entries:
            try:
                made.append(kind(**entry))
            except (TypeError, LedgerError) as error:
                faults.add(f"{kind.__name__} {entry}: {error}", file="case.toml")
    faults.raise_as(CaseError, "case.toml")
    return Rules(
        about.get("kinds", {}), tuple(stand_ins), tuple(gaps), about.get("choices", {}), about.get("gas_reference", "")
    )


def _sets(folder: Path, about: dict[str, Any]) -> list[str | Path]:
    """Shipped sets by name, the case's own as a path inside its folder, e.g. ``./factors/mine``."""
    return [inside(folder, n) if {"/", "\\"} & set(n) or n.startswith(".") else n for n in about.get("factor_sets", [])]


def inside(folder: Path, name: str) -> Path:
    """A path of the case, which must lie inside its folder.

    Raises
    ------
    CaseError
        If it leads outside: a case must be whole when it is copied or sent.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise CaseError(f"case.toml: the path {name!r} leads outside the case folder. Copy the file into the case")
    return path


class _Reader:
    """Reads the inputs of one case, keeping every fault and every file's hash."""

    def __init__(self, folder: Path, inputs: dict[str, Any], faults: Faults) -> None:
        self.folder, self.inputs, self.faults = folder, inputs, faults
        self.hashes = {"case.toml": _hash(folder / "case.toml")}

    def get(self, read: Any) -> Any:
        try:
            return read()
        except LedgerError as error:
            self.faults.take(error)
            return None

    def paths(self, name: str) -> list[Path]:
        listed = self.inputs.get(name, [])
        found = []
        entries = [listed] if isinstance(listed, str) else listed
        for entry in sorted({e for e in entries if entries.count(e) > 1}):
            self.faults.add(f"{entry!r} is listed twice under {name}", file="case.toml", mend="List each file once")
        for entry in entries:
            path = self.get(lambda entry=entry: inside(self.folder, entry))
            if path is None:
                continue
            if not path.is_file():
                self.faults.add(f"no file {entry!r}", file="case.toml", mend="Correct the name under [inputs]")
                continue
            self.hashes[entry] = _hash(path)
            found.append(path)
        return found

    def joined(self, name: str, read: Any) -> pd.DataFrame | None:
        import pandas as pd

        frames = [self.get(lambda path=path: read(path)) for path in self.paths(name)]
        found = [frame for frame in frames if frame is not None]
        return pd.concat(found, ignore_index=True) if found else None

    def activity(self, entities: pd.DataFrame | None) -> tuple[pd.DataFrame | None, list[Closure]]:
        import pandas as pd

        frames, closures = [self.joined("activity", read_activity)], []
        balances = self.paths("balance")
        names = sorted(entities["entity"]) if entities is not None else []
        if balances and len(names) != 1:
            mend = "An energy balance is that of one entity: list that one in entities.csv"
            self.faults.add(f"a balance, and {len(names)} entities", file="case.toml", mend=mend)
            balances = []
        for path in balances:
            for beside in ("processes.csv", "products.csv"):
                if (path.parent / beside).is_file():
                    self.hashes[beside] = _hash(path.parent / beside)
            if (found := self.get(lambda path=path: read_balance(path, names[0]))) is not None:
                rows, closed = found
                closures += closed
                frames.append(self.get(lambda rows=rows: read_activity(rows)))
        kept = [frame for frame in frames if frame is not None]
        if not kept:
            if not self.faults:
                self.faults.add(
                    "no activity rows", file="case.toml", mend="Name a file under [inputs] activity or balance"
                )
            return None, closures
        joined = pd.concat(kept, ignore_index=True)
        self.faults.found += check_together(joined).found if joined["file"].nunique() > 1 else []
        return joined, closures


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _with_constant_prices(
    activity: pd.DataFrame, states: pd.DataFrame, base_year: int, catalog: Catalog
) -> pd.DataFrame:
    import pandas as pd

    bases = sorted({q.unit for q in catalog.quantities.values() if q.unit.startswith("CNY_")})
    if f"CNY_{base_year}" not in bases:
        raise CaseError(
            f"case.toml: price_base = {base_year}, but the catalogue holds output at {', '.join(bases)}. Add quantities "
            f"in CNY_{base_year} to the case's catalogue, or change price_base"
        )
    return pd.concat([activity, constant_prices(activity, states, base_year)], ignore_index=True)
