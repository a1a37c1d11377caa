"""Why a number is missing: one vocabulary of integer flags, so that no NaN stands without its reason.

The codes are stored as ``int16`` beside the values they explain, in the CF manner
(``flag_values`` / ``flag_meanings``); a larger code never hides a smaller one, the first found is kept.
"""

from __future__ import annotations

from enum import IntEnum

from .messages import word


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
    OTHER_ENTITY = 17
    NO_RESPONSE = 18
    OTHER_EDITION = 19
    BELOW_ZERO = 24
    DAYS_MISSING = 20
    POINTS_MISSING = 21
    HOURS_MISSING = 22
    POLLUTANTS_MISSING = 23
    NOT_EVALUATED = 30
    NO_EDITION = 31
    SAMPLES_MISSING = 32
    ITEMS_MISSING = 33
    NOT_LIMITED = 34
    PARTS_UNKNOWN = 35
    NO_PLAN = 40
    NO_EMISSIONS = 41
    NO_LOAD_RATE = 42
    NO_PERMIT = 43
    PART_OF_YEAR = 44
    NO_ALLOWED_AMOUNT = 45
    PERMITS_DIFFER = 46
    PART_OF_MONTH = 47


TEXT: dict[Reason, str] = {
    Reason.OK: "",
    Reason.NO_ROWS: "no rows",
    Reason.MONTHS_MISSING: "months missing",
    Reason.ROWS_REFUSED: "rows refused",
    Reason.NO_RATE: "no rate (a gap that the case names)",
    Reason.NO_STATE: "no state value",
    Reason.NO_BASELINE: "no value in the baseline year",
    Reason.UNDEFINED: "undefined (division by zero)",
    Reason.NOT_DUE: "due after the last year with data",
    Reason.NO_LIMIT: "the target states no number",
    Reason.NO_INDICATOR: "no indicator computes this target",
    Reason.NO_DATA_FOR_YEAR: "no value in the year judged",
    Reason.TOO_FEW_YEARS: "a trend needs at least two years",
    Reason.ENTITIES_MISSING: "an entity that has rows in other years has none",
    Reason.NO_YEAR: "the target states no year",
    Reason.SPLIT_UNKNOWN: "sold power or heat without the fuel that was burnt for it (fired_sold)",
    Reason.ENTERPRISES_ONLY: "only enterprises report: their sum is no total of the place",
    Reason.OTHER_ENTITY: "the target is set for another entity",
    Reason.NO_RESPONSE: "no sourced response of the concentration to emissions is given",
    Reason.OTHER_EDITION: "another edition of the standard is in force in that year",
    Reason.BELOW_ZERO: "the response would give a concentration below zero",
    Reason.DAYS_MISSING: "too few valid days in the year or in one of its months",
    Reason.POINTS_MISSING: "too few valid points on too many days",
    Reason.HOURS_MISSING: "no day has enough valid hours",
    Reason.POLLUTANTS_MISSING: "not all six pollutants are given",
    Reason.NOT_EVALUATED: "the standard does not evaluate it",
    Reason.NO_EDITION: "no edition of the standard is in force",
    Reason.SAMPLES_MISSING: "too few samples in the period",
    Reason.ITEMS_MISSING: "items that the class needs are missing",
    Reason.NOT_LIMITED: "the standard has no limit for the item in this water",
    Reason.PARTS_UNKNOWN: "a section or a source of the place is unknown",
    Reason.NO_PLAN: "no allocation plan for the year is shipped",
    Reason.NO_EMISSIONS: "no verified emissions are given",
    Reason.NO_LOAD_RATE: "the load rate that the plan's correction needs is not given",
    Reason.NO_PERMIT: "no permit covers it",
    Reason.PART_OF_YEAR: "the permit covers a part of the year, and no text says how its annual amount then counts",
    Reason.NO_ALLOWED_AMOUNT: "the permit states no annual amount",
    Reason.PERMITS_DIFFER: "two permits of the year state different annual amounts",
    Reason.PART_OF_MONTH: "above the permit only with months that it covers in part, whose reports are not split",
}


def text(code: int, lang: str = "en") -> str:
    """The reason in words, in English or Chinese (``lang='zh'``)."""
    english = TEXT[Reason(code)]
    return word(english, lang) if english else ""


def attrs() -> dict[str, object]:
    """CF attributes for an array of reason codes."""
    return {
        "flag_values": [int(r) for r in Reason],
        "flag_meanings": " ".join(r.name.lower() for r in Reason),
    }
