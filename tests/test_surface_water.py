"""Surface water against the printed tables, plain fractions, and every bad input."""

from __future__ import annotations

import datetime
import math
import pathlib
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger import surface_water as sw
from carbonledger.catalog import indicators, read_catalog
from carbonledger.errors import Faults, LedgerError, TableError
from carbonledger.reasons import Reason
from carbonledger.rounding import Ratio
from carbonledger.standards import EditionError, edition, edition_on
from carbonledger.surface_water.values import cell_of, number_of

# GB 3838-2002 Table 1, classes I to V, and Table 2 (one limit); typed from a published copy of the print
# (qqmaoyi.com/tech_news/detail-396824.html), read against a second one (tezngx.com/yggc/43955.htm). Two slips: the first
# prints total nitrogen class IV as 105, the second ammonia nitrogen class I as 0.015. [mg/L], coliforms [个/L]
PRINTED = """
ph                   2  pH值                   range  6~9     6~9     6~9    6~9    6~9
dissolved_oxygen     3  溶解氧                 >=     7.5     6       5      3      2
permanganate_index   4  高锰酸盐指数           <=     2       4       6      10     15
cod                  5  化学需氧量             <=     15      15      20     30     40
bod5                 6  五日生化需氧量         <=     3       3       4      6      10
ammonia_nitrogen     7  氨氮                   <=     0.15    0.5     1.0    1.5    2.0
total_phosphorus     8  总磷                   <=     0.02    0.1     0.2    0.3    0.4
total_phosphorus@    8  总磷                   <=     0.01    0.025   0.05   0.1    0.2
total_nitrogen@      9  总氮                   <=     0.2     0.5     1.0    1.5    2.0
copper               10 铜                     <=     0.01    1.0     1.0    1.0    1.0
zinc                 11 锌                     <=     0.05    1.0     1.0    2.0    2.0
fluoride             12 氟化物                 <=     1.0     1.0     1.0    1.5    1.5
selenium             13 硒                     <=     0.01    0.01    0.01   0.02   0.02
arsenic              14 砷                     <=     0.05    0.05    0.05   0.1    0.1
mercury              15 汞                     <=     0.00005 0.00005 0.0001 0.001  0.001
cadmium              16 镉                     <=     0.001   0.005   0.005  0.005  0.01
chromium_6           17 铬(六价)               <=     0.01    0.05    0.05   0.05   0.1
lead                 18 铅                     <=     0.01    0.01    0.05   0.05   0.1
cyanide              19 氰化物                 <=     0.005   0.05    0.2    0.2    0.2
volatile_phenol      20 挥发酚                 <=     0.002   0.002   0.005  0.01   0.1
petroleum            21 石油类                 <=     0.05    0.05    0.05   0.5    1.0
anionic_surfactant   22 阴离子表面活性剂       <=     0.2     0.2     0.2    0.3    0.3
sulfide              23 硫化物                 <=     0.05    0.1     0.2    0.5    1.0
faecal_coliforms     24 粪大肠菌群             <=     200     2000    10000  20000  40000
water_temperature_rise 1 周平均最大温升        <=     1       1       1      1      1
water_temperature_fall 1 周平均最大温降        <=     2       2       2      2      2
sulfate              S1 硫酸盐                 <=     250     250     250    250    250
chloride             S2 氯化物                 <=     250     250     250    250    250
nitrate_nitrogen     S3 硝酸盐(以N计)          <=     10      10      10     10     10
iron                 S4 铁                     <=     0.3     0.3     0.3    0.3    0.3
manganese            S5 锰                     <=     0.1     0.1     0.1    0.1    0.1
"""
ROWS = [line.split() for line in PRINTED.strip().split("\n")]
LIMITS = {row[0]: (row[3], row[4:]) for row in ROWS}  # item, with @ for lakes
COUNTED = [  # 环办[2011]22号, part 1: Table 1 without water temperature, total nitrogen, faecal coliforms: 21 items
    row[0].rstrip("@")
    for row in ROWS
    if row[1].isdigit() and int(row[1]) not in (1, 9, 24) and row[0] != "total_phosphorus@"
]
UNITS = {"ph": "", "faecal_coliforms": "个/L", "water_temperature_rise": "℃", "water_temperature_fall": "℃"}


def unit_of(item: str) -> str:
    return UNITS.get(item, "mg/L")


def plain_class(item: str, value: Fraction, water: str = "river") -> int:
    """Class by the printed row; 6 is worse than V."""
    relation, cells = LIMITS.get(f"{item}@" if water == "lake" and f"{item}@" in LIMITS else item, ("", []))
    for step, cell in enumerate(cells, start=1):
        low, _, high = cell.partition("~")
        if relation == "range":
            kept = Fraction(low) <= value <= Fraction(high)
        else:
            kept = value <= Fraction(cell) if relation == "<=" else value >= Fraction(cell)
        if kept:
            return step
    return 6


def table(rows, **columns):
    """Rows of point, date, item, value and unit."""
    frame = pd.DataFrame(rows, columns=["point", "date", "item", "value", "unit"][: len(rows[0])])
    return frame.assign(**columns)


def read(rows, water="river", **options):
    frame = table(rows) if "points" in options else table(rows, water=water)
    return sw.read_water_samples(frame, **options)


CLEAN = {  # kept by class I of rivers and lakes
    **{item: "0.00001" for item in COUNTED},
    "ph": "7",
    "dissolved_oxygen": "9",
}


def whole(point="A", dates=("2025-01",), **values):
    """All 21 items at class I, but for those given."""
    made = CLEAN | values
    return [(point, date, item, value, unit_of(item)) for date in dates for item, value in made.items()]


YEAR = [f"2025-{m:02d}-05" for m in range(1, 13)]


def one(dataset, name, **place):
    """The one value of a dataset with one point and one period."""
    found = dataset[name].sel(**place) if place else dataset[name]
    return found.values.reshape(-1)[0] if found.size == 1 else found.values


# ---- the printed tables ----


def test_limits_equal_the_printed_tables():
    found = {}
    for c in edition("gb-3838-2002").table("water_limits"):
        if c.relation != "none":
            for water in c.waters:
                found[c.item, water] = (c.number, c.zh, c.relation, c.lows, c.limits)
    wanted = {}
    for item, number, zh, relation, *cells in ROWS:
        split = [cell.split("~") for cell in cells]
        lows = tuple(Fraction(s[0]) for s in split) if relation == "range" else ()
        line = (number, zh, relation, lows, tuple(Fraction(s[-1]) for s in split))
        of_lake = f"{item}@" in LIMITS
        for water in ["lake"] if item.endswith("@") else ["river"] if of_lake else ["river", "lake"]:
            wanted[item.rstrip("@"), water] = line
    assert found == wanted


def test_each_limit_has_its_source_and_a_unit_of_its_kind():
    for c in edition("gb-3838-2002").table("water_limits"):
        assert c.source in ("GB 3838-2002 Table 1", "GB 3838-2002 Table 2")
        assert c.confidence == ("V1" if c.group == "supplement" else "V")
        assert c.unit == {"ph": "1", "faecal_coliforms": "个/L", "dissolved_oxygen_saturation": "%"}.get(
            c.item, "degC" if "temperature" in c.item else "mg/L"
        )


def test_24_base_items_and_5_supplements():
    numbers = {c.number for c in edition("gb-3838-2002").table("water_limits")}
    assert numbers == {str(n) for n in range(1, 25)} | {f"S{n}" for n in range(1, 6)}
    assert len(COUNTED) == 21


# GB 3838-2002: in force 2002-06-01 (announcement of 2002-04-26); 环办[2011]22号: 2011-03-09
@pytest.mark.parametrize(
    ("standard", "first", "name"),
    [
        ("GB 3838", datetime.date(2002, 6, 1), "gb-3838-2002"),
        ("surface water assessment", datetime.date(2011, 3, 9), "huanban-2011-22"),
    ],
)
def test_in_force(standard, first, name):
    assert edition_on(standard, first).name == name
    assert edition_on(standard, datetime.date(2026, 12, 31)).name == name
    with pytest.raises(EditionError):
        edition_on(standard, first - datetime.timedelta(days=1))


def test_what_was_not_read_has_its_alternatives():
    for name in ("gb-3838-2002", "huanban-2011-22"):
        for p in edition(name).parameters.values():
            assert p.zh and p.en.isascii() and p.source and p.confidence in {"V1", "M"}
            assert p.verified or p.alternatives
            assert not (p.verified and p.confidence == "M")


def neighbours():
    """Every item and class: the limit and one step of its last digit on either side."""
    for row in ROWS:
        item, water = row[0].rstrip("@"), "lake" if row[0].endswith("@") else "river"
        for step, cell in enumerate(row[4:], start=1):
            for bound in cell.split("~"):
                digits = len(bound.partition(".")[2])
                for k, offset in enumerate((-1, 0, 1)):
                    value = Fraction(bound) + Fraction(offset, 10 ** (digits + 1))
                    yield item, water, f"{step}{bound}{k}", f"{float(value):.{digits + 1}f}", value


def test_every_limit_and_its_neighbours():
    every = list(neighbours())
    rows = [(f"{item} {water} {k}", "2025-03", item, text, unit_of(item)) for item, water, k, text, _ in every]
    points = pd.DataFrame({"point": [r[0] for r in rows], "entity": "d", "water": [e[1] for e in every]})
    found = sw.classes(read(rows, points=sw.read_water_points(points)), by="month", alternatives=False)
    assert len(every) > 450
    for (item, water, _, text, value), row in zip(every, rows, strict=True):
        assert Fraction(text) == value
        got = found["item_class"].sel(point=row[0], item=item).item()
        assert got == plain_class(item, value, water), (item, water, text)


