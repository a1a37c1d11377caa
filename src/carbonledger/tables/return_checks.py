"""Checks on the lines of forms 205-1 and 205-2: each looks at one thing and names file, row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..messages import Said, say
from .codes import credit_code_fault
from .columns import where
from .names import activities
from .return_sheets import FORM_1, PROCESSES, SUM_ROW, UNCODED, Form, first_of, wholes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

WHO = ["enterprise", "year", "last_month"]
# GB/T 2589-2020: 0.1229 kgce/kWh and 0.03412 kgce/MJ; the form prints 1.229 tce/10^4 kWh and 0.0341 tce/GJ.
DEFINED = {
    "electricity": (1.229, 0.001),
    "heat": (0.0341, 0.00005),
    "waste_heat": (0.0341, 0.00005),
    "other_energy": (1.0, 0),
}
CONTROL = 0.01  # a printed sum in tce may differ by so much: coefficients are rounded
NO_FEEDSTOCK = ("electricity", "heat", "other_energy")


def rounding(total: Any, *parts: Any) -> npt.NDArray[np.float64]:
    """How far a sum may be off because every figure of it is rounded, but never more than 1 % of it.

    Half a unit of the last decimal that any of the figures shows, for each figure.
    """
    import numpy as np

    figures = [np.nan_to_num(np.asarray(f, dtype=np.float64)) for f in (total, *parts)]
    digits = np.max([_decimals(figure) for figure in figures], axis=0)
    made = np.minimum(0.5 * len(figures) * 10.0**-digits, 0.01 * np.abs(figures[0])) + 1e-9 * np.abs(figures[0])
    return np.asarray(made, dtype=np.float64)


def _decimals(figures: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    import numpy as np

    digits = np.zeros(len(figures))
    for d in range(6):
        left = np.abs(figures * 10.0**d - np.round(figures * 10.0**d))
        digits = np.where(left > 1e-6 * np.maximum(1.0, np.abs(figures)), d + 1.0, digits)
    return digits


def check_enterprises(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """Every line belongs to an enterprise whose credit code is one."""
    text = lines["enterprise"]
    mend = say("Write the 18 characters of 统一社会信用代码 on every line, or above the head of a single sheet")
    for i in first_of(lines, text == "", ["file"]):
        n = int(((text == "") & (lines["file"] == lines["file"].iat[i])).sum())
        faults.add(say("no enterprise in {n} lines", n=n), **where(lines, i, form.titles["enterprise"]), mend=mend)
    for i in first_of(lines, text != "", ["enterprise"]):
        if wrong := credit_code_fault(text.iat[i]):
            mend = say("Correct the credit code (GB 32100-2015)")
            faults.add(wrong, **where(lines, i, form.titles["enterprise"]), mend=mend)


def check_names(lines: pd.DataFrame, faults: Faults) -> None:
    """One credit code has one name within a period, over both forms (between years a firm may be renamed)."""
    named = lines[(lines["name"] != "") & (lines["enterprise"] != "")].reset_index(drop=True)
    first = named.drop_duplicates(WHO).set_index(WHO)
    other = named.drop_duplicates([*WHO, "name"])
    for i in other.index[other.duplicated(WHO)]:
        before = first.loc[tuple(named[c].iat[i] for c in WHO)]
        what = say(
            "{enterprise} is named {name!r} here and {other!r} in {file} row {row}",
            enterprise=named["enterprise"].iat[i],
            name=named["name"].iat[i],
            other=before["name"],
            file=before["file"],
            row=int(before["row"]),
        )
        faults.add(
            what, **where(named, i, FORM_1.titles["name"]), mend=say("One credit code is one enterprise; correct one")
        )


def check_doubled(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """One line for each enterprise, period and code."""
    import numpy as np

    key = [*WHO, "code"]
    whole = (lines["code"] != "") & (lines["year"] > 0) & (lines["enterprise"] != "")
    again = whole & lines[whole].duplicated(key).reindex(lines.index, fill_value=False)
    if not again.any():
        return
    first = lines[whole].drop_duplicates(key).set_index(key)
    for i in np.flatnonzero(again):
        before = first.loc[tuple(lines[c].iat[i] for c in key)]
        what = say(
            "code {code} of {enterprise} in {period} is also in {file} row {row}",
            code=lines["code"].iat[i],
            enterprise=lines["enterprise"].iat[i],
            period=lines["period"].iat[i],
            file=before["file"],
            row=int(before["row"]),
        )
        faults.add(what, **where(lines, i, form.titles["code"]), mend=say("Keep one line"))


def check_line_sums(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """The printed total of a line is the sum of its columns; what is used as feedstock is used in production."""
    import numpy as np

    parts = ["industrial", "non_industrial"] if form is FORM_1 else PROCESSES
    total = "consumption" if form is FORM_1 else "input_total"
    given = lines[parts].notna().any(axis=1).to_numpy()
    added, written = lines[parts].sum(axis=1).to_numpy(), lines[total].to_numpy()
    off = given & ~(np.abs(written - added) <= rounding(written, *(lines[c] for c in parts)))
    off |= ~given & (form is not FORM_1) & (np.nan_to_num(written) > 0)
    columns = " + ".join(form.titles[c] for c in parts)
    for i in np.flatnonzero(off):
        what: Said = say(
            "{total} is {written:g}, but {columns} is {added:g}",
            total=form.titles[total],
            written=written[i],
            columns=columns,
            added=added[i],
        )
        if np.isnan(written[i]):
            what = say(
                "{total} is blank, but {columns} is {added:g}",
                total=form.titles[total],
                columns=columns,
                added=added[i],
            )
        faults.add(what, **where(lines, i, form.titles[total]), mend=say("Correct the cell that is wrong"))
    if form is FORM_1:
        _check_feedstock(lines, faults)


def _check_feedstock(lines: pd.DataFrame, faults: Faults) -> None:
    import numpy as np

    title, used = FORM_1.titles["feedstock"], lines["feedstock"].to_numpy()
    limit = lines["industrial"].fillna(lines["consumption"]).fillna(0.0).to_numpy()
    over = (np.nan_to_num(used) > 0) & (np.nan_to_num(used) > limit + rounding(limit, used))
    for i in np.flatnonzero(over):
        what = say("用于原材料 {used:g} is more than 工业生产消费 {limit:g}", used=used[i], limit=limit[i])
        faults.add(what, **where(lines, i, title), mend=say("It is a part of it; correct one of the two"))
    none = lines["kind"].isin(NO_FEEDSTOCK).to_numpy() & (np.nan_to_num(used) > 0)
    for i in np.flatnonzero(none):
        what = say("{carrier} as raw material", carrier=activities()[lines["activity"].iat[i]].zh)
        mend = say("Power, heat and other energy are not raw material; leave the cell blank or correct the code")
        faults.add(what, **where(lines, i, title), mend=mend)


def check_stocks(lines: pd.DataFrame, faults: Faults) -> None:
    """A stock change needs both ends."""
    import numpy as np

    one, other = FORM_1.titles["opening_stock"], FORM_1.titles["closing_stock"]
    for column, blank, has, lacks in (
        ("opening_stock", "closing_stock", one, other),
        ("closing_stock", "opening_stock", other, one),
    ):
        for i in np.flatnonzero((lines[column] > 0) & lines[blank].isna() & (lines["activity"] != "")):
            what = say("{has} is {stock:g}, but {lacks} is blank", has=has, stock=lines[column].iat[i], lacks=lacks)
            faults.add(what, **where(lines, i, lacks), mend=say("Write 0 if there was none"))


def check_coefficients(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """Coefficients are positive, and those of energy carriers measured in energy are what the unit is by definition."""
    import numpy as np

    for column in ("own_coefficient", "reference_coefficient"):
        if column not in lines:
            continue
        value, title = lines[column].to_numpy(), form.titles[column]
        for i in np.flatnonzero(value == 0):
            faults.add(
                say("a coefficient of 0"), **where(lines, i, title), mend=say("Leave the cell blank if none is used")
            )
        for name, (right, within) in DEFINED.items():
            wrong = (lines["activity"] == name).to_numpy() & (np.abs(value - right) > within + 1e-12)
            for i in np.flatnonzero(wrong & (value > 0)):
                what = say(
                    "{value:g} tce per {unit} of {carrier}, which is {right:g} by definition (当量值)",
                    value=value[i],
                    unit=lines["unit"].iat[i],
                    carrier=activities()[name].zh,
                    right=right,
                )
                mend = say(
                    "The form counts power and heat by their energy (当量); the equal value (等价, coal burnt per kWh) belongs "
                    "to the case's factor sets"
                )
                faults.add(what, **where(lines, i, title), mend=mend)


def check_sum_rows(lines: pd.DataFrame, faults: Faults) -> None:
    """Rows that sum up others (能源合计, rows without a code) agree with them; they are controls and never posted."""
    import numpy as np

    coefficient = lines["own_coefficient"].fillna(lines["reference_coefficient"])
    coefficient = coefficient.fillna(lines["activity"].map({name: right for name, (right, _) in DEFINED.items()}))
    amount = lines["consumption"] * lines["factor"]
    table = lines.assign(amount=amount, energy=amount * coefficient.where(amount != 0, 0.0))
    coded = table[(table["activity"] != "") & ~table["code"].isin(list(wholes())) & amount.notna()]
    of_which = {SUM_ROW: None, **{name: codes for name, (codes, _) in UNCODED.items()}}
    for control, codes in of_which.items():
        in_tce = control == SUM_ROW or UNCODED[control][1] == "tce"
        rows = coded if codes is None else coded[coded["code"].isin(codes)]
        sums = rows.groupby(WHO)["energy" if in_tce else "amount"].agg(["sum", "count", "size"])
        found = table[(table["code"] == control) & amount.notna()]
        near = found[WHO].merge(sums, how="left", left_on=WHO, right_index=True)
        added, lacking = near["sum"].fillna(0.0).to_numpy(), (near["size"] - near["count"]).fillna(0).to_numpy()
        printed = found["amount"].to_numpy()
        slack = np.maximum(CONTROL * np.maximum(printed, added), 0.5 * 10.0 ** -_decimals(printed)) + 1e-9
        for n in np.flatnonzero((np.abs(printed - added) > slack) | (lacking > 0)):
            _name_sum(found, int(n), added[n], int(lacking[n]), "tce" if in_tce else "t", faults)


def _name_sum(found: pd.DataFrame, n: int, added: float, lacking: int, unit: str, faults: Faults) -> None:
    place = where(found, n, FORM_1.titles["consumption"])
    printed = found["amount"].iat[n]
    if lacking:
        what = say(
            "a sum of {printed:g} {unit} that cannot be checked: {n} lines have no coefficient",
            printed=printed,
            unit=unit,
            n=lacking,
        )
        faults.add(what, **place, mend=say("Fill 采用折标系数 of the enterprise's other lines, or delete the sum row"))
        return
    what = say(
        "the sum row says {printed:g} {unit}, the lines sum to {added:g}", printed=printed, unit=unit, added=added
    )
    faults.add(what, **place, mend=say("Look for a lost line, a doubled one or a unit that is off by 10^4"))


def check_lines(lines: pd.DataFrame, form: Form, faults: Faults) -> None:
    """Everything that one form shows by itself."""
    if lines.empty:
        return
    check_enterprises(lines, form, faults)
    check_doubled(lines, form, faults)
    check_line_sums(lines, form, faults)
    check_coefficients(lines, form, faults)
    if form is FORM_1:
        check_stocks(lines, faults)
        check_sum_rows(lines, faults)
