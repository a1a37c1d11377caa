"""What is compared with what: one table, ``COMPARISONS``, that feeds the benchmarks and the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prepared import ENTERPRISES, STATIONS, Hours, Rows, open_hours, open_rows, write_hours, write_rows
from prepared_six import STATIONS as SIX_STATIONS
from prepared_six import Six, open_with_frame, write_six
from ways_air import carbonledger_air, pandas_air
from ways_air_six import carbonledger_six, pandas_six
from ways_posting import (
    GROUP,
    carbonledger_from_file,
    carbonledger_totals,
    duckdb_from_file,
    duckdb_join,
    pandas_from_file,
    pandas_join,
    pandas_sum_first,
    polars_from_file,
    polars_join,
)
from ways_units import pint_pandas

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Way:
    """One way to the result, with the distribution it uses; ``every_row``: a peer that joins rates to every row."""

    name: str
    package: str
    run: Callable[[Any], pd.DataFrame]
    every_row: bool = False


@dataclass(frozen=True)
class Comparison:
    """Ways to one result from the same inputs; carbonledger is the first.

    ``write`` puts inputs of a size in a folder and ``open`` reads them; ``same`` raises unless two results are equal;
    ``aim`` is how many times the fastest peer carbonledger may take.
    """

    title: str
    size: int
    write: Callable[[Path, int], None]
    open: Callable[[Path], Any]
    same: Callable[[Any, pd.DataFrame, pd.DataFrame], None]
    ways: tuple[Way, ...]
    note: str
    aim: float | None = None


def same_totals(rows: Rows, found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Equal within 1e-12 of the sum of the terms' absolute values, in every district and year."""
    import numpy as np

    names = list(rows.quantities)
    left, right, terms = (_sorted(made)[names] for made in (found, wanted, rows.terms))
    assert list(left.index) == list(right.index) == list(terms.index)
    far = np.abs(left.to_numpy() - right.to_numpy()) / terms.to_numpy()
    assert (far <= 1e-12).all(), f"results differ by {np.nanmax(far):.3g} of the sum of terms"  # NaN is not near either


def _sorted(made: pd.DataFrame) -> pd.DataFrame:
    flat = made.reset_index().astype({"district": str, "year": int})
    return flat.set_index(GROUP).sort_index()


