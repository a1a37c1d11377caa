"""Coded columns and passes over rows: compiled equals plain, codes are one to one, labels are kept."""

from __future__ import annotations

import importlib
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger import kernels
from carbonledger.kernels import rows
from carbonledger.tables.coded import as_coded, combine, constant, join_rows, looked_up, relabelled, used_labels

coding = importlib.import_module("carbonledger.tables.coded")  # the package has a function of this name
labels = st.lists(st.sampled_from(["", "a", "b", "柴油", "c", "0"]), max_size=30)


@pytest.fixture(params=["plain", "compiled"])
def road(request, monkeypatch):
    """Both roads through the same door, whatever the number of rows."""
    monkeypatch.setattr(rows, "COMPILED_FROM", 0 if request.param == "compiled" else 10**9)
    return request.param


def on_both_roads(run):
    """The answers of the plain and of the compiled road; for properties, which take no fixture of each example."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for least in (10**9, 0):
            patch.setattr(rows, "COMPILED_FROM", least)
            found.append(run())
    return found


# --- cells -----------------------------------------------------------------------------------------------------------


def cells_by_loop(code, amount, first_month, last_month, space):
    """Sum, months as a set, number and first row of each cell, row by row."""
    made = [[0.0, set(), 0, -1] for _ in range(space)]
    for i, c in enumerate(code.tolist()):
        made[c][0] += float(amount[i])
        made[c][1] |= set(range(int(first_month[i]), int(last_month[i]) + 1))
        made[c][3] = i if made[c][2] == 0 else made[c][3]
        made[c][2] += 1
    return made


def months_of(bits):
    return {m for m in range(1, 13) if int(bits) >> (m - 1) & 1}


@st.composite
def filled(draw):
    space = draw(st.integers(1, 300))
    n = draw(st.integers(0, 40))
    code = draw(st.lists(st.integers(0, space - 1), min_size=n, max_size=n))
    amount = draw(st.lists(st.floats(-1e9, 1e9), min_size=n, max_size=n))
    spans = [sorted((draw(st.integers(1, 12)), draw(st.integers(1, 12)))) for _ in range(n)]
    kind = draw(st.sampled_from([np.int32, np.int64, np.int16]))
    first, last = ([span[k] for span in spans] for k in (0, 1))
    return np.array(code, kind), np.array(amount, float), np.array(first, np.int8), np.array(last, np.int8), space


@settings(max_examples=60, deadline=None)
@given(filled())
def test_cells_equal_the_loop_on_both_roads(arguments):
    expected = cells_by_loop(*arguments)
    for sums, union, count, first in on_both_roads(lambda: kernels.fill_cells(*arguments)):
        assert count.tolist() == [cell[2] for cell in expected]
        assert first.tolist() == [cell[3] for cell in expected]
        assert [months_of(bits) for bits in union] == [cell[1] for cell in expected]
        np.testing.assert_allclose(sums, [cell[0] for cell in expected], rtol=1e-12, atol=1e-3)
        assert (union >= 0).all()


def test_the_whole_year_is_twelve_bits(road):
    one = np.array([0]), np.array([1.0]), np.array([1], np.int8), np.array([12], np.int8)
    _, union, _, _ = kernels.fill_cells(*one, 1)
    assert union.tolist() == [4095]
    assert union.dtype == np.int16


def test_unreadable_amounts_stay_in_their_cell(road):
    arguments = np.array([0, 1, 1]), np.array([1.0, np.nan, 2.0]), np.ones(3, np.int8), np.full(3, 12, np.int8)
    sums, _, count, _ = kernels.fill_cells(*arguments, 3)
    assert sums[0] == 1
    assert np.isnan(sums[1])
    assert sums[2] == 0
    assert count.tolist() == [1, 2, 0]


def test_no_rows_at_all(road):
    nothing = np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.int8), np.zeros(0, np.int8)
    sums, union, count, first = kernels.fill_cells(*nothing, 4)
    assert sums.tolist() == union.tolist() == count.tolist() == [0] * 4
    assert first.tolist() == [-1] * 4
    assert kernels.any_twice(np.zeros(0, np.int32), 4) is False
    assert not kernels.pairs_of(np.zeros(0, np.int32), np.zeros(0, np.int32), (2, 3)).any()
    none = np.zeros(0, np.int8)
    spread, spread_labels = kernels.spread(np.zeros(0), none, none, np.ones((1, 1)), np.ones((1, 1), np.int8))
    assert len(spread) == len(spread_labels) == 0
    assert len(kernels.pick(np.ones(1), none)) == 0


def test_columns_of_a_table_that_are_read_only_or_strided(road):
    """A constant column is one value seen n times; a column of a block is every second number in memory."""
    code = np.broadcast_to(np.int8(0), 5)
    amount = np.arange(10.0)[::2]
    months = np.broadcast_to(np.int8(3), 5)
    sums, union, count, _ = kernels.fill_cells(code, amount, months, months, 1)
    assert (sums.tolist(), union.tolist(), count.tolist()) == ([20.0], [4], [5])
    assert kernels.any_twice(np.broadcast_to(np.int8(0), 2), 5)
    spread, spread_labels = kernels.spread(amount, code, code, np.array([[2.0]]), np.array([[3]], np.int8))
    assert spread.tolist() == (amount * 2).tolist()
    assert spread_labels.tolist() == [3] * 5
    assert kernels.pick(np.array([7.0]), code).tolist() == [7.0] * 5


# --- twice, spread, pairs ------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=30), st.integers(41, 60))
def test_twice_equals_a_set(code, space):
    expected = len(set(code)) < len(code)
    found = on_both_roads(lambda: kernels.any_twice(np.array(code, np.int32), space))
    assert found == [expected, expected]


def test_twice_with_more_rows_than_codes(road):
    assert kernels.any_twice(np.array([0, 1, 0]), 2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 2), st.integers(0, 3)), max_size=20), st.booleans())
def test_spread_equals_the_loop(lines, fortran):
    factor = np.arange(12.0).reshape(3, 4) / 7
    factor[1, 1] = np.nan
    label = np.arange(12, dtype=np.int8).reshape(3, 4)
    factor, label = (np.asfortranarray(table) if fortran else table for table in (factor, label))
    amount = np.array([line[0] for line in lines])
    one, other = (np.array([line[k] for line in lines], np.int8) for k in (1, 2))
    expected = [a * float(factor[i, k]) for a, i, k in lines]
    for found, labelled in on_both_roads(lambda: kernels.spread(amount, one, other, factor, label)):
        np.testing.assert_array_equal(found, np.array(expected))
        assert labelled.tolist() == [int(label[i, k]) for _, i, k in lines]


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.int64])
@pytest.mark.parametrize("values", [[1.5, np.nan, 3.0], [True, False, True], [7, 8, 2**40]])
def test_picked_values_equal_the_loop(road, kind, values):
    table, codes = np.array(values), np.array([2, 0, 0, 1, 2], kind)
    found = kernels.pick(table, codes)
    np.testing.assert_array_equal(found, np.array([values[c] for c in codes.tolist()]))
    assert found.dtype == table.dtype


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 126)), max_size=20))
def test_appended_codes_equal_the_loop(pairs):
    def run():
        made = np.array([a for a, _ in pairs], np.int32)
        kernels.append_codes(made, np.array([b for _, b in pairs], np.int8), 127)
        return made.tolist()

    expected = [a * 127 + b for a, b in pairs]
    assert on_both_roads(run) == [expected, expected]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=20))
def test_pairs_equal_a_set(pairs):
    one, other = (np.array([pair[k] for pair in pairs], np.int16) for k in (0, 1))
    for found in on_both_roads(lambda: kernels.pairs_of(one, other, (3, 4))):
        assert set(zip(*(axis.tolist() for axis in np.nonzero(found)), strict=True)) == set(pairs)


def test_many_rows_take_the_compiled_road(monkeypatch):
    called = []
    kept = rows._compiled()
    compiled = tuple(lambda *given, k=k: (called.append(k), kept[k](*given))[1] for k in range(len(kept)))
    monkeypatch.setattr(rows, "_compiled", lambda: compiled)
    monkeypatch.setattr(rows, "COMPILED_FROM", 3)
    for n in (2, 3):
        code, months = np.zeros(n, np.int32), np.ones(n, np.int8)
        kernels.fill_cells(code, np.ones(n), months, months, 4)
        kernels.spread(np.ones(n), code, code, np.ones((1, 1)), np.ones((1, 1), np.int8))
        kernels.pick(np.ones(1), code)
        kernels.append_codes(code.copy(), code, 1)
        kernels.pairs_of(code, code, (1, 1))
        kernels.any_twice(np.arange(n), 4)
    assert sorted(called) == [0, 1, 2, 3, 4, 5]


# --- combine -------------------------------------------------------------------------------------------------------


def groups_of(codes):
    """Rows with one code, as sets."""
    made: dict[int, set[int]] = {}
    for i, code in enumerate(np.asarray(codes).tolist()):
        made.setdefault(code, set()).add(i)
    return {frozenset(group) for group in made.values()}


def groups_of_tuples(columns):
    made: dict[tuple, set[int]] = {}
    for i, values in enumerate(zip(*columns, strict=True)):
        made.setdefault(values, set()).add(i)
    return {frozenset(group) for group in made.values()}


@st.composite
def several_columns(draw, largest=6):
    n = draw(st.integers(1, 25))
    made = []
    for _ in range(draw(st.integers(1, 6))):
        size = draw(st.integers(1, largest))
        made.append((draw(st.lists(st.integers(0, size - 1), min_size=n, max_size=n)), size))
    return made


@settings(max_examples=100, deadline=None)
@given(several_columns(), st.sampled_from([np.int8, np.int16, np.int32, np.int64]))
def test_codes_are_one_to_one(columns, kind):
    code, space = combine([(np.array(values, kind), size) for values, size in columns])
    assert groups_of(code) == groups_of_tuples([values for values, _ in columns])
    assert len(code) == len(columns[0][0])
    assert code.min() >= 0
    assert code.max() < space


@settings(max_examples=100, deadline=None)
@given(several_columns(largest=2**30))
def test_codes_are_one_to_one_beyond_the_integers(columns):
    """Columns whose sizes multiply past 2**63: codes are compressed on the way and stay one to one."""
    code, space = combine([(np.array(values, np.int64), size) for values, size in columns])
    assert groups_of(code) == groups_of_tuples([values for values, _ in columns])
    assert 0 <= code.min() <= code.max() < space
    assert space <= max(8 * len(code), 1_000_000)


@settings(max_examples=60, deadline=None)
@given(several_columns(), st.integers(1, 40))
def test_compression_at_any_width_is_one_to_one(columns, narrow):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "NARROW", narrow)
        code, space = combine([(np.array(values, np.int8), size) for values, size in columns])
    assert groups_of(code) == groups_of_tuples([values for values, _ in columns])
    assert 0 <= code.min() <= code.max() < space


def test_codes_do_not_run_over_the_edge_of_their_type():
    """127 x 127 x 127 x 127 in int8 columns, at the largest code of each."""
    columns = [(np.array([0, 126, 126], np.int8), 127)] * 4
    code, space = combine(columns)
    assert code[0] == 0
    assert code[1] == code[2]
    assert 0 < code[1] < space
    at_the_edge = [(np.array([0, 2**16 - 1], np.int64), 2**16), (np.array([0, 2**15 - 1], np.int64), 2**15)]
    code, space = combine(at_the_edge)
    assert 0 <= code.min() < code.max() < space


def test_two_columns_of_very_many_labels_stay_one_to_one():
    """Five codes times 2**30 is more than 32 bits hold: 4 x 2**30 would come round to 0."""
    first, second = np.arange(10) // 2, np.array([0, 2**30 - 1] * 5)
    code, space = combine([(first, 2**20), (second, 2**30)])
    assert groups_of(code) == {frozenset({i}) for i in range(10)}
    assert 0 <= code.min() < code.max() < space
    code, space = combine([(np.array([0, 1]), 2**20), (np.array([5, 5]), 2**20), (np.array([1, 1]), 2**20)])
    assert sorted(code.tolist()) == [0, 1]


def test_columns_of_one_value_cost_nothing():
    assert combine([(np.zeros(3, np.int8), 1), (np.zeros(3, np.int8), 1)])[0].tolist() == [0, 0, 0]
    code, space = combine([(np.zeros(3, np.int8), 1), (np.array([0, 2, 1]), 3)])
    assert (code.tolist(), space) == ([0, 2, 1], 3)
    code, space = combine([as_coded([]), as_coded([])])
    assert len(code) == 0
    assert space >= 1


def test_the_columns_combined_are_left_as_they_are():
    one, other = np.array([0, 1, 2], np.int32), np.array([1, 0, 1], np.int32)
    combine([(one, 3), (other, 2), (one, 3)])
    assert one.tolist() == [0, 1, 2]
    assert other.tolist() == [1, 0, 1]


@given(labels, st.data())
def test_texts_and_codes_combine_alike(values, data):
    other = data.draw(st.lists(st.sampled_from("xyz"), min_size=len(values), max_size=len(values)))
    code, _ = combine([as_coded(values), as_coded(other)])
    assert groups_of(code) == groups_of_tuples([values, other])


# --- labels --------------------------------------------------------------------------------------------------------


@given(labels)
def test_a_coded_column_says_the_same(values):
    found = as_coded(values)
    assert list(found) == values
    assert found.categories.dtype == object
    assert list(as_coded(found)) == values
    assert list(as_coded(pd.Series(values, dtype=object).astype("category"))) == values
    assert sorted(label for _, label in used_labels(found)) == sorted(set(values))


@given(labels)
def test_labels_that_become_equal_are_one(values):
    found = relabelled(as_coded(values), lambda label: "ab" if label in {"a", "b"} else label)
    assert list(found) == ["ab" if v in {"a", "b"} else v for v in values]
    assert found.categories.is_unique


def test_gaps_take_the_name_for_missing():
    gaps = pd.Categorical(["a", None, "b", None])
    assert list(relabelled(gaps, str.upper)) == ["A", "", "B", ""]
    assert list(relabelled(gaps, str.upper, missing="?")) == ["A", "?", "B", "?"]
    assert list(relabelled(pd.Categorical([None, "a"]), lambda label: "" if label == "a" else label)) == ["", ""]


@given(labels)
def test_values_by_label(values):
    column = as_coded(values)
    found = looked_up(column, (len(label) for label in column.categories), np.int64)
    assert found.tolist() == [len(v) for v in values]


def test_values_by_label_that_are_all_one():
    assert looked_up(as_coded(["a", "b"]), (7 for _ in range(2)), np.int8).tolist() == [7, 7]
    assert looked_up(as_coded([]), iter(()), bool).tolist() == []
    assert list(constant("x", 3)) == ["x"] * 3
    assert list(relabelled(constant("x", 3), str.upper)) == ["X"] * 3


# --- tables below each other ------------------------------------------------------------------------------------------


def table_of(values, amounts, **more):
    return pd.DataFrame({"what": as_coded(values), "amount": amounts, **more})


@given(st.lists(labels, min_size=1, max_size=4))
def test_joined_rows_keep_their_labels(lists):
    frames = [table_of(values, np.arange(float(len(values)))) for values in lists]
    found = join_rows(frames)
    assert list(found["what"]) == list(itertools.chain(*lists))
    assert found["amount"].tolist() == [float(i) for values in lists for i in range(len(values))]
    assert isinstance(found["what"].dtype, pd.CategoricalDtype)
    assert found.index.tolist() == list(range(len(found)))
    assert [len(frame) for frame in frames] == [len(values) for values in lists]


def test_a_column_that_one_table_lacks_is_blank_there():
    one = table_of(["a", "b"], [1.0, 2.0], region=as_coded(["CN-37", "CN-32"]))
    other = table_of(["b", "c"], [3.0, 4.0], own_ncv=[40.0, 41.0])
    found = join_rows([one, other])
    assert list(found["what"]) == ["a", "b", "b", "c"]
    assert list(found["region"]) == ["CN-37", "CN-32", "", ""]
    np.testing.assert_array_equal(found["own_ncv"], [np.nan, np.nan, 40, 41])
    assert list(join_rows([other, one])["region"]) == ["", "", "CN-37", "CN-32"]


def test_text_that_is_not_coded_is_coded_when_the_other_is():
    plain = pd.DataFrame({"what": ["x", "y"], "amount": [1.0, 2.0]})
    assert list(join_rows([plain, table_of(["a"], [3.0])])["what"]) == ["x", "y", "a"]


def test_a_single_table_is_numbered_anew():
    frame = table_of(["a", "b", "c"], [1.0, 2.0, 3.0]).iloc[[2, 0]]
    found = join_rows([frame])
    assert found.index.tolist() == [0, 1]
    assert list(found["what"]) == ["c", "a"]


def test_rows_that_were_sorted_keep_their_values():
    one = table_of(["a", "b", "c"], [1.0, 2.0, 3.0]).iloc[::-1]
    found = join_rows([one, one])
    assert found["amount"].tolist() == [3, 2, 1, 3, 2, 1]
    assert list(found["what"]) == ["c", "b", "a"] * 2


def test_whole_numbers_and_flags_stay_what_they_are():
    one = table_of(["a"], [1.0], row=[7], running=[True])
    found = join_rows([one, one])
    assert found["row"].tolist() == [7, 7]
    assert found["running"].dtype == bool
