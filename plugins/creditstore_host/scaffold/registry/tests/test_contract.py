"""What every registry connector must hold: the tests come from the kit, and the registry is pretended."""

from __future__ import annotations

from creditstore_plugins.testing import RegistryConnectorContract

from scaffold_package import plugin
from scaffold_package.pretended import PretendedRegistry


class TestContract(RegistryConnectorContract):
    """All of them."""

    plugin = plugin
    settings = {
        "api_key": "env:SCAFFOLD_API_KEY",
        "pretend": False,  # so that the kit stands between the plugin and the registry
    }
    secrets = {"SCAFFOLD_API_KEY": "key-of-the-tests"}

    def service(self) -> PretendedRegistry:
        """The registry, played; a new one each time."""
        return PretendedRegistry()
