"""App registration of the two-factor log-in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TwoFactorConfig(AppConfig):
    """Two-factor log-in."""

    name = "creditstore_site.two_factor"
    label = "creditstore_two_factor"
    verbose_name = _("Two-factor log-in")
