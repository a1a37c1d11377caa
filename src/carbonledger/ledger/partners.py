"""What two entities trade with each other does not cross the border of the place that holds both.

Each row that names such a partner is reversed by an entry of the lowest entity above both: a visible elimination, so
that entities and eliminations add up to the district. Where only one side names the other, the other side must report
at least as much without a name; its part is reversed too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults, nearest
from ..messages import Named, Said, say
from ..tables import as_coded, flows, gj_per
from .places import Places

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

AGREE = 0.01  # relative; two meters of one line may differ by this much
POWER = {"green_electricity": "electricity"}
SIDES = {"sold": "purchased", "purchased": "sold"}


def find_trades(rows: pd.DataFrame, places: Places, located: bool, faults: Faults) -> pd.DataFrame:
    """Rows that name a partner inside the ledger, and what of the other side's unnamed amounts mirrors them.

    Returns
    -------
    DataFrame with ``label`` (row), ``share`` of its amount that is traded inside, ``at`` (the place that holds both) and
    ``pair``: what two entities trade of one thing in a year is eliminated on both sides or not at all.
    """
    import pandas as pd

    blank = pd.DataFrame({"label": [], "share": [], "at": [], "pair": []})
    if list(rows["partner"].array.categories) == [""]:
        return blank
    good = _sound(rows, places, located, faults)
    if not located or not good:
        return blank
    named = _with_ends(rows.loc[good], places)
    sums = named.pivot_table(index="pair", columns="flow", values="gj", aggfunc="sum").reindex(columns=list(SIDES))
    made = []
    for pair, both in named.groupby("pair", sort=True):
        sold, bought = (float(sums.at[pair, flow]) for flow in SIDES)
        if sold == sold and bought == bought:  # both sides have said something
            _compare(both.iloc[0], sold, bought, faults)
    silent = sums.index[sums.isna().any(axis=1)]
    made += _mirrors(rows, named[named["pair"].isin(silent)], faults)
    inside = named[named["at"] >= 0]
    made += [(label, 1.0, at, pair) for label, at, pair in zip(inside.index, inside["at"], inside["pair"], strict=True)]
    return pd.DataFrame(made, columns=blank.columns) if made else blank


def _sound(rows: pd.DataFrame, places: Places, located: bool, faults: Faults) -> list[Any]:
    """Labels of the rows whose partner exists, is another, and buys or sells."""
    known, good = set(places.names), []
    for row in rows[rows["partner"] != ""].itertuples():
        place: dict[str, Any] = {"file": str(row.file), "row": int(row.row), "column": "partner"}
        if row.partner not in known and located:
            faults.add(
                say("partner {name!r} is no entity{near}", name=row.partner, near=nearest(row.partner, sorted(known))),
                **place,
                mend=say("Add it to entities.csv, or leave it blank for the grid or anyone outside"),
            )
        elif row.partner == row.entity:
            faults.add(say("{name!r} is its own partner", name=row.entity), **place, mend=say("Name the other side"))
        elif row.flow not in SIDES:
            mend = say("Only purchased and sold rows have a partner")
            faults.add(say("flow {flow!r} with a partner", flow=row.flow), **place, mend=mend)
        else:
            good.append(row.Index)
    return good


def _with_ends(named: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Seller, buyer, what is traded, the pair of these in a year, and the place that holds both at the time."""
    import numpy as np

    text = ("entity", "partner", "activity", "flow", "unit", "canonical_unit")
    named = named.assign(**{c: named[c].astype(object) for c in text})
    sold = (named["flow"] == "sold").to_numpy()
    seller, buyer = (np.where(side, named["entity"], named["partner"]) for side in (sold, ~sold))
    named = named.assign(seller=seller, buyer=buyer, **_things(named))
    named["pair"] = named.groupby(["seller", "buyer", "what", "year"], sort=True).ngroup()
    month = named["year"].to_numpy() * 12 + named["last_month"].to_numpy() - 1
    ends = zip(places.when(seller, month), places.when(buyer, month), strict=True)
    return named.assign(at=[places.common(int(one), int(other)) for one, other in ends])


def _things(rows: pd.DataFrame) -> dict[str, Any]:
    """What is traded, in GJ where it can be."""
    unit = rows["canonical_unit"].astype(object)
    gj = unit.map(gj_per).astype(float)
    what = rows["activity"].astype(object).map(lambda name: POWER.get(name, name))
    return {
        "what": what.where(gj.notna(), what + " " + unit),
        "gj": rows["canonical"] * gj.fillna(1.0),
    }


def _place(row: Any) -> dict[str, Any]:
    return {"file": str(row["file"]), "row": int(row["row"]), "column": "partner"}


