"""App registration of ledger of credits."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditsConfig(AppConfig):
    """Ledger of credits."""

    name = "creditstore.credits"
    label = "creditstore_credits"
    verbose_name = _("Ledger of credits")
