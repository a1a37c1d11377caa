"""The limits of GB 3095 as targets, so that one judge judges the plan and the national standard: two verdicts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..messages import say
from ..standards import Chosen, Edition, EditionError, chosen
from .inputs.pollutants import BASIC, POLLUTANTS, names_in
from .statistics.asking import STANDARDS, check_zone
from .statistics.composite import OF_DAYS
from .statistics.spans import percent_of

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {"24h": ("of daily means", "日均浓度"), "MDA8": ("of the highest 8-hour means", "日最大8小时平均浓度")}


def limits(
    years: Iterable[int],
    entity: str = "",
    edition: str | Iterable[str] | None = None,
    zone: int = 2,
    *,
    region: str = "CN",
    options: Mapping[str, str] | None = None,
    pollutants: str | Iterable[str] = BASIC,
) -> pd.DataFrame:
    """The limits of the basic pollutants as rows of the targets table.

    Parameters
    ----------
    years : list of int
        Years to be judged, each by the editions in force on its 31 December unless others are named.
    entity : str
        The district; blank for all.
    edition : str or list of str, optional
        Editions by name, e.g. ``gb-3095-2012`` for a year before 2016.
    zone : int
        Class of the zone, 1 or 2.
    options : dict of parameter to alternative, optional
        What is taken in place of the default of an unverified parameter.
    pollutants : list of str
        Basic pollutants (GB 3095 Table 1).

    Returns
    -------
    DataFrame with the columns of the targets table and ``decimals`` (HJ 663: the value is rounded half to even to so
    many before it is compared; NaN: compared in full): one row per edition, run of years, pollutant and indicator.

    Raises
    ------
    EditionError
        If no edition is in force in a year and none is named, or it has no limit for the zone.
    """
    import pandas as pd

    years_chosen = sorted(set(years))
    editions, zone = chosen(edition, region, options).only(*STANDARDS), check_zone(zone)
    found = {y: _editions_of(y, editions) for y in years_chosen}
    runs: list[list[int]] = []
    for y in years_chosen:
        if runs and runs[-1][-1] == y - 1 and found[y] == found[y - 1]:
            runs[-1].append(y)
        else:
            runs.append([y])
    wanted = names_in(pollutants)
    rows = [row for run in runs for p in wanted for row in _rows(run, p, *found[run[0]], entity, zone)]
    return pd.DataFrame(rows)


def _editions_of(year: int, editions: Chosen) -> tuple[Edition, Edition]:
    last = datetime.date(year, 12, 31)
    return editions.on("GB 3095", last), editions.on("HJ 663", last)


def _rows(
    run: list[int], pollutant: str, standard: Edition, rules: Edition, entity: str, zone: int
) -> list[dict[str, Any]]:
    """The annual limit and that of the percentile, or the latter alone (CO, O3)."""
    about, percent = POLLUTANTS[pollutant], percent_of(rules, pollutant)
    of_percentile, zh = _WORDS[about.daily]
    kinds = [] if pollutant in OF_DAYS else [("annual", f"{about.short}_mean", "annual", "年均浓度")]
    if percent is not None:
        words = (f"P{percent} {of_percentile}", f"{zh}第{percent}百分位数")
        kinds.append((about.daily, f"{about.short}_p{percent}", *words))
    decimals = rules.decimals("decimals_evaluation", pollutant)
    where = " ".join(filter(None, [f"class {zone}" if zone != 2 else "", entity]))
    span = f"{run[0]}" if run[0] == run[-1] else f"{run[0]}-{run[-1]}"
    made = []
    for averaging, indicator, words_en, words_zh in kinds:
        limit = standard.limit(pollutant, averaging, zone)
        if limit is None:
            what = {"edition": standard.name, "averaging": averaging, "name": pollutant, "zone": zone}
            raise EditionError(say("{edition} has no {averaging} limit of {name} for a zone of class {zone}", **what))
        made.append(
            {
                "id": " ".join(filter(None, [standard.title, pollutant, words_en, where, span])),
                "indicator": indicator,
                "entity": entity,
                "name_zh": f"{standard.title} {pollutant} {words_zh}({zone}类区)",
                "name_en": f"{standard.title} {pollutant} {words_en}, class {zone}",
                "sense": "at_most",
                "value": limit.value,
                "unit": limit.unit,
                "scope": "standard",
                "kind": "annual",
                "from_year": run[0],
                "year": run[-1],
                "source": f"{limit.source}; {rules.title}",
                "note": f"confidence {limit.confidence}",
                "decimals": float("nan") if decimals is None else float(decimals),
            }
        )
    return made
