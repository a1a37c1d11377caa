"""Long and wide tables of water samples, brought to one row per sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError
from ..messages import say
from ..tables import Cells, as_text, is_missing, read_cells, read_table, text_column
from .items import Items

if TYPE_CHECKING:
    import pandas as pd

_HEAD = re.compile(r"(?P<item>.+?)\s*[(\[](?P<unit>[^()\[\]]*(?:\([^()]*\))?[^()\[\]]*)[)\]]$")
COLUMNS = "file row column point date item value unit detection_limit flag water".split()


def laid_out(
    source: str | Path | pd.DataFrame, file: str, items: Items, leave_out: Collection[str], left_out: Counter[str]
) -> pd.DataFrame:
    """One row per sample, with the columns of the long form as text; what ``leave_out`` names by any name is left out.

    A table is wide where any of its columns is an item; the unit may stand in the column's name, as ``氨氮(mg/L)``.

    Raises
    ------
    TableError
        All unknown, doubled and missing columns at once.
    """
    import numpy as np
    import pandas as pd

    cells = read_cells(source, file=file)
    heads = {column: head_of(column, items) for column in cells.columns}
    out = {column for column in cells.columns if _is_out(as_text(column), leave_out, items)}
    if not any(head for column, head in heads.items() if column not in out):
        frame = read_table(_frame(cells, cells.columns), "water_samples", file=cells.file).assign(column="")
        written = text_column(frame["item"])
        skip = np.isin(written, [name for name in set(written) if _is_out(name, leave_out, items)])
        left_out.update(map(str, written[skip]))
        return frame[~skip].reset_index(drop=True)
    for column in out:
        left_out[_named(column)] += sum(not is_missing(as_text(cell)) for cell in cells.data[column])
    found = {c: head for c, head in heads.items() if head and c not in out}
    _check_heads(cells.file, found)
    fixed = _fixed(cells, [c for c in cells.columns if c not in found and c not in out], items)
    parts = [_column(fixed, cells, column, head) for column, head in found.items()]
    return pd.concat(parts, ignore_index=True)


def head_of(column: str, items: Items) -> tuple[str, str] | None:
    """Item and unit that a column's name states, ``None`` where it names no item."""
    text = as_text(column)
    if item := items.find(text):
        return item, ""
    match = _HEAD.match(text)
    if match and (item := items.find(match["item"])):
        return item, match["unit"].strip()
    return None


def _is_out(written: str, leave_out: Collection[str], items: Items) -> bool:
    head = head_of(written, items)
    return {written, _named(written)} & set(leave_out) != set() or (
        head is not None and head[0] in {items.find(name) for name in leave_out}
    )


def _named(column: str) -> str:
    """The name of a column without the unit behind it."""
    match = _HEAD.match(as_text(column))
    return match["item"] if match else as_text(column)


def _frame(cells: Cells, columns: Collection[str]) -> pd.DataFrame:
    """Some columns with the file's name and row numbers, so that faults point there."""
    import pandas as pd

    made: dict[str, Any] = {"file": [cells.file] * len(cells.rows), "row": list(cells.rows)}
    made |= {column: cells.data[column] for column in columns}  # a table made from a file brings that file's rows
    return pd.DataFrame(made)


def _fixed(cells: Cells, columns: list[str], items: Items) -> pd.DataFrame:
    """Point, date and the like of a wide table; a column that is neither one of them nor an item is a fault."""
    try:
        return read_table(_frame(cells, columns), "water_samples_wide", file=cells.file)
    except TableError as error:
        near = {c: items.near(_named(c)) for c in columns}
        faults = Faults(list(error.faults))
        for column in (c for c, found in near.items() if found):
            what = say("column {name!r} is no item{near}", name=column, near=near[column])
            faults.add(what, file=cells.file, mend=say("Write the item's name, or name the column in leave_out"))
        faults.raise_as(TableError, say("{file}, columns", file=cells.file))
        raise


def _check_heads(file: str, found: dict[str, tuple[str, str]]) -> None:
    faults, seen = Faults(), dict[str, str]()
    for column, (item, _) in found.items():
        if item in seen:
            what = say("columns {one!r} and {other!r} both mean {column!r}", one=seen[item], other=column, column=item)
            faults.add(what, file=file, mend=say("Delete one"))
        seen[item] = column
    faults.raise_as(TableError, say("{file}, columns", file=file))


def _column(fixed: pd.DataFrame, cells: Cells, column: str, head: tuple[str, str]) -> pd.DataFrame:
    cell = {"item": head[0], "value": list(cells.data[column]), "unit": head[1], "column": column}
    return fixed.assign(**cell, detection_limit="", flag="")[COLUMNS]
