"""Yearly reports: what signers send, what moderators decide, and when the next one is due.

A signer sends a report as often as they like until a moderator has decided; a published one is superseded by the next
revision's yes. What waits counts for nothing but for the pledge's not lapsing meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext as _

from creditstore.accounts.confirmation import email_key
from creditstore.accounts.models import User
from creditstore.accounts.staff import actor_of
from creditstore.certificates.models import Certificate
from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.jobs import defer
from creditstore.core.locks import advisory_lock
from creditstore.core.states import record_start, transition
from creditstore.core.text import clean_text
from creditstore.orders.models import Visibility
from creditstore_content.pledge.levels import LevelFacts, Target, level_rules, reached
from creditstore_content.pledge.listing import NOTE_LIMIT
from creditstore_content.pledge.models import Contribution, Kind, Pledge, YearReport
from creditstore_content.pledge.report_requests import OwnContribution, ReportRequest, check_report, cleaned_report
from creditstore_content.pledge.states import CONFIRMED, PLEDGES, REPORTS

#: The columns of ``YearReport`` that are the signer's words, named alike in ``ReportRequest``.
_TOLD = tuple(field.name for field in fields(ReportRequest) if field.name not in ("certificates", "elsewhere"))


def submit_report(*, pledge: Pledge, request: ReportRequest) -> YearReport:
    """Take a report of a year; it waits for a moderator. One of that year that waits already gives way to it.

    Errors: ``StoreError``: invalid; conflict, when the pledge is not confirmed or was withdrawn meanwhile.
    """
    request = cleaned_report(request, kind=pledge.kind)
    now = clock.shared_now()
    check_report(request=request, pledge=pledge, today=now.date())
    year = request.ended_on.year
    with transaction.atomic():
        locked = Pledge.objects.select_for_update().get(pk=pledge.pk)
        if locked.state not in CONFIRMED:
            raise StoreError(code="conflict", message=_("Only a confirmed pledge can be reported on."))
        of_this_year = locked.reports.filter(year=year)
        revision = (of_this_year.aggregate(last=Max("revision"))["last"] or 0) + 1
        told = {name: getattr(request, name) for name in _TOLD} | {"submitted_at": now, "revision": revision}
        report = of_this_year.filter(state="submitted").first()
        if report is None:
            report = YearReport.objects.create(pledge=locked, year=year, **told)
            record_start(instance=report, table=REPORTS, actor="signer")
        else:
            YearReport.objects.filter(pk=report.pk).update(**told)
            report.contributions.all().delete()
            report.refresh_from_db()
        _contribute(report=report, pledge=locked, request=request)
    return report


def _contribute(*, report: YearReport, pledge: Pledge, request: ReportRequest) -> None:
    errors = []
    found = [(own, _certificate(own.number, pledge)) for own in request.certificates]
    # In one order, so that two reports that count the same certificates never wait for each other.
    for own, certificate in sorted(found, key=lambda pair: pair[1].order_id if pair[1] else 0):
        try:
            units = _free_units(own, certificate, report)
        except StoreError as error:
            errors.append(FieldError("certificates", error.message))
            continue
        Contribution.objects.create(report=report, certificate=certificate, units=units)
    if errors:
        raise StoreError(code="invalid", message=errors[0].message, errors=errors)
    for other in request.elsewhere:
        Contribution.objects.create(
            report=report, registry=other.registry, reference=other.reference, units=other.units, url=other.url
        )


def _certificate(number: str, pledge: Pledge) -> Certificate | None:
    """The certificate in force of this number's order, where everybody may see it or the signer bought it."""
    named = Certificate.objects.select_related("order").filter(number=number).first()
    if named is None:
        return None
    if named.order.visibility != Visibility.FULL and not bought_by_signer(certificate=named, pledge=pledge):
        return None
    return named if named.state == "issued" else named.order.certificates.select_related("order").get(state="issued")


def bought_by_signer(*, certificate: Certificate, pledge: Pledge) -> bool:
    """Whether the order was placed with the pledge's own mailbox."""
    return email_key(certificate.order.buyer_email) == pledge.email_key


def _free_units(own: OwnContribution, certificate: Certificate | None, report: YearReport) -> int:
    if certificate is None:
        message = _(
            "We find no certificate %(number)s that everybody may see or that was bought with the pledge's e-mail "
            "address. Check the number."
        )
        raise StoreError(code="invalid", message=message % {"number": own.number})
    advisory_lock(f"pledge-contribution:{certificate.order_id}")
    counted = Contribution.objects.filter(
        certificate__order=certificate.order_id, report__state__in=("submitted", "published")
    )
    elsewhere = counted.exclude(report__pledge=report.pledge_id, report__year=report.year)
    here = counted.filter(report=report)
    free = certificate.facts["quantity"] - sum(
        rows.aggregate(units=Sum("units"))["units"] or 0 for rows in (elsewhere, here)
    )
    if free < (own.units or 1):
        message = _("Of the units of %(number)s, %(free)d are not counted by a report yet.")
        raise StoreError(code="invalid", message=message % {"number": own.number, "free": free})
    return own.units or free


def waiting_reports() -> QuerySet[YearReport]:
    """What waits for a moderator."""
    return YearReport.objects.filter(state="submitted", pledge__state__in=CONFIRMED)


