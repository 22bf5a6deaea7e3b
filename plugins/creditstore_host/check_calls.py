"""Guarded calls into order checks. No answer that can be trusted is ``Review``, never ``Allow``."""

from __future__ import annotations

from creditstore_host.calls import guarded, no_answer, of_type
from creditstore_host.deadline import within
from creditstore_host.faults import Fault
from creditstore_plugins import CheckOutcome, OrderCheck, OrderFacts, Review


def decide(plugin_id: str, check: OrderCheck, facts: OrderFacts, *, seconds: float) -> CheckOutcome:
    """What a check says of an order; ``Review`` when it fails or does not answer in time."""

    def call() -> CheckOutcome:
        answer = within(seconds, plugin_id, lambda: check.decide(facts))
        outcome: CheckOutcome = of_type(answer, CheckOutcome, "decide()")
        return outcome

    outcome = guarded(plugin_id, "decide", call)
    return Review(reason=no_answer(plugin_id, outcome)) if isinstance(outcome, Fault) else outcome
