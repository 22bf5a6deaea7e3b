"""Guarded calls into loaded plugins. No answer that can be trusted means *unknown*, never *declined* or *refused*.

The log names the plugin, the class of the error and its place in the code; never its text, which may hold a secret or
a person's name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from creditstore_host.faults import BadAnswer, Fault, attempt
from creditstore_host.origins import leads_to
from creditstore_host.shapes import mismatch
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

logger = logging.getLogger("creditstore_host")

T = TypeVar("T")
#: A health check that yields for ever must not fill the memory.
_MOST_FINDINGS = 100


def start_payment(
    plugin_id: str, provider: PaymentProvider, info: ProviderInfo, request: PaymentRequest
) -> PaymentOutcome:
    """Begin a payment; ``Unknown`` when the provider fails, or would send the buyer where it must not."""

    def call() -> PaymentOutcome:
        outcome: PaymentOutcome = of_type(provider.start(request), PaymentOutcome, "start()")
        address = outcome.url if isinstance(outcome, Redirect) else ""
        address = outcome.action if isinstance(outcome, SubmitForm) else address
        if isinstance(outcome, Redirect | SubmitForm) and not leads_to(
            address, info.form_origins, test_mode=info.test_mode
        ):
            raise BadAnswer(
                f"{type(outcome).__name__} leads to an origin that is not declared in form_origins or not https",
                reference=outcome.reference,
            )
        return outcome

    outcome = guarded(plugin_id, "start", call)
    if isinstance(outcome, Fault):
        reference = outcome.error.reference if isinstance(outcome.error, BadAnswer) else ""
        return Unknown(reason=no_answer(plugin_id, outcome), reference=reference)
    return outcome


def fetch_payment(plugin_id: str, provider: PaymentProvider, lookup: PaymentLookup, *, now: datetime) -> PaymentReport:
    """Ask where a payment stands; a report of state ``UNKNOWN`` when the provider fails.

    That report's ``event_id`` is the same each time for one attempt: however often nobody knows, it is one fact.
    """

    def call() -> PaymentReport:
        report: PaymentReport = of_type(provider.fetch(lookup), PaymentReport, "fetch()")
        _captured_with_amount(report, "fetch()")
        return report

    report = guarded(plugin_id, "fetch", call)
    if isinstance(report, Fault):
        return PaymentReport(
            event_id=f"host:unknown:{lookup.idempotency_key}",
            reference=lookup.reference,
            state=PaymentReportState.UNKNOWN,
            amount=None,
            at=now,
            detail=no_answer(plugin_id, report),
        )
    return report


def parse_webhook(plugin_id: str, receiver: WebhookReceiver, webhook: Webhook) -> WebhookContent | VerificationUnknown:
    """What a webhook says; ``VerificationUnknown`` when the plugin fails: the bytes are kept and looked at again."""

    def call() -> WebhookContent:
        content: WebhookContent = of_type(receiver.parse_webhook(webhook), WebhookContent, "parse_webhook()")
        if isinstance(content, WebhookReport):
            _captured_with_amount(content.report, "parse_webhook()")
        return content

    content = guarded(plugin_id, "parse_webhook", call)
    return VerificationUnknown(reason=no_answer(plugin_id, content)) if isinstance(content, Fault) else content


def verify_webhook(plugin_id: str, receiver: WebhookReceiver, webhook: Webhook) -> Verification:
    """Whether a webhook is genuine; ``VerificationUnknown`` when the plugin fails, never ``Verified``."""

    def call() -> Verification:
        answer: Verification = of_type(receiver.verify_webhook(webhook), Verification, "verify_webhook()")
        return answer

    answer = guarded(plugin_id, "verify_webhook", call)
    return VerificationUnknown(reason=no_answer(plugin_id, answer)) if isinstance(answer, Fault) else answer


def refund(plugin_id: str, provider: RefundingProvider, request: RefundRequest) -> RefundOutcome:
    """Send money back; ``RefundUnknown`` when the provider fails."""

    def call() -> RefundOutcome:
        outcome: RefundOutcome = of_type(provider.refund(request), RefundOutcome, "refund()")
        return outcome

    outcome = guarded(plugin_id, "refund", call)
    return RefundUnknown(reason=no_answer(plugin_id, outcome)) if isinstance(outcome, Fault) else outcome


def submit(plugin_id: str, connector: RegistryConnector, instruction: CancellationInstruction) -> SubmissionOutcome:
    """Propose a cancellation; ``SubmissionUnknown`` when the connector fails."""

    def call() -> SubmissionOutcome:
        outcome: SubmissionOutcome = of_type(connector.submit(instruction), SubmissionOutcome, "submit()")
        return outcome

    outcome = guarded(plugin_id, "submit", call)
    return SubmissionUnknown(reason=no_answer(plugin_id, outcome)) if isinstance(outcome, Fault) else outcome


def status(plugin_id: str, connector: RegistryConnector, key: str) -> StatusOutcome:
    """Ask where a transaction stands; ``StatusUnknown`` when the connector fails or contradicts itself."""

    def call() -> StatusOutcome:
        outcome: StatusOutcome = of_type(connector.status(key), StatusOutcome, "status()")
        if isinstance(outcome, TransactionStatus):
            completed = outcome.state is TransactionState.COMPLETED
            if completed != (outcome.completed_at is not None):
                raise BadAnswer("status() must give completed_at for a completed transaction, and for no other")
        return outcome

    outcome = guarded(plugin_id, "status", call)
    return StatusUnknown(reason=no_answer(plugin_id, outcome)) if isinstance(outcome, Fault) else outcome


def parse_notification(plugin_id: str, connector: RegistryNotifications, webhook: Webhook) -> tuple[str, ...]:
    """What a registry's notification speaks of; nothing when the connector fails: the registry is asked anyway."""

    def call() -> tuple[str, ...]:
        keys: tuple[str, ...] = of_type(connector.parse_notification(webhook), tuple[str, ...], "parse_notification()")
        return keys

    keys = guarded(plugin_id, "parse_notification", call)
    return () if isinstance(keys, Fault) else keys


