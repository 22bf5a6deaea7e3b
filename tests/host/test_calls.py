"""Calls into plugins: an answer that cannot be trusted is unknown, never declined or refused, and tells no secret."""

from __future__ import annotations

from dataclasses import replace

import pytest

from creditstore_host.host import PluginHost
from creditstore_host.isolation.limits import Isolation
from creditstore_host.records import UnknownPlugin
from creditstore_plugins import (
    CancellationInstruction,
    CertificateDocument,
    Declined,
    Finding,
    Money,
    Paid,
    PaymentLookup,
    PaymentReportState,
    PaymentRequest,
    Redirect,
    Refunded,
    RefundRequest,
    RefundUnknown,
    Refused,
    RenderFailed,
    Severity,
    StatusUnknown,
    SubmissionUnknown,
    SubmitForm,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
    Unknown,
)
from host.host_support import NOW, NoHttp, StillClock, WritePlugin
from host.plugin_sources import FORMAT, payment, registry, rendering

#: Bodies that every kind of call must survive. The texts must not get into the log.
FAILING = {
    "exception": "raise RuntimeError('hunter2 of Jane Doe')",
    "exit": "raise SystemExit('hunter2 of Jane Doe')",
    "cancelled": "import asyncio; raise asyncio.CancelledError('hunter2 of Jane Doe')",
    "endless recursion": "again = lambda: again(); return again()",
    "nothing": "return None",
    "text": "return 'hunter2 of Jane Doe'",
    "another kind's answer": "return Finding(severity=Severity.INFO, message='hunter2 of Jane Doe')",
    "a class instead of an object": "return Declined",
    "deceitful object": "return type('Paid', (), {'__class__': property(lambda self: 1 / 0)})()",
}


def build(write_plugin: WritePlugin, source: str, *, isolation: Isolation | None = None) -> PluginHost:
    host = PluginHost.build(
        plugins=[write_plugin(source)], http=NoHttp(), clock=StillClock(), isolation=isolation, strict=True
    )
    assert host.plugins()[0].state == "loaded"
    return host


@pytest.mark.parametrize("isolation", [None, Isolation()], ids=["here", "apart"])
@pytest.mark.parametrize("body", FAILING.values(), ids=FAILING.keys())
def test_every_failure_is_unknown(
    write_plugin: WritePlugin,
    payment_request: PaymentRequest,
    payment_lookup: PaymentLookup,
    refund_request: RefundRequest,
    instruction: CancellationInstruction,
    certificate: CertificateDocument,
    caplog: pytest.LogCaptureFixture,
    body: str,
    isolation: Isolation | None,
) -> None:
    pays = build(write_plugin, payment(start=body, fetch=body, check=body, refund=body), isolation=isolation)
    outcome = pays.start_payment("example", payment_request)
    assert isinstance(outcome, Unknown)
    report = pays.fetch_payment("example", payment_lookup)
    assert (report.state, report.amount, report.reference, report.at) == (
        PaymentReportState.UNKNOWN,
        None,
        "ref-1",
        NOW,
    )
    refund = pays.refund_payment("example", refund_request)
    assert isinstance(refund, RefundUnknown)
    connects = build(write_plugin, registry(submit=body, status=body), isolation=isolation)
    submission = connects.submit_cancellation("example", instruction)
    assert isinstance(submission, SubmissionUnknown)
    status = connects.cancellation_status("example", "key-2")
    assert isinstance(status, StatusUnknown)
    with pytest.raises(RenderFailed):
        build(write_plugin, rendering(body), isolation=isolation).render_certificate("text", certificate, "d" * 64)
    (finding,) = pays.findings_of("example")
    assert finding.severity is Severity.ERROR

    told = caplog.text + repr((outcome, report, refund, submission, status, finding))
    assert "hunter2" not in told
    assert "Jane Doe" not in told
    lines = [record for record in caplog.records if "failed:" in record.getMessage()]
    assert len(lines) == 7
    assert all("plugin example" in record.getMessage() for record in lines)


def test_ctrl_c_during_a_call_is_the_operators(write_plugin: WritePlugin, payment_request: PaymentRequest) -> None:
    host = build(write_plugin, payment(start="raise KeyboardInterrupt"))
    with pytest.raises(KeyboardInterrupt):
        host.start_payment("example", payment_request)


def test_only_a_provider_that_says_so_is_asked_to_refund(
    write_plugin: WritePlugin, refund_request: RefundRequest
) -> None:
    able = build(write_plugin, payment(start="pass", refund="return Refunded(reference='r', at=request.requested_at)"))
    assert able.can_refund("example")
    assert able.refund_payment("example", refund_request) == Refunded(reference="r", at=NOW)
    unable = build(write_plugin, payment(start="pass"))
    assert not unable.can_refund("example")
    assert not unable.can_refund("nobody")
    with pytest.raises(UnknownPlugin):
        unable.refund_payment("example", refund_request)


