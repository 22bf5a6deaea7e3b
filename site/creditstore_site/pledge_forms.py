"""Forms of the pledge. What is valid is decided by the services; forms carry their words to the fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from creditstore.core.countries import country_choices
from creditstore.core.errors import StoreError
from creditstore_content.pledge.models import Kind, PledgeText, Step
from creditstore_content.pledge.requests import Listing, PledgeRequest
from creditstore_site.forms import show_store_error
from creditstore_site.guarded_form import GuardedForm

#: From the services' paths to the fields of the form.
_FIELDS = {
    "name": "name",
    "signer.name": "signer_name",
    "signer.role": "signer_role",
    "country": "country",
    "email": "email",
    "steps": "steps",
    "listing": "listing",
}
_NAMES = {
    Kind.PERSON.value: (_("Your name"), _("Country")),
    Kind.ORGANISATION.value: (_("Name of the organisation"), _("Country of its seat")),
    Kind.EVENT.value: (_("Name of the event"), _("Country where it takes place")),
}
_NOT_A_COUNTRY = {"invalid_choice": _("Choose a country from the list.")}


class ListingForm(forms.Form):
    """What the public list may show."""

    listing = forms.ChoiceField(
        label=_("May we show your pledge in the public list?"),
        help_text=_("A person looks at it before it is shown. You can change this at any time."),
        required=False,
        widget=forms.RadioSelect,
        choices=Listing.choices,
        error_messages={"invalid_choice": _("Choose what the public list may show.")},
    )


class PledgeForm(ListingForm, GuardedForm):
    """A signature. No field is required by itself: the pledge's own checks say what is missing, all at once."""

    field_order = ("steps", "name", "country", "signer_name", "signer_role", "email", "listing", "website", "shown")

    steps = forms.MultipleChoiceField(
        label=_("Which steps do you pledge?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=Step.choices,
        error_messages={"invalid_choice": _("Choose steps from the list.")},
    )
    name = forms.CharField(required=False)
    signer_name = forms.CharField(
        label=_("Your own name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    signer_role = forms.CharField(
        label=_("Your role"), required=False, widget=forms.TextInput(attrs={"autocomplete": "organization-title"})
    )
    country = forms.ChoiceField(required=False, error_messages=_NOT_A_COUNTRY)
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        help_text=_("The link that confirms your pledge goes there. It is never shown to anybody else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    text_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    invitation = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, kind: str, text: PledgeText, invitation: str = "") -> None:
        initial = {"steps": Step.values, "text_version": text.version, "invitation": invitation}
        super().__init__(data, initial=initial)
        self.kind = kind
        name, country = self.fields["name"], self.fields["country"]
        name.label, country.label = _NAMES[kind]
        assert isinstance(country, forms.ChoiceField)  # noqa: S101  (declared above; tells the type checker)
        country.choices = [("", _("Choose a country")), *country_choices(get_language() or "en")]
        if kind == Kind.PERSON:
            del self.fields["signer_name"], self.fields["signer_role"]
            name.widget.attrs["autocomplete"] = "name"
            country.widget.attrs["autocomplete"] = "country"

    def pledge_request(self) -> PledgeRequest:
        """The signature as it was filled in."""
        values = self.cleaned_data
        return PledgeRequest(
            kind=self.kind,
            name=values.get("name", ""),
            signer_name=values.get("signer_name", ""),
            signer_role=values.get("signer_role", ""),
            country=values.get("country", ""),
            email=values.get("email", ""),
            steps=tuple(values.get("steps", ())),
            listing=values.get("listing", ""),
            text_version=values.get("text_version") or 0,
            language=get_language() or settings.LANGUAGE_CODE,
            invitation=values.get("invitation", ""),
        )

    def add_store_error(self, error: StoreError) -> None:
        """A service's error, at its fields."""
        show_store_error(self, error, _FIELDS)


class LinksForm(GuardedForm):
    """Where to send the links to a pledge."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter the e-mail address that you signed with."),
            "invalid": _("Enter an e-mail address, like name@example.org."),
        },
    )


class WallForm(forms.Form):
    """Filters of the public list."""

    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[
            ("", _("All")),
            ("person", _("Persons")),
            ("organisation", _("Organisations")),
            ("event", _("Events")),
        ],
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    country = forms.ChoiceField(label=_("Country"), required=False, error_messages=_NOT_A_COUNTRY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above; tells the type checker)
        field.choices = [("", _("All countries")), *country_choices(get_language() or "en")]
