"""Writes what pytest-benchmark measured between the markers of ``benchmarks/README.md``; nothing there is typed.

python benchmarks/table.py .benchmarks/last.json [--readme PATH]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from table_sweep import QUIET, points_rows, streamed_rows, ways_rows

START, END = "<!-- measured: written by table.py -->", "<!-- /measured -->"
ROWS = {"ways": ways_rows, "points": points_rows, "streamed": streamed_rows}  # of the sweeps
README = Path(__file__).resolve().parent / "README.md"


def made_of(told: dict[str, Any]) -> str:
    """The section, from pytest-benchmark's JSON.

    Raises
    ------
    ValueError
        If a group has no peer, or a benchmark does not say which way it took.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in told["benchmarks"]:
        if "way" not in one["extra_info"]:
            raise ValueError(f"{one['name']}: extra_info lacks 'way'; the table would not know what was measured")
        groups.setdefault(one["group"], []).append(one)
    machine = told["machine_info"]
    usual = [one["stats"]["rounds"] for one in told["benchmarks"] if "table" not in one["extra_info"]]
    rounds = (
        f" Medians, of at least {min(usual)} rounds after a warm-up round where no number is given." if usual else ""
    )
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    lines = [
        f"Measured on {told['datetime'][:10]}: {machine['cores']} cores ({machine['machine']}), "
        f"{machine['memory_gib']} GiB of memory, Python {machine['python_version']}, {machine.get('compiler', 'no gcc')}, "
        f"{packages}.{rounds}",
    ]
    for title, ways in groups.items():
        rows_of = ROWS.get(ways[0]["extra_info"].get("table"), _rows)
        lines += ["", f"### {title}", "", ways[0]["extra_info"]["note"], "", *rows_of(ways)]
    return "\n".join(lines)


def _rows(ways: list[dict[str, Any]]) -> list[str]:
    peers = [one["stats"]["median"] for one in ways if not one["extra_info"]["ours"]]
    if not peers:
        raise ValueError(f"{ways[0]['group']}: no peer to compare with")
    whole = any("mib" in one["extra_info"] for one in ways)
    head = [
        "way",
        "median [ms]",
        "best [ms]",
        "x fastest peer",
        *(["peak memory [MiB]", "first call [ms]"] if whole else []),
    ]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for one in ways:
        info, median = one["extra_info"], one["stats"]["median"]
        cells = [info["way"], f"{median * 1000:,.1f}", f"{one['stats']['min'] * 1000:,.1f}"]
        cells.append(f"{median / min(peers):.2f}")
        if whole:
            cells += [f"{info['mib']:,.0f}", f"{info['first_call'] * 1000:,.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    every_row = [one["stats"]["median"] for one in ways if one["extra_info"].get("every_row")]
    others = max((share for one in ways for share in one["extra_info"].get("others", [])), default=0.0)
    return lines + _below(ways[0], min(peers), min(every_row, default=None), others)


def _below(first: dict[str, Any], fastest: float, every_row: float | None, others: float) -> list[str]:
    """The aim, and what compiling cost; ``every_row`` is the fastest peer that joins rates to every row."""
    said, info, median = [], first["extra_info"], first["stats"]["median"]
    if info.get("aim") is not None:
        state = "met" if median / fastest <= info["aim"] else "missed"
        state = "not judged here," if others > QUIET else state
        said.append(f"Aim: at most {info['aim']:g} x the fastest peer; {state} at {median / fastest:.2f}.")
    if others > QUIET:
        said.append(f"Other processes used up to {others:.0%} of the cores meanwhile, which slows what uses them all.")
    if every_row is not None:
        said.append(f"Beside the fastest that joins rates to every row: {median / every_row:.2f} x.")
    if info.get("compiling") is not None:
        said.append(f"The first call of all, which compiles the kernels, took {info['compiling']:.1f} s.")
    return ["", " ".join(said)] if said else []


def write_table(told: dict[str, Any], readme: Path = README) -> None:
    """Put the section between the markers of a Markdown file.

    Raises
    ------
    ValueError
        If the file lacks the markers.
    """
    text = readme.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"{readme}: no place for the table; it goes between {START} and {END}")
    readme.write_text(f"{before}{START}\n{made_of(told)}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Read the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("json", type=Path)
    parser.add_argument("--readme", type=Path, default=README)
    asked = parser.parse_args()
    write_table(json.loads(asked.json.read_text(encoding="utf-8")), asked.readme)


if __name__ == "__main__":
    main()
