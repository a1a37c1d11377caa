"""Output at constant prices: the base year's value carried forward by real growth, link by link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults, PostError
from ..messages import say
from ..tables import constant, join_rows

if TYPE_CHECKING:
    import pandas as pd

PLAUSIBLE = 0.5  # a real growth beyond this is an index, or a slip
GROWTH = {"gdp": "gdp_growth", "industrial_value_added": "industrial_value_added_growth"}


def constant_prices(activity: pd.DataFrame, states: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """Rows of output at the prices of ``base_year``, one a year, from the base year's row and the growth of each year.

    Parameters
    ----------
    activity : DataFrame
        From :func:`carbonledger.read_activity`; rows with flow ``produced`` at current prices.
    states : DataFrame
        Columns ``entity, year, state, value, print, file, row``; real growth [1] under the names in ``GROWTH``.
    base_year : int
        Year whose prices are kept; its constant and its current value are the same.

    Returns
    -------
    DataFrame in the form of ``activity`` with the links in the column ``derived``.

    Raises
    ------
    PostError
        Growth without a base-year value, a missing link between two years, or an output that is given at constant
        prices as well: all at once.

    Notes
    -----
    V_t = V_base x (1 + g_base+1) x ... x (1 + g_t), each g the published real growth of its year.
    """
    faults, made = Faults(), []
    growth = states[states["state"].isin(GROWTH.values())]
    for (entity, state), links in growth.groupby(["entity", "state"], sort=True):
        name = next(k for k, v in GROWTH.items() if v == state)
        rows = activity[
            (activity["entity"] == entity)
            & (activity["activity"] == name)
            & (activity["flow"] == "produced")
            & (activity["part_of"] == "")
        ]
        base = rows[rows["year"] == base_year]
        if _usable(name, str(entity), base_year, rows, base, links.iloc[0], faults):
            made += _chain(name, base_year, base, links.sort_values("year"), faults)
    faults.raise_as(PostError, say("constant prices"))
    return join_rows(made) if made else activity.iloc[:0]


def _usable(
    name: str, entity: str, base_year: int, rows: pd.DataFrame, base: pd.DataFrame, first: Any, faults: Faults
) -> bool:
    """Whether a chain can start: output at current prices only, and a whole base year."""
    place: dict[str, Any] = {"file": str(first["file"]), "row": int(first["row"])}
    values = {"name": name, "entity": entity, "year": base_year}
    given = rows[rows["canonical_unit"] != "CNY"]
    months = {m for a, b in zip(base["first_month"], base["last_month"], strict=True) for m in range(a, b + 1)}
    if len(given):
        place = {"file": str(given["file"].iat[0]), "row": int(given["row"].iat[0])}
        what = say("{name} of {entity} is given at constant prices and by real growth", name=name, entity=entity)
        mend = say("Keep one of the two")
    elif base.empty:
        what = say("real growth of {name}, but {entity} has no {name} in {year}", **values)
        mend = say("Add the {year} value at current prices, or change price_base", year=base_year)
    elif len(months) < 12:
        what = say("real growth of {name}, but {year} has {n} of 12 months for {entity}", n=len(months), **values)
        mend = say("A chain needs the whole base year")
    else:
        return True
    faults.add(what, **place, mend=mend)
    return False


def _chain(name: str, base_year: int, base: pd.DataFrame, links: pd.DataFrame, faults: Faults) -> list[pd.DataFrame]:
    """The base year's rows, then one row a year, each naming its links; a missing link is a fault."""
    unit = f"CNY_{base_year}"
    first = constant(say("{year} at its own prices", year=base_year), len(base))
    made = [base.assign(canonical_unit=unit, derived=first)]
    value, year, told = float(base["canonical"].sum()), base_year, say("{year} value", year=base_year)
    for link in links[links["year"] > base_year].itertuples():
        if link.year != year + 1:
            faults.add(
                say("real growth of {name} is missing for {year}", name=name, year=year + 1),
                file=link.file,
                row=int(link.row),
                mend=say("A chain needs every year between the base and the last"),
            )
            break
        if abs(link.value) > PLAUSIBLE:
            faults.add(
                say("real growth of {name} in {year} is {value:.1%}", name=name, year=link.year, value=link.value),
                file=link.file,
                row=int(link.row),
                mend=say("Write the growth (8.1 %), not the index (108.1 %)"),
            )
            break
        year, value = int(link.year), value * (1 + link.value)
        told = say(
            "{before} x {growth:.6g} ({year}, {print}; {place})",
            **{"before": told, "growth": 1 + link.value, "year": link.year},
            print=link.print or say("print not stated"),
            place=say("{file} row {row}", file=link.file, row=link.row),
        )
        whole = {"first_month": 1, "last_month": 12, "year": year, "canonical": value, "canonical_unit": unit}
        made.append(base.iloc[[0]].assign(**whole, derived=constant(told, 1)))
    return made
