"""The formulas of the indicators, each defined once.

Argument names are the contract: an indicator of the catalogue binds each to a quantity or a state, which fixes its
unit; ``base_x`` is ``x`` in the baseline year. Operators and ufuncs only, so that the same function serves a float,
an array, a Series, a DataArray, a quantity with units, a sweep and a compiled kernel. Division by zero gives inf or
NaN here; the caller turns both into UNKNOWN with a reason.
"""

from __future__ import annotations

from typing import Any

import numpy as np

X = Any  # a float, array, Series, DataArray, quantity with units; all arguments of one call are of one kind


def total(amount: X) -> X:
    """A quantity that is judged as it stands, such as total water use.

    Parameters
    ----------
    amount : any container
        The quantity [its own unit].
    """
    return amount


def added(first: X, second: X) -> X:
    """Two quantities of one dimension together, such as direct and indirect CO2.

    Parameters
    ----------
    first, second : any container
        [one dimension], e.g. [t CO2]. GB/T 32150-2025 reports both the direct total and this sum.
    """
    return first + second


def intensity(amount: X, output: X) -> X:
    """Amount per output: energy, CO2 or water per GDP or per industrial value added.

    Parameters
    ----------
    amount : any container
        What was used or emitted [tce], [t CO2], [m3] ...
    output : any container
        Output at the prices of the year [CNY].

    Notes
    -----
    Levels are stated at current prices (Water Resources Bulletin of China, notes on 万元GDP用水量).
    """
    return amount / output


def intensity_drop(amount: X, output: X, base_amount: X, base_output: X) -> X:
    """Share by which an intensity fell against the baseline year.

    Parameters
    ----------
    amount, base_amount : any container
        In the year and in the baseline year [tce], [t CO2], [m3] ...
    output, base_output : any container
        Output at constant prices, in the same two years [CNY_2020].

    Returns
    -------
    1 - (amount/output) / (base_amount/base_output) [1]; positive when the intensity fell.

    Notes
    -----
    Drops are stated at comparable prices (Water Resources Bulletin of China 2021-2023): with the year before as
    baseline and real growth g this is 1 - (W_t / W_t-1) / (1 + g).
    """
    return 1 - (amount / output) / (base_amount / base_output)


def added_intensity(first: X, second: X, output: X) -> X:
    """Two quantities of one dimension together per output, such as direct and indirect CO2 per GDP.

    Parameters
    ----------
    first, second : any container
        [one dimension], e.g. [t CO2].
    output : any container
        Output at the prices of the year [CNY].
    """
    return (first + second) / output


def added_intensity_drop(first: X, second: X, output: X, base_first: X, base_second: X, base_output: X) -> X:
    """Share by which such an intensity fell against the baseline year.

    Parameters
    ----------
    first, second, base_first, base_second : any container
        In the year and in the baseline year [one dimension], e.g. [t CO2].
    output, base_output : any container
        Output at constant prices, in the same two years [CNY_2020].
    """
    return 1 - ((first + second) / output) / ((base_first + base_second) / base_output)


def controlled(energy: X, feedstock: X, renewable: X, base_renewable: X) -> X:
    """Energy under total control: without feedstock, and without what renewables grew by since the baseline year.

    Parameters
    ----------
    energy : any container
        Energy consumption by the coal-rate method [tce_coal_rate].
    feedstock : any container
        Energy products used as raw material of non-energy products [tce_coal_rate].
    renewable, base_renewable : any container
        Renewable energy consumed in the year and in the baseline year [tce_coal_rate]; a fall adds nothing.

    Notes
    -----
    发改环资〔2021〕1310号: feedstock and new renewables are outside total control; E - F - max(0, R - R_base).
    """
    return energy - feedstock - np.maximum(renewable - base_renewable, 0 * renewable)


def controlled_intensity_drop(
    energy: X,
    feedstock: X,
    renewable: X,
    output: X,
    base_energy: X,
    base_feedstock: X,
    base_renewable: X,
    base_output: X,
) -> X:
    """Share by which controlled energy per output fell, with the deductions in both years.

    Parameters
    ----------
    energy, feedstock, renewable, base_energy, base_feedstock, base_renewable : any container
        As in :func:`controlled`, in the year and in the baseline year [tce_coal_rate].
    output, base_output : any container
        Output at constant prices [CNY_2020].

    Notes
    -----
    In the baseline year nothing has grown since the baseline year, so only feedstock is deducted there.
    """
    return 1 - ((energy - feedstock - np.maximum(renewable - base_renewable, 0 * renewable)) / output) / (
        (base_energy - base_feedstock) / base_output
    )


def drop(amount: X, base_amount: X) -> X:
    """Share by which a total fell against the baseline year.

    Parameters
    ----------
    amount, base_amount : any container
        In the year and in the baseline year [one dimension].
    """
    return 1 - amount / base_amount


def nonfossil_share(nonfossil: X, fossil: X) -> X:
    """Share of non-fossil energy in total energy, without credit for imported power.

    Parameters
    ----------
    nonfossil : any container
        Non-fossil energy by one convention [tce] or [tce_coal_rate].
    fossil : any container
        Fossil energy [the same]; imported electricity, whose source is not known, belongs here.

    Notes
    -----
    The convention (coal rate, calorific, physical energy content, substitution) is the choice of quantities:
    numerator and denominator switch together.
    """
    return nonfossil / (nonfossil + fossil)


def nonfossil_share_with_imports(nonfossil: X, fossil: X, imported: X, import_credit: X) -> X:
    """Share of non-fossil energy when a stated part of the imported electricity counts as non-fossil.

    Parameters
    ----------
    nonfossil, imported : any container
        Local non-fossil energy and net imported electricity, by one convention [tce] or [tce_coal_rate].
    fossil : any container
        Fossil energy and imported electricity [the same].
    import_credit : any container
        Share of the imported electricity that counts as non-fossil [1], 0 to 1.
    """
    return (nonfossil + import_credit * imported) / (nonfossil + fossil)


def gap(supply: X, transformed: X, consumed: X) -> X:
    """What an energy balance fails to close by: supply + transformation output - input - consumption.

    Parameters
    ----------
    supply, transformed, consumed : any container
        Total primary energy supply, net transformation output (inputs negative) and consumption [tce].
    """
    return supply + transformed - consumed
