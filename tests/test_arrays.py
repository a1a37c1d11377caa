"""Indicators and verdicts on bare arrays: against a plain loop, by hand, and beside the functions of the inventory."""

from __future__ import annotations

import itertools
import math
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.catalog import computing as computing_module
from carbonledger.catalog import indicator_arrays, indicators, read_catalog, scale_of
from carbonledger.errors import CatalogError
from carbonledger.reasons import Reason
from carbonledger.targets import KINDS, SENSES, Target, Verdict, judge, judge_arrays

MET, MISSED, UNKNOWN = int(Verdict.MET), int(Verdict.MISSED), int(Verdict.UNKNOWN)
NAN = float("nan")
CATALOG = read_catalog()


def target(sense, value, *, kind="level", unit="t", year=2025, **more):
    return Target("T", "x", sense, kind, value=value, unit=unit, year=year, source="plan", **more)


def outcome(aim, values, *, causes=None, at=None, unit="t", better="lower"):
    """Of one series, {year: value}; missing values are for want of rows unless ``causes`` says otherwise."""
    years = sorted(values)
    value = np.array([values[y] for y in years], dtype=float)
    why = np.where(np.isnan(value), Reason.NO_ROWS, Reason.OK) if causes is None else causes
    return judge_arrays(aim, value, why, years, unit=unit, better=better, at=at)


def verdicts(found):
    return found.verdict.tolist()


# --- by hand: one per sense, t against t ----------------------------------------------------------------------------

SERIES = {2020: 100.0, 2021: 96.0, 2022: 90.0, 2023: 90.0, 2024: 84.0, 2025: 80.0}

# target -> verdict, value and margin in 2025, worked out from SERIES with pencil and paper
BY_HAND = [
    (target("at_least", 79.0), MET, 80.0, 1.0),
    (target("above", 80.0), MISSED, 80.0, 0.0),
    (target("at_most", 80.0), MET, 80.0, 0.0),
    (target("below", 78.0), MISSED, 80.0, -2.0),
    (target("equal", 82.0), MISSED, 80.0, -2.0),
    (target("about", 79.5), MISSED, 80.0, -0.5),  # tolerance 0.05, lower is better: the worse side is above
    (target("about", 79.0, tolerance=1.0), MET, 80.0, -1.0),
    (target("fall_by", 15.0, kind="change", baseline=2021), MET, 16.0, 1.0),  # 96 - 80
    (target("falling", None, kind="trend", from_year=2023), MET, 80.0, 4.0),  # steps -6, -4: the worst falls by 4
    (target("falling", None, kind="trend", from_year=2020), MISSED, 80.0, 0.0),  # 90 -> 90 does not fall
    (target("rising", None, kind="trend", from_year=2024), MISSED, 80.0, -4.0),
    (target("complete", 80.5), MISSED, 80.0, -0.5),
    (target("at_most", 340.0, kind="cumulative", from_year=2022), MISSED, 344.0, -4.0),  # 90 + 90 + 84 + 80
    (target("at_most", 70.0, decimals=-1), MISSED, 80.0, -10.0),
]


@pytest.mark.parametrize(("aim", "verdict", "value", "margin"), BY_HAND)
def test_one_by_hand_for_each_sense(aim, verdict, value, margin):
    found = outcome(aim, SERIES)
    assert (found.years, verdicts(found), found.reason.tolist()) == ((2025,), [verdict], [Reason.OK])
    assert found.value.tolist() == [value]
    assert found.margin.tolist() == [margin]
    assert found.limit == aim.value


def test_in_the_unit_of_the_target():
    """80 t are 0.008 of 1e4 t; the limit of 0.009 leaves 0.001."""
    found = outcome(target("at_most", 0.009, unit="万t"), SERIES)
    assert verdicts(found) == [MET]
    assert found.value[0] == pytest.approx(0.008, rel=1e-15)
    assert found.margin[0] == pytest.approx(0.001, rel=1e-12)
    assert found.limit == 0.009


def test_complete_without_a_number_is_all_of_it():
    found = outcome(target("complete", None, unit=""), {2025: 99.0}, unit="%")
    assert (verdicts(found), found.limit, found.value.tolist(), found.margin.tolist()) == ([MISSED], 100.0, [99], [-1])


