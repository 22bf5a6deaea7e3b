"""The order of locks in the ledger: offers before blocks, each by id. Whoever needs several never waits in a circle."""

from __future__ import annotations

from django.db.models import QuerySet

from creditstore.credits.models import Offer


def lock_offers(offers: QuerySet[Offer]) -> None:
    """Lock these offers until the transaction ends."""
    list(offers.select_for_update().order_by("pk").values_list("pk"))
