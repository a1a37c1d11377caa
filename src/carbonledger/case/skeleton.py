"""A new case: a small folder that works at once, in which every decision is explained where it stands."""

from __future__ import annotations

from pathlib import Path

from ..errors import CaseError
from ..messages import LANGS, say
from ..shipped import package_file

FILES = ("case.toml", "activity.csv", "entities.csv", "states.csv", "targets.csv")


def new_case(folder: str | Path, *, lang: str = "en") -> Path:
    """Write a commented example case, to be filled with one's own numbers.

    Parameters
    ----------
    folder : str or Path
        A folder that does not exist yet, or is empty; its parents are made.
    lang : {"en", "zh"}
        Language of the comments and of the column names.

    Returns
    -------
    Path
        The folder; ``assess`` runs on it as it stands, and marks every report as synthetic.

    Raises
    ------
    CaseError
        If something is there already: nothing is ever overwritten.
    """
    if lang not in LANGS:
        raise CaseError(say("lang={found!r}; accepted: {names}", found=lang, names=", ".join(LANGS)))
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise CaseError(say("{path} is a file. Name a folder that does not exist yet", path=str(path)))
    if path.is_dir() and any(path.iterdir()):
        raise CaseError(say("{path} is not empty. Name a new folder; nothing is overwritten", path=str(path)))
    path.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (path / name).write_bytes(package_file(f"skeleton/{lang}/{name}").read_bytes())
    return path
