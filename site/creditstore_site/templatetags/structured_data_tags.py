"""What search engines and other sites read of a page: its data and its picture."""

from __future__ import annotations

from django import template

from creditstore_site.structured_data import script
from creditstore_site.views.page_card import picture_of

register = template.Library()
register.filter("structured_data", script)
# {% page_picture page default=frame.site.picture as picture %}
register.simple_tag(picture_of, name="page_picture")