def test_classes_of_the_21_items_make_the_class_of_a_section():
    every = [e for e in neighbours() if e[0] in COUNTED]
    rows = [r for item, water, k, text, _ in every for r in whole(f"{item} {water} {k}", **{item: text})]
    waters = {f"{item} {water} {k}": water for item, water, k, _, _ in every}
    points = sw.read_water_points(pd.DataFrame({"point": list(waters), "entity": "d", "water": list(waters.values())}))
    found = sw.classes(read(rows, points=points), by="month", alternatives=False)
    for item, water, k, _, value in every:
        assert found["class"].sel(point=f"{item} {water} {k}").item() == plain_class(item, value, water)
    assert (found["class_reason"] == Reason.OK).all()
    assert (found["n_items"] == 21).all()


# 环办[2011]22号 Table 1, as in doczj.com/doc/0715722137.html and ipa361.com
WORDS = {1: "优", 2: "优", 3: "良好", 4: "轻度污染", 5: "中度污染", 6: "重度污染"}


@pytest.mark.parametrize(("nh3", "step"), [("0.1", 1), ("0.3", 2), ("1.0", 3), ("1.2", 4), ("2", 5), ("2.1", 6)])
def test_words_for_a_class(nh3, step):
    found = sw.classes(read(whole(ammonia_nitrogen=nh3)), by="month")
    assert one(found, "class") == step
    assert one(found, "quality_zh") == WORDS[step]
    assert one(found, "quality").isascii() and one(found, "quality")
    assert one(found, "determining") == ("ammonia_nitrogen" if step > 1 else "")
    assert one(found, "determining_zh") == ("氨氮" if step > 1 else "")


# ---- exact comparison ----


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (["0.2"], 3),
        (["0.20000001"], 4),
        ([0.2], 3),
        ([0.20000001], 4),
        (["0.1", "0.3"], 3),
        ([0.1, 0.3], 3),
        (["0.1", "0.2", "0.3"], 3),
        ([0.1, 0.2, 0.3], 3),
        (["0.1", "0.2", "0.3000000000000000000000001"], 4),
        (["0.19999999999999999999999"], 3),
        (["2E-1"], 3),
        (["２．０"], 6),  # full-width digits
    ],
)
def test_means_are_compared_as_exact_decimals(values, step):
    rows = [("A", f"2025-03-{d:02d}", "TP", v, "mg/L") for d, v in enumerate(values, start=1)]
    found = sw.classes(read(rows), by="month")
    assert one(found, "item_class", item="total_phosphorus") == step


def test_units_are_converted_exactly():
    rows = [("A", "2025-01", "TP", "200", "μg/L"), ("A", "2025-02", "TP", "200.0000001", "ug/l")]
    rows += [("A", "2025-03", "TP", "0.2", "g/m3"), ("A", "2025-04", "TP", "200", "mg/m3")]
    found = sw.classes(read(rows), by="month", alternatives=False)
    assert found["item_class"].sel(item="total_phosphorus").values.ravel().tolist() == [3, 4, 3, 3]
    coli = [("A", "2025-01", "FC", "1000", "MPN/100mL"), ("A", "2025-02", "FC", "1.0×10^4", "个/L")]
    coli += [("A", "2025-03", "粪大肠菌群", "10,001", "CFU/L")]
    found = sw.classes(read(coli), by="month", alternatives=False)
    assert found["item_class"].sel(item="faecal_coliforms").values.ravel().tolist() == [3, 3, 4]


def test_quotients_of_any_length():
    big = 10**30
    q = Ratio(np.array([2 * big + 1, 5], dtype=object), np.array([big, 10], dtype=object))
    assert q.at_most(Fraction(2)).tolist() == [False, True]
    assert q.at_least(Fraction(2)).tolist() == [True, False]
    small = Ratio(np.array([2**60, 25, 35]), np.array([2**59, 10, 10]))
    assert small.at_most(Fraction(1, 10**12)).tolist() == [False] * 3
    assert small.rounded(0).num.tolist() == [2, 2, 4]  # 2.5 and 3.5 to the even digit
    assert small.over(Fraction(2)).value().tolist() == [0.0, 0.25, 0.75]
    with np.errstate(all="raise"):
        assert small.rounded(20).value().tolist() == [2.0, 2.5, 3.5]


# ---- missing items ----


def test_a_class_from_fewer_items_is_a_lower_bound_of_badness():
    rows = [r for r in whole(ammonia_nitrogen="1.2") if r[2] not in ("cod", "lead")]
    found = sw.classes(read(rows), by="month")
    assert math.isnan(one(found, "class")) and one(found, "class_reason") == Reason.ITEMS_MISSING
    assert one(found, "at_least") == 4
    assert one(found, "missing") == "cod; lead" and one(found, "missing_zh") == "化学需氧量; 铅"
    assert one(found, "quality") == one(found, "determining") == ""
    assert one(found, "exceeding_zh") == "氨氮 (0.20)"
    assert one(found, "n_items") == 19


def test_worse_than_v_is_known_from_one_item():
    found = sw.classes(read([("A", "2025-01", "氨氮", "2.01", "mg/L")]), by="month")
    assert one(found, "class") == one(found, "at_least") == 6
    assert one(found, "class_reason") == Reason.OK
    assert one(found, "missing").count(";") == 19


def test_the_plan_names_the_items():
    rows = [("A", "2025-01", "氨氮", "0.4", "mg/L"), ("A", "2025-01", "DO", "8", "mg/L")]
    rows += [("B", "2025-01", "氨氮", "0.4", "mg/L")]
    samples = read(rows)
    found = sw.classes(samples, by="month", items=["NH3-N", "溶解氧", "总氮"])  # the last is shown apart, never counts
    assert found["class"].sel(point="A").item() == 2
    assert found["class_reason"].sel(point="B").item() == Reason.ITEMS_MISSING
    found = sw.classes(samples, by="month", items={"B": ["氨氮"]})
    assert found["class"].sel(point="B").item() == 2
    assert math.isnan(found["class"].sel(point="A").item())
    with pytest.raises(TableError) as caught:
        sw.classes(samples, items={"C": ["氨氮"], "A": ["氨氨"], "B": []}, by="week", minimum=0)
    assert len(caught.value.faults) == 5
    assert "nearest: '氨氮'" in str(caught.value)


def test_points_and_periods_without_samples_stay_in_sight():
    points = sw.read_water_points(pd.DataFrame({"point": ["A", "B"], "entity": "d", "water": "河流"}))
    rows = whole("A", ["2025-01", "2025-03"])
    found = sw.classes(read(rows, points=points), by="month")
    assert found["period"].values.tolist() == ["2025-01", "2025-02", "2025-03"]
    assert found["class"].sel(point="A").values.tolist()[::2] == [1, 1]
    for place in ({"point": "B"}, {"point": "A", "period": "2025-02"}):
        assert (found["class_reason"].sel(place) == Reason.NO_ROWS).all()
        assert (found["item_reason"].sel(place) == Reason.NO_ROWS).all()
        assert found["at_least"].sel(place).isnull().all()


def test_no_nan_without_a_reason():
    rows = [r for r in whole() if r[2] != "zinc"] + [
        ("A", "2025-01", "TN", "3", "mg/L"),
        ("A", "2025-02", "DO", "9", "mg/L"),
    ]
    found = sw.classes(read(rows), by="month")
    for value, why in (("class", "class_reason"), ("item_class", "item_reason")):
        assert bool((found[value].isnull() == (found[why] != Reason.OK)).all())
    lacking = found["value"].isnull()
    assert bool(
        found["item_reason"].where(lacking, Reason.NO_ROWS).isin([Reason.NO_ROWS, Reason.SAMPLES_MISSING]).all()
    )


# ---- items shown apart ----


def test_nitrogen_coliforms_and_temperature_are_shown_apart():
    rows = [("2025-01", "TN", "9"), ("2025-01", "FC", "50000"), ("2025-01", "水温", "21.5"), ("2025-01", "温升", "1.1")]
    units = ["mg/L", "个/L", "℃", "degC"]
    rows = [("A", *r, u) for r, u in zip(rows, units, strict=True)]
    lake = sw.classes(read(whole() + rows, "lake"), by="month")
    river = sw.classes(read(whole() + rows, "river"), by="month")
    for found in (lake, river):
        assert one(found, "class") == 1 and one(found, "exceeding") == one(found, "missing") == ""
        assert one(found, "item_class", item="faecal_coliforms") == 6
        assert one(found, "multiple", item="faecal_coliforms") == 4
        assert one(found, "item_class", item="water_temperature_rise") == 6
        assert math.isnan(one(found, "multiple", item="water_temperature_rise"))
        assert one(found, "value", item="water_temperature") == 21.5
        assert one(found, "item_reason", item="water_temperature") == Reason.NOT_LIMITED
    assert one(lake, "item_class", item="total_nitrogen") == 6
    assert one(river, "value", item="total_nitrogen") == 9
    assert one(river, "item_reason", item="total_nitrogen") == Reason.NOT_LIMITED


