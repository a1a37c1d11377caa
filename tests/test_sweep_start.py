"""What a small sweep does not wait for, and what the kernels do where nothing is compiled."""

import os
import subprocess
import sys
from pathlib import Path

SMALL = """
import sys
import carbonledger as cl
scenario = {
    "base_year": 2023, "years": [2024, 2030], "rates": "hold", "indicators": ["water_total"],
    "axes": [{"name": "farms", "levels": [i / 10 for i in range(1, 11)]}],
    "levers": [{"name": "farms", "verb": "scale", "axis": "farms", "select": {"activity": "agricultural_water"}}],
}
cube = cl.sweep("china-2020-2023", scenario)
cl.sweep("china-2020-2023", scenario, reduce=["mean", "quantiles", "extremes", "verdicts", "first_year"])
assert cube.sizes["scenario"] == 10
print("numba" in sys.modules, "scipy.stats" in sys.modules, "matplotlib" in sys.modules)
"""


def run(code: list[str], **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *code], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ten_scenarios_wait_for_no_compiler():
    assert run(["-c", SMALL]).split() == ["False", "False", "False"]


def test_kernels_without_compilation():
    """The very functions that numba compiles, run by Python: what they compute is not what a compiler makes of them."""
    here = Path(__file__).parent
    files = [str(here / name) for name in ("test_products.py", "test_reducing.py")]
    said = run(["-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *files], NUMBA_DISABLE_JIT="1")
    assert " passed" in said and "failed" not in said
