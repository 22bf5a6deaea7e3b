"""What the blocks of a page were given to show, read together: one query for each kind of thing, however many blocks.

Wagtail reads what was chosen in one kind of block, at one place of that kind, together. A page of many kinds then asks
for projects, pictures and pages many times over. Here the stored form is gone through twice: first every chooser says
what it will need, and then, when all of it has been read, takes it from there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable
from contextvars import ContextVar
from typing import Any

from django.db.models import Model, QuerySet, Value
from django.utils.translation import get_language
from wagtail import blocks
from wagtail.blocks.stream_block import StreamValue
from wagtail.documents.blocks import DocumentChooserBlock as WagtailsDocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock as WagtailsImageChooserBlock
from wagtail.models import Page

_Read = Callable[[Collection[Any]], dict[Any, Any]]
_Wanted = dict[type[Model], tuple[_Read, set[Any]]]
_Found = dict[type[Model], dict[Any, Any]]

_wanted: ContextVar[_Wanted | None] = ContextVar("wanted", default=None)
_found: ContextVar[_Found | None] = ContextVar("found", default=None)


class LoadedTogether:
    """A chooser block whose objects are read together with those of all others on the page; stands before Wagtail's."""

    #: Where migrations find the class: Wagtail's own, so that how things are read is no part of what is stored.
    plain_path: str = ""

    def queryset(self) -> QuerySet[Any]:
        """The objects, with what a page shows of them."""
        return self.model_class._default_manager.all()  # type: ignore[attr-defined, no-any-return]

    def read(self, keys: Collection[Any]) -> dict[Any, Any]:
        """Those with these keys, by key."""
        return self.queryset().in_bulk(keys)

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        """The objects with these keys in their order; None for a missing key, and for what is gone."""
        keys = list(values)
        known = [key for key in keys if key is not None]
        model: type[Model] = self.model_class  # type: ignore[attr-defined]
        wanted, found = _wanted.get(), _found.get()
        if wanted is not None:
            if known:
                wanted.setdefault(model, (self.read, set()))[1].update(known)
            return [None] * len(keys)
        objects = found[model] if found is not None and model in found else self.read(known)
        # A block may change what it was given: each has its own.
        return [copy.copy(objects[key]) if key in objects else None for key in keys]

    def deconstruct(self) -> Any:
        """As Wagtail's own block."""
        path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return self.plain_path or path, args, kwargs


class ImageChooserBlock(LoadedTogether, WagtailsImageChooserBlock):  # type: ignore[misc]
    """A picture, with the sizes in which it is kept."""

    plain_path = "wagtail.images.blocks.ImageChooserBlock"

    def read(self, keys: Collection[Any]) -> dict[Any, Any]:
        """With every size: a picture comes with its sizes, and only those that have none yet are asked for apart."""
        model = self.model_class
        sizes: dict[Any, list[Any]] = {key: [] for key in keys}
        found: dict[Any, Any] = {}
        for size in model.get_rendition_model()._default_manager.filter(image__in=sizes).select_related("image"):
            size.image = found.setdefault(size.image_id, size.image)
            sizes[size.image_id].append(size)
        if missing := sizes.keys() - found.keys():
            found |= model._default_manager.in_bulk(missing)
        for key, image in found.items():
            # As Django's own ``prefetch_related`` leaves it.
            kept = image.renditions.all()
            kept._result_cache, kept._prefetch_done = sizes[key], True
            image._prefetched_objects_cache = {"renditions": kept}
        return found


class DocumentChooserBlock(LoadedTogether, WagtailsDocumentChooserBlock):  # type: ignore[misc]
    """A file."""

    plain_path = "wagtail.documents.blocks.DocumentChooserBlock"


class PageChooserBlock(LoadedTogether, blocks.PageChooserBlock):  # type: ignore[misc]
    """A page."""

    plain_path = "wagtail.blocks.PageChooserBlock"

    def queryset(self) -> QuerySet[Any]:
        """With its language, which its address is looked up by."""
        return super().queryset().select_related("locale")


def in_this_language(page: Page) -> Page:
    """The page's translation for readers of this language, else itself; no query where the page is in it already."""
    return page if page.locale.language_code == get_language() else page.localized


def load_targets(streams: Collection[StreamValue], *, pages: QuerySet[Page] | None = None) -> list[Page]:
    """Read all that the blocks of these streams show, before anybody asks for the first of them.

    ``pages`` are read in the same go; they come back in the tree's order.
    """
    wanted: _Wanted = {}
    mark = _wanted.set(wanted)
    try:
        for stream in streams:
            _convert(stream)
    finally:
        _wanted.reset(mark)
    beside: list[Page] = []
    found: _Found = {}
    if pages is not None:
        _read, keys = wanted.pop(Page, (None, set()))
        found[Page], beside = _together(keys, pages)
    for model, (read, keys) in wanted.items():
        found[model] = read(keys)
    if not any(found.values()):
        return beside
    other_mark = _found.set(found)
    try:
        for stream in streams:
            for _child in stream:
                # Looking at a block makes it, and all others of its kind, from its stored form.
                pass
    finally:
        _found.reset(other_mark)
    return beside


def _together(keys: set[Any], pages: QuerySet[Page]) -> tuple[dict[Any, Page], list[Page]]:
    """The pages with these keys, and beside them ``pages``, by one statement of which each half has its index."""
    wanted = Page.objects.filter(pk__in=keys).select_related("locale").annotate(is_beside=Value(False))
    other = pages.select_related("locale").annotate(is_beside=Value(True))
    rows = list(wanted.union(other, all=True))
    beside = sorted((page for page in rows if page.is_beside), key=lambda page: page.path)
    return {page.pk: page for page in rows}, beside


def _convert(stream: StreamValue) -> None:
    """Go through the stored form and throw the blocks away: what counts is what their choosers wanted."""
    by_kind: dict[str, list[Any]] = {}
    for raw in stream.raw_data:
        by_kind.setdefault(raw["type"], []).append(raw["value"])
    for kind, values in by_kind.items():
        stream.stream_block.child_blocks[kind].bulk_to_python(values)
