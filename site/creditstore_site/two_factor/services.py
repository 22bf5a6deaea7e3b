"""Setting up a second factor, asking for it, and taking it away. Free of requests; whoever acts is named."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import django_otp
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp.models import Device
from wagtail.log_actions import log

from creditstore.accounts.models import User
from creditstore.accounts.staff import is_staff
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore_site.two_factor.models import Authenticator, ForeignSecret, RecoveryCodes, code_hash

logger = logging.getLogger(__name__)

RECOVERY_CODES: Final = 10
#: Without letters and digits that look alike.
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
SET_UP: Final = "creditstore.two_factor.set_up"
RESET: Final = "creditstore.two_factor.reset"
NEW_CODES: Final = "creditstore.two_factor.codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an account stands. ``codes_left``: recovery codes that were not used yet."""

    since: datetime | None
    last_used: datetime | None
    codes_left: int


def authenticator_of(user: User) -> Authenticator | None:
    """The app that was set up; one that is only being set up does not count."""
    device: Authenticator | None = Authenticator.objects.filter(user=user, confirmed=True).first()
    return device


def is_asked_of(user: User) -> bool:
    """Whether a password alone is not enough for this account: it has a second factor, or must have one."""
    return must_have(user) or authenticator_of(user) is not None


def must_have(user: User) -> bool:
    """Whether this account cannot be used without a second factor."""
    return bool(settings.CREDITSTORE_STAFF_TWO_FACTOR) and is_staff(user)


def standing_of(user: User) -> Standing:
    """For the account's page."""
    device = authenticator_of(user)
    codes = RecoveryCodes.objects.filter(user=user).first()
    return Standing(
        since=device.created_at if device else None,
        last_used=device.last_used_at if device else None,
        codes_left=codes.token_set.count() if codes else 0,
    )


def begin(*, user: User) -> Authenticator:
    """The app that is being set up: the same one until it is confirmed, so that a second look shows the same code.

    Errors: ``StoreError`` (conflict) when one is set up already.
    """
    with transaction.atomic():
        _lock(user)
        if authenticator_of(user) is not None:
            raise _set_up_already()
        device: Authenticator | None = Authenticator.objects.filter(user=user, confirmed=False).first()
        if device is not None and _is_readable(device):
            return device
        Authenticator.objects.filter(user=user).delete()
        made: Authenticator = Authenticator.objects.create(
            user=user, name="app", key=Authenticator.new_key(), confirmed=False
        )
        return made


def confirm(*, user: User, code: str) -> tuple[Authenticator, list[str]]:
    """The app shows a right code: from now on it is asked for. Returns it with the recovery codes, told here only.

    Errors: ``StoreError``: invalid (wrong code, or too soon after a wrong one), conflict (set up already).
    """
    device = begin(user=user)
    verified = _verified(user=user, device=device, code=code)
    with transaction.atomic():
        _lock(user)
        if not Authenticator.objects.filter(pk=verified.pk, confirmed=False).update(confirmed=True):
            raise _set_up_already()
        codes = _new_codes(user)
        log(user, SET_UP, user=user)
    verified.confirmed = True
    return verified, codes


def check(*, user: User, code: str) -> Device:
    """The device that the code belongs to: six digits are the app's, everything else is a recovery code.

    Errors: ``StoreError``: invalid (wrong code, or too soon after a wrong one), not-found (nothing is set up).
    """
    digits = "".join(code.split())
    device: Device | None = authenticator_of(user)
    if not (digits.isascii() and digits.isdigit()):
        device = RecoveryCodes.objects.filter(user=user).first()
    if device is None:
        if authenticator_of(user) is None:
            raise StoreError(code="not-found", message=_("No second factor is set up for this account."))
        raise _wrong()
    return _verified(user=user, device=device, code=code)


def renew_codes(*, user: User, code: str) -> list[str]:
    """New recovery codes; the old ones end. Errors: as ``check``."""
    check(user=user, code=code)
    with transaction.atomic():
        _lock(user)
        log(user, NEW_CODES, user=user)
        return _new_codes(user)


def remove_own(*, user: User, code: str) -> None:
    """Take one's own second factor away, to set up another one or none. Errors: as ``check``."""
    check(user=user, code=code)
    reset(user=user, actor=user)


def may_reset(*, user: User, actor: User) -> bool:
    """Whether somebody may take another one's second factor away: whoever may change accounts; of an administrator
    only administrators.
    """
    may = actor.is_active and actor.has_perm("creditstore_accounts.change_user")
    return may and actor.pk != user.pk and (actor.is_superuser or not user.is_superuser)


def reset(*, user: User, actor: User | None) -> bool:
    """Take a second factor away; sessions that rested on it end. True when there was one.

    Parameters: ``actor``, who does it; ``None``: somebody at the server's command line. Not checked here.
    """
    with transaction.atomic():
        _lock(user)
        deleted, _by_model = Authenticator.objects.filter(user=user).delete()
        RecoveryCodes.objects.filter(user=user).delete()
        if deleted:
            log(user, RESET, user=actor)
    return bool(deleted)


def _verified(*, user: User, device: Device, code: str) -> Device:
    try:
        verified = django_otp.verify_token(user, device.persistent_id, code)
    except ForeignSecret:
        logger.error("The second factor of account %s was set up under a SECRET_KEY that is not known.", user.pk)
        message = _("The store's secret key was changed. Ask an administrator to reset your second factor.")
        raise StoreError(code="invalid", message=message) from None
    if verified is None:
        logger.warning("A wrong second factor was given for account %s.", user.pk)
        device.refresh_from_db()
        raise _wrong(device)
    return verified


def _wrong(device: Device | None = None) -> StoreError:
    allowed, details = device.verify_is_allowed() if device is not None else (True, None)
    if allowed or details is None:
        return StoreError(code="invalid", message=_("This code is not right, or it was used already."))
    seconds = max(1, round((details["locked_until"] - clock.now()).total_seconds()))
    message = ngettext(
        "This code is not right, or it came too soon. Wait %(count)d second, then try the next code.",
        "This code is not right, or it came too soon. Wait %(count)d seconds, then try the next code.",
        seconds,
    )
    return StoreError(code="invalid", message=message % {"count": seconds})


def _new_codes(user: User) -> list[str]:
    RecoveryCodes.objects.filter(user=user).delete()
    device = RecoveryCodes.objects.create(user=user, name="recovery codes")
    codes = ["-".join(_letters() for _part in range(3)) for _code in range(RECOVERY_CODES)]
    device.token_set.bulk_create([device.token_set.model(device=device, token=code_hash(code)) for code in codes])
    return codes


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _letter in range(4))


def _is_readable(device: Authenticator) -> bool:
    try:
        return bool(device.bin_key)
    except ForeignSecret:
        return False


def _lock(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)


def _set_up_already() -> StoreError:
    return StoreError(code="conflict", message=_("A second factor is set up for this account already."))
