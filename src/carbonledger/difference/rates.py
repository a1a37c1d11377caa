"""Which rates differ: value, factor row, grade and set, by key and quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..factors import Rate
from ..ledger import Ledger
from ..tables import OWN


@dataclass(frozen=True)
class RateChange:
    """One rate that differs between two ledgers, for a key that both have.

    ``before`` and ``after`` are values [``unit``: that of the quantity per canonical unit], ``None`` in a gap or where the key
    does not count; grades, ``set/file row`` and the steps that led to each stand beside them.
    """

    quantity: str
    activity: str
    flow: str
    region: str
    unit: str
    of_which: bool
    years: tuple[int, ...]
    before: float | None
    after: float | None
    grade_before: str
    grade_after: str
    from_before: str
    from_after: str
    steps_before: tuple[str, ...] = ()
    steps_after: tuple[str, ...] = ()


_Signed = tuple[Rate, float] | None


def rate_changes(a: Ledger, b: Ledger) -> list[RateChange]:
    """Rates of keys that both ledgers have, in the quantities that both post; years with one change are one line."""
    one, other = _rates(a), _rates(b)
    quantities = [q for q in b.quantities if q in a.quantities]
    made: dict[tuple[Any, ...], list[int]] = {}
    for key in (k for k in other if k in one):
        for quantity in quantities:
            before, after = one[key].get(quantity), other[key].get(quantity)
            if _said(before) != _said(after):
                place = key[:3], key[4], key[5], quantity, _said(before), _said(after)
                made.setdefault(place, []).append(key[3])
    units = {q: b.catalog.quantities[q].unit for q in quantities}
    return [_rate_change(place, years, units) for place, years in made.items()]


def _rate_change(place: tuple[Any, ...], years: list[int], units: dict[str, str]) -> RateChange:
    (activity, flow, region), unit, of_which, quantity, before, after = place
    return RateChange(
        quantity=quantity,
        activity=activity,
        flow=flow,
        region=region,
        unit=f"{units[quantity]}/{unit}",
        of_which=of_which,
        years=tuple(sorted(set(years))),
        before=before[0],
        after=after[0],
        grade_before=before[1],
        grade_after=after[1],
        from_before=before[2],
        from_after=after[2],
        steps_before=before[3],
        steps_after=after[3],
    )


def _rates(ledger: Ledger) -> dict[tuple[Any, ...], dict[str, _Signed]]:
    """Key as written -> quantity -> rate, ``None`` in a gap; what does not count has no entry."""
    import numpy as np

    cells, rows = ledger.cells, ledger.rows
    keys, at = np.unique(cells.key, return_index=True)
    own = [rows[c].to_numpy(np.float64)[cells.first[at]] if c in rows else np.full(len(at), np.nan) for c in OWN]
    found: dict[int, tuple[Any, ...]] = {}
    for n, (key, i) in enumerate(zip(keys.tolist(), at.tolist(), strict=True)):
        measured = tuple(None if v[n] != v[n] else float(v[n]) for v in own)
        text = str(cells.activity[i]), str(cells.flow[i]), str(cells.region[i])
        found[key] = (*text, int(cells.year[i]), str(cells.unit[i]), bool(cells.of_which[i]), measured)
    made: dict[tuple[Any, ...], dict[str, _Signed]] = {written: {} for written in found.values()}
    column = {name: j for j, name in enumerate(ledger.quantities)}
    for (key, quantity), rate in ledger.how.items():
        made[found[key]][quantity] = rate if rate is None else (rate, float(ledger.rates[key, column[quantity]]))
    return made


def _said(rate: Any) -> tuple[float | None, str, str, tuple[str, ...]]:
    """Signed value, grade, factor row and steps."""
    if rate is None:
        return None, "", "", ()
    how, value = rate
    row = how.row
    return value, how.grade.name.lower(), f"{row.file} row {row.row}" if row else "", tuple(how.steps)
