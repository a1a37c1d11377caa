"""Editions: the right one for the date, complete, and equal to the tables they come from."""

from __future__ import annotations

import datetime

import pytest

from carbonledger import units
from carbonledger.shipped import shipped
from carbonledger.standards import EditionError, chosen, edition, edition_on, read_editions

D = datetime.date

# In force: GB 3095-2012 nationwide 2016-01-01, GB 3095-2026 preface and clause 4.4 (transition to 2030-12-31),
# HJ 663-2013 2013-10-01, HJ 663-2026 2026-03-01.
IN_FORCE = [
    ("GB 3095", D(2016, 1, 1), "gb-3095-2012"),
    ("GB 3095", D(2025, 12, 31), "gb-3095-2012"),
    ("GB 3095", D(2026, 2, 28), "gb-3095-2012"),
    ("GB 3095", D(2026, 3, 1), "gb-3095-2026-transition"),
    ("GB 3095", D(2030, 12, 31), "gb-3095-2026-transition"),
    ("GB 3095", D(2031, 1, 1), "gb-3095-2026-final"),
    ("GB 3095", D(2099, 1, 1), "gb-3095-2026-final"),
    ("HJ 633", D(2016, 1, 1), "hj-633-2012"),
    ("HJ 633", D(2026, 2, 28), "hj-633-2012"),
    ("HJ 633", D(2026, 3, 1), "hj-633-2026"),
    ("GB 3838", D(2002, 6, 1), "gb-3838-2002"),
    ("GB/T 8170", D(2009, 1, 1), "gb-t-8170-2008"),
    ("HJ 663", D(2013, 10, 1), "hj-663-2013"),
    ("HJ 663", D(2026, 2, 28), "hj-663-2013"),
    ("HJ 663", D(2026, 3, 1), "hj-663-2026"),
]


@pytest.mark.parametrize(("standard", "date", "name"), IN_FORCE)
def test_date_selects_the_edition(standard, date, name):
    assert edition_on(standard, date).name == name
    assert edition_on(standard, date, "CN-37-07-02").name == name


@pytest.mark.parametrize(
    ("standard", "date", "region"),
    [
        ("GB 3095", D(2015, 12, 31), "CN"),
        ("HJ 663", D(2013, 9, 30), "CN"),
        ("GB 3095", D(2020, 1, 1), "DE"),
        ("GB 3095", D(2020, 1, 1), "CNX"),
        ("GB 9999", D(2020, 1, 1), "CN"),
    ],
)
def test_no_edition_lists_what_there_is(standard, date, region):
    with pytest.raises(EditionError, match=r"gb-3095-2012|hj-663-2013") as caught:
        edition_on(standard, date, region)
    assert date.isoformat() in str(caught.value)


def test_unknown_name_lists_what_there_is():
    with pytest.raises(EditionError, match=r"nearest: 'gb-3095-2012'.*hj-663-2026"):
        edition("gb-3095-2013")


# GB 3095-2012 Tables 1 and 2; GB 3095-2026 Tables 1 and 2 (transition and final columns): class 1/class 2.
# Typed from the printed tables, not from the shipped files. [ug/m3], CO [mg/m3]
PRINTED = """
SO2 annual     20/60        20/60        20/20
SO2 24h        50/150       50/150       50/50
SO2 1h         150/500      150/500      150/150
NO2 annual     40/40        40/40        30/30
NO2 24h        80/80        80/80        50/50
NO2 1h         200/200      200/200      200/200
CO 24h         4/4          4/4          4/4
CO 1h          10/10        10/10        10/10
O3 MDA8        100/160      100/160      100/160
O3 1h          160/200      160/200      160/200
PM10 annual    40/70        40/60        20/50
PM10 24h       50/150       50/120       50/100
PM2.5 annual   15/35        15/30        10/25
PM2.5 24h      35/75        35/60        25/50
TSP annual     80/200       80/200       80/200
TSP 24h        120/300      120/300      120/300
NOx annual     50/50        50/50        40/40
NOx 24h        100/100      100/100      70/70
NOx 1h         250/250      250/250      250/250
Pb annual      0.5/0.5      0.5/0.5      0.5/0.5
Pb quarterly   1/1          1/1          1/1
BaP annual     0.001/0.001  0.001/0.001  0.001/0.001
BaP 24h        0.0025/0.0025 0.0025/0.0025 0.0025/0.0025
"""