def render(plugin_id: str, form: CertificateFormat, document: CertificateDocument, digest: str) -> bytes:
    """The certificate's file. Errors: ``RenderFailed``: the plugin's own, or one caused by the plugin's error."""

    def call() -> bytes:
        content = form.render(document, digest=digest)
        if not isinstance(content, bytes) or not content:
            raise BadAnswer("render() returned no bytes")
        return content

    content = guarded(plugin_id, "render", call)
    if not isinstance(content, Fault):
        return content
    if isinstance(content.error, RenderFailed):
        raise content.error
    raise RenderFailed(no_answer(plugin_id, content)) from content.error


def findings(plugin_id: str, part: Any) -> tuple[Finding, ...]:
    """What a part's health check found; a check that fails is itself a finding."""

    def call() -> tuple[Finding, ...]:
        found = tuple(islice(part.check(), _MOST_FINDINGS))
        checked: tuple[Finding, ...] = of_type(found, tuple[Finding, ...], "check()")
        return checked

    found = guarded(plugin_id, "check", call)
    if isinstance(found, Fault):
        return (Finding(severity=Severity.ERROR, message=f"The health check failed: {found.summary}."),)
    return found


def _captured_with_amount(report: PaymentReport, what: str) -> None:
    if report.state is PaymentReportState.CAPTURED and report.amount is None:
        raise BadAnswer(f"{what} reported a captured payment without its amount")


def of_type(value: object, annotation: Any, what: str) -> Any:
    """The value, when it is what the annotation says. Errors: ``BadAnswer``."""
    problem = mismatch(value, annotation, what)
    if problem:
        raise BadAnswer(problem)
    return value


def guarded(plugin_id: str, what: str, call: Callable[[], T]) -> T | Fault:
    """The call's result, or the fault, which is logged."""
    result = attempt(call)
    if isinstance(result, Fault):
        logger.error("plugin %s: %s failed: %s (%s)", plugin_id, what, result.summary, result.places)
    return result


def no_answer(plugin_id: str, fault: Fault) -> str:
    """What staff read of a fault."""
    return f"The plugin {plugin_id} gave no answer that can be trusted: {fault.summary}."
