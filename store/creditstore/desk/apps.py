"""App registration of the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Desk: what staff do with orders."""

    name = "creditstore.desk"
    label = "creditstore_desk"
    verbose_name = _("Orders' desk")
