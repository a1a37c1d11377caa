"""The air of a case: station hours and daily indices as states, the national limits as targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..air import (
    BASIC,
    annual,
    good_days,
    index_shares,
    limits,
    read_daily_aqi,
    read_points,
    read_stations,
    states_of,
)
from ..air.index.shares import OF_PUBLISHED
from ..catalog import Catalog
from ..errors import Faults, TableError, nearest
from ..messages import say
from ..tables import join_rows
from ..targets import Target, read_targets
from .reader import Reader

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

READING = ("hour_label", "unit", "pollutants", "sentinels", "valid_flags", "finer", "doubtful")
JUDGING = ("edition", "zone", "region", "options")
INDEXING = (*JUDGING, "omitted")
GIVEN = ("edition", "region", "options")


@dataclass(frozen=True, eq=False)
class Air:
    """What station hours and daily indices gave: ``shares`` are days by the index computed from hours, ``days`` by that given."""

    states: pd.DataFrame
    limits: tuple[Target, ...] = ()
    annual: xr.Dataset | None = None
    shares: xr.Dataset | None = None
    days: xr.Dataset | None = None
    masked: dict[str, dict[str, int]] | None = None  # hours of each pollutant by reason
    limits_under: dict[str, tuple[Target, ...]] = field(
        default_factory=dict
    )  # as compared by other rules, by alternative

    @property
    def pollutants(self) -> tuple[str, ...]:
        """Those whose hours were read."""
        return () if self.annual is None else tuple(str(p) for p in self.annual["pollutant"].values)


def read_air(
    reader: Reader, about: dict[str, Any], catalog: Catalog, entities: pd.DataFrame | None = None
) -> Air | None:
    """The air statistics of a case, if it has any; faults go to the reader."""
    stations, points, daily = (reader.paths(name) for name in ("stations", "points", "daily_aqi"))
    options = about.get("air", {})
    _check(options, bool(stations), bool(points), reader.faults)
    if reader.faults or not (stations or daily):
        return None
    found: Air | None = reader.get(lambda: _read(stations, points, daily, options, catalog, entities))
    return found


def _check_districts(points: pd.DataFrame, known: list[str]) -> None:
    faults = Faults()
    for row in points.itertuples():
        if row.entity not in known:
            what = say("unknown entity {name!r}{near}", name=row.entity, near=nearest(str(row.entity), known))
            faults.add(what, file=str(row.file), row=int(row.row), column="entity", mend=say("Add it to entities.csv"))
    faults.raise_as(TableError, say("points"))


def _given(options: dict[str, Any], stations: bool) -> dict[str, Any]:
    """What indices as published go by; of options that hours beside them answer, they get those that they hang on."""
    part = _part(options, GIVEN)
    if stations and "options" in part:
        part["options"] = {k: v for k, v in part["options"].items() if k in OF_PUBLISHED}
    return part


def _read(
    stations: list[Any],
    points: list[Any],
    daily: list[Any],
    options: dict[str, Any],
    catalog: Catalog,
    entities: pd.DataFrame | None,
) -> Air:
    given = good_days(read_daily_aqi(daily), **_given(options, bool(stations))) if daily else None
    if not stations:
        return Air(states_of(*([given] if given is not None else [])), days=given)
    places = join_rows([read_points(path) for path in points])
    if entities is not None:
        _check_districts(places, sorted(set(entities["entity"])))
    hours = read_stations(stations, points=places, **_part(options, READING))
    found = annual(hours, places, **_part(options, JUDGING))
    shares = index_shares(hours, places, **_part(options, INDEXING))
    # the hour from 23:00 of New Year's Eve, labelled 00:00, makes no year
    years = [int(y) for y in found["year"].values if (found["days"].sel(year=y) > 0).any()]
    names = [str(p) for p in found["pollutant"].values]
    entities_judged = [str(entity) for entity in found["entity"].values]

    def limits_by(chosen: dict[str, Any]) -> tuple[Target, ...]:
        return national_limits(entities_judged, years, chosen, catalog, names)

    compared = [str(label) for label in found["alternative"].values if str(label).startswith("decimals_evaluation: ")]
    under = {label: limits_by(_under(options, label)) for label in compared}
    states = states_of(found, shares, *([given] if given is not None else []))
    masked = {p: {code.name.lower(): n for code, n in hours.reasons_of(p).items()} for p in names}
    return Air(states, limits_by(options), found, shares, given, masked, under)


def _under(options: dict[str, Any], label: str) -> dict[str, Any]:
    """The options with one alternative, or without it where that is what the edition says by itself."""
    name, _, alternative = label.partition(": ")
    others = {k: v for k, v in options.get("options", {}).items() if k != name}
    return options | {"options": others if alternative == "default" else others | {name: alternative}}


def _part(options: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {k: options[k] for k in keys if k in options}


def national_limits(
    entities: Iterable[str],
    years: Iterable[int],
    options: dict[str, Any],
    catalog: Catalog,
    pollutants: Iterable[str],
) -> tuple[Target, ...]:
    """The limits of GB 3095 as targets, of each year by the edition in force then, unless ``[air]`` names one."""
    chosen = _part(options, JUDGING) | {"pollutants": [p for p in pollutants if p in BASIC]}
    made: list[Target] = []
    for entity in entities:
        rows = limits(years, entity, **chosen)
        made += read_targets(rows, file="GB 3095", catalog=catalog) if len(rows) else ()
    return tuple(made)


def _check(options: dict[str, Any], stations: bool, points: bool, faults: Faults) -> None:
    known = [*READING, *INDEXING]
    place: dict[str, Any] = {"file": "case.toml"}
    for key in options:
        if key not in known:
            what = say("[air] unknown key {key!r}{near}", key=key, near=nearest(key, known))
            faults.add(what, **place, mend=say("Accepted: {names}", names=", ".join(known)))
    for key, form in FORMS.items():
        if key in options and not _has_form(options[key], form):
            what = say("[air] {key} = {value!r}", key=key, value=options[key])
            faults.add(what, **place, mend=say("It must be {form}", form=say(form)))
    if not stations:
        return
    if not points:
        mend = say("Name a table of stations and their districts")
        faults.add(say("[inputs] stations without points"), **place, mend=mend)
    for key, mend in (
        ("hour_label", say("Write 'ending' (label 08 is 07:00 to 08:00, as Chinese feeds are) or 'starting'")),
        ("unit", say("Write the unit of the station values: 'ug/m3', or {{CO = 'mg/m3', O3 = 'ug/m3'}}")),
    ):
        if key not in options:
            faults.add(say("[air] no {key}", key=key), **place, mend=mend)


FORMS = {
    **dict.fromkeys(("hour_label", "finer", "doubtful", "region"), "a text"),
    "unit": "a text, or a table of texts",
    **dict.fromkeys(("pollutants", "valid_flags", "edition", "omitted"), "a text, or a list of texts"),
    "sentinels": "a list of numbers",
    "options": "a table of texts",
    "zone": "a whole number",
}


def _has_form(value: Any, form: str) -> bool:
    texts = isinstance(value, str)
    lists = isinstance(value, list) and all(isinstance(v, str) for v in value)
    tables = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    return {
        "a text": texts,
        "a text, or a table of texts": texts or tables,
        "a text, or a list of texts": texts or lists,
        "a list of numbers": isinstance(value, list) and all(type(v) in (int, float) for v in value),
        "a table of texts": tables,
        "a whole number": type(value) is int,
    }[form]
