"""Checks on activity rows as they were read: each looks at one thing and names the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..kernels import any_twice
from ..messages import Said, say
from .coded import combine
from .columns import where
from .names import flows
from .periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

OWN = ("own_ncv", "own_carbon", "own_oxidation")
KEY = ["entity", "sector", "activity", "flow", "part_of", "partner"]


def check_entity(frame: pd.DataFrame, faults: Faults) -> None:
    """Every row belongs to someone."""
    import numpy as np

    if "" in frame["entity"].array.categories:
        for i in np.flatnonzero(frame["entity"] == ""):
            mend = say("Fill entity (企业) or district (区县)")
            faults.add(say("no entity"), **where(frame, i, "entity"), mend=mend)


def check_sign(frame: pd.DataFrame, faults: Faults) -> None:
    """Only flows that may be negative are."""
    import numpy as np

    negative = frame["amount"].to_numpy() < 0
    if not negative.any():
        return
    signed = {flow.name for flow in flows().values() if flow.negative_allowed}
    for i in np.flatnonzero(negative & ~frame["flow"].isin(signed).to_numpy()):
        faults.add(
            say("negative amount {amount:g}", amount=frame["amount"].iat[i]),
            **where(frame, i, "amount"),
            mend=say(
                "Only {flows} may be negative; write what goes out as its own flow (sold)",
                flows=", ".join(sorted(signed)),
            ),
        )


def check_own(frame: pd.DataFrame, faults: Faults) -> None:
    """Own measured values are positive, an oxidation at most 1."""
    import numpy as np

    for column in (c for c in OWN if c in frame):
        upper = 1.0 if column == "own_oxidation" else np.inf
        for i in np.flatnonzero((frame[column] <= 0) | (frame[column] > upper)):
            value = {"column": column, "value": frame[column].iat[i]}
            what = say("{column} {value:g} is not above 0", **value)
            if value["value"] > upper:
                what = say("{column} {value:g} is outside 0 to {upper:g}", **value, upper=upper)
            mend = say("Leave it blank to use the factor set's value")
            faults.add(what, **where(frame, i, column), mend=mend)


def check_evidence(frame: pd.DataFrame, faults: Faults) -> None:
    """Contracted power counts as such only with its contract."""
    import numpy as np

    if "green_electricity" not in frame["activity"].array.categories:
        return
    for i in np.flatnonzero((frame["activity"] == "green_electricity") & (frame["evidence"] == "")):
        faults.add(
            say("green electricity without evidence"),
            **where(frame, i, "evidence"),
            mend=say("Name the contract or certificate, or post it as 'electricity'"),
        )


def check_entry(frame: pd.DataFrame, faults: Faults) -> None:
    """A row is a row, or what remains of a whole beside its parts (raw coal of no stated rank)."""
    import numpy as np

    for label in set(frame["entry"].array.categories) - {"row", "remainder"}:
        for i in np.flatnonzero(frame["entry"] == label):
            faults.add(
                say("entry {label!r}", label=label),
                **where(frame, i, "entry"),
                mend=say("Leave it blank, or write 'remainder' for what is left of a whole beside its parts"),
            )


def check_twins(frame: pd.DataFrame, faults: Faults) -> None:
    """No row stands twice, and no figure in two states of revision."""
    import numpy as np

    code, space = combine([frame[c].array for c in (*KEY, "period")])
    if not any_twice(code, space):
        return
    counts = np.bincount(code, minlength=space)
    frame = frame[counts[code] > 1]
    frame = frame.assign(**{c: frame[c].astype(object) for c in frame.columns if frame[c].dtype == "category"})
    # what is written differently but says the same (GJ and 百万千焦, 2023-01 and 2023年1月) is the same row
    data = [c for c in frame.columns if c not in {"row", "file", "note", "amount", "written", "unit"}]
    same_row = frame.duplicated(data, keep="first")
    key = [*KEY, "period", "document"]
    same_key = frame.duplicated(key, keep="first") & (frame["document"] != "")
    _name_twins(frame, same_row, data, lambda row: say("the same row as row {row}", row=row), faults)
    _name_twins(
        frame, same_key & ~same_row, key, lambda row: say("the same key and document as row {row}", row=row), faults
    )
    stated = frame[(frame["status"] != "") & ~same_row & ~same_key]
    several = stated.groupby([*KEY, "period"], sort=False)["status"].transform("nunique") > 1
    for i in np.flatnonzero(several.to_numpy()):
        faults.add(
            say("{status} beside another status of the same figure", status=stated["status"].iat[i]),
            **where(stated, i, "status"),
            mend=say("Keep the latest; two prints of one figure are not two amounts"),
        )


def _name_twins(
    frame: pd.DataFrame, mask: Any, columns: list[str], what: Callable[[int], Said], faults: Faults
) -> None:
    import numpy as np

    if not mask.any():
        return
    first = frame[~mask].drop_duplicates(columns).set_index(columns)["row"]
    for i in np.flatnonzero(mask):
        earlier = first.loc[tuple(frame[c].iat[i] for c in columns)]
        faults.add(
            what(int(np.atleast_1d(earlier)[0])),
            **where(frame, i),
            mend=say("Delete one; two deliveries of one thing carry two document numbers"),
        )


def parse_kind(period: str) -> str:
    """Yearly, monthly or year to date."""
    found = parse_period(period)
    if found is None or not found.monthly:
        return "yearly"
    return "year-to-date" if found.cumulative else "monthly"


def check_mixed_periods(frame: pd.DataFrame, faults: Faults) -> None:
    """One key has yearly, monthly or year-to-date rows in a year, not two of these."""
    import numpy as np

    if len({parse_kind(label) for label in frame["period"].array.categories}) < 2:
        return
    whole = (frame["first_month"] == 1) & (frame["last_month"] == 12)
    kind = np.where(frame["cumulative"], 3, np.where(whole, 1, 2)).astype(np.int8)
    table = frame.assign(kind=kind)
    mixed = table.groupby([*KEY, "year"], dropna=False, observed=True)["kind"].transform("nunique") > 1
    words = {1: say("yearly"), 2: say("monthly"), 3: say("year-to-date")}
    groups = table[mixed].groupby([*KEY, "year"], dropna=False, sort=False, observed=True)
    for (*_, year), group in groups:
        first, *_, last = (words[k] for k in sorted(group["kind"].unique()))
        faults.add(
            say(
                "{first} and {last} rows for one key in {year} (rows {rows}): they count one thing twice",
                first=first,
                last=last,
                year=year,
                rows=", ".join(map(str, group["row"])),
            ),
            file=str(group["file"].iat[0]),
            row=int(group["row"].iat[0]),
            column="period",
            mend=say("Keep one kind"),
        )


CHECKS = (check_entity, check_sign, check_own, check_evidence, check_entry)
