"""App registration of orders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Orders."""

    name = "creditstore.orders"
    label = "creditstore_orders"
    verbose_name = _("Orders")
