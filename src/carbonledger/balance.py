"""The statistical energy balance: product x process, checked for closure as printed, then turned into activity rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import Faults, TableError, nearest
from .tables import read_cells

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("supply", "transformation", "consumption", "of_which", "total")


@dataclass(frozen=True)
class Closure:
    """How one product's printed balance closes [the table's unit]; each gap is computed minus printed."""

    product: str
    printed_total: bool
    supply_gap: float
    transformation_gap: float
    consumption_gap: float
    closing_gap: float

    @property
    def largest(self) -> float:
        return max(abs(self.supply_gap), abs(self.transformation_gap), abs(self.consumption_gap), abs(self.closing_gap))


def read_balance(path: Path, entity: str) -> tuple[pd.DataFrame, list[Closure]]:
    """Read a balance table with the two mappings beside it (``processes.csv``, ``products.csv``).

    Parameters
    ----------
    path : Path
        Columns ``year, product, process`` and one value column whose name ends in its unit (``value_Mtce``);
        transformation inputs are negative.
    entity : str
        The entity that the rows belong to.

    Returns
    -------
    activity rows (a DataFrame that :func:`carbonledger.read_activity` reads; ``row`` is the table's own row), and the
    closure of every product, printed totals included. Printed totals are checked but never posted.

    Raises
    ------
    TableError
        Processes or products that the mappings lack, numbers that are none: all at once.
    """
    import pandas as pd

    cells, faults = read_cells(path), Faults()
    value_column = next((c for c in cells.columns if c.startswith("value_")), "")
    if not value_column or not {"year", "product", "process"} <= set(cells.columns):
        raise TableError(
            f"{path.name}: columns year, product, process and value_<unit> are needed; found {cells.columns}"
        )
    unit = value_column.removeprefix("value_")
    processes = _mapping(path.parent / "processes.csv", "process")
    products = _mapping(path.parent / "products.csv", "product")
    rows: list[dict[str, object]] = []
    legs: dict[str, list[tuple[dict[str, str], float]]] = {}
    for i, number in enumerate(cells.rows):
        year, product, process = (cells.data[c][i] for c in ("year", "product", "process"))
        for name, known, column in ((process, processes, "process"), (product, products, "product")):
            if name not in known:
                faults.add(
                    f"unknown {column} {name!r}{nearest(name, list(known))}",
                    file=path.name,
                    row=number,
                    mend=f"Add it to {'processes' if column == 'process' else 'products'}.csv",
                )
        try:
            value = float(cells.data[value_column][i])
        except ValueError:
            faults.add(
                f"{cells.data[value_column][i]!r} is not a number", file=path.name, row=number, column=value_column
            )
            continue
        if process not in processes or product not in products:
            continue
        legs.setdefault(product, []).append((processes[process], value))
        row = _activity_row(products[product], processes[process], process, value)
        if row:
            rows.append({"file": path.name, "row": number, "entity": entity, "period": year, "unit": unit, **row})
    faults.raise_as(TableError, path.name)
    closures = [_closure(name, products[name]["printed_total"] == "yes", found) for name, found in sorted(legs.items())]
    return pd.DataFrame(rows), closures


def _mapping(path: Path, key: str) -> dict[str, dict[str, str]]:
    if not path.is_file():
        raise TableError(f"{path.name}: a balance table needs this mapping beside it")
    with path.open(encoding="utf-8", newline="") as lines:
        return {line[key]: line for line in csv.DictReader(lines)}


def _activity_row(
    product: dict[str, str], process: dict[str, str], name: str, value: float
) -> dict[str, object] | None:
    """The activity row of one cell; ``None`` for printed totals and zeros."""
    if product["printed_total"] == "yes" or process["side"] == "total" or value == 0:
        return None
    activity, side = product["activity"], process["side"]
    flow = process["flow_positive"] if value > 0 else process["flow_negative"]
    signed = flow == "stock"
    if side == "consumption" or (side == "of_which" and flow == "combusted"):
        flow = product["final_flow"]
    if side == "supply" and flow == "produced" and product["supply_activity"]:
        activity, flow = product["supply_activity"], product["supply_flow"]
    return {
        "activity": activity,
        "flow": flow,
        "sector": name,
        "part_of": process["part_of"],
        "amount": value if signed else abs(value),
    }


def _closure(product: str, printed: bool, legs: list[tuple[dict[str, str], float]]) -> Closure:
    def side(name: str) -> float:
        return sum(value for process, value in legs if process["side"] == name)

    def total(name: str) -> float:
        return sum(value for process, value in legs if process["printed_total"] == name)

    return Closure(
        product,
        printed,
        side("supply") - total("supply"),
        side("transformation") - total("transformation"),
        side("consumption") - total("consumption"),
        total("supply") + total("transformation") - total("consumption"),
    )
