"""Pictures of a sweep as PNG files: a fan chart of each indicator, and how often targets are met."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LedgerError
from ..messages import say, to_lang
from ..sweeping import Prepared
from ..sweeping.reducing import DIFFERENCE
from ..sweeping.running import before_base
from .fan_picture import fan_chart
from .met_picture import met_chart
from .picture_style import blank_figure
from .picture_words import language
from .sweep_contents import is_known, judged_of, known_entities, names_in
from .sweep_words import scenario_labels

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

DPI = 150


def check_pictures(folder: str | Path, *, force: bool = False) -> Path:
    """Whether pictures can be drawn into a folder, before any work starts.

    Raises
    ------
    LedgerError
        If matplotlib is missing, the folder cannot be made, or it has pictures and ``force`` is not given.
    """
    blank_figure()
    folder = Path(folder)
    if folder.is_file() or not folder.absolute().parent.is_dir():
        raise LedgerError(say("{path}: no folder for pictures. Name one in a folder that exists", path=str(folder)))
    if folder.is_dir() and any(folder.glob("*.png")) and not force:
        raise LedgerError(say("{path}: has pictures. Name another folder, or --force to overwrite", path=str(folder)))
    return folder


def draw_sweep(prepared: Prepared, dataset: xr.Dataset, folder: str | Path, *, lang: str = "en") -> list[Path]:
    """Draw all that a sweep projects with the years before, and its targets, as PNG; the paths."""
    folder, base = Path(folder), int(dataset.attrs["base_year"])
    folder.mkdir(exist_ok=True)
    made, labels, lang = [], scenario_labels(prepared), language(lang)
    posted = [name for name in names_in(dataset) if not name.endswith(DIFFERENCE)]
    history = before_base(prepared, posted) if int(dataset["year"].min()) == base else None
    for entity in known_entities(dataset, after=base):
        common: dict[str, Any] = {"entity": entity, "labels": labels, "lang": lang}
        common["place"] = to_lang(prepared.case.entity_names.get(entity, entity), lang)
        shown = [name for name in names_in(dataset) if is_known(dataset, name, entity, after=base)]
        for name in shown:
            figure = fan_chart(dataset, name, targets=prepared.targets, history=history, **common)
            made.append(_saved(figure, folder / f"{_file_name(name)}-{_file_name(entity)}.png"))
        if judged_of(dataset, prepared.targets, entity):
            figure = met_chart(dataset, targets=prepared.targets, **common)
            made.append(_saved(figure, folder / f"targets-{_file_name(entity)}.png"))
    return made


def _saved(figure: Figure, path: Path) -> Path:
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    return path


def _file_name(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\s]+', "_", name)
