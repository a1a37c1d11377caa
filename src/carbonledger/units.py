"""Units as people write them, in Chinese or English, and one conversion per distinct spelling.

The definitions are in ``data/units.txt``; this is the only module that imports pint, and only when it is used.
Between the doors everything is bare float64 in canonical units.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .errors import UnitError, nearest
from .messages import Named, say, word
from .shipped import package_file

if TYPE_CHECKING:
    import pint

# Written forms that no grammar of identifiers holds; applied after NFKC, in this order.
_SPELLINGS = (
    ("PM2.5", "PM25"),
    ("NH3-N", "NH3N"),
    ("HFC-", "HFC"),
    ("‰", " permille "),
    ("%", " percent "),
    ("×", "*"),
    ("·", "*"),
    ("^", "**"),
    ("吨标准煤(等价值)", "吨标准煤等价值"),
    ("吨标准煤(等价)", "吨标准煤等价值"),
    ("吨标准煤(当量值)", "吨标准煤"),
    ("吨标准煤(当量)", "吨标准煤"),
    ("二氧化碳当量", "CO2e"),
    ("二氧化碳", "CO2"),
    ("甲烷", "CH4"),
)
_CONSTANT_PRICES = re.compile(r"元\s*\(?(\d{4})年(?:可比|不变)?价(?:格)?\)?")
_SUBSTANCES = (
    "CO2e CO2 CH4 N2O SF6 NF3 CF4 C2F6 SO2 NO2 NOx COD NH3N NH3 VOCs PM25 PM10 TSP HFC134a HFC23 HFC32 HFC125 C"
).split()
_MASS = r"(?:[kMGmµμu]?g|[kMG]?t|[十百千万亿]*(?:吨|千克|公斤|克))"
_GLUED = re.compile(rf"(?<![A-Za-z])({_MASS})(?=(?:{'|'.join(_SUBSTANCES)})(?![A-Za-z0-9]))")  # tCO2 -> t CO2
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?=[^\W\d])")  # 1e8 m3 -> 1e8*m3
_SUPERSCRIPT = re.compile("10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")  # NFKC alone would read 10⁴ as 104
_LENGTH = re.compile(r"(?<![A-Za-z0-9])([kchdmµμ]?m)([23])(?![A-Za-z0-9])")  # the prefix belongs to the length
_NUMERAL = re.compile(r"(?<![^\W\d])([十百千万亿]+)(?:\s*(?=[A-Za-zµμ])|\s+(?=[^\W\d]))")  # 万t, 万 t, 亿 千瓦时
_SPACE = re.compile(r"(?<=[\w)])\s+(?=[\w(])")
REFUSED = {
    "ton": "'ton' may be 1000 kg, 907 kg or 1016 kg; write 't' or '吨'",
    "tons": "'tons' may be 1000 kg, 907 kg or 1016 kg each; write 't' or '吨'",
    "kton": "'kton' may be metric or not; write 'kt'",
    "knot": "a speed has no place here; for a thousand tonnes write 'kt'",
    "mt": "'mt' may be a metric tonne or a million tonnes; write 't' or 'Mt'",
    "scm": "write 'Nm3' (0 °C) or 'm3' with the case's gas_reference",
}


DIMENSIONS = "mass length time energy coal_rate_energy normal_volume currency person item".split()


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry[Any]:
    """The one registry, made from ``data/units.txt`` alone."""
    import pint

    made: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    for line in package_file("units.txt").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            made.define(text)
    return made


def normalise(text: str) -> str:
    """The unit in the grammar of the registry: half width, substances apart, powers and products explicit."""
    plain = unicodedata.normalize("NFKC", _SUPERSCRIPT.sub(_as_power, text)).strip()
    plain = _CONSTANT_PRICES.sub(r"元_\1", plain)
    for written, meant in _SPELLINGS:
        plain = plain.replace(written, meant)
    plain = _LENGTH.sub(r"\1**\2", plain)
    plain = _NUMERAL.sub(lambda m: f"{_numeral(m[1])}*", plain)
    plain = _NUMBER.sub(r"\1*", _GLUED.sub(r"\1 ", plain))
    return _SPACE.sub("*", " ".join(plain.split()))


@lru_cache(maxsize=4096)
def quantity_of(text: str) -> Any:
    """One of the unit as a quantity with units; ``10^4 kWh`` is 10 000 of kWh.

    Raises
    ------
    UnitError
        If the unit is empty, ambiguous (``ton``) or unknown; near spellings are offered.
    """
    import pint

    if not text.strip():
        raise UnitError(say("no unit given; write it out, e.g. 't', '万吨', 'kWh', '亿立方米' ('1' for a plain ratio)"))
    plain = normalise(text)
    for name in re.findall(r"[^\W\d]\w*", plain):
        if why := REFUSED.get(name, REFUSED.get(name.lower(), "") if name != "Mt" else ""):
            raise UnitError(say("unit {text!r} is refused: {why}", text=text, why=say(why)))
    try:
        found = registry().parse_expression(plain)
    except pint.UndefinedUnitError as error:
        unknown = error.unit_names if isinstance(error.unit_names, str) else ", ".join(error.unit_names)
        near = nearest(unknown, _known_units())
        raise UnitError(say("unknown unit {text!r} ({unknown}){near}", text=text, unknown=unknown, near=near)) from None
    except Exception as error:  # pint raises whatever its tokenizer and evaluator raise
        raise UnitError(say("cannot read the unit {text!r}: {error}", text=text, error=str(error))) from None
    made = registry().Quantity(found) if isinstance(found, int | float) else found
    if not (made.magnitude > 0 and math.isfinite(made.magnitude)):
        raise UnitError(
            say("unit {text!r} has the size {size}; a unit is positive and finite", text=text, size=made.magnitude)
        )
    return made


def _as_power(match: re.Match[str]) -> str:
    return "10**" + unicodedata.normalize("NFKC", match[1])


def _numeral(written: str) -> int:
    value = 1
    for sign in written:
        value *= {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[sign]
    return value


@lru_cache(maxsize=1)
def _known_units() -> list[str]:
    return sorted(set(registry()._units))  # the public listing leaves out aliases


@lru_cache(maxsize=4096)
def factor(unit: str, to: str) -> float:
    """How many ``to`` one ``unit`` is.

    Raises
    ------
    UnitError
        If the dimensions differ; both are named.

    Examples
    --------
    >>> factor("万吨", "t")
    10000.0
    """
    source, target = quantity_of(unit), quantity_of(to)
    if source.dimensionality != target.dimensionality:
        raise UnitError(
            say(
                "unit {unit!r} is {one}, but {to!r} is {other}; they cannot be converted into each other",
                unit=unit,
                one=dimension_named(unit),
                to=to,
                other=dimension_named(to),
            )
        )
    ratio = source.to_base_units().magnitude / target.to_base_units().magnitude
    return float(f"{ratio:.15g}")


@lru_cache(maxsize=4096)
def dimension(unit: str) -> str:
    """The dimension of a unit in words, such as ``[mass]`` or ``[CO2] * [mass] / [energy]``; ``1`` for a ratio."""
    found = quantity_of(unit).dimensionality
    over = [f"{k}**{v:g}" if v != 1 else k for k, v in sorted(found.items()) if v > 0]
    under = [f"{k}**{-v:g}" if v != -1 else k for k, v in sorted(found.items()) if v < 0]
    return " / ".join([" * ".join(over) or "1", *under])


def dimension_named(unit: str) -> Named:
    """The dimension of a unit as messages name it, e.g. ``[mass]``, in Chinese ``[质量]``; substances stay as they are."""

    def in_chinese(match: re.Match[str]) -> str:
        return f"[{word(match[1], 'zh') if match[1] in DIMENSIONS else match[1]}{match[2] or ''}]"

    english = dimension(unit)
    return Named(english, re.sub(r"\[(\w+?)(_\d{4})?\]", in_chinese, english))


def is_coal_equivalent(unit: str) -> bool:
    """Whether a unit of calorific energy is written in coal equivalent (tce, kgce, 吨标准煤) rather than J or kWh."""
    return any(str(name).endswith(("gce", "tce")) for name, _ in quantity_of(unit).unit_items())


def same_dimension(unit: str, other: str) -> bool:
    """Whether two units can be converted into each other."""
    return bool(quantity_of(unit).dimensionality == quantity_of(other).dimensionality)


def product(*units: str) -> str:
    """The units multiplied, as text that :func:`quantity_of` reads; later ones may be ``1/(...)``."""
    return " * ".join(f"({unit})" for unit in units if unit)
