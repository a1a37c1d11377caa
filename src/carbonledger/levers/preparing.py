"""A sweep made ready: the inventory posted, levers laid on its cells, terms collapsed; nothing is drawn yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..case import Case, national_limits, open_case, summed
from ..errors import BoundaryError, Faults, ScenarioError
from ..ledger import Ledger, labels_of, post, shares_of
from ..messages import say
from ..reasons import Reason
from ..scenario import Draws, Lever, Scenario, event_levers, read_scenario
from ..tables import as_coded, join_rows
from ..targets import Target
from .acting import each_label, masks_of, touched_cells
from .amount_checks import check_levers
from .checking import check_names, sound_levers
from .columns import Signatures, WideColumns, pathways
from .joining import opened
from .polynomial import Polynomial, polynomial
from .rate_checks import check_rates
from .shadows import Template, shadows_of, with_shadows
from .touching import Terms, Toucher, joined_terms
from .values import ENERGY, values_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Known:
    """What is the same in every scenario: values and reasons [entity, year] of the years up to the base year."""

    values: dict[str, npt.NDArray[np.float64]]
    reasons: dict[str, npt.NDArray[np.int16]]  # of all years, projected ones too


@dataclass(frozen=True, eq=False)
class Prepared:
    """A case and its scenarios, ready to be computed block by block."""

    case: Case
    scenario: Scenario
    by: str
    entities: tuple[str, ...]
    history: tuple[int, ...]
    draws: Draws
    quantities: tuple[str, ...]
    known: Known
    past: Polynomial | None  # of the years up to the base year, where uncertainty acts on them
    future: Polynomial
    targets: tuple[Target, ...]
    editions: frozenset[str]  # targets that are limits of one edition, which judges only while it is in force
    indicators: tuple[str, ...]

    @property
    def years(self) -> list[int]:
        """The years of the inventory up to the base year, and the projected ones."""
        return [*self.history, *self.scenario.years]


def prepare(case: Case | str | Path, scenario: Any, *, by: str = "", collapse: bool = True) -> Prepared:
    """Post a case, lay the levers of its scenarios on it, and collapse what is alike.

    Raises
    ------
    ScenarioError
        Everything in which the scenarios contradict themselves or the case, at once, before anything is computed.
    """
    case = case if isinstance(case, Case) else open_case(case)
    scenario, faults = read_scenario(scenario), Faults()
    levers, by = (*scenario.levers, *event_levers(scenario)), by or case.level
    own = check_names(case, scenario, levers, by, faults)
    sound = sound_levers(case, scenario, levers, faults)
    ledger = _inventory(case, scenario, sound)
    _check_level(ledger, by, faults)
    check_levers(case, scenario, sound, ledger, faults)
    templates = _templates(case, scenario, ledger)
    templates = with_shadows(case, scenario, sound, templates, by, faults)
    check_rates(scenario, sound, ledger, templates, faults)
    faults.raise_as(ScenarioError, say("scenario {name}", name=scenario.name))
    years = [int(year) for year in sorted(set(ledger.cells.year.tolist()))]
    totals, ahead = summed(case, ledger, by), _ahead(case, templates, by)
    entities = tuple(sorted({str(e) for found in (totals, *ahead) for e in found["entity"].values}))
    past_levers = [lever.acts == "uncertainty" for lever in levers]
    labels = _labels(scenario, levers, templates, [(ledger, year) for year in years])
    laid = _Laid(case, scenario, levers, labels, by, entities, collapse)
    national, replaced = _national(case, scenario, years), case.air.limits if case.air else ()
    return Prepared(
        case,
        scenario,
        by,
        entities,
        tuple(years),
        Draws(scenario, {axis: len(columns) for axis, columns in labels.items()}),
        (*ledger.quantities, *(["cost"] if any(lever.cost for lever in levers) else [])),
        _known(ledger, totals, ahead, entities, scenario),
        laid.past([(ledger, year) for year in years], past_levers) if any(past_levers) else None,
        laid.polynomial(templates, [True] * len(levers), list(scenario.years)),
        (*(target for target in case.targets if target not in replaced), *own, *national),
        frozenset(target.id for target in national),
        tuple(scenario.indicators or case.about["indicators"]),
    )


def _check_level(ledger: Ledger, by: str, faults: Faults) -> None:
    """Whether what has rows stands under the level that is swept by."""
    try:
        labels_of(ledger, by)
    except BoundaryError as error:
        faults.take(error)


def _ahead(case: Case, templates: list[Template], by: str) -> list[xr.Dataset]:
    """Totals of the years that projections are made of; several years of one ledger are summed once."""
    found: dict[int, xr.Dataset] = {}
    for posted, _ in templates:
        if id(posted) not in found:
            found[id(posted)] = summed(case, posted, by)
    return [found[id(posted)].sel(year=[year]) for posted, year in templates]


def _national(case: Case, scenario: Scenario, years: list[int]) -> tuple[Target, ...]:
    """The national limits of the indicators that are swept, for all years shown, each by the edition in force then."""
    if case.air is None or not case.air.limits:
        return ()
    shown = [year for year in (*years, *scenario.years) if year >= scenario.base_year]
    judged = dict.fromkeys(target.entity for target in case.air.limits)
    made = national_limits(judged, shown, case.about.get("air", {}), case.catalog, case.air.pollutants)
    return tuple(target for target in made if target.indicator in (scenario.indicators or case.about["indicators"]))


def _inventory(case: Case, scenario: Scenario, levers: Sequence[Lever]) -> Ledger:
    """The case's rows up to the base year, posted with what indicators, moves and responses need."""
    known = case.catalog.quantities
    wanted = [name for name in scenario.indicators if name in case.catalog.indicators]
    names = [*case.quantities, *case.catalog.quantities_for(wanted)]
    names += [ENERGY] if any(lever.verb == "move" for lever in levers) else []
    names += [name for response in scenario.responses for name in response.betas if name in known]
    names += [name for lever in levers for name in lever.select.get("quantity", ())]
    rows = case.activity[(case.activity["year"] <= scenario.base_year).to_numpy()].reset_index(drop=True)
    return _post(case, rows, dict.fromkeys(names), case.entities)


