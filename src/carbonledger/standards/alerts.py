"""The tables of alert rules: how high the daily air quality index is for how long, and which level that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..messages import say

LEVELS = ("yellow", "orange", "red")
HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class Lasting:
    """A daily index of at least ``least`` for ``days`` days on end."""

    least: int
    days: int
    above: int | None = None

    @property
    def text(self) -> str:
        """In words, as the rule states it."""
        hours = self.days * HOURS_OF_A_DAY
        if self.above is None:
            return say("daily AQI of at least {value} for {hours} h", value=self.least, hours=hours)
        return say("daily AQI above {value} for {hours} h", value=self.above, hours=hours)


@dataclass(frozen=True)
class AlertRule:
    """One way to an alert level: everything in ``lasting`` within one episode, the longest first."""

    level: str
    lasting: tuple[Lasting, ...]
    source: str
    confidence: str

    @property
    def text(self) -> str:
        """In words."""
        first, *others = (part.text for part in self.lasting)
        for other in others:
            first = say("{one} and {other}", one=first, other=other)
        return first


def alert_rules_of(line: dict[str, Any], raw: dict[str, Any]) -> list[AlertRule]:
    """One rule: ``level`` and ``lasting = [{above = 200, hours = 48}, …]`` (``at_least`` for a value that counts itself)."""
    if line["level"] not in LEVELS:
        raise TypeError(say("level {found!r}; accepted: {known}", found=line["level"], known=", ".join(LEVELS)))
    parts = []
    for part in line["lasting"]:
        days, rest = divmod(part["hours"], HOURS_OF_A_DAY)
        if rest or days < 1:
            raise TypeError(say("{hours} hours; accepted: whole days, e.g. 48", hours=part["hours"]))
        above = part.get("above")
        parts.append(Lasting(part["at_least"] if above is None else above + 1, days, above))
    # the lowest index is the one that holds longest: the others lie within its days
    parts.sort(key=lambda p: p.least)
    source = line.get("source", raw["source"])
    return [AlertRule(line["level"], tuple(parts), source, line.get("confidence", raw["confidence"]))]
