"""An authenticator app, and somebody who has one."""

from __future__ import annotations

from dataclasses import dataclass

from django_otp.oath import TOTP

from creditstore.accounts.models import User
from creditstore_site.two_factor import services

PASSWORD = "a password of the tests"


@dataclass
class Telephone:
    """An authenticator app of somebody. Codes come one after another, so that none is used twice."""

    secret: bytes
    shown: int = 0

    def code(self) -> str:
        totp = TOTP(self.secret, drift=min(self.shown - 1, 1))
        self.shown += 1
        return f"{totp.token():06d}"


def enrol(user: User) -> tuple[Telephone, list[str]]:
    telephone = Telephone(services.begin(user=user).bin_key)
    _device, codes = services.confirm(user=user, code=telephone.code())
    return telephone, codes
