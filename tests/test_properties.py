"""What must hold for any rows: order, spelling, linearity, partitions, accounting - and a reference of plain loops."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from examples import (
    FUEL_TCE,
    POWER_TCE_PER_MWH,
    RESIDUAL_GRID,
    SHANDONG_GRID,
    factors,
    fuel_co2,
    posted,
    seeded_rows,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.ledger import totals

QUANTITIES = ("energy", "co2_scope1", "co2_scope2_location", "co2_scope2_market")
HOUSE = settings(max_examples=25, deadline=None)
SPELLINGS = {
    "t": [("t", 1), ("吨", 1), ("万吨", 1e-4), ("kg", 1e3), ("kt", 1e-3), ("ｔ", 1), (" t ", 1), ("10^4 t", 1e-4)],
    "MWh": [("MWh", 1), ("万千瓦时", 0.1), ("kWh", 1e3), ("亿千瓦时", 1e-5), ("GWh", 1e-3), ("10^4 kWh", 0.1)],
}

line = st.fixed_dictionaries(
    {
        "entity": st.sampled_from(["mill", "works", "plant"]),
        "period": st.sampled_from(["2021", "2022", "2023"]),
        "what": st.sampled_from(
            [(fuel, flow, "t") for fuel in FUEL_TCE for flow in ("combusted", "feedstock")]
            + [("electricity", flow, "MWh") for flow in ("purchased", "sold")]
        ),
        "amount": st.floats(0, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
    }
)
lines = st.lists(line, min_size=1, max_size=12)


def table(found: list[dict]) -> pd.DataFrame:
    """Rows with one document each, so that equal ones are deliveries of their own; what is sold is bought before."""
    found = [
        entry | {"what": (name, flow, unit)}
        for entry in found
        for name, last, unit in [entry["what"]]
        for flow in ((last,) if last != "sold" else ("purchased", "sold"))
    ]
    made = pd.DataFrame([{k: v for k, v in entry.items() if k != "what"} for entry in found])
    made[["activity", "flow", "unit"]] = [entry["what"] for entry in found]
    return made.assign(document=[f"d{i}" for i in range(len(found))])


def by_loop(frame: pd.DataFrame, factor: float = 1.0) -> tuple[dict, dict]:
    """Totals and the sums of their terms' sizes, as dictionaries of (quantity, entity, year); no rows, no key."""
    sums: dict[tuple[str, str, int], float] = {}
    sizes: dict[tuple[str, str, int], float] = {}
    for row in frame.to_dict("records"):
        year, name, flow = int(row["period"]), row["activity"], row["flow"]
        if name == "electricity":
            sign = 1 if flow == "purchased" else -1
            rates = {
                "energy": sign * POWER_TCE_PER_MWH,
                "co2_scope2_location": sign * SHANDONG_GRID[year],
                "co2_scope2_market": sign * RESIDUAL_GRID[year],
            }
        else:
            rates = {"energy": FUEL_TCE[name]}
            if flow == "combusted":
                rates["co2_scope1"] = fuel_co2(name)
        for quantity, rate in rates.items():
            key = (quantity, row["entity"], year)
            term = row["amount"] * rate * factor
            sums[key] = sums.get(key, 0.0) + term
            sizes[key] = sizes.get(key, 0.0) + abs(term)
    return sums, sizes


def as_dict(frame: pd.DataFrame, **options) -> dict:
    found = totals(posted(frame, *QUANTITIES, **options))
    return {
        (quantity, str(entity), int(year)): value
        for quantity in QUANTITIES
        for entity in found["entity"].values
        for year in found["year"].values
        if not math.isnan(value := found[quantity].sel(entity=entity, year=year).item())
    }


def check(found: dict, expected: dict, sizes: dict, tolerance: float = 1e-12) -> None:
    assert set(found) == set(expected)
    for key, value in expected.items():
        assert abs(found[key] - value) <= tolerance * sizes[key], key


@HOUSE
@given(lines)
def test_totals_are_those_of_plain_loops(drawn):
    frame = table(drawn)
    check(as_dict(frame), *by_loop(frame))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_totals_of_many_rows_are_those_of_plain_loops(seed):
    frame = seeded_rows(seed, 400)
    check(as_dict(frame), *by_loop(frame))


