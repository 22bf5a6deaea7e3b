"""App registration of pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """Pages."""

    name = "creditstore_content.pages"
    label = "creditstore_pages"
    verbose_name = _("Pages")
