"""App registration of the site."""

from django.apps import AppConfig
from django.conf import settings


class SiteConfig(AppConfig):
    """The site."""

    name = "creditstore_site"
    label = "creditstore_site"

    def ready(self) -> None:
        """Install the pseudo languages where the settings ask for them: in tests only."""
        if settings.CREDITSTORE_PSEUDO_LOCALES:
            from creditstore_site import pseudo

            pseudo.install()
