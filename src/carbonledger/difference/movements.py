"""Why a total moved: amounts, rates, rows that only one case has, the boundary - parts that add up to the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..case import Assessed
from ..ledger import Ledger, labels_of
from ..ledger.boundaries import weights
from ..tables import as_coded, combine, join_rows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

MATCHED = ("group", "entity", "sector", "activity", "flow", "unit", "partner", "of_which", "entry", "year")
PARTS = ("amounts", "rates", "added", "removed", "boundary")
STILL = 1e-12  # of the sum of the absolute parts: a total that moved less did not move


@dataclass(frozen=True)
class Driver:
    """One thing in a total, and what it did to it [unit of the quantity]."""

    entity: str
    sector: str
    activity: str
    flow: str
    partner: str
    entry: str
    amounts: float
    rates: float
    added: float
    removed: float
    boundary: float

    @property
    def total(self) -> float:
        """All parts together."""
        return self.amounts + self.rates + self.added + self.removed + self.boundary


@dataclass(frozen=True)
class Movement:
    """A total that moved, and its parts [unit]; before + amounts + rates + added + removed + boundary = after.

    Attributes
    ----------
    before, after : float
        Sums of what was posted, under each case's boundary; also where the total itself is unknown for a reason.
    amounts : float
        Of what both have: change of the amount, at the first case's rate.
    rates : float
        Of what both have: change of the rate, at the second case's amount.
    added, removed : float
        What only the second, or only the first, case has (a row of another entity or sector is another row).
    boundary : float
        The second case's rows and rates under its own boundary instead of the first one's.
    drivers : tuple of Driver
        The largest first.
    """

    quantity: str
    unit: str
    entity: str
    year: int
    before: float
    after: float
    amounts: float
    rates: float
    added: float
    removed: float
    boundary: float
    drivers: tuple[Driver, ...] = ()

    @property
    def parts(self) -> dict[str, float]:
        """The parts by name."""
        return {name: float(getattr(self, name)) for name in PARTS}


def movements(a: Assessed, b: Assessed, *, top: int = 5) -> list[Movement]:
    """Totals by quantity, entity and year that moved, in the quantities that both cases post."""
    table = _matched(a, b)
    made: list[Movement] = []
    for quantity in (q for q in b.ledger.quantities if q in a.ledger.quantities):
        made += _of_quantity(table, a, b, quantity, top)
    return made


def _matched(a: Assessed, b: Assessed) -> pd.DataFrame:
    """Cells of both ledgers below each other, each with the code of what it is matched by."""
    import numpy as np
    import pandas as pd

    frames = []
    for side, assessed in enumerate((a, b)):
        cells = assessed.ledger.cells
        columns = {name: getattr(cells, name) for name in MATCHED if name not in {"group", "of_which", "year"}}
        group = as_coded(labels_of(assessed.ledger, assessed.case.level))
        of_which = as_coded(np.where(cells.of_which, "of which", ""))
        numbers = {"side": np.full(len(cells), side), "year": cells.year, "cell": np.arange(len(cells))}
        frames.append(pd.DataFrame({"group": group, **columns, "of_which": of_which, **numbers}))
    table = join_rows(frames)
    start = int(table["year"].min()) if len(table) else 0
    years = (table["year"].to_numpy() - start, int(table["year"].max()) - start + 1 if len(table) else 1)
    code, _ = combine([*(table[name].array for name in MATCHED if name != "year"), years])
    table["code"], _ = pd.factorize(code)
    return table[table["group"] != ""]


def _counted(ledger: Ledger, boundary: str, quantity: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Amount that counts under a boundary, and signed rate, of every cell."""
    import numpy as np

    j = ledger.quantities.index(quantity)
    gas = int(bool(ledger.catalog.quantities[quantity].gas))
    share = weights(ledger, boundary)[0][gas]
    rate = np.nan_to_num(ledger.rates[:, j])[ledger.cells.key]
    return ledger.cells.amount * share, rate


