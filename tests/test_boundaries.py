"""What crosses a border: eliminations, the consumption boundary, contracts, and parts that move between flows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from examples import (
    FUEL_TCE,
    HEAT_CO2,
    POWER_TCE_PER_MWH,
    RESIDUAL_GRID,
    SHANDONG_GRID,
    fuel_co2,
    posted,
    rows,
    total,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.errors import PostError
from carbonledger.ledger import Ledger, post, read_entities, totals
from carbonledger.reasons import Reason

LOCATION, MARKET = "co2_scope2_location", "co2_scope2_market"
GRID, RESIDUAL = SHANDONG_GRID[2022], RESIDUAL_GRID[2022]
# Jiangsu average 2022, t CO2/MWh: notice 33 of 2024 (MEE, NBS), Table 3; facts/energy-carbon.md section 3
JIANGSU = 0.5978
GJ_PER_MWH = 3.6

PLACES = read_entities(
    pd.DataFrame(
        [
            ("city", "city", "", "CN-37-07"),
            ("east", "district", "city", ""),
            ("west", "district", "city", ""),
            ("mill", "enterprise", "east", ""),
            ("works", "enterprise", "east", ""),
            ("plant", "enterprise", "west", ""),
        ],
        columns=["entity", "level", "parent", "region"],
    )
)


def power(who, flow, amount, partner="", **more):
    return "electricity", flow, amount, "MWh", {"entity": who, "partner": partner, **more}


def heat(who, flow, amount, partner="", **more):
    return "heat", flow, amount, "GJ", {"entity": who, "partner": partner, **more}


def fuel(who, flow, amount, **more):
    return "diesel", flow, amount, "t", {"entity": who, **more}


def ledger_of(lines, *quantities, **options) -> Ledger:
    frame = lines if isinstance(lines, pd.DataFrame) else rows(*lines)
    return posted(frame, *(quantities or (LOCATION,)), **({"entities": PLACES} | options))


def at(ledger, quantity, boundary="territorial", year=2022, **place):
    found = totals(ledger, by=list(place), boundary=boundary)[quantity].sel(**place, year=year)
    return float(found.item())


def why(ledger, quantity, boundary="territorial", year=2022, **place):
    found = totals(ledger, by=list(place), boundary=boundary)[f"{quantity}_reason"].sel(**place, year=year)
    return Reason(int(found.item()))


def eliminated(ledger) -> pd.DataFrame:
    return ledger.entries[ledger.entries["entry"] == "elimination"]


def fault_of(lines, match, **options):
    """The only fault of the rows, from a DataFrame or a file."""
    with pytest.raises(PostError, match=match) as caught:
        ledger_of(lines, **options)
    (only,) = caught.value.faults
    return only


# --- 1. eliminations: the mill makes 100 MWh and sells 60 of them to the works, which buy 40 from the grid ---------

MADE, GRID_PART = power("mill", "generated", 100), power("works", "purchased", 40)
NAMED = {
    "both": [power("mill", "sold", 60, "works"), power("works", "purchased", 60, "mill"), GRID_PART],
    "buyer": [power("mill", "sold", 60), power("works", "purchased", 60, "mill"), GRID_PART],
    "seller": [power("mill", "sold", 60, "works"), power("works", "purchased", 100)],
    "buyer in a memo": [
        power("mill", "sold", 60),
        power("works", "purchased", 100),
        power("works", "purchased", 60, "mill", part_of="electricity"),
    ],
    "both, one in a memo": [
        power("mill", "sold", 60, "works"),
        power("works", "purchased", 100),
        power("works", "purchased", 60, "mill", part_of="electricity"),
    ],
    "months": [
        line
        for m in range(1, 13)
        for line in (
            power("mill", "sold", 5, "works", period=f"2022-{m:02d}"),
            power("works", "purchased", 5, "mill", period=f"2022-{m:02d}"),
            power("works", "purchased", 10 / 3, period=f"2022-{m:02d}"),
        )
    ],
}


@pytest.fixture(params=NAMED)
def traded(request):
    return ledger_of([MADE, *NAMED[request.param]], LOCATION, MARKET, "energy")


def test_what_is_traded_inside_does_not_enter_the_district(traded):
    """40 MWh cross the border of the district, whoever names whom."""
    assert at(traded, LOCATION, district="east") == pytest.approx(40 * GRID)
    assert at(traded, MARKET, district="east") == pytest.approx(40 * RESIDUAL)
    assert at(traded, "energy", district="east") == pytest.approx(40 * POWER_TCE_PER_MWH)


def test_purchases_of_a_district_are_what_it_buys_outside(traded):
    assert at(traded, LOCATION, district="east", flow="purchased") == pytest.approx(40 * GRID)
    assert at(traded, LOCATION, district="east", flow="sold") == pytest.approx(0, abs=1e-9)


def test_eliminations_are_visible_and_cancel(traded):
    found = eliminated(traded)
    assert (found["canonical"] < 0).all()
    assert found.groupby(found["flow"].astype(str))["canonical"].sum().to_dict() == pytest.approx(
        {"purchased": -60 * GJ_PER_MWH, "sold": -60 * GJ_PER_MWH}
    )
    assert set(found["entity"]) == {"east"}
    assert set(found["sector"]) == {"eliminations"}
    assert set(found["partner"]) == {""}
    assert set(found["part_of"]) == {""}
    assert found["derived"].str.startswith("elimination: ").all()
    assert found["derived"].str.contains("both in east").all()
    assert at(traded, LOCATION, entity="east") == pytest.approx(0, abs=1e-9)
    assert at(traded, LOCATION, entity="mill") == pytest.approx(-60 * GRID)
    assert at(traded, LOCATION, entity="works") == pytest.approx(100 * GRID)


def test_every_row_given_is_an_entry_once(traded):
    assert (traded.entries["entry"] == "row").sum() == len(traded.entries) - len(eliminated(traded))
    assert len(traded.refused) == 0


def test_an_entity_of_the_operational_account_keeps_its_trade(traded):
    assert at(traded, LOCATION, "operational", entity="works") == pytest.approx(100 * GRID)
    assert at(traded, LOCATION, "operational", entity="mill") == pytest.approx(-60 * GRID)
    assert why(traded, LOCATION, "operational", entity="east") is Reason.NO_ROWS


PARTITIONS = [["entity"], ["sector"], ["activity"], ["flow"], ["region"], ["entity", "flow"], ["district"], ["city"]]


@pytest.mark.parametrize("by", PARTITIONS, ids="+".join)
@pytest.mark.parametrize("boundary", ["territorial", "consumption"])
def test_partitions_of_a_trade_add_up(traded, by, boundary):
    """The plant sells 60 of 100 MWh without fuel rows: consumption needs its split, so that amounts are compared raw."""
    whole = totals(traded, by=[], boundary=boundary, partial=True)
    parts = totals(traded, by=by, boundary=boundary, partial=True)
    for quantity in (LOCATION, MARKET, "energy"):
        assert float(parts[quantity].sum().item()) == pytest.approx(float(whole[quantity].item()), abs=1e-9)


def test_heat_is_eliminated_like_power():
    lines = [heat("mill", "generated", 500), heat("mill", "sold", 300, "works"), heat("works", "purchased", 350)]
    ledger = ledger_of(lines)
    assert at(ledger, LOCATION, district="east") == pytest.approx(50 * HEAT_CO2)
    assert at(ledger, LOCATION, district="east", flow="purchased") == pytest.approx(50 * HEAT_CO2)


def test_power_of_two_pairs_and_heat_stay_apart():
    """Hand: the mill sells 30 to the works and 20 to the plant; the works buy 30 and 300 GJ of heat."""
    lines = [
        MADE,
        power("mill", "sold", 30, "works"),
        power("mill", "sold", 20, "plant"),
        power("works", "purchased", 30, "mill"),
        power("plant", "purchased", 20, "mill"),
        heat("mill", "generated", 300),
        heat("mill", "sold", 300, "works"),
        heat("works", "purchased", 300, "mill"),
    ]
    ledger = ledger_of(lines)
    assert at(ledger, LOCATION, district="east", flow="sold") == pytest.approx(-20 * GRID)
    assert at(ledger, LOCATION, district="east", flow="purchased") == pytest.approx(0, abs=1e-9)
    assert at(ledger, LOCATION, district="west") == pytest.approx(20 * GRID)
    assert at(ledger, LOCATION, city="city", flow="sold") == pytest.approx(0, abs=1e-9)
    assert eliminated(ledger).groupby("entity", observed=True).size().to_dict() == {"east": 4, "city": 2}


@pytest.mark.parametrize("seller", [{"activity": "green"}, {"activity": "plain"}])
def test_green_power_bought_from_a_neighbour(seller):
    """60 of 100 MWh are contracted with the mill's sun: location 40 from outside, market 40 at the residual."""
    green = {"part_of": "electricity", "evidence": "contract 7"} | (
        {"partner": "mill"} if seller["activity"] == "green" else {}
    )
    lines = [
        ("solar_electricity", "generated", 60, "MWh", {"entity": "mill"}),
        power("mill", "sold", 60, "works"),
        power("works", "purchased", 100),
        ("green_electricity", "purchased", 60, "MWh", {"entity": "works", **green}),
    ]
    ledger = ledger_of(lines, LOCATION, MARKET)
    assert at(ledger, LOCATION, district="east") == pytest.approx(40 * GRID)
    assert at(ledger, LOCATION, district="east", flow="purchased") == pytest.approx(40 * GRID)
    assert at(ledger, MARKET, entity="works") == pytest.approx(40 * RESIDUAL)


