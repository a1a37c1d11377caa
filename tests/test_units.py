"""Units: what is written is what is meant, and what cannot be converted is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonledger import units
from carbonledger.errors import LedgerError, UnitError

# SI prefixes and Chinese numerals by definition; 1 kgce = 7000 kcal_IT = 29.3076 MJ (GB/T 2589-2020, 3.9);
# 1 kcal_IT = 4.1868 kJ; 1 mu = 10000/15 m2; 1 kWh = 3.6 MJ.
GOLDEN = [
    ("万吨", "t", 1e4),
    ("亿吨", "t", 1e8),
    ("kt", "t", 1000.0),
    ("Mt", "t", 1e6),
    ("千克", "t", 1e-3),
    ("公斤", "kg", 1.0),
    ("亿千瓦时", "kWh", 1e8),
    ("万千瓦时", "kWh", 1e4),
    ("万度", "kWh", 1e4),
    ("TWh", "kWh", 1e9),
    ("kWh", "MJ", 3.6),
    ("百万千焦", "GJ", 1.0),
    ("吉焦", "GJ", 1.0),
    ("10^4 Nm3", "Nm3", 1e4),
    ("万标准立方米", "Nm3", 1e4),
    ("10^8 m3", "m3", 1e8),
    ("亿立方米", "m3", 1e8),
    ("tce", "GJ", 29.3076),
    ("kgce", "MJ", 29.3076),
    ("吨标准煤", "tce", 1.0),
    ("万吨标准煤", "tce", 1e4),
    ("万吨标准煤(等价值)", "tce_coal_rate", 1e4),
    ("吨标准煤(当量值)", "tce", 1.0),
    ("kgce/kg", "tce/t", 1.0),
    ("千卡", "kJ", 4.1868),
    ("tCO2/t", "kg CO2/kg", 1.0),
    ("tCO2/t", "kgCO2/t", 1000.0),
    ("kgCO2/kWh", "tCO2/MWh", 1.0),
    ("万t CO2", "t CO2", 1e4),
    ("万吨二氧化碳", "tCO2", 1e4),
    ("tC/TJ", "tC/GJ", 1e-3),
    ("µg/m3", "g/m3", 1e-6),
    ("μg/m3", "mg/m3", 1e-3),
    ("ug/m³", "mg/m3", 1e-3),
    ("亿元", "CNY", 1e8),
    ("亿元(2020年价)", "CNY_2020", 1e8),
    ("亿元(2020年可比价)", "CNY_2020", 1e8),
    ("亿元(2015年不变价格)", "CNY_2015", 1e8),
    ("m3/万元", "m3/CNY", 1e-4),
    ("亩", "公顷", 1 / 15),
    ("平方公里", "公顷", 100.0),
    ("%", "1", 0.01),
    ("‰", "1", 0.001),
]


@pytest.mark.parametrize(("unit", "to", "expected"), GOLDEN)
def test_golden_conversion(unit: str, to: str, expected: float) -> None:
    assert units.factor(unit, to) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("unit", "to", "expected"), GOLDEN)
def test_way_back(unit: str, to: str, expected: float) -> None:
    assert units.factor(to, unit) == pytest.approx(1 / expected, rel=1e-12)


@pytest.mark.parametrize(
    ("full", "half"),
    [
        ("１０＾４ Ｎｍ３", "10^4 Nm3"),
        ("ｋＷｈ", "kWh"),
        ("ｔＣＯ２／ｔ", "tCO2/t"),
        ("万ｔ", "万t"),
        ("亿元（２０２０年价）", "亿元(2020年价)"),
        ("万吨标准煤（等价值）", "万吨标准煤(等价值)"),
        ("％", "%"),
    ],
)
def test_full_width(full: str, half: str) -> None:
    assert units.normalise(full) == units.normalise(half)
    assert units.quantity_of(full) == units.quantity_of(half)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("亿元", "亿元(2020年价)"),
        ("亿元(2015年价)", "亿元(2020年价)"),
        ("tce", "tce_coal_rate"),
        ("吨标准煤", "吨标准煤(等价值)"),
        ("t CO2", "t CH4"),
        ("t CO2", "t CO2e"),
        ("t CO2", "t"),
        ("t CO2", "t C"),
        ("t", "kWh"),
        ("m3", "Nm3"),
        ("t", "m3"),
        ("kW", "kWh"),
    ],
)
def test_other_dimension_is_refused_naming_both(one: str, other: str) -> None:
    with pytest.raises(UnitError) as caught:
        units.factor(one, other)
    assert repr(one) in str(caught.value)
    assert repr(other) in str(caught.value)
    with pytest.raises(UnitError):
        units.factor(other, one)
    assert not units.same_dimension(one, other)


@pytest.mark.parametrize("unit", ["ton", "tons", "Ton", "kton", "short ton", "knot", "scm"])
def test_ambiguous_unit_is_refused_with_what_to_write(unit: str) -> None:
    with pytest.raises(UnitError, match=r"refused: .*write"):
        units.quantity_of(unit)


@pytest.mark.parametrize(
    ("written", "meant"), [("kwh", "kWh"), ("tonn", "tonne"), ("千瓦小时", "千瓦时"), ("Nm", "Nm3"), ("kgcee", "kgce")]
)
def test_unknown_unit_offers_near_names(written: str, meant: str) -> None:
    with pytest.raises(UnitError) as caught:
        units.quantity_of(written)
    assert repr(written) in str(caught.value)
    assert "nearest" in str(caught.value)
    assert f"'{meant}'" in str(caught.value)


@pytest.mark.parametrize("unit", ["", "  ", "吨吨", "(t", "元(2019年价)", "t t)", "3 +"])
def test_unreadable_unit_is_a_unit_error(unit: str) -> None:
    with pytest.raises(UnitError):
        units.quantity_of(unit)


@pytest.mark.parametrize("unit", ["0 t", "-t", "nan t", "1/0 t"])
def test_unit_without_a_positive_finite_size_is_refused(unit: str) -> None:
    with pytest.raises(LedgerError):
        units.factor(unit, "t")


# An exponent written small is an exponent: 10⁴ is ten thousand, not one hundred and four.
@pytest.mark.parametrize(
    ("unit", "to", "expected"), [("10⁴ Nm³", "Nm3", 1e4), ("10⁸ kWh", "kWh", 1e8), ("10⁴t", "t", 1e4)]
)
def test_superscript_power_of_ten(unit: str, to: str, expected: float) -> None:
    assert units.factor(unit, to) == pytest.approx(expected, rel=1e-12)


# A prefix before a power belongs to the length (SI Brochure, 3): 1 hm2 = (100 m)2. Refusing is right too.
@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("hm2", "m2", 1e4),
        ("hm²", "公顷", 1.0),
        ("km3", "m3", 1e9),
        ("hm3", "m3", 1e6),
        ("cm3", "m3", 1e-6),
        ("cm2", "m2", 1e-4),
        ("km2", "m2", 1e6),
    ],
)
def test_prefixed_powers_of_length(unit: str, to: str, expected: float) -> None:
    try:
        found = units.factor(unit, to)
    except UnitError:
        return  # a spelling that is refused does no harm
    assert found == pytest.approx(expected, rel=1e-12)


def test_mt_is_not_a_thousandth_of_a_tonne() -> None:
    """In statistics ``mt`` is a metric tonne or a million of them; a silent kilogram is neither."""
    with pytest.raises(UnitError):
        units.quantity_of("mt")


def test_dimension_in_words() -> None:
    assert units.dimension("t") == "[mass]"
    assert units.dimension("1") == "1"
    assert units.dimension("%") == "1"
    assert "[CO2]" in units.dimension("tCO2/GJ")
    assert units.dimension("亿元(2020年价)") == "[currency_2020]"


def test_coal_equivalent_is_told_from_joules() -> None:
    assert units.is_coal_equivalent("万吨标准煤")
    assert units.is_coal_equivalent("kgce")
    assert not units.is_coal_equivalent("GJ")
    assert not units.is_coal_equivalent("kWh")


def test_product_is_read_back() -> None:
    assert units.factor(units.product("tCO2/t", "万吨"), "t CO2") == pytest.approx(1e4)


SPELT = [unit for unit, _, _ in GOLDEN]


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(st.sampled_from(SPELT), st.data())
def test_spelling_does_not_matter(unit: str, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.booleans(), min_size=len(unit), max_size=len(unit)))
    written = "".join(_full_width(c) if wide else c for c, wide in zip(unit, chosen, strict=True))
    blank = data.draw(st.sampled_from(["", " ", "  ", "\u3000", "\u00a0", "\t"]))
    written = (blank + written + blank).replace("/", data.draw(st.sampled_from(["/", " / ", "/ ", " /"])))
    written = written.replace(" ", data.draw(st.sampled_from([" ", "  ", "\u3000"])))
    assert units.quantity_of(written) == units.quantity_of(unit)
    assert unicodedata.normalize("NFKC", units.normalise(written)) == units.normalise(written)


@given(st.sampled_from(["t", "kWh", "吨", "元", "Nm3", "立方米", "tce"]), st.sampled_from(["万", "亿", "百万"]))
def test_blank_between_numeral_and_unit(unit: str, numeral: str) -> None:
    assert units.factor(f"{numeral} {unit}", f"{numeral}{unit}") == 1.0
