"""Heavy-pollution alerts: the boundaries of the rules, a plain reference, and what a missing day may and may not do."""

from __future__ import annotations

import datetime
import itertools
import math
import pathlib
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger.air.index.alerts import alert_levels
from carbonledger.errors import TableError
from carbonledger.messages import to_lang
from carbonledger.standards import EditionError, edition, edition_on

ORDER = ["none", "yellow", "orange", "red"]
NONE, YELLOW, ORANGE, RED = ORDER


def levels(aqi, name="alert-2024", column="level"):
    """The level of each day."""
    found = alert_levels(aqi, "2025-01-03", region="CN-37-07", edition=name)
    assert list(found.columns[:3]) == ["first_day", "last_day", "days"]
    assert int(found["days"].sum()) == len(list(aqi))
    return [level for level, n in zip(found[column], found["days"], strict=True) for _ in range(n)]


# 环大气〔2024〕6号: yellow above 200, or above 150 for 48 h; orange above 200 for 48 h, or above 150 for 72 h; red above 200
# for 72 h with above 300 for 24 h. Days of the series, level of each.
BY_2024 = [
    ([150, 150, 150], [NONE] * 3),
    ([151], [NONE]),  # 24 h
    ([151, 151], [YELLOW] * 2),  # 48 h
    ([151, 150, 151], [NONE] * 3),
    ([151, 151, 151], [ORANGE] * 3),  # 72 h
    ([151, 151, 150, 151, 151], [YELLOW, YELLOW, NONE, YELLOW, YELLOW]),
    ([200], [NONE]),
    ([201], [YELLOW]),
    ([200, 200], [YELLOW] * 2),
    ([201, 201], [ORANGE] * 2),
    ([201, 200, 201], [ORANGE] * 3),  # by 150 for 72 h
    ([201, 150, 201], [YELLOW, NONE, YELLOW]),
    ([201, 201, 201], [ORANGE] * 3),
    ([201, 300, 201], [ORANGE] * 3),
    ([201, 301, 201], [RED] * 3),
    ([301, 201], [ORANGE] * 2),  # 48 h
    ([500, 500], [ORANGE] * 2),
    ([500, 500, 500], [RED] * 3),
    ([160, 201, 301, 201, 160], [ORANGE, RED, RED, RED, ORANGE]),
    # the day above 300 lies in another episode
    ([201, 201, 201, 100, 301], [ORANGE, ORANGE, ORANGE, NONE, YELLOW]),
    ([301, 200, 201, 201, 201], [ORANGE] * 5),
    ([0], [NONE]),
]
# before it (Hohhot 2019, Xinzhou 2021): yellow above 200 for 48 h; orange for 72 h; red for 96 h with above 300 for 48 h, or 500
BY_2018 = [
    ([201], [NONE]),
    ([200, 201], [NONE] * 2),
    ([201, 201], [YELLOW] * 2),
    ([201, 201, 201], [ORANGE] * 3),
    ([201] * 4, [ORANGE] * 4),
    ([201, 301, 301, 201], [RED] * 4),
    ([201, 301, 300, 201], [ORANGE] * 4),
    ([301, 201, 301, 201], [ORANGE] * 4),  # above 300 for 24 h twice
    ([301, 301, 201], [ORANGE] * 3),
    ([499], [NONE]),
    ([500], [RED]),
    ([500, 201], [RED, YELLOW]),
    ([160] * 9, [NONE] * 9),
]


@pytest.mark.parametrize(("aqi", "expected"), BY_2024)
def test_rules_of_2024(aqi, expected):
    assert levels(aqi) == expected


@pytest.mark.parametrize(("aqi", "expected"), BY_2018)
def test_rules_of_2018(aqi, expected):
    assert levels(aqi, "alert-2018") == expected


