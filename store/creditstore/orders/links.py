"""Addresses of orders, absolute, in the order's language."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from creditstore.orders.models import Order
from creditstore.orders.services import order_token


def order_link(order: Order) -> str:
    """The address that opens the order for whoever has it: it carries the secret token."""
    with translation.override(order.language):
        path = reverse("store:order-link", kwargs={"number": order.number, "token": order_token(order)})
    return f"{settings.SITE_URL}{path}"
