"""Template tag for the main menu: ``{% load content_menu %}{% content_menu as pages %}``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest

from creditstore_content.pages.menu import menu_for

register = template.Library()


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu; ``current``: the page shown is it, or below it."""

    title: str
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def content_menu(context: dict[str, Any]) -> tuple[Entry, ...]:
    """The menu's entries; none where no site or request is known (error pages)."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return ()
    return tuple(
        Entry(title=item.title, url=item.url, current=request.path.startswith(item.url)) for item in menu_for(request)
    )
