"""The public register, and the page where anybody checks a certificate or a single unit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creditstore.certificates.models import Certificate
from creditstore.certificates.register import RegisterFilters, SerialHistory, register_page, serial_history
from creditstore.certificates.services import certificate_view
from creditstore.core.errors import StoreError
from creditstore.core.text import clean_text
from creditstore_site.forms import CheckForm, RegisterForm
from creditstore_site.views.answers import public_for


@require_safe
@public_for(60)
def index(request: HttpRequest) -> HttpResponse:
    """Completed cancellations, newest first, as far as their buyers published them."""
    form = RegisterForm(request.GET)
    cursor: str | None = request.GET.get("cursor") or None
    readable = form.is_valid()
    filters = RegisterFilters(**{name: form.cleaned_data[name] for name in form.fields if form.cleaned_data.get(name)})
    try:
        page = register_page(filters=filters, cursor=cursor)
    except StoreError as error:
        for item in error.errors:
            form.add_error(item.field if item.field in form.fields else None, item.message)
        page, readable, cursor = register_page(filters=RegisterFilters()), False, None
    context = {
        "section": "register",
        "form": form,
        "page": page,
        "cursor": cursor,
        "filtered": filters != RegisterFilters(),
    }
    return render(request, "register/index.html", context, status=200 if readable else 400)


@require_safe
@public_for(60)
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the answer in words. ``number`` is a certificate's or a unit's."""
    asked = "number" in request.GET
    form = CheckForm(request.GET if asked else None)
    context: dict[str, Any] = {"section": "register", "form": form}
    status = 200
    if asked:
        status = _answer(form, context) if form.is_valid() else 400
    return render(request, "register/verify.html", context, status=status)


def _answer(form: CheckForm, context: dict[str, Any]) -> int:
    """Look the number up. Adds ``certificate`` or ``history`` to the context, or an error to the form."""
    number = clean_text(form.cleaned_data["number"])
    if Certificate.objects.filter(number=number.upper()).exists() or number.upper().startswith("VC-"):
        try:
            context["view"] = certificate_view(number=number.upper())
        except StoreError as error:
            context["missing"] = error.message
        return 200
    try:
        history = serial_history(serial=number)
    except StoreError as error:
        form.add_error("number", error.message)
        return 400
    context["history"] = history
    context["words"] = _words(history)
    return 200


def _words(history: SerialHistory) -> tuple[str, str]:
    """The answer as a title and a sentence."""
    answers = {
        "unknown": (
            _("This unit is not known here"),
            _("No issuance that this store knows holds this serial number. It may belong to another project."),
        ),
        "outstanding": (
            _("This unit is not cancelled"),
            _("It was issued, and nothing known here says that it was cancelled. It may lie in another registry."),
        ),
        "on_offer": (_("This unit is for sale here"), _("It is not cancelled: it belongs to an offer of this store.")),
        "assigned": (
            _("This unit is being cancelled"),
            _("It is sold, and the registry has been asked to cancel it. It is not cancelled yet."),
        ),
        "cancelled": (_("This unit is cancelled"), _("It cannot be used again.")),
    }
    return answers[history.state]
