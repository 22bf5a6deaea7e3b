"""Links of blocks whose page or project is gone: a block shows nothing then, so no reader's page tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from wagtail.blocks.stream_block import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page

from creditstore.catalogue.models import Project

#: What a link consists of, and nothing else; pages made by a program may lack some of it.
_LINK: Final = frozenset({"page", "anchor", "project", "store_page", "address"})
#: What a block says beside its link, in the order in which it is looked for.
_SAYS: Final = ("text", "button", "heading", "title", "name")


def lost_targets(page: Page) -> list[str]:
    """What the links of a page's blocks say that lead to a page that is gone or not published, or to no project.

    Parameters: ``page`` of its own kind (``specific``), as it is published.
    """
    links = list(_links(page))
    pages = {key for _text, link in links if isinstance(key := link.get("page"), int)}
    projects = {key for _text, link in links if isinstance(key := link.get("project"), int)}
    live = set(Page.objects.live().filter(pk__in=pages).values_list("pk", flat=True))
    there = set(Project.objects.filter(pk__in=projects).values_list("pk", flat=True))
    lost = pages - live, projects - there
    return [text for text, link in links if link.get("page") in lost[0] or link.get("project") in lost[1]]


def _links(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in page._meta.get_fields():
        value = getattr(page, field.name) if isinstance(field, StreamField) else None
        if isinstance(value, StreamValue):
            yield from _in(list(value.raw_data), "")


def _in(stored: Any, says: str) -> Iterable[tuple[str, dict[str, Any]]]:
    """Every link in a stored form, with what the block around it says."""
    if isinstance(stored, dict):
        if stored and stored.keys() <= _LINK:
            yield says, stored
            return
        own = next((stored[name] for name in _SAYS if isinstance(stored.get(name), str) and stored[name]), says)
        for inner in stored.values():
            yield from _in(inner, own)
    elif isinstance(stored, list):
        for inner in stored:
            yield from _in(inner, says)
