"""Template tag for the main menu: ``{% load content_menu %}{% content_menu as pages %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from creditstore_content.pages.menu import menu_for

register = template.Library()


@register.simple_tag(takes_context=True)
def content_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Entries with ``title``, ``url`` and ``current``; empty where no site or request is known (error pages)."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return []
    return [
        {"title": item.title, "url": item.url, "current": request.path.startswith(item.url)}
        for item in menu_for(request)
    ]
