"""Jobs of the pledge: mails, reminding of reports, and forgetting what nobody confirmed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from procrastinate.contrib.django import app

from creditstore.core import clock
from creditstore.core.countries import country_name
from creditstore.core.jobs import MAIL_RETRY
from creditstore.core.mail import send_mail
from creditstore_content.pledge.keeping import lapse_overdue, lapses_on, remind
from creditstore_content.pledge.links import address, confirm_token, manage_links, report_address
from creditstore_content.pledge.models import Pledge, PublicListing, YearReport
from creditstore_content.pledge.services import forget_unconfirmed
from creditstore_content.pledge.states import CONFIRMED
from creditstore_content.pledge.texts import signed_words


def _tell(pledge: Pledge, template: str, **context: Any) -> None:
    words = "\n\n".join(signed_words(text=pledge.text, steps=pledge.steps))
    values = {"pledge": pledge, "country": country_name(pledge.country, pledge.language), "words": words, **context}
    if pledge.state in CONFIRMED:
        values |= manage_links(pledge)
    send_mail(template=template, to=pledge.email, language=pledge.language, context=values)


def _of(pledge_id: int, *states: str) -> Pledge | None:
    """The pledge while it is in one of these states: one that is gone or further needs no such mail."""
    pledges: QuerySet[Pledge] = Pledge.objects.select_related("text")
    return pledges.filter(pk=pledge_id, state__in=states).first()


@app.task(name="creditstore.pledge.mail_confirmation", retry=MAIL_RETRY)
def mail_confirmation(pledge_id: int) -> None:
    """The link that confirms a signature."""
    pledge = _of(pledge_id, "signed")
    if pledge is not None:
        _tell(pledge, "pledge_confirm", link=address(pledge, "confirm", token=confirm_token(pledge)))


@app.task(name="creditstore.pledge.mail_known", retry=MAIL_RETRY)
def mail_known(pledge_id: int) -> None:
    """Somebody signed with, or asked for the links of, an address that has pledged already."""
    pledge = _of(pledge_id, *CONFIRMED)
    if pledge is not None:
        _tell(pledge, "pledge_known")


@app.task(name="creditstore.pledge.mail_confirmed", retry=MAIL_RETRY)
def mail_confirmed(pledge_id: int) -> None:
    """What was pledged, to keep, with the way to it and the way out."""
    pledge = _of(pledge_id, *CONFIRMED)
    if pledge is not None:
        listing = PublicListing.objects.filter(pledge=pledge).first()
        _tell(pledge, "pledge_confirmed", listing=listing)


@app.task(name="creditstore.pledge.mail_decision", retry=MAIL_RETRY)
def mail_decision(listing_id: int) -> None:
    """What the moderator decided."""
    listing = (
        PublicListing.objects.select_related("pledge__text").filter(pk=listing_id).exclude(state="waiting").first()
    )
    if listing is not None and listing.pledge.state in CONFIRMED:
        pledge = listing.pledge
        public_link = address(pledge, "record", public_id=str(pledge.public_id))
        _tell(pledge, "pledge_decision", listing=listing, public_link=public_link)


@app.task(name="creditstore.pledge.mail_reminder", retry=MAIL_RETRY)
def mail_reminder(pledge_id: int) -> None:
    """A report will be due, or is overdue: what to do, and what happens otherwise."""
    pledge = _of(pledge_id, "active")
    if pledge is not None and pledge.report_due_on is not None:
        due = pledge.report_due_on
        _tell(
            pledge,
            "pledge_reminder",
            report_link=report_address(pledge),
            due=due,
            overdue=due < clock.shared_now().date(),
            lapses=lapses_on(due=due),
        )


@app.task(name="creditstore.pledge.mail_lapsed", retry=MAIL_RETRY)
def mail_lapsed(pledge_id: int) -> None:
    """The pledge is shown as lapsed; a report brings it back."""
    pledge = _of(pledge_id, "lapsed")
    if pledge is not None:
        _tell(pledge, "pledge_lapsed", report_link=report_address(pledge))


@app.task(name="creditstore.pledge.mail_report_decision", retry=MAIL_RETRY)
def mail_report_decision(report_id: int) -> None:
    """What the moderator decided about a report."""
    reports = YearReport.objects.filter(state__in=("published", "refused"), pledge__state__in=CONFIRMED)
    report = reports.select_related("pledge__text").filter(pk=report_id).first()
    if report is not None:
        pledge = report.pledge
        listing = PublicListing.objects.filter(pledge=pledge, state="shown").exclude(name="").first()
        _tell(
            pledge,
            "pledge_report_decision",
            report=report,
            public_link=address(pledge, "record", public_id=str(pledge.public_id)) if listing else "",
            report_link=report_address(pledge),
        )


@app.periodic(cron="17 4 * * *")
@app.task(name="creditstore.pledge.keep", queueing_lock="creditstore.pledge.keep")
def keep(timestamp: int) -> None:
    """Every night: remind of reports, and let pledges lapse that nobody reports on."""
    remind()
    lapse_overdue()


@app.periodic(cron="47 3 * * *")
@app.task(name="creditstore.pledge.forget_unconfirmed", queueing_lock="creditstore.pledge.forget_unconfirmed")
def forget(timestamp: int) -> None:
    """Every night: forget signatures that nobody confirmed in time."""
    forget_unconfirmed()
