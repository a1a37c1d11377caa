"""What the checks of a scenario look up by name, and the faults of names that are not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import units
from ..errors import nearest
from ..messages import say
from .forms import Place, Places
from .nouns import Axis, Recipe, Scenario


@dataclass(frozen=True)
class Known:
    """What the checks of one lever look up.

    Attributes
    ----------
    years : tuple of int
        The projected years; blank where they are at fault themselves.
    doubtful : set of str
        Axes with a fault of their own in what their levels are.
    unclear : set of str
        Recipes whose unit is none.
    """

    scenario: Scenario
    places: Places
    axes: dict[str, Axis]
    recipes: dict[str, Recipe]
    years: tuple[int, ...]
    doubtful: frozenset[str] = frozenset()
    unclear: frozenset[str] = frozenset()


def check_word(key: str, value: Any, accepted: tuple[str, ...], faults: Place) -> bool:
    """Whether a value is one of the accepted words."""
    if value not in accepted and faults.has(key):
        near = nearest(str(value), list(accepted))
        what = say("unknown {key} {name!r}{near}", key=key, name=value, near=near)
        faults.add(what, say("Accepted: {names}", names=", ".join(accepted)))
    return value in accepted


def check_axis_name(name: str, known: Known, faults: Place, key: str = "axis") -> Axis | None:
    """The axis of this name, or a fault."""
    if name not in known.axes and faults.has(key) and known.places.of().has("axes"):
        what = say("unknown axis {name!r}{near}", name=name, near=nearest(name, list(known.axes)))
        faults.add(what, say("Add [[axes]] with this name, or correct it"))
    return known.axes.get(name)


def wrong_dimension(what: str, wanted: str, unit: str, example: str, faults: Place) -> None:
    """The fault of a level in a unit that cannot be converted into the one wanted."""
    values = {"what": what, "unit": unit, "dimension": units.dimension_named(unit), "wanted": wanted}
    found = say("{what} takes a level in {wanted!r}, not in {unit!r} ({dimension})", **values)
    if wanted == "1":
        found = say("{what} takes a ratio, not a level in {unit!r} ({dimension})", **values)
    faults.add(found, say("Write the level with its unit, e.g. {example!r}", example=example))
