"""The table of reported discharges: outlet by outlet and period by period, by monitoring, balance or factor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError, UnitError
from ..messages import say
from ..tables import plain_name, read_table, text_column, where
from . import formulas, measures
from .reading import KEY, is_sum, not_below_zero
from .spans import months_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Method:
    """One way to a discharge: its names, the columns it takes, and its formula."""

    names: tuple[str, ...]
    measured: tuple[str, str]
    removal: bool
    formula: Callable[..., Fraction]


METHODS = {
    "monitoring": Method(
        ("监测", "监测法", "自动监测", "手工监测"), ("concentration", "flow"), False, formulas.monitored
    ),
    "material_balance": Method(("物料衡算", "物料衡算法"), ("input", "content"), True, formulas.balanced),
    "factor": Method(
        ("产排污系数", "产排污系数法", "产污系数法", "排污系数法", "系数法"),
        ("activity", "factor"),
        True,
        formulas.by_factor,
    ),
}
_NUMBERS = [*(c for m in METHODS.values() for c in m.measured), "removal"]
_TEXTS = [*KEY, "period", "method", "factor_source", "source", "note"]
COLUMNS = ["file", "row", *KEY, "period", "months", "method", "amount", "concentration", "concentration_unit"]
COLUMNS += ["factor_source", "source", "note"]


def read_discharges(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """Read reported discharges.

    Parameters
    ----------
    source : path or DataFrame
        One row per outlet, pollutant and ``period`` (2024-05, 2024Q2, 2024年第二季度, 2024). ``method`` says which columns
        count, each with its unit in ``…_unit``: ``monitoring`` (监测): ``concentration`` x ``flow``;
        ``material_balance`` (物料衡算): ``input`` x ``content`` of the pollutant itself (SO2, not the sulphur that becomes it)
        x (1 - ``removal``); ``factor`` (产排污系数): ``activity`` x ``factor`` x (1 - ``removal``), with ``factor_source``. ``removal`` is from 0 to 1; write 0 where nothing is
        removed.

    Returns
    -------
    DataFrame ``file, row, enterprise, outlet, pollutant, period, months`` (Months), ``method, amount`` [t] (Fraction,
    exact), ``concentration`` [``concentration_unit``] (NaN unless monitored), ``factor_source, source, note``.

    Raises
    ------
    TableError
        Blank names, periods that are none or overlap, unknown methods, numbers that a method lacks or that belong to
        another one, a concentration that is none, units whose product is no mass, removal outside 0 to 1, factors without a source: all at once.
    """
    frame, faults = read_table(source, "discharges", file=file), Faults()
    for column in _TEXTS + [f"{c}_unit" for c in _NUMBERS[:-1]]:
        frame[column] = text_column(frame[column])
    for column in KEY:
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            what = say("no {name}", name=column)
            faults.add(what, **where(frame, i, column), mend=say("Name enterprise, outlet and pollutant"))
    for i in [i for i, outlet in enumerate(frame["outlet"]) if is_sum(outlet)]:
        what, mend = say("a total is no outlet"), say("Give the outlets; their sum is made here")
        faults.add(what, **where(frame, i, "outlet"), mend=mend)
    for column in _NUMBERS:
        frame[column] = not_below_zero(frame, column, faults)
    frame["months"] = _periods(frame, faults)
    frame["method"] = _methods(frame, faults)
    frame["amount"] = _amounts(frame, faults)
    _check_overlap(frame, faults)
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    return frame[COLUMNS]


def _periods(frame: pd.DataFrame, faults: Faults) -> list[Any]:
    made = []
    for i, text in enumerate(frame["period"]):
        months = months_of(text)
        if months is None:
            what = say("{text!r} is no month, quarter or year", text=text)
            faults.add(what, **where(frame, i, "period"), mend=say("Write it as 2024-05, 2024Q2 or 2024"))
        made.append(months)
    return made


def _methods(frame: pd.DataFrame, faults: Faults) -> list[str]:
    spelt = {plain_name(s): name for name, m in METHODS.items() for s in (name, *m.names)}
    made = []
    for i, written in enumerate(frame["method"]):
        name = spelt.get(plain_name(written), "")
        if not name:
            accepted = ", ".join(f"{n} ({m.names[0]})" for n, m in METHODS.items())
            what = say("unknown method {name!r}", name=written)
            faults.add(what, **where(frame, i, "method"), mend=say("Accepted: {names}", names=accepted))
        made.append(name)
    return made


def _amounts(frame: pd.DataFrame, faults: Faults) -> list[Fraction | None]:
    """The discharge of each row [t]; ``None`` where the row has a fault."""
    import numpy as np

    cells = {c: frame[c].tolist() for c in [*_NUMBERS, *(f"{c}_unit" for c in _NUMBERS[:-1]), "factor_source"]}
    given = {c: ~np.isnan(frame[c].to_numpy(np.float64)) for c in _NUMBERS}
    made: list[Fraction | None] = [None] * len(frame)
    for i, name in enumerate(frame["method"]):
        if not name:
            continue
        before = len(faults.found)
        _check_columns(frame, i, name, given, faults)
        removal = _removal(frame, i, name, cells, faults)
        size = _size(frame, i, name, cells, faults)
        if len(faults.found) == before:
            numbers = [measures.exact(cells[c][i]) for c in METHODS[name].measured]
            made[i] = METHODS[name].formula(*numbers, *removal) * size
    return made


def _check_columns(frame: pd.DataFrame, i: int, name: str, given: dict[str, Any], faults: Faults) -> None:
    """A row has the numbers of its method, and none of another."""
    method = METHODS[name]
    wanted = {*method.measured, *(["removal"] if method.removal else [])}
    for column in _NUMBERS:
        if column in wanted and not given[column][i]:
            what = say("no {name}, which the method {method!r} needs", name=column, method=name)
            mend = say("Write 0 where nothing is removed") if column == "removal" else say("Give it")
            faults.add(what, **where(frame, i, column), mend=mend)
        elif given[column][i] and column not in wanted:
            what = say("{name} is given, but the method is {method!r}", name=column, method=name)
            faults.add(what, **where(frame, i, column), mend=say("Clear it, or name the other method"))


def _removal(frame: pd.DataFrame, i: int, name: str, cells: dict[str, Any], faults: Faults) -> list[Fraction]:
    """What a method with a removal takes for it; a factor also has a source."""
    if not METHODS[name].removal:
        return []
    if name == "factor" and not cells["factor_source"][i]:
        what, mend = say("a factor without its source"), say("Name the table that it is from")
        faults.add(what, **where(frame, i, "factor_source"), mend=mend)
    removal = float(cells["removal"][i])
    if removal > 1:
        what = say("{name} {value:g} is no share from 0 to 1", name="removal", value=removal)
        mend = say("{value:g} % is {share:g}: write the fraction", value=removal, share=removal / 100)
        percent = removal <= 100
        faults.add(what, **where(frame, i, "removal"), mend=mend if percent else say("Accepted: a share from 0 to 1"))
    return [measures.exact(removal)] if 0 <= removal <= 1 else []


def _size(frame: pd.DataFrame, i: int, name: str, cells: dict[str, Any], faults: Faults) -> Fraction:
    """How many t one of the product of a row's units is."""
    one, other = METHODS[name].measured
    try:
        size = measures.tonnes(cells[f"{one}_unit"][i], cells[f"{other}_unit"][i])
        if name == "monitoring":
            measures.check_concentration(cells[f"{one}_unit"][i])
    except UnitError as error:
        mend = say("The units of {one} and {other} multiply to a mass", one=one, other=other)
        faults.add(error.message, **where(frame, i, f"{one}_unit"), mend=mend)
        return Fraction(0)
    return size


def _check_overlap(frame: pd.DataFrame, faults: Faults) -> None:
    """A month of an outlet and pollutant is reported once."""
    seen: dict[tuple[Any, ...], int] = {}
    keys = list(zip(*(frame[c] for c in KEY), strict=True))
    for i, months in enumerate(frame["months"]):
        key = keys[i]
        if months is None or "" in key:
            continue
        twice: dict[int, int] = {}
        for month in months.every:
            j = seen.setdefault((*key, months.year, month), i)
            if j != i:
                twice.setdefault(j, month)
        for j, month in twice.items():
            words = {"outlet": key[1], "pollutant": key[2], "month": f"{months.year}-{month:02d}"}
            what = say(
                "{outlet!r} has {pollutant!r} of {month} already in row {row}", **words, row=int(frame["row"].iat[j])
            )
            faults.add(what, **where(frame, i, "period"), mend=say("Keep one row per month, whatever its method"))
