"""What the table says of the machine and of the versions; the name of the machine stays out of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import version
from typing import Any

PACKAGES = "carbonledger numpy pandas polars duckdb pyarrow numba xarray pint pint-pandas".split()


def pytest_benchmark_update_machine_info(config: Any, machine_info: dict[str, Any]) -> None:
    """Called by pytest-benchmark before it writes its JSON."""
    del machine_info["node"]
    machine_info["cores"] = os.cpu_count()
    machine_info["memory_gib"] = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    machine_info["packages"] = {name: version(name) for name in PACKAGES}
    if shutil.which("gcc"):
        told = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
        machine_info["compiler"] = f"gcc {told.stdout.strip()}"
