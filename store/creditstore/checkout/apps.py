"""App registration of checkout."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CheckoutConfig(AppConfig):
    """Checkout."""

    name = "creditstore.checkout"
    label = "creditstore_checkout"
    verbose_name = _("Checkout")
