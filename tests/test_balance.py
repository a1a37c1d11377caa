"""The energy balance: closure as printed, and the activity rows made of it."""

from __future__ import annotations

import pytest

from carbonledger.balance import read_balance
from carbonledger.errors import LedgerError, TableError
from carbonledger.tables import read_activity

PROCESSES = """process,side,flow_positive,flow_negative,sector,part_of,printed_total,note
Production,supply,produced,,,,,
Export,supply,,sold,,,,
Stock Change,supply,stock,stock,,,,
Power,transformation,generated,fired,,,,
Farms,consumption,combusted,,Farms,,,
Industry,consumption,combusted,,Industry,,,
Industry - raw material,of_which,feedstock,,,Industry,,
Total Supply,total,,,,,supply,
Total Transformation,total,,,,,transformation,
Total Consumption,total,,,,,consumption,
"""
PRODUCTS = """product,activity,final_flow,supply_activity,supply_flow,printed_total,note
Coal,raw_coal,combusted,,,,
Electricity,electricity,used,nonfossil_electricity,generated,,
Total,,,,,yes,
"""
HEAD = "year,product,process,value_Mtce"
# supply 100 - 20 + 5 = 85; transformation -40; consumption 10 + 35 = 45 (30 of it raw material)
COAL = {
    "Production": 100,
    "Export": -20,
    "Stock Change": 5,
    "Power": -40,
    "Farms": 10,
    "Industry": 35,
    "Industry - raw material": 30,
    "Total Supply": 85,
    "Total Transformation": -40,
    "Total Consumption": 45,
}
POWER = {
    "Production": 2,
    "Power": 14,
    "Farms": 16,
    "Total Supply": 2,
    "Total Transformation": 14,
    "Total Consumption": 16,
}


def lines(product: str, cells: dict[str, object], year: int = 2014) -> list[str]:
    return [f"{year},{product},{process},{value}" for process, value in cells.items()]


@pytest.fixture
def read(tmp_path):
    def write(*body: str, head: str = HEAD, processes: str | None = PROCESSES, products: str | None = PRODUCTS):
        for name, text in (("processes.csv", processes), ("products.csv", products)):
            if text is not None:
                (tmp_path / name).write_text(text, encoding="utf-8")
        path = tmp_path / "balance.csv"
        path.write_text("\n".join([head, *body]) + "\n", encoding="utf-8")
        return read_balance(path, "province")

    return write


def test_closure_by_hand(read):
    _, closures = read(*lines("Coal", COAL | {"Farms": 10.5}), *lines("Electricity", POWER))
    coal, power = closures
    gaps = (coal.supply_gap, coal.transformation_gap, coal.consumption_gap, coal.closing_gap)
    assert gaps == pytest.approx((0, 0, 0.5, 0))
    assert coal.largest == pytest.approx(0.5)
    assert power.largest == 0


def test_closing_gap_is_supply_and_transformation_less_consumption(read):
    _, (coal,) = read(*lines("Coal", COAL | {"Total Consumption": 44}))
    assert coal.closing_gap == pytest.approx(85 - 40 - 44)
    assert coal.consumption_gap == pytest.approx(45 - 44)


def test_rows_and_their_flows(read):
    rows, _ = read(*lines("Coal", COAL))
    found = {r.sector: (r.activity, r.flow, r.amount, r.part_of) for r in rows.itertuples()}
    assert found == {
        "Production": ("raw_coal", "produced", 100, ""),
        "Export": ("raw_coal", "sold", 20, ""),
        "Stock Change": ("raw_coal", "stock", 5, ""),
        "Power": ("raw_coal", "fired", 40, ""),
        "Farms": ("raw_coal", "combusted", 10, ""),
        "Industry": ("raw_coal", "combusted", 35, ""),
        "Industry - raw material": ("raw_coal", "feedstock", 30, "Industry"),
    }
    assert set(rows["unit"]) == {"Mtce"}
    assert set(rows["entity"]) == {"province"}
    assert list(rows["row"]) == [2, 3, 4, 5, 6, 7, 8]


def test_stock_keeps_its_sign(read):
    rows, _ = read(*lines("Coal", COAL | {"Stock Change": -5}))
    assert rows.set_index("sector").at["Stock Change", "amount"] == -5


def test_electricity_is_used_and_its_production_is_nonfossil(read):
    rows, _ = read(*lines("Electricity", POWER))
    found = {r.sector: (r.activity, r.flow) for r in rows.itertuples()}
    assert found == {
        "Production": ("nonfossil_electricity", "generated"),
        "Power": ("electricity", "generated"),
        "Farms": ("electricity", "used"),
    }


def test_printed_totals_and_zeros_are_never_posted(read):
    rows, closures = read(*lines("Coal", COAL | {"Farms": 0}), *lines("Total", {"Farms": 10, "Total Supply": 85}))
    assert set(rows["activity"]) == {"raw_coal"}
    assert "Farms" not in set(rows["sector"])
    assert [c.product for c in closures if c.printed_total] == ["Total"]


def test_rows_are_readable_as_activity(read):
    rows, _ = read(*lines("Coal", COAL), *lines("Electricity", POWER))
    frame = read_activity(rows)
    assert len(frame) == len(rows)
    assert set(frame["file"]) == {"balance.csv"}


def test_faults_come_all_at_once(read):
    with pytest.raises(TableError) as caught:
        read("2014,Coall,Farms,1", "2014,Coal,Framing,1", "2014,Coal,Farms,n/a")
    text = str(caught.value)
    for part in (
        "row 2: unknown product 'Coall'; nearest: 'Coal'",
        "Add it to products.csv",
        "row 3: unknown process 'Framing'",
        "processes.csv",
        "row 4, column value_Mtce: 'n/a' is not a number",
    ):
        assert part in text
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("missing", ["processes", "products"])
def test_missing_mapping(read, missing):
    with pytest.raises(TableError, match=rf"{missing}\.csv: a balance table needs this mapping"):
        read(*lines("Coal", COAL), **{missing: None})


@pytest.mark.parametrize("head", ["year,product,process,value", "year,product,amount,value_Mtce"])
def test_missing_columns(read, head):
    with pytest.raises(TableError, match="year, product, process and value_<unit> are needed"):
        read("2014,Coal,Farms,1", head=head)


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_value_that_is_no_number(read, value):
    with pytest.raises(LedgerError):
        rows, _ = read(f"2014,Coal,Farms,{value}")
        read_activity(rows)


def test_negative_where_the_process_names_no_flow_for_it(read):
    """A negative end use has no flow: it must be a fault, not a positive amount."""
    with pytest.raises(LedgerError):
        rows, _ = read("2014,Coal,Farms,-1")
        read_activity(rows)


def test_doubled_cell_is_a_fault(read):
    with pytest.raises(LedgerError):
        rows, _ = read("2014,Coal,Farms,1", "2014,Coal,Farms,2")
        read_activity(rows)


def test_each_year_closes_by_itself(read):
    """A gap of one year is not made good by the opposite gap of another."""
    one, other = COAL | {"Farms": 11}, COAL | {"Farms": 9}
    _, closures = read(*lines("Coal", one, 2014), *lines("Coal", other, 2015))
    assert max(c.largest for c in closures) == pytest.approx(1)
