"""Draws how long sweeps took against their size, from what pytest-benchmark measured.

python benchmarks/plots.py .benchmarks/last.json [--picture PATH]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

PICTURE = Path(__file__).resolve().parent / "sweep-times.png"
PANELS = {
    "scenarios": "a multiplier per sector, 4 141 enterprises; and the public sweep",
    "enterprises": "a multiplier per enterprise and carrier, 50 scenarios",
}
PUBLIC = "carbonledger.sweep: 5 indicators, quantiles, p_met"
LOOK = {  # Okabe and Ito's colours, which colour-blind readers tell apart
    "carbonledger": ("#0072b2", "o"),
    PUBLIC: ("#009e73", "D"),
    "C": ("#d55e00", "s"),
    "C, years taken out": ("#e69f00", "^"),
    "NumPy einsum": ("#666666", "v"),
}


def series_of(told: dict[str, Any]) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """Panel, series, and its points (size, median seconds).

    Raises
    ------
    ValueError
        If a panel has no points: the sweep benchmarks did not run.
    """
    found: dict[str, dict[str, list[tuple[int, float]]]] = {panel: {} for panel in PANELS}
    for one in told["benchmarks"]:
        info = one["extra_info"]
        if info.get("table") == "points":
            panel, series = info["panel"], info["way"]
        elif info.get("table") == "streamed":
            panel, series = "scenarios", PUBLIC
        else:
            continue
        found[panel].setdefault(series, []).append((info["x"], one["stats"]["median"]))
    for panel, series in found.items():
        if not series:
            raise ValueError(f"no points by {panel}; run all benchmarks, with make bench")
    return found


def draw(told: dict[str, Any], picture: Path = PICTURE) -> None:
    """Both panels, logarithmic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.6), layout="constrained")
    found = series_of(told)
    for axes, (panel, series) in zip(figure.subplots(1, 2), found.items(), strict=True):
        for name, points in series.items():
            colour, marker = LOOK[name]
            axes.plot(*zip(*sorted(points), strict=True), color=colour, marker=marker, label=name)
        axes.set(xscale="log", yscale="log", xlabel=panel, ylabel="time [s]")
        axes.set_title(PANELS[panel], fontsize=10)
        axes.grid(color="#dddddd")
        axes.legend(fontsize=8, frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(picture, dpi=120, metadata={"Software": None})


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("json", type=Path)
    parser.add_argument("--picture", type=Path, default=PICTURE)
    asked = parser.parse_args()
    draw(json.loads(asked.json.read_text(encoding="utf-8")), asked.picture)


if __name__ == "__main__":
    main()
