"""Words in pictures: only letters that a font at hand has, units that need no Chinese, lines that fit a margin."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import lru_cache

from ..messages import to_lang, word
from ..targets import SENSES, Target
from .words import number, unit_text

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
    "Arial Unicode MS",
    "SimSun",
    "AR PL UMing CN",
)
LATIN = "DejaVu Sans"  # comes with matplotlib
UNITS = {  # longest first where one holds another
    "吨标准煤(等价值)": "tce (coal rate)",
    "吨标准煤": "tce",
    "平方米": "m²",
    "立方米": "m³",
    "千瓦时": "kWh",
    "千瓦": "kW",
    "微克": "µg",
    "吨": "t",
    "元": "CNY",
    "亩": "mu",
    "人": "person",
    "项": "items",
    "天": "d",
    "万": "10⁴ ",
    "亿": "10⁸ ",
}
SMALL = {"m3": "m³", "m2": "m²", "ug/": "µg/"}
MARGIN = 30  # letters of a line beside a chart


@lru_cache(maxsize=1)
def chinese_font() -> str:
    """An installed font family with Chinese letters; blank if matplotlib finds none."""
    from matplotlib import font_manager

    have = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in have), "")


def families() -> list[str]:
    """The fonts that pictures use, in the order in which a letter is looked up."""
    return [LATIN, *([chinese_font()] if chinese_font() else [])]


def language(lang: str) -> str:
    """The language of the pictures: Chinese only where a font has it."""
    return lang if lang == "en" or chinese_font() else "en"


@lru_cache(maxsize=4)
def _letters(family: str) -> frozenset[int]:
    from matplotlib import font_manager, ft2font

    return frozenset(ft2font.FT2Font(font_manager.findfont(family, fallback_to_default=False)).get_charmap())


def is_printable(text: str) -> bool:
    """Whether the fonts have every letter."""
    have = frozenset[int]().union(*(_letters(family) for family in families()))
    return all(ord(letter) in have or letter == "\n" for letter in text)


def printable(*texts: str) -> str:
    """The first text that the fonts can show; blank if there is none. A ``$`` begins no formula."""
    found = next((text for text in texts if text and is_printable(text)), "")
    return found.replace("$", r"\$")


def unit_of(unit: str) -> str:
    """A unit in letters that the fonts have."""
    text = unit_text(unit)
    if not is_printable(text):
        for chinese, latin in UNITS.items():
            text = text.replace(chinese, latin)
    for plain, raised in SMALL.items():
        text = text.replace(plain, raised)
    return printable(text)


def limit_text(target: Target, lang: str) -> str:
    """The limit of a target, with its unit."""
    sense = word(SENSES[target.sense], lang)
    if target.value is None:
        return sense
    unit = unit_of(target.unit)
    times = "× " if unit.startswith("10") else ""
    text = f"{sense} {number(target.value)} {times}{unit}".rstrip().replace(" ", "\N{NO-BREAK SPACE}")
    return text if target.decimals is None else f"{text}, {word('rounded', lang)}"


def target_label(target: Target, name: str, lang: str, *, width: int = MARGIN, lines: int = 3) -> str:
    """Id, limit, year due and short name of a target, broken to the width of the margin."""
    years = target.year or target.from_year
    due = f" ({years})" if years else ""
    if target.scope == "standard":  # in force over years; its id and its name say the same
        ends = dict.fromkeys(str(year) for year in (target.from_year, target.year) if year)
        due = f" ({'–'.join(ends)})" if ends else ""
    titles = (target.name_zh, target.name_en) if lang == "zh" else (target.name_en, target.name_zh)
    title = printable(*titles) if target.scope != "standard" else ""
    return "\n".join(wrapped(f"{name} {limit_text(target, lang)}{due}", width, 2) + wrapped(title, width, lines - 1))


def wrapped(text: str, width: int, most: int) -> list[str]:
    """At most so many lines; what is left out is shown by an ellipsis. Chinese letters are twice as wide."""
    if any(ord(letter) > 0x2E80 for letter in text):
        width = max(8, width // 2)
    return textwrap.wrap(text, width, max_lines=most, placeholder=" …") if text else []


def apart(places: Sequence[float], heights: Sequence[float], low: float = 0.0, high: float = 1.0) -> list[float]:
    """Centres of labels moved as little as needed so that none covers another; in their own order.

    Labels that touch are joined into a block, which sits at the mean of what its labels wanted.
    """
    blocks: list[list[int]] = []
    centre: list[float] = []

    def settle(block: list[int]) -> float:
        """The top edge of a block that serves its labels best."""
        offset, wanted = 0.0, []
        for i in block:
            wanted.append(places[i] - offset - heights[i] / 2)
            offset += heights[i]
        return min(max(sum(wanted) / len(wanted), low), max(high - offset, low))

    for i in sorted(range(len(places)), key=lambda i: places[i]):
        blocks.append([i])
        centre.append(settle([i]))
        while len(blocks) > 1 and centre[-2] + sum(heights[j] for j in blocks[-2]) > centre[-1]:
            last = blocks.pop()
            centre.pop()
            blocks[-1] += last
            centre[-1] = settle(blocks[-1])
    made = [0.0] * len(places)
    for block, start in zip(blocks, centre, strict=True):
        for i in block:
            made[i] = start + heights[i] / 2
            start += heights[i]
    return made


def group_label(name: str, label: str, position: int, lang: str) -> str:
    """The name of a scenario in letters that the fonts have, else its number."""
    return printable(to_lang(label, lang), name) or f"{word('scenario', lang)} {position + 1}"
