"""Columns by their English or Chinese names (``data/columns.csv``), typed, with every fault of a table at once."""

from __future__ import annotations

import csv
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError, nearest
from ..messages import say
from ..shipped import package_file
from .coded import coded, constant, looked_up, relabelled
from .files import Cells, as_text, is_missing, read_cells

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, tuple[str, bool]]]:
    """For each table: written name -> (column, required)."""
    known: dict[str, dict[str, tuple[str, bool]]] = {}
    with package_file("columns.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            names = known.setdefault(line["table"], {})
            for name in [line["column"], *line["aliases"].split(";")]:
                if name:
                    names[as_text(name).lower()] = (line["column"], line["required"] == "yes")
    return known


def read_table(
    source: str | Path | pd.DataFrame, table: str, *, sheet: str | None = None, file: str = ""
) -> pd.DataFrame:
    """Read one of the tables of ``data/columns.csv`` into text columns under their English names.

    A column that the table does not know is a fault: a misspelt column is a lost one.

    Parameters
    ----------
    source : path or DataFrame
        See :func:`carbonledger.tables.files.read_cells`.
    table : str
        ``activity``, ``states``, ``entities``, ``targets`` or ``published``.

    Returns
    -------
    DataFrame with ``file`` and ``row``, then every column of the table (blank where the file lacks it).

    Raises
    ------
    TableError
        All missing, doubled and unknown columns at once.
    """
    import pandas as pd

    cells = read_cells(source, sheet=sheet, file=file)
    # a frame made from another file (an energy balance) carries that file's rows, so that faults point there
    own = not isinstance(source, str | Path) and {"file", "row"} <= set(cells.columns)
    place = _place_columns(cells, table)
    rows = len(cells.rows)
    made: dict[str, Any] = {
        "file": cells.data["file"] if own else constant(cells.file, rows),
        "row": cells.data["row"] if own else cells.rows,
    }
    for column in dict.fromkeys(column for column, _ in _known()[table].values()):
        made[column] = cells.data[place[column]] if column in place else constant("", rows)
    return pd.DataFrame(made, copy=False)


def _place_columns(cells: Cells, table: str) -> dict[str, str]:
    known, faults = _known()[table], Faults()
    place: dict[str, str] = {}
    for written in cells.columns:
        plain = as_text(written).lower()
        if plain in known:
            column = known[plain][0]
            if column in place:
                pair = {"one": place[column], "other": written, "column": column}
                what = say("columns {one!r} and {other!r} both mean {column!r}", **pair)
                faults.add(what, file=cells.file, mend=say("Delete one"))
            place[column] = written
        elif plain not in {"file", "row"}:  # a file may number its rows itself
            accepted = ", ".join(dict.fromkeys(c for c, _ in known.values()))
            what = say("unknown column {name!r}{near}", name=written, near=nearest(plain, sorted(known)))
            faults.add(what, file=cells.file, mend=say("Accepted: {names}", names=accepted))
    required = dict.fromkeys(column for column, needed in known.values() if needed)
    for column in required:
        if column not in place:
            names = [name for name, (c, _) in known.items() if c == column]
            mend = say("Add it; accepted names: {names}", names=", ".join(names))
            faults.add(say("no column {column!r}", column=column), file=cells.file, mend=mend)
    faults.raise_as(TableError, say("{file}, columns", file=cells.file))
    return place


def text_column(values: Any) -> npt.NDArray[np.object_]:
    """Cells as half-width text, blank where missing; each distinct cell is normalised once."""
    import numpy as np

    return np.asarray(coded_text(values), dtype=object)


def coded_text(values: Any) -> pd.Categorical:
    """The same as codes and labels."""
    import pandas as pd

    column = values.array if isinstance(values, pd.Series) else values
    if not isinstance(column, pd.Categorical):
        codes, distinct = pd.factorize(pd.Series(column, dtype=object), use_na_sentinel=True)
        column = coded(codes, distinct)
    return relabelled(column, _plain)


def _plain(cell: Any) -> str:
    text = cell if isinstance(cell, str) and cell.isascii() and cell == cell.strip() else as_text(cell)
    return "" if is_missing(text) else text


def number_column(
    values: Any, faults: Faults, frame: pd.DataFrame, column: str, *, missing: str = ""
) -> npt.NDArray[np.float64]:
    """Cells as float64; what is no number is a fault, and so is a missing one when ``missing`` says how to mend it."""
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(getattr(values, "dtype", None)):
        numbers = np.asarray(values, dtype=np.float64)
        written: Any = numbers
        if np.isfinite(numbers).all():
            return numbers
        blank = np.isnan(numbers)
    else:
        written = coded_text(values)
        numbers = looked_up(written, (_number(label) for label in written.categories), np.float64)
        blank = np.asarray(written == "")
    for i in np.flatnonzero(~np.isfinite(numbers) & ~blank):
        faults.add(
            say("{written!r} is not a number", written=written[i]),
            **where(frame, i, column),
            mend=say("Write digits with a point, e.g. 1234.5 or 1,234.5"),
        )
    if missing:
        for i in np.flatnonzero(blank):
            faults.add(say("no {column}", column=column), **where(frame, i, column), mend=missing)
    return numbers


def _number(text: str) -> float:
    if _NUMBER.match(text):
        return float(text)
    if _THOUSANDS.match(text):
        return float(text.replace(",", ""))
    return math.nan


def where(frame: pd.DataFrame, i: Any, column: str = "") -> dict[str, Any]:
    """File, row and column of a fault, as arguments of :meth:`Faults.add`."""
    return {"file": str(frame["file"].iat[i]), "row": int(frame["row"].iat[i]), "column": column}
