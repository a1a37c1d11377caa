"""The table of discharge permits: outlet by outlet what may be discharged, from when to when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError, UnitError
from ..messages import say
from ..tables import dates_of, number_column, plain_name, read_table, text_column, where
from . import measures

if TYPE_CHECKING:
    import pandas as pd

TOTAL = "total"
TOTALS = {TOTAL, "合计", "总计", "全厂", "全厂合计", "全厂总计", "企业合计"}
SUMS = ("total", "合计", "总计", "小计")
"""How the names of sums end: each is the total, or a sum of some outlets, and never an outlet."""
KEY = ["enterprise", "outlet", "pollutant"]
_TEXTS = ["permit", *KEY, "valid_from", "valid_to", "allowed_unit", "limit_unit", "source", "note"]
COLUMNS = ["file", "row", "permit", *KEY, "first", "last", "allowed", "limit", "limit_unit", "source", "note"]


def read_permits(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """Read discharge permits.

    Parameters
    ----------
    source : path or DataFrame
        One row per permit, outlet and pollutant. ``valid_from`` and ``valid_to`` (both days count); ``allowed``, the
        annual amount, in ``allowed_unit`` (t, kg, t/a …), blank where the permit states none; ``limit``, the
        concentration, in ``limit_unit`` (mg/m3, mg/Nm3, mg/L …), blank where there is none. The outlet ``total`` (合计,
        全厂) is the permit's total for the enterprise.

    Returns
    -------
    DataFrame ``file, row, permit, enterprise, outlet, pollutant, first, last`` (datetime64), ``allowed`` [t],
    ``limit`` [``limit_unit``], ``limit_unit, source, note``; NaN where not given.

    Raises
    ------
    TableError
        Blank names, dates that are none or in the wrong order, two rows for one outlet and pollutant on the same days,
        sums of some outlets, rows that limit nothing, wrong units, numbers below 0, a permit of two enterprises: all at once.

    Notes
    -----
    HJ 942-2018: an annual amount is what may be discharged in twelve months running; main outlets have one, of
    general outlets only the concentration is limited (read in a quotation of the standard).
    """
    frame, faults = read_table(source, "permits", file=file), Faults()
    for column in _TEXTS:
        frame[column] = text_column(frame[column])
    for column in ("permit", *KEY):
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            what = say("no {name}", name=column)
            faults.add(what, **where(frame, i, column), mend=say("Name permit, enterprise, outlet and pollutant"))
    frame["outlet"] = [TOTAL if plain_name(outlet) in TOTALS else outlet for outlet in frame["outlet"]]
    for i in [i for i, outlet in enumerate(frame["outlet"]) if outlet != TOTAL and is_sum(outlet)]:
        what, mend = say("a sum of some outlets is no outlet"), say("Give the outlets, or the total of all of them")
        faults.add(what, **where(frame, i, "outlet"), mend=mend)
    for column, written in (("first", "valid_from"), ("last", "valid_to")):
        frame[column] = dates_of(frame, written, faults)
    for i in (frame["first"] > frame["last"]).to_numpy().nonzero()[0]:
        faults.add(say("valid_from is after valid_to"), **where(frame, i), mend=say("Exchange them"))
    _amounts(frame, faults)
    _check_permits(frame, faults)
    _check_spans(frame, faults)
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    return frame[COLUMNS]


def is_sum(outlet: str) -> bool:
    """Whether a name is that of a sum (合计, 主要排放口合计, Total) and not of an outlet."""
    plain = plain_name(outlet)
    return plain in TOTALS or plain.endswith(SUMS)


def not_below_zero(frame: pd.DataFrame, column: str, faults: Faults) -> Any:
    """Numbers of a column; one below 0 is a fault."""
    numbers = number_column(frame[column], faults, frame, column).copy()
    for i in (numbers < 0).nonzero()[0]:
        what = say("{name} {value:g} is below 0", name=column, value=float(numbers[i]))
        faults.add(what, **where(frame, i, column), mend=say("Accepted: a number from 0 on"))
    return numbers


def _amounts(frame: pd.DataFrame, faults: Faults) -> None:
    """The annual amount in t, and the limit in its own unit, which must be a concentration."""
    import numpy as np

    allowed, limit = (not_below_zero(frame, c, faults) for c in ("allowed", "limit"))
    for i in range(len(frame)):
        if np.isnan(allowed[i]) and np.isnan(limit[i]):
            what, mend = say("neither an annual amount nor a concentration"), say("Give at least one of the two")
            faults.add(what, **where(frame, i, "allowed"), mend=mend)
        try:
            if not np.isnan(allowed[i]):
                factor = measures.tonnes_a_year(frame["allowed_unit"].iat[i])
                allowed[i] = float(measures.exact(allowed[i]) * factor)
        except UnitError as error:
            mend = say("State the unit of {name}", name="allowed")
            faults.add(error.message, **where(frame, i, "allowed_unit"), mend=mend)
        try:
            if not np.isnan(limit[i]):
                measures.check_concentration(frame["limit_unit"].iat[i])
        except UnitError as error:
            mend = say("State the unit of {name}", name="limit")
            faults.add(error.message, **where(frame, i, "limit_unit"), mend=mend)
    frame["allowed"], frame["limit"] = allowed, limit


def _check_permits(frame: pd.DataFrame, faults: Faults) -> None:
    """One permit belongs to one enterprise."""
    owner: dict[str, str] = {}
    for i, (permit, enterprise) in enumerate(zip(frame["permit"], frame["enterprise"], strict=True)):
        if permit and enterprise and owner.setdefault(permit, enterprise) != enterprise:
            what = say(
                "permit {permit!r} belongs to {one!r} and to {other!r}",
                permit=permit,
                one=owner[permit],
                other=enterprise,
            )
            faults.add(what, **where(frame, i, "permit"), mend=say("Correct one of the two"))


def _check_spans(frame: pd.DataFrame, faults: Faults) -> None:
    """An outlet and pollutant has one row on a day."""
    told = frame[["first", "last"]].notna().all(axis=1)
    for key, rows in frame[told].groupby(KEY, sort=False):
        ordered = rows.sort_values("first", kind="stable")
        for before, i in zip(ordered.index, ordered.index[1:], strict=False):
            if ordered.loc[i, "first"] <= ordered.loc[before, "last"]:
                words = {"outlet": key[1], "pollutant": key[2], "row": int(ordered.loc[before, "row"])}
                what = say("{outlet!r} has {pollutant!r} already in row {row}, on the same days", **words)
                faults.add(what, **where(frame, i), mend=say("Give the spans dates that do not overlap"))
