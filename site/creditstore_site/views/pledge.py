"""The pledge's open pages: sign, the public list, one public pledge."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from creditstore.api.limits import count_call
from creditstore.core.errors import StoreError
from creditstore_content.pledge.inviting import known_inviter
from creditstore_content.pledge.listing import PledgeFilters, pledge_counts, public_page, public_pledge
from creditstore_content.pledge.models import Kind, PledgeText
from creditstore_content.pledge.public_reports import public_reports
from creditstore_content.pledge.services import send_links
from creditstore_content.pledge.services import sign as sign_pledge
from creditstore_content.pledge.texts import current_text, signed_words
from creditstore_site.forms import show_store_error
from creditstore_site.pledge_badge import badge_code, badge_facts
from creditstore_site.pledge_forms import LinksForm, PledgeForm, WallForm
from creditstore_site.views.answers import error_page, public_for, status_of
from creditstore_site.views.orders import see


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """The text and the form; ``kind`` in the address says for whom. Signing leads to the same page for everybody."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.PERSON.value
    try:
        text = current_text(language=get_language() or "")
    except StoreError as error:
        return error_page(request, error)
    if request.method != "POST":
        form = PledgeForm(kind=kind, text=text, invitation=request.GET.get("invite", "")[:32])
        return _sign_page(request, form, text=text, status=200)
    form = PledgeForm(request.POST, kind=kind, text=text)
    try:
        count_call(request, operation="sign_pledge", writes=True)
        if not form.is_valid():
            return _sign_page(request, form, text=text, status=422)
        sign_pledge(request=form.pledge_request())
    except StoreError as error:
        form.add_store_error(error)
        return _sign_page(request, form, text=text, status=status_of(error))
    return see(reverse("pledge:sent"))


def _sign_page(request: HttpRequest, form: PledgeForm, *, text: PledgeText, status: int) -> HttpResponse:
    context = {
        "section": "pledge",
        "form": form,
        "text": text,
        "kinds": [(value, label, value == form.kind) for value, label in Kind.choices],
        "inviter": known_inviter(code=str(form["invitation"].value() or "")),
    }
    return render(request, "pledge/sign.html", context, status=status)


@require_safe
@public_for(60)
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next, alike for every address."""
    return render(request, "pledge/sent.html", {"section": "pledge"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """Have the links to one's pledges sent once more."""
    form = LinksForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            count_call(request, operation="send_pledge_links", writes=True)
            if form.is_valid():
                send_links(email=form.cleaned_data["email"])
                return see(reverse("pledge:sent"))
            status = 422
        except StoreError as error:
            show_store_error(form, error, {})
            status = status_of(error)
    return render(request, "pledge/links.html", {"section": "pledge", "form": form}, status=status)


@require_safe
@public_for(60)
def wall(request: HttpRequest) -> HttpResponse:
    """Who has pledged, the newest in the list first, as far as they want to be seen; and how many there are."""
    form = WallForm(request.GET)
    cursor: str | None = request.GET.get("cursor") or None
    readable = form.is_valid()
    filters = PledgeFilters(**{name: form.cleaned_data[name] for name in form.fields if form.cleaned_data.get(name)})
    try:
        page = public_page(filters=filters, cursor=cursor)
    except StoreError as error:
        form.add_error(None, error.message)
        page, readable, cursor = public_page(filters=PledgeFilters()), False, None
    context = {
        "section": "pledge",
        "form": form,
        "page": page,
        "cursor": cursor,
        "counts": pledge_counts(),
        "filtered": filters != PledgeFilters(),
    }
    return render(request, "pledge/wall.html", context, status=200 if readable else 400)


@require_safe
@public_for(60)
def record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The public record of one pledge: what was pledged, since when, and whether it stands."""
    try:
        pledge = public_pledge(public_id=public_id)
    except StoreError as error:
        return error_page(request, error, links=((reverse("pledge:wall"), _("See who has pledged")),))
    text = PledgeText.objects.get(pk=pledge.text_pk)
    words = signed_words(text=text, steps=list(pledge.steps))
    reports = public_reports(pledge=pledge)
    context = {
        "section": "pledge",
        "pledge": pledge,
        "text": text,
        "words": words,
        "reports": reports,
        "badge_code": badge_code(pledge, report=next(iter(reports), None)),
    }
    return render(request, "pledge/record.html", context)


@require_safe
@public_for(3600)
def badge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The badge for other sites, as SVG. Where there is no public pledge it says so, and nothing of what was."""
    try:
        pledge = public_pledge(public_id=public_id)
    except StoreError:
        context, status = badge_facts(None), 404
    else:
        context, status = badge_facts(pledge, report=next(iter(public_reports(pledge=pledge)), None)), 200
    return render(request, "pledge/badge.svg", context, status=status, content_type="image/svg+xml; charset=utf-8")