GOOD_OUTCOMES = {
    "Paid(reference='r', captured=request.amount, at=request.started_at)": Paid,
    "Declined(reason='no funds')": Declined,
    "Unknown(reason='lost')": Unknown,
    "Redirect(reference='r', url='https://pay.example/go?x=1')": Redirect,
    "SubmitForm(reference='r', action='https://pay.example:443/go', fields={'a': 'b'})": SubmitForm,
}


@pytest.mark.parametrize(("answer", "kind"), GOOD_OUTCOMES.items())
def test_a_good_outcome_passes_unchanged(
    write_plugin: WritePlugin, payment_request: PaymentRequest, answer: str, kind: type
) -> None:
    host = build(write_plugin, payment(start=f"return {answer}", info="form_origins=('https://pay.example',)"))
    assert type(host.start_payment("example", payment_request)) is kind


WRONG_OUTCOMES = {
    "captured is text": "Paid(reference='r', captured='12.50', at=request.started_at)",
    "time without zone": "Paid(reference='r', captured=request.amount, at=datetime(2026, 1, 1))",
    "reference is a number": "Pending(reference=1, reason='later')",
    "fields are a list": "SubmitForm(reference='r', action='https://pay.example/', fields=[('a', 'b')])",
    "a field is a number": "SubmitForm(reference='r', action='https://pay.example/', fields={'a': 1})",
    "facts of three": "ShowInstructions(reference='r', text='pay', facts=(('a', 'b', 'c'),))",
    "reason is missing": "Declined(reason=None)",
}


@pytest.mark.parametrize("answer", WRONG_OUTCOMES.values(), ids=WRONG_OUTCOMES.keys())
def test_an_outcome_wrong_in_a_field_is_unknown(
    write_plugin: WritePlugin, payment_request: PaymentRequest, answer: str
) -> None:
    host = build(write_plugin, payment(start=f"return {answer}", info="form_origins=('https://pay.example',)"))
    outcome = host.start_payment("example", payment_request)
    assert isinstance(outcome, Unknown)
    assert " is " in outcome.reason


