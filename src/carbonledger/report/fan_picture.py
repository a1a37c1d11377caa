"""Fan charts: an indicator over the years, by scenario or with its spread, and the limits that it should keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..messages import word
from ..targets import Target
from ..targets.arrays import is_trend, limit_in
from .picture_style import (
    COLOURS,
    DARK,
    LIMIT,
    PALE,
    SMALL_TEXT,
    blank_figure,
    plain_frame,
    subtitle,
    tick_text,
    write_beside,
    year_ticks,
)
from .picture_words import families, group_label, language, printable, target_label, unit_of, wrapped
from .sweep_contents import attributes_of, names_in
from .sweep_view import Group, band, groups_of
from .sweep_words import target_id

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OUTER, INNER = 0.16, 0.28  # strength of the bands
MILLIONS = 1e7  # from here on an axis is in millions
LINES = 6  # groups that are told apart by colour; of more the first ones are drawn


def fan_chart(
    dataset: xr.Dataset,
    indicator: str,
    entity: str = "",
    targets: Sequence[Target] = (),
    *,
    history: xr.Dataset | None = None,
    labels: Mapping[str, str] | None = None,
    place: str = "",
    lang: str = "en",
) -> Figure:
    """Median with 25-75 and 5-95 % of an indicator over the years, or a line per named scenario; limits as dashed lines.

    Parameters
    ----------
    dataset : Dataset
        From :func:`carbonledger.sweep`, whole or with quantiles; years up to the base year are drawn as history.
    entity : str
        The first one by default.
    targets : list of Target
        Those of this indicator and entity are drawn, where the limit is one of its own values.
    history : Dataset, optional
        Earlier years, where ``dataset`` begins with the base year.
    labels : dict of str, optional
        Names of the scenarios in the language.
    place : str
        What the entity is called.
    """
    from matplotlib import rc_context

    entity, lang = entity or str(dataset["entity"].values[0]), language(lang)
    with rc_context({"font.family": families(), "axes.unicode_minus": False}):
        figure = blank_figure()
        axes = figure.add_subplot()
        groups = groups_of(dataset, labels)
        groups = groups if len(groups) <= LINES else groups[:LINES]
        beside = _draw_groups(axes, dataset, groups, indicator, entity, lang)
        _draw_history(axes, dataset, history, groups[0], indicator, entity)
        found = attributes_of(dataset, indicator)
        beside += _draw_limits(axes, dataset, indicator, entity, targets, found["units"], lang)
        _finish(axes, dataset, found, place or entity, lang)
        if any(group.n > 1 for group in groups):
            _legend(axes, dataset, groups, indicator, entity, lang)
        write_beside(axes, beside)
    return figure


def _draw_groups(
    axes: Axes, dataset: xr.Dataset, groups: Sequence[Group], name: str, entity: str, lang: str
) -> list[tuple[float, str, str]]:
    """Lines and bands from the base year on; what is written beside the end of each line: height, text, colour."""
    import numpy as np

    years = dataset["year"].values
    ahead = years >= int(dataset.attrs["base_year"])
    beside = []
    for i, group in enumerate(groups):
        found, colour = band(dataset, group, name, entity), COLOURS[i % len(COLOURS)]
        for low, high, strength in ((found.low, found.high, OUTER), (found.inner_low, found.inner_high, INNER)):
            if np.isfinite(low[ahead]).any():
                axes.fill_between(years[ahead], low[ahead], high[ahead], color=colour, alpha=strength, lw=0)
        axes.plot(years[ahead], found.middle[ahead], "-" if i < 3 else "--", color=colour, lw=2, zorder=3)
        known = np.flatnonzero(np.isfinite(found.middle) & ahead)
        if len(known) and len(groups) > 1:
            beside.append((float(found.middle[known[-1]]), group_label(group.name, group.label, i, lang), colour))
    return beside


def _draw_history(
    axes: Axes, dataset: xr.Dataset, history: xr.Dataset | None, group: Group, name: str, entity: str
) -> None:
    """Years up to the base year as one dark line."""
    import numpy as np

    base, years, values = int(dataset.attrs["base_year"]), dataset["year"].values, band(dataset, group, name, entity)
    past = {int(y): float(v) for y, v in zip(years, values.middle, strict=True) if y <= base}
    if history is not None and name in names_in(history) and entity in history["entity"].values:
        earlier = band(history, groups_of(history)[0], name, entity).middle
        past = {int(y): float(v) for y, v in zip(history["year"].values, earlier, strict=True) if y < base} | past
    line = sorted(past.items())
    if any(np.isfinite(value) for _, value in line):
        axes.plot(*zip(*line, strict=True), color=DARK, lw=2, marker="o", ms=3.5, zorder=4)
    axes.axvline(base, color="#999999", lw=0.8, zorder=1)


def _draw_limits(
    axes: Axes, dataset: xr.Dataset, name: str, entity: str, targets: Sequence[Target], unit: str, lang: str
) -> list[tuple[float, str, str]]:
    """Limits that are values of the indicator itself: not sums over years, not falls since a baseline, not trends."""
    first, last = axes.get_xlim()[0], int(dataset["year"].values[-1])
    beside = []
    for target in targets:
        own = target.indicator == name and target.entity in ("", entity) and target.kind != "stated_quantity"
        if not own or target.value is None or is_trend(target) or target.kind == "cumulative":
            continue
        if target.sense == "fall_by":
            continue
        limit, start, end = limit_in(target, unit)[0], max(first, float(dataset["year"].values[0])), float(last)
        if target.scope == "standard":  # an edition holds while it is in force
            start, end = max(start, (target.from_year or 0) - 0.5), min(end, (target.year or last) + 0.5)
        if start > last:
            continue
        axes.plot([start, end], [limit, limit], color=LIMIT, lw=1.3, dashes=(5, 2.5), zorder=2)
        if target.year is not None and target.scope != "standard" and start <= target.year <= end:
            axes.plot([target.year], [limit], marker="D", ms=5, color=LIMIT, zorder=5)
        beside.append((limit, target_label(target, target_id(target), lang), LIMIT))
    return beside


def _finish(axes: Axes, dataset: xr.Dataset, found: Mapping[str, str], place: str, lang: str) -> None:
    """Titles, unit, grid and ticks."""
    from matplotlib.ticker import FuncFormatter

    names = (found["long_name_zh"], found["long_name"]) if lang == "zh" else (found["long_name"],)
    title = printable(*names)
    axes.set_title(
        "\n".join(wrapped(title[:1].upper() + title[1:], 70, 2)), loc="left", fontweight="bold", fontsize=11, pad=22
    )
    text = subtitle(dataset, place, lang)
    axes.annotate(text, (0, 1), (0, 7), "axes fraction", textcoords="offset points", fontsize=SMALL_TEXT, color=PALE)
    axes.margins(y=0.12)
    unit, scale = unit_of(found["units"]), 1.0
    if max(map(abs, axes.get_ylim())) >= MILLIONS and not unit.startswith("10"):
        unit, scale = f"10⁶ {unit}", 1e6
    axes.set_ylabel(unit, fontsize=9.5)
    first, last = (round(edge) for edge in axes.dataLim.intervalx)
    axes.set_xlim(first - 0.02 * (last - first), last + 0.01 * (last - first))
    year_ticks(axes, first, last)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_text(value / scale)))
    plain_frame(axes)


def _legend(axes: Axes, dataset: xr.Dataset, groups: Sequence[Group], name: str, entity: str, lang: str) -> None:
    """What line and bands are, in the colour of the fan, or in grey for several."""
    import numpy as np
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    colour = COLOURS[0] if len(groups) == 1 else PALE
    made: list[Any] = [Line2D([], [], color=colour, lw=2, label=word("median", lang))]
    bands = [band(dataset, group, name, entity) for group in groups]
    if any(np.isfinite(found.inner_low).any() for found in bands):
        made.append(Patch(color=colour, alpha=OUTER + INNER, lw=0, label="25–75 %"))
    if any(np.isfinite(found.low).any() for found in bands):
        made.append(Patch(color=colour, alpha=OUTER, lw=0, label="5–95 %"))
    axes.legend(handles=made, loc="upper left", bbox_to_anchor=(0, -0.07), ncols=3, frameon=False, fontsize=SMALL_TEXT)
