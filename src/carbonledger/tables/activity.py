"""Activity rows: read, named, typed and checked, every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError, UnitError, nearest
from ..kernels import pairs_of, spread
from ..messages import say
from .amounts import factor_to_canonical
from .checks import CHECKS, KEY, OWN, check_mixed_periods, check_twins
from .coded import as_coded, coded, constant, looked_up, relabelled
from .columns import coded_text, number_column, read_table, where
from .names import plain_name, spellings
from .periods import Period, parse_period

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_TEXT = [
    *("entity", "district", "sector", "partner", "evidence", "part_of"),
    *("document", "status", "known_on", "source", "note", "entry"),
]

# what statistics call the standing of a figure; anything else is kept as written
STATUS = {
    "快报": "flash",
    "flash": "flash",
    "年报": "annual",
    "annual": "annual",
    "修订": "revised",
    "revised": "revised",
}


def read_activity(
    source: str | Path | pd.DataFrame | Any, *, sheet: str | None = None, file: str = "", on_fault: str = "raise"
) -> pd.DataFrame:
    """Read activity rows from CSV (UTF-8, GB18030), Excel, Parquet, an Arrow table or a DataFrame.

    Parameters
    ----------
    source : path, DataFrame or pyarrow.Table
        Columns in English or Chinese: ``entity`` 企业 or ``district`` 区县, ``period`` 年份, ``activity`` 品种,
        ``flow`` 流向, ``amount`` 数量, ``unit`` 单位; optional ``sector`` 行业, ``part_of`` 其中, ``own_ncv``
        [GJ/t or GJ/(10^4 Nm3)], ``own_carbon`` [tC/TJ], ``own_oxidation`` [1], ``partner``, ``evidence``, ``document``,
        ``status`` (快报, 年报, 修订) and others (``data/columns.csv``).
    on_fault : {"raise", "refuse"}
        ``refuse`` keeps faulty rows in the table, each with its reason in the column ``fault``; :func:`post` then
        counts them as refused and marks the totals that they touch.

    Returns
    -------
    DataFrame, one row per activity row, text columns coded (categorical); year-to-date amounts are differenced into
    the months they add. ``own_*`` columns are there only if the source gives a value.

    Raises
    ------
    TableError
        Every fault of the file at once: unknown names (nearest offered), units of the wrong dimension, missing,
        negative or doubled amounts, monthly and yearly rows for one key, falling cumulative values.
    """
    if on_fault not in {"raise", "refuse"}:
        raise TableError(say("on_fault={found!r}; accepted: 'raise', 'refuse'", found=on_fault))
    faults = Faults()
    frame = settle(read_rows(source, faults, sheet=sheet, file=file), faults)
    if on_fault == "raise":
        faults.raise_as(TableError, str(frame["file"].iat[0]))
    if at := {(fault.file, fault.row): fault.text for fault in reversed(faults.found)}:
        places = zip(frame["file"], frame["row"], strict=True)
        frame["fault"] = as_coded([at.get((file, int(row)), "") for file, row in places])
    return frame


def read_rows(source: Any, faults: Faults, *, sheet: str | None = None, file: str = "") -> pd.DataFrame:
    """Rows of one file, each named, typed and checked by itself; :func:`settle` looks at them together."""
    import pandas as pd

    raw = read_table(source, "activity", sheet=sheet, file=file)
    made: dict[str, Any] = {"file": as_coded(raw["file"]), "row": raw["row"].array}
    made |= {column: coded_text(raw[column]) for column in _TEXT}
    made["status"] = relabelled(made["status"], lambda said: STATUS.get(said.lower(), said))
    made["entry"] = relabelled(made["entry"], lambda said: said or "row")
    made["entity"] = _entities(made)
    made |= _periods(raw, faults)
    made |= {column: _named(raw, column, faults) for column in ("activity", "flow")}
    made["unit"] = coded_text(raw["unit"])
    missing = say("Give the amount, or delete the row if nothing is known")
    made["amount"] = made["written"] = number_column(raw["amount"], faults, raw, "amount", missing=missing)
    made |= _own_values(raw, faults)
    made |= _canonical(made, raw, faults)
    made |= {column: constant("", len(raw)) for column in ("derived", "fault")}
    frame = pd.DataFrame(made, copy=False)  # one block a column, none copied
    for check in CHECKS:
        check(frame, faults)
    return frame


def settle(frame: pd.DataFrame, faults: Faults, *, whole: bool = True) -> pd.DataFrame:
    """What shows only when the rows of all files lie together: twins, mixed periods, wholes of parts, running sums.

    ``whole``: whether all files could be read; a whole that is looked for in a file that could not is not missing.
    """
    check_twins(frame, faults)
    check_mixed_periods(frame, faults)
    frame = _with_parents(frame, faults) if whole else frame
    return _difference(frame, faults) if frame["cumulative"].to_numpy().any() else frame


def _per_label(
    coded: pd.Categorical, raw: pd.DataFrame, column: str, test: Callable[[str], str], faults: Faults, mend: str
) -> None:
    """Run ``test`` once a label; its message is a fault on every row that has it."""
    import numpy as np

    for code, label in enumerate(coded.categories):
        if message := test(label):
            for i in np.flatnonzero(coded.codes == code):
                faults.add(message, **where(raw, i, column), mend=mend)


def _entities(made: dict[str, Any]) -> pd.Categorical:
    """An entity is named, or it is the district itself."""
    import numpy as np

    if "" not in made["entity"].categories:
        return made["entity"]
    entity, district = (np.asarray(made[c], dtype=object) for c in ("entity", "district"))
    return as_coded(np.where(entity == "", district, entity))


def _periods(raw: pd.DataFrame, faults: Faults) -> dict[str, Any]:
    coded = coded_text(raw["period"])
    found = {text: parse_period(text) for text in coded.categories}
    _per_label(
        coded,
        raw,
        "period",
        lambda text: "" if found[text] else say("{text!r} is no period", text=text) if text else say("no period"),
        faults,
        say("Accepted: 2023, 2023-05, 2023-01/05 (year to date), 2023年5月, 2023年1-5月"),
    )
    blank = Period(0, 1, 12, False)
    periods = [found[text] or blank for text in coded.categories]
    made: dict[str, Any] = {"period": relabelled(coded, lambda text: str(found[text] or text))}
    for column, dtype in {"year": "int32", "first_month": "int8", "last_month": "int8", "cumulative": "bool"}.items():
        made[column] = looked_up(coded, (getattr(p, column) for p in periods), dtype)
    return made


def _named(raw: pd.DataFrame, column: str, faults: Faults) -> pd.Categorical:
    """Bring written names of activities or flows to the ones known; blank and unknown ones are faults."""
    table = "activities" if column == "activity" else "flows"
    known, coded = spellings(table), coded_text(raw[column])

    def test(text: str) -> str:
        if not text:
            return say("no {column}", column=column)
        if plain_name(text) in known:
            return ""
        near = nearest(plain_name(text), list(known))
        return say("unknown {column} {text!r}{near}", column=column, text=text, near=near)

    mend = say("Accepted names are in factors/{table}.csv", table=table)
    _per_label(coded, raw, column, test, faults, mend)
    return relabelled(coded, lambda text: known.get(plain_name(text), ""))


def _own_values(raw: pd.DataFrame, faults: Faults) -> dict[str, Any]:
    """Own measured values, where the table gives any; a column of blanks is not carried along."""
    import numpy as np

    made = {}
    for column in OWN:
        blank = raw[column].array
        if hasattr(blank, "categories") and list(blank.categories) == [""]:
            continue
        values = number_column(raw[column], faults, raw, column)
        if not np.isnan(values).all():
            made[column] = values
    return made


def _canonical(made: dict[str, Any], raw: pd.DataFrame, faults: Faults) -> dict[str, Any]:
    """Amounts in canonical units, one conversion per distinct spelling; NaN where the unit does not fit."""
    import numpy as np

    activity, unit = made["activity"], made["unit"]
    shape = (len(activity.categories), len(unit.categories))
    conversion, canonical, labels = np.full(shape, np.nan), np.zeros(shape, dtype=np.int8), [""]
    for a, u in zip(*np.nonzero(pairs_of(activity.codes, unit.codes, shape)), strict=True):
        if not activity.categories[a]:
            continue
        try:
            conversion[a, u], name = factor_to_canonical(activity.categories[a], unit.categories[u])
        except UnitError as error:
            for i in np.flatnonzero((activity.codes == a) & (unit.codes == u)):
                faults.add(error.args[0], **where(raw, i, "unit"))
            continue
        canonical[a, u] = labels.index(name) if name in labels else len(labels)
        labels += [name] if name not in labels else []
    amount, codes = spread(made["amount"], activity.codes, unit.codes, conversion, canonical)
    return {"canonical": amount, "canonical_unit": coded(codes, labels)}


def _with_parents(frame: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """``part_of`` names the parent's activity, or the parent's sector; an of-which row needs its parent."""
    import numpy as np

    if list(frame["part_of"].array.categories) == [""]:
        return frame
    memo = np.flatnonzero(frame["part_of"] != "")
    known = spellings("activities")
    concerned = frame[frame["entity"].isin(set(frame["entity"].iloc[memo])) & (frame["part_of"] == "")]
    parents = set(zip(concerned["entity"], concerned["period"], concerned["activity"], strict=True))
    sectors = set(
        zip(concerned["entity"], concerned["period"], concerned["activity"], concerned["sector"], strict=True)
    )
    named_so = frame["part_of"].astype(object)
    for i in memo:
        entity, period, activity, written = (frame[c].iat[i] for c in ("entity", "period", "activity", "part_of"))
        named = known.get(plain_name(written), "")
        if (entity, period, activity, written) in sectors:
            continue
        if (entity, period, named) in parents:
            named_so.iat[i] = named
            continue
        faults.add(
            say(
                "part of {written!r}, but {entity} has no such row in {period}",
                written=written,
                entity=entity,
                period=period,
            ),
            **where(frame, i, "part_of"),
            mend=say("Name the activity or the sector of the row that contains this one, or leave it blank"),
        )
    return frame.assign(part_of=as_coded(named_so))


def _difference(frame: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Year-to-date amounts become what each row adds to the one before it; a falling value is a fault.

    A row without an amount is passed over: the next one then covers its months too. A stock change may fall.
    """
    import numpy as np

    running = frame[frame["cumulative"] & frame["canonical"].notna()]
    made = {c: frame[c].to_numpy(copy=True) for c in ("canonical", "amount", "first_month")}
    keys = [*KEY, "document", "year", "canonical_unit"]
    for (*key, _, year, unit), group in running.groupby(keys, dropna=False, sort=False, observed=True):
        before, months = 0.0, 0
        for label in group.sort_values("last_month").index:
            i = frame.index.get_loc(label)
            amount, last = float(frame["canonical"].iat[i]), int(frame["last_month"].iat[i])
            if amount < before and key[3] != "stock":
                faults.add(
                    say(
                        "the year-to-date amount falls from {before:g} to {amount:g} {unit} in {period} ({activity})",
                        **{"before": before, "amount": amount, "unit": unit, "activity": key[2]},
                        period=f"{year}-{last:02d}",
                    ),
                    **where(frame, i, "amount"),
                    mend=say("A cumulative value cannot fall; correct the row, or write single months"),
                )
            made["canonical"][i], made["first_month"][i] = amount - before, months + 1
            made["amount"][i] = (amount - before) / factor_to_canonical(frame["activity"].iat[i], frame["unit"].iat[i])[
                0
            ]
            before, months = amount, last
    return frame.assign(**{c: np.asarray(v) for c, v in made.items()})
