"""Activity rows: read, named, typed and checked, every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Faults, TableError, UnitError, nearest
from .amounts import factor_to_canonical
from .columns import number_column, read_table, text_column, where
from .names import flows, plain_name, spellings
from .periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

KEY = ["entity", "sector", "activity", "flow", "part_of", "partner"]
_TEXT = ["entity", "district", "sector", "partner", "evidence", "part_of", "document", "status", "known_on", "source"]
_OWN = ["own_ncv", "own_carbon", "own_oxidation"]


def read_activity(
    source: str | Path | pd.DataFrame, *, sheet: str | None = None, file: str = "", on_fault: str = "raise"
) -> pd.DataFrame:
    """Read activity rows from CSV (UTF-8, GB18030), Excel, Parquet or a DataFrame.

    Parameters
    ----------
    source : path or DataFrame
        Columns in English or Chinese: ``entity`` 企业 or ``district`` 区县, ``period`` 年份, ``activity`` 品种,
        ``flow`` 流向, ``amount`` 数量, ``unit`` 单位; optional ``sector`` 行业, ``part_of`` 其中, ``own_ncv``
        [GJ/t or GJ/(10^4 Nm3)], ``own_carbon`` [tC/TJ], ``own_oxidation`` [1], ``partner``, ``evidence``, ``document``
        and others (``data/columns.csv``).
    on_fault : {"raise", "refuse"}
        ``refuse`` keeps faulty rows in the table, each with its reason in the column ``fault``; :func:`post` then
        counts them as refused and marks the totals that they touch.

    Returns
    -------
    DataFrame, one row per activity row; year-to-date amounts are differenced into the months they add.

    Raises
    ------
    TableError
        Every fault of the file at once: unknown names (nearest offered), units of the wrong dimension, missing,
        negative or doubled amounts, monthly and yearly rows for one key, falling cumulative values.
    """
    if on_fault not in {"raise", "refuse"}:
        raise TableError(f"on_fault={on_fault!r}; accepted: 'raise', 'refuse'")
    frame, faults = read_table(source, "activity", sheet=sheet, file=file), Faults()
    frame["amount"] = number_column(
        frame["amount"], faults, frame, "amount", missing="Give the amount, or delete the row if nothing is known"
    )
    for column in _OWN:
        frame[column] = number_column(frame[column], faults, frame, column)
    for column in _TEXT:
        frame[column] = text_column(frame[column])
    frame["entity"] = frame["entity"].where(frame["entity"] != "", frame["district"])
    _name_periods(frame, faults)
    for column in ("activity", "flow"):
        _name(frame, column, faults)
    frame["unit"] = text_column(frame["unit"])
    _to_canonical(frame, faults)
    for check in CHECKS:
        check(frame, faults)
    _name_parents(frame, faults)
    frame["written"] = frame["amount"]
    _difference(frame, faults)
    if on_fault == "raise":
        faults.raise_as(TableError, str(frame["file"].iat[0]))
    frame["derived"] = frame["fault"] = ""
    at = {(fault.file, fault.row): fault.text for fault in reversed(faults.found)}
    if at:
        frame["fault"] = [at.get(place, "") for place in zip(frame["file"], frame["row"], strict=True)]
    return frame


def check_together(frame: pd.DataFrame) -> Faults:
    """Faults that show only when several files are laid together: the same row twice, monthly beside yearly rows."""
    faults = Faults()
    _check_twins(frame, faults)
    _check_mixed_periods(frame, faults)
    return faults


def _per_value(frame: pd.DataFrame, columns: list[str], test: Callable[..., str], faults: Faults, mend: str) -> None:
    """Run ``test`` once per distinct combination; its message is a fault on every row that has it."""
    for values, rows in frame.groupby(columns, sort=False, dropna=False).indices.items():
        message = test(*(values if isinstance(values, tuple) else (values,)))
        if message:
            for i in rows:
                faults.add(message, **where(frame, i, columns[-1]), mend=mend)


def _name_periods(frame: pd.DataFrame, faults: Faults) -> None:
    written = text_column(frame["period"])
    frame["period"] = written
    found = {text: parse_period(text) for text in dict.fromkeys(written)}
    _per_value(
        frame,
        ["period"],
        lambda text: "" if found[text] else f"{text!r} is no period" if text else "no period",
        faults,
        "Accepted: 2023, 2023-05, 2023-01/05 (year to date), 2023年5月, 2023年1-5月",
    )
    frame["period"] = [str(found[text] or text) for text in written]
    for column, blank in {"year": 0, "first_month": 1, "last_month": 12, "cumulative": False}.items():
        frame[column] = [getattr(found[text], column) if found[text] else blank for text in written]


def _name(frame: pd.DataFrame, column: str, faults: Faults) -> None:
    """Bring written names of activities or flows to the ones known; blank and unknown ones are faults."""
    table = "activities" if column == "activity" else "flows"
    known = spellings(table)
    written = text_column(frame[column])
    frame[column] = written

    def test(text: str) -> str:
        if not text:
            return f"no {column}"
        return "" if plain_name(text) in known else f"unknown {column} {text!r}{nearest(plain_name(text), list(known))}"

    _per_value(frame, [column], test, faults, f"Accepted names are in factors/{table}.csv")
    names = {text: known.get(plain_name(text), "") for text in frame[column].unique()}
    frame[column] = frame[column].map(names)


def _check_entity(frame: pd.DataFrame, faults: Faults) -> None:
    _per_value(
        frame, ["entity"], lambda name: "" if name else "no entity", faults, "Fill entity (企业) or district (区县)"
    )


def _to_canonical(frame: pd.DataFrame, faults: Faults) -> None:
    """Amounts in canonical units, one conversion per distinct spelling; NaN where the unit does not fit."""
    import numpy as np

    frame["canonical"], frame["canonical_unit"], frame["conversion"] = np.nan, "", np.nan
    for (activity, unit), rows in (
        frame[frame["activity"] != ""].groupby(["activity", "unit"], sort=False).groups.items()
    ):
        try:
            conversion, canonical = factor_to_canonical(activity, unit)
        except UnitError as error:
            for i in rows:
                faults.add(str(error), **where(frame, i, "unit"))
            continue
        frame.loc[rows, "canonical"] = frame.loc[rows, "amount"] * conversion
        frame.loc[rows, "canonical_unit"], frame.loc[rows, "conversion"] = canonical, conversion


def _check_sign(frame: pd.DataFrame, faults: Faults) -> None:
    import numpy as np

    signed = {flow.name for flow in flows().values() if flow.negative_allowed}
    for i in np.flatnonzero((frame["amount"] < 0) & ~frame["flow"].isin(signed)):
        faults.add(
            f"negative amount {frame['amount'].iat[i]:g}",
            **where(frame, i, "amount"),
            mend=f"Only {', '.join(sorted(signed))} may be negative; write what goes out as its own flow (sold)",
        )


def _check_own(frame: pd.DataFrame, faults: Faults) -> None:
    import numpy as np

    for column, upper in {"own_ncv": np.inf, "own_carbon": np.inf, "own_oxidation": 1.0}.items():
        for i in np.flatnonzero((frame[column] <= 0) | (frame[column] > upper)):
            faults.add(
                f"{column} {frame[column].iat[i]:g} is outside 0 to {upper:g}",
                **where(frame, i, column),
                mend="Leave it blank to use the factor set's value",
            )


def _check_evidence(frame: pd.DataFrame, faults: Faults) -> None:
    import numpy as np

    for i in np.flatnonzero((frame["activity"] == "green_electricity") & (frame["evidence"] == "")):
        faults.add(
            "green electricity without evidence",
            **where(frame, i, "evidence"),
            mend="Name the contract or certificate, or post it as 'electricity'",
        )


def _check_twins(frame: pd.DataFrame, faults: Faults) -> None:
    import numpy as np

    # what is written differently but says the same (GJ and 百万千焦, 2023-01 and 2023年1月) is the same row
    data = [c for c in frame.columns if c not in {"row", "file", "note", "amount", "unit", "conversion"}]
    same_row = frame.duplicated(data, keep="first")
    key = [*KEY, "period", "document"]
    same_key = frame.duplicated(key, keep="first") & (frame["document"] != "")
    for mask, columns, what in (
        (same_row, data, "the same row"),
        (same_key & ~same_row, key, "the same key and document"),
    ):
        if not mask.any():
            continue
        first = frame[~mask].drop_duplicates(columns).set_index(columns)["row"]
        for i in np.flatnonzero(mask):
            earlier = first.loc[tuple(frame[c].iat[i] for c in columns)]
            faults.add(
                f"{what} as row {int(np.atleast_1d(earlier)[0])}",
                **where(frame, i),
                mend="Delete one; two deliveries of one thing carry two document numbers",
            )


def _check_mixed_periods(frame: pd.DataFrame, faults: Faults) -> None:
    import numpy as np

    kind = np.where(frame["cumulative"], 3, np.where((frame["first_month"] == 1) & (frame["last_month"] == 12), 1, 2))
    words = {1: "yearly", 2: "monthly", 3: "year-to-date"}
    table = frame.assign(kind=kind)
    mixed = table.groupby([*KEY, "year"], dropna=False)["kind"].transform("nunique") > 1
    for (*_, year), group in table[mixed].groupby([*KEY, "year"], dropna=False, sort=False):
        kinds = " and ".join(words[k] for k in sorted(group["kind"].unique()))
        faults.add(
            f"{kinds} rows for one key in {year} (rows {', '.join(map(str, group['row']))}): they count one thing twice",
            file=str(group["file"].iat[0]),
            row=int(group["row"].iat[0]),
            column="period",
            mend="Keep one kind",
        )


CHECKS = (_check_entity, _check_sign, _check_own, _check_evidence, _check_twins, _check_mixed_periods)


def _name_parents(frame: pd.DataFrame, faults: Faults) -> None:
    """``part_of`` names the parent's activity, or the parent's sector; an of-which row needs its parent."""
    import numpy as np

    memo = np.flatnonzero(frame["part_of"] != "")
    if not len(memo):
        return
    known = spellings("activities")
    plain = frame[frame["part_of"] == ""]
    parents = set(zip(plain["entity"], plain["period"], plain["activity"], strict=True))
    sectors = set(zip(plain["entity"], plain["period"], plain["activity"], plain["sector"], strict=True))
    for i in memo:
        entity, period, activity, written = (frame[c].iat[i] for c in ("entity", "period", "activity", "part_of"))
        named = known.get(plain_name(written), "")
        if (entity, period, activity, written) in sectors:
            continue
        if (entity, period, named) in parents:
            frame.iat[i, frame.columns.get_loc("part_of")] = named
            continue
        faults.add(
            f"part of {written!r}, but {entity} has no such row in {period}",
            **where(frame, i, "part_of"),
            mend="Name the activity or the sector of the row that contains this one, or leave it blank",
        )


def _difference(frame: pd.DataFrame, faults: Faults) -> None:
    """Year-to-date amounts become what each row adds to the one before it; a falling value is a fault.

    A row without an amount is passed over: the next one then covers its months too.
    """
    running = frame[frame["cumulative"] & frame["canonical"].notna()]
    for (*key, _, year, unit), group in running.groupby(
        [*KEY, "document", "year", "canonical_unit"], dropna=False, sort=False
    ):
        before, months = 0.0, 0
        for i in group.sort_values("last_month").index:
            amount, last = float(frame.at[i, "canonical"]), int(frame.at[i, "last_month"])
            if amount < before:
                faults.add(
                    f"the year-to-date amount falls from {before:g} to {amount:g} {unit} in {year}-{last:02d} ({key[2]})",
                    **where(frame, frame.index.get_loc(i), "amount"),
                    mend="A cumulative value cannot fall; correct the row, or write single months",
                )
            frame.at[i, "canonical"], frame.at[i, "first_month"] = amount - before, months + 1
            frame.at[i, "amount"] = (amount - before) / float(frame.at[i, "conversion"])
            before, months = amount, last
