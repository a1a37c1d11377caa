"""Sheets of the statistical forms 205-1 and 205-2: found on the page, read line by line, every cell typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .. import units
from ..errors import Faults, LedgerError, TableError, UnitError, nearest
from ..messages import say
from .columns import number_column, read_table, text_column, where
from .files import as_text, cells_of, read_grid
from .names import Activity, activities, plain_name, spellings
from .periods import parse_period

if TYPE_CHECKING:
    import pandas as pd

    Sources: TypeAlias = str | Path | pd.DataFrame | Iterable[str | Path | pd.DataFrame]


@dataclass(frozen=True)
class Form:
    """One form: its number, its table in ``data/columns.csv``, the title that marks its head, its amounts in order."""

    number: str
    table: str
    mark: str
    titles: dict[str, str]  # column -> title as printed, amounts first


_COMMON = {
    "own_coefficient": "采用折标系数",
    "reference_coefficient": "参考折标系数",
    "enterprise": "统一社会信用代码",
    "name": "单位详细名称",
    "period": "报告期",
    "code": "代码",
    "energy": "能源名称",
    "unit": "计量单位",
}
AMOUNTS = (
    "opening_stock purchased purchased_outside purchase_value consumption industrial feedstock non_industrial transport "
    "closing_stock"
).split()
PROCESSES = "thermal_power heat_supply coal_washing coking refining gas_making liquefaction coal_products".split()
CONVERSION = ["input_total", *PROCESSES, "output", "recovered"]
_TITLES_1 = "年初库存量 购进量 购自省外 购进金额 消费量合计 工业生产消费 用于原材料 非工业生产消费 运输工具消费 期末库存量".split()
_TITLES_2 = "加工转换投入合计 火力发电 供热 原煤入洗 炼焦 炼油及煤制油 制气 天然气液化 加工煤制品 能源加工转换产出 回收利用".split()
FORM_1 = Form("205-1", "return_205_1", "消费量合计", dict(zip(AMOUNTS, _TITLES_1, strict=True)) | _COMMON)
FORM_2 = Form("205-2", "return_205_2", "加工转换投入合计", dict(zip(CONVERSION, _TITLES_2, strict=True)) | _COMMON)

SUM_ROW = "40"  # 能源合计 [tce]: no carrier, a control
# Rows that the form prints without a code: what they sum up, and in which unit.
UNCODED = {
    "其他石油制品": ([f"{n}" for n in range(25, 32)], "t"),
    "其他燃料": ([f"{n}" for n in range(34, 40)], "tce"),
}
_FORM_UNITS = {"electricity": "10^4 kWh", "heat": "GJ", "waste_heat": "GJ", "other_energy": "tce"}
_DIMENSION_UNITS = {"mass": "t", "normal_volume": "10^4 m3", "energy": "GJ"}
GAS_UNITS = ("10^4 m3", "10^4 Nm3")
_RANGE = re.compile(r"\d+(\.\d*)?\s*[-~—–至]\s*\d+(\.\d*)?")
_FOOT = ("单位负责人", "统计负责人", "填表人", "说明:")
_LABELS = {
    # 18 characters, also one to a cell; a longer run is what stands in the next cell, a shorter one is for the check
    "enterprise": re.compile(r"统一社会信用代码[^:0-9A-Z\t]*:?\t*((?:[0-9A-Z]\t*){18}|[0-9A-Z]+)"),
    "name": re.compile(r"单位详细名称:?\t*([^\t]+)"),
}


def carriers() -> dict[str, Activity]:
    """The activity of every code of form 205-1 (``factors/activities.csv``); the sum row 40 is none."""
    return {known.form_205_1: known for known in activities().values() if known.form_205_1}


def wholes() -> dict[str, str]:
    """Of-which codes (02 to 05) and the code that contains each of them (01)."""
    codes = {known.name: code for code, known in carriers().items()}
    return {code: codes[known.of_which] for code, known in carriers().items() if known.of_which in codes}


def form_unit(known: Activity) -> str:
    """The unit in which the form prints a carrier; its conversion coefficient is tce per this unit."""
    return _FORM_UNITS.get(known.name, _DIMENSION_UNITS[known.dimension])


def read_lines(sources: Sources, form: Form, sheet: str | None, faults: Faults) -> pd.DataFrame:
    """All lines of a form over all files, typed; what cannot be read becomes a fault, the rest goes on.

    Returns
    -------
    DataFrame, one row per line: ``file, row, enterprise, name, period, year, last_month, code, activity, kind, unit``
    (the form's own), ``factor`` (form units per written unit), the amounts as written (NaN where blank), the
    coefficients (a reference printed as a range is blank) and ``note``. ``activity`` is blank in rows that sum up others
    (``code`` then says which) and in rows whose code is at fault (``code`` is then blank).
    """
    import pandas as pd

    found = []
    single = isinstance(sources, str | Path) or hasattr(sources, "columns")
    given: Any = [sources] if single else sources
    for source in given:
        try:
            found.append(read_table(_table(source, form, sheet), form.table))
        except LedgerError as error:
            faults.take(error)
    if not found:
        return pd.DataFrame()
    lines = pd.concat(found, ignore_index=True)
    for column in ("enterprise", "name", "period", "code", "energy", "unit", "note"):
        lines[column] = text_column(lines[column])
    lines["enterprise"] = lines["enterprise"].str.upper()
    _read_numbers(lines, form, faults)
    _read_periods(lines, form, faults)
    _read_codes(lines, form, faults)
    _read_units(lines, form, faults)
    return lines


def _table(source: Any, form: Form, sheet: str | None) -> pd.DataFrame:
    """The lines of one source under the form's head, with the file's own row numbers; a page's preamble fills columns."""
    import pandas as pd

    if not isinstance(source, str | Path):
        given = source if "file" in source.columns else source.assign(file="<DataFrame>")
        return given if "row" in given.columns else given.assign(row=range(1, len(given) + 1))
    path = Path(source)
    if path.suffix.lower() == ".parquet":
        frame = pd.read_parquet(path)
        return frame.assign(file=path.name, row=range(1, len(frame) + 1))
    grid = read_grid(path, sheet=sheet, is_head=lambda line: _is_head(line, form))
    head = next((i for i, (_, line) in enumerate(grid) if _is_head(line, form)), None)
    if head is None:
        # a table with other titles: the columns that it lacks are named further on
        head = 0 if grid and len([cell for cell in grid[0][1] if cell]) > 2 else None
    if head is None:
        what = say(
            "{file}: no row with 代码 and {mark}, the head of form {form}",
            file=path.name,
            mark=form.mark,
            form=form.number,
        )
        raise TableError(what)
    body = [line for line in grid[head + 1 :] if line[1][0] != "甲"]
    foot = next((i for i, (_, line) in enumerate(body) if next(filter(None, line)).startswith(_FOOT)), len(body))
    cells = cells_of([grid[head], *body[:foot]], path.name)
    frame = pd.DataFrame({column: cells.data[column] for column in cells.columns})
    known = {title: column for column, title in _COMMON.items()}
    present = {known.get(column, column) for column in cells.columns}
    for column, value in _preamble([line for _, line in grid[:head]]).items():
        if column not in present:
            frame[_COMMON[column]] = value
    return frame.assign(file=path.name, row=list(cells.rows))


def _is_head(line: list[Any], form: Form) -> bool:
    cells = {as_text(cell).lower() for cell in line}
    return bool(cells & {"代码", "能源代码", "code"}) and bool(cells & {form.mark, *_english(form)})


def _english(form: Form) -> tuple[str, ...]:
    return ("consumption", "total consumption") if form is FORM_1 else ("input_total", "total input")


def _preamble(lines: list[list[str]]) -> dict[str, str]:
    """Enterprise, name and period as they stand above the head; two different periods there are none."""
    found: dict[str, str] = {}
    periods: dict[str, None] = {}
    for line in lines:
        joined = "\t".join("".join(cell.split()) for cell in line)
        for column, label in _LABELS.items():
            if column not in found and (match := label.search(joined.upper() if column == "enterprise" else joined)):
                found[column] = match[1].replace("\t", "")
        for cell in line:
            text = "".join(cell.split()).removeprefix("报告期").lstrip(":")
            if text and parse_period(text) is not None:
                periods[text] = None
    if len(periods) == 1:
        found["period"] = next(iter(periods))
    return found


def _read_numbers(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    import numpy as np

    for column, title in form.titles.items():
        if column in _COMMON and column != "own_coefficient":
            continue
        numbers = number_column(lines[column], faults, lines, title)
        lines[column] = numbers
        for i in np.flatnonzero(numbers < 0):
            mend = say("Amounts of the form are not negative; correct the cell")
            faults.add(say("negative {value:g}", value=numbers[i]), **where(lines, i, title), mend=mend)
    if "reference_coefficient" in lines:
        text = text_column(lines["reference_coefficient"])
        ranged = np.array([bool(_RANGE.fullmatch(cell)) for cell in text], dtype=bool)
        title = form.titles["reference_coefficient"]
        lines["reference_coefficient"] = number_column(np.where(ranged, "", text), faults, lines, title)


def _read_periods(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """The form runs from January: a year, or its months up to one; both are kept as year and last month."""
    import numpy as np

    found = {text: parse_period(text) for text in dict.fromkeys(lines["period"])}
    good = {text: made is not None and made.first_month == 1 for text, made in found.items()}
    lines["year"] = [found[text].year if good[text] else 0 for text in lines["period"]]  # type: ignore[union-attr]
    lines["last_month"] = [found[text].last_month if good[text] else 0 for text in lines["period"]]  # type: ignore[union-attr]
    mend = say("Accepted: 2023, 2023年1-12月, 2023年1-5月 (the form's amounts run from January)")
    for i in first_of(lines, np.array(lines["year"]) == 0, ["file", "period"]):
        text = lines["period"].iat[i]
        what = say("{period!r} is no period of the form", period=text) if text else say("no period")
        faults.add(what, **where(lines, i, form.titles["period"]), mend=mend)


def _read_codes(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """Every line gets its activity by its code; the name must say the same; rows that only sum up are marked."""
    import numpy as np

    known = carriers()
    written = lines["code"].astype(str).str.zfill(2).where(lines["code"] != "", "")
    name = {text: _clean(text) for text in dict.fromkeys(lines["energy"])}
    cleaned = lines["energy"].map(name)
    sums = {**{plain: plain for plain in UNCODED}, **{f"{plain}合计": plain for plain in UNCODED}}
    summing = cleaned.map(sums).where(written == "", np.nan)
    summing = summing.mask((written == "") & cleaned.isin(["能源合计", "合计"]), SUM_ROW).mask(
        written == SUM_ROW, SUM_ROW
    )
    lines["activity"] = written.map({code: a.name for code, a in known.items()}).fillna("")
    lines["kind"] = written.map({code: a.kind for code, a in known.items()}).fillna("")
    lines["code"] = written.where(lines["activity"] != "", summing.fillna(""))
    title = form.titles["code"]
    mend = say("Codes are 01 to 40 of form 205-1; leave a line out rather than its code")
    for n in np.flatnonzero((lines["code"] == "").to_numpy()):
        i = int(n)
        near = nearest(written.iat[i], [*known, SUM_ROW]) if written.iat[i] else ""
        what = say("unknown code {code!r}{near}", code=written.iat[i], near=near) if written.iat[i] else say("no code")
        faults.add(what, **where(lines, i, title), mend=mend)
    named = (lines["code"] != "") & (written != "") & (cleaned != "")
    mend = say("Correct the code or the name")
    for i in first_of(lines.assign(written=written), named, ["written", "energy"]):
        code, plain = written.iat[i], cleaned.iat[i]
        right = "能源合计" if code == SUM_ROW else known[code].zh
        if (plain in {"能源合计", "合计"}) if code == SUM_ROW else (_named(plain) == known[code].name):
            continue
        for n in np.flatnonzero(named & (written == code) & (lines["energy"] == lines["energy"].iat[i])):
            what = say("code {code} is {right}, but the line is named {name!r}", code=code, right=right, name=plain)
            faults.add(what, **where(lines, n, form.titles["energy"]), mend=mend)


def _clean(text: str) -> str:
    """A carrier's name without what marks it as a part: ``其中:``, ``#``, a number before it."""
    return re.sub(r"^(其中|[#*]|[一二三四五六七八九十\d]+[.、])[:]?\s*", "", text).strip().lstrip(":").strip()


def _named(plain: str) -> str:
    known = spellings("activities")
    return known.get(plain_name(plain), "") or known.get(plain_name(re.sub(r"\([^)]*\)$", "", plain)), "")


def _read_units(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """The written unit into the form's; gas stays in the cubic metres in which it is written, normal ones or not."""
    import numpy as np

    known = carriers()
    written = lines["unit"].to_numpy().copy()
    lines["unit"], lines["factor"] = "", np.nan
    for (code, unit), rows in lines.groupby(["code", written], sort=False).indices.items():
        own = form_unit(known[code]) if code in known else UNCODED.get(code, ((), "tce"))[1]
        accepted = GAS_UNITS if own in GAS_UNITS else (own,)
        if not code:
            continue
        try:
            chosen = next((a for a in accepted if units.same_dimension(unit or own, a)), "")
        except UnitError as error:
            chosen = ""
            what: str = error.args[0]
        else:
            what = say("{unit!r} is no unit of {carrier}", unit=unit, carrier=known[code].zh if code in known else code)
        if chosen:
            lines.loc[rows, "unit"], lines.loc[rows, "factor"] = chosen, units.factor(unit or own, chosen)
            continue
        mend = say("The form's unit is {unit}; leave the cell blank if it is meant", unit=own)
        for i in rows:
            faults.add(what, **where(lines, i, form.titles["unit"]), mend=mend)


def first_of(lines: pd.DataFrame, mask: Any, columns: list[str]) -> list[int]:
    """Positions of the first masked row for each distinct value of the columns."""
    import numpy as np

    places = np.flatnonzero(np.asarray(mask, dtype=bool))
    again = lines.iloc[places].duplicated(columns).to_numpy()
    return [int(i) for i in places[~again]]
