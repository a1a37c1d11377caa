"""Reads the files of one case, keeping every fault and every file's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..balance import Closure, read_balance
from ..errors import CaseError, Faults, LedgerError
from ..ledger import unallocated
from ..messages import say
from ..tables import join_rows, read_returns, read_rows, settle

if TYPE_CHECKING:
    import pandas as pd


def inside(folder: Path, name: str) -> Path:
    """A path of the case, which must lie inside its folder.

    Raises
    ------
    CaseError
        If it leads outside: a case must be whole when it is copied or sent.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise CaseError(
            say("case.toml: the path {name!r} leads outside the case folder. Copy the file into the case", name=name)
        )
    return path


class Reader:
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
            what = say("{file!r} is listed twice under {name}", file=entry, name=name)
            self.faults.add(what, file="case.toml", mend=say("List each file once"))
        for entry in entries:
            path = self.get(lambda entry=entry: inside(self.folder, entry))
            if path is None:
                continue
            if not path.is_file():
                mend = say("Correct the name under [inputs]")
                self.faults.add(say("no file {name!r}", name=entry), file="case.toml", mend=mend)
                continue
            self.hashes[entry] = _hash(path)
            found.append(path)
        return found

    def joined(self, name: str, read: Any) -> pd.DataFrame | None:
        frames = [self.get(lambda path=path: read(path)) for path in self.paths(name)]
        found = [frame for frame in frames if frame is not None]
        return join_rows(found) if found else None

    def activity(
        self, entities: pd.DataFrame | None, gas_reference: str = ""
    ) -> tuple[pd.DataFrame | None, list[Closure]]:
        """Activity rows from every kind of input, laid together; energy balances with their closures."""
        before = len(self.faults.found)
        frames: list[Any] = [self._rows(path) for path in self.paths("activity")]
        forms = [self.paths(name) for name in ("returns_205_1", "returns_205_2")]
        if any(forms):
            returned = self.get(lambda: read_returns(*forms, gas_reference=gas_reference))
            frames.append(None if returned is None else self._rows(returned))
        closures: list[Closure] = []
        for rows, closed in self._balances(entities):
            closures += closed
            frames.append(self._rows(rows))
        kept = [frame for frame in frames if frame is not None]
        if not kept:
            if not self.faults:
                mend = say("Name a file under [inputs] activity, returns_205_1 or balance")
                self.faults.add(say("no activity rows"), file="case.toml", mend=mend)
            return None, closures
        joined = settle(join_rows(kept), self.faults, whole=len(self.faults.found) == before)
        statistics = [frame for path in self.paths("statistics") if (frame := self._rows(path)) is not None]
        if statistics and "entities" not in self.inputs:
            mend = say("List the district and its enterprises in entities.csv")
            self.faults.add(say("statistical totals without an entity table"), file="case.toml", mend=mend)
        elif statistics and entities is not None and not self.faults:
            totals = settle(join_rows(statistics), self.faults)
            rest = self.get(lambda: unallocated(joined, totals, entities))
            joined = joined if rest is None else join_rows([joined, rest])
        return joined, closures

    def _rows(self, source: Any) -> pd.DataFrame | None:
        found: pd.DataFrame | None = self.get(lambda: read_rows(source, self.faults))
        return found

    def _balances(self, entities: pd.DataFrame | None) -> Iterator[tuple[Any, list[Closure]]]:
        balances = self.paths("balance")
        names = sorted(entities["entity"]) if entities is not None else []
        if balances and len(names) != 1:
            mend = say("An energy balance is that of one entity: list that one in entities.csv")
            self.faults.add(say("a balance, and {n} entities", n=len(names)), file="case.toml", mend=mend)
            return
        for path in balances:
            for beside in ("processes.csv", "products.csv"):
                if (path.parent / beside).is_file():
                    self.hashes[beside] = _hash(path.parent / beside)
            if (found := self.get(lambda path=path: read_balance(path, names[0]))) is not None:
                yield found


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
