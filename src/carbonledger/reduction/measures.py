"""How much a project of each measure reduces: one plain expression each, in tonnes of a full year.

The formulas are those of the ministry's accounting guides as secondary sources give them; the official text was not read
(``standards/reduction-*.toml``, table ``measure``, says how far each was checked). Arguments are in units that fit together, as
:func:`carbonledger.reduction.read_projects` makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def closure(base_emission: Any) -> Any:
    """What is closed emits nothing: all of its emission in the base year.

    Parameters
    ----------
    base_emission : float, Fraction or array
        Emission of the last year in the environmental statistics or by the permit [t].

    Returns
    -------
    Reduction of a full year [t].
    """
    return base_emission


def end_of_pipe(base_emission: Any, eta0: Any, eta1: Any) -> Any:
    """A better treatment of the same generation: base emission = generation × (1 − η0).

    Parameters
    ----------
    base_emission : float, Fraction or array
        Emission before, in the base year [t].
    eta0, eta1 : float, Fraction or array
        Overall efficiency before and after, collection × removal [1], below 1.

    Returns
    -------
    Reduction of a full year [t].
    """
    return base_emission * (eta1 - eta0) / (1 - eta0)


def flow(volume: Any, c0: Any, c1: Any) -> Any:
    """A lower concentration in the same flow; with m3 and mg/m3 the factor is 1e-9.

    Parameters
    ----------
    volume : float, Fraction or array
        Flow of a year [m3].
    c0, c1 : float, Fraction or array
        Concentration before and after [t/m3].

    Returns
    -------
    Reduction of a full year [t].
    """
    return volume * (c0 - c1)


def sewage(volume: Any, c_in: Any, c_out: Any, base_removal: Any) -> Any:
    """What a sewage works removes beyond its base year; with m3 and mg/L the factor is 1e-6.

    Parameters
    ----------
    volume : float, Fraction or array
        Sewage treated in a year [m3].
    c_in, c_out : float, Fraction or array
        Concentration of the inflow and the outflow [t/m3].
    base_removal : float, Fraction or array
        Removed in the base year already [t].

    Returns
    -------
    Reduction of a full year [t].
    """
    return volume * (c_in - c_out) - base_removal


def coal_replacement(coal_cut: Any, emission_factor: Any) -> Any:
    """Coal that is no longer burnt.

    Parameters
    ----------
    coal_cut : float, Fraction or array
        Coal replaced in a year [t].
    emission_factor : float, Fraction or array
        Emission per coal of what it was burnt in [t/t].

    Returns
    -------
    Reduction of a full year [t].
    """
    return coal_cut * emission_factor


@dataclass(frozen=True)
class Form:
    """What a measure needs: its formula, the columns of its amounts in that order, and words that go with them."""

    formula: Callable[..., Any]
    amounts: tuple[str, ...]
    words: tuple[str, ...] = ()
    pollutants: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """Every column that a row of the measure fills."""
        return {*self.amounts, *self.words, *(UNITS[a] for a in self.amounts)}


POLLUTANTS = {"SO2": "SO2", "NOx": "NOx", "COD": "COD", "NH3-N": "NH3N", "VOCs": "VOCs"}  # as units call the substance
OF_AIR, OF_WATER = ("SO2", "NOx", "VOCs"), ("COD", "NH3-N")
UNITS = {
    "base_emission": "base_emission_unit",
    "eta0": "eta_unit",
    "eta1": "eta_unit",
    "flow": "flow_unit",
    "c0": "concentration_unit",
    "c1": "concentration_unit",
    "c_in": "concentration_unit",
    "c_out": "concentration_unit",
    "base_removal": "base_removal_unit",
    "coal_cut": "coal_cut_unit",
    "emission_factor": "emission_factor_unit",
    "offset": "offset_unit",
}
"""The column of the unit of each amount."""
EXAMPLES = {
    "base_emission_unit": "t",
    "eta_unit": "%",
    "flow_unit": "m3",
    "base_removal_unit": "t",
    "coal_cut_unit": "t",
    "offset_unit": "t",
}
"""A unit of each such column, for messages; those of concentrations and factors go by the flow and the coal."""

FORMS = {
    "closure": Form(closure, ("base_emission",)),
    "end_of_pipe": Form(end_of_pipe, ("base_emission", "eta0", "eta1")),
    "flow": Form(flow, ("flow", "c0", "c1")),
    "sewage": Form(sewage, ("flow", "c_in", "c_out", "base_removal"), pollutants=OF_WATER),
    "coal_replacement": Form(coal_replacement, ("coal_cut", "emission_factor"), ("factor_source",), OF_AIR),
}
