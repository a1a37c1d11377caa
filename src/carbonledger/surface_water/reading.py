"""Water samples, a row per sample or a column per item, with every fault of every file at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Faults, TableError, nearest
from ..messages import say
from ..standards import WaterLimit
from ..tables import text_column, where
from .items import Items, items_of
from .layout import laid_out
from .points import WATERS, check_once, words_of
from .samples import WaterSamples
from .scaling import Numbers, numbers_of
from .times import times_of
from .values import SENTINELS

if TYPE_CHECKING:
    import pandas as pd

_KEPT = "file row point month minute item water".split()


@dataclass(frozen=True)
class Way:
    """How the samples are to be read."""

    items: Items
    unit: dict[str, str]
    leave_out: frozenset[str]
    sentinels: tuple[float, ...]
    doubtful: str


def read_water_samples(
    sources: str | Path | pd.DataFrame | Iterable[str | Path | pd.DataFrame],
    *,
    points: pd.DataFrame | None = None,
    unit: str | Mapping[str, str] = "",
    specific: tuple[WaterLimit, ...] = (),
    leave_out: Collection[str] = (),
    sentinels: Collection[float] = SENTINELS,
    doubtful: str = "refuse",
) -> WaterSamples:
    """Read samples of sections and drinking-water sources.

    Parameters
    ----------
    sources : path, DataFrame, or several
        Long: columns ``point``, ``date`` (a day or a month), ``item``, ``value``, ``unit``; optional
        ``detection_limit``, ``flag`` (``L``: the value is the detection limit), ``water``. Wide: ``point``, ``date``
        and a column per item, with its unit as in ``氨氮(mg/L)``. Below detection: ``<0.001``, ``0.001L``, ``未检出``.
    points : DataFrame, optional
        From :func:`read_water_points`; without it every sample states its ``water`` and all points are sections.
    unit : str, or dict of item to str
        Unit of what states none [e.g. ``mg/L``]; one for all is that of the concentrations, and pH needs none.
    specific : tuple of WaterLimit
        From :func:`read_specific_limits`.
    leave_out : list of str
        Items of the files, by name, that are not read; how many cells that were is kept in ``left_out``.
    sentinels : list of float
        Numbers that stand for "missing".
    doubtful : str
        ``refuse``: negative and absurd values are faults; ``mask``: they are samples that do not count.

    Raises
    ------
    TableError
        Unknown items, units that are missing or not the item's, dates that are none, values that are no numbers,
        doubled samples, points without water or district, and the doubtful values: all at once.
    """
    faults = Faults()
    if doubtful not in ("refuse", "mask"):
        what = say("unknown {column} {name!r}{near}", column="doubtful", name=doubtful, near="")
        faults.add(what, mend=say("Accepted: {names}", names="refuse, mask"))
    items = items_of(specific)
    units = {"": unit} if isinstance(unit, str) else {items.find(k) or k: v for k, v in unit.items()}
    for name in (k for k in units if k and k not in items.about):
        faults.add(say("unknown item {name!r}{near}", name=name, near=items.near(name)), mend=say("Name an item"))
    names = [limit.item for limit in specific]
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        faults.add(say("{name!r} stands twice", name=name), mend=say("Keep one limit of each specific item"))
    faults.raise_as(TableError, say("how to read water samples"))
    way = Way(items, units, frozenset(leave_out), tuple(sentinels), doubtful)
    given: Any = sources
    several = [given] if isinstance(given, str | Path) or hasattr(given, "columns") else list(given)
    frame, numbers, left_out = _all_rows(several, way, faults)
    places = _points(frame, points, faults)
    _check_twice(frame, numbers, items, faults)
    faults.raise_as(TableError, say("water samples"))
    return _made(frame, numbers, places, items, left_out)


def _all_rows(sources: list[Any], way: Way, faults: Faults) -> tuple[pd.DataFrame, Numbers, dict[str, int]]:
    import pandas as pd

    frames: list[pd.DataFrame] = []
    left_out: Counter[str] = Counter()
    for k, source in enumerate(sources, start=1):
        file = "" if isinstance(source, str | Path) else f"<DataFrame {k}>" if len(sources) > 1 else "<DataFrame>"
        try:
            frame = laid_out(source, file, way.items, way.leave_out, left_out)
        except TableError as error:
            faults.take(error)
            continue
        frames.append(_rows_of(frame, way, faults))
    if not sources:
        faults.add(say("no files of water samples"), mend=say("Name at least one"))
    if not frames:
        faults.raise_as(TableError, say("water samples"))
    frame = pd.concat(frames, ignore_index=True)
    if not len(frame):
        faults.add(say("no sample of an item that is read"), mend=say("Leave out less"))
        faults.raise_as(TableError, say("water samples"))
    return frame[_KEPT], numbers_of(frame, way.items, way.sentinels, way.doubtful, faults), dict(left_out)


def _rows_of(frame: pd.DataFrame, way: Way, faults: Faults) -> pd.DataFrame:
    """The rows of one file with their point, time, item code and unit."""
    for column in ("point", "date", "item", "value", "unit", "detection_limit", "flag", "water"):
        frame[column] = text_column(frame[column])
    for i in (frame["point"] == "").to_numpy().nonzero()[0]:
        faults.add(say("no {name}", name="point"), **where(frame, i, "point"), mend=say("Name the point of each row"))
    frame["month"], frame["minute"] = times_of(frame, "date", faults)
    frame["water"] = words_of(frame, "water", {"": "", **WATERS}, faults)
    frame["item"] = _item_codes(frame, way, faults)
    units = frame["unit"].to_numpy(dtype=object).copy()
    for i in (units == "").nonzero()[0]:
        name = way.items.names[k] if (k := int(frame["item"].iat[i])) >= 0 else ""
        measured = name in way.items.about and way.items.about[name].unit == "mg/L"
        units[i] = way.unit.get(name, way.unit.get("", "") if measured else "")
    frame["unit"] = units
    return frame


def _item_codes(frame: pd.DataFrame, way: Way, faults: Faults) -> Any:
    import numpy as np
    import pandas as pd

    codes, distinct = pd.factorize(frame["item"])
    place = {name: k for k, name in enumerate(way.items.names)}
    found = [place.get(way.items.find(str(text)) or "", -1) for text in distinct]
    for k in (k for k, code in enumerate(found) if code < 0):
        name = str(distinct[k])
        what = say("unknown item {name!r}{near}", name=name, near=way.items.near(name)) if name else say("no item")
        mend = say("Write an item of GB 3838, give its limit in specific, or name it in leave_out")
        for i in np.flatnonzero(codes == k):
            faults.add(what, **where(frame, i, "item"), mend=mend)
    return np.array(found, dtype=np.int64)[codes]


def _points(frame: pd.DataFrame, points: pd.DataFrame | None, faults: Faults) -> pd.DataFrame:
    """The points of the samples with their water, from the points table or from the samples themselves."""
    import pandas as pd

    first = frame[~frame["point"].duplicated() & (frame["point"] != "")]
    stated = frame[frame["water"] != ""].groupby("point", sort=True)["water"].agg(lambda w: sorted(set(w)))
    if points is None:
        made = pd.DataFrame({"point": sorted(first["point"]), "entity": "", "kind": "section", "zone": ""})
        made["water"] = [(stated.get(p) or [""])[0] for p in made["point"]]
    else:
        check_once(points, faults)
        made = points.sort_values("point", kind="stable", ignore_index=True)
    known = dict(zip(made["point"], made["water"], strict=True))
    for i in range(len(first)):
        point = str(first["point"].iat[i])
        place = where(first, i, "point")
        if point not in known:
            near = nearest(point, list(known))
            faults.add(
                say("point {name!r} is not in the points table{near}", name=point, near=near),
                **place,
                mend=say("Add it there"),
            )
        elif not known[point]:
            what = say("point {name!r} is neither a river nor a lake", name=point)
            faults.add(what, **place, mend=say("Write river or lake in the column water, or give a points table"))
        elif any(water != known[point] for water in stated.get(point, [])):
            faults.add(
                say("point {name!r} is a river and a lake", name=point), **place, mend=say("Keep one kind of water")
            )
    return made


def _check_twice(frame: pd.DataFrame, numbers: Numbers, items: Items, faults: Faults) -> None:
    """A point has an item once at a time, and either days of a month or the month."""
    told = (frame["point"] != "") & (frame["month"] >= 0) & (frame["item"] >= 0) & numbers.counts
    rows = frame[told]
    key = ["point", "item", "month", "minute"]
    again = rows.duplicated(key)
    before = rows[~again].set_index(key)[["file", "row"]] if again.any() else None
    for i in again.to_numpy().nonzero()[0]:
        line = rows.iloc[i]
        first = before.loc[tuple(line[k] for k in key)] if before is not None else line
        what = say(
            "{name!r} has {item} twice at that time, first in {place}",
            name=str(line["point"]),
            item=items.names[int(line["item"])],
            place=say("{file} row {row}", file=str(first["file"]), row=int(first["row"])),
        )
        faults.add(what, **where(rows, i), mend=say("Keep one row"))
    whole = rows["minute"] == -1
    days = set(rows.loc[~whole, key[:3]].itertuples(index=False, name=None)) if whole.any() else set()
    for i, group in enumerate(rows[key[:3]].itertuples(index=False, name=None) if days else ()):
        if whole.iat[i] and group in days:
            what = say("{name!r} has the month and days of it", name=group[0])
            faults.add(what, **where(rows, i, "date"), mend=say("Keep the month or the days"))


def _made(
    frame: pd.DataFrame, numbers: Numbers, points: pd.DataFrame, items: Items, left_out: dict[str, int]
) -> WaterSamples:
    import pandas as pd

    rows = pd.DataFrame(
        {
            "file": frame["file"].astype(str),
            "row": frame["row"].astype(int),
            "point": pd.Index(points["point"]).get_indexer(frame["point"]),
            "item": frame["item"].to_numpy(),
            "month": frame["month"].to_numpy(),
            "whole": numbers.whole,
            "code": numbers.code,
        }
    )
    return WaterSamples(rows, numbers.scale, points, items, left_out)
