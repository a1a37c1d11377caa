"""The allocation plan of a year, what a caller may choose in it, and what it leaves open."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, LedgerError, nearest
from ..messages import Named, say
from ..standards import Benchmark, Draft, Edition, EditionError, Parameter, UnitClass, edition_on, read_editions

if TYPE_CHECKING:
    import pandas as pd

STANDARD = "ETS power"
LEFT_OUT = "left out"


class AllowanceError(LedgerError):
    """An allocation that cannot be made as it was asked for."""


def plan_of(year: int, *, folder: Path | None = None) -> Edition:
    """The allocation plan for the emissions of a year.

    Raises
    ------
    EditionError
        If there is none; where there is only a draft the message says so, and that its numbers are not shipped.
    """
    found = plan_or_none(year, folder)
    if found is not None:
        return found
    years = ", ".join(f"{e.in_force_from.year}-{e.in_force_to.year if e.in_force_to else ''}" for e in plans(folder))
    if draft := draft_of(year, folder):
        raise EditionError(
            say(
                "the allocation plan for {year} is a draft ({draft}) and is not shipped; there are plans for {years}. "
                "Wait for the final one, or put a file of your own beside the others and name the folder",
                year=year,
                draft=Named(draft.en, draft.zh),
                years=years,
            )
        )
    raise EditionError(say("no allocation plan for {year}; there are plans for {years}", year=year, years=years))


def plan_or_none(year: int, folder: Path | None = None) -> Edition | None:
    """The same, ``None`` where there is none."""
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        return None
    try:
        return edition_on(STANDARD, datetime.date(year, 12, 31), folder=folder)
    except EditionError:
        return None


def plans(folder: Path | None = None) -> list[Edition]:
    """All allocation plans, by date."""
    return [e for e in read_editions(folder) if e.standard == STANDARD]


def draft_of(year: int, folder: Path | None = None) -> Draft | None:
    """The draft that is all there is for a year, if there is one."""
    every: Iterable[Draft] = (d for e in plans(folder) for d in e.tables.get("drafts", ()))
    return next((d for d in every if d.first <= year <= d.last), None)


def benchmark_of(plan: Edition, year: int, unit_class: str) -> Benchmark | None:
    """The row of the plan's table for a class of units in a year."""
    rows: tuple[Benchmark, ...] = plan.table("benchmarks")
    return next((r for r in rows if (r.year, r.unit_class) == (year, unit_class)), None)


def basis_of(plan: Edition, year: int) -> str:
    """``supplied`` or ``generated``: of which MWh the benchmarks of the year are."""
    rows: tuple[Benchmark, ...] = plan.table("benchmarks")
    return next((r.basis for r in rows if r.year == year), "")


def classes(folder: Path | None = None) -> dict[str, UnitClass]:
    """Every class of units by its name."""
    return {c.name: c for e in plans(folder) for c in e.tables.get("unit_classes", ())}


def benchmarks(*, folder: Path | None = None) -> pd.DataFrame:
    """Every benchmark that is shipped, with its basis.

    Returns
    -------
    DataFrame ``year, unit_class, basis, power`` [t CO2/MWh], ``heat`` [t CO2/GJ], ``power_balance, heat_balance`` (NaN
    where the plan prints none), ``edition, source, confidence``. Values of different bases (per MWh supplied until 2022,
    per MWh generated from 2023) do not compare.
    """
    import pandas as pd

    columns = "year unit_class basis power heat power_balance heat_balance".split()
    rows = [
        {c: getattr(b, c) for c in columns} | {"edition": e.name, "source": b.source, "confidence": b.confidence}
        for e in plans(folder)
        for b in e.table("benchmarks")
    ]
    made = pd.DataFrame(rows)
    for column in ("power_balance", "heat_balance"):
        made[column] = made[column].astype("float64")
    return made


def with_options(plan: Edition, options: Mapping[str, str]) -> Edition:
    """The plan with what the caller chose, as far as it leaves that open."""
    for name, choice in options.items():
        parameter = plan.parameters.get(name)
        if parameter is not None and choice in parameter.alternatives:
            plan = plan.under(name, choice)
    return plan


def check_options(options: Mapping[str, str], chosen: Iterable[Edition]) -> None:
    """Every option names a parameter that some plan leaves open, and one of its alternatives.

    Raises
    ------
    AllowanceError
        All that do not, with what may be chosen.
    """
    known: dict[str, list[str]] = {}
    for plan in chosen:
        for parameter in plan.parameters.values():
            if parameter.alternatives:
                names = known.setdefault(parameter.name, [_base(parameter)])
                names += [a for a in parameter.alternatives if a not in names]
    faults = Faults()
    for name, choice in options.items():
        if name not in known:
            near = nearest(name, list(known))
            mend = say("Accepted: {names}", names=", ".join(known) or "–")
            faults.add(say("the plans leave no {name!r} open{near}", name=name, near=near), mend=mend)
        elif choice not in known[name]:
            mend = say("Accepted: {names}", names=", ".join(known[name]))
            faults.add(say("{name} has no alternative {choice!r}", name=name, choice=choice), mend=mend)
    faults.raise_as(AllowanceError, say("options of the allocation"))


def alternatives_of(plan: Edition, options: Mapping[str, str]) -> dict[str, Edition]:
    """The plan under each other value of what it leaves open, by ``parameter: alternative``."""
    chosen, made = with_options(plan, options), {}
    for name in plan.unverified:
        for choice in (_base(plan.parameters[name]), *plan.parameters[name].alternatives):
            made[f"{name}: {choice}"] = with_options(plan, {**options, name: choice})
    return {label: other for label, other in made.items() if other != chosen}


def _base(parameter: Parameter) -> str:
    """How the value in the file is called among the alternatives."""
    return parameter.value if isinstance(parameter.value, str) else "as taken"


def left_out(plan: Edition) -> list[str]:
    """Corrections that the plan has and that are not applied, because they are not verified and nobody chose them."""
    open_ones: dict[str, Any] = {n: plan.parameters[n].value for n in plan.unverified}
    return [name for name, value in open_ones.items() if value == LEFT_OUT]
