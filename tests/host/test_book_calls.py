"""What plugins have in their books: asked only where they offer it, and never believed beyond doubt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from creditstore_host.host import PluginHost
from creditstore_host.records import UnknownPlugin
from creditstore_plugins import (
    AccountTotals,
    BlocksPage,
    CapturesPage,
    NotTold,
    PaymentCapability,
    RecordsPage,
    RegistryCapability,
)
from host.host_support import NoHttp, StillClock, WritePlugin
from host.plugin_sources import books, payment, registry
from host.test_calls import FAILING

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
ALL = "RegistryCapability.TOTALS | RegistryCapability.BLOCKS | RegistryCapability.RECORDS"
#: What each method must not be believed to say, as its body.
WRONG = {
    "totals of another account": ("totals", "return AccountTotals(account='B', held=1, cancelled=0)"),
    "less than nothing": ("totals", "return AccountTotals(account='A', held=-1, cancelled=0)"),
    "a number as text": ("totals", "return AccountTotals(account='A', held='1', cancelled=0)"),
    "the same cursor again": ("blocks", "return BlocksPage(ranges=(), next=cursor or 'x')"),
    "a list of ranges": ("blocks", "return BlocksPage(ranges=[])"),
    "a record of another account": (
        "records",
        "return RecordsPage(records=(CancellationRecord(transaction='T', key='', account='B', ranges=(SerialRange("
        "start='a', end='a', series='CN', start_number=1, end_number=1),), beneficiary='', completed_at=since),))",
    ),
    "a record without ranges": (
        "records",
        "return RecordsPage(records=(CancellationRecord(transaction='T', key='', account='A', ranges=(),"
        " beneficiary='', completed_at=since),))",
    ),
    "a record without a zone": (
        "records",
        "return RecordsPage(records=(CancellationRecord(transaction='T', key='', account='A', ranges=(SerialRange("
        "start='a', end='a', series='CN', start_number=1, end_number=1),), beneficiary='',"
        " completed_at=datetime(2026, 1, 1)),))",
    ),
    "a capture without money": (
        "captures",
        "return CapturesPage(captures=(Capture(reference='r', idempotency_key='', amount=Money(minor=0,"
        " currency='USD'), at=since),))",
    ),
    "a capture without its reference": (
        "captures",
        "return CapturesPage(captures=(Capture(reference='', idempotency_key='', amount=Money(minor=1,"
        " currency='USD'), at=since),))",
    ),
}


def build(write_plugin: WritePlugin, source: str) -> PluginHost:
    return PluginHost.build(plugins=[write_plugin(source)], http=NoHttp(), clock=StillClock())


def ask(host: PluginHost, name: str, cursor: str = "x") -> object:
    match name:
        case "totals":
            return host.registry_totals("example", "A")
        case "blocks":
            return host.registry_blocks("example", "A", cursor)
        case "records":
            return host.registry_records("example", "A", SINCE, cursor)
    return host.payment_captures("example", SINCE, cursor)


@pytest.mark.parametrize("body", FAILING.values(), ids=FAILING.keys())
def test_every_failure_is_not_told(write_plugin: WritePlugin, caplog: pytest.LogCaptureFixture, body: str) -> None:
    host = build(write_plugin, books(body=body, declared=ALL))
    answers = [ask(host, name) for name in ("totals", "blocks", "records", "captures")]
    assert all(isinstance(answer, NotTold) for answer in answers)
    assert "hunter2" not in caplog.text + repr(answers)


@pytest.mark.parametrize(("name", "body"), WRONG.values(), ids=WRONG.keys())
def test_what_contradicts_the_question_is_not_told(write_plugin: WritePlugin, name: str, body: str) -> None:
    host = build(write_plugin, books(body=body, declared=ALL))
    assert isinstance(ask(host, name), NotTold)


def test_a_good_answer_passes_unchanged(write_plugin: WritePlugin) -> None:
    body = """
        import inspect
        match inspect.stack()[0].function:
            case "totals":
                return AccountTotals(account=account, held=3, cancelled=2)
            case "blocks":
                return BlocksPage(ranges=(), next="2")
            case "records":
                return RecordsPage(records=())
            case _:
                return NotTold(reason="closed today")
    """
    host = build(write_plugin, books(body=body.strip(), declared=ALL))
    assert ask(host, "totals") == AccountTotals(account="A", held=3, cancelled=2)
    assert ask(host, "blocks", "") == BlocksPage(ranges=(), next="2")
    assert ask(host, "records", "") == RecordsPage(records=())
    assert ask(host, "captures", "") == NotTold(reason="closed today")
    assert host.connector_info("example").capabilities == (
        RegistryCapability.TOTALS | RegistryCapability.BLOCKS | RegistryCapability.RECORDS
    )
    assert host.payment_capabilities("example") == PaymentCapability.CAPTURES


def test_what_is_not_declared_is_never_asked(write_plugin: WritePlugin) -> None:
    host = build(write_plugin, books(body="raise AssertionError", declared="RegistryCapability.TOTALS"))
    assert isinstance(ask(host, "totals"), NotTold)
    for name in ("blocks", "records"):
        with pytest.raises(UnknownPlugin):
            ask(host, name)


def test_older_plugins_load_and_offer_nothing(write_plugin: WritePlugin) -> None:
    connects, pays = build(write_plugin, registry()), build(write_plugin, payment(start="raise ValueError"))
    assert connects.connector_info("example").capabilities == RegistryCapability.NONE
    assert pays.payment_capabilities("example") == PaymentCapability.NONE
    with pytest.raises(UnknownPlugin):
        connects.registry_totals("example", "A")
    with pytest.raises(UnknownPlugin):
        pays.payment_captures("example", SINCE)


@pytest.mark.parametrize("name", ["totals", "records", "captures"])
def test_a_promise_without_its_method_is_quarantined(write_plugin: WritePlugin, name: str) -> None:
    host = build(write_plugin, books(body="return None", declared=ALL, missing=name))
    (record,) = host.plugins()
    assert record.state == "quarantined"
    assert f"{name} is missing" in record.reason


def test_a_page_is_of_its_own_kind(write_plugin: WritePlugin) -> None:
    host = build(write_plugin, books(body="return CapturesPage(captures=())", declared=ALL))
    assert isinstance(ask(host, "records"), NotTold)
    assert ask(host, "captures") == CapturesPage(captures=())
