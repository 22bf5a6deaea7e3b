"""Invented pledges, marked so, so that the public list and a yearly report can be looked at. Made once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from creditstore.accounts.confirmation import email_key
from creditstore.accounts.models import User
from creditstore.core import clock
from creditstore_content.pledge.links import confirm_token
from creditstore_content.pledge.listing import decide
from creditstore_content.pledge.models import Kind, Pledge, Step
from creditstore_content.pledge.report_requests import OtherContribution, ReportRequest
from creditstore_content.pledge.reporting import decide_report, submit_report
from creditstore_content.pledge.requests import Listing, PledgeRequest
from creditstore_content.pledge.services import confirm, sign
from creditstore_content.pledge.texts import current_text


def _requests() -> tuple[PledgeRequest, ...]:
    version = current_text(language=settings.LANGUAGE_CODE).version
    told = {"text_version": version, "language": settings.LANGUAGE_CODE}
    return (
        PledgeRequest(
            kind=Kind.PERSON,
            name="Tomás Rivera (invented)",
            country="CL",
            email="tomas@example.org",
            steps=(Step.MEASURE, Step.REDUCE),
            listing=Listing.NAMED,
            **told,  # type: ignore[arg-type]
        ),
        PledgeRequest(
            kind=Kind.EVENT,
            name="River festival (invented)",
            signer_name="Jana Weber (invented)",
            country="DE",
            email="festival@example.org",
            steps=tuple(Step.values),
            listing=Listing.ANONYMOUS,
            **told,  # type: ignore[arg-type]
        ),
        PledgeRequest(
            kind=Kind.ORGANISATION,
            name="Lakeside School (invented)",
            signer_name="Amina Otieno (invented)",
            signer_role="Head",
            country="KE",
            email="lakeside@example.org",
            steps=tuple(Step.values),
            listing=Listing.NAMED,
            **told,  # type: ignore[arg-type]
        ),
    )


def _report(year: int) -> ReportRequest:
    return ReportRequest(
        ended_on=date(year, 12, 31),
        scope1_kg=Decimal(3200),
        scope2_kg=Decimal(5100),
        scope3_kg=Decimal(41_700),
        boundary="The school with its kitchen, its two buses, and the way to school (invented)",
        method="GHG Protocol, factors of DESNZ 2025 (invented figures)",
        complete=True,
        exclusions="Books and furniture: few, and not counted yet.",
        base_year=year - 2,
        base_kg=Decimal(60_000),
        target_year=year + 8,
        target_kg=Decimal(30_000),
        plan="Sun on the roof in two steps, and stoves that need half of the wood.",
        elsewhere=(OtherContribution(registry="A registry (invented)", reference="Nothing to find", units=25),),
        statement="This report is invented, so that you can see what one looks like.",
    )


def load_pledges() -> int:
    """Make those that are missing, listed and, of the school, with a report of last year. Returns how many were new."""
    if not settings.CREDITSTORE_DEMO:
        return 0
    return sum(_load(request) for request in _requests())


def _load(request: PledgeRequest) -> bool:
    mine = Pledge.objects.filter(email_key=email_key(request.email))
    if mine.exists():
        return False
    moderator = User.objects.get(email="moderator@example.org")
    with transaction.atomic():
        sign(request=request)
        pledge = confirm(token=confirm_token(mine.get()))
        listing = pledge.listing
        decide(listing=listing, show=True, by=moderator, seen_name=listing.name)
        if request.kind == Kind.ORGANISATION:
            report = submit_report(pledge=pledge, request=_report(clock.shared_now().year - 1))
            decide_report(report=report, publish=True, by=moderator, seen_revision=report.revision)
    return True
