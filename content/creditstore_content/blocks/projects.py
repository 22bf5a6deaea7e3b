"""A block that leads to a project. It links: pages are cached and hold no forms."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore.catalogue.labels import project_type
from creditstore.catalogue.models import Project
from creditstore.core.countries import country_name
from creditstore_content.blocks.base import STORE, StoreStructBlock
from creditstore_content.blocks.choosers import ProjectChooserBlock

__all__ = ["ProjectChooserBlock", "ProjectLinkBlock", "card_of", "project_card"]


def project_card(project: Project | None) -> dict[str, Any] | None:
    """What a page says of a project. None when it is gone."""
    return card_of(project) if project else None


def card_of(project: Project) -> dict[str, Any]:
    """Reference, title, countries by name, type, address."""
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
        project = Project.objects.first()
        return self.normalize({"project": project, "text": _("A small project with many years of verified results.")})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The project's card (null when it is gone) and the text."""
        return {"project": project_card(value["project"]), "text": value["text"]}

    class Meta:
        icon = "globe"
        group = STORE
        label = _("Project")
        description = _(
            "Leads to a project's page, where it can be bought. Price and stock are shown there, always current."
        )
        template = "blocks/project_link.html"