def test_exceeding_items_are_listed_worst_first_with_their_multiples():
    found = sw.classes(
        read(whole(ammonia_nitrogen="1.2", cod="28", bod5="4.5", ph="9.5", dissolved_oxygen="4", cyanide="0.2")),
        by="month",
    )
    # pH is worse than V; of class IV: COD 28/20 - 1, ammonia 1.2/1 - 1, BOD5 4.5/4 - 1 = 0.125 to the even 0.12; oxygen has none
    told = "ph; cod (0.40); ammonia_nitrogen (0.20); bod5 (0.12); dissolved_oxygen"
    assert one(found, "exceeding") == told
    assert one(found, "exceeding_zh").startswith("pH值; 化学需氧量 (0.40)")
    assert one(found, "determining") == "ph"
    assert one(found, "multiple", item="cod") == 0.4
    assert one(found, "multiple", item="ammonia_nitrogen") == 0.2
    assert math.isnan(one(found, "multiple", item="cyanide"))  # equal to the limit of class III
    found = sw.classes(read(whole(cod="40.3")), by="month")
    assert one(found, "exceeding") == "cod (1.02)"  # 40.3/20 - 1 = 1.015, of which the even one is 1.02
    found = sw.classes(read(whole(dates=YEAR[:3], cod="28")))
    assert math.isnan(one(found, "multiple", item="cod"))  # too few samples for a mean of the year
    assert one(found, "exceeding") == ""


# ---- the rules of means, each with its alternatives ----


def test_saturation_is_a_way_into_class_i():
    rows = whole(dissolved_oxygen="7.0")
    assert one(sw.classes(read(rows), by="month"), "class") == 2
    full = [*rows, ("A", "2025-01", "饱和率", "90", "%")]
    found = sw.classes(read(full), by="month")
    assert one(found, "class") == 1
    assert one(found, "depends") == "oxygen_saturation: concentration alone; oxygen_saturation: both"
    less = [*rows, ("A", "2025-01", "饱和率", "89.9", "%")]
    assert one(sw.classes(read(less), by="month"), "class") == 2
    high = [*whole(), ("A", "2025-01", "饱和率", "85", "%")]
    found = sw.classes(read(high), by="month")
    assert one(found, "class") == 1
    assert one(found, "depends") == "oxygen_saturation: both"


def test_saturation_replaces_no_concentration():
    rows = [r for r in whole() if r[2] != "dissolved_oxygen"] + [("A", "2025-01", "饱和率", "95", "%")]
    found = sw.classes(read(rows), by="month")
    assert math.isnan(one(found, "class")) and one(found, "missing") == "dissolved_oxygen"
    low = [*whole(dissolved_oxygen="4"), ("A", "2025-01", "饱和率", "50", "%")]
    found = sw.classes(read(low), by="month")
    assert one(found, "class") == 4 and one(found, "depends") == ""


# one pH of 5 and ten of 7: the mean hydrogen ion concentration is (1e-5 + 10e-7)/11 = 1e-6 mol/L, pH 6 exactly
@pytest.mark.parametrize(
    ("values", "mean", "step", "of_ions"),
    [
        (["5"] + ["7"] * 10, 75 / 11, 1, 1),
        (["5"] + ["7"] * 9, 6.8, 1, 6),
        (["5.9"] * 12, 5.9, 6, 6),
        (["9.0"] * 12, 9.0, 1, 1),
        (["9.2"] * 6 + ["8.9"] * 6, 9.05, 6, 6),  # of ions 9.025
        (["9.3"] * 6 + ["8.8"] * 6, 9.05, 6, 1),  # of ions 8.981
        (["9.01", *["9.0"] * 11], 9 + 0.01 / 12, 6, 6),
    ],
)
def test_mean_of_ph(values, mean, step, of_ions):
    rows = [("A", f"2025-{m:02d}", "pH", v, "") for m, v in enumerate(values, start=1)]
    found = sw.classes(read(rows), items=["pH"])
    assert one(found, "value", item="ph") == pytest.approx(mean, rel=1e-15)
    assert one(found, "class") == step
    under = found["class_under"].sel(alternative="ph_mean: hydrogen ions").item()
    assert under == of_ions
    assert ("ph_mean: hydrogen ions" in one(found, "depends")) == (step != of_ions)


@pytest.mark.parametrize("written", ["<0.00008", "0.00008L", "ND(0.00008)", "未检出(0.00008)", "＜0.00008"])
def test_below_detection_counts_half_the_limit(written):
    found = sw.classes(read(whole(mercury=written)), by="month")
    assert one(found, "value", item="mercury") == 0.00004
    assert one(found, "below_detection", item="mercury") == 1
    assert one(found, "class") == 1
    assert one(found, "depends") == "below_detection: the limit"  # 0.00008 is class III
    assert found.attrs["unverified"] == ["below_detection", "ph_mean", "minimum_samples", "decimals"]


def test_a_coarse_detection_limit_is_flagged():
    found = sw.classes(read(whole(mercury="0.0004L")), by="month")
    assert one(found, "class") == 4
    assert one(found, "depends") == "below_detection: zero"


@pytest.mark.parametrize(
    ("value", "limit", "flag"),
    [
        ("未检出", "0.0004", ""),
        ("0.0004", "", "L"),
        ("0.0004", "0.0004", "<"),
        ("ND", "0.0004", "ND"),
        ("", "0.0004", "未检出"),  # the flag speaks, the value does not
    ],
)
def test_the_detection_limit_may_stand_beside(value, limit, flag):
    frame = table([("A", "2025-01", "汞", value, "mg/L")], detection_limit=limit, flag=flag, water="河流")
    found = sw.classes(sw.read_water_samples(frame), by="month")
    assert one(found, "value", item="mercury") == 0.0002


def test_months_with_several_samples():
    rows = [("A", f"2025-{m:02d}-05", "TP", "0.19", "mg/L") for m in range(1, 9)]
    rows += [("A", f"2025-08-{d:02d}", "TP", "0.25", "mg/L") for d in (10, 12, 14)]
    found = sw.classes(read(rows), items=["TP"])
    # 8 x 0.19 + 3 x 0.25 = 2.27 over 11: above 0.2; monthly means: 7 x 0.19 and (0.19 + 0.75)/4 = 0.235: 1.565/8 below
    assert one(found, "value", item="total_phosphorus") == pytest.approx(2.27 / 11, rel=1e-15)
    assert (one(found, "class"), one(found, "samples", item="total_phosphorus")) == (4, 11)
    assert found["class_under"].sel(alternative="mean_of: monthly means").item() == 3
    assert "mean_of: monthly means" in one(found, "depends")


def test_means_of_months_are_exact():
    # the mean of 0.2, 0.2 and 0.201 lies above 0.2 by a third of the last digit, and so does that of the eight months
    rows = [("A", f"2025-{m:02d}-05", "TP", "0.2", "mg/L") for m in range(1, 9)]
    rows += [("A", "2025-08-10", "TP", "0.2", "mg/L"), ("A", "2025-08-20", "TP", "0.201", "mg/L")]
    rows += [("A", "2025-09-01", "TP", "—", "mg/L")]
    found = sw.classes(read(rows), items=["TP"], options={"mean_of": "monthly means"})
    assert one(found, "class") == 4
    once = [r for r in rows if not r[1].startswith("2025-08-")] + [("A", "2025-01-06", "TP", "—", "mg/L")]
    assert "mean_of" not in sw.classes(read(once), items=["TP"]).attrs["unverified"]  # a blank is no second sample


def test_rounding_before_the_comparison_is_an_alternative():
    found = sw.classes(read(whole(total_phosphorus="0.2005")), by="month")
    assert one(found, "class") == 4
    assert one(found, "depends") == "decimals: rounded"  # 0.2005 to three decimals is the even 0.200
    found = sw.classes(read(whole(total_phosphorus="0.2015")), by="month")
    assert one(found, "depends") == ""


# 环办[2011]22号, part 1 (from memory): at least 8 samples a year, 2 a quarter; one is enough for a month
@pytest.mark.parametrize(("by", "n", "known"), [("year", 8, True), ("year", 7, False), ("month", 1, True)])
def test_samples_that_a_period_needs(by, n, known):
    found = sw.classes(read(whole(dates=YEAR[:n])), by=by).isel(period=0)
    assert (one(found, "class") == 1) == known
    assert one(found, "class_reason") == (Reason.OK if known else Reason.SAMPLES_MISSING)
    if not known:
        assert "minimum_samples: one sample" in one(found, "depends")


def test_quarters():
    rows = whole(dates=["2025-01-05", "2025-03-05", "2025-04-05"])
    found = sw.classes(read(rows), by="quarter")
    assert found["period"].values.tolist() == ["2025Q1", "2025Q2"]
    assert found["class_reason"].values.tolist() == [[Reason.OK, Reason.SAMPLES_MISSING]]
    assert found["year"].values.tolist() == [2025, 2025]


@pytest.mark.parametrize("minimum", [0, -1, True, 1.5, {"硒": 0}, {"硒": "1"}, {"西": 1}])
def test_a_minimum_that_is_none_is_refused(minimum):
    with pytest.raises(TableError, match=r"a minimum of .* samples|unknown item '西'"):
        sw.classes(read(whole()), minimum=minimum)


def test_the_caller_may_need_fewer_samples():
    rows = whole(dates=YEAR[:8])
    rows = [r for r in rows if r[2] != "selenium" or r[1] == YEAR[0]]
    assert one(sw.classes(read(rows)), "missing") == "selenium"
    assert one(sw.classes(read(rows), minimum={"selenium": 1}), "class") == 1
    assert one(sw.classes(read(rows), minimum={"硒": np.int64(1)}), "class") == 1
    found = sw.classes(read(rows), minimum=1)
    assert one(found, "class") == 1
    assert "minimum_samples" not in found.attrs["unverified"]  # the caller's own


def test_editions_by_date_and_by_name():
    old = read(whole(dates=["2005-01"]))
    with pytest.raises(EditionError, match="surface water assessment"):
        sw.classes(old, by="month")
    found = sw.classes(old, by="month", edition="huanban-2011-22")
    assert (one(found, "class"), one(found, "edition"), one(found, "limit_edition")) == (
        1,
        "huanban-2011-22",
        "gb-3838-2002",
    )


