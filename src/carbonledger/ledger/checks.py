"""Checks before posting, apart from the arithmetic: each looks at the cells and names the rows of what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..catalog import Catalog
from ..errors import Faults
from ..messages import Named, Said, say
from ..tables import CARRIERS, activities, combine, gj_per, looked_up, where
from .cells import Cells, years_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

POWER = frozenset({"electricity", "green_electricity", "nonfossil_electricity"})
TOLERANCE = 0.01  # relative; losses and meters of one plant


def _name_rows(
    rows: pd.DataFrame, cells: Cells, found: Any, column: str, what: Said, faults: Faults, mend: Said
) -> None:
    """A fault on every row of the cells found."""
    import numpy as np

    for i in np.flatnonzero(np.isin(cells.of_rows, found)):
        faults.add(what, **where(rows, i, column), mend=mend)


def check_flows(rows: pd.DataFrame, cells: Cells, catalog: Catalog, faults: Faults) -> None:
    """A row that counts towards nothing in the catalogue is a slip of the flow, not a zero."""
    import numpy as np

    pair = cells.activity.codes.astype(np.int32) * len(cells.flow.categories) + cells.flow.codes
    whole = ~cells.of_which
    for code in np.flatnonzero(np.bincount(pair[whole])):
        activity, flow = (
            c.categories[k]
            for c, k in zip((cells.activity, cells.flow), divmod(code, len(cells.flow.categories)), strict=True)
        )
        kind = activities()[activity].kind
        if any(q.sign(activity, kind, flow, False) for q in catalog.quantities.values()):
            continue
        fits = {f for q in catalog.quantities.values() for f in q.counts.get(activity, q.counts.get(kind, {}))}
        found = np.flatnonzero(whole & (pair == code))
        what = say("{activity!r} with flow {flow!r} counts towards nothing", activity=activity, flow=flow)
        mend = say("Flows of {kind}: {flows}", kind=kind, flows=", ".join(sorted(fits)))
        _name_rows(rows, cells, found, "flow", what, faults, mend)


def check_supply(rows: pd.DataFrame, cells: Cells, catalog: Catalog, faults: Faults) -> None:
    """Power and heat come from somewhere: what is used or sold was purchased, generated or recovered.

    Power and heat count when purchased, generated or sold; use alone would be left out without a word.
    """
    import numpy as np

    outward = is_any(cells.flow, ("used", "sold"))
    for those, word in ((POWER, Named("electricity", "电力")), (frozenset({"heat"}), Named("heat", "热力"))):
        own = of_kind(cells, those) & ~cells.of_which  # a part of something is no supply of its own
        if not (own & outward).any():
            continue
        i = np.flatnonzero(own)
        group, size = combine([cells.entity[i], years_of(cells.year[i])])
        flow, amount = cells.flow[i], in_gj(cells)[i]
        supply = is_any(flow, ("purchased", "generated", "recovered", "produced"))
        have = np.bincount(group[supply], minlength=size) > 0
        used = is_any(flow, ("used",)) & ~have[group]
        for g in np.unique(group[used]):
            what = say(
                "{word} used by {entity} in {year}, but none purchased or generated there: energy and scope 2 count "
                "what is purchased, generated and sold",
                word=word,
                entity=cells.entity[i][group == g][0],
                year=int(cells.year[i][group == g][0]),
            )
            mend = say("Write the flow as 'purchased', or add the purchased and generated rows")
            _name_rows(rows, cells, i[used & (group == g)], "flow", what, faults, mend)
        comes = np.bincount(group[supply], weights=amount[supply], minlength=size)
        is_sold = is_any(flow, ("sold",))
        sold = np.bincount(group[is_sold], weights=amount[is_sold], minlength=size)
        for g in np.flatnonzero(sold > comes * (1 + TOLERANCE)):
            what = say(
                "{entity} sold {sold:g} GJ of {word} in {year}, but generated and bought {comes:g} GJ",
                entity=cells.entity[i][group == g][0],
                sold=sold[g],
                word=word,
                year=int(cells.year[i][group == g][0]),
                comes=comes[g],
            )
            mend = say("Add what was generated or bought, or correct what was sold")
            _name_rows(rows, cells, i[is_sold & (group == g)], "amount", what, faults, mend)


def in_gj(cells: Cells) -> npt.NDArray[np.float64]:
    """Amounts of power and heat [GJ], also where they are given in coal equivalent; 0 where a cell is no energy."""
    import numpy as np

    factor = looked_up(
        cells.unit, ((gj_per(unit) if unit else None) or 0.0 for unit in cells.unit.categories), np.float64
    )
    found: npt.NDArray[np.float64] = cells.amount * factor
    return found


def is_any(column: pd.Categorical, labels: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Where a coded column carries one of the labels."""
    wanted = set(labels)
    return looked_up(column, (label in wanted for label in column.categories), bool)


def of_kind(cells: Cells, kinds: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Cells whose activity is of one of the classes of ``activities.csv``."""
    wanted, known = set(kinds), activities()
    return is_any(cells.activity, (name for name in cells.activity.categories if name and known[name].kind in wanted))


def check_totals_and_parts(rows: pd.DataFrame, cells: Cells, catalog: Catalog, faults: Faults) -> None:
    """A total and its parts are not both posted in full: the part says what it is part of."""
    import numpy as np

    codes = np.unique(cells.activity.codes[~cells.of_which])
    present = {name: activities()[name] for name in cells.activity.categories[codes]}
    pairs = [(name, known.of_which) for name, known in present.items() if known.of_which in present]
    if "energy_total" in present:
        pairs += [(name, "energy_total") for name, known in present.items() if known.kind in CARRIERS]
    for part, whole in pairs:
        i = np.flatnonzero(~cells.of_which & is_any(cells.activity, (part, whole)))
        same_flow = [] if whole == "energy_total" else [cells.flow[i]]
        group, size = combine([cells.entity[i], years_of(cells.year[i]), *same_flow])
        in_full = is_any(cells.activity[i], (whole,)) & ~is_any(cells.entry[i], ("remainder", "unallocated"))
        has_whole = np.bincount(group[in_full], minlength=size) > 0
        for cell in i[is_any(cells.activity[i], (part,)) & has_whole[group]]:
            what = say(
                "{part!r} and {whole!r} are both given in full for {entity} in {year}, and the one is part of the other",
                part=part,
                whole=whole,
                entity=cells.entity[cell],
                year=int(cells.year[cell]),
            )
            mend = say("Write part_of = {whole}, or leave one out", whole=whole)
            _name_rows(rows, cells, [cell], "part_of", what, faults, mend)
