"""The limits of GB 3095 as targets, so that one judge judges the plan and the national standard: two verdicts."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..messages import say
from ..standards import Edition, EditionError, edition, edition_on
from .chain import rules_of
from .days import UNROUNDED

if TYPE_CHECKING:
    import pandas as pd

INDICATORS = {"annual": ("pm25_mean", "annual"), "24h": ("pm25_p95", "P95 of daily means")}


def limits(
    years: Iterable[int], entity: str = "", edition: str | None = None, zone: int = 2, *, region: str = "CN"
) -> pd.DataFrame:
    """The limits of PM2.5 as rows of the targets table.

    Parameters
    ----------
    years : list of int
        Years to be judged, each by the edition in force on its 31 December unless one is named.
    entity : str
        The district; blank for all.
    edition : str, optional
        An edition of GB 3095 by name, e.g. ``gb-3095-2012`` for a year before 2016.
    zone : int
        Class of the zone, 1 or 2.

    Returns
    -------
    DataFrame with the columns of the targets table and ``decimals`` (HJ 663: the value is rounded half to even to so
    many before it is compared; NaN: compared in full): one row per edition, run of years, and indicator.

    Raises
    ------
    EditionError
        If no edition is in force in a year and none is named, or it has no limit for the zone.
    """
    import pandas as pd

    chosen = sorted(set(years))
    found = {y: (_limits_of(y, edition, region), rules_of(y, None, region)) for y in chosen}
    runs: list[list[int]] = []
    for y in chosen:
        if runs and runs[-1][-1] == y - 1 and found[y] == found[y - 1]:
            runs[-1].append(y)
        else:
            runs.append([y])
    rows = [
        _row(run, averaging, *found[run[0]], entity, zone) for run, averaging in itertools.product(runs, INDICATORS)
    ]
    return pd.DataFrame(rows)


def _limits_of(year: int, name: str | None, region: str) -> Edition:
    return edition(name) if name else edition_on("GB 3095", datetime.date(year, 12, 31), region)


def _row(run: list[int], averaging: str, standard: Edition, rules: Edition, entity: str, zone: int) -> dict[str, Any]:
    indicator, words = INDICATORS[averaging]
    limit = standard.limit("PM2.5", averaging, zone)
    if limit is None:
        raise EditionError(
            say(
                "{edition} has no {averaging} limit of {name} for a zone of class {zone}",
                edition=standard.name,
                averaging=averaging,
                name="PM2.5",
                zone=zone,
            )
        )
    decimals = rules.rule("decimals_evaluation", "PM2.5")
    where = " ".join(filter(None, [f"class {zone}" if zone != 2 else "", entity]))
    span = f"{run[0]}" if run[0] == run[-1] else f"{run[0]}-{run[-1]}"
    return {
        "id": " ".join(filter(None, [standard.title, "PM2.5", words, where, span])),
        "indicator": indicator,
        "entity": entity,
        "name_zh": f"{standard.title} PM2.5 {'年均浓度' if averaging == 'annual' else '日均浓度第95百分位数'}({zone}类区)",
        "name_en": f"{standard.title} PM2.5 {words}, class {zone}",
        "sense": "at_most",
        "value": limit.value,
        "unit": limit.unit,
        "scope": "standard",
        "kind": "annual",
        "from_year": run[0],
        "year": run[-1],
        "source": f"{limit.source}; {rules.title}",
        "note": f"confidence {limit.confidence}",
        "decimals": float("nan") if decimals == UNROUNDED else float(decimals),
    }
