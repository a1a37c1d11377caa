"""Fixtures of the lower floors: files written on the spot, and reproducible property tests."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "house",
    deadline=None,
    max_examples=150,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write a head and rows as CSV and give the path."""

    def write(head: list[str], rows: list[list[object]], name: str = "rows.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as lines:
            writer = csv.writer(lines, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)
        return path

    return write
