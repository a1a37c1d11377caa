"""What is written beside a class: items by name, multiples over a limit, and what a result depends on."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..rounding import Ratio
from .judging import Judged, Rules
from .samples import WaterSamples

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

MULTIPLE_DECIMALS = 2


def over(
    samples: WaterSamples, base: Judged, rules: list[Rules], required: npt.NDArray[Any]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Multiples over the limit of the required class [point, period], and the same as text, [point, period, item].

    The multiple is (mean - limit) / limit where the mean is above; temperature, pH and dissolved oxygen have none
    (环办[2011]22号, part 2).
    """
    import numpy as np

    multiple = np.full(base.step.shape, np.nan)
    text = np.full(base.step.shape, "", dtype=object)
    water = samples.points["water"].to_numpy(dtype=str)
    for kind, (j, r) in itertools.product(("river", "lake"), enumerate(rules)):
        for step in set(required[water == kind, j].tolist()):
            here = np.flatnonzero((water == kind) & (required[:, j] == step))
            for k, item in enumerate(samples.items.names):
                limit = r.limit(item, kind, samples.items.specific)
                if limit is not None and limit.relation == "<=" and item not in r.method.rule("no_multiple"):
                    _fill(multiple, text, base, (here, j, k), limit.limits[step - 1])
    return multiple, text


def _fill(
    multiple: npt.NDArray[np.float64],
    text: npt.NDArray[np.object_],
    base: Judged,
    place: tuple[Any, int, int],
    limit: Fraction,
) -> None:
    here, j, k = place
    mean = Ratio(base.mean[k].num[here, j], base.mean[k].den[here, j])
    above = base.known[here, j, k] & ~mean.at_most(limit)
    if above.any():
        excess = Ratio(mean.num[above], mean.den[above]).over(limit)
        multiple[here[above], j, k] = excess.value()
        printed = excess.rounded(MULTIPLE_DECIMALS).value()
        text[here[above], j, k] = [f"{v:.{MULTIPLE_DECIMALS}f}" for v in printed]


def names_where(
    samples: WaterSamples, which: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """The items of each point and period for which ``which`` [point, period, item] holds, in English and Chinese."""
    return (_listed(samples.items.names, which), _listed(_chinese(samples), which))


def _chinese(samples: WaterSamples) -> tuple[str, ...]:
    return tuple(samples.items.about[name].zh for name in samples.items.names)


def _listed(names: tuple[str, ...], which: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    import numpy as np

    made = np.full(which.shape[:2], "", dtype=object)
    for p, t in np.argwhere(which.any(axis=2)):
        made[p, t] = "; ".join(names[k] for k in np.flatnonzero(which[p, t]))
    return made


def exceeding_of(
    samples: WaterSamples, which: npt.NDArray[np.bool_], step: npt.NDArray[np.int8], text: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """The items over the limit, worst class first, then the largest multiple, as ``name (multiple)``."""
    import numpy as np

    made = (np.full(which.shape[:2], "", dtype=object), np.full(which.shape[:2], "", dtype=object))
    languages = (samples.items.names, _chinese(samples))
    for p, t in np.argwhere(which.any(axis=2)):
        items = sorted(np.flatnonzero(which[p, t]), key=lambda k: (-step[p, t, k], -float(text[p, t, k] or -1), k))
        for names, into in zip(languages, made, strict=True):
            into[p, t] = "; ".join(names[k] + (f" ({text[p, t, k]})" if text[p, t, k] else "") for k in items)
    return made


def with_alternatives(
    found: xr.Dataset,
    labels: list[str],
    under: list[npt.NDArray[Any]],
    base: npt.NDArray[Any],
    name: str,
    depends: str = "depends",
) -> xr.Dataset:
    """What each alternative would give, and, as ``depends`` if it has a name, under which the result differs.

    0 stands for unknown, and is NaN in what is no verdict.
    """
    import numpy as np

    stacked = np.array(under, dtype=np.int8).reshape(len(labels), *base.shape)
    values: Any = stacked if name == "attained" else np.where(stacked > 0, stacked, np.nan)
    dims, attrs = found[name].dims, found[name].attrs
    found = found.assign_coords(alternative=labels)
    found[f"{name}_under"] = (("alternative", *dims), values, attrs)
    if not depends:
        return found
    text = np.full(base.shape, "", dtype=object)
    for p, t in np.argwhere((stacked != base).any(axis=0)):
        text[p, t] = "; ".join(labels[k] for k in np.flatnonzero(stacked[:, p, t] != base[p, t]))
    found[depends] = (dims, text, {"long_name": "alternatives under which the result differs"})
    return found


def parameters_of(labels: list[str]) -> list[str]:
    """The parameters of ``parameter: alternative``."""
    return list(dict.fromkeys(label.split(": ", 1)[0] for label in labels))
