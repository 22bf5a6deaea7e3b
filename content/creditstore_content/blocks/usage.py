"""Which pages show which projects and offers, from Wagtail's index of references."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Model, QuerySet
from wagtail.models import Page, ReferenceIndex


def references(*models: type[Model]) -> QuerySet[ReferenceIndex]:
    """Places on pages, published or not, where objects of these models were chosen. Later drafts do not count."""
    kinds = [ContentType.objects.get_for_model(model) for model in models]
    found: QuerySet[ReferenceIndex] = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page), to_content_type__in=kinds
    )
    return found


def pages_using(model: type[Model], keys: Iterable[int]) -> dict[int, int]:
    """How many pages show each of these objects; those that none shows are left out."""
    found = (
        references(model)
        .filter(to_object_id__in=[str(key) for key in keys])
        .order_by()
        .values_list("to_object_id")
        .annotate(pages=Count("object_id", distinct=True))
    )
    return {int(key): pages for key, pages in found}
