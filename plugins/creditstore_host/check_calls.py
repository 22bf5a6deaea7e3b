"""Guarded calls into order checks. No answer that can be trusted is ``Review``, never ``Allow``."""

from __future__ import annotations

from typing import Any

from creditstore_host.calls import ask
from creditstore_host.isolation.parts import RemotePart
from creditstore_host.loading import Part
from creditstore_plugins import CheckOutcome, OrderCheck, OrderFacts, Review


def decide(part: Part[Any, OrderCheck], facts: OrderFacts, *, seconds: float) -> CheckOutcome:
    """What a check says of an order; ``Review`` when it fails or does not answer in time."""
    instance: Any = part.instance
    timed = instance.within(seconds) if isinstance(instance, RemotePart) else instance
    return ask(part, "decide", lambda: timed.decide(facts), CheckOutcome, Review)
