"""One way into every file: CSV in UTF-8 or GB18030, Excel, Parquet, or a DataFrame already in hand."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError

if TYPE_CHECKING:
    import pandas as pd

MISSING = frozenset({"", "-", "--", "—", "——", "－", "…", "/", "na", "n/a", "nan", "none", "null", "缺", "无"})


@dataclass(frozen=True)
class Cells:
    """The cells of one table as they stand, with the file's own row numbers."""

    file: str
    columns: list[str]
    data: dict[str, list[Any]]
    rows: list[int]


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
        If the file is missing, empty, wrongly encoded, ragged, or has merged cells.
    """
    if not isinstance(source, str | Path):
        return _from_frame(source, file or "<DataFrame>")
    path = Path(source)
    name = file or path.name
    if not path.is_file():
        raise TableError(f"{path}: no such file")
    kind = path.suffix.lower()
    if path.stat().st_size == 0:
        raise TableError(f"{name}: the file is empty; a table starts with a row of column names")
    if kind in {".xlsx", ".xls", ".xlsm", ".xlsb"}:
        return _from_grid(_excel(path, name, sheet), name)
    if kind == ".parquet":
        import pandas as pd

        try:
            frame = pd.read_parquet(path)
        except (ValueError, OSError) as error:
            raise TableError(f"{name}: not readable as Parquet: {error}") from None
        return _from_frame(frame, name)
    if kind in {".csv", ".txt"}:
        reader = csv.reader(io.StringIO(_decode(path.read_bytes(), name), newline=""), strict=True)
        try:
            grid = [(reader.line_num, line) for line in reader]
        except csv.Error as error:
            raise TableError(f"{name} row {reader.line_num}: not readable as CSV: {error}") from None
        return _from_grid(grid, name)
    raise TableError(f"{name}: unknown kind of file {kind!r}; accepted: .csv, .xlsx, .xls, .parquet")


def _decode(raw: bytes, name: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            row = raw[: error.start].count(b"\n") + 1
            raise TableError(
                f"{name} row {row}: wrong encoding: marked as UTF-16, but {error.reason}. Save the file as 'CSV UTF-8'"
            ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as utf8:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError as gb:
            row = raw[: gb.start].count(b"\n") + 1
            raise TableError(
                f"{name} row {row}: wrong encoding: neither UTF-8 (fails at byte {utf8.start}) nor GB18030 "
                f"(fails at byte {gb.start}). Save the file as 'CSV UTF-8'"
            ) from None


def _excel(path: Path, name: str, sheet: str | None) -> list[tuple[int, list[Any]]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:  # calamine raises several kinds for a damaged or foreign file
        raise TableError(f"{name}: not readable as a workbook: {error}") from None
    if sheet is None and len(book.sheet_names) > 1:
        raise TableError(
            f"{name}: the workbook has {len(book.sheet_names)} sheets {book.sheet_names}; name one (sheet=)"
        )
    if sheet is not None and sheet not in book.sheet_names:
        raise TableError(f"{name}: no sheet {sheet!r}; the workbook has {book.sheet_names}")
    found = book.get_sheet_by_name(sheet or book.sheet_names[0])
    if merged := found.merged_cell_ranges:
        places = ", ".join(f"rows {a[0] + 1}-{b[0] + 1}, columns {a[1] + 1}-{b[1] + 1}" for a, b in merged[:5])
        raise TableError(
            f"{name}, sheet {found.name!r}: {len(merged)} merged cells ({places}): which row a merged value belongs to "
            "is not written in the file. Unmerge them and fill every cell"
        )
    return [(i, list(line)) for i, line in enumerate(found.to_python(skip_empty_area=False), start=1)]


def _from_grid(grid: list[tuple[int, list[Any]]], name: str) -> Cells:
    """The first row names the columns; blank rows are passed over; a row longer than the head is a fault."""
    lines = [(number, [as_text(cell) for cell in line]) for number, line in grid]
    lines = [(number, line) for number, line in lines if any(line)]
    if not lines:
        raise TableError(f"{name}: the file is empty; a table starts with a row of column names")
    head = lines[0][1]
    while head and not head[-1]:
        head.pop()
    faults = Faults()
    for position, column in enumerate(head, start=1):
        if not column:
            faults.add(f"column {position} has no name", file=name, row=lines[0][0], mend="Name it or delete it")
        elif column in head[: position - 1]:
            faults.add(f"two columns are named {column!r}", file=name, row=lines[0][0], mend="Delete or rename one")
    for number, line in lines[1:]:
        if any(line[len(head) :]):
            faults.add(
                f"{len(line)} cells, but the head names {len(head)} columns",
                file=name,
                row=number,
                mend='Quote cells that hold a comma, e.g. "1,234.5"',
            )
    faults.raise_as(TableError, name)
    body = [line[: len(head)] + [""] * (len(head) - len(line)) for _, line in lines[1:]]
    if not body:
        raise TableError(f"{name}: the table has a head ({', '.join(head)}) but no rows")
    data = {column: list(cells) for column, cells in zip(head, zip(*body, strict=True), strict=True)}
    return Cells(name, head, data, [number for number, _ in lines[1:]])


def _from_frame(frame: pd.DataFrame, name: str) -> Cells:
    if not len(frame.columns) or not len(frame):
        raise TableError(f"{name}: the table has no rows")
    columns = [str(c) for c in frame.columns]
    data = {c: frame.iloc[:, i].to_numpy() for i, c in enumerate(columns)}
    return Cells(name, columns, data, list(range(1, len(frame) + 1)))


def as_text(cell: Any) -> str:
    """A cell as half-width text; whole floats lose their '.0' (Excel has no integers)."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return unicodedata.normalize("NFKC", str(cell)).strip()


def is_missing(text: str) -> bool:
    """Whether a cell says that there is nothing: blank, a dash, NA."""
    return text.lower() in MISSING
