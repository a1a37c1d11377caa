"""Totals as a polynomial in the levels themselves: where every multiplier is affine in them, years leave the product.

A signature (a1 + b1 L1)(a2 + b2 L2) is four monomials 1, L1, L2, L1 L2, whose coefficients hold the years. Totals of all
years are then one matrix product of monomials, which need not be made again for each year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..kernels import dense_totals
from .columns import Column, Pathways

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Monomial = tuple[int, ...]  # levers whose levels are multiplied


@dataclass(frozen=True, eq=False)
class Expanded:
    """Monomials of levels, and what each contributes to the outputs of every year.

    Attributes
    ----------
    coefficients : float64 [monomial, year x output]
    """

    monomials: tuple[Monomial, ...]
    coefficients: npt.NDArray[np.float64]

    def totals(self, pathways: Pathways, drawn: Mapping[str, Any], n: int) -> npt.NDArray[np.float64]:
        """Totals float64 [scenario, year x output]."""
        import numpy as np

        values = np.ones((n, 1, len(self.monomials)))
        for m, levers in enumerate(self.monomials):
            for i in levers:
                values[:, 0, m] *= pathways.level(i, drawn)
        return dense_totals(values, self.coefficients)


def expanded(
    pathways: Pathways,
    columns: Sequence[Column],
    parent: npt.NDArray[np.int64],
    column: npt.NDArray[np.int64],
    dense: npt.NDArray[np.float64],
    n_years: int,
) -> Expanded | None:
    """The polynomial in levels; None where a multiplier is a power or beyond numbers, or monomials outnumber signatures.

    Parameters
    ----------
    parent, column : int64 [signature]
        The tree of signatures.
    dense : float64 [year or 1, signature, output]
        Coefficients of the signatures.
    """
    import numpy as np

    factors = [_affine(pathways, one, n_years) for one in columns]
    used = (dense != 0).any(axis=(0, 2))
    found: dict[Monomial, Any] = {}
    terms: list[dict[Monomial, Any]] = []
    for r in range(len(parent)):  # parents come before their children
        above: dict[Monomial, Any] = terms[parent[r]] if parent[r] >= 0 else {(): np.ones(n_years)}
        factor = factors[column[r]]
        if factor is None:
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            terms.append(_product(above, factor))
            for monomial, by_year in terms[r].items() if used[r] else ():
                found[monomial] = found.get(monomial, 0) + by_year[:, None] * dense[:, r]
        if len(found) > len(parent):
            return None
    if not found:
        return None
    coefficients = np.stack([np.broadcast_to(value, (n_years, dense.shape[2])) for value in found.values()])
    if not np.isfinite(coefficients).all():
        return None
    return Expanded(tuple(found), np.ascontiguousarray(coefficients.reshape(len(found), -1)))


def _affine(pathways: Pathways, column: Column, n_years: int) -> dict[Monomial, Any] | None:
    """A column as 1 and levels, each with its factor by year; None for a power of a level."""
    import numpy as np

    if column.kind == "one":
        return {(): np.ones(n_years)}
    if column.kind == "rest":
        return {(): pathways.left[column.levers[0]]}
    sign = -1.0 if column.kind == "out" else 1.0
    made: dict[Monomial, Any] = {(): np.ones(n_years) if column.kind == "out" else np.zeros(n_years)}
    for i in column.levers:
        form = pathways.forms[i]
        if form.power and pathways.levers[i].axis:
            return None
        made[()] = made[()] + sign * (form.at(0.0) if form.power else form.a)
        if pathways.levers[i].axis:
            made[(i,)] = sign * form.b
    return made


def _product(one: dict[Monomial, Any], other: dict[Monomial, Any]) -> dict[Monomial, Any]:
    """Two polynomials multiplied; what is 0 in every year is left out."""
    made: dict[Monomial, Any] = {}
    for first, a in one.items():
        for second, b in other.items():
            both = a * b
            if both.any():
                monomial = tuple(sorted((*first, *second)))
                made[monomial] = made.get(monomial, 0) + both
    return made
