"""Verdicts on reduction tasks, one by one and together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import reasons
from ..messages import Said, listed, say, to_lang
from ..reasons import Reason

if TYPE_CHECKING:
    import pandas as pd

MET, MISSED, UNKNOWN = "MET", "MISSED", "UNKNOWN"


@dataclass(frozen=True)
class TaskVerdict:
    """One task judged.

    Attributes
    ----------
    id, place, pollutant : str
    year : int or None
        The year due.
    verdict : str
        ``MET``, ``MISSED`` or ``UNKNOWN``.
    reduction, task, margin : float or None
        Cumulative reduction, the task, and the first less the second [t]; the verdict is made on the exact numbers.
    reason : Reason
        Why it is unknown, else ``OK``.
    depends : str
        Alternatives of unverified parameters under which the verdict differs.
    notes : tuple of str
    """

    id: str
    place: str
    pollutant: str
    year: int | None
    verdict: str
    reduction: float | None
    task: float | None
    margin: float | None
    reason: Reason
    depends: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.to("en")

    def to(self, lang: str) -> str:
        """The verdict with its numbers or its reason, in English or Chinese."""
        place = say(
            "{id} {place} {pollutant} {year}",
            id=self.id,
            place=self.place,
            pollutant=self.pollutant,
            year=self.year or "",
        )
        if self.reason != Reason.OK:
            why = Said(reasons.TEXT[self.reason], {})
            text = say("{task}: {verdict}, {why}", task=place, verdict=say("UNKNOWN"), why=why)
        else:
            text = say(
                "{task}: {verdict}, {reduction:g} t of {wanted:g} t, margin {margin:g} t",
                task=place,
                verdict=say("MET") if self.verdict == MET else say("MISSED"),
                reduction=self.reduction,
                wanted=self.task,
                margin=self.margin,
            )
        notes = [say("differs under {names}", names=self.depends)] if self.depends else []
        return to_lang(listed([text, *notes, *self.notes]), lang)


@dataclass(frozen=True)
class Together:
    """All tasks of a place that are due in a year: met if every one is, missed if any one is, unknown otherwise."""

    place: str
    year: int | None
    verdict: str
    missed: tuple[str, ...]
    unknown: tuple[str, ...]
    depends: str = ""


@dataclass(frozen=True)
class TaskVerdicts:
    """The tasks one by one, and together; what was not counted; the editions, and what they rest on.

    Attributes
    ----------
    unverified : tuple of str
        Parameters that were not read in a text; ``depends`` of each verdict says where one decides.
    options : tuple of str
        Alternatives that were asked for.
    formulas : tuple of str
        The formula of each measure in the ledger with its source, and how far it was checked.
    """

    tasks: tuple[TaskVerdict, ...]
    together: tuple[Together, ...]
    left_out: tuple[str, ...]
    edition: str
    unverified: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The tasks as a table, one row each."""
        import pandas as pd

        return pd.DataFrame([vars(task) | {"reason": task.reason.name} for task in self.tasks])
