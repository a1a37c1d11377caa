"""One call of one way in a process of its own: how long it took, and how much memory it needed on top of its inputs.

    python benchmarks/fresh.py COMPARISON PLACE FOLDER

prints ``{"seconds": ..., "mib": ...}``. The level is taken after the imports and the reading of the inputs.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

# what a way would import in its first call
IMPORTS = {
    "carbonledger": "numpy pandas pyarrow.parquet xarray numba pint".split(),
    "pandas": "pandas pyarrow.parquet".split(),
    "polars": "pandas pyarrow.parquet polars".split(),
    "duckdb": "pandas pyarrow.parquet duckdb".split(),
    "pint-pandas": "pandas pyarrow.parquet pint_pandas".split(),
}


def resident(peak: bool) -> float:
    """Memory of this process now, or the most it has had [MiB].

    Linux tells both of this address space alone; ``ru_maxrss``, taken elsewhere, starts at the level of the process
    that started this one.
    """
    field = "VmHWM:" if peak else "VmRSS:"
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def measure(comparison: str, place: int, folder: Path) -> dict[str, float]:
    """One call, in this process."""
    from comparisons import COMPARISONS

    chosen = COMPARISONS[comparison]
    way = chosen.ways[place]
    for name in IMPORTS[way.package]:
        import_module(name)
    inputs = chosen.open(folder)
    with suppress(OSError):  # the peak starts anew from the level of now
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    level, start = resident(peak=False), time.perf_counter()
    way.run(inputs)
    seconds = time.perf_counter() - start
    return {"seconds": round(seconds, 4), "mib": round(resident(peak=True) - level, 1)}


def measured(comparison: str, place: int, folder: Path, **environment: str) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, comparison, str(place), str(folder)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))  # noqa: T201
