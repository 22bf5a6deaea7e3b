"""What connectors must hold that read what their registry sends by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from creditstore_plugins import Webhook
from creditstore_plugins.testing.registries import RegistriesBase
from creditstore_plugins.testing.webhooks import GARBAGE


class NotificationTests(RegistriesBase):
    """Tests of a connector with ``NOTIFICATIONS``."""

    @pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
    def test_garbage_speaks_of_no_transaction(self, body: bytes) -> None:
        """No exception, no keys, and nobody is asked."""
        stage = self.build()
        webhook = Webhook(headers={}, body=body, query="", received_at=datetime(2026, 3, 1, tzinfo=UTC))
        assert stage.part.parse_notification(webhook) == ()
        assert stage.line.requests == []
