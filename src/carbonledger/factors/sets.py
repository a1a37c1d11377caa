"""Factor sets: folders of dated, sourced rates, read and checked."""

from __future__ import annotations

import hashlib
import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .. import units
from ..errors import FactorError, Faults, UnitError, nearest
from ..messages import say
from ..shipped import shipped
from ..tables import activities, flows, read_cells

COLUMNS = (
    "activity printed_name flow quantity region kind valid_from valid_to data_year basis rate unit ncv "
    "ncv_unit carbon carbon_unit oxidation low high distribution published source locator confidence note"
).split()
CONFIDENCE = {
    "V+": "two or more independent sources",
    "V": "one published source besides the official text",
    "V1": "one secondary source, or partly verified",
    "D": "derived by arithmetic or definition",
    "MA": "unverified, arithmetic checked",
    "M": "unverified",
}
_YEARS = ("valid_from", "valid_to", "data_year")
_NUMBERS = ("valid_from", "valid_to", "data_year", "rate", "ncv", "carbon", "oxidation", "low", "high")


@dataclass(frozen=True)
class FactorRow:
    """One rate as published, with its place in the set's file."""

    set: str
    file: str
    row: int
    activity: str
    printed_name: str
    flow: str
    quantity: str
    region: str
    kind: str
    valid_from: int | None
    valid_to: int | None
    data_year: int | None
    basis: str
    rate: float | None
    unit: str
    ncv: float | None
    ncv_unit: str
    carbon: float | None
    carbon_unit: str
    oxidation: float | None
    low: float | None
    high: float | None
    distribution: str
    published: str
    source: str
    locator: str
    confidence: str
    note: str

    def valid_in(self, year: int) -> bool:
        return (self.valid_from or 0) <= year <= (self.valid_to or 9999)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.activity, self.flow, self.quantity, self.region, self.kind, self.basis)


@dataclass(frozen=True, eq=False)  # compared as the object it is: read_set returns one per folder
class FactorSet:
    """A published set: what it is, and its rows."""

    name: str
    about: dict[str, Any]
    rows: tuple[FactorRow, ...]
    content_hash: str


def set_names() -> list[str]:
    """The shipped sets of rates (the GWP table is not one; see :func:`gwp_values`)."""
    return sorted(path.parent.name for path in shipped("factors").glob("*/set.toml") if path.parent.name != "gwp")


@lru_cache(maxsize=64)
def read_set(name: str | Path) -> FactorSet:
    """Read one set: by name when shipped, by path when a case brings its own.

    Raises
    ------
    FactorError
        Unknown set; missing columns, source, locator or confidence; unreadable numbers or units; duplicate keys with
        overlapping years: all faults of the folder at once.
    """
    folder = Path(name) if isinstance(name, Path) else shipped("factors") / name
    if not (folder / "set.toml").is_file():
        near, names = nearest(str(name), set_names()), ", ".join(set_names())
        raise FactorError(say("no factor set {name!r}{near}; shipped: {names}", name=str(name), near=near, names=names))
    try:
        about = tomllib.loads((folder / "set.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FactorError(
            say("{name}/set.toml is not TOML in UTF-8: {error}", name=folder.name, error=str(error))
        ) from None
    faults, rows, digest = Faults(), [], hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.read_bytes())
        rows += _read_rows(folder.name, path, faults)
    _check_overlaps(rows, faults)
    faults.raise_as(FactorError, say("factor set {name}", name=folder.name))
    return FactorSet(folder.name, about, tuple(rows), digest.hexdigest())


def _read_rows(set_name: str, path: Path, faults: Faults) -> list[FactorRow]:
    file = f"{set_name}/{path.name}"
    cells = read_cells(path, file=file)
    missing = [column for column in COLUMNS if column not in cells.columns]
    if missing:
        mend = say("Columns: {columns}", columns=", ".join(COLUMNS))
        faults.add(say("no column {column}", column=", ".join(missing)), file=file, mend=mend)
        return []
    rows = []
    for i, number in enumerate(cells.rows):
        found: dict[str, Any] = {column: cells.data[column][i] for column in COLUMNS}
        for column in _NUMBERS:
            found[column] = _number(found[column], column in _YEARS, faults, file, number, column)
        row = FactorRow(set=set_name, file=file, row=number, **found)
        _check_row(row, faults)
        rows.append(row)
    return rows


def _number(written: str, is_year: bool, faults: Faults, file: str, row: int, column: str) -> float | int | None:
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or (is_year and not value.is_integer()):
        what = say("{written!r} is not a number", written=written)
        if is_year:
            what = say("{written!r} is not a year", written=written)
        faults.add(what, file=file, row=row, column=column, mend=say("Write plain digits"))
        return None
    return int(value) if is_year else value


