"""Totals where nothing collapses: one level for each enterprise and carrier, written twice - plain NumPy and compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .monomials import Plan, wide_plan
from .products import dense_totals, multipliers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

WIDE_COMPILED_FROM = 20_000_000  # scenarios x years x signatures; below, NumPy is done before the kernel is loaded
_AT_ONCE = 500_000  # products that the plain road keeps at a time


def wide_totals(
    levels: npt.NDArray[np.float64],
    narrow: npt.NDArray[np.float64],
    rest: npt.NDArray[np.int64],
    wide: npt.NDArray[np.int64],
    path_of: npt.NDArray[np.int64],
    power: npt.NDArray[np.integer[Any]],
    offset: npt.NDArray[np.float64],
    a: npt.NDArray[np.float64],
    b: npt.NDArray[np.float64],
    class_start: npt.NDArray[np.int64],
    coefficients: npt.NDArray[np.float64],
    *,
    plan: Plan | None = None,
    in_all: int = 0,
) -> npt.NDArray[np.float64]:
    """Totals of signatures that have a level of their own.

    The product of a signature is that of its narrow columns times up to W wide ones. Signatures are sorted by class,
    and each class has ``q`` outputs of its own. A total that an unknown level, product or coefficient touches is NaN;
    a level is not used in years in which its slope or exponent is 0, and nothing is where a multiplier is 0 whatever
    the level.

    Parameters
    ----------
    levels : float64 [scenario, wide column]
    narrow : float64 [scenario, year, narrow product]
    rest : int64 [signature]
        Narrow product of each signature.
    wide : int64 [W, signature]
        Wide columns of each signature; -1: none.
    path_of, power, offset, a, b
        From levels to multipliers, as in ``multipliers``.
    class_start : int64 [class + 1]
        First signature of each class, and the number of signatures.
    coefficients : float64 [q, signature]
        0 where the signature does not touch the output.
    in_all : int
        How many scenarios there are in all, where these are a block of them: which road is taken hangs on all.
    plan : Plan, optional
        ``wide_plan`` of the very same arrays, from ``rest`` on: for callers that come again with other levels. The
        compiled road is quickest where the signatures of a class with the same narrow product follow each other.

    Returns
    -------
    float64 [scenario, year, class x q]
    """
    import numpy as np

    about = (rest, wide, path_of, power, offset, a, b, class_start, coefficients)
    scenarios = max(narrow.shape[0], in_all)
    if scenarios * narrow.shape[1] * len(rest) < WIDE_COMPILED_FROM:
        return wide_totals_plain(levels, narrow, *about)
    plan = wide_plan(*about) if plan is None else plan
    totals = _compiled_totals(levels, narrow, plan)
    q = len(coefficients)
    for d in range(len(class_start) - 1):  # 0 x NaN spoils what it does not touch: the plain road knows which is which
        of, outputs = slice(class_start[d], class_start[d + 1]), slice(d * q, (d + 1) * q)
        spoilt = np.flatnonzero(~np.isfinite(totals[:, :, outputs]).all(axis=(1, 2)))
        if len(spoilt):
            mine = (rest[of], wide[:, of], *about[2:7], class_start[d : d + 2] - class_start[d], coefficients[:, of])
            totals[spoilt, :, outputs] = wide_totals_plain(levels[spoilt], narrow[spoilt], *mine)
    totals[:, :, plan.unknown] = np.nan
    return totals


def _compiled_totals(
    levels: npt.NDArray[np.float64], narrow: npt.NDArray[np.float64], plan: Plan
) -> npt.NDArray[np.float64]:
    """All totals, without a care for what 0 x NaN spoils, and with NaN coefficients as 0."""
    import numpy as np

    from .fused import fused_totals

    totals = np.empty((*narrow.shape[:2], len(plan.unknown)))
    door = [np.require(x, np.float64, ["C", "A", "W"]) for x in (levels, narrow.transpose(0, 2, 1))]
    run: Any = fused_totals
    run(*door, plan.arrays(), totals)
    return totals


def wide_totals_plain(
    levels: npt.NDArray[np.float64],
    narrow: npt.NDArray[np.float64],
    rest: npt.NDArray[np.int64],
    wide: npt.NDArray[np.int64],
    path_of: npt.NDArray[np.int64],
    power: npt.NDArray[np.integer[Any]],
    offset: npt.NDArray[np.float64],
    a: npt.NDArray[np.float64],
    b: npt.NDArray[np.float64],
    class_start: npt.NDArray[np.int64],
    coefficients: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """The same, in NumPy."""
    import numpy as np

    n_scenarios, n_years = narrow.shape[:2]
    q, n_classes = len(coefficients), len(class_start) - 1
    nothing = (np.asarray(power)[:, None] == 0) & (a == 0) & (b == 0)  # [path, year]: 0 whatever the level
    totals = np.zeros((n_scenarios, n_years, n_classes * q))
    for d in range(n_classes):
        of = slice(class_start[d], class_start[d + 1])
        size = int(of.stop - of.start)
        step = max(1, _AT_ONCE // max(1, n_years * size))
        for first in range(0, n_scenarios if size else 0, step):
            some = slice(first, first + step)
            products, dead = narrow[some][:, :, rest[of]], np.zeros((n_years, size), dtype=bool)
            for columns in wide[:, of]:
                has = np.flatnonzero(columns >= 0)
                mine = columns[has]
                with np.errstate(invalid="ignore", over="ignore"):  # what is beyond numbers is unknown
                    made = multipliers(levels[some][:, mine], path_of[mine], power, offset, a, b)
                    products[:, :, slice(None) if len(has) == size else has] *= made
                dead[:, has] |= nothing[path_of[mine]].T
            products[:, dead] = 0.0
            totals[some, :, d * q : (d + 1) * q] = dense_totals(products, coefficients[:, of].T)
    return totals
