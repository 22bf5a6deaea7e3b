"""Settings of a site that editors change in the admin and see before they save.

The main menu is no setting: it is the pages below the home page that are marked *Show in menus*.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin

from creditstore_content.navigation.blocks import BannersBlock, FooterColumnsBlock, OfficesBlock, ProfilesBlock


class StoreSetting(PreviewableMixin, BaseSiteSetting):  # type: ignore[misc]
    """A setting of one site, shown in its preview as it will stand on pages."""

    preview_template = "navigation/preview.html"

    class Meta:
        abstract = True

    def get_full_url(self) -> str:
        """The address that a preview is made at, so that it has the site's host and a language."""
        return f"{self.site.root_url}{reverse('contact')}"

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """A page of the store with the setting in its place."""
        return self.preview_template

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """The setting as it stands in the form."""
        return {"setting": self, "previewed": self._meta.model_name}


@register_setting(icon="list-ul", order=300)
class Footer(StoreSetting):
    """Columns of links and a line of text in the footer, beside the store's own links."""

    columns = StreamField(FooterColumnsBlock(), verbose_name=_("columns"), blank=True)
    note = models.CharField(
        _("line at the foot"), max_length=300, blank=True, help_text=_("For example your register entry.")
    )

    panels = [
        HelpPanel(
            content=_(
                "The links to the store, the register, the terms and the contact page always stay. Your columns stand "
                "beside them. The main menu is made of the pages below the home page that are marked “Show in menus”."
            )
        ),
        FieldPanel("columns"),
        FieldPanel("note"),
    ]

    class Meta:
        verbose_name = _("footer")


@register_setting(icon="site", order=310)
class ContactDetails(StoreSetting):
    """Whom readers can reach, shown on the contact page."""

    intro = models.TextField(
        _("introduction"), max_length=600, blank=True, help_text=_("What to ask here, and what to have at hand.")
    )
    offices = StreamField(OfficesBlock(), verbose_name=_("offices"), blank=True)

    panels = [FieldPanel("intro"), FieldPanel("offices")]
    preview_template = "contact.html"

    class Meta:
        verbose_name = _("contact page")


@register_setting(icon="warning", order=320)
class Banners(StoreSetting):
    """Short notices above the content of pages."""

    banners = StreamField(BannersBlock(), verbose_name=_("banners"), blank=True)

    panels = [
        HelpPanel(
            content=_("The preview shows all banners, also those whose time has not come. Readers see them in time.")
        ),
        FieldPanel("banners"),
    ]

    class Meta:
        verbose_name = _("banners")


@register_setting(icon="group", order=330)
class Sharing(StoreSetting):
    """What other sites show of this one, and where the operator is found elsewhere."""

    picture = models.ForeignKey(
        "creditstore_images.StoreImage",
        verbose_name=_("picture for shared links"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown where somebody shares a page that has no picture of its own. At least 1200 by 630 pixels."),
    )
    profiles = StreamField(ProfilesBlock(), verbose_name=_("profiles elsewhere"), blank=True)

    panels = [FieldPanel("picture"), FieldPanel("profiles")]

    class Meta:
        verbose_name = _("sharing")
