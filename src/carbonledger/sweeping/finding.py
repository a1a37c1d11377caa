"""Scenario files: a path, or the name of one that lies beside a case."""

from __future__ import annotations

from pathlib import Path

from ..case import find_case
from ..errors import ScenarioError, nearest
from ..messages import say

OTHERS = {"case.toml", "catalog.toml"}  # what lies beside scenarios and is none


def scenario_names(case: str | Path) -> list[str]:
    """The scenarios beside a case."""
    return sorted(path.stem for path in find_case(case).glob("*.toml") if path.name not in OTHERS)


def find_scenario(case: str | Path, name: str | Path) -> Path:
    """The file of a scenario.

    Parameters
    ----------
    case : str or Path
        A folder with ``case.toml``, or the name of a shipped case.
    name : str or Path
        A file, or the name of a scenario beside the case, with or without ``.toml``.

    Raises
    ------
    CaseError, ScenarioError
        If there is none; the error lists those that the case has.
    """
    folder = find_case(case)
    for path in (Path(name), folder / str(name), folder / f"{name}.toml"):
        if path.is_file() and path.name not in OTHERS:
            return path.resolve()
    have = scenario_names(case)
    raise ScenarioError(
        say(
            "no scenario {name!r}: neither a file nor one beside the case {case}{near}. Beside it: {names}",
            name=str(name),
            case=folder.name,
            near=nearest(str(name), have),
            names=", ".join(have) or "-",
        )
    )
