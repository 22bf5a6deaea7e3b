"""What is still open with a plugin's outside party: to be looked at before the plugin is switched off."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from creditstore.cancellation.models import TRANSACTIONS, RegistryTransaction
from creditstore.payments.models import LIVE, Payment, Refund
from creditstore.payments.refunds import BY_PROVIDER


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBusiness:
    """How much of it. ``sells``: without this plugin nothing at all can be ordered."""

    payments: int
    refunds: int
    transactions: int
    sells: bool

    def __bool__(self) -> bool:
        return bool(self.payments or self.refunds or self.transactions or self.sells)


def open_business(*, plugin_id: str) -> OpenBusiness:
    """What would wait, or become a task for staff, if this plugin were not there any more."""
    return OpenBusiness(
        payments=Payment.objects.filter(provider=plugin_id, state__in=LIVE).count(),
        refunds=Refund.objects.filter(payment__provider=plugin_id, state__in=BY_PROVIDER).count(),
        transactions=RegistryTransaction.objects.filter(connector=plugin_id)
        .exclude(state__in=TRANSACTIONS.final)
        .count(),
        sells=plugin_id == settings.CREDITSTORE_REGISTRY_CONNECTOR,
    )
