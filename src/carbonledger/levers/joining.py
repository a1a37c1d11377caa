"""Two ledgers side by side: the inventory, and what levers may bring - posted apart, so that neither changes the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..ledger import EARLIEST, LATEST, Ledger
from ..tables import coded, join_rows

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("entity", "sector", "activity", "flow", "partner", "unit", "entry", "region")
ARRAYS = ("of_which", "year", "months", "rows")


def beside(ledger: Ledger, brought: Ledger) -> Ledger:
    """One ledger with the rows, cells and rates of both; cells of the second come after those of the first."""
    import numpy as np

    one, two = ledger.cells, brought.cells
    n_rows, n_keys = len(ledger.rows), len(ledger.rates)
    names = brought.places.names
    then = ledger.places.when(names, np.full(len(names), two.year.max(initial=0) * 12 + 11))
    place = np.where(then >= 0, then, ledger.places.index_of(names))[two.place]
    cells = replace(
        one,
        **{name: _both(getattr(one, name), getattr(two, name)) for name in LABELS},
        **{name: np.concatenate([getattr(one, name), getattr(two, name)]) for name in ARRAYS},
        # shares of a boundary are those of what is there: what may come has no amount yet
        amount=np.concatenate([one.amount, np.zeros(len(two.amount))]),
        place=np.concatenate([one.place, place]),
        first=np.concatenate([one.first, two.first + n_rows]),
        series=np.concatenate([one.series, two.series + int(one.series.max(initial=-1)) + 1]),
        key=np.concatenate([one.key, two.key + n_keys]),
        _code=np.concatenate([one._code.astype(np.int64), two._code.astype(np.int64) + one._space]),
        _full=np.concatenate([one._full, two._full + one._space]),
        _space=one._space + two._space,
    )
    return replace(
        ledger,
        rows=join_rows([ledger.rows, brought.rows]),
        cells=cells,
        rates=np.concatenate([ledger.rates, brought.rates]),
        counted=np.concatenate([ledger.counted, brought.counted]),
        how=ledger.how | {(key + n_keys, name): rate for (key, name), rate in brought.how.items()},
    )


def _both(one: pd.Categorical, two: pd.Categorical) -> pd.Categorical:
    """One coded column below the other."""
    import numpy as np
    import pandas as pd

    known = pd.Index(one.categories)
    labels = known.append(pd.Index(two.categories).difference(known, sort=False))
    codes = np.concatenate([one.codes, labels.get_indexer(two.categories)[two.codes]])
    return coded(codes, labels)


def opened(entities: pd.DataFrame | None, year: int) -> pd.DataFrame | None:
    """The entity table as it stands in a year, without an end: projected years have the places of the base year."""
    if entities is None:
        return None
    there = entities[(entities["first"] <= year * 12 + 11) & (entities["last"] >= year * 12)]
    last: Any = there.sort_values("last", kind="stable").drop_duplicates("entity", keep="last").sort_index()
    return last.assign(first=EARLIEST, last=LATEST).reset_index(drop=True)
