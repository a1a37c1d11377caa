"""Decimal digits rounded and compared exactly (GB/T 8170-2008)."""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

from ..errors import LedgerError
from ..messages import say

SENSES = {"at_most": "≤", "at_least": "≥", "below": "<", "above": ">"}
METHODS = ("full", "rounded")
DEFAULT_METHOD = "full"  # GB/T 8170-2008, 4.3, where a standard names none; standards/gb-t-8170-2008.toml says how sure
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "at_most": operator.le,
    "at_least": operator.ge,
    "below": operator.lt,
    "above": operator.gt,
}
_WRITTEN = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?(?:\(([+-])\))?", re.ASCII)
_LARGEST_POWER = 400  # beyond it a written number is a slip, and its digits would only fill the memory


class RoundingError(LedgerError):
    """A value, limit or interval that GB/T 8170 cannot round or compare."""


@dataclass(frozen=True)
class Compared:
    """A value beside its limit by both methods of GB/T 8170-2008, 4.3.

    Attributes
    ----------
    value, limit, interval : str
        As written.
    sense : str
        ``at_most``, ``at_least``, ``below`` or ``above``.
    rounded : Decimal
        The value at the interval; its digits are those to print.
    met_full, met_rounded : bool
        Whether the full and whether the rounded value keeps to the limit.
    method : str
        ``full`` or ``rounded``: which of the two decides.
    met : bool
        The verdict.
    disagree : bool
        Whether the methods give different verdicts.
    """

    value: str
    limit: str
    interval: str
    sense: str
    rounded: Decimal
    met_full: bool
    met_rounded: bool
    method: str
    met: bool
    disagree: bool

    def __str__(self) -> str:
        return self.to("en")

    def to(self, lang: str) -> str:
        """Both verdicts and the one that decides, in English or Chinese."""
        verdicts = {True: say("MET"), False: say("MISSED")}
        text = say(
            "{verdict} by {method}: {value} {sign} {limit} is {full}, rounded {rounded} {sign} {limit} is {by_rounding}",
            verdict=verdicts[self.met],
            method=say("the full value") if self.method == "full" else say("the rounded value"),
            value=self.value,
            sign=SENSES[self.sense],
            limit=self.limit,
            full=verdicts[self.met_full],
            rounded=f"{self.rounded:f}",
            by_rounding=verdicts[self.met_rounded],
        )
        return (say("{text}; the methods disagree", text=text) if self.disagree else text).to(lang)


def round_decimal(
    value: str | Decimal | Rational | float, interval: str | Decimal | Rational | float = "0.1"
) -> Decimal:
    """Round decimal digits to an interval, half to even, once.

    Parameters
    ----------
    value : str, Decimal, int, Fraction or float
        In any unit [any]. A float counts as the decimal it prints (0.35 is 0.35, not 0.34999…). Text may carry the mark of a
        value that was rounded before: ``16.5(+)`` is a little more than 16.5, ``16.5(-)`` a little less (in amount).
    interval : str, Decimal, int, Fraction or float
        1, 0.5 or 0.2 units of a place: ``0.1``, ``100``; ``0.5``, ``5``; ``0.2``, ``20`` … [as the value].

    Returns
    -------
    Decimal
        With the digits to print: 1.050 at 0.1 is ``1.0``; 1268 at 100 is ``1.3E+3``, which ``f"{x:f}"`` prints as 1300.

    Raises
    ------
    RoundingError
        NaN, infinity, text that is no number, an interval of another kind.

    Notes
    -----
    GB/T 8170-2008: 3.2 (half to even; a negative value by its amount), 3.3 (one rounding, and the marks), 3.4 (0.5 and 0.2
    units: rounding twice or five times the value and dividing again, which is rounding to the nearest even multiple).

    Examples
    --------
    >>> round_decimal("60.25", "0.5")
    Decimal('60.0')
    """
    exact, mark = _exact(value, say("value"))
    digit, place = _interval(interval)
    return _rounded(exact, mark, digit, place)


