"""The table of units as arrays, with the rows of each class and year, and of each plant and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Units:
    """Columns [row]; ``classes``: year, class, fuel, rows; ``keys``: plant and year of each group, ``group`` [row]."""

    generated: Floats
    supplied: Floats
    heat: Floats
    heat_ratio: Floats
    load_rate: Floats
    emissions: Floats
    carry_over: Floats
    ccer: Floats
    cooling: npt.NDArray[np.object_]
    classes: tuple[tuple[int, str, str, npt.NDArray[np.int64]], ...]
    keys: tuple[tuple[str, int], ...]
    group: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.heat)

    def summed(self, values: Any) -> Floats:
        """Sums by plant and year; one with an unknown part is NaN."""
        import numpy as np

        return np.bincount(self.group, weights=values, minlength=len(self.keys)).astype(np.float64)


def units_of(plants: pd.DataFrame) -> Units:
    """The arrays of a table from :func:`read_plants`; blank carry-over and CCER are none."""
    import numpy as np

    numbers = {
        c: plants[c].to_numpy(np.float64) for c in "generated supplied heat heat_ratio load_rate emissions".split()
    }
    used = {c: np.nan_to_num(plants[c].to_numpy(np.float64)) for c in ("carry_over", "ccer")}
    years = plants["year"].tolist()
    by_class: dict[tuple[int, str, str], list[int]] = {}
    for i, key in enumerate(zip(years, plants["unit_class"], plants["fuel"], strict=True)):
        by_class.setdefault(key, []).append(i)
    keys = list(zip(plants["plant"], years, strict=True))
    place = {key: k for k, key in enumerate(sorted(set(keys)))}
    return Units(
        **numbers,
        **used,
        cooling=plants["cooling"].to_numpy(object),
        classes=tuple((*key, np.array(rows)) for key, rows in by_class.items()),
        keys=tuple(place),
        group=np.array([place[key] for key in keys], dtype=np.int64),
    )
