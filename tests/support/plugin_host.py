"""A plugin host whose registry and provider answer as a test tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from creditstore_host.installation import get_host, installed
from creditstore_host.records import CheckVerdict, ConnectorFacts
from creditstore_plugins import (
    CancellationInstruction,
    CheckOutcome,
    OrderFacts,
    Paid,
    PaymentLookup,
    PaymentOutcome,
    PaymentReport,
    PaymentReportState,
    PaymentRequest,
    Refunded,
    RefundOutcome,
    RefundRequest,
    StatusOutcome,
    SubmissionOutcome,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
)

#: Near enough to the present to be believed: a registry cannot complete what was not proposed yet.
COMPLETED_AT = datetime.now(UTC).replace(microsecond=0)


@dataclass
class ScriptedRegistry:
    """Keeps what it was asked. ``submits`` and ``statuses`` are answers to give first; then it behaves well.

    ``max_blocks``: how many blocks it takes at once, where the real connector's number is too large for a test.
    """

    instructions: dict[str, CancellationInstruction] = field(default_factory=dict)
    submits: list[Callable[[CancellationInstruction], SubmissionOutcome]] = field(default_factory=list)
    statuses: list[Callable[[str], StatusOutcome]] = field(default_factory=list)
    submissions: list[CancellationInstruction] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    max_blocks: int | None = None

    def submit(self, instruction: CancellationInstruction) -> SubmissionOutcome:
        self.submissions.append(instruction)
        if self.submits:
            return self.submits.pop(0)(instruction)
        return self.accept(instruction)

    def accept(self, instruction: CancellationInstruction) -> SubmissionOutcome:
        self.instructions.setdefault(instruction.key, instruction)
        return Submitted(transaction=self.transaction(instruction.key))

    def transaction(self, key: str) -> str:
        return f"TX-{list(self.instructions).index(key) + 1}-{key[:6]}"

    def status(self, key: str) -> StatusOutcome:
        self.asked.append(key)
        if self.statuses:
            return self.statuses.pop(0)(key)
        return self.completed(key)

    def completed(self, key: str) -> StatusOutcome:
        instruction = self.instructions.get(key)
        if instruction is None:
            return TransactionNotFound()
        return TransactionStatus(
            transaction=self.transaction(key),
            state=TransactionState.COMPLETED,
            ranges=instruction.ranges,
            completed_at=COMPLETED_AT,
        )


@dataclass
class ScriptedChecks:
    """Order checks. ``outcomes`` are what each says, in order, of every order; ``asked`` what they were told."""

    outcomes: list[CheckOutcome] = field(default_factory=list)
    asked: list[OrderFacts] = field(default_factory=list)

    def check_order(self, facts: OrderFacts) -> tuple[CheckVerdict, ...]:
        self.asked.append(facts)
        return tuple(
            CheckVerdict(plugin_id=f"check_{number}", title=f"Check {number}", outcome=outcome)
            for number, outcome in enumerate(self.outcomes)
        )


@dataclass
class ScriptedProvider:
    """Counts charges by key. ``outcomes``, ``reports`` and ``refund_outcomes`` are answers to give first; then
    everything is paid, or paid back. ``refunds`` is False for a provider that cannot send money back.
    """

    outcomes: list[Callable[[PaymentRequest], PaymentOutcome]] = field(default_factory=list)
    reports: list[Callable[[PaymentLookup], PaymentReport]] = field(default_factory=list)
    requests: list[PaymentRequest] = field(default_factory=list)
    refund_outcomes: list[Callable[[RefundRequest], RefundOutcome]] = field(default_factory=list)
    refund_requests: list[RefundRequest] = field(default_factory=list)
    refunds: bool = True

    def start(self, request: PaymentRequest) -> PaymentOutcome:
        self.requests.append(request)
        if self.outcomes:
            return self.outcomes.pop(0)(request)
        return Paid(reference=f"ref-{request.idempotency_key}", captured=request.amount, at=datetime.now(UTC))

    def fetch(self, lookup: PaymentLookup) -> PaymentReport:
        if self.reports:
            return self.reports.pop(0)(lookup)
        return PaymentReport(
            event_id=f"{lookup.idempotency_key}:captured",
            reference=lookup.reference or "late",
            state=PaymentReportState.CAPTURED,
            amount=lookup.amount,
            at=datetime.now(UTC),
        )

    def refund(self, request: RefundRequest) -> RefundOutcome:
        self.refund_requests.append(request)
        if self.refund_outcomes:
            return self.refund_outcomes.pop(0)(request)
        return Refunded(reference=f"back-{request.idempotency_key[:8]}", at=datetime.now(UTC))


@contextmanager
def scripted_host(checks: ScriptedChecks | None = None) -> Iterator[tuple[ScriptedRegistry, ScriptedProvider]]:
    """The installed host with its registry and payment calls replaced; everything else stays as it is.

    Parameters: ``checks``, order checks in place of those that are loaded.
    """
    real = get_host()
    registry, provider = ScriptedRegistry(), ScriptedProvider()

    class Scripted:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def submit_cancellation(self, _plugin: str, instruction: CancellationInstruction) -> SubmissionOutcome:
            return registry.submit(instruction)

        def cancellation_status(self, _plugin: str, key: str) -> StatusOutcome:
            return registry.status(key)

        def connector_info(self, plugin: str) -> ConnectorFacts:
            facts = real.connector_info(plugin)
            return replace(facts, max_blocks=registry.max_blocks or facts.max_blocks)

        @property
        def checks_orders(self) -> bool:
            return bool(checks.outcomes) if checks else real.checks_orders

        def check_order(self, facts: OrderFacts, *, seconds: float) -> tuple[CheckVerdict, ...]:
            return checks.check_order(facts) if checks else real.check_order(facts, seconds=seconds)

        def start_payment(self, _plugin: str, request: PaymentRequest) -> PaymentOutcome:
            return provider.start(request)

        def fetch_payment(self, _plugin: str, lookup: PaymentLookup) -> PaymentReport:
            return provider.fetch(lookup)

        def can_refund(self, _plugin: str) -> bool:
            return provider.refunds

        def refund_payment(self, _plugin: str, request: RefundRequest) -> RefundOutcome:
            return provider.refund(request)

    with installed(Scripted()):  # type: ignore[arg-type]
        yield registry, provider
