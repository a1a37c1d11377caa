"""The statistical energy balance: product x process, checked for closure as printed, then turned into activity rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import Faults, TableError, nearest
from .messages import say
from .tables import read_cells

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("supply", "transformation", "consumption", "of_which", "total")


@dataclass(frozen=True)
class Closure:
    """How one product's printed balance closes [the table's unit]; each gap is computed minus printed."""

    product: str
    year: str
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
            say(
                "{file}: columns year, product, process and value_<unit> are needed; found {columns}",
                file=path.name,
                columns=cells.columns,
            )
        )
    unit = value_column.removeprefix("value_")
    processes = _mapping(
        path.parent / "processes.csv", "process", "side flow_positive flow_negative part_of printed_total", faults
    )
    products = _mapping(
        path.parent / "products.csv", "product", "activity final_flow supply_activity supply_flow printed_total", faults
    )
    rows: list[dict[str, object]] = []
    legs: dict[tuple[str, str], list[tuple[dict[str, str], float]]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for i, number in enumerate(cells.rows):
        place: dict[str, Any] = {"file": path.name, "row": number}
        cell = tuple(cells.data[c][i] for c in ("year", "product", "process"))
        value = _value(cells.data[value_column][i], value_column, place, faults)
        if value is None or not _known(cell, products, processes, place, faults):
            continue
        year, name, process_name = cell
        product, process = products[name], processes[process_name]
        if seen.setdefault(cell, number) != number:
            names = {"product": name, "process": process_name, "year": year, "row": seen[cell]}
            what = say("{product} x {process} in {year} is also in row {row}", **names)
            faults.add(what, **place, mend=say("Keep one"))
        legs.setdefault((name, year), []).append((process, value))
        if value == 0 or product["printed_total"] == "yes" or process["side"] == "total":
            continue  # printed totals are checked, never posted
        flow = _flow_of(process, process_name, value, place, faults)
        if not flow:
            continue
        row = _activity_row(product, process, process_name, flow, value)
        rows.append({**place, "entity": entity, "period": year, "unit": unit, **row})
    faults.raise_as(TableError, path.name)
    closures = [
        _closure(name, year, products[name]["printed_total"] == "yes", found)
        for (name, year), found in sorted(legs.items())
    ]
    return pd.DataFrame(rows), closures


def _flow_of(process: dict[str, str], name: str, value: float, place: dict[str, Any], faults: Faults) -> str:
    """The flow of a value by its sign; a sign that the mapping does not expect is a fault."""
    flow = process["flow_positive"] if value > 0 else process["flow_negative"]
    if not flow:
        values = {"process": name, "value": value}
        if value > 0:
            what = say("{process!r} has no flow for a positive value ({value:g})", **values)
        else:
            what = say("{process!r} has no flow for a negative value ({value:g})", **values)
        faults.add(what, **place, mend=say("Correct the sign, or name the flow in processes.csv"))
    return flow


def _value(written: str, column: str, place: dict[str, Any], faults: Faults) -> float | None:
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    faults.add(say("{written!r} is not a number", written=written), **place, column=column)
    return None


def _known(
    cell: tuple[str, ...],
    products: dict[str, dict[str, str]],
    processes: dict[str, dict[str, str]],
    place: dict[str, Any],
    faults: Faults,
) -> bool:
    """Whether both mappings have the cell's names; a name that they lack is a fault."""
    _, product, process = cell
    if process not in processes:
        near = nearest(process, list(processes))
        mend = say("Add it to processes.csv")
        faults.add(say("unknown process {name!r}{near}", name=process, near=near), **place, mend=mend)
    if product not in products:
        near = nearest(product, list(products))
        mend = say("Add it to products.csv")
        faults.add(say("unknown product {name!r}{near}", name=product, near=near), **place, mend=mend)
    return product in products and process in processes


def _mapping(path: Path, key: str, columns: str, faults: Faults) -> dict[str, dict[str, str]]:
    if not path.is_file():
        raise TableError(say("{file}: a balance table needs this mapping beside it", file=path.name))
    cells = read_cells(path)
    if missing := [column for column in [key, *columns.split()] if column not in cells.columns]:
        needed = {"missing": ", ".join(missing), "columns": ", ".join([key, *columns.split()])}
        raise TableError(say("{file}: no column {missing}; columns: {columns}", file=path.name, **needed))
    lines = {name: {c: cells.data[c][i] for c in cells.columns} for i, name in enumerate(cells.data[key])}
    for number, line in zip(cells.rows, lines.values(), strict=False):
        if (side := line.get("side", SIDES[0])) not in SIDES:
            mend = say("Accepted: {names}", names=", ".join(SIDES))
            faults.add(say("side {side!r}", side=side), file=path.name, row=number, mend=mend)
    return lines


def _activity_row(
    product: dict[str, str], process: dict[str, str], name: str, flow: str, value: float
) -> dict[str, object]:
    """The activity row of one cell: the process gives the flow, the product may have its own in final use or supply."""
    activity, side, signed = product["activity"], process["side"], flow == "stock"
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


def _closure(product: str, year: str, printed: bool, legs: list[tuple[dict[str, str], float]]) -> Closure:
    def side(name: str) -> float:
        return sum(value for process, value in legs if process["side"] == name)

    def total(name: str) -> float:
        return sum(value for process, value in legs if process["printed_total"] == name)

    return Closure(
        product,
        year,
        printed,
        side("supply") - total("supply"),
        side("transformation") - total("transformation"),
        side("consumption") - total("consumption"),
        total("supply") + total("transformation") - total("consumption"),
    )