def test_nothing_that_is_named_is_passed_over():
    samples = read(whole())
    for name in ("gb-3095-2012", ["huanban-2011-22", "hj-663-2013"]):
        with pytest.raises(EditionError, match=r"is an edition of (GB 3095|HJ 663)\. Accepted: gb-3838-2002, huanban"):
            sw.classes(samples, by="month", edition=name)
    for options, told in (
        ({"daily_items": "bulletin"}, "no option 'daily_items'"),  # of HJ 633
        ({"below_detection": "a third"}, "option below_detection = 'a third'"),
    ):
        with pytest.raises(EditionError, match=told):
            sw.sources(samples, by="month", options=options)


def test_options_take_the_place_of_defaults():
    samples = read(whole(mercury="0.00008L"))
    found = sw.classes(samples, by="month", options={"below_detection": "the limit"})
    assert one(found, "class") == 3  # 0.00008 itself
    assert found.attrs["options"] == ["below_detection: the limit"]
    assert one(found, "depends") == "below_detection: zero; below_detection: default"
    assert "below_detection" in found.attrs["unverified"]
    both = {"ph_mean": "hydrogen ions", "mean_of": "monthly means"}
    rows = [("A", d, "pH", v, "") for d, v in (("2025-01-05", "5"), ("2025-01-06", "7"), ("2025-02-05", "7"))]
    found = sw.classes(read(rows), items=["pH"], minimum=1, options=both)
    assert one(found, "value", item="ph") == pytest.approx(-math.log10(((1e-5 + 1e-7) / 2 + 1e-7) / 2), rel=1e-14)


def test_what_is_unverified_is_named_whether_tried_or_not():
    samples = read([("A", f"2025-{m:02d}", "TP", "0.1", "mg/L") for m in range(1, 13)])
    for alternatives in (True, False):
        found = sw.classes(samples, alternatives=alternatives)
        # nothing below detection, no pH, one sample a month
        assert found.attrs["unverified"] == ["minimum_samples", "decimals"]
    found = sw.sources(read(whole(**SUPPLEMENTS), points=source_points(A="")), by="month", alternatives=False)
    assert {"source_class", "reference_items_of_sources"} <= set(found.attrs["unverified"])
    points = sw.read_water_points(pd.DataFrame({"point": ["A"], "entity": "d", "water": "river"}))
    rows = whole("A", YEAR)
    states = sw.states_of(sw.classes(read(rows, points=points), alternatives=False))
    assert states["confidence"].tolist() == ["M"]


def test_two_editions_in_one_run(tmp_path, monkeypatch):
    """A province's own, stricter edition from 2024 on: each period goes by its own."""
    from carbonledger.shipped import shipped
    from carbonledger.standards import finding, read_editions, reading
    from carbonledger.surface_water import items as items_module

    for path in shipped("standards").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
        if path.stem == "gb-3838-2002":
            own = text.replace('"gb-3838-2002"', '"own"').replace('regions = ["CN"]', 'regions = ["CN-37"]')
            own = own.replace("in_force_from = 2002-06-01", "in_force_from = 2025-02-01")
            (tmp_path / "own.toml").write_text(
                own.replace("limits = [0.15, 0.5,", "limits = [0.05, 0.1,"), encoding="utf-8"
            )
    for module in (finding, items_module, reading):
        monkeypatch.setattr(module, "read_editions", lambda folder=None: read_editions(tmp_path))
    samples = read(whole(dates=["2025-01", "2025-02"], ammonia_nitrogen="0.12"))
    found = sw.classes(samples, by="month", region="CN-37-07")
    assert found["class"].values.tolist() == [[1, 3]]
    assert found["limit_edition"].values.tolist() == ["gb-3838-2002", "own"]
    assert sw.classes(samples, by="month")["class"].values.tolist() == [[1, 1]]


# ---- against plain fractions ----

VALUES = {  # values that lie about the limits, as written
    "ph": ["5.9", "6", "7.2", "8.9", "9", "9.1"],
    "dissolved_oxygen": ["1.9", "2", "2.9", "3", "5", "6", "7.4", "7.5"],
    "ammonia_nitrogen": ["0.15", "0.16", "0.5", "<0.3", "1.0", "1.01", "2.0", "2.1", "0.025L"],
    "mercury": ["0.00004L", "0.00005", "0.0001", "0.00011", "0.001", "<0.002"],
    "total_phosphorus": ["0.01", "0.02", "0.025", "0.05", "0.1", "0.2", "0.21", "0.4", "0.41"],
}
SAMPLES = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.integers(1, 12),
        st.integers(1, 28),
        st.sampled_from(sorted(VALUES)),
        st.integers(0, 8),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda r: r[:4],
)
RULES = {"below_detection": "half the limit", "mean_of": "samples", "minimum": {"year": 8, "quarter": 2, "month": 1}}


def taken(written: str, rule: str) -> Fraction:
    limit = written.strip("<L")
    if limit == written:
        return Fraction(written)
    return {"half the limit": Fraction(limit) / 2, "the limit": Fraction(limit), "zero": Fraction(0)}[rule]


