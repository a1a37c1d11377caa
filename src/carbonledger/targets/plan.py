"""A plan's targets as data: read, named and checked, every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import units
from ..catalog import Catalog, read_catalog
from ..errors import CatalogError, Faults, UnitError, nearest
from ..messages import Said, say
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
                what = say("{value:g} is no year", value=found)
                if name == "decimals":
                    what = say("{value:g} is no number of decimals", value=found)
                faults.add(what, file=line["file"], row=int(line["row"]), column=name)
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
        what = say("id {name!r} is given twice", name=target.id) if target.id else say("id {name!r} is blank", name="")
        faults.add(what, **place, column="id")
    if target.sense not in SENSES:
        what = say("sense {name!r}{near}", name=target.sense, near=nearest(target.sense, list(SENSES)))
        faults.add(what, **place, mend=say("Accepted: {names}", names=", ".join(SENSES)))
    if target.kind not in KINDS:
        what = say("kind {name!r}{near}", name=target.kind, near=nearest(target.kind, list(KINDS)))
        faults.add(what, **place, mend=say("Accepted: {names}", names=", ".join(KINDS)))
    for what, mend in _contradictions(target):
        faults.add(what, **place, mend=mend)
    if not target.source:
        mend = say("A target without its source is not accepted")
        faults.add(say("no source"), **place, column="source", mend=mend)
    if not target.indicator:
        return
    if target.indicator not in catalog.indicators:
        near = nearest(target.indicator, list(catalog.indicators))
        mend = say("Leave it blank if nothing computes it; the target is then UNKNOWN")
        faults.add(say("unknown indicator {name!r}{near}", name=target.indicator, near=near), **place, mend=mend)
        return
    _check_fit(target, catalog, place, faults)


def _check_fit(target: Target, catalog: Catalog, place: dict[str, Any], faults: Faults) -> None:
    """The target's baseline and unit are those that its indicator can be judged in."""
    fixed = catalog.indicators[target.indicator].baseline
    if isinstance(fixed, int) and target.baseline not in {None, fixed}:
        years = {"baseline": target.baseline, "indicator": target.indicator, "year": fixed}
        faults.add(
            say("baseline {baseline}, but {indicator} is measured against {year}", **years),
            **place,
            column="baseline",
            mend=say("Write {year}, or add an indicator with that baseline to the case's catalogue", year=fixed),
        )
    unit = catalog.indicators[target.indicator].unit
    if target.sense == "complete" and target.value is None and not units.same_dimension(unit, "1"):
        what = say("complete without a value, but {name} is in {unit!r}", name=target.indicator, unit=unit)
        faults.add(what, **place, column="value", mend=say("Give the value that is complete"))
    try:
        if target.value is not None and not units.same_dimension(target.unit, unit):
            units_of = {"unit": target.unit, "name": target.indicator, "wanted": unit}
            faults.add(say("unit {unit!r}, but {name} is in {wanted!r}", **units_of), **place, column="unit")
    except UnitError as error:
        faults.add(error.message, **place, column="unit")


def _contradictions(target: Target) -> list[tuple[Said, Said]]:
    """What a target says against itself, and how to mend it."""
    trend = target.sense in {"falling", "rising"}
    found = []
    if target.from_year is not None and target.year is not None and target.from_year > target.year:
        what = say("from_year {first} is after year {last}", first=target.from_year, last=target.year)
        found.append((what, say("Exchange them")))
    if target.kind == "cumulative" and target.from_year is None:
        found.append((say("cumulative without from_year"), say("Give the first year that counts")))
    if target.kind == "trend" and not trend:
        what = say("kind trend with sense {sense!r}", sense=target.sense)
        found.append((what, say("Write falling or rising, or another kind")))
    if trend and target.value is not None:
        what = say("sense {sense!r} with a value", sense=target.sense)
        found.append((what, say("Write fall_by for a stated fall, or drop the value")))
    if target.tolerance is not None and target.tolerance < 0:
        found.append((say("tolerance {value:g}", value=target.tolerance), say("A tolerance is positive")))
    if target.sense == "fall_by" and target.baseline is None:
        found.append((say("fall_by without baseline"), say("Give the year from which the fall counts")))
    return found
