"""The activities and flows that carbonledger knows, under all their names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..errors import TableError
from ..messages import say
from ..shipped import shipped
from .files import as_text


@dataclass(frozen=True)
class Activity:
    """One row of ``factors/activities.csv``."""

    name: str
    zh: str
    en: str
    kind: str
    dimension: str
    form_205_1: str
    of_which: str


@dataclass(frozen=True)
class Flow:
    """One row of ``factors/flows.csv``."""

    name: str
    zh: str
    en: str
    negative_allowed: bool
    rated_as: str  # the flow under which factor sets print its rate, where that is another
    part_of: str  # the flow that holds this one, where it is a part by its nature


# The unit in which the amounts of each dimension are held once they are inside.
CANONICAL = {
    "mass": "t",
    "normal_volume": "Nm3",
    "volume": "m3",
    "energy": "GJ",
    "coal_rate_energy": "tce_coal_rate",
    "currency": "CNY",
}


def _read(name: str) -> list[dict[str, str]]:
    with (shipped("factors") / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@lru_cache(maxsize=1)
def activities() -> dict[str, Activity]:
    """Every activity by its name."""
    return {
        line["activity"]: Activity(
            line["activity"],
            line["zh"],
            line["en"],
            line["class"],
            line["dimension"],
            line["form_205_1"],
            line["of_which"],
        )
        for line in _read("activities.csv")
    }


@lru_cache(maxsize=1)
def flows() -> dict[str, Flow]:
    """Every flow by its name."""
    return {
        line["flow"]: Flow(
            line["flow"],
            line["zh"],
            line["en"],
            line["negative_allowed"] == "yes",
            line["rated_as"],
            line["part_of"],
        )
        for line in _read("flows.csv")
    }


@lru_cache(maxsize=2)
def spellings(table: str) -> dict[str, str]:
    """Written name -> name, for ``activities`` or ``flows``.

    Raises
    ------
    TableError
        If one spelling belongs to two names: a guess would decide between them.
    """
    key = {"activities": "activity", "flows": "flow"}[table]
    known: dict[str, str] = {}
    for line in _read(f"{table}.csv"):
        for written in [line[key], line["zh"], line["en"], *line["aliases"].split(";")]:
            plain = plain_name(written)
            if plain and known.setdefault(plain, line[key]) != line[key]:
                names = {"table": table, "written": written, "one": known[plain], "other": line[key]}
                raise TableError(say("factors/{table}.csv: {written!r} names both {one!r} and {other!r}", **names))
    return known


def plain_name(written: Any) -> str:
    """A name as it is looked up: half width, lower case, words joined by one blank."""
    return " ".join(as_text(written).lower().replace("_", " ").split())
