"""Keys of programs that may act by themselves."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from creditstore.accounts.models import ApiKey, User
from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError

#: What every key begins with, so that a key that was published by mistake can be found.
KEY_START = "csk_"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made. ``secret`` is told here only."""

    key: ApiKey
    secret: str


def create_key(*, name: str, scopes: Sequence[str], created_by: User, expires_at: datetime | None = None) -> NewKey:
    """Make a key. Errors: ``StoreError`` (invalid): no name, unknown scope, a time that is over."""
    errors = []
    if not name.strip() or len(name) > 100:
        errors.append(FieldError("name", _("Give the key a name of at most 100 characters.")))
    if not scopes or set(scopes) - dict(ApiKey.SCOPES).keys():
        errors.append(FieldError("scopes", _("Choose what the key may do.")))
    now = clock.shared_now()
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("expires_at", _("Choose a time in the future.")))
    if errors:
        raise StoreError(code="invalid", message=_("Some values are missing or not valid."), errors=errors)
    secret = f"{KEY_START}{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name.strip(),
        start=secret[:12],
        key_hash=_hash(secret),
        scopes=sorted(set(scopes)),
        created_by=created_by,
        created_at=now,
        expires_at=expires_at,
    )
    return NewKey(key=key, secret=secret)


def key_of(secret: str, *, scope: str) -> ApiKey | None:
    """The key, where it is known, in force and has this scope."""
    key = ApiKey.objects.filter(key_hash=_hash(secret), revoked_at=None, scopes__contains=[scope]).first()
    now = clock.shared_now()
    if key is None or (key.expires_at is not None and key.expires_at <= now):
        return None
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def revoke(*, key: ApiKey) -> bool:
    """End a key at once and for ever. True when this call did it."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.shared_now()))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
