"""One way into every file: CSV in UTF-8 or GB18030, Excel, Parquet, or a DataFrame already in hand."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError
from ..messages import Said, say
from .coded import coded
from .workbooks import read_sheet

if TYPE_CHECKING:
    import pandas as pd

MISSING = frozenset({"", "-", "--", "—", "——", "－", "…", "/", "na", "n/a", "nan", "none", "null", "缺", "无"})

KINDS = ".csv, .xlsx, .xls, .parquet"


@dataclass(frozen=True)
class Cells:
    """The cells of one table as they stand, with the file's own row numbers."""

    file: str
    columns: list[str]
    data: dict[str, Any]
    rows: Sequence[int]


def read_cells(source: str | Path | pd.DataFrame, *, sheet: str | None = None, file: str = "") -> Cells:
    """Read a table without interpreting it.

    Parameters
    ----------
    source : path or DataFrame
        ``.csv``, ``.xlsx``, ``.xls``, ``.parquet``, or a DataFrame.
    sheet : str, optional
        Name of the Excel sheet; a workbook with several sheets needs it.
    file : str, optional
        The name that faults and explanations show; by default the file's own.

    Raises
    ------
    TableError
        If the file is missing, empty, wrongly encoded, ragged, or has merged or hidden cells (hidden rows and columns are
        seen in .xlsx and .xlsm, not in .xls and .xlsb).
    """
    if not isinstance(source, str | Path):
        if hasattr(source, "schema"):
            return _from_arrow(source, file or "<Table>")
        return _from_frame(source, file or "<DataFrame>")
    path = Path(source)
    name = file or path.name
    if not path.is_file():
        raise TableError(say("{path}: no such file", path=path))
    if path.stat().st_size == 0:
        raise TableError(say("{file}: the file is empty; a table starts with a row of column names", file=name))
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet

        try:
            found = pyarrow.parquet.read_table(path)
        except (ValueError, OSError) as error:
            raise TableError(say("{file}: not readable as Parquet: {error}", file=name, error=error)) from None
        return _from_arrow(found, name)
    return cells_of(read_grid(path, sheet=sheet, file=name), name)


