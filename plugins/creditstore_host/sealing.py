"""Secrets at rest: what administrators type is encrypted before it is stored.

Fernet (AES-128-CBC with HMAC-SHA256) of the library ``cryptography``. The first key of ``CREDITSTORE_SEALING_KEYS``
seals, all of them open: to change the key, put the new one first, run ``manage.py plugins reseal``, and take the old
one away.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

SHORTEST_KEY = 32


class CannotSeal(Exception):
    """Nothing can be sealed or opened: a key is missing, or not one of those that are there."""


def seal(secret: str) -> str:
    """The secret, encrypted; another text each time. Errors: ``CannotSeal`` where the store has no key."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again. Errors: ``CannotSeal``."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise CannotSeal("no key of CREDITSTORE_SEALING_KEYS opens it") from None


def resealed(sealed: str) -> str:
    """The same secret under the first key. Errors: ``CannotSeal``."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise CannotSeal("no key of CREDITSTORE_SEALING_KEYS opens it") from None


def can_seal() -> bool:
    """Whether this store has a key."""
    return bool(settings.CREDITSTORE_SEALING_KEYS)


def _keys() -> MultiFernet:
    keys: list[str] = settings.CREDITSTORE_SEALING_KEYS
    if not keys:
        raise CannotSeal("CREDITSTORE_SEALING_KEYS is not set")
    if min(map(len, keys)) < SHORTEST_KEY:
        raise CannotSeal(f"a key of CREDITSTORE_SEALING_KEYS is shorter than {SHORTEST_KEY} characters")
    # An operator's key is any long random text; its digest is a key of the right size.
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])
