"""What orders are counted towards, and which baskets say so."""

from __future__ import annotations

import secrets

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """A short word for addresses that tells nothing of the campaign."""
    return secrets.token_hex(5)


class Campaign(models.Model):
    """Something that orders can be counted towards, for ever: it stays when what announced it is gone.

    ``source`` is whoever announces it, by an id that never changes; ``key`` stands in addresses. An order names its
    campaign and nothing of the way its buyer came. While it is not ``open``, new orders are not counted towards it.
    """

    key = models.CharField(max_length=10, unique=True, default=new_key, editable=False)
    source = models.UUIDField(unique=True, editable=False)
    title = models.CharField(_("title"), max_length=255)
    open = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        triggers = [
            pgtrigger.ReadOnly(name="identity_is_fixed", fields=["key", "source"]),
        ]

    def __str__(self) -> str:
        return self.title


class BasketCampaign(models.Model):
    """The campaign whose link put something into a basket last. It goes with the basket."""

    basket = models.OneToOneField("basket.Basket", on_delete=models.CASCADE, related_name="counts_towards")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.basket_id}: {self.campaign_id}"