def test_types_are_those_that_are_stored():
    found = outcome(target("at_most", 80.0), SERIES)
    assert [a.dtype for a in (found.verdict, found.reason, found.value, found.margin)] == [
        np.int8,
        np.int16,
        np.float64,
        np.float64,
    ]


def test_tolerance_is_in_the_unit_of_the_target_and_forgives_binary_noise():
    """0.5 of 1e4 t about 1 of 1e4 t: up to 15 000 t; 1.05 - 1.1 is -0.05 and 4e-17 more in binary."""
    aim = target("about", 1.0, unit="万t", tolerance=0.5)
    assert [verdicts(outcome(aim, {2025: v})) for v in (15000.0, 15001.0)] == [[MET], [MISSED]]
    assert verdicts(outcome(target("about", 1.1), {2025: 1.05}, better="higher")) == [MET]


@pytest.mark.parametrize(("sense", "verdict"), [("falling", MET), ("rising", MISSED)])
def test_from_zero_to_zero_falls_but_does_not_rise(sense, verdict):
    assert verdicts(outcome(target(sense, None, kind="trend"), {2024: 0.0, 2025: 0.0})) == [verdict]


# --- judged as if due in other years, by hand -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aim", "said", "values", "margins"),
    [
        (target("at_most", 90.0), [MISSED, MET, MET, MET], [96, 90, 90, 80], [-6, 0, 0, 10]),
        (target("at_most", 90.0, kind="annual", from_year=2025), [MISSED, MET, MET, MET], [96, 90, 90, 80], None),
        (target("fall_by", 10.0, kind="change", baseline=2020), [MISSED, MET, MET, MET], [4, 10, 10, 20], None),
        (
            target("at_most", 300.0, kind="cumulative", from_year=2021),
            [MET, MET, MET, MISSED],
            [96, 186, 276, 440],  # 96, + 90, + 90, + 84 + 80
            [204, 114, 24, -140],
        ),
        (
            target("falling", None, kind="trend", from_year=2020),
            [MET, MET, MISSED, MISSED],
            [96, 90, 90, 80],
            [4, 4, 0, 0],
        ),
        (target("falling", None, kind="trend"), [MET, MET, MISSED, MISSED], [96, 90, 90, 80], [4, 4, 0, 0]),
    ],
)
def test_as_if_due_in_each_year(aim, said, values, margins):
    found = outcome(aim, SERIES, at=[2021, 2022, 2023, 2025])
    assert found.years == (2021, 2022, 2023, 2025)
    assert verdicts(found) == said
    assert found.value.tolist() == values
    if margins is not None:
        assert found.margin.tolist() == margins


def test_order_of_the_years_asked_for_is_free():
    aim = target("at_most", 300.0, kind="cumulative", from_year=2021)
    there, back = outcome(aim, SERIES, at=[2021, 2023, 2025]), outcome(aim, SERIES, at=[2025, 2023, 2021])
    assert there.value.tolist() == back.value[::-1].tolist() == [96, 276, 440]


@pytest.mark.parametrize(
    ("aim", "reason"),
    [
        (target("at_most", 300.0, kind="cumulative", from_year=2024), Reason.NO_DATA_FOR_YEAR),
        (target("falling", None, kind="trend", from_year=2023), Reason.TOO_FEW_YEARS),
        (target("at_most", None), Reason.NO_LIMIT),
        (target("at_most", 1.0, kind="stated_quantity"), Reason.NO_LIMIT),
        (target("fall_by", 1.0, kind="change"), Reason.NO_BASELINE),
        (target("fall_by", 1.0, kind="change", baseline=2010), Reason.NO_BASELINE),
    ],
)
def test_what_has_not_begun_or_has_no_number_is_unknown(aim, reason):
    found = outcome(aim, SERIES, at=[2022, 2023])
    assert verdicts(found) == [UNKNOWN, UNKNOWN]
    assert found.reason.tolist() == [reason, reason]
    assert np.isnan(found.value).all() and np.isnan(found.margin).all()