def test_the_rule_that_is_met_is_named():
    found = alert_levels([160, 160, 201, 301, 201, 90], "2025-01-03", region="CN")
    assert [to_lang(r, "en") for r in found["rule"]] == [
        "daily AQI above 150 for 72 h",
        "daily AQI above 200 for 72 h and daily AQI above 300 for 24 h",
        "no rule is met",
    ]
    assert to_lang(found["rule"].iat[1], "zh") == "日空气质量指数>200持续72小时且日空气质量指数>300持续24小时"
    assert found["first_day"].dt.strftime("%m-%d").tolist() == ["01-03", "01-05", "01-08"]
    assert found["last_day"].dt.strftime("%m-%d").tolist() == ["01-04", "01-07", "01-08"]
    assert found["continues"].tolist() == ["before", "before", ""]
    two = alert_levels([201, 201, 201], "2025-01-03", region="CN")
    assert [to_lang(r, "en") for r in two["rule"]] == ["daily AQI above 200 for 48 h"]  # the first of two that are met


# --- a plain reference ------------------------------------------------------------------------------------------------

PLAIN = {
    "alert-2024": [
        (YELLOW, [(201, 1)]),
        (YELLOW, [(151, 2)]),
        (ORANGE, [(201, 2)]),
        (ORANGE, [(151, 3)]),
        (RED, [(201, 3), (301, 1)]),
    ],
    "alert-2018": [
        (YELLOW, [(201, 2)]),
        (ORANGE, [(201, 3)]),
        (RED, [(201, 4), (301, 2)]),
        (RED, [(500, 1)]),
    ],
}


def spans(n):
    return [(a, b) for a in range(n) for b in range(a + 1, n + 1)]


def reference(aqi, name):
    """Every span of days is tried against every rule."""
    found = [0] * len(aqi)
    for level, (base, *others) in PLAIN[name]:
        for a, b in spans(len(aqi)):
            if b - a < base[1] or min(aqi[a:b]) < base[0]:
                continue
            inner = [(c, d) for c, d in spans(len(aqi)) if a <= c and d <= b]
            if all(any(d - c >= days and min(aqi[c:d]) >= least for c, d in inner) for least, days in others):
                for i in range(a, b):
                    found[i] = max(found[i], ORDER.index(level))
    return [ORDER[k] for k in found]


INDEX = st.one_of(st.sampled_from([0, 150, 151, 200, 201, 300, 301, 499, 500]), st.integers(0, 500))
NAMES = st.sampled_from(sorted(PLAIN))


@given(st.lists(INDEX, min_size=1, max_size=9), NAMES)
def test_as_the_plain_reference(aqi, name):
    assert levels(aqi, name) == reference(aqi, name)


@given(st.data(), st.lists(INDEX, min_size=1, max_size=9), NAMES)
def test_a_higher_index_never_lowers_a_level(data, aqi, name):
    place = data.draw(st.integers(0, len(aqi) - 1))
    raised = [*aqi[:place], data.draw(st.integers(aqi[place], 500)), *aqi[place + 1 :]]
    before, after = levels(aqi, name), levels(raised, name)
    assert all(ORDER.index(b) <= ORDER.index(a) for b, a in zip(before, after, strict=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), INDEX), min_size=1, max_size=7), NAMES)
def test_a_missing_day_leaves_just_the_levels_that_it_allows(aqi, name):
    gaps = [i for i, v in enumerate(aqi) if v is None][:3]
    aqi = [90 if v is None and i not in gaps else v for i, v in enumerate(aqi)]
    possible = []
    for filled in itertools.product([0, 160, 201, 301, 500], repeat=len(gaps)):
        whole = list(aqi)
        for i, value in zip(gaps, filled, strict=True):
            whole[i] = value
        possible.append([ORDER.index(level) for level in reference(whole, name)])
    lowest = [ORDER[min(p)] for p in zip(*possible, strict=True)]
    highest = [ORDER[max(p)] for p in zip(*possible, strict=True)]
    assert levels(aqi, name, "at_least") == lowest
    assert levels(aqi, name, "at_most") == highest
    told = [a if a == b else "unknown" for a, b in zip(lowest, highest, strict=True)]
    assert levels(aqi, name) == told


# --- missing days -----------------------------------------------------------------------------------------------------


