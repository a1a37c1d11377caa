"""What a case decides about rates: kinds, stand-ins, choices within a range, gaps - each named, none silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from ..errors import FactorError
from ..messages import Said, say
from ..tables import NORMAL_VOLUME


class Grade(IntEnum):
    """How a rate was come by; larger is weaker."""

    DEFINITION = 0
    OWN = 1
    EXACT = 2
    CHOICE = 3
    STAND_IN = 4


# in a sentence, and as the head of a column
GRADE_TEXT = {
    Grade.DEFINITION: ("by definition of the unit", "definition"),
    Grade.OWN: ("the entity's own measured value", "own"),
    Grade.EXACT: ("as published for this key", "published"),
    Grade.CHOICE: ("chosen by the case within a published range", "chosen"),
    Grade.STAND_IN: ("stand-in that the case names", "stand-in"),
}


@dataclass(frozen=True)
class StandIn:
    """Where a key has no rate: the key to use in its place. Blank fields match anything."""

    use: dict[str, Any]
    reason: str
    activity: str = ""
    quantity: str = ""
    region: str = ""
    year: int | None = None

    def __post_init__(self) -> None:
        unknown = set(self.use) - {"activity", "year", "region"}
        if unknown or not self.use:
            raise FactorError(
                say("stand-in use = {use}; accepted keys: activity, year (or 'latest'), region", use=self.use)
            )
        if not isinstance(self.use.get("year", 0), int) and self.use.get("year") != "latest":
            raise FactorError(say("stand-in use = {use}; year is a whole number or 'latest'", use=self.use))
        if not self.reason:
            whose = self.activity or say("all activities")
            raise FactorError(say("the stand-in for {activity} needs a reason", activity=whose))

    @property
    def step(self) -> Said:
        """What a rate that was come by through it says of it."""
        kept = [str(x) for x in (self.activity, self.quantity, self.region, self.year) if x]
        use = ", ".join(str(v) for v in self.use.values())
        what = say("{key} -> {use}", key=" ".join(kept) or say("any"), use=use)
        return say("stand-in {what}: {reason}", what=what, reason=self.reason)

    def matches(self, activity: str, quantity: str, region: str, year: int) -> bool:
        return (
            self.activity in {"", activity}
            and self.quantity in {"", quantity}
            and self.region in {"", region}
            and self.year in {None, year}
        )


@dataclass(frozen=True)
class Gap:
    """A key that the case knows to have no rate: posted without one, and unknown wherever it counts."""

    activity: str
    quantity: str
    reason: str


@dataclass(frozen=True)
class Rules:
    """The case's decisions.

    Parameters
    ----------
    kinds : dict
        Rate quantity -> kind, e.g. ``{"energy_coal_rate": "supply"}``.
    stand_ins, gaps : tuple
        See :class:`StandIn` and :class:`Gap`.
    choices : dict
        Activity -> ``"low"``, ``"high"``, ``"middle"`` or a number within the range.
    gas_reference : str
        ``"0 °C"`` or ``"20 °C"`` for gas written in plain m3; blank refuses it.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    stand_ins: tuple[StandIn, ...] = ()
    gaps: tuple[Gap, ...] = ()
    choices: dict[str, Any] = field(default_factory=dict)
    gas_reference: str = ""

    def gap(self, activity: str, quantity: str) -> Gap | None:
        for gap in self.gaps:
            if gap.activity == activity and gap.quantity == quantity:
                return gap
        return None

    def normal_volume(self) -> float:
        """Nm3 (0 °C) in one m3 at the case's reference temperature, by the ideal-gas law (273.15 K / T)."""
        if self.gas_reference not in NORMAL_VOLUME:
            raise FactorError(
                say(
                    "gas in plain m3, and gas_reference is {written!r}: m3 at which temperature? Write Nm3, or set "
                    "gas_reference = '0 °C' or '20 °C' in the case",
                    written=self.gas_reference,
                )
            )
        return NORMAL_VOLUME[self.gas_reference]
