"""Allowances, obligations and what remains of a shortage, by unit and by plant, under the plan of each year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UnitError
from ..messages import say
from ..standards import Edition
from . import amounts
from .arrays import Units, units_of
from .by_plant import by_plant, verdicts, words_of
from .by_unit import by_unit
from .notes import notes_of
from .plans import AllowanceError, alternatives_of, check_options, plan_of, plan_or_none, with_options

if TYPE_CHECKING:
    import pandas as pd

_PLANT_COLUMNS = """plant year units basis allowance gas_relief emissions balance_before_cap shortage_rate cap_relief
    allowances obligation balance carry_over ccer ccer_limit ccer_used ccer_refused position remaining_shortage surplus
    price cost value verdict depends reason edition left_out confidence""".split()
_UNIT_COLUMNS = """file row plant unit unit_class year basis output heat power_benchmark heat_benchmark cooling_factor
    heat_factor load_factor power_allowance heat_allowance allowance gas_relief allowances emissions obligation balance
    verdict depends reason edition benchmark_source left_out confidence""".split()


@dataclass(frozen=True, eq=False)
class Allocation:
    """What :func:`allocation` found.

    Attributes
    ----------
    units, plants : DataFrame
        One row per unit and year, and per plant and year.
    notes : tuple of str
        What a reader of the numbers must know: corrections left out, bases that change between years, years without
        a plan.
    """

    units: pd.DataFrame
    plants: pd.DataFrame
    notes: tuple[str, ...]


def allocation(
    plants: pd.DataFrame,
    *,
    years: Iterable[int] | None = None,
    price: float | None = None,
    price_unit: str = "",
    options: Mapping[str, str] | None = None,
    alternatives: bool = True,
    folder: Path | None = None,
) -> Allocation:
    """Allocate CO2 allowances to generating units and plants.

    Parameters
    ----------
    plants : DataFrame
        From :func:`read_plants`.
    years : list of int, optional
        Years that must have a plan; by default all of the table, those without a plan unknown.
    price : float, optional
        Of one allowance [``price_unit``], for every plant; or the table has prices. There is no default.
    price_unit : str
        ``元/t`` or ``元/(t CO2)``.
    options : dict, optional
        What to take where a plan leaves something open, e.g. ``{"load_factor": "2019 formula"}`` (until 2022) or
        ``{"peak_factor": "2023 formula"}`` (from 2023).
    alternatives : bool
        Whether to judge again under each other value of what a plan leaves open, one at a time.
    folder : Path, optional
        Editions to use instead of the shipped ones.

    Returns
    -------
    Allocation, amounts in [t CO2], factors and shares in [1]. ``units``: ``basis`` (supplied or generated), ``output``
    [MWh] on that basis, ``heat`` [GJ], benchmarks [t CO2/MWh, t CO2/GJ] with ``edition, benchmark_source, confidence``,
    the factors (``load_factor``: from 2023 the peak factor), ``allowance`` by formula, ``gas_relief``, ``allowances`` and ``obligation`` after it, ``balance``
    (above 0: surplus), ``left_out`` (corrections not applied). ``plants``: the sums; ``balance_before_cap``,
    ``shortage_rate``, ``cap_relief``, ``balance`` after the cap; ``ccer`` asked for, ``ccer_limit``, ``ccer_used``,
    ``ccer_refused``; ``position`` = balance + carry_over + ccer_used; ``remaining_shortage``, ``surplus``; ``cost`` of
    the one and ``value`` of the other [CNY] (NaN without a price). Both: ``verdict`` (SURPLUS, BALANCED, SHORT, UNKNOWN),
    ``depends``: alternatives under which the verdict differs, ``reason`` (0: known).

    Raises
    ------
    EditionError
        If one of ``years`` has no plan; a draft is named and not shipped.
    AllowanceError
        Options that no plan leaves open; two prices for one plant; a price without its unit.

    Notes
    -----
    Plans of 2020, 2023 and 2024 (国环规气候〔2020〕3号, 〔2023〕1号, 〔2024〕1号); CCER by 碳排放权交易管理办法(试行), article 29.
    Amounts are not rounded: that the plans do so was not read.
    """
    import pandas as pd

    options, plants = dict(options or {}), _of_years(plants, years, folder)
    chosen = {int(y): plan_or_none(int(y), folder) for y in sorted(set(plants["year"]))}
    plan_of_year = {year: plan for year, plan in chosen.items() if plan is not None}
    check_options(options, plan_of_year.values())
    prices = _prices(plants, price, price_unit)
    base = {year: with_options(plan, options) for year, plan in plan_of_year.items()}
    units = units_of(plants)
    found, totals = _both(units, base)
    depends = _depends(units, found, totals, _labelled(plan_of_year, base, options) if alternatives else {})
    totals |= words_of(units, found) | _money(units, totals, prices)
    totals |= {"plant": [plant for plant, _ in units.keys], "year": [year for _, year in units.keys]}
    by_unit_of = plants.reset_index(drop=True).assign(**found, depends=depends[0])
    by_plant_of = pd.DataFrame(totals | {"depends": depends[1]})
    return Allocation(by_unit_of[_UNIT_COLUMNS], by_plant_of[_PLANT_COLUMNS], notes_of(chosen, base, options, folder))


def _of_years(plants: pd.DataFrame, years: Iterable[int] | None, folder: Path | None) -> pd.DataFrame:
    if years is None:
        return plants
    wanted = sorted(set(years))
    for year in wanted:
        plan_of(year, folder=folder)
    found = plants[plants["year"].isin(wanted)]
    if missing := [y for y in wanted if y not in set(found["year"])]:
        raise AllowanceError(say("no units in {years}", years=", ".join(map(str, missing))))
    return found


def _both(units: Units, plan_of_year: Mapping[int, Edition]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Units and plants under plans, with their verdicts."""
    found = by_unit(units, plan_of_year)
    totals = by_plant(units, found, plan_of_year)
    return found | {"verdict": verdicts(found["balance"])}, totals | {"verdict": verdicts(totals["position"])}


