"""The entity table: who there is, at which level, under whom and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, PostError
from ..tables import read_table, text_column

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("enterprise", "district", "city", "province", "nation")


def read_entities(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """The entity table: ``entity, level, parent, sector, region`` and names; regions as ``CN-37-07-02`` or ``370702``.

    Raises
    ------
    PostError
        Unknown levels, doubled entities, parents that do not exist or run in a circle: all at once.
    """
    frame, faults = read_table(source, "entities", file=file), Faults()
    for column in frame.columns.difference(["file", "row"]):
        frame[column] = text_column(frame[column])
    frame["region"] = [_region(text) for text in frame["region"]]
    parents = dict(zip(frame["entity"], frame["parent"], strict=True))
    for i, row in enumerate(frame.itertuples()):
        place: dict[str, Any] = {"file": row.file, "row": int(row.row)}
        if row.level not in LEVELS:
            faults.add(f"level {row.level!r}", **place, column="level", mend=f"Accepted: {', '.join(LEVELS)}")
        if row.entity in set(frame["entity"].iloc[:i]):
            faults.add(f"entity {row.entity!r} is given twice", **place, mend="Keep one row per entity")
        if row.parent and row.parent not in parents:
            faults.add(f"parent {row.parent!r} is no entity", **place, column="parent", mend="Add it or leave it blank")
        seen, name = {row.entity}, row.parent
        while name and name in parents:
            if name in seen:
                faults.add(f"{row.entity!r} is its own ancestor", **place, column="parent", mend="Break the circle")
                break
            seen.add(name)
            name = parents[name]
    faults.raise_as(PostError, str(frame["file"].iat[0]))
    return frame


def _region(written: str) -> str:
    digits = written.removeprefix("CN-").replace("-", "") if written != "CN" else ""
    if not digits.isdigit():
        return written
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    while pairs and pairs[-1] == "00":
        pairs.pop()
    return "-".join(["CN", *pairs])
