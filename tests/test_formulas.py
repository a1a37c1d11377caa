"""Every formula, in six containers, against one number; and the effect of every argument, as the catalogue says."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from carbonledger import formulas, units
from carbonledger.catalog import Indicator, read_catalog

# formula: arguments with their units, unit of the result, result worked by hand
GOLDEN: dict[str, tuple[dict[str, tuple[float, str]], str, float]] = {
    "total": ({"amount": (6021.2, "亿立方米")}, "亿立方米", 6021.2),
    "added": ({"first": (3.5, "t CO2"), "second": (2.25, "t CO2")}, "t CO2", 5.75),
    "intensity": ({"amount": (120.0, "tce"), "output": (400.0, "CNY")}, "tce/CNY", 0.3),
    # energy-carbon.md section 5, test: E +2 %, GDP +5 % -> drop 2.857 %; 1 - 102/105 = 3/105
    "intensity_drop": (
        {
            "amount": (102.0, "tce"),
            "output": (105.0, "CNY_2020"),
            "base_amount": (100.0, "tce"),
            "base_output": (100.0, "CNY_2020"),
        },
        "1",
        3 / 105,
    ),
    "added_intensity": (
        {"first": (3.5, "t CO2"), "second": (2.5, "t CO2"), "output": (8.0, "CNY")},
        "t CO2/CNY",
        0.75,
    ),
    # (60 + 30)/(120) = 0.75 against (70 + 30)/100 = 1
    "added_intensity_drop": (
        {
            "first": (60.0, "t CO2"),
            "second": (30.0, "t CO2"),
            "output": (120.0, "CNY_2020"),
            "base_first": (70.0, "t CO2"),
            "base_second": (30.0, "t CO2"),
            "base_output": (100.0, "CNY_2020"),
        },
        "1",
        0.25,
    ),
    # 发改环资〔2021〕1310号, energy-carbon.md section 5: E - F - max(0, R - R_2020); 100 - 10 - (12 - 7) = 85
    "controlled": (
        {
            "energy": (100.0, "tce_coal_rate"),
            "feedstock": (10.0, "tce_coal_rate"),
            "renewable": (12.0, "tce_coal_rate"),
            "base_renewable": (7.0, "tce_coal_rate"),
        },
        "tce_coal_rate",
        85.0,
    ),
    # (100 - 10 - 5) / 125 = 0.68 against (90 - 5) / 100 = 0.85: 1 - 0.8
    "controlled_intensity_drop": (
        {
            "energy": (100.0, "tce_coal_rate"),
            "feedstock": (10.0, "tce_coal_rate"),
            "renewable": (12.0, "tce_coal_rate"),
            "output": (125.0, "CNY_2020"),
            "base_energy": (90.0, "tce_coal_rate"),
            "base_feedstock": (5.0, "tce_coal_rate"),
            "base_renewable": (7.0, "tce_coal_rate"),
            "base_output": (100.0, "CNY_2020"),
        },
        "1",
        0.2,
    ),
    "drop": ({"amount": (90.0, "t CO2"), "base_amount": (120.0, "t CO2")}, "1", 0.25),
    "nonfossil_share": ({"nonfossil": (15.9, "tce"), "fossil": (84.1, "tce")}, "1", 0.159),
    "nonfossil_share_with_imports": (
        {
            "nonfossil": (10.0, "tce"),
            "fossil": (90.0, "tce"),  # imported electricity is in it
            "imported": (20.0, "tce"),
            "import_credit": (0.25, "1"),
        },
        "1",
        0.15,
    ),
    "gap": ({"supply": (346.0, "tce"), "transformed": (-40.0, "tce"), "consumed": (300.0, "tce")}, "tce", 6.0),
}

NAMES = sorted(
    name
    for name, found in vars(formulas).items()
    if inspect.isfunction(found) and found.__module__ == formulas.__name__
)


def test_every_formula_has_its_number() -> None:
    assert sorted(GOLDEN) == NAMES


def _float(function: Callable[..., Any], args: dict[str, tuple[float, str]], unit: str) -> Any:
    return [function(**{k: v for k, (v, _) in args.items()})]


def _array(function: Callable[..., Any], args: dict[str, tuple[float, str]], unit: str) -> Any:
    found = function(**{k: np.full(3, v) for k, (v, _) in args.items()})
    assert isinstance(found, np.ndarray)
    return found


def _series(function: Callable[..., Any], args: dict[str, tuple[float, str]], unit: str) -> Any:
    found = function(**{k: pd.Series([v, v], index=["a", "b"]) for k, (v, _) in args.items()})
    assert list(found.index) == ["a", "b"]
    return found.to_numpy()


def _dataarray(function: Callable[..., Any], args: dict[str, tuple[float, str]], unit: str) -> Any:
    found = function(**{k: xr.DataArray([[v], [v]], dims=("entity", "year")) for k, (v, _) in args.items()})
    assert found.dims == ("entity", "year")
    return found.to_numpy().ravel()


def _quantity(function: Callable[..., Any], args: dict[str, tuple[float, str]], unit: str) -> Any:
    found = function(**{k: v * units.quantity_of(u) for k, (v, u) in args.items()})
    return [(found / units.quantity_of(unit)).to_base_units().magnitude]


def _compiled(function: Callable[..., Any], args: dict[str, tuple[float, str]], unit: str) -> Any:
    made = numba.njit(error_model="numpy")(function)
    values = [args[name][0] for name in inspect.signature(function).parameters]
    assert made(*[np.full(2, v) for v in values]).shape == (2,)
    return [made(*values)]


@pytest.mark.parametrize("container", [_float, _array, _series, _dataarray, _quantity, _compiled])
@pytest.mark.parametrize("name", NAMES)
def test_golden_in_every_container(name: str, container: Callable[..., Any]) -> None:
    args, unit, expected = GOLDEN[name]
    for value in container(getattr(formulas, name), args, unit):
        assert float(value) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_docstring_names_every_argument(name: str) -> None:
    function = getattr(formulas, name)
    for argument in inspect.signature(function).parameters:
        assert argument in (function.__doc__ or "")


def test_compiled_division_by_zero_is_no_error() -> None:
    made = numba.njit(error_model="numpy")(formulas.intensity)
    assert np.isinf(made(1.0, 0.0))
    assert np.isnan(made(0.0, 0.0))


def test_drop_is_zero_without_change_and_negative_on_a_rise() -> None:
    assert formulas.intensity_drop(5.0, 7.0, 5.0, 7.0) == 0.0
    assert formulas.intensity_drop(6.0, 7.0, 5.0, 7.0) < 0
    assert formulas.drop(6.0, 5.0) == pytest.approx(-0.2)


# Water Resources Bulletin of China: with the year before as baseline, 1 - (W_t/W_t-1)/(1+g)
def test_intensity_drop_by_growth() -> None:
    assert formulas.intensity_drop(101.8, 108.4, 100.0, 100.0) == pytest.approx(1 - 1.018 / 1.084)


def test_share_with_imports_without_imports_is_the_plain_share() -> None:
    assert formulas.nonfossil_share_with_imports(10.0, 70.0, 0.0, 0.5) == formulas.nonfossil_share(10.0, 70.0)


INDICATORS = list(read_catalog().indicators.values())
# Points at which the sign is tried; shares stay below 1.
POINTS = [
    (1.7, 1.3, 1.9, 0.31, 1.1, 0.9),
    (0.4, 2.6, 0.9, 0.77, 1.4, 2.2),
    (3.1, 0.8, 1.1, 0.05, 0.6, 1.9),
]
# Deductions smaller than what they are deducted from, and renewables that grow.
CONTROLLED = [(9.7, 1.3, 1.9, 1.3, 8.1, 0.9, 1.2, 1.1), (7.4, 2.6, 0.9, 2.7, 9.4, 2.2, 0.3, 2.2)]


def _at(indicator: Indicator, point: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(indicator.arguments, point, strict=False))


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda i: i.name)
def test_sign_of_every_argument(indicator: Indicator) -> None:
    assert set(indicator.sign) == set(indicator.arguments)
    for argument, sign in indicator.sign.items():
        for point in CONTROLLED if indicator.formula == "controlled_intensity_drop" else POINTS:
            values = _at(indicator, point)
            more = {**values, argument: values[argument] * 1.01}
            change = indicator.function(**more) - indicator.function(**values)
            assert (change > 0, change < 0) == (sign == "+", sign == "-"), f"{argument} at {values}"


def test_a_fall_of_renewables_adds_nothing_to_controlled_energy() -> None:
    assert formulas.controlled(100.0, 10.0, 3.0, 7.0) == 90.0
