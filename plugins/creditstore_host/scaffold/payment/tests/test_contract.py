"""What every payment provider must hold: the tests come from the kit, and the service is pretended."""

from __future__ import annotations

from scaffold_package import plugin
from scaffold_package.pretended import PretendedService

from creditstore_plugins.testing import PaymentProviderContract


class TestContract(PaymentProviderContract):
    """All of them."""

    plugin = plugin
    settings = {
        "api_key": "env:SCAFFOLD_API_KEY",
        "webhook_secret": "env:SCAFFOLD_WEBHOOK_SECRET",
        "pretend": False,  # so that the kit stands between the plugin and the service
    }
    secrets = {"SCAFFOLD_API_KEY": "key-of-the-tests", "SCAFFOLD_WEBHOOK_SECRET": "secret-of-the-tests"}

    def service(self) -> PretendedService:
        """The service, played; a new one each time."""
        return PretendedService()