def reference(rows, water, by, plan, changed=None):
    """Classes by point and period, sample by sample; 0 where unknown."""
    rules = RULES | (changed or {})
    months = {"year": 12, "quarter": 3, "month": 1}[by]
    made = {}
    for point, period in {(r[0], (r[1] - 1) // months) for r in rows}:
        steps = []
        for item in plan:
            found = [r for r in rows if r[0] == point and (r[1] - 1) // months == period and r[3] == item]
            if len(found) < rules["minimum"][by]:
                steps.append(0)
                continue
            values = [(r[1], taken(VALUES[item][r[4] % len(VALUES[item])], rules["below_detection"])) for r in found]
            if rules["mean_of"] == "monthly means":
                of_month = [[v for m, v in values if m == month] for month in sorted({m for m, _ in values})]
                mean = sum(sum(v) / len(v) for v in of_month) / len(of_month)
            else:
                mean = sum(v for _, v in values) / len(values)
            steps.append(plain_class(item, mean, water))
        worst = max(steps)
        made[point, period] = (worst if 0 not in steps or worst == 6 else 0, worst)
    return made


@settings(max_examples=40, deadline=None)
@given(SAMPLES, st.sampled_from(["river", "lake"]), st.sampled_from(["year", "quarter", "month"]))
def test_classes_equal_the_plain_reference(rows, water, by):
    plan = sorted({r[3] for r in rows})
    texts = [
        (p, f"2025-{m:02d}-{d:02d}", item, VALUES[item][k % len(VALUES[item])], unit_of(item))
        for p, m, d, item, k in rows
    ]
    found = sw.classes(read(texts, water), by=by, items=plan)
    first = min((r[1] - 1) // {"year": 12, "quarter": 3, "month": 1}[by] for r in rows)
    for (point, period), (step, least) in reference(rows, water, by, plan).items():
        place = {"point": found["point"].values.tolist().index(point), "period": period - first}
        got = found.isel(place)
        assert (np.nan_to_num(got["class"].item()), np.nan_to_num(got["at_least"].item())) == (step, least)
    for label in found["alternative"].values.tolist():
        name, _, alternative = label.partition(": ")
        changed = {
            "below_detection": {name: alternative},
            "mean_of": {name: alternative},
            "minimum_samples": {
                "minimum": {"one sample": {by: 1}}.get(alternative, {by: {"year": 12, "quarter": 3, "month": 1}[by]})
            },
        }.get(name)
        if changed is None:
            continue
        under = found["class_under"].sel(alternative=label)
        for (point, period), (step, _) in reference(rows, water, by, plan, changed).items():
            place = {"point": found["point"].values.tolist().index(point), "period": period - first}
            assert np.nan_to_num(under.isel(place).item()) == step, label


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(COUNTED), st.fractions(0, 3), st.fractions(0, 3), st.sampled_from(["river", "lake"]))
def test_a_worse_value_never_gives_a_better_class(item, a, b, water):
    relation, cells = LIMITS.get(f"{item}@" if water == "lake" and f"{item}@" in LIMITS else item)
    top = Fraction(cells[0].partition("~")[2] or cells[-1 if relation == "<=" else 0])
    low, high = sorted((a, b))
    if item == "ph":  # 7.5 and away from it
        better, worse = (Fraction(15, 2) + low), (Fraction(15, 2) + high)
    else:
        better, worse = (low * top, high * top) if relation == "<=" else (high * top, low * top)
    texts = [f"{float(v):.9f}" for v in (better, worse)]
    steps = [sw.classes(read(whole(**{item: t}), water), by="month", alternatives=False)["class"].item() for t in texts]
    assert steps[0] <= steps[1]


@settings(max_examples=15, deadline=None)
@given(SAMPLES, st.randoms())
def test_the_order_of_rows_and_blank_samples_do_not_matter(rows, random):
    texts = [(p, f"2025-{m:02d}-{d:02d}", i, VALUES[i][k % len(VALUES[i])], unit_of(i)) for p, m, d, i, k in rows]
    base = sw.classes(read(texts))
    shuffled = [*texts, (texts[0][0], "2025-01-31", texts[0][2], "—", unit_of(texts[0][2]))]
    random.shuffle(shuffled)
    found = sw.classes(read(shuffled))
    for name in ("class", "at_least", "value", "samples", "exceeding", "determining", "missing", "depends"):
        np.testing.assert_array_equal(base[name].values, found[name].values)


@settings(max_examples=25, deadline=None)
@given(SAMPLES, st.sampled_from(sorted(VALUES)))
def test_a_sample_like_the_mean_changes_nothing(rows, item):
    texts = [
        (p, f"2025-{m:02d}-{d:02d}", i, VALUES[i][k % len(VALUES[i])].strip("<L"), unit_of(i)) for p, m, d, i, k in rows
    ]
    mine = [Fraction(t[3]) for t in texts if t[0] == "A" and t[2] == item]
    if not mine:
        return
    mean = sum(mine) / len(mine)
    if set(str(mean.denominator)) - set("0125") or mean.denominator > 10**6 or 10**9 % mean.denominator:
        return
    more = [*texts, ("A", "2025-12-31", item, f"{int(mean * 10**9)}E-9", unit_of(item))]
    one_sample = {"minimum": 1, "items": [item], "alternatives": False}
    base, found = (sw.classes(read(t), **one_sample).sel(point="A") for t in (texts, more))
    assert base["class"].item() == found["class"].item()
    assert base["value"].sel(item=item).item() == found["value"].sel(item=item).item()


# ---- reading ----


def test_a_wide_table():
    frame = pd.DataFrame(
        {
            "断面名称": ["甲", "甲", "乙"],
            "采样时间": ["2025年1月5日", "2025-02-05 10:30", "2025/1/5"],
            "水体类型": ["河流", "河流", "湖库"],
            "pH值": [7.1, 7.2, 8],
            "氨氮(mg/L)": [0.2, "0.025L", "—"],
            "总磷（μg/L）": [100, 110, "<10"],
            "铬(六价)(mg/L)": ["0.004L"] * 3,
            "水温(℃)": [10.5, 11, 12],
        }
    )
    samples = sw.read_water_samples(frame)
    assert {k.name: n for k, n in samples.reasons_of().items()} == {"VALID": 9, "BELOW": 5, "BLANK": 1}
    found = sw.classes(samples, by="month", items=["氨氮", "总磷"], alternatives=False)
    assert found["class"].sel(point="甲").values.tolist() == [[2.0, 3.0]][0]
    assert found["item_class"].sel(point="乙", item="total_phosphorus").values.tolist()[0] == 1
    assert found["item_reason"].sel(point="乙", item="ammonia_nitrogen").values.tolist()[0] == Reason.SAMPLES_MISSING
    assert found["value"].sel(point="甲", item="chromium_6").values.tolist() == [0.002, 0.002]


def test_a_wide_table_with_units_given_and_columns_left_out(tmp_path):
    frame = pd.DataFrame(
        {"point": ["A"], "date": ["2025-01"], "water": ["river"], "NH3-N": ["0,3"], "电导率(μS/cm)": [300], "pH": [7]}
    )
    frame["NH3-N"] = "0.3"
    path = tmp_path / "samples.csv"
    path.write_bytes(frame.to_csv(index=False).encode("gb18030"))
    samples = sw.read_water_samples(path, unit={"氨氮": "mg/L"}, leave_out=["电导率"])
    assert samples.left_out == {"电导率": 1}
    blank = frame.assign(**{"电导率(μS/cm)": "—"})
    assert sw.read_water_samples(blank, unit="mg/L", leave_out=["电导率"]).left_out == {"电导率": 0}
    assert sw.read_water_samples(path, leave_out=["电导率", "氨氮"]).left_out == {
        "电导率": 1,
        "NH3-N": 1,
    }  # by any name
    assert one(sw.classes(samples, by="month"), "value", item="ammonia_nitrogen") == 0.3
    assert len(sw.read_water_samples([path], unit="mg/L", leave_out=["电导率(μS/cm)"])) == 2
    long = table([("A", "2025-01", "电导率", "3", "μS/cm"), ("A", "2025-01", "pH", "7", "")], water="river")
    assert sw.read_water_samples(long, leave_out=["电导率"]).left_out == {"电导率": 1}


@pytest.mark.parametrize("excel", [False, True])
def test_typed_columns(excel, tmp_path):
    frame = pd.DataFrame(
        {
            "断面": ["A", "A"],
            "采样时间": pd.to_datetime(["2025-01-05 00:00", "2025-02-05 10:30"]),
            "水体类型": ["河流"] * 2,
            "氨氮(mg/L)": [0.2, np.nan],
            "总磷(mg/L)": pd.array([0.1, pd.NA], dtype="Float64"),
            "pH": pd.array([7, 8], dtype="Int64"),
        }
    )
    if excel:
        frame.astype({"总磷(mg/L)": "float64"}).to_excel(tmp_path / "samples.xlsx", index=False)
    samples = sw.read_water_samples(tmp_path / "samples.xlsx" if excel else frame)
    found = sw.classes(samples, by="month", alternatives=False)["value"]
    found = found.sel(point="A", item=["ammonia_nitrogen", "total_phosphorus", "ph"]).values
    np.testing.assert_array_equal(found, [[0.2, 0.1, 7], [np.nan, np.nan, 8]])


def test_several_files_with_their_rows(tmp_path):
    for k, month in enumerate(("2025-01", "2025-02"), start=1):
        (tmp_path / f"{k}.csv").write_text(
            f"point,date,item,value,unit,water\nA,{month},氨氮,{k},mg/L,river\n", "utf-8"
        )
    samples = sw.read_water_samples([tmp_path / "1.csv", tmp_path / "2.csv"])
    assert samples.rows[["file", "row"]].to_numpy().tolist() == [["1.csv", 2], ["2.csv", 2]]
    with pytest.raises(
        TableError, match=r"2\.csv row 2.*'A' has ammonia_nitrogen twice at that time, first in 2.csv row 2"
    ):
        sw.read_water_samples([tmp_path / "2.csv", tmp_path / "2.csv"])


def test_what_does_not_count_is_kept_with_its_reason():
    rows = [
        ("A", f"2025-{m:02d}", "氨氮", v, "mg/L")
        for m, v in enumerate(["0.2", "-999", "—", "-3", "5000", "<0.1"], start=1)
    ]
    samples = read(rows, doubtful="mask")
    want = {"VALID": 1, "BELOW": 1, "BLANK": 1, "SENTINEL": 1, "NEGATIVE": 1, "TOO_HIGH": 1}
    assert {k.name: n for k, n in samples.reasons_of().items()} == want
    found = sw.classes(samples, by="month", items=["氨氮"])
    assert found["class_reason"].values.tolist() == [[0, *[Reason.SAMPLES_MISSING] * 4, 0]]


GOOD = ("A", "2025-01-05", "氨氮", "0.3", "mg/L")
BAD_CELLS = {
    "no point": ({"point": ""}, "point", "no point"),
    "no item": ({"item": ""}, "item", "no item"),
    "nitrate as what": ({"item": "硝酸盐"}, "item", "unknown item '硝酸盐'; nearest: '硝酸盐氮'"),
    "unknown item": ({"item": "氨蛋"}, "item", "unknown item '氨蛋'; nearest: '氨氮'"),
    "no date": ({"date": ""}, "date", "'' is no date"),
    "a year": ({"date": "2025"}, "date", "'2025' is no date"),
    "31 February": ({"date": "2025-02-31"}, "date", "'2025-02-31' is no date"),
    "13th month": ({"date": "2025-13"}, "date", "is no date"),
    "no unit": ({"unit": ""}, "unit", "no unit"),
    "unit of energy": ({"unit": "kWh"}, "unit", "cannot be converted"),
    "unknown unit": ({"unit": "furlong"}, "unit", "unknown unit"),
    "unit of a count": ({"unit": "个/L"}, "unit", "cannot be converted"),
    "a word": ({"value": "much"}, "value", "'much' is not a number"),
    "superscript": ({"value": "2.4×10³"}, "value", "'2.4×103' is not a number"),
    "above the range": ({"value": ">24000"}, "value", "'>24000' is not a number"),
    "huge exponent": ({"value": "1e999999999"}, "value", "is not a number"),
    "negative": ({"value": "-0.1"}, "value", "ammonia_nitrogen of -0.1 mg/L cannot be meant"),
    "slipped unit": ({"value": "201"}, "value", "ammonia_nitrogen of 201 mg/L cannot be meant"),
    "decimal comma": ({"value": "0,300"}, "value", "'0,300' is not a number"),
    "year 2205": ({"date": "2205-01-05"}, "date", "'2205-01-05' is no date"),
    "25 o'clock": ({"date": "2025-01-05 25:00"}, "date", "'2025-01-05 25:00' is no date"),
    "acid": ({"item": "pH", "unit": "", "value": "-1"}, "value", "ph of -1  cannot be meant"),
    "pH above 14": ({"item": "pH", "unit": "", "value": "14.1"}, "value", "ph of 14.1  cannot be meant"),
    "pH in mg/L": ({"item": "pH"}, "unit", "ph has no unit, but 'mg/L' is given"),
    "hot water": (
        {"item": "水温", "unit": "℃", "value": "61"},
        "value",
        "water_temperature of 61 degC cannot be meant",
    ),
    "kelvin": ({"item": "水温", "unit": "K", "value": "290"}, "unit", "stated in degC, not in 'K'"),
    "oxygen": ({"item": "DO", "value": "86"}, "value", "dissolved_oxygen of 86 mg/L cannot be meant"),
    "no limit": ({"value": "未检出"}, "value", "the detection limit is not stated"),
    "limit a word": ({"value": "ND", "detection_limit": "low"}, "detection_limit", "'low' is no detection limit"),
    "below zero": ({"value": "<0"}, "value", "'0' is no detection limit"),
    "zero with a flag": ({"value": "0", "flag": "L"}, "value", "'0' is no detection limit"),
    "a flag without a limit": ({"value": "", "flag": "ND"}, "value", "the detection limit is not stated"),
    "limit of zero": ({"value": "ND", "detection_limit": "0"}, "detection_limit", "'0' is no detection limit"),
    "two limits": ({"value": "<0.1", "detection_limit": "0.2"}, "detection_limit", "contradict each other"),
    "value below its limit": ({"value": "0.1", "detection_limit": "0.2"}, "detection_limit", "contradict each other"),
    "unknown flag": ({"flag": "Q"}, "flag", "unknown flag 'Q'"),
    "unknown water": ({"water": "sea"}, "water", "unknown water 'sea'"),
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell(name):
    changed, column, told = BAD_CELLS[name]
    frame = table([GOOD, GOOD], water="river", detection_limit="", flag="")
    frame.loc[1, "point"] = "B"
    for key, value in changed.items():
        frame.loc[1, key] = value
    with pytest.raises(TableError) as caught:
        sw.read_water_samples(frame)
    fault = next(f for f in caught.value.faults if told in f.what)
    assert (fault.row, fault.column) == (2, column)
    assert fault.mend
    assert re.search("[\u4e00-\u9fff]", fault.to("zh"))


@pytest.mark.parametrize(
    ("item", "unit", "highest"),
    [
        ("总磷", "mg/L", 40),  # 100 times the largest limit of any class and water, 0.4
        ("化学需氧量", "mg/L", 4000),
        ("氯化物", "mg/L", 250_000),  # 1000 times, for brine
        ("粪大肠菌群", "个/L", 10**9),
    ],
)
def test_the_highest_value_that_can_be_meant(item, unit, highest):
    found = sw.classes(read([("A", "2025-01", item, str(highest), unit)]), by="month", alternatives=False)
    assert found["value"].max().item() == highest
    with pytest.raises(TableError, match="cannot be meant"):
        read([("A", "2025-01", item, f"{highest}.1", unit)])


def test_all_faults_at_once(tmp_path):
    frames = []
    for changed, _, _ in BAD_CELLS.values():
        line = dict(
            zip(["point", "date", "item", "value", "unit"], GOOD, strict=True),
            water="river",
            detection_limit="",
            flag="",
        )
        frames.append(line | {"point": f"P{len(frames)}"} | changed)
    path = tmp_path / "bad.csv"
    pd.DataFrame(frames).to_csv(path, index=False)
    with pytest.raises(TableError) as caught:
        sw.read_water_samples(path)
    told = [f.what for f in caught.value.faults]
    for name, (_, _, part) in BAD_CELLS.items():
        assert any(part in what for what in told), name
    assert {f.file for f in caught.value.faults} == {"bad.csv"}
    assert {f.row for f in caught.value.faults} >= set(range(2, len(frames) + 2))


def test_doubled_samples():
    rows = [GOOD, GOOD, ("A", "2025-01", "氨氮", "0.3", "mg/L"), ("A", "2025-02-05 10:30", "氨氮", "0.3", "mg/L")]
    rows += [
        ("A", "2025-02-05 11:30", "氨氮", "0.3", "mg/L"),
        ("A", "2025-03", "氨氮", "0.3", "mg/L"),
        ("A", "2025-03", "NH3-N", "1", "mg/L"),
    ]
    with pytest.raises(TableError) as caught:
        read(rows)
    assert [(f.row, f.what) for f in caught.value.faults] == [
        (2, "'A' has ammonia_nitrogen twice at that time, first in <DataFrame> row 1"),
        (7, "'A' has ammonia_nitrogen twice at that time, first in <DataFrame> row 6"),
        (3, "'A' has the month and days of it"),
    ]


def test_points_of_samples():
    points = sw.read_water_points(pd.DataFrame({"point": ["A", "C"], "entity": "d", "water": ["river", "lake"]}))
    with pytest.raises(TableError, match="point 'B' is not in the points table"):
        read([GOOD, ("B", *GOOD[1:])], points=points)
    with pytest.raises(TableError, match="'A' is a river and a lake"):
        sw.read_water_samples(table([GOOD], water="lake"), points=points)
    with pytest.raises(TableError, match="'A' is a river and a lake"):
        sw.read_water_samples(table([GOOD, (GOOD[0], "2025-02", *GOOD[2:])], water=["lake", "river"]))
    with pytest.raises(TableError, match="'A' stands twice"):  # in two files that were joined
        read([GOOD], points=pd.concat([points, points], ignore_index=True))
    with pytest.raises(TableError, match="'A' is neither a river nor a lake"):
        sw.read_water_samples(table([GOOD]))


def test_wide_tables_with_wrong_columns():
    base = {"point": ["A"], "date": ["2025-01"], "water": ["river"], "氨氮(mg/L)": ["1"]}
    with pytest.raises(TableError) as caught:
        sw.read_water_samples(pd.DataFrame({**base, "总磷酸": [1], "colour": [1]}))
    told = str(caught.value)
    assert (
        "unknown column '总磷酸'" in told
        and "column '总磷酸' is no item; nearest: '总磷'" in told
        and "'colour'" in told
    )
    with pytest.raises(TableError, match="both mean 'ammonia_nitrogen'"):
        sw.read_water_samples(pd.DataFrame({**base, "NH3-N": [1]}))
    with pytest.raises(TableError, match="no unit") as caught:
        sw.read_water_samples(pd.DataFrame({**base, "总磷": [1]}))
    assert caught.value.faults[0].column == "总磷"
    with pytest.raises(TableError, match="no column 'date'"):
        sw.read_water_samples(pd.DataFrame({"point": ["A"], "氨氮(mg/L)": [1]}))
    with pytest.raises(TableError, match="no column 'item'"):
        sw.read_water_samples(pd.DataFrame({"point": ["A"], "date": ["2025-01"], "value": [1]}))


def test_how_to_read_is_checked():
    with pytest.raises(TableError, match="doubtful"):
        read([GOOD], doubtful="ignore")
    with pytest.raises(TableError, match="unknown item '氨蛋'"):
        read([GOOD], unit={"氨蛋": "mg/L"})
    with pytest.raises(TableError, match="no files"):
        sw.read_water_samples([])
    for name in ("氨氮", "NH3-N", "ammonia_nitrogen"):
        with pytest.raises(TableError, match="no sample of an item that is read"):
            read([GOOD], leave_out=[name])
    with pytest.raises(TableError, match="no such file"):
        sw.read_water_samples(["nowhere.csv"])


@pytest.mark.parametrize(
    ("written", "kind", "number"),
    [
        ("0.02", "number", "0.02"),
        ("1,234.5", "number", "1234.5"),
        ("2.4×10^3", "number", "2400"),
        ("5e-05", "number", "0.00005"),
        (".5", "number", "0.5"),
        ("<0.001", "below", "0.001"),
        ("0.001L", "below", "0.001"),
        ("0.001 L", "below", "0.001"),
        ("未检出", "below", None),
        ("未检出(<0.004)", "below", "0.004"),
        ("nd", "below", None),
        ("", "blank", None),
        ("/", "blank", None),
        ("—", "blank", None),
        ("L", "wrong", None),
        ("<", "wrong", None),
        ("<<1", "wrong", None),
        ("1.2.3", "wrong", None),
        ("1,23", "wrong", None),
        ("inf", "wrong", None),
        ("1/2", "wrong", None),
    ],
)
def test_what_a_cell_says(written, kind, number):
    found = cell_of(written)
    assert (found.kind, found.number) == (kind, None if number is None else Fraction(number))


@given(st.text(max_size=12))
@settings(max_examples=200)
def test_any_text_is_read_or_wrong(text):
    found = cell_of(text)
    assert found.kind in {"number", "below", "blank", "wrong"}
    assert number_of(text) is None or isinstance(number_of(text), Fraction)


# ---- points, intake, specific limits ----


def test_points_table_with_faults():
    frame = pd.DataFrame(
        {
            "断面": ["A", "A", "", "C", "D", "E"],
            "区县": ["d", "d", "d", "", "d", "d"],
            "类型": ["断面", "水源地", "断面", "断面", "well", "断面"],
            "水体类型": ["河流", "湖库", "河流", "河流", "河流", "sea"],
            "保护区": ["", "一级保护区", "", "Ⅰ", "", "3"],
        }
    )
    with pytest.raises(TableError) as caught:
        sw.read_water_points(frame)
    told = [f.what for f in caught.value.faults]
    for part in (
        "'A' stands twice",
        "no point",
        "no entity",
        "kind 'well'",
        "water 'sea'",
        "zone '3'",
        "a section has no",
    ):
        assert any(part in what for what in told), part
    good = sw.read_water_points(frame.iloc[[1]].assign(保护区="Ⅰ"))
    assert good[["kind", "water", "zone"]].to_numpy().tolist() == [["source", "lake", "1"]]


def test_intake_table_with_faults():
    frame = pd.DataFrame(
        [
            ("S", "2025", "10", "万吨"),
            ("S", "2025-01", "1", "万吨"),
            ("S", "2025-01", "1", "万立方米"),
            ("", "2024-01", "x", "万吨"),
            ("T", "2024-01/03", "-1", "kWh"),
        ],
        columns=["水源地", "月份", "取水量", "单位"],
    )
    with pytest.raises(TableError) as caught:
        sw.read_intake(frame)
    told = [f.what for f in caught.value.faults]
    for part in (
        "the year 2025 and months",
        "2025-01 twice",
        "no point",
        "'x' is no amount",
        "'-1' is no",
        "no year or month",
        "kWh",
        "a volume and a mass",
    ):
        assert any(part in what for what in told), part


def test_specific_limits_with_faults():
    frame = pd.DataFrame(
        [
            ("甲苯", "x", "mg/L", "s", ""),
            ("铜", "1", "mg/L", "s", ""),
            ("苯", "0.01", "", "", "<="),
            ("苯", "0", "kWhh", "s", "~"),
        ],
        columns=["item", "value", "unit", "source", "relation"],
    )
    with pytest.raises(TableError) as caught:
        sw.read_specific_limits(frame)
    told = [f.what for f in caught.value.faults]
    for part in (
        "'x' is no limit",
        "'铜' is an item of the standard",
        "no unit",
        "no source",
        "'0' is no limit",
        "unknown relation '~'",
        "unknown unit",
    ):
        assert any(part in what for what in told), part


# ---- drinking-water sources ----

SUPPLEMENTS = {"sulfate": "100", "chloride": "100", "nitrate_nitrogen": "5", "iron": "0.1", "manganese": "0.05"}


def source_points(**zones):
    lines = [(p, "d", "source", "lake", z) for p, z in zones.items()]
    return sw.read_water_points(pd.DataFrame(lines, columns=["point", "entity", "kind", "water", "zone"]))


def judged(values, points=None, extra=(), specific=(), intake=None, dates=("2025-01",), **options):
    """Verdicts of sources by month: values by point, on top of clean water."""
    rows = [r for p, v in values.items() for r in whole(p, dates, **(SUPPLEMENTS | v))]
    points = source_points(**dict.fromkeys(values, "")) if points is None else points
    samples = read([*rows, *extra], points=points, specific=specific)
    return sw.sources(samples, intake, by=options.pop("by", "month"), **options)


@pytest.mark.parametrize(
    ("values", "verdict", "exceeding"),
    [
        ({}, sw.ATTAINED, ""),
        ({"ammonia_nitrogen": "1.0"}, sw.ATTAINED, ""),
        ({"ammonia_nitrogen": "1.01"}, sw.EXCEEDED, "ammonia_nitrogen (0.01)"),
        ({"sulfate": "250"}, sw.ATTAINED, ""),
        ({"sulfate": "250.1", "iron": "0.45"}, sw.EXCEEDED, "iron (0.50); sulfate (0.00)"),
        ({"manganese": "0.1"}, sw.ATTAINED, ""),
        ({"manganese": "0.2"}, sw.EXCEEDED, "manganese (1.00)"),
        ({"nitrate_nitrogen": "10.5"}, sw.EXCEEDED, "nitrate_nitrogen (0.05)"),
        ({"chloride": "251"}, sw.EXCEEDED, "chloride (0.00)"),
        ({"total_phosphorus": "0.06"}, sw.EXCEEDED, "total_phosphorus (0.20)"),  # lake: 0.05
        ({"zinc": "—"}, sw.UNKNOWN, ""),
        ({"iron": "—"}, sw.UNKNOWN, ""),
        ({"zinc": "—", "iron": "0.6"}, sw.EXCEEDED, "iron (1.00)"),  # whatever is missing
    ],
)
def test_a_source_is_attained_if_every_item_is(values, verdict, exceeding):
    found = judged({"S": values})
    assert one(found, "attained") == verdict
    assert one(found, "exceeding") == exceeding
    assert one(found, "exceeding_apart") == ""
    assert (one(found, "attained_reason") == Reason.OK) == (verdict != sw.UNKNOWN)
    assert one(found, "required_class") == 3
    assert ("—" in values.values()) == bool(one(found, "missing"))


def test_protection_zone_i_must_attain_class_ii():
    points = source_points(I="1", II="2", N="")
    found = judged({p: {"ammonia_nitrogen": "0.6"} for p in ("I", "II", "N")}, points)
    assert found["attained"].sel(point=["I", "II", "N"]).values.ravel().tolist() == [2, 1, 1]
    assert found["required_class"].sel(point="I").item() == 2
    assert found["exceeding"].sel(point="I").item() == "ammonia_nitrogen (0.20)"  # over 0.5, the limit of class II
    assert found["class"].sel(point="I").item() == 3
    assert found["depends"].sel(point="I").item() == "source_class: class III for all"
    assert found["depends"].sel(point="II").item() == ""


def test_nitrogen_and_coliforms_of_sources_are_shown_apart_and_flagged():
    extra = [("S", "2025-01", "TN", "1.4", "mg/L"), ("S", "2025-01", "FC", "9000", "个/L")]
    found = judged({"S": {}}, extra=extra)
    assert one(found, "attained") == sw.ATTAINED
    assert one(found, "exceeding_apart") == "total_nitrogen (0.40)"
    assert one(found, "exceeding_apart_zh") == "总氮 (0.40)"
    assert one(found, "depends") == "reference_items_of_sources: total nitrogen; reference_items_of_sources: both"
    assert "reference_items_of_sources" in found.attrs["unverified"]
    river = sw.read_water_points(pd.DataFrame({"point": ["S"], "entity": "d", "kind": "source", "water": "river"}))
    found = judged({"S": {}}, river, extra=extra)
    assert one(found, "depends") == one(found, "exceeding_apart") == ""  # rivers have no limit of total nitrogen


def test_specific_items_count_where_they_are_monitored():
    limits = sw.read_specific_limits(
        pd.DataFrame(
            {
                "item": ["苯", "甲醛"],
                "value": ["0.01", "0.9"],
                "unit": ["mg/L", "mg/L"],
                "source": "GB 3838-2002 Table 3",
            }
        )
    )
    assert one(judged({"S": {}}, specific=limits), "attained") == sw.ATTAINED
    at = [("S", "2025-01", "苯", "10", "μg/L")]
    above = [("S", "2025-01", "苯", "11", "μg/L")]
    assert one(judged({"S": {}}, extra=at, specific=limits), "attained") == sw.ATTAINED
    found = judged({"S": {}}, extra=above, specific=limits)
    assert (one(found, "attained"), one(found, "exceeding")) == (sw.EXCEEDED, "苯 (0.10)")
    yearly = judged({"S": {}}, extra=above, specific=limits, dates=YEAR, by="year")
    assert one(yearly, "attained") == sw.EXCEEDED  # one sample a year is enough of a specific item
    with pytest.raises(TableError, match="unknown item '苯'"):
        judged({"S": {}}, extra=at)
    with pytest.raises(TableError, match="'苯' stands twice"):
        judged({"S": {}}, extra=at, specific=limits + limits)


def test_the_plan_of_a_source():
    rows = {"S": {"cod": "—"}}
    assert one(judged(rows), "attained") == sw.UNKNOWN
    plan = [i for i in [*COUNTED, *SUPPLEMENTS] if i != "cod"]
    found = judged(rows, items=plan)
    assert (one(found, "attained"), one(found, "class")) == (sw.ATTAINED, 1)


def intake(*rows):
    return sw.read_intake(pd.DataFrame(rows, columns=["point", "period", "amount", "unit"]))


def test_attainment_rates():
    values = {"S": {}, "T": {"iron": "0.4"}, "U": {}}
    water = intake(
        ("S", "2025-01", "100", "万立方米"), ("T", "2025-01", "50.5", "万立方米"), ("U", "2025-01", "0", "m3")
    )
    found = judged(values, intake=water)
    assert found["source_attainment_rate"].item() == pytest.approx(200 / 3, rel=1e-15)
    assert found["water_attainment_rate"].item() == pytest.approx(100 * 100 / 150.5, rel=1e-15)
    assert found["intake"].sel(point="T").item() == 505_000 and found["intake"].attrs["units"] == "m3"
    unknown = judged(values | {"U": {"iron": "—"}}, intake=water)  # nothing is taken from it
    assert unknown["water_attainment_rate"].item() == found["water_attainment_rate"].item()
    assert unknown["source_attainment_rate_reason"].item() == Reason.PARTS_UNKNOWN
    unknown = judged(values | {"S": {"iron": "—"}}, intake=water)
    assert unknown["water_attainment_rate_reason"].item() == Reason.PARTS_UNKNOWN
    few = judged(values, intake=water[water["point"] != "T"])
    assert few["water_attainment_rate_reason"].item() == Reason.NO_ROWS
    none = judged({"U": {}}, intake=water[water["point"] == "U"])
    assert none["water_attainment_rate_reason"].item() == Reason.UNDEFINED
    for more, told in (
        (("S", "2025-01", "1", "m3"), "'S' has 2025-01 twice"),
        (("S", "2025", "1", "m3"), "'S' has the year 2025 and months"),
        (("S", "2025-02", "1", "t"), "a volume and a mass"),
    ):
        with pytest.raises(TableError, match=told):  # of two files that were joined
            judged(values, intake=pd.concat([water, intake(more)], ignore_index=True))
    with pytest.raises(TableError, match="'X' is no drinking-water source"):
        judged(values, intake=intake(("X", "2025-01", "1", "m3")))


def test_intake_of_a_year():
    months = intake(*(("S", f"2025-{m:02d}", m, "万吨") for m in range(1, 13)))
    found = judged({"S": {}}, intake=months, dates=YEAR, by="year")
    assert (found["intake"].item(), found["intake"].attrs["units"]) == (780_000, "t")
    assert found["water_attainment_rate"].item() == 100
    found = judged({"S": {}}, intake=months.iloc[:11], dates=YEAR, by="year")
    assert found["intake_reason"].item() == found["water_attainment_rate_reason"].item() == Reason.MONTHS_MISSING
    found = judged({"S": {}}, intake=intake(("S", "2025", 7, "万吨")), dates=YEAR, by="year")
    assert found["intake"].item() == 70_000
    found = judged({"S": {}}, intake=intake(("S", "2025", 7, "万吨")), dates=YEAR, by="quarter")
    assert (found["intake_reason"] == Reason.NO_ROWS).all()


def test_no_source_among_the_points():
    with pytest.raises(TableError, match="no drinking-water source"):
        sw.sources(read(whole()))


# ---- shares and states ----


def classes_of(steps, by="year", entity="d"):
    """Sections at wanted classes; 0 leaves items out."""
    nh3 = {1: "0.1", 2: "0.4", 3: "0.9", 4: "1.4", 5: "1.9", 6: "2.5"}
    rows = []
    for k, step in enumerate(steps):
        made = whole(f"P{k}", YEAR, ammonia_nitrogen=nh3[abs(step) or 1])
        rows += made if step > 0 else [r for r in made if r[2] != "cod"]
    points = pd.DataFrame({"point": [f"P{k}" for k in range(len(steps))], "entity": entity, "water": "river"})
    return sw.classes(read(rows, points=sw.read_water_points(points)), by=by)


def test_shares_of_sections():
    found = sw.section_ratio(classes_of([1, 2, 3, 3, 4, 6, 6]))
    assert found["good_water_section_ratio"].item() == 400 / 7
    assert found["good_water_section_ratio_rounded"].item() == 57.1
    assert found["share"].values.ravel().tolist() == [100 / 7, 100 / 7, 200 / 7, 100 / 7, 0, 200 / 7]
    assert (found["sections"].item(), found["known"].item()) == (7, 7)


def test_an_unknown_section_that_is_surely_bad_leaves_the_ratio_known():
    found = sw.section_ratio(classes_of([1, 3, -4, 6]))  # -4: at least IV, an item missing
    assert found["good_water_section_ratio"].item() == 50
    assert found["share_reason"].item() == Reason.PARTS_UNKNOWN
    found = sw.section_ratio(classes_of([1, 3, -2, 6]))
    assert (
        math.isnan(found["good_water_section_ratio"].item())
        and found["good_water_section_ratio_reason"] == Reason.PARTS_UNKNOWN
    )
    assert (found["good_water_section_ratio_low"].item(), found["good_water_section_ratio_high"].item()) == (50, 75)
    with pytest.raises(TableError, match="no point of the kind 'source'"):
        sw.section_ratio(classes_of([1]), kind="source")


def test_a_share_that_an_alternative_leaves_unknown_depends_on_it():
    # class IV by two samples of ammonia nitrogen; by two a quarter, of which one is missing, nothing is known of it
    rows = whole("A", ["2025-01-05", "2025-02-05"], ammonia_nitrogen="1.2")
    points = sw.read_water_points(pd.DataFrame({"point": ["A"], "entity": "d", "water": "river"}))
    found = sw.section_ratio(sw.classes(read(rows, points=points), by="quarter"))
    assert found["good_water_section_ratio"].item() == 0
    assert found["depends"].item() == "minimum_samples: every month"
    # at least IV by another item, whatever ammonia nitrogen is: nothing good can come of it
    rows += [("A", "2025-03-05", "cod", "28", "mg/L")]
    rows = [r if r[2] != "cod" else (*r[:3], "28", r[4]) for r in rows]
    found = sw.section_ratio(sw.classes(read(rows, points=points), by="quarter"))
    assert found["depends"].item() == ""


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, -1, -3, -4, -6]), min_size=1, max_size=6))
def test_shares_add_up(steps):
    found = sw.section_ratio(classes_of(steps))
    good = sum(s in (1, 2, 3) for s in steps)
    n_open = sum(s in (-1, -3) for s in steps)
    assert found["good_water_section_ratio_low"].item() == 100 * good / len(steps)
    assert found["good_water_section_ratio_high"].item() == 100 * (good + n_open) / len(steps)
    if all(s > 0 or s == -6 for s in steps):
        assert found["share"].sum().item() == pytest.approx(100)


