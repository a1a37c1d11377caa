"""The composite index by which cities are ranked, and its change on the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import reasons
from ...reasons import Reason
from ..inputs.pollutants import BASIC, POLLUTANTS

if TYPE_CHECKING:
    import xarray as xr

OF_DAYS = ("CO", "O3")  # whose percentile is set against the limit of a day
_ZONE = 2


def with_composite(found: xr.Dataset, judged: list[Any]) -> xr.Dataset:
    """The dataset with ``single_index`` [..., pollutant] and ``composite_index`` [...], which needs all six.

    Parameters
    ----------
    found : Dataset [entity or station, span, pollutant]
        With ``mean`` and ``percentile`` and their reasons.
    judged : list [span]
        Editions of each span.

    Notes
    -----
    环办〔2014〕64号: I = sum of C / S; C is the mean of the period (CO: 95th percentile of its days, O3: 90th percentile of
    its highest 8-hour means), S the annual limit of class 2 (CO, O3: that of a day). Values in full, as bulletins do: an
    index made from printed values differs by up to 0.02.
    """
    import numpy as np
    import xarray as xr

    span = next(str(d) for d in found["mean"].dims if d not in {"entity", "station", "pollutant"})
    names = [p for p in BASIC if p in found["pollutant"].values]
    if not names:
        return _without(found)
    of_days = xr.DataArray([p in OF_DAYS for p in names], dims="pollutant", coords={"pollutant": names})
    part = found.sel(pollutant=names)
    value = xr.where(of_days, part["percentile"], part["mean"])
    limit = xr.DataArray(
        [[_limit(j.limits, p) for p in names] for j in judged],
        dims=(span, "pollutant"),
        coords={span: found[span].values, "pollutant": names},
    )
    weights = xr.DataArray(
        [[float(j.rules.rule("composite_weights", p)) for p in names] for j in judged],
        dims=limit.dims,
        coords=limit.coords,
    )
    single = (value / limit).transpose(*found["mean"].dims)
    whole = (weights * single).sum("pollutant", skipna=False)
    reason = xr.where(of_days, part["percentile_reason"], part["mean_reason"]).max("pollutant")
    reason = xr.where(limit.isnull().any("pollutant") & (reason == Reason.OK), int(Reason.NO_EDITION), reason)
    if len(names) < len(BASIC):
        reason = xr.full_like(reason, int(Reason.POLLUTANTS_MISSING))
        whole = xr.full_like(whole, np.nan)
    dims = tuple(d for d in found["mean"].dims if d != "pollutant")
    return found.assign(
        single_index=single.reindex(pollutant=found["pollutant"].values).assign_attrs(
            units="1", long_name="single index"
        ),
        composite_index=whole.transpose(*dims).assign_attrs(units="1", long_name="composite index, lower is better"),
        composite_index_reason=reason.transpose(*dims).astype(np.int16).assign_attrs(reasons.attrs()),
    )


def _without(found: xr.Dataset) -> xr.Dataset:
    """The dataset of other pollutants, of which there is no composite index."""
    import numpy as np
    import xarray as xr

    nothing = xr.full_like(found["mean"], np.nan)
    whole = nothing.isel(pollutant=0, drop=True)
    reason = xr.full_like(whole, int(Reason.POLLUTANTS_MISSING), dtype=np.int16)
    return found.assign(
        single_index=nothing.assign_attrs(units="1"),
        composite_index=whole.assign_attrs(units="1"),
        composite_index_reason=reason.assign_attrs(reasons.attrs()),
    )


def _limit(limits: Any, pollutant: str) -> float:
    averaging = POLLUTANTS[pollutant].daily if pollutant in OF_DAYS else "annual"
    limit = limits.limit(pollutant, averaging, _ZONE) if limits else None
    return float("nan") if limit is None else float(limit.value)


def composite_change(found: xr.Dataset) -> xr.Dataset:
    """Change of the composite index on the same span of the year before, and the ranks by index and by change.

    Parameters
    ----------
    found : Dataset [entity, year] or [entity, period]
        From :func:`annual` or :func:`periods`.

    Returns
    -------
    Dataset: ``composite_index``, ``change`` [%] (negative is better), ``rank`` and ``change_rank`` (1 is best; equal values
    share a rank), ``deteriorated``: above the year before, and not all items attained. NaN where a year lacks.

    Notes
    -----
    环办〔2014〕64号 and the notice of 2017-02-12: cities that attain every item are not listed among those that
    deteriorate.
    """
    import numpy as np

    index = found["composite_index"]
    span = next(str(d) for d in index.dims if d not in {"entity", "station"})
    labels = [str(v) for v in found[span].values]
    before = [f"{int(label[:4]) - 1}{label[4:]}" for label in labels]
    place = [labels.index(label) if label in labels else -1 for label in before]
    had = index.isel({span: np.maximum(place, 0)}).assign_coords({span: found[span].values})
    had = had.where(np.array(place) >= 0) if span == index.dims[-1] else had
    change = ((index - had) / had * 100).assign_attrs(
        units="%", long_name="change of the composite index on the year before"
    )
    made = found[["composite_index", "composite_index_reason"]].assign(change=change)
    place_dim = next(str(d) for d in index.dims if d != span)
    made["rank"] = _ranks(index, place_dim)
    made["change_rank"] = _ranks(change, place_dim)
    worse = change > 0
    made["deteriorated"] = worse & (found["attained_all"] != 1) if "attained_all" in found else worse
    return made


def _ranks(values: xr.DataArray, dim: str) -> xr.DataArray:
    """Competition ranks along a dimension, 1 for the lowest, equal values alike; NaN has none."""
    import numpy as np
    import xarray as xr

    def ranked(row: Any) -> Any:
        lower = (row[None, :] < row[:, None]).sum(axis=1)
        return np.where(np.isnan(row), np.nan, lower + 1.0)

    found: xr.DataArray = xr.apply_ufunc(
        ranked, values, input_core_dims=[[dim]], output_core_dims=[[dim]], vectorize=True
    )
    return found.transpose(*values.dims)
