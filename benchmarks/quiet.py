"""How much of the machine others used meanwhile: a peer that uses every core suffers from them more than one that does not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def share_of_others() -> Iterator[list[float]]:
    """Yields a list that holds, after the block, the share of all cores that other processes used; empty off Linux."""
    found: list[float] = []
    start, before, own = time.perf_counter(), _busy(), sum(os.times()[:2])
    yield found
    wall, after = time.perf_counter() - start, _busy()
    if before is not None and after is not None:
        others = after - before - (sum(os.times()[:2]) - own)
        found.append(max(0.0, others / (wall * (os.cpu_count() or 1))))


def _busy() -> float | None:
    """Seconds that the cores have worked since the start: user, nice, system, interrupts, and what a host took away."""
    try:
        ticks = [int(n) for n in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except OSError:
        return None
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")  # less idle and waiting
