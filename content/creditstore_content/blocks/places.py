"""Projects, or one place, on the store's own map of the world."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore.catalogue.models import Project
from creditstore_content.blocks.base import STORE, StoreStructBlock
from creditstore_content.blocks.projects import ProjectChooserBlock

MOST: Final = 20


class MapBlock(StoreStructBlock):
    """Either up to twenty projects whose place is known, or one place that is no project's."""

    caption = blocks.CharBlock(
        label=_("Caption"), max_length=120, help_text=_("What the map shows. It also stands for the map in words.")
    )
    projects = blocks.ListBlock(
        ProjectChooserBlock(label=_("Project")), label=_("Projects"), default=[], max_num=MOST, required=False
    )
    place = blocks.CharBlock(
        label=_("Place"), required=False, max_length=120, help_text=_("Its name, if no projects are chosen.")
    )
    # The map ends in the north and in the south where hardly anybody lives.
    latitude = blocks.DecimalBlock(
        label=_("Latitude"),
        required=False,
        min_value=-57,
        max_value=84,
        max_digits=8,
        decimal_places=5,
        help_text=_("In degrees, north positive: -11.60 for Nkhata Bay."),
    )
    longitude = blocks.DecimalBlock(
        label=_("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        max_digits=8,
        decimal_places=5,
        help_text=_("In degrees, east positive: 34.30 for Nkhata Bay."),
    )

    def clean(self, value: Any) -> Any:
        """Projects with a known place, or a place with both its coordinates; not both, and something of it."""
        cleaned = super().clean(value)
        chosen = list(cleaned["projects"])
        wrong: dict[str, ValidationError] = {}
        unknown = {
            number: ValidationError(_("The store does not know where this project is. Choose another one."))
            for number, project in enumerate(chosen)
            if project is not None and not _is_placed(project)
        }
        if unknown:
            wrong["projects"] = ListBlockValidationError(block_errors=unknown)
        given = [name for name in ("place", "latitude", "longitude") if cleaned.get(name) not in (None, "")]
        if chosen and given:
            wrong[given[0]] = ValidationError(_("Choose projects or give one place, not both."))
        elif not self.is_deferred_validation:
            if not chosen and not given:
                wrong["projects"] = ValidationError(_("Choose projects, or give a place with its coordinates."))
            elif given:
                missing = ValidationError(_("A place needs its name, its latitude and its longitude."))
                wrong |= {name: missing for name in ("place", "latitude", "longitude") if name not in given}
        if wrong:
            raise StructBlockValidationError(wrong)
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the points of the map."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["points"] = points_of(value)
        return context

    def get_preview_value(self) -> Any:
        """The first projects of the store whose place is known, else one place."""
        placed = Project.objects.filter(latitude__isnull=False, longitude__isnull=False).order_by("pk")[:3]
        example: dict[str, Any] = {"caption": _("Where the projects are"), "projects": list(placed)}
        if not placed:
            example = {
                "caption": _("Where the project is"),
                "projects": [],
                "place": _("Nkhata Bay"),
                "latitude": Decimal("-11.60"),
                "longitude": Decimal("34.30"),
            }
        return self.normalize(example)

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Caption, and the points in degrees; a point that is no project has neither reference nor address."""
        return {
            "caption": value["caption"],
            "points": [
                {
                    "ref": point["ref"],
                    "title": point["title"],
                    "latitude": float(point["latitude"]),
                    "longitude": float(point["longitude"]),
                    "url": point["url"],
                }
                for point in points_of(value)
            ],
        }

    class Meta:
        icon = "site"
        group = STORE
        label = _("Map")
        description = _("Up to twenty projects, or one place, on the store's own map of the world.")
        template = "blocks/map.html"


def points_of(value: Any) -> list[dict[str, Any]]:
    """What can be drawn: projects that are still in the store and have a place, else the one place if it is whole."""
    projects = [project for project in value.get("projects") or () if project is not None and _is_placed(project)]
    if projects:
        return [
            {
                "ref": project.ref,
                "title": project.title,
                "latitude": project.latitude,
                "longitude": project.longitude,
                "url": reverse("store:project", args=[project.ref]),
            }
            for project in projects
        ]
    latitude, longitude = value.get("latitude"), value.get("longitude")
    if latitude is None or longitude is None:
        return []
    place = {"ref": None, "title": value.get("place") or "", "latitude": latitude, "longitude": longitude, "url": None}
    return [place]


def _is_placed(project: Project) -> bool:
    return project.latitude is not None and project.longitude is not None