def _check_row(row: FactorRow, faults: Faults) -> None:
    place: dict[str, Any] = {"file": row.file, "row": row.row}
    if row.activity not in activities():
        near = nearest(row.activity, list(activities()))
        mend = say("Add it to factors/activities.csv")
        faults.add(say("unknown activity {name!r}{near}", name=row.activity, near=near), **place, mend=mend)
    if row.flow and row.flow not in flows():
        near = nearest(row.flow, list(flows()))
        faults.add(say("unknown flow {name!r}{near}", name=row.flow, near=near), **place)
    for column in ("quantity", "unit", "source", "locator", "confidence"):
        if not getattr(row, column):
            mend = say("A rate without its source is not accepted")
            faults.add(say("no {column}", column=column), **place, column=column, mend=mend)
    if row.confidence and row.confidence not in CONFIDENCE:
        mend = say("Accepted: {names}", names=", ".join(CONFIDENCE))
        faults.add(say("confidence {written!r}", written=row.confidence), **place, mend=mend)
    if row.rate is None and row.carbon is None and not (row.low is not None and row.high is not None):
        faults.add(say("neither a rate, nor components, nor a range"), **place, column="rate")
    for column in ("ncv", "carbon"):
        if getattr(row, column) is not None and not getattr(row, f"{column}_unit"):
            unit = f"{column}_unit"
            faults.add(say("{column} without {unit}", column=column, unit=unit), **place, column=unit)
    if row.oxidation is not None and not 0 < row.oxidation <= 1:
        what, mend = say("oxidation {value:g} is outside 0 to 1", value=row.oxidation), say("A fraction")
        faults.add(what, **place, column="oxidation", mend=mend)
    if row.low is not None and row.high is not None and row.low > row.high:
        faults.add(say("low {low:g} is above high {high:g}", low=row.low, high=row.high), **place, column="low")
    for column in ("unit", "ncv_unit", "carbon_unit"):
        if written := getattr(row, column):
            try:
                units.quantity_of(written)
            except UnitError as error:
                faults.add(error.message, **place, column=column)


def _check_overlaps(rows: list[FactorRow], faults: Faults) -> None:
    seen: dict[tuple[str, ...], list[FactorRow]] = {}
    for row in rows:
        for other in seen.setdefault(row.key, []):
            if (row.valid_from or 0) <= (other.valid_to or 9999) and (other.valid_from or 0) <= (row.valid_to or 9999):
                faults.add(
                    say(
                        "{activity} x {quantity} ({place}) is also in {file} row {row} for overlapping years",
                        **{"activity": row.activity, "quantity": row.quantity, "file": other.file, "row": other.row},
                        place=f"{row.region}{', ' + row.kind if row.kind else ''}",
                    ),
                    file=row.file,
                    row=row.row,
                    mend=say("One rate per key and year: close the earlier one with valid_to, or delete one"),
                )
        seen[row.key].append(row)


@dataclass(frozen=True)
class Factors:
    """Factor sets in order of precedence."""

    sets: tuple[FactorSet, ...]

    @property
    def names(self) -> list[str]:
        return [found.name for found in self.sets]

    @property
    def hashes(self) -> dict[str, str]:
        return {found.name: found.content_hash for found in self.sets}


def read_factors(*names: str | Path) -> Factors:
    """Factor sets in order of precedence: the first that has a rate for a key gives it.

    Parameters
    ----------
    *names : str or Path
        Names of shipped sets (``carbonledger factors`` lists them), or paths of folders with ``set.toml`` and CSVs.

    Raises
    ------
    FactorError
        The faults of all named sets at once.
    """
    faults, found = Faults(), []
    for name in names:
        try:
            found.append(read_set(name))
        except FactorError as error:
            faults.take(error)
    faults.raise_as(FactorError, say("factor sets"))
    return Factors(tuple(found))


@lru_cache(maxsize=8)
def gwp_values(gwp_set: str) -> dict[str, float]:
    """Global warming potentials over 100 years of one report, by gas [t CO2e/t]; CO2 is 1.

    Raises
    ------
    FactorError
        If the set is unknown; there is no default.
    """
    cells = read_cells(shipped("factors") / "gwp" / "gwp100.csv", file="gwp/gwp100.csv")
    table = list(zip(cells.data["gwp_set"], cells.data["gas"], cells.data["value"], strict=True))
    known = sorted({report for report, _, _ in table})
    if gwp_set not in known:
        names = ", ".join(known)
        raise FactorError(
            say("unknown GWP set {name!r}; there is no default. Accepted: {names}", name=gwp_set, names=names)
        )
    return {gas: float(value) for report, gas, value in table if report == gwp_set}
