"""Forms that anybody can send, kept from programs without asking another company: a field that people do not see, and
the time at which the form was shown, signed.

Whoever fails is told what is wrong, as in any other field: people make these mistakes too, and lose nothing by them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_SALT = "creditstore.guarded-form"


class GuardedForm(forms.Form):
    """With ``shown``, when the form was shown, and ``website``, which stays empty. ``fresh`` is the next ``shown``."""

    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def fresh(self) -> str:
        """The time of showing, for the page that is about to be rendered."""
        return TimestampSigner(salt=_SALT).sign("shown")

    def clean_website(self) -> str:
        """Only a program fills in what nobody sees."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("Leave this field empty, then send the form again."))
        return ""

    def clean(self) -> dict[str, Any]:
        """Neither sent quicker than anybody types, nor by a form of long ago."""
        values = super().clean() or {}
        signer = TimestampSigner(salt=_SALT)
        try:
            signer.unsign(self.data.get("shown", ""), max_age=timedelta(hours=settings.CREDITSTORE_PLEDGE_FORM_HOURS))
        except SignatureExpired:
            self.add_error(None, gettext("This page has lain open for long. Check what you typed, and send it again."))
        except BadSignature:
            self.add_error(None, gettext("This form was not complete. Check what you typed, and send it again."))
        else:
            self._not_too_quick(signer)
        return values

    def _not_too_quick(self, signer: TimestampSigner) -> None:
        soon = timedelta(seconds=settings.CREDITSTORE_PLEDGE_FORM_SECONDS)
        try:
            signer.unsign(self.data["shown"], max_age=soon)
        except SignatureExpired:
            return
        self.add_error(None, gettext("That was quicker than we expect of a person. Check it, and send it again."))
