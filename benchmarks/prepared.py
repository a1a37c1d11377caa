"""What every way of a comparison is given: made once, written to a folder, read again by each process."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carbonledger.factors import Rules, StandIn, read_factors
from carbonledger.ledger import post, read_entities
from carbonledger.shipped import shipped
from carbonledger.tables import factor_to_canonical, read_activity

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from carbonledger.factors import Factors

ENTERPRISES = 4_141  # x 20 carriers x 60 months = 4 969 200 rows
YEARS = range(2020, 2025)
DISTRICTS = 12
# Every one has a rate for what it counts in each of the five years, under RULES.
EIGHT = (
    *("energy", "energy_coal_rate", "fossil_energy", "fossil_energy_coal_rate", "energy_final"),
    *("co2_scope1", "co2_scope2_location", "co2_scope2_market"),
)
SETS = "statistics-tce gbt-32151-2024 coal-rate grid-cn heat".split()
_LATER, _EARLIER = "nothing is shipped for the year; that before it", "nothing is shipped for the year; that after it"
# What the rows of all 20 carriers need decided, as a case would decide it.
RULES = Rules(
    kinds={"energy_coal_rate": "supply"},
    choices={"natural_gas": "middle", "coke_oven_gas": "middle"},
    stand_ins=(
        StandIn({"activity": "bituminous_coal"}, "no row for raw coal in GB/T 32151", "raw_coal", "co2"),
        StandIn({"year": 2020}, _LATER, quantity="energy_coal_rate", year=2021),
        StandIn({"year": 2021}, _EARLIER, "electricity", "co2", year=2020),
        StandIn({"year": 2023}, _LATER, "electricity", "co2", year=2024),
    ),
)
KEYS = ["activity", "flow", "unit", "year"]
STATIONS, HOURS, FIRST_HOUR = 1_500, 8_760, "2025-01-01T00"


@cache
def weicheng() -> Any:
    """The script of the Weicheng case that makes the activity rows."""
    path = shipped("scenarios") / "weicheng-2025" / "make_inputs.py"
    spec = importlib.util.spec_from_file_location("make_inputs", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder of a case holds no compiled files
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = kept
    return module


@dataclass(frozen=True)
class Rows:
    """Activity rows and what goes with them.

    Attributes
    ----------
    folder : Path
        Holds ``rows.parquet``, for the ways that start from a file.
    table : pyarrow.Table
        The activity rows, text dictionary-encoded.
    rates : DataFrame
        ``activity, flow, unit, year`` and, per quantity, sign x rate [quantity unit per unit as written]: the peers
        need resolve no factor.
    districts : DataFrame
        ``entity, district``, for the peers.
    entities : DataFrame
        The same hierarchy as carbonledger reads it.
    quantities : tuple of str
        What is asked for.
    """

    folder: Path
    table: pa.Table
    rates: pd.DataFrame
    districts: pd.DataFrame
    entities: pd.DataFrame
    quantities: tuple[str, ...]

    @cached_property
    def factors(self) -> Factors:
        """Factors kept between calls, so that carbonledger too has its rates at hand from the second call on."""
        return read_factors(*SETS)

    @cached_property
    def terms(self) -> pd.DataFrame:
        """Sum of |amount x rate| by district and year: what a difference is measured against."""
        rows = self.table.to_pandas().merge(self.districts, on="entity")
        rows = rows.assign(year=rows["period"].astype(str).str[:4].astype(int))
        size = rows.merge(self.rates, on=KEYS)
        values = size[list(self.quantities)].abs().mul(size["amount"].abs(), axis=0)
        return values.groupby([size["district"], size["year"]]).sum()


def write_rows(folder: Path, enterprises: int) -> None:
    """Write rows, rates and entities for :func:`open_rows`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    table = weicheng().activity_table(enterprises, 20, 12, YEARS, districts=DISTRICTS)
    with pa.ipc.new_file(folder / "rows.arrow", table.schema) as sink:
        sink.write_table(table)
    pq.write_table(table, folder / "rows.parquet")
    weicheng().entity_table(enterprises, DISTRICTS).to_parquet(folder / "entities.parquet")
    rates_written().to_parquet(folder / "rates.parquet")


def open_rows(folder: Path, quantities: tuple[str, ...] = EIGHT) -> Rows:
    """Read what :func:`write_rows` wrote, into memory."""
    import pandas as pd
    import pyarrow as pa

    with pa.OSFile(str(folder / "rows.arrow")) as source:
        table = pa.ipc.open_file(source).read_all()
    made = pd.read_parquet(folder / "entities.parquet")
    firms = made[made["level"] == "enterprise"].rename(columns={"parent": "district"})
    return Rows(
        folder=folder,
        table=table,
        rates=pd.read_parquet(folder / "rates.parquet", columns=[*KEYS, *quantities]),
        districts=firms[["entity", "district"]].reset_index(drop=True),
        entities=read_entities(made),
        quantities=quantities,
    )


def rates_written() -> pd.DataFrame:
    """Sign x rate per written unit of the eight quantities, as one enterprise a district posts them.

    Raises
    ------
    ValueError
        If the rate of a key differs from district to district, so that no table without districts can hold it.
    """
    import pandas as pd

    table = weicheng().activity_table(DISTRICTS, 20, 12, YEARS, districts=DISTRICTS)
    entities = read_entities(weicheng().entity_table(DISTRICTS, DISTRICTS))
    ledger = post(read_activity(table), read_factors(*SETS), EIGHT, entities=entities, rules=RULES)
    first = ledger.rows.iloc[ledger.cells.first]
    made = pd.DataFrame({key: list(first[key]) for key in KEYS})
    pairs = zip(made["activity"], made["unit"], strict=True)
    conversion = [factor_to_canonical(activity, unit)[0] for activity, unit in pairs]
    for j, name in enumerate(ledger.quantities):
        made[name] = ledger.rates[ledger.cells.key, j] * conversion
    made = made.drop_duplicates(ignore_index=True)
    if made.duplicated(KEYS).any():
        raise ValueError(f"rates differ between districts: {made[made.duplicated(KEYS, keep=False)]}")
    return made


def write_hours(folder: Path, stations: int) -> None:
    """Write float64 [station, hour], ug/m3 to a tenth, 2 % of the hours missing."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(20260701)
    values = np.round(draw.gamma(2.0, 22.0, (stations, HOURS)), 1)
    values[draw.random(values.shape) < 0.02] = np.nan
    np.save(folder / "hours.npy", values)


@dataclass(frozen=True)
class Hours:
    """A year of hours: float64 [station, hour], and the names of the stations."""

    values: np.ndarray
    stations: list[str]


def open_hours(folder: Path) -> Hours:
    """Read what :func:`write_hours` wrote."""
    import numpy as np

    values = np.load(folder / "hours.npy")
    return Hours(values, [f"s{k:04d}" for k in range(len(values))])
