"""Posting: every activity row becomes an entry with one rate per quantity, or is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog import Catalog, read_catalog
from ..errors import FactorError, Fault, Faults, PostError
from ..factors import Factors, Rate, Rules
from ..messages import say
from ..tables import as_coded, join_rows, read_activity
from .cells import TEXT, Cells, cells_of
from .checks import check_flows, check_supply, check_totals_and_parts
from .entities import read_entities
from .partners import eliminations, find_trades
from .parts import check_parts, find_parents, with_parts
from .places import Places, place_rows, places_of
from .rates import resolve_all

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Ledger:
    """Entries gathered in cells, and the rates of these; a value is a cell's amount times its key's rate.

    Attributes
    ----------
    rows : DataFrame
        Every entry: the activity rows, then transfers, eliminations and unallocated amounts (column ``entry``), with
        file and row, text as codes, the canonical amount and unit.
    cells : Cells
        Entries that share entity, sector, activity, flow, unit, partner and year: amount, months and rows of each,
        and its ``key``.
    quantities : tuple of str
        The quantities posted, in the order of the columns of ``rates``.
    rates : float64 array [key, quantity]
        Sign x rate [quantity unit per canonical unit]; 0 where a row does not count, NaN where the case names a gap.
    how : dict of (key, quantity) -> Rate
        How each rate was come by; gaps hold ``None``.
    refused : DataFrame
        ``file, row, entity, year, reason`` of the rows that were not posted.
    """

    rows: pd.DataFrame
    cells: Cells
    places: Places
    quantities: tuple[str, ...]
    rates: npt.NDArray[np.float64]
    counted: npt.NDArray[np.bool_]
    how: dict[tuple[int, str], Rate | None]
    refused: pd.DataFrame
    catalog: Catalog
    factors: Factors
    rules: Rules

    @cached_property
    def entries(self) -> pd.DataFrame:
        """The rows with the cell and the key of each; made when first asked for."""
        cell = self.cells.of_rows
        return self.rows.assign(cell=cell, key=self.cells.key[cell], region=self.cells.region[cell])


def post(
    activity: pd.DataFrame | str | Path | Any,
    factors: Factors,
    quantities: Iterable[str],
    *,
    entities: pd.DataFrame | str | Path | None = None,
    region: str = "",
    rules: Rules | None = None,
    catalog: Catalog | None = None,
    on_fault: str = "raise",
    account: bool = True,
) -> Ledger:
    """Post activity rows.

    Parameters
    ----------
    activity : DataFrame, pyarrow.Table or path
        Rows from :func:`carbonledger.read_activity`, or anything that it reads.
    factors : Factors
        From :func:`carbonledger.read_factors`, in order of precedence.
    quantities : list of str
        Quantities of the catalogue to post.
    entities : DataFrame or path, optional
        From :func:`read_entities`, or what that reads; gives each row its region and its place in the hierarchy at its time, and books
        what two entities trade with each other (``partner``) as eliminations of the lowest entity above both.
    region : str
        Region of rows whose entity has none, e.g. ``"CN-37"``.
    rules : Rules, optional
        Kinds, stand-ins, choices and gaps of the case; none by default.
    on_fault : {"raise", "refuse"}
        ``refuse`` posts the rest; rows in = entries' rows + refused rows.
    account : bool
        Whether the rows of an entity are its account, in which power comes from somewhere and a whole is not given beside
        its parts; not so for rows that only stand for what may come.

    Raises
    ------
    PostError, FactorError
        Every fault at once; missing rates name the rows that need them.
    """
    catalog, rules, names = catalog or read_catalog(), rules or Rules(), tuple(dict.fromkeys(quantities))
    if unknown := [name for name in names if name not in catalog.quantities]:
        have = ", ".join(catalog.quantities)
        raise PostError(say("unknown quantities {unknown}; the catalogue has {have}", unknown=unknown, have=have))
    if not hasattr(activity, "columns") or "fault" not in activity.columns:
        activity = read_activity(activity, on_fault=on_fault)
    if entities is not None and (isinstance(entities, str | Path) or "first" not in entities):
        entities = read_entities(entities)
    rows, faults = _sound(activity)
    places = places_of(entities, rows["entity"].array.categories)
    rows = place_rows(rows, places, faults)
    parents = find_parents(rows, faults)
    caps = check_parts(rows, parents, faults)
    cells = cells_of(rows, places, region)
    for check in (check_flows, check_supply, check_totals_and_parts)[: None if account else 1]:
        check(rows, cells, catalog, faults)
    traded = find_trades(rows, places, entities is not None, faults)
    if on_fault == "raise":
        faults.raise_as(PostError, say("rows that cannot be posted"))
    bad = {(fault.file, fault.row): fault.text for fault in reversed(faults.found)}
    found = _finish(rows, parents, caps, traded, bad, places)
    if found is not rows:
        cells = cells_of(found, places, region)
    rates, counted, how, absent = resolve_all(cells, found, factors, catalog, names, rules)
    if absent and on_fault == "raise":
        Faults(found=[Fault(a.text) for a in absent]).raise_as(FactorError, say("rates that are missing"))
    if absent:
        bad |= {place: a.text for a in absent for place in a.rows}
        found = _finish(rows, parents, caps, traded, bad, places)
        cells = cells_of(found, places, region)
        rates, counted, how, _ = resolve_all(cells, found, factors, catalog, names, rules)
    return Ledger(found, cells, places, names, rates, counted, how, _refused(activity, bad), catalog, factors, rules)


def _finish(
    rows: pd.DataFrame,
    parents: dict[int, list[int]],
    caps: dict[int, float],
    traded: pd.DataFrame,
    bad: dict[tuple[str, int | None], str],
    places: Places,
) -> pd.DataFrame:
    """The rows that can be posted, with parts moved and trades eliminated."""
    if not (bad or parents or len(traded)):
        return rows
    kept = _kept(rows, bad)
    whole = kept.copy()
    whole[[i for i, above in parents.items() if not kept[above].all()]] = False  # a part of what is not posted
    return join_rows([*with_parts(rows, parents, caps, kept), *eliminations(rows, traded, whole, places)])


def _sound(activity: pd.DataFrame) -> tuple[pd.DataFrame, Faults]:
    """The rows without a fault, coded and numbered anew, and the faults that reading left in the table."""
    sound = list(as_coded(activity["fault"]).categories) in ([], [""])
    coded = [c for c in TEXT if activity[c].dtype != "category"]
    rows = activity.assign(**{c: as_coded(activity[c].astype(object)) for c in coded}) if coded else activity
    if sound:
        return rows.reset_index(drop=True) if coded or not _numbered(rows) else rows, Faults()
    faulty = rows[rows["fault"] != ""]
    found = [Fault(r.fault, r.file, int(r.row)) for r in faulty.itertuples()]
    return rows[rows["fault"] == ""].reset_index(drop=True), Faults(found=found)


def _numbered(rows: pd.DataFrame) -> bool:
    import pandas as pd

    return isinstance(rows.index, pd.RangeIndex) and rows.index.start == 0 and rows.index.step == 1


def _kept(rows: pd.DataFrame, bad: dict[tuple[str, int | None], str]) -> npt.NDArray[np.bool_]:
    import numpy as np

    if not bad:
        return np.ones(len(rows), dtype=bool)
    places = zip(rows["file"], rows["row"], strict=True)
    return np.fromiter(((file, int(row)) not in bad for file, row in places), dtype=bool, count=len(rows))


def _refused(activity: pd.DataFrame, bad: dict[tuple[str, int | None], str]) -> pd.DataFrame:
    import pandas as pd

    columns = ["file", "row", "entity", "year", "reason"]
    if not bad:
        return pd.DataFrame({c: [] for c in columns})
    found = activity[["file", "row", "entity", "year"]].drop_duplicates(["file", "row"])
    why = [bad.get((f, int(r)), "") for f, r in zip(found["file"], found["row"], strict=True)]
    found = found.assign(reason=pd.Series(why, index=found.index, dtype=object))  # a message stays a message
    return found[found["reason"] != ""].reset_index(drop=True)
