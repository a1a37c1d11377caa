"""An assessment as plain data; ``docs/json.md`` is its contract."""

from __future__ import annotations

import json
import sys
from typing import Any

from .. import __version__, reasons
from ..case import Assessed
from ..factors import Grade

SCHEMA = "carbonledger.assess/1"


def as_data(assessed: Assessed) -> dict[str, Any]:
    """The assessment as plain data; the structure is documented in ``docs/json.md`` and named by ``schema``."""
    synthetic = bool(assessed.case.about.get("synthetic", False))
    return {
        "schema": SCHEMA,
        "version": __version__,
        "case": assessed.case.name,
        "title": assessed.case.title,
        "synthetic": synthetic,
        "boundary": assessed.totals.attrs["boundary"],
        "inputs": assessed.case.hashes,
        "factor_sets": assessed.case.factors.hashes,
        "decisions": _decisions(assessed),
        "indicators": _values(assessed.indicators, assessed.case.about["indicators"]),
        "variants": [
            {"assumption": label, **value}
            for label, found in assessed.variants
            for value in _values(found, [str(n) for n in found.data_vars if not str(n).endswith("_reason")])
        ],
        "breakdowns": [part for quantity, dim, found in assessed.breakdowns for part in _parts(quantity, dim, found)],
        "verdicts": [
            j.as_dict() | {"needs": j.target.needs_en, "source": j.target.source, "synthetic": synthetic}
            for j in assessed.verdicts
        ],
        "published": [{**vars(c), "reason": reasons.text(c.reason)} for c in assessed.comparisons],
        "balance": [{**vars(c), "largest": c.largest} for c in assessed.case.closures],
        "coverage": _records(assessed.coverage),
        "entries_made": _made(assessed),
        "air": _air(assessed),
        "grades": [
            {"quantity": name, "grade": grade.name.lower(), "share": share}
            for name, shares in grades(assessed).items()
            for grade, share in shares.items()
        ],
        "refused": _records(assessed.ledger.refused),
    }


def _values(found: Any, names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "indicator": name,
            "entity": str(entity),
            "year": int(year),
            "value": _plain(found[name].sel(entity=entity, year=year)),
            "unit": found[name].attrs["units"],
            "reason": reasons.text(int(found[f"{name}_reason"].sel(entity=entity, year=year))),
        }
        for name in names
        for entity in found["entity"].values
        for year in found["year"].values
    ]


def _parts(quantity: str, dim: str, found: Any) -> list[dict[str, Any]]:
    """What a quantity is made of, where there are rows."""
    made = []
    for entity in found["entity"].values:
        for label in found[dim].values:
            for year in found["year"].values:
                here = found.sel({"entity": entity, dim: label, "year": year})
                if int(here[f"{quantity}_rows"]):
                    value, why = _plain(here[quantity]), reasons.text(int(here[f"{quantity}_reason"]))
                    place = {"entity": str(entity), "year": int(year), "by": dim, "part": str(label)}
                    unit = found[quantity].attrs["units"]
                    made.append({"quantity": quantity, **place, "value": value, "unit": unit, "reason": why})
    return made


def _plain(value: Any) -> float | None:
    found = float(value)
    return None if found != found else found


def _records(frame: Any) -> list[dict[str, Any]]:
    """Rows of a table; NaN is null."""
    found: list[dict[str, Any]] = (
        [] if frame is None else json.loads(frame.to_json(orient="records", force_ascii=False, double_precision=15))
    )
    return found


def _decisions(assessed: Assessed) -> dict[str, Any]:
    rules = assessed.case.rules
    return {
        "kinds": rules.kinds,
        "choices": rules.choices,
        "gas_reference": rules.gas_reference,
        "complete": assessed.case.about.get("complete", []),
        "stand_ins": [vars(s) for s in rules.stand_ins],
        "gaps": [vars(g) for g in rules.gaps],
    }


def _made(assessed: Assessed) -> list[dict[str, Any]]:
    """Entries that are not rows of a file, summed by what they are of."""
    rows = assessed.ledger.rows
    made = rows[rows["entry"].isin(["transfer", "elimination", "unallocated"])]
    keys = ["entry", "entity", "activity", "flow", "canonical_unit"]
    plain = made.assign(**{c: made[c].astype(object) for c in keys})
    sums = plain.groupby([*keys, "year"], as_index=False)["canonical"].agg(["sum", "size"])
    return _records(sums.rename(columns={"canonical_unit": "unit", "sum": "amount", "size": "entries"}))


def _air(assessed: Assessed) -> dict[str, Any] | None:
    """Annual statistics of the stations, with editions, masked hours and what is not verified."""
    air = assessed.case.air
    if air is None or air.annual is None:
        return None
    found, shares = air.annual, air.shares
    return {
        "statistics": _lines(found, ("entity", "year", "pollutant"), ("unit", "percent")),
        "overall": _lines(found, ("entity", "year"), ("edition", "limit_edition")),
        "days_by_index": [] if shares is None else _lines(shares, ("entity", "year"), ("edition",)),
        "hours": air.masked,
        "asked": {
            "zone": found.attrs["zone"],
            "region": found.attrs["region"],
            "options": list(
                dict.fromkeys(o for part in (found, shares) if part is not None for o in part.attrs["options"])
            ),
            "omitted": [] if shares is None else list(shares.attrs["omitted"]),
        },
        "unverified": list(
            dict.fromkeys(n for part in (found, shares) if part is not None for n in part.attrs["unverified"])
        ),
    }


def _lines(found: Any, dims: tuple[str, ...], coords: tuple[str, ...]) -> list[dict[str, Any]]:
    """One object for each place of the dimensions, with every variable that has just these; reasons in words."""
    import itertools

    names = [str(n) for n in found.data_vars if found[n].dims == dims]
    rows = []
    for place in itertools.product(*(found[d].values for d in dims)):
        here = found.sel(dict(zip(dims, place, strict=True)))
        row = {d: p.item() if hasattr(p, "item") else str(p) for d, p in zip(dims, place, strict=True)}
        row |= {n: reasons.text(int(here[n])) if n.endswith("_reason") else _cell(here[n]) for n in names}
        rows.append(row | {c: _cell(here[c]) for c in coords})
    return rows


def _cell(value: Any) -> Any:
    found = value.values.item() if hasattr(value, "values") else value
    return None if found != found else found


def grades(assessed: Assessed) -> dict[str, dict[Grade, float]]:
    """For each quantity, the share of its posted values (absolute, over all years) that rests on each grade of rate."""
    import numpy as np

    ledger, shares = assessed.ledger, dict[str, dict[Grade, float]]()
    amount = np.bincount(ledger.cells.key, weights=np.abs(ledger.cells.amount), minlength=len(ledger.rates))
    per_key = amount[:, None] * np.abs(np.nan_to_num(ledger.rates))
    for j, name in enumerate(ledger.quantities):
        whole = float(per_key[:, j].sum())
        found: dict[Grade, float] = {}
        for (k, quantity), rate in ledger.how.items():
            if quantity == name and rate is not None and whole:
                found[rate.grade] = found.get(rate.grade, 0.0) + float(per_key[k, j]) / whole
        shares[name] = dict(sorted(found.items()))
    return shares


def print_json(data: Any) -> None:
    """JSON on standard output; NaN never appears (``None`` and a reason do)."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
