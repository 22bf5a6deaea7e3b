"""Devices of django-otp whose secrets are not in the database.

What a row holds is useless without the store's ``SECRET_KEY``: of an authenticator app a random number from which, with
the key, its secret follows; of a recovery code a keyed hash. So a dump of the database opens no account.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

_SALT: Final = "creditstore.two-factor"
#: Bytes of the random number; the two parts of ``key`` in hexadecimal digits.
_RANDOM_BYTES: Final = 20
_RANDOM_DIGITS: Final = 2 * _RANDOM_BYTES
_MARK_DIGITS: Final = 16


class ForeignSecret(Exception):
    """A device was set up under a ``SECRET_KEY`` that this store does not have any more."""


class Authenticator(TOTPDevice):  # type: ignore[misc]
    """An authenticator app. ``key`` is a random number and a mark of the ``SECRET_KEY`` that makes the secret of it."""

    class Meta:
        proxy = True
        default_permissions = ()

    @staticmethod
    def new_key() -> str:
        """A random number with the mark of today's ``SECRET_KEY``."""
        return secrets.token_hex(_RANDOM_BYTES) + _mark(settings.SECRET_KEY)

    @property
    def bin_key(self) -> bytes:
        """The secret that the app shares. Errors: ``ForeignSecret``."""
        number, mark = self.key[:_RANDOM_DIGITS], self.key[_RANDOM_DIGITS:]
        for secret in _known_secrets():
            if hmac.compare_digest(_mark(secret), mark):
                return _keyed(secret, "authenticator", number)[:_RANDOM_BYTES]
        raise ForeignSecret

    def verify_token(self, token: Any) -> bool:
        """Whether the code is right and new. One of six digits with spaces in between is one of six digits."""
        digits = "".join(str(token).split())
        # Otherwise int() would take "+12345" and digits of other scripts, too.
        return bool(super().verify_token(digits if digits.isascii() and digits.isdigit() else ""))


class RecoveryCodes(StaticDevice):  # type: ignore[misc]
    """A list of codes that each work once. Only keyed hashes of them are kept."""

    class Meta:
        proxy = True
        default_permissions = ()

    def verify_token(self, token: Any) -> bool:
        """Whether the code is one of the list that was not used yet; it is used up then."""
        hashes = [code_hash(str(token), secret=secret) for secret in _known_secrets()]
        found = self.token_set.filter(token__in=hashes).values_list("token", flat=True).first()
        return bool(super().verify_token(found or hashes[0]))


def code_hash(code: str, *, secret: str = "") -> str:
    """What is kept of a recovery code: 64 bits that depend on the ``SECRET_KEY``; case and hyphens do not matter."""
    plain = "".join(code.split()).replace("-", "").lower()
    return _keyed(secret or settings.SECRET_KEY, "recovery", plain).hex()[:16]


def _known_secrets() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from map(str, settings.SECRET_KEY_FALLBACKS)


def _mark(secret: str) -> str:
    """Tells under which ``SECRET_KEY`` a device was set up, and nothing about it."""
    return _keyed(secret, "mark", "").hex()[:_MARK_DIGITS]


def _keyed(secret: str, purpose: str, value: str) -> bytes:
    return hmac.digest(secret.encode(), f"{_SALT}:{purpose}:{value}".encode(), "sha256")
