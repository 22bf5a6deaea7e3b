"""Template tag for the main menu: ``{% load content_menu %}{% content_menu as pages %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from wagtail.models import Site

from creditstore_content.pages.menu import MenuItem, menu_items

register = template.Library()


@register.simple_tag(takes_context=True)
def content_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Entries with ``title``, ``url`` and ``current``; empty where no site or request is known (error pages)."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return []
    site = Site.find_for_request(request)
    items: tuple[MenuItem, ...] = menu_items(site=site) if site else ()
    return [{"title": item.title, "url": item.url, "current": request.path.startswith(item.url)} for item in items]
