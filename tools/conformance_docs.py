"""Writes docs/reference/conformance.md from the tests of the conformance kit: ``python tools/conformance_docs.py``."""

from __future__ import annotations

import inspect
from pathlib import Path

from creditstore_plugins.testing import CertificateFormatContract, PaymentProviderContract, RegistryConnectorContract
from creditstore_plugins.testing.books import BookTests
from creditstore_plugins.testing.line import Fault
from creditstore_plugins.testing.notifications import NotificationTests
from creditstore_plugins.testing.refunds import RefundTests
from creditstore_plugins.testing.services import PaymentService, RegistryService
from creditstore_plugins.testing.webhooks import WebhookTests

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/reference/conformance.md"
CONTRACTS: tuple[tuple[str, type, dict[str, type]], ...] = (
    ("Payment providers", PaymentProviderContract, {"REFUND": RefundTests, "WEBHOOK": WebhookTests}),
    (
        "Registry connectors",
        RegistryConnectorContract,
        {"TOTALS`, `BLOCKS` or `RECORDS": BookTests, "NOTIFICATIONS": NotificationTests},
    ),
    ("Certificate formats", CertificateFormatContract, {}),
)
TABLE = "| test | what must hold |\n| --- | --- |\n"
HEAD = """# The conformance kit

`creditstore_plugins.testing` comes with the plugin API (`pip install climate-credit-store-plugins[testing]`) and
needs neither Django nor a store. Subclass a contract, and pytest runs every test below against your plugin:

```python
from creditstore_plugins.testing import PaymentProviderContract

import pay_example.plugin


class TestContract(PaymentProviderContract):
    plugin = pay_example.plugin            # the module or object with the hooks
    settings = {"api_key": "env:API_KEY"}  # as an operator would write them
    secrets = {"API_KEY": "of-the-tests"}  # the environment's variables that they refer to

    def service(self):                     # the service that the plugin asks, played; a new one each time
        return PretendedService()
```

`manage.py startplugin` writes all of it ([tutorial](../tutorial/first-plugin.md)). A plugin that asks nobody leaves
`service` out. What a plugin does not declare in its `capabilities` is not tested: it is not collected, and nothing is
ever skipped. Each test has a twin in the store's own tests, a plugin with one fault that this test finds and no other
does.

A test of your own has the same stage: `stage = self.build(setting=value)` gives `stage.part` (your class),
`stage.service`, `stage.line` and `stage.clock`. `stage.clock.move(60)` lets a minute pass.
`stage.line.break_next(Fault.LOST, after=1)` breaks the second exchange from now, `stage.line.break_all(...)` every
one.

| fault | what happens to the exchange |
| --- | --- |
"""
FAULTS = {
    Fault.UNREACHABLE: "the request never arrives (`HttpUnreachable`)",
    Fault.SILENT: "no answer, and nothing happened (`HttpTimeout`)",
    Fault.LOST: "the request has its effect, the answer is lost (`HttpTimeout`)",
    Fault.SERVER_ERROR: "it has its effect; a 500 with a page comes back",
    Fault.BAD_GATEWAY: "it has its effect; a 502 with nothing comes back",
    Fault.EMPTY: "the answer's body is empty",
    Fault.TRUNCATED: "the body is cut in half",
    Fault.NOT_JSON: "the body is a page of something between",
    Fault.NOT_TEXT: "the body is bytes that are no text",
    Fault.WRONG_SHAPE: "the body is JSON, and not what was promised",
    Fault.NULL: "the body is `null`",
    Fault.DEEP: "the body is nested so deeply that reading it fails",
}


def document() -> str:
    """The whole file."""
    parts = [HEAD, "".join(f"| `Fault.{fault.name}` | {text} |\n" for fault, text in FAULTS.items())]
    parts.append("\n## What the played service must show\n")
    for service in (PaymentService, RegistryService):
        parts.append(f"\n### `{service.__name__}`\n\n{_text(service)}\n\n")
        for name, method in vars(service).items():
            if inspect.isfunction(method) and not name.startswith("_"):
                parts.append(f"- `{name}{_arguments(method)}`: {_text(method)}\n")
    for title, contract, optional in CONTRACTS:
        names = [name for name in dir(contract) if name.startswith("test_")]
        parts.append(
            f"\n## {title}\n\n`{contract.__name__}`: {len(names)} tests.\n\n| test | what must hold |\n| --- | --- |\n"
        )
        extra = {name for tests in optional.values() for name in vars(tests)}
        parts += [_row(contract, name) for name in _ordered(contract, names) if name not in extra]
        for capability, tests in optional.items():
            parts.append(f"\nWith `{capability}`:\n\n{TABLE}")
            parts += [_row(contract, name) for name in vars(tests) if name.startswith("test_")]
    return "".join(parts)


def _ordered(contract: type, names: list[str]) -> list[str]:
    """In the order of the source, what all kinds share first."""
    order = [name for cls in reversed(contract.__mro__) for name in vars(cls)]
    return sorted(names, key=order.index)


def _row(contract: type, name: str) -> str:
    return f"| `{name}` | {_text(getattr(contract, name))} |\n"


def _text(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").split()).replace("``", "`")


def _arguments(method: object) -> str:
    names = [name for name in inspect.signature(method).parameters if name != "self"]  # type: ignore[arg-type]
    return f"({', '.join(names)})"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