def compare(
    value: str | Decimal | Rational | float,
    limit: str | Decimal | Rational | float,
    interval: str | Decimal | Rational | float | None = None,
    sense: str = "at_most",
    method: str = DEFAULT_METHOD,
) -> Compared:
    """Compare a value with a limit by the full value and by the rounded one.

    Parameters
    ----------
    value, limit : str, Decimal, int, Fraction or float
        In one unit [any]; see :func:`round_decimal`.
    interval : str, Decimal, int, Fraction or float, optional
        Of the rounded value; by default the last digit of the limit as it is written (``44``: 1, ``44.0``: 0.1).
    sense : str
        ``at_most``, ``at_least``, ``below``, ``above``.
    method : str
        ``full`` or ``rounded``: which verdict counts. Where a standard names none, it is the full value.

    Returns
    -------
    Compared

    Raises
    ------
    RoundingError
        What :func:`round_decimal` refuses; an unknown sense or method; a limit that is no multiple of the interval, or one
        that shows no last digit (a float, a fraction) where no interval is given.

    Notes
    -----
    GB/T 8170-2008, 4.3: the rounded value has the places of the limit, and the full value is compared where the standard
    that sets the limit says nothing. HJ 663 does say: it compares rounded values.

    Examples
    --------
    >>> print(compare("44.4", "44"))
    MISSED by the full value: 44.4 ≤ 44 is MISSED, rounded 44 ≤ 44 is MET; the methods disagree
    """
    for name, given, known in (("sense", sense, SENSES), ("method", method, METHODS)):
        if given not in known:
            raise RoundingError(
                say("{name} {found!r}; accepted: {known}", name=name, found=given, known=", ".join(known))
            )
    exact, mark = _exact(value, say("value"))
    bound, marked = _exact(limit, say("limit"))
    if marked:
        raise RoundingError(
            say("limit {limit!r} carries a mark; only a value that was rounded before does", limit=limit)
        )
    digit, place = _interval(_last_digit(limit) if interval is None else interval)
    step = digit * Fraction(10) ** place
    if (bound / step).denominator != 1:
        shown = {"limit": _written(limit), "interval": _written(step)}
        raise RoundingError(
            say("limit {limit} is no multiple of the interval {interval}; round to the limit's own places", **shown)
        )
    rounded = _rounded(exact, mark, digit, place)
    # a mark says that the true value lies a little beyond the written one, away from zero or towards it
    full = _HOLDS[sense]((exact, mark if exact >= 0 else -mark), (bound, 0))
    by_rounding = _HOLDS[sense](Fraction(rounded), bound)
    met = full if method == "full" else by_rounding
    words = (_written(value), _written(limit), _written(_decimal(digit, place)))
    return Compared(*words, sense, rounded, full, by_rounding, method, met, full != by_rounding)


def _rounded(exact: Fraction, mark: int, digit: int, place: int) -> Decimal:
    steps = abs(exact) / (digit * Fraction(10) ** place)
    whole = round(steps)  # Python rounds a Fraction half to even, exactly
    if mark and steps.denominator == 2:
        whole = math.floor(steps) + (mark > 0)
    return _decimal(whole * digit if exact >= 0 else -whole * digit, place)


def _decimal(whole: int, place: int) -> Decimal:
    """``whole`` times ten to the power of ``place``, with just these digits whatever the decimal context; no minus zero."""
    return Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), place))


def _exact(given: Any, name: str) -> tuple[Fraction, int]:
    """The number, and its mark: 1 for a little more in amount, -1 for a little less, 0 for none."""
    if isinstance(given, Rational) and not isinstance(given, bool):
        # whole numbers of NumPy have no Python numerator
        found = (
            Fraction(int(given))
            if isinstance(given, Integral)
            else Fraction(int(given.numerator), int(given.denominator))
        )
        mark = ""
    else:
        match = _WRITTEN.fullmatch(_written(given)) if not isinstance(given, bool) else None
        if match is None:
            raise RoundingError(
                say(
                    "{name} {given!r} is no decimal number; write digits with a point, e.g. 44.5",
                    name=name,
                    given=given,
                )
            )
        sign, digits, power, mark = match.groups(default="")
        if max(len(digits), abs(int(power or 0))) > _LARGEST_POWER:
            raise RoundingError(say("{name} {given!r} is out of range", name=name, given=given))
        found = Fraction(digits) * Fraction(10) ** int(power or 0) * (-1 if sign == "-" else 1)
    if abs(found) >= 10**_LARGEST_POWER:
        raise RoundingError(say("{name} {given!r} is out of range", name=name, given=float("inf")))
    return found, {"+": 1, "-": -1, "": 0}[mark]


def _written(given: Any) -> str:
    """The number as people write it: half-width, a real minus; a float by the shortest digits that name it."""
    text = given if isinstance(given, str) else repr(given) if type(given) is float else str(given)
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip()


def _interval(given: Any) -> tuple[int, int]:
    """1, 5 or 2, and the power of ten that it multiplies."""
    exact, mark = _exact(given, say("interval"))
    digit, place = exact, 0
    while digit >= 10:
        digit, place = digit / 10, place + 1
    while 0 < digit < 1:
        digit, place = digit * 10, place - 1
    if mark or digit not in (1, 2, 5):
        raise RoundingError(
            say(
                "interval {given!r}; accepted: 1, 0.5 or 0.2 units of a place, e.g. 0.1, 0.5, 20 (GB/T 8170-2008, 3.1 and 3.4)",
                given=given,
            )
        )
    return int(digit), place


def _last_digit(limit: Any) -> Decimal:
    if isinstance(limit, str | Decimal) or (isinstance(limit, Integral) and not isinstance(limit, bool)):
        power = Decimal(_written(limit)).as_tuple().exponent
        if isinstance(power, int):
            return Decimal((0, (1,), power))
    raise RoundingError(
        say("limit {limit!r} shows no last digit; give the interval, or the limit as text, e.g. '44'", limit=limit)
    )
