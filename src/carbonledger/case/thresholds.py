"""The thresholds of an audit: what the case demands of itself, and from where on an amount is not plausible."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ..errors import CaseError, Faults, nearest
from ..messages import say


@dataclass(frozen=True)
class Limits:
    """The table ``[audit]`` of case.toml; every key is optional.

    Attributes
    ----------
    max_stand_in_share, max_choice_share, max_unverified_share, max_flash_share, max_unallocated_share : float or None
        Of every quantity in every year, the share of absolute contributions that may rest on stand-ins, on choices
        within a printed range, on factor rows of confidence MA, M or M-low, on flash figures (快报), on the part of
        statistical totals that no enterprise explains [1]. Blank: no threshold.
    min_coverage : float or None
        Of every statistical total, by quantity, the share that enterprises must explain [1].
    max_masked_share : float or None
        Of all station hours, the share without a valid value [1].
    max_unknown_share : float or None
        Of all verdicts, the share that is unknown [1].
    max_warnings : float or None
        How many warnings the plausibility checks may give.
    jump : float
        An amount a month that is more than so many times (or less than one so-many-th of) that of the year before.
    jump_share : float
        Smaller series are passed over: those that give less than this share of every quantity in both years [1];
        a likely slip of 10^3, 10^4 or 10^8 is told whatever its size.
    heating_value_factor : float
        Where no range is printed, how far an own heating value may be from the nearest published one.
    spread : float
        How many robust standard deviations (1.4826 x the median absolute deviation of the logarithms) an enterprise
        may be from the median of its division.
    peers : int
        The fewest enterprises of a division that make a range.

    Notes
    -----
    ``jump``, ``jump_share``, ``heating_value_factor``, ``spread`` and ``peers`` are statistical conventions of this
    library, from no standard.
    """

    max_stand_in_share: float | None = None
    max_choice_share: float | None = None
    max_unverified_share: float | None = None
    max_flash_share: float | None = None
    max_unallocated_share: float | None = None
    min_coverage: float | None = None
    max_masked_share: float | None = None
    max_unknown_share: float | None = None
    max_warnings: float | None = None
    jump: float = 3.0
    jump_share: float = 0.001
    heating_value_factor: float = 1.6
    spread: float = 5.0
    peers: int = 8


def limits_of(about: dict[str, Any]) -> Limits:
    """The limits that a case states under ``[audit]``.

    Parameters
    ----------
    about : dict
        The content of case.toml.

    Raises
    ------
    CaseError
        Unknown keys (the nearest offered) and values that a key cannot have: all at once.
    """
    given, faults = about.get("audit", {}), Faults()
    known = [f.name for f in fields(Limits)]
    for key, value in given.items():
        place: dict[str, Any] = {"file": "case.toml", "column": "[audit]"}
        if key not in known:
            what = say("unknown key {key!r}{near}", key=key, near=nearest(key, known))
            faults.add(what, **place, mend=say("Accepted: {names}", names=", ".join(known)))
            continue
        if not (type(value) in (int, float) and _fits(key, value)):
            faults.add(say("{key} = {value!r}", key=key, value=value), **place, mend=_accepted(key))
    faults.raise_as(CaseError, say("case.toml, [audit]"))
    return Limits(**given)


def _fits(key: str, value: float) -> bool:
    if key == "peers":
        return isinstance(value, int) and value >= 3
    if key in {"jump", "heating_value_factor"}:
        return value > 1
    if key == "spread":
        return value > 0
    if key == "max_warnings":
        return value >= 0
    return 0 <= value <= 1


def _accepted(key: str) -> str:
    if key == "peers":
        return say("Accepted: a whole number from 3 on")
    if key in {"jump", "heating_value_factor"}:
        return say("Accepted: a number above 1")
    if key == "spread":
        return say("Accepted: a number above 0")
    if key == "max_warnings":
        return say("Accepted: a number from 0 on")
    return say("Accepted: a share from 0 to 1")
