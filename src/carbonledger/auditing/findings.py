"""What an audit says: findings, shares, editions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..case import Limits
from ..messages import Named, Said
from ..tables import activities, flows

NOTE, WARNING, BELOW = "note", "warning", "below_threshold"
SEVERITIES = (NOTE, WARNING, BELOW)

# every kind of finding, and the head under which reports print it (English; the catalogue has the Chinese)
KINDS = {
    "threshold": "Below the case's own thresholds",
    "refused": "Rows that were refused",
    "heating_value": "Heating values outside the range of the fuel",
    "jump": "Amounts that jump against the year before",
    "electricity": "Electricity against the year before and against other enterprises",
    "peers": "Energy or water per output far from others of the division",
    "unused": "Decisions of the case that nothing used",
    "gap": "Gaps: no rate, and unknown wherever it counts",
    "not_counted": "Rows that count towards no quantity of the case",
    "published": "Published figures that are not met",
    "closure": "Balances that do not close",
    "depends": "Verdicts that depend on an unverified parameter",
    "unknown_verdict": "Verdicts that are unknown",
    "unknown_value": "Indicator values that are unknown",
    "stand_in": "Stand-ins",
    "choice": "Choices within a printed range",
    "coercion": "Amounts taken in another unit or at constant prices",
    "confidence": "Factor rows with a confidence below V1",
    "coverage": "Statistical totals and the share that enterprises explain",
    "entry": "Entries that no input row states",
    "memo": "Rows that are a part of another row",
    "flash": "Amounts that are flash figures",
    "masked": "Hours that were masked",
    "unverified_parameter": "Parameters of a standard that are not verified",
    "many": "Checks that found more than is listed",
}

# best first, as in factors/README.md; everything from D on is below V1, and MA to M-low is not verified
CONFIDENCE_ORDER = ("V+", "V", "V1", "D", "MA", "M", "M-low")
BELOW_V1 = CONFIDENCE_ORDER[3:]
UNVERIFIED = CONFIDENCE_ORDER[4:]

SHARES_BY = ("grade", "confidence", "status", "entry")
NO_ROW = "no factor row"  # rates by definition, and heating values measured by the entity
NOT_STATED = "not stated"


def years_text(years: Iterable[int | None]) -> str:
    """Years as runs, e.g. ``2020-2022, 2024``."""
    known = sorted({y for y in years if y is not None})
    runs: list[list[int]] = []
    for year in known:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)


def activity_said(name: str) -> Said:
    """The name of an activity in both languages."""
    found = activities().get(name)
    return Named(found.en, found.zh) if found else Named(name, "")


def flow_said(name: str) -> Said:
    """The name of a flow in both languages."""
    found = flows().get(name)
    return Named(found.en, found.zh) if found else Named(name, "")


@dataclass(frozen=True)
class Finding:
    """One thing that a reader of the result should know.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    severity : {"note", "warning", "below_threshold"}
    what : Said
        What was found.
    file, row
        Where it stands, if it stands in one place.
    quantity : str
        Quantity or indicator concerned.
    entity : str
    year : int or None
    grade : str
        Of the rate or factor row: a grade, or a confidence.
    share : float or None
        Share of the quantity in that year [1], of the sum of absolute contributions.
    value : float or None
        What was measured: a ratio, an amount, a count.
    """

    kind: str
    severity: str
    what: Said
    file: str = ""
    row: int | None = None
    quantity: str = ""
    entity: str = ""
    year: int | None = None
    grade: str = ""
    share: float | None = None
    value: float | None = None


@dataclass(frozen=True)
class Share:
    """How much of a quantity in a year rests on one grade, confidence, status of data, or kind of entry.

    ``value`` is the sum of absolute contributions [unit of the quantity], ``share`` its part of the whole year [1].
    """

    by: str
    label: str
    quantity: str
    year: int
    share: float
    value: float


@dataclass(frozen=True)
class EditionUsed:
    """A factor set or an edition of a standard that the result used."""

    kind: str  # "factor set", "standard"
    name: str
    document: str = ""
    published: str = ""
    in_force_from: str = ""
    in_force_to: str = ""
    years: tuple[int, ...] = ()
    content_hash: str = ""


@dataclass(frozen=True)
class Audit:
    """What the result of a case rests on."""

    case: str
    title: str
    title_zh: str
    synthetic: bool
    findings: tuple[Finding, ...]
    shares: tuple[Share, ...]
    editions: tuple[EditionUsed, ...]
    unverified: tuple[str, ...]
    limits: Limits
    rows: int = 0
    refused: int = 0
    memo: int = 0
    masked: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    names: dict[str, Said] = field(default_factory=dict)  # of quantities, indicators and states
    entities: dict[str, Said] = field(default_factory=dict)

    def of(self, kind: str) -> list[Finding]:
        """The findings of one kind."""
        return [found for found in self.findings if found.kind == kind]

    @property
    def below(self) -> list[Finding]:
        """What falls below the case's own thresholds."""
        return [found for found in self.findings if found.severity == BELOW]

    def share(self, by: str, label: str, quantity: str, year: int | None = None) -> float:
        """Share of a quantity over all years, or in one [1]; 0 where nothing of that label is in it."""
        here = [s for s in self.shares if s.by == by and s.quantity == quantity and year in {None, s.year}]
        whole = sum(s.value for s in here)
        return sum(s.value for s in here if s.label == label) / whole if whole else 0.0
