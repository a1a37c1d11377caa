"""Statistics of the air as states of a case: one row per entity, year and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..messages import say
from ..reasons import Reason
from ..standards import edition
from .inputs.pollutants import BASIC, POLLUTANTS
from .statistics.composite import OF_DAYS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SHARES = ("good_day_ratio", "heavy_day_ratio")
COLUMNS = "file row entity period state value unit print source confidence note year written reason".split()


def states_of(*found: xr.Dataset) -> pd.DataFrame:
    """The states that :func:`annual`, :func:`index_shares` and :func:`good_days` found.

    Parameters
    ----------
    found : Dataset [entity or station, year]
        A value that one of them lacks for want of pollutants gives way to the other's.

    Returns
    -------
    DataFrame with the columns of the states table, and ``year``, ``written``, ``file``, ``row``, ``reason`` (int, 0 where
    the value is known); concentrations [ug/m3; CO mg/m3] in full, ratios [%]. A value that is NaN carries its reason.
    """
    import pandas as pd

    by_entity = [f.rename(station="entity") if "station" in f.dims else f for f in found]
    parts = [
        part
        for dataset in by_entity
        for part in (_of_shares(dataset) if "good_days" in dataset else _of_annual(dataset))
    ]
    frame = pd.concat(parts, ignore_index=True)
    waits = frame["reason"] == int(Reason.POLLUTANTS_MISSING)
    key = ["entity", "year", "state"]
    known = frame.loc[~waits, key].apply(tuple, axis=1)
    frame = frame[~(waits & frame[key].apply(tuple, axis=1).isin(set(known)))]
    frame = frame[~(frame.duplicated(key) & (frame["reason"] == int(Reason.POLLUTANTS_MISSING)))]
    frame = frame.sort_values(key, kind="stable", ignore_index=True)
    frame["row"] = frame.index + 1
    return frame[COLUMNS]


def states_under(annual: xr.Dataset, shares: xr.Dataset | None = None) -> dict[str, pd.DataFrame]:
    """The same states under each alternative of the unverified parameters.

    Parameters
    ----------
    annual, shares : Dataset [entity, year]
        From :func:`annual` and :func:`index_shares`, with alternatives.

    Returns
    -------
    dict of alternative to DataFrame ``entity, year, state, value``; NaN where a value is unknown under it.
    """
    import pandas as pd

    found: dict[str, list[pd.DataFrame]] = {}
    for label in annual["alternative"].values.tolist() if "alternative" in annual.dims else []:
        here = annual.sel(alternative=label)
        for pollutant in (str(p) for p in annual["pollutant"].values if p in BASIC):
            one = here.sel(pollutant=pollutant)
            for part, name in names_of(pollutant, int(one["percent"])).items():
                found.setdefault(label, []).append(_values(one[f"{part}_under"], name))
    if shares is not None and "alternative" in shares.dims:
        for label in shares["alternative"].values.tolist():
            here = shares.sel(alternative=label)
            found.setdefault(label, []).extend(_values(here[f"{name}_under"], name) for name in SHARES)
    return {label: pd.concat(parts, ignore_index=True) for label, parts in found.items()}


def _values(value: xr.DataArray, name: str) -> pd.DataFrame:
    import pandas as pd

    grid = pd.MultiIndex.from_product([value["entity"].values, value["year"].values], names=["entity", "year"])
    frame = grid.to_frame(index=False)
    return frame.assign(state=name, value=value.transpose("entity", "year").values.ravel())


def names_of(pollutant: str, percent: int) -> dict[str, str]:
    """The states of a basic pollutant by what they are: mean (not of CO and O3) and percentile."""
    short = POLLUTANTS[pollutant].short
    # so2 and no2 are quantities, what is emitted; the mean of PM2.5 was there before them
    mean = short if pollutant == "PM2.5" else f"{short}_mean"
    made = {} if pollutant in OF_DAYS else {"mean": mean}
    return made | {"percentile": f"{short}_p{percent}"}


def _of_annual(found: xr.Dataset) -> list[pd.DataFrame]:
    parts = []
    for pollutant in (str(p) for p in found["pollutant"].values if p in BASIC):
        here = found.sel(pollutant=pollutant)
        notes = _notes(here)
        for part, name in names_of(pollutant, int(here["percent"])).items():
            parts.append(_rows(here[part], here[f"{part}_reason"], name, str(here["unit"].values), notes, found))
    notes = [""] * (found.sizes["entity"] * found.sizes["year"])
    parts.append(_rows(found["composite_index"], found["composite_index_reason"], "composite_index", "1", notes, found))
    return parts


def _of_shares(found: xr.Dataset) -> list[pd.DataFrame]:
    return [_rows(found[name], found[f"{name}_reason"], name, "%", _counted(found), found) for name in SHARES]


def _rows(
    value: xr.DataArray, reason: xr.DataArray, name: str, unit: str, notes: list[Any], found: xr.Dataset
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    entities, years = found["entity"].values, found["year"].values
    grid = pd.MultiIndex.from_product([entities, years], names=["entity", "year"]).to_frame(index=False)
    values = value.transpose("entity", "year").values.ravel()
    frame = grid.assign(state=name, value=values, written=values, unit=unit, print="")
    frame["note"] = pd.Series(notes, dtype=object)  # text that can be said in Chinese too; pandas would make it plain
    frame["period"] = frame["year"].astype(str)
    frame["reason"] = reason.transpose("entity", "year").values.ravel().astype(np.int64)
    told = {y: _about(found, k) for k, y in enumerate(years.tolist())}
    for k, column in enumerate(("file", "source", "confidence")):
        frame[column] = pd.Series([told[y][k] for y in frame["year"]], dtype=object)
    return frame


def _about(found: xr.Dataset, k: int) -> tuple[Any, Any, str]:
    """What the values of a year are from, by which standard, and how far that was verified."""
    if "edition" not in found.coords:
        return say("daily air quality index"), say("daily air quality index as given"), "M"
    rules = edition(str(found["edition"].values[k]))
    used = [p for p in rules.parameters.values() if p.name in found.attrs["unverified"]]
    weakest = "M-low" if any(p.confidence == "M-low" for p in used) else "M" if used else "V"
    return say("station hours"), say("hourly values of the stations by {rules}", rules=rules.title), weakest


def _notes(found: xr.Dataset) -> list[Any]:
    """Days behind each value, and what the verdict depends on."""
    days = found["days"].transpose("entity", "year").values.ravel().tolist()
    if "depends" not in found:
        return [say("{n} valid days", n=n) for n in days]
    both = zip(days, found["depends"].transpose("entity", "year").values.ravel().tolist(), strict=True)
    return [
        say("{n} valid days; attainment differs under {names}", n=n, names=d) if d else say("{n} valid days", n=n)
        for n, d in both
    ]


def _counted(found: xr.Dataset) -> list[Any]:
    """Days behind a share, and under which alternatives they would be others."""
    counts = found[["valid_days", "good_days", "heavy_days"]].transpose("entity", "year")
    of_days = list(zip(*(counts[c].values.ravel().tolist() for c in counts.data_vars), strict=True))
    there = "depends" in found
    differs = found["depends"].transpose("entity", "year").values.ravel().tolist() if there else [""] * len(of_days)
    return [
        say("{n} valid days, {good} good, {heavy} heavy; others under {names}", n=n, good=g, heavy=h, names=d)
        if d
        else say("{n} valid days, {good} good, {heavy} heavy", n=n, good=g, heavy=h)
        for (n, g, h), d in zip(of_days, differs, strict=True)
    ]
