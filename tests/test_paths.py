"""The multipliers of levers over the years, against values by hand and a plain loop."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.scenario.nouns import Event, Lever, Scenario
from carbonledger.scenario.paths import event_levers, series, way

BASE, LAST = 2025, 2035
YEARS = np.arange(2023, LAST + 1)


def at_years(lever, level, *years, unit_factor=1.0):
    """Multipliers in some years, by the form that an axis uses; the form with the level put in must say the same."""
    chosen = [int(np.flatnonzero(year == YEARS)[0]) for year in years]
    values = series(lever, None, BASE, YEARS, unit_factor=unit_factor).at(level * unit_factor)
    constant = series(lever, level, BASE, YEARS, unit_factor=unit_factor)
    assert not constant.power
    np.testing.assert_array_equal(constant.b, 0)
    np.testing.assert_array_equal(constant.a, values)
    return values[chosen].tolist()


# By hand; 2025 is the base year and 2035 the last one.
GOLDEN = [
    # a fifth less, a tenth of the way each year
    (dict(verb="scale"), 0.8, {2023: 1, 2025: 1, 2026: 0.98, 2030: 0.9, 2035: 0.8}),
    # half of it in the first of two years, then flat
    (dict(verb="scale", to=2027), 0.8, {2026: 0.9, 2027: 0.8, 2028: 0.8, 2035: 0.8}),
    (dict(verb="scale", path="step", to=2028), 0.8, {2025: 1, 2027: 1, 2028: 0.8, 2035: 0.8}),
    (dict(verb="scale", path="step"), 0.8, {2034: 1, 2035: 0.8}),
    # sqrt(0.64) = 0.8 halfway
    (dict(verb="scale", path="geometric", to=2027), 0.64, {2024: 1, 2025: 1, 2026: 0.8, 2027: 0.64, 2035: 0.64}),
    # half of the way in 2030, so 0.2 of it in 2027: 1 - 0.2 * 0.8 = 0.84
    (
        dict(verb="scale", path={2030: 0.5, 2032: 1.0}),
        0.2,
        {2025: 1, 2027: 0.84, 2030: 0.6, 2031: 0.4, 2032: 0.2, 2035: 0.2},
    ),
    # a way that turns back: 1.0 in 2030, 0.5 in 2032 and after
    (dict(verb="scale", path={2030: 1.0, 2032: 0.5}), 0.6, {2030: 0.6, 2031: 0.7, 2032: 0.8, 2035: 0.8}),
    (dict(verb="grow"), 0.1, {2023: 1, 2025: 1, 2026: 1.1, 2027: 1.21, 2028: 1.331}),
    (dict(verb="grow", to=2027), 0.1, {2026: 1.1, 2027: 1.21, 2028: 1.21, 2035: 1.21}),
    (dict(verb="grow"), -0.5, {2025: 1, 2026: 0.5, 2028: 0.125}),
    (dict(verb="move"), 0.4, {2023: 0, 2025: 0, 2030: 0.2, 2035: 0.4}),
    (dict(verb="move", path="step", to=2026), 0.4, {2025: 0, 2026: 0.4}),
    (dict(verb="add"), 250.0, {2025: 0, 2026: 25, 2035: 250}),
    (dict(verb="rate"), 0.5, {2023: 0, 2025: 0, 2030: 0.25, 2035: 0.5}),
    (dict(verb="scale", acts="uncertainty"), 1.07, {2023: 1.07, 2025: 1.07, 2035: 1.07}),
]


@pytest.mark.parametrize(("lever", "level", "expected"), GOLDEN)
def test_golden_multipliers(lever, level, expected):
    found = at_years(Lever("x", **lever), level, *expected)
    assert found == pytest.approx(list(expected.values()), rel=1e-14, abs=1e-15)


# By hand; numbers by year need no level.
BY_YEAR = [
    (dict(verb="scale"), {2027: 0.8, 2035: 0.4}, {2024: 1, 2025: 1, 2026: 0.9, 2027: 0.8, 2031: 0.6, 2035: 0.4}),
    (dict(verb="move"), {2030: 0.5}, {2023: 0, 2025: 0, 2026: 0.1, 2030: 0.5, 2035: 0.5}),
    (dict(verb="add"), {2026: -10.0, 2028: 30.0}, {2025: 0, 2026: -10, 2027: 10, 2028: 30, 2035: 30}),
    # 10 % a year to 2027, 15 % in 2028, 20 % from 2029 on: 1.1^2, x 1.15, x 1.2, x 1.2
    (
        dict(verb="grow"),
        {2027: 0.1, 2029: 0.2},
        {2023: 1, 2025: 1, 2026: 1.1, 2027: 1.21, 2028: 1.3915, 2029: 1.6698, 2030: 2.00376},
    ),
    # a third of 0.6 after one of three years; then on the given numbers
    (dict(verb="rate"), {2028: 0.6, 2030: 0.4}, {2025: 0, 2026: 0.2, 2027: 0.4, 2028: 0.6, 2029: 0.5, 2035: 0.4}),
]


@pytest.mark.parametrize(("lever", "given_numbers", "expected"), BY_YEAR)
def test_golden_numbers_by_year(lever, given_numbers, expected):
    form = series(Lever("x", by_year=given_numbers, **lever), None, BASE, YEARS)
    assert not form.power and not form.b.any()
    found = form.at(123.0)[[year - 2023 for year in expected]]  # whatever the level
    assert found.tolist() == pytest.approx(list(expected.values()), rel=1e-14, abs=1e-15)


def test_levels_and_numbers_by_year_are_in_the_unit_of_the_lever():
    assert at_years(Lever("x", "grow", unit="%"), 10.0, 2027, unit_factor=0.01) == pytest.approx([1.21], rel=1e-14)
    numbers = Lever("x", "scale", unit="%", by_year={2030: 80.0})
    assert series(numbers, None, BASE, YEARS, unit_factor=0.01).at(0.0)[-1] == pytest.approx(0.8, rel=1e-15)


@pytest.mark.parametrize("given_numbers", [{2026: 0.7}, {2028: 0.6, 2031: 0.3, 2035: 0.45}])
def test_a_rate_goes_from_that_of_the_base_year_to_the_numbers(given_numbers):
    lever, old = Lever("x", "rate", by_year=given_numbers), 0.9
    first = min(given_numbers)
    rates = (1 - way(lever, BASE, YEARS)) * old + series(lever, None, BASE, YEARS).at(0.0)
    assert rates[YEARS <= BASE] == pytest.approx(old)
    for year, value in given_numbers.items():
        assert rates[year - 2023] == pytest.approx(value)
    for year in range(BASE, first):  # a straight line before the first number
        assert rates[year - 2023] == pytest.approx(old + (given_numbers[first] - old) * (year - BASE) / (first - BASE))


def test_the_way_by_path():
    assert way(Lever("x", "move", to=2027), BASE, [2024, 2026, 2027, 2030]).tolist() == [0, 0.5, 1, 1]
    assert way(Lever("x", "scale", acts="uncertainty"), BASE, [2020, 2026]).tolist() == [1, 1]
    assert way(Lever("x", "add", by_year={2030: 3.0}), BASE, [2025, 2026]).tolist() == [0, 1]


def test_some_years_alone_give_what_all_years_give():
    """A lever without ``to`` arrives in the last projected year, asked for or not."""
    some = [2024, 2027, 2030]
    numbers = {2028: 0.1, 2032: 0.3}
    levers = [Lever("x", verb) for verb in ("scale", "grow", "move", "add", "rate")]
    levers += [Lever("x", verb, by_year=numbers) for verb in ("scale", "grow", "move", "add", "rate")]
    levers += [Lever("x", "scale", path=path) for path in ("geometric", "step", {2029: 0.4, 2035: 1.0})]
    for lever in levers:
        whole = series(lever, None, BASE, YEARS).at(0.7)
        part = series(lever, None, BASE, some, last=LAST).at(0.7)
        np.testing.assert_array_equal(part, whole[[year - 2023 for year in some]])


def test_years_in_any_order_and_history_alone():
    lever = Lever("x", "grow", by_year={2026: 0.1, 2030: 0.2})
    whole = series(lever, None, BASE, YEARS).a
    np.testing.assert_array_equal(series(lever, None, BASE, YEARS[::-1]).a, whole[::-1])
    assert series(lever, None, BASE, [2023, 2024]).a.tolist() == [1, 1]


@pytest.mark.parametrize("verb", ["scale", "grow", "move"])
def test_levels_of_any_shape_put_the_years_last(verb):
    levels = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    form = series(Lever("x", verb), None, BASE, YEARS)
    found = form.at(levels)
    assert found.shape == (2, 3, len(YEARS)) and form.at(0.5).shape == (len(YEARS),)
    for i in range(2):
        for j in range(3):
            np.testing.assert_array_equal(found[i, j], form.at(levels[i, j]))


def test_an_unknown_level_is_unknown_wherever_it_acts():
    for lever in (Lever("x", "scale"), Lever("x", "grow"), Lever("x", "scale", path="geometric")):
        assert np.isnan(series(lever, None, BASE, YEARS).at(math.nan)[YEARS > BASE]).all()


def share(path, base, last, year):
    """The way, year by year."""
    if year <= base:
        return 0.0
    if path == "step":
        return 1.0 if year >= last else 0.0
    if isinstance(path, dict):
        corners = [(base, 0.0), *sorted(path.items())]
        for (y0, w0), (y1, w1) in pairwise(corners):
            if y0 <= year <= y1:
                return w0 + (w1 - w0) * (year - y0) / (y1 - y0)
        return corners[-1][1]
    return min(1.0, (year - base) / (last - base))


def by_loop(verb, path, base, last, level, year):
    if verb == "grow":
        made = 1.0
        for _ in range(base, min(year, last)):
            made *= 1.0 + level
        return made
    w = share(path, base, last, year)
    if verb == "scale":
        return level**w if path == "geometric" else 1 + w * (level - 1)
    return w * level


tables = st.dictionaries(st.integers(2026, LAST), st.floats(0, 1), min_size=1, max_size=4)


@given(
    verb=st.sampled_from(["scale", "grow", "move", "add", "rate"]),
    path=st.one_of(st.sampled_from(["linear", "step", "geometric"]), tables),
    to=st.one_of(st.none(), st.integers(2026, LAST)),
    level=st.floats(0.01, 3.0),
)
def test_equals_the_loop(verb, path, to, level):
    if path == "geometric" and verb != "scale":
        path = "linear"
    form = series(Lever("x", verb, path=path, to=to), None, BASE, YEARS)
    expected = [by_loop(verb, path, BASE, to or LAST, level, int(year)) for year in YEARS]
    np.testing.assert_allclose(form.at(level), expected, rtol=1e-13, atol=1e-15)


@given(numbers=st.dictionaries(st.integers(2026, LAST), st.floats(-0.5, 0.5), min_size=1))
def test_growth_by_year_equals_the_loop(numbers):
    known, made, expected = sorted(numbers), 1.0, {year: 1.0 for year in range(2023, BASE + 1)}
    for year in range(BASE + 1, LAST + 1):
        before = max([k for k in known if k <= year], default=known[0])
        after = min([k for k in known if k >= year], default=known[-1])
        between = (year - before) / (after - before) if before < year < after else 0.0
        rate = numbers[after] if year <= known[0] else numbers[before] + between * (numbers[after] - numbers[before])
        made *= 1.0 + rate
        expected[year] = made
    form = series(Lever("x", "grow", by_year=numbers), None, BASE, YEARS)
    np.testing.assert_allclose(form.at(0.0), list(expected.values()), rtol=1e-13)


def test_events_become_steps_of_one_plant():
    events = (Event("E001", 2028, factor=0.0, source="closure plan"), Event("E002", 2030, axis="closes"))
    closing, other = event_levers(Scenario("s", BASE, tuple(range(2026, LAST + 1)), events=events))
    assert (closing.verb, closing.select, closing.source) == ("scale", {"entity": ("E001",)}, "closure plan")
    assert at_years(closing, closing.level, 2025, 2027, 2028, 2035) == [1, 1, 0, 0]
    assert (other.axis, other.level, other.select) == ("closes", None, {"entity": ("E002",)})
    assert series(other, None, BASE, YEARS).at(0.3)[[2029 - 2023, 2030 - 2023]].tolist() == [1, 0.3]


def test_names_of_events_are_free_of_other_names():
    """Two changes of one plant in one year, and a lever that already has such a name."""
    events = (Event("E001", 2028, factor=0.5), Event("E001", 2028, factor=0.4))
    found = event_levers(Scenario("s", BASE, (2026,), levers=(Lever("E001 2028", "scale", level=1.0),), events=events))
    assert len({"E001 2028", *(lever.name for lever in found)}) == 3
    assert [lever.level for lever in found] == [0.5, 0.4]
    assert event_levers(Scenario("s", BASE, (2026,))) == ()