def decide_report(*, report: YearReport, publish: bool, by: User, seen_revision: int, note: str = "") -> bool:
    """A moderator's yes or no to a report, or the taking back of a published one; the signer is told by mail.

    Parameters: ``seen_revision``, what the moderator read; ``note``, the reason of a no, told to the signer.
    Returns whether anything changed. Errors: ``StoreError``: invalid (a no without a reason), conflict (the signer
    sent another revision or withdrew meanwhile, or it was decided otherwise).
    """
    note = clean_text(note)
    if not publish and (not note or len(note) > NOTE_LIMIT):
        message = _("Give the signer a reason, of at most %(limit)d characters.") % {"limit": NOTE_LIMIT}
        raise StoreError(code="invalid", message=message, errors=[FieldError("note", message)])
    with transaction.atomic():
        # The pledge before its reports, as a signer who sends another one locks them.
        pledge = Pledge.objects.select_for_update().get(pk=report.pledge_id)
        current = YearReport.objects.filter(pk=report.pk, revision=seen_revision).first()
        to = "published" if publish else "refused"
        if current is None or not (current.state == to or REPORTS.allows(current.state, to)):
            raise StoreError(code="conflict", message=_("This report has changed meanwhile. Look at it again."))
        values = {"decided_at": clock.shared_now(), "decided_by": by, "note": note}
        if publish:
            values |= given_levels(report=current) | {"note": ""}
            for older in pledge.reports.filter(year=current.year, state="published").exclude(pk=current.pk):
                transition(instance=older, table=REPORTS, to="superseded", actor=actor_of(by))
        if not transition(instance=report, table=REPORTS, to=to, actor=actor_of(by), values=values):
            return False
        _set_due(pledge=pledge, actor=actor_of(by))
        defer("creditstore.pledge.mail_report_decision", report_id=report.pk)
    return True


def given_levels(*, report: YearReport) -> dict[str, str]:
    """The columns of the levels that the rules of now give this report, and of the rules' version."""
    rules = level_rules()
    levels = reached(facts=level_facts(report=report), rules=rules)
    return {f"level_{step}": level for step, level in levels.items()} | {"rules": rules.version}


def level_facts(*, report: YearReport) -> LevelFacts:
    """What levels are given for: this report, and the figures of the pledge's other published ones."""
    others = report.pledge.reports.filter(state="published").exclude(year=report.year)
    rows = others.values_list("year", "measured_kg")
    measured: dict[int, Decimal] = {year: amount for year, amount in rows if amount is not None}
    if report.measured_kg is not None:
        measured[report.year] = report.measured_kg
    return LevelFacts(
        kind=report.pledge.kind,
        steps=tuple(report.pledge.steps),
        year=report.year,
        measured=measured,
        scope3_kg=report.scope3_kg,
        complete=report.complete,
        verified=bool(report.verified_by),
        plan=bool(report.plan or report.plan_url),
        target=report_target(report=report),
        units=report.contributions.aggregate(units=Sum("units"))["units"] or 0,
    )


def report_target(*, report: YearReport) -> Target | None:
    """The target that the report names."""
    if report.base_year is None or report.base_kg is None or report.target_year is None or report.target_kg is None:
        return None
    return Target(
        base_year=report.base_year,
        base_kg=report.base_kg,
        target_year=report.target_year,
        target_kg=report.target_kg,
    )


def due_on(*, kind: str, confirmed_at: datetime, years: Iterable[int]) -> date | None:
    """When the next report is due, ``years`` being those that are reported. None for an event that is.

    The first is due ``CREDITSTORE_PLEDGE_REPORT_DAYS`` after the confirmation, each later one on that day of the year.
    The report of a year moves it into the second year after: the next year's is due then.
    """
    first = (confirmed_at + timedelta(days=settings.CREDITSTORE_PLEDGE_REPORT_DAYS)).date()
    known = set(years)
    if not known:
        return first
    if kind == Kind.EVENT:
        return None
    return max(first, _in_year(first, max(known) + 2))


def _in_year(day: date, year: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=year, day=28) if leap_day else day.replace(year=year)


def _set_due(*, pledge: Pledge, actor: str) -> None:
    """After a decision: when the next report is due, and whether a lapsed pledge is back."""
    assert pledge.confirmed_at is not None  # noqa: S101  (confirmed ones know when: a check of the database)
    years = pledge.reports.filter(state="published").values_list("year", flat=True)
    due = due_on(kind=pledge.kind, confirmed_at=pledge.confirmed_at, years=years)
    if due != pledge.report_due_on:
        Pledge.objects.filter(pk=pledge.pk).update(report_due_on=due, reminded_at=None)
    if pledge.state == "lapsed" and (due is None or due > clock.shared_now().date()):
        transition(
            instance=pledge,
            table=PLEDGES,
            to="active",
            actor=actor,
            reason="reported",
            values={"lapsed_at": None},
        )


def years_open(*, pledge: Pledge, today: date) -> list[int]:
    """The years that could be reported now and are not, the oldest first: whole years since the one of the signature.

    Of an event it is the year of the signature.
    """
    assert pledge.confirmed_at is not None  # noqa: S101  (confirmed ones know when: a check of the database)
    told = set(pledge.reports.exclude(state="refused").values_list("year", flat=True))
    first = pledge.confirmed_at.year
    if pledge.kind == Kind.EVENT:
        return [first] if not told else []
    return [year for year in range(first, today.year) if year not in told]


def own_reports(*, pledge: Pledge) -> list[YearReport]:
    """Of each year what is published and what the signer sent last, the newest first."""
    found: dict[int, list[YearReport]] = {}
    for report in pledge.reports.prefetch_related("contributions__certificate"):
        kept = found.setdefault(report.year, [])
        # They come with the last revision first.
        if not kept or report.state == "published":
            kept.append(report)
    return [report for kept in found.values() for report in kept]
