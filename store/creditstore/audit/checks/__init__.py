"""The thirteen invariants, recomputed from rows and never from counters: a statement for each thing to go wrong."""

from __future__ import annotations

from typing import Final

from creditstore.audit.checks.base import Check
from creditstore.audit.checks.money import MONEY
from creditstore.audit.checks.registry import REGISTRY
from creditstore.audit.checks.sales import SALES
from creditstore.audit.checks.units import UNITS

__all__ = ["CHECKS", "Check"]

CHECKS: Final[tuple[Check, ...]] = tuple(sorted((*UNITS, *SALES, *REGISTRY, *MONEY), key=lambda check: check.invariant))
