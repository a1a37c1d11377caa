"""Every way of every sweep comparison, the points of the plot, and the public sweep up to a million draws."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import pytest
from comparisons_sweep import POINT_NOTES, POINTS, SWEEPS, Point
from peaks import machine_peaks
from prepared_sweep import Swept, same_swept, swept
from quiet import share_of_others
from streamed import measured, open_draws, run, same_reduced
from table_sweep import aims_told
from ways_sweep import all_threads
from ways_sweep_peers import loop_of_blas

DRAWS = {1_000: 7, 10_000: 7, 100_000: 3, 1_000_000: 1}  # rounds
FRESH = (10_000, 1_000_000)
PAUSE = 0.3  # seconds until the threads of the way before no longer spin: they would take a core from this one


@lru_cache(maxsize=1)
def _made(name: str) -> tuple[Swept, Any]:
    """Inputs of a comparison and the totals that every way must give."""
    inputs = swept(SWEEPS[name].kind, SWEEPS[name].scenarios)
    return inputs, SWEEPS[name].wanted(inputs)


@lru_cache(maxsize=1)
def _at(kind: str, scenarios: int, enterprises: int) -> tuple[Swept, Any]:
    """Inputs of a point of the plot, and the first totals."""
    inputs = swept(kind, scenarios, enterprises)
    return inputs, loop_of_blas(inputs.part(5))


@pytest.fixture(scope="module")
def peaks() -> dict[int, Any]:
    """What the machine can do at most, on one thread and on all."""
    return {threads: machine_peaks(threads) for threads in (1, all_threads())}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param(name, place, marks=pytest.mark.benchmark(group=chosen.title), id=f"{name}: {way.name}")
        for name, chosen in SWEEPS.items()
        for place, way in enumerate(chosen.ways)
    ],
)
def test_way(benchmark: Any, peaks: dict[int, Any], name: str, place: int) -> None:
    chosen, (inputs, wanted) = SWEEPS[name], _made(name)
    way, scale = chosen.ways[place], 1.0
    if way.part:
        whole, inputs = inputs, way.part(inputs)
        wanted, scale = loop_of_blas(inputs), whole.terms / inputs.terms
    call = way.call(inputs)
    with share_of_others() as others:
        time.sleep(PAUSE)
        found = benchmark.pedantic(call, rounds=way.rounds, warmup_rounds=1)
    same_swept(found, wanted)
    peak = peaks[way.threads or all_threads()]
    info = {"table": "ways", "way": way.name, "ours": way.ours, "note": chosen.note, "others": others, "scale": scale}
    info |= {"adds": way.adds(inputs), "bytes": way.reads(inputs) + found.nbytes}
    info |= {"threads": peak.threads, "peak_adds": peak.multiply_adds, "peak_bandwidth": peak.bandwidth}
    benchmark.extra_info.update(info | ({"aims": aims_told(chosen.aims)} if place == 0 else {}))


@pytest.mark.parametrize(
    "point",
    [pytest.param(p, marks=pytest.mark.benchmark(group=POINT_NOTES[p.panel][0]), id=p.label) for p in POINTS],
)
def test_point(benchmark: Any, point: Point) -> None:
    inputs, wanted = _at(point.kind, point.scenarios, point.enterprises)
    with share_of_others() as others:
        time.sleep(PAUSE)
        found = benchmark.pedantic(point.run, (inputs,), rounds=point.rounds, warmup_rounds=1)
    same_swept(found[:5], wanted)
    info = {"table": "points", "way": point.series, "ours": point.series == "carbonledger", "panel": point.panel}
    benchmark.extra_info.update(info | {"x": point.x, "others": others, "note": POINT_NOTES[point.panel][1]})


@pytest.mark.benchmark(group="Sweep: a million scenarios reduced to quantiles and p_met")
@pytest.mark.parametrize("draws", DRAWS)
def test_streamed(benchmark: Any, draws: int) -> None:
    prepared = open_draws(draws)
    rounds = DRAWS[draws]
    with share_of_others() as others:
        found = benchmark.pedantic(run, (prepared,), rounds=rounds, warmup_rounds=int(rounds > 1))
    assert found.attrs["n_scenarios"] == draws
    if draws <= 10_000:
        same_reduced(prepared, found)
    info: dict[str, Any] = {"table": "streamed", "way": "carbonledger", "ours": True, "others": others, "x": draws}
    if draws in FRESH:
        info |= {"mib": measured(draws)["mib"], "loaded_mib": measured(draws, loaded=True)["mib"]}
    note = (
        "`carbonledger.sweep` on the shipped case `weicheng-2025`: Monte Carlo over growth by sector, intensity, grid factor "
        "and carbon contents, ten projected years, five indicators, quantiles and p_met. The clock runs around the sweep; "
        "a process of its own, which opens and prepares the case too, tells the peak memory above the level after imports. "
        "Many draws load compiled reductions; with them loaded before the level is taken, the last column."
    )
    benchmark.extra_info.update(info | {"note": note, "aim_memory": 1.3, "aim_linear": 1.1})
