"""Reads the editions, one TOML file each, with every fault at once."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import Faults
from ..messages import say
from ..shipped import shipped
from . import air_index, air_limits, alerts, benchmarks, reductions, water_limits
from .nouns import Edition, EditionError, Parameter

TABLES: dict[str, Callable[[dict[str, Any], dict[str, Any]], list[Any]]] = {
    "limits": air_limits.limits_of,
    "state_of_gas": air_limits.states_of_gas,
    "breakpoints": air_index.breakpoints_of,
    "classes": air_index.classes_of,
    "water_limits": water_limits.limits_of,
    "water_qualities": water_limits.qualities_of,
    "unit_classes": benchmarks.classes_of,
    "benchmarks": benchmarks.benchmarks_of,
    "drafts": benchmarks.drafts_of,
    "alert": alerts.alert_rules_of,
    "binding": reductions.binding_of,
    "measure": reductions.measures_of,
}
"""How each table of an edition is read: from one of its lines and the whole file to the rows it makes."""


@lru_cache(maxsize=4)
def read_editions(folder: Path | None = None) -> tuple[Edition, ...]:
    """All editions, of the shipped folder or of another, in order of standard and date.

    Raises
    ------
    EditionError
        Files that are not TOML, lack a field, or overlap another edition of the standard in a region: all at once.
    """
    made, faults = [], Faults()
    for path in sorted((folder or shipped("standards")).glob("*.toml")):
        try:
            made.append(_edition(tomllib.loads(path.read_text(encoding="utf-8"))))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.add(say("not TOML: {error}", error=str(error)), file=path.name)
        except KeyError as error:
            faults.add(say("no {name}", name=str(error.args[0])), file=path.name, mend=say("Add it"))
        except (AttributeError, TypeError) as error:
            faults.add(say("not an edition: {error}", error=error.args[0]), file=path.name)
    made.sort(key=lambda e: (e.standard, e.in_force_from))
    for one, other in itertools.combinations(made, 2):
        rivals = one.standard == other.standard and set(one.regions) & set(other.regions)
        if rivals and (one.in_force_to is None or other.in_force_from <= one.in_force_to):
            faults.add(say("{one} and {other} are in force on the same day", one=one.name, other=other.name))
    faults.raise_as(EditionError, say("editions of standards"))
    return tuple(made)


def _edition(raw: dict[str, Any]) -> Edition:
    plain = {k: raw[k] for k in ("name", "standard", "number", "zh", "en", "publisher", "source", "confidence")}
    return Edition(
        **plain,
        phase=raw.get("phase", ""),
        in_force_from=raw["in_force_from"],
        in_force_to=raw.get("in_force_to"),
        published=raw.get("published"),
        regions=tuple(raw["regions"]),
        note=raw.get("note", ""),
        parameters={name: Parameter(name=name, **line) for name, line in raw.get("parameter", {}).items()},
        tables={
            name: tuple(row for line in raw[name] for row in read(line, raw))
            for name, read in TABLES.items()
            if name in raw
        },
    )
