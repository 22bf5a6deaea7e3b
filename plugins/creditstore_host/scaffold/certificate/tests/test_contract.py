"""What every certificate format must hold: the tests come from the kit."""

from __future__ import annotations

from creditstore_plugins.testing import CertificateFormatContract

from scaffold_package import plugin


class TestContract(CertificateFormatContract):
    """All of them."""

    plugin = plugin
