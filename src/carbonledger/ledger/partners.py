"""What two entities trade with each other does not cross the border of the place that holds both.

Each row that names such a partner is reversed by an entry of the lowest entity above both: a visible elimination, so
that entities and eliminations add up to the district. Where only one side names the other, the other side must report
at least as much without a name; its part is reversed too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults, nearest
from ..messages import say
from ..tables import as_coded
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
    DataFrame with ``label`` (row), ``share`` of its amount that is traded inside, ``at`` (the place that holds both),
    and ``mirror`` (whether it is the unnamed side).
    """
    import numpy as np
    import pandas as pd

    blank = pd.DataFrame({"label": [], "share": [], "at": [], "mirror": []})
    if list(rows["partner"].array.categories) == [""]:
        return blank
    named = rows[rows["partner"] != ""]
    named = named.assign(**{c: named[c].astype(object) for c in ("entity", "partner", "activity", "flow", "unit")})
    known = set(places.names)
    good = []
    for row in named.itertuples():
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
    if not located or not good:
        return blank
    named = named.loc[good].assign(what=named.loc[good, "activity"].map(lambda a: POWER.get(a, a)))
    sold = (named["flow"] == "sold").to_numpy()
    seller, buyer = (np.where(side, named["entity"], named["partner"]) for side in (sold, ~sold))
    pairs = pd.DataFrame(
        {"seller": seller, "buyer": buyer, "what": named["what"].to_numpy(), "year": named["year"].to_numpy()}
    )
    group = pairs.groupby(list(pairs.columns), sort=True).ngroup().to_numpy()
    sums = [np.bincount(group[side], weights=named["canonical"].to_numpy()[side]) for side in (sold, ~sold)]
    sums = [np.pad(part, (0, int(group.max()) + 1 - len(part))) for part in sums]
    both = (np.minimum(*sums) > 0) & (np.abs(sums[0] - sums[1]) <= AGREE * np.maximum(*sums))
    month = named["year"].to_numpy() * 12 + named["last_month"].to_numpy() - 1
    ends = zip(places.when(seller, month), places.when(buyer, month), strict=True)
    at = np.array([places.common(int(one), int(other)) for one, other in ends])
    agreed = both[group] & (at >= 0)
    made = [(int(i), 1.0, int(k), False) for i, k in zip(named.index[agreed], at[agreed], strict=True)]
    for g in np.flatnonzero(~both):
        those = np.flatnonzero(group == g)
        one, other, what, year = pairs.iloc[those[0]]
        made += _trade(rows, named.iloc[those], one, other, what, int(year), int(at[those[0]]), faults)
    return pd.DataFrame(made, columns=blank.columns) if made else blank


def _trade(
    rows: pd.DataFrame, both: pd.DataFrame, seller: str, buyer: str, what: str, year: int, at: int, faults: Faults
) -> list[tuple[int, float, int, bool]]:
    """One pair, thing and year: both sides agree, or the side that names nobody reports enough."""
    sums = {flow: float(both.loc[both["flow"] == flow, "canonical"].sum()) for flow in SIDES}
    first = both.iloc[0]
    place: dict[str, Any] = {"file": str(first["file"]), "row": int(first["row"]), "column": "partner"}
    values = {"seller": seller, "buyer": buyer, "what": what, "year": year, "unit": first["canonical_unit"]}
    made = [(int(i), 1.0, at, False) for i in both.index]
    if min(sums.values()) > 0:
        if abs(sums["sold"] - sums["purchased"]) > AGREE * max(sums.values()):
            faults.add(
                say(
                    "{seller} sold {sold:g} {unit} of {what} to {buyer} in {year}, which says it bought {bought:g}",
                    **values,
                    sold=sums["sold"],
                    bought=sums["purchased"],
                ),
                **place,
                mend=say("The two sides differ by more than 1 %: correct one"),
            )
        return made if at >= 0 else []
    flow = SIDES[str(first["flow"])]  # of the side that names nobody
    silent, named = (seller, buyer) if flow == "sold" else (buyer, seller)
    there = rows[
        (rows["entity"] == silent)
        & (rows["year"] == year)
        & (rows["flow"] == flow)
        & (rows["partner"] == "")
        & (rows["part_of"] == "")
        & rows["activity"].isin([what, *(k for k, v in POWER.items() if v == what)])
    ]
    have, traded = float(there["canonical"].sum()), max(sums.values())
    if have < traded * (1 - AGREE):
        faults.add(
            say(
                "{named} names {silent} as partner for {traded:g} {unit} of {what} in {year}, which reports {have:g} {flow}",
                **{"named": named, "silent": silent, "flow": flow, "traded": traded, "have": have},
                **{k: values[k] for k in ("what", "year", "unit")},
            ),
            **place,
            mend=say("Add the row to the partner's return, or correct the partner"),
        )
    elif at >= 0:
        made += [(int(i), min(traded / have, 1.0), at, True) for i in there.index]
    return made if at >= 0 else []


def eliminations(
    rows: pd.DataFrame, traded: pd.DataFrame, kept: npt.NDArray[Any], places: Places
) -> list[pd.DataFrame]:
    """The entries that take out of a place what two entities in it traded with each other."""
    import numpy as np

    traded = traded[kept[traded["label"].to_numpy(dtype=np.int64)]] if len(traded) else traded
    if traded.empty:
        return []
    labels, at = traded["label"].to_numpy(dtype=np.int64), traded["at"].to_numpy(dtype=np.int64)
    out = rows.loc[labels]
    told = [
        f"elimination: {row.flow} by {row.entity}"
        + (f", partner {row.partner}" if row.partner else ", of which inside")
        + f", both in {places.names[place]}"
        for row, place in zip(out.itertuples(), at, strict=True)
    ]
    origin = places.index_of(out["entity"].astype(object))
    changed = {
        "entity": as_coded(places.names[at]),
        "sector": as_coded(["eliminations"] * len(out)),
        "region": as_coded(places.regions[origin]),
        "canonical": -out["canonical"].to_numpy() * traded["share"].to_numpy(),
        "derived": as_coded(told),
        "entry": as_coded(["elimination"] * len(out)),
        **{c: as_coded([""] * len(out)) for c in ("part_of", "partner")},
    }
    if "place" in out:
        changed["place"] = at
    return [out.assign(**changed)]
