"""Surface water and reduction projects of a case, as states: samples to classes, projects to cumulative reductions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import reduction, surface_water
from ..errors import Faults, nearest
from ..messages import say
from ..standards import edition
from ..tables import join_rows
from .reader import Reader

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = ("unit", "leave_out", "sentinels", "doubtful")
CLASSES = ("items", "edition", "region", "minimum")
PROJECTS = ("edition", "base_year")
OPTIONS = {"surface_water": (*SAMPLES, *CLASSES), "reduction": PROJECTS}


def read_rulebook(reader: Reader, about: dict[str, Any]) -> pd.DataFrame | None:
    """The states that samples of water and reduction projects make, if the case has any; faults go to the reader."""
    before = len(reader.faults.found)
    for table, known in OPTIONS.items():
        _check(table, about.get(table, {}), known, reader.faults)
    files = {
        name: reader.paths(name)
        for name in ("water_samples", "water_points", "water_intake", "specific_limits", "reduction_projects")
    }
    if files["water_samples"] and not files["water_points"]:
        mend = say("Name a table of points and their districts")
        reader.faults.add(say("[inputs] water_samples without water_points"), file="case.toml", mend=mend)
    periods = about.get("reduction", {})
    if len(files["reduction_projects"]) > 1:  # what is counted twice is looked for in one ledger
        mend = say("Put all projects into one file")
        reader.faults.add(say("[inputs] several reduction_projects"), file="case.toml", mend=mend)
    if files["reduction_projects"] and "edition" not in periods:
        mend = say("Name the plan period, e.g. {example}", example="edition = 'reduction-14th-fyp'")
        reader.faults.add(say("[reduction] no {key}", key="edition"), file="case.toml", mend=mend)
    if len(reader.faults.found) > before:
        return None
    found = [
        reader.get(lambda: _water(files, about.get("surface_water", {}))) if files["water_samples"] else None,
        reader.get(lambda: _projects(files["reduction_projects"][0], periods)) if files["reduction_projects"] else None,
    ]
    frames = [frame for frame in found if frame is not None]
    return join_rows(frames) if frames else None


def _check(table: str, options: dict[str, Any], known: tuple[str, ...], faults: Faults) -> None:
    for key in (k for k in options if k not in known):
        what = say("[{table}] unknown key {key!r}{near}", table=table, key=key, near=nearest(key, list(known)))
        faults.add(what, file="case.toml", mend=say("Accepted: {names}", names=", ".join(known)))


def _water(files: dict[str, list[Any]], options: dict[str, Any]) -> pd.DataFrame:
    points = join_rows([surface_water.read_water_points(path) for path in files["water_points"]])
    limits = tuple(one for path in files["specific_limits"] for one in surface_water.read_specific_limits(path))
    reading = {k: v for k, v in options.items() if k in SAMPLES}
    samples = surface_water.read_water_samples(files["water_samples"], points=points, specific=limits, **reading)
    judging = {k: v for k, v in options.items() if k in CLASSES}
    made = [surface_water.classes(samples, **judging)]
    if (points["kind"] == "source").any():
        intakes = [surface_water.read_intake(path) for path in files["water_intake"]]
        made.append(surface_water.sources(samples, join_rows(intakes) if intakes else None, **judging))
    return surface_water.states_of(*made)


def _projects(path: Any, options: dict[str, Any]) -> pd.DataFrame:
    """Cumulative reductions of every year of the plan period that the case names."""
    period = edition(options["edition"])
    years = range(period.in_force_from.year, (period.in_force_to or period.in_force_from).year + 1)
    return reduction.states_of(reduction.reductions(reduction.read_projects(path), years, **options))
