"""Posting: every activity row becomes an entry with one rate per quantity, or is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog import Catalog, Quantity, read_catalog
from ..errors import FactorError, Fault, Faults, MissingRate, PostError
from ..factors import Factors, Grade, Key, Rate, Rules, resolve
from ..tables import activities, read_activity
from .checks import check_entities, check_flows, check_parts, check_totals_and_parts, check_used_power, find_parents

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

_KEY = ["activity", "flow", "of_which", "region", "year", "canonical_unit", "own_ncv", "own_carbon", "own_oxidation"]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Entries and their rates; a value is ``entries.canonical * rates[entries.key, quantity]``, made on demand.

    Attributes
    ----------
    entries : DataFrame
        One row per entry: file, row, entity, sector, activity, flow, year, months, canonical amount and unit, key.
    quantities : tuple of str
        The quantities posted, in the order of the columns of ``rates``.
    rates : float64 array [key, quantity]
        Sign x rate [quantity unit per canonical unit]; 0 where a row does not count, NaN where the case names a gap.
    how : dict of (key, quantity) -> Rate
        How each rate was come by; gaps hold ``None``.
    refused : DataFrame
        ``file, row, entity, year, reason`` of the rows that were not posted.
    """

    entries: pd.DataFrame
    quantities: tuple[str, ...]
    rates: npt.NDArray[np.float64]
    counted: npt.NDArray[np.bool_]
    how: dict[tuple[int, str], Rate | None]
    refused: pd.DataFrame
    entities: pd.DataFrame | None
    catalog: Catalog
    factors: Factors
    rules: Rules


def post(
    activity: pd.DataFrame | str | Path,
    factors: Factors,
    quantities: Iterable[str],
    *,
    entities: pd.DataFrame | None = None,
    region: str = "",
    rules: Rules | None = None,
    catalog: Catalog | None = None,
    on_fault: str = "raise",
) -> Ledger:
    """Post activity rows.

    Parameters
    ----------
    activity : DataFrame or path
        Rows from :func:`carbonledger.read_activity`, or anything that it reads.
    factors : Factors
        From :func:`carbonledger.read_factors`, in order of precedence.
    quantities : list of str
        Quantities of the catalogue to post.
    entities : DataFrame, optional
        From :func:`read_entities`; gives each row its region and its place in the hierarchy.
    region : str
        Region of rows whose entity has none, e.g. ``"CN-37"``.
    rules : Rules, optional
        Kinds, stand-ins, choices and gaps of the case; none by default.
    on_fault : {"raise", "refuse"}
        ``refuse`` posts the rest; rows in = entries' rows + refused rows.

    Raises
    ------
    PostError, FactorError
        Every fault at once; missing rates name the rows that need them.
    """
    catalog, rules, names = catalog or read_catalog(), rules or Rules(), tuple(dict.fromkeys(quantities))
    if unknown := [name for name in names if name not in catalog.quantities]:
        raise PostError(f"unknown quantities {unknown}; the catalogue has {', '.join(catalog.quantities)}")
    if isinstance(activity, str | Path) or "fault" not in activity.columns:
        activity = read_activity(activity, on_fault=on_fault)
    rows = activity[activity["fault"] == ""]
    faulty = activity[activity["fault"] != ""]
    faults = Faults(found=[Fault(r.fault, r.file, int(r.row)) for r in faulty.itertuples()])
    check_entities(rows, entities, faults)
    check_flows(rows, catalog, faults)
    check_used_power(rows, faults)
    check_totals_and_parts(rows, faults)
    parents = find_parents(rows, faults)
    check_parts(rows, parents, faults)
    if on_fault == "raise":
        faults.raise_as(PostError, "rows that cannot be posted")
    bad = {(fault.file, fault.row): fault.text for fault in faults}
    entries = _with_transfers(rows, parents, bad)
    entries["region"] = _regions(entries, entities, region)
    entries["of_which"] = entries["part_of"] != ""
    series = ["entity", "sector", "activity", "flow", "partner"]
    entries["series"] = entries.groupby(series, sort=False).ngroup().astype("int32")
    entries["key"] = entries.groupby(_KEY, dropna=False, sort=True).ngroup().astype("int32")
    rates, counted, how, absent = _resolve_all(entries, factors, catalog, names, rules)
    if absent and on_fault == "raise":
        Faults(found=[Fault(found.text) for found in absent]).raise_as(FactorError, "rates that are missing")
    if absent:
        bad |= {place: found.text for found in absent for place in found.rows}
        entries = _drop(entries, bad)
    return Ledger(entries, names, rates, counted, how, _refused(activity, bad), entities, catalog, factors, rules)


