"""What a sweep needs of the machine, and how many scenarios are computed at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import ScenarioError
from ..levers import Prepared
from ..messages import say
from .evaluating import judged_targets
from .histograms import BINS

BLOCK_BYTES = 64 << 20  # of a block with its intermediate arrays; at 16 MiB the calls themselves take half of the time
SPARE = 0.8  # share of the free memory that a cube may take


def bytes_per_scenario(prepared: Prepared, names: Sequence[str], years: Sequence[int]) -> tuple[int, int]:
    """What one scenario takes in the cube, and while it is computed."""
    cells = len(prepared.entities) * len(years)
    kept = cells * (10 * len(names) + 11 * len(judged_targets(prepared)))
    every = len(prepared.entities) * len(prepared.years) * 8
    working = every * (len(prepared.quantities) + 4 * len(prepared.indicators)) + 3 * kept
    working += prepared.future.bytes_per_scenario() + (prepared.past.bytes_per_scenario() if prepared.past else 0)
    return kept, working


def block_size(prepared: Prepared, names: Sequence[str], years: Sequence[int]) -> int:
    """Scenarios computed at a time."""
    _, working = bytes_per_scenario(prepared, names, years)
    return max(1, min(prepared.draws.n, BLOCK_BYTES // max(working, 1)))


def check_memory(
    prepared: Prepared, names: Sequence[str], years: Sequence[int], *, whole: bool, counted: int = 0
) -> None:
    """Whether the machine can hold the cube, or the counts that the quantiles of ``counted`` names come from.

    Raises
    ------
    ScenarioError
        With the size, and the way out.
    """
    n, free = prepared.draws.n, _free()
    kept, working = bytes_per_scenario(prepared, names, years)
    if whole and 2 * n * kept > SPARE * free:  # the blocks, and the cube that they are laid into
        raise ScenarioError(
            say(
                "the cube of {n:,} scenarios x {entities} entities x {years} years x {names} names needs {need:.1f} GiB, and "
                "{free:.1f} GiB are free. Reduce on the fly (reduce=['mean', 'quantiles', 'verdicts']), or keep fewer "
                "names or years",
                n=n,
                entities=len(prepared.entities),
                years=len(years),
                names=len(names),
                need=2 * n * kept / 2**30,
                free=free / 2**30,
            )
        )
    bins = 8 * BINS * counted * len(prepared.entities) * len(years)
    if bins > SPARE * free:
        raise ScenarioError(
            say(
                "quantiles of {names} names x {entities} entities x {years} years need {need:.1f} GiB of counts, and {free:.1f} "
                "GiB are free. Keep fewer names or years, sweep by a higher level, or leave out the quantiles",
                names=counted,
                entities=len(prepared.entities),
                years=len(years),
                need=bins / 2**30,
                free=free / 2**30,
            )
        )
    if working > SPARE * free:
        raise ScenarioError(
            say(
                "one scenario needs {need:.1f} GiB, and {free:.1f} GiB are free. Sweep by a higher level, or fewer years",
                need=working / 2**30,
                free=free / 2**30,
            )
        )


def _free() -> int:
    """Bytes of memory that can be had now, caches that give way included; all there is where the system does not say."""
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        lines = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines() if ":" in line)
        if "MemAvailable" in lines:
            return int(lines["MemAvailable"].split()[0]) * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 8 << 30
