"""Forms 205-1 and 205-2: every line becomes the rows that a person would write, and every fault is named.

The expected rows are worked out by hand from the form's own definitions (消费量合计 = burnt + raw material + converted).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.catalog import read_catalog
from carbonledger.errors import TableError
from carbonledger.tables import activities, read_activity
from carbonledger.tables.return_sheets import FORM_1, FORM_2
from carbonledger.tables.returns import read_returns

HEAD_1 = (
    "统一社会信用代码,单位详细名称,报告期,代码,能源名称,计量单位,年初库存量,购进量,购进金额,消费量合计,工业生产消费,用于原材料,"
    "非工业生产消费,运输工具消费,期末库存量,采用折标系数,参考折标系数,备注"
).split(",")
HEAD_2 = (
    "统一社会信用代码,单位详细名称,报告期,代码,能源名称,计量单位,加工转换投入合计,火力发电,供热,原煤入洗,炼焦,炼油及煤制油,制气,"
    "天然气液化,加工煤制品,能源加工转换产出,回收利用,采用折标系数,备注"
).split(",")
Writer = Callable[..., Path]
Line = dict[str, Any]


def _sign(body: str) -> str:
    signs, weights = "0123456789ABCDEFGHJKLMNPQRTUWXY", [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    return body + (signs + "0")[31 - sum(signs.index(s) * w for s, w in zip(body, weights, strict=True)) % 31]


MILL, COKER, CHP = (_sign(body) for body in ("99370702MA000001A", "99370702MA000002B", "99370702MA000003C"))


def one(code: str, consumption: Any = "", /, enterprise: str = MILL, **cells: Any) -> Line:
    """A line of 205-1; all of it industrial unless said otherwise."""
    line = {
        "统一社会信用代码": enterprise,
        "单位详细名称": "甲厂" if enterprise == MILL else "",
        "报告期": "2023年1-12月",
    }
    rest = {"消费量合计": consumption, "工业生产消费": consumption, "代码": code}
    return line | rest | cells


def two(code: str, enterprise: str = MILL, **cells: Any) -> Line:
    """A line of 205-2; the total is the sum of the processes unless said otherwise."""
    total = sum(float(v) for c, v in cells.items() if c in HEAD_2[7:15])
    line = {"统一社会信用代码": enterprise, "报告期": "2023年1-12月", "代码": code, "加工转换投入合计": total or ""}
    return line | cells


def frame(lines: list[Line], head: list[str] = HEAD_1) -> pd.DataFrame:
    table = pd.DataFrame([[line.get(column, "") for column in head] for line in lines], columns=head, dtype=object)
    return table.assign(file="form.csv" if head is HEAD_1 else "form2.csv", row=range(2, len(lines) + 2))


def post(lines: list[Line], conversion: list[Line] | None = None, **more: Any) -> pd.DataFrame:
    return read_returns(frame(lines), None if conversion is None else frame(conversion, HEAD_2), **more)


def said(rows: pd.DataFrame) -> set[tuple[str, str, float, str]]:
    return set(zip(rows["activity"], rows["flow"], rows["amount"], rows["unit"], strict=True))


def fails(lines: list[Line], conversion: list[Line] | None, *needles: str, n: int = 1, **more: Any) -> TableError:
    with pytest.raises(TableError) as caught:
        post(lines, conversion, **more)
    text = str(caught.value)
    for needle in needles:
        assert needle in text, text
    assert len(caught.value.faults) == n, text
    return caught.value


# --- what a line becomes


def test_a_fuel_line() -> None:
    # 100 + 5 000 bought - 300 left = 4 800 used, of which 900 raw material: 3 900 burnt; stock 100 - 300 = -200
    line = one("15", 4800, 年初库存量=100, 购进量=5000, 期末库存量=300, 用于原材料=900, 购进金额=123, 运输工具消费=7)
    rows = post([line])
    unit = "10^4 m3"
    expected = {("purchased", 5000.0), ("combusted", 3900.0), ("feedstock", 900.0), ("stock", -200.0)}
    assert said(rows) == {("natural_gas", flow, amount, unit) for flow, amount in expected}
    assert set(rows["entity"]) == {MILL} and set(rows["period"]) == {"2023"} and set(rows["document"]) == {"205-1"}
    assert set(rows["row"]) == {2} and set(rows["file"]) == {"form.csv"}
    assert set(rows["source"]) == {"205-1表 2023年1-12月"}
    assert rows["own_ncv"].isna().all()


def test_power_and_heat() -> None:
    rows = post([one("33", 120, 购进量=100), one("32", 8000, 购进量=8000)])
    assert said(rows) == {
        ("electricity", "purchased", 100.0, "10^4 kWh"),
        ("electricity", "used", 120.0, "10^4 kWh"),
        ("heat", "purchased", 8000.0, "GJ"),
        ("heat", "used", 8000.0, "GJ"),
    }


def test_coking_plant() -> None:
    # 1 400 t of cleaned coal charged, all into the ovens; 1 000 t coke and 42 x 10^4 m3 gas made, of which 20 fired the
    # ovens; waste heat 9 000 GJ recovered, 5 000 of it used for power
    lines = [
        one("06", 1400, COKER, 购进量=1380, 年初库存量=50, 期末库存量=30),
        one("11", 20, COKER),
        one("37", 9000, COKER),
        one("33", 55, COKER, 购进量=50),
    ]
    conversion = [
        two("06", COKER, 炼焦=1400),
        two("09", COKER, 能源加工转换产出=1000),
        two("11", COKER, 能源加工转换产出=42),
        two("37", COKER, 火力发电=5000, 回收利用=9000),
        two("33", COKER, 能源加工转换产出=5),
    ]
    rows = post(lines, conversion)
    assert said(rows) == {
        ("cleaned_coal", "purchased", 1380.0, "t"),
        ("cleaned_coal", "stock", 20.0, "t"),
        ("cleaned_coal", "converted", 1400.0, "t"),
        ("coke", "generated", 1000.0, "t"),
        ("coke_oven_gas", "combusted", 20.0, "10^4 m3"),
        ("coke_oven_gas", "generated", 42.0, "10^4 m3"),
        ("waste_heat", "used", 4000.0, "GJ"),
        ("waste_heat", "fired", 5000.0, "GJ"),
        ("waste_heat", "recovered", 9000.0, "GJ"),
        ("electricity", "purchased", 50.0, "10^4 kWh"),
        ("electricity", "used", 55.0, "10^4 kWh"),
        ("electricity", "generated", 5.0, "10^4 kWh"),
    }
    assert set(rows[rows["flow"].isin(["converted", "generated", "fired", "recovered"])]["document"]) == {"205-2"}
    assert rows.set_index(["activity", "flow"]).loc[("coke", "generated"), "row"] == 3


def test_power_and_heat_plant() -> None:
    # 500 000 t of coal: 300 000 to power, 190 000 to heat, 10 000 burnt otherwise
    rows = post(
        [one("01", 500_000, CHP, 购进量=500_000), one("33", 6000, CHP, 购进量=0)],
        [
            two("01", CHP, 火力发电=300_000, 供热=190_000),
            two("33", CHP, 能源加工转换产出=80_000),
            two("32", CHP, 能源加工转换产出=3_000_000),
        ],
    )
    assert said(rows) == {
        ("raw_coal", "purchased", 500_000.0, "t"),
        ("raw_coal", "combusted", 10_000.0, "t"),
        ("raw_coal", "fired", 490_000.0, "t"),
        ("electricity", "purchased", 0.0, "10^4 kWh"),
        ("electricity", "used", 6000.0, "10^4 kWh"),
        ("electricity", "generated", 80_000.0, "10^4 kWh"),
        ("heat", "generated", 3_000_000.0, "GJ"),
    }


def test_parts_of_raw_coal_are_posted_by_themselves_and_the_whole_as_what_they_leave() -> None:
    lines = [
        one("01", 1000, 购进量=1100, 年初库存量=0, 期末库存量=100, 用于原材料=200),
        one("02", 300, 购进量=300, 用于原材料=200),
        one("04", 650, 购进量=700, 期末库存量=50, 年初库存量=0),
    ]
    rows = post(lines)
    assert said(rows) == {
        ("raw_coal", "purchased", 100.0, "t"),
        ("raw_coal", "combusted", 50.0, "t"),
        ("raw_coal", "stock", -50.0, "t"),
        ("anthracite", "purchased", 300.0, "t"),
        ("anthracite", "combusted", 100.0, "t"),
        ("anthracite", "feedstock", 200.0, "t"),
        ("bituminous_coal", "purchased", 700.0, "t"),
        ("bituminous_coal", "combusted", 650.0, "t"),
        ("bituminous_coal", "stock", -50.0, "t"),
    }
    assert set(rows[rows["activity"] == "raw_coal"]["note"]) == {"remainder of code 01 after codes 02, 04"}
    assert set(rows[rows["activity"] != "raw_coal"]["note"]) == {""}


def test_parts_that_leave_nothing_leave_no_row() -> None:
    rows = post([one("01", 950), one("02", 300), one("04", 650)], [two("01", 火力发电=650), two("04", 火力发电=650)])
    assert said(rows) == {("anthracite", "combusted", 300.0, "t"), ("bituminous_coal", "fired", 650.0, "t")}


def test_zero_and_blank() -> None:
    lines = [
        one("21", 0, 购进量=0, 年初库存量=0, 期末库存量=0, 用于原材料=0),  # reported as none: a row of zero
        one("22"),  # printed by the form, left blank: no row
        one("33", 0, 购进量=0),
        one("32", 0),  # no heat, and no purchase given
        one("25", 40, 用于原材料=40),  # all raw material: nothing burnt, no row of it
    ]
    assert said(post(lines)) == {
        ("diesel", "combusted", 0.0, "t"),
        ("electricity", "purchased", 0.0, "10^4 kWh"),
        ("electricity", "used", 0.0, "10^4 kWh"),
        ("naphtha", "feedstock", 40.0, "t"),
    }


def test_sum_rows_are_controls() -> None:
    lines = [
        one("01", 1000, 采用折标系数=0.7143),
        one("04", 1000, 采用折标系数=0.7143),
        one("25", 10, 参考折标系数=1.5),
        one("31", 20, 采用折标系数=1.4),
        one("", 30, 能源名称="其他石油制品合计"),
        one("34", 100, 参考折标系数=0.2857),
        one("39", 5),
        one("", 33.57, 能源名称="其他燃料"),  # 100 x 0.2857 + 5
        one("33", 100, 购进量=100),
        one("40", 913.77, 能源名称="能源合计"),  # 714.3 + 15 + 28 + 28.57 + 5 + 122.9 = 913.77
    ]
    rows = post(lines)
    assert "energy_total" not in set(rows["activity"])
    assert not set(rows["row"]) & {6, 9, 11}
    lines[-1]["消费量合计"] = lines[-1]["工业生产消费"] = 930
    fails(lines, None, "form.csv row 11", "930", "913.77")
    lines[-1] = one("", 31, 能源名称="其他石油制品")
    fails([*lines[:4], lines[-1]], None, "row 6", "31 t", "30")


def test_own_coefficients() -> None:
    lines = [
        one("01", 100, 采用折标系数=0.6, 参考折标系数=0.7143),  # 0.6 x 29.3076 = 17.58456 GJ/t
        one("06", 100, 采用折标系数=0.9, 参考折标系数="0.9000"),  # the reference: nothing own
        one("09", 100, 采用折标系数=0.95),  # no reference: own, 27.84222
        one("15", 10, 采用折标系数=12.5, 参考折标系数="11.0~13.3", 计量单位="万标准立方米"),  # 366.345 GJ/(10^4 Nm3)
        one("11", 10, 参考折标系数="5.714-6.143"),
        one("33", 10, 购进量=10, 采用折标系数=1.229, 参考折标系数=1.229),
        one("32", 10, 购进量=10, 采用折标系数=0.0341),
        one("37", 10, 采用折标系数=0.03412),
    ]
    rows = post(lines).drop_duplicates("activity").set_index("activity")["own_ncv"]
    assert rows["raw_coal"] == pytest.approx(17.58456, rel=1e-12)
    assert rows["coke"] == pytest.approx(27.84222, rel=1e-12)
    assert rows["natural_gas"] == pytest.approx(366.345, rel=1e-12)
    assert rows.drop(["raw_coal", "coke", "natural_gas"]).isna().all()


def test_own_coefficient_of_plain_cubic_metres() -> None:
    # 12.5 tce per 10^4 m3 at 20 degC is 12.5 x 293.15 / 273.15 per 10^4 Nm3: x 29.3076 = 393.16857...
    line = one("15", 10, 采用折标系数=12.5, 参考折标系数=12.15)
    fails([line], None, "10^4 m3", "temperature", "gas_reference", "column 采用折标系数")
    assert post([line], gas_reference="0 °C")["own_ncv"].iat[0] == pytest.approx(366.345, rel=1e-12)
    assert post([line], gas_reference="20 °C")["own_ncv"].iat[0] == pytest.approx(12.5 * 29.3076 * 293.15 / 273.15)
    fails([line], None, "gas_reference '15 °C'", gas_reference="15 °C")


def test_own_coefficient_of_conversion() -> None:
    lines = [one("01", 100, CHP, 采用折标系数=0.6, 参考折标系数=0.7143), one("09", 1, 参考折标系数=0.9714)]
    conversion = [
        two("01", CHP, 火力发电=90),  # the coefficient of its line in 205-1
        two("09", CHP, 能源加工转换产出=5, 采用折标系数=0.9714),  # the reference that another line prints
        two("11", CHP, 能源加工转换产出=5, 采用折标系数=6, 计量单位="万标准立方米"),
    ]
    rows = post(lines, conversion).set_index(["activity", "flow"])["own_ncv"]
    assert rows["raw_coal", "fired"] == rows["raw_coal", "combusted"] == pytest.approx(17.58456)
    assert rows.loc[[("coke", "generated")]].isna().all()
    assert rows["coke_oven_gas", "generated"] == pytest.approx(6 * 29.3076)
    own = post([lines[0]], [two("01", CHP, 火力发电=90, 采用折标系数=0.5)]).set_index("flow")["own_ncv"]
    assert own["fired"] == pytest.approx(0.5 * 29.3076) and own["combusted"] == pytest.approx(0.6 * 29.3076)


def test_units_of_the_line() -> None:
    rows = post([one("01", 1.5, 计量单位="万吨"), one("33", 2_000_000, 购进量=1_000_000, 计量单位="kWh"), one("39", 3)])
    assert said(rows) == {
        ("raw_coal", "combusted", 15_000.0, "t"),
        ("electricity", "purchased", 100.0, "10^4 kWh"),
        ("electricity", "used", 200.0, "10^4 kWh"),
        ("other_energy", "combusted", 3.0, "tce"),
    }


# --- periods


def test_year_to_date() -> None:
    months = {"2025年1月": (10, 8), "2025年1-2月": (10, 8), "2025年1-3月": (31, 20), "2025年1-12月": (120, 99)}
    lines = [
        one("01", used, 购进量=bought, 报告期=p, 年初库存量=5, 期末库存量=5 + bought - used)
        for p, (bought, used) in months.items()
    ]
    rows = post(lines)
    assert list(rows[rows["flow"] == "combusted"]["period"]) == ["2025-01/01", "2025-01/02", "2025-01/03", "2025-01/12"]
    table = read_activity(rows)
    burnt = table[table["flow"] == "combusted"]
    assert list(burnt["canonical"]) == [8, 0, 12, 79]
    stock = table[table["flow"] == "stock"]
    assert list(stock["canonical"]) == [-2, 0, -9, -10]


def test_a_stock_that_returns_to_nothing_within_a_year_is_not_lost() -> None:
    lines = [
        one("01", used, 报告期=f"2025年1-{m}月", 年初库存量=0, 期末库存量=left)
        for m, used, left in ((2, 5, 10), (3, 15, 0))
    ]
    table = read_activity(post(lines))
    assert list(table[table["flow"] == "stock"]["canonical"]) == [-10, 10]


@pytest.mark.parametrize("written", ["2023", "2023年", "2023年1-12月", "2023-01/12", "２０２３年1—12月"])
def test_a_year_is_a_year(written: str) -> None:
    assert set(post([one("01", 5, 报告期=written)])["period"]) == {"2023"}


@pytest.mark.parametrize("written", ["", "2023年5月", "2023年3-5月", "2023年1-13月", "最近"])
def test_no_period(written: str) -> None:
    fails([one("01", 5, 报告期=written)], None, "period", "column 报告期", "2023年1-5月")


# --- sheets


def _grid(path: Path, lines: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([cell if cell != "" else None for cell in line])
    book.save(path)
    return path


PAGE: list[list[Any]] = [
    ["能源购进、消费与库存"],
    ["", "", "", "", "表    号:", "205-1表"],
    ["统一社会信用代码：" + MILL, "", "", "", "有效期至：", "2024年1月底"],
    ["单位详细名称：", "甲厂", "", "2023 年 1—12 月"],
    ["能源名称", "计量单位", "代码", "年初库存量", "购进量", "消费量合计", "工业生产消费", "用于原材料", "期末库存量"],
    ["甲", "乙", "丙", 1, 2, 4, 5, 6, 8],
    ["原煤", "吨", 1, 5, 100, 95, 95, "", 10],
    ["其中:烟煤", "吨", 4, "", "", 95, 95, "", ""],
    ["电力", "万千瓦时", 33, "", 12, 12, 12, "", ""],
    ["单位负责人：", "张三", "填表人：", "李四"],
]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_sheet_of_one_enterprise(tmp_path: Path, write_csv: Writer, kind: str) -> None:
    if kind == "xlsx":
        path = _grid(tmp_path / "page.xlsx", PAGE)
    else:
        path = write_csv([str(c) for c in PAGE[0]], PAGE[1:], "page.csv", encoding="gb18030")
    rows = read_returns(path)
    assert set(rows["entity"]) == {MILL} and set(rows["period"]) == {"2023"}
    assert set(zip(rows["activity"], rows["flow"], rows["amount"], rows["row"], strict=True)) == {
        ("raw_coal", "purchased", 100.0, 7),
        ("raw_coal", "stock", -5.0, 7),
        ("bituminous_coal", "combusted", 95.0, 8),
        ("electricity", "purchased", 12.0, 9),
        ("electricity", "used", 12.0, 9),
    }


def test_merged_title_above_the_head_is_no_fault(tmp_path: Path) -> None:
    path = _grid(tmp_path / "page.xlsx", PAGE)
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:I1")
    book.save(path)
    assert len(read_returns(path)) == 5
    book.active.merge_cells("A7:A8")
    book.save(path)
    with pytest.raises(TableError, match="rows 7-8"):
        read_returns(path)


def test_page_without_its_enterprise(tmp_path: Path) -> None:
    path = _grid(tmp_path / "page.xlsx", PAGE[4:])
    with pytest.raises(TableError) as caught:
        read_returns(path)
    assert "统一社会信用代码" in str(caught.value) and "报告期" in str(caught.value)


def test_page_with_two_periods_has_none(tmp_path: Path) -> None:
    page = [list(line) for line in PAGE]
    page[1].append("2022年")
    with pytest.raises(TableError, match="period"):
        read_returns(_grid(tmp_path / "page.xlsx", page))


def test_sheets_and_several_files(tmp_path: Path, write_csv: Writer) -> None:
    book = openpyxl.Workbook()
    book.active.title = "205-1"
    form2 = book.create_sheet("205-2")
    for sheet, head, line in ((book.active, HEAD_1, one("01", 90)), (form2, HEAD_2, two("01", 供热=80))):
        sheet.append(head)
        sheet.append([line.get(column) for column in head])
    book.save(tmp_path / "both.xlsx")
    both = tmp_path / "both.xlsx"
    rows = read_returns(both, both, sheets=("205-1", "205-2"))
    assert said(rows) == {("raw_coal", "combusted", 10.0, "t"), ("raw_coal", "fired", 80.0, "t")}
    with pytest.raises(TableError, match="2 sheets"):
        read_returns(both)
    files = [write_csv(HEAD_1, [[one("21", 3, who).get(c, "") for c in HEAD_1]], f"{who}.csv") for who in (MILL, COKER)]
    assert set(read_returns(files)["entity"]) == {MILL, COKER}


def test_english_titles() -> None:
    table = pd.DataFrame(
        {
            "credit code": [MILL],
            "period": ["2023"],
            "code": ["21"],
            "consumption": [4],
            "industrial": [4],
            "purchased": [5],
        }
    )
    assert said(read_returns(table)) == {("diesel", "purchased", 5.0, "t"), ("diesel", "combusted", 4.0, "t")}


def test_missing_file_and_wrong_form(tmp_path: Path, write_csv: Writer) -> None:
    with pytest.raises(TableError, match="no such file"):
        read_returns(tmp_path / "none.csv")
    path = write_csv(HEAD_2, [[two("01", 供热=80).get(c, "") for c in HEAD_2]], "form2.csv")
    with pytest.raises(TableError, match="consumption"):
        read_returns(path)
    note = write_csv(["just a note"], [["and another"]], "note.csv")
    with pytest.raises(TableError, match="消费量合计"):
        read_returns(note)


# --- the 40 codes, as the form prints them (能源统计报表制度, form 205-1)

PRINTED = (
    "01原煤 02无烟煤 03炼焦烟煤 04一般烟煤 05褐煤 06洗精煤 07其他洗煤 08煤制品 09焦炭 10其他焦化产品 11焦炉煤气 12高炉煤气 13转炉煤气 14其他煤气 "
    "15天然气(气态) 16液化天然气(液态) 17煤层气(煤田) 18原油 19汽油 20煤油 21柴油 22燃料油 23液化石油气 24炼厂干气 25石脑油 26润滑油 27石蜡 28溶剂油 "
    "29石油焦 30石油沥青 31其他石油制品 32热力 33电力 34煤矸石(用于燃料) 35城市生活垃圾(用于燃料) 36生物质废料(用于燃料) 37余热余压 "
    "38其他工业废料(用于燃料) 39其他燃料"
).split()
GASES, UNITS = {11, 12, 13, 14, 15, 17}, {32: "GJ", 33: "10^4 kWh", 37: "GJ", 39: "tce"}


def test_every_code_of_the_form() -> None:
    lines = [one(p[:2], 10, 能源名称=p[2:], 购进量=10) for p in PRINTED]
    rows = post(
        [
            line | {"消费量合计": 40, "工业生产消费": 40, "购进量": 40} if line["代码"] == "01" else line
            for line in lines
        ]
    )
    units = rows.drop_duplicates("row").set_index("row")["unit"]
    for row, printed in enumerate(PRINTED, start=2):
        code = int(printed[:2])
        if code != 1:
            assert units[row] == UNITS.get(code, "10^4 m3" if code in GASES else "t"), printed
    assert len(rows["activity"].unique()) == 38  # raw coal is wholly split
    read_activity(rows)


# --- faults

FAULTS: dict[str, tuple[list[Line], list[Line] | None, list[str]]] = {
    "unknown code": ([one("41", 5)], None, ["row 2", "column 代码", "'41'"]),
    "no code": ([one("", 5, 能源名称="原煤")], None, ["no code", "01 to 40"]),
    "code and name": ([one("06", 5, 能源名称="原煤")], None, ["code 06 is 洗精煤", "'原煤'", "column 能源名称"]),
    "unknown name": ([one("06", 5, 能源名称="精品煤")], None, ["code 06 is 洗精煤", "'精品煤'"]),
    "sum row by another name": ([one("40", 0, 能源名称="原煤")], None, ["code 40 is 能源合计"]),
    "no enterprise": ([one("01", 5, ""), one("06", 5, "")], None, ["no enterprise in 2 lines", "统一社会信用代码"]),
    "check digit": ([one("01", 5, MILL[:-1] + ("1" if MILL[-1] == "0" else "0"))], None, ["check character", "row 2"]),
    "total": ([one("01", 100, 工业生产消费=60, 非工业生产消费=30)], None, ["100", "90", "column 消费量合计"]),
    "no total": ([one("01", "", 工业生产消费=60)], None, ["消费量合计 is blank", "60"]),
    "feedstock": ([one("26", 100, 用于原材料=120)], None, ["用于原材料 120", "100"]),
    "power as raw material": ([one("33", 100, 购进量=100, 用于原材料=20)], None, ["电力 as raw material"]),
    "negative": ([one("21", 100, 购进量=-3)], None, ["negative -3", "column 购进量"]),
    "no number": ([one("21", "约100", 工业生产消费="")], None, ["'约100' is not a number", "column 消费量合计"]),
    "one stock": ([one("21", 100, 年初库存量=3)], None, ["年初库存量 is 3", "期末库存量 is blank"]),
    "unit": ([one("21", 100, 计量单位="立方米")], None, ["'立方米'", "柴油", "form's unit is t"]),
    "unknown unit": ([one("21", 100, 计量单位="车")], None, ["unknown unit '车'"]),
    "doubled": ([one("21", 1), one("22", 1), one("21", 1)], None, ["row 4", "form.csv row 2"]),
    "two names": ([one("21", 1), one("22", 1, 单位详细名称="乙厂")], None, ["'乙厂'", "'甲厂'", "form.csv row 2"]),
    "two names over both forms": (
        [one("21", 1)],
        [two("33", 单位详细名称="乙厂")],
        ["form2.csv row 2", "'乙厂'", "'甲厂'"],
    ),
    "equal value of power": ([one("33", 1, 购进量=1, 采用折标系数=3.07)], None, ["1.229", "当量", "等价"]),
    "heat": ([one("32", 1, 购进量=1, 采用折标系数=0.0382)], None, ["0.0341", "当量"]),
    "coefficient 0": ([one("01", 1, 采用折标系数=0)], None, ["coefficient of 0"]),
    "parts above the whole": ([one("01", 100), one("02", 80), one("04", 30)], None, ["02, 04", "110", "100", "row 2"]),
    "parts without the whole": ([one("02", 80)], None, ["codes 02 are parts of code 01", "no line"]),
    "sum row without coefficients": ([one("01", 5), one("40", 5)], None, ["cannot be checked", "1 lines"]),
    "only in 205-2": ([one("01", 5)], [two("01", COKER, 炼焦=5)], [COKER, "no form 205-1", "form2.csv row 2"]),
    "inputs above production": (
        [one("06", 5)],
        [two("06", 炼焦=6)],
        ["takes 6", "工业生产消费 5", "form.csv row 2", "form2.csv"],
    ),
    "inputs without consumption": ([one("01", 5)], [two("06", 炼焦=6)], ["takes 6", "no line"]),
    "inputs and raw material": (
        [one("06", 10, 用于原材料=6)],
        [two("06", 炼焦=6)],
        ["form.csv row 2", "form2.csv row 2", "-2"],
    ),
    "inputs by part": ([one("01", 9), one("04", 9)], [two("01", 供热=9)], ["leaves -9", "form2.csv row 2"]),
    "total of 205-2": (
        [one("06", 10)],
        [two("06", 炼焦=6, 加工转换投入合计=7)],
        ["加工转换投入合计 is 7", "form2.csv row 2"],
    ),
    "total of 205-2 without processes": ([one("06", 10)], [two("06", 加工转换投入合计=7)], ["加工转换投入合计 is 7"]),
    "cubic metres": (
        [one("11", 10, 计量单位="万立方米")],
        [two("11", 供热=5, 计量单位="万标准立方米")],
        ["10^4 Nm3 here", "10^4 m3 in form 205-1"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str) -> None:
    lines, conversion, needles = FAULTS[name]
    fails(lines, conversion, *needles)


def test_all_faults_of_both_forms_at_once() -> None:
    lines = [
        one("41", 5),
        one("06", 5, 能源名称="原煤"),
        one("21", -1, 工业生产消费=-1),
        one("33", 2, 购进量=2, 采用折标系数=3),
    ]
    error = fails(lines, [two("06", 炼焦=9)], "41", "洗精煤", "negative", "当量", "takes 9", n=6)
    assert {fault.file for fault in error.faults} == {"form.csv", "form2.csv"}
    assert all(fault.row and fault.column and fault.mend for fault in error.faults)


@pytest.mark.parametrize(
    ("total", "parts", "fine"),
    [
        (100.0, (60.0, 41.0), True),  # whole tonnes: 60.4 + 40.4 = 100.8 is printed 101 or 100
        (100.00, (60.25, 39.74), True),
        (100.00, (60.25, 39.70), False),
        (3.0, (2.0, 2.0), False),  # never more than 1 %
    ],
)
def test_rounding_of_sums(total: float, parts: tuple[float, float], fine: bool) -> None:
    line = one("01", total, 工业生产消费=parts[0], 非工业生产消费=parts[1])
    if fine:
        assert post([line])["amount"].iat[0] == total
    else:
        fails([line], None, "消费量合计")


def test_a_firm_may_be_renamed_between_years() -> None:
    assert len(post([one("21", 1), one("21", 1, 单位详细名称="新厂", 报告期="2024")])) == 2


# --- properties

AMOUNT = st.integers(0, 10**6).map(lambda n: n / 100)
CODES = [p[:2] for p in PRINTED if p[:2] not in {"01", "02", "03", "04", "05"}]
POWER = {"32", "33", "37", "39"}


@st.composite
def forms(draw: st.DrawFn) -> tuple[list[Line], list[Line]]:
    lines, conversion = [], []
    for code in draw(st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=6)):
        feedstock = 0.0 if code in POWER else draw(AMOUNT)
        fired, coked, burnt = draw(AMOUNT), draw(AMOUNT), draw(AMOUNT)
        total = round(feedstock + fired + coked + burnt, 2)
        lines.append(one(code, total, 用于原材料=feedstock, 购进量=total))
        conversion.append(two(code, 火力发电=fired, 炼焦=coked, 加工转换投入合计=round(fired + coked, 2)))
    return lines, conversion


@settings(max_examples=30)
@given(forms())
def test_uses_of_a_carrier_sum_to_its_consumption(both: tuple[list[Line], list[Line]]) -> None:
    rows = post(*both)
    uses = rows[rows["flow"].isin(["combusted", "used", "feedstock", "fired", "converted"])]
    sums = uses.groupby("row")["amount"].sum()
    for row, line in enumerate(both[0], start=2):
        assert sums.get(row, 0.0) == pytest.approx(line["消费量合计"], abs=1e-6)
    assert (rows["amount"] >= 0).all()


@settings(max_examples=30)
@given(forms())
def test_units_do_not_matter(both: tuple[list[Line], list[Line]]) -> None:
    lines, conversion = both
    small = {"t": "kg", "GJ": "MJ", "10^4 m3": "十立方米", "10^4 kWh": "十千瓦时", "tce": "kgce"}
    plain = post(lines, conversion)
    unit = dict(zip([line["代码"] for line in lines], [_unit(line["代码"]) for line in lines], strict=True))

    def scaled(line: Line, columns: list[str]) -> Line:
        amounts = {c: line[c] * 1000 for c in columns if line.get(c, "") != ""}
        return line | amounts | {"计量单位": small[unit[line["代码"]]]}

    made = post([scaled(x, HEAD_1[6:15]) for x in lines], [scaled(x, HEAD_2[6:17]) for x in conversion])
    pd.testing.assert_frame_equal(made, plain, rtol=1e-9)


def _unit(code: str) -> str:
    return UNITS.get(int(code), "10^4 m3" if int(code) in GASES else "t")


@settings(max_examples=30)
@given(forms(), st.randoms())
def test_order_of_lines_does_not_matter(both: tuple[list[Line], list[Line]], random: Any) -> None:
    first, second = frame(both[0]), frame(both[1], HEAD_2)
    turned = [table.sample(frac=1, random_state=random.randrange(2**31)) for table in (first, second)]
    pd.testing.assert_frame_equal(read_returns(*turned), read_returns(first, second))


def test_titles_are_those_of_the_form() -> None:
    assert set(FORM_1.titles.values()) == set(HEAD_1) - {"备注"} | {"购自省外"}
    assert set(FORM_2.titles.values()) == set(HEAD_2) - {"备注"} | {"参考折标系数"}


def test_every_row_written_counts_somewhere() -> None:
    lines, conversion = [], []
    for code in [p[:2] for p in PRINTED]:
        raw = "" if code in POWER else 5
        lines.append(one(code, 40, 购进量=20, 年初库存量=9, 期末库存量=3, 用于原材料=raw))
        conversion.append(two(code, 火力发电=5, 炼焦=5, 能源加工转换产出=5, 回收利用=5))
    whole = {
        "消费量合计": 200,
        "工业生产消费": 200,
        "购进量": 100,
        "年初库存量": 45,
        "期末库存量": 15,
        "用于原材料": 25,
    }
    lines[0] |= whole
    conversion[0] |= two("01", 火力发电=25, 炼焦=25, 能源加工转换产出=25, 回收利用=25)
    rows = post(lines, conversion)
    quantities = read_catalog().quantities.values()
    for activity, flow in sorted(set(zip(rows["activity"], rows["flow"], strict=True))):
        kind = activities()[activity].kind
        assert any(q.sign(activity, kind, flow, False) for q in quantities), (activity, flow)
