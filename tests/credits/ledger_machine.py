"""What can happen to units and orders, in any order, through the services. After each step the audit finds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from creditstore.audit.services import run_audit
from creditstore.cancellation.models import FAILED, RegistryTransaction
from creditstore.cancellation.retrying import retry_line
from creditstore.cancellation.services import poll_transaction, submit_line
from creditstore.catalogue.models import Issuance
from creditstore.certificates.models import Certificate
from creditstore.certificates.services import issue_certificate, supersede_certificate
from creditstore.core.errors import StoreError
from creditstore.credits.models import CancellationKind, Offer, Reservation, UnitBlock
from creditstore.credits.services import (
    RecordedCancellation,
    carve,
    freeze,
    mark_cancelled,
    open_offer,
    register_issuance,
    release,
    reserve,
    return_units,
    thaw,
)
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.services import expire_due, order_token, withdraw
from creditstore.orders.substitution import accept_substitute, decline_substitute, propose_substitute
from creditstore.payments.models import LIVE, Payment, Refund
from creditstore.payments.refunds import left_minor, line_minor, request_refund, send_refund
from creditstore.payments.services import apply_report, refresh_payment
from creditstore_host.installation import get_host
from creditstore_plugins import (
    Declined,
    Money,
    Paid,
    PaymentReport,
    PaymentReportState,
    RefundRefused,
    RefundUnknown,
    StatusUnknown,
    SubmissionUnknown,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
    Unknown,
)
from support.desk import refusing
from support.guards import check_now
from support.journeys import pay
from support.ledger import FIRST_NUMBER, make_order, make_project, make_seller
from support.plugin_host import scripted_host

RowT = TypeVar("RowT")
#: States of a payment in which nobody expects money any more.
TOO_LATE = ("declined", "expired")
PICK = st.integers(0, 30)
FEW = st.integers(1, 9)
#: What ends many lives at once is done seldom.
SELDOM = st.sampled_from([False, False, False, True])
#: How far an order goes at once.
SO_FAR = st.sampled_from(["placed", "paid", "submitted", "cancelled", "certified", "certified"])


def one_of(rows: Sequence[RowT], pick: int) -> RowT:
    return rows[pick % len(rows)]


class LedgerMachine(RuleBasedStateMachine):
    """One seller, one project. What cannot be done is refused with a ``StoreError``, and in no other way."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.outside = scripted_host()
        self.registry, self.provider = self.outside.__enter__()
        # Files of certificates are no part of the ledger, and rendering them takes its time.
        get_host().certificate_formats = lambda: ()  # type: ignore[method-assign]
        self.seller, self.project = make_seller(), make_project()
        self.next_number = FIRST_NUMBER * 2
        #: What was ever cancelled, by series: it must stay so.
        self.gone: set[tuple[int, int]] = set()

    def teardown(self) -> None:
        self.outside.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # --- what there is

    def orders(self, **found: Any) -> list[Order]:
        return list(Order.objects.filter(seller=self.seller, **found).order_by("pk"))

    def lines(self, *states: str) -> list[OrderLine]:
        return list(OrderLine.objects.filter(order__seller=self.seller, state__in=states).order_by("pk"))

    def offers(self, **found: Any) -> list[Offer]:
        return list(Offer.objects.filter(seller=self.seller, **found).order_by("pk"))

    def loose(self, *states: str) -> list[Reservation]:
        """Reservations of no order."""
        return list(
            Reservation.objects.filter(offer__seller=self.seller, order_line=None, state__in=states).order_by("pk")
        )

    def try_to(self, action: Any, **arguments: Any) -> Any:
        try:
            with transaction.atomic():
                return action(**arguments)
        except StoreError:
            return None

    # --- units

    @initialize(quantity=st.integers(30, 60))
    def begin(self, quantity: int) -> None:
        self.import_issuance(quantity=quantity, cuts=[], unit_type=5)
        self.open_an_offer(pick=0, quantity=quantity, temporary=False)

    @rule(
        quantity=st.integers(20, 60),
        cuts=st.lists(st.tuples(st.integers(0, 39), FEW), max_size=3),
        unit_type=st.sampled_from([5, 5, 5, 6]),
    )
    def import_issuance(self, quantity: int, cuts: list[tuple[int, int]], unit_type: int) -> None:
        start, end = self.next_number, self.next_number + quantity - 1
        self.next_number = end + 1
        recorded, position = [], start
        for offset, length in sorted(cuts):
            first = max(position, start + offset)
            last = min(end, first + length - 1)
            if first <= last:
                at, kind = datetime(2021, 1, 1, tzinfo=UTC), CancellationKind.RECORDED
                recorded.append(RecordedCancellation(start=first, end=last, at=at, kind=kind))
                position = last + 1
        issuance = Issuance.objects.create(
            project=self.project,
            series="CL",
            unit_type=unit_type,
            commitment_period=2,
            start=start,
            end=end,
            issued_at=datetime(2020, 5, 1, tzinfo=UTC),
            source="test",
        )
        register_issuance(issuance=issuance, cancelled=recorded)

    @rule(pick=PICK, quantity=st.integers(10, 60), temporary=st.booleans())
    def open_an_offer(self, pick: int, quantity: int, temporary: bool) -> None:
        issuance = one_of(list(self.project.issuances.order_by("pk")), pick)
        offer = self.try_to(
            open_offer,
            issuance=issuance,
            seller=self.seller,
            quantity=quantity,
            price=Money(minor=250, currency="USD"),
            allow_temporary=temporary,
        )
        assert offer is None or temporary or issuance.unit_type == 5

    @rule(pick=PICK, seldom=SELDOM)
    def freeze_units(self, pick: int, seldom: bool) -> None:
        if not seldom:
            return
        blocks = list(UnitBlock.objects.filter(issuance__project=self.project, is_leaf=True).order_by("pk"))
        freeze(blocks=[one_of(blocks, pick)], actor="test", reason="test")

    @rule()
    def thaw_units(self) -> None:
        thaw(
            blocks=UnitBlock.objects.filter(issuance__project=self.project, in_doubt=True), actor="test", reason="test"
        )

    # --- the ledger alone: what replays of a registry's history do

    @precondition(lambda self: self.offers(state="live"))
    @rule(pick=PICK, quantity=FEW)
    def reserve_units(self, pick: int, quantity: int) -> None:
        offer = one_of(self.offers(state="live"), pick)
        before = offer.available
        promised = self.try_to(reserve, offer_id=offer.pk, quantity=quantity, expires_at=timezone.now())
        assert (promised is not None) == (quantity <= before)

    @precondition(lambda self: self.loose("active"))
    @rule(pick=PICK, to=st.sampled_from(["released", "expired"]))
    def release_units(self, pick: int, to: str) -> None:
        assert release(reservation=one_of(self.loose("active"), pick), to=to) is True

    @precondition(lambda self: self.loose("active"))
    @rule(pick=PICK, skip=st.integers(0, 9), stated=st.booleans())
    def carve_stated(self, pick: int, skip: int, stated: bool) -> None:
        reservation = one_of(self.loose("active"), pick)
        first = reservation.offer.issuance.start + skip
        span = ("CL", first, first + reservation.quantity - 1)
        taken = self.try_to(carve, reservation=reservation, ranges=[span] if stated else None)
        if taken is not None:
            assert sum(block.end - block.start + 1 for block in taken) == reservation.quantity
            assert not stated or (min(b.start for b in taken), max(b.end for b in taken)) == span[1:]

    @precondition(lambda self: self.loose("consumed"))
    @rule(pick=PICK)
    def cancel_units(self, pick: int) -> None:
        blocks = UnitBlock.objects.filter(reservation=one_of(self.loose("consumed"), pick), is_leaf=True)
        self.try_to(mark_cancelled, blocks=blocks.filter(state="assigned"), at=timezone.now(), actor="test")

    @precondition(lambda self: self.loose("consumed"))
    @rule(pick=PICK)
    def give_units_back(self, pick: int) -> None:
        self.try_to(return_units, reservation=one_of(self.loose("consumed"), pick))

    # --- orders

    @precondition(lambda self: self.offers(state="live"))
    @rule(picks=st.lists(PICK, min_size=1, max_size=2), quantity=FEW, so_far=SO_FAR)
    def order(self, picks: list[int], quantity: int, so_far: str) -> None:
        """Most go some way at once: lives of single small steps hardly ever come to a certificate."""
        chosen = {offer.pk: offer for offer in (one_of(self.offers(state="live"), pick) for pick in picks)}
        placed = self.try_to(lambda: make_order(*((offer, quantity) for offer in chosen.values())))
        if placed is None or so_far == "placed":
            return
        pay(placed.order)
        if so_far == "paid":
            return
        for line in placed.order.lines.filter(state="paid"):
            submit_line(line_id=line.pk)
        if so_far == "submitted":
            return
        for entry in RegistryTransaction.objects.filter(line__order=placed.order):
            poll_transaction(transaction_id=entry.pk)
        if so_far == "certified":
            self.try_to(issue_certificate, order_id=placed.order.pk)

    @precondition(lambda self: self.orders())
    @rule(pick=PICK, seldom=SELDOM)
    def withdraw(self, pick: int, seldom: bool) -> None:
        if seldom:
            self.try_to(withdraw, order=one_of(self.orders(), pick))

    @precondition(lambda self: self.orders())
    @rule(pick=PICK, seldom=SELDOM)
    def expire(self, pick: int, seldom: bool) -> None:
        if seldom:
            expire_due(now=one_of(self.orders(), pick).expires_at)

    # --- money

    @precondition(lambda self: self.orders(state__in=["placed", "awaiting_payment", "paid"]))
    @rule(pick=PICK, answer=st.sampled_from(["paid", "paid", "paid", "declined", "unknown", "less", "more"]))
    def pay(self, pick: int, answer: str) -> None:
        order = one_of(self.orders(state__in=["placed", "awaiting_payment", "paid"]), pick)
        wrong = {"less": -1, "more": 1}
        outcomes: dict[str, Any] = {
            "declined": lambda request: Declined(reason="no"),
            "unknown": lambda request: Unknown(reason="lost"),
        }
        if answer in outcomes:
            self.provider.outcomes.append(outcomes[answer])
        elif answer in wrong:
            self.provider.outcomes.append(
                lambda request: Paid(
                    reference=request.idempotency_key,
                    captured=Money(minor=request.amount.minor + wrong[answer], currency="USD"),
                    at=timezone.now(),
                )
            )
        self.try_to(pay, order=order)
        self.provider.outcomes.clear()

    @precondition(lambda self: Payment.objects.filter(order__seller=self.seller, state__in=LIVE).exists())
    @rule(pick=PICK, state=st.sampled_from(list(PaymentReportState)))
    def ask_the_provider(self, pick: int, state: PaymentReportState) -> None:
        payments = Payment.objects.filter(order__seller=self.seller, state__in=LIVE).order_by("pk")
        if state != PaymentReportState.CAPTURED:
            self.provider.reports.append(
                lambda lookup: PaymentReport(
                    event_id=f"{lookup.idempotency_key}:{state}",
                    reference="r",
                    state=state,
                    amount=None,
                    at=timezone.now(),
                )
            )
        refresh_payment(payment=one_of(list(payments), pick))
        self.provider.reports.clear()

    @precondition(lambda self: Payment.objects.filter(order__seller=self.seller, state__in=TOO_LATE).exists())
    @rule(pick=PICK, more=st.sampled_from([0, 0, 0, -1, 1]))
    def money_comes_late(self, pick: int, more: int) -> None:
        """For an attempt that was declined or had run out: the order may be expired, withdrawn or paid meanwhile."""
        found = Payment.objects.filter(order__seller=self.seller, state__in=TOO_LATE).order_by("pk")
        payment = one_of(list(found), pick)
        report = PaymentReport(
            event_id=f"{payment.key}:late",
            reference="r",
            state=PaymentReportState.CAPTURED,
            amount=Money(minor=payment.amount_minor + more, currency="USD"),
            at=timezone.now(),
        )
        apply_report(payment=payment, report=report)
        apply_report(payment=payment, report=report)

    @precondition(lambda self: Payment.objects.filter(order__seller=self.seller, captured_minor__gt=0).exists())
    @rule(pick=PICK, of_line=st.booleans(), answer=st.sampled_from(["done", "done", "refused", "unknown"]))
    def refund(self, pick: int, of_line: bool, answer: str) -> None:
        payment = one_of(
            list(Payment.objects.filter(order__seller=self.seller, captured_minor__gt=0).order_by("pk")), pick
        )
        line = one_of(list(payment.order.lines.all()), pick) if of_line else None
        amount = line_minor(line) if line else left_minor(payment)
        asked = self.try_to(
            request_refund, payment=payment, amount_minor=amount, line=line, actor="test", reason="test"
        )
        answers: dict[str, Any] = {
            "refused": lambda request: RefundRefused(reason="no"),
            "unknown": lambda request: RefundUnknown(reason="lost"),
        }
        if asked is not None:
            self.send(asked, answers.get(answer))

    def send(self, refund: Refund, answer: Any) -> None:
        if answer is not None:
            self.provider.refund_outcomes.append(answer)
        send_refund(refund_id=refund.pk)
        self.provider.refund_outcomes.clear()

    # --- the registry

    @precondition(lambda self: self.lines("paid"))
    @rule(pick=PICK, answer=st.sampled_from(["taken", "taken", "refused", "lost", "never arrived"]))
    def submit(self, pick: int, answer: str) -> None:
        def lost(instruction: Any) -> SubmissionUnknown:
            self.registry.accept(instruction)
            return SubmissionUnknown(reason="time-out")

        answers: dict[str, Any] = {
            "refused": refusing,
            "lost": lost,
            "never arrived": lambda instruction: SubmissionUnknown(reason="time-out"),
        }
        if answer in answers:
            self.registry.submits.append(answers[answer])
        submit_line(line_id=one_of(self.lines("paid"), pick).pk)
        self.registry.submits.clear()

    @precondition(lambda self: self.open_transactions())
    @rule(
        pick=PICK, answer=st.sampled_from(["completed", "completed", "terminated", "foreign", "not found", "unknown"])
    )
    def ask_the_registry(self, pick: int, answer: str) -> None:
        entry = one_of(self.open_transactions(), pick)

        def says(state: TransactionState, **changes: Any) -> TransactionStatus:
            instruction = self.registry.instructions[str(entry.key)]
            values = {"ranges": instruction.ranges, "completed_at": timezone.now()} | changes
            return TransactionStatus(transaction=self.registry.transaction(str(entry.key)), state=state, **values)

        known = str(entry.key) in self.registry.instructions
        if answer == "terminated" and known:
            self.registry.statuses.append(lambda key: says(TransactionState.TERMINATED, completed_at=None))
        elif answer == "foreign" and known:
            self.registry.statuses.append(lambda key: says(TransactionState.COMPLETED, ranges=()))
        elif answer == "not found":
            self.registry.statuses.append(lambda key: TransactionNotFound())
        elif answer == "unknown":
            self.registry.statuses.append(lambda key: StatusUnknown(reason="down"))
        poll_transaction(transaction_id=entry.pk)
        self.registry.statuses.clear()

    def open_transactions(self) -> list[RegistryTransaction]:
        found = RegistryTransaction.objects.filter(line__order__seller=self.seller)
        return list(found.exclude(state__in=[*FAILED, "completed"]).order_by("pk"))

    @precondition(lambda self: self.lines("refused"))
    @rule(pick=PICK)
    def retry(self, pick: int) -> None:
        line = one_of(self.lines("refused"), pick)
        if self.try_to(retry_line, line=line, actor="test"):
            submit_line(line_id=line.pk)

    @precondition(lambda self: self.lines("refused"))
    @rule(pick=PICK, other=PICK, accepts=st.booleans())
    def substitute(self, pick: int, other: int, accepts: bool) -> None:
        line = one_of(self.lines("refused"), pick)
        offer = one_of(self.offers(), other)
        proposal = self.try_to(propose_substitute, line=line, offer=offer, actor="test")
        if proposal is not None:
            answer = accept_substitute if accepts else decline_substitute
            order = line.order
            self.try_to(answer, number=order.number, token=order_token(order), proposal_id=proposal.pk)

    # --- certificates

    @precondition(lambda self: self.orders())
    @rule(pick=PICK)
    def certify(self, pick: int) -> None:
        order = one_of(self.orders(), pick)
        certificate = self.try_to(issue_certificate, order_id=order.pk)
        undecided = order.lines.filter(state__in=["reserved", "paid", "cancelling"]).exists()
        assert certificate is None or not undecided

    @precondition(lambda self: Certificate.objects.filter(order__seller=self.seller).exists())
    @rule(pick=PICK, name=st.sampled_from(["Example School", "Example Schools"]))
    def supersede(self, pick: int, name: str) -> None:
        certificates = list(Certificate.objects.filter(order__seller=self.seller).order_by("pk"))
        certificate = one_of(certificates, pick)
        self.try_to(
            supersede_certificate, certificate=certificate, beneficiary=name, reason="Our trip", actor="staff:1"
        )

    # --- what must always hold

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        check_now()
        wrong = [(result.name, result.shown) for result in run_audit().results if result.breaches]
        assert wrong == []

    @invariant()
    def what_is_cancelled_stays_cancelled(self) -> None:
        cancelled = UnitBlock.objects.filter(issuance__project=self.project, is_leaf=True, state="cancelled")
        now = {number for start, end in cancelled.values_list("start", "end") for number in range(start, end + 1)}
        before = {number for start, end in self.gone for number in range(start, end + 1)}
        assert before <= now
        self.gone = set(cancelled.values_list("start", "end"))

    @invariant()
    def nobody_is_charged_twice(self) -> None:
        keys = [request.idempotency_key for request in self.provider.requests]
        assert len(keys) == len(set(keys))
