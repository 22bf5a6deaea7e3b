"""App registration of store api."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Store API."""

    name = "creditstore.api"
    label = "creditstore_api"
    verbose_name = _("Store API")
