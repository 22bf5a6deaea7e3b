"""Sources of third parties' plugins that the tests write to files."""

from __future__ import annotations

HEAD = """
from datetime import UTC, datetime, timedelta
from creditstore_plugins import *
"""

FORMAT = (
    HEAD
    + """
class Text:
    info = CertificateFormatInfo(title="Text", name="text", media_type="text/plain", extension="txt")

    def __init__(self, context):
        self.context = context

    def render(self, document, *, digest):
        return f"{document.number} {digest}".encode()

    def check(self):
        return []

@hookimpl
def certificate_formats():
    return [Text]
"""
)


def method(signature: str, body: str) -> str:
    """One more method for a plugin's class."""
    return f"\n    def {signature}:\n        {body}\n"


def payment(
    *,
    start: str,
    fetch: str = "raise ValueError",
    info: str = "",
    check: str = "return ()",
    refund: str = "",
    more: str = "",
) -> str:
    """A payment plugin whose methods have the given bodies.

    ``info`` adds arguments to its ``ProviderInfo``, ``more`` methods to its class.
    """
    if refund:
        info += " capabilities=PaymentCapability.REFUND,"
        more += method("refund(self, request)", refund)
    return f"""{HEAD}
class Provider:
    info = ProviderInfo(
        title="Pay",
        methods=(PaymentMethod(title="Card"), PaymentMethod(title="Bank", variant="bank")),
        {info}
    )

    def __init__(self, context):
        self.context = context

    def start(self, request):
        {start}

    def fetch(self, lookup):
        {fetch}

    def check(self):
        {check}
{more}
@hookimpl
def payment_providers():
    return (Provider,)
"""


def registry(
    *,
    submit: str = "raise ValueError",
    status: str = "raise ValueError",
    simulated: str = "True",
    info: str = "",
    more: str = "",
) -> str:
    """A registry plugin whose methods have the given bodies; ``simulated`` is an expression.

    ``info`` adds arguments to its ``RegistryInfo``, ``more`` methods to its class.
    """
    return f"""{HEAD}
class Connector:
    info = RegistryInfo(title="Registry", scheme="cdm", max_blocks=3, {info})

    def __init__(self, context):
        self.context = context

    @property
    def simulated(self):
        return {simulated}

    def submit(self, instruction):
        {submit}

    def status(self, key):
        {status}

    def check(self):
        yield Finding(severity=Severity.WARNING, message="slow")
{more}
@hookimpl
def registry_connectors():
    return [Connector]
"""


def books(*, body: str, declared: str, missing: str = "") -> str:
    """A plugin of both kinds that tells what it has; all methods that tell have the given body.

    ``declared``: the connector's capabilities; ``missing``: the one of those methods that does not exist.
    """
    connector = "".join(
        method(signature, body)
        for signature in (
            "totals(self, account)",
            "blocks(self, account, cursor)",
            "records(self, account, since, cursor)",
        )
    )
    source = registry(info=f"capabilities={declared}", more=connector) + payment(
        start="raise ValueError",
        info="capabilities=PaymentCapability.CAPTURES",
        more=method("captures(self, since, cursor)", body),
    )
    return source.replace(f"def {missing}(", f"def no_{missing}(") if missing else source


def rendering(body: str) -> str:
    """The text format, rendering in another way."""
    return FORMAT.replace('return f"{document.number} {digest}".encode()', body)


def order_check(*, decide: str, name: str = "Check") -> str:
    """An order check whose decision has the given body."""
    return f"""{HEAD}
class {name}:
    info = OrderCheckInfo(title="{name}")

    def __init__(self, context):
        self.context = context

    def decide(self, facts):
        {decide}

    def check(self):
        return ()

@hookimpl
def order_checks():
    return [{name}]
"""
