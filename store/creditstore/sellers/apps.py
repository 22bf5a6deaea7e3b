"""App registration of sellers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SellersConfig(AppConfig):
    """Sellers."""

    name = "creditstore.sellers"
    label = "creditstore_sellers"
    verbose_name = _("Sellers")
