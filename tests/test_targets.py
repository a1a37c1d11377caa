"""The judge: every sense at, just inside and just outside its limit; paths, kinds, units; and a plan's faults."""

from __future__ import annotations

import pandas as pd
import pytest
from examples import series

from carbonledger.errors import CatalogError
from carbonledger.reasons import Reason
from carbonledger.targets import Target, Verdict, judge, read_targets

MET, MISSED, UNKNOWN = Verdict.MET, Verdict.MISSED, Verdict.UNKNOWN


def target(sense, value, *, unit="%", kind="level", year=2025, indicator="share", **more):
    return Target("T", indicator, sense, kind, value=value, unit=unit, year=year, source="plan", **more)


def judged(found, *targets):
    return judge(found, targets)


def one(found, *targets):
    (only,) = judge(found, targets)
    return only


def share(value, *, better="higher", year=2025, unit="%"):
    return series("share", unit, {year: value}, better=better)


# sense, better, limit, then: value -> verdict at the limit, just inside, just outside
SENSES = [
    ("at_least", "higher", 20.0, [(20.0, MET), (20.01, MET), (19.99, MISSED)]),
    ("above", "higher", 20.0, [(20.0, MISSED), (20.01, MET), (19.99, MISSED)]),
    ("at_most", "lower", 20.0, [(20.0, MET), (19.99, MET), (20.01, MISSED)]),
    ("below", "lower", 20.0, [(20.0, MISSED), (19.99, MET), (20.01, MISSED)]),
    ("equal", "higher", 20.0, [(20.0, MET), (20.01, MISSED), (19.99, MISSED)]),
    # 左右: half a unit of the last printed digit on the worse side (DESIGN.md section 6)
    ("about", "higher", 9.0, [(9.0, MET), (8.5, MET), (8.49, MISSED), (30.0, MET)]),
    ("about", "lower", 9.0, [(9.0, MET), (9.5, MET), (9.51, MISSED), (1.0, MET)]),
    ("about", "higher", 1.1, [(1.1, MET), (1.05, MET), (1.049, MISSED)]),
    ("about", "lower", 1.1, [(1.15, MET), (1.151, MISSED)]),
]


@pytest.mark.parametrize(
    ("sense", "better", "limit", "value", "verdict"),
    [(sense, better, limit, value, verdict) for sense, better, limit, cases in SENSES for value, verdict in cases],
)
def test_sense_at_the_limit_and_around_it(sense, better, limit, value, verdict):
    found = one(share(value, better=better), target(sense, limit))
    assert found.verdict is verdict
    assert found.reason is Reason.OK
    assert (found.value, found.limit, found.unit, found.year) == (value, limit, "%", 2025)


@pytest.mark.parametrize(
    ("sense", "better", "value", "margin"),
    [
        ("at_least", "higher", 23, 3),
        ("above", "higher", 17, -3),
        ("at_most", "lower", 23, -3),
        ("below", "lower", 17, 3),
        ("equal", "higher", 23, -3),
        ("equal", "higher", 17, -3),
        ("about", "higher", 19.7, -0.3),
        ("about", "lower", 19.7, 0.3),
    ],
)
def test_margin_is_positive_on_the_good_side(sense, better, value, margin):
    assert one(share(value, better=better), target(sense, 20.0)).margin == pytest.approx(margin)


def test_direction_follows_the_sense_not_the_indicator():
    """A ceiling stays a ceiling even where higher would be better."""
    assert one(share(21, better="higher"), target("at_most", 20.0)).verdict is MISSED
    assert one(share(21, better="lower"), target("at_least", 20.0)).verdict is MET


def test_within_tolerance_is_said():
    assert "within tolerance 0.5" in one(share(8.6), target("about", 9)).note
    assert one(share(9.1), target("about", 9)).note == ""


def test_stated_tolerance_takes_the_place_of_the_digit():
    assert one(share(7.0), target("about", 9, tolerance=2.0)).verdict is MET
    assert one(share(6.9), target("about", 9, tolerance=2.0)).verdict is MISSED
    assert one(share(8.9), target("about", 9, tolerance=0.0)).verdict is MISSED


def test_values_are_compared_unrounded():
    assert one(share(19.999999), target("at_least", 20.0)).verdict is MISSED


