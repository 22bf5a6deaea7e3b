"""App registration of payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Payments."""

    name = "creditstore.payments"
    label = "creditstore_payments"
    verbose_name = _("Payments")
