"""The table of generating units: class, output, heat, ratios and verified emissions, every fault at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError, UnitError, nearest
from ..messages import say
from ..tables import number_column, plain_name, read_table, text_column, where
from . import amounts
from .plans import basis_of, classes, plan_or_none

if TYPE_CHECKING:
    import pandas as pd

COOLING = {
    "water": ("water", "水冷", "开式循环", "闭式循环"),
    "air": ("air", "空冷"),
    "back-pressure": ("back-pressure", "back pressure", "背压", "背压机组"),
}
_TEXTS = "plant unit unit_class year cooling source note".split()
_UNITS = "power_unit heat_unit emissions_unit price_unit".split()
_SHARES = ("heat_ratio", "load_rate")
COLUMNS = """file row plant unit unit_class fuel year generated supplied heat heat_ratio load_rate cooling emissions
    carry_over ccer price source note""".split()


def read_plants(source: str | Path | pd.DataFrame, *, file: str = "", folder: Path | None = None) -> pd.DataFrame:
    """Read generating units by year.

    Parameters
    ----------
    source : path or DataFrame
        One row per unit and year. ``generated`` and ``supplied`` in ``power_unit`` (万千瓦时, MWh …), ``heat`` in
        ``heat_unit`` (GJ …; write 0 where none is sold), ``heat_ratio`` and ``load_rate`` from 0 to 1, ``cooling``
        (water, air, back-pressure), ``emissions`` (verified), ``carry_over`` (allowances of earlier years that
        are used) and ``ccer`` in ``emissions_unit`` (t CO2 …; a blank of the last two is none), ``price`` in
        ``price_unit`` (元/t).
    folder : Path, optional
        Editions to use instead of the shipped ones.

    Returns
    -------
    DataFrame, one row per row of the table: ``file, row, plant, unit, unit_class, fuel, year`` (int), ``generated,
    supplied`` [MWh], ``heat`` [GJ], ``heat_ratio, load_rate`` [1], ``cooling``, ``emissions, carry_over,
    ccer`` [t CO2], ``price`` [CNY/t CO2], ``source, note``; NaN or blank where not given.

    Raises
    ------
    TableError
        Blank names, unknown classes and cooling, units given twice in a year, wrong units, numbers below 0, more power
        supplied than generated, percentages for shares, and what the year's plan needs and the row lacks: all at once.

    Notes
    -----
    The year's plan says which output counts (2019 to 2022: supplied; from 2023: generated). The other one never
    stands in for it.
    """
    frame, faults = read_table(source, "plants", file=file), Faults()
    for column in _TEXTS + _UNITS:
        frame[column] = text_column(frame[column])
    for column in ("plant", "unit"):
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            faults.add(say("no {name}", name=column), **where(frame, i, column), mend=say("Name plant and unit"))
    frame["year"] = _years(frame, faults)
    known = classes(folder)
    frame["unit_class"] = _class_names(frame, folder, faults)
    frame["fuel"] = [known[c].fuel if c in known else "" for c in frame["unit_class"]]
    frame["cooling"] = _cooling(frame, faults)
    _numbers(frame, faults)
    _check_twice(frame, faults)
    _check_amounts(frame, faults)
    _check_plan(frame, folder, faults)
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    return frame[COLUMNS]


def _years(frame: pd.DataFrame, faults: Faults) -> Any:
    made = []
    for i, written in enumerate(frame["year"]):
        match = re.fullmatch(r"((?:19|20|21)\d\d)(?:年度?)?", written)
        if not match:
            what = say("{text!r} is no year", text=written)
            faults.add(what, **where(frame, i, "year"), mend=say("Write it as 2023"))
        made.append(int(match[1]) if match else 0)
    return made


def _class_names(frame: pd.DataFrame, folder: Path | None, faults: Faults) -> list[str]:
    spelt = {plain_name(s): c.name for c in classes(folder).values() for s in (c.name, c.zh, *c.names)}
    made = []
    for i, written in enumerate(frame["unit_class"]):
        plain = plain_name(written)
        if plain not in spelt:
            what = say("unknown class of units {name!r}{near}", name=written, near=nearest(plain, list(spelt)))
            accepted = ", ".join(f"{c.name} ({c.zh})" for c in classes(folder).values())
            faults.add(what, **where(frame, i, "unit_class"), mend=say("Accepted: {names}", names=accepted))
        made.append(spelt.get(plain, ""))
    return made


def _cooling(frame: pd.DataFrame, faults: Faults) -> list[str]:
    spelt = {plain_name(s): name for name, every in COOLING.items() for s in every} | {"": ""}
    made = []
    for i, written in enumerate(frame["cooling"]):
        plain = plain_name(written)
        if plain not in spelt:
            what = say("unknown cooling {name!r}", name=written)
            mend = say("Accepted: {names}", names=", ".join(f"{n} ({every[1]})" for n, every in COOLING.items()))
            faults.add(what, **where(frame, i, "cooling"), mend=mend)
        made.append(spelt.get(plain, ""))
    return made


def _numbers(frame: pd.DataFrame, faults: Faults) -> None:
    """Every number in its unit, in place; none is below 0, and shares are from 0 to 1."""
    for column, (unit_column, reader) in amounts.OF_COLUMN.items():
        numbers = number_column(frame[column], faults, frame, column)
        frame[column] = _in_unit(frame, column, numbers, unit_column, reader, faults)
    for column in _SHARES:
        frame[column] = number_column(frame[column], faults, frame, column)
        for i in ((frame[column] < 0) | (frame[column] > 1)).to_numpy().nonzero()[0]:
            value = float(frame[column].iat[i])
            what = say("{name} {value:g} is no share from 0 to 1", name=column, value=value)
            mend = say("{value:g} % is {share:g}: write the fraction", value=value, share=value / 100)
            percent = 1 < value <= 100
            faults.add(what, **where(frame, i, column), mend=mend if percent else say("Accepted: a share from 0 to 1"))


def _in_unit(frame: pd.DataFrame, column: str, numbers: Any, unit_column: str, reader: Any, faults: Faults) -> Any:
    import numpy as np
    import pandas as pd

    given, factors = ~np.isnan(numbers), np.ones(len(numbers))
    codes, written = pd.factorize(frame[unit_column])
    for k, unit in enumerate(written):
        rows = np.flatnonzero(given & (codes == k) & ((numbers != 0) | (unit != "")))
        try:
            factors[rows] = reader(unit) if len(rows) else 1.0
        except UnitError as error:
            for i in rows:
                faults.add(
                    error.message, **where(frame, i, unit_column), mend=say("State the unit of {name}", name=column)
                )
    for i in np.flatnonzero(given & (numbers < 0)):
        what = say("{name} {value:g} is below 0", name=column, value=float(numbers[i]))
        faults.add(what, **where(frame, i, column), mend=say("Accepted: a number from 0 on"))
    return numbers * factors


def _check_twice(frame: pd.DataFrame, faults: Faults) -> None:
    first: dict[tuple[str, str, int], int] = {}
    for i, key in enumerate(zip(frame["plant"], frame["unit"], frame["year"], strict=True)):
        row = first.setdefault(key, i)
        if row != i and all(key):
            words = {"plant": key[0], "unit": key[1], "year": key[2], "row": int(frame["row"].iat[row])}
            what = say("unit {unit!r} of {plant!r} has {year} already in row {row}", **words)
            faults.add(what, **where(frame, i), mend=say("Keep one row"))
    known = frame[frame["price"].notna()]
    for (plant, year), prices in known.groupby(["plant", "year"], sort=False)["price"]:
        if prices.nunique() > 1:
            what = say("{plant!r} has two prices in {year}", plant=plant, year=year)
            faults.add(what, **where(frame, prices.index[-1], "price"), mend=say("Keep one price per plant and year"))


def _check_amounts(frame: pd.DataFrame, faults: Faults) -> None:
    for i in (frame["supplied"] > frame["generated"]).to_numpy().nonzero()[0]:
        pair = {"supplied": float(frame["supplied"].iat[i]), "generated": float(frame["generated"].iat[i])}
        what = say("more power supplied ({supplied:g} MWh) than generated ({generated:g} MWh)", **pair)
        faults.add(what, **where(frame, i, "supplied"), mend=say("Exchange them, or correct the unit"))
    for i in frame["heat"].isna().to_numpy().nonzero()[0]:
        mend = say("Write 0 if there was none")
        faults.add(say("no {name}", name="heat"), **where(frame, i, "heat"), mend=mend)
    for i in ((frame["heat"] == 0) & (frame["heat_ratio"] > 0)).to_numpy().nonzero()[0]:
        faults.add(
            say("a heat ratio, but no heat"), **where(frame, i, "heat_ratio"), mend=say("Correct one of the two")
        )
    for i in ((frame["heat"] > 0) & (frame["heat_ratio"] == 0)).to_numpy().nonzero()[0]:
        faults.add(
            say("heat, but a heat ratio of 0"), **where(frame, i, "heat_ratio"), mend=say("Correct one of the two")
        )


def _check_plan(frame: pd.DataFrame, folder: Path | None, faults: Faults) -> None:
    """What the plan of each year needs; a year without a plan needs nothing here."""
    for year, rows in frame.groupby("year", sort=False):
        plan = plan_or_none(int(year), folder) if year else None
        if plan is None:
            continue
        basis = basis_of(plan, int(year))
        other = "generated" if basis == "supplied" else "supplied"
        for i in rows.index[rows[basis].isna()]:
            what = say("no {name}, on which the plan for {year} is based", name=basis, year=year)
            mend = say("Give it; {other} does not stand in for it", other=other)
            faults.add(what, **where(frame, i, basis), mend=mend)
        if "heat_factor" in plan.parameters:
            for i in rows.index[rows["heat_ratio"].isna() & (rows["heat"] > 0)]:
                what = say("no {name}, which the plan for {year} needs", name="heat_ratio", year=year)
                faults.add(what, **where(frame, i, "heat_ratio"), mend=say("Accepted: a share from 0 to 1"))
        if "cooling_factor" in plan.parameters:
            for i in rows.index[(rows["cooling"] == "") & (rows["fuel"] == "coal")]:
                what = say("no {name}, which the plan for {year} needs", name="cooling", year=year)
                mend = say("Accepted: {names}", names=", ".join(f"{n} ({every[1]})" for n, every in COOLING.items()))
                faults.add(what, **where(frame, i, "cooling"), mend=mend)