def _of_quantity(table: pd.DataFrame, a: Assessed, b: Assessed, quantity: str, top: int) -> list[Movement]:
    import numpy as np

    n, side, cell = (
        int(table["code"].max()) + 1 if len(table) else 0,
        table["side"].to_numpy(),
        table["cell"].to_numpy(),
    )
    code, present = table["code"].to_numpy(), []
    sums: dict[str, Any] = {}
    old, new = (str(x.totals.attrs["boundary"]) for x in (a, b))
    for name, which, assessed, boundary in (("a", 0, a, old), ("b", 1, b, old), ("c", 1, b, new)):
        here = side == which
        amount, rate = (part[cell[here]] for part in _counted(assessed.ledger, boundary, quantity))
        sums[name] = np.bincount(code[here], weights=amount * rate, minlength=n)
        sums[f"{name} amount"] = np.bincount(code[here], weights=amount, minlength=n)
        first = np.zeros(n)
        first[code[here][::-1]] = rate[::-1]
        sums[f"{name} rate"] = first
        present.append(np.bincount(code[here], minlength=n) > 0)
    parts = _parts(sums, *present[:2])
    return _summed(table, parts, sums["a"], sums["c"], quantity, a.ledger.catalog.quantities[quantity].unit, top)


def _parts(sums: dict[str, Any], in_a: Any, in_b: Any) -> dict[str, npt.NDArray[np.float64]]:
    """The five parts of each matched thing; they sum to its value after minus its value before."""
    import numpy as np

    both, had = in_a & in_b, sums["a amount"] != 0
    # several own values may lie behind one thing: their mean rate; one that was zero has the rate of its row
    rate = np.where(had, sums["a"] / np.where(had, sums["a amount"], 1.0), sums["a rate"])
    same = both & (sums["b amount"] == sums["a amount"])
    amounts = np.where(both & ~same, (sums["b amount"] - sums["a amount"]) * rate, 0.0)
    # what is left by rounding alone is no change of rate
    noise = both & ~same & (np.abs(sums["b"] - sums["a"] - amounts) <= STILL * (np.abs(sums["a"]) + np.abs(sums["b"])))
    amounts = np.where(noise, sums["b"] - sums["a"], amounts)
    return {
        "amounts": amounts,
        "rates": np.where(both, sums["b"] - sums["a"] - amounts, 0.0),
        "added": np.where(in_b & ~in_a, sums["b"], 0.0),
        "removed": np.where(in_a & ~in_b, -sums["a"], 0.0),
        "boundary": sums["c"] - sums["b"],
    }


def _summed(
    table: pd.DataFrame, parts: dict[str, Any], before: Any, after: Any, quantity: str, unit: str, top: int
) -> list[Movement]:
    """The parts by group and year, with the largest drivers of each."""
    import numpy as np
    import pandas as pd

    first = table.drop_duplicates("code", keep="last").sort_values("code")
    at = first["code"].to_numpy()
    things = pd.DataFrame({name: values[at] for name, values in parts.items()})
    things = things.assign(before=before[at], after=after[at], size=sum(np.abs(v[at]) for v in parts.values()))
    for name in ("group", "entity", "sector", "activity", "flow", "partner", "entry", "year"):
        things[name] = first[name].to_numpy()
    made = []
    for (entity, year), here in things.groupby(["group", "year"], sort=True):
        scale = float(np.abs(here[["before", "after"]].to_numpy()).sum())
        if float(here["size"].sum()) <= STILL * scale:
            continue
        sums = {name: float(here[name].sum()) for name in ("before", "after", *PARTS)}
        largest = here[here["size"] > STILL * scale].sort_values("size", ascending=False, kind="stable").head(top)
        drivers = tuple(_driver(row) for row in largest.itertuples())
        made.append(Movement(quantity, unit, str(entity), int(year), **sums, drivers=drivers))
    return made


def _driver(row: Any) -> Driver:
    text = [str(getattr(row, name)) for name in ("entity", "sector", "activity", "flow", "partner", "entry")]
    return Driver(text[0], text[1], text[2], text[3], text[4], text[5], *(float(getattr(row, n)) for n in PARTS))
