"""Surface water as states of a case: one row per entity, year and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import TableError
from ..messages import say
from ..reasons import Reason
from .judging import WORSE
from .ratio import NAME, section_ratio

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

STATES = {"drinking_water_class": "1", "drinking_water_attainment_rate": "%", NAME: "%"}
COLUMNS = "file row entity period state value unit print source confidence note year written reason".split()

_DTYPES = dict.fromkeys(("file", "source", "note"), "object")  # messages stay messages, that Chinese can be said of


def states_of(*found: xr.Dataset) -> pd.DataFrame:
    """The states that :func:`classes` and :func:`sources` found, by year.

    Parameters
    ----------
    found : Dataset
        From :func:`classes` (``good_water_section_ratio`` [%], class III or better among the sections), and from
        :func:`sources` (``drinking_water_class`` [1], the worst class of the district's sources, III is 3, and with an
        intake ``drinking_water_attainment_rate`` [%]).

    Returns
    -------
    DataFrame with the columns of the states table, and ``year``, ``written``, ``file``, ``row``, ``reason`` (int, 0
    where the value is known). A value that is NaN carries its reason.

    Raises
    ------
    TableError
        If one of them is not by year, or has sections without a district.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for dataset in found:
        if dataset.attrs["by"] != "year":
            what = say("a state is by year, not by {by}", by=dataset.attrs["by"])
            raise TableError(say("{what}. {mend}", what=what, mend=say("Compute it with by='year'")))
        if dataset.attrs["about"] == "sources":
            rows += [*_classes_of(dataset), *_rates_of(dataset)]
        elif (dataset["kind"] == "section").any():
            _check_districts(dataset)
            rows += _ratios_of(dataset)
    frame = pd.DataFrame({c: pd.Series([r[c] for r in rows], dtype=_DTYPES.get(c)) for c in COLUMNS})
    frame = frame.sort_values(["entity", "year", "state"], kind="stable", ignore_index=True)
    frame["row"] = frame.index + 1
    return frame


def _check_districts(dataset: xr.Dataset) -> None:
    if (dataset["point_entity"] == "").any():
        mend = say("Read the samples with a points table")
        raise TableError(say("{what}. {mend}", what=say("sections without a district"), mend=mend))


def _row(
    dataset: xr.Dataset, t: int, entity: Any, state: str, value: float, reason: int, n: int, depends: str
) -> dict[str, Any]:
    year = int(dataset["year"].values[t])
    counted = say("{n} sections", n=n) if state == NAME else say("{n} sources", n=n)
    note = say("{what}; differs under {names}", what=counted, names=depends) if depends else counted
    limits, method = str(dataset["limit_edition"].values[t]), str(dataset["edition"].values[t])
    return {
        "file": say("water samples"),
        "row": 0,
        "entity": str(entity),
        "period": str(year),
        "state": state,
        "value": value,
        "unit": STATES[state],
        "print": "",
        "source": say("water samples by {limits} and {method}", limits=limits, method=method),
        "confidence": "M" if dataset.attrs["unverified"] else "V1",
        "note": note,
        "year": year,
        "written": value,
        "reason": int(reason),
    }


def _ratios_of(dataset: xr.Dataset) -> list[dict[str, Any]]:
    found, made = section_ratio(dataset), []
    for e, entity in enumerate(found["entity"].values):
        for t in range(found.sizes["period"]):
            value, reason, n, depends = (found[v].values[e, t] for v in (NAME, f"{NAME}_reason", "sections", "depends"))
            made.append(_row(found, t, entity, NAME, float(value), reason, int(n), depends))
    return made


def _classes_of(dataset: xr.Dataset) -> list[dict[str, Any]]:
    """The worst class of a district's sources: unknown where one is, unless another is worse than V already."""
    import numpy as np

    made = []
    for entity in dataset["entity"].values:
        here = dataset.isel(point=(dataset["point_entity"] == entity).values)
        step = np.nan_to_num(here["class"].transpose("point", "period").values)
        why = here["class_reason"].transpose("point", "period").values
        under = here["class_under"].transpose("alternative", "point", "period") if "class_under" in here else None
        for t in range(dataset.sizes["period"]):
            value = _worst(step[:, t])
            reason = int(why[why[:, t] != Reason.OK, t][0]) if np.isnan(value) else int(Reason.OK)
            labels = [] if under is None else under["alternative"].values.tolist()
            others = [] if under is None else [_worst(u) for u in np.nan_to_num(under.values[:, :, t])]
            differs = [a for a, o in zip(labels, others, strict=True) if not np.array_equal(o, value, equal_nan=True)]
            made.append(_row(dataset, t, entity, "drinking_water_class", value, reason, len(step), "; ".join(differs)))
    return made


def _worst(step: npt.NDArray[np.float64]) -> float:
    """The worst of the classes, NaN where one is unknown (0) and none is worse than V."""
    return float(step.max()) if step.min() > 0 or step.max() == WORSE else float("nan")


def _rates_of(dataset: xr.Dataset) -> list[dict[str, Any]]:
    if "water_attainment_rate" not in dataset:
        return []
    made, name = [], "water_attainment_rate"
    for e, entity in enumerate(dataset["entity"].values):
        n = int((dataset["point_entity"] == entity).sum())
        for t in range(dataset.sizes["period"]):
            value, reason = dataset[name].values[e, t], dataset[f"{name}_reason"].values[e, t]
            depends = str(dataset["entity_depends"].values[e, t]) if "entity_depends" in dataset else ""
            made.append(_row(dataset, t, entity, "drinking_water_attainment_rate", float(value), reason, n, depends))
    return made
