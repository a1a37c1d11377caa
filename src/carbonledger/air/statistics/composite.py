"""The composite index by which cities are ranked, and its change on the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import reasons
from ...reasons import Reason
from ..inputs.pollutants import BASIC, POLLUTANTS

if TYPE_CHECKING:
    import xarray as xr

OF_DAYS = ("CO", "O3")  # whose percentile is set against the limit of a day
WEIGHTS = "composite_weights"
_ZONE = 2


def with_composite(found: xr.Dataset, judged: list[Any]) -> xr.Dataset:
    """The dataset with ``composite_index`` [...], which needs all six, and what it is made of.

    Parameters
    ----------
    found : Dataset [entity or station, span, pollutant]
        With ``mean`` and ``percentile`` and their reasons.
    judged : list [span]
        Editions of each span.

    Returns
    -------
    Dataset with ``single_index`` [..., pollutant], ``composite_index`` with ``_reason``, ``composite_limit`` and
    ``composite_weight`` [span, pollutant]; where the weights are unverified ``composite_index_under`` [weights, ...].

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

    def of_spans(value: Any) -> xr.DataArray:
        table = [[value(j, p) for p in names] for j in judged]
        return xr.DataArray(table, dims=(span, "pollutant"), coords={span: found[span].values, "pollutant": names})

    of_days = xr.DataArray([p in OF_DAYS for p in names], dims="pollutant", coords={"pollutant": names})
    part, dims = found.sel(pollutant=names), tuple(d for d in found["mean"].dims if d != "pollutant")
    limit, weight = of_spans(lambda j, p: _limit(j.limits, p)), of_spans(lambda j, p: _weight(j.rules, p))
    single = (xr.where(of_days, part["percentile"], part["mean"]) / limit).transpose(*dims, "pollutant")
    reasons_of = xr.where(of_days, part["percentile_reason"], part["mean_reason"])
    reason = reasons_of.isel(
        pollutant=(reasons_of != int(Reason.OK)).argmax("pollutant")
    )  # the first that is not known
    reason = xr.where(limit.isnull().any("pollutant") & (reason == Reason.OK), int(Reason.NO_EDITION), reason)
    if len(names) < len(BASIC):
        reason = xr.full_like(reason, int(Reason.POLLUTANTS_MISSING))

    def index_by(weights: xr.DataArray) -> xr.DataArray:
        whole: xr.DataArray = (weights * single).sum("pollutant", skipna=False).where(reason == Reason.OK)
        return whole.transpose(*dims).assign_attrs(units="1", long_name="composite index, lower is better")

    everyone = {"pollutant": found["pollutant"].values}
    made = found.assign(
        single_index=single.reindex(everyone).assign_attrs(units="1", long_name="single index"),
        composite_limit=limit.reindex(everyone),
        composite_weight=weight.reindex(everyone),
        composite_index=index_by(weight),
        composite_index_reason=reason.transpose(*dims).astype(np.int16).assign_attrs(reasons.attrs()),
    )
    labels = list(dict.fromkeys(a for j in judged for a in _others(j.rules)))
    if labels:
        under = [index_by(of_spans(lambda j, p, a=a: _weight(j.rules.labelled(f"{WEIGHTS}: {a}"), p))) for a in labels]
        made["composite_index_under"] = xr.concat(under, "weights").assign_coords(weights=labels)
    return made


def _weight(rules: Any, pollutant: str) -> float:
    return float(rules.rule(WEIGHTS, pollutant))


def _others(rules: Any) -> list[str]:
    """The weights that an edition might also mean."""
    return list(rules.parameters[WEIGHTS].alternatives)


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
    share a rank), each NaN with a ``_reason``; ``deteriorated`` (0 unknown, 1 no, 2 yes): above the year before, and not all
    items attained.

    Notes
    -----
    环办〔2014〕64号 and the notice of 2017-02-12: cities that attain every item are not listed among those that
    deteriorate. Indices by different limits or weights are not compared (``OTHER_EDITION``): name one ``edition`` for both
    years.
    """
    import numpy as np
    import xarray as xr

    place_dim = next(d for d in ("entity", "station") if d in found.dims)
    span = next(str(d) for d in found["composite_index"].dims if d != place_dim)
    index = found["composite_index"].transpose(place_dim, span)
    labels = [str(v) for v in found[span].values]
    before = [f"{int(label[:4]) - 1}{label[4:]}" for label in labels]
    place = [labels.index(label) if label in labels else -1 for label in before]
    had, there = index.values[:, place], np.array(place) >= 0
    rules = np.stack([found[f"composite_{part}"].transpose(span, "pollutant").values for part in ("limit", "weight")])
    alike = (rules[:, place] == rules).all(axis=(0, 2)) & there
    why = found["composite_index_reason"].transpose(place_dim, span)
    lacking = np.where(why.values != Reason.OK, why.values, np.where(there, why.values[:, place], Reason.NO_BASELINE))
    reason = np.where(lacking != Reason.OK, lacking, np.where(alike, Reason.OK, Reason.OTHER_EDITION)).astype(np.int16)
    change = np.where(reason == Reason.OK, (index.values - had) / had * 100, np.nan)
    made = found[["composite_index", "composite_index_reason"]].transpose(place_dim, span)
    made["change"] = (
        index.dims,
        change,
        {"units": "%", "long_name": "change of the composite index on the year before"},
    )
    made["change_reason"] = (index.dims, reason, reasons.attrs())
    made["rank"] = _ranks(index, place_dim)
    made["change_rank"] = _ranks(made["change"], place_dim)
    worse = change > 0
    if "attained_all" in found:
        worse &= found["attained_all"].transpose(place_dim, span).values != 1
    flags = {"flag_values": [0, 1, 2], "flag_meanings": "unknown no yes"}
    made["deteriorated"] = (
        xr.where(made["change_reason"] == Reason.OK, worse + 1, 0).astype(np.int8).assign_attrs(flags)
    )
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