@HOUSE
@given(lines, st.randoms(use_true_random=False))
def test_order_of_the_rows_does_not_matter(drawn, random):
    frame = table(drawn)
    order = list(range(len(frame)))
    random.shuffle(order)
    check(as_dict(frame.iloc[order].reset_index(drop=True)), as_dict(frame), by_loop(frame)[1])


@HOUSE
@given(lines, st.data())
def test_spelling_of_the_unit_does_not_matter(drawn, data):
    frame = table(drawn)
    written = frame.copy()
    chosen = [data.draw(st.sampled_from(SPELLINGS[unit])) for unit in frame["unit"]]
    written["unit"] = [unit for unit, _ in chosen]
    written["amount"] = [repr(a * size) for a, (_, size) in zip(frame["amount"], chosen, strict=True)]
    check(as_dict(written), as_dict(frame), by_loop(frame)[1])


@HOUSE
@given(lines, st.sampled_from([2.0, 0.5, 3.7]))
def test_posting_is_linear_in_the_amounts(drawn, factor):
    frame = table(drawn)
    scaled = frame.assign(amount=frame["amount"] * factor)
    sums, sizes = by_loop(frame)
    once = as_dict(frame)
    check(as_dict(scaled), {k: v * factor for k, v in once.items()}, {k: v * factor for k, v in sizes.items()})
    assert set(once) == set(sums)


@HOUSE
@given(lines)
def test_posting_the_rows_again_doubles_the_totals(drawn):
    frame = table(drawn)
    twice = pd.concat([frame, frame.assign(document=frame["document"] + "x")], ignore_index=True)
    expected = {k: 2 * v for k, v in as_dict(frame).items()}
    check(as_dict(twice), expected, {k: 2 * v for k, v in by_loop(frame)[1].items()})


@HOUSE
@given(lines, st.sampled_from(["activity", "flow", "region"]))
def test_parts_by_any_dimension_add_up(drawn, dim):
    frame = table(drawn)
    ledger = posted(frame, *QUANTITIES)
    whole, parts = totals(ledger), totals(ledger, by=["entity", dim])
    sizes = by_loop(frame)[1]
    for quantity in QUANTITIES:
        added = parts[quantity].sum(dim)
        for entity in whole["entity"].values:
            for year in whole["year"].values:
                here = {"entity": entity, "year": year}
                size = sizes.get((quantity, str(entity), int(year)), 0.0)
                expected = np.nan_to_num(whole[quantity].sel(here).item())
                assert abs(added.sel(here).item() - expected) <= 1e-12 * size
                rows = parts[f"{quantity}_rows"].sel(here).sum().item()
                assert rows == whole[f"{quantity}_rows"].sel(here).item()


BAD = {
    "negative": {"amount": -1.0},
    "unknown activity": {"activity": "phlogiston"},
    "unknown flow": {"flow": "vanished"},
    "unit of another dimension": {"unit": "m3/s"},
    "no amount": {"amount": ""},
    "counts nowhere": {"activity": "diesel", "flow": "discharged", "unit": "t"},
    "no rate": {"activity": "raw_coal", "flow": "combusted", "unit": "t"},
}


@HOUSE
@given(lines, st.lists(st.sampled_from(sorted(BAD)), min_size=1, max_size=4))
def test_rows_in_are_rows_posted_and_rows_refused(drawn, faults):
    good = table(drawn)
    bad = [good.iloc[0].to_dict() | BAD[name] | {"document": f"bad{i}"} for i, name in enumerate(faults)]
    frame = pd.concat([good, pd.DataFrame(bad)], ignore_index=True)
    ledger = posted(frame.astype(object), *QUANTITIES, on_fault="refuse", factors=factors())
    assert len(ledger.entries) + len(ledger.refused) == len(frame)
    assert list(ledger.refused["row"]) == list(range(len(good) + 1, len(frame) + 1))
    assert all(ledger.refused["reason"])
    clean = as_dict(good)
    found = totals(ledger, partial=True)
    sizes = by_loop(good)[1]
    for (quantity, entity, year), value in clean.items():
        kept = found[quantity].sel(entity=entity, year=year).item()
        assert abs(kept - value) <= 1e-12 * sizes[(quantity, entity, year)]
    entity, year = str(good["entity"].iat[0]), int(good["period"].iat[0])
    marked = totals(ledger)
    for quantity in QUANTITIES:
        assert math.isnan(marked[quantity].sel(entity=entity, year=year).item())
