"""Offers for buyers to fight over, opened through the ledger's own service."""

from __future__ import annotations

from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import open_offer
from creditstore.sellers.models import Seller
from creditstore_plugins import Money

_PRICE = Money(minor=250, currency="USD")


def open_offers(*, sizes: list[int], together: bool) -> list[Offer]:
    """Offers of one seller with so many units each.

    Parameters: ``together``: all from one block of one issuance; otherwise each from an issuance of its own.
    """
    seller = Seller.objects.order_by("pk").first()
    assert seller is not None  # noqa: S101  (the demo's data has six)
    wanted = sum(sizes) if together else max(sizes)
    blocks = UnitBlock.objects.select_related("issuance__project__product").filter(
        is_leaf=True, state="outstanding", quantity__gte=wanted, unit_type=5, issuance__project__status="registered"
    )
    chosen = list(blocks.order_by("-quantity", "pk")[: 1 if together else len(sizes)])
    issuances = [chosen[0].issuance] * len(sizes) if together else [block.issuance for block in chosen]
    return [
        open_offer(issuance=issuance, seller=seller, quantity=size, price=_PRICE, price_invented=True)
        for issuance, size in zip(issuances, sizes, strict=True)
    ]
