"""Who may see an order: whoever holds its token."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest
from ninja.security import HttpBearer

from creditstore.orders.models import Order
from creditstore.orders.services import order_by_token

#: What RFC 6750 allows in a token.
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]{1,200}=*")


class OrderToken(HttpBearer):
    """``Authorization: Bearer <token>`` of the order in the address."""

    def authenticate(self, request: HttpRequest, token: str) -> Order | None:
        """The order, ``None`` for a malformed token. Errors: ``StoreError`` (not-found): number or token wrong."""
        if request.resolver_match is None or not _TOKEN.fullmatch(token):
            return None
        return order_by_token(number=request.resolver_match.kwargs["number"], token=token)


def caller_of(order: Order) -> str:
    """The caller who holds this order's token, for scopes of idempotency keys; nothing secret in it."""
    return f"{order.number}:{hashlib.sha256(order.token_hash.encode()).hexdigest()[:32]}"
