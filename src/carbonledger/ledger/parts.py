"""Parts of a whole (``part_of``): found, checked, and moved out of the whole where they are in another flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..messages import Named, say
from ..tables import OWN, activities, as_coded, flows, gj_per, where

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

ROUNDING = 1e-4  # relative; printed parts are rounded one by one and may exceed the printed whole by this much
USES = ("combusted", "fired", "converted", "used")  # the flows out of which a part can be in another use


def find_parents(rows: pd.DataFrame, faults: Faults) -> dict[int, list[int]]:
    """For each of-which row (by index label), the rows that contain it.

    ``part_of`` names the parent's sector (same activity) or the parent's activity (its own sector first). A parent in
    the part's own flow comes first, then one in the flow that this flow is a part of (``flows.csv``), else the one use
    of the parent; the part then leaves that flow.
    """
    found = dict[int, list[int]]()
    if list(rows["part_of"].array.categories) == [""]:
        return found
    parts = rows[rows["part_of"] != ""]
    by_activity: dict[tuple[str, ...], list[int]] = {}
    plain = rows[rows["entity"].isin(set(parts["entity"])) & (rows["part_of"] == "")]
    for row in plain.itertuples():
        by_activity.setdefault((row.entity, row.period, row.activity), []).append(int(row.Index))
    for n, row in enumerate(parts.itertuples()):
        own = by_activity.get((row.entity, row.period, row.activity), [])
        named = by_activity.get((row.entity, row.period, row.part_of), [])
        near = [i for i in named if rows.at[i, "sector"] == row.sector]
        candidates = [i for i in own if rows.at[i, "sector"] == row.part_of] or near or named
        chosen = [i for i in candidates if rows.at[i, "flow"] == row.flow]
        chosen = chosen or [i for i in candidates if rows.at[i, "flow"] == flows()[row.flow].part_of]
        chosen = chosen or [i for i in candidates if rows.at[i, "flow"] in USES]
        places = sorted({str(rows.at[i, "flow"]) for i in chosen})
        if len(places) == 1:
            found[int(row.Index)] = chosen
            continue
        if places:
            where_it_is = say("is in {flows}", flows=" / ".join(places))
        else:
            where_it_is = say("has no use ({flows})", flows=", ".join(USES))
        faults.add(
            say(
                "{activity} {flow} is part of {whole!r}, which {state}: it is not clear what it leaves",
                activity=row.activity,
                flow=row.flow,
                whole=row.part_of,
                state=where_it_is,
            ),
            **where(parts, n, "part_of"),
            mend=say("Give the part in its parent's flow, or as a row of its own and the parent without it"),
        )
    return found


def check_parts(rows: pd.DataFrame, parents: dict[int, list[int]], faults: Faults) -> dict[int, float]:
    """Parts fit their whole: one unit, a fuel of the same name where they move, and together not more than it.

    Returns
    -------
    dict of index label -> factor
        Contracted power counts at most as much as is bought: such parts are scaled down to the whole.
    """
    sums: dict[tuple[Any, ...], list[int]] = {}
    contracts: dict[tuple[str, str], list[int]] = {}
    for i, whole in parents.items():
        part, parent = rows.loc[i], rows.loc[whole[0]]
        if not _fits(part, parent, rows.loc[whole], faults):
            continue
        if part["activity"] == "green_electricity":
            contracts.setdefault((part["entity"], part["period"]), []).append(i)
        moves = part["flow"] != parent["flow"]
        named = () if moves else (part["sector"], part["part_of"])
        certified = part["activity"] == "green_electricity" and not part["partner"]
        if not certified:  # certificates may exceed the use, deliveries not
            key = (tuple(sorted(whole)), part["activity"], *named, moves, bool(part["partner"]))
            sums.setdefault(key, []).append(i)
    for (whole, *_), those in sums.items():
        total, limit = (float(rows.loc[list(them), "canonical"].sum()) for them in (those, whole))
        if total > limit * (1 + ROUNDING):
            _name_excess(rows.loc[those[0]], total, limit, faults)
    return {i: cap for those in contracts.values() for i, cap in _caps(rows, parents, those).items()}


def _caps(rows: pd.DataFrame, parents: dict[int, list[int]], contracts: list[int]) -> dict[int, float]:
    """Contracted power of one entity and period counts up to its use: what it bought, less what it passed on."""
    whole = sorted({k for i in contracts for k in parents[i]})
    first = rows.loc[contracts[0]]
    here = rows[(rows["entity"] == first["entity"]) & (rows["period"] == first["period"]) & (rows["part_of"] == "")]
    kinds = here["activity"].astype(object).map(lambda name: activities()[name].kind if name else "")
    power = here[kinds.isin(["electricity", "green_electricity", "nonfossil_electricity"])]
    gj = power["canonical"] * power["canonical_unit"].astype(object).map(gj_per).astype(float)
    sums = gj.groupby(power["flow"].astype(object)).sum()
    passed_on = max(float(sums.get("sold", 0.0)) - float(sums.get("generated", 0.0)), 0.0)
    per = float(gj_per(first["canonical_unit"]) or 1.0)  # contracts and what they are part of are in one unit
    use = max(float(rows.loc[whole, "canonical"].sum()) - passed_on / per, 0.0)
    contracted = float(rows.loc[contracts, "canonical"].sum())
    return dict.fromkeys(contracts, use / contracted) if contracted > use * (1 + ROUNDING) else {}


def _name_excess(part: pd.Series, total: float, limit: float, faults: Faults) -> None:
    faults.add(
        say(
            "the parts of {whole!r} sum to {total:g} {unit}, more than the whole, {limit:g} {unit}",
            whole=part["part_of"],
            total=total,
            limit=limit,
            unit=part["canonical_unit"],
        ),
        file=str(part["file"]),
        row=int(part["row"]),
        column="amount",
        mend=say("Correct the parts or the whole"),
    )


def _fits(part: pd.Series, parent: pd.Series, whole: pd.DataFrame, faults: Faults) -> bool:
    place: dict[str, Any] = {"file": str(part["file"]), "row": int(part["row"]), "column": "part_of"}
    moves, one_fuel = part["flow"] != parent["flow"], part["activity"] == parent["activity"]
    fuels = {activities()[part["activity"]].kind, activities()[parent["activity"]].kind} <= {"fuel", "biofuel"}
    if moves and fuels and not one_fuel:
        faults.add(
            say(
                "{part!r} {flow} is part of {whole!r}, which is {other}",
                part=part["activity"],
                flow=part["flow"],
                whole=parent["activity"],
                other=parent["flow"],
            ),
            **place,
            mend=say("Give the part in its parent's flow, or as a part of the same fuel"),
        )
    if part["canonical_unit"] != parent["canonical_unit"]:
        if one_fuel or not moves:
            faults.add(
                say(
                    "the part is in {one!r}, the whole (row {row}) in {other!r}",
                    one=part["unit"],
                    row=parent["row"],
                    other=parent["unit"],
                ),
                **place,
                mend=say("Give both in one dimension"),
            )
        return False
    if moves and one_fuel and len(whole[[c for c in ("sector", *OWN) if c in whole]].drop_duplicates()) > 1:
        faults.add(
            say("part of {n} rows that differ in their sector or own values", n=len(whole)),
            **place,
            mend=say("Name the sector that contains it, or give the part row by row"),
        )
        return False
    if moves and one_fuel and any(part[c] == part[c] and part[c] != parent[c] for c in OWN if c in part):
        mend = say("Leave them blank in the part")
        faults.add(say("the part has other own values than the whole"), **place, mend=mend)
    return True


def with_parts(
    rows: pd.DataFrame, parents: dict[int, list[int]], caps: dict[int, float], kept: npt.NDArray[Any]
) -> list[pd.DataFrame]:
    """The rows kept, and an of-which row in another flow moved out of its parent's flow by a visible negative entry.

    The negative entry is the parent's, with the parent's own values, so that both sides move at one rate. A part whose
    parent was refused is kept as it stands; the totals it touches are marked by the refused row.
    """
    moves = {
        i: whole[0]
        for i, whole in parents.items()
        if kept[i]
        and kept[whole[0]]
        and rows.at[i, "flow"] != rows.at[whole[0], "flow"]
        and rows.at[i, "activity"] == rows.at[whole[0], "activity"]
    }
    if not moves and not caps:
        return [rows[kept] if not kept.all() else rows]
    parts, wholes, own = list(moves), list(moves.values()), [c for c in OWN if c in rows]
    text = {c: rows[c].astype(object) for c in ("derived", "part_of", "flow", "sector")}
    numbers = {c: rows[c].copy() for c in ("canonical", *own)}
    for i, factor in caps.items():
        numbers["canonical"].at[i] *= factor
        text["derived"].at[i] = say(
            "contracted power counts up to what is bought: {factor:.4g} of the amount written", factor=factor
        )
    out = {c: text[c].loc[wholes].to_numpy() for c in ("flow", "sector")}
    out |= {c: rows.loc[wholes, c].to_numpy() for c in own}
    out["derived"] = [
        say("of-which: moved from {old} to {new}", old=_flow(rows.at[w, "flow"]), new=_flow(rows.at[i, "flow"]))
        for i, w in moves.items()
    ]
    out["canonical"] = -rows.loc[parts, "canonical"].to_numpy()
    moved = rows.loc[parts].assign(**{k: as_coded(v) if k in text else v for k, v in out.items()})
    moved = moved.assign(part_of=as_coded([""] * len(parts)), entry=as_coded(["transfer"] * len(parts)))
    for i, w in moves.items():
        text["derived"].at[i] = say("of-which of {whole}, posted in its own flow", whole=rows.at[i, "part_of"])
        for column in own:
            numbers[column].at[i] = rows.at[w, column]
    text["part_of"].loc[parts] = ""
    rows = rows.assign(**{c: as_coded(v) for c, v in text.items()}, **numbers)
    return [rows[kept], *([moved] if moves else [])]


def _flow(name: str) -> Named:
    return Named(name, flows()[name].zh)
