"""Sections and sources: to which district each belongs, what water it is, and the intake of sources."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import units
from ..errors import Faults, TableError, UnitError, nearest
from ..messages import say
from ..tables import parse_period, read_table, text_column, where
from .values import number_of

if TYPE_CHECKING:
    import pandas as pd

WATERS = {
    "river": "river",
    **dict.fromkeys(("河流", "河", "河流型", "江河", "运河", "渠道"), "river"),
    **dict.fromkeys(("lake", "reservoir", "湖库", "湖泊", "水库", "湖", "库", "湖、库", "湖库型"), "lake"),
}
KINDS = {
    **dict.fromkeys(("", "section", "断面", "点位", "河流断面", "湖库点位"), "section"),
    **dict.fromkeys(("source", "水源地", "饮用水水源地", "饮用水水源", "水源", "集中式饮用水水源地"), "source"),
}
ZONES = {
    "": "",
    **dict.fromkeys(("1", "i", "一级", "一级保护区"), "1"),
    **dict.fromkeys(("2", "ii", "二级", "二级保护区"), "2"),
}


def read_water_points(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """The points table: ``point, entity, name, kind, water, zone, note``.

    Parameters
    ----------
    source : path or DataFrame
        One row per point: ``entity`` is its district, ``kind`` ``section`` (the default) or ``source`` (of drinking
        water), ``water`` ``river`` or ``lake`` (reservoirs too), ``zone`` the protection zone of a source, ``1``,
        ``2`` or blank.

    Returns
    -------
    DataFrame ``file, row`` and the columns above, with the English words.

    Raises
    ------
    TableError
        Blank or doubled points, unknown words, a zone of a section: all at once.
    """
    frame, faults = read_table(source, "water_points", file=file), Faults()
    for column in ("point", "entity", "name", "kind", "water", "zone", "note"):
        frame[column] = text_column(frame[column])
    for column in ("point", "entity"):
        for i in (frame[column] == "").to_numpy().nonzero()[0]:
            faults.add(say("no {name}", name=column), **where(frame, i, column), mend=say("A point has both"))
    for column, known in (("kind", KINDS), ("water", WATERS), ("zone", ZONES)):
        frame[column] = words_of(frame, column, known, faults)
    for i in ((frame["zone"] != "") & (frame["kind"] == "section")).to_numpy().nonzero()[0]:
        what = say("a section has no protection zone")
        faults.add(what, **where(frame, i, "zone"), mend=say("Write the kind 'source', or leave the zone blank"))
    check_once(frame, faults)
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    return frame


def check_once(points: pd.DataFrame, faults: Faults) -> None:
    """A point stands once, in one file or in several that were joined."""
    for i in (points.duplicated("point") & (points["point"] != "")).to_numpy().nonzero()[0]:
        what = say("{name!r} stands twice", name=points["point"].iat[i])
        faults.add(what, **where(points, i, "point"), mend=say("Keep one row"))


def words_of(frame: pd.DataFrame, column: str, known: dict[str, str], faults: Faults) -> list[str]:
    """The words of a column in English; an unknown one is a fault."""
    import numpy as np
    import pandas as pd

    codes, distinct = pd.factorize(frame[column])
    found = [known.get(str(written).lower()) for written in distinct]
    for k, written in ((k, str(distinct[k])) for k, word in enumerate(found) if word is None):
        near = nearest(written, [k for k in known if k])
        accepted = ", ".join(dict.fromkeys(v for v in known.values() if v))
        what = say("unknown {column} {name!r}{near}", column=column, name=written, near=near)
        for i in np.flatnonzero(codes == k):
            faults.add(what, **where(frame, i, column), mend=say("Accepted: {names}", names=accepted))
    return [found[k] or "" for k in codes.tolist()]


def read_intake(source: str | Path | pd.DataFrame, *, file: str = "") -> pd.DataFrame:
    """The water taken from sources: ``point, period, amount, unit``.

    Parameters
    ----------
    source : path or DataFrame
        ``period`` is a year or a month, ``amount`` a volume or a mass with its ``unit`` (万立方米, 万吨 …), one
        kind throughout.

    Returns
    -------
    DataFrame ``file, row, point, year, month`` (0 for a year), ``amount`` (exact, [m3] or [t]) and ``unit``.

    Raises
    ------
    TableError
        Amounts that are no numbers or negative, periods that are neither year nor month, doubled ones, volumes beside
        masses: all at once.
    """
    import pandas as pd

    frame, faults = read_table(source, "water_intake", file=file), Faults()
    for column in ("point", "period", "amount", "unit"):
        frame[column] = text_column(frame[column])
    rows = [_intake_row(frame, i, faults) for i in range(len(frame))]
    made = pd.DataFrame(rows, columns=["file", "row", "point", "year", "month", "amount", "unit"])
    check_intake(made, faults)
    faults.raise_as(TableError, str(frame["file"].iat[0]))
    return made


def _intake_row(frame: pd.DataFrame, i: int, faults: Faults) -> tuple[Any, ...]:
    point, period, amount, unit = (str(frame[c].iat[i]) for c in ("point", "period", "amount", "unit"))
    if not point:
        faults.add(say("no {name}", name="point"), **where(frame, i, "point"), mend=say("Name the source of each row"))
    number, found, kind, scale = number_of(amount), parse_period(period), "", Fraction(1)
    if number is None or number < 0:
        what = say("{written!r} is no amount of water", written=amount)
        faults.add(what, **where(frame, i, "amount"), mend=say("Write a number from 0 on"))
    if found is None or found.cumulative:
        what = say("{text!r} is no year or month", text=period)
        faults.add(what, **where(frame, i, "period"), mend=say("Write it as 2025 or 2025-01"))
    try:
        kind = next((k for k in ("m3", "t") if units.same_dimension(unit, k)), "m3")
        scale = Fraction(str(units.factor(unit, kind)))
    except UnitError as error:
        mend = say("Write a volume or a mass, e.g. '万立方米', '万吨'")
        faults.add(error.message, **where(frame, i, "unit"), mend=mend)
        kind = ""
    year, month = (found.year, found.last_month if found.monthly else 0) if found else (0, -1)
    return frame["file"].iat[i], frame["row"].iat[i], point, year, month, (number or 0) * scale, kind


def check_intake(made: pd.DataFrame, faults: Faults) -> None:
    """One kind of amount, and one amount of a source and period, in one file or in several that were joined."""
    kinds = made[made["unit"] != ""]
    for i in (kinds["unit"] != kinds["unit"].iloc[0]).to_numpy().nonzero()[0] if len(kinds) else ():
        what = say("a volume and a mass of water in one table")
        faults.add(what, **where(kinds, i, "unit"), mend=say("Write all amounts as one of them"))
    known = made[(made["month"] >= 0) & (made["point"] != "")]
    for i in known.duplicated(["point", "year", "month"]).to_numpy().nonzero()[0]:
        what = say("{name!r} has {period} twice", name=known["point"].iat[i], period=_period(known, i))
        faults.add(what, **where(known, i), mend=say("Keep one row"))
    both = known.groupby(["point", "year"])["month"].transform(lambda m: bool((m == 0).any() and (m > 0).any()))
    for i in (both.astype(bool) & (known["month"] == 0)).to_numpy().nonzero()[0]:
        what = say(
            "{name!r} has the year {year} and months of it", name=known["point"].iat[i], year=known["year"].iat[i]
        )
        faults.add(what, **where(known, i), mend=say("Keep the months or the year"))


def _period(frame: pd.DataFrame, i: Any) -> str:
    year, month = int(frame["year"].iat[i]), int(frame["month"].iat[i])
    return f"{year}-{month:02d}" if month else str(year)
