"""Signing, confirming, withdrawing. Whether an address is known here is told to nobody but its owner, by mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from creditstore.accounts.confirmation import email_key
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.jobs import defer
from creditstore.core.locks import advisory_lock
from creditstore.core.states import record, record_start, transition
from creditstore_content.pledge.inviting import open_by_code
from creditstore_content.pledge.links import confirm_id, manage_id
from creditstore_content.pledge.listing import ask_to_be_listed, unlist
from creditstore_content.pledge.models import Kind, Pledge, SentMail
from creditstore_content.pledge.requests import PledgeRequest, check_request, cleaned
from creditstore_content.pledge.states import CONFIRMED, PLEDGES
from creditstore_content.pledge.texts import current_text

SIGNER = "signer"


def sign(*, request: PledgeRequest) -> None:
    """Take a signature and have a link sent to its address. Nothing is public, or counted, before the link is used.

    Whoever pledged already gets another mail instead; the caller cannot tell. Nor is told when a mailbox has had its
    mails for today (``CREDITSTORE_PLEDGE_MAILS_PER_DAY``): then nothing is stored. Errors: ``StoreError``: invalid,
    unavailable.
    """
    request = cleaned(request)
    text = current_text(language=request.language)
    check_request(request=request, text=text)
    mailbox, now = email_key(request.email), clock.shared_now()
    subject = subject_key(email=request.email, kind=request.kind, name=request.name)
    with transaction.atomic():
        if not _may_mail(mailbox, now=now):
            return
        known = Pledge.objects.filter(subject_key=subject, state__in=CONFIRMED).first()
        if known is not None:
            defer("creditstore.pledge.mail_known", pledge_id=known.pk)
            return
        pledge = Pledge.objects.create(
            kind=request.kind,
            name=request.name,
            signer_name=request.signer_name,
            signer_role=request.signer_role,
            country=request.country,
            email=request.email,
            email_key=mailbox,
            subject_key=subject,
            language=request.language,
            text=text,
            steps=list(request.steps),
            invitation=open_by_code(code=request.invitation),
            signed_at=now,
            confirm_by=now + timedelta(hours=settings.CREDITSTORE_PLEDGE_CONFIRM_HOURS),
        )
        record_start(instance=pledge, table=PLEDGES, actor=SIGNER)
        ask_to_be_listed(pledge=pledge, wish=request.listing, at=now)
        defer("creditstore.pledge.mail_confirmation", pledge_id=pledge.pk)


def subject_key(*, email: str, kind: str, name: str) -> str:
    """A keyed hash of whom a pledge binds: of a person the mailbox, of others the mailbox and the name in any case."""
    of_what = "" if kind == Kind.PERSON else " ".join(name.casefold().split())
    value = f"{email_key(email)}\x00{kind}\x00{of_what}"
    return salted_hmac("creditstore.pledge-subject", value, algorithm="sha256").hexdigest()


def _may_mail(mailbox: str, *, now: datetime) -> bool:
    """Whether anybody may have another mail sent to this mailbox; counts it. Locks the mailbox."""
    advisory_lock(f"pledge:{mailbox}")
    sent = SentMail.objects.filter(email_key=mailbox, sent_at__gt=now - timedelta(days=1)).count()
    if sent >= settings.CREDITSTORE_PLEDGE_MAILS_PER_DAY:
        return False
    SentMail.objects.create(email_key=mailbox, sent_at=now)
    return True


def open_confirmation(*, token: str) -> Pledge:
    """The signature behind a link that can still confirm it. Changes nothing.

    Errors: ``StoreError``: not-found (altered, or so old that it was forgotten), conflict (used, or its time is over);
    the message says what to do next.
    """
    return _unconfirmed(confirm_id(token))


def _unconfirmed(public_id: UUID | None) -> Pledge:
    pledge = Pledge.objects.select_related("text", "listing").filter(public_id=public_id).first() if public_id else None
    if pledge is None:
        message = _(
            "This link is not complete, or it is so old that the signature was deleted. Copy the whole link from the "
            "mail: mail programs sometimes break it at the end of a line. If that does not help, sign again."
        )
        raise StoreError(code="not-found", message=message)
    if pledge.state == "withdrawn":
        raise StoreError(code="conflict", message=_("This pledge was withdrawn. You can sign again."))
    if pledge.state != "signed":
        message = _("This pledge is confirmed already. The mail that we sent then has the link to it.")
        raise StoreError(code="conflict", message=message)
    if pledge.confirm_by <= clock.shared_now():
        raise StoreError(code="conflict", message=_("The time of this link is over. Sign again to get a new one."))
    return pledge


def confirm(*, token: str) -> Pledge:
    """The button was pressed: the pledge counts from now on. Repeating it changes nothing.

    Errors: ``StoreError``: as ``open_confirmation``; conflict when the same was confirmed by another link meanwhile.
    """
    public_id = confirm_id(token)
    with transaction.atomic():
        found = Pledge.objects.filter(public_id=public_id).first() if public_id else None
        if found is not None:
            # The mailbox before any row: two links of one mailbox at once must not wait for each other.
            advisory_lock(f"pledge:{found.email_key}")
            found = Pledge.objects.filter(pk=found.pk).first()
            if found is not None and found.state == "active":
                return found
        pledge = _unconfirmed(public_id)
        same = Pledge.objects.filter(subject_key=pledge.subject_key).exclude(pk=pledge.pk)
        if same.filter(state__in=CONFIRMED).exists():
            message = _("You have confirmed this pledge by another link. The mail that we sent then leads to it.")
            raise StoreError(code="conflict", message=message)
        now = clock.shared_now()
        transition(
            instance=pledge,
            table=PLEDGES,
            to="active",
            actor=SIGNER,
            values={
                "confirmed_at": now,
                "report_due_on": (now + timedelta(days=settings.CREDITSTORE_PLEDGE_REPORT_DAYS)).date(),
            },
        )
        _forget(list(same.filter(state="signed")), actor="system", reason="another signature was confirmed")
        defer("creditstore.pledge.mail_confirmed", pledge_id=pledge.pk)
    return pledge


def disown(*, token: str) -> None:
    """Whoever got the mail says that they did not sign: the signature goes. Errors: as ``open_confirmation``."""
    with transaction.atomic():
        pledge = open_confirmation(token=token)
        locked = list(Pledge.objects.select_for_update().filter(pk=pledge.pk, state="signed"))
        _forget(locked, actor=SIGNER, reason="not signed by the owner of the address")


def open_own(*, token: str) -> Pledge:
    """The signer's own pledge. Errors: ``StoreError`` (not-found): altered, withdrawn, or never confirmed."""
    public_id = manage_id(token)
    pledges = Pledge.objects.select_related("text", "listing").filter(state__in=CONFIRMED)
    pledge = pledges.filter(public_id=public_id).first() if public_id else None
    if pledge is None:
        message = _(
            "This link leads to no pledge. The pledge was withdrawn, or the link is not complete: copy the whole link "
            "from the mail."
        )
        raise StoreError(code="not-found", message=message)
    return pledge


