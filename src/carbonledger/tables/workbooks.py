"""Sheets of a workbook, with what a spreadsheet shows but a table cannot hold: hidden and merged cells are faults."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..errors import Faults, TableError
from ..messages import say

# What a sheet's XML must say before the slow look at its rows and columns is worth its time.
_HIDING = re.compile(rb"""\b(hidden|zeroHeight|ht|width)=["'](1|true|0(\.0*)?)["']""")

Grid = list[tuple[int, list[Any]]]


def read_sheet(path: Path, name: str, sheet: str | None, is_head: Callable[[list[Any]], bool] | None = None) -> Grid:
    """The cells of one sheet with their row numbers.

    Parameters
    ----------
    path, name : Path, str
        The workbook, and how faults call it.
    sheet : str or None
        Name of the sheet; a workbook with several sheets, hidden ones included, needs it.
    is_head : callable, optional
        Which row is the table's head; merged cells above it (a printed title) are no fault.

    Raises
    ------
    TableError
        Merged cells, and rows or columns that are hidden and hold something: all of the sheet at once. Hidden rows and
        columns are seen in ``.xlsx`` and ``.xlsm`` only; of ``.xls`` and ``.xlsb`` the hidden sheets are seen, not the
        hidden rows.
    """
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:  # calamine raises several kinds for a damaged or foreign file
        raise TableError(say("{file}: not readable as a workbook: {error}", file=name, error=error)) from None
    title = _title(book, name, sheet)
    found = book.get_sheet_by_name(title)
    grid: Grid = [(i, list(line)) for i, line in enumerate(found.to_python(skip_empty_area=False), start=1)]
    above = next((number for number, line in grid if is_head is not None and is_head(line)), 1)
    faults = Faults()
    _check_merged([area for area in found.merged_cell_ranges or [] if area[1][0] + 1 >= above], name, title, faults)
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        _check_hidden(path, grid, name, title, faults)
    faults.raise_as(TableError, say("{file}, sheet {sheet!r}", file=name, sheet=title))
    return grid


def _title(book: Any, name: str, sheet: str | None) -> str:
    """The name of the sheet to read; where there is a choice it must have been made."""
    names = list(book.sheet_names)
    if sheet is not None:
        if sheet not in names:
            raise TableError(
                say("{file}: no sheet {sheet!r}; the workbook has {names}", file=name, sheet=sheet, names=names)
            )
        return sheet
    if len(names) > 1:
        hidden = [about.name for about in book.sheets_metadata if not str(about.visible).endswith(".Visible")]
        unseen = say(", of which {names} are hidden", names=hidden) if hidden else ""
        what = say(
            "{file}: the workbook has {n} sheets {names}{unseen}; name one (sheet=)",
            file=name,
            n=len(names),
            names=names,
            unseen=unseen,
        )
        raise TableError(what)
    return str(names[0])


def _check_merged(areas: list[Any], name: str, title: str, faults: Faults) -> None:
    if not areas:
        return
    places = ", ".join(f"{a[0] + 1}-{b[0] + 1} x {a[1] + 1}-{b[1] + 1}" for a, b in areas[1:5])
    first, last = areas[0]
    faults.add(
        say(
            "sheet {sheet!r} has {n} merged cells (rows {top}-{bottom}, columns {left}-{right}{others}): which row a merged "
            "value belongs to is not written in the file",
            sheet=title,
            n=len(areas),
            top=first[0] + 1,
            bottom=last[0] + 1,
            left=first[1] + 1,
            right=last[1] + 1,
            others=say("; also {places}", places=places) if places else "",
        ),
        file=name,
        row=first[0] + 1,
        mend=say("Unmerge them and fill every cell"),
    )


def _check_hidden(path: Path, grid: Grid, name: str, title: str, faults: Faults) -> None:
    """Rows and columns that are hidden and hold something."""
    if not _hides(path):
        return
    rows, columns = _hidden(path, title)
    mend = say("Show them (a filter hides rows too) or delete them: hidden cells are neither read nor left out")
    full = [number for number, line in grid if number in rows and any(not _blank(cell) for cell in line)]
    if full:
        what = say("sheet {sheet!r} hides rows {rows}", sheet=title, rows=_runs(full))
        faults.add(what, file=name, row=full[0], mend=mend)
    held = {i for _, line in grid for i, cell in enumerate(line, start=1) if not _blank(cell)}
    if wide := sorted(held & columns):
        faults.add(
            say("sheet {sheet!r} hides columns {columns}", sheet=title, columns=_runs(wide)), file=name, mend=mend
        )


def _hides(path: Path) -> bool:
    with zipfile.ZipFile(path) as parts:
        names = [name for name in parts.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(_HIDING.search(parts.read(name)) for name in names)


def _hidden(path: Path, title: str) -> tuple[set[int], set[int]]:
    import openpyxl  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on saving does not matter here
        sheet = openpyxl.load_workbook(path)[title]
    rows = {i for i, row in sheet.row_dimensions.items() if row.hidden or row.height == 0}
    if sheet.sheet_format.zeroHeight:
        rows |= set(range(1, sheet.max_row + 1)) - set(sheet.row_dimensions)
    columns: set[int] = set()
    for column in sheet.column_dimensions.values():
        if (column.hidden or column.width == 0) and column.min:
            columns |= set(range(column.min, column.max + 1))
    return rows, columns


def _blank(cell: Any) -> bool:
    return cell is None or not str(cell).strip()


def _runs(numbers: Iterable[int]) -> str:
    """``2, 5-7`` for 2, 5, 6, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in runs)
