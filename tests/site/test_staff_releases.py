"""In the admin: releasing units from doubt and correcting a certificate, each asked by one and decided by another."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from creditstore.accounts.models import User
from creditstore.certificates.models import Certificate
from creditstore.credits.services import block_serials, freeze
from creditstore.desk.models import Approval
from creditstore.orders.doubt import units_in_doubt
from creditstore.orders.models import OrderLine
from creditstore.reconciliation.models import OpenItem
from support.desk import MANAGER, OFFICER, SUPPORT, cancelled_line, make_staff, refused_line
from support.jobs import run_jobs
from support.ledger import make_offer
from support.plugin_host import ScriptedRegistry
from support.reconciled import make_item, make_run
from support.visitor import words

pytestmark = pytest.mark.django_db

WHY = "The registry wrote that it holds them."


def as_staff(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def doubted(registry: ScriptedRegistry) -> OrderLine:
    return refused_line(registry, in_doubt=True)


@pytest.fixture
def item() -> OpenItem:
    """About no order; ten units of an offer are frozen because of it."""
    item, blocks = make_item(make_run()), list(make_offer(quantity=10).blocks.filter(is_leaf=True))
    freeze(blocks=blocks, actor="reconciliation", reason="test")
    item.blocks.add(*blocks)
    return item


def order_url(line: OrderLine) -> str:
    return reverse("creditstore_queue_order", args=[line.order.number])


def test_a_lines_units_are_released_from_the_orders_page(doubted: OrderLine) -> None:
    first, second = make_staff(), make_staff()
    asking, deciding = as_staff(first), as_staff(second)
    address = reverse("creditstore_queue_release_units", args=[doubted.order.number, doubted.position])
    page = asking.get(order_url(doubted)).content.decode()
    serial, _end = block_serials(units_in_doubt(line=doubted)[0])
    assert address in page
    assert "In doubt, so neither sold nor cancelled" in page
    form = asking.get(address).content.decode()
    assert serial in form
    assert "This field is required" in asking.post(address, {"reason": "  "}).content.decode()
    answer = asking.post(address, {"reason": WHY}, follow=True).content.decode()
    assert "A second person is asked" in answer
    approval = Approval.objects.get()
    decide = reverse("creditstore_queue_decide", args=[doubted.order.number, approval.pk])
    assert decide in deciding.get(order_url(doubted)).content.decode()
    assert (
        "release units from doubt" in deciding.get(reverse("creditstore_queue"), {"tab": "approvals"}).content.decode()
    )
    assert serial in deciding.get(decide).content.decode()
    deciding.post(decide, {"answer": "yes", "note": ""})
    assert not units_in_doubt(line=doubted).exists()
    page = asking.get(order_url(doubted)).content.decode()
    assert address not in page
    assert "In doubt, so" not in page


def test_while_the_reconciliation_has_an_open_item_the_order_leads_there(doubted: OrderLine) -> None:
    item = make_item(make_run())
    item.blocks.add(*units_in_doubt(line=doubted))
    page = as_staff(make_staff()).get(order_url(doubted)).content.decode()
    assert reverse("creditstore_reconciliation_item", args=[item.pk]) in page
    assert reverse("creditstore_queue_release_units", args=[doubted.order.number, 1]) not in page


def test_an_items_units_are_released_by_two(item: OpenItem) -> None:
    first, second = make_staff(), make_staff()
    asking, deciding = as_staff(first), as_staff(second)
    page_url = reverse("creditstore_reconciliation_item", args=[item.pk])
    address = reverse("creditstore_reconciliation_release", args=[item.pk])
    assert address in asking.get(page_url).content.decode()
    assert "Reconciliation" in asking.get(address).content.decode()
    answer = asking.post(address, {"reason": WHY})
    assert answer.headers["Location"] == page_url
    item.refresh_from_db()
    assert item.closed_at is None

    approval = Approval.objects.get()
    decide = reverse("creditstore_reconciliation_decide", args=[item.pk, approval.pk])
    queue = deciding.get(reverse("creditstore_queue"), {"tab": "approvals"}).content.decode()
    assert page_url in queue
    seen = deciding.get(page_url).content.decode()
    assert decide in seen
    assert address not in seen
    own = asking.get(decide).content.decode()
    assert "somebody else has to decide" in own
    assert "Take the question back" in own
    seen = deciding.get(decide).content.decode()
    assert WHY in seen
    assert block_serials(item.blocks.all()[0])[0] in seen
    assert deciding.post(decide, {"answer": "no"}).status_code == 422
    assert deciding.post(decide, {"answer": "yes"}).headers["Location"] == page_url
    item.refresh_from_db()
    assert item.resolution == WHY
    assert not item.blocks.filter(in_doubt=True).exists()
    after = deciding.get(page_url).content.decode()
    assert second.email in after
    assert address not in after


def test_a_question_about_an_item_is_not_another_ones(item: OpenItem) -> None:
    officer = as_staff(make_staff())
    officer.post(reverse("creditstore_reconciliation_release", args=[item.pk]), {"reason": WHY})
    other = make_item(item.first_run, subject="record:registry_cdm:CDM-000000008")
    address = reverse("creditstore_reconciliation_decide", args=[other.pk, Approval.objects.get().pk])
    assert officer.get(address, follow=True).status_code == 404


@pytest.mark.parametrize("role", [SUPPORT, MANAGER])
def test_others_see_neither_button_nor_page(item: OpenItem, doubted: OrderLine, role: str) -> None:
    client = as_staff(make_staff(role))
    of_item = reverse("creditstore_reconciliation_release", args=[item.pk])
    of_line = reverse("creditstore_queue_release_units", args=[doubted.order.number, doubted.position])
    assert of_item not in client.get(reverse("creditstore_reconciliation_item", args=[item.pk])).content.decode()
    assert of_line not in client.get(order_url(doubted)).content.decode()
    for address in (of_item, of_line):
        assert client.post(address, {"reason": WHY}).status_code == 302
    assert not Approval.objects.exists()


def test_a_typing_error_on_a_certificate_is_mended_by_two(registry: ScriptedRegistry) -> None:
    line = cancelled_line()
    old = line.order.certificates.get()
    asking, deciding = as_staff(make_staff(SUPPORT)), as_staff(make_staff(MANAGER))
    address = reverse("creditstore_queue_correct", args=[line.order.number])
    assert address in asking.get(order_url(line)).content.decode()
    form = asking.get(address).content.decode()
    assert 'value="Example School"' in form
    assert old.number in form
    values = {"beneficiary": "Example Schools", "purpose": line.order.reason, "reason": "A letter was missing."}
    for wrong in ({"beneficiary": ""}, {"beneficiary": "x" * 258}, {"beneficiary": "Example School"}, {"reason": ""}):
        assert asking.post(address, {**values, **wrong}).status_code in (200, 422)
    assert not Approval.objects.exists()
    asking.post(address, values)
    decide = reverse("creditstore_queue_decide", args=[line.order.number, Approval.objects.get().pk])
    seen = deciding.get(decide).content.decode()
    assert "says now: Example School. It would say: Example Schools." in seen
    deciding.post(decide, {"answer": "yes", "note": "I compared it with the buyer's mail."})
    run_jobs()

    new = Certificate.objects.get(order=line.order, state="issued")
    page = asking.get(order_url(line)).content.decode()
    assert old.number in page
    assert new.number in page
    public = Client().get(reverse("certificate", args=[old.number]))
    assert "This certificate was replaced by a newer one" in words(public)
    assert f"Read certificate {new.number}" in words(public)
    assert reverse("certificate", args=[new.number]) in public.content.decode()
    assert new.code not in public.content.decode()
    opened = Client().get(reverse("certificate", args=[old.number]), {"code": old.code}).content.decode()
    assert f"{reverse('certificate', args=[new.number])}?code={new.code}" in opened
    assert "Example Schools" in words(Client().get(reverse("certificate", args=[new.number])))


def test_without_a_certificate_there_is_nothing_to_correct(doubted: OrderLine) -> None:
    client = as_staff(make_staff(OFFICER))
    address = reverse("creditstore_queue_correct", args=[doubted.order.number])
    assert address not in client.get(order_url(doubted)).content.decode()
    assert client.get(address, follow=True).status_code == 404
