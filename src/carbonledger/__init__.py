"""carbonledger: from activity rows to the indicators on which Chinese districts are judged.

Amounts are posted, quantities add, indicators divide, targets judge. Nothing is imported until it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "LedgerError": "errors",
    "read_activity": "tables",
    "read_returns": "tables",
    "read_factors": "factors",
    "post": "ledger",
    "totals": "ledger",
    "indicators": "catalog",
    "read_targets": "targets",
    "judge": "targets",
    "open_case": "case",
    "assess": "case",
    "explain": "explanation",
    "audit": "auditing",
    "diff": "difference",
    "read_scenario": "scenario",
    "sweep": "sweeping",
    "replay": "sweeping",
}
_MODULES = ("air", "allowances", "formulas", "permits", "reduction", "rounding", "standards", "surface_water", "units")

__all__ = ["__version__", *_HOME, *_MODULES]

if TYPE_CHECKING:
    from . import air as air
    from . import allowances as allowances
    from . import formulas as formulas
    from . import permits as permits
    from . import reduction as reduction
    from . import rounding as rounding
    from . import standards as standards
    from . import surface_water as surface_water
    from . import units as units
    from .auditing import audit as audit
    from .case import assess as assess
    from .case import open_case as open_case
    from .catalog import indicators as indicators
    from .difference import diff as diff
    from .errors import LedgerError as LedgerError
    from .explanation import explain as explain
    from .factors import read_factors as read_factors
    from .ledger import post as post
    from .ledger import totals as totals
    from .scenario import read_scenario as read_scenario
    from .sweeping import replay as replay
    from .sweeping import sweep as sweep
    from .tables import read_activity as read_activity
    from .tables import read_returns as read_returns
    from .targets import judge as judge
    from .targets import read_targets as read_targets


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module 'carbonledger' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
