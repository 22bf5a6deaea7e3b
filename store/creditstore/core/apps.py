"""App registration of common ground."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Common ground."""

    name = "creditstore.core"
    label = "creditstore_core"
    verbose_name = _("Common ground")