def test_green_power_of_a_named_partner_is_zero_at_the_buyer_and_in_the_elimination():
    lines = [
        ("solar_electricity", "generated", 60, "MWh", {"entity": "mill"}),
        power("mill", "sold", 60, "works"),
        power("works", "purchased", 40),
        ("green_electricity", "purchased", 60, "MWh", {"entity": "works", "partner": "mill", "evidence": "c"}),
    ]
    ledger = ledger_of(lines, LOCATION, MARKET)
    assert at(ledger, LOCATION, district="east") == pytest.approx(40 * GRID)
    assert at(ledger, MARKET, district="east") == pytest.approx(40 * RESIDUAL)


def test_sides_that_differ_by_less_than_a_per_cent_leave_nothing():
    """Sold 100, metered 99.5: each side is reversed by what it wrote, so that nothing of it enters the district."""
    lines = [MADE, power("mill", "sold", 100, "works"), power("works", "purchased", 99.5, "mill"), GRID_PART]
    ledger = ledger_of(lines)
    assert at(ledger, LOCATION, district="east") == pytest.approx(40 * GRID)
    assert at(ledger, LOCATION, entity="east") == pytest.approx(0.5 * GRID)


@pytest.mark.parametrize("silent", [99.5, 100, 100.5])
def test_a_silent_side_is_reversed_up_to_what_it_reports(silent):
    lines = [MADE, power("mill", "sold", 100, "works"), power("works", "purchased", silent)]
    found = eliminated(ledger_of(lines)).set_index("flow")["canonical"]
    assert found["purchased"] == pytest.approx(-min(silent, 100) * GJ_PER_MWH)
    assert found["sold"] == pytest.approx(-100 * GJ_PER_MWH)


