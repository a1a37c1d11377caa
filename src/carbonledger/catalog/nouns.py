"""What the catalogue holds: quantities that add, states that do not, indicators that divide."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import formulas
from ..errors import CatalogError, nearest
from ..messages import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Quantity:
    """What adds over entities: what counts towards it, with which sign and which rate."""

    name: str
    zh: str
    en: str
    unit: str
    rate: dict[str, str]
    counts: dict[str, dict[str, int]]
    counts_of_which: dict[str, dict[str, int]] = field(default_factory=dict)
    counts_zero: dict[str, list[str]] = field(default_factory=dict)
    kind: dict[str, str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)
    requires: list[str] = field(default_factory=list)
    equal_value: bool = False
    gas: str = ""

    def sign(self, activity: str, kind: str, flow: str, of_which: bool) -> int:
        """+1 or -1 where a row counts, 0 where it does not; an activity's own line overrides its class's."""
        counts = self.counts_of_which if of_which else self.counts
        return counts.get(activity, counts.get(kind, {})).get(flow, 0)


@dataclass(frozen=True)
class State:
    """What does not add: a share, a growth rate, a concentration."""

    name: str
    zh: str
    en: str
    unit: str


@dataclass(frozen=True)
class Indicator:
    """An intensive figure: a formula, what its arguments are bound to, and the effect each must have."""

    name: str
    zh: str
    en: str
    formula: str
    bound: dict[str, str]
    unit: str
    better: str
    sign: dict[str, str]
    baseline: int | str | None = None

    @property
    def function(self) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(formulas, self.formula)
        return found

    @property
    def arguments(self) -> list[str]:
        return list(inspect.signature(self.function).parameters)

    def source_of(self, argument: str) -> tuple[str, bool]:
        """The quantity or state that an argument is bound to, and whether it is the baseline year's."""
        if argument in self.bound:
            return self.bound[argument], False
        plain = argument.removeprefix("base_")
        return self.bound.get(plain, plain), plain != argument


@dataclass(frozen=True)
class Catalog:
    """Quantities, states and indicators by name."""

    quantities: dict[str, Quantity]
    states: dict[str, State]
    indicators: dict[str, Indicator]

    def unit_of(self, name: str) -> str:
        return (self.quantities.get(name) or self.states[name]).unit

    def indicator(self, name: str) -> Indicator:
        if name not in self.indicators:
            near = nearest(name, list(self.indicators))
            raise CatalogError(say("unknown indicator {name!r}{near}", name=name, near=near))
        return self.indicators[name]

    def quantities_for(self, names: Iterable[str]) -> list[str]:
        """The quantities that the named indicators are made of."""
        found: dict[str, None] = {}
        for name in names:
            indicator = self.indicator(name)
            for argument in indicator.arguments:
                source, _ = indicator.source_of(argument)
                if source in self.quantities:
                    found[source] = None
        return list(found)
