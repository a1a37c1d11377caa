"""The library is cheap to import: nothing heavy before it is used. Ratios only, measured in one run."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

HEAVY = ("numpy", "pandas", "pint", "xarray", "numba", "pyarrow", "typer", "rich")


def _run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _best_ratio(arguments: tuple[str, ...]) -> float:
    """Time of a command over the time of importing numpy: best of five each, taken in turn."""
    best = {arguments: float("inf"), ("-c", "import numpy"): float("inf")}
    for _ in range(5):
        for command in best:
            start = time.perf_counter()
            _run(*command)
            best[command] = min(best[command], time.perf_counter() - start)
    return best[arguments] / best["-c", "import numpy"]


def test_import_brings_nothing_heavy() -> None:
    loaded = _run("-c", f"import carbonledger, sys; print(*[m for m in {HEAVY} if m in sys.modules])")
    assert loaded.strip() == ""


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("errors", HEAVY),
        ("formulas", ("pandas", "pint", "xarray", "numba")),
        ("rounding", ("pandas", "pint", "xarray", "numba")),
        ("units", ("numpy", "pandas", "pint", "xarray", "numba")),
        ("tables", ("pint", "xarray", "numba", "openpyxl")),
        ("catalog", ("xarray", "numba")),
    ],
)
def test_floor_brings_only_what_it_needs(module: str, absent: tuple[str, ...]) -> None:
    code = f"import carbonledger.{module}, sys; print(*[m for m in {absent} if m in sys.modules])"
    assert _run("-c", code).strip() == ""


def test_import_takes_little_more_than_numpy() -> None:
    assert _best_ratio(("-c", "import carbonledger")) <= 1.8


def test_help_takes_at_most_four_times_numpy() -> None:
    assert _best_ratio(("-m", "carbonledger", "--help")) <= 4


def test_every_public_name_is_found() -> None:
    """Each name of ``__all__`` resolves, and an unknown one is an AttributeError."""
    code = "import carbonledger as c; print(*[n for n in c.__all__ if not hasattr(c, n)]); print(hasattr(c, 'nix'))"
    assert _run("-c", code).split() == ["False"]
