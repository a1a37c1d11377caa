"""What is compared with what in scenario sweeps: one table, ``SWEEPS``, that feeds the benchmarks and the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from prepared_sweep import DISTRICTS, QUANTITIES, SECTORS, Swept, same_swept, swept
from ways_sweep import c_cells, c_collapsed, carbonledger_sectors, carbonledger_wide, on_threads
from ways_sweep_peers import bare_blas, loop_of_blas, numpy_einsum, pandas_groupby, pint_loop, xarray_dot

if TYPE_CHECKING:
    import numpy as np

ONE, ALL = "1 thread", "all threads"


@dataclass(frozen=True)
class SweepWay:
    """One way to the totals.

    Attributes
    ----------
    adds : callable
        Multiply-adds that the way does on its inputs; one of the two alone counts as one.
    reads : callable
        Bytes of what it is given.
    ready : callable, optional
        Makes of the inputs, before the clock starts, a call that gives the totals; ``run`` is then not used.
    part : callable, optional
        Inputs small enough for a slow way; its time is scaled by the number of terms, and the table says so.
    threads : int
        0: all.
    """

    name: str
    run: Callable[[Swept], np.ndarray]
    adds: Callable[[Swept], float]
    threads: int = 0
    rounds: int = 7
    part: Callable[[Swept], Swept] | None = None
    ready: Callable[[Swept], Callable[[], np.ndarray]] | None = None
    reads: Callable[[Swept], float] = lambda inputs: inputs.levels.nbytes + inputs.value.nbytes
    ours: bool = False

    def call(self, inputs: Swept) -> Callable[[], np.ndarray]:
        """What the clock runs around."""
        return self.ready(inputs) if self.ready else partial(self.run, inputs)


@dataclass(frozen=True)
class Aim:
    """Our time over that of a peer, at most."""

    ours: str
    peer: str
    at_most: float


@dataclass(frozen=True)
class SpeedUp:
    """Our gain from one thread to all over that of a peer, at least; names without their threads."""

    ours: str
    peer: str
    at_least: float


@dataclass(frozen=True)
class SweepComparison:
    """Ways to one array of totals from the same inventory and levels; ``wanted`` makes what all are compared with."""

    title: str
    kind: str
    scenarios: int
    ways: tuple[SweepWay, ...]
    note: str
    wanted: Callable[[Swept], np.ndarray] = loop_of_blas
    aims: tuple[Aim | SpeedUp, ...] = ()


def every_year(inputs: Swept, more: int = 1) -> float:
    """A multiplier of so many operations and a product for each quantity, of every cell in every year."""
    return inputs.value.shape[1] * len(inputs.levels) * len(inputs.way) * (QUANTITIES + more)


def years_out(inputs: Swept) -> float:
    """On a linear path one product a quantity, for all years together."""
    return inputs.value.shape[1] * len(inputs.levels) * QUANTITIES


def powers(inputs: Swept) -> float:
    """A power for each year in which there is growth, made of the one before."""
    return inputs.value.shape[1] * len(inputs.levels) * int((inputs.way > 0).sum()) * (QUANTITIES + 1)


def sectors(inputs: Swept) -> float:
    """A matrix product on the collapsed cells."""
    return len(inputs.levels) * len(inputs.way) * SECTORS * DISTRICTS * QUANTITIES


def by_c(inputs: Swept) -> np.ndarray:
    """The totals of the reference in C, whose first ones are those of matrix products: quicker where scenarios are many."""
    found = c_cells(inputs)
    same_swept(found[:20], loop_of_blas(inputs.part(20)))
    return found


def on_one_and_all(name: str, adds: Callable[[Swept], float], run: Callable[..., np.ndarray]) -> tuple[SweepWay, ...]:
    """A way on one thread and on all; ``run`` takes their number."""
    return tuple(
        SweepWay(f"{name}, {words}", partial(run, threads=threads), adds, threads, rounds=15)
        for words, threads in ((ONE, 1), (ALL, 0))
    )


def compiled(adds: Callable[[Swept], float]) -> tuple[SweepWay, ...]:
    """carbonledger's compiled kernel, on all threads and on one."""
    return tuple(
        SweepWay(f"carbonledger, {words}", on_threads(carbonledger_wide, threads), adds, threads, rounds=15, ours=True)
        for words, threads in ((ALL, 0), (ONE, 1))
    )


def like_c(*peers: str) -> tuple[Aim, ...]:
    """No slower than C, on all threads."""
    return tuple(Aim(f"carbonledger, {ALL}", f"{peer}, {ALL}", 1.0) for peer in peers)


def threads_like(peer: str) -> SpeedUp:
    """At least 0.93 of the gain that C has from more threads."""
    return SpeedUp("carbonledger", peer, 0.93)


