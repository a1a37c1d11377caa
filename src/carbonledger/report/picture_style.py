"""How pictures of a sweep look: size, colours, frame, titles, and labels beside their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..messages import say, word
from .picture_words import apart, printable

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008): told apart by people with any colour vision; yellow is left out, it is too light for a line.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DARK, LIMIT, GRID, PALE = "#222222", "#7A1F1F", "#DDDDDD", "#555555"
SIZE = (8.6, 4.6)  # inches
SMALL_TEXT = 8.5


def blank_figure(size: tuple[float, float] = SIZE) -> Figure:
    """A figure without the state of pyplot; it draws with Agg, so that no screen is needed.

    Raises
    ------
    LedgerError
        If matplotlib is missing.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise LedgerError(say("pictures need matplotlib: pip install 'carbonledger[pictures]'")) from None
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def subtitle(dataset: xr.Dataset, place: str, lang: str) -> str:
    """Where, from which case and scenario, and whether the input is made up."""
    about = [printable(text) for text in (place, str(dataset.attrs["case"]), str(dataset.attrs["scenario"]))]
    if dataset.attrs.get("synthetic"):
        about.append(word("SYNTHETIC INPUT", lang))
    return " · ".join(dict.fromkeys(part for part in about if part))


def plain_frame(axes: Axes) -> None:
    axes.grid(color=GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, labelsize=9)


def tick_text(value: float) -> str:
    """A number on an axis, without exponents for common sizes."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6g}"


def year_ticks(axes: Axes, first: int, last: int, most: int = 8) -> None:
    """Whole years as ticks, in steps that reach the ends of five-year plans."""
    step = next((n for n in (1, 5, 10, 20) if (last - first) / n < most), 50)
    axes.set_xticks([year for year in range(first, last + 1) if year % step == 0] or [first])


def write_beside(axes: Axes, beside: Sequence[tuple[float, str, str]]) -> None:
    """Texts right of the axes at the height of their lines, moved apart where they would cover each other."""
    if not beside:
        return
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    line = SMALL_TEXT * 1.3 / (SIZE[1] * 72 * 0.74)  # height of a line of text as a part of the axes
    places = [(value - low) / (high - low) for value, *_ in beside]
    heights = [line * (text.count("\n") + 1) + line * 0.35 for _, text, _ in beside]
    for at, (_, text, colour) in zip(apart(places, heights, -0.1, 1.1), beside, strict=True):
        axes.annotate(
            text,
            (1, at),
            (6, 0),
            "axes fraction",
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=SMALL_TEXT,
            linespacing=1.15,
            annotation_clip=False,
        )
