"""The tables of a case that no lower room reads: states, and published figures to compare with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import units
from ..catalog import Catalog
from ..errors import CaseError, Faults, LedgerError, nearest
from ..tables import number_column, parse_period, read_table, text_column

if TYPE_CHECKING:
    import pandas as pd


def read_states(path: Path, catalog: Catalog) -> pd.DataFrame:
    """States by entity and year, in canonical units; ``written`` keeps the value as it stands in the file."""
    frame, faults = read_table(path, "states"), Faults()
    value = number_column(frame["value"], faults, frame, "value", missing="Give the value or delete the row")
    for column in ("entity", "period", "state", "unit", "print", "source", "confidence"):
        frame[column] = text_column(frame[column])
    scale, years = [], []
    for row in frame.itertuples():
        place: dict[str, Any] = {"file": row.file, "row": int(row.row)}
        period = parse_period(row.period)
        years.append(period.year if period else 0)
        if period is None or period.monthly:
            faults.add(f"period {row.period!r}", **place, column="period", mend="A state is given by year, e.g. 2023")
        if row.state not in catalog.states:
            faults.add(
                f"unknown state {row.state!r}{nearest(row.state, list(catalog.states))}", **place, column="state"
            )
        if not row.source:
            faults.add("no source", **place, column="source", mend="A value without its source is not accepted")
        try:
            unit = catalog.states[row.state].unit if row.state in catalog.states else row.unit
            scale.append(units.factor(row.unit, unit))
        except LedgerError as error:
            scale.append(1.0)
            faults.add(str(error), **place, column="unit")
    frame["written"], frame["value"], frame["year"], frame["reason"] = value, value * scale, years, 0
    faults.raise_as(CaseError, path.name)
    return frame


def check_states(states: pd.DataFrame, faults: Faults) -> None:
    """One value per entity, year and state, over all files of the case."""
    for row in states[states.duplicated(["entity", "year", "state"])].itertuples():
        faults.add(
            f"{row.state} of {row.entity} in {row.year} is given twice",
            file=row.file,
            row=int(row.row),
            mend="Keep one",
        )


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
            faults.add(
                f"period {row.period!r}", **place, column="period", mend="Published figures are by year, e.g. 2023"
            )
        if row.published != row.published:
            faults.add("no published value", **place, column="published", mend="Give it or delete the row")
        if not (row.decimals != row.decimals or 0 <= row.decimals <= 12):
            faults.add(f"decimals {row.decimals:g}", **place, column="decimals", mend="0 to 12")
        if row.name not in catalog.indicators:
            near = nearest(row.name, list(catalog.indicators))
            faults.add(f"unknown indicator {row.name!r}{near}", **place, column="name")
            continue
        unit = catalog.indicators[row.name].unit
        try:
            if not units.same_dimension(row.unit, unit):
                faults.add(f"unit {row.unit!r}, but {row.name} is in {unit!r}", **place, column="unit")
        except LedgerError as error:
            faults.add(str(error), **place, column="unit")
    faults.raise_as(CaseError, path.name)
    return frame
