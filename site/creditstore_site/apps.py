"""App registration of the site."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate


class SiteConfig(AppConfig):
    """The site."""

    name = "creditstore_site"
    label = "creditstore_site"

    def ready(self) -> None:
        """Get languages ready (pseudo languages in tests only), and let changes reach kept pages."""
        from creditstore_content.navigation import frame
        from creditstore_site import one_catalogue
        from creditstore_site.page_cache import triggers
        from creditstore_site.page_cache.listener import listener

        if settings.CREDITSTORE_PSEUDO_LOCALES:
            from creditstore_site import pseudo

            pseudo.install()
        one_catalogue.join_all()
        # Sent for each application when all are migrated; one of them is enough.
        post_migrate.connect(
            triggers.install,
            sender=apps.get_app_config("creditstore_pages"),
            dispatch_uid="creditstore_site.page_cache",
        )
        # What stands around every page is remembered apart.
        listener.heard.append(frame.forget)
