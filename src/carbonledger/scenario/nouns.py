"""What a scenario is made of: axes that vary, levers that multiply, paths over the years."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

VERBS = ("scale", "grow", "move", "add", "rate")
PATHS = ("linear", "geometric", "step")
METHODS = ("monte_carlo", "sobol", "latin_hypercube")
SELECTS = ("sector", "entity", "enterprise", "district", "city", "province", "activity", "flow", "quantity")
COMPONENTS = ("ncv", "carbon", "oxidation")


@dataclass(frozen=True)
class Distribution:
    """How the level of an axis is drawn.

    Attributes
    ----------
    kind : {"normal", "split_normal", "lognormal", "triangular", "uniform"}
    parameters : dict
        normal: mean, sd; split_normal: mode, sd_low, sd_high; lognormal: median, gsd (geometric standard deviation);
        triangular: low, mode, high; uniform: low, high. All in the unit of the axis, ``gsd`` a ratio.
    truncate : (low, high) or None
        The distribution given that the level lies between these.
    """

    kind: str
    parameters: dict[str, float]
    truncate: tuple[float, float] | None = None


@dataclass(frozen=True)
class Axis:
    """One thing that varies: over levels, over named scenarios, or by a distribution.

    Attributes
    ----------
    unit : str
        Unit of its levels; ``1`` for a ratio.
    levels : tuple of float
        Of a grid; blank for an axis that the named scenarios or a distribution give.
    each : tuple of str
        Draws one level for each combination of these labels (``entity``, ``activity``, ``sector`` ...) that the case
        has, rather than one for all.
    """

    name: str
    unit: str = "1"
    levels: tuple[float, ...] = ()
    distribution: Distribution | None = None
    each: tuple[str, ...] = ()
    title: str = ""
    title_zh: str = ""
    source: str = ""


@dataclass(frozen=True)
class Cost:
    """What a lever costs per unit of the activity that it changes, or of what it adds [currency/unit]."""

    amount: float
    unit: str
    source: str


@dataclass(frozen=True)
class Recipe:
    """Rows that one unit of an ``add`` lever posts, each with its sign.

    Attributes
    ----------
    unit : str
        What the level of the lever counts, e.g. ``MW``.
    rows : tuple of (activity, flow, amount, unit)
        Amount per unit of level; negative amounts are taken off.
    """

    name: str
    unit: str
    rows: tuple[tuple[str, str, float, str], ...]
    source: str = ""


@dataclass(frozen=True)
class Lever:
    """What is changed, where, by how much, and along which path.

    Attributes
    ----------
    verb : {"scale", "grow", "move", "add", "rate"}
        ``scale`` multiplies (amounts; only one quantity or factor component if ``select`` or ``component`` says so),
        ``grow`` compounds a yearly rate, ``move`` takes a share of an energy amount to another activity at equal useful
        energy, ``add`` posts the rows of a recipe, ``rate`` replaces the rate of one quantity by an absolute one.
    select : dict of str -> tuple of str
        Keys of ``SELECTS``; a cell is touched if it carries one of the labels under every key.
    axis : str
        The axis that gives the level; or ``level``, a number, or ``by_year``, numbers by year, all in ``unit``.
    path : str or dict of int -> float
        ``linear``, ``geometric``, ``step``, or the share of the way by year (0 to 1).
    to : int or None
        Year in which the level is reached (the last year by default); flat after.
    acts : {"policy", "uncertainty"}
        Policy levers are 1 up to the base year; uncertainty acts in every year alike, baseline years too.
    """

    name: str
    verb: str
    select: dict[str, tuple[str, ...]] = field(default_factory=dict)
    axis: str = ""
    level: float | None = None
    by_year: dict[int, float] = field(default_factory=dict)
    unit: str = "1"
    path: Any = "linear"
    to: int | None = None
    acts: str = "policy"
    component: str = ""
    own: bool = False
    into: tuple[str, str] | None = None
    efficiency: tuple[float, float] | None = None
    recipe: str = ""
    cost: Cost | None = None
    source: str = ""


@dataclass(frozen=True)
class Event:
    """A plant that changes in one year: its amounts are ``factor`` times as much from that year on (0: it closes)."""

    entity: str
    year: int
    factor: float | None = None
    axis: str = ""
    source: str = ""


@dataclass(frozen=True)
class Response:
    """PM2.5 as it answers local precursor emissions: C = C0 [1 - local x sum(beta x cut) - regional x improvement].

    Attributes
    ----------
    state : str
        The state of the catalogue that answers, e.g. ``pm25``.
    local, regional : float or str
        Share of the annual mean that local and regional emissions control [1]; a number, or the name of an axis.
    improvement : float or str
        Relative fall of the regional part by the last year [1]; a number, or the name of an axis.
    betas : dict of str -> float or str
        Response per fractional cut of each precursor quantity [1]; numbers, or names of axes.
    source : str
        Source apportionment or response model of the place; required.
    """

    state: str
    local: float | str
    betas: dict[str, float | str]
    source: str
    regional: float | str = 0.0
    improvement: float | str = 0.0


@dataclass(frozen=True)
class Sampling:
    """How many draws of the axes with a distribution, how, from which seed, and with which rank correlations."""

    n: int
    seed: int
    method: str = "monte_carlo"
    correlation: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True)
class Scenario:
    """Scenarios beside a case.

    Attributes
    ----------
    years : tuple of int
        Every projected year, from the one after ``base_year`` on.
    rates : {"hold", "resolve"}
        Rates of projected years: those of the base year, or as the factor sets give them for each year.
    named : tuple of (name, Chinese name, dict of axis -> level)
        The scenarios of a table; axes that it gives vary together.
    hold : tuple of str
        States that keep their base-year value; other states are unknown after the base year.
    reference : str
        The named scenario, or the number of one, that others are compared with.
    targets : path or None
        Further targets, judged beside those of the case.
    """

    name: str
    base_year: int
    years: tuple[int, ...]
    levers: tuple[Lever, ...] = ()
    axes: tuple[Axis, ...] = ()
    named: tuple[tuple[str, str, dict[str, float]], ...] = ()
    events: tuple[Event, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    sampling: Sampling | None = None
    rates: str = "hold"
    hold: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    responses: tuple[Response, ...] = ()
    reference: str = ""
    targets: Any = None
    title: str = ""
    title_zh: str = ""
    summary: str = ""
    summary_zh: str = ""
    file: str = ""
    hashes: dict[str, str] = field(default_factory=dict)