def test_complete_is_all_of_it():
    assert one(share(100.0), target("complete", None)).verdict is MET
    assert one(share(99.9), target("complete", None)).verdict is MISSED
    assert one(share(0.999, unit="1"), target("complete", None)).limit == 1


# --- trends: equal is not falling, zero to zero is (DESIGN.md section 6) --------------------------------------------


@pytest.mark.parametrize(
    ("sense", "values", "verdict"),
    [
        ("falling", [5, 4, 3], MET),
        ("falling", [5, 5, 3], MISSED),
        ("falling", [5, 4, 4], MISSED),
        ("falling", [5, 6, 3], MISSED),
        ("falling", [5, 0, 0], MET),
        ("falling", [0, 0, 0], MET),
        ("falling", [0, 1, 0], MISSED),
        ("rising", [3, 4, 5], MET),
        ("rising", [3, 3, 5], MISSED),
        ("rising", [3, 2, 5], MISSED),
    ],
)
def test_trend(sense, values, verdict):
    found = one(
        series("share", "%", dict(zip((2021, 2022, 2023), values, strict=True))),
        target(sense, None, kind="trend", year=2023, from_year=2021),
    )
    assert found.verdict is verdict


def test_trend_judges_only_its_own_years():
    values = series("share", "%", {2020: 1, 2021: 5, 2022: 4, 2023: 3, 2024: 9})
    assert one(values, target("falling", None, kind="trend", year=2023, from_year=2021)).verdict is MET
    assert one(values, target("falling", None, kind="trend", year=2024, from_year=2021)).verdict is MISSED


@pytest.mark.parametrize(
    ("values", "reason"),
    [({2021: 5, 2022: None, 2023: 3}, Reason.NO_ROWS), ({2021: 5, 2023: 3}, Reason.NO_DATA_FOR_YEAR)],
)
def test_trend_with_a_hole_is_unknown(values, reason):
    found = one(series("share", "%", values), target("falling", None, kind="trend", year=2023, from_year=2021))
    assert (found.verdict, found.reason) == (UNKNOWN, reason)


def test_trend_of_one_year_is_unknown():
    found = one(share(5), target("falling", None, kind="trend", year=2025, from_year=2025))
    assert (found.verdict, found.reason) == (UNKNOWN, Reason.TOO_FEW_YEARS)


# --- unknown -------------------------------------------------------------------------------------------------------


def test_target_without_a_number():
    found = one(share(5), target("at_least", None))
    assert (found.verdict, found.reason) == (UNKNOWN, Reason.NO_LIMIT)


def test_stated_quantity_is_never_judged():
    found = one(share(5), target("at_least", 3, kind="stated_quantity"))
    assert (found.verdict, found.reason) == (UNKNOWN, Reason.NO_LIMIT)


@pytest.mark.parametrize("indicator", ["", "another"])
def test_target_that_nothing_computes(indicator):
    found = one(share(5), target("at_least", 3, indicator=indicator))
    assert (found.verdict, found.reason, found.limit) == (UNKNOWN, Reason.NO_INDICATOR, 3)


def test_missing_value_gives_its_own_reason():
    found = one(share(None), target("at_least", 3))
    assert (found.verdict, found.reason, found.value) == (UNKNOWN, Reason.NO_ROWS, None)


def test_target_of_another_entity():
    found = one(share(5), target("at_least", 3, entity="elsewhere"))
    assert (found.verdict, found.reason) == (UNKNOWN, Reason.NO_ROWS)


def test_not_yet_due_tells_where_it_stands_change():
    """Drop of 16 % from 2020 to 2025; 13.252 % in 2023, the path is at 9.6 %."""
    values = series("share", "%", {2020: 0.0, 2021: 5.786, 2022: 7.324, 2023: 13.252}, better="higher")
    found = one(values, target("at_least", 16.0, kind="change", baseline=2020))
    assert found.verdict is UNKNOWN
    assert found.reason in {Reason.NOT_DUE, Reason.NO_DATA_FOR_YEAR}
    assert (found.latest_year, found.latest_value) == (2023, 13.252)
    assert found.needed_per_year == pytest.approx((16 - 13.252) / 2)
    assert found.on_path is True
    early = one(values.sel(year=[2020, 2021, 2022]), target("at_least", 20.0, kind="change", baseline=2020))
    assert early.on_path is False  # the path of 20 % is at 8.0 % in 2022
    assert early.needed_per_year == pytest.approx((20 - 7.324) / 3)