def test_sections_without_a_district_are_one_group():
    found = sw.section_ratio(sw.classes(read(whole()), by="month"))
    assert found["entity"].values.tolist() == ["all"]


def test_states():
    points = pd.DataFrame(
        [
            ("A", "d", "section", "river"),
            ("B", "e", "section", "lake"),
            ("S", "d", "source", "lake"),
            ("T", "d", "source", "river"),
        ],
        columns=["point", "entity", "kind", "water"],
    )
    rows = [r for p in "ABST" for r in whole(p, YEAR, **SUPPLEMENTS, total_phosphorus="0.045")]
    samples = read(rows, points=sw.read_water_points(points))
    water = intake(("S", "2025", "3", "m3"), ("T", "2025", "1", "m3"))
    frame = sw.states_of(sw.classes(samples), sw.sources(samples, water))
    by_key = frame.set_index(["entity", "state"])
    assert by_key["value"].to_dict() == {
        ("d", "drinking_water_attainment_rate"): 100,
        ("d", "drinking_water_class"): 3,  # the reservoir: total phosphorus above 0.025
        ("d", "good_water_section_ratio"): 100,
        ("e", "good_water_section_ratio"): 100,
    }
    assert (frame["reason"] == 0).all() and set(frame["year"]) == {2025} and frame["row"].tolist() == [1, 2, 3, 4]
    assert (
        list(frame)
        == "file row entity period state value unit print source confidence note year written reason".split()
    )
    assert set(frame["confidence"]) == {"M"}
    for text in [*frame["note"], *frame["source"], *frame["file"]]:
        assert re.search("[\u4e00-\u9fff]", text.to("zh"))
    assert "gb-3838-2002 and huanban-2011-22" in frame["source"].iloc[0]
    with pytest.raises(TableError, match="by year, not by month"):
        sw.states_of(sw.classes(samples, by="month"))


