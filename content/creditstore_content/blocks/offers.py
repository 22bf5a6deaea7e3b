"""A block that leads to one offer. It links: pages are cached and hold no forms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore.core.written import years_words
from creditstore.credits.models import Offer
from creditstore_content.blocks.base import STORE, StoreStructBlock
from creditstore_content.blocks.choosers import OfferChooserBlock, offer_price, offers_left
from creditstore_content.blocks.projects import card_of
from creditstore_content.blocks.words import price_words

__all__ = ["OfferChooserBlock", "OfferLinkBlock", "offer_card"]


def offer_card(offer: Offer | None) -> dict[str, Any] | None:
    """What a page says of an offer at this moment. None when it has been deleted.

    ``for_sale`` is false when it is sold out, paused, withdrawn or was never open; price and amount are then ``None``
    and 0: they are of no use to anybody. Invented prices and sellers are marked wherever they are shown.
    """
    if offer is None:
        return None
    project = card_of(offer.issuance.project)
    # Of what is no registered project any more nothing can be bought.
    available = offer.available if offer.issuance.project.status == "registered" else 0
    return {
        "code": offer.code,
        "for_sale": available > 0,
        "project": project,
        "vintage": years_words(offer.issuance.monitoring_start, offer.issuance.monitoring_end),
        "price": offer_price(offer) if available else None,
        "available": available,
        "seller": offer.seller.name,
        "price_invented": offer.price_invented,
        "seller_invented": offer.seller.invented,
        "url": f"{project['url']}#offers",
    }


class OfferLinkBlock(StoreStructBlock):
    """Leads to an offer; when that cannot be bought any more, to its project, and when it is gone, to all projects."""

    offer = OfferChooserBlock(label=_("Offer"))
    text = blocks.CharBlock(label=_("Why this one"), max_length=300, required=False)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the offer's card, or None."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["card"] = offer_card(value["offer"])
        return context

    def get_preview_value(self) -> Any:
        """The cheapest live offer of the store, if there is one."""
        offer = offers_left().first()
        return self.normalize({"offer": offer, "text": _("A young vintage of a small project.")})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The offer's card (null when it is gone), its price in words, and the text."""
        card = offer_card(value["offer"])
        if card is not None:
            card = {**card, "price": price_words(card["price"]) if card["price"] else None}
        return {"offer": card, "text": value["text"]}

    class Meta:
        icon = "tag"
        group = STORE
        label = _("Offer")
        description = _(
            "Leads to one offer, with its vintage, price and amount as they are now. When it is sold out, it leads to "
            "the project."
        )
        template = "blocks/offer_link.html"
