"""How long a paid line waits before its units are cancelled: a cancellation cannot be undone, and payments can.

``CREDITSTORE_CANCELLATION_HOLD`` is a list of rules; the first that fits the payment method and the amount counts, and
without one there is no wait::

    [{"method": "pay_sandbox*", "hours": 0},
     {"method": "pay_card*", "from": {"EUR": 50000}, "hours": 72},
     {"method": "*", "hours": 24}]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from creditstore.core import clock
from creditstore.orders.models import Order
from creditstore.payments.services import paid_with
from creditstore_plugins import Money

_KEYS = {"method", "from", "hours"}
#: Longer is a mistake in the settings: nobody waits for a certificate for a quarter of a year.
MOST_HOURS = 24 * 90


class BadRule(ValueError):
    """A rule cannot be read. The text says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRule:
    """One rule.

    Parameters: ``method``, a pattern of method ids (``*`` stands for anything); ``at_least``, amounts by currency from
    which it fits, in minor units: in a currency that is not listed it fits any amount; ``hold``, how long to wait.
    """

    method: str
    hold: timedelta
    at_least: Mapping[str, int] = field(default_factory=dict)

    def fits(self, *, method_id: str, amount: Money) -> bool:
        """Whether this rule is for such a payment."""
        return fnmatchcase(method_id, self.method) and amount.minor >= self.at_least.get(amount.currency, 0)


def read_rule(rule: Any) -> HoldRule:
    """One rule of the setting. Errors: ``BadRule``."""
    if not isinstance(rule, Mapping) or not {"method", "hours"} <= set(rule) <= _KEYS:
        raise BadRule('a rule has "method" and "hours", and may have "from"')
    method, hours, at_least = rule["method"], rule["hours"], rule.get("from", {})
    if not isinstance(method, str) or not method:
        raise BadRule('"method" is a text such as "pay_card*"')
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 <= hours <= MOST_HOURS:
        raise BadRule(f'"hours" is a number from 0 to {MOST_HOURS}')
    if not isinstance(at_least, Mapping):
        raise BadRule('"from" is a table such as {"EUR": 50000}, in minor units')
    for currency, minor in at_least.items():
        try:
            Money(minor=minor, currency=currency)
        except (ValueError, TypeError) as error:
            raise BadRule(f'"from" is a table such as {{"EUR": 50000}}, in minor units: {error}') from error
    return HoldRule(method=method, hold=timedelta(hours=hours), at_least=dict(at_least))


def hold_for(*, method_id: str, amount: Money) -> timedelta:
    """How long what was paid like this waits. Errors: ``BadRule`` (found at start already)."""
    for rule in map(read_rule, settings.CREDITSTORE_CANCELLATION_HOLD):
        if rule.fits(method_id=method_id, amount=amount):
            return rule.hold
    return timedelta(0)


def held_until(*, order: Order) -> tuple[datetime, str]:
    """Until when a paid order waits, and the method that it was paid with; now where it does not wait."""
    payment = paid_with(order=order)
    if payment is None or payment.captured_at is None:
        return clock.now(), ""
    amount = Money(minor=payment.captured_minor, currency=payment.currency)
    return payment.captured_at + hold_for(method_id=payment.method, amount=amount), payment.method


@register("creditstore")
def check_hold_rules(**_kwargs: Any) -> list[CheckMessage]:
    """The setting can be read, and no rule stands behind one that always fits."""
    rules = settings.CREDITSTORE_CANCELLATION_HOLD
    if not isinstance(rules, list | tuple):
        return [Error("CREDITSTORE_CANCELLATION_HOLD is not a list of rules.", id="creditstore.cancellation.E001")]
    found: list[CheckMessage] = []
    always = False
    for number, rule in enumerate(rules, start=1):
        name = f"Rule {number} of CREDITSTORE_CANCELLATION_HOLD"
        try:
            read = read_rule(rule)
        except BadRule as error:
            found.append(Error(f"{name} cannot be read: {error}.", id="creditstore.cancellation.E002"))
            continue
        if always:
            found.append(Warning(f"{name} is never reached.", id="creditstore.cancellation.W001"))
        always = always or (read.method == "*" and not any(read.at_least.values()))
    return found
