"""Jobs of accounts."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from procrastinate.contrib.django import app

from creditstore.accounts.confirmation import confirmation_token, forget_confirmations
from creditstore.accounts.models import EmailConfirmation
from creditstore.core.jobs import MAIL_RETRY
from creditstore.core.mail import send_mail


@app.task(name="creditstore.accounts.mail_confirmation", retry=MAIL_RETRY)
def mail_confirmation(confirmation_id: int) -> None:
    """Send the link. One that is gone or used meanwhile needs no mail."""
    entry = EmailConfirmation.objects.filter(pk=confirmation_id, used_at=None).first()
    if entry is None:
        return
    with translation.override(entry.language):
        path = reverse("store:confirm-email", kwargs={"token": confirmation_token(entry)})
    context = {"link": f"{settings.SITE_URL}{path}", "expires_at": entry.expires_at}
    send_mail(template="confirm_email", to=entry.email, language=entry.language, context=context)


@app.periodic(cron="41 3 * * *")
@app.task(name="creditstore.accounts.forget_confirmations", queueing_lock="creditstore.accounts.forget_confirmations")
def forget(timestamp: int) -> None:
    """Every night: forget what no longer counts."""
    forget_confirmations()
