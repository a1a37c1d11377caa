"""A sweep for people: what was swept, values by scenario and year, targets met or how often, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import reasons
from ..auditing import years_text
from ..messages import Said, say, to_lang, word
from ..sweeping import Prepared
from ..sweeping.reducing import DIFFERENCE
from .findings import headed
from .sweep_contents import attributes_of, is_cube, is_known, known_entities, names_in, selected_years
from .sweep_targets import print_targets
from .sweep_view import Band, band, groups_of
from .sweep_words import METHODS, WIDE, scenario_labels, scenario_title, share_text
from .words import console, number, title, unit_text

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

ENTITIES = 12  # that are printed; the others are in the JSON and the file


def print_sweep(prepared: Prepared, dataset: xr.Dataset, *, lang: str = "en", out: Console | None = None) -> None:
    """Print a sweep, whole or reduced, as :func:`carbonledger.sweeping.running.run` or ``replay`` return it."""
    out = out or console()
    shown = Shown(prepared, dataset, lang, out)
    shown.head()
    base = int(dataset.attrs["base_year"])
    names = names_in(dataset)
    known = known_entities(dataset)
    for entity in known[:ENTITIES]:
        shown.values(entity, [n for n in names if is_known(dataset, n, entity, after=base)])
        posted = [n for n in names if not n.endswith(DIFFERENCE)]
        shown.unknown(entity, [n for n in posted if not is_known(dataset, n, entity, after=base)])
        print_targets(shown, entity)
    if len(known) > ENTITIES:
        out.print(say("... and {n} more", n=len(known) - ENTITIES).to(lang), markup=False)
    for entity in (str(e) for e in dataset["entity"].values if str(e) not in known):
        codes = {int(c) for n in names for c in band(dataset, shown.groups[0], n, entity).reason}
        why = "; ".join(reasons.text(c, lang) for c in sorted(codes) if c)
        shown.line(say("{entity}: nothing is known ({why})", entity=shown.entity(entity), why=why))
    shown.foot()


class Shown:
    """One sweep being printed."""

    def __init__(self, prepared: Prepared, dataset: xr.Dataset, lang: str, out: Console) -> None:
        self.prepared, self.dataset, self.lang, self.out = prepared, dataset, lang, out
        self.groups = groups_of(dataset, scenario_labels(prepared))
        self.years = [int(year) for year in dataset["year"].values]
        narrow = out.is_terminal and out.width < WIDE
        self.chosen = selected_years(self.years, int(dataset.attrs["base_year"]), 3 if narrow else 5)
        self.several = any(group.n > 1 for group in self.groups)
        self.one = len(self.groups) == 1

    def line(self, text: Said) -> None:
        self.out.print(text.to(self.lang), markup=False)

    def entity(self, name: str) -> str:
        return to_lang(self.prepared.case.entity_names.get(name, name), self.lang)

    def title_of(self, name: str) -> str:
        """The name of an indicator or quantity in the language."""
        found = attributes_of(self.dataset, name)
        text = found["long_name_zh" if self.lang == "zh" else "long_name"]
        if name.endswith(DIFFERENCE) and self.lang == "zh":
            text = say("{name}, difference from the reference scenario", name=text).to("zh")
        return text

    def head(self) -> None:
        """Case, scenario, years, how many scenarios and how they came about."""
        scenario, about = self.prepared.scenario, self.dataset.attrs
        made = bool(about.get("synthetic"))
        mark = f"  *** {word('SYNTHETIC INPUT', self.lang)} ***" if made else ""
        names = f"{title(self.prepared.case, self.lang)} · {scenario_title(self.prepared, self.lang)}"
        self.out.print(f"{names}  [{about['case']} · {about['scenario']}]{mark}", markup=False, style="bold")
        if summary := (scenario.summary_zh if self.lang == "zh" else "") or scenario.summary:
            self.out.print(summary, markup=False)
        if made:
            self.line(say("The inputs of this case are made up: no number below describes the place that it names"))
        last = scenario.years[-1]
        self.line(say("Base year {base}, projected years to {last}", base=about["base_year"], last=last))
        if is_cube(self.dataset) and self.dataset.sizes["scenario"] == 1 < about["n_scenarios"]:
            self._one_of_many()
        else:
            self._how_many()
        self.out.print()

    def _one_of_many(self) -> None:
        """The number, name and levels of a scenario that is replayed."""
        found = self.dataset.isel(scenario=0)
        what = {"index": int(found["scenario"]), "n": self.dataset.attrs["n_scenarios"]}
        levels = [to_lang(self.groups[0].label, self.lang)] if "name" in found.coords else []
        levels += [
            f"{array.attrs.get('long_name', name)} = {number(float(array))} {unit_text(array.attrs['units'])}".rstrip()
            for name, array in found.coords.items()
            if str(name).startswith("axis_")
        ]
        self.line(say("Scenario {index} of {n:,} (numbered from 0): {levels}", **what, levels="; ".join(levels) or "–"))

    def _how_many(self) -> None:
        draws = self.prepared.draws
        n_named, n_draws = max(len(self.prepared.scenario.named), 1), draws.n_draws
        parts = [say("{n} named", n=n_named)] if self.prepared.scenario.named else []
        parts += [say("{n} of a grid", n=draws.n_grid)] if draws.n_grid > 1 else []
        parts += [say("{n} draws", n=n_draws)] if n_draws > 1 else []
        text = " × ".join(part.to(self.lang) for part in parts)
        if draws.n == 1:
            self.line(say("One scenario"))
        elif len(parts) > 1:
            self.line(say("{n:,} scenarios: {parts}", n=draws.n, parts=text))
        else:
            self.line(say("{n:,} scenarios", n=draws.n))
        if n_draws > 1:
            about = self.dataset.attrs
            self.line(say("Drawn by {method}, seed {seed}", method=METHODS[about["method"]], seed=about["seed"]))

    def values(self, entity: str, names: list[str]) -> None:
        """Values by group and selected year: of one scenario its value, of several the middle and 5 to 95 %."""
        if not names:
            return
        rows = []
        for name in names:
            bands = [band(self.dataset, group, name, entity) for group in self.groups]
            unit, *scale = self._unit(name, bands)
            label = self.title_of(name) + (f" [{unit}]" if unit else "")
            for group, found in zip(self.groups, bands, strict=True):
                rows.append([label, to_lang(group.label, self.lang), *self._cells(group.n, found, *scale)])
                label = label if not self.out.is_terminal else ""
        columns = [word(c, self.lang) for c in ("indicator", "scenario")] + [str(year) for year in self.chosen]
        if self.one:
            rows, columns = [[row[0], *row[2:]] for row in rows], [columns[0], *columns[2:]]
        first = len(columns) - len(self.chosen)
        head = f"{self.entity(entity)}: {word('values', self.lang)}"
        how = self._middle()
        if self.several and how:
            head += f" ({how.to(self.lang)})"
        headed(self.out, head, columns, rows, right=range(first, len(columns)))
        self._footnotes(entity, names)

    def _middle(self) -> Said | None:
        """What stands in a cell of several scenarios."""
        if self._mean_of_draws():
            return say("mean of the draws, 5-95 % in brackets")
        kinds = {str(name).rpartition("_")[2] for name in self.dataset.data_vars}
        if is_cube(self.dataset) or "quantile" in kinds:
            return say("median of the scenarios, 5-95 % in brackets")
        if "max" in kinds:
            return say("mean of the scenarios, lowest and highest in brackets")
        return say("mean of the scenarios")

    def _mean_of_draws(self) -> bool:
        return is_cube(self.dataset) and self.prepared.draws.n_grid == 1 and not self.one

    def _unit(self, name: str, bands: list[Band]) -> tuple[str, float, float]:
        """Unit of a line, what its values are divided by (money in millions), and what is zero but for rounding."""
        unit = attributes_of(self.dataset, name)["units"]
        largest = max((abs(float(v)) for found in bands for v in found.middle if v == v), default=0.0)
        large = unit == "CNY" and largest >= 1e6
        return *((word("million CNY", self.lang), 1e6) if large else (unit_text(unit), 1.0)), largest * 1e-12

    def _cells(self, n: int, found: Band, scale: float, zero: float) -> list[str]:
        middle, made = found.mean if self._mean_of_draws() else found.middle, []

        def of(value: float) -> float:
            return 0.0 if abs(value) <= zero else float(value) / scale

        for year in self.chosen:
            at = self.years.index(year)
            text = number(of(middle[at]), 5 if n == 1 else 4)
            low, high = of(found.low[at]), of(found.high[at])
            if low < high:
                text += self._spread(number(low, 4), number(high, 4))
            made.append(text)
        return made

    def _spread(self, low: str, high: str) -> str:
        """Two numbers in brackets; under each other where there is little room."""
        if low == high:
            return ""
        to = " … " if low.startswith("-") else "–"  # a dash before a minus is hard to read
        if not self.out.is_terminal or self.out.width >= WIDE:
            return f" ({low}{to}{high})"
        return f"\n({low}\n{to.strip()}{high})"

    def _footnotes(self, entity: str, names: list[str]) -> None:
        """Footnotes of the table: where a value is unknown, and why."""
        notes = []
        for name in (name for name in names if not name.endswith(DIFFERENCE)):
            causes: dict[int, set[int]] = {}
            for group in self.groups:
                for year, code in zip(self.years, band(self.dataset, group, name, entity).reason, strict=True):
                    causes.setdefault(int(code), set()).add(year)
            for code in sorted(set(causes) - {0}):
                what = {"name": self.title_of(name), "years": years_text(causes[code])}
                notes.append(say("– {name}, {years}: {why}", **what, why=reasons.text(code, self.lang)))
        for note in notes:
            self.line(note)
        if notes:
            self.out.print()

    def unknown(self, entity: str, names: list[str]) -> None:
        """Indicators of which nothing is known after the base year, by reason."""
        by_reason: dict[str, list[str]] = {}
        for name in names:
            codes = [int(c) for c in band(self.dataset, self.groups[0], name, entity).reason[1:] if c]
            why = reasons.text(codes[-1], self.lang) if codes else word("UNKNOWN", self.lang)
            by_reason.setdefault(why, []).append(self.title_of(name))
        for why, titles in by_reason.items():
            self.line(say("– not projected: {names} ({why})", names="; ".join(titles), why=why))
        if names:
            self.out.print()

    def foot(self) -> None:
        """Responses that are asked for too much, and how many targets are not judged."""
        import json

        for name in (str(n) for n in self.dataset.data_vars if str(n).endswith("_extrapolated")):
            flags = self.dataset[name]
            years = [int(y) for y in flags["year"].values if bool(flags.sel(year=y).any())]
            if years:
                share = share_text(int(flags.any(("entity", "year")).sum()), flags.sizes["scenario"])
                what = {"state": name.removesuffix("_extrapolated"), "years": years_text(years), "share": share}
                self.line(
                    say(
                        "{state}: response extrapolated beyond cuts of 25 % in {years}, in {share} of the scenarios",
                        **what,
                    )
                )
        if self.prepared.scenario.responses and not is_cube(self.dataset):
            self.line(
                say("Whether a response is extrapolated is told of single scenarios only (--index, --reduce cube)")
            )
        if n := len(json.loads(self.dataset.attrs["targets_not_judged"])):
            self.line(say("{n} targets are not judged: no indicator of the sweep computes them", n=n))
