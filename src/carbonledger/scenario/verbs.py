"""What each verb of a lever takes: in which unit its level counts, within which bounds, with which other keys."""

from __future__ import annotations

from .. import units
from ..messages import Said, say
from .bounds import ABOVE_LOSS, NEVER_NEGATIVE, POSITIVE, RATE, SHARE, Bounds
from .nouns import Axis, Lever, Recipe, Scenario

ACTS = ("policy", "uncertainty")
ONE_OF = ("entity", "district", "enterprise")  # where an added amount may stand
ONLY_WITH = {
    "into": ("move",),
    "efficiency": ("move",),
    "recipe": ("add",),
    "component": ("scale",),
    "cost": ("scale", "move", "add"),
}
EXAMPLES = {"scale": "95 %", "move": "20 %", "grow": "2 %"}
_BOUNDS = {"scale": NEVER_NEGATIVE, "move": SHARE, "grow": ABOVE_LOSS, "rate": RATE}


def bounds_of(lever: Lever) -> Bounds:
    """The levels, as a ratio (of a rate: as they stand), that a lever can take."""
    return POSITIVE if lever.verb == "scale" and lever.path == "geometric" else _BOUNDS.get(lever.verb, Bounds())


def unit_of(lever: Lever, axes: dict[str, Axis]) -> str:
    """The unit of the levels of a lever: that of its axis, or its own."""
    return axes[lever.axis].unit if lever.axis in axes else lever.unit


def canonical_unit(lever: Lever, unit: str, recipes: dict[str, Recipe]) -> str:
    """The unit in which a verb counts: a ratio, a ratio a year, what the recipe counts, or (``rate``) any."""
    if lever.verb == "grow" and units.same_dimension(unit, "1/a"):
        return "1/a"
    if lever.verb == "add":
        return recipes[lever.recipe].unit if lever.recipe in recipes else unit
    return unit if lever.verb == "rate" else "1"


def unit_factor(lever: Lever, scenario: Scenario) -> float:
    """How many of what its verb counts one unit of a lever's level is; 1 for ``rate``, whose rates the case knows."""
    unit = unit_of(lever, {axis.name: axis for axis in scenario.axes})
    return units.factor(unit, canonical_unit(lever, unit, {recipe.name: recipe for recipe in scenario.recipes}))


def no_path(lever: Lever) -> tuple[Said, Said] | None:
    """Why a lever takes no path, and what to write; None if it takes one."""
    if lever.acts == "uncertainty":
        return say("uncertainty acts in every year alike: no path and no to"), say("Delete them, or acts")
    if lever.verb == "grow":
        return say("grow takes no path"), say("Write by_year for rates that change")
    if lever.by_year:
        return say("by_year is its own path: no path and no to"), say("Keep one of the two")
    return None
