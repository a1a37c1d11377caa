"""What would be counted twice: two projects on the same emission, or on the same document."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from ..errors import Faults
from ..messages import say
from ..tables import where

if TYPE_CHECKING:
    import pandas as pd


def check_doubles(projects: pd.DataFrame, faults: Faults) -> None:
    """A fault for each pair of accepted projects that counts one emission twice; both rows are named.

    Parameters
    ----------
    projects : DataFrame
        ``entity, outlet, pollutant, measure, start, base_year, evidence, accepted``.

    Notes
    -----
    Two projects meet where enterprise and pollutant are the same and the outlets are equal, or one of them is blank (the whole
    enterprise). After a closure nothing is left to reduce. Otherwise the later one starts from an emission that the earlier
    one has reduced already: its ``base_year`` must lie after the year in which the earlier one was completed.
    """
    counted = projects[projects["accepted"] & projects["start"].notna() & (projects["pollutant"] != "")]
    closes = counted["measure"] == "closure"
    ordered = counted.assign(last=~closes).sort_values(["start", "last"], kind="stable")
    for _, together in ordered[ordered["entity"] != ""].groupby(["entity", "pollutant"], sort=False):
        for earlier, later in itertools.combinations(together.index, 2):
            _check_pair(projects, earlier, later, faults)
    shown = counted[counted["evidence"] != ""]
    for _, together in shown.groupby(["evidence", "pollutant"], sort=False):
        first = together.index[0]
        for i in together.index[1:]:
            what = say(
                "{evidence!r} is the evidence of {id!r} already ({place})",
                evidence=projects["evidence"].iat[i],
                **_named(projects, first),
            )
            mend = say(
                "One document shows one reduction of a pollutant; name the page or annex of each, or join the rows"
            )
            faults.add(what, **where(projects, i, "evidence"), mend=mend)


def _named(projects: pd.DataFrame, i: int) -> dict[str, Any]:
    place = say("{file} row {row}", file=str(projects["file"].iat[i]), row=int(projects["row"].iat[i]))
    return {"id": projects["id"].iat[i], "place": place}


def _check_pair(projects: pd.DataFrame, earlier: int, later: int, faults: Faults) -> None:
    outlets = [str(projects["outlet"].iat[k]).casefold() for k in (earlier, later)]
    if outlets[0] != outlets[1] and all(outlets):
        return
    told = {"pollutant": projects["pollutant"].iat[later], **_named(projects, earlier)}
    completed = projects["start"].iat[earlier]
    if projects["measure"].iat[earlier] == "closure":
        what = say("{pollutant} of what {id!r} ({place}) closed on {day}", day=f"{completed:%Y-%m-%d}", **told)
        mend = say("A closed source has nothing left to reduce: accept one of the two, or name their outlets")
        faults.add(what, **where(projects, later), mend=mend)
    elif not projects["base_year"].iat[later] > completed.year:
        what = say("{pollutant} on the same base as {id!r} ({place})", **told)
        mend = say(
            "Start from the emission after {year} and write that base_year, name different outlets, or join the two",
            year=completed.year,
        )
        faults.add(what, **where(projects, later, "base_year"), mend=mend)
