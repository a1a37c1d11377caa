"""How messages name the parts of a scenario."""

from __future__ import annotations

from ..messages import Said, say
from ..scenario import Lever, Scenario


def told_by(scenario: Scenario, lever: Lever) -> Said:
    """A lever as its file has it; events are levers too, and keep their own table's name."""
    if lever in scenario.levers:
        return say("[[levers]] {name!r}", name=lever.name)
    return say("[[events]] {name!r}", name=lever.name)