ELSEWHERE = [
    "https://evil.example/",
    "http://pay.example/",
    "https://pay.example:8443/",
    "https://pay.example.evil.example/",
    "https://pay.example@evil.example/",
    "https://evil.example\\\\@pay.example/",
    "//pay.example/",
    "/relative",
    "javascript:alert(1)",
    "https://pay.example /",
    "https://pay.example:x/",
    "http://127.0.0.1:9/",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize(
    "form", ["Redirect(reference='r-7', url='{}')", "SubmitForm(reference='r-7', action='{}', fields={{}})"]
)
def test_a_buyer_is_sent_to_declared_origins_only(
    write_plugin: WritePlugin,
    payment_request: PaymentRequest,
    caplog: pytest.LogCaptureFixture,
    url: str,
    form: str,
) -> None:
    host = build(
        write_plugin,
        payment(start=f"return {form.format(url)}", info="form_origins=('https://pay.example',)"),
    )
    outcome = host.start_payment("example", payment_request)
    assert isinstance(outcome, Unknown)
    # The provider has an attempt under this reference: the host must be able to ask for it.
    assert outcome.reference == "r-7"
    assert "form_origins" in outcome.reason
    assert "form_origins" in caplog.text


@pytest.mark.parametrize(
    ("test_mode", "url", "allowed"),
    [
        (True, "http://127.0.0.1:8009/pay", True),
        (True, "http://127.0.0.1:8010/pay", False),
        (True, "http://localhost:8009/pay", False),
        (True, "http://pay.example/", False),
    ],
)
def test_plain_http_is_for_test_mode_on_this_machine(
    write_plugin: WritePlugin, payment_request: PaymentRequest, test_mode: bool, url: str, allowed: bool
) -> None:
    source = payment(
        start=f"return Redirect(reference='r', url={url!r})",
        info=f"test_mode={test_mode}, form_origins=('http://127.0.0.1:8009',)",
    )
    outcome = build(write_plugin, source).start_payment("example", payment_request)
    assert isinstance(outcome, Redirect if allowed else Unknown)


REPORT = "PaymentReport(event_id='e', reference='r', state={state}, amount={amount}, at=lookup.started_at)"


@pytest.mark.parametrize(
    ("state", "amount", "expected"),
    [
        ("PaymentReportState.CAPTURED", "lookup.amount", PaymentReportState.CAPTURED),
        ("PaymentReportState.NOT_FOUND", "None", PaymentReportState.NOT_FOUND),
        ("PaymentReportState.CAPTURED", "None", PaymentReportState.UNKNOWN),
        ("'captured'", "lookup.amount", PaymentReportState.UNKNOWN),
        ("PaymentReportState.CAPTURED", "12.5", PaymentReportState.UNKNOWN),
    ],
)
def test_reports(
    write_plugin: WritePlugin, payment_lookup: PaymentLookup, state: str, amount: str, expected: PaymentReportState
) -> None:
    source = payment(start="pass", fetch=f"return {REPORT.format(state=state, amount=amount)}")
    assert build(write_plugin, source).fetch_payment("example", payment_lookup).state is expected


def test_unknown_again_and_again_is_one_fact_per_attempt(
    write_plugin: WritePlugin, payment_lookup: PaymentLookup
) -> None:
    host = build(write_plugin, payment(start="pass"))
    first, second = (host.fetch_payment("example", payment_lookup).event_id for _ in range(2))
    other = host.fetch_payment("example", replace(payment_lookup, idempotency_key="key-9")).event_id
    assert first == second != other


def test_good_registry_answers_pass_unchanged(write_plugin: WritePlugin, instruction: CancellationInstruction) -> None:
    source = registry(
        submit="return Submitted(transaction='T1')",
        status="return TransactionStatus(transaction='T1', state=TransactionState.COMPLETED, ranges=(), "
        "completed_at=datetime(2026, 1, 1, tzinfo=UTC))",
    )
    host = build(write_plugin, source)
    assert host.submit_cancellation("example", instruction) == Submitted(transaction="T1")
    status = host.cancellation_status("example", "key-2")
    assert isinstance(status, TransactionStatus)
    assert status.state is TransactionState.COMPLETED
    refusing = registry(
        submit="return Refused(responses=(ResponseCode(code=1, message='no'),))", status="return TransactionNotFound()"
    )
    host = build(write_plugin, refusing)
    assert isinstance(host.submit_cancellation("example", instruction), Refused)
    assert host.cancellation_status("example", "key-2") == TransactionNotFound()


@pytest.mark.parametrize(
    "fields",
    [
        "state=TransactionState.COMPLETED, ranges=(), completed_at=None",
        "state=TransactionState.PROPOSED, ranges=(), completed_at=datetime(2026, 1, 1, tzinfo=UTC)",
        "state=TransactionState.COMPLETED, ranges=(), completed_at=datetime(2026, 1, 1)",
        "state=4, ranges=(), completed_at=datetime(2026, 1, 1, tzinfo=UTC)",
        "state=TransactionState.PROPOSED, ranges=[], completed_at=None",
        "state=TransactionState.PROPOSED, ranges=('ID-5-1',), completed_at=None",
    ],
)
def test_a_status_that_contradicts_itself_is_unknown(write_plugin: WritePlugin, fields: str) -> None:
    host = build(write_plugin, registry(status=f"return TransactionStatus(transaction='T1', {fields})"))
    assert isinstance(host.cancellation_status("example", "key-2"), StatusUnknown)


def test_a_certificate_is_rendered(write_plugin: WritePlugin, certificate: CertificateDocument) -> None:
    assert build(write_plugin, FORMAT).render_certificate("text", certificate, "ab") == b"C-1 ab"


def test_a_plugins_own_render_failure_passes(write_plugin: WritePlugin, certificate: CertificateDocument) -> None:
    host = build(write_plugin, rendering("raise RenderFailed('a glyph is missing')"))
    with pytest.raises(RenderFailed, match="a glyph is missing"):
        host.render_certificate("text", certificate, "ab")


@pytest.mark.parametrize("body", ["return b''", "return 'text'", "return bytearray(b'x')"])
def test_what_is_no_file_fails_to_render(
    write_plugin: WritePlugin, certificate: CertificateDocument, body: str
) -> None:
    with pytest.raises(RenderFailed, match="returned no bytes"):
        build(write_plugin, rendering(body)).render_certificate("text", certificate, "ab")


def test_another_error_is_the_cause_of_a_render_failure(
    write_plugin: WritePlugin, certificate: CertificateDocument
) -> None:
    with pytest.raises(RenderFailed) as caught:
        build(write_plugin, rendering("raise OSError('disk')")).render_certificate("text", certificate, "ab")
    assert isinstance(caught.value.__cause__, OSError)


def test_findings_of_each_plugin(write_plugin: WritePlugin) -> None:
    plugins = [
        write_plugin(registry(), id="slow"),
        write_plugin(payment(start="pass", check="raise OSError"), id="broken"),
        write_plugin(FORMAT, id="healthy"),
    ]
    host = PluginHost.build(plugins=plugins, http=NoHttp(), clock=StillClock())
    assert {record.id: host.findings_of(record.id) for record in host.plugins()} == {
        "slow": (Finding(severity=Severity.WARNING, message="slow"),),
        "broken": (Finding(severity=Severity.ERROR, message="The health check failed: OSError."),),
        "healthy": (),
    }


def test_endless_findings_end(write_plugin: WritePlugin) -> None:
    body = "yield from iter(lambda: Finding(severity=Severity.INFO, message='again'), None)"
    host = build(write_plugin, payment(start="pass", check=body))
    assert len(host.findings_of("example")) == 100


def test_plugins_get_the_hosts_clock_and_network(write_plugin: WritePlugin, payment_request: PaymentRequest) -> None:
    body = (
        "return Paid(reference=type(self.context.http).__name__, captured=request.amount, at=self.context.clock.now())"
    )
    outcome = build(write_plugin, payment(start=body)).start_payment("example", payment_request)
    assert outcome == Paid(reference="NoHttp", captured=Money(minor=1250, currency="USD"), at=NOW)