def _drop(rows: pd.DataFrame, bad: dict[tuple[str, int | None], str]) -> pd.DataFrame:
    keep = [(file, int(row)) not in bad for file, row in zip(rows["file"], rows["row"], strict=True)]
    return rows[keep].reset_index(drop=True)


def _refused(activity: pd.DataFrame, bad: dict[tuple[str, int | None], str]) -> pd.DataFrame:
    import pandas as pd

    columns = ["file", "row", "entity", "year", "reason"]
    if not bad:
        return pd.DataFrame({c: [] for c in columns})
    found = activity[["file", "row", "entity", "year"]].drop_duplicates(["file", "row"]).copy()
    found["reason"] = [bad.get((f, int(r)), "") for f, r in zip(found["file"], found["row"], strict=True)]
    return found[found["reason"] != ""].reset_index(drop=True)


def _with_transfers(
    rows: pd.DataFrame, parents: dict[int, list[int]], bad: dict[tuple[str, int | None], str]
) -> pd.DataFrame:
    """An of-which row in another flow moves its amount out of the parent's flow: a visible negative entry.

    The negative entry is the parent's, with the parent's own values, so that both sides move at one rate. A part whose
    parent was refused is kept as it stands; the totals it touches are marked by the refused row.
    """
    import pandas as pd

    places = zip(rows["file"], rows["row"], strict=True)
    kept = [(file, int(row)) not in bad for file, row in places] if bad else [True] * len(rows)
    good = set(rows.index[kept])
    moves = {
        i: whole[0]
        for i, whole in parents.items()
        if i in good
        and whole[0] in good
        and rows.at[i, "flow"] != rows.at[whole[0], "flow"]
        and rows.at[i, "activity"] == rows.at[whole[0], "activity"]
    }
    rows = rows.copy()
    out = rows.loc[list(moves)].copy()
    parts, wholes = list(moves), list(moves.values())
    for column in ("flow", "sector", "own_ncv", "own_carbon", "own_oxidation"):
        out[column] = rows.loc[wholes, column].to_numpy()
    out["derived"] = [f"of-which: moved from {rows.at[w, 'flow']} to {rows.at[i, 'flow']}" for i, w in moves.items()]
    out["canonical"], out["part_of"] = -out["canonical"], ""
    rows.loc[parts, "derived"] = [f"of-which of {rows.at[i, 'part_of']}, posted in its own flow" for i in parts]
    rows.loc[parts, "part_of"] = ""
    for column in ("own_ncv", "own_carbon", "own_oxidation"):
        rows.loc[parts, column] = rows.loc[wholes, column].to_numpy()
    return pd.concat([rows[kept], out], ignore_index=True)


def _regions(entries: pd.DataFrame, entities: pd.DataFrame | None, region: str) -> list[str]:
    """Each entry's region: its entity's, else an ancestor's, else the one given."""
    found: dict[str, str] = {}
    if entities is not None:
        parents = dict(zip(entities["entity"], entities["parent"], strict=True))
        regions = dict(zip(entities["entity"], entities["region"], strict=True))
        for name in parents:
            up = name
            while up and not regions.get(up):
                up = parents.get(up, "")
            found[name] = regions.get(up, "") if up else ""
    return [found.get(name, "") or region for name in entries["entity"]]


