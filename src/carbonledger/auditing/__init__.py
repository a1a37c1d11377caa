"""What a result rests on, and what in its inputs is not plausible."""

from __future__ import annotations

from ..case import Limits, limits_of
from .auditor import audit
from .findings import (
    CONFIDENCE_ORDER,
    KINDS,
    SEVERITIES,
    SHARES_BY,
    UNVERIFIED,
    Audit,
    EditionUsed,
    Finding,
    Share,
    years_text,
)

__all__ = [
    "CONFIDENCE_ORDER",
    "KINDS",
    "SEVERITIES",
    "SHARES_BY",
    "UNVERIFIED",
    "Audit",
    "EditionUsed",
    "Finding",
    "Limits",
    "Share",
    "audit",
    "limits_of",
    "years_text",
]