def test_limits_equal_the_printed_tables():
    names = ["gb-3095-2012", "gb-3095-2026-transition", "gb-3095-2026-final"]
    wanted = {name: {} for name in names}
    for line in PRINTED.split("\n")[1:-1]:
        pollutant, averaging, *cells = line.split()
        for name, cell in zip(names, cells, strict=True):
            for zone, value in zip((1, 2), cell.split("/"), strict=True):
                wanted[name][pollutant, averaging, zone] = float(value)
    for name in names:
        found = {(c.pollutant, c.averaging, c.zone): c.value for c in edition(name).limits}
        assert found == wanted[name]
    for cell in (c for name in names for c in edition(name).limits):
        assert cell.unit == ("mg/m3" if cell.pollutant == "CO" else "ug/m3")
        assert units.same_dimension(cell.unit, "ug/m3")
        assert cell.source and cell.confidence in {"V", "V+"}


def test_no_limit_where_the_standard_has_none():
    assert edition("gb-3095-2012").limit("O3", "annual") is None
    assert edition("gb-3095-2026-final").limit("PM2.5", "1h") is None


# Amendment of 2018, in force 2018-09-01: gases at 298.15 K, particles as sampled; before, all at 273 K.
@pytest.mark.parametrize(
    ("name", "pollutant", "date", "state"),
    [
        ("gb-3095-2012", "SO2", D(2018, 8, 31), "273 K, 101.325 kPa"),
        ("gb-3095-2012", "PM2.5", D(2018, 8, 31), "273 K, 101.325 kPa"),
        ("gb-3095-2012", "SO2", D(2018, 9, 1), "298.15 K, 1013.25 hPa"),
        ("gb-3095-2012", "PM2.5", D(2018, 9, 1), "as sampled"),
        ("gb-3095-2026-final", "O3", D(2031, 1, 1), "298.15 K, 1013.25 hPa"),
    ],
)
def test_state_of_gas_by_date(name, pollutant, date, state):
    assert edition(name).state_of_gas(pollutant, date).state == state


@pytest.mark.parametrize("name", ["hj-663-2013", "hj-663-2026"])
def test_minima_and_percentiles(name):
    rules = edition(name)
    # GB 3095 Table 4
    names = ("hours_per_day", "days_per_year", "days_per_month", "days_in_february")
    for pollutant in ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5", "NOx"):
        assert [rules.rule(n, pollutant) for n in names] == [20, 324, 27, 25]
    for pollutant in ("TSP", "Pb", "BaP"):
        assert [rules.rule(n, pollutant) for n in names] == [24, 60, 5, 5]
    assert rules.rule("days_per_quarter", "Pb") == 15
    assert (rules.rule("hours_of_8"), rules.rule("windows_per_day")) == (6, 14)
    # HJ 663: percentiles of the daily values
    wanted = {"SO2": 98, "NO2": 98, "PM10": 95, "PM2.5": 95, "CO": 95, "O3": 90}
    assert {p: rules.rule("percentile", p) for p in wanted} == wanted
    assert rules.rule("decimals_evaluation", "PM2.5") == 0
    assert rules.rule("decimals_evaluation", "CO") == 1


def test_what_was_not_read_is_flagged_with_its_alternatives():
    for rules in (edition("hj-663-2013"), edition("hj-663-2026")):
        assert {"points", "percentile_minima", "decimals_day", "decimals_statistic", "decimals_evaluation"} <= set(
            rules.unverified
        )
        for parameter in rules.parameters.values():
            assert parameter.zh and parameter.en.isascii() and parameter.source
            assert parameter.confidence in {"V+", "V", "V1", "D", "MA", "M", "M-low"}
            assert parameter.verified or parameter.alternatives
            assert not (parameter.verified and parameter.confidence.startswith("M"))


