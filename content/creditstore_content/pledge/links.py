"""The secrets in the mails of a pledge: computed whenever they are needed, and stored nowhere.

Both name the pledge by its public id. One confirms a signature, within its time; the other lets the signer see, change
and withdraw the pledge as long as there is one.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation

from creditstore.core.text import as_uuid
from creditstore_content.pledge.models import Pledge

_CONFIRM = "creditstore.pledge-confirm"
_MANAGE = "creditstore.pledge-manage"


def confirm_token(pledge: Pledge) -> str:
    """What the link of the first mail carries."""
    return _sign(pledge, _CONFIRM)


def manage_token(pledge: Pledge) -> str:
    """What opens the signer's own page."""
    return _sign(pledge, _MANAGE)


def confirm_id(token: str) -> UUID | None:
    """The public id in a confirming link; None for anything else."""
    return _unsign(token, _CONFIRM)


def manage_id(token: str) -> UUID | None:
    """The public id in a link to the signer's own page; None for anything else."""
    return _unsign(token, _MANAGE)


def address(pledge: Pledge, name: str, **kwargs: str) -> str:
    """An absolute address of the site's pledge pages, in the signer's language."""
    with translation.override(pledge.language):
        return f"{settings.SITE_URL}{reverse(f'pledge:{name}', kwargs=kwargs)}"


def record_address(public_id: UUID) -> str:
    """The absolute address of a public pledge, in the reader's language."""
    return f"{settings.SITE_URL}{reverse('pledge:record', kwargs={'public_id': public_id})}"


def report_address(pledge: Pledge) -> str:
    """Where the signer reports, with the secret of their own page."""
    return address(pledge, "report", token=manage_token(pledge))


def manage_links(pledge: Pledge) -> dict[str, str]:
    """What every mail to a signer ends with: the way to their own page, and the way out."""
    token = manage_token(pledge)
    return {
        "manage_link": address(pledge, "mine", token=token),
        "withdraw_link": address(pledge, "withdraw", token=token),
    }


def _sign(pledge: Pledge, salt: str) -> str:
    return Signer(salt=salt).sign(pledge.public_id.hex)


def _unsign(token: str, salt: str) -> UUID | None:
    try:
        return as_uuid(Signer(salt=salt).unsign(token))
    except BadSignature:
        return None
