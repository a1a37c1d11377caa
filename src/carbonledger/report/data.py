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
    found = assessed.indicators
    values = []
    for name in assessed.case.about["indicators"]:
        for entity in found["entity"].values:
            for year in found["year"].values:
                here = {"entity": entity, "year": year}
                value = float(found[name].sel(here))
                values.append(
                    {
                        "indicator": name,
                        "entity": str(entity),
                        "year": int(year),
                        "value": None if value != value else value,
                        "unit": found[name].attrs["units"],
                        "reason": reasons.text(int(found[f"{name}_reason"].sel(here))),
                    }
                )
    return {
        "schema": SCHEMA,
        "version": __version__,
        "case": assessed.case.name,
        "title": assessed.case.title,
        "synthetic": bool(assessed.case.about.get("synthetic", False)),
        "boundary": assessed.totals.attrs["boundary"],
        "inputs": assessed.case.hashes,
        "factor_sets": assessed.case.factors.hashes,
        "indicators": values,
        "verdicts": [j.as_dict() for j in assessed.verdicts],
        "published": [{**vars(c), "reason": reasons.text(c.reason)} for c in assessed.comparisons],
        "balance": [{**vars(c), "largest": c.largest} for c in assessed.case.closures],
        "grades": [{"grade": g.name.lower(), "values": n, "share": s} for g, n, s in grades(assessed)],
        "refused": json.loads(assessed.ledger.refused.to_json(orient="records")),
    }


def grades(assessed: Assessed) -> list[tuple[Grade, int, float]]:
    """How many posted values rest on rates of each grade, and their share of all posted values."""
    ledger = assessed.ledger
    per_key = ledger.entries.groupby("key").size().to_dict()
    counts: dict[Grade, int] = {}
    for (key, _), rate in ledger.how.items():
        if rate is not None:
            counts[rate.grade] = counts.get(rate.grade, 0) + int(per_key.get(key, 0))
    whole = sum(counts.values()) or 1
    return [(grade, counts[grade], counts[grade] / whole) for grade in sorted(counts)]


def print_json(data: Any) -> None:
    """JSON on standard output; NaN never appears (``None`` and a reason do)."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