def same_air(hours: Hours, found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Equal numbers of days, statistics within 1e-12, none missing."""
    import numpy as np

    assert found.notna().all(axis=None)
    np.testing.assert_array_equal(found["days"], wanted["days"])
    np.testing.assert_allclose(found[["mean", "percentile"]], wanted[["mean", "percentile"]], rtol=1e-12)


def same_six(six: Six, found: tuple[pd.DataFrame, pd.DataFrame], wanted: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Equal numbers of days, statistics within 1e-12; days of the index but for those that floats put elsewhere.

    A peer in floating point has some indices one too high (CO of 2.2 mg/m3: 56, exactly 55) and rounds some means that lie
    on a tie to the other side; few of these stand at 100 or 200. One day in a hundred thousand may differ for it.
    """
    import numpy as np

    (ours, ours_days), (theirs, theirs_days) = (_labelled(made) for made in (found, wanted))
    assert list(ours.index) == list(theirs.index) and list(ours_days.index) == list(theirs_days.index)
    np.testing.assert_array_equal(ours["days"], theirs["days"])
    np.testing.assert_allclose(ours[["mean", "percentile"]], theirs[["mean", "percentile"]], rtol=1e-12)
    columns = ["valid", "good", "heavy"]
    far = np.abs(ours_days[columns].to_numpy(np.int64) - theirs_days[columns].to_numpy(np.int64)).sum()
    assert far <= 1e-5 * 365 * len(six.stations), f"{far} days of the index differ"


def _labelled(made: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    annual, days = made
    flat = annual.reset_index().astype({"station": str, "pollutant": str})
    of_days = days.reset_index().astype({"station": str})
    return flat.set_index(["station", "pollutant"]).sort_index(), of_days.set_index("station").sort_index()


OURS = Way("carbonledger", "carbonledger", carbonledger_totals)
PEERS = (
    Way("pandas, merge then sum", "pandas", pandas_join, every_row=True),
    Way("pandas, sum then merge", "pandas", pandas_sum_first),
    Way("Polars, join then sum", "polars", polars_join, every_row=True),
    Way("Polars, sum then join", "polars", partial(polars_join, sum_first=True)),
    Way("DuckDB, join then sum", "duckdb", duckdb_join, every_row=True),
    Way("DuckDB, sum then join", "duckdb", partial(duckdb_join, sum_first=True)),
)
READY = (
    "From one Arrow table to sums by 12 districts and 5 years. The peers are given every rate per unit as written and "
    "the district of every enterprise; carbonledger checks every row, converts units, posts, and counts the rows and "
    "months behind each sum, with the rates remembered from its first call."
)
COMPARISONS = {
    "post_8": Comparison(
        title="5 million rows, 8 quantities",
        size=ENTERPRISES,
        write=write_rows,
        open=open_rows,
        same=same_totals,
        ways=(OURS, *PEERS),
        note=READY,
        aim=1.0,
    ),
    "post_1": Comparison(
        title="5 million rows, 1 quantity",
        size=ENTERPRISES,
        write=write_rows,
        open=partial(open_rows, quantities=("energy",)),
        same=same_totals,
        ways=(OURS, *PEERS),
        note=READY,
        aim=1.5,
    ),
    "file_8": Comparison(
        title="5 million rows from a Parquet file, 8 quantities, factors resolved, one total explained",
        size=ENTERPRISES,
        write=write_rows,
        open=open_rows,
        same=same_totals,
        ways=(
            Way("carbonledger", "carbonledger", carbonledger_from_file),
            Way("pandas, merge then sum", "pandas", pandas_from_file),
            Way("Polars, sum then join", "polars", polars_from_file),
            Way("DuckDB, sum then join", "duckdb", duckdb_from_file),
        ),
        note="carbonledger reads its factor sets anew, resolves a rate for every key and ends with the eight largest "
        "entries of one total, each with its file, row and factor row. The peers read, join and sum; they explain "
        "nothing, and their rates are ready.",
    ),
    "units": Comparison(
        title="100 800 rows with units, 1 quantity",
        size=84,
        write=write_rows,
        open=partial(open_rows, quantities=("energy",)),
        same=same_totals,
        ways=(OURS, Way("pint-pandas", "pint-pandas", pint_pandas)),
        note="84 enterprises. pint-pandas holds one unit a column, so the rows are taken unit by unit; each amount "
        "times its rate is converted to tce and summed by district and year.",
    ),
    "air": Comparison(
        title="A year of hours of 1 500 stations, PM2.5: annual mean, 95th percentile, valid days",
        size=STATIONS,
        write=write_hours,
        open=open_hours,
        same=same_air,
        ways=(
            Way("carbonledger", "carbonledger", carbonledger_air),
            Way(
                "carbonledger, and under every alternative",
                "carbonledger",
                partial(carbonledger_air, alternatives=True),
            ),
            Way("pandas, resample", "pandas", pandas_air),
        ),
        note="The same rules of enough hours, days and months; carbonledger also rounds exactly, in integers.",
    ),
    "air_six": Comparison(
        title="A year of hours of 1 500 stations, six pollutants: annual statistics and days by the index",
        size=SIX_STATIONS,
        write=write_six,
        open=open_with_frame,
        same=same_six,
        ways=(
            Way("carbonledger", "carbonledger", carbonledger_six),
            Way("pandas, groupby and rolling", "pandas", pandas_six),
        ),
        note="79 million hours, from a float64 array [station, pollutant, hour] of 602 MiB to means, percentiles, valid days, "
        "verdicts of every station and pollutant, and its good and heavy days by HJ 633-2026. pandas is given a long table "
        "that is built beforehand, and gives means, percentiles and days; in floating point some of its indices are one too "
        "high. Peak memory is on top of array and table.",
        aim=0.05,
    ),
}
