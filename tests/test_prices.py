"""Constant prices: the chain of real growth, its faults, and its links in an explanation."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from examples import assessed, rows, walk

from carbonledger.errors import PostError
from carbonledger.explanation import explain
from carbonledger.factors import read_factors
from carbonledger.ledger import constant_prices, post, totals
from carbonledger.tables import read_activity

# China 2020-2023: GDP of 2020 at current prices [1e8 yuan] and real growth as first printed,
# shared/data/china-water-2020-2023.csv.
GDP_2020 = 1015986.0
GROWTH = {2021: 0.081, 2022: 0.030, 2023: 0.052}


def activity(*lines, **common):
    return read_activity(rows(*lines, **({"entity": "china", "period": "2020"} | common)))


def states(growth, state="gdp_growth", entity="china"):
    made = [(entity, y, state, g, "first", "states.csv", i) for i, (y, g) in enumerate(growth.items(), start=2)]
    return pd.DataFrame(made, columns=["entity", "year", "state", "value", "print", "file", "row"])


def by_year(made):
    return dict(zip(made["year"].astype(int), made["canonical"], strict=True))


BASE = ("gdp", "produced", GDP_2020, "亿元")


def test_three_links_are_the_base_times_their_product():
    made = constant_prices(activity(BASE), states(GROWTH), 2020)
    found = by_year(made)
    expected, chain = {2020: GDP_2020 * 1e8}, GDP_2020 * 1e8
    for year, growth in GROWTH.items():
        chain *= 1 + growth
        expected[year] = chain
    assert found == pytest.approx(expected, rel=1e-14)
    assert expected[2023] == pytest.approx(GDP_2020 * 1e8 * 1.081 * 1.030 * 1.052, rel=1e-14)
    assert set(made["canonical_unit"]) == {"CNY_2020"}
    assert set(made["flow"]) == {"produced"}


def test_order_of_the_states_does_not_matter():
    shuffled = states(GROWTH).iloc[[2, 0, 1]]
    assert by_year(constant_prices(activity(BASE), shuffled, 2020)) == by_year(
        constant_prices(activity(BASE), states(GROWTH), 2020)
    )


def test_growth_up_to_the_base_year_is_passed_over():
    found = by_year(constant_prices(activity(BASE), states({2019: 0.06, 2020: 0.022} | GROWTH), 2020))
    assert found == by_year(constant_prices(activity(BASE), states(GROWTH), 2020))


def test_current_prices_of_later_years_do_not_enter():
    later = ("gdp", "produced", 1143670, "亿元", {"period": "2021"})
    assert by_year(constant_prices(activity(BASE, later), states(GROWTH), 2020))[2021] == pytest.approx(
        GDP_2020 * 1e8 * 1.081
    )


def test_gdp_growth_never_deflates_industrial_value_added():
    iva = ("industrial_value_added", "produced", 313071, "亿元")
    made = constant_prices(activity(BASE, iva), states(GROWTH), 2020)
    assert set(made["activity"]) == {"gdp"}


def test_links_are_kept_with_their_print_and_place():
    made = constant_prices(activity(BASE), states(GROWTH), 2020)
    told = made.set_index("year")["derived"]
    for part in ("1.081 (2021, first; states.csv row 2)", "1.03 (2022", "1.052 (2023"):
        assert part in told[2023]
    assert "2022" not in told[2021]


def test_missing_link_is_a_fault():
    with pytest.raises(PostError, match=r"states.csv row 3: real growth of gdp is missing for 2022"):
        constant_prices(activity(BASE), states({2021: 0.081, 2023: 0.052}), 2020)


def test_missing_base_is_a_fault():
    with pytest.raises(PostError, match=r"china has no gdp in 2020.*price_base"):
        constant_prices(activity(("gdp", "produced", 1143670, "亿元", {"period": "2021"})), states(GROWTH), 2020)


def test_constant_prices_and_growth_together_are_a_fault():
    given = ("gdp", "produced", 1098281, "亿元(2020年价)", {"period": "2021"})
    with pytest.raises(PostError, match=r"row 2: gdp of china is given at constant prices and by real growth"):
        constant_prices(activity(BASE, given), states(GROWTH), 2020)


def test_faults_of_two_entities_come_together():
    both = pd.concat([states({2022: 0.03}), states(GROWTH, entity="town")], ignore_index=True)
    with pytest.raises(PostError) as caught:
        constant_prices(activity(BASE), both, 2020)
    assert len(caught.value.faults) == 2


def test_monthly_base_year_still_gives_whole_years():
    """Twelve months of the base year are a base year; the years carried forward from it are whole years."""
    monthly = [("gdp", "produced", 100.0, "亿元", {"period": f"2020-{m:02d}"}) for m in range(1, 13)]
    frame = activity(*monthly)
    made = constant_prices(frame, states({2021: 0.1}), 2020)
    ledger = post(pd.concat([frame, made], ignore_index=True), read_factors("water-rules"), ["gdp_constant"])
    found = totals(ledger)["gdp_constant"].sel(entity="china")
    assert found.sel(year=2020).item() == pytest.approx(1200e8)
    assert found.sel(year=2021).item() == pytest.approx(1320e8)


def test_links_appear_in_explain():
    node = explain(assessed("china-2020-2023"), "water_per_gdp_drop", year=2023)
    told = [n["derived"] for n in walk(node) if n["kind"] == "entry" and "1.052" in n.get("derived", "")]
    assert len(told) == 1
    assert "1.081 (2021, first; states.csv row" in told[0]
    output = next(n for n in walk(node) if n.get("argument") == "output")
    assert output["value"] == pytest.approx(GDP_2020 * 1e8 * math.prod(1 + g for g in GROWTH.values()))
