"""Makes the synthetic inputs of this case; nothing in them describes a real firm or a real measurement.

One seed gives the same bytes everywhere: only uniform random numbers are drawn, and amounts are rounded.

    python scenarios/weicheng-2025/make_inputs.py [--out DIR] [--enterprises N] [--years 2020-2025] [--seed S]
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(
    0, str(Path(__file__).resolve().parent)
)  # the modules beside this one, from wherever it is run or imported

from made_air import STATIONS, YEAR, daily_aqi, hourly_pm25
from made_district import (
    ECONOMY_HEAD,
    HOUSEHOLD_HEAD,
    STATE_HEAD,
    STATISTICS_HEAD,
    economy_rows,
    household_rows,
    state_rows,
    statistics_rows,
    water_rows,
)
from made_enterprises import CARRIERS, SECTORS, credit_code, entity_rows, make_firms
from made_forms import lines_205_1, lines_205_2, posted
from made_hours import hourly_others
from made_returns import HEAD_1, HEAD_2, TRADE_HEAD, make_returns

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

HERE = Path(__file__).resolve().parent
SEED = 20251231
YEARS = (2020, 2021, 2022, 2023, 2024, 2025)
ENTITY_HEAD = "entity level parent sector region grid name_zh name_en valid_from valid_to note".split()
LEAST = 9  # the enterprises with a part to play, up to the one that moves

# Carriers of the benchmark table: every one has a coal equivalent and a carbon content in the shipped sets, except that
# natural gas and coke oven gas need a choice within a range, and raw coal a stand-in.
FUELS = (
    *(("electricity", "purchased", "万kWh", 900.0), ("heat", "purchased", "GJ", 9_000.0)),
    *((name, "combusted", "t", amount) for name, amount in (("diesel", 12.0), ("gasoline", 6.0), ("coke", 150.0))),
    *((name, "combusted", "t", amount) for name, amount in (("cleaned_coal", 400.0), ("lpg", 5.0), ("lng", 20.0))),
    *((name, "combusted", "t", amount) for name, amount in (("fuel_oil", 15.0), ("kerosene", 2.0))),
    *((name, "combusted", "t", amount) for name, amount in (("petroleum_coke", 60.0), ("refinery_gas", 8.0))),
    *((name, "combusted", "t", amount) for name, amount in (("naphtha", 4.0), ("crude_oil", 3.0))),
    ("other_petroleum_products", "combusted", "t", 5.0),
    *((name, "combusted", "万Nm3", amount) for name, amount in (("blast_furnace_gas", 80.0), ("converter_gas", 20.0))),
    *((name, "combusted", "万Nm3", amount) for name, amount in (("natural_gas", 40.0), ("coke_oven_gas", 25.0))),
    ("raw_coal", "combusted", "t", 500.0),
)


def make(folder: str | Path, enterprises: int = 200, years: Sequence[int] = YEARS, seed: int = SEED) -> list[Path]:
    """Write every synthetic file of the case under ``folder`` and return the paths.

    Parameters
    ----------
    folder : path
        Where to write; made if it is not there.
    enterprises : int
        How many enterprises report; at least 9.
    years : sequence of int
        Years of the returns, 2020 to 2025; the air is that of 2025.
    seed : int
        Seed of the random numbers.

    Raises
    ------
    ValueError
        If there are too few enterprises, or years that the case does not describe.
    """
    import numpy as np

    years = sorted(set(years))
    if enterprises < LEAST or not years or not set(years) <= set(YEARS):
        raise ValueError(f"enterprises = {enterprises}, years = {years}; at least {LEAST}, and years out of 2020-2025")
    folder, written = Path(folder), list[Path]()
    streams = [np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(5)]
    firms = make_firms(enterprises, streams[0])
    forms, conversions, trades = make_returns(firms, years, streams[1])
    units = {carrier.activity: carrier.unit for carrier in CARRIERS.values()}
    statistics = []
    for year in years:
        statistics += statistics_rows(year, posted(firms, year, forms[year], conversions[year]), units, streams[2])
        for head, lines, form in (
            (HEAD_1, lines_205_1(firms, year, forms[year]), "205-1"),
            (HEAD_2, lines_205_2(firms, year, forms[year], conversions[year]), "205-2"),
        ):
            written.append(_write(folder / "returns" / f"{form}-{year}.csv", head, lines))
    for name, head, rows in (
        ("entities", ENTITY_HEAD, entity_rows(firms)),
        ("trades", TRADE_HEAD, trades),
        ("households", HOUSEHOLD_HEAD, household_rows(years, trades)),
        ("statistics", STATISTICS_HEAD, statistics),
        ("water", ECONOMY_HEAD, water_rows(years)),
        ("economy", ECONOMY_HEAD, economy_rows(years)),
        ("states", STATE_HEAD, state_rows(years)),
    ):
        written.append(_write(folder / f"{name}.csv", head, ([row.get(c, "") for c in head] for row in rows)))
    return written + _write_air(folder / "air", years, streams[3], streams[4])


def _write_air(folder: Path, years: Sequence[int], rng: Any, others: Any) -> list[Path]:
    labels, pm25, particles = hourly_pm25(rng)
    made = {"PM2.5": pm25} | hourly_others(others, pm25, particles)
    columns = [_as_text(hours, 10 if name == "CO" else 1) for name, hours in made.items()]
    lines = (
        [station, label, *(column[n][hour] for column in columns)]
        for n, station in enumerate(STATIONS)
        for hour, label in enumerate(labels)
    )
    points = (
        [station, "weicheng", f"虚构站点{n}", f"{YEAR}-01-01", "", "synthetic"] for n, station in enumerate(STATIONS, 1)
    )
    days = (["weicheng", date, aqi, "synthetic"] for date, aqi in daily_aqi(rng, years))
    return [
        _write(folder / f"hours-{YEAR}.csv", ["station", "time", *made], lines),
        _write(folder / "points.csv", ["station", "entity", "name", "valid_from", "valid_to", "note"], points),
        _write(folder / "daily-aqi.csv", ["entity", "date", "aqi", "note"], days),
    ]


def _as_text(hours: Any, parts: int) -> list[list[str]]:
    """Blank where nothing was measured; the code of a failure and whole numbers as they are; parts as decimals."""
    return [
        ["" if v == -1 else str(v) if v < 0 or parts == 1 else f"{v // parts}.{v % parts}" for v in row]
        for row in hours.tolist()
    ]


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
    return path


def activity_table(
    enterprises: int,
    carriers: int = 20,
    months: int = 12,
    years: Sequence[int] = (2020,),
    seed: int = SEED,
    districts: int = 12,
) -> pa.Table:
    """Activity rows for benchmarks: one row per enterprise, carrier and month.

    Parameters
    ----------
    enterprises, carriers, months : int
        How many; carriers up to 20, months up to 12 of each year.
    years : sequence of int
        Any years.
    districts : int
        Districts that the enterprises are spread over, as in :func:`entity_table`.

    Returns
    -------
    Table with dictionary-encoded ``entity, period, activity, flow, unit`` and float64 ``amount``.
    """
    import numpy as np
    import pyarrow as pa

    if not (1 <= carriers <= len(FUELS) and 1 <= months <= 12):
        raise ValueError(f"carriers = {carriers}, months = {months}; accepted: 1 to {len(FUELS)} and 1 to 12")
    fuels = FUELS[:carriers]
    periods = [f"{year}-{month:02d}" for year in years for month in range(1, months + 1)]
    rng = np.random.Generator(np.random.PCG64(seed))
    shape = (enterprises, carriers, len(periods))
    size = (0.1 + rng.random((enterprises, 1, 1)) ** 3) * np.array([fuel[3] for fuel in fuels])[None, :, None]
    amount = np.round(size * (0.8 + 0.4 * rng.random(shape)), 3).ravel()

    def column(codes: Any, values: Sequence[str]) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(codes, type=pa.int32()), pa.array(values, type=pa.string()))

    def by_carrier(k: int) -> Any:
        values = list(dict.fromkeys(fuel[k] for fuel in fuels))
        codes = np.array([values.index(fuel[k]) for fuel in fuels], dtype=np.int32)
        return column(np.tile(np.repeat(codes, len(periods)), enterprises), values)

    entity = np.repeat(np.arange(enterprises, dtype=np.int32), carriers * len(periods))
    period = np.tile(np.arange(len(periods), dtype=np.int32), enterprises * carriers)
    return pa.table(
        {
            "entity": column(entity, _ids(enterprises, districts)),
            "period": column(period, periods),
            "activity": by_carrier(0),
            "flow": by_carrier(1),
            "unit": by_carrier(2),
            "amount": pa.array(amount, type=pa.float64()),
        }
    )


def _ids(enterprises: int, districts: int) -> list[str]:
    return [credit_code(n + 1, f"3707{n % districts + 1:02d}") for n in range(enterprises)]


def entity_table(enterprises: int, districts: int = 12) -> pd.DataFrame:
    """The entities of :func:`activity_table`: a province, a city, its districts and their enterprises."""
    import pandas as pd

    rows = [
        {"entity": "shandong", "level": "province", "parent": "", "region": "370000"},
        {"entity": "weifang", "level": "city", "parent": "shandong", "region": "370700"},
    ]
    rows += [
        {"entity": f"district-{d:02d}", "level": "district", "parent": "weifang", "region": f"3707{d:02d}"}
        for d in range(1, districts + 1)
    ]
    rows += [
        {"entity": name, "level": "enterprise", "parent": f"district-{n % districts + 1:02d}", "region": ""}
        | {"sector": SECTORS[n % len(SECTORS)][0]}
        for n, name in enumerate(_ids(enterprises, districts))
    ]
    blank = dict.fromkeys(ENTITY_HEAD, "") | {"note": "synthetic"}
    return pd.DataFrame([blank | row for row in rows], columns=ENTITY_HEAD)


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=HERE, type=Path)
    parser.add_argument("--enterprises", default=200, type=int)
    parser.add_argument("--years", default="2020-2025", help="2023, or 2020-2025")
    parser.add_argument("--seed", default=SEED, type=int)
    told = parser.parse_args()
    first, _, last = told.years.partition("-")
    make(told.out, told.enterprises, range(int(first), int(last or first) + 1), told.seed)


if __name__ == "__main__":
    main()
