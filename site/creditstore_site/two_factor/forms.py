"""The one field that everything here asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A code of the app, or a recovery code where ``recovery`` lets it."""

    code = forms.CharField(label=_("Code"), max_length=40, strip=True)

    def __init__(self, *args: Any, recovery: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.help_text = (
            _("The six digits that your authenticator app shows now, or one of your recovery codes.")
            if recovery
            else _("The six digits that your authenticator app shows now.")
        )
        field.widget.attrs.update(
            autocomplete="one-time-code",
            autofocus=True,
            autocapitalize="none",
            spellcheck="false",
            inputmode="text" if recovery else "numeric",
        )