def test_an_alternative_changes_one_parameter():
    rules = edition("hj-663-2013")
    changed = rules.under("points", "every point")
    assert changed.rule("points")["percent"] == 100
    assert rules.rule("points")["percent"] == 75
    assert changed.rule("days_per_year", "O3") == 324
    assert changed.under("points", "default").rule("points") == rules.rule("points")


@pytest.mark.parametrize(("name", "pollutant"), [("hours", ""), ("percentile", "TSP")])
def test_a_rule_that_is_not_there_is_an_error(name, pollutant):
    with pytest.raises(EditionError, match="hj-663-2013"):
        edition("hj-663-2013").rule(name, pollutant)


def test_every_edition_is_complete():
    editions = read_editions()
    assert len(editions) == len(list(shipped("standards").glob("*.toml"))) == 16
    for e in editions:
        assert e.zh and e.en.isascii() and e.publisher and e.source and e.regions == ("CN",)
        assert e.in_force_to is None or e.in_force_from <= e.in_force_to


def test_all_faults_of_a_folder_at_once(tmp_path):
    good = (shipped("standards") / "hj-663-2013.toml").read_text(encoding="utf-8")
    (tmp_path / "a.toml").write_text(good, encoding="utf-8")
    (tmp_path / "b.toml").write_text(good.replace('"hj-663-2013"', '"twin"'), encoding="utf-8")
    (tmp_path / "c.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "d.toml").write_text(good.replace('standard = "HJ 663"\n', ""), encoding="utf-8")
    (tmp_path / "e.toml").write_text(good + "oddity = 1\n", encoding="utf-8")
    with pytest.raises(EditionError) as caught:
        read_editions(tmp_path)
    told = str(caught.value)
    assert len(caught.value.faults) == 4
    for part in ("c.toml: not TOML", "d.toml: no standard", "e.toml: not an edition", "the same day"):
        assert part in told


def test_a_province_goes_before_the_nation(tmp_path):
    good = (shipped("standards") / "gb-3095-2012.toml").read_text(encoding="utf-8")
    own = good.replace('regions = ["CN"]', 'regions = ["CN-37"]').replace('"gb-3095-2012"', '"own"')
    (tmp_path / "nation.toml").write_text(good, encoding="utf-8")
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    for region, name in {"CN-37-07": "own", "CN-37": "own", "CN-11": "gb-3095-2012", "CN": "gb-3095-2012"}.items():
        assert edition_on("GB 3095", D(2020, 1, 1), region, folder=tmp_path).name == name


# ---- editions and options that a caller names ----


def test_named_editions_replace_those_of_their_standard():
    found = chosen(["gb-3095-2026-final", "hj-633-2026"])
    day = D(2020, 6, 1)
    assert [found.on(s, day).name for s in ("GB 3095", "HJ 633", "HJ 663")] == [
        "gb-3095-2026-final",
        "hj-633-2026",
        "hj-663-2013",
    ]
    assert chosen(None).on_or_none("HJ 633", D(2015, 12, 31)) is None
    assert chosen("hj-633-2012").on_or_none("HJ 633", D(2015, 12, 31)).name == "hj-633-2012"


def test_bad_choices_are_faults_all_at_once():
    with pytest.raises(EditionError) as caught:
        chosen(["gb-3095-2012", "gb-3095-2026-final", "gb-3095"], options={"point": "x", "points": "x"})
    told = str(caught.value)
    assert len(caught.value.faults) == 4  # unknown, two of one standard, no such option, no such alternative
    for part in ("unknown edition 'gb-3095'", "two editions of GB 3095", "nearest: 'points'", "every point, any point"):
        assert part in told


def test_options_are_alternatives_taken_by_name():
    found = chosen(None, options={"points": "every point"})
    assert found.said == ["points: every point"]
    rules = found.on("HJ 663", D(2025, 12, 31))
    assert rules.rule("points")["percent"] == 100
    assert set(rules.parameters["points"].alternatives) == {"any point", "default"}
    assert found.on("GB 3095", D(2025, 12, 31)) == edition("gb-3095-2012")


def test_a_table_that_an_edition_lacks_is_an_error():
    with pytest.raises(EditionError, match="hj-663-2013 has no table 'limits'"):
        edition("hj-663-2013").table("limits")