@pytest.mark.parametrize("bought", [98.9, 101.1])
def test_sides_that_differ_are_a_fault(bought, write_csv):
    lines = [MADE, power("mill", "sold", 100, "works"), power("works", "purchased", bought, "mill")]
    frame = rows(*lines)
    path = write_csv(list(frame.columns), frame.to_numpy().tolist(), name="trade.csv")
    with pytest.raises(PostError) as caught:
        post(path, posted(rows(*lines[:1]), LOCATION).factors, [LOCATION], entities=PLACES)
    (fault,) = caught.value.faults
    text = str(fault.text)
    assert (fault.file, fault.row, fault.column) == ("trade.csv", 3, "partner")
    for part in ("mill sold 360 GJ", "to works in 2022", f"it bought {bought * GJ_PER_MWH:g}"):
        assert part in text


def test_a_silent_side_that_reports_too_little_is_a_fault():
    fault = fault_of([MADE, power("mill", "sold", 60, "works"), power("works", "purchased", 50)], "which reports 180")
    assert fault.row == 2
    for part in ("mill names works as partner for 216 GJ of electricity in 2022", "180 purchased"):
        assert part in str(fault.text)


def test_a_zero_on_the_other_side_is_not_silence():
    """The works name the mill with 0 MWh: the mill's other customers have nothing to do with it."""
    lines = [
        power("mill", "generated", 400),
        power("mill", "sold", 100, "works"),
        power("mill", "sold", 200),
        power("works", "purchased", 0, "mill"),
        power("works", "purchased", 500),
    ]
    for order in (rows(*lines), rows(*reversed(lines))):
        with pytest.raises(PostError, match=r"sold 360 GJ .* bought 0"):
            ledger_of(order)


def test_two_sellers_cannot_both_have_sold_what_one_silent_buyer_bought_once():
    """60 + 60 named for the plant, which bought 100: 20 MWh are somebody's error."""
    lines = [
        power("mill", "generated", 60),
        power("works", "generated", 60),
        power("mill", "sold", 60, "plant"),
        power("works", "sold", 60, "plant"),
        power("plant", "purchased", 100),
    ]
    with pytest.raises(PostError):
        ledger_of(lines)
    lines[-1] = power("plant", "purchased", 120)
    assert at(ledger_of(lines), LOCATION, city="city", flow="purchased") == pytest.approx(0, abs=1e-9)


def test_a_named_part_of_a_purchase_is_not_there_for_another_seller():
    """Of 100 MWh 60 are named as the mill's: no more than 40 can come from the plant."""
    lines = [
        power("mill", "generated", 60),
        power("plant", "generated", 60),
        power("mill", "sold", 60, "works"),
        power("plant", "sold", 60, "works"),
        power("works", "purchased", 100),
        power("works", "purchased", 60, "mill", part_of="electricity"),
    ]
    with pytest.raises(PostError):
        ledger_of(lines)


def test_partner_that_does_not_exist():
    fault = fault_of([power("works", "purchased", 60, "mil")], "partner 'mil' is no entity")
    assert "'mill'" in str(fault.text)
    assert "outside" in str(fault.mend)
    assert (fault.row, fault.column) == (1, "partner")


def test_own_partner():
    assert fault_of([power("works", "purchased", 60, "works")], "'works' is its own partner").row == 1


def test_a_flow_without_two_sides_has_no_partner():
    assert fault_of([power("mill", "generated", 60, "works")], "flow 'generated' with a partner").row == 1


def test_partner_in_another_district_is_eliminated_at_the_city_alone():
    lines = [
        MADE,
        power("mill", "sold", 60, "plant"),
        power("plant", "purchased", 60, "mill"),
        power("plant", "purchased", 10),
    ]
    ledger = ledger_of(lines)
    assert set(eliminated(ledger)["entity"]) == {"city"}
    assert at(ledger, LOCATION, district="east", flow="sold") == pytest.approx(-60 * GRID)
    assert at(ledger, LOCATION, district="west", flow="purchased") == pytest.approx(70 * GRID)
    assert at(ledger, LOCATION, city="city", flow="purchased") == pytest.approx(10 * GRID)
    assert at(ledger, LOCATION, city="city", flow="sold") == pytest.approx(0, abs=1e-9)
    assert at(ledger, LOCATION, city="city") == pytest.approx(10 * GRID)
    names = set(totals(ledger, by=["district"])["district"].values)
    assert names == {"east", "west"}


def test_households_of_the_district_are_a_partner():
    """The district's own row (households) buys from the mill: both are in the district."""
    lines = [MADE, power("mill", "sold", 30, "east"), power("east", "purchased", 50)]
    ledger = ledger_of(lines)
    assert set(eliminated(ledger)["entity"]) == {"east"}
    assert at(ledger, LOCATION, district="east", flow="purchased") == pytest.approx(20 * GRID)


def test_partners_without_a_common_place_are_not_eliminated():
    table = pd.DataFrame(
        [("mill", "enterprise", "", "CN-37"), ("works", "enterprise", "", "CN-37")],
        columns=["entity", "level", "parent", "region"],
    )
    lines = [MADE, *NAMED["both"]]
    ledger = ledger_of(lines, entities=read_entities(table))
    assert len(eliminated(ledger)) == 0
    assert at(ledger, LOCATION) == pytest.approx(40 * GRID)


def test_each_side_is_reversed_at_its_own_region():
    """Seller in Shandong, buyer in Jiangsu: what remains is the grid part, at Jiangsu's factor."""
    table = pd.DataFrame(
        [("cn", "nation", "", "CN"), ("mill", "enterprise", "cn", "CN-37"), ("works", "enterprise", "cn", "CN-32")],
        columns=["entity", "level", "parent", "region"],
    )
    lines = [
        MADE,
        *NAMED["both"],
        heat("mill", "generated", 9),
        heat("mill", "sold", 9, "works"),
        heat("works", "purchased", 9),
    ]
    ledger = ledger_of(lines, entities=read_entities(table), region="")
    assert at(ledger, LOCATION, nation="cn") == pytest.approx(40 * JIANGSU)
    assert at(ledger, LOCATION, entity="cn") == pytest.approx(60 * (GRID - JIANGSU))


