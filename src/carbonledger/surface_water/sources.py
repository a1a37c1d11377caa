"""Drinking-water sources: whether each keeps what its zone demands, and the share of the intake that does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..errors import TableError
from ..messages import say
from ..reasons import Reason
from .asking import Minimum, Plan, asked
from .classes import classed, coordinates, judged_all, known_only, of_items, wanted, with_classes, worst
from .intake import with_rates
from .judging import WORSE, Judged, Rules, alternatives_of
from .means import Averages
from .samples import Periods, WaterSamples
from .telling import exceeding_of, names_where, over, parameters_of, with_alternatives

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

UNKNOWN, ATTAINED, EXCEEDED = 0, 1, 2


def sources(
    samples: WaterSamples,
    intake: pd.DataFrame | None = None,
    *,
    by: str = "year",
    items: Plan | None = None,
    edition: str | Iterable[str] | None = None,
    region: str = "CN",
    minimum: Minimum = None,
    options: Mapping[str, str] | None = None,
    alternatives: bool = True,
) -> xr.Dataset:
    """Whether drinking-water sources are attained, and how much of the water taken comes from those that are.

    Parameters
    ----------
    samples : WaterSamples
        From :func:`read_water_samples` with points, of which those of the kind ``source`` are judged.
    intake : DataFrame, optional
        From :func:`read_intake`.
    by, edition, region, minimum, options, alternatives
        See :func:`classes`.
    items : list of str, or dict of point to list, optional
        The items that the monitoring plan names; by default the 21 base items, the 5 supplements, and the specific
        items that were sampled in the period.

    Returns
    -------
    Dataset. [point, period]: ``attained`` (0 unknown, 1 attained, 2 exceeded) with ``attained_reason``,
    ``required_class``, ``class`` of the base items with ``class_reason`` and ``at_least``, ``exceeding``,
    ``exceeding_apart`` (items that are shown and do not decide) and ``missing``, each also ``_zh``. [point, period,
    item]: as :func:`classes`, ``multiple`` over the limit of the required class [1]. With alternatives
    ``attained_under`` with ``depends``, ``class_under`` and ``at_least_under`` with ``class_depends``. [entity,
    period]: ``source_attainment_rate`` (sources attained over sources) and, with an intake, ``water_attainment_rate``
    (intake of those attained over all) [%], each with ``_reason``; with alternatives ``entity_depends``. With an
    intake, ``intake`` [m3 or t] by point and period. Attributes as :func:`classes`.

    Raises
    ------
    TableError
        No sources; an intake of what is none; unknown periods, items or points of the plan; a minimum that is no
        number of samples.
    EditionError
        If no edition is in force in a period; editions and options that are unknown or of other standards.

    Notes
    -----
    GB 3838-2002, 3 and Tables 1 to 3: class II in protection zone I, else III, and the single limits of supplements
    and specific items. A source is attained if every item keeps its limit, exceeded if one does not, whatever is
    missing. That the reference items do not decide is unverified, as is the rate by water.
    """
    asking = asked(samples, by, items, minimum, edition, region, options)
    here, periods, plan, rules = _only_sources(samples), asking.periods, asking.plan, asking.rules
    averages = Averages(here, periods)
    base, required = judged_all(averages, rules, asking.minimum), _required(here, rules)
    verdict = _verdict(base, _wanted(here, plan, rules, base), required)
    labels = alternatives_of(averages, rules, asking.minimum, with_sources=True)
    made = _dataset(here, periods, rules, base, plan, required)
    made = made.assign_attrs(unverified=parameters_of(labels), options=asking.options)
    if not alternatives:
        return with_rates(made, here, periods, intake, verdict, [])
    under, found = [], []
    for label in labels:
        changed = [r.under(label) for r in rules]
        other = judged_all(averages, changed, asking.minimum)
        under.append(_verdict(other, _wanted(here, plan, changed, other), _required(here, changed)))
        found.append(classed(other, plan, changed, here))
    made = with_classes(made, labels, found, classed(base, plan, rules, here), "class_depends")
    made = with_alternatives(made, labels, under, verdict, "attained")
    return with_rates(made, here, periods, intake, verdict, list(zip(labels, under, strict=True)))


def _only_sources(samples: WaterSamples) -> WaterSamples:
    """The samples of the drinking-water sources.

    Raises
    ------
    TableError
        If no point is one.
    """
    import numpy as np

    which = (samples.points["kind"] == "source").to_numpy()
    if not which.any():
        mend = say("Give a points table with the kind 'source'")
        raise TableError(say("{what}. {mend}", what=say("no drinking-water source among the points"), mend=mend))
    place = np.where(which, np.cumsum(which) - 1, -1)
    code = samples.rows["point"].to_numpy()
    rows = samples.rows[which[code]]
    rows = rows.assign(point=place[rows["point"].to_numpy()])
    points = samples.points[which].reset_index(drop=True)
    return WaterSamples(rows, samples.scale, points, samples.items, samples.left_out)


def _required(samples: WaterSamples, rules: list[Rules]) -> npt.NDArray[np.int8]:
    """The class that each source must attain in each period."""
    import numpy as np

    of_zone = [r.method.rule("source_class") for r in rules]
    return np.array([[c[zone or "unzoned"] for c in of_zone] for zone in samples.points["zone"]], dtype=np.int8)


def _wanted(
    samples: WaterSamples, plan: dict[str, frozenset[str]] | None, rules: list[Rules], base: Judged
) -> npt.NDArray[np.bool_]:
    """Which items decide on each source in each period: base and supplements, and what else is sampled."""
    import numpy as np

    names = samples.items.names
    extra = np.array([samples.items.about[n].group == "specific" for n in names])
    made = []
    for k, r in enumerate(rules):
        supplements = [c.item for c in r.limits.table("water_limits") if c.group == "supplement"]
        specific = [n for n, is_extra in zip(names, extra, strict=True) if is_extra]
        want = wanted(samples, plan, [*r.counted, *supplements, *specific])
        want &= ~extra | (base.n[:, k] > 0)
        apart = np.isin(names, r.method.rule("reference_items_of_sources"))
        made.append(want | (apart & (base.step[:, k] > 0)))
    return np.stack(made, axis=1)


def _verdict(base: Judged, want: npt.NDArray[np.bool_], required: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    import numpy as np

    over_limit = (want & (base.step > required[..., None])).any(axis=2)
    missing = (want & (base.step == 0)).any(axis=2) | ~want.any(axis=2)
    return np.where(over_limit, EXCEEDED, np.where(missing, UNKNOWN, ATTAINED)).astype(np.int8)


def _dataset(
    samples: WaterSamples,
    periods: Periods,
    rules: list[Rules],
    base: Judged,
    plan: dict[str, frozenset[str]] | None,
    required: npt.NDArray[np.int8],
) -> xr.Dataset:
    import numpy as np
    import xarray as xr

    want = _wanted(samples, plan, rules, base)
    verdict = _verdict(base, want, required)
    of_class = classed(base, plan, rules, samples)
    why = np.where(verdict == UNKNOWN, worst(base, want).reason, Reason.OK).astype(np.int16)
    multiple, text = over(samples, base, rules, required)
    above = base.step > required[..., None]
    lists = {
        "exceeding": exceeding_of(samples, want & above, base.step, text),
        "exceeding_apart": exceeding_of(samples, ~want & above, base.step, text),
        "missing": names_where(samples, want & (base.step == 0)),
    }
    dims = ("point", "period")
    steps = {"units": "1", "flag_values": list(range(1, WORSE + 1)), "flag_meanings": "I II III IV V worse_than_V"}
    made: dict[str, Any] = {
        "attained": (dims, verdict, {"flag_values": [0, 1, 2], "flag_meanings": "unknown attained exceeded"}),
        "attained_reason": (dims, why, reasons.attrs()),
        "required_class": (dims, required, steps),
        "class": (dims, known_only(of_class.step), steps),
        "class_reason": (dims, of_class.reason, reasons.attrs()),
        "at_least": (dims, known_only(of_class.at_least), steps),
    }
    for tail in ("", "_zh"):
        made |= {f"{name}{tail}": (dims, both[bool(tail)]) for name, both in lists.items()}
    made |= of_items(samples, base, multiple)
    about = {"by": periods.by, "about": "sources"}
    return xr.Dataset(made, coordinates(samples, periods, rules), about)
