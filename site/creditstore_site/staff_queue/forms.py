"""What staff write down when they act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creditstore.credits.models import Offer
from creditstore.orders.requests import NAME_LIMIT, REASON_LIMIT
from creditstore_plugins import Money

_NO_NAMES = _("Others read it later. No names, addresses or other personal data.")


class NoForm(forms.Form):
    """An action that needs nothing but the button."""


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), help_text=_NO_NAMES, widget=forms.Textarea(attrs={"rows": 3}))


class CloseForm(forms.Form):
    """What was done."""

    note = forms.CharField(label=_("What was done"), help_text=_NO_NAMES, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectForm(ReasonForm):
    """What a certificate should have said."""

    beneficiary = forms.CharField(label=_("Cancelled in the name of"), max_length=NAME_LIMIT)
    purpose = forms.CharField(
        label=_("Reason on the certificate, in the buyer's words"),
        required=False,
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["beneficiary", "purpose", "reason"]


class PaidForm(forms.Form):
    """By what transfer a refund was paid."""

    reference = forms.CharField(label=_("Reference of the transfer"), max_length=200)


class DecideForm(forms.Form):
    """Yes or no. A no needs a note; the service says so."""

    answer = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Approve, and do it now")), ("no", _("Refuse"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"), help_text=_NO_NAMES, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SubstituteForm(forms.Form):
    """Which units instead, and what the buyer should know."""

    offer = forms.ChoiceField(label=_("Units to propose"), widget=forms.Select)
    note = forms.CharField(
        label=_("For the buyer to read"),
        help_text=_("Why the registry refused, in plain words. It stands in the mail and on the order's page."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(offer.code, _offer_words(offer)) for offer in offers]
        self.fields["offer"].choices = choices  # type: ignore[attr-defined]


class RefundPaymentForm(ReasonForm):
    """What a refund of a payment is for; the amount follows from it."""

    purpose = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, purposes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = list(purposes)  # type: ignore[attr-defined]


def _offer_words(offer: Offer) -> str:
    project, year = offer.issuance.project, offer.issuance.monitoring_start
    price = Money(minor=offer.price_minor, currency=offer.currency)
    years = f" · {year.year}" if year else ""
    return f"{price} {offer.currency} · {project.ref} {project.title[:80]} · {offer.issuance.series}{years}"
