"""Activity tables: one meaning in every kind of file, and every fault named with file, row and mend."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.errors import TableError, UnitError
from carbonledger.tables import date_of, factor_to_canonical, parse_period, read_activity, read_cells

HEAD = ["entity", "period", "activity", "flow", "amount", "unit", "document"]
ROWS: list[list[object]] = [
    ["plant", "2023", "raw_coal", "combusted", "1200.5", "t", "a1"],
    ["plant", "2023", "electricity", "purchased", "35", "万千瓦时", "a2"],
    ["mill", "2023-01", "natural_gas", "combusted", "12", "10^4 Nm3", ""],
    ["mill", "2023-02", "natural_gas", "combusted", "0", "10^4 Nm3", ""],
    ["mill", "2023", "heat", "purchased", "800", "百万千焦", ""],
]
ZH_HEAD = ["企业", "年份", "能源品种", "流向", "消费量", "计量单位", "文件"]
ZH_ROWS: list[list[object]] = [
    ["plant", "2023年", "原煤", "燃烧", "1,200.5", "吨", "a1"],
    ["plant", "２０２３", "电力", "购入", "３５", "万千瓦时", "a2"],
    ["mill", "2023年1月", "天然气", "燃烧", "12", "万标准立方米", ""],
    ["mill", "2023年2月", "天然气", "燃烧", "0", "万标准立方米", ""],
    ["mill", "2023", "热力", "外购", "800", "GJ", ""],
]
MEANING = ["entity", "year", "first_month", "last_month", "cumulative", "activity", "flow", "amount", "document"]
Writer = Callable[..., Path]


def _same(one: pd.DataFrame, other: pd.DataFrame, columns: list[str] | None = None) -> None:
    columns = columns or [c for c in one.columns if c not in {"file", "row"}]
    pd.testing.assert_frame_equal(one[columns], other[columns], check_dtype=False)


def _cell(text: object) -> object:
    """A cell as a spreadsheet holds it: numbers as numbers."""
    try:
        return float(str(text))
    except ValueError:
        return text or None


def _xlsx(path: Path, head: list[str], rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for line in [head, *rows]:
        book.active.append([_cell(c) for c in line])
    book.save(path)
    return path


def _xls(path: Path, head: list[str], rows: list[list[object]]) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("data")
    for i, line in enumerate([head, *rows]):
        for j, cell in enumerate(line):
            if _cell(cell) is not None:
                sheet.write(i, j, _cell(cell))
    book.save(str(path))
    return path


def _frame(head: list[str], rows: list[list[object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=head)


# --- one meaning in every kind of file


def test_rows_are_typed(write_csv: Writer) -> None:
    table = read_activity(write_csv(HEAD, ROWS))
    assert list(table["row"]) == [2, 3, 4, 5, 6]
    assert list(table["activity"]) == ["raw_coal", "electricity", "natural_gas", "natural_gas", "heat"]
    assert list(table["flow"]) == ["combusted", "purchased", "combusted", "combusted", "purchased"]
    assert list(table["amount"]) == [1200.5, 35.0, 12.0, 0.0, 800.0]
    assert list(table["year"]) == [2023] * 5
    assert list(table["first_month"]) == [1, 1, 1, 2, 1]
    assert list(table["last_month"]) == [12, 12, 1, 2, 12]
    assert set(table["fault"]) == {""}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("head", "rows"), [(HEAD, ROWS), (ZH_HEAD, ZH_ROWS)], ids=["en", "zh"])
def test_encodings_are_equal(write_csv: Writer, head: list[str], rows: list[list[object]], encoding: str) -> None:
    plain = read_activity(write_csv(head, rows))
    _same(read_activity(write_csv(head, rows, "coded.csv", encoding)), plain)


def test_line_ends_and_blank_rows_do_not_matter(tmp_path: Path, write_csv: Writer) -> None:
    plain = read_activity(write_csv(HEAD, ROWS))
    text = (tmp_path / "rows.csv").read_text(encoding="utf-8")
    path = tmp_path / "dos.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode() + b",,,,,,\r\n\r\n")
    _same(read_activity(path), plain)


@pytest.mark.parametrize(("head", "rows"), [(HEAD, ROWS), (ZH_HEAD, ZH_ROWS)], ids=["en", "zh"])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "parquet", "frame"])
def test_kinds_of_file_are_equal(
    tmp_path: Path, write_csv: Writer, kind: str, head: list[str], rows: list[list[object]]
) -> None:
    plain = read_activity(write_csv(head, rows))
    if kind == "frame":
        _same(read_activity(_frame(head, rows)), plain)
        return
    path = tmp_path / f"rows.{kind}"
    if kind == "parquet":
        _frame(head, rows).to_parquet(path)
    else:
        {"xlsx": _xlsx, "xls": _xls}[kind](path, head, rows)
    found = read_activity(path)
    _same(found, plain)
    if kind != "parquet":
        assert list(found["row"]) == list(plain["row"])


def test_numbers_in_a_frame_are_the_numbers(write_csv: Writer) -> None:
    frame = _frame(HEAD, ROWS)
    frame["amount"] = frame["amount"].astype(float)
    _same(read_activity(frame), read_activity(write_csv(HEAD, ROWS)))


def test_the_given_frame_is_left_alone() -> None:
    frame = _frame(HEAD, ROWS)
    before = frame.copy(deep=True)
    read_activity(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_chinese_columns_and_names_mean_the_same(write_csv: Writer) -> None:
    english = read_activity(write_csv(HEAD, ROWS))
    chinese = read_activity(write_csv(ZH_HEAD, ZH_ROWS, "zh.csv"))
    _same(chinese, english, MEANING)


def test_district_stands_in_for_entity(write_csv: Writer) -> None:
    head = ["区县", *ZH_HEAD[1:]]
    assert list(read_activity(write_csv(head, ZH_ROWS))["entity"]) == [row[0] for row in ZH_ROWS]


def test_sheet_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "notes"
    sheet = book.create_sheet("data")
    for line in [HEAD, *ROWS]:
        sheet.append([_cell(c) for c in line])
    book.save(tmp_path / "two.xlsx")
    assert len(read_activity(tmp_path / "two.xlsx", sheet="data")) == len(ROWS)
    with pytest.raises(TableError, match=r"two\.xlsx.*2 sheets.*'data'.*name one"):
        read_activity(tmp_path / "two.xlsx")
    with pytest.raises(TableError, match=r"no sheet 'dta'.*'data'"):
        read_activity(tmp_path / "two.xlsx", sheet="dta")


# --- faults of rows: header, rows, the row that is at fault, what the text must say


def _with(i: int, **cells: object) -> list[list[object]]:
    rows = [list(row) for row in ROWS]
    for column, cell in cells.items():
        rows[i][HEAD.index(column)] = cell
    return rows


BAD_ROWS: dict[str, tuple[list[list[object]], int, list[str]]] = {
    "unknown unit": (_with(1, unit="kwh"), 3, ["unknown unit 'kwh'", "'kWh'"]),
    "ambiguous unit": (_with(0, unit="ton"), 2, ["'ton'", "write 't'"]),
    "no unit": (_with(0, unit=""), 2, ["no unit", "write it out"]),
    "unknown fuel": (_with(0, activity="原媒"), 2, ["unknown activity '原媒'", "'原煤'", "factors/activities.csv"]),
    "unknown fuel (English)": (_with(0, activity="raw cole"), 2, ["unknown activity", "'raw coal'"]),
    "no fuel": (_with(0, activity=""), 2, ["no activity", "factors/activities.csv"]),
    "unknown flow": (_with(0, flow="combust"), 2, ["unknown flow 'combust'", "'combusted'", "factors/flows.csv"]),
    "missing flow": (_with(0, flow=""), 2, ["no flow", "factors/flows.csv"]),
    "wrong dimension": (_with(0, unit="Nm3"), 2, ["[normal_volume]", "[mass] (t)", "raw_coal"]),
    "wrong dimension (mass of power)": (_with(1, unit="t"), 3, ["[mass]", "[energy]"]),
    "coal-rate energy for a fuel": (_with(0, unit="tce_coal_rate"), 2, ["[coal_rate_energy]", "[mass] (t)"]),
    "missing amount": (_with(2, amount=""), 4, ["no amount", "Give the amount"]),
    "dash": (_with(2, amount="—"), 4, ["no amount", "Give the amount"]),
    "NaN": (_with(2, amount="NaN"), 4, ["no amount", "Give the amount"]),
    "text for a number": (_with(2, amount="约12"), 4, ["'约12' is not a number", "Write digits"]),
    "doubtful comma": (_with(2, amount="1,23"), 4, ["is not a number", "1,234.5"]),
    "infinite": (_with(2, amount="inf"), 4, ["is not a number", "Write digits"]),
    "negative": (_with(4, amount="-800"), 6, ["negative amount -800", "sold"]),
    "no entity": (_with(4, entity=""), 6, ["no entity", "Fill entity"]),
    "no period": (_with(4, period=""), 6, ["no period", "2023-05"]),
    "unreadable period": (_with(4, period="2023Q1"), 6, ["'2023Q1' is no period", "2023-05"]),
    "month 13": (_with(4, period="2023-13"), 6, ["is no period", "2023-05"]),
    "identical row": ([*ROWS, list(ROWS[2])], 7, ["the same row as row 4", "Delete one"]),
    "same key and document": ([*ROWS, _with(0, amount="7")[0]], 7, ["same key and document as row 2", "Delete one"]),
    "identical row, period written otherwise": (
        [*ROWS, _with(2, period="2023年1月")[2]],
        7,
        ["as row 4", "Delete one"],
    ),
    "identical row, unit written otherwise": ([*ROWS, _with(4, unit="GJ")[4]], 7, ["as row 6", "Delete one"]),
    "month and year": (
        [*ROWS, _with(2, period="2023", amount="99")[2]],
        4,
        ["yearly and monthly rows", "2023", "rows 4, 5, 7", "Keep one kind"],
    ),
    "month and year to date": (
        [*ROWS, _with(2, period="2023-01/03", amount="99")[2]],
        4,
        ["monthly and year-to-date", "Keep one kind"],
    ),
    "green electricity without evidence": (
        _with(1, activity="green_electricity"),
        3,
        ["green electricity without evidence", "certificate"],
    ),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_bad_row_is_named_with_file_row_and_mend(write_csv: Writer, case: str) -> None:
    rows, row, needles = BAD_ROWS[case]
    with pytest.raises(TableError) as caught:
        read_activity(write_csv(HEAD, rows, "bad.csv"))
    for needle in [f"bad.csv row {row}", *needles]:
        assert needle in str(caught.value)
    assert {(fault.file, fault.row) for fault in caught.value.faults} == {("bad.csv", row)}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_bad_row_in_a_frame(case: str) -> None:
    rows, row, needles = BAD_ROWS[case]
    with pytest.raises(TableError) as caught:
        read_activity(_frame(HEAD, rows), file="bad frame")
    assert f"bad frame row {row - 1}" in str(caught.value)
    if "as row" not in needles[0] and "rows 4" not in str(needles):
        for needle in needles:
            assert needle in str(caught.value)


def test_missing_number_in_a_numeric_column() -> None:
    frame = _frame(HEAD, ROWS)
    frame["amount"] = [1.0, 2.0, float("nan"), 4.0, -5.0]
    with pytest.raises(TableError) as caught:
        read_activity(frame)
    assert [(f.row, f.what) for f in caught.value.faults] == [(3, "no amount"), (5, "negative amount -5")]


def test_two_deliveries_with_two_documents_are_no_duplicate(write_csv: Writer) -> None:
    rows = [*ROWS, _with(0, document="a9")[0]]
    assert len(read_activity(write_csv(HEAD, rows))) == 6


def test_stock_may_fall_below_zero(write_csv: Writer) -> None:
    rows = [["plant", "2023", "raw_coal", "stock", "-50", "t", ""]]
    assert read_activity(write_csv(HEAD, rows))["amount"].tolist() == [-50.0]


@pytest.mark.parametrize(
    ("column", "cell"), [("own_ncv", "0"), ("own_ncv", "-3"), ("own_carbon", "-1"), ("own_oxidation", "93")]
)
def test_own_values_out_of_range(write_csv: Writer, column: str, cell: str) -> None:
    with pytest.raises(TableError) as caught:
        read_activity(write_csv([*HEAD, column], [[*ROWS[0], cell]], "bad.csv"))
    assert f"bad.csv row 2, column {column}" in str(caught.value)
    assert "Leave it blank" in str(caught.value)


# --- of-which rows

PART_HEAD = [*HEAD, "part_of"]


def test_part_of_needs_its_parent(write_csv: Writer) -> None:
    rows = [[*row, ""] for row in ROWS]
    rows.append(["plant", "2023", "anthracite", "combusted", "10", "t", "", "lignite"])
    with pytest.raises(TableError) as caught:
        read_activity(write_csv(PART_HEAD, rows, "bad.csv"))
    assert "bad.csv row 7, column part_of" in str(caught.value)
    assert "'lignite'" in str(caught.value)
    assert "Name the activity or the sector" in str(caught.value)


@pytest.mark.parametrize("parent", ["raw_coal", "原煤", "Raw coal", "原煤 "])
def test_part_of_with_its_parent(write_csv: Writer, parent: str) -> None:
    rows = [[*row, ""] for row in ROWS]
    rows.append(["plant", "2023", "anthracite", "combusted", "10", "t", "", parent])
    assert read_activity(write_csv(PART_HEAD, rows))["part_of"].tolist() == ["", "", "", "", "", "raw_coal"]


def test_part_of_another_period_or_entity_has_no_parent(write_csv: Writer) -> None:
    for entity, period in (("plant", "2022"), ("mill", "2023")):
        rows = [[*row, ""] for row in ROWS]
        rows.append([entity, period, "anthracite", "combusted", "10", "t", "", "raw_coal"])
        with pytest.raises(TableError, match=f"{entity} has no such row in {period}"):
            read_activity(write_csv(PART_HEAD, rows))


def test_part_of_with_the_period_written_otherwise(write_csv: Writer) -> None:
    rows = [[*row, ""] for row in ROWS]
    rows.append(["plant", "2023年", "anthracite", "combusted", "10", "t", "", "raw_coal"])
    assert len(read_activity(write_csv(PART_HEAD, rows))) == 6


def test_green_electricity_with_evidence(write_csv: Writer) -> None:
    row = ["plant", "2023", "green_electricity", "purchased", "35", "万千瓦时", "", "GEC 2023-0815"]
    assert read_activity(write_csv([*HEAD, "evidence"], [row]))["evidence"].tolist() == ["GEC 2023-0815"]


# --- faults of files


def _fails(path: Path, *needles: str) -> TableError:
    with pytest.raises(TableError) as caught:
        read_activity(path)
    for needle in (path.name, *needles):
        assert needle in str(caught.value)
    return caught.value


def test_no_such_file(tmp_path: Path) -> None:
    _fails(tmp_path / "none.csv", "no such file")


def test_unknown_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "rows.pdf").write_bytes(b"%PDF-1.7")
    _fails(tmp_path / "rows.pdf", "'.pdf'", ".csv, .xlsx")


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf", b" , ,\n"])
def test_empty_file(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "bad.csv").write_bytes(raw)
    _fails(tmp_path / "bad.csv", "empty", "row of column names")


def test_empty_workbook(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "bad.xlsx")
    _fails(tmp_path / "bad.xlsx", "empty", "row of column names")


def test_head_only(tmp_path: Path, write_csv: Writer) -> None:
    _fails(write_csv(HEAD, [], "bad.csv"), "no rows", "entity, period")
    _fails(_xlsx(tmp_path / "bad.xlsx", HEAD, []), "no rows", "entity, period")
    _frame(HEAD, []).to_parquet(tmp_path / "bad.parquet")
    _fails(tmp_path / "bad.parquet", "no rows")


@pytest.mark.parametrize(
    "raw", [b"entity,period\nplant,\xff\xfe\n", b"entity,period\nplant,2023\x81", b"\xff\xfeentity,period\nx"]
)
def test_wrong_encoding(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "bad.csv").write_bytes(raw)
    _fails(tmp_path / "bad.csv", "row", "encoding", "CSV UTF-8")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "parquet"])
def test_damaged_file(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"bad.{kind}").write_bytes(b"entity,period\nplant,2023\n")
    _fails(tmp_path / f"bad.{kind}", "not readable")


def test_merged_cells(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "bad.xlsx", HEAD, ROWS)
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A2:A3")
    book.save(path)
    _fails(path, "merged", "rows 2-3", "columns 1-1", "Unmerge")


def test_merged_cells_of_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("data")
    for i, line in enumerate([HEAD, *ROWS]):
        for j, cell in enumerate(line[1:], start=1):
            sheet.write(i, j, cell)
    sheet.write(0, 0, "entity")
    sheet.write_merge(1, 2, 0, 0, "plant")
    for i in (3, 4, 5):
        sheet.write(i, 0, "mill")
    book.save(str(tmp_path / "bad.xls"))
    _fails(tmp_path / "bad.xls", "merged", "rows 2-3", "Unmerge")


def test_ragged_row(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(
        ",".join(HEAD) + "\nplant,2023,raw_coal,combusted,1,234.5,t,a1\n", encoding="utf-8"
    )
    error = _fails(tmp_path / "bad.csv", "row 2", "8 cells", "7 columns", "Quote cells")
    assert [fault.row for fault in error.faults] == [2]


def test_open_quote(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(",".join(HEAD) + '\nplant,"2023,raw_coal\n', encoding="utf-8")
    _fails(tmp_path / "bad.csv", "row", "not readable as CSV")


def test_unknown_column(write_csv: Writer) -> None:
    path = write_csv([*HEAD, "own_nvc"], [[*ROWS[0], "20"]], "bad.csv")
    _fails(path, "unknown column 'own_nvc'", "'own_ncv'", "Accepted:")


def test_missing_column(write_csv: Writer) -> None:
    path = write_csv([c for c in HEAD if c != "flow"], [[c for c in ROWS[0] if c != "combusted"]], "bad.csv")
    _fails(path, "no column 'flow'", "Add it", "流向")


@pytest.mark.parametrize(("twin", "needle"), [("unit", "two columns are named"), ("单位", "both mean 'unit'")])
def test_doubled_column(write_csv: Writer, twin: str, needle: str) -> None:
    _fails(write_csv([*HEAD, twin], [[*ROWS[0], "t"]], "bad.csv"), needle, "Delete")


def test_doubled_column_of_a_frame() -> None:
    frame = pd.DataFrame([[*ROWS[0], "t"]], columns=[*HEAD, "unit"])
    with pytest.raises(TableError, match="unit"):
        read_activity(frame, file="bad frame")


def test_nameless_column(write_csv: Writer) -> None:
    path = write_csv([*HEAD[:3], "", *HEAD[3:]], [[*ROWS[0][:3], "x", *ROWS[0][3:]]], "bad.csv")
    _fails(path, "row 1", "column 4 has no name", "Name it")


# --- several faults at once

WORST: list[list[object]] = [
    ["plant", "2023", "raw_coal", "combusted", "1", "Nm3", ""],
    ["plant", "2023", "row coal", "combusted", "1", "t", ""],
    ["plant", "2023", "coke", "", "1", "t", ""],
    ["plant", "2023", "diesel", "combusted", "-1", "t", ""],
    ["plant", "2023", "gasoline", "combusted", "", "t", ""],
    ["plant", "23", "kerosene", "combusted", "1", "t", ""],
    ["plant", "2023", "lpg", "combusted", "5", "t", ""],
    ["", "2023", "fuel_oil", "combusted", "x", "kwh", ""],
]


def test_all_faults_of_a_file_in_one_error(write_csv: Writer) -> None:
    with pytest.raises(TableError) as caught:
        read_activity(write_csv(HEAD, WORST, "bad.csv"))
    assert {fault.row for fault in caught.value.faults} == {2, 3, 4, 5, 6, 7, 9}
    assert len([fault for fault in caught.value.faults if fault.row == 9]) == 3
    for fault in caught.value.faults:
        assert str(fault) in str(caught.value)
    assert f"{len(caught.value.faults)} faults" in str(caught.value)


def test_all_faulty_columns_in_one_error(write_csv: Writer) -> None:
    with pytest.raises(TableError) as caught:
        read_activity(write_csv(["entity", "when", "activity", "amount", "unit", "单位"], [list("abcdef")], "bad.csv"))
    text = str(caught.value)
    for needle in ("'when'", "no column 'period'", "no column 'flow'", "both mean 'unit'"):
        assert needle in text


def test_many_faults_are_counted(write_csv: Writer) -> None:
    rows = [["plant", f"{1950 + i}", "raw_coal", "combusted", "-1", "t", ""] for i in range(70)]
    with pytest.raises(TableError, match=r"and 20 more") as caught:
        read_activity(write_csv(HEAD, rows))
    assert len(caught.value.faults) == 70


def test_refuse_keeps_every_row_with_its_fault(write_csv: Writer) -> None:
    table = read_activity(write_csv(HEAD, WORST, "bad.csv"), on_fault="refuse")
    assert len(table) == len(WORST)
    assert [bool(text) for text in table["fault"]] == [True] * 6 + [False, True]
    assert list(table["row"]) == list(range(2, 2 + len(WORST)))
    assert set(table["file"]) == {"bad.csv"}
    assert "[normal_volume]" in table["fault"].iat[0]
    assert "negative" in table["fault"].iat[3]


def test_refuse_where_the_file_numbers_its_own_rows(write_csv: Writer) -> None:
    """A column of the file that is called ``row`` must not unhook faults from rows."""
    rows = [[*row, 100 + i] for i, row in enumerate(WORST)]
    table = read_activity(write_csv([*HEAD, "row"], rows, "bad.csv"), on_fault="refuse")
    assert [bool(text) for text in table["fault"]] == [True] * 6 + [False, True]


def test_column_called_row_may_hold_text(write_csv: Writer) -> None:
    with pytest.raises(TableError, match="negative"):
        read_activity(write_csv([*HEAD, "row"], [[*_with(4, amount="-1")[4], "r1"]], "bad.csv"))


def test_unknown_on_fault(write_csv: Writer) -> None:
    with pytest.raises(TableError, match=r"'skip'.*'raise', 'refuse'"):
        read_activity(write_csv(HEAD, ROWS), on_fault="skip")


# --- year to date


def _running(amounts: list[float], unit: str = "t") -> list[list[object]]:
    return [
        ["plant", f"2023-01/{month:02d}", "raw_coal", "combusted", amount, unit, ""]
        for month, amount in enumerate(amounts, start=1)
    ]


@given(st.lists(st.integers(0, 10**6).map(lambda n: n / 8), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_year_to_date_is_monthly_after_differencing(amounts: list[float], order: Any) -> None:
    months = [
        ["plant", f"2023-{month:02d}", "raw_coal", "combusted", amount, "t", ""]
        for month, amount in enumerate(amounts, start=1)
    ]
    running = _running(list(accumulate(amounts)))
    order.shuffle(running)
    columns = ["year", "first_month", "last_month", "amount"]
    found = read_activity(_frame(HEAD, running)).sort_values("last_month", ignore_index=True)
    _same(found, read_activity(_frame(HEAD, months)), columns)


def test_first_report_may_cover_several_months(write_csv: Writer) -> None:
    rows = [row for row in _running([1, 2, 6, 7, 10]) if row[1] in {"2023-01/03", "2023-01/05"}]
    table = read_activity(write_csv(HEAD, rows))
    assert table[["first_month", "last_month", "amount"]].to_numpy().tolist() == [[1, 3, 6.0], [4, 5, 4.0]]


def test_years_are_differenced_apart(write_csv: Writer) -> None:
    rows = _running([10, 30]) + [[r[0], str(r[1]).replace("2023", "2024"), *r[2:]] for r in _running([5, 6])]
    assert read_activity(write_csv(HEAD, rows))["amount"].tolist() == [10.0, 20.0, 5.0, 1.0]


def test_falling_cumulative_value(write_csv: Writer) -> None:
    with pytest.raises(TableError) as caught:
        read_activity(write_csv(HEAD, _running([10, 30, 25]), "bad.csv"))
    for needle in ("bad.csv row 4", "falls from 30 to 25 t", "raw_coal", "cannot fall"):
        assert needle in str(caught.value)


@pytest.mark.parametrize(("second", "unit"), [("2", "万吨"), ("20000", "吨"), ("20000000", "kg")])
def test_year_to_date_in_another_unit_is_still_one_series(write_csv: Writer, second: str, unit: str) -> None:
    """10 000 t to January, 20 000 t to February: 20 000 t in all, whatever the unit is called."""
    rows = [_running([10000.0])[0], [*_running([0, 0])[1][:4], second, unit, ""]]
    table = read_activity(write_csv(HEAD, rows))
    total = sum(a * factor_to_canonical("raw_coal", u)[0] for a, u in zip(table["amount"], table["unit"], strict=True))
    assert total == pytest.approx(20000.0)


def test_year_to_date_of_two_partners_are_two_series(write_csv: Writer) -> None:
    one = [[*row, "east mine"] for row in _running([10, 30])]
    two = [[*row, "west mine"] for row in _running([5, 6])]
    table = read_activity(write_csv([*HEAD, "partner"], one + two))
    assert table["amount"].tolist() == [10.0, 20.0, 5.0, 1.0]


def test_refused_year_to_date_leaves_no_nan_behind(write_csv: Writer) -> None:
    rows = _running([10, 20, 35])
    rows[1][4] = ""
    table = read_activity(write_csv(HEAD, rows), on_fault="refuse")
    assert table["fault"].iat[1] != ""
    assert not table.loc[table["fault"] == "", "amount"].isna().any()


# --- periods and canonical units


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2023", (2023, 1, 12, False)),
        ("2023年", (2023, 1, 12, False)),
        ("２０２３", (2023, 1, 12, False)),
        ("2023-05", (2023, 5, 5, False)),
        ("2023-5", (2023, 5, 5, False)),
        ("2023/05", (2023, 5, 5, False)),
        ("202305", (2023, 5, 5, False)),
        ("2023年5月", (2023, 5, 5, False)),
        ("2023-01/05", (2023, 1, 5, True)),
        ("2023年1-5月", (2023, 1, 5, True)),
        ("2023年1至5月", (2023, 1, 5, True)),
        ("2023年1—5月", (2023, 1, 5, True)),
        ("2023-01/12", (2023, 1, 12, True)),
    ],
)
def test_period(written: str, expected: tuple[int, int, int, bool]) -> None:
    found = parse_period(written)
    assert found is not None
    assert (found.year, found.first_month, found.last_month, found.cumulative) == expected


@pytest.mark.parametrize("written", ["", "23", "2023-00", "2023-13", "2023-02/05", "2023-05/01", "12023", "1066", "x"])
def test_no_period(written: str) -> None:
    assert parse_period(written) is None


@pytest.mark.parametrize(
    ("activity", "unit", "expected", "canonical"),
    [
        ("raw_coal", "万吨", 1e4, "t"),
        ("raw_coal", "tce", 1.0, "tce"),
        ("raw_coal", "TJ", 1e3, "GJ"),
        ("electricity", "亿千瓦时", 3.6e5, "GJ"),
        ("electricity", "万吨标准煤", 1e4, "tce"),
        ("natural_gas", "亿Nm3", 1e8, "Nm3"),
        ("natural_gas", "亿立方米", 1e8, "m3"),
        ("energy_total", "亿吨标准煤(等价值)", 1e8, "tce_coal_rate"),
        ("industrial_water", "亿立方米", 1e8, "m3"),
        ("gdp", "亿元", 1e8, "CNY"),
        ("gdp", "亿元(2020年价)", 1e8, "CNY_2020"),
        ("so2", "kg", 1e-3, "t SO2"),
        ("nox", "t NOx", 1.0, "t NOx"),
    ],
)
def test_canonical_unit(activity: str, unit: str, expected: float, canonical: str) -> None:
    factor, found = factor_to_canonical(activity, unit)
    assert factor == pytest.approx(expected, rel=1e-12)
    assert found == canonical


@pytest.mark.parametrize(
    ("activity", "unit"),
    [("raw_coal", "m3"), ("industrial_water", "t"), ("so2", "t NOx"), ("gdp", "亿元(2015年价)"), ("gdp", "t")],
)
def test_no_canonical_unit(activity: str, unit: str) -> None:
    with pytest.raises(UnitError):
        factor_to_canonical(activity, unit)


def test_cells_stand_as_they_are(write_csv: Writer) -> None:
    cells = read_cells(write_csv(["a", "b"], [["１", " x "], ["", "y"]], "c.csv"))
    assert cells.file == "c.csv"
    assert cells.columns == ["a", "b"]
    assert cells.data == {"a": ["1", ""], "b": ["x", "y"]}
    assert cells.rows == [2, 3]


# --- hidden cells: neither read nor left out


def _hiding(tmp_path: Path, hide: Callable[[Any], None], rows: list[list[object]] = ROWS) -> Path:
    path = _xlsx(tmp_path / "bad.xlsx", HEAD, rows)
    book = openpyxl.load_workbook(path)
    hide(book)
    book.save(path)
    return path


def test_hidden_rows(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        for row in (3, 4, 6):
            book.active.row_dimensions[row].hidden = True

    error = _fails(_hiding(tmp_path, hide), "sheet 'Sheet' hides rows 3-4, 6", "Show them", "delete")
    assert [fault.row for fault in error.faults] == [3]


@pytest.mark.parametrize(
    ("was", "now", "needle"),
    [
        (b'<row r="3"', b'<row r="3" ht="0" customHeight="1"', "hides rows 3."),
        (
            b"<sheetData>",
            b'<cols><col min="5" max="5" width="0" customWidth="1"/></cols><sheetData>',
            "hides columns 5.",
        ),
        (b"<sheetFormatPr", b'<sheetFormatPr zeroHeight="1"', "hides rows 1-6."),
    ],
)
def test_cells_without_height_or_width(tmp_path: Path, was: bytes, now: bytes, needle: str) -> None:
    whole = _xlsx(tmp_path / "whole.xlsx", HEAD, ROWS)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as made:
        for name in parts.namelist():
            sheet = name == "xl/worksheets/sheet1.xml"
            made.writestr(name, parts.read(name).replace(was, now, 1) if sheet else parts.read(name))
    _fails(tmp_path / "bad.xlsx", needle)


def test_hidden_columns_and_merged_cells_at_once(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book.active.column_dimensions.group("E", "F", hidden=True)
        book.active.row_dimensions[2].hidden = True
        book.active.merge_cells("A2:A3")

    error = _fails(_hiding(tmp_path, hide), "hides columns 5-6", "hides rows 2", "merged")
    assert len(error.faults) == 3


def test_hidden_blank_rows_and_columns_are_no_fault(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[40].hidden = True
        book.active.column_dimensions.group("K", "Z", hidden=True)

    assert len(read_activity(_hiding(tmp_path, hide))) == len(ROWS)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheet_needs_a_name(tmp_path: Path, state: str) -> None:
    def hide(book: Any) -> None:
        book.create_sheet("draft").sheet_state = state

    path = _hiding(tmp_path, hide)
    _fails(path, "2 sheets", "['draft'] are hidden", "name one")
    assert len(read_activity(path, sheet="Sheet")) == len(ROWS)


def test_hidden_sheet_of_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    for name in ("data", "draft"):
        sheet = book.add_sheet(name)
        for j, cell in enumerate(HEAD):
            sheet.write(0, j, cell)
    sheet.visibility = 1
    book.save(str(tmp_path / "bad.xls"))
    _fails(tmp_path / "bad.xls", "['draft'] are hidden")


@pytest.mark.parametrize(
    "written", ["2025-01-03", "2025/1/3", "2025.1.3", "2025年1月3日", "2025-01-03 00:00:00", "2025-01-03T00:00"]
)
def test_dates_as_files_write_them(written: str) -> None:
    assert date_of(written) == datetime.date(2025, 1, 3)


# 2025-01/03 is January to March, a period
@pytest.mark.parametrize(
    "written", ["", "2025", "2025-01", "2025-01/03", "2025-02-30", "2025-1月3", "2025-01-031", "x"]
)
def test_what_is_no_date(written: str) -> None:
    assert date_of(written) is None
