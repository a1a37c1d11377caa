"""Statistical totals and their parts: the total is what counts, what no enterprise explains is a row of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults, PostError
from ..messages import say
from ..tables import activities, as_coded, factor_to_canonical
from .places import Places, places_of

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from .posting import Ledger

ROUNDING = 1e-4  # relative; parts are rounded one by one and may exceed the printed total by this much
INDUSTRY = range(6, 47)  # divisions of GB/T 4754: mining, manufacturing, power, heat, gas and water


def unallocated(activity: pd.DataFrame, statistics: pd.DataFrame, entities: pd.DataFrame) -> pd.DataFrame:
    """What statistical totals hold beyond the rows of the entities under them, one visible row per total.

    Parameters
    ----------
    activity : DataFrame
        From :func:`carbonledger.read_activity`.
    statistics : DataFrame
        The same, of districts (or above) that state a total with all entities under them: one row per activity, flow
        and year. ``sector`` ``industry`` means GB/T 4754 divisions 06 to 46; a code means that sector; blank, all.
    entities : DataFrame
        From :func:`read_entities`.

    Returns
    -------
    DataFrame in the form of ``activity``, entry ``unallocated``; zero rows too, since they say that all is explained.

    Raises
    ------
    PostError
        A total below the sum of its parts, by month, or in another dimension than its parts: all at once.
    """
    import numpy as np
    import pandas as pd

    faults, places = Faults(), places_of(entities)
    at = places.index_of(activity["entity"].astype(object))
    levels = dict(zip(entities["entity"], entities["level"], strict=True))
    table = pd.DataFrame(
        {c: activity[c].astype(object) for c in ("entity", "activity", "flow", "canonical_unit")}
        | {"sector": _sectors(activity, places, at), "year": activity["year"], "canonical": activity["canonical"]}
    )
    table = table[(activity["part_of"] == "").to_numpy() & (at >= 0)]
    above = {level: _ancestors(activity, places, at, level) for level in {levels[e] for e in statistics["entity"]}}
    derived, rest, ranks = [], [], _ranks()
    for i, row in enumerate(statistics.itertuples()):
        parts = table[
            (above[levels[row.entity]][table.index] == row.entity)
            & (table["entity"] != row.entity)
            & table["activity"].isin([row.activity, *ranks.get(row.activity, [])])
            & (table["flow"] == row.flow)
            & (table["year"] == row.year)
        ]
        parts = parts[[_within(sector, row.sector) for sector in parts["sector"]]]
        known = float(parts["canonical"].sum())
        _check(statistics, i, parts, known, faults)
        rest.append(max(float(row.canonical) - known, 0.0))
        derived.append(
            say(
                "unallocated: {total:.10g} {unit} in all, {known:.10g} of them in {rows} rows of {entities} entities",
                **{"total": row.canonical, "unit": row.canonical_unit, "known": known},
                rows=len(parts),
                entities=parts["entity"].nunique(),
            )
        )
    faults.raise_as(PostError, say("statistical totals"))
    return statistics.assign(
        canonical=np.array(rest),
        derived=as_coded(derived),
        entry=as_coded(["unallocated"] * len(statistics)),
    )


def _ranks() -> dict[str, list[str]]:
    """What a total of an activity holds besides its own rows: a total of raw coal, the rows of its ranks."""
    found: dict[str, list[str]] = {}
    for name, known in activities().items():
        if known.of_which:
            found.setdefault(known.of_which, []).append(name)
    return found


def _ancestors(activity: pd.DataFrame, places: Places, at: Any, level: str) -> npt.NDArray[Any]:
    """The entity of the level above each row, at the row's time."""
    import numpy as np

    found = places.at_level(level)
    here = np.where(at >= 0, found[at], "")
    if places.table is None or not places.several:
        return here
    entity, end = activity["entity"].astype(object).to_numpy(), activity["year"] * 12 + activity["last_month"] - 1
    first, last = (places.table[c].to_numpy() for c in ("first", "last"))
    for name in places.several:
        rows = entity == name
        for k in np.flatnonzero(places.names == name):
            here[rows & (end >= first[k]).to_numpy() & (end <= last[k]).to_numpy()] = found[k]
    return here


