"""Where a reader can go: links that know when their target is gone, calls to action, doors, sources."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.base import STORE, StoreStructBlock, anchor_block, choice_block
from creditstore_content.blocks.loading import PageChooserBlock
from creditstore_content.blocks.projects import ProjectChooserBlock

#: Pages of the store that an editor may link to, by the name of their address.
STORE_PAGES = {
    "store:catalogue": _("All projects"),
    "register:index": _("Public register"),
    "register:verify": _("Check a certificate"),
    "pledge:sign": _("The pledge"),
    "pledge:wall": _("Who has pledged"),
}
_TARGETS = ("page", "project", "store_page", "address")


class LinkValue(blocks.StructValue):  # type: ignore[misc]
    """A link's value; its address is found when the page is shown, not when it was written."""

    @property
    def url(self) -> str:
        """The address; empty when the target has been deleted or unpublished."""
        if self.get("page") is not None:
            page = self["page"]
            anchor = f"#{self['anchor']}" if self.get("anchor") else ""
            return f"{page.url}{anchor}" if page.live and page.url else ""
        if self.get("project") is not None:
            return reverse("store:project", args=[self["project"].ref])
        if self.get("store_page"):
            return reverse(self["store_page"])
        return self.get("address") or ""


class LinkBlock(StoreStructBlock):
    """Exactly one target: a page, a project, a part of the store, or another site."""

    page = PageChooserBlock(label=_("Page"), required=False)
    anchor = anchor_block()
    project = ProjectChooserBlock(label=_("Project"), required=False)
    store_page = choice_block(label=_("Part of the store"), choices=list(STORE_PAGES.items()), required=False)
    address = blocks.URLBlock(
        label=_("Another site"), required=False, max_length=300, validators=[URLValidator(schemes=["https"])]
    )

    #: Whether the link must lead somewhere.
    target_required = True

    def clean(self, value: Any) -> Any:
        """Refuse more than one target, and none at all unless a draft is being saved."""
        cleaned = super().clean(value)
        chosen = [name for name in _TARGETS if cleaned.get(name)]
        if len(chosen) > 1:
            raise StructBlockValidationError({chosen[1]: ValidationError(_("Choose one target only."))})
        if not chosen and self.target_required and not self.is_deferred_validation:
            raise StructBlockValidationError({"page": ValidationError(_("Choose where this leads."))})
        return cleaned

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, str | None]:
        """The address, or null when the target is gone."""
        return {"url": value.url or None}

    class Meta:
        icon = "link"
        label = _("Link")
        description = _("Where to go: a page, a project, a part of the store, or another site.")
        template = "blocks/link.html"
        value_class = LinkValue
        preview_value = {"store_page": "store:catalogue"}


class OptionalLinkBlock(LinkBlock):
    """At most one target."""

    target_required = False


class CallToActionBlock(StoreStructBlock):
    """One button that leads on. It is a link: nothing is bought or sent from an editorial page."""

    text = blocks.CharBlock(
        label=_("Text of the button"), max_length=60, help_text=_("It says what happens, verb first.")
    )
    link = LinkBlock(label=_("Leads to"))
    note = blocks.CharBlock(label=_("Small line below"), max_length=160, required=False)

    class Meta:
        icon = "arrow-right"
        group = STORE
        label = _("Call to action")
        description = _("One button that leads to a project, the store or a page.")
        template = "blocks/call_to_action.html"
        preview_value = {
            "text": _("See all projects"),
            "link": {"store_page": "store:catalogue"},
            "note": _("Prices are per tonne."),
        }


class DoorBlock(StoreStructBlock):
    """One way into the store's subject."""

    title = blocks.CharBlock(label=_("Title"), max_length=40)
    text = blocks.CharBlock(label=_("Text"), max_length=200)
    link = LinkBlock(label=_("Leads to"))

    class Meta:
        icon = "home"
        label = _("Door")
        description = _("A title, one sentence and where it leads.")
        template = "blocks/door.html"
        preview_value = {
            "title": _("Measure"),
            "text": _("Find out what you emit, and where most of it comes from."),
            "link": {"store_page": "store:catalogue"},
        }


class SourceBlock(StoreStructBlock):
    """Where a statement comes from."""

    title = blocks.CharBlock(label=_("Title"), max_length=250)
    publisher = blocks.CharBlock(label=_("Published by"), max_length=160)
    address = blocks.URLBlock(
        label=_("Address"), required=False, max_length=300, validators=[URLValidator(schemes=["https"])]
    )
    note = blocks.CharBlock(label=_("Which part, and for what"), max_length=250, required=False)

    class Meta:
        icon = "doc-full"
        label = _("Source")
        description = _("A document or register that the page rests on.")
        template = "blocks/source.html"
        preview_value = {
            "title": _("CDM registry"),
            "publisher": "UNFCCC",
            "address": "https://cdm.unfccc.int/Registry/index.html",
            "note": _("Issuance and voluntary cancellation of units."),
        }
