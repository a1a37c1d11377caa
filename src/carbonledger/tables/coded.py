"""Text columns as integer codes: what millions of rows share is written once, and looked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..kernels import append_codes, pairs_of, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

NARROW = 2**31 - 1  # codes beyond this are compressed before the next column joins


def coded(codes: npt.NDArray[Any], labels: Any) -> pd.Categorical:
    """Codes that are known to fit their labels; looking at each of them again would cost more than reading them."""
    import pandas as pd

    return pd.Categorical.from_codes(codes, pd.Index(labels, dtype=object), validate=False)


def as_coded(values: Any) -> pd.Categorical:
    """A column as codes and labels; one that is coded already stays as it is."""
    import numpy as np
    import pandas as pd

    if isinstance(values, pd.Series):
        values = values.array
    if isinstance(values, pd.Categorical):
        plain = values.categories.dtype == object
        return values if plain else coded(values.codes, values.categories)
    codes, labels = pd.factorize(np.asarray(values, dtype=object))
    return coded(codes, labels)


def constant(label: str, n: int) -> pd.Categorical:
    """A column that says one thing in every row."""
    import numpy as np

    return coded(np.broadcast_to(np.int8(0), n), [label])


def relabelled(column: pd.Categorical, name: Callable[[Any], str], *, missing: str = "") -> pd.Categorical:
    """The column with every label renamed, called once a label; labels that become equal are one, gaps are ``missing``."""
    import numpy as np
    import pandas as pd

    codes, named = column.codes, [name(label) for label in column.categories]
    if len(codes) and int(codes[0] if codes.strides == (0,) else codes.min()) < 0:
        codes, named = np.where(codes < 0, len(named), codes), [*named, missing]
    position, labels = pd.factorize(np.array(named, dtype=object))
    if len(labels) < len(named):
        codes = position[codes]
    return coded(codes, labels)


def looked_up(column: pd.Categorical, values: Iterable[Any], dtype: Any) -> npt.NDArray[Any]:
    """One value a label, spread over the rows."""
    import numpy as np

    table = np.fromiter(values, dtype=dtype, count=len(column.categories))
    if len(table) == 0 or (table == table[0]).all():
        return np.broadcast_to(table[0] if len(table) else np.zeros(1, dtype)[0], len(column))
    return pick(table, column.codes)


def used_labels(column: pd.Categorical) -> list[tuple[int, Any]]:
    """Codes and labels that some row carries."""
    import numpy as np

    present = np.bincount(column.codes, minlength=len(column.categories)) if len(column) else np.zeros(0)
    return [(int(i), column.categories[i]) for i in np.flatnonzero(present)]


def combine(columns: Sequence[Any]) -> tuple[npt.NDArray[np.int64], int]:
    """One integer a row for all columns together, and how many values it may take.

    Parameters
    ----------
    columns : list of Categorical, or of (codes, number of values)

    Returns
    -------
    integer array [row], int
        The number of values is at most about eight times that of the rows, so that tables over it stay small.
    """
    import numpy as np

    pairs = [c if isinstance(c, tuple) else (as_coded(c).codes, len(as_coded(c).categories)) for c in columns]
    n = len(pairs[0][0])
    made: Any = np.zeros(n, dtype=np.int32)
    space = 1
    for codes, size in pairs:
        if size <= 1:
            continue
        if space == 1:
            made, space = np.array(codes, dtype=np.int32), size
            continue
        if space * size > NARROW:
            made, space = _compressed(made)
        if space * size > NARROW:  # two columns of very many labels
            made, space = _compressed(made.astype(np.int64) * size + codes)
            continue
        append_codes(made, codes, size)
        space *= size
    return _compressed(made) if space > max(8 * n, 1_000_000) else (made, space)


def tight(code: npt.NDArray[Any], space: int) -> tuple[npt.NDArray[Any], int]:
    """Codes renumbered where few of the values that they might take occur, so that tables over them stay small."""
    import numpy as np

    if space < 2 or space > max(len(code), 1):
        return code, space
    present = pairs_of(code, np.zeros(len(code), dtype=np.int8), (space, 1))[:, 0]
    used = int(present.sum())
    if used * 2 > space:
        return code, space
    return pick((np.cumsum(present) - 1).astype(np.int32), code), used


def _compressed(code: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Codes renumbered, without the values that no row has."""
    import numpy as np
    import pandas as pd

    made, found = pd.factorize(code)
    return made.astype(np.int32), max(len(found), 1)


def join_rows(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables one below the other; coded columns stay coded, their labels are joined."""
    import pandas as pd

    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    made: dict[str, Any] = {}
    for column in dict.fromkeys(c for frame in frames for c in frame.columns):
        parts = [frame[column] if column in frame else _blank(frames, column, len(frame)) for frame in frames]
        if any(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
            made[column] = _joined([as_coded(part) for part in parts])
        else:
            made[column] = pd.concat([pd.Series(part) for part in parts], ignore_index=True)
    return pd.DataFrame(made, copy=False)


def _joined(parts: Sequence[pd.Categorical]) -> pd.Categorical:
    """Coded columns one below the other; labels stay the objects that they are, so that a message stays a message."""
    import numpy as np
    import pandas as pd

    position, labels = pd.factorize(np.concatenate([np.asarray(part.categories, dtype=object) for part in parts]))
    made, start = [], 0
    for part in parts:
        table = np.append(position[start : start + len(part.categories)], -1).astype(np.int32)
        made.append(table[part.codes])  # a gap (-1) stays one
        start += len(part.categories)
    return coded(np.concatenate(made), labels)


def _blank(frames: Sequence[pd.DataFrame], column: str, n: int) -> Any:
    """A column that one table lacks: no text, or no number."""
    import numpy as np
    import pandas as pd

    kind = next(frame[column].dtype for frame in frames if column in frame)
    return constant("", n) if isinstance(kind, pd.CategoricalDtype) else np.full(n, np.nan)
