"""The tables of a case that no lower room reads: states, and published figures to compare with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import units
from ..catalog import Catalog
from ..errors import CaseError, Faults, LedgerError, nearest
from ..messages import say
from ..tables import number_column, parse_period, read_table, text_column

if TYPE_CHECKING:
    import pandas as pd


def read_states(path: Path, catalog: Catalog) -> pd.DataFrame:
    """States by entity and year, in canonical units; ``written`` keeps the value as it stands in the file."""
    frame, faults = read_table(path, "states"), Faults()
    value = number_column(frame["value"], faults, frame, "value", missing=say("Give the value or delete the row"))
    for column in ("entity", "period", "state", "unit", "print", "source", "confidence"):
        frame[column] = text_column(frame[column])
    scale, years = [], []
    for row in frame.itertuples():
        place: dict[str, Any] = {"file": row.file, "row": int(row.row)}
        period = parse_period(row.period)
        years.append(period.year if period else 0)
        if period is None or period.monthly:
            mend = say("A state is given by year, e.g. 2023")
            faults.add(say("period {period!r}", period=row.period), **place, column="period", mend=mend)
        if row.state not in catalog.states:
            near = nearest(row.state, list(catalog.states))
            faults.add(say("unknown state {name!r}{near}", name=row.state, near=near), **place, column="state")
        if not row.source:
            mend = say("A value without its source is not accepted")
            faults.add(say("no source"), **place, column="source", mend=mend)
        try:
            unit = catalog.states[row.state].unit if row.state in catalog.states else row.unit
            scale.append(units.factor(row.unit, unit))
        except LedgerError as error:
            scale.append(1.0)
            faults.add(error.message, **place, column="unit")
    frame["written"], frame["value"], frame["year"], frame["reason"] = value, value * scale, years, 0
    faults.raise_as(CaseError, path.name)
    return frame


def check_states(states: pd.DataFrame, faults: Faults) -> None:
    """One value per entity, year and state, over all files of the case."""
    for row in states[states.duplicated(["entity", "year", "state"])].itertuples():
        what = say("{state} of {entity} in {year} is given twice", state=row.state, entity=row.entity, year=row.year)
        faults.add(what, file=row.file, row=int(row.row), mend=say("Keep one"))


def read_published(path: Path, catalog: Catalog) -> pd.DataFrame:
    """Published figures of indicators, with the decimals as printed or the difference that is accepted."""
    frame, faults = read_table(path, "published"), Faults()
    for column in ("published", "decimals", "within"):
        frame[column] = number_column(frame[column], faults, frame, column)
    for column in ("entity", "period", "name", "unit", "source"):
        frame[column] = text_column(frame[column])
    frame["year"] = [int(p) if p.isdigit() else 0 for p in frame["period"]]
    for row in frame.itertuples():
        place: dict[str, Any] = {"file": row.file, "row": int(row.row)}
        if not row.year:
            mend = say("Published figures are by year, e.g. 2023")
            faults.add(say("period {period!r}", period=row.period), **place, column="period", mend=mend)
        if row.published != row.published:
            mend = say("Give it or delete the row")
            faults.add(say("no published value"), **place, column="published", mend=mend)
        if not (row.decimals != row.decimals or 0 <= row.decimals <= 12):
            what = say("decimals {value:g}", value=row.decimals)
            faults.add(what, **place, column="decimals", mend=say("0 to 12"))
        if row.name not in catalog.indicators:
            near = nearest(row.name, list(catalog.indicators))
            faults.add(say("unknown indicator {name!r}{near}", name=row.name, near=near), **place, column="name")
            continue
        unit = catalog.indicators[row.name].unit
        try:
            if not units.same_dimension(row.unit, unit):
                what = say("unit {unit!r}, but {name} is in {wanted!r}", unit=row.unit, name=row.name, wanted=unit)
                faults.add(what, **place, column="unit")
        except LedgerError as error:
            faults.add(error.message, **place, column="unit")
    faults.raise_as(CaseError, path.name)
    return frame
