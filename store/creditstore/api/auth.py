"""Who may see an order: whoever holds its token. Who may order without limits: a program with a key."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from creditstore.accounts.api_keys import key_of
from creditstore.accounts.models import ApiKey
from creditstore.core.errors import StoreError
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


class OptionalApiKey(HttpBearer):
    """``Authorization: Bearer <API key>``, or no such header at all. A key that does not hold is refused."""

    def __init__(self, *, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiKey | Anybody:
        """Who calls. Errors: ``StoreError`` (unauthorized): a header with anything but a key that is in force."""
        header = request.headers.get("Authorization")
        if header is None:
            return Anybody()
        scheme, _space, secret = header.partition(" ")
        key = self.authenticate(request, secret.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            message = _("This is no API key in force. Leave the header Authorization out, or send a key.")
            raise StoreError(code="unauthorized", message=message)
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key, ``None`` for one that is malformed, unknown, over, revoked or for something else."""
        return key_of(token, scope=self.scope) if _TOKEN.fullmatch(token) else None


class Anybody:
    """A caller without a key."""


def caller_of(order: Order) -> str:
    """The caller who holds this order's token, for scopes of idempotency keys; nothing secret in it."""
    return f"{order.number}:{hashlib.sha256(order.token_hash.encode()).hexdigest()[:32]}"