def _post(case: Case, rows: pd.DataFrame, names: Iterable[str], entities: pd.DataFrame | None) -> Ledger:
    return post(rows, case.factors, names, entities=entities, rules=case.rules, catalog=case.catalog)


def _templates(case: Case, scenario: Scenario, ledger: Ledger) -> list[Template]:
    """The ledgers that projected years are made of: the base year's, or one for all years with the rates of each."""
    base = scenario.base_year
    if scenario.rates == "hold":
        return [(ledger, base)]
    activity = case.activity[(case.activity["year"] == base).to_numpy()].reset_index(drop=True)
    rows = join_rows([_dated(activity, year) for year in scenario.years])
    posted = _post(case, rows, ledger.quantities, opened(case.entities, base))
    return [(posted, year) for year in scenario.years]


def _dated(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """The same rows in another year."""
    period = [str(text).replace(str(old), str(year)) for text, old in zip(rows["period"], rows["year"], strict=True)]
    return rows.assign(year=year, period=as_coded(period))


@dataclass(frozen=True, eq=False)
class _Laid:
    """Levers laid on ledgers."""

    case: Case
    scenario: Scenario
    levers: Sequence[Lever]
    labels: dict[str, dict[tuple[str, ...], int]]
    by: str
    entities: tuple[str, ...]
    collapse: bool

    def polynomial(self, templates: list[tuple[Ledger, int]], active: list[bool], years: list[int]) -> Polynomial:
        """The totals of the years as a polynomial; of a template for each, or of one for all."""
        signatures, wide = Signatures(), WideColumns()
        made = [self._terms(ledger, year, active, signatures, wide) for ledger, year in templates]
        paths, shape = pathways(self.scenario, self.levers, years), (len(self.entities), self._n_quantities(templates))
        return polynomial(made, paths, signatures, wide, shape, len(years), collapse=self.collapse)

    def past(self, templates: list[tuple[Ledger, int]], active: list[bool]) -> Polynomial:
        """The totals of years in which the same levers act alike: one year, whose groups are years x entities."""
        import numpy as np

        signatures, wide, n = Signatures(), WideColumns(), len(self.entities)
        made = [self._terms(ledger, year, active, signatures, wide) for ledger, year in templates]
        group = np.concatenate([np.where(at >= 0, at + i * n, -1) for i, (_, at) in enumerate(made)])
        paths = pathways(self.scenario, self.levers, [self.scenario.base_year])
        shape = (n * len(templates), self._n_quantities(templates))
        whole = joined_terms([terms for terms, _ in made])
        return polynomial([(whole, group)], paths, signatures, wide, shape, 1, collapse=self.collapse)

    def _n_quantities(self, templates: list[tuple[Ledger, int]]) -> int:
        """Those posted, and the cost."""
        return len(templates[0][0].quantities) + any(lever.cost is not None for lever in self.levers)

    def _terms(
        self, ledger: Ledger, year: int, active: list[bool], signatures: Signatures, wide: WideColumns
    ) -> tuple[Terms, npt.NDArray[np.int64]]:
        import numpy as np

        recipes = {recipe.name: recipe for recipe in self.scenario.recipes}
        shadows = shadows_of(ledger, self.levers, recipes, year) if all(active) else ()
        values = values_of(ledger, year, shadows)
        axes = {axis.name: axis for axis in self.scenario.axes}
        masks = masks_of(ledger, self.levers)
        toucher = Toucher(ledger, values, self.levers, axes, recipes, self.labels, signatures, wide, masks, active)
        boundary = str(self.case.about.get("boundary", "territorial"))
        shares = np.stack([shares_of(ledger, name, boundary) for name in ledger.quantities])
        terms = toucher.terms(shares)
        numbers = {name: i for i, name in enumerate(self.entities)}
        column = labels_of(ledger, self.by)
        of_label = np.array([*(numbers.get(str(label), -1) for label in column.categories), -1])
        return terms, of_label[column.codes][values.cell[terms.value]]


def _labels(
    scenario: Scenario, levers: Sequence[Lever], ahead: list[Template], past: list[Template]
) -> dict[str, dict[tuple[str, ...], int]]:
    """Of each axis with one level for each label, the labels that its levers touch in any year, and their columns."""
    import numpy as np

    axes = {axis.name: axis for axis in scenario.axes}
    found: dict[str, set[tuple[str, ...]]] = {axis.name: set() for axis in scenario.axes if axis.each}
    for lever in levers if found else ():
        if lever.axis not in found:
            continue
        for ledger, year in (*ahead, *(past if lever.acts == "uncertainty" else ())):
            cells = np.flatnonzero(touched_cells(ledger, lever) & (ledger.cells.year == year))
            found[lever.axis] |= set(each_label(ledger, axes[lever.axis], cells))
    return {name: {label: i for i, label in enumerate(sorted(labels))} for name, labels in found.items()}


def _known(
    ledger: Ledger, totals: xr.Dataset, ahead: list[xr.Dataset], entities: tuple[str, ...], scenario: Scenario
) -> Known:
    """Totals of the inventory, and the reason for each that is missing, projected years included.

    What the base year lacks its projection lacks too: no rows are not zero, and what a lever brings is added to what is
    there, which nobody knows.
    """
    import numpy as np

    values, why = {}, {}
    whole = totals.reindex(entity=list(entities))
    for name in ledger.quantities:
        values[name] = whole[name].transpose("entity", "year").to_numpy()
        past = _codes(totals, name, entities)
        at_base = past[:, list(totals["year"].values).index(scenario.base_year)][:, None]
        later = np.concatenate([_codes(found, name, entities) for found in ahead], axis=1)
        later = np.where(at_base == Reason.OK, later, at_base)
        why[name] = np.concatenate([past, np.broadcast_to(later, (len(entities), len(scenario.years)))], axis=1)
    return Known(values, why)


def _codes(found: xr.Dataset, name: str, entities: tuple[str, ...]) -> npt.NDArray[np.int16]:
    """Reasons [entity, year]; an entity that the totals do not have has no rows."""
    reason = found[f"{name}_reason"].reindex(entity=list(entities), fill_value=int(Reason.NO_ROWS))
    codes: npt.NDArray[np.int16] = reason.transpose("entity", "year").to_numpy().astype("int16")
    return codes