def test_years_are_eliminated_apart():
    lines = [
        MADE,
        *NAMED["seller"],
        power("works", "purchased", 7, period="2023"),
        power("mill", "generated", 5, period="2023"),
    ]
    ledger = ledger_of(lines)
    assert at(ledger, LOCATION, district="east", flow="purchased") == pytest.approx(40 * GRID)
    assert at(ledger, LOCATION, district="east", flow="purchased", year=2023) == pytest.approx(7 * SHANDONG_GRID[2023])


# --- refused rows never leave half an elimination ------------------------------------------------------------------

OVERSOLD = [power("mill", "sold", 60, "works"), power("works", "purchased", 90)]
HALVES = {
    "sides differ": [MADE, power("mill", "sold", 100, "works"), power("works", "purchased", 90, "mill")],
    "seller refused, buyer silent": OVERSOLD,
    "seller refused, buyer named": [OVERSOLD[0], power("works", "purchased", 60, "mill")],
    "buyer's whole refused": [
        MADE,
        power("mill", "sold", 60, "works"),
        power("works", "purchased", 100, "nobody"),
        power("works", "purchased", 60, "mill", part_of="electricity"),
    ],
    "buyer refused, seller silent": [
        MADE,
        power("mill", "sold", 60),
        power("works", "purchased", 60, "mill", part_of="electricity"),
    ],
    "buyer's sign": [MADE, power("mill", "sold", 60, "works"), power("works", "purchased", -60, "mill")],
}


@pytest.mark.parametrize("lines", HALVES.values(), ids=HALVES)
def test_a_refused_row_takes_the_whole_elimination_with_it(lines):
    ledger = ledger_of(lines, on_fault="refuse")
    assert len(ledger.refused) > 0
    found = eliminated(ledger).groupby("flow", observed=True)["canonical"].sum()
    assert found.get("sold", 0.0) == pytest.approx(found.get("purchased", 0.0))
    by_flow = totals(ledger, ["flow"], partial=True)[LOCATION].sel(year=2022).to_series().dropna()
    assert by_flow.get("purchased", 0.0) >= -1e-9  # nothing is reversed that was not posted
    assert by_flow.get("sold", 0.0) <= 1e-9
    assert (ledger.entries["entry"] == "row").sum() + len(ledger.refused) == len(lines)
    assert why(ledger, LOCATION, district="east") is Reason.ROWS_REFUSED


def test_a_row_without_a_rate_takes_the_whole_elimination_with_it():
    """The works have no region and so no grid factor; the mill's own sale is kept, the trade is not eliminated."""
    table = pd.DataFrame(
        [("cn", "nation", "", ""), ("mill", "enterprise", "cn", "CN-37"), ("works", "enterprise", "cn", "")],
        columns=["entity", "level", "parent", "region"],
    )
    lines = [MADE, power("mill", "sold", 60, "works"), power("works", "purchased", 60, "mill")]
    ledger = ledger_of(lines, entities=read_entities(table), region="", on_fault="refuse")
    assert list(ledger.refused["row"]) == [3]
    assert len(eliminated(ledger)) == 0


# --- 2. districts at random: the sum of entities and eliminations is the supply across the border -------------------


@dataclass
class Trade:
    seller: str
    buyer: str
    amount: int
    named: str


@dataclass
class District:
    """Random accounts that agree: what everybody sells is made there, what is bought is somebody's or the grid's."""

    trades: list[Trade]
    bought: dict[str, int]  # from the grid
    sold: dict[str, int]  # to the grid
    diesel: dict[str, int]
    order: int
    spelling: int
    inside: frozenset[str] = field(default=frozenset({"mill", "works", "east"}))

    def lines(self):
        made, silent = [], {}
        for i, trade in enumerate(self.trades):
            document = {"document": f"trade {i}"}
            if trade.named in {"both", "seller"}:
                made.append(power(trade.seller, "sold", trade.amount, trade.buyer, **document))
            else:
                silent[trade.seller, "sold"] = silent.get((trade.seller, "sold"), 0) + trade.amount
            if trade.named in {"both", "buyer"}:
                made.append(power(trade.buyer, "purchased", trade.amount, trade.seller, **document))
            else:
                silent[trade.buyer, "purchased"] = silent.get((trade.buyer, "purchased"), 0) + trade.amount
        for who in ENTITIES:
            made.append(power(who, "purchased", self.bought[who] + silent.get((who, "purchased"), 0)))
            made.append(power(who, "sold", self.sold[who] + silent.get((who, "sold"), 0)))
            out = self.sold[who] + sum(t.amount for t in self.trades if t.seller == who)
            made.append(power(who, "generated", out))
            made.append(fuel(who, "fired", self.diesel[who]))
            if out:
                made.append(fuel(who, "fired_sold", self.diesel[who] / 4 + 1e-3, part_of="diesel"))
        return made

    def frame(self):
        found = rows(*self.lines())
        spelt = [("MWh", 1.0), ("kWh", 1e3), ("万千瓦时", 0.1), ("GJ", 3.6)][self.spelling]
        is_power = found["activity"] == "electricity"
        found["amount"] = found["amount"].astype(float).where(~is_power, found["amount"] * spelt[1])
        found["unit"] = found["unit"].where(~is_power, spelt[0])
        return found.sample(frac=1, random_state=self.order).reset_index(drop=True)

    def crossing(self, flow):
        """MWh across the border of the district, in plain arithmetic."""
        grid = self.bought if flow == "purchased" else self.sold
        found = sum(grid[who] for who in self.inside)
        for trade in self.trades:
            ours, theirs = (trade.buyer, trade.seller) if flow == "purchased" else (trade.seller, trade.buyer)
            found += trade.amount * (ours in self.inside and theirs not in self.inside)
        return found


