"""All pollutants together: attained where every basic item is, and which are above, largest multiple first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inputs.pollutants import BASIC
from .spans import ATTAINED, EXCEEDED, UNKNOWN

if TYPE_CHECKING:
    import xarray as xr


def with_overall(found: xr.Dataset) -> xr.Dataset:
    """The dataset with ``attained_all`` and, where there are multiples beside it, ``exceeding``.

    Parameters
    ----------
    found : Dataset [..., pollutant]
        With ``attained``.

    Notes
    -----
    HJ 663: attained where every basic item (GB 3095 Table 1) is. One above is enough for exceeded; without one of the six
    it is unknown otherwise.
    """
    import numpy as np
    import xarray as xr

    there = [p for p in BASIC if p in found["pollutant"].values]
    basic = found["attained"].sel(pollutant=there)
    above, known = (basic == EXCEEDED).any("pollutant"), (basic == ATTAINED).all("pollutant")
    whole = known if len(there) == len(BASIC) else xr.zeros_like(known)
    verdict = xr.where(above, EXCEEDED, xr.where(whole, ATTAINED, UNKNOWN)).astype(np.int8)
    made = found.assign(attained_all=verdict.assign_attrs(found["attained"].attrs))
    return made if "alternative" in basic.dims else made.assign(exceeding=_exceeding(found))


def _exceeding(found: xr.Dataset) -> xr.DataArray:
    """``PM2.5 0.26, O3 0.10``: all items above a limit with the larger of their multiples, largest first."""
    import numpy as np
    import xarray as xr

    both = found["mean_multiple"].copy(data=np.fmax(found["mean_multiple"].values, found["percentile_multiple"].values))
    names = [str(p) for p in found["pollutant"].values]
    dims = tuple(d for d in both.dims if d != "pollutant")
    multiples = both.transpose(*dims, "pollutant").values
    above = (found["attained"] == EXCEEDED).transpose(*dims, "pollutant").values
    text = np.full(multiples.shape[:-1], "", dtype=object)
    for place in zip(*np.nonzero(above.any(axis=-1)), strict=True):
        over = sorted(np.flatnonzero(above[place]), key=lambda k: -multiples[place][k])
        text[place] = ", ".join(f"{names[k]} {multiples[place][k]:.2f}" for k in over)
    return xr.DataArray(text, dims=dims, attrs={"long_name": "items above a limit with their multiples, largest first"})
