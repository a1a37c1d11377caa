"""A plan's targets as data: read, named and checked, every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import units
from ..catalog import Catalog, read_catalog
from ..errors import CatalogError, Faults, UnitError, nearest
from ..tables import number_column, read_table, text_column

SENSES = {
    "at_least": "≥",
    "above": ">",
    "at_most": "≤",
    "below": "<",
    "equal": "=",
    "about": "≈",
    "fall_by": "falls by ≥",
    "falling": "falling",
    "rising": "rising",
    "complete": "complete",
}

KINDS = ("level", "annual", "cumulative", "change", "trend", "stated_quantity")


@dataclass(frozen=True)
class Target:
    """A limit with sense, unit, years and source."""

    id: str
    indicator: str
    sense: str
    kind: str
    value: float | None = None
    unit: str = ""
    tolerance: float | None = None
    from_year: int | None = None
    year: int | None = None
    baseline: int | None = None
    entity: str = ""
    name_zh: str = ""
    name_en: str = ""
    scope: str = ""
    source: str = ""
    note: str = ""
    decimals: int | None = None  # the value is rounded half to even to so many before it is compared
    needs_en: str = ""  # what would have to be given, where the target is unknown
    needs_zh: str = ""
    file: str = ""
    row: int = 0

    @property
    def slack(self) -> float:
        """Tolerance of ``about``: as stated, else half a unit of the last printed digit."""
        if self.sense != "about":
            return 0.0
        if self.tolerance is not None:
            return self.tolerance
        digits = f"{self.value:.10g}".partition(".")[2]
        return float(0.5 * 10.0 ** -len(digits))


def read_targets(source: Any, *, file: str = "", catalog: Catalog | None = None) -> tuple[Target, ...]:
    """Read a plan's targets.

    Parameters
    ----------
    source : path or DataFrame
        Columns ``id, indicator, sense, value, unit, kind, from_year, year, baseline, source`` and others; a target
        whose indicator is blank is kept and judged UNKNOWN.

    Raises
    ------
    CatalogError
        Unknown senses, kinds and indicators, units that do not fit, doubled ids, missing sources: all at once.
    """
    catalog = catalog or read_catalog()
    frame, faults = read_table(source, "targets", file=file), Faults()
    numbers = {
        name: number_column(frame[name], faults, frame, name)
        for name in ("value", "tolerance", "from_year", "year", "baseline", "decimals")
    }
    for column in frame.columns.difference(["file", "row", *numbers]):
        frame[column] = text_column(frame[column])
    made: list[Target] = []
    seen: set[str] = set()
    names = [c for c in Target.__dataclass_fields__ if c in frame.columns]
    for i, line in enumerate(frame.to_dict("records")):
        for name, column in numbers.items():
            found = float(column[i])
            if name not in {"value", "tolerance"} and found == found and not found.is_integer():
                faults.add(f"{found:g} is no {'year' if name != 'decimals' else 'number of decimals'}", file=line["file"], row=int(line["row"]), column=name)
            line[name] = None if found != found else found if name in {"value", "tolerance"} else int(found)
        target = Target(**{str(k): line[k] for k in names})
        _check(target, catalog, seen, faults)
        seen.add(target.id)
        made.append(target)
    faults.raise_as(CatalogError, str(frame["file"].iat[0]))
    return tuple(made)


def _check(target: Target, catalog: Catalog, seen: set[str], faults: Faults) -> None:
    place: dict[str, Any] = {"file": target.file, "row": target.row}
    if not target.id or target.id in seen:
        faults.add(f"id {target.id!r} is {'given twice' if target.id else 'blank'}", **place, column="id")
    if target.sense not in SENSES:
        faults.add(
            f"sense {target.sense!r}{nearest(target.sense, list(SENSES))}",
            **place,
            mend=f"Accepted: {', '.join(SENSES)}",
        )
    if target.kind not in KINDS:
        faults.add(
            f"kind {target.kind!r}{nearest(target.kind, list(KINDS))}", **place, mend=f"Accepted: {', '.join(KINDS)}"
        )
    for what, mend in _contradictions(target):
        faults.add(what, **place, mend=mend)
    if not target.source:
        faults.add("no source", **place, column="source", mend="A target without its source is not accepted")
    if not target.indicator:
        return
    if target.indicator not in catalog.indicators:
        faults.add(
            f"unknown indicator {target.indicator!r}{nearest(target.indicator, list(catalog.indicators))}",
            **place,
            mend="Leave it blank if nothing computes it; the target is then UNKNOWN",
        )
        return
    fixed = catalog.indicators[target.indicator].baseline
    if isinstance(fixed, int) and target.baseline not in {None, fixed}:
        faults.add(
            f"baseline {target.baseline}, but {target.indicator} is measured against {fixed}",
            **place,
            column="baseline",
            mend=f"Write {fixed}, or add an indicator with that baseline to the case's catalogue",
        )
    unit = catalog.indicators[target.indicator].unit
    if target.sense == "complete" and target.value is None and not units.same_dimension(unit, "1"):
        mend = "Give the value that is complete"
        faults.add(
            f"complete without a value, but {target.indicator} is in {unit!r}", **place, column="value", mend=mend
        )
    try:
        if target.value is not None and not units.same_dimension(target.unit, unit):
            faults.add(f"unit {target.unit!r}, but {target.indicator} is in {unit!r}", **place, column="unit")
    except UnitError as error:
        faults.add(str(error), **place, column="unit")


def _contradictions(target: Target) -> list[tuple[str, str]]:
    """What a target says against itself, and how to mend it."""
    trend = target.sense in {"falling", "rising"}
    found = []
    if target.from_year is not None and target.year is not None and target.from_year > target.year:
        found.append((f"from_year {target.from_year} is after year {target.year}", "Exchange them"))
    if target.kind == "cumulative" and target.from_year is None:
        found.append(("cumulative without from_year", "Give the first year that counts"))
    if target.kind == "trend" and not trend:
        found.append((f"kind trend with sense {target.sense!r}", "Write falling or rising, or another kind"))
    if trend and target.value is not None:
        found.append((f"sense {target.sense!r} with a value", "Write fall_by for a stated fall, or drop the value"))
    if target.tolerance is not None and target.tolerance < 0:
        found.append((f"tolerance {target.tolerance:g}", "A tolerance is positive"))
    if target.sense == "fall_by" and target.baseline is None:
        found.append(("fall_by without baseline", "Give the year from which the fall counts"))
    return found
