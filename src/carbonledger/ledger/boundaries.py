"""Boundaries: which cells count towards a total, and with which share.

Territorial: direct of every entity of a place, plus power and heat purchased minus sold; what its entities trade with
each other is taken out by eliminations. Operational: one entity's own account, without eliminations. Consumption:
without the fuel burnt for power and heat that is sold, and all power and heat bought, from whomever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import BoundaryError
from ..messages import say
from ..tables import CARRIERS, as_coded, coded
from .checks import POWER, in_gj, is_any, of_kind
from .entities import LEVELS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .posting import Ledger

BOUNDARIES = ("territorial", "operational", "consumption")
COLUMNS = ("entity", "activity", "flow", "sector", "region")


def check_boundary(ledger: Ledger, by: Sequence[str], boundary: str) -> None:
    """A boundary and dimensions that exist, and that the ledger can answer.

    Raises
    ------
    BoundaryError
        Otherwise; also where enterprises would be added up as if they were a district.
    """
    accepted = ", ".join((*COLUMNS, *LEVELS))
    if boundary not in BOUNDARIES:
        names = ", ".join(BOUNDARIES)
        raise BoundaryError(say("unknown boundary {found!r}; accepted: {names}", found=boundary, names=names))
    if boundary == "operational" and "entity" not in by:
        raise BoundaryError(
            say(
                "boundary 'operational' is one enterprise's account, but by={by} adds enterprises up; add 'entity' to "
                "by, or ask for the territorial boundary",
                by=list(by),
            )
        )
    if unknown := [dim for dim in by if dim not in (*COLUMNS, *LEVELS)]:
        raise BoundaryError(say("by={by}; accepted: {names} (year is always added)", by=unknown, names=accepted))
    if ledger.places.table is None and "entity" not in by and boundary == "territorial":
        import numpy as np

        inside = np.flatnonzero(is_any(ledger.cells.partner, ledger.places.names))
        if len(inside):
            row = ledger.rows.iloc[int(ledger.cells.first[inside[0]])]
            raise BoundaryError(
                say(
                    "rows name a partner inside the ledger (first: {file} row {row}, partner {partner!r}): what one "
                    "sells the other buys, and without an entity table no place holds both. Give entities=, or add "
                    "'entity' to by",
                    file=row["file"],
                    row=int(row["row"]),
                    partner=row["partner"],
                )
            )


def weights(ledger: Ledger, boundary: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The share of each cell that counts, for gases and for everything else, and where it is not known.

    Returns
    -------
    float64 [2, cell]
        Shares for energy and the rest, and for gases: sold power of an entity's own wind and sun has no emissions to
        take out, but energy.
    bool [cell]
        Fuels, power and heat of an entity and year that sells power or heat without saying which fuel went there.
    """
    import numpy as np

    cells = ledger.cells
    shares, unknown = np.ones((2, len(cells))), np.zeros(len(cells), dtype=bool)
    if boundary == "territorial":
        return shares, unknown
    shares[:, is_any(cells.entry, ("elimination",))] = 0.0
    if boundary == "operational":
        return shares, unknown
    shares[:, is_any(cells.flow, ("fired_sold",))] = 0.0
    full = ~cells.of_which & ~is_any(cells.entry, ("elimination",))
    group, size = cells.by_entity_and_year()
    energy = in_gj(cells)
    split = _sums(group, cells.amount, is_any(cells.flow, ("fired_sold",)) & full, size) > 0
    for those, natural in ((POWER, {"nonfossil_electricity"}), (frozenset({"heat"}), frozenset())):
        own = of_kind(cells, those) & full
        sold = own & is_any(cells.flow, ("sold",))
        if not sold.any():
            continue
        clean = of_kind(cells, natural) & is_any(cells.flow, ("generated",)) & full
        out = _sums(group, energy, sold, size)
        thermal = _sums(group, energy, own & ~clean & is_any(cells.flow, ("generated", "recovered")), size)
        from_fuel = np.minimum(out, thermal)
        from_sun = np.minimum(out - from_fuel, _sums(group, energy, clean, size))
        whole = np.where(out > 0, out, 1.0)
        shares[0, sold] = (1 - from_fuel / whole)[group[sold]]
        shares[1, sold] = (1 - (from_fuel + from_sun) / whole)[group[sold]]
        unknown |= ((from_fuel > 0) & ~split)[group]
    return shares, unknown & of_kind(cells, CARRIERS)


def shares_of(ledger: Ledger, quantity: str, boundary: str) -> npt.NDArray[np.float64]:
    """The share of each cell that counts towards a quantity under a boundary [1]."""
    shares, _ = weights(ledger, boundary)
    found: npt.NDArray[np.float64] = shares[int(bool(ledger.catalog.quantities[quantity].gas))]
    return found


def _sums(group: Any, amount: Any, chosen: Any, size: int) -> npt.NDArray[np.float64]:
    import numpy as np

    return np.bincount(group[chosen], weights=amount[chosen], minlength=size).astype(np.float64)


def labels_of(ledger: Ledger, dim: str) -> Any:
    """The group of each cell along one dimension: a column of the cells, or the ancestor at a level.

    Blank for eliminations of a place above the level: they concern what crosses its borders.

    Raises
    ------
    BoundaryError
        If an entity that has rows has no ancestor at the level.
    """

    cells = ledger.cells
    if dim in (*COLUMNS, "year"):
        return getattr(cells, dim)
    above = as_coded(ledger.places.at_level(dim))
    found = coded(above.codes[cells.place], above.categories)
    lost = is_any(found, ("",)) & ~is_any(cells.entry, ("elimination",))
    if lost.any():
        names = sorted(set(cells.entity[lost]))
        raise BoundaryError(
            say(
                "by={dim!r}, but {names}: no {dim} above in the entity table; fill parent and level",
                dim=dim,
                names=", ".join(names[:5]) + (f" (+{len(names) - 5})" if len(names) > 5 else ""),
            )
        )
    return found
