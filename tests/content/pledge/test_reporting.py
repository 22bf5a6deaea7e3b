"""Yearly reports: nothing counts before a moderator's yes, no unit counts twice, and a late report brings back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from creditstore.accounts.models import User
from creditstore.certificates.models import Certificate
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.orders.requests import Buyer
from creditstore.payments.services import start_payment
from creditstore_content.pledge.keeping import lapse_overdue
from creditstore_content.pledge.listing import public_pledge
from creditstore_content.pledge.models import Contribution, Pledge, YearReport
from creditstore_content.pledge.public_reports import public_reports
from creditstore_content.pledge.report_requests import OtherContribution, OwnContribution, ReportRequest
from creditstore_content.pledge.reporting import decide_report, due_on, own_reports, submit_report, years_open
from creditstore_content.pledge.services import withdraw
from support.jobs import run_jobs
from support.ledger import make_offer, make_order
from support.pledges import accepted, aged, pledged, report, shown

Interleave = Callable[..., list[object]]
pytestmark = pytest.mark.django_db


def wrong(pledge: Pledge, request: ReportRequest) -> set[str]:
    """The fields that a report is refused for."""
    before = YearReport.objects.count()
    with pytest.raises(StoreError) as refused:
        submit_report(pledge=pledge, request=request)
    assert YearReport.objects.count() == before
    return {item.field for item in refused.value.errors}


def certified(quantity: int = 5, **changes: Any) -> Certificate:
    """A certificate of this store, bought with the address of the pledges of these tests."""
    buyer = Buyer(email="Amina+shop@example.org", name="Amina Otieno", country="KE")
    order = make_order((make_offer(), quantity), buyer=buyer, **changes).order
    start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
    run_jobs()
    return Certificate.objects.get(order=order)


def counting(*certificates: Certificate, units: int | None = None, **changes: Any) -> ReportRequest:
    return report(
        certificates=tuple(OwnContribution(number=one.number, units=units) for one in certificates), **changes
    )


def test_a_report_is_public_after_a_moderators_yes(moderator: User) -> None:
    pledge = shown(moderator=moderator)
    public = public_pledge(public_id=pledge.public_id)
    sent = submit_report(pledge=pledge, request=report(statement="We cook with less gas.\r\n\r\nAnd cycle."))
    assert public_reports(pledge=public) == []
    assert decide_report(report=sent, publish=True, by=moderator, seen_revision=1)
    assert not decide_report(report=sent, publish=True, by=moderator, seen_revision=1)
    (told,) = public_reports(pledge=public)
    assert (told.measured_kg, told.levels, told.rules) == (Decimal(8000), {"measure": "bronze"}, "1")
    assert told.statement == "We cook with less gas.\n\nAnd cycle."
    run_jobs()
    assert "is accepted" in mail.outbox[-1].subject
    assert f"/en/pledge/{pledge.public_id}/" in mail.outbox[-1].body


def test_without_a_name_in_the_list_no_report_is_told(moderator: User) -> None:
    pledge = shown(moderator=moderator, listing="anonymous")
    accepted(pledge, moderator=moderator)
    assert public_reports(pledge=public_pledge(public_id=pledge.public_id)) == []
    assert "It is not shown" in mail.outbox[-1].body


def test_a_no_has_a_reason_and_the_next_revision_waits(moderator: User) -> None:
    pledge = pledged()
    sent = submit_report(pledge=pledge, request=report())
    with pytest.raises(StoreError) as refused:
        decide_report(report=sent, publish=False, by=moderator, seen_revision=1, note=" ")
    assert refused.value.errors[0].field == "note"
    decide_report(report=sent, publish=False, by=moderator, seen_revision=1, note="Which method?")
    run_jobs()
    assert "Which method?" in mail.outbox[-1].body
    again = submit_report(pledge=pledge, request=report(method="GHG Protocol"))
    assert (again.pk != sent.pk, again.revision, again.state) == (True, 2, "submitted")
    assert [(one.revision, one.state) for one in own_reports(pledge=pledge)] == [(2, "submitted")]


def test_what_was_sent_again_meanwhile_is_not_decided_unread(moderator: User) -> None:
    pledge = pledged()
    sent = submit_report(pledge=pledge, request=report())
    again = submit_report(pledge=pledge, request=report(measured_kg=Decimal(1)))
    assert again.pk == sent.pk
    with pytest.raises(StoreError) as refused:
        decide_report(report=sent, publish=True, by=moderator, seen_revision=1)
    assert refused.value.code == "conflict"
    assert decide_report(report=sent, publish=True, by=moderator, seen_revision=2)


def test_a_mistake_is_mended_by_another_report_that_takes_its_place(moderator: User) -> None:
    pledge = shown(moderator=moderator)
    public = public_pledge(public_id=pledge.public_id)
    first = accepted(pledge, moderator=moderator)
    better = submit_report(pledge=pledge, request=report(measured_kg=Decimal(9000)))
    assert [one.measured_kg for one in public_reports(pledge=public)] == [Decimal(8000)]
    assert [one.state for one in own_reports(pledge=pledge)] == ["submitted", "published"]
    decide_report(report=better, publish=True, by=moderator, seen_revision=better.revision)
    assert [one.measured_kg for one in public_reports(pledge=public)] == [Decimal(9000)]
    first.refresh_from_db()
    assert first.state == "superseded"
    decide_report(report=better, publish=False, by=moderator, seen_revision=better.revision, note="Not yours.")
    assert public_reports(pledge=public) == []


def test_the_database_keeps_a_report_as_it_was_read(moderator: User) -> None:
    sent = accepted(pledged(), moderator=moderator)
    rows = YearReport.objects.filter(pk=sent.pk)
    with pytest.raises(ProgrammingError, match="waits for a moderator again"), transaction.atomic():
        rows.update(measured_kg=1)
    values = {"year": 2001, "ended_on": date(2001, 1, 1), "submitted_at": clock.shared_now()}
    with pytest.raises(ProgrammingError, match="begins with waiting"), transaction.atomic():
        YearReport.objects.create(pledge=sent.pledge, state="published", **values)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope1_kg": 1},
        {"scope1_kg": 1, "scope2_kg": 2, "measured_kg": 4},
        {"measured_kg": -1},
        {"method": ""},
        {"ended_on": date(2001, 1, 1)},
        {"base_year": 2020},
        {"base_year": 2020, "base_kg": 5, "target_year": 2030, "target_kg": 5},
        {"base_year": 2020, "base_kg": 5, "target_year": 2020, "target_kg": 4},
    ],
)
def test_the_database_refuses_what_cannot_be(changes: dict[str, Any]) -> None:
    sent = submit_report(pledge=pledged(), request=report())
    with pytest.raises(IntegrityError), transaction.atomic():
        YearReport.objects.filter(pk=sent.pk).update(**changes)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"ended_on": date(2999, 12, 31)}, {"ended_on"}),
        ({"ended_on": date(2001, 12, 31)}, {"ended_on"}),
        ({"measured_kg": Decimal(-1)}, {"measured_kg"}),
        ({"measured_kg": Decimal("Infinity")}, {"measured_kg"}),
        ({"measured_kg": Decimal(10) ** 15}, {"measured_kg"}),
        ({"boundary": " ", "method": ""}, {"boundary", "method"}),
        ({"scope1_kg": Decimal(1)}, {"scope1_kg"}),
        ({"exclusions": "x" * 1001}, {"exclusions"}),
        ({"measured_kg": None, "boundary": "", "method": ""}, {"statement"}),
        ({"verified_by": "An auditor"}, {"verification_url"}),
        ({"verified_by": "An auditor", "verification_url": "javascript:alert(1)"}, {"verification_url"}),
        ({"plan_url": "https://user:password@example.org/"}, {"plan_url"}),
        ({"base_year": 2020}, {"base_kg", "target_year", "target_kg"}),
        (
            {"base_year": 2020, "base_kg": Decimal(1), "target_year": 2019, "target_kg": Decimal(2)},
            {"target_year", "target_kg"},
        ),
        (
            {"base_year": 2090, "base_kg": Decimal(2), "target_year": 2101, "target_kg": Decimal(1)},
            {"base_year", "target_year"},
        ),
        ({"certificates": (OwnContribution(number="NOT-THERE"),)}, {"certificates"}),
        ({"certificates": (OwnContribution(number="A", units=0),)}, {"certificates"}),
        ({"certificates": (OwnContribution(number="a"), OwnContribution(number="A "))}, {"certificates"}),
        (
            {"elsewhere": (OtherContribution(registry="", reference="", units=0, url="x"),)},
            {"elsewhere.0.registry", "elsewhere.0.reference", "elsewhere.0.units", "elsewhere.0.url"},
        ),
        ({"elsewhere": (OtherContribution(registry="R", reference="1", units=1),) * 41}, {"certificates"}),
    ],
)
def test_bad_values_are_told_all_at_once_and_nothing_is_kept(changes: dict[str, Any], fields: set[str]) -> None:
    assert wrong(pledged(), report(**changes)) == fields


def test_organisations_tell_scopes_and_their_sum_is_the_whole() -> None:
    pledge = pledged(kind="organisation", name="Bakery", signer_name="Ana")
    missing = report(measured_kg=None, scope3_kg=Decimal(5))
    assert wrong(pledge, missing) == {"scope1_kg", "scope2_kg"}
    sent = submit_report(
        pledge=pledge, request=report(measured_kg=Decimal(77), scope1_kg=Decimal("0.001"), scope2_kg=Decimal(2))
    )
    sent.refresh_from_db()
    assert (sent.measured_kg, sent.scope3_kg) == (Decimal("2.001"), None)


def test_only_a_confirmed_pledge_reports() -> None:
    pledge = pledged()
    withdraw(pledge=Pledge.objects.get(pk=pledge.pk), actor="signer")
    with pytest.raises(StoreError) as refused:
        submit_report(pledge=pledge, request=report())
    assert refused.value.code == "conflict"


def test_withdrawing_deletes_reports() -> None:
    pledge = pledged()
    submit_report(pledge=pledge, request=report(elsewhere=(OtherContribution(registry="R", reference="1", units=1),)))
    withdraw(pledge=pledge, actor="signer")
    assert not YearReport.objects.exists()
    assert not Contribution.objects.exists()


@pytest.mark.usefixtures("outside")
def test_a_unit_counts_once_in_whatever_report() -> None:
    certificate = certified(quantity=5)
    pledge = pledged()
    sent = submit_report(pledge=pledge, request=counting(certificate, units=3))
    assert sent.contributions.get().units == 3
    # Another year gets what is left, and a year sent again is not counted beside itself.
    this_year = report(year=clock.shared_now().year, ended_on=clock.shared_now().date())
    rest = counting(certificate, year=this_year.ended_on.year, ended_on=this_year.ended_on)
    assert submit_report(pledge=pledge, request=rest).contributions.get().units == 2
    assert submit_report(pledge=pledge, request=counting(certificate, units=3)).contributions.get().units == 3
    other = pledged(name="Ben", email="ben@example.org")
    assert wrong(other, counting(certificate)) == {"certificates"}
    assert wrong(pledge, counting(certificate, units=4)) == {"certificates"}


@pytest.mark.usefixtures("outside")
def test_the_database_counts_too() -> None:
    certificate = certified(quantity=5)
    pledge = pledged()
    sent = submit_report(pledge=pledge, request=counting(certificate))
    other = submit_report(pledge=pledged(name="Ben", email="ben@example.org"), request=report())
    with pytest.raises(ProgrammingError, match="counted already"), transaction.atomic():
        Contribution.objects.create(report=other, certificate=certificate, units=1)
    with pytest.raises(ProgrammingError, match="counted already"), transaction.atomic():
        sent.contributions.update(units=6)


@pytest.mark.usefixtures("outside")
def test_what_a_refused_report_counted_is_free_again(moderator: User) -> None:
    certificate = certified(quantity=5)
    sent = submit_report(pledge=pledged(), request=counting(certificate))
    other = pledged(name="Ben", email="ben@example.org")
    assert wrong(other, counting(certificate)) == {"certificates"}
    decide_report(report=sent, publish=False, by=moderator, seen_revision=1, note="Not yours.")
    assert submit_report(pledge=other, request=counting(certificate)).contributions.get().units == 5


@pytest.mark.usefixtures("outside")
def test_a_certificate_that_is_not_public_counts_for_its_buyer_only() -> None:
    hidden = certified(visibility="hidden")
    other = pledged(name="Ben", email="ben@example.org")
    assert wrong(other, counting(hidden)) == {"certificates"}
    assert submit_report(pledge=pledged(), request=counting(hidden)).contributions.count() == 1


@pytest.mark.usefixtures("outside")
def test_of_a_hidden_certificate_only_the_units_are_told(moderator: User) -> None:
    hidden = certified(visibility="hidden")
    pledge = shown(moderator=moderator)
    accepted(pledge, moderator=moderator, certificates=(OwnContribution(number=hidden.number),))
    (told,) = public_reports(pledge=public_pledge(public_id=pledge.public_id))
    assert (told.units, told.contributions[0].certificate) == (5, "")
    assert hidden.number not in str(asdict(told))


CONFIRMED_AT = clock.now().replace(year=2026, month=3, day=15)


@pytest.mark.parametrize(
    ("years", "due"),
    [
        ([], date(2027, 3, 15)),
        ([2025], date(2027, 3, 15)),
        ([2026], date(2028, 3, 15)),
        ([2027, 2026], date(2029, 3, 15)),
        ([2028], date(2030, 3, 15)),
    ],
)
def test_when_the_next_report_is_due(years: list[int], due: date) -> None:
    assert due_on(kind="person", confirmed_at=CONFIRMED_AT, years=years) == due
    assert due_on(kind="event", confirmed_at=CONFIRMED_AT, years=years) == (None if years else due)


@given(st.datetimes(min_value=CONFIRMED_AT.replace(tzinfo=None, year=2000)), st.integers(0, 30))
def test_a_report_of_a_later_year_is_never_due_earlier(confirmed: Any, later: int) -> None:
    confirmed = confirmed.replace(year=2000 + confirmed.year % 50)
    found = [due_on(kind="person", confirmed_at=confirmed, years=[confirmed.year + n]) for n in range(later)]
    assert found == sorted(found)  # type: ignore[type-var]


def test_a_late_report_brings_the_pledge_back(moderator: User) -> None:
    now = clock.shared_now()
    pledge = aged(pledged(), days=700)
    Pledge.objects.filter(pk=pledge.pk).update(reminded_at=now - timedelta(days=90))
    assert lapse_overdue(now=now) == 1
    pledge.refresh_from_db()
    assert pledge.state == "lapsed"
    assert pledge.confirmed_at is not None
    late = submit_report(pledge=pledge, request=report(year=pledge.confirmed_at.year))
    decide_report(report=late, publish=True, by=moderator, seen_revision=1)
    pledge.refresh_from_db()
    still_due = pledge.report_due_on is not None and pledge.report_due_on <= now.date()
    if still_due:
        last = submit_report(pledge=pledge, request=report(year=now.year - 1))
        decide_report(report=last, publish=True, by=moderator, seen_revision=last.revision)
        pledge.refresh_from_db()
    assert (pledge.state, pledge.lapsed_at) == ("active", None)
    assert pledge.report_due_on is not None
    assert pledge.report_due_on > now.date()


def test_which_years_are_open(moderator: User) -> None:
    today = clock.shared_now().date()
    pledge = aged(pledged(), days=800)
    assert pledge.confirmed_at is not None
    whole = list(range(pledge.confirmed_at.year, today.year))
    assert years_open(pledge=pledge, today=today) == whole
    submit_report(pledge=pledge, request=report(year=whole[0]))
    assert years_open(pledge=pledge, today=today) == whole[1:]
    event = pledged(kind="event", name="A fair", signer_name="Ana", email="fair@example.org")
    assert years_open(pledge=event, today=today) == [today.year]


POINT = "creditstore_content.pledge.reporting.check_report"


def test_two_pledges_that_count_one_certificate_at_once(
    fresh_database: str, interleave: Interleave, outside: object
) -> None:
    certificate = certified(quantity=5)
    first, second = pledged(), pledged(name="Ben", email="ben@example.org")
    results = interleave(
        lambda: submit_report(pledge=first, request=counting(certificate)),
        lambda: submit_report(pledge=second, request=counting(certificate)),
        pause_after=POINT,
    )
    assert {type(result) for result in results} == {YearReport, StoreError}
    assert Contribution.objects.aggregate(units=Sum("units"))["units"] == 5


def test_one_year_sent_twice_at_once_is_one_report(fresh_database: str, interleave: Interleave) -> None:
    pledge = pledged()
    results = interleave(
        lambda: submit_report(pledge=pledge, request=report()),
        lambda: submit_report(pledge=pledge, request=report(measured_kg=Decimal(1))),
        pause_after=POINT,
    )
    assert {type(result) for result in results} == {YearReport}
    assert YearReport.objects.get().revision == 2
