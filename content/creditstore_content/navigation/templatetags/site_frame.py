"""Template tag for what stands around every page: ``{% load site_frame %}{% site_frame as frame %}``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.http import HttpRequest

from creditstore_content.navigation.frame import Banner, MenuItem, SiteFrame, banners_for, frame_for

register = template.Library()


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu; ``current``: the page shown is it, or below it."""

    title: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The frame of one page: ``site`` is the same everywhere, the menu marks the page, banners are for here and now."""

    site: SiteFrame = field(default_factory=SiteFrame)
    menu: tuple[Entry, ...] = ()
    banners: tuple[Banner, ...] = ()


@register.simple_tag(takes_context=True)
def site_frame(context: dict[str, Any]) -> PageFrame:
    """The frame of the page that is shown; an empty one where no request is known (error pages)."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return PageFrame()
    frame = frame_for(request)
    return PageFrame(site=frame, menu=_entries(request, frame.menu), banners=banners_for(request, frame))


def _entries(request: HttpRequest, menu: tuple[MenuItem, ...]) -> tuple[Entry, ...]:
    return tuple(Entry(title=item.title, url=item.url, current=request.path.startswith(item.url)) for item in menu)
