"""Pollutants side by side, where there are hours enough for it to pay: kernels and NumPy release the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeVar

from .days import DAYS_COMPILED_FROM

_T = TypeVar("_T")
_K = TypeVar("_K")


def side_by_side(items: Iterable[_K], run: Callable[[_K], _T], hours: int) -> list[_T]:
    """The results of ``run`` for each item, in their order; ``hours`` is how many values one item is made of."""
    listed = list(items)
    threads = min(len(listed), os.cpu_count() or 1)
    if threads < 2 or hours < DAYS_COMPILED_FROM:
        return [run(item) for item in listed]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, listed))
