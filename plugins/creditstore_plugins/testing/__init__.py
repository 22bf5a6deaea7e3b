"""The conformance kit: subclass a contract in your tests, and pytest shows what your plugin does not hold yet.

Needs pytest; a plugin itself does not. docs/reference/conformance.md lists every test.
"""

from creditstore_plugins.testing.clock import MovableClock
from creditstore_plugins.testing.contracts import (
    CertificateFormatContract,
    PaymentProviderContract,
    RegistryConnectorContract,
)
from creditstore_plugins.testing.line import Fault, Line
from creditstore_plugins.testing.services import Cancelled, Movement, PaymentService, RegistryService

__all__ = [
    "Cancelled",
    "CertificateFormatContract",
    "Fault",
    "Line",
    "MovableClock",
    "Movement",
    "PaymentProviderContract",
    "PaymentService",
    "RegistryConnectorContract",
    "RegistryService",
]
