"""What a sweep was made from: versions, hashes, seed - enough to make it again."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from ..levers import Prepared


def about(prepared: Prepared, block: int) -> dict[str, Any]:
    """Attributes of a swept Dataset: flat, so that every file format keeps them."""
    import json

    scenario, sampling = prepared.scenario, prepared.scenario.sampling
    hashes = prepared.case.hashes | {f"scenario {name}": digest for name, digest in scenario.hashes.items()}
    return {
        "case": prepared.case.name,
        "scenario": scenario.name,
        "base_year": scenario.base_year,
        "by": prepared.by,
        "boundary": str(prepared.case.about.get("boundary", "territorial")),
        "rates": scenario.rates,
        "n_scenarios": prepared.draws.n,
        "n_signatures": prepared.future.n_signatures,
        "block": block,
        "method": sampling.method if sampling else "",
        "seed": sampling.seed if sampling else -1,
        "draws": sampling.n if sampling else 0,
        "synthetic": int(bool(prepared.case.about.get("synthetic", False))),
        "hashes": json.dumps(hashes, sort_keys=True),
        "factor_sets": json.dumps(dict(prepared.case.factors.hashes), sort_keys=True),
        "versions": json.dumps(_versions(), sort_keys=True),
        "targets_not_judged": json.dumps(_not_judged(prepared)),
    }


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("carbonledger", "numpy", "numba", "scipy", "xarray")}


def _not_judged(prepared: Prepared) -> list[str]:
    """Targets that no indicator of the sweep computes: named, not dropped without a word."""
    from .evaluating import judged_targets

    judged = {target.id for target in judged_targets(prepared)}
    return [target.id for target in prepared.targets if target.id not in judged]
