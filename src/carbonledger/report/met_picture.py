"""How often targets are met over the years: bands of shares, or tiles where each scenario stands for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import reasons
from ..messages import word
from ..reasons import Reason
from ..targets import Target
from .picture_style import COLOURS, PALE, SMALL_TEXT, blank_figure, plain_frame, subtitle, year_ticks
from .picture_words import families, group_label, language, printable, target_label, wrapped
from .sweep_contents import judged_of
from .sweep_view import Group, groups_of, met
from .sweep_words import target_id

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 3
LINES = 6
BAND, BLANK = "band", "blank"  # what a panel shows and the legend tells
MET, MISSED, UNKNOWN, NOTHING = "#0072B2", "#D55E00", "#D9D9D9", "#FFFFFF"


def met_chart(
    dataset: xr.Dataset,
    entity: str = "",
    targets: Sequence[Target] = (),
    *,
    labels: Mapping[str, str] | None = None,
    place: str = "",
    lang: str = "en",
) -> Figure:
    """Share of the scenarios that meet each target, over the years: a band where verdicts are unknown.

    Named scenarios of which there is one each are shown as tiles: met, missed, unknown.

    Parameters
    ----------
    dataset, entity, labels, place, lang
        As in :func:`fan_chart`.
    targets : list of Target
        For names and limits; those that the Dataset judges for the entity are shown.
    """
    from matplotlib import rc_context

    entity, lang = entity or str(dataset["entity"].values[0]), language(lang)
    known = {target.id: target for target in targets}
    shown = judged_of(dataset, targets, entity)
    groups = groups_of(dataset, labels)[:LINES]
    tiles = all(group.n == 1 for group in groups)
    columns = min(COLUMNS, max(1, len(shown)))
    rows = -(-max(1, len(shown)) // columns)
    tall = 0.75 + 0.24 * len(groups) if tiles else 1.5
    with rc_context({"font.family": families(), "axes.unicode_minus": False}):
        figure = blank_figure((1.2 + 3.3 * columns, 1.1 + (tall + 0.75) * rows))
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
        parts = set[str]()
        for axes, name in zip(grid, shown, strict=False):
            draw = _tiles if tiles else _shares
            parts |= draw(axes, dataset, groups, name, entity, lang)
            _title(axes, known.get(name), name, lang)
        for axes in grid[max(0, len(shown) - columns) : len(shown)]:  # a blank panel below shows no years
            axes.tick_params(labelbottom=True)
        for axes in grid[len(shown) :]:
            axes.set_visible(False)
        title = word("Targets met, by year", lang) if tiles else word("Share of the scenarios that meet a target", lang)
        text = f"{title}\n{subtitle(dataset, place or entity, lang)}"
        figure.set_layout_engine("constrained", wspace=0.06)
        figure.suptitle(text, x=0.01, ha="left", fontsize=11)
        _legend(figure, groups, parts, lang, tiles=tiles)
    return figure


def _title(axes: Axes, target: Target | None, name: str, lang: str) -> None:
    text = target_label(target, target_id(target), lang, width=44, lines=3) if target else printable(name)
    axes.set_title(text, loc="left", fontsize=SMALL_TEXT, linespacing=1.15)


def _tiles(axes: Axes, dataset: xr.Dataset, groups: Sequence[Group], name: str, entity: str, lang: str) -> set[str]:
    """A tile a scenario and year."""
    import numpy as np
    from matplotlib.colors import ListedColormap

    years, codes = dataset["year"].values, []
    for group in groups:
        found = met(dataset, group, name, entity)
        code = np.where(found.met > 0, 0, np.where(found.missed > 0, 1, 2))
        codes.append(np.where(found.reason == Reason.OTHER_EDITION, 3, code))
    edges = np.append(years - 0.5, years[-1] + 0.5)
    colours = ListedColormap([MET, MISSED, UNKNOWN, NOTHING])
    axes.pcolormesh(
        edges, np.arange(len(groups) + 1), codes, cmap=colours, vmin=-0.5, vmax=3.5, edgecolors="white", lw=1.2
    )
    axes.set_yticks(np.arange(len(groups)) + 0.5, [group_label(g.name, g.label, i, lang) for i, g in enumerate(groups)])
    if not axes.yaxis_inverted():
        axes.invert_yaxis()
    plain_frame(axes)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    year_ticks(axes, int(years[0]), int(years[-1]), 6)
    return set()


def _shares(axes: Axes, dataset: xr.Dataset, groups: Sequence[Group], name: str, entity: str, lang: str) -> set[str]:
    """The share between all unknown ones missing and all of them meeting the target; grey years know nothing."""
    import numpy as np

    years, causes, parts, blank = dataset["year"].values, set[int](), set[str](), list[int]()
    for i, group in enumerate(groups):
        found, colour = met(dataset, group, name, entity), COLOURS[i % len(COLOURS)]
        nothing = found.met + found.missed == 0
        parts |= {BAND} if (~nothing & (found.met + found.missed < found.n)).any() else set()
        low = np.where(nothing, np.nan, 100 * found.met / found.n)
        high = np.where(nothing, np.nan, 100 * (found.n - found.missed) / found.n)
        axes.fill_between(years, low, high, color=colour, alpha=0.25, lw=0)
        width = 3.6 - 0.9 * min(i, 3)  # lines that lie on each other are all seen
        marked: dict[str, Any] = {
            "marker": "o",
            "ms": width + 1.5,
            "markevery": [at for at in range(len(years)) if _alone(low, at)],
        }
        axes.plot(years, low, "-", color=colour, lw=width, **marked)
        axes.plot(years, high, "-", color=colour, lw=1.0)
        for year in years[nothing & (found.reason != Reason.OTHER_EDITION)] if i == 0 else ():
            axes.axvspan(year - 0.5, year + 0.5, color=UNKNOWN, lw=0, zorder=0)
            blank.append(int(year))
        causes |= {int(c) for c in found.reason[nothing] if c not in (Reason.OK, Reason.OTHER_EDITION)}
    if causes and blank:
        width = max(12, round(38 * len(blank) / len(years)))
        text = "\n".join(wrapped("; ".join(reasons.text(c, lang) for c in sorted(causes)), width, 5))
        axes.text((blank[0] + blank[-1]) / 2, 50, text, ha="center", va="center", fontsize=7.5, color=PALE)
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    axes.set_ylim(-6, 106)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    plain_frame(axes)
    year_ticks(axes, int(years[0]), int(years[-1]), 6)
    return parts | ({BLANK} if blank else set())


def _alone(values: Any, i: int) -> bool:
    """Whether a known value has no known neighbour, so that no line shows it."""
    import numpy as np

    around = [values[j] for j in (i - 1, i + 1) if 0 <= j < len(values)]
    return bool(np.isfinite(values[i])) and not any(np.isfinite(v) for v in around)


def _legend(figure: Figure, groups: Sequence[Group], parts: set[str], lang: str, *, tiles: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    made: list[Any] = []
    if tiles:
        said = ((MET, word("MET", lang)), (MISSED, word("MISSED", lang)), (UNKNOWN, word("UNKNOWN", lang)))
        made = [Patch(color=colour, label=text) for colour, text in said]
    else:
        for i, group in enumerate(groups):
            if group.name:
                label = group_label(group.name, group.label, i, lang)
                made.append(Line2D([], [], color=COLOURS[i % len(COLOURS)], lw=3.6 - 0.9 * min(i, 3), label=label))
        if BAND in parts:
            label = word("band: if unknown is missed, if it is met", lang)
            made.append(Patch(color=COLOURS[0], alpha=0.25, lw=0, label=label))
        if BLANK in parts:
            made.append(Patch(color=UNKNOWN, lw=0, label=word("UNKNOWN", lang)))
    if made:
        figure.legend(
            handles=made, loc="outside lower left", ncols=min(len(made), 5), frameon=False, fontsize=SMALL_TEXT
        )
