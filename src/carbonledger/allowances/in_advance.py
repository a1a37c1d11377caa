"""What is allocated before the year is verified, and what may be kept for later years."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..messages import say
from . import formulas
from .plans import AllowanceError, plan_of

if TYPE_CHECKING:
    import numpy.typing as npt


def preallocation(emissions_before: npt.ArrayLike, year: int, *, folder: Path | None = None) -> Any:
    """What a unit is allocated in advance for a year.

    Parameters
    ----------
    emissions_before : array_like, any shape
        Verified emissions of the year before [t CO2].
    year : int
        2023 or 2024: the rules of the other plans were not read.

    Returns
    -------
    float64 of the same shape [t CO2].

    Raises
    ------
    AllowanceError
        If the plan of the year has no rule that was read, or an amount is below 0 or not a number.

    Notes
    -----
    国环规气候〔2024〕1号, Attachment 1, section 5 (1): 70 %.
    """
    share = float(_rule("preallocation", year, folder)) / 100.0
    return formulas.preallocation(_amounts(emissions_before=emissions_before)[0], share)


def carryover_limit(
    sold: npt.ArrayLike, bought: npt.ArrayLike, held: npt.ArrayLike, *, folder: Path | None = None
) -> Any:
    """How many allowances of 2019 to 2024 a plant may carry over to 2025.

    Parameters
    ----------
    sold, bought : array_like, one shape
        Allowances of all those years sold and bought in 2024 and 2025 [t CO2].
    held : array_like
        Held on 2025-12-31, after what is handed in for surrender or cancellation [t CO2].

    Returns
    -------
    float64 of the same shape [t CO2], whole tonnes, rounded down.

    Raises
    ------
    AllowanceError
        If an amount is below 0 or not a number.

    Notes
    -----
    国环规气候〔2024〕1号, Attachment 1, Annex 5 section 3: 10 000 t and 1.5 times the net sales.
    """
    rule = _rule("carry_over", 2024, folder)
    out, into, kept = _amounts(sold=sold, bought=bought, held=held)
    return formulas.carryover_limit(out, into, kept, float(rule["base"]), float(rule["rate"]))


def _rule(name: str, year: int, folder: Path | None) -> Any:
    plan = plan_of(year, folder=folder)
    if name not in plan.parameters:
        raise AllowanceError(say("{edition} has no rule for {name} that was read", edition=plan.name, name=name))
    return plan.rule(name)


def _amounts(**given: npt.ArrayLike) -> list[Any]:
    import numpy as np

    made = {name: np.asarray(values, dtype=np.float64) for name, values in given.items()}
    for name, values in made.items():
        if not (values >= 0).all():
            worst = float(values[~(values >= 0)].flat[0])
            raise AllowanceError(say("{name} {value:g} is no amount from 0 on", name=name, value=worst))
    return list(made.values())
