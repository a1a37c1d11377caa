"""Statistical totals and their parts: the total is what counts, what no enterprise explains is a row of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults, PostError, nearest
from ..messages import Said, say
from ..tables import activities, as_coded, divisions, factor_to_canonical, flows, join_rows, where
from .entities import LEVELS
from .parts import ROUNDING, check_parts, find_parents, with_parts
from .places import Places, places_of

if TYPE_CHECKING:
    import pandas as pd

    from .posting import Ledger

INDUSTRY = range(6, 47)  # divisions of GB/T 4754: mining, manufacturing, power, heat, gas and water


def unallocated(activity: pd.DataFrame, statistics: pd.DataFrame, entities: pd.DataFrame) -> pd.DataFrame:
    """What statistical totals hold beyond the rows of the entities under them, one visible row per total.

    Parameters
    ----------
    activity : DataFrame
        From :func:`carbonledger.read_activity`.
    statistics : DataFrame
        The same, of districts (or above) that state a total with all entities under them: one row per activity, flow
        and year. ``sector`` ``industry`` means GB/T 4754 divisions 06 to 46; a section or code means that sector;
        blank, all. A total of raw coal holds its ranks, one of power purchased its contracted part. Totals within
        totals (a district in its city, a sector in industry) are parts of these.
    entities : DataFrame
        From :func:`read_entities`.

    Returns
    -------
    DataFrame in the form of ``activity``, entry ``unallocated``; zero rows too, since they say that all is explained.

    Raises
    ------
    PostError
        A total of somebody unknown, below the sum of its parts, by month, or in another dimension than its parts: all
        at once.
    """
    import numpy as np

    faults, places = Faults(), places_of(entities)
    statistics = statistics.reset_index(drop=True)
    levels = dict(zip(entities["entity"], entities["level"], strict=True))
    for i, name in enumerate(statistics["entity"]):
        if name not in levels:
            what = say("unknown entity {name!r}{near}", name=name, near=nearest(str(name), sorted(levels)))
            faults.add(what, **where(statistics, i, "entity"), mend=say("Add it to entities.csv"))
    faults.raise_as(PostError, say("statistical totals"))
    table = _parts_table(activity, places)
    rest, derived = np.zeros(len(statistics)), dict[int, Said]()
    for i in _inner_first(statistics, levels):
        row = statistics.iloc[i]
        parts = table[_is_part(table, row, levels[row["entity"]])]
        known = float(parts["canonical"].sum())
        _check(statistics, i, parts, known, faults)
        rest[i] = max(float(row["canonical"]) - known, 0.0)
        derived[i] = say(
            "unallocated: {total:.10g} {unit} in all, {known:.10g} of them in {rows} rows of {entities} entities",
            **{"total": row["canonical"], "unit": row["canonical_unit"], "known": known},
            rows=len(parts),
            entities=parts["entity"].nunique(),
        )
        table = _with_rest(table, row, rest[i], places)
    faults.raise_as(PostError, say("statistical totals"))
    return statistics.assign(
        canonical=rest,
        derived=as_coded([derived[i] for i in range(len(statistics))]),
        entry=as_coded(["unallocated"] * len(statistics)),
    )


def _parts_table(activity: pd.DataFrame, places: Places) -> pd.DataFrame:
    """What may be part of a total: whole rows, after parts have moved to their own flow, with the places above them."""
    import numpy as np
    import pandas as pd

    rows = activity[activity["fault"] == ""].reset_index(drop=True)
    ignored = Faults()  # posting names what is wrong with parts
    parents = find_parents(rows, ignored)
    caps = check_parts(rows, parents, ignored)
    rows = join_rows(with_parts(rows, parents, caps, np.ones(len(rows), dtype=bool)))
    text = ("entity", "activity", "flow", "canonical_unit")
    month = rows["year"].to_numpy() * 12 + rows["last_month"].to_numpy() - 1
    at = places.when(rows["entity"].to_numpy(dtype=object), month)
    own = rows["sector"].to_numpy(dtype=object)
    made = pd.DataFrame({c: rows[c].astype(object) for c in text})
    made = made.assign(
        sector=np.where(own == "", places.column("sector")[at], own),
        year=rows["year"],
        canonical=rows["canonical"],
        rest=False,
        **{level: np.where(at >= 0, places.at_level(level)[at], "") for level in LEVELS},
    )
    return made[(rows["part_of"] == "").to_numpy() & (at >= 0)]


def _inner_first(statistics: pd.DataFrame, levels: dict[str, str]) -> list[int]:
    """Totals of lower levels before those of higher ones, narrower sectors before wider ones."""

    def width(i: int) -> tuple[int, int, int]:
        sector = str(statistics["sector"].iat[i])
        wide = 0 if sector and sector != "industry" else 1 if sector else 2
        return LEVELS.index(levels[statistics["entity"].iat[i]]), wide, -len(sector)

    return sorted(range(len(statistics)), key=width)


def _is_part(table: pd.DataFrame, row: pd.Series, level: str) -> Any:
    held = {flow.name for flow in flows().values() if flow.part_of == row["flow"]} | {row["flow"]}
    named = [name for name, known in activities().items() if known.of_which == row["activity"]]
    named += ["green_electricity"] if row["activity"] == "electricity" else []
    found = (table[level] == row["entity"]) & ((table["entity"] != row["entity"]) | table["rest"])
    found &= table["activity"].isin([row["activity"], *named]) & table["flow"].isin(held)
    found &= table["year"] == row["year"]
    inside = {
        sector for sector in table.loc[found, "sector"].unique() if within_sector(str(sector), str(row["sector"]))
    }
    return found & table["sector"].isin(inside)


def _with_rest(table: pd.DataFrame, row: pd.Series, rest: float, places: Places) -> pd.DataFrame:
    """The rest of a total is part of the totals around it."""
    import pandas as pd

    at = places.index_of([row["entity"]])[0]
    made: dict[str, Any] = {c: row[c] for c in ("entity", "activity", "flow", "canonical_unit", "sector", "year")}
    made |= {"canonical": rest, "rest": True} | {level: places.at_level(level)[at] for level in LEVELS}
    return pd.concat([table, pd.DataFrame([made])], ignore_index=True)


def _division(sector: str) -> str:
    """The two digits of a GB/T 4754 code, with or without its section letter; blank where it is none."""
    digits = sector.lstrip("ABCDEFGHIJKLMNOPQRST")
    return digits[:2] if len(digits) >= 2 and digits.isdigit() else ""


def within_sector(sector: str, wanted: str) -> bool:
    """Whether a sector (or a total's) belongs to the one wanted; an enterprise without a sector is taken as industry."""
    if not wanted or sector == wanted:
        return True
    division = _division(sector)
    if wanted == "industry":
        return not sector or sector in {"B", "C", "D"} or (division != "" and int(division) in INDUSTRY)
    if len(wanted) == 1 and wanted.isalpha():
        return division in {line["division"] for line in divisions() if line["section"] == wanted}
    return division != "" and sector.lstrip("ABCDEFGHIJKLMNOPQRST").startswith(wanted.lstrip("ABCDEFGHIJKLMNOPQRST"))


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
        rate = abs(ledger.rates[key, j][counted])  # what is deducted is explained or not like what is added
        values = values.assign(total=values["total"] * rate, explained=values["explained"] * rate)
        by_quantity.append(
            values.groupby(["entity", "year", "activity", "flow", "quantity", "unit"], as_index=False)[
                ["total", "explained"]
            ].sum(min_count=1)
        )
    whole = pd.concat([made, *by_quantity], ignore_index=True)
    nothing = whole["total"] == 0  # of nothing, all is explained
    return whole.assign(share=(whole["explained"] / whole["total"].where(~nothing)).where(~nothing, 1.0))[columns]


def _scales(rows: pd.DataFrame) -> Any:
    pairs = zip(rows["activity"], rows["unit"], strict=True)
    return [factor_to_canonical(activity, unit)[0] for activity, unit in pairs]
