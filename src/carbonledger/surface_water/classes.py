"""The class of the water of each section and source over a period: the worst of its items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..reasons import Reason
from .asking import Minimum, Plan, asked
from .judging import WORSE, Judged, Rules, alternatives_of, joined, judged, pairs
from .means import Averages
from .samples import Periods, WaterSamples
from .telling import exceeding_of, names_where, over, parameters_of, with_alternatives

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr


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
    minimum: Minimum = None,
    options: Mapping[str, str] | None = None,
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
    options : dict of parameter to alternative, optional
        What is taken in place of the default of an unverified parameter, e.g. ``{"below_detection": "zero"}``.
    alternatives : bool
        Whether to judge again under each alternative of the unverified parameters.

    Returns
    -------
    Dataset. [point, period]: ``class`` (1 to 5, 6 worse than V, NaN with ``class_reason``), ``at_least`` (the worst
    class of the items that are there), ``quality`` and ``quality_zh`` (the words for the class), ``determining``,
    ``exceeding`` (items over class III with their multiples) and ``missing`` items, each also ``_zh``, and
    ``n_items`` that count. [point, period, item]: ``value`` [unit of the item], ``item_class`` with ``item_reason``,
    ``multiple`` over class III [1], ``samples`` and ``below_detection``. With alternatives ``class_under`` and
    ``at_least_under`` [alternative, point, period] and ``depends``, the alternatives under which the class differs.
    Coordinates ``limit_edition`` and ``edition`` [period]; ``point_entity``, ``kind``, ``water``, ``zone`` [point].
    Attributes ``unverified`` (the parameters that may bear on the result) and ``options``.

    Raises
    ------
    TableError
        Unknown periods, items or points of the plan; a minimum that is no number of samples.
    EditionError
        If no edition is in force in a period; editions and options that are unknown or of other standards.

    Notes
    -----
    GB 3838-2002, 5.1 and Table 1; 环办[2011]22号, parts 1 and 2: mean over the period first, then the worst class of
    the items. A mean equal to a limit keeps it; means are compared as exact decimals. A class worse than V is known
    from one item, any other needs all.
    """
    asking = asked(samples, by, items, minimum, edition, region, options)
    averages, plan, rules = Averages(samples, asking.periods), asking.plan, asking.rules
    base = judged_all(averages, rules, asking.minimum)
    found = classed(base, plan, rules, samples)
    labels = alternatives_of(averages, rules, asking.minimum)
    made = dataset(samples, asking.periods, rules, base, plan, found)
    made = made.assign_attrs(unverified=parameters_of(labels), options=asking.options)
    if not alternatives:
        return made
    under = []
    for label in labels:
        changed = [r.under(label) for r in rules]
        under.append(classed(judged_all(averages, changed, asking.minimum), plan, changed, samples))
    return with_classes(made, labels, under, found)


def judged_all(averages: Averages, rules: list[Rules], minimum: int | dict[str, int] | None) -> Judged:
    """The classes of all items, each period under its own editions."""
    return joined([(judged(averages, pair, minimum), places) for pair, places in pairs(rules)])


def with_classes(
    made: xr.Dataset, labels: list[str], under: list[Classed], base: Classed, depends: str = "depends"
) -> xr.Dataset:
    """The class and the worst class of what is there under each alternative."""
    made = with_alternatives(made, labels, [c.step for c in under], base.step, "class", depends)
    return with_alternatives(made, labels, [c.at_least for c in under], base.at_least, "at_least", "")


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
    few = (~lacking | (found.reason == Reason.SAMPLES_MISSING)).all(axis=2) & want.any(axis=2)
    why = np.where(few, Reason.SAMPLES_MISSING, Reason.ITEMS_MISSING)
    why = np.where(no_rows & want.any(axis=2), Reason.NO_ROWS, why)
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
    return xr.Dataset(made, coordinates(samples, periods, rules), {"by": periods.by, "about": "classes"})


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
