"""Rows to totals by district and year: carbonledger, and what a good user of pandas, Polars and DuckDB would write.

Peers are imported where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prepared import KEYS, RULES, SETS, Rows

from carbonledger import post, read_activity, read_factors, totals
from carbonledger.ledger import labels_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import xarray as xr

    from carbonledger.ledger import Ledger

GROUP = ["district", "year"]


def _frame(made: xr.Dataset, quantities: tuple[str, ...]) -> pd.DataFrame:
    return made[list(quantities)].to_dataframe()[list(quantities)]


def carbonledger_totals(rows: Rows) -> pd.DataFrame:
    """Read, check, post and total."""
    read = read_activity(rows.table)
    ledger = post(read, rows.factors, rows.quantities, entities=rows.entities, rules=RULES)
    return _frame(totals(ledger, ["district"]), rows.quantities)


def pandas_join(rows: Rows) -> pd.DataFrame:
    """Merge on categoricals, multiply, sum."""
    return _pandas_join(rows.table.to_pandas(), rows)


def _pandas_join(table: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    table["year"] = table["period"].map(lambda period: int(period[:4])).astype("int32")
    rates = rows.rates.astype({key: table[key].dtype for key in KEYS})
    districts = rows.districts.astype({"entity": table["entity"].dtype, "district": "category"})
    joined = table[["entity", *KEYS, "amount"]].merge(rates, on=KEYS).merge(districts, on="entity")
    values = joined[list(rows.quantities)].mul(joined["amount"], axis=0)
    return values.groupby([joined[key] for key in GROUP], observed=True).sum()


def pandas_sum_first(rows: Rows) -> pd.DataFrame:
    """Sum the amounts of each district, year and carrier; merge what is left."""
    table = rows.table.to_pandas()
    district = table["entity"].map(dict(zip(rows.districts["entity"], rows.districts["district"], strict=True)))
    year = table["period"].map(lambda period: int(period[:4])).astype("int32")
    by = [district.rename("district"), year.rename("year"), *(table[key] for key in KEYS[:3])]
    sums = table["amount"].groupby(by, observed=True).sum().reset_index()
    sums = sums.astype({key: str for key in ("district", *KEYS[:3])} | {"year": rows.rates["year"].dtype})
    joined = sums.merge(rows.rates, on=KEYS)
    return joined[list(rows.quantities)].mul(joined["amount"], axis=0).groupby([joined[key] for key in GROUP]).sum()


def polars_join(rows: Rows, *, sum_first: bool = False) -> pd.DataFrame:
    """Lazy, on categoricals, in the streaming engine; with ``sum_first`` amounts are summed before rates are joined."""
    import polars as pl

    return _polars(pl.from_arrow(rows.table).lazy(), rows, sum_first)


def _polars(table: pl.LazyFrame, rows: Rows, sum_first: bool) -> pd.DataFrame:
    import polars as pl

    periods = pl.DataFrame({"period": rows.table["period"].chunk(0).dictionary}).with_columns(
        pl.col("period").cast(pl.Categorical),
        year=pl.col("period").cast(pl.String).str.slice(0, 4).cast(pl.Int32),
    )
    rates = pl.from_pandas(rows.rates).with_columns(
        pl.col("year").cast(pl.Int32), pl.col(KEYS[:3]).cast(pl.Categorical)
    )
    districts = pl.from_pandas(rows.districts).with_columns(pl.all().cast(pl.Categorical))
    made = table.join(districts.lazy(), on="entity").join(periods.lazy(), on="period")
    if sum_first:
        made = made.group_by("district", *KEYS).agg(pl.col("amount").sum())
    values = [(pl.col("amount") * pl.col(name)).sum().alias(name) for name in rows.quantities]
    made = made.join(rates.lazy(), on=KEYS).group_by(GROUP).agg(values)
    return (
        made.collect(engine="streaming").with_columns(pl.col("district").cast(pl.String)).to_pandas().set_index(GROUP)
    )


def duckdb_join(rows: Rows, *, sum_first: bool = False) -> pd.DataFrame:
    """One query on the Arrow table; the years of the 60 periods are a table too, which is faster than cutting text."""
    return _duckdb("rows", rows, sum_first)


def _duckdb(source: str, rows: Rows, sum_first: bool) -> pd.DataFrame:
    import duckdb
    import pandas as pd

    periods = pd.DataFrame({"period": rows.table["period"].chunk(0).dictionary.to_pylist()})
    periods["year"] = periods["period"].str[:4].astype("int32")
    sums = ", ".join(f"sum(amount * {name}) as {name}" for name in rows.quantities)
    joined = f"{source} join districts using (entity) join periods using (period)"
    if sum_first:
        keys = ", ".join(KEYS)
        joined = f"(select district, {keys}, sum(amount) as amount from {joined} group by all)"
    query = f"select district, year, {sums} from {joined} join rates using ({', '.join(KEYS)}) group by all"
    with duckdb.connect() as connection:
        for name, given in (("rows", rows.table), ("rates", rows.rates), ("districts", rows.districts)):
            connection.register(name, given)
        connection.register("periods", periods)
        return connection.sql(query).df().set_index(GROUP)


def carbonledger_from_file(rows: Rows) -> pd.DataFrame:
    """Read the file, resolve every factor anew, post, total, and explain one total."""
    read = read_activity(rows.folder / "rows.parquet")
    ledger = post(read, read_factors(*SETS), rows.quantities, entities=rows.entities, rules=RULES)
    made = totals(ledger, ["district"])
    assert len(explain_total(ledger, rows.quantities[0], "district-01", 2023)) == 8
    return _frame(made, rows.quantities)


def explain_total(ledger: Ledger, quantity: str, district: str, year: int, top: int = 8) -> pd.DataFrame:
    """The largest entries of a total: file and row, amount as written, value, and the factor row of each."""
    import numpy as np
    import pandas as pd

    cells, column = ledger.cells, ledger.quantities.index(quantity)
    concerned = (labels_of(ledger, "district") == district) & (cells.year == year)
    concerned &= ledger.counted[cells.key, column]
    cell = cells.of_rows
    rows = np.flatnonzero(concerned[cell])
    values = ledger.rows["canonical"].to_numpy()[rows] * ledger.rates[cells.key[cell[rows]], column]
    largest = np.argsort(-np.abs(values), kind="stable")[:top]
    found = ledger.rows.iloc[rows[largest]][["file", "row", "entity", "activity", "flow", "written", "unit"]]
    used = [ledger.how[key, quantity] for key in cells.key[cell[rows[largest]]]]
    factors = [(r.row.set, r.row.file, r.row.row, r.row.source, r.row.locator) for r in used if r and r.row]
    named = pd.DataFrame(factors, columns=["set", "factor_file", "factor_row", "source", "locator"], index=found.index)
    return pd.concat([found.assign(value=values[largest]), named], axis=1)


def pandas_from_file(rows: Rows) -> pd.DataFrame:
    """Read the file, merge, sum."""
    import pandas as pd

    return _pandas_join(pd.read_parquet(rows.folder / "rows.parquet"), rows)


def polars_from_file(rows: Rows) -> pd.DataFrame:
    """Scan the file, sum, join."""
    import polars as pl

    return _polars(pl.scan_parquet(rows.folder / "rows.parquet"), rows, sum_first=True)


def duckdb_from_file(rows: Rows) -> pd.DataFrame:
    """One query on the file."""
    return _duckdb(f"read_parquet('{rows.folder / 'rows.parquet'}')", rows, sum_first=True)