ENTITIES = ("mill", "works", "east", "plant")
amounts = st.fixed_dictionaries({who: st.integers(0, 500) for who in ENTITIES})
pairs = st.permutations(["mill", "works", "east", "plant"]).map(lambda names: tuple(names[:2]))
trade = st.tuples(pairs, st.integers(1, 300), st.sampled_from(["both", "buyer", "seller"]))


@st.composite
def districts(draw):
    found = draw(st.lists(trade, max_size=5, unique_by=lambda t: t[0]))
    burnt = draw(amounts)
    return District(
        [Trade(*pair, amount, named) for pair, amount, named in found],
        draw(amounts),
        draw(amounts),
        {who: amount + 1 for who, amount in burnt.items()},
        draw(st.integers(0, 9)),
        draw(st.integers(0, 3)),
    )


@settings(max_examples=40, deadline=None)
@given(districts())
def test_district_supply_equals_entities_and_eliminations(district):
    ledger = ledger_of(district.frame(), LOCATION, "co2_scope1", "energy")
    assert len(ledger.refused) == 0
    imports, exports = district.crossing("purchased"), district.crossing("sold")
    inside = [who for who in ENTITIES if who in district.inside]
    scope_1 = sum(district.diesel[who] for who in inside) * fuel_co2("diesel")
    near = {"rel": 1e-9, "abs": 1e-6}
    assert at(ledger, "co2_scope1", district="east") == pytest.approx(scope_1, **near)
    assert at(ledger, LOCATION, district="east") == pytest.approx((imports - exports) * GRID, **near)
    assert at(ledger, LOCATION, district="east", flow="purchased") == pytest.approx(imports * GRID, **near)
    assert at(ledger, LOCATION, district="east", flow="sold") == pytest.approx(-exports * GRID, **near)
    energy = sum(district.diesel[who] for who in inside) * FUEL_TCE["diesel"] + (imports - exports) * POWER_TCE_PER_MWH
    assert at(ledger, "energy", district="east") == pytest.approx(energy, **near)
    by_entity = totals(ledger, by=["entity"])[LOCATION].sel(year=2022)
    one_by_one = sum(float(by_entity.sel(entity=e)) for e in inside)
    assert one_by_one == pytest.approx((imports - exports) * GRID, **near)


