"""A sweep as plain data; ``docs/json.md`` is its contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .. import __version__, reasons
from ..sweeping import Prepared
from ..targets import Target, Verdict
from .sweep_contents import attributes_of, is_cube, names_in

if TYPE_CHECKING:
    import xarray as xr

SWEEP_SCHEMA = "carbonledger.sweep/1"
_SHARED = ("n_known", "mean", "sd", "min", "min_scenario", "max", "max_scenario", "quantile_error")
_COUNTS = ("n_met", "n_missed", "n_unknown", "p_met_low", "p_met_high", "n_first_met", "n_first_met_uncertain")


def sweep_as_data(prepared: Prepared, dataset: xr.Dataset) -> dict[str, Any]:
    """A sweep, whole or reduced, as plain data; lists inside are by year, in the order of ``years``."""
    about, scenario = dataset.attrs, prepared.scenario
    judged = [str(name) for name in dataset["target"].values] if "target" in dataset.dims else []
    targets = {target.id: target for target in prepared.targets}
    return {
        "schema": SWEEP_SCHEMA,
        "version": __version__,
        "case": about["case"],
        "title": prepared.case.title,
        "scenario": about["scenario"],
        "scenario_title": scenario.title or scenario.name,
        "synthetic": bool(about["synthetic"]),
        "boundary": about["boundary"],
        "by": about["by"],
        "rates": about["rates"],
        "base_year": int(about["base_year"]),
        "years": [int(year) for year in dataset["year"].values],
        "n_scenarios": int(about["n_scenarios"]),
        "method": about["method"] or None,
        "seed": int(about["seed"]) if about["draws"] else None,
        "draws": int(about["draws"]),
        "inputs": json.loads(about["hashes"]),
        "factor_sets": json.loads(about["factor_sets"]),
        "versions": json.loads(about["versions"]),
        "reduced": not is_cube(dataset),
        "names": [{"name": name, "name_zh": zh or None} for name, zh, _ in scenario.named],
        "axes": [{"axis": axis.name, "title": axis.title, "unit": axis.unit} for axis in scenario.axes],
        "scenarios": _scenarios(dataset) if is_cube(dataset) else [],
        "targets": [_target(targets[name]) for name in judged],
        "targets_not_judged": json.loads(about["targets_not_judged"]),
        "values": _values(dataset) if is_cube(dataset) else _reduced_values(dataset),
        "verdicts": _verdicts(dataset) if is_cube(dataset) else _reduced_verdicts(dataset),
    }


def _scenarios(dataset: xr.Dataset) -> list[dict[str, Any]]:
    axes = [str(name) for name in dataset.coords if str(name).startswith("axis_")]
    made = []
    for i in range(dataset.sizes["scenario"]):
        levels = {name.removeprefix("axis_"): _plain(dataset[name].values[i]) for name in axes}
        name = str(dataset["name"].values[i]) if "name" in dataset.coords else None
        made.append({"scenario": int(dataset["scenario"].values[i]), "name": name, "levels": levels})
    return made


def _target(target: Target) -> dict[str, Any]:
    keys = ("id", "indicator", "entity", "name_en", "name_zh", "sense", "value", "unit", "kind", "from_year", "year")
    return {key: getattr(target, key) for key in (*keys, "baseline", "scope", "source")}


def _values(dataset: xr.Dataset) -> list[dict[str, Any]]:
    """One item a name, entity and scenario."""
    import numpy as np

    made = []
    for name in names_in(dataset):
        why = np.broadcast_to(dataset[f"{name}_reason"].values, dataset[name].shape)
        beyond = dataset.get(f"{name}_extrapolated")
        for e, entity in enumerate(dataset["entity"].values):
            for s, scenario in enumerate(dataset["scenario"].values):
                made.append(
                    {
                        "indicator": name,
                        "unit": attributes_of(dataset, name)["units"],
                        "entity": str(entity),
                        "scenario": int(scenario),
                        "values": [_plain(v) for v in dataset[name].values[s, e]],
                        "reasons": [reasons.text(int(c)) for c in why[s, e]],
                        **({} if beyond is None else {"extrapolated": [bool(b) for b in beyond.values[s, e]]}),
                    }
                )
    return made


def _verdicts(dataset: xr.Dataset) -> list[dict[str, Any]]:
    """One item a target, entity and scenario."""
    if "verdict" not in dataset:
        return []
    codes, why, margin = (dataset[name].values for name in ("verdict", "verdict_reason", "margin"))
    return [
        {
            "target": str(target),
            "entity": str(entity),
            "scenario": int(scenario),
            "verdicts": [Verdict(int(c)).name for c in codes[s, t, e]],
            "reasons": [reasons.text(int(c)) for c in why[s, t, e]],
            "margins": [_plain(m) for m in margin[s, t, e]],
        }
        for t, target in enumerate(dataset["target"].values)
        for e, entity in enumerate(dataset["entity"].values)
        for s, scenario in enumerate(dataset["scenario"].values)
    ]


def _parts(dataset: xr.Dataset) -> list[tuple[str | None, xr.Dataset]]:
    """Reductions by named scenario, or of all together."""
    if "name" not in dataset.dims:
        return [(None, dataset)]
    return [(str(name), dataset.sel(name=name)) for name in dataset["name"].values]


def _reduced_values(dataset: xr.Dataset) -> list[dict[str, Any]]:
    """One item a name, entity and named scenario."""
    made = []
    for name in names_in(dataset):
        for group, part in _parts(dataset):
            for entity in dataset["entity"].values:
                here = part.sel(entity=entity)
                found = {
                    key: [_plain(v) for v in here[f"{name}_{key}"].values] for key in _SHARED if _has(part, name, key)
                }
                if _has(part, name, "quantile"):
                    by_share = zip(here["quantile"].values, here[f"{name}_quantile"].values, strict=True)
                    found["quantiles"] = {f"{float(p):g}": [_plain(v) for v in row] for p, row in by_share}  # type: ignore[assignment]
                if _has(part, name, "reason"):
                    found["reasons"] = [reasons.text(int(c)) for c in here[f"{name}_reason"].values]
                unit = attributes_of(dataset, name)["units"]
                made.append({"indicator": name, "unit": unit, "entity": str(entity), "name": group, **found})
    return made


def _has(part: xr.Dataset, name: str, key: str) -> bool:
    return f"{name}_{key}" in part


def _reduced_verdicts(dataset: xr.Dataset) -> list[dict[str, Any]]:
    """One item a target, entity and named scenario."""
    made = []
    for target in dataset["target"].values if "target" in dataset.dims else ():
        for group, part in _parts(dataset):
            for entity in dataset["entity"].values:
                here = part.sel(target=target, entity=entity)
                found: dict[str, Any] = {key: [_plain(v) for v in here[key].values] for key in _COUNTS if key in here}
                found |= {key: int(here[key]) for key in ("n_never_met", "n_never_met_uncertain") if key in here}
                if "verdict_reason" in here:
                    found["reasons"] = [reasons.text(int(c)) for c in here["verdict_reason"].values]
                made.append({"target": str(target), "entity": str(entity), "name": group, **found})
    return made


def _plain(value: Any) -> Any:
    """A number, null where it is none; counts stay whole."""
    import math

    found = value.item() if hasattr(value, "item") else value
    return found if isinstance(found, int) else found if math.isfinite(found) else None