def test_years_that_are_not_there():
    found = outcome(target("at_most", 90.0), {2021: 96.0, 2023: 90.0}, at=[2020, 2022, 2023, 2024])
    assert verdicts(found) == [UNKNOWN, UNKNOWN, MET, UNKNOWN]
    assert found.reason.tolist() == [Reason.NO_DATA_FOR_YEAR, Reason.NO_DATA_FOR_YEAR, Reason.OK, Reason.NOT_DUE]


def test_a_target_without_a_year_is_judged_where_a_year_is_asked_for():
    aim = target("at_most", 90.0, year=None)
    found = outcome(aim, SERIES)
    assert (found.years, verdicts(found), found.reason.tolist()) == ((None,), [UNKNOWN], [Reason.NO_YEAR])
    assert verdicts(outcome(aim, SERIES, at=[2025])) == [MET]


def test_a_hole_makes_unknown_what_runs_over_it_and_nothing_before():
    holed, years = SERIES | {2023: NAN}, [2022, 2023, 2024]
    for aim in (
        target("at_most", 1e3, kind="cumulative", from_year=2021),
        target("falling", None, kind="trend", from_year=2021),
    ):
        found = outcome(aim, holed, at=years)
        assert verdicts(found) == [MET, UNKNOWN, UNKNOWN]
        assert found.reason.tolist() == [Reason.OK, Reason.NO_ROWS, Reason.NO_ROWS]


def test_a_trend_does_not_remember_before_its_first_year():
    assert verdicts(outcome(target("falling", None, kind="trend", from_year=2023), SERIES, at=[2024])) == [MET]


# --- the plain loop -------------------------------------------------------------------------------------------------

SCALE = {"t": 1.0, "万t": 1e4}


def plain_margin(sense, x, limit, slack, better):
    distance = {"at_most": limit - x, "below": limit - x, "equal": -abs(x - limit)}.get(sense, x - limit)
    if sense == "about":
        distance = x - limit if better == "higher" else limit - x
    met = {
        "above": x > limit,
        "at_most": x <= limit,
        "below": x < limit,
        "equal": x == limit,
        "about": distance >= -slack * (1 + 1e-12),
    }.get(sense, x >= limit)
    return distance, met


def plain(aim, series, causes, due, better):
    """The rules of the judge for one series and year, in plain Python: (verdict, reason, value, margin)."""

    def unknown(why):
        return UNKNOWN, why, None, None

    def absent(y):
        if y == aim.baseline and aim.kind != "trend":
            return Reason.NO_BASELINE
        return Reason.NOT_DUE if y > max(series) and aim.kind != "trend" else Reason.NO_DATA_FOR_YEAR

    if aim.kind == "trend":
        span = range(aim.from_year if aim.from_year is not None else min(series), due + 1)
        if len(span) < 2:
            return unknown(Reason.TOO_FEW_YEARS)
    elif aim.kind == "stated_quantity" or aim.value is None:
        return unknown(Reason.NO_LIMIT)
    elif aim.sense == "fall_by":
        if aim.baseline is None:
            return unknown(Reason.NO_BASELINE)
        span = [aim.baseline, due]
    elif aim.kind == "cumulative" and aim.from_year is not None:
        span = range(aim.from_year, due + 1)
        if not span:
            return unknown(Reason.NO_DATA_FOR_YEAR)
    else:
        span = [due]
    for y in span:
        if y not in series:
            return unknown(absent(y))
        if math.isnan(series[y]):
            return unknown(causes[y])
    found = [series[y] for y in span]
    if aim.kind == "trend":
        steps = [b - a if aim.sense == "rising" else a - b for a, b in itertools.pairwise(found)]
        zeros = [aim.sense == "falling" and a == b == 0 for a, b in itertools.pairwise(found)]
        good = all(s > 0 or z for s, z in zip(steps, zeros, strict=True))
        return MET if good else MISSED, Reason.OK, found[-1], min(steps)
    value = found[0] - found[1] if aim.sense == "fall_by" else sum(found)
    scale = SCALE[aim.unit]
    compared = value
    if aim.decimals is not None:
        exact = Decimal(f"{value / scale:.12g}").quantize(Decimal(1).scaleb(-aim.decimals), ROUND_HALF_EVEN)
        compared = float(exact) * scale
    margin, met = plain_margin(aim.sense, compared, aim.value * scale, aim.slack * scale, better)
    return MET if met else MISSED, Reason.OK, value / scale, margin / scale


