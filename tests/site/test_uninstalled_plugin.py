"""Old orders outlive their plugin: one is installed, bought through, and uninstalled for real."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from creditstore.credits.models import UnitBlock
from creditstore.orders.models import Order
from creditstore.payments.models import Payment, Refund
from creditstore.payments.refunds import request_refund
from creditstore.payments.tasks import refresh
from creditstore.reconciliation.services import reconcile
from creditstore_host.discovery import found
from creditstore_host.host import PluginHost
from creditstore_host.installation import get_host, installed
from host.plugin_sources import FORMAT, payment
from support.jobs import run_jobs
from support.ledger import make_offer, make_seller
from support.live_registry import LiveRegistry, live_registry
from support.visitor import Visitor, words

pytestmark = pytest.mark.django_db
ID = "pay_gone"
SOURCE = payment(
    start="""if request.variant:
            return Pending(reference='later', reason='wait')
        return Paid(reference=request.idempotency_key, captured=request.amount, at=request.started_at)""",
    fetch="""return PaymentReport(event_id='e', reference=lookup.reference, state=PaymentReportState.PENDING,
            amount=None, at=lookup.started_at)""",
    refund="return Refunded(reference='back', at=request.requested_at)",
).replace('title="Card"', 'title="Card of the gone"') + FORMAT.replace('name="text"', 'name="gone"')


class Installed:
    """The plugin as an installer leaves it: a module and its metadata, in a folder on the path."""

    def __init__(self, folder: Path) -> None:
        self.module = folder / "gone_plugin.py"
        self.module.write_text(SOURCE, encoding="utf-8")
        about = folder / "gone_plugin-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: gone-plugin\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[creditstore.plugins.v1]\n{ID} = gone_plugin\n")
        self._about = about

    def uninstall(self) -> None:
        for path in (*self._about.iterdir(), self.module):
            path.unlink()
        self._about.rmdir()
        sys.modules.pop("gone_plugin", None)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    monkeypatch.syspath_prepend(str(tmp_path))
    return Installed(tmp_path)


@pytest.fixture
def registry(plugin: Installed, tmp_path: Path) -> Iterator[LiveRegistry]:
    with live_registry(tmp_path / "registry.sqlite3") as running:
        yield running


def bought(visitor: Visitor, registry: LiveRegistry, method: str) -> Order:
    offer = make_offer(quantity=10, price_minor=250, seller=make_seller())
    registry.hold(UnitBlock.objects.get(offer=offer, is_leaf=True))
    return visitor.buy(offer, 4, method=method)


def test_what_was_bought_through_it_is_still_there(visitor: Visitor, registry: LiveRegistry, plugin: Installed) -> None:
    certified = bought(visitor, registry, ID)
    run_jobs(at_most=3000)
    certified.refresh_from_db()
    assert certified.state == "certified"
    certificate = certified.certificates.get()
    address = f"/certificates/{certificate.number}/gone/?code={certificate.code}"
    file = visitor.get(address).content
    assert certificate.number.encode() in file
    waiting = bought(visitor, registry, f"{ID}:bank")
    assert waiting.payments.get().state == "pending"
    paid = bought(visitor, registry, ID)

    plugin.uninstall()
    assert ID not in {item.id for item in found()}
    settings = {"registry_cdm": {"base_url": registry.simulator.url, "simulated": True}, "pay_sandbox": {}}
    with installed(PluginHost.build(settings=settings, http=registry.line)):
        assert ID not in {record.id for record in get_host().plugins()}
        # What the buyer and the public see comes from the store's own rows.
        for order in (certified, waiting, paid):
            shown = visitor.get(f"/en/store/orders/{order.number}/")
            assert shown.status_code == 200
        assert "Card of the gone" in words(visitor.get(f"/en/store/orders/{certified.number}/"))
        told = visitor.get(f"/api/v1/certificates/{certificate.number}").json()
        assert "gone" in [form["name"] for form in told["formats"]]
        assert visitor.get(address).content == file
        assert visitor.get(f"/certificates/{certificate.number}/pdf/?code={certificate.code}").status_code == 200
        # What is undecided stays so, and is asked about again; nothing fails.
        refresh(payment_id=waiting.payments.get().pk, attempt=0)
        assert waiting.payments.get().state == "pending"
        # Money that is to go back is a task for staff.
        refund = request_refund(
            payment=paid.payments.get(), amount_minor=1000, purpose="order", actor="staff", reason="the plugin is gone"
        )
        run_jobs(at_most=3000, within_seconds=1)
        assert Refund.objects.get(pk=refund.pk).state == "manual"
        reconcile(actor="test")
        # And the next buyer pays by another method.
        offer = make_offer(quantity=10, price_minor=250)
        registry.hold(UnitBlock.objects.get(offer=offer, is_leaf=True))
        after = visitor.buy(offer, 2)
        run_jobs(at_most=3000, within_seconds=60)
        after.refresh_from_db()
        assert after.state == "certified"
    assert Payment.objects.filter(provider=ID).count() == 3


def test_without_the_registrys_plugin_there_are_pages_and_nothing_is_sold(visitor: Visitor) -> None:
    offer = make_offer(quantity=10, price_minor=250)
    plugins = [item for item in found() if item.id != "registry_cdm"]
    with installed(PluginHost.build(plugins=plugins)):
        for address in ("/en/", "/en/store/", "/en/register/", "/api/v1/status", "/api/v1/plugins", "/healthz"):
            assert visitor.get(address).status_code == 200, address
        told = visitor.get("/api/v1/status").json()["registry"]
        assert (told["id"], told["state"]) == ("registry_cdm", "down")
        visitor.add(offer, 2)
        answer = visitor.order(visitor.checkout_form())
        assert answer.status_code == 503
        assert "Nothing can be ordered at the moment" in words(answer)
    offer.refresh_from_db()
    assert offer.reserved == 0
    assert not Order.objects.exists()
