"""Checks of how axes are drawn: number, seed, method, size, rank correlations."""

from __future__ import annotations

from ..errors import nearest
from ..messages import say
from .draws import LHS_LIMIT, SOBOL_DRAWS, SOBOL_LIMIT, pearson
from .forms import Place
from .known import check_word
from .nouns import METHODS, Sampling, Scenario


def check_sampling(scenario: Scenario, faults: Place, top: Place) -> None:
    drawn = [axis.name for axis in scenario.axes if axis.distribution is not None]
    sampling = scenario.sampling
    if sampling is None:
        if drawn and top.has("sampling"):
            mend = say("Add [sampling] with n and seed")
            top.add(say("no [sampling], but axis {name!r} has a distribution", name=drawn[0]), mend)
        return
    if not drawn and top.has("axes"):
        faults.add(say("no axis has a distribution"), say("Delete [sampling], or give an axis a distribution"))
    if faults.has("n") and sampling.n < 1:
        faults.add(say("n = {n}", n=sampling.n), say("Accepted: a whole number from 1 on"))
    if faults.has("seed") and sampling.seed < 0:
        faults.add(say("seed = {seed}", seed=sampling.seed), say("Accepted: a whole number from 0 on"))
    check_word("method", sampling.method, METHODS, faults)
    if sampling.method == "sobol" and len(drawn) > SOBOL_LIMIT:
        what = say("{n} axes are drawn, but Sobol has {limit} dimensions", n=len(drawn), limit=SOBOL_LIMIT)
        faults.add(what, say("Write method = 'monte_carlo'"))
    if sampling.method == "sobol" and faults.has("n") and sampling.n > SOBOL_DRAWS:
        what = say("n = {n}, but a Sobol sequence has {limit} points", n=sampling.n, limit=SOBOL_DRAWS)
        faults.add(what, say("Write method = 'monte_carlo'"))
    size = sampling.n * len(drawn)
    if sampling.method == "latin_hypercube" and faults.has("n") and size > LHS_LIMIT:
        values = {"n": sampling.n, "axes": len(drawn), "size": size, "limit": LHS_LIMIT}
        what = say(
            "a Latin hypercube is drawn whole: {n} draws x {axes} axes are {size} values of at most {limit}", **values
        )
        faults.add(what, say("Write method = 'sobol' or 'monte_carlo', or a smaller n"))
    if faults.has("correlation") and top.has("axes"):
        _correlation(sampling, scenario, faults)


def _correlation(sampling: Sampling, scenario: Scenario, faults: Place) -> None:
    import numpy as np

    axes, seen, before = {axis.name: axis for axis in scenario.axes}, set(), len(faults.faults.found)
    for one, other, rank in sampling.correlation:
        inner = faults.inner(say("correlation of {one!r} and {other!r}", one=one, other=other))
        for name in dict.fromkeys((one, other)):
            if name not in axes:
                near = nearest(name, [axis.name for axis in scenario.axes if axis.distribution])
                inner.add(say("unknown axis {name!r}{near}", name=name, near=near), say("Correct the name"))
            elif axes[name].distribution is None or axes[name].each:
                what = say("axis {name!r} has no distribution", name=name)
                if axes[name].each:
                    what = say("axis {name!r} has one draw for each label", name=name)
                inner.add(what, say("Only axes with one draw a scenario are correlated"))
        if one == other or frozenset((one, other)) in seen:
            inner.add(say("{name!r} is given twice", name=one), say("Name each pair of two axes once"))
        seen.add(frozenset((one, other)))
        if not -1 < rank < 1:
            inner.add(say("rank = {rank:g}", rank=rank), say("Accepted: a number between -1 and 1"))
    if sampling.correlation and len(faults.faults.found) == before:
        _, matrix = pearson(axes, sampling)
        if np.linalg.eigvalsh(matrix).min() < 1e-10:
            what = say("the rank correlations contradict each other (their matrix is not positive definite)")
            faults.add(what, say("Bring them nearer to 0"))
