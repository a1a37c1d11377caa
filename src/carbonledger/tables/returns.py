"""Enterprise returns: forms 205-1 (purchase, consumption, stock) and 205-2 (conversion, recovery) as activity rows.

Energy statistics reporting system (能源统计报表制度), forms 205-1 and 205-2; columns of 205-1 in brackets.

* ``purchased`` = 购进量 (2); ``stock`` = 年初库存量 (1) - 期末库存量 (8), positive when drawn down;
  ``feedstock`` = 用于原材料 (of 5).
* ``fired`` = 火力发电 + 供热; ``converted`` = the other processes of 205-2; ``generated`` = 能源加工转换产出;
  ``recovered`` = 回收利用.
* ``combusted`` (fuels, biofuels, other fuel 39) or ``used`` (electricity, heat, waste heat and pressure: nothing
  burns) = 消费量合计 (4) - feedstock - fired - converted. Over these flows every carrier sums to 消费量合计.
* ``own_ncv`` = 采用折标系数 (9) x 29.3076 GJ/tce where it differs from 参考折标系数 (10) or that is blank or a range;
  blank where equal, so that the factor set's value holds. Rows of 205-2 take the coefficient of their line in
  205-2, else that of 205-1.
* Codes 02 to 05 are parts of 01: they are posted by themselves, and 01 as what they leave, with a ``note``, under
  01's own coefficient. Nothing is posted of 01 where they leave nothing.
* Code 40 (能源合计) and rows printed without a code (其他石油制品, 其他燃料) sum up others: checked to 1 %, not posted.
* Not posted: 购自省外, 购进金额 (3), 工业 and 非工业生产消费 (5, 6: parts of 4), 运输工具消费 (7: a memo within 4).
* A blank cell is no row. 0 is a row of zero for 消费量合计 and for the 购进量 of power and heat, and in a year-to-date
  series whose other months are not zero; power or heat with consumption 0 and a blank 购进量 makes no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError
from ..messages import say
from .amounts import NORMAL_VOLUME
from .return_checks import check_lines
from .return_pairs import add_own_values, check_inputs, leave_rest, pair_lines, take_off_parts
from .return_sheets import FORM_1, FORM_2, read_lines

if TYPE_CHECKING:
    import pandas as pd

    from .return_sheets import Sources

COLUMNS = "file row entity period activity flow amount unit own_ncv document source note entry".split()


def read_returns(
    form_205_1: Sources,
    form_205_2: Sources | None = None,
    *,
    sheets: tuple[str | None, str | None] = (None, None),
    gas_reference: str = "",
) -> pd.DataFrame:
    """Activity rows of enterprise returns, for :func:`carbonledger.read_activity`.

    Parameters
    ----------
    form_205_1, form_205_2 : path, DataFrame, or a list of them
        CSV or workbook; one line per enterprise, period and code under the form's own head (English aliases in
        ``data/columns.csv``), or the sheet of one enterprise with credit code, name and period above the head. Amounts
        in the form's units (t, 10^4 m3, GJ, 10^4 kWh, tce) where the line writes none.
    sheets : (str or None, str or None)
        Sheet of the workbooks of 205-1 and 205-2; needed where a workbook has several.
    gas_reference : {"", "0 °C", "20 °C"}
        Temperature of plain cubic metres of gas, as in the case. Needed only where an enterprise states its own
        coefficient per 10^4 m3, because an own heating value is held per 10^4 Nm3.

    Returns
    -------
    DataFrame
        ``file, row`` (of the form's line), ``entity`` (the credit code), ``period`` (``2023``; ``2023-01/05`` for
        January to May, also for January to December where shorter periods of that year are there), ``activity, flow,
        amount, unit, own_ncv`` [GJ/t or GJ/(10^4 Nm3)], ``document`` (205-1, 205-2), ``source, note``, ``entry`` (``remainder`` where parts were taken off).

    Raises
    ------
    TableError
        Every fault of all files at once.
    """
    faults = Faults()
    lines = read_lines(form_205_1, FORM_1, sheets[0], faults)
    conversion = lines.iloc[:0] if form_205_2 is None else read_lines(form_205_2, FORM_2, sheets[1], faults)
    if gas_reference not in {"", *NORMAL_VOLUME}:
        what = say("gas_reference {written!r}", written=gas_reference)
        faults.add(what, mend=say("Accepted: {names}", names=", ".join(NORMAL_VOLUME)))
    title = say("forms 205-1 and 205-2")
    if lines.empty:  # no file could be read
        faults.raise_as(TableError, title)
    check_lines(lines, FORM_1, faults)
    check_lines(conversion, FORM_2, faults)
    pairs = pair_lines(lines, conversion, faults)
    check_inputs(pairs, faults)
    take_off_parts(pairs, faults)
    leave_rest(pairs, faults)
    add_own_values(pairs, lines, gas_reference, faults)
    faults.raise_as(TableError, title)
    return _rows(pairs)


def _rows(pairs: pd.DataFrame) -> pd.DataFrame:
    """One activity row per pair and flow that the forms give."""
    import numpy as np
    import pandas as pd

    power = pairs["kind"].isin(["electricity", "heat"])
    burns = pairs["kind"].isin(["fuel", "biofuel", "other_energy"]) & (pairs["activity"] != "waste_heat")
    stated = pairs["consumption"].eq(0) & (pairs["remainder"] == "") & (~power | pairs["purchased"].notna())
    never = pd.Series(False, index=pairs.index)
    table: list[tuple[Any, Any, Any, int]] = [
        ("purchased", pairs["purchased"], power & pairs["purchased"].eq(0), 1),
        (np.where(burns, "combusted", "used"), pairs["rest"], stated, 1),
        ("feedstock", pairs["feedstock"], never, 1),
        ("stock", pairs["opening_stock"] - pairs["closing_stock"], never, 1),
        ("fired", pairs["fired"], never, 2),
        ("converted", pairs["converted"], never, 2),
        ("generated", pairs["output"], never, 2),
        ("recovered", pairs["recovered"], never, 2),
    ]
    shared = {form: _shared(pairs, form) for form in (1, 2)}
    made = []
    for rank, (flow, amount, zero, form) in enumerate(table):
        rows = shared[form].assign(flow=flow, amount=amount, zero=zero, pair=pairs.index, rank=rank)
        made.append(rows[rows["amount"].notna()])
    rows = pd.concat(made, ignore_index=True)
    some = (
        rows.assign(some=rows["amount"] != 0).groupby(["entity", "activity", "flow", "year"])["some"].transform("any")
    )
    rows = rows[some | rows["zero"]].sort_values(["pair", "rank"], ignore_index=True)
    return rows[COLUMNS].astype({"row": int, "amount": float, "own_ncv": float})


def _shared(pairs: pd.DataFrame, form: int) -> pd.DataFrame:
    """What all rows of one form's line have in common."""
    import numpy as np

    of, number = ("", FORM_1.number) if form == 1 else ("_2", FORM_2.number)
    single = pairs.groupby(["enterprise", "year"])["last_month"].transform("min") == 12
    year, month = pairs["year"].astype(str), pairs["last_month"].astype(str).str.zfill(2)
    written, remark, remainder = pairs[f"period{of}"].fillna(""), pairs[f"note{of}"].fillna(""), pairs["remainder"]
    note = remainder + np.where((remainder != "") & (remark != ""), "; ", "") + remark
    made = pairs[["activity", "unit", "year"]].assign(
        file=pairs[f"file{of}"],
        row=pairs[f"row{of}"],
        entity=pairs["enterprise"],
        period=year.where(single, year + "-01/" + month),
        own_ncv=pairs[f"own_ncv{of}"],
        document=number,
        source=f"{number}表 " + written,
        note=note,
        entry=np.where(remainder == "", "row", "remainder"),
    )
    return made
