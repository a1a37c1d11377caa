"""What the machine can do at most: the shares beside each sweep are taken of it."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass

from ways_sweep import pointer, reference


@dataclass(frozen=True)
class Peaks:
    """What the machine can do at most on so many threads: multiply-adds [1e9/s], and memory traffic [GB/s]."""

    threads: int
    multiply_adds: float
    bandwidth: float


def machine_peaks(threads: int, rounds: int = 5) -> Peaks:
    """The best of some rounds of independent multiply-adds, and of a triad on arrays beyond every cache."""
    import numpy as np

    run, sink = reference(), ctypes.c_double()
    arrays = [np.ones(10_000_000) for _ in range(3)]
    adds = bytes_passed = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        done = run.multiply_adds(ctypes.c_int64(5_000_000), ctypes.c_int(threads), ctypes.byref(sink))
        middle = time.perf_counter()
        passed = run.triad(*map(pointer, arrays), ctypes.c_int64(len(arrays[0])), ctypes.c_int(threads))
        adds, bytes_passed = (
            max(adds, done / (middle - start)),
            max(bytes_passed, passed / (time.perf_counter() - middle)),
        )
    return Peaks(threads, adds / 1e9, bytes_passed / 1e9)