@settings(max_examples=25, deadline=None)
@given(districts(), st.sampled_from(PARTITIONS))
def test_partitions_of_a_random_district_add_up(district, by):
    ledger = ledger_of(district.frame(), LOCATION, "co2_scope1", "energy")
    for boundary in ("territorial", "consumption"):
        whole = totals(ledger, by=[], boundary=boundary)
        parts = totals(ledger, by=by, boundary=boundary)
        for quantity in (LOCATION, "co2_scope1", "energy"):
            found = float(parts[quantity].sum().item())
            if by == ["district"] and boundary == "territorial":  # the city's eliminations lie above the districts
                found += float(np.nan_to_num(totals(ledger)[quantity].reindex(entity=["city"])).sum())
            assert found == pytest.approx(float(whole[quantity].sum().item()), rel=1e-9, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(districts())
def test_consumption_of_a_random_district_is_use_in_full(district):
    """Direct without the fuel of what is sold, and every MWh bought by anybody inside."""
    ledger = ledger_of(district.frame(), LOCATION, "co2_scope1")
    out = {w: district.sold[w] + sum(t.amount for t in district.trades if t.seller == w) for w in ENTITIES}
    burnt = sum(district.diesel[w] - (district.diesel[w] / 4 + 1e-3 if out[w] else 0) for w in district.inside)
    bought = sum(district.bought[w] + sum(t.amount for t in district.trades if t.buyer == w) for w in district.inside)
    assert at(ledger, "co2_scope1", "consumption", district="east") == pytest.approx(burnt * fuel_co2("diesel"))
    assert at(ledger, LOCATION, "consumption", district="east") == pytest.approx(bought * GRID, abs=1e-6)


# --- 3. the consumption boundary -------------------------------------------------------------------------------------

# 100 t of diesel fired, 40 of them for what is sold: 160 of 400 MWh and 90 of 200 GJ; 10 MWh are bought
CHP = [
    fuel("mill", "fired", 100),
    fuel("mill", "fired_sold", 40, part_of="diesel"),
    power("mill", "generated", 400),
    power("mill", "sold", 160),
    power("mill", "purchased", 10),
    heat("mill", "generated", 200),
    heat("mill", "sold", 90),
]


def test_a_plant_with_its_split():
    ledger = ledger_of(CHP, "co2_scope1", LOCATION, "energy")
    here = {"entity": "mill"}
    assert at(ledger, "co2_scope1", **here) == pytest.approx(100 * fuel_co2("diesel"))
    assert at(ledger, LOCATION, **here) == pytest.approx((10 - 160) * GRID - 90 * HEAT_CO2)
    assert at(ledger, "co2_scope1", "consumption", **here) == pytest.approx(60 * fuel_co2("diesel"))
    assert at(ledger, LOCATION, "consumption", **here) == pytest.approx(10 * GRID)
    energy = 60 * FUEL_TCE["diesel"] + 10 * POWER_TCE_PER_MWH
    assert at(ledger, "energy", "consumption", **here) == pytest.approx(energy)


def test_the_split_may_stand_beside_the_rest():
    lines = [fuel("mill", "fired", 60), fuel("mill", "fired_sold", 40), *CHP[2:]]
    ledger = ledger_of(lines, "co2_scope1")
    assert at(ledger, "co2_scope1", entity="mill") == pytest.approx(100 * fuel_co2("diesel"))
    assert at(ledger, "co2_scope1", "consumption", entity="mill") == pytest.approx(60 * fuel_co2("diesel"))


def test_power_of_the_sun_that_is_sold_gives_no_credit_but_is_not_used():
    """100 MWh of sun, 60 sold, 10 bought: no emission of the sun to take out, and 40 + 10 MWh used."""
    lines = [
        ("solar_electricity", "generated", 100, "MWh", {"entity": "mill"}),
        power("mill", "sold", 60),
        power("mill", "purchased", 10),
    ]
    ledger = ledger_of(lines, LOCATION, MARKET, "energy")
    here = {"entity": "mill", "boundary": "consumption"}
    assert at(ledger, LOCATION, **here) == pytest.approx(10 * GRID)
    assert at(ledger, MARKET, **here) == pytest.approx(10 * RESIDUAL)
    assert at(ledger, "energy", **here) == pytest.approx(50 * POWER_TCE_PER_MWH)


@pytest.mark.parametrize("boundary", ["territorial", "operational", "consumption"])
def test_power_that_is_passed_on_is_the_buyers(boundary):
    ledger = ledger_of([power("mill", "purchased", 100), power("mill", "sold", 30)], LOCATION, "energy")
    assert at(ledger, LOCATION, boundary, entity="mill") == pytest.approx(70 * GRID)
    assert at(ledger, "energy", boundary, entity="mill") == pytest.approx(70 * POWER_TCE_PER_MWH)


def test_fuel_first_then_sun_then_what_was_bought():
    """Sold 150 of 100 from fuel (all of it), 20 of sun, 50 bought: 20 bought ones stay."""
    lines = [
        fuel("mill", "fired_sold", 30),
        power("mill", "generated", 100),
        ("wind_electricity", "generated", 20, "MWh", {"entity": "mill"}),
        power("mill", "purchased", 50),
        power("mill", "sold", 150),
    ]
    ledger = ledger_of(lines, LOCATION, "energy")
    here = {"entity": "mill", "boundary": "consumption"}
    assert at(ledger, LOCATION, **here) == pytest.approx(20 * GRID)
    assert at(ledger, "energy", **here) == pytest.approx(20 * POWER_TCE_PER_MWH)


def test_a_heat_plant_that_passes_power_on_does_not_use_it():
    """The split is of the heat; the 30 MWh sold were bought, and no fuel was burnt for them."""
    lines = [
        fuel("mill", "fired", 100),
        fuel("mill", "fired_sold", 60, part_of="diesel"),
        heat("mill", "generated", 1000),
        heat("mill", "sold", 600),
        power("mill", "purchased", 100),
        power("mill", "sold", 30),
    ]
    ledger = ledger_of(lines, LOCATION, "energy")
    here = {"entity": "mill", "boundary": "consumption"}
    assert at(ledger, LOCATION, **here) == pytest.approx(70 * GRID)
    assert at(ledger, "energy", **here) == pytest.approx(40 * FUEL_TCE["diesel"] + 70 * POWER_TCE_PER_MWH)


def test_a_heat_plant_that_sells_its_suns_power_does_not_use_it():
    lines = [
        fuel("mill", "fired", 100),
        fuel("mill", "fired_sold", 60, part_of="diesel"),
        heat("mill", "generated", 1000),
        heat("mill", "sold", 600),
        ("solar_electricity", "generated", 50, "MWh", {"entity": "mill"}),
        power("mill", "sold", 30),
    ]
    energy = at(ledger_of(lines, "energy"), "energy", "consumption", entity="mill")
    assert energy == pytest.approx(40 * FUEL_TCE["diesel"] + 20 * POWER_TCE_PER_MWH)


@pytest.mark.parametrize("row", [2, 3, 4], ids=["generated", "bought", "sold"])
def test_units_of_the_rows_do_not_change_the_shares(row):
    """Generated 100, bought 100, sold 150: from fuel 100, passed on 50. 1 MWh = 0.1229 tce by either unit."""
    lines = [
        fuel("mill", "fired", 100),
        fuel("mill", "fired_sold", 60, part_of="diesel"),
        power("mill", "generated", 100.0),
        power("mill", "purchased", 100.0),
        power("mill", "sold", 150.0),
    ]
    frame = rows(*lines)
    frame.loc[row, "amount"] *= POWER_TCE_PER_MWH
    frame.loc[row, "unit"] = "tce"
    try:
        ledger = ledger_of(frame, "energy")
    except PostError:
        return  # refusing to compare is an answer; a wrong share is none
    found = totals(ledger, ["entity"], boundary="consumption")
    if Reason(int(found["energy_reason"].item())) is Reason.OK:
        expected = 40 * FUEL_TCE["diesel"] + 50 * POWER_TCE_PER_MWH
        assert found["energy"].item() == pytest.approx(expected, rel=1e-3)


def test_a_row_that_says_that_nothing_was_sold_changes_nothing():
    """A zero is a number: not NaN, and above all not NaN with the reason OK."""
    lines = [
        fuel("mill", "fired", 10),
        power("mill", "purchased", 5),
        heat("mill", "sold", 0),
        heat("mill", "purchased", 1),
    ]
    ledger = ledger_of([*lines, power("mill", "sold", 0)], "co2_scope1", LOCATION)
    assert at(ledger, "co2_scope1", "consumption", entity="mill") == pytest.approx(10 * fuel_co2("diesel"))
    assert at(ledger, LOCATION, "consumption", entity="mill") == pytest.approx(5 * GRID + HEAT_CO2)


def test_a_missing_split_is_unknown_in_its_groups_only():
    lines = [
        fuel("mill", "fired", 100),
        power("mill", "generated", 400),
        power("mill", "sold", 160),
        fuel("mill", "fired", 100, period="2023"),
        power("mill", "generated", 400, period="2023"),
        fuel("plant", "combusted", 7),
        fuel("plant", "combusted", 7, period="2023"),
    ]
    ledger = ledger_of(lines, "co2_scope1")
    assert why(ledger, "co2_scope1", "consumption", entity="mill") is Reason.SPLIT_UNKNOWN
    assert np.isnan(at(ledger, "co2_scope1", "consumption", entity="mill"))
    assert why(ledger, "co2_scope1", "consumption", district="east") is Reason.SPLIT_UNKNOWN
    assert why(ledger, "co2_scope1", "consumption", city="city") is Reason.SPLIT_UNKNOWN
    expected = pytest.approx(100 * fuel_co2("diesel"))
    assert at(ledger, "co2_scope1", "consumption", year=2023, district="east") == expected
    assert at(ledger, "co2_scope1", "consumption", district="west") == pytest.approx(7 * fuel_co2("diesel"))
    assert at(ledger, "co2_scope1", district="east") == expected


def test_what_partners_sell_counts_in_full_at_the_buyer():
    ledger = ledger_of([fuel("mill", "fired_sold", 9), MADE, *NAMED["both"]], LOCATION, "co2_scope1")
    assert at(ledger, LOCATION, "consumption", entity="works") == pytest.approx(100 * GRID)
    assert at(ledger, LOCATION, "consumption", district="east") == pytest.approx(100 * GRID)
    assert why(ledger, LOCATION, "consumption", entity="east") is Reason.NO_ROWS


def test_a_year_in_which_all_was_sold_is_no_missing_reporter():
    """The mill reports in both years; in 2022 all its fuel was burnt for what it sold."""
    lines = [
        fuel("mill", "fired", 60, period="2021"),
        power("mill", "generated", 100, period="2021"),
        fuel("mill", "fired_sold", 60),
        power("mill", "generated", 100),
        power("mill", "sold", 100),
        fuel("works", "combusted", 1, period="2021"),
        fuel("works", "combusted", 1),
    ]
    ledger = ledger_of(lines, "co2_scope1")
    assert why(ledger, "co2_scope1", "consumption", district="east") is Reason.OK
    assert at(ledger, "co2_scope1", "consumption", district="east") == pytest.approx(fuel_co2("diesel"))


# --- 4. sold, generated and bought ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("what", "unit", "per_gj"), [("electricity", "MWh", 3.6), ("heat", "GJ", 1)])
def test_more_sold_than_there_was(what, unit, per_gj):
    def lines(sold):
        return [
            (what, "generated", 60, unit, {"entity": "mill"}),
            (what, "purchased", 40, unit, {"entity": "mill"}),
            (what, "purchased", 500, unit, {"entity": "works"}),
            (what, "sold", sold, unit, {"entity": "mill"}),
        ]

    assert len(ledger_of(lines(100.9)).refused) == 0  # losses and meters: 1 %
    fault = fault_of(lines(101.1), "but generated and bought")
    assert (fault.row, fault.column) == (4, "amount")
    for part in (f"mill sold {101.1 * per_gj:g} GJ of {what} in 2022", f"bought {100 * per_gj:g} GJ"):
        assert part in str(fault.text)


def test_more_sold_than_there_was_names_every_sale():
    lines = [
        power("mill", "generated", 10),
        power("mill", "sold", 8, document="a"),
        power("mill", "sold", 8, document="b"),
    ]
    with pytest.raises(PostError) as caught:
        ledger_of(lines)
    assert [fault.row for fault in caught.value.faults] == [2, 3]


def test_a_part_is_no_supply_of_its_own():
    lines = [
        power("mill", "purchased", 10),
        power("mill", "purchased", 5, part_of="electricity", sector="shop"),
        power("mill", "sold", 12),
    ]
    fault_of(lines, "but generated and bought 36 GJ")


def test_supply_of_another_year_is_none():
    lines = [power("mill", "generated", 100, period="2021"), power("mill", "sold", 50)]
    fault_of(lines, "sold 180 GJ of electricity in 2022, but generated and bought 0")


# --- 7. market-based ------------------------------------------------------------------------------------------------

BOUGHT = ("electricity", "purchased", 100, "MWh")


def green(amount, evidence="GEC", **more):
    return "green_electricity", "purchased", amount, "MWh", {"part_of": "electricity", "evidence": evidence, **more}


@pytest.mark.parametrize(
    ("lines", "rest"),
    [
        ([BOUGHT], 100),
        ([BOUGHT, green(30)], 70),
        ([BOUGHT, green(30), green(50, "GEC-2")], 20),
        ([BOUGHT, green(100)], 0),
        ([BOUGHT, green(130)], 0),
        ([BOUGHT, green(90), green(50, "GEC-2")], 0),
        ([BOUGHT, green(80, sector="shop"), green(80, "GEC-2", sector="hall")], 0),
        ([BOUGHT, green(100), ("electricity", "sold", 20, "MWh")], 0),
    ],
    ids=["none", "one", "two", "all", "too much", "two, too much", "two sectors, too much", "all, and some passed on"],
)
def test_contracts_count_up_to_the_use_and_the_rest_is_residual(lines, rest):
    frame = rows(*lines)
    assert total(frame, MARKET) == pytest.approx(rest * RESIDUAL, abs=1e-9)


def test_contracts_with_a_partner_and_elsewhere_together_are_not_above_the_use():
    """80 MWh from the works' sun and 80 by certificates, of 100 bought: zero, and not below."""
    lines = [
        ("solar_electricity", "generated", 80, "MWh", {"entity": "works"}),
        power("works", "sold", 80, "mill"),
        power("mill", "purchased", 100),
        green(80, entity="mill", partner="works"),
        green(80, "GEC", entity="mill"),
    ]
    found = at(ledger_of(lines, MARKET), MARKET, entity="mill")
    assert found == pytest.approx(0, abs=1e-9)


def test_more_from_a_partner_than_was_bought_at_all_is_a_fault():
    """The contract may exceed the use, the power that a neighbour delivered may not."""
    lines = [
        ("solar_electricity", "generated", 30, "MWh", {"entity": "works"}),
        power("works", "sold", 30, "mill"),
        power("mill", "purchased", 20),
        green(30, entity="mill", partner="works"),
    ]
    with pytest.raises(PostError):
        ledger_of(lines, "energy")


def test_contracts_are_capped_in_each_period():
    lines = []
    for m in range(1, 13):
        lines += [
            ("electricity", "purchased", 10, "MWh", {"period": f"2022-{m:02d}"}),
            green(15 if m == 1 else 5, period=f"2022-{m:02d}"),
        ]
    # January: 15 contracted of 10 bought leaves 0; eleven months leave 5 each
    assert total(rows(*lines), MARKET) == pytest.approx(55 * RESIDUAL)


def test_a_contract_without_evidence_is_refused():
    with pytest.raises(ValueError, match="green electricity without evidence"):
        total(rows(BOUGHT, green(30, "")), MARKET)


def test_contracts_do_not_change_the_location_or_energy():
    frame = rows(BOUGHT, green(130))
    assert total(frame, LOCATION) == pytest.approx(100 * GRID)
    assert total(frame, "energy") == pytest.approx(100 * POWER_TCE_PER_MWH)


# --- 8. parts that move ---------------------------------------------------------------------------------------------


def test_what_was_fired_for_sale_leaves_what_was_fired():
    ledger = ledger_of([fuel("mill", "fired", 100), fuel("mill", "fired_sold", 40, part_of="diesel")], "co2_scope1")
    assert at(ledger, "co2_scope1", flow="fired") == pytest.approx(60 * fuel_co2("diesel"))
    assert at(ledger, "co2_scope1", flow="fired_sold") == pytest.approx(40 * fuel_co2("diesel"))
    moved = ledger.entries[ledger.entries["entry"] == "transfer"]
    assert moved["canonical"].tolist() == [-40]
    assert moved["flow"].tolist() == ["fired"]
    assert moved["row"].tolist() == [2]
    assert "moved from fired to fired_sold" in moved["derived"].iat[0]


def test_fired_comes_before_other_uses():
    lines = [
        fuel("mill", "combusted", 50),
        fuel("mill", "fired", 100),
        fuel("mill", "fired_sold", 40, part_of="diesel"),
    ]
    ledger = ledger_of(lines, "co2_scope1")
    assert at(ledger, "co2_scope1", flow="combusted") == pytest.approx(50 * fuel_co2("diesel"))
    assert at(ledger, "co2_scope1", flow="fired") == pytest.approx(60 * fuel_co2("diesel"))


def test_more_fired_for_sale_than_fired():
    lines = [fuel("mill", "fired", 100), fuel("mill", "fired_sold", 101, part_of="diesel")]
    fault = fault_of(lines, "sum to 101 t, more than the whole, 100 t")
    assert (fault.row, fault.column) == (2, "amount")


def test_what_moves_keeps_the_wholes_own_values():
    """NCV 40 GJ/t, carbon 20 tC/TJ and oxidation 0.99 measured: 40 x 20/1000 x 0.99 x 44/12 = 2.904 t CO2/t."""
    own = {"own_ncv": 40, "own_carbon": 20, "own_oxidation": 0.99}
    blank = dict.fromkeys(own, "")
    lines = [fuel("mill", "fired", 100, **own), fuel("mill", "fired_sold", 40, part_of="diesel", **blank)]
    ledger = ledger_of(lines, "co2_scope1")
    assert at(ledger, "co2_scope1", flow="fired") == pytest.approx(60 * 2.904)
    assert at(ledger, "co2_scope1", flow="fired_sold") == pytest.approx(40 * 2.904)
    assert at(ledger, "co2_scope1", "consumption", entity="mill") == pytest.approx(60 * 2.904)


def test_a_part_with_other_own_values_is_a_fault():
    lines = [
        fuel("mill", "fired", 100, own_ncv=40),
        fuel("mill", "fired_sold", 40, part_of="diesel", own_ncv=41),
    ]
    assert fault_of(lines, "other own values than the whole").row == 2


def test_parts_that_name_their_whole_in_two_ways_are_summed():
    """70 and 60 t of 100 t, one naming the sector and one the fuel."""
    lines = [
        fuel("mill", "combusted", 100, sector="Industry"),
        fuel("mill", "feedstock", 70, part_of="Industry"),
        fuel("mill", "feedstock", 60, part_of="diesel"),
    ]
    with pytest.raises(PostError, match="more than the whole"):
        ledger_of(lines, "co2_scope1")


def test_a_part_of_several_rows_makes_none_of_them_negative():
    """50 t out of 10 + 90 t: which sector they leave is not said, but none can lose more than it has."""
    lines = [
        fuel("mill", "combusted", 10, sector="Industry"),
        fuel("mill", "combusted", 90, sector="Farms"),
        fuel("mill", "feedstock", 50, part_of="diesel"),
    ]
    try:
        ledger = ledger_of(lines, "co2_scope1")
    except PostError:
        return
    by_sector = totals(ledger, ["sector"])["co2_scope1"].fillna(0)
    assert float(by_sector.min()) >= -1e-9
    assert float(by_sector.sum()) == pytest.approx(50 * fuel_co2("diesel"))


def test_a_part_of_deliveries_with_own_values_takes_each_at_its_own():
    """Deliveries of 10 t at NCV 40 and 90 t at NCV 30; 100 t of them are feedstock: nothing is left to burn."""
    lines = [
        fuel("mill", "combusted", 10, document="a", own_ncv=40),
        fuel("mill", "combusted", 90, document="b", own_ncv=30),
        fuel("mill", "feedstock", 100, part_of="diesel", own_ncv=""),
    ]
    try:
        ledger = ledger_of(lines, "co2_scope1")
    except PostError:
        return
    assert at(ledger, "co2_scope1", entity="mill") == pytest.approx(0, abs=1e-9)
