"""Codes of enterprises, industries and places: right ones pass, wrong ones say what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger.tables.codes import (
    ALPHABET,
    credit_code_fault,
    divisions,
    provinces,
    region_fault,
    sector_fault,
)

# GB 32100-2015, worked example: 91350100M000100Y4, sum 1640, 1640 mod 31 = 28, check value 31 - 28 = 3
EXAMPLE = "91350100M000100Y43"
WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]  # GB 32100-2015, table 2


def _with_check(body: str) -> str:
    """The code with its check character, by the standard's two tables as printed."""
    values = {sign: value for value, sign in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
    rest = sum(values[sign] * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 31
    return body + "0123456789ABCDEFGHJKLMNPQRTUWXY0"[31 - rest]


def test_worked_example_of_the_standard() -> None:
    assert sum(ALPHABET.index(sign) * weight for sign, weight in zip(EXAMPLE[:17], WEIGHTS, strict=True)) == 1640
    assert credit_code_fault(EXAMPLE) == ""
    assert "'3'" in credit_code_fault("91350100M000100Y4Z".replace("Z", "4"))


@pytest.mark.parametrize("written", ["91350100m000100y43", "９１350100M000100Y43", " 91350100M000100Y43 "])
def test_code_is_read_as_it_is_meant(written: str) -> None:
    assert credit_code_fault(written) == ""


@pytest.mark.parametrize(
    ("written", "needle"),
    [
        ("", "0 characters"),
        ("91350100M000100Y4", "17 characters"),
        ("91350100M000100Y433", "19 characters"),
        ("91350100M000100Y4Z", "'Z'"),
        ("9135O100M000100Y43", "'O'"),
        ("913501A0M000100Y43", "3 to 8"),
        ("91350100M000100Y44", "check character is '3'"),
    ],
)
def test_wrong_credit_code(written: str, needle: str) -> None:
    assert needle in credit_code_fault(written)


CODES = st.builds(
    lambda head, region, tail: _with_check(head + region + tail),
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_changed_character_is_caught(code: str, place: int, sign: str) -> None:
    assert credit_code_fault(code) == ""
    changed = code[:place] + sign + code[place + 1 :]
    assert (credit_code_fault(changed) == "") == (changed == code)


@given(CODES, st.integers(0, 16))
def test_swapped_neighbours_are_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (credit_code_fault(swapped) == "") == (swapped == code)


@pytest.mark.parametrize("written", ["26", "C26", "c26", "261", "2614", "C2614", "D44", "A01", "T97", "Ｃ26"])
def test_sector(written: str) -> None:
    assert sector_fault(written) == ""


@pytest.mark.parametrize(
    ("written", "needle"),
    [
        ("", "no industry code"),
        ("C", "no industry code"),
        ("6", "no industry code"),
        ("26140", "no industry code"),
        ("industry", "no industry code"),
        ("98", "no division 98"),
        ("00", "no division 00"),
        ("D26", "lies in section C, not D"),
        ("U26", "lies in section C, not U"),
    ],
)
def test_wrong_sector(written: str, needle: str) -> None:
    assert needle in sector_fault(written)


@pytest.mark.parametrize("written", ["370702", "370700", "370000", "CN-37-07-02", "CN-37", "CN", "110101", "820000"])
def test_region(written: str) -> None:
    assert region_fault(written) == ""


@pytest.mark.parametrize(
    ("written", "needle"),
    [
        ("", "no region code"),
        ("3707", "no region code"),
        ("37070A", "no region code"),
        ("CN-", "no region code"),
        ("CN-3707", "no region code"),
        ("380702", "no province 38"),
        ("CN-99", "no province 99"),
        ("370002", "without its prefecture"),
    ],
)
def test_wrong_region(written: str, needle: str) -> None:
    assert needle in region_fault(written)


# GB/T 4754-2017: 20 sections, 97 divisions; the last division of each section
LAST = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRST",
        [5, 12, 43, 46, 50, 52, 60, 62, 65, 69, 70, 72, 75, 79, 82, 83, 85, 90, 96, 97],
        strict=True,
    )
)


def test_divisions_of_gbt_4754() -> None:
    found = divisions()
    assert [line["division"] for line in found] == [f"{n:02d}" for n in range(1, 98)]
    assert {line["section"]: int(line["division"]) for line in found} == LAST
    assert [line["section"] for line in found] == sorted(line["section"] for line in found)
    # the six high-energy industries of national statistics
    assert [line["division"] for line in found if line["high_energy"] == "yes"] == ["25", "26", "30", "31", "32", "44"]
    assert len({line["zh"] for line in found}) == len({line["en"] for line in found}) == 97
    assert all(line["source"] and line["confidence"] == "M" for line in found)


def test_provinces_of_gbt_2260() -> None:
    found = provinces()
    assert len(found) == len({line["province"] for line in found}) == 34
    by_tens = {tens: sum(line["province"][0] == tens for line in found) for tens in "12345678"}
    assert by_tens == {"1": 5, "2": 3, "3": 7, "4": 6, "5": 5, "6": 5, "7": 1, "8": 2}
    assert {line["province"]: line["zh"] for line in found}["37"] == "山东省"
    assert all(line["source"] and line["confidence"] == "M" for line in found)
