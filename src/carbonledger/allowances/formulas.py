"""The formulas of the allocation plans, one expression each; arrays of one shape or scalars.

Allowances, emissions and obligations are in [t CO2], shares and load rates fractions [1].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64] | float


def power_allowance(output: Floats, benchmark: Floats, cooling: Floats, heat: Floats, load: Floats) -> Any:
    """Allowance for power [t CO2]: output [MWh] x benchmark [t CO2/MWh] x cooling, heat and load factor [1].

    Plans for 2019 to 2022 (output supplied); 2023 and 2024, Annexes 3 and 4 (output generated; cooling and heat are 1).
    """
    return output * benchmark * cooling * heat * load


def heat_allowance(heat: Floats, benchmark: Floats) -> Any:
    """Allowance for heat [t CO2]: heat supplied [GJ] x benchmark [t CO2/GJ]. All plans."""
    return heat * benchmark


def heat_factor(slope: Floats, heat_ratio: Floats) -> Any:
    """Heat factor [1]: 1 - slope x heat ratio [1], slope 0.22 for coal and 0.6 for gas. Plans for 2019 to 2022."""
    return 1.0 - slope * heat_ratio


def load_factor_2019(load: Floats) -> npt.NDArray[np.float64]:
    """Load factor [1] at the load rate F [1], from 85 % down: 1, two straight lines, 1.015^(16 - 20 F) below 75 %.

    GB 21258-2017, to which the plans for 2019 to 2022 refer. It is continuous at 85 %, 80 % and 75 %.
    """
    import numpy as np

    f = np.asarray(load, dtype=np.float64)
    steps = [f >= 0.85, f >= 0.80, f >= 0.75, f < 0.75]
    values = [
        np.ones_like(f),
        1.0 + 0.0014 * (85.0 - 100.0 * f),
        1.007 + 0.0016 * (80.0 - 100.0 * f),
        1.015 ** (16.0 - 20.0 * f),
    ]
    return np.select(steps, values, np.nan)


def peak_factor_2023(load: Floats) -> npt.NDArray[np.float64]:
    """Peak factor [1] at the load rate F [1]: 1.015^(16 - 20 F) below 65 %, 1 from there on. It jumps at 65 %.

    Plan for 2023 and 2024, Annex 3 Table 1, in one copy of the text, which does not print the 1.
    """
    import numpy as np

    f = np.asarray(load, dtype=np.float64)
    return np.select([f < 0.65, f >= 0.65], [1.015 ** (16.0 - 20.0 * f), np.ones_like(f)], np.nan)


CURVES = {"GB 21258-2017": load_factor_2019, "1.015^(16-20F) below 65 %": peak_factor_2023}
"""The curves of load factors by the names that editions call them."""


def difference(one: Floats, other: Floats) -> Any:
    """One less the other [t CO2]; 0 where both agree in 12 significant digits, as sums of products carry float noise."""
    import numpy as np

    found = np.subtract(one, other)
    return np.where(np.abs(found) <= 1e-12 * np.maximum(np.abs(one), np.abs(other)), 0.0, found)


def shortage(allowance: Floats, emissions: Floats) -> Any:
    """What the allowances lack of the emissions [t CO2], 0 where they suffice."""
    import numpy as np

    return np.maximum(difference(emissions, allowance), 0.0)


def cap_relief(allowance: Floats, emissions: Floats, cap: Floats) -> Any:
    """What is waived of a shortage above the cap [t CO2]: (1 - cap) x emissions - allowance, where above 0.

    Plan for 2023 and 2024, section 5 (3) 2; cap 0.2.
    """
    return shortage(allowance, (1.0 - cap) * emissions)


def offset_limit(obligation: Floats, share: Floats) -> Any:
    """What CCER may offset at most [t CO2]: share x obligation. 碳排放权交易管理办法(试行), article 29; share 0.05."""
    return obligation * share


def carryover_limit(sold: Floats, bought: Floats, held: Floats, base: Floats, rate: Floats) -> Any:
    """What a plant may carry over [t CO2]: base + rate x net sales (at least 0), at most what it holds, whole tonnes.

    Plan for 2023 and 2024, Annex 5 section 3: base 10000, rate 1.5, rounded down.
    """
    import numpy as np

    return np.floor(np.minimum(base + rate * np.maximum(np.subtract(sold, bought), 0.0), held))


def preallocation(emissions_before: Floats, share: Floats) -> Any:
    """What is allocated in advance [t CO2]: share x the verified emissions of the year before.

    Plan for 2023 and 2024, section 5 (1); share 0.7.
    """
    return emissions_before * share
