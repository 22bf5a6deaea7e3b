"""What the blocks of a page were given to show, read together: one query for each kind of thing, however many blocks.

Wagtail reads what was chosen in one kind of block, at one place of that kind, together. A page of many kinds then asks
for projects, pictures and pages many times over. Here the stored form is gone through twice: first every chooser says
what it will need, and then, when all of it has been read, takes it from there.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable
from contextvars import ContextVar
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import get_language
from wagtail import blocks
from wagtail.blocks.stream_block import StreamValue
from wagtail.documents.blocks import DocumentChooserBlock as WagtailsDocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock as WagtailsImageChooserBlock
from wagtail.models import Page

_Wanted = dict[type[Model], tuple[QuerySet[Any], set[Any]]]
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

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        """The objects with these keys in their order; None for a missing key, and for what is gone."""
        keys = list(values)
        known = [key for key in keys if key is not None]
        model: type[Model] = self.model_class  # type: ignore[attr-defined]
        wanted, found = _wanted.get(), _found.get()
        if wanted is not None:
            if known:
                wanted.setdefault(model, (self.queryset(), set()))[1].update(known)
            return [None] * len(keys)
        objects = found[model] if found is not None and model in found else self.queryset().in_bulk(known)
        # A block may change what it was given: each has its own.
        return [copy.copy(objects[key]) if key in objects else None for key in keys]

    def deconstruct(self) -> Any:
        """As Wagtail's own block."""
        path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return self.plain_path or path, args, kwargs


class ImageChooserBlock(LoadedTogether, WagtailsImageChooserBlock):  # type: ignore[misc]
    """A picture, with the sizes in which it is kept."""

    plain_path = "wagtail.images.blocks.ImageChooserBlock"

    def queryset(self) -> QuerySet[Any]:
        """With every size."""
        return super().queryset().prefetch_related("renditions")


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


def load_targets(streams: Collection[StreamValue]) -> None:
    """Read all that the blocks of these streams show, before anybody asks for the first of them."""
    wanted: _Wanted = {}
    mark = _wanted.set(wanted)
    try:
        for stream in streams:
            _convert(stream)
    finally:
        _wanted.reset(mark)
    if not wanted:
        return
    other_mark = _found.set({model: objects.in_bulk(keys) for model, (objects, keys) in wanted.items()})
    try:
        for stream in streams:
            for _child in stream:
                # Looking at a block makes it, and all others of its kind, from its stored form.
                pass
    finally:
        _found.reset(other_mark)


def _convert(stream: StreamValue) -> None:
    """Go through the stored form and throw the blocks away: what counts is what their choosers wanted."""
    by_kind: dict[str, list[Any]] = {}
    for raw in stream.raw_data:
        by_kind.setdefault(raw["type"], []).append(raw["value"])
    for kind, values in by_kind.items():
        stream.stream_block.child_blocks[kind].bulk_to_python(values)
