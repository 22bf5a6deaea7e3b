"""The contracts that plugin authors subclass. Each holds the tests that its plugin's capabilities ask for."""

from __future__ import annotations

from enum import Flag
from typing import Any, ClassVar

from creditstore_plugins import PaymentCapability, RegistryCapability
from creditstore_plugins.testing.books import BookTests
from creditstore_plugins.testing.certificates import CertificateTests
from creditstore_plugins.testing.notifications import NotificationTests
from creditstore_plugins.testing.payments import PaymentTests
from creditstore_plugins.testing.refunds import RefundTests
from creditstore_plugins.testing.registries import RegistryTests
from creditstore_plugins.testing.surroundings import Contract
from creditstore_plugins.testing.webhooks import WebhookTests


class _ByCapability(Contract[Any, Any]):
    _optional: ClassVar[dict[Flag, type]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if getattr(cls, "plugin", None) is None:
            return
        able = cls.part_class().info.capabilities
        for capability, tests in cls._optional.items():
            if not capability & able:
                # What a plugin does not offer is not tested, and counts neither as passed nor as skipped.
                for name in vars(tests):
                    if name.startswith("test_"):
                        setattr(cls, name, None)


class PaymentProviderContract(_ByCapability, PaymentTests, RefundTests, WebhookTests):
    """Every test of a payment provider. See docs/reference/conformance.md for what to set in a subclass."""

    _optional: ClassVar[dict[Flag, type]] = {
        PaymentCapability.REFUND: RefundTests,
        PaymentCapability.WEBHOOK: WebhookTests,
    }


class RegistryConnectorContract(_ByCapability, RegistryTests, BookTests, NotificationTests):
    """Every test of a registry connector. See docs/reference/conformance.md for what to set in a subclass."""

    _optional: ClassVar[dict[Flag, type]] = {
        RegistryCapability.TOTALS | RegistryCapability.BLOCKS | RegistryCapability.RECORDS: BookTests,
        RegistryCapability.NOTIFICATIONS: NotificationTests,
    }


class CertificateFormatContract(CertificateTests):
    """Every test of a certificate format. See docs/reference/conformance.md for what to set in a subclass."""