def _sectors(activity: pd.DataFrame, places: Places, at: Any) -> npt.NDArray[Any]:
    import numpy as np

    own = activity["sector"].astype(object).to_numpy()
    found: npt.NDArray[Any] = np.where(own == "", places.column("sector")[at], own)
    return found


def _within(sector: str, wanted: str) -> bool:
    digits = "".join(c for c in sector if c.isdigit())[:2]
    if wanted == "industry":
        return not digits or int(digits) in INDUSTRY
    return not wanted or sector.lstrip("ABCDEFGHIJKLMNOPQRST").startswith(wanted.lstrip("ABCDEFGHIJKLMNOPQRST"))


def _check(statistics: pd.DataFrame, i: int, parts: pd.DataFrame, known: float, faults: Faults) -> None:
    row = statistics.iloc[i]
    place: dict[str, Any] = {"file": str(row["file"]), "row": int(row["row"])}
    if (row["first_month"], row["last_month"]) != (1, 12):
        mend = say("Give statistical totals by year")
        faults.add(say("a statistical total for {period}", period=row["period"]), **place, column="period", mend=mend)
    if units := set(parts["canonical_unit"]) - {row["canonical_unit"]}:
        faults.add(
            say(
                "the total is in {unit}, but its parts are in {others}",
                unit=row["canonical_unit"],
                others=", ".join(sorted(units)),
            ),
            **place,
            column="unit",
            mend=say("Give both in one dimension"),
        )
    elif known > float(row["canonical"]) * (1 + ROUNDING):
        faults.add(
            say(
                "{activity} {flow} of {entity} in {year}: the total is {total:g} {unit}, but its parts sum to {known:g}",
                **{c: row[c] for c in ("activity", "flow", "entity", "year")},
                total=row["canonical"],
                unit=row["canonical_unit"],
                known=known,
            ),
            **place,
            column="amount",
            mend=say("A total is at least the sum of its parts: correct the one or the others"),
        )


def coverage(ledger: Ledger) -> pd.DataFrame:
    """The share of each statistical total that entities explain.

    Returns
    -------
    DataFrame ``entity, year, activity, flow, unit, total, explained, share [1]``, one row per statistical total, and one
    per quantity (``activity`` blank, ``quantity`` named) over all totals of an entity and year.
    """
    import pandas as pd

    columns = ["entity", "year", "activity", "flow", "quantity", "unit", "total", "explained", "share"]
    rows = ledger.rows[ledger.rows["entry"] == "unallocated"]
    if rows.empty:
        return pd.DataFrame({c: [] for c in columns})
    cell = ledger.cells.of_rows[rows.index]
    key = ledger.cells.key[cell]
    made = pd.DataFrame({c: rows[c].astype(object) for c in ("entity", "year", "activity", "flow")})
    made = made.assign(unit=rows["canonical_unit"].astype(object), total=rows["amount"] * _scales(rows), quantity="")
    made["explained"] = made["total"] - rows["canonical"]
    by_quantity = []
    for j, name in enumerate(ledger.quantities):
        counted = ledger.counted[key, j]
        if not counted.any():
            continue
        values = made[counted].assign(quantity=name, unit=ledger.catalog.quantities[name].unit, activity="", flow="")
        rate = ledger.rates[key, j][counted]
        values = values.assign(total=values["total"] * rate, explained=values["explained"] * rate)
        by_quantity.append(
            values.groupby(["entity", "year", "activity", "flow", "quantity", "unit"], as_index=False)[
                ["total", "explained"]
            ].sum(min_count=1)
        )
    whole = pd.concat([made, *by_quantity], ignore_index=True)
    return whole.assign(share=whole["explained"] / whole["total"])[columns]


def _scales(rows: pd.DataFrame) -> Any:
    pairs = zip(rows["activity"], rows["unit"], strict=True)
    return [factor_to_canonical(activity, unit)[0] for activity, unit in pairs]
