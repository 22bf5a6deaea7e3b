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


def payment(
    *, start: str, fetch: str = "raise ValueError", info: str = "", check: str = "return ()", refund: str = ""
) -> str:
    """A payment plugin whose methods have the given bodies; ``info`` adds arguments to its ``ProviderInfo``."""
    if refund:
        info += " capabilities=PaymentCapability.REFUND,"
        check += f"\n\n    def refund(self, request):\n        {refund}"
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

@hookimpl
def payment_providers():
    return (Provider,)
"""


def books(
    *, body: str, declared: str = "RegistryCapability.TOTALS | RegistryCapability.BLOCKS", names: str = ""
) -> str:
    """A plugin of both kinds that tells what it has; all methods have the given body.

    ``declared``: the connector's capabilities; ``names``: those of its methods that do not exist, by comma.
    """
    source = f"""{HEAD}
class Connector:
    info = RegistryInfo(title="Registry", scheme="cdm", max_blocks=3, capabilities={declared})
    simulated = True

    def __init__(self, context):
        self.context = context

    def submit(self, instruction):
        raise ValueError

    def status(self, key):
        raise ValueError

    def check(self):
        return ()

    def totals(self, account):
        {body}

    def blocks(self, account, cursor):
        {body}

    def records(self, account, since, cursor):
        {body}

@hookimpl
def registry_connectors():
    return [Connector]

class Provider:
    info = ProviderInfo(
        title="Pay", methods=(PaymentMethod(title="Card"),), capabilities=PaymentCapability.CAPTURES
    )

    def __init__(self, context):
        self.context = context

    def start(self, request):
        raise ValueError

    def fetch(self, lookup):
        raise ValueError

    def check(self):
        return ()

    def captures(self, since, cursor):
        {body}

@hookimpl
def payment_providers():
    return [Provider]
"""
    for name in filter(None, names.split(",")):
        source = source.replace(f"def {name}(", f"def no_{name}(")
    return source


def registry(*, submit: str = "raise ValueError", status: str = "raise ValueError", simulated: str = "True") -> str:
    """A registry plugin whose methods have the given bodies; ``simulated`` is an expression."""
    return f"""{HEAD}
class Connector:
    info = RegistryInfo(title="Registry", scheme="cdm", max_blocks=3)

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

@hookimpl
def registry_connectors():
    return [Connector]
"""


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
