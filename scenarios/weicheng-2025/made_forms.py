"""The lines of the returns as the forms print them, and what a reader has to make of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from made_enterprises import CARRIERS, MONTHLY, MOVED_FROM, MOVER, PARTS, Firm
from made_returns import (
    BEGIN,
    BOUGHT,
    END,
    HEAD_1,
    HEAD_2,
    MATERIAL,
    MONEY,
    OTHER,
    PRODUCTION,
    TOTAL,
    TRANSPORT,
    Line,
    Returns,
    coefficient,
)

PROCESSES = HEAD_2[7:15]
MADE, RECOVERED, INPUT = "能源加工转换产出", "回收利用", "加工转换投入合计"
BLANK_IF_ZERO = {MATERIAL, TRANSPORT, BOUGHT, MONEY}
# The weight of each month in a year's use, for the one enterprise that reports month by month.
MONTHS = (10, 7, 9, 8, 8, 7, 8, 8, 8, 8, 9, 10)


def plain(amount: float) -> str:
    """A number as people type it: two decimals at most, no trailing zeros."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def coefficients(firm: Firm, lines: dict[str, Line]) -> dict[str, float]:
    """The coefficient that the enterprise uses for each line; raw coal by rank: the mean of the ranks."""
    used = {code: coefficient(firm, code) for code in lines if code != "01"}
    if "01" in lines:
        parts = [code for code in lines if code in PARTS]
        total = sum(lines[code][TOTAL] for code in parts)
        mean = sum(lines[code][TOTAL] * used[code] for code in parts) / total if total else 0.0
        used["01"] = round(mean, 4) if parts else coefficient(firm, "01")
    return used


def lines_205_1(firms: Sequence[Firm], year: int, returns: Returns) -> Iterator[list[str]]:
    """Form 205-1 of one year, enterprise by enterprise, with its control row 40."""
    for firm in firms:
        lines = returns.get(firm.id)
        if lines is None:
            continue
        if firm.place == MONTHLY and year == 2025:
            for month in range(1, 13):
                share = sum(MONTHS[:month]) / sum(MONTHS)
                told = f"{year}年1-{month}月" if month > 1 else f"{year}年1月"
                part = {c: {k: round(v * share, 2) for k, v in line.items()} for c, line in lines.items()}
                for line in part.values():  # rounding must not open a gap between the total and its two parts
                    line[TOTAL] = round(line[PRODUCTION] + line[OTHER], 2)
                yield from _form_205_1(firm, told, part)
        else:
            yield from _form_205_1(firm, f"{year}年1-12月", lines)


def _form_205_1(firm: Firm, told: str, lines: dict[str, Line]) -> Iterator[list[str]]:
    used = coefficients(firm, lines)
    for code in sorted(lines):
        carrier, line = CARRIERS[code], lines[code]
        cells = []
        for column in HEAD_1[6:15]:
            absent = column in {BEGIN, END} and not carrier.stocked
            cells.append("" if absent or (column in BLANK_IF_ZERO and not line[column]) else plain(line[column]))
        reference = "" if carrier.tce is None else f"{carrier.tce:g}"
        head = [firm.id, firm.name, told, code, carrier.name, carrier.unit]
        yield [*head, *cells, f"{used[code]:g}", reference, "synthetic"]
    cells = [""] * 9
    for i, column in enumerate(HEAD_1[6:15]):
        if column in {TOTAL, PRODUCTION, MATERIAL, OTHER, TRANSPORT}:
            cells[i] = plain(sum(line[column] * used[code] for code, line in lines.items() if code not in PARTS))
        elif column == MONEY:
            cells[i] = plain(sum(line[column] for code, line in lines.items() if code not in PARTS))
    yield [firm.id, firm.name, told, "40", "能源合计", "吨标准煤", *cells, "", "", "synthetic"]


def lines_205_2(firms: Sequence[Firm], year: int, returns: Returns, conversions: Returns) -> Iterator[list[str]]:
    """Form 205-2 of one year, for the few that convert energy."""
    for firm in firms:
        lines, used = conversions.get(firm.id, {}), coefficients(firm, returns.get(firm.id, {}))
        for code in sorted(lines):
            carrier, line = CARRIERS[code], lines[code]
            given = sum(line.get(name, 0.0) for name in PROCESSES)
            own = used.get(code) or coefficient(firm, code)
            cells = [plain(given) if given else "", *(plain(line[n]) if n in line else "" for n in PROCESSES)]
            cells += [plain(line[n]) if n in line else "" for n in (MADE, RECOVERED)]
            head = [firm.id, firm.name, f"{year}年1-12月", code, carrier.name, carrier.unit]
            yield [*head, *cells, f"{own:g}", "synthetic"]


def posted(firms: Sequence[Firm], year: int, returns: Returns, conversions: Returns) -> dict[tuple[str, str], float]:
    """What the district's enterprises burnt, used as feedstock and purchased, by activity and flow."""
    sums: dict[tuple[str, str], float] = {}
    for firm in firms:
        if firm.place == MOVER and year >= MOVED_FROM:
            continue
        lines, made = returns.get(firm.id, {}), conversions.get(firm.id, {})
        for code, line in lines.items():
            inputs = sum(made.get(code, {}).get(name, 0.0) for name in PROCESSES)
            flows = {"combusted": line[TOTAL] - line[MATERIAL] - inputs, "feedstock": line[MATERIAL]}
            if code in {"32", "33"}:
                flows = {"purchased": line[BOUGHT]}
            if code == "01":
                ranks = [c for c in lines if c in PARTS]
                flows["combusted"] -= sum(
                    lines[c][TOTAL] - sum(made.get(c, {}).get(n, 0.0) for n in PROCESSES) for c in ranks
                )
            for flow, amount in flows.items():
                key = (CARRIERS[code].activity, flow)
                sums[key] = sums.get(key, 0.0) + round(amount, 2)
    return sums
