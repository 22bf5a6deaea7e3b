"""Forms of the buyer's journey. What is valid is decided by the services; forms carry their words to the fields."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from creditstore.campaigns.models import Campaign
from creditstore.checkout.basket import BasketGroup
from creditstore.core.countries import country_choices
from creditstore.core.errors import StoreError
from creditstore.orders.models import Terms, Visibility
from creditstore.orders.requests import Beneficiary, Buyer, LineRequest, OrderRequest, check_request, cleaned
from creditstore.payments.services import offered_methods
from creditstore_plugins import Money

#: From the services' paths to the fields of the checkout form.
CHECKOUT_FIELDS = {
    "buyer.email": "email",
    "buyer.name": "name",
    "buyer.country": "country",
    "buyer.organisation": "organisation",
    "beneficiary.name": "beneficiary",
    "reason": "reason",
    "visibility": "visibility",
    "consent.terms": "terms",
    "consent.immediate_performance": "immediate",
    "method": "method",
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_LINE = re.compile(
    r"(?P<code>[A-Za-z0-9_-]{1,16}):(?P<quantity>[1-9][0-9]{0,14}):(?P<minor>[1-9][0-9]{0,14}):(?P<currency>[A-Z]{3})"
)


def new_token() -> str:
    """The placement key of one rendered checkout page: sent twice, it is the same order."""
    return secrets.token_urlsafe(24)


def lines_as_text(lines: Sequence[LineRequest]) -> str:
    """The lines as the page shows them, to be sent back with the form."""
    return " ".join(
        f"{line.offer_code}:{line.quantity}:{line.expected_price.minor}:{line.expected_price.currency}"
        for line in lines
        if line.expected_price is not None
    )


def lines_from_text(text: str) -> tuple[LineRequest, ...]:
    """The lines that a page showed. Errors: ``ValidationError`` for anything that no page of ours sent."""
    lines: list[LineRequest] = []
    for part in text.split(" "):
        found = _LINE.fullmatch(part)
        if found is None or len(lines) >= settings.CREDITSTORE_MAX_LINES:
            raise ValidationError(_("This page is out of date. Check the order below and send it again."), code="stale")
        lines.append(
            LineRequest(
                offer_code=found["code"],
                quantity=int(found["quantity"]),
                expected_price=Money(minor=int(found["minor"]), currency=found["currency"]),
            )
        )
    return tuple(lines)


class MethodForm(forms.Form):
    """How to pay. ``form_id`` ties the choices to a form elsewhere on the page."""

    method = forms.ChoiceField(
        label=_("How do you want to pay?"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the payment methods in the list.")},
    )

    def __init__(self, *args: Any, currency: str, form_id: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["method"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above; tells the type checker)
        field.choices = [
            (method.id, format_html('{} <span class="choice__note">{}</span>', _(method.title), _(method.description)))
            for method in offered_methods(currency=currency)
        ]
        if form_id:
            field.widget.attrs["form"] = form_id

    def clean_method(self) -> str:
        """Errors: ``ValidationError`` when nothing is chosen."""
        method: str = self.cleaned_data.get("method", "")
        if not method:
            raise ValidationError(_("Choose how to pay."), code="required")
        return method


class CheckoutForm(MethodForm):
    """The whole checkout. No field is required by itself: the order's own checks say what is missing, all at once."""

    field_order = (
        "name", "country", "email", "organisation", "beneficiary", "reason", "visibility", "method", "terms",
        "immediate",
    )  # fmt: skip

    name = forms.CharField(label=_("Your name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        help_text=_("The link to your order and your certificate go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        widget=forms.Select(attrs={"autocomplete": "country"}),
        error_messages={"invalid_choice": _("Choose your country from the list.")},
    )
    organisation = forms.CharField(
        label=_("Organisation"), required=False, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    beneficiary = forms.CharField(
        label=_("Cancel in the name of"),
        required=False,
        help_text=_("A person, an organisation or an event: the name on the certificate, as you write it here."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        help_text=_("Printed on the certificate as your own words."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    visibility = forms.ChoiceField(
        label=_("What may the public register show?"),
        required=False,
        widget=forms.RadioSelect,
        choices=Visibility.choices,
        error_messages={"invalid_choice": _("Choose what the public register may show.")},
    )
    terms = forms.BooleanField(label=_("I accept the terms of sale."), required=False)
    immediate = forms.BooleanField(
        label=_(
            "I ask that the cancellation starts at once after payment. A completed cancellation cannot be undone, "
            "so my right to withdraw from the contract ends with it."
        ),
        required=False,
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)
    lines = forms.CharField(required=False, widget=forms.HiddenInput)
    terms_version = forms.CharField(required=False, widget=forms.HiddenInput)

    campaign = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, current_terms: Terms, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, **kwargs)
        self.current_terms = current_terms
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above; tells the type checker)
        field.choices = [("", _("Choose a country")), *country_choices(get_language() or "en")]
        self.fields["terms"].help_text = format_html(
            '<a href="{}" target="_blank">{}</a>',
            reverse("terms"),
            gettext("Terms of sale, version %(version)s (opens in a new tab)") % {"version": current_terms.version},
        )

    def clean_token(self) -> str:
        """Errors: ``ValidationError`` for a key that no page of ours made."""
        token: str = self.cleaned_data["token"]
        if not _TOKEN.fullmatch(token):
            raise ValidationError(_("This page is out of date. Check the order below and send it again."), code="stale")
        return token

    def clean_lines(self) -> tuple[LineRequest, ...]:
        """What the page showed when it was sent."""
        return lines_from_text(self.cleaned_data["lines"])

    def clean(self) -> dict[str, Any]:
        """Ask the order's own checks, and put each of their errors at its field."""
        values = super().clean() or self.cleaned_data
        if "lines" in values:
            try:
                check_request(
                    request=cleaned(self.order_request()),
                    terms=self.current_terms,
                    max_lines=settings.CREDITSTORE_MAX_LINES,
                )
            except StoreError as error:
                self.add_store_error(error)
        return values

    def order_request(self) -> OrderRequest:
        """The order as it was filled in."""
        values = self.cleaned_data
        return OrderRequest(
            lines=values["lines"],
            buyer=Buyer(
                email=values.get("email", ""),
                name=values.get("name", ""),
                country=values.get("country", ""),
                organisation=values.get("organisation", ""),
            ),
            beneficiary=Beneficiary(name=values.get("beneficiary", "")),
            reason=values.get("reason", ""),
            visibility=values.get("visibility", ""),
            terms_version=values.get("terms_version", "") if values.get("terms") else "",
            immediate_performance=bool(values.get("immediate")),
            language=get_language() or settings.LANGUAGE_CODE,
            campaign=values.get("campaign", ""),
        )

    def add_store_error(self, error: StoreError) -> None:
        """A service's error, at its fields."""
        show_store_error(self, error, CHECKOUT_FIELDS)


def show_store_error(form: forms.Form, error: StoreError, fields: Mapping[str, str]) -> None:
    """Put the error at the fields it speaks of; what belongs to none stands above the form.

    Parameters: ``fields``, from the service's paths to the form's fields.
    """
    placed = False
    for item in error.errors:
        field = fields.get(item.field)
        if field and field not in form.errors:
            form.add_error(field, item.message)
        placed = placed or field is not None
    if not placed:
        form.add_error(None, error.message)


def fresh_hidden(group: BasketGroup, terms: Terms, campaign: Campaign | None) -> dict[str, str]:
    """The hidden part of a newly shown checkout page: what the page says beside the form."""
    return {
        "token": new_token(),
        "lines": lines_as_text([line.request for line in group.lines]),
        "terms_version": terms.version,
        "campaign": campaign.key if campaign else "",
    }


class CheckForm(forms.Form):
    """The question of the public verification page."""

    number = forms.CharField(
        label=_("Certificate number or serial number"),
        help_text=_("For example VC-2026-000123 or ID-5-11657456-1-1-0-526."),
        max_length=120,
        error_messages={"required": _("Enter a certificate number or a serial number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RegisterForm(forms.Form):
    """Filters of the public register."""

    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    serial = forms.CharField(label=_("Serial number"), required=False, max_length=120)
    project = forms.CharField(label=_("Project number"), required=False, max_length=8)
    country = forms.ChoiceField(
        label=_("Host country"),
        required=False,
        error_messages={"invalid_choice": _("Choose a country from the list.")},
    )
    date_from = forms.DateField(
        label=_("From"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a day like 2026-11-23.")},
    )
    date_to = forms.DateField(
        label=_("To"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a day like 2026-11-23.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above; tells the type checker)
        field.choices = [("", _("All countries")), *country_choices(get_language() or "en")]
