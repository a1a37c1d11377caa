"""Example rows, cases and shortcuts that the tests of the upper floors share; everything random is seeded."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from carbonledger.case import Assessed, assess
from carbonledger.factors import Factors, read_factors
from carbonledger.ledger import Ledger, post, totals
from carbonledger.reasons import Reason
from carbonledger.shipped import shipped

CASES = ("china-2020-2023", "shandong-2014")
SHANDONG = "CN-37"

# Carbon parameters of GB/T 32151.34-2024 Table C.1 (NCV GJ/t, carbon tC/TJ, oxidation): facts/energy-carbon.md section 2.
FUEL_CARBON = {
    "coke": (28.435, 29.5, 0.93),
    "gasoline": (43.070, 18.9, 0.98),
    "diesel": (42.652, 20.2, 0.98),
    "lpg": (50.179, 17.2, 0.98),
}
# Coal equivalents of GB/T 2589-2020 Tables A.1 and A.2 (tce/t; electricity tce/MWh): facts/energy-carbon.md section 1
# and facts/energy-carbon/fuels_gbt2589.csv.
FUEL_TCE = {"coke": 0.9714, "gasoline": 1.4714, "diesel": 1.4571, "lpg": 1.7143}
POWER_TCE_PER_MWH = 0.1229
# t CO2/MWh, facts/energy-carbon.md section 3: Shandong average; national residual (excl. market-traded non-fossil).
SHANDONG_GRID = {2021: 0.6838, 2022: 0.6410, 2023: 0.6191}
RESIDUAL_GRID = {2021: 0.5942, 2022: 0.5856, 2023: 0.6096}
# t CO2/GJ, GB/T 32150-2025 cl. 7.5.6-7.5.7: facts/energy-carbon.md section 2.
HEAT_CO2 = 0.11
# 29307.6 kJ per kg of standard coal: facts/energy-carbon.md section 1.
GJ_PER_TCE = 29.3076


def fuel_co2(fuel: str) -> float:
    """t CO2 per t of fuel: NCV x carbon x oxidation x 44/12."""
    ncv, carbon, oxidation = FUEL_CARBON[fuel]
    return ncv * carbon / 1000 * oxidation * 44 / 12


def rows(*lines: tuple[Any, ...], **common: Any) -> pd.DataFrame:
    """Activity rows from ``(activity, flow, amount, unit)`` and, where given, a dict of further columns."""
    made = []
    for line in lines:
        activity, flow, amount, unit, *more = line
        row = {"entity": "plant", "period": "2022", "activity": activity, "flow": flow, "amount": amount, "unit": unit}
        made.append(row | common | (more[0] if more else {}))
    return pd.DataFrame(made).fillna("")


@lru_cache(maxsize=8)
def factors(*names: str) -> Factors:
    """The shipped sets that most tests post with, or those named."""
    return read_factors(*(names or ("gbt-32151-2024", "gbt-2589-2020", "grid-cn", "heat")))


def posted(frame: pd.DataFrame, *quantities: str, **options: Any) -> Ledger:
    options = {"region": SHANDONG} | options
    return post(frame, options.pop("factors", factors()), quantities, **options)


def total(frame: pd.DataFrame, quantity: str, *, entity: str = "plant", year: int = 2022, **options: Any) -> float:
    """One total of one entity and year, straight from rows."""
    return float(totals(posted(frame, quantity, **options))[quantity].sel(entity=entity, year=year))


def months(amounts: Iterable[float], **common: Any) -> pd.DataFrame:
    """Diesel of January, February ... of 2022."""
    lines = [("diesel", "combusted", a, "t", {"period": f"2022-{m:02d}"}) for m, a in enumerate(amounts, start=1)]
    return rows(*lines, **common)


ENTITIES = pd.DataFrame(
    [
        ("city", "city", "", "CN-37-07"),
        ("east", "district", "city", ""),
        ("west", "district", "city", ""),
        ("mill", "enterprise", "east", ""),
        ("works", "enterprise", "east", ""),
        ("plant", "enterprise", "west", ""),
    ],
    columns=["entity", "level", "parent", "region"],
)


def seeded_rows(seed: int, n: int) -> pd.DataFrame:
    """``n`` rows of four fuels and of power, over three enterprises and three years, all different documents.

    Each enterprise buys more power at the start of a year than it can sell in it.
    """
    draw, made = random.Random(seed), []
    for entity, year in itertools.product(["mill", "works", "plant"], ["2021", "2022", "2023"]):
        made.append(
            {
                "entity": entity,
                "period": year,
                "activity": "electricity",
                "flow": "purchased",
                "amount": 5000.0 * n,
                "unit": "MWh",
                "document": f"supply {entity} {year}",
            }
        )
    del made[n:]
    for i in range(n - len(made)):
        fuel = draw.choice([*FUEL_CARBON, "electricity"])
        flow = draw.choice(["purchased", "sold"]) if fuel == "electricity" else draw.choice(["combusted", "feedstock"])
        made.append(
            {
                "entity": draw.choice(["mill", "works", "plant"]),
                "period": draw.choice(["2021", "2022", "2023"]),
                "activity": fuel,
                "flow": flow,
                "amount": round(draw.uniform(0, 5000), 3),
                "unit": "MWh" if fuel == "electricity" else "t",
                "document": f"d{i}",
            }
        )
    return pd.DataFrame(made)


@lru_cache(maxsize=4)
def assessed(case: str) -> Assessed:
    """A shipped case, assessed once per test process."""
    return assess(case)


def value(case: str, name: str, year: int) -> float:
    return float(assessed(case).indicators[name].sel(year=year).item())


def reason(case: str, name: str, year: int) -> Reason:
    return Reason(int(assessed(case).indicators[f"{name}_reason"].sel(year=year).item()))


def balance() -> dict[str, dict[str, float]]:
    """Shandong's balance as printed, product -> process -> Mtce, read with the csv module alone."""
    table: dict[str, dict[str, float]] = {}
    with (shipped("scenarios") / "shandong-2014" / "balance.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            cells = table.setdefault(line["product"], {})
            assert line["process"] not in cells
            cells[line["process"]] = float(line["value_Mtce"])
    return table


def series(name: str, unit: str, values: dict[int, float | None], *, better: str = "lower", **more: Any) -> xr.Dataset:
    """Indicators of one entity as the judge takes them; ``None`` is missing for want of rows."""
    years = sorted(values)
    numbers = [[float("nan") if values[y] is None else float(values[y] or 0.0) for y in years]]
    causes = [[int(Reason.NO_ROWS if values[y] is None else Reason.OK) for y in years]]
    dims, attrs = ("entity", "year"), {"units": unit, "better": better, "long_name": name, **more}
    return xr.Dataset(
        {name: (dims, numbers, attrs), f"{name}_reason": (dims, causes)}, coords={"entity": ["plant"], "year": years}
    )


CASE_TOML = """
title = "A small case"
title_zh = "小案例"
price_base = 2020
factor_sets = ["water-rules"]
indicators = ["water_total", "water_per_gdp", "water_per_gdp_drop"]

[inputs]
activity = ["activity.csv"]
states = ["states.csv"]
entities = ["entities.csv"]
targets = ["targets.csv"]
"""

CASE_FILES = {
    "case.toml": CASE_TOML,
    "activity.csv": """entity,period,activity,flow,amount,unit,source
town,2020,industrial_water,used,100,万立方米,bulletin
town,2020,gdp,produced,10,亿元,bulletin
town,2021,industrial_water,used,90,万立方米,bulletin
town,2021,gdp,produced,12,亿元,bulletin
""",
    "states.csv": """entity,period,state,value,unit,print,source
town,2021,gdp_growth,8,%,first,communique
""",
    "entities.csv": """entity,level,parent,region,name_zh
town,district,,CN-37-07-02,小镇
""",
    "targets.csv": """id,indicator,entity,name_zh,sense,value,unit,kind,from_year,year,baseline,source
T1,water_total,town,用水总量,at_most,1.1,百万立方米,level,2020,2021,,plan
T2,water_per_gdp_drop,town,用水下降,at_least,20,%,change,2020,2021,2020,plan
""",
}


def write_case(folder: Path, **files: str) -> Path:
    """A small case in ``folder``; keyword arguments replace files (``states`` for states.csv, ``case`` for case.toml)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in CASE_FILES.items():
        path = folder / name
        path.write_text(files.pop(path.stem, text), encoding="utf-8")
    assert not files, files
    return folder


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An explanation's node and all below it."""
    yield node
    for child in node.get("from", []):
        yield from walk(child)
