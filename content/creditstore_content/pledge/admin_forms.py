"""The form of a pledge text: a draft can be changed as often as one likes, a published one never."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from creditstore.core.errors import StoreError
from creditstore_content.pledge.models import PledgeText
from creditstore_content.pledge.texts import check_publishable, publish_text


class PledgeTextForm(WagtailAdminModelForm):  # type: ignore[misc]
    """The words, and whether they are published now."""

    language = forms.ChoiceField(label=_("Language"))
    publish = forms.BooleanField(
        label=_("Publish it now"),
        required=False,
        help_text=_("From then on people sign this text. It can never be changed or deleted again."),
    )

    class Meta:
        model = PledgeText
        fields = ["version", "language", "title", "introduction", "measure", "reduce", "contribute", "closing"]
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in (("introduction", 4), ("measure", 3), ("reduce", 3), ("contribute", 3), ("closing", 6))
        }
        help_texts = {
            "version": _(
                "A new text has the next number. A translation has the number of the text that it translates."
            ),
            "introduction": _("Plain text; an empty line starts a paragraph."),
            "closing": _(
                "Say here that one can withdraw, that nobody has to buy anything, and what may not be claimed."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above; tells the type checker)
        field.choices = settings.LANGUAGES
        if self.instance.published_at is not None:
            for published in self.fields.values():
                published.disabled = True

    def clean(self) -> dict[str, Any]:
        """A published text is refused, and so is one that could not be published."""
        values: dict[str, Any] = super().clean()
        if self.instance.published_at is not None:
            self.add_error(None, _("This text is published. Write a new version instead."))
        elif values.get("publish") and values.get("version") is not None and values.get("language"):
            try:
                check_publishable(version=values["version"], language=values["language"])
            except StoreError as error:
                self.add_error("version", error.message)
        return values

    def save(self, commit: bool = True) -> PledgeText:
        """Save the draft, and publish it where that was asked."""
        text: PledgeText = super().save(commit=commit)
        if commit and self.cleaned_data.get("publish"):
            publish_text(text=text)
        return text