def test_states_need_districts():
    with pytest.raises(TableError, match="sections without a district"):
        sw.states_of(sw.classes(read(whole(dates=YEAR))))


def test_states_that_are_unknown_say_why():
    points = source_points(S="", T="")
    rows = [r for r in whole("S", YEAR, **SUPPLEMENTS) if r[2] != "cod"] + whole("T", YEAR, **SUPPLEMENTS)
    frame = sw.states_of(sw.sources(read(rows, points=points)))
    assert frame["state"].tolist() == ["drinking_water_class"]
    assert math.isnan(frame["value"].item()) and frame["reason"].item() == Reason.ITEMS_MISSING
    rows += [("T", "2025-06-20", "氨氮", "90", "mg/L")]  # worse than V over the year, whatever S is
    frame = sw.states_of(sw.sources(read(rows, points=points)))
    assert (frame["value"].item(), frame["reason"].item()) == (6, 0)


def test_states_are_those_of_the_catalogue_and_make_indicators():
    catalog = read_catalog()
    for name, unit in {
        "drinking_water_class": "1",
        "drinking_water_attainment_rate": "%",
        "good_water_section_ratio": "%",
    }.items():
        assert catalog.states[name].unit == unit
    assert catalog.indicators["drinking_water_class"].better == "lower"
    frame = sw.states_of(classes_of([1, 2, 6, 6]))
    import xarray as xr

    totals = xr.Dataset({"gdp": (("entity", "year"), [[1.0]])}, {"entity": ["d"], "year": [2025]})
    made = indicators(totals, ["good_water_section_ratio"], states=frame)
    assert made["good_water_section_ratio"].item() == 50


