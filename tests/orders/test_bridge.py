"""Where Oscar's classes are ours: every key of the table exists in Oscar, and Oscar's own door to orders is shut."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings
from django.utils.module_loading import import_string
from oscar.core.loading import get_class, get_model

from creditstore.orders.models import Order
from creditstore.oscar_bridge.loader import REPLACEMENTS
from support.ledger import make_offer, make_order


@pytest.mark.parametrize("key", sorted(REPLACEMENTS))
def test_every_replacement_replaces_something(key: str) -> None:
    module, _dot, name = key.rpartition(".")
    assert hasattr(import_module(f"oscar.apps.{module}"), name)
    assert get_class(module, name) is import_string(REPLACEMENTS[key])


def test_oscars_own_checkout_cannot_place_orders() -> None:
    with pytest.raises(RuntimeError, match="place_order"):
        get_class("order.utils", "OrderCreator")().place_order()


@pytest.mark.django_db
def test_the_dashboard_sees_our_order() -> None:
    offer = make_offer(price_minor=333)
    order = make_order((offer, 3)).order
    shown = get_model("order", "Order").objects.get(number=order.number)
    assert shown.pk == Order.objects.get(pk=order.pk).oscar_order_id
    assert str(shown.total_incl_tax) == "9.99"
    assert [(line.quantity, line.partner_sku) for line in shown.lines.all()] == [(3, offer.code)]


@pytest.mark.django_db
def test_baskets_see_the_ledgers_price_and_quantity() -> None:
    offer = make_offer(quantity=7, price_minor=125)
    strategy = get_class("partner.strategy", "Selector")().strategy()
    info = strategy.fetch_for_product(offer.product)
    assert (str(info.price.excl_tax), info.price.currency) == ("1.25", "USD")
    assert info.availability.is_purchase_permitted(7)[0]
    assert not info.availability.is_purchase_permitted(8)[0]
    assert not strategy.fetch_for_parent(offer.product.parent).availability.is_available_to_buy


def test_the_primary_keys_setting_never_changes() -> None:
    assert settings.DEFAULT_AUTO_FIELD == "django.db.models.BigAutoField"