def read_grid(
    path: Path, *, sheet: str | None = None, file: str = "", is_head: Callable[[list[Any]], bool] | None = None
) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file or a sheet as half-width text with their numbers; blank rows are passed over.

    Parameters
    ----------
    path, sheet, file
        See :func:`read_cells`.
    is_head : callable, optional
        Which row is the table's head; merged cells above it are no fault.

    Raises
    ------
    TableError
        If the file is missing, of an unknown kind, empty or wrongly encoded, or has merged or hidden cells.
    """
    name, kind = file or path.name, path.suffix.lower()
    plain: Callable[[Any], str] = as_text
    if not path.is_file():
        raise TableError(say("{path}: no such file", path=path))
    if kind in {".xlsx", ".xls", ".xlsm", ".xlsb"}:
        grid = read_sheet(path, name, sheet, is_head)
    elif kind in {".csv", ".txt"}:
        text = _decode(path.read_bytes(), name)
        plain = str.strip if text.isascii() else as_text  # nothing to normalise in most files, and many cells
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            grid = [(reader.line_num, line) for line in reader]
        except csv.Error as error:
            what = say("{file} row {row}: not readable as CSV: {error}", file=name, row=reader.line_num, error=error)
            raise TableError(what) from None
    else:
        raise TableError(
            say("{file}: unknown kind of file {kind!r}; accepted: {kinds}", file=name, kind=kind, kinds=KINDS)
        )
    lines = [(number, [plain(cell) for cell in line]) for number, line in grid]
    return [(number, line) for number, line in lines if any(line)]


def _decode(raw: bytes, name: str) -> str:
    def fails(error: UnicodeDecodeError, why: Said) -> TableError:
        row = raw[: error.start].count(b"\n") + 1
        what = say("{file} row {row}: wrong encoding: {why}. Save the file as 'CSV UTF-8'", file=name, row=row, why=why)
        return TableError(what)

    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise fails(error, say("marked as UTF-16, but {reason}", reason=error.reason)) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as utf8:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError as gb:
            why = say(
                "neither UTF-8 (fails at byte {utf8}) nor GB18030 (fails at byte {gb})", utf8=utf8.start, gb=gb.start
            )
            raise fails(gb, why) from None


def cells_of(lines: list[tuple[int, list[str]]], name: str) -> Cells:
    """The first row names the columns; a row longer than the head is a fault."""
    if not lines:
        raise TableError(say("{file}: the file is empty; a table starts with a row of column names", file=name))
    head = list(lines[0][1])
    while head and not head[-1]:
        head.pop()
    faults = Faults()
    for position, column in enumerate(head, start=1):
        place: dict[str, Any] = {"file": name, "row": lines[0][0]}
        if not column:
            faults.add(
                say("column {position} has no name", position=position), **place, mend=say("Name it or delete it")
            )
        elif column in head[: position - 1]:
            what = say("two columns are named {column!r}", column=column)
            faults.add(what, **place, mend=say("Delete or rename one"))
    for number, line in lines[1:]:
        if any(line[len(head) :]):
            faults.add(
                say("{n} cells, but the head names {columns} columns", n=len(line), columns=len(head)),
                file=name,
                row=number,
                mend=say('Quote cells that hold a comma, e.g. "1,234.5"'),
            )
    faults.raise_as(TableError, name)
    body = [line[: len(head)] + [""] * (len(head) - len(line)) for _, line in lines[1:]]
    if not body:
        raise TableError(say("{file}: the table has a head ({head}) but no rows", file=name, head=", ".join(head)))
    data = {column: list(cells) for column, cells in zip(head, zip(*body, strict=True), strict=True)}
    return Cells(name, head, data, [number for number, _ in lines[1:]])


def _from_frame(frame: pd.DataFrame, name: str) -> Cells:
    if not len(frame.columns) or not len(frame):
        raise TableError(say("{file}: the table has no rows", file=name))
    columns = [str(c) for c in frame.columns]
    data = {c: frame.iloc[:, i].array for i, c in enumerate(columns)}
    return Cells(name, columns, data, range(1, len(frame) + 1))


def _from_arrow(table: Any, name: str) -> Cells:
    """Columns of an Arrow table; text stays coded, so that a label is looked at once however often it stands."""
    import numpy as np
    import pandas as pd

    if not table.num_rows:
        raise TableError(say("{file}: the table has no rows", file=name))
    data: dict[str, Any] = {}
    for column in table.column_names:
        cells = table[column]
        cells = cells.chunk(0) if cells.num_chunks == 1 else cells.combine_chunks()
        if str(cells.type) in {"string", "large_string", "string_view"}:
            cells = cells.dictionary_encode()
        if hasattr(cells, "dictionary"):
            codes = cells.indices.fill_null(-1) if cells.null_count else cells.indices
            codes = codes.to_numpy(zero_copy_only=False)
            position, labels = pd.factorize(np.array(cells.dictionary.to_pylist(), dtype=object))
            codes = codes if len(labels) == len(position) else np.append(position, -1)[codes]
            data[column] = coded(codes, labels)
        elif cells.null_count == 0 and str(cells.type) in {"double", "float", "int64", "int32", "int16", "int8"}:
            data[column] = cells.to_numpy()
        else:
            data[column] = cells.to_pandas().array
    return Cells(name, table.column_names, data, range(1, table.num_rows + 1))


def as_text(cell: Any) -> str:
    """A cell as half-width text; whole floats lose their '.0' (Excel has no integers)."""
    if isinstance(cell, str) and cell.isascii():  # most cells by far, and nothing in them to normalise
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return unicodedata.normalize("NFKC", str(cell)).strip()


def is_missing(text: str) -> bool:
    """Whether a cell says that there is nothing: blank, a dash, NA."""
    return text.lower() in MISSING
