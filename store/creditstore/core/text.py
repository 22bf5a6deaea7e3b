"""Texts that people type: what is kept and what is refused, the same everywhere."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

#: The longest e-mail address that is kept.
EMAIL_LIMIT = 254

#: Control characters other than line breaks and tabs, and marks that turn the direction of text around.
_UNSAFE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_text(value: str, *, multiline: bool = False) -> str:
    """The text in NFC without control and direction marks, outer space cut; line breaks kept only if ``multiline``."""
    value = _UNSAFE.sub("", unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")))
    return value.strip() if multiline else " ".join(value.split())


def too_long(value: str, *, limit: int) -> str:
    """An error text when the value is longer than ``limit`` characters, else an empty one."""
    if len(value) <= limit:
        return ""
    return _("Use at most %(limit)d characters; this has %(count)d.") % {"limit": limit, "count": len(value)}


def is_email(text: str) -> bool:
    """Whether the text has the form of an e-mail address; nothing is asked of its host."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def as_uuid(text: str) -> UUID | None:
    """The key in a text from outside; None for what is none, and so was never made here."""
    try:
        return UUID(text)
    except ValueError:
        return None