def test_not_yet_due_tells_where_it_stands_level():
    """From 5812.9 in 2020 to at most 6400 in 2025: the path is at 6165.16 in 2023."""
    for latest, on_path in ((5906.5, True), (6165.1, True), (6165.2, False)):
        values = series("share", "亿立方米", {2020: 5812.9, 2023: latest})
        found = one(values, target("at_most", 6400, unit="亿立方米", from_year=2020))
        assert found.on_path is on_path
        assert found.needed_per_year == pytest.approx((6400 - latest) / 2)


def test_path_needs_a_start():
    values = series("share", "%", {2022: 5, 2023: 6}, better="higher")
    found = one(values, target("at_least", 20, from_year=2020))
    assert found.on_path is None
    assert found.latest_year == 2023


def test_hole_in_the_year_before_does_not_hide_the_latest():
    values = series("share", "%", {2020: 1, 2022: 5, 2023: None}, better="higher")
    assert one(values, target("at_least", 20, from_year=2020)).latest_year == 2022


# --- kinds ---------------------------------------------------------------------------------------------------------


def test_annual_is_judged_in_each_year():
    values = series("share", "%", {2021: 4, 2022: 3, 2023: None}, better="higher")
    found = judged(values, target("at_least", 3.5, kind="annual", from_year=2021, year=2024))
    assert [(j.year, j.verdict, j.reason) for j in found] == [
        (2021, MET, Reason.OK),
        (2022, MISSED, Reason.OK),
        (2023, UNKNOWN, Reason.NO_ROWS),
        (2024, UNKNOWN, Reason.NOT_DUE),
    ]


def test_cumulative_is_the_sum_over_its_years():
    values = series("share", "t", {2020: 100, 2021: 4, 2022: 3, 2023: 5}, better="higher")
    terms = {"unit": "t", "kind": "cumulative", "from_year": 2021, "year": 2023}
    assert one(values, target("at_least", 12, **terms)).value == 12
    assert one(values, target("at_least", 12, **terms)).verdict is MET
    assert one(values, target("at_least", 12.1, **terms)).verdict is MISSED


def test_cumulative_with_a_hole_is_unknown():
    values = series("share", "t", {2021: 4, 2022: None, 2023: 5}, better="higher")
    found = one(values, target("at_least", 1, unit="t", kind="cumulative", from_year=2021, year=2023))
    assert (found.verdict, found.reason) == (UNKNOWN, Reason.NO_ROWS)


@pytest.mark.parametrize(("now", "verdict"), [(94.0, MET), (95.0, MET), (95.1, MISSED), (105.0, MISSED)])
def test_fall_by_is_the_difference_to_the_baseline(now, verdict):
    values = series("share", "t", {2020: 100.0, 2025: now})
    found = one(values, target("fall_by", 5.0, unit="t", kind="change", baseline=2020))
    assert found.verdict is verdict
    assert found.value == pytest.approx(100 - now)


def test_fall_by_needs_its_baseline():
    terms = {"unit": "t", "kind": "change"}
    values = series("share", "t", {2021: 100.0, 2025: 90.0})
    for baseline in (None, 2020):
        found = one(values, target("fall_by", 5.0, baseline=baseline, **terms))
        assert (found.verdict, found.reason) == (UNKNOWN, Reason.NO_BASELINE)


# --- units ---------------------------------------------------------------------------------------------------------


def test_everything_is_judged_in_the_targets_unit():
    values = series("share", "亿立方米", {2025: 0.54})
    found = one(values, target("at_most", 5500, unit="万立方米"))
    assert (found.value, found.limit, found.unit, found.verdict) == (pytest.approx(5400), 5500, "万立方米", MET)
    assert found.margin == pytest.approx(100)
    assert one(values, target("at_most", 5399, unit="万立方米")).verdict is MISSED


