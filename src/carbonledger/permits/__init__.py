"""Discharge permits and what was discharged: amounts, concentrations, and whether the permit was kept."""

from __future__ import annotations

from . import formulas
from .allowed import PART_YEAR
from .checking import Checked, check
from .discharges import METHODS, read_discharges
from .nouns import PermitError
from .reading import read_permits

__all__ = ["METHODS", "PART_YEAR", "Checked", "PermitError", "check", "formulas", "read_discharges", "read_permits"]