YEARS = [2019, 2020, 2021, 2022, 2024]
NUMBERS = st.one_of(
    st.just(NAN),
    st.sampled_from([0.0, 1.0, 2.0, 2.5, 3.5, 10000.0, 20000.0, 25000.0, -1.0, 0.1, 0.2, 0.3]),
    st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False),
)
ANY_YEAR = st.one_of(st.none(), st.integers(2018, 2026))


@st.composite
def targets(draw):
    kind = draw(st.sampled_from(KINDS))
    senses = ["falling", "rising"] if kind == "trend" else [s for s in SENSES if s not in {"falling", "rising"}]
    return Target(
        "T",
        "x",
        draw(st.sampled_from(senses)),
        kind,
        value=None if kind == "trend" else draw(st.sampled_from([1.0, 2.0, 0.3, 3.0])),
        unit=draw(st.sampled_from(list(SCALE))),
        tolerance=draw(st.sampled_from([None, 0.0, 0.5])),
        from_year=draw(ANY_YEAR),
        year=draw(ANY_YEAR),
        baseline=draw(ANY_YEAR),
        decimals=draw(st.sampled_from([None, None, 0, 1])),
    )


def cell_of(found, *at):
    """(verdict, reason, value, margin) of one cell, None for NaN."""
    known = (None if math.isnan(a[at]) else float(a[at]) for a in (found.value, found.margin))
    return int(found.verdict[at]), int(found.reason[at]), *known


@given(
    targets(),
    st.lists(st.lists(NUMBERS, min_size=5, max_size=5), min_size=1, max_size=4),
    st.lists(st.integers(2018, 2026), min_size=1, max_size=5, unique=True),
    st.sampled_from(["higher", "lower"]),
)
def test_every_sense_and_kind_is_the_plain_loop(aim, rows, at, better):
    value = np.array(rows)
    cause = np.array([Reason.NO_ROWS, Reason.NO_RATE, Reason.UNDEFINED, Reason.NO_STATE, Reason.MONTHS_MISSING])
    found = judge_arrays(aim, value, cause, YEARS, unit="t", better=better, at=at)
    for s, row in enumerate(rows):
        series, causes = dict(zip(YEARS, row, strict=True)), dict(zip(YEARS, cause.tolist(), strict=True))
        for i, year in enumerate(at):
            assert cell_of(found, s, i) == plain(aim, series, causes, year, better), (year, series)


def dataset(value, why, years, better):
    names = [f"e{i}" for i in range(len(value))]
    dims, attrs = ("entity", "year"), {"units": "t", "better": better}
    return xr.Dataset({"x": (dims, value, attrs), "x_reason": (dims, why)}, coords={"entity": names, "year": years})


@given(targets(), st.lists(st.lists(NUMBERS, min_size=5, max_size=5), min_size=1, max_size=3))
def test_a_stack_is_judged_as_its_series_one_by_one(aim, rows):
    value = np.array(rows)
    why = np.where(np.isnan(value), Reason.NO_ROWS, Reason.OK).astype(np.int16)
    found = judge_arrays(aim, value, why, YEARS, unit="t", better="lower")
    for s in range(len(rows)):
        judged = judge(dataset(value[s : s + 1], why[s : s + 1], YEARS, "lower"), (aim,))
        assert tuple(j.year for j in judged) == found.years
        for i, one in enumerate(judged):
            assert cell_of(found, s, i) == (one.verdict, one.reason, one.value, one.margin)
            assert one.limit == found.limit