def test_a_state_says_what_it_depends_on():
    points = source_points(S="")
    rows = whole("S", YEAR, **SUPPLEMENTS, mercury="0.00018L")
    frame = sw.states_of(sw.sources(read(rows, points=points)))
    # half of 0.00018 is class III, the limit itself class IV, zero class I
    assert frame["value"].item() == 3
    assert frame["note"].item() == "1 sources; differs under below_detection: the limit; below_detection: zero"


def test_a_district_depends_on_its_own_sources():
    points = source_points(S="1", T="").assign(entity=["d", "e"])
    rows = [r for p, v in {"S": "0.6", "T": "1.2"}.items() for r in whole(p, YEAR, **SUPPLEMENTS, ammonia_nitrogen=v)]
    found = sw.sources(read(rows, points=points))
    assert found["entity_depends"].values.ravel().tolist() == ["source_class: class III for all", ""]
    states = sw.states_of(found).set_index(["entity", "state"])["value"]
    assert states.to_dict() == {("d", "drinking_water_class"): 3, ("e", "drinking_water_class"): 4}


def test_the_page_runs_and_prints_what_it_says(capsys):
    text = (pathlib.Path(__file__).parents[1] / "docs" / "surface-water.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w+)\n(.*?)```", text, re.S)
    exec(compile("".join(b for kind, b in blocks if kind == "python"), "docs/surface-water.md", "exec"), {})
    assert capsys.readouterr().out == next(b for kind, b in blocks if kind == "text")


def test_errors_are_ledger_errors_with_faults():
    with pytest.raises(LedgerError) as caught:
        read([("A", "x", "氨氮", "y", "z")])
    assert len(caught.value.faults) == 3
    assert isinstance(Faults(list(caught.value.faults)), Faults)
    assert all(f.to("zh") != f.to("en") for f in caught.value.faults)


def test_a_hundred_points_in_little_time():
    """Vectors, not loops over samples: many points cost little more than one."""
    import time

    def seconds(n):
        dates = [f"2025-{m:02d}" for m in range(1, 13)]
        frame = table([r for p in range(n) for r in whole(f"P{p}", dates)], water="river")
        start = time.perf_counter()
        sw.classes(sw.read_water_samples(frame), by="month")
        return time.perf_counter() - start

    assert seconds(100) < 40 * min(seconds(5), seconds(5))
