"""Draws by the thousand or million through the public sweep, reduced on the way to quantiles and p_met.

    python benchmarks/streamed.py DRAWS [loaded]

does so in this process and prints how long it took and how much memory it needed above the level after the imports;
with ``loaded``, after the compiled kernels too, which many draws load and few do not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fresh import IMPORTS, resident

if TYPE_CHECKING:
    import xarray as xr

    from carbonledger.sweeping import Prepared

CASE = "weicheng-2025"
REDUCE = ["quantiles", "verdicts"]


def _normal(name: str, mean: float, sd: float) -> dict[str, Any]:
    return {"name": name, "unit": "%", "distribution": {"kind": "normal", "mean": mean, "sd": sd}}


def _lever(name: str, verb: str, axis: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "verb": verb, "axis": axis, **more}


def scenario(draws: int) -> dict[str, Any]:
    """Growth by sector, intensity, the factor of the grid, and the uncertainty of carbon contents; all made up."""
    intensity = {"kind": "triangular", "low": 0.6, "mode": 0.75, "high": 1.0}
    carbon = {"kind": "normal", "mean": 1, "sd": 0.02, "truncate": [0.9, 1.1]}
    services = {"sector": ["services", "farms", "transport"]}
    return {
        "base_year": 2025,
        "years": [2026, 2035],
        "rates": "hold",
        "hold": ["import_credit"],
        "targets": "targets-2035.csv",
        "indicators": [
            *("co2_total", "co2_total_intensity_drop", "energy_total_coal_rate"),
            *("nonfossil_share_coal_rate", "water_per_gdp_drop"),
        ],
        "sampling": {"n": draws, "seed": 20261123},
        "axes": [
            _normal("industry", 3.5, 1),
            _normal("services", 4, 1),
            {"name": "intensity", "distribution": intensity},
            {"name": "grid", "unit": "t CO2/MWh", "distribution": {"kind": "uniform", "low": 0.34, "high": 0.6191}},
            {"name": "carbon", "distribution": carbon},
        ],
        "levers": [
            _lever("growth of industry", "grow", "industry", select={"sector": "industry"}),
            _lever("growth of services", "grow", "services", select=services),
            _lever("growth of GDP", "grow", "services", select={"activity": "gdp"}),
            _lever("energy per output", "scale", "intensity", select={"sector": "industry"}),
            _lever("grid", "rate", "grid", select={"activity": "electricity", "quantity": "co2_scope2_location"}),
            _lever("carbon content", "scale", "carbon", component="carbon", acts="uncertainty"),
        ],
    }


def open_draws(draws: int) -> Prepared:
    """The case, posted, with the levers laid on it."""
    from carbonledger.scenario import read_scenario
    from carbonledger.shipped import shipped
    from carbonledger.sweeping import prepare

    beside = shipped("scenarios") / CASE / "draws.toml"  # where it would lie: its targets lie there
    return prepare(CASE, read_scenario(scenario(draws), file=str(beside)))


def run(prepared: Prepared) -> xr.Dataset:
    """Quantiles and p_met of all draws."""
    from carbonledger.sweeping import sweep

    return sweep(prepared, reduce=REDUCE)


def same_reduced(prepared: Prepared, found: xr.Dataset) -> None:
    """Equal to what NumPy makes of the whole cube: quantiles within the error that is told, counts exactly."""
    import numpy as np

    from carbonledger.sweeping import sweep

    cube = sweep(prepared)
    for name in prepared.indicators:
        wanted = np.quantile(cube[name].to_numpy(), found["quantile"].to_numpy(), axis=0)
        far = np.abs(found[f"{name}_quantile"].to_numpy() - wanted)
        known = found[f"{name}_n_known"].to_numpy() > 0
        assert (np.isnan(wanted) == ~known).all()
        assert (far <= found[f"{name}_quantile_error"].to_numpy())[:, known].all(), name
    assert found["n_met"].sum() > 0 and found["n_missed"].sum() > 0
    for code, name in enumerate(("n_unknown", "n_met", "n_missed")):
        counts = (cube["verdict"] == code).sum("scenario").transpose(*found[name].dims)
        np.testing.assert_array_equal(found[name], counts)


def measure(draws: int, *, loaded: bool = False) -> dict[str, float]:
    """Once, in this process."""
    for name in [*IMPORTS["carbonledger"], "scipy.special", "carbonledger.sweeping"]:
        import_module(name)
    if loaded:
        _load_kernels()
    with suppress(OSError):  # the peak starts anew from the level of now
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    level, start = resident(peak=False), time.perf_counter()
    prepared = open_draws(draws)
    middle = time.perf_counter()
    run(prepared)
    end = time.perf_counter()
    found = {"seconds": end - start, "sweep": end - middle, "mib": resident(peak=True) - level}
    return {name: round(number, 4) for name, number in found.items()}


def _load_kernels() -> None:
    """The machine code of the compiled reductions."""
    import numpy as np

    from carbonledger.kernels.bins import column_extremes, column_sums, count_bins

    values, column, counts = np.zeros((1, 1)), np.zeros(1), np.zeros((1, 1), dtype=np.int64)
    column_sums(values, compiled=True)
    column_extremes(values, compiled=True)
    count_bins(values, column, column, column, counts, counts[0].copy(), compiled=True)


def measured(draws: int, *, loaded: bool = False) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, str(draws), *(["loaded"] if loaded else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    made: dict[str, float] = json.loads(done.stdout)
    return made


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), loaded="loaded" in sys.argv[2:])))  # noqa: T201
