"""Inviting others: a signer's own link. Whom it reaches is not known here before they sign themselves."""

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore_content.pledge.models import Invitation, Pledge
from creditstore_content.pledge.states import CONFIRMED

#: Nobody finds a link by trying: 96 bits, as 16 characters.
_BYTES: Final = 12


def open_invitation(*, pledge: Pledge) -> Invitation | None:
    """The signer's link as it is now, if there is one."""
    return pledge.invitations.filter(revoked_at=None).first()


def open_by_code(*, code: str) -> Invitation | None:
    """The invitation that this code names; ``None`` where it invites nobody.

    It does not if it is unknown, ended, or of a pledge that is no longer in force.
    """
    return Invitation.objects.filter(code=code, revoked_at=None, pledge__state="active").first() if code else None


def invite(*, pledge: Pledge) -> Invitation:
    """Make the signer's link; the one that there is stays. Errors: ``StoreError`` (conflict): no pledge in force."""
    with transaction.atomic():
        locked = Pledge.objects.select_for_update().get(pk=pledge.pk)
        if locked.state != "active":
            message = _("Only a pledge in force can invite others.")
            raise StoreError(code="conflict", message=message)
        return open_invitation(pledge=locked) or Invitation.objects.create(
            pledge=locked, code=secrets.token_urlsafe(_BYTES), created_at=clock.shared_now()
        )


def end_invitation(*, pledge: Pledge) -> bool:
    """The link invites nobody any more; who came by it has come. True when there was one."""
    return bool(pledge.invitations.filter(revoked_at=None).update(revoked_at=clock.shared_now()))


def came(*, pledge: Pledge) -> int:
    """How many pledges are confirmed and not withdrawn that came by any link of this signer."""
    return Pledge.objects.filter(invitation__pledge=pledge, state__in=CONFIRMED).count()


def invitation_address(invitation: Invitation) -> str:
    """The absolute address that the signer passes on, in the language at hand."""
    return f"{settings.SITE_URL}{reverse('pledge:sign')}?{urlencode({'invite': invitation.code})}"


def known_inviter(*, code: str) -> str | None:
    """Who invites by this code: the name as the public list shows it, empty without one there.

    ``None`` for a code that invites nobody.
    """
    found = open_by_code(code=code)
    if found is None:
        return None
    listing = getattr(found.pledge, "listing", None)
    return str(listing.name) if listing is not None and listing.state == "shown" else ""
