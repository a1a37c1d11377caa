"""Explanations: from a number down to the input row, the conversion and the factor's page."""

from __future__ import annotations

from .tracing import explain

__all__ = ["explain"]
