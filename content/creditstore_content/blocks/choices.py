"""What an editor can choose projects by: only what the store's projects have. Read anew for each form."""

from __future__ import annotations

from creditstore.catalogue.models import Project
from creditstore.catalogue.search import ProjectQuery, facets

Choices = list[tuple[str, str]]


def type_choices() -> Choices:
    """Types of project, by their readers' names."""
    return _choices("type")


def country_choices() -> Choices:
    """Host countries, by name."""
    return _choices("country")


def region_choices() -> Choices:
    """Regions as the source writes them."""
    found = Project.objects.exclude(region="").order_by("region").values_list("region", flat=True).distinct()
    return [(region, region) for region in found]


def _choices(name: str) -> Choices:
    values = facets(query=ProjectQuery()).get(name, [])
    return sorted(((value.value, value.label) for value in values), key=lambda pair: pair[1])
