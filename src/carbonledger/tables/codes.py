"""Codes of enterprises, industries and places: what is wrong with one, said so that it can be mended."""

from __future__ import annotations

import csv
import re
from functools import lru_cache

from ..errors import nearest
from ..messages import say
from ..shipped import shipped
from .files import as_text

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015, table 1: no I, O, S, V, Z
_CREDIT_CODE = re.compile(rf"[{ALPHABET}]{{2}}\d{{6}}[{ALPHABET}]{{10}}")
_SECTOR = re.compile(r"([A-Z]?)(\d{2})(\d{0,2})")


def credit_code_fault(text: str) -> str:
    """What is wrong with a unified social credit code (统一社会信用代码); blank if nothing.

    Parameters
    ----------
    text : str
        The code as written; full-width and small letters are read as what they mean.

    Returns
    -------
    str
        A message, or ``""``. The check character catches every single wrong character, because the weights are not
        divisible by the prime 31.

    Notes
    -----
    GB 32100-2015, clause 4 and annex: 18 characters of 31 signs, weights 3^(i-1) mod 31, check value
    31 - (sum mod 31), 31 standing for 0.
    """
    code = as_text(text).upper()
    if len(code) != 18:
        return say("{code!r} has {n} characters; a unified social credit code has 18", code=code, n=len(code))
    if strange := "".join(dict.fromkeys(sign for sign in code if sign not in ALPHABET)):
        return say(
            "{code!r} holds {signs!r}; digits and capital letters without I, O, S, V, Z", code=code, signs=strange
        )
    if not _CREDIT_CODE.fullmatch(code):
        return say("{code!r}: characters 3 to 8 are the six digits of a region (GB/T 2260)", code=code)
    total = sum(ALPHABET.index(sign) * pow(3, i, 31) for i, sign in enumerate(code[:17]))
    check = ALPHABET[(31 - total % 31) % 31]
    if code[17] != check:
        return say(
            "{code!r} ends in {last!r}, but its check character is {check!r}", code=code, last=code[17], check=check
        )
    return ""


def sector_fault(text: str) -> str:
    """What is wrong with an industry code of GB/T 4754-2017; blank if nothing.

    Parameters
    ----------
    text : str
        Two to four digits, with or without the section's letter: ``C26``, ``26``, ``2614``, ``C2614``. The division (the
        first two digits) must exist and lie in the section; groups and classes below it are not looked up.
    """
    code = as_text(text).upper()
    match = _SECTOR.fullmatch(code)
    if match is None:
        return say("{code!r} is no industry code; two to four digits, e.g. 26, C26, C2614 (GB/T 4754-2017)", code=code)
    letter, division, _ = match.groups()
    sections = {line["division"]: line["section"] for line in divisions()}
    if division not in sections:
        return say("{code!r}: GB/T 4754-2017 has no division {division}; 01 to 97", code=code, division=division)
    if letter and letter != sections[division]:
        return say(
            "{code!r}: division {division} lies in section {section}, not {letter}",
            code=code,
            division=division,
            section=sections[division],
            letter=letter,
        )
    return ""


def region_fault(text: str) -> str:
    """What is wrong with a region code of GB/T 2260; blank if nothing.

    Parameters
    ----------
    text : str
        Six digits (``370702``), or the form in which regions are held (``CN-37-07-02``, ``CN-37``, ``CN``). The province
        must exist; prefectures and counties are not looked up.
    """
    code = as_text(text).upper()
    if code == "CN":
        return ""
    digits = code.removeprefix("CN-").replace("-", "") if re.fullmatch(r"CN(-\d\d){1,3}", code) else code
    if code != digits:
        digits = digits.ljust(6, "0")
    if not re.fullmatch(r"\d{6}", digits):
        return say("{code!r} is no region code; six digits, e.g. 370702, or CN-37-07-02 (GB/T 2260)", code=code)
    known = [line["province"] for line in provinces()]
    if digits[:2] not in known:
        near = nearest(digits[:2], known)
        return say("{code!r}: GB/T 2260 has no province {province}{near}", code=code, province=digits[:2], near=near)
    if digits[2:4] == "00" and digits[4:] != "00":
        return say("{code!r} names a county without its prefecture", code=code)
    return ""


def divisions() -> list[dict[str, str]]:
    """The 97 divisions of GB/T 4754-2017: section, division, zh, en, high_energy (yes, no), source, confidence."""
    return _lines("gbt-4754-2017.csv")


def provinces() -> list[dict[str, str]]:
    """The 34 provinces of GB/T 2260: province (two digits), zh, en, source, confidence."""
    return _lines("gbt-2260-provinces.csv")


@lru_cache(maxsize=2)
def _lines(name: str) -> list[dict[str, str]]:
    with (shipped("factors") / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
