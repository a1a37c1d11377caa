"""Posting and totalling a ledger, beside pandas merge + groupby on the same rows (equal results are asserted)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import carbonledger as cl
from carbonledger import kernels
from carbonledger.kernels import sums

FUELS = ["anthracite", "diesel", "gasoline", "coke", "lpg"]
# t CO2/t, GB/T 32151.34-2024 Appendix C Table C.1: ncv x carbon x oxidation x 44/12
PARTS = {
    "anthracite": (26.7, 27.4, 0.94),
    "diesel": (42.652, 20.2, 0.98),
    "gasoline": (43.07, 18.9, 0.98),
    "coke": (28.435, 29.5, 0.93),
    "lpg": (50.179, 17.2, 0.98),
}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """100 000 monthly rows of 834 enterprises."""
    draw = np.random.default_rng(20260701)
    n = 100_000
    index = np.arange(n)
    return pd.DataFrame(
        {
            "entity": np.char.add("e", (index // (len(FUELS) * 24)).astype(str)),
            "period": np.array([f"{2022 + m // 12}-{m % 12 + 1:02d}" for m in range(24)])[index // len(FUELS) % 24],
            "activity": np.array(FUELS)[index % len(FUELS)],
            "flow": "combusted",
            "amount": draw.uniform(1, 100, n),
            "unit": "t",
        }
    )


@pytest.fixture(scope="module")
def ledger(rows: pd.DataFrame) -> object:
    return cl.post(cl.read_activity(rows), cl.read_factors("gbt-32151-2024"), ["co2_scope1"], region="CN")


def _pandas(rows: pd.DataFrame) -> pd.Series:
    rates = pd.DataFrame(
        {"activity": list(PARTS), "rate": [ncv * carbon / 1000 * ox * 44 / 12 for ncv, carbon, ox in PARTS.values()]}
    )
    joined = rows.merge(rates, on="activity")
    joined["year"] = joined["period"].str[:4].astype(int)
    joined["co2"] = joined["amount"] * joined["rate"]
    return joined.groupby(["entity", "year"])["co2"].sum()


@pytest.mark.benchmark(group="100 000 rows: read, resolve, post")
def test_read_and_post(benchmark, rows):
    factors = cl.read_factors("gbt-32151-2024")
    made = benchmark(lambda: cl.post(cl.read_activity(rows), factors, ["co2_scope1"], region="CN"))
    assert len(made.entries) == len(rows)


@pytest.mark.benchmark(group="100 000 rows: totals by entity and year")
def test_totals(benchmark, rows, ledger):
    made = benchmark(lambda: cl.totals(ledger, ["entity"]))
    expected = _pandas(rows).to_xarray().sel(entity=made["entity"], year=made["year"])
    known = made["co2_scope1_months"] == 12
    np.testing.assert_allclose(made["co2_scope1"].where(known), expected.where(known), rtol=1e-12)


@pytest.mark.benchmark(group="100 000 rows: totals by entity and year")
def test_totals_pandas(benchmark, rows):
    assert benchmark(lambda: _pandas(rows)).notna().all()


@pytest.mark.benchmark(group="2 000 000 entries x 8 quantities: grouped sums")
@pytest.mark.parametrize("way", ["compiled", "plain"])
def test_grouped_sums(benchmark, way):
    draw = np.random.default_rng(1)
    n = 2_000_000
    amount, rates = draw.random(n), draw.random((500, 8))
    key, group = draw.integers(0, 500, n).astype(np.int32), draw.integers(0, 60, n)
    ways = {"compiled": sums._compiled(), "plain": kernels.grouped_sums_plain}
    ways[way](amount[:1], key[:1], group[:1], rates, 60)  # compile outside the clock
    made = benchmark(ways[way], amount, key, group, rates, 60)
    np.testing.assert_allclose(made, kernels.grouped_sums_plain(amount, key, group, rates, 60), rtol=1e-12)