def _compare(first: pd.Series, sold: float, bought: float, faults: Faults) -> None:
    if abs(sold - bought) <= AGREE * max(sold, bought):
        return
    faults.add(
        say(
            "{seller} sold {sold:g} {unit} of {what} to {buyer} in {year}, which says it bought {bought:g}",
            **{c: first[c] for c in ("seller", "buyer", "what", "year")},
            unit=_unit(first),
            sold=sold,
            bought=bought,
        ),
        **_place(first),
        mend=say("The two sides differ by more than 1 %: correct one"),
    )


def _unit(row: pd.Series) -> str:
    return "GJ" if gj_per(row["canonical_unit"]) else str(row["canonical_unit"])


def _mirrors(rows: pd.DataFrame, named: pd.DataFrame, faults: Faults) -> list[tuple[int, float, int, int]]:
    """Where one side names nobody: its unnamed rows hold all that others name it for, or it is a fault."""
    made: list[tuple[int, float, int, int]] = []
    if named.empty:
        return made
    silent = named["buyer"].where(named["flow"] == "sold", named["seller"])
    for (who, what, year, said), claims in named.groupby([silent, "what", "year", "flow"], sort=True):
        own = rows[(rows["entity"] == who) & (rows["year"] == year) & (rows["flow"] == SIDES[said])]
        own = own.assign(**_things(own))
        own = own[own["what"] == what]
        there = own[(own["partner"] == "") & (own["part_of"] == "")]
        taken = float(own.loc[(own["partner"] != "") & (own["part_of"] != ""), "gj"].sum())
        whole, claimed = float(there["gj"].sum()), float(claims["gj"].sum())
        if claimed > (whole - taken) * (1 + AGREE):
            first = claims.iloc[0]
            faults.add(
                say(
                    "{others} names {who} as partner for {claimed:g} {unit} of {what} in {year}, which reports {have:g} "
                    "{flow} without a partner",
                    **{"who": who, "what": what, "year": year, "claimed": claimed, "have": whole - taken},
                    **{"others": " / ".join(sorted(set(claims["entity"]))), "unit": _unit(first), "flow": SIDES[said]},
                ),
                **_place(first),
                mend=say("Add the row to the partner's return, or correct the partner"),
            )
            continue
        if claims.groupby("pair")["at"].nunique().max() > 1:
            mend = say("Name the partner on both sides in a year in which one of them moves")
            faults.add(say("a partner moved during {year}", year=year), **_place(claims.iloc[0]), mend=mend)
            continue
        for pair, part in claims[claims["at"] >= 0].groupby("pair"):
            share = min(float(part["gj"].sum()) / whole, 1.0) if whole else 0.0
            made += [(int(i), share, int(part["at"].iat[0]), int(pair)) for i in there.index]
    return made


def eliminations(
    rows: pd.DataFrame, traded: pd.DataFrame, kept: npt.NDArray[Any], places: Places
) -> list[pd.DataFrame]:
    """The entries that take out of a place what two entities in it traded with each other."""
    import numpy as np

    if traded.empty:
        return []
    half = set(traded.loc[~kept[traded["label"].to_numpy(dtype=np.int64)], "pair"])
    traded = traded[~traded["pair"].isin(half)]
    if traded.empty:
        return []
    labels, at = traded["label"].to_numpy(dtype=np.int64), traded["at"].to_numpy(dtype=np.int64)
    out = rows.loc[labels]
    told = [_in_words(row, places.names[place]) for row, place in zip(out.itertuples(), at, strict=True)]
    origin = out["place"].to_numpy() if "place" in out else places.index_of(out["entity"].astype(object))
    changed = {
        "entity": as_coded(places.names[at]),
        "sector": as_coded([say("eliminations")] * len(out)),
        "region": as_coded(places.regions[origin]),
        "canonical": -out["canonical"].to_numpy() * traded["share"].to_numpy(),
        "derived": as_coded(told),
        "entry": as_coded(["elimination"] * len(out)),
        **{c: as_coded([""] * len(out)) for c in ("part_of", "partner")},
    }
    if "place" in out:
        changed["place"] = at
    return [out.assign(**changed)]


def _in_words(row: Any, place: str) -> Said:
    """What an elimination takes out, for the one who asks where it comes from."""
    flow = Named(row.flow, flows()[row.flow].zh)
    if row.partner:
        return say(
            "elimination: {flow} by {entity}, partner {partner}, both in {place}",
            **{"flow": flow, "entity": row.entity, "partner": row.partner, "place": place},
        )
    return say(
        "elimination: {flow} by {entity}, of which inside, both in {place}", flow=flow, entity=row.entity, place=place
    )
