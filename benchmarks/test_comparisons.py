"""Every way of every comparison: its result is compared with a peer's, then the clock is believed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from comparisons import COMPARISONS
from fresh import measured
from quiet import share_of_others

ROUNDS = 7


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Folder, inputs and a peer's result of a comparison, made once."""

    @cache
    def write(how: Any, size: int) -> Path:
        folder = tmp_path_factory.mktemp("inputs")
        how(folder, size)
        return folder

    @cache
    def make(name: str) -> tuple[Path, Any, Any]:
        chosen = COMPARISONS[name]
        folder = write(chosen.write, chosen.size)
        inputs = chosen.open(folder)
        return folder, inputs, chosen.ways[-1].run(inputs)

    return make


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param(name, place, marks=pytest.mark.benchmark(group=chosen.title), id=f"{name}: {way.name}")
        for name, chosen in COMPARISONS.items()
        for place, way in enumerate(chosen.ways)
    ],
)
def test_way(benchmark: Any, opened: Any, tmp_path: Path, name: str, place: int) -> None:
    folder, inputs, wanted = opened(name)
    chosen = COMPARISONS[name]
    way = chosen.ways[place]
    with share_of_others() as others:
        found = benchmark.pedantic(way.run, (inputs,), rounds=ROUNDS, warmup_rounds=1)
    chosen.same(inputs, found, wanted)
    ours = way.package == "carbonledger"
    first = measured(name, place, folder)
    info = {"way": way.name, "ours": ours, "every_row": way.every_row, "note": chosen.note, "others": others}
    info |= {"mib": first["mib"], "first_call": first["seconds"]}
    if place == 0:
        compiled = measured(name, place, folder, NUMBA_CACHE_DIR=str(tmp_path))
        info |= {"aim": chosen.aim, "compiling": compiled["seconds"]}
    benchmark.extra_info.update(info)
