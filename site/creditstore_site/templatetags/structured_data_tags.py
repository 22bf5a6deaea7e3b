"""What search engines and other sites read of a page: its data and its picture."""

from __future__ import annotations

from django import template

from creditstore_content.navigation.frame import Picture
from creditstore_content.pages.base import StorePage
from creditstore_site.structured_data import script
from creditstore_site.views.page_card import picture_of

register = template.Library()
register.filter("structured_data", script)


@register.simple_tag
def page_picture(page: StorePage, default: Picture | None) -> Picture | None:
    """What other sites are told to show of an editors' page; ``default`` is the site's own picture."""
    return picture_of(page, default=default)