def _resolve_all(
    entries: pd.DataFrame, factors: Factors, catalog: Catalog, names: tuple[str, ...], rules: Rules
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], dict[tuple[int, str], Rate | None], list[_Absent]]:
    """One rate per distinct key and quantity; what is missing names every row that needs it."""
    import numpy as np

    n_keys = int(entries["key"].max()) + 1 if len(entries) else 0
    rates = np.zeros((n_keys, len(names)))
    counted = np.zeros((n_keys, len(names)), dtype=bool)
    how: dict[tuple[int, str], Rate | None] = {}
    absent: dict[tuple[str, str], _Absent] = {}
    rows_of = entries.groupby("key").indices
    for first in entries.drop_duplicates("key").itertuples():
        for j, name in enumerate(names):
            quantity = catalog.quantities[name]
            sign = _sign(quantity, first)
            if not sign:
                if first.flow in quantity.counts_zero.get(first.activity, []) and not first.of_which:
                    counted[first.key, j] = True
                    how[(int(first.key), name)] = Rate(0.0, quantity.unit, Grade.DEFINITION, steps=("counts at 0",))
                continue
            counted[first.key, j] = True
            try:
                rate = _rate(quantity, first, factors, rules)
            except FactorError as error:
                if rules.gap(first.activity, name) is None:
                    _note(absent, error, name, entries, rows_of[first.key])
                    continue
                rate = None
            how[(int(first.key), name)] = rate
            rates[first.key, j] = np.nan if rate is None else sign * rate.value
    return rates, counted, how, list(absent.values())


def _sign(quantity: Quantity, first: Any) -> int:
    known = activities()[first.activity]
    if known.kind == "output" and first.canonical_unit != quantity.unit:
        return 0  # money of another price base is another thing
    return quantity.sign(first.activity, known.kind, first.flow, bool(first.of_which))


def _rate(quantity: Quantity, first: Any, factors: Factors, rules: Rules) -> Rate:
    kind = activities()[first.activity].kind
    looked_up = quantity.same_as.get(first.activity, first.activity)
    key = Key(
        looked_up,
        first.flow,
        first.region,
        int(first.year),
        first.canonical_unit,
        first.own_ncv,
        first.own_carbon,
        first.own_oxidation,
    )
    wanted = quantity.rate.get(kind, quantity.rate["other"])
    return resolve(
        factors,
        key,
        wanted,
        quantity.unit,
        rules,
        kind=quantity.kind.get(first.activity, ""),
        equal_value=quantity.equal_value,
    )


@dataclass
class _Absent:
    """One thing without a rate: the years, quantities and rows that need it."""

    place: str
    rest: str
    years: set[int] = field(default_factory=set)
    quantities: dict[str, None] = field(default_factory=dict)
    rows: dict[tuple[str, int | None], None] = field(default_factory=dict)

    @property
    def text(self) -> str:
        years = f", {', '.join(map(str, sorted(self.years)))}" if self.years else ""
        by_file: dict[str, list[int | None]] = {}
        for file, row in self.rows:
            by_file.setdefault(file, []).append(row)
        places = "; ".join(
            f"{file} row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:12]))}"
            + (f" and {len(rows) - 12} more" if len(rows) > 12 else "")
            for file, rows in by_file.items()
        )
        return f"{self.place}{years} (for {', '.join(self.quantities)}; {places}){self.rest}"


def _note(
    absent: dict[tuple[str, str], _Absent], error: FactorError, quantity: str, entries: pd.DataFrame, rows: Any
) -> None:
    place, rest = (error.place, error.rest) if isinstance(error, MissingRate) else (str(error), "")
    found = absent.setdefault((place, rest), _Absent(place, rest))
    if isinstance(error, MissingRate):
        found.years.add(error.year)
    found.quantities[quantity] = None
    for i in rows:
        found.rows[(str(entries["file"].iat[i]), int(entries["row"].iat[i]))] = None
