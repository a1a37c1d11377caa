"""The three ways to a discharge, one expression each, in exact fractions or floats of one consistent set of units."""

from __future__ import annotations

from fractions import Fraction


def monitored(concentration: Fraction, flow: Fraction) -> Fraction:
    """Concentration x flow: mg/m3 x m3 is 1e-9 t, mg/L x m3 is 1e-6 t.

    The form in which technical specifications of HJ 942's family state it, there summed over hours or days.
    """
    return concentration * flow


def balanced(material: Fraction, content: Fraction, removal: Fraction) -> Fraction:
    """Material balance: input x content of the pollutant x (1 - removal)."""
    return material * content * (1 - removal)


def by_factor(activity: Fraction, factor: Fraction, removal: Fraction) -> Fraction:
    """Activity x factor of generation x (1 - removal)."""
    return activity * factor * (1 - removal)
