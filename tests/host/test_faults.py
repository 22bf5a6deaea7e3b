"""Nothing that a plugin does stops the store: every fault, in every call, and a buyer buys with another method.

All broken plugins stand in one host, isolated as in production, beside the store's own and a running registry.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from creditstore.credits.models import UnitBlock
from creditstore.orders.models import Order
from creditstore_host.discovery import FoundPlugin, found
from creditstore_host.host import PluginHost
from creditstore_host.installation import installed
from creditstore_host.isolation.limits import SECONDS, Isolation
from creditstore_host.records import UnknownPlugin
from creditstore_plugins import (
    CancellationInstruction,
    CertificateDocument,
    PaymentLookup,
    PaymentReportState,
    PaymentRequest,
    RefundRequest,
    RefundUnknown,
    RenderFailed,
    Severity,
    StatusUnknown,
    SubmissionUnknown,
    Unknown,
    VerificationUnknown,
    Webhook,
)
from creditstore_registry_cdm.simulator.server import Simulator
from host.fault_sources import FAULTS, at_import, in_calls, in_constructor, in_hook
from host.host_support import NOW, WritePlugin
from host.plugin_sources import FORMAT, payment
from registry_cdm.registry_support import Registry
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller
from support.live_registry import holding

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("plugin_faults")]

#: A fault that hangs is given up after this long.
CALL_SECONDS = 0.5
LOAD_SECONDS = 15.0
ISOLATION = Isolation(
    load_seconds=LOAD_SECONDS, call_seconds=dict.fromkeys(SECONDS, CALL_SECONDS), memory_bytes=300 * 1024 * 1024
)
PLACES = {"import": at_import, "hook": in_hook, "constructor": in_constructor}
#: Takes all that load at the same time along: a test of its own.
ALONE = "killing its parent"
#: Not broken by what its code does when it runs, but by what it is.
MALFORMED = {
    "import error": "import nothing_of_this_name",
    "missing dependency": "from pypdf_of_the_future import reader",
    "syntax error": "def (",
    "bytes that are no text": "\udcff",
    "settings without a schema": FORMAT.replace('extension="txt"', 'extension="txt", settings_model=Odd').replace(
        "class Text:", "class Odd(PluginSettings):\n    value: type(lambda: 0) = None\n\nclass Text:"
    ),
    "settings with an endless schema": FORMAT.replace(
        'extension="txt"', 'extension="txt", settings_model=Long'
    ).replace(
        "class Text:", 'class Long(PluginSettings):\n    """' + "x" * 200_000 + '"""\n    a: int = 1\n\nclass Text:'
    ),
    "form that leads elsewhere": payment(start="pass", info='form_origins=("http://elsewhere.example/x",)'),
}


def identifier(*words: str) -> str:
    return "_".join(words).replace(" ", "_").replace(".", "_").lower()


def be_patient_with_the_stores_own(host: PluginHost) -> None:
    """They have the time that they always have: the first certificate of a process takes more than a moment."""
    for parts in (host._providers, host._connectors, host._formats):
        for name in set(parts) & {"pay_sandbox", "registry_cdm", "pdf"}:
            part = parts[name]  # type: ignore[index]
            parts[name] = replace(part, instance=part.instance.within(60.0))  # type: ignore[index]


@dataclass(frozen=True)
class Stage:
    host: PluginHost
    registry: Registry
    seconds: float


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    library = tmp_path_factory.mktemp("library")
    plugins = [plugin for plugin in found() if plugin.bundled]

    def add(plugin_id: str, source: str, **more: str) -> None:
        (library / f"m_{plugin_id}.py").write_text(source, encoding="utf-8", errors="surrogateescape")
        plugins.append(
            FoundPlugin(
                **{  # type: ignore[arg-type]
                    "id": plugin_id,
                    "value": f"m_{plugin_id}",
                    "distribution": f"dist-{plugin_id}",
                    "version": "1",
                    "bundled": False,
                    **more,
                }
            )
        )

    for fault in FAULTS:
        add(identifier(fault), in_calls(fault, name=identifier(fault).replace("_", "-")))
        for place, write in PLACES.items() if fault != ALONE else ():
            add(identifier(place, fault), write(fault))
    for name, source in MALFORMED.items():
        add(identifier(name), source)
    add("another_api", FORMAT, api="v9")
    add("pay_sandbox", FORMAT)
    add("twin", FORMAT, distribution="one")
    add("twin", FORMAT, distribution="two")
    running = Simulator(tmp_path_factory.mktemp("registry") / "registry.sqlite3", delay=0)
    running.start()
    sys.path.insert(0, str(library))
    settings = {"registry_cdm": {"base_url": running.url, "simulated": True}, "pay_sandbox": {}}
    began = time.monotonic()
    try:
        host = PluginHost.build(plugins=plugins, settings=settings, isolation=ISOLATION)
        be_patient_with_the_stores_own(host)
        yield Stage(host=host, registry=Registry(running), seconds=time.monotonic() - began)
        host.close()
    finally:
        sys.path.remove(str(library))
        running.stop()


@pytest.fixture(autouse=True)
def _store_with_these_plugins(stage: Stage) -> Iterator[None]:
    with installed(stage.host):
        yield


def buys(stage: Stage) -> None:
    """A buyer orders, pays with another method, and gets a certificate of what the registry cancelled."""
    offer = make_offer(quantity=20, seller=make_seller(account="ACC-1"))
    stage.registry.hold(holding(UnitBlock.objects.get(offer=offer, is_leaf=True), account="ACC-1"))
    order = make_order((offer, 3)).order
    pay(order)
    deadline = time.monotonic() + 20
    while Order.objects.get(pk=order.pk).state != "certified" and time.monotonic() < deadline:
        # Each of the broken formats has a job of its own, which fails; a worker would try it again.
        with suppress(RenderFailed):
            run_jobs(at_most=3000)
    assert Order.objects.get(pk=order.pk).state == "certified"
    assert bytes(order.certificates.get().files.get(format="pdf").content).startswith(b"%PDF-")


def test_the_store_starts_with_all_of_them_and_sells(stage: Stage) -> None:
    assert stage.seconds < LOAD_SECONDS + 10
    states = {record.id: record.state for record in stage.host.plugins() if record.bundled}
    assert states == dict.fromkeys(("certificate_pdf", "pay_sandbox", "registry_cdm"), "loaded")
    buys(stage)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != ALONE])
def test_a_fault_while_loading_quarantines_the_plugin_alone(stage: Stage, fault: str, place: str) -> None:
    record = next(record for record in stage.host.plugins() if record.id == identifier(place, fault))
    assert record.state == "quarantined"
    assert record.reason
    assert not record.kinds
    with pytest.raises(UnknownPlugin):
        stage.host.payment_method(record.id)


@pytest.mark.parametrize("write", PLACES.values(), ids=PLACES)
def test_a_plugin_that_takes_others_along_while_loading_is_the_only_one_left_out(
    write_plugin: WritePlugin, write: Callable[[str], str]
) -> None:
    host = PluginHost.build(
        plugins=[
            write_plugin(FORMAT, id="before"),
            write_plugin(write(ALONE), id="killer"),
            write_plugin("import time; time.sleep(0.5)\n" + payment(start="pass"), id="after"),
        ],
        isolation=Isolation(),
    )
    assert [record.state for record in host.plugins()] == ["loaded", "quarantined", "loaded"]
    host.close()


@pytest.mark.parametrize("name", [*MALFORMED, "another_api", "twin"])
def test_a_malformed_plugin_is_quarantined(stage: Stage, name: str) -> None:
    records = [record for record in stage.host.plugins() if record.id == identifier(name)]
    assert records
    for record in records:
        assert record.state == "quarantined"
        assert record.reason


def test_a_stranger_cannot_take_the_place_of_the_stores_own(stage: Stage) -> None:
    owner, stranger = (record for record in stage.host.plugins() if record.id == "pay_sandbox")
    assert (owner.bundled, owner.state, stranger.state) == (True, "loaded", "quarantined")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_any_call_is_no_answer_and_the_next_buyer_buys(
    stage: Stage,
    fault: str,
    payment_request: PaymentRequest,
    payment_lookup: PaymentLookup,
    refund_request: RefundRequest,
    instruction: CancellationInstruction,
    certificate: CertificateDocument,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    host, plugin = stage.host, identifier(fault)
    assert next(record for record in host.plugins() if record.id == plugin).state == "loaded"
    webhook = Webhook(headers={}, body=b"{}", query="", received_at=NOW)
    began = time.monotonic()
    outcomes = [
        host.start_payment(plugin, payment_request),
        host.fetch_payment(plugin, payment_lookup),
        host.refund_payment(plugin, refund_request),
        host.parse_webhook(plugin, webhook),
        host.verify_webhook(plugin, webhook),
        host.submit_cancellation(plugin, instruction),
        host.cancellation_status(plugin, "key-2"),
    ]
    with pytest.raises(RenderFailed) as failed:
        host.render_certificate(plugin.replace("_", "-"), certificate, "d" * 64)
    outcomes += [failed.value, *host.findings_of(plugin)]
    start, report, refund, content, verification, submission, status, _rendered, *findings = outcomes
    assert isinstance(start, Unknown)
    assert (report.state, report.amount) == (PaymentReportState.UNKNOWN, None)
    assert isinstance(refund, RefundUnknown)
    assert isinstance(content, VerificationUnknown)
    assert isinstance(verification, VerificationUnknown)
    assert isinstance(submission, SubmissionUnknown)
    assert isinstance(status, StatusUnknown)
    assert [finding.severity for finding in findings] == [Severity.ERROR] * 3
    # Eleven calls, each given up in time; what is to spare is for this machine.
    assert time.monotonic() - began < 11 * (CALL_SECONDS + 1)
    told = caplog.text + repr(outcomes)
    assert "hunter2" not in told
    assert "Jane Doe" not in told
    # Three in a row: the store no longer offers it, and sells by other methods.
    assert host.rests(plugin)
    buys(stage)


def test_nothing_that_a_plugin_started_is_left_running(stage: Stage) -> None:
    stage.host.verify_webhook(identifier("child that stays"), Webhook(headers={}, body=b"", query="", received_at=NOW))
    deadline = time.monotonic() + 10
    while (left := _processes("sleep 4242")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []


def _processes(command: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.strip() == command]


def test_what_a_plugin_may_know_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the database's address nor another plugin's secret; only what its own settings refer to."""
    monkeypatch.setenv("OWN_TOKEN", "own-value")
    monkeypatch.setenv("OTHER_TOKEN", "other-value")
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = payment(start="import os; return Declined(reason=repr(dict(os.environ)))", info="settings_model=Own")
    source = source.replace("class Provider:", "class Own(PluginSettings):\n    token: Secret\n\nclass Provider:")
    (tmp_path / "curious_plugin.py").write_text(source)
    plugin = FoundPlugin(id="curious", value="curious_plugin", distribution="c", version="1", bundled=False)
    settings = {"curious": {"token": "env:OWN_TOKEN"}, "other": {"token": "env:OTHER_TOKEN"}}
    host = PluginHost.build(plugins=[plugin], settings=settings, isolation=Isolation())
    request = PaymentRequest(
        idempotency_key="k",
        order_number="1",
        variant="",
        amount=payment_amount(),
        description="",
        payee="",
        language="en",
        return_url="",
        started_at=NOW,
    )
    told = host.start_payment("curious", request).reason  # type: ignore[union-attr]
    host.close()
    assert "own-value" in told
    assert "other-value" not in told
    assert "postgres://" not in told
    assert "SECRET_KEY" not in told


def payment_amount() -> object:
    from creditstore_plugins import Money

    return Money(minor=1, currency="USD")
