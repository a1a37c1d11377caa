"""Verdicts judged again under each alternative of what was not verified in a standard's text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..air import states_under
from ..catalog import indicators
from ..reasons import Reason
from ..targets import Judged, judge
from .opening import Case

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def with_depends(case: Case, totals: xr.Dataset, verdicts: list[Judged]) -> list[Judged]:
    """The verdicts, each with the alternatives under which it would be another.

    Parameters
    ----------
    case : Case
    totals : Dataset
        What its indicators are computed from.
    verdicts : list of Judged
    """
    if case.air is None or case.air.annual is None or case.states is None:
        return verdicts
    found: dict[tuple[str, str, int | None], list[str]] = {}
    said = {_key(judged): judged.verdict for judged in verdicts}
    for label, values in states_under(case.air.annual, case.air.shares).items():
        changed = set(values["state"])
        limits = case.air.limits_under.get(label, case.air.limits)
        targets = (*(t for t in case.targets if t not in case.air.limits), *limits)
        targets = tuple(t for t in targets if t.indicator and changed & _sources(case, t.indicator))
        names = list(dict.fromkeys(t.indicator for t in targets))
        made = indicators(totals, names, states=_replaced(case.states, values), catalog=case.catalog)
        for judged in judge(made, targets):
            if said.get(_key(judged), judged.verdict) is not judged.verdict:
                found.setdefault(_key(judged), []).append(label)
    return [replace(judged, depends="; ".join(found.get(_key(judged), []))) for judged in verdicts]


def _sources(case: Case, name: str) -> set[str]:
    """The quantities and states that an indicator is made of."""
    about = case.catalog.indicator(name)
    return {about.source_of(argument)[0] for argument in about.arguments}


def _key(judged: Judged) -> tuple[str, str, int | None]:
    return judged.target.id, str(judged.group.get("entity", "")), judged.year


def _replaced(states: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """The states with other values; those that become unknown have a reason."""
    key = ["entity", "year", "state"]
    other = values.set_index(key)["value"]
    place = states.set_index(key).index
    here = place.isin(other.index)
    made = states.copy()
    made.loc[here, "value"] = other.reindex(place[here]).to_numpy()
    unknown = here & made["value"].isna().to_numpy()
    made.loc[here, "reason"] = int(Reason.OK)
    made.loc[unknown, "reason"] = int(Reason.DAYS_MISSING)
    return made
