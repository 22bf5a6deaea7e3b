"""App registration of the pledge."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PledgeConfig(AppConfig):
    """The pledge."""

    name = "creditstore_content.pledge"
    label = "creditstore_pledge"
    verbose_name = _("The pledge")

    def ready(self) -> None:
        """The check of the level rules."""
        from creditstore_content.pledge import levels  # noqa: F401
