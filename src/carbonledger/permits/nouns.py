"""What a check of permits is made of: reports, and the outcome of one outlet and pollutant in one year."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..errors import LedgerError
from ..reasons import Reason
from .allowed import Year
from .spans import Months

MET, MISSED, UNKNOWN = "MET", "MISSED", "UNKNOWN"


class PermitError(LedgerError):
    """Permits and reports that cannot be compared as they were asked to be."""


@dataclass(frozen=True)
class Report:
    """One row of the table of discharges: an amount [t], and a concentration [``unit``] where it was monitored."""

    months: Months
    amount: Fraction
    concentration: Fraction | None
    unit: str


@dataclass(frozen=True)
class Concentrations:
    """How many reports have a concentration, how many of them a limit, how many are above it; the largest over it [1]."""

    monitored: int = 0
    compared: int = 0
    exceedances: int = 0
    highest: Fraction | None = None

    @property
    def verdict(self) -> str:
        """Of the reports alone: a mean of a month below the limit does not say that every hour was."""
        if self.exceedances:
            return MISSED
        return MET if self.compared and self.compared == self.monitored else UNKNOWN


@dataclass(frozen=True)
class Outcome:
    """One outlet and pollutant in one year; amounts in t."""

    enterprise: str
    outlet: str
    pollutant: str
    valid: Year
    reports: tuple[Report, ...]
    reported: Fraction
    outside: Fraction
    allowed: Fraction | None
    allowed_reason: Reason
    months: tuple[int, ...]
    missing: tuple[int, ...]
    verdict: str
    reason: Reason
    already: bool
    readings: dict[str, str]
    concentrations: Concentrations

    @property
    def year(self) -> int:
        return self.valid.year
