"""App registration of pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """Pages."""

    name = "creditstore_content.pages"
    label = "creditstore_pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Let every change of pages renew the menu."""
        from django.db.models.signals import post_delete
        from wagtail.models import Page
        from wagtail.signals import page_published, page_unpublished, post_page_move

        from creditstore_content.pages.menu import forget

        for signal in (page_published, page_unpublished, post_page_move):
            signal.connect(forget, dispatch_uid="creditstore_pages.menu")
        post_delete.connect(forget, sender=Page, dispatch_uid="creditstore_pages.menu")
