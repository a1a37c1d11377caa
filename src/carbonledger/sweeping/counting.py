"""How often a target is met, and when first: counts of scenarios, which merge exactly whatever the blocks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Wholes = npt.NDArray[np.int64]
    Codes = npt.NDArray[np.int8]

MET, MISSED = 1, 2  # verdict codes; 0 is UNKNOWN
_AT_ONCE = 255  # verdicts that a uint8 can count
_LANES = 1024  # columns from which a row is long enough to be added at full speed
_ROWS = 4 * _AT_ONCE  # scenarios whose verdicts stay in the cache from year to year


@dataclass(eq=False)
class Verdicts:
    """How many scenarios meet and miss, by target, entity and year.

    Attributes
    ----------
    n : int
        Scenarios.
    met, missed : int64 [target, entity, year]
        All others are unknown.
    """

    n: int
    met: Wholes
    missed: Wholes

    @classmethod
    def blank(cls, shape: tuple[int, ...]) -> Verdicts:
        """An empty one for [target, entity, year]."""
        import numpy as np

        return cls(0, np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def add(self, start: int, block: Codes) -> None:
        """Take verdict codes [scenario, target, entity, year]."""
        self.n += len(block)
        self.met += _tally(block == MET)
        self.missed += _tally(block == MISSED)

    def merge(self, other: Verdicts) -> None:
        """Take the counts of other scenarios."""
        self.n += other.n
        self.met = self.met + other.met
        self.missed = self.missed + other.missed

    def result(self) -> dict[str, npt.NDArray[Any]]:
        """``n_met``, ``n_missed``, ``n_unknown``, and the share that meets as an interval.

        ``p_met_low`` is the share if every unknown scenario missed, ``p_met_high`` if every one met; NaN for no
        scenario at all.
        """
        import numpy as np

        unknown, n = self.n - self.met - self.missed, self.n or np.nan
        return {
            "n_met": self.met.copy(),
            "n_missed": self.missed.copy(),
            "n_unknown": unknown,
            "p_met_low": self.met / n,
            "p_met_high": (self.met + unknown) / n,
        }


@dataclass(eq=False)
class FirstYear:
    """The first year in which each scenario meets a target, by target and entity.

    Attributes
    ----------
    n : int
        Scenarios.
    first : int64 [target, entity, year]
        Scenarios that meet the target in this year and in no earlier one of the years given.
    uncertain : int64 [target, entity, year]
        Those of ``first`` that have an UNKNOWN year before: they may have met the target earlier.
    never_uncertain : int64 [target, entity]
        Scenarios that meet it in no year, but have an UNKNOWN one: they may have met it then.
    """

    n: int
    first: Wholes
    uncertain: Wholes
    never_uncertain: Wholes

    @classmethod
    def blank(cls, shape: tuple[int, ...]) -> FirstYear:
        """An empty one for [target, entity, year]."""
        import numpy as np

        return cls(0, np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape[:-1], np.int64))

    def add(self, start: int, block: Codes) -> None:
        """Take verdict codes [scenario, target, entity, year], years in order."""
        import numpy as np

        self.n += len(block)
        for i in range(0, len(block), _ROWS):
            by_year = np.ascontiguousarray(np.moveaxis(block[i : i + _ROWS], -1, 0))
            met = by_year == MET
            open_to = ~(met | (by_year == MISSED))  # unknown
            seen, unknown = np.zeros(met.shape[1:], np.bool_), np.zeros(met.shape[1:], np.bool_)
            for y in range(len(by_year)):
                new = met[y] & ~seen
                self.first[..., y] += _tally(new)
                self.uncertain[..., y] += _tally(new & unknown)
                seen |= new
                unknown |= open_to[y]
            self.never_uncertain += _tally(unknown & ~seen)

    def merge(self, other: FirstYear) -> None:
        """Take the counts of other scenarios."""
        self.n += other.n
        self.first = self.first + other.first
        self.uncertain = self.uncertain + other.uncertain
        self.never_uncertain = self.never_uncertain + other.never_uncertain

    def result(self) -> dict[str, npt.NDArray[Any]]:
        """``n_first_met`` and ``n_first_met_uncertain`` by year, ``n_never_met`` and ``n_never_met_uncertain``.

        The uncertain ones are among the others: first years and never add up to the number of scenarios.
        """
        return {
            "n_first_met": self.first.copy(),
            "n_first_met_uncertain": self.uncertain.copy(),
            "n_never_met": self.n - self.first.sum(axis=-1),
            "n_never_met_uncertain": self.never_uncertain.copy(),
        }


def _tally(flags: npt.NDArray[np.bool_]) -> Wholes:
    """How many of the first axis are true.

    Counted in bytes first, many lanes at a time, where summing booleans into int64 takes one; rows too short for that
    are laid side by side.
    """
    import numpy as np

    columns = math.prod(flags.shape[1:])
    flat = flags.reshape(len(flags), columns).view(np.uint8)
    total = np.zeros(columns, np.int64)
    beside = max(1, _LANES // max(1, columns))
    for i in range(0, len(flat), _AT_ONCE * beside):
        part = flat[i : i + _AT_ONCE * beside]
        whole = len(part) - len(part) % beside
        wide = np.add.reduce(part[:whole].reshape(whole // beside, beside * columns), axis=0, dtype=np.uint8)
        total += wide.reshape(beside, columns).sum(axis=0, dtype=np.int64)
        total += part[whole:].sum(axis=0, dtype=np.int64)
    return total.reshape(flags.shape[1:])
