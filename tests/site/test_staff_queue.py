"""The queue of orders in the admin: who sees it, what it says, and that its actions are those of the services."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from creditstore.accounts.models import User
from creditstore.desk import actions
from creditstore.desk.models import Approval
from creditstore.orders.attention import open_item, open_items
from creditstore.orders.models import Order, OrderLine
from creditstore.payments.models import Payment, Refund
from creditstore.payments.services import start_payment
from creditstore_plugins import Review, StatusUnknown
from support.desk import MANAGER, OFFICER, SUPPORT, cancelled_line, make_staff, refused_line
from support.jobs import run_jobs
from support.ledger import make_offer, make_order
from support.plugin_host import ScriptedChecks, ScriptedRegistry, scripted_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(registry: ScriptedRegistry) -> OrderLine:
    return refused_line(registry)


def as_staff(*roles: str, user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or make_staff(*roles))
    return client


def order_url(order: Order) -> str:
    return reverse("creditstore_queue_order", args=[order.number])


def line_url(line: OrderLine, name: str) -> str:
    return reverse(f"creditstore_queue_{name}", args=[line.order.number, line.position])


@pytest.mark.parametrize("role", [SUPPORT, OFFICER, MANAGER])
def test_each_role_finds_the_queue_in_the_menu(role: str) -> None:
    client = as_staff(role)
    home = client.get(reverse("wagtailadmin_home"))
    assert reverse("creditstore_queue") in home.content.decode()
    for name in ("creditstore_queue", "creditstore_queue_results", "creditstore_trail", "creditstore_trail_results"):
        assert client.get(reverse(name)).status_code == 200


def test_whoever_edits_pages_sees_no_orders(refused: OrderLine) -> None:
    client = as_staff(user=User.objects.get(email="editor@example.org"))
    home = client.get(reverse("wagtailadmin_home"))
    assert home.status_code == 200
    assert reverse("creditstore_queue") not in home.content.decode()
    for address in (reverse("creditstore_queue"), reverse("creditstore_trail"), order_url(refused.order)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert refused.order.buyer_email not in answer.content.decode()


def test_a_stranger_is_led_to_the_door(refused: OrderLine) -> None:
    for address in (reverse("creditstore_queue"), order_url(refused.order), line_url(refused, "retry")):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert reverse("wagtailadmin_login") in answer.headers["Location"]


@pytest.mark.parametrize(
    ("role", "name"),
    [
        *((MANAGER, name) for name in ("retry", "substitute", "close")),
        *((role, name) for role in (SUPPORT, OFFICER) for name in ("refund", "refund_payment")),
    ],
)
def test_nobody_does_what_is_another_roles(refused: OrderLine, role: str, name: str) -> None:
    item, payment = open_items(order=refused.order)[0], Payment.objects.get(order=refused.order)
    arguments = {"close": item.pk, "refund_payment": payment.pk}
    address = reverse(f"creditstore_queue_{name}", args=[refused.order.number, arguments.get(name, refused.position)])
    client = as_staff(role)
    for answer in (client.get(address), client.post(address, {"reason": "x", "note": "x", "purpose": "order"})):
        assert answer.status_code == 302
        assert answer.headers["Location"] == reverse("wagtailadmin_home")
    refused.refresh_from_db()
    assert refused.state == "refused"
    assert address not in client.get(order_url(refused.order)).content.decode()


def test_the_list_says_what_waits_and_what_to_do(refused: OrderLine) -> None:
    client = as_staff()
    page = client.get(reverse("creditstore_queue"), {"q": refused.order.number}).content.decode()
    for words in (refused.order.number, "the registry refused", "10.00 USD", "Read the registry&#x27;s reasons"):
        assert words in page
    assert 'aria-current="page"' in page
    for tab, found in (("refused", True), ("disputes", False), ("approvals", False), ("no-such-tab", True)):
        page = client.get(reverse("creditstore_queue"), {"tab": tab, "q": refused.order.number}).content.decode()
        assert (order_url(refused.order) in page) is found


def test_the_orders_page_shows_everything_of_it(refused: OrderLine) -> None:
    page = as_staff().get(order_url(refused.order)).content.decode()
    for words in (
        refused.order.buyer_email,
        "7027",
        "not held",
        str(refused.registry_transactions.get().key),
        "cancelling → refused",
        line_url(refused, "retry"),
        line_url(refused, "substitute"),
        line_url(refused, "refund"),
    ):
        assert words in page
    missing = as_staff().get(reverse("creditstore_queue_order", args=["2026-999999"]), follow=True)
    assert missing.status_code == 404


def test_trying_again(refused: OrderLine) -> None:
    client = as_staff(SUPPORT)
    assert "4 units" in client.get(line_url(refused, "retry")).content.decode()
    answer = client.post(line_url(refused, "retry"))
    assert answer.headers["Location"] == order_url(refused.order)
    run_jobs()
    refused.order.refresh_from_db()
    assert refused.order.state == "certified"
    again = client.post(line_url(refused, "retry"))
    assert again.status_code == 422


def test_proposing_other_units_and_taking_it_back(refused: OrderLine) -> None:
    client = as_staff(SUPPORT)
    assert "no other units" in client.get(line_url(refused, "substitute")).content.decode()
    offer = make_offer(price_minor=300, seller=refused.order.seller)
    page = client.get(line_url(refused, "substitute")).content.decode()
    assert offer.code in page
    assert client.post(line_url(refused, "substitute"), {"offer": "made-up"}).status_code == 200
    client.post(line_url(refused, "substitute"), {"offer": offer.code, "note": "Sold elsewhere."})
    assert refused.substitutions.get().note == "Sold elsewhere."
    page = client.get(order_url(refused.order)).content.decode()
    assert line_url(refused, "take_back") in page
    assert line_url(refused, "substitute") not in page
    client.post(line_url(refused, "take_back"))
    assert refused.substitutions.get().state == "withdrawn"


def test_sending_a_lines_money_back(refused: OrderLine) -> None:
    client = as_staff(MANAGER)
    assert "10.00 USD" in client.get(line_url(refused, "refund")).content.decode()
    assert client.post(line_url(refused, "refund"), {"reason": ""}).status_code == 200
    assert not Refund.objects.exists()
    client.post(line_url(refused, "refund"), {"reason": "the seller has no more"})
    assert Refund.objects.get().amount_minor == 1000


def test_what_takes_two_is_asked_and_another_one_decides(registry: ScriptedRegistry) -> None:
    line, first, second = cancelled_line(), make_staff(MANAGER), make_staff(OFFICER)
    asking, deciding = as_staff(user=first), as_staff(user=second)
    answer = asking.post(line_url(line, "refund"), {"reason": "the name was wrong"}, follow=True)
    assert "A second person is asked" in answer.content.decode()
    approval = Approval.objects.get()
    address = reverse("creditstore_queue_decide", args=[line.order.number, approval.pk])

    own = asking.get(address).content.decode()
    assert "somebody else has to decide" in own
    assert 'name="answer"' not in own
    seen = deciding.get(address).content.decode()
    for words in (first.email, "the name was wrong", "10.00 USD", "stay cancelled"):
        assert words in seen
    assert deciding.post(address, {"answer": "no"}).status_code == 422
    assert not Refund.objects.exists()
    deciding.post(address, {"answer": "yes", "note": "I spoke with the buyer."})
    assert Refund.objects.get().approved_by == sorted([first.pk, second.pk])
    assert second.email in deciding.get(order_url(line.order)).content.decode()


def test_whoever_asked_can_only_take_it_back(registry: ScriptedRegistry) -> None:
    line, user = cancelled_line(), make_staff(MANAGER)
    actions.refund_line(line=line, user=user, reason="the name was wrong")
    approval = Approval.objects.get()
    address = reverse("creditstore_queue_decide", args=[line.order.number, approval.pk])
    as_staff(user=user).post(address, {"answer": "yes", "note": "I am sure."})
    approval.refresh_from_db()
    assert approval.state == "withdrawn"
    assert not Refund.objects.exists()


def test_closing_with_a_note(registry: ScriptedRegistry) -> None:
    order = make_order((make_offer(), 1)).order
    start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
    item = open_item(order=order, kind="dispute", actor="pay_sandbox", reason="the bank asks")
    address = reverse("creditstore_queue_close", args=[order.number, item.pk])
    client = as_staff(SUPPORT)
    assert "the bank asks" in client.get(address).content.decode()
    client.post(address, {"note": "The bank has its answer."})
    item.refresh_from_db()
    assert item.resolution == "The bank has its answer."
    assert "The bank has its answer." in client.get(order_url(order)).content.decode()


def test_an_item_of_another_order_is_not_found(refused: OrderLine) -> None:
    other = make_order((make_offer(), 1)).order
    item = open_items(order=refused.order)[0]
    address = reverse("creditstore_queue_close", args=[other.number, item.pk])
    assert as_staff().get(address, follow=True).status_code == 404


def test_sending_a_whole_payment_back(refused: OrderLine) -> None:
    payment = Payment.objects.get(order=refused.order)
    address = reverse("creditstore_queue_refund_payment", args=[refused.order.number, payment.pk])
    client = as_staff(MANAGER)
    assert "the whole order: 10.00 USD" in client.get(address).content.decode()
    client.post(address, {"purpose": "order", "reason": "the buyer asked"})
    run_jobs()
    refused.order.refresh_from_db()
    assert refused.order.state == "refunded"
    assert address not in client.get(order_url(refused.order)).content.decode()


def test_the_trail_can_be_filtered_and_taken_away(refused: OrderLine) -> None:
    client = as_staff()
    address = reverse("creditstore_trail_results")
    page = client.get(address, {"order": refused.order.number}).content.decode()
    assert "cancelling → refused" in page
    assert "There are" in page
    assert "cancelling → refused" not in client.get(address, {"order": "2026-999999"}).content.decode()
    assert (
        "cancelling → refused"
        not in client.get(address, {"order": refused.order.number, "machine": "payment"}).content.decode()
    )
    exported = client.get(reverse("creditstore_trail"), {"order": refused.order.number, "export": "csv"})
    assert exported.headers["Content-Type"].startswith("text/csv")
    assert b"registry_cdm" in b"".join(exported)


def test_the_pages_bring_no_script_of_ours(refused: OrderLine) -> None:
    client = as_staff()
    for address in (reverse("creditstore_queue"), order_url(refused.order), line_url(refused, "refund")):
        body = client.get(address).content.decode().partition("<main")[2].partition("</main>")[0]
        assert "<script" not in body
        assert "style=" not in body
        assert "onclick" not in body


def test_what_waits_for_its_time_can_be_asked_to_go_earlier(registry: ScriptedRegistry, settings: Settings) -> None:
    settings.CREDITSTORE_CANCELLATION_HOLD = [{"method": "pay_sandbox", "hours": 48}]
    order = make_order((make_offer(), 2)).order
    start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
    run_jobs(within_seconds=0)
    client, address = as_staff(SUPPORT), line_url(order.lines.get(), "release")
    assert address in client.get(order_url(order)).content.decode()
    client.post(address, {"reason": "The bank says that the money is there."})
    approval = Approval.objects.get()
    decide = reverse("creditstore_queue_decide", args=[order.number, approval.pk])
    as_staff(MANAGER).post(decide, {"answer": "yes", "note": ""})
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


def test_after_a_review_somebody_else_lets_it_go_on() -> None:
    with scripted_host(ScriptedChecks(outcomes=[Review(reason="the name is on a list")])):
        order = make_order((make_offer(), 2)).order
        start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
        run_jobs(within_seconds=0)
        client, address = as_staff(SUPPORT), line_url(order.lines.get(), "go_on")
        assert address in client.get(order_url(order)).content.decode()
        assert "the name is on a list" in client.get(address).content.decode()
        client.post(address, {"reason": "It is somebody else of that name."})
        decide = reverse("creditstore_queue_decide", args=[order.number, Approval.objects.get().pk])
        as_staff(OFFICER).post(decide, {"answer": "yes", "note": ""})
        run_jobs()
        order.refresh_from_db()
        assert order.state == "certified"


def test_the_registry_can_be_asked_at_once(registry: ScriptedRegistry) -> None:
    registry.statuses.extend(lambda key: StatusUnknown(reason="down") for _n in range(3))
    order = make_order((make_offer(), 2)).order
    start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
    run_jobs(within_seconds=0)
    client, address = as_staff(SUPPORT), line_url(order.lines.get(), "ask")
    assert address in client.get(order_url(order)).content.decode()
    answer = client.post(address, follow=True)
    assert "The registry is asked about 1 transaction." in answer.content.decode()
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


def test_an_administrator_can_give_these_rights_to_other_groups() -> None:
    page = as_staff(user=User.objects.get(email="admin@example.org")).get(reverse("wagtailusers_groups:add"))
    assert "Can decide what another one asked for" in page.content.decode()


@pytest.mark.parametrize(("role", "closes"), [(OFFICER, True), (SUPPORT, False), (MANAGER, False)])
def test_all_roles_read_the_reconciliation_and_officers_close_its_items(role: str, *, closes: bool) -> None:
    somebody = make_staff(role)
    assert somebody.has_perm("creditstore_reconciliation.view_openitem")
    assert somebody.has_perm("creditstore_reconciliation.change_openitem") is closes
