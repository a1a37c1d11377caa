"""The class of the water of each section and source over a period: the worst of its items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import Faults, TableError, nearest
from ..messages import say
from ..reasons import Reason
from ..standards import chosen
from .judging import WORSE, Judged, Rules, alternatives_of, joined, judged, pairs, rules_of
from .means import Averages
from .samples import BY, Periods, WaterSamples, periods_of
from .telling import exceeding_of, names_where, over, with_alternatives

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

Plan = Iterable[str] | Mapping[str, Iterable[str]]


@dataclass(frozen=True, eq=False)
class Classed:
    """Arrays [point, period]: class 1 to 6 (0 unknown), the worst class of what is there, and the reason."""

    step: npt.NDArray[np.int8]
    at_least: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int16]


def classes(
    samples: WaterSamples,
    *,
    by: str = "year",
    items: Plan | None = None,
    edition: str | Iterable[str] | None = None,
    region: str = "CN",
    minimum: int | Mapping[str, int] | None = None,
    alternatives: bool = True,
) -> xr.Dataset:
    """Single-factor classes of sections and sources.

    Parameters
    ----------
    samples : WaterSamples
        From :func:`read_water_samples`.
    by : str
        ``year``, ``quarter`` or ``month``.
    items : list of str, or dict of point to list, optional
        The items that the monitoring plan names, where it is not all 21; those shown apart never count.
    edition : str or list of str, optional
        Editions by name (``gb-3838-2002``, ``huanban-2011-22``); by default those in force on the last day of each
        period.
    region : str
        For the editions, e.g. ``CN-37``.
    minimum : int, or dict of item to int, optional
        Samples that a period needs of an item; by default those of the method.
    alternatives : bool
        Whether to judge again under each alternative of the unverified parameters.

    Returns
    -------
    Dataset. [point, period]: ``class`` (1 to 5, 6 worse than V, NaN with ``class_reason``), ``at_least`` (the worst
    class of the items that are there), ``quality`` and ``quality_zh`` (the words for the class), ``determining``,
    ``exceeding`` (items over class III with their multiples) and ``missing`` items, each also ``_zh``, and
    ``n_items`` that count. [point, period, item]: ``value`` [unit of the item], ``item_class`` with ``item_reason``,
    ``multiple`` over class III [1], ``samples`` and ``below_detection``. With alternatives ``class_under``
    [alternative, point, period] and ``depends``, the alternatives under which the class differs. Coordinates
    ``limit_edition`` and ``edition`` [period]; ``point_entity``, ``kind``, ``water``, ``zone`` [point].

    Raises
    ------
    TableError
        Unknown periods, items or points of the plan.
    EditionError
        If no edition is in force in a period.

    Notes
    -----
    GB 3838-2002, 5.1 and Table 1; 环办[2011]22号, parts 1 and 2: mean over the period first, then the worst class of
    the items. A mean equal to a limit keeps it; means are compared as exact decimals. A class worse than V is known
    from one item, any other needs all.
    """
    plan = plan_of(samples, by, items)
    periods, averages, rules = prepared(samples, by, edition, region)
    base = judged_all(averages, rules, minimum)
    found = classed(base, plan, rules, samples)
    made = dataset(samples, periods, rules, base, plan, found)
    if not alternatives:
        return made
    labels = alternatives_of(averages, rules, minimum)
    under = []
    for label in labels:
        changed = [r.under(label) for r in rules]
        under.append(classed(judged_all(averages, changed, minimum), plan, changed, samples).step)
    return with_alternatives(made, labels, under, found.step, "class")


def prepared(
    samples: WaterSamples, by: str, edition: str | Iterable[str] | None, region: str
) -> tuple[Periods, Averages, list[Rules]]:
    """Periods, means and editions of samples."""
    periods = periods_of(samples, by)
    return periods, Averages(samples, periods), rules_of(periods, chosen(edition, region))


def judged_all(averages: Averages, rules: list[Rules], minimum: int | Mapping[str, int] | None) -> Judged:
    """The classes of all items, each period under its own editions."""
    needed = minimum if minimum is None or isinstance(minimum, int) else dict(minimum)
    return joined([(judged(averages, pair, needed), places) for pair, places in pairs(rules)])


def plan_of(samples: WaterSamples, by: str, items: Plan | None) -> dict[str, frozenset[str]] | None:
    """The items of each point's plan, or ``None``: all that count.

    Raises
    ------
    TableError
        Unknown periods, items and points: all at once.
    """
    faults, items = Faults(), items if items is None or isinstance(items, Mapping) else list(items)
    if by not in BY:
        what = say("unknown {column} {name!r}{near}", column="by", name=by, near=nearest(by, list(BY)))
        faults.add(what, mend=say("Accepted: {names}", names=", ".join(BY)))
    points = [str(p) for p in samples.points["point"]]
    of_point = items if isinstance(items, Mapping) else {p: items or () for p in points}
    for point in (p for p in of_point if p not in points):
        what = say("point {name!r} is not in the points table{near}", name=point, near=nearest(point, points))
        faults.add(what, mend=say("Name the points as the samples do"))
    made = {}
    for point, written in of_point.items():
        names = {w: samples.items.find(w) for w in written}
        for w in (w for w, name in names.items() if name is None):
            faults.add(say("unknown item {name!r}{near}", name=w, near=samples.items.near(w)), mend=say("Name an item"))
        made[point] = frozenset(name for name in names.values() if name)
    faults.raise_as(TableError, say("monitoring plan"))
    return None if items is None else made


def wanted(
    samples: WaterSamples, plan: dict[str, frozenset[str]] | None, counted: Iterable[str]
) -> npt.NDArray[np.bool_]:
    """Which items make the class of each point [point, item]; a point without a plan of its own needs all."""
    import numpy as np

    names, every = samples.items.names, frozenset(counted)
    of_point = [every if plan is None else every & plan.get(str(p), every) for p in samples.points["point"]]
    return np.array([[item in want for item in names] for want in of_point], dtype=bool).reshape(-1, len(names))


def classed(
    found: Judged, plan: dict[str, frozenset[str]] | None, rules: list[Rules], samples: WaterSamples
) -> Classed:
    """The worst class of the items that count, and whether it is known."""
    import numpy as np

    want = np.stack([wanted(samples, plan, r.counted) for r in rules], axis=1)
    return worst(found, want)


def worst(found: Judged, want: npt.NDArray[np.bool_]) -> Classed:
    """The worst class of wanted items [point, period, item]; known where none is missing or one is worse than V."""
    import numpy as np

    at_least = np.where(want, found.step, 0).max(axis=2, initial=0).astype(np.int8)
    lacking = want & (found.step == 0)
    whole = (~lacking.any(axis=2) & want.any(axis=2)) | (at_least == WORSE)
    no_rows = ~(want & (found.reason != Reason.NO_ROWS)).any(axis=2)
    few = (~lacking | (found.reason == Reason.SAMPLES_MISSING)).all(axis=2)
    why = np.where(no_rows, Reason.NO_ROWS, np.where(few, Reason.SAMPLES_MISSING, Reason.ITEMS_MISSING))
    reason = np.where(whole, Reason.OK, why).astype(np.int16)
    return Classed(np.where(whole, at_least, 0).astype(np.int8), at_least, reason)


def dataset(
    samples: WaterSamples,
    periods: Periods,
    rules: list[Rules],
    base: Judged,
    plan: dict[str, frozenset[str]] | None,
    found: Classed,
) -> xr.Dataset:
    """Classes and what they rest on."""
    import numpy as np
    import xarray as xr

    want = np.stack([wanted(samples, plan, r.counted) for r in rules], axis=1)
    dims, flags = ("point", "period"), {"units": "1", "flag_values": list(range(1, WORSE + 1))}
    flags |= {"flag_meanings": "I II III IV V worse_than_V"}
    step = found.step[..., None]
    multiple, text = over(samples, base, rules, np.full(found.step.shape, 3))
    lists = {
        "determining": names_where(samples, want & (base.step == step) & (step > 1)),
        "exceeding": exceeding_of(samples, want & (base.step > 3), base.step, text),
        "missing": names_where(samples, want & (base.step == 0)),
    }
    made: dict[str, Any] = {
        "class": (dims, known_only(found.step), flags),
        "class_reason": (dims, found.reason, reasons.attrs()),
        "at_least": (dims, known_only(found.at_least), flags),
        "n_items": (dims, (want & (base.step > 0)).sum(axis=2), {"units": "1"}),
    }
    words = [{q.step: q for q in r.method.table("water_qualities")} for r in rules]
    for tail in ("", "_zh"):
        told = [[getattr(words[k][s], tail[1:] or "en") if s else "" for k, s in enumerate(row)] for row in found.step]
        made[f"quality{tail}"] = (dims, np.array(told, dtype=object).reshape(found.step.shape))
        made |= {f"{name}{tail}": (dims, both[bool(tail)]) for name, both in lists.items()}
    made |= of_items(samples, base, multiple)
    return xr.Dataset(
        made, coordinates(samples, periods, rules), {"by": periods.by, "about": "classes", "unverified": []}
    )


def known_only(step: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
    """Classes as numbers, NaN where there is none."""
    import numpy as np

    return np.where(step > 0, step, np.nan)


def of_items(samples: WaterSamples, base: Judged, multiple: npt.NDArray[np.float64]) -> dict[str, Any]:
    """What is known of each item."""
    import numpy as np

    dims = ("point", "period", "item")
    value = np.stack([m.value() for m in base.mean], axis=2)
    return {
        "value": (dims, np.where(base.known, value, np.nan), {"long_name": "mean of the period, unit by item"}),
        "item_class": (dims, known_only(base.step), {"units": "1"}),
        "item_reason": (dims, base.reason, reasons.attrs()),
        "multiple": (dims, multiple, {"units": "1", "long_name": "above the limit, over the limit; NaN: not above"}),
        "samples": (dims, base.n, {"units": "1"}),
        "below_detection": (dims, base.below, {"units": "1"}),
    }


def coordinates(samples: WaterSamples, periods: Periods, rules: list[Rules]) -> dict[str, Any]:
    """Points with what they are, periods with their editions, items with their names and units."""
    about = [samples.items.about[name] for name in samples.items.names]
    columns = {"point_entity": "entity", "kind": "kind", "water": "water", "zone": "zone"}
    of_point = {name: ("point", samples.points[c].to_numpy(dtype=str)) for name, c in columns.items()}
    return {
        "point": samples.points["point"].to_numpy(dtype=str),
        "period": periods.labels,
        "item": list(samples.items.names),
        **of_point,
        "year": ("period", periods.years),
        "limit_edition": ("period", [r.limits.name for r in rules]),
        "edition": ("period", [r.method.name for r in rules]),
        "item_zh": ("item", [a.zh for a in about]),
        "unit": ("item", [a.unit for a in about]),
    }