C, C_SPLIT, C_COLLAPSED, BLAS = "C", "C, years taken out", "C, collapsed cells", "BLAS on the ready matrix"
PART = {"pandas": 2, "pint": 1}  # scenarios
SWEEPS = {
    "own": SweepComparison(
        title="Sweep, nothing to collapse: a multiplier per enterprise and carrier, 500 scenarios",
        kind="own",
        scenarios=500,
        ways=(
            *compiled(years_out),
            *on_one_and_all(C, every_year, c_cells),
            *on_one_and_all(C_SPLIT, years_out, partial(c_cells, split=True)),
            SweepWay("NumPy einsum", numpy_einsum, every_year, rounds=3),
            SweepWay("xarray", xarray_dot, every_year, rounds=3),
            SweepWay(
                "pandas, long frame", pandas_groupby, every_year, 1, rounds=3, part=lambda i: i.part(PART["pandas"])
            ),
            SweepWay(
                "pint, plain loop",
                pint_loop,
                every_year,
                1,
                rounds=3,
                part=lambda i: swept(i.kind, PART["pint"], 2 * DISTRICTS),
            ),
        ),
        note="4 141 enterprises x 20 carriers, each of the 82 820 cells with a level of its own on a linear path, 16 years, "
        "5 quantities to 12 districts. *C* is the plain vectorised loop; in *years taken out* its author saw that a linear "
        "path needs two sums a district, not one a year, as carbonledger's kernel finds by itself.",
        aims=(*like_c(C, C_SPLIT), threads_like(C)),
    ),
    "growth": SweepComparison(
        title="Sweep, nothing to collapse: a yearly growth per enterprise and carrier, 500 scenarios",
        kind="growth",
        scenarios=500,
        ways=(
            *compiled(powers),
            *on_one_and_all(C, partial(every_year, more=2), c_cells),
            SweepWay("NumPy einsum", numpy_einsum, every_year, rounds=3),
        ),
        note="The same cells, each with a growth of its own, compounded over ten years: no year can be taken out of the sum.",
        aims=(*like_c(C), threads_like(C)),
    ),
    "enterprise": SweepComparison(
        title="Sweep, a multiplier per enterprise, 500 scenarios",
        kind="enterprise",
        scenarios=500,
        ways=(
            *compiled(lambda i: years_out(i.cells)),
            *on_one_and_all(C_COLLAPSED, lambda i: every_year(i.cells), c_collapsed),
            SweepWay(
                "BLAS by district, collapsed cells", lambda i: loop_of_blas(i.cells), lambda i: every_year(i.cells)
            ),
            *on_one_and_all(C, every_year, c_cells),
        ),
        note="The 20 carriers of an enterprise share its level, and are one cell; C gets the collapsed cells too.",
        aims=(*like_c(C_COLLAPSED), threads_like(C_COLLAPSED)),
    ),
    "sector": SweepComparison(
        title="Sweep, a multiplier per sector, 20 000 scenarios, end to end",
        kind="sector",
        scenarios=20_000,
        ways=(
            SweepWay(
                "carbonledger",
                carbonledger_sectors,
                lambda i: (1 + 1 / (DISTRICTS * QUANTITIES)) * sectors(i) + i.value.size,
                ours=True,
            ),
            SweepWay(BLAS, loop_of_blas, sectors, ready=bare_blas, reads=lambda i: i.levels.nbytes * len(i.way)),
            SweepWay("C, collapsed cells", c_collapsed, lambda i: every_year(i.cells)),
            SweepWay(f"C, {ALL}", c_cells, every_year, rounds=3),
        ),
        note="The same inventory under levers on its 31 sectors. carbonledger's time runs from the 82 820 cells and the "
        "levels to all totals, collapsing included; *C* takes every cell, all 20 000 scenarios measured; BLAS is given the "
        "multipliers and the collapsed matrix.",
        wanted=by_c,
        aims=(Aim("carbonledger", f"C, {ALL}", 1 / 150), Aim("carbonledger", BLAS, 2.0)),
    ),
}


@dataclass(frozen=True)
class Point:
    """One point of the plot: a way at a size."""

    panel: str
    series: str
    x: int
    kind: str
    scenarios: int
    enterprises: int
    run: Callable[[Swept], np.ndarray]
    rounds: int

    @property
    def label(self) -> str:
        return f"{self.panel}: {self.series}, {self.x}"


def sectors_in_parts(inputs: Swept) -> np.ndarray:
    """Totals of the first 20 000 scenarios; those of the others are made as well, and thrown away."""
    parts = (replace(inputs, levels=inputs.levels[i : i + AT_ONCE]) for i in range(0, len(inputs.levels), AT_ONCE))
    first = carbonledger_sectors(next(parts))
    for part in parts:
        carbonledger_sectors(part)
    return first


AT_ONCE = 20_000
BY_SCENARIOS, BY_ENTERPRISES = "scenarios", "enterprises"
POINT_NOTES = {
    BY_SCENARIOS: (
        "Sweep: time against the number of scenarios",
        "A multiplier per sector, 4 141 enterprises, all totals by district and year [ms]; beyond 20 000 scenarios in "
        "parts whose totals are thrown away. *C* takes every cell.",
    ),
    BY_ENTERPRISES: (
        "Sweep: time against the number of enterprises",
        "A multiplier per enterprise and carrier, 50 scenarios [ms].",
    ),
}
_BY_ENTERPRISES: dict[str, Callable[[Swept], np.ndarray]] = {
    "carbonledger": carbonledger_wide,
    C: c_cells,
    C_SPLIT: partial(c_cells, split=True),
    "NumPy einsum": numpy_einsum,
}
# Sizes in the outer loop: the inputs of one size are made once.
POINTS = (
    *(
        Point(BY_SCENARIOS, series, n, "sector", n, 4_141, run, 5 if n < 100_000 else 3)
        for n in (1_000, 10_000, 100_000, 1_000_000)
        for series, run in (("carbonledger", sectors_in_parts), (C, c_cells))
        if n < 100_000 or series != C
    ),
    *(
        Point(BY_ENTERPRISES, series, n, "own", 50, n, run, 5 if n < 100_000 else 2)
        for n in (100, 1_000, 10_000, 100_000)
        for series, run in _BY_ENTERPRISES.items()
        if n < 100_000 or series != "NumPy einsum"
    ),
)
