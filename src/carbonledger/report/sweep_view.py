"""A swept Dataset as people look at it: groups of scenarios, each with a middle and a spread by year, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..reasons import Reason
from ..sweeping.reducing import DIFFERENCE
from ..targets import Verdict
from .sweep_contents import is_cube

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr

    Floats = npt.NDArray[np.float64]

GROUPS = 12  # named scenarios that are shown one by one
SINGLE = 6  # scenarios without a name that are shown one by one
SPREAD = (0.05, 0.25, 0.75, 0.95)


@dataclass(frozen=True)
class Group:
    """Scenarios that are shown together.

    Attributes
    ----------
    name : str
        The named scenario, or ``#`` and the number of one; blank where all are shown together.
    label : str
        The name in both languages, if it has two.
    n : int
        How many.
    at : array of int, int or None
        Where they stand along ``scenario`` (a cube) or ``name`` (reductions).
    """

    name: str
    label: str
    n: int
    at: Any = None


@dataclass(frozen=True, eq=False)
class Band:
    """One name of one group and entity, by year; NaN where unknown.

    Attributes
    ----------
    middle, low, high, inner_low, inner_high : float64 [year]
        Median (or mean) of the known values, their 5 and 95 % and their 25 and 75 % quantiles; of one scenario its
        value, and NaN.
    mean : float64 [year]
        Mean of the known values, where it is given.
    reason : int16 [year]
        Why nothing is known.
    """

    middle: Floats
    mean: Floats
    low: Floats
    high: Floats
    inner_low: Floats
    inner_high: Floats
    reason: npt.NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Met:
    """One target in one group and entity, by year.

    Attributes
    ----------
    met, missed : int64 [year]
        Scenarios; all others of the group are unknown.
    reason : int16 [year]
        Why it is unknown, of the first scenario in which it is.
    """

    n: int
    met: npt.NDArray[np.int64]
    missed: npt.NDArray[np.int64]
    reason: npt.NDArray[np.int16]

    def verdict(self, year: int) -> Verdict | None:
        """The verdict at a place along the years, where all scenarios agree."""
        for verdict, n in ((Verdict.MET, self.met), (Verdict.MISSED, self.missed)):
            if n[year] == self.n:
                return verdict
        return Verdict.UNKNOWN if self.met[year] + self.missed[year] == 0 else None


@dataclass(frozen=True, eq=False)
class First:
    """When scenarios meet a target for the first time.

    Attributes
    ----------
    years : int64 [year]
        Scenarios.
    never, uncertain : int
        Those that meet it in no year, and those of them that have an unknown year.
    """

    years: npt.NDArray[np.int64]
    never: int
    uncertain: int


def groups_of(dataset: xr.Dataset, labels: Mapping[str, str] | None = None) -> list[Group]:
    """The groups that a person looks at: few named scenarios, or few scenarios, one by one; else all together."""
    import numpy as np

    named = labels or {}
    n = int(dataset.sizes.get("scenario", dataset.attrs.get("n_scenarios", 1)))
    if not is_cube(dataset):
        names = [str(name) for name in dataset["name"].values] if "name" in dataset.dims else []
        each = [Group(name, named.get(name, name), n // len(names), i) for i, name in enumerate(names)]
        return each or [Group("", "", n)]
    if "name" in dataset.coords:
        of = np.asarray(dataset["name"].values).astype(str)
        names = list(dict.fromkeys(of.tolist()))
        if len(names) <= GROUPS:
            places = [np.flatnonzero(of == name) for name in names]
            return [Group(a, named.get(a, a), len(at), at) for a, at in zip(names, places, strict=True)]
    if n <= SINGLE:
        numbers = [f"#{i}" for i in dataset["scenario"].values]
        return [Group(name, name, 1, np.array([i])) for i, name in enumerate(numbers)]
    return [Group("", "", n, np.arange(n))]


def band(dataset: xr.Dataset, group: Group, name: str, entity: str) -> Band:
    """Middle and spread of a name."""
    import numpy as np

    if is_cube(dataset):
        values = dataset[name].sel(entity=entity).values[group.at]
        middle, low, inner_low, inner_high, high = _quantiles(values, (0.5, *SPREAD))
        if group.n == 1:
            low = inner_low = inner_high = high = np.full_like(middle, np.nan)
        return Band(middle, _mean(values), low, high, inner_low, inner_high, _reason(dataset, group, name, entity))
    here = _part(dataset, group, entity)
    none = np.full(here.sizes["year"], np.nan)

    def found(ending: str) -> Floats:
        return here[f"{name}{ending}"].values if f"{name}{ending}" in here else none

    def quantile(p: float) -> Floats:
        given = here["quantile"].values if f"{name}_quantile" in here else none[:0]
        at = np.flatnonzero(np.abs(given - p) < 1e-9)
        return _certain(here[f"{name}_quantile"].values[at[0]], found("_quantile_error")) if len(at) else none

    mean, middle = found("_mean"), quantile(0.5)
    low, high = quantile(0.05), quantile(0.95)
    if f"{name}_quantile" not in here:
        low, high = found("_min"), found("_max")
    middle = middle if np.isfinite(middle).any() else mean
    return Band(middle, mean, low, high, quantile(0.25), quantile(0.75), _reason(dataset, group, name, entity))


def met(dataset: xr.Dataset, group: Group, target: str, entity: str) -> Met:
    """How many scenarios of a group meet and miss a target, by year."""
    import numpy as np

    if not is_cube(dataset):
        here = _part(dataset, group, entity).sel(target=target)
        why = here["verdict_reason"].values if "verdict_reason" in here else np.zeros(here.sizes["year"], np.int16)
        return Met(group.n, here["n_met"].values, here["n_missed"].values, why)
    here = dataset.sel(entity=entity, target=target)
    codes, causes = here["verdict"].values[group.at], here["verdict_reason"].values[group.at]
    unknown = codes == Verdict.UNKNOWN
    first = np.argmax(unknown, axis=0)
    why = np.where(unknown.any(axis=0), np.take_along_axis(causes, first[None], axis=0)[0], int(Reason.OK))
    return Met(group.n, (codes == Verdict.MET).sum(axis=0), (codes == Verdict.MISSED).sum(axis=0), why)


def first_met(dataset: xr.Dataset, group: Group, target: str, entity: str) -> First | None:
    """When a target is met for the first time; None where it is not told."""
    import numpy as np

    if is_cube(dataset):
        here = dataset.sel(entity=entity, target=target)
        codes, why = here["verdict"].values[group.at], here["verdict_reason"].values[group.at]
        ok, never = codes == Verdict.MET, ~(codes == Verdict.MET).any(axis=1)
        unknown = (codes == Verdict.UNKNOWN) & (why != Reason.OTHER_EDITION)
        years = np.bincount(np.argmax(ok, axis=1)[~never], minlength=ok.shape[1])
        return First(years, int(never.sum()), int((never & unknown.any(axis=1)).sum()))
    if "n_first_met" not in dataset:
        return None
    here = _part(dataset, group, entity).sel(target=target)
    return First(here["n_first_met"].values, int(here["n_never_met"]), int(here["n_never_met_uncertain"]))


def _part(dataset: xr.Dataset, group: Group, entity: str) -> xr.Dataset:
    here = dataset.sel(entity=entity)
    return here.isel(name=group.at) if group.at is not None else here


def _reason(dataset: xr.Dataset, group: Group, name: str, entity: str) -> npt.NDArray[np.int16]:
    """Why nothing is known, by year; of several scenarios that of the first, where none is known."""
    import numpy as np

    reason = f"{name.removesuffix(DIFFERENCE)}_reason"
    if reason not in dataset:
        return np.zeros(dataset.sizes["year"], np.int16)
    why = dataset[reason].sel(entity=entity)
    if "scenario" in why.dims:
        codes = why.values[group.at]
        codes = np.where((codes == 0).any(axis=0), 0, codes[0])
    elif "name" in why.dims:
        codes = why.isel(name=group.at).values
    else:
        codes = why.values
    return np.asarray(codes, dtype=np.int16)


def _certain(values: Floats, error: Floats) -> Floats:
    """Values without the digits that their error leaves open: a zero is not shown as a millionth."""
    import numpy as np

    size = np.where(error > 0, error, np.nan)
    step = 10.0 ** np.floor(np.log10(size))
    made = np.where(np.isnan(step), values, np.round(values / step) * step)
    return np.where(np.abs(values) <= error, 0.0, made)


def _mean(values: Floats) -> Floats:
    import numpy as np

    known = np.isfinite(values)
    n = known.sum(axis=0)
    return np.where(n > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)


def _quantiles(values: Floats, shares: tuple[float, ...]) -> Floats:
    """Quantiles [share, year] of the known values; NaN where there is none."""
    import numpy as np

    made = np.full((len(shares), values.shape[1]), np.nan)
    for year, column in enumerate(values.T):
        known = column[np.isfinite(column)]
        if len(known):
            made[:, year] = np.quantile(known, shares)
    return made
