"""The allowance of each generating unit under the plan of its year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..messages import say
from ..reasons import Reason
from ..standards import Edition
from . import formulas
from .plans import LEFT_OUT, AllowanceError, benchmark_of, left_out

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .arrays import Units

NUMBERS = """output power_benchmark heat_benchmark cooling_factor heat_factor load_factor power_allowance heat_allowance
    allowance gas_relief allowances obligation balance""".split()
WORDS = "basis edition benchmark_source confidence left_out".split()
LOAD_FACTORS = ("load_factor", "peak_factor")
"""How plans call what corrects for the load of a unit: until 2022, and from 2023; a plan has at most one of the two."""


def by_unit(units: Units, plan_of_year: Mapping[int, Edition]) -> dict[str, npt.NDArray[Any]]:
    """Allowance, obligation and balance of every unit: ``NUMBERS``, ``WORDS`` and ``reason`` [row].

    See :func:`allocation`; a year without a plan is NaN and NO_PLAN.
    """
    import numpy as np

    made: dict[str, Any] = {name: np.full(len(units), np.nan) for name in NUMBERS}
    made |= {name: np.full(len(units), "", dtype=object) for name in WORDS}
    made["reason"] = np.full(len(units), Reason.NO_PLAN, dtype=np.int16)
    for year, unit_class, fuel, rows in units.classes:
        plan = plan_of_year.get(year)
        if plan is not None:
            for name, values in _of_class(units, rows, plan, year, unit_class, fuel).items():
                made[name][rows] = values
    return made


def _of_class(
    units: Units, rows: npt.NDArray[np.int64], plan: Edition, year: int, unit_class: str, fuel: str
) -> dict[str, Any]:
    """The columns of the units of one class in one year."""
    import numpy as np

    row = benchmark_of(plan, year, unit_class)
    if row is None:
        return {"reason": Reason.NO_PLAN}
    output, heat = (units.supplied if row.basis == "supplied" else units.generated)[rows], units.heat[rows]
    slope = float(plan.rule("heat_factor")[fuel]) if "heat_factor" in plan.parameters else 0.0
    ratio = np.where((heat == 0) | (slope == 0), 0.0, units.heat_ratio[rows])
    factors = {
        "cooling_factor": _cooling(units.cooling[rows], plan, fuel),
        "heat_factor": formulas.heat_factor(slope, ratio),
        "load_factor": _load(units.load_rate[rows], heat, plan, unit_class),
    }
    power = formulas.power_allowance(output, row.power, *factors.values())
    for_heat = formulas.heat_allowance(heat, row.heat)
    made = {
        "output": output,
        "power_benchmark": row.power,
        "heat_benchmark": row.heat,
        "power_allowance": power,
        "heat_allowance": for_heat,
        "allowance": power + for_heat,
        "basis": row.basis,
        "edition": plan.name,
        "benchmark_source": row.source,
        "confidence": row.confidence,
        "left_out": ", ".join(n for n in left_out(plan) if _bears(plan, n, unit_class)),
    }
    settled = _settled(power + for_heat, units.emissions[rows], plan, fuel == "gas", np.isnan(factors["load_factor"]))
    return made | factors | settled


def _settled(
    allowance: npt.NDArray[np.float64], emissions: npt.NDArray[np.float64], plan: Edition, gas: bool, no_load: Any
) -> dict[str, Any]:
    """Relief of a gas unit, what is allocated, what is owed, and the balance."""
    import numpy as np

    relief = formulas.shortage(allowance, emissions) if gas and plan.rule("gas_relief") else np.zeros_like(allowance)
    topped_up = plan.rule("relief_as") == "allowance"
    allowances = allowance + relief if topped_up else allowance
    obligation = emissions if topped_up else emissions - relief
    reason = np.where(np.isnan(emissions), Reason.NO_EMISSIONS, Reason.OK)
    return {
        "gas_relief": relief,
        "allowances": allowances,
        "obligation": obligation,
        "balance": formulas.difference(allowances, obligation),
        "reason": np.where(no_load, Reason.NO_LOAD_RATE, reason),
    }


def _cooling(cooling: npt.NDArray[np.object_], plan: Edition, fuel: str) -> npt.NDArray[np.float64]:
    import numpy as np

    applied = "cooling_factor" in plan.parameters and (fuel != "gas" or plan.rule("cooling_of_gas") == "applied")
    factors = plan.rule("cooling_factor") if applied else {}
    return np.array([float(factors.get(c, 1.0)) for c in cooling])


def _load(
    load_rate: npt.NDArray[np.float64], heat: npt.NDArray[np.float64], plan: Edition, unit_class: str
) -> npt.NDArray[np.float64]:
    """The load or peak factor; NaN where the plan needs the load rate of a unit and the table has none."""
    import numpy as np

    rule: Any = next((plan.rule(name) for name in LOAD_FACTORS if name in plan.parameters), LEFT_OUT)
    if rule == LEFT_OUT or unit_class not in rule["classes"]:
        return np.ones(len(load_rate))
    if rule["curve"] not in formulas.CURVES:
        what = say("{edition}: unknown curve {name!r}", edition=plan.name, name=rule["curve"])
        mend = say("Accepted: {names}", names=", ".join(formulas.CURVES))
        raise AllowanceError(say("{what}. {mend}", what=what, mend=mend))
    load = formulas.CURVES[rule["curve"]](load_rate)
    return np.where((heat > 0) & (rule["heat"] == "without"), 1.0, load)


def _bears(plan: Edition, name: str, unit_class: str) -> bool:
    """Whether a correction that was left out would bear on a class of units under some alternative."""
    every = plan.parameters[name].alternatives.values()
    return any(unit_class in a.get("classes", (unit_class,)) for a in every if isinstance(a, dict))
