"""App registration of accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "creditstore.accounts"
    label = "creditstore_accounts"
    verbose_name = _("Accounts")
