"""What may be asked of a sweep: names, years, reductions, blocks - looked at before anything is computed."""

from __future__ import annotations

from numbers import Integral, Real
from pathlib import Path
from typing import Any

from ..case import Case
from ..errors import Faults, ScenarioError, nearest
from ..levers import Prepared, prepare
from ..messages import say

REDUCTIONS = ("mean", "quantiles", "extremes", "verdicts", "first_year", "difference")


def prepared_of(case: Case | Prepared | str | Path, scenario: Any, by: str) -> Prepared:
    """What is swept; something prepared has its scenarios and its level already."""
    if not isinstance(case, Prepared):
        return prepare(case, scenario, by=by)
    if scenario is not None or by:
        raise ScenarioError(say("a prepared sweep has its scenarios and its level: give neither, or the case itself"))
    return case


def as_list(given: Any) -> list[Any] | None:
    """A list as it is meant: one name needs no list; None where it is neither."""
    if given is None or isinstance(given, str):
        return [given] if given else []
    return list(given) if hasattr(given, "__iter__") else None


def check_asked(reduce: Any, quantiles: Any, blocks: Any) -> None:
    """Reductions, probabilities and the size of blocks.

    Raises
    ------
    ScenarioError
        All that is wrong with them at once.
    """
    faults, wanted = Faults(), as_list(reduce)
    if wanted is None or (unknown := [one for one in wanted if one not in REDUCTIONS]):
        wrong = reduce if wanted is None else unknown
        faults.add(say("reduce={unknown}; accepted: {names}", unknown=wrong, names=", ".join(REDUCTIONS)))
    given = None if isinstance(quantiles, str) else as_list(quantiles)
    if "quantiles" not in (wanted or ()) and not given:
        given = [0.5]  # of none asked for, none need be given
    if not given or not all(_is_number(q) and 0 <= q <= 1 for q in given):
        faults.add(say("quantiles={wrong!r}; accepted: a list of probabilities from 0 to 1", wrong=quantiles))
    if blocks is not None and not (_is_whole(blocks) and blocks >= 1):
        faults.add(say("blocks={blocks!r}; accepted: a whole number of scenarios from 1 on", blocks=blocks))
    faults.raise_as(ScenarioError, say("what is asked of the sweep"))


def check_index(prepared: Prepared, index: Any) -> None:
    """The number of a scenario that there is."""
    n = prepared.draws.n
    if not _is_whole(index) or not 0 <= index < n:
        raise ScenarioError(say("index={index!r}; there are {n} scenarios, numbered from 0", index=index, n=n))


def _is_whole(given: Any) -> bool:
    return isinstance(given, Integral) and not isinstance(given, bool)


def _is_number(given: Any) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool)


def shown_years(prepared: Prepared, years: Any) -> list[int]:
    """The years shown; the base year and all projected ones by default."""
    have = prepared.years
    if years is None:
        return [year for year in have if year >= prepared.scenario.base_year]
    listed = None if isinstance(years, str) else as_list(years)
    if not listed or (unknown := [year for year in listed if not _is_whole(year) or year not in have]):
        wrong = unknown if listed else years
        values = {"unknown": wrong, "first": have[0], "last": have[-1]}
        raise ScenarioError(say("years={unknown!r}; accepted: a list of years from {first} to {last}", **values))
    return sorted({int(year) for year in listed})


def shown_names(prepared: Prepared, keep: Any) -> list[str]:
    """The names shown; the indicators of the scenario by default."""
    names = list(prepared.indicators) if keep is None else as_list(keep)
    catalog, faults = prepared.case.catalog, Faults()
    have = [*catalog.indicators, *prepared.quantities, *catalog.states]
    some = ", ".join(dict.fromkeys([*prepared.indicators, *prepared.quantities]))
    for name in [keep] if names is None else names:
        if name not in have:
            what = say("keep: unknown {name!r}{near}", name=name, near=nearest(str(name), have))
            faults.add(what, mend=say("Accepted: {names}", names=some))
        elif lacking := [q for q in _needs(prepared, name) if q not in prepared.quantities]:
            needs = {"name": name, "needs": ", ".join(lacking)}
            text = say("keep: {name} needs {needs}, which the sweep does not post; name it under indicators", **needs)
            faults.add(text)
    faults.raise_as(ScenarioError, say("what is asked of the sweep"))
    return list(dict.fromkeys(names or ()))


def _needs(prepared: Prepared, name: str) -> list[str]:
    """The quantities that an indicator is made of."""
    catalog = prepared.case.catalog
    return catalog.quantities_for([name]) if name in catalog.indicators else []
