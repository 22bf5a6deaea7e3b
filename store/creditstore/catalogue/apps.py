"""App registration of catalogue."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Catalogue."""

    name = "creditstore.catalogue"
    label = "creditstore_catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        """Keep the search up to date with what staff change."""
        from creditstore.catalogue import signals

        signals.connect()
