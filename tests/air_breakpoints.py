"""The tables of individual air quality indices of both editions of HJ 633, and the concentrations next to their rows.

Typed from the fact sheet of the air rules, section 3 (read there in Table 1 of HJ 633-2012 and of HJ 633-2026). Nothing of
the library is used, nor of ``air_reference``: the expected index is worked here a second way, with a fraction and its
ceiling.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

EDITIONS = ("HJ 633-2012", "HJ 633-2026")
INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
STEP = {"CO": Fraction(1, 10)}  # mg/m3; of all others 1 ug/m3 (HJ 633-2026 4.2.2)

# Section 3: [ug/m3; CO mg/m3] at the indices above. Rows that end at 200 or 300 have no values beyond.
_BOTH = {
    ("SO2", "24h"): (0, 50, 150, 475, 800, 1600, 2100, 2620),
    ("SO2", "1h"): (0, 150, 500, 650, 800),
    ("NO2", "24h"): (0, 40, 80, 180, 280, 565, 750, 940),
    ("NO2", "1h"): (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    ("CO", "24h"): (0, 2, 4, 14, 24, 36, 48, 60),
    ("CO", "1h"): (0, 5, 10, 35, 60, 90, 120, 150),
    ("O3", "1h"): (0, 160, 200, 300, 400, 800, 1000, 1200),
    ("O3", "8h"): (0, 100, 160, 215, 265, 800),
}
BREAKPOINTS: dict[str, dict[tuple[str, str], tuple[int, ...]]] = {
    "HJ 633-2012": _BOTH
    | {
        ("PM10", "24h"): (0, 50, 150, 250, 350, 420, 500, 600),
        ("PM2.5", "24h"): (0, 35, 75, 115, 150, 250, 350, 500),
    },
    "HJ 633-2026": _BOTH
    | {
        ("PM10", "24h"): (0, 50, 120, 250, 350, 420, 500, 600),
        ("PM2.5", "24h"): (0, 35, 60, 115, 150, 250, 350, 500),
    },
}
# Section 3, "above table": 2012 says to take the index of the other averaging (SO2 of 24 h, O3 of 1 h), so that the
# concentration has none of its own; 2026 gives the top of the row. All other rows end at 500, where the index stays.
ABOVE: dict[str, dict[tuple[str, str], int | None]] = {
    "HJ 633-2012": {("SO2", "1h"): None, ("O3", "8h"): None},
    "HJ 633-2026": {("SO2", "1h"): 200, ("O3", "8h"): 300},
}


def expected(edition: str, pollutant: str, averaging: str, concentration: Fraction) -> int | None:
    """Interpolated and rounded up (2012 cl. 6.2; 2026 cl. 4.2.6); None where 2012 sends to the other averaging."""
    points = BREAKPOINTS[edition][pollutant, averaging]
    if concentration > points[-1]:
        return ABOVE[edition].get((pollutant, averaging), 500)
    for i in range(1, len(points)):
        if concentration <= points[i]:
            share = (concentration - points[i - 1]) / Fraction(points[i] - points[i - 1])
            return math.ceil(INDEX[i - 1] + share * (INDEX[i] - INDEX[i - 1]))
    raise AssertionError(concentration)


def decimal_string(concentration: Fraction, pollutant: str) -> str:
    """As the concentration is written: an integer, of CO with one decimal."""
    if pollutant != "CO":
        assert concentration.denominator == 1
        return str(concentration.numerator)
    tenths = concentration * 10
    assert tenths.denominator == 1
    return f"{tenths.numerator // 10}.{tenths.numerator % 10}"


def neighbours() -> Iterator[tuple[str, str, str, str, int | None]]:
    """Each value of each table, one step below it and one above, twice the highest one, and ten thousand.

    Yields
    ------
    edition, pollutant, averaging, concentration, index
        The concentration as written [ug/m3; CO mg/m3]; None for an index that 2012 sends to the other averaging.
    """
    for edition, table in BREAKPOINTS.items():
        for (pollutant, averaging), points in table.items():
            step = STEP.get(pollutant, Fraction(1))
            near = {point + k * step for point in points for k in (-1, 0, 1)}
            beyond = {Fraction(2 * points[-1]), Fraction(10_000)}
            for c in sorted(c for c in near | beyond if c >= 0):
                yield (
                    edition,
                    pollutant,
                    averaging,
                    decimal_string(c, pollutant),
                    expected(edition, pollutant, averaging, c),
                )
