"""The air of a case: statistics of every pollutant with the days behind them, days by the index, all items together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import reasons
from ..case import Assessed
from ..messages import say, word
from .words import entity_name, number, table

if TYPE_CHECKING:
    from rich.console import Console

STATISTICS = (
    *("entity", "year", "pollutant", "unit", "mean", "rounded", "percentile", "value", "rounded", "multiple"),
    *("valid days", "days above", "capture", "limit kept", "remark"),
)
TOGETHER = ("entity", "year", "all items", "above, with multiples", "composite index", "editions", "remark")
DAYS = (
    *("entity", "year", "valid days", "good", "heavy", "good-day ratio", "days of level 1 to 6", "primary pollutants"),
    "remark",
)
VERDICTS = ("unknown", "attained", "exceeded")


def print_air(assessed: Assessed, lang: str, out: Console) -> None:
    """Annual statistics with the days behind them, the edition, and what an unverified rule could change."""
    air = assessed.case.air
    if air is None or air.annual is None:
        return
    found, shares = air.annual, air.shares
    names = list(
        dict.fromkeys([*found.attrs["unverified"], *(shares.attrs["unverified"] if shares is not None else [])])
    )
    head = say("Air of the stations; not verified in the standards' text: {names}", names=", ".join(names) or "–")
    if chosen := [*found.attrs["options"], *(shares.attrs["options"] if shares is not None else [])]:
        out.print(
            say("Taken in place of defaults: {names}", names="; ".join(dict.fromkeys(chosen))).to(lang), markup=False
        )
    rows = [row for here, where in _places(assessed, found, lang) for row in _of_pollutants(here, where, lang)]
    table(out, head.to(lang), [word(c, lang) for c in STATISTICS], rows, right=[4, 5, 7, 8, 9, 10, 11, 12])
    rows = [_together(here, where, lang) for here, where in _places(assessed, found, lang)]
    table(out, word("All items of the national standard", lang), [word(c, lang) for c in TOGETHER], rows, right=[4])
    if shares is not None and (shares["valid_days"] > 0).any():
        rows = [_days(here, where, lang) for here, where in _places(assessed, shares, lang)]
        head_of_days = word("Days by the air quality index of the stations", lang)
        table(out, head_of_days, [word(c, lang) for c in DAYS], rows, right=[2, 3, 4, 5])


def _places(assessed: Assessed, found: Any, lang: str) -> list[tuple[Any, list[str]]]:
    return [
        (found.sel(entity=entity, year=year), [entity_name(assessed, str(entity), lang), str(int(year))])
        for entity in found["entity"].values
        for year in found["year"].values
    ]


def _of_pollutants(here: Any, where: list[str], lang: str) -> list[list[str]]:
    rows = []
    for pollutant in here["pollutant"].values:
        one = here.sel(pollutant=pollutant)
        codes = [int(one[f"{part}_reason"]) for part in ("mean", "percentile")]
        why = sorted({reasons.text(c, lang) for c in codes if c != reasons.Reason.NOT_EVALUATED} - {""})
        over = max(float(one[m]) if one[m] == one[m] else 0.0 for m in ("mean_multiple", "percentile_multiple"))
        percent = int(one["percent"])
        cells = [
            *(number(float(one["mean"]), 6), number(float(one["mean_rounded"]))),
            f"P{percent}" if percent else "–",
            *(number(float(one["percentile"]), 6), number(float(one["percentile_rounded"]))),
            f"{over:.2f}" if over else "",
            str(int(one["days"])),
            number(float(one["exceedance_days"])),
            f"{float(one['capture']):.1%}" if one["capture"] == one["capture"] else "–",
            word(VERDICTS[int(one["attained"])], lang),
        ]
        remark = "; ".join([*why, *_depends(one, "depends", lang)])
        rows.append([*where, str(pollutant), str(one["unit"].values), *cells, remark])
    return rows


def _together(here: Any, where: list[str], lang: str) -> list[str]:
    why = reasons.text(int(here["composite_index_reason"]), lang)
    remark = [*([why] if why else []), *_depends(here, "depends_all", lang)]
    return [
        *where,
        word(VERDICTS[int(here["attained_all"])], lang),
        str(here["exceeding"].values),
        number(round(float(here["composite_index"]), 2)),
        f"{here['edition'].values}, {here['limit_edition'].values}",
        "; ".join(remark),
    ]


def _days(here: Any, where: list[str], lang: str) -> list[str]:
    levels = " / ".join(str(int(n)) for n in here["level_days"].values)
    primary = sorted(zip(here["pollutant"].values, here["primary_days"].values, strict=True), key=lambda pair: -pair[1])
    why = reasons.text(int(here["good_day_ratio_reason"]), lang)
    depends = str(here["depends"].values) if "depends" in here else ""
    other = [say("others under {names}", names=depends).to(lang)] if depends else []
    return [
        *where,
        *(str(int(here[f"{name}_days"])) for name in ("valid", "good", "heavy")),
        f"{float(here['good_day_ratio_rounded']):.1f} %" if not why else "–",
        levels,
        ", ".join(f"{name} {int(n)}" for name, n in primary if n),
        "; ".join([*([why] if why else []), *other]),
    ]


def _depends(found: Any, name: str, lang: str) -> list[str]:
    text = str(found[name].values) if name in found else ""
    return [say("attainment differs under {names}", names=text).to(lang)] if text else []
