"""The entity table: who there is, at which level, under whom, where and when."""

from __future__ import annotations

import datetime
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, PostError
from ..messages import say
from ..tables import credit_code_fault, read_table, region_fault, sector_fault, text_column, where

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("enterprise", "district", "city", "province", "nation")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")
EARLIEST, LATEST = 0, 12 * 9999


def read_entities(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """The entity table: ``entity, level, parent, sector, region, valid_from, valid_to`` and names.

    An entity that moves to another parent, sector or region has one row for each time, told apart by ``valid_from``
    and ``valid_to`` (``2022``, ``2022-06``; both inclusive). Regions are ``CN-37-07-02`` or ``370702``.

    Returns
    -------
    DataFrame with the months of validity as ``first`` and ``last`` (12 x year + month - 1).

    Raises
    ------
    PostError
        Unknown levels, entities in two places at once, parents that do not exist then or run in a circle: all at once.
    """
    frame, faults = read_table(source, "entities", file=file), Faults()
    for column in frame.columns.difference(["file", "row"]):
        frame[column] = text_column(frame[column])
    frame["region"] = [_region(text) for text in frame["region"]]
    for column, blank, month in (("valid_from", EARLIEST, 1), ("valid_to", LATEST, 12)):
        frame["first" if month == 1 else "last"] = [
            _month(row, column, blank, month, faults) for row in frame.itertuples()
        ]
    for i, row in enumerate(frame.itertuples()):
        if row.level not in LEVELS:
            faults.add(
                say("level {level!r}", level=row.level),
                **where(frame, i, "level"),
                mend=say("Accepted: {names}", names=", ".join(LEVELS)),
            )
        for column, fault_of in (
            ("sector", sector_fault),
            ("region", region_fault),
            ("credit_code", credit_code_fault),
        ):
            if (written := getattr(row, column)) and (what := fault_of(written)):
                faults.add(what, **where(frame, i, column))
    _check_twice(frame, faults)
    _check_parents(frame, faults)
    faults.raise_as(PostError, str(frame["file"].iat[0]))
    return frame


def _month(row: Any, column: str, blank: int, month: int, faults: Faults) -> int:
    written = getattr(row, column)
    if not written:
        return blank
    found = _DATE.match(written)
    try:
        date = datetime.date(int(found[1]), int(found[2] or month), int(found[3] or 1)) if found else None
    except ValueError:
        date = None
    if date is None:
        what = say("{column} {written!r} is no date", column=column, written=written)
        faults.add(what, file=row.file, row=int(row.row), column=column, mend=say("Write 2022 or 2022-06"))
        return blank
    return date.year * 12 + date.month - 1


def _check_twice(frame: pd.DataFrame, faults: Faults) -> None:
    """One entity is in one place at a time."""
    import numpy as np

    for i in np.flatnonzero(frame["first"] > frame["last"]):
        faults.add(say("valid_from is after valid_to"), **where(frame, i, "valid_to"), mend=say("Exchange them"))
    for name, rows in frame[frame["entity"].duplicated(keep=False)].groupby("entity", sort=False):
        rows = rows.sort_values(["first", "last"], kind="stable")
        for (before, after), i in zip(_pairs(rows), rows.index[1:], strict=True):
            if after.first > before.last:
                continue
            if before.parent != after.parent:
                what = say("{name!r} is in {one} and {other} at once", name=name, one=before.parent, other=after.parent)
            else:
                what = say("entity {name!r} is given twice", name=name)
            faults.add(
                say("{what} (row {row})", what=what, row=int(before.row)),
                **where(frame, frame.index.get_loc(i)),
                mend=say("Keep one row, or give each the months in which it holds (valid_from, valid_to)"),
            )


def _pairs(rows: pd.DataFrame) -> Any:
    listed = list(rows.itertuples())
    return itertools.pairwise(listed)


def _check_parents(frame: pd.DataFrame, faults: Faults) -> None:
    """The parent of each row is one place, there as long as the row is; nobody is above himself at any time."""
    import numpy as np

    known = frame.groupby("entity", sort=False).indices
    first, last, parent = (frame[c].to_numpy() for c in ("first", "last", "parent"))
    up = np.full(len(frame), -1)
    for i in np.flatnonzero(parent != ""):
        name = parent[i]
        above = [k for k in known.get(name, []) if first[k] <= last[i] and last[k] >= first[i]]
        if len(above) == 1 and first[above[0]] <= first[i] and last[above[0]] >= last[i]:
            up[i] = above[0]
            continue
        if name not in known:
            what, mend = say("parent {name!r} is no entity", name=name), say("Add it or leave it blank")
        elif len(above) > 1:
            what = say(
                "parent {name!r} is in {n} places while {entity!r} is under it",
                name=name,
                n=len(above),
                entity=frame["entity"].iat[i],
            )
            mend = say("Split the row at the month in which the parent changes")
        else:
            what = say("parent {name!r} is not there all the time that this row holds", name=name)
            mend = say("Correct valid_from and valid_to of one of the two, or split the row")
        faults.add(what, **where(frame, int(i), "parent"), mend=mend)
    for own in range(len(frame)):
        seen, at = {own}, int(up[own])
        while at >= 0 and at not in seen:
            seen.add(at)
            at = int(up[at])
        if at == own:
            what = say("{name!r} is its own ancestor", name=frame["entity"].iat[own])
            faults.add(what, **where(frame, own, "parent"), mend=say("Break the circle"))


def _region(written: str) -> str:
    digits = written.removeprefix("CN-").replace("-", "") if written != "CN" else ""
    if not digits.isdigit():
        return written
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    while pairs and pairs[-1] == "00":
        pairs.pop()
    return "-".join(["CN", *pairs])
