"""The signer's yearly report, and the page that says what its levels mean."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore_content.pledge.levels import level_rules, level_words
from creditstore_content.pledge.models import Kind, Pledge, YearReport
from creditstore_content.pledge.reporting import submit_report, years_open
from creditstore_site.pledge_report_form import (
    ElsewhereFormSet,
    ReportForm,
    add_row_errors,
    initial_of,
    initial_rows,
    other_contributions,
)
from creditstore_site.views.answers import public_for
from creditstore_site.views.orders import see
from creditstore_site.views.own_pledge import of_own_pledge


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_own_pledge
def report(request: HttpRequest, pledge: Pledge, token: str) -> HttpResponse:
    """The form of a year (``?year=``); POST sends it to a moderator. Sent again, it takes the place of what waits."""
    year = _year(request, pledge)
    reports = pledge.reports.prefetch_related("contributions__certificate")
    same = reports.filter(year=year).first()
    earlier = reports.filter(year__lt=year).first()
    sent = request.POST if request.method == "POST" else None
    initial = initial_of(same, earlier=earlier, day=_last_day(year, pledge))
    form = ReportForm(sent, pledge=pledge, initial=initial)
    rows = ElsewhereFormSet(sent, initial=initial_rows(same), prefix="elsewhere")
    status = 200
    if sent is not None:
        # Both, so that everything that is wrong is said at once.
        if all([form.is_valid(), rows.is_valid()]):
            try:
                submit_report(pledge=pledge, request=form.report_request(tuple(other_contributions(rows))))
                messages.success(
                    request, _("Your report is sent. A person looks at it; you will hear from us by mail.")
                )
                return see(f"{reverse('pledge:mine', args=[token])}#reports")
            except StoreError as error:
                form.add_store_error(error)
                add_row_errors(rows, error)
        status = 422
    context = {
        "section": "pledge",
        "pledge": pledge,
        "token": token,
        "form": form,
        "rows": rows,
        "refused": same if same is not None and same.state == "refused" else None,
        "replaces": same if same is not None and same.state == "published" else None,
    }
    return render(request, "pledge/report.html", context, status=status)


def _year(request: HttpRequest, pledge: Pledge) -> int:
    """The year asked for; else the oldest that is open, else that of the newest report, else last year."""
    today = clock.shared_now().date()
    asked = request.GET.get("year", "")
    if asked in map(str, range(pledge.signed_at.year - 1, today.year + 2)):
        return int(asked)
    if open_years := years_open(pledge=pledge, today=today):
        return open_years[0]
    newest: YearReport | None = pledge.reports.first()
    return newest.year if newest is not None else today.year - 1


def _last_day(year: int, pledge: Pledge) -> date | None:
    """The usual day; of an event nobody knows it but the signer."""
    return None if pledge.kind == Kind.EVENT else date(year, 12, 31)


@require_safe
@public_for(3600)
def levels(request: HttpRequest) -> HttpResponse:
    """What each level of each step asks for."""
    rules = level_rules()
    steps: dict[str, list[Any]] = {}
    for words in level_words(rules=rules):
        steps.setdefault(words.step, []).append(words)
    return render(
        request, "pledge/levels.html", {"section": "pledge", "steps": steps.items(), "version": rules.version}
    )