def test_judge_gives_the_years_that_the_target_names():
    """Level: its year; annual: from_year to year, or all; trend: to its year, or to the last."""
    for aim, years in [
        (target("at_most", 1.0), (2025,)),
        (target("at_most", 1.0, kind="annual", from_year=2023), (2023, 2024, 2025)),
        (target("at_most", 1.0, kind="annual", from_year=2023, year=None), (2023,)),
        (target("at_most", 1.0, kind="annual", year=None), tuple(SERIES)),
        (target("at_most", None, kind="annual", from_year=2023), (2025,)),
        (target("falling", None, kind="trend", year=2023), (2023,)),
        (target("falling", None, kind="trend", year=None), (2025,)),
    ]:
        assert outcome(aim, SERIES).years == years


@pytest.mark.parametrize("shape", [(6,), (1, 6), (1, 2, 6), (4, 2, 6), (1,)])
def test_reasons_may_be_shared_by_scenarios(shape):
    """[scenario, entity, year] values with reasons of any shape that broadcasts to them."""
    years, value = list(SERIES), np.full((4, 2, 6), 1.0)
    value[:, 0, 3] = value[:, 1, 3] = NAN
    why = np.full(shape, Reason.NO_RATE, dtype=np.int16)  # it counts only where there is no value
    found = judge_arrays(target("at_most", 1.0), value, why, years, unit="t", better="lower", at=years)
    assert found.verdict.shape == found.reason.shape == found.value.shape == found.margin.shape == (4, 2, 6)
    assert (found.verdict == np.where(np.isnan(value), UNKNOWN, MET)).all()
    assert (found.reason == np.where(np.isnan(value), Reason.NO_RATE, Reason.OK)).all()


def test_inputs_are_left_as_they_are():
    value, why = np.array([[1.0, NAN, 3.0]]), np.array([[0, 1, 0]], dtype=np.int16)
    value.setflags(write=False)
    why.setflags(write=False)
    for aim in (target("at_most", 1e-4, unit="万t"), target("falling", None, kind="trend")):
        judge_arrays(aim, value, why, [2023, 2024, 2025], unit="t", better="lower", at=[2023, 2025])
    indicator_arrays(["co2_direct"], [2023, 2024, 2025], lambda name: (value, why), CATALOG)
    assert np.array_equal(value, [[1.0, NAN, 3.0]], equal_nan=True)


# --- indicators -----------------------------------------------------------------------------------------------------

NAMES = [
    "co2_direct",
    "co2_total_intensity_drop",
    "energy_controlled",
    "energy_intensity",
    "nonfossil_share_calorific_with_imports",
    "water_per_gdp_drop",
    "water_per_gdp_annual_drop",
]
QUANTITIES = CATALOG.quantities_for(NAMES)


def plain_indicator(name, years, totals, i):
    """One value of one scenario and entity in plain Python; totals: name -> (values, reasons) over the years."""
    indicator = CATALOG.indicators[name]
    reason, numbers = 0, {}
    for argument in indicator.arguments:
        source, of_base = indicator.source_of(argument)
        values, whys = totals[source]
        number, why = values[i], whys[i]
        if of_base:
            base = years[i] - 1 if indicator.baseline == "previous" else indicator.baseline
            number = values[years.index(base)] if base in years else NAN
            why = Reason.NO_BASELINE if math.isnan(number) else Reason.OK
        numbers[argument] = np.float64(number)
        reason = reason or why
    if reason:
        return None, reason
    with np.errstate(all="ignore"):
        found = float(indicator.function(**numbers) * scale_of(CATALOG, indicator))
    return (found, 0) if math.isfinite(found) else (None, Reason.UNDEFINED)


AMOUNTS = st.one_of(st.floats(1.0, 1e6), st.sampled_from([0.0, NAN]))


