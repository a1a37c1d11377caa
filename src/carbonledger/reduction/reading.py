"""The ledger of reduction projects: every column checked against its measure, every amount with its unit."""

from __future__ import annotations

import datetime
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import units
from ..errors import Faults, TableError, UnitError, nearest
from ..messages import say
from ..tables import as_text, date_of, number_column, parse_period, read_table, text_column, where
from .doubles import check_doubles
from .measures import EXAMPLES, FORMS, POLLUTANTS, UNITS

if TYPE_CHECKING:
    import pandas as pd

TEXTS = "id name entity district outlet pollutant measure start evidence accepted reason note factor_source".split()
NEEDED = ("id", "entity", "district")
OF_MEASURES = set().union(*(form.columns for form in FORMS.values()))
SPELLINGS = {
    "pollutant": {
        **{name.lower(): name for name in POLLUTANTS},
        **{"二氧化硫": "SO2", "氮氧化物": "NOx", "化学需氧量": "COD", "codcr": "COD", "氨氮": "NH3-N", "nh3n": "NH3-N"},
        **{"挥发性有机物": "VOCs", "voc": "VOCs"},
    },
    "measure": {
        **{name: name for name in FORMS},
        **{"关停": "closure", "淘汰关停": "closure", "末端治理": "end_of_pipe", "治理设施改造": "end_of_pipe"},
        **{"浓度流量法": "flow", "流量浓度法": "flow", "污水处理": "sewage", "煤炭替代": "coal_replacement"},
    },
    "accepted": {"yes": "yes", "no": "no", "是": "yes", "否": "no", "认定": "yes", "不予认定": "no"},
}
_OF_A_YEAR = re.compile(r"\s*/\s*(?:a|yr|year|年)$")
YEARS = range(1990, 2101)
LEAST_PERCENT = Fraction(1, 100)  # a treatment of less is a fraction that was called a percentage: 0.9 for 90 %


