"""What the rows are: flash or final, derived, parts of others, refused, counting nowhere, explained by enterprises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..case import Assessed
from ..ledger import coverage
from ..messages import Said, say
from ..tables import combine, used_labels
from .findings import NOT_STATED, NOTE, WARNING, Finding, Share, activity_said, flow_said
from .origins import said_of, spread
from .weights import Weights, as_shares

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FLASH = "flash"


def shares_by_input(weights: Weights) -> list[Share]:
    """Shares by status of the data, and by kind of entry."""
    cells = weights.ledger.cells
    entries = {str(label): weights.of_cells(labelled(cells.entry, code)) for code, label in used_labels(cells.entry)}
    return [*as_shares(weights, "status", by_status(weights)), *as_shares(weights, "entry", entries)]


def labelled(column: Any, code: int) -> npt.NDArray[np.bool_]:
    """Where a coded column has the label of this code."""
    import numpy as np

    return np.asarray(column.codes == code)


def by_status(weights: Weights) -> dict[str, npt.NDArray[np.float64]]:
    """Contributions [year, quantity] by status of the rows: flash, annual, revised, another word, or not stated."""
    import numpy as np

    ledger = weights.ledger
    status = ledger.rows["status"].array
    labels = [str(label) or NOT_STATED for label in status.categories]
    if len(labels) <= 1:
        return {labels[0]: weights.whole} if labels else {}
    n_keys = len(weights.rates)
    key = ledger.cells.key[ledger.cells.of_rows]
    at = np.asarray(status.codes, dtype=np.int64) * n_keys + key
    size = len(labels) * n_keys
    amount = np.bincount(at, weights=np.abs(ledger.rows["canonical"].to_numpy(np.float64)), minlength=size)
    made = {label: weights.of_amounts(a) for label, a in zip(labels, amount.reshape(len(labels), -1), strict=True)}
    return {label: part for label, part in made.items() if part.any()}


def input_findings(assessed: Assessed, weights: Weights) -> list[Finding]:
    """Findings that come of the rows, not of the factors."""
    flash = by_status(weights).get(FLASH)
    made = spread(weights, flash, "flash", say("flash figures (快报)"), WARNING) if flash is not None else []
    made += _derived(weights)
    made += _constant_prices(weights)
    made += _memo(weights)
    made += _not_counted(weights)
    made += _coverage(assessed)
    refused = assessed.ledger.refused
    for row in refused.itertuples():
        what = said_of(row.reason)
        made.append(Finding("refused", WARNING, what, str(row.file), int(row.row), entity=str(row.entity)))
    return made


_ENTRY_TEXT = {
    "transfer": "moved out of the flow of a whole, where its part is given in another flow",
    "elimination": "traded between entities of one place, and taken out there",
    "unallocated": "part of a statistical total that no enterprise explains",
    "remainder": "left of a whole beside the parts that were posted",
}


def _derived(weights: Weights) -> list[Finding]:
    cells, made = weights.ledger.cells, []
    for code, label in used_labels(cells.entry):
        if label == "row":
            continue
        what: Said = say("{entry}: {text}", entry=say(str(label)), text=say(_ENTRY_TEXT[str(label)]))
        made += spread(weights, weights.of_cells(labelled(cells.entry, code)), "entry", what)
    return made


def _constant_prices(weights: Weights) -> list[Finding]:
    """Output at constant prices that was made by a chain of growth, not given."""
    import numpy as np

    rows, cells = weights.ledger.rows, weights.ledger.cells
    made = []
    for code, unit in used_labels(cells.unit):
        if not str(unit).startswith("CNY_"):
            continue
        base_year = int(str(unit).removeprefix("CNY_"))
        chosen = labelled(cells.unit, code) & (cells.year != base_year)
        chained = np.asarray(rows["derived"].iloc[cells.first[chosen]] != "")
        chosen[np.flatnonzero(chosen)[~chained]] = False
        if chosen.any():
            what = say("{unit}: the value of the base year carried forward by published real growth", unit=unit)
            made += spread(weights, weights.of_cells(chosen), "coercion", what)
    return made


def _per_file(weights: Weights, chosen: npt.NDArray[np.bool_]) -> list[tuple[str, int, int]]:
    """File, first row, number of rows; of the rows of some cells."""
    import numpy as np

    rows = weights.ledger.rows
    here = np.flatnonzero(chosen[weights.ledger.cells.of_rows])
    codes = rows["file"].array.codes[here]
    files, first, count = np.unique(codes, return_index=True, return_counts=True)
    names = rows["file"].array.categories
    return [
        (str(names[f]), int(rows["row"].iloc[here[i]]), int(n)) for f, i, n in zip(files, first, count, strict=True)
    ]


def _memo(weights: Weights) -> list[Finding]:
    """Of-which rows, by file."""
    return [
        Finding("memo", NOTE, say("{n} rows are parts of other rows", n=n), file, row, value=float(n))
        for file, row, n in _per_file(weights, weights.ledger.cells.of_which)
    ]


def _not_counted(weights: Weights) -> list[Finding]:
    """Rows of an activity and flow that no posted quantity counts: right for a part of a plan, wrong for a slip."""
    import numpy as np

    ledger = weights.ledger
    cells = ledger.cells
    idle = ~ledger.counted[cells.key].any(axis=1) & ~cells.of_which
    if not idle.any():
        return []
    pair, _ = combine([cells.activity, cells.flow])
    codes, first = np.unique(pair[idle], return_index=True)
    n_rows = np.bincount(pair[idle], weights=cells.rows[idle])
    made = []
    for code, cell in zip(codes, np.flatnonzero(idle)[first], strict=True):
        row, n = ledger.rows.iloc[int(cells.first[cell])], int(n_rows[code])
        what = say(
            "{activity} {flow}: {n} rows",
            activity=activity_said(cells.activity[cell]),
            flow=flow_said(cells.flow[cell]),
            n=n,
        )
        made.append(Finding("not_counted", NOTE, what, str(row["file"]), int(row["row"]), value=float(n)))
    return made


def _coverage(assessed: Assessed) -> list[Finding]:
    """How much of each statistical total enterprises explain, by quantity."""
    table = coverage(assessed.ledger)
    if table.empty:
        return []
    made = []
    for row in table[(table["quantity"] != "") & (table["total"] != 0)].itertuples():
        what = say("explained by enterprises, of what statistics state")
        made.append(
            Finding(
                "coverage",
                NOTE,
                what,
                quantity=str(row.quantity),
                entity=str(row.entity),
                year=int(row.year),
                share=float(row.share),
                value=float(row.total),
            )
        )
    return made
