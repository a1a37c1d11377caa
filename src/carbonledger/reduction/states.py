"""Cumulative reductions as states of a case: one row per place, year and pollutant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..messages import say
from ..standards import edition

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

STATES = {
    "SO2": "so2_reduction",
    "NOx": "nox_reduction",
    "COD": "cod_reduction",
    "NH3-N": "nh3n_reduction",
    "VOCs": "vocs_reduction",
}
COLUMNS = "file row entity period state value unit print source confidence note year written reason".split()


def states_of(found: xr.Dataset) -> pd.DataFrame:
    """The cumulative reductions that :func:`reductions` found.

    Parameters
    ----------
    found : Dataset [district or entity, pollutant, year]

    Returns
    -------
    DataFrame with the columns of the states table, and ``year``, ``written``, ``file``, ``row``, ``reason`` (int, 0 where the
    value is known); ``value`` [t] since the base year.
    """
    import pandas as pd

    place = next(d for d in ("district", "entity") if d in found.dims)
    rules, rows = edition(found.attrs["edition"]), []
    base = found.attrs["base_year"]
    for where in (str(p) for p in found[place].values):
        for year in (int(y) for y in found["year"].values):
            for pollutant, state in STATES.items():
                at = found.sel({place: where, "pollutant": pollutant, "year": year})
                told = {"n": int(at["projects"]), "left": int(at["left_out"]), "base": base}
                note = say("{n} projects since {base}, {left} not accepted", **told)
                under = zip(found["alternative"].values.tolist(), at["cumulative_under"].values, strict=True)
                if differs := [label for label, value in under if value == value and value != float(at["cumulative"])]:
                    note = say("{what}; differs under {names}", what=note, names="; ".join(differs))
                rows.append(
                    {
                        "file": say("reduction projects"),
                        "entity": where,
                        "period": str(year),
                        "state": state,
                        "value": float(at["cumulative"]),
                        "unit": "t",
                        "print": "",
                        "source": say("key projects by {rules}", rules=rules.title),
                        "confidence": "M",  # the formulas were not read in the official text
                        "note": note,
                        "year": year,
                        "written": float(at["cumulative"]),
                        "reason": int(at["cumulative_reason"]),
                    }
                )
    frame = pd.DataFrame({c: pd.Series([r.get(c) for r in rows], dtype=KINDS.get(c, object)) for c in COLUMNS})
    frame["row"] = frame.index + 1
    return frame


KINDS = {"value": "float64", "written": "float64", "year": "int64", "reason": "int64"}
