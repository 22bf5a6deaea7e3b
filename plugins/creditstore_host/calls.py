"""Guarded calls into loaded plugins. No answer that can be trusted means *unknown*, never *declined* or *refused*.

The log names the plugin, the class of the error and its place in the code; never its text, which may hold a secret or
a person's name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from creditstore_host.faults import MOST_FINDINGS, Fault, attempt
from creditstore_host.loading import Part
from creditstore_plugins import (
    CancellationInstruction,
    CertificateDocument,
    CertificateFormat,
    Finding,
    PaymentLookup,
    PaymentOutcome,
    PaymentProvider,
    PaymentReport,
    PaymentReportState,
    PaymentRequest,
    ProviderInfo,
    Redirect,
    RefundingProvider,
    RefundOutcome,
    RefundRequest,
    RefundUnknown,
    RegistryConnector,
    RegistryNotifications,
    RenderFailed,
    Severity,
    StatusOutcome,
    StatusUnknown,
    SubmissionOutcome,
    SubmissionUnknown,
    SubmitForm,
    TransactionState,
    TransactionStatus,
    Unknown,
    Verification,
    VerificationUnknown,
    Webhook,
    WebhookContent,
    WebhookReceiver,
    WebhookReport,
)
from creditstore_plugins.conformance import BadAnswer
from creditstore_plugins.conformance.origins import leads_to
from creditstore_plugins.conformance.shapes import mismatch

logger = logging.getLogger("creditstore_host")

T = TypeVar("T")
U = TypeVar("U")
U_co = TypeVar("U_co", covariant=True)


#: Calls that open the circuit when they fail. Not those that strangers can make fail by what they send, nor
#: rendering, where one certificate's odd name says nothing of the next.
BREAKING = frozenset(
    {"start", "fetch", "refund", "captures", "submit", "status", "totals", "blocks", "records", "decide"}
)


class Unclear(Protocol[U_co]):
    """Makes the answer that stands for "no answer that can be trusted"; the reason is read by staff."""

    def __call__(self, *, reason: str) -> U_co:
        """The answer."""


def start_payment(part: Part[ProviderInfo, PaymentProvider], request: PaymentRequest) -> PaymentOutcome:
    """Begin a payment; ``Unknown`` when the provider fails, or would send the buyer where it must not."""

    def check(outcome: PaymentOutcome) -> None:
        address = outcome.url if isinstance(outcome, Redirect) else ""
        address = outcome.action if isinstance(outcome, SubmitForm) else address
        if isinstance(outcome, Redirect | SubmitForm) and not leads_to(
            address, part.info.form_origins, test_mode=part.info.test_mode
        ):
            raise BadAnswer(
                f"{type(outcome).__name__} leads to an origin that is not declared in form_origins or not https",
                reference=outcome.reference,
            )

    outcome = _guarded(part, "start", lambda: part.instance.start(request), PaymentOutcome, check=check)
    if isinstance(outcome, Fault):
        reference = outcome.error.reference if isinstance(outcome.error, BadAnswer) else ""
        return Unknown(reason=_no_answer(part, outcome), reference=reference)
    return outcome


def fetch_payment(part: Part[ProviderInfo, PaymentProvider], lookup: PaymentLookup, *, now: datetime) -> PaymentReport:
    """Ask where a payment stands; a report of state ``UNKNOWN`` when the provider fails.

    That report's ``event_id`` is the same each time for one attempt: however often nobody knows, it is one fact.
    """

    def unclear(*, reason: str) -> PaymentReport:
        return PaymentReport(
            event_id=f"host:unknown:{lookup.idempotency_key}",
            reference=lookup.reference,
            state=PaymentReportState.UNKNOWN,
            amount=None,
            at=now,
            detail=reason,
        )

    def check(report: PaymentReport) -> None:
        _captured_with_amount(report, "fetch()")

    return ask(part, "fetch", lambda: part.instance.fetch(lookup), PaymentReport, unclear, check=check)


def parse_webhook(part: Part[Any, WebhookReceiver], webhook: Webhook) -> WebhookContent | VerificationUnknown:
    """What a webhook says; ``VerificationUnknown`` when the plugin fails: the bytes are kept and looked at again."""

    def check(content: WebhookContent) -> None:
        if isinstance(content, WebhookReport):
            _captured_with_amount(content.report, "parse_webhook()")

    return ask(
        part,
        "parse_webhook",
        lambda: part.instance.parse_webhook(webhook),
        WebhookContent,
        VerificationUnknown,
        check=check,
    )


def verify_webhook(part: Part[Any, WebhookReceiver], webhook: Webhook) -> Verification:
    """Whether a webhook is genuine; ``VerificationUnknown`` when the plugin fails, never ``Verified``."""
    return ask(part, "verify_webhook", lambda: part.instance.verify_webhook(webhook), Verification, VerificationUnknown)


def refund(part: Part[Any, RefundingProvider], request: RefundRequest) -> RefundOutcome:
    """Send money back; ``RefundUnknown`` when the provider fails."""
    return ask(part, "refund", lambda: part.instance.refund(request), RefundOutcome, RefundUnknown)


def submit(part: Part[Any, RegistryConnector], instruction: CancellationInstruction) -> SubmissionOutcome:
    """Propose a cancellation; ``SubmissionUnknown`` when the connector fails."""
    return ask(part, "submit", lambda: part.instance.submit(instruction), SubmissionOutcome, SubmissionUnknown)


def status(part: Part[Any, RegistryConnector], key: str) -> StatusOutcome:
    """Ask where a transaction stands; ``StatusUnknown`` when the connector fails or contradicts itself."""

    def check(outcome: StatusOutcome) -> None:
        if isinstance(outcome, TransactionStatus):
            completed = outcome.state is TransactionState.COMPLETED
            if completed != (outcome.completed_at is not None):
                raise BadAnswer("status() must give completed_at for a completed transaction, and for no other")

    return ask(part, "status", lambda: part.instance.status(key), StatusOutcome, StatusUnknown, check=check)


def parse_notification(part: Part[Any, RegistryNotifications], webhook: Webhook) -> tuple[str, ...]:
    """What a registry's notification speaks of; nothing when the connector fails: the registry is asked anyway."""

    def nothing(*, reason: str) -> tuple[str, ...]:
        return ()

    return ask(part, "parse_notification", lambda: part.instance.parse_notification(webhook), tuple[str, ...], nothing)


