"""Confirming an e-mail address by a link that is sent to it.

Opening the link changes nothing, because mail programs open links by themselves: only the button on its page confirms.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from creditstore.accounts.models import ConfirmedEmail, EmailConfirmation
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.jobs import defer
from creditstore.core.locks import advisory_lock

_SALT = "creditstore.email-confirmation"


def email_key(email: str) -> str:
    """A keyed hash of the mailbox: the same for any case and for sub-addresses (``me+shop@example.org``)."""
    local, _at, domain = email.strip().casefold().rpartition("@")
    mailbox = f"{local.partition('+')[0]}@{domain}"
    return salted_hmac("creditstore.email", mailbox, algorithm="sha256").hexdigest()


def is_confirmed(email: str) -> bool:
    """Whether the owner of this address has confirmed it, not too long ago."""
    since = clock.shared_now() - timedelta(days=settings.CREDITSTORE_CONFIRMED_DAYS)
    return ConfirmedEmail.objects.filter(email_key=email_key(email), confirmed_at__gte=since).exists()


def send_confirmation(*, email: str, language: str) -> bool:
    """Have a link sent to this address; False while an earlier one can still be used: nobody's mailbox is filled."""
    key, now = email_key(email), clock.shared_now()
    with transaction.atomic():
        advisory_lock(key)
        if EmailConfirmation.objects.filter(email_key=key, used_at=None, expires_at__gt=now).exists():
            return False
        entry = EmailConfirmation.objects.create(
            email=email.strip(),
            email_key=key,
            language=language,
            created_at=now,
            expires_at=now + timedelta(hours=settings.CREDITSTORE_CONFIRM_HOURS),
        )
        defer("creditstore.accounts.mail_confirmation", confirmation_id=entry.pk)
    return True


def confirmation_token(entry: EmailConfirmation) -> str:
    """What the link carries."""
    return Signer(salt=_SALT).sign(str(entry.pk))


def open_confirmation(*, token: str) -> EmailConfirmation:
    """The request behind a link that can still be used. Changes nothing. Errors: ``StoreError`` (not-found)."""
    try:
        number = int(Signer(salt=_SALT).unsign(token))
    except (BadSignature, ValueError):
        raise _gone() from None
    entry = EmailConfirmation.objects.filter(pk=number, used_at=None, expires_at__gt=clock.shared_now()).first()
    if entry is None:
        raise _gone()
    return entry


def confirm(*, token: str) -> None:
    """The button was pressed: the address is confirmed. Works once. Errors: ``StoreError`` (not-found)."""
    with transaction.atomic():
        entry = open_confirmation(token=token)
        now = clock.shared_now()
        if not EmailConfirmation.objects.filter(pk=entry.pk, used_at=None).update(used_at=now, email=""):
            raise _gone()
        ConfirmedEmail.objects.update_or_create(email_key=entry.email_key, defaults={"confirmed_at": now})


def _gone() -> StoreError:
    message = _("This link was used already, or its time is over. A new one is sent when you need it again.")
    return StoreError(code="not-found", message=message)


def forget_confirmations(*, now: datetime | None = None) -> int:
    """Delete links that cannot be used any more, and confirmations that are too old to count. Returns how many."""
    now = now or clock.shared_now()
    links, _by_model = EmailConfirmation.objects.filter(expires_at__lt=now).delete()
    since = now - timedelta(days=settings.CREDITSTORE_CONFIRMED_DAYS)
    confirmed, _by_model = ConfirmedEmail.objects.filter(confirmed_at__lt=since).delete()
    return links + confirmed