def _depends(
    units: Units, found: dict[str, Any], totals: dict[str, Any], labelled: Mapping[str, Mapping[int, Edition]]
) -> tuple[list[str], list[str]]:
    """For each unit and each plant the alternatives under which its verdict is another one."""
    words = ([""] * len(found["verdict"]), [""] * len(totals["verdict"]))
    for label, plans in labelled.items():
        for told, base, other in zip(words, (found, totals), _both(units, plans), strict=True):
            for i in (other["verdict"] != base["verdict"]).nonzero()[0]:
                told[i] = f"{told[i]}; {label}" if told[i] else label
    return words


def _money(units: Units, totals: dict[str, Any], prices: Mapping[tuple[str, int], float]) -> dict[str, Any]:
    """Price [CNY/t CO2], and what a shortage costs and a surplus is worth [CNY]; NaN without a price."""
    import numpy as np

    price = np.array([prices.get(key, np.nan) for key in units.keys])
    return {"price": price, "cost": totals["remaining_shortage"] * price, "value": totals["surplus"] * price}


def _labelled(
    plan_of_year: Mapping[int, Edition], base: Mapping[int, Edition], options: Mapping[str, str]
) -> dict[str, dict[int, Edition]]:
    """For each alternative the plans of all years, changed where the plan knows it."""
    made: dict[str, dict[int, Edition]] = {}
    for year, plan in plan_of_year.items():
        for label, other in alternatives_of(plan, options).items():
            made.setdefault(label, dict(base))[year] = other
    return made


def _prices(plants: pd.DataFrame, price: float | None, price_unit: str) -> dict[tuple[str, int], float]:
    """The price of each plant and year [CNY/t CO2]: of the table, or one for all."""
    known = plants[plants["price"].notna()]
    if price is None:
        return {(p, int(y)): float(v) for p, y, v in known[["plant", "year", "price"]].itertuples(index=False)}
    if len(known):
        raise AllowanceError(say("a price as an argument and prices in the table; keep one of the two"))
    if not price_unit:
        raise AllowanceError(say("a price without its unit; write price_unit = '元/t'"))
    if not 0 <= price < float("inf"):
        raise AllowanceError(say("price {price:g} is no amount of money from 0 on", price=price))
    try:
        factor = amounts.price(price_unit)
    except UnitError as error:
        raise AllowanceError(error.message) from error
    return {(p, int(y)): price * factor for p, y in plants[["plant", "year"]].itertuples(index=False)}
