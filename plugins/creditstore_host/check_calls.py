"""Guarded calls into order checks. No answer that can be trusted is ``Review``, never ``Allow``."""

from __future__ import annotations

from creditstore_host.calls import ask
from creditstore_host.deadline import within
from creditstore_plugins import CheckOutcome, OrderCheck, OrderFacts, Review


def decide(plugin_id: str, check: OrderCheck, facts: OrderFacts, *, seconds: float) -> CheckOutcome:
    """What a check says of an order; ``Review`` when it fails or does not answer in time."""
    return ask(
        plugin_id, "decide", lambda: within(seconds, plugin_id, lambda: check.decide(facts)), CheckOutcome, Review
    )
