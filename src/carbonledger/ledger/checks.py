"""Checks before posting, apart from the arithmetic: each looks at one thing and names the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalog import Catalog
from ..errors import Faults, nearest
from ..tables import activities, where

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


def check_parts(rows: pd.DataFrame, faults: Faults) -> None:
    """Of-which rows of one parent and one flow do not exceed it."""
    parts = rows[rows["part_of"] != ""]
    if parts.empty:
        return
    plain = rows[rows["part_of"] == ""]
    total: dict[tuple[object, ...], float] = {}
    for row in plain.itertuples():
        key = (row.entity, row.period, row.canonical_unit)
        total[(*key, row.activity)] = total.get((*key, row.activity), 0.0) + row.canonical
        sector = (*key, row.activity, row.sector)
        total[sector] = total.get(sector, 0.0) + row.canonical
    # parts that move to other flows share the whole; parts in its own flow only describe it
    moved = [flow != parent for flow, parent in zip(parts["flow"], parent_flows(rows), strict=True)]
    keys = ["entity", "period", "canonical_unit", "activity", "part_of"]
    for values, group in parts.assign(kept=parts["flow"].mask(moved, "")).groupby([*keys, "kept"], sort=False):
        entity, period, unit, activity, parent, _ = values
        limit = total.get((entity, period, unit, activity, parent), total.get((entity, period, unit, parent)))
        found = float(group["canonical"].sum())
        if limit is not None and found > limit * (1 + ROUNDING):
            faults.add(
                f"the parts of {parent!r} sum to {found:g} {unit}, more than the whole, {limit:g} {unit}",
                **where(group, 0, "amount"),
                mend="Correct the parts or the whole",
            )


def parent_flows(rows: pd.DataFrame) -> list[str]:
    """For each of-which row, the flow of the row that contains it; blank where that is another activity's.

    ``part_of`` names the parent's sector (same activity) or the parent's activity (same sector).
    """
    plain = rows[rows["part_of"] == ""]
    key = ["entity", "period", "activity", "sector"]
    flow_of = dict(zip(plain[key].itertuples(index=False, name=None), plain["flow"], strict=True))
    found = []
    for row in rows[rows["part_of"] != ""].itertuples():
        by_sector = flow_of.get((row.entity, row.period, row.activity, row.part_of))
        by_activity = flow_of.get((row.entity, row.period, row.activity, row.sector))
        found.append(by_sector or (by_activity if row.part_of == row.activity else None) or "")
    return found


def check_part_flows(rows: pd.DataFrame, faults: Faults) -> None:
    """A fuel that is part of another fuel stays in its flow; only a part of the same fuel can move to another flow."""
    parts = rows[rows["part_of"].isin(activities())]
    flows_of: dict[tuple[str, ...], set[str]] = {}
    for row in rows[rows["part_of"] == ""].itertuples():
        flows_of.setdefault((row.entity, row.period, row.activity), set()).add(row.flow)
    for i, row in enumerate(parts.itertuples()):
        fuels = {activities()[row.activity].kind, activities()[row.part_of].kind} <= {"fuel", "biofuel"}
        flows = flows_of.get((row.entity, row.period, row.part_of), set())
        if fuels and row.part_of != row.activity and row.flow not in flows:
            faults.add(
                f"{row.activity!r} {row.flow} is part of {row.part_of!r}, which is {', '.join(sorted(flows))}",
                **where(parts, i, "part_of"),
                mend="Give the part in its parent's flow, or as a part of the same fuel",
            )