def read_projects(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """Read a ledger of reduction projects, one row per project and pollutant.

    Parameters
    ----------
    source : path or DataFrame
        ``id, entity`` (the enterprise)``, district, pollutant`` (SO2, NOx, COD, NH3-N, VOCs)``, measure, start`` (day or month
        of completion)``, evidence, accepted`` (yes, no, with the ``reason``), optional ``outlet, base_year, name, note``, and
        the amounts of the measure, each with its unit: ``closure``: ``base_emission``; ``end_of_pipe``: that, ``eta0, eta1``;
        ``flow``: ``flow, c0, c1``; ``sewage``: ``flow, c_in, c_out, base_removal``; ``coal_replacement``: ``coal_cut,
        emission_factor, factor_source``. Amounts are those of one year. Any row may have ``offset``, the part that a new
        project uses as its regional offset; it is deducted.
    file : str, optional
        The name that faults show.

    Returns
    -------
    DataFrame with those columns, ``file`` and ``row``; ``start`` (datetime64), ``accepted`` (bool); ``exact`` (Fraction) and
    ``reduction`` (float64), the reduction of a full year [t].

    Raises
    ------
    TableError
        All faults at once: amounts that a measure lacks or does not use, units that are missing or do not fit, efficiencies
        outside 0 to 1, concentrations that rise, a negative reduction, what is counted twice (:mod:`.doubles`) …

    Notes
    -----
    Numbers are taken as the decimals that stand in the file, and computed exactly.
    """
    import numpy as np
    import pandas as pd

    frame, faults = read_table(source, "reduction_projects", file=file), Faults()
    given = pd.DataFrame({c: text_column(frame[c]) != "" for c in frame.columns})
    for column in [*TEXTS, *sorted(set(UNITS.values()))]:
        frame[column] = text_column(frame[column])
    for column in (*UNITS, "base_year"):
        frame[column] = number_column(frame[column], faults, frame, column)
    for column, words in SPELLINGS.items():
        frame[column] = [word_of(frame, i, column, words, faults) for i in range(len(frame))]
    frame["start"] = np.array([_start(frame, i, faults) or "NaT" for i in range(len(frame))], dtype="datetime64[s]")
    _check_words(frame, faults)
    exact = [_Row(frame, given, i, faults).reduction() for i in range(len(frame))]
    frame["accepted"] = frame["accepted"] == "yes"
    check_doubles(frame, faults)
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    frame["exact"] = pd.Series(exact, dtype=object)
    frame["reduction"] = [float(x) if x is not None else np.nan for x in exact]
    return frame


def word_of(frame: pd.DataFrame, i: int, column: str, words: dict[str, str], faults: Faults) -> str:
    """The word of a cell as this room writes it, blank after a fault."""
    written = str(frame[column].iat[i])
    found = words.get(as_text(written).lower(), "")
    if not found:
        known = list(dict.fromkeys(words.values()))
        what = say("{column} {written!r}{near}", column=column, written=written, near=nearest(written, list(words)))
        faults.add(what, **where(frame, i, column), mend=say("Accepted: {names}", names=", ".join(known)))
    return found


def _start(frame: pd.DataFrame, i: int, faults: Faults) -> str | None:
    written = str(frame["start"].iat[i])
    found, month = date_of(written), parse_period(written)
    if found is None and month is not None and month.monthly and not month.cumulative:
        found = datetime.date(month.year, month.last_month, 1)
    if found is None or found.year not in YEARS:
        mend = say("Write the day or the month of completion, e.g. 2023-05-16 or 2023-05")
        faults.add(say("{text!r} is no date", text=written), **where(frame, i, "start"), mend=mend)
        return None
    return found.isoformat()


def _check_words(frame: pd.DataFrame, faults: Faults) -> None:
    for column in NEEDED:
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            faults.add(say("no {name}", name=column), **where(frame, i, column), mend=say("Every project has one"))
    for i in (frame["id"].duplicated() & (frame["id"] != "")).to_numpy().nonzero()[0]:
        what = say("{name!r} stands twice", name=frame["id"].iat[i])
        faults.add(what, **where(frame, i, "id"), mend=say("Give each row, of a project and a pollutant, its own id"))
    accepted, refused = frame["accepted"] == "yes", frame["accepted"] == "no"
    for i in (accepted & (frame["evidence"] == "")).to_numpy().nonzero()[0]:
        faults.add(say("accepted without evidence"), **where(frame, i, "evidence"), mend=say("Name the document"))
    for i in (refused & (frame["reason"] == "")).to_numpy().nonzero()[0]:
        faults.add(say("not accepted, without a reason"), **where(frame, i, "reason"), mend=say("Say why"))
    years = frame["base_year"]
    wrong = years.notna() & ~years.isin(list(YEARS))
    for i in wrong.to_numpy().nonzero()[0]:
        what = say("{value:g} is no year", value=years.iat[i])
        faults.add(what, **where(frame, i, "base_year"), mend=say("Write it as {example}", example="2020"))
    for i in (~wrong & (years > frame["start"].dt.year)).to_numpy().nonzero()[0]:
        told = {"year": int(years.iat[i]), "day": f"{frame['start'].iat[i]:%Y-%m-%d}"}
        what = say("the base year {year} lies after the completion on {day}", **told)
        faults.add(what, **where(frame, i, "base_year"), mend=say("Name the year before the project worked"))


class _Row:
    """One project: what its measure needs, in units that fit together."""

    def __init__(self, frame: pd.DataFrame, given: pd.DataFrame, i: int, faults: Faults) -> None:
        self.frame, self.given, self.i, self.faults = frame, given, i, faults
        self.pollutant, self.measure = str(frame["pollutant"].iat[i]), str(frame["measure"].iat[i])

    def reduction(self) -> Fraction | None:
        """The reduction of a full year [t], None after a fault."""
        if not self.measure:
            return None
        form, before = FORMS[self.measure], len(self.faults.found)
        if form.pollutants and self.pollutant and self.pollutant not in form.pollutants:
            what = say("measure {measure!r} reduces no {pollutant}", measure=self.measure, pollutant=self.pollutant)
            self._fault(what, "measure", say("It is one for {names}", names=", ".join(form.pollutants)))
        self._check_columns()
        amounts = {a: self._amount(a) for a in form.amounts if self._has(a)}
        offset = self._amount("offset") if self._has("offset") else Fraction(0)
        # what is no number is a fault of the reader already
        lacking = len(amounts) < len(form.amounts) or None in (*amounts.values(), offset)
        if lacking or len(self.faults.found) > before:
            return None
        self._check_pair(amounts, "eta0", "eta1", falls=False)
        self._check_pair(amounts, "c0", "c1", falls=True)
        self._check_pair(amounts, "c_in", "c_out", falls=True)
        if len(self.faults.found) > before:
            return None
        found: Fraction = form.formula(*(amounts[a] for a in form.amounts)) - (offset or 0)
        if found < 0:
            what = say("a reduction of {value:g} t", value=float(found))
            self._fault(
                what, self.measure, say("A project does not add; check the removal of the base year and the offset")
            )
            return None
        return found

    def _fault(self, what: str, column: str, mend: str) -> None:
        self.faults.add(what, **where(self.frame, self.i, column), mend=mend)

    def _has(self, column: str) -> bool:
        return bool(self.given[column].iat[self.i])

    def _check_columns(self) -> None:
        """What the measure lacks, and what it does not use: nobody's number is passed over."""
        form = FORMS[self.measure]
        needed = ", ".join([*form.amounts, *form.words])
        for column in [*form.amounts, *form.words, *dict.fromkeys(UNITS[a] for a in form.amounts)]:
            if not self._has(column):
                what = say("measure {measure!r} without {column}", measure=self.measure, column=column)
                self._fault(what, column, say("It needs {names}, and the units", names=needed))
        for column in sorted(OF_MEASURES - form.columns):
            if self._has(column):
                what = say("measure {measure!r} does not use {column}", measure=self.measure, column=column)
                self._fault(
                    what, column, say("It needs {names}; leave the cell blank, or correct the measure", names=needed)
                )
        if self._has("offset") != self._has("offset_unit"):
            self._fault(say("offset and offset_unit belong together"), "offset", say("Give both or neither"))

    def _amount(self, name: str) -> Fraction | None:
        """The amount in the unit in which the formula is written."""
        value = float(self.frame[name].iat[self.i])
        unit = str(self.frame[UNITS[name]].iat[self.i])
        if not math.isfinite(value) or not unit:  # a fault already
            return None
        if value < 0:
            self._fault(say("{value:g} is negative", value=value), name, say("Amounts are zero or more"))
        try:
            scale = self._scale(name, unit)
        except UnitError as error:
            self._fault(error.message, UNITS[name], say("Write it as {example}", example=self._example(UNITS[name])))
            return None
        found = Fraction(repr(value)) * Fraction(repr(scale))
        self._check_size(name, value, unit, found)
        return found

    def _check_size(self, name: str, value: float, unit: str, found: Fraction) -> None:
        """What no efficiency and no emission of coal can be: most often a number with the unit of another."""
        if name in ("eta0", "eta1") and found >= 1:
            mend = say("An efficiency is below 1 (100 %); state its unit as '%' or '1'")
            self._fault(say("{value:g} {unit} is no efficiency", value=value, unit=unit), name, mend)
        if name == "eta1" and 0 < found < LEAST_PERCENT:
            mend = say("An efficiency as a fraction has the unit '1'")
            self._fault(say("an efficiency of {value:g} {unit} cannot be meant", value=value, unit=unit), name, mend)
        if name == "emission_factor" and found > 1:
            mend = say("Coal does not emit more than its own mass: correct the factor or its unit")
            self._fault(say("an emission factor of {value:g} {unit}", value=value, unit=unit), name, mend)

    def _example(self, column: str) -> str:
        if column == "concentration_unit":
            return f"mg/{self._per('flow', 'm3', 'Nm3')}"
        if column == "emission_factor_unit":
            return f"kg/{self._per('coal_cut', 't', 'tce')}"
        return EXAMPLES[column]

    def _scale(self, name: str, unit: str) -> float:
        if UNITS[name] == "eta_unit":
            return units.factor(unit, "1")
        plain = _OF_A_YEAR.sub("", unit)
        if name == "flow":
            return units.factor(plain, self._per("flow", "m3", "Nm3"))
        if name == "coal_cut":
            return units.factor(plain, self._per("coal_cut", "t", "tce"))
        if UNITS[name] == "concentration_unit":
            return in_tonnes(unit, self.pollutant, f"/{self._per('flow', 'm3', 'Nm3')}")
        if name == "emission_factor":
            return in_tonnes(unit, self.pollutant, f"/{self._per('coal_cut', 't', 'tce')}")
        return in_tonnes(plain, self.pollutant)

    def _per(self, name: str, usual: str, other: str) -> str:
        """Flow is in m3 or Nm3, coal in t or tce: whichever the row says; what divides by it must be the same."""
        unit = _OF_A_YEAR.sub("", str(self.frame[UNITS[name]].iat[self.i]))
        try:
            return other if unit and units.same_dimension(unit, other) else usual
        except UnitError:  # a fault of the unit itself
            return usual

    def _check_pair(self, amounts: dict[str, Any], first: str, second: str, *, falls: bool) -> None:
        if first not in amounts or (amounts[first] >= amounts[second] if falls else amounts[first] <= amounts[second]):
            return
        one, other = (f"{self.frame[c].iat[self.i]:g}" for c in (first, second))
        if falls:
            what = say("{first} {one} is below {second} {other}", first=first, one=one, second=second, other=other)
        else:
            what = say("{first} {one} is above {second} {other}", first=first, one=one, second=second, other=other)
        self._fault(what, second, say("Exchange them, or leave the project out: it reduces nothing"))


def in_tonnes(unit: str, pollutant: str, per: str = "") -> float:
    """To tonnes (per something), from a unit with or without the name of the pollutant itself.

    Raises
    ------
    UnitError
        Another dimension, another pollutant.
    """
    named = f"t {POLLUTANTS[pollutant]}{per}" if pollutant else f"t{per}"
    return units.factor(unit, named if units.same_dimension(unit, named) else f"t{per}")
