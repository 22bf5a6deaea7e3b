"""The form of a benefit: no statement without a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from creditstore.catalogue.goals import GOALS
from creditstore.catalogue.models import Benefit
from creditstore_content.blocks.choosers import project_chooser_viewset

_GOALS = [("", _("None: a co-benefit in your own words")), *((goal, f"{goal} {name}") for goal, name in GOALS.items())]


class BenefitForm(WagtailAdminModelForm):  # type: ignore[misc]
    """What a project does for a goal, in whose words, and where that can be read."""

    goal = forms.TypedChoiceField(
        label=_("Sustainable Development Goal"),
        choices=_GOALS,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Each goal once for a project. What follows from the type alone is shown anyway."),
    )
    source_url = forms.URLField(
        label=_("Address of the source"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("Where readers can check it, starting with https://"),
    )

    class Meta:
        model = Benefit
        fields = ["project", "goal", "text", "source_title", "source_url"]
        # Thousands of projects: never a drop-down list of all.
        widgets = {"project": project_chooser_viewset.widget_class, "text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "text": _("One or two sentences that the source bears out, with numbers and their units."),
            "source_title": _(
                "Required: who says so, where and when, for example “Monitoring report 3, 2015, page 12”."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # A statement belongs to its project for good; another project needs a source of its own.
            self.fields["project"].disabled = True

    def clean_source_url(self) -> Any:
        """An address that a page may link to."""
        url = self.cleaned_data["source_url"]
        if url and not url.startswith("https://"):
            raise forms.ValidationError(_("Give an address that starts with https://, or leave it out."))
        return url
