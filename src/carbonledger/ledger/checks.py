"""Checks before posting, apart from the arithmetic: each looks at one thing and names the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..catalog import Catalog
from ..errors import Faults, nearest
from ..tables import CARRIERS, activities, where

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-4  # relative; printed parts are rounded one by one and may exceed the printed whole by this much


def check_entities(rows: pd.DataFrame, entities: pd.DataFrame | None, faults: Faults) -> None:
    """Every entity that has rows is in the entity table."""
    if entities is None:
        return
    known = set(entities["entity"])
    for name, found in rows.groupby("entity").indices.items():
        if name not in known:
            for i in found:
                faults.add(
                    f"unknown entity {name!r}{nearest(str(name), sorted(known))}",
                    **where(rows, i, "entity"),
                    mend="Add it to entities.csv",
                )


def check_flows(rows: pd.DataFrame, catalog: Catalog, faults: Faults) -> None:
    """A row that counts towards nothing in the catalogue is a slip of the flow, not a zero."""
    plain = rows["part_of"] == ""
    for (activity, flow), found in rows[plain].groupby(["activity", "flow"]).indices.items():
        kind = activities()[activity].kind
        if not any(q.sign(activity, kind, flow, False) for q in catalog.quantities.values()):
            fits = sorted(
                {f for q in catalog.quantities.values() for f in q.counts.get(activity, q.counts.get(kind, {}))}
            )
            for i in found:
                faults.add(
                    f"{activity!r} with flow {flow!r} counts towards nothing",
                    **where(rows[plain], i, "flow"),
                    mend=f"Flows of {kind}: {', '.join(fits)}",
                )


def check_used_power(rows: pd.DataFrame, faults: Faults) -> None:
    """Power and heat count when purchased, generated or sold; use alone would be left out without a word."""
    for kinds, word in (
        ({"electricity", "green_electricity", "nonfossil_electricity"}, "electricity"),
        ({"heat"}, "heat"),
    ):
        own = rows["activity"].map(lambda name, kinds=kinds: activities()[name].kind in kinds)
        own &= rows["part_of"] == ""  # a part of something is no supply of its own
        used = rows[own & (rows["flow"] == "used")]
        supply = rows[own & rows["flow"].isin(["purchased", "generated", "recovered"])]
        have = set(zip(supply["entity"], supply["year"], strict=True))
        for i, place in enumerate(zip(used["entity"], used["year"], strict=True)):
            if place not in have:
                faults.add(
                    f"{word} used by {place[0]} in {place[1]}, but none purchased or generated there: energy and "
                    "scope 2 count what is purchased, generated and sold",
                    **where(used, i, "flow"),
                    mend="Write the flow as 'purchased', or add the purchased and generated rows",
                )


def check_totals_and_parts(rows: pd.DataFrame, faults: Faults) -> None:
    """A total and its parts are not both posted in full: the part says what it is part of."""
    plain = rows[rows["part_of"] == ""]
    wholes = {known.of_which for known in activities().values()} | {"energy_total"}
    have_whole = plain[plain["activity"].isin(wholes)]
    if have_whole.empty:
        return
    have = set(zip(have_whole["entity"], have_whole["year"], have_whole["activity"], have_whole["flow"], strict=True))
    totalled = {(entity, year) for entity, year, activity, _ in have if activity == "energy_total"}
    for i, row in enumerate(plain.itertuples()):
        known = activities()[row.activity]
        whole = known.of_which
        if known.kind in CARRIERS and (row.entity, row.year) in totalled:
            whole = "energy_total"
        elif not whole or (row.entity, row.year, whole, row.flow) not in have:
            continue
        faults.add(
            f"{row.activity!r} and {whole!r} are both given in full for {row.entity} in {row.year}, and the one is part "
            "of the other",
            **where(plain, i, "part_of"),
            mend=f"Write part_of = {whole}, or leave one out",
        )


USES = ("combusted", "fired", "converted", "used")  # the flows out of which a part can be in another use


def find_parents(rows: pd.DataFrame, faults: Faults) -> dict[int, list[int]]:
    """For each of-which row (by index label), the rows that contain it.

    ``part_of`` names the parent's sector (same activity) or the parent's activity (its own sector first). A parent in
    the part's own flow comes first; else the one use of the parent, which the part then leaves.
    """
    plain, found = rows[rows["part_of"] == ""], dict[int, list[int]]()
    if len(plain) == len(rows):
        return found
    by_activity: dict[tuple[str, ...], list[int]] = {}
    for row in plain.itertuples():
        by_activity.setdefault((row.entity, row.period, row.activity), []).append(int(row.Index))
    parts = rows[rows["part_of"] != ""]
    for n, row in enumerate(parts.itertuples()):
        same = [
            i
            for i in by_activity.get((row.entity, row.period, row.activity), [])
            if rows.at[i, "sector"] == row.part_of
        ]
        named = by_activity.get((row.entity, row.period, row.part_of), [])
        near = [i for i in named if rows.at[i, "sector"] == row.sector]
        candidates = same or near or named
        own_flow = [i for i in candidates if rows.at[i, "flow"] == row.flow]
        uses = [i for i in candidates if rows.at[i, "flow"] in USES]
        chosen = own_flow or uses
        flows = sorted({str(rows.at[i, "flow"]) for i in chosen})
        if len(flows) == 1:
            found[int(row.Index)] = chosen
            continue
        what = f"is in {' and '.join(flows)}" if flows else f"has no use ({', '.join(USES)})"
        faults.add(
            f"{row.activity} {row.flow} is part of {row.part_of!r}, which {what}: it is not clear what it leaves",
            **where(parts, n, "part_of"),
            mend="Give the part in its parent's flow, or as a row of its own and the parent without it",
        )
    return found


def check_parts(rows: pd.DataFrame, parents: dict[int, list[int]], faults: Faults) -> None:
    """Of-which rows fit their parent: one unit, a fuel of the same name where they move, and not more than the whole."""
    sums: dict[tuple[Any, ...], tuple[float, int]] = {}
    for i, whole in parents.items():
        part, parent = rows.loc[i], rows.loc[whole[0]]
        place: dict[str, Any] = {"file": str(part["file"]), "row": int(part["row"]), "column": "part_of"}
        moves, one_fuel = part["flow"] != parent["flow"], part["activity"] == parent["activity"]
        fuels = {activities()[part["activity"]].kind, activities()[parent["activity"]].kind} <= {"fuel", "biofuel"}
        if moves and fuels and not one_fuel:
            faults.add(
                f"{part['activity']!r} {part['flow']} is part of {parent['activity']!r}, which is {parent['flow']}",
                **place,
                mend="Give the part in its parent's flow, or as a part of the same fuel",
            )
        if part["canonical_unit"] != parent["canonical_unit"]:
            if one_fuel or not moves:
                faults.add(
                    f"the part is in {part['unit']!r}, the whole (row {parent['row']}) in {parent['unit']!r}",
                    **place,
                    mend="Give both in one dimension",
                )
            continue
        if moves and one_fuel and any(_differ(part[c], parent[c]) for c in ("own_ncv", "own_carbon", "own_oxidation")):
            faults.add("the part has other own values than the whole", **place, mend="Leave them blank in the part")
        key = (tuple(whole), part["activity"], "" if moves else part["sector"], part["part_of"], moves)
        total, first = sums.get(key, (0.0, i))
        sums[key] = (total + float(part["canonical"]), first)
    for (whole, *_), (total, i) in sums.items():
        limit = float(rows.loc[list(whole), "canonical"].sum())
        if total > limit * (1 + ROUNDING):
            part = rows.loc[i]
            faults.add(
                f"the parts of {part['part_of']!r} sum to {total:g} {part['canonical_unit']}, more than the whole, "
                f"{limit:g} {part['canonical_unit']}",
                file=str(part["file"]),
                row=int(part["row"]),
                column="amount",
                mend="Correct the parts or the whole",
            )


def _differ(part: float, parent: float) -> bool:
    return part == part and part != parent
