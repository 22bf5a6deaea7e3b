"""App registration of bridge to oscar."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OscarBridgeConfig(AppConfig):
    """Bridge to Oscar."""

    name = "creditstore.oscar_bridge"
    label = "creditstore_oscar_bridge"
    verbose_name = _("Bridge to Oscar")
