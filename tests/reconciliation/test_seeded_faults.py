"""Faults of each kind, planted into a running registry or into our rows, are found by the next run; nothing else is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from creditstore.accounts.models import User
from creditstore.cancellation.models import CancellationHold
from creditstore.cancellation.services import submit_line
from creditstore.certificates.services import supersede_certificate
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import block_serials
from creditstore.orders.attention import AttentionKind
from creditstore.payments.models import Payment
from creditstore.payments.refunds import request_refund
from creditstore.reconciliation.items import GONE
from creditstore.reconciliation.models import Kind, OpenItem, Outcome
from creditstore_registry_cdm.simulator import REGISTRY_NAME
from reconciliation.books import (
    ACCOUNT,
    all_match,
    bought,
    first_units,
    offered,
    open_kinds,
    outcomes,
    paid,
    run,
    tomorrow,
)
from support.guards import unguarded
from support.jobs import run_jobs
from support.ledger import make_issuance, make_offer, make_seller
from support.live_registry import LiveRegistry, live_registry

pytestmark = pytest.mark.django_db


def item(kind: str) -> OpenItem:
    return OpenItem.objects.get(kind=kind, closed_at=None)


def test_over_clean_data_nothing_is_found_however_often(whole_registry: LiveRegistry) -> None:
    registry = whole_registry
    registry.hold()
    offer = offered(registry)
    orders = [bought(offer, 7, visibility=shown) for shown in ("full", "serials", "hidden")]
    assert {order.state for order in orders} == {"certified"}
    unpaid = paid(offered(registry), 2)
    first = run(now=tomorrow(days=0))
    assert all_match(first)
    assert outcomes(first)["blocks"] == Outcome.NOT_NEEDED
    run_jobs()
    unpaid.refresh_from_db()
    assert unpaid.state == "certified"
    for found in (run(full=True), run()):
        assert all_match(found)
        assert found.steps.get(stage="records", account=ACCOUNT).compared >= 1
    assert not OpenItem.objects.exists()
    assert not any(order.attention_items.exists() for order in orders)


def test_paid_and_not_cancelled(registry: LiveRegistry) -> None:
    order = paid(offered(registry))
    run(now=tomorrow(days=0))
    assert open_kinds() == []
    run()
    assert open_kinds() == [Kind.PAID_NOT_CANCELLED]
    (attention,) = order.attention_items.filter(closed_at=None)
    assert attention.kind == AttentionKind.UNMATCHED

    run_jobs()
    run()
    assert open_kinds() == []
    found = OpenItem.objects.get()
    assert (found.resolution, found.closed_by) == (GONE, "reconciliation")
    assert not order.attention_items.filter(closed_at=None).exists()
    order.refresh_from_db()
    assert order.state == "certified"


def test_what_is_held_back_on_purpose_is_not_overdue(registry: LiveRegistry) -> None:
    order = paid(offered(registry))
    CancellationHold.objects.create(line=order.lines.get(), until=tomorrow(days=3))
    run(now=tomorrow(days=3))
    assert open_kinds() == []
    run(now=tomorrow(days=5))
    assert open_kinds() == [Kind.PAID_NOT_CANCELLED]


def test_what_two_members_of_staff_sent_back_is_explained(registry: LiveRegistry) -> None:
    order = bought(offered(registry))
    people = [User.objects.create_superuser(email=f"{name}@example.org", password="x") for name in ("one", "two")]
    payment = order.payments.get()
    request_refund(
        payment=payment,
        amount_minor=payment.captured_minor,
        actor="staff:1",
        reason="a court said so",
        line=order.lines.get(),
        approved_by=people,
    )
    run_jobs()
    payment.refresh_from_db()
    assert payment.refunded_minor == payment.captured_minor
    assert all_match(run())
    with unguarded():
        payment.refunds.update(approved_by=[])
    run()
    assert open_kinds() == [Kind.CANCELLED_NOT_PAID]


def test_money_that_bought_nothing(registry: LiveRegistry) -> None:
    order = paid(offered(registry))
    with unguarded():
        order.lines.update(state="reserved")
    run()
    assert item(Kind.PAID_NOT_CANCELLED).subject == f"payment:{order.payments.get().pk}"


def test_cancelled_at_the_registry_and_paid_by_nobody(registry: LiveRegistry) -> None:
    offer = offered(registry, quantity=50)
    start, end = first_units(offer, 3)
    transaction = registry.cancel(account=ACCOUNT, start=start, end=end)
    run()
    assert open_kinds() == [Kind.TOTALS_DIFFER, Kind.MISSING_AT_REGISTRY, Kind.CANCELLED_NOT_PAID]
    assert item(Kind.CANCELLED_NOT_PAID).facts["transaction"] == transaction
    # Exactly the doubtful units are frozen, and the rest of the offer is sold as before.
    (frozen,) = UnitBlock.objects.filter(offer=offer, is_leaf=True, in_doubt=True)
    assert block_serials(frozen) == (start, end)
    offer.refresh_from_db()
    assert (offer.frozen, offer.available) == (3, 47)
    order = bought(offer, 47)
    assert order.state == "certified"
    assert not order.lines.get().reservation.blocks.filter(pk=frozen.pk).exists()
    # It stays one item, however often it is seen.
    run()
    assert OpenItem.objects.count() == 3


def test_what_the_accounts_holder_cancels_of_other_units_is_nobodys_fault(registry: LiveRegistry) -> None:
    offered(registry)
    other = make_offer(quantity=30, issuance=make_issuance(quantity=50), seller=make_seller(account=ACCOUNT))
    block = UnitBlock.objects.get(issuance=other.issuance, is_leaf=True, state="outstanding")
    registry.hold(block, account=ACCOUNT)
    registry.hold(account=ACCOUNT)
    start, end = block_serials(block)
    registry.cancel(account=ACCOUNT, start=start, end=end)
    found = run()
    assert open_kinds() == []
    # The list of cancellations explains why the totals say more; the next run need not look closer.
    assert found.steps.get(stage="records", account=ACCOUNT).figures["not_ours"] == 20
    assert outcomes(run())["blocks"] == Outcome.NOT_NEEDED


def test_cancelled_and_the_money_is_not_there(registry: LiveRegistry) -> None:
    order = bought(offered(registry))
    with unguarded():
        Payment.objects.filter(order=order).update(captured_minor=1)
    run()
    assert Kind.CANCELLED_NOT_PAID in open_kinds()
    assert item(Kind.CANCELLED_NOT_PAID).facts == {"due_minor": 2500, "kept_minor": 1}
    # The provider, asked one by one, says the right amount.
    assert item(Kind.AMOUNT_DIFFERS).facts["provider_says"] == "25.00 USD"


def test_a_name_that_was_mended_here_is_no_fault_of_the_registry(registry: LiveRegistry) -> None:
    order = bought(offered(registry), 3)
    supersede_certificate(
        certificate=order.certificates.get(), beneficiary="Example Schools", reason=order.reason, actor="staff:1"
    )
    run_jobs()
    assert all_match(run(full=True))
    with unguarded():
        never = {**order.certificates.get(state="superseded").facts, "beneficiary": "Somebody Else"}
        order.certificates.filter(state="superseded").update(facts=never)
    run(full=True)
    assert Kind.OTHER_BENEFICIARY in open_kinds()


def test_another_range_than_was_asked_for(registry: LiveRegistry) -> None:
    offer = offered(registry)
    order = paid(offer, 5)
    start, end = first_units(offer, 5)
    registry.line.bend.append(lambda message: {**message, "blocks": [{"start": start, "end": end}]})
    submit_line(line_id=order.lines.get().pk)
    run(now=tomorrow(days=0))
    assert Kind.OTHER_RANGE in open_kinds()
    found = item(Kind.OTHER_RANGE)
    assert found.order_id == order.pk
    assert found.facts["asked"] != found.facts["cancelled"]
    # What is cancelled there is frozen here: it would be sold a second time.
    frozen = UnitBlock.objects.filter(is_leaf=True, in_doubt=True)
    assert {block_serials(block) for block in frozen} == {(start, end)}


def test_another_beneficiary_than_was_told(registry: LiveRegistry) -> None:
    registry.line.bend.append(lambda message: {**message, "beneficiary": "Somebody Else"})
    order = bought(offered(registry))
    assert order.state == "certified"
    run()
    assert open_kinds() == [Kind.OTHER_BENEFICIARY]
    found = item(Kind.OTHER_BENEFICIARY)
    assert found.order_id == order.pk
    assert not {"Somebody Else", order.beneficiary_name} & set(map(str, found.facts.values()))


def test_a_name_that_was_to_be_kept_back(registry: LiveRegistry) -> None:
    registry.line.bend.append(lambda message: {**message, "beneficiary": "Example School"})
    bought(offered(registry), visibility="serials")
    run()
    assert open_kinds() == [Kind.OTHER_BENEFICIARY]


def test_the_same_again(registry: LiveRegistry) -> None:
    offer = offered(registry)
    order = bought(offer, 6)
    start, end = first_units(offer, 6)
    registry.cancel(account=ACCOUNT, start=start, end=end, beneficiary=order.beneficiary_name)
    run()
    assert Kind.DUPLICATE in open_kinds()
    found = item(Kind.DUPLICATE)
    assert found.order_id == order.pk
    assert found.facts["also"] == order.lines.get().registry_transactions.get().transaction_id
    assert Kind.CANCELLED_NOT_PAID not in open_kinds()


def test_refused_here_and_completed_there(registry: LiveRegistry) -> None:
    def refusal(key: str) -> tuple[int, dict[str, object]]:
        responses = [{"code": 1004, "message": "suspended", "blocks": []}]
        told = {"registry": REGISTRY_NAME, "simulated": True, "accepted": False, "key": key, "responses": responses}
        return 422, told

    registry.line.lie.append(refusal)
    order = bought(offered(registry), 4)
    assert order.lines.get().state == "refused"
    run(now=tomorrow(days=0))
    assert Kind.CANCELLED_NOT_PAID in open_kinds()
    assert item(Kind.CANCELLED_NOT_PAID).facts["state_here"] == "rejected"
    assert set(order.lines.get().reservation.blocks.values_list("in_doubt", flat=True)) == {True}


def test_a_registry_that_forgot(registry: LiveRegistry, tmp_path: Path) -> None:
    order = bought(offered(registry))
    with live_registry(tmp_path / "another.sqlite3") as another:
        another.hold(account=ACCOUNT)
        run()
        assert open_kinds() == [Kind.TOTALS_DIFFER, Kind.UNKNOWN_AT_REGISTRY]
        assert item(Kind.UNKNOWN_AT_REGISTRY).order_id == order.pk
    run()
    assert open_kinds() == []


def test_completed_there_and_not_noticed_here(registry: LiveRegistry) -> None:
    order = paid(offered(registry))
    submit_line(line_id=order.lines.get().pk)
    run(now=tomorrow(days=-1) + timedelta(minutes=1))
    assert open_kinds() == []
    run(now=tomorrow(days=0))
    assert open_kinds() == [Kind.UNSEEN_COMPLETION]
    run_jobs()
    run(now=tomorrow(days=0))
    assert open_kinds() == []


def test_another_time_than_the_registrys(registry: LiveRegistry) -> None:
    order = bought(offered(registry))
    entry = order.lines.get().registry_transactions.get()
    assert entry.completed_at is not None
    with unguarded():
        type(entry).objects.filter(pk=entry.pk).update(completed_at=entry.completed_at - timedelta(days=1))
    run()
    assert open_kinds() == [Kind.OTHER_TIME]


def test_a_certificate_that_never_came_and_one_that_says_too_much(registry: LiveRegistry) -> None:
    order, other = bought(offered(registry)), bought(offered(registry))
    with unguarded():
        order.certificates.update(state="superseded")
        other.certificates.update(facts={**other.certificates.get().facts, "quantity": 11})
    run(now=tomorrow(days=2))
    assert sorted(open_kinds()) == [Kind.CERTIFICATE_DIFFERS, Kind.NOT_CERTIFIED]
    assert item(Kind.NOT_CERTIFIED).order_id == order.pk
    assert item(Kind.CERTIFICATE_DIFFERS).facts == {"cancelled": 10, "certified": 11}


def test_fewer_units_than_were_ordered(registry: LiveRegistry) -> None:
    order = bought(offered(registry))
    with unguarded():
        order.lines.update(quantity=12, total_minor=12 * 250)
    run()
    assert Kind.QUANTITY_DIFFERS in open_kinds()
    assert item(Kind.QUANTITY_DIFFERS).facts == {"ordered": 12, "cancelled": 10}


def test_units_that_left_the_account_unsold_come_back(registry: LiveRegistry, tmp_path: Path) -> None:
    """Not in the account and not cancelled either: frozen while it lasts, released when the registry has them again."""
    offer = offered(registry, quantity=30)
    with live_registry(tmp_path / "another.sqlite3"):
        run()
        assert open_kinds() == [Kind.TOTALS_DIFFER, Kind.MISSING_AT_REGISTRY]
        offer.refresh_from_db()
        assert (offer.frozen, offer.available) == (30, 0)
    run()
    assert open_kinds() == []
    offer.refresh_from_db()
    assert (offer.frozen, offer.available) == (0, 30)