def test_a_missing_day_that_decides_is_named():
    found = alert_levels([90, 201, None, 201, 90], "2025-01-03", region="CN")
    row = found[found["level"] == "unknown"]
    assert row["at_least"].tolist() == [YELLOW, NONE, YELLOW]
    assert set(row["at_most"]) == {RED}
    assert {to_lang(r, "en") for r in row["reason"]} == {"without an index: 2025-01-05"}
    assert row["missing"].tolist() == [0, 1, 0]
    assert found["level"].tolist() == [NONE, "unknown", "unknown", "unknown", NONE]


def test_a_missing_day_that_decides_nothing_says_so_too():
    # above 200 for 48 h on both sides: orange whatever the day between is, unless it makes them red
    found = alert_levels([90, None, 90], "2025-01-03", region="CN", edition="alert-2018")
    assert found["level"].tolist() == [NONE, "unknown", NONE]  # 500 alone is red by the rules of 2018
    sure = alert_levels([301, 201, 301, None], "2025-01-03", region="CN")
    assert sure["level"].tolist() == [RED, "unknown"]


@pytest.mark.parametrize("blank", [None, float("nan"), np.nan, pd.NA])
def test_every_kind_of_blank(blank):
    assert levels([201, blank, 201], column="at_least") == [YELLOW, NONE, YELLOW]


@pytest.mark.parametrize(
    ("aqi", "continues"),
    [
        ([90, 201, 90], ["", "", ""]),
        ([201, 90, 201], ["before", "", "after"]),
        ([160, 90, 90], ["before", "", ""]),  # 24 h above 150 are no alert, but may be part of one
        ([201, 201], ["both", "both"]),
        ([90, None], ["", "after"]),
    ],
)
def test_an_episode_at_an_end_of_the_series_says_so(aqi, continues):
    assert levels(aqi, column="continues") == continues


# --- editions ---------------------------------------------------------------------------------------------------------


def test_each_day_goes_by_the_edition_of_its_date():
    found = alert_levels([160] * 6, "2024-01-20", region="CN-37-07")
    assert found["edition"].tolist() == ["alert-2018", "alert-2024"]
    assert found["level"].tolist() == [NONE, ORANGE]
    assert found["days"].tolist() == [3, 3]
    assert str(found["first_day"].iat[1].date()) == "2024-01-23"


def test_editions_are_whole():
    for name, rules in PLAIN.items():
        found = edition(name)
        assert [(r.level, [(p.least, p.days) for p in r.lasting]) for r in found.table("alert")] == rules
        assert found.unverified == ["gap_days"]
    assert edition_on("heavy-pollution alerts", datetime.date(2024, 1, 22)).name == "alert-2018"
    assert edition_on("heavy-pollution alerts", datetime.date(2024, 1, 23)).name == "alert-2024"


def test_what_was_not_read_is_tried_both_ways():
    found = alert_levels([90, 201, 90, 201, 90], "2025-01-03", region="CN")
    assert found["level"].tolist() == [NONE, YELLOW, NONE, YELLOW, NONE]
    label = "gap_days: episodes less than 36 hours apart are one"
    assert found["depends"].tolist() == ["", label, label, label, ""]  # 48 h above 200: orange on all three days
    apart = alert_levels([201, 90, 90, 201], "2025-01-03", region="CN")
    assert set(apart["depends"]) == {""}
    assert apart.attrs == {"unverified": ["gap_days"], "options": []}
    option = {"gap_days": "episodes less than 36 hours apart are one"}
    found = alert_levels([90, 201, 90, 201, 90], "2025-01-03", region="CN", options=option)
    assert found["level"].tolist() == [NONE, ORANGE, NONE]
    assert found.attrs["options"] == [label]
    assert found["depends"].tolist() == ["", "gap_days: default", ""]
    with pytest.raises(EditionError, match="no option 'gap'"):
        alert_levels([90], "2025-01-03", region="CN", options={"gap": "1"})


# --- what is refused --------------------------------------------------------------------------------------------------


