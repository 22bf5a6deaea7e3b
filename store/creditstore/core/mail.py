"""Mail in the reader's language. Only jobs send it: a mail server that is down never stops an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation


def send_mail(*, template: str, to: str, language: str, context: Mapping[str, Any]) -> None:
    """Send ``mail/<template>.txt``: its first line is the subject, the rest the text."""
    with translation.override(language):
        values = {
            "store_name": settings.CREDITSTORE_NAME,
            "operator_name": settings.CREDITSTORE_OPERATOR,
            "contact_email": settings.CREDITSTORE_CONTACT_EMAIL,
            "demo_mode": settings.CREDITSTORE_DEMO,
            **context,
        }
        text = render_to_string(f"mail/{template}.txt", values)
    subject, _separator, body = text.strip().partition("\n")
    EmailMessage(subject=subject.strip(), body=body.strip() + "\n", to=[to]).send()