def send_links(*, email: str) -> None:
    """Have the links to their pledges sent to this address, if it has any. The caller cannot tell whether it does."""
    mailbox, now = email_key(email), clock.shared_now()
    with transaction.atomic():
        pledges = list(Pledge.objects.filter(email_key=mailbox, state__in=CONFIRMED))
        if pledges and _may_mail(mailbox, now=now):
            for pledge in pledges:
                defer("creditstore.pledge.mail_known", pledge_id=pledge.pk)


def withdraw(*, pledge: Pledge, actor: str, reason: str = "") -> bool:
    """End a confirmed pledge and forget who it was: name, address, listing, reports, invitations. True when it did.

    Parameters: ``actor``, ``signer`` or a member of staff; ``reason``, for the audit trail, no personal data.
    What is kept is said in ``Pledge``.
    """
    with transaction.atomic():
        locked = Pledge.objects.select_for_update().get(pk=pledge.pk)
        if locked.state == "withdrawn":
            return False
        unlist(pledge=locked)
        # A report's words, and the certificates that it names, say who somebody is.
        locked.reports.all().delete()
        locked.invitations.all().delete()
        return transition(
            instance=pledge,
            table=PLEDGES,
            to="withdrawn",
            actor=actor,
            reason=reason,
            values={
                "withdrawn_at": clock.shared_now(),
                "name": "",
                "signer_name": "",
                "signer_role": "",
                "email": "",
                "email_key": "",
                "subject_key": "",
                "report_due_on": None,
            },
        )


def forget_unconfirmed(*, now: datetime | None = None) -> int:
    """Delete signatures that nobody confirmed in time, and counts of mails older than a day. Returns how many."""
    now = now or clock.shared_now()
    limit = now - timedelta(days=settings.CREDITSTORE_PLEDGE_UNCONFIRMED_DAYS)
    with transaction.atomic():
        over = Pledge.objects.select_for_update(skip_locked=True).filter(state="signed", signed_at__lt=limit)
        forgotten = _forget(list(over), actor="system", reason="not confirmed in time")
    SentMail.objects.filter(sent_at__lt=now - timedelta(days=1)).delete()
    return forgotten


def _forget(pledges: list[Pledge], *, actor: str, reason: str) -> int:
    """Delete unconfirmed signatures; the audit trail keeps that there were some, and nothing of whom they named."""
    for pledge in pledges:
        record(
            machine=PLEDGES.name, subject_id=pledge.pk, source="signed", target="forgotten", actor=actor, reason=reason
        )
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in pledges], state="signed").delete()
    return len(pledges)
