"""What a signer reaches by the links in the mails. Opening one changes nothing: only buttons do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore_content.pledge import inviting, services
from creditstore_content.pledge.exporting import export
from creditstore_content.pledge.links import manage_token
from creditstore_content.pledge.listing import change_listing, listing_wish
from creditstore_content.pledge.models import Pledge, PublicListing
from creditstore_content.pledge.reporting import own_reports, years_open
from creditstore_content.pledge.requests import Listing
from creditstore_content.pledge.texts import signed_words
from creditstore_site.forms import show_store_error
from creditstore_site.pledge_certificate import certificate_pdf
from creditstore_site.pledge_forms import ListingForm
from creditstore_site.views.answers import View, error_page, message_page, status_of
from creditstore_site.views.orders import see

_SAVED = gettext_lazy("Saved. A person looks at it before it is shown.")
_SAVED_NONE = gettext_lazy("Saved. Your pledge is not in the public list any more.")


def of_own_pledge(view: Callable[[HttpRequest, Pledge, str], HttpResponse]) -> View:
    """A view of the pledge that the link opens; a link that opens none says what to do."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, services.open_own(token=token), token)
        except StoreError as error:
            return message_page(
                request,
                heading=_("This link leads to no pledge"),
                text=error.message,
                status=status_of(error),
                links=(_links_again(), _sign_again()),
            )

    return answer


def _sign_again() -> tuple[str, str]:
    return reverse("pledge:sign"), _("Sign the pledge")


def _links_again() -> tuple[str, str]:
    return reverse("pledge:links"), _("Send me the links to my pledge")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what was signed and a button, whoever opens the link; POST confirms it."""
    try:
        if request.method != "POST":
            pledge = services.open_confirmation(token=token)
            context = {
                "section": "pledge",
                "pledge": pledge,
                "token": token,
                "wish": listing_wish(pledge=pledge),
                "words": signed_words(text=pledge.text, steps=pledge.steps),
            }
            return render(request, "pledge/confirm.html", context)
        pledge = services.confirm(token=token)
    except StoreError as error:
        heading = _("This link does not confirm a pledge")
        ways = (_sign_again(), _links_again()) if error.code == "not-found" else (_links_again(), _sign_again())
        return message_page(request, heading=heading, text=error.message, status=status_of(error), links=ways)
    messages.success(request, _("Your pledge is confirmed. It counts from now on."))
    return see(reverse("pledge:mine", args=[manage_token(pledge)]))


@never_cache
@require_POST
def disown(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever owns the address did not sign: what was typed is deleted."""
    try:
        services.disown(token=token)
    except StoreError as error:
        heading = _("This link belongs to no open signature")
        return message_page(
            request, heading=heading, text=error.message, status=status_of(error), links=(_links_again(),)
        )
    return message_page(
        request,
        heading=_("The signature is deleted"),
        text=_("Nothing was pledged with your address, and what was typed is no longer stored."),
        status=200,
        links=((reverse("pledge:wall"), _("See who has pledged")),),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_own_pledge
def mine(request: HttpRequest, pledge: Pledge, token: str) -> HttpResponse:
    """The signer's own page; POST changes what the public list may show."""
    form = ListingForm(
        request.POST if request.method == "POST" else None, initial={"listing": listing_wish(pledge=pledge)}
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            wish = form.cleaned_data["listing"]
            if change_listing(pledge=pledge, wish=wish):
                messages.success(request, _SAVED_NONE if wish == Listing.NONE else _SAVED)
            return see(reverse("pledge:mine", args=[token]))
        except StoreError as error:
            show_store_error(form, error, {"listing": "listing"})
    if form.errors:
        status = 422
    link = inviting.open_invitation(pledge=pledge)
    context = {
        "section": "pledge",
        "pledge": pledge,
        "invitation_link": inviting.invitation_address(link) if link else "",
        "came": inviting.came(pledge=pledge),
        "listing": PublicListing.objects.filter(pledge=pledge).first(),
        "form": form,
        "token": token,
        "words": signed_words(text=pledge.text, steps=pledge.steps),
        "reports": own_reports(pledge=pledge),
        "years_open": years_open(pledge=pledge, today=clock.shared_now().date()),
    }
    return render(request, "pledge/mine.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_own_pledge
def withdraw(request: HttpRequest, pledge: Pledge, token: str) -> HttpResponse:
    """GET says what goes and what stays, and shows a button; POST withdraws."""
    if request.method != "POST":
        return render(request, "pledge/withdraw.html", {"section": "pledge", "pledge": pledge, "token": token})
    services.withdraw(pledge=pledge, actor=services.SIGNER)
    return message_page(
        request,
        heading=_("Your pledge is withdrawn"),
        text=_(
            "Your name and your e-mail address are deleted, and nothing of your pledge is public any more. We keep "
            "that there was a pledge, of what kind, from which country, for which steps and when, so that our numbers "
            "stay right."
        ),
        action=_("You will get no more mail about it. You can sign again at any time."),
        status=200,
        links=((reverse("pledge:wall"), _("See who has pledged")), _sign_again()),
    )


@never_cache
@require_POST
@of_own_pledge
def invitation(request: HttpRequest, pledge: Pledge, token: str) -> HttpResponse:
    """Make the link that invites others, or end it (``end``)."""
    if "end" in request.POST:
        inviting.end_invitation(pledge=pledge)
        messages.success(request, _("The link invites nobody any more."))
    else:
        inviting.invite(pledge=pledge)
        messages.success(request, _("Your link is ready. Pass it on as you like."))
    return see(f"{reverse('pledge:mine', args=[token])}#invite")


@never_cache
@require_safe
@of_own_pledge
def data(request: HttpRequest, pledge: Pledge, token: str) -> HttpResponse:
    """All that is stored of the pledge, as a file."""
    answer = JsonResponse(export(pledge=pledge), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="pledge-{pledge.public_id}.json"'
    return answer


@never_cache
@require_safe
@of_own_pledge
def certificate(request: HttpRequest, pledge: Pledge, token: str) -> HttpResponse:
    """The certificate, as PDF."""
    try:
        made = certificate_pdf(pledge=pledge)
    except StoreError as error:
        return error_page(request, error, links=((reverse("pledge:mine", args=[token]), _("Your pledge")),))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="pledge-{pledge.public_id}.pdf"'
    return answer
