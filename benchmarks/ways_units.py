"""Columns that carry their units: pint-pandas on rows small enough for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prepared import KEYS, Rows
from ways_posting import GROUP

if TYPE_CHECKING:
    import pandas as pd

# pint's grammar of names has no Chinese numerals before a unit
PINT_NAMES = {"t": "t", "GJ": "GJ", "万kWh": "wan_kWh", "万Nm3": "wan_Nm3"}


def pint_pandas(rows: Rows) -> pd.DataFrame:
    """One column with units per written unit, times a column of rates with units; pint checks and converts."""
    import pandas as pd
    import pint
    import pint_pandas

    units: pint.UnitRegistry[Any] = pint.UnitRegistry()
    for name in ("tce = [coal_equivalent]", "wan_kWh = 1e4 kWh", "wan_Nm3 = 1e4 m ** 3"):
        units.define(name)
    before, pint_pandas.PintType.ureg = pint_pandas.PintType.ureg, units
    try:
        table = rows.table.to_pandas()
        table["year"] = table["period"].map(lambda period: int(period[:4])).astype("int32")
        rates = rows.rates.astype({key: table[key].dtype for key in KEYS})
        joined = table.merge(rates, on=KEYS).merge(
            rows.districts.astype({"entity": table["entity"].dtype}), on="entity"
        )
        parts = []
        for unit, those in joined.groupby("unit", observed=True):
            amount = those["amount"].astype(f"pint[{PINT_NAMES[str(unit)]}]")
            rate = those["energy"].astype(f"pint[tce / {PINT_NAMES[str(unit)]}]")
            parts.append((amount * rate).pint.to("tce").pint.magnitude)
        joined["energy"] = pd.concat(parts)
        return joined.groupby(GROUP)[["energy"]].sum()
    finally:
        pint_pandas.PintType.ureg = before
