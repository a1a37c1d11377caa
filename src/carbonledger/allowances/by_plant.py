"""From units to plants: the cap of the shortage, carry-over, CCER, and what remains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..standards import Edition
from . import formulas

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .arrays import Units

UNKNOWN, SHORT, BALANCED, SURPLUS = "UNKNOWN", "SHORT", "BALANCED", "SURPLUS"


def by_plant(
    units: Units, found: Mapping[str, npt.NDArray[Any]], plan_of_year: Mapping[int, Edition]
) -> dict[str, npt.NDArray[Any]]:
    """The plants of a table of units [plant and year], without price; see :func:`allocation`.

    ``found`` is what :func:`by_unit` made under the same plans.
    """
    import numpy as np

    made = {name: units.summed(found[name]) for name in ("allowance", "gas_relief", "allowances", "obligation")}
    made |= {name: units.summed(getattr(units, name)) for name in ("emissions", "carry_over", "ccer")}
    plans = [plan_of_year.get(year) for _, year in units.keys]
    cap, share = (_percent(plans, name) / 100.0 for name in ("shortage_cap", "offset_limit"))
    topped_up = np.array([p is not None and p.rule("relief_as") == "allowance" for p in plans])
    made["balance_before_cap"] = formulas.difference(made["allowances"], made["obligation"])
    short = formulas.shortage(made["allowances"], made["obligation"])
    with np.errstate(invalid="ignore", divide="ignore"):
        made["shortage_rate"] = np.where(short == 0, 0.0, short / made["emissions"])
    # the cap is on the shortage, whichever side the relief of gas units went to
    counted = made["allowances"] + made["emissions"] - made["obligation"]
    made["cap_relief"] = np.where(short == 0, 0.0, formulas.cap_relief(counted, made["emissions"], cap))
    made["allowances"] = made["allowances"] + np.where(topped_up, made["cap_relief"], 0.0)
    made["obligation"] = made["obligation"] - np.where(topped_up, 0.0, made["cap_relief"])
    made["balance"] = formulas.difference(made["allowances"], made["obligation"])
    made["ccer_limit"] = formulas.offset_limit(made["obligation"], share)
    made["ccer_refused"] = formulas.shortage(made["ccer_limit"], made["ccer"])
    made["ccer_used"] = made["ccer"] - made["ccer_refused"]
    held = made["allowances"] + made["carry_over"] + made["ccer_used"]
    made["position"] = formulas.difference(held, made["obligation"])
    made["remaining_shortage"] = formulas.shortage(held, made["obligation"])
    made["surplus"] = formulas.shortage(made["obligation"], held)
    return made


def verdicts(position: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Surplus, balanced, short or unknown by the sign of a position [t CO2]."""
    import numpy as np

    steps = [position > 0, position == 0, position < 0]
    return np.select(steps, [SURPLUS, BALANCED, SHORT], UNKNOWN).astype(object)


def words_of(units: Units, found: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """What the units of each plant and year have in common, or each says; and the first reason for an unknown."""
    import numpy as np

    made: dict[str, Any] = {name: [""] * len(units.keys) for name in ("basis", "edition", "left_out", "confidence")}
    reason = np.zeros(len(units.keys), np.int16)
    for i, group in enumerate(units.group):
        reason[group] = reason[group] or found["reason"][i]
        for name, words in made.items():
            for word in filter(None, str(found[name][i]).split(", ")):
                if word not in words[group].split(", "):
                    words[group] = f"{words[group]}, {word}" if words[group] else word
    return made | {"reason": reason, "units": np.bincount(units.group, minlength=len(units.keys))}


def _percent(plans: list[Edition | None], name: str) -> npt.NDArray[np.float64]:
    """A percentage of each year's plan, NaN where it has none."""
    import numpy as np

    return np.array([float(p.rule(name)) if p is not None else np.nan for p in plans])
