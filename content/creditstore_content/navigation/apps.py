"""App registration of the site's frame."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NavigationConfig(AppConfig):
    """Navigation and other settings of a site."""

    name = "creditstore_content.navigation"
    label = "creditstore_navigation"
    verbose_name = _("Navigation")

    def ready(self) -> None:
        """Let every change of pages, sites and settings renew what is remembered."""
        from django.db.models.signals import post_delete, post_save
        from wagtail.models import Page, Site
        from wagtail.signals import page_published, page_unpublished, post_page_move

        from creditstore_content.navigation.frame import forget

        uid = "creditstore_navigation"
        for signal in (page_published, page_unpublished, post_page_move):
            signal.connect(forget, dispatch_uid=uid)
        post_delete.connect(forget, sender=Page, dispatch_uid=uid)
        for model in (Site, *self.get_models()):
            post_save.connect(forget, sender=model, dispatch_uid=uid)
            post_delete.connect(forget, sender=model, dispatch_uid=uid)
