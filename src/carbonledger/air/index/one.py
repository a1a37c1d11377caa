"""The index of one day or hour from its concentrations, by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ...errors import Faults, TableError
from ...messages import say
from ...rounding import Ratio
from ...standards import Edition
from ...standards import edition as edition_named
from ..inputs.pollutants import names_in
from .scale import HALF, NONE, Item, class_of, counted_items, indices_of, largest


@dataclass(frozen=True)
class Index:
    """The index of one set of concentrations.

    Attributes
    ----------
    aqi : int or None
        ``None`` where a pollutant is missing and the rest is not above 100 (HJ 633-2026, 5.3.1).
    of : dict of str to int
        IAQI by item, e.g. ``PM2.5 24h``.
    primary : tuple of str
        Pollutants with the largest index, if it is above 50; ties all.
    level, class_zh, class_en
        Class; 0 and blank without an index.
    missing : tuple of str
        Items that were not given, or have no index.
    edition : str
    """

    aqi: int | None
    of: dict[str, int]
    primary: tuple[str, ...]
    level: int
    class_zh: str
    class_en: str
    missing: tuple[str, ...]
    edition: str


def index_of(
    concentrations: Mapping[str, str | float | Decimal | None],
    edition: str,
    *,
    hourly: bool = False,
    omitted: str | Iterable[str] = (),
) -> Index:
    """The index of one day or hour from its concentrations.

    Parameters
    ----------
    concentrations : dict of str to number
        ``{"PM2.5": 44, "CO": "0.9", "O3 8h": 160}`` [ug/m3; CO mg/m3]; the averaging time may be left out where the edition
        counts one item of the pollutant. ``None`` is missing. Decimals are taken as written.
    edition : str
        ``hj-633-2012`` or ``hj-633-2026``.
    hourly : bool
        Items of the hourly index instead of the daily one.
    omitted : str or list of str
        Pollutants that the monitoring plan leaves out and that are therefore not missing (HJ 633-2026, 5.3.2).

    Raises
    ------
    TableError
        Unknown items, numbers that are none or negative: all at once.
    EditionError
        If there is no such edition of HJ 633.
    """
    import numpy as np

    rules, faults = edition_named(edition), Faults()
    counted = counted_items(rules, hourly=hourly)
    items = {}
    for name, given in concentrations.items():
        key = _key(name, counted, rules, faults)
        exact = _exact(name, given, faults)
        if key is not None and key in items:
            faults.add(say("{name} is given twice", name=" ".join(key)), mend=say("Keep one"))
        if key is not None and exact is not None:
            items[key] = Item(Ratio(np.array([exact.numerator]), np.array([exact.denominator])), np.array([True]))
    faults.raise_as(TableError, say("concentrations"))
    found = indices_of(items, counted, rules)
    left_out = set(names_in(omitted))
    due = [key for key in counted if key[0] not in left_out]
    missing = tuple(" ".join(key) for key in due if key not in found or found[key][0] == NONE)
    of = {f"{p} {averaging}": int(v[0]) for (p, averaging), v in found.items() if v[0] != NONE}
    aqi = int(largest(found, rules, due)[0]) if found else NONE
    about = class_of(aqi, rules) if aqi != NONE else None
    top = max(of.values(), default=0)
    primary = tuple(dict.fromkeys(k.split()[0] for k, v in of.items() if v == top)) if aqi > HALF else ()
    words = (about.level, about.zh, about.en) if about else (0, "", "")
    return Index(None if aqi == NONE else aqi, of, primary, *words, missing, rules.name)


def _key(name: str, counted: list[tuple[str, str]], rules: Edition, faults: Faults) -> tuple[str, str] | None:
    pollutant, _, averaging = name.partition(" ")
    fitting = [key for key in counted if key[0] == pollutant]
    known = sorted({*counted, *((row.pollutant, row.averaging) for row in rules.table("breakpoints"))})
    if (pollutant, averaging) in known:
        return pollutant, averaging
    if not averaging and len(fitting) == 1:
        return fitting[0]
    mend = say("Accepted: {names}", names=", ".join(" ".join(key) for key in known))
    faults.add(say("{name!r} is no item of {edition}", name=name, edition=rules.name), mend=mend)
    return None


def _exact(name: str, given: Any, faults: Faults) -> Fraction | None:
    if given is None or given != given:
        return None
    try:
        exact = Fraction(str(given).strip())
    except ValueError:
        exact = Fraction(-1)
    if exact < 0:
        what = say("{name}: {value!r} is no concentration", name=name, value=str(given))
        faults.add(what, mend=say("A number from 0 on"))
        return None
    return exact
