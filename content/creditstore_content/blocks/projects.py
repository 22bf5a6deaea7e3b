"""Choosing a project of the store, and a block that leads to it. It links: pages are cached and hold no forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from creditstore.catalogue.labels import project_type
from creditstore.core.countries import country_name
from creditstore_content.blocks.base import StoreStructBlock

_MODEL = "creditstore_catalogue.Project"


class ProjectFilterForm(BaseFilterForm):  # type: ignore[misc]
    """Search by reference, title or any other word of the project."""

    q = forms.CharField(
        label=_("Search term"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Reference or title")}),
    )

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Projects that contain every word."""
        self.search_query = self.cleaned_data.get("q")
        self.is_searching = bool(self.search_query)
        for word in (self.search_query or "").split():
            objects = objects.filter(
                Q(ref__startswith=word) | Q(title__icontains=word) | Q(search_text__contains=word.lower())
            )
        return objects


class ProjectChooseView(ChooseView):  # type: ignore[misc]
    """The chooser's window."""

    filter_form_class = ProjectFilterForm


class ProjectChooseResultsView(ChooseResultsView):  # type: ignore[misc]
    """The results in it."""

    filter_form_class = ProjectFilterForm


class ProjectChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    """Projects are chosen here, never made: they come from the catalogue's import."""

    model = _MODEL
    icon = "globe"
    per_page = 15
    choose_one_text = _("Choose a project")
    choose_another_text = _("Choose another project")
    choose_view_class = ProjectChooseView
    choose_results_view_class = ProjectChooseResultsView


project_chooser_viewset = ProjectChooserViewSet("creditstore_project_chooser")
ProjectChooserBlock = project_chooser_viewset.get_block_class(
    name="ProjectChooserBlock", module_path="creditstore_content.blocks.projects"
)


def project_card(project: Any) -> dict[str, Any] | None:
    """What a page says of a project: reference, title, countries by name, type, address. None when it is gone."""
    if project is None:
        return None
    language = get_language() or "en"
    return {
        "ref": project.ref,
        "title": project.title,
        "countries": [country_name(code, language) for code in project.country_codes],
        "type": project_type(project.project_type),
        "url": reverse("store:project", args=[project.ref]),
    }


class ProjectLinkBlock(StoreStructBlock):
    """Leads to a project. When the project is no longer in the store, it leads to all projects instead."""

    project = ProjectChooserBlock(label=_("Project"))
    text = blocks.CharBlock(label=_("Why this one"), max_length=300, required=False)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the project's card, or None."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["card"] = project_card(value["project"])
        return context

    def get_preview_value(self) -> Any:
        """The first project of the store, if there is one."""
        from django.apps import apps

        project = apps.get_model(_MODEL).objects.first()
        return self.normalize({"project": project, "text": _("A small project with many years of verified results.")})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The project's card (null when it is gone) and the text."""
        return {"project": project_card(value["project"]), "text": value["text"]}

    class Meta:
        icon = "globe"
        label = _("Project")
        description = _(
            "Leads to a project's page, where it can be bought. Price and stock are shown there, always current."
        )
        template = "blocks/project_link.html"
