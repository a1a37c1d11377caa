"""Scenario sweeps: carbonledger's kernels, and a reference in C compiled here."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prepared_sweep import QUANTITIES, SECTORS, Swept, collapsed

from carbonledger import kernels

if TYPE_CHECKING:
    import numpy as np

FLAGS = "-O3 -march=native -ffast-math -fopenmp -fPIC".split()


@lru_cache(maxsize=1)
def _plan(inputs: Swept) -> tuple[tuple[Any, ...], Any]:
    """What the compiled kernel is told, and its plan: cells of an enterprise share a level, and are one."""
    import numpy as np

    cells = inputs.cells if inputs.kind == "enterprise" else inputs
    n_cells, n_levels, growth = cells.value.shape[1], inputs.levels.shape[1], inputs.kind == "growth"
    paths = (np.zeros(n_levels, dtype=np.int64), np.array([int(growth)]), np.array([float(growth)]))
    ways = (np.zeros((1, len(inputs.way))) if growth else 1 - inputs.way[None], inputs.way[None])
    told = (np.zeros(n_cells, dtype=np.int64), cells.group[None], *paths, *ways, cells.start, cells.value)
    return told, kernels.wide_plan(*told)


def carbonledger_wide(inputs: Swept) -> np.ndarray:
    """A level for every cell, or for every enterprise: the compiled kernel, planned once as by a sweep of many blocks."""
    import numpy as np

    told, plan = _plan(inputs)
    narrow = np.ones((len(inputs.levels), len(inputs.way), 1))
    return kernels.wide_totals(inputs.levels, narrow, *told, plan=plan)


def carbonledger_sectors(inputs: Swept) -> np.ndarray:
    """A level for every sector, from the uncollapsed inventory to the totals.

    A linear path is affine in its level, so that the years go into the coefficients of 1 and of each level, as a sweep
    does where all its multipliers are affine.
    """
    import numpy as np

    coefficients, n = sector_coefficients(inputs), len(inputs.levels)
    in_levels = np.concatenate(
        [(coefficients.sum(axis=0) * (1 - inputs.way)[:, None])[None], coefficients[:, None] * inputs.way[:, None]]
    )
    monomials = np.concatenate([np.ones((n, 1)), inputs.levels], axis=1)
    totals = kernels.dense_totals(monomials[:, None], in_levels.reshape(SECTORS + 1, -1))
    return totals.reshape(n, len(inputs.way), -1)


def sector_coefficients(inputs: Swept) -> np.ndarray:
    """float64 [sector, district x quantity]."""
    import numpy as np

    cells = collapsed(inputs)
    district = np.repeat(np.arange(len(inputs.start) - 1), np.diff(cells.start))
    made = np.zeros((SECTORS, len(inputs.start) - 1, QUANTITIES))
    made[cells.group, district] = cells.value.T
    return made.reshape(SECTORS, -1)


def on_threads(run: Callable[[Swept], np.ndarray], threads: int) -> Callable[[Swept], np.ndarray]:
    """A way that uses the compiled kernel, on so many threads; 0: all."""

    def limited(inputs: Swept) -> np.ndarray:
        import numba

        before = numba.get_num_threads()
        numba.set_num_threads(threads or all_threads())
        try:
            return run(inputs)
        finally:
            numba.set_num_threads(before)

    return limited


@cache
def reference() -> Any:
    """The reference in C, compiled for this machine; nothing of it stays behind.

    Raises
    ------
    RuntimeError
        If gcc is missing or fails.
    """
    if shutil.which("gcc") is None:
        raise RuntimeError("no gcc on the PATH; the sweep benchmarks compile their reference in C with it: install gcc")
    source = Path(__file__).with_name("reference.c")
    with tempfile.TemporaryDirectory() as folder:
        compiled, made = Path(folder) / "reference.o", Path(folder) / "reference.so"
        # linked without -ffast-math: with it, gcc would have the whole process flush subnormal numbers to zero
        for command in (
            ["-c", *FLAGS, str(source), "-o", str(compiled)],
            ["-shared", "-fopenmp", str(compiled), "-o", str(made)],
        ):
            done = subprocess.run(["gcc", *command], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"gcc failed on {source.name}:\n{done.stderr}")
        library = ctypes.CDLL(str(made))  # stays loaded once its file is gone
    library.multiply_adds.restype = library.triad.restype = ctypes.c_double
    return library


def pointer(array: np.ndarray) -> Any:
    """An array for C."""
    assert array.flags.c_contiguous
    return array.ctypes.data_as(ctypes.c_void_p)


def c_cells(inputs: Swept, threads: int = 0, *, split: bool = False) -> np.ndarray:
    """Every cell by itself, with its own level or that of its enterprise or sector; 0 ``threads``: all."""
    import numpy as np

    (n, n_levels), n_cells, n_districts = inputs.levels.shape, inputs.value.shape[1], len(inputs.start) - 1
    start, value = inputs.start.astype(np.int64), np.ascontiguousarray(inputs.value)
    levels, group = np.ascontiguousarray(inputs.levels), inputs.group.astype(np.int64)
    totals = np.empty((n, len(inputs.way), n_districts * QUANTITIES))
    shape = [ctypes.c_int64(size) for size in (n, len(inputs.way), n_cells, n_districts)]
    end = [pointer(inputs.way), pointer(value), pointer(start), *shape, ctypes.c_int(threads or all_threads())]
    run, grouped = reference(), n_levels != n_cells or inputs.kind == "sector"
    if grouped:
        run.swept_by_group(pointer(levels), ctypes.c_int64(n_levels), pointer(group), *end, pointer(totals))
    else:
        of = run.swept_split if split else run.grown if inputs.kind == "growth" else run.swept
        of(pointer(levels), *end, pointer(totals))
    return totals


def c_collapsed(inputs: Swept, threads: int = 0) -> np.ndarray:
    """The same, given the collapsed cells."""
    return c_cells(inputs.cells, threads)


def all_threads() -> int:
    """As many as the compiled kernels use by default; C uses as many."""
    import numba

    return int(numba.config.NUMBA_NUM_THREADS)