@given(st.data(), st.sampled_from([[2020, 2021, 2022], [2019, 2021, 2022], [2020], [2021, 2022]]))
def test_indicators_of_many_scenarios_are_the_plain_loop(data, years):
    n_scenarios, n = 3, len(years)
    draw = {q: data.draw(st.lists(AMOUNTS, min_size=n, max_size=n * n_scenarios)) for q in QUANTITIES}
    made, arrays = {}, {}
    for name, amounts in (draw | {"import_credit": [0.25]}).items():
        value = np.resize(np.array(amounts), (n_scenarios, 1, n))
        why = np.where(np.isnan(value[:1]), Reason.NO_ROWS, Reason.OK).astype(np.int16)
        value = np.where(why != Reason.OK, NAN, value)  # what is missing is missing in every scenario
        made[name], arrays[name] = (value, np.broadcast_to(why, value.shape)), (value, why)
    found = indicator_arrays(NAMES, years, arrays.__getitem__, CATALOG)
    for name in NAMES:
        value, why = found[name]
        for s in range(n_scenarios):
            totals = {q: (v[s, 0].tolist(), w[s, 0].tolist()) for q, (v, w) in made.items()}
            for i in range(n):
                number, reason = plain_indicator(name, years, totals, i)
                cell = float(np.broadcast_to(value, (n_scenarios, 1, n))[s, 0, i])
                assert int(np.broadcast_to(why, (n_scenarios, 1, n))[s, 0, i]) == reason, (name, s, i)
                assert math.isnan(cell) if number is None else cell == number, (name, s, i)


def cube(n_scenarios, years, seed=7):
    """Totals of two entities, with a zero denominator, a hole in a baseline year and one in another."""
    draw = np.random.default_rng(seed)
    arrays = {}
    for q in QUANTITIES:
        value = draw.uniform(1.0, 9.0, (n_scenarios, 2, len(years)))
        why = np.zeros((1, 2, len(years)), dtype=np.int16)
        if q == "gdp":
            value[1, 0, 1] = 0.0  # undefined in one scenario only
        if q == "water":
            why[0, 1, 0] = Reason.NO_RATE  # the baseline year
        if q == "gdp_constant":
            why[0, 1, 2] = Reason.MONTHS_MISSING
        value[np.broadcast_to(why, value.shape) != Reason.OK] = NAN
        arrays[q] = value, why
    return arrays


def test_a_scenario_axis_gives_what_each_scenario_gives():
    years, arrays = [2020, 2021, 2022, 2023], cube(3, [2020, 2021, 2022, 2023])
    states = pd.DataFrame({"entity": ["b"], "year": [2021], "state": ["import_credit"], "value": [0.5]})
    credit, none = np.full((2, 4), NAN), np.full((2, 4), Reason.NO_STATE, dtype=np.int16)
    credit[1, 1], none[1, 1] = 0.5, Reason.OK
    found = indicator_arrays(NAMES, years, (arrays | {"import_credit": (credit, none)}).__getitem__, CATALOG)
    for s in range(3):
        dims, coords = ("entity", "year"), {"entity": ["a", "b"], "year": years}
        variables = {q: (dims, value[s]) for q, (value, _) in arrays.items()}
        variables |= {f"{q}_reason": (dims, why[0]) for q, (_, why) in arrays.items()}
        one = indicators(xr.Dataset(variables, coords=coords), NAMES, states=states)
        for name in NAMES:
            value, why = (np.broadcast_to(a, (3, 2, 4))[s] for a in found[name])
            assert np.array_equal(value, one[name].values, equal_nan=True), name
            assert np.array_equal(why, one[f"{name}_reason"].values), name


def test_reasons_of_the_cube_by_hand():
    """GDP is zero in scenario 1 and 2021; water of b is missing in the baseline year 2020."""
    found = indicator_arrays(
        ["energy_intensity", "water_per_gdp_drop"], [2020, 2021, 2022], cube(3, [2020, 2021, 2022]).__getitem__, CATALOG
    )
    value, why = found["energy_intensity"]
    assert why.shape == (3, 2, 3)
    assert np.argwhere(why != Reason.OK).tolist() == [[1, 0, 1]]
    assert why[1, 0, 1] == Reason.UNDEFINED
    assert np.argwhere(np.isnan(value)).tolist() == [[1, 0, 1]]
    value, why = found["water_per_gdp_drop"]
    assert why.shape == (1, 2, 3)  # no scenario differs
    assert why[0].tolist() == [[0, 0, 0], [Reason.NO_RATE, Reason.NO_BASELINE, Reason.MONTHS_MISSING]]
    assert (np.isnan(value) == (why != Reason.OK)).all()


