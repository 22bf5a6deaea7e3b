"""What people do with orders, money, the registry and the shop: tried through the admin and the dashboard."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from creditstore.accounts.models import ApiKey
from creditstore.core.errors import StoreError
from creditstore.desk import actions
from creditstore.desk.models import Approval
from creditstore.orders.attention import open_item
from creditstore.orders.models import OrderLine
from creditstore.payments.models import Refund
from creditstore.webhooks.models import InboundWebhook
from support.desk import make_staff
from support.jobs import pending_jobs
from support.ledger import make_offer
from support.reconciled import make_item, make_run
from support.roles.stage import World


def _line(line: OrderLine, name: str) -> str:
    return reverse(f"creditstore_queue_{name}", args=[line.order.number, line.position])


def see_the_queue(world: World) -> bool:
    return bool(world.client.get(reverse("creditstore_queue")).status_code == 200)


def see_an_order(world: World) -> bool:
    order = world.refused().order
    page = world.client.get(reverse("creditstore_queue_order", args=[order.number])).content.decode()
    return order.buyer_email in page


def take_the_trail_away(world: World) -> bool:
    answer = world.client.get(reverse("creditstore_trail"), {"export": "csv"})
    return bool(answer.headers["Content-Type"].startswith("text/csv"))


def try_a_cancellation_again(world: World) -> bool:
    line = world.refused()
    world.client.post(_line(line, "retry"))
    line.refresh_from_db()
    return line.state != "refused"


def propose_other_units(world: World) -> bool:
    line = world.refused()
    offer = make_offer(price_minor=300, seller=line.order.seller)
    world.client.post(_line(line, "substitute"), {"offer": offer.code, "note": ""})
    return line.substitutions.exists()


def close_an_item(world: World) -> bool:
    order = world.cancelled().order
    item = open_item(order=order, kind="dispute", actor="pay_sandbox", reason="the bank asks")
    world.client.post(reverse("creditstore_queue_close", args=[order.number, item.pk]), {"note": "Answered."})
    item.refresh_from_db()
    return item.closed_at is not None


def send_money_back(world: World) -> bool:
    line = world.refused()
    world.client.post(_line(line, "refund"), {"reason": "refused"})
    return Refund.objects.filter(line=line).exists()


def ask_for_a_large_refund(world: World) -> bool:
    line = world.cancelled()
    world.client.post(_line(line, "refund"), {"reason": "the name was wrong"})
    return Approval.objects.filter(line=line, asked_by=world.user).exists()


def decide_what_another_asked(world: World) -> bool:
    line = world.cancelled()
    actions.refund_line(line=line, user=make_staff(), reason="the name was wrong")
    approval = Approval.objects.get(line=line)
    address = reverse("creditstore_queue_decide", args=[line.order.number, approval.pk])
    world.client.post(address, {"answer": "yes", "note": "Agreed."})
    approval.refresh_from_db()
    return approval.state == "approved"


def decide_ones_own(world: World) -> bool:
    line = world.cancelled()
    try:
        actions.refund_line(line=line, user=world.user, reason="the name was wrong")
    except StoreError:
        return False
    approval = Approval.objects.get(line=line)
    address = reverse("creditstore_queue_decide", args=[line.order.number, approval.pk])
    world.client.post(address, {"answer": "yes", "note": "I agree with myself."})
    approval.refresh_from_db()
    return approval.state == "approved"


def read_the_reconciliation(world: World) -> bool:
    return bool(world.client.get(reverse("creditstore_reconciliation")).status_code == 200)


def close_what_reconciliation_found(world: World) -> bool:
    item = make_item(make_run())
    world.client.post(reverse("creditstore_reconciliation_item", args=[item.pk]), {"reason": "Looked at."})
    item.refresh_from_db()
    return item.closed_at is not None


def _delivery() -> InboundWebhook:
    return InboundWebhook.objects.create(
        plugin="pay_sandbox", digest="0" * 64, headers={}, body=b"{}", state="unmatched", received_at=timezone.now()
    )


def read_webhooks(world: World) -> bool:
    address = reverse("creditstore_webhook", args=[_delivery().pk])
    return bool(world.client.get(address).status_code == 200)


def look_at_a_webhook_again(world: World) -> bool:
    delivery = _delivery()
    before = pending_jobs()
    world.client.post(reverse("creditstore_webhook", args=[delivery.pk]))
    return bool(pending_jobs() != before)


def make_an_api_key(world: World) -> bool:
    world.client.post("/admin/api-keys/", {"name": "Partner", "scopes": ["orders"]})
    return ApiKey.objects.filter(name="Partner").exists()


def _dashboard(world: World, name: str, *arguments: object) -> bool:
    return bool(world.client.get(reverse(f"dashboard:{name}", args=arguments)).status_code == 200)


def enter_the_dashboard(world: World) -> bool:
    return _dashboard(world, "index")


def read_orders_in_the_dashboard(world: World) -> bool:
    return _dashboard(world, "order-list")


def change_a_product(world: World) -> bool:
    product = get_model("catalogue", "Product").objects.filter(structure="parent").first()
    return _dashboard(world, "catalogue-product", product.pk)


def make_a_voucher(world: World) -> bool:
    return _dashboard(world, "voucher-create")


def see_people_in_the_dashboard(world: World) -> bool:
    return _dashboard(world, "users-index")


#: What an action needs is made before the first role tries it: it takes a while, and is the same for all.
NEEDS_REFUSED = frozenset({"see an order", "try a cancellation again", "propose other units", "send money back"})
NEEDS_CANCELLED = frozenset(
    {
        "close an item of the queue",
        "ask for a refund that takes two",
        "decide what another one asked for",
        "decide what one asked for oneself",
    }
)
ACTIONS = {
    "see the queue of orders": see_the_queue,
    "see an order": see_an_order,
    "take the audit trail away as a table": take_the_trail_away,
    "try a cancellation again": try_a_cancellation_again,
    "propose other units": propose_other_units,
    "close an item of the queue": close_an_item,
    "send money back": send_money_back,
    "ask for a refund that takes two": ask_for_a_large_refund,
    "decide what another one asked for": decide_what_another_asked,
    "decide what one asked for oneself": decide_ones_own,
    "read the reconciliation": read_the_reconciliation,
    "close what reconciliation found": close_what_reconciliation_found,
    "read webhooks": read_webhooks,
    "have a webhook looked at again": look_at_a_webhook_again,
    "make an API key": make_an_api_key,
    "enter the shop's dashboard": enter_the_dashboard,
    "read orders in the dashboard": read_orders_in_the_dashboard,
    "change a product in the dashboard": change_a_product,
    "make a voucher": make_a_voucher,
    "see people in the dashboard": see_people_in_the_dashboard,
}
