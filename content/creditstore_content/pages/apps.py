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
        """Let the store know of campaigns, keep versions of legal texts, show editors what the store counts."""
        from django.db.models.signals import post_delete
        from wagtail.signals import page_published, page_unpublished

        from creditstore_content.blocks.live import register_live_number
        from creditstore_content.pages import attribution
        from creditstore_content.pages.legal_versions import keep_version
        from creditstore_content.pages.models import CampaignPage, LegalPage
        from creditstore_content.pages.numbers import LIVE_NUMBERS

        page_published.connect(attribution.announce, sender=CampaignPage, dispatch_uid="creditstore_pages.campaigns")
        page_unpublished.connect(attribution.close, sender=CampaignPage, dispatch_uid="creditstore_pages.campaigns")
        post_delete.connect(attribution.close, sender=CampaignPage, dispatch_uid="creditstore_pages.campaigns")
        page_published.connect(keep_version, sender=LegalPage, dispatch_uid="creditstore_pages.legal_versions")
        for number in LIVE_NUMBERS:
            register_live_number(number)
