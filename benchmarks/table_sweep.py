"""The tables of scenario sweeps: ways with the share of the machine that each uses, draws, and points of the plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comparisons_sweep import Aim, SpeedUp

QUIET = 0.1  # share of the cores in use by others, up to which a ratio says something
Told = dict[str, Any]


def aims_told(aims: Sequence[Aim | SpeedUp]) -> list[Told]:
    """Aims as JSON holds them."""
    return [asdict(aim) for aim in aims]


def ways_rows(ways: Sequence[Told]) -> list[str]:
    """One line a way, then the aims and the peaks that the shares are of."""
    head = ["way", "rounds", "median [ms]", "best [ms]", "x carbonledger", "multiply-adds [% of peak]"]
    lines = _head([*head, "memory [% of bandwidth]"])
    for one in ways:
        info, median = one["extra_info"], _median(one)
        name = info["way"] if info["scale"] == 1 else f"{info['way']}, a part, scaled by {info['scale']:,.0f}"
        alone = one["stats"]["median"]
        lines.append(
            f"| {name} | {one['stats']['rounds']} | {median * 1e3:,.1f} | {one['stats']['min'] * info['scale'] * 1e3:,.1f} "
            f"| {_ratio(median / _median(ways[0]))} | {info['adds'] / alone / info['peak_adds'] / 1e7:.1f} "
            f"| {info['bytes'] / alone / info['peak_bandwidth'] / 1e7:.1f} |"
        )
    peaks = {(i["threads"], i["peak_adds"], i["peak_bandwidth"]) for i in (one["extra_info"] for one in ways)}
    told = "; ".join(
        f"{threads} {'thread' if threads == 1 else 'threads'}, {adds:.0f} and {bandwidth:.0f} GB/s"
        for threads, adds, bandwidth in sorted(peaks)
    )
    said = [_aim(aim, ways) for aim in ways[0]["extra_info"].get("aims", [])]
    return [*lines, "", " ".join([*said, f"Peaks [10^9 multiply-adds/s]: {told}.", *_disturbed(ways)])]


def streamed_rows(ways: Sequence[Told]) -> list[str]:
    """One line a number of draws, and whether time is linear and memory level."""
    head = ["scenarios", "rounds", "median [ms]", "per 1 000 [ms]", "peak memory [MiB]", "kernels loaded before [MiB]"]
    lines = _head(head)
    for one in ways:
        info, median = one["extra_info"], _median(one)
        memory = " | ".join(f"{info[name]:,.0f}" if name in info else "" for name in ("mib", "loaded_mib"))
        each = median * 1e6 / info["x"]
        lines.append(f"| {info['x']:,} | {one['stats']['rounds']} | {median * 1e3:,.1f} | {each:,.2f} | {memory} |")
    fresh = [one for one in ways if "mib" in one["extra_info"]]
    if len(fresh) < 2:
        raise ValueError(f"{ways[0]['group']}: memory was measured at {len(fresh)} sizes; two are compared")
    few, many = fresh[0]["extra_info"], fresh[-1]["extra_info"]
    aim, grown = few["aim_memory"], many["mib"] / few["mib"]
    sizes = f"{many['x']:,} against {few['x']:,}"
    said = (
        f"Aim: memory at {sizes} at most {aim:g} x; {'met' if grown <= aim else 'missed'} at {grown:.2f}; with the kernels "
        f"loaded before, {many['loaded_mib'] / few['loaded_mib']:.2f}."
    )
    rise = _median(fresh[-1]) / many["x"] / (_median(fresh[0]) / few["x"])
    judged = _judged(rise <= few["aim_linear"], ways)
    linear = f"Aim: time linear within {few['aim_linear']:g} x; {judged} at {rise:.2f}."
    return [*lines, "", " ".join([said, linear, *_disturbed(ways)])]


def points_rows(ways: Sequence[Told]) -> list[str]:
    """Sizes down, ways across; medians."""
    series = list(dict.fromkeys(one["extra_info"]["way"] for one in ways))
    at = {(one["extra_info"]["x"], one["extra_info"]["way"]): _median(one) * 1e3 for one in ways}
    lines = _head([ways[0]["extra_info"]["panel"], *series])
    for x in dict.fromkeys(x for x, _ in at):
        cells = [f"{at[x, way]:,.2f}" if (x, way) in at else "" for way in series]
        lines.append(f"| {x:,} | {' | '.join(cells)} |")
    said = _disturbed(ways)
    return [*lines, "", *said] if said else lines


def _head(head: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]


def _median(one: Told) -> float:
    """Seconds of the whole; a part is scaled."""
    found: float = one["stats"]["median"] * one["extra_info"].get("scale", 1.0)
    return found


def _ratio(times: float) -> str:
    return f"{times:.2f}" if times < 100 else f"{times:,.0f}"


def _aim(aim: Told, ways: Sequence[Told]) -> str:
    times = {one["extra_info"]["way"]: _median(one) for one in ways}
    if "at_least" in aim:
        ours, peer = (times[f"{aim[who]}, 1 thread"] / times[f"{aim[who]}, all threads"] for who in ("ours", "peer"))
        judged = _judged(ours / peer >= aim["at_least"], ways)
        return (
            f"Aim: at least {aim['at_least']:g} of the gain of *{aim['peer']}* from more threads; {judged} at "
            f"{ours / peer:.3f} ({ours:.2f} x against {peer:.2f} x)."
        )
    ratio = times[aim["ours"]] / times[aim["peer"]]
    judged = _judged(ratio <= aim["at_most"], ways)
    if aim["at_most"] < 1:
        return f"Aim: at least {1 / aim['at_most']:g} x as fast as *{aim['peer']}*; {judged} at {1 / ratio:,.0f}."
    return f"Aim: at most {aim['at_most']:g} x the time of *{aim['peer']}*; {judged} at {ratio:.2f}."


def _judged(met: bool, ways: Sequence[Told]) -> str:
    return "not judged here," if _others(ways) > QUIET else "met" if met else "missed"


def _others(ways: Sequence[Told]) -> float:
    return max((share for one in ways for share in one["extra_info"].get("others", [])), default=0.0)


def _disturbed(ways: Sequence[Told]) -> list[str]:
    others = _others(ways)
    return [f"Other processes used up to {others:.0%} of the cores meanwhile."] if others > QUIET else []