def test_tolerance_is_converted_too():
    """About 5500 in 1e4 m3 has a tolerance of half of 1e4 m3."""
    for value, verdict in ((0.55005, MET), (0.550051, MISSED)):
        found = one(series("share", "亿立方米", {2025: value}), target("about", 5500, unit="万立方米"))
        assert found.verdict is verdict


# --- the plan's file -----------------------------------------------------------------------------------------------

GOOD = {
    "id": "A1",
    "indicator": "water_total",
    "sense": "at_most",
    "value": "5500",
    "unit": "万立方米",
    "kind": "level",
    "year": "2025",
    "source": "plan, chapter 3",
}


def read(*changes):
    return read_targets(pd.DataFrame([GOOD | {"id": f"A{i}"} | c for i, c in enumerate(changes, start=1)]))


def test_read_a_plan():
    (first, second) = read({}, {"indicator": "", "value": "", "unit": ""})
    assert (first.value, first.year, first.unit, first.kind) == (5500.0, 2025, "万立方米", "level")
    assert (second.indicator, second.value, second.from_year) == ("", None, None)


def test_plan_in_chinese_columns():
    frame = pd.DataFrame(
        [{"编号": "A1", "方向": "at_most", "类型": "level", "来源": "规划", "数值": "9", "目标年": "2025"}]
    )
    (found,) = read_targets(frame)
    assert (found.id, found.value, found.year) == ("A1", 9.0, 2025)


def test_faults_come_all_at_once():
    with pytest.raises(CatalogError) as caught:
        read(
            {"sense": "at_lest"},
            {"kind": "levl"},
            {"source": ""},
            {"indicator": "water_totl"},
            {"unit": "tce"},
            {"unit": "furlong"},
            {"value": "many"},
            {"id": "A1"},
            {"id": ""},
        )
    text = str(caught.value)
    for part in (
        "sense 'at_lest'; nearest: 'at_least'",
        "kind 'levl'; nearest: 'level'",
        "no source",
        "unknown indicator 'water_totl'; nearest: 'water_total",
        "unit 'tce', but water_total is in '亿立方米'",
        "'furlong'",
        "'many' is not a number",
        "id 'A1' is given twice",
        "id '' is blank",
    ):
        assert part in text
    assert len(caught.value.faults) == 9


def test_verdict_as_plain_data():
    data = one(share(8.6), target("about", 9)).as_dict()
    assert data["target"] == "T"
    assert (data["verdict"], data["reason"], data["group"]) == ("MET", "", {"entity": "plant"})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"from_year": 2025, "year": 2020}, "from_year 2025 is after year 2020"),
        ({"kind": "cumulative"}, "cumulative without from_year"),
        ({"kind": "trend"}, "kind trend with sense 'at_most'"),
        ({"sense": "falling"}, "sense 'falling' with a value"),
        ({"tolerance": -1}, "tolerance -1"),
        ({"sense": "fall_by"}, "fall_by without baseline"),
        ({"year": "2023.5"}, "2023.5 is no year"),
        ({"indicator": "water_per_gdp_drop", "unit": "%", "baseline": 2022}, "measured against 2020"),
        ({"sense": "complete", "value": ""}, "complete without a value"),
    ],
)
def test_a_target_against_itself_is_refused(changes, text):
    line = {"id": "T1", "indicator": "water_total", "sense": "at_most", "value": 1, "unit": "亿立方米", "kind": "level"}
    line |= {"year": 2025, "source": "a plan"}
    with pytest.raises(CatalogError, match=text):
        read_targets(pd.DataFrame([line | changes]))


@pytest.mark.parametrize(
    ("value", "verdict", "said"), [(44.4, MET, "MISSED"), (44.5, MET, "MISSED"), (44.51, MISSED, "")]
)
def test_a_target_with_decimals_is_compared_rounded(value, verdict, said):
    """GB/T 8170-2008: 44.4 and 44.5 are 44 (half to even), 44.51 is 45; the flag says what full values would say."""
    found = one(series("share", "ug/m3", {2025: value}), target("at_most", 44, unit="ug/m3", decimals=0))
    assert found.verdict is verdict
    assert found.value == value
    assert found.note.endswith(said) and f"compared as {44 if verdict is MET else 45}" in found.note