def test_previous_baseline_by_hand():
    """Water 100, 110, 88 at constant output: + 10 %, then - 20 % of 110; no year before 2020, nor before 2024."""
    fine = np.zeros(4, dtype=np.int16)
    arrays = {"water": (np.array([100.0, 110.0, 88.0, 50.0]), fine), "gdp_constant": (np.ones(4), fine)}
    name, years = "water_per_gdp_annual_drop", [2020, 2021, 2022, 2024]
    value, why = indicator_arrays([name], years, arrays.__getitem__, CATALOG)[name]
    assert value == pytest.approx([NAN, -10.0, 20.0, NAN], nan_ok=True)
    assert why.tolist() == [Reason.NO_BASELINE, Reason.OK, Reason.OK, Reason.NO_BASELINE]


def test_undefined_in_every_scenario_is_said_once():
    """0/0 wherever one looks: one flag for all scenarios."""
    zero, fine = np.zeros((5, 2, 1)), np.zeros((1, 2, 1), dtype=np.int16)
    value, why = indicator_arrays(["energy_intensity"], [2020], lambda name: (zero, fine), CATALOG)["energy_intensity"]
    assert (value.shape, why.shape) == ((5, 2, 1), (1, 1, 1))
    assert np.isnan(value).all()
    assert why.item() == Reason.UNDEFINED


def test_what_no_scenario_changes_stays_small():
    value, fine = np.array([[[2.0, 3.0]]]), np.zeros((1, 1, 2), dtype=np.int16)
    many = np.ones((7, 1, 2))
    arrays = {"co2_scope1": (value, fine), "energy_coal_rate": (many, fine), "gdp": (value, fine)}
    found = indicator_arrays(["co2_direct", "energy_intensity"], [2020, 2021], arrays.__getitem__, CATALOG)
    assert found["co2_direct"][0].shape == (1, 1, 2)
    assert found["energy_intensity"][0].shape == (7, 1, 2)
    assert [why.shape for _, why in found.values()] == [(1, 1, 2)] * 2


def test_a_value_that_has_a_reason_is_no_value():
    value, why = np.array([5.0, 6.0]), np.array([0, Reason.ENTITIES_MISSING])
    found, reason = indicator_arrays(["co2_direct"], [2020, 2021], lambda name: (value, why), CATALOG)["co2_direct"]
    assert found[0] == 5e-4 and math.isnan(found[1])  # 5 t in 1e4 t
    assert reason.tolist() == [0, Reason.ENTITIES_MISSING]


@pytest.mark.parametrize("shape", [(40, 3, 4), (3, 40, 4), (1, 1, 4), (4,)])
def test_slabs_are_the_whole(monkeypatch, shape):
    """A formula cut into slabs of a few values gives the same bits."""
    draw = np.random.default_rng(3)
    arrays = {q: (draw.choice([0.0, 1.5, 2.5, NAN], shape), np.zeros(shape[1:], np.int16)) for q in QUANTITIES}
    names, years = [n for n in NAMES if "imports" not in n], [2020, 2021, 2022, 2023]
    whole = indicator_arrays(names, years, arrays.__getitem__, CATALOG)
    monkeypatch.setattr(computing_module, "SLAB", 7)
    parts = indicator_arrays(names, years, arrays.__getitem__, CATALOG)
    for name in names:
        for a, b in zip(whole[name], parts[name], strict=True):
            assert np.array_equal(a, b, equal_nan=True), name
    undefined = [why for _, why in whole.values() if (why == Reason.UNDEFINED).any()]
    assert undefined  # or the test would not reach that road


def test_unknown_names_and_missing_baselines_are_refused():
    fine = np.ones(1), np.zeros(1, dtype=np.int16)
    with pytest.raises(CatalogError, match="unknown indicator 'co2_dirct'; nearest: 'co2_direct'"):
        indicator_arrays(["co2_dirct"], [2020], lambda name: fine, CATALOG)
    fixed = CATALOG.indicators["co2_drop"]
    without = type(CATALOG)(
        CATALOG.quantities, CATALOG.states, {"co2_drop": type(fixed)(**(vars(fixed) | {"baseline": None}))}
    )
    with pytest.raises(CatalogError, match="co2_drop: base_amount needs a baseline"):
        indicator_arrays(["co2_drop"], [2020], lambda name: fine, without)
