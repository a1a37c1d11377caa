"""Statistics of the air as states of a case: one row per entity, year and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..messages import say
from ..reasons import Reason
from ..standards import edition

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

STATES = {"pm25": "ug/m3", "pm25_p95": "ug/m3", "good_day_ratio": "%", "heavy_day_ratio": "%"}
COLUMNS = "file row entity period state value unit print source confidence note year written reason".split()


def states_of(*found: xr.Dataset) -> pd.DataFrame:
    """The states that :func:`annual` and :func:`good_days` found.

    Parameters
    ----------
    found : Dataset [entity or station, year]
        A value that one of them lacks for want of pollutants gives way to the other's.

    Returns
    -------
    DataFrame with the columns of the states table, and ``year``, ``written``, ``file``, ``row``, ``reason`` (int, 0 where
    the value is known); concentrations [ug/m3] in full, ratios [%]. A value that is NaN carries its reason.
    """
    import pandas as pd

    by_entity = [f.rename(station="entity") if "station" in f.dims else f for f in found]
    parts = [_rows(dataset, name) for dataset in by_entity for name in STATES if name in dataset]
    frame = pd.concat(parts, ignore_index=True)
    frame["waits"] = frame["reason"] == int(Reason.POLLUTANTS_MISSING)
    frame = frame.sort_values("waits", kind="stable").drop_duplicates(["entity", "year", "state"])
    frame = frame.sort_values(["entity", "year", "state"], kind="stable", ignore_index=True)
    frame["row"] = frame.index + 1
    return frame[COLUMNS]


def _rows(found: xr.Dataset, name: str) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    entities, years = found["entity"].values, found["year"].values
    grid = pd.MultiIndex.from_product([entities, years], names=["entity", "year"]).to_frame(index=False)
    value = found[name].transpose("entity", "year").values.ravel()
    frame = grid.assign(state=name, value=value, written=value, unit=STATES[name], print="")
    frame["period"] = frame["year"].astype(str)
    frame["reason"] = found[f"{name}_reason"].transpose("entity", "year").values.ravel().astype(np.int64)
    about = _about_air if "edition" in found.coords else _about_aqi
    told = {y: about(found, k) for k, y in enumerate(years.tolist())}
    for k, column in enumerate(("file", "source", "confidence")):
        frame[column] = [told[y][k] for y in frame["year"]]
    frame["note"] = _notes(found, name)
    return frame


def _about_air(found: xr.Dataset, k: int) -> tuple[Any, Any, str]:
    rules = edition(str(found["edition"].values[k]))
    used = [p for p in rules.parameters.values() if p.name in found.attrs["unverified"]]
    weakest = "M-low" if any(p.confidence == "M-low" for p in used) else "M" if used else "V"
    return say("station hours"), say("hourly values of the stations by {rules}", rules=rules.title), weakest


def _about_aqi(found: xr.Dataset, k: int) -> tuple[Any, Any, str]:
    return say("daily air quality index"), say("daily air quality index as given"), "M"


def _notes(found: xr.Dataset, name: str) -> list[Any]:
    """Days behind each value, and what the verdict depends on."""
    if "valid_days" in found:
        counts = found[["valid_days", "good_days", "heavy_days"]].transpose("entity", "year")
        of_days = zip(*(counts[c].values.ravel().tolist() for c in counts.data_vars), strict=True)
        return [say("{n} valid days, {good} good, {heavy} heavy", n=n, good=g, heavy=h) for n, g, h in of_days]
    if not name.startswith("pm25"):
        return [""] * (found.sizes["entity"] * found.sizes["year"])
    days = found["pm25_days"].transpose("entity", "year").values.ravel().tolist()
    if "pm25_depends" not in found:
        return [say("{n} valid days", n=n) for n in days]
    depends = found["pm25_depends"].transpose("entity", "year").values.ravel().tolist()
    both = zip(days, depends, strict=True)
    return [
        say("{n} valid days; attainment differs under {names}", n=n, names=d) if d else say("{n} valid days", n=n)
        for n, d in both
    ]
