"""The page behind the link that confirms an e-mail address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from creditstore.accounts.confirmation import confirm, open_confirmation
from creditstore.core.errors import StoreError
from creditstore_site.views.answers import message_page, status_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing, whoever opens the link; POST confirms, once."""
    to_basket = (reverse("store:basket"), _("Go to your basket"))
    try:
        if request.method == "POST":
            confirm(token=token)
        else:
            entry = open_confirmation(token=token)
            return render(request, "store/confirm_email.html", {"section": "store", "email": entry.email})
    except StoreError as error:
        heading = _("This link does not confirm an address")
        return message_page(request, heading=heading, text=error.message, status=status_of(error), links=(to_basket,))
    return message_page(
        request,
        heading=_("Your e-mail address is confirmed"),
        text=_("Orders with this address are no longer limited before they are paid."),
        action=_("If you were ordering, send the order once more: your basket is as you left it."),
        status=200,
        links=(to_basket,),
    )
