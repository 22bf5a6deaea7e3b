"""The words that people pledge: versions that never change once published."""

from __future__ import annotations

from typing import NoReturn

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore_content.pledge.models import PledgeText, Step


def current_text(*, language: str) -> PledgeText:
    """The newest published version, in this language where it was translated, else in the store's own.

    Errors: ``StoreError`` (unavailable) where nothing was published yet.
    """
    published = PledgeText.objects.filter(published_at__isnull=False)
    newest = published.filter(language=settings.LANGUAGE_CODE).order_by("-version").first()
    if newest is None:
        raise StoreError(code="unavailable", message=_("Nobody can sign yet: the pledge has no published text."))
    return published.filter(version=newest.version, language=language).first() or newest


def signed_words(*, text: PledgeText, steps: list[str]) -> list[str]:
    """The paragraphs that a signer of these steps agrees to, in their order."""
    chosen = [getattr(text, step) for step in Step.values if step in steps]
    return [part for block in (text.introduction, *chosen, text.closing) for part in paragraphs(block)]


def paragraphs(block: str) -> list[str]:
    """A plain text, cut at its empty lines."""
    return [" ".join(part.split()) for part in block.replace("\r\n", "\n").split("\n\n") if part.strip()]


def check_publishable(*, version: int, language: str) -> None:
    """Errors: ``StoreError`` (invalid) when this version would not come next, or translates one that is not there."""
    own = PledgeText.objects.filter(language=settings.LANGUAGE_CODE, published_at__isnull=False)
    if language != settings.LANGUAGE_CODE:
        if not own.filter(version=version).exists():
            _refuse(_("Publish this version in the store's own language first."))
        return
    newest = own.order_by("-version").values_list("version", flat=True).first() or 0
    if version <= newest:
        _refuse(_("Version %(newest)d is in force. A new text needs a higher number.") % {"newest": newest})


def publish_text(*, text: PledgeText) -> None:
    """Let people sign this text from now on. It never changes again.

    Errors: ``StoreError`` (conflict) when it is published already; (invalid) as ``check_publishable``.
    """
    with transaction.atomic():
        locked = PledgeText.objects.select_for_update().get(pk=text.pk)
        if locked.published_at is not None:
            raise StoreError(code="conflict", message=_("This text is published. Write a new version instead."))
        check_publishable(version=locked.version, language=locked.language)
        text.published_at = locked.published_at = clock.shared_now()
        locked.save(update_fields=["published_at"])


def _refuse(message: str) -> NoReturn:
    raise StoreError(code="invalid", message=message, errors=[FieldError("version", message)])