def test_all_faults_at_once():
    wrong = [201, -1, 501, 200.5, True, "201", math.inf, None]
    with pytest.raises(TableError) as caught:
        alert_levels(wrong, "2025-13-01", region="CN")
    assert [(f.row, f.column) for f in caught.value.faults] == [(None, "first_day"), *((k, "aqi") for k in range(2, 8))]
    assert "row 3, column aqi: 501 is no air quality index. It is a whole number from 0 to 500" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: alert_levels([], "2025-01-03", region="CN"), TableError, "no values"),
        (lambda: alert_levels([90], "2017-01-03", region="CN"), EditionError, "alert-2018"),
        (lambda: alert_levels([90], "2025-01-03", region="US"), EditionError, "alert-2024"),
        (lambda: alert_levels([90], "2025-01-03", region="CN", edition="alert-2023"), EditionError, "nearest"),
        (
            lambda: alert_levels([90], "2025-01-03", region="CN", edition="hj-663-2013"),
            EditionError,
            "hj-663-2013 is an edition of HJ 663. Accepted: alert-2018, alert-2024",
        ),
    ],
)
def test_a_question_without_an_answer_is_an_error(call, error, told):
    with pytest.raises(error, match=told):
        call()


def test_inputs_of_many_kinds():
    dates = ("2025-01-03", datetime.date(2025, 1, 3), pd.Timestamp("2025-01-03"), np.datetime64("2025-01-03"))
    dates += (
        "2025/1/3",
        "2025年1月3日",
        "2025-01-03 00:00:00",
        datetime.datetime(2025, 1, 3, 8),
        np.datetime64("2025-01-03", "ns"),
    )
    for first, values in itertools.product(
        dates, ([201, 90], (201.0, 90.0), np.array([201, 90]), pd.Series([201, 90]))
    ):
        found = alert_levels(values, first, region="CN")
        assert found["level"].tolist() == [YELLOW, NONE]
        assert found["first_day"].iat[0] == pd.Timestamp("2025-01-03")


@pytest.mark.parametrize(
    "day", ["2025-01-031", "2025-01-03 junk", "2025-13-01", "2025-01", "", None, pd.NaT, np.datetime64("NaT"), 20250103]
)
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(TableError, match="is no date"):
        alert_levels([201, 90], day, region="CN")


def test_dates_of_a_series_are_the_days():
    days = pd.to_datetime(["2025-01-03", "2025-01-04", "2025-01-06"])  # a day is left out, not blank
    with pytest.raises(TableError, match="row 3, column aqi: the value of 2025-01-06 stands where that of 2025-01-05"):
        alert_levels(pd.Series([160, 160, 160], days), "2025-01-03", region="CN")
    with pytest.raises(TableError, match="row 1, column aqi: the value of 2025-01-03 stands where that of 2025-01-04"):
        alert_levels(pd.Series([160, 160, 160], days), "2025-01-04", region="CN")
    found = alert_levels(pd.Series([160, 160], days[:2]), "2025-01-03", region="CN")
    assert found["level"].tolist() == [YELLOW]


def test_the_page_runs_and_prints_what_it_says(capsys):
    text = (pathlib.Path(__file__).parents[1] / "docs" / "alerts.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w+)\n(.*?)```", text, re.S)
    exec(compile("".join(b for kind, b in blocks if kind == "python"), "docs/alerts.md", "exec"), {})
    assert capsys.readouterr().out == next(b for kind, b in blocks if kind == "text")


def test_a_rule_that_is_wrongly_written_is_a_fault_of_its_file(tmp_path):
    from carbonledger.shipped import shipped
    from carbonledger.standards import read_editions

    good = (shipped("standards") / "alert-2024.toml").read_text(encoding="utf-8")
    for old, new in (
        ('level = "red"', 'level = "purple"'),
        ("hours = 72", "hours = 36"),
        ("above = 300", "over = 300"),
    ):
        folder = tmp_path / new.partition(" ")[2].strip('"= ')
        folder.mkdir()
        (folder / "a.toml").write_text(good.replace(old, new), encoding="utf-8")
        with pytest.raises(EditionError, match=r"a\.toml: (not an edition: (level 'purple'|36 hours)|no at_least)"):
            read_editions(folder)
