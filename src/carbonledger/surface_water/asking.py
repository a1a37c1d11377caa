"""What a caller asks of samples: periods, the items of a monitoring plan, samples that are needed, editions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral

from ..errors import Faults, TableError, nearest
from ..messages import say
from ..standards import chosen
from .items import STANDARD
from .judging import METHOD, Rules, rules_of
from .samples import BY, Periods, WaterSamples, periods_of

Plan = Iterable[str] | Mapping[str, Iterable[str]]
Minimum = int | Mapping[str, int] | None


@dataclass(frozen=True, eq=False)
class Asked:
    """Periods with their editions; the items of each point's plan (``None``: all that count) and the samples needed."""

    periods: Periods
    rules: list[Rules]
    plan: dict[str, frozenset[str]] | None
    minimum: int | dict[str, int] | None
    options: list[str]


def asked(
    samples: WaterSamples,
    by: str,
    items: Plan | None,
    minimum: Minimum,
    edition: str | Iterable[str] | None,
    region: str,
    options: Mapping[str, str] | None,
) -> Asked:
    """A question, checked: see :func:`carbonledger.surface_water.classes`.

    Raises
    ------
    TableError
        Unknown periods, items and points, numbers of samples that are none: all at once.
    EditionError
        Editions and options that are unknown or of other standards; no edition in force in a period.
    """
    faults = Faults()
    if by not in BY:
        what = say("unknown {column} {name!r}{near}", column="by", name=by, near=nearest(str(by), list(BY)))
        faults.add(what, mend=say("Accepted: {names}", names=", ".join(BY)))
    plan, needed = _plan(samples, items, faults), _minimum(samples, minimum, faults)
    faults.raise_as(TableError, say("monitoring plan"))
    named = chosen(edition, region, options).only(STANDARD, METHOD)
    periods = periods_of(samples, by)
    return Asked(periods, rules_of(periods, named), plan, needed, named.said)


def _plan(samples: WaterSamples, items: Plan | None, faults: Faults) -> dict[str, frozenset[str]] | None:
    if items is None:
        return None
    points = [str(p) for p in samples.points["point"]]
    several = items if isinstance(items, Mapping) else {p: items for p in points}
    of_point = {point: list(written) for point, written in several.items()}
    for point in (p for p in of_point if p not in points):
        what = say("point {name!r} is not in the points table{near}", name=point, near=nearest(str(point), points))
        faults.add(what, mend=say("Name the points as the samples do"))
    for point in (p for p, written in of_point.items() if not written):
        faults.add(say("the plan of {name!r} names no item", name=point), mend=say("Name an item"))
    return {point: frozenset(_found(samples, written, faults)) for point, written in of_point.items()}


def _minimum(samples: WaterSamples, minimum: Minimum, faults: Faults) -> int | dict[str, int] | None:
    if minimum is None:
        return None
    several = minimum if isinstance(minimum, Mapping) else {"": minimum}
    for n in several.values():
        if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
            faults.add(
                say("a minimum of {found!r} samples", found=n), mend=say("Write a whole number of samples from 1 on")
            )
    if not isinstance(minimum, Mapping):
        return int(minimum) if isinstance(minimum, Integral) else 1
    return {name: n for written, n in minimum.items() for name in _found(samples, [written], faults)}


def _found(samples: WaterSamples, written: Iterable[str], faults: Faults) -> list[str]:
    """The items by whatever names."""
    names = {w: samples.items.find(w) for w in written}
    for w in (w for w, name in names.items() if name is None):
        faults.add(say("unknown item {name!r}{near}", name=w, near=samples.items.near(w)), mend=say("Name an item"))
    return [name for name in names.values() if name]
