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
        "grades": [
            {"quantity": name, "grade": grade.name.lower(), "share": share}
            for name, shares in grades(assessed).items()
            for grade, share in shares.items()
        ],
        "refused": json.loads(assessed.ledger.refused.to_json(orient="records")),
    }


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
