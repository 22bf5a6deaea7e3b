"""App registration of the upkeep of pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UpkeepConfig(AppConfig):
    """Upkeep of pages."""

    name = "creditstore_content.upkeep"
    label = "creditstore_upkeep"
    verbose_name = _("Upkeep of pages")
