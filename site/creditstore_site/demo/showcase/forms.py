"""A form with a field of every kind, to show fields in every state."""

from __future__ import annotations

from typing import Any

from django import forms

_CHOICES = [("full", "Show the name"), ("serials", "Show serial numbers only"), ("hidden", "Show nothing")]


class SampleForm(forms.Form):
    """Never sent."""

    name = forms.CharField(label="For whom", help_text="As it will stand on the certificate.", max_length=80)
    email = forms.EmailField(label="E-mail")
    amount = forms.IntegerField(label="Tonnes", min_value=1, max_value=100)
    country = forms.ChoiceField(label="Country", choices=[("KE", "Kenya"), ("NA", "Namibia")])
    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 3}), help_text="In your own words.")
    visibility = forms.ChoiceField(
        label="In the public register", choices=_CHOICES, widget=forms.RadioSelect, help_text="You can change it later."
    )
    terms = forms.BooleanField(label="I have read the terms", help_text="Version 2026-11")
    frozen = forms.CharField(label="Order", initial="CC-2026-000123", disabled=True)


def plain(name: str, **options: Any) -> dict[str, Any]:
    """A field that nobody has filled in yet. ``options``: those of the template."""
    return {"field": SampleForm(prefix="plain" + "".join(options))[name], **options}


def wrong(name: str, **options: Any) -> dict[str, Any]:
    """A field with its error."""
    return {"field": bad_form("wrong")[name], **options}


def bad_form(prefix: str) -> SampleForm:
    """A form sent with everything missing or wrong, and an error of the form itself."""
    form = SampleForm({f"{prefix}-email": "not an address", f"{prefix}-amount": "999"}, prefix=prefix)
    form.is_valid()
    form.add_error(None, "This page is out of date. Check the order below and send it again.")
    return form
