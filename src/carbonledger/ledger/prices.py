"""Output at constant prices: the base year's value carried forward by real growth, link by link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Faults, PostError

if TYPE_CHECKING:
    import pandas as pd

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
    import pandas as pd

    faults, made = Faults(), []
    unit = f"CNY_{base_year}"
    growth = states[states["state"].isin(GROWTH.values())]
    for (entity, state), links in growth.groupby(["entity", "state"], sort=True):
        name = next(k for k, v in GROWTH.items() if v == state)
        rows = activity[
            (activity["entity"] == entity) & (activity["activity"] == name) & (activity["flow"] == "produced")
        ]
        first = links.iloc[0]
        given = rows[rows["canonical_unit"] != "CNY"]
        if len(given):
            faults.add(
                f"{name} of {entity} is given at constant prices and by real growth",
                file=str(given["file"].iat[0]),
                row=int(given["row"].iat[0]),
                mend="Keep one of the two",
            )
            continue
        base = rows[rows["year"] == base_year]
        if base.empty:
            faults.add(
                f"real growth of {name}, but {entity} has no {name} in {base_year}",
                file=first["file"],
                row=int(first["row"]),
                mend=f"Add the {base_year} value at current prices, or change price_base",
            )
            continue
        made.append(base.assign(canonical_unit=unit, derived=f"{base_year} at its own prices"))
        value, chain, year = float(base["canonical"].sum()), [], base_year
        for link in links.sort_values("year").itertuples():
            if link.year <= base_year:
                continue
            if link.year != year + 1:
                faults.add(
                    f"real growth of {name} is missing for {year + 1}",
                    file=link.file,
                    row=int(link.row),
                    mend="A chain needs every year between the base and the last",
                )
                break
            year, value = int(link.year), value * (1 + link.value)
            chain.append(
                f"x {1 + link.value:.4g} ({link.year}, {link.print or 'print not stated'}; {link.file} row {link.row})"
            )
            made.append(
                base.iloc[[0]].assign(
                    first_month=1,
                    last_month=12,
                    year=year,
                    canonical=value,
                    canonical_unit=unit,
                    derived=f"{base_year} value {' '.join(chain)}",
                )
            )
    faults.raise_as(PostError, "constant prices")
    return pd.concat(made, ignore_index=True) if made else activity.iloc[:0]
