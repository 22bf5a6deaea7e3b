"""Signers are reminded once before the day and once after it; who does not report is shown as lapsed, and told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.core import mail

from creditstore.accounts.models import User
from creditstore_content.pledge.keeping import lapse_overdue, lapses_on, remind
from creditstore_content.pledge.listing import pledge_counts
from creditstore_content.pledge.models import Pledge
from creditstore_content.pledge.reporting import decide_report, submit_report
from creditstore_content.pledge.services import withdraw
from support.jobs import run_jobs
from support.pledges import accepted, pledged, report

pytestmark = pytest.mark.django_db


def at(day: date) -> datetime:
    return datetime.combine(day, time(4, 17), UTC)


def due(pledge: Pledge) -> date:
    pledge.refresh_from_db()
    assert pledge.report_due_on is not None
    return pledge.report_due_on


def every_night(pledge: Pledge, *, until: date) -> list[tuple[date, str]]:
    """What happens from a hundred days before the day on: the days, and the mails' subjects."""
    found, day = [], due(pledge) - timedelta(days=100)
    while day <= until:
        mail.outbox.clear()
        remind(now=at(day))
        lapse_overdue(now=at(day))
        run_jobs()
        found += [(day, sent.subject) for sent in mail.outbox]
        day += timedelta(days=1)
    return found


def test_two_mails_then_lapsed_and_told() -> None:
    pledge = pledged()
    day = due(pledge)
    found = every_night(pledge, until=day + timedelta(days=90))
    assert [when - day for when, _subject in found] == [timedelta(days=days) for days in (-30, 1, 61)]
    assert found[-1][1] == "Your pledge has lapsed"
    assert lapses_on(due=day) == day + timedelta(days=settings.CREDITSTORE_PLEDGE_GRACE_DAYS + 1)
    pledge.refresh_from_db()
    assert pledge.state == "lapsed"
    assert pledge_counts().pledges == 0


def test_the_mails_say_what_to_do() -> None:
    pledge = pledged()
    day = due(pledge)
    mail.outbox.clear()
    remind(now=at(day - timedelta(days=3)))
    run_jobs()
    (sent,) = mail.outbox
    assert "/report/" in sent.body
    assert "/withdraw/" in sent.body
    assert str((day + timedelta(days=61)).year) in sent.body


def test_a_worker_that_stood_still_lapses_nobody_unwarned() -> None:
    pledge = pledged()
    day = due(pledge) + timedelta(days=400)
    assert lapse_overdue(now=at(day)) == 0
    assert remind(now=at(day)) == 1
    assert lapse_overdue(now=at(day + timedelta(days=6))) == 0
    assert lapse_overdue(now=at(day + timedelta(days=7))) == 1


def test_a_report_that_waits_holds_everything(moderator: User) -> None:
    pledge = pledged()
    year = due(pledge).year - 1
    sent = submit_report(pledge=pledge, request=report(year=year, ended_on=date(year, 1, 1)))
    assert every_night(pledge, until=due(pledge) + timedelta(days=80)) == []
    decide_report(report=sent, publish=False, by=moderator, seen_revision=1, note="Which method?")
    now = at(due(pledge) + timedelta(days=81))
    assert lapse_overdue(now=now) == 0
    assert remind(now=now) == 1


def test_who_reported_is_reminded_of_the_next_year_only(moderator: User) -> None:
    pledge = pledged()
    first = due(pledge)
    accepted(pledge, moderator=moderator, year=first.year - 1, ended_on=date(first.year - 1, 1, 1))
    assert due(pledge) == first.replace(year=first.year + 1)
    assert remind(now=at(first)) == 0
    assert remind(now=at(due(pledge) - timedelta(days=30))) == 1
    assert remind(now=at(due(pledge) - timedelta(days=29))) == 0


def test_an_event_reports_once(moderator: User) -> None:
    pledge = pledged(kind="event", name="A fair", signer_name="Ana")
    day = due(pledge)
    accepted(pledge, moderator=moderator, year=day.year - 1, ended_on=date(day.year - 1, 1, 1))
    pledge.refresh_from_db()
    assert pledge.report_due_on is None
    assert remind(now=at(day + timedelta(days=900))) == 0


def test_who_withdrew_hears_nothing() -> None:
    pledge = pledged()
    day = due(pledge)
    withdraw(pledge=pledge, actor="signer")
    assert remind(now=at(day)) == 0
    assert lapse_overdue(now=at(day + timedelta(days=99))) == 0
