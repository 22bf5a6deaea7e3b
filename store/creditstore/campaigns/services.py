"""Announcing campaigns, and letting a basket say which one its order counts towards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from creditstore.campaigns.models import BasketCampaign, Campaign


def announce_campaign(*, source: UUID, title: str) -> Campaign:
    """The campaign of this source, open and with this title; made at the first call.

    Parameters: ``source``, the id by which whoever announces it will know it again; ``title`` as buyers read it.
    """
    campaign, made = Campaign.objects.get_or_create(source=source, defaults={"title": title})
    if not made and (campaign.title != title or not campaign.open):
        campaign.title, campaign.open = title, True
        campaign.save(update_fields=["title", "open"])
    return campaign


def close_campaign(*, source: UUID) -> None:
    """Count no new orders towards it. What was counted stays; a campaign that nobody announced is nothing to close."""
    Campaign.objects.filter(source=source, open=True).update(open=False)


def open_campaign(*, key: str) -> Campaign | None:
    """The open campaign of this key, or none: a key comes from outside, in addresses and forms that may be old."""
    if not (key.isascii() and key.isalnum()):
        return None
    return Campaign.objects.filter(key=key, open=True).first()


def count_towards(*, basket: Any, campaign: Campaign | None) -> None:
    """What is ordered out of the basket counts towards this campaign, or none, instead of what it may have named."""
    if campaign is not None:
        BasketCampaign.objects.update_or_create(basket=basket, defaults={"campaign": campaign})
    elif basket.pk is not None:
        BasketCampaign.objects.filter(basket=basket).delete()


def campaign_of(*, basket: Any) -> Campaign | None:
    """The open campaign that a basket names, if any."""
    if basket.pk is None:
        return None
    named = BasketCampaign.objects.filter(basket=basket).values("campaign")
    return Campaign.objects.filter(pk__in=named, open=True).first()
