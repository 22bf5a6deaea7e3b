"""Plugins made on the spot: modules and distributions in a folder of the test's own."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from creditstore_host.discovery import FoundPlugin
from creditstore_plugins import (
    CancellationInstruction,
    CertificateDocument,
    CertificateRange,
    Money,
    PaymentLookup,
    PaymentRequest,
    RefundRequest,
    SerialRange,
)
from host.host_support import NOW, Install, WriteModule, WritePlugin

_numbers = itertools.count(1)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on ``sys.path``; what is imported from it is forgotten afterwards."""
    folder = tmp_path / "library"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def write_module(library: Path) -> WriteModule:
    """Write a module and get its name."""

    def write(source: str) -> str:
        name = f"third_party_{next(_numbers)}"
        (library / f"{name}.py").write_text(source, encoding="utf-8")
        return name

    return write


@pytest.fixture
def write_plugin(write_module: WriteModule) -> WritePlugin:
    """Write a module and get it as a found plugin of somebody else's distribution."""

    def write(
        source: str, *, id: str = "example", distribution: str = "example-plugin", bundled: bool = False
    ) -> FoundPlugin:
        value = write_module(source)
        return FoundPlugin(id=id, value=value, distribution=distribution, version="1.2", bundled=bundled)

    return write


@pytest.fixture
def install(library: Path) -> Install:
    """Put a distribution's metadata on the path, as an installer would. ``entry_points`` is the file's own text."""

    def write(name: str, entry_points: str, *, version: str = "1.0", metadata: str | None = None) -> None:
        folder = library / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" if metadata is None else metadata
        if text:
            (folder / "METADATA").write_text(text, encoding="utf-8")
        (folder / "entry_points.txt").write_text(entry_points, encoding="utf-8")

    return write


@pytest.fixture
def payment_request() -> PaymentRequest:
    return PaymentRequest(
        idempotency_key="key-1",
        order_number="A1",
        variant="",
        amount=Money(minor=1250, currency="USD"),
        description="12 units",
        payee="A seller",
        language="en",
        return_url="https://store.example/return",
        started_at=NOW,
    )


@pytest.fixture
def payment_lookup() -> PaymentLookup:
    amount = Money(minor=1250, currency="USD")
    return PaymentLookup(idempotency_key="key-1", reference="ref-1", variant="", amount=amount, started_at=NOW)


@pytest.fixture
def refund_request() -> RefundRequest:
    return RefundRequest(
        idempotency_key="key-3",
        payment_key="key-1",
        reference="ref-1",
        variant="",
        amount=Money(minor=1250, currency="USD"),
        reason="the whole order",
        requested_at=NOW,
    )


@pytest.fixture
def instruction() -> CancellationInstruction:
    part = SerialRange(start="ID-5-1-1-1-0-526", end="ID-5-9-1-1-0-526", series="ID", start_number=1, end_number=9)
    return CancellationInstruction(key="key-2", account="acc", ranges=(part,), beneficiary="Someone", reason="")


@pytest.fixture
def certificate() -> CertificateDocument:
    part = CertificateRange(
        serial_start="ID-5-1-1-1-0-526",
        serial_end="ID-5-9-1-1-0-526",
        quantity=9,
        project_ref="0526",
        project_title="A project",
        host_country="Indonesia",
        host_country_code="ID",
        scopes=("1 Energy industries",),
        methodologies=("AMS-I.D.",),
        monitoring_start=None,
        monitoring_end=None,
        commitment_period=1,
        registry="Simulated registry",
        transaction="T1",
        completed_at=NOW,
    )
    return CertificateDocument(
        number="C-1",
        revision=1,
        language="en",
        order_number="A1",
        ordered_at=NOW,
        issued_at=NOW,
        issuer="Operator",
        seller="A seller",
        beneficiary="Someone",
        beneficiary_country="ID",
        reason="Because",
        quantity=9,
        unit_type="CER",
        unit_name="Certified Emission Reduction",
        kind="voluntary",
        corresponding_adjustment=False,
        simulated=True,
        ranges=(part,),
        verification_url="https://store.example/certificates/C-1/?code=x",
    )
