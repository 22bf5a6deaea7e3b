"""It holds what every payment provider must hold, and its limit."""

from __future__ import annotations

import pay_account
from creditstore_plugins import Declined, Money
from creditstore_plugins.testing import PaymentProviderContract


class TestContract(PaymentProviderContract):
    plugin = pay_account

    def test_more_than_the_limit_is_declined(self) -> None:
        stage = self.build(limit=12)
        assert isinstance(stage.part.start(self.request(amount=Money(minor=1201, currency="USD"))), Declined)
        assert not isinstance(stage.part.start(self.request(amount=Money(minor=1200, currency="USD"))), Declined)