def render(part: Part[Any, CertificateFormat], document: CertificateDocument, digest: str) -> bytes:
    """The certificate's file. Errors: ``RenderFailed``: the plugin's own, or one caused by the plugin's error."""

    def call() -> bytes:
        content = part.instance.render(document, digest=digest)
        if not isinstance(content, bytes) or not content:
            raise BadAnswer("render() returned no bytes")
        return content

    content = _guarded(part, "render", call, bytes)
    if not isinstance(content, Fault):
        return content
    if isinstance(content.error, RenderFailed):
        raise content.error
    raise RenderFailed(_no_answer(part, content)) from content.error


def findings(part: Part[Any, Any]) -> tuple[Finding, ...]:
    """What a part's health check found; a check that fails is itself a finding."""

    def call() -> tuple[Finding, ...]:
        return tuple(islice(part.instance.check(), MOST_FINDINGS))

    found = _guarded(part, "check", call, tuple[Finding, ...])
    if isinstance(found, Fault):
        return (Finding(severity=Severity.ERROR, message=f"The health check failed: {found.summary}."),)
    return found


def ask(
    part: Part[Any, Any],
    method: str,
    call: Callable[[], T],
    kind: Any,
    unclear: Unclear[U],
    *,
    check: Callable[[T], None] | None = None,
) -> T | U:
    """The call's answer, or what ``unclear`` makes of the fault; all else as in ``_guarded``."""
    answer = _guarded(part, method, call, kind, check=check)
    return unclear(reason=_no_answer(part, answer)) if isinstance(answer, Fault) else answer


def _guarded(
    part: Part[Any, Any], method: str, call: Callable[[], T], kind: Any, *, check: Callable[[T], None] | None = None
) -> T | Fault:
    """The call's answer, or the fault, which is logged.

    Parameters: ``kind``, the type that the answer must have, as an annotation of the plugin API; ``check`` raises
    ``BadAnswer`` for an answer of that type which cannot be believed all the same.
    """

    def checked() -> T:
        answer = call()
        problem = mismatch(answer, kind, f"{method}()")
        if problem:
            raise BadAnswer(problem)
        if check is not None:
            check(answer)
        return answer

    broken = method in BREAKING
    if broken and not part.breaker.enter():
        return Fault(BadAnswer("it failed several times in a row and is left alone for a while"))
    result = attempt(checked)
    if not isinstance(result, Fault):
        if broken:
            part.breaker.succeeded()
        return result
    logger.error("plugin %s: %s failed: %s (%s)", part.plugin_id, method, result.summary, result.places)
    if part.on_fault is not None:
        summary = f"{method}: {result.summary}"
        part.on_fault(plugin_id=part.plugin_id, kind=part.kind, summary=summary, at=datetime.now(UTC))
    if broken and part.breaker.failed():
        logger.error("plugin %s is left alone for a while: %s failed too often", part.plugin_id, part.kind)
    return result


def _captured_with_amount(report: PaymentReport, what: str) -> None:
    if report.state is PaymentReportState.CAPTURED and report.amount is None:
        raise BadAnswer(f"{what} reported a captured payment without its amount")


def _no_answer(part: Part[Any, Any], fault: Fault) -> str:
    return f"The plugin {part.plugin_id} gave no answer that can be trusted: {fault.summary}."
