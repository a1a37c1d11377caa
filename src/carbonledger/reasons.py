"""Why a number is missing: one vocabulary of integer flags, so that no NaN stands without its reason.

The codes are stored as ``int16`` beside the values they explain, in the CF manner
(``flag_values`` / ``flag_meanings``); a larger code never hides a smaller one, the first found is kept.
"""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """Why a value is absent, or a verdict unknown; ``OK`` where nothing is missing."""

    OK = 0
    NO_ROWS = 1
    MONTHS_MISSING = 2
    ROWS_REFUSED = 3
    NO_RATE = 4
    NO_STATE = 5
    NO_BASELINE = 6
    UNDEFINED = 7
    NOT_DUE = 8
    NO_LIMIT = 9
    NO_INDICATOR = 10
    NO_DATA_FOR_YEAR = 11
    TOO_FEW_YEARS = 12
    ENTITIES_MISSING = 13
    NO_YEAR = 14
    SPLIT_UNKNOWN = 15
    ENTERPRISES_ONLY = 16
    DAYS_MISSING = 20
    POINTS_MISSING = 21
    HOURS_MISSING = 22
    POLLUTANTS_MISSING = 23


TEXT: dict[Reason, tuple[str, str]] = {
    Reason.OK: ("", ""),
    Reason.NO_ROWS: ("no rows", "没有数据行"),
    Reason.MONTHS_MISSING: ("months missing", "月份不全"),
    Reason.ROWS_REFUSED: ("rows refused", "有数据行被拒绝"),
    Reason.NO_RATE: ("no rate (a gap that the case names)", "没有因子(案例已说明的缺口)"),
    Reason.NO_STATE: ("no state value", "没有状态值"),
    Reason.NO_BASELINE: ("no value in the baseline year", "基准年没有数据"),
    Reason.UNDEFINED: ("undefined (division by zero)", "无定义(除数为零)"),
    Reason.NOT_DUE: ("due after the last year with data", "考核年晚于已有数据"),
    Reason.NO_LIMIT: ("the target states no number", "目标没有数值"),
    Reason.NO_INDICATOR: ("no indicator computes this target", "没有对应的指标"),
    Reason.NO_DATA_FOR_YEAR: ("no value in the year judged", "考核年没有数据"),
    Reason.ENTITIES_MISSING: ("an entity that has rows in other years has none", "有主体在其他年份有数据而本年没有"),
    Reason.NO_YEAR: ("the target states no year", "目标没有年份"),
    Reason.SPLIT_UNKNOWN: (
        "sold power or heat without the fuel that was burnt for it (fired_sold)",
        "外供电热没有给出相应的燃料消耗(fired_sold)",
    ),
    Reason.ENTERPRISES_ONLY: (
        "only enterprises report: their sum is no total of the place",
        "只有企业数据,企业之和不等于地区总量",
    ),
    Reason.TOO_FEW_YEARS: ("a trend needs at least two years", "趋势至少需要两年数据"),
    Reason.DAYS_MISSING: ("too few valid days in the year or in one of its months", "全年或某月有效日数不足"),
    Reason.POINTS_MISSING: ("too few valid points on too many days", "有效点位不足的日数过多"),
    Reason.HOURS_MISSING: ("no day has enough valid hours", "没有一天的有效小时数达到要求"),
    Reason.POLLUTANTS_MISSING: ("not all six pollutants are given", "六项污染物数据不全"),
}


def text(code: int, lang: str = "en") -> str:
    """The reason in words, in English or Chinese (``lang='zh'``)."""
    return TEXT[Reason(code)][1 if lang == "zh" else 0]


def attrs() -> dict[str, object]:
    """CF attributes for an array of reason codes."""
    return {
        "flag_values": [int(r) for r in Reason],
        "flag_meanings": " ".join(r.name.lower() for r in Reason),
    }
